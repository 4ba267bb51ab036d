/*
 * Which version of a paper the reader has seen, as text: "v2 2024-03-05 withdrawn", what is not
 * known left out. Saying it is state.c's, what it amounts to the view work_news.
 */
#include "ops_internal.h"

#include "carrel/clock.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void seen_print(char out[SEEN_MAX], const struct seen_parts *parts)
{
    char number[16] = "", day[16] = "";

    if (parts->number > 0)
        snprintf(number, sizeof number, "v%d", parts->number);
    if (parts->day > 0)
        date_format(day, parts->day);
    snprintf(out, SEEN_MAX, "%s%s%s%s%s", number, *number && *day ? " " : "", day,
             parts->withdrawn && (*number || *day) ? " " : "", parts->withdrawn ? "withdrawn" : "");
}

bool seen_parse(struct seen_parts *out, const char *text)
{
    const char *at = text;
    char day[16], again[SEEN_MAX];
    size_t len;

    *out = (struct seen_parts){ 0 };
    if (*at == 'v' && strspn(at + 1, "0123456789") <= 3) {
        out->number = atoi(at + 1);
        at += strcspn(at, " ");
        at += *at == ' ';
    }
    len = strcspn(at, " ");
    snprintf(day, sizeof day, "%.*s", (int)(len < 15 ? len : 15), at);
    if (len == 10 && date_parse(day, &out->day, NULL) && out->day > 0) {
        at += len;
        at += *at == ' ';
    } else {
        out->day = 0;
    }
    out->withdrawn = strcmp(at, "withdrawn") == 0;
    seen_print(again, out);
    return *text && strcmp(again, text) == 0;
}

/* Of a work with one version alone nothing is kept: its number and day are asked of its records. */
static const char newest_sql[] =
    "SELECT ifnull(v.number, (SELECT max(r.version) FROM record r WHERE r.work_id = w.id AND "
    "r.source_key = w.key)), ifnull(v.day, CASE WHEN w.key LIKE 'arxiv:%' THEN "
    "ifnull(unixepoch(substr(ifnull(t.updated, t.published), 1, 10)), 0) / 86400 ELSE 0 END), "
    "(w.flags & 4) != 0 FROM work w JOIN work_text t ON t.id = w.id LEFT JOIN work_version v ON "
    "v.work_id = w.id AND v.known != '' WHERE w.id = ?1";

int seen_newest(char out[SEEN_MAX], struct store *store, int64_t work, struct error *err)
{
    struct seen_parts parts = { 0 };
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store, newest_sql, err);

    *out = '\0';
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    step = stmt_step(stmt, err);
    if (step == 1) {
        parts.number = (int)stmt_int(stmt, 0);
        parts.day = (int32_t)stmt_int(stmt, 1);
        parts.withdrawn = stmt_int(stmt, 2) != 0;
        seen_print(out, &parts);
    }
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

int seen_get(char **seen, struct store *store, struct arena *arena, int64_t work, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store, "SELECT value FROM seen WHERE work_id = ?1", err);

    *seen = NULL;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    step = stmt_step(stmt, err);
    if (step == 1)
        *seen = stmt_dup(stmt, 0, arena);
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

/* The work of the document, if an older version or none of it was seen; else 0. */
static int unseen_work(int64_t *work, struct store *store, const char *document, int version,
                       struct error *err)
{
    int result = store_lookup(store, work,
                              "SELECT a.work_id FROM alias a LEFT JOIN seen s ON s.work_id = "
                              "a.work_id WHERE a.scheme = 'file' AND a.value = ?1 AND "
                              "ifnull(s.number < ?2 AND s.number > 0, s.work_id IS NULL)",
                              document, version, 0, err);

    if (result != ERR_OK)
        *work = 0;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

int seen_document(struct store *store, const char *document, int version, struct error *err)
{
    const struct seen_parts parts = { .number = version };
    char value[SEEN_MAX];
    int64_t work;
    int result = version > 0 && version < 1000 ? store_begin(store, err) : ERR_NOTFOUND;

    if (result != ERR_OK)
        return result == ERR_NOTFOUND ? ERR_OK : result;
    seen_print(value, &parts);
    result = unseen_work(&work, store, document, version, err);
    if (result == ERR_OK && work)
        result = ops_say_work(store, work, "seen", "", value, err);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}

int works_news(int64_t **works, size_t *count, struct store *store, struct arena *arena,
               size_t limit, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT work_id FROM work_news ORDER BY max(came, withdrawn) "
                              "DESC, work_id LIMIT ?1",
                              err);

    *works = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, (int64_t)limit);
    return stmt_ints(works, count, stmt, arena, err);
}
