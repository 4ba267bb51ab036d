/* What the change log's writer (steps.c, state.c, queries.c) and reader (undo.c, undo_tell.c)
 * share. */
#ifndef CARREL_STORE_STATE_INTERNAL_H
#define CARREL_STORE_STATE_INTERNAL_H

#include "internal.h"

/* A row of the change log. */
struct state_row {
    char *kind, *item, *field, *old, *new;
};

/* First column as text (caller frees), NULL when there is no row or it is NULL. */
int state_read(struct store *store, char **out, const char *sql, int64_t work, const char *text,
               struct error *err);
/* What reads the present value of a kind, of a work (?1) or of a name (?2); NULL: nothing does. */
const char *state_present_sql(const char *kind);
/* As registers have it: a mark that nobody has set is one, too. */
const char *state_value(const char *kind, const char *value);
bool state_same(const char *kind, const char *a, const char *b);
/* NULL: the saved query goes. */
int state_apply_query(struct store *store, const char *name, const char *query, struct error *err);
/* "tag later on 'Lamps of moths'", and how many more of `rows`, of the step's row; malloc'd. */
int state_describe(char **what, struct store *store, struct arena *arena, int64_t step,
                   const struct state_row *row, size_t rows, struct error *err);
/* How many of a step's rows are told. */
size_t state_rows_told(const struct state_row *rows, size_t len);
/* query_order.c: its place among the others. */
#define QUERY_PLACE_SQL "SELECT position FROM saved_query WHERE name = ?2"
bool state_is_query_place(const struct state_row *row);
int state_apply_query_place(struct store *store, const char *name, const char *place,
                            struct error *err);

/* Steps up to this one are no history (state_begin_history). */
#define STATE_BEFORE "ifnull((SELECT value FROM meta WHERE key = 'history_begins'), 0)"

#endif
