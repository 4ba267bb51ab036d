/*
 * An OAI-PMH data provider over made-up papers, in the manner of arXiv's: Identify, ListSets,
 * ListRecords and ListIdentifiers with from, until, set and resumption tokens, GetRecord.
 *
 * A token of the new kind is a query string that was URL-encoded twice, as arXiv's are: a client
 * that does not encode it again on its way back is told badResumptionToken. It carries the time of
 * its issue, so that nothing needs to be remembered. Records with a second version come last, so
 * that datestamps rise when revise-on is the newest day.
 */
#include "replay.h"

#include "carrel/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct listing {
    const char *verb;
    char from_text[16], until_text[16], set[64];
    int32_t from, until;
    int64_t skip;
    bool resumed;
};

static void oai_day(struct str *out, int32_t day)
{
    char text[16];

    date_format(text, day);
    str_add(out, text);
}

static void oai_head(struct str *out, const struct script *script, const struct request *request,
                     bool with_arguments)
{
    char now[32];
    size_t i;

    time_format(now, clock_real_ms());
    str_printf(out,
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
               "<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\">\n"
               "<responseDate>%s</responseDate>\n<request",
               now);
    for (i = 0; i < request->query_len && with_arguments; i++) {
        str_printf(out, " %s=\"", request->query[i].name);
        xml_text(out, request->query[i].value);
        str_add_char(out, '"');
    }
    str_printf(out, ">%s%s</request>\n", script->url, request->path);
}

static void oai_error(struct str *out, const struct script *script, const struct request *request,
                      const char *code, const char *reason)
{
    bool known = strcmp(code, "badVerb") != 0 && strcmp(code, "badArgument") != 0;

    oai_head(out, script, request, known);
    str_printf(out, "<error code='%s'>%s</error>\n</OAI-PMH>\n", code, reason);
}

static bool oai_in_set(const struct paper *paper, const char *set)
{
    size_t len = strlen(set);
    int i;

    if (len == 0)
        return true;
    for (i = 0; i < paper->category_len; i++) {
        struct str spec = STR_INIT;
        bool in;

        paper_set(&spec, paper->categories[i]);
        in = strncmp(spec.ptr, set, len) == 0 && (spec.ptr[len] == '\0' || spec.ptr[len] == ':');
        str_free(&spec);
        if (in)
            return true;
    }
    return false;
}

static bool oai_selected(const struct listing *listing, const struct paper *paper)
{
    return paper->datestamp >= listing->from && paper->datestamp <= listing->until
           && oai_in_set(paper, listing->set);
}

static void oai_header(struct str *out, const struct paper *paper)
{
    int i;

    str_printf(out, "<header%s>\n <identifier>oai:arXiv.org:%s</identifier>\n <datestamp>",
               paper->deleted ? " status=\"deleted\"" : "", paper->id);
    oai_day(out, paper->datestamp);
    str_add(out, "</datestamp>\n");
    for (i = 0; i < paper->category_len; i++) {
        str_add(out, " <setSpec>");
        paper_set(out, paper->categories[i]);
        str_add(out, "</setSpec>\n");
    }
    str_add(out, "</header>\n");
}

static void oai_authors(struct str *out, const struct paper *paper)
{
    const char *first, *last;
    int i;

    for (i = 0; i < paper_author_count(paper); i++) {
        paper_author(paper, i, &first, &last);
        str_printf(out, "<author><keyname>%s</keyname><forenames>%s</forenames></author>", last,
                   first);
    }
}

static void oai_metadata(struct str *out, const struct paper *paper)
{
    str_printf(out,
               "<metadata>\n <arXiv xmlns=\"http://arxiv.org/OAI/arXiv/\">\n <id>%s</id><created>",
               paper->id);
    oai_day(out, paper->created);
    str_add(out, "</created>");
    if (paper->version > 1) {
        str_add(out, "<updated>");
        oai_day(out, paper->datestamp);
        str_add(out, "</updated>");
    }
    str_add(out, "<authors>");
    oai_authors(out, paper);
    str_add(out, "</authors><title>");
    xml_text(out, paper->title);
    str_printf(out, "</title><categories>%s%s%s</categories>", paper->categories[0],
               paper->category_len > 1 ? " " : "",
               paper->category_len > 1 ? paper->categories[1] : "");
    if (paper->random % 3 == 0)
        str_printf(out, "<comments>%d pages, %d figures</comments>", (int)(paper->random % 40) + 5,
                   (int)(paper->random % 9) + 1);
    if (paper->random % 7 == 0)
        str_printf(out, "<doi>10.9999/replay.%s</doi>", paper->id);
    str_add(out, "<license>http://creativecommons.org/licenses/by/4.0/</license><abstract>");
    paper_abstract(out, paper);
    str_add(out, "\n</abstract></arXiv>\n</metadata>\n");
}

static void oai_record(struct str *out, const struct paper *paper)
{
    str_add(out, "<record>\n");
    oai_header(out, paper);
    if (!paper->deleted)
        oai_metadata(out, paper);
    str_add(out, "</record>\n");
}

static void oai_token(struct str *out, const struct papers *papers, const struct listing *listing,
                      int64_t next, int64_t total)
{
    struct str query = STR_INIT;
    char midnight[32];
    int64_t now = clock_real_ms();

    if (papers->old_tokens) { /* the window is in it, too: nothing is remembered here */
        str_printf(out,
                   "<resumptionToken cursor=\"%lld\" completeListSize=\"%lld\">%lld|%lld|%s|%s|%s"
                   "</resumptionToken>\n",
                   (long long)listing->skip, (long long)total, (long long)now, (long long)next,
                   listing->from_text, listing->until_text, listing->set);
        return;
    }
    str_printf(&query, "verb=%s&metadataPrefix=arXiv&from=%s&until=%s&set=", listing->verb,
               listing->from_text, listing->until_text);
    url_encode(&query, listing->set);
    str_printf(&query, "&skip=%lld&issued=%lld", (long long)next, (long long)now);
    time_format(midnight, (now / 86400000 + 1) * 86400000);
    str_printf(out, "<resumptionToken expirationDate='%s'>", midnight);
    url_encode(out, query.ptr);
    str_add(out, "</resumptionToken>\n");
    str_free(&query);
}

/* Papers in order of datestamp: those revised after the others. */
static int64_t oai_order(const struct papers *papers, int64_t at)
{
    int64_t every = papers->revise_every, revised;

    if (every <= 0)
        return at;
    revised = (papers->records + every - 1) / every;
    if (at >= papers->records - revised)
        return (at - (papers->records - revised)) * every;
    return every == 1 ? at : at / (every - 1) * every + at % (every - 1) + 1;
}

static void oai_list(struct str *out, const struct script *script, const struct papers *papers,
                     const struct request *request, struct listing *listing)
{
    struct str records = STR_INIT;
    int64_t at, found = 0;

    for (at = 0; at < papers->records; at++) {
        struct paper paper;

        papers_get(papers, oai_order(papers, at), &paper);
        if (!oai_selected(listing, &paper) || found++ < listing->skip
            || found > listing->skip + papers->page)
            continue;
        if (strcmp(listing->verb, "ListRecords") == 0)
            oai_record(&records, &paper);
        else
            oai_header(&records, &paper);
    }
    if (records.len == 0) {
        oai_error(out, script, request, listing->resumed ? "badResumptionToken" : "noRecordsMatch",
                  "Reason: nothing matches the request");
    } else {
        oai_head(out, script, request, true);
        str_printf(out, "<%s>\n%s", listing->verb, records.ptr);
        if (found > listing->skip + papers->page)
            oai_token(out, papers, listing, listing->skip + papers->page, found);
        else if (listing->resumed)
            str_add(out, "<resumptionToken/>\n");
        str_printf(out, "</%s>\n</OAI-PMH>\n", listing->verb);
    }
    str_free(&records);
}

static bool oai_expired(const struct script *script, const struct papers *papers, int64_t issued)
{
    int64_t now = clock_real_ms(), end = script->started + papers->expire_at;

    return (papers->token_life > 0 && now > issued + papers->token_life)
           || (papers->expire_at > 0 && now >= end && issued < end);
}

static bool oai_window(struct listing *listing)
{
    listing->from = 0;
    listing->until = INT32_MAX;
    return (listing->from_text[0] == '\0' || date_parse(listing->from_text, &listing->from, NULL))
           && (listing->until_text[0] == '\0'
               || date_parse(listing->until_text, &listing->until, NULL));
}

static void oai_copy(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from ? from : "");
}

/* "ms|skip|from|until|set" */
static bool oai_resume_old(struct listing *listing, const char *token, int64_t *issued)
{
    long long time, skip;
    int used = 0;

    if (sscanf(token, "%lld|%lld|%n", &time, &skip, &used) != 2 || used == 0)
        return false;
    token += used;
    oai_copy(listing->from_text, sizeof listing->from_text, token);
    listing->from_text[strcspn(listing->from_text, "|")] = '\0';
    token += strcspn(token, "|");
    token += *token == '|';
    oai_copy(listing->until_text, sizeof listing->until_text, token);
    listing->until_text[strcspn(listing->until_text, "|")] = '\0';
    token += strcspn(token, "|");
    token += *token == '|';
    oai_copy(listing->set, sizeof listing->set, token);
    *issued = time;
    listing->skip = skip;
    return true;
}

static bool oai_resume_new(struct listing *listing, const char *token, int64_t *issued)
{
    struct request inner = { 0 };
    struct str query = STR_INIT;
    const char *skip, *time;
    bool good;

    if (!str_starts(token, "verb%3D"))
        return false;
    url_decode(&query, token, strlen(token), false);
    query_parse(query.ptr, &inner.query, &inner.query_len, &inner.query_cap);
    skip = request_value(&inner, "skip");
    time = request_value(&inner, "issued");
    oai_copy(listing->from_text, sizeof listing->from_text, request_value(&inner, "from"));
    oai_copy(listing->until_text, sizeof listing->until_text, request_value(&inner, "until"));
    oai_copy(listing->set, sizeof listing->set, request_value(&inner, "set"));
    good = skip && time && str_eq(request_value(&inner, "verb"), listing->verb);
    listing->skip = skip ? strtoll(skip, NULL, 10) : 0;
    *issued = time ? strtoll(time, NULL, 10) : 0;
    pairs_free(inner.query, inner.query_len);
    str_free(&query);
    return good;
}

/* The listing that is asked for, or the code of what is wrong with the request. */
static const char *oai_ask(struct listing *listing, const struct script *script,
                           const struct papers *papers, const struct request *request, bool expired)
{
    const char *token = request_value(request, "resumptionToken");
    const char *prefix = request_value(request, "metadataPrefix");
    int64_t issued = 0;

    if (token) {
        if (request->query_len != 2)
            return "badArgument";
        listing->resumed = true;
        if (expired
            || !(papers->old_tokens ? oai_resume_old(listing, token, &issued)
                                    : oai_resume_new(listing, token, &issued))
            || !oai_window(listing) || oai_expired(script, papers, issued))
            return "badResumptionToken";
        return NULL;
    }
    if (!prefix)
        return "badArgument";
    if (strcmp(prefix, "arXiv") != 0)
        return "cannotDisseminateFormat";
    oai_copy(listing->from_text, sizeof listing->from_text, request_value(request, "from"));
    oai_copy(listing->until_text, sizeof listing->until_text, request_value(request, "until"));
    oai_copy(listing->set, sizeof listing->set, request_value(request, "set"));
    if (!oai_window(listing) || listing->from > listing->until)
        return "badArgument";
    if (listing->from_text[0] && listing->from < day_from_civil(2005, 9, 16))
        return "badArgument";
    return NULL;
}

static void oai_get(struct str *out, const struct script *script, const struct papers *papers,
                    const struct request *request)
{
    const char *id = request_value(request, "identifier");
    struct paper paper;
    int64_t index = -1;

    if (id && str_starts(id, "oai:arXiv.org:"))
        index = papers_find(papers, id + 14, strlen(id + 14));
    if (index < 0) {
        oai_error(out, script, request, "idDoesNotExist", "Reason: nothing of that identifier");
        return;
    }
    papers_get(papers, index, &paper);
    oai_head(out, script, request, true);
    str_add(out, "<GetRecord>\n");
    oai_record(out, &paper);
    str_add(out, "</GetRecord>\n</OAI-PMH>\n");
}

static void oai_identify(struct str *out, const struct script *script,
                         const struct request *request)
{
    oai_head(out, script, request, true);
    str_printf(out,
               "<Identify>\n<repositoryName>replay</repositoryName>\n<baseURL>%s%s</baseURL>\n"
               "<protocolVersion>2.0</protocolVersion>\n<adminEmail>test@example.org</adminEmail>\n"
               "<earliestDatestamp>2005-09-16</earliestDatestamp>\n"
               "<deletedRecord>persistent</deletedRecord>\n<granularity>YYYY-MM-DD</granularity>\n"
               "</Identify>\n</OAI-PMH>\n",
               script->url, request->path);
}

void oai_answer(struct str *out, const struct script *script, const struct papers *papers,
                const struct request *request, bool expired)
{
    const char *verb = request_value(request, "verb"), *wrong;
    struct listing listing = { .verb = verb };

    if (verb && strcmp(verb, "Identify") == 0) {
        oai_identify(out, script, request);
    } else if (verb && strcmp(verb, "GetRecord") == 0) {
        oai_get(out, script, papers, request);
    } else if (verb && (strcmp(verb, "ListRecords") == 0 || strcmp(verb, "ListIdentifiers") == 0)) {
        wrong = oai_ask(&listing, script, papers, request, expired);
        if (wrong)
            oai_error(out, script, request, wrong, "Reason: see the request");
        else
            oai_list(out, script, papers, request, &listing);
    } else {
        oai_error(out, script, request, "badVerb", "Reason: no such verb");
    }
}
