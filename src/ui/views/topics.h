/*
 * Inside the view of topics: its state, shared by what asks (topics.c) and what draws
 * (topics_draw.c).
 */
#ifndef CARREL_UI_TOPICS_H
#define CARREL_UI_TOPICS_H

#include "../asker.h"

#include "carrel/trend_view.h"
#include "carrel/view.h"

struct topics_view {
    char *category;
    int period; /* days */
    bool clusters;
    struct topics shown;
    const char *shown_category; /* in the answer's arena, like `shown` */
    int shown_period;
    int32_t shown_today;
    bool shown_clusters;
    struct listview list;
    struct asker asker;
    bool stale; /* the library has changed since */
};

void topics_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height);
/* "counting words… 40%", of what is under way. */
void topics_say_counting(struct str *out, const struct topics_view *v, bool ascii);
bool topics_line(struct view *view, int at, struct str *out); /* a sentence instead of a picture */
void topics_detail(struct view *view, struct str *out);       /* its newest papers */
const char *topics_period(int days);                          /* "week" or "month" */
/* The day on which a topic's burst began. */
void topics_since(char out[16], const struct topics_view *v, const struct topic *topic);

#endif
