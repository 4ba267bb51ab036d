/*
 * Analytics: what the library holds and how it is used, drawn: papers a week, categories, what
 * bursts, reading, samples, authors, sources, links, documents, use of websites. Enter on a row
 * searches for it, or opens the paper that it is.
 * Counting is done by a worker, the words of the bursts by another one: they fill in later, and
 * are not counted again at each change.
 *
 * The argument: nothing, or a category ("cs.CL", "math.*").
 */
#include "analytics.h"

#include "carrel/clock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const int weeks_offered[] = { 13, 26, 52, 104 };

struct analytics_question {
    struct question question;
    struct stats_options options;
    struct stats read;
};

/* ---- asking ---- */

static int read_counts(struct question *question, struct store *store, struct error *err)
{
    struct analytics_question *q = (struct analytics_question *)question;

    return stats_read(&q->read, store, question->arena, &q->options, err);
}

static void tell_progress(void *ctx, int percent)
{
    question_progress(ctx, percent);
}

static int read_words(struct question *question, struct store *store, struct error *err)
{
    struct analytics_question *q = (struct analytics_question *)question;

    q->options.progress = tell_progress;
    q->options.ctx = question;
    return stats_bursts(&q->read.panels[STATS_BURSTS], store, question->arena, &q->options, err);
}

static void ask_one(struct view *view, struct asker *asker,
                    int (*read)(struct question *, struct store *, struct error *))
{
    const struct analytics_view *v = view->state;
    struct analytics_question *q = question_new(sizeof *q, "analytics", read);

    q->options = (struct stats_options){ .weeks = v->weeks,
                                         .today = clock_today(),
                                         .category = arena_strdup(q->question.arena, v->category),
                                         .limit = ANALYTICS_ROWS };
    asker_ask(asker, view, q);
}

static void ask_counts(struct view *view)
{
    struct analytics_view *v = view->state;

    ask_one(view, &v->counts, read_counts);
}

static void ask_words(struct view *view)
{
    struct analytics_view *v = view->state;

    v->stale = false;
    ask_one(view, &v->words, read_words);
}

/* Rows in the order of the panels; the cursor stays on its row, else in its panel. */
static void place_spots(struct analytics_view *v, enum stats_kind kind, const char *name)
{
    int i, found = -1;
    size_t row;

    v->list.count = 0;
    for (i = 0; i < STATS_PANELS && v->counts.loaded; i++) {
        const struct stats_panel *panel = &v->shown.panels[i];

        for (row = 0; row < panel->len && !stats_is_empty(panel); row++) {
            if (i == (int)kind && (found < 0 || strcmp(panel->rows[row].name, name) == 0))
                found = v->list.count;
            v->spots[v->list.count++] =
                (struct analytics_spot){ .kind = (enum stats_kind)i, .row = row };
        }
    }
    v->list.cursor = found < 0 ? v->list.cursor : found;
    listview_clamp(&v->list);
}

static const struct analytics_spot *spot_here(const struct analytics_view *v)
{
    return v->list.count > 0 ? &v->spots[v->list.cursor] : NULL;
}

static const struct stats_row *row_of(const struct analytics_view *v,
                                      const struct analytics_spot *spot)
{
    return &v->shown.panels[spot->kind].rows[spot->row];
}

/* What was counted of the words stays while all else is exchanged, and the other way round. */
static void take_counts(struct analytics_view *v, const struct analytics_question *q)
{
    struct stats_panel bursts = v->shown.panels[STATS_BURSTS];

    v->shown = q->read;
    v->shown.panels[STATS_BURSTS] = bursts;
    v->shown.panels[STATS_BURSTS].kind = STATS_BURSTS;
    v->shown_for = q->options;
}

static void analytics_result(struct view *view, struct task *task)
{
    struct analytics_view *v = view->state;
    const struct analytics_question *q = (const struct analytics_question *)task;
    const struct analytics_spot *spot = spot_here(v);
    enum stats_kind kind = spot ? spot->kind : STATS_PANELS;
    char *name = mem_strdup(spot ? row_of(v, spot)->name : "");

    if (asker_answered(&v->counts, view, task)) {
        if (v->counts.error.code == ERR_OK) {
            take_counts(v, q);
            asker_keep(&v->counts, task);
        }
    } else if (asker_answered(&v->words, view, task)) {
        v->shown.panels[STATS_BURSTS] = (struct stats_panel){ .kind = STATS_BURSTS };
        if (v->words.error.code == ERR_OK) {
            v->shown.panels[STATS_BURSTS] = q->read.panels[STATS_BURSTS];
            asker_keep(&v->words, task);
        }
    }
    place_spots(v, kind, name);
    free(name);
}

/* Words are counted again only where there were none: papers may have come. */
static void analytics_changed(struct view *view)
{
    struct analytics_view *v = view->state;

    v->stale = true;
    asker_changed(&v->counts, view, ask_counts);
    if (!v->words.task && v->words.loaded && v->shown.panels[STATS_BURSTS].len == 0)
        ask_words(view);
}

void analytics_say_bursts(struct str *out, const struct analytics_view *v, bool ascii)
{
    if (v->words.task) {
        str_add(out, ascii ? "counting words..." : "counting words…");
        if (asker_percent(&v->words) > 0)
            str_printf(out, " %d%%", asker_percent(&v->words));
    } else if (v->words.error.code) {
        str_add(out, v->words.error.message);
    } else {
        str_add(out, v->words.loaded ? stats_nothing(STATS_BURSTS) : "stopped; r counts again");
    }
}

/* ---- commands ---- */

/* A query for what a row counts; NULL: there is none. */
static char *query_of(const struct analytics_view *v, const struct analytics_spot *spot)
{
    static const struct {
        const char *name, *query;
    } words[] = { { "read", "is:read" },  { "star", "is:starred" }, { "later", "is:later" },
                  { "skip", "is:skip" },  { "note", "has:note" },   { "tag", "has:tag" },
                  { "code", "has:code" }, { "pdf", "has:pdf" },     { "doi", "has:doi" },
                  { "done", "has:text" } };
    const char *name = row_of(v, spot)->name, *category = v->shown_for.category;
    const char *cat = category ? " cat:" : "";
    char first[16], last[16];
    size_t i;

    category = category ? category : "";
    date_format(first, v->shown_for.today - v->shown_for.weeks * 7 + 1);
    date_format(last, v->shown_for.today);
    switch (spot->kind) {
    case STATS_PAPERS:
        return mem_printf("date:%s..%s%s%s", first, last, cat, category);
    case STATS_CATEGORIES:
        return mem_printf("cat:%s date:%s..%s%s%s", name, first, last, cat, category);
    case STATS_BURSTS:
        return mem_printf("\"%s\"%s%s", name, cat, category);
    case STATS_AUTHORS:
        return mem_printf("author:\"%s\" date:%s..%s%s%s", name, first, last, cat, category);
    case STATS_AUTHORS_EVER:
        return mem_printf("author:\"%s\"%s%s", name, cat, category);
    case STATS_SEARCHES:
        return mem_strdup(name);
    case STATS_SOURCES:
        return mem_printf("source:%s", name);
    default:
        for (i = 0; i < ARRAY_LEN(words); i++)
            if (strcmp(words[i].name, name) == 0)
                return mem_strdup(words[i].query);
        return NULL;
    }
}

static void do_open(struct view *view, const char *value)
{
    const struct analytics_view *v = view->state;
    const struct analytics_spot *spot = spot_here(v);
    char *query = spot ? query_of(v, spot) : NULL;

    (void)value;
    if (spot && row_of(v, spot)->key)
        desk_open(view->desk, &view_paper, row_of(v, spot)->key);
    else if (query)
        desk_open(view->desk, &view_search, query);
    else if (spot && spot->kind == STATS_SAMPLES)
        desk_open(view->desk, &view_trending, v->shown_for.category);
    else if (spot)
        desk_refuse(view->desk, "no query finds these: %s", row_of(v, spot)->name);
    free(query);
}

static void ask_both(struct view *view)
{
    ask_counts(view);
    ask_words(view);
}

static void do_category(struct view *view, const char *name)
{
    struct analytics_view *v = view->state;
    char *category = mem_strdup(!name || strcmp(name, "all") == 0 ? NULL : name);

    free(v->category);
    v->category = category;
    v->shown.panels[STATS_BURSTS].len = 0; /* they are of another category */
    place_spots(v, STATS_PAPERS, "");
    ask_both(view);
}

/* The next span that is offered, or the one that is named. */
static void do_weeks(struct view *view, const char *text)
{
    struct analytics_view *v = view->state;
    char *end = NULL;
    long weeks = text ? strtol(text, &end, 10) : 0;
    size_t i;

    if (text && (*end || weeks < 1 || weeks > STATS_WEEKS_MAX)) {
        desk_say(view->desk, STYLE_WARN, "weeks are 1 to %d, not '%s'", STATS_WEEKS_MAX, text);
        return;
    }
    for (i = 0; !text && i < ARRAY_LEN(weeks_offered); i++)
        if (weeks_offered[i] > v->weeks)
            break;
    v->weeks = text ? (int)weeks : weeks_offered[i % ARRAY_LEN(weeks_offered)];
    ask_counts(view);
}

static void do_refresh(struct view *view, const char *value)
{
    (void)value;
    ask_both(view);
}

static void do_cancel(struct view *view, const char *value)
{
    struct analytics_view *v = view->state;

    (void)value;
    if (!v->counts.task && !v->words.task) {
        desk_refuse(view->desk, "nothing is being counted");
        return;
    }
    asker_stop(&v->counts, view);
    asker_stop(&v->words, view);
    v->stale = true;
    desk_say(view->desk, STYLE_NORMAL, "stopped; r counts again");
}

/* To the first row of another panel. */
static void go_panel(struct view *view, int step)
{
    struct analytics_view *v = view->state;
    int at = v->list.cursor;

    if (v->list.count == 0)
        return;
    if (step < 0 && v->spots[at].row > 0) {
        v->list.cursor -= (int)v->spots[at].row;
        return;
    }
    for (at += step; at >= 0 && at < v->list.count; at += step)
        if (v->spots[at].row == 0) {
            v->list.cursor = at;
            return;
        }
}

static void do_next_panel(struct view *view, const char *value)
{
    (void)value;
    go_panel(view, 1);
}

static void do_prev_panel(struct view *view, const char *value)
{
    (void)value;
    go_panel(view, -1);
}

/* The row under the mouse; elsewhere in a panel nothing happens. */
static void click(struct view *view, int line, int column)
{
    struct analytics_view *v = view->state;
    int i;

    if (desk_app(view->desk)->linear)
        line += v->list.top;
    else
        line += v->top;
    for (i = 0; i < v->list.count; i++) {
        const struct analytics_spot *spot = &v->spots[i];

        if (desk_app(view->desk)->linear
                ? i == line
                : line >= spot->line && line < spot->y + spot->height && column >= spot->x
                      && column < spot->x + spot->width) {
            v->list.cursor = i;
            return;
        }
    }
}

static const struct {
    const char *name;
    void (*run)(struct view *view, const char *value);
    bool takes; /* a word */
} commands[] = { { "open", do_open, false },
                 { "category", do_category, true },
                 { "weeks", do_weeks, true },
                 { "refresh", do_refresh, false },
                 { "cancel", do_cancel, false },
                 { "next-panel", do_next_panel, false },
                 { "prev-panel", do_prev_panel, false } };

static bool analytics_command(struct view *view, int argc, char **argv)
{
    struct analytics_view *v = view->state;
    size_t i;

    if (strcmp(argv[0], "click-row") == 0 && argc > 1) {
        click(view, atoi(argv[1]), argc > 2 ? atoi(argv[2]) : 0);
        return true;
    }
    if (listview_command(&v->list, argc, argv))
        return true;
    for (i = 0; i < ARRAY_LEN(commands); i++) {
        if (strcmp(commands[i].name, argv[0]) == 0 && (argc == 1 || commands[i].takes)) {
            commands[i].run(view, argc > 1 ? argv[1] : NULL);
            return true;
        }
    }
    return false;
}

/* ---- the contract ---- */

static int analytics_open(struct view *view, const char *argument, struct error *err)
{
    struct analytics_view *v = mem_zalloc(sizeof *v);

    (void)err;
    view->state = v;
    v->weeks = STATS_WEEKS;
    v->category = argument && *argument ? mem_strdup(argument) : NULL;
    ask_both(view);
    return ERR_OK;
}

static void analytics_status(struct view *view, struct str *out)
{
    const struct analytics_view *v = view->state;

    if (!v->counts.loaded)
        return;
    str_printf(out, "%" PRId64 " papers, %" PRId64 " unread  %s, %d weeks", v->shown.totals.works,
               v->shown.totals.unread, v->shown_for.category ? v->shown_for.category : "all",
               v->shown_for.weeks);
    if (v->stale && !v->words.task)
        str_add(out, "; words counted before the last change");
}

static const struct error *analytics_failure(const struct view *view)
{
    const struct analytics_view *v = view->state;

    return v->counts.error.code ? &v->counts.error : NULL;
}

static void analytics_data(struct view *view, struct jsonw *w)
{
    const struct analytics_view *v = view->state;
    int i;

    jsonw_key_int(w, "works", v->shown.totals.works);
    jsonw_key_int(w, "unread", v->shown.totals.unread);
    jsonw_key_int(w, "weeks", v->weeks);
    jsonw_key_string(w, "of_category", v->category);
    jsonw_key_int(w, "cursor", v->list.cursor);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < STATS_PANELS && v->counts.loaded; i++)
        stats_json_panel(w, &v->shown.panels[i]);
    jsonw_end(w);
}

static void analytics_lines(struct view *view, struct view_lines *lines)
{
    listview_lines(&((struct analytics_view *)view->state)->list, lines);
}

static void analytics_close(struct view *view)
{
    struct analytics_view *v = view->state;

    asker_close(&v->counts, view);
    asker_close(&v->words, view);
    free(v->category);
    free(v);
}

const struct view_ops view_analytics = {
    .name = "analytics",
    .title = "Analytics",
    .hint = "Enter search  J K next, previous panel  W weeks  C category  r refresh  ? help",
    .open = analytics_open,
    .draw = analytics_draw,
    .command = analytics_command,
    .changed = analytics_changed,
    .result = analytics_result,
    .status = analytics_status,
    .failure = analytics_failure,
    .data = analytics_data,
    .lines = analytics_lines,
    .line = analytics_line,
    .detail = analytics_detail,
    .close = analytics_close
};
