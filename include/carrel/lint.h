/*
 * What looks wrong with one paper: judged from what it says alone. Pure functions; any thread.
 */
#ifndef CARREL_LINT_H
#define CARREL_LINT_H

#include "carrel/citation.h"

struct lint_finding {
    const char *rule;          /* static: "bad-doi" */
    const char *text;          /* one line for people */
    const char *field, *value; /* of an edit that mends it (carrel/edit.h); NULL: none is known */
    const char *subject;       /* what many papers may share, a macro's name; NULL: nothing */
};
struct lint_paper {
    const struct record *record;  /* merged; id is what it is called */
    const struct citation *entry; /* of a bibliography; NULL: none */
    int year_now;
};

/* The rules by their names, in the order in which they are looked at; NULL behind the last. */
const char *lint_rule(size_t i, const char **help);
/* Calls `each` for what is found; the finding lies in the arena. */
void lint_paper(const struct lint_paper *paper, struct arena *arena,
                void (*each)(void *ctx, const struct lint_finding *finding), void *ctx);

/* Is the last digit of an ISBN (10 or 13 digits) or ISSN right, whatever stands between its
 * digits? False also where there are other than so many. */
bool isbn_valid(const char *text);
bool issn_valid(const char *text);
/* UTF-8 that was read as Windows-1252 and written as UTF-8 again ("Ã©"), as it was; false, and
 * nothing is written: it does not look so. */
bool mojibake_undo(struct str *out, const char *text);

#endif
