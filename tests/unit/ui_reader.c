/*
 * The Reader's text: lines, sentences, what is searched for.
 */
#include "ui_test.h"

#include "ui/views/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A document of these blocks, a blank line between them. */
struct made_block {
    enum block_kind kind;
    const char *text;
};

static struct document *document_of(const struct made_block *blocks, size_t count)
{
    struct document *doc = document_new();
    struct str text = STR_INIT;
    size_t i;

    doc->blocks = arena_alloc(doc->arena, count * sizeof *doc->blocks);
    for (i = 0; i < count; i++) {
        if (i > 0)
            str_add(&text, "\n\n");
        doc->blocks[i].kind = blocks[i].kind;
        doc->blocks[i].start = (uint32_t)text.len;
        str_add(&text, blocks[i].text);
        doc->blocks[i].end = (uint32_t)text.len;
    }
    doc->block_count = count;
    doc->text = arena_strdup(doc->arena, text.ptr);
    doc->len = doc->reading_len = (uint32_t)text.len;
    str_free(&text);
    return doc;
}

static void wrapped(const char *expected, int width, const struct made_block *blocks, size_t count)
{
    struct document *doc = document_of(blocks, count);
    struct reader_lines lines;
    struct str out = STR_INIT;
    size_t i;

    reader_wrap(&lines, doc, width);
    for (i = 0; i < lines.len; i++) {
        str_add_repeat(&out, ' ', lines.items[i].indent);
        str_add_mem(&out, doc->text + lines.items[i].start,
                    lines.items[i].end - lines.items[i].start);
        str_add_char(&out, '\n');
    }
    assert_string_equal(out.ptr, expected);
    for (i = 0; i < lines.len; i++) /* every line is found by where it begins */
        if (lines.items[i].end > lines.items[i].start)
            assert_int_equal(reader_line_of(&lines, lines.items[i].start), i);
    str_free(&out);
    reader_lines_free(&lines);
    document_free(doc);
}

static void test_wrap(void **state)
{
    static const struct made_block blocks[] = {
        { BLOCK_HEADING, "1 Lamps" },
        { BLOCK_PARAGRAPH, "Lamps tire the eye of whoever reads." },
        { BLOCK_PARAGRAPH, "• a point that goes on and on" },
        { BLOCK_PARAGRAPH, "(iv) counted, over two lines" },
        { BLOCK_EQUATION, "a = b + c" },
        { BLOCK_REFERENCE, "[1] C. Elm. On the endurance." },
        { BLOCK_REFERENCE, "[2] D. Reed." },
        { BLOCK_RUNNING_HEAD, "" },
    };

    (void)state;
    wrapped("1 Lamps\n\n"
            "Lamps tire the eye\nof whoever reads.\n\n"
            "  • a point that\n    goes on and on\n\n"
            "  (iv) counted, over\n       two lines\n\n"
            "      a = b + c\n\n"
            "[1] C. Elm. On the\n    endurance.\n"
            "[2] D. Reed.\n",
            20, blocks, ARRAY_LEN(blocks));
}

/* Code keeps its lines; a word that is too long is broken; what is not reading text is left out. */
static void test_wrap_odd(void **state)
{
    static const struct made_block code[] = { { BLOCK_CODE, "if x:\n    y\n\nz" } };
    static const struct made_block word[] = { { BLOCK_PARAGRAPH, "abcdefghijklmnopqrstuvwxyz" } };
    struct document *doc = document_of(code, 1);
    struct reader_lines lines;

    (void)state;
    wrapped("  if x:\n        y\n    \n    z\n", 20, code, 1);
    wrapped("abcdefghij\nklmnopqrst\nuvwxyz\n", 10, word, 1);
    doc->reading_len = 0;
    reader_wrap(&lines, doc, 20);
    assert_int_equal(lines.len, 0);
    assert_int_equal(reader_line_of(&lines, 5), 0);
    reader_lines_free(&lines);
    document_free(doc);
}

static size_t found(const char *pattern, const char *text, struct reader_span first)
{
    struct reader_spans spans = { 0 };
    size_t count;

    reader_matches(&spans, text, strlen(text), pattern);
    count = spans.len;
    if (count > 0) {
        assert_int_equal(spans.items[0].start, first.start);
        assert_int_equal(spans.items[0].end, first.end);
    }
    free(spans.items);
    return count;
}

static void test_matches(void **state)
{
    struct reader_spans spans = { 0 };

    (void)state;
    assert_int_equal(found("lamp", "A Lamp, a lamp, LAMPS", (struct reader_span){ 2, 6 }), 3);
    assert_int_equal(found("Lamp", "A Lamp, a lamp, LAMPS", (struct reader_span){ 2, 6 }), 1);
    assert_int_equal(found("oak  desk", "of oak\ndesks", (struct reader_span){ 3, 11 }), 1);
    assert_int_equal(found("aa", "aaaa", (struct reader_span){ 0, 2 }), 2);
    assert_int_equal(found("", "text", (struct reader_span){ 0, 0 }), 0);
    assert_int_equal(found("x ", "x", (struct reader_span){ 0, 0 }), 0);
    reader_matches(&spans, "ab ab ab", 8, "ab");
    assert_int_equal(reader_span_behind(&spans, 0), 0);
    assert_int_equal(reader_span_behind(&spans, 2), 1);
    assert_int_equal(reader_span_behind(&spans, 8), 3);
    free(spans.items);
}

static void sentence(const struct document *doc, const char *at, const char *expected)
{
    uint32_t offset = (uint32_t)(strstr(doc->text, at) - doc->text);
    struct reader_span span = reader_sentence(doc, offset);
    char *text = mem_strndup(doc->text + span.start, span.end - span.start);

    assert_string_equal(text, expected);
    free(text);
}

static void test_sentences(void **state)
{
    static const struct made_block blocks[] = {
        { BLOCK_PARAGRAPH, "See Fig. 2 of J. Elm et al. (2019), i.e. the lamp. It is 3.5 m high! "
                           "“Is it?” He asked." },
        { BLOCK_PARAGRAPH, "The next one has no end" },
    };
    struct document *doc = document_of(blocks, 2);

    (void)state;
    sentence(doc, "Fig", "See Fig. 2 of J. Elm et al. (2019), i.e. the lamp.");
    sentence(doc, "3.5", "It is 3.5 m high!");
    sentence(doc, "it?", "“Is it?”");
    sentence(doc, "asked", "He asked.");
    sentence(doc, "no end", "The next one has no end");
    assert_int_equal(reader_paragraph(doc, 3).end, doc->blocks[0].end);
    assert_int_equal(reader_paragraph(doc, doc->len - 1).start, doc->blocks[1].start);
    document_free(doc);
}

static char *title(struct document *doc, const char *text)
{
    return arena_strdup(doc->arena, text);
}

static void test_mentions(void **state)
{
    static const struct made_block blocks[] = {
        { BLOCK_PARAGRAPH, "See Fig. 2, Figure 12 and Table 2; Eq. (3) of Section 3.2 is at "
                           "(https://example.org/a_b), as Appendix A says. Figures show it." },
        { BLOCK_CAPTION, "Figure 2: Lamps" },
        { BLOCK_EQUATION, "a = b (13)" },
        { BLOCK_EQUATION, "a = c (3)" },
    };
    static const struct {
        const char *text;
        enum mention_kind kind;
        uint32_t target;
    } expected[] = { { "Fig. 2", MENTION_FIGURE, 0 },
                     { "Figure 12", MENTION_FIGURE, DOCUMENT_NONE },
                     { "Table 2", MENTION_FIGURE, DOCUMENT_NONE },
                     { "Eq. (3)", MENTION_EQUATION, 3 },
                     { "Section 3.2", MENTION_SECTION, 1 },
                     { "https://example.org/a_b", MENTION_ADDRESS, DOCUMENT_NONE },
                     { "Appendix A", MENTION_SECTION, 2 } };
    struct document *doc = document_of(blocks, 4);
    struct document_figure figure = { .kind = FIGURE_FIGURE,
                                      .label = title(doc, "Figure 2"),
                                      .caption = 1 };
    struct document_section sections[] = { { .title = title(doc, "3 Lamps") },
                                           { .title = title(doc, "3.2 Oil lamps") },
                                           { .title = title(doc, "A. Proofs") } };
    struct reader_mentions mentions;
    size_t i;

    (void)state;
    doc->figures = &figure;
    doc->figure_count = 1;
    doc->sections = sections;
    doc->section_count = 3;
    reader_mentions_find(&mentions, doc);
    assert_int_equal(mentions.len, ARRAY_LEN(expected));
    for (i = 0; i < mentions.len; i++) {
        const struct reader_mention *mention = &mentions.items[i];

        assert_memory_equal(doc->text + mention->start, expected[i].text, strlen(expected[i].text));
        assert_int_equal(mention->end - mention->start, strlen(expected[i].text));
        assert_int_equal(mention->kind, expected[i].kind);
        assert_int_equal(mention->target, expected[i].target);
        assert_int_equal(reader_mention_behind(&mentions, mention->start), i);
    }
    free(mentions.items);
    document_free(doc);
}

/* Several numbers behind one word are as many mentions; letters behind a number are its parts. */
static void test_many_mentions(void **state)
{
    static const struct made_block blocks[] = {
        { BLOCK_PARAGRAPH,
          "By eqs. (1), (2) and (3), figures 4 and 5a, Tables II–III, fig. 4(b), and "
          "section IV. In Figure 4, 5 lamps burn; Eq. (1) and (2) say so. In sections" },
        { BLOCK_EQUATION, "(1) a = b 2 c" },
        { BLOCK_EQUATION, "a = c, (2) d = f(3)e (3) 7" },
        { BLOCK_CAPTION, "FIG. 4: Lamps" },
        { BLOCK_CAPTION, "Fig. 5: Wicks" },
        { BLOCK_CAPTION, "TABLE II: Oils" },
        { BLOCK_CAPTION, "TABLE III: More oils" },
    };
    static const struct {
        const char *text;
        enum mention_kind kind;
        uint32_t target;
    } expected[] = { { "eqs. (1)", MENTION_EQUATION, 1 },  { "(2)", MENTION_EQUATION, 2 },
                     { "(3)", MENTION_EQUATION, 2 },       { "figures 4", MENTION_FIGURE, 0 },
                     { "5a", MENTION_FIGURE, 1 },          { "Tables II", MENTION_FIGURE, 2 },
                     { "III", MENTION_FIGURE, 3 },         { "fig. 4", MENTION_FIGURE, 0 },
                     { "section IV", MENTION_SECTION, 0 }, { "Figure 4", MENTION_FIGURE, 0 },
                     { "Eq. (1)", MENTION_EQUATION, 1 },   { "(2)", MENTION_EQUATION, 2 } };
    struct document *doc = document_of(blocks, 7);
    struct document_figure figures[] = {
        { .kind = FIGURE_FIGURE, .label = title(doc, "Figure 4"), .caption = 3 },
        { .kind = FIGURE_FIGURE, .label = title(doc, "Figure 5"), .caption = 4 },
        { .kind = FIGURE_TABLE, .label = title(doc, "Table II"), .caption = 5 },
        { .kind = FIGURE_TABLE, .label = title(doc, "Table III"), .caption = 6 },
    };
    struct document_section section = { .title = title(doc, "IV. LAMPS") };
    struct reader_mentions mentions;
    size_t i;

    (void)state;
    doc->figures = figures;
    doc->figure_count = 4;
    doc->sections = &section;
    doc->section_count = 1;
    reader_mentions_find(&mentions, doc);
    for (i = 0; i < mentions.len && i < ARRAY_LEN(expected); i++) {
        const struct reader_mention *mention = &mentions.items[i];

        assert_memory_equal(doc->text + mention->start, expected[i].text, strlen(expected[i].text));
        assert_int_equal(mention->end - mention->start, strlen(expected[i].text));
        assert_int_equal(mention->kind, expected[i].kind);
        assert_int_equal(mention->target, expected[i].target);
    }
    assert_int_equal(mentions.len, ARRAY_LEN(expected));
    free(mentions.items);
    document_free(doc);
}

/* A link of the file: the words under its box; where the text has an address, that counts. */
static void test_links(void **state)
{
    static const struct made_block blocks[] = {
        { BLOCK_PARAGRAPH, "All of our code is here, see https://example.org now." },
    };
    struct document *doc = document_of(blocks, 1);
    struct document_line line = { .end = doc->len, .box = { 0, 0, 530, 10 } };
    char uri[] = "https://example.org/code";
    struct document_link links[] = { { .box = { 150, 1, 225, 9 }, .uri = uri },
                                     { .box = { 300, 1, 480, 9 }, .uri = uri },
                                     { .box = { 150, 21, 225, 29 }, .uri = uri },
                                     { .box = { 0, 1, 30, 9 }, .uri = NULL } };
    struct reader_mentions mentions;

    (void)state;
    doc->lines = &line;
    doc->line_count = 1;
    doc->links = links;
    doc->link_count = 4;
    reader_mentions_find(&mentions, doc);
    assert_int_equal(mentions.len, 2);
    assert_int_equal(mentions.items[0].target, 0);
    assert_memory_equal(doc->text + mentions.items[0].start, "is here,", 8);
    assert_int_equal(mentions.items[0].end - mentions.items[0].start, 8);
    assert_int_equal(mentions.items[1].target, DOCUMENT_NONE);
    free(mentions.items);
    document_free(doc);
}

int ui_test_reader(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrap),     cmocka_unit_test(test_wrap_odd),
        cmocka_unit_test(test_matches),  cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_mentions), cmocka_unit_test(test_many_mentions),
        cmocka_unit_test(test_links),
    };

    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
