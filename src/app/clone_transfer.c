/*
 * The transfer of a clone: one line of the ledger, which waits for its host's budget like any
 * request.
 */
#include "cloning.h"

#include "carrel/clock.h"
#include "carrel/pace.h"

#include <string.h>

#define ORIGIN_MS 1000

static void on_transfer(void *ctx, const struct vcs_progress *progress)
{
    struct cloning *c = ctx;

    if (progress->total > 0)
        c->options->progress(c->options->ctx, progress->state, progress->done, progress->total,
                             strcmp(progress->state, "resolving") == 0 ? "deltas" : "objects");
    else
        c->options->progress(c->options->ctx, progress->state, progress->bytes >> 10, 0, "KiB");
}

static int wait_for_leave(struct cloning *c, const struct net_origin *origin,
                          const struct net_note *note, int64_t *ticket, struct error *err)
{
    int64_t wait_ms = 0, until;
    int result = paced_ledger()->reserve(c->paced, origin, note, ticket, &wait_ms, err);

    while (result == ERR_OK && *ticket == 0) {
        until = clock_ticks_ms() + (wait_ms < 20 ? 20 : wait_ms);
        while (clock_ticks_ms() < until) {
            if (c->options->cancel && atomic_load(c->options->cancel))
                return error_set(err, ERR_CANCELLED, "stopped");
            clock_sleep_ms(20);
        }
        result = paced_ledger()->reserve(c->paced, origin, note, ticket, &wait_ms, err);
    }
    return result;
}

static int settle(struct cloning *c, const struct net_origin *origin, int64_t ticket, int64_t began,
                  const struct error *why, struct error *err)
{
    const struct net_outcome outcome = {
        .bytes = c->moved.bytes,
        .took_ms = clock_ticks_ms() - began,
        .remaining = -1,
        .error = why->code == ERR_OK          ? NULL
                 : why->code == ERR_CANCELLED ? NET_STOPPED
                                              : why->message,
    };

    return paced_ledger()->settle(c->paced, origin, ticket, &outcome, err);
}

static int transfer(struct cloning *c, const char *place, struct error *err)
{
    const struct vcs_transfer request = {
        .url = c->address.url,
        .folder = place,
        .size_limit = config_int(c->app->config, "repository.size-limit"),
        .time_limit_ms = config_int(c->app->config, "repository.time-limit"),
        .public_only = !c->typed,
        .user_agent = "carrel/" CARREL_VERSION,
        .ssh_key = config_text(c->app->config, "repository.ssh-key"),
        .ca_file = config_text(c->app->config, "net.ca-file"),
        .progress = c->options->progress ? on_transfer : NULL,
        .ctx = c,
        .cancel = c->options->cancel,
    };

    return vcs_transfer(&request, &c->moved, err);
}

/* Written down before and settled after, whatever becomes of it. */
static int transfer_with_leave(struct cloning *c, const char *place, struct error *err)
{
    const struct net_origin origin = { .name = c->address.host,
                                       .interval_ms = ORIGIN_MS,
                                       .connections = 2 };
    const struct net_note note = {
        .source = "git",
        .purpose = arena_printf(c->arena, "%s of %s", c->before.head ? "fetch" : "clone", c->key),
        .url = c->address.url,
        .try = 1,
        .deadline_ms =
            clock_real_ms() + config_int(c->app->config, "repository.time-limit") + 60000,
    };
    struct error why = { 0 }, disk = { 0 };
    int64_t ticket = 0, began;
    int result = wait_for_leave(c, &origin, &note, &ticket, err);

    if (result != ERR_OK)
        return result;
    began = clock_ticks_ms();
    result = transfer(c, place, &why);
    if (settle(c, &origin, ticket, began, &why, &disk) != ERR_OK && result == ERR_OK)
        return error_set(err, disk.code, "%s", disk.message);
    return result == ERR_OK ? ERR_OK : error_set(err, result, "%s", why.message);
}

/* Of a host, which other machines may be asking, too. */
static int transfer_under_ledger(struct cloning *c, const char *place, struct error *err)
{
    struct pace *pace = pace_new(c->app->config, CARREL_VERSION, c->options->cancel);
    int result;

    c->paced = paced_new(pace, c->store);
    result = transfer_with_leave(c, place, err);
    paced_free(c->paced);
    pace_free(pace);
    return result;
}

int cloning_transfer(struct cloning *c, const char *place, struct error *err)
{
    return c->address.host ? transfer_under_ledger(c, place, err) : transfer(c, place, err);
}
