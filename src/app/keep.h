/*
 * Documents into the library: the file to its place, what was read of it and its work in one
 * transaction.
 */
#ifndef CARREL_APP_KEEP_H
#define CARREL_APP_KEEP_H

#include "documents.h"
#include "fetch.h"

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
    bool only_this; /* on an error: of this file or address alone; the next one may do better */
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
/* What the next documents are called, whatever their texts say; NULL: as these say. The text lives
 * as long as it is set. */
void keeper_title(struct keeper *keeper, const char *title);
/* One file, whose *kept begins zeroed; `origin` is the path or address it is remembered by,
 * `belongs` the id of the work that it was fetched for (NULL or "": the text tells). Texts of *kept
 * lie in the arena. `again`: also when it is there, read by this reader. Errors: the file cannot be
 * read (kept->only_this), the disk's, ERR_CANCELLED and the store's; what the file holds is never
 * an error. */
int keeper_keep(struct keeper *keeper, const char *path, const char *origin, const char *belongs,
                bool again, struct arena *arena, struct kept *kept, struct error *err);
/* The PDF of an id, or what an address sends, as any file. One that is here is not asked for again
 * unless `again`; it is read anew when this reader can do better. The options of the first call
 * live as long as the keeper. Errors: as keeper_keep and fetch_document. */
int keeper_fetch(struct keeper *keeper, const char *what, const struct fetch_options *options,
                 bool again, struct arena *arena, struct kept *kept, struct error *err);
/* The newest PDF of a work that may be read, now or one day. ERR_NOTFOUND. */
int keep_pdf_of(struct stored_document *out, struct store *store, struct arena *arena, int64_t work,
                struct error *err);
/* Would reading it again give more: by a newer reader, wider limits, Tesseract that is installed
 * now or, when there are any, passwords? */
bool keep_may_do_better(const struct config *config, const struct stored_document *row,
                        bool passwords);
/* The document of an id, unpacked; the caller frees it with document_free. ERR_NOTFOUND: no such
 * work, or it has none that can be read. `which` may be NULL. */
int keep_open_document(struct document **out, struct store *store, struct arena *arena,
                       const char *id, struct stored_document *which, struct error *err);

#endif
