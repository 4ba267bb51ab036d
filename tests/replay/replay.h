/*
 * The replay server: an HTTP server on the loopback address that plays a script, for tests of
 * whatever asks the network. What a script may say is told at the top of script.c.
 *
 * One thread a connection. The script is read once and does not change, but for each route's count
 * of requests, which has a lock.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include "carrel/str.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- papers.c: made-up papers, the same for the same seed ---- */

struct papers {
    char *name;
    int64_t records;
    uint64_t seed;
    char **categories; /* those to choose from */
    size_t category_len, category_cap;
    int32_t from;         /* day number of the first datestamp */
    int64_t per_day;      /* records of each datestamp */
    int64_t delete_every; /* each so-many-th is marked deleted; 0 none */
    int64_t revise_every; /* each so-many-th has a second version, of the day revise_on */
    int32_t revise_on;
    int64_t page;       /* OAI: records of a page */
    int64_t token_life; /* OAI: ms; 0 for ever */
    int64_t expire_at;  /* OAI: ms after the start, when all tokens given out before die; 0 never */
    bool old_tokens;    /* OAI: with cursor and completeListSize, as before 2025 */
};

struct paper {
    char id[16];
    char title[200];
    const char *categories[2];
    int category_len;
    int32_t created, datestamp; /* days */
    int version;
    bool deleted;
    uint64_t random; /* where its other choices begin */
};
void papers_init(struct papers *papers);
void papers_get(const struct papers *papers, int64_t index, struct paper *paper);
int64_t papers_find(const struct papers *papers, const char *id, size_t len); /* -1: no such id */
void paper_abstract(struct str *out, const struct paper *paper);
int paper_author_count(const struct paper *paper);
void paper_author(const struct paper *paper, int which, const char **first, const char **last);
void paper_set(struct str *out, const char *category); /* cs.CL -> cs:cs:CL */

/* ---- script.c ---- */

struct pair {
    char *name, *value;
};

struct answer {
    int status;
    int times;      /* how often, before the next one's turn */
    char **headers; /* "Name: value", with placeholders */
    size_t header_len, header_cap;
    char *body, *file; /* at most one; `file` is read for each request */
    int64_t size;      /* of a generated filler; -1 none */
    int64_t bomb;      /* zero bytes, as gzip whatever the client accepts; -1 none */
    const struct papers *oai, *arxiv, *rss, *hf, *rows;
    int64_t delay;               /* ms before the first byte */
    int64_t drip_bytes, drip_ms; /* slowly: so many bytes, then so many ms */
    int64_t cut, stall;          /* after so many bytes of the body; -1 not */
    int64_t length;              /* a Content-Length that lies; -1 the truth */
    bool reset, chunked, gzip, close, empty, expired, echo, partial, cells, github;
    char *etag, *modified;
};

struct route {
    char *method, *path; /* glob; method NULL: any */
    struct pair *query;  /* each must be there, its value a glob */
    size_t query_len, query_cap;
    struct answer *answers;
    size_t answer_len, answer_cap;
    bool loop;
    int64_t hits;
};

struct script {
    char *folder; /* of the script: files are relative to it */
    struct route *routes;
    size_t route_len, route_cap;
    struct papers *papers[16];
    size_t paper_len;
    pthread_mutex_t lock; /* of the hits */
    int64_t started;      /* real ms */
    char url[64];         /* http://127.0.0.1:PORT */
};
/* False: what is wrong was said on standard error. */
bool script_read(struct script *script, const char *path);

/* ---- request.c ---- */

struct request {
    char *method, *target; /* as they came */
    char *path;            /* decoded */
    struct pair *query;    /* decoded */
    size_t query_len, query_cap;
    struct pair *headers; /* names in lower case */
    size_t header_len, header_cap;
    struct str body;
    struct str raw;
    int64_t arrived; /* real ms: the first byte */
    int64_t hit;     /* of its route, from 1 */
};
/* Reads one request; `rest` keeps bytes behind it for the next call. False: the connection is over.
 */
bool request_read(int fd, struct str *rest, struct request *request);
void request_free(struct request *request);
const char *request_header(const struct request *request, const char *name); /* or NULL */
const char *request_value(const struct request *request, const char *name);  /* of the query */
void query_parse(const char *text, struct pair **pairs, size_t *len, size_t *cap);
void pairs_free(struct pair *pairs, size_t len);
void url_decode(struct str *out, const char *text, size_t len, bool plus);
void url_encode(struct str *out, const char *text);

/* ---- what makes bodies ---- */

/* Each appends a body and may change the status. */
void oai_answer(struct str *out, const struct script *script, const struct papers *papers,
                const struct request *request, bool expired);
void arxiv_answer(struct str *out, const struct papers *papers, const struct request *request,
                  bool empty, int *status);
void rss_answer(struct str *out, const struct papers *papers, bool empty);
void hf_answer(struct str *out, const struct papers *papers, const struct request *request,
               bool empty, int *status);
struct rows_wish {
    const struct papers *papers;
    bool partial, cut;
};
void rows_answer(struct str *out, const struct rows_wish *wish, const struct request *request,
                 int *status);
/* GitHub's facts and READMEs of any repository. */
void github_answer(struct str *out, const struct request *request, int *status);
void xml_text(struct str *out, const char *text);
/* gzip by hand: stored blocks; and `zeros` zero bytes at 158 to one. */
void gzip_store(struct str *out, const char *bytes, size_t len);
void gzip_zeros(struct str *out, int64_t zeros);

/* ---- serve.c ---- */

/* Answers requests on a connection until it ends. */
void serve_connection(struct script *script, int fd, int number);
/* log.c: one line a request, written when its answer has ended, and one when it is held back. */
bool log_open(const char *path);
void log_request(int connection, const struct request *request, int64_t ended, int status,
                 int64_t bytes, const char *note);
void log_held(const struct request *request);

#endif
