/*
 * Words of a query as an FTS5 expression. Stems reach FTS5 in the prepared form (0x01 stem 0x1F
 * stem), so that they are not stemmed a second time.
 */
#include "plan.h"

#include "carrel/fts.h"
#include "carrel/text.h"

#include <string.h>

int plan_stems_add(void *ctx, const struct text_token *token)
{
    struct plan_stems *stems = ctx;

    text_list_add(&stems->list, stems->arena, token->stem, token->stem_len);
    stems->last_term = arena_strndup(stems->arena, token->term, token->term_len);
    return 0;
}

int plan_stem_df(struct plan *plan, const char *stem, int64_t *df, struct error *err)
{
    struct stmt *stmt;
    int result;

    if (plan->passages == 0)
        return vocabulary_df(df, plan->store, VOCABULARY_STEMS, stem, err);
    *df = 0;
    result = stmt_prepare(&stmt, plan->store, "SELECT doc FROM chunk_vocab WHERE term = ?1", err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, stem);
    result = stmt_step(stmt, err);
    if (result == 1)
        *df = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

/* The stems of all words that begin like this, the most frequent words first. */
static int expand_prefix(struct plan *plan, const char *prefix, struct text_list *out,
                         struct error *err)
{
    struct name_count *terms;
    size_t count, i, k;
    int result =
        terms_with_prefix(plan->store, plan->arena, prefix, PREFIX_TERMS, &terms, &count, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        char stem[TEXT_TOKEN_MAX + 8];
        size_t len = strlen(terms[i].name);

        memcpy(stem, terms[i].name, len + 1);
        len = text_stem(stem, len);
        stem[len] = '\0';
        for (k = 0; k < out->len; k++)
            if (strcmp(out->items[k], stem) == 0)
                break;
        if (k == out->len)
            text_list_add(out, plan->arena, stem, len);
    }
    return result;
}

static void match_columns(struct str *out, int columns)
{
    if (columns == COLUMN_ANY)
        return;
    str_printf(out, "{%s%s%s} : ", columns & COLUMN_TITLE ? "title " : "",
               columns & COLUMN_ABSTRACT ? "abstract " : "",
               columns & COLUMN_AUTHORS ? "authors" : "");
}

/* A phrase of prepared stems; quotes cannot occur in them. */
void plan_match_phrase(struct str *out, char *const *stems, size_t count)
{
    size_t i;

    str_add(out, "\"\x01");
    for (i = 0; i < count; i++)
        str_printf(out, "%s%s", i ? "\x1F" : "", stems[i]);
    str_add_char(out, '"');
}

static int group_df(struct plan *plan, struct term_group *group, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < group->stem_count && result == ERR_OK; i++) {
        int64_t df;

        result = plan_stem_df(plan, group->stems[i], &df, err);
        if (i == 0)
            group->df = df;
        else if (group->phrase) /* at most as frequent as its rarest word */
            group->df = df < group->df ? df : group->df;
        else
            group->df += df;
    }
    /* Words next to each other are rarer than each of them; without counting, a modest guess. */
    if (group->phrase && group->stem_count > 1)
        group->df = group->df / 4;
    group->idf = rank_word_idf(group->df, plan->passages  ? plan->passages
                                          : plan->lengths ? plan->lengths->docs
                                                          : 1);
    return result;
}

int plan_add_group(struct plan *plan, const struct node *node, const struct text_list *stems,
                   bool phrase, struct error *err)
{
    struct term_group group = { .typed = arena_strdup(plan->arena, node->text),
                                .columns = node->columns,
                                .stems = stems->items,
                                .stem_count = stems->len,
                                .phrase = phrase };
    size_t i, phrases = phrase ? 1 : stems->len;
    int number = (int)plan->group_count;
    int result = group_df(plan, &group, err);

    if (plan->nested)
        return result;
    VEC_PUSH(plan->groups, plan->group_count, plan->group_cap, group);
    for (i = 0; i < phrases; i++)
        VEC_PUSH(plan->phrase_group, plan->phrase_count, plan->phrase_cap, number);
    return result;
}

static void add_nothing(struct plan *plan, struct str *out, const struct node *node)
{
    struct text_list none = { 0 };

    str_add(out, PLAN_NOTHING);
    if (!plan->nested) {
        plan_add_group(plan, node, &none, true, NULL);
    }
}

/* Every word that begins like the last of `stems`. One still being typed may also be complete. */
static int match_prefix(struct plan *plan, struct str *out, const struct node *node,
                        const struct plan_stems *stems, struct error *err)
{
    struct text_list expanded = { 0 };
    size_t i;
    int result;

    if (!node->prefix)
        text_list_add(&expanded, plan->arena, stems->list.items[0], strlen(stems->list.items[0]));
    result = expand_prefix(plan, stems->last_term, &expanded, err);
    if (result != ERR_OK)
        return result;
    if (expanded.len == 0) {
        add_nothing(plan, out, node);
        return ERR_OK;
    }
    match_columns(out, node->columns);
    str_add_char(out, '(');
    for (i = 0; i < expanded.len; i++) {
        if (i)
            str_add(out, " OR ");
        plan_match_phrase(out, &expanded.items[i], 1);
    }
    str_add_char(out, ')');
    return plan_add_group(plan, node, &expanded, false, err);
}

/* A word or phrase as an FTS5 expression. */
static int match_text(struct plan *plan, struct str *out, const struct node *node,
                      struct error *err)
{
    struct plan_stems stems = { .arena = plan->arena };
    bool prefix = node->prefix || (plan->typing && node == plan->last_word);

    text_tokenize(node->text, strlen(node->text), plan_stems_add, &stems);
    if (prefix && stems.list.len == 1)
        return match_prefix(plan, out, node, &stems, err);
    if (prefix && !node->prefix) /* "state-of-the-a": what is complete of it */
        stems.list.len -= stems.list.len > 1;
    if (stems.list.len == 0) {
        add_nothing(plan, out, node);
        return ERR_OK;
    }
    match_columns(out, node->columns);
    plan_match_phrase(out, stems.list.items, stems.list.len);
    return plan_add_group(plan, node, &stems.list, true, err);
}

/* Can the subtree be said in FTS5 alone? NOT only beside something positive. */
bool plan_is_text(const struct node *node)
{
    size_t i, positive = 0;

    switch (node->kind) {
    case NODE_WORD:
    case NODE_PHRASE:
        return true;
    case NODE_OR:
        for (i = 0; i < node->len; i++)
            if (!plan_is_text(node->kids[i]))
                return false;
        return true;
    case NODE_AND:
        for (i = 0; i < node->len; i++) {
            const struct node *kid = node->kids[i];

            if (kid->kind == NODE_NOT ? !plan_is_text(kid->kids[0]) : !plan_is_text(kid))
                return false;
            positive += kid->kind != NODE_NOT;
        }
        return positive > 0;
    default:
        return false;
    }
}

/* The members of `node` that are positive (or, with `negative`, below a NOT) joined by a word. */
static int match_members(struct plan *plan, struct str *out, const struct node *node, bool negative,
                         const char *joined_by, bool text_only, struct error *err)
{
    size_t i, done = 0;
    int result = ERR_OK;

    for (i = 0; i < node->len && result == ERR_OK; i++) {
        const struct node *kid = node->kids[i];

        if ((kid->kind == NODE_NOT) != negative)
            continue;
        if (negative)
            kid = kid->kids[0];
        if (text_only && !plan_is_text(kid))
            continue;
        if (done++ > 0)
            str_add(out, joined_by);
        result = plan_match(plan, out, kid, err);
    }
    return result;
}

static bool has_negative(const struct node *node, bool text_only)
{
    size_t i;

    for (i = 0; i < node->len; i++)
        if (node->kids[i]->kind == NODE_NOT && (!text_only || plan_is_text(node->kids[i]->kids[0])))
            return true;
    return false;
}

int plan_match_and(struct plan *plan, struct str *out, const struct node *node, bool text_only,
                   struct error *err)
{
    int result;

    str_add(out, "(");
    result = match_members(plan, out, node, false, " AND ", text_only, err);
    str_add(out, ")");
    if (result == ERR_OK && has_negative(node, text_only)) {
        str_add(out, " NOT (");
        result = match_members(plan, out, node, true, " OR ", text_only, err);
        str_add(out, ")");
    }
    return result;
}

int plan_too_deep(struct error *err)
{
    return error_set(err, ERR_PARSE,
                     "AND, OR and NOT alternate more than %d levels deep: take some brackets out",
                     PLAN_LEVELS);
}

int plan_match(struct plan *plan, struct str *out, const struct node *node, struct error *err)
{
    int result;

    if (node->kind == NODE_WORD || node->kind == NODE_PHRASE)
        return match_text(plan, out, node, err);
    if (plan->level == PLAN_LEVELS)
        return plan_too_deep(err);
    plan->level++;
    str_add(out, "(");
    if (node->kind == NODE_AND)
        result = plan_match_and(plan, out, node, false, err);
    else
        result = match_members(plan, out, node, false, " OR ", false, err);
    str_add(out, ")");
    plan->level--;
    return result;
}
