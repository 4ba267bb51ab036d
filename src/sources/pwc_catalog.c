/*
 * Papers with Code: methods and data sets, each with the paper that introduced it.
 */
#include "pwc.h"

#include "carrel/catalog.h"

#include <stdio.h>
#include <string.h>

bool pwc_is_method(const json_t *row)
{
    return json_object_get(row, "name")
           && (json_object_get(row, "collections") || json_object_get(row, "introduced_year")
               || json_object_get(row, "code_snippet_url"));
}

bool pwc_is_dataset(const json_t *row)
{
    return json_object_get(row, "name")
           && (json_object_get(row, "homepage") || json_object_get(row, "modalities")
               || json_object_get(row, "introduced_date"));
}

/* An address, where it is one. */
static char *described_url(struct parser *p, const char *text)
{
    char *url = text ? field_squeeze(p, text) : NULL;

    if (!url || strlen(url) > TITLE_MAX || strchr(url, ' ')
        || (!str_starts(url, "https://") && !str_starts(url, "http://")))
        return NULL;
    return url;
}

/* "Attention Mechanisms (General)". */
static void described_collection(struct parser *p, struct text_list *list, const json_t *collection)
{
    const char *name = pwc_string(collection, "collection"), *area = pwc_string(collection, "area");

    if (!name)
        name = pwc_string(collection, "name");
    if (name && area && strlen(name) < CATALOG_NAME && strlen(area) < CATALOG_NAME)
        pwc_name(p, list, arena_printf(p->arena, "%s (%s)", name, area));
    else
        pwc_name(p, list, name);
}

static void described_method(struct parser *p, struct catalog_entry *entry, const json_t *row)
{
    const json_t *collections = json_object_get(row, "collections");
    json_int_t year = json_integer_value(json_object_get(row, "introduced_year"));
    size_t i;

    entry->kind = CATALOG_METHOD;
    if (year > 1800 && year < 2200)
        entry->introduced = arena_printf(p->arena, "%d", (int)year);
    entry->code = described_url(p, pwc_string(row, "code_snippet_url"));
    entry->url = described_url(p, pwc_string(row, "source_url"));
    entry->paper_title = pwc_text(p, row, "source_title");
    for (i = 0; i < json_array_size(collections); i++)
        described_collection(p, &entry->groups, json_array_get(collections, i));
    described_collection(p, &entry->groups, json_object_get(row, "main_collection"));
}

static void described_dataset(struct parser *p, struct catalog_entry *entry, const json_t *row)
{
    const json_t *loaders = json_object_get(row, "data_loaders");

    entry->kind = CATALOG_DATASET;
    entry->introduced = pwc_date(p, pwc_string(row, "introduced_date"));
    entry->url = described_url(p, pwc_string(row, "homepage"));
    entry->code = described_url(p, pwc_string(json_array_get(loaders, 0), "repo"));
    pwc_names(p, row, "modalities", "name", &entry->groups);
    pwc_names(p, row, "languages", "name", &entry->groups);
    pwc_names(p, row, "variants", "name", &entry->names);
    pwc_names(p, row, "tasks", "task", &entry->tasks);
}

const char *pwc_described(struct parser *p, const json_t *row)
{
    struct catalog_entry *entry = arena_alloc(p->arena, sizeof *entry);
    const char *description = pwc_string(row, "description");
    const json_t *paper = json_object_get(row, "paper");

    entry->name = pwc_text(p, row, "name");
    if (!entry->name || strlen(entry->name) > CATALOG_NAME)
        return "it has no name, or one that is too long";
    entry->full_name = pwc_text(p, row, "full_name");
    if (description && strlen(description) < ABSTRACT_MAX)
        entry->description = field_abstract(p, description);
    if (pwc_is_dataset(row))
        described_dataset(p, entry, row);
    else
        described_method(p, entry, row);
    entry->paper = pwc_paper_id(p, pwc_string(paper, "url"));
    if (!entry->paper)
        entry->paper = pwc_paper_id(p, entry->url);
    if (pwc_string(paper, "title"))
        entry->paper_title = pwc_text(p, paper, "title");
    p->record.title = entry->name;
    p->record.catalog = entry;
    return NULL;
}
