/*
 * Sets of visitors; see visitors.h. Packed, a list is its hashes as they lie in memory (which is
 * little-endian on every machine that carrel runs on) and a sketch 4,096 bytes that no list has:
 * one is full at 512 hashes, of which a sketch would be the same size, so a list is kept to 511.
 */
#include "carrel/visitors.h"

#include <math.h>
#include <string.h>

#define INDEX_BITS 12
#define RANKS 64 /* more than there are: 53 */
#define LISTED_MOST (VISITORS_LISTED - 1)

_Static_assert(VISITORS_BYTES == 1 << INDEX_BITS, "a register for each index");

void visitors_clear(struct visitors *set)
{
    set->sketched = false;
    set->len = 0;
}

/* ---- the sketch ---- */

static bool sketch_add(struct visitors *set, uint64_t visitor)
{
    uint8_t *place = &set->registers[visitor >> (64 - INDEX_BITS)];
    uint64_t rest = visitor << INDEX_BITS | UINT64_C(1) << (INDEX_BITS - 1);
    uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);

    if (rank <= *place)
        return false;
    *place = rank;
    return true;
}

static void sketch(struct visitors *set)
{
    uint64_t listed[VISITORS_LISTED];
    size_t len = set->len, i;

    memcpy(listed, set->listed, len * sizeof *listed);
    memset(set->registers, 0, sizeof set->registers);
    set->sketched = true;
    for (i = 0; i < len; i++)
        sketch_add(set, listed[i]);
}

static int64_t sketch_count(const struct visitors *set)
{
    const double m = VISITORS_BYTES;
    unsigned ranks[RANKS] = { 0 }, empty;
    double sum = 0, count;
    size_t i;

    for (i = 0; i < VISITORS_BYTES; i++)
        ranks[set->registers[i] % RANKS]++;
    for (i = 0; i < RANKS; i++)
        sum += ldexp(ranks[i], -(int)i);
    empty = ranks[0];
    count = 0.7213 / (1 + 1.079 / m) * m * m / sum;
    if (count <= 2.5 * m && empty > 0)
        count = m * log(m / empty);
    return llround(count);
}

/* ---- the set ---- */

/* Where it is, or would be. */
static size_t listed_place(const struct visitors *set, uint64_t visitor)
{
    size_t low = 0, high = set->len;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (set->listed[middle] < visitor)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool visitors_add(struct visitors *set, uint64_t visitor)
{
    size_t at;

    if (set->sketched)
        return sketch_add(set, visitor);
    at = listed_place(set, visitor);
    if (at < set->len && set->listed[at] == visitor)
        return false;
    if (set->len == LISTED_MOST) {
        sketch(set);
        sketch_add(set, visitor);
        return true;
    }
    memmove(&set->listed[at + 1], &set->listed[at], (set->len - at) * sizeof *set->listed);
    set->listed[at] = visitor;
    set->len++;
    return true;
}

void visitors_join(struct visitors *set, const struct visitors *other)
{
    size_t i;

    if (other->sketched && !set->sketched)
        sketch(set);
    for (i = 0; other->sketched && i < VISITORS_BYTES; i++)
        if (other->registers[i] > set->registers[i])
            set->registers[i] = other->registers[i];
    for (i = 0; !other->sketched && i < other->len; i++)
        visitors_add(set, other->listed[i]);
}

int64_t visitors_count(const struct visitors *set)
{
    return set->sketched ? sketch_count(set) : (int64_t)set->len;
}

const void *visitors_bytes(const struct visitors *set, size_t *len)
{
    *len = set->sketched ? VISITORS_BYTES : set->len * sizeof *set->listed;
    return set->registers;
}

int visitors_from(struct visitors *set, const void *bytes, size_t len, struct error *err)
{
    visitors_clear(set);
    if (len > VISITORS_BYTES || len % sizeof *set->listed != 0)
        return error_set(err, ERR_CORRUPT, "a set of visitors has %zu bytes", len);
    set->sketched = len == VISITORS_BYTES;
    set->len = set->sketched ? 0 : len / sizeof *set->listed;
    if (len > 0)
        memcpy(set->registers, bytes, len);
    return ERR_OK;
}
