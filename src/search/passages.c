/*
 * Passages: the same two arms over the chunks of documents.
 *
 * What a query asks of the text (words and phrases without a field, and what AND, OR, NOT and
 * brackets make of them) is asked of each chunk; everything else is a condition on the work that
 * the document belongs to. Both lists (passages_arms.c) are summed as those of works are, the best
 * of them ordered anew by their texts (passages_best.c), and at most three passages of a work are
 * shown.
 */
#include "passages_internal.h"

#include "carrel/documents.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH 400 /* of each list */

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
        result = passages_words(&p, &words, err);
    if (result == ERR_OK && mode != SEARCH_LEXICAL
        && (mode == SEARCH_SEMANTIC || !p.idea.exact || p.idea.near_count > 0))
        result = passages_vectors(&p, &vectors, err);
    if (result == ERR_OK) {
        out->mode = mode == SEARCH_SEMANTIC                ? SEARCH_SEMANTIC
                    : vectors.len > 0 || p.idea.has_vector ? SEARCH_HYBRID
                                                           : SEARCH_LEXICAL;
        passages_unite(&list, &p, &words, &vectors);
        if (mode != SEARCH_LEXICAL && mode != SEARCH_SEMANTIC
            && !(q->options->off & SEARCH_OFF_RERANK) && p.text)
            result = passages_rerank(&list, &p, err);
        if (result == ERR_OK)
            result = passages_thin_out(&list, &p, err);
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
