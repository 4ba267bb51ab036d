/*
 * What an answer of Hugging Face means: its records with the time of their votes, and where to go
 * on from there; also around what cannot be had.
 */
#include "huggingface.h"

#include "carrel/clock.h"

#include <string.h>

#define TRENDING_PAGES 2
#define OVERLAP_DAYS 7

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

/* ---- the next place ---- */

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
    int32_t next = day != DAY_NONE ? hf_period_next(cursor->kind, day) : DAY_NONE;

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
    int64_t most = strcmp(cursor->kind, "trending") == 0 ? TRENDING_PAGES : HF_PAGES_MAX;
    bool again = *first_id && strcmp(first_id, cursor_get(cursor, "last")) == 0;

    cursor_set_number(cursor, "got", turn->got);
    if (listed < HF_PAGE_SIZE || again || page >= most || strcmp(cursor->kind, "search") == 0) {
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

/* ---- an answer ---- */

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

int hf_answer(const struct source_settings *settings, const char *text, const void *bytes,
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

int hf_pass_over(const struct source_settings *settings, const char *text, struct source_turn *turn,
                 struct error *err)
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
