/*
 * tables: the catalogue at the command line. All tasks, methods or data sets, and one of them with
 * its tables and papers; one table is cmd_tables_rows.c's.
 */
#include "cmd_tables.h"

#include "carrel/credit.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAPERS_SHOWN 20
#define NAME_COLUMNS 44

/* A cell of so many columns, cut or filled, and two blanks. */
void tables_cell(struct command_call *call, const char *text, int columns, bool right)
{
    struct str cell = STR_INIT;
    int width;

    text_ellipsis(&cell, text, columns, call->app->ascii);
    width = text_width(cell.ptr);
    if (right)
        str_add_repeat(&call->out, ' ', (size_t)(columns > width ? columns - width : 0));
    str_add(&call->out, cell.ptr);
    if (!right)
        str_add_repeat(&call->out, ' ', (size_t)(columns > width ? columns - width : 0));
    str_add(&call->out, "  ");
    str_free(&cell);
}

void tables_credit(struct command_call *call, const char *name)
{
    const struct credit *credit = name ? credit_find(name) : NULL;

    if (!credit)
        return;
    str_printf(&call->out, "%-11s ", "data from");
    credit_print(&call->out, credit);
    str_add_char(&call->out, '\n');
}

void tables_begin(struct command_call *call, struct jsonw *w)
{
    jsonw_start(w, &call->out);
    jsonw_object(w);
    jsonw_key_int(w, "version", 1);
}

void tables_end(struct command_call *call, struct jsonw *w, const char *credit)
{
    struct text_list names = { 0 };

    if (credit && *credit)
        text_list_add(&names, call->arena, credit, strlen(credit));
    credits_to_json(w, &names);
    jsonw_end(w);
    str_add_char(&call->out, '\n');
}

void tables_text(struct jsonw *w, const char *key, const char *text)
{
    if (text && *text)
        jsonw_key_string(w, key, text);
}

void tables_list(struct jsonw *w, const char *key, const struct text_list *list)
{
    size_t i;

    jsonw_key(w, key);
    jsonw_array(w);
    for (i = 0; i < list->len; i++)
        jsonw_string(w, list->items[i]);
    jsonw_end(w);
}

static void put_field(struct command_call *call, const char *name, const char *value)
{
    if (value && *value)
        str_printf(&call->out, "%-11s %s\n", name, value);
}

static void put_list(struct command_call *call, const char *name, const struct text_list *list)
{
    size_t i;

    for (i = 0; i < list->len; i++)
        str_printf(&call->out, "%-11s %s\n", i == 0 ? name : "", list->items[i]);
}

static void put_lines(struct command_call *call, const char *name, const char *lines)
{
    struct text_list list = { 0 };

    for (; *lines; lines += strspn(lines, "\n")) {
        size_t len = strcspn(lines, "\n");

        text_list_add(&list, call->arena, lines, len);
        lines += len;
    }
    put_list(call, name, &list);
}

static void json_lines(struct command_call *call, struct jsonw *w, const char *key,
                       const char *lines)
{
    struct text_list list = { 0 };

    for (; *lines; lines += strspn(lines, "\n")) {
        size_t len = strcspn(lines, "\n");

        text_list_add(&list, call->arena, lines, len);
        lines += len;
    }
    if (list.len > 0)
        tables_list(w, key, &list);
}

static void json_line(struct command_call *call, struct jsonw *w, const struct catalog_line *line)
{
    jsonw_key_string(w, "kind", catalog_kind_name(line->kind));
    jsonw_key_string(w, "name", line->name);
    tables_text(w, "full_name", line->full_name);
    json_lines(call, w, "groups", line->groups);
    tables_text(w, "introduced", line->introduced);
    jsonw_key_int(w, "tables", line->tables);
    jsonw_key_int(w, "results", line->results);
    jsonw_key_int(w, "papers", line->papers);
}

/* ---- all of a kind ---- */

static const char *kind_title(enum catalog_kind kind)
{
    return kind == CATALOG_TASK ? "task" : kind == CATALOG_METHOD ? "method" : "data set";
}

/* Whose data the list is; NULL nobody's. */
static const char *list_credit(const struct catalog_line *lines, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (*lines[i].credit)
            return lines[i].credit;
    return NULL;
}

static void text_entries(struct command_call *call, const struct catalog_line *lines, size_t count,
                         enum catalog_kind kind)
{
    char number[24];
    size_t i;

    tables_cell(call, kind_title(kind), NAME_COLUMNS, false);
    str_add(&call->out, "  tables  results   papers\n");
    for (i = 0; i < count; i++) {
        tables_cell(call, lines[i].name, NAME_COLUMNS, false);
        snprintf(number, sizeof number, "%8" PRId64, lines[i].tables);
        str_printf(&call->out, "%s %8" PRId64 " %8" PRId64 "\n", number, lines[i].results,
                   lines[i].papers);
    }
    if (list_credit(lines, count))
        str_add_char(&call->out, '\n');
    tables_credit(call, list_credit(lines, count));
}

static int list_entries(struct command_call *call, enum catalog_kind kind, struct error *err)
{
    struct catalog_line *lines;
    struct jsonw w;
    size_t count = 0, i;
    int result = catalog_list(call->store, call->arena, kind, call_option(call, "--find"), &lines,
                              &count, err);

    if (result != ERR_OK)
        return result;
    if (!call_has(call, "--json")) {
        if (count > 0)
            text_entries(call, lines, count, kind);
        else
            str_printf(&call->say,
                       "no %ss%s; import the dumps of Papers with Code (evaluation-tables, "
                       "methods, datasets) or sync its source\n",
                       kind_title(kind), call_has(call, "--find") ? " of that name" : "");
        return ERR_OK;
    }
    tables_begin(call, &w);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < count; i++) {
        jsonw_object(&w);
        json_line(call, &w, &lines[i]);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    tables_end(call, &w, list_credit(lines, count));
    return ERR_OK;
}

/* ---- one entry ---- */

struct entry {
    struct catalog_full full;
    struct table_line *tables;
    char **keys, **titles;
    size_t table_count, paper_count;
};

static void text_entry_tables(struct command_call *call, const struct entry *entry)
{
    bool task = entry->full.line.kind == CATALOG_TASK;
    size_t i;

    if (entry->table_count == 0)
        return;
    str_add_char(&call->out, '\n');
    tables_cell(call, task ? "data set" : "task", NAME_COLUMNS, false);
    str_add(&call->out, "results  best\n");
    for (i = 0; i < entry->table_count; i++) {
        const struct table_line *line = &entry->tables[i];

        tables_cell(call, task ? line->dataset : line->task, NAME_COLUMNS, false);
        str_printf(&call->out, "%7" PRId64 "  %s %s  %s%s%s\n", line->rows, line->metric,
                   line->best, line->best_model, *line->best_on ? ", " : "", line->best_on);
    }
}

static void text_entry(struct command_call *call, const struct entry *entry)
{
    const struct catalog_full *full = &entry->full;
    struct str title = STR_INIT;
    size_t i;

    str_printf(&call->out, "%s\n\n", full->line.name);
    put_field(call, "kind", kind_title(full->line.kind));
    if (strcmp(full->line.full_name, full->line.name) != 0)
        put_field(call, "full name", full->line.full_name);
    put_lines(call, full->line.kind == CATALOG_TASK ? "area" : "group", full->line.groups);
    put_lines(call, "also", full->names);
    put_field(call, "introduced", full->line.introduced);
    put_field(call, "by", *full->paper_key ? full->paper_key : full->paper);
    put_field(call, "", full->paper_title);
    put_field(call, "page", full->url);
    put_field(call, "code", full->code);
    put_list(call, full->line.kind == CATALOG_TASK ? "part of" : "used for", &full->wider);
    put_list(call, "wider than", &full->narrower);
    tables_credit(call, full->line.credit);
    if (*full->description)
        str_printf(&call->out, "\n%s\n", full->description);
    text_entry_tables(call, entry);
    if (entry->paper_count > 0)
        str_printf(&call->out, "\npapers here: %" PRId64 "%s\n", full->line.papers,
                   full->line.papers > PAPERS_SHOWN ? ", the newest" : "");
    for (i = 0; i < entry->paper_count; i++) {
        str_clear(&title);
        text_from_latex(&title, entry->titles[i]);
        str_printf(&call->out, "%-22s %s\n", entry->keys[i], title.ptr);
    }
    str_free(&title);
}

static void json_entry_tables(struct jsonw *w, const struct entry *entry)
{
    size_t i;

    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < entry->table_count; i++) {
        const struct table_line *line = &entry->tables[i];

        jsonw_object(w);
        jsonw_key_string(w, "task", line->task);
        jsonw_key_string(w, "dataset", line->dataset);
        jsonw_key_int(w, "rows", line->rows);
        tables_text(w, "metric", line->metric);
        tables_text(w, "best", line->best);
        tables_text(w, "best_model", line->best_model);
        tables_text(w, "best_published", line->best_on);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void json_entry(struct command_call *call, const struct entry *entry)
{
    const struct catalog_full *full = &entry->full;
    struct jsonw w;
    size_t i;

    tables_begin(call, &w);
    json_line(call, &w, &full->line);
    tables_text(&w, "description", full->description);
    json_lines(call, &w, "names", full->names);
    tables_text(&w, "paper", *full->paper_key ? full->paper_key : full->paper);
    tables_text(&w, "paper_title", full->paper_title);
    tables_text(&w, "url", full->url);
    tables_text(&w, "code", full->code);
    tables_list(&w, "part_of", &full->wider);
    tables_list(&w, "subtasks", &full->narrower);
    json_entry_tables(&w, entry);
    jsonw_key(&w, "newest_papers");
    jsonw_array(&w);
    for (i = 0; i < entry->paper_count; i++) {
        jsonw_object(&w);
        jsonw_key_string(&w, "id", entry->keys[i]);
        jsonw_key_string(&w, "title", entry->titles[i]);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    tables_end(call, &w, full->line.credit);
}

static int show_entry(struct command_call *call, enum catalog_kind kind, const char *name,
                      struct error *err)
{
    struct entry entry = { 0 };
    int result = catalog_find(call->store, call->arena, kind, name, &entry.full, err);

    if (result == ERR_OK)
        result = tables_of(call->store, call->arena, entry.full.line.id, &entry.tables,
                           &entry.table_count, err);
    if (result == ERR_OK)
        result = catalog_papers(call->store, call->arena, entry.full.line.id, PAPERS_SHOWN,
                                &entry.keys, &entry.titles, &entry.paper_count, err);
    if (result != ERR_OK)
        return result;
    if (call_has(call, "--json"))
        json_entry(call, &entry);
    else
        text_entry(call, &entry);
    return ERR_OK;
}

int cmd_tables(struct command_call *call, struct error *err)
{
    bool methods = call_has(call, "--methods"), datasets = call_has(call, "--datasets");
    enum catalog_kind kind = methods ? CATALOG_METHOD : datasets ? CATALOG_DATASET : CATALOG_TASK;

    if (methods && datasets)
        return error_set(err, ERR_USAGE, "--methods or --datasets, not both");
    if (call->argc > (kind == CATALOG_TASK ? 2 : 1))
        return error_set(err, ERR_USAGE,
                         "tables [TASK [DATASET]]; names of several words go in quotes");
    if (call->argc == 0)
        return list_entries(call, kind, err);
    if (call->argc == 1)
        return show_entry(call, kind, call->argv[0], err);
    return tables_show_rows(call, call->argv[0], call->argv[1], err);
}
