/*
 * The index: a prepared document and its original give the same index, and the vocabulary counts
 * documents.
 */
#include "store_test.h"

static const char *const texts[][3] = {
    { "Attention Is All You Need", "The dominant sequence models; generalizing, generalized.",
      "Ashish Vaswani\nNoam Shazeer" },
    { "Schr\\\"odinger's caf\xC3\xA9: $\\alpha$-divergence", "", "J\xC3\xBCrgen M\xC3\xBCller" },
    { "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E BERT-base, v2.0", "x  --  y", "" },
    { "", "", "" },
};

/* Every position of every term of `table`, as one text; freed by the caller. */
static char *index_dump(struct store *store, const char *table)
{
    struct str out = STR_INIT;
    char *sql = mem_printf("CREATE VIRTUAL TABLE temp.v_%s USING fts5vocab(main, %s, instance)",
                           table, table);
    char *read =
        mem_printf("SELECT term || ' ' || doc || ' ' || col || ' ' || offset FROM temp.v_%s "
                   "ORDER BY 1",
                   table);
    struct stmt *stmt;

    library_run(store, sql);
    assert_int_equal(stmt_prepare_once(&stmt, store, read, NULL), ERR_OK);
    while (stmt_step(stmt, NULL) == 1)
        str_printf(&out, "%s\n", stmt_text(stmt, 0));
    stmt_free(stmt);
    free(read);
    free(sql);
    return str_take(&out);
}

static void test_prepared_is_the_same(void **state)
{
    struct store *store = library_open(*state);
    char *fast, *slow;
    size_t i;

    for (i = 0; i < ARRAY_LEN(texts); i++) {
        char key[8];

        snprintf(key, sizeof key, "x:%zu", i);
        library_add(store, key, texts[i][0], texts[i][1], texts[i][2]);
    }
    library_run(store, "CREATE VIRTUAL TABLE plain USING fts5(title, abstract, authors, "
                       "columnsize=0, tokenize='carrel')");
    library_run(store, "INSERT INTO plain(rowid, title, abstract, authors) "
                       "SELECT id, title, abstract, authors FROM work_text");
    fast = index_dump(store, "fts");
    slow = index_dump(store, "plain");
    assert_true(strlen(fast) > 100);
    assert_string_equal(fast, slow);
    /* FTS5's own check tokenises the stored texts and compares. */
    library_run(store, "INSERT INTO fts(fts, rank) VALUES('integrity-check', 1)");
    assert_int_equal(library_int(store, "SELECT count(*) FROM fts WHERE fts MATCH 'generalize'"),
                     1);
    assert_int_equal(library_int(store, "SELECT count(*) FROM fts WHERE fts MATCH 'muller'"), 1);
    free(fast);
    free(slow);
    store_close(store);
}

static void test_delete_leaves_nothing(void **state)
{
    struct store *store = library_open(*state);
    struct fts_preparer *preparer = fts_preparer_new();
    struct vocabulary *vocabulary = vocabulary_new();
    struct fts_document doc = { 0 };
    int64_t id = library_add(store, "x:1", texts[0][0], texts[0][1], texts[0][2]);
    char *left;

    assert_int_equal(store_begin(store, NULL), ERR_OK);
    fts_document_prepare(preparer, &doc, texts[0][0], texts[0][1], texts[0][2]);
    assert_int_equal(fts_delete(store, id, &doc, NULL), ERR_OK);
    vocabulary_add(vocabulary, &doc, -1);
    assert_int_equal(vocabulary_flush(vocabulary, store, NULL), ERR_OK);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    left = index_dump(store, "fts");
    assert_string_equal(left, "");
    assert_int_equal(library_int(store, "SELECT count(*) FROM term"), 0);
    assert_int_equal(library_int(store, "SELECT count(*) FROM stem"), 0);
    free(left);
    fts_document_free(&doc);
    vocabulary_free(vocabulary);
    fts_preparer_free(preparer);
    store_close(store);
}

static void test_vocabulary_counts_documents(void **state)
{
    struct store *store = library_open(*state);
    struct arena *arena = arena_new();
    struct name_count *names;
    size_t count;

    library_add(store, "x:1", "model models", "a model of models", "Max Model");
    library_add(store, "x:2", "modelling", "models", "");
    assert_int_equal(library_int(store, "SELECT df FROM term WHERE term = 'model'"), 1);
    assert_int_equal(library_int(store, "SELECT df FROM term WHERE term = 'models'"), 2);
    assert_int_equal(library_int(store, "SELECT df FROM stem WHERE stem = 'model'"), 2);
    assert_int_equal(library_int(store, "SELECT stem = 'model' FROM term WHERE term = 'modelling'"),
                     1);
    assert_int_equal(terms_with_prefix(store, arena, "model", 10, &names, &count, NULL), ERR_OK);
    assert_int_equal(count, 3);
    assert_string_equal(names[0].name, "models");
    assert_int_equal(names[0].count, 2);
    assert_int_equal(terms_with_prefix(store, arena, "modelz", 10, &names, &count, NULL), ERR_OK);
    assert_int_equal(count, 0);
    arena_free(arena);
    store_close(store);
}

/* Adding and taking away within one flush, and a flush of nothing. */
static void test_vocabulary_cancels_out(void **state)
{
    struct store *store = library_open(*state);
    struct fts_preparer *preparer = fts_preparer_new();
    struct vocabulary *vocabulary = vocabulary_new();
    struct fts_document doc = { 0 };

    fts_document_prepare(preparer, &doc, "graph neural network", NULL, NULL);
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    assert_int_equal(vocabulary_flush(vocabulary, store, NULL), ERR_OK);
    vocabulary_add(vocabulary, &doc, 1);
    vocabulary_add(vocabulary, &doc, -1);
    assert_int_equal(vocabulary_flush(vocabulary, store, NULL), ERR_OK);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    assert_int_equal(library_int(store, "SELECT count(*) FROM term"), 0);
    assert_int_equal(doc.title_len, 3);
    assert_int_equal(doc.abstract_len, 0);
    fts_document_free(&doc);
    vocabulary_free(vocabulary);
    fts_preparer_free(preparer);
    store_close(store);
}

int store_fts_tests(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, library_setup, library_teardown)
    const struct CMUnitTest tests[] = {
        ONE(test_prepared_is_the_same),
        ONE(test_delete_leaves_nothing),
        ONE(test_vocabulary_counts_documents),
        ONE(test_vocabulary_cancels_out),
    };
#undef ONE

    return cmocka_run_group_tests_name("store: index", tests, NULL, NULL);
}
