/*
 * The change log behind the reader's state, for whoever adds a kind of undoable step (library's
 * merges).
 */
#ifndef CARREL_STATE_H
#define CARREL_STATE_H

#include "carrel/mem.h"
#include "carrel/record.h"
#include "carrel/store.h"

/* Who is told how far a step of many papers is, until it is NULL again; and where it may be
 * stopped: state_tell gives ERR_CANCELLED when the connection's cancel is set. */
void state_watch(struct store *store, void (*told)(void *ctx, size_t done, size_t total),
                 void *ctx);
int state_tell(struct store *store, size_t done, size_t total, struct error *err);

/* One row of the open step (between state_begin and state_commit). */
int state_log(struct store *store, const char *kind, const char *item, const char *field,
              const char *old, const char *new, struct error *err);

/* Rows of the open step so far: what it has really changed. */
int state_changes(struct store *store, int64_t *count, struct error *err);

/* The newest step of these that is not undone: its number and the kind of its last row.
 * ERR_NOTFOUND: none. */
enum state_steps { STATE_ANY, STATE_BUT_IMPORTS, STATE_IMPORTS };
int state_newest(struct store *store, enum state_steps which, int64_t *step, char kind[16],
                 struct error *err);
/* What was done until now is no step of the reader's: undo and its list begin behind it. What the
 * log tells otherwise (what was read when) stays. */
int state_begin_history(struct store *store, struct error *err);
/* The newest undo that nothing has done again, and nothing new come after: its step, that which it
 * took back, and the kind of that one's last row. ERR_NOTFOUND: there is none. */
int state_redoable(struct store *store, int64_t *undo, int64_t *step, char kind[16],
                   struct error *err);
/* The step that is opened next does again what this undo has taken back. */
void state_redo_begin(struct store *store, int64_t undo);
/* Does that again; kinds merge, split, apart and edit are library's. */
int state_redo(struct store *store, char **what, struct error *err);

/* Steps, the newest first, without those that are undo. */
struct state_step {
    int64_t step, at /* ms */, changes;
    char *what; /* one readable line, with the title of the first paper */
    bool undone, again /* done by redo */;
    struct text_list ids; /* what it was done to: of papers, numbers of alerts, names of queries */
};
/* With `ids` only where they are wanted: there may be many. */
int state_history(struct state_step **out, size_t *count, struct store *store, struct arena *arena,
                  size_t limit, bool ids, struct error *err);
/* One step, as the list tells it, in the arena; NULL: there is none. */
int state_step_told(char **what, struct store *store, struct arena *arena, int64_t step,
                    struct error *err);
/* How a person knows what a row of the log speaks of: a paper by its title in quotes, short enough
 * for a status line; by its id, where the library has no title of it (any more); an alert by its
 * rule and paper; a saved query by its name. In the arena, or `item` itself. */
int state_named(const char **name, struct store *store, struct arena *arena, const char *kind,
                const char *item, struct error *err);
/* From now on titles in such names are whole, for lines that no screen cuts. */
void state_name_whole(struct store *store, bool whole);
/* Takes that step back; kinds merge, split, apart and edit are library's to undo. */
int state_undo_step(struct store *store, int64_t step, char **what, struct error *err);
/* `what` (malloc'd, taken), with word of those of its rows that were left as they are; malloc'd. */
char *state_left(char *what, size_t left, size_t rows);
/* Marks `step` as undone by the open step. */
int state_log_undo(struct store *store, const char *kind, const char *item, int64_t step,
                   struct error *err);
int state_is_undone(bool *undone, struct store *store, int64_t step, struct error *err);
/* An import as a step, while it goes on: rows of the kind "import" (library/imported.h) in a
 * transaction that is no step otherwise; a new step when *step is 0. */
int state_log_import(int64_t *step, struct store *store, const char *name, const char *counts,
                     const char *records, struct error *err);
/* A row that takes one of `step` back; of 0: of none, as state_log. */
int state_log_back(struct store *store, const char *kind, const char *item, const char *field,
                   const char *old, const char *new, int64_t step, struct error *err);
void state_rollback(struct store *store);

#endif
