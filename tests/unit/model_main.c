/*
 * The model: identifiers as people and sources write them, records as JSON and as kept bytes.
 */
#include "carrel/catalog.h"
#include "carrel/credit.h"
#include "carrel/mentions.h"
#include "carrel/record.h"
#include "carrel/subjects.h"

#include <math.h>
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
    check_ident("doi:10.1000/a@b", "doi:10.1000/a@b", 0);
    check_ident("10.1000/a@b:c/d", "doi:10.1000/a@b:c/d", 0);
    check_ident("git@example.org:lab/code.git", "repo:example.org/lab/code", 0);
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
    check_ident("https://github.com/topicsx/nlp", "repo:github.com/topicsx/nlp", 0);
    check_ident("https://gitlab.com/topics/nlp", "repo:gitlab.com/topics/nlp", 0);
    check_ident("https://github.com/Owner/Name.gIt", "repo:github.com/owner/name", 0);
    check_ident("github.com/Owner/Name", "repo:github.com/owner/name", 0);
    check_ident("www.github.com/Owner/Name/tree/main", "repo:github.com/owner/name", 0);
    check_ident("repo:gitlab.com/a/b", "repo:gitlab.com/a/b", 0);
    check_ident("oai:lib.example:7", "oai:lib.example:7", 0);
    check_ident("file:0123abcd", "file:0123abcd", 0);
}

static void test_names_of_files(void **state)
{
    static const struct {
        const char *path, *id; /* NULL: none */
    } names[] = {
        { "/home/a/2020.acl-main.207.pdf", "doi:10.18653/v1/2020.acl-main.207" },
        { "2021.findings-emnlp.320.PDF", "doi:10.18653/v1/2021.findings-emnlp.320" },
        { "P19-1423.pdf", "doi:10.18653/v1/p19-1423" },
        { "P14-1001.pdf", NULL }, /* another registrant's */
        { "Q17-1010.pdf", NULL }, /* printed by MIT Press */
        { "2020.lrec-1.5.pdf", NULL },
        { "2019.acl-main.1.pdf", NULL },
        { "2020.acl-main.207v2.pdf", NULL },
        { "2020.acl-main..pdf", NULL },
        { "https://arxiv.org/pdf/1706.03762v5.pdf", "arxiv:1706.03762" },
        { "1706.03762", "arxiv:1706.03762" },
        { "notes of 1706.03762.pdf", NULL },
        { "2020.12.pdf", NULL },
        { "10.1145_3292500.3330701.pdf", "doi:10.1145/3292500.3330701" },
        { "10.1145%2F3292500.3330701.pdf", "doi:10.1145/3292500.3330701" },
        { "10.pdf", NULL },
        { "graph.pdf", NULL },
        { "", NULL },
    };
    struct str id = STR_INIT;
    struct ident ident;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof names / sizeof *names; i++) {
        bool found = ident_of_file(&ident, names[i].path);

        str_clear(&id);
        if (found)
            ident_print(&id, &ident);
        if (found != (names[i].id != NULL) || (found && strcmp(id.ptr, names[i].id) != 0))
            fail_msg("\"%s\": %s", names[i].path, found ? id.ptr : "nothing");
    }
    str_free(&id);
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
        "https://github.com/topics/nlp",
        "https://github.com/orgs/lab/repositories",
        "https://github.com/Sponsors/lee",
        "repo:github.com/marketplace/actions",
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

/* In order of their numbers, whichever came first; what is no word is not known. */
static void test_versions(void **state)
{
    struct arena *arena = arena_new();
    struct record r = { .title = (char[]){ "T" } };
    struct record_version v3 = { .number = 3, .at = (char[]){ "2024-03-05T08:00:00Z" } },
                          v1 = { .number = 1, .size = (char[]){ "4 kb" } }, back;
    struct str out = STR_INIT;

    (void)state;
    record_version_add(&r.versions, arena, &v3);
    record_version_add(&r.versions, arena, &v1);
    assert_string_equal(r.versions.items[0], "1 - -");
    assert_true(record_version_read(&back, arena, r.versions.items[1]));
    assert_int_equal(back.number, 3);
    assert_string_equal(back.at, "2024-03-05T08:00:00Z");
    assert_string_equal(back.size, "");
    record_to_json(&out, &r);
    assert_string_equal(out.ptr, "{\"title\":\"T\",\"versions\":[{\"version\":1},"
                                 "{\"version\":3,\"at\":\"2024-03-05T08:00:00Z\"}]}");
    assert_false(record_version_read(&back, arena, ""));
    assert_false(record_version_read(&back, arena, "0 - 4kb"));
    assert_false(record_version_read(&back, arena, "x 2024 -"));
    str_free(&out);
    arena_free(arena);
}

static void test_withdrawn(void **state)
{
    static const struct {
        const char *comment;
        bool withdrawn;
    } cases[] = {
        { "This paper has been withdrawn by the author due to a crucial sign error", true },
        { "The article was withdrawn; see arXiv:1234.5678", true },
        { "Withdrawn by the authors", true },
        { "12 pages, 3 figures", false },
        { "A longer text about how one paper of many others has been withdrawn", false },
        { "5 pages. This paper has been withdrawn from review at a journal", false },
    };
    struct arena *arena = arena_new();
    struct record r = { .title = (char[]){ "T" } };
    size_t i;

    (void)state;
    assert_false(record_is_withdrawn(&r));
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        r.comment = arena_strdup(arena, cases[i].comment);
        if (record_is_withdrawn(&r) != cases[i].withdrawn)
            fail_msg("'%s' should%s say so", cases[i].comment, cases[i].withdrawn ? "" : " not");
    }
    r.comment = NULL;
    text_list_add(&r.versions, arena, "1 2024-01-01 20kb", 17);
    text_list_add(&r.versions, arena, "2 2024-02-01 0kb", 16);
    assert_true(record_is_withdrawn(&r));
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

static void test_result_numbers(void **state)
{
    static const struct {
        const char *text;
        double value;
    } good[] = { { "85.1%", 85.1 },      { "220k", 220e3 },     { "3.0m", 3e6 }, { "15M", 15e6 },
                 { "1.2B", 1.2e9 },      { "1,234.5", 1234.5 }, { "-3", -3 },    { ".5", 0.5 },
                 { "0.92 ± 0.01", .92 }, { "1e-3", 1e-3 },      { "~ 7", 7 },    { "3.0ms", 3 },
                 { "12 m", 12e6 },       { "1.2.3", 1.2 },      { "5e", 5 } };
    static const char *const bad[] = { "", "-", "n/a", "see 3", ".", "%", "e5" };
    double value;
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(good); i++) {
        if (!result_number(good[i].text, &value))
            fail_msg("'%s' has no number", good[i].text);
        if (fabs(value - good[i].value) > 1e-9 * fabs(good[i].value))
            fail_msg("'%s' is %g", good[i].text, value);
    }
    for (i = 0; i < ARRAY_LEN(bad); i++)
        if (result_number(bad[i], &value))
            fail_msg("'%s' is %g", bad[i], value);
}

static void test_metric_ways(void **state)
{
    static const char *const less[] = {
        "Perplexity", "FID", "Top-1 Error",           "Test error rate",
        "Params",     "MAE", "Word Error Rate (WER)", "Bits per dim"
    };
    static const char *const more[] = { "Accuracy", "% Test Accuracy", "Top 1 Accuracy",
                                        "F1",       "BLEU score",      "mAP",
                                        "Hits@1" };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(less); i++)
        if (metric_way(less[i]) != METRIC_LESS)
            fail_msg("%s", less[i]);
    for (i = 0; i < ARRAY_LEN(more); i++)
        if (metric_way(more[i]) != METRIC_MORE)
            fail_msg("%s", more[i]);
    assert_int_equal(metric_way("Permissiveness"), METRIC_UNKNOWN); /* "per" is a word of its own */
    assert_int_equal(metric_way(""), METRIC_UNKNOWN);
}

static void test_credits(void **state)
{
    struct arena *arena = arena_new();
    struct text_list names = { 0 }, back = { 0 };

    (void)state;
    text_list_add(&names, arena, "nobody", 6);
    assert_int_equal(credits_bits(&names), 0);
    text_list_add(&names, arena, "pwc", 3);
    credits_from_bits(&back, arena, credits_bits(&names) | 1u << 20);
    assert_int_equal(back.len, 1);
    assert_string_equal(credit_find(back.items[0])->license, "CC-BY-SA-4.0");
    assert_null(credit_at(100));
    arena_free(arena);
}

static void test_catalog_copy(void **state)
{
    struct arena *a = arena_new(), *b = arena_new();
    struct catalog_row row = { .model = arena_strdup(a, "m"), .more_data = true };
    struct catalog_entry entry = { .kind = CATALOG_TABLE,
                                   .name = arena_strdup(a, "t"),
                                   .dataset = arena_strdup(a, "d"),
                                   .rows = &row,
                                   .row_count = 1 };
    struct record record = { .title = entry.name, .source = "pwc", .catalog = &entry }, copy;
    uint64_t hash;

    (void)state;
    text_list_add(&row.values, a, "1", 1);
    hash = catalog_hash(&entry);
    record_copy(&copy, &record, b);
    row.values.items[0][0] = '2';
    assert_true(catalog_hash(&entry) != hash);
    arena_free(a);
    assert_true(catalog_hash(copy.catalog) == hash);
    assert_string_equal(copy.catalog->rows[0].model, "m");
    arena_free(b);
}

/* The likeliest field for what is typed, and whether there is any. */
static const char *field(const char *typed)
{
    const struct subject *found[SUBJECTS_MAX];

    return subjects_find(found, typed) > 0 ? found[0]->category : "none";
}

static void test_subjects_found(void **state)
{
    const struct subject *found[SUBJECTS_MAX];
    size_t i, count = subjects_find(found, "");

    (void)state;
    assert_in_range(count, 140, 170);
    for (i = 0; i < count; i++)
        assert_true(subject_is_open(found[i]));
    assert_string_equal(field("cs.lg"), "cs.LG");
    assert_string_equal(field("LG"), "cs.LG");
    assert_string_equal(field("machine learning"), "cs.LG");
    assert_string_equal(field("learning stat"), "stat.ML");
    assert_string_equal(field("vision"), "cs.CV");
    assert_string_equal(field("mchlrn"), "cs.LG");
    assert_string_equal(field("quant"), "quant-ph");
    assert_string_equal(field("quantum"), "quant-ph"); /* not "... and Quantum Hall Effect" */
    assert_string_equal(field("nlp"), "cs.CL");
    assert_string_equal(field("HCI"), "cs.HC");
    assert_string_equal(field("rl"), "cs.LG");
    assert_true(subjects_find(found, "nlp") > 1 && subject_is_meant(found[0], "nlp"));
    assert_false(subject_is_meant(found[1], "nlp")); /* its letters: a guess */
    assert_true(subjects_find(found, "mchlrn") > 0 && !subject_is_meant(found[0], "mchlrn"));
    assert_string_equal(field("cmp-lg"), "none"); /* a closed archive */
    assert_string_equal(field("learning gardens"), "none");
    assert_int_equal(subjects_find(found, "astro-ph."), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_result_numbers), cmocka_unit_test(test_metric_ways),
        cmocka_unit_test(test_credits),        cmocka_unit_test(test_catalog_copy),
        cmocka_unit_test(test_arxiv),          cmocka_unit_test(test_doi),
        cmocka_unit_test(test_others),         cmocka_unit_test(test_no_identifiers),
        cmocka_unit_test(test_names_of_files), cmocka_unit_test(test_json),
        cmocka_unit_test(test_pack),           cmocka_unit_test(test_links),
        cmocka_unit_test(test_damaged_pack),   cmocka_unit_test(test_versions),
        cmocka_unit_test(test_withdrawn),      cmocka_unit_test(test_subjects_found),
    };

    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
