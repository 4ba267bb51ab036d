/*
 * Reading a list from its place to the end of the round, page by page.
 *
 * What is in the way is told apart: the library or the whole service (the source ends here), or
 * just this page (it is passed over where the source knows how, and noted as a gap; else the list
 * waits there for the next run).
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/log.h"

#include <stdio.h>

/* Errors of our own disk, as against the service's. */
static bool is_ours(int result)
{
    return result == ERR_IO || result == ERR_FULL || result == ERR_READONLY || result == ERR_CORRUPT
           || result == ERR_VERSION || result == ERR_FAILED;
}

/* Returns ERR_PARTIAL when the list has to stand here, ERR_OK when it goes on behind the page, or
 * what ends the source. */
static int read_failed(struct worker *worker, struct place *place, int failure, struct error *err)
{
    char what[300], why[sizeof err->message];
    struct error over = { 0 };
    int result;

    if (failure == ERR_CANCELLED)
        return failure;
    snprintf(what, sizeof what, "%s", worker->request.purpose.ptr);
    snprintf(why, sizeof why, "%s", err->message);
    if (!place->gap && !failure_ends_source(failure, worker) && place->passed < PASSED_MAX) {
        place->passed++;
        result = place_pass_over(worker, place, why, &over);
        if (result == ERR_OK) {
            log_write(LOG_WARN, "%s: %s could not be had and is passed over: %s",
                      worker->task->source->name, what, why);
            return ERR_OK;
        }
        if (result != ERR_NOTFOUND)
            return error_set(err, result, "%s", over.message);
    }
    result = place_note_gap(worker, place, what, why, &over);
    if (result != ERR_OK)
        return error_set(err, result, "%s", over.message);
    return failure_ends_source(failure, worker) ? failure : ERR_PARTIAL;
}

/* As many records as were asked for, or as long as others are to wait. */
static bool read_enough(struct worker *worker)
{
    const struct harvest_options *options = worker->harvest->options;
    struct source_task *task = worker->task;

    task->sliced = options->slice_ms > 0 && task->fetched
                   && clock_ticks_ms() - task->began > options->slice_ms;
    return task->sliced || (options->max > 0 && task->run.seen >= options->max);
}

int place_read(struct worker *worker, struct place *place, struct error *err)
{
    bool finished = false, all = true;

    while (!finished) {
        int result;

        if (worker_stopped(worker))
            return error_set(err, ERR_CANCELLED, "stopped");
        if (read_enough(worker)) {
            worker->task->more = true;
            return ERR_OK;
        }
        result = page_fetch(worker, place, err);
        if (result == ERR_BUSY && worker->task->source->ops->subjects) {
            log_write(LOG_INFO, "%s: %s; the rest is asked for another time",
                      worker->task->source->name, err->message);
            worker->task->more = true; /* the budget of this hour or day is used up */
            return ERR_OK;
        }
        if (result == ERR_OK) {
            worker->task->fetched = true;
            place->passed = 0;
            if (worker->turn.note.len)
                log_write(LOG_INFO, "%s: %s", worker->task->source->name, worker->turn.note.ptr);
            result = page_save(worker, place, &all, err);
            worker->lost = result == ERR_BUSY;
            worker->ours = result != ERR_OK && !worker->lost;
        } else {
            worker->ours = is_ours(result);
            if (!worker->ours)
                result = read_failed(worker, place, result, err);
        }
        if (result != ERR_OK)
            return result;
        if (!all) {
            worker->task->more = true;
            return ERR_OK;
        }
        finished = worker->turn.finished;
    }
    return ERR_OK;
}
