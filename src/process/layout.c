/*
 * Reading order: see layout.h for the method. Works on boxes alone. The order of drawing is kept
 * only where geometry has nothing to say (pages written sideways or in columns of characters).
 */
#include "layout.h"

#include "carrel/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 4
#define GUTTER_LEAST_WIDTH 150.0F /* points; narrower text has no columns */
#define GUTTER_SLACK 1.5F         /* points a piece may reach into the gutter */

struct cutter {
    struct flow *flow;
    const struct raw_page *page;
    uint32_t number;
    float hint; /* x of the document's usual gutter, 0 unknown */
    char *side; /* a mark for each piece: see `sort_sides` */
};

void raw_page_free(struct raw_page *page)
{
    str_free(&page->text);
    free(page->pieces);
    free(page->drawings);
}

void flow_free(struct flow *flow)
{
    str_free(&flow->text);
    free(flow->lines);
}

static float width(const struct piece *piece)
{
    return piece->box.x1 - piece->box.x0;
}

/* ---- gutters ---- */

struct gutter {
    float x;
    int left, right; /* column-wide pieces on either side */
};

/* How good a gutter x would be for the pieces between x0 and x1. */
static struct gutter weigh(const struct cutter *cut, const uint32_t *ids, size_t n, float x0,
                           float x1, float x, int *crossing)
{
    struct gutter gutter = { .x = x };
    size_t i;

    *crossing = 0;
    for (i = 0; i < n; i++) {
        const struct piece *p = &cut->page->pieces[ids[i]];

        if (p->box.x1 <= x + GUTTER_SLACK)
            gutter.left += width(p) >= 0.5F * (x - x0);
        else if (p->box.x0 >= x - GUTTER_SLACK)
            gutter.right += width(p) >= 0.5F * (x1 - x);
        else
            ++*crossing;
    }
    return gutter;
}

static void extent(const struct cutter *cut, const uint32_t *ids, size_t n, float *x0, float *x1)
{
    size_t i;

    *x0 = cut->page->width;
    *x1 = 0;
    for (i = 0; i < n; i++) {
        const struct piece *p = &cut->page->pieces[ids[i]];

        *x0 = fminf(*x0, p->box.x0);
        *x1 = fmaxf(*x1, p->box.x1);
    }
}

/* Places where a gutter may be: behind the right end of a piece, so only those are tried. */
static bool find_gutter(const struct cutter *cut, const uint32_t *ids, size_t n, float *x)
{
    struct gutter best = { 0 };
    int best_score = 0, crossing;
    float x0, x1, at;

    extent(cut, ids, n, &x0, &x1);
    if (n < 4 || x1 - x0 < GUTTER_LEAST_WIDTH)
        return false;
    if (cut->hint > x0 + 40 && cut->hint < x1 - 40) {
        best = weigh(cut, ids, n, x0, x1, cut->hint, &crossing);
        if (best.left >= 2 && best.right >= 2) {
            *x = cut->hint;
            return true;
        }
    }
    for (at = x0 + 0.22F * (x1 - x0); at < x0 + 0.78F * (x1 - x0); at += 2) {
        struct gutter gutter = weigh(cut, ids, n, x0, x1, at, &crossing);
        int least = gutter.left < gutter.right ? gutter.left : gutter.right;
        int score = least * 4 + gutter.left + gutter.right - crossing * 2;

        if (least >= 3 && score > best_score) {
            best_score = score;
            best = gutter;
        }
    }
    *x = best.x;
    return best_score > 0;
}

/* ---- rows: pieces on one baseline become a line ---- */

static int by_base(const void *a, const void *b, void *ctx)
{
    const struct piece *pieces = ctx;
    const struct piece *p = &pieces[*(const uint32_t *)a], *q = &pieces[*(const uint32_t *)b];

    if (fabsf(p->base - q->base) > 0.01F)
        return p->base < q->base ? -1 : 1;
    return p->box.x0 < q->box.x0 ? -1 : p->box.x0 > q->box.x0;
}

static int by_left(const void *a, const void *b, void *ctx)
{
    const struct piece *pieces = ctx;
    float x = pieces[*(const uint32_t *)a].box.x0, y = pieces[*(const uint32_t *)b].box.x0;

    return x < y ? -1 : x > y;
}

static bool same_row(const struct piece *row, const struct piece *p)
{
    float apart = fabsf(p->base - row->base), big = fmaxf(p->size, row->size);
    bool small = fminf(p->size, row->size) < 0.85F * big;

    return apart <= 0.2F * big || (small && apart <= 0.55F * big);
}

static void grow_box(struct document_box *box, const struct document_box *by)
{
    box->x0 = fminf(box->x0, by->x0);
    box->y0 = fminf(box->y0, by->y0);
    box->x1 = fmaxf(box->x1, by->x1);
    box->y1 = fmaxf(box->y1, by->y1);
}

/* A small piece of digits above the line's base is a mark: "2" -> "²". */
static void add_piece(struct str *out, const char *text, const struct piece *p, float base,
                      float size)
{
    static const char *const raised[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
    bool mark = p->size < 0.85F * size && p->base < base - 0.12F * size;
    uint32_t i;

    for (i = 0; i < p->len; i++) {
        char c = text[p->at + i];

        if (mark && c >= '0' && c <= '9')
            str_add(out, raised[c - '0']);
        else
            str_add_char(out, c);
    }
}

static void push_row(struct cutter *cut, uint32_t *ids, size_t n)
{
    const struct raw_page *page = cut->page;
    struct flow *flow = cut->flow;
    struct line line = { .page = cut->number, .region = flow->regions };
    const struct piece *main = &page->pieces[ids[0]];
    uint32_t bold = 0, italic = 0, mono = 0, math = 0;
    size_t i;

    for (i = 1; i < n; i++)
        if (page->pieces[ids[i]].chars > main->chars)
            main = &page->pieces[ids[i]];
    qsort_r(ids, n, sizeof *ids, by_left, page->pieces);
    line.at = (uint32_t)flow->text.len;
    line.box = main->box;
    line.base = main->base;
    line.size = main->size;
    for (i = 0; i < n; i++) {
        const struct piece *p = &page->pieces[ids[i]];
        float gap = i > 0 ? p->box.x0 - page->pieces[ids[i - 1]].box.x1 : 0;

        if (gap > 0.12F * main->size)
            str_add_char(&flow->text, ' ');
        add_piece(&flow->text, page->text.ptr, p, main->base, main->size);
        grow_box(&line.box, &p->box);
        line.chars += p->chars;
        bold += p->flags & PIECE_BOLD ? p->chars : 0;
        italic += p->flags & PIECE_ITALIC ? p->chars : 0;
        mono += p->flags & PIECE_MONO ? p->chars : 0;
        math += p->flags & PIECE_MATH ? p->chars : 0;
    }
    line.flags = (bold * 20 >= line.chars * 19 ? PIECE_BOLD : 0)
                 | (italic * 2 > line.chars ? PIECE_ITALIC : 0)
                 | (mono * 2 > line.chars ? PIECE_MONO : 0)
                 | (math * 2 > line.chars ? PIECE_MATH : 0);
    line.len = (uint32_t)flow->text.len - line.at;
    str_add_char(&flow->text, '\n');
    VEC_PUSH(flow->lines, flow->count, flow->cap, line);
}

static int by_float(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return x < y ? -1 : x > y;
}

/* The edges of a region: where a tenth of its lines begin at the latest, and the right end but for
 * outliers. */
static void set_edges(struct line *lines, size_t n)
{
    float *lefts = mem_alloc(n * sizeof *lefts), *rights = mem_alloc(n * sizeof *rights);
    size_t i;

    for (i = 0; i < n; i++) {
        lefts[i] = lines[i].box.x0;
        rights[i] = lines[i].box.x1;
    }
    qsort(lefts, n, sizeof *lefts, by_float);
    qsort(rights, n, sizeof *rights, by_float);
    for (i = 0; i < n; i++) {
        lines[i].left = lefts[n / 10];
        lines[i].right = rights[n - 1 - n / 20];
    }
    free(lefts);
    free(rights);
}

static void push_region(struct cutter *cut, uint32_t *ids, size_t n)
{
    struct flow *flow = cut->flow;
    const struct piece *pieces = cut->page->pieces;
    size_t first = flow->count, from = 0, i;

    if (n == 0)
        return;
    flow->regions++;
    qsort_r(ids, n, sizeof *ids, by_base, cut->page->pieces);
    for (i = 1; i <= n; i++) {
        const struct piece *row = &pieces[ids[from]];
        size_t k;

        /* The row is known by its biggest piece so far. */
        for (k = from + 1; k < i; k++)
            if (pieces[ids[k]].size * (float)pieces[ids[k]].chars > row->size * (float)row->chars)
                row = &pieces[ids[k]];
        if (i < n && same_row(row, &pieces[ids[i]]) && i - from < 500)
            continue;
        push_row(cut, ids + from, i - from);
        from = i;
    }
    set_edges(flow->lines + first, flow->count - first);
}

/* ---- the cut ---- */

enum { SIDE_LEFT, SIDE_RIGHT, SIDE_BOTH };

/* A piece spans both columns when it reaches well into each; one that sticks out a little (a long
 * formula) stays in its column. */
static char side_of(const struct piece *p, float gutter)
{
    float left = gutter - p->box.x0, right = p->box.x1 - gutter;

    if (right <= GUTTER_SLACK)
        return SIDE_LEFT;
    if (left <= GUTTER_SLACK)
        return SIDE_RIGHT;
    if (fminf(left, right) < 0.2F * fmaxf(left, right))
        return left > right ? SIDE_LEFT : SIDE_RIGHT;
    return SIDE_BOTH;
}

/* Pieces on the row of a spanning one belong to it: a wide line is often drawn in several. `ids`
 * are sorted by baseline. */
static void sort_sides(struct cutter *cut, const uint32_t *ids, size_t n, float gutter)
{
    const struct piece *pieces = cut->page->pieces;
    size_t i, k;

    for (i = 0; i < n; i++)
        cut->side[ids[i]] = side_of(&pieces[ids[i]], gutter);
    for (i = 0; i < n; i++) {
        const struct piece *wide = &pieces[ids[i]];

        if (side_of(wide, gutter) != SIDE_BOTH)
            continue;
        for (k = i; k-- > 0 && wide->base - pieces[ids[k]].base < 0.3F * wide->size;)
            cut->side[ids[k]] = SIDE_BOTH;
        for (k = i + 1; k < n && pieces[ids[k]].base - wide->base < 0.3F * wide->size; k++)
            cut->side[ids[k]] = SIDE_BOTH;
    }
}

static void cut_region(struct cutter *cut, uint32_t *ids, size_t n, int depth);

/* Reads one band: a spanning run as it is, else the left column, then the right one. The columns
 * are taken apart before either is cut, since deeper cuts write over the marks. */
static void cut_band(struct cutter *cut, uint32_t *ids, size_t n, int depth)
{
    uint32_t *part = mem_alloc((n + 1) * sizeof *part);
    size_t left = 0, right = 0, i;

    if (cut->side[ids[0]] == SIDE_BOTH) {
        push_region(cut, ids, n);
    } else {
        for (i = 0; i < n; i++)
            if (cut->side[ids[i]] == SIDE_LEFT)
                part[left++] = ids[i];
        for (i = 0; i < n; i++)
            if (cut->side[ids[i]] == SIDE_RIGHT)
                part[left + right++] = ids[i];
        cut_region(cut, part, left, depth + 1);
        cut_region(cut, part + left, right, depth + 1);
    }
    free(part);
}

static void cut_region(struct cutter *cut, uint32_t *ids, size_t n, int depth)
{
    size_t from = 0, i;
    float gutter;

    if (n == 0)
        return;
    if (depth >= DEPTH_MAX || !find_gutter(cut, ids, n, &gutter)) {
        push_region(cut, ids, n);
        return;
    }
    qsort_r(ids, n, sizeof *ids, by_base, cut->page->pieces);
    sort_sides(cut, ids, n, gutter);
    for (i = 1; i <= n; i++) {
        bool wide = cut->side[ids[i - 1]] == SIDE_BOTH;

        if (i < n && wide == (cut->side[ids[i]] == SIDE_BOTH))
            continue;
        cut_band(cut, ids + from, i - from, depth);
        from = i;
    }
}

/* ---- pages ---- */

static bool mostly_sideways(const struct raw_page *page)
{
    uint64_t sideways = 0, all = 0;
    size_t i;

    for (i = 0; i < page->piece_count; i++) {
        all += page->pieces[i].chars;
        sideways += page->pieces[i].flags & PIECE_SIDEWAYS ? page->pieces[i].chars : 0;
    }
    return sideways * 2 > all;
}

static void push_single(struct cutter *cut, uint32_t id, enum block_kind kind)
{
    struct line *line;

    push_row(cut, &id, 1);
    line = &cut->flow->lines[cut->flow->count - 1];
    line->left = line->box.x0;
    line->right = line->box.x1;
    line->kind = kind;
}

static void layout_page(struct flow *flow, const struct raw_page *page, uint32_t number, float hint)
{
    struct cutter cut = { .flow = flow, .page = page, .number = number, .hint = hint };
    uint32_t *ids = mem_alloc((page->piece_count + 1) * sizeof *ids);
    bool sideways = mostly_sideways(page);
    size_t i, n = 0;

    cut.side = mem_zalloc(page->piece_count + 1);
    for (i = 0; i < page->piece_count; i++)
        if (sideways || !(page->pieces[i].flags & PIECE_SIDEWAYS))
            ids[n++] = (uint32_t)i;
    if (sideways) {
        flow->regions++;
        for (i = 0; i < n; i++)
            push_single(&cut, ids[i], BLOCK_PARAGRAPH);
    } else {
        cut_region(&cut, ids, n, 0);
        flow->regions++;
        for (i = 0; i < page->piece_count; i++)
            if (page->pieces[i].flags & PIECE_SIDEWAYS)
                push_single(&cut, (uint32_t)i, BLOCK_STAMP);
    }
    flow->regions++;
    free(cut.side);
    free(ids);
}

/* The gutter that at least half of the pages which have one agree on. */
static float usual_gutter(const struct raw_page *pages, size_t count)
{
    float *found = mem_alloc((count + 1) * sizeof *found), x, usual = 0;
    size_t n = 0, i, k;

    for (i = 0; i < count; i++) {
        struct cutter cut = { .page = &pages[i] };
        uint32_t *ids = mem_alloc((pages[i].piece_count + 1) * sizeof *ids);
        size_t used = 0;

        for (k = 0; k < pages[i].piece_count; k++)
            if (!(pages[i].pieces[k].flags & PIECE_SIDEWAYS))
                ids[used++] = (uint32_t)k;
        if (!mostly_sideways(&pages[i]) && find_gutter(&cut, ids, used, &x))
            found[n++] = x;
        free(ids);
    }
    qsort(found, n, sizeof *found, by_float);
    for (i = 0, k = 0; i < n; i++)
        k += fabsf(found[i] - found[n / 2]) < 6;
    if (n >= 2 && k * 2 >= n && n * 2 >= count)
        usual = found[n / 2];
    free(found);
    return usual;
}

/* The most frequent of values rounded to a quarter point, each weighing `weight`. */
static float mode_of(const float *values, const uint32_t *weights, size_t n)
{
    uint64_t bins[400] = { 0 };
    size_t i, best = 0;

    for (i = 0; i < n; i++)
        if (values[i] > 0 && values[i] < 99)
            bins[(size_t)(values[i] * 4)] += weights[i];
    for (i = 1; i < ARRAY_LEN(bins); i++)
        if (bins[i] > bins[best])
            best = i;
    return ((float)best + 0.5F) / 4;
}

static void usual_sizes(struct flow *flow)
{
    float *values = mem_alloc((flow->count + 1) * sizeof *values);
    uint32_t *weights = mem_alloc((flow->count + 1) * sizeof *weights);
    size_t i;

    for (i = 0; i < flow->count; i++) {
        values[i] = flow->lines[i].size;
        weights[i] = flow->lines[i].chars;
    }
    flow->body_size = mode_of(values, weights, flow->count);
    for (i = 0; i < flow->count; i++) {
        const struct line *line = &flow->lines[i], *above = line - 1;
        bool body = fabsf(line->size - flow->body_size) < 0.5F && line->chars > 15;

        weights[i] = i > 0 && body && above->region == line->region && line->base > above->base;
        values[i] = weights[i] ? line->base - above->base : 0;
    }
    flow->leading = mode_of(values, weights, flow->count);
    if (flow->leading < flow->body_size)
        flow->leading = 1.2F * flow->body_size;
    free(values);
    free(weights);
}

void layout_pages(struct flow *flow, const struct raw_page *pages, size_t count)
{
    float hint = usual_gutter(pages, count);
    size_t i;

    *flow = (struct flow){ .text = STR_INIT };
    for (i = 0; i < count; i++)
        layout_page(flow, &pages[i], (uint32_t)i, hint);
    usual_sizes(flow);
}
