/* What the files of operations need of each other (carrel/ops.h). */
#ifndef CARREL_STORE_OPS_INTERNAL_H
#define CARREL_STORE_OPS_INTERNAL_H

#include "carrel/ops.h"

#include "internal.h"

#include "carrel/notes.h"
#include "carrel/record.h"
#include "carrel/str.h"

bool op_is_note(const char *kind);
/* Does a register of this kind keep concurrent edits beside each other? One of a newer carrel does,
 * until we know it. */
bool op_keeps_edits(const char *kind);
/* Beyond it is no time that anybody has said something at: ten years ahead. */
int64_t op_horizon(void);

/* ops.c: the rows of a register; all of them are gone through at once. */
int register_rows(struct stmt **stmt, struct store *store, const char *kind, const char *item,
                  const char *field, struct error *err);
/* ERR_LIMIT: too many edits would stand beside each other. */
int register_put(struct store *store, const struct op *op, bool *comes, struct error *err);
int op_insert(struct store *store, const struct op *op, struct error *err);
int op_delete(struct store *store, int64_t seq, struct error *err);
/* ops_past.c: up to which stamp of that machine a note has been seen; -1: nothing of it. */
int64_t past_of(const char *past, const char *machine);
/* Such pasts being joined: of each machine the latest stamp. Begins as { 0 }. */
struct past {
    struct past_row {
        char machine[MACHINE_HEX];
        int64_t stamp;
    } * rows;
    size_t len, cap, settled;
};
void past_add(struct past *past, const char *machine, int64_t stamp);
void past_join(struct past *past, const char *text);
void past_text(struct str *out, struct past *past); /* appends "ID:STAMP ID:STAMP " */
void past_clear(struct past *past);
void past_free(struct past *past);
/* " read star ... ": the kinds that this carrel knows, appended. */
void op_kinds(struct str *out);
/* Of a row of seq, stamp, machine's id, kind, item, field, value and past; in the arena. */
struct op op_of_row(struct stmt *stmt, struct arena *arena);
/* What is wrong with one that came from outside (static text); NULL: nothing. */
const char *op_wrong(struct store *store, const struct op *op);
/* tags.c, queries.c: may a tag, or a saved query, be called so? */
int tag_check(const char *tag, struct error *err);
/* Refuses a name of this kind ("tag") for one of these signs or a blank, with the nearest that
 * there may be; ERR_USAGE. */
int name_refuse(const char *kind, const char *signs, const char *name, struct error *err);
int query_name_check(const char *name, struct error *err);
int query_text_check(const char *query, struct error *err);
/* Valid UTF-8 of at most so many bytes without control characters; lines only where they are
 * allowed. */
bool op_is_clean(const char *text, size_t most, bool lines);

/* seen.c: which version of a paper was seen, "v2 2024-03-05 withdrawn"; false: no such text. */
#define SEEN_MAX 48
struct seen_parts {
    int number;  /* 0: not known */
    int32_t day; /* 0: not known */
    bool withdrawn;
};
bool seen_parse(struct seen_parts *out, const char *text);
/* The newest version that is known of the work; "" none is. */
int seen_newest(char out[SEEN_MAX], struct store *store, int64_t work, struct error *err);

#define STAMP_COUNTER_BITS 16

int machine_own(struct store *store, int64_t *n, struct error *err);
/* From now on it is another one. */
int machine_new(struct store *store, int64_t *n, struct error *err);
int machine_random(char id[MACHINE_HEX], struct error *err);

/* ops_place.c. Is the library where and as it was? */
int place_check(bool *same, struct store *store, struct error *err);
/* It is here, and as it is; `keep`: and as it was before, until this is committed and settled. */
int place_renew(struct store *store, bool keep, struct error *err);
int place_settle(struct store *store, struct error *err);
/* The last operation that anybody may have been told of. */
int place_told(int64_t *seq, struct store *store, struct error *err);
/* Is there more to tell than there was at place_renew? */
int place_is_old(bool *old, struct store *store, struct error *err);

int machine_number(struct store *store, const char *id, int64_t *n, struct error *err);

int machine_id(struct store *store, int64_t n, char id[MACHINE_HEX], struct error *err);
/* The clock was wrong once and is put right: what is said now is not to have the wrong time for
 * ever. Stamps have to grow only as long as the machine is the same. */
int clock_settle(struct store *store, int64_t *clock, int64_t *machine, struct error *err);
/* The own clock comes behind a stamp, unless that is further ahead of the time of day than a day:
 * what others say cannot drive it away. */
void clock_follow(struct store *store, int64_t clock, int64_t stamp);

/* reading.c: as the change log holds it; *json is NULL when there is none. Caller frees both. */
int highlight_json(char **json, char **document, struct store *store, const char *uid,
                   struct error *err);

/* notes.c: concurrent edits as one text. Begins with an arena alone. */
struct note_text {
    int64_t changed; /* ms */
    struct note_edit *edits;
    size_t count, cap;
    struct arena *arena;
};
/* They come in order of stamp and machine; of the operation these and the value are looked at. */
void note_add(struct note_text *note, const struct op *op);
/* Appends all of them, each but the first under a line that says whose it is; how many stand there.
 */
size_t note_compose(struct str *out, struct note_text *note);
/* What becomes of a text that was written on `before` (NULL: on whatever there is), where `now`
 * stands; appended, inside a transaction. */
int note_meet(struct str *out, enum note_met *met, struct store *store, const char *before,
              const char *now, const char *text, struct error *err);

int ops_convert(struct store *store, struct error *err);       /* migration 30 */
int ops_convert_stars(struct store *store, struct error *err); /* 31 */

#endif
