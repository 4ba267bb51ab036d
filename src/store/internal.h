/*
 * Inside the store: the connection's struct, and what its files need of each other.
 */
#ifndef CARREL_STORE_INTERNAL_H
#define CARREL_STORE_INTERNAL_H

#include "carrel/hash.h"
#include "carrel/ops.h"
#include "carrel/store.h"

#include <sqlite3.h>

struct stmt {
    struct store *store;
    sqlite3_stmt *handle;
};

struct store {
    sqlite3 *db;
    char *dir;
    bool read_only;
    bool rank_ready;  /* search/rank.c */
    bool whole_names; /* undo_tell.c: titles in what is told of steps are not cut */
    bool light;       /* in a transaction that does not wait for the disk */
    int cache_kib;    /* that it was opened with */
    int64_t busy_ms;
    int64_t busy_since; /* ticks when the present wait began */
    const atomic_bool *_Atomic cancel;
    char *cite_form;  /* store_set_cite_form; NULL: none was said */
    void *found_keys; /* search/cite_keys.c */
    void (*found_release)(void *);
    struct hashmap *statements; /* SQL -> struct stmt * */
    void *lengths;              /* lengths.c */
    void *vectors;              /* vectors.c */
    int lengths_lock;           /* lengths.c: held until the transaction ends; -1 none */
    void *segments;             /* segments.c */
    int64_t token;              /* random, of this connection: signs rows of segment_pending */
    int64_t step;               /* steps.c: the open undo step, 0 none */
    int64_t redoes;             /* undo.c: what the open step does again, 0 none */
    void (*told)(void *ctx, size_t done, size_t total); /* steps.c: state_watch */
    void *told_ctx;
    /* In this transaction of a writer: a step may say a hundred thousand things. */
    bool writing;
    int64_t machine;               /* ops_machine.c: 0 not asked for */
    char machine_hex[MACHINE_HEX]; /* its id, "" not asked for */
    int64_t clock;                 /* ops_clock.c */
    bool clock_known, clock_moved; /* moved: to be written before the commit */
};

/* The first column of all rows of a statement that is prepared and bound, into a list; reset after.
 */
struct text_list;
int stmt_texts(struct stmt *stmt, struct text_list *list, struct arena *arena, struct error *err);
/* The same, of a fixed text of SQL whose ?1 is `id`. */
int texts_of(struct store *store, struct arena *arena, const char *sql, int64_t id,
             struct text_list *list, struct error *err);

/* fts.c: one row into the full-text index, or out of it. */
struct fts_row {
    const char *title, *abstract, *authors; /* prepared columns */
    size_t title_len, abstract_len, authors_len;
};
int fts_row(struct store *store, int64_t id, bool insert, const struct fts_row *row,
            struct error *err);

/* ops_clock.c: what store_commit has to write; ends what is known of the transaction. */
int clock_flush(struct store *store, struct error *err);

int failure_full(struct store *store, struct error *err, const char *doing);
int failure_read_only(struct store *store, struct error *err, const char *doing);

int schema_check(struct store *store,
                 struct error *err); /* reads only: is it ours, do we know it */
int schema_migrate(struct store *store, struct error *err);
struct str;
/* packing.c: appended to an empty string; ERR_CORRUPT. */
void bytes_pack(struct str *out, const void *bytes, size_t len);
int bytes_unpack(struct str *out, const void *bytes, size_t len, struct error *err);
/* What the one row of a bound statement has packed in its one column; the statement is reset.
 * ERR_NOTFOUND without a message: there is no row. */
int stmt_unpack(struct str *out, struct stmt *stmt, struct error *err);
void lengths_release(struct store *store); /* the transaction is over */
/* ledger_list.c: as ledger_prune, inside a transaction */
int ledger_drop(struct store *store, int days, int64_t rows, int64_t *removed, struct error *err);
int vocabulary_convert(struct store *store, struct error *err);   /* migration 8 */
int cited_keys_convert(struct store *store, struct error *err);   /* migration 33: cited_keys.c */
int repositories_convert(struct store *store, struct error *err); /* migration 15 */
/* catalog.c: a name as it is looked up by: in lower case */
void catalog_key(struct str *out, const char *name);
/* sampled.c: parameters `at` and `at` + 1 are where a category's codes begin and end. They are
 * compared as texts: "math.*" takes those from "math." up to before "math/". */
void category_bind(struct stmt *stmt, int at, const char *category);
int tokenizer_register(struct store *store, struct error *err);

#endif
