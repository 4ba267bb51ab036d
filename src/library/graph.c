/*
 * Which names are of one work, as a function of the records and of what was decided alone: whatever
 * came first, the same come together.
 *
 * The names of records are the nodes of a graph. A record joins its own name with the others that
 * it gives; decisions ("pair", carrel/ops.h) join or part two names. Edges are taken in a fixed
 * order: what a person has joined, the newest first; what records say; what is alike by title. One
 * is passed over where the groups that it would join hold names that cannot be of one work. That is
 * Kruskal's algorithm with pairs that must not meet (J. Kruskal 1956; K. Wagstaff et al.,
 * constrained k-means, 2001).
 *
 * Nearly always what the importer finds by itself comes to the same, and nothing of this is run: it
 * is for names that several works have, and for what comes from other machines. The graph is that
 * of the works that any name, record or decision binds to the one in question.
 */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 1000 /* of one graph; beyond, works stay as they are */

void graph_begin(struct graph *graph, struct writer *writer)
{
    *graph = (struct graph){
        .writer = writer, .arena = arena_new(), .index = hashmap_new(), .seen = hashmap_new()
    };
}

void graph_free(struct graph *graph)
{
    hashmap_free(graph->index);
    hashmap_free(graph->seen);
    free(graph->names);
    free(graph->edges);
    free(graph->apart);
    free(graph->held);
    free(graph->records);
    free(graph->works);
    arena_free(graph->arena);
}

/* ---- gathering ---- */

void graph_want(struct graph *graph, int64_t work)
{
    bool added;

    if (work == 0)
        return;
    hashmap_put(graph->seen, (const char *)&work, sizeof work, &added);
    if (added)
        VEC_PUSH(graph->works, graph->work_len, graph->work_cap, work);
}

static size_t graph_name(struct graph *graph, const char *text)
{
    bool added;
    uint64_t *at = hashmap_put(graph->index, text, strlen(text), &added);

    if (added) {
        struct name name = { .text = arena_strdup(graph->arena, text), .parent = graph->len };

        *at = graph->len + 1;
        VEC_PUSH(graph->names, graph->len, graph->cap, name);
    }
    return *at - 1;
}

static void graph_claims(struct graph *graph, size_t key, const struct text_list *claims)
{
    size_t i;

    for (i = 0; i < claims->len; i++) {
        struct edge edge = { .a = key,
                             .b = graph_name(graph, claims->items[i]),
                             .rank = EDGE_CLAIM };

        if (edge.b != key)
            VEC_PUSH(graph->edges, graph->edge_len, graph->edge_cap, edge);
    }
}

/* The identifiers that it says are claims of the names that they are said of (name_edits). */
static void graph_hand(struct graph *graph, size_t key, const struct record *hand)
{
    struct text_list names = { 0 };
    size_t i;

    record_names(&names, graph->arena, hand);
    for (i = 0; i < names.len; i++) {
        struct edge edge = { .a = key, .b = graph_name(graph, names.items[i]) };

        VEC_PUSH(graph->held, graph->held_len, graph->held_cap, edge);
    }
}

/* What the hand says hangs from the name that it was said of. */
static int graph_record(struct graph *graph, struct stmt *stmt, int64_t work, struct error *err)
{
    bool hand = strcmp(stmt_text(stmt, 2), HAND) == 0;
    struct text_list claims = { 0 };
    struct record record;
    struct kept kept = { .id = stmt_int(stmt, 0), .work = work };
    size_t size;
    const void *bytes = stmt_blob(stmt, 1, &size);
    int result = payload_unpack(&record, graph->arena, bytes, size, err);

    if (result != ERR_OK)
        return result;
    if (!hand)
        record_all_names(&claims, graph->arena, &record);
    kept.key = graph_name(graph, hand ? stmt_text(stmt, 3) : claims.items[0]);
    graph->names[kept.key].keyed |= !hand;
    VEC_PUSH(graph->records, graph->record_len, graph->record_cap, kept);
    graph_claims(graph, kept.key, &claims);
    if (hand && stmt_int(stmt, 4))
        graph_hand(graph, kept.key, &record);
    return ERR_OK;
}

static int graph_work(struct graph *graph, int64_t work, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, graph->writer->store,
                                    "SELECT id, payload, source, source_key, current FROM "
                                    "record WHERE work_id = ?1 ORDER BY id",
                                    err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1)
        if ((step = graph_record(graph, stmt, work, err)) != ERR_OK)
            break;
    stmt_reset(stmt);
    if (step != ERR_OK)
        return step;
    result = stmt_prepare(&stmt, graph->writer->store,
                          "SELECT scheme || ':' || value FROM alias WHERE work_id = ?1", err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1)
        graph_name(graph, stmt_text(stmt, 0));
    stmt_reset(stmt);
    return step;
}

/* Whose a name is, and who else gives it. */
static int name_owners(struct graph *graph, size_t at, struct error *err)
{
    struct stmt *stmt;
    int step, result = alias_work(graph->writer->store, &graph->names[at].work,
                                  graph->names[at].text, err);

    if (result != ERR_OK && result != ERR_NOTFOUND)
        return result;
    graph_want(graph, graph->names[at].work);
    result = stmt_prepare(&stmt, graph->writer->store,
                          "SELECT r.work_id FROM claim c JOIN record r ON r.id = c.record_id "
                          "WHERE c.name = ?1",
                          err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, graph->names[at].text);
    while ((step = stmt_step(stmt, err)) == 1)
        graph_want(graph, stmt_int(stmt, 0));
    stmt_reset(stmt);
    return step;
}

static int name_pairs(struct graph *graph, size_t at, struct error *err)
{
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, graph->writer->store,
                              "SELECT field, value, stamp FROM op WHERE item = ?1 AND kind = "
                              "'pair' AND value IS NOT NULL UNION ALL SELECT item, value, stamp "
                              "FROM op WHERE field = ?1 AND kind = 'pair' AND value IS NOT NULL",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, graph->names[at].text);
    while ((step = stmt_step(stmt, err)) == 1) {
        const char *value = stmt_text(stmt, 1);
        struct edge edge = { .a = at,
                             .rank = *value == 'j' ? EDGE_JOINED : EDGE_ALIKE,
                             .stamp = stmt_int(stmt, 2),
                             .b = graph_name(graph, stmt_text(stmt, 0)) };

        if (strcmp(value, "apart") == 0)
            VEC_PUSH(graph->apart, graph->apart_len, graph->apart_cap, edge);
        else
            VEC_PUSH(graph->edges, graph->edge_len, graph->edge_cap, edge);
    }
    stmt_reset(stmt);
    return step;
}

/* Identifiers that a person has given it, and names to which a person has given this one. */
static int name_edits(struct graph *graph, size_t at, struct error *err)
{
    const char *text = graph->names[at].text, *colon = strchr(text, ':');
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, graph->writer->store,
                              "SELECT item, field || ':' || value FROM op WHERE item = ?1 AND kind "
                              "= 'edit' AND field IN ('arxiv', 'doi') AND value IS NOT NULL UNION "
                              "SELECT item, ?1 FROM op WHERE kind = 'edit' AND value = ?2 AND "
                              "field = ?3",
                              err);

    if (result != ERR_OK || !colon)
        return result;
    stmt_bind_text(stmt, 1, text);
    stmt_bind_text(stmt, 2, colon + 1);
    stmt_bind_text_n(stmt, 3, text, (size_t)(colon - text));
    while ((step = stmt_step(stmt, err)) == 1) {
        struct edge edge = { .a = graph_name(graph, stmt_text(stmt, 0)),
                             .b = graph_name(graph, stmt_text(stmt, 1)),
                             .rank = EDGE_CLAIM };

        VEC_PUSH(graph->edges, graph->edge_len, graph->edge_cap, edge);
    }
    stmt_reset(stmt);
    return step;
}

/* From the works in question on, until nothing new is bound to them. */
int graph_gather(struct graph *graph, struct error *err)
{
    size_t work = 0, name = 0;
    int result = ERR_OK;

    while (result == ERR_OK && (work < graph->work_len || name < graph->len)) {
        if (graph->len > NAMES_MAX)
            return error_set(err, ERR_LIMIT, "more than %d names hang together", NAMES_MAX);
        if (work < graph->work_len) {
            result = graph_work(graph, graph->works[work++], err);
            continue;
        }
        result = name_owners(graph, name, err);
        if (result == ERR_OK)
            result = name_pairs(graph, name, err);
        if (result == ERR_OK)
            result = name_edits(graph, name, err);
        name++;
    }
    return result;
}

/* ---- joining ---- */

static int edge_compare(const void *x, const void *y, void *ctx)
{
    const struct edge *a = x, *b = y;
    const struct name *names = ((const struct graph *)ctx)->names;
    int order;

    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a->rank == EDGE_JOINED && a->stamp != b->stamp)
        return a->stamp > b->stamp ? -1 : 1;
    order = strcmp(names[a->a].text, names[b->a].text);
    return order ? order : strcmp(names[a->b].text, names[b->b].text);
}

size_t group_of(struct graph *graph, size_t at)
{
    while (graph->names[at].parent != at)
        at = graph->names[at].parent = graph->names[graph->names[at].parent].parent;
    return at;
}

/* Was it decided that a name of the one and a name of the other are two? A decision to join is
 * stopped by newer ones only. */
static bool parted(struct graph *graph, size_t a, size_t b, const struct edge *edge)
{
    size_t i;

    for (i = 0; i < graph->apart_len; i++) {
        size_t x = group_of(graph, graph->apart[i].a), y = group_of(graph, graph->apart[i].b);

        if (((x == a && y == b) || (x == b && y == a))
            && (edge->rank != EDGE_JOINED || graph->apart[i].stamp > edge->stamp))
            return true;
    }
    return false;
}

/* Does one group hold a name that cannot be of the same work as one of the other? */
static bool at_odds(struct graph *graph, size_t a, size_t b)
{
    size_t *of_b = NULL, len = 0, cap = 0, i, k;
    bool odds = false;

    for (i = 0; i < graph->len; i++)
        if (group_of(graph, i) == b)
            VEC_PUSH(of_b, len, cap, i);
    for (i = 0; i < graph->len && !odds; i++)
        for (k = 0; group_of(graph, i) == a && k < len && !odds; k++)
            odds = ids_conflict(graph->names[i].text, graph->names[of_b[k]].text);
    free(of_b);
    return odds;
}

static void join_groups(struct graph *graph, size_t a, size_t b)
{
    graph->names[b].parent = a;
    graph->names[a].keyed |= graph->names[b].keyed;
}

/* A name that nothing is called by belongs to who gives it, though it was parted from that when it
 * was somebody else's, too. */
static void join_left_over(struct graph *graph)
{
    size_t i;

    for (i = 0; i < graph->edge_len; i++) {
        size_t a = group_of(graph, graph->edges[i].a), b = group_of(graph, graph->edges[i].b);

        if (a != b && graph->edges[i].rank == EDGE_CLAIM && graph->names[a].keyed
            && !graph->names[b].keyed)
            join_groups(graph, a, b);
    }
}

/* One that nobody gives any more stays where the hand has said it, whose record then loses it
 * (hand_refresh); wherever else it went, it would stay for ever. */
static void join_held(struct graph *graph)
{
    size_t i;

    for (i = 0; i < graph->held_len; i++) {
        size_t a = group_of(graph, graph->held[i].a), b = group_of(graph, graph->held[i].b);

        if (a != b && graph->names[a].keyed && !graph->names[b].keyed)
            join_groups(graph, a, b);
    }
}

void graph_join(struct graph *graph)
{
    size_t i;

    if (graph->edge_len > 1)
        qsort_r(graph->edges, graph->edge_len, sizeof *graph->edges, edge_compare, graph);
    for (i = 0; i < graph->edge_len; i++) {
        const struct edge *edge = &graph->edges[i];
        size_t a = group_of(graph, edge->a), b = group_of(graph, edge->b);
        bool mention = !graph->names[a].keyed || !graph->names[b].keyed;

        if (a == b || parted(graph, a, b, edge)
            || (edge->rank != EDGE_JOINED && !mention && at_odds(graph, a, b)))
            continue;
        join_groups(graph, a, b);
    }
    join_left_over(graph);
    join_held(graph);
}
