/*
 * Random schedules: three machines read, mark, tag, write notes, merge and split, offline and with
 * clocks that are hours apart, and meet (sync_ways.c): by pages that come twice, in any order, or
 * are broken off in the middle; through a folder; through folders that some tool copies, late and
 * in part. Clocks are set, folders lose files, exchanges are stopped, libraries are put back to a
 * copy. In the end all must show the same bytes of export, the doctor must find nothing, and
 * nothing that was written last may be missing (sync_actions.c has the model).
 *
 * CARREL_SCHEDULES=N runs so many (default 12), CARREL_SEED=N begins with that seed. A failure
 * prints the seed of its run.
 */
#include "sync_schedule.h"
#include "turns.h"

#include "carrel/bin.h"
#include "carrel/clock.h"

#include <inttypes.h>
#include <unistd.h>

#define STEPS 110

static uint64_t next(struct run *run)
{
    run->random ^= run->random << 13;
    run->random ^= run->random >> 7;
    run->random ^= run->random << 17;
    return run->random;
}

size_t pick(struct run *run, size_t count)
{
    return (size_t)((next(run) >> 11) % count);
}

bool chance(struct run *run, int percent)
{
    return pick(run, 100) < (size_t)percent;
}

static void step(struct run *run)
{
    struct machine *machine = &run->machines[pick(run, MACHINES)];

    run->now += (int64_t)pick(run, 600000);
    if (chance(run, 8))
        run->apart[pick(run, MACHINES)] ^= true;
    if (chance(run, 4)) /* somebody sets a clock */
        machine->skew = (int64_t)pick(run, 12 * 3600000) - 6 * 3600000;
    sync_test_clock(run->now + machine->skew);
    if (chance(run, 23))
        ways_meet(run, machine);
    else
        schedule_act(run, machine);
}

/* ---- the end ---- */

static void doctor_line(void *ctx, bool ok, const char *what)
{
    (void)ctx;
    if (!ok)
        print_message("doctor: %s\n", what);
}

/* The first lines in which they differ: both dumps are long. */
static void tell_difference(const char *a, const char *b)
{
    int told = 0;

    while ((*a || *b) && told < 6) {
        int x = (int)strcspn(a, "\n"), y = (int)strcspn(b, "\n");

        if (x != y || strncmp(a, b, (size_t)x) != 0) {
            fprintf(stderr, "- %.*s\n+ %.*s\n", x, a, y, b);
            told++;
        }
        a += x + (a[x] == '\n');
        b += y + (b[y] == '\n');
    }
}

static void check_same(struct run *run)
{
    struct str first = STR_INIT, other = STR_INIT;
    int i;

    sync_test_dump(&first, run->machines[0].store);
    for (i = 0; i < MACHINES; i++) {
        long problems = 0;

        str_clear(&other);
        sync_test_dump(&other, run->machines[i].store);
        if (strcmp(first.ptr, other.ptr) != 0) {
            tell_difference(first.ptr, other.ptr);
            fail_msg("machines 0 and %d differ", i);
        }
        must(library_doctor(run->machines[i].store, false, doctor_line, NULL, &problems, err));
        assert_int_equal(problems, 0);
    }
    str_free(&first);
    str_free(&other);
}

static void return_all(struct store *store)
{
    struct arena *arena = arena_new();
    struct bin_paper *papers;
    struct bin_counts counts;
    size_t count, i;

    must(bin_list(&papers, &count, store, arena, 1000, err));
    for (i = 0; i < count; i++)
        must(library_return(store, &papers[i].key, 1, &counts, err));
    arena_free(arena);
}

/* Whatever was removed comes back, on whichever machine it lies. */
static void empty_bins(struct run *run)
{
    int64_t left = 0, all = 0;
    int i, rounds;

    for (rounds = 0; rounds < 5 && (rounds == 0 || all > 0); rounds++) {
        for (i = 0; i < MACHINES; i++)
            return_all(run->machines[i].store);
        ways_settle(run);
        for (i = 0, all = 0; i < MACHINES; i++, all += left)
            must(bin_count(run->machines[i].store, &left, err));
    }
    assert_int_equal(all, 0);
}

static void check_nothing_lost(struct run *run)
{
    struct str texts = STR_INIT;
    int i;

    schedule_shown(&texts, run->machines[0].store);
    for (i = 0; i < run->tokens; i++)
        if (!run->query[i] && !run->dead[i] && !schedule_holds(&texts, i))
            fail_msg("token%d. is lost:\n%s", i, texts.ptr);
    str_free(&texts);
}

static bool tagged(struct store *store, const char *name, const char *tag)
{
    int64_t work, one = 0;

    if (works_find(store, &work, name, NULL) != ERR_OK)
        return false;
    must(store_lookup(store, &one,
                      "SELECT count(*) FROM work_tag x JOIN tag t ON t.id = x.tag_id WHERE "
                      "t.name = ?1 AND x.work_id = ?2",
                      tag, 0, work, err));
    return one == 1;
}

static void check_tags(struct run *run)
{
    size_t name, tag, i;

    for (name = 0; name < NAMES; name++)
        for (tag = 0; tag < TAGS; tag++) {
            uint32_t names = run->tag_removed[tag] ? 0 : run->tag_added[name][tag];
            bool kept = names == 0;

            for (i = 0; i < NAMES && !kept; i++)
                kept = names >> i & 1
                       && tagged(run->machines[0].store, schedule_names[i], schedule_tags[tag]);
            if (!kept)
                fail_msg("%s lost its tag %s", schedule_names[name], schedule_tags[tag]);
        }
}

/* Who has seen everything speaks last, however slow its clock is. */
static void check_last_word(struct run *run)
{
    size_t name = 0;
    struct machine *machine = &run->machines[pick(run, MACHINES)];
    int64_t work = schedule_work(run, machine, &name);
    enum read_state state = (enum read_state)(1 + pick(run, 3));
    int i;

    if (work == 0)
        return;
    machine->skew = -12 * 3600000;
    sync_test_clock(run->now + machine->skew);
    must(state_mark(machine->store, work, state, err));
    must(state_star(machine->store, work, true, err));
    must(queries_add(machine->store, "mine", "the last word", err));
    must(state_note_set(machine->store, work, "The last word.", err));
    ways_settle(run);
    check_same(run);
    for (i = 0; i < MACHINES; i++) {
        struct arena *arena = arena_new();
        struct work_full full;
        char *query;

        must(works_full(run->machines[i].store, arena,
                        sync_test_find(run->machines[i].store, schedule_names[name]), &full, err));
        assert_int_equal(full.row.state, state);
        assert_true(full.row.starred);
        assert_string_equal(full.record.notes.items[0], "The last word.");
        must(queries_get(run->machines[i].store, arena, "mine", &query, err));
        assert_string_equal(query, "the last word");
        arena_free(arena);
    }
}

static void run_one(uint64_t seed)
{
    struct run *run = mem_zalloc(sizeof *run);
    int i;

    run->random = seed * 0x9E3779B97F4A7C15u + 1;
    run->now = INT64_C(1767225600000); /* 2026-01-01 */
    run->way = (enum way)(seed % WAYS);
    ways_begin(run);
    for (i = 0; i < STEPS; i++)
        step(run);
    ways_settle(run);
    check_same(run);
    empty_bins(run);
    check_same(run);
    check_nothing_lost(run);
    check_tags(run);
    check_last_word(run);
    ways_end(run);
    free(run);
}

static int64_t setting(const char *name, int64_t otherwise)
{
    const char *text = getenv(name);

    return text ? atoll(text) : otherwise;
}

static uint64_t failing;

static void test_schedules(void **state)
{
    int64_t runs = setting("CARREL_SCHEDULES", turns(12)), i;
    uint64_t seed = (uint64_t)setting("CARREL_SEED", 1);

    for (i = 0; i < runs; i++) {
        failing = seed + (uint64_t)i;
        run_one(failing);
        sync_test_end(state);
        if (runs > 100 && i % 50 == 49)
            print_message("%" PRId64 " schedules\n", i + 1);
    }
    failing = 0;
}

static int tell_seed(void **state)
{
    if (failing)
        print_message("seed: CARREL_SEED=%" PRIu64 " CARREL_SCHEDULES=1\n", failing);
    return sync_test_end(state);
}

int sync_schedule_tests(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_teardown(test_schedules, tell_seed) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
