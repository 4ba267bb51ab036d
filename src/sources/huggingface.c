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
 * Here is what is asked for; places are huggingface_place.c, what an answer means to them
 * huggingface_answer.c, and its bytes hf.c.
 */
#include "huggingface.h"

#include "carrel/clock.h"

#include <inttypes.h>
#include <string.h>

#define LINKED_PAPERS 50

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
        if (str_blank(queries[i]) || strlen(queries[i]) > HF_QUERY_MAX)
            return error_set(err, ERR_USAGE, "query = %.60s: empty or longer than %d bytes",
                             queries[i], HF_QUERY_MAX);
        hf_stream(plan, arena_printf(plan->arena, "search/%s", queries[i]));
    }
    return ERR_OK;
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
    cursor_set_day(cursor, "day", hf_period_first(cursor->kind, first));
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

/* Pages have a window of their own, which is smaller: 100 in five minutes. */
static int hf_text(const struct source_settings *settings, const struct ident *id,
                   struct source_request *request, struct error *err)
{
    (void)err;
    source_request_clear(request);
    source_base(&request->url, &source_huggingface, settings);
    str_add(&request->url, "/papers/");
    url_escape(&request->url, id->value);
    str_add(&request->url, ".md");
    str_printf(&request->purpose, "text of %s", id->value);
    return ERR_OK;
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
        hf_period_print(&request->url, cursor->kind, cursor_day(cursor, "day"));
        str_printf(&request->purpose, "%s papers, ", cursor->kind);
        hf_period_print(&request->purpose, cursor->kind, cursor_day(cursor, "day"));
    } else {
        str_add(&request->url, "/api/daily_papers?sort=trending");
        str_printf(&request->purpose, "%s papers", cursor->kind);
    }
    str_printf(&request->url, "&limit=%d&p=%" PRId64,
               strcmp(cursor->kind, "linked") == 0 ? LINKED_PAPERS : HF_PAGE_SIZE, page);
    if (page > 0)
        str_printf(&request->purpose, ", page %" PRId64, page + 1);
}

void hf_ask(const struct cursor *cursor, struct source_request *request)
{
    if (hf_single(cursor)) {
        hf_ask_paper(cursor, request);
    } else if (strcmp(cursor->kind, "search") == 0) {
        str_add(&request->url, "/api/papers/search?q=");
        url_escape(&request->url, cursor_get(cursor, "q"));
        str_printf(&request->url, "&limit=%d", HF_PAGE_SIZE);
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
    source_base(&request->url, &source_huggingface, settings);
    hf_ask(&cursor, request);
    cursor_free(&cursor);
    return ERR_OK;
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
