/*
 * A figure, a table or an equation as a picture, in the panel that peeks at it: its part of the
 * page, drawn by a worker for the room that there is.
 */
#include "reader.h"

#include "carrel/pages.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_WIDTH_MOST 4000 /* pixels: a figure is a part of its page */
#define BLOCK_PIXELS 8       /* across, of what a half block is the mean of */
#define MARGIN 4             /* points around the box: strokes have a width */

struct figure_question {
    struct question question;
    const struct app *app;
    char *what; /* in the arena */
    uint32_t figure, page, page_width;
    float scale; /* of pixels to points */
    struct document_box box;
    uint32_t width, height;
    bool kitty;
    unsigned char *pixels; /* the answer; NULL: none */
    struct str packed;     /* for kitty; empty: not made */
};

static void figure_drop(struct question *question)
{
    struct figure_question *q = (struct figure_question *)question;

    free(q->pixels);
    str_free(&q->packed);
}

static uint32_t clamp(float value, uint32_t most)
{
    return value <= 0 ? 0 : value >= (float)most ? most : (uint32_t)value;
}

/* The box's part of the page. */
static void cut_out(struct figure_question *q, const struct page_image *page)
{
    uint32_t x0 = clamp((q->box.x0 - MARGIN) * q->scale, page->width);
    uint32_t x1 = clamp((q->box.x1 + MARGIN) * q->scale, page->width);
    uint32_t y0 = clamp((q->box.y0 - MARGIN) * q->scale, page->height);
    uint32_t y1 = clamp((q->box.y1 + MARGIN) * q->scale, page->height), y;

    if (x1 <= x0 || y1 <= y0)
        return;
    q->width = x1 - x0;
    q->height = y1 - y0;
    q->pixels = mem_alloc((size_t)q->width * q->height * 3);
    for (y = 0; y < q->height; y++)
        memcpy(q->pixels + (size_t)y * q->width * 3,
               page->pixels + ((size_t)(y0 + y) * page->width + x0) * 3, (size_t)q->width * 3);
}

static int figure_read(struct question *question, struct store *store, struct error *err)
{
    struct figure_question *q = (struct figure_question *)question;
    struct pages_options options = { .cancel = &question->task.cancel };
    struct page_image image = { .pixels = NULL };
    struct pages *pages;
    int result = pages_open(&pages, q->app, store, q->what, &options, err);

    if (result != ERR_OK)
        return result;
    result = pages_draw(pages, q->page, q->page_width, &image, err);
    if (result == ERR_OK)
        cut_out(q, &image);
    if (q->pixels && q->kitty)
        picture_kitty_pack(
            &q->packed,
            &(struct picture){ .width = q->width, .height = q->height, .pixels = q->pixels });
    page_image_free(&image);
    pages_close(pages);
    return result;
}

/* Its whole page is drawn so wide that the box has these pixels across. */
static void figure_ask(struct view *view, uint32_t block, const struct reader_place *place,
                       int pixels)
{
    struct reader *r = view->state;
    float width = r->text->doc->pages[place->page].width;
    float wide = (float)pixels * width / (place->box.x1 - place->box.x0 + 2 * MARGIN);
    struct figure_question *q = question_new(sizeof *q, "figure", figure_read);

    q->question.drop = figure_drop;
    str_init(&q->packed);
    q->kitty = desk_pictures(view->desk)->kind == PICTURES_KITTY;
    q->app = view->desk->app;
    q->what = arena_printf(q->question.arena, "file:%s", r->text->which.name);
    q->figure = r->figure.asked = block;
    q->page = place->page;
    q->page_width = clamp(wide, PAGE_WIDTH_MOST);
    q->scale = (float)q->page_width / width;
    q->box = place->box;
    r->figure.asked_pixels = pixels;
    asker_ask(&r->drawer, view, q);
}

bool reader_figure_answer(struct view *view, struct task *task)
{
    struct reader *r = view->state;
    struct figure_question *q = (struct figure_question *)task;

    if (!asker_answered(&r->drawer, view, task))
        return false;
    if (r->drawer.error.code || !q->pixels) { /* its words and caption are there */
        r->figure.none = q->figure;
        return true;
    }
    free(r->figure.pixels);
    r->figure.pixels = q->pixels;
    q->pixels = NULL;
    str_free(&r->figure.packed);
    r->figure.packed = q->packed;
    str_init(&q->packed);
    r->figure.index = q->figure;
    r->figure.picture =
        (struct picture){ .id = picture_next_id(),
                          .width = q->width,
                          .height = q->height,
                          .pixels = r->figure.pixels,
                          .packed = r->figure.packed.len > 0 ? &r->figure.packed : NULL };
    return true;
}

/* The block by which it is known: a figure's is its caption. */
static uint32_t block_peeked(const struct reader *r)
{
    return r->peeked.kind == MENTION_FIGURE ? r->text->doc->figures[r->peeked.target].caption
                                            : r->peeked.target;
}

bool reader_place_peeked(const struct reader *r, struct reader_place *out)
{
    const struct document *doc = r->text->doc;

    if (r->panel != PANEL_PEEK || r->peeked.target == DOCUMENT_NONE || doc->format != FORMAT_PDF)
        return false;
    if (r->peeked.kind == MENTION_FIGURE)
        *out = (struct reader_place){ doc->figures[r->peeked.target].page,
                                      doc->figures[r->peeked.target].box };
    else if (r->peeked.kind == MENTION_EQUATION)
        *out = (struct reader_place){ doc->blocks[r->peeked.target].page,
                                      doc->blocks[r->peeked.target].box };
    else
        return false;
    return out->box.x1 > out->box.x0 && out->box.y1 > out->box.y0 && out->page < doc->page_count
           && doc->pages[out->page].width > 0;
}

struct reader_room reader_figure_draw(struct view *view, struct canvas *canvas, int x, int y,
                                      struct reader_room most)
{
    struct reader *r = view->state;
    struct reader_place place;
    bool here = reader_place_peeked(r, &place);
    const struct picture_display *display = here ? desk_pictures(view->desk) : NULL;
    struct reader_room room = most;
    int pixels;
    uint32_t width, height, block;

    if (!here || display->kind == PICTURES_OFF || most.rows < 3)
        return (struct reader_room){ 0 };
    width = (uint32_t)((place.box.x1 - place.box.x0 + 2 * MARGIN) * 8);
    height = (uint32_t)((place.box.y1 - place.box.y0 + 2 * MARGIN) * 8);
    picture_fit(&room.columns, &room.rows, display, width, height, most.columns, most.rows);
    pixels = room.columns * (display->kind == PICTURES_BLOCKS ? BLOCK_PIXELS : display->cell_width);
    block = block_peeked(r);
    if (r->figure.asked != block || r->figure.asked_pixels != pixels)
        figure_ask(view, block, &place, pixels);
    if (r->drawer.error.code && !r->drawer.task) {
        canvas_text(canvas, x, y, most.columns, STYLE_ERROR, r->drawer.error.message);
        return (struct reader_room){ most.columns, 1 };
    }
    if (!r->drawer.task && r->figure.none == block) /* a box off its page */
        return (struct reader_room){ 0 };
    if (r->figure.picture.id && r->figure.index == block)
        canvas_picture(canvas, &r->figure.picture,
                       &(struct picture_place){ .x = x,
                                                .y = y,
                                                .columns = room.columns,
                                                .rows = room.rows,
                                                .all_columns = room.columns,
                                                .all_rows = room.rows });
    else
        canvas_text(canvas, x, y, room.columns, STYLE_DIM,
                    canvas->ascii ? "Drawing it..." : "Drawing it…");
    return room;
}
