/*
 * Whose a file is: carrel's when it is what was written there, anybody's when it is not; and where
 * that is remembered when the library's folder cannot be written to.
 */
#include "../../src/app/own_file.h"

#include "carrel/file.h"
#include "carrel/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct places {
    char *root, *library, *path, *list;
};

static void places_make(struct places *p, bool library)
{
    p->root = path_temporary("own");
    assert_non_null(mkdtemp(p->root));
    setenv("XDG_DATA_HOME", p->root, 1);
    p->library = path_join(p->root, "library");
    p->path = path_join(p->root, "out.ris");
    p->list = path_join(p->root, library ? "library/written" : "carrel/written");
    if (library)
        assert_int_equal(folder_make(p->library, NULL), ERR_OK);
}

static void places_free(struct places *p)
{
    char *command = mem_printf("rm -rf '%s'", p->root);

    assert_int_equal(system(command), 0); /* NOLINT: a folder of our own */
    free(command);
    free(p->root);
    free(p->library);
    free(p->path);
    free(p->list);
}

static void write_and_guard(bool library)
{
    struct error err = { 0 };
    struct places p;
    struct own_file own;

    places_make(&p, library);
    own = (struct own_file){ .library = p.library, .path = p.path, .command = "export" };
    assert_int_equal(own_file_write(&own, "one\n", 4, &err), ERR_OK);
    assert_true(file_exists(p.list));
    assert_int_equal(own_file_write(&own, "two\n", 4, &err), ERR_OK);
    assert_int_equal(file_size(p.list), 64 + 1 + (int64_t)strlen(p.path) + 1);
    assert_int_equal(file_write(p.path, "mine\n", 5, NULL), ERR_OK);
    assert_int_equal(own_file_write(&own, "three\n", 6, &err), ERR_EXISTS);
    assert_non_null(strstr(err.message, "export --force replaces it"));
    assert_int_equal(file_size(p.path), 5);
    own.mark = "min";
    assert_int_equal(own_file_check(&own, &err), ERR_OK);
    own.mark = "mine, and more than there is";
    assert_int_equal(own_file_check(&own, &err), ERR_EXISTS);
    own.force = true;
    assert_int_equal(own_file_write(&own, "four\n", 5, &err), ERR_OK);
    own.force = false;
    assert_int_equal(own_file_write(&own, "five\n", 5, &err), ERR_OK);
    places_free(&p);
}

static void test_in_the_library(void **state)
{
    (void)state;
    write_and_guard(true);
}

static void test_at_home(void **state)
{
    (void)state;
    write_and_guard(false);
}

int app_own_files_tests(void);
int app_own_files_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_the_library),
        cmocka_unit_test(test_at_home),
    };

    return cmocka_run_group_tests_name("files of one's own", tests, NULL, NULL);
}
