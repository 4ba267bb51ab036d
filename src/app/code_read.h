/* Between the files that read a clone in levels (carrel/code.h). */
#ifndef CARREL_APP_CODE_READ_H
#define CARREL_APP_CODE_READ_H

#include "carrel/code.h"

#include "clone.h"

struct code_reading {
    struct code_level *out;
    struct store *store;
    struct arena *arena;
    struct vcs *vcs;
    const struct code_place *place; /* as out->place has it: whole hashes, in the arena */
    const struct code_wish *wish;
    struct vcs_commit before; /* of a difference of two: the other one */
    const atomic_bool *cancel;
    size_t cap;
};

/* Texts lie in the arena. The row lives until the next one is added. */
struct code_row *code_add_row(struct code_reading *r, enum code_style style, char *left, char *text,
                              const struct code_place *leads);
/* A place in the same clone; borrows `at` and `path`. */
const struct code_place *code_lead(struct code_reading *r, enum code_what what, const char *at,
                                   const char *path, size_t line);
/* A line of a file, fit to be drawn: clean, with blanks for tabs, and bounded. */
char *code_line(struct arena *arena, const char *bytes, size_t len);

int code_read_tree(struct code_reading *r, struct error *err);
int code_read_file(struct code_reading *r, struct error *err);
int code_read_log(struct code_reading *r, struct error *err);
int code_read_diff(struct code_reading *r, struct error *err);
int code_read_blame(struct code_reading *r, struct error *err);
int code_read_refs(struct code_reading *r, struct error *err);

#endif
