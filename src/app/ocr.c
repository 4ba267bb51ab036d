/*
 * Optical character recognition: see ocr.h. Tesseract gets a picture on its standard input (a file
 * without a name) and answers with text; it is bounded in time, memory and output, and killed when
 * it is not done. Its words are cleaned like any bytes from outside.
 */
#include "ocr.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define WIDTH 1700        /* pixels: some 200 a inch */
#define PAGE_MS 60000     /* longest time for one page */
#define PAGE_BYTES 262144 /* most text of one page */
#define PAGES_MAX 300     /* of one document */
#define MEMORY_MAX (2ull << 30)

struct ocr {
    const struct ocr_options *options;
    const char *language;
    struct str text;
    struct document_block *blocks;
    struct document_line *lines;
    struct document_page *pages;
    size_t block_count, block_cap, line_count, line_cap, page_count, page_cap;
};

static bool is_cancelled(const struct ocr *ocr)
{
    return ocr->options->cancel && atomic_load(ocr->options->cancel);
}

/* ---- one page ---- */

/* The picture as a portable grey map (netpbm P5) in a file without a name. */
static int picture_file(const struct page_image *image)
{
    size_t count = (size_t)image->width * image->height, i;
    struct str bytes = STR_INIT;
    int fd = memfd_create("carrel-page", MFD_CLOEXEC);

    str_printf(&bytes, "P5\n%u %u\n255\n", image->width, image->height);
    str_reserve(&bytes, count);
    for (i = 0; i < count; i++) {
        const unsigned char *rgb = image->pixels + 3 * i;

        bytes.ptr[bytes.len++] = (char)((rgb[0] * 299 + rgb[1] * 587 + rgb[2] * 114) / 1000);
    }
    if (fd >= 0
        && (fd_write_all(fd, bytes.ptr, bytes.len, NULL) != ERR_OK
            || lseek(fd, 0, SEEK_SET) != 0)) {
        close(fd);
        fd = -1;
    }
    str_free(&bytes);
    return fd;
}

/* 0 when it runs; its text comes out of *from. */
static pid_t start(const struct ocr *ocr, int picture, int *from)
{
    char *argv[] = { (char *)(uintptr_t) "tesseract",  (char *)(uintptr_t) "stdin",
                     (char *)(uintptr_t) "stdout",     (char *)(uintptr_t) "-l",
                     (char *)(uintptr_t)ocr->language, NULL };
    char *path = mem_printf("PATH=%s", getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
    char *env[] = { path, (char *)(uintptr_t) "OMP_THREAD_LIMIT=1", NULL };
    struct rlimit memory = { MEMORY_MAX, MEMORY_MAX };
    posix_spawn_file_actions_t actions;
    int ends[2];
    pid_t child = -1;

    if (pipe2(ends, O_CLOEXEC) != 0) {
        free(path);
        return -1;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, picture, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&child, argv[0], &actions, NULL, argv, env) != 0)
        child = -1;
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (child > 0) {
        prlimit(child, RLIMIT_AS, &memory, NULL);
        *from = ends[0];
    } else {
        close(ends[0]);
    }
    free(path);
    return child;
}

/* Everything it says until it ends, or has to. */
static bool hear(const struct ocr *ocr, pid_t child, int from, struct str *out)
{
    int64_t until = clock_ticks_ms() + PAGE_MS;
    bool whole = false;
    char buffer[16384];
    int status;

    while (clock_ticks_ms() < until && !is_cancelled(ocr) && out->len <= PAGE_BYTES) {
        struct pollfd watch = { .fd = from, .events = POLLIN };
        ssize_t got;

        if (poll(&watch, 1, 100) <= 0)
            continue;
        got = read(from, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            whole = got == 0;
            break;
        }
        str_add_mem(out, buffer, (size_t)got);
    }
    close(from);
    if (!whole)
        kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return whole && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* False: there is no Tesseract, or it fails. */
static bool read_picture(const struct ocr *ocr, const struct page_image *image, struct str *out)
{
    int picture = picture_file(image), from = -1;
    pid_t child = picture >= 0 ? start(ocr, picture, &from) : -1;
    bool good = child > 0 && hear(ocr, child, from, out);

    if (picture >= 0)
        close(picture);
    return good;
}

/* ---- text into a document ---- */

static void add_paragraph(struct ocr *ocr, const char *text, uint32_t page)
{
    struct document_block block = { .kind = BLOCK_PARAGRAPH, .page = page };
    struct document_line line = { .page = page };

    if (ocr->text.len > 0)
        str_add(&ocr->text, "\n\n");
    block.start = line.start = (uint32_t)ocr->text.len;
    str_add(&ocr->text, text);
    block.end = line.end = (uint32_t)ocr->text.len;
    VEC_PUSH(ocr->blocks, ocr->block_count, ocr->block_cap, block);
    VEC_PUSH(ocr->lines, ocr->line_count, ocr->line_cap, line);
}

/* Lines of a paragraph become one; a hyphen at a line's end goes when a small letter follows. */
static void add_line(struct str *paragraph, const char *line, size_t len)
{
    size_t end = paragraph->len;

    if (end > 1 && paragraph->ptr[end - 1] == '-' && len > 0 && line[0] >= 'a' && line[0] <= 'z')
        str_cut(paragraph, end - 1);
    else if (end > 0)
        str_add_char(paragraph, ' ');
    str_add_mem(paragraph, line, len);
}

static void add_page(struct ocr *ocr, const struct page_image *image, const char *raw,
                     size_t raw_len, uint32_t page)
{
    struct document_page facts = { .width = (float)image->width,
                                   .height = (float)image->height,
                                   .start = (uint32_t)ocr->text.len,
                                   .scanned = true };
    struct str clean = STR_INIT, paragraph = STR_INIT;
    const char *at;

    utf8_clean(&clean, raw, raw_len);
    for (at = clean.ptr; *at;) {
        size_t len = strcspn(at, "\n\f"), used = len;

        while (used > 0 && (at[used - 1] == ' ' || at[used - 1] == '\r'))
            used--;
        if (used > 0)
            add_line(&paragraph, at, used);
        if ((used == 0 || at[len] != '\n') && paragraph.len > 0) {
            add_paragraph(ocr, paragraph.ptr, page);
            str_clear(&paragraph);
        }
        at += len + (at[len] != '\0');
    }
    if (paragraph.len > 0)
        add_paragraph(ocr, paragraph.ptr, page);
    facts.chars = (uint32_t)(ocr->text.len - facts.start);
    VEC_PUSH(ocr->pages, ocr->page_count, ocr->page_cap, facts);
    str_free(&clean);
    str_free(&paragraph);
}

bool ocr_would_help(const struct config *config, const char *message)
{
    const char *at = getenv("PATH");
    bool found = false;

    if (!config_bool(config, "process.ocr") || !str_ends(message, OCR_MISSING))
        return false;
    while (at && *at && !found) {
        size_t len = strcspn(at, ":");
        char *path = mem_printf("%.*s/tesseract", (int)len, at);

        found = access(path, X_OK) == 0;
        free(path);
        at += len + (at[len] == ':');
    }
    return found;
}

#define KEEP(doc, to, from, count)                                                                 \
    do {                                                                                           \
        (doc)->to = arena_alloc((doc)->arena, ((count) + 1) * sizeof *(doc)->to);                  \
        if ((count) > 0)                                                                           \
            memcpy((doc)->to, from, (count) * sizeof *(doc)->to);                                  \
    } while (0)

static struct document *make_document(const struct ocr *ocr, const struct document *scanned)
{
    struct document *doc = document_new();

    doc->state = DOCUMENT_DONE;
    doc->format = scanned->format;
    doc->text = arena_strdup(doc->arena, ocr->text.ptr);
    doc->len = doc->reading_len = (uint32_t)ocr->text.len;
    if (scanned->meta.title)
        doc->meta.title = arena_strdup(doc->arena, scanned->meta.title);
    KEEP(doc, blocks, ocr->blocks, ocr->block_count);
    KEEP(doc, lines, ocr->lines, ocr->line_count);
    KEEP(doc, pages, ocr->pages, ocr->page_count);
    doc->block_count = ocr->block_count;
    doc->line_count = ocr->line_count;
    doc->page_count = ocr->page_count;
    return doc;
}

/* ---- the whole document ---- */

/* False: Tesseract does not run, or the page cannot be drawn. */
static bool read_page(struct ocr *ocr, struct processor *processor, const char *path,
                      const char *password, uint32_t page)
{
    struct page_image image;
    struct str text = STR_INIT;
    bool good = false;

    if (process_render(processor, path, password, page, WIDTH, &image, NULL) == ERR_OK
        && image.pixels) {
        good = read_picture(ocr, &image, &text);
        if (good)
            add_page(ocr, &image, text.ptr, text.len, page);
        page_image_free(&image);
    }
    str_free(&text);
    return good;
}

int ocr_document(struct document **doc, struct processor *processor, const char *path,
                 const char *password, const struct ocr_options *options, struct error *err)
{
    struct ocr ocr = { .options = options, .text = STR_INIT };
    uint32_t pages = (uint32_t)(*doc)->page_count, i;
    bool good = true,
         garbled = str_starts((*doc)->message ? (*doc)->message : "", DOCUMENT_GARBLED);

    if (((*doc)->state != DOCUMENT_SCANNED && !garbled) || (*doc)->format != FORMAT_PDF
        || !config_bool(options->config, "process.ocr"))
        return ERR_OK;
    ocr.language = config_text(options->config, "process.ocr-language");
    for (i = 0; i < pages && i < PAGES_MAX && good && !is_cancelled(&ocr); i++) {
        if (options->progress)
            options->progress(options->ctx, i, pages);
        good = read_page(&ocr, processor, path, password, i);
    }
    if (good && ocr.text.len > 0 && !is_cancelled(&ocr)) {
        struct document *read = make_document(&ocr, *doc);

        if (pages > PAGES_MAX)
            document_fail(read, DOCUMENT_REPAIRED,
                          "only the first %d of its %u scanned pages were "
                          "read",
                          PAGES_MAX, pages);
        document_free(*doc);
        *doc = read;
    } else if (!is_cancelled(&ocr)) {
        document_fail(*doc, (*doc)->state, "%s; %s", (*doc)->message,
                      good ? "Tesseract finds no words there" : OCR_MISSING);
    }
    str_free(&ocr.text);
    free(ocr.blocks);
    free(ocr.lines);
    free(ocr.pages);
    return is_cancelled(&ocr) ? error_set(err, ERR_CANCELLED, "stopped") : ERR_OK;
}
