/*
 * Core: signatures of messages, against vectors that others have published, and everything that is
 * none; where a text is cut.
 */
#include "carrel/error.h"
#include "carrel/file.h"
#include "carrel/mem.h"
#include "carrel/signature.h"
#include "carrel/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static struct str text_of(const char *text)
{
    struct str out = STR_INIT;

    str_add(&out, text);
    return out;
}

/* The expected digits are those of Python's hmac module. */
static void test_known(void **state)
{
    struct str secret = text_of("0123456789abcdef0123456789abcdef"), out = STR_INIT;

    (void)state;
    signature_write(&out, &secret, 1772366400, "{\"a\":1}", 7);
    assert_string_equal(out.ptr,
                        "t=1772366400,v1="
                        "d6f102980dc74a35254b9d465a225d98d889d9eee2db5b09eba162bf9a82a00f");
    str_free(&out);
    str_free(&secret);
}

static void test_round(void **state)
{
    struct str secret = text_of("0123456789abcdef0123456789abcdef"),
               other = text_of("0123456789abcdef0123456789abcdeg"), out = STR_INIT;
    const char body[] = "with\0a byte of nought";
    struct signature signature;

    (void)state;
    signature_write(&out, &secret, 77, body, sizeof body);
    assert_true(signature_parse(&signature, out.ptr));
    assert_int_equal(signature.at, 77);
    assert_true(signature_fits(&signature, &secret, body, sizeof body));
    assert_false(signature_fits(&signature, &secret, body, sizeof body - 1));
    assert_false(signature_fits(&signature, &other, body, sizeof body));
    signature.at = 78; /* the time is signed, too */
    assert_false(signature_fits(&signature, &secret, body, sizeof body));
    str_free(&out);
    str_free(&secret);
    str_free(&other);
}

/* Two secrets while one takes the other's place; members of other names. */
static void test_several(void **state)
{
    struct str secret = text_of("0123456789abcdef0123456789abcdef"), one = STR_INIT,
               header = STR_INIT;
    struct signature signature;

    (void)state;
    signature_write(&one, &secret, 77, "x", 1);
    str_printf(&header, "t=77, v0=abc,v1=" ZEROS ", %s", strstr(one.ptr, "v1="));
    assert_true(signature_parse(&signature, header.ptr));
    assert_int_equal(signature.count, 2);
    assert_true(signature_fits(&signature, &secret, "x", 1));
    str_free(&one);
    str_free(&header);
    str_free(&secret);
}

static void test_none(void **state)
{
    static const char *const none[] = {
        "",
        "t=1",
        "v1=" ZEROS,
        "t=,v1=" ZEROS,
        "t=0,v1=" ZEROS,
        "t=-5,v1=" ZEROS,
        "t= 5,v1=" ZEROS,
        "t=5x,v1=" ZEROS,
        "t=9999999999999999,v1=" ZEROS,
        "t=5,t=6,v1=" ZEROS,
        "t=5,v1=" ZEROS "0",
        "t=5,v1=0",
        "t=5,v1=ABCDEF0000000000000000000000000000000000000000000000000000000000",
        "t=5;v1=" ZEROS,
        "t=5,v1=" ZEROS ",v1=" ZEROS ",v1=" ZEROS ",v1=" ZEROS ",v1=" ZEROS,
    };
    struct signature signature;
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(none); i++)
        if (signature_parse(&signature, none[i]))
            fail_msg("'%s' is taken for a signature", none[i]);
}

static void test_timely(void **state)
{
    struct signature signature = { .at = 1000000 };

    (void)state;
    assert_true(signature_is_timely(&signature, 1000000));
    assert_true(signature_is_timely(&signature, 1000300));
    assert_false(signature_is_timely(&signature, 1000301));
    assert_true(signature_is_timely(&signature, 999700));
    assert_false(signature_is_timely(&signature, 999699));
}

static void test_fit(void **state)
{
    static const char text[] = "a\u00e9\u20ac"; /* 1, 2 and 3 bytes */
    static const size_t fit[] = { 0, 1, 1, 3, 3, 3, 6, 6 };
    size_t most;

    (void)state;
    for (most = 0; most < sizeof fit / sizeof *fit; most++)
        assert_int_equal(utf8_fit(text, most), fit[most]);
}

/* Where a folder above it cannot be made, that is the reason (nobody may write to /sys). */
static void test_folder(void **state)
{
    struct error err = { 0 };

    (void)state;
    assert_int_not_equal(folder_make("/sys/carrel/config/carrel", &err), ERR_OK);
    assert_non_null(strstr(err.message, "cannot make the folder /sys/carrel/config/carrel: "));
    assert_null(strstr(err.message, "No such file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),   cmocka_unit_test(test_round),
        cmocka_unit_test(test_several), cmocka_unit_test(test_none),
        cmocka_unit_test(test_timely),  cmocka_unit_test(test_fit),
        cmocka_unit_test(test_folder),
    };

    return cmocka_run_group_tests_name("signature", tests, NULL, NULL);
}
