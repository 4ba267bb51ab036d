/* What the rules of lint (lint.c, lint_swallowed.c) share, and ask of texts (lint_text.c). */
#ifndef CARREL_EXCHANGE_LINT_H
#define CARREL_EXCHANGE_LINT_H

#include "carrel/citation.h"
#include "carrel/lint.h"
#include "carrel/mem.h"

#include <stdbool.h>

struct linting {
    const struct lint_paper *paper;
    struct arena *arena;
    const char *rule;
    void (*each)(void *ctx, const struct lint_finding *finding);
    void *ctx;
};
/* A finding of the rule that looks; with the field and value of an edit, or NULL. */
void lint_found(const struct linting *l, const char *text, const char *field, const char *value);

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

/* lint_swallowed.c */
void lint_rule_swallowed(const struct linting *l);
/* The field's value as that of an edit, whose field is returned; NULL: no edit says it. */
const char *lint_tail_edit(struct arena *arena, const struct citation_field *field, char **value);
/* lint_fields.c */
void lint_rule_fields(const struct linting *l);

bool lint_all_capitals(const char *text);
bool lint_unbalanced(const char *text); /* braces */
/* In the arena. */
char *lint_sentence(struct arena *arena, const char *text);
char *lint_unbraced(struct arena *arena, const char *text);

#endif
