/*
 * Repositories, read: lists, one with everything about it, and those that are to be asked today.
 */
#include "internal.h"
#include "repositories_internal.h"

#include "carrel/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRESH_DAYS 90 /* papers that are new: their repositories are asked before older ones */

int repositories_find(struct store *store, int64_t *id, const char *any_id, struct error *err)
{
    struct str key = STR_INIT;
    int result = repository_key(&key, any_id)
                     ? repositories_by_key(store, id, key.ptr, err)
                     : error_set(err, ERR_NOTFOUND, "'%.80s' names no repository", any_id);

    if (result == ERR_OK && *id == 0)
        result = error_set(err, ERR_NOTFOUND, "repo:%s is not in this library", key.ptr);
    str_free(&key);
    return result;
}

/* ---- lists ---- */

#define EVIDENCE_RANK                                                                              \
    "CASE l.evidence WHEN 'official' THEN 0 WHEN 'paper' THEN 1 WHEN 'readme' THEN 2 "             \
    "WHEN 'author' THEN 3 WHEN 'listed' THEN 4 ELSE 5 END"

/* The columns of row_read, in its order. */
#define ROW_COLUMNS                                                                                \
    "r.id, r.key, r.name, t.description, r.language, r.license, r.pushed, ifnull(r.stars, -1), "   \
    "(SELECT count(DISTINCT l.work_id) FROM repository_alias a JOIN link l ON l.repo = a.key "     \
    "WHERE a.repository_id = r.id AND l.repo <> ''), r.state, r.archived, r.fork"

static void row_read(struct repository_row *row, struct stmt *stmt, struct arena *arena)
{
    *row = (struct repository_row){ .id = stmt_int(stmt, 0),
                                    .key = stmt_dup(stmt, 1, arena),
                                    .name = stmt_dup(stmt, 2, arena),
                                    .description = stmt_dup(stmt, 3, arena),
                                    .language = stmt_dup(stmt, 4, arena),
                                    .license = stmt_dup(stmt, 5, arena),
                                    .pushed = stmt_dup(stmt, 6, arena),
                                    .stars = stmt_int(stmt, 7),
                                    .papers = stmt_int(stmt, 8),
                                    .state = (enum repository_state)stmt_int(stmt, 9),
                                    .archived = stmt_int(stmt, 10),
                                    .fork = stmt_int(stmt, 11) };
}

int repositories_rows(struct store *store, struct arena *arena, const int64_t *ids, size_t count,
                      struct repository_row *rows, struct error *err)
{
    struct stmt *stmt;
    size_t i;
    int step = 0;
    int result = stmt_prepare(&stmt, store,
                              "SELECT " ROW_COLUMNS " FROM repository r LEFT JOIN repository_text "
                              "t ON t.id = r.id WHERE r.id = ?1",
                              err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        rows[i] = (struct repository_row){ 0 };
        stmt_bind_int(stmt, 1, ids[i]);
        step = stmt_step(stmt, err);
        if (step == 1)
            row_read(&rows[i], stmt, arena);
        stmt_reset(stmt);
        result = step < 0 ? step : ERR_OK;
    }
    return result;
}

int repositories_list(struct store *store, struct arena *arena, enum repositories_order order,
                      size_t most, struct work_ids *out, struct error *err)
{
    static const char *const sql[] = {
        [REPOSITORIES_STARS] = "SELECT id FROM repository ORDER BY ifnull(stars, -1) DESC, key "
                               "LIMIT ?1",
        [REPOSITORIES_PUSHED] = "SELECT id FROM repository ORDER BY ifnull(pushed, '') DESC, key "
                                "LIMIT ?1",
        [REPOSITORIES_NAME] = "SELECT id FROM repository ORDER BY key LIMIT ?1",
        [REPOSITORIES_ADDED] = "SELECT id FROM repository ORDER BY added DESC, key LIMIT ?1",
    };
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store, sql[order], err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, (int64_t)most);
    while ((step = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, out->items, out->len, out->cap, stmt_int(stmt, 0));
    stmt_reset(stmt);
    return step;
}

/* One that is only linked. */
static struct repository_row row_linked(struct arena *arena, const char *key, int64_t papers)
{
    static char nothing[] = "";
    char *own = arena_strdup(arena, key), *name = strchr(own, '/');

    return (struct repository_row){ .key = own,
                                    .name = name ? name + 1 : own,
                                    .description = nothing,
                                    .language = nothing,
                                    .license = nothing,
                                    .pushed = nothing,
                                    .stars = -1,
                                    .papers = papers,
                                    .state = REPOSITORY_LINKED };
}

int repositories_unasked(struct store *store, struct arena *arena, size_t most,
                         struct repository_row **rows, size_t *count, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT repo, count(DISTINCT work_id) AS papers FROM link "
                              "WHERE repo <> '' AND NOT EXISTS (SELECT 1 FROM repository_alias a "
                              "WHERE a.key = repo) GROUP BY repo ORDER BY papers DESC, repo "
                              "LIMIT ?1",
                              err);

    *rows = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, (int64_t)most);
    while ((step = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, *rows, *count, cap,
                   row_linked(arena, stmt_text(stmt, 0), stmt_int(stmt, 1)));
    stmt_reset(stmt);
    return step;
}

int repositories_of_work(struct store *store, struct arena *arena, int64_t work,
                         struct repository_row **rows, size_t *count, struct error *err)
{
    struct stmt *stmt;
    struct work_ids ids = { 0 };
    size_t cap = 0, i;
    int step;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT ifnull(a.repository_id, 0), l.repo, (SELECT count(DISTINCT o.work_id) FROM link o "
        "WHERE o.repo = l.repo AND o.repo <> '') FROM link l LEFT JOIN repository_alias a "
        "ON a.key = l.repo WHERE l.work_id = ?1 AND l.repo <> '' "
        "GROUP BY ifnull(a.repository_id, l.repo) ORDER BY min(" EVIDENCE_RANK "), l.repo",
        err);

    *rows = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1) {
        ARENA_PUSH(arena, ids.items, ids.len, ids.cap, stmt_int(stmt, 0));
        ARENA_PUSH(arena, *rows, *count, cap,
                   row_linked(arena, stmt_text(stmt, 1), stmt_int(stmt, 2)));
    }
    stmt_reset(stmt);
    for (i = 0; i < *count && step == 0 && result == ERR_OK; i++)
        if (ids.items[i])
            result = repositories_rows(store, arena, &ids.items[i], 1, &(*rows)[i], err);
    return step < 0 ? step : result;
}

int repositories_totals(struct store *store, struct repositories_totals *out, struct error *err)
{
    static const char sql[] =
        "SELECT count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE state <> 1), "
        "(SELECT count(DISTINCT repo) FROM link WHERE repo <> ''), "
        "(SELECT count(DISTINCT repo) FROM link WHERE repo <> '' AND NOT EXISTS "
        "(SELECT 1 FROM repository_alias a WHERE a.key = repo)), "
        "(SELECT count(*) FROM repository_sample) FROM repository";
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store, sql, err);

    *out = (struct repositories_totals){ 0 };
    if (result != ERR_OK)
        return result;
    step = stmt_step(stmt, err);
    if (step == 1)
        *out = (struct repositories_totals){ .known = stmt_int(stmt, 0),
                                             .gone = stmt_int(stmt, 1),
                                             .linked = stmt_int(stmt, 2),
                                             .unasked = stmt_int(stmt, 3),
                                             .samples = stmt_int(stmt, 4) };
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

/* ---- one, whole ---- */

static char *dup_or_null(struct stmt *stmt, int column, struct arena *arena)
{
    return stmt_is_null(stmt, column) ? NULL : stmt_dup(stmt, column, arena);
}

static int full_facts(struct store *store, struct arena *arena, int64_t id,
                      struct repository_full *out, struct error *err)
{
    struct repository *r = &out->repository;
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT " ROW_COLUMNS ", r.url, r.homepage, r.branch, r.parent, r.created, "
        "ifnull(r.forks, -1), ifnull(r.issues, -1), r.why, r.wanted, r.added, r.asked, t.topics, "
        "m.name, m.markdown FROM repository r LEFT JOIN repository_text t ON t.id = r.id "
        "LEFT JOIN repository_readme m ON m.repository_id = r.id WHERE r.id = ?1",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    step = stmt_step(stmt, err);
    if (step == 1) {
        row_read(&out->row, stmt, arena);
        *r = (struct repository){ .says = REPOSITORY_FACTS,
                                  .state = out->row.state,
                                  .key = out->row.key,
                                  .name = out->row.name,
                                  .description = dup_or_null(stmt, 3, arena),
                                  .language = dup_or_null(stmt, 4, arena),
                                  .license = dup_or_null(stmt, 5, arena),
                                  .pushed = dup_or_null(stmt, 6, arena),
                                  .stars = out->row.stars,
                                  .archived = out->row.archived,
                                  .fork = out->row.fork,
                                  .url = dup_or_null(stmt, 12, arena),
                                  .homepage = dup_or_null(stmt, 13, arena),
                                  .branch = dup_or_null(stmt, 14, arena),
                                  .parent = dup_or_null(stmt, 15, arena),
                                  .created = dup_or_null(stmt, 16, arena),
                                  .forks = stmt_int(stmt, 17),
                                  .issues = stmt_int(stmt, 18),
                                  .why = dup_or_null(stmt, 19, arena),
                                  .at = stmt_int(stmt, 22),
                                  .readme_name = dup_or_null(stmt, 24, arena),
                                  .readme = dup_or_null(stmt, 25, arena) };
        out->wanted = stmt_int(stmt, 20);
        out->added = stmt_int(stmt, 21);
        out->asked = r->at;
        text_list_add_lines(&r->topics, arena, stmt_text(stmt, 23));
    }
    stmt_reset(stmt);
    return step == 1  ? ERR_OK
           : step < 0 ? step
                      : error_set(err, ERR_NOTFOUND, "there is no such repository any more");
}

static int full_names(struct store *store, struct arena *arena, int64_t id,
                      struct repository_full *out, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT key FROM repository_alias WHERE repository_id = ?1 "
                              "AND key <> ?2 ORDER BY key",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text(stmt, 2, out->row.key);
    return stmt_texts(stmt, &out->names, arena, err);
}

static int full_papers(struct store *store, struct arena *arena, int64_t id,
                       struct repository *repository, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT scheme || ':' || value, own FROM repository_paper "
                              "WHERE repository_id = ?1 AND scheme <> 'title' ORDER BY position",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct repository_paper paper = { .id = stmt_dup(stmt, 0, arena),
                                          .own = stmt_int(stmt, 1) };

        ARENA_PUSH(arena, repository->papers, repository->paper_count, cap, paper);
    }
    stmt_reset(stmt);
    return step;
}

static int full_samples(struct store *store, struct arena *arena, int64_t id,
                        struct repository_full *out, struct error *err)
{
    static char nothing[] = "";
    struct stmt *stmt;
    size_t cap = 0;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT metric, day, value FROM repository_sample "
                              "WHERE repository_id = ?1 ORDER BY metric, day",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct sample sample = { .source = nothing,
                                 .item = nothing,
                                 .metric = stmt_dup(stmt, 0, arena),
                                 .day = (int32_t)stmt_int(stmt, 1),
                                 .value = stmt_double(stmt, 2) };

        ARENA_PUSH(arena, out->samples, out->sample_count, cap, sample);
    }
    stmt_reset(stmt);
    return step;
}

/* ---- its papers ---- */

struct works_reader {
    struct arena *arena;
    struct repository_work *items;
    size_t len, cap;
};

/* Columns: id, key, title, evidence, said, linked. The first of several lines of a work stands. */
static void works_add(struct works_reader *reader, struct stmt *stmt)
{
    struct repository_work work = { .id = stmt_int(stmt, 0),
                                    .key = stmt_dup(stmt, 1, reader->arena),
                                    .title = stmt_dup(stmt, 2, reader->arena),
                                    .evidence = stmt_dup(stmt, 3, reader->arena),
                                    .said = stmt_dup(stmt, 4, reader->arena),
                                    .linked = stmt_int(stmt, 5) };
    size_t i;

    for (i = 0; i < reader->len; i++)
        if (reader->items[i].id == work.id)
            return;
    ARENA_PUSH(reader->arena, reader->items, reader->len, reader->cap, work);
}

static int works_read(struct store *store, const char *sql, int64_t id, const char *key,
                      struct works_reader *reader, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    if (key)
        stmt_bind_text(stmt, 1, key);
    else
        stmt_bind_int(stmt, 1, id);
    while ((step = stmt_step(stmt, err)) == 1)
        works_add(reader, stmt);
    stmt_reset(stmt);
    return step;
}

#define STRONGEST_FIRST "ORDER BY " EVIDENCE_RANK ", w.day DESC, w.id DESC LIMIT 1000"

static int full_works(struct store *store, struct arena *arena, int64_t id,
                      struct repository_full *out, struct error *err)
{
    struct works_reader reader = { .arena = arena };
    int result = works_read(store,
                            "SELECT w.id, w.key, x.title, l.evidence, l.said, 1 FROM "
                            "repository_alias a JOIN link l ON l.repo = a.key JOIN work w ON "
                            "w.id = l.work_id JOIN work_text x ON x.id = w.id "
                            "WHERE a.repository_id = ?1 AND l.repo <> '' " STRONGEST_FIRST,
                            id, NULL, &reader, err);

    if (result == ERR_OK)
        result = works_read(store,
                            "SELECT w.id, w.key, x.title, '', 'named in its README', 0 FROM "
                            "repository_paper p JOIN alias a ON a.scheme = p.scheme AND "
                            "a.value = p.value JOIN work w ON w.id = a.work_id JOIN work_text x "
                            "ON x.id = w.id WHERE p.repository_id = ?1 ORDER BY p.position",
                            id, NULL, &reader, err);
    out->works = reader.items;
    out->work_count = reader.len;
    return result;
}

int repositories_works(struct store *store, struct arena *arena, const char *key,
                       struct repository_work **out, size_t *count, struct error *err)
{
    struct works_reader reader = { .arena = arena };
    int result = works_read(store,
                            "SELECT w.id, w.key, x.title, l.evidence, l.said, 1 FROM link l JOIN "
                            "work w ON w.id = l.work_id JOIN work_text x ON x.id = w.id "
                            "WHERE l.repo = ?1 AND l.repo <> '' " STRONGEST_FIRST,
                            0, key, &reader, err);

    *out = reader.items;
    *count = reader.len;
    return result;
}

int repositories_full(struct store *store, struct arena *arena, int64_t id,
                      struct repository_full *out, struct error *err)
{
    int result;

    *out = (struct repository_full){ 0 };
    result = full_facts(store, arena, id, out, err);
    if (result == ERR_OK)
        result = full_names(store, arena, id, out, err);
    if (result == ERR_OK)
        result = full_papers(store, arena, id, &out->repository, err);
    if (result == ERR_OK)
        result = full_samples(store, arena, id, out, err);
    return result == ERR_OK ? full_works(store, arena, id, out, err) : result;
}

/* ---- what is to be asked today ---- */

int repositories_due(struct store *store, struct arena *arena, const char *host, int32_t today,
                     size_t most, struct repository_due **out, size_t *count, struct error *err)
{
    static const char sql[] =
        "WITH linked AS (SELECT ifnull(r.key, l.repo) AS key, max(w.day) AS day, "
        "max(ifnull(s.starred, 0) OR ifnull(s.state, 0) IN (1, 2) "
        "OR EXISTS (SELECT 1 FROM work_tag g WHERE g.work_id = w.id)) AS marked "
        "FROM link l JOIN work w ON w.id = l.work_id LEFT JOIN reading s ON s.work_id = w.id "
        "LEFT JOIN repository_alias a ON a.key = l.repo "
        "LEFT JOIN repository r ON r.id = a.repository_id "
        "WHERE l.repo <> '' AND l.repo >= ?1 AND l.repo < ?2 GROUP BY 1), "
        "every AS (SELECT key, day, marked FROM linked UNION ALL SELECT key, 0, 1 FROM repository "
        "WHERE wanted AND key >= ?1 AND key < ?2 AND key NOT IN (SELECT key FROM linked)) "
        "SELECT substr(every.key, length(?1) + 1), ifnull(r.hash <> 0 AND r.state = 1, 0), "
        "m.pushed FROM every "
        "LEFT JOIN repository r ON r.key = every.key "
        "LEFT JOIN repository_readme m ON m.repository_id = r.id "
        "WHERE ifnull(r.next_day, 0) <= ?3 "
        "AND every.key NOT IN (SELECT key FROM repository_later WHERE day > ?3) "
        "ORDER BY marked OR ifnull(r.wanted, 0) DESC, day > ?4 DESC, ifnull(r.asked, 0), "
        "day DESC, every.key LIMIT ?5";
    char *from = arena_printf(arena, "%s/", host), *to = arena_printf(arena, "%s0", host);
    struct stmt *stmt;
    size_t cap = 0;
    int step;
    int result = stmt_prepare(&stmt, store, sql, err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, from); /* "github.com/" up to "github.com0", its successor */
    stmt_bind_text(stmt, 2, to);
    stmt_bind_int(stmt, 3, today);
    stmt_bind_int(stmt, 4, today - FRESH_DAYS);
    stmt_bind_int(stmt, 5, (int64_t)most);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct repository_due due = { stmt_dup(stmt, 0, arena), stmt_int(stmt, 1),
                                      stmt_dup(stmt, 2, arena) };

        ARENA_PUSH(arena, *out, *count, cap, due);
    }
    stmt_reset(stmt);
    return step;
}

/* As repositories_due, but for the order, which would look at every paper that links to one. */
int repositories_due_count(struct store *store, const char *host, int32_t today, int64_t *due,
                           int64_t *unasked, struct error *err)
{
    static const char sql[] =
        "SELECT count(*), count(*) FILTER (WHERE asked = 0) FROM ("
        "SELECT ifnull(r.key, l.repo) AS key, ifnull(r.asked, 0) AS asked FROM link l "
        "LEFT JOIN repository_alias a ON a.key = l.repo "
        "LEFT JOIN repository r ON r.id = a.repository_id WHERE l.repo <> '' AND l.repo >= ?1 "
        "AND l.repo < ?2 AND ifnull(r.next_day, 0) <= ?3 UNION "
        "SELECT key, ifnull(asked, 0) FROM repository WHERE wanted AND key >= ?1 AND key < ?2 "
        "AND ifnull(next_day, 0) <= ?3) "
        "WHERE key NOT IN (SELECT key FROM repository_later WHERE day > ?3)";
    char *from = mem_printf("%s/", host), *to = mem_printf("%s0", host);
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store, sql, err);

    *due = *unasked = 0;
    if (result == ERR_OK) {
        stmt_bind_text(stmt, 1, from);
        stmt_bind_text(stmt, 2, to);
        stmt_bind_int(stmt, 3, today);
        step = stmt_step(stmt, err);
        if (step == 1) {
            *due = stmt_int(stmt, 0);
            *unasked = stmt_int(stmt, 1);
        }
        stmt_reset(stmt);
        result = step < 0 ? step : ERR_OK;
    }
    free(from);
    free(to);
    return result;
}
