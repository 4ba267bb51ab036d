/*
 * The part of a query that does not rank, as an SQL condition over work w: filters, and words that
 * stand inside an OR with them or are only negated (subqueries of their own).
 */
#include "plan.h"

#include <string.h>

#define LIST_BYTES 200 /* of numbers that may be read anew for each work that is asked about */

/* Words inside a condition: a subquery of their own, which does not rank. */
static int where_text(struct plan *plan, const struct node *node, struct error *err)
{
    struct str match = STR_INIT;
    bool nested = plan->nested;
    int level = plan->level; /* the subquery is parsed on a stack of its own */
    int result;

    plan->nested = true;
    plan->level = 0;
    result = plan_match(plan, &match, node, err);
    plan->nested = nested;
    plan->level = level;
    str_add(&plan->where, "w.id IN (SELECT rowid FROM fts WHERE fts MATCH ");
    plan_add_text(plan, match.ptr);
    str_add(&plan->where, ")");
    str_free(&match);
    return result;
}

static int where_group(struct plan *plan, const struct node *node, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    if (plan->level == PLAN_LEVELS)
        return plan_too_deep(err);
    plan->level++;
    str_add_char(&plan->where, '(');
    for (i = 0; i < node->len && result == ERR_OK; i++) {
        if (i > 0)
            str_add(&plan->where, node->kind == NODE_AND ? " AND " : " OR ");
        result = plan_where(plan, node->kids[i], err);
    }
    str_add_char(&plan->where, ')');
    plan->level--;
    return result;
}

void plan_in(struct plan *plan, const char *ids)
{
    plan->listed |= strlen(ids) > LIST_BYTES;
    str_add(&plan->where, "w.id IN (SELECT value FROM json_each(");
    plan_add_text(plan, arena_printf(plan->arena, "[%s]", ids));
    str_add(&plan->where, "))");
}

int plan_where(struct plan *plan, const struct node *node, struct error *err)
{
    int result;

    switch (node->kind) {
    case NODE_ALL:
        str_add(&plan->where, "1");
        return ERR_OK;
    case NODE_NOT:
        if (plan->level == PLAN_LEVELS)
            return plan_too_deep(err);
        plan->level++;
        str_add(&plan->where, "NOT (");
        result = plan_where(plan, node->kids[0], err);
        plan->level--;
        str_add(&plan->where, ")");
        return result;
    case NODE_FILTER:
        if (node->field == FIELD_NEAR)
            return error_set(err, ERR_PARSE,
                             "near: stands beside other parts of a query, not inside OR, NOT or a "
                             "saved query");
        return plan_filter(plan, node, err);
    default:
        return plan_is_text(node) ? where_text(plan, node, err) : where_group(plan, node, err);
    }
}
