/*
 * Jobs: the queue as it moves. Running jobs first, then what waits in the order it will be run,
 * then the newest ends.
 *
 * The cursor is bound to a job: whatever moves around it, it stays on the same one. A list is asked
 * for again when the watch says that something has moved, one question at a time.
 */
#include "carrel/view.h"

#include "carrel/clock.h"
#include "carrel/hash.h"
#include "carrel/kinds.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_OF_A_STATE 500
#define BAR_COLUMNS 10
#define PREVIEW_ROWS 3

/* What can be asked for, in the order `filter` goes through them. */
static const struct {
    const char *name;
    unsigned states;
} filters[] = {
    { "all", 0 },
    { "open", 1u << JOB_QUEUED | 1u << JOB_RUNNING },
    { "failed", 1u << JOB_FAILED },
    { "done", 1u << JOB_DONE },
    { "cancelled", 1u << JOB_CANCELLED },
};

struct jobs_view {
    struct arena *arena; /* of the rows */
    struct job *rows;
    int64_t counts[JOB_STATES];
    struct listview list;
    size_t filter;
    int64_t keep; /* the job under the cursor */
    struct hashmap *marked;
    uint64_t task; /* under way, 0 none */
    bool again;    /* something moved meanwhile */
    bool loaded;
    struct error error;
};

struct jobs_task {
    struct task task;
    struct job_filter filter;
    struct arena *arena;
    struct job *rows;
    size_t count;
    int64_t counts[JOB_STATES];
};

/* ---- asking ---- */

static int jobs_run(struct task *task, void *worker, struct error *err)
{
    struct jobs_task *t = (struct jobs_task *)task;
    int result;

    if (!worker)
        return error_set(err, ERR_FAILED,
                         "there is no library yet; make one with: carrel import FILE");
    store_set_cancel(worker, &task->cancel);
    result = jobs_list(worker, t->arena, &t->filter, &t->rows, &t->count, err);
    if (result == ERR_OK)
        result = jobs_counts(worker, t->counts, err);
    store_set_cancel(worker, NULL);
    return result;
}

static void jobs_task_free(struct task *task)
{
    struct jobs_task *t = (struct jobs_task *)task;

    arena_free(t->arena);
    free(t);
}

static void jobs_ask(struct view *view)
{
    struct jobs_view *j = view->state;
    struct jobs_task *t;

    if (j->task) {
        j->again = true;
        return;
    }
    t = mem_zalloc(sizeof *t);
    t->task.name = "jobs";
    t->task.run = jobs_run;
    t->task.free = jobs_task_free;
    t->filter.states = filters[j->filter].states;
    t->filter.limit = ROWS_OF_A_STATE;
    t->arena = arena_new();
    j->again = false;
    j->task = desk_post(view, &t->task);
}

static const struct job *jobs_current(const struct jobs_view *j)
{
    return j->list.cursor < j->list.count ? &j->rows[j->list.cursor] : NULL;
}

static void jobs_restore_cursor(struct jobs_view *j)
{
    int i;

    for (i = 0; i < j->list.count; i++) {
        if (j->rows[i].id == j->keep) {
            j->list.top += i - j->list.cursor; /* the row stays where the eye is */
            j->list.cursor = i;
            break;
        }
    }
    listview_clamp(&j->list);
}

static void jobs_result(struct view *view, struct task *task)
{
    struct jobs_view *j = view->state;
    struct jobs_task *t = (struct jobs_task *)task;
    struct arena *old = j->arena;

    if (task->id != j->task)
        return;
    j->task = 0;
    if (task->status == ERR_OK) {
        j->loaded = true;
        j->error = (struct error){ 0 };
        j->arena = t->arena;
        j->rows = t->rows;
        j->list.count = (int)t->count;
        memcpy(j->counts, t->counts, sizeof j->counts);
        t->arena = old;
        jobs_restore_cursor(j);
    } else if (task->status != ERR_CANCELLED) {
        j->error = task->err;
    }
    if (j->again)
        jobs_ask(view);
}

/* ---- drawing ---- */

static bool jobs_is_marked(const struct jobs_view *j, int64_t id)
{
    uint64_t *value = hashmap_get(j->marked, (const char *)&id, sizeof id);

    return value && *value;
}

static enum style state_style(const struct job *job)
{
    switch (job->state) {
    case JOB_RUNNING:
        return STYLE_ACCENT;
    case JOB_FAILED:
        return STYLE_ERROR;
    case JOB_DONE:
        return *job->error ? STYLE_WARN : STYLE_NORMAL;
    default:
        return STYLE_DIM;
    }
}

static const char *state_sign(const struct job *job)
{
    static const char *const signs[JOB_STATES] = { "○", "●", "✓", "✗", "-" };

    return signs[job->state];
}

/* A bar of ten cells while it runs and its total is known. */
static int draw_progress(struct canvas *canvas, int x, int y, const struct job *job)
{
    int filled, i;

    if (job->state != JOB_RUNNING || job->total <= 0)
        return 0;
    filled = (int)(job->done * BAR_COLUMNS / job->total);
    for (i = 0; i < BAR_COLUMNS; i++)
        canvas_text(canvas, x + i, y, 1, i < filled ? STYLE_ACCENT : STYLE_DIM,
                    i < filled ? "█" : "░");
    return BAR_COLUMNS + 1;
}

static void draw_row(struct jobs_view *j, struct canvas *canvas, const struct job *job, int x,
                     int y, int width)
{
    struct str text = STR_INIT, age = STR_INIT;
    bool wide = width >= 90;
    int at = x, right, bar;
    char number[24];

    canvas_text(canvas, at, y, 1, STYLE_ACCENT, jobs_is_marked(j, job->id) ? "+" : " ");
    snprintf(number, sizeof number, wide ? "%6" PRId64 : "%4" PRId64, job->id);
    at += 1 + canvas_text(canvas, at + 1, y, 8, STYLE_DIM, number);
    canvas_text(canvas, at + 1, y, 1, state_style(job), state_sign(job));
    canvas_text(canvas, at + 3, y, 9, state_style(job),
                job->stopping ? "stopping" : job_state_name(job->state));
    canvas_text(canvas, at + 13, y, 9, STYLE_NORMAL, job->kind);
    at += 23;
    span_format(&age, clock_now_ms() - (job->finished ? job->finished : job->created));
    if (wide || job->attempts > 1)
        str_printf(&text, "%d/%d  ", job->attempts, job->attempts_max);
    str_printf(&text, "%6s", age.ptr);
    right = text_width(text.ptr);
    canvas_text(canvas, x + width - right, y, right, STYLE_DIM, text.ptr);
    str_clear(&text);
    bar = draw_progress(canvas, at, y, job);
    job_headline(&text, job);
    canvas_text(canvas, at + bar, y, x + width - right - 1 - at - bar,
                job->state == JOB_FAILED ? STYLE_ERROR : STYLE_NORMAL, text.ptr);
    str_free(&text);
    str_free(&age);
}

static void draw_preview(const struct jobs_view *j, struct canvas *canvas, int x, int y, int width)
{
    const struct job *job = jobs_current(j);
    struct str text = STR_INIT;

    canvas_fill(canvas, x, y, width, STYLE_DIM, "─");
    if (!job)
        return;
    job_headline(&text, job);
    canvas_wrapped(canvas, x, y + 1, width, PREVIEW_ROWS - 1, STYLE_NORMAL, text.ptr);
    str_free(&text);
}

/* The row behind it. */
static int draw_paragraph(struct canvas *canvas, int x, int y, int width, enum style style,
                          const char *text)
{
    return y + canvas_wrapped(canvas, x, y, width, canvas->height, style, text);
}

static void draw_empty(const struct jobs_view *j, struct canvas *canvas, int x, int y, int width)
{
    static const char *const paragraphs[] = {
        "No jobs here yet.",
        "A job is work that carrel does in the background while you read: an import, a check of "
        "the library, a harvest. Jobs are kept in the library: they go on after a crash, and what "
        "fails is tried again by itself.",
        ":import FILE and :doctor make one. Without a desk, carrel worker does them.",
    };
    size_t i;

    if (j->error.code) {
        canvas_text(canvas, x + 1, y, width - 1, STYLE_ERROR, j->error.message);
    } else if (!j->loaded) {
        canvas_text(canvas, x + 1, y, width - 1, STYLE_DIM, "Looking…");
    } else if (filters[j->filter].states) {
        canvas_text(canvas, x + 1, y, width - 1, STYLE_DIM, "None of these; f shows others.");
    } else {
        for (i = 0; i < ARRAY_LEN(paragraphs); i++, y++)
            y = draw_paragraph(canvas, x + 1, y, width - 2, i ? STYLE_DIM : STYLE_NORMAL,
                               paragraphs[i]);
    }
}

static void jobs_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    struct jobs_view *j = view->state;
    int preview = height >= 12 && j->list.count > 0 ? PREVIEW_ROWS : 0, i;

    listview_place(&j->list, height - preview);
    if (j->list.count == 0)
        draw_empty(j, canvas, x, y, width);
    for (i = 0; i < j->list.height && j->list.top + i < j->list.count; i++) {
        draw_row(j, canvas, &j->rows[j->list.top + i], x, y + i, width);
        if (j->list.top + i == j->list.cursor)
            canvas_cursor_row(canvas, x, y + i, width);
    }
    if (preview)
        draw_preview(j, canvas, x, y + j->list.height, width);
}

static void jobs_status(struct view *view, struct str *out)
{
    struct jobs_view *j = view->state;
    size_t i;

    if (filters[j->filter].states)
        str_printf(out, "only %s; ", filters[j->filter].name);
    for (i = 0; i < JOB_STATES; i++)
        if (j->counts[i] > 0)
            str_printf(out, "%s%" PRId64 " %s",
                       i && out->len && !str_ends(out->ptr, "; ") ? ", " : "", j->counts[i],
                       job_state_name((enum job_state)i));
}

/* ---- commands ---- */

/* "jobs VERB ID...": the marked ones, else the one under the cursor. */
static void jobs_change(struct view *view, const char *verb)
{
    struct jobs_view *j = view->state;
    const struct job *job = jobs_current(j);
    struct str line = STR_INIT;
    const char *key;
    uint64_t *value;
    size_t at = 0, len, count = 0;

    str_printf(&line, "jobs %s", verb);
    while (hashmap_next(j->marked, &at, &key, &len, &value)) {
        int64_t id;

        if (!*value)
            continue;
        memcpy(&id, key, sizeof id);
        str_printf(&line, " %" PRId64, id);
        *value = 0;
        count++;
    }
    if (count == 0 && job) {
        str_printf(&line, " %" PRId64, job->id);
        count++;
    }
    if (count > 0)
        desk_run_line(view->desk, line.ptr);
    str_free(&line);
}

static void jobs_filter(struct view *view, const char *name)
{
    struct jobs_view *j = view->state;
    size_t i;

    for (i = 0; name && i < ARRAY_LEN(filters); i++)
        if (strcmp(filters[i].name, name) == 0)
            break;
    if (name && i == ARRAY_LEN(filters)) {
        desk_say(view->desk, STYLE_ERROR, "filter takes all, open, failed, done or cancelled");
        return;
    }
    j->filter = name ? i : (j->filter + 1) % ARRAY_LEN(filters);
    j->list.cursor = j->list.top = 0;
    j->keep = 0;
    jobs_ask(view);
}

static void jobs_mark(struct jobs_view *j)
{
    const struct job *job = jobs_current(j);
    uint64_t *value;

    if (!job)
        return;
    value = hashmap_put(j->marked, (const char *)&job->id, sizeof job->id, NULL);
    *value = !*value;
    j->list.cursor++;
    listview_clamp(&j->list);
}

static bool jobs_command(struct view *view, int argc, char **argv)
{
    struct jobs_view *j = view->state;
    const struct job *job;
    char id[24];
    bool used = true;

    if (listview_command(&j->list, argc, argv)) {
        used = true;
    } else if (strcmp(argv[0], "open") == 0 && (job = jobs_current(j))) {
        snprintf(id, sizeof id, "%" PRId64, job->id);
        desk_open(view->desk, &view_job, id);
    } else if (strcmp(argv[0], "select") == 0) {
        jobs_mark(j);
    } else if ((strcmp(argv[0], "retry") == 0 || strcmp(argv[0], "cancel") == 0) && argc == 1) {
        jobs_change(view, argv[0]);
    } else if (strcmp(argv[0], "filter") == 0) {
        jobs_filter(view, argc > 1 ? argv[1] : NULL);
    } else {
        used = strcmp(argv[0], "open") == 0;
    }
    job = jobs_current(j);
    j->keep = job ? job->id : 0;
    return used;
}

/* ---- the contract ---- */

static int jobs_open(struct view *view, const char *argument, struct error *err)
{
    struct jobs_view *j = mem_zalloc(sizeof *j);
    size_t i;

    view->state = j;
    j->marked = hashmap_new();
    for (i = 0; argument && i < ARRAY_LEN(filters); i++)
        if (strcmp(filters[i].name, argument) == 0)
            j->filter = i;
    if (argument && strcmp(filters[j->filter].name, argument) != 0)
        return error_set(err, ERR_USAGE, "jobs are all, open, failed, done or cancelled, not '%s'",
                         argument);
    jobs_ask(view);
    return ERR_OK;
}

static void jobs_data(struct view *view, struct jsonw *w)
{
    struct jobs_view *j = view->state;
    int i;

    jsonw_key_string(w, "filter", filters[j->filter].name);
    jsonw_key_int(w, "cursor", j->list.cursor);
    if (j->error.code)
        jsonw_key_string(w, "error", j->error.message);
    jsonw_key(w, "counts");
    jsonw_object(w);
    for (i = 0; i < JOB_STATES; i++)
        jsonw_key_int(w, job_state_name((enum job_state)i), j->counts[i]);
    jsonw_end(w);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < j->list.count; i++)
        job_to_json(w, &j->rows[i]);
    jsonw_end(w);
}

static void jobs_lines(struct view *view, struct view_lines *lines)
{
    listview_lines(&((struct jobs_view *)view->state)->list, lines);
}

/* "import: papers.jsonl, running, 40 percent, job 3, attempt 1 of 3, 2 min old." */
static bool jobs_line(struct view *view, int at, struct str *out)
{
    struct jobs_view *j = view->state;
    const struct job *job = &j->rows[at];

    job_headline(out, job);
    if (!str_starts(out->ptr, job->kind))
        str_printf(out, ", %s", job->kind);
    str_printf(out, ", %s", job->stopping ? "stopping" : job_state_name(job->state));
    if (jobs_is_marked(j, job->id))
        str_add(out, ", marked");
    if (job->state == JOB_RUNNING && job->total > 0)
        str_printf(out, ", %" PRId64 " percent", job->done * 100 / job->total);
    str_printf(out, ", job %" PRId64 ", attempt %d of %d, ", job->id, job->attempts,
               job->attempts_max);
    span_format(out, clock_now_ms() - (job->finished ? job->finished : job->created));
    str_add(out, " ago.");
    return true;
}

static void jobs_close(struct view *view)
{
    struct jobs_view *j = view->state;

    if (j->task)
        desk_cancel(view->desk, j->task);
    arena_free(j->arena);
    hashmap_free(j->marked);
    free(j);
}

const struct view_ops view_jobs = { .name = "jobs",
                                    .title = "Jobs",
                                    .hint = "Enter story  r retry  x cancel  Space mark  f filter  "
                                            "? help  Q quit",
                                    .open = jobs_open,
                                    .draw = jobs_draw,
                                    .command = jobs_command,
                                    .moved = jobs_ask,
                                    .changed = jobs_ask,
                                    .result = jobs_result,
                                    .status = jobs_status,
                                    .data = jobs_data,
                                    .lines = jobs_lines,
                                    .line = jobs_line,
                                    .close = jobs_close };
