/* The least difference of two lists of numbers (myers.c), for worddiff.c. */
#ifndef CARREL_TEXT_MYERS_H
#define CARREL_TEXT_MYERS_H

#include "carrel/mem.h"

#include <stdbool.h>
#include <stdint.h>

struct span {
    size_t from, to;
};
/* Elements are equal when their numbers are. */
struct myers {
    const uint32_t *a, *b;
    bool *gone, *came;     /* of a and of b, cleared: what is set here is not in the other */
    int64_t left;          /* steps that may still be taken; what is over then counts as changed */
    bool coarse;           /* that has happened */
    size_t room;           /* elements of both: what has more is not compared */
    int32_t *ahead, *back; /* room + 8 each */
};
void myers_compare(struct myers *m, struct span a, struct span b);

/* Pairs (index in a, index in b) that grow in both: of values that each list has just once, the
 * longest such row (B. Cohen's patience diff). In the arena. */
struct anchor_pair {
    uint32_t a, b;
};
size_t myers_anchors(struct anchor_pair **out, struct arena *arena, const uint64_t *a, size_t a_len,
                     const uint64_t *b, size_t b_len);

#endif
