/* Inside sync: an exchange that is under way. */
#ifndef CARREL_SYNC_INTERNAL_H
#define CARREL_SYNC_INTERNAL_H

#include "carrel/sync.h"

struct exchange {
    struct store *store;
    const struct sync_peer *peer;
    struct sync_totals *totals;
    struct peer_state state;
    struct arrivals *arrivals;
    char machine[MACHINE_HEX]; /* ours */
    struct sync_range *came;   /* what was taken from the peer in this exchange */
    size_t came_len, came_cap;
};

/* Takes a page. `save` is called in its transaction, behind what the exchange itself notes (and
 * with the exchange as ctx); NULL none. ERR_USAGE: it is of this very library. */
int exchange_take(struct exchange *x, const struct sync_pack *pack,
                  int (*save)(struct exchange *x, void *ctx, struct error *err), void *ctx,
                  struct error *err);
/* Notes where the exchange stands, in a transaction of its own. */
int exchange_save(struct exchange *x, struct error *err);
/* Something that a person should know; the first one stays. */
void exchange_tell(struct exchange *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What a page has brought, counted, and told where it is odd. */
void tell_taken(struct exchange *x, const struct sync_pack *pack,
                const struct arrivals_report *report);
/* Of clocks that are ahead, of all pages together. */
void tell_ahead(struct exchange *x);
int exchange_step(struct exchange *x, const char *state, struct error *err); /* ERR_CANCELLED */

/* Gives what lies behind x->state.sent to `put`, page by page; put calls exchange_given when the
 * page is where it belongs, and saves. */
int exchange_give(struct exchange *x,
                  int (*put)(struct exchange *x, void *ctx, const struct sync_page *page,
                             const struct str *bytes, struct error *err),
                  void *ctx, struct error *err);
void exchange_given(struct exchange *x, const struct sync_page *page, size_t bytes);

int http_exchange(struct exchange *x, struct error *err);
/* A failed request's message in words that say what to do, where its answer tells (http_words.c).
 */
struct net_answer;
void http_words(const struct exchange *x, const struct net_answer *answer, int result,
                struct error *err);
int folder_exchange(struct exchange *x, struct error *err);

/* ---- folders (folder.c, folder_own.c) ---- */

#define SEGMENTS_MAX 2000 /* of a place; then another one is begun */

/* "MACHINE.N-RANDOM", a folder of segments; the random part may be missing. */
bool folder_is_place(const char *name);
char *folder_segment_path(const struct exchange *x, const char *place,
                          int64_t number); /* caller frees */
/* A segment whole, in the arena, and a hash of its bytes. ERR_NOTFOUND: it is not there. */
int folder_segment_read(struct sync_pack *out, int64_t *hash, struct exchange *x,
                        struct arena *arena, const char *place, int64_t number, struct error *err);
/* Writes what the folder has not of ours. */
int folder_write_own(struct exchange *x, struct error *err);

#endif
