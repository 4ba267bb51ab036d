/*
 * Between the files of the query language: parsing (query.c), its fields and their values
 * (query_fields.c), and those that read the tree.
 */
#ifndef CARREL_SEARCH_QUERY_H
#define CARREL_SEARCH_QUERY_H

#include "internal.h"

/* By any of its names, in any case; FIELD_NONE. */
enum field field_of(const char *name, size_t len);
/* The name that differs from this one by a letter, NULL: none. */
const char *field_nearly(const char *name, size_t len);
/* The columns that a text field searches; 0: it is a filter. */
int field_columns(enum field field);
/* What is wrong with the value, to stand behind it; NULL: nothing. */
const char *field_complaint(enum field field, const char *value);
/* A word that is an identifier (an arXiv number, a DOI, their URLs) means that paper. */
bool query_word_is_id(const char *word);
/* Is there anything in it that can be searched for? */
bool tokens_in(const char *text);

#endif
