/*
 * Two ways of ranking, one answer: searches through segments of postings against the same searches
 * through FTS5 alone, on made-up papers with words as frequent and as rare as real ones.
 */
#include "search_fixture.h"
#include "turns.h"

#include "../../src/search/hybrid.h"

#include "carrel/fts.h"
#include "carrel/lengths.h"
#include "carrel/segments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAPERS 2500
#define LATE 150
#define WORDS 900

static uint64_t seed = 7;

static unsigned random_below(unsigned limit)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % limit;
}

/* About as Zipf has it: the product of two uniform numbers leans to small ones. */
static unsigned random_word(void)
{
    return random_below(1 + random_below(1 + random_below(WORDS)));
}

static char *random_text(unsigned words)
{
    struct str text = STR_INIT;

    while (words-- > 0)
        str_printf(&text, "%sw%ux ", random_below(40) == 0 ? "long" : "", random_word());
    return str_take(&text);
}

static void random_papers(struct paper *papers, size_t count, size_t first)
{
    static const char *const categories[] = { "cs.CL", "cs.LG", "math.CO", "cs.CL math.CO" };
    size_t i;

    for (i = 0; i < count; i++) {
        papers[i].key = mem_printf("arxiv:%04zu.%05zu", 1000 + (first + i) % 900, first + i);
        papers[i].title = random_text(2 + random_below(10));
        papers[i].abstract = random_text(random_below(120));
        papers[i].authors = random_text(random_below(5));
        papers[i].categories = categories[random_below(4)];
        papers[i].published =
            mem_printf("20%02u-%02u-10", 10 + random_below(15), 1 + random_below(12));
        papers[i].code = NULL;
    }
}

static void papers_free(struct paper *papers, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        free((char *)(uintptr_t)papers[i].key);
        free((char *)(uintptr_t)papers[i].title);
        free((char *)(uintptr_t)papers[i].abstract);
        free((char *)(uintptr_t)papers[i].authors);
        free((char *)(uintptr_t)papers[i].published);
    }
}

static void add(struct shelf *shelf, size_t count, size_t first)
{
    struct paper *papers = mem_zalloc(count * sizeof *papers);

    random_papers(papers, count, first);
    shelf_fill(shelf, papers, count);
    papers_free(papers, count);
    free(papers);
}

static void cover(struct shelf *shelf)
{
    struct segment_writer *writer = segment_writer_new(shelf->store);
    struct error err = { 0 };

    if (segment_writer_finish(writer, NULL, NULL, &err) != ERR_OK)
        fail_msg("%s", err.message);
    segment_writer_free(writer);
}

/* New texts for a work that a segment covers. */
static void change(struct shelf *shelf, int64_t id)
{
    struct fts_preparer *preparer = fts_preparer_new();
    struct vocabulary *vocabulary = vocabulary_new();
    struct fts_document doc = { 0 };
    struct lengths_writer *lengths;
    char *title = random_text(6), *abstract = random_text(40);
    struct stmt *stmt;
    struct error err;

    assert_int_equal(store_begin(shelf->store, &err), ERR_OK);
    lengths = lengths_writer_begin(shelf->store);
    assert_int_equal(stmt_prepare(&stmt, shelf->store,
                                  "SELECT title, abstract, authors FROM work_text WHERE id = ?1",
                                  &err),
                     ERR_OK);
    stmt_bind_int(stmt, 1, id);
    assert_int_equal(stmt_step(stmt, &err), 1);
    fts_document_prepare(preparer, &doc, stmt_text(stmt, 0), stmt_text(stmt, 1),
                         stmt_text(stmt, 2));
    stmt_reset(stmt);
    assert_int_equal(fts_delete(shelf->store, id, &doc, &err), ERR_OK);
    vocabulary_add(vocabulary, &doc, -1);
    assert_int_equal(
        stmt_prepare(&stmt, shelf->store,
                     "UPDATE work_text SET title = ?2, abstract = ?3, authors = '' WHERE id = ?1",
                     &err),
        ERR_OK);
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text(stmt, 2, title);
    stmt_bind_text(stmt, 3, abstract);
    assert_int_equal(stmt_run(stmt, &err), ERR_OK);
    fts_document_prepare(preparer, &doc, title, abstract, "");
    assert_int_equal(fts_insert(shelf->store, id, &doc, &err), ERR_OK);
    vocabulary_add(vocabulary, &doc, 1);
    assert_int_equal(
        lengths_writer_set(lengths, id, doc.title_len, doc.authors_len, doc.abstract_len, &err),
        ERR_OK);
    assert_int_equal(vocabulary_flush(vocabulary, shelf->store, &err), ERR_OK);
    assert_int_equal(lengths_writer_commit(lengths, &err), ERR_OK);
    assert_int_equal(store_commit(shelf->store, &err), ERR_OK);
    fts_document_free(&doc);
    fts_preparer_free(preparer);
    vocabulary_free(vocabulary);
    free(title);
    free(abstract);
}

static char *random_query(void)
{
    static const char *const fields[] = { "", "", "", "", "title:", "abstract:", "author:" };
    static const char *const filters[] = {
        "",           "",         "", " cat:cs.CL", " date:2015..2018", " cat:math.CO date:2020",
        " is:unread", " -is:read"
    };
    struct str query = STR_INIT;
    unsigned words = 1 + random_below(5), i;
    bool any = random_below(3) == 0;

    if (any)
        str_add(&query, "(");
    for (i = 0; i < words; i++)
        str_printf(&query, "%s%sw%u%s", i ? any ? " OR " : " " : "", fields[random_below(7)],
                   random_word(), random_below(12) == 0 ? "*" : "x");
    if (any)
        str_add(&query, ")");
    str_add(&query, filters[random_below(8)]);
    return str_take(&query);
}

static struct search_result *ask(struct store *store, const char *query, size_t limit)
{
    struct search_options options = { .limit = limit };
    struct search_result *result;
    struct error err;

    if (search_run(&result, store, query, &options, &err) != ERR_OK)
        fail_msg("%s: %s", query, err.message);
    return result;
}

static void compare(struct store *fast, struct store *plain, const char *query, size_t limit)
{
    struct search_result *a = ask(fast, query, limit), *b = ask(plain, query, limit);
    size_t i;

    if (a->len != b->len)
        fail_msg("%s: %zu hits, not %zu", query, a->len, b->len);
    for (i = 0; i < a->len; i++)
        if (a->hits[i].row.id != b->hits[i].row.id || a->hits[i].score != b->hits[i].score)
            fail_msg("%s: hit %zu is %lld (%.17g), not %lld (%.17g)", query, i,
                     (long long)a->hits[i].row.id, a->hits[i].score, (long long)b->hits[i].row.id,
                     b->hits[i].score);
    assert_true(b->total_is_exact);
    if (a->total_is_exact ? a->total != b->total : a->total > b->total)
        fail_msg("%s: total %lld%s, not %lld", query, (long long)a->total,
                 a->total_is_exact ? "" : " at least", (long long)b->total);
    search_result_free(a);
    search_result_free(b);
}

/* A second connection that finds no files of segments asks FTS5 for everything. */
static struct store *plain_store(struct shelf *shelf)
{
    struct store_options options = { 0 };
    const struct segment_set *set;
    char *command = mem_printf("rm -f %s/cache/postings-*", shelf->dir);
    struct store *store;
    struct error err;

    assert_int_equal(segments_get(&set, shelf->store, &err), ERR_OK); /* mapped: they stay there */
    assert_int_equal(system(command), 0);
    assert_int_equal(store_open(&store, shelf->dir, &options, &err), ERR_OK);
    assert_int_equal(segments_get(&set, store, &err), ERR_NOTFOUND);
    free(command);
    return store;
}

/* Are the words somebody's name? Words of authors in a row, and words that are mostly not. */
static int compare_names(struct store *fast, struct store *plain, int count)
{
    int i, names = 0;

    for (i = 0; i < count; i++) {
        struct str text = STR_INIT;
        unsigned words = 2 + random_below(3), k;
        struct query *query;
        bool a, b;
        struct error err;

        for (k = 0; k < words; k++)
            str_printf(&text, "%sw%ux", k ? " " : "", random_word());
        assert_int_equal(query_parse(&query, text.ptr, NULL, &err), ERR_OK);
        assert_int_equal(understand_name(&a, query, fast, &err), ERR_OK);
        assert_int_equal(understand_name(&b, query, plain, &err), ERR_OK);
        if (a != b)
            fail_msg("%s: %s a name by segments, %s by the index", text.ptr, a ? "is" : "is not",
                     b ? "is" : "is not");
        names += a;
        query_free(query);
        str_free(&text);
    }
    return names;
}

static void check(struct shelf *shelf, int queries)
{
    static const size_t limits[] = { 1, 10, 20, 1000 };
    struct store *plain = plain_store(shelf);
    int i;

    for (i = 0; i < queries; i++) {
        char *query = random_query();

        compare(shelf->store, plain, query, limits[random_below(4)]);
        free(query);
    }
    assert_true(compare_names(shelf->store, plain, queries) > 3);
    store_close(plain);
}

static void test_one_segment(void **state)
{
    struct shelf *shelf = shelf_new();

    (void)state;
    add(shelf, PAPERS, 0);
    cover(shelf);
    check(shelf, turns(400));
    shelf_free(shelf);
}

/* Several segments, works that have changed since and works that are newer than all of them. */
static void test_all_at_once(void **state)
{
    struct shelf *shelf = shelf_new();
    int i;

    (void)state;
    for (i = 0; i < 5; i++) {
        add(shelf, PAPERS / 5, (size_t)i * PAPERS / 5);
        cover(shelf);
    }
    for (i = 0; i < 40; i++)
        change(shelf, 1 + random_below(PAPERS));
    add(shelf, LATE / 4, PAPERS);
    check(shelf, turns(400));
    shelf_free(shelf);
}

/* What changed is covered again, and its old postings count no longer. */
static void test_covered_again(void **state)
{
    struct shelf *shelf = shelf_new();
    struct error err;
    int64_t count;
    int i;

    (void)state;
    add(shelf, PAPERS / 2, 0);
    cover(shelf);
    for (i = 0; i < 100; i++)
        change(shelf, 1 + random_below(PAPERS / 2));
    cover(shelf);
    assert_int_equal(segments_uncovered(shelf->store, &count, &err), ERR_OK);
    assert_int_equal(count, 0);
    assert_int_equal(segments_verify(shelf->store, &count, &err), ERR_OK);
    assert_int_equal(count, 2);
    check(shelf, 200);
    shelf_free(shelf);
}

/* A damaged file is noticed, or answers nothing wrong that crashes; a lost one is done without. */
static void test_lost_files(void **state)
{
    struct shelf *shelf = shelf_new();
    struct store_options options = { 0 };
    struct search_result *before, *after;
    struct store *store;
    struct error err;
    int64_t count;
    char *command;

    (void)state;
    add(shelf, 500, 0);
    cover(shelf);
    before = ask(shelf->store, "w1x", 10);
    command = mem_printf("for f in %s/cache/postings-*.seg; do printf junk | dd of=$f bs=1 seek=10 "
                         "conv=notrunc 2>/dev/null; done",
                         shelf->dir);
    assert_int_equal(system(command), 0);
    free(command);
    assert_int_equal(store_open(&store, shelf->dir, &options, &err), ERR_OK);
    assert_true(segments_verify(store, &count, &err) < 0);
    after = ask(store, "w1x", 10);
    assert_int_equal(after->len, before->len);
    assert_int_equal(after->total, before->total);
    search_result_free(before);
    search_result_free(after);
    store_close(store);
    shelf_free(shelf);
}

int search_segments_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_segment),
        cmocka_unit_test(test_all_at_once),
        cmocka_unit_test(test_covered_again),
        cmocka_unit_test(test_lost_files),
    };

    return cmocka_run_group_tests_name("search: segments", tests, NULL, NULL);
}
