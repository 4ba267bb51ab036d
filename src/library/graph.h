/*
 * Inside regroup: the names that hang together, and what binds them (graph.c); regroup.c moves what
 * has to be moved.
 */
#ifndef CARREL_LIBRARY_GRAPH_H
#define CARREL_LIBRARY_GRAPH_H

#include "internal.h"

enum edge_rank { EDGE_JOINED, EDGE_CLAIM, EDGE_ALIKE };

struct name {
    char *text;
    size_t parent;
    bool keyed;   /* of its group: some record is called so */
    int64_t work; /* whose it is now; 0 nobody's */
};

struct edge {
    size_t a, b;
    enum edge_rank rank;
    int64_t stamp;
};

struct kept {
    int64_t id, work;
    size_t key;
};

struct graph {
    struct writer *writer;
    struct arena *arena;
    struct hashmap *index; /* text -> name, from 1 */
    struct name *names;
    size_t len, cap;
    struct edge *edges, *apart;
    size_t edge_len, edge_cap, apart_len, apart_cap;
    struct edge *held; /* names that stand in a hand's record, said still or not */
    size_t held_len, held_cap;
    struct kept *records;
    size_t record_len, record_cap;
    struct hashmap *seen; /* works */
    int64_t *works;
    size_t work_len, work_cap;
};

/* `graph` with its writer and nothing else in it; graph_free in any case. */
void graph_begin(struct graph *graph, struct writer *writer);
void graph_free(struct graph *graph);
/* A work that is in question. */
void graph_want(struct graph *graph, int64_t work);
/* All that any name, record or decision binds to those. ERR_LIMIT: too much. */
int graph_gather(struct graph *graph, struct error *err);
/* Which names are one: group_of is the same for them. */
void graph_join(struct graph *graph);
size_t group_of(struct graph *graph, size_t at);

#endif
