/*
 * Sets of visitors; see visitors.h. Packed, a list is its numbers as they lie in memory (which is
 * little-endian on every machine that carrel runs on), and a sketch its registers: more bytes than
 * any list has.
 */
#include "carrel/visitors.h"

#include <math.h>
#include <string.h>

#define RANKS 32 /* more than there are */

_Static_assert(VISITORS_LISTED * sizeof(uint32_t) < VISITORS_COARSE, "no list looks like a sketch");

void visitors_clear(struct visitors *set, enum visitors_precision precision)
{
    set->precision = precision;
    set->sketched = false;
    set->len = 0;
}

/* ---- the sketch ---- */

/* The first bits choose a register, which keeps the longest run of noughts behind them. */
static bool sketch_add(struct visitors *set, uint32_t visitor)
{
    int bits = __builtin_ctz((unsigned)set->precision);
    uint8_t *place = &set->registers[visitor >> (32 - bits)];
    uint32_t rest = visitor << bits | UINT32_C(1) << (bits - 1);
    uint8_t rank = (uint8_t)(__builtin_clz(rest) + 1);

    if (rank <= *place)
        return false;
    *place = rank;
    return true;
}

static void sketch(struct visitors *set)
{
    uint32_t listed[VISITORS_LISTED];
    size_t len = set->len, i;

    memcpy(listed, set->listed, len * sizeof *listed);
    memset(set->registers, 0, (size_t)set->precision);
    set->sketched = true;
    for (i = 0; i < len; i++)
        sketch_add(set, listed[i]);
}

static int64_t sketch_count(const struct visitors *set)
{
    const double m = set->precision;
    unsigned ranks[RANKS] = { 0 };
    double sum = 0, count;
    size_t i;

    for (i = 0; i < (size_t)set->precision; i++)
        ranks[set->registers[i] % RANKS]++;
    for (i = 0; i < RANKS; i++)
        sum += ldexp(ranks[i], -(int)i);
    count = 0.7213 / (1 + 1.079 / m) * m * m / sum;
    if (count <= 2.5 * m && ranks[0] > 0)
        count = m * log(m / ranks[0]);
    return llround(count);
}

/* ---- the set ---- */

/* Where it is, or would be. */
static size_t listed_place(const struct visitors *set, uint32_t visitor)
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

static bool set_add(struct visitors *set, uint32_t visitor)
{
    size_t at;

    if (set->sketched)
        return sketch_add(set, visitor);
    at = listed_place(set, visitor);
    if (at < set->len && set->listed[at] == visitor)
        return false;
    if (set->len == VISITORS_LISTED) {
        sketch(set);
        sketch_add(set, visitor);
        return true;
    }
    memmove(&set->listed[at + 1], &set->listed[at], (set->len - at) * sizeof *set->listed);
    set->listed[at] = visitor;
    set->len++;
    return true;
}

bool visitors_add(struct visitors *set, uint64_t visitor)
{
    return set_add(set, (uint32_t)(visitor >> 32));
}

void visitors_join(struct visitors *set, const struct visitors *other)
{
    size_t i;

    if (other->sketched && !set->sketched)
        sketch(set);
    for (i = 0; other->sketched && i < (size_t)set->precision; i++)
        if (other->registers[i] > set->registers[i])
            set->registers[i] = other->registers[i];
    for (i = 0; !other->sketched && i < other->len; i++)
        set_add(set, other->listed[i]);
}

int64_t visitors_count(const struct visitors *set)
{
    return set->sketched ? sketch_count(set) : (int64_t)set->len;
}

const void *visitors_bytes(const struct visitors *set, size_t *len)
{
    *len = set->sketched ? (size_t)set->precision : set->len * sizeof *set->listed;
    return set->registers;
}

int visitors_from(struct visitors *set, enum visitors_precision precision, const void *bytes,
                  size_t len, struct error *err)
{
    visitors_clear(set, precision);
    if (len != (size_t)precision && (len > sizeof set->listed || len % sizeof *set->listed != 0))
        return error_set(err, ERR_CORRUPT, "a set of visitors has %zu bytes", len);
    set->sketched = len == (size_t)precision;
    set->len = set->sketched ? 0 : len / sizeof *set->listed;
    if (len > 0)
        memcpy(set->registers, bytes, len);
    return ERR_OK;
}
