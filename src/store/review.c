/*
 * Reviews in their tables: review.h.
 */
#include "carrel/review.h"

#include "carrel/clock.h"

#include "ops_internal.h"

#define TEXT_(number) #number
#define TEXT(number) TEXT_(number)

#include <string.h>

/* The works of a review's items x, by their names. */
#define REVIEW_ALIAS                                                                               \
    "LEFT JOIN alias a ON a.scheme = substr(x.item, 1, instr(x.item, ':') - 1) AND a.value = "     \
    "substr(x.item, instr(x.item, ':') + 1) "
/* A verdict was given in the review when the mark was said since it began (`queued` is when); of a
 * star the register knows. What stood before is none. */
#define REVIEW_JUDGED "(r.state != 0 AND r.queued >= v.started)"
#define REVIEW_STARRED                                                                             \
    "(r.starred AND r.changed >= v.started AND EXISTS (SELECT 1 FROM alias b JOIN op o ON "        \
    "o.item = b.scheme || ':' || b.value AND o.kind = 'star' WHERE b.work_id = a.work_id AND "     \
    "o.stamp >> " TEXT(STAMP_COUNTER_BITS) " >= v.started))"
#define REVIEW_ROWS                                                                                \
    "SELECT v.id, v.query, v.started, v.used, v.allowed, v.place, ifnull(v.ended, 0), count(*), "  \
    "total(r.state = 1 AND " REVIEW_JUDGED "), total(r.state = 2 AND " REVIEW_JUDGED               \
    "), total(r.state = 3 AND " REVIEW_JUDGED "), total(" REVIEW_STARRED ") FROM review v "        \
    "JOIN review_work x ON x.review_id = v.id " REVIEW_ALIAS                                       \
    "LEFT JOIN reading r ON r.work_id = a.work_id "

static void review_read(struct review *out, struct stmt *stmt, struct arena *arena)
{
    *out = (struct review){ .id = stmt_int(stmt, 0),
                            .query = stmt_dup(stmt, 1, arena),
                            .started = stmt_int(stmt, 2),
                            .used = stmt_int(stmt, 3),
                            .allowed = stmt_int(stmt, 4),
                            .place = stmt_int(stmt, 5),
                            .ended = stmt_int(stmt, 6),
                            .count = stmt_int(stmt, 7),
                            .read = stmt_int(stmt, 8),
                            .later = stmt_int(stmt, 9),
                            .skip = stmt_int(stmt, 10),
                            .starred = stmt_int(stmt, 11) };
}

static int review_new(int64_t *id, struct store *store, const char *query, int64_t allowed_ms,
                      struct error *err)
{
    struct stmt *stmt;
    int result = store_run(store, "UPDATE review SET ended = ?1 WHERE ended IS NULL AND ?2",
                           clock_now_ms(), 1, NULL, err);

    if (result == ERR_OK)
        result = stmt_prepare(&stmt, store,
                              "INSERT INTO review(query, started, used, allowed, place) VALUES(?1, "
                              "?2, 0, ?3, 0)",
                              err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, query);
    stmt_bind_int(stmt, 2, clock_now_ms());
    stmt_bind_int(stmt, 3, allowed_ms);
    result = stmt_run(stmt, err);
    return result == ERR_OK ? store_query_int(store, "SELECT max(id) FROM review", id, err)
                            : result;
}

int review_start(int64_t *id, struct store *store, const char *query, char *const *keys,
                 size_t count, int64_t allowed_ms, struct error *err)
{
    struct stmt *stmt;
    size_t i;
    int result = store_begin(store, err);

    if (result == ERR_OK)
        result = review_new(id, store, query, allowed_ms, err);
    for (i = 0; i < count && result == ERR_OK; i++) {
        result =
            stmt_prepare(&stmt, store,
                         "INSERT INTO review_work(review_id, place, item) VALUES(?1, ?2, ?3)", err);
        if (result != ERR_OK)
            break;
        stmt_bind_int(stmt, 1, *id);
        stmt_bind_int(stmt, 2, (int64_t)i);
        stmt_bind_text(stmt, 3, keys[i]);
        result = stmt_run(stmt, err);
    }
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}

int review_get(struct review *out, struct store *store, struct arena *arena, int64_t id,
               struct error *err)
{
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, store,
                              id ? REVIEW_ROWS "WHERE v.id = ?1 GROUP BY v.id"
                                 : REVIEW_ROWS "WHERE v.ended IS NULL AND ?1 = 0 GROUP BY v.id "
                                               "ORDER BY v.id DESC LIMIT 1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    step = stmt_step(stmt, err);
    if (step == 1)
        review_read(out, stmt, arena);
    stmt_reset(stmt);
    return step < 0 ? step
           : step == 1
               ? ERR_OK
               : error_set(err, ERR_NOTFOUND, "no review is open; :review 25 10m begins one");
}

int review_items(struct review_item **items, size_t *count, struct store *store,
                 struct arena *arena, int64_t id, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step,
        result = stmt_prepare(
            &stmt, store,
            "SELECT ifnull(a.work_id, 0), ifnull(" REVIEW_JUDGED ", 0), ifnull(" REVIEW_STARRED
            ", 0) FROM review v JOIN review_work x ON x.review_id = v.id " REVIEW_ALIAS
            "LEFT JOIN reading r ON r.work_id = a.work_id WHERE v.id = ?1 ORDER BY x.place",
            err);

    *items = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    while ((step = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, *items, *count, cap,
                   ((struct review_item){ .work = stmt_int(stmt, 0),
                                          .judged = stmt_int(stmt, 1) != 0,
                                          .starred = stmt_int(stmt, 2) != 0 }));
    stmt_reset(stmt);
    return step;
}

int review_keep(struct store *store, int64_t id, int64_t used_ms, int64_t allowed_ms, int64_t place,
                bool end, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "UPDATE review SET used = ?2, allowed = ?3, place = ?4, ended = CASE "
                              "WHEN ?5 THEN ifnull(ended, ?6) END WHERE id = ?1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, used_ms);
    stmt_bind_int(stmt, 3, allowed_ms);
    stmt_bind_int(stmt, 4, place);
    stmt_bind_int(stmt, 5, end);
    stmt_bind_int(stmt, 6, clock_now_ms());
    return stmt_run(stmt, err);
}

int reviews_list(struct review **out, size_t *count, struct store *store, struct arena *arena,
                 size_t limit, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step, result = stmt_prepare(&stmt, store,
                                    REVIEW_ROWS "GROUP BY v.id ORDER BY v.id DESC LIMIT ?1", err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, (int64_t)limit);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct review review;

        review_read(&review, stmt, arena);
        ARENA_PUSH(arena, *out, *count, cap, review);
    }
    stmt_reset(stmt);
    return step;
}
