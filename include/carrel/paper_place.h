/*
 * Where a paper is found: the key by which it is cited, the part of what it appeared in, and the
 * reader's collections that have it. On the thread that owns the connection; texts lie in the given
 * arena.
 */
#ifndef CARREL_PAPER_PLACE_H
#define CARREL_PAPER_PLACE_H

#include "carrel/store.h"

#include "carrel/record.h"

struct paper_place {
    char *key;  /* as `cite` prints it; NULL: no entry brought one, and it would have to be made */
    char *part; /* "volume 12 (3), pages 1–10"; NULL: nothing is known */
    struct text_list collections;
};
int paper_place(struct paper_place *out, struct store *store, struct arena *arena, int64_t work,
                struct error *err);

#endif
