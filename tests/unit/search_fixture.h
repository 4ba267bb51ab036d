/*
 * A small library made through the store alone: search must not need the importer to be tested.
 */
#ifndef CARREL_TEST_SEARCH_FIXTURE_H
#define CARREL_TEST_SEARCH_FIXTURE_H

#include "carrel/search.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct paper {
    const char *key, *title, *abstract, *authors, *categories, *published, *code;
};

struct shelf {
    char dir[64];
    struct store *store;
};

struct shelf *shelf_new(void);
void shelf_fill(struct shelf *shelf, const struct paper *papers, size_t count);
void shelf_free(struct shelf *shelf);
/* The keys found, joined by blanks, in the order of the answer. Fails the test on an error. */
char *shelf_find(struct shelf *shelf, const char *query, const struct search_options *options);
void shelf_exec(struct shelf *shelf, const char *sql);

extern const struct paper shelf_papers[];
extern const size_t shelf_paper_count;

int search_query_tests(void);
int search_run_tests(void);
int search_rank_tests(void);
int search_metrics_tests(void);
int search_segments_tests(void);
int search_hybrid_tests(void);

#endif
