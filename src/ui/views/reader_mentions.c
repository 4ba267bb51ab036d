/*
 * What a text mentions and can be shown: references by their marks, figures, tables and algorithms,
 * equations and sections by their numbers, addresses. Found once, by the worker that reads the
 * document.
 */
#include "reader.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MENTIONS_MAX 50000
#define LINKS_MAX 2000 /* each is looked for in all lines */

static bool blank(char c)
{
    return c == ' ' || c == '\n';
}

/* Longer words stand before their own beginnings. Upper and lower case are the same. */
static const struct mention_word {
    const char *word;
    enum mention_kind kind;
    enum figure_kind figure;
    bool many; /* a list of numbers may follow */
} mention_words[] = {
    { "Figures", MENTION_FIGURE, FIGURE_FIGURE, true },
    { "Figure", MENTION_FIGURE, FIGURE_FIGURE, false },
    { "Figs.", MENTION_FIGURE, FIGURE_FIGURE, true },
    { "Fig.", MENTION_FIGURE, FIGURE_FIGURE, false },
    { "Fig", MENTION_FIGURE, FIGURE_FIGURE, false },
    { "Tables", MENTION_FIGURE, FIGURE_TABLE, true },
    { "Table", MENTION_FIGURE, FIGURE_TABLE, false },
    { "Tab.", MENTION_FIGURE, FIGURE_TABLE, false },
    { "Algorithms", MENTION_FIGURE, FIGURE_ALGORITHM, true },
    { "Algorithm", MENTION_FIGURE, FIGURE_ALGORITHM, false },
    { "Alg.", MENTION_FIGURE, FIGURE_ALGORITHM, false },
    { "Equations", MENTION_EQUATION, 0, true },
    { "Equation", MENTION_EQUATION, 0, false },
    { "Eqs.", MENTION_EQUATION, 0, true },
    { "Eqn.", MENTION_EQUATION, 0, false },
    { "Eq.", MENTION_EQUATION, 0, false },
    { "Sections", MENTION_SECTION, 0, true },
    { "Section", MENTION_SECTION, 0, false },
    { "Sects.", MENTION_SECTION, 0, true },
    { "Sect.", MENTION_SECTION, 0, false },
    { "Secs.", MENTION_SECTION, 0, true },
    { "Sec.", MENTION_SECTION, 0, false },
    { "§§", MENTION_SECTION, 0, true },
    { "§", MENTION_SECTION, 0, false },
    { "Appendices", MENTION_SECTION, 0, true },
    { "Appendix", MENTION_SECTION, 0, false },
};

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

/* A number, perhaps in brackets; its length with them, 0 none. */
static size_t bracketed_number(const char *text, char number[READER_NUMBER])
{
    size_t open = *text == '(', len = reader_number_at(text + open, number);

    if (len == 0)
        return 0;
    return open + len + (open && text[open + len] == ')');
}

/* One mention: the number, with what announces it. The bytes, 0 none. */
static size_t add_number(struct reader_mentions *out, const struct document *doc, size_t at,
                         size_t before, const struct mention_word *word)
{
    char number[READER_NUMBER];
    size_t len = bracketed_number(doc->text + at + before, number);
    struct reader_mention mention = { .start = (uint32_t)at, .kind = word->kind };

    if (len == 0)
        return 0;
    mention.end = (uint32_t)(at + before + len);
    mention.target = reader_target(doc, word->kind, word->figure, number);
    if (!is_own_label(doc, &mention))
        add_mention(out, &mention);
    return before + len;
}

/* ", " and " and " lead to the next number of a list; 0: it ends here. */
static size_t list_goes_on(const char *text, bool letters)
{
    static const char *const joins[] = { ", and ", ", or ", ", ", " and ", " or ",
                                         " & ",    " to ",  "–",  "-",     "," };
    size_t i, len;

    for (i = 0; i < ARRAY_LEN(joins); i++) {
        len = strlen(joins[i]);
        if (strncmp(text, joins[i], len) == 0 && text[len] != ' ')
            break;
    }
    if (i == ARRAY_LEN(joins))
        return 0;
    /* Numerals go on with numerals: "Sections 2, I think". */
    return text[len] == '('
                   || (letters ? isupper((unsigned char)text[len])
                               : isdigit((unsigned char)text[len]))
               ? len
               : 0;
}

/* "Figure 3", "Eqs. (3) and (4)", "Tables II and IV": a mention for each number. */
static size_t add_numbered(struct reader_mentions *out, const struct document *doc, size_t at)
{
    const char *text = doc->text + at;
    size_t i, len, took, join;
    bool letters, brackets;

    for (i = 0; i < ARRAY_LEN(mention_words); i++) {
        len = strlen(mention_words[i].word);
        if (strncasecmp(text, mention_words[i].word, len) == 0)
            break;
    }
    if (i == ARRAY_LEN(mention_words))
        return 0;
    len += strspn(text + len, " ");
    brackets = text[len] == '(';
    letters = isalpha((unsigned char)text[len + brackets]);
    len = add_number(out, doc, at, len, &mention_words[i]);
    while (len > 0 && (mention_words[i].many || brackets)
           && (join = list_goes_on(text + len, letters)) > 0
           && (!brackets || text[len + join] == '(')
           && (took = add_number(out, doc, at + len + join, 0, &mention_words[i])) > 0)
        len += join + took;
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
        if (!begins || !strchr("FTAESftaeshwdHWD\xC2", doc->text[at]))
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
