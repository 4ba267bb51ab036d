/*
 * Sync: how pages are taken and given.
 */
#include "sync_test.h"

#include <inttypes.h>

#define PAPER "arxiv:2401.00001|On Gardens|Ada Lindgren|2024-01-02||1|oai-arxiv|"

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

int sync_page_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_a_page_in_several_transactions, sync_test_end),
    };

    return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
