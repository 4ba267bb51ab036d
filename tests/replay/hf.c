/*
 * Hugging Face papers as its API gives them: lists by day, week and month with pages, trending,
 * search, and single papers. A paper's day is its datestamp; weekends have none. Every seventh
 * paper is not known by itself, and some fields come and go as they do there: hidden authors, a
 * repository, a project page that is one, numbers that are 0.
 */
#include "replay.h"

#include "carrel/clock.h"
#include "carrel/jsonw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_MAX 100
#define UNKNOWN_EVERY 7

static void hf_complain(struct str *out, int *status, int code, const char *what)
{
    struct jsonw w;

    *status = code;
    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_string(&w, "error", what);
    jsonw_end(&w);
}

static void hf_time(struct jsonw *w, const char *key, int32_t day, int hour)
{
    char date[16], text[40];

    date_format(date, day);
    snprintf(text, sizeof text, "%sT%02d:00:00.000Z", date, hour);
    jsonw_key_string(w, key, text);
}

static void hf_authors(struct jsonw *w, const struct paper *paper, int64_t index)
{
    const char *first, *last;
    int i;

    jsonw_key(w, "authors");
    jsonw_array(w);
    for (i = 0; i < paper_author_count(paper); i++) {
        char name[80];

        paper_author(paper, i, &first, &last);
        snprintf(name, sizeof name, "%s %s", first, last);
        jsonw_object(w);
        jsonw_key_string(w, "_id", "6a6966f49d3a1231d492b82f");
        jsonw_key_string(w, "name", name);
        jsonw_key_bool(w, "hidden", false);
        jsonw_end(w);
    }
    if (index % 5 == 0) {
        jsonw_object(w);
        jsonw_key_string(w, "name", "Nobody Hidden");
        jsonw_key_bool(w, "hidden", true);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void hf_extras(struct jsonw *w, const struct paper *paper, int64_t index)
{
    char url[100];

    if (index % 2 == 0) {
        snprintf(url, sizeof url, "https://github.com/lab/%s", paper->id);
        jsonw_key_string(w, "githubRepo", url);
        jsonw_key_string(w, "githubRepoAddedBy", index % 4 ? "auto" : "user");
        jsonw_key_int(w, "githubStars", index % 30);
    } else if (index % 3 == 0) {
        snprintf(url, sizeof url, "https://github.com/page/%s/", paper->id);
        jsonw_key_string(w, "projectPage", url);
    }
    if (index % 4 == 1)
        jsonw_key_string(w, "ai_summary", "In short: it works.");
}

/* The members of a paper. */
static void hf_paper(struct jsonw *w, const struct paper *paper, int64_t index)
{
    struct str abstract = STR_INIT;

    paper_abstract(&abstract, paper);
    jsonw_key_string(w, "id", paper->id);
    hf_authors(w, paper, index);
    hf_time(w, "publishedAt", paper->created, 0);
    hf_time(w, "submittedOnDailyAt", paper->datestamp, 0);
    jsonw_key_string(w, "title", paper->title);
    jsonw_key_string(w, "summary", abstract.ptr);
    jsonw_key_int(w, "upvotes", index % 90);
    hf_extras(w, paper, index);
    str_free(&abstract);
}

static void hf_item(struct jsonw *w, const struct papers *papers, int64_t index)
{
    struct paper paper;

    papers_get(papers, index, &paper);
    jsonw_object(w);
    jsonw_key(w, "paper");
    jsonw_object(w);
    hf_paper(w, &paper, index);
    jsonw_end(w);
    hf_time(w, "publishedAt", paper.created - 1, 20);
    jsonw_key_string(w, "title", paper.title);
    jsonw_key_int(w, "numComments", index % 6);
    jsonw_end(w);
}

/* The days that a list is of: of all of them without a date. */
static bool hf_days(const struct request *request, int32_t *first, int32_t *last)
{
    const char *date = request_value(request, "date"), *week = request_value(request, "week");
    const char *month = request_value(request, "month");
    int year, number;

    *first = INT32_MIN;
    *last = INT32_MAX;
    if (date)
        return strlen(date) == 10 && date_parse(date, first, last);
    if (month)
        return strlen(month) == 7 && date_parse(month, first, last);
    if (!week)
        return true;
    if (sscanf(week, "%4d-W%2d", &year, &number) != 2)
        return false;
    *first = day_from_civil(year, 1, 4); /* of the first week */
    *first += (number - 1) * 7 - (day_of_week(*first) + 6) % 7;
    *last = *first + 6;
    return true;
}

static bool hf_listed(const struct papers *papers, const struct request *request, int64_t index,
                      int32_t first, int32_t last)
{
    const char *words = request_value(request, "q");
    struct paper paper;

    papers_get(papers, index, &paper);
    if (paper.datestamp < first || paper.datestamp > last)
        return false;
    if (first == last && (day_of_week(first) == 0 || day_of_week(first) == 6))
        return false;
    return !words || strcasestr(paper.title, words);
}

static void hf_list(struct str *out, const struct papers *papers, const struct request *request,
                    int *status)
{
    const char *limit_text = request_value(request, "limit"), *page = request_value(request, "p");
    int64_t limit = limit_text ? atoll(limit_text) : 50, skip = page ? atoll(page) * limit : 0, at;
    int32_t first, last;
    struct jsonw w;

    if (limit < 1 || limit > LIMIT_MAX || !hf_days(request, &first, &last)) {
        hf_complain(out, status, 400, "Invalid query parameters");
        return;
    }
    jsonw_start(&w, out);
    jsonw_array(&w);
    for (at = papers->records - 1; at >= 0 && limit > 0; at--) {
        if (!hf_listed(papers, request, at, first, last) || skip-- > 0)
            continue;
        hf_item(&w, papers, at);
        limit--;
    }
    jsonw_end(&w);
}

static void hf_linked(struct jsonw *w, const struct paper *paper, int64_t index)
{
    int64_t count = index % 3, i;

    jsonw_key(w, "linkedModels");
    jsonw_array(w);
    for (i = count; i > 0; i--) {
        char id[60];

        snprintf(id, sizeof id, "lab/model-%s-%d", paper->id, (int)i);
        jsonw_object(w);
        jsonw_key_string(w, "id", id);
        jsonw_key_int(w, "likes", index);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_key_int(w, "numTotalModels", count);
    jsonw_key_int(w, "numTotalDatasets", 0);
    jsonw_key_int(w, "numTotalSpaces", 0);
}

static void hf_single(struct str *out, const struct papers *papers, const char *id, int *status)
{
    int64_t index = papers_find(papers, id, strlen(id));
    struct paper paper;
    struct jsonw w;

    if (index < 0 || index % UNKNOWN_EVERY == UNKNOWN_EVERY - 1) {
        hf_complain(out, status, 404, "Paper not found");
        return;
    }
    papers_get(papers, index, &paper);
    jsonw_start(&w, out);
    jsonw_object(&w);
    hf_paper(&w, &paper, index);
    hf_linked(&w, &paper, index);
    jsonw_end(&w);
}

void hf_answer(struct str *out, const struct papers *papers, const struct request *request,
               bool empty, int *status)
{
    static const char single[] = "/api/papers/";

    if (empty)
        str_add(out, "[]");
    else if (strcmp(request->path, "/api/daily_papers") == 0
             || strcmp(request->path, "/api/papers/search") == 0)
        hf_list(out, papers, request, status);
    else if (str_starts(request->path, single))
        hf_single(out, papers, request->path + sizeof single - 1, status);
    else
        hf_complain(out, status, 404, "Not found");
}
