/*
 * Marking rows of a list of papers: one by one, a range from here to there (V, as vim has it), and
 * all that a query finds. Commands then act on just these, however many they are.
 *
 * What is marked is papers, so it stays what it was when the list is read anew. A range, or a
 * query, over more rows than are here is read by a worker, upon what was marked already; commands
 * for what it marks wait for it. A range whose ends are no longer the papers that stood there marks
 * nothing.
 */
#include "papers.h"

#include "../desk.h"

#include "carrel/hash.h"
#include "carrel/remote.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS 10000 /* the most that a search gives at once */
#define WAITING_BYTES 2000

struct marking_task {
    struct task task;
    struct arena *arena;
    struct mark_set *set;
    struct search_options options;
    char *query, *filter;
    char *which; /* only rows that this query finds; NULL: all */
    int64_t first,
        last;    /* papers at the ends of a range; 0: from one end of the list to the other */
    size_t rows; /* of a range */
    const struct search_hit *here; /* the rows, where the whole list is here; they lie in `arena` */
    size_t here_len;
    size_t before;
    bool on;
};

/* ---- worker ---- */

static int which_add(void *ctx, int64_t work)
{
    hashmap_put(ctx, (const char *)&work, sizeof work, NULL);
    return 0;
}

static void marking_put(struct marking_task *t, const struct hashmap *wanted,
                        const struct search_hit *hit)
{
    int64_t work = hit->row.id;

    if (!hit->repository && (!wanted || hashmap_get(wanted, (const char *)&work, sizeof work)))
        mark_set_put(t->set, hit->row.key, t->on);
}

static int marking_moved(struct error *err)
{
    return error_set(err, ERR_FAILED,
                     "the list has changed meanwhile: nothing is marked; choose "
                     "the range once more");
}

/* The list, page by page in its own order. */
static int marking_walk(struct marking_task *t, struct store *store, const struct hashmap *wanted,
                        struct error *err)
{
    struct search_result *page = NULL;
    size_t done = 0;
    int result = ERR_OK;

    do {
        struct search_result *next;
        size_t left = t->rows - done, i;

        t->options.limit = t->rows && left < PAGE_ROWS ? left : PAGE_ROWS;
        t->options.after = page ? page->next : NULL;
        result = search_run(&next, store, t->query, &t->options, err);
        search_result_free(page);
        page = result == ERR_OK ? next : NULL;
        if (result == ERR_OK && t->first && done == 0
            && (page->len == 0 || page->hits[0].row.id != t->first))
            result = marking_moved(err);
        for (i = 0; result == ERR_OK && i < page->len; i++)
            marking_put(t, wanted, &page->hits[i]);
        done += page ? page->len : 0;
        if (result == ERR_OK && t->rows && (done >= t->rows || !page->next)
            && (done != t->rows || page->hits[page->len - 1].row.id != t->last))
            result = marking_moved(err);
    } while (result == ERR_OK && page->next && (!t->rows || done < t->rows));
    search_result_free(page);
    return result;
}

static int marking_run(struct task *task, void *worker, struct error *err)
{
    struct marking_task *t = (struct marking_task *)task;
    struct hashmap *wanted = t->which ? hashmap_new() : NULL;
    struct store *store = worker;
    size_t i;
    int result = ERR_OK;

    if (!store)
        result = error_set(err, ERR_FAILED, "there is no library yet");
    else
        store_set_cancel(store, &task->cancel);
    t->options.default_filter = t->filter;
    if (result == ERR_OK)
        result = papers_exact(&t->options, store, t->query, err);
    if (result == ERR_OK && wanted)
        result = search_each(store, t->which, which_add, wanted, err);
    for (i = 0; i < t->here_len && result == ERR_OK; i++)
        marking_put(t, wanted, &t->here[i]);
    if (result == ERR_OK && !t->here)
        result = marking_walk(t, store, wanted, err);
    if (store)
        store_set_cancel(store, NULL);
    hashmap_free(wanted);
    return result;
}

static void marking_free(struct task *task)
{
    struct marking_task *t = (struct marking_task *)task;

    mark_set_free(t->set);
    arena_free(t->arena);
    free(t);
}

/* ---- asking ---- */

static struct marking_task *marking_new(struct view *view)
{
    struct papers *p = view->state;
    struct marking_task *t = mem_zalloc(sizeof *t);
    struct mark_set *below = marks_share(&p->marks);

    t->task.name = "mark";
    t->task.run = marking_run;
    t->task.free = marking_free;
    t->arena = arena_new();
    t->set = mark_set_new(below);
    t->before = mark_set_count(below);
    mark_set_free(below);
    t->query = arena_strdup(t->arena, p->query.ptr);
    t->filter = view->ops == &view_today && !p->fresh ? NULL : arena_strdup(t->arena, p->filter);
    t->options.sort = p->sort;
    t->options.keys = true;
    t->options.in = p->passages ? SEARCH_IN_TEXT : SEARCH_IN_WORKS;
    t->on = true;
    return t;
}

static void marking_post(struct view *view, struct marking_task *t)
{
    struct papers *p = view->state;

    if (p->marking)
        desk_cancel(view->desk, p->marking);
    if (p->waiting.len > 0) { /* it was for the rows that are not marked now */
        desk_say(view->desk, STYLE_WARN, "not done, as other rows are being marked now: %.*s",
                 (int)strcspn(p->waiting.ptr, "\n"), p->waiting.ptr);
        str_clear(&p->waiting);
    }
    p->marking = desk_post(view, &t->task);
}

static bool all_here(const struct papers *p, int from, int to)
{
    for (; from <= to; from++)
        if (!papers_row(p, from))
            return false;
    return true;
}

/* A list that is here as a whole need not be the answer to any query: recommendations are none. */
static void marking_here(struct marking_task *t, const struct papers *p)
{
    struct search_hit *rows;
    int i;

    if (p->rows > CHUNKS_MAX * CHUNK_ROWS || !all_here(p, 0, p->rows - 1))
        return;
    rows = arena_alloc(t->arena, ((size_t)p->rows + 1) * sizeof *rows);
    for (i = 0; i < p->rows; i++) {
        rows[i].row.id = papers_row(p, i)->row.id;
        rows[i].row.key = arena_strdup(t->arena, papers_row(p, i)->row.key);
        rows[i].repository = papers_row(p, i)->repository;
    }
    t->here = rows;
    t->here_len = (size_t)p->rows;
}

static void mark_found(struct view *view, int argc, char **argv, bool on)
{
    struct marking_task *t = marking_new(view);
    struct str which = STR_INIT;
    int i;

    for (i = 1; i < argc; i++)
        str_printf(&which, "%s%s", i > 1 ? " " : "", argv[i]);
    if (strcmp(which.ptr, "*") != 0)
        t->which = arena_strdup(t->arena, which.ptr);
    t->on = on;
    marking_here(t, view->state);
    marking_post(view, t);
    str_free(&which);
}

/* What was asked for while rows were being marked is for these: not for the paper at the cursor
 * when there are none, nor for those of a view that has been opened above. */
static void run_waiting(struct view *view, char *lines)
{
    struct papers *p = view->state;
    char *rest = NULL, *line = strtok_r(lines, "\n", &rest);
    const char *why = marks_count(&p->marks) == 0     ? "nothing is marked"
                      : desk_view(view->desk) != view ? "another view is open"
                                                      : NULL;

    if (line && why)
        desk_say(view->desk, STYLE_WARN, "%s, so this was not done: %s", why, line);
    for (; line && !why; line = strtok_r(NULL, "\n", &rest))
        desk_run_line(view->desk, line);
}

bool papers_marked_more(struct view *view, struct task *task)
{
    struct papers *p = view->state;
    struct marking_task *t = (struct marking_task *)task;
    char *lines;

    if (strcmp(task->name, "mark") != 0)
        return false;
    if (task->id != p->marking) /* another one took its place */
        return true;
    p->marking = 0;
    lines = str_take(&p->waiting);
    if (task->status == ERR_OK) {
        size_t now = mark_set_count(t->set);

        marks_take(&p->marks, t->set);
        t->set = NULL;
        if (now == t->before)
            desk_refuse(view->desk, "nothing of this list is found that is not %s",
                        t->on ? "marked" : "without a mark");
        run_waiting(view, lines);
    } else if (task->status != ERR_CANCELLED) {
        desk_say(view->desk, STYLE_ERROR, "%s", task->err.message);
    }
    free(lines);
    return true;
}

/* ---- a range ---- */

bool papers_is_marked(const struct papers *p, int row, const char *key)
{
    int from = p->range.from < p->cursor ? p->range.from : p->cursor;
    int to = p->range.from < p->cursor ? p->cursor : p->range.from;

    return (p->range.on && row >= from && row <= to) || marks_has(&p->marks, key);
}

void papers_range_stay(struct papers *p, int moved)
{
    int i;
    size_t k;

    if (!p->range.on)
        return;
    p->range.from += moved;
    for (i = 0; i < p->chunk_count; i++)
        for (k = 0; k < p->chunks[i]->len; k++)
            if (p->chunks[i]->hits[k].row.id == p->range.work)
                p->range.from = (int)(p->chunks[i]->offset + k);
    if (p->range.from < 0)
        p->range.from = 0;
    if (p->range.from >= p->rows)
        p->range.from = p->rows > 0 ? p->rows - 1 : 0;
}

/* The range becomes marks: at once, where all of it is here. False, and said: it cannot. */
static bool range_end(struct view *view)
{
    struct papers *p = view->state;
    int from = p->range.from < p->cursor ? p->range.from : p->cursor;
    int to = p->range.from < p->cursor ? p->cursor : p->range.from, i;
    struct search_hit *here = papers_row(p, p->cursor);
    struct marking_task *t;

    p->range.on = false;
    if (all_here(p, from, to)) {
        for (i = from; i <= to; i++)
            if (!papers_row(p, i)->repository)
                marks_put(&p->marks, papers_row(p, i)->row.key, true);
    } else if (here) {
        t = marking_new(view);
        t->rows = (size_t)(to - from + 1);
        t->options.offset = (size_t)from;
        t->first = from == p->range.from ? p->range.work : here->row.id;
        t->last = from == p->range.from ? here->row.id : p->range.work;
        marking_post(view, t);
    } else {
        desk_say(view->desk, STYLE_WARN, "the list is being read; choose the range once more");
        return false;
    }
    return true;
}

static void range_start(struct view *view)
{
    struct papers *p = view->state;
    struct search_hit *hit = papers_row(p, p->cursor);

    if (pane_refuses_marks(view) || !hit)
        return;
    p->range.on = true;
    p->range.from = p->cursor;
    p->range.work = hit->row.id;
    desk_say(view->desk, STYLE_DIM,
             "move, then V marks the range, a command acts on it, Esc leaves it");
}

/* ---- commands ---- */

static void papers_select(struct view *view)
{
    struct papers *p = view->state;
    struct search_hit *hit = papers_row(p, p->cursor);

    if (p->range.on) {
        range_end(view);
        return;
    }
    if (pane_refuses_marks(view) || !hit || hit->repository)
        return;
    marks_put(&p->marks, hit->row.key, !marks_has(&p->marks, hit->row.key));
    papers_move(view, "down", 1);
}

static bool papers_mark_rows(struct view *view, int argc, char **argv)
{
    struct papers *p = view->state;

    if (strcmp(argv[0], "select") == 0 && argc > 1)
        mark_found(view, argc, argv, true);
    else if (strcmp(argv[0], "unselect") == 0 && argc > 1)
        mark_found(view, argc, argv, false);
    else if (strcmp(argv[0], "select") == 0)
        papers_select(view);
    else if (strcmp(argv[0], "unselect") == 0)
        marks_clear(&p->marks);
    else if (strcmp(argv[0], "reselect") == 0)
        marks_again(&p->marks);
    else if (strcmp(argv[0], "select-range") == 0 && p->range.on)
        range_end(view);
    else if (strcmp(argv[0], "select-range") == 0)
        range_start(view);
    else
        return false;
    return true;
}

static bool marks_by_query(int argc, char **argv)
{
    return argc > 1 && (strcmp(argv[0], "select") == 0 || strcmp(argv[0], "unselect") == 0);
}

/* Behind it, in the order in which they were given: what marks more must not come before what acts
 * on these. "gather LINE" is a line as it was typed. */
static void wait_for_marks(struct view *view, int argc, char **argv)
{
    struct papers *p = view->state;

    if (p->waiting.len < WAITING_BYTES) {
        if (strcmp(argv[0], "gather") == 0)
            str_add(&p->waiting, argv[1]);
        else
            remote_line(&p->waiting, argc, argv);
        str_add_char(&p->waiting, '\n');
    } else {
        desk_say(view->desk, STYLE_WARN, "rows are still being marked: %s was not done", argv[0]);
    }
}

bool papers_marking(struct view *view, int argc, char **argv)
{
    struct papers *p = view->state;
    bool gathers = strcmp(argv[0], "gather") == 0 && argc > 1;
    bool acts = gathers || desk_acts_on_papers(argc, argv) || strcmp(argv[0], "marked") == 0;

    if (acts && p->range.on && !range_end(view))
        return true; /* the rows that were meant are not marked: nothing is done to others */
    if (p->marking && (acts || (p->waiting.len > 0 && marks_by_query(argc, argv)))) {
        wait_for_marks(view, argc, argv);
        return true;
    }
    return papers_mark_rows(view, argc, argv);
}

bool papers_marking_stop(struct view *view)
{
    struct papers *p = view->state;

    if (p->range.on) {
        p->range.on = false;
        return true;
    }
    if (p->marking) {
        desk_cancel(view->desk, p->marking);
        p->marking = 0;
        str_clear(&p->waiting);
        return true;
    }
    if (marks_count(&p->marks) == 0)
        return false;
    marks_clear(&p->marks);
    desk_say(view->desk, STYLE_DIM, "no more marks; gv brings them back");
    return true;
}

struct mark_set *papers_marked(struct view *view)
{
    struct papers *p = view->state;

    return marks_share(&p->marks);
}

void papers_acted(struct view *view, struct mark_set *set)
{
    struct papers *p = view->state;

    marks_done(&p->marks, set);
}

void papers_marks_say(const struct papers *p, struct str *out)
{
    size_t count = marks_count(&p->marks);

    if (p->range.on)
        str_printf(out, "%d in range, ", abs(p->cursor - p->range.from) + 1);
    if (count > 0)
        str_printf(out, "%zu marked, ", count);
    if (p->marking)
        str_add(out, "marking…, ");
}
