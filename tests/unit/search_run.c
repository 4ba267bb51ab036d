/*
 * Queries run on a library of six papers: every operator and filter, saved queries, paging, marks.
 */
#include "search_fixture.h"

#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int set_up(void **state)
{
    struct shelf *shelf = shelf_new();

    shelf_fill(shelf, shelf_papers, shelf_paper_count);
    *state = shelf;
    return 0;
}

static int tear_down(void **state)
{
    shelf_free(*state);
    return 0;
}

/* By date, so that the order says nothing about ranking. */
static void finds(void **state, const char *query, const char *keys)
{
    struct search_options options = { .sort = SORT_DATE };
    struct error err;
    int64_t count = -1;
    const char *at;
    int64_t expected = *keys != '\0';

    for (at = keys; *at; at++)
        expected += *at == ' ';
    assert_string_equal(shelf_find(*state, query, &options), keys);
    assert_int_equal(search_count(&count, ((struct shelf *)*state)->store, query, &err), ERR_OK);
    assert_int_equal(count, expected);
}

#define VASWANI "1706.03762"
#define BERT "1810.04805"
#define LONGC "2001.00001"
#define SURVEY "2103.00002"
#define RICCI "math/0309136"
#define GRAPH "10.1145/3292500.3330701"

static void test_words(void **state)
{
    finds(state, "attention", SURVEY " " LONGC " " BERT " " VASWANI);
    finds(state, "attention -survey", LONGC " " BERT " " VASWANI);
    finds(state, "attention NOT (survey OR bert)", LONGC " " VASWANI);
    finds(state, "-attention", GRAPH " " RICCI);
    finds(state, "\"long context\"", LONGC " " BERT);
    finds(state, "\"context long\"", "");
    finds(state, "surgery OR survey", SURVEY " " RICCI);
    finds(state, "networks attention OR ricci", VASWANI " " RICCI);
    finds(state, "networks (attention OR ricci)", VASWANI);
    finds(state, "pre-training", BERT);
    finds(state, "nosuchword", "");
    finds(state, "", SURVEY " " LONGC " " GRAPH " " BERT " " VASWANI " " RICCI);
}

static void test_prefix(void **state)
{
    /* The stems are "gener": only the unstemmed vocabulary knows the difference. */
    finds(state, "generaliz*", SURVEY " " LONGC " " GRAPH);
    finds(state, "generaliza*", SURVEY " " LONGC " " GRAPH);
    finds(state, "title:transf*", BERT);
    finds(state, "zzz*", "");
    finds(state, "attention -surv*", LONGC " " BERT " " VASWANI);
}

static void test_columns(void **state)
{
    finds(state, "title:attention", SURVEY " " LONGC " " VASWANI);
    finds(state, "abstract:graphs", GRAPH);
    finds(state, "author:\"del rio\"", LONGC);
    finds(state, "author:rio", LONGC " " GRAPH);
    finds(state, "author:lukasz", SURVEY);
    finds(state, "title:(ricci OR bert)", BERT " " RICCI);
    finds(state, "title:attention -title:survey", LONGC " " VASWANI);
}

static void test_filters(void **state)
{
    finds(state, "cat:cs.CL", LONGC " " BERT " " VASWANI);
    finds(state, "cat:cs", SURVEY " " LONGC " " BERT " " VASWANI);
    finds(state, "cat:math.*", RICCI);
    finds(state, "date:2017", VASWANI);
    finds(state, "date:2018-10..2020", LONGC " " GRAPH " " BERT);
    finds(state, "date:..2003-03-10", RICCI);
    finds(state, "date:2020-01-02..", SURVEY);
    finds(state, "date:2019-05", GRAPH); /* "2019" may mean May */
    finds(state, "has:code", VASWANI);
    finds(state, "has:doi", GRAPH);
    finds(state, "doi:10.1145/*", GRAPH);
    finds(state, "10.1145/3292500.3330701", GRAPH);
    finds(state, "1706.03762v3", VASWANI);
    finds(state, "https://arxiv.org/abs/math/0309136", RICCI);
    finds(state, "id:1706.03762", VASWANI);
    finds(state, "source:jsonl has:abstract bert", BERT);
    finds(state, "kind:paper ricci", RICCI);
    finds(state, "added:1970", SURVEY " " LONGC " " GRAPH " " BERT " " VASWANI " " RICCI);
    finds(state, "added:7d", "");
}

static void test_state(void **state)
{
    struct shelf *shelf = *state;

    shelf_exec(shelf, "INSERT INTO reading(work_id, state, starred, changed) VALUES(1, 1, 1, 0), "
                      "(2, 2, 0, 0)");
    shelf_exec(shelf, "INSERT INTO tag(id, name) VALUES(1, 'toread'), (2, 'to do')");
    shelf_exec(shelf, "INSERT INTO work_tag VALUES(1, 2, 0), (2, 5, 0)");
    shelf_exec(shelf, "INSERT INTO note(work_id, body, created, changed) VALUES(5, 'x', 0, 0)");
    finds(state, "is:read", VASWANI);
    finds(state, "is:starred", VASWANI);
    finds(state, "is:later", BERT);
    finds(state, "is:unread attention", SURVEY " " LONGC);
    finds(state, "tag:toread", BERT);
    finds(state, "tag:to*", BERT " " RICCI);
    finds(state, "tag:\"to do\"", RICCI);
    finds(state, "has:note", RICCI);
    finds(state, "-has:tag -attention", GRAPH);
    /* Words and filters mixed below OR and NOT. */
    finds(state, "(cat:cs.CL attention survey) OR tag:\"to do\"", RICCI);
    finds(state, "attention (is:starred OR survey)", SURVEY " " VASWANI);
    finds(state, "-(attention OR has:note)", GRAPH);
    finds(state, "attention -(is:read OR title:survey)", LONGC " " BERT);
}

static void test_venues(void **state)
{
    struct shelf *shelf = *state;

    shelf_exec(shelf, "UPDATE work_text SET venue = 'Nature Physics 12 (2017)' WHERE id = 1");
    shelf_exec(shelf, "UPDATE work_text SET venue = 'Nature' WHERE id = 2");
    shelf_exec(shelf, "UPDATE work_text SET venue = 'Rev. Mod. Phys. 7' WHERE id IN (3, 4)");
    shelf_exec(shelf, "UPDATE work_text SET venue = 'Annales de l''École normale' WHERE id = 5");
    finds(state, "venue:nature", BERT " " VASWANI);
    finds(state, "journal:NATURE", BERT " " VASWANI);
    finds(state, "venue:\"nature physics\"", VASWANI);
    finds(state, "venue:\"physics nature\"", "");
    finds(state, "venue:phys*", SURVEY " " LONGC " " VASWANI);
    finds(state, "venue:\"rev mod phys\"", SURVEY " " LONGC);
    finds(state, "venue:\"nature ph*\"", VASWANI);
    finds(state, "venue:phy", "");
    finds(state, "venue:ecole", RICCI);
    finds(state, "venue:\"annales de l\"", RICCI);
    finds(state, "venue:\"mod phys 7\"", SURVEY " " LONGC);
    finds(state, "venue:\"phys 7*\"", SURVEY " " LONGC);
    finds(state, "venue:7x", "");
    finds(state, "-venue:phys*", GRAPH " " BERT " " RICCI);
    finds(state, "venue:nature OR tag:none OR ricci", BERT " " VASWANI " " RICCI);
    finds(state, "attention venue:phys*", SURVEY " " LONGC " " VASWANI);
    finds(state, "attention -venue:nature", SURVEY " " LONGC);
}

static void cite(struct shelf *shelf, int64_t work, const char *key)
{
    char sql[200];

    snprintf(sql, sizeof sql,
             "INSERT INTO cited_key SELECT id, '%s' FROM record WHERE work_id = %d", key,
             (int)work);
    shelf_exec(shelf, sql);
}

static void test_keys(void **state)
{
    static const struct paper more[] = {
        { "arxiv:2104.00001", "The Survey Again", "", "Anna Kaiser", "", "2021-04-01", NULL },
        { "arxiv:2105.00001", "A Survey of Surveys", "", "Kaiser", "", "2021-05-01", NULL },
        { "arxiv:2106.00001", "On Lamps", "", "Conan O'Brien-Lee\nAda Kaiser", "", "2021-06-01",
          NULL },
        { "local:undated", "Lanterns", "", "", "", "", NULL },
        { "arxiv:2207.00001", "Of Lamps", "", "Σταύρος Παπα", "", "2022-07-01", NULL },
    };
    struct shelf *shelf = *state;

    shelf_fill(shelf, more, ARRAY_LEN(more));
    finds(state, "key:vaswani2017attention", VASWANI);
    finds(state, "key:VASWANI2017*", VASWANI);
    finds(state, "key:vaswani2018*", "");
    finds(state, "key:vaswani2017attentionx", "");
    finds(state, "key:kaiser2021survey", SURVEY);
    finds(state, "key:kaiser2021surveya", "2104.00001");
    finds(state, "key:kaiser2021surveyb", "2105.00001");
    finds(state, "key:kaiser2021surveyc", "");
    finds(state, "key:kaiser*", "2105.00001 2104.00001 " SURVEY);
    finds(state, "key:kai*", "2105.00001 2104.00001 " SURVEY);
    finds(state, "key:obrienlee2021lamps", "2106.00001");
    finds(state, "key:obri*", "2106.00001");
    finds(state, "key:lanterns", "undated");
    finds(state, "-key:kaiser* date:2021", "2106.00001");
    finds(state, "key:devlin* OR key:perelman2003ricci", BERT " " RICCI);
    cite(shelf, 4, "Hal88");
    finds(state, "key:hal88", SURVEY);
    finds(state, "key:hal*", SURVEY);
    finds(state, "key:kaiser2021survey", "2104.00001"); /* the first one of those without a key */
    cite(shelf, 2, "kaiser2021survey");
    finds(state, "key:kaiser2021survey", BERT); /* taken */
    finds(state, "key:kaiser2021surveya", "2104.00001");
    cite(shelf, 3, "kaiser2021survey"); /* twice: those that brought it count before others */
    finds(state, "key:kaiser2021survey", BERT);
    finds(state, "key:kaiser2021surveya", LONGC);
    finds(state, "key:kaiser2021surveyb", "2104.00001");
    finds(state, "key:kaiser2021surveyc", "2105.00001");
    finds(state, "key:kaiser2021surveya*", LONGC);
    cite(shelf, 6, "mülx2024");
    finds(state, "key:mülx2024", GRAPH);
    finds(state, "key:mül*", GRAPH);
    finds(state, "key:pialphapialpha2022lamps", "2207.00001");
    finds(state, "key:pialphapial*", "2207.00001");
    finds(state, "key:p*", "2207.00001 " RICCI);
    finds(state, "key:2*", "");
    store_set_cite_form(shelf->store, "[author]");
    finds(state, "key:work", "undated");
    finds(state, "key:wor*", "undated");
    store_set_cite_form(shelf->store, "[Word]-[year]");
    finds(state, "key:Attention-2017", VASWANI);
    finds(state, "key:attention-*", VASWANI);
}

struct runs {
    int lists; /* of works that may have a key */
};

static int count_run(unsigned type, void *ctx, void *stmt, void *text)
{
    struct runs *runs = ctx;
    const char *sql = sqlite3_sql(stmt);

    (void)type;
    (void)text;
    runs->lists += strstr(sql, "work_author a ON") != NULL;
    return 0;
}

/* A query is compiled several times. */
static void test_keys_once(void **state)
{
    struct shelf *shelf = *state;
    struct paper many[100];
    char keys[100][24];
    struct runs runs = { 0 };
    struct error err;
    atomic_bool cancel = true;
    int64_t count = 0;
    size_t i;

    for (i = 0; i < ARRAY_LEN(many); i++) {
        snprintf(keys[i], sizeof keys[i], "arxiv:2208.%05zu", i);
        many[i] = (struct paper){ keys[i], "Candles", "", "Ada Nobel", "", "2022-08-01", NULL };
    }
    shelf_fill(shelf, many, ARRAY_LEN(many));
    sqlite3_trace_v2(store_sqlite(shelf->store), SQLITE_TRACE_STMT, count_run, &runs);
    assert_int_equal(search_count(&count, shelf->store, "candles (key:n* OR key:n*)", &err), 0);
    assert_int_equal(count, 100);
    shelf_find(shelf, "candles key:n*", &(struct search_options){ .mode = SEARCH_LEXICAL });
    assert_int_equal(runs.lists, 1);
    store_set_cancel(shelf->store, &cancel);
    assert_int_equal(search_count(&count, shelf->store, "key:o*", &err), ERR_CANCELLED);
    store_set_cancel(shelf->store, NULL);
    sqlite3_trace_v2(store_sqlite(shelf->store), 0, NULL, NULL);
    finds(state, "key:nobel2022candlescu", "2208.00099"); /* a..z, aa..az, ba.. */
    assert_int_equal(store_begin(shelf->store, &err), ERR_OK);
    cite(shelf, 2, "shortlived"); /* what is taken back is found no more */
    finds(state, "key:shortlived", BERT);
    store_rollback(shelf->store);
    finds(state, "key:shortlived", "");
}

static void test_saved(void **state)
{
    struct shelf *shelf = *state;
    struct error err;
    int64_t count;
    int i;

    assert_int_equal(queries_add(shelf->store, "mine", "attention cat:cs.CL", &err), ERR_OK);
    assert_int_equal(queries_add(shelf->store, "more", "query:mine -bert", &err), ERR_OK);
    finds(state, "query:mine", LONGC " " BERT " " VASWANI);
    finds(state, "query:more OR ricci", LONGC " " VASWANI " " RICCI);
    assert_int_equal(search_count(&count, shelf->store, "query:none", &err), ERR_PARSE);
    assert_non_null(strstr(err.message, "no saved query called 'none'"));
    queries_add(shelf->store, "a", "query:b", &err);
    queries_add(shelf->store, "b", "x query:a", &err);
    assert_int_equal(search_count(&count, shelf->store, "query:a", &err), ERR_PARSE);
    assert_non_null(strstr(err.message, "refers to itself"));
    /* Each takes in the one before twice: 2^15 parts, if nobody counted. */
    queries_add(shelf->store, "p0", "attention", &err);
    for (i = 1; i < 15; i++) {
        char name[8], text[40];

        snprintf(name, sizeof name, "p%d", i);
        snprintf(text, sizeof text, "query:p%d query:p%d", i - 1, i - 1);
        queries_add(shelf->store, name, text, &err);
    }
    assert_int_equal(search_count(&count, shelf->store, "query:p14", &err), ERR_PARSE);
    assert_non_null(strstr(err.message, "more than 64"));
}

static void test_near(void **state)
{
    struct shelf *shelf = *state;
    struct search_result *result;
    struct error err;
    size_t i;

    assert_int_equal(search_run(&result, shelf->store, "near:1706.03762", NULL, &err), ERR_OK);
    assert_true(result->len > 0);
    assert_int_equal(result->total, (int64_t)result->len);
    for (i = 0; i < result->len; i++)
        assert_string_not_equal(result->hits[i].row.key, "arxiv:1706.03762");
    search_result_free(result);
    assert_int_equal(search_run(&result, shelf->store, "near:2212.99999", NULL, &err),
                     ERR_NOTFOUND);
    assert_int_equal(search_run(&result, shelf->store, "a OR near:1706.03762", NULL, &err),
                     ERR_PARSE);
}

/* Nothing people type may reach SQL or FTS5 as syntax. */
static void test_hostile(void **state)
{
    static const char *const queries[] = {
        "'; DROP TABLE work; --",
        "title : attention NEAR(a b)",
        "{title} ^attention + b",
        "tag:\"x' OR 1=1\" -cat:'",
        "cat:* tag:* doi:* source:*",
        "\x01\x1F\x02",
        "a\x1F z",
        "\xE3\x8D\xBF",
        "* OR -*",
    };
    struct shelf *shelf = *state;
    size_t i;

    for (i = 0; i < ARRAY_LEN(queries); i++)
        shelf_find(shelf, queries[i], NULL);
    finds(state, "ricci", RICCI); /* the library is still there */
}

/* As deep as the plan goes every kind of nesting runs; deeper is an error of the query, never one
 * of SQLite. */
static void check_nesting(struct shelf *shelf, const char *odd, const char *even, int levels,
                          int expected)
{
    struct search_result *result = NULL;
    struct str text = STR_INIT;
    struct error err = { 0 };
    int i, code;

    for (i = 0; i < levels; i++)
        str_add(&text, i % 2 ? odd : even);
    str_add(&text, "c");
    str_add_repeat(&text, ')', (size_t)levels);
    code = search_run(&result, shelf->store, text.ptr, NULL, &err);
    if (code != expected)
        fail_msg("%s (%d levels) gives %d: %s", text.ptr, levels, code, err.message);
    search_result_free(result);
    str_free(&text);
}

static void test_nesting(void **state)
{
    struct shelf *shelf = *state;
    struct search_result *result = NULL;
    struct str text = STR_INIT;
    struct error err;
    int i;

    check_nesting(shelf, "(a OR ", "(b ", 18, ERR_OK);
    check_nesting(shelf, "(a OR is:read OR ", "(b ", 18, ERR_OK);
    check_nesting(shelf, "-(a ", "-(b ", 9, ERR_OK);
    check_nesting(shelf, "-(is:read ", "-(b OR ", 9, ERR_OK);
    check_nesting(shelf, "(a OR ", "(b ", 60, ERR_PARSE);
    check_nesting(shelf, "(a OR is:read OR ", "(b ", 60, ERR_PARSE);
    check_nesting(shelf, "-(is:read ", "-(b OR ", 30, ERR_PARSE);
    check_nesting(shelf, "(", "((", 40, ERR_PARSE); /* unbalanced */
    check_nesting(shelf, "(", "(", 64, ERR_OK);     /* brackets alone are nothing */
    for (i = 0; i < 300; i++)                       /* wide is no trouble */
        str_add(&text, i % 3 ? "x OR " : "-z ");
    if (search_run(&result, shelf->store, text.ptr, NULL, &err) != ERR_OK)
        fail_msg("%s", err.message);
    search_result_free(result);
    str_free(&text);
}

static void test_relax(void **state)
{
    struct search_options options = { .explain = true };
    struct shelf *shelf = *state;
    struct search_result *result;
    struct error err;

    assert_int_equal(search_run(&result, shelf->store,
                                "ricci flow surgery explained to recommender people", &options,
                                &err),
                     ERR_OK);
    assert_true(result->len >= 2);
    assert_string_equal(result->hits[0].row.key, "arxiv:math/0309136");
    assert_non_null(strstr(result->understood, "any of them"));
    search_result_free(result);
    /* With operators it means what it says, and so does what is saved. */
    assert_string_equal(shelf_find(shelf, "ricci AND recommender", NULL), "");
    options.exact = true;
    assert_string_equal(shelf_find(shelf, "ricci flow recommender", &options), "");
    options.mode = SEARCH_LEXICAL;
    assert_string_equal(shelf_find(shelf, "ricci flow recommender", &options), "");
    assert_string_equal(shelf_find(shelf, "ricci flow surgery", &options), RICCI);
}

static void test_typing(void **state)
{
    struct search_options options = { .typing = true, .sort = SORT_DATE };

    assert_string_equal(shelf_find(*state, "surv", &options), SURVEY);
    assert_string_equal(shelf_find(*state, "surv ", &options), "");
    assert_string_equal(shelf_find(*state, "pre-tra", &options), BERT);
    options.default_filter = "attention";
    assert_string_equal(shelf_find(*state, "surv", &options), SURVEY);
    assert_string_equal(shelf_find(*state, "", &options), SURVEY " " LONGC " " BERT " " VASWANI);
}

/* Pages put together are the whole list, by cursor and by offset, in every order. */
static void check_pages(struct shelf *shelf, const char *query, enum search_sort sort)
{
    struct search_options options = { .sort = sort, .limit = 2 };
    struct search_options whole = { .sort = sort };
    struct search_result *result;
    char *all = mem_strdup(shelf_find(shelf, query, &whole));
    struct str pages = STR_INIT;
    char cursor[64] = "";
    struct error err;
    size_t i;

    do {
        options.after = *cursor ? cursor : NULL;
        if (search_run(&result, shelf->store, query, &options, &err) != ERR_OK)
            fail_msg("%s", err.message);
        for (i = 0; i < result->len; i++)
            str_printf(&pages, "%s%s", pages.len ? " " : "",
                       strchr(result->hits[i].row.key, ':') + 1);
        snprintf(cursor, sizeof cursor, "%s", result->next ? result->next : "");
        search_result_free(result);
    } while (*cursor && pages.len < 4000);
    assert_string_equal(pages.ptr, all);
    str_free(&pages);
    free(all);
}

static void test_pages(void **state)
{
    static const char *const bad[] = { "x", "r", "r-1", "r1x", "d", "d1", "d1.2x", "a1.2", "k1.2" };
    struct search_options options = { .sort = SORT_DATE };
    struct shelf *shelf = *state;
    struct search_result *result;
    struct error err;
    size_t i;

    check_pages(shelf, "attention OR context OR graph", SORT_RELEVANCE);
    check_pages(shelf, "attention OR context OR graph", SORT_DATE);
    check_pages(shelf, "", SORT_ADDED);
    check_pages(shelf, "has:abstract", SORT_DATE);
    for (i = 0; i < ARRAY_LEN(bad); i++) {
        options.after = bad[i];
        assert_int_equal(search_run(&result, shelf->store, "", &options, &err), ERR_USAGE);
    }
}

static void test_marks(void **state)
{
    struct search_options options = { .snippets = true, .explain = true };
    struct shelf *shelf = *state;
    struct search_result *result;
    struct error err;

    assert_int_equal(search_run(&result, shelf->store, "\"long context\" bert", &options, &err),
                     ERR_OK);
    assert_int_equal(result->len, 1);
    assert_string_equal(result->hits[0].snippet, "We introduce a language representation model "
                                                 "with \x02long\x03 \x02"
                                                 "context\x03 and "
                                                 "attention.");
    assert_int_equal(strncmp(result->hits[0].title_marked,
                             "\x02"
                             "BERT\x03:",
                             7),
                     0);
    assert_int_equal(result->hits[0].why_len, 2);
    assert_int_equal(result->hits[0].why[0].in_abstract, 1);
    assert_int_equal(result->hits[0].why[1].in_title, 1);
    search_result_free(result);
}

/* One character that is four words of the index: marks stand once. */
static void test_marks_wide(void **state)
{
    static const struct paper square = { "arxiv:2201.00001",
                                         "\xE3\x8D\xBF report",
                                         "The \xE3\x8D\xBF again.",
                                         "A",
                                         "cs.CL",
                                         "2022",
                                         NULL };
    struct search_options options = { .snippets = true };
    struct shelf *shelf = *state;
    struct search_result *result;
    struct error err;

    shelf_fill(shelf, &square, 1);
    assert_int_equal(search_run(&result, shelf->store, "\xE3\x8D\xBF report", &options, &err),
                     ERR_OK);
    assert_int_equal(result->len, 1);
    assert_string_equal(result->hits[0].title_marked, "\x02\xE3\x8D\xBF\x03 \x02report\x03");
    search_result_free(result);
}

static int collect(void *ctx, int64_t work)
{
    struct str *out = ctx;

    str_printf(out, "%d ", (int)work);
    return out->len > 5 ? 7 : 0;
}

static void test_each(void **state)
{
    struct shelf *shelf = *state;
    struct str out = STR_INIT;
    struct error err;

    assert_int_equal(search_each(shelf->store, "context", collect, &out, &err), 7);
    assert_string_equal(out.ptr, "3 2 5 ");
    str_free(&out);
    assert_int_equal(search_each(shelf->store, "(", collect, &out, &err), ERR_PARSE);
}

static void test_cancel(void **state)
{
    struct shelf *shelf = *state;
    struct paper *many = mem_zalloc(3000 * sizeof *many);
    char(*keys)[24] = mem_alloc(3000 * sizeof *keys);
    struct search_result *result = NULL;
    atomic_bool cancel = true;
    struct error err;
    int i;

    for (i = 0; i < 3000; i++) {
        snprintf(keys[i], sizeof keys[i], "arxiv:2202.%05d", i);
        many[i] = shelf_papers[i % 6];
        many[i].key = keys[i];
    }
    shelf_fill(shelf, many, 3000);
    store_set_cancel(shelf->store, &cancel);
    assert_int_equal(search_run(&result, shelf->store, "attention OR context OR the", NULL, &err),
                     ERR_CANCELLED);
    assert_null(result);
    store_set_cancel(shelf->store, NULL);
    assert_int_equal(search_run(&result, shelf->store, "attention", NULL, &err), ERR_OK);
    assert_int_equal(result->total, 2004);
    search_result_free(result);
    free(many);
    free(keys);
}

#define RUN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Far down, a page is read from the end; the list is the same. A work's place is known. */
static void test_far_pages(void **state)
{
    struct shelf *shelf = *state;
    struct search_options options = { .sort = SORT_DATE, .limit = 50, .offset = 2480 };
    struct search_result *page;
    struct paper *papers = mem_zalloc(2500 * sizeof *papers);
    char keys[2500][16];
    struct error err;
    int64_t before, last;
    size_t i;

    for (i = 0; i < 2500; i++) {
        snprintf(keys[i], sizeof keys[i], "9001.%05zu", i);
        papers[i] = (struct paper){ .key = keys[i],
                                    .title = "Filler",
                                    .abstract = "",
                                    .authors = "",
                                    .categories = "cs.XX",
                                    .published = "1990-01-01" };
    }
    shelf_fill(shelf, papers, 2500);
    assert_int_equal(search_run(&page, shelf->store, "", &options, &err), ERR_OK);
    assert_int_equal(page->offset, 2480);
    assert_int_equal(page->len, 2506 - 2480);
    assert_null(page->next);
    before = page->hits[0].row.id;
    for (i = 1; i < page->len; i++, before = last) {
        last = page->hits[i].row.id;
        assert_true(last < before);
    }
    options.around = page->hits[10].row.id;
    search_result_free(page);
    options.offset = 0;
    assert_int_equal(search_run(&page, shelf->store, "", &options, &err), ERR_OK);
    assert_int_equal(page->place, 2490);
    assert_int_equal(page->offset, 2465);
    assert_int_equal(page->hits[25].row.id, options.around);
    search_result_free(page);
    options.around = 999999;
    assert_int_equal(search_run(&page, shelf->store, "cat:cs.XX", &options, &err), ERR_OK);
    assert_int_equal(page->place, -1);
    assert_int_equal(page->offset, 0);
    search_result_free(page);
    free(papers);
}

int search_run_tests(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(test_words),     RUN_TEST(test_prefix),    RUN_TEST(test_columns),
        RUN_TEST(test_filters),   RUN_TEST(test_state),     RUN_TEST(test_saved),
        RUN_TEST(test_near),      RUN_TEST(test_hostile),   RUN_TEST(test_nesting),
        RUN_TEST(test_relax),     RUN_TEST(test_typing),    RUN_TEST(test_pages),
        RUN_TEST(test_far_pages), RUN_TEST(test_marks),     RUN_TEST(test_marks_wide),
        RUN_TEST(test_each),      RUN_TEST(test_cancel),    RUN_TEST(test_venues),
        RUN_TEST(test_keys),      RUN_TEST(test_keys_once),
    };

    return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
