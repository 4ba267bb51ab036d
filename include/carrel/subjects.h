/*
 * The fields of arXiv: its living categories and their names. Static data, any thread.
 */
#ifndef CARREL_SUBJECTS_H
#define CARREL_SUBJECTS_H

#include <stdbool.h>
#include <stddef.h>

struct subject {
    const char *name, *category; /* "Computer Science - Machine Learning", "cs.LG" */
};
const struct subject *subject_at(size_t i); /* closed archives, too; NULL behind the last */
bool subject_is_open(const struct subject *subject); /* papers can still be put there */

#define SUBJECTS_MAX 200
/* Open ones that the words typed may mean, the likeliest first; all, by category, for no words.
 * Words are found in code and name, in any case: whole, at the beginning of words, inside them, or
 * as letters in their order ("mlearn"). At most SUBJECTS_MAX; returns how many. */
size_t subjects_find(const struct subject **out, const char *typed);

/* Do code, name or a usual short name ("nlp") have the words themselves, and not their letters
 * only? */
bool subject_is_meant(const struct subject *subject, const char *typed);

#endif
