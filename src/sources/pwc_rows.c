/*
 * The archive of Papers with Code as the data-set server hands it out: JSON rows, a hundred a page
 * (the service itself closed in July 2025 and is never asked).
 *
 * A stream is a data set. Its splits are asked for first, then each is read by offset, so that a
 * run that was stopped goes on at its page. The archive does not change any more: a later round
 * looks at the last row only and begins anew when the number of rows has changed. What the server
 * leaves out is told as a gap: cells that it cut, and the rest of a data set of which it serves
 * only the first part.
 *
 * Cursors: splits?set. rows?set, config, split, offset, got, cut (rows with cells that
 * were cut, so far), ids (splits that follow, as config/split), to (of a gap: the offset where it
 * ends). check?set, config, split, total.
 */
#include "internal.h"

#include "carrel/clock.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS 100
#define PAGE_TASKS 20 /* a task brings all its tables */
#define SPLITS_MAX 20
#define NAME_LEN 200

static const struct source_setting pwc_urls[] = {
    { "url", "https://datasets-server.huggingface.co" }, { NULL, NULL }
};
static const char *const pwc_datasets[] = { "pwc-archive/links-between-paper-and-code",
                                            "pwc-archive/methods", "pwc-archive/datasets" };

static int pwc_origin(const struct source_settings *settings, struct source_origin *origin,
                      struct error *err)
{
    const char *url = source_url(&source_pwc, settings, "url");

    *origin = (struct source_origin){ .floor_ms = 500, .interval_ms = 1000 };
    if (!url_host(url, origin->name, sizeof origin->name))
        return error_set(err, ERR_USAGE, "url = %.200s: not an address (https://...)", url);
    return ERR_OK;
}

/* "owner/name", of letters that need no second thought. */
static bool pwc_dataset_ok(const char *name)
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./");
    const char *slash = strchr(name, '/');

    return len > 2 && !name[len] && len <= NAME_LEN && slash && slash > name && slash[1]
           && !strchr(slash + 1, '/');
}

static int pwc_plan(const struct source_settings *settings, struct source_plan *plan,
                    struct error *err)
{
    const char *const *names;
    size_t count = settings->values(settings->ctx, "dataset", &names), i, k;

    if (count == 0) {
        names = pwc_datasets;
        count = ARRAY_LEN(pwc_datasets);
    }
    for (i = 0; i < count; i++) {
        if (!pwc_dataset_ok(names[i]))
            return error_set(err, ERR_USAGE,
                             "dataset = %.60s: not a data set (OWNER/NAME, such as %s)", names[i],
                             pwc_datasets[0]);
        for (k = 0; k < plan->streams.len && strcmp(plan->streams.items[k], names[i]) != 0; k++)
            continue;
        if (k == plan->streams.len)
            text_list_add(&plan->streams, plan->arena, names[i], strlen(names[i]));
    }
    return ERR_OK;
}

/* ---- places ---- */

static bool pwc_cursor_ok(const struct cursor *cursor)
{
    const char *config = cursor_get(cursor, "config"), *split = cursor_get(cursor, "split");

    if (!pwc_dataset_ok(cursor_get(cursor, "set")))
        return false;
    if (strcmp(cursor->kind, "splits") == 0)
        return true;
    if (strcmp(cursor->kind, "rows") != 0 && strcmp(cursor->kind, "check") != 0)
        return false;
    return *config && *split && strlen(config) <= NAME_LEN && strlen(split) <= NAME_LEN
           && cursor_number(cursor, "offset", 0) <= INT32_MAX
           && cursor_number(cursor, "total", 0) <= INT32_MAX;
}

static int pwc_cursor(struct cursor *cursor, const char *text, struct error *err)
{
    int result = cursor_parse(cursor, text, err);

    if (result != ERR_OK || pwc_cursor_ok(cursor))
        return result;
    cursor_free(cursor);
    return error_set(err, ERR_CORRUPT, "the saved place '%.60s' is not one of a data set", text);
}

static void pwc_anew(struct cursor *cursor, const char *dataset)
{
    char *name = mem_strdup(dataset); /* may be the cursor's own */

    cursor_free(cursor);
    cursor_init(cursor, "splits");
    cursor_set(cursor, "set", name);
    free(name);
}

static int pwc_begin_round(const struct source_settings *settings, const char *stream,
                           const struct source_span *span, struct str *out, struct error *err)
{
    struct cursor cursor = { 0 };
    int result = ERR_OK;

    (void)settings;
    if (!pwc_dataset_ok(stream))
        return error_set(err, ERR_CORRUPT, "'%.60s' is no data set", stream);
    if (span->cursor && *span->cursor)
        result = pwc_cursor(&cursor, span->cursor, err);
    if (result != ERR_OK)
        return result;
    /* Asked for "since": the rows have no dates, so all of them are meant. */
    if (cursor.len == 0 || strcmp(cursor_get(&cursor, "set"), stream) != 0
        || (span->finished && span->since != DAY_NONE))
        pwc_anew(&cursor, stream);
    cursor_print(&cursor, out);
    cursor_free(&cursor);
    return ERR_OK;
}

/* ---- a request ---- */

static int64_t pwc_page(const struct cursor *cursor)
{
    bool tasks = str_ends(cursor_get(cursor, "set"), "evaluation-tables");
    int64_t page = strcmp(cursor->kind, "check") == 0 ? 1 : tasks ? PAGE_TASKS : PAGE_ROWS;
    int64_t left = cursor_number(cursor, "to", 0) - cursor_number(cursor, "offset", 0);

    return left > 0 && left < page ? left : page;
}

static int64_t pwc_offset(const struct cursor *cursor)
{
    int64_t total = cursor_number(cursor, "total", 0);

    if (strcmp(cursor->kind, "check") == 0)
        return total > 0 ? total - 1 : 0;
    return cursor_number(cursor, "offset", 0);
}

static void pwc_parameter(struct str *url, const char *name, const char *value)
{
    str_printf(url, "&%s=", name);
    url_escape(url, value);
}

static void pwc_ask(const struct cursor *cursor, struct source_request *request)
{
    const char *dataset = cursor_get(cursor, "set");
    bool splits = strcmp(cursor->kind, "splits") == 0;

    str_printf(&request->url, "/%s?dataset=", splits ? "splits" : "rows");
    url_escape(&request->url, dataset);
    request->media = SOURCE_JSON;
    if (splits) {
        str_printf(&request->purpose, "splits of %s", dataset);
        return;
    }
    pwc_parameter(&request->url, "config", cursor_get(cursor, "config"));
    pwc_parameter(&request->url, "split", cursor_get(cursor, "split"));
    str_printf(&request->url, "&offset=%" PRId64 "&length=%" PRId64, pwc_offset(cursor),
               pwc_page(cursor));
    if (strcmp(cursor->kind, "check") == 0)
        str_printf(&request->purpose, "last row of %s", dataset);
    else
        str_printf(&request->purpose, "rows %" PRId64 " to %" PRId64 " of %s, %s",
                   pwc_offset(cursor), pwc_offset(cursor) + pwc_page(cursor) - 1, dataset,
                   cursor_get(cursor, "split"));
}

static int pwc_request(const struct source_settings *settings, const char *text,
                       struct source_request *request, struct error *err)
{
    struct cursor cursor;
    int result = pwc_cursor(&cursor, text, err);

    if (result != ERR_OK)
        return result;
    source_request_clear(request);
    source_base(&request->url, &source_pwc, settings);
    pwc_ask(&cursor, request);
    cursor_free(&cursor);
    return ERR_OK;
}

/* ---- splits ---- */

/* "config/split", where both can be told apart again. */
static void splits_add(struct str *list, const json_t *item)
{
    const char *config = json_string_value(json_object_get(item, "config"));
    const char *split = json_string_value(json_object_get(item, "split"));

    if (!config || !split || !*config || !*split || strlen(config) > NAME_LEN
        || strlen(split) > NAME_LEN || strpbrk(config, "/,") || strpbrk(split, "/,"))
        return;
    str_printf(list, "%s%s/%s", list->len ? "," : "", config, split);
}

/* The next split becomes the one that is read; false: there is none. */
static bool pwc_next_split(struct cursor *cursor)
{
    char *ids = mem_strdup(cursor_get(cursor, "ids")), *at = ids;
    char *comma = strchr(ids, ','), *slash = strchr(ids, '/');
    bool found = slash && slash > ids && slash[1];

    if (found) {
        if (comma)
            *comma++ = '\0';
        *slash++ = '\0';
        snprintf(cursor->kind, sizeof cursor->kind, "rows");
        cursor_set(cursor, "config", at);
        cursor_set(cursor, "split", slash);
        cursor_set(cursor, "ids", comma);
        cursor_set(cursor, "offset", NULL);
        cursor_set(cursor, "total", NULL);
    }
    free(ids);
    return found && pwc_cursor_ok(cursor);
}

static int splits_take(struct cursor *cursor, const json_t *root, struct source_turn *turn,
                       struct error *err)
{
    const json_t *splits = json_object_get(root, "splits");
    struct str list = STR_INIT;
    size_t i;
    int result = ERR_OK;

    if (!json_is_array(splits))
        return error_set(err, ERR_PARSE, "no list of splits");
    for (i = 0; i < json_array_size(splits) && i < SPLITS_MAX; i++)
        splits_add(&list, json_array_get(splits, i));
    cursor_set(cursor, "ids", list.ptr);
    if (!pwc_next_split(cursor))
        result = error_set(err, ERR_REFUSED, "%s has no rows that could be read",
                           cursor_get(cursor, "set"));
    if (json_array_size(splits) > SPLITS_MAX)
        str_printf(&turn->note, "of %zu splits the first %d are read", json_array_size(splits),
                   SPLITS_MAX);
    str_free(&list);
    return result;
}

static int pwc_splits(struct cursor *cursor, const void *bytes, size_t len,
                      struct source_turn *turn, struct error *err)
{
    json_t *root = json_loadb(bytes, len, JSON_ALLOW_NUL, NULL);
    const char *said = json_string_value(json_object_get(root, "error"));
    int result;

    if (!root)
        result = error_set(err, ERR_PARSE, "not JSON");
    else if (said)
        result = error_set(err, ERR_REFUSED, "the data-set server answers: %.200s", said);
    else
        result = splits_take(cursor, root, turn, err);
    json_decref(root);
    return result;
}

/* ---- rows ---- */

static void pwc_finished(struct cursor *cursor, int64_t total, struct source_turn *turn)
{
    turn->finished = true;
    snprintf(cursor->kind, sizeof cursor->kind, "check");
    cursor_set(cursor, "offset", NULL);
    cursor_set(cursor, "got", NULL);
    cursor_set(cursor, "ids", NULL);
    cursor_set(cursor, "to", NULL);
    cursor_set(cursor, "cut", NULL);
    cursor_set_number(cursor, "total", total);
}

/* What is not served: of a stream there is one such gap, so it tells of all pages so far. */
static void rows_missing(struct cursor *cursor, const struct parse_info *info, bool end,
                         struct source_turn *turn)
{
    int64_t cut = cursor_number(cursor, "cut", 0) + info->cut;
    const char *dataset = cursor_get(cursor, "set");
    bool first_part = end && info->partial;

    cursor_set_number(cursor, "cut", cut);
    if (cut == 0)
        cursor_set(cursor, "cut", NULL);
    if (cut == 0 && !first_part)
        return;
    if (first_part)
        str_printf(&turn->gap_what, "rows of %s behind %" PRId64, dataset,
                   pwc_offset(cursor) + info->listed);
    if (cut > 0)
        str_printf(&turn->gap_what, "%scells of %" PRId64 " rows of %s", first_part ? ", and " : "",
                   cut, dataset);
    str_printf(&turn->gap_why, "%s%s%s; the dump has all of it",
               first_part ? "the server serves only the first part of this data set" : "",
               first_part && cut > 0 ? ", and " : "",
               cut > 0 ? "it cuts large cells (abstracts, tables)" : "");
}

static int rows_next(struct cursor *cursor, const struct parse_info *info, struct source_turn *turn,
                     struct error *err)
{
    int64_t offset = pwc_offset(cursor) + info->listed, total = info->total;
    int64_t to = cursor_number(cursor, "to", 0);
    bool end = offset >= total || (to > 0 && offset >= to);

    if (info->listed == 0 && !end)
        return error_set(err, ERR_PARSE, "no rows at %" PRId64 ", though there are to be %" PRId64,
                         offset, total);
    rows_missing(cursor, info, offset >= total, turn);
    cursor_set_number(cursor, "offset", offset);
    cursor_set_number(cursor, "got", turn->got);
    if (end && (to > 0 || !pwc_next_split(cursor)))
        pwc_finished(cursor, total, turn);
    return ERR_OK;
}

/* The last row is where it was: nothing has come. */
static void check_next(struct cursor *cursor, const struct parse_info *info,
                       struct source_turn *turn)
{
    if (info->total == cursor_number(cursor, "total", 0))
        pwc_finished(cursor, info->total, turn);
    else
        pwc_anew(cursor, cursor_get(cursor, "set"));
}

static int pwc_rows(struct cursor *cursor, const void *bytes, size_t len,
                    const struct parse_sink *sink, struct source_turn *turn, struct error *err)
{
    struct source_count count;
    struct parse_info info;
    int result = source_parse(PARSE_PWC, bytes, len, sink, &count, &info, err);

    if (result != ERR_OK)
        return result;
    if (*info.error_code)
        return error_set(err, ERR_REFUSED, "the data-set server answers: %s", info.error_text);
    if (info.total < 0 || info.total > INT32_MAX || info.listed > PAGE_ROWS)
        return error_set(err, ERR_PARSE, "not a page of rows");
    turn->count = count.records + count.rejects;
    turn->got = cursor_number(cursor, "got", 0) + info.listed;
    turn->total = info.total;
    if (strcmp(cursor->kind, "check") != 0)
        return rows_next(cursor, &info, turn, err);
    check_next(cursor, &info, turn);
    return ERR_OK;
}

static int pwc_answer(const struct source_settings *settings, const char *text, const void *bytes,
                      size_t len, const struct parse_sink *sink, struct source_turn *turn,
                      struct error *err)
{
    struct cursor cursor;
    int result = pwc_cursor(&cursor, text, err);

    (void)settings;
    if (result != ERR_OK)
        return result;
    source_turn_clear(turn);
    result = strcmp(cursor.kind, "splits") == 0 ? pwc_splits(&cursor, bytes, len, turn, err)
                                                : pwc_rows(&cursor, bytes, len, sink, turn, err);
    if (result == ERR_OK)
        cursor_print(&cursor, &turn->cursor);
    cursor_free(&cursor);
    return result;
}

/* ---- around what cannot be had ---- */

/* The page becomes a gap that a later run asks for; reading goes on behind it. */
static void rows_over(struct cursor *cursor, struct source_turn *turn)
{
    int64_t next = pwc_offset(cursor) + pwc_page(cursor);
    struct cursor gap;

    cursor_init(&gap, "rows");
    cursor_set(&gap, "set", cursor_get(cursor, "set"));
    cursor_set(&gap, "config", cursor_get(cursor, "config"));
    cursor_set(&gap, "split", cursor_get(cursor, "split"));
    cursor_set(&gap, "offset", cursor_get(cursor, "offset"));
    cursor_set_number(&gap, "to", next);
    cursor_print(&gap, &turn->gap_cursor);
    cursor_free(&gap);
    cursor_set_number(cursor, "offset", next);
}

static int pwc_pass_over(const struct source_settings *settings, const char *text,
                         struct source_turn *turn, struct error *err)
{
    struct source_request request;
    struct cursor cursor;
    int result = pwc_cursor(&cursor, text, err);

    (void)settings;
    if (result != ERR_OK)
        return result;
    source_turn_clear(turn);
    turn->got = cursor_number(&cursor, "got", 0);
    source_request_init(&request);
    pwc_ask(&cursor, &request);
    if (strcmp(cursor.kind, "rows") != 0 || *cursor_get(&cursor, "to")
        || pwc_offset(&cursor) + PAGE_ROWS > INT32_MAX) {
        result = error_set(err, ERR_NOTFOUND, "there is no way around this page");
    } else {
        rows_over(&cursor, turn);
        str_add(&turn->gap_what, request.purpose.ptr);
        cursor_print(&cursor, &turn->cursor);
    }
    source_request_free(&request);
    cursor_free(&cursor);
    return result;
}

const struct source_ops source_pwc = {
    .kind = "pwc",
    .title = "Papers with Code (archive)",
    .dateless = true,
    .every_ms = (int64_t)30 * 24 * SOURCE_HOUR_MS,
    .urls = pwc_urls,
    .origin = pwc_origin,
    .plan = pwc_plan,
    .begin = pwc_begin_round,
    .request = pwc_request,
    .answer = pwc_answer,
    .pass_over = pwc_pass_over,
};
