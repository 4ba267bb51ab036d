/*
 * Redo of an import (imported.h): the rows that its undo has logged are turned round, the last
 * first.
 */
#include "imported.h"

#include "bin.h"

#include "carrel/edit.h"
#include "carrel/ops.h"
#include "carrel/state.h"
#include "carrel/str.h"

#include <string.h>

struct import_row {
    char *field, *old;
    int64_t at; /* ms */
};

static int import_rows(struct import_row **rows, size_t *count, struct store *store,
                       struct arena *arena, int64_t undo, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int status, result = stmt_prepare(&stmt, store,
                                      "SELECT field, old, at FROM change_log WHERE step = ?1 AND "
                                      "kind = 'import' AND old IS NOT NULL ORDER BY seq DESC",
                                      err);

    *rows = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, undo);
    while ((status = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, *rows, *count, cap,
                   ((struct import_row){ .field = stmt_dup(stmt, 0, arena),
                                         .old = stmt_dup(stmt, 1, arena),
                                         .at = stmt_int(stmt, 2) }));
    stmt_reset(stmt);
    return status;
}

/* The import's words, where the older ones still stand. */
static int redo_words(struct binning *b, const char *pair, struct import_turned *turned,
                      struct error *err)
{
    struct imported one = { 0 };
    struct str line = STR_INIT;
    int64_t work = 0;
    bool said = false, read;
    int result = ERR_OK;

    str_printf(&line, "words %s\n", pair);
    read = imported_parse(&one, line.ptr, b->arena) && one.words.len == 1;
    str_free(&line);
    if (read)
        result = imported_work(&work, b->writer->store, one.words.items[0].before, true, err);
    if (result == ERR_OK && work)
        result = imported_say_again(&said, b, one.words.items[0].id, err);
    turned->words += said;
    return result;
}

static int redo_rows(struct binning *b, const struct import_row *rows, size_t count,
                     struct import_turned *turned, struct error *err)
{
    struct edit_undone undone = { 0 };
    char own[MACHINE_HEX];
    size_t i;
    int result = ops_machine(b->writer->store, own, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        arena_reset(b->arena);
        result = strcmp(rows[i].field, "gone") == 0
                     ? bin_say_back(b, own, rows[i].old, rows[i].at, &undone, &turned->waiting, err)
                     : redo_words(b, rows[i].old, turned, err);
        if (result == ERR_OK)
            result = state_tell(b->writer->store, i + 1, count, err);
    }
    turned->papers += undone.done - turned->waiting;
    return result;
}

/* The rows of the import stand for the step that does it again, too. */
static int log_again(struct store *store, struct arena *arena, int64_t step, struct error *err)
{
    struct again {
        char *item, *field, *records;
    } *rows = NULL;
    size_t count = 0, cap = 0, i;
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT item, field, new FROM change_log WHERE step = ?1 AND kind = "
                              "'import' AND undoes IS NULL ORDER BY seq",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, step);
    while ((result = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, rows, count, cap,
                   ((struct again){ stmt_dup(stmt, 0, arena), stmt_dup(stmt, 1, arena),
                                    stmt_dup(stmt, 2, arena) }));
    stmt_reset(stmt);
    for (i = 0; i < count && result == ERR_OK; i++)
        result =
            state_log(store, "import", rows[i].item, rows[i].field, NULL, rows[i].records, err);
    return result;
}

int import_redo(struct store *store, int64_t undo, int64_t step, struct import_turned *turned,
                struct error *err)
{
    struct arena *arena = arena_new();
    struct import_row *rows;
    struct binning b;
    size_t count;
    int result = import_rows(&rows, &count, store, arena, undo, err);

    if (result == ERR_OK)
        result = binning_begin(&b, store, err);
    if (result == ERR_OK) {
        result = log_again(store, arena, step, err);
        if (result == ERR_OK)
            result = redo_rows(&b, rows, count, turned, err);
        result = binning_end(&b, store, result, err);
        bin_cover(store, result == ERR_OK ? (int64_t)turned->papers : 0);
    }
    arena_free(arena);
    return result;
}
