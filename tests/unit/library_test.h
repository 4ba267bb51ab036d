/*
 * What the tests of the library share: a private folder to have one in, and records to put there.
 */
#ifndef LIBRARY_TEST_H
#define LIBRARY_TEST_H

#include "carrel/record.h"
#include "carrel/store.h"

char *library_test_folder(void);  /* empty */
int library_test_gone(char *dir); /* with all that is in it; frees the name. 0: it is gone */
void library_test_import(const char *dir, const struct record *record); /* alone */

/* A library in a folder, open, and an arena; ends as library_test_gone does. */
int library_test_open(char **dir, struct store **store, struct arena **arena);
int library_test_close(char *dir, struct store *store, struct arena *arena);

int library_bin_tests(void);      /* library_bin.c */
int library_edit_tests(void);     /* library_edit.c */
int library_editions_tests(void); /* library_editions.c */
int library_vectors_tests(void);  /* library_vectors.c */

#endif
