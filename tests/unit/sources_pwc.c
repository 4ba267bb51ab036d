/*
 * Papers with Code: rows of papers and links however they are packed and whatever is missing in
 * them, and what is not one.
 */
#include "sources_check.h"

#include "carrel/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PAGE "https://paperswithcode.com/paper/"

static void test_paper(void **state)
{
    struct held h = { 0 };
    const struct record *r = &h.records[0];

    (void)state;
    held_parse(&h, PARSE_AUTO,
               " [ {\"paper_url\":\"" PAGE "a-paper\",\"arxiv_id\":\"1805.10616\","
               "\"nips_id\":null,\"openreview_id\":\"rJx\",\"title\":\"A\\n Paper\","
               "\"abstract\":\"One\\ntwo.\",\"short_abstract\":null,"
               "\"url_abs\":\"http://arxiv.org/abs/1805.10616v4\",\"url_pdf\":null,"
               "\"proceeding\":\"NeurIPS 2018 12\",\"authors\":[\"Ann Lee\",null,\"Bo Ray\"],"
               "\"tasks\":[\"model\",\"Question Answering\",null,\"model\"],"
               "\"date\":\"2018-05-27T00:00:00\",\"conference_url_pdf\":\"http://x.org/p.pdf\","
               "\"reproduces_paper\":null,\"methods\":[{\"name\":\"BERT\",\"description\":\"\"},"
               "{\"name\":\"ooJpiued\",\"description\":\"Please enter a description about the "
               "method here\"}]} ] \n");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.format, PARSE_PWC);
    assert_int_equal(h.count, 1);
    assert_string_equal(r->id, "pwc:a-paper");
    assert_int_equal(r->aliases.len, 2);
    assert_string_equal(r->aliases.items[0], "arxiv:1805.10616");
    assert_string_equal(r->aliases.items[1], "openreview:rJx");
    assert_int_equal(r->version, 4);
    assert_string_equal(r->title, "A Paper");
    assert_string_equal(r->abstract, "One two.");
    assert_int_equal(r->authors.len, 2);
    assert_string_equal(r->published, "2018-05-27");
    assert_string_equal(r->venue, "NeurIPS 2018 12");
    assert_string_equal(r->pdf_url, "http://x.org/p.pdf");
    assert_int_equal(r->tasks.len, 2);
    assert_int_equal(r->methods.len, 1); /* not the one that nobody described */
    assert_string_equal(r->credits.items[0], "pwc");
    assert_non_null(strstr(h.json.ptr, "\"license\":\"CC-BY-SA-4.0\""));
    held_free(&h);
}

#define LINK(slug, repository, more)                                                               \
    "{\"paper_url\":\"" PAGE slug "\",\"paper_title\":\"T\",\"repo_url\":\"" repository "\"" more  \
    "}"

static void test_links(void **state)
{
    static const char *const evidence[] = { "official", "official", "paper", "readme", "listed" };
    struct held h = { 0 };
    int i;

    (void)state;
    held_parse(
        &h, PARSE_AUTO,
        "[" LINK("a", "https://github.com/o/1", ",\"is_official\":true") "," LINK("a", "https://github.com/o/2", ",\"is_official\":\"True\",\"mentioned_in_paper\":false") "," LINK(
            "b", "https://github.com/o/3",
            ",\"is_official\":\"false\",\"mentioned_in_paper\":1") "," LINK("a",
                                                                            "https://github.com/o/"
                                                                            "4",
                                                                            ",\"is_official\":null,"
                                                                            "\"mentioned_in_"
                                                                            "github\":\"true\","
                                                                            "\"framework\":"
                                                                            "\"none\"") "," LINK("c",
                                                                                                 "h"
                                                                                                 "t"
                                                                                                 "t"
                                                                                                 "p"
                                                                                                 "s"
                                                                                                 ":"
                                                                                                 "/"
                                                                                                 "/"
                                                                                                 "g"
                                                                                                 "i"
                                                                                                 "t"
                                                                                                 "h"
                                                                                                 "u"
                                                                                                 "b"
                                                                                                 "."
                                                                                                 "c"
                                                                                                 "o"
                                                                                                 "m"
                                                                                                 "/"
                                                                                                 "o"
                                                                                                 "/"
                                                                                                 "5",
                                                                                                 ","
                                                                                                 "\"paper_arxiv_id\":\"2005.03776\",\"framework\":\"tf\"") "]");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 5);
    for (i = 0; i < 5; i++) {
        assert_int_equal(h.records[i].links.len, 1);
        assert_string_equal(h.records[i].links.items[0].evidence, evidence[i]);
        assert_true(h.records[i].adds);
        assert_string_equal(h.records[i].source, "pwc-links");
    }
    assert_string_equal(h.records[3].links.items[0].said, "Papers with Code");
    assert_string_equal(h.records[4].links.items[0].said, "Papers with Code, tf");
    assert_string_equal(h.records[4].id, "pwc:c");
    assert_string_equal(h.records[4].aliases.items[0], "arxiv:2005.03776");
    held_free(&h);
}

/* Nearly everything may be null. */
static void test_nulls(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_PWC,
               "{\"paper_url\":\"" PAGE "in-words-only\",\"paper_title\":null,"
               "\"paper_arxiv_id\":null,\"paper_url_abs\":null,\"repo_url\":\"https://x.org/y\","
               "\"is_official\":null,\"framework\":null}\n"
               "{\"paper_url\":null,\"arxiv_id\":null,\"title\":\"Only\",\"authors\":null,"
               "\"tasks\":null,\"methods\":null,\"date\":null}\n"
               "{\"paper_url\":\"" PAGE "x\",\"repo_url\":null}\n"
               "{\"paper_url\":\"" PAGE "x\",\"repo_url\":\"ftp://x.org\"}\n"
               "{\"paper_url\":\"" PAGE "x\",\"title\":null}\n"
               "{\"repo_url\":\"https://x.org/y\"}\n");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 2);
    assert_string_equal(h.records[0].title, "in words only");
    assert_string_equal(h.records[1].title, "Only");
    assert_int_equal(h.rejects, 4);
    held_free(&h);
}

/* What programs write for missing values, though JSON has no such thing. */
static void test_not_a_number(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(
        &h, PARSE_PWC,
        "[{\"paper_url\":\"" PAGE
        "a\",\"paper_title\":\"NaN, \\\"Infinity\\\" \",\"paper_arxiv_id\":NaN,"
        "\"repo_url\":\"https://github.com/a/b\",\"is_official\":-Infinity,\"framework\":NaN}]");
    assert_int_equal(h.count, 1);
    assert_string_equal(h.records[0].title, "NaN, \"Infinity\"");
    assert_int_equal(h.records[0].aliases.len, 0);
    assert_string_equal(h.records[0].links.items[0].said, "Papers with Code");
    held_free(&h);
}

/* Lines of the archive are told from carrel's own. */
static void test_lines(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_AUTO,
               LINK("a", "https://github.com/o/1",
                    "") "\n{\"title\":\"Own\",\"repo_url\":\"https://x.org\"}\n");
    assert_int_equal(h.count, 2);
    assert_string_equal(h.records[0].id, "pwc:a");
    assert_string_equal(h.records[1].source, "jsonl");
    held_free(&h);
}

#define GOOD LINK("good", "https://github.com/o/good", "")

static void test_faults(void **state)
{
    static const struct {
        const char *text;
        int count, rejects;
        const char *why;
    } cases[] = {
        { "[" GOOD ",]", 1, 1, "a comma with no row behind it" },
        { "[," GOOD "]", 1, 1, "a comma with no row in front" },
        { "[" GOOD " " GOOD "]", 2, 1, "a comma is missing" },
        { "[1,\"a, ]\\\"}\",null," GOOD ",[[1]]]", 1, 4, "not a JSON object" },
        { "[{\"a\":1,}," GOOD "]", 1, 1, "not JSON" },
        { "[{\"a\":[}]," GOOD "]", 1, 1, "not JSON" },
        { "[{\"name\":\"neither\"}," GOOD "]", 1, 1, "not a row of Papers with Code" },
        { "[{\"a\":NaN, \"b\":nan}," GOOD "]", 1, 1, "not JSON" },
        { GOOD "\n]\n}\n" GOOD, 2, 2, "not a JSON object" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct held h = { 0 };

        held_parse(&h, PARSE_PWC, cases[i].text);
        assert_int_equal(h.result, ERR_OK);
        if (h.count != cases[i].count || h.rejects != cases[i].rejects)
            fail_msg("%s: %d records, %d rejects (%s)", cases[i].text, h.count, h.rejects, h.why);
        if (!strstr(h.why, cases[i].why))
            fail_msg("%s: %s", cases[i].text, h.why);
        held_free(&h);
    }
}

static void test_not_a_document(void **state)
{
    static const char *const bad[] = { "[" GOOD, "[" GOOD ",", "{\"a\":", "[" GOOD "] x",
                                       "[{\"a\":\"\\" };
    struct held h = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        memset(&h, 0, sizeof h);
        held_parse(&h, PARSE_PWC, bad[i]);
        if (h.result != ERR_PARSE)
            fail_msg("%s: %d", bad[i], h.result);
        held_free(&h);
    }
    memset(&h, 0, sizeof h);
    held_parse(&h, PARSE_AUTO, "[{\"id\":\"2602.00001\",\"title\":\"of Hugging Face\"}]");
    assert_int_equal(h.result, ERR_PARSE);
    assert_non_null(strstr(h.err.message, "--format hf"));
    held_free(&h);
}

static void test_lines_are_told(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_PWC, "\n[\n" GOOD ",\n{\"a\":\n\n1,}\n,\n" GOOD "]");
    assert_int_equal(h.rejects, 1);
    assert_int_equal(h.reject_line, 6);
    held_free(&h);
}

static void test_deep(void **state)
{
    struct str text = STR_INIT;
    struct held h = { 0 };

    (void)state;
    str_add(&text, "[{\"a\":");
    str_add_repeat(&text, '[', 100000);
    str_add_repeat(&text, ']', 100000);
    str_add(&text, "}," GOOD "]");
    held_parse(&h, PARSE_PWC, text.ptr);
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 1);
    assert_int_equal(h.rejects, 1);
    assert_non_null(strstr(h.why, "nested deeper"));
    held_free(&h);
    str_free(&text);
}

static void test_tables(void **state)
{
    struct held h = { 0 };
    const struct catalog_entry *table;

    (void)state;
    held_parse(
        &h, PARSE_AUTO,
        "[{\"task\":\"QA\",\"categories\":[\"NLP\"],\"description\":\"d\",\"datasets\":[{"
        "\"dataset\":\"S\",\"sota\":{\"metrics\":[\"F1\"],\"rows\":["
        "{\"model_name\":\"a\",\"metrics\":{\"F1\":1.5,\"EM\":\"2\",\"x\":null},"
        "\"paper_url\":\"http://arxiv.org/abs/1511.06361v3\",\"paper_date\":\"\"},"
        "{\"model_name\":null,\"paper_title\":\"b\",\"metrics\":\"{\\\"EM\\\": \\\"7\\\"}\"},"
        "{\"model_name\":\"c\",\"metrics\":[{\"key\":\"F1\",\"value\":3}]},"
        "{\"model_name\":\"\",\"paper_title\":null},7]},"
        "\"subdatasets\":[{\"dataset\":\"S v2\",\"sota\":{\"rows\":[{\"model_name\":\"d\"}]}}]"
        "}],\"subtasks\":[{\"task\":\"Open QA\",\"datasets\":[],\"subtasks\":[]},{}]}]");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 4);
    assert_int_equal(h.rejects, 1); /* the subtask without a name */
    assert_int_equal(h.records[0].catalog->kind, CATALOG_TASK);
    table = h.records[1].catalog;
    assert_int_equal(table->kind, CATALOG_TABLE);
    assert_string_equal(table->dataset, "S");
    assert_int_equal(table->metrics.len, 2);
    assert_int_equal(table->row_count, 3);
    assert_string_equal(table->rows[0].values.items[0], "1.5");
    assert_string_equal(table->rows[0].values.items[1], "2");
    assert_string_equal(table->rows[0].paper, "arxiv:1511.06361");
    assert_null(table->rows[0].published);
    assert_string_equal(table->rows[1].model, "b");
    assert_string_equal(table->rows[1].values.items[0], "");
    assert_string_equal(table->rows[1].values.items[1], "7");
    assert_string_equal(table->rows[2].values.items[0], "3");
    assert_string_equal(h.records[2].catalog->dataset, "S v2");
    assert_string_equal(h.records[3].catalog->tasks.items[0], "QA");
    held_free(&h);
}

static void test_methods_and_datasets(void **state)
{
    struct held h = { 0 };
    const struct catalog_entry *entry;

    (void)state;
    held_parse(
        &h, PARSE_AUTO,
        "[{\"name\":\"BERT\",\"full_name\":\"B\",\"introduced_year\":2018,"
        "\"paper\":{\"title\":\"T\",\"url\":\"" PAGE "bert\"},\"collections\":[{"
        "\"collection\":\"LM\",\"area\":\"NLP\"}],\"code_snippet_url\":\"\"},"
        "{\"name\":\"MNIST\",\"homepage\":\"javascript:alert(1)\",\"modalities\":[\"Images\"],"
        "\"introduced_date\":\"2015-01-01\",\"tasks\":[{\"task\":\"OCR\"}],"
        "\"variants\":[\"MNIST-1D\"],\"paper\":null}]");
    assert_int_equal(h.count, 2);
    entry = h.records[0].catalog;
    assert_int_equal(entry->kind, CATALOG_METHOD);
    assert_string_equal(entry->paper, "pwc:bert");
    assert_string_equal(entry->groups.items[0], "LM (NLP)");
    assert_string_equal(entry->introduced, "2018");
    entry = h.records[1].catalog;
    assert_int_equal(entry->kind, CATALOG_DATASET);
    assert_null(entry->url);
    assert_string_equal(entry->tasks.items[0], "OCR");
    assert_string_equal(entry->introduced, "2015-01-01");
    held_free(&h);
}

struct counted {
    int tables, rows, rejects;
};

static int count_record(void *ctx, const struct record *record)
{
    struct counted *counted = ctx;

    counted->tables += record->catalog && record->catalog->kind == CATALOG_TABLE;
    counted->rows += record->catalog ? (int)record->catalog->row_count : 0;
    return 0;
}

static void count_reject(void *ctx, long line, const char *why)
{
    (void)line;
    (void)why;
    ((struct counted *)ctx)->rejects++;
}

/* Tables that others have written, where they are at hand. */
static void test_recorded_tables(void **state)
{
    static const struct {
        const char *name;
        struct counted want;
    } files[] = { { "coqa.json", { 1, 43, 0 } },
                  { "record.json", { 1, 12, 0 } },
                  { "snli.json", { 1, 64, 0 } },
                  { "redditsota.json", { 15, 32, 0 } },
                  { "example_json_format.json", { 0, 0, 1 } } }; /* it is no JSON */
    const char *shared = getenv("CARREL_SHARED");
    size_t i;

    (void)state;
    for (i = 0; i < sizeof files / sizeof *files; i++) {
        struct counted counted = { 0 };
        const struct parse_sink sink = { .ctx = &counted,
                                         .record = count_record,
                                         .reject = count_reject };
        struct parse_info info;
        struct error err = { 0 };
        char path[400];

        snprintf(path, sizeof path, "%s/data/wire/pwc/sota-extractor/%s", shared ? shared : "",
                 files[i].name);
        if (!shared || access(path, R_OK) != 0)
            skip();
        if (parse_file(path, PARSE_PWC, &sink, NULL, &info, &err) != ERR_OK)
            fail_msg("%s: %s", files[i].name, err.message);
        if (memcmp(&counted, &files[i].want, sizeof counted) != 0)
            fail_msg("%s: %d tables, %d rows, %d rejects", files[i].name, counted.tables,
                     counted.rows, counted.rejects);
    }
}

int run_pwc(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded_tables), cmocka_unit_test(test_not_a_number),
        cmocka_unit_test(test_tables),          cmocka_unit_test(test_methods_and_datasets),
        cmocka_unit_test(test_paper),           cmocka_unit_test(test_links),
        cmocka_unit_test(test_nulls),           cmocka_unit_test(test_lines),
        cmocka_unit_test(test_faults),          cmocka_unit_test(test_not_a_document),
        cmocka_unit_test(test_lines_are_told),  cmocka_unit_test(test_deep),
    };

    return cmocka_run_group_tests_name("pwc", tests, NULL, NULL);
}
