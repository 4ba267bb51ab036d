/*
 * The library: what becomes one work and what must not, updates and old versions, splitting and
 * undoing, and the doctor's eye over all of it.
 */
#include "carrel/arrivals.h"
#include "carrel/library.h"
#include "carrel/ops.h"
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

static char *dir;

static int set_up(void **state)
{
    (void)state;
    dir = library_test_folder();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return library_test_gone(dir);
}

/* "id|title|author;author|published|doi|version|source", empty parts left out. */
static struct import_counts import(const char *const *lines, size_t count)
{
    struct import_counts counts;
    struct importer *importer;
    struct error err = { 0 };
    size_t i;

    assert_int_equal(importer_new(&importer, dir, &err), ERR_OK);
    for (i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        char *copy = arena_strdup(arena, lines[i]), *parts[7] = { 0 }, *name;
        struct record record = { .source = "jsonl" };
        size_t k;

        for (k = 0; k < 7 && copy; k++)
            parts[k] = strsep(&copy, "|");
        record.id = parts[0] && *parts[0] ? parts[0] : NULL;
        record.title = parts[1] && strcmp(parts[1], "DELETED") != 0 ? parts[1] : NULL;
        record.deleted = !record.title;
        while (parts[2] && *parts[2] && (name = strsep(&parts[2], ";")))
            text_list_add(&record.authors, arena, name, strlen(name));
        record.published = parts[3] && *parts[3] ? parts[3] : NULL;
        record.doi = parts[4] && *parts[4] ? parts[4] : NULL;
        record.version = parts[5] ? atoi(parts[5]) : 0;
        if (parts[6])
            record.source = parts[6];
        assert_int_equal(importer_add(importer, &record, &err), ERR_OK);
        arena_free(arena);
    }
    assert_int_equal(importer_finish(importer, &counts, &err), ERR_OK);
    importer_free(importer);
    return counts;
}
#define IMPORT(...)                                                                                \
    import((const char *const[]){ __VA_ARGS__ },                                                   \
           sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static struct store *open_library(void)
{
    struct store_options options = { 0 };
    struct store *store;
    struct error err;

    assert_int_equal(store_open(&store, dir, &options, &err), ERR_OK);
    return store;
}

static void ignore_line(void *ctx, bool ok, const char *what)
{
    (void)ctx;
    if (!ok)
        print_message("doctor: %s\n", what);
}

/* How many works there are, and the doctor finds nothing. */
static int64_t works(void)
{
    struct store *store = open_library();
    struct error err = { 0 };
    long problems = -1;
    int64_t count = 0;

    assert_int_equal(works_count(store, &count, &err), ERR_OK);
    assert_int_equal(library_doctor(store, false, ignore_line, NULL, &problems, &err), ERR_OK);
    assert_int_equal(problems, 0);
    store_close(store);
    return count;
}

static int64_t find(struct store *store, const char *id)
{
    struct error err;
    int64_t work = 0;

    assert_int_equal(works_find(store, &work, id, &err), ERR_OK);
    return work;
}

static void test_one_work_from_two_sources(void **state)
{
    struct import_counts counts;

    (void)state;
    counts =
        IMPORT("arxiv:2401.00001|On Gardens|Ada Lindgren;Bo Ek|2024-01-02|10.1145/1|1|oai-arxiv",
               "doi:10.1145/1|On Gardens (Journal Version)|A. Lindgren|2024-06||0|crossref");
    assert_int_equal(counts.added, 1);
    assert_int_equal(counts.updated, 1);
    assert_int_equal(works(), 1);
}

static void test_same_title_and_author(void **state)
{
    struct store *store;

    (void)state;
    IMPORT("arxiv:2401.00001|On Gardens|Ada Lindgren|2024-01-02",
           "doi:10.1145/1|On  gardens|A. Lindgren|2024-11-02");
    assert_int_equal(works(), 1);
    store = open_library();
    assert_int_equal(find(store, "arxiv:2401.00001"), find(store, "10.1145/1"));
    store_close(store);
}

/* ---- pages ---- */

static int save_place(void *ctx, struct store *store, const struct import_counts *page,
                      struct error *err)
{
    assert_true(store_in_transaction(store));
    assert_int_equal(page->added, 2);
    assert_int_equal(page->seen, 3);
    assert_int_equal(page->rejected, 1);
    return *(int *)ctx == ERR_OK
               ? store_exec(store, "INSERT INTO meta(key, value) VALUES('place', 'two')", err)
               : error_set(err, *(int *)ctx, "somebody else has it");
}

static int64_t places(void)
{
    struct store *store = open_library();
    struct error err = { 0 };
    int64_t count = -1;

    assert_int_equal(
        store_query_int(store, "SELECT count(*) FROM meta WHERE key = 'place'", &count, &err),
        ERR_OK);
    store_close(store);
    return count;
}

static struct importer *add_page(int first)
{
    struct importer *importer;
    struct error err = { 0 };
    int i;

    assert_int_equal(importer_new_by_pages(&importer, dir, &err), ERR_OK);
    for (i = first; i < first + 3; i++) {
        char id[32], title[32];
        struct record record = { .source = "jsonl", .id = id, .title = i % 3 ? title : NULL };

        snprintf(id, sizeof id, "arxiv:2401.%05d", i);
        snprintf(title, sizeof title, "Paper %d", i);
        assert_int_equal(importer_add(importer, &record, &err), ERR_OK);
    }
    return importer;
}

/* A page and the place behind it are there together, or neither is. */
static void test_page_with_its_place(void **state)
{
    struct importer *importer = add_page(0);
    struct import_counts counts;
    struct error err = { 0 };
    int answer = ERR_BUSY;

    (void)state;
    assert_int_equal(importer_checkpoint(importer, save_place, &answer, NULL, &err), ERR_BUSY);
    assert_string_equal(err.message, "somebody else has it");
    importer_free(importer);
    assert_int_equal(works(), 0);
    assert_int_equal(places(), 0);

    answer = ERR_OK;
    importer = add_page(0);
    assert_int_equal(importer_checkpoint(importer, save_place, &answer, &counts, &err), ERR_OK);
    assert_int_equal(counts.added, 2);
    assert_int_equal(works(), 2); /* before the importer ends */
    assert_int_equal(places(), 1);
    importer_free(importer);

    importer = add_page(30); /* no checkpoint: not one of it is kept, whatever the time it took */
    usleep(300000);
    assert_int_equal(importer_finish(importer, NULL, &err), ERR_OK);
    importer_free(importer);
    assert_int_equal(works(), 2);
}

static void test_what_must_not_merge(void **state)
{
    (void)state;
    IMPORT("arxiv:2401.00001|Erratum|Ada Lindgren|2024-01-02",
           "arxiv:2402.00002|Erratum|Ada Lindgren|2024-02-02");
    assert_int_equal(works(), 2); /* two arXiv numbers */
    IMPORT("doi:10.1145/1|A Study|Bo Ek|2020", "doi:10.1145/2|A Study|Bo Ek|2020");
    assert_int_equal(works(), 4); /* two DOIs of one registrant */
    IMPORT("doi:10.1001/x|No Authors||2020", "doi:10.1002/y|No Authors||2020");
    assert_int_equal(works(), 6); /* missing authors are no overlap */
    IMPORT("doi:10.1003/x|Years Apart|Eva Ming|2001", "doi:10.1004/y|Years Apart|Eva Ming|2009");
    assert_int_equal(works(), 8);
    IMPORT("doi:10.1005/x|Part I: Roots|Eva Ming|2001",
           "doi:10.1006/y|Part II: Roots|Eva Ming|2001");
    assert_int_equal(works(), 10);
    IMPORT("doi:10.1007/x|Common Title|Ann One|2001", "doi:10.1008/y|Common Title|Bea Two|2001");
    assert_int_equal(works(), 12); /* other people */
}

static void check_title(const char *id, const char *title)
{
    struct store *store = open_library();
    struct arena *arena = arena_new();
    struct work_full work;
    struct error err;

    assert_int_equal(works_full(store, arena, find(store, id), &work, &err), ERR_OK);
    assert_string_equal(work.record.title, title);
    arena_free(arena);
    store_close(store);
}

static void test_versions(void **state)
{
    struct import_counts counts;

    (void)state;
    IMPORT("arxiv:2401.00001|Second Title|Ada Lindgren|2024-01-02||2|oai-arxiv");
    counts = IMPORT("arxiv:2401.00001|First Title|Ada Lindgren|2024-01-02||1|oai-arxiv");
    assert_int_equal(counts.unchanged, 1); /* an old version does not come back over a new one */
    check_title("arxiv:2401.00001", "Second Title");
    counts = IMPORT("arxiv:2401.00001|Third Title|Ada Lindgren|2024-01-02||3|oai-arxiv");
    assert_int_equal(counts.updated, 1);
    check_title("arxiv:2401.00001", "Third Title");
    assert_int_equal(works(), 1);
}

static void test_better_source_wins(void **state)
{
    (void)state;
    IMPORT("arxiv:2401.00001|As Atom Says|Ada Lindgren|2024-01-02||1|arxiv-atom");
    IMPORT("arxiv:2401.00001|As A List Says|Ada Lindgren|2024||1|jsonl");
    check_title("arxiv:2401.00001", "As Atom Says");
    assert_int_equal(works(), 1);
}

static void check_withdrawn(const char *id, bool withdrawn)
{
    struct store *store = open_library();
    struct arena *arena = arena_new();
    struct work_full work;
    struct error err;

    assert_int_equal(works_full(store, arena, find(store, id), &work, &err), ERR_OK);
    assert_int_equal((work.row.flags & WORK_WITHDRAWN) != 0, withdrawn);
    arena_free(arena);
    store_close(store);
}

/* A withdrawal says nothing but that: known works keep their texts, unknown ones do not appear. */
static void test_withdrawals(void **state)
{
    struct import_counts counts;

    (void)state;
    counts = IMPORT("arxiv:2401.00009|DELETED||||0|oai");
    assert_int_equal(counts.unchanged, 1);
    assert_int_equal(works(), 0);
    IMPORT("arxiv:2401.00001|A Title|Ada Lindgren|2024-01-02||1|oai-arxiv");
    counts = IMPORT("arxiv:2401.00001|DELETED||||0|oai");
    assert_int_equal(counts.updated, 1);
    check_title("arxiv:2401.00001", "A Title");
    check_withdrawn("arxiv:2401.00001", true);
    counts = IMPORT("arxiv:2401.00001|A Title|Ada Lindgren|2024-01-02||1|oai-arxiv");
    assert_int_equal(counts.updated, 1);
    check_withdrawn("arxiv:2401.00001", false);
    assert_int_equal(works(), 1);
}

static void test_merge_split_undo(void **state)
{
    struct store *store;
    struct error err = { 0 };
    char *what = NULL;

    (void)state;
    IMPORT("arxiv:2401.00001|On Gardens|Ada Lindgren|2024", "arxiv:2402.00002|On Parks|Bo Ek|2024");
    store = open_library();
    assert_int_equal(state_tag(store, find(store, "arxiv:2402.00002"), "green", true, &err),
                     ERR_OK);
    assert_int_equal(library_merge(store, "arxiv:2401.00001", "arxiv:2402.00002", &err), ERR_OK);
    assert_int_equal(find(store, "arxiv:2401.00001"), find(store, "arxiv:2402.00002"));
    assert_int_equal(library_undo(store, &what, &err), ERR_OK);
    free(what);
    assert_int_not_equal(find(store, "arxiv:2401.00001"), find(store, "arxiv:2402.00002"));
    store_close(store);
    assert_int_equal(works(), 2);
    check_title("arxiv:2402.00002", "On Parks");

    store = open_library();
    assert_int_equal(library_merge(store, "arxiv:2401.00001", "arxiv:2402.00002", &err), ERR_OK);
    what = NULL;
    assert_int_equal(library_split(store, "arxiv:2401.00001", &what, &err), ERR_OK);
    free(what);
    store_close(store);
    assert_int_equal(works(), 2);
    check_title("arxiv:2401.00001", "On Gardens");
}

/* "state starred tags|note" of a work. */
static void check_state(const char *id, const char *expected)
{
    struct store *store = open_library();
    struct arena *arena = arena_new();
    struct work_full work;
    struct error err;
    char *got;

    assert_int_equal(works_full(store, arena, find(store, id), &work, &err), ERR_OK);
    got = arena_printf(arena, "%d %d %s|%s", (int)work.row.state, (int)work.row.starred,
                       work.row.tags, work.record.notes.len ? work.record.notes.items[0] : "");
    assert_string_equal(got, expected);
    arena_free(arena);
    store_close(store);
}

static void undo(void)
{
    struct store *store = open_library();
    struct error err = { 0 };

    if (library_undo(store, NULL, &err) != ERR_OK)
        fail_msg("undo: %s", err.message);
    store_close(store);
}

/* A merge carries the reader's state over, and both ways back give it to whom it was. */
static void test_state_comes_back(void **state)
{
    struct store *store;
    struct error err = { 0 };
    int64_t first, second;

    (void)state;
    IMPORT("arxiv:2401.00001|On Gardens|Ada Lindgren|2024", "arxiv:2402.00002|On Parks|Bo Ek|2024");
    store = open_library();
    first = find(store, "arxiv:2401.00001");
    second = find(store, "arxiv:2402.00002");
    assert_int_equal(state_tag(store, first, "both", true, &err), ERR_OK);
    assert_int_equal(state_mark(store, second, READ_READ, &err), ERR_OK);
    assert_int_equal(state_star(store, second, true, &err), ERR_OK);
    assert_int_equal(state_tag(store, second, "both", true, &err), ERR_OK);
    assert_int_equal(state_tag(store, second, "green", true, &err), ERR_OK);
    assert_int_equal(state_note_set(store, second, "Benches.", &err), ERR_OK);
    assert_int_equal(library_merge(store, "arxiv:2401.00001", "arxiv:2402.00002", &err), ERR_OK);
    store_close(store);
    check_state("arxiv:2401.00001", "1 1 both green|Benches.");
    check_title("arxiv:2401.00001", "On Gardens"); /* the one that stays keeps its own words */
    undo();
    check_state("arxiv:2401.00001", "0 0 both|");
    check_state("arxiv:2402.00002", "1 1 both green|Benches.");
    undo(); /* the note before it */
    check_state("arxiv:2402.00002", "1 1 both green|");

    /* What is written on the merged work stays there. */
    store = open_library();
    assert_int_equal(library_merge(store, "arxiv:2401.00001", "arxiv:2402.00002", &err), ERR_OK);
    first = find(store, "arxiv:2401.00001");
    assert_int_equal(state_tag(store, first, "late", true, &err), ERR_OK);
    assert_int_equal(state_mark(store, first, READ_LATER, &err), ERR_OK);
    assert_int_equal(library_split(store, "arxiv:2401.00001", NULL, &err), ERR_OK);
    store_close(store);
    check_state("arxiv:2401.00001", "2 0 both late|");
    check_state("arxiv:2402.00002", "1 1 both green|");
    undo(); /* the split */
    check_state("arxiv:2402.00002", "2 1 both green late|");
    undo(); /* the mark, and so on down to the merge: a split does not stand in the way */
    undo();
    undo();
    check_state("arxiv:2401.00001", "0 0 both|");
    check_state("arxiv:2402.00002", "1 1 both green|");
    assert_int_equal(works(), 2);
}

/* As another machine, a second later. */
static void hear(struct store *store, const char *kind, const char *item, const char *field,
                 const char *value, const char *past)
{
    struct op op = { .machine = "0000000000000000000000000000000a",
                     .kind = kind,
                     .item = item,
                     .field = field,
                     .value = value,
                     .past = past };
    const struct arrivals_page page = { .ops = &op, .op_count = 1 };
    struct arrivals_report report;
    struct arrivals *arrivals;
    struct error err = { 0 };

    assert_int_equal(ops_clock(store, &op.stamp, &err), ERR_OK);
    op.stamp += INT64_C(1000) << 16;
    assert_int_equal(arrivals_new(&arrivals, store, &err), ERR_OK);
    assert_int_equal(arrivals_take(arrivals, &page, &report, &err), ERR_OK);
    assert_int_equal(report.taken, 1);
    arrivals_free(arrivals);
}

static void undo_says(struct store *store, const char *words)
{
    struct error err = { 0 };
    char *what = NULL;

    if (library_undo(store, &what, &err) != ERR_OK)
        fail_msg("undo: %s", err.message);
    if (!strstr(what, words))
        fail_msg("'%s' is not in '%s'", words, what);
    free(what);
}

/* What another machine has written since is no undo's to take away. */
static void test_undo_leaves_what_others_wrote(void **state)
{
    struct store *store;
    struct error err = { 0 };
    struct op note = { .value = NULL };
    struct arena *arena = arena_new();
    char *past;
    int64_t work;

    (void)state;
    IMPORT("arxiv:2401.00001|On Gardens|Ada Lindgren|2024");
    store = open_library();
    work = find(store, "arxiv:2401.00001");
    assert_int_equal(state_tag(store, work, "green", true, &err), ERR_OK);
    assert_int_equal(state_mark(store, work, READ_LATER, &err), ERR_OK);
    assert_int_equal(state_note_set(store, work, "A draft.", &err), ERR_OK);
    assert_int_equal(ops_register(&note, store, arena, "note", "arxiv:2401.00001", "", &err),
                     ERR_OK);
    past = arena_printf(arena, "%s:%llx ", note.machine, (unsigned long long)note.stamp);
    hear(store, "note", "arxiv:2401.00001", "", "A draft, and more.", past);
    hear(store, "read", "arxiv:2401.00001", "", "1", "");
    undo_says(store, "nothing, as it was changed elsewhere since");
    undo_says(store, "nothing, as it was changed elsewhere since");
    check_state("arxiv:2401.00001", "1 0 green|A draft, and more.");
    undo_says(store, "added tag green on 'On Gardens'");
    check_state("arxiv:2401.00001", "1 0 |A draft, and more.");
    assert_int_equal(library_undo(store, NULL, &err), ERR_NOTFOUND);
    store_close(store);
    arena_free(arena);
}

/* Undo of a merge takes back that one, not what another machine has joined or split since. */
static void test_undo_of_one_merge(void **state)
{
    struct store *store;
    struct error err = { 0 };

    (void)state;
    IMPORT("arxiv:2401.00001|On Gardens|Ada Lindgren|2024", "arxiv:2402.00002|On Parks|Bo Ek|2024",
           "doi:10.1000/three|On Hedges|Cy Dahl|2024");
    store = open_library();
    assert_int_equal(state_tag(store, find(store, "arxiv:2401.00001"), "green", true, &err),
                     ERR_OK);
    assert_int_equal(library_merge(store, "doi:10.1000/three", "arxiv:2402.00002", &err), ERR_OK);
    assert_int_equal(library_undo(store, NULL, &err), ERR_OK);
    assert_int_equal(library_merge(store, "arxiv:2401.00001", "doi:10.1000/three", &err), ERR_OK);
    IMPORT("doi:10.2000/four|On Lawns|Di Ek|2024");
    hear(store, "pair", "arxiv:2401.00001", "doi:10.2000/four", "joined", "");
    assert_int_equal(find(store, "arxiv:2401.00001"), find(store, "doi:10.2000/four"));
    undo_says(store, "merge of doi:10.1000/three into 'On Gardens'");
    assert_int_equal(find(store, "arxiv:2401.00001"), find(store, "doi:10.2000/four"));
    assert_int_not_equal(find(store, "arxiv:2401.00001"), find(store, "doi:10.1000/three"));
    assert_int_equal(library_merge(store, "arxiv:2401.00001", "doi:10.1000/three", &err), ERR_OK);
    hear(store, "pair", "arxiv:2401.00001", "doi:10.1000/three", "apart", "");
    undo_says(store, "nothing, as it was changed elsewhere since");
    assert_int_not_equal(find(store, "arxiv:2401.00001"), find(store, "doi:10.1000/three"));
    undo_says(store, "added tag green"); /* it does not stand in the way */
    store_close(store);
    assert_int_equal(works(), 3);
}

/* What a person has split stays apart, also when the sources are read again. */
static void test_split_is_remembered(void **state)
{
    struct store *store;
    struct error err = { 0 };

    (void)state;
    IMPORT("arxiv:2401.00001|On Gardens|Ada Lindgren|2024-01-02",
           "doi:10.1145/1|On Gardens|A. Lindgren|2024-11-02");
    assert_int_equal(works(), 1);
    store = open_library();
    assert_int_equal(library_split(store, "arxiv:2401.00001", NULL, &err), ERR_OK);
    store_close(store);
    assert_int_equal(works(), 2);
    IMPORT("arxiv:2401.00001|On Gardens|Ada Lindgren|2024-01-02",
           "doi:10.1145/1|On Gardens|A. Lindgren|2024-11-03");
    assert_int_equal(works(), 2);
}

static void test_doctor_mends(void **state)
{
    struct store *store;
    struct error err = { 0 };
    long problems = 0;

    (void)state;
    IMPORT("arxiv:2401.00001|On Gardens|Ada Lindgren|2024", "arxiv:2402.00002|On Parks|Bo Ek|2024");
    store = open_library();
    assert_int_equal(store_exec(store,
                                "DELETE FROM vocabulary_block WHERE kind = 1; UPDATE meta SET "
                                "value = 9 WHERE key = 'works';"
                                "INSERT INTO work_author VALUES(77, 0, 1)",
                                &err),
                     ERR_OK);
    assert_int_equal(library_doctor(store, false, ignore_line, NULL, &problems, &err), ERR_OK);
    assert_int_equal(problems, 3);
    assert_int_equal(library_doctor(store, true, ignore_line, NULL, &problems, &err), ERR_OK);
    assert_int_equal(problems, 0);
    store_close(store);
    assert_int_equal(works(), 2);
}

static void machine_of(const char *library, char id[MACHINE_HEX])
{
    struct store_options options = { .create = true };
    struct store *store;
    struct error err = { 0 };

    assert_int_equal(store_open(&store, library, &options, &err), ERR_OK);
    assert_int_equal(ops_machine(store, id, &err), ERR_OK);
    store_close(store);
}

/* What is restored is another machine each time; what was saved stays who it was. */
static void test_backup_and_restore(void **state)
{
    char one[MACHINE_HEX], saved[MACHINE_HEX], restored[MACHINE_HEX], again[MACHINE_HEX];
    char *file = mem_printf("%s/copy", dir), *other = mem_printf("%s/other", dir);
    struct store *store;
    struct backup_counts counts;
    struct restored told;
    struct error err = { 0 };

    (void)state;
    IMPORT("arxiv:2401.00001|On Gardens|Ada Lindgren|2024");
    machine_of(dir, one);
    store = open_library();
    assert_int_equal(library_backup(store, file, NULL, &counts, &err), ERR_OK);
    store_close(store);
    machine_of(dir, saved);
    assert_string_equal(one, saved);
    assert_int_equal(library_restore(file, other, false, NULL, &told, &err), ERR_OK);
    assert_int_equal(told.backup.papers, 1);
    assert_false(told.kept);
    machine_of(other, restored);
    assert_string_not_equal(one, restored);
    assert_int_equal(library_restore(file, other, false, NULL, &told, &err), ERR_EXISTS);
    assert_int_equal(library_restore(file, other, true, NULL, &told, &err), ERR_OK);
    assert_true(told.kept);
    assert_int_equal(told.before.papers, 1);
    machine_of(other, again);
    assert_string_not_equal(one, again);
    assert_string_not_equal(restored, again);
    free(file);
    free(other);
}

#define LIBRARY_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIBRARY_TEST(test_one_work_from_two_sources),
        LIBRARY_TEST(test_same_title_and_author),
        LIBRARY_TEST(test_page_with_its_place),
        LIBRARY_TEST(test_what_must_not_merge),
        LIBRARY_TEST(test_versions),
        LIBRARY_TEST(test_better_source_wins),
        LIBRARY_TEST(test_merge_split_undo),
        LIBRARY_TEST(test_undo_leaves_what_others_wrote),
        LIBRARY_TEST(test_undo_of_one_merge),
        LIBRARY_TEST(test_split_is_remembered),
        LIBRARY_TEST(test_doctor_mends),
        LIBRARY_TEST(test_backup_and_restore),
        LIBRARY_TEST(test_withdrawals),
        LIBRARY_TEST(test_state_comes_back),
    };

    return cmocka_run_group_tests_name("library", tests, NULL, NULL) + library_bin_tests()
           + library_edit_tests() + library_editions_tests() + library_vectors_tests();
}
