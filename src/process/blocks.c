/*
 * Lines become blocks: a block ends where the gap grows, the type changes, a line is indented, or a
 * sentence ends short of the margin. Afterwards paragraphs that go on in the next column or on the
 * next page are tied together, past the figures and notes that stand between.
 */
#include "structure.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define JOIN_REACH 16 /* blocks looked at for the rest of a paragraph */

static const char *line_text(const struct blocks *blocks, const struct line *line)
{
    return blocks->flow->text.ptr + line->at;
}

const char *block_start(const struct blocks *blocks, const struct block *block, size_t *len)
{
    const struct line *line = &blocks->flow->lines[block->first];

    *len = line->len;
    return line_text(blocks, line);
}

void block_text(struct str *out, const struct blocks *blocks, const struct block *block)
{
    size_t i;

    for (i = 0; i < block->count; i++) {
        const struct line *line = &blocks->flow->lines[block->first + i];

        if (i > 0)
            str_add_char(out, ' ');
        str_add_mem(out, line_text(blocks, line), line->len);
    }
}

/* The last character that is not a closing quote, bracket or mark. */
static char last_char(const char *text, size_t len)
{
    while (len > 0 && (strchr("\"')]}", text[len - 1]) || (unsigned char)text[len - 1] >= 0x80))
        len--;
    return len > 0 ? text[len - 1] : '\0';
}

static bool ends_sentence(const char *text, size_t len)
{
    char c = last_char(text, len);

    return c == '.' || c == '?' || c == '!' || c == ':';
}

static bool starts_item(const char *text, size_t len)
{
    static const char *const bullets[] = {
        "•", "◦", "▪", "■", "–", "—", "∗", "- ", "* ", "‣", "●"
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(bullets); i++)
        if (len > strlen(bullets[i]) && strncmp(text, bullets[i], strlen(bullets[i])) == 0)
            return true;
    if (len > 3 && text[0] == '(' && isalnum((unsigned char)text[1])
        && (text[2] == ')' || (len > 4 && text[3] == ')')))
        return true;
    for (i = 0; i < len && i < 2 && isdigit((unsigned char)text[i]); i++)
        ;
    return i > 0 && i + 1 < len && (text[i] == '.' || text[i] == ')') && text[i + 1] == ' ';
}

static bool indented(const struct line *line)
{
    float by = line->box.x0 - line->left;

    return by > 0.7F * line->size && by < 5 * line->size;
}

static bool at_left(const struct line *line)
{
    return fabsf(line->box.x0 - line->left) < 0.7F * line->size;
}

static bool short_line(const struct line *line)
{
    return line->right - line->box.x1 > fmaxf(2 * line->size, 0.08F * (line->right - line->left));
}

static bool breaks(const struct blocks *blocks, const struct line *a, const struct line *b)
{
    const struct flow *flow = blocks->flow;
    const char *ta = line_text(blocks, a), *tb = line_text(blocks, b);
    float gap = b->base - a->base,
          usual = flow->leading * fmaxf(a->size, b->size) / fmaxf(flow->body_size, 1);

    if (a->region != b->region || a->page != b->page || a->kind != b->kind)
        return true;
    if (gap < -0.5F * a->size || gap > 1.45F * fmaxf(usual, 1.05F * b->size))
        return true;
    if (fabsf(a->size - b->size) > 0.08F * fmaxf(a->size, b->size) && a->chars > 2 && b->chars > 2)
        return true;
    if ((a->flags & PIECE_BOLD) != (b->flags & PIECE_BOLD) && a->chars > 2 && b->chars > 2)
        return true;
    if ((a->flags & PIECE_MONO) != (b->flags & PIECE_MONO) && short_line(a))
        return true;
    if (starts_item(tb, b->len) && (short_line(a) || ends_sentence(ta, a->len)))
        return true;
    if (short_line(a) && ends_sentence(ta, a->len) && !islower((unsigned char)tb[0]))
        return true;
    return indented(b) && at_left(a) && !islower((unsigned char)tb[0])
           && (ends_sentence(ta, a->len) || short_line(a));
}

static void start_block(struct blocks *blocks, size_t at)
{
    const struct line *line = &blocks->flow->lines[at];
    struct block block = { .first = at,
                           .count = 1,
                           .kind = line->kind,
                           .page = line->page,
                           .region = line->region,
                           .box = line->box,
                           .size = line->size,
                           .flags = line->flags };

    VEC_PUSH(blocks->items, blocks->count, blocks->cap, block);
}

static void grow_block(struct block *block, const struct line *line)
{
    block->count++;
    block->box.x0 = fminf(block->box.x0, line->box.x0);
    block->box.y0 = fminf(block->box.y0, line->box.y0);
    block->box.x1 = fmaxf(block->box.x1, line->box.x1);
    block->box.y1 = fmaxf(block->box.y1, line->box.y1);
    block->flags &= line->flags;
}

/* Furniture between the lines of a column would cut them; it goes to the end of its page. */
static void order_furniture(struct flow *flow)
{
    struct line *kept = mem_alloc((flow->count + 1) * sizeof *kept);
    size_t n = 0, i;
    int pass;

    for (pass = 0; pass < 2; pass++)
        for (i = 0; i < flow->count; i++)
            if ((flow->lines[i].kind >= BLOCK_RUNNING_HEAD) == (pass == 1))
                kept[n++] = flow->lines[i];
    if (n > 0)
        memcpy(flow->lines, kept, n * sizeof *kept);
    free(kept);
}

void blocks_make(struct blocks *blocks, struct flow *flow, const struct raw_page *pages,
                 size_t page_count)
{
    size_t i;

    *blocks = (struct blocks){ .flow = flow, .pages = pages, .page_count = page_count };
    order_furniture(flow);
    for (i = 0; i < flow->count; i++) {
        if (i == 0 || flow->lines[i].kind >= BLOCK_RUNNING_HEAD
            || breaks(blocks, &flow->lines[i - 1], &flow->lines[i]))
            start_block(blocks, i);
        else
            grow_block(&blocks->items[blocks->count - 1], &flow->lines[i]);
    }
    blocks->references = blocks->count;
}

void blocks_free(struct blocks *blocks)
{
    free(blocks->items);
}

/* ---- paragraphs over columns and pages ---- */

static bool open_ended(const struct blocks *blocks, const struct block *block)
{
    const struct line *last = &blocks->flow->lines[block->first + block->count - 1];

    return (block->kind == BLOCK_PARAGRAPH || block->kind == BLOCK_REFERENCE)
           && !ends_sentence(line_text(blocks, last), last->len) && last->chars > 3
           && !(last->flags & PIECE_MATH);
}

static bool goes_on(const struct blocks *blocks, const struct block *from, const struct block *to)
{
    const struct line *last = &blocks->flow->lines[from->first + from->count - 1];
    const struct line *first = &blocks->flow->lines[to->first];
    const char *text = line_text(blocks, first), *before = line_text(blocks, last);
    bool hyphen = before[last->len - 1] == '-';

    if (to->kind != from->kind || fabsf(from->size - to->size) > 0.08F * from->size)
        return false;
    if (to->region == from->region || to->continues)
        return false;
    return islower((unsigned char)text[0])
           || (!short_line(last) && !hyphen && !indented(first)
               && (isupper((unsigned char)text[0]) || isdigit((unsigned char)text[0])
                   || text[0] == '('));
}

void join_blocks(struct blocks *blocks)
{
    size_t i, k;

    for (i = 0; i < blocks->count; i++) {
        const struct block *from = &blocks->items[i];

        if (!open_ended(blocks, from))
            continue;
        for (k = i + 1; k < blocks->count && k - i < JOIN_REACH; k++) {
            struct block *to = &blocks->items[k];

            if (to->page > from->page + 2 || to->kind == BLOCK_HEADING)
                break;
            if (goes_on(blocks, from, to)) {
                blocks->items[i].next = k;
                to->continues = true;
                break;
            }
            if (to->kind == BLOCK_PARAGRAPH || to->kind == BLOCK_REFERENCE)
                break;
        }
    }
}
