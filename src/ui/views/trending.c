/*
 * Trending: sampled papers in the order in which they rise, each with the line of its last days,
 * and the one under the cursor drawn in full below. Metric, window, order and category can be
 * changed; a worker reads anew.
 *
 * The argument: nothing, or a category ("cs.CL", "math.*").
 */
#include "../asker.h"
#include "../charts.h"

#include "carrel/trend_view.h"
#include "carrel/view.h"

#include "carrel/clock.h"
#include "carrel/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ITEMS 200
#define NUMBER_COLUMNS 26 /* value, velocity, z */
#define NARROW 44         /* less has room for title and velocity alone */
#define CHART_FROM 16     /* rows of the view; less has no chart */

struct trending {
    char *metric, *category;
    int32_t window;
    enum trends_sort sort;
    struct trends shown; /* in the answer's arena */
    struct listview list;
    struct asker asker;
};

struct trending_question {
    struct question question;
    struct trends_options options;
    struct trends read;
};

/* ---- asking ---- */

static int trending_read(struct question *question, struct store *store, struct error *err)
{
    struct trending_question *q = (struct trending_question *)question;

    return trends_read(&q->read, store, question->arena, &q->options, err);
}

static void trending_ask(struct view *view)
{
    struct trending *v = view->state;
    struct trending_question *q = question_new(sizeof *q, "trending", trending_read);
    struct arena *arena = q->question.arena;

    q->options = (struct trends_options){ .metric = arena_strdup(arena, v->metric),
                                          .category = arena_strdup(arena, v->category),
                                          .today = clock_today(),
                                          .window = v->window,
                                          .sort = v->sort,
                                          .limit = ITEMS };
    asker_ask(&v->asker, view, q);
}

/* The cursor stays on its paper. */
static void trending_take(struct trending *v, const struct trending_question *q)
{
    int64_t work = v->list.cursor > 0 && (size_t)v->list.cursor < v->shown.len
                       ? v->shown.items[v->list.cursor].work
                       : 0;
    size_t i;

    v->shown = q->read;
    v->list.count = (int)v->shown.len;
    for (i = 0; work && i < v->shown.len; i++)
        if (v->shown.items[i].work == work)
            v->list.cursor = (int)i;
    listview_clamp(&v->list);
}

static void trending_result(struct view *view, struct task *task)
{
    struct trending *v = view->state;

    if (!asker_answered(&v->asker, view, task))
        return;
    v->list.count = 0;
    if (v->asker.error.code)
        return;
    trending_take(v, (struct trending_question *)task);
    asker_keep(&v->asker, task);
}

static void trending_changed(struct view *view)
{
    struct trending *v = view->state;

    asker_changed(&v->asker, view, trending_ask);
}

/* ---- drawing ---- */

static int spark_columns(int width)
{
    int columns = (width - NUMBER_COLUMNS) / 3;

    return columns > 30 ? 30 : columns < 0 ? 0 : columns;
}

static void draw_head(const struct trending *v, struct canvas *canvas, int x, int y, int width)
{
    int spark = spark_columns(width), end = x + width - 1;
    static const char *const marks[TRENDS_SORTS] = { "/day", "z", "value", "change" };
    char days[24];

    if (width < NARROW) {
        canvas_text(canvas, x + 1, y, width - 11, STYLE_DIM, "paper");
        canvas_right(canvas, x + width, y, STYLE_HEADING, "/day");
        return;
    }
    snprintf(days, sizeof days, "%d days", spark);
    canvas_text(canvas, x + 1, y, width - spark - NUMBER_COLUMNS, STYLE_DIM, "paper");
    canvas_text(canvas, end - NUMBER_COLUMNS - spark, y, spark, STYLE_DIM, days);
    canvas_right(canvas, end - 16, y, v->sort == TRENDS_VALUE ? STYLE_HEADING : STYLE_DIM, "value");
    canvas_right(canvas, end - 7, y,
                 v->sort == TRENDS_VELOCITY || v->sort == TRENDS_ACCELERATION ? STYLE_HEADING
                                                                              : STYLE_DIM,
                 v->sort == TRENDS_ACCELERATION ? marks[v->sort] : "/day");
    canvas_right(canvas, end, y, v->sort == TRENDS_ZSCORE ? STYLE_HEADING : STYLE_DIM, "z");
}

static void draw_numbers(const struct trending *v, struct canvas *canvas,
                         const struct trends_item *item, int end, int y)
{
    char text[24];

    snprintf(text, sizeof text, "%.0f", item->measure.value);
    canvas_right(canvas, end - 16, y, STYLE_NORMAL, text);
    if (v->sort == TRENDS_ACCELERATION)
        trends_number(text, 3, item->measure.acceleration);
    else
        trends_number(text, 2, item->measure.velocity);
    canvas_right(canvas, end - 7, y, item->measure.velocity > 0 ? STYLE_ACCENT : STYLE_DIM, text);
    trends_number(text, 1, item->zscore);
    canvas_right(canvas, end, y, item->zscore >= 3 ? STYLE_HEADING : STYLE_DIM, text);
}

static void draw_narrow(struct canvas *canvas, const struct trends_item *item, const char *title,
                        int x, int y, int width)
{
    char velocity[24];

    trends_number(velocity, 2, item->measure.velocity);
    canvas_text(canvas, x + 1, y, width - 11, STYLE_TITLE, title);
    canvas_right(canvas, x + width, y, STYLE_ACCENT, velocity);
}

static void draw_item(const struct trending *v, struct canvas *canvas, size_t at, int x, int y,
                      int width)
{
    const struct trends_item *item = &v->shown.items[at];
    int spark = spark_columns(width), end = x + width - 1;
    double days[TRENDS_POINTS];
    struct str title = STR_INIT;

    text_from_latex(&title, item->title);
    if (width < NARROW) {
        draw_narrow(canvas, item, title.ptr, x, y, width);
        str_free(&title);
        return;
    }
    trends_days(days, spark, item, v->shown.today);
    canvas_text(canvas, x + 1, y, width - spark - NUMBER_COLUMNS - 3, STYLE_TITLE, title.ptr);
    chart_sparkline(canvas, end - NUMBER_COLUMNS - spark, y, spark, STYLE_ACCENT, days,
                    (size_t)spark);
    draw_numbers(v, canvas, item, end, y);
    str_free(&title);
}

/* A sentence instead of a picture. */
static bool trending_line(struct view *view, int at, struct str *out)
{
    const struct trending *v = view->state;
    const struct trends_item *item = &v->shown.items[at];
    char velocity[24], zscore[24];

    trends_number(velocity, 2, item->measure.velocity);
    trends_number(zscore, 1, item->zscore);
    text_from_latex(out, item->title);
    str_printf(out, ". %.0f %s, %s a day, z %s, %zu gap%s.", item->measure.value, v->shown.metric,
               velocity, zscore, item->measure.gaps, item->measure.gaps == 1 ? "" : "s");
    return true;
}

static void trending_lines(struct view *view, struct view_lines *lines)
{
    listview_lines(&((struct trending *)view->state)->list, lines);
}

/* The days of the paper under the cursor, as its chart has them. */
static void trending_detail(struct view *view, struct str *out)
{
    const struct trending *v = view->state;
    const struct trends_item *item;
    double days[TRENDS_POINTS];
    size_t i;

    if (v->list.count == 0)
        return;
    item = &v->shown.items[v->list.cursor];
    trends_days(days, TRENDS_POINTS, item, v->shown.today);
    str_printf(out, "%s, %s by day:", item->key, v->shown.metric);
    for (i = 0; i < TRENDS_POINTS; i++) {
        char day[16];

        if (isnan(days[i]))
            continue;
        date_format(day, v->shown.today - TRENDS_POINTS + 1 + (int32_t)i);
        str_printf(out, " %s %.0f,", day, days[i]);
    }
    if (*item->group)
        str_printf(out, " z among %zu: %s.", item->group_size, item->group);
    else
        str_add(out, " no z: too few papers like it have a velocity.");
}

static void draw_linear(struct view *view, struct canvas *canvas, int at, int x, int y, int width)
{
    struct str line = STR_INIT;

    trending_line(view, at, &line);
    canvas_text(canvas, x, y, width, STYLE_NORMAL, line.ptr);
    str_free(&line);
}

static void day_label(char out[16], size_t at, const void *ctx)
{
    date_format(out, *(const int32_t *)ctx - TRENDS_POINTS + 1 + (int32_t)at);
}

/* The paper under the cursor: who it is, what its z is among, and all its days. */
static void draw_paper(const struct trending *v, struct canvas *canvas, int x, int y, int width,
                       int height)
{
    const struct trends_item *item = &v->shown.items[v->list.cursor];
    double days[TRENDS_POINTS];
    struct chart_columns chart = {
        .values = days, .count = TRENDS_POINTS, .label = day_label, .ctx = &v->shown.today
    };
    struct str line = STR_INIT;

    trends_days(days, TRENDS_POINTS, item, v->shown.today);
    canvas_fill(canvas, x, y, width, STYLE_DIM, canvas->ascii ? "-" : "─");
    str_printf(&line, " %s  %s, %zu sample%s, %zu gap%s (%s) ", item->key, v->shown.metric,
               item->measure.samples, item->measure.samples == 1 ? "" : "s", item->measure.gaps,
               item->measure.gaps == 1 ? "" : "s", canvas->ascii ? "blank" : "·");
    canvas_text(canvas, x + 1, y, width - 2, STYLE_ACCENT, line.ptr);
    str_clear(&line);
    if (*item->group)
        str_printf(&line, "z among %zu: %s", item->group_size, item->group);
    else
        str_add(&line, "no z: too few papers like it have a velocity");
    canvas_text(canvas, x + 1, y + 1, width - 2, STYLE_DIM, line.ptr);
    chart_columns(canvas, x, y + 2, width, height - 2, &chart);
    str_free(&line);
}

static void draw_empty(const struct trending *v, struct canvas *canvas, int x, int y, int width)
{
    struct str why = STR_INIT;

    if (v->asker.error.code)
        str_printf(&why, "%s%s", v->asker.error.message,
                   v->category ? "; :category all shows all" : "");
    else if (!v->asker.loaded)
        str_add(&why, canvas->ascii ? "Looking..." : "Looking…");
    else if (v->category && v->shown.sampled > 0)
        str_printf(&why, "None of the %zu sampled papers is in %s; :category all shows them.",
                   v->shown.sampled, v->category);
    else
        trends_say_nothing(&why, &v->shown);
    canvas_wrapped(canvas, x + 1, y, width - 2, canvas->height,
                   v->asker.error.code ? STYLE_ERROR : STYLE_DIM, why.ptr);
    str_free(&why);
}

static void trending_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                          int height)
{
    struct trending *v = view->state;
    bool linear = desk_app(view->desk)->linear;
    int chart = height < CHART_FROM || linear ? 0 : height / 3 > 12 ? 12 : height / 3 + 1, i;

    if (v->list.count == 0) {
        draw_empty(v, canvas, x, y, width);
        return;
    }
    if (!linear)
        draw_head(v, canvas, x, y++, width);
    listview_place(&v->list, height - chart - (linear ? 0 : 1));
    for (i = 0; i < v->list.height && v->list.top + i < v->list.count; i++) {
        if (linear)
            draw_linear(view, canvas, v->list.top + i, x, y + i, width);
        else
            draw_item(v, canvas, (size_t)(v->list.top + i), x, y + i, width);
        if (v->list.top + i == v->list.cursor)
            canvas_cursor_row(canvas, x, y + i, width);
    }
    if (chart)
        draw_paper(v, canvas, x, y + v->list.height, width, chart);
}

/* ---- commands ---- */

static void set_text(char **to, const char *value)
{
    free(*to);
    *to = mem_strdup(value);
}

static void set_sort(struct view *view, const char *name)
{
    struct trending *v = view->state;
    struct error err = { 0 };

    if (!name)
        v->sort = (enum trends_sort)((v->sort + 1) % TRENDS_SORTS);
    else if (trends_sort_find(&v->sort, name, &err) != ERR_OK)
        desk_say(view->desk, STYLE_WARN, "%s", err.message);
}

/* The next one that there is, or the one that is named. */
static void set_metric(struct view *view, const char *name)
{
    struct trending *v = view->state;
    const struct trends *t = &v->shown;
    size_t i;

    for (i = 0; !name && i < t->metric_count; i++)
        if (strcmp(t->metrics[i].name, t->metric) == 0)
            break;
    if (name || t->metric_count > 0)
        set_text(&v->metric, name ? name : t->metrics[(i + 1) % t->metric_count].name);
}

static void set_window(struct view *view, const char *text)
{
    static const int32_t windows[] = { 7, 14, 30, 90 };
    struct trending *v = view->state;
    struct error err = { 0 };
    size_t i;

    if (text) {
        if (trends_window(text, &v->window, &err) != ERR_OK)
            desk_say(view->desk, STYLE_WARN, "%s", err.message);
        return;
    }
    for (i = 0; i < ARRAY_LEN(windows) && windows[i] <= v->window; i++)
        ;
    v->window = windows[i % ARRAY_LEN(windows)];
}

static void set_category(struct view *view, const char *name)
{
    struct trending *v = view->state;

    set_text(&v->category, !name || strcmp(name, "all") == 0 ? NULL : name);
}

static void set_nothing(struct view *view, const char *name)
{
    (void)view;
    (void)name;
}

static const struct {
    const char *name;
    void (*set)(struct view *view, const char *value);
} settings[] = { { "sort", set_sort },
                 { "metric", set_metric },
                 { "window", set_window },
                 { "category", set_category },
                 { "refresh", set_nothing } };

static bool trending_command(struct view *view, int argc, char **argv)
{
    struct trending *v = view->state;
    size_t i;

    if (listview_command(&v->list, argc, argv))
        return true;
    for (i = 0; i < ARRAY_LEN(settings); i++) {
        if (strcmp(settings[i].name, argv[0]) == 0) {
            settings[i].set(view, argc > 1 ? argv[1] : NULL);
            trending_ask(view);
            return true;
        }
    }
    if (strcmp(argv[0], "open") == 0) {
        if (v->list.count > 0)
            desk_open(view->desk, &view_paper, v->shown.items[v->list.cursor].key);
        return true;
    }
    return false;
}

/* ---- the contract ---- */

static int trending_open(struct view *view, const char *argument, struct error *err)
{
    struct trending *v = mem_zalloc(sizeof *v);

    (void)err;
    view->state = v;
    v->window = TREND_WINDOW;
    v->category = argument && *argument ? mem_strdup(argument) : NULL;
    trending_ask(view);
    return ERR_OK;
}

static void trending_status(struct view *view, struct str *out)
{
    const struct trending *v = view->state;

    if (v->shown.len > 0)
        str_printf(out, "%s over %dd by %s  %s, %zu papers", v->shown.metric, v->shown.window,
                   trends_sort_name(v->sort), v->category ? v->category : "all", v->shown.works);
}

static size_t trending_selection(struct view *view, struct arena *arena, char ***keys)
{
    const struct trending *v = view->state;

    if (v->list.count == 0)
        return 0;
    *keys = arena_alloc(arena, sizeof **keys);
    (*keys)[0] = arena_strdup(arena, v->shown.items[v->list.cursor].key);
    return 1;
}

static const char *trending_under(struct view *view, struct arena *arena)
{
    char **keys;

    return trending_selection(view, arena, &keys) > 0 ? keys[0] : NULL;
}

static const struct error *trending_failure(const struct view *view)
{
    const struct trending *v = view->state;

    return v->asker.error.code ? &v->asker.error : NULL;
}

static void trending_data(struct view *view, struct jsonw *w)
{
    const struct trending *v = view->state;
    size_t i;

    jsonw_key_string(w, "metric", v->shown.metric && *v->shown.metric ? v->shown.metric : NULL);
    jsonw_key_int(w, "window_days", v->window);
    jsonw_key_string(w, "sort", trends_sort_name(v->sort));
    jsonw_key_string(w, "category", v->category);
    jsonw_key_int(w, "cursor", v->list.cursor);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < v->shown.len; i++)
        trends_json_item(w, v->shown.metric, &v->shown.items[i]);
    jsonw_end(w);
}

static void trending_close(struct view *view)
{
    struct trending *v = view->state;

    asker_close(&v->asker, view);
    free(v->metric);
    free(v->category);
    free(v);
}

const struct view_ops view_trending = {
    .name = "trending",
    .title = "Trending",
    .hint = "Enter open  O sort  M metric  W window  C category  r refresh  s star  ? help",
    .open = trending_open,
    .draw = trending_draw,
    .command = trending_command,
    .changed = trending_changed,
    .result = trending_result,
    .selection = trending_selection,
    .under = trending_under,
    .status = trending_status,
    .failure = trending_failure,
    .data = trending_data,
    .lines = trending_lines,
    .line = trending_line,
    .detail = trending_detail,
    .close = trending_close
};
