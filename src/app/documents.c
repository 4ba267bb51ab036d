/*
 * Reading documents for a command: a processor with the configured limits, passwords from files and
 * (once a document, where there is a terminal) from the person, progress on the terminal.
 */
#include "documents.h"

#include "ocr.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define PASSWORDS_MAX 100
#define PASSWORD_BYTES 200
#define PROGRESS_MS 250

static void reader_progress(void *ctx, uint32_t page, uint32_t pages)
{
    struct document_reader *reader = ctx;
    int64_t now = clock_ticks_ms();

    if (!reader->terminal || now - reader->shown < PROGRESS_MS)
        return;
    reader->shown = now;
    fprintf(stderr, "\r\033[K%s: page %u of %u", reader->name, page + 1, pages);
}

static void reader_line_end(const struct document_reader *reader)
{
    if (reader->terminal)
        fputs("\r\033[K", stderr);
}

/* One password a line; blanks belong to them. */
static int read_passwords(struct document_reader *reader, const char *file, struct error *err)
{
    char *path = path_expand(file);
    struct str text = STR_INIT;
    const char *line;
    int result = file_read(&text, path, (size_t)PASSWORDS_MAX * (PASSWORD_BYTES + 1), err);

    for (line = text.ptr; result == ERR_OK && *line;) {
        size_t len = strcspn(line, "\r\n");

        if (len > PASSWORD_BYTES || reader->password_count == PASSWORDS_MAX)
            result = error_set(err, ERR_LIMIT, "%s: at most %d passwords of %d bytes", path,
                               PASSWORDS_MAX, PASSWORD_BYTES);
        else if (len > 0)
            VEC_PUSH(reader->passwords, reader->password_count, reader->password_cap,
                     mem_strndup(line, len));
        line += len;
        line += strspn(line, "\r\n");
    }
    explicit_bzero(text.ptr, text.len);
    str_free(&text);
    free(path);
    return result;
}

int document_reader_open(struct document_reader *reader,
                         const struct document_reader_options *wanted, struct error *err)
{
    const struct config *config = wanted->config;
    struct processor_options options = { .time_limit_ms = config_int(config, "process.time-limit"),
                                         .memory_limit = config_int(config, "process.memory-limit"),
                                         .cancel = wanted->cancel,
                                         .progress = reader_progress,
                                         .ctx = reader };
    const char *const *files;
    size_t count = config_values(config, "process.password-file", &files), i;
    int result = ERR_OK;

    *reader = (struct document_reader){ .config = config,
                                        .cancel = wanted->cancel,
                                        .terminal = wanted->terminal,
                                        .many = wanted->many };
    if (wanted->password_file)
        result = read_passwords(reader, wanted->password_file, err);
    for (i = 0; i < count && result == ERR_OK; i++)
        result = read_passwords(reader, files[i], err);
    if (result == ERR_OK)
        reader->processor = processor_new(&options);
    else
        document_reader_close(reader);
    return result;
}

int document_reader_open_call(struct document_reader *reader, const struct command_call *call,
                              struct error *err)
{
    struct document_reader_options options = {
        .config = call->app->config,
        .password_file = call_option(call, "--password-file"),
        .cancel = call->cancel,
        .terminal = isatty(STDERR_FILENO) && !call->app->quiet && !call->desk,
    };

    return document_reader_open(reader, &options, err);
}

void document_reader_close(struct document_reader *reader)
{
    size_t i;

    processor_free(reader->processor);
    for (i = 0; i < reader->password_count; i++) {
        explicit_bzero(reader->passwords[i], strlen(reader->passwords[i]));
        free(reader->passwords[i]);
    }
    free(reader->passwords);
    *reader = (struct document_reader){ .processor = NULL };
}

/* Asks on the terminal without showing what is typed; false when nothing was. */
static bool ask_password(const char *name, char *out, size_t cap)
{
    struct termios before, silent;
    FILE *terminal = fopen("/dev/tty", "r+e");
    bool got = false;

    if (!terminal)
        return false;
    if (tcgetattr(fileno(terminal), &before) == 0) {
        silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        fprintf(terminal, "Password for %s: ", name);
        fflush(terminal);
        tcsetattr(fileno(terminal), TCSAFLUSH, &silent);
        got = fgets(out, (int)cap, terminal) != NULL;
        tcsetattr(fileno(terminal), TCSAFLUSH, &before);
        fputc('\n', terminal);
        out[got ? strcspn(out, "\r\n") : 0] = '\0';
    }
    fclose(terminal);
    return got && *out;
}

static int try_password(struct document_reader *reader, const char *path, const char *password,
                        struct document **out, struct error *err)
{
    struct document *again;
    int result = process_file(reader->processor, path, FORMAT_AUTO, password, &again, err);

    if (result == ERR_OK) {
        document_free(*out);
        *out = again;
    }
    return result;
}

/* Each known password once, then one that the person types: never a loop. */
static int unlock(struct document_reader *reader, const char *path, struct document **out,
                  struct error *err)
{
    char typed[PASSWORD_BYTES + 2];
    int result = ERR_OK;
    size_t i;

    for (i = 0; i < reader->password_count && (*out)->state == DOCUMENT_ENCRYPTED; i++) {
        result = try_password(reader, path, reader->passwords[i], out, err);
        if (result != ERR_OK)
            return result;
    }
    if ((*out)->state == DOCUMENT_ENCRYPTED && reader->terminal && !reader->many
        && isatty(STDIN_FILENO)) {
        reader_line_end(reader);
        if (ask_password(reader->name, typed, sizeof typed))
            result = try_password(reader, path, typed, out, err);
        explicit_bzero(typed, sizeof typed);
    }
    return result;
}

int document_reader_read(struct document_reader *reader, const char *path, struct document **out,
                         struct error *err)
{
    int result;

    reader->name = path_base(path);
    result = process_file(reader->processor, path, FORMAT_AUTO, NULL, out, err);
    if (result == ERR_OK && (*out)->state == DOCUMENT_ENCRYPTED)
        result = unlock(reader, path, out, err);
    if (result == ERR_OK) { /* when it needs it */
        struct ocr_options options = { .config = reader->config,
                                       .cancel = reader->cancel,
                                       .progress = reader_progress,
                                       .ctx = reader };

        result = ocr_document(out, reader->processor, path, NULL, &options, err);
    }
    reader_line_end(reader);
    if (result == ERR_OK && !processor_confined(reader->processor) && !reader->warned) {
        log_write(LOG_WARN, "this kernel has no filter of system calls (seccomp): documents are "
                            "read under limits of time and memory only");
        reader->warned = true;
    }
    if (result != ERR_OK && *out) {
        document_free(*out);
        *out = NULL;
    }
    return result;
}

int document_reader_render(struct document_reader *reader, const char *path, uint32_t page,
                           uint32_t width, struct page_image *out, struct error *err)
{
    int result = process_render(reader->processor, path, NULL, page, width, out, err);
    size_t i;

    for (i = 0; result == ERR_OK && out->state == DOCUMENT_ENCRYPTED && i < reader->password_count;
         i++) {
        page_image_free(out);
        result =
            process_render(reader->processor, path, reader->passwords[i], page, width, out, err);
    }
    return result;
}
