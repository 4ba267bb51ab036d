/*
 * What a text mentions and can be shown: references by their marks, figures, tables and algorithms,
 * equations and sections by their numbers, addresses. Found once, by the worker that reads the
 * document.
 */
#include "reader.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NUMBER_MAX 16
#define MENTIONS_MAX 50000
#define LINKS_MAX 2000 /* each is looked for in all lines */

static const struct mention_word {
    const char *word;
    enum mention_kind kind;
    enum figure_kind figure;
} mention_words[] = {
    { "Figures", MENTION_FIGURE, FIGURE_FIGURE },
    { "Figure", MENTION_FIGURE, FIGURE_FIGURE },
    { "Figs.", MENTION_FIGURE, FIGURE_FIGURE },
    { "Fig.", MENTION_FIGURE, FIGURE_FIGURE },
    { "Fig", MENTION_FIGURE, FIGURE_FIGURE },
    { "Tables", MENTION_FIGURE, FIGURE_TABLE },
    { "Table", MENTION_FIGURE, FIGURE_TABLE },
    { "Tab.", MENTION_FIGURE, FIGURE_TABLE },
    { "Algorithm", MENTION_FIGURE, FIGURE_ALGORITHM },
    { "Alg.", MENTION_FIGURE, FIGURE_ALGORITHM },
    { "Equations", MENTION_EQUATION, 0 },
    { "Equation", MENTION_EQUATION, 0 },
    { "Eqs.", MENTION_EQUATION, 0 },
    { "Eq.", MENTION_EQUATION, 0 },
    { "Sections", MENTION_SECTION, 0 },
    { "Section", MENTION_SECTION, 0 },
    { "Sect.", MENTION_SECTION, 0 },
    { "Sec.", MENTION_SECTION, 0 },
    { "§", MENTION_SECTION, 0 },
    { "Appendix", MENTION_SECTION, 0 },
};

/* "3", "3.2", "S1", "IV", "A": letters and digits with dots between them; its length, 0 none. */
static size_t number_at(const char *text, char number[NUMBER_MAX])
{
    size_t len = 0;

    while (len < NUMBER_MAX - 1
           && (isalnum((unsigned char)text[len])
               || (text[len] == '.' && len > 0 && isalnum((unsigned char)text[len + 1]))))
        len++;
    memcpy(number, text, len);
    number[len] = '\0';
    /* A word behind it is none: "Figure shows". */
    if (len > 0 && !strpbrk(number, "0123456789")
        && (len > 4 || !isupper((unsigned char)*number) || strspn(number, "IVXLCABDEFG") != len))
        return 0;
    return len;
}

/* The number in "Figure 2" or "3.2 Attention". */
static void number_of(char number[NUMBER_MAX], const char *label)
{
    const char *at = label;

    while (*at && !number_at(at, number))
        at += strcspn(at, " ") + (at[strcspn(at, " ")] == ' ');
    if (!*at)
        *number = '\0';
}

static uint32_t find_figure(const struct document *doc, enum figure_kind kind, const char *number)
{
    char own[NUMBER_MAX];
    size_t i;

    for (i = 0; i < doc->figure_count; i++) {
        const char *blank = doc->figures[i].label ? strchr(doc->figures[i].label, ' ') : NULL;

        if (doc->figures[i].kind != kind || !blank)
            continue;
        number_of(own, blank + 1);
        if (strcasecmp(own, number) == 0)
            return (uint32_t)i;
    }
    return DOCUMENT_NONE;
}

/* An equation's number stands in brackets at its end. */
static uint32_t find_equation(const struct document *doc, const char *number)
{
    char end[NUMBER_MAX + 2];
    size_t len = (size_t)snprintf(end, sizeof end, "(%s)", number), i;

    for (i = 0; i < doc->block_count; i++) {
        const struct document_block *block = &doc->blocks[i];

        if (block->kind == BLOCK_EQUATION && block->end - block->start > len
            && memcmp(doc->text + block->end - len, end, len) == 0)
            return (uint32_t)i;
    }
    return DOCUMENT_NONE;
}

static uint32_t find_section(const struct document *doc, const char *number)
{
    size_t len = strlen(number), i;

    for (i = 0; i < doc->section_count; i++) {
        const char *title = doc->sections[i].title;

        if (str_istarts(title, "appendix "))
            title += 9;
        if (strncasecmp(title, number, len) == 0
            && (title[len] == ' ' || title[len] == '.' || title[len] == ':' || !title[len])
            && !(title[len] == '.' && isdigit((unsigned char)title[len + 1])))
            return (uint32_t)i;
    }
    return DOCUMENT_NONE;
}

static uint32_t find_target(const struct document *doc, const struct mention_word *word,
                            const char *number)
{
    return word->kind == MENTION_FIGURE     ? find_figure(doc, word->figure, number)
           : word->kind == MENTION_EQUATION ? find_equation(doc, number)
                                            : find_section(doc, number);
}

/* A caption's own label is no mention of it. */
static bool is_own_label(const struct document *doc, const struct reader_mention *mention)
{
    return mention->kind == MENTION_FIGURE && mention->target != DOCUMENT_NONE
           && doc->blocks[doc->figures[mention->target].caption].start == mention->start;
}

static void add_mention(struct reader_mentions *out, const struct reader_mention *mention)
{
    if (out->len < MENTIONS_MAX)
        VEC_PUSH(out->items, out->len, out->cap, *mention);
}

/* "Figure 3", "Eqs. (3) and (4)": the first number only. */
static size_t add_numbered(struct reader_mentions *out, const struct document *doc, size_t at)
{
    const char *text = doc->text + at;
    char number[NUMBER_MAX];
    size_t i, len, digits;

    for (i = 0; i < ARRAY_LEN(mention_words); i++) {
        len = strlen(mention_words[i].word);
        if (strncmp(text, mention_words[i].word, len) == 0)
            break;
    }
    if (i == ARRAY_LEN(mention_words))
        return 0;
    while (text[len] == ' ' || text[len] == '\n')
        len++;
    if (text[len] == '(')
        len++;
    digits = number_at(text + len, number);
    if (digits == 0)
        return 0;
    len += digits;
    if (text[len] == ')' && memchr(text, '(', len))
        len++;
    {
        struct reader_mention mention = { .start = (uint32_t)at,
                                          .end = (uint32_t)(at + len),
                                          .kind = mention_words[i].kind,
                                          .target = find_target(doc, &mention_words[i], number) };

        if (!is_own_label(doc, &mention))
            add_mention(out, &mention);
    }
    return len;
}

static size_t add_address(struct reader_mentions *out, const char *text, size_t at, size_t len)
{
    static const char *const begins[] = { "https://", "http://", "www.", "doi:10.", "arXiv:" };
    size_t i, took;

    for (i = 0; i < ARRAY_LEN(begins); i++)
        if (str_istarts(text + at, begins[i]))
            break;
    if (i == ARRAY_LEN(begins))
        return 0;
    took = strcspn(text + at, " \n<>\"");
    took = took > len - at ? len - at : took;
    while (took > 0 && strchr(".,;:)]}'", text[at + took - 1]))
        took--;
    if (took > strlen(begins[i])) {
        struct reader_mention mention = { .start = (uint32_t)at,
                                          .end = (uint32_t)(at + took),
                                          .kind = MENTION_ADDRESS,
                                          .target = DOCUMENT_NONE };

        add_mention(out, &mention);
    }
    return took;
}

static void add_citations(struct reader_mentions *out, const struct document *doc)
{
    size_t i;

    for (i = 0; i < doc->citation_count; i++) {
        const struct document_citation *citation = &doc->citations[i];
        struct reader_mention mention = { .start = citation->start,
                                          .end = citation->end,
                                          .kind = MENTION_REFERENCE,
                                          .target = (uint32_t)i };

        if (citation->end > doc->reading_len)
            continue;
        /* One mark for several references is one mention. */
        if (out->len == 0 || out->items[out->len - 1].start != citation->start)
            add_mention(out, &mention);
    }
}

/* ---- links of the file itself, whose words need not be an address ---- */

static bool blank(char c)
{
    return c == ' ' || c == '\n';
}

/* The words of a line that stand between two places of it: letters are taken to be equally wide,
 * and words are whole. */
static struct reader_span words_between(const struct document *doc,
                                        const struct document_line *line, float x0, float x1)
{
    float width = line->box.x1 - line->box.x0, len = (float)(line->end - line->start);
    float from = (x0 - line->box.x0) / width, to = (x1 - line->box.x0) / width;
    uint32_t start = line->start + (uint32_t)(len * (from < 0 ? 0 : from) + 0.5f);
    uint32_t end = line->start + (uint32_t)(len * (to > 1 ? 1 : to) + 0.5f);

    while (start < line->end && blank(doc->text[start]))
        start++;
    while (start > line->start && start < line->end && !blank(doc->text[start - 1]))
        start--;
    while (end > start && end <= line->end && blank(doc->text[end - 1]))
        end--;
    while (end < line->end && !blank(doc->text[end]))
        end++;
    return (struct reader_span){ start, end };
}

static bool on_line(const struct document_link *link, const struct document_line *line)
{
    float middle = (link->box.y0 + link->box.y1) / 2;

    return link->page == line->page && middle > line->box.y0 && middle < line->box.y1
           && link->box.x1 > line->box.x0 && link->box.x0 < line->box.x1
           && line->box.x1 > line->box.x0;
}

/* Where the text mentions something already, that counts: "https://...", "[12]". */
static bool taken(const struct reader_mentions *mentions, size_t sorted, struct reader_span span)
{
    struct reader_mentions known = { .items = mentions->items, .len = sorted };
    size_t i = reader_mention_behind(&known, span.start);

    return i < sorted && known.items[i].start < span.end;
}

static void add_link(struct reader_mentions *out, size_t sorted, const struct document *doc,
                     uint32_t index)
{
    size_t i;

    for (i = 0; i < doc->line_count; i++) {
        const struct document_line *line = &doc->lines[i];
        struct reader_mention mention = { .kind = MENTION_ADDRESS, .target = index };
        struct reader_span span;

        if (line->end > doc->reading_len || !on_line(&doc->links[index], line))
            continue;
        span = words_between(doc, line, doc->links[index].box.x0, doc->links[index].box.x1);
        mention.start = span.start;
        mention.end = span.end;
        if (span.end > span.start && !taken(out, sorted, span))
            add_mention(out, &mention);
    }
}

static int by_start(const void *a, const void *b)
{
    const struct reader_mention *x = a, *y = b;

    return x->start < y->start ? -1 : x->start > y->start;
}

void reader_mentions_find(struct reader_mentions *out, const struct document *doc)
{
    size_t at, took, sorted, i;

    *out = (struct reader_mentions){ 0 };
    add_citations(out, doc);
    for (at = 0; at<doc->reading_len; at += took> 0 ? took : 1) {
        bool begins = at == 0 || !isalnum((unsigned char)doc->text[at - 1]);

        took = 0;
        if (!begins || !strchr("FTAESfhwda\xC2", doc->text[at]))
            continue;
        took = add_numbered(out, doc, at);
        if (took == 0)
            took = add_address(out, doc->text, at, doc->reading_len);
    }
    if (out->len > 0)
        qsort(out->items, out->len, sizeof *out->items, by_start);
    sorted = out->len;
    for (i = 0; i < doc->link_count && i < LINKS_MAX; i++)
        if (doc->links[i].uri)
            add_link(out, sorted, doc, (uint32_t)i);
    if (out->len > sorted)
        qsort(out->items, out->len, sizeof *out->items, by_start);
}

/* The first one that ends behind the byte; their number when there is none. */
size_t reader_mention_behind(const struct reader_mentions *mentions, uint32_t offset)
{
    size_t low = 0, high = mentions->len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (mentions->items[mid].end <= offset)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}
