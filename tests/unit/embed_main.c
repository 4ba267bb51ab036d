/*
 * Embedding models: the file and its checks, kernels, training. See embed_test.h.
 */
#include "embed_test.h"

void test_word(char out[16], int subject, int at)
{
    snprintf(out, 16, "%c%c%c%c%c", 'b' + subject % 20, 'a' + 4 * (subject / 20), 'k' + at % 8, 'o',
             "dgm"[at / 8]);
}

/* A small generator of its own, so that the texts never change. */
static unsigned test_random(unsigned *state)
{
    *state = *state * 1103515245u + 12345u;
    return *state >> 16;
}

/* `count` words among four of a subject, with what stands between words. */
static void test_words(struct str *out, int subject, const int four[4], int shift, int count,
                       unsigned *state)
{
    static const char *const common[] = { "the", "of", "and", "we", "show", "with", "model" };
    char word[16];
    int i;

    for (i = 0; i < count; i++) {
        test_word(word, subject, four[i < 4 ? i : (int)(test_random(state) % 4)] + shift);
        str_printf(out, "%s%s", i ? " " : "", word);
        if (test_random(state) % 2)
            str_printf(out, " %s", common[test_random(state) % 7]);
    }
}

/* Titles use the first half of a subject's words, abstracts say the same with the second: only who
 * has learned which mean alike finds one by the other. */
void test_paper(int number, char **title, char **abstract)
{
    struct str text = STR_INIT;
    unsigned state = (unsigned)number * 7919u + 17u;
    int four[4], i;

    for (i = 0; i < 4; i++)
        four[i] = (int)(test_random(&state) % (SUBJECT_WORDS / 2));
    test_words(&text, number % SUBJECTS, four, 0, 4, &state);
    str_printf(&text, " n%d", number);
    *title = str_take(&text);
    for (i = 0; i < 4; i++) {
        str_add(&text, "In ");
        test_words(&text, number % SUBJECTS, four, SUBJECT_WORDS / 2, 8, &state);
        str_add(&text, ". ");
    }
    *abstract = str_take(&text);
}

struct trainer *test_trainer(struct train_options options, int papers)
{
    struct trainer *trainer;
    int i;

    if (options.dim == 0)
        options.dim = 64;
    if (options.epochs == 0)
        options.epochs = 4;
    if (options.words == 0)
        options.words = 500;
    if (options.buckets == 0)
        options.buckets = 200;
    if (options.batch == 0)
        options.batch = 64;
    trainer = trainer_new(&options);
    for (i = 0; i < papers; i++) {
        char *title, *abstract;

        test_paper(i, &title, &abstract);
        assert_true(trainer_add(trainer, title, abstract));
        free(title);
        free(abstract);
    }
    return trainer;
}

void test_train(struct str *out, struct train_options options, int papers)
{
    struct trainer *trainer = test_trainer(options, papers);
    struct error err = { 0 };

    if (trainer_run(trainer, &err) != ERR_OK || trainer_model(trainer, out, &err) != ERR_OK)
        fail_msg("%s", err.message);
    trainer_free(trainer);
}

int main(void)
{
    return embed_kernel_tests() + embed_model_tests() + embed_train_tests();
}
