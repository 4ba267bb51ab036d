/*
 * Hugging Face: its papers as records, whatever is missing in them, and which addresses a round
 * asks for: days, weeks and months, pages, lists that are read one by one.
 */
#include "sources_asked.h"
#include "sources_check.h"

#include "carrel/clock.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const *lists;
static size_t list_count;

static size_t get_values(void *ctx, const char *key, const char *const **values)
{
    (void)ctx;
    *values = lists;
    return strcmp(key, "list") == 0 ? list_count : 0;
}

static const struct source_settings settings = { NULL, "huggingface", asked_no_text, get_values,
                                                 false };
static int records;
static double upvotes;
static int64_t counted_at;

static int keep_record(void *ctx, const struct record *record)
{
    (void)ctx;
    records++;
    if (record->metrics.len > 0) {
        upvotes = record->metrics.items[0].value;
        counted_at = record->metrics.items[0].at;
    }
    return 0;
}
static const struct parse_sink sink = { .record = keep_record };

static int set_up(void **state)
{
    (void)state;
    setenv("CARREL_CLOCK", "2026-03-01T12:00:00Z", 1); /* a Sunday */
    asked_start("huggingface", &settings, &sink);
    list_count = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    asked_end();
    unsetenv("CARREL_CLOCK");
    return 0;
}

static int feed(const char *body)
{
    records = 0;
    return asked_answer_and_go_on(body);
}

/* A list of so many papers from a number on. */
static const char *page(int first, int count)
{
    static struct str out = STR_INIT;
    int i;

    str_clear(&out);
    str_add_char(&out, '[');
    for (i = 0; i < count; i++)
        str_printf(&out, "%s{\"paper\":{\"id\":\"2602.%05d\",\"title\":\"P %d\",\"upvotes\":%d}}",
                   i ? "," : "", first + i, i, i);
    str_add_char(&out, ']');
    return out.ptr;
}

/* ---- records ---- */

static void test_item(void **state)
{
    struct held h = { 0 };
    const struct record *r = &h.records[0];

    (void)state;
    held_parse(&h, PARSE_HF,
               "[{\"paper\":{\"id\":\"2602.00001v2\",\"authors\":[{\"name\":\" Ada  M\\u00fcller\","
               "\"hidden\":false},{\"name\":\"Gone\",\"hidden\":true},{\"name\":null}],"
               "\"publishedAt\":\"2026-02-26T17:08:18.000Z\",\"title\":\"A\\n  title\","
               "\"summary\":\"One\\nline.\\n\\nTwo.\",\"upvotes\":12,"
               "\"githubRepo\":\"https://github.com/a/b\",\"githubRepoAddedBy\":\"auto\","
               "\"githubStars\":0,\"projectPage\":\"https://a.github.io/b\"},"
               "\"publishedAt\":\"2026-02-26T12:08:18.000Z\",\"title\":\"Another\","
               "\"numComments\":3,\"submittedBy\":{\"avatarUrl\":\"/avatars/x.svg\"}}]");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 1);
    assert_string_equal(r->id, "arxiv:2602.00001");
    assert_int_equal(r->version, 0);
    assert_string_equal(r->aliases.items[0], "hf:2602.00001");
    assert_string_equal(r->title, "A title");
    assert_string_equal(r->abstract, "One line.\n\nTwo.");
    assert_int_equal(r->authors.len, 1);
    assert_string_equal(r->authors.items[0], "Ada Müller");
    assert_string_equal(r->published, "2026-02-26");
    assert_string_equal(r->source, "huggingface");
    assert_int_equal(r->code_urls.len, 1);
    assert_int_equal(r->links.len, 2);
    assert_string_equal(r->links.items[0].evidence, "paper"); /* found there by the service */
    assert_string_equal(r->links.items[0].said, "Hugging Face, added by auto");
    assert_string_equal(r->links.items[1].kind, "project");
    assert_int_equal(r->metrics.len, 3);
    assert_string_equal(r->metrics.items[1].name, "comments");
    assert_string_equal(r->metrics.items[2].name, "github-stars");
    assert_true(r->metrics.items[2].value == 0);
    assert_true(r->metrics.items[0].at == 0); /* of a file it is not known */
    held_free(&h);
}

static void test_missing(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_HF,
               "[{\"id\":\"2602.00001\",\"title\":\"Flat\",\"upvotes\":\"many\"},"
               "{\"paper\":{\"title\":\"No id\"}},{\"paper\":{\"id\":\"2602.00002\"}},7,"
               "{\"paper\":{\"id\":\"2602.00003\"},\"title\":\"Outside\"},"
               "{\"paper\":{\"id\":\"own-name\",\"title\":\"Own\",\"githubRepo\":\"javascript:x\","
               "\"projectPage\":\"https://github.com/c/d/\"}}]");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 3);
    assert_int_equal(h.rejects, 3);
    assert_int_equal(h.info.total, 6);
    assert_int_equal(h.records[0].metrics.len, 0);
    assert_string_equal(h.records[1].title, "Outside");
    assert_string_equal(h.records[2].id, "hf:own-name");
    assert_int_equal(h.records[2].code_urls.len, 1); /* a project page that is a repository */
    assert_string_equal(h.records[2].code_urls.items[0], "https://github.com/c/d/");
    held_free(&h);
}

static void test_single(void **state)
{
    struct held h = { 0 };
    const struct record *r = &h.records[0];

    (void)state;
    held_parse(
        &h, PARSE_HF,
        "{\"id\":\"2602.00001\",\"title\":\"T\",\"linkedModels\":[{\"id\":\"b/c\",\"likes\":9},"
        "{\"id\":\"a/b\"},{\"id\":\"no blanks\"}],\"numTotalModels\":12,"
        "\"linkedDatasets\":[{\"id\":\"d/e\"}],\"linkedSpaces\":null}");
    assert_int_equal(h.count, 1);
    assert_int_equal(h.info.total, -1);
    assert_string_equal(r->source, "huggingface-paper");
    assert_int_equal(r->links.len, 3);
    assert_string_equal(r->links.items[0].url, "https://huggingface.co/a/b"); /* not by likes */
    assert_string_equal(r->links.items[2].url, "https://huggingface.co/datasets/d/e");
    assert_int_equal(r->code_urls.len, 0);
    held_free(&h);
}

static void test_faults(void **state)
{
    static const char *const bad[] = { "", "[", "[{]", "{\"id\":", "null", "<html></html>" };
    struct held h = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(bad); i++) {
        held_parse(&h, PARSE_HF, bad[i]);
        if (h.result != ERR_PARSE)
            fail_msg("%s: %d", bad[i], h.result);
        held_free(&h);
    }
    held_parse(&h, PARSE_HF, "{\"error\":\"Paper\\nnot found\"}");
    assert_string_equal(h.info.error_text, "Paper not found");
    held_free(&h);
}

/* The recorded lists (skipped where they are not). */
static void test_recorded(void **state)
{
    const char *shared = getenv("CARREL_SHARED");
    char *path = mem_printf("%s/data/wire/hf/hf_daily_papers~sotawhat.json", shared ? shared : "");
    const struct parse_sink none = { .record = keep_record };
    struct parse_info info;

    (void)state;
    records = 0;
    if (!shared || parse_file(path, PARSE_HF, &none, NULL, &info, &asked.err) != ERR_OK) {
        free(path);
        skip();
    }
    assert_int_equal(records, 30);
    free(path);
}

/* ---- rounds ---- */

static void test_daily(void **state)
{
    (void)state;
    asked_round("daily", NULL, false, "2026-02-27");
    assert_string_equal(asked_url(),
                        "https://huggingface.co/api/daily_papers?date=2026-02-27&limit=100&p=0");
    assert_string_equal(asked.request.purpose.ptr, "daily papers, date=2026-02-27");
    assert_int_equal(feed(page(1, 100)), ERR_OK);
    assert_true(upvotes == 99 && counted_at == clock_now_ms());
    assert_non_null(strstr(asked_url(), "date=2026-02-27&limit=100&p=1"));
    assert_int_equal(feed(page(101, 30)), ERR_OK);
    assert_int_equal(asked.turn.got, 130);
    assert_non_null(strstr(asked_url(), "date=2026-02-28&limit=100&p=0"));
    assert_int_equal(feed("[]"), ERR_OK); /* a weekend */
    assert_non_null(strstr(asked_url(), "date=2026-03-01"));
    assert_int_equal(feed("{\"error\":\"date is in the future\"}"), ERR_OK);
    assert_true(asked.turn.finished);
    asked_round("daily", asked.cursor.ptr, true, NULL);
    assert_non_null(strstr(asked_url(), "date=2026-02-22")); /* votes of the last week */
}

static void test_no_pages(void **state)
{
    (void)state;
    asked_round("daily", NULL, false, "2026-02-28");
    assert_int_equal(feed(page(1, 100)), ERR_OK);
    assert_int_equal(feed(page(1, 100)), ERR_OK);
    assert_non_null(strstr(asked_url(), "date=2026-03-01&limit=100&p=0"));
}

static void test_periods(void **state)
{
    (void)state;
    asked_round("weekly", NULL, false, "2025-12-30");
    assert_non_null(strstr(asked_url(), "week=2026-W01")); /* of its Thursday's year */
    assert_int_equal(feed("[]"), ERR_OK);
    assert_non_null(strstr(asked_url(), "week=2026-W02"));
    asked_round("weekly", NULL, false, "2027-01-03");
    assert_non_null(strstr(asked_url(), "week=2026-W09")); /* not behind today */
    asked_round("monthly", NULL, false, "2026-01-31");
    assert_non_null(strstr(asked_url(), "month=2026-01"));
    assert_int_equal(feed("[]"), ERR_OK);
    assert_non_null(strstr(asked_url(), "month=2026-02"));
    assert_int_equal(feed("[]"), ERR_OK);
    assert_non_null(strstr(asked_url(), "month=2026-03"));
    assert_int_equal(feed("[]"), ERR_OK);
    assert_true(asked.turn.finished);
}

static void test_linked(void **state)
{
    (void)state;
    asked_round("linked", NULL, false, NULL);
    assert_non_null(strstr(asked_url(), "?sort=trending&limit=50&p=0"));
    assert_int_equal(feed(page(1, 2)), ERR_OK);
    assert_string_equal(asked_url(), "https://huggingface.co/api/papers/2602.00001");
    assert_int_equal(feed("[]"), ERR_PARSE); /* a list in place of a paper */
    assert_int_equal(feed("{\"error\":\"Paper not found\"}"), ERR_OK);
    assert_string_equal(asked_url(), "https://huggingface.co/api/papers/2602.00002");
    asked_round("linked", asked.cursor.ptr, false, NULL); /* goes on there */
    assert_string_equal(asked_url(), "https://huggingface.co/api/papers/2602.00002");
    assert_int_equal(asked.ops->pass_over(&settings, asked.cursor.ptr, &asked.turn, &asked.err),
                     ERR_OK);
    assert_string_equal(asked.turn.gap_cursor.ptr, "paper?ids=2602.00002");
    assert_true(asked.turn.finished);
}

static void test_no(void **state)
{
    (void)state;
    asked_round("daily", NULL, false, "2026-02-27");
    assert_int_equal(feed("{\"error\":\"Invalid query parameters\"}"), ERR_REFUSED);
    assert_int_equal(feed("{}"), ERR_PARSE);
    assert_int_equal(feed("{\"id\":\"2602.00001\",\"title\":\"T\"}"), ERR_PARSE);
    assert_int_equal(asked.ops->pass_over(&settings, asked.cursor.ptr, &asked.turn, &asked.err),
                     ERR_OK);
    assert_string_equal(asked.turn.gap_cursor.ptr, "daily?day=2026-02-27&end=2026-02-27");
    assert_false(asked.turn.finished);
    asked_round("trending", NULL, false, NULL);
    assert_int_equal(asked.ops->pass_over(&settings, asked.cursor.ptr, &asked.turn, &asked.err),
                     ERR_NOTFOUND);
    assert_int_equal(
        asked.ops->request(&settings, "daily?day=2026-02-27", &asked.request, &asked.err),
        ERR_CORRUPT);
    assert_int_equal(asked.ops->request(&settings, "api?q=x", &asked.request, &asked.err),
                     ERR_CORRUPT);
}

int run_huggingface(void)
{
#define ROUND(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_item),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_single),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_recorded),
        ROUND(test_daily),
        ROUND(test_no_pages),
        ROUND(test_periods),
        ROUND(test_linked),
        ROUND(test_no),
    };

    return cmocka_run_group_tests_name("huggingface", tests, NULL, NULL);
}
