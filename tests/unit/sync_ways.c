/*
 * Random schedules: how machines meet. By pages, as a network might deliver them; or by
 * sync_exchange, through one folder or through copies of one.
 */
#include "sync_schedule.h"

#include "carrel/file.h"

#include <dirent.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROUNDS 12

static void shell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void shell(const char *fmt, ...)
{
    char command[2000];
    va_list args;

    va_start(args, fmt);
    vsnprintf(command, sizeof command, fmt, args);
    va_end(args);
    assert_int_equal(system(command), 0);
}

/* ---- pages ---- */

static int break_off(void *ctx, struct store *store, const struct arrivals_report *report,
                     struct error *err)
{
    (void)ctx;
    (void)store;
    (void)report;
    return error_set(err, ERR_CANCELLED, "broken off");
}

static struct arrivals_report take(struct machine *to, const struct str *bytes, bool broken,
                                   struct sync_cursor *next_cursor)
{
    struct arena *arena = arena_new();
    struct sync_pack pack;
    struct arrivals_report report;
    struct arrivals_page page = { .save = broken ? break_off : NULL };
    struct error why = { 0 };
    int result;

    must(sync_pack_read(&pack, arena, bytes->ptr, bytes->len, err));
    page.records = pack.records;
    page.record_count = pack.record_count;
    page.ops = pack.ops;
    page.op_count = pack.op_count;
    *next_cursor = pack.next;
    result = arrivals_take(to->arrivals, &page, &report, &why);
    if (result != (broken ? ERR_CANCELLED : ERR_OK))
        fail_msg("taking a page: %s", why.message);
    if (report.refused)
        fail_msg("refused: %s", report.why);
    arena_free(arena);
    return report;
}

static void keep_pack(struct run *run, const struct str *bytes, int from)
{
    struct pack_bytes *pack = &run->packs[run->pack_next++ % PACKS];

    str_clear(&pack->bytes);
    str_add_mem(&pack->bytes, bytes->ptr, bytes->len);
    pack->from = from;
}

/* One page from one machine to another. Some are lost on the way (and only come later, as old
 * ones), some broken off while they are taken; then the cursor stays. */
static bool send_page(struct run *run, int from, int to, size_t limit, bool sure, int64_t *changed)
{
    struct sync_wish wish = { .limit = limit };
    struct sync_cursor after;
    struct sync_page page;
    struct str bytes = STR_INIT;
    struct arrivals_report report = { .taken = 0 };
    bool lost = !sure && chance(run, 10), broken = !sure && chance(run, 15);

    assert_true(sync_cursor_parse(&wish.after, run->machines[to].cursor[from]));
    must(sync_page_write(&page, &bytes, run->machines[from].store, &wish, err));
    keep_pack(run, &bytes, from);
    if (!lost)
        report = take(&run->machines[to], &bytes, broken, &after);
    if (!lost && !broken)
        sync_cursor_print(run->machines[to].cursor[from], &after);
    str_free(&bytes);
    *changed += lost || broken ? 0 : report.taken + report.added + report.updated;
    return page.more;
}

static void meet_pages(struct run *run, struct machine *machine)
{
    int to = (int)(machine - run->machines), from = (int)pick(run, MACHINES);
    int64_t changed = 0;
    size_t pages = 1 + pick(run, 6);

    if (from == to || run->apart[from] || run->apart[to])
        return;
    while (pages-- > 0 && send_page(run, from, to, 1 + pick(run, 25), false, &changed))
        ;
}

/* A page from long ago comes again, perhaps before those that it was written behind. */
static void meet_old_page(struct run *run, struct machine *machine)
{
    struct pack_bytes *pack = &run->packs[pick(run, PACKS)];
    struct sync_cursor after;

    if (pack->bytes.len > 0 && &run->machines[pack->from] != machine)
        take(machine, &pack->bytes, false, &after);
}

static void settle_pages(struct run *run)
{
    int64_t changed = 1;
    int round, from, to;

    for (round = 0; changed > 0 && round < 12; round++)
        for (changed = 0, from = 0; from < MACHINES; from++)
            for (to = 0; to < MACHINES; to++) {
                sync_test_clock(run->now + run->machines[to].skew);
                while (from != to && send_page(run, from, to, 40, true, &changed))
                    ;
            }
    if (changed > 0)
        fail_msg("still changing after %d rounds", round);
}

/* ---- folders ---- */

struct stopping {
    atomic_bool cancel;
    int left; /* steps until it is stopped; -1 never */
};

static void count_step(void *ctx, const struct sync_progress *progress)
{
    struct stopping *stopping = ctx;

    (void)progress;
    if (stopping->left > 0 && --stopping->left == 0)
        atomic_store(&stopping->cancel, true);
}

/* How much was new here or there. */
static int64_t exchange(struct run *run, struct machine *machine, int steps)
{
    struct stopping stopping = { .left = steps };
    const struct sync_peer peer = { .name = "stick",
                                    .url = machine->folder,
                                    .folder = true,
                                    .limit = 5 + pick(run, 30),
                                    .progress = count_step,
                                    .ctx = &stopping,
                                    .cancel = &stopping.cancel };
    struct sync_totals totals;
    struct error why = { 0 };
    int result = sync_exchange(machine->store, &peer, &totals, &why);

    if (result != ERR_OK && (steps < 0 || result != ERR_CANCELLED))
        fail_msg("exchange: %s", why.message);
    if (totals.refused)
        fail_msg("refused %" PRId64, totals.refused);
    return totals.taken + totals.added + totals.updated + totals.records_sent + totals.ops_sent;
}

/* Lists what lies in a folder, but for what has a dot before it. */
static size_t list(char **names, size_t most, const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    size_t count = 0;

    while (folder && (entry = readdir(folder)) && count < most)
        if (*entry->d_name != '.')
            names[count++] = mem_printf("%s/%s", path, entry->d_name);
    if (folder)
        closedir(folder);
    return count;
}

static void copy_file(const char *from, const char *to)
{
    struct str bytes = STR_INIT;

    must(file_read(&bytes, from, 10000000, err));
    must(file_write(to, bytes.ptr, bytes.len, err));
    str_free(&bytes);
}

/* What a tool has copied by now: some of what is not there. */
static void copy(struct run *run, const char *from, const char *to, int percent)
{
    char *places[100], *files[500];
    size_t count = list(places, 100, from), i, k;

    for (i = 0; i < count; i++) {
        char *place = mem_printf("%s/%s", to, path_base(places[i]));
        size_t file_count = list(files, 500, places[i]);

        mkdir(place, 0777);
        for (k = 0; k < file_count; k++) {
            char *file = mem_printf("%s/%s", place, path_base(files[k]));

            if (!file_exists(file) && chance(run, percent))
                copy_file(files[k], file);
            free(file);
            free(files[k]);
        }
        free(place);
        free(places[i]);
    }
}

static void copy_all(struct run *run, int percent)
{
    int from, to;

    for (from = 0; from < MACHINES && run->way == WAY_COPIES; from++)
        for (to = 0; to < MACHINES; to++)
            if (from != to && !(percent < 100 && (run->apart[from] || run->apart[to])))
                copy(run, run->machines[from].folder, run->machines[to].folder, percent);
}

/* Somebody tidies up. */
static void lose_files(struct run *run, struct machine *machine)
{
    char *places[100], *files[500];
    size_t count = list(places, 100, machine->folder), file_count, i;
    size_t at = count ? pick(run, count) : 0;

    if (count > 0) {
        file_count = list(files, 500, places[at]);
        if (file_count > 0)
            unlink(files[pick(run, file_count)]);
        if (chance(run, 30))
            shell("rm -r %s", places[at]);
        for (i = 0; i < file_count; i++)
            free(files[i]);
    }
    for (i = 0; i < count; i++)
        free(places[i]);
}

/* ---- a library that is put back to a copy of it ---- */

static void note_losses(struct run *run, const struct str *before)
{
    struct str texts[MACHINES];
    int i, k;

    for (k = 0; k < MACHINES; k++) {
        str_init(&texts[k]);
        schedule_shown(&texts[k], run->machines[k].store);
    }
    for (i = 0; i < run->tokens; i++) {
        bool left = !schedule_holds(before, i);

        for (k = 0; k < MACHINES; k++)
            left = left || schedule_holds(&texts[k], i);
        run->dead[i] = run->dead[i] || !left; /* it was said since, and nobody has heard of it */
    }
    memset(run->tag_added, 0, sizeof run->tag_added);
    for (k = 0; k < MACHINES; k++)
        str_free(&texts[k]);
}

static void put_back(struct run *run, struct machine *machine)
{
    struct str before = STR_INIT;
    char *kept = mem_printf("%s/kept.db", machine->dir);

    schedule_shown(&before, machine->store);
    arrivals_free(machine->arrivals);
    store_close(machine->store);
    if (file_exists(kept) && chance(run, 60)) /* the file stays the same one */
        shell("cp %s %s/library.db && rm -f %s/library.db-*", kept, machine->dir, machine->dir);
    else
        shell("cp %s/library.db %s", machine->dir, kept);
    machine->store = sync_test_open(machine->dir);
    must(arrivals_new(&machine->arrivals, machine->store, err));
    note_losses(run, &before);
    str_free(&before);
    free(kept);
}

static void meet_folder(struct run *run, struct machine *machine)
{
    if (run->apart[machine - run->machines])
        return;
    copy_all(run, 40);
    switch (pick(run, 12)) {
    case 0:
        lose_files(run, machine);
        break;
    case 1:
        put_back(run, machine);
        break;
    case 2:
    case 3:
        exchange(run, machine, 1 + (int)pick(run, 6));
        break;
    default:
        exchange(run, machine, -1);
    }
}

static void settle_folder(struct run *run)
{
    int64_t changed = 1;
    int round, i;

    for (round = 0; changed > 0 && round < ROUNDS; round++) {
        copy_all(run, 100);
        for (changed = 0, i = 0; i < MACHINES; i++) {
            sync_test_clock(run->now + run->machines[i].skew);
            changed += exchange(run, &run->machines[i], -1);
        }
    }
    if (changed > 0)
        fail_msg("still changing after %d rounds", round);
}

/* ---- the ways ---- */

void ways_begin(struct run *run)
{
    int i;

    for (i = 0; i < PACKS; i++)
        str_init(&run->packs[i].bytes);
    for (i = 0; i < MACHINES; i++) {
        struct machine *machine = &run->machines[i];

        machine->dir = sync_test_library();
        machine->skew = (int64_t)pick(run, 12 * 3600000) - 6 * 3600000;
        sync_test_clock(run->now + machine->skew);
        machine->store = sync_test_open(machine->dir);
        must(arrivals_new(&machine->arrivals, machine->store, err));
        if (run->way != WAY_PAGES) {
            machine->folder = mem_printf("%s-stick", run->way == WAY_COPIES ? machine->dir
                                                                            : run->machines[0].dir);
            mkdir(machine->folder, 0777);
        }
    }
}

void ways_end(struct run *run)
{
    int i;

    for (i = 0; i < MACHINES; i++) {
        arrivals_free(run->machines[i].arrivals);
        store_close(run->machines[i].store);
        free(run->machines[i].dir);
        free(run->machines[i].folder);
    }
    for (i = 0; i < PACKS; i++)
        str_free(&run->packs[i].bytes);
}

void ways_meet(struct run *run, struct machine *machine)
{
    if (run->way != WAY_PAGES)
        meet_folder(run, machine);
    else if (chance(run, 78))
        meet_pages(run, machine);
    else
        meet_old_page(run, machine);
}

void ways_settle(struct run *run)
{
    if (run->way == WAY_PAGES)
        settle_pages(run);
    else
        settle_folder(run);
}
