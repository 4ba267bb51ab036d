/*
 * Versions of a paper out of what its sources say: numbers, days, both; in any order.
 */
#include "carrel/editions.h"
#include "carrel/library.h"
#include "carrel/state.h"
#include "carrel/store.h"
#include "carrel/works.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "library_test.h"

#define ID "arxiv:2401.00001"

static char *dir;
static struct store *store;
static struct arena *arena;

/* What one source says: its number (0 none), days, comment; `list` versions of arXivRaw. */
struct said {
    const char *source;
    int number;
    const char *published, *updated, *abstract, *comment;
    const char *list[4];
};

static void hear(const struct said *said)
{
    struct record record = { .source = said->source,
                             .id = arena_strdup(arena, ID),
                             .version = said->number,
                             .title = arena_strdup(arena, "Gardens and light"),
                             .published = arena_strdup(arena, said->published),
                             .updated = arena_strdup(arena, said->updated),
                             .abstract = arena_strdup(arena, said->abstract),
                             .comment = arena_strdup(arena, said->comment) };
    size_t i;

    text_list_add(&record.authors, arena, "Ada Ash", 7);
    for (i = 0; i < ARRAY_LEN(said->list) && said->list[i]; i++)
        text_list_add(&record.versions, arena, said->list[i], strlen(said->list[i]));
    library_test_import(dir, &record);
}

static int set_up(void **state)
{
    (void)state;
    return library_test_open(&dir, &store, &arena);
}

static int tear_down(void **state)
{
    (void)state;
    return library_test_close(dir, store, arena);
}

static void editions_are(const char *expected)
{
    struct str got = STR_INIT;
    struct edition *editions;
    size_t count, i;
    int64_t work;

    assert_int_equal(works_find(store, &work, ID, NULL), ERR_OK);
    assert_int_equal(editions_of(&editions, &count, store, arena, work, NULL), ERR_OK);
    for (i = 0; i < count; i++) {
        str_add(&got, i ? "; " : "");
        edition_name(&got, &editions[i]);
        str_printf(&got, " x%zu%s%s", editions[i].len, *editions[i].size ? " " : "",
                   editions[i].size);
        str_add(&got, editions[i].withdrawn ? " withdrawn" : "");
    }
    assert_string_equal(got.ptr, expected);
    str_free(&got);
}

static int64_t kept(const char *what)
{
    char *sql = mem_printf("SELECT ifnull((SELECT %s FROM work_version), -1)", what);
    int64_t value;

    assert_int_equal(store_query_int(store, sql, &value, NULL), ERR_OK);
    free(sql);
    return value;
}

static char *abstract_now(void)
{
    struct work_full full;
    int64_t work;

    assert_int_equal(works_find(store, &work, ID, NULL), ERR_OK);
    assert_int_equal(works_full(store, arena, work, &full, NULL), ERR_OK);
    return full.record.abstract;
}

static void test_numbers(void **state)
{
    (void)state;
    hear(&(struct said){ .source = "arxiv-atom",
                         .number = 1,
                         .published = "2024-01-02",
                         .updated = "2024-01-02",
                         .abstract = "One." });
    editions_are("v1 of 2024-01-02 x1");
    assert_int_equal(kept("number"), -1); /* nothing is kept of a paper with one version */
    hear(&(struct said){ .source = "arxiv-atom",
                         .number = 3,
                         .published = "2024-01-02",
                         .updated = "2024-03-02",
                         .abstract = "Three." });
    editions_are("v1 of 2024-01-02 x1; v3 of 2024-03-02 x1");
    assert_int_equal(kept("number"), 3);
    assert_true(kept("came") > 0);
    hear(&(struct said){ .source = "arxiv-atom",
                         .number = 2,
                         .published = "2024-01-02",
                         .updated = "2024-02-02",
                         .abstract = "Two." }); /* late */
    editions_are("v1 of 2024-01-02 x1; v2 of 2024-02-02 x1; v3 of 2024-03-02 x1");
    assert_string_equal(abstract_now(), "Three.");
}

/* OAI-PMH's plain format has no numbers: a first version has no second day. */
static void test_days(void **state)
{
    (void)state;
    hear(&(struct said){ .source = "oai-arxiv", .published = "2024-01-02", .abstract = "One." });
    hear(&(struct said){ .source = "oai-arxiv",
                         .published = "2024-01-02",
                         .updated = "2024-02-02",
                         .abstract = "Two." });
    editions_are("v1 of 2024-01-02 x1; the version of 2024-02-02 x1");
    assert_int_equal(kept("number"), 0);
    assert_int_equal(kept("day"), 19755);
    assert_true(kept("came") > 0);
    hear(&(struct said){ .source = "rss",
                         .number = 2,
                         .updated = "2024-02-05",
                         .abstract = "Two." }); /* told three days behind */
    editions_are("v1 of 2024-01-02 x1; v2 of 2024-02-02 x2");
    assert_int_equal(kept("number"), 2);
}

/* All versions at once: what was never here is known by name. */
static void test_raw(void **state)
{
    (void)state;
    hear(&(struct said){ .source = "oai-raw",
                         .number = 3,
                         .published = "2024-01-02",
                         .updated = "2024-03-02",
                         .abstract = "Three.",
                         .list = { "1 2024-01-02 4kb", "2 2024-02-02 5kb", "3 2024-03-02 6kb" } });
    editions_are("v1 of 2024-01-02 x0 4kb; v2 of 2024-02-02 x0 5kb; v3 of 2024-03-02 x1 6kb");
    assert_int_equal(kept("number"), 3);
    assert_int_equal(kept("came"), 0); /* it came with its past: nothing was replaced here */
    hear(&(struct said){ .source = "oai-raw",
                         .number = 4,
                         .published = "2024-01-02",
                         .updated = "2024-04-02",
                         .abstract = "Four.",
                         .comment = "This paper has been withdrawn by the authors",
                         .list = { "1 2024-01-02 4kb", "2 2024-02-02 5kb", "3 2024-03-02 6kb",
                                   "4 2024-04-02 0kb" } });
    assert_true(kept("came") > 0);
    assert_true(kept("withdrawn") > 0);
    editions_are("v1 of 2024-01-02 x0 4kb; v2 of 2024-02-02 x0 5kb; v3 of 2024-03-02 x1 6kb; "
                 "v4 of 2024-04-02 x1 0kb withdrawn");
}

/* A listing is there before the archive's own record has followed; its words then come first. */
static void test_newest_words(void **state)
{
    (void)state;
    hear(&(struct said){ .source = "arxiv-atom",
                         .number = 1,
                         .published = "2024-01-02",
                         .updated = "2024-01-02",
                         .abstract = "One.",
                         .comment = "3 pages" });
    hear(&(struct said){
        .source = "rss", .number = 2, .updated = "2024-02-05", .abstract = "Two." });
    assert_string_equal(abstract_now(), "Two.");
    hear(&(struct said){ .source = "oai-arxiv",
                         .published = "2024-01-02",
                         .updated = "2024-02-02",
                         .abstract = "Two as kept." });
    assert_string_equal(abstract_now(), "Two as kept.");
    editions_are("v1 of 2024-01-02 x1; v2 of 2024-02-02 x2");
}

static void test_find(void **state)
{
    char one[] = "2024-01-02", two[] = "2024-02-02", none[] = "";
    const struct edition editions[] = { { .number = 1, .day = 19724, .at = one, .size = none },
                                        { .number = 0, .day = 19755, .at = two, .size = none } };

    (void)state;
    assert_ptr_equal(edition_find(editions, 2, "v1"), &editions[0]);
    assert_ptr_equal(edition_find(editions, 2, "2024-02-02"), &editions[1]);
    assert_ptr_equal(edition_find(editions, 2, "v2 2024-02-02"), &editions[1]);
    assert_null(edition_find(editions, 2, "v2"));
    assert_null(edition_find(editions, 2, "v2 2024-01-02"));
    assert_null(edition_find(editions, 2, "rubbish"));
}

int library_editions_tests(void)
{
#define ONE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ONE(test_numbers),           ONE(test_days), ONE(test_raw), ONE(test_newest_words),
        cmocka_unit_test(test_find),
    };
#undef ONE

    return cmocka_run_group_tests_name("library: versions", tests, NULL, NULL);
}
