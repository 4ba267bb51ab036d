/* What the tests of net share: a replay server of their own and a ledger in memory. */
#ifndef NET_TEST_H
#define NET_TEST_H

#include "carrel/mem.h"
#include "net/internal.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/types.h>

#include <cmocka.h>

struct server {
    pid_t pid;
    char url[64];
    char script[64], log[64];
};
/* Plays the text of a script (tests/replay/script.c); %s stands for nothing: it is plain text. */
void server_start(struct server *server, const char *script);
void server_stop(struct server *server);

/* A ledger that remembers: as strict as the real one within this process. */
struct memory_ledger {
    pthread_mutex_t lock;
    int64_t last_end, not_before;
    int in_flight, most_in_flight;
    int reserved, settled, refused;
    char notes[4096]; /* "try status error;" of each request */
    char urls[4096]; /* "url " of each */
    char etag[100], last_modified[100];
    int64_t begun[200], ended[200]; /* ticks */
};
void memory_ledger_init(struct memory_ledger *ledger);
extern const struct net_ledger memory_ledger_table;

struct fetched {
    int result;
    struct net_answer answer;
    struct error err;
};
/* Sends with a small back-off; `path` is behind the server's address unless it has a scheme. */
void fetch(struct fetched *out, struct memory_ledger *ledger, const struct server *server,
           const char *path, const struct net_request *like);

int net_text_tests(void);
int net_send_tests(void);

#endif
