/*
 * Tables: what was reached on which task. Tasks, methods or data sets; one of them with its tables
 * or papers; one table in the order of any of its metrics. Each step down is a view of its own, so
 * Esc goes back up to the same place.
 *
 * The argument: nothing (tasks), "methods", "datasets", a task's name, "TASK > DATASET",
 * "method:NAME" or "dataset:NAME".
 */
#include "tables.h"

#include "carrel/credit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAPERS_MAX 500
#define BETWEEN " > "

struct tables_question {
    struct question question;
    enum tables_level level;
    enum catalog_kind kind;
    char *name, *dataset;
    struct tables_read read;
};

/* ---- asking ---- */

static void read_items(struct tables_question *q, const struct table_line *tables,
                       size_t tables_len, char **keys, char **titles, size_t papers)
{
    struct tables_read *read = &q->read;
    const struct text_list *narrower = &read->full.narrower;
    size_t i;

    read->items = arena_alloc(q->question.arena,
                              (tables_len + papers + narrower->len + 1) * sizeof *read->items);
    for (i = 0; i < tables_len; i++)
        read->items[read->count++] =
            (struct tables_item){ .type = ITEM_TABLE, .table = &tables[i] };
    for (i = 0; i < narrower->len; i++)
        read->items[read->count++] =
            (struct tables_item){ .type = ITEM_TASK, .name = narrower->items[i] };
    for (i = 0; i < papers; i++)
        read->items[read->count++] =
            (struct tables_item){ .type = ITEM_PAPER, .key = keys[i], .name = titles[i] };
}

static int read_entry(struct tables_question *q, struct store *store, struct error *err)
{
    struct catalog_full *full = &q->read.full;
    struct arena *arena = q->question.arena;
    struct table_line *tables = NULL;
    size_t count = 0, papers = 0;
    char **keys = NULL, **titles = NULL;
    int result = catalog_find(store, arena, q->kind, q->name, full, err);

    if (result == ERR_OK)
        result = tables_of(store, arena, full->line.id, &tables, &count, err);
    if (result == ERR_OK)
        result =
            catalog_papers(store, arena, full->line.id, PAPERS_MAX, &keys, &titles, &papers, err);
    if (result == ERR_OK)
        read_items(q, tables, count, keys, titles, papers);
    return result;
}

static int tables_read_question(struct question *question, struct store *store, struct error *err)
{
    struct tables_question *q = (struct tables_question *)question;
    struct tables_read *read = &q->read;
    int result;

    if (q->level == TABLES_LIST)
        return catalog_list(store, question->arena, q->kind, NULL, &read->lines, &read->count, err);
    if (q->level == TABLES_ENTRY)
        return read_entry(q, store, err);
    result = table_find(store, question->arena, q->name, q->dataset, &read->table, err);
    read->count = read->table.row_count;
    return result;
}

static void tables_ask(struct view *view)
{
    struct tables_view *v = view->state;
    struct tables_question *q;

    if (v->asker.task)
        return;
    q = question_new(sizeof *q, "tables", tables_read_question);
    q->level = v->level;
    q->kind = v->kind;
    q->name = arena_strdup(q->question.arena, v->name);
    q->dataset = arena_strdup(q->question.arena, v->dataset);
    asker_ask(&v->asker, view, q);
}

static void tables_order(struct tables_view *v)
{
    v->less = table_less_is_better(&v->read.table, v->metric) != v->reversed;
    table_sort(&v->read.table, v->metric, v->less);
}

static void tables_result(struct view *view, struct task *task)
{
    struct tables_view *v = view->state;

    if (!asker_answered(&v->asker, view, task) || v->asker.error.code)
        return;
    asker_keep(&v->asker, task);
    v->read = ((struct tables_question *)task)->read;
    v->list.count = (int)v->read.count;
    listview_clamp(&v->list);
    if (v->level != TABLES_TABLE)
        return;
    if (!v->chosen || v->metric >= v->read.table.metrics.len)
        v->metric = table_first_metric(&v->read.table);
    tables_order(v);
}

static void tables_changed(struct view *view)
{
    struct tables_view *v = view->state;

    asker_changed(&v->asker, view, tables_ask);
}

/* ---- commands ---- */

static const struct table_row *tables_row(const struct tables_view *v)
{
    return v->level == TABLES_TABLE && v->list.cursor < v->list.count
               ? &v->read.table.rows[v->list.cursor]
               : NULL;
}

static const struct tables_item *tables_item(const struct tables_view *v)
{
    return v->level == TABLES_ENTRY && v->list.cursor < v->list.count
               ? &v->read.items[v->list.cursor]
               : NULL;
}

static void open_row(struct view *view, const struct table_row *row)
{
    if (row->work)
        desk_open(view->desk, &view_paper, row->key);
    else if (str_starts(row->row.paper, "arxiv:"))
        desk_say(view->desk, STYLE_WARN, "not in the library; :add %s fetches it", row->row.paper);
    else if (*row->row.paper)
        desk_say(view->desk, STYLE_WARN,
                 "%s is not in the library; the dump papers-with-abstracts has it", row->row.paper);
    else
        desk_say(view->desk, STYLE_WARN, "the table names no paper that carrel could look up%s%s",
                 *row->row.url ? ": " : "", row->row.url);
}

static void open_item(struct view *view, const struct tables_item *item)
{
    char *whole;

    if (item->type == ITEM_PAPER) {
        desk_open(view->desk, &view_paper, item->key);
    } else if (item->type == ITEM_TASK) {
        desk_open(view->desk, &view_tables, item->name);
    } else {
        whole = mem_printf("%s" BETWEEN "%s", item->table->task, item->table->dataset);
        desk_open(view->desk, &view_tables, whole);
        free(whole);
    }
}

static void open_line(struct view *view, const struct catalog_line *line)
{
    char *whole = mem_printf("%s%s",
                             line->kind == CATALOG_METHOD    ? "method:"
                             : line->kind == CATALOG_DATASET ? "dataset:"
                                                             : "",
                             line->name);

    desk_open(view->desk, &view_tables, whole);
    free(whole);
}

static bool tables_enter(struct view *view)
{
    const struct tables_view *v = view->state;

    if (v->list.count == 0)
        return true;
    if (v->level == TABLES_LIST)
        open_line(view, &v->read.lines[v->list.cursor]);
    else if (v->level == TABLES_ENTRY)
        open_item(view, tables_item(v));
    else
        open_row(view, tables_row(v));
    return true;
}

/* The next metric, or the one that is named. */
static bool tables_sort(struct view *view, const char *name)
{
    struct tables_view *v = view->state;
    const struct text_list *metrics = &v->read.table.metrics;
    size_t i;

    if (v->level != TABLES_TABLE || metrics->len == 0)
        return false;
    for (i = 0; name && i < metrics->len; i++)
        if (str_istarts(metrics->items[i], name))
            break;
    if (name && i == metrics->len) {
        desk_say(view->desk, STYLE_WARN, "this table has no metric '%s'", name);
        return true;
    }
    v->metric = name ? i : (v->metric + 1) % metrics->len;
    v->chosen = true;
    v->list.cursor = v->list.top = 0;
    tables_order(v);
    return true;
}

static bool tables_reverse(struct view *view)
{
    struct tables_view *v = view->state;

    if (v->level != TABLES_TABLE)
        return false;
    v->reversed = !v->reversed;
    v->list.cursor = v->list.top = 0;
    tables_order(v);
    return true;
}

static bool row_has(const void *ctx, int at)
{
    const struct tables_view *v = ctx;

    return strcasestr(tables_row_name(v, at), v->find.ptr) != NULL;
}

static void tables_match(struct view *view, int direction, bool here)
{
    struct tables_view *v = view->state;

    if (v->find.len > 0 && !listview_match(&v->list, direction, here, row_has, v))
        desk_say(view->desk, STYLE_WARN, "no row has '%s' in its name", v->find.ptr);
}

/* Tasks, methods, data sets: one after the other. */
static bool tables_filter(struct view *view)
{
    struct tables_view *v = view->state;

    if (v->level != TABLES_LIST)
        return false;
    v->kind = v->kind == CATALOG_DATASET ? CATALOG_TASK : v->kind + 1;
    v->list.count = v->list.cursor = v->list.top = 0;
    v->read.count = 0;
    v->asker.loaded = false;
    asker_stop(&v->asker, view);
    tables_ask(view);
    return true;
}

static bool tables_command(struct view *view, int argc, char **argv)
{
    struct tables_view *v = view->state;
    const char *name = argv[0];

    if (listview_command(&v->list, argc, argv))
        return true;
    if (strcmp(name, "open") == 0)
        return tables_enter(view);
    if (strcmp(name, "sort") == 0)
        return tables_sort(view, argc > 1 ? argv[1] : NULL);
    if (strcmp(name, "reverse") == 0)
        return tables_reverse(view);
    if (strcmp(name, "filter") == 0)
        return tables_filter(view);
    if (strcmp(name, "find") == 0 && argc > 1) {
        str_clear(&v->find);
        str_add(&v->find, argv[1]);
        if (v->list.count > 0)
            tables_match(view, 1, true);
        return true;
    }
    if ((strcmp(name, "next-match") == 0 || strcmp(name, "prev-match") == 0) && v->list.count > 0) {
        tables_match(view, name[0] == 'n' ? 1 : -1, false);
        return true;
    }
    return false;
}

/* ---- the contract ---- */

static int tables_open(struct view *view, const char *argument, struct error *err)
{
    struct tables_view *v = mem_zalloc(sizeof *v);
    const char *between = argument ? strstr(argument, BETWEEN) : NULL;

    (void)err;
    view->state = v;
    str_init(&v->find);
    v->kind = CATALOG_TASK;
    if (argument && str_starts(argument, "method:"))
        v->kind = CATALOG_METHOD;
    else if (argument && str_starts(argument, "dataset:"))
        v->kind = CATALOG_DATASET;
    if (!argument || strcmp(argument, "methods") == 0 || strcmp(argument, "datasets") == 0) {
        v->kind = !argument ? CATALOG_TASK : argument[0] == 'm' ? CATALOG_METHOD : CATALOG_DATASET;
    } else if (v->kind != CATALOG_TASK) {
        v->level = TABLES_ENTRY;
        v->name = mem_strdup(strchr(argument, ':') + 1);
    } else if (between) {
        v->level = TABLES_TABLE;
        v->name = mem_strndup(argument, (size_t)(between - argument));
        v->dataset = mem_strdup(between + strlen(BETWEEN));
    } else {
        v->level = TABLES_ENTRY;
        v->name = mem_strdup(argument);
    }
    tables_ask(view);
    return ERR_OK;
}

static void tables_status(struct view *view, struct str *out)
{
    const struct tables_view *v = view->state;

    if (!v->asker.loaded)
        return;
    if (v->level == TABLES_LIST)
        str_printf(out, "%d %s", v->list.count, tables_kind_title(v->kind));
    else if (v->level == TABLES_TABLE && v->metric < v->read.table.metrics.len)
        str_printf(out, "%d rows by %s, %s first", v->list.count,
                   v->read.table.metrics.items[v->metric], v->less ? "smallest" : "largest");
    else
        str_printf(out, "%" PRId64 " tables, %" PRId64 " papers here", v->read.full.line.tables,
                   v->read.full.line.papers);
}

/* A paper that is not in the library can still be opened outside, and its id copied. */
static const char *tables_key(const struct tables_view *v)
{
    const struct table_row *row = tables_row(v);
    const struct tables_item *item = tables_item(v);

    if (row)
        return row->work ? row->key : row->row.paper;
    return item && item->type == ITEM_PAPER ? item->key : "";
}

static size_t tables_selection(struct view *view, struct arena *arena, char ***keys)
{
    const char *key = tables_key(view->state);

    if (!*key)
        return 0;
    *keys = arena_alloc(arena, sizeof **keys);
    (*keys)[0] = arena_strdup(arena, key);
    return 1;
}

static const struct error *tables_failure(const struct view *view)
{
    const struct tables_view *v = view->state;

    return v->asker.error.code ? &v->asker.error : NULL;
}

static void data_row(struct jsonw *w, const struct tables_view *v, const struct table_row *row)
{
    const struct text_list *metrics = &v->read.table.metrics;
    size_t i;

    if (v->metric < row->row.values.len)
        jsonw_key_string(w, "value", row->row.values.items[v->metric]);
    if (row->work)
        jsonw_key_string(w, "paper", row->key);
    jsonw_key(w, "results");
    jsonw_object(w);
    for (i = 0; i < metrics->len; i++)
        if (*row->row.values.items[i])
            jsonw_key_string(w, metrics->items[i], row->row.values.items[i]);
    jsonw_end(w);
    jsonw_key_string(w, "names", *row->row.paper ? row->row.paper : NULL);
    jsonw_key_string(w, "title", *row->row.title ? row->row.title : NULL);
    jsonw_key_string(w, "published", *row->row.published ? row->row.published : NULL);
    jsonw_key(w, "code_urls");
    jsonw_array(w);
    for (i = 0; i < row->row.code.len; i++)
        jsonw_string(w, row->row.code.items[i]);
    jsonw_end(w);
}

static void data_item(struct jsonw *w, const struct tables_item *item)
{
    if (item->type == ITEM_PAPER)
        jsonw_key_string(w, "paper", item->key);
    if (item->type != ITEM_TABLE)
        return;
    jsonw_key_int(w, "rows", item->table->rows);
    jsonw_key_string(w, "metric", item->table->metric);
    jsonw_key_string(w, "best", item->table->best);
    jsonw_key_string(w, "best_model", item->table->best_model);
}

static void data_credits(struct jsonw *w, const struct tables_view *v)
{
    struct arena *arena = arena_new();
    const char *credit = tables_shown_credit(v);
    struct text_list names = { 0 };

    if (credit && *credit)
        text_list_add(&names, arena, credit, strlen(credit));
    credits_to_json(w, &names);
    arena_free(arena);
}

static void tables_data(struct view *view, struct jsonw *w)
{
    const struct tables_view *v = view->state;
    int i;

    if (v->name)
        jsonw_key_string(w, "name", v->name);
    if (v->dataset)
        jsonw_key_string(w, "dataset", v->dataset);
    jsonw_key_int(w, "cursor", v->list.cursor);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < v->list.count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "name", tables_row_name(v, i));
        if (v->level == TABLES_TABLE)
            data_row(w, v, &v->read.table.rows[i]);
        else if (v->level == TABLES_ENTRY)
            data_item(w, &v->read.items[i]);
        else
            jsonw_key_int(w, "tables", v->read.lines[i].tables);
        jsonw_end(w);
    }
    jsonw_end(w);
    data_credits(w, v);
}

static void tables_lines(struct view *view, struct view_lines *lines)
{
    listview_lines(&((struct tables_view *)view->state)->list, lines);
}

/* A table has an order, and lists of tables come in kinds. */
static const char *tables_hints(const struct view *view)
{
    const struct tables_view *v = view->state;

    return v->level == TABLES_TABLE  ? "Enter open  / find  O metric  i invert  Esc back"
           : v->level == TABLES_LIST ? "Enter open  / find  f tasks, methods, data  Esc back"
                                     : "Enter open  / find  Esc back";
}

static void tables_close(struct view *view)
{
    struct tables_view *v = view->state;

    asker_close(&v->asker, view);
    str_free(&v->find);
    free(v->name);
    free(v->dataset);
    free(v);
}

const struct view_ops view_tables = { .name = "tables",
                                      .title = "Tables",
                                      .hints = tables_hints,
                                      .open = tables_open,
                                      .draw = tables_draw,
                                      .command = tables_command,
                                      .changed = tables_changed,
                                      .result = tables_result,
                                      .selection = tables_selection,
                                      .status = tables_status,
                                      .failure = tables_failure,
                                      .data = tables_data,
                                      .lines = tables_lines,
                                      .line = tables_line,
                                      .detail = tables_detail,
                                      .close = tables_close };
