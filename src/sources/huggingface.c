/*
 * Hugging Face papers: the daily, weekly and monthly lists, what trends now, searches, and single
 * papers with the models, data sets and spaces that belong to them.
 *
 * A list by date is read period by period, a hundred papers a page. A round begins a week before
 * the end of the last one, since papers are voted for and get their code after their day: that is
 * how their votes are sampled. Weekends are empty lists. The day in the address is UTC's, and one
 * that has not begun there is an error, which ends the round: a clock that is ahead does no harm.
 *
 * "linked" reads the first of the trending papers one by one: only a paper by itself tells what is
 * linked to it. One that Hugging Face does not know is no gap.
 *
 * Cursors: daily|weekly|monthly?since, day, end (days), page, last (first id of the page before),
 * got, next. trending?page, last, got. linked?ids (those to be read, "." a list that is read to
 * its end). search?q. paper?ids (a single one).
 */
#include "internal.h"

#include "carrel/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAGE_SIZE 100
#define PAGES_MAX 50 /* of one period */
#define TRENDING_PAGES 2
#define LINKED_PAPERS 50
#define OVERLAP_DAYS 7
#define QUERY_MAX 1000

static const struct source_setting hf_urls[] = { { "url", "https://huggingface.co" },
                                                 { NULL, NULL } };
static const char *const hf_lists[] = { "daily", "trending", "linked", "weekly", "monthly" };
#define DEFAULT_LISTS 3 /* the first ones */

/* 500 requests in five minutes is what the API's RateLimit-Policy says; some are left for people.
 */
static int hf_origin(const struct source_settings *settings, struct source_origin *origin,
                     struct error *err)
{
    const char *url = source_url(&source_huggingface, settings, "url");

    *origin = (struct source_origin){
        .floor_ms = 600, .interval_ms = 1000, .window_requests = 400, .window_ms = 300000
    };
    if (!url_host(url, origin->name, sizeof origin->name))
        return error_set(err, ERR_USAGE, "url = %.200s: not an address (https://...)", url);
    return ERR_OK;
}

static bool hf_known_list(const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(hf_lists); i++)
        if (strlen(hf_lists[i]) == len && strncmp(hf_lists[i], name, len) == 0)
            return true;
    return false;
}

static void hf_stream(struct source_plan *plan, const char *name)
{
    size_t i;

    for (i = 0; i < plan->streams.len; i++)
        if (strcmp(plan->streams.items[i], name) == 0)
            return;
    text_list_add(&plan->streams, plan->arena, name, strlen(name));
}

static int hf_plan(const struct source_settings *settings, struct source_plan *plan,
                   struct error *err)
{
    const char *const *lists, *const *queries;
    size_t count = settings->values(settings->ctx, "list", &lists), i;
    size_t query_count = settings->values(settings->ctx, "query", &queries);

    if (count == 0 && query_count == 0) {
        lists = hf_lists;
        count = DEFAULT_LISTS;
    }
    for (i = 0; i < count; i++) {
        if (!hf_known_list(lists[i], strlen(lists[i])))
            return error_set(err, ERR_USAGE,
                             "list = %.60s: Hugging Face has daily, weekly, monthly, trending and "
                             "linked",
                             lists[i]);
        hf_stream(plan, lists[i]);
    }
    for (i = 0; i < query_count; i++) {
        if (str_blank(queries[i]) || strlen(queries[i]) > QUERY_MAX)
            return error_set(err, ERR_USAGE, "query = %.60s: empty or longer than %d bytes",
                             queries[i], QUERY_MAX);
        hf_stream(plan, arena_printf(plan->arena, "search/%s", queries[i]));
    }
    return ERR_OK;
}

/* ---- periods ---- */

static bool hf_dated(const char *kind)
{
    return strcmp(kind, "daily") == 0 || strcmp(kind, "weekly") == 0
           || strcmp(kind, "monthly") == 0;
}

/* The first day of the period: itself, the Monday of its week, the first of its month. */
static int32_t period_first(const char *kind, int32_t day)
{
    int year, month, mday;

    if (kind[0] == 'w')
        return day - (day_of_week(day) + 6) % 7;
    if (kind[0] != 'm')
        return day;
    day_to_civil(day, &year, &month, &mday);
    return day - (mday - 1);
}

static int32_t period_next(const char *kind, int32_t day)
{
    if (kind[0] == 'm')
        return period_first(kind, period_first(kind, day) + 31);
    return period_first(kind, day) + (kind[0] == 'w' ? 7 : 1);
}

/* "date=2026-03-01", "week=2026-W09" (ISO 8601: the week is of the year of its Thursday). */
static void period_print(struct str *out, const char *kind, int32_t day)
{
    char date[16];
    int year, month, mday;
    int32_t thursday;

    if (kind[0] == 'w') {
        thursday = period_first(kind, day) + 3;
        day_to_civil(thursday, &year, &month, &mday);
        str_printf(out, "week=%04d-W%02d", year,
                   (int)(thursday - day_from_civil(year, 1, 1)) / 7 + 1);
        return;
    }
    date_format(date, day);
    if (kind[0] == 'm')
        str_printf(out, "month=%.7s", date);
    else
        str_printf(out, "date=%s", date);
}

/* ---- where to begin ---- */

static void hf_open(struct cursor *cursor, int32_t first, int32_t last)
{
    int32_t opened = day_from_civil(2023, 5, 4); /* the first daily list */

    if (first < opened)
        first = opened;
    if (first > last)
        first = last;
    cursor_set_day(cursor, "since", first);
    cursor_set_day(cursor, "day", period_first(cursor->kind, first));
    cursor_set_day(cursor, "end", last);
}

static int hf_fresh(const char *stream, const struct source_span *span, const struct cursor *old,
                    struct cursor *fresh, struct error *err)
{
    int32_t next = cursor_day(old, "next"), first = span_first(span);
    bool search = str_starts(stream, "search/");

    if (!search && !hf_known_list(stream, strlen(stream)))
        return error_set(err, ERR_CORRUPT, "'%.60s' is no list of Hugging Face", stream);
    cursor_init(fresh, search ? "search" : stream);
    if (search)
        cursor_set(fresh, "q", stream + 7);
    if (span->since == DAY_NONE && next != DAY_NONE)
        first = next;
    if (hf_dated(fresh->kind))
        hf_open(fresh, first, span->today);
    return ERR_OK;
}

/* Undated lists have no past that could be asked for again. */
static bool hf_inside(const char *stream, const struct source_span *span, const struct cursor *old)
{
    if (old->len == 0 || span->finished || strcmp(old->kind, stream) != 0)
        return false;
    return hf_dated(old->kind) ? span_covered(span, old) : true;
}

static int hf_begin(const struct source_settings *settings, const char *stream,
                    const struct source_span *span, struct str *cursor, struct error *err)
{
    struct cursor old = { 0 }, fresh = { 0 };
    int result = ERR_OK;

    (void)settings;
    if (span->cursor && *span->cursor)
        result = cursor_parse(&old, span->cursor, err);
    if (result != ERR_OK)
        return result;
    if (hf_inside(stream, span, &old)) {
        cursor_print(&old, cursor);
    } else {
        result = hf_fresh(stream, span, &old, &fresh, err);
        if (result == ERR_OK)
            cursor_print(&fresh, cursor);
    }
    cursor_free(&fresh);
    cursor_free(&old);
    return result;
}

static int hf_lookup(const struct source_settings *settings, const struct ident *ids, size_t count,
                     struct str *out, struct error *err)
{
    struct cursor cursor;

    (void)settings;
    if (count != 1)
        return error_set(err, ERR_LIMIT, "%zu ids in one request", count);
    cursor_init(&cursor, "paper");
    cursor_set(&cursor, "ids", ids[0].value);
    cursor_print(&cursor, out);
    cursor_free(&cursor);
    return ERR_OK;
}

/* ---- a request ---- */

static void hf_base(const struct source_settings *settings, struct str *url)
{
    const char *base = source_url(&source_huggingface, settings, "url");
    size_t len = strlen(base);

    while (len > 0 && base[len - 1] == '/')
        len--;
    str_add_mem(url, base, len);
}

/* Pages have a window of their own, which is smaller: 100 in five minutes. */
static int hf_text(const struct source_settings *settings, const struct ident *id,
                   struct source_request *request, struct error *err)
{
    (void)err;
    source_request_clear(request);
    hf_base(settings, &request->url);
    str_add(&request->url, "/papers/");
    url_escape(&request->url, id->value);
    str_add(&request->url, ".md");
    str_printf(&request->purpose, "text of %s", id->value);
    return ERR_OK;
}

static bool hf_single(const struct cursor *cursor)
{
    return *cursor_get(cursor, "ids") && strcmp(cursor_get(cursor, "ids"), ".") != 0;
}

/* The first of the ids that are left. */
static char *hf_first_id(struct arena *arena, const struct cursor *cursor)
{
    const char *ids = cursor_get(cursor, "ids");

    return arena_strndup(arena, ids, strcspn(ids, ","));
}

static bool hf_cursor_ok(const struct cursor *cursor)
{
    int64_t page = cursor_number(cursor, "page", 0);

    if (page > PAGES_MAX)
        return false;
    if (hf_dated(cursor->kind))
        return cursor_day(cursor, "day") != DAY_NONE && cursor_day(cursor, "end") != DAY_NONE
               && cursor_day(cursor, "day") <= cursor_day(cursor, "end");
    if (strcmp(cursor->kind, "search") == 0)
        return *cursor_get(cursor, "q") && strlen(cursor_get(cursor, "q")) <= QUERY_MAX;
    if (strcmp(cursor->kind, "paper") == 0)
        return hf_single(cursor) && *cursor_get(cursor, "ids") != ',';
    if (strcmp(cursor->kind, "linked") == 0)
        return *cursor_get(cursor, "ids") != ',';
    return strcmp(cursor->kind, "trending") == 0;
}

static int hf_cursor(struct cursor *cursor, const char *text, struct error *err)
{
    int result = cursor_parse(cursor, text, err);

    if (result != ERR_OK || hf_cursor_ok(cursor))
        return result;
    cursor_free(cursor);
    return error_set(err, ERR_CORRUPT, "the saved place '%.60s' is not one of Hugging Face", text);
}

static void hf_ask_paper(const struct cursor *cursor, struct source_request *request)
{
    struct arena *arena = arena_new();
    char *id = hf_first_id(arena, cursor);

    str_add(&request->url, "/api/papers/");
    url_escape(&request->url, id);
    str_printf(&request->purpose, "paper %s", id);
    arena_free(arena);
}

static void hf_ask_list(const struct cursor *cursor, struct source_request *request)
{
    int64_t page = cursor_number(cursor, "page", 0);

    if (hf_dated(cursor->kind)) {
        str_add(&request->url, "/api/daily_papers?");
        period_print(&request->url, cursor->kind, cursor_day(cursor, "day"));
        str_printf(&request->purpose, "%s papers, ", cursor->kind);
        period_print(&request->purpose, cursor->kind, cursor_day(cursor, "day"));
    } else {
        str_add(&request->url, "/api/daily_papers?sort=trending");
        str_printf(&request->purpose, "%s papers", cursor->kind);
    }
    str_printf(&request->url, "&limit=%d&p=%" PRId64,
               strcmp(cursor->kind, "linked") == 0 ? LINKED_PAPERS : PAGE_SIZE, page);
    if (page > 0)
        str_printf(&request->purpose, ", page %" PRId64, page + 1);
}

static void hf_ask(const struct cursor *cursor, struct source_request *request)
{
    if (hf_single(cursor)) {
        hf_ask_paper(cursor, request);
    } else if (strcmp(cursor->kind, "search") == 0) {
        str_add(&request->url, "/api/papers/search?q=");
        url_escape(&request->url, cursor_get(cursor, "q"));
        str_printf(&request->url, "&limit=%d", PAGE_SIZE);
        str_printf(&request->purpose, "search %s", cursor_get(cursor, "q"));
    } else {
        hf_ask_list(cursor, request);
    }
    request->media = SOURCE_JSON;
}

static int hf_request(const struct source_settings *settings, const char *text,
                      struct source_request *request, struct error *err)
{
    struct cursor cursor;
    int result = hf_cursor(&cursor, text, err);

    if (result != ERR_OK)
        return result;
    source_request_clear(request);
    hf_base(settings, &request->url);
    hf_ask(&cursor, request);
    cursor_free(&cursor);
    return ERR_OK;
}

/* ---- an answer ---- */

/* Between the parser and the caller's sink: gives the metrics their time, and keeps the ids. */
struct hf_reading {
    const struct parse_sink *sink;
    struct arena *arena;
    int64_t now;
    struct str ids; /* of a list */
};

static int hf_record(void *ctx, const struct record *record)
{
    struct hf_reading *reading = ctx;
    struct record timed = *record;
    size_t i;

    arena_reset(reading->arena);
    memset(&timed.metrics, 0, sizeof timed.metrics);
    for (i = 0; i < record->metrics.len; i++) {
        struct record_metric metric = record->metrics.items[i];

        metric.at = reading->now;
        record_metric_add(&timed.metrics, reading->arena, &metric);
    }
    if (record->id && strchr(record->id, ':') && !strchr(record->id, ','))
        str_printf(&reading->ids, "%s%s", reading->ids.len ? "," : "", strchr(record->id, ':') + 1);
    return reading->sink->record(reading->sink->ctx, &timed);
}

static void hf_reject(void *ctx, long line, const char *why)
{
    struct hf_reading *reading = ctx;

    if (reading->sink->reject)
        reading->sink->reject(reading->sink->ctx, line, why);
}

static void hf_finished(struct cursor *cursor, struct source_turn *turn)
{
    int32_t end = cursor_day(cursor, "end");

    turn->finished = true;
    cursor_set(cursor, "page", NULL);
    cursor_set(cursor, "last", NULL);
    cursor_set(cursor, "got", NULL);
    cursor_set(cursor, "ids", NULL);
    if (hf_dated(cursor->kind))
        cursor_set_day(cursor, "next", end - OVERLAP_DAYS);
}

/* Behind a period: the next one, or the end of the round. */
static void hf_next_period(struct cursor *cursor, struct source_turn *turn)
{
    int32_t day = hf_dated(cursor->kind) ? cursor_day(cursor, "day") : DAY_NONE;
    int32_t next = day != DAY_NONE ? period_next(cursor->kind, day) : DAY_NONE;

    cursor_set(cursor, "page", NULL);
    cursor_set(cursor, "last", NULL);
    if (next == DAY_NONE || next > cursor_day(cursor, "end"))
        hf_finished(cursor, turn);
    else
        cursor_set_day(cursor, "day", next);
}

/* A full page may have one behind it; a server that does not know pages gives the same one again.
 */
static void hf_next_page(struct cursor *cursor, struct source_turn *turn, int64_t listed,
                         const char *first_id)
{
    int64_t page = cursor_number(cursor, "page", 0) + 1;
    int64_t most = strcmp(cursor->kind, "trending") == 0 ? TRENDING_PAGES : PAGES_MAX;
    bool again = *first_id && strcmp(first_id, cursor_get(cursor, "last")) == 0;

    cursor_set_number(cursor, "got", turn->got);
    if (listed < PAGE_SIZE || again || page >= most || strcmp(cursor->kind, "search") == 0) {
        hf_next_period(cursor, turn);
        return;
    }
    cursor_set_number(cursor, "page", page);
    cursor_set(cursor, "last", first_id);
}

/* The id in front is done with. */
static void hf_next_id(struct cursor *cursor, struct source_turn *turn)
{
    const char *ids = cursor_get(cursor, "ids");
    const char *comma = strchr(ids, ',');
    struct str rest = STR_INIT;

    if (comma)
        str_add(&rest, comma + 1);
    cursor_set_number(cursor, "got", turn->got);
    cursor_set(cursor, "ids", rest.ptr);
    if (rest.len == 0)
        hf_finished(cursor, turn);
    str_free(&rest);
}

/* The list of those to be read one by one. */
static void hf_take_ids(struct cursor *cursor, struct source_turn *turn, const struct str *ids)
{
    if (ids->len == 0 || ids->len > SOURCE_CURSOR_MAX / 4)
        hf_finished(cursor, turn);
    else
        cursor_set(cursor, "ids", ids->ptr);
}

/* Its own words: a paper it does not have, a day that has not begun there, or a no. */
static int hf_said(struct cursor *cursor, const struct parse_info *info, struct source_turn *turn,
                   struct error *err)
{
    if (hf_single(cursor) && strstr(info->error_text, "not found")) {
        hf_next_id(cursor, turn);
        return ERR_OK;
    }
    if (hf_dated(cursor->kind) && cursor_day(cursor, "day") >= clock_today()) {
        hf_finished(cursor, turn);
        return ERR_OK;
    }
    return error_set(err, ERR_REFUSED, "Hugging Face answers: %s", info->error_text);
}

static int hf_read(struct cursor *cursor, const struct hf_reading *reading,
                   const struct source_count *count, const struct parse_info *info,
                   struct source_turn *turn, struct error *err)
{
    struct arena *arena = arena_new();
    int result = ERR_OK;

    turn->count = count->records + count->rejects;
    turn->got = cursor_number(cursor, "got", 0) + turn->count;
    if (*info->error_code)
        result = hf_said(cursor, info, turn, err);
    else if (hf_single(cursor) != (info->total < 0))
        result = error_set(err, ERR_PARSE,
                           hf_single(cursor) ? "a list in place of a paper"
                                             : "one object in place of a list");
    else if (hf_single(cursor))
        hf_next_id(cursor, turn);
    else if (strcmp(cursor->kind, "linked") == 0)
        hf_take_ids(cursor, turn, &reading->ids);
    else
        hf_next_page(cursor, turn, info->total,
                     arena_strndup(arena, reading->ids.ptr, strcspn(reading->ids.ptr, ",")));
    arena_free(arena);
    return result;
}

static int hf_answer(const struct source_settings *settings, const char *text, const void *bytes,
                     size_t len, const struct parse_sink *sink, struct source_turn *turn,
                     struct error *err)
{
    struct hf_reading reading = { .sink = sink, .now = clock_now_ms(), .ids = STR_INIT };
    const struct parse_sink timing = { .ctx = &reading, .record = hf_record, .reject = hf_reject };
    struct source_count count;
    struct parse_info info;
    struct cursor cursor;
    int result = hf_cursor(&cursor, text, err);

    (void)settings;
    if (result != ERR_OK)
        return result;
    source_turn_clear(turn);
    reading.arena = arena_new();
    result = source_parse(PARSE_HF, bytes, len, &timing, &count, &info, err);
    if (result == ERR_OK)
        result = hf_read(&cursor, &reading, &count, &info, turn, err);
    if (result == ERR_OK)
        cursor_print(&cursor, &turn->cursor);
    arena_free(reading.arena);
    str_free(&reading.ids);
    cursor_free(&cursor);
    return result;
}

/* ---- around what cannot be had ---- */

static void hf_gap_period(struct cursor *cursor, struct source_turn *turn)
{
    struct cursor gap;

    cursor_init(&gap, cursor->kind);
    cursor_set(&gap, "day", cursor_get(cursor, "day"));
    cursor_set(&gap, "end", cursor_get(cursor, "day"));
    cursor_set(&gap, "page", cursor_get(cursor, "page"));
    cursor_print(&gap, &turn->gap_cursor);
    cursor_free(&gap);
    hf_next_period(cursor, turn);
}

static void hf_gap_paper(struct cursor *cursor, struct source_turn *turn)
{
    struct arena *arena = arena_new();
    struct cursor gap;

    cursor_init(&gap, "paper");
    cursor_set(&gap, "ids", hf_first_id(arena, cursor));
    cursor_print(&gap, &turn->gap_cursor);
    cursor_free(&gap);
    arena_free(arena);
    hf_next_id(cursor, turn);
}

static int hf_pass_over(const struct source_settings *settings, const char *text,
                        struct source_turn *turn, struct error *err)
{
    struct source_request request;
    struct cursor cursor;
    int result = hf_cursor(&cursor, text, err);

    (void)settings;
    if (result != ERR_OK)
        return result;
    source_turn_clear(turn);
    source_request_init(&request);
    hf_ask(&cursor, &request);
    turn->got = cursor_number(&cursor, "got", 0);
    if (hf_dated(cursor.kind))
        hf_gap_period(&cursor, turn);
    else if (strcmp(cursor.kind, "linked") == 0 && hf_single(&cursor))
        hf_gap_paper(&cursor, turn);
    else
        result = error_set(err, ERR_NOTFOUND, "there is no way around this page");
    if (result == ERR_OK) {
        str_add(&turn->gap_what, request.purpose.ptr);
        cursor_print(&cursor, &turn->cursor);
    }
    source_request_free(&request);
    cursor_free(&cursor);
    return result;
}

const struct source_ops source_huggingface = {
    .kind = "huggingface",
    .wishes = SOURCE_WISH_QUERY,
    .title = "Hugging Face",
    .every_ms = 6 * SOURCE_HOUR_MS,
    .urls = hf_urls,
    .origin = hf_origin,
    .plan = hf_plan,
    .begin = hf_begin,
    .lookup = hf_lookup,
    .lookup_scheme = ID_HF,
    .lookup_max = 1,
    .text = hf_text,
    .text_window = 90,
    .request = hf_request,
    .answer = hf_answer,
    .pass_over = hf_pass_over,
};
