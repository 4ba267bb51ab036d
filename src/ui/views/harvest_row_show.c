/*
 * A row of the Harvest room by its kind: drawn, in words, and whole.
 */
#include "harvest_rows.h"

static const char *const headings[] = { [ROW_LINE] = "Sources",
                                        [ROW_ORIGIN] = "Budgets",
                                        [ROW_PEER] = "Peers",
                                        [ROW_GAP] = "Gaps: what could not be fetched",
                                        [ROW_ENTRY] = "Requests, newest first" };

static void draw_heading(const struct harvest_row *row, struct canvas *canvas, int x, int y,
                         int width)
{
    if (row->of == ROW_LINE)
        harvest_draw_lines(canvas, x, y, width);
    else if (row->of == ROW_ORIGIN)
        harvest_draw_origins(canvas, x, y, width);
    else if (row->of == ROW_PEER)
        harvest_draw_peers(canvas, x, y, width);
    else
        canvas_text(canvas, x + 1, y, width - 1, STYLE_HEADING, headings[row->of]);
}

void harvest_row_draw(const struct harvest *h, const struct harvest_row *row, struct canvas *canvas,
                      int x, int y, int width)
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

void harvest_row_preview(const struct harvest *h, const struct harvest_row *row, struct str *out)
{
    if (row->kind == ROW_LINE)
        harvest_line_preview(out, &h->shown.lines[row->at]);
    else if (row->kind == ROW_ORIGIN)
        harvest_origin_preview(out, &h->shown.origins[row->at]);
    else if (row->kind == ROW_PEER)
        harvest_peer_preview(out, &h->shown.peers[row->at]);
    else if (row->kind == ROW_GAP)
        harvest_gap_preview(out, &h->shown.gaps[row->at]);
    else if (row->kind == ROW_ENTRY)
        harvest_entry_preview(out, &h->shown.entries[row->at]);
}

/* Each as a sentence that says what it is. */
void harvest_row_words(const struct harvest *h, const struct harvest_row *row, struct str *out)
{
    const struct harvest_gap *gap;

    switch (row->kind) {
    case ROW_HEADING:
        str_printf(out, "heading: %s", headings[row->of]);
        break;
    case ROW_LINE:
        harvest_line_words(out, &h->shown.lines[row->at]);
        break;
    case ROW_ORIGIN:
        harvest_origin_words(out, &h->shown.origins[row->at]);
        break;
    case ROW_PEER:
        harvest_peer_words(out, &h->shown.peers[row->at]);
        break;
    case ROW_GAP:
        gap = &h->shown.gaps[row->at];
        str_printf(out, "gap of %s: %s: %s", gap->source, gap->what, gap->why);
        break;
    case ROW_ENTRY:
        harvest_entry_line(out, &h->shown.entries[row->at]);
        break;
    }
}
