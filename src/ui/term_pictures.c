/*
 * Pictures beside the cells of a terminal (term_pictures.h).
 *
 * Whoever writes cells may write any cell of a row in which something changed, since it may be
 * shorter to write a cell again than to step over it. So what was drawn over the cells of such a
 * row is drawn anew, and nothing else is.
 */
#include "term_pictures.h"

#include "carrel/mem.h"

#include <stdlib.h>
#include <string.h>

#define SIXEL_KEPT (1 << 20) /* bytes of a piece that is kept */

static const struct cell *row_of(const struct canvas *canvas, int y)
{
    return &canvas->cells[(size_t)y * (size_t)canvas->width];
}

static void go_to(struct str *out, int x, int y)
{
    str_printf(out, "\033[%d;%dH", y + 1, x + 1);
}

/* ---- kitty ---- */

static void send(struct term_pictures *pictures, const struct picture *picture, int columns,
                 int rows, bool tmux, struct str *out)
{
    size_t i, at = 0;

    for (i = 0; i < TERM_SENT; i++) {
        if (pictures->sent[i].id == picture->id) {
            at = i;
            break;
        }
        if (pictures->sent[i].used < pictures->sent[at].used)
            at = i;
    }
    if (pictures->sent[at].id != picture->id) {
        if (pictures->sent[at].id)
            picture_kitty_delete(out, &(struct picture){ .id = pictures->sent[at].id }, tmux);
        picture_kitty_send(out, picture, columns, rows, tmux);
    } else if (pictures->sent[at].columns != columns || pictures->sent[at].rows != rows) {
        picture_kitty_place(out, picture, columns, rows, tmux);
    }
    pictures->sent[at].id = picture->id;
    pictures->sent[at].columns = columns;
    pictures->sent[at].rows = rows;
    pictures->sent[at].used = ++pictures->clock;
}

void term_pictures_before(struct term_pictures *pictures, const struct canvas *canvas,
                          struct str *out)
{
    size_t i;

    for (i = 0; i < canvas->picture_count && canvas->display.kind == PICTURES_KITTY; i++)
        send(pictures, &canvas->pictures[i].picture, canvas->pictures[i].place.all_columns,
             canvas->pictures[i].place.all_rows, canvas->display.tmux, out);
}

/* ---- sixel ---- */

/* The window's pixels, from a picture that is as wide as its sheet, or scaled to be. */
static void encode(struct str *out, const struct picture *picture,
                   const struct picture_place *place, const struct picture_display *display)
{
    uint32_t cell_width = (uint32_t)display->cell_width,
             cell_height = (uint32_t)display->cell_height;
    uint32_t wide = (uint32_t)place->all_columns * cell_width, high = picture->height, y;
    uint32_t left = (uint32_t)place->from_column * cell_width;
    uint32_t top = (uint32_t)place->from_row * cell_height;
    uint32_t width = (uint32_t)place->columns * cell_width;
    uint32_t height = (uint32_t)place->rows * cell_height;
    unsigned char *scaled = NULL, *window;
    const unsigned char *pixels = picture->pixels;

    if (picture->width != wide) {
        high = (uint32_t)place->all_rows * cell_height;
        pixels = scaled = picture_scale(picture, wide, high);
    }
    if (top < high) {
        height = height < high - top ? height : high - top;
        window = mem_alloc((size_t)width * height * 3);
        for (y = 0; y < height; y++)
            memcpy(window + (size_t)y * width * 3, pixels + ((size_t)(top + y) * wide + left) * 3,
                   (size_t)width * 3);
        picture_sixel(out, window, width, height);
        free(window);
    }
    free(scaled);
}

static bool same_window(const struct picture_place *a, const struct picture_place *b)
{
    return a->columns == b->columns && a->rows == b->rows && a->all_columns == b->all_columns
           && a->all_rows == b->all_rows && a->from_column == b->from_column
           && a->from_row == b->from_row;
}

static const struct str *sixel_for(struct term_pictures *pictures, const struct picture *picture,
                                   const struct picture_place *place,
                                   const struct picture_display *display)
{
    struct term_sixel *oldest = &pictures->sixels[0], *it;

    for (it = pictures->sixels; it < pictures->sixels + TERM_SIXELS; it++) {
        if (it->id == picture->id && same_window(&it->place, place)) {
            it->used = ++pictures->clock;
            return &it->bytes;
        }
        if (it->used < oldest->used)
            oldest = it;
    }
    str_free(&oldest->bytes);
    encode(&oldest->bytes, picture, place, display);
    oldest->id = oldest->bytes.len <= SIXEL_KEPT ? picture->id : 0;
    oldest->place = *place;
    oldest->used = ++pictures->clock;
    return &oldest->bytes;
}

/* Nothing stands before it in this row. */
static bool is_free(const struct canvas *canvas, const struct picture_place *place, int row)
{
    const struct cell *cells = row_of(canvas, place->y + row) + place->x;
    int i;

    for (i = 0; i < place->columns; i++)
        if (cells[i].look != CELL_PIXELS)
            return false;
    return true;
}

/* Rows that are free and lie together are one piece, drawn when one of them changed. */
static void draw_pieces(struct term_pictures *pictures, const struct canvas *canvas, size_t which,
                        const bool *changed, struct str *out)
{
    const struct picture_place *place = &canvas->pictures[which].place;
    int row = 0;

    while (row < place->rows) {
        struct picture_place piece = *place;
        bool due = false;

        for (piece.rows = 0; row < place->rows && is_free(canvas, place, row); row++) {
            due |= changed[place->y + row];
            piece.rows++;
        }
        piece.from_row = place->from_row + row - piece.rows;
        piece.y = place->y + row - piece.rows;
        if (due) {
            const struct str *bytes =
                sixel_for(pictures, &canvas->pictures[which].picture, &piece, &canvas->display);

            go_to(out, piece.x, piece.y);
            str_add_mem(out, bytes->ptr, bytes->len);
        }
        row += row < place->rows && !is_free(canvas, place, row);
    }
}

/* ---- what changed ---- */

static bool is_where_it_was(const struct term_pictures *pictures, const struct canvas *canvas,
                            size_t i)
{
    const struct picture_place *now = &canvas->pictures[i].place;
    const struct picture_place *before = &pictures->at[i].place;

    return i < pictures->at_count && pictures->at[i].id == canvas->pictures[i].picture.id
           && now->x == before->x && now->y == before->y && same_window(now, before);
}

static void find_changed(const struct term_pictures *pictures, const struct canvas *canvas,
                         bool all, bool *changed)
{
    size_t bytes = (size_t)canvas->width * sizeof *canvas->cells, i;
    int y;

    all |=
        !pictures->shown || pictures->width != canvas->width || pictures->height != canvas->height;
    for (y = 0; y < canvas->height; y++)
        changed[y] =
            all
            || memcmp(row_of(canvas, y), pictures->shown + (size_t)y * (size_t)canvas->width, bytes)
                   != 0;
    for (i = 0; i < canvas->picture_count; i++)
        if (!is_where_it_was(pictures, canvas, i))
            for (y = 0; y < canvas->pictures[i].place.rows; y++)
                changed[canvas->pictures[i].place.y + y] = true;
}

static void remember(struct term_pictures *pictures, const struct canvas *canvas)
{
    size_t cells = (size_t)canvas->width * (size_t)canvas->height, i;

    free(pictures->shown);
    pictures->shown = NULL;
    pictures->at_count = canvas->picture_count;
    if (canvas->picture_count == 0)
        return;
    pictures->shown = mem_dup(canvas->cells, cells * sizeof *canvas->cells);
    pictures->width = canvas->width;
    pictures->height = canvas->height;
    for (i = 0; i < canvas->picture_count; i++) {
        pictures->at[i].id = canvas->pictures[i].picture.id;
        pictures->at[i].place = canvas->pictures[i].place;
    }
}

void term_pictures_after(struct term_pictures *pictures, const struct canvas *canvas, bool all,
                         struct str *out)
{
    const struct picture_display *display = &canvas->display;
    bool *changed;
    size_t i, start;

    if (canvas->picture_count == 0 && pictures->at_count == 0)
        return; /* the usual case costs nothing */
    changed = mem_alloc((size_t)canvas->height * sizeof *changed);
    find_changed(pictures, canvas, all, changed);
    str_add(out, "\0337"); /* the cells' owner finds cursor and colours as it left them */
    start = out->len;
    for (i = 0; i < canvas->picture_count && display->kind == PICTURES_SIXEL; i++)
        draw_pieces(pictures, canvas, i, changed, out);
    if (out->len > start)
        str_add(out, "\0338");
    else
        str_cut(out, start - 2);
    remember(pictures, canvas);
    free(changed);
}

void term_pictures_leave(struct term_pictures *pictures, bool tmux, struct str *out)
{
    size_t i;

    for (i = 0; i < TERM_SENT; i++)
        if (pictures->sent[i].id)
            picture_kitty_delete(out, &(struct picture){ .id = pictures->sent[i].id }, tmux);
    memset(pictures->sent, 0, sizeof pictures->sent);
    free(pictures->shown);
    pictures->shown = NULL;
}

void term_pictures_free(struct term_pictures *pictures)
{
    size_t i;

    free(pictures->shown);
    for (i = 0; i < TERM_SIXELS; i++)
        str_free(&pictures->sixels[i].bytes);
}
