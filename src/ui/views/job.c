/*
 * One job, whole: what it was asked to do, where it stands, what it waits for, what came of it, and
 * everything that happened on the way.
 */
#include "carrel/view.h"

#include "carrel/kinds.h"

#include "carrel/clock.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct job_view {
    int64_t id;
    uint64_t task;
    bool again;
    struct textview text;
    struct arena *arena; /* of the job */
    struct job job;      /* id 0: not read yet */
    struct error error;  /* why it cannot be */
};

struct job_task {
    struct task task;
    int64_t id;
    struct arena *arena;
    struct job job;
    struct job_event *story;
    int64_t *before, *after;
    size_t story_len, before_len, after_len;
};

static int job_run_task(struct task *task, void *worker, struct error *err)
{
    struct job_task *t = (struct job_task *)task;
    struct store *store = worker;
    int result;

    if (!store)
        return error_set(err, ERR_FAILED, "there is no library yet");
    result = jobs_get(store, t->arena, t->id, &t->job, err);
    if (result == ERR_OK)
        result = jobs_story(store, t->arena, t->id, &t->story, &t->story_len, err);
    if (result == ERR_OK)
        result = jobs_around(store, t->arena, t->id, true, &t->before, &t->before_len, err);
    if (result == ERR_OK)
        result = jobs_around(store, t->arena, t->id, false, &t->after, &t->after_len, err);
    return result;
}

static void job_task_free(struct task *task)
{
    struct job_task *t = (struct job_task *)task;

    arena_free(t->arena);
    free(t);
}

static void job_ask(struct view *view)
{
    struct job_view *v = view->state;
    struct job_task *t;

    if (v->task) {
        v->again = true;
        return;
    }
    t = mem_zalloc(sizeof *t);
    t->task.name = "job";
    t->task.run = job_run_task;
    t->task.free = job_task_free;
    t->id = v->id;
    t->arena = arena_new();
    v->again = false;
    v->task = desk_post(view, &t->task);
}

/* ---- its text ---- */

static void add_words(struct textview *text, const char *name, const char *json)
{
    struct str words = STR_INIT;

    job_words(&words, json);
    textview_field(text, name, words.ptr);
    str_free(&words);
}

static void add_time(struct textview *text, const char *name, int64_t at)
{
    char stamp[32];
    struct str line = STR_INIT;

    if (!at)
        return;
    time_format(stamp, at);
    str_printf(&line, "%.10s %.8s  ", stamp, stamp + 11);
    span_format(&line, clock_now_ms() - at);
    str_add(&line, " ago");
    textview_field(text, name, line.ptr);
    str_free(&line);
}

static void add_ids(struct textview *text, const char *name, const int64_t *ids, size_t count)
{
    struct str line = STR_INIT;
    size_t i;

    for (i = 0; i < count; i++)
        str_printf(&line, "%sjob %" PRId64, i ? ", " : "", ids[i]);
    textview_field(text, name, line.ptr);
    str_free(&line);
}

static void add_standing(struct textview *text, const struct job *job)
{
    struct str line = STR_INIT;

    job_standing(&line, job);
    if (job->state == JOB_FAILED)
        textview_add(text, STYLE_ERROR, 12, "%-11s %s", "why", line.ptr);
    else if (job->state == JOB_DONE && *job->error)
        textview_add(text, STYLE_WARN, 12, "%-11s %s", "but", line.ptr);
    else
        textview_field(text, "stands", line.ptr);
    str_free(&line);
}

static void add_story(struct textview *text, const struct job_task *t)
{
    size_t i;

    if (t->story_len == 0)
        return;
    textview_blank(text);
    textview_add(text, STYLE_HEADING, 0, "What happened on the way");
    for (i = 0; i < t->story_len; i++) {
        char stamp[32];

        time_format(stamp, t->story[i].at);
        textview_add(text, STYLE_NORMAL, 21, "%.10s %.8s  %s", stamp, stamp + 11, t->story[i].text);
    }
}

/* Line by line, as the shell would have told it. */
static void add_told(struct textview *text, const struct job *job)
{
    struct arena *arena = arena_new();
    struct text_list told = { 0 };
    size_t i;

    job_told(&told, arena, job);
    if (told.len > 0) {
        textview_blank(text);
        textview_add(text, STYLE_HEADING, 0, "Keys of its entries");
    }
    for (i = 0; i < told.len; i++)
        textview_add(text, STYLE_NORMAL, 2, "%s", told.items[i]);
    arena_free(arena);
}

/* How what an import has added goes out again: a line of its own, to be read off or copied. */
static void add_way_out(struct textview *text, const struct job *job)
{
    struct str query = STR_INIT;

    job_import_query(&query, job);
    if (query.len > 0) {
        textview_blank(text);
        textview_add(text, STYLE_HEADING, 0, "The last import is taken back by");
        textview_add(text, STYLE_NORMAL, 0, ":undo import");
        textview_blank(text);
        textview_add(text, STYLE_HEADING, 0, "What it added is taken out by");
        textview_add(text, STYLE_NORMAL, 0, ":rm --query %s", query.ptr);
    }
    str_free(&query);
}

static void add_advice(struct textview *text, const struct job *job)
{
    const char *advice = job->state == JOB_FAILED || job->state == JOB_CANCELLED
                             ? "r tries it again"
                         : job->state == JOB_RUNNING ? "x tells it to stop"
                         : job->state == JOB_QUEUED  ? "x cancels it"
                                                     : NULL;

    if (!advice)
        return;
    textview_blank(text);
    textview_add(text, STYLE_DIM, 0, "%s", advice);
}

static void job_compose(struct job_view *v, const struct job_task *t)
{
    struct textview *text = &v->text;
    const struct job *job = &t->job;
    const struct job_kind *kind = job_kind_find(app_kinds, app_kinds_len, job->kind);
    const char *help = kind ? kind->help : "a kind this carrel does not know";
    struct str subject = STR_INIT;

    textview_clear(text);
    job_subject(&subject, job);
    textview_add(text, STYLE_TITLE, 0, "%s%s%s", job->kind, subject.len ? ": " : "", subject.ptr);
    textview_add(text, STYLE_DIM, 0, "%.*s", (int)strcspn(help, ";"),
                 help); /* and no payload's form */
    textview_blank(text);
    textview_add(text, STYLE_NORMAL, 12, "%-11s %s%s", "state", job_state_name(job->state),
                 job->stopping ? ", told to stop" : "");
    add_standing(text, job);
    textview_add(text, STYLE_NORMAL, 12, "%-11s %d of %d", "attempts", job->attempts,
                 job->attempts_max);
    if (job->priority)
        textview_add(text, STYLE_NORMAL, 12, "%-11s %d", "priority", job->priority);
    add_ids(text, "waits for", t->before, t->before_len);
    add_ids(text, "is before", t->after, t->after_len);
    add_time(text, "created", job->created);
    add_time(text, "started", job->started);
    add_time(text, "finished", job->finished);
    textview_field(text, "worker", job->worker);
    add_words(text, "asked for", job->payload);
    textview_field(text, "key", job->key);
    add_words(text, "result", job->result);
    add_told(text, job);
    add_way_out(text, job);
    add_story(text, t);
    add_advice(text, job);
    str_free(&subject);
}

static void job_result(struct view *view, struct task *task)
{
    struct job_view *v = view->state;
    struct job_task *t = (struct job_task *)task;
    struct arena *old = v->arena;

    if (task->id != v->task)
        return;
    v->task = 0;
    v->error = task->status == ERR_OK ? (struct error){ 0 } : task->err;
    if (task->status == ERR_OK) {
        job_compose(v, t);
        v->arena = t->arena;
        v->job = t->job;
        t->arena = old;
    } else if (task->status != ERR_CANCELLED) {
        textview_clear(&v->text);
        textview_add(&v->text, STYLE_ERROR, 0, "%s", task->err.message);
    }
    if (v->again)
        job_ask(view);
}

/* ---- the contract ---- */

static int job_open(struct view *view, const char *argument, struct error *err)
{
    struct job_view *v = mem_zalloc(sizeof *v);
    long id = 0;

    view->state = v;
    if (!argument || !str_to_long(argument, 1, LONG_MAX, &id))
        return error_set(err, ERR_USAGE, "which job? job ID, from the list in jobs");
    v->id = id;
    textview_add(&v->text, STYLE_DIM, 0, "Looking…");
    job_ask(view);
    return ERR_OK;
}

static void job_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    struct job_view *v = view->state;

    textview_draw(&v->text, canvas, x + 1, y, width > 101 ? 100 : width - 1, height);
}

static bool job_command(struct view *view, int argc, char **argv)
{
    struct job_view *v = view->state;
    char line[60];

    if (textview_command(&v->text, argc, argv))
        return true;
    if (argc > 1 || (strcmp(argv[0], "retry") != 0 && strcmp(argv[0], "cancel") != 0))
        return false;
    snprintf(line, sizeof line, "jobs %s %" PRId64, argv[0], v->id);
    desk_run_line(view->desk, line);
    return true;
}

static const struct error *job_failure(const struct view *view)
{
    const struct job_view *v = view->state;

    return v->error.code ? &v->error : NULL;
}

static void job_data(struct view *view, struct jsonw *w)
{
    struct job_view *v = view->state;

    if (v->job.id) {
        jsonw_key(w, "job");
        job_to_json(w, &v->job);
    }
    textview_data(&v->text, w);
}

static struct textview *job_text(const struct view *view)
{
    return &((struct job_view *)view->state)->text;
}

static void job_close(struct view *view)
{
    struct job_view *v = view->state;

    textview_clear(&v->text);
    str_free(&v->text.find);
    arena_free(v->arena);
    free(v);
}

const struct view_ops view_job = { .name = "job",
                                   .title = "Job",
                                   .hint = "r retry  x cancel  / find  Esc back  ? help  Q quit",
                                   .open = job_open,
                                   .draw = job_draw,
                                   .command = job_command,
                                   .moved = job_ask,
                                   .changed = job_ask,
                                   .result = job_result,
                                   .failure = job_failure,
                                   .data = job_data,
                                   .text = job_text,
                                   .close = job_close };
