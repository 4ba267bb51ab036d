/*
 * The reader's past as an examination of the model: trained on the earlier marks, asked for the
 * later ones.
 */
#include "recommend.h"

#include <stdlib.h>

#define TEST_TOP 20
#define TEST_SHARE 0.7 /* of the marks, the earlier ones, are learned from */
#define TEST_LIKED 3   /* liked papers in the later part; fewer say nothing */

static int by_time(const void *a, const void *b)
{
    const struct example *x = a, *y = b;

    return x->at != y->at ? (x->at > y->at) - (x->at < y->at)
                          : (x->work > y->work) - (x->work < y->work);
}

static int top_hits(struct ranked *list, size_t len)
{
    int hits = 0;
    size_t i;

    if (len > 1)
        qsort(list, len, sizeof *list, ranked_compare);
    for (i = 0; i < len && i < TEST_TOP; i++)
        hits += list[i].example->label > 0.5;
    return hits;
}

/* Learns from the earlier marks and looks for the later liked ones among everything that was not
 * marked by then. */
void recommend_self_test(struct recommend_result *result, const struct learner *l,
                         const struct examples *marks, const struct examples *background,
                         const struct examples *unread)
{
    struct example *sorted = mem_dup(marks->items, marks->len * sizeof *sorted);
    struct recommend_test *test = &result->test;
    size_t cut = (size_t)((double)marks->len * TEST_SHARE), i, len = 0;
    struct ranked *list = mem_alloc((marks->len + unread->len + 1) * sizeof *list);
    struct hashmap *shown = hashmap_new();
    struct examples early = { 0 };
    struct model *model = NULL;

    qsort(sorted, marks->len, sizeof *sorted, by_time);
    for (i = 0; i < cut; i++) {
        VEC_PUSH(early.items, early.len, early.cap, sorted[i]);
        *(sorted[i].label > 0.5 ? &test->learned_liked : &test->learned_other) += 1;
    }
    for (i = 0; i < background->len; i++)
        VEC_PUSH(early.items, early.len, early.cap, background->items[i]);
    for (i = cut; i < marks->len; i++) {
        test->liked += sorted[i].label > 0.5;
        list[len++].example = &sorted[i];
    }
    /* What it was shown as a counter-example must not be what it chooses from: that would be easy.
     */
    for (i = 0; i < background->len; i++)
        hashmap_put(shown, (const char *)&background->items[i].work, sizeof(int64_t), NULL);
    for (i = 0; i < unread->len; i++)
        if (!hashmap_get(shown, (const char *)&unread->items[i].work, sizeof(int64_t)))
            list[len++].example = &unread->items[i];
    test->candidates = len;
    result->tested = test->liked >= TEST_LIKED && test->learned_liked >= TEST_LIKED;
    if (result->tested) {
        model = model_train(l, &early);
        for (i = 0; i < len; i++)
            list[i].score = model_score(model, list[i].example, l->dim);
        test->hits = top_hits(list, len);
        for (i = 0; i < len; i++) /* later entries have higher numbers */
            list[i].score = (double)list[i].example->work;
        test->newest_hits = top_hits(list, len);
        test->expected =
            (double)test->liked * (len < TEST_TOP ? 1 : (double)TEST_TOP / (double)len);
    }
    model_free(model);
    hashmap_free(shown);
    free(early.items);
    free(list);
    free(sorted);
}
