/*
 * Fuzzy matching: are the letters of a pattern in a text, in their order, and how well? Letters
 * that follow each other and beginnings of words count more, gaps less.
 */
#ifndef CARREL_UI_FUZZY_H
#define CARREL_UI_FUZZY_H

#include <stdbool.h>
#include <stddef.h>

#define FUZZY_TEXT 320   /* bytes of a text that are looked at */
#define FUZZY_PATTERN 48 /* bytes of a word of a pattern */

/* 0: not all words of the pattern are there; an empty pattern gives 1. Small letters match
 * capitals, too; a capital only itself. marks (FUZZY_TEXT of them; may be NULL): which bytes were
 * meant. */
int fuzzy_score(const char *pattern, const char *text, bool *marks);

#endif
