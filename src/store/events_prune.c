/*
 * What is old goes, some thousand rows at a time, so that no writer waits for long: events, ids,
 * visitors, counts by minute. Counts by hour and day stay, but for those of single papers, paths,
 * sites and queries by hour, which nothing asks for after two days.
 */
#include "events_internal.h"

#define SLICE 5000
#define DAY_MS INT64_C(86400000)
#define MINUTES_MS (2 * INT64_C(3600000))
#define HOURS_MS (62 * DAY_MS)

/* Deletes by a statement whose ?1 is a limit in its own terms; *more when it had its fill. */
static int prune(struct store *store, const char *sql, int64_t before, bool *more,
                 struct error *err)
{
    int64_t changed = 0;
    int result = store_run(store, sql, before, SLICE, NULL, err);

    if (result == ERR_OK)
        result = store_query_int(store, "SELECT changes()", &changed, err);
    *more |= changed >= SLICE;
    return result;
}

/* They lie in the order of their coming: only the first ones are looked at. */
static const char events_sql[] =
    "DELETE FROM event WHERE id <= (SELECT max(id) FROM (SELECT id, received FROM event ORDER BY "
    "id LIMIT ?2) WHERE received < ?1)";
static const char keys_sql[] =
    "DELETE FROM event_key WHERE (bucket, key) IN (SELECT k.bucket, k.key FROM event_bucket b JOIN "
    "event_key k ON k.bucket = b.id WHERE b.newest < ?1 ORDER BY b.id LIMIT ?2)";
/* The last bucket stays, so that its number is not given out again. */
static const char buckets_sql[] =
    "DELETE FROM event_bucket WHERE newest < ?1 AND id < (SELECT max(id) FROM event_bucket) AND "
    "NOT EXISTS (SELECT 1 FROM event_key WHERE bucket = event_bucket.id) AND ?2 > 0";

#define VISITORS(span)                                                                             \
    "DELETE FROM usage_visitors WHERE (span, kind, at, subject) IN (SELECT span, kind, at, "       \
    "subject FROM usage_visitors WHERE span = " span " AND kind IN (0, 1) AND at < ?1 LIMIT ?2)"
#define COUNTS(span, kinds)                                                                        \
    "DELETE FROM usage WHERE (span, kind, at, subject) IN (SELECT span, kind, at, subject FROM "   \
    "usage WHERE span = " span " AND kind IN (" kinds ") AND at < ?1 LIMIT ?2)"

int events_prune(struct store *store, int64_t now, int64_t keep_ms, bool *more, struct error *err)
{
    const struct {
        const char *sql;
        int64_t before;
    } steps[] = {
        { events_sql, now - keep_ms },
        { keys_sql, now - EVENT_WINDOW_MS },
        { buckets_sql, now - EVENT_WINDOW_MS },
        { VISITORS("0"), (now - EVENT_WINDOW_MS) / usage_span_ms(USAGE_HOUR) },
        { VISITORS("1"), (now - EVENT_WINDOW_MS) / usage_span_ms(USAGE_DAY) },
        { VISITORS("2"), (now - MINUTES_MS) / usage_span_ms(USAGE_MINUTE) },
        { COUNTS("2", "0"), (now - MINUTES_MS) / usage_span_ms(USAGE_MINUTE) },
        { COUNTS("0", "1, 2, 3, 4"), (now - HOURS_MS) / usage_span_ms(USAGE_HOUR) },
    };
    size_t i;
    int result = store_begin(store, err);

    *more = false;
    if (result != ERR_OK)
        return result;
    for (i = 0; i < ARRAY_LEN(steps) && result == ERR_OK; i++)
        result = prune(store, steps[i].sql, steps[i].before, more, err);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}
