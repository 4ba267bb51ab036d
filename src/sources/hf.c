/*
 * Hugging Face papers as JSON: the lists (daily, weekly, monthly, trending, search), whose items
 * hold the paper and what its readers did around it; the flat list, whose items are papers; and one
 * paper by itself, which also names the models, data sets and spaces that belong to it.
 *
 * A paper's id there is its arXiv number, so it joins that work. Of the two times in an item only
 * the paper's own is true, and of that only the day: the other is hours off, and most are cut to
 * midnight. Every field but id and title may be missing. What changes by itself (upvotes, comments,
 * stars) is a metric and no part of the record.
 */
#include "whole.h"

#include "carrel/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LINKED_MAX 100 /* of each kind */

/* The paper's own word, else that of the item around it. */
static const char *hf_either(const json_t *paper, const json_t *item, const char *key)
{
    const char *text = whole_text(paper, key);

    return text ? text : whole_text(item, key);
}

static void hf_authors(struct parser *p, const json_t *paper)
{
    const json_t *authors = json_object_get(paper, "authors");
    size_t i;

    for (i = 0; i < json_array_size(authors); i++) {
        const json_t *author = json_array_get(authors, i);
        const char *name =
            json_is_string(author) ? json_string_value(author) : whole_text(author, "name");

        if (name && !json_is_true(json_object_get(author, "hidden")))
            field_author(p, name, false);
    }
}

static void hf_metric(struct parser *p, const json_t *object, const char *key, const char *name)
{
    const json_t *number = json_object_get(object, key);
    double value = json_number_value(number);

    if (json_is_number(number) && isfinite(value) && value >= 0)
        record_metric_add(
            &p->record.metrics, p->arena,
            &(struct record_metric){ .source = "huggingface", .name = name, .value = value });
}

static void hf_metrics(struct parser *p, const json_t *paper, const json_t *item)
{
    const json_t *comments = json_object_get(item, "numComments");

    hf_metric(p, paper, "upvotes", "upvotes");
    hf_metric(p, comments ? item : paper, "numComments", "comments");
    hf_metric(p, paper, "githubStars", "github-stars");
    hf_metric(p, paper, "numTotalModels", "models");
    hf_metric(p, paper, "numTotalDatasets", "datasets");
    hf_metric(p, paper, "numTotalSpaces", "spaces");
}

/* ---- links ---- */

static bool hf_link(struct parser *p, const char *kind, const char *url, const char *evidence,
                    const char *said)
{
    char *clean = field_squeeze(p, url);
    struct record_link link = { .kind = (char *)(uintptr_t)kind,
                                .url = clean,
                                .evidence = (char *)(uintptr_t)evidence,
                                .said = (char *)(uintptr_t)said };

    return clean && record_link_add(&p->record.links, p->arena, &link);
}

static bool hf_is_repository(const char *url)
{
    struct ident ident;

    return ident_parse(&ident, url) && ident.scheme == ID_REPO;
}

static void hf_code(struct parser *p, const char *url, const char *evidence, const char *said)
{
    size_t before = p->record.links.len;

    if (hf_link(p, "code", url, evidence, said))
        text_list_add(&p->record.code_urls, p->arena, p->record.links.items[before].url,
                      strlen(p->record.links.items[before].url));
}

/* The repository that a reader or author named, or that Hugging Face found by itself; and a project
 * page, which at times is the repository. */
static void hf_repository(struct parser *p, const json_t *paper)
{
    const char *repository = whole_text(paper, "githubRepo"),
               *page = whole_text(paper, "projectPage");
    char *by = NULL;

    if (whole_text(paper, "githubRepoAddedBy"))
        by = field_squeeze(p, whole_text(paper, "githubRepoAddedBy"));
    if (repository && by && strlen(by) < 60)
        hf_code(p, repository, strcmp(by, "auto") == 0 ? "paper" : "listed",
                arena_printf(p->arena, "Hugging Face, added by %s", by));
    else if (repository)
        hf_code(p, repository, "listed", "Hugging Face");
    if (page && hf_is_repository(page))
        hf_code(p, page, "listed", "Hugging Face, as the project's page");
    else if (page)
        hf_link(p, "project", page, "listed", "Hugging Face");
}

static int hf_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In the order of their names: theirs changes with every like, and the record would seem to. */
static void hf_linked(struct parser *p, const json_t *paper, const char *key, const char *kind,
                      const char *path)
{
    const json_t *list = json_object_get(paper, key);
    size_t count = json_array_size(list), n = 0, i;
    const char **ids;

    if (count > LINKED_MAX)
        count = LINKED_MAX;
    ids = mem_alloc((count + 1) * sizeof *ids);
    for (i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        const char *id = json_is_string(item) ? json_string_value(item) : whole_text(item, "id");

        if (id && strlen(id) < 300)
            ids[n++] = id;
    }
    qsort(ids, n, sizeof *ids, hf_compare);
    for (i = 0; i < n; i++)
        hf_link(p, kind, arena_printf(p->arena, "https://huggingface.co/%s%s", path, ids[i]),
                "listed", "Hugging Face");
    free(ids);
}

/* ---- one paper ---- */

/* Its number at arXiv; else a name of Hugging Face's own. */
static bool hf_id(struct parser *p, const char *id)
{
    if (strlen(id) > 100)
        return false;
    if (field_id(p, arena_printf(p->arena, "arxiv:%s", id)))
        field_alias(p, arena_printf(p->arena, "hf:%s", p->record.id + 6));
    else if (!field_id(p, arena_printf(p->arena, "hf:%s", id)))
        return false;
    p->record.version = 0;
    p->record.url =
        arena_printf(p->arena, "https://huggingface.co/papers/%s", strchr(p->record.id, ':') + 1);
    return true;
}

static void hf_published(struct parser *p, const char *text)
{
    char *time = field_time(p, text);

    if (time)
        p->record.published = arena_strndup(p->arena, time, strlen(time) < 10 ? strlen(time) : 10);
}

/* NULL, or why it cannot be a record. */
static const char *hf_record(struct parser *p, const json_t *item)
{
    const json_t *inner = json_object_get(item, "paper");
    const json_t *paper = json_is_object(inner) ? inner : item;
    const char *id = whole_text(paper, "id"), *title = hf_either(paper, item, "title");
    const char *summary = hf_either(paper, item, "summary");

    if (!id || !hf_id(p, id))
        return "a paper without an id";
    if (title)
        p->record.title = field_title(p, title);
    if (!p->record.title)
        return "a paper without a title";
    if (summary)
        p->record.abstract = field_abstract(p, summary);
    if (whole_text(paper, "publishedAt"))
        hf_published(p, whole_text(paper, "publishedAt"));
    hf_authors(p, paper);
    hf_repository(p, paper);
    hf_metrics(p, paper, item);
    if (json_object_get(paper, "numTotalModels") || json_object_get(paper, "linkedModels")) {
        p->record.source = "huggingface-paper"; /* says more than the lists do */
        hf_linked(p, paper, "linkedModels", "model", "");
        hf_linked(p, paper, "linkedDatasets", "dataset", "datasets/");
        hf_linked(p, paper, "linkedSpaces", "space", "spaces/");
    }
    return NULL;
}

static void hf_item(struct parser *p, const json_t *item, long number)
{
    const char *bad;

    if (!json_is_object(item)) {
        record_reject(p, number, "not a JSON object");
        return;
    }
    record_begin(p, "huggingface", number);
    bad = hf_record(p, item);
    if (bad)
        record_reject(p, number, bad);
    else
        record_emit(p);
}

/* {"error":"Paper not found"}: the service in its own words. */
static bool hf_complaint(struct parser *p, const json_t *root)
{
    const char *text = whole_text(root, "error");

    if (!text)
        text = whole_text(json_object_get(root, "error"), "message");
    if (!text || json_object_get(root, "id"))
        return false;
    utf8_fixed(p->info.error_code, sizeof p->info.error_code, "api-error");
    utf8_fixed(p->info.error_text, sizeof p->info.error_text, text);
    return true;
}

int hf_finish(struct parser *p, struct error *err)
{
    json_t *root = whole_load(p, err);
    size_t i;

    if (!root)
        return ERR_PARSE;
    if (json_is_array(root)) {
        p->info.total = (long)json_array_size(root);
        for (i = 0; i < json_array_size(root) && !p->stopped; i++)
            hf_item(p, json_array_get(root, i), (long)i + 1);
    } else if (!hf_complaint(p, root)) {
        hf_item(p, root, 1);
    }
    json_decref(root);
    return ERR_OK;
}
