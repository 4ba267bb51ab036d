/*
 * SQLite's codes as ours, in sentences that say what to do. No caller shows SQLite's own words for
 * what a person can mend; those of a bug are passed on as they are.
 */
#include "internal.h"

#include <errno.h>
#include <stdio.h>

static int failure_busy(struct store *store, struct error *err, const char *doing)
{
    char waited[32];

    if (store_is_cancelled(store))
        return error_set(err, ERR_CANCELLED, "%s: stopped", doing);
    if (store->busy_ms < 1000)
        snprintf(waited, sizeof waited, "%lld ms", (long long)store->busy_ms);
    else
        snprintf(waited, sizeof waited, "%lld s", (long long)store->busy_ms / 1000);
    return error_set(err, ERR_BUSY,
                     "%s: another carrel has been writing to %s for %s; try again when it is done",
                     doing, store->dir, waited);
}

int failure_full(struct store *store, struct error *err, const char *doing)
{
    return error_set(err, ERR_FULL,
                     "%s: the disk is full: there is no room in %s; nothing was lost, free some "
                     "and do it again",
                     doing, store->dir);
}

/* SQLite knows only ENOSPC as a full disk; quotas and file size limits are the same to a person. */
static int failure_io(struct store *store, struct error *err, const char *doing)
{
    int number = sqlite3_system_errno(store->db);

    if (number == ENOSPC || number == EDQUOT || number == EFBIG)
        return failure_full(store, err, doing);
    return error_set(err, ERR_IO, "%s: the disk that holds %s reports an error (%s)", doing,
                     store->dir, sqlite3_errmsg(store->db));
}

static int failure_open(struct store *store, struct error *err, const char *doing)
{
    errno = sqlite3_system_errno(store->db);
    if (errno != 0)
        return error_errno(err, "%s: cannot open %s/library.db", doing, store->dir);
    return error_set(err, ERR_IO, "%s: cannot open %s/library.db", doing, store->dir);
}

int failure_read_only(struct store *store, struct error *err, const char *doing)
{
    return error_set(err, ERR_READONLY,
                     "%s: the library in %s is open for reading only: its folder or library.db "
                     "may not be written",
                     doing, store->dir);
}

int store_error(struct store *store, struct error *err, const char *doing)
{
    int code = sqlite3_extended_errcode(store->db);

    switch (code & 0xFF) {
    case SQLITE_INTERRUPT:
        return error_set(err, ERR_CANCELLED, "%s: stopped", doing);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return failure_busy(store, err, doing);
    case SQLITE_FULL:
        return failure_full(store, err, doing);
    case SQLITE_IOERR:
        return failure_io(store, err, doing);
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return failure_read_only(store, err, doing);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return error_set(
            err, ERR_CORRUPT,
            "%s: %s/library.db is damaged (%s); run 'carrel doctor', or restore a backup", doing,
            store->dir, sqlite3_errmsg(store->db));
    case SQLITE_CANTOPEN:
        return failure_open(store, err, doing);
    case SQLITE_NOMEM:
        die("out of memory (SQLite)");
    default:
        return error_set(err, ERR_FAILED, "%s: %s", doing, sqlite3_errmsg(store->db));
    }
}
