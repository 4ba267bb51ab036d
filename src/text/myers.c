/*
 * The least difference of two lists: E. Myers, "An O(ND) Difference Algorithm and Its Variations"
 * (Algorithmica 1, 1986), in linear space: the middle of a shortest way is looked for from both
 * ends, and each half compared by itself. What it costs grows with the square of the differences,
 * so the steps are counted; when they are spent, what is left counts as changed whole.
 */
#include "myers.h"

#include <string.h>

/* One of the two searches: how far each diagonal has come; -1: it is not reached. */
struct side {
    int32_t *far; /* its middle: diagonals from below 0 on */
    const uint32_t *a, *b;
    int32_t n, m;
    bool backwards;
};

static bool side_same(const struct side *side, int32_t x, int32_t y)
{
    return side->backwards ? side->a[side->n - 1 - x] == side->b[side->m - 1 - y]
                           : side->a[x] == side->b[y];
}

/* The farthest place on diagonal k by one more difference, and what follows it that is the same. */
static int32_t side_step(const struct side *side, int32_t k, int64_t *left)
{
    int32_t right = side->far[k - 1], down = side->far[k + 1], x = -1, start;

    if (down >= 0 && down - k <= side->m && down <= side->n)
        x = down;
    if (right >= 0 && right < side->n && right + 1 - k >= 0 && right + 1 > x)
        x = right + 1;
    if (x < 0 || x - k < 0 || x - k > side->m)
        return side->far[k] = -1;
    for (start = x; x < side->n && x - k < side->m && side_same(side, x, x - k);)
        x++;
    *left -= 1 + x - start;
    return side->far[k] = x;
}

/* All diagonals of `d` differences. True: one has met the other side, at *x, *y of this one. */
static bool side_round(const struct side *side, const struct side *other, int32_t d, bool meets,
                       int64_t *left, int32_t *x, int32_t *y)
{
    int32_t delta = side->n - side->m, k, reach = side->backwards ? d : d - 1;

    side->far[-d - 1] = side->far[d + 1] = -1;
    for (k = -d; k <= d; k += 2) {
        if (k < -side->m || k > side->n) {
            side->far[k] = -1;
            continue;
        }
        *x = side_step(side, k, left);
        *y = *x - k;
        if (meets && *x >= 0 && delta - k >= -reach && delta - k <= reach
            && other->far[delta - k] >= 0 && *x + other->far[delta - k] >= side->n)
            return true;
    }
    return false;
}

/* A place on a shortest way with differences on both sides of it. The lists differ in their first
 * and their last element. False: they are too long, or the steps are spent. */
static bool myers_middle(struct myers *m, struct span a, struct span b, int32_t *x, int32_t *y)
{
    struct side ahead = { .a = m->a + a.from,
                          .b = m->b + b.from,
                          .n = (int32_t)(a.to - a.from),
                          .m = (int32_t)(b.to - b.from) };
    struct side back = ahead;
    int32_t d, middle = (ahead.n + ahead.m) / 2 + 3;
    bool odd = (ahead.n - ahead.m) & 1;

    if ((a.to - a.from) + (b.to - b.from) > m->room)
        return false;
    back.backwards = true;
    ahead.far = m->ahead + middle;
    back.far = m->back + middle;
    ahead.far[0] = back.far[0] = 0; /* both stand at their ends, where nothing is the same */
    for (d = 1; d <= (ahead.n + ahead.m + 1) / 2 && m->left > 0; d++) {
        if (side_round(&ahead, &back, d, odd, &m->left, x, y))
            return true;
        if (side_round(&back, &ahead, d, !odd, &m->left, x, y)) {
            *x = ahead.n - *x;
            *y = ahead.m - *y;
            return true;
        }
    }
    return false;
}

static void myers_trim(const struct myers *m, struct span *a, struct span *b)
{
    while (a->from < a->to && b->from < b->to && m->a[a->from] == m->b[b->from]) {
        a->from++;
        b->from++;
    }
    while (a->from < a->to && b->from < b->to && m->a[a->to - 1] == m->b[b->to - 1]) {
        a->to--;
        b->to--;
    }
}

void myers_compare(struct myers *m, struct span a, struct span b)
{
    int32_t x, y;

    for (;;) {
        myers_trim(m, &a, &b);
        if (a.from == a.to || b.from == b.to)
            break;
        if (!myers_middle(m, a, b, &x, &y)) {
            m->coarse = true;
            break;
        }
        myers_compare(m, (struct span){ a.from, a.from + (size_t)x },
                      (struct span){ b.from, b.from + (size_t)y });
        a.from += (size_t)x;
        b.from += (size_t)y;
    }
    memset(m->gone + a.from, 1, a.to - a.from);
    memset(m->came + b.from, 1, b.to - b.from);
}

/* ---- anchors ---- */

#define MANY UINT32_MAX

struct once {
    uint64_t value;
    uint32_t a, b; /* 0: not there; 1 + where; MANY */
};

static struct once *once_place(struct once *table, size_t mask, uint64_t value)
{
    size_t at = (size_t)value & mask;

    while (table[at].a + (uint64_t)table[at].b > 0 && table[at].value != value)
        at = (at + 1) & mask;
    table[at].value = value;
    return &table[at];
}

/* Row of pairs in order of a -> the longest part of it that grows in b; returns its length. */
static size_t longest_growing(struct anchor_pair *pairs, size_t len, struct arena *arena)
{
    uint32_t *tops = arena_alloc(arena, (len + 1) * sizeof *tops); /* of piles: pairs */
    uint32_t *before = arena_alloc(arena, (len + 1) * sizeof *before);
    struct anchor_pair *row = arena_alloc(arena, (len + 1) * sizeof *row);
    size_t piles = 0, i;
    uint32_t at;

    for (i = 0; i < len; i++) {
        size_t low = 0, high = piles;

        while (low < high) {
            size_t half = (low + high) / 2;

            if (pairs[tops[half]].b < pairs[i].b)
                low = half + 1;
            else
                high = half;
        }
        before[i] = low > 0 ? tops[low - 1] : 0;
        tops[low] = (uint32_t)i;
        piles += low == piles;
    }
    for (i = piles, at = piles ? tops[piles - 1] : 0; i > 0; i--, at = before[at])
        row[i - 1] = pairs[at];
    memcpy(pairs, row, piles * sizeof *row);
    return piles;
}

size_t myers_anchors(struct anchor_pair **out, struct arena *arena, const uint64_t *a, size_t a_len,
                     const uint64_t *b, size_t b_len)
{
    size_t size = 16, len = 0, i;
    struct once *table;

    while (size < 2 * (a_len + b_len))
        size *= 2;
    table = arena_alloc(arena, size * sizeof *table);
    *out = arena_alloc(arena, (a_len + 1) * sizeof **out);
    for (i = 0; i < a_len; i++) {
        struct once *once = once_place(table, size - 1, a[i]);

        once->a = once->a ? MANY : (uint32_t)i + 1;
    }
    for (i = 0; i < b_len; i++) {
        struct once *once = once_place(table, size - 1, b[i]);

        once->b = once->b ? MANY : (uint32_t)i + 1;
    }
    for (i = 0; i < a_len; i++) {
        const struct once *once = once_place(table, size - 1, a[i]);

        if (once->a != MANY && once->b != MANY && once->b > 0)
            (*out)[len++] = (struct anchor_pair){ once->a - 1, once->b - 1 };
    }
    return longest_growing(*out, len, arena);
}
