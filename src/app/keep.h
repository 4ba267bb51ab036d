/*
 * Documents into the library: the file to its place, what was read of it and its work in one
 * transaction.
 */
#ifndef CARREL_APP_KEEP_H
#define CARREL_APP_KEEP_H

#include "documents.h"

#include "carrel/documents.h"

struct keeper;

struct kept {
    char sha256[65];
    char name[24];              /* "file:1f2e…" */
    const char *state, *format; /* as `process --json` names them */
    char *message;              /* "" none */
    int64_t pages, chars;
    char *work;     /* its key, "" none */
    char *title;    /* "" none */
    bool unchanged; /* it was there already, read by this reader */
    bool text;      /* done or repaired */
    struct document_near {
        char *work, *name, *title;
        double similarity;
    } * near; /* documents with nearly the same text */
    size_t near_count;
};

/* The library must exist or is made. The options' config and cancel live as long as the keeper. */
int keeper_open(struct keeper **out, const struct app *app,
                const struct document_reader_options *options, struct error *err);
void keeper_close(struct keeper *keeper); /* NULL is fine */
/* One file; `origin` is the path or address it is remembered by, `belongs` the id of the work that
 * it was fetched for (NULL or "": the text tells). Texts of *kept lie in the arena. `again`: also
 * when it is there, read by this reader. Errors: ERR_IO (it cannot be read, the disk is full),
 * ERR_CANCELLED, and the store's; what the file holds is never an error. */
int keeper_keep(struct keeper *keeper, const char *path, const char *origin, const char *belongs,
                bool again, struct arena *arena, struct kept *kept, struct error *err);
/* The document of an id, unpacked; the caller frees it with document_free. ERR_NOTFOUND: no such
 * work, or it has none that can be read. `which` may be NULL. */
int keep_open_document(struct document **out, struct store *store, struct arena *arena,
                       const char *id, struct stored_document *which, struct error *err);

#endif
