/*
 * Runs the store's test groups, and makes their libraries.
 */
#include "store_test.h"

#include <ftw.h>
#include <unistd.h>

int library_setup(void **state)
{
    struct library *library = mem_zalloc(sizeof *library);

    library->root = mem_strdup("/tmp/carrel-store-XXXXXX");
    assert_non_null(mkdtemp(library->root));
    library->dir = path_join(library->root, "library");
    *state = library;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int library_teardown(void **state)
{
    struct library *library = *state;

    nftw(library->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(library->root);
    free(library->dir);
    free(library);
    return 0;
}

struct store *library_open(const struct library *library)
{
    struct store_options options = { .create = true };
    struct store *store;
    struct error err = { 0 };

    if (store_open(&store, library->dir, &options, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return store;
}

void library_run(struct store *store, const char *sql)
{
    struct error err = { 0 };

    if (store_exec(store, sql, &err) != ERR_OK)
        fail_msg("%s: %s", sql, err.message);
}

int64_t library_int(struct store *store, const char *sql)
{
    struct error err = { 0 };
    int64_t value = 0;

    if (store_query_int(store, sql, &value, &err) != ERR_OK)
        fail_msg("%s: %s", sql, err.message);
    return value;
}

static int64_t insert_rows(struct store *store, const char *key, const char *title,
                           const char *abstract, const char *authors)
{
    struct stmt *stmt;
    int64_t id;

    assert_int_equal(stmt_prepare(&stmt, store,
                                  "INSERT INTO work(key, added, changed, title_hash) "
                                  "VALUES(?1, 0, 0, 0)",
                                  NULL),
                     ERR_OK);
    stmt_bind_text(stmt, 1, key);
    assert_int_equal(stmt_run(stmt, NULL), ERR_OK);
    id = store_last_id(store);
    assert_int_equal(stmt_prepare(&stmt, store,
                                  "INSERT INTO work_text(id, title, abstract, authors) "
                                  "VALUES(?1, ?2, ?3, ?4)",
                                  NULL),
                     ERR_OK);
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text(stmt, 2, title);
    stmt_bind_text(stmt, 3, abstract);
    stmt_bind_text(stmt, 4, authors);
    assert_int_equal(stmt_run(stmt, NULL), ERR_OK);
    return id;
}

int64_t library_add(struct store *store, const char *key, const char *title, const char *abstract,
                    const char *authors)
{
    struct fts_preparer *preparer = fts_preparer_new();
    struct vocabulary *vocabulary = vocabulary_new();
    struct fts_document doc = { 0 };
    struct lengths_writer *lengths;
    int64_t id;

    assert_int_equal(store_begin(store, NULL), ERR_OK);
    lengths = lengths_writer_begin(store);
    id = insert_rows(store, key, title, abstract, authors);
    fts_document_prepare(preparer, &doc, title, abstract, authors);
    assert_int_equal(fts_insert(store, id, &doc, NULL), ERR_OK);
    vocabulary_add(vocabulary, &doc, 1);
    assert_int_equal(vocabulary_flush(vocabulary, store, NULL), ERR_OK);
    assert_int_equal(
        lengths_writer_set(lengths, id, doc.title_len, doc.authors_len, doc.abstract_len, NULL),
        ERR_OK);
    assert_int_equal(lengths_writer_commit(lengths, NULL), ERR_OK);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    fts_document_free(&doc);
    vocabulary_free(vocabulary);
    fts_preparer_free(preparer);
    return id;
}

void check_says(const struct error *err, int code, const char *words)
{
    assert_int_equal(err->code, code);
    if (!strstr(err->message, words))
        fail_msg("expected '%s' in '%s'", words, err->message);
    assert_null(strstr(err->message, "database is locked"));
}

int main(void)
{
    return (store_open_tests() + store_wait_tests() + store_fts_tests() + store_lengths_tests()
            + store_vectors_tests() + store_seen_tests() + store_state_tests()
            + store_ledger_tests() + store_lease_tests() + store_streams_tests()
            + store_runs_tests() + store_webhooks_tests() + store_jobs_tests()
            + store_jobs_kill_tests() + store_documents_tests() + store_catalog_tests()
            + store_evidence_tests() + store_counts_tests() + store_events_tests()
            + store_machine_tests() + store_ops_tests())
           != 0;
}
