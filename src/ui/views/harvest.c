/*
 * Harvest: whom carrel asks, how much, and when it may ask again.
 *
 * One list of three parts under headings: the origins with their budgets, then the ledger, newest
 * first. The cursor stands on an origin or a request, never on a heading, and stays on its own when
 * new requests come in above it. What is under it is told in full below the list.
 */
#include "carrel/view.h"

#include "carrel/clock.h"
#include "carrel/kinds.h"
#include "carrel/ledger.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_ROWS 500
#define PREVIEW_ROWS 4

enum row_kind { ROW_HEADING, ROW_ORIGIN, ROW_ENTRY };

struct row {
    enum row_kind kind;
    size_t at;        /* in its array */
    const char *text; /* of a heading */
};

struct origin {
    struct ledger_origin now;
    struct ledger_totals totals;
};

/* What one look at the library brings. */
struct snapshot {
    struct arena *arena;
    struct origin *origins;
    struct ledger_entry *entries;
    size_t origin_count, entry_count;
};

struct harvest {
    struct snapshot shown;
    struct row *rows;
    size_t row_cap;
    struct listview list;
    char *keep;    /* name of the origin under the cursor; NULL: a request */
    int64_t entry; /* the request under the cursor */
    uint64_t task;
    bool again, loaded;
    struct error error;
};

struct harvest_task {
    struct task task;
    struct snapshot seen;
};

/* ---- asking ---- */

static int read_origins(struct store *store, struct snapshot *seen, struct error *err)
{
    struct ledger_origin *list = NULL;
    size_t i;
    int result = ledger_origins(store, seen->arena, &list, &seen->origin_count, err);

    seen->origins = arena_alloc(seen->arena, (seen->origin_count + 1) * sizeof *seen->origins);
    for (i = 0; i < seen->origin_count && result == ERR_OK; i++) {
        struct ledger_filter filter = { .origin = list[i].name };

        seen->origins[i].now = list[i];
        result = ledger_sum(store, &filter, &seen->origins[i].totals, err);
    }
    return result;
}

static int harvest_run(struct task *task, void *worker, struct error *err)
{
    struct harvest_task *t = (struct harvest_task *)task;
    struct ledger_filter filter = { .limit = SHOWN_ROWS };
    struct store *store = worker;
    int result;

    if (!store)
        return error_set(err, ERR_FAILED,
                         "there is no library yet; make one with: carrel import FILE");
    store_set_cancel(store, &task->cancel);
    result = read_origins(store, &t->seen, err);
    if (result == ERR_OK)
        result =
            ledger_list(store, t->seen.arena, &filter, &t->seen.entries, &t->seen.entry_count, err);
    store_set_cancel(store, NULL);
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
    t->task.run = harvest_run;
    t->task.free = harvest_task_free;
    t->seen.arena = arena_new();
    h->again = false;
    h->task = desk_post(view, &t->task);
}

/* ---- rows ---- */

static void add_row(struct harvest *h, enum row_kind kind, size_t at, const char *text)
{
    struct row row = { .kind = kind, .at = at, .text = text };
    size_t count = (size_t)h->list.count;

    VEC_PUSH(h->rows, count, h->row_cap, row);
    h->list.count = (int)count;
}

static const struct row *row_at_cursor(const struct harvest *h)
{
    return h->list.cursor < h->list.count ? &h->rows[h->list.cursor] : NULL;
}

static bool row_is_kept(const struct harvest *h, const struct row *row)
{
    if (row->kind == ROW_ORIGIN)
        return h->keep && strcmp(h->keep, h->shown.origins[row->at].now.name) == 0;
    return row->kind == ROW_ENTRY && !h->keep && h->entry == h->shown.entries[row->at].id;
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

    free(h->keep);
    h->keep =
        row && row->kind == ROW_ORIGIN ? mem_strdup(h->shown.origins[row->at].now.name) : NULL;
    h->entry = row && row->kind == ROW_ENTRY ? h->shown.entries[row->at].id : 0;
}

static void lay_out(struct harvest *h)
{
    size_t i;
    int at;

    h->list.count = 0;
    if (h->shown.origin_count > 0)
        add_row(h, ROW_HEADING, 0, "Origins and their budgets");
    for (i = 0; i < h->shown.origin_count; i++)
        add_row(h, ROW_ORIGIN, i, NULL);
    if (h->shown.entry_count > 0)
        add_row(h, ROW_HEADING, 0, "Requests, newest first");
    for (i = 0; i < h->shown.entry_count; i++)
        add_row(h, ROW_ENTRY, i, NULL);
    for (at = 0; at < h->list.count; at++) {
        if (row_is_kept(h, &h->rows[at])) {
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
        struct snapshot old = h->shown;

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

/* ---- texts ---- */

static void bytes_format(struct str *out, int64_t bytes)
{
    static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
    double value = (double)bytes;
    size_t unit = 0;

    while (value >= 999.5 && unit + 1 < ARRAY_LEN(units)) {
        value /= 1000;
        unit++;
    }
    str_printf(out, unit && value < 9.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

static void origin_standing(struct str *out, const struct ledger_origin *origin)
{
    int64_t wait = origin->next_at - clock_real_ms();

    if (origin->stopped)
        str_printf(out, "stopped: %s", origin->stopped);
    else if (origin->in_flight > 0)
        str_printf(out, "asking: %s", origin->flight.purpose);
    else if (wait > 0) {
        str_add(out, origin->asked ? "asked to wait " : "next in ");
        span_format(out, wait);
    } else
        str_add(out, "free");
}

static void origin_numbers(struct str *out, const struct origin *origin)
{
    number_format(out, origin->totals.requests);
    str_add(out, origin->totals.requests == 1 ? " request" : " requests");
    if (origin->totals.failed > 0) {
        str_add(out, ", ");
        number_format(out, origin->totals.failed);
        str_add(out, " failed");
    }
    str_add(out, ", ");
    bytes_format(out, origin->totals.bytes);
}

/* "12:00:03" of a day that is today's, else its date. */
static void entry_time(char out[16], int64_t sent)
{
    char stamp[32];

    time_format(stamp, sent);
    if (sent / 86400000 == clock_today())
        snprintf(out, 16, "%.8s", stamp + 11);
    else
        snprintf(out, 16, "%.10s", stamp);
}

static void entry_status(char out[16], const struct ledger_entry *entry)
{
    if (!entry->settled)
        snprintf(out, 16, "…");
    else if (entry->status)
        snprintf(out, 16, "%d", entry->status);
    else
        snprintf(out, 16, "none");
}

static enum style entry_style(const struct ledger_entry *entry)
{
    return entry->error ? STYLE_ERROR : entry->settled ? STYLE_NORMAL : STYLE_ACCENT;
}

/* ---- drawing ---- */

static void draw_origin(const struct origin *origin, struct canvas *canvas, int x, int y, int width)
{
    struct str standing = STR_INIT, numbers = STR_INIT;
    enum style style = origin->now.stopped         ? STYLE_ERROR
                       : origin->now.in_flight > 0 ? STYLE_ACCENT
                                                   : STYLE_NORMAL;
    int right;

    origin_standing(&standing, &origin->now);
    origin_numbers(&numbers, origin);
    right = text_width(numbers.ptr);
    if (right > width / 2)
        right = width / 2;
    canvas_text(canvas, x + 1, y, 14, STYLE_TITLE, origin->now.name);
    canvas_text(canvas, x + 16, y, width - 18 - right, style, standing.ptr);
    canvas_text(canvas, x + width - right, y, right, STYLE_DIM, numbers.ptr);
    str_free(&standing);
    str_free(&numbers);
}

static void draw_entry(const struct ledger_entry *entry, struct canvas *canvas, int x, int y,
                       int width)
{
    struct str size = STR_INIT, what = STR_INIT;
    char at[16], status[16];
    int left = x + 1;

    entry_time(at, entry->sent);
    entry_status(status, entry);
    if (entry->settled)
        bytes_format(&size, entry->bytes);
    canvas_text(canvas, left, y, 10, STYLE_DIM, at);
    canvas_text(canvas, left + 11, y, 11, STYLE_NORMAL, entry->source);
    canvas_text(canvas, left + 23, y, 4, entry_style(entry), status);
    canvas_text(canvas, left + 35 - text_width(size.ptr), y, 7, STYLE_DIM, size.ptr);
    if (entry->try > 1)
        str_printf(&what, "try %d: ", entry->try);
    str_add(&what, *entry->purpose ? entry->purpose : entry->url);
    canvas_text(canvas, left + 37, y, width - 38, entry_style(entry), what.ptr);
    str_free(&size);
    str_free(&what);
}

static void preview_entry(struct str *out, const struct ledger_entry *entry)
{
    char stamp[32];

    time_format(stamp, entry->sent);
    str_printf(out, "%s\n", entry->url);
    str_printf(out, "sent %s", stamp);
    if (entry->settled)
        str_printf(out, ", took %.1f s", (double)entry->took_ms / 1000);
    if (entry->run)
        str_printf(out, ", run %" PRId64, entry->run);
    str_printf(out, ", try %d\n%s", entry->try,
               entry->error     ? entry->error
               : entry->settled ? "fine"
                                : "no answer yet");
}

static void preview_origin(struct str *out, const struct origin *origin)
{
    char stamp[32];

    origin_standing(out, &origin->now);
    str_printf(out, "\nat most one request every %g s", (double)origin->now.interval_ms / 1000);
    if (origin->now.remaining >= 0)
        str_printf(out, "; %d left in its own window", origin->now.remaining);
    if (origin->totals.last) {
        time_format(stamp, origin->totals.last);
        str_printf(out, "\nlast asked %s; %" PRId64 " retries", stamp, origin->totals.retries);
    }
}

static void draw_preview(const struct harvest *h, struct canvas *canvas, int x, int y, int width)
{
    const struct row *row = row_at_cursor(h);
    struct str text = STR_INIT;
    char *line, *rest;

    canvas_fill(canvas, x, y, width, STYLE_DIM, "─");
    if (row && row->kind == ROW_ENTRY)
        preview_entry(&text, &h->shown.entries[row->at]);
    else if (row && row->kind == ROW_ORIGIN)
        preview_origin(&text, &h->shown.origins[row->at]);
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
        textview_add(&text, STYLE_NORMAL, 0, "Nothing has been asked for yet.");
        textview_add(&text, STYLE_DIM, 0, "%s", "");
        textview_add(&text, STYLE_DIM, 0,
                     "Every request that carrel sends is written down here before it is sent: to "
                     "whom, what for, and what came of it. Each origin has a budget that holds for "
                     "all of carrel's processes together.");
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

        if (row->kind == ROW_HEADING)
            canvas_text(canvas, x + 1, y + i, width - 1, STYLE_HEADING, row->text);
        else if (row->kind == ROW_ORIGIN)
            draw_origin(&h->shown.origins[row->at], canvas, x, y + i, width);
        else
            draw_entry(&h->shown.entries[row->at], canvas, x, y + i, width);
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

static bool harvest_command(struct view *view, int argc, char **argv)
{
    struct harvest *h = view->state;
    int before = h->list.cursor;

    if (!listview_command(&h->list, argc, argv))
        return strcmp(argv[0], "open") == 0; /* the lines below tell all of it */
    leave_heading(h, h->list.cursor < before || h->list.cursor == h->list.count - 1 ? -1 : 1);
    remember_cursor(h);
    return true;
}

static void harvest_status(struct view *view, struct str *out)
{
    struct harvest *h = view->state;
    int64_t requests = 0, bytes = 0;
    size_t i;

    for (i = 0; i < h->shown.origin_count; i++) {
        requests += h->shown.origins[i].totals.requests;
        bytes += h->shown.origins[i].totals.bytes;
    }
    if (requests == 0)
        return;
    number_format(out, requests);
    str_add(out, " requests, ");
    bytes_format(out, bytes);
}

static void time_member(struct jsonw *w, const char *key, int64_t at)
{
    char text[32];

    if (at)
        time_format(text, at);
    jsonw_key_string(w, key, at ? text : NULL);
}

static void origin_data(struct jsonw *w, const struct origin *origin)
{
    jsonw_object(w);
    jsonw_key_string(w, "name", origin->now.name);
    jsonw_key_int(w, "interval_ms", origin->now.interval_ms);
    time_member(w, "next_allowed", origin->now.next_at);
    jsonw_key_bool(w, "asked", origin->now.asked);
    jsonw_key_int(w, "in_flight", origin->now.in_flight);
    jsonw_key_int(w, "remaining", origin->now.remaining);
    jsonw_key_string(w, "stopped", origin->now.stopped);
    jsonw_key_int(w, "requests", origin->totals.requests);
    jsonw_key_int(w, "failed", origin->totals.failed);
    jsonw_key_int(w, "retries", origin->totals.retries);
    jsonw_key_int(w, "bytes", origin->totals.bytes);
    time_member(w, "last", origin->totals.last);
    jsonw_end(w);
}

static void entry_data(struct jsonw *w, const struct ledger_entry *entry)
{
    jsonw_object(w);
    jsonw_key_int(w, "id", entry->id);
    jsonw_key_string(w, "origin", entry->origin);
    jsonw_key_string(w, "source", entry->source);
    jsonw_key_string(w, "purpose", entry->purpose);
    jsonw_key_string(w, "url", entry->url);
    jsonw_key_int(w, "run", entry->run);
    jsonw_key_int(w, "try", entry->try);
    time_member(w, "sent", entry->sent);
    time_member(w, "settled", entry->settled);
    jsonw_key_int(w, "status", entry->status);
    jsonw_key_int(w, "bytes", entry->bytes);
    jsonw_key_int(w, "took_ms", entry->took_ms);
    jsonw_key_string(w, "error", entry->error);
    jsonw_end(w);
}

static void harvest_data(struct view *view, struct jsonw *w)
{
    struct harvest *h = view->state;
    size_t i;

    if (h->error.code)
        jsonw_key_string(w, "error", h->error.message);
    jsonw_key(w, "origins");
    jsonw_array(w);
    for (i = 0; i < h->shown.origin_count; i++)
        origin_data(w, &h->shown.origins[i]);
    jsonw_end(w);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < h->shown.entry_count; i++)
        entry_data(w, &h->shown.entries[i]);
    jsonw_end(w);
}

static void harvest_close(struct view *view)
{
    struct harvest *h = view->state;

    if (h->task)
        desk_cancel(view->desk, h->task);
    arena_free(h->shown.arena);
    free(h->rows);
    free(h->keep);
    free(h);
}

const struct view_ops view_harvest = { .name = "harvest",
                                       .title = "Harvest",
                                       .hint = "j k move  6 jobs  : command  ? help  Q quit",
                                       .open = harvest_open,
                                       .draw = harvest_draw,
                                       .command = harvest_command,
                                       .moved = harvest_ask,
                                       .changed = harvest_ask,
                                       .result = harvest_result,
                                       .status = harvest_status,
                                       .data = harvest_data,
                                       .close = harvest_close };
