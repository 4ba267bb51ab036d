/* Which names can be one person, which titles tell works apart, how much abstracts share. */
#include "carrel/likeness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

int text_likeness_tests(void);

static void test_people(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        { "John R. Hazel", "J.R. Hazel", true },
        { "John R. Hazel", "Hazel, John", true },
        { "John Hazel", "Hazel J", true },
        { "John R. Hazel", "Hazel JR", true },
        { "Martin Oak Jr.", "Martin Oak", true },
        { "Wei Zhang", "Zhang Wei", true },
        { "王伟", "王伟", true },
        { "Jérôme Lefèvre", "Jerome Lefevre", true },
        { "J\\'er\\^ome Lef\\`evre", "Jérôme Lefèvre", true },
        { "Łukasz Kowalczyk", "Kowalczyk, Lukasz", true },
        { "Maria García-López", "M. Garcia Lopez", true },
        { "Maria García-López", "Maria Garcia", true },
        { "Ana Sousa Pereira", "A. S. Pereira", true },
        { "Jan van der Berg", "J. Berg", true },
        { "Thomas Tansy", "Tom Tansy", true },
        { "Tess Ann Thorn", "Tess Thorn", true },
        { "WEI LI", "Wei Li", true },
        { "LAMP Collaboration", "The LAMP Collaboration", true },
        { "Wei Wang", "Ling Wang", false },
        { "Wei Wang", "Wen Wang", false },
        { "J. Smith", "A. Smith", false },
        { "John Smith", "John Smyth", false },
        { "Ann Ash", "Ann Elm", false },
        { "", "Ann Elm", false },
        { "...", "...", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++)
        if (person_same(cases[i].a, cases[i].b) != cases[i].same
            || person_same(cases[i].b, cases[i].a) != cases[i].same)
            fail_msg("'%s' and '%s' should%s be the same", cases[i].a, cases[i].b,
                     cases[i].same ? "" : " not");
}

static void test_lists(void **state)
{
    struct people_shared got = people_compare("Ann Ash\nBo Birch\nCy Cedar", "B. Birch\nA. Ash");

    (void)state;
    assert_int_equal(got.shared, 2);
    assert_int_equal(got.fewest, 2);
    got = people_compare("J. Smith\nJ. Smith", "John Smith"); /* each once */
    assert_int_equal(got.shared, 1);
    assert_int_equal(got.fewest, 1);
    got = people_compare("", "Ann Ash");
    assert_int_equal(got.shared, 0);
    assert_int_equal(got.fewest, 0);
}

static void test_long_list(void **state)
{
    char list[200 * 16] = "";
    size_t used = 0;
    int i;

    (void)state;
    for (i = 0; i < 200; i++)
        used +=
            (size_t)snprintf(list + used, sizeof list - used, "A%c Person%d\n", 'a' + i % 26, i);
    assert_int_equal(people_compare(list, list).shared, PEOPLE_MAX);
}

static void test_titles(void **state)
{
    static const char *const generic[] = { "Editorial",
                                           "Guest Editors' Introduction",
                                           "Introduction to the Special Issue",
                                           "Preface (2019)",
                                           "Reply",
                                           "…" };
    static const char *const own[] = { "Introduction to Algebra", "Attention is all you need",
                                       "Whispers", "The reading room" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof generic / sizeof *generic; i++)
        if (!title_is_generic(generic[i]))
            fail_msg("'%s' is generic", generic[i]);
    for (i = 0; i < sizeof own / sizeof *own; i++)
        if (title_is_generic(own[i]))
            fail_msg("'%s' is not generic", own[i]);
    assert_true(titles_tell_apart("Shelves I: loads", "Shelves II: loads"));
    assert_true(titles_tell_apart("Data release 3", "Data release 4"));
    assert_true(titles_tell_apart("Notes, spring 2014", "Notes, spring 2015"));
    assert_true(titles_tell_apart("Erratum: Empty stacks", "Empty stacks"));
    assert_true(titles_tell_apart("Empty stacks", "Empty stacks (review)"));
    assert_false(
        titles_tell_apart("Blocking one ditch stops it", "How few blocked ditches stop it"));
    assert_false(titles_tell_apart("Back-reading", "Backreading"));
    assert_false(titles_tell_apart("Desks in 10 dimensions", "Desks, in 10 dimensions"));
}

static void test_likeness(void **state)
{
    (void)state;
    assert_true(titles_likeness("Cross lingual pre-training", "Cross-Lingual Pretraining") > 0.999);
    assert_true(titles_likeness("Modelling Colour Categories", "Modeling Color Categories") > 0.8);
    assert_true(titles_likeness("Secret Reserves", "Secret Reserves: Evidence from Quotas")
                > 0.999);
    assert_true(titles_likeness("Desks", "Desks: a history") < 0.7); /* too short for that */
    assert_true(titles_likeness("Spin waves in kagome", "Nitrogen loss in sponges") < 0.3);
    assert_true(titles_likeness("", "") < 0.1);
}

static void test_texts(void **state)
{
    static const char a[] = "We weigh desks of walnut under lamps, and measure how readers wear "
                            "their surface during three winters of constant service.";
    static const char b[] = "During three winters of constant service, the surface of desks of "
                            "walnut was measured under lamps; readers wear it.";
    static const char c[] = "Kettles whistle in several kitchens; copper bottoms shorten boiling "
                            "although households rarely notice savings.";

    (void)state;
    assert_true(texts_overlap(a, b) > 0.7);
    assert_true(texts_overlap(a, c) < 0.1);
    assert_true(texts_overlap(a, a) > 0.999);
    assert_true(texts_overlap(a, "too short") < 0);
    assert_true(texts_overlap("", "") < 0);
}

int text_likeness_tests(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_people),    cmocka_unit_test(test_lists),
        cmocka_unit_test(test_long_list), cmocka_unit_test(test_titles),
        cmocka_unit_test(test_likeness),  cmocka_unit_test(test_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
