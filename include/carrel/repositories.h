/*
 * Repositories in the library (carrel/repository.h): what was said of them, how they are called,
 * their numbers over time, and which papers they belong to.
 *
 * All functions run on the thread that owns the connection; texts lie in the given arena.
 */
#ifndef CARREL_REPOSITORIES_H
#define CARREL_REPOSITORIES_H

#include "carrel/repository.h"
#include "carrel/samples.h"
#include "carrel/store.h"

/* ---- writing, inside a transaction ---- */

enum repository_change { REPOSITORY_ADDED, REPOSITORY_UPDATED, REPOSITORY_UNCHANGED };
/* Works of the library, by number. */
struct work_ids {
    int64_t *items; /* arena memory */
    size_t len, cap;
};
/* Keeps what an answer says. `touched` gets the works whose links change with it: of papers that
 * its README names, or named. *id is 0 when nothing was kept. */
int repository_put(struct store *store, struct arena *arena, const struct repository *repository,
                   enum repository_change *change, int64_t *id, struct work_ids *touched,
                   struct error *err);
/* Asked for by hand: it is sampled daily from now on, though no paper links to it. */
int repository_want(struct store *store, int64_t id, bool on, struct error *err);
/* No answer about it could be had: it is not due again before that day. In a transaction. */
int repositories_put_off(struct store *store, const char *key, int32_t day, struct error *err);
/* Links to repositories whose READMEs call a paper of this work theirs, added to `out`. */
int repositories_claiming(struct store *store, struct arena *arena, int64_t work,
                          struct record_links *out, struct error *err);

/* Vectors of its texts; changed texts have none. */
int repositories_set_vector(struct store *store, int64_t id, uint64_t model, const int8_t *vector,
                            size_t dim, struct error *err);
/* Repositories that have no vector of this model, at most `limit` ids. */
int repositories_without_vectors(int64_t *ids, size_t limit, size_t *count, struct store *store,
                                 uint64_t model, struct error *err);
/* What is embedded: name, description and topics; the beginning of the README. ERR_NOTFOUND. */
int repositories_text(struct store *store, struct arena *arena, int64_t id, char **heading,
                      char **body, struct error *err);

/* ---- reading ---- */

/* By its key, an older name, or an address. ERR_NOTFOUND. */
int repositories_find(struct store *store, int64_t *id, const char *any_id, struct error *err);

/* One line of a list; texts are "" where nothing is known. */
struct repository_row {
    int64_t id; /* 0: it has vanished, or is only linked */
    char *key, *name, *description, *language, *license, *pushed;
    int64_t stars;  /* -1 unknown */
    int64_t papers; /* of the library, that link to it */
    enum repository_state state;
    bool archived, fork;
};
int repositories_rows(struct store *store, struct arena *arena, const int64_t *ids, size_t count,
                      struct repository_row *rows, struct error *err);
/* Ids in an order, at most `most`. */
enum repositories_order {
    REPOSITORIES_STARS,
    REPOSITORIES_PUSHED,
    REPOSITORIES_NAME,
    REPOSITORIES_ADDED,
    REPOSITORIES_ORDERS
};
int repositories_list(struct store *store, struct arena *arena, enum repositories_order order,
                      size_t most, struct work_ids *out, struct error *err);

/* Those that papers link to and that were never asked for, those with the most papers first. */
int repositories_unasked(struct store *store, struct arena *arena, size_t most,
                         struct repository_row **rows, size_t *count, struct error *err);
/* Those that a work links to, asked for or not, the surest link first. */
int repositories_of_work(struct store *store, struct arena *arena, int64_t work,
                         struct repository_row **rows, size_t *count, struct error *err);

/* Everything about one. */
struct repository_work { /* a paper of the library that it belongs to, or that its README names */
    int64_t id;
    char *key, *title, *evidence, *said;
    bool linked; /* false: it is only named */
};
struct repository_full {
    struct repository_row row;
    struct repository repository; /* with the README and all papers it names */
    struct text_list names;       /* former ones */
    struct repository_work *works;
    size_t work_count;
    int64_t added, asked; /* ms */
    bool wanted;
    struct sample *samples; /* by metric and day; source and item are empty */
    size_t sample_count;
};
int repositories_full(struct store *store, struct arena *arena, int64_t id,
                      struct repository_full *out, struct error *err);
/* Papers that link to an address that was never asked for, as repository_full's works. */
int repositories_works(struct store *store, struct arena *arena, const char *key,
                       struct repository_work **out, size_t *count, struct error *err);

struct repositories_totals {
    int64_t known, gone, linked; /* linked: keys that papers name */
    int64_t unasked;             /* of those: never asked for */
    int64_t samples;
};
int repositories_totals(struct store *store, struct repositories_totals *out, struct error *err);

/* Those of a host to be asked today, the most urgent first: of papers that the reader marked and
 * wanted ones; of papers of the last three months; the rest, by how long ago they were asked. */
struct repository_due {
    char *name;   /* "owner/name" */
    bool known;   /* its facts are here, and it was there when it was last asked for */
    char *pushed; /* what it was when its README was read; "" never */
};
int repositories_due(struct store *store, struct arena *arena, const char *host, int32_t today,
                     size_t most, struct repository_due **out, size_t *count, struct error *err);
/* How many that would be without `most`, and how many of them were never asked for. */
int repositories_due_count(struct store *store, const char *host, int32_t today, int64_t *due,
                           int64_t *unasked, struct error *err);
/* Links to code whose repository is not that of their address: how many there are; `mend` sets it.
 */
int repositories_mend_links(struct store *store, bool mend, int64_t *wrong, struct error *err);

#endif
