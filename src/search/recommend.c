/*
 * Recommending by logistic regression on two kinds of features: the paper's vector, which carries
 * over to words nobody has marked yet, and its own distinctive words, which say why.
 *
 * Trained by AdaGrad (J. Duchi, E. Hazan, Y. Singer, JMLR 2011) over the reader's marks, with works
 * that were never touched as weak counter-examples: unread is not disliked. Everything is a few
 * thousand short rows, so it is trained anew each time and nothing can be stale.
 */
#include "carrel/recommend.h"

#include "carrel/fts.h"
#include "carrel/hash.h"
#include "carrel/text.h"
#include "carrel/vectors.h"
#include "internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT 20
#define CANDIDATES 2000
#define EXAMPLES_MAX 4000 /* marks, the newest first */
#define BACKGROUND 3      /* untouched works for each liked one */
#define WORDS 24          /* distinctive words of a paper */
#define EPOCHS 12
#define RATE 0.3
#define DECAY 1e-4
#define VECTOR_SCALE 2.0
#define EXPLORE_EVERY 7 /* every seventh place is for what the model is unsure of */
#define TEST_TOP 20
#define TEST_SHARE 0.7 /* of the marks, the earlier ones, are learned from */
#define TEST_LIKED 3   /* liked papers in the later part; fewer say nothing */

struct example {
    int64_t work, at; /* when it was marked, ms; 0: never */
    double label, weight;
    float *vector; /* unit length; NULL: none */
    struct feature {
        uint32_t word;
        float value;
    } words[WORDS];
    size_t word_count;
};
struct examples {
    struct example *items;
    size_t len, cap;
};

struct model {
    double bias, bias_grad;
    double vector[VECTORS_DIM_MAX], vector_grad[VECTORS_DIM_MAX];
    double *words, *word_grads;
};

struct learner {
    struct store *store;
    struct arena *arena;
    const struct lengths *lengths;
    const struct embed_model *model; /* NULL: none */
    struct hashmap *vocabulary;      /* stem -> number */
    struct terms {
        char *term, *stem;
    } * terms;
    size_t term_count, term_cap;
    size_t dim;
    struct hashmap *counts; /* of the paper being read */
};

/* ---- reading papers ---- */

struct counted {
    const char *stem;
    size_t len;
    double weight;
    uint64_t number;
};

static int count_word(void *ctx, const struct text_token *token)
{
    struct learner *l = ctx;
    bool added;
    uint64_t *number;

    if (!stem_tells(l->model, token->stem, token->stem_len))
        return 0;
    number = hashmap_put(l->vocabulary, token->stem, token->stem_len, &added);
    if (added) {
        struct terms terms = { arena_strndup(l->arena, token->term, token->term_len),
                               arena_strndup(l->arena, token->stem, token->stem_len) };

        *number = l->term_count;
        VEC_PUSH(l->terms, l->term_count, l->term_cap, terms);
    }
    (*hashmap_put(l->counts, token->stem, token->stem_len, NULL))++;
    return 0;
}

static int by_weight(const void *a, const void *b)
{
    const struct counted *x = a, *y = b;

    return x->weight != y->weight ? (x->weight < y->weight) - (x->weight > y->weight)
                                  : (x->number > y->number) - (x->number < y->number);
}

static int stem_weight(double *out, struct learner *l, const char *stem, uint64_t tf,
                       struct error *err)
{
    int64_t df;
    int result = vocabulary_df(&df, l->store, VOCABULARY_STEMS, stem, err);

    /* Words of one paper only teach nothing about others. */
    *out = result == ERR_OK && df > 1 ? (1 + log((double)tf)) * rank_idf(df, l->lengths->docs) : 0;
    return result;
}

/* The paper's most distinctive words, as a vector of unit length. */
static int read_words(struct learner *l, struct example *example, const char *text,
                      struct error *err)
{
    struct counted *list = NULL;
    size_t len = 0, cap = 0, at = 0, i;
    double norm = 0;
    uint64_t *tf;
    struct counted word;
    int result = ERR_OK;

    hashmap_clear(l->counts);
    text_tokenize(text, strlen(text), count_word, l);
    while (result == ERR_OK && hashmap_next(l->counts, &at, &word.stem, &word.len, &tf)) {
        word.number = *hashmap_get(l->vocabulary, word.stem, word.len);
        result = stem_weight(&word.weight, l, l->terms[word.number].stem, *tf, err);
        if (word.weight > 0)
            VEC_PUSH(list, len, cap, word);
    }
    if (len > 1)
        qsort(list, len, sizeof *list, by_weight);
    for (i = 0; i < len && i < WORDS; i++) {
        example->words[i].word = (uint32_t)list[i].number;
        example->words[i].value = (float)list[i].weight;
        norm += list[i].weight * list[i].weight;
    }
    example->word_count = i;
    for (i = 0; i < example->word_count; i++)
        example->words[i].value = (float)(example->words[i].value / sqrt(norm));
    free(list);
    return result;
}

static int read_vector(struct learner *l, struct example *example, struct error *err)
{
    int8_t row[VECTORS_DIM_MAX];
    size_t size = sizeof row, i;
    double norm = 0;
    int result = vectors_get(l->store, example->work, row, &size, err);

    if (result == ERR_NOTFOUND)
        return ERR_OK;
    if (result != ERR_OK)
        return result;
    for (i = 0; i < size; i++)
        norm += (double)row[i] * row[i];
    if (norm <= 0)
        return ERR_OK;
    l->dim = size;
    example->vector = arena_alloc(l->arena, size * sizeof *example->vector);
    for (i = 0; i < size; i++)
        example->vector[i] = (float)(row[i] / sqrt(norm));
    return ERR_OK;
}

static int read_example(struct learner *l, struct example *example, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, l->store,
                              "SELECT title || ' ' || title || ' ' || abstract FROM work_text "
                              "WHERE id = ?1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, example->work);
    result = stmt_step(stmt, err);
    if (result == 1)
        result = read_words(l, example, stmt_text(stmt, 0), err);
    stmt_reset(stmt);
    return result < 0 ? result : read_vector(l, example, err);
}

/* Rows of work, time, label and weight. */
static int read_marks(struct learner *l, struct examples *out, const char *sql, int64_t limit,
                      struct error *err)
{
    struct stmt *stmt;
    size_t i = out->len;
    int step;
    int result = stmt_prepare_once(&stmt, l->store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, limit);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct example example = { .work = stmt_int(stmt, 0), .at = stmt_int(stmt, 1) };

        example.label = stmt_double(stmt, 2);
        example.weight = stmt_double(stmt, 3);
        VEC_PUSH(out->items, out->len, out->cap, example);
    }
    stmt_free(stmt);
    for (result = step; i < out->len && result == ERR_OK; i++)
        result = read_example(l, &out->items[i], err);
    return result;
}

struct id_list {
    struct examples *out;
    size_t limit;
};

static int take_id(void *ctx, int64_t work)
{
    struct id_list *list = ctx;
    struct example example = { .work = work, .weight = 1 };

    if (list->out->len == list->limit)
        return 1;
    VEC_PUSH(list->out->items, list->out->len, list->out->cap, example);
    return 0;
}

/* What a query finds, as candidates. */
static int read_found(struct learner *l, struct examples *out, const char *query, size_t limit,
                      struct error *err)
{
    struct id_list list = { out, limit };
    size_t i;
    int result = search_each(l->store, query, take_id, &list, err);

    result = result > 0 ? ERR_OK : result;
    for (i = 0; i < out->len && result == ERR_OK; i++)
        result = read_example(l, &out->items[i], err);
    return result;
}

/* A star says most, a tag nearly as much; a skip is the only "no". */
static const char marks_sql[] =
    "SELECT w, max(at), max(liked), max(weight) FROM ("
    "SELECT work_id w, changed at, state != 3 liked, "
    "CASE WHEN starred THEN 2.0 WHEN state = 3 THEN 1.5 WHEN state = 2 THEN 1.0 ELSE 0.8 END "
    "weight "
    "FROM reading WHERE state != 0 OR starred "
    "UNION ALL SELECT work_id, added, 1, 1.5 FROM work_tag "
    "UNION ALL SELECT work_id, changed, 1, 1.5 FROM note) GROUP BY w ORDER BY 2 DESC LIMIT ?1";
/* Spread over the library by a multiplicative hash of the id, the same each time. */
static const char background_sql[] =
    "SELECT id, 0, 0, 0.3 FROM work w WHERE NOT EXISTS (SELECT 1 FROM reading r WHERE r.work_id = "
    "w.id) AND NOT EXISTS (SELECT 1 FROM work_tag t WHERE t.work_id = w.id) "
    "ORDER BY (id * 2654435761) % 4294967291 LIMIT ?1";
static const char unread_sql[] =
    "SELECT id, 0, 0, 1 FROM work w WHERE NOT EXISTS (SELECT 1 FROM reading r WHERE r.work_id = "
    "w.id AND (r.state != 0 OR r.starred)) AND NOT EXISTS (SELECT 1 FROM work_tag t WHERE "
    "t.work_id = w.id) ORDER BY added DESC, day DESC, id DESC LIMIT ?1";

/* ---- the model ---- */

static struct model *model_new(const struct learner *l)
{
    struct model *model = mem_zalloc(sizeof *model);

    model->words = mem_zalloc((l->term_count + 1) * sizeof *model->words);
    model->word_grads = mem_zalloc((l->term_count + 1) * sizeof *model->word_grads);
    return model;
}

static void model_free(struct model *model)
{
    if (!model)
        return;
    free(model->words);
    free(model->word_grads);
    free(model);
}

static double model_score(const struct model *model, const struct example *x, size_t dim)
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
static struct model *train(const struct learner *l, const struct examples *set)
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

/* ---- the reader's past as an examination ---- */

static int by_time(const void *a, const void *b)
{
    const struct example *x = a, *y = b;

    return x->at != y->at ? (x->at > y->at) - (x->at < y->at)
                          : (x->work > y->work) - (x->work < y->work);
}

struct ranked {
    const struct example *example;
    double score;
};

static int by_rank(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    return x->score != y->score
               ? (x->score < y->score) - (x->score > y->score)
               : (x->example->work < y->example->work) - (x->example->work > y->example->work);
}

static int top_hits(struct ranked *list, size_t len)
{
    int hits = 0;
    size_t i;

    if (len > 1)
        qsort(list, len, sizeof *list, by_rank);
    for (i = 0; i < len && i < TEST_TOP; i++)
        hits += list[i].example->label > 0.5;
    return hits;
}

/* Learns from the earlier marks and looks for the later liked ones among everything that was not
 * marked by then. */
static void self_test(struct recommend_result *result, const struct learner *l,
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
        model = train(l, &early);
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

/* ---- what is recommended, and why ---- */

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
    struct reason reasons[WORDS];
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
        qsort(list, len, sizeof *list, by_rank);
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
    int code = read_marks(l, &marks, marks_sql, EXAMPLES_MAX, err);

    if (code == ERR_OK)
        count_marks(result, &marks);
    if (code != ERR_OK || result->missing)
        goto out;
    code =
        read_marks(l, &background, background_sql, (int64_t)result->liked * BACKGROUND + 50, err);
    if (code == ERR_OK && options->query)
        code = read_found(l, &unread, options->query, candidates, err);
    else if (code == ERR_OK)
        code = read_marks(l, &unread, unread_sql, (int64_t)candidates, err);
    if (code != ERR_OK)
        goto out;
    for (i = 0; i < marks.len; i++)
        VEC_PUSH(all.items, all.len, all.cap, marks.items[i]);
    for (i = 0; i < background.len; i++)
        VEC_PUSH(all.items, all.len, all.cap, background.items[i]);
    model = train(l, &all);
    code = choose(result, l, model, &unread, &marks, options->limit ? options->limit : LIMIT, err);
    if (code == ERR_OK && options->self_test)
        self_test(result, l, &marks, &background, &unread);
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
