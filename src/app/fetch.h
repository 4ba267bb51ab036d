/*
 * PDFs out of the network: under the ledger and the origin's budget, resumed where they broke off,
 * and looked at before anybody takes them for a PDF.
 */
#ifndef CARREL_APP_FETCH_H
#define CARREL_APP_FETCH_H

#include "carrel/app.h"
#include "carrel/net.h"

struct fetcher;
struct fetch_options {
    const atomic_bool *cancel;                                        /* may be NULL */
    void (*progress)(void *ctx, const struct net_progress *progress); /* may be NULL */
    void *ctx;
    bool public_only; /* addresses come from outside: private ones are refused */
};
/* The library must exist. The app, its configuration and `cancel` live as long as the fetcher. */
int fetcher_open(struct fetcher **out, const struct app *app, const struct fetch_options *options,
                 struct error *err);
void fetcher_close(struct fetcher *fetcher); /* NULL is fine */

struct fetched {
    char *path;    /* a file of ours below cache/, which the caller removes */
    char *url;     /* where it came from */
    char *belongs; /* the id it was fetched for, "" for an address */
};
/* `what` is an id of the library or of arXiv, or an https address (http on this machine). Texts in
 * the arena. ERR_NOTFOUND: no such paper, or it names no PDF; ERR_PARSE: what came is none;
 * ERR_USAGE: not an id; and the errors of net_send. */
int fetch_document(struct fetched *out, struct fetcher *fetcher, struct arena *arena,
                   const char *what, struct error *err);
/* Is it an id or an address, and no file? */
bool fetch_is_for(const char *what);

#endif
