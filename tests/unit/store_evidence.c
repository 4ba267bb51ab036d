/*
 * Links weighed: the table, owners that are called like an author and those that are not.
 */
#include "store_test.h"

#include "carrel/evidence.h"

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct text_list authors_of(const char *a, const char *b)
{
    struct text_list list = { 0 };

    text_list_add(&list, arena, a, strlen(a));
    text_list_add(&list, arena, b, strlen(b));
    return list;
}

static void test_table(void **state)
{
    (void)state;
    assert_float_equal(evidence_confidence("official", false), 0.98, 1e-9);
    assert_float_equal(evidence_confidence("listed", false), 0.40, 1e-9);
    assert_float_equal(evidence_confidence("listed", true), 0.76, 1e-9);
    assert_float_equal(evidence_confidence("paper", true), 0.96, 1e-9);
    assert_float_equal(evidence_confidence("author", true), 0.60, 1e-9);
    assert_float_equal(evidence_confidence("official", true), 0.99, 1e-9); /* never certain */
    assert_float_equal(evidence_confidence("rumour", false), 0, 1e-9);
}

static void test_owner(void **state)
{
    static const char *const same[] = {
        "https://github.com/jose-garcia/code",
        "https://github.com/JGarcia/code",
        "https://github.com/garciajose2/code",
        "https://gitlab.com/garcia.j/code",
    };
    static const char *const other[] = {
        "https://github.com/garcia/code", /* a family name alone */
        "https://github.com/jose/code",   /* nor the given one */
        "https://github.com/alee/code",   /* too short to say anything */
        "https://github.com/garcia-lab/code",   "https://github.com/jgarciax/code",
        "https://example.org/jose-garcia/code", "https://github.com/jose-garcia",
        "https://github.com/12345/code",        "",
    };
    struct text_list authors = authors_of("Ann Lee", "José García");
    struct text_list odd = authors_of("", "Collaboration");
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(same); i++)
        assert_string_equal(evidence_author(same[i], &authors), "José García");
    for (i = 0; i < ARRAY_LEN(other); i++)
        assert_null(evidence_author(other[i], &authors));
    assert_null(evidence_author("https://github.com/collaboration/code", &odd));
}

static void add_link(struct record *record, const char *kind, const char *url, const char *evidence,
                     const char *said)
{
    assert_true(record_link_add(&record->links, arena,
                                &(struct record_link){ .kind = arena_strdup(arena, kind),
                                                       .url = arena_strdup(arena, url),
                                                       .evidence = arena_strdup(arena, evidence),
                                                       .said = arena_strdup(arena, said) }));
}

static void test_weigh(void **state)
{
    static const char bare[] = "https://github.com/annlee/other", lab[] = "https://github.com/l/b";
    struct record record = { .authors = authors_of("Ann Lee", "Bo Ek") };
    struct str json = STR_INIT;

    (void)state;
    add_link(&record, "code", "https://github.com/ann-lee/code", "listed", "a list");
    add_link(&record, "model", "https://github.com/ann-lee/model", "listed", "");
    text_list_add(&record.code_urls, arena, bare, strlen(bare));
    text_list_add(&record.code_urls, arena, lab, strlen(lab));
    evidence_weigh(&record, arena);
    assert_int_equal(record.links.len, 3);
    assert_float_equal(record.links.items[0].confidence, 0.76, 1e-9);
    assert_string_equal(record.links.items[0].said, "a list; its owner is called like Ann Lee");
    assert_float_equal(record.links.items[1].confidence, 0, 1e-9); /* code alone is weighed */
    assert_string_equal(record.links.items[2].url, bare);
    assert_string_equal(record.links.items[2].evidence, "author");
    assert_float_equal(record.links.items[2].confidence, 0.60, 1e-9);
    record_to_json(&json, &record);
    assert_non_null(strstr(json.ptr, "\"confidence\":0.76"));
    assert_non_null(strstr(json.ptr, "\"evidence\":\"author\""));
    str_free(&json);
}

int store_evidence_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_owner, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_weigh, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("store: evidence", tests, NULL, NULL);
}
