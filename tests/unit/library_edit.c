/*
 * What a person says of a work: it goes before every source, before and after they speak, joins
 * what has the same identifier, and comes off again without a trace.
 */
#include "carrel/edit.h"
#include "carrel/library.h"
#include "carrel/state.h"
#include "carrel/store.h"
#include "carrel/works.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "library_test.h"

#define FILE_ID "file:0123456789abcdef"

static char *dir;
static struct store *store;
static struct arena *arena;

static void import(const char *source, const char *id, const char *title, const char *author,
                   const char *published, const char *venue)
{
    struct record record = { .source = source,
                             .id = arena_strdup(arena, id),
                             .title = arena_strdup(arena, title),
                             .published = arena_strdup(arena, published),
                             .venue = arena_strdup(arena, venue) };

    if (author)
        text_list_add(&record.authors, arena, author, strlen(author));
    library_test_import(dir, &record);
}

static int set_up(void **state)
{
    (void)state;
    if (library_test_open(&dir, &store, &arena) != ERR_OK)
        return -1;
    import("file", FILE_ID, "specter docment", "New York", "2019", NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return library_test_close(dir, store, arena);
}

static int edit(const char *id, const char *name, const char *value, struct error *err)
{
    struct edit_change change = { .field = edit_field_find(name), .value = value };

    assert_non_null(change.field);
    return library_edit(store, id, &change, 1, NULL, err);
}

static void edited(const char *id, const char *name, const char *value)
{
    struct error err = { 0 };

    if (edit(id, name, value, &err) != ERR_OK)
        fail_msg("%s=%s: %s", name, value, err.message);
}

static void undo(void)
{
    struct error err = { 0 };
    char *what = NULL;

    assert_int_equal(library_undo(store, &what, &err), ERR_OK);
    free(what);
}

static struct work_full *read_work(const char *id)
{
    struct work_full *full = arena_alloc(arena, sizeof *full);
    struct error err = { 0 };
    int64_t work;

    assert_int_equal(works_find(store, &work, id, &err), ERR_OK);
    assert_int_equal(works_full(store, arena, work, full, &err), ERR_OK);
    return full;
}

static bool known(const char *id)
{
    int64_t work;

    return works_find(store, &work, id, NULL) == ERR_OK;
}

static void ignore_line(void *ctx, bool ok, const char *what)
{
    (void)ctx;
    if (!ok)
        print_message("doctor: %s\n", what);
}

static void healthy(int64_t works)
{
    struct error err = { 0 };
    long problems = -1;
    int64_t count;

    assert_int_equal(library_doctor(store, false, ignore_line, NULL, &problems, &err), ERR_OK);
    assert_int_equal(problems, 0);
    assert_int_equal(works_count(store, &count, &err), ERR_OK);
    assert_int_equal(count, works);
}

static void test_before_all_sources(void **state)
{
    struct work_full *work;

    (void)state;
    edited(FILE_ID, "title", "SPECTER:  Document-level\nRepresentation");
    edited(FILE_ID, "authors", "Arman Cohan ; Iz  Beltagy;");
    edited(FILE_ID, "date", "2020-07");
    edited(FILE_ID, "doi", "https://doi.org/10.18653/V1/2020.acl-main.207");
    /* What comes later, and would otherwise stand before a file, or says a date more exactly. */
    import("crossref", "doi:10.18653/v1/2020.acl-main.207", "Specter", "A. Cohan", "2020-06-30",
           "Proceedings");
    import("file", FILE_ID, "specter docment again", "York University", "2018-01-01", NULL);
    work = read_work(FILE_ID);
    assert_string_equal(work->row.key, "doi:10.18653/v1/2020.acl-main.207");
    assert_string_equal(work->record.title, "SPECTER: Document-level Representation");
    assert_int_equal(work->record.authors.len, 2);
    assert_string_equal(work->record.authors.items[1], "Iz Beltagy");
    assert_string_equal(work->record.published, "2020-07");
    assert_string_equal(work->record.venue, "Proceedings");
    healthy(1);
    edited(FILE_ID, "title", "");
    assert_string_equal(read_work(FILE_ID)->record.title, "Specter");
    healthy(1);
}

static void test_joins_and_undoes(void **state)
{
    (void)state;
    import("oai-arxiv", "arxiv:2004.07180", "SPECTER", "Arman Cohan", "2020-04-15", NULL);
    edited(FILE_ID, "title", "Mine");
    edited(FILE_ID, "arxiv", "https://arxiv.org/abs/2004.07180v2");
    healthy(1);
    assert_string_equal(read_work("arxiv:2004.07180")->record.title, "Mine");
    undo();
    healthy(2);
    assert_string_equal(read_work("arxiv:2004.07180")->record.title, "SPECTER");
    assert_string_equal(read_work(FILE_ID)->row.key, FILE_ID);
    undo();
    assert_string_equal(read_work(FILE_ID)->record.title, "specter docment");
    /* Nobody has said that they are two. */
    edited("arxiv:2004.07180", "doi", "10.1000/x");
    edited(FILE_ID, "doi", "10.1000/x");
    healthy(1);
}

static void test_names_come_and_go(void **state)
{
    (void)state;
    edited(FILE_ID, "doi", "10.1000/wrong");
    assert_true(known("doi:10.1000/wrong"));
    edited(FILE_ID, "doi", "10.1000/right");
    assert_false(known("doi:10.1000/wrong"));
    assert_true(known("doi:10.1000/right"));
    undo();
    assert_true(known("doi:10.1000/wrong"));
    assert_false(known("doi:10.1000/right"));
    edited(FILE_ID, "doi", "");
    assert_false(known("doi:10.1000/wrong"));
    assert_string_equal(read_work(FILE_ID)->row.key, FILE_ID);
    /* A name that a source gives, too, stays. */
    edited(FILE_ID, "doi", "10.1000/both");
    import("crossref", "doi:10.1000/both", "Both", NULL, NULL, NULL);
    undo();
    assert_true(known("doi:10.1000/both"));
    healthy(1);
}

static void said_green(void)
{
    const struct work_full *full = read_work(FILE_ID);

    assert_int_equal(full->record.notes.len, 1);
    assert_string_equal(full->record.notes.items[0], "why");
    assert_string_equal(full->row.tags, "green");
    assert_true(full->row.starred);
}

/* What is said of a paper while it is called by a name of the hand is not said of that name. */
static void test_words_outlast_the_name(void **state)
{
    struct error err = { 0 };
    int64_t work;

    (void)state;
    edited(FILE_ID, "doi", "10.1000/wrong");
    assert_string_equal(read_work(FILE_ID)->row.key, "doi:10.1000/wrong");
    assert_int_equal(works_find(store, &work, FILE_ID, &err), ERR_OK);
    assert_int_equal(state_tag(store, work, "green", true, &err), ERR_OK);
    assert_int_equal(state_note_set(store, work, "why", &err), ERR_OK);
    edited(FILE_ID, "doi", "");
    assert_int_equal(state_star(store, work, true, &err), ERR_OK); /* all is computed anew */
    said_green();
    /* Said by that name before carrel took care: it comes along. */
    edited(FILE_ID, "doi", "10.1000/wrong");
    assert_int_equal(store_exec(store,
                                "UPDATE op SET item = 'doi:10.1000/wrong' WHERE kind IN "
                                "('tag', 'note', 'star')",
                                &err),
                     ERR_OK);
    edited(FILE_ID, "doi", "");
    said_green();
    assert_int_equal(state_star(store, work, false, &err), ERR_OK);
    undo();
    said_green();
    healthy(1);
}

static void test_split_takes_the_name_along(void **state)
{
    struct error err = { 0 };

    (void)state;
    import("oai-arxiv", "arxiv:2004.07180", "SPECTER", "Arman Cohan", "2020-04-15", NULL);
    edited(FILE_ID, "arxiv", "2004.07180");
    assert_int_equal(library_split(store, FILE_ID, NULL, &err), ERR_OK);
    healthy(2);
    assert_int_equal(read_work(FILE_ID)->aliases.len, 1);
    /* The hand no longer says it: its next word does not merge anything. */
    edited(FILE_ID, "title", "Another");
    healthy(2);
}

static void test_what_is_refused(void **state)
{
    struct error err = { 0 };

    (void)state;
    assert_int_equal(edit(FILE_ID, "date", "2020-13", &err), ERR_USAGE);
    assert_non_null(strstr(err.message, "date: '2020-13'"));
    assert_int_equal(edit(FILE_ID, "doi", "2004.07180", &err), ERR_USAGE);
    assert_non_null(strstr(err.message, "doi: "));
    assert_int_equal(edit("arxiv:2004.07180", "title", "x", &err), ERR_NOTFOUND);
    import("oai-arxiv", "arxiv:2004.07180", "SPECTER", "Arman Cohan", "2020-04-15", NULL);
    assert_int_equal(edit("arxiv:2004.07180", "arxiv", "2004.07181", &err), ERR_USAGE);
    assert_non_null(strstr(err.message, "it is arxiv:2004.07180 already"));
    assert_int_equal(library_undo(store, NULL, &err), ERR_NOTFOUND); /* none of it is a step */
    healthy(2);
}

/* ---- steps of many papers ---- */

#define MANY 200

static atomic_bool stop;

/* The second word of how far it is stops it. */
static void told(void *ctx, size_t done, size_t total)
{
    int *times = ctx;

    assert_true(done > 0 && done <= total);
    assert_int_equal(total, MANY);
    if (++*times == 2)
        atomic_store(&stop, true);
}

/* `step` is told how far it is, stops, and has done nothing; then it is let through. */
static void stopped_first(int (*step)(struct error *err))
{
    struct error err = { 0 };
    int64_t before = 0, after = 0;
    int times = 0;

    assert_int_equal(store_query_int(store, "SELECT count(*) FROM change_log", &before, &err),
                     ERR_OK);
    atomic_store(&stop, false);
    store_set_cancel(store, &stop);
    state_watch(store, told, &times);
    assert_int_equal(step(&err), ERR_CANCELLED);
    store_set_cancel(store, NULL);
    state_watch(store, NULL, NULL);
    assert_int_equal(times, 2);
    assert_int_equal(store_query_int(store, "SELECT count(*) FROM change_log", &after, &err),
                     ERR_OK);
    assert_int_equal(after, before);
    if (step(&err) != ERR_OK)
        fail_msg("%s", err.message);
}

static char *many_id(int i)
{
    return arena_printf(arena, "doi:10.1000/%d", i);
}

static void many_titled(const char *title)
{
    int i;

    for (i = 0; i < MANY; i += MANY / 7)
        assert_string_equal(read_work(many_id(i))->row.title, title);
}

static int edit_many(struct error *err)
{
    static struct edit_change change = { .value = "Mended" };
    static struct edit_paper papers[MANY];
    int i;

    change.field = edit_field_find("title");
    for (i = 0; i < MANY; i++)
        papers[i] = (struct edit_paper){ .id = many_id(i), .changes = &change, .count = 1 };
    return library_edit_papers(store, papers, MANY, NULL, err);
}

static int mark_many(struct error *err)
{
    int64_t work;
    int i, result = state_begin(store, err);

    for (i = 0; i < MANY && result == ERR_OK; i++) {
        result = works_find(store, &work, many_id(i), err);
        if (result == ERR_OK)
            result = state_star(store, work, true, err);
    }
    return result == ERR_OK ? state_commit(store, err) : result;
}

static int undo_many(struct error *err)
{
    char *what = NULL;
    int result = library_undo(store, &what, err);

    assert_true(result != ERR_OK || strstr(what, "199 more"));
    free(what);
    return result;
}

static int redo_many(struct error *err)
{
    char *what = NULL;
    int result = library_redo(store, &what, err);

    assert_true(result != ERR_OK || strstr(what, "199 more"));
    free(what);
    return result;
}

static void stars(int64_t expected)
{
    int64_t count = 0;

    assert_int_equal(
        store_query_int(store, "SELECT count(*) FROM reading WHERE starred", &count, NULL), ERR_OK);
    assert_int_equal(count, expected);
}

static void test_many_papers_are_one_step(void **state)
{
    struct error err = { 0 };
    int i;

    (void)state;
    for (i = 0; i < MANY; i++)
        import("crossref", many_id(i), "Title.", "Arman Cohan", "2020", NULL);
    stopped_first(edit_many);
    many_titled("Mended");
    stopped_first(undo_many);
    many_titled("Title.");
    stopped_first(redo_many);
    many_titled("Mended");
    assert_int_equal(mark_many(&err), ERR_OK);
    stars(MANY);
    stopped_first(undo_many);
    stars(0);
    stopped_first(redo_many);
    stars(MANY);
}

#define EDIT_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int library_edit_tests(void)
{
    const struct CMUnitTest tests[] = {
        EDIT_TEST(test_before_all_sources),       EDIT_TEST(test_joins_and_undoes),
        EDIT_TEST(test_names_come_and_go),        EDIT_TEST(test_split_takes_the_name_along),
        EDIT_TEST(test_what_is_refused),          EDIT_TEST(test_words_outlast_the_name),
        EDIT_TEST(test_many_papers_are_one_step),
    };

    return cmocka_run_group_tests_name("edit", tests, NULL, NULL);
}
