/*
 * Documents read safely: the reader of PDFs and other formats runs in a child process, which is
 * this program executed again and confined: no network, no new files, limits on memory, processor
 * and wall time. A file that crashes the reader, hangs it or wants too much costs that file alone;
 * its document comes back with a state that says why.
 *
 * One child serves a batch. It is started when it is first needed, and again after it died or has
 * served PROCESS_RECYCLE files. A processor belongs to one thread at a time; any number may exist.
 * The child ends when its processor is freed or the thread that started it ends.
 */
#ifndef CARREL_PROCESS_H
#define CARREL_PROCESS_H

#include "carrel/document.h"

#include <stdatomic.h>

#define PROCESS_RECYCLE 200
#define PROCESS_FILE_MAX (2LL << 30) /* bytes of a file */

struct processor;

struct processor_options {
    int64_t time_limit_ms;     /* for one file, wall clock and processor alike; 0: 30 s */
    int64_t memory_limit;      /* bytes for one file; 0: 1 GiB */
    const atomic_bool *cancel; /* may be NULL; looked at ten times a second */
    void (*progress)(void *ctx, uint32_t page, uint32_t pages); /* may be NULL */
    void *ctx;
};

/* Never fails: the child is started later. */
struct processor *processor_new(const struct processor_options *options);
void processor_free(struct processor *processor); /* NULL is fine; ends the child */
/* False when the kernel lets no filter of system calls be set, and only the limits hold. Known
 * behind the first file. */
bool processor_confined(const struct processor *processor);

/*
 * Reads one file. `format` FORMAT_AUTO goes by the name and the bytes; `password` may be NULL. The
 * caller frees *out with document_free. A document comes back for whatever the file holds; errors
 * are only: ERR_IO (cannot be opened, not a regular file, the child cannot be started),
 * ERR_CANCELLED.
 */
int process_file(struct processor *processor, const char *path, enum document_format format,
                 const char *password, struct document **out, struct error *err);
/* The same for an open file of `size` bytes; the descriptor stays the caller's. */
int process_fd(struct processor *processor, int fd, int64_t size, enum document_format format,
               const char *password, struct document **out, struct error *err);

/* A page as pixels: RGB, three bytes each, rows without padding. */
struct page_image {
    enum document_state state; /* DONE, or why there is no picture */
    char message[256];
    uint32_t width, height;
    unsigned char *pixels; /* malloc'd; NULL without a picture */
};
#define PROCESS_WIDTH_MAX 8192

/* Page `page` (from 0) of a PDF, `width` pixels wide. Errors as above. */
int process_render(struct processor *processor, const char *path, const char *password,
                   uint32_t page, uint32_t width, struct page_image *out, struct error *err);
void page_image_free(struct page_image *image); /* its members */

/* For main(), before anything else: when these are the arguments of the child, serves as one and
 * returns true; the program then ends with *status. */
bool process_child(int argc, char **argv, int *status);

const char *process_versions(void); /* "MuPDF 1.21.1" */

#endif
