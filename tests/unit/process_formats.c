/*
 * Text, Markdown, HTML and TeX become documents the same way.
 */
#include "process_test.h"

static struct document *text_document(enum document_format format, const char *text)
{
    return extract_bytes(format, text, strlen(text), NULL);
}

static void test_text(void **state)
{
    struct document *doc =
        text_document(FORMAT_TEXT, "A NOTE ON DESKS\n\nDesks are small.\nThey hold one book.\n  \n"
                                   "2 Use\n\nOne reads at them.\r\n\r\nReferences\n\n"
                                   "[1] A. Author. 2001. On small desks and books. Press.\n");

    (void)state;
    assert_int_equal(doc->state, DOCUMENT_DONE);
    assert_string_equal(doc->meta.title, "A NOTE ON DESKS");
    find(doc, "Desks are small. They hold one book.\n\n2 Use\n\nOne reads");
    assert_int_equal(block_with(doc, "2 Use")->kind, BLOCK_HEADING);
    assert_int_equal(doc->reference_count, 1);
    assert_string_equal(doc->references[0].title, "On small desks and books");
    document_free(doc);
}

static void test_markdown(void **state)
{
    struct document *doc = text_document(
        FORMAT_MARKDOWN, "# Desks\n\nA *small* desk &amp; a [book](http://example.org).\n\n"
                         "## Use\n\n- read\n- write\n\n```c\nint x;\nint y;\n```\n\n"
                         "| a | b |\n|---|---|\n| 1 | 2 |\n");

    (void)state;
    assert_string_equal(doc->meta.title, "Desks");
    find(doc, "A small desk & a book.");
    assert_int_equal(block_with(doc, "Use")->level, 2);
    assert_int_equal(block_with(doc, "int x;\nint y;")->kind, BLOCK_CODE);
    assert_int_equal(block_with(doc, "1 2")->kind, BLOCK_FIGURE);
    assert_int_equal(doc->section_count, 1);
    document_free(doc);
}

static void test_html(void **state)
{
    struct document *doc = text_document(
        FORMAT_HTML, "<!doctype html><title>x</title><style>p{}</style><nav>menu</nav>"
                     "<h1>Desks</h1><p>A small&nbsp;desk<br>for <b>one</b> &copy; book<p>Unclosed"
                     "<script>evil()</script><h2>Use</h2><pre>a\n b</pre>"
                     "<figure><img alt='a desk'><figcaption>Figure 1. Desk</figcaption></figure>");

    (void)state;
    assert_string_equal(doc->meta.title, "Desks");
    find(doc, "A small desk for one © book\n\nUnclosed\n\nUse\n\na\n b");
    assert_int_equal(block_with(doc, "Figure 1. Desk")->kind, BLOCK_CAPTION);
    assert_null(strstr(doc->text, "evil"));
    assert_null(strstr(doc->text, "menu"));
    document_free(doc);
}

static void test_html_deep(void **state)
{
    struct str text = STR_INIT;
    struct document *doc;
    int i;

    (void)state;
    str_add(&text, "<html>");
    for (i = 0; i < 20000; i++)
        str_add(&text, "<div>");
    str_add(&text, "deep");
    doc = text_document(FORMAT_HTML, text.ptr);
    assert_int_equal(doc->state, DOCUMENT_REFUSED);
    document_free(doc);
    str_free(&text);
}

static void test_tex(void **state)
{
    struct document *doc = text_document(
        FORMAT_TEX,
        "\\documentclass{article}\n\\usepackage{x} % comment\n\\title{Small \\emph{desks}}\n"
        "\\author{Ada Example}\n\\begin{document}\n\\maketitle\n\\begin{abstract}\nWe read.\n"
        "\\end{abstract}\n\\section{Intro}\nText with $\\alpha$ and 5\\% of it.\n\nSecond.\n"
        "\\subsection*{Deep}\n\\begin{figure}\\caption{A desk}\\end{figure}\nEnd.\n"
        "\\begin{thebibliography}{9}\\bibitem{a} A. Author. 2001. On small desks. Press.\n"
        "\\end{thebibliography}\n\\end{document}\n");

    (void)state;
    assert_string_equal(doc->meta.title, "Small desks");
    assert_string_equal(doc->meta.abstract, "We read.");
    find(doc, "Text with α and 5% of it.\n\nSecond.");
    assert_int_equal(block_with(doc, "Deep")->level, 2);
    assert_int_equal(block_with(doc, "A desk")->kind, BLOCK_CAPTION);
    assert_int_equal(doc->reference_count, 1);
    assert_null(strstr(doc->text, "usepackage"));
    document_free(doc);
}

static void test_binary(void **state)
{
    static const char bytes[] = "\x7F"
                                "ELF\0\0\0 something";
    struct document *doc = extract_bytes(FORMAT_AUTO, bytes, sizeof bytes, NULL);

    (void)state;
    assert_int_equal(doc->state, DOCUMENT_REFUSED);
    assert_non_null(strstr(doc->message, "neither"));
    document_free(doc);
}

static void test_bad_utf8(void **state)
{
    struct document *doc = extract_bytes(FORMAT_TEXT, "a\xFF\xFE b\x1B[31m c", 12, NULL);

    (void)state;
    assert_string_equal(doc->text, "a\xEF\xBF\xBD\xEF\xBF\xBD b[31m c");
    document_free(doc);
}

const struct CMUnitTest formats_tests[] = {
    cmocka_unit_test(test_text),     cmocka_unit_test(test_markdown),
    cmocka_unit_test(test_html),     cmocka_unit_test(test_html_deep),
    cmocka_unit_test(test_tex),      cmocka_unit_test(test_binary),
    cmocka_unit_test(test_bad_utf8),
};
const size_t formats_tests_len = ARRAY_LEN(formats_tests);
