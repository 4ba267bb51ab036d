/*
 * Inside the service: a request and its answer, the table of routes, and what all of them share.
 */
#ifndef CARREL_HTTP_INTERNAL_H
#define CARREL_HTTP_INTERNAL_H

#include "carrel/hooks.h"
#include "carrel/http.h"
#include "carrel/jsonw.h"

#include <jansson.h>
#include <microhttpd.h>
#include <pthread.h>

#define HTTP_URI_MAX 8192
#define HTTP_PARAMS 16
#define HTTP_VALUE_MAX 4096 /* bytes of one parameter */
#define HTTP_HEADERS 8
#define HTTP_CLIENT 64

enum scope { SCOPE_NONE, SCOPE_READ, SCOPE_EVENTS, SCOPE_WRITE, SCOPE_SYNC, SCOPE_ADMIN };
const char *scope_name(enum scope scope);
bool scope_from(enum scope *scope, const char *name);
/* Does holding one allow the other? write implies read and events, admin everything. */
bool scope_allows(enum scope held, enum scope needed);

/* Who a token says it is; all noughts: nobody. */
struct caller {
    enum scope scope;
    char id[40];  /* the token's */
    int64_t ends; /* ms since 1970, clock_real_ms(); 0: never */
};

/* ---- routes ---- */

enum param_type { PARAM_TEXT, PARAM_INT, PARAM_CHOICE };
struct param {
    const char *name;
    enum param_type type;
    bool in_path, required;
    int64_t least, most; /* of a number */
    const char *values;  /* of a choice: "a|b|c" */
    const char *option;  /* of the route's command: "--limit"; NULL: its argument, "" none */
    const char *help;
};

/* ---- bodies ---- */

enum field_type {
    FIELD_TEXT, /* most: its bytes (0: HTTP_VALUE_MAX), least: of them */
    FIELD_INT,  /* from least to most */
    FIELD_BOOL,
    FIELD_CHOICE, /* of `values`, "a|b|c" */
    FIELD_DAY,    /* 2026-03-01 */
    FIELD_TIME,   /* RFC 3339 */
    FIELD_UUID,
    FIELD_URL,   /* http or https, most: as of a text */
    FIELD_TEXTS, /* an array of at most `most` texts, each one of `values` where that is given */
    FIELD_OBJECT,
    FIELD_OBJECTS, /* an array of at most `most` */
};
struct field {
    const char *name; /* NULL ends a table */
    enum field_type type;
    bool required;
    int64_t least, most;
    const char *values;
    const char *help;
    const char *example; /* NULL: one of its type */
    bool instead;        /* of the ones before it: an example has not both */
};
/* What a route takes: the schema in the documentation and the check of what comes in. */
struct body {
    const char *name; /* of the schema */
    const struct field *fields;
    size_t batch;  /* an object, or an array of at most so many; 0: one object */
    bool optional; /* none at all is an empty object */
    const char
        *media; /* further types that are taken as they come: "application/pdf"; NULL: none */
    bool plain; /* JSON may come as text/plain, too: what a browser's sendBeacon can send to another
                   site without asking first */
};

struct exchange;
struct upload;
enum {
    ROUTE_JOB = 1,       /* makes a job: takes an Idempotency-Key */
    ROUTE_STREAMS = 2,   /* what is no JSON goes to a file as it comes, up to serve.upload-limit */
    ROUTE_CONFLICTS = 4, /* what is may not be what is asked for: 409 */
    ROUTE_FINDS = 8,     /* something that may not be there: 404 */
    ROUTE_SIGNED = 16,   /* no token, but a signature of a known secret (webhooks.c) */
    ROUTE_UPGRADES = 32, /* becomes a WebSocket (101), over which the token may come, too */
    ROUTE_VISITED = 64,  /* asked by people of a website: who they are is told nowhere */
    ROUTE_UNAUDITED = 128, /* keeps its own account of what it writes */
    ROUTE_PACKED = 512,    /* takes bodies packed with gzip, and bounds what comes out of them */
    ROUTE_PROBED = 256,    /* by whoever watches over the process: however often, it is answered */
};
struct route {
    const char *method, *path; /* "/papers/{id}/related"; {id} may hold slashes */
    const char *tag, *name;    /* name: operationId */
    const char *summary;
    enum scope scope;
    const struct param *params; /* ends with a NULL name */
    const char *command;        /* "search --json": what it does; NULL: its own function */
    int (*handle)(struct exchange *x, struct error *err);
    const char *answer; /* name of a schema in openapi.c; NULL: another type of content */
    const char *media;  /* NULL: application/json */
    size_t body_max;    /* bytes; 0: takes no body */
    const struct body *body;
    int status;     /* of success; 0: 200 */
    unsigned flags; /* of ROUTE_... */
};
/* The groups of routes; each ends with a NULL method. */
extern const struct route http_routes_library[], http_routes_jobs[], http_routes_events[],
    http_routes_realtime[], http_routes_service[], http_routes_webhooks[], http_routes_lease[],
    http_routes_sync[];
const struct route *route_at(size_t i); /* NULL behind the last */
/* The route of a request. NULL: none; then *allow has the methods of the path, "" for no such path.
 * `id` gets the {id} of the path, decoded. */
const struct route *route_find(const char *method, const char *path, struct str *id,
                               struct str *allow);

/* ---- one request and its answer ---- */

struct exchange {
    struct http_server *server;
    struct MHD_Connection *connection;
    struct visit *visit;
    const struct route *route;
    struct arena *arena;
    struct store *store;          /* while it is handled */
    const char *method, *version; /* "HTTP/1.1" */
    char *path;
    char request_id[20];
    char client[HTTP_CLIENT];
    bool head; /* a GET of which only the headers are wanted */
    bool uri_too_long, uri_has_nought;
    bool too_large; /* the body went over the route's limit */
    bool mistyped;  /* it is not of a type that the route takes */
    bool crowded;   /* there is no room for it beside the other bodies */
    bool visited;   /* by people of a website: who they are is told nowhere */
    int64_t came;   /* bytes of the body */
    struct str body;
    struct incoming *incoming; /* of a body that goes to a file; NULL: it does not */
    const char *subject;       /* of a write, for the audit: "job 12" */
    json_t *json;              /* of the body, once body_read was asked; freed with the exchange */
    struct str id;             /* {id} */
    const char *values[HTTP_PARAMS]; /* by the route's params; NULL: not given */
    struct caller caller;            /* SCOPE_NONE without a token */
    int64_t began;                   /* ticks, us */
    /* A handler that has suspended the connection says what finishes the answer when it goes on. */
    int (*later)(struct exchange *x, struct error *err);
    struct arrival *arrival; /* events.c: what it waits for */
    /* the answer */
    int status;
    struct str out;
    const char *media;
    const char *cache; /* Cache-Control of what has an ETag; NULL: "private, no-cache" */
    const char *field; /* of an error: which one it is about */
    struct {
        const char *name;
        char *value;
    } headers[HTTP_HEADERS];
    size_t header_count;
    MHD_UpgradeHandler upgrade; /* of a 101: called with this and the exchange */
    void *upgrade_ctx;
    bool has_place; /* among the clients of /ws/realtime, until it is one of them */
};
/* What a handler returns that has suspended the connection: `later` goes on, on any thread of the
 * daemon and perhaps before the handler has returned. */
#define HTTP_LATER 1
/* Of the request; NULL: it has none of that name. */
const char *request_header(const struct exchange *x, const char *name);
/* headers.c: is it clear where the request ends? False: an error is the answer. */
bool headers_check(struct exchange *x);
/* Was it asked for under a name of this service, or by its number? A page whose own name was made
 * to lead here is let in by no browser then (DNS rebinding). */
bool headers_host_is_ours(const struct exchange *x);
void headers_client(struct exchange *x); /* who asks, into x->client */
/* Of the answer. */
void exchange_header(struct exchange *x, const char *name, const char *value);
/* The answer that tells of an error; `field` NULL: none. */
void exchange_error(struct exchange *x, int status, const char *code, const char *field,
                    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* {"error":{"code","message","field"}} */
void error_write(struct str *out, const char *code, const char *message, const char *field);
/* An error of ours as an answer. */
void exchange_failed(struct exchange *x, int result, const struct error *err);
/* Sends what is there: with ETag, 304, gzip, CORS; x->out is empty then. */
enum MHD_Result exchange_send(struct exchange *x);

/* What Access-Control-Allow-Origin says to pages of this origin; NULL: they may not. */
const char *cors_allows(const struct exchange *x, const char *origin);

/* Reads and checks the route's parameters; false: an error is the answer. */
bool params_read(struct exchange *x);
const char *params_value(const struct exchange *x, const char *name); /* NULL: not given */
/* The body as JSON, in x->json. One object is checked against its table at once; of a batch, only
 * that it is one: its items are for fields_check. A failure sets x->field. */
int body_read(struct exchange *x, struct error *err);
/* One object against a table. A failure says in *field which member it is about: a name of the
 * table, or one that lies in `object`. */
int fields_check(const struct field *fields, const json_t *object, const char **field,
                 struct error *err);
const char *body_text(const json_t *object, const char *name); /* NULL: not given, or null */
int64_t body_int(const json_t *object, const char *name, int64_t otherwise);
/* Is the body of this type ("application/json")? */
bool body_is(const struct exchange *x, const char *media);
bool body_type_is_taken(const struct exchange *x);        /* as JSON, by the route's table */
void refuse_type(struct exchange *x);                     /* 415 */
bool value_listed(const char *values, const char *value); /* in "a|b|c" */

/* The route's command, as an argument vector. */
int run_command(struct exchange *x, struct error *err);

/* ---- bodies that are documents (incoming.c) ---- */

/* Is this one? False also when its beginning is the answer: then x->status is set. */
bool incoming_begin(struct exchange *x);
void incoming_take(struct exchange *x, const void *bytes, size_t len);
/* The document is whole: its file's name (uploads.h), what its sender calls it, its hash. Texts
 * live as long as the exchange. */
int incoming_end(struct exchange *x, const char **name, const char **called, const char **sha256,
                 struct error *err);
void incoming_free(struct incoming *incoming);
int64_t incoming_limit(const struct exchange *x); /* bytes of a document */

/* ---- jobs ---- */

/* Puts a job into the queue and answers with it; `what` is a hash of the request when that does not
 * lie in x->body. */
struct job_request;
int answer_with_job(struct exchange *x, const struct job_request *request, const char *what,
                    struct error *err);
/* Notes what a writing request has done. */
void audit_note(struct exchange *x);
/* Tells the bus of what becomes of jobs, whichever process works them; until watch_free. */
struct job_watch;
struct http_server;
struct job_watch *watch_new(struct http_server *server);
void watch_free(struct job_watch *watch);

/* ---- work beside the requests (background.c) ---- */

struct background;
/* The queue, the schedule and the watch; called by the thread that waits for the end. */
int background_start(struct background **out, struct http_server *server, struct error *err);
void background_tick(struct background *background);
void background_stop(struct background *background); /* what runs is told to stop; does not wait */
/* False: something has not stopped within `ms`, and only the end of the process ends it. The bus
 * and the pool of connections live until then. NULL is fine. */
bool background_end(struct background *background, int64_t ms);

/* ---- files that the service stands on, while it runs (follow.c) ---- */

void library_remember(struct http_server *server); /* when it is there, before anybody asks */
/* ERR_BUSY: it is not that file any more. The log has it the first time. Any thread. */
int library_look(struct http_server *server, struct error *err);

struct follower;
struct follower *follower_new(struct http_server *server);
void follower_free(struct follower *follower); /* NULL is fine */
/* Called by the thread that waits for the end: has a file changed? `told`: somebody says so. */
void follower_look(struct follower *follower, int64_t now_ticks_ms, bool told);

/* ---- who asks ---- */

/* What can be seen of a signature before the body is here: that there is one, and that it is not
 * old. False: an error is the answer. */
bool signature_check(struct exchange *x);

/* The token of a request; false: an error is the answer. */
bool auth_check(struct exchange *x);
/* May this request read without one? */
bool auth_reads_open(const struct exchange *x);
/* Whose token is it? *why NULL: *out's; else why it is refused. *store as of http_store_take. */
int auth_token(struct caller *out, const char **why, struct http_server *server,
               struct store **store, const char *token, struct error *err);
struct auth_keys; /* the secret that tokens are signed with, and older ones */
int auth_open(struct auth_keys **out, const struct app *app, bool needed, struct error *err);
void auth_free(struct auth_keys *keys);

/* An RSA key in PEM becomes its public half, by which libjwt verifies; a public one stays as it is.
 * `file` is for the error: no such key, less than 2048 bits, or public where it has to sign. */
int rsa_public(struct str *pem, bool signs, const char *file, struct error *err);

/* Requests of each client by the minute. False: too many; *wait_s until the next one. */
struct limiter;
struct limiter *limiter_new(int per_minute);
void limiter_free(struct limiter *limiter);
bool limiter_allows(struct limiter *limiter, const char *client, int64_t now_ms, int *wait_s);

/* ---- how long is waited for whom (patience.c) ---- */

/* All connections of the daemon. wait_ms: for the headers of a request, and for a body or an answer
 * beside what its bytes may take; work_ms: for an answer to be made. */
struct patience;
struct visit; /* one connection */
struct patience *patience_new(int64_t wait_ms, int64_t work_ms);
void patience_free(struct patience *patience); /* all have gone; NULL is fine */
/* For MHD_OPTION_NOTIFY_CONNECTION. */
void patience_on_connection(void *patience, struct MHD_Connection *connection, void **visit,
                            enum MHD_ConnectionNotificationCode code);
/* Any thread: shuts those whose time is over, and tells work that takes too long to stop. */
void patience_look(struct patience *patience, int64_t now_ticks_ms);
/* Waits for requests that are under way, not for connections that rest. */
void patience_settle(struct patience *patience, int64_t ms);
struct visit *visit_new(struct patience *patience, int fd);
void visit_free(struct visit *visit);
struct visit *visit_of(struct MHD_Connection *connection);
/* What it does from now on. */
void visit_rests(struct visit *visit);  /* between requests */
void visit_brings(struct visit *visit); /* a body */
void visit_brought(struct visit *visit, size_t bytes);
void visit_waits(struct visit *visit); /* for our answer */
void visit_takes(struct visit *visit, size_t bytes);
void visit_leaves(struct visit *visit); /* its socket is no longer the daemon's */
const atomic_bool *visit_cancel(const struct visit *visit); /* true: the work takes too long */

/* ---- what happens, told to whoever listens ---- */

enum topic { TOPIC_EVENTS, TOPIC_JOBS, TOPIC_SCRAPES, TOPIC_METRICS, TOPICS };
const char *topic_name(enum topic topic);
/* Called on the thread that tells, for topics that were asked for: it copies and returns. */
typedef void (*bus_fn)(void *ctx, enum topic topic, const char *json);
struct bus;
struct bus *bus_new(void);
void bus_free(struct bus *bus); /* nobody may listen any more */
/* Any thread. `topics`: bits 1 << enum topic. No call comes once bus_leave has returned. */
void bus_listen(struct bus *bus, unsigned topics, bus_fn fn, void *ctx);
void bus_leave(struct bus *bus, bus_fn fn, void *ctx);
void bus_tell(struct bus *bus, enum topic topic, const char *json);
/* Does anybody? Whoever tells can spare the work of writing it. */
bool bus_heard(struct bus *bus, enum topic topic);

/* ---- counted on the way out (metrics.c) ---- */

#define COUNTED_ROUTES 96 /* the last one: requests that have no route */
#define COUNTED_CLASSES 6 /* of status: 1xx to 5xx */
/* How values are spread: how many lie up to each bound, and beyond the last one. */
#define HISTOGRAM_BOUNDS 12
struct histogram {
    atomic_ulong counts[HISTOGRAM_BOUNDS + 1];
    atomic_long millionths; /* of the sum */
};
extern const double bounds_seconds[HISTOGRAM_BOUNDS], bounds_events[HISTOGRAM_BOUNDS];
void histogram_add(struct histogram *histogram, const double bounds[HISTOGRAM_BOUNDS],
                   double value); /* any thread */
struct counted {
    struct counted_route {
        atomic_ulong answers[COUNTED_CLASSES];
        struct histogram seconds;
    } routes[COUNTED_ROUTES];
};
void counted_add(struct counted *counted, const struct exchange *x);

/* ---- a request's way (request.c): what the daemon calls, on its threads ---- */

void *request_on_uri(void *server, const char *uri, struct MHD_Connection *connection);
enum MHD_Result request_on_bytes(void *ctx, struct MHD_Connection *connection, const char *uri,
                                 const char *method, const char *version, const char *bytes,
                                 size_t *len, void **state);
void request_on_done(void *ctx, struct MHD_Connection *connection, void **state,
                     enum MHD_RequestTerminationCode code);

/* ---- the server ---- */

struct ingest;
struct usage_cache;
struct ws;
struct http_server {
    const struct app *app;
    struct MHD_Daemon *daemon;
    struct auth_keys *keys; /* NULL: no token is known, so nothing can be written */
    struct limiter *limiter;
    struct bus *bus;
    struct hook_peers *peers; /* whose deliveries are taken */
    struct ws *ws;            /* the clients of /ws/realtime */
    bool open_reads;          /* reads need no token ... */
    bool any_host;            /* ... under whatever name the service was asked */
    bool tls;
    atomic_bool stopping;
    atomic_ulong requests, errors;
    atomic_long unanswered; /* requests that bring events and are not done */
    struct counted counted;
    struct ingest *ingest;     /* ingest.h */
    struct usage_cache *usage; /* usage.h */
    struct patience *patience;
    atomic_size_t bodies[2]; /* bytes that are held: by holders of tokens, by anybody */
    int64_t started;         /* ms since 1970 */
    pthread_mutex_t lock;
    char problem[300];    /* of the configuration, as /health tells it; "" none. With the lock */
    dev_t library_device; /* library.db, as it was when the service began (follow.c) */
    ino_t library_inode;
    atomic_bool library_lost; /* another file has its place: told once */
    struct store **idle;      /* connections that nobody uses */
    size_t idle_len, idle_cap;
};
/* Keeps the one that is in *store already. ERR_BUSY: see library_look. */
int http_store_take(struct http_server *server, struct store **store, struct error *err);
void http_store_give(struct http_server *server, struct store *store); /* NULL is fine */
/* HOST:PORT, and a host there is; *local: it is of this machine alone. */
int http_check_address(const char *listen, bool *local, struct error *err);
int http_start(struct http_server *server, const char *listen, struct error *err);
void http_stop(struct http_server *server);
/* "127.0.0.1:8577" with the port that was given out. */
void http_address(const struct http_server *server, struct str *out);

/* ---- handlers, and what is made from the table ---- */

int handle_health(struct exchange *x, struct error *err);
int handle_pageview(struct exchange *x, struct error *err);
int handle_click(struct exchange *x, struct error *err);
int handle_search_event(struct exchange *x, struct error *err);
int handle_popular(struct exchange *x, struct error *err);
int handle_trending(struct exchange *x, struct error *err);
int handle_summary(struct exchange *x, struct error *err);
int handle_realtime(struct exchange *x, struct error *err);
int handle_metrics(struct exchange *x, struct error *err);
int handle_tracker(struct exchange *x, struct error *err);
int handle_papers(struct exchange *x, struct error *err);
int handle_paper(struct exchange *x, struct error *err);
int handle_scrape(struct exchange *x, struct error *err);
int handle_scrape_status(struct exchange *x, struct error *err);
int handle_scrape_history(struct exchange *x, struct error *err);
int handle_process_pdf(struct exchange *x, struct error *err);
int handle_process_github(struct exchange *x, struct error *err);
int handle_process_text(struct exchange *x, struct error *err);
int handle_process_status(struct exchange *x, struct error *err);
int handle_jobs(struct exchange *x, struct error *err);
int handle_job_cancel(struct exchange *x, struct error *err);
int handle_job_retry(struct exchange *x, struct error *err);
int handle_hook_scraped(struct exchange *x, struct error *err);
int handle_hook_processed(struct exchange *x, struct error *err);
int handle_changes(struct exchange *x, struct error *err);
int handle_changes_post(struct exchange *x, struct error *err);
int handle_websocket(struct exchange *x, struct error *err);
int handle_openapi(struct exchange *x, struct error *err);
int handle_docs(struct exchange *x, struct error *err);
int handle_page(struct exchange *x, struct error *err);
int handle_page_css(struct exchange *x, struct error *err);
int handle_page_js(struct exchange *x, struct error *err);
void openapi_write(struct str *out);
void postman_write(struct str *out);
/* The answers' schemas as members of an object, and those of bodies after them. */
void schemas_write(struct jsonw *w);
void schema_param(struct jsonw *w, const struct param *param);
const char *field_type_name(enum field_type type); /* "text", for people */

#endif
