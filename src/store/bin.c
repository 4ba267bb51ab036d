/*
 * The bin, as it is read (carrel/bin.h). What goes in and out is written by
 * library/bin*.c.
 */
#include "carrel/bin.h"

#include "internal.h"

#include <string.h>

int bin_list(struct bin_paper **out, size_t *count, struct store *store, struct arena *arena,
             size_t limit, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step,
        result = stmt_prepare(&stmt, store,
                              "SELECT w.id, w.at, w.key, w.title, (SELECT count(*) FROM bin b "
                              "WHERE b.work = w.id) FROM bin_work w ORDER BY w.at DESC, w.id DESC "
                              "LIMIT ?1",
                              err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, (int64_t)limit);
    while ((step = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, *out, *count, cap,
                   ((struct bin_paper){ .work = stmt_int(stmt, 0),
                                        .at = stmt_int(stmt, 1),
                                        .key = stmt_dup(stmt, 2, arena),
                                        .title = stmt_dup(stmt, 3, arena),
                                        .records = stmt_int(stmt, 4) }));
    stmt_reset(stmt);
    return step;
}

int bin_count(struct store *store, int64_t *papers, struct error *err)
{
    return store_query_int(store, "SELECT count(*) FROM bin_work", papers, err);
}

/* As names are written in the library, whatever was typed. */
static void canonical_name(struct str *out, const char *name)
{
    struct ident ident;

    if (ident_parse(&ident, name))
        ident_print(out, &ident);
    else
        str_add(out, name);
}

int bin_removed(struct store *store, bool *removed, const char *name, struct error *err)
{
    struct str canonical = STR_INIT;
    enum bin_word word = BIN_UNSAID;
    int64_t work, at;
    bool own;
    int result;

    canonical_name(&canonical, name);
    result = bin_word(store, &word, &at, canonical.ptr, err);
    *removed = word == BIN_GONE;
    if (result == ERR_OK && !*removed) {
        result = bin_find(store, &work, &own, name, err);
        *removed = result == ERR_OK;
    }
    str_free(&canonical);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

/* One's own name goes before that of another that merely mentions it. */
int bin_find(struct store *store, int64_t *work, bool *own, const char *name, struct error *err)
{
    struct str canonical = STR_INIT;
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT work, own FROM bin_name WHERE name = ?1 ORDER BY own "
                                    "DESC, work LIMIT 1",
                                    err);

    if (result != ERR_OK)
        return result;
    canonical_name(&canonical, name);
    stmt_bind_text(stmt, 1, canonical.ptr);
    step = stmt_step(stmt, err);
    if (step == 1) {
        *work = stmt_int(stmt, 0);
        *own = stmt_int(stmt, 1) != 0;
    }
    stmt_reset(stmt);
    str_free(&canonical);
    return step < 0 ? step : step == 1 ? ERR_OK : ERR_NOTFOUND;
}

int bin_names(struct text_list *out, struct store *store, struct arena *arena, int64_t work,
              struct error *err)
{
    return texts_of(store, arena, "SELECT name FROM bin_name WHERE work = ?1", work, out, err);
}

int bin_title(struct store *store, char **title, const char *name, struct error *err)
{
    int64_t work = 0;
    struct stmt *stmt;
    bool own;
    int step, result = bin_find(store, &work, &own, name, err);

    *title = NULL;
    if (result == ERR_OK)
        result = stmt_prepare(&stmt, store, "SELECT title FROM bin_work WHERE id = ?1", err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    step = stmt_step(stmt, err);
    if (step == 1)
        *title = mem_strdup(stmt_text(stmt, 0));
    stmt_reset(stmt);
    return step < 0 ? step : step == 1 ? ERR_OK : ERR_NOTFOUND;
}

int bin_word(struct store *store, enum bin_word *word, int64_t *at, const char *name,
             struct error *err)
{
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, store,
                              "SELECT value = '1', stamp >> 16 FROM op WHERE item = ?1 AND kind = "
                              "'gone' AND field = '' AND value IS NOT NULL",
                              err);

    *word = BIN_UNSAID;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, name);
    step = stmt_step(stmt, err);
    if (step == 1) {
        *word = stmt_int(stmt, 0) ? BIN_GONE : BIN_STAYS;
        *at = stmt_int(stmt, 1);
    }
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}
