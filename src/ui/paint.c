/*
 * Painting: from cells that changed to bytes.
 *
 * Looks are changed by what is different in them, the cursor moves the shortest way, and blanks up
 * to the end of a line are erased. A wide cell and its other half are one.
 */
#include "paint.h"

#include "carrel/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP_OVER 4  /* cells that are written again rather than stepped over */
#define BLANK_FROM 9 /* blanks within a line that are */
#define ERASE_FROM 4 /* blanks up to the end of a line that are worth erasing */

static const struct cell *cell_of(const struct canvas *canvas, int x, int y)
{
    return &canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x];
}

static bool is_shown(const struct painter *painter, const struct canvas *canvas, int x, int y)
{
    const struct cell *shown = &painter->shown[(size_t)y * (size_t)painter->width + (size_t)x];

    return memcmp(shown, cell_of(canvas, x, y), sizeof *shown) == 0;
}

void painter_forget(struct painter *painter)
{
    free(painter->shown);
    painter->shown = NULL;
    painter_moved(painter);
}

void painter_moved(struct painter *painter)
{
    painter->x = -1;
    painter->pen.link = 0;
    painter->pen.look = (struct look){ .fg = -2, .bg = -2 }; /* unlike any */
}

/* ---- looks ---- */

static int32_t rgb_of(const uint8_t color[3])
{
    return COLOR_RGB | color[0] << 16 | color[1] << 8 | color[2];
}

/* Cells of pictures have colours of their own; those that cannot be shown are black or white. */
static struct look picture_look(const struct painter *painter, const struct cell *cell)
{
    struct look look = { .fg = cell->fg[0], .bg = COLOR_OWN, .reverse = cell->cursor };

    if (cell->look == CELL_INDEX)
        return look;
    look.fg = rgb_of(cell->fg);
    look.bg = rgb_of(cell->bg);
    if (painter->terminal.palette >= DEPTH_TRUE)
        return look;
    if (painter->terminal.palette >= DEPTH_256) {
        look.fg = picture_palette_nearest(cell->fg);
        look.bg = picture_palette_nearest(cell->bg);
    } else {
        look.fg = picture_is_light(cell->fg) ? 7 : 0;
        look.bg = picture_is_light(cell->bg) ? 7 : 0;
    }
    return look;
}

static struct pen pen_of(const struct painter *painter, const struct cell *cell)
{
    struct pen pen = { .link = painter->terminal.links ? cell->link : 0 };

    if ((cell->look == CELL_COLORS || cell->look == CELL_INDEX)
        && painter->terminal.palette != DEPTH_NONE)
        pen.look = picture_look(painter, cell);
    else
        pen.look = theme_look(painter->theme, (enum style)cell->style, cell->cursor,
                              painter->terminal.palette);
    return pen;
}

static bool same_look(const struct look *a, const struct look *b)
{
    return a->fg == b->fg && a->bg == b->bg && a->bold == b->bold && a->dim == b->dim
           && a->italic == b->italic && a->underline == b->underline && a->reverse == b->reverse;
}

static void add_color(struct str *out, int32_t color, bool ground)
{
    int base = ground ? 40 : 30;

    if (color >= COLOR_RGB)
        str_printf(out, ";%d;2;%d;%d;%d", base + 8, color >> 16 & 255, color >> 8 & 255,
                   color & 255);
    else if (color >= 16)
        str_printf(out, ";%d;5;%d", base + 8, color);
    else if (color >= 8)
        str_printf(out, ";%d", base + 60 + color - 8);
    else
        str_printf(out, ";%d", color == COLOR_OWN ? base + 9 : base + color);
}

/* What is on in `to` and not in `from`; what would have to be switched off makes it false. */
static bool add_attributes(struct str *out, const struct look *from, const struct look *to)
{
    const bool before[] = { from->bold, from->dim, from->italic, from->underline, from->reverse };
    const bool now[] = { to->bold, to->dim, to->italic, to->underline, to->reverse };
    static const char *const on[] = { ";1", ";2", ";3", ";4", ";7" };
    static const char *const off[] = { NULL, NULL, ";23", ";24", ";27" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(now); i++) {
        if (now[i] == before[i])
            continue;
        if (!now[i] && !off[i])
            return false; /* 22 would end both, and some terminals do not know it */
        str_add(out, now[i] ? on[i] : off[i]);
    }
    return true;
}

/* The shorter of two ways: what is different, or everything from the beginning. */
static void set_look(struct painter *painter, const struct look *look, struct str *out)
{
    static const struct look none = { .fg = COLOR_OWN, .bg = COLOR_OWN };
    const struct look *from = &painter->pen.look;
    struct str change = STR_INIT, anew = STR_INIT;
    bool changes = from->fg != -2;

    if (!painter->terminal.looks || same_look(from, look))
        return;
    changes = changes && add_attributes(&change, from, look);
    if (look->fg != from->fg)
        add_color(&change, look->fg, false);
    if (look->bg != from->bg)
        add_color(&change, look->bg, true);
    add_attributes(&anew, &none, look);
    if (look->fg != COLOR_OWN)
        add_color(&anew, look->fg, false);
    if (look->bg != COLOR_OWN)
        add_color(&anew, look->bg, true);
    str_add(out, "\033[");
    if (changes && change.len <= anew.len + 1)
        str_add(out, change.ptr + 1); /* without the first semicolon */
    else
        str_add(out, anew.ptr); /* an empty first number is 0: all off */
    str_add_char(out, 'm');
    painter->pen.look = *look;
    str_free(&change);
    str_free(&anew);
}

static void set_link(struct painter *painter, const struct canvas *canvas, uint32_t link,
                     struct str *out)
{
    const char *address = "";
    size_t i;

    if (painter->pen.link == link)
        return;
    for (i = 0; i < canvas->link_count; i++)
        if (canvas->links[i].id == link)
            address = canvas->links[i].address;
    if (*address) /* one address over several lines is one link */
        str_printf(out, "\033]8;id=%x;%s\033\\", link, address);
    else
        str_add(out, "\033]8;;\033\\");
    painter->pen.link = link;
}

void painter_plain(struct painter *painter, struct str *out)
{
    struct look look = theme_look(painter->theme, STYLE_NORMAL, false, painter->terminal.palette);

    set_look(painter, &look, out);
}

/* ---- the cursor ---- */

void painter_go(struct painter *painter, int x, int y, struct str *out)
{
    if (painter->x == x && painter->y == y)
        return;
    if (painter->terminal.move)
        painter->terminal.move(out, x, y);
    else if (painter->x >= 0 && painter->y == y && x > painter->x)
        str_printf(out, x - painter->x > 1 ? "\033[%dC" : "\033[C", x - painter->x);
    else if (painter->x >= 0 && painter->y + 1 == y && x == 0)
        str_add(out, "\r\n");
    else if (x == 0)
        str_printf(out, y > 0 ? "\033[%dH" : "\033[H", y + 1);
    else
        str_printf(out, "\033[%d;%dH", y + 1, x + 1);
    painter->x = x;
    painter->y = y;
}

/* ---- cells ---- */

static bool is_blank(const struct cell *cell)
{
    return cell->look == CELL_STYLED && strcmp(cell->text, " ") == 0 && !cell->link;
}

/* Of a blank only the ground is seen: the look stays as it is where that is the same. */
static struct look look_for(const struct painter *painter, const struct cell *cell)
{
    const struct look *worn = &painter->pen.look;
    struct look look = pen_of(painter, cell).look;

    return is_blank(cell) && look.bg == worn->bg && !look.reverse && !look.underline
                   && !worn->reverse && !worn->underline
               ? *worn
               : look;
}

static void put(struct painter *painter, const struct canvas *canvas, int x, int y, struct str *out)
{
    const struct cell *cell = cell_of(canvas, x, y);
    struct look look = look_for(painter, cell);

    painter_go(painter, x, y, out);
    set_link(painter, canvas, painter->terminal.links ? cell->link : 0, out);
    set_look(painter, &look, out);
    str_add(out, cell->text);
    painter->x += cell->width;
    if (painter->x >= canvas->width)
        painter->x = -1; /* terminals differ in where it is behind the last column */
}

/* Are the cells between the cursor and here shorter to write than to step over? */
static bool is_short(const struct painter *painter, const struct canvas *canvas, int from, int to,
                     int y)
{
    int x;

    if (to - from > STEP_OVER)
        return false;
    for (x = from; x < to; x++) {
        const struct cell *cell = cell_of(canvas, x, y);
        struct look look = look_for(painter, cell);

        if (cell->width != 1 || cell->text[1] || pen_of(painter, cell).link != painter->pen.link
            || !same_look(&look, &painter->pen.look))
            return false;
    }
    return true;
}

/* Does erasing leave cells that look so? */
static bool is_erased(const struct painter *painter, const struct look *look)
{
    return !look->reverse && !look->underline
           && (look->bg == COLOR_OWN || painter->terminal.erase_colored);
}

/* How many blanks on one ground begin here, up to `to`. */
static int blanks_at(const struct painter *painter, const struct canvas *canvas, int x, int to,
                     int y)
{
    struct look look = pen_of(painter, cell_of(canvas, x, y)).look;
    int count = 0;

    while (is_erased(painter, &look) && x + count < to && is_blank(cell_of(canvas, x + count, y))) {
        struct look other = pen_of(painter, cell_of(canvas, x + count, y)).look;

        if (other.bg != look.bg || other.reverse || other.underline)
            break;
        count++;
    }
    return count;
}

static void erase(struct painter *painter, const struct canvas *canvas, int x, int count, int y,
                  struct str *out)
{
    struct look look = look_for(painter, cell_of(canvas, x, y));

    painter_go(painter, x, y, out);
    set_link(painter, canvas, 0, out);
    set_look(painter, &look, out);
    if (x + count == canvas->width)
        str_add(out, "\033[K");
    else
        str_printf(out, "\033[%dX", count);
}

/* Blanks that are shorter to erase than to write, from this cell on; 0: it is to be written. */
static int erasable(const struct painter *painter, const struct canvas *canvas, int x, int last,
                    int y)
{
    bool ends = painter->terminal.erases, inside = painter->terminal.erases_inside;
    int count = ends || inside ? blanks_at(painter, canvas, x, canvas->width, y) : 0;

    if (ends && x + count == canvas->width && last - x >= ERASE_FROM)
        return count;
    count = count < last - x ? count : last - x;
    return inside && x + count < canvas->width && count >= BLANK_FROM ? count : 0;
}

/* What was stepped over, where that is shorter to write again. */
static void close_up(struct painter *painter, const struct canvas *canvas, int x, int y,
                     struct str *out)
{
    if (painter->x >= 0 && painter->y == y && painter->x < x
        && is_short(painter, canvas, painter->x, x, y))
        while (painter->x < x)
            put(painter, canvas, painter->x, y, out);
}

static void paint_row(struct painter *painter, const struct canvas *canvas, int y, struct str *out)
{
    int last = canvas->width, x, erased;

    while (last > 0 && is_shown(painter, canvas, last - 1, y))
        last--;
    for (x = 0; x < last; x++) {
        const struct cell *cell = cell_of(canvas, x, y);
        bool half =
            x + 1 < canvas->width && cell->width == 2 && !is_shown(painter, canvas, x + 1, y);

        if (cell->width == 0 || (is_shown(painter, canvas, x, y) && !half))
            continue;
        close_up(painter, canvas, x, y, out);
        erased = erasable(painter, canvas, x, last, y);
        if (erased > 0)
            erase(painter, canvas, x, erased, y, out);
        else
            put(painter, canvas, x, y, out);
        x += erased > 0 ? erased - 1 : 0;
    }
}

/* ---- a painting ---- */

/* As erasing and scrolling leave cells; where their ground is not known, unlike any. */
void painter_blank(const struct painter *painter, struct cell *cells, size_t count)
{
    struct look look = theme_look(painter->theme, STYLE_NORMAL, false, painter->terminal.palette);
    bool known =
        painter->terminal.looks && (look.bg == COLOR_OWN || painter->terminal.erase_colored);
    size_t i;

    memset(cells, 0, count * sizeof *cells);
    for (i = 0; i < count && known; i++) {
        cells[i].text[0] = ' ';
        cells[i].width = 1;
    }
}

/* Nothing is known: an empty screen is where it begins. */
static void begin_whole(struct painter *painter, const struct canvas *canvas, struct str *out)
{
    size_t cells = (size_t)canvas->width * (size_t)canvas->height;

    painter_forget(painter);
    painter->width = canvas->width;
    painter->height = canvas->height;
    painter->theme = canvas->theme;
    painter->shown = mem_alloc(cells * sizeof *painter->shown);
    painter_blank(painter, painter->shown, cells);
    painter_plain(painter, out);
    if (painter->terminal.looks)
        str_add(out, "\033[2J");
}

static void show_cursor(struct painter *painter, const struct canvas *canvas, struct str *out)
{
    bool seen = canvas->cursor_y >= 0;

    if (seen)
        painter_go(painter, canvas->cursor_x, canvas->cursor_y, out);
    if (seen != painter->cursor_seen && painter->terminal.looks)
        str_add(out, seen ? "\033[?25h" : "\033[?25l");
    painter->cursor_seen = seen;
}

void painter_paint(struct painter *painter, const struct canvas *canvas, bool whole,
                   struct str *out)
{
    size_t cells = (size_t)canvas->width * (size_t)canvas->height;
    int y;

    if (whole || !painter->shown || painter->width != canvas->width
        || painter->height != canvas->height || painter->theme != canvas->theme)
        begin_whole(painter, canvas, out);
    else if (painter->terminal.scrolls && canvas->picture_count == 0)
        painter_scroll(painter, canvas, out);
    for (y = 0; y < canvas->height; y++)
        paint_row(painter, canvas, y, out);
    set_link(painter, canvas, 0, out);
    show_cursor(painter, canvas, out);
    memcpy(painter->shown, canvas->cells, cells * sizeof *painter->shown);
}
