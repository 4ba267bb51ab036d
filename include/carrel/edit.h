/*
 * What a person says a paper is: title, authors, date, venue, and which DOI or arXiv number it has.
 *
 * It is kept as a record of the source "hand", which stands in front of all others when the work is
 * composed; so reading a document again or a harvest changes nothing of it, and what is taken back
 * is the sources' to say again. An identifier that another work has makes the two one.
 */
#ifndef CARREL_EDIT_H
#define CARREL_EDIT_H

#include "carrel/record.h"
#include "carrel/store.h"

/* The fields in the order in which they are shown; NULL behind the last. */
struct edit_field {
    const char *name;   /* "authors" */
    const char *help;   /* how it is written */
    size_t offset;      /* of its text in a record; of authors and arxiv: of their list */
    const char *scheme; /* of identifiers: "doi", "arxiv" */
};
const struct edit_field *edit_field_at(size_t i);
const struct edit_field *edit_field_find(const char *name);
/* The field as one writes it, "" when the record does not say; in the arena. */
char *edit_value(const struct record *record, const struct edit_field *field, struct arena *arena);
/* Puts it into the record, made canonical; "" takes it out. ERR_USAGE names the field. */
int edit_set(struct record *record, const struct edit_field *field, const char *value,
             struct arena *arena, struct error *err);

/* All that the hand says of a work: a record of these fields, in the arena. */
int hand_read(struct record *out, struct store *store, struct arena *arena, int64_t work,
              struct error *err);

struct edit_change {
    const struct edit_field *field;
    const char *value; /* "": what the hand said is taken back */
    const char *from;  /* only if the hand says this now; NULL: whatever it says */
};
/* All of them, as one undo step. *report (malloc'd) tells what was changed and what was joined.
 * ERR_USAGE: a value, or an arXiv number that is not the work's. ERR_FAILED: the hand says
 * something else than `from`, and nothing was done. */
int library_edit(struct store *store, const char *id, const struct edit_change *changes,
                 size_t count, char **report, struct error *err);

struct edit_paper {
    const char *id;
    const struct edit_change *changes;
    size_t count;
};
/* Of several papers, as one undo step, all or nothing. With `left`, a paper that is gone or of
 * which the hand says something else than `from` is passed over and counted there. */
int library_edit_papers(struct store *store, const struct edit_paper *papers, size_t count,
                        size_t *left, struct error *err);

#endif
