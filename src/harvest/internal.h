/*
 * Inside the driver: one harvest, the workers of its origins, and a page in memory.
 */
#ifndef CARREL_HARVEST_INTERNAL_H
#define CARREL_HARVEST_INTERNAL_H

#include "carrel/harvest.h"
#include "carrel/ledger.h"
#include "carrel/library.h"
#include "carrel/net.h"
#include "carrel/pace.h"

#include <pthread.h>

#define LEASE_MS 60000
#define LEASE_RENEW_MS 15000
#define PAGE_RECORDS 20000      /* of one answer */
#define PAGE_BYTES (128u << 20) /* in memory */
#define TELL_MS 100             /* between two words to the caller */
#define GAP_LOST "!"            /* the cursor of a gap that nothing can fill */
#define PASSED_MAX 2            /* pages passed over in a row; then the list waits */

/* An answer's records, kept aside until it is known to be whole. */
struct page {
    struct arena *arena;
    struct record *records;
    size_t len, cap;
    int64_t rejects;
    const char *source; /* for messages */
};
void page_init(struct page *page);
void page_reset(struct page *page, const char *source);
void page_free(struct page *page);
struct parse_sink page_sink(struct page *page);

/* One source in one harvest. */
struct source_task {
    const struct harvest_source *source;
    struct harvest_run run;
    struct stream_lease lease;
    atomic_bool leased;
    bool skipped, followed, more, sliced, fetched; /* fetched: at least one good answer */
    int64_t due;     /* skipped since it is not due before; 0: it is */
    int64_t *rounds; /* of each stream, before we waited for another carrel; NULL: we did not */
    size_t missed;
    int status;
    struct error err;
    int64_t began; /* ticks */
};

struct harvest {
    const struct harvest_options *options;
    struct harvest_plan plan;
    struct source_task *tasks; /* as the plan's sources */
    struct net *net;
    struct pace *pace; /* shared with other machines */
    atomic_bool stop;  /* cancelled, or the library failed: also for transfers under way */
    atomic_bool over;  /* the keeper may go */
    int fatal;         /* why, under the lock */
    struct error fatal_err;
    int64_t tries;

    pthread_mutex_t lock;
    size_t next;     /* the task whose origin is handed out next */
    bool lists_read; /* sources with subjects have their turn now */
};

/* A worker: what one thread needs to harvest the sources of one origin. */
struct worker {
    struct harvest *harvest;
    struct source_task *task;
    struct store *store;
    struct paced *paced; /* the client's ledger */
    struct net_client *client;
    struct importer *importer; /* NULL until there is something to save */
    bool importer_failed;      /* it is of no more use */
    bool lost;                 /* another carrel has our lease */
    bool ours;                 /* the last failure was the library's, not the service's */
    struct arena *arena;       /* of the task */
    struct page page;
    struct source_request request;
    struct source_turn turn;
    struct net_answer answer;
    char *bearer;       /* the header with the source's token, NULL without one */
    const char *cursor; /* of the request under way */
    int answered;       /* what the source made of the last body */
    struct error answer_err;
    bool checked;
    bool denied;   /* there is no such thing, in the service's own words; the turn is made */
    bool said_no;  /* the service understood the request and refused it */
    int64_t shown; /* ticks of the last word to the caller */
    int64_t got, total;
};
int worker_open(struct worker *worker, struct harvest *harvest, struct error *err);
int worker_close(struct worker *worker, struct error *err);
int worker_importer(struct worker *worker, struct error *err); /* makes it when needed */
void worker_tell(struct worker *worker, const char *state, int64_t until, bool now);
int worker_token(struct worker *worker, struct error *err); /* the task's source's, if any */
bool worker_stopped(const struct worker *worker);

/* Where a list is being read: a stream, or a gap in one. */
struct place {
    struct stream *stream;   /* of a gap: only its name counts */
    struct harvest_gap *gap; /* NULL: the stream itself */
    struct str cursor;
    int passed; /* pages passed over since the last good one */
};
/* Reads on to the end of the round, or until something is in the way. */
int place_read(struct worker *worker, struct place *place, struct error *err);
/* Asks for one page: ERR_OK with worker->turn and worker->page. */
int page_fetch(struct worker *worker, const struct place *place, struct error *err);
/* subjects.c: rounds over what the library wants to know of, in place of a list. */
int subjects_harvest(struct worker *worker, struct place *place, struct error *err);

/* What a cursor asks for first could not be had: it rests until tomorrow. In a transaction. */
int subject_put_off(struct worker *worker, struct store *store, const char *cursor,
                    struct error *err);

/* Is it the origin or the library, not just this list, that will not go on? */
bool failure_ends_source(int result, const struct worker *worker);

/* Records and place in one transaction; *all tells whether `max` let all of the page in. */
int page_save(struct worker *worker, struct place *place, bool *all, struct error *err);
/* What is saved of an answer is what a later "as before" speaks of; of what is not there, nothing
 * is. In the transaction of its records. */
int page_accept(struct worker *worker, struct store *store, struct error *err);
int place_note_gap(struct worker *worker, const struct place *place, const char *what,
                   const char *why, struct error *err);
int place_pass_over(struct worker *worker, struct place *place, const char *why, struct error *err);

/* The list's row as it is now, in a transaction of its own. */
int stream_save(struct worker *worker, struct stream *stream, struct error *err);

/* One source, from lease to report; the worker's task says how it went. */
void source_harvest(struct worker *worker);

/* Something is wrong with the library itself: everybody stops. */
void harvest_fail(struct harvest *harvest, int result, const struct error *err);

/* A client of net for this configuration. */
struct net *harvest_net(const struct harvest_options *options);

#endif
