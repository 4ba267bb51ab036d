/*
 * Crossref's REST interface: what publishers have registered of a DOI, asked for one by one. Off
 * unless it is switched on.
 *
 * What is asked for is the library's business: the driver hands over DOIs (subjects). Cursors:
 * dois?ids, total: those still to be asked for, with blanks between them, the first of them now.
 *
 * Every answer tells the library that it was given: a record says for which DOI (`asked`), one
 * without a title that Crossref has nothing of it, so that it is not asked for again for long.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/log.h"

#include <string.h>
#include <strings.h>

/* Its headers allow five requests a second, one at a time; they are obeyed whatever stands here. */
#define FLOOR_MS 200
#define INTERVAL_MS 500
#define RUN 200      /* DOIs */
#define IDS_MAX 2000 /* bytes of a round's; escaped they may be three times as many */
#define MAILTO_MAX 200

static const struct source_setting crossref_urls[] = { { "url", "https://api.crossref.org" },
                                                       { NULL, NULL } };

static int crossref_origin(const struct source_settings *settings, struct source_origin *origin,
                           struct error *err)
{
    const char *url = source_url(&source_crossref, settings, "url");

    *origin = (struct source_origin){ .floor_ms = FLOOR_MS, .interval_ms = INTERVAL_MS };
    if (!url_host(url, origin->name, sizeof origin->name))
        return error_set(err, ERR_USAGE, "url = %.200s: not an address (https://...)", url);
    return ERR_OK;
}

static int crossref_plan(const struct source_settings *settings, struct source_plan *plan,
                         struct error *err)
{
    static const char name[] = "dois";
    const char *mailto = settings->text(settings->ctx, "mailto");
    const char *at = mailto ? strchr(mailto, '@') : NULL;

    if (mailto && *mailto
        && (!at || at == mailto || !at[1] || strlen(mailto) > MAILTO_MAX
            || strpbrk(mailto, " \t\r\n<>")))
        return error_set(err, ERR_USAGE, "mailto = %.60s: not a mail address (name@host)", mailto);
    text_list_add(&plan->streams, plan->arena, name, sizeof name - 1);
    return ERR_OK;
}

static size_t crossref_run(const struct source_settings *settings)
{
    (void)settings;
    return RUN;
}

/* ---- places ---- */

/* The first of a list, if it is a DOI as the library writes them. */
static bool doi_read(struct ident *doi, const char *ids)
{
    char text[sizeof doi->value];
    size_t len = strcspn(ids, " ");

    if (len == 0 || len >= sizeof text)
        return false;
    memcpy(text, ids, len);
    text[len] = '\0';
    return ident_parse(doi, text) && doi->scheme == ID_DOI && strcmp(doi->value, text) == 0;
}

/* All of them, and the first in *doi. */
static bool dois_read(struct ident *doi, const char *ids)
{
    struct ident other;
    const char *at = ids + strcspn(ids, " ");

    if (!doi_read(doi, ids))
        return false;
    while (*at) {
        if (!doi_read(&other, ++at))
            return false;
        at += strcspn(at, " ");
    }
    return true;
}

static int crossref_cursor(struct cursor *cursor, struct ident *doi, const char *text,
                           struct error *err)
{
    int result = cursor_parse(cursor, text, err);

    if (result != ERR_OK)
        return result;
    if (strcmp(cursor->kind, "dois") == 0 && dois_read(doi, cursor_get(cursor, "ids")))
        return ERR_OK;
    cursor_free(cursor);
    return error_set(err, ERR_CORRUPT, "the saved place '%.60s' is not one of DOIs", text);
}

static void crossref_place(struct str *out, const char *ids, int64_t total)
{
    struct cursor cursor;

    cursor_init(&cursor, "dois");
    cursor_set(&cursor, "ids", ids);
    cursor_set_number(&cursor, "total", total);
    cursor_print(&cursor, out);
    cursor_free(&cursor);
}

static int crossref_begin(const struct source_settings *settings, const char *stream,
                          const struct source_span *span, struct str *out, struct error *err)
{
    struct cursor cursor;
    struct ident doi;
    struct str ids = STR_INIT;
    size_t i;
    int64_t total = 0;

    (void)settings;
    (void)stream;
    if (span->cursor && !span->finished && !span->subjects) {
        int result = crossref_cursor(&cursor, &doi, span->cursor, err);

        if (result != ERR_OK)
            return result;
        cursor_print(&cursor, out);
        cursor_free(&cursor);
        return ERR_OK;
    }
    for (i = 0; span->subjects && i < span->subjects->len; i++) {
        const char *item = span->subjects->items[i];

        /* Those that find no room are as urgent the next time. */
        if (!doi_read(&doi, item) || (total > 0 && ids.len + strlen(item) > IDS_MAX))
            continue;
        str_printf(&ids, "%s%s", total++ ? " " : "", item);
    }
    if (total > 0)
        crossref_place(out, ids.ptr, total);
    str_free(&ids);
    return total > 0 ? ERR_OK : error_set(err, ERR_NOTFOUND, "there is no DOI to ask for");
}

static int crossref_lookup(const struct source_settings *settings, const struct ident *ids,
                           size_t count, struct str *out, struct error *err)
{
    struct ident doi;

    (void)settings;
    if (count != 1 || !doi_read(&doi, ids->value))
        return error_set(err, ERR_USAGE, "doi:%.100s cannot be asked for", ids->value);
    crossref_place(out, ids->value, 1);
    return ERR_OK;
}

static int crossref_request(const struct source_settings *settings, const char *text,
                            struct source_request *request, struct error *err)
{
    const char *mailto = settings->text(settings->ctx, "mailto");
    struct cursor cursor;
    struct ident doi;
    int result = crossref_cursor(&cursor, &doi, text, err);

    if (result != ERR_OK)
        return result;
    source_request_clear(request);
    source_base(&request->url, &source_crossref, settings);
    str_add(&request->url, "/works/");
    url_escape(&request->url, doi.value); /* the slash, too: a DOI may hold ".." */
    if (mailto && *mailto) {
        str_add(&request->url, "?mailto=");
        url_escape(&request->url, mailto);
    }
    str_printf(&request->purpose, "doi:%s", doi.value);
    request->media = SOURCE_JSON;
    cursor_free(&cursor);
    return ERR_OK;
}

/* ---- answers ---- */

static void crossref_turn(struct cursor *cursor, struct source_turn *turn)
{
    const char *ids = cursor_get(cursor, "ids"), *rest = ids + strcspn(ids, " "), *at;
    int64_t total = cursor_number(cursor, "total", 0), left = 1;

    for (at = rest; *at; at++)
        left += *at == ' ';
    total = total > left ? total : left;
    turn->finished = *rest == '\0';
    turn->total = total;
    turn->got = total - left + 1;
    crossref_place(&turn->cursor, *rest ? rest + 1 : "", total);
}

/* Between the parser and the caller's sink. */
struct answering {
    const struct parse_sink *sink;
    const char *doi; /* that was asked for */
    int64_t now;
    struct arena *arena;
    bool had;   /* there was a record of it */
    int status; /* of the sink */
};

/* Crossref answers with the DOI that was asked for, at times in capitals; what it says of another
 * one is not taken for an answer. */
static int answer_record(void *ctx, const struct record *record)
{
    struct answering *answering = ctx;
    struct record timed = *record;
    size_t i;

    if (answering->had || !record->doi || strcmp(record->doi, answering->doi) != 0) {
        log_write(LOG_INFO, "Crossref answers for doi:%s with doi:%s", answering->doi,
                  record->doi ? record->doi : "");
        return 0;
    }
    answering->had = true;
    timed.asked = record->id;
    memset(&timed.metrics, 0, sizeof timed.metrics);
    for (i = 0; i < record->metrics.len; i++) {
        struct record_metric metric = record->metrics.items[i];

        metric.at = answering->now;
        record_metric_add(&timed.metrics, answering->arena, &metric);
    }
    answering->status = answering->sink->record(answering->sink->ctx, &timed);
    return answering->status;
}

static void answer_reject(void *ctx, long line, const char *why)
{
    const struct answering *answering = ctx;

    if (answering->sink->reject)
        answering->sink->reject(answering->sink->ctx, line, why);
}

/* It has nothing of the DOI. */
static int answer_absent(struct answering *answering)
{
    const struct record record = { .source = "crossref",
                                   .asked =
                                       arena_printf(answering->arena, "doi:%s", answering->doi) };

    return answering->sink->record(answering->sink->ctx, &record);
}

static int answer_read(struct answering *answering, const void *bytes, size_t len,
                       struct source_turn *turn, struct error *err)
{
    const struct parse_sink sink = { .ctx = answering,
                                     .record = answer_record,
                                     .reject = answer_reject };
    struct source_count count;
    struct parse_info info;
    int result = source_parse(PARSE_CROSSREF, bytes, len, &sink, &count, &info, err);

    if (answering->status != ERR_OK)
        return error_set(err, ERR_LIMIT, "an answer with too many records");
    if (result != ERR_OK)
        return result;
    if (*info.error_code && !str_starts(info.error_code, "resource"))
        return error_set(err, ERR_REFUSED, "Crossref answers: %s", info.error_text);
    if (info.total >= 0)
        return error_set(err, ERR_PARSE, "a list in place of a work");
    turn->count = count.records + count.rejects;
    return ERR_OK;
}

/* What every answer begins and ends with; `bytes` NULL: it has nothing of it. */
static int crossref_take(const char *text, const void *bytes, size_t len,
                         const struct parse_sink *sink, struct source_turn *turn, struct error *err)
{
    struct answering answering = { .sink = sink, .now = clock_now_ms() };
    struct cursor cursor;
    struct ident doi;
    int result;

    source_turn_clear(turn);
    result = crossref_cursor(&cursor, &doi, text, err);
    if (result != ERR_OK)
        return result;
    answering.doi = doi.value;
    answering.arena = arena_new();
    if (bytes)
        result = answer_read(&answering, bytes, len, turn, err);
    if (result == ERR_OK && !answering.had && answer_absent(&answering) != ERR_OK)
        result = error_set(err, ERR_LIMIT, "an answer with too many records");
    if (result == ERR_OK)
        crossref_turn(&cursor, turn);
    arena_free(answering.arena);
    cursor_free(&cursor);
    return result;
}

static int crossref_answer(const struct source_settings *settings, const char *text,
                           const void *bytes, size_t len, const struct parse_sink *sink,
                           struct source_turn *turn, struct error *err)
{
    (void)settings;
    return crossref_take(text, bytes ? bytes : "", len, sink, turn, err);
}

/* Its own "Resource not found." is an answer; any other server's page in its place, which a wrong
 * address leads to, is none. */
static int crossref_denied(const struct source_settings *settings, const char *text, int status,
                           const void *bytes, size_t len, const struct parse_sink *sink,
                           struct source_turn *turn, struct error *err)
{
    static const char words[] = "Resource not found";

    (void)settings;
    if (status != 404 || len < sizeof words - 1 || strncasecmp(bytes, words, sizeof words - 1) != 0)
        return error_set(err, ERR_PARSE, "HTTP %d, and not in Crossref's words", status);
    return crossref_take(text, NULL, 0, sink, turn, err);
}

static int crossref_pass_over(const struct source_settings *settings, const char *text,
                              struct source_turn *turn, struct error *err)
{
    struct cursor cursor;
    struct ident doi;
    int result;

    (void)settings;
    source_turn_clear(turn);
    result = crossref_cursor(&cursor, &doi, text, err);
    if (result != ERR_OK)
        return result;
    crossref_place(&turn->gap_cursor, doi.value, 1);
    str_printf(&turn->gap_what, "doi:%s", doi.value);
    crossref_turn(&cursor, turn);
    cursor_free(&cursor);
    return ERR_OK;
}

const struct source_ops source_crossref = {
    .kind = "crossref",
    .title = "Crossref",
    .dateless = true,
    .opt_in = true,
    .every_ms = 6 * SOURCE_HOUR_MS,
    .urls = crossref_urls,
    .subjects = SOURCE_DOIS,
    .run = crossref_run,
    .origin = crossref_origin,
    .plan = crossref_plan,
    .begin = crossref_begin,
    .lookup = crossref_lookup,
    .lookup_scheme = ID_DOI,
    .lookup_max = 1,
    .request = crossref_request,
    .answer = crossref_answer,
    .denied = crossref_denied,
    .pass_over = crossref_pass_over,
};
