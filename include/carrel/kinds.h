/*
 * The kinds of jobs this program knows, and the ways to ask for one and to work them.
 */
#ifndef CARREL_KINDS_H
#define CARREL_KINDS_H

#include "carrel/app.h"
#include "carrel/record.h"
#include "carrel/worker.h"

extern const struct job_kind app_kinds[];
extern const size_t app_kinds_len;

/* Adds a job of a known kind, with that kind's attempts; ERR_USAGE names those there are. The
 * request's attempts_max wins. */
int app_job_add(struct store *store, const struct job_request *request, int64_t *id, bool *existing,
                struct error *err);
/* The same for a request that its sender has named (NULL: it has not), so that it makes one job
 * however often it is sent. ERR_EXISTS: the name was another request's. */
struct job_once;
int app_job_once(struct store *store, const struct job_once *once,
                 const struct job_request *request, int64_t *id, bool *existing, struct error *err);
/* The background worker of a process: all kinds, `threads` of them. */
int app_worker_start(struct worker **out, struct app *app, const struct worker_options *options,
                     struct error *err);
/* The same for one that stays, with lanes for what should not wait behind a harvest of minutes: a
 * document that was sent in, and webhooks. */
int app_worker_stay(struct worker **out, struct app *app, const struct worker_options *options,
                    struct error *err);

/* Works the queue's jobs of this kind until none is due or *cancel is set: at the end of a command
 * that may have made some. */
int app_work_off(struct app *app, const char *kind, const atomic_bool *cancel,
                 struct worker_totals *totals, struct error *err);

struct harvest_subject;
struct harvest_wish {
    const char *const *sources;
    size_t source_count;                   /* 0: all that are enabled */
    const struct harvest_subject *subject; /* NULL: their lists */
    const char *since;                     /* a date, NULL: go on */
    int64_t max;                           /* records; 0: no limit */
    bool slice; /* not longer than [harvest] slice: the schedule asks again */
};
/* The request's texts lie in the two strings, which the caller frees. */
void app_harvest_request(struct job_request *request, struct str *payload, struct str *key,
                         const struct harvest_wish *wish);
/* Can these sources be asked for that? ERR_USAGE says what is wrong and, in *member, with which of
 * "sources", "query" and "categories". */
int app_harvest_check(const struct app *app, const struct harvest_wish *wish, const char **member,
                      struct error *err);
/* Open harvests that share a source with this one, in the arena: who comes after them does not hold
 * a thread of the worker while it waits for the source. */
int app_harvest_before(struct store *store, struct arena *arena, const struct harvest_wish *wish,
                       const int64_t **ids, size_t *count, struct error *err);
/* A job that harvests this source now; at most one is open. */
int app_harvest_ask(struct store *store, const char *source, int64_t *id, bool *existing,
                    struct error *err);
/* The same for an exchange with a peer. */
void app_peer_request(struct job_request *request, struct str *payload, struct str *key,
                      const char *name);
int app_peer_ask(struct store *store, const char *name, int64_t *id, bool *existing,
                 struct error *err);
/* Asks for every peer that is due. */
int peers_schedule(const struct app *app, struct store *store, struct error *err);
/* Asks for every source and peer that is due, unless the configuration says otherwise. */
int app_schedule(const struct app *app, struct store *store, struct error *err);

/* A job's text for people, appended: what it is about ("papers.jsonl"), and where it stands: its
 * progress, why it failed, what it waits for. One line each, cleaned of control characters. */
void job_subject(struct str *out, const struct job *job);
void job_standing(struct str *out, const struct job *job);
void job_headline(struct str *out, const struct job *job); /* "subject: standing" */
/* A payload or a result in words: "source: arxiv; max: 100"; nothing of an empty one. job_words.c
 */
void job_words(struct str *out, const char *json);
/* What its result tells line by line (keys of entries that are other papers', too), which its words
 * leave out. */
void job_told(struct text_list *out, struct arena *arena, const struct job *job);
/* What came of an import that is done: "2 new, 1 in the bin". False: it is none. */
bool job_import_words(struct str *out, const struct job *job);
/* The query that finds what an import has added; nothing where it has added nothing. */
void job_import_query(struct str *out, const struct job *job);
/* "1,240 papers of 5,000, 210/s, 18 s left"; nothing when there is no progress to tell. */
void job_rate(struct str *out, const struct job *job);
/* "5 s", "12 min", "3 h", "4 d". */
void span_format(struct str *out, int64_t ms);
/* 12,345 */
void number_format(struct str *out, int64_t value);

/* The kinds' functions. */
int kind_doctor(struct job_run *run, struct error *err); /* kinds.c */
int kind_embed(struct job_run *run, struct error *err);  /* kind_embed.c */
/* Asks for that job when a model waits for its vectors: after an update of carrel, or a change of
 * model that was broken off; and, with a server, for works that came in. */
int embed_job_due(struct store *store, const struct app *app, struct error *err);
int kind_import(struct job_run *run, struct error *err);  /* kind_import.c */
int kind_harvest(struct job_run *run, struct error *err); /* kind_harvest.c */
int kind_peer(struct job_run *run, struct error *err);    /* kind_peer.c */
int kind_process(struct job_run *run, struct error *err); /* kind_process.c */
int kind_clone(struct job_run *run, struct error *err);   /* kind_clone.c */
int kind_webhook(struct job_run *run, struct error *err); /* kind_webhook.c */
int kind_hook(struct job_run *run, struct error *err);    /* kind_hook.c */
#define HOOK_JOB "hook"

/* The payload and key of a job that reads this file (a whole path), remembered by `origin`;
 * appended. */
void process_request_payload(struct str *payload, struct str *key, const char *path,
                             const char *origin);
/* The same for a job that fetches an id or an address. */
void process_fetch_payload(struct str *payload, struct str *key, const char *what);
/* What the service hands to the queue. Its addresses come from outside: the job says so, and its
 * worker asks no private ones (unless serve.allow-private), whenever it runs. */
struct process_wish {
    const char *fetch;  /* an id or address; or: */
    const char *upload; /* a file's name (uploads.h), and how it is remembered: */
    const char *origin; /* an address or a file's name */
    const char *title;  /* which counts more than what the text says; NULL: none */
};
/* The texts lie in the two strings, which the caller frees. */
void app_process_request(struct job_request *request, struct str *payload, struct str *key,
                         const struct process_wish *wish);
/* ERR_USAGE: it is no address of a repository, or of one on this machine. */
int app_clone_request(struct job_request *request, struct str *payload, struct str *key,
                      const char *address, struct error *err);
/* Does the job's payload say that somebody else wrote its addresses, and is that to be minded? */
int job_is_guarded(struct job_run *run, bool *guarded, struct error *err);

/* The rule [process] fetch: jobs that fetch the PDFs of papers which have just been marked so, as
 * far as they have none; inside no transaction. */
int process_marked(const struct app *app, struct store *store, const char *mark, char **ids,
                   size_t count, int64_t *added, struct error *err);
/* Jobs for documents that gave no text for a reason that has passed; inside no transaction. */
int process_requeue(const struct app *app, struct store *store, int64_t *added, struct error *err);

#endif
