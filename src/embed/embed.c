/*
 * Texts and stems to vectors.
 */
#include "internal.h"

#include "carrel/hash.h"
#include "carrel/mem.h"
#include "carrel/text.h"

#include <math.h>
#include <string.h>

static void sum_row(const struct embed_model *model, float *sum, size_t row, float weight)
{
    size_t dim = (size_t)model->info.dim;

    model->kernels->add_row(sum, model->table + row * dim, model->rows[row].scale * weight, dim);
}

bool embed_add_stem(const struct embed_model *model, float *sum, const char *stem, size_t len,
                    float weight)
{
    uint32_t word = embed_word(model, stem, len), pieces[PIECES_MAX];
    size_t count, i;

    if (word != EMBED_NONE) {
        sum_row(model, sum, word, weight);
        return true;
    }
    stem = model_stem(stem, &len);
    count = model_pieces(pieces, stem, len, model->info.buckets);
    for (i = 0; i < count; i++)
        sum_row(model, sum, model->info.words + (size_t)pieces[i], weight);
    return count > 0;
}

struct text_sum {
    const struct embed_model *model;
    float *sum;
    size_t count;
};

static int text_token_add(void *ctx, const struct text_token *token)
{
    struct text_sum *to = ctx;

    to->count += embed_add_stem(to->model, to->sum, token->stem, token->stem_len, 1);
    return 0;
}

size_t embed_add_text(const struct embed_model *model, float *sum, const char *text, size_t len)
{
    struct text_sum to = { model, sum, 0 };

    text_tokenize(text, len, text_token_add, &to);
    return to.count;
}

size_t embed_add_stems(const struct embed_model *model, float *sum, const char *stems, size_t len)
{
    const char *end = stems + len, *stop;
    size_t count = 0;

    if (len > 0 && *stems == '\x01')
        stems++;
    for (; stems < end; stems = stop + 1) {
        stop = memchr(stems, '\x1F', (size_t)(end - stems));
        if (!stop)
            stop = end;
        if (stop > stems)
            count += embed_add_stem(model, sum, stems, (size_t)(stop - stems), 1);
    }
    return count;
}

bool embed_normalise(float *vector, size_t dim)
{
    double square = 0, scale;
    size_t i;

    for (i = 0; i < dim; i++)
        square += (double)vector[i] * (double)vector[i];
    if (!(square > 1e-30) || !isfinite(square)) {
        memset(vector, 0, dim * sizeof *vector);
        return false;
    }
    scale = 1 / sqrt(square);
    for (i = 0; i < dim; i++)
        vector[i] = (float)(vector[i] * scale);
    return true;
}

bool embed_text(const struct embed_model *model, const char *title, const char *abstract,
                float *out)
{
    size_t dim = (size_t)model->info.dim;

    memset(out, 0, dim * sizeof *out);
    if (title)
        embed_add_text(model, out, title, strlen(title));
    if (abstract)
        embed_add_text(model, out, abstract, strlen(abstract));
    return embed_normalise(out, dim);
}

void embed_quantise(int8_t *out, const float *vector, size_t dim)
{
    float largest = 0, scale;
    size_t i;

    for (i = 0; i < dim; i++)
        largest = fmaxf(largest, fabsf(vector[i]));
    scale = largest > 0 && isfinite(largest) ? 127 / largest : 0;
    for (i = 0; i < dim; i++)
        out[i] = scale > 0 ? (int8_t)lrintf(vector[i] * scale) : 0;
}

float embed_cosine(const int8_t *a, const int8_t *b, size_t dim)
{
    const struct kernels *kernels = kernels_best();
    double lengths = (double)kernels->dot_i8(a, a, dim) * (double)kernels->dot_i8(b, b, dim);

    return lengths > 0 ? (float)((double)kernels->dot_i8(a, b, dim) / sqrt(lengths)) : 0;
}

float embed_score(const float *unit, const int8_t *vector, size_t dim)
{
    const struct kernels *kernels = kernels_best();
    int32_t square = kernels->dot_i8(vector, vector, dim);

    return square > 0 ? kernels->dot_row(unit, vector, dim) / sqrtf((float)square) : 0;
}

void embed_signs(uint64_t *out, const int8_t *vector, size_t dim)
{
    size_t i;
    uint64_t any = 0;

    memset(out, 0, (dim + 63) / 64 * sizeof *out);
    for (i = 0; i < dim; i++)
        out[i / 64] |= (uint64_t)(vector[i] >= 0) << (i % 64);
    for (i = 0; i < (dim + 63) / 64; i++)
        any |= out[i];
    if (!any)
        out[0] = 1;
}

bool embed_term(const struct embed_model *model, struct embed_term *out, const char *stem,
                size_t len)
{
    size_t dim = (size_t)model->info.dim;
    float sum[EMBED_DIM_MAX] = { 0 };
    bool known;

    out->word = embed_word(model, stem, len);
    if (out->word != EMBED_NONE) {
        out->weight = embed_word_weight(model, out->word);
        out->idf = embed_word_idf(model, out->word);
        memcpy(out->vector, embed_word_row(model, out->word), dim);
        return true;
    }
    /* Seen too rarely to be a word: as telling as the rarest word there is. */
    out->idf = embed_word_idf(model, model->info.words - 1);
    out->weight = 1;
    known = embed_add_stem(model, sum, stem, len, 1) && embed_normalise(sum, dim);
    embed_quantise(out->vector, sum, dim);
    return known;
}
