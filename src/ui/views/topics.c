/*
 * Topics: words and phrases that burst now, heaviest first, each with the line of its counts, and
 * the newest papers that have the one under the cursor below; or, the other way to look at the same
 * weeks, clusters of recent papers. Counting takes seconds in a large library: a worker does it
 * when the view opens or is asked to, not at each change.
 *
 * The argument: nothing, or a category ("cs.CL", "math.*").
 */
#include "../asker.h"
#include "../charts.h"

#include "carrel/clusters.h"
#include "carrel/trend_view.h"
#include "carrel/view.h"

#include "carrel/clock.h"
#include "carrel/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ITEMS 100
#define NUMBER_COLUMNS 15 /* now, weight */
#define WEIGHT_COLUMNS 8
#define SINCE_COLUMNS 12
#define NOW_FROM 36    /* columns of the view; less has phrase and weight alone */
#define SINCE_FROM 70  /* columns of the view; less has no day of beginning */
#define PAPERS_FROM 14 /* rows of the view; less has no papers below */

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

struct topics_question {
    struct question question;
    struct topics_options options;
    bool clusters;
    struct topics read;
};

/* ---- asking ---- */

static void tell_progress(void *ctx, int percent)
{
    question_progress(ctx, percent);
}

static int topics_read_question(struct question *question, struct store *store, struct error *err)
{
    struct topics_question *q = (struct topics_question *)question;

    q->options.progress = tell_progress;
    q->options.ctx = question;
    return (q->clusters ? clusters_read : topics_read)(&q->read, store, question->arena,
                                                       &q->options, err);
}

static void topics_ask(struct view *view)
{
    struct topics_view *v = view->state;
    struct topics_question *q = question_new(sizeof *q, "topics", topics_read_question);

    q->options = (struct topics_options){ .category = arena_strdup(q->question.arena, v->category),
                                          .period_days = v->period,
                                          .today = clock_today(),
                                          .limit = ITEMS };
    q->clusters = v->clusters;
    v->stale = false;
    asker_ask(&v->asker, view, q);
}

/* The cursor stays on its phrase. */
static void topics_take(struct topics_view *v, const struct topics_question *q)
{
    const char *term =
        (size_t)v->list.cursor < v->shown.len ? v->shown.items[v->list.cursor].term : NULL;
    size_t i;

    for (i = 0; term && i < q->read.len; i++)
        if (strcmp(q->read.items[i].term, term) == 0)
            v->list.cursor = (int)i;
    v->shown = q->read;
    v->shown_category = q->options.category;
    v->shown_period = q->options.period_days;
    v->shown_today = q->options.today;
    v->shown_clusters = q->clusters;
    v->list.count = (int)v->shown.len;
    listview_clamp(&v->list);
}

static void topics_result(struct view *view, struct task *task)
{
    struct topics_view *v = view->state;

    if (!asker_answered(&v->asker, task))
        return;
    v->list.count = 0;
    if (v->asker.error.code)
        return;
    topics_take(v, (struct topics_question *)task);
    asker_keep(&v->asker, task);
}

/* A mark is no reason to count all words again; to a view that shows nothing, papers may be. */
static void topics_changed(struct view *view)
{
    struct topics_view *v = view->state;

    v->stale = true;
    if ((v->asker.loaded || v->asker.error.code) && !v->asker.task && v->list.count == 0)
        topics_ask(view);
}

/* ---- drawing ---- */

static void draw_right(struct canvas *canvas, int end, int y, enum style style, const char *text)
{
    int width = text_width(text);

    canvas_text(canvas, end - width, y, width, style, text);
}

static const char *period_name(int days)
{
    return days == 7 ? "week" : "month";
}

static void since_day(char out[16], const struct topics_view *v, const struct topic *topic)
{
    topics_day(out, &v->shown, v->shown_today, v->shown_period, topic->since);
}

static void since_or_growth(char out[16], const struct topics_view *v, const struct topic *topic)
{
    if (v->shown_clusters)
        topics_growth(out, topic);
    else
        since_day(out, v, topic);
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

    snprintf(spark, sizeof spark, "%d %ss", c.spark, period_name(v->shown_period));
    canvas_text(canvas, x + 1, y, c.phrase, STYLE_DIM, v->shown_clusters ? "cluster" : "phrase");
    if (c.spark)
        canvas_text(canvas, x + c.spark_end - c.spark, y, c.spark, STYLE_DIM, spark);
    if (c.since_end)
        draw_right(canvas, x + c.since_end, y, STYLE_DIM, v->shown_clusters ? "growth" : "since");
    if (c.now_end)
        draw_right(canvas, x + c.now_end, y, STYLE_DIM, growth_is_now(v, &c) ? "growth" : "now");
    draw_right(canvas, end, y, STYLE_HEADING, "weight");
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
        draw_right(canvas, x + c.since_end, y, topic->growth > 1 ? STYLE_NORMAL : STYLE_DIM, text);
    }
    if (growth_is_now(v, &c))
        topics_growth(text, topic);
    else
        snprintf(text, sizeof text, "%u", topic->counts[v->shown.periods - 1]);
    if (c.now_end)
        draw_right(canvas, x + c.now_end, y, STYLE_NORMAL, text);
    snprintf(text, sizeof text, "%.1f", topic->weight);
    draw_right(canvas, end, y, STYLE_ACCENT, text);
}

/* For a screen reader: a sentence instead of a picture. */
static void draw_linear(const struct topics_view *v, struct canvas *canvas, size_t at, int x, int y,
                        int width)
{
    const struct topic *topic = &v->shown.items[at];
    struct str line = STR_INIT;
    char day[16];

    since_day(day, v, topic);
    str_printf(&line, "%s. %u papers since %s, %u in the last %s, %u before, weight %.1f.",
               topic->term, topic->recent, day, topic->counts[v->shown.periods - 1],
               period_name(v->shown_period), topic->papers - topic->recent, topic->weight);
    if (v->shown_clusters) {
        topics_growth(day, topic);
        str_printf(&line, " Growth %s.", day);
    }
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

    since_day(day, v, topic);
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

static void say_counting(struct str *out, const struct topics_view *v, bool ascii)
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
                   in, category, v->shown.periods, period_name(v->shown_period),
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
    size_t at, next;

    if (v->asker.task)
        say_counting(&why, v, canvas->ascii);
    else if (v->asker.error.code)
        str_add(&why, v->asker.error.message);
    else if (!v->asker.loaded)
        str_add(&why, "Stopped. r counts again.");
    else
        say_nothing(&why, v);
    for (at = 0; why.ptr[at]; at += next) {
        size_t len = text_wrap(why.ptr + at, width - 2, &next);
        char *line = mem_strndup(why.ptr + at, len);

        canvas_text(canvas, x + 1, y++, width - 2,
                    v->asker.error.code && !v->asker.task ? STYLE_ERROR : STYLE_DIM, line);
        free(line);
    }
    str_free(&why);
}

static void topics_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                        int height)
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
        (linear ? draw_linear : draw_item)(v, canvas, (size_t)(v->list.top + i), x, y + i, width);
        if (v->list.top + i == v->list.cursor)
            canvas_cursor_row(canvas, x, y + i, width);
    }
    if (papers)
        draw_papers(v, canvas, x, y + v->list.height, width);
}

/* ---- commands ---- */

static void set_category(struct view *view, const char *name)
{
    struct topics_view *v = view->state;
    char *category = mem_strdup(!name || strcmp(name, "all") == 0 ? NULL : name);

    free(v->category);
    v->category = category;
    topics_ask(view);
}

/* The other one, or the one that is named. */
static void set_period(struct view *view, const char *name)
{
    struct topics_view *v = view->state;

    if (name && strcmp(name, "week") != 0 && strcmp(name, "month") != 0) {
        desk_say(view->desk, STYLE_WARN, "a period is week or month, not '%s'", name);
        return;
    }
    v->period = (name ? strcmp(name, "week") == 0 : v->period != 7) ? 7 : 30;
    topics_ask(view);
}

static void do_refresh(struct view *view, const char *name)
{
    (void)name;
    topics_ask(view);
}

static void do_cancel(struct view *view, const char *name)
{
    struct topics_view *v = view->state;

    (void)name;
    if (!v->asker.task) {
        desk_say(view->desk, STYLE_DIM, "nothing is being counted");
        return;
    }
    asker_stop(&v->asker, view);
    v->stale = true;
    desk_say(view->desk, STYLE_NORMAL, "stopped; r counts again");
}

/* The phrase; of a cluster any of its phrases, in its days. */
static void add_terms(struct str *query, const struct topics_view *v, const struct topic *topic)
{
    char first[16], last[16];
    size_t i;

    if (topic->term_count == 0) {
        str_printf(query, "\"%s\"", topic->term);
        return;
    }
    for (i = 0; i < topic->term_count; i++)
        str_printf(query, "%s\"%s\"", i ? " OR " : "(", topic->terms[i]);
    since_day(first, v, topic);
    date_format(last, v->shown_today);
    str_printf(query, ") date:%s..%s", first, last);
}

/* In the category that is shown, like the papers that were counted. */
static void do_open(struct view *view, const char *name)
{
    struct topics_view *v = view->state;
    struct str query = STR_INIT;

    (void)name;
    if (v->list.count == 0)
        return;
    add_terms(&query, v, &v->shown.items[v->list.cursor]);
    if (v->shown_category)
        str_printf(&query, " cat:%s", v->shown_category);
    desk_open(view->desk, &view_search, query.ptr);
    str_free(&query);
}

/* The other way to look at these weeks. */
static void do_clusters(struct view *view, const char *name)
{
    struct topics_view *v = view->state;

    (void)name;
    v->clusters = !v->clusters;
    v->list.count = v->list.cursor = 0;
    v->shown.len = 0;
    v->asker.loaded = false;
    topics_ask(view);
}

static const struct {
    const char *name;
    void (*run)(struct view *view, const char *value);
} commands[] = { { "open", do_open },       { "category", set_category },
                 { "period", set_period },  { "clusters", do_clusters },
                 { "refresh", do_refresh }, { "cancel", do_cancel } };

static bool topics_command(struct view *view, int argc, char **argv)
{
    struct topics_view *v = view->state;
    size_t i;

    if (listview_command(&v->list, argc, argv))
        return true;
    for (i = 0; i < ARRAY_LEN(commands); i++) {
        if (strcmp(commands[i].name, argv[0]) == 0
            && (argc == 1 || commands[i].run == set_category || commands[i].run == set_period)) {
            commands[i].run(view, argc > 1 ? argv[1] : NULL);
            return true;
        }
    }
    return false;
}

/* ---- the contract ---- */

static int topics_open(struct view *view, const char *argument, struct error *err)
{
    struct topics_view *v = mem_zalloc(sizeof *v);

    (void)err;
    view->state = v;
    v->period = 7;
    v->category = argument && *argument ? mem_strdup(argument) : NULL;
    topics_ask(view);
    return ERR_OK;
}

static void topics_status(struct view *view, struct str *out)
{
    const struct topics_view *v = view->state;

    if (v->asker.task)
        say_counting(out, v, desk_app(view->desk)->ascii);
    else if (v->list.count > 0)
        str_printf(out, "%zu%s by %s  %s, %zu papers%s%s", v->shown.len,
                   v->shown_clusters ? " clusters" : "", period_name(v->shown_period),
                   v->shown_category ? v->shown_category : "all", v->shown.papers,
                   v->shown.cut ? ", the newest" : "",
                   v->stale ? "; since then the library has changed" : "");
}

static const struct error *topics_failure(const struct view *view)
{
    const struct topics_view *v = view->state;

    return v->asker.error.code ? &v->asker.error : NULL;
}

static void topics_data(struct view *view, struct jsonw *w)
{
    const struct topics_view *v = view->state;
    int i;

    jsonw_key_string(w, "category", v->category);
    jsonw_key_int(w, "period_days", v->period);
    jsonw_key_bool(w, "clusters", v->clusters);
    jsonw_key_int(w, "works", (int64_t)v->shown.papers);
    jsonw_key_int(w, "cursor", v->list.cursor);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < v->list.count; i++)
        topics_json_item(w, &v->shown, v->shown_today, v->shown_period, &v->shown.items[i]);
    jsonw_end(w);
}

static void topics_close(struct view *view)
{
    struct topics_view *v = view->state;

    asker_close(&v->asker, view);
    free(v->category);
    free(v);
}

const struct view_ops view_topics = {
    .name = "topics",
    .title = "Topics",
    .hint = "Enter papers  v clusters  W week/month  C category  r refresh  x stop  ? help",
    .open = topics_open,
    .draw = topics_draw,
    .command = topics_command,
    .changed = topics_changed,
    .result = topics_result,
    .status = topics_status,
    .failure = topics_failure,
    .data = topics_data,
    .close = topics_close
};
