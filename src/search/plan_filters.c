/*
 * Filters of a query as SQL over work w. Texts reach SQL as bound values only.
 */
#include "cite_keys.h"
#include "plan.h"
#include "repositories.h"
#include "venues.h"

#include "carrel/catalog.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* "= ?" or, with a star at the end, "begins with ?". */
void plan_like(struct plan *plan, const char *column, const char *value)
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

/* Are few works asked, each by itself? Then the list of all that have something is not made. */
static bool asks_each(const struct plan *plan)
{
    return plan->match.len > 0 && !plan->driving;
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

static int filter_category(struct plan *plan, const struct node *node, struct error *err)
{
    char *code = arena_strdup(plan->arena, node->text);
    struct str ids = STR_INIT;
    size_t len = strlen(code), i;
    int result;

    for (i = 0; i < len; i++)
        code[i] = (char)tolower((unsigned char)code[i]);
    result = category_ids(plan, code, !strchr(code, '.'), &ids, err);
    /* Beside words each match is asked; alone, the category is the list. */
    str_printf(&plan->where,
               asks_each(plan)
                   ? "EXISTS (SELECT 1 FROM work_category c WHERE c.work_id = w.id AND c.day = "
                     "w.day AND c.category_id IN (%s))"
                   : "w.id IN (SELECT c.work_id FROM work_category c WHERE c.category_id IN (%s))",
               ids.ptr);
    str_free(&ids);
    return result;
}

/* What is: and has: may ask of a work. */
struct trait {
    const char *name, *sql;
};

static const struct trait states[] = {
    { "unread", "NOT EXISTS (SELECT 1 FROM reading r WHERE r.work_id = w.id AND r.state != 0)" },
    { "read", "EXISTS (SELECT 1 FROM reading r WHERE r.work_id = w.id AND r.state = 1)" },
    { "later", "EXISTS (SELECT 1 FROM reading r WHERE r.work_id = w.id AND r.state = 2)" },
    { "skip", "EXISTS (SELECT 1 FROM reading r WHERE r.work_id = w.id AND r.state = 3)" },
    { "starred", "EXISTS (SELECT 1 FROM reading r WHERE r.work_id = w.id AND r.starred)" },
    { "reading",
      "w.id IN (SELECT a.work_id FROM document_place p JOIN alias a ON a.scheme = 'file' "
      "AND a.value = p.document WHERE p.mark = '')" },
    { "tagged", "EXISTS (SELECT 1 FROM work_tag g WHERE g.work_id = w.id)" },
    { "withdrawn", "(w.flags & 4) != 0" },
    { "replaced", "w.id IN (SELECT v.work_id FROM work_version v WHERE v.came > 0)" },
    { "changed", "w.id IN (SELECT n.work_id FROM work_news n)" },
};

/* The same, for who wants all that have it: few, mostly. */
static const struct trait state_lists[] = {
    { "read", "w.id IN (SELECT r.work_id FROM reading r WHERE r.state = 1)" },
    { "later", "w.id IN (SELECT r.work_id FROM reading r WHERE r.state = 2)" },
    { "skip", "w.id IN (SELECT r.work_id FROM reading r WHERE r.state = 3)" },
    { "starred", "w.id IN (SELECT r.work_id FROM reading r WHERE r.starred)" },
};

static const struct trait things[] = {
    { "code", "(w.flags & 1) != 0" },
    { "doi", "(w.flags & 2) != 0" },
    { "pdf", "((w.flags & 8) != 0 OR EXISTS (SELECT 1 FROM alias a WHERE a.work_id = w.id AND "
             "a.scheme = 'file'))" },
    { "text", "EXISTS (SELECT 1 FROM alias a WHERE a.work_id = w.id AND a.scheme = 'file')" },
    { "note", "EXISTS (SELECT 1 FROM note n WHERE n.work_id = w.id)" },
    { "tag", "EXISTS (SELECT 1 FROM work_tag g WHERE g.work_id = w.id)" },
    { "abstract", "EXISTS (SELECT 1 FROM work_text t WHERE t.id = w.id AND t.abstract != '')" },
};

/* False: the value is none of these. */
static bool where_trait(struct plan *plan, const struct trait *traits, size_t count,
                        const char *value)
{
    size_t i;

    for (i = 0; i < count && strcasecmp(traits[i].name, value) != 0; i++)
        ;
    if (i < count)
        str_add(&plan->where, traits[i].sql);
    return i < count;
}

static int filter_is(struct plan *plan, const struct node *node, struct error *err)
{
    (void)err;
    if (asks_each(plan) || !where_trait(plan, state_lists, ARRAY_LEN(state_lists), node->text))
        where_trait(plan, states, ARRAY_LEN(states), node->text);
    return ERR_OK;
}

static int filter_has(struct plan *plan, const struct node *node, struct error *err)
{
    (void)err;
    where_trait(plan, things, ARRAY_LEN(things), node->text);
    return ERR_OK;
}

static int filter_date(struct plan *plan, const struct node *node, struct error *err)
{
    (void)err;
    plan_date(plan, node);
    return ERR_OK;
}

/* A tag, and those below it: tag:a finds a/b. */
static int filter_tag(struct plan *plan, const struct node *node, struct error *err)
{
    (void)err;
    str_add(&plan->where, asks_each(plan)
                              ? "EXISTS (SELECT 1 FROM work_tag g JOIN tag t ON t.id = g.tag_id "
                                "WHERE g.work_id = w.id AND ("
                              : "w.id IN (SELECT g.work_id FROM tag t CROSS JOIN work_tag g ON "
                                "g.tag_id = t.id WHERE (");
    plan_like(plan, "t.name", node->text);
    str_add(&plan->where, " OR ");
    plan_like(plan, "t.name", arena_printf(plan->arena, "%s/*", node->text));
    str_add(&plan->where, "))");
    return ERR_OK;
}

static int filter_collection(struct plan *plan, const struct node *node, struct error *err)
{
    (void)err;
    str_add(&plan->where,
            "w.id IN (SELECT x.work_id FROM collection c CROSS JOIN collection_work x "
            "ON x.collection_id = c.id WHERE ");
    plan_like(plan, "c.name", node->text);
    str_add_char(&plan->where, ')');
    return ERR_OK;
}

/* What is searched are papers. */
static int filter_kind(struct plan *plan, const struct node *node, struct error *err)
{
    (void)err;
    str_add(&plan->where, strcasecmp(node->text, "paper") == 0 ? "1" : "0");
    return ERR_OK;
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
    plan_like(plan, "c.key", key);
    str_add_char(&plan->where, ')');
}

static int filter_task(struct plan *plan, const struct node *node, struct error *err)
{
    (void)err;
    where_catalog(plan, CATALOG_TASK, node->text);
    return ERR_OK;
}

static int filter_method(struct plan *plan, const struct node *node, struct error *err)
{
    (void)err;
    where_catalog(plan, CATALOG_METHOD, node->text);
    return ERR_OK;
}

static int filter_source(struct plan *plan, const struct node *node, struct error *err)
{
    const char *name = strcasecmp(node->text, "hf") == 0 ? "huggingface" : node->text;

    (void)err;
    str_add(&plan->where,
            "EXISTS (SELECT 1 FROM record r WHERE r.work_id = w.id AND r.current AND ");
    if (strcasecmp(name, "arxiv") == 0) {
        str_add(&plan->where, "r.source_key >= 'arxiv:' AND r.source_key < 'arxiv;')");
        return ERR_OK;
    }
    str_add_char(&plan->where, '(');
    plan_like(plan, "r.source", name);
    if (strcasecmp(name, "pwc") == 0)
        str_add(&plan->where, " OR r.source = 'pwc-links'");
    str_add(&plan->where, " OR ");
    plan_like(plan, "r.source", arena_printf(plan->arena, "feed:%s", name));
    str_add(&plan->where, "))");
    return ERR_OK;
}

static int filter_id(struct plan *plan, const struct node *node, struct error *err)
{
    struct ident ident;

    (void)err;
    if (!ident_parse(&ident, node->text)) {
        str_add(&plan->where, "0");
        return ERR_OK;
    }
    str_add(&plan->where, "w.id = (SELECT work_id FROM alias WHERE scheme = ");
    plan_add_text(plan, ident_scheme_name(ident.scheme));
    str_add(&plan->where, " AND value = ");
    plan_add_text(plan, ident.value);
    str_add(&plan->where, ")");
    return ERR_OK;
}

static int filter_doi(struct plan *plan, const struct node *node, struct error *err)
{
    char *lower = arena_strdup(plan->arena, node->text);
    size_t i;

    (void)err;
    for (i = 0; lower[i]; i++)
        lower[i] = (char)tolower((unsigned char)lower[i]);
    str_add(&plan->where,
            "EXISTS (SELECT 1 FROM alias a WHERE a.work_id = w.id AND a.scheme = 'doi' AND ");
    plan_like(plan, "a.value", lower);
    str_add(&plan->where, ")");
    return ERR_OK;
}

/* A saved query inside a query: its condition, with a guard against circles. */
static int filter_saved(struct plan *plan, const struct node *node, struct error *err)
{
    const char *name = node->text;
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
    result = plan_where(plan, query->root, err);
    plan->depth--;
    query_free(query);
    return result;
}

/* Works with a repository that is so: beside words each match is asked; alone, they are listed from
 * the repositories' side. */
static int filter_code(struct plan *plan, const struct node *node, struct error *err)
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

int plan_filter(struct plan *plan, const struct node *node, struct error *err)
{
    static int (*const filters[])(struct plan *, const struct node *, struct error *) = {
        [FIELD_CAT] = filter_category,  [FIELD_DATE] = filter_date,
        [FIELD_ADDED] = filter_date,    [FIELD_IS] = filter_is,
        [FIELD_TAG] = filter_tag,       [FIELD_HAS] = filter_has,
        [FIELD_SOURCE] = filter_source, [FIELD_DOI] = filter_doi,
        [FIELD_ID] = filter_id,         [FIELD_QUERY] = filter_saved,
        [FIELD_STARS] = filter_code,    [FIELD_KIND] = filter_kind,
        [FIELD_LANGUAGE] = filter_code, [FIELD_TOPIC] = filter_code,
        [FIELD_LICENSE] = filter_code,  [FIELD_TASK] = filter_task,
        [FIELD_METHOD] = filter_method, [FIELD_COLLECTION] = filter_collection,
        [FIELD_VENUE] = filter_venue,   [FIELD_KEY] = filter_key,
    };

    if ((size_t)node->field < ARRAY_LEN(filters) && filters[node->field])
        return filters[node->field](plan, node, err);
    str_add_char(&plan->where, '0');
    return ERR_OK;
}
