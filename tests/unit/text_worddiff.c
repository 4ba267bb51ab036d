/* Word differences: they lead from one text to the other, are the least, and end in time. */
#include "carrel/worddiff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

int text_worddiff_tests(void);

static uint32_t seed = 1;

static uint32_t chance(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

/* The text that the runs of one side make. */
static void side_of(struct str *out, const struct worddiff *diff, enum diff_kind left_out)
{
    size_t i;

    str_clear(out);
    for (i = 0; i < diff->len; i++)
        if (diff->runs[i].kind != left_out)
            str_add_mem(out, diff->runs[i].text, diff->runs[i].len);
}

/* Without blanks: of what is the same the newer ones stand. */
static void squeeze(struct str *text)
{
    size_t i, len = 0;

    for (i = 0; i < text->len; i++)
        if (!strchr(" \n\t", text->ptr[i]))
            text->ptr[len++] = text->ptr[i];
    str_cut(text, len);
}

static void check_leads(const char *older, const char *newer, const struct worddiff *diff)
{
    struct str side = STR_INIT, expected = STR_INIT;

    side_of(&side, diff, DIFF_GONE);
    assert_string_equal(side.ptr, newer);
    side_of(&side, diff, DIFF_CAME);
    str_add(&expected, older);
    squeeze(&side);
    squeeze(&expected);
    assert_string_equal(side.ptr, expected.ptr);
    str_free(&side);
    str_free(&expected);
}

static void check_print(const char *older, const char *newer, size_t around, const char *expected)
{
    struct arena *arena = arena_new();
    struct str out = STR_INIT;
    struct worddiff diff;
    size_t from = 0, to = 0;

    worddiff(&diff, arena, older, newer, WORDDIFF_READABLE);
    check_leads(older, newer, &diff);
    if (around == 0)
        worddiff_print(&out, &diff, NULL);
    while (around > 0 && worddiff_passage(&diff, around, &from, &to)) {
        worddiff_print_passage(&out, &diff, from, to, around, NULL);
        str_add_char(&out, '|');
    }
    assert_string_equal(out.ptr, expected);
    str_free(&out);
    arena_free(arena);
}

static void test_print(void **state)
{
    (void)state;
    check_print("one two three", "one two three", 0, "one two three");
    check_print("", "", 0, "");
    check_print("", "new", 0, "{+new+}");
    check_print("old", "", 0, "[-old-]");
    check_print("We show results.", "We show  good results, too.", 0,
                "We show  {+good+} results{+, too+}.");
    check_print("lamps and light", "lamps, light", 0, "lamps[- and-]{+,+} light");
    check_print("a (small) gain", "a (large) gain", 0, "a ([-small-]{+large+}) gain");
    check_print("我们提出模型", "我们提出新模型", 0, "我们提出{+新+}模型");
    check_print("a b c d e f g h i j k l m n o p", "a b c d e f g h i j k l m n o q", 2,
                "… n o [-p-]{+q+}|");
    check_print("x b c d e f g h i j k l m n o p", "y b c d e f g h i j k l m n o q", 2,
                "[-x-]{+y+} b c …|… n o [-p-]{+q+}|");
    check_print("We first trained the big model on five tasks of language here",
                "Our new and very large network learns the rules that games of chess have", 0,
                "[-We first trained the big model on five tasks of language here-]{+Our new and "
                "very large network learns the rules that games of chess have+}");
}

static void test_counts(void **state)
{
    struct arena *arena = arena_new();
    struct worddiff diff;

    (void)state;
    worddiff(&diff, arena, "we like it, a lot.", "we love it a lot more.", WORDDIFF_LEAST);
    assert_int_equal(diff.gone, 1); /* "like"; a comma is no word */
    assert_int_equal(diff.came, 2);
    assert_int_equal(diff.changes, 3);
    assert_false(diff.coarse);
    arena_free(arena);
}

/* The length of the longest common subsequence, by the table. */
static size_t common(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), table[32][32] = { { 0 } }, i, k;

    for (i = 1; i <= n; i++)
        for (k = 1; k <= m; k++) {
            size_t best = table[i - 1][k] > table[i][k - 1] ? table[i - 1][k] : table[i][k - 1];

            table[i][k] = a[i - 1] == b[k - 1] ? table[i - 1][k - 1] + 1 : best;
        }
    return table[n][m];
}

/* Random words of few letters, as letters and as a text. */
static void random_words(char letters[32], char text[80])
{
    size_t len = chance(24), letters_used = 1 + chance(4), i;

    for (i = 0; i < len; i++) {
        letters[i] = (char)('a' + chance((uint32_t)letters_used));
        text[2 * i] = letters[i];
        text[2 * i + 1] = ' ';
    }
    letters[len] = '\0';
    text[2 * len] = '\0';
}

static void test_least(void **state)
{
    char a[32], b[32], older[80], newer[80];
    int i;

    (void)state;
    for (i = 0; i < 20000; i++) {
        struct arena *arena = arena_new();
        struct worddiff diff;

        random_words(a, older);
        random_words(b, newer);
        worddiff(&diff, arena, older, newer, WORDDIFF_LEAST);
        check_leads(older, newer, &diff);
        if (diff.gone != strlen(a) - common(a, b) || diff.came != strlen(b) - common(a, b))
            fail_msg("'%s' to '%s': %zu gone and %zu came, but %zu are common", a, b, diff.gone,
                     diff.came, common(a, b));
        arena_free(arena);
    }
}

/* Sentences of random words; of each `renew`th another word. */
static void random_text(struct str *out, size_t bytes, uint32_t from, uint32_t renew)
{
    size_t words = 0;

    seed = from;
    while (out->len < bytes) {
        uint32_t word = chance(30000), other = chance(1000000);

        str_printf(out, "w%x%s", renew && words % renew == 0 ? other + from : word,
                   words % 17 == 16 ? ".\n" : " ");
        words++;
    }
}

static int64_t elapsed_ms(const struct timespec *since)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000;
}

static void check_bounded(const char *what, const struct str *older, const struct str *newer,
                          bool coarse)
{
    struct arena *arena = arena_new();
    struct worddiff diff;
    struct timespec start;
    int64_t took;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    worddiff(&diff, arena, older->ptr, newer->ptr, WORDDIFF_READABLE);
    took = elapsed_ms(&start);
    print_message("  %s: %lld ms, %zu gone, %zu came%s\n", what, (long long)took, diff.gone,
                  diff.came, diff.coarse ? ", coarse" : "");
    check_leads(older->ptr, newer->ptr, &diff);
    assert_int_equal(diff.coarse, coarse);
    if (!getenv("CARREL_SANITIZED"))
        assert_true(took < 1000); /* a tenth of this on a machine at rest */
    arena_free(arena);
}

static void test_bounded(void **state)
{
    const size_t bytes = 2 << 20;
    struct str older = STR_INIT, same = STR_INIT, other = STR_INIT, dull = STR_INIT;
    size_t i;

    (void)state;
    random_text(&older, bytes, 7, 0);
    random_text(&same, bytes, 7, 0);
    str_insert(&same, bytes / 2, "more ", 5);
    check_bounded("one word more", &older, &same, false);
    random_text(&other, bytes, 99, 1);
    check_bounded("nothing in common", &older, &other, true);
    str_clear(&other);
    random_text(&other, bytes, 8, 0);
    check_bounded("the same words in another order", &older, &other, true);
    for (i = 0; dull.len < bytes; i++)
        str_add(&dull, i % 3 ? "a " : "b ");
    str_clear(&other);
    for (i = 0; other.len < bytes; i++)
        str_add(&other, i % 2 ? "a " : "b ");
    check_bounded("two words again and again", &dull, &other, true);
    str_free(&older);
    str_free(&same);
    str_free(&other);
    str_free(&dull);
}

int text_worddiff_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_least),
        cmocka_unit_test(test_bounded),
    };

    return cmocka_run_group_tests_name("word differences", tests, NULL, NULL);
}
