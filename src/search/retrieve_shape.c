/*
 * What the words of a query ask of a work: all of them, any of them, or something that postings
 * alone do not answer.
 */
#include "retrieve.h"

static bool is_word(const struct node *node)
{
    return node->kind == NODE_WORD || node->kind == NODE_PHRASE;
}

/* Words and phrases; *words counts them. False when there is anything else in it. */
static bool all_words(const struct node *node, size_t *words)
{
    size_t i;

    for (i = 0; i < node->len; i++)
        if (!is_word(node->kids[i]))
            return false;
    *words += node->len;
    return true;
}

static bool has_words(const struct node *node)
{
    size_t i;

    if (is_word(node))
        return true;
    for (i = 0; i < node->len; i++)
        if (has_words(node->kids[i]))
            return true;
    return false;
}

static enum shape tree_shape(const struct node *root, size_t *words)
{
    size_t i, lists = 0, single = 0;

    *words = 0;
    if (is_word(root)) {
        *words = 1;
        return SHAPE_ALL;
    }
    if (root->kind == NODE_OR)
        return all_words(root, words) ? SHAPE_ANY : SHAPE_OTHER;
    if (root->kind != NODE_AND)
        return SHAPE_OTHER;
    for (i = 0; i < root->len; i++) {
        const struct node *kid = root->kids[i];

        if (is_word(kid))
            single++;
        else if (kid->kind == NODE_OR && has_words(kid) && all_words(kid, words))
            lists++;
        else if (has_words(kid))
            return SHAPE_OTHER;
    }
    if (lists == 1 && single == 0)
        return SHAPE_ANY;
    *words = single;
    return lists == 0 ? SHAPE_ALL : SHAPE_OTHER;
}

static bool groups_are_stems(const struct plan *plan)
{
    size_t i;

    for (i = 0; i < plan->group_count; i++)
        if (plan->groups[i].stem_count == 0
            || (plan->groups[i].phrase && plan->groups[i].stem_count > 1))
            return false;
    return plan->group_count > 0;
}

enum shape retrieve_shape(const struct plan *plan)
{
    size_t words;
    enum shape shape;

    if (!groups_are_stems(plan))
        return SHAPE_OTHER;
    shape = tree_shape(plan->tree, &words);
    return words == plan->group_count ? shape : SHAPE_OTHER;
}
