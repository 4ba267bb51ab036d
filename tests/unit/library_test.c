/*
 * What the tests of the library share: see library_test.h.
 */
#include "library_test.h"

#include "carrel/library.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

char *library_test_folder(void)
{
    char *dir = mem_strdup("/tmp/carrel-library-XXXXXX");

    assert_non_null(mkdtemp(dir));
    return dir;
}

int library_test_gone(char *dir)
{
    char *command = mem_printf("rm -rf %s", dir);
    int result = system(command);

    free(command);
    free(dir);
    return result;
}

void library_test_import(const char *dir, const struct record *record)
{
    struct importer *importer;
    struct error err = { 0 };

    assert_int_equal(importer_new(&importer, dir, &err), ERR_OK);
    assert_int_equal(importer_add(importer, record, &err), ERR_OK);
    assert_int_equal(importer_finish(importer, NULL, &err), ERR_OK);
    importer_free(importer);
}

int library_test_open(char **dir, struct store **store, struct arena **arena)
{
    struct store_options options = { .create = true };
    struct error err;

    *arena = arena_new();
    *dir = library_test_folder();
    return store_open(store, *dir, &options, &err);
}

int library_test_close(char *dir, struct store *store, struct arena *arena)
{
    store_close(store);
    arena_free(arena);
    return library_test_gone(dir);
}
