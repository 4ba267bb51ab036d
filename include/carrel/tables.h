/*
 * The catalogue in the library (carrel/catalog.h): tasks, data sets and methods, tables of results,
 * and which papers they belong to. Papers are named by their aliases and looked up when it is
 * asked.
 *
 * All functions run on the thread that owns the connection; texts lie in the given arena.
 */
#ifndef CARREL_TABLES_H
#define CARREL_TABLES_H

#include "carrel/catalog.h"
#include "carrel/store.h"

/* ---- writing, inside a transaction ---- */

enum catalog_change { CATALOG_ADDED, CATALOG_UPDATED, CATALOG_UNCHANGED };
/*
 * Keeps what an entry says, in place of what was there. A table gives way only to one with at least
 * as many rows, since dumps hold some tables twice, once cut short. `credit` may be NULL.
 */
int catalog_put(struct store *store, const struct catalog_entry *entry, const char *credit,
                enum catalog_change *change, struct error *err);
/* The number of an entry, which is made (as only mentioned, by whose data `credit` names or NULL)
 * when it is not there. */
int catalog_mention(struct store *store, enum catalog_kind kind, const char *name,
                    const char *credit, int64_t *id, struct error *err);

/* ---- reading ---- */

/* One line of a list. */
struct catalog_line {
    int64_t id;
    enum catalog_kind kind;
    char *name, *full_name, *groups /* one a line */, *introduced;
    char *credit;                    /* "" none */
    int64_t tables, results, papers; /* papers: of this library, that name it */
};
/* All of a kind by name; `find` (NULL: all) must be part of the name or full name, in any case. */
int catalog_list(struct store *store, struct arena *arena, enum catalog_kind kind, const char *find,
                 struct catalog_line **out, size_t *count, struct error *err);

/* All about one; texts are "" where nothing is known. */
struct catalog_full {
    struct catalog_line line;
    char *description, *url, *code, *names /* one a line */;
    char *paper, *paper_title, *paper_key; /* that introduced it; key: of the work here, "" none */
    struct text_list wider, narrower;      /* tasks it belongs to; what belongs to this task */
};
/* By name, in any case. ERR_NOTFOUND names some that are like it. */
int catalog_find(struct store *store, struct arena *arena, enum catalog_kind kind, const char *name,
                 struct catalog_full *out, struct error *err);
/* Keys of works that name it, newest first, at most `most`. */
int catalog_papers(struct store *store, struct arena *arena, int64_t id, size_t most, char ***keys,
                   char ***titles, size_t *count, struct error *err);

struct table_line {
    int64_t id, rows;
    char *task, *dataset;
    char *metric;                      /* the first that has numbers */
    char *best, *best_model, *best_on; /* by it: result, model, date */
};
/* Of a task, or of a data set: the largest first. */
int tables_of(struct store *store, struct arena *arena, int64_t entry, struct table_line **out,
              size_t *count, struct error *err);

struct table_row {
    struct catalog_row row;
    int64_t work; /* 0: its paper is not in the library */
    char *key;    /* of that work, "" none */
    size_t position;
};
struct table_full {
    int64_t id;
    char *task, *dataset, *credit;
    struct text_list metrics;
    struct table_row *rows;
    size_t row_count;
};
/* ERR_NOTFOUND names the data sets that the task has tables of. */
int table_find(struct store *store, struct arena *arena, const char *task, const char *dataset,
               struct table_full *out, struct error *err);
/* The first metric that some row has a number of. */
size_t table_first_metric(const struct table_full *table);
/* Sorted by a metric (its place), those without a number last; `less` better first. */
void table_sort(struct table_full *table, size_t metric, bool less);
/* Which way a metric is better: by its name, else by how the source has ordered the rows. */
bool table_less_is_better(const struct table_full *table, size_t metric);

/* Where a work stands, at most 200 lines, one a row of a table. */
struct work_result {
    char *task, *dataset, *model, *metric, *value;
    int64_t position /* from 1, the best by the metric */, rows;
};
/* Whose data that is, is added to `credits`. */
int work_results(struct store *store, struct arena *arena, int64_t work, struct work_result **out,
                 size_t *count, struct text_list *credits, struct error *err);

/* Changes when any table does; and whose data the tables are (credits_bits). */
int catalog_fingerprint(struct store *store, uint64_t *fingerprint, unsigned *credits,
                        struct error *err);

/* How many entries of each kind there are; tables, and rows in them. */
struct catalog_totals {
    int64_t tasks, methods, datasets, tables, results;
};
int catalog_totals(struct store *store, struct catalog_totals *out, struct error *err);

#endif
