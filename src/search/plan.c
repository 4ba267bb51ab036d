/*
 * Tree to plan: an FTS5 expression for the words that rank, and an SQL condition for everything
 * else.
 *
 * Words at the top level (joined by AND, some of them negated) become one MATCH (plan_match.c);
 * words that stand inside an OR with filters, or only negated ones, become subqueries of their own
 * inside the condition (plan_where.c, plan_filters.c).
 */
#include "plan.h"

#include "carrel/clock.h"
#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

void plan_init(struct plan *plan, struct store *store, struct arena *arena,
               const struct lengths *lengths)
{
    memset(plan, 0, sizeof *plan);
    plan->store = store;
    plan->arena = arena;
    plan->lengths = lengths;
    str_init(&plan->match);
    str_init(&plan->where);
}

void plan_free(struct plan *plan)
{
    str_free(&plan->match);
    str_free(&plan->where);
    free(plan->values);
    free(plan->groups);
    free(plan->phrase_group);
}

void plan_bind(struct stmt *stmt, const struct plan *plan, int from)
{
    size_t i;

    for (i = 0; i < plan->value_count; i++) {
        if (plan->values[i].type == SQL_INT)
            stmt_bind_int(stmt, from + (int)i, plan->values[i].number);
        else
            stmt_bind_text(stmt, from + (int)i, plan->values[i].text);
    }
}

void plan_add_int(struct plan *plan, int64_t number)
{
    struct sql_value value = { .type = SQL_INT, .number = number };

    str_add(&plan->where, "?");
    VEC_PUSH(plan->values, plan->value_count, plan->value_cap, value);
}

void plan_add_text(struct plan *plan, const char *text)
{
    struct sql_value value = { .type = SQL_TEXT, .text = arena_strdup(plan->arena, text) };

    str_add(&plan->where, "?");
    VEC_PUSH(plan->values, plan->value_count, plan->value_cap, value);
}

int64_t plan_stage(const struct plan *plan, enum search_stage stage, int64_t start)
{
    int64_t now = clock_ticks_us();

    if (plan->stage_ms)
        plan->stage_ms[stage] += (double)(now - start) / 1000;
    return now;
}

static int compile_rest(struct plan *plan, const struct node *node, struct error *err)
{
    if (plan->where.len > 0)
        str_add(&plan->where, " AND ");
    return plan_where(plan, node, err);
}

/* The top-level AND: its words into one MATCH, near: beside it, the rest into the condition. */
static int compile_and(struct plan *plan, const struct node *root, struct error *err)
{
    bool ranked = false;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < root->len; i++)
        ranked |= root->kids[i]->kind != NODE_NOT && plan_is_text(root->kids[i]);
    if (ranked)
        result = plan_match_and(plan, &plan->match, root, true, err);
    for (i = 0; i < root->len && result == ERR_OK; i++) {
        const struct node *kid = root->kids[i];
        bool text = plan_is_text(kid->kind == NODE_NOT ? kid->kids[0] : kid);

        if (kid->kind == NODE_FILTER && kid->field == FIELD_NEAR)
            result = plan_near(plan, kid, err);
        else if (!(ranked && text))
            result = compile_rest(plan, kid, err);
    }
    return result;
}

static const struct node *last_word(const struct node *node)
{
    if (node->kind == NODE_WORD)
        return node;
    return (node->kind == NODE_AND || node->kind == NODE_OR) && node->len > 0
               ? last_word(node->kids[node->len - 1])
               : NULL;
}

int plan_compile(struct plan *plan, const struct node *root, struct error *err)
{
    struct node *wrapped;

    plan_weigh(plan);
    plan->tree = root;
    plan->last_word = last_word(root);
    if (root->kind == NODE_ALL)
        return ERR_OK;
    if (root->kind == NODE_AND)
        return compile_and(plan, root, err);
    wrapped = node_new(plan->arena, NODE_AND);
    node_add(wrapped, plan->arena, (struct node *)(uintptr_t)root);
    return compile_and(plan, wrapped, err);
}

int plan_condition(struct plan *plan, const struct node *root, struct error *err)
{
    return compile_rest(plan, root, err);
}

bool plan_can_relax(const struct node *root)
{
    size_t i, words = 0;

    if (root->kind != NODE_AND)
        return false;
    for (i = 0; i < root->len; i++)
        words += root->kids[i]->kind == NODE_WORD && root->kids[i]->columns == COLUMN_ANY;
    return words >= 3;
}

/* Plain words become alternatives; everything else stays as it was. Words that half of all
 * papers have say nothing, and cost most. */
int plan_relax(struct plan *plan, const struct node *root, struct error *err)
{
    struct node *whole = node_new(plan->arena, NODE_AND), *any = node_new(plan->arena, NODE_OR);
    int64_t docs = plan->passages ? plan->passages : plan->lengths ? plan->lengths->docs : 0;
    size_t i, pass;
    int result = ERR_OK;

    plan_weigh(plan);
    for (pass = 0; pass < 2 && any->len == 0; pass++) {
        for (i = 0; i < root->len && result == ERR_OK; i++) {
            struct node *kid = root->kids[i];
            struct plan_stems stems = { .arena = plan->arena };
            int64_t df = 0;

            if (kid->kind != NODE_WORD || kid->columns != COLUMN_ANY)
                continue;
            text_tokenize(kid->text, strlen(kid->text), plan_stems_add, &stems);
            if (stems.list.len == 1)
                result = plan_stem_df(plan, stems.list.items[0], &df, err);
            if (pass == 1 || df * 2 <= docs || docs < 100)
                node_add(any, plan->arena, kid);
        }
    }
    if (result != ERR_OK)
        return result;
    for (i = 0; i < root->len; i++)
        if (root->kids[i]->kind != NODE_WORD || root->kids[i]->columns != COLUMN_ANY)
            node_add(whole, plan->arena, root->kids[i]);
    node_add(whole, plan->arena, any->len == 1 ? any->kids[0] : any);
    plan->tree = whole;
    plan->last_word = last_word(root);
    return compile_and(plan, whole, err);
}
