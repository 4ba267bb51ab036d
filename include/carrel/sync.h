/*
 * Sync between machines: what a library has that another has not, in pages, and taking them.
 *
 * A page is what comes behind a cursor in the library that it is asked of: records of papers, then
 * operations (carrel/ops.h). A cursor names the machine and its generation; in another one's
 * library (a restored backup, a new disk under the old name), or in one that was put back to what
 * it was before, it means nothing, and one starts anew. A page is
 * taken in short transactions, the last of which moves the cursor, so that whoever is killed takes
 * it again; pages may come twice or in another order. docs/SYNC.md has the whole.
 *
 * Pages are lines of JSON: {"carrel":"sync","version":1,"machine","cursor","next","more","clock"},
 * then {"r":[SOURCE,FETCHED,BASE64]} and {"o":[STAMP,MACHINE,KIND,ITEM,FIELD,VALUE,PAST]}, at the
 * end {"end":LINES,"hash":HEX}, XXH64 of all bytes before it. They travel and lie packed (gzip).
 */
#ifndef CARREL_SYNC_H
#define CARREL_SYNC_H

#include "carrel/arrivals.h"
#include "carrel/peer_states.h"
#include "carrel/str.h"

#include <stdatomic.h>

#define SYNC_LIMIT 2000 /* records and operations of a page, when nobody says how many */
#define SYNC_LIMIT_MAX 10000
#define SYNC_BYTES (4u << 20)         /* a page ends behind these; one record may go beyond */
#define SYNC_BYTES_MAX (24u << 20)    /* a larger one is not read */
#define SYNC_PACKED_MAX (8u << 20)    /* nor one that is larger packed */
#define SYNC_RECORD_MAX (4u << 20)    /* a record, unpacked; a larger one is refused */
#define SYNC_RECORDS_MAX (128u << 20) /* all records of a page, unpacked */

struct sync_cursor {
    char machine[MACHINE_HEX]; /* "" from the beginning */
    int64_t generation;        /* of the library, when it was given (carrel/ops.h); 0: not known */
    struct library_cursors at;
};
/* "MACHINE.RECORD.AGAIN.OP", in whose AGAIN the generation takes the digits above ten. "" is the
 * beginning. False: it is none. */
bool sync_cursor_parse(struct sync_cursor *out, const char *text);
void sync_cursor_print(char out[PEER_CURSOR_MAX], const struct sync_cursor *cursor);
bool sync_cursor_same(const struct sync_cursor *a, const struct sync_cursor *b);
/* Where this library stands now: everything that is in it lies before. */
int sync_cursor_now(struct sync_cursor *out, struct store *store, struct error *err);

struct sync_page {
    char cursor[PEER_CURSOR_MAX], next[PEER_CURSOR_MAX];
    bool more;
    int64_t records, ops;
};
/* What lies behind `from`, up to `to`, its reader has: it came from there. */
struct sync_range {
    struct library_cursors from, to;
    bool ops; /* the operations, too */
};
struct sync_wish {
    struct sync_cursor after;
    size_t limit; /* 0: SYNC_LIMIT */
    const struct sync_range *had;
    size_t had_len;
};
/* The page behind a cursor, appended to `out`. */
int sync_page_write(struct sync_page *page, struct str *out, struct store *store,
                    const struct sync_wish *wish, struct error *err);

/* A page as it was read; all in the arena. */
struct sync_pack {
    char machine[MACHINE_HEX];
    struct sync_cursor cursor, next;
    bool more;
    int64_t clock; /* ms, of the machine that wrote it */
    struct arrival *records;
    struct op *ops;
    size_t record_count, op_count;
    int64_t unfit; /* lines that are no UTF-8; they are passed over */
};
/* ERR_PARSE: it is none, cut short or damaged. ERR_LIMIT: there is too much in it. ERR_VERSION: it
 * is of a newer form. */
int sync_pack_read(struct sync_pack *out, struct arena *arena, const char *bytes, size_t len,
                   struct error *err);

/* gzip. ERR_PARSE, ERR_LIMIT: more than `most` bytes. */
void sync_gzip(struct str *out, const char *bytes, size_t len);
int sync_gunzip(struct str *out, const char *bytes, size_t len, size_t most, struct error *err);

/* ---- exchanging with a peer ---- */

struct sync_totals {
    int64_t pages;
    int64_t records_got, ops_got, records_sent, ops_sent; /* in pages */
    int64_t added, updated, taken;                        /* what was new here */
    int64_t binned; /* papers that went into the bin, less those that came out of it */
    bool begun;     /* a new place in a folder, with all of ours */
    int64_t refused;
    struct arrivals_ahead ahead;
    int64_t both;                  /* notes that have several texts now */
    char both_of[300];             /* the papers of the first of them */
    int64_t queries;               /* saved in both places under one name */
    char queries_lost[1000];       /* lines, of the first of them */
    int64_t bytes_got, bytes_sent; /* as they travel */
};

/* Where it stands, for people. */
struct sync_progress {
    const char *state; /* "waiting", "receiving", "sending" */
    const struct sync_totals *totals;
};

struct net_client;
struct sync_peer {
    const char *name, *url;
    bool folder;
    struct net_client *client; /* of a service */
    const char *token;         /* "Authorization: ..."; NULL none */
    const char *token_file;    /* where it came from, for people; NULL none */
    size_t limit;              /* of a page; 0: SYNC_LIMIT */
    void (*progress)(void *ctx, const struct sync_progress *progress); /* may be NULL */
    void *ctx;
    const atomic_bool *cancel; /* may be NULL */
};
/* Takes what it has and gives what it has not, until both are at the end. What has come is kept
 * whatever fails. Writes where it stands to the library. ERR_BUSY: another one is under way. */
int sync_exchange(struct store *store, const struct sync_peer *peer, struct sync_totals *totals,
                  struct error *err);
/* Notes one that could not even begin, and why. */
int sync_failed(struct store *store, const struct sync_peer *peer, const char *why,
                struct error *err);

/* The service's side of POST: takes a packed page and tells where the library stood before and
 * stands now, and whether only what came has changed. */
struct sync_answer {
    char before[PEER_CURSOR_MAX], after[PEER_CURSOR_MAX];
    bool plain;
    int64_t added, updated, taken, refused, ahead;
    char told[700];
};
int sync_take(struct sync_answer *out, struct store *store, const char *bytes, size_t len,
              struct error *err);

#endif
