/*
 * Figures and tables: which words stand in a drawing, and what belongs to a caption.
 *
 * A drawing belongs to one caption, the nearest, so that the next one does not get the picture of
 * its neighbour. A caption without a drawing (a listing, a table of words) has what stands between
 * it and the prose above it, or below.
 */
#include "structure.h"

#include <ctype.h>
#include <math.h>

#define CLUSTER_GAP 10.0F
#define CLUSTERS_MAX 60   /* of a page */
#define FAR 120.0F        /* points between a caption and its picture, at most */
#define WRONG_SIDE 30.0F  /* so much farther is a picture below the caption of a figure */
#define LEAST_HEIGHT 9.0F /* of a region: a line of small print */

struct clusters {
    struct document_box boxes[CLUSTERS_MAX];
    size_t count;
};

static bool near(const struct document_box *a, const struct document_box *b, float gap)
{
    return a->x0 - gap <= b->x1 && b->x0 - gap <= a->x1 && a->y0 - gap <= b->y1
           && b->y0 - gap <= a->y1;
}

static void unite(struct document_box *box, const struct document_box *by)
{
    box->x0 = fminf(box->x0, by->x0);
    box->y0 = fminf(box->y0, by->y0);
    box->x1 = fmaxf(box->x1, by->x1);
    box->y1 = fmaxf(box->y1, by->y1);
}

static void add_box(struct clusters *clusters, struct document_box box)
{
    size_t i = 0;

    /* A box that touches several clusters makes one of them. */
    while (i < clusters->count) {
        if (near(&clusters->boxes[i], &box, CLUSTER_GAP)) {
            unite(&box, &clusters->boxes[i]);
            clusters->boxes[i] = clusters->boxes[--clusters->count];
            i = 0;
        } else {
            i++;
        }
    }
    if (clusters->count < CLUSTERS_MAX)
        clusters->boxes[clusters->count++] = box;
}

/* As large as the page, or reaching into a corner of it: what a clip would cut, or a ground. */
static bool is_backdrop(const struct document_box *box, const struct raw_page *page)
{
    int edges =
        (box->x0 < 1) + (box->y0 < 1) + (box->x1 > page->width - 1) + (box->y1 > page->height - 1);

    return edges >= 2
           || (box->y1 - box->y0 > 0.9F * page->height && box->x1 - box->x0 > 0.9F * page->width);
}

/* Of a table, above footnotes, in a fraction, around a float. */
static bool is_rule(float w, float h)
{
    return (h < 1.5F && w > 30) || (h < 8 && w > 25 * h);
}

/* Drawings of a page by nearness; what is no larger than a rule or as large as the page is none. */
static void cluster_page(struct clusters *clusters, const struct raw_page *page)
{
    size_t i;

    clusters->count = 0;
    for (i = 0; i < page->drawing_count; i++) {
        const struct document_box *box = &page->drawings[i].box;
        float w = box->x1 - box->x0, h = box->y1 - box->y0;

        if (is_backdrop(box, page) || is_rule(w, h))
            continue;
        add_box(clusters, *box);
    }
    for (i = 0; i < clusters->count;) {
        const struct document_box *box = &clusters->boxes[i];

        if (box->x1 - box->x0 < 40 || box->y1 - box->y0 < 25)
            clusters->boxes[i] = clusters->boxes[--clusters->count];
        else
            i++;
    }
}

static bool inside(const struct document_box *box, const struct document_box *of)
{
    float x = (box->x0 + box->x1) / 2, y = (box->y0 + box->y1) / 2;

    return x >= of->x0 - 4 && x <= of->x1 + 4 && y >= of->y0 - 4 && y <= of->y1 + 4;
}

/* Sentences in a shaded box are text all the same. */
static bool is_prose(const struct blocks *blocks, const struct block *block)
{
    uint32_t chars = 0;
    size_t i;

    for (i = 0; i < block->count; i++)
        chars += blocks->flow->lines[block->first + i].chars;
    return block->count >= 2 && chars / block->count > 28
           && block->size > 0.85F * blocks->flow->body_size;
}

/* Rows of numbers: a quarter of the bytes are digits. */
static bool is_tabular(const struct blocks *blocks, const struct block *block)
{
    size_t digits = 0, all = 0, i, k;

    for (i = 0; i < block->count; i++) {
        const struct line *line = &blocks->flow->lines[block->first + i];

        for (k = 0; k < line->len; k++) {
            char c = blocks->flow->text.ptr[line->at + k];

            digits += isdigit((unsigned char)c) != 0;
            all += c != ' ';
        }
    }
    return digits * 4 > all;
}

void mark_figures(struct blocks *blocks)
{
    struct clusters clusters = { .count = 0 };
    uint32_t page = DOCUMENT_NONE;
    size_t i, k;

    for (i = 0; i < blocks->count; i++) {
        struct block *block = &blocks->items[i];

        if (block->page != page) {
            page = block->page;
            cluster_page(&clusters, &blocks->pages[page]);
        }
        if ((block->kind != BLOCK_PARAGRAPH && block->kind != BLOCK_EQUATION
             && block->kind != BLOCK_HEADING)
            || is_prose(blocks, block))
            continue;
        for (k = 0; k < clusters.count && !inside(&block->box, &clusters.boxes[k]); k++)
            ;
        if (k < clusters.count
            || (block->kind == BLOCK_PARAGRAPH && block->count >= 2 && is_tabular(blocks, block))) {
            block->kind = BLOCK_FIGURE;
            block->level = 0;
        }
    }
}

/* ---- figures of a finished document ---- */

static bool overlap_across(const struct document_box *a, const struct document_box *b)
{
    float across = fminf(a->x1, b->x1) - fmaxf(a->x0, b->x0);

    return across >= 0.3F * fminf(a->x1 - a->x0, b->x1 - b->x0);
}

static bool is_empty(const struct document_box *box)
{
    return box->x1 <= box->x0;
}

static float distance(enum figure_kind kind, const struct document_box *caption,
                      const struct document_box *box)
{
    if (!overlap_across(caption, box))
        return FAR;
    if (box->y1 <= caption->y0 + 6)
        return caption->y0 - box->y1;
    if (box->y0 >= caption->y1 - 6)
        return box->y0 - caption->y1 + (kind == FIGURE_FIGURE ? WRONG_SIDE : 0);
    return FAR;
}

/* The nearest of all pairs first: each picture goes to one caption. `count` figures of one page. */
static void match_pictures(struct document *doc, struct document_figure *figures, size_t count,
                           struct clusters *clusters)
{
    for (;;) {
        struct document_figure *figure = NULL;
        float least = FAR, far;
        size_t i, k, picture = 0;

        for (i = 0; i < count; i++)
            for (k = 0; k < clusters->count && is_empty(&figures[i].box); k++) {
                far = distance(figures[i].kind, &doc->blocks[figures[i].caption].box,
                               &clusters->boxes[k]);
                if (far < least) {
                    least = far;
                    figure = &figures[i];
                    picture = k;
                }
            }
        if (!figure)
            return;
        figure->box = clusters->boxes[picture];
        clusters->boxes[picture] = clusters->boxes[--clusters->count];
    }
}

/* ---- captions without a drawing ---- */

static bool is_content(enum block_kind kind)
{
    return kind == BLOCK_CODE || kind == BLOCK_FIGURE || kind == BLOCK_EQUATION;
}

/* Where the prose ends that is nearest to the caption, above or below it; else the text's edge. */
static float prose_edge(const struct document *doc, const struct document_figure *figure,
                        bool above)
{
    const struct document_box *caption = &doc->blocks[figure->caption].box;
    float edge = above ? 0 : 1e9F, outer = above ? caption->y0 : caption->y1;
    size_t i;

    for (i = 0; i < doc->block_count; i++) {
        const struct document_block *block = &doc->blocks[i];
        const struct document_box *box = &block->box;

        if (block->page != figure->page || i == figure->caption)
            continue;
        outer = above ? fminf(outer, box->y0) : fmaxf(outer, box->y1);
        if (is_content(block->kind) || !overlap_across(caption, box))
            continue;
        if (above && box->y1 <= caption->y0 + 2)
            edge = fmaxf(edge, box->y1);
        else if (!above && box->y0 >= caption->y1 - 2)
            edge = fminf(edge, box->y0);
    }
    return above ? fmaxf(edge, outer) : fminf(edge, outer);
}

/* What else is known to be there goes to other captions: the region ends before it. */
static void keep_off(struct document_box *region, const struct document_figure *figures,
                     size_t count, bool above)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const struct document_box *box = &figures[i].box;

        if (is_empty(box) || !overlap_across(region, box) || box->y1 <= region->y0
            || box->y0 >= region->y1)
            continue;
        if (above)
            region->y0 = fmaxf(region->y0, box->y1);
        else
            region->y1 = fminf(region->y1, box->y0);
    }
}

/* As wide as the caption and what stands in the region. */
static void widen(struct document_box *region, const struct document *doc, uint32_t page)
{
    const struct document_box strip = *region;
    size_t i;

    for (i = 0; i < doc->block_count; i++) {
        const struct document_block *block = &doc->blocks[i];

        if (block->page == page && is_content(block->kind) && overlap_across(&strip, &block->box)
            && block->box.y0 >= strip.y0 - 2 && block->box.y1 <= strip.y1 + 2) {
            region->x0 = fminf(region->x0, block->box.x0);
            region->x1 = fmaxf(region->x1, block->box.x1);
        }
    }
}

/* A table's stands below its caption as often as above. */
static void match_region(const struct document *doc, struct document_figure *figure,
                         const struct document_figure *figures, size_t count)
{
    const struct document_box *caption = &doc->blocks[figure->caption].box;
    int side;

    for (side = 0; side < 2; side++) {
        bool above = (side == 0) == (figure->kind != FIGURE_TABLE);
        struct document_box region = *caption;

        region.y0 = above ? prose_edge(doc, figure, true) : caption->y1;
        region.y1 = above ? caption->y0 : prose_edge(doc, figure, false);
        keep_off(&region, figures, count, above);
        if (region.y1 - region.y0 < 2 * LEAST_HEIGHT)
            continue;
        widen(&region, doc, figure->page);
        figure->box = region;
        return;
    }
}

/* The figures of one page, whose captions are known. */
static void match_page(struct document *doc, struct document_figure *figures, size_t count,
                       const struct raw_page *page)
{
    struct clusters clusters;
    size_t i;

    cluster_page(&clusters, page);
    for (i = 0; i < doc->block_count; i++)
        if (doc->blocks[i].page == figures->page && doc->blocks[i].kind == BLOCK_FIGURE)
            add_box(&clusters, doc->blocks[i].box);
    match_pictures(doc, figures, count, &clusters);
    for (i = 0; i < count; i++)
        if (is_empty(&figures[i].box))
            match_region(doc, &figures[i], figures, count);
}

static void read_captions(struct document *doc)
{
    enum figure_kind kind;
    size_t i, label;

    for (i = 0; i < doc->block_count; i++) {
        const struct document_block *block = &doc->blocks[i];

        if (block->kind != BLOCK_CAPTION)
            continue;
        label = caption_label(doc->text + block->start, block->end - block->start, false, &kind);
        if (label > 0)
            doc->figures[doc->figure_count++] = (struct document_figure){
                .kind = kind,
                .label = arena_strndup(doc->arena, doc->text + block->start, label),
                .page = block->page,
                .caption = (uint32_t)i,
            };
    }
}

void find_figures(struct document *doc, const struct blocks *blocks)
{
    size_t i, next, count = 0;

    for (i = 0; i < doc->block_count; i++)
        count += doc->blocks[i].kind == BLOCK_CAPTION;
    doc->figures = arena_alloc(doc->arena, (count + 1) * sizeof *doc->figures);
    read_captions(doc);
    for (i = 0; i < doc->figure_count; i = next) {
        for (next = i + 1;
             next < doc->figure_count && doc->figures[next].page == doc->figures[i].page; next++)
            ;
        match_page(doc, &doc->figures[i], next - i, &blocks->pages[doc->figures[i].page]);
    }
}
