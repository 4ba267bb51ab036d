/*
 * The data-set server: /splits and /rows of made-up data sets in the shape of Papers with Code's
 * archive. What a data set is like is told by the end of its name: links-between-paper-and-code
 * (two rows a paper, in no order, each tenth with truth values as texts), papers-with-abstracts,
 * evaluation-tables, methods; any other does not exist.
 *
 * With `partial` only the first half of the rows is served, and with `cut` each tenth paper's
 * abstract is cut and named in truncated_cells.
 */
#include "replay.h"

#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_MAX 100
#define CUT_EVERY 10

static void rows_complain(struct str *out, int *status, int code, const char *what)
{
    struct jsonw w;

    *status = code;
    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_string(&w, "error", what);
    jsonw_end(&w);
}

static void rows_page(struct jsonw *w, const char *key, const struct paper *paper)
{
    char text[100];

    snprintf(text, sizeof text, "https://paperswithcode.com/paper/paper-%s", paper->id);
    for (char *at = text + 33; *at; at++)
        if (*at == '.')
            *at = '-';
    jsonw_key_string(w, key, text);
}

static void row_link(struct jsonw *w, const struct papers *papers, int64_t index)
{
    struct paper paper;
    char text[100];
    bool as_text = index % 10 == 9;

    papers_get(papers, index * 7919 % papers->records, &paper);
    rows_page(w, "paper_url", &paper);
    jsonw_key_string(w, "paper_title", paper.title);
    jsonw_key_string(w, "paper_arxiv_id", index % 4 ? paper.id : NULL);
    jsonw_key_string(w, "paper_url_abs", NULL);
    jsonw_key_string(w, "paper_url_pdf", NULL);
    snprintf(text, sizeof text, "https://github.com/lab/code-%" PRId64, index);
    jsonw_key_string(w, "repo_url", text);
    if (as_text)
        jsonw_key_string(w, "is_official", index % 3 ? "false" : "true");
    else
        jsonw_key_bool(w, "is_official", index % 3 == 0);
    jsonw_key_bool(w, "mentioned_in_paper", index % 5 == 0);
    jsonw_key_bool(w, "mentioned_in_github", index % 2 == 0);
    jsonw_key_string(w, "framework", index % 2 ? "pytorch" : "none");
}

static void row_paper(struct jsonw *w, const struct papers *papers, int64_t index, bool cut)
{
    struct str abstract = STR_INIT;
    struct paper paper;
    char day[16];

    papers_get(papers, index, &paper);
    paper_abstract(&abstract, &paper);
    if (cut)
        str_cut(&abstract, abstract.len / 2);
    rows_page(w, "paper_url", &paper);
    jsonw_key_string(w, "arxiv_id", paper.id);
    jsonw_key_string(w, "title", paper.title);
    jsonw_key_string(w, "abstract", abstract.ptr);
    jsonw_key_string(w, "url_abs", NULL);
    date_format(day, paper.created);
    strcat(day, "T00");
    jsonw_key_string(w, "date", day);
    jsonw_key(w, "authors");
    jsonw_array(w);
    jsonw_string(w, "Ann Lee");
    jsonw_end(w);
    jsonw_key(w, "tasks");
    jsonw_array(w);
    jsonw_string(w, "Question Answering");
    jsonw_end(w);
    jsonw_key(w, "methods");
    jsonw_null(w);
    str_free(&abstract);
}

static void row_task(struct jsonw *w, const struct papers *papers, int64_t index)
{
    struct paper paper;
    char text[60];

    papers_get(papers, index, &paper);
    snprintf(text, sizeof text, "Task %" PRId64, index);
    jsonw_key_string(w, "task", text);
    jsonw_key(w, "categories");
    jsonw_null(w);
    jsonw_key(w, "datasets");
    jsonw_array(w);
    jsonw_object(w);
    jsonw_key_string(w, "dataset", "Some Data");
    jsonw_key(w, "sota");
    jsonw_object(w);
    jsonw_key(w, "metrics");
    jsonw_array(w);
    jsonw_string(w, "Accuracy");
    jsonw_end(w);
    jsonw_key(w, "rows");
    jsonw_array(w);
    jsonw_object(w);
    jsonw_key_string(w, "model_name", "A Model");
    jsonw_key_string(w, "metrics", "{\"Accuracy\": \"90.5\"}"); /* as columns make of it */
    rows_page(w, "paper_url", &paper);
    jsonw_end(w);
    jsonw_end(w);
    jsonw_end(w);
    jsonw_end(w);
    jsonw_end(w);
    jsonw_key(w, "subtasks");
    jsonw_array(w);
    jsonw_end(w);
}

static void row_method(struct jsonw *w, int64_t index)
{
    char text[60];

    snprintf(text, sizeof text, "Method %" PRId64, index);
    jsonw_key_string(w, "name", text);
    jsonw_key_string(w, "full_name", text);
    jsonw_key_string(w, "description", "It does.");
    jsonw_key_int(w, "introduced_year", 2018);
    jsonw_key(w, "collections");
    jsonw_null(w);
}

/* The rows of a data set; -1: it does not exist. */
static int64_t rows_total(const struct papers *papers, const char *dataset)
{
    if (str_ends(dataset, "links-between-paper-and-code"))
        return papers->records * 2;
    if (str_ends(dataset, "papers-with-abstracts"))
        return papers->records;
    if (str_ends(dataset, "evaluation-tables"))
        return 25;
    return str_ends(dataset, "methods") ? 10 : -1;
}

static bool rows_cut(const struct rows_wish *wish, const char *dataset, int64_t index)
{
    return wish->cut && index % CUT_EVERY == 0 && str_ends(dataset, "papers-with-abstracts");
}

static void rows_row(struct jsonw *w, const struct rows_wish *wish, const char *dataset,
                     int64_t index)
{
    bool cut = rows_cut(wish, dataset, index);

    jsonw_object(w);
    jsonw_key_int(w, "row_idx", index);
    jsonw_key(w, "row");
    jsonw_object(w);
    if (str_ends(dataset, "code"))
        row_link(w, wish->papers, index);
    else if (str_ends(dataset, "abstracts"))
        row_paper(w, wish->papers, index, cut);
    else if (str_ends(dataset, "tables"))
        row_task(w, wish->papers, index);
    else
        row_method(w, index);
    jsonw_end(w);
    jsonw_key(w, "truncated_cells");
    jsonw_array(w);
    if (cut)
        jsonw_string(w, "abstract");
    jsonw_end(w);
    jsonw_end(w);
}

static void rows_list(struct str *out, const struct rows_wish *wish, const char *dataset,
                      int64_t total, const struct request *request, int *status)
{
    const char *offset_text = request_value(request, "offset");
    const char *length_text = request_value(request, "length");
    int64_t at = offset_text ? atoll(offset_text) : 0,
            length = length_text ? atoll(length_text) : 100;
    int64_t served = wish->partial ? total / 2 : total;
    struct jsonw w;

    if (length < 1 || length > LENGTH_MAX || at < 0) {
        rows_complain(out, status, 422, "Parameter 'length' must not be greater than 100");
        return;
    }
    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key(&w, "features");
    jsonw_array(&w);
    jsonw_end(&w);
    jsonw_key(&w, "rows");
    jsonw_array(&w);
    for (; length > 0 && at < served; at++, length--)
        rows_row(&w, wish, dataset, at);
    jsonw_end(&w);
    jsonw_key_int(&w, "num_rows_total", served);
    jsonw_key_int(&w, "num_rows_per_page", 100);
    jsonw_key_bool(&w, "partial", wish->partial);
    jsonw_end(&w);
}

static void rows_splits(struct str *out, const char *dataset)
{
    struct jsonw w;

    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key(&w, "splits");
    jsonw_array(&w);
    jsonw_object(&w);
    jsonw_key_string(&w, "dataset", dataset);
    jsonw_key_string(&w, "config", "default");
    jsonw_key_string(&w, "split", "train");
    jsonw_end(&w);
    jsonw_end(&w);
    jsonw_end(&w);
}

void rows_answer(struct str *out, const struct rows_wish *wish, const struct request *request,
                 int *status)
{
    const char *dataset = request_value(request, "dataset");
    int64_t total = dataset ? rows_total(wish->papers, dataset) : -1;

    if (total < 0)
        rows_complain(out, status, 404, "The dataset does not exist, or is not accessible");
    else if (strcmp(request->path, "/splits") == 0)
        rows_splits(out, dataset);
    else if (strcmp(request->path, "/rows") != 0)
        rows_complain(out, status, 404, "Not Found");
    else if (!request_value(request, "config") || !request_value(request, "split"))
        rows_complain(out, status, 422, "Parameters 'dataset', 'config' and 'split' are required");
    else
        rows_list(out, wish, dataset, total, request, status);
}
