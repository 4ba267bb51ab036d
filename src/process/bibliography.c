/*
 * Where the entries of a bibliography begin. Three habits: marks ("[12]", "[Vas17]", "12."), a
 * hanging indent (first lines stand out to the left), an indented first line. The marks win; else
 * the lines behind a finished entry vote.
 */
#include "structure.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MARK_LINES 15 /* lines of an entry */
#define MARKS_LEAST 3 /* entries behind the first one, to be taken for a list of references */

enum habit { HABIT_BRACKET, HABIT_NUMBER, HABIT_HANGING, HABIT_INDENT, HABIT_BLOCKS };

/* "[12] ", "[Vas17] ": the mark's length, 0 when it is none. */
static size_t bracket_mark(const char *text, size_t len)
{
    size_t i;

    if (len < 3 || text[0] != '[')
        return 0;
    for (i = 1; i < len && i < 16 && (isalnum((unsigned char)text[i]) || strchr("+-&.*", text[i]));
         i++)
        ;
    return i > 1 && i < len && text[i] == ']' ? i + 1 : 0;
}

/* "12. Author" or "12 Author": the number, 0 when it is none. */
static long leading_number(const char *text, size_t len)
{
    long value = 0;
    size_t i;

    for (i = 0; i < len && i < 4 && isdigit((unsigned char)text[i]); i++)
        value = value * 10 + (text[i] - '0');
    if (i == 0 || i + 2 >= len)
        return 0;
    if (text[i] == '.' || text[i] == ')')
        i++;
    return text[i] == ' ' ? value : 0;
}

static const char *text_of(const struct blocks *blocks, const struct line *line)
{
    return blocks->flow->text.ptr + line->at;
}

static bool ends_entry(const struct blocks *blocks, const struct line *line)
{
    return line->right - line->box.x1 > 2 * line->size && line->len > 0
           && text_of(blocks, line)[line->len - 1] == '.';
}

static float indent_of(const struct line *line)
{
    return line->box.x0 - line->left;
}

static enum habit habit_of(const struct blocks *blocks, const size_t *lines, size_t count)
{
    size_t brackets = 0, numbers = 0, hanging = 0, indent = 0, i;
    long last = 0;

    for (i = 0; i < count; i++) {
        const struct line *line = &blocks->flow->lines[lines[i]];
        const char *text = text_of(blocks, line);
        long number = leading_number(text, line->len);

        brackets += bracket_mark(text, line->len) > 0;
        if (number == last + 1) {
            numbers++;
            last = number;
        }
        if (i == 0 || !ends_entry(blocks, &blocks->flow->lines[lines[i - 1]]))
            continue;
        hanging += indent_of(line) < 0.4F * line->size;
        indent += indent_of(line) >= 0.7F * line->size;
    }
    if (brackets >= 2 || (brackets == 1 && count < 6))
        return HABIT_BRACKET;
    if (numbers >= 2 && numbers * 8 >= count)
        return HABIT_NUMBER;
    for (i = 0, brackets = 0; i < count; i++)
        brackets +=
            indent_of(&blocks->flow->lines[lines[i]]) >= 0.7F * blocks->flow->lines[lines[i]].size;
    if (brackets * 5 < count) /* hardly any line is indented: no hint there */
        return HABIT_BLOCKS;
    return hanging >= indent ? HABIT_HANGING : HABIT_INDENT;
}

static bool starts_entry(const struct blocks *blocks, const struct line *line,
                         const struct line *above, enum habit habit, long *last)
{
    const char *text = text_of(blocks, line);
    long number;

    switch (habit) {
    case HABIT_BRACKET:
        return bracket_mark(text, line->len) > 0;
    case HABIT_NUMBER:
        number = leading_number(text, line->len);
        if (number != *last + 1 && !(number == *last + 2 && *last > 0))
            return false;
        *last = number;
        return true;
    case HABIT_HANGING:
        return indent_of(line) < 0.4F * line->size;
    case HABIT_INDENT:
        return indent_of(line) >= 0.7F * line->size;
    case HABIT_BLOCKS:
        break;
    }
    return !above || ends_entry(blocks, above)
           || (line->region == above->region
               && line->base - above->base > 1.3F * blocks->flow->leading
               && !islower((unsigned char)text[0]));
}

/* The bibliography ends at the next heading of its kind; others in it were none. */
static size_t bibliography_end(struct blocks *blocks)
{
    const struct block *head = &blocks->items[blocks->references];
    size_t i;

    for (i = blocks->references + 1; i < blocks->count; i++) {
        struct block *block = &blocks->items[i];

        if (block->kind != BLOCK_HEADING)
            continue;
        if (block->size > head->size - 0.3F
            && (block->flags & PIECE_BOLD) >= (head->flags & PIECE_BOLD))
            return i;
        block->kind = BLOCK_PARAGRAPH;
        block->level = 0;
    }
    return blocks->count;
}

static struct block entry_block(const struct line *line, size_t at)
{
    return (struct block){ .first = at,
                           .count = 1,
                           .kind = BLOCK_REFERENCE,
                           .page = line->page,
                           .region = line->region,
                           .box = line->box,
                           .size = line->size };
}

static void grow_entry(struct block *block, const struct line *line)
{
    block->count++;
    block->box.x0 = fminf(block->box.x0, line->box.x0);
    block->box.y0 = fminf(block->box.y0, line->box.y0);
    block->box.x1 = fmaxf(block->box.x1, line->box.x1);
    block->box.y1 = fmaxf(block->box.y1, line->box.y1);
}

struct entries {
    struct blocks *blocks;
    struct block *out;
    size_t count, cap;
    size_t open;  /* index + 1 of the block that the present entry ends in */
    size_t above; /* index + 1 of the line before */
    enum habit habit;
    long last;
};

static void add_entry_lines(struct entries *entries, const struct block *block)
{
    const struct flow *flow = entries->blocks->flow;
    size_t i;

    for (i = block->first; i < block->first + block->count; i++) {
        const struct line *line = &flow->lines[i];
        const struct line *above = entries->above > 0 ? &flow->lines[entries->above - 1] : NULL;
        bool starts = starts_entry(entries->blocks, line, above, entries->habit, &entries->last);
        struct block *open = entries->open > 0 ? &entries->out[entries->open - 1] : NULL;

        entries->above = i + 1;
        if (open && !starts && open->first + open->count == i && open->region == line->region) {
            grow_entry(open, line);
            continue;
        }
        VEC_PUSH(entries->out, entries->count, entries->cap, entry_block(line, i));
        if (open && !starts) {
            entries->out[entries->open - 1].next = entries->count - 1;
            entries->out[entries->count - 1].continues = true;
        }
        entries->open = entries->count;
    }
}

/* ---- a bibliography that no heading of its own announces ---- */

/* Puts what stands from line `at` of a block on into a block behind it. */
static void cut_block(struct blocks *blocks, size_t which, size_t at)
{
    struct block rest = blocks->items[which];
    const struct line *line = &blocks->flow->lines[rest.first + at];
    size_t i;

    VEC_PUSH(blocks->items, blocks->count, blocks->cap, rest);
    for (i = blocks->count - 1; i > which + 1; i--)
        blocks->items[i] = blocks->items[i - 1];
    for (i = 0; i < blocks->count; i++)
        if (blocks->items[i].next > which)
            blocks->items[i].next++;
    blocks->items[which].count = at;
    blocks->items[which].next = 0;
    rest.first += at;
    rest.count -= at;
    rest.continues = false;
    rest.page = line->page;
    rest.region = line->region;
    rest.box = line->box;
    blocks->items[which + 1] = rest;
    for (i = 1; i < rest.count; i++)
        blocks->items[which + 1].box.y1 =
            fmaxf(blocks->items[which + 1].box.y1, blocks->flow->lines[rest.first + i].box.y1);
}

/* "REFERENCES" as a line of a paragraph, set like the entries below it. */
static bool heading_inside(struct blocks *blocks)
{
    size_t i, k;

    for (i = blocks->count; i-- > blocks->count / 3;) {
        if (blocks->items[i].kind != BLOCK_PARAGRAPH)
            continue;
        for (k = 0; k < blocks->items[i].count; k++) {
            const struct line *line = &blocks->flow->lines[blocks->items[i].first + k];

            if (!heading_is(text_of(blocks, line), line->len, reference_headings,
                            reference_headings_len))
                continue;
            if (k > 0)
                cut_block(blocks, i++, k);
            if (blocks->items[i].count > 1)
                cut_block(blocks, i, 1);
            blocks->items[i].kind = BLOCK_HEADING;
            blocks->items[i].level = 1;
            blocks->references = i;
            return true;
        }
    }
    return false;
}

/* "[3]" and a blank at the beginning of the line: 3; 0 none. */
static long bracket_number(const char *text, size_t len)
{
    long value = 0;
    size_t i;

    for (i = 1; i < len && i < 5 && isdigit((unsigned char)text[i]); i++)
        value = value * 10 + (text[i] - '0');
    return len > 3 && text[0] == '[' && i > 1 && i < len && text[i] == ']' ? value : 0;
}

/* How many of "[2]", "[3]" ... begin lines behind this one, none far from the one before. */
static long marks_behind(const struct blocks *blocks, size_t line)
{
    const struct flow *flow = blocks->flow;
    long next = 2;
    size_t i, last = line;

    for (i = line + 1; i < flow->count && i - last <= MARK_LINES; i++) {
        if (bracket_number(text_of(blocks, &flow->lines[i]), flow->lines[i].len) != next)
            continue;
        next++;
        last = i;
    }
    return next - 2;
}

/* A list "[1] ...", "[2] ..." in the last part. Blocks in front of it lead it, as a heading would.
 */
static bool marks_inside(struct blocks *blocks)
{
    size_t i, k;

    for (i = blocks->count; i-- > blocks->count / 3 + 1;) {
        const struct block *block = &blocks->items[i];

        for (k = 0; block->kind == BLOCK_PARAGRAPH && k < block->count; k++) {
            const struct line *line = &blocks->flow->lines[block->first + k];

            if (bracket_number(text_of(blocks, line), line->len) != 1
                || marks_behind(blocks, block->first + k) < MARKS_LEAST)
                continue;
            if (k > 0)
                cut_block(blocks, i++, k);
            blocks->references = i - 1;
            return true;
        }
    }
    return false;
}

void mark_references(struct blocks *blocks)
{
    struct entries entries = { .blocks = blocks };
    size_t end, i, k, count = 0, cap = 0, *lines = NULL;

    if (blocks->references >= blocks->count && !heading_inside(blocks) && !marks_inside(blocks))
        return;
    end = bibliography_end(blocks);
    for (i = blocks->references + 1; i < end; i++)
        if (blocks->items[i].kind == BLOCK_PARAGRAPH)
            for (k = 0; k < blocks->items[i].count; k++)
                VEC_PUSH(lines, count, cap, blocks->items[i].first + k);
    if (count > 0) {
        entries.habit = habit_of(blocks, lines, count);
        for (i = 0; i < blocks->count; i++) {
            if (i > blocks->references && i < end && blocks->items[i].kind == BLOCK_PARAGRAPH)
                add_entry_lines(&entries, &blocks->items[i]);
            else
                VEC_PUSH(entries.out, entries.count, entries.cap, blocks->items[i]);
        }
        free(blocks->items);
        blocks->items = entries.out;
        blocks->count = entries.count;
        blocks->cap = entries.cap;
    }
    free(lines);
}
