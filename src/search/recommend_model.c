/*
 * The model: logistic regression, trained by AdaGrad (J. Duchi, E. Hazan, Y. Singer, JMLR 2011).
 */
#include "recommend.h"

#include <math.h>
#include <stdlib.h>

#define EPOCHS 12
#define RATE 0.3
#define DECAY 1e-4
#define VECTOR_SCALE 2.0

static struct model *model_new(const struct learner *l)
{
    struct model *model = mem_zalloc(sizeof *model);

    model->words = mem_zalloc((l->term_count + 1) * sizeof *model->words);
    model->word_grads = mem_zalloc((l->term_count + 1) * sizeof *model->word_grads);
    return model;
}

void model_free(struct model *model)
{
    if (!model)
        return;
    free(model->words);
    free(model->word_grads);
    free(model);
}

double model_score(const struct model *model, const struct example *x, size_t dim)
{
    double sum = model->bias;
    size_t i;

    for (i = 0; x->vector && i < dim; i++)
        sum += VECTOR_SCALE * (double)x->vector[i] * model->vector[i];
    for (i = 0; i < x->word_count; i++)
        sum += (double)x->words[i].value * model->words[x->words[i].word];
    return 1 / (1 + exp(-sum));
}

static void descend(double *weight, double *history, double gradient)
{
    gradient += DECAY * *weight;
    *history += gradient * gradient;
    *weight -= RATE * gradient / (sqrt(*history) + 1e-8);
}

static void model_learn(struct model *model, const struct example *x, size_t dim, double balance)
{
    double slope = x->weight * balance * (model_score(model, x, dim) - x->label);
    size_t i;

    descend(&model->bias, &model->bias_grad, slope);
    for (i = 0; x->vector && i < dim; i++)
        descend(&model->vector[i], &model->vector_grad[i],
                slope * VECTOR_SCALE * (double)x->vector[i]);
    for (i = 0; i < x->word_count; i++)
        descend(&model->words[x->words[i].word], &model->word_grads[x->words[i].word],
                slope * (double)x->words[i].value);
}

/* In a fixed order that mixes them: the same marks, the same model. */
struct model *model_train(const struct learner *l, const struct examples *set)
{
    struct model *model = model_new(l);
    double liked = 0, other = 0, balance;
    size_t epoch, i, step = 7919;

    for (i = 0; i < set->len; i++)
        *(set->items[i].label > 0.5 ? &liked : &other) += set->items[i].weight;
    balance = liked > 0 ? other / liked : 1;
    if (set->len % step == 0) /* a prime that does not divide the length visits each once */
        step = 7907;
    for (epoch = 0; epoch < EPOCHS; epoch++)
        for (i = 0; i < set->len; i++) {
            const struct example *x = &set->items[(i * step + epoch) % set->len];

            model_learn(model, x, l->dim, x->label > 0.5 ? balance : 1);
        }
    return model;
}

int ranked_compare(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    return x->score != y->score
               ? (x->score < y->score) - (x->score > y->score)
               : (x->example->work < y->example->work) - (x->example->work > y->example->work);
}
