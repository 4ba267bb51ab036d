/*
 * Papers with Code: evaluation tables, which are what the tool sota-extractor writes: a task with
 * data sets, each with the results reached on it; tasks lie in tasks and data sets in data sets.
 * Nothing in the data bounds how deep; we do. A task becomes one record, and each of its tables.
 *
 * A result is a text or a number, null or "" where there is none. Rows name their paper by its
 * address there, or anywhere; a date may be "".
 */
#include "pwc.h"

#include "carrel/catalog.h"

#include <stdio.h>
#include <string.h>

#define TASK_DEPTH 24 /* tasks in tasks, and data sets in data sets */
#define CODE_MAX 20   /* addresses of a row */

bool pwc_is_task(const json_t *row)
{
    return json_object_get(row, "task")
           && (json_object_get(row, "datasets") || json_object_get(row, "subtasks"));
}

/* ---- results ---- */

static char *result_text(struct parser *p, const json_t *value)
{
    char *text = NULL;

    if (json_is_integer(value))
        return arena_printf(p->arena, "%lld", (long long)json_integer_value(value));
    if (json_is_real(value))
        return arena_printf(p->arena, "%.15g", json_real_value(value));
    if (json_is_string(value))
        text = field_squeeze(p, json_string_value(value));
    return text && strlen(text) <= CATALOG_VALUE ? text : NULL;
}

static size_t metric_place(const struct text_list *metrics, const char *name)
{
    size_t i = 0;

    while (i < metrics->len && strcmp(metrics->items[i], name) != 0)
        i++;
    return i;
}

/* Into its column; a metric that the head of the table forgot gets a new one. */
static void result_put(struct parser *p, struct catalog_entry *table, struct catalog_row *row,
                       const char *metric, const json_t *value)
{
    char *text = result_text(p, value), *name = text ? field_squeeze(p, metric) : NULL;
    size_t at;

    if (!name || strlen(name) > CATALOG_NAME)
        return;
    at = metric_place(&table->metrics, name);
    if (at == CATALOG_METRICS)
        return;
    if (at == table->metrics.len)
        text_list_add(&table->metrics, p->arena, name, strlen(name));
    while (row->values.len <= at)
        text_list_add(&row->values, p->arena, "", 0);
    row->values.items[at] = text;
}

/* An object; or, after a detour through columns, that object as a text, or a list of pairs. */
static void result_metrics(struct parser *p, struct catalog_entry *table, struct catalog_row *row,
                           const json_t *metrics)
{
    json_t *parsed = json_is_string(metrics)
                         ? json_loads(json_string_value(metrics), JSON_ALLOW_NUL, NULL)
                         : NULL;
    json_t *object = parsed ? parsed : (json_t *)(uintptr_t)metrics;
    const char *key;
    json_t *value;
    size_t i;

    json_object_foreach(object, key, value) result_put(p, table, row, key, value);
    for (i = 0; i < json_array_size(object); i++) {
        const json_t *pair = json_array_get(object, i);
        const char *name = pwc_string(pair, "key");

        if (!name)
            name = pwc_string(pair, "name");
        if (name)
            result_put(p, table, row, name, json_object_get(pair, "value"));
    }
    json_decref(parsed);
}

static void result_code(struct parser *p, struct catalog_row *row, const json_t *links)
{
    size_t i;

    for (i = 0; i < json_array_size(links) && row->code.len < CODE_MAX; i++) {
        const char *url = pwc_string(json_array_get(links, i), "url");
        char *clean = url ? field_squeeze(p, url) : NULL;

        if (clean && strlen(clean) < TITLE_MAX && !strchr(clean, ' ')
            && (str_starts(clean, "https://") || str_starts(clean, "http://")))
            text_list_add(&row->code, p->arena, clean, strlen(clean));
    }
}

static void result_row(struct parser *p, struct catalog_entry *table, const json_t *row)
{
    struct catalog_row *out = &table->rows[table->row_count];
    const char *address = pwc_string(row, "paper_url");

    if (!json_is_object(row))
        return;
    out->title = pwc_text(p, row, "paper_title");
    out->model = pwc_text(p, row, "model_name");
    if (!out->model)
        out->model = out->title;
    if (!out->model || strlen(out->model) > TITLE_MAX)
        return;
    out->paper = pwc_paper_id(p, address);
    if (address && strlen(address) < TITLE_MAX)
        out->url = field_squeeze(p, address);
    out->published = pwc_date(p, pwc_string(row, "paper_date"));
    out->more_data = pwc_true(row, "uses_additional_data");
    result_code(p, out, json_object_get(row, "code_links"));
    result_metrics(p, table, out, json_object_get(row, "metrics"));
    table->row_count++;
}

/* ---- tables ---- */

/* Where in the tree a table stands. */
struct place {
    const char *task, *dataset; /* as written */
    long line;
    int depth;
};

static void table_emit(struct parser *p, const struct place *place, const json_t *sota)
{
    const json_t *rows = json_object_get(sota, "rows");
    struct catalog_entry *table;
    size_t count = json_array_size(rows), i;

    if (count == 0)
        return;
    pwc_begin(p, "pwc", place->line);
    if (count > CATALOG_ROWS) {
        record_reject(p, place->line, "a table of more than 20,000 rows is cut there");
        count = CATALOG_ROWS;
        pwc_begin(p, "pwc", place->line);
    }
    table = arena_alloc(p->arena, sizeof *table);
    table->kind = CATALOG_TABLE;
    table->name = field_squeeze(p, place->task);
    table->dataset = field_squeeze(p, place->dataset);
    if (!table->name || !table->dataset || strlen(table->dataset) > CATALOG_NAME) {
        record_reject(p, place->line,
                      "a table whose task or data set has no name, or one that is too long");
        return;
    }
    pwc_names(p, sota, "metrics", "name", &table->metrics);
    if (table->metrics.len > CATALOG_METRICS)
        table->metrics.len = CATALOG_METRICS;
    table->rows = arena_alloc(p->arena, (count + 1) * sizeof *table->rows);
    for (i = 0; i < count; i++)
        result_row(p, table, json_array_get(rows, i));
    p->record.title = table->name;
    p->record.catalog = table;
    if (table->row_count > 0)
        record_emit(p);
}

static void table_dataset(struct parser *p, const struct place *at, const json_t *dataset)
{
    const json_t *parts = json_object_get(dataset, "subdatasets");
    const char *name = pwc_string(dataset, "dataset");
    struct place place = *at;
    struct str whole = STR_INIT;
    size_t i;

    if (++place.depth > TASK_DEPTH) {
        record_reject(p, at->line, "data sets within data sets, deeper than 24, are left out");
        return;
    }
    /* A part is called after what it is a part of. */
    if (name && at->dataset && !str_starts(name, at->dataset))
        str_printf(&whole, "%s / %s", at->dataset, name);
    else
        str_add(&whole, name ? name : "");
    place.dataset = whole.ptr;
    table_emit(p, &place, json_object_get(dataset, "sota"));
    for (i = 0; i < json_array_size(parts) && !p->stopped; i++)
        table_dataset(p, &place, json_array_get(parts, i));
    str_free(&whole);
}

static void task_emit(struct parser *p, const struct place *place, const json_t *row,
                      const char *wider)
{
    const char *description = pwc_string(row, "description");
    struct catalog_entry *task;

    pwc_begin(p, "pwc", place->line);
    task = arena_alloc(p->arena, sizeof *task);
    task->kind = CATALOG_TASK;
    task->name = field_squeeze(p, place->task);
    if (!task->name) {
        record_reject(p, place->line, "a task whose name cannot be read");
        return;
    }
    if (description && strlen(description) < ABSTRACT_MAX)
        task->description = field_abstract(p, description);
    pwc_names(p, row, "categories", "name", &task->groups);
    pwc_names(p, row, "synonyms", "name", &task->names);
    if (wider)
        pwc_name(p, &task->tasks, wider);
    p->record.title = task->name;
    p->record.catalog = task;
    record_emit(p);
}

static void task_walk(struct parser *p, const json_t *row, long line, const char *wider, int depth)
{
    struct place place = { .task = pwc_string(row, "task"), .line = line };
    const json_t *datasets = json_object_get(row, "datasets");
    const json_t *subtasks = json_object_get(row, "subtasks");
    size_t i;

    if (!place.task || strlen(place.task) > CATALOG_NAME || depth > TASK_DEPTH) {
        record_reject(p, line,
                      depth > TASK_DEPTH ? "tasks within tasks, deeper than 24, are left out"
                                         : "a task without a name, or with one that is too long");
        return;
    }
    task_emit(p, &place, row, wider);
    for (i = 0; i < json_array_size(datasets) && !p->stopped; i++)
        table_dataset(p, &place, json_array_get(datasets, i));
    for (i = 0; i < json_array_size(subtasks) && !p->stopped; i++)
        task_walk(p, json_array_get(subtasks, i), line, place.task, depth + 1);
}

void pwc_task(struct parser *p, const json_t *row, long line)
{
    task_walk(p, row, line, NULL, 0);
}
