/*
 * Pages of one PDF as pixels, for faces that show them: a document of the library or a file. Drawn
 * by the confined child (process.h), with the configured limits and passwords. One thread.
 */
#ifndef CARREL_PAGES_H
#define CARREL_PAGES_H

#include "carrel/app.h"
#include "carrel/process.h"

struct pages;

struct pages_options {
    const char *password_file; /* beside the configured ones; may be NULL */
    const atomic_bool *cancel; /* may be NULL */
};

/* `what` is an ID, for which a store is needed (NULL: it is opened), or a file. ERR_NOTFOUND: there
 * is no such document, or its file is gone. */
int pages_open(struct pages **out, const struct app *app, struct store *store, const char *what,
               const struct pages_options *options, struct error *err);
void pages_close(struct pages *pages); /* NULL is fine */
/* The document as it was read, borrowed; NULL for a file. */
const struct document *pages_document(const struct pages *pages);
/* Page `page` (from 0), `width` pixels wide; page_image_free. ERR_FAILED says why there is none. */
int pages_draw(struct pages *pages, uint32_t page, uint32_t width, struct page_image *out,
               struct error *err);

#endif
