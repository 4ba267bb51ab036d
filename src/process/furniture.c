/*
 * Page furniture: running heads and feet, page numbers. A line near the upper or lower edge that
 * recurs at the same height on several pages, but for its digits, is furniture; so is a lone number
 * there that grows with the page.
 */
#include "layout.h"

#include "carrel/hash.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EDGE_LINES 3     /* lines at either edge that are looked at */
#define EDGE_SHARE 0.13F /* of the page's height */
#define KEY_MAX 120

/* Digits as '#', letters in lower case, no blanks: what a running head keeps from page to page. */
static size_t furniture_key(char key[KEY_MAX], const char *text, size_t len, int height)
{
    size_t i, n = 0;

    key[n++] = (char)('A' + height % 26);
    key[n++] = (char)('A' + height / 26 % 26);
    for (i = 0; i < len && n < KEY_MAX - 1; i++) {
        unsigned char c = (unsigned char)text[i];

        if (isdigit(c)) {
            if (key[n - 1] != '#')
                key[n++] = '#';
        } else if (c != ' ') {
            key[n++] = (char)tolower(c);
        }
    }
    return n;
}

/* "12", "- 12 -", "Page 3 of 9", "xiv": 0 when it is nothing of the kind; *roman has no value. */
static long page_value(const char *text, size_t len, bool *roman)
{
    static const char *const words[] = { "page", "of", "p.", "pg." };
    long value = 0;
    size_t i = 0, k, letters = 0, others = 0, numbers = 0;

    *roman = false;
    while (i < len) {
        unsigned char c = (unsigned char)text[i];

        for (k = 0; k < ARRAY_LEN(words); k++)
            if (len - i >= strlen(words[k])
                && strncasecmp(text + i, words[k], strlen(words[k])) == 0)
                break;
        if (k < ARRAY_LEN(words)) {
            i += strlen(words[k]);
        } else if (isdigit(c)) {
            long number = 0;

            for (; i < len && isdigit((unsigned char)text[i]); i++)
                number = number < 1000000 ? number * 10 + (text[i] - '0') : number;
            value = numbers++ == 0 ? number : value;
        } else {
            letters += strchr("ivxlcIVXLC", c) != NULL;
            others += c != ' ' && !strchr("-–—|/.[]", c) && c < 0x80;
            i++;
        }
    }
    *roman = numbers == 0 && letters > 0 && letters == others && letters < 8;
    return (numbers == 1 || numbers == 2) && others == 0 ? value : 0;
}

struct edge_line {
    size_t line;
    bool top;
};

/* The lines of one page that are nearest to its edges; returns how many. */
static size_t edge_lines(const struct flow *flow, size_t from, size_t to, float height,
                         struct edge_line out[2 * EDGE_LINES])
{
    size_t count = 0, i, k;
    int edge;

    for (edge = 0; edge < 2; edge++) {
        size_t start = count;

        for (i = from; i < to; i++) {
            const struct line *line = &flow->lines[i];
            float depth = edge ? height - line->box.y1 : line->box.y0;

            if (line->kind == BLOCK_STAMP || depth > EDGE_SHARE * height)
                continue;
            for (k = count; k > start; k--) {
                const struct line *other = &flow->lines[out[k - 1].line];

                if ((edge ? height - other->box.y1 : other->box.y0) <= depth)
                    break;
                if (k - start < EDGE_LINES)
                    out[k] = out[k - 1];
            }
            if (k - start < EDGE_LINES) {
                out[k] = (struct edge_line){ i, edge == 0 };
                count += count - start < EDGE_LINES;
            }
        }
    }
    return count;
}

struct furniture {
    struct flow *flow;
    const struct raw_page *pages;
    size_t page_count;
    struct hashmap *keys;   /* key -> pages that have it */
    struct hashmap *shifts; /* number minus page -> pages that have it */
};

static void each_page(struct furniture *f,
                      void (*each)(struct furniture *, struct line *, uint32_t page))
{
    size_t from = 0, to, i, n;
    struct edge_line edges[2 * EDGE_LINES];

    for (; from < f->flow->count; from = to) {
        uint32_t page = f->flow->lines[from].page;

        for (to = from; to < f->flow->count && f->flow->lines[to].page == page; to++)
            ;
        n = edge_lines(f->flow, from, to, f->pages[page].height, edges);
        for (i = 0; i < n; i++)
            each(f, &f->flow->lines[edges[i].line], page);
    }
}

static long line_shift(const struct furniture *f, const struct line *line, bool *roman)
{
    long value = page_value(f->flow->text.ptr + line->at, line->len, roman);

    return value > 0 ? value - (long)line->page : 0;
}

static void count_line(struct furniture *f, struct line *line, uint32_t page)
{
    char key[KEY_MAX];
    /* Heights are compared in steps of 8 points; a line also counts for the step above its own. */
    int height = (int)(line->box.y0 / 8), step;
    bool roman;
    long shift;

    (void)page;
    for (step = 0; step < 2; step++) {
        size_t len = furniture_key(key, f->flow->text.ptr + line->at, line->len, height + step);

        ++*hashmap_put(f->keys, key, len, NULL);
    }
    shift = line_shift(f, line, &roman);
    if (shift != 0)
        ++*hashmap_put(f->shifts, (const char *)&shift, sizeof shift, NULL);
}

static void mark_line(struct furniture *f, struct line *line, uint32_t page)
{
    char key[KEY_MAX];
    int height = (int)(line->box.y0 / 8), step;
    uint64_t least = f->page_count <= 5 ? 2 : 3, most = 0;
    const uint64_t *count;
    bool roman;
    long shift = line_shift(f, line, &roman);

    (void)page;
    count = shift != 0 ? hashmap_get(f->shifts, (const char *)&shift, sizeof shift) : NULL;
    if ((count && *count >= 2) || roman || (shift != 0 && f->page_count < 3)) {
        line->kind = BLOCK_PAGE_NUMBER;
        return;
    }
    for (step = 0; step < 2; step++) {
        size_t len = furniture_key(key, f->flow->text.ptr + line->at, line->len, height + step);

        count = hashmap_get(f->keys, key, len);
        most = count && *count > most ? *count : most;
    }
    if (most >= least)
        line->kind = shift != 0 ? BLOCK_PAGE_NUMBER : BLOCK_RUNNING_HEAD;
}

void mark_furniture(struct flow *flow, const struct raw_page *pages, size_t count)
{
    struct furniture f = { .flow = flow, .pages = pages, .page_count = count };

    f.keys = hashmap_new();
    f.shifts = hashmap_new();
    each_page(&f, count_line);
    each_page(&f, mark_line);
    hashmap_free(f.keys);
    hashmap_free(f.shifts);
}
