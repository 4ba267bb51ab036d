/*
 * Searching in a document: as it is typed, counted, both ways round.
 */
#include "reader.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MATCHES_MAX 100000

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

static bool same_letter(char text, char pattern, bool fold)
{
    return fold ? tolower((unsigned char)text) == pattern : text == pattern;
}

/* Bytes of the text that match the whole pattern from here on; 0 none. */
static size_t match_here(const char *text, size_t len, const char *pattern, bool fold)
{
    size_t at = 0;

    for (; *pattern; pattern++) {
        if (is_blank(*pattern)) {
            if (at >= len || !is_blank(text[at]))
                return 0;
            while (at < len && is_blank(text[at]))
                at++;
            while (is_blank(pattern[1]))
                pattern++;
        } else if (at < len && same_letter(text[at], *pattern, fold)) {
            at++;
        } else {
            return 0;
        }
    }
    return at;
}

void reader_matches(struct reader_spans *out, const char *text, size_t len, const char *pattern)
{
    bool fold = true;
    const char *p;
    size_t at = 0, took;

    out->len = 0;
    for (p = pattern; *p; p++)
        fold = fold && !isupper((unsigned char)*p);
    while (at < len && *pattern && out->len < MATCHES_MAX) {
        took = match_here(text + at, len - at, pattern, fold);
        if (took > 0) {
            struct reader_span span = { (uint32_t)at, (uint32_t)(at + took) };

            VEC_PUSH(out->items, out->len, out->cap, span);
        }
        at += took > 0 ? took : 1;
    }
}

size_t reader_span_behind(const struct reader_spans *spans, uint32_t offset)
{
    size_t low = 0, high = spans->len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (spans->items[mid].end <= offset)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* ---- commands ---- */

static void find_words(struct reader *r, const char *words)
{
    str_clear(&r->pattern);
    str_add(&r->pattern, words);
    reader_matches(&r->matches, r->text->doc->text, r->text->doc->reading_len, words);
}

/* The first one from the byte on; behind the last comes the first. */
static void find_from(struct reader *r, uint32_t offset)
{
    if (r->matches.len == 0)
        return;
    r->match = reader_span_behind(&r->matches, offset) % r->matches.len;
    reader_go(r, r->matches.items[r->match].start);
}

bool reader_find_at(struct reader *r, const char *words, uint32_t offset)
{
    find_words(r, words);
    r->match = reader_span_behind(&r->matches, offset);
    if (r->match < r->matches.len)
        return true;
    find_words(r, "");
    return false;
}

void reader_typed(struct view *view, const char *text, bool done)
{
    struct reader *r = view->state;
    uint32_t from = r->find_from;

    if (!r->text)
        return;
    if (done && text && !*text)
        text = NULL;
    if (r->panel == PANEL_OUTLINE) {
        outline_typed(view, text, done);
        return;
    }
    if (from == DOCUMENT_NONE)
        from = r->find_from = r->at;
    find_words(r, text ? text : ""); /* NULL: left, as it was */
    reader_go(r, from);
    find_from(r, from);
    if (!done)
        return;
    r->find_from = DOCUMENT_NONE;
    if (text && *text) {
        str_clear(&r->searched);
        str_add(&r->searched, text);
    }
    if (text && r->at != from) {
        uint32_t to = r->at;

        r->at = from;
        reader_jump(r, to);
    }
    if (text && r->matches.len == 0)
        desk_say(view->desk, STYLE_WARN, "'%s' is not in this document", text);
}

bool reader_on_match(const struct reader *r)
{
    return r->match < r->matches.len
           && reader_line_of(&r->lines, r->matches.items[r->match].start) == reader_cursor(r);
}

/* Round the corner? Then one would look in vain for what is new. */
static void tell_corner(struct view *view, uint32_t from, int step)
{
    const struct reader *r = view->state;
    uint32_t to = r->matches.items[r->match].start;

    if (r->matches.len == 1)
        desk_say(view->desk, STYLE_DIM, "the only one");
    else if (step > 0 ? to < from : to > from)
        desk_say(view->desk, STYLE_DIM, "%s",
                 step > 0 ? "from the beginning again" : "from the end again");
}

static void find_step(struct view *view, int step)
{
    struct reader *r = view->state;
    uint32_t from = r->lines.items[reader_cursor(r)].start;
    size_t first;

    if (r->matches.len == 0) /* Esc has put the marks away, not the words */
        find_words(r, r->searched.ptr);
    if (r->matches.len == 0) {
        desk_refuse(view->desk,
                    r->searched.len ? "'%s' is not in this document"
                                    : "/ searches in this document",
                    r->searched.ptr);
        return;
    }
    first = reader_span_behind(&r->matches, from);
    /* The present one is the one at hand, while the cursor stands on its line. */
    if (reader_on_match(r)) {
        from = r->matches.items[r->match].start;
        r->match = (r->match + (step > 0 ? 1 : r->matches.len - 1)) % r->matches.len;
    } else {
        r->match = (first + (step > 0 ? 0 : r->matches.len - 1)) % r->matches.len;
    }
    reader_jump(r, r->matches.items[r->match].start);
    tell_corner(view, from, step);
}

bool reader_find(struct view *view, int argc, char **argv)
{
    struct reader *r = view->state;

    if (strcmp(argv[0], "find") == 0 && argc > 1) {
        if (r->find_from == DOCUMENT_NONE)
            r->find_from = r->at;
        reader_typed(view, argv[1], true);
    } else if (strcmp(argv[0], "next-match") == 0)
        find_step(view, 1);
    else if (strcmp(argv[0], "prev-match") == 0)
        find_step(view, -1);
    else
        return false;
    return true;
}
