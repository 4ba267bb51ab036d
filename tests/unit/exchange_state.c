/*
 * What an export leaves in its folder for the next one, and whose the folder is.
 */
#include "exchange_test.h"

#include "carrel/file.h"
#include "carrel/mem.h"
#include "carrel/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TICK_US 20000 /* more than the clock of a file system's times may be coarse */

static bool exists(const char *dir, const char *name)
{
    char *path = path_join(dir, name);
    bool there = file_exists(path) || folder_exists(path);

    free(path);
    return there;
}

static void write_file(const char *dir, const char *name, const char *text)
{
    char *path = path_join(dir, name);
    struct error err;

    assert_int_equal(file_write(path, text, strlen(text), &err), ERR_OK);
    free(path);
}

static void remove_file(const char *dir, const char *name)
{
    char *path = path_join(dir, name);

    assert_int_equal(unlink(path), 0);
    free(path);
}

/* One that was broken off has written other bytes of the same length: what they are made of, the
 * state of the export before it does not know. */
static void test_broken_off_export_is_not_believed(void **state)
{
    const char *dir = *state;
    struct site *site = exchange_site(dir);

    exchange_put(site, "papers/2017-06.json", "{\"a\":1}\n", 7);
    exchange_put(site, "papers/2017-07.json", "{\"b\":1}\n", 7);
    exchange_finish(site);
    usleep(TICK_US);
    site = exchange_site(dir);
    exchange_put(site, "papers/2017-06.json", "{\"a\":2}\n", 8);
    site_free(site);
    site = exchange_site(dir);
    assert_false(site_reuse(site, "papers/2017-06.json", 7));
    assert_true(site_reuse(site, "papers/2017-07.json", 7));
    exchange_put(site, "papers/2017-06.json", "{\"a\":1}\n", 7);
    assert_int_equal(exchange_finish(site).written, 1); /* the manifest is as it was */
    site = exchange_site(dir);
    assert_true(site_reuse(site, "papers/2017-06.json", 7));
    site_free(site);
}

/* A first one that was broken off has no state of files yet, and is begun again nevertheless. */
static void test_first_export_is_begun_again(void **state)
{
    const char *dir = *state;
    struct site *site = exchange_site(dir);

    exchange_put(site, "stats.json", "{}\n", 7);
    site_free(site);
    site = exchange_site(dir);
    exchange_put(site, "stats.json", "{\"x\":1}\n", 8);
    assert_int_equal(exchange_finish(site).files, 2); /* and the manifest */
}

static void test_manifest_speaks_for_a_lost_state(void **state)
{
    const char *dir = *state;
    struct site *site = exchange_site(dir);
    struct site_report report;

    exchange_put(site, "papers/2017-06.json", "{}\n", 7);
    exchange_put(site, "stats.json", "{}\n", 7);
    exchange_finish(site);
    remove_file(dir, ".carrel-export");
    write_file(dir, "mine.json", "x");
    site = exchange_site(dir);
    assert_true(site_is_ours(site, "stats.json"));
    assert_false(site_is_ours(site, "mine.json"));
    assert_false(site_reuse(site, "stats.json", 7)); /* of what it was made, nobody knows */
    exchange_put(site, "stats.json", "{}\n", 7);
    report = exchange_finish(site);
    assert_int_equal(report.written, 1); /* the manifest */
    assert_int_equal(report.removed, 1);
    assert_false(exists(dir, "papers")); /* nor is an empty folder left */
    assert_true(exists(dir, "mine.json"));
}

static void test_files_of_others_are_not_written_over(void **state)
{
    const char *dir = *state;
    struct site *site;
    struct error err;

    write_file(dir, "manifest.json", "{\"name\":\"an app\"}");
    assert_int_equal(site_open(&site, dir, &err), ERR_EXISTS);
    assert_null(site);
    assert_non_null(strstr(err.message, "manifest.json is not of carrel's making"));
    assert_false(exists(dir, ".carrel-export"));
    remove_file(dir, "manifest.json");
    write_file(dir, "package.json", "{}"); /* which no export writes */
    site_free(exchange_site(dir));
}

static void test_one_export_at_a_time(void **state)
{
    const char *dir = *state;
    struct site *first = exchange_site(dir), *second;
    struct error err;

    assert_int_equal(site_open(&second, dir, &err), ERR_BUSY);
    site_free(first);
    site_free(exchange_site(dir));
}

int exchange_state_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_broken_off_export_is_not_believed, exchange_folder,
                                        exchange_folder_gone),
        cmocka_unit_test_setup_teardown(test_first_export_is_begun_again, exchange_folder,
                                        exchange_folder_gone),
        cmocka_unit_test_setup_teardown(test_manifest_speaks_for_a_lost_state, exchange_folder,
                                        exchange_folder_gone),
        cmocka_unit_test_setup_teardown(test_files_of_others_are_not_written_over, exchange_folder,
                                        exchange_folder_gone),
        cmocka_unit_test_setup_teardown(test_one_export_at_a_time, exchange_folder,
                                        exchange_folder_gone),
    };

    return cmocka_run_group_tests_name("exchange_state", tests, NULL, NULL);
}
