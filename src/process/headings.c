/*
 * Which blocks are headings, and of which level. A heading is short and set apart: numbered and
 * bold (or larger, or in capitals), larger than the running text, or one of the names every paper
 * has. Levels come from the numbers ("3.2.1"); an unnumbered one takes the level of numbered ones
 * of its size.
 */
#include "structure.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#define HEADING_CHARS 160
#define LEVELS_MAX 6

const char *const reference_headings[] = {
    "references",           "bibliography",         "literature cited", "works cited",
    "references and notes", "literaturverzeichnis", "literatur"
};
const size_t reference_headings_len = ARRAY_LEN(reference_headings);

static const char *const known[] = {
    "abstract",
    "introduction",
    "conclusion",
    "conclusions",
    "references",
    "bibliography",
    "acknowledgments",
    "acknowledgements",
    "acknowledgment",
    "acknowledgement",
    "related work",
    "discussion",
    "results",
    "methods",
    "background",
    "appendix",
    "appendices",
    "method",
    "experiments",
    "evaluation",
    "materials and methods",
    "literature cited",
    "works cited",
    "contents",
    "keywords",
    "supplementary material",
    "conflict of interest",
    "competing interests",
    "summary",
    "references and notes",
    "future work",
    "limitations",
    "ethics statement",
};

static bool roman(const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (!strchr("IVXL", text[i]))
            return false;
    return len > 0;
}

/* "3.2 Attention" -> 2 levels, *skip behind the number; "IV. Results", "A. Proofs" -> 1, 2. */
static uint32_t heading_number(const char *text, size_t len, size_t *skip)
{
    uint32_t levels = 0;
    size_t i = 0, start = 0;

    *skip = 0;
    while (i < len && levels < LEVELS_MAX) {
        for (start = i; i < len && isdigit((unsigned char)text[i]) && i - start < 3; i++)
            ;
        if (i == start && levels == 0 && i < len && isupper((unsigned char)text[i])) {
            while (i < len && isupper((unsigned char)text[i]))
                i++;
            if (!(i < len && text[i] == '.') || (i > 1 && !roman(text, i)))
                return 0;
        }
        if (i == start)
            break;
        levels++;
        if (i < len && text[i] == '.')
            i++;
        else
            break;
    }
    if (levels == 0 || i >= len || text[i] != ' ')
        return 0;
    while (i < len && text[i] == ' ')
        i++;
    if (i >= len || (isdigit((unsigned char)text[i])))
        return 0;
    *skip = i;
    /* "A. Proofs" below "IV. Results" in the IEEE's style. */
    if (levels == 1 && isupper((unsigned char)text[0])
        && !roman(text, (size_t)(strchr(text, '.') - text)))
        return 2;
    return levels;
}

bool heading_is(const char *text, size_t len, const char *const *names, size_t count)
{
    size_t skip, i;

    heading_number(text, len, &skip);
    text += skip;
    len -= skip;
    while (len > 0 && strchr(".: \n", text[len - 1]))
        len--;
    for (i = 0; i < count; i++)
        if (strlen(names[i]) == len && strncasecmp(text, names[i], len) == 0)
            return true;
    return false;
}

static bool all_capitals(const char *text, size_t len)
{
    size_t upper = 0, i;

    for (i = 0; i < len; i++) {
        if (islower((unsigned char)text[i]))
            return false;
        upper += isupper((unsigned char)text[i]) != 0;
    }
    return upper >= 3;
}

static size_t count_letters(const char *text, size_t len)
{
    size_t n = 0, i;

    for (i = 0; i < len; i++)
        n += isalpha((unsigned char)text[i]) || (unsigned char)text[i] >= 0xC0;
    return n;
}

static size_t count_words(const char *text, size_t len)
{
    size_t n = 0, i;

    for (i = 0; i < len; i++)
        n += text[i] != ' ' && (i == 0 || text[i - 1] == ' ');
    return n;
}

/* 0: no heading; else its level, or LEVELS_MAX + 1 when only its type can tell. */
static uint32_t heading_level(const struct blocks *blocks, const struct block *block,
                              const char *text, size_t len)
{
    const struct flow *flow = blocks->flow;
    bool large = block->size > 1.08F * flow->body_size, bold = block->flags & PIECE_BOLD;
    bool small = block->size < 0.9F * flow->body_size, capitals;
    size_t skip, letters = count_letters(text, len);
    uint32_t levels = heading_number(text, len, &skip);
    char last = text[len - 1];

    if (block->count > 3 || len > HEADING_CHARS || letters < 3 || letters * 2 < len)
        return 0;
    if (heading_is(text, len, known, ARRAY_LEN(known)) && !small)
        return levels > 0 ? levels : 1;
    if (block->flags & (PIECE_MATH | PIECE_MONO) || last == ',' || last == ';' || small)
        return 0;
    capitals = all_capitals(text + skip, len - skip);
    if (levels > 0 && isupper((unsigned char)text[skip])
        && (large || bold || capitals || (block->flags & PIECE_ITALIC)))
        return last == '.' && !bold && !large ? 0 : levels;
    if (large && block->size > 1.12F * flow->body_size)
        return LEVELS_MAX + 1;
    if (bold && block->count <= 2 && count_words(text, len) <= 12 && isupper((unsigned char)text[0])
        && last != '.')
        return LEVELS_MAX + 1;
    return 0;
}

/* The level of numbered headings of that size; else one below all of them that are larger. */
static uint32_t level_by_type(const struct blocks *blocks, const struct block *block)
{
    uint32_t level = 1;
    size_t i;

    for (i = 0; i < blocks->count; i++) {
        const struct block *other = &blocks->items[i];

        if (other->kind != BLOCK_HEADING || other->level > LEVELS_MAX)
            continue;
        if (fabsf(other->size - block->size) < 0.3F
            && (other->flags & PIECE_BOLD) == (block->flags & PIECE_BOLD))
            return other->level;
        if (other->size > block->size + 0.3F && other->level >= level)
            level = other->level + 1;
    }
    return level > LEVELS_MAX ? LEVELS_MAX : level;
}

void mark_headings(struct blocks *blocks)
{
    struct str text = STR_INIT;
    size_t i;

    for (i = 0; i < blocks->count; i++) {
        struct block *block = &blocks->items[i];

        if (block->kind != BLOCK_PARAGRAPH || block->count > 3)
            continue;
        str_clear(&text);
        block_text(&text, blocks, block);
        if (text.len == 0)
            continue;
        block->level = heading_level(blocks, block, text.ptr, text.len);
        if (block->level > 0)
            block->kind = BLOCK_HEADING;
        if (block->level > 0
            && heading_is(text.ptr, text.len, reference_headings, reference_headings_len))
            blocks->references = i; /* the last one: earlier ones stand in a list of contents */
    }
    for (i = 0; i < blocks->count; i++)
        if (blocks->items[i].kind == BLOCK_HEADING && blocks->items[i].level > LEVELS_MAX)
            blocks->items[i].level = level_by_type(blocks, &blocks->items[i]);
    str_free(&text);
}
