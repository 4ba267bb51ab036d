/*
 * Finding an anchor again; see anchor.h.
 *
 * What changes between two readings of a file is hyphens, blanks, ligatures and order. So behind
 * the search for the very bytes stands one in folded texts, which hold letters and digits only, in
 * lower case: Sellers' alignment of the quote with any part of the text, of which only the cells
 * that can still lead to a find are computed (Ukkonen). Long quotes are found by both their ends.
 */
#include "carrel/anchor.h"

#include "carrel/str.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PATTERN_MAX 384             /* folded bytes that are aligned at once */
#define WINDOW (192u << 10)         /* folded bytes to both sides of where it should be */
#define TELLING 16                  /* bytes of a quote that needs no surroundings to be believed */
#define CONTEXT_TELLING 8           /* bytes of them that have to agree for a shorter one */
#define DIFFERENCE(len) ((len) / 5) /* letters that may be others */

struct folded {
    char *bytes;
    uint32_t *at; /* where each stands in the text */
    size_t len;
};

struct anchor_text {
    const char *text;
    size_t len;
    struct folded folded;
    bool ready;
};

const char *anchor_found_name(enum anchor_found found)
{
    static const char *const names[] = { "same", "moved", "near", "lost" };

    return names[found];
}

static bool inside_character(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

void anchor_make(struct anchor *out, struct arena *arena, const char *text, size_t len,
                 uint32_t start, uint32_t end)
{
    size_t before = start > ANCHOR_CONTEXT ? start - ANCHOR_CONTEXT : 0;
    size_t behind = len - end > ANCHOR_CONTEXT ? end + ANCHOR_CONTEXT : len;

    while (before < start && inside_character(text[before]))
        before++;
    while (behind > end && behind < len && inside_character(text[behind]))
        behind--;
    out->start = start;
    out->end = end;
    out->quote = arena_strndup(arena, text + start, end - start);
    out->prefix = arena_strndup(arena, text + before, start - before);
    out->suffix = arena_strndup(arena, text + end, behind - end);
}

struct anchor_text *anchor_text_new(const char *text, size_t len)
{
    struct anchor_text *made = mem_zalloc(sizeof *made);

    made->text = text;
    made->len = len;
    return made;
}

static void folded_free(struct folded *folded)
{
    free(folded->bytes);
    free(folded->at);
}

void anchor_text_free(struct anchor_text *text)
{
    if (!text)
        return;
    folded_free(&text->folded);
    free(text);
}

static void fold(struct folded *out, const char *text, size_t len)
{
    size_t i;

    out->bytes = mem_alloc(len + 1);
    out->at = mem_alloc((len + 1) * sizeof *out->at);
    out->len = 0;
    for (i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];

        if (byte < 0x80 && !isalnum(byte))
            continue;
        out->at[out->len] = (uint32_t)i;
        out->bytes[out->len++] = (char)tolower(byte);
    }
    out->at[out->len] = (uint32_t)len;
}

/* ---- surroundings ---- */

/* How many bytes before text[start] and behind text[end] are those that the anchor remembers. */
static size_t context_agrees(const struct anchor *anchor, const char *text, size_t len,
                             size_t start, size_t end)
{
    size_t before = strlen(anchor->prefix), agrees = 0, i;

    for (i = 0; i < before && i < start; i++) {
        if (anchor->prefix[before - 1 - i] != text[start - 1 - i])
            break;
        agrees++;
    }
    for (i = 0; anchor->suffix[i] && end + i < len; i++) {
        if (anchor->suffix[i] != text[end + i])
            break;
        agrees++;
    }
    return agrees;
}

static size_t apart(size_t a, size_t b)
{
    return a > b ? a - b : b - a;
}

/* ---- the same bytes ---- */

static bool find_same(uint32_t *start, uint32_t *end, const struct anchor *anchor,
                      const struct anchor_text *text)
{
    size_t quote = strlen(anchor->quote), best = 0;
    const char *from = text->text, *hit, *found = NULL;

    if (quote == 0)
        return false;
    while ((hit = memmem(from, text->len - (size_t)(from - text->text), anchor->quote, quote))) {
        size_t at = (size_t)(hit - text->text);
        size_t agrees = context_agrees(anchor, text->text, text->len, at, at + quote);

        if (!found || agrees > best
            || (agrees == best
                && apart(at, anchor->start) < apart((size_t)(found - text->text), anchor->start))) {
            found = hit;
            best = agrees;
        }
        from = hit + 1;
    }
    if (!found || (quote < TELLING && best < CONTEXT_TELLING))
        return false;
    *start = (uint32_t)(found - text->text);
    *end = *start + (uint32_t)quote;
    return true;
}

/* ---- nearly the same ---- */

struct aligned {
    size_t start, end; /* of the folded text */
    uint32_t distance;
};

/* The part of text[from..to) that differs least from the pattern, by at most `most` letters; of
 * equals the nearest to `expected`. False: none. */
static bool align(struct aligned *best, const struct folded *text, size_t from, size_t to,
                  const char *pattern, size_t len, uint32_t most, size_t expected)
{
    uint32_t cost[PATTERN_MAX + 1];
    uint32_t begin[PATTERN_MAX + 1];
    size_t last = most < len ? most : len, i, j;
    bool found = false;

    for (i = 0; i <= len; i++) {
        cost[i] = (uint32_t)i;
        begin[i] = (uint32_t)from;
    }
    for (j = from; j < to; j++) {
        uint32_t corner = 0, corner_begin = (uint32_t)j;

        begin[0] = (uint32_t)j + 1;
        if (last < len) { /* the cell that enters was too dear so far */
            last++;
            cost[last] = most + 1;
        }
        for (i = 1; i <= last; i++) {
            uint32_t change = corner + (pattern[i - 1] != text->bytes[j]);
            uint32_t left = cost[i] + 1, above = cost[i - 1] + 1;
            uint32_t change_begin = corner_begin;

            corner = cost[i];
            corner_begin = begin[i];
            if (change <= left && change <= above) {
                cost[i] = change;
                begin[i] = change_begin;
            } else if (left <= above) {
                cost[i] = left;
            } else {
                cost[i] = above;
                begin[i] = begin[i - 1];
            }
        }
        while (last > 0 && cost[last] > most)
            last--;
        if (last == len
            && (!found || cost[len] < best->distance
                || (cost[len] == best->distance
                    && apart(begin[len], expected) < apart(best->start, expected)))) {
            *best = (struct aligned){ .start = begin[len], .end = j + 1, .distance = cost[len] };
            found = true;
        }
    }
    return found;
}

/* Where in the folded text a byte of the text would stand. */
static size_t folded_at(const struct folded *folded, size_t at)
{
    size_t low = 0, high = folded->len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (folded->at[mid] < at)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static bool align_near(struct aligned *out, const struct folded *text, size_t expected,
                       const char *pattern, size_t len)
{
    size_t from = expected > WINDOW ? expected - WINDOW : 0;
    size_t to = text->len - expected > WINDOW ? expected + WINDOW : text->len;

    return align(out, text, from, to, pattern, len, (uint32_t)DIFFERENCE(len), expected);
}

/* A quote that is too long for one alignment: its two ends, in order and about as far apart. */
static bool align_ends(struct aligned *out, const struct folded *text, size_t expected,
                       const struct folded *quote)
{
    struct aligned head, tail;
    size_t tail_at = quote->len - PATTERN_MAX;

    if (!align_near(&head, text, expected, quote->bytes, PATTERN_MAX))
        return false;
    expected = head.start + tail_at < text->len ? head.start + tail_at : text->len;
    if (!align_near(&tail, text, expected, quote->bytes + tail_at, PATTERN_MAX)
        || tail.end <= head.end || apart(tail.end - head.start, quote->len) > quote->len / 3)
        return false;
    *out = (struct aligned){ .start = head.start,
                             .end = tail.end,
                             .distance = head.distance + tail.distance };
    return true;
}

/* The folded surroundings of a short quote have to agree. */
static bool believed(const struct anchor *anchor, const struct folded *text,
                     const struct aligned *found, size_t quote)
{
    struct folded prefix, suffix;
    size_t agrees = 0, i;

    if (quote >= TELLING)
        return true;
    fold(&prefix, anchor->prefix, strlen(anchor->prefix));
    fold(&suffix, anchor->suffix, strlen(anchor->suffix));
    for (i = 0; i < prefix.len && i < found->start
                && prefix.bytes[prefix.len - 1 - i] == text->bytes[found->start - 1 - i];
         i++)
        agrees++;
    for (i = 0; i < suffix.len && found->end + i < text->len
                && suffix.bytes[i] == text->bytes[found->end + i];
         i++)
        agrees++;
    folded_free(&prefix);
    folded_free(&suffix);
    return agrees >= CONTEXT_TELLING;
}

static bool find_near(uint32_t *start, uint32_t *end, const struct anchor *anchor,
                      struct anchor_text *text)
{
    struct folded quote;
    struct aligned found;
    size_t expected, stop;
    bool ok;

    if (!text->ready)
        fold(&text->folded, text->text, text->len);
    text->ready = true;
    fold(&quote, anchor->quote, strlen(anchor->quote));
    expected = folded_at(&text->folded, anchor->start);
    ok = quote.len > 0
         && (quote.len <= PATTERN_MAX
                 ? align_near(&found, &text->folded, expected, quote.bytes, quote.len)
                 : align_ends(&found, &text->folded, expected, &quote))
         && found.end > found.start && believed(anchor, &text->folded, &found, quote.len);
    if (ok) {
        *start = text->folded.at[found.start];
        stop = (size_t)text->folded.at[found.end - 1] + 1;
        while (*start > 0 && inside_character(text->text[*start]))
            --*start;
        while (stop < text->len && inside_character(text->text[stop]))
            stop++;
        *end = (uint32_t)stop;
    }
    folded_free(&quote);
    return ok;
}

enum anchor_found anchor_find(uint32_t *start, uint32_t *end, const struct anchor *anchor,
                              struct anchor_text *text)
{
    if (find_same(start, end, anchor, text))
        return *start == anchor->start ? ANCHOR_SAME : ANCHOR_MOVED;
    return find_near(start, end, anchor, text) ? ANCHOR_NEAR : ANCHOR_LOST;
}
