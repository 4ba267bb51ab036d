/*
 * What the store's tests share: a library in a private folder, and works to put in it.
 */
#ifndef STORE_TEST_H
#define STORE_TEST_H

#include "carrel/file.h"
#include "carrel/fts.h"
#include "carrel/lengths.h"
#include "carrel/mem.h"
#include "carrel/state.h"
#include "carrel/store.h"
#include "carrel/works.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct library {
    char *root; /* removed at the end */
    char *dir;  /* the library's folder, not made yet */
};

int library_setup(void **state);
int library_teardown(void **state);
struct store *library_open(const struct library *library);
void library_run(struct store *store, const char *sql);
int64_t library_int(struct store *store, const char *sql);
/* A work with its texts in the index, the vocabulary and the lengths, in a transaction of its own.
 */
int64_t library_add(struct store *store, const char *key, const char *title, const char *abstract,
                    const char *authors);
void check_says(const struct error *err, int code, const char *words);

int store_open_tests(void);
int store_wait_tests(void);
int store_fts_tests(void);
int store_lengths_tests(void);
int store_state_tests(void);
int store_vectors_tests(void);
int store_ledger_tests(void);
int store_lease_tests(void);
int store_streams_tests(void);
int store_runs_tests(void);
int store_webhooks_tests(void);
int store_jobs_tests(void);
int store_jobs_kill_tests(void);
int store_documents_tests(void);
int store_catalog_tests(void);
int store_evidence_tests(void);
int store_counts_tests(void);
int store_events_tests(void);
int store_machine_tests(void);
int store_ops_tests(void);
int store_seen_tests(void);

/* Takes back what versions 36 and 37 have brought. */
#define BEFORE_36 "DROP TABLE generation; DROP INDEX work_text_venue"
/* Takes back what version 35 has brought. */
#define BEFORE_35                                                                                  \
    "DROP TABLE bin; DROP TABLE bin_work; DROP TABLE bin_name; DROP INDEX op_gone; ALTER TABLE "   \
    "harvest_run DROP COLUMN binned; DELETE FROM meta WHERE key IN ('record_top', 'work_top')"

/* Takes back what version 32 has brought, for libraries of before. */
#define BEFORE_32                                                                                  \
    "DROP INDEX change_log_redoes; ALTER TABLE change_log DROP COLUMN redoes; DROP INDEX "         \
    "reading_queue; ALTER TABLE reading DROP COLUMN priority; ALTER TABLE reading DROP COLUMN "    \
    "queued; DROP TABLE collection; DROP TABLE collection_work; DROP TABLE review; DROP TABLE "    \
    "review_work"

#endif
