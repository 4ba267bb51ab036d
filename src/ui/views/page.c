/*
 * Pages of a PDF as they were printed. The argument is an ID or a file and, behind a blank, the
 * number of a page, and behind a + how many percent of its height lie above what is shown. A page
 * lies on a sheet of cells of which the view shows a window; its pixels are drawn by a worker for
 * the size that is shown, and a few of them are kept.
 */
#include "../asker.h"
#include "../desk.h"

#include "carrel/pages.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define KEPT 4          /* pages whose pixels are kept */
#define WIDTH_MOST 2400 /* pixels across: more are not seen, and four pages stay below 100 MB */
#define BLOCK_PIXELS 4  /* across, of the page that half blocks are the means of */
#define ZOOM_LEAST 25
#define ZOOM_MOST 400
#define PAGES_MOST 1000000

struct page_pixels {
    struct page_image image;
    struct picture picture; /* id 0: none */
    struct str packed;      /* for kitty; empty: not made */
    uint32_t page, width, used;
    bool inverted;
};

struct page_view {
    struct asker asker;
    char *what;
    uint32_t page, count; /* count 0: not known */
    uint32_t missing;     /* a page that could not be drawn, from 1; 0 none */
    bool whole, inverted; /* whole: the page fits into the view, else its width does */
    int zoom;             /* percent */
    int left, top;        /* cells of the sheet */
    int from;             /* percent of the page's height, until it is laid out; 0: its top */
    int columns, rows;    /* of the sheet, as it was drawn last */
    int width, height;    /* of the view */
    float shape;          /* height by width, of the page that is shown or was */
    struct page_pixels kept[KEPT];
    uint32_t clock, asked_page, asked_width;
    bool asked_inverted;
};

/* ---- pixels ---- */

static void pixels_free(struct page_pixels *pixels)
{
    page_image_free(&pixels->image);
    str_free(&pixels->packed);
}

static void pixels_invert(struct page_pixels *pixels)
{
    size_t count = (size_t)pixels->image.width * pixels->image.height * 3, i;

    for (i = 0; i < count; i++)
        pixels->image.pixels[i] = (unsigned char)(255 - pixels->image.pixels[i]);
    pixels->inverted = true;
}

/* ---- asking ---- */

struct page_question {
    struct question question;
    const struct app *app;
    char *what, *title; /* in the arena; title NULL: it has none */
    uint32_t page, width, count;
    bool inverted, pack;
    struct page_pixels pixels;
};

/* All that takes long is done here, on the worker. */
static void page_prepare(struct page_question *q)
{
    struct page_pixels *pixels = &q->pixels;
    const struct page_image *image = &pixels->image;

    pixels->page = q->page;
    pixels->width = q->width;
    pixels->picture = (struct picture){ .id = picture_next_id(),
                                        .width = image->width,
                                        .height = image->height,
                                        .pixels = image->pixels };
    if (q->inverted)
        pixels_invert(pixels);
    if (q->pack)
        picture_kitty_pack(&pixels->packed, &pixels->picture);
}

static int page_read(struct question *question, struct store *store, struct error *err)
{
    struct page_question *q = (struct page_question *)question;
    struct pages_options options = { .cancel = &question->task.cancel };
    struct pages *pages;
    int result = pages_open(&pages, q->app, store, q->what, &options, err);

    if (result != ERR_OK)
        return result;
    if (pages_document(pages)) {
        q->count = (uint32_t)pages_document(pages)->page_count;
        q->title = arena_strdup(question->arena, pages_document(pages)->meta.title);
    }
    result = pages_draw(pages, q->page, q->width, &q->pixels.image, err);
    pages_close(pages);
    if (result == ERR_OK)
        page_prepare(q);
    return result;
}

static void page_question_free(struct task *task)
{
    struct page_question *q = (struct page_question *)task;

    pixels_free(&q->pixels);
    arena_free(q->question.arena);
    free(q);
}

static void page_ask(struct view *view, uint32_t width)
{
    struct page_view *v = view->state;
    struct page_question *q;

    if (v->asker.task && v->asked_page == v->page && v->asked_width == width
        && v->asked_inverted == v->inverted)
        return;
    q = question_new(sizeof *q, "page", page_read);
    q->question.task.free = page_question_free;
    q->app = desk_app(view->desk);
    q->what = arena_strdup(q->question.arena, v->what);
    q->page = v->asked_page = v->page;
    q->width = v->asked_width = width;
    q->inverted = v->asked_inverted = v->inverted;
    q->pack = desk_pictures(view->desk)->kind == PICTURES_KITTY;
    str_init(&q->pixels.packed);
    asker_ask(&v->asker, view, q);
}

static void page_result(struct view *view, struct task *task)
{
    struct page_view *v = view->state;
    struct page_question *q = (struct page_question *)task;
    struct page_pixels *room = &v->kept[0];
    size_t i;

    if (!asker_answered(&v->asker, view, task))
        return;
    v->missing = v->asker.error.code ? q->page + 1 : 0;
    if (v->asker.error.code)
        return;
    for (i = 1; i < KEPT; i++)
        if (v->kept[i].used < room->used)
            room = &v->kept[i];
    pixels_free(room);
    *room = q->pixels;
    room->picture.packed = room->packed.len > 0 ? &room->packed : NULL;
    room->used = ++v->clock;
    q->pixels = (struct page_pixels){ .packed = STR_INIT };
    if (q->title && !view->name)
        view->name = mem_printf("Page: %s", q->title);
    v->count = q->count ? q->count : v->count;
    v->shape = (float)room->picture.height / (float)room->picture.width;
}

/* ---- the sheet ---- */

static int clamp(int value, int least, int most)
{
    return value > most ? (most < least ? least : most) : value < least ? least : value;
}

static void page_lay_out(struct page_view *v, const struct picture_display *display)
{
    uint32_t width = 1000, height = (uint32_t)(v->shape * 1000 + 0.5f);
    int columns = clamp(v->width * v->zoom / 100, 1, PICTURE_CELLS_MAX);
    int rows = v->whole ? clamp(v->height * v->zoom / 100, 1, PICTURE_CELLS_MAX) : 0;

    picture_fit(&v->columns, &v->rows, display, width, height, columns, rows);
    v->left = clamp(v->left, 0, v->columns - v->width);
    v->top = clamp(v->top, 0, v->rows - v->height);
}

static uint32_t page_width(const struct page_view *v, const struct picture_display *display)
{
    int pixels = display->kind == PICTURES_BLOCKS ? BLOCK_PIXELS : display->cell_width;

    return (uint32_t)clamp(v->columns * pixels, 16, WIDTH_MOST);
}

static bool is_wanted(const struct page_view *v, const struct page_pixels *pixels, uint32_t width)
{
    return pixels->width == width && pixels->inverted == v->inverted;
}

/* The page as it is wanted, else in another width or other colours for as long as that takes. */
static struct page_pixels *page_find(struct page_view *v, uint32_t width)
{
    struct page_pixels *found = NULL;
    size_t i;

    for (i = 0; i < KEPT; i++)
        if (v->kept[i].picture.id && v->kept[i].page == v->page
            && (!found || is_wanted(v, &v->kept[i], width)))
            found = &v->kept[i];
    return found;
}

static void page_show(struct page_view *v, struct canvas *canvas, struct page_pixels *pixels, int x,
                      int y)
{
    struct picture_place place = { .columns = v->width,
                                   .rows = v->height,
                                   .all_columns = v->columns,
                                   .all_rows = v->rows,
                                   .from_column = v->left,
                                   .from_row = v->top };

    pixels->used = ++v->clock;
    place.x = x + (v->columns < v->width ? (v->width - v->columns) / 2 : 0);
    place.y = y;
    if (v->columns < v->width)
        place.columns = v->columns;
    canvas_picture(canvas, &pixels->picture, &place);
}

static void page_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    const struct picture_display *display = desk_pictures(view->desk);
    struct page_view *v = view->state;
    struct page_pixels *pixels;
    uint32_t wide;

    v->width = width;
    v->height = height;
    if (display->kind == PICTURES_OFF) {
        canvas_picture(
            canvas, &(struct picture){ .id = 0 },
            &(struct picture_place){ .x = x + 1, .y = y, .columns = width - 1, .rows = height });
        return;
    }
    page_lay_out(v, display);
    if (v->from > 0) {
        v->top = clamp(v->rows * v->from / 100, 0, v->rows - v->height);
        v->from = 0;
    }
    wide = page_width(v, display);
    pixels = page_find(v, wide);
    if (v->missing == v->page + 1) {
        canvas_text(canvas, x + 1, y, width - 1, STYLE_ERROR, v->asker.error.message);
        return;
    }
    if (!pixels || !is_wanted(v, pixels, wide))
        page_ask(view, wide);
    if (pixels && pixels->width != wide && display->kind == PICTURES_KITTY
        && !pixels->picture.packed)
        pixels = NULL; /* coarse ones of half blocks are not worth being sent */
    if (pixels)
        page_show(v, canvas, pixels, x, y);
    else
        canvas_text(canvas, x + 1, y, width - 1, STYLE_DIM, "Drawing the page…");
}

/* ---- commands ---- */

static void page_go(struct page_view *v, int64_t page, bool end)
{
    int64_t last = v->count ? v->count - 1 : PAGES_MOST;

    page = page < 0 ? 0 : page > last ? last : page;
    if (page == v->page)
        return;
    v->page = (uint32_t)page;
    v->top = end ? v->rows : 0;
}

/* Over the end of a page is the next one. */
static void page_scroll(struct page_view *v, int rows)
{
    if (rows > 0 && v->top >= v->rows - v->height)
        page_go(v, (int64_t)v->page + 1, false);
    else if (rows < 0 && v->top <= 0)
        page_go(v, (int64_t)v->page - 1, true);
    else
        v->top = clamp(v->top + rows, 0, v->rows - v->height);
}

static void page_zoom(struct page_view *v, int percent)
{
    int before = v->zoom;

    v->zoom = clamp(v->zoom * percent / 100, ZOOM_LEAST, ZOOM_MOST);
    if (v->zoom > 90 && v->zoom < 112)
        v->zoom = 100;
    v->top = v->top * v->zoom / before;
    v->left = (v->left + v->width / 2) * v->zoom / before - v->width / 2;
}

static void page_fit(struct page_view *v, bool whole)
{
    v->whole = whole;
    v->zoom = 100;
    v->left = 0;
}

static bool page_move(struct page_view *v, const char *name, int count)
{
    const struct {
        const char *name;
        int rows;
    } moves[] = { { "down", 3 },
                  { "up", -3 },
                  { "half-down", v->height / 2 },
                  { "half-up", -v->height / 2 },
                  { "page-down", v->height - 2 },
                  { "page-up", 2 - v->height },
                  { "scroll-down", 3 },
                  { "scroll-up", -3 } };
    size_t i;

    for (i = 0; i < ARRAY_LEN(moves); i++)
        if (strcmp(moves[i].name, name) == 0) {
            page_scroll(v, moves[i].rows * count);
            return true;
        }
    return false;
}

/* Page 12, or 7G. */
static void page_by_number(struct view *view, long page)
{
    struct page_view *v = view->state;

    if (v->count > 0 && page > (long)v->count)
        desk_say(view->desk, STYLE_WARN, "there is no page %ld: it has %u", page, v->count);
    else
        page_go(v, (int64_t)page - 1, false);
}

/* Of the whole document, as in the Reader. */
static void page_percent(struct view *view, const char *word)
{
    struct page_view *v = view->state;
    long percent;

    if (!str_to_long(word, 0, 100, &percent))
        desk_say(view->desk, STYLE_WARN, "a percentage is 0 to 100, as in 50%%");
    else if (v->count > 0)
        page_go(v, (int64_t)(v->count - 1) * percent / 100, false);
}

static bool page_turn(struct view *view, const char *name, long number)
{
    struct page_view *v = view->state;
    long times = number ? number : 1;

    if (strcmp(name, "next-page") == 0)
        page_go(v, (int64_t)v->page + times, false);
    else if (strcmp(name, "prev-page") == 0)
        page_go(v, (int64_t)v->page - times, false);
    else if (number > 0
             && (strcmp(name, "goto-start") == 0 || strcmp(name, "goto-end") == 0
                 || strcmp(name, "goto-row") == 0))
        page_by_number(view, number);
    else if (strcmp(name, "goto-start") == 0)
        page_go(v, 0, false);
    else if (strcmp(name, "goto-end") == 0)
        page_go(v, v->count ? (int64_t)v->count - 1 : (int64_t)v->page, false);
    else
        return false;
    return true;
}

static bool page_command(struct view *view, int argc, char **argv)
{
    struct page_view *v = view->state;
    const char *name = argv[0];
    long number = 0;

    if (strcmp(name, "percent") == 0) {
        page_percent(view, argc > 1 ? argv[1] : "");
        return true;
    }
    if (argc > 1 && !str_to_long(argv[1], 1, PAGES_MOST, &number))
        return false;
    if (page_move(v, name,
                  (int)(number == 0     ? 1
                        : number < 1000 ? number
                                        : 1000))
        || page_turn(view, name, number))
        return true;
    if (strcmp(name, "zoom-in") == 0)
        page_zoom(v, 125);
    else if (strcmp(name, "zoom-out") == 0)
        page_zoom(v, 80);
    else if (strcmp(name, "fit-width") == 0)
        page_fit(v, false);
    else if (strcmp(name, "fit-page") == 0)
        page_fit(v, true);
    else if (strcmp(name, "invert") == 0)
        v->inverted = !v->inverted;
    else if (strcmp(name, "left") == 0 || strcmp(name, "right") == 0)
        v->left = clamp(v->left + (*name == 'l' ? -8 : 8), 0, v->columns - v->width);
    else
        return false;
    return true;
}

/* ---- the contract ---- */

/* " 3" or " 3+40" at the end; what stands before is the document. */
static void page_take_number(struct view *view)
{
    struct page_view *v = view->state;
    char *blank = strrchr(v->what, ' '), *plus = blank ? strchr(blank, '+') : NULL;
    long page = 1, from = 0;

    if (plus && !str_to_long(plus + 1, 0, 99, &from))
        return;
    if (plus)
        *plus = '\0';
    if (blank && str_to_long(blank + 1, 1, PAGES_MOST, &page)) {
        *blank = view->argument[blank - v->what] = '\0'; /* the title is without it */
        v->page = (uint32_t)page - 1;
        v->from = (int)from;
    } else if (plus) {
        *plus = '+';
    }
}

static int page_open(struct view *view, const char *argument, struct error *err)
{
    struct page_view *v = mem_zalloc(sizeof *v);

    view->state = v;
    if (view->desk->told) /* nothing of it could be told */
        return error_set(err, ERR_USAGE, "there are no pictures with --linear");
    v->zoom = 100;
    v->shape = 1.414f;
    v->what = mem_strdup(argument ? argument : "");
    page_take_number(view);
    return *v->what ? ERR_OK
                    : error_set(err, ERR_USAGE, "which document? page ID [N], or page FILE [N]");
}

static void page_status(struct view *view, struct str *out)
{
    const struct page_view *v = view->state;

    str_printf(out, "page %u", v->page + 1);
    if (v->count)
        str_printf(out, "/%u", v->count);
    str_printf(out, "  %s", v->whole ? "whole" : "width");
    if (v->zoom != 100)
        str_printf(out, " %d%%", v->zoom);
}

static const struct error *page_failure(const struct view *view)
{
    const struct page_view *v = view->state;

    return v->missing == v->page + 1 ? &v->asker.error : NULL;
}

static void page_data(struct view *view, struct jsonw *w)
{
    const struct page_view *v = view->state;

    jsonw_key_string(w, "id", v->what);
    jsonw_key_int(w, "page", v->page + 1);
    jsonw_key_int(w, "pages", v->count);
    jsonw_key_string(w, "fit", v->whole ? "page" : "width");
    jsonw_key_int(w, "zoom", v->zoom);
    jsonw_key_bool(w, "inverted", v->inverted);
    jsonw_key_string(w, "shown_as", picture_kind_name(desk_pictures(view->desk)->kind));
    jsonw_key_int(w, "columns", v->columns);
    jsonw_key_int(w, "rows", v->rows);
    jsonw_key_int(w, "top", v->top);
}

static void page_close(struct view *view)
{
    struct page_view *v = view->state;
    size_t i;

    asker_close(&v->asker, view);
    for (i = 0; i < KEPT; i++)
        pixels_free(&v->kept[i]);
    free(v->what);
    free(v);
}

const struct view_ops view_page = { .name = "page",
                                    .title = "Page",
                                    .hint = "j k h l move  J K 7G page  + - zoom  w W fit  "
                                            "i invert  v other way  Esc back",
                                    .whole = true,
                                    .pages = true,
                                    .open = page_open,
                                    .draw = page_draw,
                                    .command = page_command,
                                    .result = page_result,
                                    .status = page_status,
                                    .failure = page_failure,
                                    .data = page_data,
                                    .close = page_close };
