/*
 * The front of a paper: its title, and the names and addresses below it. The title is the largest
 * text of the first page, unless the file names a title that the page shows.
 */
#include "structure.h"

#include "carrel/text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#define TITLE_BLOCKS 6
#define FRONT_BLOCKS 40
#define TITLE_BYTES 400

static const char *const body_headings[] = { "abstract",       "introduction", "summary",
                                             "contents",       "overview",     "table of contents",
                                             "zusammenfassung" };

static size_t letters_of(const struct str *text)
{
    size_t n = 0, i;

    for (i = 0; i < text->len; i++)
        n += isalpha((unsigned char)text->ptr[i]) || (unsigned char)text->ptr[i] >= 0xC3;
    return n;
}

static size_t words_of(const struct str *text)
{
    size_t n = 0, i;

    for (i = 0; i < text->len; i++)
        n += text->ptr[i] != ' ' && (i == 0 || text->ptr[i - 1] == ' ');
    return n;
}

static bool title_like(const struct str *text)
{
    return letters_of(text) >= 6 && letters_of(text) * 2 > text->len && text->len <= TITLE_BYTES
           && !str_istarts(text->ptr, "arxiv") && !str_istarts(text->ptr, "http");
}

/* The blocks of the first page that shows any text. */
static size_t front_end(const struct blocks *blocks, size_t *first)
{
    size_t i = 0, end;

    while (i < blocks->count && blocks->items[i].kind != BLOCK_PARAGRAPH)
        i++;
    *first = i;
    for (end = i; end < blocks->count && end - i < FRONT_BLOCKS
                  && blocks->items[end].page == blocks->items[i].page;
         end++)
        ;
    return end;
}

/* The block that shows the title which the file names, or `end`. */
static size_t named_title(const struct blocks *blocks, size_t first, size_t end, const char *name)
{
    struct str wanted = STR_INIT, text = STR_INIT, key = STR_INIT;
    size_t i, found = end;

    if (name)
        text_key(&wanted, name);
    for (i = first; i < end && wanted.len >= 10 && found == end; i++) {
        str_clear(&text);
        str_clear(&key);
        block_text(&text, blocks, &blocks->items[i]);
        text_key(&key, text.ptr);
        if (key.len >= 10 && strncmp(key.ptr, wanted.ptr, key.len) == 0)
            found = i;
    }
    str_free(&wanted);
    str_free(&text);
    str_free(&key);
    return found;
}

/* The largest text in the upper part; a journal's name of one or two words only when nothing longer
 * is larger than the running text. */
static size_t largest(const struct blocks *blocks, size_t first, size_t end)
{
    float body = blocks->flow->body_size, best_size = 0;
    struct str text = STR_INIT;
    size_t i, best = end;
    bool best_long = false;

    for (i = first; i < end; i++) {
        const struct block *block = &blocks->items[i];
        bool is_long, better;

        if (block->kind != BLOCK_PARAGRAPH
            || block->box.y0 > 0.62F * blocks->pages[block->page].height)
            continue;
        str_clear(&text);
        block_text(&text, blocks, block);
        if (!title_like(&text))
            continue;
        is_long = words_of(&text) >= 3 && block->size > 1.08F * body;
        better = is_long != best_long ? is_long : block->size > best_size + 0.3F;
        if (best == end || better) {
            best = i;
            best_size = block->size;
            best_long = is_long;
        }
    }
    if (best < end && best_size <= 1.05F * body) { /* all of one size: bold, or simply the first */
        for (i = first; i < end && !(blocks->items[i].flags & PIECE_BOLD); i++)
            ;
        best = i < end && i < first + 4 ? i : best;
    }
    str_free(&text);
    return best;
}

/* Lines of one type that follow closely are one title. */
static size_t extend_title(struct blocks *blocks, size_t at, size_t end)
{
    size_t last = at;

    while (last + 1 < end && last + 1 - at < TITLE_BLOCKS) {
        struct block *a = &blocks->items[last], *b = &blocks->items[last + 1];

        if (fabsf(a->size - b->size) > 0.03F * a->size || b->box.y0 - a->box.y1 > 1.2F * a->size
            || b->box.y0 < a->box.y0 || (a->flags & PIECE_BOLD) != (b->flags & PIECE_BOLD)
            || a->size < 1.08F * blocks->flow->body_size)
            break;
        a->next = last + 1;
        b->continues = true;
        b->kind = BLOCK_TITLE;
        last++;
    }
    blocks->items[at].kind = BLOCK_TITLE;
    return last;
}

/* Names of people and places: nearly every word begins with a capital. */
static bool is_of_names(const struct blocks *blocks, const struct block *block)
{
    struct str text = STR_INIT;
    size_t words = 0, capitals = 0, i;

    block_text(&text, blocks, block);
    for (i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if ((i > 0 && text.ptr[i - 1] != ' ') || !(isalpha(c) || c >= 0xC3))
            continue;
        words++;
        capitals += isupper(c) || c == 0xC3;
    }
    str_free(&text);
    return words >= 4 && capitals * 10 >= words * 8;
}

/* "1 Part", "2. Methods", "I. INTRODUCTION": a number, and a few words that begin with a capital.
 */
static bool is_numbered_heading(const char *text, size_t len)
{
    size_t i = 0;

    while (i < len && i < 4
           && (isdigit((unsigned char)text[i]) || text[i] == 'I' || text[i] == 'V'))
        i++;
    if (i == 0 || i >= len || len > 60)
        return false;
    if (text[i] == '.')
        i++;
    else if (!isdigit((unsigned char)text[0]))
        return false;
    return i + 2 < len && text[i] == ' ' && isupper((unsigned char)text[i + 1])
           && isalpha((unsigned char)text[i + 2]) && !memchr(text, ',', len)
           && !memchr(text, '@', len);
}

static bool starts_body(const struct blocks *blocks, const struct block *block)
{
    size_t len;
    const char *text = block_start(blocks, block, &len);
    uint32_t chars = 0;
    size_t i;

    if (heading_is(text, len, body_headings, ARRAY_LEN(body_headings))
        || (block->count == 1 && is_numbered_heading(text, len))
        || (len > 8 && strncasecmp(text, "abstract", 8) == 0))
        return true;
    for (i = 0; i < block->count; i++)
        chars += blocks->flow->lines[block->first + i].chars;
    return ((block->count >= 4 && chars / block->count > 35)
            || (block->count >= 2 && chars / block->count > 60))
           && !memchr(text, '@', len) && !is_of_names(blocks, block);
}

void mark_front(struct blocks *blocks, const char *info_title)
{
    size_t first, end = front_end(blocks, &first), at, i;

    at = named_title(blocks, first, end, info_title);
    if (at == end)
        at = largest(blocks, first, end);
    if (at == end)
        return;
    i = extend_title(blocks, at, end) + 1;
    for (; i < end && blocks->items[i].kind == BLOCK_PARAGRAPH; i++) {
        if (starts_body(blocks, &blocks->items[i]))
            return;
        blocks->items[i].kind = BLOCK_AUTHORS;
    }
}
