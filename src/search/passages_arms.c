/*
 * The two arms of passages. Words: chunks are about equally long, so BM25 needs no lengths here;
 * document frequencies are those of chunks. Vectors lie by document, one behind the other, and are
 * scanned exactly: a library of thousands of documents has some ten thousand of them.
 */
#include "passages_internal.h"

#define RELAX_BELOW 10    /* fewer passages with all the words than this: any of them */
#define FLOOR_COSINE 0.25 /* without the words, a passage must be at least this near */
#define FLOOR_SHARE 0.5

/* ---- words ---- */

#define WORKS_OF_DOCUMENTS                                                                         \
    " JOIN alias a ON a.scheme = 'file' AND a.value = d.name JOIN work w ON w.id = a.work_id"
#define OF_WORKS " JOIN document d ON d.id = c.document_id" WORKS_OF_DOCUMENTS

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
int passages_words(struct passages *p, struct top *top, struct error *err)
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
    str_printf(&sql, "SELECT d.id FROM document d" WORKS_OF_DOCUMENTS " WHERE %s",
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

int passages_vectors(struct passages *p, struct top *top, struct error *err)
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
