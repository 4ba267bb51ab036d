/*
 * Which stems get a row: the most frequent ones, or those of the model that training starts from
 * and what is frequent here and new to it. All others are spelled from buckets.
 */
#include "train.h"

#include <stdlib.h>
#include <string.h>

#define NEW_WORDS_MAX 16000 /* beside those of a base */
#define NEW_COUNT_MIN 5     /* occurrences of a new word */

static int word_compare(const void *a, const void *b)
{
    const struct corpus_stem *x = *(const struct corpus_stem *const *)a;
    const struct corpus_stem *y = *(const struct corpus_stem *const *)b;
    uint32_t len = x->len < y->len ? x->len : y->len;
    int order;

    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    order = memcmp(x->text, y->text, len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

static float word_idf(const struct corpus *corpus, const struct corpus_stem *stem)
{
    return (float)number_log((double)corpus->len / (double)stem->docs);
}

/* The base's words keep their numbers. */
static void words_of_base(struct vocabulary_rows *out, const struct corpus *corpus,
                          const struct embed_model *base)
{
    uint32_t i;

    for (i = 0; i < base->info.words; i++) {
        size_t len;
        const char *text = embed_word_stem(base, i, &len);
        const uint64_t *number = hashmap_get(corpus->known, text, len);

        out->word[i] = (struct vocabulary_word){ .text = text,
                                                 .len = (uint32_t)len,
                                                 .count = number ? corpus->stem[*number].count : 0,
                                                 .idf = embed_word_idf(base, i) };
    }
    out->words = base->info.words;
}

static bool word_wanted(const struct corpus_stem *stem, const struct embed_model *base)
{
    return stem->count > 0
           && (!base
               || (stem->count >= NEW_COUNT_MIN
                   && embed_word(base, stem->text, stem->len) == EMBED_NONE));
}

static void words_of_corpus(struct vocabulary_rows *out, const struct corpus *corpus,
                            const struct embed_model *base, size_t most)
{
    const struct corpus_stem **order = mem_alloc((corpus->stem_len + 1) * sizeof *order);
    size_t count = 0, i;

    for (i = 0; i < corpus->stem_len; i++)
        if (word_wanted(&corpus->stem[i], base))
            order[count++] = &corpus->stem[i];
    qsort(order, count, sizeof *order, word_compare);
    for (i = 0; i < count && i < most; i++)
        out->word[out->words++] = (struct vocabulary_word){ .text = order[i]->text,
                                                            .len = order[i]->len,
                                                            .count = order[i]->count,
                                                            .idf = word_idf(corpus, order[i]) };
    free(order);
}

/* The rows of every stem of the corpus, one after the other. */
static void rows_of_stems(struct vocabulary_rows *out, const struct corpus *corpus)
{
    uint32_t *word_of = mem_alloc((corpus->stem_len + 1) * sizeof *word_of), i;
    uint32_t pieces[PIECES_MAX];
    size_t len = 0, cap = 0, s, k;

    memset(word_of, 0xFF, (corpus->stem_len + 1) * sizeof *word_of);
    for (i = 0; i < out->words; i++) {
        const uint64_t *number = hashmap_get(corpus->known, out->word[i].text, out->word[i].len);

        if (number)
            word_of[*number] = i;
    }
    out->first = mem_alloc((corpus->stem_len + 1) * sizeof *out->first);
    for (s = 0; s < corpus->stem_len; s++) {
        out->first[s] = (uint32_t)len;
        if (word_of[s] != EMBED_NONE) {
            VEC_PUSH(out->rows, len, cap, word_of[s]);
            continue;
        }
        k = model_pieces(pieces, corpus->stem[s].text, corpus->stem[s].len, out->buckets);
        for (i = 0; i < k; i++)
            VEC_PUSH(out->rows, len, cap, out->words + pieces[i]);
    }
    out->first[corpus->stem_len] = (uint32_t)len;
    free(word_of);
}

void vocabulary_choose(struct vocabulary_rows *out, const struct corpus *corpus,
                       const struct train_options *options)
{
    const struct embed_model *base = options->base;
    size_t most = base ? NEW_WORDS_MAX : (size_t)options->words;

    memset(out, 0, sizeof *out);
    if (base && most > MODEL_WORDS_MAX - base->info.words)
        most = MODEL_WORDS_MAX - base->info.words;
    out->word = mem_zalloc(((base ? base->info.words : 0) + most + 1) * sizeof *out->word);
    out->buckets = base ? base->info.buckets : (uint32_t)options->buckets;
    if (base)
        words_of_base(out, corpus, base);
    words_of_corpus(out, corpus, base, most);
    rows_of_stems(out, corpus);
}

void vocabulary_rows_free(struct vocabulary_rows *rows)
{
    free(rows->word);
    free(rows->first);
    free(rows->rows);
    memset(rows, 0, sizeof *rows);
}
