/*
 * Pictures on a canvas: half blocks and kitty's placeholders are cells like others; for sixel,
 * cells are marked, and whoever has the terminal draws over them.
 */
#include "carrel/canvas.h"

#include "carrel/mem.h"
#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define NO_BREAK_SPACE "\xC2\xA0" /* blank, but not the blank that clears a line's end */

/* The picture's means for a sheet of so many cells; the one not used longest makes room. */
static const unsigned char *scaled_for(struct canvas *canvas, const struct picture *picture,
                                       int columns, int rows)
{
    struct canvas_scaled *scaled = NULL, *oldest = &canvas->scaled[0];
    size_t i;

    for (i = 0; i < CANVAS_SCALED; i++) {
        struct canvas_scaled *it = &canvas->scaled[i];

        if (it->id == picture->id && it->columns == columns && it->rows == rows)
            scaled = it;
        if (it->used < oldest->used)
            oldest = it;
    }
    if (!scaled) {
        scaled = oldest;
        free(scaled->pixels);
        *scaled = (struct canvas_scaled){ .id = picture->id, .columns = columns, .rows = rows };
        scaled->pixels = picture_scale(picture, (uint32_t)columns, (uint32_t)rows * 2);
    }
    scaled->used = ++canvas->scaled_clock;
    return scaled->pixels;
}

/* A cell of the window, as an empty one. */
static struct cell *take_cell(struct canvas *canvas, const struct picture_place *place, int column,
                              int row, enum cell_look look)
{
    struct cell *cell;

    canvas_text(canvas, place->x + column, place->y + row, 1, STYLE_NORMAL, " ");
    cell = &canvas->cells[(size_t)(place->y + row) * (size_t)canvas->width
                          + (size_t)(place->x + column)];
    cell->look = (uint8_t)look;
    return cell;
}

static void draw_block(struct canvas *canvas, const struct picture_place *place, int column,
                       int row, const unsigned char *scaled)
{
    struct cell *cell = take_cell(canvas, place, column, row, CELL_COLORS);
    size_t line = (size_t)place->all_columns * 3;
    const unsigned char *above = scaled + (size_t)(2 * (place->from_row + row)) * line
                                 + (size_t)(place->from_column + column) * 3;

    memcpy(cell->text, PICTURE_BLOCK, sizeof PICTURE_BLOCK);
    memcpy(cell->fg, above, 3);
    memcpy(cell->bg, above + line, 3);
}

static void draw_placeholder(struct canvas *canvas, const struct picture_place *place, int column,
                             int row, const struct picture *picture)
{
    struct cell *cell = take_cell(canvas, place, column, row, CELL_INDEX);
    struct str text = STR_INIT;

    picture_kitty_cell(&text, picture, place->from_row + row, place->from_column + column);
    if (text.len < CELL_BYTES)
        memcpy(cell->text, text.ptr, text.len + 1);
    cell->fg[0] = (uint8_t)picture_kitty_id(picture).color;
    str_free(&text);
}

static void draw_why(struct canvas *canvas, const struct picture_place *place)
{
    const char *why = canvas->display.why[0] ? canvas->display.why : "pictures cannot be shown";
    size_t at = 0, next;
    int row;

    for (row = 0; row < place->rows && why[at]; row++, at += next) {
        size_t len = text_wrap(why + at, place->columns, &next);
        char *line = mem_strndup(why + at, len);

        canvas_text(canvas, place->x, place->y + row, place->columns, STYLE_DIM, line);
        free(line);
    }
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

void canvas_picture(struct canvas *canvas, const struct picture *picture,
                    const struct picture_place *wanted)
{
    enum picture_kind kind = canvas->display.kind;
    struct picture_place place = *wanted;
    const unsigned char *scaled = NULL;
    int column, row;

    if (place.x < 0 || place.y < 0 || place.from_column < 0 || place.from_row < 0)
        return; /* a caller scrolls its sheet, not the canvas */
    place.columns = least(place.columns, canvas->width - place.x);
    place.rows = least(place.rows, canvas->height - place.y);
    if (kind == PICTURES_OFF) {
        draw_why(canvas, &place);
        return;
    }
    place.columns = least(place.columns, place.all_columns - place.from_column);
    place.rows = least(place.rows, place.all_rows - place.from_row);
    if (place.columns < 1 || place.rows < 1 || canvas->picture_count == CANVAS_PICTURES)
        return;
    if (kind == PICTURES_BLOCKS)
        scaled = scaled_for(canvas, picture, place.all_columns, place.all_rows);
    for (row = 0; row < place.rows; row++)
        for (column = 0; column < place.columns; column++)
            if (kind == PICTURES_BLOCKS)
                draw_block(canvas, &place, column, row, scaled);
            else if (kind == PICTURES_KITTY)
                draw_placeholder(canvas, &place, column, row, picture);
            else
                memcpy(take_cell(canvas, &place, column, row, CELL_PIXELS)->text, NO_BREAK_SPACE,
                       sizeof NO_BREAK_SPACE);
    canvas->pictures[canvas->picture_count].picture = *picture;
    canvas->pictures[canvas->picture_count++].place = place;
}
