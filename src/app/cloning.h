/*
 * Inside cloning: what is known of a repository while it is fetched, looked over and kept. All
 * texts lie in the arena of whoever asked.
 */
#ifndef CARREL_APP_CLONING_H
#define CARREL_APP_CLONING_H

#include "clone.h"

struct cloning {
    const struct app *app;
    struct arena *arena;
    const struct clone_options *options;
    struct store *store;
    struct paced *paced; /* the ledger, while it is asked */
    struct vcs_address address;
    char *key, *folder;  /* folder: below the library */
    int64_t repository;  /* 0: not in the library yet */
    bool known;          /* its facts are here from elsewhere */
    bool typed;          /* the user gave the address; else somebody's link did */
    struct clone before; /* head NULL: none */
    struct vcs_transferred moved;
    struct vcs_summary summary;
    bool empty;
};

/* clone_locate.c: which one `what` is: its key, folder and address, and what is here of it. */
int cloning_locate(struct cloning *c, const char *what, struct error *err);

/* clone_transfer.c: clones into the folder, or fetches what is new. Of a host it is one line of the
 * ledger, and waits for its turn. */
int cloning_transfer(struct cloning *c, const char *place, struct error *err);

/* clone_says.c: its facts, where no host has told them; its README with the papers that it and
 * citation files name, and where it lies. */
struct repository *cloning_facts(struct cloning *c);
int cloning_readme(struct cloning *c, struct vcs *vcs, struct repository **out, char **path,
                   struct error *err);

#endif
