/* What the rules (lint.c) ask of texts (lint_text.c). */
#ifndef CARREL_EXCHANGE_LINT_H
#define CARREL_EXCHANGE_LINT_H

#include "carrel/citation.h"
#include "carrel/mem.h"

#include <stdbool.h>

/* A field as people write it: readers call a journal `journaltitle`. */
const char *lint_field(const char *name);

/* lint_entry.c: what is wrong with a part of an entry, in words; NULL: nothing. In the arena. */
const char *lint_entry_year(struct arena *arena, const struct citation *entry);
const char *lint_entry_pages(struct arena *arena, const struct citation *entry);
const char *lint_entry_type(struct arena *arena, const struct citation *entry);
const char *lint_entry_month(struct arena *arena, const struct citation *entry);
/* *macro: what looks like one. */
const char *lint_entry_macro(const char **macro, struct arena *arena, const struct citation *entry);
const char *lint_entry_names(struct arena *arena, const struct citation *entry);

/* lint_swallowed.c. Where a value goes on with what was meant as the next field, as its closing
 * bracket is missing: at that one's name, of *len bytes; NULL: nowhere. */
const char *lint_swallowed(const char *value, size_t *len);
/* What stands from there on, as fields; false: not all of it is such. */
bool lint_tail(struct citation *tail, struct arena *arena, const char *name);
/* The edit (carrel/edit.h) that says the same of a paper, with its value; NULL: there is none. */
const char *lint_tail_edit(struct arena *arena, const struct citation_field *field, char **value);

bool lint_all_capitals(const char *text);
bool lint_unbalanced(const char *text); /* braces */
/* In the arena. */
char *lint_sentence(struct arena *arena, const char *text);
char *lint_unbraced(struct arena *arena, const char *text);

#endif
