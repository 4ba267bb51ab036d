/*
 * What a list of papers holds: stretches ("chunks") of it, asked for at their own offsets. What the
 * screen is missing is asked for; an answer anew brings the stretch around the paper that was under
 * the cursor, which stays on its line.
 *
 * While a query is typed there is a quick list with every key: by words, the last of which is a
 * beginning. When typing rests, the list settles into the one that Enter leaves.
 */
#include "papers.h"

#include "carrel/clock.h"
#include "carrel/reading.h"
#include "carrel/recommend.h"
#include "carrel/text.h"
#include "carrel/works.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AROUND_ROWS 300 /* on a reload: more than any screen, half of it before the cursor */
#define AHEAD_ROWS 20
#define LAST_DAYS 30 /* what was read before is not offered any more */
#define DAY_MS INT64_C(86400000)

struct papers_task {
    struct task task;
    struct search_options options;
    char *query, *filter;
    struct search_result *result;
    bool recommend, recommended; /* asked for, and done */
    struct alert_pane pane;      /* Today */
    char *last;                  /* Today */
    int64_t news;                /* Today */
    struct papers_order order;   /* of what is recommended */
    bool more, today, fell_back; /* more: another stretch of the list that is shown */
    bool settles;                /* the query was typed, and this is its last list */
    char *removed;               /* a paper that may be back, NULL none */
    int64_t back;                /* it is */
};

struct search_hit *papers_row(const struct papers *p, int at)
{
    int i;

    for (i = 0; i < p->chunk_count; i++) {
        const struct search_result *chunk = p->chunks[i];

        if (at >= (int)chunk->offset && at < (int)(chunk->offset + chunk->len))
            return &chunk->hits[at - (int)chunk->offset];
    }
    return NULL;
}

void papers_drop(struct papers *p)
{
    while (p->chunk_count > 0)
        search_result_free(p->chunks[--p->chunk_count]);
    p->rows = 0;
}

/* Takes a stretch over; when there are too many, the farthest from the cursor goes. */
static void papers_keep_chunk(struct papers *p, struct search_result *chunk)
{
    int i, farthest = 0, most = -1;

    if (p->chunk_count == CHUNKS_MAX) {
        for (i = 0; i < p->chunk_count; i++) {
            int away = abs((int)(p->chunks[i]->offset + p->chunks[i]->len / 2) - p->cursor);

            if (away > most) {
                most = away;
                farthest = i;
            }
        }
        search_result_free(p->chunks[farthest]);
        p->chunks[farthest] = p->chunks[--p->chunk_count];
    }
    p->chunks[p->chunk_count++] = chunk;
}

/* ---- asking ---- */

/* The title of what was read in the Reader last, while that is not long ago. */
static int last_read(char **title, struct store *store, struct error *err)
{
    struct arena *arena = arena_new();
    struct str text = STR_INIT;
    struct work_row row = { 0 };
    int64_t work = 0, when = 0;
    char *document;
    int result = reading_last(&document, &work, &when, store, arena, err);

    if (result == ERR_OK && clock_now_ms() - when < LAST_DAYS * DAY_MS)
        result = works_rows(store, arena, &work, 1, &row, err);
    if (result == ERR_OK && row.id) {
        text_from_latex(&text, row.title);
        *title = mem_strdup(text.ptr);
    }
    str_free(&text);
    arena_free(arena);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

/* Vectors know nothing of half a word, and would be asked with every key. */
static void quick(struct search_options *options, bool prefix)
{
    options->typing = prefix;
    options->mode = prefix ? SEARCH_LEXICAL : SEARCH_AUTO;
}

int papers_exact(struct search_options *options, struct store *store, const char *query,
                 struct error *err)
{
    return options->exact ? ERR_OK : queries_has(&options->exact, store, query, err);
}

/* Where nothing has the last word, what begins like it: it was not typed to its end, and what the
 * quick list found would be gone. */
static int papers_search(struct papers_task *t, struct store *store, struct error *err)
{
    struct search_result *begins = NULL;
    int result = search_run(&t->result, store, t->query, &t->options, err);

    if (result != ERR_OK || !t->settles || t->more || t->options.exact || t->result->total > 0)
        return result;
    quick(&t->options, true);
    result = search_run(&begins, store, t->query, &t->options, err);
    if (result == ERR_OK && begins->total > 0) {
        search_result_free(t->result);
        t->result = begins;
        begins = NULL;
    } else {
        quick(&t->options, false);
    }
    search_result_free(begins);
    return result;
}

static int papers_run(struct task *task, void *worker, struct error *err)
{
    struct papers_task *t = (struct papers_task *)task;
    struct store *store = worker;
    int result;

    if (!store)
        return error_set(
            err, ERR_FAILED,
            "there is no library yet; :welcome begins one, so does carrel import FILE");
    store_set_cancel(store, &task->cancel);
    t->options.default_filter = t->filter;
    if (t->removed && works_find(store, &t->back, t->removed, NULL) == ERR_OK)
        t->options.around = t->back;
    result = t->today && !t->more ? pane_read(&t->pane, store, err) : ERR_OK;
    if (result == ERR_OK && t->today && !t->more)
        result = last_read(&t->last, store, err);
    if (result == ERR_OK && t->today && !t->more)
        result = store_query_int(store, "SELECT count(*) FROM work_news", &t->news, err);
    if (result == ERR_OK && t->recommend)
        result = recommend_search(&t->result, store, t->filter, RECOMMENDED_ROWS, err);
    t->recommended = t->result != NULL;
    if (t->recommended)
        order_keep(&t->order, t->result);
    if (result == ERR_OK)
        result = papers_exact(&t->options, store, t->query, err);
    if (result == ERR_OK && !t->recommended)
        result = papers_search(t, store, err);
    if (result == ERR_OK && t->today && t->result->total == 0 && !t->more) {
        search_result_free(t->result); /* no news: the newest, then */
        t->result = NULL;
        t->options.default_filter = NULL;
        t->fell_back = true;
        if (t->recommend)
            result = recommend_search(&t->result, store, NULL, RECOMMENDED_ROWS, err);
        t->recommended = t->result != NULL;
        if (result == ERR_OK && !t->recommended)
            result = search_run(&t->result, store, t->query, &t->options, err);
    }
    store_set_cancel(store, NULL);
    return result;
}

static void papers_task_free(struct task *task)
{
    struct papers_task *t = (struct papers_task *)task;

    search_result_free(t->result);
    pane_free(&t->pane);
    order_free(&t->order);
    free(t->query);
    free(t->filter);
    free(t->last);
    free(t->removed);
    free(t);
}

static struct papers_task *papers_task_new(struct view *view)
{
    struct papers *p = view->state;
    struct papers_task *t = mem_zalloc(sizeof *t);

    t->task.name = "search";
    t->task.run = papers_run;
    t->task.free = papers_task_free;
    t->query = mem_strdup(p->query.ptr);
    t->filter = mem_strdup(p->filter);
    t->today = view->ops == &view_today;
    t->recommend = t->today && !p->newest && p->query.len == 0;
    t->options.limit = CHUNK_ROWS;
    t->options.sort = p->sort;
    t->options.snippets = view->ops == &view_search;
    t->options.explain = p->explain;
    t->options.progress = papers_tells_progress(view);
    t->options.exact = desk_edits_feed(view->desk);
    quick(&t->options, p->prefix);
    t->settles = p->settled;
    t->options.in = p->passages ? SEARCH_IN_TEXT : SEARCH_IN_WORKS;
    return t;
}

static void papers_post(struct view *view, struct papers_task *t)
{
    struct papers *p = view->state;

    if (p->task)
        desk_cancel(view->desk, p->task);
    p->task = desk_post(view, &t->task);
}

/* The cursor is where a paper was removed, or on the last row, if that was the last one. */
static bool stands_where_removed(const struct papers *p)
{
    const struct search_hit *hit = papers_row(p, p->cursor);

    return p->removed.key && (!hit || strcmp(hit->row.key, p->removed.key) != 0)
           && (p->cursor == p->removed.row
               || (p->cursor + 1 == p->rows && p->cursor + 1 == p->removed.row));
}

/* The list anew: from its beginning, or around the paper under the cursor. */
void papers_ask(struct view *view, bool stay)
{
    struct papers *p = view->state;
    struct papers_task *t = papers_task_new(view);
    struct search_hit *hit = papers_row(p, p->cursor);

    p->keep = stay && hit ? hit->row.id : 0;
    p->seek = 0;
    if (stay) {
        t->options.limit = AROUND_ROWS;
        t->options.around = p->keep;
        t->removed = stands_where_removed(p) ? mem_strdup(p->removed.key) : NULL;
        t->options.offset = p->cursor > AROUND_ROWS / 2 ? (size_t)(p->cursor - AROUND_ROWS / 2) : 0;
    } else {
        order_free(&p->order);
    }
    t->order = order_copy(&p->order);
    if (p->fresh && p->order.day == t->order.day) /* it stays the kind of list that it is */
        t->recommend = p->recommended;
    papers_post(view, t);
}

void papers_settle(struct view *view)
{
    struct papers *p = view->state;

    if (p->settled)
        return;
    p->settled = true;
    p->prefix = false;
    papers_ask(view, p->cursor > 0);
}

void papers_ask_more(struct view *view, int offset)
{
    struct papers *p = view->state;
    struct papers_task *t = papers_task_new(view);

    t->more = true;
    t->recommend = false;
    t->options.offset = offset > 0 ? (size_t)offset : 0;
    if (t->today && !p->fresh) {
        free(t->filter);
        t->filter = NULL;
    }
    papers_post(view, t);
}

/* Asks for the first stretch that the screen, or what lies around it, is missing. */
static void papers_fill(struct view *view)
{
    struct papers *p = view->state;
    int from = p->top - AHEAD_ROWS, to = p->top + p->height + AHEAD_ROWS, at, first = -1, last = -1;

    if (p->task || p->rows == 0)
        return;
    if (p->cursor < from || p->cursor >= to) { /* it has jumped, and drawing will follow */
        from = p->cursor - p->height - AHEAD_ROWS;
        to = p->cursor + p->height + AHEAD_ROWS;
    }
    from = from < 0 ? 0 : from;
    to = to > p->rows ? p->rows : to;
    for (at = from; at < to; at++) {
        if (papers_row(p, at))
            continue;
        first = first < 0 ? at : first;
        last = at;
    }
    if (first < 0)
        return;
    /* Going up, the gap ends at what is here; so should the answer. */
    papers_ask_more(view, first == from && last < to - 1 ? last + 1 - CHUNK_ROWS : first);
}

void papers_clamp(struct view *view)
{
    struct papers *p = view->state;

    if (p->cursor >= p->rows)
        p->cursor = p->rows - 1;
    if (p->cursor < 0)
        p->cursor = 0;
    papers_fill(view);
}

/* ---- answers ---- */

/* Where the paper is that was under the cursor; it stays on its line of the screen, but for the
 * first of the list. The cursor may have moved on since that was asked (`now`: to which paper; 0:
 * not known), and does not go back for it. */
static void papers_stay(struct papers *p, const struct search_result *answer, int64_t now)
{
    int at = now && now != p->keep ? -1 : (int)answer->place;
    size_t i;

    p->keep = now ? now : p->keep;
    for (i = 0; i < answer->len && at < 0; i++)
        if (answer->hits[i].row.id == p->keep)
            at = (int)(answer->offset + i);
    papers_range_stay(p, at < 0 ? 0 : at - p->cursor);
    if (at < 0)
        return;
    if (p->cursor > 0) /* a list that stands at its top shows what is new there */
        p->top += at - p->cursor;
    p->cursor = at;
}

/* What was removed at the cursor is back: the cursor goes to it. */
static bool papers_back(struct papers *p, const struct papers_task *t)
{
    if (!t->back || !stands_where_removed(p))
        return false;
    free(p->removed.key);
    p->removed.key = NULL;
    p->keep = t->back;
    return true;
}

static void papers_take_hints(struct papers *p, const struct search_result *answer)
{
    bool any = answer->hint_count > 0;

    snprintf(p->hint, sizeof p->hint, "%s", any ? answer->hints[0].query : "");
    snprintf(p->hint_why, sizeof p->hint_why, "%s", any ? answer->hints[0].why : "");
}

static void papers_take(struct papers *p, struct papers_task *t)
{
    struct search_result *answer = t->result;
    size_t end = answer->offset + answer->len;
    const struct search_hit *hit = papers_row(p, p->cursor);
    int64_t now = hit ? hit->row.id : 0;

    if (!t->more && papers_back(p, t))
        now = p->keep;
    if (!t->more) {
        papers_drop(p);
        p->total = answer->total;
        p->exact = answer->total_is_exact;
        p->relaxed = answer->relaxed;
        if (t->pane.arena)
            pane_take(&p->pane, &t->pane);
        free(p->last);
        p->last = t->last;
        p->news = t->news;
        t->last = NULL;
        p->took_ms = answer->took_ms;
        p->fresh = !t->fell_back;
        p->recommended = t->recommended;
        if (p->fresh) {
            order_free(&p->order);
            p->order = t->order;
            t->order = (struct papers_order){ 0 };
        }
        papers_take_hints(p, answer);
        str_clear(&p->shown);
        str_add(&p->shown, t->query);
        p->rows = answer->total > INT32_MAX ? INT32_MAX : (int)answer->total;
        p->prefix = t->options.typing;
        if (t->settles && p->cursor > 0 && !p->keep)
            p->keep = now; /* it was moved meanwhile */
        if (p->keep)
            papers_stay(p, answer, now);
    }
    if (answer->len < t->options.limit && (int)end < p->rows && answer->offset <= t->options.offset)
        p->rows = (int)end; /* the list ends sooner than its total said */
    papers_keep_chunk(p, answer);
    t->result = NULL;
}

void papers_result(struct view *view, struct task *task)
{
    struct papers *p = view->state;
    struct papers_task *t = (struct papers_task *)task;

    if (papers_marked_more(view, task))
        return;
    if (task->id != p->task) /* a later key has asked for something else */
        return;
    p->task = 0;
    if (task->status == ERR_CANCELLED)
        return;
    if (task->status != ERR_OK && p->typing) { /* half a query: what was found before stays, */
        p->slip = task->err;
        if (p->shown.len == 0) { /* but all there is would seem to be what it finds */
            papers_drop(p);
            p->loaded = true;
        }
        return;
    }
    p->loaded = true;
    p->slip = (struct error){ 0 };
    p->error = task->status == ERR_OK ? (struct error){ 0 } : task->err;
    if (task->status != ERR_OK) {
        papers_drop(p);
        return;
    }
    papers_take(p, t);
    if (p->seek)
        papers_seek_on(view);
    papers_clamp(view);
}
