/*
 * Is the library where it was, and as it was, when its machine was last asked for?
 *
 * The database knows by which file it lay: when that was made, or its path where the file system
 * does not say. A copy has another one. And it knows a random token that the file `machine` beside
 * it holds, too, and that is changed whenever something is new that a peer may now be told: a copy
 * that is put back in place, or what was restored, has an older one or none. The file is written
 * before the commit with both tokens, and after it with the new one alone, so that a crash between
 * them changes nothing.
 *
 * Neither shows when a library is put back with its file, in place: as part of a disk, or copied
 * over what was there. So with each new token a generation begins, too, which the cursors that
 * peers are given name from then on: that of one which is not known here is of what was lost.
 */
#include "ops_internal.h"

#include "carrel/bin.h"

#include "carrel/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#define FILE_MAX 200            /* bytes: two tokens and room */
#define GENERATIONS_KEPT 100000 /* years of them; whose cursor is older starts anew */

int machine_random(char id[MACHINE_HEX], struct error *err)
{
    uint64_t random[2];

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return error_set(err, ERR_FAILED, "the system gives no random bytes");
    snprintf(id, MACHINE_HEX, "%016" PRIx64 "%016" PRIx64, random[0], random[1]);
    return ERR_OK;
}

/* malloc'd. */
static char *place_now(const struct store *store)
{
    char *path = path_join(store_dir(store), "library.db"), *whole, *place;
    struct statx file;

    if (statx(AT_FDCWD, path, 0, STATX_BTIME, &file) == 0 && (file.stx_mask & STATX_BTIME)
        && file.stx_btime.tv_sec != 0) {
        place = mem_printf("made %lld.%09u", (long long)file.stx_btime.tv_sec,
                           (unsigned)file.stx_btime.tv_nsec);
    } else {
        whole = realpath(path, NULL);
        place = mem_printf("path %s", whole ? whole : path);
        free(whole);
    }
    free(path);
    return place;
}

/* ---- the file ---- */

static int token_file_read(struct str *out, const struct store *store, struct error *err)
{
    char *path = path_join(store_dir(store), "machine");
    int result = file_exists(path) ? file_read(out, path, FILE_MAX, err) : ERR_OK;

    free(path);
    return result == ERR_LIMIT ? ERR_OK : result; /* it is none of ours, and has no token */
}

static int token_file_write(struct store *store, const char *old, const char *new,
                            struct error *err)
{
    char *path = path_join(store_dir(store), "machine");
    char *text = mem_printf("%s%s%s\n", old, *old ? " " : "", new);
    int result = file_write(path, text, strlen(text), err);

    free(text);
    free(path);
    return result == ERR_FULL ? failure_full(store, err, "cannot write") : result;
}

/* ---- the database ---- */

struct known {
    char token[MACHINE_HEX];
    char *place; /* malloc'd */
};

static int known_read(struct known *out, struct store *store, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT (SELECT value FROM meta WHERE key = 'machine_token'), "
                                    "(SELECT value FROM meta WHERE key = 'machine_place')",
                                    err);

    *out = (struct known){ .place = NULL };
    if (result != ERR_OK)
        return result;
    step = stmt_step(stmt, err);
    if (step == 1) {
        snprintf(out->token, sizeof out->token, "%s", stmt_text(stmt, 0));
        out->place = mem_strdup(stmt_text(stmt, 1));
    }
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

int place_check(bool *same, struct store *store, struct error *err)
{
    struct known known;
    struct str file = STR_INIT;
    char *now = place_now(store);
    int result = known_read(&known, store, err);

    if (result == ERR_OK)
        result = token_file_read(&file, store, err);
    *same = result == ERR_OK && strlen(known.token) == MACHINE_HEX - 1
            && strstr(file.ptr, known.token) && strcmp(known.place, now) == 0;
    free(known.place);
    str_free(&file);
    free(now);
    return result;
}

/* What a peer can be told of: it grows with each record, each addition to one and each word. */
#define TOLD                                                                                       \
    "((" BIN_LAST_RECORD ") + ifnull((SELECT max(seq) FROM "                                       \
    "record_again), 0) + ifnull((SELECT max(seq) FROM op), 0))"

/* Those of which no peer can have a cursor any more are forgotten. */
static int generation_begin(struct store *store, bool keep, struct error *err)
{
    uint64_t random;
    int result = ERR_OK;

    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return error_set(err, ERR_FAILED, "the system gives no random bytes");
    if (!keep) /* cursors of the former machine mean nothing */
        result = store_run(store, "DELETE FROM generation WHERE ?1 AND ?2", 1, 1, NULL, err);
    if (result == ERR_OK)
        result = store_run(store,
                           "INSERT OR REPLACE INTO generation(id, op) SELECT ?1, "
                           "ifnull((SELECT max(seq) FROM op), 0) WHERE ?2",
                           (int64_t)(random % (GENERATION_IDS - 1)) + 1, 1, NULL, err);
    return result == ERR_OK
               ? store_run(store,
                           "DELETE FROM generation WHERE n <= (SELECT max(n) FROM generation) - ?1 "
                           "AND ?2",
                           GENERATIONS_KEPT, 1, NULL, err)
               : result;
}

/* The first machine of a library may be made by a migration that comes before generations. */
static int generation_next(struct store *store, bool keep, struct error *err)
{
    int64_t there = 0;
    int result = store_query_int(
        store, "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'generation')", &there,
        err);

    return result == ERR_OK && there ? generation_begin(store, keep, err) : result;
}

int ops_generation(int64_t *id, struct store *store, struct error *err)
{
    return store_query_int(
        store, "SELECT ifnull((SELECT id FROM generation ORDER BY n DESC LIMIT 1), 0)", id, err);
}

int ops_has_generation(bool *has, struct store *store, int64_t id, struct error *err)
{
    int64_t n;
    int result =
        store_lookup(store, &n, "SELECT n FROM generation WHERE id = ?1", NULL, id, 0, err);

    *has = result == ERR_OK;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

int place_told(int64_t *seq, struct store *store, struct error *err)
{
    return store_query_int(
        store, "SELECT ifnull((SELECT op FROM generation ORDER BY n DESC LIMIT 1), 0)", seq, err);
}

int place_renew(struct store *store, bool keep, struct error *err)
{
    struct known known;
    char token[MACHINE_HEX], *now = place_now(store);
    int result = known_read(&known, store, err);

    if (result == ERR_OK)
        result = machine_random(token, err);
    if (result == ERR_OK)
        result = token_file_write(store, keep ? known.token : "", token, err);
    if (result == ERR_OK)
        result = store_run(store,
                           "INSERT OR REPLACE INTO meta(key, value) SELECT 'machine_token', ?3 "
                           "WHERE ?1",
                           1, 0, token, err);
    if (result == ERR_OK)
        result = store_run(store,
                           "INSERT OR REPLACE INTO meta(key, value) SELECT 'machine_place', ?3 "
                           "WHERE ?1 UNION ALL SELECT 'machine_told', " TOLD,
                           1, 0, now, err);
    if (result == ERR_OK)
        result = generation_next(store, keep, err);
    free(known.place);
    free(now);
    return result;
}

int place_is_old(bool *old, struct store *store, struct error *err)
{
    int64_t one = 0;
    int result = store_query_int(store,
                                 "SELECT " TOLD " IS NOT (SELECT value FROM meta WHERE key = "
                                 "'machine_told')",
                                 &one, err);

    *old = one != 0;
    return result;
}

int place_settle(struct store *store, struct error *err)
{
    struct known known;
    int result = known_read(&known, store, err);

    if (result == ERR_OK && *known.token)
        result = token_file_write(store, "", known.token, err);
    free(known.place);
    return result;
}
