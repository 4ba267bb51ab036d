/*
 * arXiv by its query API: a category or a query, cut into windows of submission time.
 *
 * The API gives at most 2,000 entries a slice and 30,000 in all, so a window that announces more is
 * halved until it does not. Windows are over submittedDate, the only date filter that is documented
 * and works (lastUpdatedDate is accepted, but has filtered by submission since the server was
 * renewed in 2025). Entries come oldest first, so that what is new appends itself and offsets stay
 * right. Papers appear days after their submission, when they are announced: the next round begins
 * some days before the end of this one. Later versions of old papers are not seen this way; OAI-PMH
 * sees them.
 *
 * An empty page although more is announced is a fault (the API does that at times); a page shorter
 * than asked for is followed by one that begins where it ended.
 *
 * Cursor: q, since (day), from, to (of this window), end (of the round) in minutes since 1970,
 * start, size, total, got, last (a gap: only up to this offset), next (day), ids (a list of ids
 * instead).
 */
#include "arxiv.h"

#include "carrel/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define API_SIZE 1000
#define API_SIZE_MAX 2000
#define API_TOTAL_MAX 30000
#define API_OVERLAP_DAYS 7
#define DAY_MINUTES 1440

static bool api_windowed(const char *query)
{
    return !strstr(query, "submittedDate:") && !strstr(query, "lastUpdatedDate:");
}

static void api_open(struct cursor *cursor, const char *query, int32_t first, int32_t last)
{
    int32_t opened = day_from_civil(1991, 1, 1); /* arXiv opened in August of that year */

    if (first < opened)
        first = opened;
    if (last < first)
        last = first;
    cursor_set(cursor, "q", query);
    cursor_set_day(cursor, "since", first);
    cursor_set_number(cursor, "from", (int64_t)first * DAY_MINUTES);
    cursor_set_number(cursor, "end", ((int64_t)last + 1) * DAY_MINUTES);
    cursor_set(cursor, "to", cursor_get(cursor, "end"));
}

static int api_begin(const char *query, const struct source_span *span, const struct cursor *old,
                     struct cursor *fresh, struct error *err)
{
    int32_t first = span_first(span), next = cursor_day(old, "next");

    (void)err;
    if (span->since == DAY_NONE && next != DAY_NONE)
        first = next;
    api_open(fresh, query, first, span->today);
    return ERR_OK;
}

void arxiv_api_window(struct str *out, const char *query, int32_t first, int32_t last)
{
    struct cursor cursor;

    cursor_init(&cursor, "api");
    api_open(&cursor, query, first, last);
    cursor_print(&cursor, out);
    cursor_free(&cursor);
}

int arxiv_api_lookup(const struct ident *ids, size_t count, struct str *out, struct error *err)
{
    struct str list = STR_INIT;
    struct cursor cursor;
    size_t i;

    for (i = 0; i < count; i++) {
        str_printf(&list, "%s%s", i ? "," : "", ids[i].value);
        if (ids[i].version > 0)
            str_printf(&list, "v%d", ids[i].version);
    }
    if (count == 0 || list.len > SOURCE_CURSOR_MAX / 4) {
        str_free(&list);
        return error_set(err, ERR_LIMIT, "%zu ids in one request", count);
    }
    cursor_init(&cursor, "api");
    cursor_set(&cursor, "ids", list.ptr);
    cursor_set_number(&cursor, "size", (int64_t)count);
    cursor_print(&cursor, out);
    cursor_free(&cursor);
    str_free(&list);
    return ERR_OK;
}

/* YYYYMMDDHHMM, as submittedDate takes it. */
static void api_time(char out[32], int64_t minutes)
{
    int year, month, day;

    day_to_civil((int32_t)(minutes / DAY_MINUTES), &year, &month, &day);
    snprintf(out, 32, "%04d%02d%02d%02d%02d", year, month, day, (int)(minutes % DAY_MINUTES / 60),
             (int)(minutes % 60));
}

static int64_t api_minutes(const struct cursor *cursor, const char *key)
{
    return cursor_number(cursor, key, -1);
}

static int64_t api_start(const struct cursor *cursor)
{
    return cursor_number(cursor, "start", 0);
}

/* How many are asked for: never beyond what the API gives in all, or the end of a gap. */
static int64_t api_size(const struct cursor *cursor)
{
    int64_t size = cursor_number(cursor, "size", API_SIZE);
    int64_t most = cursor_number(cursor, "last", API_TOTAL_MAX) - api_start(cursor);

    if (size > API_SIZE_MAX)
        size = API_SIZE_MAX;
    if (size > most)
        size = most;
    return size < 1 ? 1 : size;
}

static int api_check(const struct cursor *cursor, struct error *err)
{
    int64_t from = api_minutes(cursor, "from"), to = api_minutes(cursor, "to"),
            end = api_minutes(cursor, "end");
    const int64_t limit = (int64_t)day_from_civil(9999, 1, 1) * DAY_MINUTES;

    if (*cursor_get(cursor, "ids"))
        return ERR_OK;
    if (!*cursor_get(cursor, "q") || from < 0 || to <= from || end < to || end > limit
        || api_start(cursor) > API_TOTAL_MAX)
        return error_set(err, ERR_CORRUPT, "a place in a list of the query API that cannot be");
    return ERR_OK;
}

static void api_query(const struct cursor *cursor, struct str *query)
{
    const char *q = cursor_get(cursor, "q");
    char from[32], to[32];

    if (!api_windowed(q)) {
        str_add(query, q);
        return;
    }
    api_time(from, api_minutes(cursor, "from"));
    api_time(to, api_minutes(cursor, "to"));
    if (strchr(q, ' '))
        str_printf(query, "(%s) AND submittedDate:[%s TO %s]", q, from, to);
    else
        str_printf(query, "%s AND submittedDate:[%s TO %s]", q, from, to);
}

static void api_purpose(const struct cursor *cursor, struct str *out)
{
    char from[16], to[16];

    if (*cursor_get(cursor, "ids")) {
        str_printf(out, "%.80s", cursor_get(cursor, "ids"));
        return;
    }
    date_format(from, (int32_t)(api_minutes(cursor, "from") / DAY_MINUTES));
    date_format(to, (int32_t)((api_minutes(cursor, "to") - 1) / DAY_MINUTES));
    str_printf(out, "%s submitted %s to %s, from %" PRId64, cursor_get(cursor, "q"), from, to,
               api_start(cursor));
}

static int api_request(const char *base, const struct cursor *cursor,
                       struct source_request *request, struct error *err)
{
    struct str query = STR_INIT;
    int result = api_check(cursor, err);

    if (result != ERR_OK)
        return result;
    if (*cursor_get(cursor, "ids")) {
        str_printf(&request->url, "%s?id_list=", base);
        url_escape(&request->url, cursor_get(cursor, "ids"));
        str_printf(&request->url, "&max_results=%" PRId64, api_size(cursor));
    } else {
        api_query(cursor, &query);
        str_printf(&request->url, "%s?search_query=", base);
        url_escape(&request->url, query.ptr);
        str_printf(&request->url,
                   "&start=%" PRId64 "&max_results=%" PRId64
                   "&sortBy=submittedDate&sortOrder=ascending",
                   api_start(cursor), api_size(cursor));
    }
    api_purpose(cursor, &request->purpose);
    str_free(&query);
    return ERR_OK;
}

static void api_finish(struct cursor *cursor, struct source_turn *turn)
{
    int32_t last = (int32_t)(api_minutes(cursor, "end") / DAY_MINUTES) - 1;

    cursor_set_day(cursor, "next", last - API_OVERLAP_DAYS);
    cursor_set(cursor, "start", NULL);
    cursor_set(cursor, "total", NULL);
    turn->finished = true;
}

/* Behind this window: the next one, twice as long; or the end of the round. */
static void api_next_window(struct cursor *cursor, struct source_turn *turn)
{
    int64_t from = api_minutes(cursor, "from"), to = api_minutes(cursor, "to"),
            end = api_minutes(cursor, "end");
    int64_t length = (to - from) * 2;

    if (to >= end || *cursor_get(cursor, "last") || !api_windowed(cursor_get(cursor, "q"))) {
        api_finish(cursor, turn);
        return;
    }
    cursor_set_number(cursor, "from", to);
    cursor_set_number(cursor, "to", length < end - to ? to + length : end);
    cursor_set(cursor, "start", NULL);
    cursor_set(cursor, "total", NULL);
}

/* More than the API gives: half the window; a minute cannot be halved. */
static bool api_split(struct cursor *cursor, int64_t total)
{
    int64_t from = api_minutes(cursor, "from"), to = api_minutes(cursor, "to");

    if (total <= API_TOTAL_MAX || api_start(cursor) > 0 || to - from < 2
        || !api_windowed(cursor_get(cursor, "q")))
        return false;
    cursor_set_number(cursor, "to", from + (to - from) / 2);
    return true;
}

static void api_too_many(struct cursor *cursor, struct source_turn *turn, int64_t total)
{
    api_purpose(cursor, &turn->gap_what);
    str_printf(&turn->gap_why,
               "the API gives %d of %" PRId64 " entries; ask a narrower query, or use OAI-PMH",
               API_TOTAL_MAX, total);
}

/* From a good page of a list to the next place. */
static void api_advance(struct cursor *cursor, struct source_turn *turn)
{
    int64_t start = api_start(cursor) + turn->count, last = cursor_number(cursor, "last", -1);

    if (start >= turn->total || (last >= 0 && start >= last)) {
        api_next_window(cursor, turn);
    } else if (start >= API_TOTAL_MAX) {
        api_too_many(cursor, turn, turn->total);
        api_next_window(cursor, turn);
    } else {
        cursor_set_number(cursor, "start", start);
        cursor_set_number(cursor, "total", turn->total);
    }
}

static int api_read(struct cursor *cursor, const void *bytes, size_t len,
                    const struct parse_sink *sink, struct source_turn *turn,
                    struct parse_info *info, struct error *err)
{
    struct source_count count;
    int result = source_parse(PARSE_ARXIV_ATOM, bytes, len, sink, &count, info, err);
    int64_t known = cursor_number(cursor, "total", -1);

    if (result != ERR_OK)
        return result;
    if (*info->error_code)
        return error_set(err, ERR_REFUSED, "arXiv's API answers: %s", info->error_text);
    if (info->total < 0)
        return error_set(err, ERR_PARSE, "a feed without a total is no answer of the query API");
    turn->count = count.records + count.rejects;
    turn->total = info->total;
    if (turn->count == 0 && (known > info->total ? known : info->total) > api_start(cursor))
        return error_set(err, ERR_PARSE, "an empty page, though %" PRId64 " papers are announced",
                         known > info->total ? known : (int64_t)info->total);
    return ERR_OK;
}

static int api_answer(struct cursor *cursor, const void *bytes, size_t len,
                      const struct parse_sink *sink, struct source_turn *turn, struct error *err)
{
    struct parse_info info;
    int result = api_check(cursor, err);

    if (result == ERR_OK)
        result = api_read(cursor, bytes, len, sink, turn, &info, err);
    if (result != ERR_OK)
        return result;
    turn->got = cursor_number(cursor, "got", 0) + turn->count;
    if (*cursor_get(cursor, "ids")) {
        turn->finished = true;
        return ERR_OK;
    }
    if (api_split(cursor, turn->total)) {
        str_printf(&turn->note,
                   "%s: %" PRId64 " papers are too many for the API; its window is halved",
                   cursor_get(cursor, "q"), turn->total);
        return ERR_OK;
    }
    cursor_set_number(cursor, "got", turn->got);
    api_advance(cursor, turn);
    return ERR_OK;
}

static int api_skip(struct cursor *cursor, struct source_turn *turn, struct error *err)
{
    int64_t total = cursor_number(cursor, "total", -1), start = api_start(cursor);
    int64_t size = api_size(cursor), behind = start + size;

    if (total < 0 || *cursor_get(cursor, "ids") || *cursor_get(cursor, "last")
        || api_check(cursor, err) != ERR_OK)
        return error_set(err, ERR_NOTFOUND, "the first page of a list cannot be passed over");
    if (behind > total)
        behind = total;
    api_purpose(cursor, &turn->gap_what);
    str_printf(&turn->gap_what, " to %" PRId64, behind - 1);
    cursor_set_number(cursor, "last", behind);
    cursor_print(cursor, &turn->gap_cursor);
    cursor_set(cursor, "last", NULL);
    turn->total = total;
    turn->count = behind - start;
    turn->got = cursor_number(cursor, "got", 0);
    api_advance(cursor, turn);
    turn->count = 0;
    return ERR_OK;
}

const struct arxiv_way arxiv_api = {
    .kind = "api",
    .url_key = "api-url",
    .begin = api_begin,
    .request = api_request,
    .answer = api_answer,
    .skip = api_skip,
};
