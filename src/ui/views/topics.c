/*
 * Topics: words and phrases that burst now, heaviest first, each with the line of its counts, and
 * the newest papers that have the one under the cursor below; or, the other way to look at the same
 * weeks, clusters of recent papers. Counting takes seconds in a large library: a worker does it
 * when the view opens or is asked to, not at each change.
 *
 * The argument: nothing, or a category ("cs.CL", "math.*").
 */
#include "topics.h"

#include "carrel/clock.h"
#include "carrel/clusters.h"

#include <stdlib.h>
#include <string.h>

#define ITEMS 100

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

    if (!asker_answered(&v->asker, view, task))
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
        desk_refuse(view->desk, "nothing is being counted");
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
    topics_since(first, v, topic);
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
        topics_say_counting(out, v, desk_app(view->desk)->ascii);
    else if (v->list.count > 0)
        str_printf(out, "%zu%s by %s  %s, %zu papers%s%s", v->shown.len,
                   v->shown_clusters ? " clusters" : "", topics_period(v->shown_period),
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

static void topics_lines(struct view *view, struct view_lines *lines)
{
    listview_lines(&((struct topics_view *)view->state)->list, lines);
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
    .lines = topics_lines,
    .line = topics_line,
    .detail = topics_detail,
    .close = topics_close
};
