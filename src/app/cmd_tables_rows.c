/*
 * tables TASK DATASET: one table in the order of a metric, with paper and code.
 */
#include "cmd_tables.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MODEL_COLUMNS 40
#define VALUE_COLUMNS 14

static void end_line(struct command_call *call)
{
    while (call->out.len > 0 && call->out.ptr[call->out.len - 1] == ' ')
        str_cut(&call->out, call->out.len - 1);
    str_add_char(&call->out, '\n');
}

static void text_row(struct command_call *call, const struct table_full *table, size_t i)
{
    const struct table_row *row = &table->rows[i];
    char number[24];
    size_t k;

    snprintf(number, sizeof number, "%zu", i + 1);
    tables_cell(call, number, 4, true);
    tables_cell(call, row->row.model, MODEL_COLUMNS, false);
    for (k = 0; k < table->metrics.len; k++)
        tables_cell(call, row->row.values.items[k], VALUE_COLUMNS, true);
    tables_cell(call, row->row.published, 10, false);
    tables_cell(call, *row->key ? row->key : row->row.paper, 30, false);
    if (row->row.code.len > 0)
        str_add(&call->out, row->row.code.items[0]);
    end_line(call);
}

static void text_table(struct command_call *call, const struct table_full *table, size_t rows)
{
    size_t i;

    str_printf(&call->out, "%s on %s\n", table->task, table->dataset);
    tables_credit(call, table->credit);
    str_add_char(&call->out, '\n');
    tables_cell(call, "", 4, true);
    tables_cell(call, "model", MODEL_COLUMNS, false);
    for (i = 0; i < table->metrics.len; i++)
        tables_cell(call, table->metrics.items[i], VALUE_COLUMNS, true);
    tables_cell(call, "date", 10, false);
    tables_cell(call, "paper", 30, false);
    str_add(&call->out, "code\n");
    for (i = 0; i < rows; i++)
        text_row(call, table, i);
    if (rows < table->row_count)
        str_printf(&call->say, "%zu of %zu rows; --limit N shows more\n", rows, table->row_count);
}

static void json_row(struct jsonw *w, const struct table_full *table, const struct table_row *row)
{
    double value;
    size_t i;

    jsonw_object(w);
    jsonw_key_string(w, "model", row->row.model);
    jsonw_key(w, "results");
    jsonw_object(w);
    for (i = 0; i < table->metrics.len; i++) {
        if (!*row->row.values.items[i])
            continue;
        jsonw_key(w, table->metrics.items[i]);
        jsonw_object(w);
        jsonw_key_string(w, "text", row->row.values.items[i]);
        if (result_number(row->row.values.items[i], &value))
            jsonw_key_double(w, "number", value);
        jsonw_end(w);
    }
    jsonw_end(w);
    tables_text(w, "published", row->row.published);
    tables_text(w, "paper", row->row.paper);
    tables_text(w, "title", row->row.title);
    tables_text(w, "url", row->row.url);
    tables_text(w, "work", row->key);
    tables_list(w, "code_urls", &row->row.code);
    jsonw_key_bool(w, "uses_additional_data", row->row.more_data);
    jsonw_end(w);
}

void tables_json_rows(struct jsonw *w, const struct table_full *table, size_t metric, bool less,
                      size_t rows)
{
    size_t i;

    jsonw_key_string(w, "task", table->task);
    jsonw_key_string(w, "dataset", table->dataset);
    tables_list(w, "metrics", &table->metrics);
    if (metric < table->metrics.len)
        jsonw_key_string(w, "sorted_by", table->metrics.items[metric]);
    jsonw_key_bool(w, "less_is_better", less);
    jsonw_key_int(w, "rows", (int64_t)table->row_count);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < rows; i++)
        json_row(w, table, &table->rows[i]);
    jsonw_end(w);
}

static void json_table(struct command_call *call, const struct table_full *table, size_t metric,
                       bool less, size_t rows)
{
    struct jsonw w;

    tables_begin(call, &w);
    tables_json_rows(&w, table, metric, less, rows);
    tables_end(call, &w, table->credit);
}

/* The metric that was asked for: its name or the beginning of it, or its number from 1. */
static int table_metric(const struct table_full *table, const char *name, size_t *metric,
                        struct error *err)
{
    struct str known = STR_INIT;
    long number;
    size_t i;
    int result = ERR_OK;

    *metric = table_first_metric(table);
    if (!name)
        return ERR_OK;
    for (i = 0; i < table->metrics.len; i++)
        if (str_ieq(table->metrics.items[i], name))
            break;
    if (i == table->metrics.len && str_to_long(name, 1, (long)table->metrics.len, &number))
        i = (size_t)number - 1;
    if (i == table->metrics.len)
        for (i = 0; i < table->metrics.len; i++)
            if (str_istarts(table->metrics.items[i], name))
                break;
    *metric = i;
    if (i < table->metrics.len)
        return ERR_OK;
    text_list_join(&known, &table->metrics, ", ");
    result = error_set(err, ERR_USAGE, "--metric %.60s: this table has %.300s", name,
                       known.len ? known.ptr : "no metrics");
    str_free(&known);
    return result;
}

int tables_show_rows(struct command_call *call, const char *task, const char *dataset,
                     struct error *err)
{
    struct table_full table;
    size_t metric, rows;
    long limit = 0;
    bool less;
    int result = call_number(call, "--limit", 1, CATALOG_ROWS, &limit, err);

    if (result == ERR_OK)
        result = table_find(call->store, call->arena, task, dataset, &table, err);
    if (result == ERR_OK)
        result = table_metric(&table, call_option(call, "--metric"), &metric, err);
    if (result != ERR_OK)
        return result;
    less = table_less_is_better(&table, metric);
    less ^= call_has(call, "--reverse");
    table_sort(&table, metric, less);
    rows = limit > 0 && (size_t)limit < table.row_count ? (size_t)limit : table.row_count;
    if (call_has(call, "--json"))
        json_table(call, &table, metric, less, rows);
    else
        text_table(call, &table, rows);
    return ERR_OK;
}
