/*
 * Which machine this library is, and its clock (carrel/ops.h).
 */
#include "ops_internal.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/log.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>

int64_t op_stamp_ms(int64_t stamp)
{
    return stamp >> STAMP_COUNTER_BITS;
}

/* ---- who we are ---- */

int machine_number(struct store *store, const char *id, bool make, int64_t *n, struct error *err)
{
    int64_t count = 0;
    int result = store_lookup(store, n, "SELECT n FROM machine WHERE id = ?1", id, 0, 0, err);

    if (result != ERR_NOTFOUND || !make)
        return result;
    result = store_query_int(store, "SELECT count(*) FROM machine", &count, err);
    if (result == ERR_OK && count >= OP_MACHINES_MAX)
        result = error_set(err, ERR_LIMIT, "more than %d machines have written into this library",
                           OP_MACHINES_MAX);
    if (result == ERR_OK)
        result = store_run(store, "INSERT INTO machine(id) SELECT ?3 WHERE ?1", 1, 0, id, err);
    *n = store_last_id(store);
    return result;
}

/* Which file the library lies in. A copy of it, and what was restored, is another one. */
static int64_t library_place(const struct store *store)
{
    char *path = path_join(store_dir(store), "library.db");
    struct stat file;
    int64_t place = stat(path, &file) == 0 ? (int64_t)file.st_ino : 0;

    free(path);
    return place;
}

static int machine_new(struct store *store, int64_t *n, struct error *err)
{
    uint64_t random[2];
    char id[MACHINE_HEX];
    int result;

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return error_set(err, ERR_FAILED, "the system gives no random bytes");
    snprintf(id, sizeof id, "%016" PRIx64 "%016" PRIx64, random[0], random[1]);
    result = machine_number(store, id, true, n, err);
    if (result == ERR_OK)
        result = store_run(store,
                           "INSERT OR REPLACE INTO meta(key, value) VALUES('machine', ?1), "
                           "('machine_place', ?2)",
                           *n, library_place(store), NULL, err);
    if (result == ERR_OK)
        log_write(LOG_INFO, "this library's machine is %s", id);
    return result;
}

/* 0: none yet, or the library lies in another file than that one's. */
static int machine_known(struct store *store, int64_t *n, struct error *err)
{
    int64_t place = -1;
    int result = store_lookup(store, &place, "SELECT value FROM meta WHERE key = ?1",
                              "machine_place", 0, 0, err);

    *n = 0;
    if (result == ERR_OK && place == library_place(store))
        result =
            store_lookup(store, n, "SELECT value FROM meta WHERE key = ?1", "machine", 0, 0, err);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

int machine_own(struct store *store, int64_t *n, struct error *err)
{
    int result = machine_known(store, n, err);

    assert(store_in_transaction(store));
    return result == ERR_OK && *n == 0 ? machine_new(store, n, err) : result;
}

int machine_id(struct store *store, int64_t n, char id[MACHINE_HEX], struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, "SELECT id FROM machine WHERE n = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, n);
    result = stmt_step(stmt, err);
    if (result == 1)
        snprintf(id, MACHINE_HEX, "%s", stmt_text(stmt, 0));
    stmt_reset(stmt);
    return result == 1   ? ERR_OK
           : result == 0 ? error_set(err, ERR_CORRUPT, "the library's machine has no name")
                         : result;
}

int ops_machine(struct store *store, char id[MACHINE_HEX], struct error *err)
{
    bool own = !store_in_transaction(store);
    int64_t n;
    int result = machine_known(store, &n, err);

    if (result == ERR_OK && n != 0) /* nearly always: nobody has to wait for a writer */
        return machine_id(store, n, id, err);
    if (result == ERR_OK && own)
        result = store_begin(store, err);
    if (result != ERR_OK)
        return result;
    result = machine_own(store, &n, err);
    if (result == ERR_OK)
        result = machine_id(store, n, id, err);
    if (own && result == ERR_OK)
        result = store_commit(store, err);
    else if (own)
        store_rollback(store);
    return result;
}

/* ---- the clock ---- */

int ops_clock(struct store *store, int64_t *stamp, struct error *err)
{
    int result;

    *stamp = 0;
    result =
        store_lookup(store, stamp, "SELECT value FROM meta WHERE key = ?1", "clock", 0, 0, err);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

/* Never further ahead of the time of day than a day: what others say cannot drive it away. */
int clock_follow(struct store *store, int64_t clock, int64_t stamp, struct error *err)
{
    int64_t bound = (clock_now_ms() + OP_AHEAD_MS) << STAMP_COUNTER_BITS;

    if (stamp > bound)
        stamp = bound;
    return stamp <= clock
               ? ERR_OK
               : store_run(store,
                           "INSERT OR REPLACE INTO meta(key, value) SELECT 'clock', ?1 WHERE ?2",
                           stamp, 1, NULL, err);
}
