/*
 * Series of samples: whole tables in the order of their keys, cut where a series ends, so that
 * nothing is sorted and memory holds one series at a time. What a repository counted is told of
 * each of its works.
 */
#include "carrel/samples.h"

#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct series_reader {
    int (*each)(void *ctx, const struct sample_series *series);
    void *ctx;
    int64_t work;
    char *source, *metric, *item;
    struct sample_point *points;
    size_t len, cap;
};

static int series_flush(struct series_reader *reader)
{
    struct sample_series series = { .work = reader->work,
                                    .source = reader->source,
                                    .metric = reader->metric,
                                    .item = reader->item,
                                    .points = reader->points,
                                    .count = reader->len };
    int result = reader->len > 0 ? reader->each(reader->ctx, &series) : ERR_OK;

    reader->len = 0;
    return result;
}

static void series_name(char **kept, const char *now)
{
    if (str_eq(*kept, now))
        return;
    free(*kept);
    *kept = mem_strdup(now);
}

static int series_row(struct series_reader *reader, struct stmt *stmt)
{
    int64_t work = stmt_int(stmt, 0);
    struct sample_point point = { (int32_t)stmt_int(stmt, 4), stmt_double(stmt, 5) };
    int result = ERR_OK;

    if (work != reader->work || !str_eq(reader->item, stmt_text(stmt, 3))
        || !str_eq(reader->metric, stmt_text(stmt, 2))
        || !str_eq(reader->source, stmt_text(stmt, 1))) {
        result = series_flush(reader);
        reader->work = work;
        series_name(&reader->source, stmt_text(stmt, 1));
        series_name(&reader->metric, stmt_text(stmt, 2));
        series_name(&reader->item, stmt_text(stmt, 3));
    }
    VEC_PUSH(reader->points, reader->len, reader->cap, point);
    return result;
}

/* The works that link to a repository, and its name. */
struct linked {
    int64_t repository;
    char *key;
    int64_t *works;
    size_t len, cap;
};

static int linked_read(struct linked *linked, struct store *store, int64_t repository,
                       struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT DISTINCT l.work_id, r.key FROM repository r JOIN "
                              "repository_alias a ON a.repository_id = r.id JOIN link l ON "
                              "l.repo = a.key WHERE r.id = ?1 AND l.repo <> '' ORDER BY 1",
                              err);

    linked->repository = repository;
    linked->len = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, repository);
    while ((step = stmt_step(stmt, err)) == 1) {
        VEC_PUSH(linked->works, linked->len, linked->cap, stmt_int(stmt, 0));
        series_name(&linked->key, stmt_text(stmt, 1));
    }
    stmt_reset(stmt);
    return step;
}

/* What one repository counted, told of each of its works. */
static int linked_flush(struct series_reader *reader, const struct linked *linked)
{
    struct sample_series series = { .source = "github",
                                    .metric = reader->metric,
                                    .item = linked->key,
                                    .points = reader->points,
                                    .count = reader->len };
    size_t i;
    int result = ERR_OK;

    for (i = 0; reader->len > 0 && i < linked->len && result == ERR_OK; i++) {
        series.work = linked->works[i];
        result = reader->each(reader->ctx, &series);
    }
    reader->len = 0;
    return result;
}

static int linked_row(struct series_reader *reader, struct linked *linked, struct store *store,
                      struct stmt *stmt, struct error *err)
{
    struct sample_point point = { (int32_t)stmt_int(stmt, 2), stmt_double(stmt, 3) };
    int64_t repository = stmt_int(stmt, 0);
    int result = ERR_OK;

    if (repository != linked->repository || !str_eq(reader->metric, stmt_text(stmt, 1))) {
        result = linked_flush(reader, linked);
        series_name(&reader->metric, stmt_text(stmt, 1));
    }
    if (result == ERR_OK && repository != linked->repository)
        result = linked_read(linked, store, repository, err);
    if (linked->len > 0)
        VEC_PUSH(reader->points, reader->len, reader->cap, point);
    return result;
}

/* Each repository once, in the order of the table's key, however many works it belongs to. */
static int repositories_each(struct series_reader *reader, struct store *store, int32_t until,
                             struct error *err)
{
    struct linked linked = { 0 };
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare_once(&stmt, store,
                                   "SELECT repository_id, metric, day, value FROM "
                                   "repository_sample WHERE day <= ?1 "
                                   "ORDER BY repository_id, metric, day",
                                   err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, until);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1)
        result = linked_row(reader, &linked, store, stmt, err);
    if (result == ERR_OK)
        result = step < 0 ? step : linked_flush(reader, &linked);
    stmt_free(stmt);
    free(linked.key);
    free(linked.works);
    return result;
}

static int works_each(struct series_reader *reader, struct store *store, int32_t until,
                      struct error *err)
{
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare_once(&stmt, store,
                                   "SELECT work_id, source, metric, item, day, value FROM sample "
                                   "WHERE day <= ?1 ORDER BY work_id, source, metric, item, day",
                                   err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, until);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1)
        result = series_row(reader, stmt);
    if (result == ERR_OK)
        result = step < 0 ? step : series_flush(reader);
    stmt_free(stmt);
    return result;
}

int samples_each(struct store *store, int32_t until,
                 int (*each)(void *ctx, const struct sample_series *series), void *ctx,
                 struct error *err)
{
    struct series_reader reader = { .each = each, .ctx = ctx };
    int result = works_each(&reader, store, until, err);

    if (result == ERR_OK)
        result = repositories_each(&reader, store, until, err);
    free(reader.source);
    free(reader.metric);
    free(reader.item);
    free(reader.points);
    return result;
}

int samples_group(struct store *store, struct arena *arena, int64_t work, char **category,
                  int32_t *published, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT w.day, c.code FROM work w LEFT JOIN category c "
                              "ON c.id = w.primary_category WHERE w.id = ?1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    step = stmt_step(stmt, err);
    if (step == 1) {
        *published = (int32_t)stmt_int(stmt, 0);
        *category = arena_strdup(arena, stmt_text(stmt, 1));
    }
    stmt_reset(stmt);
    return step == 1 ? ERR_OK : step < 0 ? step : error_set(err, ERR_NOTFOUND, "no such work");
}

void category_bind(struct stmt *stmt, int at, const char *category)
{
    size_t len = strlen(category);

    if (len > 1 && str_ends(category, ".*")) {
        char *upper = mem_strndup(category, len - 1);

        stmt_bind_text_n(stmt, at, category, len - 1);
        upper[len - 2] = '.' + 1;
        stmt_bind_text(stmt, at + 1, upper);
        free(upper);
    } else {
        char *upper = mem_printf("%s ", category);

        stmt_bind_text(stmt, at, category);
        stmt_bind_text(stmt, at + 1, upper);
        free(upper);
    }
}

int samples_in_category(struct store *store, int64_t work, const char *category, bool *in,
                        struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT 1 FROM work_category x JOIN category c "
                              "ON c.id = x.category_id WHERE x.work_id = ?1 "
                              "AND c.code >= ?2 AND c.code < ?3 LIMIT 1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    category_bind(stmt, 2, category);
    step = stmt_step(stmt, err);
    *in = step == 1;
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

int samples_category_known(struct store *store, const char *category, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT 1 FROM category WHERE code >= ?1 AND code < ?2 LIMIT 1", err);

    if (result != ERR_OK)
        return result;
    category_bind(stmt, 1, category);
    step = stmt_step(stmt, err);
    stmt_reset(stmt);
    if (step == 0)
        return error_set(err, ERR_NOTFOUND, "no paper here is in a category '%s'", category);
    return step < 0 ? step : ERR_OK;
}

#define PUBLISHED "w.day BETWEEN ?1 AND ?2 "
#define IN_CATEGORY                                                                                \
    "AND EXISTS(SELECT 1 FROM work_category x JOIN category c ON c.id = x.category_id "            \
    "WHERE x.work_id = w.id AND c.code >= ?3 AND c.code < ?4) "
#define NEWEST_FIRST "ORDER BY w.day DESC, w.id DESC"
#define TEXTS                                                                                      \
    "SELECT w.id, w.day, t.title, t.abstract FROM work w JOIN work_text t ON t.id = w.id WHERE "
#define WORKS "SELECT w.id, w.day FROM work w WHERE "

static int published_prepare(struct stmt **stmt, struct store *store, const char *sql,
                             int32_t first, int32_t last, const char *category, struct error *err)
{
    int result = stmt_prepare_once(stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(*stmt, 1, first);
    stmt_bind_int(*stmt, 2, last);
    if (category)
        category_bind(*stmt, 3, category);
    return ERR_OK;
}

int samples_texts(struct store *store, int32_t first, int32_t last, const char *category,
                  int (*each)(void *ctx, int64_t work, int32_t day, const char *title,
                              const char *abstract),
                  void *ctx, struct error *err)
{
    struct stmt *stmt;
    int step = 0;
    int result = published_prepare(&stmt, store,
                                   category ? TEXTS PUBLISHED IN_CATEGORY NEWEST_FIRST
                                            : TEXTS PUBLISHED NEWEST_FIRST,
                                   first, last, category, err);

    if (result != ERR_OK)
        return result;
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1)
        result = each(ctx, stmt_int(stmt, 0), (int32_t)stmt_int(stmt, 1), stmt_text(stmt, 2),
                      stmt_text(stmt, 3));
    stmt_free(stmt);
    return result == ERR_OK ? step : result;
}

int samples_works(struct store *store, int32_t first, int32_t last, const char *category,
                  int (*each)(void *ctx, int64_t work, int32_t day), void *ctx, struct error *err)
{
    struct stmt *stmt;
    int step = 0;
    int result = published_prepare(&stmt, store,
                                   category ? WORKS PUBLISHED IN_CATEGORY NEWEST_FIRST
                                            : WORKS PUBLISHED NEWEST_FIRST,
                                   first, last, category, err);

    if (result != ERR_OK)
        return result;
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1)
        result = each(ctx, stmt_int(stmt, 0), (int32_t)stmt_int(stmt, 1));
    stmt_free(stmt);
    return result == ERR_OK ? step : result;
}

int samples_last_day(struct store *store, int32_t *day, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT max(ifnull((SELECT max(day) FROM sample), 0), "
                              "ifnull((SELECT max(day) FROM repository_sample), 0))",
                              err);

    *day = 0;
    if (result != ERR_OK)
        return result;
    step = stmt_step(stmt, err);
    if (step == 1)
        *day = (int32_t)stmt_int(stmt, 0);
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}
