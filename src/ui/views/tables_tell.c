/*
 * Tables in words: a row of results is told metric by metric, the one that it is sorted by first.
 */
#include "tables.h"

#include <inttypes.h>
#include <string.h>

static void add_count(struct str *out, int64_t count, const char *one)
{
    str_add(out, ", ");
    str_add_count(out, count, one);
}

static void entry_line(const struct tables_view *v, int at, struct str *out)
{
    const struct catalog_line *line = &v->read.lines[at];

    str_add(out, line->name);
    if (*line->full_name && strcmp(line->full_name, line->name) != 0)
        str_printf(out, ", %s", line->full_name);
    add_count(out, line->tables, "table");
    add_count(out, line->results, "result");
    add_count(out, line->papers, "paper");
    str_add_char(out, '.');
}

static void item_line(const struct tables_view *v, int at, struct str *out)
{
    const struct tables_item *item = &v->read.items[at];

    if (item->type == ITEM_TASK)
        str_printf(out, "task: %s.", item->name);
    else if (item->type == ITEM_PAPER)
        str_printf(out, "paper: %s, %s.", item->name, item->key);
    else {
        str_printf(out, "table: %s", tables_row_name(v, at));
        add_count(out, item->table->rows, "row");
        str_printf(out, ", best %s %s by %s.", item->table->metric, item->table->best,
                   item->table->best_model);
    }
}

static void add_value(const struct tables_view *v, int at, size_t metric, struct str *out)
{
    const struct text_list *values = &v->read.table.rows[at].row.values;

    if (metric < values->len && *values->items[metric])
        str_printf(out, " %s: %s;", v->read.table.metrics.items[metric], values->items[metric]);
}

static void row_line(const struct tables_view *v, int at, struct str *out)
{
    size_t i;

    str_printf(out, "row %d: model: %s;", at + 1, v->read.table.rows[at].row.model);
    add_value(v, at, v->metric, out);
    for (i = 0; i < v->read.table.metrics.len; i++)
        if (i != v->metric)
            add_value(v, at, i, out);
    out->ptr[out->len - 1] = '.';
}

bool tables_line(struct view *view, int at, struct str *out)
{
    static void (*const lines[])(const struct tables_view *, int, struct str *) = {
        [TABLES_LIST] = entry_line, [TABLES_ENTRY] = item_line, [TABLES_TABLE] = row_line
    };
    const struct tables_view *v = view->state;

    lines[v->level](v, at, out);
    return true;
}

/* Of a table's row the paper and its code, of an entry what it is. */
void tables_detail(struct view *view, struct str *out)
{
    const struct tables_view *v = view->state;
    const struct table_row *row;

    if (v->level == TABLES_ENTRY && v->asker.loaded)
        str_add(out, v->read.full.description);
    if (v->level != TABLES_TABLE || v->list.count == 0)
        return;
    row = &v->read.table.rows[v->list.cursor];
    str_printf(out, "%s%s%s%s%s.",
               *row->key         ? row->key
               : *row->row.paper ? row->row.paper
                                 : "no paper that carrel knows",
               *row->row.published ? ", " : "", row->row.published, *row->row.title ? ", " : "",
               row->row.title);
    if (row->row.code.len > 0)
        str_printf(out, " Code: %s.", row->row.code.items[0]);
}
