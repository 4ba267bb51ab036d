/*
 * Repositories: read as they were made, hostile ones too; cloned and fetched by the child, which is
 * this program again.
 */
#include "carrel/vcs.h"

#include "carrel/clock.h"
#include "carrel/file.h"

#include "../gitmaker/maker.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define DAY 86400
#define START 1614600000 /* 2021-03-01T12:00:00Z */

int vcs_graph_tests(void); /* vcs_graph.c */
int vcs_words_tests(void); /* vcs_words.c: of what commits and files are called, and lines before */

static char *base; /* a folder of our own */

struct fixture {
    struct arena *arena;
    struct vcs *vcs;
    struct error err;
    char head[VCS_ID];
};

static char *place(const char *name)
{
    return path_join(base, name);
}

/* Four commits in a line, a branch that is merged later, tags. */
static void make_plain(const char *folder)
{
    struct maker maker;

    maker_open(&maker, folder);
    maker_text(&maker, "README.md", "# Plain\n\nCode of arXiv:1706.03762.\n");
    maker_text(&maker, "LICENSE",
               "MIT License\n\nPermission is hereby granted, free of charge, to "
               "any person obtaining a copy\nof this software\n");
    maker_text(&maker, "src/a.py", "one\ntwo\nthree\nfour\nfive\n");
    maker_text(&maker, "src/b.c", "int b;\n");
    maker_commit(&maker, "Ann", "Begin\n\nWith a body.\n", START, NULL);
    maker_tag(&maker, "v1.0");
    maker_text(&maker, "src/a.py", "one\nTWO\nthree\nfour\nfive\n");
    maker_commit(&maker, "Bob", "Louder two", START + 2 * DAY, NULL);
    maker_branch(&maker, "side");
    maker_text(&maker, "side.txt", "side\n");
    maker_commit(&maker, "Cid", "On the side", START + 3 * DAY, NULL);
    maker_branch(&maker, "main");
    maker_text(&maker, "src/a.py", "zero\none\nTWO\nthree\nfive\n");
    maker_commit(&maker, "Ann", "Zero in, four out", START + 4 * DAY, NULL);
    maker_merge(&maker, "side");
    maker_text(&maker, "side.txt", "side\n");
    maker_commit(&maker, "Ann", "Merge the side", START + 6 * DAY, NULL);
    maker_tag(&maker, "v1.1");
    maker_close(&maker);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    char *folder = place("plain.git");

    f->arena = arena_new();
    if (!folder_exists(folder))
        make_plain(folder);
    assert_int_equal(vcs_open(&f->vcs, folder, &f->err), ERR_OK);
    assert_int_equal(vcs_resolve(f->vcs, f->head, NULL, NULL, &f->err), ERR_OK);
    free(folder);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    vcs_close(f->vcs);
    arena_free(f->arena);
    free(f);
    return 0;
}

static char *summary_of(struct fixture *f, const char *revision)
{
    struct vcs_commit commit;
    char id[VCS_ID];

    assert_int_equal(vcs_resolve(f->vcs, id, revision, NULL, &f->err), ERR_OK);
    assert_int_equal(vcs_commit(f->vcs, f->arena, id, &commit, &f->err), ERR_OK);
    return commit.summary;
}

/* ---- names ---- */

static void revisions(void **state)
{
    struct fixture *f = *state;
    char id[VCS_ID], part[9];

    assert_string_equal(summary_of(f, NULL), "Merge the side");
    assert_string_equal(summary_of(f, "main"), "Merge the side");
    assert_string_equal(summary_of(f, "side"), "On the side");
    assert_string_equal(summary_of(f, "v1.0"), "Begin");
    assert_string_equal(summary_of(f, "main~1"), "Zero in, four out");
    snprintf(part, sizeof part, "%.8s", f->head);
    assert_string_equal(summary_of(f, part), "Merge the side");
    assert_int_equal(vcs_resolve(f->vcs, id, "nothing", NULL, &f->err), ERR_NOTFOUND);
    assert_int_equal(vcs_resolve(f->vcs, id, ":/Louder", NULL, &f->err), ERR_USAGE);
    assert_int_equal(vcs_resolve(f->vcs, id, "main..side", NULL, &f->err), ERR_USAGE);
    assert_int_equal(vcs_resolve(f->vcs, id, "HEAD@{1}", NULL, &f->err), ERR_USAGE);
    assert_int_equal(vcs_resolve(f->vcs, id, "2020-13-45", NULL, &f->err), ERR_USAGE);
    assert_string_equal(f->err.message, "'2020-13-45' is no day of the calendar");
}

static void days(void **state)
{
    struct fixture *f = *state;
    char id[VCS_ID];

    assert_string_equal(summary_of(f, "2021-03-01"), "Begin");
    assert_string_equal(summary_of(f, "2021-03-02"), "Begin");
    assert_string_equal(summary_of(f, "2021-03-03"), "Louder two");
    assert_string_equal(summary_of(f, "2021-03-04"),
                        "Louder two"); /* the side was not merged yet */
    assert_string_equal(summary_of(f, "2030-01-01"), "Merge the side");
    assert_int_equal(vcs_resolve(f->vcs, id, "2021-02-28", NULL, &f->err), ERR_NOTFOUND);
}

static void references(void **state)
{
    struct fixture *f = *state;
    struct vcs_ref *refs;
    size_t count;
    bool cut;

    assert_int_equal(vcs_refs(f->vcs, f->arena, &refs, &count, &cut, NULL, &f->err), ERR_OK);
    assert_int_equal(count, 4);
    assert_string_equal(refs[0].name, "main");
    assert_true(refs[0].is_default);
    assert_string_equal(refs[1].name, "side");
    assert_int_equal(refs[2].kind, VCS_TAG);
    assert_string_equal(refs[2].name, "v1.1");
    assert_string_equal(refs[3].name, "v1.0");
    assert_false(cut);
}

/* ---- trees ---- */

static void trees(void **state)
{
    struct fixture *f = *state;
    struct vcs_entry *entries;
    enum vcs_kind kind;
    size_t count;
    bool cut;

    assert_int_equal(vcs_tree(f->vcs, f->arena, f->head, "", &entries, &count, &cut, &f->err), 0);
    assert_int_equal(count, 4);
    assert_string_equal(entries[0].name, "src");
    assert_int_equal(entries[0].kind, VCS_FOLDER);
    assert_string_equal(entries[1].name, "LICENSE");
    assert_int_equal(vcs_tree(f->vcs, f->arena, f->head, "src/", &entries, &count, &cut, &f->err),
                     0);
    assert_int_equal(count, 2);
    assert_int_equal(entries[1].size, -1);
    assert_int_equal(vcs_sizes(f->vcs, entries, count, NULL, &f->err), 0);
    assert_int_equal(entries[1].size, 7);
    assert_int_equal(
        vcs_tree(f->vcs, f->arena, f->head, "README.md", &entries, &count, &cut, &f->err),
        ERR_USAGE);
    assert_int_equal(vcs_tree(f->vcs, f->arena, f->head, "../x", &entries, &count, &cut, &f->err),
                     ERR_NOTFOUND);
    assert_int_equal(vcs_kind_of(f->vcs, f->head, "src/b.c", &kind, &f->err), ERR_OK);
    assert_int_equal(kind, VCS_FILE);
}

static void files(void **state)
{
    struct fixture *f = *state;
    struct vcs_blob blob;
    char *path;

    assert_int_equal(vcs_blob(f->vcs, f->arena, f->head, "src/b.c", 0, &blob, &f->err), ERR_OK);
    assert_string_equal(blob.bytes, "int b;\n");
    assert_false(blob.binary || blob.cut);
    assert_int_equal(vcs_blob(f->vcs, f->arena, f->head, "src/b.c", 3, &blob, &f->err), ERR_OK);
    assert_string_equal(blob.bytes, "int");
    assert_true(blob.cut);
    assert_int_equal(blob.size, 7);
    assert_int_equal(vcs_blob(f->vcs, f->arena, f->head, "src", 0, &blob, &f->err), ERR_USAGE);
    assert_int_equal(vcs_blob(f->vcs, f->arena, f->head, "nope", 0, &blob, &f->err), ERR_NOTFOUND);
    assert_int_equal(vcs_readme(f->vcs, f->arena, f->head, &path, &f->err), ERR_OK);
    assert_string_equal(path, "README.md");
}

/* ---- history ---- */

static void history(void **state)
{
    struct fixture *f = *state;
    struct vcs_log_options options = { .from = f->head, .most = 2 };
    struct vcs_log log;
    atomic_bool stop = true;

    assert_int_equal(vcs_log(f->vcs, f->arena, &options, &log, &f->err), ERR_OK);
    assert_int_equal(log.count, 2);
    assert_true(log.more);
    assert_string_equal(log.commits[0].summary, "Merge the side");
    assert_int_equal(log.commits[0].parents, 2);
    options.skip = 3;
    assert_int_equal(vcs_log(f->vcs, f->arena, &options, &log, &f->err), ERR_OK);
    assert_int_equal(log.count, 2);
    assert_false(log.more);
    assert_string_equal(log.commits[1].summary, "Begin");
    assert_string_equal(log.commits[1].body, "With a body.\n");
    assert_string_equal(log.commits[1].parent, "");
    options = (struct vcs_log_options){ .from = f->head, .most = 10, .path = "src/a.py" };
    assert_int_equal(vcs_log(f->vcs, f->arena, &options, &log, &f->err), ERR_OK);
    assert_int_equal(log.count, 3);
    options.path = "side.txt";
    assert_int_equal(vcs_log(f->vcs, f->arena, &options, &log, &f->err), ERR_OK);
    assert_int_equal(log.count, 1);
    assert_string_equal(log.commits[0].author, "Cid");
    options = (struct vcs_log_options){ .from = f->head, .most = 10, .author = "aNN <some" };
    assert_int_equal(vcs_log(f->vcs, f->arena, &options, &log, &f->err), ERR_OK);
    assert_int_equal(log.count, 3);
    options.skip = 1;
    assert_int_equal(vcs_log(f->vcs, f->arena, &options, &log, &f->err), ERR_OK);
    assert_int_equal(log.count, 2);
    options.cancel = &stop;
    assert_int_equal(vcs_log(f->vcs, f->arena, &options, &log, &f->err), ERR_CANCELLED);
}

/* Rows of the graph are the same whether those before them are told or left out. */
static void history_graph(void **state)
{
    static const char *const rows[] = { "●─╮", "● │", "│ ●", "●─╯", "●" };
    struct fixture *f = *state;
    struct vcs_log log;
    struct vcs_log_options options = { .from = f->head, .most = 10, .graph = VCS_GRAPH_LINES };
    size_t i, skip;

    for (skip = 0; skip < 5; skip++) {
        options.skip = skip;
        assert_int_equal(vcs_log(f->vcs, f->arena, &options, &log, &f->err), ERR_OK);
        assert_int_equal(log.count, 5 - skip);
        for (i = 0; i < log.count; i++)
            assert_string_equal(log.commits[i].graph, rows[i + skip]);
    }
    options = (struct vcs_log_options){ .from = f->head, .most = 1, .graph = VCS_GRAPH_ASCII };
    assert_int_equal(vcs_log(f->vcs, f->arena, &options, &log, &f->err), ERR_OK);
    assert_string_equal(log.commits[0].graph, "*-.");
    assert_true(log.more);
}

static void differences(void **state)
{
    struct fixture *f = *state;
    struct vcs_diff diff;
    char id[VCS_ID], other[VCS_ID], base_id[VCS_ID];

    assert_int_equal(vcs_resolve(f->vcs, id, "main~1", NULL, &f->err), ERR_OK);
    assert_int_equal(vcs_diff(f->vcs, f->arena, NULL, id, &diff, NULL, &f->err), ERR_OK);
    assert_int_equal(diff.count, 1);
    assert_string_equal(diff.files[0].path, "src/a.py");
    assert_int_equal(diff.files[0].status, 'M');
    assert_int_equal(diff.files[0].added, 1);
    assert_int_equal(diff.files[0].removed, 1);
    assert_string_equal(diff.text, "@@ -1,5 +1,5 @@\n+zero\n one\n TWO\n three\n-four\n five\n");
    assert_int_equal(vcs_resolve(f->vcs, id, "v1.0", NULL, &f->err), ERR_OK);
    assert_int_equal(vcs_diff(f->vcs, f->arena, NULL, id, &diff, NULL, &f->err), ERR_OK);
    assert_int_equal(diff.total, 4);
    assert_int_equal(diff.files[0].status, 'A');
    assert_int_equal(vcs_diff(f->vcs, f->arena, id, f->head, &diff, NULL, &f->err), ERR_OK);
    assert_int_equal(diff.total, 2); /* src/a.py of two commits, side.txt */
    assert_string_equal(diff.files[1].path, "src/a.py");
    assert_int_equal(diff.files[1].added, 2);
    assert_int_equal(diff.files[1].removed, 2);
    assert_int_equal(vcs_diff(f->vcs, f->arena, f->head, id, &diff, NULL, &f->err), ERR_OK);
    assert_int_equal(diff.files[0].status, 'D');
    assert_int_equal(vcs_resolve(f->vcs, other, "main~1", NULL, &f->err), ERR_OK);
    assert_int_equal(vcs_resolve(f->vcs, id, "side", NULL, &f->err), ERR_OK);
    assert_int_equal(vcs_merge_base(f->vcs, base_id, other, id, &f->err), ERR_OK);
    assert_int_equal(vcs_resolve(f->vcs, id, "main~2", NULL, &f->err), ERR_OK);
    assert_string_equal(base_id, id);
}

static void blames(void **state)
{
    static const char *const who[] = { "Zero in, four out", "Begin", "Louder two", "Begin",
                                       "Begin" };
    struct fixture *f = *state;
    struct vcs_blame blame;
    atomic_bool stop = true;
    size_t i;

    assert_int_equal(vcs_blame(f->vcs, f->arena, f->head, "src/a.py", &blame, NULL, &f->err), 0);
    assert_int_equal(blame.lines, 5);
    assert_int_equal(blame.commit_count, 3);
    for (i = 0; i < 5; i++)
        assert_string_equal(blame.commits[blame.who[i]].summary, who[i]);
    assert_int_equal(vcs_blame(f->vcs, f->arena, f->head, "side.txt", &blame, NULL, &f->err), 0);
    assert_string_equal(blame.commits[blame.who[0]].summary, "On the side");
    assert_int_equal(vcs_blame(f->vcs, f->arena, f->head, "side.txt", &blame, &stop, &f->err),
                     ERR_CANCELLED);
}

/* Ours and libgit2's say the same of every line of a file with a long and branched history. */
static void blames_agree(void **state)
{
    struct fixture *f = *state;
    char *folder = place("blame.git"), text[4000], id[VCS_ID];
    struct maker maker;
    struct vcs *vcs;
    struct vcs_blame blame;
    git_blame *theirs;
    unsigned version[60] = { 0 }, seed = 11, i, k;
    size_t len, line;

    maker_open(&maker, folder);
    for (i = 0; i < 120; i++) {
        if (i)
            seed = seed * 1664525u + 1013904223u, version[(seed >> 10) % 60] = i;
        for (k = 0, len = 0; k < 60; k++)
            if (!(version[k] % 7 == 3)) /* some lines come and go */
                len += (size_t)snprintf(text + len, sizeof text - len, "%u of %u\n", k, version[k]);
        if (i == 60)
            maker_remove(&maker, "old.txt");
        maker_put(&maker, i < 60 ? "old.txt" : "new.txt", text, len);
        maker_commit(&maker, "Ann", "change", START + i * DAY, NULL);
    }
    assert_int_equal(vcs_open(&vcs, folder, &f->err), ERR_OK);
    assert_int_equal(vcs_resolve(vcs, id, NULL, NULL, &f->err), ERR_OK);
    assert_int_equal(vcs_blame(vcs, f->arena, id, "new.txt", &blame, NULL, &f->err), ERR_OK);
    assert_int_equal(git_blame_file(&theirs, maker.repo, "new.txt", NULL), 0);
    k = 0;
    for (line = 0; line < blame.lines; line++) {
        const git_blame_hunk *hunk = git_blame_get_hunk_byline(theirs, line + 1);
        char name[VCS_ID];

        git_oid_tostr(name, sizeof name, &hunk->final_commit_id);
        k += strcmp(name, blame.commits[blame.who[line]].id) == 0;
    }
    /* libgit2's does not follow the renaming, so older lines end there. */
    assert_true(blame.lines > 40);
    assert_true(k >= 25);
    for (line = 0; line < blame.lines; line++) {
        unsigned number, made;
        const char *at = blame.blob.bytes;
        size_t skip = line;

        for (; skip > 0; skip--)
            at = strchr(at, '\n') + 1;
        assert_int_equal(sscanf(at, "%u of %u", &number, &made), 2);
        assert_int_equal(blame.commits[blame.who[line]].at, (START + (int64_t)made * DAY) * 1000);
    }
    git_blame_free(theirs);
    vcs_close(vcs);
    maker_close(&maker);
    free(folder);
}

/* ---- what it is made of ---- */

static void summaries(void **state)
{
    struct fixture *f = *state;
    struct vcs_summary s;
    int32_t today;

    assert_true(date_parse("2021-03-10", &today, NULL));
    assert_int_equal(vcs_summarize(f->vcs, f->arena, today, &s, NULL, &f->err), ERR_OK);
    assert_string_equal(s.branch, "main");
    assert_string_equal(s.licence, "MIT");
    assert_int_equal(s.files, 5);
    assert_int_equal(s.commits, 5);
    assert_int_equal(s.recent, 5);
    assert_int_equal(s.branches, 2);
    assert_int_equal(s.tags, 2);
    assert_int_equal(s.language_count, 2);
    assert_string_equal(s.languages[0].name, "Python");
    assert_int_equal(s.languages[0].bytes, 24);
    assert_string_equal(s.languages[1].name, "C");
    assert_int_equal(s.activity[VCS_ACTIVITY_WEEKS - 1], 3); /* from the 4th to the 10th */
    assert_int_equal(s.activity[VCS_ACTIVITY_WEEKS - 2], 2);
}

static void licences(void **state)
{
    static const struct {
        const char *text, *id;
    } cases[] = {
        { "Apache License\n   Version 2.0, January 2004\n", "Apache-2.0" },
        { "GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007\n GNU Affero", "GPL-3.0" },
        { "GNU GENERAL PUBLIC LICENSE\n Version 2, June 1991\n", "GPL-2.0" },
        { "GNU LESSER GENERAL PUBLIC LICENSE\nVersion 2.1, February 1999", "LGPL-2.1" },
        { "GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3, 19 November 2007", "AGPL-3.0" },
        { "Mozilla Public License Version 2.0\n====", "MPL-2.0" },
        { "Copyright (c) 2020 X\n\nRedistribution and use in source and binary\nforms, with or",
          "BSD-2-Clause" },
        { "Redistribution and use in source and binary forms\n3. Neither the name of",
          "BSD-3-Clause" },
        { "Creative Commons Attribution-NonCommercial 4.0 International", "CC-BY-NC-4.0" },
        { "Attribution-NonCommercial-ShareAlike 4.0 International\n Creative Commons",
          "CC-BY-NC-SA-4.0" },
        { "CC0 1.0 Universal", "CC0-1.0" },
        { "You may do with this what we say.", NULL },
        { "", NULL },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(cases); i++) {
        const char *id = vcs_licence_of(cases[i].text);

        if (cases[i].id)
            assert_string_equal(id ? id : "none", cases[i].id);
        else
            assert_null(id);
    }
}

static void languages(void **state)
{
    (void)state;
    assert_string_equal(vcs_language_of("a/b/train.py"), "Python");
    assert_string_equal(vcs_language_of("x.CU"), "CUDA");
    assert_string_equal(vcs_language_of("sub/Makefile"), "Makefile");
    assert_null(vcs_language_of("data.json"));
    assert_null(vcs_language_of(".py"));
    assert_null(vcs_language_of("noending"));
    assert_true(vcs_is_vendored("web/node_modules/x/y.js"));
    assert_false(vcs_is_vendored("vendor.py"));
}

/* ---- hostile ones ---- */

static void hostile(void **state)
{
    struct fixture *f = *state;
    char *folder = place("hostile.git"), id[VCS_ID];
    char *huge = calloc(1, 20u << 20), deep[400];
    struct vcs_entry *entries;
    struct vcs_summary summary;
    struct vcs_blame blame;
    struct vcs_blob blob;
    struct vcs_diff diff;
    struct vcs *vcs;
    struct maker maker;
    size_t count, i;
    bool cut;

    maker_open(&maker, folder);
    maker_link(&maker, "out", "../../../etc/passwd");
    maker_module(&maker, "sub");
    maker_text(&maker, "ev\x1b[31mil\tname\r.txt", "x\n");
    maker_text(&maker, "not\xff\xfeutf8.c", "int x;\n");
    maker_put(&maker, "zero.bin", "a\0b", 3);
    memset(huge, 'x', 20u << 20);
    maker_put(&maker, "huge.txt", huge, 20u << 20);
    for (i = 0; i < 100; i++)
        memcpy(deep + i * 2, i < 99 ? "d/" : "f", i < 99 ? 2 : 2);
    maker_text(&maker, deep, "deep\n");
    maker_commit(&maker, "E\x1bve", "ti\x1b]0;x\x07tle\nnext", INT64_MAX / 2, NULL);
    maker_close(&maker);
    assert_int_equal(vcs_open(&vcs, folder, &f->err), ERR_OK);
    assert_int_equal(vcs_resolve(vcs, id, NULL, NULL, &f->err), ERR_OK);
    assert_int_equal(vcs_tree(vcs, f->arena, id, "", &entries, &count, &cut, &f->err), ERR_OK);
    assert_int_equal(count, 7);
    for (i = 0; i < count; i++)
        assert_null(strpbrk(entries[i].shown, "\x1b\t\r"));
    assert_int_equal(vcs_blob(vcs, f->arena, id, "out", 0, &blob, &f->err), ERR_OK);
    assert_int_equal(blob.kind, VCS_LINK);
    assert_string_equal(blob.bytes, "../../../etc/passwd");
    assert_int_equal(vcs_blob(vcs, f->arena, id, "out/passwd", 0, &blob, &f->err), ERR_NOTFOUND);
    assert_int_equal(vcs_blob(vcs, f->arena, id, "sub", 0, &blob, &f->err), ERR_OK);
    assert_int_equal(blob.kind, VCS_SUBMODULE);
    assert_int_equal(vcs_blob(vcs, f->arena, id, "sub/x", 0, &blob, &f->err), ERR_NOTFOUND);
    assert_int_equal(vcs_blob(vcs, f->arena, id, "zero.bin", 0, &blob, &f->err), ERR_OK);
    assert_true(blob.binary);
    assert_int_equal(vcs_blob(vcs, f->arena, id, "huge.txt", 0, &blob, &f->err), ERR_OK);
    assert_true(blob.cut);
    assert_int_equal(blob.len, 0);
    assert_int_equal(blob.size, 20 << 20);
    assert_int_equal(vcs_blame(vcs, f->arena, id, "huge.txt", &blame, NULL, &f->err), ERR_LIMIT);
    assert_int_equal(vcs_blame(vcs, f->arena, id, "zero.bin", &blame, NULL, &f->err), ERR_USAGE);
    assert_int_equal(vcs_diff(vcs, f->arena, NULL, id, &diff, NULL, &f->err), ERR_OK);
    assert_int_equal(diff.count, 7);
    assert_true(diff.len < 10000);
    assert_null(strchr(diff.text, '\x1b'));
    assert_int_equal(vcs_summarize(vcs, f->arena, 20000, &summary, NULL, &f->err), ERR_OK);
    assert_true(summary.cut); /* deeper than is walked */
    assert_null(strpbrk(summary.head.summary, "\x1b\x07\n"));
    assert_null(strpbrk(summary.head.author, "\x1b"));
    assert_true(summary.head.at >= 0 && summary.head.at < INT64_C(253402300800000));
    vcs_close(vcs);
    free(folder);
    free(huge);
}

static void many_files(void **state)
{
    struct fixture *f = *state;
    char *folder = place("many.git"), id[VCS_ID], name[40];
    struct vcs_entry *entries;
    struct maker maker;
    struct vcs *vcs;
    size_t count, i;
    bool cut;

    maker_open(&maker, folder);
    for (i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "all/%zu.txt", i);
        maker_text(&maker, name, "same\n");
    }
    maker_commit(&maker, "Ann", "many", START, NULL);
    maker_close(&maker);
    assert_int_equal(vcs_open(&vcs, folder, &f->err), ERR_OK);
    assert_int_equal(vcs_resolve(vcs, id, NULL, NULL, &f->err), ERR_OK);
    assert_int_equal(vcs_tree(vcs, f->arena, id, "all", &entries, &count, &cut, &f->err), ERR_OK);
    assert_int_equal(count, 3000);
    vcs_close(vcs);
    free(folder);
}

static void empty_ones(void **state)
{
    struct fixture *f = *state;
    char *folder = place("empty.git"), *nothing = place("nothing"), id[VCS_ID];
    struct vcs_summary summary;
    struct maker maker;
    struct vcs *vcs;

    maker_open(&maker, folder);
    maker_close(&maker);
    assert_int_equal(vcs_open(&vcs, folder, &f->err), ERR_OK);
    assert_int_equal(vcs_resolve(vcs, id, NULL, NULL, &f->err), ERR_NOTFOUND);
    assert_int_equal(vcs_summarize(vcs, f->arena, 20000, &summary, NULL, &f->err), ERR_NOTFOUND);
    vcs_close(vcs);
    assert_int_equal(vcs_open(&vcs, nothing, &f->err), ERR_NOTFOUND);
    free(folder);
    free(nothing);
}

/* ---- addresses ---- */

static void addresses(void **state)
{
    static const struct {
        const char *text, *url, *key;
    } cases[] = {
        { "https://github.com/Owner/Name", "https://github.com/Owner/Name",
          "github.com/owner/name" },
        { "https://github.com/Owner/Name.git/", "https://github.com/Owner/Name.git",
          "github.com/owner/name" },
        { "https://github.com/Owner/Name/tree/main?x#y", "https://github.com/Owner/Name",
          "github.com/owner/name" },
        { "git@github.com:Owner/Name.git", "git@github.com:Owner/Name.git",
          "github.com/owner/name" },
        { "ssh://git@git.example.org:2222/a/b.git", "ssh://git@git.example.org:2222/a/b.git",
          "git.example.org:2222/a/b" },
        { "https://git.example.org/group/sub/b.git", "https://git.example.org/group/sub/b.git",
          "git.example.org/group-sub/b" },
        { "http://127.0.0.1:8080/x/y.git", "http://127.0.0.1:8080/x/y.git", "127.0.0.1:8080/x/y" },
        { "http://[::1]:8080/x/y.git", "http://[::1]:8080/x/y.git", "[::1]:8080/x/y" },
        { "http://localhost/x/y.git", "http://localhost/x/y.git", "localhost/x/y" },
    };
    static const char *const elsewhere[] = { "http://127.example.org/a/b.git",
                                             "http://127.0.0.1.example.org/a/b.git",
                                             "http://localhost.example.org/a/b.git",
                                             "http://[::1].example.org/a/b.git" };
    struct fixture *f = *state;
    struct vcs_address address;
    char *folder = place("plain.git"), *nothing = place("empty folder");
    size_t i;

    for (i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(vcs_address(f->arena, cases[i].text, &address, &f->err), ERR_OK);
        assert_string_equal(address.url, cases[i].url);
        assert_string_equal(address.key, cases[i].key);
    }
    assert_int_equal(vcs_address(f->arena, folder, &address, &f->err), ERR_OK);
    assert_true(str_starts(address.key, "local/"));
    assert_true(str_ends(address.key, "/plain"));
    assert_null(address.host);
    assert_true(vcs_is_address(folder));
    mkdir(nothing, 0777);
    assert_false(vcs_is_address(nothing));
    assert_int_equal(vcs_address(f->arena, nothing, &address, &f->err), ERR_NOTFOUND);
    assert_int_equal(vcs_address(f->arena, "http://example.org/a/b.git", &address, &f->err),
                     ERR_USAGE);
    for (i = 0; i < ARRAY_LEN(elsewhere); i++)
        assert_int_equal(vcs_address(f->arena, elsewhere[i], &address, &f->err), ERR_USAGE);
    assert_int_equal(vcs_address(f->arena, "https://u:p@example.org/a/b.git", &address, &f->err),
                     ERR_USAGE);
    assert_int_equal(vcs_address(f->arena, "git://example.org/a/b", &address, &f->err), ERR_USAGE);
    assert_int_equal(vcs_address(f->arena, "ext::sh -c x", &address, &f->err), ERR_IO);
    assert_false(vcs_is_address("https://arxiv.org/abs/1706.03762"));
    assert_true(vcs_is_address("git@host:x/y"));
    free(folder);
    free(nothing);
}

/* ---- transfers ---- */

static void count_progress(void *ctx, const struct vcs_progress *progress)
{
    (void)progress;
    ++*(int *)ctx;
}

static void transfers(void **state)
{
    struct fixture *f = *state;
    char *from = place("moving.git"), *to = place("clones/local/x/moving.git");
    char *beside = place("clones/local/x/other.git.cloning-999999999-0");
    int told = 0;
    struct vcs_transfer transfer = {
        .url = from, .folder = to, .progress = count_progress, .ctx = &told
    };
    struct vcs_transferred done;
    struct maker maker;
    struct vcs *vcs;
    char *again = place("clones/local/x/again.git"), id[VCS_ID], other[VCS_ID];
    size_t i;

    maker_open(&maker, from);
    for (i = 0; i < 50; i++) {
        maker_text(&maker, "a.txt", i % 2 ? "odd\n" : "even\n");
        maker_commit(&maker, "Ann", "change", START + (int64_t)i * DAY, NULL);
    }
    maker_tag(&maker, "v1");
    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_OK);
    assert_true(done.cloned && done.changed);
    assert_true(told > 0);
    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_OK);
    assert_false(done.cloned || done.changed);
    maker_text(&maker, "a.txt", "more\n");
    maker_commit(&maker, "Ann", "more", START + 60 * DAY, NULL);
    maker_close(&maker);
    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_OK);
    assert_true(done.changed);
    assert_int_equal(vcs_open(&vcs, to, &f->err), ERR_OK);
    assert_int_equal(vcs_resolve(vcs, id, "v1", NULL, &f->err), ERR_OK);
    assert_int_equal(vcs_resolve(vcs, id, "2021-05-01", NULL, &f->err), ERR_OK);
    vcs_close(vcs);
    /* What came by a fetch is packed, so a clone of the clone begins with a copy of its packs. */
    transfer.url = to;
    transfer.folder = again;
    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_OK);
    assert_true(done.cloned && done.bytes > 0 && done.objects == 0);
    assert_int_equal(vcs_open(&vcs, again, &f->err), ERR_OK);
    assert_int_equal(vcs_resolve(vcs, other, NULL, NULL, &f->err), ERR_OK);
    assert_int_equal(vcs_resolve(vcs, id, "v1", NULL, &f->err), ERR_OK);
    vcs_close(vcs);
    vcs_remove(again, NULL);
    transfer.size_limit = 100;
    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_LIMIT);
    assert_false(folder_exists(again));
    folder_make(beside, NULL);
    vcs_sweep(base);
    assert_true(folder_exists(beside)); /* deeper than clones lie */
    free(from);
    from = place("clones");
    vcs_sweep(from);
    assert_false(folder_exists(beside));
    assert_true(folder_exists(to));
    free(from);
    free(to);
    free(beside);
    free(again);
}

/* A HEAD that names no branch, or one that is not there: the clone shows one that is. */
static void heads(void **state)
{
    struct fixture *f = *state;
    char *from = place("heads.git"), *to = place("clones/local/x/heads.git");
    char *head = place("heads.git/HEAD"), id[VCS_ID];
    struct vcs_transfer transfer = { .url = from, .folder = to };
    struct vcs_transferred done;
    struct vcs_summary summary;
    struct maker maker;
    struct vcs *vcs;
    int i;

    maker_open(&maker, from);
    maker_text(&maker, "a.txt", "one\n");
    maker_commit(&maker, "Ann", "on main", START, NULL);
    maker_branch(&maker, "work");
    maker_text(&maker, "a.txt", "two\n");
    maker_commit(&maker, "Ann", "at work", START + DAY, NULL);
    maker_close(&maker);
    for (i = 0; i < 3; i++) {
        static const char *const says[] = { "ref: refs/heads/nothing\n",
                                            "4b825dc642cb6eb9a060e54bf8d69288fbee4904\n",
                                            "ref: refs/heads/work\n" };

        assert_int_equal(file_write(head, says[i], strlen(says[i]), &f->err), ERR_OK);
        vcs_remove(to, NULL);
        assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_OK);
        assert_int_equal(vcs_open(&vcs, to, &f->err), ERR_OK);
        assert_int_equal(vcs_resolve(vcs, id, NULL, NULL, &f->err), ERR_OK);
        assert_int_equal(vcs_summarize(vcs, f->arena, 20000, &summary, NULL, &f->err), ERR_OK);
        assert_string_equal(summary.branch, i < 2 ? "main" : "work");
        vcs_close(vcs);
    }
    /* Another branch is shown: that is a change. */
    assert_int_equal(file_write(head, "ref: refs/heads/main\n", 21, &f->err), ERR_OK);
    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_OK);
    assert_true(done.changed && !done.cloned);
    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_OK);
    assert_false(done.changed);
    /* The branch that it showed goes away. */
    assert_int_equal(file_write(head, "ref: refs/heads/work\n", 21, &f->err), ERR_OK);
    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_OK);
    assert_int_equal(unlink(arena_printf(f->arena, "%s/refs/heads/work", from)), 0);
    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_OK);
    assert_int_equal(vcs_open(&vcs, to, &f->err), ERR_OK);
    assert_int_equal(vcs_resolve(vcs, id, NULL, NULL, &f->err), ERR_OK);
    vcs_close(vcs);
    free(from);
    free(to);
    free(head);
}

/* Somebody else's clone takes the place while ours is being made. */
static void be_overtaken(void *ctx, const struct vcs_progress *progress)
{
    const struct vcs_transfer *other = ctx;
    struct vcs_transferred done;

    (void)progress;
    if (!folder_exists(other->folder))
        assert_int_equal(vcs_transfer(other, &done, NULL), ERR_OK);
}

static void two_at_once(void **state)
{
    struct fixture *f = *state;
    char *from = place("plain.git"), *to = place("clones/local/x/two.git");
    struct vcs_transfer other = { .url = from, .folder = to };
    struct vcs_transfer transfer = {
        .url = from, .folder = to, .progress = be_overtaken, .ctx = &other
    };
    struct vcs_transferred done;
    char *left;

    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_OK);
    assert_true(done.changed);
    assert_false(done.cloned);
    assert_int_equal(f->err.code, ERR_OK);
    left = mem_printf("%s.cloning-%ld-%d", to, (long)getpid(), 0);
    assert_false(folder_exists(left));
    free(left);
    free(from);
    free(to);
}

/* What fetches that were killed have left among the packs goes with a later one, not at once. */
static void leftovers(void **state)
{
    struct fixture *f = *state;
    char *from = place("plain.git"), *to = place("clones/local/x/left.git");
    struct vcs_transfer transfer = { .url = from, .folder = to };
    struct timespec old[2] = { { .tv_sec = START }, { .tv_sec = START } };
    struct vcs_transferred done;
    char *paths[2], *other;
    int i;

    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_OK);
    other = path_join(to, "objects/pack/pack-0123.keep");
    for (i = 0; i < 2; i++) {
        paths[i] = mem_printf("%s/objects/pack/pack_git2_%dabcde", to, i);
        assert_int_equal(file_write(paths[i], "PACK", 4, &f->err), ERR_OK);
    }
    assert_int_equal(file_write(other, "", 0, &f->err), ERR_OK);
    assert_int_equal(utimensat(AT_FDCWD, paths[0], old, 0), 0);
    assert_int_equal(utimensat(AT_FDCWD, other, old, 0), 0);
    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_OK);
    assert_false(file_exists(paths[0]));
    assert_true(file_exists(paths[1])); /* perhaps of a fetch that runs */
    assert_true(file_exists(other));
    free(paths[0]);
    free(paths[1]);
    free(other);
    free(from);
    free(to);
}

/* Objects named by SHA-256: refused in words. */
static void other_hashes(void **state)
{
    static const char config[] = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n"
                                 "[extensions]\n\tobjectformat = sha256\n";
    struct fixture *f = *state;
    char *from = place("sha256.git"), *path = place("sha256.git/config");
    char *to = place("clones/local/x/sha256.git");
    struct vcs_transfer transfer = { .url = from, .folder = to };
    struct vcs_transferred done;
    struct maker maker;

    maker_open(&maker, from);
    maker_close(&maker);
    assert_int_equal(file_write(path, config, strlen(config), &f->err), ERR_OK);
    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_USAGE);
    assert_non_null(strstr(f->err.message, "SHA-256"));
    free(from);
    free(path);
    free(to);
}

static void failing_transfers(void **state)
{
    struct fixture *f = *state;
    char *from = place("plain.git"), *nothing = place("not there"), *to = place("c/d/e.git");
    atomic_bool stop = true;
    struct vcs_transfer transfer = { .url = nothing, .folder = to };
    struct vcs_transferred done;
    char *parent = place("c/d");

    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_NOTFOUND);
    transfer.url = from;
    transfer.cancel = &stop;
    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_CANCELLED);
    transfer.cancel = NULL;
    transfer.size_limit = 10;
    assert_int_not_equal(vcs_transfer(&transfer, &done, &f->err), ERR_OK);
    transfer.size_limit = 0;
    transfer.url = "http://127.0.0.1:1/a/b.git";
    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_NETWORK);
    transfer.public_only = true;
    assert_int_equal(vcs_transfer(&transfer, &done, &f->err), ERR_USAGE);
    assert_false(folder_exists(to));
    assert_false(folder_exists(parent)); /* made for it, and gone with it */
    free(from);
    free(nothing);
    free(to);
    free(parent);
}

int main(int argc, char **argv)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH(revisions),
        WITH(days),
        WITH(references),
        WITH(trees),
        WITH(files),
        WITH(history),
        WITH(history_graph),
        WITH(differences),
        WITH(blames),
        WITH(blames_agree),
        WITH(summaries),
        WITH(hostile),
        WITH(many_files),
        WITH(empty_ones),
        WITH(addresses),
        WITH(transfers),
        WITH(failing_transfers),
        WITH(heads),
        WITH(two_at_once),
        WITH(leftovers),
        WITH(other_hashes),
        cmocka_unit_test(licences),
        cmocka_unit_test(languages),
    };
    char folder[] = "/tmp/carrel-vcs-XXXXXX";
    int status;

    if (vcs_child(argc, argv, &status))
        return status;
    base = mkdtemp(folder);
    if (!base)
        return 1;
    status = cmocka_run_group_tests(tests, NULL, NULL) + vcs_graph_tests() + vcs_words_tests();
    vcs_remove(base, NULL);
    return status;
}
