/*
 * arXiv by its daily listings (RSS or Atom): what was announced today in a category, new papers,
 * cross-lists and replacements.
 *
 * A listing without an item is normal (Saturday, Sunday, holidays). It is asked for conditionally,
 * since it changes once a day. A listing that was not read on its day is gone: the days between are
 * a gap, which the query API can fill with what was submitted in them.
 *
 * Cursor: cat, day (of the last listing read).
 */
#include "arxiv.h"

#include "carrel/clock.h"

#include <string.h>

static int rss_begin(const char *category, const struct source_span *span, const struct cursor *old,
                     struct cursor *fresh, struct error *err)
{
    (void)span;
    (void)err;
    cursor_set(fresh, "cat", category);
    cursor_set(fresh, "day", cursor_get(old, "day"));
    return ERR_OK;
}

static int rss_request(const char *base, const struct cursor *cursor,
                       struct source_request *request, struct error *err)
{
    const char *category = cursor_get(cursor, "cat");

    if (!arxiv_category_ok(category))
        return error_set(err, ERR_CORRUPT, "a place in a listing without a category");
    str_printf(&request->url, "%s/%s", base, category);
    str_printf(&request->purpose, "%s listing", category);
    request->conditional = true;
    return ERR_OK;
}

/* Listings come out from Sunday to Thursday evening in New York, dated Monday to Friday. */
static int rss_days_between(int32_t before, int32_t now)
{
    int days = 0;
    int32_t day;

    if (now - before > 3660)
        return 3660;
    for (day = before + 1; day < now; day++)
        days += day_of_week(day) != 0 && day_of_week(day) != 6;
    return days;
}

static int rss_answer(struct cursor *cursor, const void *bytes, size_t len,
                      const struct parse_sink *sink, struct source_turn *turn, struct error *err)
{
    int32_t before = cursor_day(cursor, "day"), day;
    const char *category = cursor_get(cursor, "cat");
    struct str query = STR_INIT;
    struct source_count count;
    struct parse_info info;
    char first[16], last[16];
    int64_t made;
    int result = source_parse(PARSE_RSS, bytes, len, sink, &count, &info, err);

    if (result != ERR_OK)
        return result;
    turn->count = turn->got = count.records + count.rejects;
    turn->finished = true;
    day = time_parse(info.response_date, &made) ? (int32_t)(made / 86400000) : clock_today();
    if (before != DAY_NONE && rss_days_between(before, day) > 0) {
        date_format(first, before + 1);
        date_format(last, day - 1);
        str_printf(&turn->gap_what, "%s listings of %s to %s", category, first, last);
        str_add(&turn->gap_why, "a listing can be read on its own day only");
        str_printf(&query, "cat:%s", category);
        arxiv_api_window(&turn->gap_cursor, query.ptr, before - 3, day);
        str_free(&query);
    }
    if (before == DAY_NONE || day > before)
        cursor_set_day(cursor, "day", day);
    return ERR_OK;
}

const struct arxiv_way arxiv_rss = {
    .kind = "rss",
    .url_key = "rss-url",
    .begin = rss_begin,
    .request = rss_request,
    .answer = rss_answer,
};
