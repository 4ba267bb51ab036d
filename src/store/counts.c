/*
 * Counting over a whole library (carrel/counts.h). What orders rows is an index, so that groups
 * come one after the other and nothing is sorted.
 */
#include "carrel/counts.h"

#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* The papers of a category: ?3 and ?4 are where its codes begin and end. */
#define IN_CATEGORY                                                                                \
    "(SELECT z.work_id FROM category k CROSS JOIN work_category z "                                \
    "ON z.category_id = k.id WHERE k.code >= ?3 AND k.code < ?4 AND z.day BETWEEN ?1 AND ?2)"

/* name, day, count, newest; the second text is with a category. */
static const struct {
    const char *sql, *sql_in;
} counts_queries[] = {
    [COUNTS_PAPERS] = { "SELECT '', day, count(*), 0 FROM work WHERE day BETWEEN ?1 AND ?2 "
                        "GROUP BY day",
                        "SELECT '', day, count(*), 0 FROM work WHERE day BETWEEN ?1 AND ?2 "
                        "AND id IN " IN_CATEGORY " GROUP BY day" },
    [COUNTS_CATEGORIES] = { "SELECT c.code, x.day, count(*), 0 FROM category c CROSS JOIN "
                            "work_category x ON x.category_id = c.id "
                            "WHERE x.day BETWEEN ?1 AND ?2 GROUP BY c.id, x.day",
                            "SELECT c.code, x.day, count(*), 0 FROM category c CROSS JOIN "
                            "work_category x ON x.category_id = c.id WHERE x.day BETWEEN ?1 AND ?2 "
                            "AND x.work_id IN " IN_CATEGORY " GROUP BY c.id, x.day" },
    /* Undoing writes rows of its own, and takes back those of the step it names. */
    [COUNTS_READING] = { "SELECT CASE WHEN kind <> 'read' THEN kind WHEN new = '1' THEN 'read' "
                         "WHEN new = '2' THEN 'later' ELSE 'skip' END AS name, "
                         "at / 86400000 AS day, count(*), max(at) FROM change_log c "
                         "WHERE kind IN ('read', 'star', 'note', 'tag') AND new IS NOT NULL "
                         "AND (new <> '0' OR kind IN ('note', 'tag')) AND undoes IS NULL "
                         "AND at / 86400000 BETWEEN ?1 AND ?2 AND NOT EXISTS "
                         "(SELECT 1 FROM change_log u WHERE u.undoes = c.step) GROUP BY name, day",
                         NULL },
    /* Rows are only ever added: the newest of a source is the one with the highest number. */
    [COUNTS_SOURCES] = { "SELECT s.source, 0, s.n, r.fetched FROM (SELECT source, count(*) AS n, "
                         "max(id) AS newest FROM record INDEXED BY record_source WHERE current "
                         "GROUP BY source) s JOIN record r ON r.id = s.newest "
                         "ORDER BY s.n DESC, s.source",
                         NULL },
    [COUNTS_DOCUMENTS] = { "SELECT state, 0, count(*), max(processed) FROM document GROUP BY state "
                           "ORDER BY count(*) DESC, state",
                           NULL },
    [COUNTS_LINKS] = { "SELECT kind, 0, count(*), 0 FROM link GROUP BY kind "
                       "ORDER BY count(*) DESC, kind",
                       NULL },
};

/* What a text has no place for is not bound. */
static void counts_bind(struct stmt *stmt, const char *sql, const struct counts_range *range)
{
    if (strstr(sql, "?1")) {
        stmt_bind_int(stmt, 1, range->first);
        stmt_bind_int(stmt, 2, range->last);
    }
    if (strstr(sql, "?3"))
        category_bind(stmt, 3, range->category);
}

int counts_each(struct store *store, enum counts_what what, const struct counts_range *range,
                int (*each)(void *ctx, const struct counts_row *row), void *ctx, struct error *err)
{
    const char *sql = range->category && counts_queries[what].sql_in ? counts_queries[what].sql_in
                                                                     : counts_queries[what].sql;
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare_once(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    counts_bind(stmt, sql, range);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        struct counts_row row = { .name = stmt_text(stmt, 0),
                                  .day = (int32_t)stmt_int(stmt, 1),
                                  .count = stmt_int(stmt, 2),
                                  .newest = stmt_int(stmt, 3) };

        result = each(ctx, &row);
    }
    stmt_free(stmt);
    return result == ERR_OK ? step : result;
}

/* ---- authors ---- */

struct tally {
    uint32_t *papers; /* by author.id */
    size_t len;
};

static int tally_fill(struct tally *tally, struct store *store, const struct counts_range *range,
                      struct error *err)
{
    const char *sql =
        range->category
            ? "SELECT a.author_id FROM work w CROSS JOIN work_author a ON a.work_id = w.id "
              "WHERE w.day BETWEEN ?1 AND ?2 AND w.id IN " IN_CATEGORY
        : range->first == INT32_MIN && range->last == INT32_MAX
            ? "SELECT author_id FROM work_author INDEXED BY work_author_author"
            : "SELECT a.author_id FROM work w CROSS JOIN work_author a ON a.work_id = w.id "
              "WHERE w.day BETWEEN ?1 AND ?2";
    struct stmt *stmt;
    int64_t most = 0;
    int step;
    int result = store_query_int(store, "SELECT ifnull(max(id), 0) FROM author", &most, err);

    if (result == ERR_OK)
        result = stmt_prepare_once(&stmt, store, sql, err);
    if (result != ERR_OK)
        return result;
    tally->len = (size_t)most + 1;
    tally->papers = mem_zalloc(tally->len * sizeof *tally->papers);
    counts_bind(stmt, sql, range);
    while ((step = stmt_step(stmt, err)) == 1) {
        int64_t author = stmt_int(stmt, 0);

        if (author > 0 && author <= most)
            tally->papers[author]++;
    }
    stmt_free(stmt);
    return step;
}

struct ranked {
    int64_t author;
    uint32_t papers;
};

/* The `limit` best so far stand in order; most authors are no match for the last of them. */
static size_t tally_best(struct ranked *best, size_t limit, int64_t *all, const struct tally *tally)
{
    size_t len = 0, at, i;

    *all = 0;
    for (i = 1; i < tally->len; i++) {
        uint32_t papers = tally->papers[i];

        *all += papers > 0;
        if (papers == 0 || (len == limit && papers <= best[len - 1].papers))
            continue;
        for (at = len < limit ? len++ : len - 1; at > 0 && best[at - 1].papers < papers; at--)
            best[at] = best[at - 1];
        best[at] = (struct ranked){ .author = (int64_t)i, .papers = papers };
    }
    return len;
}

static int compare_counts(const void *a, const void *b)
{
    const struct name_count *x = a, *y = b;

    return x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->name, y->name);
}

static int author_name(char **out, struct store *store, struct arena *arena, int64_t author,
                       struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store, "SELECT name FROM author WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, author);
    step = stmt_step(stmt, err);
    *out = arena_strdup(arena, step == 1 ? stmt_text(stmt, 0) : "");
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

int counts_authors(struct name_count **out, size_t *count, int64_t *more, struct store *store,
                   struct arena *arena, const struct counts_range *range, size_t limit,
                   struct error *err)
{
    struct ranked *best = mem_zalloc((limit + 1) * sizeof *best);
    struct tally tally = { 0 };
    size_t len = 0, i;
    int result = tally_fill(&tally, store, range, err);

    *count = 0;
    *more = 0;
    if (result == ERR_OK)
        len = tally_best(best, limit, more, &tally);
    *out = arena_alloc(arena, (len + 1) * sizeof **out);
    for (i = 0; i < len && result == ERR_OK; i++) {
        (*out)[i].count = best[i].papers;
        result = author_name(&(*out)[i].name, store, arena, best[i].author, err);
    }
    if (result == ERR_OK) {
        qsort(*out, len, sizeof **out, compare_counts);
        *count = len;
        *more -= (int64_t)len;
    }
    free(tally.papers);
    free(best);
    return result;
}
