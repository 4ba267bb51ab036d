/*
 * The published texts: byte-stable files, untouched when unchanged, removed when gone; Atom that
 * escapes.
 */
#include "exchange_test.h"

#include "carrel/file.h"
#include "carrel/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void test_sha256(void **state)
{
    char hex[65];

    (void)state;
    sha256_hex(hex, "abc", 3); /* FIPS 180-4's example */
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_hex(hex, "", 0);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void test_site_rewrites_only_what_changed(void **state)
{
    const char *dir = *state;
    char *path = path_join(dir, "papers/2017-06.json");
    struct site *site = exchange_site(dir);
    struct site_report report;
    struct stat before, after;

    exchange_put(site, "papers/2017-06.json", "{\"a\":1}\n", 7);
    exchange_put(site, "papers/2017-07.json", "{\"b\":1}\n", 8);
    report = exchange_finish(site);
    assert_int_equal(report.written, 3); /* and the manifest */
    assert_int_equal(report.papers, 2);
    assert_int_equal(stat(path, &before), 0);

    site = exchange_site(dir);
    assert_true(site_reuse(site, "papers/2017-06.json", 7));
    assert_false(site_reuse(site, "papers/2017-07.json", 9));
    exchange_put(site, "papers/2017-07.json", "{\"b\":1}\n",
                 9); /* another fingerprint, the same bytes */
    report = exchange_finish(site);
    assert_int_equal(report.written, 0);
    assert_int_equal(report.unchanged, 3);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    free(path);
}

static void test_site_takes_over_folders_whole(void **state)
{
    const char *dir = *state;
    char *one = path_join(dir, "search/0/aa.json");
    struct site *site = exchange_site(dir);
    struct site_report report;

    exchange_put(site, "search/0/aa.json", "{}\n", 7);
    exchange_put(site, "search/0/bb.json", "{}\n", 7);
    exchange_put(site, "search/1/cc.json", "{}\n", 8);
    exchange_finish(site);
    site = exchange_site(dir);
    assert_false(site_reuse_below(site, "search/0/", 8));
    assert_false(site_reuse_below(site, "search/2/", 7));
    assert_true(site_reuse_below(site, "search/0/", 7));
    assert_int_equal(site_count_of(site, "search/0/aa.json"), 1);
    report = exchange_finish(site);
    assert_int_equal(report.removed, 1);
    assert_int_equal(report.files, 3);
    assert_int_equal(unlink(one), 0);
    site = exchange_site(dir);
    assert_false(site_reuse_below(site, "search/0/", 7)); /* one of them is gone */
    site_free(site);
    free(one);
}

static void test_site_counts_a_file_once(void **state)
{
    const char *dir = *state;
    struct site *site = exchange_site(dir);
    struct site_report report;

    exchange_put(site, "papers/2017-06.json", "{\"a\":1}\n", 7);
    exchange_finish(site);
    site = exchange_site(dir);
    assert_true(site_reuse(site, "papers/2017-06.json", 7));
    exchange_put(site, "papers/2017-06.json", "{\"a\":2}\n", 7);
    report = exchange_finish(site);
    assert_int_equal(report.files, 2);
    assert_int_equal(report.written, 2);
}

static void test_site_knows_its_own(void **state)
{
    const char *dir = *state;
    char *theirs = path_join(dir, "index.html");
    struct site *site = exchange_site(dir);
    struct error err;

    assert_true(site_is_ours(site, "index.html"));
    assert_int_equal(file_write(theirs, "x", 1, &err), ERR_OK);
    assert_false(site_is_ours(site, "index.html"));
    exchange_put(site, "carrel-site.css", "x", 0);
    exchange_finish(site);
    site = exchange_site(dir);
    assert_true(site_is_ours(site, "carrel-site.css"));
    site_free(site);
    free(theirs);
}

static void test_site_takes_over_only_what_is_there(void **state)
{
    const char *dir = *state;
    char *path = path_join(dir, "papers/2017-06.json");
    struct site *site = exchange_site(dir);

    exchange_put(site, "papers/2017-06.json", "{\"a\":1}\n", 7);
    exchange_finish(site);
    assert_int_equal(truncate(path, 3), 0);
    site = exchange_site(dir);
    assert_false(site_reuse(site, "papers/2017-06.json", 7));
    site_free(site);
    free(path);
}

static void test_site_removes_its_own_only(void **state)
{
    const char *dir = *state;
    char *mine = path_join(dir, "papers/2017-06.json"),
         *theirs = path_join(dir, "papers/index.json");
    struct site *site = exchange_site(dir);
    struct site_report report;
    struct error err;

    exchange_put(site, "papers/2017-06.json", "{}\n", 1);
    exchange_finish(site);
    assert_int_equal(file_write(theirs, "x", 1, &err), ERR_OK);
    site = exchange_site(dir);
    exchange_put(site, "papers/2017-07.json", "{}\n", 1);
    report = exchange_finish(site);
    assert_int_equal(report.removed, 1);
    assert_false(file_exists(mine));
    assert_true(file_exists(theirs));
    free(mine);
    free(theirs);
}

static void test_site_ignores_a_forged_state(void **state)
{
    const char *dir = *state;
    char *victim = mem_printf("%s/victim.json", dir), *inner = path_join(dir, "site");
    char *state_file = path_join(dir, "site/.carrel-export"), *line;
    struct site_report report;
    struct error err;

    assert_int_equal(folder_make(inner, &err), ERR_OK);
    assert_int_equal(file_write(victim, "x", 1, &err), ERR_OK);
    line = mem_printf("%016x %064d 1 1 ../victim.json\n", 1, 0);
    assert_int_equal(file_write(state_file, line, strlen(line), &err), ERR_OK);
    report = exchange_finish(exchange_site(inner));
    assert_int_equal(report.removed, 0);
    assert_true(file_exists(victim));
    free(victim);
    free(inner);
    free(state_file);
    free(line);
}

static void test_slugs_differ(void **state)
{
    static const char *const names[] = { "vision", "Vision", "Garden Design", "vi sion", "vi-sion",
                                         "日本",   "韓国",   "../x",          "" };
    struct str slugs[ARRAY_LEN(names)];
    size_t i, k;

    (void)state;
    for (i = 0; i < ARRAY_LEN(names); i++) {
        str_init(&slugs[i]);
        site_slug(&slugs[i], names[i]);
        assert_int_equal(strspn(slugs[i].ptr, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                         slugs[i].len);
        for (k = 0; k < i; k++)
            assert_string_not_equal(slugs[i].ptr, slugs[k].ptr);
    }
    assert_string_equal(slugs[0].ptr, "vision");
    assert_true(str_starts(slugs[1].ptr, "vision-"));
    assert_true(str_starts(slugs[2].ptr, "garden-design-"));
    for (i = 0; i < ARRAY_LEN(names); i++)
        str_free(&slugs[i]);
}

static void test_atom_entry(void **state)
{
    char *authors[] = { "Ada <L> & Co" };
    struct record record = { .id = "arxiv:1706.03762",
                             .title = "A < B & \"C\"",
                             .published = "2017-06",
                             .authors = { .items = authors, .len = 1 } };
    struct str out = STR_INIT;

    (void)state;
    atom_begin(&out, "t", "urn:x", "2026-01-01T00:00:00Z");
    atom_entry(&out, &record, "2026-01-01T00:00:00Z");
    atom_end(&out);
    assert_non_null(strstr(out.ptr, "<title>A &lt; B &amp; &quot;C&quot;</title>"));
    assert_non_null(strstr(out.ptr, "<id>https://arxiv.org/abs/1706.03762</id>"));
    assert_non_null(strstr(out.ptr, "<name>Ada &lt;L&gt; &amp; Co</name>"));
    assert_non_null(strstr(out.ptr, "<published>2017-06-01T00:00:00Z</published>"));
    str_free(&out);
}

static void test_shard_leaves_notes_out(void **state)
{
    char *notes[] = { "private thought" };
    struct record record = { .title = "T", .notes = { .items = notes, .len = 1 } };
    struct str out = STR_INIT, json = STR_INIT;

    (void)state;
    record_publish(&json, &record);
    shard_begin(&out, "2017-06");
    shard_add(&out, json.ptr, json.len, true);
    shard_add(&out, json.ptr, json.len, false);
    shard_end(&out);
    str_free(&json);
    assert_null(strstr(out.ptr, "private"));
    assert_string_equal(out.ptr,
                        "{\"version\":1,\"month\":\"2017-06\",\"papers\":[\n{\"title\":\"T\"},\n"
                        "{\"title\":\"T\"}\n]}\n");
    str_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256),
        cmocka_unit_test_setup_teardown(test_site_rewrites_only_what_changed, exchange_folder,
                                        exchange_folder_gone),
        cmocka_unit_test_setup_teardown(test_site_takes_over_only_what_is_there, exchange_folder,
                                        exchange_folder_gone),
        cmocka_unit_test_setup_teardown(test_site_takes_over_folders_whole, exchange_folder,
                                        exchange_folder_gone),
        cmocka_unit_test_setup_teardown(test_site_counts_a_file_once, exchange_folder,
                                        exchange_folder_gone),
        cmocka_unit_test_setup_teardown(test_site_knows_its_own, exchange_folder,
                                        exchange_folder_gone),
        cmocka_unit_test_setup_teardown(test_site_removes_its_own_only, exchange_folder,
                                        exchange_folder_gone),
        cmocka_unit_test_setup_teardown(test_site_ignores_a_forged_state, exchange_folder,
                                        exchange_folder_gone),
        cmocka_unit_test(test_slugs_differ),
        cmocka_unit_test(test_atom_entry),
        cmocka_unit_test(test_shard_leaves_notes_out),
    };

    return cmocka_run_group_tests_name("exchange", tests, NULL, NULL) + exchange_index_tests()
           + exchange_state_tests() + exchange_lint_tests();
}
