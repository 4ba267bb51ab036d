/*
 * What commits and files are called: encodings, names that are no UTF-8; and lines before a commit.
 */
#include "carrel/vcs.h"

#include "carrel/file.h"

#include "../gitmaker/maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

int vcs_words_tests(void);

#define START 1614600000
#define DAY 86400

static struct arena *arena;
static char *base;

static void opened(struct vcs **vcs, char id[VCS_ID], const char *name)
{
    char *folder = path_join(base, name);
    struct error err;

    assert_int_equal(vcs_open(vcs, folder, &err), ERR_OK);
    assert_int_equal(vcs_resolve(*vcs, id, NULL, NULL, &err), ERR_OK);
    free(folder);
}

static void commit_in(const char *encoding, const char *author, const char *message,
                      struct vcs_commit *out)
{
    char *folder = path_join(base, "encodings.git"), id[VCS_ID];
    struct maker maker;
    struct vcs *vcs;
    struct error err;

    maker_open(&maker, folder);
    maker.encoding = encoding;
    maker_commit(&maker, author, message, START, NULL);
    maker_close(&maker);
    opened(&vcs, id, "encodings.git");
    assert_int_equal(vcs_commit(vcs, arena, id, out, &err), ERR_OK);
    vcs_close(vcs);
    free(folder);
}

static void encodings(void **state)
{
    struct vcs_commit commit;

    (void)state;
    commit_in("ISO-8859-1", "Ren\xe9", "Caf\xe9\n\nna\xefve\n", &commit);
    assert_string_equal(commit.summary, "Café");
    assert_string_equal(commit.body, "naïve\n");
    assert_string_equal(commit.author, "René");
    commit_in("EUC-JP", "A", "\xc6\xfc\xcb\xdc", &commit);
    assert_string_equal(commit.summary, "日本");
    commit_in("EUC-JP", "A", "\xc6\xfc\xff\xcb\xdc", &commit); /* a byte that is none of its */
    assert_string_equal(commit.summary, "日\xEF\xBF\xBD本");
    commit_in(NULL, "A", "Café", &commit);
    assert_string_equal(commit.summary, "Café");
    commit_in("utf8", "A", "Café", &commit);
    assert_string_equal(commit.summary, "Café");
    commit_in("../../etc/x", "A", "Caf\xe9 x", &commit); /* no name of an encoding */
    assert_string_equal(commit.summary, "Caf\xEF\xBF\xBD x");
    commit_in("no-such-one", "A", "Café", &commit);
    assert_string_equal(commit.summary, "Café");
    commit_in("ISO-8859-1", "A", "a\xc2\x9bm\x1b[31m", &commit); /* no controls by this way */
    assert_string_equal(commit.summary, "aÂm[31m");
}

static void by_author(void **state)
{
    struct vcs_log_options options = { .most = 10, .author = "rené" };
    struct vcs_log log;
    struct error err;
    struct vcs *vcs;
    char id[VCS_ID];

    (void)state;
    opened(&vcs, id, "encodings.git");
    options.from = id;
    assert_int_equal(vcs_log(vcs, arena, &options, &log, &err), ERR_OK);
    assert_int_equal(log.count, 1);
    vcs_close(vcs);
}

static void names(void **state)
{
    static const struct {
        const char *path, *shown;
    } cases[] = {
        { "src/a.py", "src/a.py" },
        { "naïve 日本/two  blanks", "naïve 日本/two  blanks" },
        { "caf\xe9.txt", "\"caf\\351.txt\"" },
        { " lead", "\" lead\"" },
        { "trail ", "\"trail \"" },
        { "ev\x1b[31m\til", "\"ev\\033[31m\\til\"" },
        { "a\"b\\c", "\"a\\\"b\\\\c\"" },
        { "\"", "\"\\\"\"" },
        { "rtl\xE2\x80\xAEx", "\"rtl\\342\\200\\256x\"" },
        { "é\xff", "\"é\\377\"" },
        { "", "" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(cases); i++) {
        assert_string_equal(vcs_shown_path(arena, cases[i].path), cases[i].shown);
        assert_string_equal(vcs_typed_path(arena, cases[i].shown), cases[i].path);
    }
    /* What is not quoted as Git does it is meant as it stands. */
    assert_string_equal(vcs_typed_path(arena, "\"open"), "\"open");
    assert_string_equal(vcs_typed_path(arena, "\"a\"b\""), "\"a\"b\"");
    assert_string_equal(vcs_typed_path(arena, "\"bad\\q\""), "\"bad\\q\"");
    assert_string_equal(vcs_typed_path(arena, "\"zero\\000\""), "\"zero\\000\"");
    assert_string_equal(vcs_typed_path(arena, "\"cut\\\""), "\"cut\\\"");
    assert_string_equal(vcs_typed_path(arena, "\""), "\"");
}

static void before_is(struct vcs *vcs, const char *revision, const char *path, uint32_t line,
                      const char *was, uint32_t there)
{
    struct vcs_line found;
    struct error err;
    char id[VCS_ID], parent[VCS_ID], up[40];

    snprintf(up, sizeof up, "%s~1", revision);
    assert_int_equal(vcs_resolve(vcs, id, revision, NULL, &err), ERR_OK);
    assert_int_equal(vcs_resolve(vcs, parent, up, NULL, &err), ERR_OK);
    assert_int_equal(vcs_line_before(vcs, arena, id, path, line, &found, &err), ERR_OK);
    assert_string_equal(found.commit, parent);
    assert_string_equal(found.path, was);
    assert_int_equal(found.line, there);
}

static void lines_before(void **state)
{
    char *folder = path_join(base, "lines.git"), id[VCS_ID];
    struct vcs_line found;
    struct vcs_blame blame;
    struct error err;
    struct maker maker;
    struct vcs *vcs;

    (void)state;
    maker_open(&maker, folder);
    maker_text(&maker, "old.txt", "one\ntwo\nthree\nfour\nfive\nsix\n");
    maker_commit(&maker, "Ann", "Begin", START, NULL);
    maker_text(&maker, "old.txt", "zero\none\nTWO\nTWO AND A HALF\nthree\nfive\nsix\n");
    maker_commit(&maker, "Bob", "Change", START + DAY, NULL);
    maker_remove(&maker, "old.txt");
    maker_text(&maker, "new.txt", "zero\none\nTWO\nTWO AND A HALF\nthree\nfive\nsix\nseven\n");
    maker_commit(&maker, "Cid", "Move", START + 2 * DAY, NULL);
    maker_close(&maker);
    opened(&vcs, id, "lines.git");
    before_is(vcs, "main", "new.txt", 3, "old.txt", 3);
    before_is(vcs, "main", "new.txt", 8, "old.txt", 7); /* new: behind the last one */
    before_is(vcs, "main~1", "old.txt", 1, "old.txt", 1);
    before_is(vcs, "main~1", "old.txt", 2, "old.txt", 1);
    before_is(vcs, "main~1", "old.txt", 3, "old.txt", 2); /* for "two" */
    before_is(vcs, "main~1", "old.txt", 4, "old.txt", 2);
    before_is(vcs, "main~1", "old.txt", 5, "old.txt", 3);
    before_is(vcs, "main~1", "old.txt", 7, "old.txt", 6); /* "four" went above it */
    assert_int_equal(vcs_resolve(vcs, id, "main~2", NULL, &err), ERR_OK);
    assert_int_equal(vcs_line_before(vcs, arena, id, "old.txt", 1, &found, &err), ERR_NOTFOUND);
    assert_int_equal(vcs_resolve(vcs, id, "main", NULL, &err), ERR_OK);
    assert_int_equal(vcs_blame(vcs, arena, id, "new.txt", &blame, NULL, &err), ERR_OK);
    assert_string_equal(blame.origins[7].path, "new.txt");
    assert_int_equal(blame.origins[7].line, 8);
    assert_string_equal(blame.origins[6].path, "old.txt"); /* "six", of the first commit */
    assert_int_equal(blame.origins[6].line, 6);
    assert_int_equal(blame.origins[2].line, 3);
    vcs_close(vcs);
    free(folder);
}

static int start(void **state)
{
    static char folder[] = "/tmp/carrel-vcs-words-XXXXXX";

    (void)state;
    arena = arena_new();
    base = mkdtemp(folder);
    return base ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    arena_free(arena);
    return vcs_remove(base, NULL) == ERR_OK ? 0 : -1;
}

int vcs_words_tests(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings),
        cmocka_unit_test(by_author),
        cmocka_unit_test(names),
        cmocka_unit_test(lines_before),
    };

    return cmocka_run_group_tests_name("words of clones", tests, start, stop);
}
