/*
 * Webhooks: what happens comes into the outbox with it or not at all, in order and in parts; a
 * document that is read again takes the place of what waits; receipts and parts of the other way.
 */
#include "store_test.h"

#include "carrel/documents.h"
#include "carrel/streams.h"
#include "carrel/webhooks.h"

#define SHA "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct store *store;
static struct arena *arena;
static struct error err;

static int set_up(void **state)
{
    int result = library_setup(state);

    if (result == 0) {
        store = library_open(*state);
        arena = arena_new();
    }
    return result;
}

static int tear_down(void **state)
{
    store_close(store);
    arena_free(arena);
    return library_teardown(state);
}

static void set(unsigned events)
{
    const struct webhook hooks[] = {
        { .name = "site", .url = "http://127.0.0.1/", .events = events, .attempts = 3 },
        { .name = "deaf",
          .url = "http://127.0.0.1/deaf",
          .events = WEBHOOK_PROCESSED,
          .attempts = 3 },
    };

    assert_int_equal(webhooks_set(store, hooks, 2, &err), ERR_OK);
}

/* A run and so many works with two records each, all of them changed by it. */
static struct harvest_run harvest(int works, bool commit)
{
    struct stream_lease lease = { .source = "arxiv" };
    struct harvest_run run = { .source = (char *)(uintptr_t) "arxiv" };
    int64_t record;
    int i;

    assert_int_equal(runs_begin(store, &lease, &run, &err), ERR_OK);
    assert_int_equal(store_begin(store, &err), ERR_OK);
    for (i = 0; i < works; i++) {
        char *sql = mem_printf(
            "INSERT INTO work(id, key, added, changed, title_hash) VALUES(%d, 'k%d', 1, 1, %d)",
            i + 1, i, i);
        int k;

        library_run(store, sql);
        free(sql);
        for (k = 0; k < 2; k++) {
            sql = mem_printf("INSERT INTO record(work_id, source, source_key, fetched, hash, "
                             "payload) VALUES(%d, 's', 'k%d-%d', 1, 1, x'')",
                             i + 1, i, k);
            library_run(store, sql);
            free(sql);
            record = store_last_id(store);
            assert_int_equal(webhooks_changed(store, run.id, &record, 1, &err), ERR_OK);
        }
    }
    if (commit)
        assert_int_equal(store_commit(store, &err), ERR_OK);
    else
        store_rollback(store);
    run.state = RUN_DONE;
    run.added = works;
    return run;
}

static struct webhook_delivery *outbox(size_t *count)
{
    struct webhook_delivery *list;

    assert_int_equal(webhook_deliveries(store, arena, NULL, 0, 0, &list, count, &err), ERR_OK);
    return list;
}

static void test_parts(void **state)
{
    struct webhook_delivery *list;
    struct harvest_run run;
    int64_t *works, before = 0;
    size_t count, i, work_count, all = 0;

    (void)state;
    set(WEBHOOK_SCRAPED);
    run = harvest(1100, true);
    outbox(&count);
    assert_int_equal(count, 0); /* it has not ended */
    assert_int_equal(runs_save(store, &run, &err), ERR_OK);
    list = outbox(&count);
    assert_int_equal(count, 3); /* to who wants it, each work once */
    for (i = 0; i < count; i++) {
        const struct webhook_delivery *one = &list[count - 1 - i];

        assert_int_equal(one->part, i + 1);
        assert_int_equal(one->parts, 3);
        assert_non_null(strstr(one->about, "\"added\":1100"));
        assert_int_equal(webhook_delivery_works(store, arena, one, &works, &work_count, &err),
                         ERR_OK);
        assert_true(work_count <= WEBHOOK_RECORDS);
        assert_true(works[0] > before);
        before = works[work_count - 1];
        all += work_count;
    }
    assert_int_equal(all, 1100);
    assert_int_equal(runs_save(store, &run, &err), ERR_OK); /* said twice */
    outbox(&count);
    assert_int_equal(count, 3);
    assert_int_equal(library_int(store, "SELECT count(*) FROM job WHERE waits = 1"), 2);
}

/* Records of a megabyte each are not sent by the hundred. */
static void test_bytes(void **state)
{
    struct webhook_delivery *list;
    struct str large = STR_INIT;
    struct harvest_run run;
    struct stmt *stmt;
    size_t count;

    (void)state;
    set(WEBHOOK_SCRAPED);
    run = harvest(20, true);
    while (large.len < 1000000)
        str_add(&large, "Lamps for reading. ");
    assert_int_equal(
        stmt_prepare(&stmt, store, "UPDATE record SET payload = ?1 WHERE id % 2", &err), ERR_OK);
    stmt_bind_blob(stmt, 1, large.ptr, large.len);
    assert_int_equal(stmt_run(stmt, &err), ERR_OK);
    assert_int_equal(runs_save(store, &run, &err), ERR_OK);
    list = outbox(&count);
    assert_int_equal(count, 5); /* four of them are four megabytes */
    assert_int_equal(list[0].part, 5);
    assert_int_equal(list[0].parts, 5);
    str_free(&large);
}

/* Jobs are forgotten in time, and what they were to deliver with them. */
static void test_forgotten(void **state)
{
    size_t count;
    int64_t gone;

    (void)state;
    set(0);
    assert_int_equal(store_begin(store, &err), ERR_OK);
    assert_int_equal(webhooks_processed(store, SHA, NULL, 0, &err), ERR_OK);
    assert_int_equal(store_commit(store, &err), ERR_OK);
    outbox(&count);
    assert_int_equal(count, 1);
    assert_int_equal(jobs_cancel(store, outbox(&count)->job, NULL, &err), ERR_OK);
    assert_int_equal(jobs_prune(store, 0, 0, &gone, &err), ERR_OK);
    assert_int_equal(gone, 1);
    assert_int_equal(library_int(store, "SELECT count(*) FROM webhook_delivery"), 0);
}

static void test_fill(void **state)
{
    const size_t sizes[] = { 1000, 3 << 20, 1 << 20, 5 << 20, 1 };

    (void)state;
    assert_int_equal(webhook_fill(sizes, 5, 500), 2);
    assert_int_equal(webhook_fill(sizes + 2, 3, 500), 1);
    assert_int_equal(webhook_fill(sizes + 3, 2, 500), 1); /* one goes in any case */
    assert_int_equal(webhook_fill(sizes, 5, 1), 1);
    assert_int_equal(webhook_fill(sizes, 0, 500), 0);
}

static void test_nothing(void **state)
{
    struct harvest_run run;
    size_t count;

    (void)state;
    run = harvest(2, true); /* before anybody wanted to know */
    set(WEBHOOK_SCRAPED);
    assert_int_equal(runs_save(store, &run, &err), ERR_OK);
    outbox(&count);
    assert_int_equal(count, 0);
}

static void test_rolled_back(void **state)
{
    struct harvest_run run;
    size_t count;

    (void)state;
    set(WEBHOOK_SCRAPED);
    run = harvest(2, false);
    assert_int_equal(runs_save(store, &run, &err), ERR_OK);
    outbox(&count);
    assert_int_equal(count, 0);
}

static void save_document(bool foreign)
{
    static const struct document_chunk chunk = { .turns = "", .heading = "", .body = "lamps" };
    const struct document_save save = { .sha256 = SHA,
                                        .format = "text",
                                        .state = "done",
                                        .origin = "lamps.txt",
                                        .chunks = &chunk,
                                        .chunk_count = 1,
                                        .foreign = foreign };

    assert_int_equal(store_begin(store, &err), ERR_OK);
    assert_int_equal(documents_save(store, &save, NULL, &err), ERR_OK);
    assert_int_equal(store_commit(store, &err), ERR_OK);
}

static void test_document(void **state)
{
    struct webhook_delivery *list;
    size_t count;

    (void)state;
    set(0);
    save_document(true); /* told by another: not told on */
    outbox(&count);
    assert_int_equal(count, 0);
    save_document(false);
    save_document(false);
    list = outbox(&count);
    assert_int_equal(count, 2);
    assert_string_equal(list[0].webhook, "deaf");
    assert_int_equal(list[0].state, JOB_QUEUED);
    assert_int_equal(list[1].state, JOB_CANCELLED);
}

static void test_gone(void **state)
{
    struct harvest_run run;
    struct webhook *list;
    size_t count;

    (void)state;
    set(WEBHOOK_SCRAPED);
    assert_int_equal(webhooks_gone(store, "site", "http://127.0.0.1/", &err), ERR_OK);
    set(WEBHOOK_SCRAPED); /* the configuration has not changed */
    assert_int_equal(webhooks_list(store, arena, &list, &count, &err), ERR_OK);
    assert_true(list[1].gone);
    run = harvest(1, true); /* is noted all the same */
    assert_int_equal(runs_save(store, &run, &err), ERR_OK);
    outbox(&count);
    assert_int_equal(count, 1);
    assert_int_equal(webhooks_welcome(store, "site", &err), ERR_OK);
    set(WEBHOOK_SCRAPED);
    assert_int_equal(webhooks_list(store, arena, &list, &count, &err), ERR_OK);
    assert_false(list[1].gone);
    assert_int_equal(list[1].events, WEBHOOK_SCRAPED);
    assert_int_equal(webhooks_set(store, NULL, 0, &err), ERR_OK);
    assert_int_equal(library_int(store, "SELECT sum(events) FROM webhook"), 0);
}

static void test_receipts(void **state)
{
    struct webhook_receipt first,
        receipt = { .peer = "north", .key = "k", .hash = "h", .status = 200, .body = "{\"a\":1}" };

    (void)state;
    assert_int_equal(webhook_receipt_find(store, arena, "north", "k", "h", &first, &err),
                     ERR_NOTFOUND);
    assert_int_equal(webhook_receipt_add(store, &receipt, &err), ERR_OK);
    assert_int_equal(webhook_receipt_add(store, &receipt, &err), ERR_EXISTS);
    assert_int_equal(webhook_receipt_find(store, arena, "north", "k", "h", &first, &err), ERR_OK);
    assert_string_equal(first.body, "{\"a\":1}");
    assert_int_equal(webhook_receipt_find(store, arena, "north", "k", "x", &first, &err),
                     ERR_EXISTS);
    assert_int_equal(webhook_receipt_find(store, arena, "south", "k", "h", &first, &err),
                     ERR_NOTFOUND);
}

static void test_body(void **state)
{
    struct str body = STR_INIT, again = STR_INIT;
    struct webhook_delivery *list;
    size_t count;
    char *key;

    (void)state;
    set(0);
    save_document(false);
    list = outbox(&count);
    key = list[0].key;
    assert_int_equal(webhook_body(&again, store, list[0].id, &err), ERR_NOTFOUND);
    str_add(&body, "{\"version\":1}");
    assert_int_equal(webhook_set_body(store, list[0].id, &body, &err), ERR_OK);
    assert_int_equal(webhook_tried(store, list[0].id, 503, "busy", false, &err), ERR_OK);
    assert_int_equal(webhook_body(&again, store, list[0].id, &err), ERR_OK);
    assert_string_equal(again.ptr, body.ptr);
    assert_int_equal(webhook_redeliver(store, list[0].id, &err), ERR_EXISTS);
    library_run(store, "UPDATE job SET state = 3");
    assert_int_equal(webhook_redeliver(store, list[0].id, &err), ERR_OK);
    list = outbox(&count);
    assert_string_equal(list[0].key, key);
    assert_int_equal(list[0].status, 503);
    library_run(store, "UPDATE job SET state = 2");
    assert_int_equal(webhook_redeliver(store, list[0].id, &err), ERR_OK);
    list = outbox(&count);
    assert_string_not_equal(list[0].key, key);
    str_free(&body);
    str_free(&again);
}

static void test_backoff(void **state)
{
    int64_t step = 30000;
    int i;

    (void)state;
    for (i = 1; i <= 15; i++) {
        int64_t pause = job_backoff_ms(i, 30000, 3600000);

        assert_true(pause >= step / 2 && pause <= step);
        step = step * 2 < 3600000 ? step * 2 : 3600000;
    }
}

int store_webhooks_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_forgotten, set_up, tear_down),
        cmocka_unit_test(test_fill),
        cmocka_unit_test_setup_teardown(test_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rolled_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_document, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_receipts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_body, set_up, tear_down),
        cmocka_unit_test(test_backoff),
    };

    return cmocka_run_group_tests_name("webhooks", tests, NULL, NULL);
}
