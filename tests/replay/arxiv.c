/*
 * The arXiv query API over made-up papers (start, max_results, id_list, cat: terms, submittedDate
 * windows, sortOrder), and its RSS listing. An id that is not one is answered as arXiv does it: by
 * status 400 and a feed with an error entry.
 */
#include "replay.h"

#include "carrel/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICE_MAX 2000
#define RESULTS_MAX 30000

void xml_text(struct str *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            str_add(out, "&amp;");
        else if (*text == '<')
            str_add(out, "&lt;");
        else if (*text == '>')
            str_add(out, "&gt;");
        else if (*text == '"')
            str_add(out, "&quot;");
        else
            str_add_char(out, *text);
    }
}

static int64_t arxiv_published(const struct paper *paper)
{
    return (int64_t)paper->created * 86400000 + (int64_t)(paper->random % 86400) * 1000;
}

static void arxiv_feed(struct str *out, const struct request *request, int64_t total, int64_t start,
                       int64_t per_page)
{
    char now[32];

    time_format(now, clock_real_ms());
    str_add(out, "<?xml version='1.0' encoding='UTF-8'?>\n"
                 "<feed xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\" "
                 "xmlns:arxiv=\"http://arxiv.org/schemas/atom\" "
                 "xmlns=\"http://www.w3.org/2005/Atom\">\n"
                 "  <id>https://arxiv.org/api/replay</id>\n  <title>arXiv Query: ");
    xml_text(out, request->target);
    str_printf(out,
               "</title>\n  <updated>%s</updated>\n"
               "  <opensearch:itemsPerPage>%lld</opensearch:itemsPerPage>\n"
               "  <opensearch:totalResults>%lld</opensearch:totalResults>\n"
               "  <opensearch:startIndex>%lld</opensearch:startIndex>\n",
               now, (long long)per_page, (long long)total, (long long)start);
}

static void arxiv_error(struct str *out, const struct request *request, const char *slug,
                        const char *what)
{
    char now[32];

    time_format(now, clock_real_ms());
    arxiv_feed(out, request, 1, 0, 1);
    str_printf(out,
               "  <entry>\n    <id>https://arxiv.org/api/errors#%s</id>\n"
               "    <title>Error</title>\n    <updated>%s</updated>\n    <summary>",
               slug, now);
    xml_text(out, what);
    str_add(out, "</summary>\n    <author>\n      <name>arXiv api core</name>\n    </author>\n"
                 "  </entry>\n</feed>\n");
}

static void arxiv_entry(struct str *out, const struct paper *paper)
{
    char published[32], updated[32];
    struct str abstract = STR_INIT;
    const char *first, *last;
    int i;

    time_format(published, arxiv_published(paper));
    time_format(updated,
                paper->version > 1 ? (int64_t)paper->datestamp * 86400000 : arxiv_published(paper));
    paper_abstract(&abstract, paper);
    str_printf(out, "  <entry>\n    <id>http://arxiv.org/abs/%sv%d</id>\n    <title>", paper->id,
               paper->version);
    xml_text(out, paper->title);
    str_printf(out, "</title>\n    <updated>%s</updated>\n    <summary>", updated);
    xml_text(out, abstract.ptr);
    str_add(out, "</summary>\n");
    for (i = 0; i < paper->category_len; i++)
        str_printf(out, "    <category term=\"%s\" scheme=\"http://arxiv.org/schemas/atom\"/>\n",
                   paper->categories[i]);
    str_printf(out, "    <published>%s</published>\n    <arxiv:primary_category term=\"%s\"/>\n",
               published, paper->categories[0]);
    for (i = 0; i < paper_author_count(paper); i++) {
        paper_author(paper, i, &first, &last);
        str_printf(out, "    <author>\n      <name>%s %s</name>\n    </author>\n", first, last);
    }
    str_add(out, "  </entry>\n");
    str_free(&abstract);
}

/* What of a search_query is understood: cat:X (any of several), submittedDate:[FROM TO TO]. */
struct search {
    const char *query;
    char from[16], until[16]; /* YYYYMMDDHHMM; "" open */
    bool has_categories;
};

static void arxiv_search(struct search *search, const char *query)
{
    const char *window = query ? strstr(query, "submittedDate:[") : NULL;

    memset(search, 0, sizeof *search);
    search->query = query ? query : "";
    search->has_categories = strstr(search->query, "cat:") != NULL;
    if (window)
        sscanf(window, "submittedDate:[%14[0-9] TO %14[0-9]]", search->from, search->until);
}

static bool arxiv_has_category(const char *query, const char *category)
{
    const char *at = query;
    size_t len = strlen(category);

    while ((at = strstr(at, "cat:"))) {
        at += 4;
        at += *at == '"';
        if (strncmp(at, category, len) == 0 && !isalnum((unsigned char)at[len]) && at[len] != '-')
            return true;
        if (strchr(at, '*') && at[strcspn(at, " )\"*")] == '*'
            && strncmp(at, category, strcspn(at, "*")) == 0)
            return true;
    }
    return false;
}

static bool arxiv_matches(const struct search *search, const struct paper *paper)
{
    char time[32], minute[24];
    bool in = !search->has_categories;
    int i;

    for (i = 0; i < paper->category_len && !in; i++)
        in = arxiv_has_category(search->query, paper->categories[i]);
    if (!in || paper->deleted)
        return false;
    time_format(time, arxiv_published(paper));
    snprintf(minute, sizeof minute, "%.4s%.2s%.2s%.2s%.2s", time, time + 5, time + 8, time + 11,
             time + 14);
    return (search->from[0] == '\0' || strncmp(minute, search->from, strlen(search->from)) >= 0)
           && (search->until[0] == '\0'
               || strncmp(minute, search->until, strlen(search->until)) <= 0);
}

static bool arxiv_id_shape(const char *id, size_t len)
{
    size_t i;

    if (memchr(id, '/', len)) /* old style: archive/NNNNNNN */
        return true;
    for (i = 0; i < 4; i++)
        if (i >= len || !isdigit((unsigned char)id[i]))
            return false;
    return len >= 9 && id[4] == '.';
}

static size_t arxiv_without_version(const char *id, size_t len)
{
    size_t i = len;

    while (i > 0 && isdigit((unsigned char)id[i - 1]))
        i--;
    return i > 0 && i < len && id[i - 1] == 'v' ? i - 1 : len;
}

static void arxiv_ids(struct str *out, const struct papers *papers, const struct request *request,
                      const char *list, int *status)
{
    struct str entries = STR_INIT;
    int64_t found = 0;
    const char *at = list;

    while (*at && *status == 200) {
        size_t len = strcspn(at, ",");
        int64_t index = papers_find(papers, at, arxiv_without_version(at, len));
        struct paper paper;

        if (!arxiv_id_shape(at, len)) {
            char what[80], slug[100];

            snprintf(what, sizeof what, "incorrect id format for %.*s", (int)len, at);
            snprintf(slug, sizeof slug, "incorrect_id_format_for_%.*s", (int)len, at);
            *status = 400;
            arxiv_error(out, request, slug, what);
        } else if (index >= 0) {
            papers_get(papers, index, &paper);
            arxiv_entry(&entries, &paper);
            found++;
        }
        at += len;
        at += *at == ',';
    }
    if (*status == 200) {
        arxiv_feed(out, request, found, 0, 10);
        str_printf(out, "%s</feed>\n", entries.ptr);
    }
    str_free(&entries);
}

static int64_t arxiv_number(const struct request *request, const char *name, int64_t otherwise)
{
    const char *text = request_value(request, name);
    char *end;
    long long number;

    if (!text)
        return otherwise;
    number = strtoll(text, &end, 10);
    return *text && !*end ? number : -1;
}

static void arxiv_list(struct str *out, const struct papers *papers, const struct request *request,
                       int64_t start, int64_t want, bool empty)
{
    bool ascending = str_eq(request_value(request, "sortOrder"), "ascending");
    int64_t most = want > SLICE_MAX ? SLICE_MAX : want, at, total = 0;
    struct str entries = STR_INIT;
    struct search search;

    arxiv_search(&search, request_value(request, "search_query"));
    for (at = 0; at < papers->records; at++) {
        struct paper paper;

        papers_get(papers, ascending ? at : papers->records - 1 - at, &paper);
        if (!arxiv_matches(&search, &paper))
            continue;
        if (total >= start && total < start + most && !empty)
            arxiv_entry(&entries, &paper);
        total++;
    }
    arxiv_feed(out, request, total, start, want);
    str_printf(out, "%s</feed>\n", entries.ptr);
    str_free(&entries);
}

void arxiv_answer(struct str *out, const struct papers *papers, const struct request *request,
                  bool empty, int *status)
{
    const char *ids = request_value(request, "id_list");
    int64_t start = arxiv_number(request, "start", 0);
    int64_t want = arxiv_number(request, "max_results", 10);

    if (start < 0 || want < 0 || want > RESULTS_MAX) {
        *status = 400;
        arxiv_error(out, request, start < 0 ? "start_must_be_an_integer" : "max_results",
                    start < 0 ? "start must be an integer" : "max_results must be 0 to 30000");
    } else if (ids && *ids) {
        arxiv_ids(out, papers, request, ids, status);
    } else {
        arxiv_list(out, papers, request, start, want, empty);
    }
}

static void rss_item(struct str *out, const struct paper *paper)
{
    struct str abstract = STR_INIT;
    const char *first, *last;
    int i;

    paper_abstract(&abstract, paper);
    str_add(out, "    <item>\n      <title>");
    xml_text(out, paper->title);
    str_printf(out,
               "</title>\n      <link>https://arxiv.org/abs/%s</link>\n"
               "      <description>arXiv:%sv%d Announce Type: %s \nAbstract: ",
               paper->id, paper->id, paper->version, paper->version > 1 ? "replace" : "new");
    xml_text(out, abstract.ptr + 2);
    str_printf(out,
               "</description>\n      <guid isPermaLink=\"false\">oai:arXiv.org:%sv%d</guid>\n",
               paper->id, paper->version);
    for (i = 0; i < paper->category_len; i++)
        str_printf(out, "      <category>%s</category>\n", paper->categories[i]);
    str_printf(out, "      <arxiv:announce_type>%s</arxiv:announce_type>\n      <dc:creator>",
               paper->version > 1 ? "replace" : "new");
    for (i = 0; i < paper_author_count(paper); i++) {
        paper_author(paper, i, &first, &last);
        str_printf(out, "%s%s %s", i ? ", " : "", first, last);
    }
    str_add(out, "</dc:creator>\n    </item>\n");
    str_free(&abstract);
}

/* The papers of the newest datestamp. */
void rss_answer(struct str *out, const struct papers *papers, bool empty)
{
    int64_t at = papers->records > papers->per_day
                     ? (papers->records - 1) / papers->per_day * papers->per_day
                     : 0;

    str_add(out, "<?xml version='1.0' encoding='UTF-8'?>\n"
                 "<rss xmlns:arxiv=\"http://arxiv.org/schemas/atom\" "
                 "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" version=\"2.0\">\n  <channel>\n"
                 "    <title>updates on arXiv.org</title>\n    <link>http://rss.arxiv.org/</link>\n"
                 "    <description>made up</description>\n    <skipDays>\n"
                 "      <day>Sunday</day>\n      <day>Saturday</day>\n    </skipDays>\n");
    for (; at < papers->records && !empty; at++) {
        struct paper paper;

        papers_get(papers, at, &paper);
        rss_item(out, &paper);
    }
    str_add(out, "  </channel>\n</rss>\n");
}
