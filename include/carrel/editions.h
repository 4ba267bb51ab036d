/*
 * The versions of a paper of arXiv, as far as the library's records tell: which there are, when
 * they are from, and what was said of each. A number is known from the listings, the query API and
 * arXivRaw; OAI-PMH's plain format has only the day of the newest version. Older answers of a
 * source are never thrown away, so the words of a version that was here stay here.
 *
 * The library keeps of each work with more than one version, or withdrawn, what lists and filters
 * ask (table work_version); it is computed from the records whenever the work is composed. On the
 * connection's thread; texts lie in the given arena.
 */
#ifndef CARREL_EDITIONS_H
#define CARREL_EDITIONS_H

#include "carrel/record.h"
#include "carrel/store.h"

/* What one source said of it, in one answer. */
struct edition_words {
    char *source;
    int64_t fetched; /* ms */
    struct record record;
};
struct edition {
    int number;     /* 0: not known */
    int32_t day;    /* DAY_NONE: not known */
    char *at;       /* the same as its source says it, a day or RFC 3339; "" not known */
    char *size;     /* "401kb"; "" not known */
    int64_t came;   /* when the first words of it came here, ms; 0: there are none */
    bool withdrawn; /* it says so */
    bool roughly;   /* the day is that of an announcement */
    struct edition_words *words; /* in order of their time */
    size_t len, cap;
};
/* Oldest first; none of a work that is not of arXiv. */
int editions_of(struct edition **out, size_t *count, struct store *store, struct arena *arena,
                int64_t work, struct error *err);

/* "v2 of 2024-03-05", "v2", "the version of 2024-03-05". */
void edition_name(struct str *out, const struct edition *edition);
/* The one that a person's state means ("v2 2024-03-05 withdrawn"): by number, else by day; NULL: it
 * is not among them. */
const struct edition *edition_find(const struct edition *editions, size_t count, const char *seen);

#endif
