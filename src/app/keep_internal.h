/* Between the two halves of keeping a document: keep.c (files) and keep_save.c (the library). */
#ifndef CARREL_APP_KEEP_INTERNAL_H
#define CARREL_APP_KEEP_INTERNAL_H

#include "keep.h"
#include "scripts.h"

#include "carrel/library.h"

struct keeper {
    const struct app *app;
    struct document_reader reader;
    struct store *store; /* for reading */
    struct importer *importer;
    struct scripts scripts;  /* that want to know of documents */
    const char *title;       /* of what is kept; NULL: the text tells */
    struct fetcher *fetcher; /* made when it is first needed */
};

/* Everything about a document of `bytes`, whose hash, name and whether it has text *kept says, and
 * its record when it has text: at once. */
int keep_save(struct keeper *keeper, struct arena *arena, const struct document *doc,
              const char *origin, const char *belongs, const struct kept *kept, int64_t bytes,
              struct error *err);

#endif
