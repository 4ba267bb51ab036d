/*
 * Word differences (carrel/worddiff.h). Words are numbered, so that comparing is comparing numbers.
 * Long texts are first tied together by sentences that both have just once (patience), and the
 * words between two of these compared; short ones are compared at once, and the result is the
 * least. When the steps allowed are spent, what is left is tied together by single words that way.
 */
#include "carrel/worddiff.h"

#include "carrel/hash.h"
#include "carrel/text.h"

#include "myers.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SHORT_WORDS 4000   /* of both texts: compared at once */
#define GAP_WORDS 20000    /* between two sentences in common: compared */
#define LONG_WORDS 60000   /* tied by single words; of more, all count as changed */
#define STEPS 5000000      /* of comparing, in all */
#define SENTENCE_WORDS 200 /* at most */
#define ISLAND_WORDS 2     /* that may change with what surrounds them */
#define ISLAND_SHORES 10   /* words changed around them */

struct word {
    uint32_t at, len; /* bytes, without the blanks behind */
};
struct words {
    const char *text;
    struct word *items; /* its own */
    size_t len, cap;
    uint32_t *numbers; /* of each; these are in an arena */
    bool *changed;
};

/* ---- words ---- */

enum { BLANK = 1, OPENS = 2, CLOSES = 4 };
static const unsigned char classes[256] = {
    [' '] = BLANK,  ['\t'] = BLANK, ['\n'] = BLANK, ['\r'] = BLANK,         ['\f'] = BLANK,
    ['\v'] = BLANK, ['('] = OPENS,  ['['] = OPENS,  ['{'] = OPENS,          ['.'] = CLOSES,
    [','] = CLOSES, [';'] = CLOSES, [':'] = CLOSES, ['!'] = CLOSES,         ['?'] = CLOSES,
    [')'] = CLOSES, [']'] = CLOSES, ['}'] = CLOSES, ['"'] = OPENS | CLOSES, ['\''] = OPENS | CLOSES,
};

static unsigned char class_of(char c)
{
    return classes[(unsigned char)c];
}

/* Bytes of a character that is a word by itself; 0: it is none of those. */
static size_t lone_character(const char *at)
{
    int width;
    size_t len;

    if ((unsigned char)*at < 0xE2)
        return 0;
    len = text_grapheme(at, strnlen(at, 64), &width);
    return width == 2 ? len : 0;
}

static size_t word_len(const char *at)
{
    size_t len = lone_character(at), end;

    if (len > 0)
        return len;
    if (class_of(*at))
        return 1;
    while (at[len] && class_of(at[len]) != BLANK && !lone_character(at + len))
        len++;
    for (end = len; end > 0 && class_of(at[end - 1]) & CLOSES; end--)
        ;
    return end > 0 ? end : len;
}

static void words_read(struct words *out, struct arena *arena, const char *text)
{
    const char *at = text;

    out->text = text;
    for (;;) {
        struct word word;

        while (class_of(*at) == BLANK)
            at++;
        if (!*at)
            break;
        word = (struct word){ .at = (uint32_t)(at - text), .len = (uint32_t)word_len(at) };
        VEC_PUSH(out->items, out->len, out->cap, word);
        at += word.len;
    }
    out->numbers = arena_alloc(arena, (out->len + 1) * sizeof *out->numbers);
    out->changed = arena_alloc(arena, out->len + 1);
}

/* The number of a word is where it first stands in both texts, one behind the other. */
struct numbering {
    const struct words *a, *b;
    uint32_t *places; /* open addressing: 1 + a number */
    size_t mask;
};

static const char *word_at(const struct numbering *n, size_t i, size_t *len)
{
    const struct words *words = i < n->a->len ? n->a : n->b;
    const struct word *word = &words->items[i < n->a->len ? i : i - n->a->len];

    *len = word->len;
    return words->text + word->at;
}

static uint32_t number_of(struct numbering *n, size_t i)
{
    size_t len, other_len, at;
    const char *word = word_at(n, i, &len), *other;

    for (at = (size_t)hash64(word, len, 0) & n->mask; n->places[at]; at = (at + 1) & n->mask) {
        other = word_at(n, n->places[at] - 1, &other_len);
        if (len == other_len && memcmp(word, other, len) == 0)
            return n->places[at] - 1;
    }
    n->places[at] = (uint32_t)i + 1;
    return (uint32_t)i;
}

static void words_number(struct words *a, struct words *b, struct arena *arena)
{
    struct numbering n = { .a = a, .b = b };
    size_t size = 16, i;

    while (size < (a->len + b->len) / 2 * 3)
        size *= 2;
    n.mask = size - 1;
    n.places = arena_alloc(arena, size * sizeof *n.places);
    for (i = 0; i < a->len + b->len; i++)
        *(i < a->len ? &a->numbers[i] : &b->numbers[i - a->len]) = number_of(&n, i);
}

/* "word" and not "," */
static bool word_counts(const struct words *words, size_t i)
{
    const char *at = words->text + words->items[i].at;

    return words->items[i].len > 1 || isalnum((unsigned char)*at) || (unsigned char)*at >= 0x80;
}

/* ---- long texts ---- */

/* Stretches of words by which two texts are tied together. */
struct pieces {
    uint64_t *hashes;
    struct span *spans;
    size_t len, cap, span_len;
};

static bool sentence_ends(const struct words *words, size_t i)
{
    const struct word *word = &words->items[i];
    const char *end = words->text + word->at + word->len;

    return strchr(".!?", end[-1]) && (!*end || class_of(*end) == BLANK);
}

static void pieces_read(struct pieces *out, struct arena *arena, const struct words *words,
                        struct span within, size_t most)
{
    size_t from = within.from, i;

    for (i = within.from; i < within.to; i++) {
        if (i + 1 < within.to && i + 1 - from < most && !sentence_ends(words, i))
            continue;
        ARENA_PUSH(arena, out->spans, out->span_len, out->cap, ((struct span){ from, i + 1 }));
        from = i + 1;
    }
    out->hashes = arena_alloc(arena, (out->span_len + 1) * sizeof *out->hashes);
    for (out->len = 0; out->len < out->span_len; out->len++) {
        const struct span *span = &out->spans[out->len];

        out->hashes[out->len] = hash64(words->numbers + span->from,
                                       (span->to - span->from) * sizeof *words->numbers, 0);
    }
}

struct comparing {
    struct words a, b;
    struct myers myers;
    struct arena *arena;
};

/* Equal hashes are not taken for equal words. */
static bool spans_same(const struct comparing *c, struct span a, struct span b)
{
    return a.to - a.from == b.to - b.from
           && memcmp(c->a.numbers + a.from, c->b.numbers + b.from,
                     (a.to - a.from) * sizeof *c->a.numbers)
                  == 0;
}

/* Compares what lies between pieces that both have once, of at most so many words. */
static void compare_between(struct comparing *c, struct span a, struct span b, size_t most,
                            void (*compare)(struct comparing *, struct span, struct span))
{
    struct pieces pa = { 0 }, pb = { 0 };
    struct anchor_pair *pairs;
    size_t count, i;

    pieces_read(&pa, c->arena, &c->a, a, most);
    pieces_read(&pb, c->arena, &c->b, b, most);
    count = myers_anchors(&pairs, c->arena, pa.hashes, pa.len, pb.hashes, pb.len);
    for (i = 0; i < count; i++) {
        struct span of_a = pa.spans[pairs[i].a], of_b = pb.spans[pairs[i].b];

        if (!spans_same(c, of_a, of_b))
            continue;
        compare(c, (struct span){ a.from, of_a.from }, (struct span){ b.from, of_b.from });
        a.from = of_a.to;
        b.from = of_b.to;
    }
    compare(c, a, b);
}

static void compare_words(struct comparing *c, struct span a, struct span b)
{
    myers_compare(&c->myers, a, b);
}

/* What has no sentence in common, or comes when the steps are spent, is tied by words alone. */
static void compare_gap(struct comparing *c, struct span a, struct span b)
{
    size_t words = (a.to - a.from) + (b.to - b.from);

    if (words > LONG_WORDS || (c->myers.left > 0 && words <= GAP_WORDS))
        compare_words(c, a, b);
    else
        compare_between(c, a, b, 1, compare_words);
}

/* ---- what comes of it ---- */

/* Where the changed words from there on end. */
static size_t changed_end(const struct words *words, size_t from)
{
    while (from < words->len && words->changed[from])
        from++;
    return from;
}

/* How many words both have there, up to a change in either. */
static size_t same_len(const struct words *a, size_t i, const struct words *b, size_t k)
{
    size_t len = 0;

    while (i + len < a->len && k + len < b->len && !a->changed[i + len] && !b->changed[k + len])
        len++;
    return len;
}

/* Are so many words there between two passages that were rewritten? */
static bool is_island(const struct words *a, size_t i, size_t gone, const struct words *b, size_t k,
                      size_t came, size_t len)
{
    size_t gone_next = changed_end(a, gone + len) - (gone + len);
    size_t came_next = changed_end(b, came + len) - (came + len);

    return len > 0 && len <= ISLAND_WORDS && gone > i && came > k && gone_next > 0 && came_next > 0
           && (gone - i) + (came - k) + gone_next + came_next >= ISLAND_SHORES;
}

/* Words that remain within a passage that was rewritten tell nothing: "the", "of". */
static void drown_islands(struct words *a, struct words *b)
{
    size_t i = same_len(a, 0, b, 0), k = i, gone, came, len;

    while (i < a->len || k < b->len) {
        gone = changed_end(a, i);
        came = changed_end(b, k);
        len = same_len(a, gone, b, came);
        if (is_island(a, i, gone, b, k, came, len)) {
            memset(a->changed + gone, 1, len);
            memset(b->changed + came, 1, len);
        } else {
            i = gone + len;
            k = came + len;
        }
    }
}

static void add_run(struct worddiff *out, size_t *cap, struct arena *arena, enum diff_kind kind,
                    const struct words *words, struct span span)
{
    /* Blanks before the first word of a text belong to it, so that nothing of it is left out. */
    size_t start = span.from == 0 ? 0 : words->items[span.from].at, i;
    size_t end = span.to < words->len ? words->items[span.to].at : strlen(words->text);
    struct diff_run run = { .kind = kind, .text = words->text + start, .len = end - start };

    for (i = span.from; i < span.to; i++)
        run.words += word_counts(words, i);
    if (kind == DIFF_GONE)
        out->gone += run.words;
    if (kind == DIFF_CAME)
        out->came += run.words;
    ARENA_PUSH(arena, out->runs, out->len, *cap, run);
}

static void collect(struct worddiff *out, struct arena *arena, const struct words *a,
                    const struct words *b)
{
    size_t i = 0, k = 0, cap = 0, same, gone, came;

    while (i < a->len || k < b->len) {
        same = same_len(a, i, b, k);
        if (same > 0)
            add_run(out, &cap, arena, DIFF_SAME, b, (struct span){ k, k + same });
        i += same;
        k += same;
        gone = changed_end(a, i);
        came = changed_end(b, k);
        if (gone > i)
            add_run(out, &cap, arena, DIFF_GONE, a, (struct span){ i, gone });
        if (came > k)
            add_run(out, &cap, arena, DIFF_CAME, b, (struct span){ k, came });
        out->changes += gone > i || came > k;
        i = gone;
        k = came;
    }
}

void worddiff(struct worddiff *out, struct arena *arena, const char *older, const char *newer,
              enum worddiff_aim aim)
{
    struct comparing c = { .arena = arena_new() };
    struct span a, b;
    size_t room;

    *out = (struct worddiff){ 0 };
    words_read(&c.a, c.arena, older);
    words_read(&c.b, c.arena, newer);
    words_number(&c.a, &c.b, c.arena);
    a = (struct span){ 0, c.a.len };
    b = (struct span){ 0, c.b.len };
    room = a.to + b.to < GAP_WORDS ? a.to + b.to : GAP_WORDS;
    c.myers = (struct myers){
        .a = c.a.numbers,
        .b = c.b.numbers,
        .gone = c.a.changed,
        .came = c.b.changed,
        .left = STEPS,
        .room = room,
        .ahead = arena_alloc(c.arena, (room + 8) * sizeof *c.myers.ahead),
        .back = arena_alloc(c.arena, (room + 8) * sizeof *c.myers.back),
    };
    if (a.to + b.to <= SHORT_WORDS)
        compare_words(&c, a, b);
    else
        compare_between(&c, a, b, SENTENCE_WORDS, compare_gap);
    if (aim == WORDDIFF_READABLE)
        drown_islands(&c.a, &c.b);
    collect(out, arena, &c.a, &c.b);
    out->coarse = c.myers.coarse;
    free(c.a.items);
    free(c.b.items);
    arena_free(c.arena);
}
