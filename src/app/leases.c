/*
 * Leases for other machines: from a request to the ledger, and its answer.
 */
#include "carrel/leases.h"

#include "carrel/clock.h"
#include "carrel/harvest.h"
#include "carrel/jsonw.h"
#include "carrel/ledger.h"
#include "carrel/source.h"
#include "carrel/utf8.h"

#include <string.h>

/* What is answered: all noughts: no, and no more to say. */
struct leave {
    int64_t lease, for_ms, wait_ms;
    bool held;
    struct error stopped; /* its message: why the origin is left alone */
};

/* Who asks more often than this library's own settings allow waits as long as it would itself. */
static int own_pace(struct net_origin *origin, const struct app *app, struct error *err)
{
    struct harvest_plan plan;
    int result;

    if (!source_find(origin->name))
        return ERR_OK;
    result = harvest_plan_new(&plan, app->config, &origin->name, 1, err);
    if (result != ERR_OK)
        return result;
    if (plan.count > 0 && strcmp(plan.sources[0].origin.name, origin->name) == 0) {
        origin->connections = 1;
        if (plan.sources[0].origin.interval_ms > origin->interval_ms)
            origin->interval_ms = plan.sources[0].origin.interval_ms;
    }
    harvest_plan_free(&plan);
    return ERR_OK;
}

/* One request, its texts cleaned for the ledger. */
struct leasing {
    struct store *store;
    const struct lease_request *request;
    struct net_origin origin;
    struct ledger_guest guest;
    struct str holder, purpose, error;
};

static int do_ask(struct leasing *l, struct leave *leave, struct error *err)
{
    struct net_note note = l->request->note;
    int result;

    (void)err;
    note.purpose = l->purpose.ptr;
    note.url = "";
    result = ledger_lease_ask(l->store, &l->origin, &note, &l->guest, &leave->lease,
                              &leave->wait_ms, &leave->stopped);
    leave->held = leave->lease > 0;
    if (result == ERR_REFUSED)
        return ERR_OK;
    return result == ERR_OK ? ERR_OK : error_set(err, result, "%s", leave->stopped.message);
}

static int do_renew(struct leasing *l, struct leave *leave, struct error *err)
{
    leave->lease = l->request->lease;
    return ledger_lease_renew(l->store, l->origin.name, l->request->lease, &l->guest, &leave->held,
                              err);
}

static int do_return(struct leasing *l, struct leave *leave, struct error *err)
{
    struct net_outcome outcome = l->request->outcome;
    bool held;

    (void)leave;
    if (outcome.not_before > 0)
        outcome.not_before += clock_real_ms();
    outcome.error = outcome.error ? l->error.ptr : NULL;
    return ledger_lease_return(l->store, &l->origin, l->request->lease, &l->guest, &outcome, &held,
                               err);
}

static int do_drop(struct leasing *l, struct leave *leave, struct error *err)
{
    bool held;

    (void)leave;
    return ledger_lease_drop(l->store, l->origin.name, l->request->lease, &l->guest, &held, err);
}

static int do_lift(struct leasing *l, struct leave *leave, struct error *err)
{
    int result = ledger_lift(l->store, l->origin.name, err);

    (void)leave;
    return result == ERR_NOTFOUND ? ERR_OK : result; /* never asked: it is not stopped */
}

static void leave_write(struct str *json, const struct leave *leave, int64_t hold_ms)
{
    bool stopped = leave->stopped.code == ERR_REFUSED;
    struct jsonw w;

    jsonw_start(&w, json);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key_bool(&w, "granted", leave->held);
    jsonw_key_int(&w, "lease", leave->held ? leave->lease : 0);
    jsonw_key_int(&w, "for_ms", leave->held ? hold_ms : 0);
    jsonw_key_int(&w, "wait_ms", leave->wait_ms);
    jsonw_key_string(&w, "stopped", stopped ? leave->stopped.message : NULL);
    jsonw_end(&w);
    str_add_char(json, '\n');
}

static void leasing_texts(struct leasing *l)
{
    const struct lease_request *r = l->request;
    struct str machine = STR_INIT;

    utf8_squeeze(&machine, r->machine, strlen(r->machine));
    str_printf(&l->holder, "%s/%s", machine.ptr, r->holder);
    str_printf(&l->purpose, "%s: ", machine.ptr);
    if (r->note.purpose)
        utf8_squeeze(&l->purpose, r->note.purpose, strlen(r->note.purpose));
    if (r->outcome.error)
        utf8_squeeze(&l->error, r->outcome.error, strlen(r->outcome.error));
    l->guest.holder = l->holder.ptr;
    str_free(&machine);
}

int lease_answer(struct str *json, const struct app *app, struct store *store,
                 const struct lease_request *request, struct error *err)
{
    static const struct {
        const char *verb;
        int (*run)(struct leasing *, struct leave *, struct error *);
    } verbs[] = { { "ask", do_ask },
                  { "renew", do_renew },
                  { "return", do_return },
                  { "drop", do_drop },
                  { "lift", do_lift } };
    struct leasing l = { .store = store,
                         .request = request,
                         .origin = request->origin,
                         .guest = { .hold_ms = request->hold_ms },
                         .holder = STR_INIT,
                         .purpose = STR_INIT,
                         .error = STR_INIT };
    struct leave leave = { 0 };
    size_t i;
    int result = own_pace(&l.origin, app, err);

    leasing_texts(&l);
    for (i = 0; i < ARRAY_LEN(verbs) && result == ERR_OK; i++)
        if (strcmp(verbs[i].verb, request->verb) == 0)
            result = verbs[i].run(&l, &leave, err);
    if (result == ERR_OK)
        leave_write(json, &leave, request->hold_ms);
    str_free(&l.holder);
    str_free(&l.purpose);
    str_free(&l.error);
    return result;
}
