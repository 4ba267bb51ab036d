/*
 * Documents that arrive over the network: written to files/tmp as they come, never held whole in
 * memory, kept there under their SHA-256 until a job has read them. What nobody wants any more is
 * swept away.
 *
 * A struct upload belongs to one thread at a time.
 */
#ifndef CARREL_UPLOADS_H
#define CARREL_UPLOADS_H

#include "carrel/app.h"

struct upload;
/* `ending`: ".pdf", ".txt"; by it the format is told. `most`: bytes. */
int upload_begin(struct upload **out, const struct app *app, const char *ending, int64_t most,
                 struct error *err);
/* ERR_LIMIT: it is too large; ERR_FULL, ERR_IO. */
int upload_add(struct upload *upload, const void *bytes, size_t len, struct error *err);
/* The file is whole: on the disk for good, under its own name. */
int upload_end(struct upload *upload, struct error *err);
const char *upload_name(const struct upload *upload);   /* "1f2e….pdf", after upload_end */
const char *upload_sha256(const struct upload *upload); /* likewise */
/* Removes what is not whole. NULL is fine. */
void upload_free(struct upload *upload);

/* Where a file of this name lies; NULL: no such name is ours. The caller frees it. */
char *upload_path(const struct app *app, const char *name);
/* The key of the job that reads it: at most one such job is open. */
void upload_key(struct str *key, const char *name);
/* Removes files that are a week old and wait for no job, and parts that were broken off. */
void uploads_sweep(const struct app *app, struct store *store);

#endif
