/*
 * Marked rows of a list, by their keys: few or half a million.
 *
 * What is marked lies in layers. The uppermost is the list's to change; a layer that was handed out
 * (marks_share) never changes again, so a worker reads it while the list goes on above it, and
 * handing out costs the same however much is marked. Marks: loop thread. Sets: one thread at a time
 * may write (mark_set_put) what is not handed out, any number may read.
 */
#ifndef CARREL_UI_MARKS_H
#define CARREL_UI_MARKS_H

#include "carrel/mem.h"

#include <stdbool.h>
#include <stddef.h>

struct mark_set;

/* Upon what `below` holds (NULL: nothing), which is kept as long. */
struct mark_set *mark_set_new(struct mark_set *below);
struct mark_set *mark_set_keep(struct mark_set *set); /* one more that frees it */
void mark_set_free(struct mark_set *set);             /* NULL is fine */
bool mark_set_has(const struct mark_set *set, const char *key);
void mark_set_put(struct mark_set *set, const char *key, bool on);
size_t mark_set_count(const struct mark_set *set);
/* All of them in the order in which they were marked, into the arena. */
size_t mark_set_keys(const struct mark_set *set, struct arena *arena, char ***keys);

struct marks {
    struct mark_set *top, *before; /* before: what `marks_again` brings back; NULL nothing */
};

void marks_init(struct marks *marks);
void marks_free(struct marks *marks);
size_t marks_count(const struct marks *marks);
bool marks_has(const struct marks *marks, const char *key);
void marks_put(struct marks *marks, const char *key, bool on);
/* The marks go, and can be had back beside those that were made since. */
void marks_clear(struct marks *marks);
void marks_again(struct marks *marks);
/* What is marked now; mark_set_free gives it back. NULL: nothing is. */
struct mark_set *marks_share(struct marks *marks);
/* `set` was made upon what marks_share gave: it takes its place, below what was marked since. */
void marks_take(struct marks *marks, struct mark_set *set);
/* What marks_share gave is done with; marks that were made since stay. */
void marks_done(struct marks *marks, struct mark_set *set);

#endif
