/* The PDF driver: the only place that speaks MuPDF. Used in the child process, one thread. */
#ifndef CARREL_PROCESS_PDF_H
#define CARREL_PROCESS_PDF_H

#include "raw.h"

#define PDF_PAGES_MAX 5000
#define PDF_CHARS_MAX 40000000  /* of a document */
#define PDF_PIXELS_MAX 40000000 /* of a rendered page */

struct pdf_reader; /* MuPDF's context with its limits; serves any number of documents */

struct pdf_reader *pdf_reader_new(size_t memory_limit, struct error *err);
void pdf_reader_free(struct pdf_reader *reader);

struct pdf_request {
    const void *bytes;
    size_t len;
    const char *password; /* may be NULL */
    /* Called before each page; non-zero stops with ERR_CANCELLED. May be NULL. */
    int (*progress)(void *ctx, uint32_t done, uint32_t total);
    void *ctx;
};

/* Pages, outline, links and the file's own title go to `doc`; what the pages show goes to *pages
 * (doc->page_count of them; the caller frees each and the array with free). A file that gives no
 * text is no error: doc->state says what it is, and *pages may hold less than the file has. */
int pdf_read(struct pdf_reader *reader, const struct pdf_request *request, struct document *doc,
             struct raw_page **pages, char **info_title, struct error *err);

/* One page as RGB, three bytes a pixel without padding, `width` pixels wide (at most 8,192);
 * *pixels is malloc'd. States as above, through *state. */
int pdf_render(struct pdf_reader *reader, const struct pdf_request *request, uint32_t page,
               uint32_t width, uint32_t *height, unsigned char **pixels, enum document_state *state,
               struct error *err);

#endif
