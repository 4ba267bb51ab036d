/*
 * Inside the Harvest room: the rows of its list, and which one the cursor is on.
 */
#ifndef CARREL_UI_HARVEST_ROWS_H
#define CARREL_UI_HARVEST_ROWS_H

#include "harvest.h"

#include "carrel/view.h"

enum harvest_row_kind { ROW_HEADING, ROW_LINE, ROW_ORIGIN, ROW_PEER, ROW_GAP, ROW_ENTRY };

struct harvest_row {
    enum harvest_row_kind kind;
    size_t at;                /* in its array */
    enum harvest_row_kind of; /* what a heading is over */
};

/* Which one a row is, across snapshots. */
struct harvest_row_id {
    enum harvest_row_kind kind;
    char name[128];
    int64_t number;
};

struct harvest {
    struct harvest_snapshot shown;
    struct harvest_row *rows;
    size_t row_cap;
    struct listview list;
    struct harvest_row_id keep;
    uint64_t task;
    bool again, loaded;
    struct error error;
};

/* harvest_rows.c: what is shown becomes rows; the cursor stays on its own. */
void harvest_lay_out(struct harvest *h);
/* The cursor was moved, from row `before`: off a heading, and remembered. */
void harvest_moved(struct harvest *h, int before);
/* NULL: nothing is shown. */
const struct harvest_row *harvest_row_at_cursor(const struct harvest *h);
/* What the cursor's row is about; NULL: none. */
const char *harvest_row_source(const struct harvest *h);
const struct harvest_line *harvest_row_line(const struct harvest *h);
const struct harvest_peer *harvest_row_peer(const struct harvest *h);

/* harvest_row_show.c: a row drawn, in words, and whole (several lines). */
void harvest_row_draw(const struct harvest *h, const struct harvest_row *row, struct canvas *canvas,
                      int x, int y, int width);
void harvest_row_words(const struct harvest *h, const struct harvest_row *row, struct str *out);
void harvest_row_preview(const struct harvest *h, const struct harvest_row *row, struct str *out);

#endif
