/*
 * Which machine this library is (whether it still is that one: ops_place.c).
 */
#include "ops_internal.h"

#include "carrel/log.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

int machine_number(struct store *store, const char *id, int64_t *n, struct error *err)
{
    int result = ERR_OK;

    if (store->writing && store->machine && strcmp(store->machine_hex, id) == 0)
        *n = store->machine;
    else
        result = store_lookup(store, n, "SELECT n FROM machine WHERE id = ?1", id, 0, 0, err);
    if (result != ERR_NOTFOUND)
        return result;
    result = store_run(store, "INSERT INTO machine(id) SELECT ?3 WHERE ?1", 1, 0, id, err);
    *n = store_last_id(store);
    return result;
}

/* One in whose name nothing was said only changes its own. */
static int machine_name(struct store *store, int64_t *n, const char *id, struct error *err)
{
    int result = store_lookup(store, n,
                              "SELECT m.n FROM machine m JOIN meta k ON k.key = ?1 AND k.value = "
                              "m.n WHERE NOT EXISTS (SELECT 1 FROM op WHERE machine = m.n)",
                              "machine", 0, 0, err);

    if (result == ERR_OK)
        return store_run(store, "UPDATE machine SET id = ?3 WHERE n = ?1", *n, 0, id, err);
    if (result == ERR_NOTFOUND)
        result = store_run(store, "INSERT INTO machine(id) SELECT ?3 WHERE ?1", 1, 0, id, err);
    *n = store_last_id(store);
    return result;
}

int machine_new(struct store *store, int64_t *n, struct error *err)
{
    char id[MACHINE_HEX];
    bool same;
    int result = machine_random(id, err);

    if (result == ERR_OK)
        result = place_check(&same, store, err);
    if (result == ERR_OK)
        result = machine_name(store, n, id, err);
    if (result == ERR_OK)
        result = store_run(store,
                           "INSERT OR REPLACE INTO meta(key, value) SELECT 'machine', ?1 WHERE ?2",
                           *n, 1, NULL, err);
    if (result == ERR_OK)
        result = place_renew(store, same, err);
    if (result == ERR_OK)
        log_write(LOG_INFO, "this library's machine is %s", id);
    store->machine = result == ERR_OK ? *n : 0;
    store->machine_hex[0] = '\0';
    return result;
}

/* 0: none yet, or the library is not where and as it was. */
static int machine_known(struct store *store, int64_t *n, struct error *err)
{
    bool same;
    int result = place_check(&same, store, err);

    *n = 0;
    if (result == ERR_OK && same)
        result =
            store_lookup(store, n, "SELECT value FROM meta WHERE key = ?1", "machine", 0, 0, err);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

int machine_own(struct store *store, int64_t *n, struct error *err)
{
    int result = ERR_OK;

    assert(store_in_transaction(store));
    *n = store->machine;
    if (*n == 0)
        result = machine_known(store, n, err);
    if (result == ERR_OK && *n == 0)
        result = machine_new(store, n, err);
    store->machine = result == ERR_OK ? *n : 0;
    return result;
}

int machine_id(struct store *store, int64_t n, char id[MACHINE_HEX], struct error *err)
{
    bool own = store->writing && n == store->machine;
    struct stmt *stmt;
    int result;

    if (own && *store->machine_hex) {
        memcpy(id, store->machine_hex, MACHINE_HEX);
        return ERR_OK;
    }
    result = stmt_prepare(&stmt, store, "SELECT id FROM machine WHERE n = ?1", err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, n);
    result = stmt_step(stmt, err);
    if (result == 1)
        snprintf(id, MACHINE_HEX, "%s", stmt_text(stmt, 0));
    if (result == 1 && own)
        memcpy(store->machine_hex, id, MACHINE_HEX);
    stmt_reset(stmt);
    return result == 1   ? ERR_OK
           : result == 0 ? error_set(err, ERR_CORRUPT, "the library's machine has no name")
                         : result;
}

/* The token is changed, and then the old one forgotten. */
static int machine_renew(struct store *store, int64_t *n, struct error *err)
{
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    result = machine_own(store, n, err);
    if (result == ERR_OK)
        result = place_renew(store, true, err);
    if (result == ERR_OK)
        result = store_commit(store, err);
    else
        store_rollback(store);
    if (result == ERR_OK)
        result = store_begin(store, err);
    if (result == ERR_OK) {
        result = place_settle(store, err);
        store_rollback(store);
    }
    return result;
}

int ops_machine(struct store *store, char id[MACHINE_HEX], struct error *err)
{
    bool old = false;
    int64_t n;
    int result = machine_known(store, &n, err);

    if (result == ERR_OK && n != 0)
        result = place_is_old(&old, store, err);
    if (result == ERR_OK && store_in_transaction(store))
        result = n == 0 ? machine_own(store, &n, err) : ERR_OK;
    else if (result == ERR_OK && (n == 0 || (old && !store_read_only(store))))
        result = machine_renew(store, &n, err);
    if (result == ERR_BUSY && n != 0) /* an import writes: the next time will do */
        result = ERR_OK;
    return result == ERR_OK ? machine_id(store, n, id, err) : result;
}

int ops_machine_known(struct store *store, char id[MACHINE_HEX], struct error *err)
{
    int64_t n;
    int result = machine_known(store, &n, err);

    id[0] = '\0';
    return result == ERR_OK && n != 0 ? machine_id(store, n, id, err) : result;
}
