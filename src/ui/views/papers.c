/*
 * Lists of papers: Today, Library and Search are one list with different queries.
 *
 * The list knows how long it is and holds only stretches of it: those on the screen and some
 * around, so the end of a long list is as near as its beginning (papers_ask.c). The cursor is bound
 * to a paper: when the library changes, it goes to where that is now. Here are the commands and the
 * contract; moving is in papers_move.c, drawing in papers_draw.c.
 */
#include "papers.h"

#include "carrel/repository_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RELATED_BYTES 2000 /* of a query made of marked papers */

/* ---- commands ---- */

static void papers_sort(struct view *view, const char *order)
{
    static const struct {
        const char *name, *said;
    } orders[] = { { "relevance", "relevance" },
                   { "date", "date, newest first" },
                   { "added", "arrival, latest first" },
                   { "read", "reading, the last one first" } };
    struct papers *p = view->state;
    size_t i = ((size_t)p->sort + 1) % ARRAY_LEN(orders);

    if (order) {
        for (i = 0; i < ARRAY_LEN(orders) && strcmp(orders[i].name, order) != 0; i++)
            ;
        if (i == ARRAY_LEN(orders)) {
            desk_say(view->desk, STYLE_WARN,
                     "no order '%s': sort by relevance, date, added or read", order);
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
    free(p->last);
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
