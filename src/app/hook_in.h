/* Between the parts of taking a delivery: hook_in.c (receipts), hook_in_papers.c and
 * hook_in_documents.c (what they bring). */
#ifndef APP_HOOK_IN_H
#define APP_HOOK_IN_H

#include "carrel/hooks.h"
#include "carrel/jsonw.h"
#include "carrel/library.h"

#include <jansson.h>

/* One delivery on its way into the library. */
struct hook_taking {
    const struct app *app;
    struct store *store; /* for reading */
    struct arena *arena;
    struct importer *importer; /* by pages */
    const struct hook_incoming *incoming;
    json_t *json;
    struct error *err;  /* of the sinks */
    struct str rejects; /* JSON objects with commas between */
    size_t reject_count;
    int64_t rejected; /* by the parser */
    struct hook_document *document;
};

/* Hands records to the importer. A bad one is noted and the rest goes on. */
int take_records(struct hook_taking *taking, const json_t *records, struct error *err);

/* A document: its form is checked and, when all its parts are there, made ready. */
int take_document(struct hook_taking *taking, struct error *err);
/* Inside the transaction. */
int save_document(struct hook_taking *taking, struct store *store, struct error *err);
void document_answer(const struct hook_taking *taking, struct jsonw *w);

#endif
