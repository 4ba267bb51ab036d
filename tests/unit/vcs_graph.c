/*
 * The graph of a log: rows as they should look; and generated histories, whose drawn lines are
 * followed from each commit down to its parents.
 */
#include "carrel/vcs.h"

#include "carrel/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

int vcs_graph_tests(void);

#define COMMITS 60
#define PARENTS 12
#define COLUMNS 40

enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8, NODE = 16 };

/* A history: commit i is told as number i; its parents come later, but where clocks are wrong. */
struct made {
    int parents[COMMITS][PARENTS], counts[COMMITS];
    char rows[COMMITS][200];
};

static void name_of(char id[VCS_ID], int i)
{
    memset(id, 'a', VCS_ID - 1);
    id[snprintf(id, VCS_ID, "%04d", i)] = 'a';
    id[VCS_ID - 1] = '\0';
}

static void draw(struct made *made, int count, bool ascii)
{
    struct vcs_graph *graph = vcs_graph_new(ascii);
    char others[PARENTS][VCS_ID];
    int i, p;

    for (i = 0; i < count; i++) {
        struct vcs_commit commit = { .parents = (unsigned)made->counts[i], .others = others };
        struct str row = STR_INIT;

        name_of(commit.id, i);
        for (p = 0; p < made->counts[i]; p++)
            name_of(p == 0 ? commit.parent : others[p - 1], made->parents[i][p]);
        vcs_graph_row(graph, &row, &commit);
        assert_true(row.len < sizeof made->rows[i]);
        memcpy(made->rows[i], row.ptr, row.len + 1);
        str_free(&row);
    }
    vcs_graph_free(graph);
}

static void row_is(const struct made *made, int i, const char *row)
{
    assert_string_equal(made->rows[i], row);
}

static void merge(void **state)
{
    struct made made = { .parents = { { 1, 2 }, { 3 }, { 3 } }, .counts = { 2, 1, 1, 0 } };

    (void)state;
    draw(&made, 4, false);
    row_is(&made, 0, "●─╮");
    row_is(&made, 1, "● │");
    row_is(&made, 2, "│ ●");
    row_is(&made, 3, "●─╯");
    draw(&made, 4, true);
    row_is(&made, 0, "*-.");
    row_is(&made, 1, "* |");
    row_is(&made, 2, "| *");
    row_is(&made, 3, "*-'");
}

static void octopus(void **state)
{
    struct made made = { .parents = { { 1, 2, 3, 4 }, { 4 }, { 4 }, { 4 } },
                         .counts = { 4, 1, 1, 1, 0 } };

    (void)state;
    draw(&made, 5, false);
    row_is(&made, 0, "●─┬─┬─╮");
    row_is(&made, 1, "● │ │ │");
    row_is(&made, 2, "│ ● │ │");
    row_is(&made, 3, "│ │ ● │");
    row_is(&made, 4, "●─┴─┴─╯");
}

/* A merge of what another lane waits for joins that lane; a line that goes over one crosses it. */
static void joins(void **state)
{
    struct made made = { .parents = { { 2 }, { 3, 2 }, { 4 }, { 4, 5 }, { 5 } },
                         .counts = { 1, 2, 1, 2, 1, 0 } };

    (void)state;
    draw(&made, 6, false);
    row_is(&made, 0, "●");
    row_is(&made, 1, "├─●");
    row_is(&made, 2, "● │");
    row_is(&made, 3, "│ ●─╮");
    row_is(&made, 4, "●─╯ │");
    row_is(&made, 5, "●───╯");
}

/* A parent that was told before its child leaves no line that nothing would end. */
static void wrong_clocks(void **state)
{
    struct made made = { .parents = { { 1 }, { 3 }, { 1, 0 } }, .counts = { 1, 1, 2, 0 } };

    (void)state;
    draw(&made, 4, false);
    row_is(&made, 2, "│ ●");
    row_is(&made, 3, "●");
}

/* Two histories that know nothing of each other. */
static void roots(void **state)
{
    struct made made = { .parents = { { 2 }, { 3 } }, .counts = { 1, 1, 0, 0 } };

    (void)state;
    draw(&made, 4, false);
    row_is(&made, 1, "│ ●");
    row_is(&made, 2, "● │");
    row_is(&made, 3, "  ●");
}

/* However many branches there are, a row is no wider, and has its commit. */
static void bounded(void **state)
{
    struct vcs_graph *graph = vcs_graph_new(false);
    char(*others)[VCS_ID] = malloc(500 * sizeof *others);
    unsigned i, wide = 0;

    (void)state;
    for (i = 0; i < 500; i++)
        name_of(others[i], (int)i + 5000);
    for (i = 0; i < 300; i++) {
        struct vcs_commit commit = { .parents = i == 7 ? 400 : 1, .others = others };
        struct str row = STR_INIT;

        name_of(commit.id, i < 200 ? (int)i : (int)i + 4800);
        name_of(commit.parent, (int)i + 1000);
        vcs_graph_row(graph, &row, &commit);
        assert_true(utf8_count(row.ptr) <= VCS_GRAPH_LANES * 2 + 2);
        assert_non_null(strstr(row.ptr, "●"));
        wide += strstr(row.ptr, "…") != NULL;
        str_free(&row);
    }
    assert_true(wide > 200);
    vcs_graph_free(graph);
    free(others);
}

/* ---- following the lines ---- */

static const char *const glyphs[] = { " ", "╵", "╷", "│", "╴", "╯", "╮", "┤",
                                      "╶", "╰", "╭", "├", "─", "┴", "┬", "┼" };

/* The ways of each lane's cell, and what stands between it and the next. False: it was cut. */
static bool read_row(const char *row, unsigned ways[COLUMNS], bool next[COLUMNS], int *node)
{
    char glyph[8];
    int at = 0, i;

    memset(ways, 0, COLUMNS * sizeof *ways);
    memset(next, 0, COLUMNS * sizeof *next);
    *node = -1;
    for (; *row; at++) {
        unsigned rune;
        size_t took = utf8_decode(row, strlen(row), &rune);

        snprintf(glyph, sizeof glyph, "%.*s", (int)took, row);
        row += took;
        if (strcmp(glyph, "…") == 0)
            return false;
        assert_true(at / 2 < COLUMNS);
        if (at % 2 == 1) {
            next[at / 2] = strcmp(glyph, "─") == 0;
            assert_true(next[at / 2] || strcmp(glyph, " ") == 0);
        } else if (strcmp(glyph, "●") == 0) {
            assert_int_equal(*node, -1);
            *node = at / 2;
        } else {
            for (i = 0; i < 16 && strcmp(glyph, glyphs[i]) != 0; i++)
                ;
            assert_true(i < 16);
            ways[at / 2] = (unsigned)i;
        }
    }
    assert_true(*node >= 0);
    return true;
}

static bool reaches(const bool next[COLUMNS], int node, int lane)
{
    int from = node < lane ? node : lane, to = node < lane ? lane : node, i;

    for (i = from; i < to; i++)
        if (!next[i])
            return false;
    return true;
}

/* Which children's lines run in a lane, one bit each. A cross may be a join, too, so what goes over
 * one is in `maybe`. */
struct flow {
    uint64_t sure[COLUMNS], maybe[COLUMNS];
};

static uint64_t children(const struct made *made, int i)
{
    uint64_t found = 0;
    int c, p;

    for (c = 0; c < i; c++)
        for (p = 0; p < made->counts[c]; p++)
            if (made->parents[c][p] == i)
                found |= UINT64_C(1) << c;
    return found;
}

static bool follow_row(const struct made *made, int i, struct flow *flow)
{
    unsigned ways[COLUMNS];
    bool next[COLUMNS];
    uint64_t own = UINT64_C(1) << i, sure, maybe;
    int node, lane;

    if (!read_row(made->rows[i], ways, next, &node))
        return false;
    sure = flow->sure[node];
    maybe = flow->maybe[node];
    for (lane = 0; lane < COLUMNS; lane++) {
        unsigned way = ways[lane], across = way & (LEFT | RIGHT);

        if (lane == node)
            continue;
        assert_true((way & UP) ? flow->sure[lane] != 0 : flow->sure[lane] == 0);
        if (across && across != (LEFT | RIGHT))
            assert_true(reaches(next, node, lane));
        if ((way & UP) && !(way & DOWN)) {
            sure |= flow->sure[lane];
            maybe |= flow->maybe[lane];
        }
        if (!(way & DOWN))
            flow->sure[lane] = flow->maybe[lane] = 0;
        else if (!(way & UP) || (across && across != (LEFT | RIGHT)))
            flow->sure[lane] |= own;
        else if (across)
            flow->maybe[lane] |= own;
    }
    assert_int_equal(sure & ~children(made, i), 0);
    assert_int_equal(children(made, i) & ~(sure | maybe), 0);
    flow->sure[node] = made->counts[i] > 0 ? own : 0;
    flow->maybe[node] = 0;
    return true;
}

static void make(struct made *made, unsigned *seed)
{
    int i, p, k;

    memset(made, 0, sizeof *made);
    for (i = 0; i < COMMITS - 1; i++) {
        int wanted = 1;

        for (p = 0; p < 4; p++) {
            *seed = *seed * 1664525u + 1013904223u;
            wanted += (*seed >> 12) % 10 == 0;
        }
        for (p = 0; p < wanted; p++) {
            int parent, reach = COMMITS - 1 - i < 5 ? COMMITS - 1 - i : 5;

            *seed = *seed * 1664525u + 1013904223u;
            parent = i + 1 + (int)((*seed >> 9) % (unsigned)reach);
            for (k = 0; k < made->counts[i] && made->parents[i][k] != parent; k++)
                ;
            if (k == made->counts[i])
                made->parents[i][made->counts[i]++] = parent;
        }
    }
}

static void generated(void **state)
{
    unsigned seed = 5;
    int whole = 0, run, i;

    (void)state;
    for (run = 0; run < 400; run++) {
        struct flow flow = { { 0 }, { 0 } };
        struct made made;

        make(&made, &seed);
        draw(&made, COMMITS, false);
        for (i = 0; i < COMMITS && follow_row(&made, i, &flow); i++)
            ;
        whole += i == COMMITS;
    }
    assert_true(whole > 300); /* the others were too wide for their rows */
}

int vcs_graph_tests(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(merge),        cmocka_unit_test(octopus), cmocka_unit_test(joins),
        cmocka_unit_test(wrong_clocks), cmocka_unit_test(roots),   cmocka_unit_test(bounded),
        cmocka_unit_test(generated),
    };

    return cmocka_run_group_tests_name("graphs", tests, NULL, NULL);
}
