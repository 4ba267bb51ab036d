/*
 * Harvest: what is fetched from where, how much, when again, and what is missing.
 *
 * One list of sources, origins with their budgets, peers, open gaps, and the ledger, newest first
 * (harvest_rows.c). What is under the cursor is told in full below the list.
 */
#include "harvest_rows.h"

#include "carrel/kinds.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREVIEW_ROWS 4

struct harvest_task {
    struct task task;
    const struct config *config;
    struct harvest_snapshot seen;
};

/* ---- asking ---- */

static int harvest_task_run(struct task *task, void *worker, struct error *err)
{
    struct harvest_task *t = (struct harvest_task *)task;
    int result;

    if (!worker)
        return error_set(err, ERR_FAILED,
                         "there is no library yet; make one with: carrel import FILE");
    store_set_cancel(worker, &task->cancel);
    result = harvest_look(&t->seen, worker, t->config, err);
    store_set_cancel(worker, NULL);
    return result;
}

static void harvest_task_free(struct task *task)
{
    struct harvest_task *t = (struct harvest_task *)task;

    arena_free(t->seen.arena);
    free(t);
}

static void harvest_ask(struct view *view)
{
    struct harvest *h = view->state;
    struct harvest_task *t;

    if (h->task) {
        h->again = true;
        return;
    }
    t = mem_zalloc(sizeof *t);
    t->task.name = "harvest";
    t->task.run = harvest_task_run;
    t->task.free = harvest_task_free;
    t->config = desk_app(view->desk)->config;
    t->seen.arena = arena_new();
    h->again = false;
    h->task = desk_post(view, &t->task);
}

static void harvest_result(struct view *view, struct task *task)
{
    struct harvest *h = view->state;
    struct harvest_task *t = (struct harvest_task *)task;

    if (task->id != h->task)
        return;
    h->task = 0;
    if (task->status == ERR_OK) {
        struct harvest_snapshot old = h->shown;

        h->shown = t->seen;
        t->seen = old;
        h->loaded = true;
        h->error = (struct error){ 0 };
        harvest_lay_out(h);
    } else if (task->status != ERR_CANCELLED) {
        h->error = task->err;
    }
    if (h->again)
        harvest_ask(view);
}

/* ---- drawing ---- */

static void harvest_detail(struct view *view, struct str *out)
{
    const struct harvest_row *row = harvest_row_at_cursor(view->state);

    if (row)
        harvest_row_preview(view->state, row, out);
}

static void draw_preview(struct view *view, struct canvas *canvas, int x, int y, int width)
{
    struct str text = STR_INIT;
    char *line, *rest;

    canvas_fill(canvas, x, y, width, STYLE_DIM, "─");
    harvest_detail(view, &text);
    for (line = strtok_r(text.ptr, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        canvas_text(canvas, x + 1, ++y, width - 1, STYLE_NORMAL, line);
    str_free(&text);
}

static void draw_empty(const struct harvest *h, struct canvas *canvas, int x, int y, int width)
{
    struct textview text = { 0 };

    if (h->error.code)
        textview_add(&text, STYLE_ERROR, 0, "%s", h->error.message);
    else if (!h->loaded)
        textview_add(&text, STYLE_DIM, 0, "Looking…");
    else {
        textview_add(&text, STYLE_NORMAL, 0, "No source is configured.");
        textview_add(&text, STYLE_DIM, 0, "%s", "");
        textview_add(
            &text, STYLE_DIM, 0,
            "A [source \"arxiv\"] section in the settings makes one; 'carrel help config' "
            "lists what it may say. Every request is written down here before it is sent.");
    }
    textview_draw(&text, canvas, x + 1, y, width - 2, 8);
    textview_clear(&text);
}

static void harvest_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                         int height)
{
    struct harvest *h = view->state;
    int preview = height >= 14 && h->list.count > 0 ? PREVIEW_ROWS : 0, i;

    listview_place(&h->list, height - preview);
    if (h->list.cursor == 1)
        h->list.top = 0; /* with its heading */
    if (h->list.count == 0)
        draw_empty(h, canvas, x, y, width);
    for (i = 0; i < h->list.height && h->list.top + i < h->list.count; i++) {
        const struct harvest_row *row = &h->rows[h->list.top + i];

        harvest_row_draw(h, row, canvas, x, y + i, width);
        if (h->list.top + i == h->list.cursor)
            canvas_cursor_row(canvas, x, y + i, width);
    }
    if (preview)
        draw_preview(view, canvas, x, y + h->list.height, width);
}

/* ---- commands ---- */

static void harvest_now(struct view *view)
{
    const struct harvest_line *line = harvest_row_line(view->state);
    const struct harvest_peer *peer = harvest_row_peer(view->state);

    if (peer)
        desk_exchange(view->desk, peer->now.peer.name);
    else if (!line || !line->configured)
        desk_say(view->desk, STYLE_WARN, "the cursor is on no source that could be harvested");
    else
        desk_harvest(view->desk, line->name);
}

static void harvest_cancel(struct view *view)
{
    const struct harvest_line *line = harvest_row_line(view->state);
    const struct harvest_peer *peer = harvest_row_peer(view->state);
    const struct job *job = peer ? &peer->job : line ? &line->job : NULL;
    char command[60];

    if (!job || !job->id || job->state > JOB_RUNNING) {
        desk_say(view->desk, STYLE_WARN, "nothing of this %s is under way here",
                 peer ? "peer" : "source");
        return;
    }
    snprintf(command, sizeof command, "jobs cancel %" PRId64, job->id);
    desk_run_line(view->desk, command);
}

static bool harvest_command(struct view *view, int argc, char **argv)
{
    struct harvest *h = view->state;
    int before = h->list.cursor;

    if (listview_command(&h->list, argc, argv)) {
        harvest_moved(h, before);
    } else if (strcmp(argv[0], "open") == 0) {
        if (harvest_row_source(h))
            desk_open(view->desk, &view_source, harvest_row_source(h));
        else if (harvest_row_peer(h))
            desk_say(view->desk, STYLE_WARN, "all of it is told below; S exchanges with it now");
        else if (harvest_row_at_cursor(h))
            desk_say(view->desk, STYLE_WARN, "no one source of its own: open one of those above");
    } else if (strcmp(argv[0], "harvest-now") == 0) {
        harvest_now(view);
    } else if (strcmp(argv[0], "cancel") == 0 && argc == 1) {
        harvest_cancel(view);
    } else {
        return false;
    }
    return true;
}

/* ---- in words and numbers ---- */

/* "2 running, 1 failed  ": those that one would want to know of. */
static void status_states(const struct harvest *h, struct str *out)
{
    size_t counts[HARVEST_OFF + 1] = { 0 }, i;
    const char *before = "";

    for (i = 0; i < h->shown.line_count; i++)
        counts[h->shown.lines[i].state]++;
    for (i = 0; i < HARVEST_DONE; i++) {
        if (counts[i] == 0)
            continue;
        str_printf(out, "%s%zu %s", before, counts[i], harvest_state_name((enum harvest_state)i));
        before = ", ";
    }
    if (*before)
        str_add(out, "  ");
}

static void harvest_status(struct view *view, struct str *out)
{
    struct harvest *h = view->state;
    int64_t requests = 0, bytes = 0;
    size_t i;

    if (h->shown.trouble)
        str_printf(out, "%s  ", h->shown.trouble);
    for (i = 0; i < h->shown.origin_count; i++) {
        requests += h->shown.origins[i].totals.requests;
        bytes += h->shown.origins[i].totals.bytes;
    }
    status_states(h, out);
    if (h->shown.gap_count > 0)
        str_printf(out, "%zu gap%s, ", h->shown.gap_count, h->shown.gap_count == 1 ? "" : "s");
    number_format(out, requests);
    str_add(out, requests == 1 ? " request, " : " requests, ");
    bytes_format(out, bytes);
}

static void harvest_data(struct view *view, struct jsonw *w)
{
    struct harvest *h = view->state;

    if (h->error.code)
        jsonw_key_string(w, "error", h->error.message);
    if (h->shown.trouble)
        jsonw_key_string(w, "trouble", h->shown.trouble);
    harvest_snapshot_data(&h->shown, w);
}

static bool harvest_line_at(struct view *view, int at, struct str *out)
{
    const struct harvest *h = view->state;

    harvest_row_words(h, &h->rows[at], out);
    return true;
}

static void harvest_lines(struct view *view, struct view_lines *lines)
{
    listview_lines(&((struct harvest *)view->state)->list, lines);
}

/* ---- the contract ---- */

static int harvest_open(struct view *view, const char *argument, struct error *err)
{
    (void)argument;
    (void)err;
    view->state = mem_zalloc(sizeof(struct harvest));
    harvest_ask(view);
    return ERR_OK;
}

static void harvest_close(struct view *view)
{
    struct harvest *h = view->state;

    if (h->task)
        desk_cancel(view->desk, h->task);
    arena_free(h->shown.arena);
    free(h->rows);
    free(h);
}

const struct view_ops view_harvest = {
    .name = "harvest",
    .title = "Harvest",
    .hint = "Enter details  S harvest now  x cancel  6 jobs  ? help  "
            "Q quit",
    .open = harvest_open,
    .draw = harvest_draw,
    .command = harvest_command,
    .moved = harvest_ask,
    .changed = harvest_ask,
    .result = harvest_result,
    .status = harvest_status,
    .data = harvest_data,
    .lines = harvest_lines,
    .line = harvest_line_at,
    .detail = harvest_detail,
    .close = harvest_close
};
