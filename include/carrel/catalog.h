/*
 * The catalogue: what an archive says beside its papers. Tasks with their tables of results,
 * methods, and data sets. Plain data; every pointer lies in the arena it was made in. A record that
 * carries an entry (record.catalog) is no paper; it passes through parsers, pages and the importer
 * like one.
 */
#ifndef CARREL_CATALOG_H
#define CARREL_CATALOG_H

#include "carrel/record.h"

#define CATALOG_METRICS 64 /* columns of one table, at most */
#define CATALOG_ROWS 20000 /* rows of one */
#define CATALOG_NAME 300   /* bytes of a name */
#define CATALOG_VALUE 200  /* bytes of a result */

enum catalog_kind { CATALOG_TASK = 1, CATALOG_METHOD, CATALOG_DATASET, CATALOG_TABLE };
const char *catalog_kind_name(enum catalog_kind kind); /* "task", "method", "dataset", "table" */

/* One line of a table. */
struct catalog_row {
    char *model;
    char *paper;             /* canonical id ("pwc:…", "arxiv:…", "doi:…"), NULL none */
    char *title, *url;       /* of the paper, as the table has them */
    char *published;         /* "YYYY-MM-DD" */
    struct text_list values; /* as written, by the table's metrics; "" missing */
    struct text_list code;   /* addresses */
    bool more_data;          /* trained on more than the data set gives */
};

struct catalog_entry {
    enum catalog_kind kind;
    char *name; /* of a table: of its task */
    char *full_name, *description, *url, *introduced, *code;
    char *paper, *paper_title; /* that introduced it: canonical id, title */
    struct text_list groups;   /* areas of a task, collections of a method, modalities of data */
    struct text_list names;    /* other names: synonyms, variants */
    struct text_list tasks;    /* it belongs to: of a task those around it */
    char *dataset;             /* the rest is of tables only */
    struct text_list metrics;
    struct catalog_row *rows;
    size_t row_count;
};

struct catalog_entry *catalog_copy(const struct catalog_entry *from, struct arena *arena);
/* Of all that it says, but for the tasks it belongs to: one task stands in several places. */
uint64_t catalog_hash(const struct catalog_entry *entry);

/* The number in a result as people write it: "85.1%", "3.0m", "1,234", "0.92 ± 0.01". False: there
 * is none. */
bool result_number(const char *text, double *value);
/* Which way a metric is better, as far as its name tells: "Perplexity", "Top-1 Error" less,
 * "Accuracy", "BLEU" more. */
enum metric_way { METRIC_UNKNOWN, METRIC_LESS, METRIC_MORE };
enum metric_way metric_way(const char *name);

#endif
