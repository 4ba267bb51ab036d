/*
 * What crosses between a processor and its child: frames, requests, documents; and the same bytes
 * cut, changed, and made up.
 */
#include "process_test.h"

#include "process/frame.h"
#include "carrel/document.h"

static void test_header(void **state)
{
    unsigned char header[FRAME_HEADER];
    struct frame frame;
    struct error err;

    (void)state;
    frame_put_header(header, FRAME_DOCUMENT, 123456);
    assert_int_equal(frame_parse_header(&frame, header, NULL), ERR_OK);
    assert_int_equal(frame.type, FRAME_DOCUMENT);
    assert_int_equal(frame.len, 123456);
    frame_put_header(header, FRAME_EXTRACT, FRAME_REQUEST_MAX + 1);
    assert_int_equal(frame_parse_header(&frame, header, &err), ERR_PARSE);
    frame_put_header(header, FRAME_MEMORY, 1);
    assert_int_equal(frame_parse_header(&frame, header, &err), ERR_PARSE);
    frame_put_header(header, 99, 0);
    assert_int_equal(frame_parse_header(&frame, header, &err), ERR_PARSE);
    frame_put_header(header, FRAME_READY, 4);
    header[3] = '2';
    assert_int_equal(frame_parse_header(&frame, header, &err), ERR_PARSE);
    assert_non_null(strstr(err.message, "protocol"));
}

static void test_request(void **state)
{
    struct request in = { .format = FORMAT_PDF,
                          .page = 7,
                          .width = 900,
                          .size = 5000000000u % (1u << 30),
                          .password = "s3cret",
                          .has_password = true },
                   out;
    struct str bytes = STR_INIT;
    size_t i;

    (void)state;
    request_put(&bytes, &in);
    assert_int_equal(request_parse(&out, bytes.ptr, bytes.len, NULL), ERR_OK);
    assert_int_equal(out.page, 7);
    assert_int_equal(out.width, 900);
    assert_true(out.size == in.size);
    assert_true(out.has_password);
    assert_string_equal(out.password, "s3cret");
    for (i = 0; i < bytes.len; i++)
        assert_int_equal(request_parse(&out, bytes.ptr, i, NULL), ERR_PARSE);
    in.has_password = false;
    str_clear(&bytes);
    request_put(&bytes, &in);
    assert_int_equal(request_parse(&out, bytes.ptr, bytes.len, NULL), ERR_OK);
    assert_false(out.has_password);
    str_free(&bytes);
}

static struct document *paper(void)
{
    struct test_pdf pdf;

    write_paper(&pdf);
    pdf.outline = "Part";
    pdf.annots = "<</Type/Annot/Subtype/Link/Rect[60 742 160 762]/A<</S/URI/URI(http://x.org)>>>>";
    return extract_pdf_of(&pdf);
}

/* Everything comes back: packing what was unpacked gives the same bytes. */
static void test_pack(void **state)
{
    struct document *doc = paper(), *back;
    struct str bytes = STR_INIT, again = STR_INIT;

    (void)state;
    document_pack(&bytes, doc);
    assert_int_equal(document_unpack(&back, bytes.ptr, bytes.len, NULL), ERR_OK);
    document_pack(&again, back);
    assert_int_equal(again.len, bytes.len);
    assert_memory_equal(again.ptr, bytes.ptr, bytes.len);
    assert_string_equal(back->text, doc->text);
    assert_int_equal(back->citation_count, doc->citation_count);
    assert_string_equal(back->references[1].arxiv, "2001.01234");
    assert_string_equal(back->meta.authors.items[1], "Grace B. Sample");
    document_free(doc);
    document_free(back);
    str_free(&bytes);
    str_free(&again);
}

static void test_pack_failed(void **state)
{
    struct document *doc = document_new(), *back;
    struct str bytes = STR_INIT;

    (void)state;
    document_fail(doc, DOCUMENT_LIMIT, "too %s", "much\xFF\x1B");
    document_pack(&bytes, doc);
    assert_int_equal(document_unpack(&back, bytes.ptr, bytes.len, NULL), ERR_OK);
    assert_int_equal(back->state, DOCUMENT_LIMIT);
    assert_string_equal(back->message, "too much\xEF\xBF\xBD");
    document_free(doc);
    document_free(back);
    str_free(&bytes);
}

/* Cut anywhere it is refused; changed anywhere it is refused or still consistent. */
static void test_pack_hostile(void **state)
{
    struct document *doc = paper(), *back;
    struct str bytes = STR_INIT;
    struct error err;
    size_t i, k;

    (void)state;
    document_pack(&bytes, doc);
    for (i = 0; i < bytes.len; i += 7)
        assert_int_equal(document_unpack(&back, bytes.ptr, i, &err), ERR_CORRUPT);
    for (i = 0; i < bytes.len; i += 3) {
        bytes.ptr[i] = (char)(bytes.ptr[i] ^ 0xFF);
        if (document_unpack(&back, bytes.ptr, bytes.len, NULL) == ERR_OK) {
            for (k = 0; k < back->block_count; k++)
                assert_true(back->blocks[k].end <= back->len);
            document_free(back);
        }
        bytes.ptr[i] = (char)(bytes.ptr[i] ^ 0xFF);
    }
    document_free(doc);
    str_free(&bytes);
}

/* What a terminal would obey may not come through. */
static void test_pack_controls(void **state)
{
    struct document *doc = document_new(), *back;
    struct str bytes = STR_INIT;
    char text[] = "a\x1B[2J";

    (void)state;
    doc->text = text;
    doc->len = doc->reading_len = 5;
    document_pack(&bytes, doc);
    assert_int_equal(document_unpack(&back, bytes.ptr, bytes.len, NULL), ERR_CORRUPT);
    document_free(doc);
    str_free(&bytes);
}

const struct CMUnitTest wire_tests[] = {
    cmocka_unit_test(test_header),       cmocka_unit_test(test_request),
    cmocka_unit_test(test_pack),         cmocka_unit_test(test_pack_failed),
    cmocka_unit_test(test_pack_hostile), cmocka_unit_test(test_pack_controls),
};
const size_t wire_tests_len = ARRAY_LEN(wire_tests);
