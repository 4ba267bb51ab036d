/*
 * The graph of a log: a line for each way that is still to be followed, one row a commit. A lane
 * waits for a commit; the commit ends all lanes that wait for it but the leftmost, which goes on to
 * its first parent, and opens lanes for other parents that nobody waits for yet. Nothing is looked
 * ahead, so a log need not be read to its end. A parent that was shown before its child (clocks are
 * wrong) gets no lane, since nothing would end it; nor does one for which there is no room.
 */
#include "carrel/vcs.h"

#include "carrel/hash.h"

#include <stdlib.h>
#include <string.h>

#define LANES 64
#define SEEN_MAX 65536u
#define SEEN_KEY 16 /* digits of a hash that tell it from others */

enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };

struct vcs_graph {
    bool ascii;
    char lanes[LANES][VCS_ID]; /* what each waits for; "" free */
    struct hashmap *seen;      /* commits that have their row */
};

/* A row as it comes about: which ways each lane's cell leads. */
struct cells {
    unsigned ways[LANES];
    bool ended[LANES]; /* not to be opened again in this row: it would look as if it went on */
    size_t node;       /* LANES: there was no room */
};

struct vcs_graph *vcs_graph_new(bool ascii)
{
    struct vcs_graph *graph = mem_zalloc(sizeof *graph);

    graph->ascii = ascii;
    graph->seen = hashmap_new();
    return graph;
}

void vcs_graph_free(struct vcs_graph *graph)
{
    if (!graph)
        return;
    hashmap_free(graph->seen);
    free(graph);
}

static bool was_seen(const struct vcs_graph *graph, const char *id)
{
    return hashmap_get(graph->seen, id, SEEN_KEY) != NULL;
}

static void note_seen(struct vcs_graph *graph, const char *id)
{
    if (hashmap_count(graph->seen) >= SEEN_MAX)
        hashmap_clear(graph->seen);
    *hashmap_put(graph->seen, id, SEEN_KEY, NULL) = 1;
}

/* The first lane from `from` on that waits for it ("": a free one); LANES: none. */
static size_t lane_of(const struct vcs_graph *graph, const struct cells *cells, const char *id,
                      size_t from)
{
    size_t i;

    for (i = from; i < LANES; i++)
        if (strcmp(graph->lanes[i], id) == 0 && !cells->ended[i])
            return i;
    return LANES;
}

static void join(struct cells *cells, size_t a, size_t b)
{
    size_t from = a < b ? a : b, to = a < b ? b : a, i;

    for (i = from; i < to; i++) {
        cells->ways[i] |= RIGHT;
        cells->ways[i + 1] |= LEFT;
    }
}

/* The commit's lane, and the ends of the others that waited for it. */
static void take_node(struct vcs_graph *graph, struct cells *cells, const char *id)
{
    size_t i;

    cells->node = lane_of(graph, cells, id, 0);
    for (i = 0; i < LANES; i++) {
        if (graph->lanes[i][0])
            cells->ways[i] = UP | DOWN;
        if (i == cells->node || strcmp(graph->lanes[i], id) != 0)
            continue;
        cells->ways[i] = UP;
        join(cells, cells->node, i);
        graph->lanes[i][0] = '\0';
        cells->ended[i] = true;
    }
    if (cells->node == LANES)
        cells->node = lane_of(graph, cells, "", 0);
    if (cells->node < LANES)
        graph->lanes[cells->node][0] = '\0';
}

static void add_parent(struct vcs_graph *graph, struct cells *cells, const char *id)
{
    size_t lane = lane_of(graph, cells, id, 0);

    if (lane == LANES) {
        lane = lane_of(graph, cells, "", cells->node + 1);
        if (lane == LANES)
            lane = lane_of(graph, cells, "", 0);
        if (lane == LANES || lane == cells->node)
            return;
        memcpy(graph->lanes[lane], id, VCS_ID);
        cells->ways[lane] |= DOWN;
    }
    if (lane != cells->node)
        join(cells, cells->node, lane);
}

static void draw(const struct vcs_graph *graph, const struct cells *cells, struct str *out)
{
    static const char *const lines[] = { " ", "╵", "╷", "│", "╴", "╯", "╮", "┤",
                                         "╶", "╰", "╭", "├", "─", "┴", "┬", "┼" };
    static const char plain[] = " ''|-'.|-`.|-++|";
    size_t last = cells->node < LANES ? cells->node : 0, i;

    for (i = 0; i < LANES; i++)
        if (cells->ways[i] && i > last)
            last = i;
    for (i = 0; i <= last && i < VCS_GRAPH_LANES; i++) {
        if (i == cells->node)
            str_add(out, graph->ascii ? "*" : "●");
        else if (graph->ascii)
            str_add_char(out, plain[cells->ways[i]]);
        else
            str_add(out, lines[cells->ways[i]]);
        if (i < last)
            str_add(out, !(cells->ways[i] & RIGHT) ? " " : graph->ascii ? "-" : "─");
    }
    if (last >= VCS_GRAPH_LANES)
        str_add(out, graph->ascii ? "~" : "…");
    if (cells->node >= VCS_GRAPH_LANES)
        str_add(out, graph->ascii ? "*" : "●");
}

void vcs_graph_row(struct vcs_graph *graph, struct str *out, const struct vcs_commit *commit)
{
    struct cells cells = { .node = LANES };
    unsigned i;

    take_node(graph, &cells, commit->id);
    note_seen(graph, commit->id);
    if (cells.node < LANES && commit->parents > 0 && !was_seen(graph, commit->parent))
        memcpy(graph->lanes[cells.node], commit->parent, VCS_ID);
    for (i = 1; i < commit->parents && cells.node < LANES; i++)
        if (!was_seen(graph, commit->others[i - 1]))
            add_parent(graph, &cells, commit->others[i - 1]);
    draw(graph, &cells, out);
}
