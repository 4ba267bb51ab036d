/* What the rules (lint.c) ask of texts (lint_text.c). */
#ifndef CARREL_EXCHANGE_LINT_H
#define CARREL_EXCHANGE_LINT_H

#include "carrel/mem.h"

#include <stdbool.h>

bool lint_all_capitals(const char *text);
bool lint_unbalanced(const char *text); /* braces */
/* In the arena. */
char *lint_sentence(struct arena *arena, const char *text);
char *lint_unbraced(struct arena *arena, const char *text);

#endif
