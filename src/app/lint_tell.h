/*
 * How findings of lint are told: one by one, each with the paper that it is of, and at the end how
 * many papers each rule has found something in. One thread.
 */
#ifndef CARREL_APP_LINT_TELL_H
#define CARREL_APP_LINT_TELL_H

#include "carrel/jsonw.h"
#include "carrel/lint.h"
#include "carrel/str.h"

struct lint_about {
    int64_t work;
    const char *id, *key, *title; /* key: that of a bibliography; NULL or "": none */
};
struct lint_counts;

/* A line or two, or with `w` an object. `done`: its edit is made, else it may be. */
void lint_tell(struct str *out, struct jsonw *w, const struct lint_about *about,
               const struct lint_finding *finding, bool done);

struct lint_counts *lint_counts_new(void);
/* Those of one paper come one after the other. */
void lint_counts_add(struct lint_counts *counts, int64_t work, const struct lint_finding *finding);
/* "macro dam: 130 papers", a line each, most papers first. */
void lint_counts_write(struct str *out, struct lint_counts *counts);
void lint_counts_free(struct lint_counts *counts); /* NULL: nothing */

#endif
