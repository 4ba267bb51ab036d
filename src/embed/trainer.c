/*
 * The trainer as its callers see it: options, papers, the papers kept out, the table at the start.
 */
#include "train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HELD_MAX 10000
#define HELD_SHARE 40 /* one paper in so many is kept out; of small corpora more */
#define HELD_SMALL 10 /* one in so many below SMALL_DOCS */
#define SMALL_DOCS 40000
#define BATCH_MIN 64
#define BATCH_MAX 8192
#define WHOLE_WEIGHT 0.7 /* of buckets, at the start: together about that of a rare word */
#define GRAM_WEIGHT 0.3

struct trainer *trainer_new(const struct train_options *options)
{
    struct trainer *trainer = mem_zalloc(sizeof *trainer);
    struct train_options *own = &trainer->options;
    const struct embed_model *base = options->base;

    *own = *options;
    if (own->dim == 0)
        own->dim = 256;
    if (base)
        own->dim = embed_info(base)->dim;
    if (own->epochs == 0)
        own->epochs = base ? 3 : 8;
    if (own->words == 0)
        own->words = 64000;
    if (own->buckets == 0)
        own->buckets = 20000;
    if (own->threads == 0)
        own->threads = 2;
    if (own->rate <= 0)
        own->rate = base ? 0.001 : 0.01;
    if (own->temperature <= 0)
        own->temperature = 0.05;
    if (own->drop <= 0)
        own->drop = 0.5;
    if (own->sif <= 0)
        own->sif = 0.001;
    if (own->seed == 0)
        own->seed = 1;
    corpus_init(&trainer->corpus);
    trainer->team = team_new(own->threads);
    return trainer;
}

static void table_free(struct table *table)
{
    free(table->e);
    free(table->m);
    free(table->v);
    free(table->a);
    free(table->am);
    free(table->av);
}

void trainer_free(struct trainer *trainer)
{
    if (!trainer)
        return;
    corpus_free(&trainer->corpus);
    vocabulary_rows_free(&trainer->vocabulary);
    table_free(&trainer->table);
    team_free(trainer->team);
    free(trainer);
}

bool trainer_cancelled(const struct trainer *trainer)
{
    return trainer->options.cancel && atomic_load(trainer->options.cancel);
}

bool trainer_add(struct trainer *trainer, const char *title, const char *abstract)
{
    return corpus_add(&trainer->corpus, title, abstract);
}

long trainer_docs(const struct trainer *trainer)
{
    return (long)trainer->corpus.len;
}

/* ---- the table at the start ---- */

static void row_random(struct table *table, uint32_t row, uint64_t seed)
{
    struct random random = random_of(seed, UINT64_MAX, row);
    float scale = sqrtf(1 / (float)table->dim);
    uint32_t k;

    for (k = 0; k < table->dim; k++)
        table->e[(size_t)row * table->dim + k] = scale * random_normal(&random);
}

static double word_weight(const struct trainer *trainer, const struct vocabulary_word *word,
                          double total)
{
    double share = (double)word->count / total;

    return number_log(trainer->options.sif / (trainer->options.sif + share));
}

/* A row of the base, its length and its weight apart again. */
static void row_of_base(struct table *table, uint32_t row, const struct embed_model *base,
                        uint32_t from)
{
    const struct model_row *old = &base->rows[from];
    const int8_t *bytes = base->table + (size_t)from * table->dim;
    uint32_t k;
    float scale;

    table->a[row] = (float)old->log_weight / MODEL_FIXED;
    scale = old->scale / (float)number_exp(table->a[row]);
    for (k = 0; k < table->dim; k++)
        table->e[(size_t)row * table->dim + k] = scale * (float)bytes[k];
}

/* A word that is new to the base starts where its buckets had it. */
static void row_of_grams(struct table *table, uint32_t row, const struct embed_model *base,
                         const struct vocabulary_word *word)
{
    float *e = table->e + (size_t)row * table->dim, scale = (float)number_exp(-table->a[row]);
    uint32_t k;

    embed_add_stem(base, e, word->text, word->len, 1);
    for (k = 0; k < table->dim; k++)
        e[k] *= scale;
}

static void table_start(struct trainer *trainer)
{
    const struct embed_model *base = trainer->options.base;
    const struct vocabulary_rows *rows = &trainer->vocabulary;
    struct table *table = &trainer->table;
    double total = 0;
    uint32_t i;

    table->dim = (uint32_t)trainer->options.dim;
    table->rows = rows->words + rows->buckets;
    table->e = floats_new((size_t)table->rows * table->dim);
    table->m = floats_new((size_t)table->rows * table->dim);
    table->v = floats_new((size_t)table->rows * table->dim);
    table->a = floats_new(table->rows);
    table->am = floats_new(table->rows);
    table->av = floats_new(table->rows);
    for (i = 0; i < trainer->corpus.stem_len; i++)
        total += (double)trainer->corpus.stem[i].count;
    for (i = 0; i < table->rows; i++) {
        bool word = i < rows->words;

        table->a[i] = (float)(word ? word_weight(trainer, &rows->word[i], total)
                                   : number_log(i - rows->words < rows->buckets / 2 ? WHOLE_WEIGHT
                                                                                    : GRAM_WEIGHT));
        if (!base)
            row_random(table, i, trainer->options.seed);
        else if (!word)
            row_of_base(table, i, base, i - rows->words + base->info.words);
        else if (i < base->info.words)
            row_of_base(table, i, base, i);
        else
            row_of_grams(table, i, base, &rows->word[i]);
    }
}

/* ---- preparing ---- */

/* By a hash of the title's stems, not by position: the same paper is kept out whatever stands
 * around it. */
static void hold_out(struct trainer *trainer)
{
    struct corpus *corpus = &trainer->corpus;
    uint64_t share = corpus->len < SMALL_DOCS ? HELD_SMALL : HELD_SHARE;
    size_t i, k, held = 0;

    for (i = 0; i < corpus->len && held < HELD_MAX; i++) {
        uint64_t hash = 0;

        for (k = 0; k < corpus->docs[i].title; k++) {
            const struct corpus_stem *stem =
                &corpus->stem[corpus->stems[corpus->docs[i].start + k]];

            hash = hash64(stem->text, stem->len, hash);
        }
        corpus->docs[i].held = hash % share == 0;
        held += corpus->docs[i].held;
    }
}

static void fit_batch(struct trainer *trainer)
{
    int most = (int)(trainer->corpus.len / 16) / BATCH_MIN * BATCH_MIN;
    int *batch = &trainer->options.batch;

    if (*batch <= 0)
        *batch = 2048;
    *batch = *batch / BATCH_MIN * BATCH_MIN;
    if (*batch > most)
        *batch = most;
    if (*batch > BATCH_MAX)
        *batch = BATCH_MAX;
    if (*batch < BATCH_MIN)
        *batch = BATCH_MIN;
}

int trainer_prepare(struct trainer *trainer, struct error *err)
{
    const struct train_options *options = &trainer->options;
    size_t i;

    if (trainer->prepared)
        return ERR_OK;
    if (trainer->corpus.len < TRAIN_DOCS_MIN)
        return error_set(err, ERR_LIMIT,
                         "%zu papers with an abstract are too few to learn from; %d are the least",
                         trainer->corpus.len, TRAIN_DOCS_MIN);
    fit_batch(trainer);
    hold_out(trainer);
    vocabulary_choose(&trainer->vocabulary, &trainer->corpus, options);
    table_start(trainer);
    trainer->header = (struct model_header){ .seed = options->seed,
                                             .inputs = trainer->corpus.inputs,
                                             .base = options->base ? options->base->info.id : 0,
                                             .docs = (int64_t)trainer->corpus.len,
                                             .epochs = (uint32_t)options->epochs,
                                             .batch = (uint32_t)options->batch,
                                             .rate = options->rate,
                                             .temperature = options->temperature,
                                             .drop = options->drop,
                                             .sif = options->sif };
    for (i = 0; i < trainer->corpus.stem_len; i++)
        trainer->header.tokens += trainer->corpus.stem[i].count;
    trainer->prepared = true;
    return ERR_OK;
}

/* The file, with its own score in the header: so it is written, tried, and written again. */
int trainer_model(struct trainer *trainer, struct str *out, struct error *err)
{
    struct embed_model *model = NULL;
    struct train_score score = { 0 };
    int result;

    if (!trainer->done)
        return error_set(err, ERR_FAILED, "a model that was not trained cannot be written");
    model_write(out, &trainer->table, &trainer->vocabulary, &trainer->header);
    result = embed_open_memory(&model, out->ptr, out->len, err);
    if (result == ERR_OK)
        result = trainer_evaluate(trainer, model, &score, err);
    embed_close(model);
    if (result == ERR_OK) {
        trainer->header.title_hit = score.title_hit;
        trainer->header.sentence_hit = score.sentence_hit;
        model_write(out, &trainer->table, &trainer->vocabulary, &trainer->header);
    }
    train_score_free(&score);
    return result;
}
