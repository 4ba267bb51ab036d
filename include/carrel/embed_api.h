/*
 * The embeddings API that OpenAI defined and many servers speak (POST URL/embeddings): a request's
 * body, and the vectors of an answer. Bytes only; the sending is done by whoever has a net client.
 * Any thread.
 */
#ifndef CARREL_EMBED_API_H
#define CARREL_EMBED_API_H

#include "carrel/error.h"
#include "carrel/str.h"

#include <stddef.h>
#include <stdint.h>

#define EMBED_API_TEXTS_MAX 256 /* texts of one request */

/* Appends the body that asks for the vectors of `count` texts (valid UTF-8). */
void embed_api_request(struct str *out, const char *model, const char *const *texts, size_t count);

/* Appends the server's address for requests: "http://host/v1" and "http://host/v1/" both lead to
 * "http://host/v1/embeddings". */
void embed_api_url(struct str *out, const char *base);

struct embed_api_answer {
    float *vectors; /* count x dim, in the order of the texts; the caller's to free() */
    size_t dim;
    int64_t tokens; /* what the server says it has counted, 0 when it does not */
};
/* ERR_PARSE: not such an answer: vectors missing, doubled, of different sizes, not of numbers, or
 * (dim not 0) of another dimension than expected; the server's own error message is passed on. */
int embed_api_parse(struct embed_api_answer *out, const char *bytes, size_t len, size_t count,
                    size_t dim, struct error *err);

#endif
