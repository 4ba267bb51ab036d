/*
 * The ledger of one sender that asks a peer for leave, too (pace.h).
 *
 * The order: first this library's own budget is looked at, since who has to wait here need not ask
 * there; then the peer is asked; with its lease the request is written down here, which may fail
 * when another process was quicker: then the lease is dropped unused. Nothing waits inside a call:
 * what the peer says to wait is handed on like the ledger's own.
 */
#include "pace_internal.h"

#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/ledger.h"
#include "carrel/ledger_lease.h"
#include "carrel/mem.h"
#include "carrel/source.h"
#include "carrel/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define PURPOSE_MAX 500

struct paced {
    struct pace *pace;
    struct store *store;
    struct pace_talk talk;
    struct pace_keeper keeper; /* of the lease that is held */
};

struct paced *paced_new(struct pace *pace, struct store *store)
{
    struct paced *paced = mem_zalloc(sizeof *paced);
    uint64_t random = 0;

    paced->pace = pace;
    paced->store = store;
    paced->talk.pace = pace;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        random = (uint64_t)clock_ticks_us() ^ (uint64_t)(uintptr_t)paced;
    snprintf(paced->talk.holder, sizeof paced->talk.holder, "%016" PRIx64, random);
    pace_keeper_init(&paced->keeper, pace, paced->talk.holder);
    return paced;
}

void paced_free(struct paced *paced)
{
    if (!paced)
        return;
    pace_talk_close(&paced->talk);
    pace_keeper_free(&paced->keeper);
    free(paced);
}

/* Servers of this machine are nobody else's affair. Tests, which have no others, say so. */
static bool is_shared(const struct paced *paced, const char *url)
{
    return paced->pace->url
           && (!source_is_loopback(url) || getenv("CARREL_LEASE_LOOPBACK") != NULL);
}

static int paced_ask(struct paced *paced, const struct net_origin *origin,
                     const struct net_note *note, struct pace_answer *answer, struct error *err)
{
    struct str message = STR_INIT, purpose = STR_INIT;
    struct jsonw w;
    int result;

    if (note->purpose)
        utf8_squeeze(&purpose, note->purpose, strnlen(note->purpose, PURPOSE_MAX));
    pace_message(&w, &message, &paced->talk, "ask", origin->name);
    jsonw_key_int(&w, "hold_ms", PACE_HOLD_MS);
    jsonw_key_int(&w, "interval_ms", origin->interval_ms);
    jsonw_key_int(&w, "connections", origin->connections > 0 ? origin->connections : 1);
    jsonw_key_int(&w, "window_requests", origin->window_requests);
    jsonw_key_int(&w, "window_ms", origin->window_ms);
    jsonw_key_string(&w, "source", note->source ? note->source : "");
    jsonw_key_string(&w, "purpose", purpose.ptr);
    jsonw_key_int(&w, "try", note->try > 0 ? note->try : 1);
    jsonw_end(&w);
    result = pace_send(&paced->talk, &message, PACE_ASK_MS, paced->pace->cancel, answer, err);
    str_free(&message);
    str_free(&purpose);
    return result;
}

/* Unused: nobody has been asked anything. */
static void paced_drop(struct paced *paced, const char *origin, int64_t lease)
{
    struct str message = STR_INIT;
    struct pace_answer answer;
    struct error err = { 0 };
    struct jsonw w;

    pace_message(&w, &message, &paced->talk, "drop", origin);
    jsonw_key_int(&w, "lease", lease);
    jsonw_end(&w);
    if (pace_send(&paced->talk, &message, PACE_RETURN_MS, NULL, &answer, &err) != ERR_OK)
        pace_rests(paced->pace, &err); /* it ends by itself */
    str_free(&message);
}

/* A peer that is this very library would make each request wait for itself. */
static int paced_look_for_ourselves(struct paced *paced, int64_t lease, struct error *err)
{
    struct pace *pace = paced->pace;
    struct str holder = STR_INIT;
    struct error why;
    bool ours;
    int result;

    str_printf(&holder, "%s/%s", pace->machine, paced->talk.holder);
    result = ledger_lease_is_ours(paced->store, lease, holder.ptr, &ours, err);
    str_free(&holder);
    if (result != ERR_OK || !ours)
        return result;
    error_set(&why, ERR_USAGE, "peer %s is this library itself", pace->peer);
    pace_rests(pace, &why);
    pthread_mutex_lock(&pace->lock);
    pace->ourselves = true;
    pthread_mutex_unlock(&pace->lock);
    return ERR_OK;
}

/* With the peer's leave, our own. */
static int paced_take(struct paced *paced, const struct net_origin *origin,
                      const struct net_note *note, int64_t lease, int64_t asked, int64_t *ticket,
                      int64_t *wait_ms, struct error *err)
{
    struct error why = { 0 };
    int result = ledger_table()->reserve(paced->store, origin, note, ticket, wait_ms, &why);

    if (result == ERR_OK && *ticket > 0) {
        pace_keeper_begin(&paced->keeper, origin->name, lease, asked);
        return ERR_OK;
    }
    if (result == ERR_OK)
        result = paced_look_for_ourselves(paced, lease, &why);
    paced_drop(paced, origin->name, lease);
    return result == ERR_OK ? ERR_OK : error_set(err, result, "%s", why.message);
}

/* The peer does not answer: by our own ledger, or not at all. */
static int paced_alone(struct paced *paced, const struct net_origin *origin,
                       const struct net_note *note, int64_t *ticket, int64_t *wait_ms,
                       struct error *err)
{
    const struct pace *pace = paced->pace;

    if (!pace->required || pace->ourselves)
        return ledger_table()->reserve(paced->store, origin, note, ticket, wait_ms, err);
    return error_set(err, ERR_BUSY,
                     "%s is not asked: peer %s gives no leave (peer.%s.lease = required)",
                     origin->name, pace->peer, pace->peer);
}

static int paced_with_leave(struct paced *paced, const struct net_origin *origin,
                            const struct net_note *note, int64_t *ticket, int64_t *wait_ms,
                            struct error *err)
{
    int64_t asked = clock_ticks_ms();
    struct pace_answer answer;
    struct error why = { 0 };
    int result = paced_ask(paced, origin, note, &answer, &why);

    if (result == ERR_CANCELLED)
        return error_set(err, result, "%s", why.message);
    if (result != ERR_OK) {
        pace_rests(paced->pace, &why);
        return paced_alone(paced, origin, note, ticket, wait_ms, err);
    }
    if (answer.stopped[0])
        return error_set(err, ERR_REFUSED, "%s (so says peer %s)", answer.stopped,
                         paced->pace->peer);
    if (answer.granted)
        return paced_take(paced, origin, note, answer.lease, asked, ticket, wait_ms, err);
    *wait_ms = answer.wait_ms;
    return ERR_OK;
}

static int paced_reserve(void *ctx, const struct net_origin *origin, const struct net_note *note,
                         int64_t *ticket, int64_t *wait_ms, struct error *err)
{
    struct paced *paced = ctx;
    int result;

    *ticket = 0;
    if (!is_shared(paced, note->url))
        return ledger_table()->reserve(paced->store, origin, note, ticket, wait_ms, err);
    result = ledger_look(paced->store, origin, wait_ms, err);
    if (result != ERR_OK || *wait_ms > 0)
        return result;
    if (!pace_asks(paced->pace))
        return paced_alone(paced, origin, note, ticket, wait_ms, err);
    return paced_with_leave(paced, origin, note, ticket, wait_ms, err);
}

/* ---- what came of it ---- */

static void paced_return(struct paced *paced, const struct net_origin *origin, int64_t lease,
                         const struct net_outcome *outcome)
{
    int64_t pause = outcome->not_before > 0 ? outcome->not_before - clock_real_ms() : 0;
    struct str message = STR_INIT;
    struct pace_answer answer;
    struct error err = { 0 };
    struct jsonw w;

    pace_message(&w, &message, &paced->talk, "return", origin->name);
    jsonw_key_int(&w, "lease", lease);
    jsonw_key_int(&w, "interval_ms", origin->interval_ms);
    jsonw_key_int(&w, "status", outcome->status);
    jsonw_key_int(&w, "bytes", outcome->bytes);
    jsonw_key_int(&w, "took_ms", outcome->took_ms);
    jsonw_key_int(&w, "pause_ms", pause > 0 ? pause : 0);
    jsonw_key_int(&w, "remaining", outcome->remaining);
    jsonw_key_bool(&w, "refused", outcome->refused);
    if (outcome->error)
        jsonw_key_string(&w, "error", outcome->error);
    jsonw_end(&w);
    /* Also when the user wants no more: the others wait for it. */
    if (pace_send(&paced->talk, &message, PACE_RETURN_MS, NULL, &answer, &err) != ERR_OK)
        pace_rests(paced->pace, &err);
    str_free(&message);
}

static int paced_settle(void *ctx, const struct net_origin *origin, int64_t ticket,
                        const struct net_outcome *outcome, struct error *err)
{
    struct paced *paced = ctx;
    int64_t lease = paced->keeper.lease;
    int result = ledger_table()->settle(paced->store, origin, ticket, outcome, err);

    if (lease > 0) {
        pace_keeper_end(&paced->keeper);
        paced_return(paced, origin, lease, outcome);
    }
    return result;
}

static bool paced_holds(void *ctx, int64_t ticket)
{
    struct paced *paced = ctx;

    (void)ticket;
    return paced->keeper.lease == 0 || !atomic_load(&paced->keeper.lost);
}

static int paced_validators(void *ctx, const char *url, struct str *etag, struct str *last_modified,
                            struct error *err)
{
    struct paced *paced = ctx;

    return ledger_table()->validators(paced->store, url, etag, last_modified, err);
}

const struct net_ledger *paced_ledger(void)
{
    static const struct net_ledger table = { .reserve = paced_reserve,
                                             .settle = paced_settle,
                                             .validators = paced_validators,
                                             .holds = paced_holds };

    return &table;
}
