/*
 * Works as a bibliography: each with its entry, and with a key that is its own among all works of
 * the library, whatever else is written and in whatever order.
 *
 * Of works whose keys would be the same the one that came into the library first has the key as it
 * is, the second one an "a" behind it, and so on. A key that a work brought from a bibliography is
 * kept.
 */
#ifndef CARREL_APP_CITES_H
#define CARREL_APP_CITES_H

#include "carrel/bibliography.h"
#include "carrel/store.h"

struct cites;
/* For these works; `form` is the template of keys, NULL the usual one (ERR_USAGE: it is none). */
int cites_new(struct cites **out, struct store *store, const struct bibliography_options *options,
              const char *form, const int64_t *works, size_t count, struct error *err);
/* The key of one of them; lives as long as this. */
const char *cites_key(const struct cites *cites, int64_t work);
/* Its entry, in the arena. */
int cites_entry(const struct cites *cites, struct citation *out, struct arena *arena, int64_t work,
                struct record *record, struct error *err);
/* Appends its entry, and what stands before it. */
int cites_add(struct cites *cites, struct str *out, struct arena *arena, int64_t work,
              struct record *record, struct error *err);
void cites_end(struct cites *cites, struct str *out);
void cites_free(struct cites *cites);
/* All of it for these works, whatever they are in the library for. */
int cites_write(struct str *out, struct store *store, struct arena *arena,
                const struct bibliography_options *options, const char *form, const int64_t *works,
                size_t count, struct error *err);

#endif
