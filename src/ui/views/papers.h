/*
 * Inside the lists of papers: what papers.c (commands, the contract) and its parts share.
 */
#ifndef CARREL_UI_PAPERS_H
#define CARREL_UI_PAPERS_H

#include "../marks.h"

#include "carrel/alerts.h"
#include "carrel/hash.h"
#include "carrel/search.h"
#include "carrel/view.h"

#define RECOMMENDED_ROWS 500 /* Today, by what was liked */
#define PASSAGE_WORDS 16     /* bytes, up to the next blank */
#define CHUNK_ROWS 100       /* of a stretch */
#define CHUNKS_MAX 48        /* more than any screen needs; the one farthest from the cursor goes */

/* Today's open alerts, newest first, above its list; the cursor is in one of the two. */
#define PANE_ROWS 50
struct alert_pane {
    struct arena *arena; /* of the rows; NULL before the first answer */
    struct alert_row *rows;
    size_t len;
    int64_t open;    /* in the journal */
    int cursor, top; /* cursor -1: it is in the list */
    int lines;       /* on the screen, with what stands around them */
    bool hidden;     /* there is no room */
};

/* Where the papers of a ranked list stand, by their works; on the day when that was decided. */
struct papers_order {
    int64_t *works;
    size_t len, cap;
    int32_t day;
};

struct papers {
    struct str query;   /* what the person asked */
    struct str shown;   /* what the rows are the answer to */
    const char *filter; /* what the view adds, NULL nothing */
    enum search_sort sort;
    struct search_result *chunks[CHUNKS_MAX]; /* stretches of the list, each at its own offset */
    int chunk_count;
    int rows; /* how long the list is, whether its rows are here or not */
    int64_t total;
    bool exact, relaxed;
    double took_ms;
    int cursor, top, height;
    int above;          /* lines in front of the rows and of alerts */
    uint64_t task;      /* under way, 0 none */
    bool loaded, fresh; /* fresh: Today shows news, not the newest */
    bool typing;        /* the query is in the prompt still */
    bool settled;       /* what was asked last is the list that Enter leaves, not the quick one */
    bool prefix;        /* the query's last word stands for all that begin like it */
    struct error error; /* of what is shown */
    struct error slip;  /* of the query while it is typed */
    struct marks marks;
    struct {
        bool on;
        int from;     /* the row where V was pressed; the other end is the cursor */
        int64_t work; /* its paper */
    } range;
    uint64_t marking;   /* a task that reads what is to be marked, 0 none */
    bool advanced;      /* a verdict has just moved the cursor on */
    struct str waiting; /* commands for what it marks, one a line */
    int64_t keep;       /* paper under the cursor across a reload */
    struct {
        char *key; /* paper that was removed under the cursor, NULL none: if it comes back (`u`), */
        int row;   /* and the cursor has stayed here, that goes to it */
    } removed;
    int seek, seek_at, seek_left, seek_asks; /* looking for the next unread one: direction, place */
    bool seek_feeds; /* when nothing unread is left here, of the next feed */
    bool explain;
    bool passages;    /* Search: in the text of documents */
    bool newest;      /* Today: by date although there is enough history to recommend from */
    bool recommended; /* what is shown is */
    struct papers_order order; /* Today: of what is recommended */
    struct alert_pane pane;
    int64_t news;   /* Today: papers that were read and have changed since */
    char *last;     /* Today: the title that was read last, NULL none */
    char hint[200]; /* another query that may have been meant, "" none */
    char hint_why[200];
};

struct search_hit *papers_row(const struct papers *p, int at); /* NULL: not here (yet) */
/* Is the row marked, or in the range that is being chosen? */
bool papers_is_marked(const struct papers *p, int row, const char *key);
/* Is how far each paper was read what this list is about? */
bool papers_tells_progress(const struct view *view);
void papers_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height);
void papers_status(struct view *view, struct str *out);

/* What a list asks, into the arena; of another view (or NULL) what Today does. */
struct papers_asked {
    const char *title, *query, *filter; /* filter NULL: none */
    enum search_sort sort;
    bool recommended;
    struct papers_order order; /* of what is recommended; the caller frees it */
};
void papers_asked(const struct view *view, struct arena *arena, struct papers_asked *out);

/* ---- papers_tell.c: in words ---- */

void paper_words(const struct work_row *row, bool marked, struct str *out);
void papers_words(const struct papers *p, int row, struct str *out); /* one that is here */
void papers_why(const struct search_hit *hit, struct str *out);      /* it ranks where it does */
void papers_lines(struct view *view, struct view_lines *lines);
bool papers_line(struct view *view, int at, struct str *out);
void papers_detail(struct view *view, struct str *out);

/* ---- papers_ask.c ---- */
/* The list of a saved query is what its number counts; on a reader's thread. */
int papers_exact(struct search_options *options, struct store *store, const char *query,
                 struct error *err);

void papers_drop(struct papers *p); /* all stretches */
/* The list anew: from its beginning, or around the paper under the cursor. */
void papers_ask(struct view *view, bool stay);
/* Of a query that was typed: the list that Enter leaves, in place of the quick one. The cursor
 * stays on its paper, if it was moved to one. */
void papers_settle(struct view *view);
void papers_ask_more(struct view *view, int offset);
/* Keeps the cursor in the list, and asks for what is missing on the screen. */
void papers_clamp(struct view *view);
void papers_result(struct view *view, struct task *task);

/* ---- papers_order.c: a ranked list stays as it was first shown ---- */

/* For a worker; empty when it was of another day, so that the list is ranked anew. */
struct papers_order order_copy(const struct papers_order *order);
/* Puts the answer into the order, which learns what is new in it. */
void order_keep(struct papers_order *order, struct search_result *answer);
void order_free(struct papers_order *order);

/* ---- papers_move.c ---- */

bool papers_move(struct view *view, const char *name, int times);
void papers_arrive(struct view *view, int at); /* the cursor, and the paper that is open above */
/* To the next unread paper; `here`: the one under the cursor will do. */
void papers_seek(struct view *view, int direction, bool here);
void papers_seek_on(struct view *view); /* with a stretch that has come */

/* ---- papers_marks.c ---- */

/* select, unselect, reselect, select-range; and what acts on marked rows while a range is open. */
bool papers_marking(struct view *view, int argc, char **argv);
/* True when the task was one of marking. */
bool papers_marked_more(struct view *view, struct task *task);
/* Esc: ends choosing a range, else reading what is to be marked, else takes the marks away; false:
 * there was none of it. */
bool papers_marking_stop(struct view *view);
struct mark_set *papers_marked(struct view *view);
void papers_acted(struct view *view, struct mark_set *set);
/* The list has been read anew: the range begins at its paper still. `moved`: by so many rows the
 * cursor was moved. */
void papers_range_stay(struct papers *p, int moved);
/* "3 in range, 12 marked" */
void papers_marks_say(const struct papers *p, struct str *out);

/* ---- papers_alerts.c ---- */

/* What a worker reads for it. */
int pane_read(struct alert_pane *pane, struct store *store, struct error *err);
/* Takes over what was read; the cursor stays on its alert, or where that was. */
void pane_take(struct alert_pane *pane, struct alert_pane *read);
void pane_free(struct alert_pane *pane);
int pane_len(const struct alert_pane *pane);                     /* rows the cursor can be on */
const struct alert_row *pane_row(const struct alert_pane *pane); /* under it; NULL: in the list */
/* Goes to the row on a line of the screen, if there is one; always true. */
bool pane_click(struct alert_pane *pane, int line);
/* Commands that mean something else on an alert than on a paper of the list. */
bool pane_command(struct view *view, int argc, char **argv);
/* There are no marks there: said when the cursor is on an alert. */
bool pane_refuses_marks(struct view *view);
void pane_words(const struct alert_row *row, struct str *out);
/* Returns the lines it took. */
int pane_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height);
void pane_data(const struct alert_pane *pane, struct jsonw *w);

#endif
