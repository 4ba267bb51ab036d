/*
 * The FTS5 tokenizer "carrel", and prepared documents.
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

int fts_row(struct store *store, int64_t id, bool insert, const struct fts_row *row,
            struct error *err)
{
    static const char insert_sql[] =
        "INSERT INTO fts(rowid, title, abstract, authors) VALUES(?1, ?2, ?3, ?4)";
    static const char delete_sql[] =
        "INSERT INTO fts(fts, rowid, title, abstract, authors) VALUES('delete', ?1, ?2, ?3, ?4)";
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, insert ? insert_sql : delete_sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text_n(stmt, 2, row->title, row->title_len);
    stmt_bind_text_n(stmt, 3, row->abstract, row->abstract_len);
    stmt_bind_text_n(stmt, 4, row->authors, row->authors_len);
    return stmt_run(stmt, err);
}

static int fts_write(struct store *store, int64_t id, bool insert, const struct fts_document *doc,
                     struct error *err)
{
    struct fts_row row = { .title = doc->title.ptr,
                           .abstract = doc->abstract.ptr,
                           .authors = doc->authors.ptr,
                           .title_len = doc->title.len,
                           .abstract_len = doc->abstract.len,
                           .authors_len = doc->authors.len };
    int result = segments_note(store, id, insert, err);

    return result == ERR_OK ? fts_row(store, id, insert, &row, err) : result;
}

int fts_insert(struct store *store, int64_t id, const struct fts_document *doc, struct error *err)
{
    return fts_write(store, id, true, doc, err);
}

int fts_delete(struct store *store, int64_t id, const struct fts_document *doc, struct error *err)
{
    return fts_write(store, id, false, doc, err);
}
