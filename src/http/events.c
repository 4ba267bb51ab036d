/*
 * The routes that take events: what a website sends becomes events (carrel/events.h) or is told
 * apart by its place, and the request waits without a thread until they are on the disk.
 *
 * Of whoever caused an event nothing is kept but a hash with the salt of the day, of what the
 * website calls them or else of their address and browser.
 */
#include "ingest.h"

#include "carrel/clock.h"
#include "carrel/record.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define RETRY_AFTER "1" /* seconds: the queue is written many times a second */

struct rejection {
    size_t index;
    const char *field;
    char *message;
};
/* A request while its events are read, and until it is answered. */
struct arrival {
    struct ingest_batch batch;
    enum event_kind kind;
    struct salt salt;
    int64_t now;
    uint64_t somebody; /* the hash of who sends no name of a visitor */
    struct rejection *rejected;
    size_t rejected_len, rejected_cap;
};

/* ---- one event ---- */

static unsigned digit_of(char hex)
{
    return (unsigned)(hex <= '9' ? hex - '0' : (hex | 32) - 'a' + 10);
}

/* It was checked that it is a UUID. */
static void id_read(uint8_t out[EVENT_ID_BYTES], const char *uuid)
{
    size_t i;

    for (i = 0; i < EVENT_ID_BYTES; i++, uuid += 2) {
        uuid += *uuid == '-';
        out[i] = (uint8_t)(digit_of(uuid[0]) << 4 | digit_of(uuid[1]));
    }
}

/* As one line that may be shown in a terminal; NULL for nothing. */
static char *squeezed(struct arena *arena, const char *text, size_t len)
{
    struct str clean = STR_INIT;
    char *out;

    utf8_squeeze(&clean, text, len);
    out = clean.len > 0 ? arena_strdup(arena, clean.ptr) : NULL;
    str_free(&clean);
    return out;
}

/* A path without its query and fragment: people's names and tokens stand there. */
static char *path_of(struct arena *arena, const char *path)
{
    return path ? squeezed(arena, path, strcspn(path, "?#")) : NULL;
}

/* Of an address only its host, of Android's "android-app://" too; "www." goes. */
static char *source_of(struct arena *arena, const char *referrer)
{
    const char *scheme = referrer ? strstr(referrer, "://") : NULL;
    const char *host = scheme ? scheme + 3 : referrer;
    char *out, *at;

    if (!host)
        return NULL;
    at = strpbrk(host, "@/");
    if (at && *at == '@')
        host = at + 1;
    if (strncasecmp(host, "www.", 4) == 0)
        host += 4;
    out = squeezed(arena, host, strcspn(host, "/?#"));
    for (at = out; at && *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return out;
}

static char *query_of(struct arena *arena, const char *query)
{
    char *out = query ? squeezed(arena, query, strlen(query)) : NULL, *at;

    for (at = out; at && *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at | 32);
    return out;
}

static int paper_of(char **out, struct arena *arena, const char *paper, struct error *err)
{
    struct str text = STR_INIT;
    struct ident ident;

    *out = NULL;
    if (!paper || !*paper)
        return ERR_OK;
    if (!ident_parse(&ident, paper))
        return error_set(err, ERR_PARSE, "'%.60s' is no id of a paper", paper);
    ident_print(&text, &ident);
    *out = arena_strdup(arena, text.ptr);
    str_free(&text);
    return ERR_OK;
}

static int time_of(int64_t *out, const char *text, int64_t now, struct error *err)
{
    if (!time_parse(text, out))
        return error_set(err, ERR_PARSE, "a time like 2026-03-01T12:00:00Z, not '%.60s'", text);
    if (*out > now + EVENT_AHEAD_MS)
        return error_set(err, ERR_PARSE, "more than five minutes ahead");
    if (*out < now - EVENT_LATE_MS)
        return error_set(err, ERR_PARSE, "more than seven days ago");
    return ERR_OK;
}

/* What the table cannot say; *field as fields_check has it. */
static int event_read(struct event *out, const struct arrival *arrival, const json_t *object,
                      const char **field, struct error *err)
{
    struct arena *arena = arrival->batch.x->arena;
    const char *visitor = body_text(object, "visitor");
    char *paper;
    int result;

    *out = (struct event){ .kind = arrival->kind,
                           .path = path_of(arena, body_text(object, "path")),
                           .source = source_of(arena, body_text(object, "referrer")),
                           .target = path_of(arena, body_text(object, "target")),
                           .query = query_of(arena, body_text(object, "query")),
                           .results = body_int(object, "results", -1) };
    id_read(out->id, body_text(object, "event_id"));
    *field = "at";
    result = time_of(&out->at, body_text(object, "at"), arrival->now, err);
    if (result != ERR_OK)
        return result;
    *field = "paper";
    result = paper_of(&paper, arena, body_text(object, "paper"), err);
    if (result != ERR_OK)
        return result;
    out->paper = paper;
    *field = "path";
    if (out->kind == EVENT_PAGEVIEW && !out->paper && !out->path)
        return error_set(err, ERR_PARSE, "it is missing: a pageview names its path or its paper");
    *field = "query";
    if (out->kind == EVENT_SEARCH && !out->query)
        return error_set(err, ERR_PARSE, "it is empty");
    out->visitor =
        visitor && *visitor ? salt_hash(&arrival->salt, 'v', visitor, "") : arrival->somebody;
    return ERR_OK;
}

/* ---- a batch ---- */

static void reject(struct arrival *arrival, size_t index, const char *field, const char *message)
{
    struct arena *arena = arrival->batch.x->arena;
    struct rejection rejection = { .index = index,
                                   .field = arena_strdup(arena, field),
                                   .message = arena_strdup(arena, message) };

    ARENA_PUSH(arena, arrival->rejected, arrival->rejected_len, arrival->rejected_cap, rejection);
}

static void item_read(struct arrival *arrival, const json_t *object, size_t index)
{
    struct ingest_batch *batch = &arrival->batch;
    struct error err = { 0 };
    const char *field = NULL;
    int result = fields_check(batch->x->route->body->fields, object, &field, &err);

    if (result == ERR_OK)
        result = event_read(&batch->events[batch->count], arrival, object, &field, &err);
    if (result == ERR_OK)
        batch->count++;
    else
        reject(arrival, index, field, err.message);
}

static int arrival_read(struct arrival *arrival, struct error *err)
{
    struct exchange *x = arrival->batch.x;
    bool is_array = json_is_array(x->json);
    size_t count = is_array ? json_array_size(x->json) : 1, i;

    arrival->batch.events = arena_alloc(x->arena, count * sizeof *arrival->batch.events);
    arrival->batch.fates = arena_alloc(x->arena, count * sizeof *arrival->batch.fates);
    for (i = 0; i < count; i++)
        item_read(arrival, is_array ? json_array_get(x->json, i) : x->json, i);
    atomic_fetch_add(&ingest_figures(x->server->ingest)->rejected, arrival->rejected_len);
    if (arrival->batch.count > 0)
        return ERR_OK;
    x->field = arrival->rejected[0].field;
    return is_array ? error_set(err, ERR_PARSE, "none of %zu events is good; the first: %s", count,
                                arrival->rejected[0].message)
                    : error_set(err, ERR_PARSE, "%s", arrival->rejected[0].message);
}

static int somebody_hash(struct arrival *arrival, struct error *err)
{
    const struct exchange *x = arrival->batch.x;
    const char *browser = request_header(x, "User-Agent");
    int result = ingest_salt(x->server->ingest, &arrival->salt, err);

    arrival->somebody = salt_hash(&arrival->salt, 'a', x->client, browser ? browser : "");
    return result;
}

/* ---- the answer ---- */

static void answer_write(struct str *out, const struct arrival *arrival)
{
    const struct ingest_batch *batch = &arrival->batch;
    size_t duplicate = 0, i;
    struct jsonw w;

    for (i = 0; i < batch->count; i++)
        duplicate += batch->fates[i] == EVENT_DUPLICATE;
    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_int(&w, "accepted", (int64_t)(batch->count - duplicate));
    jsonw_key_int(&w, "duplicate", (int64_t)duplicate);
    jsonw_key(&w, "rejected");
    jsonw_array(&w);
    for (i = 0; i < arrival->rejected_len; i++) {
        jsonw_object(&w);
        jsonw_key_int(&w, "index", (int64_t)arrival->rejected[i].index);
        jsonw_key_string(&w, "field", arrival->rejected[i].field);
        jsonw_key_string(&w, "message", arrival->rejected[i].message);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(out, '\n');
}

/* They are on the disk, or that has failed. */
static int events_written(struct exchange *x, struct error *err)
{
    const struct arrival *arrival = x->arrival;

    if (arrival->batch.result == ERR_OK)
        answer_write(&x->out, arrival);
    else if (err)
        *err = arrival->batch.err;
    return arrival->batch.result;
}

static int events_take(struct exchange *x, enum event_kind kind, struct error *err)
{
    struct arrival *arrival = arena_alloc(x->arena, sizeof *arrival);
    int result = body_read(x, err);

    arrival->batch.x = x;
    arrival->kind = kind;
    arrival->now = clock_now_ms();
    if (result == ERR_OK)
        result = somebody_hash(arrival, err);
    if (result == ERR_OK)
        result = arrival_read(arrival, err);
    explicit_bzero(&arrival->salt, sizeof arrival->salt);
    if (result != ERR_OK)
        return result;
    http_store_give(x->server, x->store); /* others may use it meanwhile */
    x->store = NULL;
    x->arrival = arrival;
    atomic_fetch_add(&x->server->unanswered, 1);
    x->later = events_written;
    result = ingest_offer(x->server->ingest, &arrival->batch, err);
    if (result == ERR_OK)
        return HTTP_LATER; /* it is no longer ours */
    x->later = NULL;
    if (result == ERR_BUSY)
        exchange_header(x, "Retry-After", RETRY_AFTER);
    return result;
}

int handle_pageview(struct exchange *x, struct error *err)
{
    return events_take(x, EVENT_PAGEVIEW, err);
}

int handle_click(struct exchange *x, struct error *err)
{
    return events_take(x, EVENT_CLICK, err);
}

int handle_search_event(struct exchange *x, struct error *err)
{
    return events_take(x, EVENT_SEARCH, err);
}
