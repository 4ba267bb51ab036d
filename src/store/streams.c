/*
 * Streams and leases. A stream's row is written in the transaction of the page before its place; a
 * lease carries a token that grows, so that a harvester that was thought dead and comes back cannot
 * write any more.
 */
#include "streams_internal.h"

#include "carrel/clock.h"
#include "carrel/holder.h"
#include "carrel/webhooks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int streams_begin(struct store *store, bool *own, struct error *err)
{
    *own = !store_in_transaction(store);
    return *own ? store_begin(store, err) : ERR_OK;
}

int streams_end(struct store *store, bool own, int result, struct error *err)
{
    if (!own)
        return result;
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}

void owner_self(char out[96])
{
    char host[64] = "localhost";

    gethostname(host, sizeof host - 1);
    snprintf(out, 96, "%s %ld", host, (long)getpid());
}

/* ---- streams ---- */

#define STREAM_COLUMNS                                                                             \
    "id, source, name, cursor, finished, taken, got, total, records, rounds, began, completed, "   \
    "changed, since"

static void stream_read(struct stmt *stmt, struct arena *arena, struct stream *out)
{
    out->id = stmt_int(stmt, 0);
    out->source = arena_strdup(arena, stmt_text(stmt, 1));
    out->name = arena_strdup(arena, stmt_text(stmt, 2));
    out->cursor = arena_strdup(arena, stmt_text(stmt, 3));
    out->finished = stmt_int(stmt, 4) != 0;
    out->taken = stmt_int(stmt, 5);
    out->got = stmt_int(stmt, 6);
    out->total = stmt_int(stmt, 7);
    out->records = stmt_int(stmt, 8);
    out->rounds = stmt_int(stmt, 9);
    out->began = stmt_int(stmt, 10);
    out->completed = stmt_int(stmt, 11);
    out->changed = stmt_int(stmt, 12);
    out->since = stmt_is_null(stmt, 13) ? DAY_NONE : (int32_t)stmt_int(stmt, 13);
}

int streams_get(struct store *store, struct arena *arena, const char *source, const char *name,
                struct stream *out, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT " STREAM_COLUMNS " FROM harvest_stream WHERE source = ?1 AND name = ?2", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, source);
    stmt_bind_text(stmt, 2, name);
    result = stmt_step(stmt, err);
    if (result == 1) {
        stream_read(stmt, arena, out);
    } else {
        *out = (struct stream){ .total = -1, .since = DAY_NONE };
        out->source = arena_strdup(arena, source);
        out->name = arena_strdup(arena, name);
        out->cursor = arena_strdup(arena, "");
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

int streams_save(struct store *store, struct stream *stream, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "INSERT INTO harvest_stream(source, name, cursor, finished, taken, got, total, records, "
        "rounds, began, completed, changed, since) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
        "?11, ?12, ?13) ON CONFLICT(source, name) DO UPDATE SET cursor = excluded.cursor, "
        "finished = excluded.finished, taken = excluded.taken, got = excluded.got, "
        "total = excluded.total, records = excluded.records, rounds = excluded.rounds, "
        "began = excluded.began, completed = excluded.completed, changed = excluded.changed, "
        "since = excluded.since "
        "RETURNING id",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, stream->source);
    stmt_bind_text(stmt, 2, stream->name);
    stmt_bind_text(stmt, 3, stream->cursor);
    stmt_bind_int(stmt, 4, stream->finished);
    stmt_bind_int(stmt, 5, stream->taken);
    stmt_bind_int(stmt, 6, stream->got);
    stmt_bind_int(stmt, 7, stream->total);
    stmt_bind_int(stmt, 8, stream->records);
    stmt_bind_int(stmt, 9, stream->rounds);
    stmt_bind_int(stmt, 10, stream->began);
    stmt_bind_int(stmt, 11, stream->completed);
    stmt_bind_int(stmt, 12, stream->changed);
    if (stream->since != DAY_NONE)
        stmt_bind_int(stmt, 13, stream->since);
    else
        stmt_bind_null(stmt, 13);
    result = stmt_step(stmt, err);
    if (result == 1) {
        stream->id = stmt_int(stmt, 0);
        result = stmt_step(stmt, err); /* to its end: only then the row is written for sure */
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

int streams_list(struct store *store, struct arena *arena, const char *source, struct stream **out,
                 size_t *count, struct error *err)
{
    struct stream *list = NULL;
    struct stmt *stmt;
    size_t cap = 0;
    int result = stmt_prepare(&stmt, store,
                              "SELECT " STREAM_COLUMNS " FROM harvest_stream "
                              "WHERE ?1 IS NULL OR source = ?1 ORDER BY source, name",
                              err);

    *count = 0;
    *out = NULL;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, source);
    while ((result = stmt_step(stmt, err)) == 1) {
        struct stream stream;

        stream_read(stmt, arena, &stream);
        VEC_PUSH(list, *count, cap, stream);
    }
    stmt_reset(stmt);
    *out = arena_alloc(arena, (*count + 1) * sizeof **out);
    if (*count > 0)
        memcpy(*out, list, *count * sizeof **out);
    free(list);
    return result;
}

/* ---- leases ---- */

struct lease_row {
    char owner[96], holder[HOLDER_MAX];
    int64_t token, run, taken, until;
};

/* ERR_NOTFOUND (without a message): nobody has ever had it. */
static int lease_read(struct store *store, const char *source, struct lease_row *row,
                      struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT owner, token, run_id, taken, until, holder FROM harvest_lease WHERE source = ?1",
        err);

    memset(row, 0, sizeof *row);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, source);
    result = stmt_step(stmt, err);
    if (result == 1) {
        snprintf(row->owner, sizeof row->owner, "%s", stmt_text(stmt, 0));
        row->token = stmt_int(stmt, 1);
        row->run = stmt_int(stmt, 2);
        row->taken = stmt_int(stmt, 3);
        row->until = stmt_int(stmt, 4);
        snprintf(row->holder, sizeof row->holder, "%s", stmt_text(stmt, 5));
    }
    stmt_reset(stmt);
    return result < 0 ? result : result == 1 ? ERR_OK : ERR_NOTFOUND;
}

/* A clock that was set back must not keep a lease alive for longer than it was taken for. */
static bool lease_is_alive(const struct lease_row *row)
{
    int64_t now = clock_real_ms();

    return row->until > 0 && now < row->until && now >= row->taken - 60000
           && !holder_is_dead(row->holder);
}

static int lease_write(struct store *store, const char *source, const struct lease_row *row,
                       struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store,
                     "INSERT OR REPLACE INTO harvest_lease(source, owner, token, run_id, taken, "
                     "until, holder) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                     err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, source);
    stmt_bind_text(stmt, 2, row->owner);
    stmt_bind_int(stmt, 3, row->token);
    stmt_bind_int(stmt, 4, row->run);
    stmt_bind_int(stmt, 5, row->taken);
    stmt_bind_int(stmt, 6, row->until);
    stmt_bind_text(stmt, 7, row->holder);
    return stmt_run(stmt, err);
}

static int run_mark_lost(struct store *store, int64_t run, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "UPDATE harvest_run SET state = ?2, ended = ?3, error = "
                              "'its process ended without a word; the next run went on from there' "
                              "WHERE id = ?1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, run);
    stmt_bind_int(stmt, 2, RUN_LOST);
    stmt_bind_int(stmt, 3, clock_now_ms());
    result = stmt_run(stmt, err);
    return result == ERR_OK ? webhooks_run_ended(store, run, err) : result;
}

/* Runs that nobody can end any more: of this source, since its lease is free. */
static int lease_mark_lost(struct store *store, const char *source, struct error *err)
{
    int64_t run;
    int result;

    do {
        result =
            store_lookup(store, &run, "SELECT id FROM harvest_run WHERE source = ?1 AND state = ?2",
                         source, 0, RUN_RUNNING, err);
        if (result == ERR_OK)
            result = run_mark_lost(store, run, err);
    } while (result == ERR_OK);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static int lease_try(struct store *store, const char *source, int64_t lease_ms,
                     struct stream_lease *lease, struct error *err)
{
    struct lease_row row;
    struct error why = { 0 };
    int result = lease_read(store, source, &row, &why);

    if (result != ERR_OK && result != ERR_NOTFOUND)
        return error_set(err, result, "%s", why.message);
    if (result == ERR_OK && lease_is_alive(&row))
        return error_set(err, ERR_BUSY, "%s is being harvested by another carrel (%s)", source,
                         row.owner);
    owner_self(row.owner);
    holder_self(row.holder);
    row.token++;
    row.run = 0;
    row.taken = clock_real_ms();
    row.until = row.taken + lease_ms;
    snprintf(lease->source, sizeof lease->source, "%s", source);
    lease->token = row.token;
    result = lease_write(store, source, &row, err);
    return result == ERR_OK ? lease_mark_lost(store, source, err) : result;
}

int lease_take(struct store *store, const char *source, int64_t lease_ms,
               struct stream_lease *lease, struct error *err)
{
    bool own;
    int result = streams_begin(store, &own, err);

    if (result != ERR_OK)
        return result;
    return streams_end(store, own, lease_try(store, source, lease_ms, lease, err), err);
}

/* until 0 gives it up. What was given up stays so, though a keeper may come late to renew it. A
 * clock that was set back takes the beginning with it: a lease that is renewed is alive by that
 * alone. */
static int lease_until(struct store *store, const struct stream_lease *lease, int64_t until,
                       struct error *err)
{
    struct stmt *stmt;
    bool own, held = false;
    int result = streams_begin(store, &own, err);

    if (result == ERR_OK)
        result = stmt_prepare(&stmt, store,
                              "UPDATE harvest_lease SET until = ?3, taken = min(taken, ?4) "
                              "WHERE source = ?1 AND token = ?2 AND until > 0 RETURNING 1",
                              err);
    if (result == ERR_OK) {
        stmt_bind_text(stmt, 1, lease->source);
        stmt_bind_int(stmt, 2, lease->token);
        stmt_bind_int(stmt, 3, until);
        stmt_bind_int(stmt, 4, clock_real_ms());
        while ((result = stmt_step(stmt, err)) == 1)
            held = true;
        stmt_reset(stmt);
    }
    if (result == ERR_OK && !held)
        result = error_set(err, ERR_BUSY, "another carrel has taken over the harvest of %s",
                           lease->source);
    return streams_end(store, own, result, err);
}

int lease_renew(struct store *store, const struct stream_lease *lease, int64_t lease_ms,
                struct error *err)
{
    return lease_until(store, lease, clock_real_ms() + lease_ms, err);
}

int lease_drop(struct store *store, const struct stream_lease *lease, struct error *err)
{
    return lease_until(store, lease, 0, err);
}

int lease_holder(struct store *store, struct arena *arena, const char *source,
                 struct stream_holder *out, struct error *err)
{
    struct lease_row row;
    int result = lease_read(store, source, &row, err);

    if (result != ERR_OK || !lease_is_alive(&row))
        return result == ERR_OK || result == ERR_NOTFOUND
                   ? error_set(err, ERR_NOTFOUND, "nobody harvests %s", source)
                   : result;
    out->owner = arena_strdup(arena, row.owner);
    out->run = row.run;
    out->taken = row.taken;
    out->until = row.until;
    return ERR_OK;
}
