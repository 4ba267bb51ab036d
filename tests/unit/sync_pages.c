/*
 * Sync: how pages are taken and given.
 */
#include "sync_test.h"

#include "carrel/edit.h"
#include "carrel/repositories.h"

#include <inttypes.h>

static int64_t count(struct store *store, const char *sql)
{
    int64_t value = 0;

    must(store_query_int(store, sql, &value, err));
    return value;
}

/* ---- taking ---- */

#define MANY 200 /* more than one transaction has */

static void import_many(const char *dir)
{
    struct importer *importer;
    int i;

    must(importer_new(&importer, dir, err));
    for (i = 0; i < MANY; i++) {
        char id[40], title[40];
        struct record record = { .source = "jsonl", .id = id, .title = title };

        snprintf(id, sizeof id, "arxiv:2402.%05d", i + 1);
        snprintf(title, sizeof title, "Paper %d", i + 1);
        must(importer_add(importer, &record, err));
    }
    must(importer_finish(importer, NULL, err));
    importer_free(importer);
}

struct looking {
    struct store *other;
    int64_t seen; /* by another process, before the last transaction ended */
    bool fails;
};

static int look(void *ctx, struct store *store, const struct arrivals_report *report,
                struct error *err)
{
    struct looking *looking = ctx;

    (void)store;
    (void)report;
    looking->seen = count(looking->other, "SELECT count(*) FROM record");
    return looking->fails ? error_set(err, ERR_CANCELLED, "stopped") : ERR_OK;
}

/* The lock is not held for a whole page; what broke off half-way is taken again. */
static void test_a_page_in_several_transactions(void **state)
{
    char *one = sync_test_library(), *two = sync_test_library();
    struct store *a = sync_test_open(one), *b = sync_test_open(two);
    struct looking looking = { .other = sync_test_open(two), .fails = true };
    struct arena *arena = arena_new();
    struct sync_cursor begin = { .machine = "" };
    struct sync_page page;
    struct sync_pack pack;
    struct str bytes = STR_INIT;
    struct arrivals *arrivals;
    struct arrivals_report report;
    struct arrivals_page taken = { .save = look, .ctx = &looking };

    (void)state;
    import_many(one);
    must(state_tag(a, sync_test_find(a, "arxiv:2402.00001"), "green", true, err));
    must(sync_page_write(&page, &bytes, a, &(struct sync_wish){ .after = begin }, err));
    must(sync_pack_read(&pack, arena, bytes.ptr, bytes.len, err));
    taken.records = pack.records;
    taken.record_count = pack.record_count;
    taken.ops = pack.ops;
    taken.op_count = pack.op_count;
    must(arrivals_new(&arrivals, b, err));
    assert_int_equal(arrivals_take(arrivals, &taken, &report, NULL), ERR_CANCELLED);
    assert_in_range(looking.seen, 1, MANY - 1);
    looking.fails = false;
    must(arrivals_take(arrivals, &taken, &report, err));
    assert_int_equal(report.refused, 0);
    assert_int_equal(count(b, "SELECT count(*) FROM record"), MANY);
    assert_int_equal(count(b, "SELECT count(*) FROM work_tag"), 1);
    arrivals_free(arrivals);
    arena_free(arena);
    str_free(&bytes);
    store_close(looking.other);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

/* ---- samples of repositories ---- */

static void star(struct store *store, int64_t stars, int day)
{
    struct arena *arena = arena_new();
    struct repository repository = { .says = REPOSITORY_FACTS,
                                     .key = arena_strdup(arena, "github.com/ada/gardens"),
                                     .number = 7,
                                     .name = arena_strdup(arena, "ada/gardens"),
                                     .url = arena_strdup(arena, "https://github.com/ada/gardens"),
                                     .stars = stars,
                                     .forks = 1,
                                     .issues = 1,
                                     .at = INT64_C(86400000) * day };
    struct work_ids touched = { 0 };
    enum repository_change change;
    int64_t id;

    must(store_begin(store, err));
    must(repository_put(store, arena, &repository, &change, &id, &touched, err));
    must(store_commit(store, err));
    arena_free(arena);
}

#define STARS                                                                                      \
    "SELECT ifnull(sum(value), 0) FROM repository_sample s JOIN repository r ON r.id = "           \
    "s.repository_id WHERE r.key = 'github.com/ada/gardens'"

/* Past stars cannot be had a second time, so they travel; and wait until the repository is known.
 */
static void test_stars(void **state)
{
    char *one = sync_test_library(), *two = sync_test_library();
    struct store *a = sync_test_open(one), *b = sync_test_open(two);

    (void)state;
    star(a, 100, 20000);
    star(a, 120, 20001);
    star(a, 120, 20001); /* it is said once */
    assert_int_equal(count(a, "SELECT count(*) FROM op WHERE kind = 'sample'"), 2);
    sync_test_send(a, b, 0);
    assert_int_equal(count(b, "SELECT count(*) FROM repository_sample"), 0);
    star(b, 1000, 20002);
    assert_int_equal(count(b, STARS), 1220);
    sync_test_send(b, a, 0);
    assert_int_equal(count(a, STARS), 1220);
    star(a, 1001, 20002); /* the last one of a day */
    sync_test_send(a, b, 0);
    assert_int_equal(count(b, STARS), 1221);
    assert_int_equal(sync_test_send(b, a, 0), 0);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

/* ---- names of the hand ---- */

#define ROSES "arxiv:2405.00006"
#define SAID "10.9876/said"

static void say_doi_of(struct store *store, const char *id, const char *value)
{
    struct edit_change change = { .field = edit_field_find("doi"), .value = value };

    must(library_edit(store, id, &change, 1, NULL, err));
}

static void say_doi(struct store *store, const char *value)
{
    say_doi_of(store, ROSES, value);
}

static void check_names(struct store *store, const char *id, const char *names)
{
    struct arena *arena = arena_new();
    struct str all = STR_INIT;
    struct work_full full;
    size_t i;

    must(works_full(store, arena, sync_test_find(store, id), &full, err));
    for (i = 0; i < full.aliases.len; i++)
        str_printf(&all, "%s%s", i ? " " : "", full.aliases.items[i]);
    assert_string_equal(all.ptr, names);
    str_free(&all);
    arena_free(arena);
}

/* The DOI is taken back and the works are parted, and one page brings both. */
static void test_a_name_is_taken_back_while_works_part(void **state)
{
    char *one = sync_test_library(), *two = sync_test_library();
    struct store *a = sync_test_open(one), *b = sync_test_open(two);

    (void)state;
    sync_test_import(one, "doi:10.1145/2|On Parks|C. Young|2024-07||0|crossref|");
    sync_test_import(one, ROSES "|Roses|Hal Ivy|2024-05-06||1|oai-arxiv|");
    say_doi(a, SAID);
    must(library_merge(a, "doi:10.1145/2", ROSES, err));
    sync_test_send(a, b, 0);
    check_names(b, ROSES, ROSES " doi:10.1145/2 doi:" SAID);
    must(state_tag(b, sync_test_find(b, "doi:" SAID), "green", true, err));
    say_doi(a, "");
    must(library_split(a, ROSES, NULL, err));
    sync_test_send(a, b, 0);
    check_names(b, "doi:10.1145/2", "doi:10.1145/2");
    check_names(b, ROSES, ROSES);
    sync_test_send(b, a, 0);
    check_names(a, "doi:10.1145/2", "doi:10.1145/2");
    check_names(a, ROSES, ROSES);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

/* What a source has named once is its name, though the hand says so, too, and takes it back. */
static void test_a_name_that_a_source_has_given_stays(void **state)
{
    char *one = sync_test_library(), *two = sync_test_library();
    struct store *a = sync_test_open(one), *b = sync_test_open(two);

    (void)state;
    sync_test_import(one, ROSES "|Roses|Hal Ivy|2024-05-06|" SAID "|1|oai-arxiv|");
    sync_test_import(one, ROSES "|Roses|Hal Ivy|2024-05-06||2|oai-arxiv|");
    sync_test_send(a, b, 0);
    say_doi(a, SAID);
    say_doi(a, "");
    check_names(a, ROSES, ROSES " doi:" SAID);
    sync_test_send(a, b, 0);
    check_names(b, ROSES, ROSES " doi:" SAID);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

static void check_green(struct store *store, const char *id, int64_t expected)
{
    int64_t tags;

    must(store_lookup(store, &tags, "SELECT count(*) FROM work_tag WHERE work_id = ?1", NULL,
                      sync_test_find(store, id), 0, err));
    assert_int_equal(tags, expected);
}

/* The hand alone gives that name. */
static void check_hands(struct store *store, const char *id)
{
    int64_t names;

    must(store_lookup(store, &names,
                      "SELECT count(*) FROM alias a JOIN record r ON r.id = a.record_id WHERE "
                      "a.scheme || ':' || a.value = ?1 AND r.source = 'hand'",
                      id, 0, 0, err));
    assert_int_equal(names, 1);
}

/* A tag put on a paper by a DOI that the hand has given it stays with the paper, when the DOI turns
 * out to be another's. */
static void test_a_tag_by_a_name_of_the_hand(void **state)
{
    static const char parks[] = "doi:10.1145/2|On Parks|C. Young|2024-07||0|crossref|";
    char *one = sync_test_library(), *two = sync_test_library();
    struct store *a = sync_test_open(one), *b = sync_test_open(two);

    (void)state;
    sync_test_import(one, ROSES "|Roses|Hal Ivy|2024-05-06||1|oai-arxiv|");
    sync_test_import(one, "doi:10.1145/1|On Gardens|A. Lindgren|2024-06||0|crossref|");
    say_doi(a, "10.1145/2");
    check_hands(a, "doi:10.1145/2");
    sync_test_send(a, b, 0);
    check_hands(b, "doi:10.1145/2");
    must(state_tag(b, sync_test_find(b, "doi:10.1145/2"), "green", true, err));
    say_doi_of(a, "doi:10.1145/1", "10.1145/2");
    check_names(a, ROSES, ROSES " doi:10.1145/1 doi:10.1145/2");
    sync_test_import(one, parks);
    sync_test_import(two, parks);
    sync_test_send(a, b, 0);
    sync_test_send(b, a, 0);
    check_names(a, "doi:10.1145/2", "doi:10.1145/2");
    check_names(b, "doi:10.1145/2", "doi:10.1145/2");
    check_green(a, ROSES, 1);
    check_green(b, ROSES, 1);
    check_green(a, "doi:10.1145/2", 0);
    check_green(b, "doi:10.1145/2", 0);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

int sync_page_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_a_name_is_taken_back_while_works_part, sync_test_end),
        cmocka_unit_test_teardown(test_a_name_that_a_source_has_given_stays, sync_test_end),
        cmocka_unit_test_teardown(test_a_tag_by_a_name_of_the_hand, sync_test_end),
        cmocka_unit_test_teardown(test_stars, sync_test_end),
        cmocka_unit_test_teardown(test_a_page_in_several_transactions, sync_test_end),
    };

    return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
