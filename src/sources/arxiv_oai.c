/*
 * arXiv by OAI-PMH 2.0: ListRecords of a set in the format arXiv or arXivRaw, page by page with
 * resumption tokens.
 *
 * `from` is the day on which the last round was answered, so that a record changed later on that
 * day is seen; `until` is left out, since a record changed meanwhile moves behind it. A token
 * expires at the next midnight UTC: the list is then asked anew from the largest day of change seen
 * less one. That is right only when the list came in that order; else it begins where it began.
 *
 * Cursor: set, from (of the list being read), since (of the round), token, page, got, total, seen
 * (largest day), mixed (days were out of order), next (where the next round begins), again
 * (restarts without progress).
 */
#include "arxiv.h"

#include "carrel/clock.h"

#include <inttypes.h>
#include <string.h>

#define OAI_RESTARTS 4

static int oai_begin(const char *set, const struct source_span *span, const struct cursor *old,
                     struct cursor *fresh, struct error *err)
{
    int32_t earliest = day_from_civil(2005, 9, 16); /* the server refuses days before it */
    int32_t first = span_first(span), next = cursor_day(old, "next");

    (void)err;
    if (span->since == DAY_NONE && next != DAY_NONE)
        first = next;
    else if (span->since == DAY_NONE && old->len > 0 && cursor_day(old, "since") != DAY_NONE)
        first = cursor_day(old, "since");
    if (first < earliest)
        first = earliest;
    cursor_set(fresh, "set", set);
    cursor_set_day(fresh, "since", first);
    cursor_set_day(fresh, "from", first);
    return ERR_OK;
}

static int oai_request(const char *base, const struct cursor *cursor,
                       struct source_request *request, struct error *err)
{
    const char *set = cursor_get(cursor, "set"), *from = cursor_get(cursor, "from");
    const char *token = cursor_get(cursor, "token");

    if (!*set || cursor_day(cursor, "from") == DAY_NONE)
        return error_set(err, ERR_CORRUPT, "a place in an OAI-PMH list without set or day");
    if (*token) {
        str_printf(&request->url, "%s?verb=ListRecords&resumptionToken=", base);
        url_escape(&request->url, token);
    } else {
        str_printf(&request->url, "%s?verb=ListRecords&metadataPrefix=%s&set=", base,
                   strcmp(cursor->kind, arxiv_oai_raw.kind) == 0 ? "arXivRaw" : "arXiv");
        url_escape(&request->url, set);
        str_printf(&request->url, "&from=%s", from);
    }
    str_printf(&request->purpose, "%s changed since %s, page %" PRId64, set, from,
               cursor_number(cursor, "page", 0) + 1);
    return ERR_OK;
}

/* The list is over, or was refused: what belongs to it alone goes. */
static void oai_forget_list(struct cursor *cursor)
{
    cursor_set(cursor, "token", NULL);
    cursor_set(cursor, "page", NULL);
    cursor_set(cursor, "got", NULL);
    cursor_set(cursor, "total", NULL);
    cursor_set(cursor, "seen", NULL);
    cursor_set(cursor, "mixed", NULL);
}

static int oai_restart(struct cursor *cursor, struct source_turn *turn, struct error *err)
{
    int32_t from = cursor_day(cursor, "from"), seen = cursor_day(cursor, "seen");
    int32_t again = seen != DAY_NONE && !*cursor_get(cursor, "mixed") ? seen - 1 : from;
    int64_t stuck = cursor_number(cursor, "again", 0) + 1;
    char day[16];

    if (again <= from)
        again = from;
    else
        stuck = 0;
    if (stuck > OAI_RESTARTS)
        return error_set(err, ERR_REFUSED,
                         "the server refuses its own resumption tokens for %s again and again",
                         cursor_get(cursor, "set"));
    date_format(day, again);
    str_printf(&turn->note, "%s: the list has expired and is asked again from %s",
               cursor_get(cursor, "set"), day);
    oai_forget_list(cursor);
    cursor_set_day(cursor, "from", again);
    cursor_set_number(cursor, "again", stuck);
    return ERR_OK;
}

static void oai_finish(struct cursor *cursor, struct source_turn *turn)
{
    if (cursor_day(cursor, "next") == DAY_NONE)
        cursor_set_day(cursor, "next", clock_today() - 1);
    if (turn->total >= 0 && turn->got < turn->total)
        str_printf(&turn->note, "%s: the server announced %" PRId64 " records and sent %" PRId64,
                   cursor_get(cursor, "set"), turn->total, turn->got);
    oai_forget_list(cursor);
    cursor_set(cursor, "again", NULL);
    turn->finished = true;
}

/* The next round begins on the day of the first answer, whatever day it is when this one ends. */
static void oai_date(struct cursor *cursor, const struct parse_info *info)
{
    char day[11] = "";
    int32_t first;

    if (cursor_day(cursor, "next") != DAY_NONE)
        return;
    memcpy(day, info->response_date, sizeof day - 1);
    if (date_parse(day, &first, NULL) && strlen(day) == 10)
        cursor_set_day(cursor, "next", first);
}

static int oai_error(struct cursor *cursor, const struct parse_info *info, struct source_turn *turn,
                     struct error *err)
{
    if (strcmp(info->error_code, "noRecordsMatch") == 0 && !*cursor_get(cursor, "token")) {
        oai_date(cursor, info);
        oai_finish(cursor, turn);
        return ERR_OK;
    }
    if (strcmp(info->error_code, "badResumptionToken") == 0 && *cursor_get(cursor, "token"))
        return oai_restart(cursor, turn, err);
    return error_set(err, ERR_REFUSED, "%s: the server answers %s%s%s", cursor_get(cursor, "set"),
                     info->error_code, *info->error_text ? ": " : "", info->error_text);
}

static void oai_remember_days(struct cursor *cursor, const struct parse_info *info)
{
    const char *seen = cursor_get(cursor, "seen");

    if (info->unordered
        || (*seen && *info->datestamp && *info->first_datestamp
            && strcmp(info->first_datestamp, seen) < 0))
        cursor_set(cursor, "mixed", "1");
    if (*info->datestamp && strcmp(info->datestamp, seen) > 0)
        cursor_set(cursor, "seen", info->datestamp);
}

static int oai_answer(struct cursor *cursor, const void *bytes, size_t len,
                      const struct parse_sink *sink, struct source_turn *turn, struct error *err)
{
    struct source_count count;
    struct parse_info info;
    int result = source_parse(PARSE_OAI, bytes, len, sink, &count, &info, err);

    if (result != ERR_OK)
        return result;
    if (*info.error_code)
        return oai_error(cursor, &info, turn, err);
    turn->count = count.records + count.rejects;
    if (turn->count == 0) /* nothing to list is an error code of its own */
        return error_set(err, ERR_PARSE, "a list of records without a record");
    turn->got = cursor_number(cursor, "got", 0) + turn->count;
    turn->total = info.total >= 0 ? info.total : cursor_number(cursor, "total", -1);
    oai_date(cursor, &info);
    if (!*info.token) {
        oai_finish(cursor, turn);
        return ERR_OK;
    }
    if (strcmp(info.token, cursor_get(cursor, "token")) == 0)
        return error_set(err, ERR_PARSE, "the page names itself as the next one");
    oai_remember_days(cursor, &info);
    cursor_set(cursor, "token", info.token);
    cursor_set_number(cursor, "page", cursor_number(cursor, "page", 0) + 1);
    cursor_set_number(cursor, "got", turn->got);
    if (turn->total >= 0)
        cursor_set_number(cursor, "total", turn->total);
    return ERR_OK;
}

const struct arxiv_way arxiv_oai = {
    .kind = "oai",
    .url_key = "oai-url",
    .begin = oai_begin,
    .request = oai_request,
    .answer = oai_answer,
};

/* All versions with their days and sizes, but names in one text, as they were typed. */
const struct arxiv_way arxiv_oai_raw = {
    .kind = "oai-raw",
    .url_key = "oai-url",
    .begin = oai_begin,
    .request = oai_request,
    .answer = oai_answer,
};
