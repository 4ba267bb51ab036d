/*
 * An exchange with a peer, whatever lies between: the cursor moves in the transaction that takes
 * the last of a page, and what came from a service is not sent back to it.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/hash.h"
#include "carrel/utf8.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_WAIT_MS 2000

int exchange_step(struct exchange *x, const char *state, struct error *err)
{
    const struct sync_progress progress = { .state = state, .totals = x->totals };

    if (x->peer->progress)
        x->peer->progress(x->peer->ctx, &progress);
    return x->peer->cancel && atomic_load(x->peer->cancel)
               ? error_set(err, ERR_CANCELLED,
                           "stopped; what came is kept, and the next exchange goes on from there")
               : ERR_OK;
}

int exchange_give(struct exchange *x,
                  int (*put)(struct exchange *x, void *ctx, const struct sync_page *page,
                             const struct str *bytes, struct error *err),
                  void *ctx, struct error *err)
{
    struct str bytes = STR_INIT;
    struct sync_page page = { .more = true };
    bool first = true;
    int result = ERR_OK;

    for (; result == ERR_OK && page.more; first = false) {
        struct sync_wish wish = { .limit = x->peer->limit, .had = x->came, .had_len = x->came_len };

        if (!sync_cursor_parse(&wish.after, x->state.sent))
            wish.after = (struct sync_cursor){ .machine = "" };
        str_clear(&bytes);
        result = sync_page_write(&page, &bytes, x->store, &wish, err);
        if (result == ERR_OK && !first && strcmp(page.cursor, x->state.sent) != 0)
            result = error_set(err, ERR_BUSY,
                               "this library has become another machine meanwhile; try again");
        if (result == ERR_OK && page.records + page.ops == 0) {
            memcpy(x->state.sent, page.next, sizeof x->state.sent); /* exchange_end saves it */
            break;
        }
        if (result == ERR_OK)
            result = exchange_step(x, "sending", err);
        if (result == ERR_OK)
            result = put(x, ctx, &page, &bytes, err);
    }
    str_free(&bytes);
    return result;
}

void exchange_given(struct exchange *x, const struct sync_page *page, size_t bytes)
{
    x->totals->pages++;
    x->totals->records_sent += page->records;
    x->totals->ops_sent += page->ops;
    x->totals->bytes_sent += (int64_t)bytes;
    memcpy(x->state.sent, page->next, sizeof x->state.sent);
}

int exchange_save(struct exchange *x, struct error *err)
{
    int result = store_begin(x->store, err);

    if (result != ERR_OK)
        return result;
    result = peer_state_put(x->store, &x->state, err);
    if (result == ERR_OK)
        result = store_commit(x->store, err);
    if (result != ERR_OK)
        store_rollback(x->store);
    return result;
}

/* ---- taking a page ---- */

struct taking {
    struct exchange *x;
    int (*save)(struct exchange *x, void *ctx, struct error *err);
    void *ctx;
};

/* How far the peer has ours; from the beginning where it has that of a former machine. */
static struct sync_cursor sent_to(const struct exchange *x)
{
    struct sync_cursor sent;

    if (!sync_cursor_parse(&sent, x->state.sent) || strcmp(sent.machine, x->machine) != 0)
        sent = (struct sync_cursor){ .machine = "" };
    return sent;
}

/* Where all of ours was sent, and nothing but what came has changed, all of ours is there still. Of
 * an empty library all was sent. Not so in a folder: what came stands in the place of another
 * there, which may go, and ours is to be a whole copy. */
static void advance_sent(struct exchange *x, const struct arrivals_report *report)
{
    struct sync_cursor sent = sent_to(x), after = { .at = report->after };
    const struct library_cursors *before = &report->before;

    if (x->peer->folder || !report->plain || sent.at.record != before->record
        || sent.at.again != before->again || sent.at.op != before->op)
        return;
    memcpy(after.machine, x->machine, sizeof after.machine);
    sync_cursor_print(x->state.sent, &after);
}

/* What came from a service is not sent back to it, whatever of ours waits; in a folder others read
 * it. */
static void note_range(struct exchange *x, const struct arrivals_report *report)
{
    struct sync_range range = { .from = report->before,
                                .to = report->after,
                                .ops = report->after.op - report->before.op == report->taken };
    struct sync_range *last = x->came_len > 0 ? &x->came[x->came_len - 1] : NULL;

    if (x->peer->folder || !report->alone)
        return;
    if (last && last->ops == range.ops && memcmp(&last->to, &range.from, sizeof range.from) == 0)
        last->to = range.to;
    else
        VEC_PUSH(x->came, x->came_len, x->came_cap, range);
}

static int taking_save(void *ctx, struct store *store, const struct arrivals_report *report,
                       struct error *err)
{
    struct taking *taking = ctx;
    struct exchange *x = taking->x;
    int result = ERR_OK;

    advance_sent(x, report);
    if (taking->save)
        result = taking->save(x, taking->ctx, err);
    return result == ERR_OK ? peer_state_put(store, &x->state, err) : result;
}

int exchange_take(struct exchange *x, const struct sync_pack *pack,
                  int (*save)(struct exchange *x, void *ctx, struct error *err), void *ctx,
                  struct error *err)
{
    struct taking taking = { .x = x, .save = save, .ctx = ctx };
    const struct peer_state before = x->state;
    struct arrivals_report report;
    struct sync_cursor sent = sent_to(x);
    const struct arrivals_page page = { .records = pack->records,
                                        .ops = pack->ops,
                                        .record_count = pack->record_count,
                                        .op_count = pack->op_count,
                                        .known = sent.at.op,
                                        .save = taking_save,
                                        .ctx = &taking };
    int result;

    if (strcmp(pack->machine, x->machine) == 0)
        return error_set(err, ERR_USAGE, "%s is this very library", x->peer->url);
    result = arrivals_take(x->arrivals, &page, &report, err);
    if (result == ERR_OK) {
        note_range(x, &report);
        tell_taken(x, pack, &report);
    } else {
        x->state = before; /* as it is on disk */
    }
    return result;
}

/* ---- the whole ---- */

/* One exchange of a library at a time: two would write the same segments, and each go on from where
 * the other has stood. The system lets go of it when its holder dies. */
static int exchange_lock(struct exchange *x, int *fd, struct error *err)
{
    char *path = path_join(store_dir(x->store), "sync.lock");
    int64_t give_up = clock_ticks_ms() + LOCK_WAIT_MS;
    int result = ERR_OK;

    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (*fd < 0)
        result = error_errno(err, "%s", path);
    while (result == ERR_OK && flock(*fd, LOCK_EX | LOCK_NB) != 0) {
        if (clock_ticks_ms() > give_up)
            result = error_set(err, ERR_BUSY,
                               "another carrel exchanges with the peers of this library; try again "
                               "when it is done");
        else
            result = exchange_step(x, "waiting", err);
        usleep(20000);
    }
    free(path);
    return result;
}

static int exchange_begin(struct exchange *x, struct error *err)
{
    int result = peer_state_get(&x->state, x->store, x->peer->name, x->peer->url, err);

    if (result == ERR_OK)
        result = ops_machine(x->store, x->machine, err);
    if (result == ERR_OK)
        result = arrivals_new(&x->arrivals, x->store, err);
    if (result == ERR_OK) {
        x->state.tried = clock_now_ms();
        x->state.told[0] = '\0';
        result = exchange_save(x, err);
    }
    return result;
}

/* How it ended is noted also when it was stopped. */
static int exchange_end(struct exchange *x, int result, struct error *err)
{
    struct error why = { 0 };
    int saved;

    store_set_cancel(x->store, NULL);
    tell_ahead(x);
    if (result == ERR_OK)
        x->state.exchanged = clock_now_ms();
    snprintf(x->state.error, sizeof x->state.error, "%.299s",
             result == ERR_OK ? ""
             : err            ? err->message
                              : "it failed");
    saved = exchange_save(x, &why);
    return result == ERR_OK && saved != ERR_OK ? error_set(err, saved, "%s", why.message) : result;
}

int sync_failed(struct store *store, const struct sync_peer *peer, const char *why,
                struct error *err)
{
    struct exchange x = { .store = store, .peer = peer };
    int result = peer_state_get(&x.state, store, peer->name, peer->url, err);

    x.state.tried = clock_now_ms();
    x.state.told[0] = '\0';
    snprintf(x.state.error, sizeof x.state.error, "%.299s", why);
    return result == ERR_OK ? exchange_save(&x, err) : result;
}

int sync_exchange(struct store *store, const struct sync_peer *peer, struct sync_totals *totals,
                  struct error *err)
{
    struct exchange x = { .store = store, .peer = peer, .totals = totals };
    struct error why = { 0 };
    int lock, result;

    *totals = (struct sync_totals){ .pages = 0 };
    result = exchange_lock(&x, &lock, err);
    if (result == ERR_OK)
        result = exchange_begin(&x, err);
    if (result == ERR_OK) {
        result = peer->folder ? folder_exchange(&x, &why) : http_exchange(&x, &why);
        utf8_fixed(why.message, sizeof why.message, why.message);
        if (result != ERR_OK && err)
            *err = why;
        result = exchange_end(&x, result, err);
    }
    arrivals_free(x.arrivals);
    free(x.came);
    if (lock >= 0)
        close(lock);
    return result;
}

/* ---- the service's side ---- */

static int answer_cursor(char out[PEER_CURSOR_MAX], struct store *store, const char *machine,
                         const struct library_cursors *at, struct error *err)
{
    struct sync_cursor cursor = { .at = *at };
    int result = ops_generation(&cursor.generation, store, err);

    snprintf(cursor.machine, sizeof cursor.machine, "%s", machine);
    sync_cursor_print(out, &cursor);
    return result;
}

/* What has come begins a generation: that of the cursor behind it. */
static int answer_cursors(struct sync_answer *out, struct store *store, const char *machine,
                          const struct arrivals_report *report, struct error *err)
{
    char now[MACHINE_HEX];
    int result = answer_cursor(out->before, store, machine, &report->before, err);

    if (result == ERR_OK)
        result = ops_machine(store, now, err);
    return result == ERR_OK ? answer_cursor(out->after, store, machine, &report->after, err)
                            : result;
}

static int take_pack(struct sync_answer *out, struct store *store, const struct sync_pack *pack,
                     struct error *err)
{
    const struct arrivals_page page = { .records = pack->records,
                                        .ops = pack->ops,
                                        .record_count = pack->record_count,
                                        .op_count = pack->op_count,
                                        .known = INT64_MAX };
    struct arrivals_report report = { .taken = 0 };
    struct arrivals *arrivals = NULL;
    char machine[MACHINE_HEX];
    int result = ops_machine(store, machine, err);

    if (result == ERR_OK && strcmp(machine, pack->machine) == 0)
        return error_set(err, ERR_EXISTS, "it comes from this very library");
    if (result == ERR_OK)
        result = arrivals_new(&arrivals, store, err);
    if (result == ERR_OK)
        result = arrivals_take(arrivals, &page, &report, err);
    arrivals_free(arrivals);
    *out = (struct sync_answer){ .plain = report.plain,
                                 .added = report.added,
                                 .updated = report.updated,
                                 .taken = report.taken,
                                 .refused = report.refused + pack->unfit,
                                 .ahead = report.ahead.count };
    snprintf(out->told, sizeof out->told, "%s", pack->unfit ? "it is no UTF-8" : report.why);
    utf8_fixed(out->told, sizeof out->told, out->told);
    return result == ERR_OK ? answer_cursors(out, store, machine, &report, err) : result;
}

int sync_take(struct sync_answer *out, struct store *store, const char *bytes, size_t len,
              struct error *err)
{
    struct arena *arena = arena_new();
    struct sync_pack pack;
    int result = sync_pack_read(&pack, arena, bytes, len, err);

    if (result == ERR_OK)
        result = take_pack(out, store, &pack, err);
    arena_free(arena);
    return result;
}
