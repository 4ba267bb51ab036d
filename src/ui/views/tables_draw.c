/*
 * Tables, drawn: a list of entries with counts, the head of one entry above what belongs to it, or
 * a table of results with as many of its metrics as there is room for, the sorted one first.
 */
#include "tables.h"

#include "carrel/credit.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOOT_ROWS 3
#define VALUE_COLUMNS 12
#define HEAD_ROWS_MAX 8

const char *tables_kind_title(enum catalog_kind kind)
{
    static const char *const titles[] = { "", "tasks", "methods", "data sets" };

    return titles[kind];
}

const char *tables_shown_credit(const struct tables_view *v)
{
    size_t i;

    if (v->level != TABLES_LIST)
        return v->level == TABLES_TABLE ? v->read.table.credit : v->read.full.line.credit;
    for (i = 0; i < v->read.count; i++)
        if (*v->read.lines[i].credit)
            return v->read.lines[i].credit;
    return NULL;
}

const char *tables_row_name(const struct tables_view *v, int row)
{
    const struct tables_item *item;

    if (row < 0 || (size_t)row >= v->read.count)
        return "";
    if (v->level == TABLES_LIST)
        return v->read.lines[row].name;
    if (v->level == TABLES_TABLE)
        return v->read.table.rows[row].row.model;
    item = &v->read.items[row];
    if (item->type != ITEM_TABLE)
        return item->name;
    return v->kind == CATALOG_TASK ? item->table->dataset : item->table->task;
}

/* Right-aligned, with a blank on both sides. */
static void draw_right(struct canvas *canvas, int x, int y, int columns, enum style style,
                       const char *text)
{
    struct str cut = STR_INIT;
    int width;

    text_ellipsis(&cut, text, columns, canvas->ascii);
    width = text_width(cut.ptr);
    canvas_text(canvas, x + columns - width, y, width, style, cut.ptr);
    str_free(&cut);
}

static void draw_count(struct canvas *canvas, int x, int y, int64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, value);
    draw_right(canvas, x, y, 8, value ? STYLE_NORMAL : STYLE_DIM, value ? text : "·");
}

static void draw_credit(struct canvas *canvas, int x, int y, int width, const char *name)
{
    const struct credit *credit = name && *name ? credit_find(name) : NULL;
    struct str line = STR_INIT;

    if (!credit)
        return;
    str_add(&line, "data from ");
    credit_print(&line, credit);
    canvas_text(canvas, x, y, width, STYLE_DIM, line.ptr);
    str_free(&line);
}

/* ---- a list of entries ---- */

static void draw_entry_head(const struct tables_view *v, struct canvas *canvas, int x, int y,
                            int width)
{
    canvas_text(canvas, x + 1, y, width - 27, STYLE_HEADING, tables_kind_title(v->kind));
    draw_right(canvas, x + width - 25, y, 8, STYLE_DIM, "tables");
    draw_right(canvas, x + width - 17, y, 8, STYLE_DIM, "results");
    draw_right(canvas, x + width - 9, y, 8, STYLE_DIM, "papers");
}

static void draw_entry(const struct tables_view *v, struct canvas *canvas, int row, int x, int y,
                       int width)
{
    const struct catalog_line *line = &v->read.lines[row];
    int used = canvas_text(canvas, x + 1, y, width - 27, STYLE_NORMAL, line->name);

    if (*line->full_name && strcmp(line->full_name, line->name) != 0 && used + 30 < width - 27)
        canvas_text(canvas, x + 3 + used, y, width - 29 - used, STYLE_DIM, line->full_name);
    draw_count(canvas, x + width - 25, y, line->tables);
    draw_count(canvas, x + width - 17, y, line->results);
    draw_count(canvas, x + width - 9, y, line->papers);
}

/* ---- one entry ---- */

static int head_line(struct canvas *canvas, int x, int y, int width, const char *name,
                     const char *value)
{
    if (!value || !*value)
        return y;
    canvas_text(canvas, x + 1, y, 11, STYLE_DIM, name);
    canvas_text(canvas, x + 12, y, width - 13, STYLE_NORMAL, value);
    return y + 1;
}

static int head_joined(struct canvas *canvas, int x, int y, int width, const char *name,
                       const char *lines)
{
    struct str joined = STR_INIT;
    const char *at;

    for (at = lines; *at; at++)
        str_add(&joined, *at == '\n' ? ", " : (char[]){ *at, '\0' });
    y = head_line(canvas, x, y, width, name, joined.ptr);
    str_free(&joined);
    return y;
}

static int head_list(struct canvas *canvas, int x, int y, int width, const char *name,
                     const struct text_list *list)
{
    struct str joined = STR_INIT;

    text_list_join(&joined, list, ", ");
    y = head_line(canvas, x, y, width, name, joined.ptr);
    str_free(&joined);
    return y;
}

/* At most `rows` lines of it; the row behind them. */
static int head_description(struct canvas *canvas, int x, int y, int width, int rows,
                            const char *text)
{
    size_t next;

    for (; *text && rows > 0; text += next, rows--) {
        size_t len = text_wrap(text, width - 2, &next);
        char *line = mem_strndup(text, rows == 1 && text[next] ? strcspn(text, "\n") : len);

        canvas_text(canvas, x + 1, y++, width - 2, STYLE_NORMAL, line);
        free(line);
    }
    return y;
}

/* Who it is, in the upper third of the screen at most; the row behind it. */
static int draw_head(const struct tables_view *v, struct canvas *canvas, int x, int y, int width,
                     int height)
{
    const struct catalog_full *full = &v->read.full;
    bool task = v->kind == CATALOG_TASK;
    int first = y, most = height / 3 > HEAD_ROWS_MAX ? HEAD_ROWS_MAX : height / 3;

    if (strcmp(full->line.full_name, full->line.name) != 0)
        y = head_line(canvas, x, y, width, "full name", full->line.full_name);
    y = head_joined(canvas, x, y, width, task ? "area" : "group", full->line.groups);
    if (y - first < most)
        y = head_list(canvas, x, y, width, task ? "part of" : "used for", &full->wider);
    if (y - first < most)
        y = head_line(canvas, x, y, width, "by",
                      *full->paper_title ? full->paper_title : full->paper);
    if (y - first < most)
        y = head_line(canvas, x, y, width, "page", full->url);
    if (y - first < most)
        y = head_description(canvas, x, y, width, most - (y - first), full->description);
    return y > first ? y + 1 : y;
}

static void draw_item(const struct tables_view *v, struct canvas *canvas, int row, int x, int y,
                      int width)
{
    const struct tables_item *item = &v->read.items[row];
    int name = width > 100 ? 48 : width / 2 - 4;
    struct str best = STR_INIT;

    if (item->type == ITEM_TASK) {
        canvas_text(canvas, x + 1, y, 2, STYLE_ACCENT, canvas->ascii ? ">" : "›");
        canvas_text(canvas, x + 3, y, width - 4, STYLE_NORMAL, item->name);
    } else if (item->type == ITEM_PAPER) {
        canvas_text(canvas, x + 1, y, 20, STYLE_ACCENT, item->key);
        canvas_text(canvas, x + 22, y, width - 23, STYLE_NORMAL, item->name);
    } else {
        canvas_text(canvas, x + 1, y, name - 2, STYLE_NORMAL, tables_row_name(v, row));
        draw_count(canvas, x + name - 2, y, item->table->rows);
        str_printf(&best, "%s %s  %s", item->table->metric, item->table->best,
                   item->table->best_model);
        canvas_text(canvas, x + name + 8, y, width - name - 9, STYLE_DIM, best.ptr);
    }
    str_free(&best);
}

/* ---- one table ---- */

/* Columns in the order they are drawn: the sorted metric first. */
static size_t shown_metric(const struct tables_view *v, size_t place)
{
    if (place == 0)
        return v->metric;
    return place <= v->metric ? place - 1 : place;
}

/* The columns of the model, and how many metrics fit behind them. */
static int table_layout(const struct tables_view *v, int width, size_t *metrics)
{
    int model = width > 110 ? 44 : 26, room = width - model - 9;

    *metrics = room > 0 ? (size_t)(room / (VALUE_COLUMNS + 1)) : 0;
    if (*metrics > v->read.table.metrics.len)
        *metrics = v->read.table.metrics.len;
    return model + room - (int)*metrics * (VALUE_COLUMNS + 1);
}

static void draw_table_head(const struct tables_view *v, struct canvas *canvas, int x, int y,
                            int width)
{
    const struct table_full *table = &v->read.table;
    size_t metrics, i;
    int model = table_layout(v, width, &metrics);

    canvas_text(canvas, x + 6, y, model, STYLE_HEADING, "model");
    for (i = 0; i < metrics; i++)
        draw_right(canvas, x + 6 + model + (int)i * (VALUE_COLUMNS + 1), y, VALUE_COLUMNS,
                   i == 0 ? STYLE_HEADING : STYLE_DIM, table->metrics.items[shown_metric(v, i)]);
}

static void draw_table_row(const struct tables_view *v, struct canvas *canvas, int row, int x,
                           int y, int width)
{
    const struct table_row *line = &v->read.table.rows[row];
    size_t metrics, i;
    int model = table_layout(v, width, &metrics);
    char rank[16];

    snprintf(rank, sizeof rank, "%d", row + 1);
    draw_right(canvas, x, y, 5, STYLE_DIM, rank);
    canvas_text(canvas, x + 6, y, model - 1, line->work ? STYLE_TITLE : STYLE_NORMAL,
                line->row.model);
    for (i = 0; i < metrics; i++)
        draw_right(canvas, x + 6 + model + (int)i * (VALUE_COLUMNS + 1), y, VALUE_COLUMNS,
                   i == 0 ? STYLE_ACCENT : STYLE_NORMAL,
                   line->row.values.items[shown_metric(v, i)]);
    canvas_text(canvas, x + width - 2, y, 2, STYLE_DIM, line->row.code.len > 0 ? "c" : "");
}

/* What stands behind the row under the cursor. */
static void draw_foot(const struct tables_view *v, struct canvas *canvas, int x, int y, int width)
{
    const struct table_row *row = &v->read.table.rows[v->list.cursor];
    struct str line = STR_INIT;

    str_printf(&line, "%s%s%s%s%s",
               *row->key         ? row->key
               : *row->row.paper ? row->row.paper
                                 : "no paper that carrel knows",
               *row->row.published ? ", " : "", row->row.published, *row->row.title ? "  " : "",
               row->row.title);
    canvas_text(canvas, x + 1, y, width - 2, row->work ? STYLE_ACCENT : STYLE_NORMAL, line.ptr);
    str_clear(&line);
    if (row->row.code.len > 0)
        str_printf(&line, "code %s", row->row.code.items[0]);
    if (row->row.code.len > 1)
        str_printf(&line, " and %zu more", row->row.code.len - 1);
    canvas_text(canvas, x + 1, y + 1, width - 2, STYLE_NORMAL, line.ptr);
    draw_credit(canvas, x + 1, y + 2, width - 2, v->read.table.credit);
    str_free(&line);
}

/* ---- the screen ---- */

static void draw_empty(const struct tables_view *v, struct canvas *canvas, int x, int y, int width)
{
    static const char *const lines[] = { "No tables of results here yet.",
                                         "They come with the archive of Papers with Code:",
                                         "  :import evaluation-tables.json.gz",
                                         "and its methods, datasets and papers-with-abstracts,",
                                         "or by sync from a source of kind pwc." };
    size_t i;

    if (v->asker.error.code) {
        canvas_text(canvas, x + 1, y, width - 2, STYLE_ERROR, v->asker.error.message);
    } else if (!v->asker.loaded) {
        canvas_text(canvas, x + 1, y, width - 2, STYLE_DIM, "Looking…");
    } else if (v->level == TABLES_ENTRY) {
        canvas_text(canvas, x + 1, y, width - 2, STYLE_DIM, "No tables and no papers of it here.");
    } else {
        for (i = 0; i < ARRAY_LEN(lines); i++)
            canvas_text(canvas, x + 1, y + (int)i, width - 2, i ? STYLE_DIM : STYLE_NORMAL,
                        lines[i]);
    }
}

void tables_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    static void (*const rows[])(const struct tables_view *, struct canvas *, int, int, int, int) = {
        [TABLES_LIST] = draw_entry, [TABLES_ENTRY] = draw_item, [TABLES_TABLE] = draw_table_row
    };
    struct tables_view *v = view->state;
    int end = y + height, foot = v->level == TABLES_TABLE && height >= 12 ? FOOT_ROWS : 1, i;

    if (v->asker.loaded && v->level == TABLES_ENTRY) {
        y = draw_head(v, canvas, x, y, width, height);
    } else if (v->list.count > 0) {
        if (v->level == TABLES_LIST)
            draw_entry_head(v, canvas, x, y, width);
        else
            draw_table_head(v, canvas, x, y, width);
        y++;
    }
    if (v->list.count == 0) {
        draw_empty(v, canvas, x, y, width);
        return;
    }
    listview_place(&v->list, end - y - foot > 1 ? end - y - foot : 1);
    for (i = 0; i < v->list.height && v->list.top + i < v->list.count; i++) {
        rows[v->level](v, canvas, v->list.top + i, x, y + i, width);
        if (v->list.top + i == v->list.cursor)
            canvas_cursor_row(canvas, x, y + i, width);
    }
    if (foot == FOOT_ROWS)
        draw_foot(v, canvas, x, end - FOOT_ROWS, width);
    else if (end - y > v->list.height)
        draw_credit(canvas, x + 1, end - 1, width - 2, tables_shown_credit(v));
}
