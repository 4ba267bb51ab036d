/*
 * The canvas: drawing by display width. canvas_write.c writes the grid as text, ANSI or SVG.
 *
 * A wide grapheme takes its cell and an empty one; overwriting either half blanks the other, so a
 * row is always exactly as wide as the canvas.
 */
#include "carrel/canvas.h"

#include "carrel/hash.h"
#include "carrel/mem.h"
#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

void canvas_init(struct canvas *canvas, int width, int height, bool ascii)
{
    memset(canvas, 0, sizeof *canvas);
    canvas->width = width < 1 ? 1 : width > 500 ? 500 : width;
    canvas->height = height < 1 ? 1 : height > 200 ? 200 : height;
    canvas->ascii = ascii;
    canvas->theme = theme_plain();
    canvas->display = (struct picture_display){ .kind = ascii ? PICTURES_OFF : PICTURES_BLOCKS,
                                                .colors = PICTURE_TRUE_COLOR,
                                                .cell_width = 8,
                                                .cell_height = 16 };
    canvas->cells =
        mem_zalloc((size_t)canvas->width * (size_t)canvas->height * sizeof *canvas->cells);
    canvas_clear(canvas);
}

static void drop_links(struct canvas *canvas)
{
    while (canvas->link_count > 0)
        free(canvas->links[--canvas->link_count].address);
}

void canvas_free(struct canvas *canvas)
{
    size_t i;

    for (i = 0; i < CANVAS_SCALED; i++)
        free(canvas->scaled[i].pixels);
    drop_links(canvas);
    free(canvas->cells);
    canvas->cells = NULL;
}

static struct cell *cell_at(const struct canvas *canvas, int x, int y)
{
    return &canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x];
}

static void cell_blank(struct cell *cell, enum style style)
{
    memset(cell, 0, sizeof *cell);
    cell->text[0] = ' ';
    cell->width = 1;
    cell->style = (uint8_t)style;
}

void canvas_clear(struct canvas *canvas)
{
    int x, y;

    for (y = 0; y < canvas->height; y++)
        for (x = 0; x < canvas->width; x++)
            cell_blank(cell_at(canvas, x, y), STYLE_NORMAL);
    canvas->cursor_x = canvas->cursor_y = -1;
    canvas->picture_count = 0;
    drop_links(canvas);
}

static void cell_put(struct canvas *canvas, int x, int y, const char *text, size_t len, int width,
                     enum style style)
{
    struct cell *cell = cell_at(canvas, x, y);

    if (cell->width == 0 && x > 0)
        cell_blank(cell_at(canvas, x - 1, y), (enum style)cell_at(canvas, x - 1, y)->style);
    if (x + width < canvas->width && cell_at(canvas, x + width, y)->width == 0)
        cell_blank(cell_at(canvas, x + width, y), (enum style)cell_at(canvas, x + width, y)->style);
    memset(cell, 0, sizeof *cell);
    if (len >= CELL_BYTES || (canvas->ascii && (unsigned char)text[0] >= 0x80)) {
        memset(cell->text, '?', (size_t)width);
        if (width == 2) { /* two question marks would need two cells */
            cell->text[1] = '\0';
            cell_blank(cell_at(canvas, x + 1, y), style);
            cell_at(canvas, x + 1, y)->text[0] = '?';
            width = 1;
        }
    } else {
        memcpy(cell->text, text, len);
        if (width == 2) {
            memset(cell_at(canvas, x + 1, y), 0, sizeof *cell);
            cell_at(canvas, x + 1, y)->style = (uint8_t)style;
        }
    }
    cell->width = (uint8_t)width;
    cell->style = (uint8_t)style;
}

static enum style text_switch(char byte, enum style style)
{
    return byte == '\x02'   ? STYLE_MATCH
           : byte == '\x04' ? STYLE_GONE
           : byte == '\x05' ? STYLE_CAME
                            : style;
}

static int text_columns(const char *text)
{
    struct str plain = STR_INIT;
    int columns;

    for (; *text; text++)
        if (*text < '\x02' || *text > '\x05')
            str_add_char(&plain, *text);
    columns = text_width(plain.ptr);
    str_free(&plain);
    return columns;
}

static int text_put(struct canvas *canvas, int x, int y, int columns, enum style style,
                    const char *text)
{
    enum style now = style;
    size_t len = strlen(text), at = 0;
    int used = 0, limit;

    if (y < 0 || y >= canvas->height || x < 0 || x >= canvas->width)
        return 0;
    if (columns > canvas->width - x)
        columns = canvas->width - x;
    limit = text_columns(text) > columns ? columns - 1 : columns;
    while (at < len) {
        int width;
        size_t took;

        if (text[at] >= '\x02' && text[at] <= '\x05') {
            now = text_switch(text[at++], style);
            continue;
        }
        took = text_grapheme(text + at, len - at, &width);
        if (used + width > limit) {
            if (limit < columns)
                cell_put(canvas, x + used, y, canvas->ascii ? "~" : "…", canvas->ascii ? 1 : 3, 1,
                         style);
            return used + (limit < columns);
        }
        if (width > 0)
            cell_put(canvas, x + used, y, text + at, took, width, now);
        used += width;
        at += took;
    }
    return used;
}

int canvas_text(struct canvas *canvas, int x, int y, int columns, enum style style,
                const char *text)
{
    struct str plain = STR_INIT;
    int used;

    if (!canvas->ascii)
        return text_put(canvas, x, y, columns, style, text);
    text_to_ascii(&plain, text);
    used = text_put(canvas, x, y, columns, style, plain.ptr);
    str_free(&plain);
    return used;
}

void canvas_right(struct canvas *canvas, int end, int y, enum style style, const char *text)
{
    int width = text_width(text);

    canvas_text(canvas, end - width, y, width, style, text);
}

int canvas_wrapped(struct canvas *canvas, int x, int y, int width, int rows, enum style style,
                   const char *text)
{
    size_t at = 0, next;
    int lines = 0;

    while (text[at] && lines < rows) {
        size_t len = text_wrap(text + at, width, &next);

        if (canvas) {
            char *line = mem_strndup(text + at, len);

            canvas_text(canvas, x, y + lines, width, style, line);
            free(line);
        }
        lines++;
        at += next;
    }
    return lines;
}

void canvas_fill(struct canvas *canvas, int x, int y, int columns, enum style style,
                 const char *glyph)
{
    int i;

    if (y < 0 || y >= canvas->height)
        return;
    for (i = 0; i < columns && x + i < canvas->width; i++)
        if (x + i >= 0)
            canvas_text(canvas, x + i, y, 1, style, glyph);
}

void canvas_cursor_row(struct canvas *canvas, int x, int y, int columns)
{
    int i;

    if (y < 0 || y >= canvas->height)
        return;
    for (i = x; i < x + columns && i < canvas->width; i++)
        cell_at(canvas, i, y)->cursor = true;
}

void canvas_vline(struct canvas *canvas, int x, int y, int rows)
{
    int i;

    for (i = 0; i < rows; i++)
        canvas_text(canvas, x, y + i, 1, STYLE_DIM, "│");
}

/* ---- links and looks of what is written already ---- */

void canvas_link(struct canvas *canvas, int x, int y, int columns, const char *address)
{
    uint32_t id = (uint32_t)hash64(address, strlen(address), 0) | 1;
    const char *at;
    size_t i;

    for (at = address; (unsigned char)*at > 0x20 && *at != 0x7F; at++)
        ;
    for (i = 0; i < canvas->link_count && canvas->links[i].id != id; i++)
        ;
    if (*at || !*address || y < 0 || y >= canvas->height || i == CANVAS_LINKS)
        return;
    if (i == canvas->link_count) {
        canvas->links[i].id = id;
        canvas->links[canvas->link_count++].address = mem_strdup(address);
    }
    for (; columns > 0 && x < canvas->width; columns--, x++)
        if (x >= 0)
            cell_at(canvas, x, y)->link = id;
}

const char *canvas_link_of(const struct canvas *canvas, int x, int y)
{
    uint32_t id = x >= 0 && x < canvas->width && y >= 0 && y < canvas->height
                      ? cell_at(canvas, x, y)->link
                      : 0;
    size_t i;

    for (i = 0; i < canvas->link_count; i++)
        if (canvas->links[i].id == id)
            return canvas->links[i].address;
    return NULL;
}
