/*
 * The trainer: what is asked for, settled; epochs of batches; one batch.
 *
 * A batch is `batch` pairs of a query and a document, each a bag of rows. Forward: weighted sums to
 * unit vectors, all cosines between the two sides, softmax along rows and columns. Backward: the
 * same three matrix products, then each touched row of the table gathers its gradient from the
 * texts it occurs in (a list by row, built per batch) and takes its step at once. Nothing is
 * accumulated by two threads into one place, so the order of sums never depends on timing.
 */
#include "train.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 64  /* pairs that are worked on as one item */
#define INNER 256 /* matrix rows that stay in the cache */
#define BLOCK 64  /* touched rows that are worked on as one item */
#define MEAN_STEPS 50

struct entry {
    uint32_t row;
    float times;
};

/* The bags of CHUNK pairs: query, document, query, document ... */
struct chunk {
    struct entry *items;
    size_t len, cap;
    uint32_t ends[2 * CHUNK];
    double loss;
};

/* What one member of the team counts rows with. */
struct counter {
    uint32_t *stamp, *place; /* by row: the bag it was last seen in, and where */
    uint32_t now;
    uint32_t *query; /* by row: the last query that had it */
    uint32_t asked;  /* the present query */
};

struct batch {
    struct trainer *trainer;
    const struct kernels *kernels;
    size_t size, dim;
    int epoch;
    float scale; /* 1 / temperature */
    float rate, v_bias;
    const uint32_t *docs; /* of this batch */
    struct chunk *chunks;
    struct counter *counters;
    float *unit[2], *gradient[2], *norm[2]; /* query and document side */
    float *across;  /* documents, packed with the dimension as the inner index */
    float *pack[2]; /* each side, packed with the pair as the inner index */
    float *scores;  /* size x size */
    float *row_sum, *column_sum, *column_parts;
    /* touched rows, and for each the texts it occurs in */
    uint32_t *slot; /* by row: its place among the touched ones + 1 */
    uint32_t *touched, *starts;
    struct ref {
        uint32_t text; /* side * size + pair */
        float times;
    } * refs;
    size_t touched_len, refs_cap;
    float *weight; /* exp(a) by row */
};

/* ---- bags ---- */

static void bag_add(struct chunk *chunk, struct counter *counter, uint32_t row, bool query)
{
    struct entry entry = { row, 1 };

    if (counter->stamp[row] == counter->now) {
        chunk->items[counter->place[row]].times += 1;
        return;
    }
    counter->stamp[row] = counter->now;
    counter->place[row] = (uint32_t)chunk->len;
    if (query)
        counter->query[row] = counter->asked;
    VEC_PUSH(chunk->items, chunk->len, chunk->cap, entry);
}

static void bag_stems(struct batch *batch, struct chunk *chunk, struct counter *counter,
                      const uint32_t *stems, uint32_t count, bool query)
{
    const struct vocabulary_rows *rows = &batch->trainer->vocabulary;
    uint32_t i, k;

    for (i = 0; i < count; i++)
        for (k = rows->first[stems[i]]; k < rows->first[stems[i] + 1]; k++)
            bag_add(chunk, counter, rows->rows[k], query);
}

/* Of the words that the query has too, about `drop` leave the document. */
static void bag_drop(struct batch *batch, struct chunk *chunk, const struct counter *counter,
                     size_t from, struct random *random)
{
    float drop = (float)batch->trainer->options.drop;
    size_t i, kept = from;

    for (i = from; i < chunk->len; i++) {
        bool shared = counter->query[chunk->items[i].row] == counter->asked;

        if (!shared || random_unit(random) >= drop)
            chunk->items[kept++] = chunk->items[i];
    }
    chunk->len = kept;
}

/* Either the title and the abstract without it, or a sentence and the paper without it. Returns
 * where the query ends in the chunk's entries. */
static size_t pair_make(struct batch *batch, struct chunk *chunk, struct counter *counter,
                        uint32_t number)
{
    const struct corpus *corpus = &batch->trainer->corpus;
    const struct corpus_doc *doc = &corpus->docs[number];
    struct random random = random_of(batch->trainer->options.seed, (uint64_t)batch->epoch, number);
    uint32_t count, from = 0, to = doc->title;
    const uint32_t *stems = corpus_stems(corpus, doc, &count);
    size_t middle;

    if (doc->sentences >= 2 && random_unit(&random) >= 0.5f)
        corpus_sentence(corpus, doc, random_below(&random, doc->sentences), &from, &to);
    counter->asked = ++counter->now;
    bag_stems(batch, chunk, counter, stems + from, to - from, true);
    middle = chunk->len;
    counter->now++;
    bag_stems(batch, chunk, counter, stems, from, false);
    bag_stems(batch, chunk, counter, stems + to, count - to, false);
    bag_drop(batch, chunk, counter, middle, &random);
    return middle;
}

/* ---- forward ---- */

static void text_forward(struct batch *batch, const struct chunk *chunk, size_t from, size_t to,
                         int side, size_t pair)
{
    const struct table *table = &batch->trainer->table;
    float *out = batch->unit[side] + pair * batch->dim, square, scale;
    size_t i, k;

    memset(out, 0, batch->dim * sizeof *out);
    for (i = from; i < to; i++) {
        const struct entry *entry = &chunk->items[i];

        batch->kernels->add_scaled(out, table->e + (size_t)entry->row * batch->dim,
                                   entry->times * batch->weight[entry->row], batch->dim);
    }
    square = batch->kernels->dot(out, out, batch->dim);
    scale = square > 1e-20f ? 1 / sqrtf(square) : 0;
    batch->norm[side][pair] = scale;
    for (k = 0; k < batch->dim; k++)
        out[k] *= scale;
}

static void pack_text(struct batch *batch, size_t pair)
{
    size_t k, side, dim = batch->dim;

    for (side = 0; side < 2; side++) {
        const float *unit = batch->unit[side] + pair * dim;

        for (k = 0; k < dim; k++)
            batch->pack[side][(k / 16 * batch->size + pair) * 16 + k % 16] = unit[k];
    }
    for (k = 0; k < dim; k++)
        batch->across[(pair / 16 * dim + k) * 16 + pair % 16] = batch->unit[1][pair * dim + k];
}

static void work_forward(void *ctx, size_t item, int member)
{
    struct batch *batch = ctx;
    struct chunk *chunk = &batch->chunks[item];
    struct counter *counter = &batch->counters[member];
    size_t i, from = 0;

    chunk->len = 0;
    for (i = 0; i < CHUNK; i++) {
        size_t pair = item * CHUNK + i;

        chunk->ends[2 * i] = (uint32_t)pair_make(batch, chunk, counter, batch->docs[pair]);
        chunk->ends[2 * i + 1] = (uint32_t)chunk->len;
        text_forward(batch, chunk, from, chunk->ends[2 * i], 0, pair);
        text_forward(batch, chunk, chunk->ends[2 * i], chunk->ends[2 * i + 1], 1, pair);
        pack_text(batch, pair);
        from = chunk->len;
    }
}

/* Cosines of CHUNK queries with all documents, as exp((cos - 1) / temperature), and their sums. */
static void work_scores(void *ctx, size_t item, int member)
{
    struct batch *batch = ctx;
    size_t size = batch->size, i, j;
    float *scores = batch->scores + item * CHUNK * size;
    float *columns = batch->column_parts + item * size;

    (void)member;
    memset(scores, 0, CHUNK * size * sizeof *scores);
    memset(columns, 0, size * sizeof *columns);
    batch->kernels->multiply(scores, size, batch->unit[0] + item * CHUNK * batch->dim, batch->dim,
                             1, batch->across, batch->dim, CHUNK, size, batch->dim);
    batch->kernels->exp_cosine(scores, batch->scale, CHUNK * size);
    for (i = 0; i < CHUNK; i++) {
        const float *row = scores + i * size;
        float sum[8] = { 0 };

        for (j = 0; j < size; j += 8) {
            size_t k;

            for (k = 0; k < 8; k++) {
                sum[k] += row[j + k];
                columns[j + k] += row[j + k];
            }
        }
        batch->row_sum[item * CHUNK + i] =
            ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
    }
}

/* ---- backward ---- */

/* Scores become the gradient of the loss by the cosines: half the row's softmax and half the
 * column's, less one on the diagonal. */
static void work_softmax(void *ctx, size_t item, int member)
{
    struct batch *batch = ctx;
    size_t size = batch->size, i, j;
    double loss = 0;

    (void)member;
    for (i = item * CHUNK; i < (item + 1) * CHUNK; i++) {
        float *row = batch->scores + i * size, by_row = 0.5f / batch->row_sum[i];
        double own = row[i];

        loss +=
            0.5 * (number_log(batch->row_sum[i] / own) + number_log(batch->column_sum[i] / own));
        for (j = 0; j < size; j++)
            row[j] *= by_row + batch->column_sum[size + j];
        row[i] -= 1;
        for (j = 0; j < size; j++)
            row[j] *= batch->scale;
    }
    batch->chunks[item].loss = loss;
}

/* Sums of the parts in their order; behind them half their reciprocals. */
static void column_sums(struct batch *batch)
{
    size_t size = batch->size, i, j;

    memset(batch->column_sum, 0, size * sizeof *batch->column_sum);
    for (i = 0; i < size / CHUNK; i++)
        for (j = 0; j < size; j++)
            batch->column_sum[j] += batch->column_parts[i * size + j];
    for (j = 0; j < size; j++)
        batch->column_sum[size + j] = 0.5f / batch->column_sum[j];
}

/* Through the normalisation: only what is across the unit vector counts. */
static void gradient_turn(struct batch *batch, int side, size_t pair)
{
    const float *unit = batch->unit[side] + pair * batch->dim;
    float *gradient = batch->gradient[side] + pair * batch->dim;
    float along = batch->kernels->dot(unit, gradient, batch->dim);
    size_t k;

    for (k = 0; k < batch->dim; k++)
        gradient[k] = (gradient[k] - along * unit[k]) * batch->norm[side][pair];
}

/* Gradients of CHUNK queries (even items) or documents (odd ones). */
static void work_gradient(void *ctx, size_t item, int member)
{
    struct batch *batch = ctx;
    int side = (int)(item % 2);
    size_t first = item / 2 * CHUNK, size = batch->size, k, i;
    float *out = batch->gradient[side] + first * batch->dim;

    (void)member;
    memset(out, 0, CHUNK * batch->dim * sizeof *out);
    for (k = 0; k < size; k += INNER) {
        size_t inner = size - k < INNER ? size - k : INNER;
        const float *a =
            side == 0 ? batch->scores + first * size + k : batch->scores + k * size + first;

        batch->kernels->multiply(out, batch->dim, a, side == 0 ? size : 1, side == 0 ? 1 : size,
                                 batch->pack[1 - side] + k * 16, size, CHUNK, batch->dim, inner);
    }
    for (i = 0; i < CHUNK; i++)
        gradient_turn(batch, side, first + i);
}

/* ---- the table ---- */

static void touch(struct batch *batch, uint32_t row)
{
    if (batch->slot[row] == 0) {
        batch->touched[batch->touched_len] = row;
        batch->starts[batch->touched_len + 1] = 0;
        batch->slot[row] = (uint32_t)++batch->touched_len;
    }
    batch->starts[batch->slot[row]]++;
}

/* For each row of the batch, in the order of their first use, where it occurs. */
static void list_rows(struct batch *batch)
{
    size_t chunks = batch->size / CHUNK, c, i, t, total = 0;

    batch->touched_len = 0;
    batch->starts[0] = 0;
    for (c = 0; c < chunks; c++) {
        for (i = 0; i < batch->chunks[c].len; i++)
            touch(batch, batch->chunks[c].items[i].row);
        total += batch->chunks[c].len;
    }
    for (i = 1; i <= batch->touched_len; i++)
        batch->starts[i] += batch->starts[i - 1];
    batch->refs = mem_grow(batch->refs, &batch->refs_cap, total + 1, sizeof *batch->refs);
    for (c = 0; c < chunks; c++) {
        for (t = 0, i = 0; t < 2 * CHUNK; t++) {
            uint32_t text = (uint32_t)((t % 2) * batch->size + c * CHUNK + t / 2);

            for (; i < batch->chunks[c].ends[t]; i++) {
                const struct entry *entry = &batch->chunks[c].items[i];
                uint32_t *at = &batch->starts[batch->slot[entry->row] - 1];

                batch->refs[(*at)++] = (struct ref){ text, entry->times };
            }
        }
    }
    for (i = batch->touched_len; i > 0; i--) /* each start has moved to the next one's place */
        batch->starts[i] = batch->starts[i - 1];
    batch->starts[0] = 0;
    for (i = 0; i < batch->touched_len; i++)
        batch->slot[batch->touched[i]] = 0;
}

static void row_update(struct batch *batch, size_t touched, float *gradient)
{
    struct table *table = &batch->trainer->table;
    uint32_t row = batch->touched[touched];
    float *e = table->e + (size_t)row * batch->dim, slope;
    size_t i;

    memset(gradient, 0, batch->dim * sizeof *gradient);
    for (i = batch->starts[touched]; i < batch->starts[touched + 1]; i++) {
        const struct ref *ref = &batch->refs[i];
        size_t side = ref->text >= batch->size, pair = ref->text - side * batch->size;

        batch->kernels->add_scaled(gradient, batch->gradient[side] + pair * batch->dim,
                                   ref->times * batch->weight[row], batch->dim);
    }
    slope = batch->kernels->dot(e, gradient, batch->dim);
    batch->kernels->adam(e, table->m + (size_t)row * batch->dim,
                         table->v + (size_t)row * batch->dim, gradient, batch->rate, batch->v_bias,
                         batch->dim);
    batch->kernels->adam(&table->a[row], &table->am[row], &table->av[row], &slope, batch->rate,
                         batch->v_bias, 1);
    batch->weight[row] = (float)number_exp(table->a[row]);
}

static void work_update(void *ctx, size_t item, int member)
{
    struct batch *batch = ctx;
    float gradient[EMBED_DIM_MAX];
    size_t i;

    (void)member;
    for (i = item * BLOCK; i < (item + 1) * BLOCK && i < batch->touched_len; i++)
        row_update(batch, i, gradient);
}

static double batch_run(struct batch *batch)
{
    struct team *team = batch->trainer->team;
    size_t chunks = batch->size / CHUNK, i;
    double loss = 0;

    team_run(team, chunks, work_forward, batch);
    list_rows(batch);
    team_run(team, chunks, work_scores, batch);
    column_sums(batch);
    team_run(team, chunks, work_softmax, batch);
    team_run(team, 2 * chunks, work_gradient, batch);
    team_run(team, (batch->touched_len + BLOCK - 1) / BLOCK, work_update, batch);
    for (i = 0; i < chunks; i++)
        loss += batch->chunks[i].loss;
    return loss / (double)batch->size;
}

/* ---- epochs ---- */

static void batch_init(struct batch *batch, struct trainer *trainer)
{
    size_t size = (size_t)trainer->options.batch, dim = trainer->table.dim, side, i;
    size_t rows = trainer->table.rows;

    *batch = (struct batch){ .trainer = trainer,
                             .kernels = kernels_best(),
                             .size = size,
                             .dim = dim,
                             .scale = (float)(1 / trainer->options.temperature) };
    batch->chunks = mem_zalloc(size / CHUNK * sizeof *batch->chunks);
    batch->counters = mem_zalloc((size_t)team_size(trainer->team) * sizeof *batch->counters);
    for (i = 0; i < (size_t)team_size(trainer->team); i++) {
        batch->counters[i].stamp = mem_zalloc(rows * sizeof(uint32_t));
        batch->counters[i].place = mem_zalloc(rows * sizeof(uint32_t));
        batch->counters[i].query = mem_zalloc(rows * sizeof(uint32_t));
    }
    for (side = 0; side < 2; side++) {
        batch->unit[side] = floats_new(size * dim);
        batch->gradient[side] = floats_new(size * dim);
        batch->pack[side] = floats_new(size * dim);
        batch->norm[side] = floats_new(size);
    }
    batch->across = floats_new(size * dim);
    batch->scores = floats_new(size * size);
    batch->row_sum = floats_new(size);
    batch->column_sum = floats_new(2 * size);
    batch->column_parts = floats_new(size / CHUNK * size);
    batch->slot = mem_zalloc(rows * sizeof(uint32_t));
    batch->touched = mem_alloc(rows * sizeof(uint32_t));
    batch->starts = mem_alloc((rows + 2) * sizeof(uint32_t));
    batch->weight = floats_new(rows);
    for (i = 0; i < rows; i++)
        batch->weight[i] = (float)number_exp(trainer->table.a[i]);
}

static void batch_free(struct batch *batch)
{
    size_t side, i;

    for (i = 0; i < batch->size / CHUNK; i++)
        free(batch->chunks[i].items);
    for (i = 0; i < (size_t)team_size(batch->trainer->team); i++) {
        free(batch->counters[i].stamp);
        free(batch->counters[i].place);
        free(batch->counters[i].query);
    }
    for (side = 0; side < 2; side++) {
        free(batch->unit[side]);
        free(batch->gradient[side]);
        free(batch->pack[side]);
        free(batch->norm[side]);
    }
    free(batch->chunks);
    free(batch->counters);
    free(batch->across);
    free(batch->scores);
    free(batch->row_sum);
    free(batch->column_sum);
    free(batch->column_parts);
    free(batch->slot);
    free(batch->touched);
    free(batch->starts);
    free(batch->refs);
    free(batch->weight);
}

/* Up over the first twentieth, then down in a line to a fiftieth. */
static double rate_at(const struct train_options *options, long step, long steps)
{
    long warm = steps / 20 > 0 ? steps / 20 : 1;

    if (step < warm)
        return options->rate * (double)(step + 1) / (double)warm;
    return options->rate
           * (1 - 0.98 * (double)(step - warm) / (double)(steps - warm > 0 ? steps - warm : 1));
}

/* The papers of an epoch in a random order; returns how many. */
static size_t shuffle(struct trainer *trainer, uint32_t *order, int epoch)
{
    struct random random = random_of(trainer->options.seed, (uint64_t)epoch, UINT64_MAX);
    size_t len = 0, i;

    for (i = 0; i < trainer->corpus.len; i++)
        if (!trainer->corpus.docs[i].held)
            order[len++] = (uint32_t)i;
    for (i = len; i > 1; i--) {
        size_t k = random_below(&random, (uint32_t)i);
        uint32_t swap = order[i - 1];

        order[i - 1] = order[k];
        order[k] = swap;
    }
    return len;
}

struct rates {            /* Adam's, over the run */
    double first, second; /* beta^step */
};

static void train_step(struct batch *batch, struct rates *rates, struct train_progress *progress)
{
    const struct train_options *options = &batch->trainer->options;
    double rate = rate_at(options, progress->step, progress->steps), loss;

    rates->first *= 0.9;
    rates->second *= 0.999;
    batch->rate = (float)(rate / (1 - rates->first));
    batch->v_bias = (float)(1 / (1 - rates->second));
    loss = batch_run(batch);
    progress->loss =
        progress->step == 0 ? loss : progress->loss + (loss - progress->loss) / MEAN_STEPS;
    progress->step++;
    if (options->progress)
        options->progress(options->ctx, progress);
}

int trainer_run(struct trainer *trainer, struct error *err)
{
    const struct train_options *options = &trainer->options;
    struct train_progress progress = { 0 };
    struct rates rates = { 1, 1 };
    struct batch batch;
    uint32_t *order;
    size_t len, at;
    int result = trainer_prepare(trainer, err);

    if (result != ERR_OK)
        return result;
    batch_init(&batch, trainer);
    order = mem_alloc(trainer->corpus.len * sizeof *order);
    len = shuffle(trainer, order, 1);
    progress.epochs = options->epochs;
    progress.steps = (long)(len / batch.size) * options->epochs;
    for (progress.epoch = 1; progress.epoch <= options->epochs; progress.epoch++) {
        batch.epoch = progress.epoch;
        shuffle(trainer, order, progress.epoch);
        for (at = 0; at + batch.size <= len && !trainer_cancelled(trainer); at += batch.size) {
            batch.docs = order + at;
            train_step(&batch, &rates, &progress);
        }
    }
    free(order);
    batch_free(&batch);
    if (trainer_cancelled(trainer))
        return error_set(err, ERR_CANCELLED, "training was stopped; nothing was changed");
    trainer->done = true;
    return ERR_OK;
}
