/*
 * Lists of papers: Today, Library and Search are one list with different queries.
 *
 * The list knows how long it is and holds only stretches of it ("chunks"): those on the screen and
 * some around. What is missing is asked for at its own offset, so the end of a long list is as near
 * as its beginning. The cursor is bound to a paper: when the library changes, the stretch around
 * that paper is asked for, and the cursor goes to where it is now.
 */
#include "papers.h"

#include "carrel/recommend.h"
#include "carrel/repository_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_ROWS 100
#define AROUND_ROWS 300 /* on a reload: more than any screen, half of it before the cursor */
#define AHEAD_ROWS 20
#define RECOMMENDED_ROWS 500
#define RELATED_BYTES 2000 /* of a query made of marked papers */
#define SEEK_ASKS 100      /* "next unread" gives up after so many chunks */

struct papers_task {
    struct task task;
    struct search_options options;
    char *query, *filter;
    struct search_result *result;
    bool recommend, recommended; /* asked for, and done */
    struct alert_pane pane;      /* Today */
    bool more, today, fell_back; /* more: another stretch of the list that is shown */
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

static void papers_drop(struct papers *p)
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

static int papers_run(struct task *task, void *worker, struct error *err)
{
    struct papers_task *t = (struct papers_task *)task;
    struct store *store = worker;
    int result;

    if (!store)
        return error_set(err, ERR_FAILED,
                         "there is no library yet; make one with: carrel import FILE");
    store_set_cancel(store, &task->cancel);
    t->options.default_filter = t->filter;
    result = t->today && !t->more ? pane_read(&t->pane, store, err) : ERR_OK;
    if (result == ERR_OK && t->recommend)
        result = recommend_search(&t->result, store, t->filter, RECOMMENDED_ROWS, err);
    t->recommended = t->result != NULL;
    if (result == ERR_OK && !t->recommended)
        result = search_run(&t->result, store, t->query, &t->options, err);
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
    free(t->query);
    free(t->filter);
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
    t->options.typing = p->typing;
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

/* The list anew: from its beginning, or around the paper under the cursor. */
static void papers_ask(struct view *view, bool stay)
{
    struct papers *p = view->state;
    struct papers_task *t = papers_task_new(view);
    struct search_hit *hit = papers_row(p, p->cursor);

    p->keep = stay && hit ? hit->row.id : 0;
    p->seek = 0;
    if (stay) {
        t->options.limit = AROUND_ROWS;
        t->options.around = p->keep;
        t->options.offset = p->cursor > AROUND_ROWS / 2 ? (size_t)(p->cursor - AROUND_ROWS / 2) : 0;
    }
    papers_post(view, t);
}

static void papers_ask_more(struct view *view, int offset)
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

static void papers_clamp(struct view *view)
{
    struct papers *p = view->state;

    if (p->cursor >= p->rows)
        p->cursor = p->rows - 1;
    if (p->cursor < 0)
        p->cursor = 0;
    papers_fill(view);
}

/* ---- the next unread paper ---- */

static void papers_arrive(struct view *view, int at)
{
    struct papers *p = view->state;
    struct search_hit *hit = papers_row(p, at);

    p->cursor = at;
    p->pane.cursor = -1;
    papers_clamp(view);
    if (hit)
        desk_follow(view, hit->row.key);
}

/* Goes on from where it was; asks for a stretch that is not here and is called again with it. */
static void papers_seek_on(struct view *view)
{
    struct papers *p = view->state;

    while (p->seek) {
        struct search_hit *hit = papers_row(p, p->seek_at);

        if (!hit && p->seek_asks-- > 0) {
            papers_ask_more(view, p->seek > 0 ? p->seek_at : p->seek_at + 1 - CHUNK_ROWS);
            return;
        }
        if (hit && hit->row.state == READ_UNREAD) {
            p->seek = 0;
            papers_arrive(view, p->seek_at);
        } else if (!hit || --p->seek_left <= 0) {
            desk_say(view->desk, STYLE_NORMAL, "nothing unread %s",
                     hit ? "is left here" : "is near; search is:unread");
            p->seek = 0;
        } else {
            p->seek_at = (p->seek_at + p->seek + p->rows) % p->rows;
        }
    }
}

static void papers_seek(struct view *view, int direction)
{
    struct papers *p = view->state;

    if (p->rows == 0)
        return;
    p->seek = direction;
    p->seek_at = (p->cursor + direction + p->rows) % p->rows;
    p->seek_left = p->rows;
    p->seek_asks = SEEK_ASKS;
    papers_seek_on(view);
}

/* ---- answers ---- */

/* Where the paper is that was under the cursor; it stays on its line of the screen, but for the
 * first of the list. */
static void papers_stay(struct papers *p, const struct search_result *answer)
{
    int at = (int)answer->place;
    size_t i;

    for (i = 0; i < answer->len && at < 0; i++)
        if (answer->hits[i].row.id == p->keep)
            at = (int)(answer->offset + i);
    if (at < 0)
        return;
    if (p->cursor > 0) /* a list that stands at its top shows what is new there */
        p->top += at - p->cursor;
    p->cursor = at;
}

static void papers_take(struct papers *p, struct papers_task *t)
{
    struct search_result *answer = t->result;
    size_t end = answer->offset + answer->len;

    if (!t->more) {
        papers_drop(p);
        p->total = answer->total;
        p->exact = answer->total_is_exact;
        p->relaxed = answer->relaxed;
        if (t->pane.arena)
            pane_take(&p->pane, &t->pane);
        p->took_ms = answer->took_ms;
        p->fresh = !t->fell_back;
        p->recommended = t->recommended;
        p->hint[0] = '\0';
        if (answer->hint_count > 0)
            snprintf(p->hint, sizeof p->hint, "%s", answer->hints[0].query);
        p->rows = answer->total > INT32_MAX ? INT32_MAX : (int)answer->total;
        if (p->keep)
            papers_stay(p, answer);
    }
    if (answer->len < t->options.limit && (int)end < p->rows && answer->offset <= t->options.offset)
        p->rows = (int)end; /* the list ends sooner than its total said */
    papers_keep_chunk(p, answer);
    t->result = NULL;
}

static void papers_result(struct view *view, struct task *task)
{
    struct papers *p = view->state;
    struct papers_task *t = (struct papers_task *)task;

    if (task->id != p->task) /* a later key has asked for something else */
        return;
    p->task = 0;
    if (task->status == ERR_CANCELLED)
        return;
    if (task->status != ERR_OK && p->typing) { /* half a query: what was found before stays */
        p->slip = task->err;
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

/* ---- moving and other commands ---- */

/* To a row of the list, or below 0 to one of the alerts above it: -1 is the last of them, or coming
 * from the list the last that is shown. */
static void papers_go(struct view *view, int64_t to)
{
    struct papers *p = view->state;
    int above = pane_len(&p->pane), shown = p->pane.top + p->pane.lines - 2;

    if (!pane_row(&p->pane) && shown > 0 && shown < above)
        above = shown;
    if (to >= p->rows)
        to = p->rows - 1;
    if (to < -above)
        to = -above;
    p->pane.cursor = to < 0 && above > 0 ? (int)to + above : -1;
    if (p->pane.cursor < 0)
        p->cursor = to < 0 ? 0 : (int)to;
    papers_clamp(view);
}

static bool papers_move(struct view *view, const char *name, int times)
{
    struct papers *p = view->state;
    int page = p->height > 1 ? p->height - 1 : 1;
    const struct {
        const char *name;
        int rows;
    } moves[] = { { "down", 1 },
                  { "up", -1 },
                  { "half-down", page / 2 },
                  { "half-up", -page / 2 },
                  { "page-down", page },
                  { "page-up", -page },
                  { "scroll-down", 3 },
                  { "scroll-up", -3 } };
    int above = pane_len(&p->pane), alert = pane_row(&p->pane) ? p->pane.cursor : -1;
    int64_t to = alert >= 0 ? alert - above : p->cursor; /* below 0 are Today's alerts */
    size_t i;

    for (i = 0; i < ARRAY_LEN(moves) && strcmp(moves[i].name, name) != 0; i++)
        ;
    if (i < ARRAY_LEN(moves))
        to += (int64_t)moves[i].rows * (times > 0 ? times : 1);
    else if (strcmp(name, "goto-start") == 0 || strcmp(name, "goto-row") == 0)
        to = times > 0 ? times - 1 : -above;
    else if (strcmp(name, "goto-end") == 0)
        to = times > 0 ? times - 1 : p->rows - 1;
    else if (strcmp(name, "click-row") == 0 && times < p->pane.lines)
        return pane_click(&p->pane, times);
    else if (strcmp(name, "click-row") == 0)
        to = p->top + times - p->pane.lines;
    else
        return false;
    papers_go(view, to);
    return true;
}

static void papers_sort(struct view *view, const char *order)
{
    static const struct {
        const char *name, *said;
    } orders[] = { { "relevance", "relevance" },
                   { "date", "date, newest first" },
                   { "added", "arrival, latest first" } };
    struct papers *p = view->state;
    size_t i = ((size_t)p->sort + 1) % ARRAY_LEN(orders);

    if (order) {
        for (i = 0; i < ARRAY_LEN(orders) && strcmp(orders[i].name, order) != 0; i++)
            ;
        if (i == ARRAY_LEN(orders)) {
            desk_say(view->desk, STYLE_WARN, "no order '%s': sort by relevance, date or added",
                     order);
            return;
        }
    }
    p->sort = (enum search_sort)i;
    desk_say(view->desk, STYLE_NORMAL, "sorted by %s", orders[i].said);
    p->cursor = p->top = 0;
    papers_ask(view, false);
}

static void papers_select(struct view *view)
{
    struct papers *p = view->state;
    struct search_hit *hit = papers_row(p, p->cursor);
    uint64_t *value;

    if (!hit)
        return;
    value = hashmap_put(p->marked, hit->row.key, strlen(hit->row.key), NULL);
    *value = !*value;
    p->cursor++;
    papers_clamp(view);
}

/* The marks go, and can be had back. */
static void papers_unselect(struct papers *p)
{
    struct hashmap *swap = p->unmarked;

    p->unmarked = p->marked;
    p->marked = swap;
    hashmap_clear(p->marked);
}

static void papers_reselect(struct papers *p)
{
    const char *key;
    uint64_t *value;
    size_t at = 0, len;

    while (hashmap_next(p->unmarked, &at, &key, &len, &value))
        if (*value)
            *hashmap_put(p->marked, key, len, NULL) = 1;
}

/* A search for papers like the marked ones, or like this one. */
static void papers_related(struct view *view)
{
    struct papers *p = view->state;
    struct search_hit *hit = papers_row(p, p->cursor);
    struct str query = STR_INIT;
    const char *key;
    uint64_t *value;
    size_t at = 0, len;

    while (query.len < RELATED_BYTES && hashmap_next(p->marked, &at, &key, &len, &value))
        if (*value)
            str_printf(&query, "%snear:%s", query.len ? " " : "", key);
    if (query.len == 0 && hit)
        str_printf(&query, "near:%s", hit->row.key);
    if (query.len > 0)
        desk_open(view->desk, &view_search, query.ptr);
    str_free(&query);
}

/* Some words of the passage, from where the snippet begins: what a person has just read. */
static char *passage_words(const struct search_hit *hit)
{
    const char *body = hit->passage->body;
    size_t at = hit->snippet_at < strlen(body) ? hit->snippet_at : 0, len = 0;

    while (body[at + len] && (len < PASSAGE_WORDS || body[at + len] != ' ')
           && body[at + len] != '\n')
        len++;
    return mem_strndup(body + at, len);
}

/* A paper or a repository opens as such, a passage in its document. */
static void papers_open_row(struct view *view, const struct search_hit *hit)
{
    char *line, *at;

    if (!hit->passage) {
        desk_open(view->desk, hit->repository ? &view_repository : &view_paper, hit->row.key);
        return;
    }
    at = passage_words(hit);
    line = mem_printf("file:%s %u\t%s", hit->passage->document, hit->passage->page + 1, at);
    desk_open(view->desk, &view_reader, line);
    free(at);
    free(line);
}

static void papers_passages(struct view *view)
{
    struct papers *p = view->state;

    if (view->ops != &view_search) {
        desk_say(view->desk, STYLE_DIM, "passages are searched in Search: 3, or /");
        return;
    }
    p->passages = !p->passages;
    desk_say(view->desk, STYLE_NORMAL,
             p->passages ? "in the text of documents; P: papers again" : "papers");
    p->cursor = p->top = 0;
    papers_ask(view, false);
}

static bool papers_other(struct view *view, int argc, char **argv)
{
    struct papers *p = view->state;
    struct search_hit *hit = papers_row(p, p->cursor);

    if (strcmp(argv[0], "open") == 0) {
        if (hit)
            papers_open_row(view, hit);
    } else if (strcmp(argv[0], "next-unread") == 0)
        papers_seek(view, 1);
    else if (strcmp(argv[0], "prev-unread") == 0)
        papers_seek(view, -1);
    else if (strcmp(argv[0], "select") == 0)
        papers_select(view);
    else if (strcmp(argv[0], "unselect") == 0)
        papers_unselect(p);
    else if (strcmp(argv[0], "reselect") == 0)
        papers_reselect(p);
    else if (strcmp(argv[0], "passages") == 0)
        papers_passages(view);
    else if (strcmp(argv[0], "related-here") == 0)
        papers_related(view);
    else if (strcmp(argv[0], "explain") == 0) {
        p->explain = !p->explain;
        papers_ask(view, true);
    } else if (strcmp(argv[0], "sort") == 0 && view->ops == &view_today) {
        p->newest = !p->newest;
        p->cursor = p->top = 0;
        desk_say(view->desk, STYLE_NORMAL, "%s",
                 p->newest ? "newest first"
                           : "by what you have liked, where there is enough of it");
        papers_ask(view, false);
    } else if (strcmp(argv[0], "sort") == 0)
        papers_sort(view, argc > 1 ? argv[1] : NULL);
    else
        return false;
    return true;
}

static bool papers_command(struct view *view, int argc, char **argv)
{
    struct papers *p = view->state;
    int step = strcmp(argv[0], "next-paper") == 0 ? 1 : strcmp(argv[0], "prev-paper") == 0 ? -1 : 0;

    if (step) {
        if (p->cursor + step >= 0 && p->cursor + step < p->rows)
            papers_arrive(view, p->cursor + step);
        return true;
    }
    return papers_move(view, argv[0], argc > 1 ? atoi(argv[1]) : 0)
           || pane_command(view, argc, argv) || papers_other(view, argc, argv);
}

/* ---- the contract ---- */

static int papers_open(struct view *view, const char *argument, struct error *err)
{
    struct papers *p = mem_zalloc(sizeof *p);

    (void)err;
    str_init(&p->query);
    p->filter = view->ops == &view_today ? TODAY_QUERY : NULL;
    p->sort = view->ops == &view_search ? SORT_RELEVANCE : SORT_DATE;
    p->marked = hashmap_new();
    p->unmarked = hashmap_new();
    p->pane.cursor = -1;
    view->state = p;
    if (argument)
        str_add(&p->query, argument);
    papers_ask(view, false);
    return ERR_OK;
}

static void papers_close(struct view *view)
{
    struct papers *p = view->state;

    if (p->task)
        desk_cancel(view->desk, p->task);
    papers_drop(p);
    pane_free(&p->pane);
    str_free(&p->query);
    hashmap_free(p->marked);
    hashmap_free(p->unmarked);
    free(p);
}

bool papers_is_marked(const struct papers *p, const char *key)
{
    uint64_t *value = hashmap_get(p->marked, key, strlen(key));

    return value && *value;
}

static void papers_changed(struct view *view)
{
    papers_ask(view, true);
}

static void papers_typed(struct view *view, const char *text, bool done)
{
    struct papers *p = view->state;

    if (done && strcmp(p->query.ptr, text) == 0 && !p->typing)
        return;
    str_clear(&p->query);
    str_add(&p->query, text);
    p->typing = !done;
    p->cursor = p->top = 0;
    p->slip = (struct error){ 0 };
    papers_ask(view, false);
}

/* What is wrong with the query that is being typed. */
static void papers_slip(struct view *view, struct str *out)
{
    struct papers *p = view->state;

    if (p->typing && p->slip.code)
        str_add(out, p->slip.message);
}

static size_t papers_selection(struct view *view, struct arena *arena, char ***keys)
{
    struct papers *p = view->state;
    const struct alert_row *alert = pane_row(&p->pane);
    struct search_hit *hit = papers_row(p, p->cursor);
    const char *key;
    uint64_t *value;
    size_t at = 0, len, count = 0;

    *keys = arena_alloc(arena, (hashmap_count(p->marked) + 1) * sizeof **keys);
    while (hashmap_next(p->marked, &at, &key, &len, &value))
        if (*value)
            (*keys)[count++] = arena_strdup(arena, key);
    if (count == 0 && alert && alert->work)
        (*keys)[count++] = arena_strdup(arena, alert->key);
    else if (count == 0 && hit && !alert)
        (*keys)[count++] = arena_strdup(arena, hit->row.key);
    return count;
}

static const struct error *papers_failure(const struct view *view)
{
    const struct papers *p = view->state;

    return p->error.code ? &p->error : NULL;
}

/* The rows that are here and follow each other, around the cursor. */
static void papers_data(struct view *view, struct jsonw *w)
{
    struct papers *p = view->state;
    const struct search_hit *hit;
    int first = p->cursor;

    while (first > 0 && papers_row(p, first - 1))
        first--;
    jsonw_key_string(w, "query", p->query.ptr);
    jsonw_key_int(w, "total", p->total);
    jsonw_key_int(w, "cursor", p->cursor);
    jsonw_key_int(w, "first", first);
    if (p->error.code)
        jsonw_key_string(w, "error", p->error.message);
    if (view->ops == &view_today)
        pane_data(&p->pane, w);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (; (hit = papers_row(p, first)); first++) {
        jsonw_object(w);
        if (hit->repository) {
            repository_json_fields(w, hit->repository);
            jsonw_end(w);
            continue;
        }
        jsonw_key_string(w, "id", hit->row.key);
        jsonw_key_string(w, "title", hit->row.title);
        jsonw_key_string(w, "published", hit->row.published);
        jsonw_key_string(w, "state", read_state_name(hit->row.state));
        jsonw_key_bool(w, "starred", hit->row.starred);
        jsonw_key_string(w, "tags", hit->row.tags);
        if (hit->passage) {
            jsonw_key_string(w, "document", hit->passage->document);
            jsonw_key_int(w, "page", hit->passage->page + 1);
            jsonw_key_string(w, "heading", hit->passage->heading);
            jsonw_key_string(w, "text", hit->passage->body);
        }
        jsonw_end(w);
    }
    jsonw_end(w);
}

#define PAPERS_OPS                                                                                 \
    .open = papers_open, .draw = papers_draw, .command = papers_command,                           \
    .changed = papers_changed, .result = papers_result, .selection = papers_selection,             \
    .status = papers_status, .failure = papers_failure, .data = papers_data, .close = papers_close

const struct view_ops view_today = { .name = "today", .title = "Today", PAPERS_OPS };
const struct view_ops view_library = { .name = "library", .title = "Library", PAPERS_OPS };
const struct view_ops view_search = {
    .name = "search",
    .title = "Search",
    .hint = "/ search  Enter open  P passages  E why  r read  s star  ? help  Q quit",
    .typed = papers_typed,
    .slip = papers_slip,
    PAPERS_OPS
};
