/*
 * The rows of the Harvest room: one list of five parts under headings. The cursor stands on one of
 * these, never on a heading, and stays on its own when others come in above it.
 */
#include "harvest_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_row(struct harvest *h, enum harvest_row_kind kind, size_t at,
                    enum harvest_row_kind of)
{
    struct harvest_row row = { .kind = kind, .at = at, .of = of };
    size_t count = (size_t)h->list.count;

    VEC_PUSH(h->rows, count, h->row_cap, row);
    h->list.count = (int)count;
}

const struct harvest_row *harvest_row_at_cursor(const struct harvest *h)
{
    return h->list.cursor < h->list.count ? &h->rows[h->list.cursor] : NULL;
}

static struct harvest_row_id row_id(const struct harvest *h, const struct harvest_row *row)
{
    struct harvest_row_id id = { .kind = row->kind };

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

static bool row_is_kept(const struct harvest *h, const struct harvest_row *row)
{
    struct harvest_row_id id = row_id(h, row);

    return id.kind == h->keep.kind && id.number == h->keep.number
           && strcmp(id.name, h->keep.name) == 0;
}

/* Off a heading, on in the direction of the last move, else back. */
static void leave_heading(struct harvest *h, int direction)
{
    while (harvest_row_at_cursor(h) && harvest_row_at_cursor(h)->kind == ROW_HEADING) {
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
    const struct harvest_row *row = harvest_row_at_cursor(h);

    h->keep = row ? row_id(h, row) : (struct harvest_row_id){ .kind = ROW_HEADING };
}

static void lay_out_part(struct harvest *h, enum harvest_row_kind kind, size_t count)
{
    size_t i;

    if (count > 0)
        add_row(h, ROW_HEADING, 0, kind);
    for (i = 0; i < count; i++)
        add_row(h, kind, i, kind);
}

void harvest_lay_out(struct harvest *h)
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

void harvest_moved(struct harvest *h, int before)
{
    leave_heading(h, h->list.cursor < before || h->list.cursor == h->list.count - 1 ? -1 : 1);
    remember_cursor(h);
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

const char *harvest_row_source(const struct harvest *h)
{
    const struct harvest_row *row = harvest_row_at_cursor(h);

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

const struct harvest_line *harvest_row_line(const struct harvest *h)
{
    const char *name = harvest_row_source(h);
    size_t i;

    for (i = 0; name && i < h->shown.line_count; i++)
        if (strcmp(h->shown.lines[i].name, name) == 0)
            return &h->shown.lines[i];
    return NULL;
}

const struct harvest_peer *harvest_row_peer(const struct harvest *h)
{
    const struct harvest_row *row = harvest_row_at_cursor(h);

    return row && row->kind == ROW_PEER ? &h->shown.peers[row->at] : NULL;
}
