/*
 * Documents: what the test files share, and the program.
 */
#include "process_test.h"

#include "carrel/process.h"

struct document *extract_bytes(enum document_format format, const char *bytes, size_t len,
                               const char *password)
{
    struct pdf_reader *reader = pdf_reader_new(256u << 20, NULL);
    struct pdf_request request = { .bytes = bytes, .len = len, .password = password };
    struct document *doc;

    assert_non_null(reader);
    assert_int_equal(extract(&doc, reader, format, &request, NULL), ERR_OK);
    pdf_reader_free(reader);
    return doc;
}

struct document *extract_pdf_of(struct test_pdf *pdf)
{
    struct str bytes = STR_INIT;
    struct document *doc;

    pdf_write(pdf, &bytes);
    doc = extract_bytes(FORMAT_PDF, bytes.ptr, bytes.len, NULL);
    str_free(&bytes);
    return doc;
}

uint32_t find(const struct document *doc, const char *text)
{
    const char *at = strstr(doc->text, text);

    if (!at)
        print_message("no '%s' in:\n%s\n", text, doc->text);
    assert_non_null(at);
    return (uint32_t)(at - doc->text);
}

const struct document_block *block_with(const struct document *doc, const char *text)
{
    uint32_t at = find(doc, text);
    size_t i;

    for (i = 0; i < doc->block_count; i++)
        if (doc->blocks[i].start <= at && at < doc->blocks[i].end)
            return &doc->blocks[i];
    fail_msg("'%s' is in no block", text);
    return NULL;
}

static int run(const char *name, const struct CMUnitTest *tests, size_t count)
{
    return _cmocka_run_group_tests(name, tests, count, NULL, NULL);
}

int main(int argc, char **argv)
{
    int status;

    if (process_child(argc, argv, &status))
        return status;
    return run("layout", layout_tests, layout_tests_len)
                       + run("formats", formats_tests, formats_tests_len)
                       + run("wire", wire_tests, wire_tests_len)
                       + run("child", child_tests, child_tests_len)
                       + run("chunks", chunks_tests, chunks_tests_len)
                   > 0
               ? 1
               : 0;
}
