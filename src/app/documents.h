/* Documents for the commands that read them: see documents.c. */
#ifndef CARREL_APP_DOCUMENTS_H
#define CARREL_APP_DOCUMENTS_H

#include "carrel/app.h"
#include "carrel/process.h"

struct document_reader_options {
    const struct config *config;
    const char *password_file; /* beside the configured ones; may be NULL */
    const atomic_bool *cancel; /* may be NULL */
    bool terminal;             /* progress may be shown there, and a password asked for */
    bool many;                 /* but no password: it would be waited for among other files */
};
struct document_reader {
    const struct config *config;
    const atomic_bool *cancel;
    struct processor *processor;
    char **passwords;
    size_t password_count, password_cap;
    const char *name; /* of the file that is read */
    int64_t shown;    /* when progress was shown last */
    bool terminal, many, warned;
};

/* Takes limits and passwords from the configuration. */
int document_reader_open(struct document_reader *reader,
                         const struct document_reader_options *options, struct error *err);
/* The same for a command: cancel, terminal and --password-file are the call's. */
int document_reader_open_call(struct document_reader *reader, const struct command_call *call,
                              struct error *err);
void document_reader_close(struct document_reader *reader);
/* As process_file; an encrypted file is tried with the known passwords, and one more is asked for
 * where there is a terminal. */
int document_reader_read(struct document_reader *reader, const char *path, struct document **out,
                         struct error *err);
/* As process_render, with the known passwords. */
int document_reader_render(struct document_reader *reader, const char *path, uint32_t page,
                           uint32_t width, struct page_image *out, struct error *err);

#endif
