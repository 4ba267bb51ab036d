/*
 * Blocks that are not running text: captions, footnotes, equations, code, and the words inside
 * figures and tables.
 */
#include "structure.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#define CLUSTER_GAP 10.0F
#define CLUSTERS_MAX 60 /* of a page */

size_t caption_label(const char *text, size_t len, bool strict, enum figure_kind *kind)
{
    static const struct {
        const char *word;
        enum figure_kind kind;
    } words[] = {
        { "figure", FIGURE_FIGURE },    { "fig.", FIGURE_FIGURE },
        { "fig", FIGURE_FIGURE },       { "table", FIGURE_TABLE },
        { "tab.", FIGURE_TABLE },       { "algorithm", FIGURE_ALGORITHM },
        { "scheme", FIGURE_FIGURE },    { "listing", FIGURE_ALGORITHM },
        { "abbildung", FIGURE_FIGURE }, { "tabelle", FIGURE_TABLE },
    };
    size_t i, at, number;

    for (i = 0; i < ARRAY_LEN(words); i++)
        if (len > strlen(words[i].word)
            && strncasecmp(text, words[i].word, strlen(words[i].word)) == 0)
            break;
    if (i == ARRAY_LEN(words) || !isupper((unsigned char)text[0]))
        return 0;
    *kind = words[i].kind;
    at = strlen(words[i].word);
    while (at < len && text[at] == ' ')
        at++;
    for (number = at;
         at < len
         && (isalnum((unsigned char)text[at]) || text[at] == '-'
             || (text[at] == '.' && at + 1 < len && isdigit((unsigned char)text[at + 1])));
         at++)
        ;
    if (at == number || at - number > 6
        || !(isdigit((unsigned char)text[number]) || strchr("IVXA-H", text[number])
             || isdigit((unsigned char)text[at - 1])))
        return 0;
    if (at == len || strchr(".:|)", text[at]) || strncmp(text + at, " –", 4) == 0
        || strncmp(text + at, " —", 4) == 0)
        return at;
    if (strict)
        return 0;
    /* "Table 2 Results of ..." is one, "Table 2 shows ..." is not. */
    return at + 1 < len && isupper((unsigned char)text[at + 1]) ? at : 0;
}

void mark_captions(struct blocks *blocks)
{
    enum figure_kind kind;
    size_t i, len;

    for (i = 0; i < blocks->count; i++) {
        struct block *block = &blocks->items[i];
        const char *text = block_start(blocks, block, &len);
        bool small = block->size < 0.97F * blocks->flow->body_size;

        if ((block->kind == BLOCK_PARAGRAPH || block->kind == BLOCK_HEADING)
            && caption_label(text, len, !small && block->count > 2, &kind) > 0) {
            block->kind = BLOCK_CAPTION;
            block->level = 0;
        }
    }
}

/* ---- footnotes, equations, code ---- */

static bool note_mark(const char *text, size_t len)
{
    static const char *const marks[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸",
                                         "⁹", "†", "‡", "∗", "*", "§", "¶", "⋆", "♯" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(marks); i++)
        if (len > strlen(marks[i]) && strncmp(text, marks[i], strlen(marks[i])) == 0)
            return true;
    for (i = 0; i < len && i < 3 && isdigit((unsigned char)text[i]); i++)
        ;
    return i > 0 && i < len && (isalpha((unsigned char)text[i]) || text[i] == ' ');
}

static bool is_footnote(const struct blocks *blocks, size_t at)
{
    const struct block *block = &blocks->items[at], *above = block - 1;
    float height = blocks->pages[block->page].height;
    size_t len;
    const char *text = block_start(blocks, block, &len);

    if (block->size > 0.93F * blocks->flow->body_size || block->box.y0 < 0.4F * height)
        return false;
    if (note_mark(text, len))
        return true;
    if (at > 0 && above->kind == BLOCK_FOOTNOTE && above->region == block->region)
        return true;
    /* The notice at the foot of a first page. */
    return block->page == 0 && block->box.y0 > 0.7F * height
           && (at + 1 == blocks->count || blocks->items[at + 1].region != block->region);
}

static bool is_equation(const struct blocks *blocks, const struct block *block)
{
    uint32_t chars = 0, math = 0;
    size_t i;

    if (block->count > 8)
        return false;
    for (i = 0; i < block->count; i++) {
        const struct line *line = &blocks->flow->lines[block->first + i];

        chars += line->chars;
        math += line->flags & PIECE_MATH ? line->chars : 0;
        if (line->box.x0 < line->left + line->size && line->chars > 12
            && line->right - line->box.x1 < line->size)
            return false;
    }
    return chars < 300 && math * 3 >= chars * 2;
}

void mark_notes(struct blocks *blocks)
{
    size_t i;

    for (i = 0; i < blocks->count; i++) {
        struct block *block = &blocks->items[i];

        if (block->kind != BLOCK_PARAGRAPH)
            continue;
        if (is_footnote(blocks, i))
            block->kind = BLOCK_FOOTNOTE;
        else if (is_equation(blocks, block))
            block->kind = BLOCK_EQUATION;
        else if ((block->flags & PIECE_MONO) && blocks->flow->lines[block->first].chars > 0)
            block->kind = BLOCK_CODE;
    }
}

/* ---- figures ---- */

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

/* Drawings of a page by nearness; what is no larger than a rule or as large as the page is none. */
static void cluster_page(struct clusters *clusters, const struct raw_page *page)
{
    size_t i;

    clusters->count = 0;
    for (i = 0; i < page->drawing_count; i++) {
        const struct document_box *box = &page->drawings[i].box;
        float w = box->x1 - box->x0, h = box->y1 - box->y0;

        if (h > 0.9F * page->height && w > 0.9F * page->width)
            continue;
        if (h < 1.5F && w > 30) /* a rule: of a table, above footnotes, in a fraction */
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

/* ---- figures of a finished document: each caption and the picture nearest to it ---- */

static float distance(const struct document_box *caption, const struct document_box *box)
{
    float across = fminf(caption->x1, box->x1) - fmaxf(caption->x0, box->x0);

    if (across < 0.3F * fminf(caption->x1 - caption->x0, box->x1 - box->x0))
        return 1e9F;
    if (box->y1 <= caption->y0 + 6)
        return caption->y0 - box->y1;
    if (box->y0 >= caption->y1 - 6)
        return box->y0 - caption->y1;
    return 1e9F;
}

static void picture_box(struct document_figure *figure, const struct document *doc,
                        const struct document_block *caption, struct clusters *clusters)
{
    struct document_box best = { 0 };
    float least = 120, far;
    size_t i;

    for (i = 0; i < doc->block_count; i++) {
        const struct document_block *block = &doc->blocks[i];

        if (block->page == caption->page && block->kind == BLOCK_FIGURE)
            add_box(clusters, block->box);
    }
    for (i = 0; i < clusters->count; i++) {
        far = distance(&caption->box, &clusters->boxes[i]);
        if (far < least) {
            least = far;
            best = clusters->boxes[i];
        }
    }
    figure->box = best;
}

void find_figures(struct document *doc, const struct blocks *blocks)
{
    struct clusters clusters;
    enum figure_kind kind;
    size_t i, count = 0, label;

    for (i = 0; i < doc->block_count; i++)
        count += doc->blocks[i].kind == BLOCK_CAPTION;
    doc->figures = arena_alloc(doc->arena, (count + 1) * sizeof *doc->figures);
    for (i = 0; i < doc->block_count; i++) {
        const struct document_block *block = &doc->blocks[i];
        struct document_figure *figure = &doc->figures[doc->figure_count];

        if (block->kind != BLOCK_CAPTION)
            continue;
        label = caption_label(doc->text + block->start, block->end - block->start, false, &kind);
        if (label == 0)
            continue;
        figure->kind = kind;
        figure->label = arena_strndup(doc->arena, doc->text + block->start, label);
        figure->page = block->page;
        figure->caption = (uint32_t)i;
        cluster_page(&clusters, &blocks->pages[block->page]);
        picture_box(figure, doc, block, &clusters);
        doc->figure_count++;
    }
}
