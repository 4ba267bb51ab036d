/*
 * Related papers: near in meaning, and what else binds them (authors, links), said for each.
 */
#include "carrel/related.h"

#include "carrel/fts.h"
#include "carrel/hash.h"
#include "carrel/search.h"
#include "carrel/text.h"
#include "carrel/vectors.h"
#include "carrel/works.h"
#include "internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AUTHOR_BONUS 0.04 /* each shared author, at most three */
#define LINK_BONUS 0.1
#define AUTHOR_WORKS 200 /* works by the same people that are looked at */
#define BECAUSE_WORDS 4
#define SPARE 40
#define TELLING_IDF 3.0f /* one text in twenty of those the model was trained on */

/* ---- words in common ---- */

bool stem_tells(const struct embed_model *model, const char *stem, size_t len)
{
    uint32_t word = model ? embed_word(model, stem, len) : EMBED_NONE;

    if (len < 3 || strspn(stem, "0123456789") >= len)
        return false;
    return word == EMBED_NONE || embed_word_idf(model, word) >= TELLING_IDF;
}

struct shared {
    struct hashmap *stems; /* of the first text: 1; in both: 2 */
    struct word {
        char *term, *stem;
        double idf;
    } * words;
    size_t len, cap;
    struct arena *arena;
    const struct embed_model *model;
};

static int note_stem(void *ctx, const struct text_token *token)
{
    struct shared *shared = ctx;

    *hashmap_put(shared->stems, token->stem, token->stem_len, NULL) = 1;
    return 0;
}

static int meet_stem(void *ctx, const struct text_token *token)
{
    struct shared *shared = ctx;
    uint64_t *seen = hashmap_get(shared->stems, token->stem, token->stem_len);
    struct word word;

    if (!seen || *seen == 2 || !stem_tells(shared->model, token->stem, token->stem_len))
        return 0;
    *seen = 2;
    word.term = arena_strndup(shared->arena, token->term, token->term_len);
    word.stem = arena_strndup(shared->arena, token->stem, token->stem_len);
    word.idf = 0;
    VEC_PUSH(shared->words, shared->len, shared->cap, word);
    return 0;
}

static int by_idf(const void *a, const void *b)
{
    const struct word *x = a, *y = b;

    return x->idf != y->idf ? (x->idf < y->idf) - (x->idf > y->idf) : strcmp(x->stem, y->stem);
}

static int weigh_words(struct shared *shared, struct store *store, struct error *err)
{
    const struct lengths *lengths;
    int64_t df;
    size_t i;
    int result = lengths_get(&lengths, store, err);

    for (i = 0; i < shared->len && result == ERR_OK; i++) {
        result = vocabulary_df(&df, store, VOCABULARY_STEMS, shared->words[i].stem, err);
        if (df > 0)
            shared->words[i].idf = rank_idf(df, lengths->docs);
    }
    return result;
}

int shared_words(struct str *out, struct store *store, const char *a, const char *b, size_t most,
                 struct error *err)
{
    struct shared shared = { .stems = hashmap_new(), .arena = arena_new() };
    size_t i;
    int result = vectors_model(&shared.model, store, err);

    if (result == ERR_NOTFOUND)
        shared.model = NULL;
    text_tokenize(a, strlen(a), note_stem, &shared);
    text_tokenize(b, strlen(b), meet_stem, &shared);
    result = weigh_words(&shared, store, err);
    if (shared.len > 1)
        qsort(shared.words, shared.len, sizeof *shared.words, by_idf);
    for (i = 0; i < shared.len && i < most && shared.words[i].idf > 0 && result == ERR_OK; i++)
        str_printf(out, "%s%s", i ? ", " : "", shared.words[i].term);
    free(shared.words);
    hashmap_free(shared.stems);
    arena_free(shared.arena);
    return result;
}

/* ---- the union of what is near and what is bound ---- */

struct finder {
    struct store *store;
    struct arena *arena;
    const int64_t *works;
    size_t work_count;
    struct related_item *items;
    size_t len, cap;
    struct hashmap *places; /* id -> index + 1 */
    struct str text;        /* of the given works, for the words in common */
};

static bool is_given(const struct finder *f, int64_t id)
{
    size_t i;

    for (i = 0; i < f->work_count; i++)
        if (f->works[i] == id)
            return true;
    return false;
}

static struct related_item *finder_item(struct finder *f, int64_t id)
{
    struct related_item item = { .id = id };
    bool added;
    uint64_t *place = hashmap_put(f->places, (const char *)&id, sizeof id, &added);

    if (added) {
        *place = f->len;
        VEC_PUSH(f->items, f->len, f->cap, item);
    }
    return &f->items[*place];
}

/* The mean direction of the given works. */
static int mean_vector(struct finder *f, float *sum, size_t *dim, struct error *err)
{
    int8_t row[VECTORS_DIM_MAX];
    size_t i, k, found = 0;

    for (i = 0; i < f->work_count; i++) {
        size_t size = sizeof row;
        double norm = 0;
        int result = vectors_get(f->store, f->works[i], row, &size, err);

        if (result == ERR_NOTFOUND)
            continue;
        if (result != ERR_OK)
            return result;
        for (k = 0; k < size; k++)
            norm += (double)row[k] * row[k];
        for (k = 0; k < size && norm > 0; k++)
            sum[k] += (float)(row[k] / sqrt(norm));
        *dim = size;
        found++;
    }
    return found ? ERR_OK : ERR_NOTFOUND;
}

static int find_near(struct finder *f, const float *mean, size_t dim, size_t limit,
                     struct error *err)
{
    size_t k = limit + f->work_count + SPARE, count = 0, i;
    struct vector_hit *hits = mem_alloc(k * sizeof *hits);
    int result = vectors_search(f->store, mean, dim, k, NULL, hits, &count, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        if (!is_given(f, hits[i].id))
            finder_item(f, hits[i].id)->cosine = (double)hits[i].score;
    free(hits);
    return result;
}

/* Without vectors: the words that tell the first of them from others. */
static int find_by_words(struct finder *f, size_t limit, struct error *err)
{
    struct search_options options = { .limit = limit + SPARE, .mode = SEARCH_LEXICAL };
    struct search_result *found;
    struct work_row row;
    double best;
    char *query;
    size_t i;
    int result = works_rows(f->store, f->arena, f->works, 1, &row, err);

    if (result != ERR_OK || row.id == 0)
        return result;
    query = arena_printf(f->arena, "near:%s", row.key);
    result = search_run(&found, f->store, query, &options, err);
    if (result != ERR_OK)
        return result;
    best = found->len > 0 ? found->hits[0].score : 1;
    for (i = 0; i < found->len; i++)
        if (!is_given(f, found->hits[i].row.id))
            finder_item(f, found->hits[i].row.id)->score = found->hits[i].score / best;
    search_result_free(found);
    return ERR_OK;
}

static int find_coauthored(struct finder *f, struct error *err)
{
    struct stmt *stmt;
    size_t i;
    int result = stmt_prepare(&stmt, f->store,
                              "SELECT b.work_id, count(*) FROM work_author a JOIN work_author b ON "
                              "b.author_id = a.author_id AND b.work_id != a.work_id WHERE "
                              "a.work_id = ?1 GROUP BY b.work_id ORDER BY 2 DESC LIMIT ?2",
                              err),
        step = 0;

    for (i = 0; i < f->work_count && result == ERR_OK; i++) {
        stmt_bind_int(stmt, 1, f->works[i]);
        stmt_bind_int(stmt, 2, AUTHOR_WORKS);
        while ((step = stmt_step(stmt, err)) == 1) {
            struct related_item *item;

            if (is_given(f, stmt_int(stmt, 0)))
                continue;
            item = finder_item(f, stmt_int(stmt, 0));
            item->authors += (int)stmt_int(stmt, 1);
        }
        stmt_reset(stmt);
        result = step;
    }
    return result;
}

/* Links in common are counted for those found; works have few links, and links no index. */
static int count_links(struct finder *f, struct error *err)
{
    struct stmt *stmt;
    size_t i, k;
    int result = stmt_prepare(&stmt, f->store,
                              "SELECT count(*) FROM link a JOIN link b ON b.work_id = ?2 AND b.url "
                              "= a.url WHERE a.work_id = ?1",
                              err);

    for (i = 0; i < f->len && result == ERR_OK; i++) {
        for (k = 0; k < f->work_count && result == ERR_OK; k++) {
            stmt_bind_int(stmt, 1, f->works[k]);
            stmt_bind_int(stmt, 2, f->items[i].id);
            result = stmt_step(stmt, err);
            if (result == 1)
                f->items[i].links += (int)stmt_int(stmt, 0);
            stmt_reset(stmt);
            result = result < 0 ? result : ERR_OK;
        }
    }
    return result;
}

static int fill_cosines(struct finder *f, const float *mean, size_t dim, struct error *err)
{
    int64_t *ids = mem_alloc((f->len + 1) * sizeof *ids);
    float *scores = mem_alloc((f->len + 1) * sizeof *scores);
    size_t i;
    int result;

    for (i = 0; i < f->len; i++)
        ids[i] = f->items[i].id;
    result = vectors_score(f->store, mean, dim, ids, f->len, scores, err);
    for (i = 0; i < f->len && result == ERR_OK; i++)
        f->items[i].cosine = isnan(scores[i]) ? 0 : (double)scores[i];
    free(ids);
    free(scores);
    return result;
}

static int by_score(const void *a, const void *b)
{
    const struct related_item *x = a, *y = b;

    return x->score != y->score ? (x->score < y->score) - (x->score > y->score)
                                : (x->id < y->id) - (x->id > y->id);
}

static void score_items(struct finder *f)
{
    size_t i;

    for (i = 0; i < f->len; i++) {
        struct related_item *item = &f->items[i];

        if (item->cosine > 0)
            item->score = item->cosine;
        item->score += AUTHOR_BONUS * fmin(item->authors, 3) + (item->links > 0 ? LINK_BONUS : 0);
    }
    if (f->len > 1)
        qsort(f->items, f->len, sizeof *f->items, by_score);
}

static int read_text(struct str *out, struct store *store, int64_t id, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT title || '. ' || abstract FROM work_text WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    result = stmt_step(stmt, err);
    if (result == 1)
        str_printf(out, "%s ", stmt_text(stmt, 0));
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

static int say_because(struct finder *f, struct related_item *item, struct error *err)
{
    struct str words = STR_INIT, text = STR_INIT, because = STR_INIT;
    int result = read_text(&text, f->store, item->id, err);

    if (result == ERR_OK)
        result = shared_words(&words, f->store, f->text.ptr, text.ptr, BECAUSE_WORDS, err);
    if (item->cosine > 0)
        str_printf(&because, "meaning %.2f", item->cosine);
    if (words.len > 0)
        str_printf(&because, "%swords in common: %s", because.len ? "; " : "", words.ptr);
    if (item->authors > 0)
        str_printf(&because, "%s%d author%s in common", because.len ? "; " : "", item->authors,
                   item->authors == 1 ? "" : "s");
    if (item->links > 0)
        str_printf(&because, "%sa link in common", because.len ? "; " : "");
    item->because = arena_strdup(f->arena, because.ptr);
    str_free(&words);
    str_free(&text);
    str_free(&because);
    return result;
}

int related_find(struct related_item **out, size_t *count, struct store *store, struct arena *arena,
                 const int64_t *works, size_t work_count, size_t limit, struct error *err)
{
    struct finder f = { .store = store,
                        .arena = arena,
                        .works = works,
                        .work_count = work_count,
                        .places = hashmap_new() };
    float *mean = mem_zalloc(VECTORS_DIM_MAX * sizeof *mean);
    size_t dim = 0, i;
    int result = mean_vector(&f, mean, &dim, err);
    bool vectors = result == ERR_OK;

    str_init(&f.text);
    if (result == ERR_NOTFOUND)
        result = find_by_words(&f, limit, err);
    else if (result == ERR_OK)
        result = find_near(&f, mean, dim, limit, err);
    if (result == ERR_OK)
        result = find_coauthored(&f, err);
    if (result == ERR_OK)
        result = count_links(&f, err);
    if (result == ERR_OK && vectors)
        result = fill_cosines(&f, mean, dim, err);
    for (i = 0; i < work_count && result == ERR_OK; i++)
        result = read_text(&f.text, store, works[i], err);
    score_items(&f);
    f.len = f.len < limit ? f.len : limit;
    for (i = 0; i < f.len && result == ERR_OK; i++)
        result = say_because(&f, &f.items[i], err);
    *count = f.len;
    *out = arena_alloc(arena, (f.len + 1) * sizeof **out);
    if (f.len > 0)
        memcpy(*out, f.items, f.len * sizeof **out);
    free(f.items);
    free(mean);
    hashmap_free(f.places);
    str_free(&f.text);
    return result;
}
