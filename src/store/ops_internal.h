/* What the files of operations need of each other (carrel/ops.h). */
#ifndef CARREL_STORE_OPS_INTERNAL_H
#define CARREL_STORE_OPS_INTERNAL_H

#include "carrel/ops.h"

#include "internal.h"

#include "carrel/record.h"
#include "carrel/str.h"

/* Does a register of this kind keep concurrent edits beside each other? */
bool op_is_note(const char *kind);
/* What is wrong with one that came from outside (static text); NULL: nothing. */
const char *op_wrong(struct store *store, const struct op *op);
/* tags.c, state.c: may a tag, or a saved query, be called so? */
int tag_check(const char *tag, struct error *err);
int query_name_check(const char *name, struct error *err);
int query_text_check(const char *query, struct error *err);
/* Valid UTF-8 of at most so many bytes without control characters; lines only where they are
 * allowed. */
bool op_is_clean(const char *text, size_t most, bool lines);

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
/* Is there more to tell than there was at place_renew? */
int place_is_old(bool *old, struct store *store, struct error *err);

/* ERR_NOTFOUND without `make`; ERR_LIMIT. */
int machine_number(struct store *store, const char *id, bool make, int64_t *n, struct error *err);

int machine_id(struct store *store, int64_t n, char id[MACHINE_HEX], struct error *err);
/* The own clock comes behind a stamp, unless that is further ahead of the time of day than a day:
 * what others say cannot drive it away. */
int clock_follow(struct store *store, int64_t clock, int64_t stamp, struct error *err);

/* reading.c: as the change log holds it; *json is NULL when there is none. Caller frees both. */
int highlight_json(char **json, char **document, struct store *store, const char *uid,
                   struct error *err);

/* registers_work.c: concurrent edits as one text, each under a line that says whose it is. */
struct note_text {
    struct str body;
    int64_t changed; /* ms */
    size_t edits;
    struct text_list values;
    struct arena *arena;
};
void note_add(struct note_text *note, const struct op *op);

int ops_convert(struct store *store, struct error *err); /* migration 30 */

#endif
