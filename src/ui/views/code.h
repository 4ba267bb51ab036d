/*
 * Inside the Code view: code.c asks and keeps, code_draw.c draws and moves sideways, code_find.c
 * looks for words, files and hunks, code_go.c leads to other places.
 */
#ifndef CARREL_UI_CODE_H
#define CARREL_UI_CODE_H

#include "../asker.h"

#include "carrel/code.h"
#include "carrel/view.h"

struct code_view {
    char *argument;          /* the place, as text */
    size_t most;             /* rows of a log */
    struct code_level level; /* when it cannot be read: only the place */
    struct listview list;
    bool arriving; /* the next answer shows another place: the cursor goes where it says */
    bool arrived;  /* to be placed at the next drawing */
    bool no_graph, wrap, all; /* all: a log of all branches */
    char *author;             /* of a log: whose commits alone; NULL: all */
    char marked[VCS_ID];      /* a commit to hold another against; "" none */
    int left_width, longest;  /* columns of the rows' two parts */
    int shift;                /* columns of the texts that are out of sight, to the left */
    int left_room, room;      /* columns that both parts had, when they were drawn last */
    struct str find;
    struct asker asker; /* what is shown */
    struct asker scout; /* where somebody wants to go */
};

typedef void code_command_fn(struct view *view, const char *argument);

/* code.c */
const struct code_row *code_row_here(const struct code_view *v);   /* NULL: behind the last */
void code_show(struct view *view, const struct code_place *place); /* instead of what is shown */
void code_ask_again(struct view *view);

/* code_draw.c */
void code_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height);
const char *code_more_text(const struct code_view *v); /* of the row behind the last */
void code_measure(struct code_view *v);
/* The row that is drawn so many lines below the first one. */
int code_row_at(const struct code_view *v, int line);
void code_shift(struct code_view *v, int columns); /* the texts, as far as they go */
code_command_fn code_left, code_right, code_left_or_back, code_right_or_open, code_line_start,
    code_line_end, code_wrap;

/* code_find.c */
code_command_fn code_find, code_next, code_prev, code_next_hunk, code_prev_hunk, code_next_file,
    code_prev_file;

/* code_go.c */
void code_scouted(struct view *view, struct task *task);
code_command_fn code_enter, code_log, code_log_row, code_blame, code_blame_before, code_refs,
    code_top, code_diff_here, code_diff, code_at, code_mark, code_next_commit, code_prev_commit;

#endif
