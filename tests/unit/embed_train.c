/*
 * Training: it learns, it is the same whatever the threads do, it goes on from a base, it stops
 * when asked, and it says no to what cannot work.
 */
#include "embed_test.h"

static void test_same_bytes(void **state)
{
    struct str one = STR_INIT, three = STR_INIT, other = STR_INIT;

    (void)state;
    test_train(&one, (struct train_options){ .threads = 1, .batch = 128 }, 2100);
    test_train(&three, (struct train_options){ .threads = 3, .batch = 128 }, 2100);
    test_train(&other, (struct train_options){ .threads = 3, .batch = 128, .seed = 2 }, 2100);
    assert_int_equal(one.len, three.len);
    assert_memory_equal(one.ptr, three.ptr, one.len);
    assert_true(other.len != one.len || memcmp(one.ptr, other.ptr, one.len) != 0);
    str_free(&one);
    str_free(&three);
    str_free(&other);
}

/* Titles share no word with their abstract (see test_paper). */
static void test_learns(void **state)
{
    struct str none = STR_INIT, some = STR_INIT;
    struct trainer *trainer;
    struct embed_model *before, *after;
    struct train_score a, b;
    struct error err = { 0 };
    double difference, error;

    (void)state;
    test_train(&none, (struct train_options){ .epochs = 1, .rate = 1e-7 }, 600);
    trainer = test_trainer((struct train_options){ .epochs = 6 }, 600);
    assert_int_equal(trainer_run(trainer, &err), ERR_OK);
    assert_int_equal(trainer_model(trainer, &some, &err), ERR_OK);
    assert_int_equal(embed_open_memory(&before, none.ptr, none.len, &err), ERR_OK);
    assert_int_equal(embed_open_memory(&after, some.ptr, some.len, &err), ERR_OK);
    assert_int_equal(trainer_evaluate(trainer, before, &a, &err), ERR_OK);
    assert_int_equal(trainer_evaluate(trainer, after, &b, &err), ERR_OK);
    assert_true(b.queries > 20 && b.pool == 600);
    assert_true(b.title_mrr > a.title_mrr + 0.1);
    assert_true(embed_info(after)->title_hit == b.title_hit);
    assert_true(embed_info(after)->sentence_hit == b.sentence_hit);
    train_score_compare(&a, &b, &difference, &error);
    assert_true(difference > 2 * error && error > 0);
    train_score_compare(&b, &b, &difference, &error);
    assert_true(difference == 0 && error == 0);
    train_score_free(&a);
    train_score_free(&b);
    embed_close(before);
    embed_close(after);
    trainer_free(trainer);
    str_free(&none);
    str_free(&some);
}

/* Papers of a base's subjects with words it has never met. */
static void test_base(void **state)
{
    struct str first = STR_INIT, second = STR_INIT;
    struct trainer *trainer;
    struct embed_model *base, *tuned;
    struct error err = { 0 };
    int i;

    (void)state;
    test_train(&first, (struct train_options){ 0 }, 600);
    assert_int_equal(embed_open_memory(&base, first.ptr, first.len, &err), ERR_OK);
    trainer = test_trainer((struct train_options){ .base = base, .batch = 64 }, 0);
    for (i = 0; i < 600; i++) {
        char *title, *abstract, *longer;

        test_paper(i, &title, &abstract);
        longer = mem_printf("%s Then quuxite and blorbium again.", abstract);
        assert_true(trainer_add(trainer, title, longer));
        free(title);
        free(abstract);
        free(longer);
    }
    assert_true(embed_word(base, "quuxit", 6) == EMBED_NONE);
    assert_int_equal(trainer_run(trainer, &err), ERR_OK);
    assert_int_equal(trainer_model(trainer, &second, &err), ERR_OK);
    assert_int_equal(embed_open_memory(&tuned, second.ptr, second.len, &err), ERR_OK);
    assert_int_equal(embed_verify(tuned, &err), ERR_OK);
    assert_true(embed_info(tuned)->base == embed_info(base)->id);
    assert_true(embed_info(tuned)->words > embed_info(base)->words);
    assert_true(embed_word(tuned, "quuxit", 6) != EMBED_NONE);
    assert_int_equal(embed_word(tuned, "the", 3), embed_word(base, "the", 3));
    trainer_free(trainer);
    embed_close(tuned);
    embed_close(base);
    str_free(&first);
    str_free(&second);
}

static atomic_bool stop;
static long stopped_at;

static void stop_soon(void *ctx, const struct train_progress *progress)
{
    (void)ctx;
    assert_true(progress->step <= progress->steps && progress->epoch <= progress->epochs);
    assert_true(progress->loss > 0 && progress->loss < 20);
    stopped_at = progress->step;
    if (progress->step == 3)
        atomic_store(&stop, true);
}

static void test_cancel(void **state)
{
    struct trainer *trainer = test_trainer(
        (struct train_options){ .cancel = &stop, .progress = stop_soon, .epochs = 50 }, 600);
    struct str out = STR_INIT;
    struct error err = { 0 };

    (void)state;
    assert_int_equal(trainer_run(trainer, &err), ERR_CANCELLED);
    assert_int_equal(stopped_at, 3);
    assert_int_equal(trainer_model(trainer, &out, &err), ERR_FAILED);
    trainer_free(trainer);
    str_free(&out);
}

static void test_refused(void **state)
{
    struct trainer *trainer = test_trainer((struct train_options){ 0 }, 100);
    struct error err = { 0 };
    char *title, *abstract;

    (void)state;
    test_paper(5, &title, &abstract);
    assert_false(trainer_add(trainer, title, abstract)); /* seen */
    assert_false(trainer_add(trainer, "A new title", "Too short."));
    assert_false(trainer_add(trainer, NULL, abstract));
    assert_false(trainer_add(trainer, "", abstract));
    assert_int_equal(trainer_docs(trainer), 100);
    assert_int_equal(trainer_run(trainer, &err), ERR_LIMIT);
    assert_non_null(strstr(err.message, "too few"));
    free(title);
    free(abstract);
    trainer_free(trainer);
}

int embed_train_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_learns),
        cmocka_unit_test(test_base),       cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests_name("train", tests, NULL, NULL);
}
