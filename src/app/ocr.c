/*
 * Optical character recognition: see ocr.h. Tesseract gets a picture on its standard input and
 * answers with text; it is bounded in time, memory and output, and killed when it is not done
 * (program.c). Its words are cleaned like any bytes from outside.
 */
#include "ocr.h"
#include "carrel/program.h"

#include "carrel/utf8.h"

#include <stdlib.h>
#include <string.h>
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

/* The picture as a portable grey map (netpbm P5). */
static void picture_bytes(struct str *bytes, const struct page_image *image)
{
    size_t count = (size_t)image->width * image->height, i;

    str_printf(bytes, "P5\n%u %u\n255\n", image->width, image->height);
    str_reserve(bytes, count);
    for (i = 0; i < count; i++) {
        const unsigned char *rgb = image->pixels + 3 * i;

        bytes->ptr[bytes->len++] = (char)((rgb[0] * 299 + rgb[1] * 587 + rgb[2] * 114) / 1000);
    }
}

/* False: there is no Tesseract, or it fails. */
static bool read_picture(const struct ocr *ocr, const struct page_image *image, struct str *out)
{
    char *argv[] = { (char *)(uintptr_t) "tesseract",  (char *)(uintptr_t) "stdin",
                     (char *)(uintptr_t) "stdout",     (char *)(uintptr_t) "-l",
                     (char *)(uintptr_t)ocr->language, NULL };
    char *path = mem_printf("PATH=%s", getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
    char *env[] = { path, (char *)(uintptr_t) "OMP_THREAD_LIMIT=1", NULL };
    struct program tesseract = { .argv = argv,
                                 .env = env,
                                 .time_ms = PAGE_MS,
                                 .memory = MEMORY_MAX,
                                 .out_max = PAGE_BYTES,
                                 .cancel = ocr->options->cancel };
    struct str picture = STR_INIT;
    int result;

    picture_bytes(&picture, image);
    tesseract.input = picture.ptr;
    tesseract.input_len = picture.len;
    result = program_run(&tesseract, out, NULL);
    str_free(&picture);
    free(path);
    return result == ERR_OK;
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
