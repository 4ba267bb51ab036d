/*
 * Tags as a tree: tags.h. A tag is a name alone; what lies below what is said by the names.
 */
#include "carrel/tags.h"

#include "carrel/state.h"
#include "carrel/str.h"
#include "carrel/works.h"

#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* Of ?1 and what lies below it. */
#define BRANCH "(t.name = ?1 OR (t.name >= ?1 || '/' AND t.name < ?1 || '0'))"

/* A branch before its neighbours: "a/b" before "a-b". */
static int tag_compare(const void *a, const void *b)
{
    const unsigned char *x = (const unsigned char *)((const struct tag_row *)a)->name;
    const unsigned char *y = (const unsigned char *)((const struct tag_row *)b)->name;

    for (; *x && *x == *y; x++, y++)
        ;
    return (*x == '/' ? 1 : *x) - (*y == '/' ? 1 : *y);
}

static bool tag_below(const char *name, const char *branch)
{
    size_t len = strlen(branch);

    return strncmp(name, branch, len) == 0 && name[len] == '/';
}

/* The names in use, and every branch that they imply. */
static int tag_names(struct tag_row **rows, size_t *count, struct store *store, struct arena *arena,
                     struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT name FROM tag t WHERE EXISTS (SELECT 1 FROM work_tag "
                                    "WHERE tag_id = t.id)",
                                    err);

    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        char *name = stmt_dup(stmt, 0, arena), *slash;

        ARENA_PUSH(arena, *rows, *count, cap, (struct tag_row){ .name = name });
        for (slash = strchr(name + 1, '/'); slash; slash = strchr(slash + 1, '/'))
            ARENA_PUSH(
                arena, *rows, *count, cap,
                ((struct tag_row){ .name = arena_strndup(arena, name, (size_t)(slash - name)) }));
    }
    stmt_reset(stmt);
    return step;
}

static int tag_counts(struct tag_row *row, struct store *store, struct error *err)
{
    struct stmt *stmt;
    int step,
        result =
            stmt_prepare(&stmt, store,
                         "SELECT count(*), total(ifnull(r.state, 0) = 0) FROM (SELECT DISTINCT "
                         "w.work_id FROM tag t JOIN work_tag w ON w.tag_id = t.id WHERE " BRANCH
                         ") x LEFT JOIN reading r ON r.work_id = x.work_id",
                         err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, row->name);
    step = stmt_step(stmt, err);
    if (step == 1) {
        row->count = stmt_int(stmt, 0);
        row->unread = stmt_int(stmt, 1);
    }
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

int tags_list(struct tag_row **out, size_t *count, struct store *store, struct arena *arena,
              struct error *err)
{
    struct tag_row *rows = NULL;
    const char *at;
    size_t len = 0, kept = 0, i;
    int result = tag_names(&rows, &len, store, arena, err);

    if (len > 1)
        qsort(rows, len, sizeof *rows, tag_compare);
    for (i = 0; i < len; i++)
        if (kept == 0 || strcmp(rows[kept - 1].name, rows[i].name) != 0)
            rows[kept++] = rows[i];
    for (i = 0; i < kept && result == ERR_OK; i++) {
        for (at = rows[i].name + 1; (at = strchr(at, '/')); at++)
            rows[i].depth++;
        while (i + 1 + (size_t)rows[i].below < kept
               && tag_below(rows[i + 1 + (size_t)rows[i].below].name, rows[i].name))
            rows[i].below++;
        result = tag_counts(&rows[i], store, err);
    }
    *out = rows;
    *count = kept;
    return result;
}

/* ---- renaming ---- */

struct tagged {
    int64_t work;
    char *name;
};

static int branch_tagged(struct tagged **rows, size_t *count, struct store *store,
                         struct arena *arena, const char *branch, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT w.work_id, t.name FROM tag t JOIN work_tag w ON "
                                    "w.tag_id = t.id WHERE " BRANCH " ORDER BY w.work_id, t.name",
                                    err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, branch);
    while ((step = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(
            arena, *rows, *count, cap,
            ((struct tagged){ .work = stmt_int(stmt, 0), .name = stmt_dup(stmt, 1, arena) }));
    stmt_reset(stmt);
    if (step == 0 && *count == 0)
        return error_set(err, ERR_NOTFOUND, "no paper has the tag %s, or one below it", branch);
    return step;
}

static int rename_rows(struct store *store, struct arena *arena, const char *from, const char *to,
                       int64_t *changed, struct error *err)
{
    struct tagged *rows = NULL;
    size_t count = 0, i;
    int result = branch_tagged(&rows, &count, store, arena, from, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        *changed += i == 0 || rows[i].work != rows[i - 1].work;
        if (to)
            result =
                state_tag(store, rows[i].work,
                          arena_printf(arena, "%s%s", to, rows[i].name + strlen(from)), true, err);
        if (result == ERR_OK)
            result = state_tag(store, rows[i].work, rows[i].name, false, err);
    }
    return result;
}

void tag_row_json(struct jsonw *w, const struct tag_row *row)
{
    jsonw_object(w);
    jsonw_key_string(w, "name", row->name);
    jsonw_key_int(w, "depth", row->depth);
    jsonw_key_int(w, "count", row->count);
    jsonw_key_int(w, "unread", row->unread);
    jsonw_end(w);
}

int tags_rename(struct store *store, const char *from, const char *to, int64_t *changed,
                struct error *err)
{
    struct arena *arena = arena_new();
    int result;

    *changed = 0;
    if (to && (strcmp(from, to) == 0 || tag_below(to, from)))
        result = error_set(err, ERR_USAGE, "%s cannot be called %s: that is the same, or below it",
                           from, to);
    else
        result = state_begin(store, err);
    if (result == ERR_OK) {
        result = rename_rows(store, arena, from, to, changed, err);
        result = state_end(store, result, err);
    }
    arena_free(arena);
    return result;
}
