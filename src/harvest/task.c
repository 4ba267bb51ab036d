/*
 * One source in one harvest: its lease, its streams, the gaps of earlier runs, and the account of
 * all of it.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEASE_LOOK_MS 200

/* ---- the lease ---- */

/* How far each stream was when somebody else had the lease. */
static int task_remember(struct worker *worker, struct error *err)
{
    const struct harvest_source *source = worker->task->source;
    size_t i;
    int result = ERR_OK;

    worker->task->rounds =
        arena_alloc(worker->arena, (source->streams.len + 1) * sizeof *worker->task->rounds);
    for (i = 0; i < source->streams.len && result == ERR_OK; i++) {
        struct stream stream;

        result = streams_get(worker->store, worker->arena, source->name, source->streams.items[i],
                             &stream, err);
        worker->task->rounds[i] = stream.rounds;
    }
    return result;
}

/* Has the one we waited for just read this stream to its end, as far back as we were asked to? */
static bool stream_followed(const struct worker *worker, size_t i, const struct stream *stream)
{
    int32_t since = worker->harvest->options->since;

    return worker->task->rounds && stream->finished && stream->rounds > worker->task->rounds[i]
           && (since == DAY_NONE || since == stream->since);
}

static int task_followed(struct worker *worker, bool *followed, struct error *err)
{
    const struct harvest_source *source = worker->task->source;
    size_t i;
    int result = ERR_OK;

    *followed = source->streams.len > 0;
    for (i = 0; i < source->streams.len && result == ERR_OK && *followed; i++) {
        struct stream stream;

        result = streams_get(worker->store, worker->arena, source->name, source->streams.items[i],
                             &stream, err);
        *followed = result == ERR_OK && stream_followed(worker, i, &stream);
    }
    return result;
}

static int task_wait(struct worker *worker, struct error *err)
{
    worker_tell(worker, "waiting for another carrel", 0, true);
    clock_sleep_ms(LEASE_LOOK_MS);
    return worker_stopped(worker) ? error_set(err, ERR_CANCELLED, "stopped") : ERR_OK;
}

/* ERR_OK with task->leased, or with task->skipped or ->followed: nothing to do. */
static int task_lease(struct worker *worker, struct error *err)
{
    struct source_task *task = worker->task;
    bool waited = false;
    int result;

    for (;;) {
        result = lease_take(worker->store, task->source->name, LEASE_MS, &task->lease, err);
        if (result != ERR_BUSY)
            break;
        if (worker->harvest->options->due) {
            task->skipped = true;
            return ERR_OK;
        }
        result = waited ? ERR_OK : task_remember(worker, err);
        waited = true;
        if (result == ERR_OK)
            result = task_wait(worker, err);
        if (result != ERR_OK)
            return result;
    }
    if (result != ERR_OK)
        return result;
    atomic_store(&task->leased, true);
    return waited ? task_followed(worker, &task->followed, err) : ERR_OK;
}

/* ---- streams ---- */

/* The cursor to go on with, and the request it makes: a place that was damaged on disk is left, and
 * the list read again from the day of its last whole round. */
static int stream_cursor(struct worker *worker, const struct stream *stream, struct str *cursor,
                         struct error *err)
{
    const struct harvest_source *source = worker->task->source;
    struct source_span span = { .cursor = *stream->cursor ? stream->cursor : NULL,
                                .finished = stream->finished,
                                .since = worker->harvest->options->since,
                                .today = clock_today() };
    int result, damaged;

    for (damaged = 0; damaged < 2; damaged++) {
        str_clear(cursor);
        result = source->ops->begin(&source->settings, stream->name, &span, cursor, err);
        if (result == ERR_OK)
            result = source->ops->request(&source->settings, cursor->ptr, &worker->request, err);
        if (result != ERR_CORRUPT || !span.cursor)
            return result;
        log_write(LOG_WARN, "%s: %s: %s; it is read again", source->name, stream->name,
                  err->message);
        span.cursor = NULL;
        if (span.since == DAY_NONE && stream->completed > 0)
            span.since = (int32_t)(stream->completed / 86400000) - 1;
    }
    return result;
}

/* Where to go on, and whether that begins a new round. */
static int stream_begin(struct worker *worker, struct stream *stream, struct place *place,
                        struct error *err)
{
    int result = stream_cursor(worker, stream, &place->cursor, err);

    if (result == ERR_OK && (stream->finished || strcmp(stream->cursor, place->cursor.ptr) != 0)) {
        stream->finished = false;
        stream->taken = 0;
        stream->got = 0;
        stream->total = -1;
        stream->since = worker->harvest->options->since;
        stream->began = clock_now_ms();
    }
    return result;
}

/* Where a run ends with its slice, the next one goes on with the lists that it did not come to. */
static bool stream_is_fresh(const struct worker *worker, const struct stream *stream)
{
    return worker->harvest->options->slice_ms > 0 && stream->finished
           && stream->completed + worker->task->source->every_ms / 2 > clock_now_ms();
}

static int list_harvest(struct worker *worker, struct stream *stream, struct place *place,
                        struct error *err)
{
    int result = stream_begin(worker, stream, place, err);

    if (result != ERR_OK) {
        worker->ours = true;
        return result;
    }
    worker->got = stream->got;
    worker->total = stream->total;
    return place_read(worker, place, err);
}

/* ERR_PARTIAL: this list stands, others may go on. */
static int stream_harvest(struct worker *worker, size_t at, struct error *err)
{
    const struct harvest_source *source = worker->task->source;
    struct stream stream = { 0 };
    struct place place = { .stream = &stream, .cursor = STR_INIT };
    int result = streams_get(worker->store, worker->arena, source->name, source->streams.items[at],
                             &stream, err);

    if (result != ERR_OK)
        worker->ours = true;
    else if (source->ops->subjects)
        result = subjects_harvest(worker, &place, err);
    else if (!stream_followed(worker, at, &stream) && !stream_is_fresh(worker, &stream))
        result = list_harvest(worker, &stream, &place, err);
    str_free(&place.cursor);
    return result;
}

/* A list that was not asked for, since the service before it would not go on: it is missing, too.
 */
static int stream_missed(struct worker *worker, const char *name, const char *why,
                         struct error *err)
{
    struct stream stream;
    struct place place = { .stream = &stream, .cursor = STR_INIT };
    int result =
        streams_get(worker->store, worker->arena, worker->task->source->name, name, &stream, err);

    if (result == ERR_OK)
        result = stream_cursor(worker, &stream, &place.cursor, err);
    if (result == ERR_OK)
        result = place_note_gap(worker, &place, worker->request.purpose.ptr, why, err);
    str_free(&place.cursor);
    return result;
}

/* What earlier runs passed over. */
static int gap_harvest(struct worker *worker, struct harvest_gap *gap, struct error *err)
{
    const struct harvest_source *source = worker->task->source;
    struct stream stream = { .source = gap->source, .name = gap->stream };
    struct place place = { .stream = &stream, .gap = gap, .cursor = STR_INIT };
    int result;

    if (source->ops->request(&source->settings, gap->cursor, &worker->request, err)
        == ERR_CORRUPT) {
        log_write(LOG_WARN, "%s: %s: %s; it is given up", source->name, gap->what, err->message);
        return gaps_close(worker->store, gap->id, err);
    }
    str_add(&place.cursor, gap->cursor);
    worker->got = 0;
    worker->total = -1;
    result = place_read(worker, &place, err);
    str_free(&place.cursor);
    return result;
}

static bool goes_on(const struct worker *worker, int result)
{
    return (result == ERR_OK && !worker->task->more) || result == ERR_PARTIAL;
}

static bool task_has_stream(const struct source_task *task, const char *name)
{
    size_t i;

    for (i = 0; i < task->source->streams.len; i++)
        if (strcmp(task->source->streams.items[i], name) == 0)
            return true;
    return false;
}

/* Gaps that can be filled are; those of lists that nobody reads any more are no gaps. */
static int task_gaps(struct worker *worker, struct error *err)
{
    struct harvest_gap *gaps;
    size_t count, i;
    int result = gaps_list(worker->store, worker->arena, worker->task->source->name, true, &gaps,
                           &count, err);

    worker->ours = result != ERR_OK;
    for (i = 0; i < count && goes_on(worker, result); i++) {
        const struct harvest_gap *gap = &gaps[i];

        if (!task_has_stream(worker->task, gap->stream)) { /* one subject tells nothing of others */
            if (!worker->harvest->options->subject)
                result = gaps_close(worker->store, gap->id, err);
        } else if (*gap->cursor && *gap->cursor != *GAP_LOST && gap->tries < GAP_TRIES
                   && gap->run != worker->task->run.id)
            result = gap_harvest(worker, &gaps[i], err);
    }
    return goes_on(worker, result) ? ERR_OK : result;
}

/* The lists behind the one at which the source ended. */
static int task_missed(struct worker *worker, size_t from, const struct error *why,
                       struct error *err)
{
    const struct text_list *streams = &worker->task->source->streams;
    size_t i;
    int result = ERR_OK;

    for (i = from; i < streams->len && result == ERR_OK; i++)
        result = stream_missed(worker, streams->items[i], why->message, err);
    return result;
}

static int task_streams(struct worker *worker, struct error *err)
{
    const struct text_list *streams = &worker->task->source->streams;
    struct error over = { 0 };
    bool subjects = worker->task->source->ops->subjects != SOURCE_LISTS;
    size_t i;
    /* What was passed over comes first where it would be due again, and be asked for twice. */
    int result = subjects ? task_gaps(worker, err) : ERR_OK;

    for (i = 0; i < streams->len && goes_on(worker, result); i++)
        result = stream_harvest(worker, i, err);
    if (goes_on(worker, result) && !subjects)
        result = task_gaps(worker, err);
    else if (!subjects && result != ERR_OK && result != ERR_CANCELLED && !worker->lost
             && !worker->ours && task_missed(worker, i, err, &over) != ERR_OK)
        log_write(LOG_WARN, "%s: %s", worker->task->source->name, over.message);
    return result == ERR_PARTIAL ? ERR_OK : result;
}

/* ---- the account ---- */

static enum run_state task_state(const struct source_task *task, int result)
{
    if (result == ERR_CANCELLED)
        return RUN_CANCELLED;
    if (result != ERR_OK)
        return task->fetched ? RUN_PARTIAL : RUN_FAILED;
    return task->missed > 0 ? RUN_PARTIAL : RUN_DONE;
}

static int task_end(struct worker *worker, int result, const char *why, struct error *err)
{
    struct source_task *task = worker->task;
    int ended;

    task->run.state = task_state(task, result);
    task->run.ended = clock_now_ms();
    task->run.took_ms = clock_ticks_ms() - task->began;
    task->run.gaps = (int64_t)task->missed;
    task->run.error = (char *)(uintptr_t)why;
    ended = runs_save(worker->store, &task->run, err);
    task->run.error = NULL;
    return ended;
}

static int task_run(struct worker *worker, struct error *err)
{
    struct source_task *task = worker->task;
    struct error why = { 0 };
    int result = runs_begin(worker->store, &task->lease, &task->run, err), ended;

    worker->ours = result != ERR_OK;
    if (result != ERR_OK)
        return result;
    result = worker_token(worker, err); /* a wrong one is this source's affair alone */
    if (result == ERR_OK)
        result = task_streams(worker, err);
    ended = task_end(worker, result, result == ERR_OK ? "" : err->message, &why);
    if (result == ERR_OK && ended != ERR_OK) {
        worker->ours = true;
        return error_set(err, ended, "%s", why.message);
    }
    return result;
}

static int task_due(struct worker *worker, struct error *err)
{
    int64_t due = 0;
    int result = ERR_OK;

    if (worker->harvest->options->due)
        result = harvest_next_due(worker->store, worker->task->source, &due, err);
    if (result == ERR_OK && due > clock_now_ms()) {
        worker->task->skipped = true;
        worker->task->due = due;
    }
    return result;
}

void source_harvest(struct worker *worker)
{
    struct source_task *task = worker->task;
    struct error *err = &task->err;
    int result;

    task->began = clock_ticks_ms();
    task->run.source = task->source->name;
    worker->arena = arena_new();
    worker->ours = true;
    worker->lost = false;
    source_request_clear(&worker->request);
    result = task_due(worker, err);
    if (result == ERR_OK && !task->skipped)
        result = task_lease(worker, err);
    if (result == ERR_OK && !task->skipped && !task->followed)
        result = task_run(worker, err);
    if (atomic_exchange(&task->leased, false))
        lease_drop(worker->store, &task->lease, NULL); /* it would end by itself */
    task->status = result;
    if (result != ERR_OK && result != ERR_CANCELLED && worker->ours)
        harvest_fail(worker->harvest, result, err);
    arena_free(worker->arena);
    worker->arena = NULL;
    free(worker->bearer);
    worker->bearer = NULL;
}
