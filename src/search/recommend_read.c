/*
 * Reading papers for recommending: of each its vector and its most distinctive words, both of unit
 * length, and what the reader has said of it.
 */
#include "recommend.h"

#include "carrel/fts.h"
#include "carrel/text.h"
#include "internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EXAMPLES_MAX 4000 /* marks, the newest first */

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
    for (i = 0; i < len && i < LEARNED_WORDS; i++) {
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
    "SELECT w, max(at), max(liked), max(weight) FROM (SELECT work_id w, changed at, state != 3 "
    "liked, CASE WHEN starred THEN 2.0 WHEN state = 3 THEN 1.5 WHEN state = 2 THEN 1.0 ELSE 0.8 "
    "END weight FROM reading WHERE state != 0 OR starred UNION ALL SELECT work_id, added, 1, 1.5 "
    "FROM work_tag UNION ALL SELECT work_id, changed, 1, 1.5 FROM note) GROUP BY w ORDER BY 2 DESC "
    "LIMIT ?1";
/* Spread over the library by a multiplicative hash of the id, the same each time. */
static const char background_sql[] =
    "SELECT id, 0, 0, 0.3 FROM work w WHERE NOT EXISTS (SELECT 1 FROM reading r WHERE r.work_id = "
    "w.id) AND NOT EXISTS (SELECT 1 FROM work_tag t WHERE t.work_id = w.id) "
    "ORDER BY (id * 2654435761) % 4294967291 LIMIT ?1";
static const char unread_sql[] =
    "SELECT id, 0, 0, 1 FROM work w WHERE NOT EXISTS (SELECT 1 FROM reading r WHERE r.work_id = "
    "w.id AND (r.state != 0 OR r.starred)) AND NOT EXISTS (SELECT 1 FROM work_tag t WHERE "
    "t.work_id = w.id) ORDER BY added DESC, day DESC, id DESC LIMIT ?1";

int learner_marks(struct learner *l, struct examples *out, struct error *err)
{
    return read_marks(l, out, marks_sql, EXAMPLES_MAX, err);
}

int learner_background(struct learner *l, struct examples *out, size_t limit, struct error *err)
{
    return read_marks(l, out, background_sql, (int64_t)limit, err);
}

int learner_unread(struct learner *l, struct examples *out, const char *query, size_t limit,
                   struct error *err)
{
    return query ? read_found(l, out, query, limit, err)
                 : read_marks(l, out, unread_sql, (int64_t)limit, err);
}
