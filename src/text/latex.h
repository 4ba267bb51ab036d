/*
 * Inside the reader of TeX: where it stands, its tables, and what its parts need of each other.
 */
#ifndef CARREL_TEXT_LATEX_H
#define CARREL_TEXT_LATEX_H

#include "carrel/str.h"

#define LATEX_DEPTH 24 /* groups and formulas in one another; what is deeper stays as it is */

/* A stretch of TeX that is read: the whole text, a group, a formula. */
struct latex {
    const char *at, *end; /* borrowed */
    struct str *out;      /* borrowed; readable text is added to it */
    int depth;            /* 0: outside of groups and formulas */
};

static inline bool latex_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* latex_symbols.c: static text, NULL when there is none. */
const char *latex_symbol(const char *name);            /* of a command, without its backslash */
const char *latex_script_rune(unsigned rune, bool up); /* above or below the line; "" for a blank */
/* Does the command dress a group, which stays? Is it a letter of a word? */
bool latex_is_wrapper(const char *name);
bool latex_is_letter_command(const char *name);

/* latex.c: to the end, or to a character of `stop` (may be NULL) outside groups. */
void latex_run(struct latex *x, const char *stop);
/* x->at stands on the backslash; moves past what belongs to it. */
void latex_backslash(struct latex *x);
/* A {group}'s content, made readable, into `out`; moves past it. False when there is no group. */
bool latex_take_group(struct latex *x, struct str *out);

/* latex_math.c: with x->at behind the name; false, and nothing taken, without its groups. */
bool latex_frac(struct latex *x);
bool latex_sqrt(struct latex *x);
/* ^2, _{ij}: as small letters when all of them exist, else ^(..) kept readable. */
void latex_script(struct latex *x);
/* $...$ (and $$...$$): x->at on the first dollar. A lone dollar ("$5 and $6") stays: the closing
 * one must not follow a blank or be followed by a digit, as TeX writers put it. */
bool latex_math(struct latex *x);

#endif
