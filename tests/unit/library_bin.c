/*
 * The bin: what is in it, by names that are gone; numbers that are never given twice; what comes
 * while a paper is in it; undo beside other machines' words.
 */
#include "carrel/alerts.h"
#include "carrel/arrivals.h"
#include "carrel/bin.h"
#include "carrel/library.h"
#include "carrel/newcomers.h"
#include "carrel/ops.h"
#include "carrel/works.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "library_test.h"

static char *dir;
static struct store *store;
static struct arena *arena;

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

static void hear(const char *source, const char *id, const char *title, const char *doi)
{
    struct record record = { .source = source,
                             .id = arena_strdup(arena, id),
                             .title = arena_strdup(arena, title),
                             .doi = arena_strdup(arena, doi) };

    library_test_import(dir, &record);
}

static int64_t number(const char *sql)
{
    int64_t value = -1;

    assert_int_equal(store_query_int(store, sql, &value, NULL), ERR_OK);
    return value;
}

static bool here(const char *id)
{
    int64_t work;

    return works_find(store, &work, id, NULL) == ERR_OK;
}

static struct bin_counts removed(const char *id)
{
    char *name = arena_strdup(arena, id);
    struct bin_counts counts;
    struct error err = { 0 };

    if (library_remove(store, &name, 1, &counts, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return counts;
}

static struct bin_counts returned(const char *id)
{
    char *name = arena_strdup(arena, id);
    struct bin_counts counts;
    struct error err = { 0 };

    if (library_return(store, &name, 1, &counts, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return counts;
}

static void undone(const char *expected)
{
    struct error err = { 0 };
    char *what = NULL;

    if (library_undo(store, &what, &err) != ERR_OK)
        fail_msg("%s", err.message);
    assert_string_equal(what, expected);
    free(what);
}

/* A preprint that mentions the DOI of another paper stays when that one goes; what merely mentions
 * the DOI and comes later is of the one that went. */
static void test_own_names(void **state)
{
    (void)state;
    hear("crossref", "doi:10.1145/2", "On Parks", NULL);
    hear("oai-arxiv", "arxiv:2401.00001", "On Gardens", NULL);
    assert_int_equal(library_keep_apart(store, "doi:10.1145/2", "arxiv:2401.00001", NULL), ERR_OK);
    hear("oai-arxiv", "arxiv:2401.00001", "On Gardens", "10.1145/2");
    assert_int_equal(number("SELECT count(*) FROM work"), 2);
    assert_int_equal(removed("doi:10.1145/2").papers, 1);
    assert_true(here("arxiv:2401.00001"));
    assert_int_equal(number("SELECT count(*) FROM work"), 1);
    assert_int_equal(number("SELECT count(*) FROM bin"), 1);
    hear("rss", "arxiv:2401.00001", "On Gardens", "10.1145/2");
    assert_int_equal(number("SELECT count(*) FROM bin"), 1);
    hear("bibtex", "pwc:on-parks", "On Parks", "10.1145/2");
    assert_int_equal(number("SELECT count(*) FROM bin"), 2);
    assert_int_equal(returned("doi:10.1145/2").papers, 1);
    assert_int_equal(number("SELECT count(*) FROM bin"), 0);
    assert_int_equal(number("SELECT count(*) FROM work"), 2);
}

/* Peers count by these numbers, and what hangs from a work knows it by its own. */
static void test_numbers(void **state)
{
    struct library_cursors before, after;
    int64_t record, work;

    (void)state;
    hear("rss", "arxiv:2401.00001", "On Gardens", NULL);
    hear("rss", "arxiv:2401.00002", "On Parks", NULL);
    record = number("SELECT max(id) FROM record");
    work = number("SELECT max(id) FROM work");
    assert_int_equal(library_cursors(store, &before, NULL), ERR_OK);
    removed("arxiv:2401.00002");
    assert_int_equal(library_cursors(store, &after, NULL), ERR_OK);
    assert_int_equal(after.record, before.record);
    hear("rss", "arxiv:2401.00003", "On Ponds", NULL);
    assert_true(number("SELECT max(id) FROM record") > record);
    assert_true(number("SELECT max(id) FROM work") > work);
    returned("arxiv:2401.00002");
    assert_int_equal(number("SELECT record.id FROM record WHERE source_key = 'arxiv:2401.00002'"),
                     record);
    assert_int_equal(number("SELECT id FROM work WHERE key = 'arxiv:2401.00002'"), work);
    assert_int_equal(library_cursors(store, &after, NULL), ERR_OK);
    assert_true(after.again > before.again); /* it goes to peers */
}

/* A newer saying of its source takes the place of the older one, in the bin, too. */
static void test_what_comes_meanwhile(void **state)
{
    struct work_full full;
    int64_t work;

    (void)state;
    hear("rss", "arxiv:2401.00001", "On Gardens", NULL);
    removed("arxiv:2401.00001");
    hear("rss", "arxiv:2401.00001", "On Gardens, Revised", NULL);
    hear("rss", "arxiv:2401.00001", "On Gardens, Revised", NULL);
    assert_false(here("arxiv:2401.00001"));
    assert_int_equal(number("SELECT count(*) FROM bin"), 2);
    undone("removal of 'On Gardens'");
    assert_int_equal(works_find(store, &work, "arxiv:2401.00001", NULL), ERR_OK);
    assert_int_equal(works_full(store, arena, work, &full, NULL), ERR_OK);
    assert_string_equal(full.row.title, "On Gardens, Revised");
    assert_int_equal(number("SELECT count(*) FROM record WHERE current"), 1);
    assert_int_equal(number("SELECT count(*) FROM bin_work"), 0);
    assert_int_equal(number("SELECT count(*) FROM bin_name"), 0);
}

/* Another machine says, an hour later, that it is gone. */
static void said_elsewhere(const char *name)
{
    struct op op = { .machine = "0123456789abcdef0123456789abcdef",
                     .kind = "gone",
                     .item = name,
                     .field = "",
                     .value = "1",
                     .past = "" };
    enum op_fate fate;
    const char *why;
    bool ahead;
    int64_t stamp;

    assert_int_equal(ops_clock(store, &stamp, NULL), ERR_OK);
    op.stamp = stamp + (INT64_C(3600000) << 16);
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    assert_int_equal(ops_take(store, &op, &fate, &ahead, &why, NULL), ERR_OK);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    assert_int_equal(fate, OP_TAKEN);
}

/* Undo takes back what is as the step left it; what another machine has said since stays. */
static void test_undo_beside_others(void **state)
{
    (void)state;
    hear("rss", "arxiv:2401.00001", "On Gardens", NULL);
    hear("rss", "arxiv:2401.00002", "On Parks", NULL);
    removed("arxiv:2401.00001");
    said_elsewhere("arxiv:2401.00001");
    undone("nothing, as it was changed elsewhere since and stays (removal of 'On Gardens')");
    assert_false(here("arxiv:2401.00001"));
    assert_true(here("arxiv:2401.00002"));
}

/* A step takes back what it said, no more: a name of which nothing was said before is unsaid again,
 * not gone for ever because its paper went twice. */
static void test_undo_of_undo(void **state)
{
    (void)state;
    hear("rss", "arxiv:2401.00001", "On Gardens", NULL);
    removed("arxiv:2401.00001");
    hear("oai-arxiv", "arxiv:2401.00001", "On Gardens", "10.1145/9"); /* into the bin */
    assert_int_equal(returned("arxiv:2401.00001").papers, 1);
    undone("return of 'On Gardens'");
    assert_false(here("arxiv:2401.00001"));
    undone("removal of 'On Gardens'");
    assert_true(here("arxiv:2401.00001"));
    hear("crossref", "doi:10.1145/9", "On Gardens", NULL);
    assert_int_equal(number("SELECT count(*) FROM bin"), 0);
    assert_int_equal(number("SELECT count(*) FROM work"), 1);
    assert_int_equal(number("SELECT count(*) FROM record"), 3);
}

/* The reverse: what was said before the step is said again. */
static void test_undo_says_again(void **state)
{
    enum bin_word word;
    int64_t at;

    (void)state;
    hear("crossref", "doi:10.1145/2", "On Parks", NULL);
    hear("oai-arxiv", "arxiv:2401.00001", "On Gardens", NULL);
    assert_int_equal(library_keep_apart(store, "doi:10.1145/2", "arxiv:2401.00001", NULL), ERR_OK);
    hear("oai-arxiv", "arxiv:2401.00001", "On Gardens", "10.1145/2");
    removed("doi:10.1145/2"); /* the other stays, which is said */
    removed("arxiv:2401.00001");
    undone("removal of 'On Gardens'");
    assert_true(here("arxiv:2401.00001"));
    assert_int_equal(bin_word(store, &word, &at, "arxiv:2401.00001", NULL), ERR_OK);
    assert_int_equal(word, BIN_STAYS);
    undone("removal of 'On Parks'");
    assert_int_equal(bin_word(store, &word, &at, "doi:10.1145/2", NULL), ERR_OK);
    assert_int_equal(word, BIN_UNSAID);
    assert_int_equal(number("SELECT count(*) FROM bin"), 0);
    assert_int_equal(number("SELECT count(*) FROM work"), 2);
}

/* It comes back though a name that it mentions has gone elsewhere meanwhile. */
static void test_undo_beside_mentioned(void **state)
{
    (void)state;
    hear("oai-arxiv", "arxiv:2401.00001", "On Gardens", NULL);
    removed("arxiv:2401.00001");
    hear("oai-arxiv", "arxiv:2401.00001", "On Gardens", "10.1145/2");
    said_elsewhere("doi:10.1145/2");
    undone("removal of 'On Gardens'");
    assert_true(here("arxiv:2401.00001"));
    assert_int_equal(number("SELECT count(*) FROM bin"), 0);
}

static void test_emptied(void **state)
{
    int64_t papers = 0;

    (void)state;
    hear("rss", "arxiv:2401.00001", "On Gardens", NULL);
    removed("arxiv:2401.00001");
    assert_int_equal(removed("arxiv:2401.00001").others, 1);
    assert_int_equal(library_bin_empty(store, &papers, NULL), ERR_OK);
    assert_int_equal(papers, 1);
    hear("rss", "arxiv:2401.00001", "On Gardens", NULL);
    assert_false(here("arxiv:2401.00001"));
    assert_int_equal(library_bin_empty(store, &papers, NULL), ERR_OK);
    assert_int_equal(returned("arxiv:2401.00001").waiting, 1);
    hear("rss", "arxiv:2401.00001", "On Gardens", NULL);
    assert_true(here("arxiv:2401.00001"));
}

/* As app does it, with a query that finds all papers; how many events are new in the journal. */
static int64_t alerts_looked(const char *name)
{
    struct alert_rule rule;
    struct alert_event *events;
    int64_t upto, added = 0;
    size_t count, i;
    char *key;

    assert_int_equal(alerts_awake(store, NULL), ERR_OK);
    assert_int_equal(alerts_rule(store, arena, name, &rule, NULL), ERR_OK);
    assert_int_equal(alerts_events(store, arena, &rule, &events, &count, &upto, NULL), ERR_OK);
    for (i = 0; i < count; i++) {
        key = NULL;
        events[i].hit = ops_name(&key, store, arena, events[i].work, NULL) == ERR_OK;
    }
    assert_int_equal(alerts_settle(store, &rule, events, count, upto, &added, NULL), ERR_OK);
    return added;
}

static void alert_made(const char *name)
{
    struct alert_rule rule = { .name = arena_strdup(arena, name),
                               .query = arena_strdup(arena, ""),
                               .metric = arena_strdup(arena, ""),
                               .on = ALERT_NEW };

    assert_int_equal(alerts_add(store, &rule, NULL), ERR_OK);
}

/* What no rule has looked at yet when its paper goes waits for it, whoever looks meanwhile. */
static void test_alerts_wait(void **state)
{
    (void)state;
    alert_made("first");
    alert_made("second");
    hear("rss", "arxiv:2401.00001", "On Gardens", NULL);
    hear("rss", "arxiv:2401.00002", "On Parks", NULL);
    assert_int_equal(alerts_looked("second"), 2);
    removed("arxiv:2401.00001");
    assert_int_equal(alerts_looked("first"), 1); /* of the other */
    assert_int_equal(alerts_looked("second"), 0);
    assert_int_equal(alerts_sweep(store, NULL), ERR_OK);
    undone("removal of 'On Gardens'");
    assert_int_equal(alerts_looked("first"), 1);
    assert_int_equal(alerts_looked("second"), 0); /* it has told it already */
    assert_int_equal(alerts_looked("first"), 0);
    assert_int_equal(alerts_sweep(store, NULL), ERR_OK);
    assert_int_equal(number("SELECT count(*) FROM alert_event"), 0);
    assert_int_equal(number("SELECT count(*) FROM alert JOIN work ON work.id = alert.work_id"), 4);
}

/* A rule watches from the day on which it is made, also what has waited for its paper since. */
static void test_alerts_wait_later(void **state)
{
    (void)state;
    alert_made("first");
    hear("rss", "arxiv:2401.00001", "On Gardens", NULL);
    alert_made("between");
    removed("arxiv:2401.00001");
    assert_int_equal(alerts_looked("first"), 0);
    alert_made("later");
    undone("removal of 'On Gardens'");
    hear("rss", "arxiv:2401.00002", "On Parks", NULL);
    assert_int_equal(alerts_looked("first"), 2);
    assert_int_equal(alerts_looked("between"), 1);
    assert_int_equal(alerts_looked("later"), 1);
    assert_int_equal(alerts_sweep(store, NULL), ERR_OK);
    assert_int_equal(number("SELECT count(*) FROM alert_event"), 0);
    assert_int_equal(number("SELECT count(*) FROM alert WHERE key = 'arxiv:2401.00001'"), 1);
}

/* Nothing waits for what is gone for good. */
static void test_alerts_emptied(void **state)
{
    int64_t papers;

    (void)state;
    alert_made("first");
    hear("rss", "arxiv:2401.00001", "On Gardens", NULL);
    removed("arxiv:2401.00001");
    assert_int_equal(alerts_looked("first"), 0);
    assert_int_equal(alerts_sweep(store, NULL), ERR_OK);
    assert_int_equal(number("SELECT count(*) FROM alert_event"), 1);
    assert_int_equal(library_bin_empty(store, &papers, NULL), ERR_OK);
    assert_int_equal(alerts_sweep(store, NULL), ERR_OK);
    assert_int_equal(number("SELECT count(*) FROM alert_event"), 0);
}

/* How many came since; they are told. */
static size_t told_newcomers(void)
{
    struct newcomers came;

    assert_int_equal(newcomers_look(&came, store, arena, "hook", NULL), ERR_OK);
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    if (newcomers_any(&came))
        assert_int_equal(newcomers_seen(store, "hook", &came, NULL), ERR_OK);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    return came.count;
}

/* What was here before somebody watched is not new when it comes back. */
static void test_watched_without(void **state)
{
    (void)state;
    hear("rss", "arxiv:2401.00001", "On Gardens", NULL);
    hear("rss", "arxiv:2401.00002", "On Parks", NULL);
    removed("arxiv:2401.00002");
    assert_int_equal(newcomers_watch(store, "hook", NULL), ERR_OK);
    undone("removal of 'On Parks'");
    assert_int_equal(told_newcomers(), 0);
    hear("rss", "arxiv:2401.00003", "On Ponds", NULL);
    assert_int_equal(told_newcomers(), 1);
}

/* Each is told once, also one that was in the bin when others were told. */
static void test_newcomers_removed(void **state)
{
    struct newcomers mine, other;

    (void)state;
    assert_int_equal(newcomers_watch(store, "hook", NULL), ERR_OK);
    hear("rss", "arxiv:2401.00001", "On Gardens", NULL);
    assert_int_equal(told_newcomers(), 1);
    removed("arxiv:2401.00001"); /* the newest */
    assert_int_equal(told_newcomers(), 0);
    hear("rss", "arxiv:2401.00002", "On Parks", NULL);
    hear("rss", "arxiv:2401.00003", "On Ponds", NULL);
    removed("arxiv:2401.00002");
    assert_int_equal(told_newcomers(), 1);
    assert_int_equal(told_newcomers(), 0);
    assert_int_equal(returned("arxiv:2401.00002").papers, 1);
    assert_int_equal(newcomers_look(&mine, store, arena, "hook", NULL), ERR_OK);
    assert_int_equal(newcomers_look(&other, store, arena, "hook", NULL), ERR_OK);
    assert_int_equal(mine.count, 1);
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    assert_int_equal(newcomers_seen(store, "hook", &mine, NULL), ERR_OK);
    assert_int_equal(newcomers_seen(store, "hook", &other, NULL), ERR_EXISTS);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    assert_int_equal(returned("arxiv:2401.00001").papers, 1);
    assert_int_equal(told_newcomers(), 0);
}

static void doctor_line(void *ctx, bool ok, const char *what)
{
    if (!ok)
        str_printf(ctx, "%s\n", what);
}

/* A record on the wrong side is found, and mended. */
static void test_doctor(void **state)
{
    struct str lines = STR_INIT;
    long problems = 0;

    (void)state;
    hear("rss", "arxiv:2401.00001", "On Gardens", NULL);
    hear("rss", "arxiv:2401.00002", "On Parks", NULL);
    removed("arxiv:2401.00001");
    assert_int_equal(store_exec(store,
                                "UPDATE op SET value = '0' WHERE item = 'arxiv:2401.00001' AND "
                                "kind = 'gone'; INSERT INTO op(stamp, machine, kind, item, field, "
                                "value) SELECT stamp, machine, 'gone', 'arxiv:2401.00002', '', "
                                "'1' FROM op WHERE kind = 'gone' LIMIT 1",
                                NULL),
                     ERR_OK);
    assert_int_equal(library_doctor(store, false, doctor_line, &lines, &problems, NULL), ERR_OK);
    assert_int_equal(problems, 1);
    assert_non_null(strstr(lines.ptr, "2 papers are in the bin and not removed"));
    assert_int_equal(library_doctor(store, true, doctor_line, &lines, &problems, NULL), ERR_OK);
    assert_int_equal(problems, 0);
    assert_true(here("arxiv:2401.00001"));
    assert_false(here("arxiv:2401.00002"));
    assert_int_equal(library_doctor(store, false, doctor_line, &lines, &problems, NULL), ERR_OK);
    assert_int_equal(problems, 0);
    str_free(&lines);
}

/* What a source says piece by piece, of 2.4 MiB. */
static void hear_much(const char *id, char seed)
{
    struct record record = { .source = "pwc-links",
                             .id = arena_strdup(arena, id),
                             .title = arena_strdup(arena, "On Gardens"),
                             .adds = true };
    char url[2400];
    int i;

    memset(url, seed, sizeof url);
    memcpy(url, "https://example.org/", 20);
    for (i = 0; i < 1000; i++) {
        snprintf(url + sizeof url - 8, 8, "%07d", i);
        text_list_add(&record.code_urls, arena, url, sizeof url - 1);
    }
    library_test_import(dir, &record);
}

/* What is too much to be kept stays in the bin, and holds nobody else there. */
static void test_too_much(void **state)
{
    char *names[] = { arena_strdup(arena, "arxiv:2401.00001"),
                      arena_strdup(arena, "arxiv:2401.00002") };
    struct bin_counts counts;
    struct str lines = STR_INIT;
    long problems = 0;

    (void)state;
    hear("rss", names[0], "On Gardens", NULL);
    hear("rss", names[1], "On Parks", NULL);
    hear_much(names[0], 'a');
    assert_int_equal(library_remove(store, names, 2, &counts, NULL), ERR_OK);
    hear_much(names[0], 'b');
    assert_int_equal(number("SELECT count(*) FROM bin"), 4);
    assert_int_equal(library_return(store, names, 2, &counts, NULL), ERR_OK);
    assert_int_equal(counts.papers, 2);
    assert_true(here(names[0]) && here(names[1]));
    assert_int_equal(number("SELECT count(*) FROM record"), 3);
    assert_int_equal(number("SELECT count(*) FROM bin"), 1);
    assert_int_equal(library_doctor(store, true, doctor_line, &lines, &problems, NULL), ERR_OK);
    assert_int_equal(problems, 1);
    assert_non_null(strstr(lines.ptr, "1 papers in the bin are too much to be kept"));
    undone("return of 'On Gardens' and of 1 more paper");
    assert_int_equal(number("SELECT count(*) FROM bin"), 4);
    assert_int_equal(number("SELECT count(*) FROM work"), 0);
    assert_int_equal(library_doctor(store, false, doctor_line, &lines, &problems, NULL), ERR_OK);
    assert_int_equal(problems, 0);
    str_free(&lines);
}

int library_bin_tests(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ONE(test_own_names),
        ONE(test_numbers),
        ONE(test_what_comes_meanwhile),
        ONE(test_undo_beside_others),
        ONE(test_undo_of_undo),
        ONE(test_undo_says_again),
        ONE(test_undo_beside_mentioned),
        ONE(test_emptied),
        ONE(test_alerts_wait),
        ONE(test_alerts_wait_later),
        ONE(test_alerts_emptied),
        ONE(test_watched_without),
        ONE(test_newcomers_removed),
        ONE(test_doctor),
        ONE(test_too_much),
    };
#undef ONE

    return cmocka_run_group_tests_name("library: the bin", tests, NULL, NULL);
}
