/*
 * Documents in the store: citations are the same seen from either end, nearly equal texts are found
 * with their similarity, and what is saved anew or removed leaves nothing behind.
 */
#include "store_test.h"

#include "carrel/documents.h"
#include "carrel/text.h"

#define NAME_A "aaaaaaaaaaaaaaaa"
#define NAME_B "bbbbbbbbbbbbbbbb"

static const char desks[] = "On the endurance of oak desks";

static void sha_of(char out[65], const char *name)
{
    snprintf(out, 65, "%s%s%s%s", name, name, name, name);
}

/* A work as the importer makes it: folded title and names of its own. */
static int64_t add_work(struct store *store, const char *key, const char *title,
                        const char *authors, const char *published)
{
    int64_t id = library_add(store, key, title, "", authors);
    struct stmt *stmt;

    assert_int_equal(
        stmt_prepare(&stmt, store, "UPDATE work SET title_hash = ?2 WHERE id = ?1", NULL), ERR_OK);
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, (int64_t)text_key_hash(title));
    assert_int_equal(stmt_run(stmt, NULL), ERR_OK);
    assert_int_equal(
        stmt_prepare(&stmt, store, "UPDATE work_text SET published = ?2 WHERE id = ?1", NULL),
        ERR_OK);
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text(stmt, 2, published);
    assert_int_equal(stmt_run(stmt, NULL), ERR_OK);
    return id;
}

static void add_alias(struct store *store, int64_t work, const char *scheme, const char *value)
{
    struct stmt *stmt;

    assert_int_equal(stmt_prepare(&stmt, store,
                                  "INSERT INTO alias(scheme, value, work_id) VALUES(?1, ?2, ?3)",
                                  NULL),
                     ERR_OK);
    stmt_bind_text(stmt, 1, scheme);
    stmt_bind_text(stmt, 2, value);
    stmt_bind_int(stmt, 3, work);
    assert_int_equal(stmt_run(stmt, NULL), ERR_OK);
}

static int64_t save(struct store *store, const char *name, const uint32_t *minhash,
                    const struct document_entry *entries, size_t count)
{
    static const struct document_chunk chunks[] = {
        { .page = 0, .start = 0, .end = 20, .heading = "Method", .body = "The lantern hangs low." },
        { .page = 1,
          .start = 20,
          .end = 40,
          .heading = "Results",
          .body = "Every zebra was counted." },
    };
    char sha256[65];
    struct document_save document = {
        .sha256 = sha256,
        .format = "pdf",
        .state = "done",
        .origin = "paper.pdf",
        .pages = 2,
        .chars = 40,
        .bytes = 99,
        .packed = "packed",
        .packed_len = 6,
        .chunks = chunks,
        .chunk_count = ARRAY_LEN(chunks),
        .minhash = minhash,
        .entries = entries,
        .entry_count = count,
    };
    struct error err = { 0 };
    int64_t id = 0;

    sha_of(sha256, name);
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    if (documents_save(store, &document, &id, &err) != ERR_OK)
        fail_msg("%s", err.message);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    return id;
}

static bool cites(struct store *store, int64_t citing, int64_t cited)
{
    struct arena *arena = arena_new();
    int64_t *works;
    size_t count, i;
    bool found = false;

    assert_int_equal(documents_cited_by(&works, &count, store, arena, cited, NULL), ERR_OK);
    for (i = 0; i < count; i++)
        found = found || works[i] == citing;
    arena_free(arena);
    return found;
}

/* The work of the only entry of a document that says just this; seen from the work as well. */
static int64_t resolve(struct store *store, int64_t citing, const struct document_entry *entry)
{
    struct arena *arena = arena_new();
    int64_t id = save(store, NAME_A, NULL, entry, 1), work, other, last;
    struct stored_entry *list;
    size_t count;

    assert_int_equal(documents_references(&list, &count, store, arena, id, NULL), ERR_OK);
    assert_int_equal(count, 1);
    work = list[0].work;
    last = library_int(store, "SELECT max(id) FROM work");
    for (other = 1; other <= last; other++)
        if (cites(store, citing, other) != (other == work && work != citing))
            fail_msg("entry is work %d, but cited-by of work %d says otherwise", (int)work,
                     (int)other);
    arena_free(arena);
    return work;
}

static int64_t library_citing(struct store *store, int64_t *desk, int64_t *lamp)
{
    int64_t citing = add_work(store, "file:" NAME_A, "A survey of furniture", "Ann Ash", "2024");

    add_alias(store, citing, "file", NAME_A);
    *desk = add_work(store, "arxiv:1901.22222", desks, "Carl Elm\nMia de la Cruz", "2019-01-05");
    add_alias(store, *desk, "arxiv", "1901.22222");
    *lamp = add_work(store, "doi:10.1234/lamps", "Lamps and the eye", "Dora Reed", "2015");
    add_alias(store, *lamp, "doi", "10.1234/lamps");
    return citing;
}

static void test_entries_by_number(void **state)
{
    struct store *store = library_open(*state);
    int64_t desk, lamp, citing = library_citing(store, &desk, &lamp);

    assert_int_equal(
        resolve(store, citing, &(struct document_entry){ .body = "x", .arxiv = "1901.22222" }),
        desk);
    assert_int_equal(
        resolve(store, citing, &(struct document_entry){ .body = "x", .doi = "10.1234/lamps" }),
        lamp);
    assert_int_equal(
        resolve(store, citing, &(struct document_entry){ .body = "x", .arxiv = "1901.99999" }), 0);
    /* A number counts for more than a title, and the arXiv's for more than a DOI. */
    assert_int_equal(
        resolve(store, citing,
                &(struct document_entry){
                    .body = "x", .doi = "10.1234/lamps", .title = desks, .author = "Elm" }),
        lamp);
    assert_int_equal(resolve(store, citing,
                             &(struct document_entry){
                                 .body = "x", .arxiv = "1901.22222", .doi = "10.1234/lamps" }),
                     desk);
    store_close(store);
}

static void test_entries_by_title(void **state)
{
    struct store *store = library_open(*state);
    int64_t desk, lamp, citing = library_citing(store, &desk, &lamp);
    struct document_entry entry = {
        .body = "x", .title = "On the Endurance of Oak Desks.", .author = "Elm", .year = 2020
    };

    assert_int_equal(resolve(store, citing, &entry), desk);
    entry.year = 0;
    assert_int_equal(resolve(store, citing, &entry), desk);
    entry.year = 2023; /* a reprint, or another paper */
    assert_int_equal(resolve(store, citing, &entry), 0);
    entry.year = 2019;
    entry.author = "El";
    assert_int_equal(resolve(store, citing, &entry), 0);
    entry.author = "Oak";
    assert_int_equal(resolve(store, citing, &entry), 0);
    entry.author = NULL;
    assert_int_equal(resolve(store, citing, &entry), 0);
    entry.author = "de la Cruz";
    assert_int_equal(resolve(store, citing, &entry), desk);
    /* Cited as the journal printed it, while the library has it from the arXiv. */
    entry.author = "Elm";
    entry.doi = "10.9999/journal.of.desks.7";
    assert_int_equal(resolve(store, citing, &entry), desk);
    /* It names a number of arXiv that the library has not: another paper of that title. */
    entry.arxiv = "1905.33333";
    assert_int_equal(resolve(store, citing, &entry), 0);
    entry.arxiv = NULL;
    /* Of two works with that title it is the same one from both ends. */
    entry.doi = NULL;
    add_work(store, "x:twin", desks, "Carl Elm", "2019");
    assert_int_equal(resolve(store, citing, &entry), desk);
    store_close(store);
}

/* Nothing is done again for papers that come later; and nobody cites himself. */
static void test_entries_of_later(void **state)
{
    struct store *store = library_open(*state);
    int64_t desk, lamp, later, citing = library_citing(store, &desk, &lamp);
    struct document_entry entry = { .body = "x", .arxiv = "2001.00001" };

    assert_int_equal(resolve(store, citing, &entry), 0);
    later = add_work(store, "arxiv:2001.00001", "Chairs", "Eve Oak", "2020");
    add_alias(store, later, "arxiv", "2001.00001");
    assert_int_equal(resolve(store, citing, &entry), later);
    add_alias(store, citing, "arxiv", "2401.00001");
    entry.arxiv = "2401.00001";
    assert_int_equal(resolve(store, citing, &entry), citing);
    store_close(store);
}

static void test_near(void **state)
{
    struct store *store = library_open(*state);
    struct arena *arena = arena_new();
    uint32_t left[DOCUMENT_MINHASH], right[DOCUMENT_MINHASH], far[DOCUMENT_MINHASH];
    struct document_pair *pairs;
    int64_t a, b, c;
    size_t count, i;

    for (i = 0; i < DOCUMENT_MINHASH; i++) {
        left[i] = (uint32_t)i * 7;
        right[i] = i < 96 ? left[i] : (uint32_t)i * 7 + 1; /* three quarters are equal */
        far[i] = (uint32_t)i * 7 + 2;
    }
    a = save(store, NAME_A, left, NULL, 0);
    b = save(store, NAME_B, right, NULL, 0);
    c = save(store, "cccccccccccccccc", far, NULL, 0);
    assert_int_equal(documents_near(&pairs, &count, store, arena, 0, .5, NULL), ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(pairs[0].a, a);
    assert_int_equal(pairs[0].b, b);
    assert_float_equal(pairs[0].similarity, .75, 1e-9);
    assert_int_equal(documents_near(&pairs, &count, store, arena, b, .5, NULL), ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(documents_near(&pairs, &count, store, arena, c, .5, NULL), ERR_OK);
    assert_int_equal(count, 0);
    assert_int_equal(documents_near(&pairs, &count, store, arena, 0, .8, NULL), ERR_OK);
    assert_int_equal(count, 0);
    /* Read anew, the second has become another text. */
    assert_int_equal(save(store, NAME_B, far, NULL, 0), b);
    assert_int_equal(documents_near(&pairs, &count, store, arena, 0, .5, NULL), ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(pairs[0].a, b);
    assert_int_equal(pairs[0].b, c);
    assert_float_equal(pairs[0].similarity, 1.0, 1e-9);
    arena_free(arena);
    store_close(store);
}

static void test_removed_leaves_nothing(void **state)
{
    static const char *const tables[] = { "document",           "chunk",
                                          "document_reference", "document_band",
                                          "document_vectors",   "chunk_vocab" };
    struct document_entry entry = { .body = "x", .title = desks, .author = "Elm" };
    struct store *store = library_open(*state);
    uint32_t minhash[DOCUMENT_MINHASH] = { 1, 2, 3 };
    int64_t id = save(store, NAME_A, minhash, &entry, 1), wrong = 1;
    size_t i;

    assert_int_equal(save(store, NAME_A, minhash, &entry, 1), id);
    assert_int_equal(library_int(store, "SELECT count(*) FROM chunk"), 2);
    assert_int_equal(
        library_int(store, "SELECT count(*) FROM chunk_fts WHERE chunk_fts MATCH 'zebra'"), 1);
    assert_int_equal(documents_check_index(store, &wrong, NULL), ERR_OK);
    assert_int_equal(wrong, 0);
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    assert_int_equal(documents_remove(store, id, NULL), ERR_OK);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    for (i = 0; i < ARRAY_LEN(tables); i++) {
        char *sql = mem_printf("SELECT count(*) FROM %s", tables[i]);

        if (library_int(store, sql) != 0)
            fail_msg("rows are left in %s", tables[i]);
        free(sql);
    }
    store_close(store);
}

int store_documents_tests(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_entries_by_number, library_setup, library_teardown),
        cmocka_unit_test_setup_teardown(test_entries_by_title, library_setup, library_teardown),
        cmocka_unit_test_setup_teardown(test_entries_of_later, library_setup, library_teardown),
        cmocka_unit_test_setup_teardown(test_near, library_setup, library_teardown),
        cmocka_unit_test_setup_teardown(test_removed_leaves_nothing, library_setup,
                                        library_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
