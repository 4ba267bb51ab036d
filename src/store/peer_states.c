/*
 * Peers in their tables; see peer_states.h.
 */
#include "carrel/peer_states.h"

#include "internal.h"

#include <stdio.h>
#include <string.h>

static void copy(char *out, size_t size, struct stmt *stmt, int column)
{
    snprintf(out, size, "%s", stmt_text(stmt, column));
}

int peer_state_get(struct peer_state *out, struct store *store, const char *name, const char *url,
                   struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT got, sent, exchanged, tried, error, told FROM peer "
                                    "WHERE name = ?1 AND url = ?2",
                                    err);

    *out = (struct peer_state){ .name = name, .url = url };
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, name);
    stmt_bind_text(stmt, 2, url);
    step = stmt_step(stmt, err);
    if (step == 1) {
        copy(out->got, sizeof out->got, stmt, 0);
        copy(out->sent, sizeof out->sent, stmt, 1);
        out->exchanged = stmt_int(stmt, 2);
        out->tried = stmt_int(stmt, 3);
        copy(out->error, sizeof out->error, stmt, 4);
        copy(out->told, sizeof out->told, stmt, 5);
    }
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

/* Segments of a folder that is another one now are not those that were read. */
static int forget_segments(struct store *store, const struct peer_state *state, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "DELETE FROM peer_segment WHERE peer = ?1 AND NOT EXISTS (SELECT 1 "
                              "FROM peer WHERE name = ?1 AND url = ?2)",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, state->name);
    stmt_bind_text(stmt, 2, state->url);
    return stmt_run(stmt, err);
}

int peer_state_put(struct store *store, const struct peer_state *state, struct error *err)
{
    struct stmt *stmt;
    int result = forget_segments(store, state, err);

    if (result == ERR_OK)
        result = stmt_prepare(&stmt, store,
                              "INSERT OR REPLACE INTO peer(name, url, got, sent, exchanged, tried, "
                              "error, told) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                              err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, state->name);
    stmt_bind_text(stmt, 2, state->url);
    stmt_bind_text(stmt, 3, state->got);
    stmt_bind_text(stmt, 4, state->sent);
    stmt_bind_int(stmt, 5, state->exchanged);
    stmt_bind_int(stmt, 6, state->tried);
    stmt_bind_text(stmt, 7, state->error);
    stmt_bind_text(stmt, 8, state->told);
    return stmt_run(stmt, err);
}

int peer_state_forget(struct store *store, const char *name, struct error *err)
{
    int result = store_run(store, "DELETE FROM peer WHERE ?1 AND name = ?3", 1, 0, name, err);

    return result == ERR_OK ? store_run(store, "DELETE FROM peer_segment WHERE ?1 AND peer = ?3", 1,
                                        0, name, err)
                            : result;
}

int peer_segment_get(struct peer_segment *out, struct store *store, const char *name,
                     const char *machine, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(
                  &stmt, store,
                  "SELECT next, hash FROM peer_segment WHERE peer = ?1 AND machine = ?2", err);

    *out = (struct peer_segment){ .next = 0 };
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, name);
    stmt_bind_text(stmt, 2, machine);
    step = stmt_step(stmt, err);
    if (step == 1)
        *out = (struct peer_segment){ .next = stmt_int(stmt, 0), .hash = stmt_int(stmt, 1) };
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

int peer_segment_put(struct store *store, const char *name, const char *machine,
                     const struct peer_segment *segment, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "INSERT OR REPLACE INTO peer_segment(peer, machine, next, hash) "
                              "VALUES(?1, ?2, ?3, ?4)",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, name);
    stmt_bind_text(stmt, 2, machine);
    stmt_bind_int(stmt, 3, segment->next);
    stmt_bind_int(stmt, 4, segment->hash);
    return stmt_run(stmt, err);
}
