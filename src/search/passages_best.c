/*
 * Both lists of passages as one: summed, the best of it ordered anew by their texts, and thinned
 * out, so that no paper fills a page.
 */
#include "passages_internal.h"

#include <stdlib.h>
#include <string.h>

#define RERANK 100
#define AVERAGE_WORDS 160.0 /* of a passage with its title */
#define OF_ONE_WORK 3
#define WEIGHT_WORDS 0.6
#define WEIGHT_VECTORS 0.4

static int better(const void *a, const void *b)
{
    const struct fused *x = a, *y = b;

    return x->score != y->score ? (x->score < y->score) - (x->score > y->score)
                                : (x->id > y->id) - (x->id < y->id);
}

static void unite_list(struct fused_list *out, struct hashmap *places, const struct top *top,
                       double weight, bool words)
{
    double best = top->len > 0 && top->items[0].score > 0 ? top->items[0].score : 1;
    size_t i;

    for (i = 0; i < top->len; i++) {
        int64_t id = top->items[i].id;
        bool added;
        uint64_t *at = hashmap_put(places, (const char *)&id, sizeof id, &added);
        struct fused *item;

        if (added)
            *at = out->len++;
        item = &out->items[*at];
        item->id = id;
        item->score += weight * top->items[i].score / best;
        if (words) {
            item->lexical = top->items[i].score;
            item->lexical_rank = (int)i + 1;
        } else {
            item->cosine = top->items[i].score;
            item->semantic_rank = (int)i + 1;
        }
    }
}

void passages_unite(struct fused_list *out, struct passages *p, const struct top *words,
                    const struct top *vectors)
{
    struct hashmap *places = hashmap_new();
    bool both = words->len > 0 && vectors->len > 0;
    size_t i;

    out->items = arena_alloc(p->q->arena, (words->len + vectors->len + 1) * sizeof *out->items);
    out->len = 0;
    unite_list(out, places, words, both ? WEIGHT_WORDS : 1, true);
    unite_list(out, places, vectors, both ? WEIGHT_VECTORS : 1, false);
    hashmap_free(places);
    for (i = 0; i < out->len; i++)
        out->items[i].first = out->items[i].score;
    if (out->len > 1)
        qsort(out->items, out->len, sizeof *out->items, better);
}

/* ---- the best of it by their texts ---- */

struct texts {
    struct rerank_doc docs[RERANK];
    int8_t *vectors; /* RERANK x dim */
};

static int read_text(struct passages *p, struct texts *texts, size_t at, const struct fused *item,
                     struct error *err)
{
    struct rerank_doc *doc = &texts->docs[at];
    struct arena *arena = p->q->arena;
    size_t dim = p->idea.dim, size;
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, p->q->store,
        "SELECT t.title, c.heading, c.body, substr(v.vectors, c.ordinal * ?2 + 1, ?2) FROM chunk c "
        "JOIN document d ON d.id = c.document_id JOIN alias a ON a.scheme = 'file' AND a.value = "
        "d.name JOIN work_text t ON t.id = a.work_id LEFT JOIN document_vectors v ON "
        "v.document_id = d.id AND v.dim = ?2 AND v.model = ?3 WHERE c.id = ?1",
        err);

    if (result != ERR_OK)
        return result;
    doc->title = doc->abstract = doc->authors = "";
    stmt_bind_int(stmt, 1, item->id);
    stmt_bind_int(stmt, 2, (int64_t)dim);
    stmt_bind_int(stmt, 3, (int64_t)p->serving.content);
    result = stmt_step(stmt, err);
    if (result == 1) {
        const int8_t *vector = stmt_blob(stmt, 3, &size);

        doc->title = arena_printf(arena, "%s. %s", stmt_text(stmt, 0), stmt_text(stmt, 1));
        doc->abstract = arena_strdup(arena, stmt_text(stmt, 2));
        if (dim > 0 && vector && size == dim) {
            memcpy(texts->vectors + at * dim, vector, dim);
            doc->vector = texts->vectors + at * dim;
            if (p->idea.has_vector)
                doc->cosine = (double)embed_score(p->idea.vector, doc->vector, dim);
        }
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

int passages_rerank(struct fused_list *list, struct passages *p, struct error *err)
{
    size_t count = list->len < RERANK ? list->len : RERANK, i;
    struct texts *texts = mem_zalloc(sizeof *texts);
    struct rerank_query query = { .terms = p->idea.terms,
                                  .count = p->idea.term_count,
                                  .vector = p->idea.has_vector ? p->idea.vector : NULL,
                                  .dim = p->idea.dim,
                                  .model = p->idea.model,
                                  .average_length = AVERAGE_WORDS };
    int f, result = ERR_OK;

    texts->vectors = mem_alloc(RERANK * (p->idea.dim + 1));
    for (i = 0; i < count && result == ERR_OK; i++)
        result = read_text(p, texts, i, &list->items[i], err);
    if (result == ERR_OK && count > 0) {
        rerank_run(&query, texts->docs, count, p->q->options->off);
        for (i = 0; i < count; i++) {
            struct fused *item = &list->items[i];

            item->reranked = true;
            item->cosine = texts->docs[i].cosine;
            item->score = 1 + texts->docs[i].score; /* before all that was not looked at */
            for (f = 0; f < SEARCH_FEATURES; f++)
                item->parts[f] = rerank_weights[f] * texts->docs[i].features[f];
        }
        qsort(list->items, count, sizeof *list->items, better);
    }
    free(texts->vectors);
    free(texts);
    return result;
}

/* ---- not too many of a paper ---- */

int passages_thin_out(struct fused_list *list, struct passages *p, struct error *err)
{
    struct hashmap *works = hashmap_new(), *texts = hashmap_new();
    struct stmt *stmt;
    size_t i, kept = 0;
    int result = stmt_prepare(&stmt, p->q->store,
                              "SELECT a.work_id, c.body FROM chunk c JOIN document d ON d.id = "
                              "c.document_id JOIN alias a ON a.scheme = 'file' AND a.value = "
                              "d.name WHERE c.id = ?1",
                              err);

    for (i = 0; i < list->len && result == ERR_OK; i++) {
        int step;

        stmt_bind_int(stmt, 1, list->items[i].id);
        step = stmt_step(stmt, err);
        if (step == 1) {
            int64_t work = stmt_int(stmt, 0);
            const char *body = stmt_text(stmt, 1);
            uint64_t key[2] = { (uint64_t)work, hash64(body, strlen(body), 0) };
            bool added;

            hashmap_put(texts, (const char *)key, sizeof key, &added);
            if (added
                && ++*hashmap_put(works, (const char *)&work, sizeof work, NULL) <= OF_ONE_WORK)
                list->items[kept++] = list->items[i];
        }
        result = step < 0 ? step : ERR_OK;
        stmt_reset(stmt);
    }
    list->len = kept;
    hashmap_free(works);
    hashmap_free(texts);
    return result;
}
