/*
 * Inside the store: the connection's struct, and what its files need of each other.
 */
#ifndef CARREL_STORE_INTERNAL_H
#define CARREL_STORE_INTERNAL_H

#include "carrel/hash.h"
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
    int64_t busy_ms;
    int64_t busy_since; /* ticks when the present wait began */
    const atomic_bool *_Atomic cancel;
    struct hashmap *statements; /* SQL -> struct stmt * */
    void *lengths;              /* lengths.c */
    int64_t step;               /* state.c: the open undo step, 0 none */
};

int schema_migrate(struct store *store, struct error *err);
int tokenizer_register(struct store *store, struct error *err);

#endif
