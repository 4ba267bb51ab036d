/*
 * The library on disk: connections, transactions and statements. The only place that speaks SQLite;
 * search and library build on these calls. Subjects have headers of their own (works.h, state.h
 * ...).
 *
 * A struct store is one connection and belongs to one thread at a time. Any number of threads and
 * processes may hold connections to one library: readers never wait, writers take turns.
 */
#ifndef CARREL_STORE_H
#define CARREL_STORE_H

#include "carrel/error.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct store;

struct store_options {
    bool read_only;  /* no migration, no write */
    bool create;     /* make folder and library.db when absent; else ERR_NOTFOUND */
    int cache_kib;   /* page cache, 0 = 8 MiB */
    int64_t busy_ms; /* patience with another writer, 0 = 30 s */
};
/* Opens DIR/library.db, migrates it to this version (ERR_VERSION when it is from a newer carrel).
 */
int store_open(struct store **out, const char *dir, const struct store_options *options,
               struct error *err);
void store_close(struct store *store);
/* ERR_BUSY: another process has it open, which is named. For who replaces the file, without a
 * connection of their own. */
int store_check_unused(const char *dir, struct error *err);
const char *store_dir(const struct store *store);

/* While *cancel is true, running statements end with ERR_CANCELLED. NULL takes it off. */
void store_set_cancel(struct store *store, const atomic_bool *cancel);
bool store_is_cancelled(const struct store *store); /* for long work between statements */
/* How long it waits for another writer before it is ERR_BUSY (30 s, else). */
void store_set_busy(struct store *store, int64_t ms);

/* Pages that the connection may hold, for a step that goes through much of the library: without them
 * each page is written and read again as often as it is come to. 0: as it was opened. */
int store_set_cache(struct store *store, int kib, struct error *err);
/* The template by which keys are made for papers that are cited (cite.key), for queries that ask for
 * a key. NULL: as bibliography.h makes them. */
void store_set_cite_form(struct store *store, const char *form);
const char *store_cite_form(const struct store *store);

/* One writer at a time over all processes (BEGIN IMMEDIATE, synchronous=FULL). Does not nest. */
int store_begin(struct store *store, struct error *err);
/* The same for what may be lost with the machine's power, though not with the process: leases,
 * progress. Its commit does not wait for the disk. */
int store_begin_light(struct store *store, struct error *err);
int store_commit(struct store *store, struct error *err);
/* Reads that belong together see one state of the library until store_rollback. */
int store_begin_read(struct store *store, struct error *err);
bool store_read_only(const struct store *store); /* nothing may be written here */
/* ERR_READONLY where that is so, as store_begin says it: before somebody writes a text for it. */
int store_check_write(struct store *store, struct error *err);
void store_rollback(struct store *store);
bool store_in_transaction(const struct store *store);
/* Changes whenever any process commits: for "is what I show still true". */
int64_t store_data_version(struct store *store);

/* Statements are cached by their SQL text: preparing the same text again returns the same one,
 * reset and unbound; so a statement must not be stepped inside itself. Use it for fixed texts. */
struct stmt;
int stmt_prepare(struct stmt **out, struct store *store, const char *sql, struct error *err);
void stmt_bind_int(struct stmt *stmt, int at, int64_t value); /* `at` from 1 */
void stmt_bind_double(struct stmt *stmt, int at, double value);
void stmt_bind_text(struct stmt *stmt, int at, const char *text); /* NULL binds NULL; copied */
void stmt_bind_text_n(struct stmt *stmt, int at, const char *text, size_t len);
void stmt_bind_blob(struct stmt *stmt, int at, const void *bytes, size_t len);
void stmt_bind_pointer(struct stmt *stmt, int at, void *pointer,
                       const char *type); /* for our SQL functions */
void stmt_bind_null(struct stmt *stmt, int at);
int stmt_step(struct stmt *stmt, struct error *err); /* 1: a row; 0: done; <0: error code */
int stmt_run(struct stmt *stmt, struct error *err);  /* step until done, then reset */
int64_t stmt_int(struct stmt *stmt, int column);     /* columns from 0 */
double stmt_double(struct stmt *stmt, int column);
const char *stmt_text(struct stmt *stmt, int column); /* "" for NULL; lives until the next step */
char *stmt_dup(struct stmt *stmt, int column, struct arena *arena); /* "" for NULL */
bool stmt_is_null(struct stmt *stmt, int column);
const void *stmt_blob(struct stmt *stmt, int column, size_t *len);
void stmt_reset(struct stmt *stmt);
/* The first column of all rows of a statement that is prepared and bound, in the arena; reset
 * after. */
int stmt_ints(int64_t **out, size_t *count, struct stmt *stmt, struct arena *arena,
              struct error *err);
/* A statement of its own, for SQL built for one use (or one that nests): the caller frees it. */
int stmt_prepare_once(struct stmt **out, struct store *store, const char *sql, struct error *err);
void stmt_free(struct stmt *stmt); /* only those of stmt_prepare_once; NULL is fine */
/* First column of the first row of a query without parameters. */
int store_query_int(struct store *store, const char *sql, int64_t *value, struct error *err);
/* The same of a fixed query with one text or, when that is NULL, one or two integers as its
 * parameters; ERR_NOTFOUND without err text, *value as it was, when there is no row. */
int store_lookup(struct store *store, int64_t *value, const char *sql, const char *text, int64_t a,
                 int64_t b, struct error *err);
/* Runs a fixed statement whose parameters are at most ?1 and ?2, integers, and ?3, a text. */
int store_run(struct store *store, const char *sql, int64_t a, int64_t b, const char *text,
              struct error *err);
int64_t store_last_id(const struct store *store);
int store_exec(struct store *store, const char *sql, struct error *err);

/* The raw connection, for the FTS5 extension functions in search/ and store/ only. */
struct sqlite3;
struct sqlite3 *store_sqlite(struct store *store);
/* Search's note that its functions of SQL are on this connection. */
bool *store_rank_ready(struct store *store);
/* What search keeps with this connection; `release` frees it when that is closed. */
void **store_found_keys(struct store *store, void (*release)(void *));

const char *store_versions(void); /* "SQLite 3.40.1, zlib 1.2.13" */

/* Translates SQLite's error of the last call into ours; returns its code. `doing` begins the
 * message. */
int store_error(struct store *store, struct error *err, const char *doing);

#define STORE_SCHEMA_VERSION 37
#define STORE_APPLICATION_ID 0x4361726C /* "Carl" */

#endif
