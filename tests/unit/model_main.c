/*
 * The model: identifiers as people and sources write them, records as JSON and as kept bytes.
 */
#include "carrel/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void check_ident(const char *text, const char *expected, int version)
{
    struct ident ident;
    struct str out = STR_INIT;

    if (!ident_parse(&ident, text))
        fail_msg("\"%s\" is no identifier", text);
    ident_print(&out, &ident);
    assert_string_equal(out.ptr, expected);
    assert_int_equal(ident.version, version);
    str_clear(&out);
    ident_print(&out, &ident); /* and what was printed is understood as the same */
    assert_true(ident_parse(&ident, out.ptr));
    assert_string_equal(out.ptr, expected);
    str_free(&out);
}

static void test_arxiv(void **state)
{
    (void)state;
    check_ident("1706.03762", "arxiv:1706.03762", 0);
    check_ident(" arXiv:1706.03762v5 ", "arxiv:1706.03762", 5);
    check_ident("arXiv:1706.03762v5 [cs.CL]", "arxiv:1706.03762", 5);
    check_ident("arxiv: 0704.0001", "arxiv:0704.0001", 0);
    check_ident("hep-th/9901001v2", "arxiv:hep-th/9901001", 2);
    check_ident("math.GT/0309136", "arxiv:math/0309136", 0);
    check_ident("http://arxiv.org/abs/astro-ph/0601001v1", "arxiv:astro-ph/0601001", 1);
    check_ident("https://arxiv.org/pdf/2104.12255v1.pdf", "arxiv:2104.12255", 1);
    check_ident("https://www.arxiv.org/html/2104.12255v3/", "arxiv:2104.12255", 3);
    check_ident("https://export.arxiv.org/abs/2104.12255?context=cs", "arxiv:2104.12255", 0);
    check_ident("http://de.arxiv.org/abs/2104.12255#x", "arxiv:2104.12255", 0);
    check_ident("https://huggingface.co/papers/2104.12255", "arxiv:2104.12255", 0);
    check_ident("oai:arXiv.org:hep-th/9901001", "arxiv:hep-th/9901001", 0);
    check_ident("oai:arXiv.org:2203.01250v3", "arxiv:2203.01250", 3);
    check_ident("10.48550/arXiv.1706.03762", "arxiv:1706.03762", 0);
}

static void test_doi(void **state)
{
    (void)state;
    check_ident("10.1145/3292500.3330701", "doi:10.1145/3292500.3330701", 0);
    check_ident("DOI: 10.1145/ABC", "doi:10.1145/abc", 0);
    check_ident("https://doi.org/10.1002%2Fabc", "doi:10.1002/abc", 0);
    check_ident("http://dx.doi.org/10.1000/182.", "doi:10.1000/182", 0);
    check_ident("10.1016/S0896-6273(02)00569-X", "doi:10.1016/s0896-6273(02)00569-x", 0);
    check_ident("10.1000/x, and more", "doi:10.1000/x", 0);
    /* Two papers of one page: cut at "<" they would be one. */
    check_ident("10.1002/(SICI)1097-0258(19980815)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
                "doi:10.1002/(sici)1097-0258(19980815)17:15/16<1661::aid-sim968>3.0.co;2-2", 0);
}

static void test_others(void **state)
{
    (void)state;
    check_ident("https://github.com/Owner/Name.git", "repo:github.com/owner/name", 0);
    check_ident("https://github.com/owner/name/issues/5", "repo:github.com/owner/name", 0);
    check_ident("https://github.com/Owner/Name.gIt", "repo:github.com/owner/name", 0);
    check_ident("repo:gitlab.com/a/b", "repo:gitlab.com/a/b", 0);
    check_ident("oai:lib.example:7", "oai:lib.example:7", 0);
    check_ident("file:0123abcd", "file:0123abcd", 0);
}

static void test_no_identifiers(void **state)
{
    static const char *const words[] = {
        "",
        " ",
        "attention",
        "3.14159",
        "1713.00001",
        "1706.037",
        "1706.0376234",
        "10.5",
        "10.1145",
        "10.1/x",
        "cs/99",
        "http://",
        "https://arxiv.org",
        "https://arxiv.org/list/cs.CL",
        "https://example.org/abs/1706.03762",
        "https://notarxiv.org/abs/1706.03762",
        "arxiv:",
        "doi:",
        "arxiv:hello",
        "1706.03762x",
        "1706.03762v",
        "1706.03762v9999",
        "title:transformer",
        "and/or",
        "math/0013136",
        "repo:github.com/..",
        "repo:github.com/../..",
        "repo:../a/b",
        "repo:host name/a/b",
        "https://github.com/about",
        "file:",
        "file:a b",
    };
    struct str longest = STR_INIT;
    struct ident ident;
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(words); i++)
        if (ident_parse(&ident, words[i]))
            fail_msg("\"%s\" was taken for %s:%s", words[i], ident_scheme_name(ident.scheme),
                     ident.value);
    str_add(&longest, "10.1000/");
    str_add_repeat(&longest, 'x', 600);
    assert_false(ident_parse(&ident, longest.ptr));
    str_add_repeat(&longest, 'x', 6000);
    assert_false(ident_parse(&ident, longest.ptr));
    str_free(&longest);
}

static void full_record(struct record *r, struct arena *arena)
{
    static char id[] = "arxiv:1706.03762", title[] = "A \"title\"\\", empty[] = "";

    memset(r, 0, sizeof *r);
    r->id = id;
    r->title = title;
    r->comment = empty;
    r->version = 12;
    r->deleted = true;
    for (int i = 0; i < 100; i++)
        text_list_add(&r->authors, arena, "Ann Lee and company", 7);
    text_list_add(&r->notes, arena, "a\nb", 3);
    text_list_add(&r->aliases, arena, "doi:10.1000/x", 13);
}

static void test_json(void **state)
{
    struct arena *arena = arena_new();
    struct str out = STR_INIT;
    struct record r = { 0 };

    (void)state;
    record_to_json(&out, &r);
    assert_string_equal(out.ptr, "{\"title\":\"\"}");
    str_clear(&out);
    full_record(&r, arena);
    r.authors.len = 2;
    record_to_json(&out, &r);
    assert_string_equal(out.ptr, "{\"id\":\"arxiv:1706.03762\",\"title\":\"A \\\"title\\\"\\\\\","
                                 "\"authors\":[\"Ann Lee\",\"Ann Lee\"],\"notes\":[\"a\\nb\"]}");
    str_free(&out);
    arena_free(arena);
}

static void test_pack(void **state)
{
    struct arena *arena = arena_new(), *other = arena_new();
    struct str packed = STR_INIT, again = STR_INIT;
    struct record r, back, copy;

    (void)state;
    full_record(&r, arena);
    record_pack(&packed, &r);
    assert_int_equal(record_unpack(&back, other, packed.ptr, packed.len, NULL), ERR_OK);
    assert_int_equal(back.version, 12);
    assert_true(back.deleted);
    assert_int_equal(back.authors.len, 100);
    assert_string_equal(back.authors.items[99], "Ann Lee");
    assert_null(back.comment);
    record_copy(&copy, &back, arena);
    arena_free(other); /* the copy does not need it */
    record_pack(&again, &copy);
    assert_int_equal(again.len, packed.len);
    assert_memory_equal(again.ptr, packed.ptr, packed.len);
    str_free(&packed);
    str_free(&again);
    arena_free(arena);
}

static bool add_link(struct record *r, struct arena *arena, const char *kind, const char *url,
                     const char *evidence)
{
    struct record_link link = { .kind = (char *)(uintptr_t)kind,
                                .url = (char *)(uintptr_t)url,
                                .evidence = (char *)(uintptr_t)evidence,
                                .said = (char[]){ "by the authors, twice" } };

    return record_link_add(&r->links, arena, &link);
}

/* Links are kept with what speaks for them; what was counted is not, so that it makes no new
 * record. */
static void test_links(void **state)
{
    struct arena *arena = arena_new();
    struct str packed = STR_INIT, again = STR_INIT;
    struct record r, back;

    (void)state;
    full_record(&r, arena);
    assert_true(add_link(&r, arena, "code", "https://github.com/a/b", "official"));
    assert_true(add_link(&r, arena, "model", "https://huggingface.co/a/b", "listed"));
    assert_false(add_link(&r, arena, "code", "https://github.com/a/b", "listed"));
    assert_false(add_link(&r, arena, "code", "javascript:alert(1)", "listed"));
    assert_false(add_link(&r, arena, "code", "https://a b", "listed"));
    assert_false(add_link(&r, arena, "code", "https://a/b", "hearsay"));
    assert_false(add_link(&r, arena, "cat", "https://a/b", "listed"));
    record_pack(&packed, &r);
    assert_int_equal(record_unpack(&back, arena, packed.ptr, packed.len, NULL), ERR_OK);
    assert_int_equal(back.links.len, 2);
    assert_string_equal(back.links.items[0].evidence, "official");
    assert_string_equal(back.links.items[0].said, "by the authors, twice");
    assert_string_equal(back.links.items[1].url, "https://huggingface.co/a/b");
    record_metric_add(&r.metrics, arena,
                      &(struct record_metric){ .source = "s", .name = "upvotes", .value = 3 });
    record_pack(&again, &r);
    assert_int_equal(again.len, packed.len);
    assert_true(link_evidence_rank("official") < link_evidence_rank("listed"));
    str_free(&packed);
    str_free(&again);
    arena_free(arena);
}

/* Cut anywhere, or with any byte changed: an error or a record, never a read outside. */
static void test_damaged_pack(void **state)
{
    struct arena *arena = arena_new();
    struct str packed = STR_INIT;
    struct record r, back;
    size_t i;
    int corrupt = 0;

    (void)state;
    full_record(&r, arena);
    r.authors.len = 3;
    record_pack(&packed, &r);
    for (i = 0; i < packed.len; i++) {
        char *cut = mem_dup(packed.ptr, i + 1);
        char kept = packed.ptr[i];

        corrupt += record_unpack(&back, arena, cut, i, NULL) == ERR_CORRUPT;
        packed.ptr[i] = (char)0xFF;
        record_unpack(&back, arena, packed.ptr, packed.len, NULL);
        packed.ptr[i] = kept;
        free(cut);
    }
    assert_true(corrupt > 0);
    assert_int_equal(record_unpack(&back, arena, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 7, NULL),
                     ERR_CORRUPT);
    str_free(&packed);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arxiv),  cmocka_unit_test(test_doi),
        cmocka_unit_test(test_others), cmocka_unit_test(test_no_identifiers),
        cmocka_unit_test(test_json),   cmocka_unit_test(test_pack),
        cmocka_unit_test(test_links),  cmocka_unit_test(test_damaged_pack),
    };

    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
