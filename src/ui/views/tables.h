/*
 * Inside the view of tables: its state, shared by what asks (tables.c) and what draws
 * (tables_draw.c).
 */
#ifndef CARREL_UI_TABLES_H
#define CARREL_UI_TABLES_H

#include "../asker.h"

#include "carrel/tables.h"
#include "carrel/view.h"

/* What one screen shows: all entries of a kind, one entry, or one table. */
enum tables_level { TABLES_LIST, TABLES_ENTRY, TABLES_TABLE };

/* A row below an entry's head. */
struct tables_item {
    enum { ITEM_TABLE, ITEM_TASK, ITEM_PAPER } type;
    const struct table_line *table;
    const char *name; /* of a task; a paper's title */
    const char *key;  /* a paper's */
};

/* What a worker has read; all in the answer's arena. */
struct tables_read {
    struct catalog_line *lines;
    struct catalog_full full;
    struct tables_item *items;
    struct table_full table;
    size_t count; /* of lines, items or the table's rows */
};

struct tables_view {
    enum tables_level level;
    enum catalog_kind kind;
    char *name, *dataset;
    struct tables_read read;
    struct listview list;
    size_t metric; /* the table is sorted by it */
    bool less, reversed, chosen;
    struct str find;
    struct asker asker;
};

void tables_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height);
/* The text of a row that `find` looks through. */
const char *tables_row_name(const struct tables_view *v, int row);
/* Whose data is shown (carrel/credit.h); NULL or "" nobody's. */
const char *tables_shown_credit(const struct tables_view *v);
const char *tables_kind_title(enum catalog_kind kind); /* "tasks", "methods", "data sets" */

/* In words: "1: BERT. accuracy: 91.2; F1: 90." */
bool tables_line(struct view *view, int at, struct str *out);
void tables_detail(struct view *view, struct str *out);

#endif
