/*
 * Text: stems against Porter's published vocabulary samples, folding, offsets, LaTeX, widths and
 * wrapping.
 */
#include "carrel/mem.h"
#include "carrel/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

int text_likeness_tests(void);
int text_worddiff_tests(void);
int text_anchor_tests(void); /* text_likeness.c */

static void test_stems(void **state)
{
    /* Pairs from the paper's own examples. */
    static const char *const pairs[][2] = {
        { "caresses", "caress" },
        { "ponies", "poni" },
        { "cats", "cat" },
        { "feed", "feed" },
        { "agreed", "agre" },
        { "plastered", "plaster" },
        { "motoring", "motor" },
        { "sing", "sing" },
        { "conflated", "conflat" },
        { "troubled", "troubl" },
        { "sized", "size" },
        { "hopping", "hop" },
        { "falling", "fall" },
        { "hissing", "hiss" },
        { "filing", "file" },
        { "happy", "happi" },
        { "sky", "sky" },
        { "relational", "relat" },
        { "conditional", "condit" },
        { "digitizer", "digit" },
        { "operator", "oper" },
        { "feudalism", "feudal" },
        { "hopefulness", "hope" },
        { "formaliti", "formal" },
        { "triplicate", "triplic" },
        { "electrical", "electr" },
        { "revival", "reviv" },
        { "adoption", "adopt" },
        { "homologou", "homolog" },
        { "rate", "rate" },
        { "cease", "ceas" },
        { "controll", "control" },
        { "roll", "roll" },
        { "generalization", "gener" },
        { "oscillators", "oscil" },
        { "gpt4", "gpt4" },
        { "is", "is" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(pairs); i++) {
        char word[64];
        size_t len = strlen(pairs[i][0]);

        memcpy(word, pairs[i][0], len + 1);
        word[text_stem(word, len)] = '\0';
        assert_string_equal(word, pairs[i][1]);
    }
}

static int collect(void *ctx, const struct text_token *token)
{
    str_printf(ctx, "%s%s[%zu-%zu]", ((struct str *)ctx)->len ? " " : "", token->term, token->start,
               token->end);
    return 0;
}

static void check_tokens(const char *text, const char *expected)
{
    struct str out = STR_INIT;

    assert_int_equal(text_tokenize(text, strlen(text), collect, &out), 0);
    assert_string_equal(out.ptr, expected);
    str_free(&out);
}

static void test_tokens(void **state)
{
    (void)state;
    check_tokens("Deep Learning", "deep[0-4] learning[5-13]");
    check_tokens("state-of-the-art GPT-4",
                 "state[0-5] of[6-8] the[9-12] art[13-16] gpt[17-20] 4[21-22]");
    check_tokens("Newton's method", "newton[0-6] method[9-15]");
    check_tokens("Schrödinger Łukasz straße", "schrodinger[0-12] lukasz[13-20] strasse[21-28]");
    check_tokens("Schr\\\"odinger K{\\\"o}ln Erd\\H{o}s",
                 "schrodinger[0-13] koln[14-22] erdos[23-32]");
    check_tokens("$\\alpha$-divergence", "alpha[1-7] divergence[9-19]");
    check_tokens("\\textbf{Omni} \\emph{x}", "omni[8-12] x[20-21]");
    check_tokens("H$^2$ x_{1}", "h2[0-4] x1[6-10]");
    check_tokens("深度学习 net", "深[0-3] 度[3-6] 学[6-9] 习[9-12] net[13-16]");
    check_tokens("ﬁne \xC3\x85ngstr\xC3\xB6m", "fine[0-5] angstrom[6-16]");
    check_tokens("", "");
    check_tokens("--- ... $ {} \\", "");
}

static void test_decomposed_equals_composed(void **state)
{
    struct str a = STR_INIT, b = STR_INIT;

    (void)state;
    text_key(&a, "Café Noir");
    text_key(&b, "cafe\xCC\x81  NOIR!");
    assert_string_equal(a.ptr, b.ptr);
    assert_string_equal(a.ptr, "cafe noir");
    str_free(&a);
    str_free(&b);
}

static void test_long_words_are_cut(void **state)
{
    char text[400];
    struct str key = STR_INIT;

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    text_key(&key, text);
    assert_int_equal(key.len, TEXT_TOKEN_MAX);
    str_free(&key);
}

static void check_latex(const char *tex, const char *expected)
{
    struct str out = STR_INIT;

    text_from_latex(&out, tex);
    assert_string_equal(out.ptr, expected);
    str_free(&out);
}

static void test_ascii(void **state)
{
    static const char *const pairs[][2] = {
        { "Łukasz Ėl, Øystein Þór", "Lukasz El, Oystein Thor" },
        { "Γ₁₀ ≤ α², x → ∞", "Gamma10 <= alpha2, x -> inf" },
        { "“quoted” — ﬁne…", "\"quoted\" - fine..." },
        { "深度 and é", "?? and e" },
        { "\x02match\x03", "\x02match\x03" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct str out = STR_INIT;

        text_to_ascii(&out, pairs[i][0]);
        assert_string_equal(out.ptr, pairs[i][1]);
        str_free(&out);
    }
}

static void test_latex(void **state)
{
    (void)state;
    check_latex("\\'Edgar Rold\\'an", "Édgar Roldán");
    check_latex("Erd\\H{o}s, {\\v S}ef\\v{c}ovi\\v{c}, Gar\\c{c}\\~ao", "Erdős, Šefčovič, Garção");
    check_latex("\\L ukasz, M\\o{}ller, \\AA ngstr\\\"om", "Łukasz, Møller, Ångström");
    check_latex("$\\alpha$-divergence", "α-divergence");
    check_latex("$O(n^2)$ and $x_{ij}^{2}$", "O(n²) and xᵢⱼ²");
    check_latex("$\\mathbb{R}^{d}$, $\\frac{1}{2}$, $\\sqrt{n}$", "Rᵈ, 1/2, √n");
    check_latex("\\textbf{Omni}-\\emph{Modality}", "Omni-Modality");
    check_latex("a $2.6$-point gain at $70$\\% rates", "a 2.6-point gain at 70% rates");
    check_latex("``quoted'' --- and 3--4", "“quoted” — and 3–4");
    check_latex("costs $5 and not $6", "costs $5 and not $6");
    check_latex("$\\unknowncmd{x}$", "$\\unknowncmdx$");
    check_latex("$\\leq 10^{-3}$", "≤ 10⁻³");
    check_latex("signature ($++--$) or (+---), words -- so",
                "signature (++--) or (+---), words – so");
    check_latex("\\RE{}CuAs$_2$ at 40{\\deg} and $40\\deg$", "RECuAs₂ at 40° and 40°");
    check_latex("plain text", "plain text");
    check_latex("$x^{ABC}$", "x^{ABC}");
    check_latex("{unclosed", "{unclosed");
    check_latex("\\", "\\");
    check_latex("$", "$");
}

static void test_latex_deep_nesting_ends(void **state)
{
    struct str tex = STR_INIT, out = STR_INIT;

    (void)state;
    str_add_repeat(&tex, '{', 20000);
    str_add_char(&tex, 'x');
    str_add_repeat(&tex, '}', 20000);
    text_from_latex(&out, tex.ptr);
    assert_non_null(strchr(out.ptr, 'x'));
    str_free(&tex);
    str_free(&out);
}

static void test_widths(void **state)
{
    (void)state;
    assert_int_equal(text_width("abc"), 3);
    assert_int_equal(text_width("日本"), 4);
    assert_int_equal(text_width("e\xCC\x81"), 1);
    assert_int_equal(text_width("👩‍🔬"), 2);
    assert_int_equal(text_width("❤️"), 2);
    assert_int_equal(text_fit("日本語", 5, NULL), 6);
}

static void test_ellipsis(void **state)
{
    struct str out = STR_INIT;

    (void)state;
    text_ellipsis(&out, "attention", 20, false);
    assert_string_equal(out.ptr, "attention");
    str_clear(&out);
    text_ellipsis(&out, "attention", 5, false);
    assert_string_equal(out.ptr, "atte…");
    str_clear(&out);
    text_ellipsis(&out, "日本語", 4, true);
    assert_string_equal(out.ptr, "日~");
    str_free(&out);
}

static void check_wrap(const char *text, int columns, const char *expected)
{
    struct str out = STR_INIT;
    size_t next;

    while (*text) {
        size_t len = text_wrap(text, columns, &next);

        str_add_mem(&out, text, len);
        str_add_char(&out, '|');
        assert_true(next > 0);
        text += next;
    }
    assert_string_equal(out.ptr, expected);
    str_free(&out);
}

static void test_wrap(void **state)
{
    (void)state;
    check_wrap("the quick brown fox", 10, "the quick|brown fox|");
    check_wrap("one\ntwo", 10, "one|two|");
    check_wrap("abcdefghij", 4, "abcd|efgh|ij|");
    check_wrap("日本語の文", 4, "日本|語の|文|");
    check_wrap("日本", 1, "日|本|");
    check_wrap("a  b", 1, "a|b|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stems),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_decomposed_equals_composed),
        cmocka_unit_test(test_long_words_are_cut),
        cmocka_unit_test(test_latex),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_latex_deep_nesting_ends),
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_ellipsis),
        cmocka_unit_test(test_wrap),
    };

    return cmocka_run_group_tests_name("text", tests, NULL, NULL) + text_likeness_tests()
           + text_anchor_tests() + text_worddiff_tests();
}
