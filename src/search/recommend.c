/*
 * Recommending by logistic regression on two kinds of features: the paper's vector, which carries
 * over to words nobody has marked yet, and its own distinctive words, which say why.
 *
 * Trained over the reader's marks, with works that were never touched as weak counter-examples:
 * unread is not disliked. Everything is a few thousand short rows, so it is trained anew each time
 * and nothing can be stale.
 */
#include "recommend.h"

#include "carrel/search.h"
#include "carrel/works.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT 20
#define CANDIDATES 2000
#define BACKGROUND 3    /* untouched works for each liked one */
#define EXPLORE_EVERY 7 /* every seventh place is for what the model is unsure of */

struct reason {
    const char *term;
    double weight;
};

static int by_reason(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;

    return (x->weight < y->weight) - (x->weight > y->weight);
}

static const struct example *most_like(const struct example *x, const struct examples *marks,
                                       size_t dim, double *cosine)
{
    const struct example *best = NULL;
    size_t i, k;

    *cosine = 0;
    for (i = 0; i < marks->len && x->vector; i++) {
        double sum = 0;

        if (marks->items[i].label < 0.5 || !marks->items[i].vector)
            continue;
        for (k = 0; k < dim; k++)
            sum += (double)(x->vector[k] * marks->items[i].vector[k]);
        if (sum > *cosine) {
            *cosine = sum;
            best = &marks->items[i];
        }
    }
    return best;
}

static int say_because(struct recommend_item *item, const struct learner *l,
                       const struct model *model, const struct example *x,
                       const struct examples *marks, struct error *err)
{
    struct reason reasons[LEARNED_WORDS];
    struct str text = STR_INIT;
    struct work_row row;
    const struct example *like;
    double cosine;
    size_t i, len = 0;
    int result = ERR_OK;

    for (i = 0; i < x->word_count; i++) {
        double weight = (double)x->words[i].value * model->words[x->words[i].word];

        if (weight > 0)
            reasons[len++] = (struct reason){ l->terms[x->words[i].word].term, weight };
    }
    if (len > 1)
        qsort(reasons, len, sizeof *reasons, by_reason);
    for (i = 0; i < len && i < 4; i++)
        str_printf(&text, "%s%s", i ? ", " : "", reasons[i].term);
    like = most_like(x, marks, l->dim, &cosine);
    if (like && cosine > 0.3)
        result = works_rows(l->store, l->arena, &like->work, 1, &row, err);
    if (like && cosine > 0.3 && result == ERR_OK && row.id)
        str_printf(&text, "%slike '%s'", text.len ? "; " : "", row.title);
    item->because = arena_strdup(l->arena, text.len ? text.ptr : "newer than what you know");
    str_free(&text);
    return result;
}

static int by_doubt(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    double dx = fabs(x->score - 0.5), dy = fabs(y->score - 0.5);

    return dx != dy ? (dx > dy) - (dx < dy)
                    : (x->example->work < y->example->work) - (x->example->work > y->example->work);
}

/* The surest first; every seventh place goes to one the model is unsure of. */
static int choose(struct recommend_result *result, const struct learner *l,
                  const struct model *model, const struct examples *unread,
                  const struct examples *marks, size_t limit, struct error *err)
{
    size_t len = unread->len, doubt = 0, sure = 0, i;
    struct ranked *list = mem_alloc((len + 1) * sizeof *list);
    struct ranked *doubts = mem_alloc((len + 1) * sizeof *doubts);
    struct hashmap *taken = hashmap_new();
    int code = ERR_OK;

    for (i = 0; i < len; i++) {
        list[i].example = &unread->items[i];
        list[i].score = model_score(model, list[i].example, l->dim);
    }
    if (len > 1)
        qsort(list, len, sizeof *list, ranked_compare);
    memcpy(doubts, list, len * sizeof *list);
    if (len > 1)
        qsort(doubts, len, sizeof *doubts, by_doubt);
    result->items = arena_alloc(result->arena, (limit + 1) * sizeof *result->items);
    while (result->len < limit && result->len < len && code == ERR_OK) {
        bool explore = result->len % EXPLORE_EVERY == EXPLORE_EVERY - 1;
        struct ranked *from = explore ? doubts : list;
        size_t *at = explore ? &doubt : &sure;
        struct recommend_item *item = &result->items[result->len];
        bool added;

        hashmap_put(taken, (const char *)&from[*at].example->work, sizeof(int64_t), &added);
        if (added) {
            item->id = from[*at].example->work;
            item->score = from[*at].score;
            item->exploration = explore;
            code = say_because(item, l, model, from[*at].example, marks, err);
            result->len++;
        }
        (*at)++;
    }
    hashmap_free(taken);
    free(list);
    free(doubts);
    return code;
}

static void count_marks(struct recommend_result *result, const struct examples *marks)
{
    size_t i;

    for (i = 0; i < marks->len; i++)
        *(marks->items[i].label > 0.5 ? &result->liked : &result->disliked) += 1;
    if (result->liked < RECOMMEND_LIKED)
        result->missing = arena_printf(
            result->arena,
            "%zu of %d papers that you starred, tagged, read or noted; mark %zu more, and skip "
            "what does not interest you",
            result->liked, RECOMMEND_LIKED, RECOMMEND_LIKED - result->liked);
}

static int learn(struct recommend_result *result, struct learner *l,
                 const struct recommend_options *options, struct error *err)
{
    struct examples marks = { 0 }, background = { 0 }, unread = { 0 }, all = { 0 };
    struct model *model = NULL;
    size_t i, candidates = options->candidates ? options->candidates : CANDIDATES;
    int code = learner_marks(l, &marks, err);

    if (code == ERR_OK)
        count_marks(result, &marks);
    if (code != ERR_OK || result->missing)
        goto out;
    code = learner_background(l, &background, result->liked * BACKGROUND + 50, err);
    if (code == ERR_OK)
        code = learner_unread(l, &unread, options->query, candidates, err);
    if (code != ERR_OK)
        goto out;
    for (i = 0; i < marks.len; i++)
        VEC_PUSH(all.items, all.len, all.cap, marks.items[i]);
    for (i = 0; i < background.len; i++)
        VEC_PUSH(all.items, all.len, all.cap, background.items[i]);
    model = model_train(l, &all);
    code = choose(result, l, model, &unread, &marks, options->limit ? options->limit : LIMIT, err);
    if (code == ERR_OK && options->self_test)
        recommend_self_test(result, l, &marks, &background, &unread);
out:
    model_free(model);
    free(marks.items);
    free(background.items);
    free(unread.items);
    free(all.items);
    return code;
}

int recommend_run(struct recommend_result **out, struct store *store,
                  const struct recommend_options *options, struct error *err)
{
    struct recommend_result *result = mem_zalloc(sizeof *result);
    struct learner l = { .store = store,
                         .arena = result->arena = arena_new(),
                         .vocabulary = hashmap_new(),
                         .counts = hashmap_new() };
    int code = lengths_get(&l.lengths, store, err);

    *out = NULL;
    if (code == ERR_OK && vectors_model(&l.model, store, err) == ERR_NOTFOUND)
        l.model = NULL;
    if (code == ERR_OK)
        code = learn(result, &l, options, err);
    hashmap_free(l.vocabulary);
    hashmap_free(l.counts);
    free(l.terms);
    if (code != ERR_OK) {
        recommend_free(result);
        return code;
    }
    *out = result;
    return ERR_OK;
}

void recommend_free(struct recommend_result *result)
{
    if (!result)
        return;
    arena_free(result->arena);
    free(result);
}

int recommend_search(struct search_result **out, struct store *store, const char *query,
                     size_t limit, struct error *err)
{
    struct recommend_options options = { .limit = limit, .query = query };
    struct recommend_result *recommended;
    struct search_result *result;
    size_t i;
    int code = recommend_run(&recommended, store, &options, err);

    *out = NULL;
    if (code != ERR_OK)
        return code;
    result = mem_zalloc(sizeof *result);
    result->arena = arena_new();
    result->hits = arena_alloc(result->arena, (recommended->len + 1) * sizeof *result->hits);
    result->total_is_exact = true;
    result->place = -1;
    for (i = 0; i < recommended->len && code == ERR_OK; i++) {
        const struct recommend_item *item = &recommended->items[i];
        struct search_hit *hit = &result->hits[result->len];

        code = works_rows(store, result->arena, &item->id, 1, &hit->row, err);
        if (code != ERR_OK || hit->row.id == 0)
            continue;
        hit->score = item->score;
        hit->snippet = arena_printf(result->arena, "%s: %s",
                                    item->exploration ? "to explore" : "because", item->because);
        result->len++;
    }
    result->total = (int64_t)result->len;
    recommend_free(recommended);
    if (code != ERR_OK || result->len == 0)
        search_result_free(result);
    else
        *out = result;
    return code;
}
