/*
 * Events: each counts once, whenever and from wherever it comes again; what is counted is what was
 * written; visitors are counted and not known; what is old goes and the counts stay.
 */
#include "store_test.h"

#include "carrel/clock.h"
#include "carrel/events.h"
#include "carrel/hash.h"
#include "carrel/salt.h"
#include "carrel/usage_counts.h"
#include "carrel/visitors.h"

#include <math.h>

#define NOW INT64_C(1772366400000) /* 2026-03-01T12:00:00Z */
#define HOUR_MS INT64_C(3600000)
#define DAY_MS INT64_C(86400000)

static struct store *store;
static struct arena *arena;
static struct error err;
static struct events_writer *writer;

static int set_up(void **state)
{
    int result = library_setup(state);

    if (result == 0) {
        store = library_open(*state);
        arena = arena_new();
        assert_int_equal(events_open(&writer, store, &err), ERR_OK);
    }
    return result;
}

static int tear_down(void **state)
{
    events_free(writer);
    store_close(store);
    arena_free(arena);
    return library_teardown(state);
}

static uint64_t scattered(uint64_t number)
{
    return hash64(&number, sizeof number, 7);
}

static struct event event_of(unsigned number, enum event_kind kind, int64_t at)
{
    struct event event = { .kind = kind, .at = at, .results = -1, .visitor = scattered(number) };

    memcpy(event.id, &number, sizeof number);
    return event;
}

/* How many of them were new; they are not counted yet. */
static size_t put_uncounted(struct events_writer *with, const struct event *events, size_t count,
                            int64_t now)
{
    enum event_fate *fates = arena_alloc(arena, count * sizeof *fates);
    size_t accepted = 0, i;

    assert_int_equal(events_write(with, events, count, fates, now, &err), ERR_OK);
    for (i = 0; i < count; i++)
        accepted += fates[i] == EVENT_ACCEPTED;
    return accepted;
}

static size_t put(struct events_writer *with, const struct event *events, size_t count, int64_t now)
{
    size_t accepted = put_uncounted(with, events, count, now);

    assert_int_equal(events_fold(store, 1000, &err), ERR_OK);
    return accepted;
}

static int take_counts(void *ctx, int64_t at, const struct usage_counts *counts)
{
    (void)at;
    *(struct usage_counts *)ctx = *counts;
    return ERR_OK;
}

static struct usage_counts counts_of(enum usage_span span, int64_t at)
{
    struct usage_range range = { span, at / usage_span_ms(span), at / usage_span_ms(span) };
    struct usage_counts counts = { 0 };

    assert_int_equal(usage_each(store, &range, take_counts, &counts, &err), ERR_OK);
    return counts;
}

/* ---- once ---- */

static void test_duplicates(void **state)
{
    struct event events[4];
    struct events_writer *other;
    struct store *own;

    events[0] = event_of(1, EVENT_PAGEVIEW, NOW);
    events[1] = event_of(2, EVENT_PAGEVIEW, NOW);
    events[2] = event_of(1, EVENT_CLICK, NOW - DAY_MS); /* the id decides */
    events[3] = event_of(3, EVENT_PAGEVIEW, NOW);
    assert_int_equal(put(writer, events, 3, NOW), 2); /* within a batch */
    assert_int_equal(put(writer, events, 4, NOW), 1); /* and across batches */
    events_free(writer);
    assert_int_equal(events_open(&writer, store, &err), ERR_OK);
    assert_int_equal(put(writer, events, 4, NOW), 0); /* and restarts */

    own = library_open(*state); /* and processes, while both are open */
    assert_int_equal(events_open(&other, own, &err), ERR_OK);
    events[0] = event_of(4, EVENT_PAGEVIEW, NOW);
    assert_int_equal(put(other, events, 1, NOW), 1);
    assert_int_equal(put(writer, events, 1, NOW), 0);
    events[0] = event_of(5, EVENT_PAGEVIEW, NOW);
    assert_int_equal(put(writer, events, 1, NOW), 1);
    assert_int_equal(put(other, events, 1, NOW), 0);
    events_free(other);
    store_close(own);
    assert_int_equal(library_int(store, "SELECT count(*) FROM event"), 5);
    assert_int_equal(counts_of(USAGE_DAY, NOW).views, 5);
}

/* What is written is counted once, whoever does it and whoever has been killed meanwhile. */
static void test_counted_later(void **state)
{
    struct event events[4];
    struct events_writer *other;
    struct store *own;
    unsigned i;

    for (i = 0; i < 4; i++) {
        events[i] = event_of(i, i == 3 ? EVENT_SEARCH : EVENT_PAGEVIEW, NOW + 1000 * (int64_t)i);
        events[i].paper = "arxiv:2602.00001";
        events[i].query = i == 3 ? "lamps" : NULL;
        events[i].results = i == 3 ? 0 : -1;
    }
    assert_int_equal(put_uncounted(writer, events, 2, NOW), 2);
    assert_int_equal(put_uncounted(writer, events + 1, 3, NOW), 2);
    assert_int_equal(counts_of(USAGE_DAY, NOW).views, 0);
    assert_int_equal(library_int(store, "SELECT count(*) FROM event_pending"), 2);

    own = library_open(*state); /* another process begins, this one was killed */
    assert_int_equal(events_open(&other, own, &err), ERR_OK);
    assert_int_equal(counts_of(USAGE_DAY, NOW).views, 3);
    assert_int_equal(counts_of(USAGE_MINUTE, NOW).fruitless, 1);
    assert_int_equal(counts_of(USAGE_HOUR, NOW).visitors, 4);
    assert_int_equal(events_fold(store, 1000, &err), ERR_OK); /* or was not */
    assert_int_equal(counts_of(USAGE_DAY, NOW).views, 3);
    assert_int_equal(library_int(store, "SELECT count(*) FROM event_pending"), 0);

    events[0] = event_of(9, EVENT_CLICK, NOW);
    assert_int_equal(put_uncounted(other, events, 1, NOW), 1);
    assert_int_equal(store_begin(own, &err), ERR_OK); /* somebody writes, and takes their time */
    assert_int_equal(events_fold(store, 20, &err), ERR_BUSY);
    store_rollback(own);
    assert_int_equal(counts_of(USAGE_DAY, NOW).clicks, 0);
    assert_int_equal(events_fold(store, 20, &err), ERR_OK);
    assert_int_equal(counts_of(USAGE_DAY, NOW).clicks, 1);
    events_free(other);
    store_close(own);

    library_run(store, "INSERT INTO event_pending(received, keys, counts) VALUES(1, x'00', x'')");
    assert_int_equal(events_fold(store, 20, &err), ERR_CORRUPT);
}

/* More than a bucket holds, and everything once more. */
static void test_buckets(void **state)
{
    enum { BATCH = 50000, BATCHES = 6 };
    struct event *events = mem_alloc(BATCH * sizeof *events);
    unsigned round, batch, i;

    (void)state;
    for (round = 0; round < 2; round++)
        for (batch = 0; batch < BATCHES; batch++) {
            for (i = 0; i < BATCH; i++) {
                events[i] = event_of(batch * BATCH + i, EVENT_SEARCH, NOW);
                events[i].visitor = 1;
            }
            assert_int_equal(put(writer, events, BATCH, NOW), round == 0 ? BATCH : 0);
        }
    assert_true(library_int(store, "SELECT count(*) FROM event_bucket") > 1);
    assert_int_equal(library_int(store, "SELECT sum(count) FROM event_bucket"), BATCH * BATCHES);
    assert_int_equal(counts_of(USAGE_HOUR, NOW).searches, BATCH * BATCHES);
    assert_int_equal(counts_of(USAGE_HOUR, NOW).visitors, 1);
    free(events);
}

/* A transaction that fails leaves nothing, also not in what is remembered. */
static void test_failure(void **state)
{
    struct event event = event_of(1, EVENT_PAGEVIEW, NOW);
    enum event_fate fate;

    (void)state;
    event.path = "/a";
    library_run(store,
                "CREATE TRIGGER no BEFORE INSERT ON event_pending BEGIN SELECT raise(ABORT, 'no'); "
                "END");
    assert_int_not_equal(events_write(writer, &event, 1, &fate, NOW, &err), ERR_OK);
    library_run(store, "DROP TRIGGER no");
    assert_int_equal(library_int(store, "SELECT count(*) FROM event_key"), 0);
    assert_int_equal(put(writer, &event, 1, NOW), 1);
    assert_int_equal(library_int(store, "SELECT count(*) FROM event JOIN usage_name n ON n.id = "
                                        "path WHERE n.name = '/a'"),
                     1);
}

/* ---- counted ---- */

static void test_counts(void **state)
{
    struct event events[6];
    struct usage_subject *leading;
    struct usage_range hours = { USAGE_HOUR, NOW / HOUR_MS - 23, NOW / HOUR_MS };
    size_t count;
    int64_t version, visitors;

    (void)state;
    library_add(store, "arxiv:2602.00001", "Reading lamps", "", "");
    library_run(store, "INSERT INTO alias(scheme, value, work_id) SELECT 'doi', '10.1/a', id FROM "
                       "work");
    library_run(store, "INSERT OR IGNORE INTO alias(scheme, value, work_id) SELECT 'arxiv', "
                       "'2602.00001', id FROM work");
    events[0] = event_of(1, EVENT_PAGEVIEW, NOW);
    events[0].paper = "arxiv:2602.00001";
    events[1] = event_of(2, EVENT_PAGEVIEW, NOW - HOUR_MS);
    events[1].paper = "doi:10.1/a"; /* the same work */
    events[1].visitor = events[0].visitor;
    events[2] = event_of(3, EVENT_CLICK, NOW);
    events[2].paper = "arxiv:2602.00009"; /* unknown here */
    events[3] = event_of(4, EVENT_SEARCH, NOW);
    events[3].query = "lamps";
    events[3].results = 0;
    events[4] = event_of(5, EVENT_SEARCH, NOW);
    events[4].query = "lamps";
    events[5] = event_of(6, EVENT_PAGEVIEW, NOW - 30 * HOUR_MS); /* the window before */
    events[5].paper = "arxiv:2602.00009";
    assert_int_equal(put(writer, events, 6, NOW), 6);
    assert_int_equal(counts_of(USAGE_HOUR, NOW).views, 1);
    assert_int_equal(counts_of(USAGE_DAY, NOW).views, 2);
    assert_int_equal(counts_of(USAGE_DAY, NOW).fruitless, 1);
    assert_int_equal(counts_of(USAGE_DAY, NOW).visitors, 4);
    assert_int_equal(counts_of(USAGE_MINUTE, NOW).searches, 2);

    assert_int_equal(usage_leading(&leading, &count, store, arena, USAGE_PAPER, &hours,
                                   USAGE_BY_VIEWS, 10, &err),
                     ERR_OK);
    assert_int_equal(count, 2);
    assert_true(leading[0].work > 0);
    assert_int_equal(leading[0].counts.views, 2);
    assert_int_equal(usage_visitors(store, &leading[0], &hours, &visitors, &err), ERR_OK);
    assert_int_equal(visitors, 1);
    assert_int_equal(leading[1].work, 0);
    assert_string_equal(leading[1].name, "arxiv:2602.00009");
    assert_int_equal(leading[1].counts.clicks, 1);
    assert_int_equal(leading[1].before.views, 1);
    assert_int_equal(
        usage_leading(&leading, &count, store, arena, USAGE_PAPER, &hours, USAGE_BY_RISE, 10, &err),
        ERR_OK);
    assert_int_equal(count, 1); /* the other one fell */
    assert_int_equal(usage_leading(&leading, &count, store, arena, USAGE_QUERY, &hours,
                                   USAGE_BY_FRUITLESS, 10, &err),
                     ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(leading[0].counts.searches, 2);

    assert_int_equal(usage_version(store, &hours, &version, &err), ERR_OK);
    assert_int_equal(version, 5);
    events[0] = event_of(7, EVENT_PAGEVIEW, NOW - 20 * HOUR_MS); /* late */
    assert_int_equal(put(writer, events, 1, NOW), 1);
    assert_int_equal(usage_version(store, &hours, &version, &err), ERR_OK);
    assert_int_equal(version, 6);
}

/* ---- what goes ---- */

static void prune_all(int64_t now, int64_t keep_ms)
{
    bool more = true;

    while (more)
        assert_int_equal(events_prune(store, now, keep_ms, &more, &err), ERR_OK);
}

static void test_prune(void **state)
{
    enum { COUNT = 12000 }; /* more than a slice */
    struct event *events = mem_alloc(COUNT * sizeof *events);
    unsigned i;

    (void)state;
    for (i = 0; i < COUNT; i++) {
        events[i] = event_of(i, EVENT_PAGEVIEW, NOW);
        events[i].paper = i % 2 ? "arxiv:2602.00001" : "arxiv:2602.00002";
    }
    assert_int_equal(put(writer, events, COUNT, NOW), COUNT);
    prune_all(NOW + 3 * DAY_MS, 4 * DAY_MS);
    assert_int_equal(library_int(store, "SELECT count(*) FROM event"), COUNT);
    assert_int_equal(library_int(store, "SELECT count(*) FROM usage WHERE span = 2"), 0);
    prune_all(NOW + 5 * DAY_MS, 4 * DAY_MS);
    assert_int_equal(library_int(store, "SELECT count(*) FROM event"), 0);
    assert_int_equal(put(writer, events, COUNT, NOW + 5 * DAY_MS), 0); /* still known */
    prune_all(NOW + 20 * DAY_MS, 4 * DAY_MS);
    assert_int_equal(library_int(store, "SELECT count(*) FROM event_key"), 0);
    assert_int_equal(library_int(store, "SELECT count(*) FROM usage_visitors"), 0);
    prune_all(NOW + 100 * DAY_MS, 4 * DAY_MS);
    assert_int_equal(counts_of(USAGE_DAY, NOW).views, COUNT); /* the counts stay */
    assert_int_equal(counts_of(USAGE_HOUR, NOW).views, COUNT);
    assert_int_equal(library_int(store, "SELECT count(*) FROM usage WHERE kind = 1"), 2);
    free(events);
}

/* ---- visitors ---- */

/* By way of its bytes. */
static void copy_visitors(struct visitors *to, const struct visitors *from)
{
    size_t len;
    const void *bytes = visitors_bytes(from, &len);

    assert_true(len <= (size_t)from->precision);
    assert_int_equal(visitors_from(to, from->precision, bytes, len, &err), ERR_OK);
}

static void test_visitors(void **state)
{
    static struct visitors set, other, read;
    uint64_t i, error = 0;

    (void)state;
    visitors_clear(&set, VISITORS_FINE);
    visitors_clear(&other, VISITORS_FINE);
    for (i = 0; i < 255; i++) {
        assert_true(visitors_add(&set, scattered(i)));
        assert_false(visitors_add(&set, scattered(i)));
    }
    assert_int_equal(visitors_count(&set), 255); /* exact as long as they are listed */
    copy_visitors(&read, &set);
    assert_int_equal(visitors_count(&read), 255);
    for (; i < 200000; i++) {
        int64_t off;

        visitors_add(&set, scattered(i));
        visitors_add(&other, scattered(i + 100000));
        if (i % 10007 != 0)
            continue;
        off = visitors_count(&set) - (int64_t)i - 1;
        error = (uint64_t)llabs(off) * 1000 / i > error ? (uint64_t)llabs(off) * 1000 / i : error;
    }
    assert_true(error < 50); /* a twentieth: three standard errors */
    visitors_join(&set, &other);
    assert_in_range(visitors_count(&set), 285000, 315000);
    copy_visitors(&read, &set);
    assert_int_equal(visitors_count(&read), visitors_count(&set));
    assert_int_equal(visitors_from(&read, VISITORS_FINE, "abc", 3, &err), ERR_CORRUPT);
}

/* Of another day it is another one, and the old one is nowhere. */
static void test_salt(void **state)
{
    const struct library *library = *state;
    struct salt first, again, next;
    struct str bytes = STR_INIT;
    char *path = path_join(library->dir, "visitors.salt");

    assert_int_equal(salt_open(&first, library->dir, 20513, &err), ERR_OK);
    assert_int_equal(salt_open(&again, library->dir, 20513, &err), ERR_OK);
    assert_memory_equal(&first, &again, sizeof first);
    assert_int_equal(salt_open(&next, library->dir, 20514, &err), ERR_OK);
    assert_memory_not_equal(first.bytes, next.bytes, sizeof first.bytes);
    assert_int_equal(file_read(&bytes, path, 4096, &err), ERR_OK);
    assert_null(memmem(bytes.ptr, bytes.len, first.bytes, sizeof first.bytes));
    assert_true(salt_hash(&first, 'v', "a", "") == salt_hash(&again, 'v', "a", ""));
    assert_true(salt_hash(&first, 'v', "a", "") != salt_hash(&next, 'v', "a", ""));
    assert_true(salt_hash(&first, 'v', "ab", "") != salt_hash(&first, 'a', "ab", ""));
    assert_true(salt_hash(&first, 'a', "ab", "c") != salt_hash(&first, 'a', "a", "bc"));
    str_free(&bytes);
    free(path);
}

int store_events_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_duplicates, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_counted_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_buckets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failure, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_prune, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_salt, set_up, tear_down),
        cmocka_unit_test(test_visitors),
    };

    return cmocka_run_group_tests_name("store: events", tests, NULL, NULL);
}
