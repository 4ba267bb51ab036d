/*
 * How websites are used, as JSON; and answers about it that are kept for as long as they are true.
 */
#ifndef CARREL_HTTP_USAGE_H
#define CARREL_HTTP_USAGE_H

#include "internal.h"

#include "carrel/events.h"
#include "carrel/usage.h"

/* What listeners are told of an accepted event: not who caused it. */
void usage_json_event(struct str *out, const struct event *event);
int usage_json_realtime(struct str *out, struct store *store, int64_t now, struct error *err);

/* Answers by name. One holds while its window is the same and no event has come into what it was
 * read from, by whichever process: their number is asked for each time. A minute at most, since
 * titles change, too. */
struct usage_cache;
struct usage_cache *usage_cache_new(void);
void usage_cache_free(struct usage_cache *cache);
/* What the answer depends on, besides its name. */
struct usage_stamp {
    struct usage_range range;
    int64_t version;
};
bool usage_cache_get(struct usage_cache *cache, const char *name, const struct usage_stamp *stamp,
                     struct str *out);
void usage_cache_put(struct usage_cache *cache, const char *name, const struct usage_stamp *stamp,
                     const char *json);

#endif
