/* Anchors found again: text that has moved, a quote that reads a little otherwise, one that is
 * gone. */
#include "carrel/anchor.h"

#include "carrel/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

int text_anchor_tests(void);

static const char before[] =
    "Lamps tire the eye, as everybody knows. We measured forty readers in quiet rooms. "
    "The self-attention of a reader falls with the hum of the lamp, and oak desks help. "
    "A second trial with brass lamps found the same effect. Nobody was harmed.";

static struct arena *arena;

static struct anchor anchor_of(const char *text, const char *words)
{
    const char *at = strstr(text, words);
    struct anchor anchor;

    assert_non_null(at);
    anchor_make(&anchor, arena, text, strlen(text), (uint32_t)(at - text),
                (uint32_t)(at - text + (ptrdiff_t)strlen(words)));
    return anchor;
}

/* What it finds in the text, as words; NULL: lost. */
static char *found_in(const struct anchor *anchor, const char *text, enum anchor_found how)
{
    struct anchor_text *in = anchor_text_new(text, strlen(text));
    uint32_t start = 0, end = 0;

    assert_string_equal(anchor_found_name(anchor_find(&start, &end, anchor, in)),
                        anchor_found_name(how));
    anchor_text_free(in);
    return how == ANCHOR_LOST ? NULL : arena_strndup(arena, text + start, end - start);
}

static void test_made(void **state)
{
    struct anchor anchor = anchor_of(before, "forty readers");

    (void)state;
    assert_string_equal(anchor.quote, "forty readers");
    assert_true(strlen(anchor.prefix) <= ANCHOR_CONTEXT);
    assert_true(str_ends(anchor.prefix, "We measured "));
    assert_true(str_starts(anchor.suffix, " in quiet rooms."));
    assert_string_equal(found_in(&anchor, before, ANCHOR_SAME), "forty readers");
}

static void test_text_before_changed(void **state)
{
    struct anchor anchor = anchor_of(before, "oak desks help");
    char *after =
        mem_printf("A new abstract stands here, twice as long as the old one. %s", before);

    (void)state;
    assert_string_equal(found_in(&anchor, after, ANCHOR_MOVED), "oak desks help");
    free(after);
}

/* Hyphens, blanks, case, a letter. */
static void test_quote_changed(void **state)
{
    struct anchor anchor = anchor_of(before, "The self-attention of a reader falls with the hum");

    (void)state;
    assert_string_equal(
        found_in(&anchor,
                 "Other words. The selfattention of  a readcr falls with the hum of "
                 "the lamp.",
                 ANCHOR_NEAR),
        "The selfattention of  a readcr falls with the hum");
    assert_string_equal(
        found_in(&anchor, "THE SELF- ATTENTION OF A READER FALLS WITH THE HUM", ANCHOR_NEAR),
        "THE SELF- ATTENTION OF A READER FALLS WITH THE HUM");
}

static void test_quote_removed(void **state)
{
    struct anchor sentence = anchor_of(before, "A second trial with brass lamps found the same");
    struct anchor word = anchor_of(before, "brass");
    struct anchor nothing = { .quote = arena_strdup(arena, ""),
                              .prefix = arena_strdup(arena, ""),
                              .suffix = arena_strdup(arena, "") };

    (void)state;
    found_in(&sentence, "Lamps tire the eye. We measured forty readers in quiet rooms.",
             ANCHOR_LOST);
    found_in(&word, "Pipes of brass are another matter altogether.", ANCHOR_LOST);
    found_in(&sentence, "", ANCHOR_LOST);
    found_in(&nothing, before, ANCHOR_LOST);
}

/* Of several places with the same words the one whose surroundings fit. */
static void test_surroundings(void **state)
{
    static const char text[] = "one lamp here; two lamp there; three lamp everywhere";
    struct anchor anchor;

    (void)state;
    anchor_make(&anchor, arena, text, strlen(text), 19, 23);
    assert_string_equal(anchor.quote, "lamp");
    {
        static const char after[] =
            "no lamp; and now one lamp here; two lamp there; three lamp everywhere";
        struct anchor_text *in = anchor_text_new(after, strlen(after));
        uint32_t start = 0, end = 0;

        assert_int_equal(anchor_find(&start, &end, &anchor, in), ANCHOR_MOVED);
        assert_int_equal(start, strstr(after, "lamp there") - after);
        anchor_text_free(in);
    }
}

/* Longer than one alignment: found by its ends, over a change in its middle. */
static void test_long_quote(void **state)
{
    struct str text = STR_INIT, after = STR_INIT;
    struct anchor anchor;
    struct anchor_text *in;
    uint32_t start, end;
    int i;

    (void)state;
    for (i = 0; i < 400; i++)
        str_printf(&text, "Sentence %d speaks of matter %d. ", i * 7, i * i);
    anchor_make(&anchor, arena, text.ptr, text.len, 1000, 4000);
    str_printf(&after, "%.1500s (a remark) %s", text.ptr, text.ptr + 1500);
    in = anchor_text_new(after.ptr, after.len);
    assert_int_equal(anchor_find(&start, &end, &anchor, in), ANCHOR_NEAR);
    assert_in_range(start, 995, 1005);
    assert_in_range(end, 4008, 4020);
    anchor_text_free(in);
    str_free(&text);
    str_free(&after);
}

/* The context is cut between characters. */
static void test_characters(void **state)
{
    static const char text[] =
        "ééééééééééééééééééééééééééééééx lamp ééééééééééééééééééééééééééééééé";
    struct anchor anchor = anchor_of(text, "lamp");

    (void)state;
    assert_true(str_starts(anchor.prefix, "é"));
    assert_true(str_ends(anchor.suffix, "é"));
}

static int start(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int text_anchor_tests(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_made),          cmocka_unit_test(test_text_before_changed),
        cmocka_unit_test(test_quote_changed), cmocka_unit_test(test_quote_removed),
        cmocka_unit_test(test_surroundings),  cmocka_unit_test(test_long_quote),
        cmocka_unit_test(test_characters),
    };

    return cmocka_run_group_tests_name("anchors", tests, start, stop);
}
