/*
 * Harvest: what is fetched from where, how much, when again, and what is missing.
 *
 * One list of five parts under headings: sources, origins with their budgets, peers, open gaps, and
 * the ledger, newest first. The cursor stands on one of these, never on a heading, and stays on its
 * own when others come in above it. What is under it is told in full below the list.
 */
#include "harvest.h"

#include "carrel/view.h"

#include "carrel/clock.h"
#include "carrel/kinds.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREVIEW_ROWS 4

enum row_kind { ROW_HEADING, ROW_LINE, ROW_ORIGIN, ROW_PEER, ROW_GAP, ROW_ENTRY };

struct row {
    enum row_kind kind;
    size_t at;        /* in its array */
    enum row_kind of; /* what a heading is over */
};

/* Which one a row is, across snapshots. */
struct row_id {
    enum row_kind kind;
    char name[128];
    int64_t number;
};

struct harvest {
    struct harvest_snapshot shown;
    struct row *rows;
    size_t row_cap;
    struct listview list;
    struct row_id keep;
    uint64_t task;
    bool again, loaded;
    struct error error;
};

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

/* ---- rows ---- */

static void add_row(struct harvest *h, enum row_kind kind, size_t at, enum row_kind of)
{
    struct row row = { .kind = kind, .at = at, .of = of };
    size_t count = (size_t)h->list.count;

    VEC_PUSH(h->rows, count, h->row_cap, row);
    h->list.count = (int)count;
}

static const struct row *row_at_cursor(const struct harvest *h)
{
    return h->list.cursor < h->list.count ? &h->rows[h->list.cursor] : NULL;
}

static struct row_id row_id(const struct harvest *h, const struct row *row)
{
    struct row_id id = { .kind = row->kind };

    if (row->kind == ROW_LINE)
        snprintf(id.name, sizeof id.name, "%s", h->shown.lines[row->at].name);
    else if (row->kind == ROW_ORIGIN)
        snprintf(id.name, sizeof id.name, "%s", h->shown.origins[row->at].now.name);
    else if (row->kind == ROW_PEER)
        snprintf(id.name, sizeof id.name, "%s", h->shown.peers[row->at].now.peer.name);
    else if (row->kind == ROW_GAP)
        id.number = h->shown.gaps[row->at].id;
    else if (row->kind == ROW_ENTRY)
        id.number = h->shown.entries[row->at].id;
    return id;
}

static bool row_is_kept(const struct harvest *h, const struct row *row)
{
    struct row_id id = row_id(h, row);

    return id.kind == h->keep.kind && id.number == h->keep.number
           && strcmp(id.name, h->keep.name) == 0;
}

/* Off a heading, on in the direction of the last move, else back. */
static void leave_heading(struct harvest *h, int direction)
{
    while (row_at_cursor(h) && row_at_cursor(h)->kind == ROW_HEADING) {
        int next = h->list.cursor + direction;

        if (next < 0 || next >= h->list.count) {
            if (direction > 0)
                return;
            direction = 1;
            next = h->list.cursor + 1;
        }
        h->list.cursor = next;
    }
}

static void remember_cursor(struct harvest *h)
{
    const struct row *row = row_at_cursor(h);

    h->keep = row ? row_id(h, row) : (struct row_id){ .kind = ROW_HEADING };
}

static void lay_out_part(struct harvest *h, enum row_kind kind, size_t count)
{
    size_t i;

    if (count > 0)
        add_row(h, ROW_HEADING, 0, kind);
    for (i = 0; i < count; i++)
        add_row(h, kind, i, kind);
}

static void lay_out(struct harvest *h)
{
    int at;

    h->list.count = 0;
    lay_out_part(h, ROW_LINE, h->shown.line_count);
    lay_out_part(h, ROW_ORIGIN, h->shown.origin_count);
    lay_out_part(h, ROW_PEER, h->shown.peer_count);
    lay_out_part(h, ROW_GAP, h->shown.gap_count);
    lay_out_part(h, ROW_ENTRY, h->shown.entry_count);
    for (at = 0; at < h->list.count; at++) {
        if (h->rows[at].kind != ROW_HEADING && row_is_kept(h, &h->rows[at])) {
            h->list.top += at - h->list.cursor; /* the row stays where the eye is */
            h->list.cursor = at;
            break;
        }
    }
    listview_clamp(&h->list);
    leave_heading(h, 1);
    remember_cursor(h);
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
        lay_out(h);
    } else if (task->status != ERR_CANCELLED) {
        h->error = task->err;
    }
    if (h->again)
        harvest_ask(view);
}

/* ---- drawing ---- */

static void draw_heading(const struct row *row, struct canvas *canvas, int x, int y, int width)
{
    if (row->of == ROW_LINE)
        harvest_draw_lines(canvas, x, y, width);
    else if (row->of == ROW_ORIGIN)
        harvest_draw_origins(canvas, x, y, width);
    else if (row->of == ROW_PEER)
        harvest_draw_peers(canvas, x, y, width);
    else
        canvas_text(canvas, x + 1, y, width - 1, STYLE_HEADING,
                    row->of == ROW_GAP ? "Gaps: what could not be fetched"
                                       : "Requests, newest first");
}

static void draw_row(const struct harvest *h, const struct row *row, struct canvas *canvas, int x,
                     int y, int width)
{
    switch (row->kind) {
    case ROW_HEADING:
        draw_heading(row, canvas, x, y, width);
        break;
    case ROW_LINE:
        harvest_draw_line(canvas, x, y, width, &h->shown.lines[row->at]);
        break;
    case ROW_ORIGIN:
        harvest_draw_origin(canvas, x, y, width, &h->shown.origins[row->at]);
        break;
    case ROW_PEER:
        harvest_draw_peer(canvas, x, y, width, &h->shown.peers[row->at]);
        break;
    case ROW_GAP:
        harvest_draw_gap(canvas, x, y, width, &h->shown.gaps[row->at]);
        break;
    case ROW_ENTRY:
        harvest_draw_entry(canvas, x, y, width, &h->shown.entries[row->at]);
        break;
    }
}

/* What is under the cursor, whole. */
static void harvest_preview(const struct harvest *h, struct str *out)
{
    const struct row *row = row_at_cursor(h);

    if (row && row->kind == ROW_LINE)
        harvest_line_preview(out, &h->shown.lines[row->at]);
    else if (row && row->kind == ROW_ORIGIN)
        harvest_origin_preview(out, &h->shown.origins[row->at]);
    else if (row && row->kind == ROW_PEER)
        harvest_peer_preview(out, &h->shown.peers[row->at]);
    else if (row && row->kind == ROW_GAP)
        harvest_gap_preview(out, &h->shown.gaps[row->at]);
    else if (row && row->kind == ROW_ENTRY)
        harvest_entry_preview(out, &h->shown.entries[row->at]);
}

static void draw_preview(const struct harvest *h, struct canvas *canvas, int x, int y, int width)
{
    struct str text = STR_INIT;
    char *line, *rest;

    canvas_fill(canvas, x, y, width, STYLE_DIM, "─");
    harvest_preview(h, &text);
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
        const struct row *row = &h->rows[h->list.top + i];

        draw_row(h, row, canvas, x, y + i, width);
        if (h->list.top + i == h->list.cursor)
            canvas_cursor_row(canvas, x, y + i, width);
    }
    if (preview)
        draw_preview(h, canvas, x, y + h->list.height, width);
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

/* The one source that asks this origin; NULL: there are several, or none. */
static const char *origin_source(const struct harvest *h, const char *origin)
{
    const char *found = NULL;
    size_t i;

    for (i = 0; i < h->shown.line_count; i++) {
        if (strcmp(h->shown.lines[i].origin, origin) != 0)
            continue;
        if (found)
            return NULL;
        found = h->shown.lines[i].name;
    }
    return found;
}

/* The source that a row is about; NULL: none. */
static const char *row_source(const struct harvest *h)
{
    const struct row *row = row_at_cursor(h);

    if (row && row->kind == ROW_LINE)
        return h->shown.lines[row->at].name;
    if (row && row->kind == ROW_ORIGIN)
        return origin_source(h, h->shown.origins[row->at].now.name);
    if (row && row->kind == ROW_GAP)
        return h->shown.gaps[row->at].source;
    if (row && row->kind == ROW_ENTRY)
        return h->shown.entries[row->at].source;
    return NULL;
}

static const struct harvest_line *line_named(const struct harvest *h, const char *name)
{
    size_t i;

    for (i = 0; name && i < h->shown.line_count; i++)
        if (strcmp(h->shown.lines[i].name, name) == 0)
            return &h->shown.lines[i];
    return NULL;
}

static const struct harvest_peer *peer_at_cursor(const struct harvest *h)
{
    const struct row *row = row_at_cursor(h);

    return row && row->kind == ROW_PEER ? &h->shown.peers[row->at] : NULL;
}

static void harvest_now(struct view *view)
{
    const struct harvest_line *line = line_named(view->state, row_source(view->state));
    const struct harvest_peer *peer = peer_at_cursor(view->state);

    if (peer)
        desk_exchange(view->desk, peer->now.peer.name);
    else if (!line || !line->configured)
        desk_say(view->desk, STYLE_WARN, "the cursor is on no source that could be harvested");
    else
        desk_harvest(view->desk, line->name);
}

static void harvest_cancel(struct view *view)
{
    const struct harvest_line *line = line_named(view->state, row_source(view->state));
    const struct harvest_peer *peer = peer_at_cursor(view->state);
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
        leave_heading(h, h->list.cursor < before || h->list.cursor == h->list.count - 1 ? -1 : 1);
        remember_cursor(h);
    } else if (strcmp(argv[0], "open") == 0) {
        if (row_source(h))
            desk_open(view->desk, &view_source, row_source(h));
        else if (peer_at_cursor(h))
            desk_say(view->desk, STYLE_WARN, "all of it is told below; S exchanges with it now");
        else if (row_at_cursor(h))
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

/* Sources, budgets, gaps and requests, each as a sentence that says which of them it is. */
static bool harvest_row_line(struct view *view, int at, struct str *out)
{
    const struct harvest *h = view->state;
    const struct row *row = &h->rows[at];

    if (row->kind == ROW_HEADING)
        str_printf(out, "heading: %s",
                   row->of == ROW_LINE     ? "Sources"
                   : row->of == ROW_ORIGIN ? "Budgets"
                   : row->of == ROW_GAP    ? "Gaps: what could not be fetched"
                                           : "Requests, newest first");
    else if (row->kind == ROW_LINE)
        harvest_line_words(out, &h->shown.lines[row->at]);
    else if (row->kind == ROW_ORIGIN)
        harvest_origin_words(out, &h->shown.origins[row->at]);
    else if (row->kind == ROW_GAP)
        str_printf(out, "gap of %s: %s: %s", h->shown.gaps[row->at].source,
                   h->shown.gaps[row->at].what, h->shown.gaps[row->at].why);
    else
        harvest_entry_line(out, &h->shown.entries[row->at]);
    return true;
}

static void harvest_detail(struct view *view, struct str *out)
{
    harvest_preview(view->state, out);
}

static void harvest_lines(struct view *view, struct view_lines *lines)
{
    listview_lines(&((struct harvest *)view->state)->list, lines);
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
    .line = harvest_row_line,
    .detail = harvest_detail,
    .close = harvest_close
};
