/*
 * One source of the harvest: its settings, the streams it is read by and where each stands, what
 * is missing, its origin's budget, its last runs and requests.
 */
#include "harvest.h"

#include "carrel/view.h"

#include "carrel/clock.h"
#include "carrel/kinds.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS_SHOWN 20
#define REQUESTS_SHOWN 50

struct source_view {
    char *name;
    uint64_t task;
    bool again;
    struct textview text;
    int64_t job; /* that harvests it now, 0 none */
    struct error error;
};

struct source_task {
    struct task task;
    char *name;
    const struct config *config;
    struct harvest_snapshot seen;
    struct stream *streams;
    struct harvest_run *runs;
    struct ledger_entry *entries;
    size_t stream_count, run_count, entry_count;
};

static int source_run(struct task *task, void *worker, struct error *err)
{
    struct source_task *t = (struct source_task *)task;
    struct ledger_filter filter = { .source = t->name, .limit = REQUESTS_SHOWN };
    int result;

    if (!worker)
        return error_set(err, ERR_FAILED, "there is no library yet");
    result = harvest_look(&t->seen, worker, t->config, err);
    if (result == ERR_OK)
        result = streams_list(worker, t->seen.arena, t->name, &t->streams, &t->stream_count, err);
    if (result == ERR_OK)
        result =
            runs_list(worker, t->seen.arena, t->name, RUNS_SHOWN, &t->runs, &t->run_count, err);
    if (result == ERR_OK)
        result = ledger_list(worker, t->seen.arena, &filter, &t->entries, &t->entry_count, err);
    return result;
}

static void source_task_free(struct task *task)
{
    struct source_task *t = (struct source_task *)task;

    arena_free(t->seen.arena);
    free(t->name);
    free(t);
}

static void source_ask(struct view *view)
{
    struct source_view *v = view->state;
    struct source_task *t;

    if (v->task) {
        v->again = true;
        return;
    }
    t = mem_zalloc(sizeof *t);
    t->task.name = "source";
    t->task.run = source_run;
    t->task.free = source_task_free;
    t->name = mem_strdup(v->name);
    t->config = desk_app(view->desk)->config;
    t->seen.arena = arena_new();
    v->again = false;
    v->task = desk_post(view, &t->task);
}

/* ---- its text ---- */

static void add_heading(struct textview *text, const char *heading)
{
    textview_blank(text);
    textview_add(text, STYLE_HEADING, 0, "%s", heading);
}

static void add_line(struct textview *text, const struct harvest_line *line)
{
    struct str preview = STR_INIT;
    char *at, *rest;

    textview_add(text, STYLE_TITLE, 0, "%s", line->title);
    textview_add(text, STYLE_DIM, 0, "source \"%s\"%s%s", line->name,
                 line->configured ? ", origin " : ", not configured any more",
                 line->configured ? line->origin : "");
    textview_blank(text);
    harvest_line_preview(&preview, line);
    if (line->wants.what && line->state <= HARVEST_QUEUED) { /* else its standing has said so */
        str_add_char(&preview, '\n');
        harvest_wants_text(&preview, &line->wants);
    }
    for (at = strtok_r(preview.ptr, "\n", &rest); at; at = strtok_r(NULL, "\n", &rest))
        textview_add(text, STYLE_NORMAL, 2, "%s", at);
    str_free(&preview);
}

static void add_stream(struct textview *text, const struct stream *stream)
{
    struct str line = STR_INIT;
    char at[16];

    number_format(&line, stream->records);
    str_add(&line, " records");
    if (!stream->finished) {
        str_add(&line, ", in a round: ");
        number_format(&line, stream->got);
        if (stream->total >= 0) {
            str_add(&line, " of ");
            number_format(&line, stream->total);
        }
    }
    if (stream->completed) {
        moment_format(at, stream->completed);
        str_printf(&line, ", whole at %s (%" PRId64 " round%s)", at, stream->rounds,
                   stream->rounds == 1 ? "" : "s");
    }
    textview_add(text, STYLE_NORMAL, 22, "%-20s  %s", stream->name, line.ptr);
    str_free(&line);
}

static void add_gap(struct textview *text, const struct harvest_gap *gap)
{
    struct str preview = STR_INIT;
    char *at, *rest;
    bool first = true;

    harvest_gap_preview(&preview, gap);
    for (at = strtok_r(preview.ptr, "\n", &rest); at; at = strtok_r(NULL, "\n", &rest)) {
        textview_add(text, first ? STYLE_WARN : STYLE_NORMAL, 4, "%s%s", first ? "" : "  ", at);
        first = false;
    }
    str_free(&preview);
}

static void add_run(struct textview *text, const struct harvest_run *run)
{
    struct str line = STR_INIT;

    harvest_run_line(&line, run);
    textview_add(text, run->state == RUN_FAILED ? STYLE_ERROR : STYLE_NORMAL, 4, "%s%s%s", line.ptr,
                 *run->error ? ": " : "", run->error);
    str_free(&line);
}

static void add_budget(struct textview *text, const struct source_task *t, const char *name)
{
    struct str preview = STR_INIT;
    char *at, *rest;
    size_t i;

    for (i = 0; i < t->seen.origin_count; i++)
        if (strcmp(t->seen.origins[i].now.name, name) == 0)
            break;
    if (i == t->seen.origin_count)
        return;
    add_heading(text, "The budget of its origin");
    harvest_origin_preview(&preview, &t->seen.origins[i]);
    for (at = strtok_r(preview.ptr, "\n", &rest); at; at = strtok_r(NULL, "\n", &rest))
        textview_add(text, STYLE_NORMAL, 2, "%s", at);
    str_free(&preview);
}

static void add_entry(struct textview *text, const struct ledger_entry *entry)
{
    struct str line = STR_INIT;

    harvest_entry_line(&line, entry);
    textview_add(text, entry->error ? STYLE_ERROR : STYLE_NORMAL, 4, "%s", line.ptr);
    str_free(&line);
}

static void source_compose(struct source_view *v, const struct source_task *t)
{
    struct textview *text = &v->text;
    const char *origin = "";
    bool known = false;
    size_t i;

    textview_clear(text);
    v->job = 0;
    for (i = 0; i < t->seen.line_count; i++) {
        const struct harvest_line *line = &t->seen.lines[i];

        if (strcmp(line->name, v->name) != 0)
            continue;
        known = true;
        origin = line->origin;
        add_line(text, line);
        if (line->job.id && line->job.state <= JOB_RUNNING)
            v->job = line->job.id;
    }
    if (!known) {
        error_set(&v->error, ERR_NOTFOUND, "there is no source \"%s\"", v->name);
        textview_add(text, STYLE_ERROR, 0, "%s", v->error.message);
    }
    if (t->stream_count > 0)
        add_heading(text, "What it is read by");
    for (i = 0; i < t->stream_count; i++)
        add_stream(text, &t->streams[i]);
    if (known)
        add_heading(text, "What is missing");
    for (i = 0; i < t->seen.gap_count; i++)
        if (strcmp(t->seen.gaps[i].source, v->name) == 0)
            add_gap(text, &t->seen.gaps[i]);
    if (known && text->paragraphs[text->len - 1].style == STYLE_HEADING)
        textview_add(text, STYLE_DIM, 0, "nothing that carrel knows of");
    add_budget(text, t, origin);
    if (t->run_count > 0)
        add_heading(text, "Its last runs");
    for (i = 0; i < t->run_count; i++)
        add_run(text, &t->runs[i]);
    if (t->entry_count > 0)
        add_heading(text, "Its last requests");
    for (i = 0; i < t->entry_count; i++)
        add_entry(text, &t->entries[i]);
}

static void source_result(struct view *view, struct task *task)
{
    struct source_view *v = view->state;
    struct source_task *t = (struct source_task *)task;

    if (task->id != v->task)
        return;
    v->task = 0;
    v->error = task->status == ERR_OK ? (struct error){ 0 } : task->err;
    if (task->status == ERR_OK) {
        source_compose(v, t);
    } else if (task->status != ERR_CANCELLED) {
        textview_clear(&v->text);
        textview_add(&v->text, STYLE_ERROR, 0, "%s", task->err.message);
    }
    if (v->again)
        source_ask(view);
}

/* ---- the contract ---- */

static int source_open(struct view *view, const char *argument, struct error *err)
{
    struct source_view *v;

    if (!argument)
        return error_set(err, ERR_USAGE, "which source? source NAME, from the list in harvest");
    v = mem_zalloc(sizeof *v);
    view->state = v;
    v->name = mem_strdup(argument);
    textview_add(&v->text, STYLE_DIM, 0, "Looking…");
    source_ask(view);
    return ERR_OK;
}

static void source_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                        int height)
{
    struct source_view *v = view->state;

    textview_draw(&v->text, canvas, x + 1, y, width > 121 ? 120 : width - 1, height);
}

static bool source_command(struct view *view, int argc, char **argv)
{
    struct source_view *v = view->state;
    char line[60];

    if (textview_command(&v->text, argc, argv))
        return true;
    if (strcmp(argv[0], "harvest-now") == 0) {
        desk_harvest(view->desk, v->name);
        return true;
    }
    if (strcmp(argv[0], "cancel") != 0 || argc > 1)
        return false;
    if (v->job) {
        snprintf(line, sizeof line, "jobs cancel %" PRId64, v->job);
        desk_run_line(view->desk, line);
    } else {
        desk_say(view->desk, STYLE_WARN, "nothing of this source is under way here");
    }
    return true;
}

static const struct error *source_failure(const struct view *view)
{
    const struct source_view *v = view->state;

    return v->error.code ? &v->error : NULL;
}

static void source_data(struct view *view, struct jsonw *w)
{
    struct source_view *v = view->state;

    jsonw_key_string(w, "source", v->name);
    textview_data(&v->text, w);
}

static struct textview *source_text(const struct view *view)
{
    return &((struct source_view *)view->state)->text;
}

static void source_close(struct view *view)
{
    struct source_view *v = view->state;

    textview_clear(&v->text);
    str_free(&v->text.find);
    free(v->name);
    free(v);
}

const struct view_ops view_source = { .name = "source",
                                      .title = "Source",
                                      .hint = "S harvest now  x cancel  / find  Esc back  ? help  "
                                              "Q quit",
                                      .open = source_open,
                                      .draw = source_draw,
                                      .command = source_command,
                                      .moved = source_ask,
                                      .changed = source_ask,
                                      .result = source_result,
                                      .failure = source_failure,
                                      .data = source_data,
                                      .text = source_text,
                                      .close = source_close };
