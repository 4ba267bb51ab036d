/* What the tests of sync share: libraries in private folders, and papers to put in them. */
#ifndef SYNC_TEST_H
#define SYNC_TEST_H

#include "carrel/library.h"
#include "carrel/reading.h"
#include "carrel/str.h"
#include "carrel/sync.h"
#include "carrel/works.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define must(call)                                                                                 \
    do {                                                                                           \
        struct error must_err = { 0 };                                                             \
        struct error *err = &must_err;                                                             \
        if ((call) != ERR_OK)                                                                      \
            fail_msg("%s: %s", #call, must_err.message);                                           \
    } while (0)

/* The folder of a new, empty library; all of them go with sync_test_end. */
char *sync_test_library(void);
int sync_test_end(void **state);
struct store *sync_test_open(const char *dir);
/* "id|title|author;author|published|doi|version|source|abstract", empty parts left out. */
void sync_test_import(const char *dir, const char *line);
int64_t sync_test_find(struct store *store, const char *id);
/* All that two libraries that agree have in common, the bytes of `export` among it. */
void sync_test_dump(struct str *out, struct store *store);
void sync_test_agree(struct store *a, struct store *b);
void sync_test_clock(int64_t ms); /* what machines take for the time of day; 0: the real one */
/* Everything of the one into the other, page by page; returns how many parts were new. */
int64_t sync_test_send(struct store *from, struct store *to, size_t limit);

/* Machines around a folder (sync_shared.c), which the first one makes; the paper that they speak of
 * is arxiv:2401.00001. */
extern char *stick;
struct store *stick_begin(char **dir);
int stick_end(void **state); /* a teardown */
int stick_try(struct store *store, struct sync_totals *totals, struct error *err);
struct sync_totals stick_exchange(struct store *store);
struct peer_state stick_state(struct store *store);
void stick_tag(struct store *store, const char *name);
bool stick_has_tag(struct store *store, const char *name);

int sync_copy_tests(void);
int sync_page_tests(void);
int sync_folder_tests(void);
int sync_stranger_tests(void);
int sync_schedule_tests(void);

#endif
