/*
 * The FTS5 tokenizer "carrel", prepared documents, and the vocabulary's counts.
 */
#include "carrel/fts.h"

#include "carrel/mem.h"
#include "carrel/segments.h"
#include "carrel/text.h"

#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define PREPARED '\x01'
#define SEPARATOR '\x1F'

/* ---- the tokenizer ---- */

typedef int (*token_callback)(void *, int, const char *, int, int, int);

struct token_pass {
    token_callback callback;
    void *ctx;
};

static int tokenizer_token(void *ctx, const struct text_token *token)
{
    struct token_pass *pass = ctx;

    return pass->callback(pass->ctx, 0, token->stem, (int)token->stem_len, (int)token->start,
                          (int)token->end);
}

static int tokenizer_prepared(const char *text, int len, token_callback callback, void *ctx)
{
    int at = 1, result = SQLITE_OK;

    while (at < len && result == SQLITE_OK) {
        const char *end = memchr(text + at, SEPARATOR, (size_t)(len - at));
        int size = end ? (int)(end - (text + at)) : len - at;

        result = callback(ctx, 0, text + at, size, at, at + size);
        at += size + 1;
    }
    return result;
}

static int tokenizer_run(Fts5Tokenizer *tokenizer, void *ctx, int flags, const char *text, int len,
                         token_callback callback)
{
    struct token_pass pass = { callback, ctx };

    (void)tokenizer;
    (void)flags;
    if (!text || len <= 0)
        return SQLITE_OK;
    if (text[0] == PREPARED)
        return tokenizer_prepared(text, len, callback, ctx);
    return text_tokenize(text, (size_t)len, tokenizer_token, &pass);
}

static int tokenizer_create(void *ctx, const char **arguments, int count, Fts5Tokenizer **out)
{
    static char none; /* it has no state */

    (void)ctx;
    (void)arguments;
    (void)count;
    *out = (Fts5Tokenizer *)&none;
    return SQLITE_OK;
}

static void tokenizer_delete(Fts5Tokenizer *tokenizer)
{
    (void)tokenizer;
}

int tokenizer_register(struct store *store, struct error *err)
{
    static fts5_tokenizer tokenizer = { tokenizer_create, tokenizer_delete, tokenizer_run };
    fts5_api *api = NULL;
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(store->db, "SELECT fts5(?1)", -1, &stmt, NULL) != SQLITE_OK)
        return error_set(err, ERR_FAILED, "this SQLite has no FTS5");
    sqlite3_bind_pointer(stmt, 1, &api, "fts5_api_ptr", NULL);
    sqlite3_step(stmt);
    sqlite3_finalize(stmt);
    if (!api || api->xCreateTokenizer(api, "carrel", NULL, &tokenizer, NULL) != SQLITE_OK)
        return error_set(err, ERR_FAILED, "FTS5 refuses the tokenizer");
    return ERR_OK;
}

/* ---- prepared documents ---- */

struct fts_preparer {
    struct fts_document *doc;
    struct str *column;
    int count;
    struct hashmap *terms, *stems; /* of the present document -> number of the stem + 1 */
};

struct fts_preparer *fts_preparer_new(void)
{
    struct fts_preparer *preparer = mem_zalloc(sizeof *preparer);

    preparer->terms = hashmap_new();
    preparer->stems = hashmap_new();
    return preparer;
}

void fts_preparer_free(struct fts_preparer *preparer)
{
    if (!preparer)
        return;
    hashmap_free(preparer->terms);
    hashmap_free(preparer->stems);
    free(preparer);
}

static void count_token(struct posting_counts *counts, const struct fts_preparer *prepare)
{
    if (prepare->column == &prepare->doc->abstract && counts->abstract < UINT16_MAX)
        counts->abstract++;
    else if (prepare->column == &prepare->doc->title && counts->title < UINT8_MAX)
        counts->title++;
    else if (prepare->column == &prepare->doc->authors && counts->authors < UINT8_MAX)
        counts->authors++;
}

static int prepare_token(void *ctx, const struct text_token *token)
{
    struct fts_preparer *prepare = ctx;
    struct fts_document *doc = prepare->doc;
    bool added;
    uint64_t *term, *stem;

    str_add_mem(prepare->column, token->stem, token->stem_len);
    str_add_char(prepare->column, SEPARATOR);
    prepare->count++;
    term = hashmap_put(prepare->terms, token->term, token->term_len, &added);
    if (added) {
        str_add_mem(&doc->terms, token->term, token->term_len);
        str_add_char(&doc->terms, SEPARATOR);
        stem = hashmap_put(prepare->stems, token->stem, token->stem_len, &added);
        if (added) {
            static const struct posting_counts none;

            str_add_mem(&doc->stems, token->stem, token->stem_len);
            str_add_char(&doc->stems, SEPARATOR);
            VEC_PUSH(doc->counts, doc->count_len, doc->count_cap, none);
            *stem = doc->count_len;
        }
        *term = *stem;
    }
    count_token(&doc->counts[*term - 1], prepare);
    return 0;
}

static int prepare_column(struct fts_preparer *prepare, struct str *column, const char *text)
{
    prepare->column = column;
    prepare->count = 0;
    str_clear(column);
    str_add_char(column, PREPARED);
    if (text)
        text_tokenize(text, strlen(text), prepare_token, prepare);
    if (column->ptr[column->len - 1] == SEPARATOR)
        str_cut(column, column->len - 1);
    return prepare->count;
}

void fts_document_prepare(struct fts_preparer *preparer, struct fts_document *doc,
                          const char *title, const char *abstract, const char *authors)
{
    if (!doc->title.ptr) {
        str_init(&doc->title);
        str_init(&doc->abstract);
        str_init(&doc->authors);
        str_init(&doc->terms);
        str_init(&doc->stems);
    }
    str_clear(&doc->terms);
    str_clear(&doc->stems);
    doc->count_len = 0;
    hashmap_clear(preparer->terms);
    hashmap_clear(preparer->stems);
    preparer->doc = doc;
    doc->title_len = prepare_column(preparer, &doc->title, title);
    doc->abstract_len = prepare_column(preparer, &doc->abstract, abstract);
    doc->authors_len = prepare_column(preparer, &doc->authors, authors);
}

void fts_document_free(struct fts_document *doc)
{
    if (!doc->title.ptr)
        return;
    str_free(&doc->title);
    str_free(&doc->abstract);
    str_free(&doc->authors);
    str_free(&doc->terms);
    str_free(&doc->stems);
    free(doc->counts);
    doc->counts = NULL;
    doc->count_len = doc->count_cap = 0;
}

static int fts_write(struct store *store, const char *sql, int64_t id,
                     const struct fts_document *doc, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text_n(stmt, 2, doc->title.ptr, doc->title.len);
    stmt_bind_text_n(stmt, 3, doc->abstract.ptr, doc->abstract.len);
    stmt_bind_text_n(stmt, 4, doc->authors.ptr, doc->authors.len);
    return stmt_run(stmt, err);
}

int fts_insert(struct store *store, int64_t id, const struct fts_document *doc, struct error *err)
{
    int result = segments_note(store, id, true, err);

    if (result != ERR_OK)
        return result;
    return fts_write(store,
                     "INSERT INTO fts(rowid, title, abstract, authors) VALUES(?1, ?2, ?3, ?4)", id,
                     doc, err);
}

int fts_delete(struct store *store, int64_t id, const struct fts_document *doc, struct error *err)
{
    int result = segments_note(store, id, false, err);

    if (result != ERR_OK)
        return result;
    return fts_write(
        store,
        "INSERT INTO fts(fts, rowid, title, abstract, authors) VALUES('delete', ?1, ?2, ?3, ?4)",
        id, doc, err);
}

/* ---- the vocabulary ---- */

struct vocabulary {
    struct hashmap *terms, *stems; /* -> change of the document frequency, as int64_t */
    bool shrinks;
};

struct vocabulary *vocabulary_new(void)
{
    struct vocabulary *vocabulary = mem_zalloc(sizeof *vocabulary);

    vocabulary->terms = hashmap_new();
    vocabulary->stems = hashmap_new();
    return vocabulary;
}

void vocabulary_free(struct vocabulary *vocabulary)
{
    if (!vocabulary)
        return;
    hashmap_free(vocabulary->terms);
    hashmap_free(vocabulary->stems);
    free(vocabulary);
}

void vocabulary_clear(struct vocabulary *vocabulary)
{
    hashmap_clear(vocabulary->terms);
    hashmap_clear(vocabulary->stems);
    vocabulary->shrinks = false;
}

static void vocabulary_count(struct hashmap *map, const struct str *list, int sign)
{
    const char *at = list->ptr, *end = list->ptr + list->len;

    while (at < end) {
        const char *stop = memchr(at, SEPARATOR, (size_t)(end - at));
        uint64_t *value;

        if (!stop)
            break;
        value = hashmap_put(map, at, (size_t)(stop - at), NULL);
        *value += (uint64_t)(int64_t)sign;
        at = stop + 1;
    }
}

void vocabulary_add(struct vocabulary *vocabulary, const struct fts_document *doc, int sign)
{
    vocabulary_count(vocabulary->terms, &doc->terms, sign);
    vocabulary_count(vocabulary->stems, &doc->stems, sign);
    vocabulary->shrinks |= sign < 0;
}

struct vocabulary_row {
    const char *key;
    size_t len;
    int64_t change;
};

static int vocabulary_compare(const void *a, const void *b)
{
    return strcmp(((const struct vocabulary_row *)a)->key, ((const struct vocabulary_row *)b)->key);
}

/* In key order, so that neighbours share pages. */
static int vocabulary_write(struct hashmap *map, struct store *store, const char *sql,
                            bool with_stem, struct error *err)
{
    struct vocabulary_row *rows = mem_alloc((hashmap_count(map) + 1) * sizeof *rows);
    size_t count = 0, at = 0, i;
    uint64_t *value;
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    while (hashmap_next(map, &at, &rows[count].key, &rows[count].len, &value)) {
        rows[count].change = (int64_t)*value;
        if (*value != 0)
            count++;
    }
    if (count > 1)
        qsort(rows, count, sizeof *rows, vocabulary_compare);
    for (i = 0; i < count && result == ERR_OK; i++) {
        char stem[TEXT_TOKEN_MAX + 8];

        stmt_bind_text_n(stmt, 1, rows[i].key, rows[i].len);
        stmt_bind_int(stmt, 2, rows[i].change);
        if (with_stem) {
            memcpy(stem, rows[i].key, rows[i].len);
            stmt_bind_text_n(stmt, 3, stem, text_stem(stem, rows[i].len));
        }
        result = stmt_run(stmt, err);
    }
    free(rows);
    return result;
}

int vocabulary_flush(struct vocabulary *vocabulary, struct store *store, struct error *err)
{
    int result;

    result = vocabulary_write(vocabulary->terms, store,
                              "INSERT INTO term(term, df, stem) VALUES(?1, ?2, ?3) "
                              "ON CONFLICT(term) DO UPDATE SET df = df + excluded.df",
                              true, err);
    if (result == ERR_OK)
        result = vocabulary_write(vocabulary->stems, store,
                                  "INSERT INTO stem(stem, df) VALUES(?1, ?2) "
                                  "ON CONFLICT(stem) DO UPDATE SET df = df + excluded.df",
                                  false, err);
    if (result == ERR_OK && vocabulary->shrinks) {
        const char *key;
        uint64_t *value;
        size_t at = 0, len;
        struct stmt *term, *stem;

        result = stmt_prepare(&term, store, "DELETE FROM term WHERE term = ?1 AND df <= 0", err);
        if (result == ERR_OK)
            result =
                stmt_prepare(&stem, store, "DELETE FROM stem WHERE stem = ?1 AND df <= 0", err);
        while (result == ERR_OK && hashmap_next(vocabulary->terms, &at, &key, &len, &value)) {
            stmt_bind_text_n(term, 1, key, len);
            result = (int64_t)*value < 0 ? stmt_run(term, err) : ERR_OK;
        }
        for (at = 0;
             result == ERR_OK && hashmap_next(vocabulary->stems, &at, &key, &len, &value);) {
            stmt_bind_text_n(stem, 1, key, len);
            result = (int64_t)*value < 0 ? stmt_run(stem, err) : ERR_OK;
        }
    }
    vocabulary_clear(vocabulary);
    return result;
}
