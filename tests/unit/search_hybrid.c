/* Both arms together: what vectors may add, what they may not, and 10,000 queries nobody meant. */
#include "search_fixture.h"
#include "turns.h"

#include "../../src/search/rerank.h"
#include "carrel/vectors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The shelf with a vector for each paper, as the importer makes them. */
static struct shelf *shelf_with_vectors(void)
{
    struct shelf *shelf = shelf_new();
    const struct embed_model *model;
    struct vectors_model serving, next;
    struct vectors_writer *writer;
    struct error err;
    size_t i;

    shelf_fill(shelf, shelf_papers, shelf_paper_count);
    if (vectors_model(&model, shelf->store, &err) != ERR_OK) {
        shelf_free(shelf);
        return NULL; /* a build without a model */
    }
    assert_int_equal(store_begin(shelf->store, &err), ERR_OK);
    assert_int_equal(vectors_writer_begin(&writer, shelf->store, &err), ERR_OK);
    assert_int_equal(vectors_models(shelf->store, &serving, &next, &err), ERR_OK);
    for (i = 0; i < shelf_paper_count; i++) {
        float vector[EMBED_DIM_MAX] = { 0 };
        int8_t row[EMBED_DIM_MAX];

        assert_true(embed_text(model, shelf_papers[i].title, shelf_papers[i].abstract, vector));
        embed_quantise(row, vector, (size_t)embed_info(model)->dim);
        assert_int_equal(vectors_writer_put(writer, &serving, (int64_t)i + 1, row, &err), ERR_OK);
    }
    assert_int_equal(vectors_writer_commit(writer, &err), ERR_OK);
    assert_int_equal(store_commit(shelf->store, &err), ERR_OK);
    return shelf;
}

static char *find_hybrid(struct shelf *shelf, const char *query)
{
    static const struct search_options options = { .mode = SEARCH_HYBRID };

    return shelf_find(shelf, query, &options);
}

static void adds_neighbours(void **state)
{
    struct shelf *shelf = shelf_with_vectors();
    static const struct search_options words = { .mode = SEARCH_LEXICAL };
    const char *query = "sequence translation model";

    (void)state;
    if (!shelf)
        skip();
    assert_true(strstr(find_hybrid(shelf, query), "1706.03762") != NULL);
    assert_true(strlen(find_hybrid(shelf, query)) >= strlen(shelf_find(shelf, query, &words)));
    shelf_free(shelf);
}

/* Whatever the vectors bring, the condition beside the words holds for it. */
static void conditions_hold(void **state)
{
    static const char *const conditions[] = {
        "-survey",
        "\"long context\"",
        "cat:cs.CL",
        "date:2018..2020",
        "title:attention",
        "author:kaiser",
        "-attention",
        "-cat:cs.CL",
        "has:code",
        "-title:long",
        "(cat:cs.CV OR cat:math.DG)",
        "-\"neural networks\"",
        "doi:10.1145/*",
        "abstract:context",
    };
    static const char *const words[] = { "attention transformer", "long documents context models",
                                         "geometry of manifolds", "recommending things to people",
                                         "survey" };
    struct shelf *shelf = shelf_with_vectors();
    size_t c, w;

    (void)state;
    if (!shelf)
        skip();
    for (c = 0; c < ARRAY_LEN(conditions); c++) {
        char *allowed = mem_strdup(shelf_find(shelf, conditions[c], NULL));

        for (w = 0; w < ARRAY_LEN(words); w++) {
            char *query = mem_printf("%s %s", words[w], conditions[c]);
            char *found = find_hybrid(shelf, query), *key, *rest = found;

            while ((key = strtok_r(rest, " ", &rest)))
                if (!strstr(allowed, key))
                    fail_msg("%s brings %s", query, key);
            free(query);
        }
        free(allowed);
    }
    shelf_free(shelf);
}

static void exact_stays_exact(void **state)
{
    static const char *const queries[] = { "attention AND documents",
                                           "survey OR graphs",
                                           "transform*",
                                           "\"long context\"",
                                           "title:survey",
                                           "vaswani shazeer",
                                           "marta rio" };
    static const struct search_options words = { .mode = SEARCH_LEXICAL };
    struct shelf *shelf = shelf_with_vectors();
    size_t i;

    (void)state;
    if (!shelf)
        skip();
    for (i = 0; i < ARRAY_LEN(queries); i++) {
        char *exact = mem_strdup(shelf_find(shelf, queries[i], &words));

        assert_int_equal(strlen(find_hybrid(shelf, queries[i])), strlen(exact));
        free(exact);
    }
    shelf_free(shelf);
}

static void a_feed_is_a_condition(void **state)
{
    struct search_options options = { .mode = SEARCH_HYBRID, .default_filter = "attention" };
    struct shelf *shelf = shelf_with_vectors();

    (void)state;
    if (!shelf)
        skip();
    /* No paper on Ricci flow has the feed's word. */
    assert_null(strstr(shelf_find(shelf, "technical manifolds surgery", &options), "0309136"));
    shelf_free(shelf);
}

static void near_is_like_it(void **state)
{
    struct shelf *shelf = shelf_with_vectors();

    (void)state;
    if (!shelf)
        skip();
    assert_null(strstr(find_hybrid(shelf, "near:arxiv:1706.03762"), "1706.03762"));
    shelf_free(shelf);
}

static void plain_questions(void **state)
{
    (void)state;
    assert_true(query_is_plain("what is known of long contexts?"));
    assert_true(query_is_plain("an open ( bracket"));
    assert_true(query_is_plain("the role of \"attention\" in -dash models of text"));
    assert_false(query_is_plain("attention -survey"));
    assert_false(query_is_plain("\"long context\""));
    assert_false(query_is_plain("attention cat:cs.CL"));
    assert_false(query_is_plain("a OR b"));
    assert_false(query_is_plain("arxiv:1706.03762"));
}

static void reranks_by_text(void **state)
{
    static const struct rank_term terms[] = { { "quantum", 7, 3.0 }, { "error", 5, 2.0 } };
    struct rerank_query query = {
        .terms = terms, .count = 2, .model = embed_builtin(), .average_length = 12
    };
    struct rerank_doc docs[3] = {
        { .title = "Galaxies", .abstract = "Dark halos of galaxies rotate.", .authors = "" },
        { .title = "Codes",
          .abstract = "One quantum system. No other error was met.",
          .authors = "" },
        { .title = "Codes",
          .abstract = "The quantum error is small. No other was met.",
          .authors = "" },
    };

    (void)state;
    rerank_run(&query, docs, 3, 0);
    assert_true(docs[2].score > docs[1].score); /* the words next to each other */
    assert_true(docs[1].score > docs[0].score);
    assert_true(fabs(docs[2].features[FEATURE_PAIRS] - 1) < 1e-9); /* the best has 1 */
    rerank_run(&query, docs, 3, SEARCH_OFF_FEATURE(FEATURE_PAIRS));
    assert_true(docs[2].features[FEATURE_PAIRS] > 0);
    rerank_run(&query, docs, 0, 0); /* nothing is fine */
}

/* Two papers that say the same and are equally near to the query: the one that lies with the best
 * comes first, and being among the best does not keep anybody there. */
static void learns_from_the_best(void **state)
{
    static const struct rank_term terms[] = { { "quantum", 7, 3.0 } };
    static const float vector[8] = { 1 };
    static const int8_t best[8] = { 100, 70 }, with[8] = { 60, 90 }, against[8] = { 60, -90 };
    struct rerank_query query = {
        .terms = terms, .count = 1, .average_length = 4, .vector = vector, .dim = 8
    };
    struct rerank_doc docs[3] = {
        { .title = "Halos", .abstract = "", .authors = "", .vector = against, .cosine = .55 },
        { .title = "Halos", .abstract = "", .authors = "", .vector = with, .cosine = .55 },
        { .title = "Quantum", .abstract = "", .authors = "", .vector = best, .cosine = .8 },
    };

    (void)state;
    rerank_run(&query, docs, 3, 0);
    assert_true(docs[1].features[FEATURE_FEEDBACK] > docs[0].features[FEATURE_FEEDBACK] + .1);
    assert_true(docs[2].score > docs[1].score && docs[1].score > docs[0].score);
    rerank_run(&query, docs, 3, SEARCH_OFF_FEATURE(FEATURE_FEEDBACK));
    assert_true(docs[1].score == docs[0].score);
    rerank_run(&query, docs + 2, 1, 0); /* alone, the query is all there is */
    assert_true(fabs(docs[2].features[FEATURE_FEEDBACK] - 1) < 1e-9);
    docs[0].vector = docs[1].vector = docs[2].vector = NULL;
    rerank_run(&query, docs, 3, 0);
    assert_true(docs[2].features[FEATURE_FEEDBACK] == 0);
}

/* Who wants the whole tail gets papers with any of the words, also from words alone. */
static void any_word(void **state)
{
    struct search_options options = { .mode = SEARCH_LEXICAL, .limit = 100 };
    struct shelf *shelf = shelf_new();
    struct paper papers[30] = { 0 };
    struct search_result *all, *any;
    struct error err;
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(papers); i++) {
        papers[i] = (struct paper){ .key = mem_printf("arxiv:2401.%05zu", i),
                                    .title = i < 10 ? "Quantum error codes" : "Error bars",
                                    .abstract = "",
                                    .authors = "",
                                    .categories = "cs.IT",
                                    .published = "2024-01-01" };
    }
    shelf_fill(shelf, papers, ARRAY_LEN(papers));
    assert_int_equal(search_run(&all, shelf->store, "quantum error codes", &options, &err), ERR_OK);
    options.any_word = true;
    assert_int_equal(search_run(&any, shelf->store, "quantum error codes", &options, &err), ERR_OK);
    assert_int_equal(all->len, 10);
    assert_int_equal(any->len, 30);
    assert_true(any->relaxed && !all->relaxed);
    search_result_free(all);
    search_result_free(any);
    for (i = 0; i < ARRAY_LEN(papers); i++)
        free((char *)(uintptr_t)papers[i].key);
    shelf_free(shelf);
}

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* One to four edits of one query: bytes changed, cut out, doubled, or a piece of another put in. */
static void mutate(char *out, size_t size, uint64_t *state, const char *const *seeds, size_t count)
{
    static const char bytes[] = "\"()-*:. ORANDT\x01\x1f\xff\xc3\xa9\\'%;\n\t0aZ";
    size_t len, edits = 1 + random_next(state) % 4;

    snprintf(out, size, "%s", seeds[random_next(state) % count]);
    while (edits-- > 0) {
        const char *other = seeds[random_next(state) % count];
        size_t at, part;

        len = strlen(out);
        at = len ? random_next(state) % len : 0;
        switch (random_next(state) % 4) {
        case 0:
            if (len)
                out[at] = bytes[random_next(state) % (sizeof bytes - 1)];
            break;
        case 1:
            part = len ? random_next(state) % (len - at) : 0;
            memmove(out + at, out + at + part, len - at - part + 1);
            break;
        case 2:
            if (len * 2 + 1 < size)
                memmove(out + len, out, len + 1);
            out[size - 1] = '\0';
            break;
        default:
            part = strlen(other);
            if (len + part + 1 < size) {
                memmove(out + at + part, out + at, len - at + 1);
                memcpy(out + at, other, part);
            }
        }
    }
}

static void hostile_queries(void **state)
{
    static const char *const seeds[] = {
        "attention \"long context\" -survey title:transformer author:\"del rio\"",
        "cat:cs.CL cat:math.* date:2024-03..2025",
        "is:unread tag:toread has:code source:hf doi:10.1145/* near:arxiv:1706.03762",
        "(a OR b) AND c prefix* NOT (d -e)",
        "arxiv:1706.03762v5",
        "Schr\\\"odinger Łukasz 深度学习 ﬁeld",
        "vaswani attention hedghog",
        "cs.CL graph neural networks for recommending",
    };
    struct shelf *shelf = shelf_with_vectors();
    uint64_t random = 88172645463325252u;
    int i, answered = 0, refused = 0;

    (void)state;
    if (!shelf)
        skip();
    for (i = 0; i < turns(10000); i++) {
        struct search_options options = { .explain = i % 3 == 0,
                                          .snippets = i % 5 == 0,
                                          .typing = i % 7 == 0,
                                          .any_word = i % 11 == 0,
                                          .mode = (enum search_mode)(i % 4) };
        struct search_result *result = NULL;
        struct error err = { 0 };
        char query[600];
        int code;

        mutate(query, sizeof query, &random, seeds, ARRAY_LEN(seeds));
        code = search_run(&result, shelf->store, query, &options, &err);
        if (code == ERR_OK) {
            answered++;
            search_result_free(result);
            continue;
        }
        refused++;
        if ((code != ERR_PARSE && code != ERR_NOTFOUND) || !err.message[0]
            || strchr(err.message, '\n'))
            fail_msg("query %d: %d '%s' for: %s", i, code, err.message, query);
    }
    assert_true(answered > turns(2000));
    assert_true(refused > turns(200));
    print_message("# %d answered, %d refused with a reason\n", answered, refused);
    shelf_free(shelf);
}

int search_hybrid_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_neighbours),   cmocka_unit_test(conditions_hold),
        cmocka_unit_test(exact_stays_exact), cmocka_unit_test(a_feed_is_a_condition),
        cmocka_unit_test(near_is_like_it),   cmocka_unit_test(plain_questions),
        cmocka_unit_test(reranks_by_text),   cmocka_unit_test(learns_from_the_best),
        cmocka_unit_test(any_word),          cmocka_unit_test(hostile_queries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
