/*
 * A paper of our own making, in two columns: reading order, hyphens, heads and numbers, headings,
 * notes, captions, bibliography, citation marks, what it says about itself; and files broken on
 * purpose.
 */
#include "process_test.h"

#define LEFT 60.0
#define RIGHT 310.0
#define COLUMN 225.0

static const char intro[] =
    "Reading many papers takes more time than anybody has. We study how a reader finds the few "
    "that "
    "matter, and measure it on forty people over a year [1]. Earlier studies looked at titles "
    "alone "
    "[2, 3], or asked for opinions. Ours looks at what people did. The first finding is that order "
    "matters more than colour, as the next section shows in some detail for every one of them.";
static const char method[] =
    "Every participant kept a diary of the papers that were opened, and the program kept another. "
    "The two were compared at the end of each month. Where they differ the program was right in "
    "nine cases of ten, which is in line with what others found [1-3]. All of the data were kept "
    "on "
    "the machine of the participant, who could look at them, take some out, and send the others.";
static const char results[] =
    "People who saw the reasons of a ranking opened fewer papers and read more of them. The effect "
    "is large in the first weeks and smaller later on. Nobody asked for more colours. The diaries "
    "name three reasons for this that the logs do not show at all, of which fatigue is the first.";

static void write_heads(struct test_pdf *pdf, size_t page)
{
    char number[8] = { (char)('4' + page), '\0' };

    pdf_line(pdf, "F1", 8, LEFT, 40, "Journal of Reading Desks, vol. 7");
    pdf_line(pdf, "F1", 9, 295, 810, number);
}

static void write_first_page(struct test_pdf *pdf)
{
    double y;

    pdf_page(pdf);
    write_heads(pdf, 0);
    pdf_line(pdf, "F2", 18, 120, 90, "How People Read at Small Desks:");
    pdf_line(pdf, "F2", 18, 200, 112, "A Field Study");
    pdf_line(pdf, "F1", 11, 180, 140, "Ada Example and Grace B. Sample");
    pdf_line(pdf, "F1", 10, 200, 156, "University of Nowhere");
    pdf_line(pdf, "F1", 9, 180, 170, "doi:10.1234/desk.2021.77");
    pdf_line(pdf, "F2", 10, LEFT, 200, "Abstract");
    y = pdf_column(pdf, LEFT, 215, COLUMN,
                   "We report what forty people read in a year, and why. Rankings that tell their "
                   "reasons save them two hours in a week.");
    pdf_line(pdf, "F2", 12, LEFT, y + 14, "1 Introduction");
    y = pdf_column(pdf, LEFT, y + 32, COLUMN, intro);
    /* A word broken at a line's end that the text has whole, and one that keeps its hyphen. */
    pdf_line(pdf, "F1", 10, LEFT, y, "A ranking tells what to read, and a well-known rank-");
    pdf_line(pdf, "F1", 10, LEFT, y + 12, "ing is trusted. The well-");
    pdf_line(pdf, "F1", 10, LEFT, y + 24, "known ones are, however, not the best of them,");
    pdf_line(pdf, "F1", 7, LEFT, 780, "1 Small desks are those of less than a square metre.");
    /* The right column goes on with the sentence. */
    y = pdf_column(pdf, RIGHT, 200, COLUMN, "which came as a surprise to all who took part in it.");
    pdf_line(pdf, "F2", 12, RIGHT, y + 14, "2 Method");
    pdf_column(pdf, RIGHT, y + 32, COLUMN, method);
}

static void write_figure_page(struct test_pdf *pdf)
{
    double y;

    pdf_page(pdf);
    write_heads(pdf, 1);
    pdf_rect(pdf, 150, 80, 300, 120);
    pdf_rect(pdf, 200, 100, 40, 90);
    pdf_line(pdf, "F3", 7, 210, 150, "weeks");
    pdf_line(pdf, "F1", 9, LEFT, 220,
             "Figure 1: Papers opened in each week, with reasons shown (left) and without them "
             "(right).");
    pdf_line(pdf, "F2", 11, LEFT, 250, "2.1 Diaries");
    y = pdf_column(pdf, LEFT, 266, COLUMN, method);
    pdf_column(pdf, LEFT, y, COLUMN, intro);
    pdf_line(pdf, "F2", 12, RIGHT, 250, "3 Results");
    y = pdf_column(pdf, RIGHT, 268, COLUMN, results);
    pdf_column(pdf, RIGHT, y, COLUMN, method);
}

static void write_last_page(struct test_pdf *pdf)
{
    pdf_page(pdf);
    write_heads(pdf, 2);
    pdf_column(pdf, LEFT, 80, COLUMN, intro);
    pdf_column(pdf, RIGHT, 80, COLUMN, results);
    pdf_line(pdf, "F2", 12, RIGHT, 300, "References");
    pdf_line(pdf, "F1", 9, RIGHT, 318, "[1] A. Reader and B. Writer. \"On the order");
    pdf_line(pdf, "F1", 9, RIGHT + 14, 329, "of papers.\" Desk Letters, 2019.");
    pdf_line(pdf, "F1", 9, RIGHT, 342, "[2] Chen, C. (2020). Titles are not enough.");
    pdf_line(pdf, "F1", 9, RIGHT + 14, 353, "arXiv:2001.01234v2.");
    pdf_line(pdf, "F1", 9, RIGHT, 366, "[3] D. Dove. 2018. Asking for opinions. In");
    pdf_line(pdf, "F1", 9, RIGHT + 14, 377, "Proc. of Desks. doi:10.5555/abc.123");
}

void write_paper(struct test_pdf *pdf)
{
    pdf_start(pdf);
    write_first_page(pdf);
    write_figure_page(pdf);
    write_last_page(pdf);
}

static int setup(void **state)
{
    struct test_pdf pdf;

    write_paper(&pdf);
    *state = extract_pdf_of(&pdf);
    return 0;
}

static int teardown(void **state)
{
    document_free(*state);
    return 0;
}

static void test_order(void **state)
{
    const struct document *doc = *state;
    static const char *const in_order[] = {
        "How People Read", "Ada Example",     "We report what", "1 Introduction",    "Reading many",
        "not the best of", "which came as a", "2 Method",       "Every participant", "Figure 1",
        "2.1 Diaries",     "3 Results",       "References",     "[1] A. Reader",     "[3] D. Dove",
    };
    size_t i;

    assert_int_equal(doc->state, DOCUMENT_DONE);
    assert_null(doc->message);
    for (i = 1; i < ARRAY_LEN(in_order); i++)
        assert_true(find(doc, in_order[i - 1]) < find(doc, in_order[i]));
}

static void test_hyphens(void **state)
{
    const struct document *doc = *state;

    find(doc, "a well-known ranking is trusted. The well-known ones are");
    /* One sentence over two columns is one paragraph. */
    find(doc, "not the best of them, which came as a surprise");
}

static void test_furniture(void **state)
{
    const struct document *doc = *state;

    assert_true(find(doc, "Journal of Reading Desks") >= doc->reading_len);
    assert_int_equal(block_with(doc, "Journal of Reading Desks")->kind, BLOCK_RUNNING_HEAD);
    assert_int_equal(doc->blocks[doc->block_count - 1].kind, BLOCK_PAGE_NUMBER);
    assert_true(doc->blocks[doc->block_count - 1].start >= doc->reading_len);
}

static void test_kinds(void **state)
{
    const struct document *doc = *state;

    assert_int_equal(block_with(doc, "How People Read")->kind, BLOCK_TITLE);
    assert_int_equal(block_with(doc, "University of Nowhere")->kind, BLOCK_AUTHORS);
    assert_int_equal(block_with(doc, "Small desks are those")->kind, BLOCK_FOOTNOTE);
    assert_int_equal(block_with(doc, "Figure 1:")->kind, BLOCK_CAPTION);
    assert_int_equal(block_with(doc, "weeks\n")->kind, BLOCK_FIGURE);
    assert_int_equal(block_with(doc, "[2] Chen")->kind, BLOCK_REFERENCE);
    assert_int_equal(block_with(doc, "Nobody asked")->kind, BLOCK_PARAGRAPH);
}

static void test_sections(void **state)
{
    const struct document *doc = *state;
    static const struct {
        const char *title;
        uint32_t level, page;
        int parent;
    } want[] = {
        { "Abstract", 1, 0, -1 },   { "1 Introduction", 1, 0, -1 }, { "2 Method", 1, 0, -1 },
        { "2.1 Diaries", 2, 1, 2 }, { "3 Results", 1, 1, -1 },      { "References", 1, 2, -1 },
    };
    struct str out = STR_INIT;
    size_t i;

    assert_int_equal(doc->section_count, ARRAY_LEN(want));
    for (i = 0; i < ARRAY_LEN(want); i++) {
        assert_string_equal(doc->sections[i].title, want[i].title);
        assert_int_equal(doc->sections[i].level, want[i].level);
        assert_int_equal(doc->sections[i].page, want[i].page);
        assert_int_equal((int)doc->sections[i].parent, want[i].parent);
    }
    assert_int_equal(doc->sections[2].end, doc->sections[4].start);
    assert_int_equal(document_section_of(doc, find(doc, "2.1 Diaries") + 30), 3);
    document_print_outline(&out, doc);
    assert_non_null(strstr(out.ptr, "2 Method  1\n  2.1 Diaries  2\n3 Results  2\n"));
    str_free(&out);
}

static void test_places(void **state)
{
    const struct document *doc = *state;
    struct document_box box;
    struct str out = STR_INIT;

    assert_int_equal(document_page_of(doc, find(doc, "Figure 1:") + 3, &box), 1);
    assert_true(box.x0 > 55 && box.x0 < 65 && box.y0 > 205 && box.y1 < 225);
    assert_int_equal(document_page_of(doc, find(doc, "[3] D. Dove"), NULL), 2);
    assert_true(doc->pages[0].start < doc->pages[1].start);
    assert_true(doc->pages[1].start < doc->pages[2].start);
    document_print_page(&out, doc, 1);
    assert_non_null(strstr(out.ptr, "2.1 Diaries"));
    assert_null(strstr(out.ptr, "1 Introduction"));
    assert_null(strstr(out.ptr, "Journal of Reading"));
    str_free(&out);
}

static void test_figure(void **state)
{
    const struct document *doc = *state;

    assert_int_equal(doc->figure_count, 1);
    assert_string_equal(doc->figures[0].label, "Figure 1");
    assert_int_equal(doc->figures[0].page, 1);
    assert_true(doc->figures[0].box.x0 < 152 && doc->figures[0].box.x1 > 448);
    assert_true(doc->figures[0].box.y0 < 82 && doc->figures[0].box.y1 > 198);
    assert_int_equal(doc->blocks[doc->figures[0].caption].kind, BLOCK_CAPTION);
}

/* A listing has no drawing: the picture below it is its neighbour's, and stays so. */
static void test_listing(void **state)
{
    struct test_pdf pdf;
    struct document *doc;

    (void)state;
    pdf_start(&pdf);
    pdf_page(&pdf);
    pdf_line(&pdf, "F2", 16, 60, 80, "Sieves and the States of Traces");
    pdf_line(&pdf, "F2", 12, 60, 120, "1 Introduction");
    pdf_column(&pdf, 60, 140, 320, "Sieves have been drawn for a long time, and so have states.");
    pdf_page(&pdf);
    pdf_rect(&pdf, 400, 30, 195, 812); /* a ground that the page's edge cuts */
    pdf_line(&pdf, "F4", 9, 60, 90, "for (i = 2; i < 100; ++i)");
    pdf_line(&pdf, "F4", 9, 60, 100, "    primes[i] = sieve(i);");
    pdf_line(&pdf, "F1", 10, 60, 125, "Figure 1: A sieve, and nothing is drawn.");
    pdf_rect(&pdf, 80, 145, 300, 120);
    pdf_line(&pdf, "F1", 10, 60, 285, "Figure 2: States, which are drawn.");
    pdf_column(&pdf, 60, 320, 320,
               "Prose follows below all of it, and it goes on for some lines, so that nobody takes "
               "it for a label; it tells what sieves are good for, and how states change.");
    doc = extract_pdf_of(&pdf);
    assert_int_equal(doc->figure_count, 2);
    assert_true(doc->figures[0].box.y0 < 92 && doc->figures[0].box.y1 < 126);
    assert_true(doc->figures[0].box.y1 > 98 && doc->figures[0].box.x0 < 62);
    assert_true(doc->figures[1].box.y0 > 130 && doc->figures[1].box.y1 < 280);
    assert_true(doc->figures[1].box.x0 > 65);
    document_free(doc);
}

static void test_references(void **state)
{
    const struct document *doc = *state;
    const struct document_reference *refs = doc->references;

    assert_int_equal(doc->reference_count, 3);
    assert_string_equal(refs[0].marker, "1");
    assert_string_equal(refs[0].first_author, "Reader");
    assert_string_equal(refs[0].title, "On the order of papers");
    assert_int_equal(refs[0].year, 2019);
    assert_string_equal(refs[1].first_author, "Chen");
    assert_string_equal(refs[1].title, "Titles are not enough");
    assert_string_equal(refs[1].arxiv, "2001.01234");
    assert_string_equal(refs[2].doi, "10.5555/abc.123");
    assert_string_equal(refs[2].first_author, "Dove");
    assert_string_equal(refs[2].title, "Asking for opinions");
    assert_int_equal(refs[2].year, 2018);
}

static void test_citations(void **state)
{
    const struct document *doc = *state;
    size_t times[3] = { 0 }, i;

    for (i = 0; i < doc->citation_count; i++) {
        assert_in_range(doc->citations[i].reference, 0, 2);
        assert_int_equal(doc->text[doc->citations[i].start], '[');
        times[doc->citations[i].reference]++;
    }
    /* intro three times: [1] and [2, 3]; method three times: [1-3] */
    assert_int_equal(times[0], 6);
    assert_int_equal(times[1], 6);
    assert_int_equal(times[2], 6);
}

static struct document *round_marks(const char *prose)
{
    struct test_pdf pdf;

    pdf_start(&pdf);
    pdf_page(&pdf);
    pdf_line(&pdf, "F2", 16, 60, 80, "Round Brackets and Traces");
    pdf_line(&pdf, "F2", 12, 60, 120, "1 Introduction");
    pdf_column(&pdf, 60, 140, 320, prose);
    pdf_line(&pdf, "F2", 12, 60, 300, "References");
    pdf_line(&pdf, "F1", 9, 60, 320, "[1] A. Reader. On the order of papers. Desks, 2019.");
    pdf_line(&pdf, "F1", 9, 60, 340, "[2] B. Chen. Titles are not enough. Desks, 2020.");
    pdf_line(&pdf, "F1", 9, 60, 360, "[3] D. Dove. Lamps and the human eye. Optics, 2015.");
    return extract_pdf_of(&pdf);
}

static void test_round_citations(void **state)
{
    struct document *doc;

    (void)state;
    doc = round_marks("It is compiled by a simple compiler (2) as others do (1, 3), whose "
                      "Equation (3) tells why; f(2) and (1) alone are none.");
    assert_int_equal(doc->reference_count, 3);
    assert_int_equal(doc->citation_count, 3);
    assert_int_equal(doc->citations[0].reference, 1);
    assert_int_equal(doc->citations[0].start, find(doc, "(2) as"));
    assert_int_equal(doc->citations[1].reference, 0);
    assert_int_equal(doc->citations[2].reference, 2);
    document_free(doc);
    doc = round_marks("A simple compiler (2) is what is counted here, and that is all there is.");
    assert_int_equal(doc->citation_count, 0);
    document_free(doc);
}

static void test_metadata(void **state)
{
    const struct document_metadata *meta = &((struct document *)*state)->meta;

    assert_string_equal(meta->title, "How People Read at Small Desks: A Field Study");
    assert_int_equal(meta->authors.len, 2);
    assert_string_equal(meta->authors.items[0], "Ada Example");
    assert_string_equal(meta->authors.items[1], "Grace B. Sample");
    assert_string_equal(meta->doi, "10.1234/desk.2021.77");
    assert_true(str_starts(meta->abstract, "We report what forty people"));
    assert_true(str_ends(meta->abstract, "in a week."));
}

/* ---- broken files ---- */

static void paper_bytes(struct str *bytes)
{
    struct test_pdf pdf;

    write_paper(&pdf);
    pdf_write(&pdf, bytes);
}

static void test_repaired(void **state)
{
    struct str bytes = STR_INIT;
    struct document *doc;
    char *xref;

    (void)state;
    paper_bytes(&bytes);
    xref = strstr(bytes.ptr, "startxref\n");
    memset(xref + 10, '9', 3);
    doc = extract_bytes(FORMAT_PDF, bytes.ptr, bytes.len, NULL);
    assert_int_equal(doc->state, DOCUMENT_REPAIRED);
    assert_non_null(doc->message);
    find(doc, "Nobody asked for more colours");
    document_free(doc);
    str_free(&bytes);
}

static void test_rescued(void **state)
{
    struct str bytes = STR_INIT;
    struct document *doc;
    char *at;

    (void)state;
    paper_bytes(&bytes);
    for (at = bytes.ptr; (at = strstr(at, " 0 obj")); at += 6)
        memcpy(at, " x xxx", 6);
    at = strstr(bytes.ptr, "trailer");
    memcpy(at, "xxxxxxx", 7);
    doc = extract_bytes(FORMAT_PDF, bytes.ptr, bytes.len, NULL);
    assert_int_equal(doc->state, DOCUMENT_REPAIRED);
    assert_non_null(strstr(doc->message, "bare text"));
    find(doc, "Nobody asked for more colours");
    document_free(doc);
    str_free(&bytes);
}

/* Cut at any length: a state and a reason, never a crash. */
static void test_truncated(void **state)
{
    struct str bytes = STR_INIT;
    size_t len;

    (void)state;
    paper_bytes(&bytes);
    for (len = 0; len < bytes.len; len += bytes.len / 40) {
        struct document *doc = extract_bytes(FORMAT_PDF, bytes.ptr, len, NULL);

        assert_true(doc->state == DOCUMENT_DONE || doc->message != NULL);
        document_free(doc);
    }
    str_free(&bytes);
}

static void test_not_pdf(void **state)
{
    static const struct {
        const char *bytes, *why;
    } cases[] = {
        { "<!DOCTYPE html><html><body><p>Sign in</p></body></html>", "web page" },
        { "%PDF-1.7\nnothing else", NULL },
        { "", "empty" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(cases); i++) {
        struct document *doc =
            extract_bytes(FORMAT_PDF, cases[i].bytes, strlen(cases[i].bytes), NULL);

        assert_int_equal(doc->state, DOCUMENT_REFUSED);
        assert_non_null(doc->message);
        if (cases[i].why)
            assert_non_null(strstr(doc->message, cases[i].why));
        document_free(doc);
    }
}

static void test_outline_links(void **state)
{
    struct test_pdf pdf;
    struct document *doc;

    (void)state;
    write_paper(&pdf);
    pdf.outline = "Part";
    pdf.title = "How People Read at Small Desks: A Field Study";
    pdf.annots = "<</Type/Annot/Subtype/Link/Rect[60 742 160 762]/Border[0 0 0]"
                 "/A<</S/URI/URI(https://example.org/desk)>>>>"
                 "<</Type/Annot/Subtype/Link/Rect[10 10 20 20]/Dest[16 0 R/Fit]>>";
    doc = extract_pdf_of(&pdf);
    assert_int_equal(doc->outline_count, 3);
    assert_string_equal(doc->outline[1].title, "Part 2");
    assert_int_equal(doc->outline[1].page, 1);
    assert_int_equal(doc->link_count, 6);
    assert_string_equal(doc->links[0].uri, "https://example.org/desk");
    assert_true(doc->links[0].box.y0 > 79 && doc->links[0].box.y1 < 101);
    assert_null(doc->links[1].uri);
    assert_int_equal(doc->links[1].target, 2);
    document_free(doc);
}

#define WITH_PAPER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

const struct CMUnitTest layout_tests[] = {
    WITH_PAPER(test_order),
    WITH_PAPER(test_hyphens),
    WITH_PAPER(test_furniture),
    WITH_PAPER(test_kinds),
    WITH_PAPER(test_sections),
    WITH_PAPER(test_places),
    WITH_PAPER(test_figure),
    WITH_PAPER(test_references),
    WITH_PAPER(test_citations),
    WITH_PAPER(test_metadata),
    cmocka_unit_test(test_listing),
    cmocka_unit_test(test_round_citations),
    cmocka_unit_test(test_repaired),
    cmocka_unit_test(test_rescued),
    cmocka_unit_test(test_truncated),
    cmocka_unit_test(test_not_pdf),
    cmocka_unit_test(test_outline_links),
};
const size_t layout_tests_len = ARRAY_LEN(layout_tests);
