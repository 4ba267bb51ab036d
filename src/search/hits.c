/*
 * What is shown of a hit: the title and a passage of the abstract with the matched words marked,
 * and the reasons for its score. Works on the texts themselves with the index's own tokenizer, so
 * marks stand where the match was.
 */
#include "internal.h"

#include "carrel/text.h"
#include "carrel/utf8.h"

#include <stdlib.h>
#include <string.h>

#define SNIPPET_TOKENS 36

struct spot { /* one token of the text */
    size_t start, end;
    int group; /* that it matches, -1 none */
};

struct spots {
    const struct plan *plan;
    int column;
    struct spot *items;
    size_t len, cap;
    const char **stems; /* of each token, for phrases */
    size_t stems_cap, stems_len;
    struct arena *arena;
};

static int spots_add(void *ctx, const struct text_token *token)
{
    struct spots *spots = ctx;
    struct spot spot = { .start = token->start, .end = token->end, .group = -1 };

    VEC_PUSH(spots->items, spots->len, spots->cap, spot);
    VEC_PUSH(spots->stems, spots->stems_len, spots->stems_cap,
             arena_strndup(spots->arena, token->stem, token->stem_len));
    return 0;
}

/* Occurrences of a group: any of its stems, or all of them in a row. */
static unsigned spots_mark(struct spots *spots, int number)
{
    const struct term_group *group = &spots->plan->groups[number];
    unsigned count = 0;
    size_t i, k;

    if (!(group->columns & spots->column) || group->stem_count == 0)
        return 0;
    for (i = 0; i < spots->len; i++) {
        if (!group->phrase) {
            for (k = 0; k < group->stem_count; k++)
                if (strcmp(spots->stems[i], group->stems[k]) == 0)
                    break;
            if (k == group->stem_count)
                continue;
            spots->items[i].group = number;
            count++;
            continue;
        }
        if (i + group->stem_count > spots->len)
            break;
        for (k = 0; k < group->stem_count; k++)
            if (strcmp(spots->stems[i + k], group->stems[k]) != 0)
                break;
        if (k < group->stem_count)
            continue;
        for (k = 0; k < group->stem_count; k++)
            spots->items[i + k].group = number;
        count++;
    }
    return count;
}

static void spots_read(struct spots *spots, const struct plan *plan, struct arena *arena,
                       int column, const char *text)
{
    memset(spots, 0, sizeof *spots);
    spots->plan = plan;
    spots->column = column;
    spots->arena = arena;
    text_tokenize(text, strlen(text), spots_add, spots);
}

static void spots_free(struct spots *spots)
{
    free(spots->items);
    free(spots->stems);
}

static void spots_mark_all(struct spots *spots)
{
    size_t i;

    for (i = 0; i < spots->plan->group_count; i++)
        spots_mark(spots, (int)i);
}

/* The text from one token to another, marks around the matches. */
static char *spots_text(const struct spots *spots, const char *text, size_t from, size_t to,
                        size_t begin, size_t end, struct arena *arena)
{
    struct str out = STR_INIT;
    size_t at = begin, i;
    char *kept;

    for (i = from; i < to; i++) {
        const struct spot *spot = &spots->items[i];

        if (spot->group < 0 || spot->start < at) /* one character can be several words: "㍿" */
            continue;
        str_add_mem(&out, text + at, spot->start - at);
        str_add_char(&out, '\x02');
        str_add_mem(&out, text + spot->start, spot->end - spot->start);
        str_add_char(&out, '\x03');
        at = spot->end;
    }
    str_add_mem(&out, text + at, end - at);
    for (i = 0; i < out.len; i++)
        if (out.ptr[i] == '\n')
            out.ptr[i] = ' ';
    kept = arena_strndup(arena, out.ptr, out.len);
    str_free(&out);
    return kept;
}

/* The window with the most different groups, then the most matches, then the earliest. */
static size_t best_window(const struct spots *spots)
{
    size_t start, best = 0, i;
    int best_score = -1;

    for (start = 0; start == 0 || start + SNIPPET_TOKENS <= spots->len; start++) {
        uint64_t seen = 0;
        int score = 0;

        for (i = start; i < start + SNIPPET_TOKENS && i < spots->len; i++) {
            int group = spots->items[i].group;

            if (group < 0)
                continue;
            if (!(seen & (1ull << (group & 63))))
                score += 1000;
            seen |= 1ull << (group & 63);
            score += 1;
        }
        if (score > best_score) {
            best_score = score;
            best = start;
        }
    }
    /* Some words before the first match, so that it does not stand at the edge. */
    for (i = best; i < spots->len && spots->items[i].group < 0; i++)
        ;
    if (i < spots->len && i - best < 6)
        best = i > 6 && best > 0 ? i - 6 : best;
    return best;
}

void hit_snippets(struct search_hit *hit, const struct plan *plan, struct arena *arena,
                  const char *abstract)
{
    struct spots spots;
    size_t from, to, begin, end, i;
    char *body;

    spots_read(&spots, plan, arena, COLUMN_TITLE, hit->row.title);
    spots_mark_all(&spots);
    hit->title_marked =
        spots_text(&spots, hit->row.title, 0, spots.len, 0, strlen(hit->row.title), arena);
    spots_free(&spots);
    spots_read(&spots, plan, arena, COLUMN_ABSTRACT, abstract);
    spots_mark_all(&spots);
    from = spots.len ? best_window(&spots) : 0;
    to = from + SNIPPET_TOKENS < spots.len ? from + SNIPPET_TOKENS : spots.len;
    begin = from > 0 ? spots.items[from].start : 0;
    end = to < spots.len && to > 0 ? spots.items[to - 1].end : strlen(abstract);
    hit->snippet_at = begin;
    for (i = from; i < to; i++)
        if (spots.items[i].group >= 0) {
            hit->snippet_at = spots.items[i].start;
            break;
        }
    body = spots_text(&spots, abstract, from, to, begin, end, arena);
    hit->snippet =
        arena_printf(arena, "%s%s%s", begin > 0 ? "… " : "", body, abstract[end] ? " …" : "");
    spots_free(&spots);
}

static char *matched_stems(const struct term_group *group, struct arena *arena)
{
    struct str out = STR_INIT;
    char *kept;
    size_t i;

    for (i = 0; i < group->stem_count && i < 12; i++)
        str_printf(&out, "%s%s", i ? " " : "", group->stems[i]);
    if (i < group->stem_count)
        str_printf(&out, " and %zu more", group->stem_count - i);
    kept = arena_strndup(arena, out.ptr, out.len);
    str_free(&out);
    return kept;
}

void hit_explain(struct search_hit *hit, const struct plan *plan, struct arena *arena,
                 const char *abstract)
{
    static const int columns[3] = { COLUMN_TITLE, COLUMN_ABSTRACT, COLUMN_AUTHORS };
    const char *texts[3] = { hit->row.title, abstract, hit->row.authors };
    struct spots spots[3];
    size_t i, c;

    for (c = 0; c < 3; c++)
        spots_read(&spots[c], plan, arena, columns[c], texts[c]);
    hit->why = arena_alloc(arena, (plan->group_count + 1) * sizeof *hit->why);
    for (i = 0; i < plan->group_count; i++) {
        struct search_why *why = &hit->why[hit->why_len];
        unsigned tf[3];

        for (c = 0; c < 3; c++)
            tf[c] = spots_mark(&spots[c], (int)i);
        if (tf[0] + tf[1] + tf[2] == 0)
            continue;
        why->term = plan->groups[i].typed;
        why->matched = matched_stems(&plan->groups[i], arena);
        why->df = plan->groups[i].df;
        why->in_title = (int)tf[0];
        why->in_abstract = (int)tf[1];
        why->in_authors = (int)tf[2];
        why->score = rank_term(plan, tf, hit->row.id, plan->groups[i].idf);
        hit->why_len++;
    }
    for (c = 0; c < 3; c++)
        spots_free(&spots[c]);
}
