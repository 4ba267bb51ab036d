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
    assert_int_equal(library_int(store, "SELECT count(*) FROM vocabulary_run"), 0);
    assert_int_equal(library_int(store, "SELECT count(*) FROM vocabulary_block"), 0);
    free(left);
    fts_document_free(&doc);
    vocabulary_free(vocabulary);
    fts_preparer_free(preparer);
    store_close(store);
}

static int64_t word_df(struct store *store, enum vocabulary_kind kind, const char *word)
{
    int64_t df = -1;

    assert_int_equal(vocabulary_df(&df, store, kind, word, NULL), ERR_OK);
    return df;
}

#define WORDS 3000

/* `count` random words come or go, in memory and in `counts`. */
static void change_words(struct vocabulary *vocabulary, int *counts, int count, unsigned *seed)
{
    for (; count > 0; count--) {
        struct fts_document doc = { 0 };
        char list[20];
        int number, sign;

        *seed = *seed * 1103515245u + 12345u;
        number = (int)(*seed >> 8) % WORDS;
        sign = counts[number] > 0 && (*seed & 64) ? -1 : 1;
        snprintf(list, sizeof list, "w%04d\x1F", number);
        doc.terms = doc.stems = (struct str){ .ptr = list, .len = strlen(list) };
        vocabulary_add(vocabulary, &doc, sign);
        counts[number] += sign;
    }
}

struct recount {
    const int *counts;
    int met;
    char last[16];
};

static int recount_word(void *ctx, const char *word, size_t len, int64_t df)
{
    struct recount *recount = ctx;

    assert_int_equal(len, strlen(word));
    assert_true(strcmp(recount->last, word) < 0); /* in order, each once */
    snprintf(recount->last, sizeof recount->last, "%s", word);
    assert_int_equal(df, recount->counts[atoi(word + 1)]);
    recount->met++;
    return 0;
}

/* Additions and removals over many transactions, some taken back, against plain counts. */
static void test_vocabulary_runs(void **state)
{
    struct store *store = library_open(*state);
    struct vocabulary *vocabulary = vocabulary_new();
    int counts[WORDS] = { 0 }, before[WORDS], living = 0, round, i;
    struct recount recount = { .counts = counts };
    unsigned seed = 7;

    for (round = 0; round < 60; round++) {
        memcpy(before, counts, sizeof counts);
        assert_int_equal(store_begin(store, NULL), ERR_OK);
        change_words(vocabulary, counts, round % 7 == 0 ? 900 : 40, &seed);
        assert_int_equal(vocabulary_flush(vocabulary, store, NULL), ERR_OK);
        if (round % 10 == 9) {
            store_rollback(store);
            memcpy(counts, before, sizeof counts);
        } else {
            assert_int_equal(store_commit(store, NULL), ERR_OK);
        }
        assert_in_range(library_int(store, "SELECT count(*) FROM vocabulary_run"), 1, 6);
    }
    for (i = 0; i < WORDS; i++) {
        char word[16];

        snprintf(word, sizeof word, "w%04d", i);
        assert_int_equal(word_df(store, VOCABULARY_STEMS, word), counts[i]);
        living += counts[i] > 0;
    }
    assert_int_equal(vocabulary_each(store, VOCABULARY_TERMS, "", recount_word, &recount, NULL),
                     ERR_OK);
    assert_int_equal(recount.met, living);
    vocabulary_free(vocabulary);
    store_close(store);
}

/* A library of version 7 has tables of rows. */
static void test_vocabulary_migrates(void **state)
{
    struct store *store = library_open(*state);

    /* What came with later versions comes again. */
    library_run(store, BEFORE_36 "; " BEFORE_35);
    library_run(store, BEFORE_32);
    library_run(store, "DROP TABLE repository_chunk_fts; DROP TABLE repository_chunk; DROP TABLE "
                       "repository_file; DROP TABLE repository_citation; DROP TABLE "
                       "repository_language; DROP TABLE repository_clone");
    library_run(store, "DROP TABLE repository_later; DROP INDEX alert_work");
    library_run(store,
                "DROP TABLE webhook; DROP TABLE webhook_change; DROP TABLE webhook_delivery; "
                "DROP TABLE webhook_receipt; DROP TABLE webhook_part");
    library_run(store, "DROP TABLE event; DROP TABLE event_key; DROP TABLE event_bucket; DROP "
                       "TABLE usage_name; DROP TABLE usage; DROP TABLE usage_visitors; DROP "
                       "TABLE event_pending");
    library_run(store, "DROP TABLE access_token");
    library_run(store, "DROP VIEW work_news; DROP TABLE work_version; DROP TABLE seen");
    library_run(store, "DROP VIEW keep_apart; CREATE TABLE keep_apart(a TEXT NOT NULL, b TEXT NOT "
                       "NULL, PRIMARY KEY(a, b)) WITHOUT ROWID; DROP TRIGGER alias_samples_new; "
                       "DROP TRIGGER alias_samples_moved; DROP TRIGGER alias_samples_gone; "
                       "DROP TABLE op; DROP TABLE machine; "
                       "DROP TABLE record_again; DROP TABLE claim; DROP TABLE peer; "
                       "DROP TABLE peer_segment");
    library_run(store, "DROP TABLE document_place; DROP TABLE highlight");
    library_run(store, "DROP TABLE enquiry; DROP TABLE repository_vector");
    library_run(store, "DROP VIEW work_sample; DROP TABLE repository_fts; DROP TABLE "
                       "repository_text; DROP TABLE repository_sample; DROP TABLE "
                       "repository_paper; DROP TABLE repository_readme; DROP TABLE "
                       "repository_alias; DROP TABLE repository; DROP INDEX link_repo; "
                       "ALTER TABLE link DROP COLUMN repo");
    library_run(store, "DROP TRIGGER alert_sampled; DROP TRIGGER alert_resampled; "
                       "DROP TABLE alert_passed");
    library_run(store, "DROP TABLE audit; DROP TABLE job_once");
    library_run(store, "DROP TABLE alert_rule; DROP TABLE alert_event; DROP TABLE alert; "
                       "DROP TRIGGER alert_new; DROP TRIGGER alert_replaced; "
                       "DROP TRIGGER alert_withdrawn; DROP TABLE cited_key");
    library_run(store, "DROP TABLE result_row; DROP TABLE result_table; DROP TABLE catalog_work; "
                       "DROP TABLE origin_turn; DROP TABLE catalog_task; DROP TABLE catalog");
    library_run(store, "DROP TABLE chunk_vocab; DROP TABLE chunk_fts; DROP TABLE document_vectors; "
                       "DROP TABLE document_band; DROP TABLE document_reference; "
                       "DROP TABLE chunk; DROP TABLE document; DROP TABLE sample; "
                       "ALTER TABLE link DROP COLUMN evidence; ALTER TABLE link DROP COLUMN said");
    library_run(
        store, "DROP TABLE vocabulary_block; DROP TABLE vocabulary_run; "
               "CREATE TABLE term(term TEXT PRIMARY KEY, stem TEXT NOT NULL, df INTEGER NOT NULL) "
               "WITHOUT ROWID; CREATE TABLE stem(stem TEXT PRIMARY KEY, df INTEGER NOT NULL) "
               "WITHOUT ROWID; INSERT INTO term VALUES('models', 'model', 2), ('zeta', 'zeta', 1); "
               "INSERT INTO stem VALUES('model', 3); PRAGMA user_version = 7");
    store_close(store);
    store = library_open(*state);
    assert_int_equal(word_df(store, VOCABULARY_TERMS, "models"), 2);
    assert_int_equal(word_df(store, VOCABULARY_TERMS, "zeta"), 1);
    assert_int_equal(word_df(store, VOCABULARY_STEMS, "model"), 3);
    assert_int_equal(library_int(store, "SELECT count(*) FROM sqlite_schema WHERE name = 'term'"),
                     0);
    store_close(store);
}

/* Bytes that no writer made are an error, never a read outside them. */
static void test_vocabulary_damaged(void **state)
{
    static const char *const blobs[] = { "x'00'",       "x'0005616263'",
                                         "x'ff0161aa'", "x'000161'",
                                         "zeroblob(2)", "x'00016180808080808080808080808001'" };
    struct store *store = library_open(*state);
    struct error err = { 0 };
    int64_t df;
    size_t i;

    library_add(store, "x:1", "model", "", "");
    for (i = 0; i < ARRAY_LEN(blobs); i++) {
        char sql[200];

        snprintf(sql, sizeof sql, "UPDATE vocabulary_block SET data = %s", blobs[i]);
        library_run(store, sql);
        assert_int_equal(vocabulary_df(&df, store, VOCABULARY_STEMS, "z", &err), ERR_CORRUPT);
        check_says(&err, ERR_CORRUPT, "doctor --fix");
    }
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
    assert_int_equal(word_df(store, VOCABULARY_TERMS, "model"), 1);
    assert_int_equal(word_df(store, VOCABULARY_TERMS, "models"), 2);
    assert_int_equal(word_df(store, VOCABULARY_STEMS, "model"), 2);
    assert_int_equal(word_df(store, VOCABULARY_STEMS, "modelling"), 0);
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
    assert_int_equal(library_int(store, "SELECT count(*) FROM vocabulary_run"), 0);
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
        ONE(test_prepared_is_the_same),        ONE(test_delete_leaves_nothing),
        ONE(test_vocabulary_counts_documents), ONE(test_vocabulary_runs),
        ONE(test_vocabulary_damaged),          ONE(test_vocabulary_migrates),
        ONE(test_vocabulary_cancels_out),
    };
#undef ONE

    return cmocka_run_group_tests_name("store: index", tests, NULL, NULL);
}
