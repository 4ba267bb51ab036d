/*
 * Which words of a query ask for an idea, and which must be met to the letter.
 *
 * Soft are the bare words that stand side by side at the top: a paper that lacks them may still be
 * what was meant. Everything else is a condition: phrases, fields, filters, -words and a feed's own
 * query hold for every hit, whichever arm brought it. Who writes AND, OR, brackets around words or
 * a star has said exactly what is wanted, and gets no additions; there the vectors only help to
 * order what matched. near:ID lends its paper's vector; several are taken together.
 */
#include "hybrid.h"

#include "carrel/log.h"
#include "carrel/text.h"
#include "carrel/vectors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct idea_reader {
    struct idea *idea;
    struct plan *plan;
    struct error *err;
    int result;
    bool author;      /* reading words that may only be names */
    struct str words; /* for a server's model */
};

/* Is the stem anywhere in a title or abstract? Names of authors say nothing to the model. */
static int in_text(bool *out, struct plan *plan, const char *stem, struct error *err)
{
    struct stmt *stmt;
    char match[TEXT_TOKEN_MAX + 40];
    int result =
        stmt_prepare(&stmt, plan->store, "SELECT 1 FROM fts WHERE fts MATCH ?1 LIMIT 1", err);

    if (result != ERR_OK)
        return result;
    snprintf(match, sizeof match, "{title abstract} : \"\x01%s\"", stem);
    stmt_bind_text(stmt, 1, match);
    result = stmt_step(stmt, err);
    *out = result == 1;
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

/* Robertson and Sparck Jones, 1976: words that half of all papers have say nothing. (The lexical
 * arm's idf stays above 0, since there such a word may be all there is.) */
static double term_idf(int64_t df, int64_t docs)
{
    double n = (double)docs, d = (double)df;

    return fmax(log((n - d + 0.5) / (d + 0.5)), 0);
}

static int add_stem(void *ctx, const struct text_token *token)
{
    struct idea_reader *reader = ctx;
    struct idea *idea = reader->idea;
    struct plan *plan = reader->plan;
    struct rank_term term = { .stem = arena_strndup(plan->arena, token->stem, token->stem_len),
                              .len = token->stem_len };
    bool of_text = true;
    int64_t df = 0;
    size_t i;

    reader->result = plan_stem_df(plan, term.stem, &df, reader->err);
    if (reader->result == ERR_OK && df > 0 && idea->model
        && embed_word(idea->model, term.stem, term.len) == EMBED_NONE)
        reader->result = in_text(&of_text, plan, term.stem, reader->err);
    if (reader->result != ERR_OK)
        return 1;
    if (idea->model && of_text)
        embed_add_stem(idea->model, idea->vector, term.stem, term.len, 1);
    for (i = 0; i < idea->term_count; i++)
        if (strcmp(idea->terms[i].stem, term.stem) == 0) {
            idea->terms[i].idf += term_idf(df, plan->lengths ? plan->lengths->docs : 1);
            return 0;
        }
    term.idf = term_idf(df, plan->lengths ? plan->lengths->docs : 1);
    VEC_PUSH(idea->terms, idea->term_count, idea->term_cap, term);
    return 0;
}

/* The vector of a paper that is named. */
static int read_near(struct idea_reader *reader, const struct node *node)
{
    struct idea *idea = reader->idea;
    int8_t row[EMBED_DIM_MAX];
    size_t dim = sizeof row, i;
    double norm = 0;
    int64_t work = 0;

    reader->result = works_find(reader->plan->store, &work, node->text, reader->err);
    if (reader->result != ERR_OK)
        return reader->result;
    if (idea->near_count < NEAR_MAX)
        idea->near[idea->near_count++] = work;
    reader->result = vectors_get(reader->plan->store, work, row, &dim, reader->err);
    if (reader->result == ERR_NOTFOUND || (reader->result == ERR_OK && dim != idea->dim))
        reader->result = ERR_OK;
    else
        for (i = 0; i < dim && reader->result == ERR_OK; i++)
            norm += (double)row[i] * row[i];
    for (i = 0; i < dim && norm > 0; i++)
        idea->vector[i] += (float)(row[i] / sqrt(norm));
    return reader->result;
}

static int read_words(struct idea_reader *reader, const struct node *node)
{
    size_t i;

    switch (node->kind) {
    case NODE_WORD:
    case NODE_PHRASE:
        /* The word being typed is not one yet. */
        if (node->columns != COLUMN_AUTHORS && !node->prefix
            && !(reader->plan->typing && node == reader->plan->last_word)) {
            str_printf(&reader->words, "%s%s", reader->words.len ? " " : "", node->text);
            text_tokenize(node->text, strlen(node->text), add_stem, reader);
        }
        break;
    case NODE_AND:
    case NODE_OR:
        for (i = 0; i < node->len && reader->result == ERR_OK; i++)
            read_words(reader, node->kids[i]);
        break;
    case NODE_FILTER:
        if (node->field == FIELD_NEAR && reader->idea->dim > 0)
            read_near(reader, node);
        break;
    default:
        break;
    }
    return reader->result;
}

static bool is_soft(const struct node *node)
{
    return node->kind == NODE_WORD && node->columns == COLUMN_ANY && !node->prefix;
}

static bool is_near(const struct node *node)
{
    return node->kind == NODE_FILTER && node->field == FIELD_NEAR;
}

/* Does any part say "exactly so"? */
static bool is_exact(const struct node *node, bool top)
{
    size_t i;

    switch (node->kind) {
    case NODE_WORD:
        return node->prefix;
    case NODE_OR:
        return true;
    case NODE_AND:
        if (node->hard) /* a feed: a condition like any other */
            return false;
        for (i = 0; i < node->len; i++)
            if (is_exact(node->kids[i], false))
                return true;
        return !top;
    default:
        return false;
    }
}

bool idea_is_loose(const struct query *query)
{
    const struct node *root = query->root;
    size_t i, soft = 0;

    if (query->exact || root->kind != NODE_AND || root->hard || is_exact(root, true))
        return false;
    for (i = 0; i < root->len; i++)
        soft += is_soft(root->kids[i]);
    return soft > 1;
}

static void split_hard(struct idea *idea, struct arena *arena, const struct node *root)
{
    struct node *hard = node_new(arena, NODE_AND);
    size_t i;

    if (is_soft(root)) {
        idea->soft = 1;
        return;
    }
    if (is_near(root))
        return;
    if (root->kind != NODE_AND || root->hard) {
        idea->hard = (struct node *)(uintptr_t)root;
        return;
    }
    for (i = 0; i < root->len; i++) {
        if (is_soft(root->kids[i]))
            idea->soft++;
        else if (!is_near(root->kids[i]))
            node_add(hard, arena, root->kids[i]);
    }
    if (hard->len > 0)
        idea->hard = hard;
}

/* The model the words are read with, or the dimension of a server's. */
static int idea_model(struct idea *out, struct plan *plan, struct error *err)
{
    struct vectors_model serving, next;
    int result = vectors_models(plan->store, &serving, &next, err);

    if (result != ERR_OK || serving.slot < 0)
        return result;
    if (serving.kind == VECTORS_SERVER) {
        out->dim = (size_t)serving.dim;
        return ERR_OK;
    }
    result = vectors_model(&out->model, plan->store, err);
    if (result == ERR_NOTFOUND) {
        out->model = NULL;
        return ERR_OK;
    }
    out->dim = out->model ? (size_t)embed_info(out->model)->dim : 0;
    return result;
}

/* A server is asked once a query, never while it is typed; when it does not answer, words have to
 * do. */
static int idea_ask(struct idea *out, struct plan *plan, const char *words, struct error *err)
{
    struct error why = { 0 };
    size_t dim;
    int result = vectors_embed(plan->store, words, out->vector, &dim, &why);

    if (result == ERR_OK || result == ERR_NOTFOUND)
        return ERR_OK;
    memset(out->vector, 0, sizeof out->vector);
    if (result == ERR_CANCELLED)
        return error_set(err, result, "%s", why.message);
    log_write(LOG_WARN, "searched by words alone: %s", why.message);
    return ERR_OK;
}

int idea_read(struct idea *out, struct plan *plan, const struct query *query, struct error *err)
{
    struct idea_reader reader = { .idea = out, .plan = plan, .err = err, .words = STR_INIT };
    int result;

    memset(out, 0, sizeof *out);
    result = idea_model(out, plan, err);
    if (result == ERR_OK)
        result = read_words(&reader, query->root);
    if (result == ERR_OK && out->dim > 0 && !out->model && reader.words.len > 0 && !plan->typing
        && out->near_count == 0)
        result = idea_ask(out, plan, reader.words.ptr, err);
    str_free(&reader.words);
    if (result != ERR_OK)
        return result;
    out->has_vector = out->dim > 0 && embed_normalise(out->vector, out->dim);
    out->exact = query->exact || is_exact(query->root, true);
    split_hard(out, plan->arena, query->root);
    return ERR_OK;
}

void idea_free(struct idea *idea)
{
    free(idea->terms);
}
