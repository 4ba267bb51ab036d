/*
 * Names that are one work (graph.c) come into one work, and others out of it: records, names,
 * samples, alerts; the works are composed again and their registers settled. A work that is empty
 * then goes into the one that its first record went to, as a merge, which split can take apart.
 */
#include "graph.h"

#include "carrel/alerts.h"
#include "carrel/log.h"
#include "carrel/ops.h"

#include <stdlib.h>
#include <string.h>

struct moving {
    struct graph *graph;
    int64_t *target; /* of each group, by its name; 0: it has no record */
    int64_t *touched;
    size_t touched_len, touched_cap;
};

/* The work of a group is one that it has names of; each work is that of one group. */
static int64_t choose_work(struct moving *moving, size_t group, struct hashmap *taken)
{
    struct graph *graph = moving->graph;
    size_t i;

    for (i = 0; i < graph->record_len; i++) {
        int64_t work = graph->records[i].work;
        bool added;

        if (group_of(graph, graph->records[i].key) != group)
            continue;
        hashmap_put(taken, (const char *)&work, sizeof work, &added);
        if (added)
            return work;
    }
    return 0;
}

static bool group_has_record(struct graph *graph, size_t group)
{
    size_t i;

    for (i = 0; i < graph->record_len; i++)
        if (group_of(graph, graph->records[i].key) == group)
            return true;
    return false;
}

static int make_targets(struct moving *moving, struct error *err)
{
    struct graph *graph = moving->graph;
    struct hashmap *taken = hashmap_new();
    size_t i;
    int result = ERR_OK;

    moving->target = arena_alloc(graph->arena, (graph->len + 1) * sizeof *moving->target);
    for (i = 0; i < graph->len; i++) {
        bool wanted = group_of(graph, i) == i && group_has_record(graph, i);

        moving->target[i] = wanted ? choose_work(moving, i, taken) : 0;
    }
    for (i = 0; i < graph->len && result == ERR_OK; i++)
        if (moving->target[i] == 0 && group_of(graph, i) == i && group_has_record(graph, i))
            result = compose_empty(graph->writer, &moving->target[i], err);
    hashmap_free(taken);
    return result;
}

static void moving_touch(struct moving *moving, int64_t work)
{
    size_t i;

    for (i = 0; i < moving->touched_len; i++)
        if (moving->touched[i] == work)
            return;
    VEC_PUSH(moving->touched, moving->touched_len, moving->touched_cap, work);
}

static void moving_forget(struct moving *moving, int64_t work)
{
    size_t i, kept = 0;

    for (i = 0; i < moving->touched_len; i++)
        if (moving->touched[i] != work)
            moving->touched[kept++] = moving->touched[i];
    moving->touched_len = kept;
}

static int64_t target_of(struct moving *moving, size_t name)
{
    return moving->target[group_of(moving->graph, name)];
}

/* Of two works that have become one, by what. */
static const char *reason(struct moving *moving, int64_t keep, int64_t gone)
{
    static const char *const reasons[] = { [EDGE_JOINED] = "{\"rule\":\"by hand\"}",
                                           [EDGE_CLAIM] = "{\"rule\":\"one record names both\"}",
                                           [EDGE_ALIKE] = "{\"rule\":\"found to be one\"}" };
    struct graph *graph = moving->graph;
    size_t i;

    for (i = 0; i < graph->edge_len; i++) {
        int64_t a = graph->names[graph->edges[i].a].work, b = graph->names[graph->edges[i].b].work;

        if ((a == keep && b == gone) || (a == gone && b == keep))
            return reasons[graph->edges[i].rank];
    }
    return reasons[EDGE_CLAIM];
}

/* A work that is no group's any more goes into the one that its first record goes to. */
static int64_t heir_of(struct moving *moving, int64_t work)
{
    struct graph *graph = moving->graph;
    int64_t heir = 0;
    size_t i;

    for (i = 0; i < graph->record_len; i++) {
        int64_t target = target_of(moving, graph->records[i].key);

        if (target == work)
            return work;
        if (graph->records[i].work == work && heir == 0)
            heir = target;
    }
    return heir ? heir : work;
}

/* As a merge, which split can take apart. */
static int merge_heirs(struct moving *moving, const int64_t *heirs, struct error *err)
{
    struct graph *graph = moving->graph;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < graph->work_len && result == ERR_OK; i++) {
        int64_t work = graph->works[i];
        const char *why = reason(moving, heirs[i], work);

        if (heirs[i] == work)
            continue;
        result = identity_merge(graph->writer, heirs[i], work, why, 1.0,
                                strstr(why, "by hand") != NULL, err);
        moving_touch(moving, heirs[i]);
        moving_forget(moving, work);
    }
    return result;
}

/* Whose a record or a name is now, once its work has gone into its heir. */
static bool stays(const struct graph *graph, const int64_t *heirs, int64_t work, int64_t to)
{
    size_t i;

    for (i = 0; i < graph->work_len; i++)
        if (graph->works[i] == work)
            return heirs[i] == to;
    return work == to;
}

static int move_records(struct moving *moving, const int64_t *heirs, struct error *err)
{
    struct graph *graph = moving->graph;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < graph->record_len && result == ERR_OK; i++) {
        struct kept *record = &graph->records[i];
        int64_t to = target_of(moving, record->key);

        if (stays(graph, heirs, record->work, to))
            continue;
        result = store_run(graph->writer->store, "UPDATE record SET work_id = ?1 WHERE id = ?2", to,
                           record->id, NULL, err);
        moving_touch(moving, record->work);
        moving_touch(moving, to);
        record->work = to;
    }
    return result;
}

static int move_name(struct moving *moving, struct name *name, int64_t to, struct error *err)
{
    struct store *store = moving->graph->writer->store;
    int64_t from = name->work;
    int result = alias_move(store, name->text, to, err);

    if (result == ERR_OK)
        result = samples_split(store, from, to, name->text, err);
    if (result == ERR_OK)
        result = alerts_split(store, from, to, err);
    moving_touch(moving, from);
    moving_touch(moving, to);
    name->work = to;
    return result;
}

static int move_names(struct moving *moving, const int64_t *heirs, struct error *err)
{
    struct graph *graph = moving->graph;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < graph->len && result == ERR_OK; i++) {
        struct name *name = &graph->names[i];
        int64_t to = target_of(moving, i);

        if (to != 0 && name->work != 0 && !stays(graph, heirs, name->work, to))
            result = move_name(moving, name, to, err);
    }
    return result;
}

/* Names that records give and that are nobody's yet, or another's. */
static int note_claims(struct moving *moving, struct error *err)
{
    struct graph *graph = moving->graph;
    size_t i, k;
    int result = ERR_OK;

    for (i = 0; i < graph->edge_len && result == ERR_OK; i++) {
        const struct edge *edge = &graph->edges[i];
        int64_t work = target_of(moving, edge->a);

        if (edge->rank != EDGE_CLAIM || graph->names[edge->b].work == work)
            continue;
        for (k = 0; k < graph->record_len && result == ERR_OK; k++)
            if (graph->records[k].key == edge->a)
                result = alias_insert(graph->writer, work, graph->records[k].id,
                                      graph->names[edge->b].text, err);
        if (graph->names[edge->b].work == 0) {
            graph->names[edge->b].work = work;
            moving_touch(moving, work);
        }
    }
    return result;
}

/* Each is called anew: no two may want one name while they change. */
static int compose_touched(struct moving *moving, struct error *err)
{
    struct writer *writer = moving->graph->writer;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < moving->touched_len && result == ERR_OK; i++)
        result = store_run(writer->store, "UPDATE work SET key = 'split:' || id WHERE id = ?1",
                           moving->touched[i], 0, NULL, err);
    for (i = 0; i < moving->touched_len && result == ERR_OK; i++)
        result = compose_again(writer, moving->touched[i], err);
    for (i = 0; i < moving->touched_len && result == ERR_OK; i++)
        result = registers_work(writer->store, moving->touched[i], err);
    for (i = 0; i < moving->touched_len && result == ERR_OK; i++)
        result = hand_refresh(writer, moving->touched[i], err);
    return result;
}

/* Names of works that have gone are those of their heirs. */
static void follow_heirs(struct graph *graph, const int64_t *heirs)
{
    size_t i, k;

    for (i = 0; i < graph->work_len; i++)
        for (k = 0; k < graph->len; k++)
            if (graph->names[k].work == graph->works[i])
                graph->names[k].work = heirs[i];
}

static int graph_move(struct graph *graph, struct error *err)
{
    struct moving moving = { .graph = graph };
    int64_t *heirs = arena_alloc(graph->arena, (graph->work_len + 1) * sizeof *heirs);
    int result = make_targets(&moving, err);
    size_t i;

    for (i = 0; i < graph->work_len && result == ERR_OK; i++)
        heirs[i] = heir_of(&moving, graph->works[i]);
    if (result == ERR_OK)
        result = move_records(&moving, heirs, err);
    if (result == ERR_OK)
        result = move_names(&moving, heirs, err);
    if (result == ERR_OK)
        result = merge_heirs(&moving, heirs, err);
    if (result == ERR_OK) {
        follow_heirs(graph, heirs);
        result = note_claims(&moving, err);
    }
    if (result == ERR_OK)
        result = compose_touched(&moving, err);
    free(moving.touched);
    return result;
}

int regroup(struct writer *writer, const int64_t *works, size_t count, struct error *err)
{
    struct graph graph;
    int64_t mark = 0;
    size_t i;
    int result = alerts_mark(writer->store, &mark, err);

    graph_begin(&graph, writer);
    for (i = 0; i < count; i++)
        graph_want(&graph, works[i]);
    if (result == ERR_OK)
        result = graph_gather(&graph, err);
    if (result == ERR_OK) {
        graph_join(&graph);
        result = graph_move(&graph, err);
        if (result == ERR_OK) /* that works are joined and parted is no news */
            result = alerts_take_back(writer->store, mark, err);
    } else if (result == ERR_LIMIT) {
        log_write(LOG_WARN, "works stay as they are: %s", err ? err->message : "too many names");
        result = ERR_OK;
    }
    writer->doubtful = false;
    graph_free(&graph);
    return result;
}
