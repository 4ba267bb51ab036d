/*
 * Crossref: what is asked for, and what the answers say.
 */
#include "sources_asked.h"
#include "sources_check.h"

#include "carrel/base64.h"
#include "carrel/clock.h"
#include "carrel/file.h"

#include <stdlib.h>
#include <unistd.h>

#define WIRE "/data/wire/crossref/habanero/"

static const char *mailto;

static const char *get_text(void *ctx, const char *key)
{
    (void)ctx;
    return strcmp(key, "mailto") == 0 ? mailto : NULL;
}

static const struct source_settings settings = { NULL, "crossref", get_text, asked_no_values,
                                                 false };
static struct arena *arena;
static struct record got;
static int records;

static bool wired; /* real answers: nothing of their markup may be left */

static void clean(const char *text)
{
    static const char *const left[] = { "<jats", "<mml", "<i>", "<sub", "&amp;", "&lt;", "  " };
    size_t i;

    for (i = 0; text && i < ARRAY_LEN(left); i++)
        if (strstr(text, left[i]))
            fail_msg("'%s' in: %.300s", left[i], text);
}

static int keep(void *ctx, const struct record *record)
{
    (void)ctx;
    record_copy(&got, record, arena);
    got.metrics = (struct record_metrics){ 0 };
    for (size_t i = 0; i < record->metrics.len; i++)
        record_metric_add(&got.metrics, arena, &record->metrics.items[i]);
    records++;
    if (wired) {
        clean(record->title);
        clean(record->abstract);
        clean(record->venue);
    }
    return 0;
}

static const struct parse_sink sink = { .record = keep };

static int set_up(void **state)
{
    (void)state;
    asked_start("crossref", &settings, &sink);
    arena = arena_new();
    got = (struct record){ 0 };
    records = 0;
    mailto = NULL;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    asked_end();
    arena_free(arena);
    return 0;
}

static void begin(const char *const *dois, size_t count)
{
    struct text_list list = { .items = (char **)(uintptr_t)dois, .len = count };
    const struct source_span span = { .since = DAY_NONE, .subjects = &list };

    asked_begin("dois", &span);
}

/* The work that these members make of 10.1000/a. */
static const struct record *work(const char *members)
{
    static const char *const dois[] = { "10.1000/a" };

    begin(dois, 1);
    got = (struct record){ 0 };
    assert_int_equal(
        asked_answer(arena_printf(arena,
                                  "{\"status\":\"ok\",\"message-type\":\"work\",\"message\":"
                                  "{\"DOI\":\"10.1000/A\"%s%s}}",
                                  *members ? "," : "", members)),
        ERR_OK);
    assert_string_equal(got.asked, "doi:10.1000/a");
    return &got;
}

#define WORK(members) work("\"title\":[\"T\"]," members)

static void test_round(void **state)
{
    static const char *const dois[] = { "10.1000/a", "10.1002/(sici)1<2::aid>3.0.co;2-o",
                                        "10.1000/../b?c", "10.1000/d" };
    struct source_origin origin;

    (void)state;
    assert_int_equal(asked.ops->origin(&settings, &origin, &asked.err), ERR_OK);
    assert_true(origin.floor_ms >= 200 && origin.interval_ms >= origin.floor_ms);
    assert_string_equal(origin.name, "api.crossref.org");
    assert_true(asked.ops->opt_in);
    begin(dois, 4);
    assert_string_equal(asked_url(), "https://api.crossref.org/works/10.1000%2Fa");
    mailto = "me+you@example.org";
    assert_string_equal(asked_url(),
                        "https://api.crossref.org/works/10.1000%2Fa?mailto=me%2Byou%40example.org");
    assert_int_equal(
        asked_answer("{\"status\":\"ok\",\"message\":{\"DOI\":\"10.1000/A\",\"title\":[\"T\"]"
                     ",\"is-referenced-by-count\":7}}"),
        ERR_OK);
    assert_string_equal(got.id, "doi:10.1000/a");
    assert_string_equal(got.asked, "doi:10.1000/a");
    assert_int_equal(got.metrics.len, 1);
    assert_string_equal(got.metrics.items[0].name, "citations");
    assert_true(got.metrics.items[0].value == 7 && got.metrics.items[0].at > 0);
    assert_int_equal(asked.turn.got, 1);
    assert_int_equal(asked.turn.total, 4);
    asked_go_on();
    mailto = NULL;
    assert_string_equal(asked_url(), "https://api.crossref.org/works/"
                                     "10.1002%2F%28sici%291%3C2%3A%3Aaid%3E3.0.co%3B2-o");
    assert_int_equal(asked_denied(404, "Resource not found."), ERR_OK);
    assert_null(got.title);
    assert_string_equal(got.asked, "doi:10.1002/(sici)1<2::aid>3.0.co;2-o");
    asked_go_on();
    assert_string_equal(asked_url(), "https://api.crossref.org/works/10.1000%2F..%2Fb%3Fc");
    assert_int_equal(asked.ops->pass_over(&settings, asked.cursor.ptr, &asked.turn, &asked.err),
                     ERR_OK);
    assert_string_equal(asked.turn.gap_what.ptr, "doi:10.1000/../b?c");
    assert_false(asked.turn.finished);
    asked_go_on();
    assert_int_equal(asked.turn.got, 3);
    /* A page of another server is no answer of Crossref's. */
    assert_int_equal(asked_denied(404, "<html>Not found</html>"), ERR_PARSE);
    assert_int_equal(asked_denied(404, ""), ERR_PARSE);
    assert_int_equal(asked_denied(451, "Resource not found."), ERR_PARSE);
    assert_int_equal(asked_denied(404, "Resource not found."), ERR_OK);
    assert_true(asked.turn.finished);
    assert_int_equal(asked.turn.got, 4);
}

/* Many long ones: those that have room, and a place that fits. */
static void test_long(void **state)
{
    const char *dois[SOURCE_SUBJECTS];
    size_t i;

    (void)state;
    for (i = 0; i < SOURCE_SUBJECTS; i++)
        dois[i] = arena_printf(arena, "10.1000/%0450zu", i);
    begin(dois, SOURCE_SUBJECTS);
    assert_true(asked.cursor.len < SOURCE_CURSOR_MAX);
    assert_non_null(strstr(asked_url(), "0000"));
    assert_int_equal(asked_denied(404, "resource not found"), ERR_OK);
    assert_false(asked.turn.finished);
    assert_int_equal(asked.turn.total, 4);
}

static void test_fields(void **state)
{
    const struct record *r;

    (void)state;
    r = WORK(
        "\"subtitle\":[\"and all that\"],\"container-title\":[\"A &amp; B\"],\"volume\":\"12\","
        "\"issue\":\"3\",\"page\":\"1-9\",\"type\":\"journal-article\",\"publisher\":\"P&amp;Q"
        "\",\"URL\":\"https://doi.org/10.1000/a\",\"issued\":{\"date-parts\":[[2020,6,2]]},"
        "\"license\":[{\"URL\":\"http://x.org/tdm\",\"content-version\":\"tdm\"},{\"URL\":"
        "\"http://x.org/by\",\"content-version\":\"vor\"}],\"author\":[{\"given\":\"Ann\","
        "\"family\":\"Lee\",\"suffix\":\"Jr.\"},{\"family\":\"Ray\"},{\"name\":\"The A&amp;B "
        "Group\"},{},7]");
    assert_string_equal(r->title, "T: and all that");
    assert_string_equal(r->venue, "A & B 12(3), 1-9");
    assert_string_equal(r->comment, "journal article, P&Q");
    assert_string_equal(r->url, "https://doi.org/10.1000/a");
    assert_string_equal(r->published, "2020-06-02");
    assert_string_equal(r->license, "http://x.org/by");
    assert_string_equal(r->doi, "10.1000/a");
    assert_string_equal(r->source, "crossref");
    assert_int_equal(r->authors.len, 3);
    assert_string_equal(r->authors.items[0], "Ann Lee Jr.");
    assert_string_equal(r->authors.items[1], "Ray");
    assert_string_equal(r->authors.items[2], "The A&B Group");
    r = WORK("\"container-title\":[],\"subtitle\":[],\"volume\":\"null\"");
    assert_null(r->venue);
    assert_string_equal(r->title, "T");
    assert_null(r->published);
    r = work(
        "\"title\":[\"Do doctors cause cerebral edema in children?\"],\"subtitle\":[\"Cerebral "
        "edema in DKA\"],\"container-title\":[\"J\"],\"article-number\":\"e33\"");
    assert_string_equal(r->title, "Do doctors cause cerebral edema in children?");
    assert_string_equal(r->venue, "J, e33");
}

static void check_date(const char *parts, const char *expected)
{
    const struct record *r =
        work(arena_printf(arena, "\"title\":[\"T\"],\"issued\":{\"date-parts\":%s}", parts));

    assert_string_equal(r->published ? r->published : "", expected);
}

static void test_dates(void **state)
{
    (void)state;
    check_date("[[2020]]", "2020");
    check_date("[[2020,2]]", "2020-02");
    check_date("[[2020,2,30]]", "2020-02");
    check_date("[[2020,2,29]]", "2020-02-29");
    check_date("[[2020,13,1]]", "2020");
    check_date("[[null]]", "");
    check_date("[]", "");
    check_date("[[99999999999,1,1]]", "");
    check_date("7", "");
    assert_string_equal(WORK("\"issued\":{\"date-parts\":[[null]]},\"published-print\":"
                             "{\"date-parts\":[[1999,1]]}")
                            ->published,
                        "1999-01");
}

static const char *abstract(const char *text)
{
    const struct record *r =
        work(arena_printf(arena, "\"title\":[\"T\"],\"abstract\":\"%s\"", text));

    return r->abstract ? r->abstract : "";
}

static void test_texts(void **state)
{
    (void)state;
    assert_string_equal(
        work("\"title\":[\"On <i>H<sub>2</sub>O</i> &amp;amp; &lt;b&gt;p &amp;lt; "
             "q&lt;/b&gt;\\n   <mml:math xmlns:mml=\\\"x\\\"><mml:mi>\u03b1</mml:mi>"
             "</mml:math>\"]")
            ->title,
        "On H2O & p < q \u03b1");
    assert_string_equal(abstract("<jats:title>Abstract</jats:title><jats:p>One\\n     two.</jats:p>"
                                 "\\n    <jats:p>Three <jats:xref ref-type=\\\"x\\\">4</jats:xref>."
                                 "</jats:p>"),
                        "One two.\n\nThree 4.");
    assert_string_equal(
        abstract("<jats:sec>\\n  <jats:title>Aims</jats:title>\\n  <jats:p>A.</jats:p>"
                 "</jats:sec>"),
        "Aims\n\nA.");
    /* A formula in two forms stays once. */
    assert_string_equal(
        abstract("<jats:p>Of <jats:inline-formula><jats:alternatives><jats:tex-math>$$x$$"
                 "</jats:tex-math><mml:math><mml:mi>x</mml:mi></mml:math></jats:alternatives>"
                 "</jats:inline-formula>.</jats:p>"),
        "Of x.");
    assert_string_equal(
        abstract("<p>Of <inline-formula><tex-math notation=\\\"LaTeX\\\">$N$</tex-math>"
                 "</inline-formula> and <tex-math>\\\\documentclass{a}\\\\begin{document}"
                 "$M$\\\\end{document}</tex-math>"),
        "Of $N$ and $M$");
    assert_string_equal(abstract("<jats:p>a <jats:tex-math>never closed"), "a never closed");
}

static void test_preprint(void **state)
{
#define PREPRINT(list) WORK("\"relation\":{\"has-preprint\":[" list "]}")
#define ARXIV(id, by) "{\"id-type\":\"arxiv\",\"id\":\"" id "\",\"asserted-by\":\"" by "\"}"
    (void)state;
    assert_int_equal(PREPRINT(ARXIV("arXiv:2101.00001v2", "subject"))->aliases.len, 1);
    assert_string_equal(got.aliases.items[0], "arxiv:2101.00001");
    assert_int_equal(got.version, 0);
    assert_int_equal(PREPRINT(ARXIV("10.48550/arXiv.2101.00001", "subject"))->aliases.len, 1);
    assert_int_equal(PREPRINT(ARXIV("2101.00001", "object"))->aliases.len, 0);
    assert_int_equal(
        PREPRINT(ARXIV("2101.00001", "subject") "," ARXIV("2101.00002", "subject"))->aliases.len,
        0);
    assert_int_equal(
        PREPRINT("{\"id-type\":\"doi\",\"id\":\"10.1101/1\",\"asserted-by\":\"subject\"}")
            ->aliases.len,
        0);
    assert_int_equal(WORK("\"relation\":[7]")->aliases.len, 0);
#undef ARXIV
#undef PREPRINT
}

static void test_hostile(void **state)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"message\":7}",
        "<html>",
        "{\"message\":{\"DOI\":\"10.1000/a\"",
        "{\"message\":{\"items\":[{\"DOI\":\"10.1000/a\",\"title\":[\"T\"]}]}}",
    };
    /* Nothing of the DOI that was asked for, and that is an answer. */
    static const char *const nothing[] = {
        "{\"message\":{}}",
        "{\"message\":{\"DOI\":\"10.1000/a\",\"title\":[]}}",
        "{\"message\":{\"DOI\":\"10.1000/a\",\"title\":[null]}}",
        "{\"message\":{\"DOI\":\"10.1000/other\",\"title\":[\"T\"]}}",
        "{\"status\":\"failed\",\"message-type\":\"resource-failure\",\"message\":[{}]}",
    };
    static const char *const dois[] = { "10.1000/a" };
    size_t i;

    (void)state;
    begin(dois, 1);
    for (i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(asked_answer(bad[i]), ERR_PARSE);
    for (i = 0; i < ARRAY_LEN(nothing); i++) {
        records = 0;
        assert_int_equal(asked_answer(nothing[i]), ERR_OK);
        assert_int_equal(records, 1);
        assert_null(got.title);
        assert_string_equal(got.asked, "doi:10.1000/a");
        assert_true(asked.turn.finished);
    }
    assert_int_equal(asked_answer("{\"status\":\"failed\",\"message-type\":\"validation-failure\","
                                  "\"message\":[{\"message\":\"no\\u001b such\"}]}"),
                     ERR_REFUSED);
    assert_null(strchr(asked.err.message, '\033'));
    assert_null(WORK("\"URL\":\"javascript:alert(1)\",\"is-referenced-by-count\":-4,\"author\":{},"
                     "\"type\":[],\"issued\":7,\"license\":{}")
                    ->url);
    assert_int_equal(got.metrics.len, 0);
    asked_at("dois?ids=10.1000%2FA&total=1"); /* not as the library writes it */
    assert_int_equal(asked.ops->request(&settings, asked.cursor.ptr, &asked.request, &asked.err),
                     ERR_CORRUPT);
    asked_at("dois?ids=10.1000%2Fa%20%20&total=1");
    assert_int_equal(asked.ops->request(&settings, asked.cursor.ptr, &asked.request, &asked.err),
                     ERR_CORRUPT);
}

static void test_mailto(void **state)
{
    static const char *const bad[] = { "me", "@example.org", "me@", "me @example.org",
                                       "<me@x.org>" };
    struct source_plan plan = { .arena = arena };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(bad); i++) {
        mailto = bad[i];
        assert_int_equal(asked.ops->plan(&settings, &plan, &asked.err), ERR_USAGE);
    }
    mailto = "me@example.org";
    assert_int_equal(asked.ops->plan(&settings, &plan, &asked.err), ERR_OK);
    assert_string_equal(plan.streams.items[0], "dois");
}

/* The works among the stored answers, whose bodies are gzip in YAML's Base64. */
static void wire_bodies(const char *path, const char *body_path, int *bodies)
{
    static const char binary[] = "string: !!binary |\n", after[] = "\n    headers:";
    const struct parse_sink counting = { .ctx = NULL, .record = keep };
    struct str file = STR_INIT, body = STR_INIT;
    const char *at, *end;

    assert_int_equal(file_read(&file, path, 4 << 20, &asked.err), ERR_OK);
    for (at = file.ptr; (at = strstr(at, binary)); at = end, (*bodies)++) {
        struct parse_info info;

        at += sizeof binary - 1;
        end = strstr(at, after);
        assert_non_null(end);
        str_clear(&body);
        assert_true(base64_decode(&body, at, (size_t)(end - at)));
        assert_int_equal(file_write(body_path, body.ptr, body.len, &asked.err), ERR_OK);
        if (parse_file(body_path, PARSE_CROSSREF, &counting, NULL, &info, &asked.err) != ERR_OK)
            fail_msg("%s: %s", path, asked.err.message);
    }
    str_free(&file);
    str_free(&body);
}

/* Real answers: all their works are read (the numbers were counted in the files), and no text has
 * tags or entities left. */
static void test_wire(void **state)
{
    static const struct {
        const char *file;
        int bodies, works;
    } wire[] = {
        { "test_cursor.yaml", 1, 20 },
        { "test_works_field_queries.yaml", 1, 20 },
        { "test_works_field_query_publisher_name.yaml", 1, 20 },
        { "test_works_mixed_ids_warn.yaml", 2, 2 },
        { "test_works_query.yaml", 1, 2 },
        { "test_works_sample.yaml", 1, 1 }, /* and one without a title */
        { "test_works_with_many_ids.yaml", 5, 5 },
        { "test_works_with_select_param.yaml", 1, 20 },
        { "test_workscontainer_with_cursor.yaml", 4, 19 },
        { "test_workscontainer_with_two_ids.yaml", 2, 2 },
    };
    const char *shared = getenv("CARREL_SHARED");
    char body[] = "/tmp/carrel-crossref-XXXXXX";
    size_t i;
    int fd;

    (void)state;
    if (!shared || !folder_exists(arena_printf(arena, "%s" WIRE, shared)))
        skip();
    fd = mkstemp(body);
    assert_true(fd >= 0);
    close(fd);
    wired = true;
    for (i = 0; i < ARRAY_LEN(wire); i++) {
        int bodies = 0;

        records = 0;
        wire_bodies(arena_printf(arena, "%s" WIRE "%s", shared, wire[i].file), body, &bodies);
        assert_int_equal(bodies, wire[i].bodies);
        assert_int_equal(records, wire[i].works);
    }
    wired = false;
    unlink(body);
}

int run_crossref(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ONE(test_round),    ONE(test_long),    ONE(test_fields), ONE(test_dates), ONE(test_texts),
        ONE(test_preprint), ONE(test_hostile), ONE(test_mailto), ONE(test_wire),
    };
#undef ONE

    return cmocka_run_group_tests_name("sources: Crossref", tests, NULL, NULL);
}
