/*
 * Lint's rules on single papers, check digits, and text that was read in a wrong character set; and
 * what CSL's markup and sentences make of TeX.
 */
#include "exchange_test.h"

#include "../../src/exchange/bibliography.h"

#include "carrel/lint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_check_digits(void **state)
{
    (void)state;
    assert_true(isbn_valid("0-226-10403-6"));
    assert_true(isbn_valid("978-0-226-10403-4"));
    assert_true(isbn_valid("0-8044-2957-X"));
    assert_false(isbn_valid("0-226-10403-7"));
    assert_false(isbn_valid("978-0-226-10403-5"));
    assert_false(isbn_valid("X-8044-2957-0"));
    assert_false(isbn_valid("12345"));
    assert_false(isbn_valid(""));
    assert_true(issn_valid("0317-8471"));
    assert_true(issn_valid("2434-561X"));
    assert_false(issn_valid("0317-8472"));
    assert_false(issn_valid("0317-84711"));
}

static void test_character_sets(void **state)
{
    static const char *const rows[][2] = { { "MÃ¼ller", "Müller" }, { "donâ€™t", "don’t" },
                                           { "Ãœber", "Über" },     { "Müller", NULL },
                                           { "plain", NULL },       { "5 × 3 Ångström", NULL },
                                           { "Ünïcode Ã", NULL },   { "日本 Ã¼", NULL } };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(rows); i++) {
        struct str out = STR_INIT;

        assert_int_equal(mojibake_undo(&out, rows[i][0]), rows[i][1] != NULL);
        assert_string_equal(out.ptr, rows[i][1] ? rows[i][1] : "");
        str_free(&out);
    }
}

struct told {
    struct str text;
};

static void tell(void *ctx, const struct lint_finding *finding)
{
    struct told *told = ctx;

    str_printf(&told->text, "%s%s%s%s%s", told->text.len ? "; " : "", finding->rule,
               finding->field ? " " : "", finding->field ? finding->field : "",
               finding->value ? "=" : "");
    str_add(&told->text, finding->value ? finding->value : "");
}

static void lint_is(struct record *record, struct citation *entry, const char *expected)
{
    struct arena *arena = arena_new();
    struct lint_paper paper = { .record = record, .entry = entry, .year_now = 2026 };
    struct told told = { STR_INIT };

    lint_paper(&paper, arena, tell, &told);
    assert_string_equal(told.text.ptr, expected);
    str_free(&told.text);
    arena_free(arena);
}

static void test_rules(void **state)
{
    struct arena *arena = arena_new();
    struct record r = { .id = "arxiv:1706.03762", .title = "A title", .published = "2017-06" };
    struct citation entry = { .type = "article", .key = "k" };

    (void)state;
    text_list_add(&r.authors, arena, "Ann Lee", 7);
    lint_is(&r, NULL, "");
    r.published = "2015";
    lint_is(&r, NULL, "wrong-year date=2017-06");
    r.venue = "Journal"; /* printed before, perhaps */
    lint_is(&r, NULL, "wrong-year");
    r.published = "2020"; /* later is no fault */
    lint_is(&r, NULL, "");
    r.id = "arxiv:hep-th/9901001";
    r.venue = NULL;
    r.published = "1998";
    lint_is(&r, NULL, "wrong-year date=1999-01");
    r.id = "doi:10.1109/CVPR.2016.90";
    r.doi = "10.1109/CVPR.2016.90";
    r.published = "2010";
    lint_is(&r, NULL, "wrong-year");
    r.published = "2015"; /* a meeting's papers of the year before */
    lint_is(&r, NULL, "");
    r.title = "ON THE SHAPE OF A BOOK: A STUDY";
    lint_is(&r, NULL, "capitals title=On the shape of a book: A study");
    r.title = "BERT and GPT";
    lint_is(&r, NULL, "");
    r.title = "An open { brace";
    lint_is(&r, NULL, "braces title=An open  brace");
    r.title = "Ends with a stop.";
    lint_is(&r, NULL, "title-end title=Ends with a stop");
    r.title = "Ends with Inc.";
    lint_is(&r, NULL, "title-end title=Ends with Inc");
    r.title = "And so on...";
    lint_is(&r, NULL, "");
    citation_add(&entry, arena, "crossref", "nobody");
    citation_add(&entry, arena, "isbn", "0-226-10403-6, 0-226-10403-7");
    lint_is(&r, &entry, "bad-isbn; dangling");
    r.id = "local:1";
    r.doi = NULL;
    r.venue = "J";
    entry.len = 0;
    citation_add(&entry, arena, "journaltitle", "J");
    lint_is(&r, &entry, "no-doi");
    citation_add(&entry, arena, "note", "see https://doi.org/10.1000/AbC.");
    lint_is(&r, &entry, "no-doi doi=10.1000/abc");
    arena_free(arena);
}

/* Without its closing bracket a field goes on; what only looks like that is let be. */
static void test_swallowed(void **state)
{
    static const char *const whole[] = {
        "A study of year = 2000 problems", "On the equation E = mc2, n = 3",
        "Let title be {A}, x = {1}",       "Number = \"one\"",
        "Of subtitle = {a} words",         "Gas of pressure = 2, volume = 3 and more",
        "With n = 2, number = 5.",         "See <a title=\"x\">here</a>",
    };
    static const char *const kept_whole[] = {
        "Foo, publisher = {Bar}, isbn = 3, year = {2000}",
        "Foo, journal = {Bar}, year = {2000}, volume = 3",
        "Foo, year = {about 2000}",
        "Foo, journal = {Bar}, journal = {Baz}",
        "Foo, year = 2000, and words",
        "Foo, doi = {none}",
        "Foo, author = {Lee, Ann and others}",
    };
    struct arena *arena = arena_new();
    struct record r = { .id = "local:1", .published = "2000" };
    struct citation entry = { .type = "article", .key = "k" };
    size_t i;

    (void)state;
    text_list_add(&r.authors, arena, "Ann Lee", 7);
    r.title = "Foo, journal = Bar, year = 2000,";
    citation_set(&entry, arena, "title", "Foo, journal = {Bar \\& {Co}}, year = {2000},");
    lint_is(&r, &entry, "swallowed title=Foo; swallowed venue=Bar & Co");
    r.venue = "Known already";
    lint_is(&r, &entry, "swallowed title=Foo");
    citation_set(&entry, arena, "title", "Foo journal= \"Bar\"");
    lint_is(&r, &entry, "swallowed title=Foo");
    citation_set(&entry, arena, "title",
                 "Foo, doi = {https://doi.org/10.1000/A}, author={Roe, R. and {Sons and Co}}");
    lint_is(&r, &entry, "swallowed title=Foo; swallowed doi=10.1000/a");
    r.authors.len = 0;
    lint_is(&r, &entry,
            "no-authors; swallowed title=Foo; swallowed doi=10.1000/a; swallowed authors=R. Roe; "
            "Sons and Co");
    text_list_add(&r.authors, arena, "Ann Lee", 7);
    for (i = 0; i < ARRAY_LEN(kept_whole); i++) { /* more would be lost */
        citation_set(&entry, arena, "title", kept_whole[i]);
        lint_is(&r, &entry, "swallowed");
    }
    citation_set(&entry, arena, "title", "Foo, journal = {Bar, year = 2000");
    lint_is(&r, &entry, "braces; swallowed");
    citation_set(&entry, arena, "title", "Foo, journal = {Bar}, year = {2000},");
    citation_set(&entry, arena, "publisher", "Baz");
    lint_is(&r, &entry, "swallowed");
    citation_set(&entry, arena, "publisher", NULL);
    entry.type = "misc"; /* has no journal of its own */
    citation_set(&entry, arena, "title", "Foo, journal = {Bar}, year = {2000},");
    lint_is(&r, &entry, "swallowed");
    citation_set(&entry, arena, "title", "{\\\"O}l, YEAR=2000");
    r.title = "Öl, YEAR=2000";
    lint_is(&r, &entry, "swallowed title=Öl");
    r.title = "Öl"; /* mended by hand */
    lint_is(&r, &entry, "");
    citation_set(&entry, arena, "title", "Oil");
    citation_set(&entry, arena, "annotation", "read, pages = {3}");
    lint_is(&r, &entry, "swallowed");
    citation_set(&entry, arena, "annotation", "a < b and c, year = 2000 , volume = 3, x");
    lint_is(&r, &entry, "swallowed");
    citation_set(&entry, arena, "annotation", NULL);
    for (i = 0; i < ARRAY_LEN(whole); i++) {
        citation_set(&entry, arena, "title", whole[i]);
        r.title = (char *)(uintptr_t)whole[i];
        lint_is(&r, &entry, "");
    }
    arena_free(arena);
}

/* Commas part a name, not people; what has a comma by right is let be. */
static void test_names(void **state)
{
    static const char *const wrong[] = {
        "J.J. Sakurai, Jim Napolitano",
        "J.-P. Serre, Jim Napolitano",
        "Doe, Jane and Roe, R., Smith, J.",
        "Jim Napolitano, J.J. Sakurai, Ann Lee",
        "Roe, R.; Smith, J.",
        "Lee, Ann and and Poe, P",
        "and Lee, Ann",
        "{J. Roe and} and",
    };
    static const char *const right[] = {
        "Sakurai, J. J.",
        "van der Berg, Jan Willem",
        "Garc\\'ia M\\'arquez, Gabriel Jos\\'e",
        "Oppenheimer, J. Robert and others",
        "King, Jr., Martin Luther",
        "Sherry, John F., Jr.",
        "van Vugt, Arie MD, PhD",
        "Aho, Alfred V., and Ullman, J.",
        "{J. Roe, Jim Poe, Ann Lee and Sons} and {Sand, Stone, and Lime}",
        "given=Hans, family=Harman, prefix=of the, given-i=H",
        "J. J. Sakurai",
        "St. John, Mary Anne",
    };
    struct arena *arena = arena_new();
    struct record r = { .id = "local:1", .title = "A title", .published = "2000" };
    struct citation entry = { .type = "misc", .key = "k" };
    size_t i;

    (void)state;
    text_list_add(&r.authors, arena, "Ann Lee", 7);
    for (i = 0; i < ARRAY_LEN(wrong); i++) {
        citation_set(&entry, arena, "author", wrong[i]);
        lint_is(&r, &entry, "bad-names");
    }
    for (i = 0; i < ARRAY_LEN(right); i++) {
        citation_set(&entry, arena, "author", right[i]);
        lint_is(&r, &entry, "");
    }
    citation_set(&entry, arena, "journaltitle", "undefinedmacro");
    r.doi = "10.1000/1";
    lint_is(&r, &entry, "macro");
    citation_set(&entry, arena, "journaltitle", "Nature");
    lint_is(&r, &entry, "");
    arena_free(arena);
}

static void test_sentences(void **state)
{
    static const char *const rows[][2] = {
        { "A Study of {Bayesian} Methods: the Case of {iPhone} Users",
          "A study of Bayesian methods: The case of <span class=\"nocase\">iPhone</span> users" },
        { "High-Resolution \\emph{E. coli} of MVS and Vitamin C. An End",
          "High-resolution <i>E. coli</i> of MVS and vitamin C. An end" },
        { "{{The} Whole} Title", "The Whole title" },
        { "Élan Vital", "Élan vital" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(rows); i++) {
        struct str rich = STR_INIT, out = STR_INIT;

        csl_rich(&rich, rows[i][0]);
        csl_sentence(&out, rich.ptr);
        assert_string_equal(out.ptr, rows[i][1]);
        str_free(&rich);
        str_free(&out);
    }
}

int exchange_lint_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_digits), cmocka_unit_test(test_character_sets),
        cmocka_unit_test(test_rules),        cmocka_unit_test(test_swallowed),
        cmocka_unit_test(test_names),        cmocka_unit_test(test_sentences),
    };

    return cmocka_run_group_tests_name("exchange: lint", tests, NULL, NULL);
}
