/* Random schedules: what their machines are, what persons do, and what goes between them. */
#ifndef SYNC_SCHEDULE_H
#define SYNC_SCHEDULE_H

#include "sync_test.h"

#define MACHINES 3
#define PACKS 24
#define TOKENS 400
#define NAMES 16
#define TAGS 4

extern const char *const schedule_names[NAMES];
extern const char *const schedule_tags[TAGS];

struct machine {
    char *dir, *folder; /* folder: its copy of what all write into; NULL none */
    struct store *store;
    struct arrivals *arrivals;
    int64_t skew;                           /* ms */
    char cursor[MACHINES][PEER_CURSOR_MAX]; /* in the others' libraries */
};

struct pack_bytes {
    struct str bytes;
    int from;
};

/* How machines meet. */
enum way {
    WAY_PAGES,  /* pages that are lost, late, repeated and broken off */
    WAY_FOLDER, /* sync_exchange, through one folder that all have */
    WAY_COPIES, /* sync_exchange, each through a folder of its own that some tool copies */
    WAYS
};

struct run {
    uint64_t random;
    enum way way;
    int64_t now;
    struct machine machines[MACHINES];
    struct pack_bytes packs[PACKS]; /* that may come again */
    size_t pack_next;
    bool apart[MACHINES]; /* cannot be reached now */
    /* the model */
    int tokens;
    bool dead[TOKENS];  /* somebody who saw it has written something else */
    bool query[TOKENS]; /* a saved query: of two that were saved apart one stands */
    /* By each name, the lasting names of the work that a tag was put on, as bits; 0 it was not. */
    uint32_t tag_added[NAMES][TAGS];
    bool tag_removed[TAGS];
};

size_t pick(struct run *run, size_t count);
bool chance(struct run *run, int percent);

/* sync_actions.c: something that a person does on that machine, and what the model learns of it. */
void schedule_act(struct run *run, struct machine *machine);
/* A work of one of the names, 0 none. */
int64_t schedule_work(struct run *run, struct machine *machine, size_t *name);
void schedule_shown(struct str *out, struct store *store); /* all texts that it shows */
bool schedule_holds(const struct str *texts, int token);

/* sync_ways.c */
void ways_begin(struct run *run);
void ways_end(struct run *run);
/* A meeting of that machine with another one, or with a folder; whole or not. */
void ways_meet(struct run *run, struct machine *machine);
/* Everybody with everybody, until nothing changes any more. */
void ways_settle(struct run *run);

#endif
