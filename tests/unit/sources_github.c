/*
 * GitHub: what is asked for, what the answers say, and which papers a README calls its own.
 */
#include "sources_asked.h"
#include "sources_check.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/repository.h"

#include <stdlib.h>

#define WIRE "/data/wire/github/hub4j/"

static bool with_token;

static const char *get_text(void *ctx, const char *key)
{
    (void)ctx;
    return with_token && strcmp(key, "token-file") == 0 ? "/a/file" : NULL;
}

static const struct source_settings settings = { NULL, "github", get_text, asked_no_values, false };
static struct arena *arena;
static struct repository *got;
static char *got_id;

static int keep(void *ctx, const struct record *record)
{
    (void)ctx;
    got = repository_copy(record->repository, arena);
    got_id = arena_strdup(arena, record->id);
    return 0;
}

static const struct parse_sink sink = { .record = keep };

static int set_up(void **state)
{
    (void)state;
    asked_start("github", &settings, &sink);
    arena = arena_new();
    with_token = false;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    asked_end();
    arena_free(arena);
    return 0;
}

static void begin(const char *const *names, size_t count)
{
    struct text_list list = { .items = (char **)(uintptr_t)names, .len = count };
    const struct source_span span = { .since = DAY_NONE, .subjects = &list };

    asked_begin("repositories", &span);
}

#define FACTS(name, pushed)                                                                        \
    "{\"full_name\":\"" name "\",\"pushed_at\":\"" pushed "\",\"stargazers_count\":0}"

/* Facts, then the README where something was pushed since it was read. */
static void test_round(void **state)
{
    static const char *const names[] = { "lee/lamps", "ann/desk@2026-01-01T00:00:00Z", "bo/ray@-" };

    (void)state;
    begin(names, 3);
    assert_string_equal(asked_url(), "https://api.github.com/repos/lee/lamps");
    assert_false(asked.request.conditional);
    assert_true(asked.request.authorized);
    assert_int_equal(asked_answer(FACTS("Lee/Lamps", "2026-02-01T00:00:00Z")), ERR_OK);
    assert_string_equal(got_id, "repo:github.com/lee/lamps");
    assert_int_equal(got->stars, 0);
    assert_int_equal(got->forks, -1);
    asked_go_on();
    assert_string_equal(asked_url(), "https://api.github.com/repos/Lee/Lamps/readme");
    assert_int_equal(asked_answer("{\"encoding\":\"base64\",\"content\":\"aGk=\\n\"}"), ERR_OK);
    assert_string_equal(got->readme, "hi");
    assert_int_equal(asked.turn.got, 1);
    assert_int_equal(asked.turn.total, 3);
    asked_go_on();
    assert_string_equal(asked_url(), "https://api.github.com/repos/ann/desk");
    assert_true(asked.request.conditional);
    assert_int_equal(asked_answer(FACTS("ann/desk", "2026-01-01T00:00:00Z")), ERR_OK);
    asked_go_on(); /* nothing was pushed */
    assert_string_equal(asked_url(), "https://api.github.com/repos/bo/ray");
    assert_int_equal(
        asked.ops->unchanged(&settings, asked.cursor.ptr, &sink, &asked.turn, &asked.err), ERR_OK);
    assert_int_equal(got->says, REPOSITORY_SAME);
    asked_go_on(); /* its README was never read */
    assert_string_equal(asked_url(), "https://api.github.com/repos/bo/ray/readme");
    assert_false(asked.request.conditional);
    assert_int_equal(asked_denied(404, "<html>Not Found</html>"), ERR_PARSE);
    assert_int_equal(asked_denied(404, "{}"), ERR_PARSE); /* nor are others' errors GitHub's word */
    assert_int_equal(asked_denied(403, "{\"message\":\"Resource not accessible\"}"), ERR_PARSE);
    assert_int_equal(asked_denied(404, "{\"message\":\"Not Found\"}"), ERR_OK);
    assert_string_equal(got->readme, "");
    assert_true(asked.turn.finished);
}

static void test_moved_and_gone(void **state)
{
    static const char *const names[] = { "old/name", "gone/one", "law/two" };
    static const char dmca[] = "{\"message\":\"Repository access blocked\","
                               "\"block\":{\"reason\":\"dmca\"}}";

    (void)state;
    begin(names, 3);
    assert_int_equal(asked_answer(FACTS("new/name", "2026-02-01T00:00:00Z")), ERR_OK);
    assert_string_equal(got->key, "github.com/new/name");
    assert_string_equal(got->asked, "github.com/old/name");
    asked_go_on();
    assert_string_equal(asked_url(), "https://api.github.com/repos/new/name/readme");
    /* What cannot be had is passed over, and can be asked for again. */
    assert_int_equal(asked.ops->pass_over(&settings, asked.cursor.ptr, &asked.turn, &asked.err),
                     ERR_OK);
    assert_string_equal(asked.turn.gap_what.ptr, "README of new/name");
    asked_go_on();
    assert_int_equal(asked_denied(404, "{\"message\":\"Not Found\"}"), ERR_OK);
    assert_int_equal(got->state, REPOSITORY_GONE);
    assert_null(got_id);
    asked_go_on();
    assert_int_equal(asked_denied(403, dmca), ERR_OK);
    assert_int_equal(asked_denied(451, dmca), ERR_OK);
    assert_int_equal(got->state, REPOSITORY_BLOCKED);
    assert_string_equal(got->why, "Repository access blocked (dmca)");
    assert_true(asked.turn.finished);
}

static void test_hostile(void **state)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"full_name\":7}",
        "{\"full_name\":\"a\"}",
        "{\"full_name\":\"../../etc\"}",
        "{\"full_name\":\"a/b c\"",
        "<html>",
    };
    static const char *const names[] = { "lee/lamps" };
    size_t i;

    (void)state;
    begin(names, 1);
    for (i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(asked_answer(bad[i]), ERR_PARSE);
    assert_int_equal(
        asked_answer("{\"full_name\":\"a/b\",\"stargazers_count\":-4,\"forks_count\":1e300,"
                     "\"homepage\":\"javascript:alert(1)\",\"topics\":[\"a b\",7],"
                     "\"license\":\"MIT\",\"description\":\"a\\u001b[2J b\"}"),
        ERR_OK);
    assert_int_equal(got->stars, -1);
    assert_int_equal(got->forks, -1);
    assert_null(got->homepage);
    assert_null(got->license);
    assert_int_equal(got->topics.len, 0);
    assert_null(strchr(got->description, '\033'));
    asked_at("facts?ids=no-slash&total=1");
    assert_int_equal(asked.ops->request(&settings, asked.cursor.ptr, &asked.request, &asked.err),
                     ERR_CORRUPT);
}

static void test_budget(void **state)
{
    struct source_origin origin;

    (void)state;
    assert_int_equal(asked.ops->origin(&settings, &origin, &asked.err), ERR_OK);
    assert_int_equal(origin.window_requests, 50);
    assert_int_equal(origin.window_ms, 3600000);
    assert_true(2 * asked.ops->run(&settings) <= 50);
    with_token = true;
    assert_int_equal(asked.ops->origin(&settings, &origin, &asked.err), ERR_OK);
    assert_int_equal(origin.window_requests, 4500);
}

static void check_papers(const char *markdown, const char *expected)
{
    struct repository repository = { 0 };
    struct str out = STR_INIT;
    size_t i;

    readme_papers(&repository, arena, markdown);
    for (i = 0; i < repository.paper_count; i++)
        str_printf(&out, "%s%s%s", i ? " " : "", repository.papers[i].own ? "*" : "",
                   repository.papers[i].id);
    assert_string_equal(out.ptr, expected);
    str_free(&out);
}

/* What a citation file says of the paper whose title it names. */
static void test_cited_titles(void **state)
{
    struct repository repository = { 0 };

    (void)state;
    readme_papers(&repository, arena, "");
    citation_papers(&repository, arena, "CITATION.cff",
                    "title: Software of four words\npreferred-citation:\n  type: article\n"
                    "  title: >-\n    Oil and Fire\n    in Small Lamps\n  authors:\n"
                    "    - family-names: \"Lee\"\n      given-names: Ann\n    - name: A Lab\n"
                    "    - family-names: Ray\n  year: 2020\nversion: 1\n");
    assert_int_equal(repository.paper_count, 1);
    assert_string_equal(repository.papers[0].id, "title:Oil and Fire in Small Lamps");
    assert_string_equal(repository.papers[0].people, "Ann Lee; Ray");
    assert_int_equal(repository.papers[0].year, 2020);
    citation_papers(&repository, arena, "a.bib",
                    "@book{x, title = \"Wicks and their Oil Burners\", author={Lee, Ann and Ray, "
                    "Bo}, year={1999}}\n@misc{open, title={Never closed at all");
    assert_int_equal(repository.paper_count, 3);
    assert_string_equal(repository.papers[1].id, "title:Wicks and their Oil Burners");
    assert_string_equal(repository.papers[1].people, "Lee, Ann; Ray, Bo");
    assert_int_equal(repository.papers[1].year, 1999);
}

static void test_papers(void **state)
{
    char far[4000];

    (void)state;
    memset(far, 'x', sizeof far);
    for (size_t i = 60; i < sizeof far; i += 60)
        far[i] = '\n';
    far[sizeof far - 1] = '\0';
    check_papers("# T\n[![arXiv](https://img.shields.io/badge/arXiv-2602.00001-b31b1b.svg)]"
                 "(https://arxiv.org/abs/2602.00001v2)",
                 "*arxiv:2602.00001");
    check_papers(arena_printf(arena,
                              "%s\n## Results\nas in arXiv:1706.03762\n\n## Citation\n```\n"
                              "# not a heading\n@a{b, eprint={2602.00002},\n doi = "
                              "{10.1000/ab.c}}\n```\n\n## Thanks\narXiv:1810.04805",
                              far),
                 "arxiv:1706.03762 *arxiv:2602.00002 *doi:10.1000/ab.c arxiv:1810.04805");
    check_papers(arena_printf(arena,
                              "%s\nCiting us\n---------\nhttps://doi.org/10.48550/arXiv."
                              "2602.00003",
                              far),
                 "*arxiv:2602.00003");
    check_papers("# Lamps\nAfter Reed et al. (arXiv:2602.00005), based on arXiv:2602.00006.\n"
                 "arXiv:2602.00007",
                 "arxiv:2602.00005 arxiv:2602.00006 *arxiv:2602.00007");
    check_papers("# Lamps for Reading at Night\nCode of [Wicks and **their** oil burners](x)"
                 "\nas \"two words\" say\n```\n@article{a,\n  author = {Lee, Ann and Ray, Bo},\n"
                 "  title={{Oil} and Fire in \"Small\" Lamps}, year = 2020}\n```",
                 "*title:Oil and Fire in Small Lamps *title:Lamps for Reading at Night "
                 "*title:Wicks and their oil burners");
    check_papers("https://huggingface.co/papers/2602.00004 and version 10.2/3 of 1706.03762",
                 "*arxiv:2602.00004");
    check_papers("arXiv:2601.00001 arXiv:2601.00002 arXiv:2601.00003 arXiv:2601.00004 "
                 "arXiv:2601.00005 arXiv:2601.00006",
                 "arxiv:2601.00001 arxiv:2601.00002 arxiv:2601.00003 arxiv:2601.00004 "
                 "arxiv:2601.00005 arxiv:2601.00006");
}

static void test_words(void **state)
{
    struct str out = STR_INIT;

    (void)state;
    readme_words(
        &out,
        "# Lamp **bright**\n\n<p align=\"center\">[a link](https://x.org) ![pic](y.png)</p>"
        "\nsee https://z.org/q. `code` a < b <!-- no --> end",
        1000);
    assert_string_equal(out.ptr, "Lamp bright\na link pic\nsee code a < b end");
    str_clear(&out);
    readme_words(&out, "\xc3\xa4\xc3\xa4\xc3\xa4", 3);
    assert_string_equal(out.ptr, "\xc3\xa4");
    str_free(&out);
}

static void print_block(void *ctx, const struct readme_block *block)
{
    static const char kinds[] = {
        [README_TEXT] = 't', [README_HEADING] = 'h', [README_ITEM] = 'i',
        [README_ROW] = 'r',  [README_QUOTE] = 'q',   [README_CODE] = 'c'
    };

    str_printf(ctx, "%c%d %s\n", kinds[block->kind], block->depth, block->text);
}

static void check_blocks(const char *markdown, const char *expected)
{
    struct str out = STR_INIT;

    readme_blocks(markdown, print_block, &out);
    assert_string_equal(out.ptr, expected);
    str_free(&out);
}

static void test_blocks(void **state)
{
    (void)state;
    check_blocks("", "");
    check_blocks(
        "# Lamp **bright** #\nA\n  line [with _a_ link](https://x.org/(y)) and\r\nmore.\n\n"
        "Next\n====\nLess\n---\n---\n",
        "h1 Lamp bright\nt0 A line with a link and more.\nh1 Next\nh2 Less\n");
    check_blocks("[![badge](https://x.org/b.svg)](https://x.org)\n![pic](y.png)\n\n"
                 "<h2 align=\"center\">Two\n  lines</h2>\n<p>one<br/>two &amp; <b>three</b></p>\n"
                 "<!-- no\n\nno --> no\n<https://x.org/z>",
                 "h2 Two lines\nt0 one two & three\nt0 https://x.org/z\n");
    check_blocks("- one\n  goes on\n  * inner\n10. ten\n\n    still\n\nout\n\n    code  here\n",
                 "i0 - one goes on\ni1 - inner\ni0 10. ten\nt0 still\nt0 out\nc0     code  here\n");
    check_blocks("```sh\n# not *a* heading\n~~~\n```\nafter `a*b*` 2 * 3 snake_case \\*x\\*",
                 "c0 # not *a* heading\nc0 ~~~\nt0 after a*b* 2 * 3 snake_case *x*\n");
    check_blocks(
        "| a | b |\n|---|:-:|\n| 1 | **2** |\n> said\n> so\n\n[x]: https://x.org\n[not a link",
        "r0 a · b\nr0 1 · 2\nq0 said so\nt0 [not a link\n");
}

/* Real answers: a repository, a README, and one with all its keys. */
static void test_wire(void **state)
{
    static const struct {
        const char *file, *key, *license;
    } wire[] = {
        { "AppTest/testReadme/__files/2-r_h_test-readme.json",
          "github.com/hub4j-test-org/"
          "test-readme",
          NULL },
        { "GHLicenseTest/checkRepositoryFullLicense/__files/2-r_h_github-api.json",
          "github.com/hub4j/github-api", "MIT" },
    };
    const char *shared = getenv("CARREL_SHARED");
    static const char *const names[] = { "a/b" };
    size_t i;

    (void)state;
    if (!shared || !folder_exists(arena_printf(arena, "%s" WIRE, shared)))
        skip();
    for (i = 0; i < ARRAY_LEN(wire); i++) {
        struct str body = STR_INIT;

        begin(names, 1);
        assert_int_equal(file_read(&body, arena_printf(arena, "%s" WIRE "%s", shared, wire[i].file),
                                   1 << 20, &asked.err),
                         ERR_OK);
        assert_int_equal(asked_answer(body.ptr), ERR_OK);
        assert_string_equal(got->key, wire[i].key);
        assert_string_equal(got->license ? got->license : "",
                            wire[i].license ? wire[i].license : "");
        assert_true(got->stars >= 0);
        str_free(&body);
    }
    asked_go_on();
    {
        struct str body = STR_INIT;

        assert_int_equal(file_read(&body,
                                   arena_printf(arena,
                                                "%s" WIRE "AppTest/testReadme/__files/"
                                                "3-r_h_t_readme.json",
                                                shared),
                                   1 << 20, &asked.err),
                         ERR_OK);
        assert_int_equal(asked_answer(body.ptr), ERR_OK);
        assert_non_null(strstr(got->readme, "This is a markdown readme."));
        str_free(&body);
    }
}

int run_github(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ONE(test_round),  ONE(test_moved_and_gone), ONE(test_hostile),
        ONE(test_budget), ONE(test_papers),         ONE(test_cited_titles),
        ONE(test_words),  ONE(test_blocks),         ONE(test_wire),
    };
#undef ONE

    return cmocka_run_group_tests_name("sources: GitHub", tests, NULL, NULL);
}
