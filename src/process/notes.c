/*
 * Blocks that are not running text: captions, footnotes, equations and code.
 */
#include "structure.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

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
