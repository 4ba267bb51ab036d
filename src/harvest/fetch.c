/*
 * One page: the request a cursor asks for, sent through net, and the source's look at the answer.
 *
 * The source reads the body before the request is settled, so that an answer it cannot use is tried
 * again like an overloaded server. What is left after the last try is told apart here: is it this
 * page, this list, or the whole service that will not go on.
 */
#include "internal.h"

#include "carrel/clock.h"

#include <string.h>

#define HEADERS_MAX 8
#define SUBJECTS_PATIENCE_MS 20000 /* what is not asked today is asked tomorrow */

static void fetch_progress(void *ctx, const struct net_progress *progress)
{
    worker_tell(ctx, progress->state, progress->until, false);
}

/* Runs in net, before the request is settled. */
static int fetch_check(void *ctx, const struct net_answer *answer, struct error *err)
{
    struct worker *worker = ctx;
    const struct harvest_source *source = worker->task->source;
    const struct parse_sink sink = page_sink(&worker->page);

    page_reset(&worker->page, source->name);
    worker->checked = true;
    worker->answered =
        source->ops->answer(&source->settings, worker->cursor, answer->body.ptr, answer->body.len,
                            &sink, &worker->turn, &worker->answer_err);
    if (worker->answered != ERR_PARSE)
        return ERR_OK;
    return error_set(err, ERR_PARSE, "%s", worker->answer_err.message);
}

/* Likewise of an answer that there is no such thing, which may be an answer. */
static int fetch_denial(void *ctx, const struct net_answer *answer, struct error *err)
{
    struct worker *worker = ctx;
    const struct harvest_source *source = worker->task->source;
    const struct parse_sink sink = page_sink(&worker->page);
    int result;

    page_reset(&worker->page, source->name);
    result = source->ops->denied(&source->settings, worker->cursor, answer->status,
                                 answer->body.ptr, answer->body.len, &sink, &worker->turn, err);
    worker->denied = result == ERR_OK;
    return result;
}

static size_t fetch_headers(const struct worker *worker, const char **headers)
{
    const struct source_request *request = &worker->request;
    size_t count = 0;

    while (count < request->header_count && count < HEADERS_MAX - 1) {
        headers[count] = request->headers[count];
        count++;
    }
    if (request->authorized && worker->bearer)
        headers[count++] = worker->bearer;
    return count;
}

static int fetch_send(struct worker *worker, struct error *err)
{
    const struct harvest_source *source = worker->task->source;
    const struct harvest *harvest = worker->harvest;
    const struct net_origin origin = { .name = source->origin.name,
                                       .interval_ms = source->origin.interval_ms,
                                       .window_requests = source->origin.window_requests,
                                       .window_ms = source->origin.window_ms,
                                       .limited_ms = source->origin.limited_ms };
    const char *headers[HEADERS_MAX];
    const struct net_request request = {
        .headers = headers,
        .header_count = fetch_headers(worker, headers),
        .patience_ms = source->ops->subjects ? SUBJECTS_PATIENCE_MS : 0,
        .origin = &origin,
        .note = { .source = source->name,
                  .purpose = worker->request.purpose.ptr,
                  .run = worker->task->run.id },
        .url = worker->request.url.ptr,
        .expect = worker->request.media == SOURCE_JSON ? NET_JSON : NET_XML,
        .conditional = worker->request.conditional,
        .keep = worker->request.keep,
        .tries = (int)harvest->tries,
        .check = fetch_check,
        .denial = source->ops->denied ? fetch_denial : NULL,
        .progress = fetch_progress,
        .ctx = worker,
        .cancel = &harvest->stop,
    };
    int result = net_send(worker->client, &request, &worker->answer, err);
    int tries = worker->answer.tries;

    worker->task->run.requests += tries;
    worker->task->run.retries += tries > 1 ? tries - 1 : 0;
    worker->task->run.bytes += worker->answer.bytes;
    return result;
}

static int fetch_unchanged(struct worker *worker, struct error *err)
{
    const struct harvest_source *source = worker->task->source;
    const struct parse_sink sink = page_sink(&worker->page);

    page_reset(&worker->page, source->name);
    if (source->ops->unchanged)
        return source->ops->unchanged(&source->settings, worker->cursor, &sink, &worker->turn,
                                      err);
    source_turn_clear(&worker->turn);
    str_add(&worker->turn.cursor, worker->cursor);
    worker->turn.finished = true;
    return ERR_OK;
}

/* An error's body may hold the service's own words: arXiv's API answers 400 with a feed, and an
 * OAI-PMH server may say "no such token" with a 4xx, which leads on like the same with a 200. */
static int fetch_explain(struct worker *worker, int result, struct error *err)
{
    int status = worker->answer.status;

    if (result == ERR_NOTFOUND && worker->denied)
        return ERR_OK;
    if (status < 400 || status >= 500 || status == 429 || worker->answer.body.len == 0
        || result == ERR_REFUSED)
        return result;
    fetch_check(worker, &worker->answer, NULL);
    if (worker->answered == ERR_REFUSED) {
        worker->said_no = true;
        return error_set(err, ERR_REFUSED, "%s", worker->answer_err.message);
    }
    return worker->answered == ERR_OK && worker->turn.count == 0 ? ERR_OK : result;
}

int page_fetch(struct worker *worker, const struct place *place, struct error *err)
{
    const struct harvest_source *source = worker->task->source;
    int result;

    worker->cursor = place->cursor.ptr;
    worker->checked = worker->denied = worker->said_no = false;
    worker->answered = ERR_OK;
    result = source->ops->request(&source->settings, worker->cursor, &worker->request, err);
    if (result != ERR_OK)
        return result;
    result = fetch_send(worker, err);
    if (worker_stopped(worker) && result != ERR_OK)
        return error_set(err, ERR_CANCELLED, "stopped");
    if (result != ERR_OK)
        return fetch_explain(worker, result, err);
    if (worker->answer.not_modified)
        return fetch_unchanged(worker, err);
    if (!worker->checked)
        fetch_check(worker, &worker->answer, NULL);
    worker->said_no = worker->answered == ERR_REFUSED;
    if (worker->answered != ERR_OK)
        return error_set(err, worker->answered, "%s",
                         worker->answered == ERR_LIMIT ? "an answer with too many records"
                                                       : worker->answer_err.message);
    return ERR_OK;
}

/* Wrong content concerns a page, a service's no the list; all else everybody who asks there. */
bool failure_ends_source(int result, const struct worker *worker)
{
    int status = worker->answer.status;

    switch (result) {
    case ERR_PARSE:
    case ERR_NOTFOUND:
    case ERR_CORRUPT:
        return false;
    case ERR_LIMIT:
        return false;
    case ERR_REFUSED:
        return !worker->said_no;
    case ERR_NETWORK:
        return status == 0 || status == 429 || status == 503;
    default:
        return true;
    }
}
