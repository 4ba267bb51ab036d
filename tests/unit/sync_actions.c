/*
 * Random schedules: what persons do, and a model of it that knows nothing of clocks: a text is gone
 * only if somebody who saw it wrote something else.
 */
#include "sync_schedule.h"

#include "carrel/bin.h"
#include "carrel/edit.h"
#include "carrel/samples.h"
#include "carrel/shelves.h"

/* Preprints and journal versions, papers of one title, two that name one DOI, versions of one, and
 * one that nobody has numbered. */
static const char *const papers[] = {
    "arxiv:2401.00001|On Gardens|Ada Lindgren;Bo Ek|2024-01-02||1|oai-arxiv|Of beds and paths.",
    "arxiv:2401.00001|On Gardens and Parks|Ada Lindgren;Bo Ek|2024-01-02||2|oai-arxiv|Of paths.",
    "doi:10.1145/1|On Gardens|A. Lindgren;B. Ek|2024-06||0|crossref|",
    "doi:10.1145/1|On Gardens, Corrected|A. Lindgren;B. Ek|2024-06||0|crossref|",
    "arxiv:2402.00002|On Parks|Cy Young|2024-02-02|10.1145/2|1|oai-arxiv|Benches.",
    "doi:10.1145/2|On Parks, Revisited|C. Young|2024-07||0|crossref|",
    "arxiv:2403.00003|A Survey of Ponds|Dee Ray;Eve Fox|2023-03-03||1|oai-arxiv|Water.",
    "jsonl:x|A Survey of Ponds|Dee Ray;Eve Fox|2023|10.5555/ponds|0|jsonl|Water.",
    "doi:10.5555/ponds|A Survey of Ponds|D. Ray|2023-09||0|crossref|",
    "arxiv:2404.00004|Weeds|Flo Gil|2024-04-04|10.1145/4|1|oai-arxiv|",
    "arxiv:2404.00005|Weeds Again|Flo Gil|2024-04-05|10.1145/4|1|oai-arxiv|",
    "doi:10.1145/4|Weeds|F. Gil|2024-05||0|crossref|",
    "|Untitled Hedges|Gus Hay|2022||0|jsonl|Nobody has numbered this.",
    "arxiv:2405.00006|Roses|Hal Ivy|2024-05-06||1|oai-arxiv|Red.",
    "arxiv:2405.00006|Roses|Hal Ivy|2024-05-06||0|rss|Red ones.",
    "arxiv:2405.00006|Roses|Hal Ivy;Jo Key|2024-05-06|10.7777/roses|3|arxiv-atom|Red, and white.",
    "doi:10.7777/roses|Roses|H. Ivy|2025||0|crossref|",
    "doi:10.3333/a|Clay|Ann Moe|2021|10.4444/b|0|crossref|",
    "doi:10.4444/b|Clay, Again|Ann Moe|2021||0|crossref|The second.",
    "doi:10.4445/c|Clay Thrice|Ann Moe|2021|10.4444/b|0|crossref|The third.",
    "arxiv:2406.00007|Editorial|Kim Lee|2024-06-07||1|oai-arxiv|",
    "arxiv:2406.00008|Editorial|Kim Lee|2024-06-08||1|oai-arxiv|",
};
const char *const schedule_names[NAMES] = {
    "arxiv:2401.00001", "doi:10.1145/1",     "arxiv:2402.00002",  "doi:10.1145/2",
    "arxiv:2403.00003", "doi:10.5555/ponds", "arxiv:2404.00004",  "arxiv:2404.00005",
    "doi:10.1145/4",    "arxiv:2405.00006",  "doi:10.7777/roses", "arxiv:2406.00007",
    "arxiv:2406.00008", "doi:10.3333/a",     "doi:10.4444/b",     "doi:10.4445/c",
};
const char *const schedule_tags[TAGS] = { "green", "later", "wet", "old" };
static const char *const query_names[] = { "mine", "theirs" };
static const char document[] = "0123456789abcdef";

/* ---- the model ---- */

/* All texts that a machine shows: notes, notes of highlights, saved queries. */
void schedule_shown(struct str *out, struct store *store)
{
    static const char *const sql[] = { "SELECT body FROM note", "SELECT note FROM highlight",
                                       "SELECT query FROM saved_query" };
    size_t i;

    str_clear(out);
    for (i = 0; i < ARRAY_LEN(sql); i++) {
        struct stmt *stmt;

        must(stmt_prepare(&stmt, store, sql[i], err));
        while (stmt_step(stmt, NULL) == 1)
            str_printf(out, "%s\n", stmt_text(stmt, 0));
        stmt_reset(stmt);
    }
}

bool schedule_holds(const struct str *texts, int token)
{
    char word[24];

    snprintf(word, sizeof word, "token%d.", token);
    return strstr(texts->ptr, word) != NULL;
}

/* What was there before an action and is not there behind it, somebody has overwritten. */
static void note_deaths(struct run *run, const struct str *before, const struct str *after)
{
    int i;

    for (i = 0; i < run->tokens; i++)
        if (schedule_holds(before, i) && !schedule_holds(after, i))
            run->dead[i] = true;
}

static char *new_text(struct run *run, struct arena *arena, const char *more)
{
    assert_true(run->tokens < TOKENS);
    return arena_printf(arena, "token%d.%s%s", run->tokens++, *more ? "\n" : "", more);
}

/* ---- what a person does ---- */

int64_t schedule_work(struct run *run, struct machine *machine, size_t *name)
{
    int64_t work = 0;
    size_t tries;

    for (tries = 0; tries < 4; tries++) {
        *name = pick(run, NAMES);
        if (works_find(machine->store, &work, schedule_names[*name], NULL) == ERR_OK)
            return work;
    }
    return 0;
}

static void do_import(struct run *run, struct machine *machine, struct arena *arena)
{
    (void)arena;
    sync_test_import(machine->dir, papers[pick(run, ARRAY_LEN(papers))]);
}

/* What is said of a paper stays with a name that a source has given it: a DOI that the hand alone
 * gives is that of another paper as soon as a source says so. When it is parted, one part has it.
 */
static uint32_t lasting_names(struct store *store, int64_t work)
{
    struct stmt *stmt;
    uint32_t names = 0;
    size_t i;

    must(stmt_prepare(&stmt, store,
                      "SELECT a.scheme || ':' || a.value FROM alias a LEFT JOIN record r ON r.id = "
                      "a.record_id WHERE a.work_id = ?1 AND r.source IS NOT 'hand'",
                      err));
    stmt_bind_int(stmt, 1, work);
    while (stmt_step(stmt, NULL) == 1)
        for (i = 0; i < NAMES; i++)
            if (strcmp(schedule_names[i], stmt_text(stmt, 0)) == 0)
                names |= UINT32_C(1) << i;
    stmt_reset(stmt);
    return names;
}

static void do_tag(struct run *run, struct machine *machine, struct arena *arena)
{
    size_t name, tag = pick(run, TAGS);
    int64_t work = schedule_work(run, machine, &name);
    bool on = tag < 2 || chance(run, 50); /* two of them are never taken away */

    (void)arena;
    if (work == 0)
        return;
    must(state_tag(machine->store, work, schedule_tags[tag], on, err));
    if (on)
        run->tag_added[name][tag] = lasting_names(machine->store, work);
    else
        run->tag_removed[tag] = true;
}

static void do_mark(struct run *run, struct machine *machine, struct arena *arena)
{
    size_t name;
    int64_t work = schedule_work(run, machine, &name);

    (void)arena;
    if (work && chance(run, 70))
        must(state_mark(machine->store, work, (enum read_state)pick(run, 4), err));
    else if (work)
        must(state_star(machine->store, work, chance(run, 60), err));
}

/* In the queue, and in collections. */
static void do_shelf(struct run *run, struct machine *machine, struct arena *arena)
{
    static const char *const shelves[] = { "survey", "thesis" };
    const char *shelf = shelves[pick(run, ARRAY_LEN(shelves))];
    size_t name;
    double end = 0;
    int64_t work = schedule_work(run, machine, &name);

    (void)arena;
    if (work && chance(run, 40))
        must(state_priority(machine->store, work, (int)pick(run, 7) - 3, err));
    else if (work && chance(run, 60)) {
        must(collection_end(&end, machine->store, shelf, err));
        must(collection_put(machine->store, shelf, work, &end, err));
    } else if (work && chance(run, 70))
        collection_move(machine->store, shelf, work, (int64_t)pick(run, 4), NULL);
    else if (work)
        must(state_collect(machine->store, work, shelf, NULL, err));
}

/* A new text in the place of the old one, or below it; now and then none. */
static void do_note(struct run *run, struct machine *machine, struct arena *arena)
{
    size_t name;
    int64_t work = schedule_work(run, machine, &name);
    struct work_full full;
    const char *text;

    if (work == 0)
        return;
    must(works_full(machine->store, arena, work, &full, err));
    text = full.record.notes.len ? full.record.notes.items[0] : "";
    text = chance(run, 10) ? "" : new_text(run, arena, chance(run, 50) ? text : "");
    must(state_note_set(machine->store, work, text, err));
}

static void do_query(struct run *run, struct machine *machine, struct arena *arena)
{
    const char *name = query_names[pick(run, ARRAY_LEN(query_names))];
    struct error why = { 0 };

    if (chance(run, 80)) {
        run->query[run->tokens] = true;
        must(queries_add(machine->store, name, new_text(run, arena, ""), err));
    } else if (queries_remove(machine->store, name, &why) != ERR_OK) {
        assert_int_equal(why.code, ERR_NOTFOUND);
    }
}

static void do_highlight(struct run *run, struct machine *machine, struct arena *arena)
{
    struct highlight *all, fresh = { .document = arena_strdup(arena, document),
                                     .anchor = { .start = 3,
                                                 .end = 9,
                                                 .quote = arena_strdup(arena, "quoted"),
                                                 .prefix = arena_strdup(arena, "x"),
                                                 .suffix = arena_strdup(arena, "y") } };
    size_t count, at;

    must(highlights_of(&all, &count, machine->store, arena, NULL, err));
    at = count ? pick(run, count) : 0;
    if (count == 0 || (count < 5 && chance(run, 40))) {
        fresh.note = new_text(run, arena, "");
        must(highlight_add(machine->store, arena, &fresh, err));
    } else if (chance(run, 75)) {
        must(highlight_note(machine->store, all[at].uid,
                            new_text(run, arena, chance(run, 50) ? all[at].note : ""), err));
    } else {
        must(highlight_remove(machine->store, all[at].uid, err));
    }
}

static void do_place(struct run *run, struct machine *machine, struct arena *arena)
{
    struct reading_place place = { .mark = chance(run, 50) ? 0 : (char)('a' + (char)pick(run, 3)),
                                   .anchor = { .start = (uint32_t)pick(run, 1000),
                                               .quote = arena_strdup(arena, "here"),
                                               .prefix = arena_strdup(arena, ""),
                                               .suffix = arena_strdup(arena, "") } };

    place.anchor.end = place.anchor.start + 4;
    must(place_set(machine->store, document, &place, err));
}

/* What a source has counted on a day. */
static void do_sample(struct run *run, struct machine *machine, struct arena *arena)
{
    size_t name;
    int64_t work = schedule_work(run, machine, &name);
    struct record record = { .id = arena_strdup(arena, schedule_names[name]) };
    struct record_metric metric = { .source = "hf",
                                    .name = "upvotes",
                                    .value = (double)pick(run, 100),
                                    .at = run->now - (int64_t)pick(run, 3) * 86400000 };

    if (work == 0)
        return;
    record.metrics.items = &metric;
    record.metrics.len = 1;
    must(store_begin(machine->store, err));
    must(samples_put(machine->store, work, &record, err));
    must(store_commit(machine->store, err));
}

/* Any of these may be refused: they are one already, or nothing was merged. */
static void do_identity(struct run *run, struct machine *machine, struct arena *arena)
{
    const char *a = schedule_names[pick(run, NAMES)], *b = schedule_names[pick(run, NAMES)];
    struct error err = { 0 };
    size_t what = pick(run, 4);
    int result = what == 0   ? library_split(machine->store, a, NULL, &err)
                 : what == 1 ? library_keep_apart(machine->store, a, b, &err)
                             : library_merge(machine->store, a, b, &err);

    (void)arena;
    if (result != ERR_OK && result != ERR_NOTFOUND && result != ERR_USAGE)
        fail_msg("%s %s: %s", a, b, err.message);
}

/* What a paper is, by hand. */
static void do_edit(struct run *run, struct machine *machine, struct arena *arena)
{
    static const char *const fields[] = { "title", "venue", "authors", "date", "doi" };
    const char *name = fields[pick(run, ARRAY_LEN(fields))];
    size_t at;
    int64_t work = schedule_work(run, machine, &at);
    struct edit_change change = { .field = edit_field_find(name),
                                  .value = arena_printf(arena, "Said %zu", pick(run, 50)) };

    if (work == 0)
        return;
    if (strcmp(name, "date") == 0)
        change.value = "2024-03-04";
    if (strcmp(name, "doi") == 0) /* of another paper, or of none */
        change.value = chance(run, 50) ? "10.1145/2" : "10.9876/said";
    if (chance(run, 20))
        change.value = "";
    must(library_edit(machine->store, schedule_names[at], &change, 1, NULL, err));
}

/* Out of the library, and back: what was said of it waits meanwhile, so nothing of the model dies.
 */
static void do_bin(struct run *run, struct machine *machine, struct arena *arena)
{
    char *name = arena_strdup(arena, schedule_names[pick(run, NAMES)]);
    struct bin_counts counts;
    struct error err = { 0 };
    int result = chance(run, 55) ? library_remove(machine->store, &name, 1, &counts, &err)
                                 : library_return(machine->store, &name, 1, &counts, &err);

    if (result != ERR_OK && result != ERR_NOTFOUND)
        fail_msg("%s: %s", name, err.message);
}

static void do_undo(struct run *run, struct machine *machine, struct arena *arena)
{
    struct error err = { 0 };
    bool again = chance(run, 30);
    int result =
        again ? library_redo(machine->store, NULL, &err) : library_undo(machine->store, NULL, &err);

    (void)arena;
    if (result != ERR_OK && result != ERR_NOTFOUND && result != ERR_USAGE
        && !(again && result == ERR_FAILED)) /* what is not to be merged any more */
        fail_msg("%s: %s", again ? "redo" : "undo", err.message);
    memset(run->tag_added, 0, sizeof run->tag_added); /* the model does not know what it was */
    memset(run->tag_removed, 1, sizeof run->tag_removed);
}

static const struct {
    void (*run)(struct run *, struct machine *, struct arena *);
    int weight;
} actions[] = { { do_import, 10 }, { do_shelf, 4 },    { do_tag, 8 },       { do_mark, 8 },
                { do_note, 14 },   { do_query, 6 },    { do_highlight, 8 }, { do_place, 3 },
                { do_sample, 4 },  { do_identity, 8 }, { do_undo, 4 },      { do_edit, 6 },
                { do_bin, 6 } };

void schedule_act(struct run *run, struct machine *machine)
{
    struct arena *arena = arena_new();
    struct str before = STR_INIT, after = STR_INIT;
    int all = 0, at;
    size_t i;

    for (i = 0; i < ARRAY_LEN(actions); i++)
        all += actions[i].weight;
    at = (int)pick(run, (size_t)all);
    for (i = 0; i + 1 < ARRAY_LEN(actions) && at >= actions[i].weight; i++)
        at -= actions[i].weight;
    schedule_shown(&before, machine->store);
    actions[i].run(run, machine, arena);
    schedule_shown(&after, machine->store);
    if (actions[i].run != do_bin)
        note_deaths(run, &before, &after);
    str_free(&before);
    str_free(&after);
    arena_free(arena);
}
