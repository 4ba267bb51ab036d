/*
 * Tree to plan: an FTS5 expression for the words that rank, and an SQL condition for everything
 * else.
 *
 * Words at the top level (joined by AND, some of them negated) become one MATCH; words that stand
 * inside an OR with filters, or only negated ones, become subqueries of their own inside the
 * condition. Texts reach SQL as bound values only. Stems reach FTS5 in the prepared form (0x01 stem
 * 0x1F stem), so that they are not stemmed a second time.
 */
#include "internal.h"
#include "repositories.h"

#include "carrel/catalog.h"
#include "carrel/clock.h"
#include "carrel/fts.h"
#include "carrel/log.h"
#include "carrel/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NOTHING "\"\x01\x02\"" /* a token that no text has */
#define NEAR_TERMS 12

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

/* ---- words ---- */

struct stems {
    struct arena *arena;
    struct text_list list;
    char *last_term; /* unstemmed, for prefixes */
};

static int stems_add(void *ctx, const struct text_token *token)
{
    struct stems *stems = ctx;

    text_list_add(&stems->list, stems->arena, token->stem, token->stem_len);
    stems->last_term = arena_strndup(stems->arena, token->term, token->term_len);
    return 0;
}

int64_t plan_stage(const struct plan *plan, enum search_stage stage, int64_t start)
{
    int64_t now = clock_ticks_us();

    if (plan->stage_ms)
        plan->stage_ms[stage] += (double)(now - start) / 1000;
    return now;
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
static void match_phrase(struct str *out, char *const *stems, size_t count)
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

static int add_group(struct plan *plan, const struct node *node, const struct text_list *stems,
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

    str_add(out, NOTHING);
    if (!plan->nested) {
        add_group(plan, node, &none, true, NULL);
    }
}

/* A word or phrase as an FTS5 expression. */
static int match_text(struct plan *plan, struct str *out, const struct node *node,
                      struct error *err)
{
    struct stems stems = { .arena = plan->arena };
    bool prefix = node->prefix || (plan->typing && node == plan->last_word);
    size_t i;
    int result = ERR_OK;

    text_tokenize(node->text, strlen(node->text), stems_add, &stems);
    if (prefix && stems.list.len == 1) {
        struct text_list expanded = { 0 };

        if (!node->prefix) /* being typed: what stands there counts as well */
            text_list_add(&expanded, plan->arena, stems.list.items[0], strlen(stems.list.items[0]));
        result = expand_prefix(plan, stems.last_term, &expanded, err);
        if (result == ERR_OK && expanded.len > 0) {
            match_columns(out, node->columns);
            str_add_char(out, '(');
            for (i = 0; i < expanded.len; i++) {
                if (i)
                    str_add(out, " OR ");
                match_phrase(out, &expanded.items[i], 1);
            }
            str_add_char(out, ')');
            return add_group(plan, node, &expanded, false, err);
        }
        if (result == ERR_OK)
            add_nothing(plan, out, node);
        return result;
    }
    if (prefix && !node->prefix) /* "state-of-the-a": what is complete of it */
        stems.list.len -= stems.list.len > 1;
    if (stems.list.len == 0) {
        add_nothing(plan, out, node);
        return ERR_OK;
    }
    match_columns(out, node->columns);
    match_phrase(out, stems.list.items, stems.list.len);
    return add_group(plan, node, &stems.list, true, err);
}

/* Can the subtree be said in FTS5 alone? NOT only beside something positive. */
static bool is_text(const struct node *node)
{
    size_t i, positive = 0;

    switch (node->kind) {
    case NODE_WORD:
    case NODE_PHRASE:
        return true;
    case NODE_OR:
        for (i = 0; i < node->len; i++)
            if (!is_text(node->kids[i]))
                return false;
        return true;
    case NODE_AND:
        for (i = 0; i < node->len; i++) {
            const struct node *kid = node->kids[i];

            if (kid->kind == NODE_NOT ? !is_text(kid->kids[0]) : !is_text(kid))
                return false;
            positive += kid->kind != NODE_NOT;
        }
        return positive > 0;
    default:
        return false;
    }
}

static int match_node(struct plan *plan, struct str *out, const struct node *node,
                      struct error *err);

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
        if (text_only && !is_text(kid))
            continue;
        if (done++ > 0)
            str_add(out, joined_by);
        result = match_node(plan, out, kid, err);
    }
    return result;
}

static bool has_negative(const struct node *node, bool text_only)
{
    size_t i;

    for (i = 0; i < node->len; i++)
        if (node->kids[i]->kind == NODE_NOT && (!text_only || is_text(node->kids[i]->kids[0])))
            return true;
    return false;
}

static int match_and(struct plan *plan, struct str *out, const struct node *node, bool text_only,
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

static int too_deep(struct error *err)
{
    return error_set(err, ERR_PARSE,
                     "AND, OR and NOT alternate more than %d levels deep: take some brackets out",
                     PLAN_LEVELS);
}

static int match_node(struct plan *plan, struct str *out, const struct node *node,
                      struct error *err)
{
    int result;

    if (node->kind == NODE_WORD || node->kind == NODE_PHRASE)
        return match_text(plan, out, node, err);
    if (plan->level == PLAN_LEVELS)
        return too_deep(err);
    plan->level++;
    str_add(out, "(");
    if (node->kind == NODE_AND)
        result = match_and(plan, out, node, false, err);
    else
        result = match_members(plan, out, node, false, " OR ", false, err);
    str_add(out, ")");
    plan->level--;
    return result;
}

/* ---- filters ---- */

static int where_node(struct plan *plan, const struct node *node, struct error *err);

static bool relative_days(const char *value, int32_t *first, int32_t *last)
{
    static const struct {
        const char *name;
        int days;
    } names[] = { { "today", 0 }, { "week", 6 }, { "month", 30 }, { "year", 365 } };
    size_t digits = strspn(value, "0123456789"), i;
    int32_t today = clock_today();

    *last = today;
    for (i = 0; i < ARRAY_LEN(names); i++) {
        if (strcasecmp(value, names[i].name) == 0) {
            *first = today - names[i].days;
            return true;
        }
    }
    if (strcasecmp(value, "yesterday") == 0) {
        *first = *last = today - 1;
        return true;
    }
    if (digits == 0 || digits > 4 || value[digits] == '\0' || value[digits + 1] != '\0')
        return false;
    i = (size_t)atoi(value);
    switch (value[digits]) {
    case 'd':
        break;
    case 'w':
        i *= 7;
        break;
    case 'm':
        i *= 30;
        break;
    case 'y':
        i *= 365;
        break;
    default:
        return false;
    }
    *first = today - (int32_t)i + (i > 0);
    return true;
}

void plan_dates(const char *value, int32_t *first, int32_t *last)
{
    const char *dots = strstr(value, "..");
    char *left;

    *first = -1000000;
    *last = 10000000;
    if (relative_days(value, first, last))
        return;
    if (!dots) {
        date_parse(value, first, last);
        return;
    }
    left = mem_strndup(value, (size_t)(dots - value));
    if (*left)
        date_parse(left, first, NULL);
    if (dots[2])
        date_parse(dots + 2, NULL, last);
    free(left);
}

static void where_date(struct plan *plan, const struct node *node)
{
    int32_t first, last;

    plan_dates(node->text, &first, &last);
    if (node->field == FIELD_ADDED) {
        str_add(&plan->where, "(w.added >= ");
        plan_add_int(plan, (int64_t)first * 86400000);
        str_add(&plan->where, " AND w.added < ");
        plan_add_int(plan, ((int64_t)last + 1) * 86400000);
        str_add(&plan->where, ")");
        return;
    }
    /* A date without month or day spans a year at most; so the index has both ends of the range. */
    str_add(&plan->where, "(w.day != 0 AND w.day <= ");
    plan_add_int(plan, last);
    str_add(&plan->where, " AND w.day >= ");
    plan_add_int(plan, (int64_t)first - 366);
    str_add(&plan->where, " AND w.day_last >= ");
    plan_add_int(plan, first);
    str_add(&plan->where, ")");
}

/* "3,17": the categories that a value means, looked up once, since it is asked for each work. */
static int category_ids(struct plan *plan, const char *code, bool archive, struct str *out,
                        struct error *err)
{
    size_t len = strlen(code);
    bool prefix = len > 0 && code[len - 1] == '*';
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, plan->store,
                              "SELECT id FROM category WHERE lower(code) = ?1 OR (?2 AND "
                              "substr(lower(code), 1, length(?1)) = ?1) OR (?3 AND "
                              "substr(lower(code), 1, length(?1) + 1) = ?1 || '.')",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text_n(stmt, 1, code, prefix ? len - 1 : len);
    stmt_bind_int(stmt, 2, prefix);
    stmt_bind_int(stmt, 3, archive); /* cat:cs means all of cs */
    while ((step = stmt_step(stmt, err)) == 1)
        str_printf(out, "%s%" PRId64, out->len ? "," : "", stmt_int(stmt, 0));
    stmt_reset(stmt);
    return step;
}

static int where_category(struct plan *plan, const char *value, struct error *err)
{
    char *code = arena_strdup(plan->arena, value);
    struct str ids = STR_INIT;
    size_t len = strlen(code), i;
    int result;

    for (i = 0; i < len; i++)
        code[i] = (char)tolower((unsigned char)code[i]);
    result = category_ids(plan, code, !strchr(code, '.'), &ids, err);
    /* Beside words each match is asked; alone, the category is the list. */
    str_printf(&plan->where,
               plan->match.len > 0 && !plan->driving
                   ? "EXISTS (SELECT 1 FROM work_category c WHERE c.work_id = w.id AND c.day = "
                     "w.day AND c.category_id IN (%s))"
                   : "w.id IN (SELECT c.work_id FROM work_category c WHERE c.category_id IN (%s))",
               ids.ptr);
    str_free(&ids);
    return result;
}

static void where_is(struct plan *plan, const char *value)
{
    static const struct {
        const char *name, *sql;
    } states[] = {
        { "unread",
          "NOT EXISTS (SELECT 1 FROM reading r WHERE r.work_id = w.id AND r.state != 0)" },
        { "read", "EXISTS (SELECT 1 FROM reading r WHERE r.work_id = w.id AND r.state = 1)" },
        { "later", "EXISTS (SELECT 1 FROM reading r WHERE r.work_id = w.id AND r.state = 2)" },
        { "skip", "EXISTS (SELECT 1 FROM reading r WHERE r.work_id = w.id AND r.state = 3)" },
        { "starred", "EXISTS (SELECT 1 FROM reading r WHERE r.work_id = w.id AND r.starred)" },
        { "tagged", "EXISTS (SELECT 1 FROM work_tag g WHERE g.work_id = w.id)" },
        { "withdrawn", "(w.flags & 4) != 0" },
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(states); i++)
        if (strcasecmp(states[i].name, value) == 0)
            str_add(&plan->where, states[i].sql);
}

static void where_has(struct plan *plan, const char *value)
{
    static const struct {
        const char *name, *sql;
    } things[] = {
        { "code", "(w.flags & 1) != 0" },
        { "doi", "(w.flags & 2) != 0" },
        { "pdf", "((w.flags & 8) != 0 OR EXISTS (SELECT 1 FROM alias a WHERE a.work_id = w.id AND "
                 "a.scheme = 'file'))" },
        { "text", "EXISTS (SELECT 1 FROM alias a WHERE a.work_id = w.id AND a.scheme = 'file')" },
        { "note", "EXISTS (SELECT 1 FROM note n WHERE n.work_id = w.id)" },
        { "tag", "EXISTS (SELECT 1 FROM work_tag g WHERE g.work_id = w.id)" },
        { "abstract", "EXISTS (SELECT 1 FROM work_text t WHERE t.id = w.id AND t.abstract != '')" },
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(things); i++)
        if (strcasecmp(things[i].name, value) == 0)
            str_add(&plan->where, things[i].sql);
}

/* "= ?" or, with a star at the end, "begins with ?". */
static void where_like(struct plan *plan, const char *column, const char *value)
{
    size_t len = strlen(value);
    char *text = arena_strdup(plan->arena, value);

    if (len > 0 && text[len - 1] == '*') {
        text[len - 1] = '\0';
        str_printf(&plan->where, "(%s >= ", column);
        plan_add_text(plan, text);
        str_printf(&plan->where, " AND %s < ", column);
        plan_add_text(plan, text);
        str_add(&plan->where, " || char(1114111))");
        return;
    }
    str_printf(&plan->where, "%s = ", column);
    plan_add_text(plan, text);
}

/* Works that name a task or method of the catalogue, in any case. */
static void where_catalog(struct plan *plan, enum catalog_kind kind, const char *value)
{
    char *key = arena_strdup(plan->arena, value), *at;

    for (at = key; *at; at++)
        if (isascii((unsigned char)*at))
            *at = (char)tolower((unsigned char)*at);
    str_printf(&plan->where,
               "w.id IN (SELECT g.work_id FROM catalog c JOIN catalog_work g ON g.entry_id = c.id "
               "WHERE c.kind = %d AND ",
               (int)kind);
    where_like(plan, "c.key", key);
    str_add_char(&plan->where, ')');
}

static void where_source(struct plan *plan, const char *value)
{
    const char *name = strcasecmp(value, "hf") == 0 ? "huggingface" : value;

    str_add(&plan->where,
            "EXISTS (SELECT 1 FROM record r WHERE r.work_id = w.id AND r.current AND ");
    if (strcasecmp(name, "arxiv") == 0) {
        str_add(&plan->where, "r.source_key >= 'arxiv:' AND r.source_key < 'arxiv;')");
        return;
    }
    str_add_char(&plan->where, '(');
    where_like(plan, "r.source", name);
    if (strcasecmp(name, "pwc") == 0)
        str_add(&plan->where, " OR r.source = 'pwc-links'");
    str_add(&plan->where, " OR ");
    where_like(plan, "r.source", arena_printf(plan->arena, "feed:%s", name));
    str_add(&plan->where, "))");
}

static void where_id(struct plan *plan, const char *value)
{
    struct ident ident;

    if (!ident_parse(&ident, value)) {
        str_add(&plan->where, "0");
        return;
    }
    str_add(&plan->where, "w.id = (SELECT work_id FROM alias WHERE scheme = ");
    plan_add_text(plan, ident_scheme_name(ident.scheme));
    str_add(&plan->where, " AND value = ");
    plan_add_text(plan, ident.value);
    str_add(&plan->where, ")");
}

static void where_doi(struct plan *plan, const char *value)
{
    char *lower = arena_strdup(plan->arena, value);
    size_t i;

    for (i = 0; lower[i]; i++)
        lower[i] = (char)tolower((unsigned char)lower[i]);
    str_add(&plan->where,
            "EXISTS (SELECT 1 FROM alias a WHERE a.work_id = w.id AND a.scheme = 'doi' AND ");
    where_like(plan, "a.value", lower);
    str_add(&plan->where, ")");
}

/* A saved query inside a query: its condition, with a guard against circles. */
static int where_saved(struct plan *plan, const char *name, struct error *err)
{
    struct query *query = NULL;
    char *text = NULL;
    int i;
    int result;

    for (i = 0; i < plan->depth; i++)
        if (strcmp(plan->names[i], name) == 0)
            return error_set(err, ERR_PARSE, "the saved query '%s' refers to itself", name);
    if (plan->depth == (int)ARRAY_LEN(plan->names))
        return error_set(err, ERR_PARSE, "saved queries nest deeper than %zu",
                         ARRAY_LEN(plan->names));
    /* Two inside two inside two: depth alone would allow 2^16 of them. */
    if (++plan->expansions > SAVED_QUERIES)
        return error_set(err, ERR_PARSE, "the query takes in more than %d saved queries",
                         SAVED_QUERIES);
    result = queries_get(plan->store, plan->arena, name, &text, err);
    if (result == ERR_NOTFOUND)
        return error_set(err, ERR_PARSE, "no saved query called '%s' (see 'carrel query list')",
                         name);
    if (result == ERR_OK)
        result = query_parse(&query, text, NULL, err);
    if (result != ERR_OK)
        return error_context(err, "saved query '%s'", name);
    plan->names[plan->depth++] = name;
    result = where_node(plan, query->root, err);
    plan->depth--;
    query_free(query);
    return result;
}

/* Works with a repository that is so: beside words each match is asked; alone, they are listed from
 * the repositories' side. */
static int where_code(struct plan *plan, const struct node *node, struct error *err)
{
    int result;

    str_add(&plan->where,
            plan->match.len > 0 && !plan->driving
                ? "EXISTS (SELECT 1 FROM link k JOIN repository_alias ra ON ra.key = k.repo "
                  "JOIN repository r ON r.id = ra.repository_id WHERE k.work_id = w.id AND "
                  "k.repo <> '' AND "
                : "w.id IN (SELECT k.work_id FROM repository r JOIN repository_alias ra ON "
                  "ra.repository_id = r.id JOIN link k ON k.repo = ra.key WHERE k.repo <> '' AND ");
    result = repo_filter_where(plan, node, err);
    str_add_char(&plan->where, ')');
    return result;
}

static int where_filter(struct plan *plan, const struct node *node, struct error *err)
{
    switch (node->field) {
    case FIELD_CAT:
        return where_category(plan, node->text, err);
    case FIELD_DATE:
    case FIELD_ADDED:
        where_date(plan, node);
        break;
    case FIELD_IS:
        where_is(plan, node->text);
        break;
    case FIELD_HAS:
        where_has(plan, node->text);
        break;
    case FIELD_TAG:
        str_add(&plan->where,
                "EXISTS (SELECT 1 FROM work_tag g JOIN tag t ON t.id = g.tag_id WHERE "
                "g.work_id = w.id AND ");
        where_like(plan, "t.name", node->text);
        str_add(&plan->where, ")");
        break;
    case FIELD_SOURCE:
        where_source(plan, node->text);
        break;
    case FIELD_DOI:
        where_doi(plan, node->text);
        break;
    case FIELD_ID:
        where_id(plan, node->text);
        break;
    case FIELD_TASK:
        where_catalog(plan, CATALOG_TASK, node->text);
        break;
    case FIELD_METHOD:
        where_catalog(plan, CATALOG_METHOD, node->text);
        break;
    case FIELD_QUERY:
        return where_saved(plan, node->text, err);
    case FIELD_KIND:
        str_add(&plan->where, strcasecmp(node->text, "paper") == 0 ? "1" : "0");
        break;
    case FIELD_STARS:
    case FIELD_LANGUAGE:
    case FIELD_TOPIC:
    case FIELD_LICENSE:
        return where_code(plan, node, err);
    default:
        str_add(&plan->where, "0");
    }
    return ERR_OK;
}

/* Words inside a condition: a subquery of their own, which does not rank. */
static int where_text(struct plan *plan, const struct node *node, struct error *err)
{
    struct str match = STR_INIT;
    bool nested = plan->nested;
    int level = plan->level; /* the subquery is parsed on a stack of its own */
    int result;

    plan->nested = true;
    plan->level = 0;
    result = match_node(plan, &match, node, err);
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
        return too_deep(err);
    plan->level++;
    str_add_char(&plan->where, '(');
    for (i = 0; i < node->len && result == ERR_OK; i++) {
        if (i > 0)
            str_add(&plan->where, node->kind == NODE_AND ? " AND " : " OR ");
        result = where_node(plan, node->kids[i], err);
    }
    str_add_char(&plan->where, ')');
    plan->level--;
    return result;
}

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

static int near_stems(struct plan *plan, int64_t work, struct text_list *out, struct error *err)
{
    struct hashmap *counts = hashmap_new();
    struct near_term *terms = NULL;
    size_t len = 0, cap = 0, at = 0, size, i;
    const char *stem;
    uint64_t *tf;
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, plan->store,
                              "SELECT title || ' ' || title || ' ' || abstract FROM work_text "
                              "WHERE id = ?1",
                              err);

    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, work);
        if (stmt_step(stmt, err) == 1)
            text_tokenize(stmt_text(stmt, 0), strlen(stmt_text(stmt, 0)), near_count, counts);
        stmt_reset(stmt);
    }
    while (result == ERR_OK && hashmap_next(counts, &at, &stem, &size, &tf)) {
        struct near_term term = { .stem = arena_strndup(plan->arena, stem, size) };
        int64_t df;

        result = plan_stem_df(plan, term.stem, &df, err);
        if (df < 2 || size < 3)
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
static int match_near(struct plan *plan, const struct node *node, struct error *err)
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
        match_phrase(&plan->match, one.items, 1);
        result = add_group(plan, &word, &one, true, err);
    }
    if (stems.len == 0)
        str_add(&plan->match, NOTHING);
    str_add(&plan->match, ")");
    return result;
}

static int where_node(struct plan *plan, const struct node *node, struct error *err)
{
    int result;

    switch (node->kind) {
    case NODE_ALL:
        str_add(&plan->where, "1");
        return ERR_OK;
    case NODE_NOT:
        if (plan->level == PLAN_LEVELS)
            return too_deep(err);
        plan->level++;
        str_add(&plan->where, "NOT (");
        result = where_node(plan, node->kids[0], err);
        plan->level--;
        str_add(&plan->where, ")");
        return result;
    case NODE_FILTER:
        if (node->field == FIELD_NEAR)
            return error_set(err, ERR_PARSE,
                             "near: stands beside other parts of a query, not inside OR, NOT or a "
                             "saved query");
        return where_filter(plan, node, err);
    default:
        return is_text(node) ? where_text(plan, node, err) : where_group(plan, node, err);
    }
}

/* ---- the whole ---- */

static int compile_rest(struct plan *plan, const struct node *node, struct error *err)
{
    if (plan->where.len > 0)
        str_add(&plan->where, " AND ");
    return where_node(plan, node, err);
}

/* The top-level AND: its words into one MATCH, near: beside it, the rest into the condition. */
static int compile_and(struct plan *plan, const struct node *root, struct error *err)
{
    bool ranked = false;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < root->len; i++)
        ranked |= root->kids[i]->kind != NODE_NOT && is_text(root->kids[i]);
    if (ranked)
        result = match_and(plan, &plan->match, root, true, err);
    for (i = 0; i < root->len && result == ERR_OK; i++) {
        const struct node *kid = root->kids[i];
        bool text = is_text(kid->kind == NODE_NOT ? kid->kids[0] : kid);

        if (kid->kind == NODE_FILTER && kid->field == FIELD_NEAR)
            result = match_near(plan, kid, err);
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
            struct stems stems = { .arena = plan->arena };
            int64_t df = 0;

            if (kid->kind != NODE_WORD || kid->columns != COLUMN_ANY)
                continue;
            text_tokenize(kid->text, strlen(kid->text), stems_add, &stems);
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
