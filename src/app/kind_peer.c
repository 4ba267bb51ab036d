/*
 * The job that exchanges with a peer, and the schedule that asks for such jobs. What came is kept
 * whatever fails, so a second run goes on where the first one stopped.
 */
#include "alerts.h"
#include "demo.h"
#include "scripts.h"

#include "carrel/kinds.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/jsonw.h"
#include "carrel/log.h"
#include "carrel/peers.h"

#include <string.h>

static void tell(void *ctx, const struct sync_progress *progress)
{
    const struct sync_totals *t = progress->totals;

    job_progress(ctx, t->records_got + t->ops_got + t->records_sent + t->ops_sent, 0, "changes");
}

static int find_peer(struct peer *out, struct job_run *run, const char *name, struct error *err)
{
    const struct app *app = run->ctx;
    struct peer *peers;
    size_t count, i;
    int result = peers_configured(run->arena, app->config, &peers, &count, err);

    if (result != ERR_OK)
        return result;
    for (i = 0; i < count; i++)
        if (strcmp(peers[i].name, name) == 0)
            break;
    if (i == count)
        return error_set(err, ERR_NOTFOUND, "no peer '%.60s' is configured any more", name);
    *out = peers[i];
    return ERR_OK;
}

/* As a sync tells what it has done. */
static void answer(struct job_run *run, const struct peer_result *done)
{
    struct jsonw w;

    jsonw_start(&w, &run->result);
    jsonw_object(&w);
    jsonw_key(&w, "sources");
    jsonw_array(&w);
    jsonw_end(&w);
    jsonw_key(&w, "peers");
    jsonw_array(&w);
    jsonw_object(&w);
    peer_result_json(&w, done);
    jsonw_end(&w);
    jsonw_end(&w);
    jsonw_end(&w);
}

int kind_peer(struct job_run *run, struct error *err)
{
    const struct peer_asking asking = { .app = run->ctx,
                                        .store = run->store,
                                        .arena = run->arena,
                                        .progress = tell,
                                        .ctx = run,
                                        .cancel = run->stop };
    struct peer_result done = { .status = ERR_OK };
    char *name = NULL;
    int result = job_member(run->store, run->arena, run->job->payload, "peer", &name, err);

    if (result == ERR_OK && (!name || !*name))
        result = error_set(err, ERR_USAGE, "peer needs {\"peer\":NAME}");
    if (result == ERR_OK)
        result = find_peer(&done.peer, run, name, err);
    if (result != ERR_OK)
        return result;
    peer_exchange(&done, &asking);
    if (done.told) /* at the command line the report has it */
        log_write(LOG_WARN, "peer %s: %s", done.peer.name, done.told);
    answer(run, &done);
    alerts_after_job(run->store, run->ctx, run->stop);
    scripts_match(run->store, run->ctx);
    scripts_synced(run->store, run->ctx, run->result.ptr);
    return done.status == ERR_OK ? ERR_OK : error_set(err, done.status, "%s", done.error);
}

/* ---- asking ---- */

void app_peer_request(struct job_request *request, struct str *payload, struct str *key,
                      const char *name)
{
    struct jsonw w;

    *request = (struct job_request){ .kind = "peer" };
    jsonw_start(&w, payload);
    jsonw_object(&w);
    jsonw_key_string(&w, "peer", name);
    jsonw_end(&w);
    str_printf(key, "peer:%s", name);
    request->payload = payload->ptr;
    request->key = key->ptr;
}

static int peer_ask(struct store *store, const char *name, int attempts, int64_t *id,
                    bool *existing, struct error *err)
{
    struct str payload = STR_INIT, key = STR_INIT;
    struct job_request request;
    int result;

    app_peer_request(&request, &payload, &key, name);
    request.attempts_max = attempts;
    result = app_job_add(store, &request, id, existing, err);
    str_free(&payload);
    str_free(&key);
    return result;
}

int app_peer_ask(struct store *store, const char *name, int64_t *id, bool *existing,
                 struct error *err)
{
    return peer_ask(store, name, 0, id, existing, err);
}

/* A stick that is not plugged in is no failure every quarter of an hour. */
static bool is_there(const struct peer *peer)
{
    return !peer->folder || folder_exists(peer->url);
}

int peers_schedule(const struct app *app, struct store *store, struct error *err)
{
    struct arena *arena = arena_new();
    struct peer_status *list;
    size_t count, i;
    int64_t id;
    int result = peers_look(arena, app->config, store, &list, &count, err);

    for (i = 0; i < count && !demo_is(app) && result == ERR_OK; i++)
        if (list[i].due >= 0 && list[i].due <= clock_now_ms() && is_there(&list[i].peer))
            result = peer_ask(store, list[i].peer.name, 1, &id, NULL, err);
    arena_free(arena);
    return result;
}
