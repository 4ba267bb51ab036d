/*
 * near:ID as words: the terms that tell that paper from others, by tf times idf.
 */
#include "plan.h"

#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define NEAR_TERMS 12

/* near:ID as words: the terms that tell that paper from others, by tf times idf. */
struct near_term {
    char *stem;
    double weight;
};

static int near_compare(const void *a, const void *b)
{
    double x = ((const struct near_term *)a)->weight, y = ((const struct near_term *)b)->weight;

    return (x < y) - (x > y);
}

static int near_count(void *ctx, const struct text_token *token)
{
    (*hashmap_put(ctx, token->stem, token->stem_len, NULL))++;
    return 0;
}

/* Counts the stems of the paper's title (twice) and abstract. */
static int near_read(struct hashmap *counts, struct plan *plan, int64_t work, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, plan->store,
                              "SELECT title || ' ' || title || ' ' || abstract FROM work_text "
                              "WHERE id = ?1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    result = stmt_step(stmt, err);
    if (result == 1)
        text_tokenize(stmt_text(stmt, 0), strlen(stmt_text(stmt, 0)), near_count, counts);
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

static int near_stems(struct plan *plan, int64_t work, struct text_list *out, struct error *err)
{
    struct hashmap *counts = hashmap_new();
    struct near_term *terms = NULL;
    size_t len = 0, cap = 0, at = 0, size, i;
    const char *stem;
    uint64_t *tf;
    int result = near_read(counts, plan, work, err);

    while (result == ERR_OK && hashmap_next(counts, &at, &stem, &size, &tf)) {
        struct near_term term = { .stem = arena_strndup(plan->arena, stem, size) };
        int64_t df;

        result = plan_stem_df(plan, term.stem, &df, err);
        if (result != ERR_OK || df < 2 || size < 3)
            continue;
        term.weight = ((double)*tf / ((double)*tf + 1)) * rank_idf(df, plan->lengths->docs);
        VEC_PUSH(terms, len, cap, term);
    }
    if (len > 1)
        qsort(terms, len, sizeof *terms, near_compare);
    for (i = 0; i < len && i < NEAR_TERMS; i++)
        text_list_add(out, plan->arena, terms[i].stem, strlen(terms[i].stem));
    free(terms);
    hashmap_free(counts);
    return result;
}

/* Adds the words as an OR to the ranked part; each is a group of its own. */
int plan_near(struct plan *plan, const struct node *node, struct error *err)
{
    struct text_list stems = { 0 };
    int64_t work = 0;
    size_t i;
    int result = works_find(plan->store, &work, node->text, err);

    if (result == ERR_OK)
        result = near_stems(plan, work, &stems, err);
    if (result != ERR_OK)
        return result;
    if (plan->where.len > 0)
        str_add(&plan->where, " AND ");
    str_add(&plan->where, "w.id != ");
    plan_add_int(plan, work);
    if (plan->match.len > 0)
        str_add(&plan->match, " AND ");
    str_add(&plan->match, "(");
    for (i = 0; i < stems.len && result == ERR_OK; i++) {
        struct node word = { .kind = NODE_WORD, .columns = COLUMN_ANY, .text = stems.items[i] };
        struct text_list one = { .items = &stems.items[i], .len = 1 };

        if (i > 0)
            str_add(&plan->match, " OR ");
        plan_match_phrase(&plan->match, one.items, 1);
        result = plan_add_group(plan, &word, &one, true, err);
    }
    if (stems.len == 0)
        str_add(&plan->match, PLAN_NOTHING);
    str_add(&plan->match, ")");
    return result;
}
