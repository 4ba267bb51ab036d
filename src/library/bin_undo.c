/*
 * Undo and redo of papers that were removed or brought back (bin_steps.c): the contrary is said of
 * what is still as the step left it, and then of works and the bin what that makes.
 */
#include "bin.h"

#include "carrel/ops.h"
#include "carrel/state.h"
#include "carrel/works.h"

#include <stdlib.h>
#include <string.h>

struct gone_row {
    char *item, *names; /* one a line */
    int64_t at;
    bool removal;
    const char *own; /* this machine's id */
};

/* A name of it, and what was said of that before the step. */
static enum bin_word row_word(const char **name, const struct gone_row *row)
{
    enum bin_word word = row->removal ? BIN_STAYS : BIN_GONE;

    if (str_starts(*name, BIN_WAS_UNSAID)) {
        *name += strlen(BIN_WAS_UNSAID);
        word = BIN_UNSAID;
    }
    return word;
}

static int gone_rows(struct gone_row **out, size_t *count, struct store *store, struct arena *arena,
                     int64_t step, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int status,
        result = stmt_prepare(&stmt, store,
                              "SELECT item, ifnull(new, old), at, new IS NOT NULL FROM change_log "
                              "WHERE step = ?1 AND kind = 'gone' ORDER BY seq",
                              err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, step);
    while ((status = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, *out, *count, cap,
                   ((struct gone_row){ .item = stmt_dup(stmt, 0, arena),
                                       .names = stmt_dup(stmt, 1, arena),
                                       .at = stmt_int(stmt, 2),
                                       .removal = stmt_int(stmt, 3) != 0 }));
    stmt_reset(stmt);
    return status;
}

/* Is it still as the step has said it, and has nobody said it again since? */
static int said_here(bool *here, struct binning *b, const char *name, const struct gone_row *row,
                     struct error *err)
{
    struct op op = { .value = NULL };
    int result = ops_register(&op, b->writer->store, b->arena, "gone", name, "", err);

    *here = false;
    if (result == ERR_NOTFOUND)
        return ERR_OK;
    *here = result == ERR_OK && str_eq(op.value, row->removal ? "1" : "0")
            && (strcmp(op.machine, row->own) == 0 || op_stamp_ms(op.stamp) <= row->at);
    return result;
}

/* Back to what was said of it before. */
static int undo_word(struct binning *b, const char *name, enum bin_word before,
                     const struct gone_row *row, struct str *said, struct error *err)
{
    bool here;
    int result = said_here(&here, b, name, row, err);

    return result == ERR_OK && here ? bin_say(b, name, before, said, err) : result;
}

/* Another name that it gives has gone since: of what it is called it has to be said that it stays.
 */
static int undo_insist(struct binning *b, const char *name, int64_t *back, struct error *err)
{
    struct str unused = STR_INIT;
    enum bin_word word;
    int64_t paper, at;
    bool own = false;
    int result = bin_word(b->writer->store, &word, &at, name, err);

    if (result == ERR_OK && word == BIN_UNSAID)
        result = bin_find(b->writer->store, &paper, &own, name, err);
    if (result == ERR_OK && own)
        result = bin_say(b, name, BIN_STAYS, &unused, err);
    if (result == ERR_OK && own)
        result = bin_settle_papers(b->writer, b->preparer, name, back, err);
    str_free(&unused);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static int undo_settle(struct binning *b, const char *name, const struct gone_row *row,
                       int64_t *back, struct error *err)
{
    int result;

    if (!row->removal)
        return bin_settle_name(b->writer, b->preparer, name, err);
    result = bin_settle_papers(b->writer, b->preparer, name, back, err);
    return result == ERR_OK ? undo_insist(b, name, back, err) : result;
}

/* All words of the row first, then what they make: a paper comes back, and goes, as a whole. */
static int undo_row(struct binning *b, const struct gone_row *row, struct edit_undone *undone,
                    size_t *waiting, struct error *err)
{
    struct text_list names = { 0 };
    struct str said = STR_INIT;
    int64_t back = 0;
    const char *name;
    enum bin_word before;
    size_t i;
    int result = ERR_OK;

    text_list_add_lines(&names, b->arena, row->names);
    for (i = 0; i < names.len && result == ERR_OK; i++) {
        name = names.items[i];
        before = row_word(&name, row);
        result = undo_word(b, name, before, row, &said, err);
    }
    undone->done += said.len > 0;
    undone->left += said.len == 0;
    for (i = 0; i < names.len && result == ERR_OK; i++) {
        name = names.items[i];
        row_word(&name, row);
        result = undo_settle(b, name, row, &back, err);
    }
    *waiting += row->removal && said.len > 0 && back == 0;
    str_free(&said);
    return result;
}

int bin_say_back(struct binning *b, const char *own, char *said, int64_t at,
                 struct edit_undone *undone, size_t *waiting, struct error *err)
{
    struct gone_row row = { .names = said, .at = at, .removal = true, .own = own };

    return undo_row(b, &row, undone, waiting, err);
}

int bin_undo(struct writer *writer, int64_t step, size_t *papers, struct edit_undone *undone,
             size_t *waiting, struct error *err)
{
    struct arena *arena = arena_new();
    struct gone_row *rows;
    struct binning b;
    char own[MACHINE_HEX];
    size_t i;
    int result = binning_open(&b, writer, err);

    if (result == ERR_OK)
        result = ops_machine(writer->store, own, err);
    if (result == ERR_OK)
        result = gone_rows(&rows, papers, writer->store, arena, step, err);
    for (i = result == ERR_OK ? *papers : 0; i-- > 0 && result == ERR_OK;) {
        arena_reset(b.arena);
        rows[i].own = own;
        result = undo_row(&b, &rows[i], undone, waiting, err);
        if (result == ERR_OK)
            result = state_tell(writer->store, *papers - i, *papers, err);
    }
    binning_close(&b);
    arena_free(arena);
    return result;
}

/* Of what is not here any more, that it is removed is said all the same. */
static int redo_words(struct binning *b, const struct gone_row *row, struct error *err)
{
    struct text_list names = { 0 };
    struct str said = STR_INIT;
    const char *name;
    size_t i;
    int result = ERR_OK;

    text_list_add_lines(&names, b->arena, row->names);
    for (i = 0; i < names.len && result == ERR_OK; i++) {
        name = names.items[i];
        row_word(&name, row);
        result = bin_say(b, name, BIN_GONE, &said, err);
    }
    if (result == ERR_OK && said.len > 0)
        result = state_log(b->writer->store, "gone", row->item, "", NULL, said.ptr, err);
    str_free(&said);
    return result;
}

static int redo_row(struct binning *b, const struct gone_row *row, struct error *err)
{
    int64_t work;
    int result;

    if (!row->removal)
        return bin_return_named(b, row->item, err);
    result = works_find(b->writer->store, &work, row->item, err);
    return result == ERR_OK         ? bin_remove_work(b, work, err)
           : result == ERR_NOTFOUND ? redo_words(b, row, err)
                                    : result;
}

static int redo_rows(struct binning *b, const struct gone_row *rows, size_t count, size_t *left,
                     struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++) {
        arena_reset(b->arena);
        result = redo_row(b, &rows[i], err);
        if (result == ERR_NOTFOUND) {
            ++*left;
            result = ERR_OK;
        }
        if (result == ERR_OK)
            result = state_tell(b->writer->store, i + 1, count, err);
    }
    return result;
}

int bin_redo(struct store *store, int64_t step, size_t *papers, bool *removal, size_t *left,
             struct error *err)
{
    struct arena *arena = arena_new();
    struct gone_row *rows;
    struct binning b;
    int result = gone_rows(&rows, papers, store, arena, step, err);

    if (result == ERR_OK)
        result = binning_begin(&b, store, err);
    if (result == ERR_OK) {
        *removal = *papers > 0 && rows[0].removal;
        result = binning_end(&b, store, redo_rows(&b, rows, *papers, left, err), err);
        bin_cover(store, result == ERR_OK ? (int64_t)*papers : 0);
    }
    arena_free(arena);
    return result;
}

/* What the words alone do not bring back. */
char *bin_waiting(char *what, size_t waiting)
{
    char *more;

    if (waiting == 0)
        return what;
    more = waiting == 1
               ? mem_printf("%s; nothing is left of it here: sync, import or add bring it", what)
               : mem_printf("%s; nothing is left of %zu of them here: sync, import or add bring "
                            "them",
                            what, waiting);
    free(what);
    return more;
}

char *bin_describe(bool removal, const char *name, size_t papers)
{
    const char *what = removal ? "removal" : "return";

    return papers < 2 ? mem_printf("%s of %s", what, name)
                      : mem_printf("%s of %s and of %zu more paper%s", what, name, papers - 1,
                                   papers == 2 ? "" : "s");
}
