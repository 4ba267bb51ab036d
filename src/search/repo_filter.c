/*
 * What a query asks of repositories themselves, as SQL over "repository r". Of works the same
 * filters mean those that have such a repository.
 */
#include "repositories.h"

#include "carrel/clock.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DAY_LAST 2932896 /* 9999-12-31 */
#define COUNT_MAX INT64_C(1000000000000)

/* ---- numbers ---- */

static bool number_read(const char *text, size_t len, int64_t *out)
{
    char digits[16];
    char *end;

    if (len == 0 || len >= sizeof digits)
        return false;
    memcpy(digits, text, len);
    digits[len] = '\0';
    *out = strtoll(digits, &end, 10);
    if (end == digits || !isdigit((unsigned char)digits[0]))
        return false;
    if (*end == 'k' || *end == 'K')
        *out *= 1000, end++;
    return !*end;
}

bool repo_count_range(const char *text, int64_t *least, int64_t *most)
{
    const char *dots = strstr(text, "..");
    bool over = *text == '>', under = *text == '<', equal = text[0] && text[1] == '=';
    int64_t number;

    *least = 0;
    *most = COUNT_MAX;
    if (dots)
        return (dots > text || dots[2])
               && (dots == text || number_read(text, (size_t)(dots - text), least))
               && (!dots[2] || number_read(dots + 2, strlen(dots + 2), most)) && *least <= *most;
    text += (over || under) + ((over || under) && equal);
    if (!number_read(text, strlen(text), &number))
        return false;
    if (!under)
        *least = number + (over && !equal);
    if (!over)
        *most = number - (under && !equal);
    return true;
}

/* ---- conditions ---- */

bool repo_filter_is(const struct node *node)
{
    struct ident ident;
    size_t i;

    switch (node->kind) {
    case NODE_FILTER:
        switch (node->field) {
        case FIELD_STARS:
        case FIELD_LANGUAGE:
        case FIELD_TOPIC:
        case FIELD_LICENSE:
        case FIELD_KIND:
        case FIELD_DATE:
        case FIELD_ADDED:
            return true;
        case FIELD_ID:
            return ident_parse(&ident, node->text) && ident.scheme == ID_REPO;
        default:
            return false;
        }
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
        for (i = 0; i < node->len; i++)
            if (!repo_filter_is(node->kids[i]))
                return false;
        return node->len > 0;
    default:
        return false;
    }
}

static void where_stars(struct plan *plan, const char *value)
{
    int64_t least, most;

    if (!repo_count_range(value, &least, &most)) {
        str_add(&plan->where, "0");
        return;
    }
    str_add(&plan->where, "(r.stars >= ");
    plan_add_int(plan, least);
    str_add(&plan->where, " AND r.stars <= ");
    plan_add_int(plan, most);
    str_add_char(&plan->where, ')');
}

/* In any case; a star at the end stands for whatever follows. */
static void where_text(struct plan *plan, const char *column, const char *value)
{
    char *glob = arena_alloc(plan->arena, strlen(value) * 3 + 1), *to = glob;

    for (; *value; value++) {
        if (*value == '*' && !value[1]) {
            *to++ = '*';
        } else if (strchr("*?[", *value)) { /* themselves */
            *to++ = '[';
            *to++ = *value;
            *to++ = ']';
        } else {
            *to++ = (char)tolower((unsigned char)*value);
        }
    }
    *to = '\0';
    str_printf(&plan->where, "lower(%s) GLOB ", column);
    plan_add_text(plan, glob);
}

static void where_topic(struct plan *plan, const char *value)
{
    str_add(&plan->where,
            "EXISTS (SELECT 1 FROM repository_text rt WHERE rt.id = r.id AND instr(char(10) || "
            "rt.topics || char(10), char(10) || lower(");
    plan_add_text(plan, value);
    str_add(&plan->where, ") || char(10)) > 0)");
}

/* Of a date: when something was pushed. */
static void where_days(struct plan *plan, const struct node *node)
{
    int32_t first, last;
    char from[16], to[16];

    plan_dates(node->text, &first, &last);
    if (node->field == FIELD_ADDED) {
        str_add(&plan->where, "(r.added >= ");
        plan_add_int(plan, (int64_t)first * 86400000);
        str_add(&plan->where, " AND r.added < ");
        plan_add_int(plan, ((int64_t)last + 1) * 86400000);
        str_add_char(&plan->where, ')');
        return;
    }
    date_format(from, first < 0 ? 0 : first); /* open ends: no code was pushed before 1970 */
    date_format(to, last > DAY_LAST ? DAY_LAST : last);
    str_add(&plan->where, "(substr(r.pushed, 1, 10) >= ");
    plan_add_text(plan, from);
    str_add(&plan->where, " AND substr(r.pushed, 1, 10) <= ");
    plan_add_text(plan, to);
    str_add_char(&plan->where, ')');
}

static void where_repository(struct plan *plan, const char *value)
{
    struct ident ident;

    if (!ident_parse(&ident, value)) {
        str_add(&plan->where, "0");
        return;
    }
    str_add(&plan->where, "r.id = (SELECT repository_id FROM repository_alias WHERE key = ");
    plan_add_text(plan, ident.value);
    str_add_char(&plan->where, ')');
}

static int where_one(struct plan *plan, const struct node *node)
{
    switch (node->field) {
    case FIELD_STARS:
        where_stars(plan, node->text);
        break;
    case FIELD_LANGUAGE:
        where_text(plan, "r.language", node->text);
        break;
    case FIELD_LICENSE:
        where_text(plan, "r.license", node->text);
        break;
    case FIELD_TOPIC:
        where_topic(plan, node->text);
        break;
    case FIELD_DATE:
    case FIELD_ADDED:
        where_days(plan, node);
        break;
    case FIELD_ID:
        where_repository(plan, node->text);
        break;
    default: /* kind: */
        str_add(&plan->where, strcasecmp(node->text, "repository") == 0 ? "1" : "0");
    }
    return ERR_OK;
}

int repo_filter_where(struct plan *plan, const struct node *node, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    if (node->kind == NODE_FILTER)
        return where_one(plan, node);
    if (plan->level == PLAN_LEVELS)
        return error_set(err, ERR_PARSE, "the query nests too deep");
    plan->level++;
    str_add(&plan->where, node->kind == NODE_NOT ? "NOT (" : "(");
    for (i = 0; i < node->len && result == ERR_OK; i++) {
        if (i > 0)
            str_add(&plan->where, node->kind == NODE_OR ? " OR " : " AND ");
        result = repo_filter_where(plan, node->kids[i], err);
    }
    str_add_char(&plan->where, ')');
    plan->level--;
    return result;
}
