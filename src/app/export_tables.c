/*
 * A website's tables of results: tables.json lists tasks, tables/TASK.json has all tables of one. A
 * website of a query has those in which one of its papers stands.
 */
#include "export_internal.h"

#include "carrel/credit.h"
#include "cmd_tables.h"

#include <stdlib.h>
#include <string.h>

struct tables_run {
    struct export_job *job;
    struct arena *arena; /* of one task */
    uint64_t fingerprint;
    struct jsonw w; /* tables.json */
    struct str body;
    int64_t tasks;
};

static bool table_wanted(const struct export_job *job, const struct table_full *table)
{
    size_t i = 0;

    if (!job->wanted)
        return true;
    while (i < table->row_count && !(table->rows[i].work && export_wants(job, table->rows[i].work)))
        i++;
    return i < table->row_count;
}

/* A table in the list and whole; *rows grows by its rows. */
static int table_put(struct tables_run *run, struct jsonw *w, const struct table_line *line,
                     int64_t *tables, int64_t *rows, struct error *err)
{
    struct table_full table;
    size_t metric, i;
    bool less;
    int result = table_find(run->job->store, run->arena, line->task, line->dataset, &table, err);

    if (result != ERR_OK || !table_wanted(run->job, &table))
        return result;
    metric = table_first_metric(&table);
    less = table_less_is_better(&table, metric);
    table_sort(&table, metric, less);
    for (i = 0; i < table.row_count; i++)
        table.rows[i].row.title = export_plain(run->arena, table.rows[i].row.title);
    jsonw_object(w);
    tables_json_rows(w, &table, metric, less, table.row_count);
    jsonw_end(w);
    ++*tables;
    *rows += (int64_t)table.row_count;
    return ERR_OK;
}

static void tables_credits(struct tables_run *run, struct jsonw *w, const char *credit)
{
    struct text_list names = { 0 };

    if (*credit)
        text_list_add(&names, run->arena, credit, strlen(credit));
    credits_to_json(w, &names);
}

static void tables_row(struct tables_run *run, const struct catalog_line *task, const char *path,
                       int64_t tables, int64_t rows)
{
    jsonw_object(&run->w);
    jsonw_key_string(&run->w, "task", task->name);
    jsonw_key_string(&run->w, "path", path);
    jsonw_key_int(&run->w, "tables", tables);
    jsonw_key_int(&run->w, "results", rows);
    jsonw_end(&run->w);
    run->tasks++;
}

static int tables_task(struct tables_run *run, const struct catalog_line *task, struct error *err)
{
    struct str path = STR_INIT, body = STR_INIT;
    struct table_line *lines;
    struct jsonw w;
    size_t count = 0, i;
    int64_t tables = 0, rows = 0;
    int result = tables_of(run->job->store, run->arena, task->id, &lines, &count, err);

    str_add(&path, "tables/");
    site_slug(&path, task->name);
    str_add(&path, ".json");
    export_open(&w, &body);
    jsonw_key_string(&w, "task", task->name);
    tables_credits(run, &w, task->credit);
    jsonw_key(&w, "tables");
    jsonw_array(&w);
    for (i = 0; i < count && result == ERR_OK; i++)
        result = table_put(run, &w, &lines[i], &tables, &rows, err);
    jsonw_end(&w);
    if (result == ERR_OK && tables > 0) {
        result = export_put(run->job, &w, path.ptr, tables, run->fingerprint, err);
        tables_row(run, task, path.ptr, tables, rows);
    }
    str_free(&path);
    str_free(&body);
    return result;
}

static int tables_all(struct tables_run *run, struct error *err)
{
    struct arena *arena = arena_new();
    struct catalog_line *tasks;
    size_t count = 0, i;
    int result = catalog_list(run->job->store, arena, CATALOG_TASK, NULL, &tasks, &count, err);

    export_open(&run->w, &run->body);
    jsonw_key(&run->w, "tasks");
    jsonw_array(&run->w);
    for (i = 0; i < count && result == ERR_OK; i++) {
        if (tasks[i].tables == 0)
            continue;
        arena_reset(run->arena);
        result = tables_task(run, &tasks[i], err);
    }
    jsonw_end(&run->w);
    if (result == ERR_OK)
        result = export_put(run->job, &run->w, "tables.json", run->tasks, run->fingerprint, err);
    arena_free(arena);
    return result;
}

/* The files of the tasks stand where the list does: their paths say so by their fingerprint. */
static bool tables_stand(struct tables_run *run)
{
    struct site *site = run->job->site;

    if (!export_reuse(run->job, "tables.json", run->fingerprint))
        return false;
    return site_reuse_below(site, "tables/", run->fingerprint)
           && (!run->job->pages || site_reuse_below(site, "data/tables/", run->fingerprint));
}

int export_tables(struct export_job *job, struct error *err)
{
    struct tables_run run = { .job = job, .body = STR_INIT };
    unsigned credits;
    int result = catalog_fingerprint(job->store, &run.fingerprint, &credits, err);

    if (result != ERR_OK)
        return result;
    run.fingerprint ^= job->fingerprint; /* rows name papers that are here */
    if (!tables_stand(&run)) {
        run.arena = arena_new();
        result = tables_all(&run, err);
        arena_free(run.arena);
        str_free(&run.body);
    }
    if (site_count_of(job->site, "tables.json") > 0)
        job->credits |= credits;
    return result;
}
