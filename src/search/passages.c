/*
 * Passages: the same two arms over the chunks of documents.
 *
 * What a query asks of the text (words and phrases without a field, and what AND, OR, NOT and
 * brackets make of them) is asked of each chunk; everything else is a condition on the work that
 * the document belongs to. Chunks are about equally long, so BM25 needs no lengths here; document
 * frequencies are those of chunks. Vectors lie by document, one behind the other, and are scanned
 * exactly: a library of thousands of documents has some ten thousand of them. Both lists are summed
 * as those of works are, and at most three passages of a work are shown.
 */
#include "passages.h"

#include "carrel/documents.h"
#include "carrel/vectors.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH 400      /* of each list */
#define RELAX_BELOW 10 /* fewer passages with all the words than this: any of them */
#define RERANK 100
#define AVERAGE_WORDS 160.0 /* of a passage with its title */
#define OF_ONE_WORK 3
#define WEIGHT_WORDS 0.6
#define WEIGHT_VECTORS 0.4
#define FLOOR_COSINE 0.25 /* without the words, a passage must be at least this near */
#define FLOOR_SHARE 0.5

struct passages {
    struct passages_query *q;
    struct plan words, where;
    struct idea idea;
    struct node *text, *rest; /* NULL: nothing of that kind */
    struct vectors_model serving;
    int64_t chunks; /* in the library */
};

/* ---- the query in two ---- */

bool passages_is_text(const struct node *node)
{
    size_t i;

    switch (node->kind) {
    case NODE_WORD:
    case NODE_PHRASE:
        return node->columns == COLUMN_ANY;
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
        for (i = 0; i < node->len; i++)
            if (!passages_is_text(node->kids[i]))
                return false;
        return node->len > 0 && !node->hard;
    default:
        return false;
    }
}

static bool is_near(const struct node *node)
{
    return node->kind == NODE_FILTER && node->field == FIELD_NEAR;
}

/* A NOT alone says nothing that can be looked up: it goes with the words, if there are any. */
static void split(struct passages *p, const struct node *root)
{
    struct arena *arena = p->q->arena;
    struct node *text = node_new(arena, NODE_AND), *rest = node_new(arena, NODE_AND);
    bool positive = false;
    size_t i;

    if (root->kind != NODE_AND || root->hard) {
        struct node *only = (struct node *)(uintptr_t)root;

        if (passages_is_text(root) && root->kind != NODE_NOT)
            p->text = only;
        else if (root->kind != NODE_ALL && !is_near(root))
            p->rest = only;
        return;
    }
    for (i = 0; i < root->len; i++) {
        struct node *kid = root->kids[i];

        if (passages_is_text(kid))
            positive |= kid->kind != NODE_NOT;
    }
    for (i = 0; i < root->len; i++) {
        struct node *kid = root->kids[i];

        if (is_near(kid))
            continue;
        node_add(positive && passages_is_text(kid) ? text : rest, arena, kid);
    }
    p->text = text->len > 1 ? text : text->len == 1 ? text->kids[0] : NULL;
    p->rest = rest->len > 0 ? rest : NULL;
}

static int open_plans(struct passages *p, struct error *err)
{
    struct passages_query *q = p->q;
    int result = store_query_int(q->store, "SELECT count(*) FROM chunk", &p->chunks, err);

    plan_init(&p->where, q->store, q->arena, q->lengths);
    plan_init(&p->words, q->store, q->arena, NULL);
    p->words.passages = p->chunks > 0 ? p->chunks : 1;
    p->words.typing = q->typing;
    split(p, q->query->root);
    if (result == ERR_OK && p->rest)
        result = plan_condition(&p->where, p->rest, err);
    if (result == ERR_OK && p->text)
        result = plan_compile(&p->words, p->text, err);
    return result;
}

/* ---- words ---- */

#define OF_WORKS                                                                                   \
    " JOIN document d ON d.id = c.document_id JOIN alias a ON a.scheme = 'file' AND "              \
    "a.value = d.name JOIN work w ON w.id = a.work_id"

static int scan_words(struct passages *p, struct top *top, int64_t *total, struct error *err)
{
    struct rank_context context = { .plan = &p->words };
    struct str sql = STR_INIT;
    struct stmt *stmt = NULL;
    int step, result;

    str_add(&sql, "SELECT f.rowid, carrel_passage(f.chunk_fts, ?2) FROM chunk_fts f");
    if (p->where.where.len > 0)
        str_add(&sql, " CROSS JOIN chunk c ON c.id = f.rowid" OF_WORKS);
    str_add(&sql, " WHERE f.chunk_fts MATCH ?1");
    if (p->where.where.len > 0)
        str_printf(&sql, " AND (%s)", p->where.where.ptr);
    result = stmt_prepare_once(&stmt, p->q->store, sql.ptr, err);
    str_free(&sql);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, p->words.match.ptr);
    stmt_bind_pointer(stmt, 2, &context, "carrel-rank");
    plan_bind(stmt, &p->where, 3);
    while ((step = stmt_step(stmt, err)) == 1) {
        (*total)++;
        top_offer(top, stmt_int(stmt, 0), stmt_double(stmt, 1));
    }
    stmt_free(stmt);
    top_sort(top);
    return step;
}

/* All the words first; when hardly a passage has them, any of them. */
static int ask_words(struct passages *p, struct top *top, struct error *err)
{
    struct search_result *out = p->q->result;
    bool typing = p->words.typing;
    int result;

    if (!p->text)
        return ERR_OK;
    result = scan_words(p, top, &out->total, err);
    if (result != ERR_OK || out->total >= RELAX_BELOW || p->text->kind != NODE_AND
        || p->q->query->exact || !plan_can_relax(p->text))
        return result;
    plan_free(&p->words);
    plan_init(&p->words, p->q->store, p->q->arena, NULL);
    p->words.passages = p->chunks > 0 ? p->chunks : 1;
    p->words.typing = typing;
    out->relaxed = true;
    out->total = 0;
    top->len = 0;
    result = plan_relax(&p->words, p->text, err);
    return result == ERR_OK && p->words.match.len > 0 ? scan_words(p, top, &out->total, err)
                                                      : result;
}

/* ---- vectors ---- */

/* Documents whose work the condition allows; NULL when there is none. */
static int allowed_documents(struct passages *p, struct hashmap **out, struct error *err)
{
    struct str sql = STR_INIT;
    struct stmt *stmt = NULL;
    int step = 0, result;

    *out = NULL;
    if (p->where.where.len == 0)
        return ERR_OK;
    *out = hashmap_new();
    str_printf(&sql,
               "SELECT d.id FROM document d JOIN alias a ON a.scheme = 'file' AND a.value = d.name "
               "JOIN work w ON w.id = a.work_id WHERE %s",
               p->where.where.ptr);
    result = stmt_prepare_once(&stmt, p->q->store, sql.ptr, err);
    str_free(&sql);
    if (result != ERR_OK)
        return result;
    plan_bind(stmt, &p->where, 1);
    while ((step = stmt_step(stmt, err)) == 1) {
        int64_t id = stmt_int(stmt, 0);

        hashmap_put(*out, (const char *)&id, sizeof id, NULL);
    }
    stmt_free(stmt);
    return step;
}

/* A chunk by its document and place in it, as one number; documents are far fewer than 2^40. */
#define PLACE_BITS 22

static int scan_vectors(struct passages *p, uint64_t model, struct top *top, struct error *err)
{
    struct hashmap *allowed;
    struct stmt *stmt = NULL;
    size_t dim = p->idea.dim, size, i;
    int step = 0, result = allowed_documents(p, &allowed, err);

    if (result == ERR_OK)
        result = stmt_prepare_once(&stmt, p->q->store,
                                   "SELECT document_id, vectors FROM document_vectors "
                                   "WHERE model = ?1 AND dim = ?2",
                                   err);
    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, (int64_t)model);
        stmt_bind_int(stmt, 2, (int64_t)dim);
    }
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        int64_t document = stmt_int(stmt, 0);
        const int8_t *vectors;

        if (allowed && !hashmap_get(allowed, (const char *)&document, sizeof document))
            continue;
        vectors = stmt_blob(stmt, 1, &size);
        for (i = 0; i < size / dim && i < (1u << PLACE_BITS); i++)
            top_offer(top, document << PLACE_BITS | (int64_t)i,
                      (double)embed_score(p->idea.vector, vectors + i * dim, dim));
    }
    stmt_free(stmt);
    hashmap_free(allowed);
    top_sort(top);
    return result != ERR_OK ? result : step;
}

/* Places become ids of chunks. */
static int name_places(struct passages *p, struct top *top, struct error *err)
{
    struct stmt *stmt;
    size_t i, kept = 0;
    int result = stmt_prepare(&stmt, p->q->store,
                              "SELECT id FROM chunk WHERE document_id = ?1 AND ordinal = ?2", err);

    for (i = 0; i < top->len && result == ERR_OK; i++) {
        int step;

        stmt_bind_int(stmt, 1, top->items[i].id >> PLACE_BITS);
        stmt_bind_int(stmt, 2, top->items[i].id & ((1 << PLACE_BITS) - 1));
        step = stmt_step(stmt, err);
        if (step == 1)
            top->items[kept++] = (struct candidate){ stmt_int(stmt, 0), top->items[i].score };
        result = step < 0 ? step : ERR_OK;
        stmt_reset(stmt);
    }
    top->len = kept;
    return result;
}

/* A word that neither the library nor the model has ever seen points nowhere. */
static bool says_something(const struct passages *p)
{
    const struct embed_model *model = p->idea.model;
    size_t i;

    for (i = 0; i < p->idea.term_count && model; i++)
        if (embed_word(model, p->idea.terms[i].stem, p->idea.terms[i].len) != EMBED_NONE)
            return true;
    return !model || p->idea.near_count > 0 || p->q->result->total > 0;
}

static int ask_vectors(struct passages *p, struct top *top, struct error *err)
{
    double floor;
    int result;

    if (!p->idea.has_vector || p->serving.slot < 0 || !says_something(p))
        return ERR_OK;
    result = scan_vectors(p, p->serving.content, top, err);
    floor = top->len > 0 ? top->items[0].score * FLOOR_SHARE : 0;
    floor = floor > FLOOR_COSINE ? floor : FLOOR_COSINE;
    while (top->len > 0 && top->items[top->len - 1].score < floor)
        top->len--;
    return result == ERR_OK ? name_places(p, top, err) : result;
}

/* ---- both ---- */

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

static void unite(struct fused_list *out, struct passages *p, const struct top *words,
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

/* At most three of a work, the best ones, and none of them twice (a paper may have its text twice);
 * none of a document that belongs to no work. */
static int thin_out(struct fused_list *list, struct passages *p, struct error *err)
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

/* As works are (rerank.c): the paper's title and the heading stand for a title, so a question that
 * names the paper finds the passage that need not. */
static int rerank(struct fused_list *list, struct passages *p, struct error *err)
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

/* ---- what is shown ---- */

/* How often the page has turned before this byte. */
static uint32_t turned(const char *turns, size_t at)
{
    uint32_t count = 0;
    char *end;

    for (; *turns; turns = end + (*end == ' ')) {
        if (strtoul(turns, &end, 10) > at || end == turns)
            break;
        count++;
    }
    return count;
}

static int show_one(struct passages *p, const struct fused *item, const struct stored_chunk *chunk,
                    struct error *err)
{
    struct search_result *out = p->q->result;
    struct search_hit *hit = &out->hits[out->len];
    struct stored_document document;
    int result = works_rows(p->q->store, p->q->arena, &chunk->work, 1, &hit->row, err);

    if (result == ERR_OK)
        result = documents_get(&document, p->q->store, p->q->arena, chunk->document, err);
    if (result != ERR_OK || hit->row.id == 0)
        return result;
    hit->score = item->score;
    hit->passage = arena_alloc(p->q->arena, sizeof *hit->passage);
    *hit->passage = (struct search_passage){ .document = document.name,
                                             .chunk = chunk->id,
                                             .page = chunk->page,
                                             .pages = document.pages,
                                             .start = chunk->start,
                                             .end = chunk->end,
                                             .heading = chunk->heading,
                                             .body = chunk->body };
    if (p->q->options->snippets) {
        hit_snippets(hit, &p->words, p->q->arena, chunk->body);
        hit->passage->page += turned(chunk->turns, hit->snippet_at);
    }
    if (p->q->options->explain) {
        hit_explain(hit, &p->words, p->q->arena, chunk->body);
        hit->arms = arena_alloc(p->q->arena, sizeof *hit->arms);
        hit->arms->lexical_rank = item->lexical_rank;
        hit->arms->semantic_rank = item->semantic_rank;
        hit->arms->lexical = item->lexical;
        hit->arms->cosine = item->cosine;
        hit->arms->fused = item->first;
        hit->arms->reranked = item->reranked;
        memcpy(hit->arms->parts, item->parts, sizeof hit->arms->parts);
    }
    out->len++;
    return ERR_OK;
}

static int show(struct passages *p, const struct fused_list *list, struct error *err)
{
    struct search_result *out = p->q->result;
    struct stored_chunk chunk;
    size_t i;
    int result = ERR_OK;

    out->hits = arena_alloc(p->q->arena, (p->q->limit + 1) * sizeof *out->hits);
    for (i = p->q->offset; i < list->len && result == ERR_OK; i++) {
        if (out->len == p->q->limit) {
            out->next = arena_printf(p->q->arena, "t%zu", i);
            break;
        }
        result = documents_chunk(&chunk, p->q->store, p->q->arena, list->items[i].id, err);
        if (result == ERR_OK)
            result = show_one(p, &list->items[i], &chunk, err);
        result = result == ERR_NOTFOUND ? ERR_OK : result; /* gone meanwhile */
    }
    return result;
}

int passages_run(struct passages_query *q, struct error *err)
{
    struct passages p = { .q = q };
    struct search_result *out = q->result;
    struct fused_list list = { 0 };
    struct top words, vectors;
    struct vectors_model next;
    enum search_mode mode = q->options->mode;
    size_t i;
    int result = open_plans(&p, err);

    top_init(&words, DEPTH);
    top_init(&vectors, DEPTH);
    if (result == ERR_OK)
        result = vectors_models(q->store, &p.serving, &next, err);
    if (result == ERR_OK && mode != SEARCH_LEXICAL)
        result = idea_read(&p.idea, &p.where, q->query, err);
    if (result == ERR_OK && mode != SEARCH_SEMANTIC)
        result = ask_words(&p, &words, err);
    if (result == ERR_OK && mode != SEARCH_LEXICAL
        && (mode == SEARCH_SEMANTIC || !p.idea.exact || p.idea.near_count > 0))
        result = ask_vectors(&p, &vectors, err);
    if (result == ERR_OK) {
        out->mode = mode == SEARCH_SEMANTIC                ? SEARCH_SEMANTIC
                    : vectors.len > 0 || p.idea.has_vector ? SEARCH_HYBRID
                                                           : SEARCH_LEXICAL;
        unite(&list, &p, &words, &vectors);
        if (mode != SEARCH_LEXICAL && mode != SEARCH_SEMANTIC
            && !(q->options->off & SEARCH_OFF_RERANK) && p.text)
            result = rerank(&list, &p, err);
        if (result == ERR_OK)
            result = thin_out(&list, &p, err);
        for (i = 0; i < list.len; i++)
            out->added += list.items[i].lexical_rank == 0;
        out->total = (int64_t)list.len;
        out->total_is_exact = words.len < DEPTH && vectors.len < DEPTH;
        if (result == ERR_OK)
            result = show(&p, &list, err);
    }
    idea_free(&p.idea);
    top_free(&words);
    top_free(&vectors);
    plan_free(&p.words);
    plan_free(&p.where);
    return result;
}
