/*
 * lint: what looks wrong with papers, one after the other; with what is wrong between them, keys
 * that two have and papers that are here twice. --fix makes the edits that were shown, all of them
 * as one step of undo, when the whole of it was looked at.
 */
#include "commands.h"
#include "lint_tell.h"

#include "carrel/bibliography.h"
#include "carrel/cited.h"
#include "carrel/clock.h"
#include "carrel/edit.h"
#include "carrel/hash.h"
#include "carrel/jsonw.h"
#include "carrel/lint.h"
#include "carrel/publish.h"
#include "carrel/related.h"
#include "carrel/search.h"
#include "carrel/state.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TWICE_MOST 1000 /* pairs */
#define COUNTED_FROM 10 /* findings; fewer are seen at once */

struct lint_run {
    struct command_call *call;
    struct arena *arena;    /* of a paper */
    struct hashmap *wanted; /* works; NULL: all */
    int64_t *works;
    size_t count, cap;
    struct jsonw w;
    bool json, fix;
    const char *only;        /* one rule, or NULL */
    struct lint_about about; /* the paper that is looked at */
    struct lint_counts *counts;
    struct edit_change changes[16];
    size_t change_count;
    struct arena *mending; /* of all papers: what --fix will do */
    struct edit_paper *edits;
    size_t edit_count, edit_cap;
    struct hashmap *claimed; /* identifiers that `edits` give -> which of them */
    int64_t papers, found, fixable, fixed;
    struct error *err;
};

/* ---- telling ---- */

static void tell(struct lint_run *run, const struct lint_about *about,
                 const struct lint_finding *finding)
{
    struct lint_about named = *about;
    struct str key = STR_INIT;

    run->found++;
    run->fixable += finding->field != NULL;
    if (cited_key(&key, run->call->store, about->work, NULL) == ERR_OK)
        named.key = key.ptr;
    lint_tell(&run->call->out, run->json ? &run->w : NULL, &named, finding, run->fix);
    lint_counts_add(run->counts, about->work, finding);
    str_free(&key);
}

/* Of two edits of one field the first is made. */
static void want_change(struct lint_run *run, const struct lint_finding *finding)
{
    const struct edit_field *field = edit_field_find(finding->field);
    size_t i;

    for (i = 0; i < run->change_count; i++)
        if (run->changes[i].field == field)
            return;
    if (field && run->change_count < ARRAY_LEN(run->changes))
        run->changes[run->change_count++] =
            (struct edit_change){ .field = field, .value = finding->value };
}

/* A number that another paper has, or is to get, is that paper's to lose: edit would make them one.
 */
static bool is_others(struct lint_run *run, const struct lint_finding *finding)
{
    const struct edit_field *field = edit_field_find(finding->field);
    int64_t other, own;
    char *id;

    if (!field || !field->scheme)
        return false;
    id = arena_printf(run->arena, "%s:%s", field->scheme, finding->value);
    if (run->claimed && hashmap_get(run->claimed, id, strlen(id)))
        return true;
    return works_find(run->call->store, &other, id, NULL) == ERR_OK
           && works_find(run->call->store, &own, run->about.id, NULL) == ERR_OK && other != own;
}

static void take(void *ctx, const struct lint_finding *finding)
{
    struct lint_run *run = ctx;
    struct lint_finding told = *finding;

    if (run->only && strcmp(run->only, finding->rule) != 0)
        return;
    if (told.field && is_others(run, finding)) {
        told.text = arena_printf(run->arena,
                                 "%s, but another paper here has it: carrel merge %s "
                                 "doi:%s",
                                 told.text, run->about.id, told.value);
        told.field = told.value = NULL;
    }
    tell(run, &run->about, &told);
    if (told.field)
        want_change(run, &told);
}

/* ---- papers ---- */

/* What is to become of the paper is kept until all of them were looked at. */
static void lint_keep(struct lint_run *run)
{
    struct edit_change *changes;
    struct edit_paper edit = { .count = run->change_count };
    size_t i;

    run->change_count = 0;
    if (!run->fix || edit.count == 0)
        return;
    changes = arena_alloc(run->mending, edit.count * sizeof *changes);
    for (i = 0; i < edit.count; i++) {
        const struct edit_field *field = run->changes[i].field;

        changes[i] =
            (struct edit_change){ .field = field,
                                  .value = arena_strdup(run->mending, run->changes[i].value) };
        if (field->scheme) {
            const char *id = arena_printf(run->arena, "%s:%s", field->scheme, changes[i].value);

            hashmap_put(run->claimed, id, strlen(id), NULL);
        }
    }
    edit.id = arena_strdup(run->mending, run->about.id);
    edit.changes = changes;
    ARENA_PUSH(run->mending, run->edits, run->edit_count, run->edit_cap, edit);
}

/* One step of undo. */
static int lint_mend(struct lint_run *run, struct error *err)
{
    size_t gone = 0;
    int result;

    if (run->edit_count == 0)
        return ERR_OK;
    call_watch(run->call, true);
    result = library_edit_papers(run->call->store, run->edits, run->edit_count, &gone, err);
    call_watch(run->call, false);
    run->fixed = (int64_t)(run->edit_count - gone);
    return result;
}

/* The entry of a paper as it is written: what a hand has set right in it is no finding any more.
 * *has: is there one? */
static int lint_entry(bool *has, struct citation *out, struct lint_run *run, int64_t work,
                      struct record *record, struct error *err)
{
    struct store *store = run->call->store;
    struct record hand = { 0 };
    const struct edit_field *field;
    bool said = false;
    size_t i;
    int result = cited_read(&record->cited, store, run->arena, work, err);

    *has = result == ERR_OK && citation_from(out, run->arena, &record->cited);
    if (*has)
        result = hand_read(&hand, store, run->arena, work, err);
    for (i = 0; (field = edit_field_at(i)) && !said; i++)
        said = *edit_value(&hand, field, run->arena) != '\0';
    if (*has && result == ERR_OK && said)
        bibliography_entry(out, run->arena, record, &hand);
    return result;
}

static int lint_one(struct lint_run *run, int64_t work, struct error *err)
{
    struct command_call *call = run->call;
    struct record record;
    struct citation entry;
    char today[16];
    struct lint_paper paper = { .record = &record };
    bool has = false;
    int result;

    arena_reset(run->arena);
    date_format(today, clock_today());
    paper.year_now = atoi(today);
    result = publish_record(call->store, run->arena, work, &record, err);
    if (result == ERR_OK)
        result = lint_entry(&has, &entry, run, work, &record, err);
    if (result == ERR_NOTFOUND) /* it is gone since */
        return ERR_OK;
    if (result != ERR_OK)
        return result;
    paper.entry = has ? &entry : NULL;
    run->about = (struct lint_about){ .work = work,
                                      .id = record.id ? record.id : "",
                                      .title = record.title };
    run->papers++;
    lint_paper(&paper, run->arena, take, run);
    lint_keep(run);
    return ERR_OK;
}

static int want_work(void *ctx, int64_t work)
{
    struct lint_run *run = ctx;

    if (run->wanted)
        hashmap_put(run->wanted, (const char *)&work, sizeof work, NULL);
    VEC_PUSH(run->works, run->count, run->cap, work);
    return 0;
}

static int want_key(void *ctx, const struct publish_key *key)
{
    return want_work(ctx, key->id);
}

static int lint_list(struct lint_run *run, const char *query, struct error *err)
{
    if (!query)
        return publish_each(run->call->store, want_key, run, err);
    run->wanted = hashmap_new();
    return search_each(run->call->store, query, want_work, run, err);
}

static bool is_wanted(const struct lint_run *run, int64_t work)
{
    return !run->wanted || hashmap_get(run->wanted, (const char *)&work, sizeof work);
}

/* ---- between papers ---- */

static void tell_row(struct lint_run *run, const struct work_row *row,
                     const struct lint_finding *finding)
{
    const struct lint_about about = { .work = row->id, .id = row->key, .title = row->title };

    tell(run, &about, finding);
}

static void tell_pair(struct lint_run *run, const char *rule, int64_t a, int64_t b,
                      const char *format, const char *what)
{
    struct lint_finding told = { .rule = rule };
    struct work_row rows[2];
    int64_t ids[2] = { a, b };

    if ((!is_wanted(run, a) && !is_wanted(run, b)) || (run->only && strcmp(run->only, rule) != 0)
        || works_rows(run->call->store, run->arena, ids, 2, rows, NULL) != ERR_OK || !rows[0].id
        || !rows[1].id)
        return;
    told.text = arena_printf(run->arena, "%s%s, as %s has: '%.100s'", format, what, rows[1].key,
                             rows[1].title);
    tell_row(run, &rows[0], &told);
}

struct keys_seen {
    struct lint_run *run;
    struct hashmap *first; /* key -> the work that brought it first */
};

static int key_seen(void *ctx, int64_t work, const char *key)
{
    struct keys_seen *seen = ctx;
    bool added;
    uint64_t *place = hashmap_put(seen->first, key, strlen(key), &added);

    if (added)
        *place = (uint64_t)work;
    else
        tell_pair(seen->run, "same-key", work, (int64_t)*place, "the key ", key);
    return 0;
}

static int lint_keys(struct lint_run *run, struct error *err)
{
    struct keys_seen seen = { .run = run, .first = hashmap_new() };
    int result = cited_keys(run->call->store, NULL, key_seen, &seen, err);

    hashmap_free(seen.first);
    return result;
}

static int other_key(void *ctx, int64_t work, const char *key, const char *first)
{
    struct lint_run *run = ctx;
    struct lint_finding told = { .rule = "two-keys" };
    struct work_row row;
    int result = ERR_OK;

    if (!is_wanted(run, work))
        return ERR_OK;
    arena_reset(run->arena);
    result = works_rows(run->call->store, run->arena, &work, 1, &row, run->err);
    told.text =
        arena_printf(run->arena, "an entry calls it %.80s, and it is written as %.80s", key, first);
    if (result == ERR_OK && row.id)
        tell_row(run, &row, &told);
    return result;
}

static int lint_others(struct lint_run *run, struct error *err)
{
    run->err = err;
    return cited_others(run->call->store, 0, other_key, run, err);
}

static int lint_twice(struct lint_run *run, struct error *err)
{
    struct duplicate_pair *pairs = NULL;
    size_t count = 0, i;
    int result =
        duplicates_find(&pairs, &count, run->call->store, run->call->arena, 0, TWICE_MOST, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        tell_pair(run, "twice", pairs[i].b, pairs[i].a, "perhaps the same paper (",
                  arena_printf(run->arena, "%s)", pairs[i].why));
    return result;
}

/* Rules that look at several papers, or entries, at once. */
static const struct {
    const char *name;
    int (*look)(struct lint_run *run, struct error *err);
} between[] = { { "same-key", lint_keys }, { "two-keys", lint_others }, { "twice", lint_twice } };

/* ---- the command ---- */

static int lint_all(struct lint_run *run, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < run->count && result == ERR_OK; i++) {
        if (run->call->cancel && atomic_load(run->call->cancel))
            return error_set(err, ERR_CANCELLED, "stopped");
        result = lint_one(run, run->works[i], err);
        if (result == ERR_OK && !run->json)
            result = call_out(run->call, err);
    }
    for (i = 0; i < ARRAY_LEN(between) && result == ERR_OK; i++)
        if (!run->only || strcmp(run->only, between[i].name) == 0)
            result = between[i].look(run, err);
    return result == ERR_OK ? lint_mend(run, err) : result;
}

static void lint_summary(struct lint_run *run)
{
    struct command_call *call = run->call;

    if (run->json) {
        jsonw_end(&run->w);
        jsonw_key_int(&run->w, "fixed", run->fixed);
        jsonw_end(&run->w);
        str_add_char(&call->out, '\n');
    } else if (run->fix) {
        str_printf(&call->say, "%" PRId64 " papers looked at, %" PRId64 " edited%s\n", run->papers,
                   run->fixed, run->fixed > 0 ? "; 'carrel undo' takes all of it back" : "");
    } else {
        str_printf(&call->say,
                   "%" PRId64 " papers looked at: %" PRId64 " findings, of which --fix "
                   "mends %" PRId64 "\n",
                   run->papers, run->found, run->fixable);
    }
    if (!run->json && run->found >= COUNTED_FROM)
        lint_counts_write(&call->say, run->counts);
}

static int lint_only(struct lint_run *run, struct error *err)
{
    struct str known = STR_INIT;
    const char *name;
    bool found = !run->only;
    size_t i;
    int result = ERR_OK;

    for (i = 0; (name = lint_rule(i, NULL)); i++) {
        found |= run->only && strcmp(run->only, name) == 0;
        str_printf(&known, "%s%s", i ? ", " : "", name);
    }
    for (i = 0; i < ARRAY_LEN(between); i++) {
        found |= run->only && strcmp(run->only, between[i].name) == 0;
        str_printf(&known, ", %s", between[i].name);
    }
    if (!found)
        result = error_set(err, ERR_USAGE, "--only %.40s: %s are known", run->only, known.ptr);
    str_free(&known);
    return result;
}

int cmd_lint(struct command_call *call, struct error *err)
{
    struct lint_run run = { .call = call,
                            .json = call_has(call, "--json"),
                            .fix = call_has(call, "--fix"),
                            .only = call_option(call, "--only") };
    struct str query = STR_INIT;
    int i, result = lint_only(&run, err);

    if (result != ERR_OK)
        return result;
    run.arena = arena_new();
    run.mending = arena_new();
    run.claimed = hashmap_new();
    run.counts = lint_counts_new();
    for (i = 0; i < call->argc; i++)
        str_printf(&query, "%s%s", i ? " " : "", call->argv[i]);
    result = lint_list(&run, query.len ? query.ptr : NULL, err);
    if (result == ERR_OK && run.json) {
        jsonw_start(&run.w, &call->out);
        jsonw_object(&run.w);
        jsonw_key_int(&run.w, "version", 1);
        jsonw_key(&run.w, "items");
        jsonw_array(&run.w);
    }
    if (result == ERR_OK)
        result = lint_all(&run, err);
    if (result == ERR_OK)
        lint_summary(&run);
    if (result == ERR_PARSE && err) /* the query */
        err->code = result = ERR_USAGE;
    str_free(&query);
    hashmap_free(run.wanted);
    hashmap_free(run.claimed);
    lint_counts_free(run.counts);
    arena_free(run.arena);
    arena_free(run.mending);
    free(run.works);
    return result;
}
