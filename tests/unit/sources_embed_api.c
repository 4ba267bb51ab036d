/*
 * The embeddings API: what is asked, and every way an answer can be wrong.
 */
#include "carrel/embed_api.h"
#include "carrel/mem.h"

#include "sources_check.h"

#include <stdlib.h>

static void check_parse(const char *json, size_t count, size_t dim, const char *complaint)
{
    struct embed_api_answer answer;
    struct error err = { 0 };
    int result = embed_api_parse(&answer, json, strlen(json), count, dim, &err);

    if (!complaint) {
        if (result != ERR_OK)
            fail_msg("%s", err.message);
        free(answer.vectors);
        return;
    }
    assert_int_equal(result, ERR_PARSE);
    assert_null(answer.vectors);
    if (!strstr(err.message, complaint))
        fail_msg("expected '%s' in '%s'", complaint, err.message);
}

static void test_request(void **state)
{
    const char *const texts[] = { "one \"quoted\"", "two\nlines" };
    struct str out = STR_INIT;

    (void)state;
    embed_api_request(&out, "some-model", texts, 2);
    assert_string_equal(out.ptr, "{\"model\":\"some-model\",\"input\":[\"one \\\"quoted\\\"\","
                                 "\"two\\nlines\"],\"encoding_format\":\"float\"}");
    str_clear(&out);
    embed_api_url(&out, "http://127.0.0.1:8080/v1//");
    assert_string_equal(out.ptr, "http://127.0.0.1:8080/v1/embeddings");
    str_free(&out);
}

static void test_order(void **state)
{
    static const char json[] = "{\"data\":[{\"index\":1,\"embedding\":[3,-4.5]},"
                               "{\"index\":0,\"embedding\":[1,2e-1]}],"
                               "\"usage\":{\"total_tokens\":12}}";
    struct embed_api_answer answer;

    (void)state;
    assert_int_equal(embed_api_parse(&answer, json, strlen(json), 2, 2, NULL), ERR_OK);
    assert_int_equal(answer.dim, 2);
    assert_int_equal(answer.tokens, 12);
    assert_true(answer.vectors[0] == 1 && answer.vectors[1] == 0.2f);
    assert_true(answer.vectors[2] == 3 && answer.vectors[3] == -4.5f);
    free(answer.vectors);
    /* Without numbers the order is that of the texts; usage may be left out. */
    check_parse("{\"data\":[{\"embedding\":[1]},{\"embedding\":[2]}]}", 2, 0, NULL);
}

static void test_wrong(void **state)
{
    static const struct {
        const char *json, *complaint;
    } cases[] = {
        { "", "no JSON" },
        { "<html>", "no JSON" },
        { "{}", "2 vectors were asked for and 0 came" },
        { "[]", "0 came" },
        { "{\"data\":[]}", "0 came" },
        { "{\"data\":{\"0\":1,\"1\":2}}", "asked for" },
        { "{\"data\":[{\"index\":0,\"embedding\":[1]}]}", "1 came" },
        { "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":0,\"embedding\":[1]}]}",
          "numbered wrongly" },
        { "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":2,\"embedding\":[1]}]}",
          "numbered wrongly" },
        { "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":-1,\"embedding\":[1]}]}",
          "numbered wrongly" },
        { "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":1,\"embedding\":[1,2]}]}",
          "1 and 2 numbers" },
        { "{\"data\":[{\"index\":0,\"embedding\":[]},{\"index\":1,\"embedding\":[]}]}",
          "0 numbers" },
        { "{\"data\":[{\"index\":0,\"embedding\":\"AAAA\"},{\"index\":1}]}", "0 numbers" },
        { "{\"data\":[{\"index\":0,\"embedding\":[null]},{\"index\":1,\"embedding\":[1]}]}",
          "no number" },
        { "{\"data\":[{\"index\":0,\"embedding\":[1e300]},{\"index\":1,\"embedding\":[1]}]}",
          "no number" },
        { "{\"data\":[7,8]}", "0 numbers" },
        { "{\"error\":{\"message\":\"model not loaded\"}}", "the server says: model not loaded" },
        { "{\"error\":\"busy\"}", "the server says: busy" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(cases); i++)
        check_parse(cases[i].json, 2, 0, cases[i].complaint);
    check_parse("{\"data\":[{\"embedding\":[1,2]}]}", 1, 3, "2 numbers, not 3");
}

int run_embed_api(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_request),
                                        cmocka_unit_test(test_order),
                                        cmocka_unit_test(test_wrong) };

    return cmocka_run_group_tests_name("embed_api", tests, NULL, NULL);
}
