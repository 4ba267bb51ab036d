/*
 * Reading what was counted of events; see usage_counts.h. A range of one kind is one stretch of the
 * table's key.
 */
#include "events_internal.h"

#include "carrel/str.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

/* ---- of everything ---- */

static void bind_range(struct stmt *stmt, enum usage_kind kind, const struct usage_range *range)
{
    stmt_bind_int(stmt, 1, range->span);
    stmt_bind_int(stmt, 2, kind);
    stmt_bind_int(stmt, 3, range->first);
    stmt_bind_int(stmt, 4, range->last);
}

static void counts_read(struct usage_counts *out, struct stmt *stmt, int column)
{
    *out = (struct usage_counts){ .views = stmt_int(stmt, column),
                                  .clicks = stmt_int(stmt, column + 1),
                                  .searches = stmt_int(stmt, column + 2),
                                  .fruitless = stmt_int(stmt, column + 3),
                                  .visitors = stmt_int(stmt, column + 4) };
}

int usage_each(struct store *store, const struct usage_range *range, usage_each_fn each, void *ctx,
               struct error *err)
{
    struct usage_counts counts;
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare(&stmt, store,
                              "SELECT at, views, clicks, searches, fruitless, visitors FROM usage "
                              "WHERE span = ?1 AND kind = ?2 AND at BETWEEN ?3 AND ?4 ORDER BY at",
                              err);

    if (result != ERR_OK)
        return result;
    bind_range(stmt, USAGE_ALL, range);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        counts_read(&counts, stmt, 1);
        result = each(ctx, stmt_int(stmt, 0), &counts);
    }
    stmt_reset(stmt);
    return step < 0 ? step : result;
}

static int take_version(void *ctx, int64_t at, const struct usage_counts *counts)
{
    int64_t *version = ctx;

    (void)at;
    *version += counts->views + counts->clicks + counts->searches;
    return ERR_OK;
}

int usage_version(struct store *store, const struct usage_range *range, int64_t *version,
                  struct error *err)
{
    *version = 0;
    return usage_each(store, range, take_version, version, err);
}

/* ---- visitors ---- */

/* Sets of one day are joined; of another day, begun anew. */
struct joiner {
    struct visitors set;
    int64_t day, visitors;
};

static int join_row(struct joiner *joiner, struct stmt *stmt, int64_t span_ms, struct error *err)
{
    int64_t day = stmt_int(stmt, 0) * span_ms / DAY_MS;
    struct visitors row;
    size_t len;
    const void *bytes = stmt_blob(stmt, 1, &len);
    int result = visitors_from(&row, joiner->set.precision, bytes, len, err);

    if (day != joiner->day) {
        joiner->visitors += visitors_count(&joiner->set);
        visitors_clear(&joiner->set, joiner->set.precision);
        joiner->day = day;
    }
    if (result == ERR_OK)
        visitors_join(&joiner->set, &row);
    return result;
}

#define OF_NAMES                                                                                   \
    "(SELECT id FROM usage_name WHERE kind = ?2 AND (name = ?5 "                                   \
    "OR name IN (SELECT scheme || ':' || value FROM alias WHERE work_id = ?6)))"

static void bind_subject(struct stmt *stmt, enum usage_kind kind,
                         const struct usage_subject *subject)
{
    stmt_bind_text(stmt, 5, subject->name);
    stmt_bind_int(stmt, 6, kind == USAGE_PAPER ? subject->work : 0);
}

int usage_visitors(struct store *store, const struct usage_subject *paper,
                   const struct usage_range *range, int64_t *visitors, struct error *err)
{
    static const char all_sql[] = "SELECT at, members FROM usage_visitors WHERE span = ?1 AND "
                                  "kind = ?2 AND at BETWEEN ?3 AND ?4 AND subject = 0 ORDER BY at";
    static const char paper_sql[] =
        "SELECT at, members FROM usage_visitors WHERE span = ?1 AND kind = ?2 AND at BETWEEN ?3 "
        "AND ?4 AND subject IN " OF_NAMES " ORDER BY at";
    struct joiner joiner = { .day = -1 };
    enum usage_kind kind = paper ? USAGE_PAPER : USAGE_ALL;
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare(&stmt, store, paper ? paper_sql : all_sql, err);

    *visitors = 0;
    if (result != ERR_OK)
        return result;
    visitors_clear(&joiner.set, usage_precision(kind));
    bind_range(stmt, kind, range);
    if (paper)
        bind_subject(stmt, USAGE_PAPER, paper);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1)
        result = join_row(&joiner, stmt, usage_span_ms(range->span), err);
    stmt_reset(stmt);
    *visitors = joiner.visitors + visitors_count(&joiner.set);
    return step < 0 ? step : result;
}

/* ---- the leading ones ---- */

/* By subject first; then names of one work come together. The scheme ends with the first colon. */
#define LEADING(order)                                                                             \
    "WITH counted AS (SELECT subject, total(views) FILTER (WHERE at >= ?5) v, "                    \
    "total(clicks) FILTER (WHERE at >= ?5) c, total(searches) FILTER (WHERE at >= ?5) s, "         \
    "total(fruitless) FILTER (WHERE at >= ?5) f, total(visitors) FILTER (WHERE at >= ?5) u, "      \
    "total(views) FILTER (WHERE at < ?5) bv, total(clicks) FILTER (WHERE at < ?5) bc, "            \
    "total(searches) FILTER (WHERE at < ?5) bs, total(fruitless) FILTER (WHERE at < ?5) bf, "      \
    "total(visitors) FILTER (WHERE at < ?5) bu "                                                   \
    "FROM usage WHERE span = ?1 AND kind = ?2 AND at BETWEEN ?3 AND ?4 GROUP BY subject), "        \
    "merged AS (SELECT ifnull(a.work_id, 0) work, min(n.name) name, sum(v) v, sum(c) c, sum(s) s," \
    " sum(f) f, sum(u) u, sum(bv) bv, sum(bc) bc, sum(bs) bs, sum(bf) bf, sum(bu) bu "             \
    "FROM counted JOIN usage_name n ON n.id = subject "                                            \
    "LEFT JOIN alias a ON ?2 = 1 AND a.scheme = substr(n.name, 1, instr(n.name, ':') - 1) "        \
    "AND a.value = substr(n.name, instr(n.name, ':') + 1) GROUP BY ifnull(a.work_id, -n.id)) "     \
    "SELECT work, name, v, c, s, f, u, bv, bc, bs, bf, bu FROM merged " order " LIMIT ?6"

static const char *const leading_sql[] = {
    [USAGE_BY_VIEWS] = LEADING("WHERE v + c > 0 ORDER BY v DESC, c DESC, name"),
    /* (now - before) / sqrt(now + before): by how many standard deviations of a count it rose */
    [USAGE_BY_RISE] = LEADING("WHERE v > bv ORDER BY (v - bv) * (v - bv) / (v + bv) DESC, v DESC, "
                              "name"),
    [USAGE_BY_SEARCHES] = LEADING("WHERE s > 0 ORDER BY s DESC, name"),
    [USAGE_BY_FRUITLESS] = LEADING("WHERE f > 0 ORDER BY f DESC, name"),
};

int usage_leading(struct usage_subject **out, size_t *count, struct store *store,
                  struct arena *arena, enum usage_kind kind, const struct usage_range *range,
                  enum usage_order order, size_t limit, struct error *err)
{
    struct usage_range both = *range;
    struct stmt *stmt;
    size_t cap = 0;
    int step;
    int result = stmt_prepare(&stmt, store, leading_sql[order], err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    both.first -= range->last - range->first + 1;
    bind_range(stmt, kind, &both);
    stmt_bind_int(stmt, 5, range->first);
    stmt_bind_int(stmt, 6, (int64_t)limit);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct usage_subject subject = { .work = stmt_int(stmt, 0),
                                         .name = stmt_dup(stmt, 1, arena) };

        counts_read(&subject.counts, stmt, 2);
        counts_read(&subject.before, stmt, 7);
        ARENA_PUSH(arena, *out, *count, cap, subject);
    }
    stmt_reset(stmt);
    return step;
}

/* Of all names of its work. */
int usage_series(struct store *store, enum usage_kind kind, const struct usage_subject *subject,
                 const struct usage_range *range, unsigned *values, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT at, views, searches FROM usage WHERE span = ?1 AND kind = ?2 AND at BETWEEN ?3 AND "
        "?4 AND subject IN " OF_NAMES,
        err);

    if (result != ERR_OK)
        return result;
    bind_range(stmt, kind, range);
    bind_subject(stmt, kind, subject);
    while ((step = stmt_step(stmt, err)) == 1)
        values[stmt_int(stmt, 0) - range->first] +=
            (unsigned)stmt_int(stmt, kind == USAGE_QUERY ? 2 : 1);
    stmt_reset(stmt);
    return step;
}

/* ---- the newest ---- */

int usage_latest(struct usage_event **out, size_t *count, struct store *store, struct arena *arena,
                 size_t limit, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step;
    int result =
        stmt_prepare(&stmt, store,
                     "SELECT e.at, e.kind, p.name, h.name, q.name FROM event e "
                     "LEFT JOIN usage_name p ON p.id = e.paper "
                     "LEFT JOIN usage_name h ON h.id = e.path "
                     "LEFT JOIN usage_name q ON q.id = e.query ORDER BY e.id DESC LIMIT ?1",
                     err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, (int64_t)limit);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct usage_event event = {
            .at = stmt_int(stmt, 0),
            .kind = (int)stmt_int(stmt, 1),
            .paper = stmt_is_null(stmt, 2) ? NULL : stmt_dup(stmt, 2, arena),
            .path = stmt_is_null(stmt, 3) ? NULL : stmt_dup(stmt, 3, arena),
            .query = stmt_is_null(stmt, 4) ? NULL : stmt_dup(stmt, 4, arena),
        };

        ARENA_PUSH(arena, *out, *count, cap, event);
    }
    stmt_reset(stmt);
    return step;
}
