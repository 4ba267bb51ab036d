/*
 * What the tests of published sites share: see exchange_test.h.
 */
#include "exchange_test.h"

#include "carrel/mem.h"
#include "carrel/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

int exchange_folder(void **state)
{
    char *dir = mem_strdup("/tmp/carrel-exchange-XXXXXX");

    assert_non_null(mkdtemp(dir));
    *state = dir;
    return 0;
}

int exchange_folder_gone(void **state)
{
    char *command = mem_printf("rm -rf %s", (char *)*state);
    int result = system(command);

    free(command);
    free(*state);
    return result;
}

void exchange_put(struct site *site, const char *path, const char *text, uint64_t fingerprint)
{
    struct str body = STR_INIT;
    struct error err;

    str_add(&body, text);
    assert_int_equal(site_put(site, path, &body, 1, fingerprint, &err), ERR_OK);
    str_free(&body);
}

struct site *exchange_site(const char *dir)
{
    struct site *site;
    struct error err;

    assert_int_equal(site_open(&site, dir, &err), ERR_OK);
    return site;
}

struct site_report exchange_finish(struct site *site)
{
    struct site_report report;
    struct error err;

    assert_int_equal(site_finish(site, &report, &err), ERR_OK);
    site_free(site);
    return report;
}
