/*
 * Texts as the features want them.
 *
 * Every distinct stem of the query and the candidates gets a row: its vector, and its cosine to
 * each stem of the query. Documents are then lists of row numbers, so that a stem that occurs in
 * many of them is looked up and compared once.
 */
#include "rerank_internal.h"

#include "carrel/mem.h"
#include "carrel/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOKENS_MAX 2000 /* of a document; an abstract has some 200 */

/* ---- stems and their cosines ---- */

static void row_compare(struct rerank_work *w, struct rerank_row *row)
{
    size_t i;

    row->cosines = arena_alloc(w->arena, w->term_count * sizeof *row->cosines);
    for (i = 0; i < w->term_count; i++) {
        const struct rerank_row *term = &w->rows[w->term_rows[i]];

        if (term->vector && (int)i != row->term)
            row->cosines[i] =
                rerank_dot(term->vector, row->vector, w->dim) / (term->norm * row->norm);
    }
}

static uint32_t row_of(struct rerank_work *w, const char *stem, size_t len, int term)
{
    struct rerank_row row = { .term = term };
    bool added;
    uint64_t *place = hashmap_put(w->stems, stem, len, &added);

    if (!added)
        return (uint32_t)(*place - 1);
    *place = w->row_count + 1;
    if (w->query->model) {
        row.vector = arena_alloc(w->arena, w->dim * sizeof *row.vector);
        if (embed_add_stem(w->query->model, row.vector, stem, len, 1))
            row.norm = sqrtf(rerank_dot(row.vector, row.vector, w->dim));
        if (row.norm <= 0)
            row.vector = NULL;
    }
    /* Terms of the query come first, all of them before any comparison. */
    if (row.vector && term < 0)
        row_compare(w, &row);
    VEC_PUSH(w->rows, w->row_count, w->row_cap, row);
    return (uint32_t)(w->row_count - 1);
}

static int rarer(const void *a, const void *b)
{
    const struct rank_term *x = a, *y = b;

    return x->idf != y->idf ? (x->idf < y->idf) - (x->idf > y->idf) : strcmp(x->stem, y->stem);
}

void rerank_take_terms(struct rerank_work *w)
{
    struct rank_term *sorted = mem_dup(w->query->terms, w->query->count * sizeof *w->query->terms);
    size_t i;

    if (w->query->count > 1)
        qsort(sorted, w->query->count, sizeof *sorted, rarer);
    w->term_count = w->query->count < RERANK_TERMS ? w->query->count : RERANK_TERMS;
    memcpy(w->terms, sorted, w->term_count * sizeof *sorted);
    free(sorted);
    for (i = 0; i < w->term_count; i++) {
        w->term_rows[i] = row_of(w, w->terms[i].stem, w->terms[i].len, (int)i);
        w->total_idf += w->terms[i].idf;
    }
    for (i = 0; i < w->term_count; i++)
        if (w->rows[w->term_rows[i]].vector)
            row_compare(w, &w->rows[w->term_rows[i]]);
}

/* ---- reading a document ---- */

/* Does a sentence end between two words? */
static bool sentence_ends(const char *text, size_t from, size_t to)
{
    size_t i;

    for (i = from; i + 1 < to; i++)
        if (strchr(".?!", text[i]) && (text[i + 1] == ' ' || text[i + 1] == '\n'))
            return true;
    return false;
}

static int read_token(void *ctx, const struct text_token *token)
{
    struct rerank_work *w = ctx;
    struct rerank_text *doc = w->doc;

    if (doc->len == TOKENS_MAX)
        return 1;
    if (doc->len > 0 && w->last_end > 0 && sentence_ends(w->text, w->last_end, token->start))
        doc->sentences++;
    w->last_end = token->end;
    doc->sentence[doc->len] = (uint32_t)doc->sentences;
    doc->rows[doc->len++] = row_of(w, token->stem, token->stem_len, -1);
    return 0;
}

static int read_author(void *ctx, const struct text_token *token)
{
    struct rerank_work *w = ctx;
    uint64_t *place = hashmap_get(w->stems, token->stem, token->stem_len);

    if (place && w->rows[*place - 1].term >= 0)
        w->doc->authors[w->rows[*place - 1].term] += 1;
    return 0;
}

static void read_text(struct rerank_work *w, const char *text)
{
    w->text = text;
    w->last_end = 0;
    text_tokenize(text, strlen(text), read_token, w);
}

void rerank_read(struct rerank_work *w, struct rerank_text *doc, const struct rerank_doc *from)
{
    memset(doc, 0, sizeof *doc);
    doc->rows = mem_alloc(TOKENS_MAX * sizeof *doc->rows);
    doc->sentence = mem_alloc(TOKENS_MAX * sizeof *doc->sentence);
    w->doc = doc;
    read_text(w, from->title);
    doc->title_len = doc->len;
    doc->sentences += doc->len > 0;
    read_text(w, from->abstract);
    doc->sentences++;
    text_tokenize(from->authors, strlen(from->authors), read_author, w);
}

void rerank_text_free(struct rerank_text *doc)
{
    free(doc->rows);
    free(doc->sentence);
}
