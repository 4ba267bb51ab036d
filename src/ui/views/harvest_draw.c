/*
 * Rows of the Harvest room: sources and budgets in columns under their names, gaps and requests as
 * lines. A narrow screen leaves out columns, never the word that says where something stands.
 */
#include "harvest.h"

#include "carrel/clock.h"
#include "carrel/kinds.h"
#include "carrel/text.h"

#include <stdio.h>
#include <string.h>

#define WIDE 100
#define MIDDLE 70

struct harvest_columns harvest_columns(int width)
{
    struct harvest_columns c = { .name = 1, .state = 16, .next = 24, .why = 31, .records = width };

    if (width >= WIDE)
        c = (struct harvest_columns){
            .name = 1, .state = 22, .next = 31, .last = 39, .why = 58, .records = width
        };
    if (width >= MIDDLE)
        c.gaps = width - 11;
    return c;
}

void harvest_right_text(struct canvas *canvas, int x, int y, int columns, enum style style,
                        const char *text)
{
    int width = text_width(text);

    canvas_text(canvas, width < columns ? x - width : x - columns, y, columns, style, text);
}

void harvest_draw_lines(struct canvas *canvas, int x, int y, int width)
{
    struct harvest_columns c = harvest_columns(width);

    canvas_text(canvas, x + c.name, y, c.state - c.name - 1, STYLE_HEADING, "Sources");
    canvas_text(canvas, x + c.state, y, 7, STYLE_DIM, "state");
    canvas_text(canvas, x + c.next, y, 6, STYLE_DIM, "next");
    if (c.last)
        canvas_text(canvas, x + c.last, y, c.why - c.last - 1, STYLE_DIM, "last run");
    if (c.gaps)
        harvest_right_text(canvas, x + c.gaps, y, 5, STYLE_DIM, "gaps");
    harvest_right_text(canvas, x + c.records, y, 8, STYLE_DIM, "records");
}

enum style harvest_state_style(enum harvest_state state)
{
    switch (state) {
    case HARVEST_RUNNING:
    case HARVEST_WAITING:
        return STYLE_ACCENT;
    case HARVEST_REFUSED:
    case HARVEST_FAILED:
        return STYLE_ERROR;
    case HARVEST_PARTIAL:
    case HARVEST_STOPPED:
    case HARVEST_DUE:
        return STYLE_WARN;
    case HARVEST_OFF:
        return STYLE_DIM;
    default:
        return STYLE_NORMAL;
    }
}

/* "12:00:03 +1,240" */
static void draw_last(struct canvas *canvas, int x, int y, int columns,
                      const struct harvest_run *last)
{
    struct str text = STR_INIT;
    char at[16];

    if (!last->id)
        return;
    moment_format(at, last->started);
    str_printf(&text, "%s +", at);
    number_format(&text, last->added);
    canvas_text(canvas, x, y, columns, STYLE_DIM, text.ptr);
    str_free(&text);
}

void harvest_draw_line(struct canvas *canvas, int x, int y, int width,
                       const struct harvest_line *line)
{
    struct harvest_columns c = harvest_columns(width);
    struct str next = STR_INIT, why = STR_INIT, records = STR_INIT, gaps = STR_INIT;
    int why_end = (c.gaps ? c.gaps - 5 : c.records - 8) - 1;
    bool runs = line->state <= HARVEST_QUEUED;

    harvest_line_next(&next, line);
    harvest_line_standing(&why, line);
    number_format(&records, line->records);
    canvas_text(canvas, x + c.name, y, c.state - c.name - 1, STYLE_TITLE, line->name);
    canvas_text(canvas, x + c.state, y, 7, harvest_state_style(line->state),
                harvest_state_name(line->state));
    if (runs) { /* how far it is; when it is due next is not known now */
        canvas_text(canvas, x + c.next, y, why_end - c.next, harvest_state_style(line->state),
                    why.ptr);
    } else {
        canvas_text(canvas, x + c.next, y, 6, STYLE_NORMAL, next.ptr);
        if (c.last)
            draw_last(canvas, x + c.last, y, c.why - c.last - 1, &line->last);
        canvas_text(canvas, x + c.why, y, why_end - c.why, STYLE_DIM, why.ptr);
    }
    if (line->gaps)
        str_printf(&gaps, "%zu", line->gaps);
    if (c.gaps)
        harvest_right_text(canvas, x + c.gaps, y, 5, STYLE_WARN, gaps.ptr);
    harvest_right_text(canvas, x + c.records, y, 8, STYLE_DIM, records.ptr);
    str_free(&next);
    str_free(&why);
    str_free(&records);
    str_free(&gaps);
}

/* ---- budgets ---- */

struct origin_columns {
    int name, bar, bar_width, used, every, next, last, requests; /* every: its right end */
};

static struct origin_columns origin_columns(int width)
{
    if (width >= WIDE)
        return (struct origin_columns){ .name = 1,
                                        .bar = 22,
                                        .bar_width = 20,
                                        .used = 44,
                                        .every = 72,
                                        .next = 74,
                                        .last = 85,
                                        .requests = width };
    return (struct origin_columns){
        .name = 1, .bar = 16, .bar_width = 8, .used = 25, .every = 42, .next = 44, .last = 54
    };
}

/* The bar's axis: from nothing to a window that is used up. */
static void draw_axis(struct canvas *canvas, int x, int y, int columns)
{
    canvas_text(canvas, x, y, columns, STYLE_DIM, "0");
    harvest_right_text(canvas, x + columns, y, columns - 2, STYLE_DIM, "full");
}

void harvest_draw_origins(struct canvas *canvas, int x, int y, int width)
{
    struct origin_columns c = origin_columns(width);

    canvas_text(canvas, x + c.name, y, c.bar - c.name - 1, STYLE_HEADING, "Budgets");
    draw_axis(canvas, x + c.bar, y, c.bar_width);
    canvas_text(canvas, x + c.used, y, 10, STYLE_DIM, "used");
    harvest_right_text(canvas, x + c.every, y, 5, STYLE_DIM, "pace");
    canvas_text(canvas, x + c.next, y, 8, STYLE_DIM, "next");
    canvas_text(canvas, x + c.last, y, 5, STYLE_DIM, "last");
    if (c.requests)
        harvest_right_text(canvas, x + c.requests, y, 26, STYLE_DIM, "requests, failed, received");
}

static void draw_bar(struct canvas *canvas, int x, int y, int columns,
                     const struct harvest_origin *origin)
{
    int full = 0, i;

    if (origin->window_requests <= 0)
        return;
    full = (int)((int64_t)origin->window.used * columns / origin->window_requests);
    if (full == 0 && origin->window.used > 0)
        full = 1; /* what was used is seen */
    for (i = 0; i < columns; i++)
        canvas_text(canvas, x + i, y, 1, i < full ? STYLE_ACCENT : STYLE_DIM,
                    i < full ? (canvas->ascii ? "#" : "█") : (canvas->ascii ? "." : "·"));
}

static void origin_last(char out[16], const struct ledger_origin *origin)
{
    if (origin->last_status)
        snprintf(out, 16, "%d", origin->last_status);
    else if (origin->last_error && strcmp(origin->last_error, NET_STOPPED) != 0)
        snprintf(out, 16, "none");
    else
        snprintf(out, 16, "-");
}

static void origin_totals(struct str *out, const struct ledger_totals *totals)
{
    number_format(out, totals->requests);
    str_add(out, ", ");
    number_format(out, totals->failed);
    str_add(out, ", ");
    bytes_format(out, totals->bytes);
}

void harvest_draw_origin(struct canvas *canvas, int x, int y, int width,
                         const struct harvest_origin *origin)
{
    struct origin_columns c = origin_columns(width);
    struct str used = STR_INIT, next = STR_INIT, totals = STR_INIT;
    char every[16], last[16];
    enum style style = origin->now.stopped         ? STYLE_ERROR
                       : origin->now.in_flight > 0 ? STYLE_ACCENT
                                                   : STYLE_NORMAL;

    harvest_origin_used(&used, origin, c.requests > 0);
    harvest_origin_next(&next, origin);
    origin_totals(&totals, &origin->totals);
    origin_last(last, &origin->now);
    snprintf(every, sizeof every, "%g s", (double)origin->now.interval_ms / 1000);
    canvas_text(canvas, x + c.name, y, c.bar - c.name - 1, STYLE_TITLE, origin->now.name);
    draw_bar(canvas, x + c.bar, y, c.bar_width, origin);
    canvas_text(canvas, x + c.used, y, c.every - 6 - c.used,
                origin->window_requests > 0 ? STYLE_NORMAL : STYLE_DIM, used.ptr);
    harvest_right_text(canvas, x + c.every, y, 7, STYLE_NORMAL, every);
    canvas_text(canvas, x + c.next, y, c.last - c.next - 1, style, next.ptr);
    canvas_text(canvas, x + c.last, y, 4, origin->now.last_error ? STYLE_ERROR : STYLE_NORMAL,
                last);
    if (c.requests)
        harvest_right_text(canvas, x + c.requests, y, c.requests - c.last - 6, STYLE_DIM,
                           totals.ptr);
    str_free(&used);
    str_free(&next);
    str_free(&totals);
}

/* ---- gaps and requests ---- */

void harvest_draw_gap(struct canvas *canvas, int x, int y, int width, const struct harvest_gap *gap)
{
    struct str text = STR_INIT;
    int left = harvest_columns(width).state;

    str_printf(&text, "%s: %s", gap->what, gap->why);
    canvas_text(canvas, x + 1, y, left - 2, STYLE_TITLE, gap->source);
    canvas_text(canvas, x + left, y, width - left - 1, STYLE_WARN, text.ptr);
    str_free(&text);
}

static bool entry_stopped(const struct ledger_entry *entry)
{
    return entry->error && strcmp(entry->error, NET_STOPPED) == 0;
}

static void entry_status(char out[16], const struct ledger_entry *entry)
{
    if (!entry->settled)
        snprintf(out, 16, "…");
    else if (entry->status)
        snprintf(out, 16, "%d", entry->status);
    else
        snprintf(out, 16, "%s", entry_stopped(entry) ? "stopped" : "none");
}

static enum style entry_style(const struct ledger_entry *entry)
{
    return entry_stopped(entry) ? STYLE_DIM
           : entry->error       ? STYLE_ERROR
           : entry->settled     ? STYLE_NORMAL
                                : STYLE_ACCENT;
}

void harvest_draw_entry(struct canvas *canvas, int x, int y, int width,
                        const struct ledger_entry *entry)
{
    struct str size = STR_INIT, what = STR_INIT;
    const char *why = entry_stopped(entry) ? NULL : entry->error;
    char at[16], status[16];
    int left = x + 1;

    moment_format(at, entry->sent);
    entry_status(status, entry);
    if (entry->settled)
        bytes_format(&size, entry->bytes);
    canvas_text(canvas, left, y, 10, STYLE_DIM, at);
    canvas_text(canvas, left + 11, y, 11, STYLE_NORMAL, entry->source);
    canvas_text(canvas, left + 23, y, 4, entry_style(entry), status);
    canvas_text(canvas, left + 35 - text_width(size.ptr), y, 7, STYLE_DIM, size.ptr);
    if (entry->try > 1)
        str_printf(&what, "try %d: ", entry->try);
    if (why && !entry->status) /* nobody answered: why comes first */
        str_printf(&what, "%s: ", why);
    str_add(&what, *entry->purpose ? entry->purpose : entry->url);
    if (why && entry->status)
        str_printf(&what, ": %s", why);
    canvas_text(canvas, left + 37, y, width - 38, entry_style(entry), what.ptr);
    str_free(&size);
    str_free(&what);
}
