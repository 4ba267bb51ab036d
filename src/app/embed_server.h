/*
 * Vectors from a server that speaks the OpenAI embeddings API ([embedding] url, model, token-file).
 */
#ifndef CARREL_APP_EMBED_SERVER_H
#define CARREL_APP_EMBED_SERVER_H

#include "carrel/app.h"
#include "carrel/vectors.h"

struct embed_server;

/* *out is NULL when none is configured. The store is that of the calling thread; requests go
 * through its ledger, so no transaction may be open while one is under way. */
int embed_server_open(struct embed_server **out, const struct app *app, struct store *store,
                      const atomic_bool *cancel, struct error *err);
void embed_server_free(struct embed_server *server); /* NULL is fine */

/* What its vectors are stored under; asks the server for its dimension unless the library knows it.
 */
int embed_server_model(struct embed_server *server, struct vectors_model *out, struct error *err);
/* library_embedding.embed; ctx is the server. */
int embed_server_texts(void *ctx, const char *const *texts, size_t count, float *vectors,
                       size_t dim, struct error *err);
/* Lets searches on this connection ask the server for the vectors of their words. The app outlives
 * the store. */
void embed_server_for_queries(struct store *store, struct app *app);
/* What it cost so far. */
void embed_server_cost(const struct embed_server *server, int64_t *requests, int64_t *tokens);

#endif
