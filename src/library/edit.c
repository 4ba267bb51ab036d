/*
 * Edits of what a person says of a work (carrel/edit.h, hand.c).
 *
 * The change log has a row for each field, with what the hand said before and says now, so an undo
 * is an edit back; a step may be of several works. An identifier that leads to another work makes
 * the two one, by a merge in the same step.
 */
#include "internal.h"

#include "carrel/edit.h"
#include "carrel/ops.h"
#include "carrel/state.h"
#include "carrel/works.h"

#include <stdlib.h>
#include <string.h>

/* ---- identifiers ---- */

/* A paper has one arXiv number: another one is refused, unless the hand alone has said it. */
static int check_number(struct writer *writer, struct arena *arena, int64_t work, const char *id,
                        struct error *err)
{
    struct text_list aliases = { 0 };
    bool named;
    size_t i;
    int result = work_aliases(writer->store, work, &aliases, arena, err);

    for (i = 0; i < aliases.len && result == ERR_OK && str_starts(id, "arxiv:"); i++) {
        if (!str_starts(aliases.items[i], "arxiv:") || strcmp(aliases.items[i], id) == 0)
            continue;
        result = hand_named(&named, writer->store, arena, work, aliases.items[i], HAND, err);
        if (result == ERR_OK && named)
            result = error_set(err, ERR_USAGE, "arxiv: it is %s already, and cannot be %s too",
                               aliases.items[i], id);
    }
    return result;
}

/* The work that has the identifier goes into this one. */
static int join_other(struct writer *writer, struct arena *arena, int64_t work, const char *id,
                      struct str *report, struct error *err)
{
    int64_t other = 0;
    char *key = NULL, *other_key = NULL;
    struct work_row row = { 0 };
    int result = alias_work(writer->store, &other, id, err);

    if (result == ERR_NOTFOUND || (result == ERR_OK && other == work))
        return ERR_OK;
    if (result == ERR_OK)
        result = ops_name(&other_key, writer->store, arena, other, err);
    if (result == ERR_OK)
        result = ops_name(&key, writer->store, arena, work, err);
    if (result == ERR_OK)
        result = works_rows(writer->store, arena, &other, 1, &row, err);
    if (result == ERR_OK)
        result = join_two(writer, work, other, "{\"rule\":\"by hand\"}", err);
    if (result == ERR_OK)
        result = state_log(writer->store, "merge", key, "", NULL, other_key, err);
    if (result == ERR_OK)
        str_printf(report, "; it is one with %s '%s' now", other_key, row.title);
    return result;
}

/* ---- an edit ---- */

struct editing {
    struct writer *writer;
    struct arena *arena;
    int64_t work;
    const char *key; /* a name that no hand has given, so it has it before and after the edit */
    struct record before, after;
    int64_t undoes; /* the step that this takes back; 0: none */
    struct str report;
};

static int log_field(struct editing *e, const struct edit_field *field, const char *old,
                     const char *new, struct error *err)
{
    old = *old ? old : NULL;
    new = *new ? new : NULL;
    return e->undoes ? state_log_back(e->writer->store, "edit", e->key, field->name, old, new,
                                      e->undoes, err)
                     : state_log(e->writer->store, "edit", e->key, field->name, old, new, err);
}

/* Checks a new identifier, and joins what has it. */
static int claim(struct editing *e, const struct edit_field *field, const char *value,
                 struct error *err)
{
    char *id = arena_printf(e->arena, "%s:%s", field->scheme, value);
    int result = check_number(e->writer, e->arena, e->work, id, err);

    return result == ERR_OK ? join_other(e->writer, e->arena, e->work, id, &e->report, err)
                            : result;
}

/* What came by an identifier stays when the hand says it no more: its names are of one work by now.
 */
static int keep_joined(struct editing *e, const struct edit_field *field, const char *old,
                       struct error *err)
{
    struct store *store = e->writer->store;
    char *id = arena_printf(e->arena, "%s:%s", field->scheme, old);
    struct text_list names = { 0 };
    bool named = false;
    size_t i;
    int result = hand_named(&named, store, e->arena, e->work, id, HAND, err);

    if (result == ERR_OK && named)
        result = work_aliases(store, e->work, &names, e->arena, err);
    for (i = 0; i < names.len && result == ERR_OK && named; i++)
        if (strcmp(names.items[i], id) != 0)
            result = ops_say_alike(store, names.items[i], id, err);
    return result;
}

/* Every field that differs: identifiers joined, rows logged, names told. */
static int apply_fields(struct editing *e, size_t *changed, struct error *err)
{
    const struct edit_field *field;
    struct str names = STR_INIT;
    size_t i;
    int result = ERR_OK;

    *changed = 0;
    for (i = 0; (field = edit_field_at(i)) && result == ERR_OK; i++) {
        const char *old = edit_value(&e->before, field, e->arena);
        const char *new = edit_value(&e->after, field, e->arena);

        if (strcmp(old, new) == 0)
            continue;
        if (field->scheme && *new && !e->undoes)
            result = claim(e, field, new, err);
        if (field->scheme && *old && result == ERR_OK)
            result = keep_joined(e, field, old, err);
        if (result == ERR_OK)
            result = log_field(e, field, old, new, err);
        str_printf(&names, "%s%s", (*changed)++ ? ", " : "", field->name);
    }
    str_add(&names, " changed");
    if (*changed > 0)
        str_insert(&e->report, 0, names.ptr, names.len);
    str_free(&names);
    return result;
}

/* From `before` to `after`. */
static int edit_apply(struct editing *e, struct error *err)
{
    size_t changed;
    int result = apply_fields(e, &changed, err);

    if (result != ERR_OK || changed == 0)
        return result;
    result = hand_say(e->writer, e->arena, e->work, e->key, &e->before, &e->after, err);
    if (result == ERR_OK) /* while it still has the names that are taken back */
        result = regroup(e->writer, &e->work, 1, err);
    return result == ERR_OK ? hand_refresh(e->writer, e->work, err) : result;
}

/* The name of the work that stays, whatever the hand says: what it is called, if it can be. */
static int lasting_name(struct editing *e, struct error *err)
{
    struct store *store = e->writer->store;
    struct text_list names = { 0 };
    char *key = NULL;
    bool named = false;
    size_t i;
    int result = work_key(store, e->work, &key, err);

    if (result == ERR_OK) {
        text_list_add(&names, e->arena, key, strlen(key));
        result = work_aliases(store, e->work, &names, e->arena, err);
    }
    for (i = 0; i < names.len && result == ERR_OK && !named; i++) {
        e->key = names.items[i];
        result = hand_named(&named, store, e->arena, e->work, e->key, HAND, err);
    }
    free(key);
    return result;
}

static int editing_start(struct editing *e, struct writer *writer, const char *id,
                         struct error *err)
{
    int result;

    *e = (struct editing){ .writer = writer, .arena = arena_new() };
    str_init(&e->report);
    result = works_find(writer->store, &e->work, id, err);
    if (result == ERR_OK)
        result = lasting_name(e, err);
    if (result == ERR_OK)
        result = hand_read(&e->before, writer->store, e->arena, e->work, err);
    e->after = e->before;
    return result;
}

static void editing_end(struct editing *e)
{
    arena_free(e->arena);
    str_free(&e->report);
}

/* Another machine may have said something since. */
static int edit_is_from(struct editing *e, const struct edit_change *change, struct error *err)
{
    const char *now = change->from ? edit_value(&e->before, change->field, e->arena) : NULL;

    if (!now || strcmp(now, change->from) == 0)
        return ERR_OK;
    return error_set(err, ERR_FAILED, "%s of %s was changed elsewhere since, and stays as it is",
                     change->field->name, e->key);
}

/* In the open step. */
static int edit_one(struct editing *e, struct writer *writer, const struct edit_paper *paper,
                    struct error *err)
{
    size_t i;
    int result = editing_start(e, writer, paper->id, err);

    for (i = 0; i < paper->count && result == ERR_OK; i++)
        result = edit_is_from(e, &paper->changes[i], err);
    for (i = 0; i < paper->count && result == ERR_OK; i++)
        result =
            edit_set(&e->after, paper->changes[i].field, paper->changes[i].value, e->arena, err);
    return result;
}

int library_edit(struct store *store, const char *id, const struct edit_change *changes,
                 size_t count, char **report, struct error *err)
{
    const struct edit_paper paper = { .id = id, .changes = changes, .count = count };
    struct writer *writer;
    struct editing e;
    char *key = NULL;
    int result = step_begin(&writer, store, err);

    if (result != ERR_OK)
        return result;
    result = edit_one(&e, writer, &paper, err);
    if (result == ERR_OK)
        result = edit_apply(&e, err);
    if (result == ERR_OK)
        result = work_key(store, e.work, &key, err);
    result = step_commit(writer, result, err);
    if (result == ERR_OK && report)
        *report = e.report.len > 0 ? mem_printf("%s: %s", key, e.report.ptr)
                                   : mem_printf("%s is as it was", key);
    free(key);
    editing_end(&e);
    return result;
}

int library_edit_papers(struct store *store, const struct edit_paper *papers, size_t count,
                        size_t *left, struct error *err)
{
    struct writer *writer;
    size_t i;
    int result = step_begin(&writer, store, err);

    if (result != ERR_OK)
        return result;
    for (i = 0; i < count && result == ERR_OK; i++) {
        struct editing e;
        bool passed;

        result = edit_one(&e, writer, &papers[i], err);
        passed = left && (result == ERR_FAILED || result == ERR_NOTFOUND);
        if (passed)
            ++*left;
        else if (result == ERR_OK)
            result = edit_apply(&e, err);
        if (passed || result == ERR_OK)
            result = state_tell(store, i + 1, count, err);
        editing_end(&e);
    }
    return step_commit(writer, result, err);
}

/* ---- taking back ---- */

static void hand_undo_fields(struct editing *e, const struct edit_row *rows, size_t count,
                             struct edit_undone *undone)
{
    const struct edit_field *field;
    bool same;
    size_t i;

    for (i = 0; i < count; i++) {
        field = edit_field_find(rows[i].field);
        if (!field)
            continue;
        same = strcmp(edit_value(&e->before, field, e->arena), rows[i].new) == 0;
        undone->done += same;
        undone->left += !same;
        if (same)
            edit_set(&e->after, field, rows[i].old, e->arena, NULL);
    }
}

int hand_undo(struct writer *writer, int64_t step, const struct edit_row *rows, size_t count,
              struct edit_undone *undone, struct error *err)
{
    struct editing e;
    int result = editing_start(&e, writer, rows[0].item, err);

    e.undoes = step;
    if (result == ERR_OK) {
        hand_undo_fields(&e, rows, count, undone);
        result = edit_apply(&e, err);
    }
    editing_end(&e);
    if (result == ERR_NOTFOUND) { /* the work is gone */
        undone->left++;
        result = ERR_OK;
    }
    return result;
}
