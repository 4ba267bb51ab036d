/*
 * Inside the review: what its files share. review.c has commands and the contract, review_ask.c
 * what is read and written, review_draw.c what is shown.
 */
#ifndef CARREL_UI_REVIEW_H
#define CARREL_UI_REVIEW_H

#include "../asker.h"
#include "../desk.h"

#include "carrel/review.h"
#include "carrel/search.h"

#define REVIEW_PAPERS 25
#define REVIEW_MS INT64_C(600000)
#define REVIEW_MOST_HOURS 24
#define REVIEW_MORE_MS INT64_C(300000)

struct review_row {
    struct work_row row; /* id 0: it has left the library */
    char *abstract;
    bool judged, starred; /* here: a mark that stood before the review is no verdict */
};

struct reviewing {
    int64_t id; /* of the review; 0: it is being begun */
    struct review review;
    struct review_row *rows; /* in the answer's arena */
    int count, place;
    bool summary;          /* instead of a paper */
    bool over;             /* the time is, and that was told */
    int64_t used, allowed; /* ms; `used` up to `since` */
    int64_t since;         /* ticks; 0: the clock stands */
    int64_t shown;         /* the second that was drawn last */
    struct textview text;
    struct asker asker;
};

/* ---- review_ask.c ---- */

/* Begins a review of the list below, else of Today's, on the writer's thread; review_begun
 * follows. */
void review_begin(struct view *view, long count, int64_t allowed_ms);
void review_begun(struct view *view, int64_t id, const struct error *err);
void review_ask(struct view *view); /* reads its papers anew */
bool review_answer(struct view *view, struct task *task);
void review_save(struct view *view, bool end); /* where it stands */

/* ---- review_draw.c ---- */

bool review_undecided(const struct reviewing *r, int at);
int review_left(const struct reviewing *r); /* papers without a verdict */
int64_t review_used(const struct reviewing *r);
/* "7 of 25, 6:12 left" */
void review_clock(const struct reviewing *r, struct str *out);
void review_fill(struct reviewing *r); /* the text: the paper, or the summary */
void review_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height);
void review_abstract(const struct review_row *row, struct str *out); /* or that there is none */

/* ---- review_tell.c: in words ---- */

void review_lines(struct view *view, struct view_lines *lines);
bool review_line(struct view *view, int at, struct str *out);
void review_detail(struct view *view, struct str *out);

#endif
