/*
 * The model file: what is refused, and what texts and words become.
 */
#include "embed_test.h"

#include "carrel/file.h"

#include <math.h>
#include <unistd.h>

static struct str bytes = STR_INIT;
static struct embed_model *model;

static int model_setup(void **state)
{
    struct error err;

    (void)state;
    test_train(&bytes, (struct train_options){ .epochs = 20 }, 600);
    return embed_open_memory(&model, bytes.ptr, bytes.len, &err);
}

static int model_teardown(void **state)
{
    (void)state;
    embed_close(model);
    str_free(&bytes);
    return 0;
}

static void test_info(void **state)
{
    const struct embed_info *info = embed_info(model);
    struct error err = { 0 };

    (void)state;
    assert_int_equal(info->dim, 64);
    assert_int_equal(info->buckets, 200);
    assert_true(info->words > 450 && info->words <= 500);
    assert_int_equal(info->docs, 600);
    assert_int_equal(info->epochs, 20);
    assert_int_equal(info->batch, 64 * (600 / 16 / 64 ? 600 / 16 / 64 : 1));
    assert_int_equal(embed_size(model), bytes.len);
    assert_int_equal(strncmp(info->name, "carrel-64-", 10), 0);
    if (embed_verify(model, &err) != ERR_OK)
        fail_msg("%s", err.message);
}

static void test_file(void **state)
{
    char path[] = "/tmp/carrel-embed-XXXXXX";
    struct embed_model *mapped;
    struct error err = { 0 };
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(embed_open(&mapped, path, &err), ERR_PARSE); /* empty */
    assert_int_equal(file_write(path, bytes.ptr, bytes.len, &err), ERR_OK);
    assert_int_equal(embed_open(&mapped, path, &err), ERR_OK);
    assert_true(embed_info(mapped)->id == embed_info(model)->id);
    assert_int_equal(embed_verify(mapped, &err), ERR_OK);
    embed_close(mapped);
    assert_int_equal(file_write(path, bytes.ptr, bytes.len - 1, &err), ERR_OK);
    assert_int_equal(embed_open(&mapped, path, &err), ERR_PARSE);
    assert_non_null(strstr(err.message, "should be"));
    unlink(path);
    assert_int_equal(embed_open(&mapped, path, &err), ERR_IO);
    assert_null(mapped);
}

/* A changed byte is found: in the header at once, behind it by embed_verify. */
static void test_damage(void **state)
{
    char *copy = mem_dup(bytes.ptr, bytes.len);
    struct embed_model *damaged;
    struct error err = { 0 };
    size_t at;

    (void)state;
    for (at = 8; at < 512; at += 13) {
        copy[at] ^= 0x40;
        assert_true(embed_open_memory(&damaged, copy, bytes.len, &err) != ERR_OK);
        copy[at] ^= 0x40;
    }
    for (at = 512; at < bytes.len; at += bytes.len / 50) {
        copy[at] ^= 0x40;
        assert_int_equal(embed_open_memory(&damaged, copy, bytes.len, &err), ERR_OK);
        assert_int_equal(embed_verify(damaged, &err), ERR_CORRUPT);
        embed_close(damaged);
        copy[at] ^= 0x40;
    }
    free(copy);
}

static void test_newer(void **state)
{
    char *copy = mem_dup(bytes.ptr, bytes.len);
    struct embed_model *newer;
    struct error err = { 0 };

    (void)state;
    copy[8] = 99;
    assert_int_equal(embed_open_memory(&newer, copy, bytes.len, &err), ERR_VERSION);
    copy[0] = 'x';
    assert_int_equal(embed_open_memory(&newer, copy, bytes.len, &err), ERR_PARSE);
    free(copy);
}

static float cosine(const float *a, const float *b, size_t dim)
{
    float sum = 0;
    size_t i;

    for (i = 0; i < dim; i++)
        sum += a[i] * b[i];
    return sum;
}

static void test_texts(void **state)
{
    char *title, *abstract, *other_title, *other_abstract;
    float a[64], b[64], c[64], sum[64] = { 0 };
    size_t i;

    (void)state;
    test_paper(3, &title, &abstract);
    test_paper(4, &other_title, &other_abstract);
    assert_true(embed_text(model, title, NULL, a));
    assert_true(embed_text(model, NULL, abstract, b));
    assert_true(embed_text(model, other_title, other_abstract, c));
    assert_true(fabsf(cosine(a, a, 64) - 1) < 1e-5f);
    assert_true(cosine(a, b, 64) > cosine(a, c, 64) + 0.2f);
    assert_true(embed_text(model, title, abstract, a));
    assert_true(embed_add_text(model, sum, title, strlen(title)) > 0);
    assert_true(embed_add_text(model, sum, abstract, strlen(abstract)) > 0);
    assert_true(embed_normalise(sum, 64));
    for (i = 0; i < 64; i++)
        assert_true(fabsf(sum[i] - a[i]) < 1e-6f);
    assert_false(embed_text(model, "", " ... ", a));
    for (i = 0; i < 64; i++)
        assert_true(a[i] == 0);
    free(title);
    free(abstract);
    free(other_title);
    free(other_abstract);
}

/* Prepared stems give what their text gives. */
static void test_stems(void **state)
{
    char first[16], second[16], text[64], stems[64];
    float a[64] = { 0 }, b[64] = { 0 };

    (void)state;
    test_word(first, 1, 2);
    test_word(second, 1, 9);
    snprintf(text, sizeof text, "%s, %s; unheardof", first, second);
    snprintf(stems, sizeof stems, "\x01%s\x1F%s\x1Funheardof", first, second);
    assert_int_equal(embed_add_text(model, a, text, strlen(text)), 3);
    assert_int_equal(embed_add_stems(model, b, stems, strlen(stems)), 3);
    assert_memory_equal(a, b, sizeof a);
    assert_int_equal(embed_add_stems(model, b, "", 0), 0);
    assert_int_equal(embed_add_stems(model, b, "\x01", 1), 0);
}

static void test_words(void **state)
{
    char near[16], alike[16], far[16];
    struct embed_term a, b, c;
    uint32_t word;
    size_t len;

    (void)state;
    test_word(near, 5, 0);
    test_word(alike, 5, 10); /* what abstracts say for it */
    test_word(far, 9, 3);
    word = embed_word(model, near, strlen(near));
    assert_true(word != EMBED_NONE);
    assert_memory_equal(embed_word_stem(model, word, &len), near, strlen(near));
    assert_int_equal(len, strlen(near));
    assert_true(embed_term(model, &a, near, strlen(near)));
    assert_true(embed_term(model, &b, alike, strlen(alike)));
    assert_true(embed_term(model, &c, far, strlen(far)));
    assert_int_equal(a.word, word);
    assert_memory_equal(a.vector, embed_word_row(model, word), 64);
    assert_true(embed_cosine(a.vector, b.vector, 64) > embed_cosine(a.vector, c.vector, 64) + 0.2f);
    assert_true(embed_word_weight(model, word)
                > embed_word_weight(model, embed_word(model, "the", 3)));
    assert_true(embed_word_idf(model, word) > embed_word_idf(model, embed_word(model, "the", 3)));
    assert_true(embed_word(model, "unheardof", 9) == EMBED_NONE);
    assert_true(embed_word(model, "", 0) == EMBED_NONE);
    assert_int_equal(embed_word_stem(model, EMBED_NONE, &len)[0], '\0');
    embed_term(model, &c, "unheardof", 9);
    assert_true(c.word == EMBED_NONE);
}

static void test_quantise(void **state)
{
    float vector[100];
    int8_t bytes8[100], again[100];
    uint64_t signs[2];
    size_t i;

    (void)state;
    for (i = 0; i < 100; i++)
        vector[i] = sinf((float)i * 1.7f);
    embed_quantise(bytes8, vector, 100);
    for (i = 0; i < 100; i++)
        vector[i] *= -3;
    embed_quantise(again, vector, 100);
    assert_true(embed_cosine(bytes8, again, 100) < -0.9999f);
    assert_true(embed_cosine(bytes8, bytes8, 100) > 0.9999f);
    embed_signs(signs, bytes8, 100);
    for (i = 0; i < 100; i++)
        assert_int_equal((signs[i / 64] >> (i % 64)) & 1, bytes8[i] >= 0);
    assert_true(signs[1] >> 36 == 0);
    memset(bytes8, -1, sizeof bytes8);
    embed_signs(signs, bytes8, 100);
    assert_true(signs[0] != 0); /* all 0 means none */
    memset(vector, 0, sizeof vector);
    embed_quantise(bytes8, vector, 100);
    assert_true(embed_cosine(bytes8, again, 100) == 0);
    vector[3] = INFINITY;
    embed_quantise(bytes8, vector, 100);
    assert_int_equal(bytes8[3], 0);
}

int embed_model_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_info),   cmocka_unit_test(test_file),
        cmocka_unit_test(test_damage), cmocka_unit_test(test_newer),
        cmocka_unit_test(test_texts),  cmocka_unit_test(test_stems),
        cmocka_unit_test(test_words),  cmocka_unit_test(test_quantise),
    };

    return cmocka_run_group_tests_name("model", tests, model_setup, model_teardown);
}
