/*
 * How topics look: a row each with the line of its counts, and the papers of the one under the
 * cursor below.
 */
#include "topics.h"

#include "../charts.h"

#include "carrel/clusters.h"
#include "carrel/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_COLUMNS 15 /* now, weight */
#define WEIGHT_COLUMNS 8
#define SINCE_COLUMNS 12
#define NOW_FROM 36    /* columns of the view; less has phrase and weight alone */
#define SINCE_FROM 70  /* columns of the view; less has no day of beginning */
#define PAPERS_FROM 14 /* rows of the view; less has no papers below */

const char *topics_period(int days)
{
    return days == 7 ? "week" : "month";
}

void topics_since(char out[16], const struct topics_view *v, const struct topic *topic)
{
    topics_day(out, &v->shown, v->shown_today, v->shown_period, topic->since);
}

static void since_or_growth(char out[16], const struct topics_view *v, const struct topic *topic)
{
    if (v->shown_clusters)
        topics_growth(out, topic);
    else
        topics_since(out, v, topic);
}

/* Where the columns end; the phrase has what is left. */
struct columns {
    int spark, spark_end, since_end, now_end, phrase;
};

static struct columns columns_of(const struct topics_view *v, int width)
{
    int since = width >= SINCE_FROM ? SINCE_COLUMNS : 0;
    int spark = (width - NUMBER_COLUMNS - since) / 3;

    if (width < NOW_FROM)
        return (struct columns){ .phrase = width - WEIGHT_COLUMNS - 3 };
    if (spark > (int)v->shown.periods)
        spark = (int)v->shown.periods;
    return (struct columns){ .spark = spark,
                             .spark_end = width - 1 - NUMBER_COLUMNS - since,
                             .since_end = since ? width - 1 - NUMBER_COLUMNS : 0,
                             .now_end = width - 10,
                             .phrase = width - NUMBER_COLUMNS - since - spark - 4 };
}

/* Where there is no room for both, how a cluster has grown says more. */
static bool growth_is_now(const struct topics_view *v, const struct columns *columns)
{
    return v->shown_clusters && !columns->since_end;
}

static void draw_head(const struct topics_view *v, struct canvas *canvas, int x, int y, int width)
{
    struct columns c = columns_of(v, width);
    int end = x + width - 1;
    char spark[24];

    snprintf(spark, sizeof spark, "%d %ss", c.spark, topics_period(v->shown_period));
    canvas_text(canvas, x + 1, y, c.phrase, STYLE_DIM, v->shown_clusters ? "cluster" : "phrase");
    if (c.spark)
        canvas_text(canvas, x + c.spark_end - c.spark, y, c.spark, STYLE_DIM, spark);
    if (c.since_end)
        canvas_right(canvas, x + c.since_end, y, STYLE_DIM, v->shown_clusters ? "growth" : "since");
    if (c.now_end)
        canvas_right(canvas, x + c.now_end, y, STYLE_DIM, growth_is_now(v, &c) ? "growth" : "now");
    canvas_right(canvas, end, y, STYLE_HEADING, "weight");
}

/* Papers a period; one in which no paper came at all is a gap. */
static void draw_counts(const struct topics_view *v, struct canvas *canvas,
                        const struct topic *topic, int end, int y, int columns)
{
    double counts[TOPICS_PERIODS_MAX];
    size_t i;

    for (i = 0; i < v->shown.periods; i++)
        counts[i] = v->shown.all[i] ? (double)topic->counts[i] : NAN;
    chart_sparkline(canvas, end - columns, y, columns, STYLE_ACCENT, counts, v->shown.periods);
}

static void draw_item(const struct topics_view *v, struct canvas *canvas, size_t at, int x, int y,
                      int width)
{
    const struct topic *topic = &v->shown.items[at];
    struct columns c = columns_of(v, width);
    int end = x + width - 1;
    char text[24];

    canvas_text(canvas, x + 1, y, c.phrase, STYLE_TITLE, topic->term);
    if (c.spark)
        draw_counts(v, canvas, topic, x + c.spark_end, y, c.spark);
    if (c.since_end) {
        since_or_growth(text, v, topic);
        canvas_right(canvas, x + c.since_end, y, topic->growth > 1 ? STYLE_NORMAL : STYLE_DIM,
                     text);
    }
    if (growth_is_now(v, &c))
        topics_growth(text, topic);
    else
        snprintf(text, sizeof text, "%u", topic->counts[v->shown.periods - 1]);
    if (c.now_end)
        canvas_right(canvas, x + c.now_end, y, STYLE_NORMAL, text);
    topics_weight(text, topic);
    canvas_right(canvas, end, y, STYLE_ACCENT, text);
}

bool topics_line(struct view *view, int at, struct str *out)
{
    const struct topics_view *v = view->state;
    const struct topic *topic = &v->shown.items[at];
    char day[16], weight[16];

    topics_since(day, v, topic);
    topics_weight(weight, topic);
    str_printf(out, "%s. %u papers since %s, %u in the last %s, %u before, weight %s.", topic->term,
               topic->recent, day, topic->counts[v->shown.periods - 1],
               topics_period(v->shown_period), topic->papers - topic->recent, weight);
    if (v->shown_clusters) {
        topics_growth(day, topic);
        str_printf(out, " Growth %s.", day);
    }
    return true;
}

void topics_detail(struct view *view, struct str *out)
{
    const struct topics_view *v = view->state;
    const struct topic *topic = v->list.count > 0 ? &v->shown.items[v->list.cursor] : NULL;
    size_t i;

    for (i = 0; topic && i < topic->shown; i++) {
        str_add(out, i == 0 ? "Newest papers: " : "; ");
        text_from_latex(out, topic->titles[i]);
    }
}

static void draw_linear(struct view *view, struct canvas *canvas, int at, int x, int y, int width)
{
    struct str line = STR_INIT;

    topics_line(view, at, &line);
    canvas_text(canvas, x, y, width, STYLE_NORMAL, line.ptr);
    str_free(&line);
}

/* The newest papers with the phrase under the cursor. */
static void draw_papers(const struct topics_view *v, struct canvas *canvas, int x, int y, int width)
{
    const struct topic *topic = &v->shown.items[v->list.cursor];
    struct str line = STR_INIT;
    char day[16];
    size_t i;

    topics_since(day, v, topic);
    canvas_fill(canvas, x, y, width, STYLE_DIM, canvas->ascii ? "-" : "─");
    str_printf(&line, " %s: %u papers since %s, %u before ", topic->term, topic->recent, day,
               topic->papers - topic->recent);
    canvas_text(canvas, x + 1, y, width - 2, STYLE_ACCENT, line.ptr);
    for (i = 0; i < topic->shown; i++) {
        str_clear(&line);
        text_from_latex(&line, topic->titles[i]);
        canvas_text(canvas, x + 1, y + 1 + (int)i, width - 2, STYLE_NORMAL, line.ptr);
    }
    str_free(&line);
}

void topics_say_counting(struct str *out, const struct topics_view *v, bool ascii)
{
    int percent = asker_percent(&v->asker);

    str_printf(out, "%s%s", v->clusters ? "clustering papers" : "counting words",
               ascii ? "..." : "…");
    if (percent > 0)
        str_printf(out, " %d%%", percent);
}

/* Why nothing is here, and what to do. */
static void say_nothing(struct str *why, const struct topics_view *v)
{
    const char *in = v->shown_category ? " of " : "";
    const char *category = v->shown_category ? v->shown_category : "";

    if (v->shown_clusters)
        clusters_say_nothing(why, &v->shown);
    else if (v->shown.papers == 0)
        str_printf(why,
                   "No paper%s%s here was published in the last %zu %ss. %sNew papers come by a "
                   "harvest (7, then S)%s.",
                   in, category, v->shown.periods, topics_period(v->shown_period),
                   v->shown_period == 7 ? "W counts by months. " : "",
                   v->shown_category ? "; :category all counts all papers" : "");
    else
        str_printf(why,
                   "Nothing bursts in %zu paper%s%s%s: a topic needs %d papers in its burst and a "
                   "share well above its own past. %s%s",
                   v->shown.papers, v->shown.papers == 1 ? "" : "s", in, category, TOPICS_SUPPORT,
                   v->shown_period == 7 ? "W counts by months" : "W counts by weeks",
                   v->shown_category ? "; :category all counts all papers." : ".");
}

static void draw_empty(const struct topics_view *v, struct canvas *canvas, int x, int y, int width)
{
    struct str why = STR_INIT;

    if (v->asker.task)
        topics_say_counting(&why, v, canvas->ascii);
    else if (v->asker.error.code)
        str_add(&why, v->asker.error.message);
    else if (!v->asker.loaded)
        str_add(&why, "Stopped. r counts again.");
    else
        say_nothing(&why, v);
    canvas_wrapped(canvas, x + 1, y, width - 2, canvas->height,
                   v->asker.error.code && !v->asker.task ? STYLE_ERROR : STYLE_DIM, why.ptr);
    str_free(&why);
}

void topics_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    struct topics_view *v = view->state;
    bool linear = desk_app(view->desk)->linear;
    int papers = height < PAPERS_FROM || linear ? 0 : TOPICS_PAPERS + 1, i;

    if (v->list.count == 0) {
        draw_empty(v, canvas, x, y, width);
        return;
    }
    if (!linear)
        draw_head(v, canvas, x, y++, width);
    listview_place(&v->list, height - papers - (linear ? 0 : 1));
    for (i = 0; i < v->list.height && v->list.top + i < v->list.count; i++) {
        if (linear)
            draw_linear(view, canvas, v->list.top + i, x, y + i, width);
        else
            draw_item(v, canvas, (size_t)(v->list.top + i), x, y + i, width);
        if (v->list.top + i == v->list.cursor)
            canvas_cursor_row(canvas, x, y + i, width);
    }
    if (papers)
        draw_papers(v, canvas, x, y + v->list.height, width);
}
