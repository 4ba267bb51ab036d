/*
 * Peers in the Harvest room: the other machines of the library, when they were last met, and what
 * waits for them.
 */
#include "harvest.h"

#include "carrel/clock.h"
#include "carrel/kinds.h"

#include <stdlib.h>
#include <string.h>

#define JOBS_LOOKED_AT 100

/* ---- looking ---- */

static void find_job(struct harvest_peer *peer, const struct job *jobs, size_t count)
{
    char *key = mem_printf("peer:%s", peer->now.peer.name);
    size_t i;

    for (i = 0; i < count && peer->job.id == 0; i++)
        if (strcmp(jobs[i].key, key) == 0)
            peer->job = jobs[i];
    free(key);
}

int harvest_look_at_peers(struct harvest_snapshot *seen, struct store *store,
                          const struct config *config, struct error *err)
{
    const struct job_filter filter = { .kind = "peer", .limit = JOBS_LOOKED_AT };
    struct peer_status *peers;
    struct job *jobs;
    struct error why = { 0 };
    size_t count, job_count, i;
    int result = jobs_list(store, seen->arena, &filter, &jobs, &job_count, err);

    if (result != ERR_OK)
        return result;
    if (peers_look(seen->arena, config, store, &peers, &count, &why) != ERR_OK) {
        if (!seen->trouble) /* a wrong setting must not hide what is in the library */
            seen->trouble = arena_strdup(seen->arena, why.message);
        return ERR_OK;
    }
    seen->peers = arena_alloc(seen->arena, (count + 1) * sizeof *seen->peers);
    for (i = 0; i < count; i++) {
        seen->peers[i] = (struct harvest_peer){ .now = peers[i] };
        find_job(&seen->peers[i], jobs, job_count);
    }
    seen->peer_count = count;
    return ERR_OK;
}

/* ---- words ---- */

static enum harvest_state peer_state_now(const struct harvest_peer *peer)
{
    if (peer->job.id && peer->job.state == JOB_RUNNING)
        return HARVEST_RUNNING;
    if (peer->job.id && peer->job.state == JOB_QUEUED)
        return HARVEST_QUEUED;
    if (*peer->now.state.error)
        return HARVEST_FAILED;
    return peer->now.due == 0 || (peer->now.due > 0 && peer->now.due <= clock_now_ms())
               ? HARVEST_DUE
               : HARVEST_DONE;
}

static void next_text(struct str *out, const struct harvest_peer *peer)
{
    struct str text = STR_INIT;

    peer_due_format(&text, &peer->now);
    str_add(out, peer->now.due < 0                  ? "-"
                 : strncmp(text.ptr, "in ", 3) == 0 ? text.ptr + 3
                                                    : text.ptr);
    str_free(&text);
}

/* What went wrong, what was odd, or what it is. */
static const char *standing(const struct harvest_peer *peer)
{
    const struct peer_state *state = &peer->now.state;

    return *state->error ? state->error : *state->told ? state->told : peer->now.peer.url;
}

static void last_text(char out[16], const struct harvest_peer *peer)
{
    if (peer->now.state.exchanged)
        moment_format(out, peer->now.state.exchanged);
    else
        memcpy(out, "never", sizeof "never");
}

void harvest_peer_preview(struct str *out, const struct harvest_peer *peer)
{
    const struct peer_status *now = &peer->now;
    char last[16];

    last_text(last, peer);
    str_printf(out, "%s: last exchange %s, next ", now->peer.name, last);
    peer_due_format(out, now);
    str_printf(out, ", at %s\n", now->peer.url); /* last, since it may be long */
    number_format(out, now->waiting);
    str_add(out, now->waiting == 1 ? " change of ours waits for it; S exchanges now\n"
                                   : " changes of ours wait for it; S exchanges now\n");
    if (*now->state.error)
        str_printf(out, "%s\n", now->state.error);
    if (*now->state.told)
        str_printf(out, "%s\n", now->state.told);
}

void harvest_peer_words(struct str *out, const struct harvest_peer *peer)
{
    char last[16];

    last_text(last, peer);
    str_printf(out, "peer %s, %s, last exchange %s, next ", peer->now.peer.name,
               harvest_state_name(peer_state_now(peer)), last);
    peer_due_format(out, &peer->now);
    str_add(out, ", ");
    number_format(out, peer->now.waiting);
    str_printf(out, " waiting: %s", standing(peer));
}

void harvest_peer_data(struct jsonw *w, const struct harvest_peer *peer)
{
    const struct peer_status *now = &peer->now;

    jsonw_object(w);
    jsonw_key_string(w, "name", now->peer.name);
    jsonw_key_string(w, "state", harvest_state_name(peer_state_now(peer)));
    jsonw_key_string(w, "url", now->peer.url);
    jsonw_key_int(w, "every_ms", now->peer.every_ms);
    jsonw_key_time(w, "exchanged", now->state.exchanged);
    jsonw_key_time(w, "next_due", now->due > 0 ? now->due : 0);
    jsonw_key_int(w, "waiting", now->waiting);
    jsonw_key_string(w, "told", *now->state.told ? now->state.told : NULL);
    jsonw_key_string(w, "error", *now->state.error ? now->state.error : NULL);
    jsonw_end(w);
}

/* ---- drawing ---- */

void harvest_draw_peers(struct canvas *canvas, int x, int y, int width)
{
    struct harvest_columns c = harvest_columns(width);

    canvas_text(canvas, x + c.name, y, c.state - c.name - 1, STYLE_HEADING, "Peers");
    canvas_text(canvas, x + c.state, y, 7, STYLE_DIM, "state");
    canvas_text(canvas, x + c.next, y, 6, STYLE_DIM, "next");
    if (c.last)
        canvas_text(canvas, x + c.last, y, c.why - c.last - 1, STYLE_DIM, "last exchange");
    harvest_right_text(canvas, x + c.records, y, 8, STYLE_DIM, "waiting");
}

void harvest_draw_peer(struct canvas *canvas, int x, int y, int width,
                       const struct harvest_peer *peer)
{
    struct harvest_columns c = harvest_columns(width);
    enum harvest_state state = peer_state_now(peer);
    struct str next = STR_INIT, waiting = STR_INIT;
    char last[16];

    next_text(&next, peer);
    number_format(&waiting, peer->now.waiting);
    last_text(last, peer);
    canvas_text(canvas, x + c.name, y, c.state - c.name - 1, STYLE_TITLE, peer->now.peer.name);
    canvas_text(canvas, x + c.state, y, 7, harvest_state_style(state), harvest_state_name(state));
    canvas_text(canvas, x + c.next, y, 6, STYLE_NORMAL, next.ptr);
    if (c.last)
        canvas_text(canvas, x + c.last, y, c.why - c.last - 1, STYLE_DIM, last);
    canvas_text(canvas, x + c.why, y, c.records - 9 - c.why, STYLE_DIM, standing(peer));
    harvest_right_text(canvas, x + c.records, y, 8, STYLE_DIM, waiting.ptr);
    str_free(&next);
    str_free(&waiting);
}
