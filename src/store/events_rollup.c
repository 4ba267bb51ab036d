/*
 * Counting events by minute, hour and day. What is to be counted is gathered by row first, in
 * the order of the table's key, so that each row and each set of visitors is read and written once,
 * neighbours after each other.
 */
#include "events_internal.h"

#include <stdlib.h>
#include <string.h>

/* The key of a row, without padding: it is hashed and compared as bytes. */
struct place {
    int64_t span, kind, at, subject;
};
struct delta {
    struct place place;
    struct usage_counts counts;
    uint64_t *visitors; /* of the events, some more than once */
    size_t len, cap;
};
struct rollup {
    struct hashmap *places;
    struct delta *deltas;
    size_t len, cap;
};

int64_t usage_span_ms(enum usage_span span)
{
    static const int64_t ms[USAGE_SPANS] = {
        [USAGE_MINUTE] = 60000, [USAGE_HOUR] = 3600000, [USAGE_DAY] = 86400000
    };

    return ms[span];
}

/* Which kinds are counted by what; and whose visitors. */
static const struct {
    enum usage_span span;
    enum usage_kind kind;
    bool visitors;
} counted[] = {
    { USAGE_MINUTE, USAGE_ALL, true },  { USAGE_HOUR, USAGE_ALL, true },
    { USAGE_DAY, USAGE_ALL, true },     { USAGE_HOUR, USAGE_PAPER, true },
    { USAGE_DAY, USAGE_PAPER, true },   { USAGE_HOUR, USAGE_PATH, false },
    { USAGE_DAY, USAGE_PATH, false },   { USAGE_HOUR, USAGE_SOURCE, false },
    { USAGE_DAY, USAGE_SOURCE, false }, { USAGE_HOUR, USAGE_QUERY, false },
    { USAGE_DAY, USAGE_QUERY, false },
};

enum visitors_precision usage_precision(enum usage_kind kind)
{
    return kind == USAGE_ALL ? VISITORS_FINE : VISITORS_COARSE;
}

struct rollup *rollup_new(void)
{
    struct rollup *rollup = mem_zalloc(sizeof *rollup);

    rollup->places = hashmap_new();
    return rollup;
}

void rollup_free(struct rollup *rollup)
{
    if (!rollup)
        return;
    while (rollup->len > 0)
        free(rollup->deltas[--rollup->len].visitors);
    hashmap_free(rollup->places);
    free(rollup->deltas);
    free(rollup);
}

static struct delta *delta_of(struct rollup *rollup, const struct place *place)
{
    struct delta delta = { .place = *place };
    bool added;
    uint64_t *at = hashmap_put(rollup->places, (const char *)place, sizeof *place, &added);

    if (added) {
        *at = rollup->len;
        VEC_PUSH(rollup->deltas, rollup->len, rollup->cap, delta);
    }
    return &rollup->deltas[*at];
}

void rollup_add(struct rollup *rollup, const struct event *event,
                const int64_t subjects[USAGE_KINDS])
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(counted); i++) {
        struct place place = { .span = counted[i].span,
                               .kind = counted[i].kind,
                               .at = event->at / usage_span_ms(counted[i].span) };
        struct delta *delta;

        if (counted[i].kind != USAGE_ALL)
            place.subject = subjects[counted[i].kind];
        if (counted[i].kind != USAGE_ALL && !place.subject)
            continue;
        delta = delta_of(rollup, &place);
        delta->counts.views += event->kind == EVENT_PAGEVIEW;
        delta->counts.clicks += event->kind == EVENT_CLICK;
        delta->counts.searches += event->kind == EVENT_SEARCH;
        delta->counts.fruitless += event->kind == EVENT_SEARCH && event->results == 0;
        if (counted[i].visitors
            && (delta->len == 0 || delta->visitors[delta->len - 1] != event->visitor))
            VEC_PUSH(delta->visitors, delta->len, delta->cap, event->visitor);
    }
}

/* ---- writing ---- */

static void bind_place(struct stmt *stmt, const struct place *place)
{
    stmt_bind_int(stmt, 1, place->span);
    stmt_bind_int(stmt, 2, place->kind);
    stmt_bind_int(stmt, 3, place->at);
    stmt_bind_int(stmt, 4, place->subject);
}

static int members_read(struct visitors *set, struct store *store, const struct place *place,
                        struct error *err)
{
    enum visitors_precision precision = usage_precision((enum usage_kind)place->kind);
    struct stmt *stmt;
    size_t len = 0;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT members FROM usage_visitors WHERE span = ?1 AND kind = ?2 "
                              "AND at = ?3 AND subject = ?4",
                              err);

    if (result != ERR_OK)
        return result;
    visitors_clear(set, precision);
    bind_place(stmt, place);
    step = stmt_step(stmt, err);
    if (step == 1) {
        const void *bytes = stmt_blob(stmt, 0, &len);

        result = visitors_from(set, precision, bytes, len, err);
    }
    stmt_reset(stmt);
    return step < 0 ? step : result;
}

static int members_write(const struct visitors *set, struct store *store, const struct place *place,
                         struct error *err)
{
    struct stmt *stmt;
    size_t len;
    const void *bytes = visitors_bytes(set, &len);
    int result = stmt_prepare(&stmt, store,
                              "INSERT OR REPLACE INTO usage_visitors(span, kind, at, subject, "
                              "members) VALUES(?1, ?2, ?3, ?4, ?5)",
                              err);

    if (result != ERR_OK)
        return result;
    bind_place(stmt, place);
    stmt_bind_blob(stmt, 5, bytes, len);
    return stmt_run(stmt, err);
}

/* How many of the visitors are new to the row, into its counts. */
static int delta_visitors(struct delta *delta, struct store *store, struct error *err)
{
    struct visitors set;
    bool changed = false;
    int64_t before;
    size_t i;
    int result;

    if (delta->len == 0)
        return ERR_OK;
    result = members_read(&set, store, &delta->place, err);
    if (result != ERR_OK)
        return result;
    before = visitors_count(&set);
    for (i = 0; i < delta->len; i++)
        changed |= visitors_add(&set, delta->visitors[i]);
    if (!changed)
        return ERR_OK;
    delta->counts.visitors = visitors_count(&set) - before;
    return members_write(&set, store, &delta->place, err);
}

static int delta_write(struct delta *delta, struct store *store, struct error *err)
{
    struct stmt *stmt;
    int result = delta_visitors(delta, store, err);

    if (result == ERR_OK)
        result = stmt_prepare(
            &stmt, store,
            "INSERT INTO usage(span, kind, at, subject, views, clicks, searches, fruitless, "
            "visitors) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET "
            "views = views + ?5, clicks = clicks + ?6, searches = searches + ?7, "
            "fruitless = fruitless + ?8, visitors = visitors + ?9",
            err);
    if (result != ERR_OK)
        return result;
    bind_place(stmt, &delta->place);
    stmt_bind_int(stmt, 5, delta->counts.views);
    stmt_bind_int(stmt, 6, delta->counts.clicks);
    stmt_bind_int(stmt, 7, delta->counts.searches);
    stmt_bind_int(stmt, 8, delta->counts.fruitless);
    stmt_bind_int(stmt, 9, delta->counts.visitors);
    return stmt_run(stmt, err);
}

static int compare_deltas(const void *a, const void *b)
{
    const struct place *x = &((const struct delta *)a)->place;
    const struct place *y = &((const struct delta *)b)->place;

    if (x->span != y->span)
        return x->span < y->span ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->subject < y->subject ? -1 : x->subject > y->subject;
}

int rollup_write(struct rollup *rollup, struct store *store, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    if (rollup->len > 1)
        qsort(rollup->deltas, rollup->len, sizeof *rollup->deltas, compare_deltas);
    for (i = 0; i < rollup->len && result == ERR_OK; i++)
        result = delta_write(&rollup->deltas[i], store, err);
    return result;
}
