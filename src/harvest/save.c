/*
 * A page and the place behind it, in one transaction; and gaps, what could not be had.
 *
 * Inside the transaction the lease is renewed first: a harvester that was taken for dead saves
 * nothing any more.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/webhooks.h"

#include <stdio.h>
#include <string.h>

struct saving {
    struct worker *worker;
    struct place *place;
    size_t skip, take; /* records of the page: those saved before, those saved now */
    bool whole;        /* with these the page is done */
};

static int save_gap(struct worker *worker, struct store *store, const struct place *place,
                    struct error *err)
{
    const struct source_turn *turn = &worker->turn;
    struct harvest_gap gap = { .source = worker->task->run.source,
                               .stream = place->stream->name,
                               .what = turn->gap_what.ptr,
                               .why = turn->gap_why.ptr,
                               /* Without a way to ask for it, it cannot be had at all. */
                               .cursor = turn->gap_cursor.len ? turn->gap_cursor.ptr : GAP_LOST,
                               .run = worker->task->run.id };
    int result;

    if (turn->gap_what.len == 0)
        return ERR_OK;
    worker->task->missed++;
    result = gaps_note(store, &gap, err);
    return result == ERR_OK ? subject_put_off(worker, store, place->cursor.ptr, err) : result;
}

static int save_stream(struct worker *worker, struct store *store, const struct saving *saving,
                       struct error *err)
{
    struct stream *stream = saving->place->stream;
    const struct source_turn *turn = &worker->turn;
    int result;

    stream->records += (int64_t)saving->take;
    stream->changed = clock_now_ms();
    if (saving->whole) {
        stream->cursor = turn->cursor.ptr;
        stream->finished = turn->finished;
        stream->taken = 0;
        stream->got = turn->got;
        stream->total = turn->total;
    } else {
        stream->cursor = saving->place->cursor.ptr;
        stream->finished = false;
        stream->taken = (int64_t)(saving->skip + saving->take);
    }
    if (saving->whole && turn->finished) {
        stream->rounds++;
        stream->completed = stream->changed;
    }
    result = streams_save(store, stream, err);
    if (result == ERR_OK)
        result = gaps_passed(store, stream->source, stream->name, err);
    return result;
}

static int save_place(struct worker *worker, struct store *store, const struct saving *saving,
                      struct error *err)
{
    struct harvest_gap *gap = saving->place->gap;

    if (!gap)
        return save_stream(worker, store, saving, err);
    if (!saving->whole)
        return ERR_OK;
    return worker->turn.finished ? gaps_close(store, gap->id, err)
                                 : gaps_move(store, gap->id, worker->turn.cursor.ptr, err);
}

int page_accept(struct worker *worker, struct store *store, struct error *err)
{
    const struct net_answer *answer = &worker->answer;

    if (answer->url && worker->denied)
        return ledger_forget(store, answer->url, err);
    return answer->url && answer->kept ? ledger_accept(store, answer->url, err) : ERR_OK;
}

/* On the importer's writer thread, or on ours when the page brings nothing. */
static int save_all(void *ctx, struct store *store, const struct import_counts *page,
                    struct error *err)
{
    struct saving *saving = ctx;
    struct worker *worker = saving->worker;
    struct harvest_run run = worker->task->run;
    int result = lease_renew(store, &worker->task->lease, LEASE_MS, err);

    if (result == ERR_OK)
        result = save_place(worker, store, saving, err);
    if (result == ERR_OK && saving->whole)
        result = save_gap(worker, store, saving->place, err);
    if (result == ERR_OK && saving->whole)
        result = page_accept(worker, store, err);
    run.seen += page->seen;
    run.added += page->added;
    run.updated += page->updated;
    run.unchanged += page->unchanged;
    run.binned += page->binned;
    run.rejected += page->rejected + (saving->whole ? worker->page.rejects : 0);
    if (result == ERR_OK)
        result = runs_save(store, &run, err);
    if (result == ERR_OK)
        result = webhooks_changed(store, run.id, page->changed, page->changed_len, err);
    if (result == ERR_OK)
        worker->task->run = run;
    return result;
}

static int save_alone(struct worker *worker, struct saving *saving, struct error *err)
{
    const struct import_counts nothing = { 0 };
    int result = store_begin(worker->store, err);

    if (result != ERR_OK)
        return result;
    result = save_all(saving, worker->store, &nothing, err);
    if (result == ERR_OK)
        return store_commit(worker->store, err);
    store_rollback(worker->store);
    return result;
}

int stream_save(struct worker *worker, struct stream *stream, struct error *err)
{
    int result = store_begin(worker->store, err);

    if (result != ERR_OK)
        return result;
    result = lease_renew(worker->store, &worker->task->lease, LEASE_MS, err);
    if (result == ERR_OK)
        result = streams_save(worker->store, stream, err);
    if (result == ERR_OK)
        return store_commit(worker->store, err);
    store_rollback(worker->store);
    return result;
}

static int save_records(struct worker *worker, struct saving *saving, struct error *err)
{
    size_t i;
    int result = worker_importer(worker, err);

    for (i = 0; i < saving->take && result == ERR_OK; i++) {
        if (i % 64 == 0 && worker_stopped(worker)) /* the page is asked for again */
            result = error_set(err, ERR_CANCELLED, "stopped");
        else
            result = importer_add(worker->importer, &worker->page.records[saving->skip + i], err);
    }
    if (result == ERR_OK)
        result = importer_checkpoint(worker->importer, save_all, saving, NULL, err);
    if (result != ERR_OK)
        worker->importer_failed = true;
    return result;
}

int page_save(struct worker *worker, struct place *place, bool *all, struct error *err)
{
    int64_t max = worker->harvest->options->max;
    int64_t left = max > 0 ? max - worker->task->run.seen : INT64_MAX;
    struct saving saving = { .worker = worker, .place = place };
    size_t len = worker->page.len;
    const struct stream before = *place->stream;
    const struct harvest_run run = worker->task->run;
    size_t missed = worker->task->missed;
    int result;

    saving.skip = place->gap ? 0 : (size_t)place->stream->taken;
    saving.skip = saving.skip < len ? saving.skip : len;
    saving.take = len - saving.skip;
    if (left < 0)
        left = 0;
    if ((int64_t)saving.take > left)
        saving.take = (size_t)left;
    saving.whole = saving.skip + saving.take == len;
    *all = saving.whole;
    if (place->gap && !saving.whole) /* a gap is filled by whole pages only */
        return ERR_OK;
    worker_tell(worker, "saving", 0, false);
    result =
        saving.take > 0 ? save_records(worker, &saving, err) : save_alone(worker, &saving, err);
    if (result != ERR_OK) { /* nothing of it is on disk */
        *place->stream = before;
        worker->task->run = run;
        worker->task->missed = missed;
        return result;
    }
    worker->got = worker->turn.got;
    worker->total = worker->turn.total;
    if (saving.whole) {
        str_clear(&place->cursor);
        str_add(&place->cursor, worker->turn.cursor.ptr);
        place->stream->cursor = place->cursor.ptr;
    }
    return ERR_OK;
}

int place_note_gap(struct worker *worker, const struct place *place, const char *what,
                   const char *why, struct error *err)
{
    struct harvest_gap gap = { .source = worker->task->run.source,
                               .stream = place->stream->name,
                               .what = (char *)(uintptr_t)what,
                               .why = (char *)(uintptr_t)why,
                               .run = worker->task->run.id };
    int result;

    if (place->gap) /* where it stands by now: pages of it may have come since */
        gap.cursor = place->cursor.ptr;
    worker->task->missed++;
    result = store_begin(worker->store, err);
    if (result != ERR_OK)
        return result;
    result = gaps_note(worker->store, &gap, err);
    if (result == ERR_OK && place->gap)
        result = subject_put_off(worker, worker->store, place->cursor.ptr, err);
    if (result == ERR_OK)
        return store_commit(worker->store, err);
    store_rollback(worker->store);
    return result;
}

int place_pass_over(struct worker *worker, struct place *place, const char *why, struct error *err)
{
    const struct harvest_source *source = worker->task->source;
    bool all;
    int result =
        source->ops->pass_over
            ? source->ops->pass_over(&source->settings, place->cursor.ptr, &worker->turn, err)
            : error_set(err, ERR_NOTFOUND, "there is no way around this page");

    if (result != ERR_OK)
        return result;
    worker->answer.kept = false; /* nothing of it is saved */
    if (worker->turn.gap_why.len == 0)
        str_add(&worker->turn.gap_why, why);
    page_reset(&worker->page, source->name);
    place->stream->taken = 0;
    return page_save(worker, place, &all, err);
}
