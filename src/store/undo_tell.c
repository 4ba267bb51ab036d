/*
 * Telling steps of the change log: what was done, to which paper by its title, to how many more.
 */
#include "carrel/bin.h"
#include "carrel/hash.h"
#include "carrel/state.h"
#include "carrel/str.h"
#include "carrel/text.h"
#include "carrel/works.h"

#include "state_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Columns of a title: with what is said around it, "taken back: ... marked unread and 317 more", a
 * status line of 80 columns holds it. */
#define TITLE_COLUMNS 40

/* ---- names ---- */

static void name_title(const char **name, const struct store *store, struct arena *arena,
                       const char *title)
{
    struct str plain = STR_INIT, cut = STR_INIT;

    if (!*title)
        return;
    text_from_latex(&plain, title); /* as lists show it */
    if (store->whole_names)
        str_add(&cut, plain.ptr);
    else
        text_ellipsis(&cut, plain.ptr, TITLE_COLUMNS, false);
    *name = arena_printf(arena, "'%s'", cut.ptr);
    str_free(&plain);
    str_free(&cut);
}

static int name_of_work(const char **name, struct store *store, struct arena *arena, int64_t work,
                        struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, "SELECT title FROM work_text WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    result = stmt_step(stmt, err);
    if (result == 1)
        name_title(name, store, arena, stmt_text(stmt, 0));
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

static int name_of_alert(const char **name, struct store *store, struct arena *arena,
                         const char *item, struct error *err)
{
    const char *rule = NULL, *paper = NULL;
    int64_t work = 0;
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, "SELECT rule, work_id FROM alert WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, item);
    result = stmt_step(stmt, err);
    if (result == 1) {
        rule = stmt_dup(stmt, 0, arena);
        work = stmt_int(stmt, 1);
    }
    stmt_reset(stmt);
    if (result == 1)
        result = name_of_work(&paper, store, arena, work, err);
    if (paper)
        *name = arena_printf(arena, "%s on %s", rule, paper);
    return result < 0 ? result : ERR_OK;
}

static int name_in_bin(const char **name, struct store *store, struct arena *arena,
                       const char *item, struct error *err)
{
    char *title = NULL;
    int result = bin_title(store, &title, item, err);

    if (title)
        name_title(name, store, arena, title);
    free(title);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

/* A paper that is here may have the name by mentioning one in the bin that is called so. */
static int name_of_paper(const char **name, struct store *store, struct arena *arena,
                         const char *item, struct error *err)
{
    int64_t work = 0;
    bool own = false;
    int result = bin_find(store, &work, &own, item, err);

    if (result == ERR_OK || result == ERR_NOTFOUND)
        result = own ? ERR_NOTFOUND : works_find(store, &work, item, err);
    if (result == ERR_NOTFOUND) /* it has left */
        return name_in_bin(name, store, arena, item, err);
    return result == ERR_OK ? name_of_work(name, store, arena, work, err) : result;
}

void state_name_whole(struct store *store, bool whole)
{
    store->whole_names = whole;
}

int state_named(const char **name, struct store *store, struct arena *arena, const char *kind,
                const char *item, struct error *err)
{
    *name = item;
    if (strcmp(kind, "query") == 0 || strcmp(kind, "import") == 0)
        return ERR_OK;
    if (strcmp(kind, "alert") == 0)
        return name_of_alert(name, store, arena, item, err);
    return name_of_paper(name, store, arena, item, err);
}

/* ---- steps ---- */

/* Numbers of papers stand in its field (library/imported.h). */
static char *describe_import(const struct state_row *row)
{
    char *end;
    long added = strtol(row->field, &end, 10), changed = strtol(end, NULL, 10);

    if (changed == 0)
        return mem_printf("import of %s: %ld paper%s", row->item, added, added == 1 ? "" : "s");
    return mem_printf("import of %s: %ld new, %ld changed", row->item, added, changed);
}

static char *describe(const struct state_row *row, const char *name, size_t rows)
{
    char more[48] = "";

    if (strcmp(row->kind, "import") == 0)
        return describe_import(row);
    if (rows > 1)
        snprintf(more, sizeof more, " and %zu more", rows - 1);
    if (strcmp(row->kind, "tag") == 0)
        return mem_printf("%s tag %s on %s%s", row->new ? "added" : "removed", row->field, name,
                          more);
    if (strcmp(row->kind, "read") == 0)
        return mem_printf("%s marked %s%s", name,
                          read_state_name((enum read_state)atoi(row->new ? row->new : "0")), more);
    if (strcmp(row->kind, "seen") == 0)
        return mem_printf("version seen of %s%s", name, more);
    if (strcmp(row->kind, "merge") == 0)
        return mem_printf("merge of %s into %s%s", row->new, name, more);
    if (strcmp(row->kind, "split") == 0)
        return mem_printf("split of %s from %s", row->new, name);
    if (strcmp(row->kind, "gone") == 0)
        return mem_printf("%s of %s%s", row->new ? "removal" : "return", name, more);
    if (strcmp(row->kind, "apart") == 0)
        return mem_printf("%s and %s being two papers", name, row->new);
    if (strcmp(row->kind, "collection") == 0)
        return mem_printf("%s %s %s%s", name,
                          row->old && row->new ? "moved in"
                          : row->new           ? "put into"
                                               : "taken out of",
                          row->field, more);
    if (state_is_query_place(row))
        return mem_strdup("the order of saved queries");
    if (strcmp(row->kind, "query") == 0)
        return mem_printf("%ssaved query %s",
                          !row->new  ? "removal of "
                          : row->old ? "change of "
                                     : "",
                          name);
    if (strcmp(row->kind, "alert") == 0)
        return mem_printf("dismissal of alert %s%s", name, more);
    if (strcmp(row->kind, "highlight") == 0)
        return mem_printf("%s in %s%s",
                          !row->old  ? "highlight"
                          : row->new ? "note of a highlight"
                                     : "removal of a highlight",
                          name, more);
    return mem_printf("%s of %s%s", row->kind, name, more);
}

/* A paper that is put into one collection and taken out of another in the same step: that is called
 * otherwise. The other's name, NULL none. */
static int other_collection(char **other, struct store *store, struct arena *arena, int64_t step,
                            const struct state_row *row, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store,
                     "SELECT field FROM change_log WHERE step = ?1 AND kind = 'collection' "
                     "AND item = ?2 AND field != ?3 LIMIT 1",
                     err);

    *other = NULL;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, step);
    stmt_bind_text(stmt, 2, row->item);
    stmt_bind_text(stmt, 3, row->field);
    result = stmt_step(stmt, err);
    if (result == 1)
        *other = stmt_dup(stmt, 0, arena);
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

int state_describe(char **what, struct store *store, struct arena *arena, int64_t step,
                   const struct state_row *row, size_t rows, struct error *err)
{
    const char *name = NULL;
    char *other = NULL;
    int result = state_named(&name, store, arena, row->kind, row->item, err);

    if (result == ERR_OK && strcmp(row->kind, "collection") == 0)
        result = other_collection(&other, store, arena, step, row, err);
    if (result == ERR_OK && other)
        *what = mem_printf("collection %s called %s", row->new ? other : row->field,
                           row->new ? row->field : other);
    else if (result == ERR_OK)
        *what = describe(row, name, rows);
    return result;
}

char *state_left(char *what, size_t left, size_t rows)
{
    char *more;

    if (left == 0)
        return what;
    more = left == rows
               ? mem_printf("nothing, as it was changed elsewhere since and stays (%s)", what)
               : mem_printf("%s; but %zu of them changed elsewhere since, and %s", what, left,
                            left == 1 ? "stays" : "stay");
    free(what);
    return more;
}

/* Papers, of which a step may have several rows: a mark and the priority with which it was put off,
 * the version that was seen with a mark (which by itself is nothing to tell), fields of an edit.
 * history_sql counts likewise. */
size_t state_rows_told(const struct state_row *rows, size_t len)
{
    struct hashmap *items = hashmap_new();
    size_t told = 0, i;

    for (i = 0; i < len; i++) {
        bool added = false;

        if (strcmp(rows[i].kind, "seen") != 0)
            hashmap_put(items, rows[i].item, strlen(rows[i].item), &added);
        told += added;
    }
    hashmap_free(items);
    return told ? told : 1;
}

/* ---- history ---- */

/* Both of two papers that were merged, split or told apart. */
static int history_ids(struct state_step *step, struct store *store, struct arena *arena,
                       struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT id FROM (SELECT seq, item AS id FROM change_log WHERE step = ?1 AND kind != "
        "'import' UNION ALL "
        "SELECT seq, new FROM change_log WHERE step = ?1 AND kind IN ('merge', 'split', 'apart')) "
        "GROUP BY id ORDER BY min(seq)",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, step->step);
    while ((result = stmt_step(stmt, err)) == 1)
        text_list_add(&step->ids, arena, stmt_text(stmt, 0), strlen(stmt_text(stmt, 0)));
    stmt_reset(stmt);
    return result;
}

/* The step of a row of the history's statement. Of an edit, papers are told, of which each has a
 * row for every field. */
static int history_step(struct state_step *step, struct stmt *stmt, struct store *store,
                        struct arena *arena, struct error *err)
{
    struct state_row row = { .kind = stmt_dup(stmt, 2, arena),
                             .item = stmt_dup(stmt, 3, arena),
                             .field = stmt_dup(stmt, 4, arena) };
    char *what = NULL;
    int result;

    *step = (struct state_step){ .step = stmt_int(stmt, 0),
                                 .at = stmt_int(stmt, 1),
                                 .changes = stmt_int(stmt, 7),
                                 .undone = stmt_int(stmt, 9) != 0,
                                 .again = stmt_int(stmt, 10) != 0 };
    row.old = stmt_is_null(stmt, 5) ? NULL : stmt_dup(stmt, 5, arena);
    row.new = stmt_is_null(stmt, 6) ? NULL : stmt_dup(stmt, 6, arena);
    result = state_describe(&what, store, arena, step->step, &row, (size_t)stmt_int(stmt, 11), err);
    if (result != ERR_OK)
        return result;
    step->what = arena_strdup(arena, what);
    free(what);
    return ERR_OK;
}

static const char history_sql[] =
    "SELECT c.step, c.at, c.kind, c.item, c.field, c.old, c.new, max(count(*) FILTER (WHERE "
    "c.kind != 'seen'), 1), min(c.seq), EXISTS (SELECT 1 FROM change_log u WHERE u.undoes = "
    "c.step), c.redoes IS NOT NULL, max(count(DISTINCT c.item) FILTER (WHERE c.kind != 'seen'), 1) "
    "FROM change_log c WHERE c.undoes IS NULL AND c.step > " STATE_BEFORE
    " AND (?2 = 0 OR c.step = ?2) GROUP BY c.step ORDER BY c.step DESC LIMIT ?1";

static int history(struct state_step **out, size_t *count, struct store *store, struct arena *arena,
                   size_t limit, int64_t only, bool ids, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step, result = stmt_prepare(&stmt, store, history_sql, err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, (int64_t)limit);
    stmt_bind_int(stmt, 2, only);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) != 0) {
        struct state_step told;

        result = step < 0 ? step : history_step(&told, stmt, store, arena, err);
        if (result == ERR_OK && ids)
            result = history_ids(&told, store, arena, err);
        if (result == ERR_OK)
            ARENA_PUSH(arena, *out, *count, cap, told);
    }
    stmt_reset(stmt);
    return result;
}

int state_history(struct state_step **out, size_t *count, struct store *store, struct arena *arena,
                  size_t limit, bool ids, struct error *err)
{
    return history(out, count, store, arena, limit, 0, ids, err);
}

int state_step_told(char **what, struct store *store, struct arena *arena, int64_t step,
                    struct error *err)
{
    struct state_step *steps;
    size_t count;
    int result = history(&steps, &count, store, arena, 1, step, false, err);

    *what = result == ERR_OK && count > 0 ? steps[0].what : NULL;
    return result;
}
