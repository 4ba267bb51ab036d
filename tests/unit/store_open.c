/*
 * Opening: every state the file can be in, from absent to newer, foreign, damaged or not writable;
 * and a disk that fills up under a transaction.
 */
#include "store_test.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int try_open(const struct library *library, bool create, struct error *err)
{
    struct store_options options = { .create = create };
    struct store *store;
    int result = store_open(&store, library->dir, &options, err);

    store_close(store);
    return result;
}

static void write_database(const struct library *library, const char *sql)
{
    char *path = path_join(library->dir, "library.db");
    sqlite3 *db;

    assert_int_equal(folder_make(library->dir, NULL), ERR_OK);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    free(path);
}

static void test_absent(void **state)
{
    struct error err = { 0 };
    struct store *store;

    assert_int_equal(try_open(*state, false, &err), ERR_NOTFOUND);
    check_says(&err, ERR_NOTFOUND, "no library in");
    assert_false(folder_exists(((struct library *)*state)->dir));
    store = library_open(*state);
    assert_int_equal(library_int(store, "PRAGMA user_version"), STORE_SCHEMA_VERSION);
    assert_int_equal(library_int(store, "PRAGMA application_id"), STORE_APPLICATION_ID);
    assert_int_equal(library_int(store, "PRAGMA foreign_keys"), 1);
    assert_int_equal(library_int(store, "PRAGMA synchronous"), 2);
    assert_int_equal(library_int(store, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
    store_close(store);
}

static void test_every_version(void **state)
{
    struct store *store;
    int64_t id;

    write_database(*state, "PRAGMA user_version = 0"); /* an empty file */
    store = library_open(*state);
    id = library_int(store, "SELECT value FROM meta WHERE key = 'library_id'");
    assert_true(id > 0);
    store_close(store);
    store = library_open(*state); /* the present version: nothing to do */
    assert_int_equal(library_int(store, "SELECT value FROM meta WHERE key = 'library_id'"), id);
    store_close(store);
}

static void test_newer_is_left_alone(void **state)
{
    struct error err = { 0 };
    struct store *store = library_open(*state);

    library_run(store, "PRAGMA user_version = 99");
    store_close(store);
    assert_int_equal(try_open(*state, true, &err), ERR_VERSION);
    check_says(&err, ERR_VERSION, "newer carrel (library version 99");
}

static void test_foreign_is_left_alone(void **state)
{
    struct library *library = *state;
    char *path = path_join(library->dir, "library.db");
    struct str before = STR_INIT, after = STR_INIT;
    struct error err = { 0 };

    write_database(library, "CREATE TABLE places(url)");
    assert_int_equal(file_read(&before, path, 1 << 20, NULL), ERR_OK);
    assert_int_not_equal(try_open(library, true, &err), ERR_OK);
    check_says(&err, ERR_FAILED, "another program");
    assert_int_equal(file_read(&after, path, 1 << 20, NULL), ERR_OK);
    assert_int_equal(before.len, after.len);
    assert_memory_equal(before.ptr, after.ptr, before.len);
    write_database(library, "PRAGMA application_id = 7; PRAGMA user_version = 1");
    assert_int_not_equal(try_open(library, true, &err), ERR_OK);
    check_says(&err, ERR_FAILED, "another program");
    str_free(&before);
    str_free(&after);
    free(path);
}

static void test_not_a_database(void **state)
{
    struct library *library = *state;
    char *path = path_join(library->dir, "library.db");
    struct error err = { 0 };

    folder_make(library->dir, NULL);
    assert_int_equal(file_write(path, "<html>Sign in to this network</html>", 36, NULL), ERR_OK);
    assert_int_equal(try_open(library, true, &err), ERR_CORRUPT);
    check_says(&err, ERR_CORRUPT, "carrel doctor");
    assert_int_equal(file_size(path), 36);
    free(path);
}

static void test_damaged_page(void **state)
{
    struct library *library = *state;
    char *path = path_join(library->dir, "library.db"), garbage[4096 * 8];
    struct store *store = library_open(library);
    struct arena *arena = arena_new();
    struct work_full full;
    struct error err = { 0 };
    int fd, i;

    for (i = 0; i < 50; i++) {
        char key[32];

        snprintf(key, sizeof key, "x:%d", i);
        library_add(store, key, "a title", "an abstract", "An Author");
    }
    library_run(store, "PRAGMA wal_checkpoint(TRUNCATE)");
    store_close(store);
    memset(garbage, 0xEE, sizeof garbage);
    fd = open(path, O_WRONLY);
    for (i = 1; i < (int)(file_size(path) / 4096); i++)
        assert_int_equal(pwrite(fd, garbage, 4096, 4096 * (off_t)i), 4096);
    close(fd);
    store = NULL;
    i = store_open(&store, library->dir, &(struct store_options){ 0 }, &err);
    if (i == ERR_OK)
        i = works_full(store, arena, 1, &full, &err);
    assert_int_equal(i, ERR_CORRUPT);
    check_says(&err, ERR_CORRUPT, "carrel doctor");
    store_close(store);
    arena_free(arena);
    free(path);
}

/* Runs `body` in a child, so that what it does to itself ends with it; 77: cannot be tried here. */
static void in_child(const struct library *library, int (*body)(const struct library *))
{
    pid_t child;
    int status;

    fflush(NULL);
    child = fork();
    if (child == 0)
        _exit(body(library));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) {
        print_message("[  SKIPPED ] not allowed here\n");
        skip();
    }
    if (WEXITSTATUS(status) != 0)
        fail_msg("step %d in the child failed", WEXITSTATUS(status));
}

static int read_only_child(const struct library *library)
{
    struct error err = { 0 };
    struct store *store;
    int64_t id = 0;

    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        return 77;
    if (store_open(&store, library->dir, &(struct store_options){ .create = true }, &err)
        != ERR_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    if (works_find(store, &id, "x:1", &err) != ERR_OK || id != 1)
        return 2;
    if (state_star(store, id, true, &err) != ERR_READONLY)
        return 3;
    if (!strstr(err.message, "reading only"))
        return 4;
    store_close(store);
    return 0;
}

static void make_read_only(const struct library *library, mode_t folder, mode_t file)
{
    char *path = path_join(library->dir, "library.db");
    struct store *store = library_open(library);

    library_add(store, "x:1", "a title", "an abstract", "An Author");
    store_close(store);
    chmod(library->root, 0755);
    assert_int_equal(chmod(path, file), 0);
    assert_int_equal(chmod(library->dir, folder), 0);
    in_child(library, read_only_child);
    free(path);
}

static void test_read_only_folder(void **state)
{
    make_read_only(*state, 0555, 0444);
    chmod(((struct library *)*state)->dir, 0755);
}

static void test_read_only_file(void **state)
{
    make_read_only(*state, 0777, 0444);
}

static int log_left_child(const struct library *library)
{
    struct error err = { 0 };
    struct store *store;
    int64_t id = 0;

    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        return 77;
    if (store_open(&store, library->dir, &(struct store_options){ 0 }, &err) != ERR_OK)
        return strstr(err.message, "cannot open") || strstr(err.message, "reading only") ? 0 : 1;
    /* If it opens, then with what the log holds. */
    id = works_find(store, &id, "x:1", &err) == ERR_OK ? id : 0;
    store_close(store);
    return id == 1 ? 0 : 2;
}

/* A writer's log that nobody may read in: never the library of the day before, in silence. */
static void test_read_only_with_log(void **state)
{
    struct library *library = *state;
    char *copy = path_join(library->root, "copy"), *from = library->dir, *command;
    struct store *store = library_open(library);

    library_add(store, "x:1", "a title", "an abstract", "An Author");
    command = mem_printf("mkdir %s && cp %s/library.db %s/library.db-wal %s && chmod 0644 %s/* && "
                         "chmod 0555 %s && chmod 0755 %s",
                         copy, from, from, copy, copy, copy, library->root);
    assert_int_equal(system(command), 0);
    store_close(store);
    library->dir = copy;
    in_child(library, log_left_child);
    library->dir = from;
    chmod(copy, 0755);
    free(command);
    free(copy);
}

/* An odd name must not be read as a part of the URI. */
static void test_odd_folder_name(void **state)
{
    struct library *library = *state;
    struct store *store;

    free(library->dir);
    library->dir = path_join(library->root, "100%25 ?immutable=1#x");
    store = library_open(library);
    library_run(store, "INSERT INTO tag(name) VALUES('a')");
    store_close(store);
    store = library_open(library);
    assert_int_equal(library_int(store, "SELECT count(*) FROM tag"), 1);
    store_close(store);
}

static int fill_until(struct store *store, struct error *err)
{
    int i, result = ERR_OK;

    for (i = 0; i < 64 && result == ERR_OK; i++) {
        result = store_begin(store, err);
        if (result == ERR_OK)
            result = store_exec(
                store,
                "INSERT INTO note(work_id, body, created, changed) VALUES"
                "((SELECT ifnull(max(work_id), 0) + 1 FROM note), randomblob(1000000), 0, 0)",
                err);
        if (result == ERR_OK)
            result = store_commit(store, err);
        else
            store_rollback(store);
    }
    return result;
}

static int full_and_whole(const struct library *library)
{
    struct error err = { 0 };
    struct store *store;
    int64_t kept = 0, ok = 0;

    if (store_open(&store, library->dir, &(struct store_options){ .create = true }, &err) != ERR_OK)
        return 10;
    if (fill_until(store, &err) != ERR_FULL || !strstr(err.message, "disk is full")) {
        fprintf(stderr, "%d: %s\n", err.code, err.message);
        return 11;
    }
    if (store_in_transaction(store))
        return 12;
    if (store_query_int(store, "SELECT count(*) FROM note", &kept, &err) != ERR_OK || kept < 1)
        return 13;
    store_query_int(store, "SELECT quick_check = 'ok' FROM pragma_quick_check", &ok, NULL);
    if (!ok)
        return 14;
    store_close(store);
    return 0;
}

static int full_disk_child(const struct library *library)
{
    if (geteuid() != 0 || unshare(CLONE_NEWNS) != 0
        || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0
        || mount("tmpfs", library->root, "tmpfs", 0, "size=6m") != 0)
        return 77;
    return full_and_whole(library);
}

static int file_limit_child(const struct library *library)
{
    struct rlimit limit = { 6 << 20, 6 << 20 };

    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 77;
    return full_and_whole(library);
}

static void test_full_disk(void **state)
{
    in_child(*state, full_disk_child);
}

static void test_file_limit(void **state)
{
    in_child(*state, file_limit_child);
}

int store_open_tests(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, library_setup, library_teardown)
    const struct CMUnitTest tests[] = {
        ONE(test_absent),
        ONE(test_every_version),
        ONE(test_newer_is_left_alone),
        ONE(test_foreign_is_left_alone),
        ONE(test_not_a_database),
        ONE(test_damaged_page),
        ONE(test_read_only_folder),
        ONE(test_read_only_file),
        ONE(test_read_only_with_log),
        ONE(test_odd_folder_name),
        ONE(test_full_disk),
        ONE(test_file_limit),
    };
#undef ONE

    return cmocka_run_group_tests_name("store: opening", tests, NULL, NULL);
}
