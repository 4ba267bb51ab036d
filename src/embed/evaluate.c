/*
 * Known-item search over the papers that training did not see: does a title find its abstract, and
 * a sentence the rest of its paper, among many others?
 *
 * Other papers of the pool are embedded whole. The sought one is embedded without what is asked,
 * title or sentence, else the words themselves would find it.
 */
#include "train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define QUERIES_MAX 2000
#define POOL_MAX 50000
#define POOL_BLOCK 512 /* papers that are worked on as one item */
#define QUERY_BLOCK 64
#define SENTENCE_MIN 5 /* stems of a sentence that is asked */

struct exam {
    struct trainer *trainer;
    const struct embed_model *model;
    const struct kernels *kernels;
    size_t dim, pool_len, count, padded; /* count: queries of both kinds */
    uint32_t *pool;                      /* papers */
    uint32_t *target;                    /* by query: place in the pool */
    uint32_t *from, *to;                 /* by query: the stems that are asked */
    float *queries;                      /* padded x dim */
    float *sought;                       /* by query: cosine of the sought paper */
    uint32_t *better;                    /* by item and query: papers that came before it */
    float *blocks;                       /* by member: work space */
    size_t block;                        /* its size */
};

static void exam_stems(const struct exam *exam, float *sum, const uint32_t *stems, uint32_t count)
{
    const struct corpus *corpus = &exam->trainer->corpus;
    uint32_t i;

    for (i = 0; i < count; i++) {
        const struct corpus_stem *stem = &corpus->stem[stems[i]];

        embed_add_stem(exam->model, sum, stem->text, stem->len, 1);
    }
}

static void exam_ask(struct exam *exam, uint32_t place, uint32_t from, uint32_t to)
{
    exam->target[exam->count] = place;
    exam->from[exam->count] = from;
    exam->to[exam->count++] = to;
}

/* Titles of the first held-out papers, then one sentence of each. */
static void exam_choose(struct exam *exam, size_t held)
{
    const struct corpus *corpus = &exam->trainer->corpus;
    uint32_t asked = held < QUERIES_MAX ? (uint32_t)held : QUERIES_MAX, i, from, to;

    for (i = 0; i < asked; i++)
        exam_ask(exam, i, 0, corpus->docs[exam->pool[i]].title);
    for (i = 0; i < asked; i++) {
        const struct corpus_doc *doc = &corpus->docs[exam->pool[i]];
        struct random random = random_of(7, doc->title, corpus->stems[doc->start]);
        unsigned at = random_below(&random, doc->sentences), tries;

        for (tries = 0; tries < doc->sentences; tries++, at = (at + 1) % doc->sentences) {
            corpus_sentence(corpus, doc, at, &from, &to);
            if (to - from >= SENTENCE_MIN)
                break;
        }
        exam_ask(exam, i, from, to);
    }
}

static void work_ask(void *ctx, size_t item, int member)
{
    struct exam *exam = ctx;
    const struct corpus *corpus = &exam->trainer->corpus;
    const struct corpus_doc *doc = &corpus->docs[exam->pool[exam->target[item]]];
    float *query = exam->queries + item * exam->dim, sought[EMBED_DIM_MAX] = { 0 };
    uint32_t count, from = exam->from[item], to = exam->to[item];
    const uint32_t *stems = corpus_stems(corpus, doc, &count);

    (void)member;
    exam_stems(exam, query, stems + from, to - from);
    embed_normalise(query, exam->dim);
    exam_stems(exam, sought, stems, from);
    exam_stems(exam, sought, stems + to, count - to);
    embed_normalise(sought, exam->dim);
    exam->sought[item] = exam->kernels->dot(query, sought, exam->dim);
}

/* Papers of one block, packed with the dimension as the inner index. */
static void exam_pack(struct exam *exam, float *packed, size_t first, size_t count)
{
    const struct corpus *corpus = &exam->trainer->corpus;
    float vector[EMBED_DIM_MAX];
    size_t i, k;

    memset(packed, 0, POOL_BLOCK * exam->dim * sizeof *packed);
    for (i = 0; i < count; i++) {
        uint32_t stems_len;
        const uint32_t *stems =
            corpus_stems(corpus, &corpus->docs[exam->pool[first + i]], &stems_len);

        memset(vector, 0, exam->dim * sizeof *vector);
        exam_stems(exam, vector, stems, stems_len);
        embed_normalise(vector, exam->dim);
        for (k = 0; k < exam->dim; k++)
            packed[(i / 16 * exam->dim + k) * 16 + i % 16] = vector[k];
    }
}

static void work_rank(void *ctx, size_t item, int member)
{
    struct exam *exam = ctx;
    float *packed = exam->blocks + (size_t)member * exam->block;
    float *scores = packed + POOL_BLOCK * exam->dim;
    uint32_t *better = exam->better + item * exam->padded;
    size_t first = item * POOL_BLOCK, q, i, k;
    size_t count = exam->pool_len - first < POOL_BLOCK ? exam->pool_len - first : POOL_BLOCK;

    exam_pack(exam, packed, first, count);
    for (q = 0; q < exam->padded; q += QUERY_BLOCK) {
        memset(scores, 0, QUERY_BLOCK * POOL_BLOCK * sizeof *scores);
        exam->kernels->multiply(scores, POOL_BLOCK, exam->queries + q * exam->dim, exam->dim, 1,
                                packed, exam->dim, QUERY_BLOCK, POOL_BLOCK, exam->dim);
        for (i = q; i < q + QUERY_BLOCK && i < exam->count; i++)
            for (k = 0; k < count; k++)
                better[i] += scores[(i - q) * POOL_BLOCK + k] > exam->sought[i]
                             && exam->target[i] != first + k;
    }
}

static void exam_result(const struct exam *exam, size_t items, struct train_score *out)
{
    size_t half = exam->count / 2, i, k;

    *out = (struct train_score){ .queries = (long)half, .pool = (long)exam->pool_len };
    out->reciprocal = mem_zalloc((exam->count + 1) * sizeof *out->reciprocal);
    for (i = 0; i < exam->count; i++) {
        uint32_t rank = 1;

        for (k = 0; k < items; k++)
            rank += exam->better[k * exam->padded + i];
        out->reciprocal[i] = 1 / (float)rank;
        *(i < half ? &out->title_hit : &out->sentence_hit) += rank == 1;
        *(i < half ? &out->title_mrr : &out->sentence_mrr) += 1 / (double)rank;
    }
    if (half == 0)
        return;
    out->title_hit /= (double)half;
    out->title_mrr /= (double)half;
    out->sentence_hit /= (double)half;
    out->sentence_mrr /= (double)half;
}

/* Held-out papers first, then others. */
static size_t exam_pool(struct exam *exam)
{
    const struct corpus *corpus = &exam->trainer->corpus;
    size_t held = 0, i;
    int pass;

    exam->pool = mem_alloc(POOL_MAX * sizeof *exam->pool);
    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < corpus->len && exam->pool_len < POOL_MAX; i++)
            if (corpus->docs[i].held == (pass == 0))
                exam->pool[exam->pool_len++] = (uint32_t)i;
        if (pass == 0)
            held = exam->pool_len;
    }
    return held;
}

int trainer_evaluate(struct trainer *trainer, const struct embed_model *model,
                     struct train_score *out, struct error *err)
{
    struct exam exam = { .trainer = trainer,
                         .model = model,
                         .kernels = kernels_best(),
                         .dim = (size_t)model->info.dim };
    size_t items, held;
    int result = trainer_prepare(trainer, err);

    memset(out, 0, sizeof *out);
    if (result != ERR_OK)
        return result;
    held = exam_pool(&exam);
    exam.target = mem_alloc(2 * QUERIES_MAX * sizeof *exam.target);
    exam.from = mem_alloc(2 * QUERIES_MAX * sizeof *exam.from);
    exam.to = mem_alloc(2 * QUERIES_MAX * sizeof *exam.to);
    exam_choose(&exam, held);
    exam.padded = (exam.count + QUERY_BLOCK - 1) / QUERY_BLOCK * QUERY_BLOCK;
    exam.queries = mem_zalloc(exam.padded * exam.dim * sizeof(float));
    exam.sought = mem_zalloc(exam.padded * sizeof(float));
    items = (exam.pool_len + POOL_BLOCK - 1) / POOL_BLOCK;
    exam.better = mem_zalloc(items * exam.padded * sizeof *exam.better);
    exam.block = POOL_BLOCK * (exam.dim + QUERY_BLOCK);
    exam.blocks = mem_alloc((size_t)team_size(trainer->team) * exam.block * sizeof(float));
    team_run(trainer->team, exam.count, work_ask, &exam);
    if (!trainer_cancelled(trainer))
        team_run(trainer->team, items, work_rank, &exam);
    if (trainer_cancelled(trainer))
        result = error_set(err, ERR_CANCELLED, "training was stopped; nothing was changed");
    else
        exam_result(&exam, items, out);
    free(exam.pool);
    free(exam.target);
    free(exam.from);
    free(exam.to);
    free(exam.queries);
    free(exam.sought);
    free(exam.better);
    free(exam.blocks);
    return result;
}

void train_score_free(struct train_score *score)
{
    free(score->reciprocal);
    score->reciprocal = NULL;
}

void train_score_compare(const struct train_score *a, const struct train_score *b,
                         double *difference, double *error)
{
    size_t count = (size_t)(a->queries < b->queries ? a->queries : b->queries) * 2, i;
    double sum = 0, square = 0;

    *difference = *error = 0;
    for (i = 0; i < count; i++) {
        double d = (double)b->reciprocal[i] - (double)a->reciprocal[i];

        sum += d;
        square += d * d;
    }
    if (count < 2)
        return;
    *difference = sum / (double)count;
    square = (square - sum * *difference) / (double)(count - 1);
    *error = sqrt((square > 0 ? square : 0) / (double)count);
}
