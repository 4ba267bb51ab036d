/*
 * Operations: every mark, tag, note, highlight, saved query, place, decision about identity and
 * sample as a register that machines agree about, whatever the order in which they hear of it.
 *
 * An operation is stamped by a hybrid logical clock (S. Kulkarni, M. Demirbas, D. Madappa, B. Avva,
 * M. Leone: Logical Physical Clocks, OPODIS 2014): milliseconds since 1970 in the upper 48 bits,
 * a counter in the lower 16. It is later than everything its machine had seen when it was made. Of
 * a register the operation with the greatest (stamp, machine) stands. Notes (kinds "note" and
 * "hnote") are multi-value registers (M. Shapiro, N. Preguiça, C. Baquero, M. Zawirski: A
 * comprehensive study of convergent and commutative replicated data types, INRIA RR-7506, 2011): an
 * edit takes the place of those that its machine had seen, and concurrent ones stand beside it.
 *
 * Machines have a random id, which is made when it is first needed, and anew when the library is a
 * copy, was restored or put back to what it was (ops_place.c), or hears of its own words that it
 * does not know: two libraries that go on from one past must not stamp alike, and what one has lost
 * comes back from its peers as the words of another.
 *
 * What lies in the tables that views and searches read (reading, work_tag, note ...) is computed
 * from these: of a work, from the registers of all of its aliases. An operation about something
 * that is not here waits until it comes. All functions run on the thread that owns the connection,
 * and write inside an open transaction.
 */
#ifndef CARREL_OPS_H
#define CARREL_OPS_H

#include "carrel/mem.h"
#include "carrel/store.h"

#define MACHINE_HEX 33  /* bytes of a machine's id as text */
#define MACHINE_SHORT 9 /* of its beginning, as people are told it */
#define OP_ITEM_MAX 600
#define OP_FIELD_MAX 600
#define OP_VALUE_MAX (1u << 20)
#define OP_PAST_MAX (64u << 10)
/* Stamps are less: the year 2248, and 15 hexadecimal digits. What others say is to be no more than
 * ten years ahead, so that something can be said after it. */
#define OP_STAMP_MAX (INT64_C(1) << 59)
/* How far the own clock follows those of others: a day. Operations from further ahead are taken,
 * and told. */
#define OP_AHEAD_MS (24 * INT64_C(3600000))

struct op {
    int64_t seq, stamp;
    const char *machine; /* its id */
    const char *kind, *item, *field;
    const char *value; /* NULL: taken away */
    const char *past;  /* of a note: "ID:STAMP ID:STAMP", stamps in hexadecimal; "" none */
};

/* The library's machine, made if there is none yet. */
int ops_machine(struct store *store, char id[MACHINE_HEX], struct error *err);
/* The same for who only looks: nothing is written. "": there is none yet, or the library is a copy
 * that becomes another one as soon as it says something. */
int ops_machine_known(struct store *store, char id[MACHINE_HEX], struct error *err);
/* The library's generation: another random number, less than GENERATION_IDS, as soon as ops_machine
 * is asked for with more to tell than before; 0: none yet. And whether one is of this library's
 * past: a library that was put back does not know those that it had since. */
#define GENERATION_IDS INT64_C(100000000)
int ops_generation(int64_t *id, struct store *store, struct error *err);
int ops_has_generation(bool *has, struct store *store, int64_t id, struct error *err);
/* The last stamp given out or followed. */
int ops_clock(struct store *store, int64_t *stamp, struct error *err);
int64_t op_stamp_ms(int64_t stamp);

/* Says it, now: after whatever the register holds. Does not touch what is computed from it. */
int ops_say(struct store *store, const char *kind, const char *item, const char *field,
            const char *value, struct error *err);

/* Says that two names are of one work by what their records say: a decision that any other one is
 * later than. Nothing is said where there is one. */
int ops_say_alike(struct store *store, const char *one, const char *other, struct error *err);
/* A decision about two names: "joined", "apart", or NULL, none. */
int ops_say_pair(struct store *store, const char *one, const char *other, const char *value,
                 struct error *err);

enum op_fate {
    OP_TAKEN,   /* the register has changed */
    OP_PASSED,  /* known already, or what is here is later */
    OP_REFUSED, /* not one of ours: *why says what is wrong with it */
};
/* Takes one from another machine, checked in every respect. *ahead: its clock is far ahead of ours.
 */
int ops_take(struct store *store, const struct op *op, enum op_fate *fate, bool *ahead,
             const char **why, struct error *err);

/* Has this carrel learnt kinds since ops_learn was last called here? */
int ops_kinds_new(bool *any, struct store *store, struct error *err);
/* The same, where operations of others may have been kept since. */
int ops_unlearnt(bool *any, struct store *store, struct error *err);
/* What was kept of those without being understood, in order of time and in the arena. It is no
 * longer here: whoever asks takes it now, in the same transaction. */
int ops_learn(struct op **out, size_t *count, struct store *store, struct arena *arena,
              struct error *err);

/* Those behind `after`, in order, at most `limit`; texts in the arena. */
int ops_since(struct store *store, struct arena *arena, int64_t after, size_t limit,
              struct op **out, size_t *count, struct error *err);
int ops_last(struct store *store, int64_t *seq, struct error *err); /* 0: none */
/* The one row of a register that is no note. ERR_NOTFOUND: nothing was ever said. */
int ops_register(struct op *out, struct store *store, struct arena *arena, const char *kind,
                 const char *item, const char *field, struct error *err);

/* How many texts stand below each other in a note ("note", "hnote") that was said by this name. */
int ops_note_texts(size_t *count, struct store *store, const char *kind, const char *item,
                   const char *field, struct error *err);

/* ---- what is computed from them (registers.c) ---- */

/* The name by which something is said of a work: what it is called, or another one if only the hand
 * says that. ERR_NOTFOUND: it is no longer in the library. */
int ops_name(char **name, struct store *store, struct arena *arena, int64_t work,
             struct error *err);
/* Marks, tags and notes said by a name are said by another one, as they were said and by whom, and
 * no longer by the first. */
int ops_rename(struct store *store, const char *from, const char *to, struct error *err);
/* Says it of a work by ops_name; a note, and the end of a tag, of its other names, too. Then as
 * registers_work. */
int ops_say_work(struct store *store, int64_t work, const char *kind, const char *field,
                 const char *value, struct error *err);
/* The same, by a name that ops_name has given. */
int ops_say_named(struct store *store, int64_t work, const char *name, const char *kind,
                  const char *field, const char *value, struct error *err);
/* The same as ops_say_work, of what was there before: a mark that the work's other names have is
 * theirs alone. */
int ops_say_back(struct store *store, int64_t work, const char *kind, const char *field,
                 const char *value, struct error *err);
/* What a source has counted on a day: said again only when it has changed, so the last one of a day
 * is that day's. */
int ops_say_sample(struct store *store, const char *item, const char *field, const char *value,
                   struct error *err);
/* What the hand says of a field of a work, by a name of it; what was said by its other names is
 * taken back. Only what differs is said. */
int ops_say_edit(struct store *store, int64_t work, const char *key, const char *field,
                 const char *value, struct error *err);
/* Marks, star, tags and note of a work, from the registers of all of its aliases. */
int registers_work(struct store *store, int64_t work, struct error *err);
/* Of these only what an operation of this kind has changed. */
int registers_work_kind(struct store *store, int64_t work, const char *kind, struct error *err);
/* Is an operation of this kind settled by registers_work? Then of many one settling is enough. */
bool registers_of_work(const char *kind);
/* The work of that name; 0: it is not here. */
int registers_find(struct store *store, const char *item, int64_t *work, struct error *err);
/* What one operation has changed. Decisions ("pair") are left to the library, and so is what the
 * hand says ("edit"), and what is removed ("gone"). */
int registers_settle(struct store *store, const char *kind, const char *item, const char *field,
                     struct error *err);
/* The samples of this name of the work; `field` NULL: all. They go where the name goes (triggers of
 * migration 31). */
int registers_samples(struct store *store, int64_t work, const char *item, const char *field,
                      struct error *err);
/* The same for a repository ("github.com/owner/name"), whose stars are samples of "repo:KEY", field
 * "github:NUMBER stars DAY", or "github stars DAY" where the host gives it no number. Nothing
 * happens where it is not known yet. */
int registers_stars(struct store *store, const char *key, const char *field, struct error *err);
#endif
