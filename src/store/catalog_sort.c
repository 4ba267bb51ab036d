/*
 * A table in the order of one of its metrics. Results are texts as people wrote them; those without
 * a number go to the end.
 */
#include "carrel/tables.h"

#include <stdlib.h>
#include <string.h>

struct sort_key {
    struct table_row row;
    double value;
    bool has;
};

/* Better first; equal ones as the source has them. */
static int sort_compare(const void *a, const void *b)
{
    const struct sort_key *x = a, *y = b;

    if (x->has != y->has)
        return x->has ? -1 : 1;
    if (x->has && x->value != y->value)
        return x->value > y->value ? -1 : 1;
    return (x->row.position > y->row.position) - (x->row.position < y->row.position);
}

static bool sort_number(const struct table_row *row, size_t metric, double *value)
{
    *value = 0;
    return metric < row->row.values.len && result_number(row->row.values.items[metric], value);
}

size_t table_first_metric(const struct table_full *table)
{
    size_t metric, i;
    double value;

    for (metric = 0; metric < table->metrics.len; metric++)
        for (i = 0; i < table->row_count; i++)
            if (sort_number(&table->rows[i], metric, &value))
                return metric;
    return 0;
}

void table_sort(struct table_full *table, size_t metric, bool less)
{
    struct sort_key *keys = mem_alloc((table->row_count + 1) * sizeof *keys);
    size_t i;

    for (i = 0; i < table->row_count; i++) {
        keys[i].row = table->rows[i];
        keys[i].has = sort_number(&table->rows[i], metric, &keys[i].value);
        if (less)
            keys[i].value = -keys[i].value;
    }
    if (table->row_count > 1)
        qsort(keys, table->row_count, sizeof *keys, sort_compare);
    for (i = 0; i < table->row_count; i++)
        table->rows[i] = keys[i].row;
    free(keys);
}

/* Sources order their rows by the first metric, the best one first. */
bool table_less_is_better(const struct table_full *table, size_t metric)
{
    double before = 0, value;
    bool known = false;
    long rising = 0;
    size_t i;

    if (metric < table->metrics.len && metric_way(table->metrics.items[metric]) != METRIC_UNKNOWN)
        return metric_way(table->metrics.items[metric]) == METRIC_LESS;
    if (metric > 0)
        return false;
    for (i = 0; i < table->row_count; i++) {
        if (!sort_number(&table->rows[i], 0, &value))
            continue;
        if (known)
            rising += (value > before) - (value < before);
        before = value;
        known = true;
    }
    return rising > 2 && rising > (long)table->row_count / 2;
}
