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
                   { "read", "reading, the last one first; then by date" } };
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

/* A search for papers like the marked ones, or like this one. */
static void papers_related(struct view *view)
{
    struct papers *p = view->state;
    struct search_hit *hit = papers_row(p, p->cursor);
    struct mark_set *marked = marks_count(&p->marks) < RELATED_BYTES ? papers_marked(view) : NULL;
    struct arena *arena = arena_new();
    struct str query = STR_INIT;
    char **keys;
    size_t count = mark_set_keys(marked, arena, &keys), i;

    for (i = 0; i < count && query.len < RELATED_BYTES; i++)
        str_printf(&query, "%snear:%s", i ? " " : "", keys[i]);
    if (count == 0 && hit)
        str_printf(&query, "near:%s", hit->row.key);
    if (query.len > 0)
        desk_open(view->desk, &view_search, query.ptr);
    str_free(&query);
    mark_set_free(marked);
    arena_free(arena);
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
        desk_refuse(view->desk, "passages are searched in Search: 3, or /");
        return;
    }
    p->passages = !p->passages;
    desk_say(view->desk, STYLE_NORMAL,
             p->passages ? "in the text of documents; P: papers again" : "papers");
    p->cursor = p->top = 0;
    papers_ask(view, false);
}

/* Up or down in a collection's list, else in the queue. */
static void papers_shift(struct view *view, bool up)
{
    struct papers *p = view->state;
    struct search_hit *hit = papers_row(p, p->cursor);
    bool collection = str_starts(p->query.ptr, "collection:") && !strchr(p->query.ptr, ' ');
    char *line = NULL;

    if (collection && hit)
        line = mem_printf("collection move %s %s %s", p->query.ptr + strlen("collection:"),
                          hit->row.key, up ? "-1" : "+1");
    else if (hit || marks_count(&p->marks) > 0)
        line = mem_strdup(up ? "priority +1" : "priority -1");
    if (line)
        desk_run_line(view->desk, line);
    free(line);
}

/* "here": a verdict has moved on, and the paper under the cursor will do; "first": so it will
 * anyway; "anywhere": also one of another feed. */
static void papers_next_unread(struct view *view, const char *how, bool advanced)
{
    struct papers *p = view->state;
    bool here = strcmp(how, "first") == 0 || (strcmp(how, "here") == 0 && advanced);

    p->seek_feeds = strcmp(how, "anywhere") == 0;
    if (p->rows == 0 && p->seek_feeds)
        desk_next_feed(view->desk);
    else
        papers_seek(view, 1, here);
}

static bool papers_other(struct view *view, int argc, char **argv)
{
    struct papers *p = view->state;
    bool advanced = p->advanced;
    struct search_hit *hit = papers_row(p, p->cursor);

    p->advanced = false;
    if (strcmp(argv[0], "open") == 0) {
        if (hit)
            papers_open_row(view, hit);
    } else if (strcmp(argv[0], "next-unread") == 0)
        papers_next_unread(view, argc > 1 ? argv[1] : "", advanced);
    else if (strcmp(argv[0], "prev-unread") == 0)
        papers_seek(view, -1, false);
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
    } else if (strcmp(argv[0], "raise") == 0 || strcmp(argv[0], "lower") == 0)
        papers_shift(view, *argv[0] == 'r');
    else if (strcmp(argv[0], "sort") == 0 && view->ops == &view_queue)
        desk_refuse(view->desk, "the queue has its own order: + and - raise and lower");
    else if (strcmp(argv[0], "sort") == 0)
        papers_sort(view, argc > 1 ? argv[1] : NULL);
    else
        return false;
    return true;
}

/* Where nothing was found: what may have been meant instead is searched for. */
static bool papers_take_hint(struct view *view, const char *command)
{
    struct papers *p = view->state;

    if (strcmp(command, "open") != 0 || view->ops != &view_search || p->rows > 0 || !p->hint[0])
        return false;
    free(view->argument);
    view->argument = mem_strdup(p->hint);
    view->answered = false;
    view->ops->typed(view, view->argument, true);
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
    return papers_take_hint(view, argv[0])
           || papers_move(view, argv[0], argc > 1 ? atoi(argv[1]) : 0)
           || papers_marking(view, argc, argv) || pane_command(view, argc, argv)
           || papers_other(view, argc, argv);
}

/* ---- the contract ---- */

/* "title:" finds everything, which would look like an answer. */
static void say_unfinished(struct view *view)
{
    const struct papers *p = view->state;
    struct str why = STR_INIT;

    if (query_unfinished(&why, p->query.ptr))
        desk_say(view->desk, STYLE_WARN, "%s", why.ptr);
    str_free(&why);
}

static int papers_open(struct view *view, const char *argument, struct error *err)
{
    struct papers *p = mem_zalloc(sizeof *p);

    (void)err;
    str_init(&p->query);
    str_init(&p->shown);
    p->filter = view->ops == &view_today   ? TODAY_QUERY
                : view->ops == &view_queue ? "is:later"
                                           : NULL;
    p->sort = view->ops == &view_search  ? SORT_RELEVANCE
              : view->ops == &view_queue ? SORT_QUEUE
                                         : SORT_DATE;
    marks_init(&p->marks);
    str_init(&p->waiting);
    p->pane.cursor = -1;
    view->state = p;
    if (argument)
        str_add(&p->query, argument);
    say_unfinished(view);
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
    order_free(&p->order);
    free(p->last);
    free(p->removed.key);
    str_free(&p->query);
    str_free(&p->shown);
    if (p->marking)
        desk_cancel(view->desk, p->marking);
    marks_free(&p->marks);
    str_free(&p->waiting);
    free(p);
}

static void papers_changed(struct view *view)
{
    papers_ask(view, true);
}

static void papers_typed(struct view *view, const char *text, bool done)
{
    struct papers *p = view->state;

    if (done && strcmp(p->query.ptr, text) == 0 && !p->slip.code) { /* it is what is shown */
        if (p->typing)
            papers_settle(view);
        p->typing = false;
        say_unfinished(view);
        return;
    }
    papers_marking_stop(view); /* what is marked is what was shown */
    marks_clear(&p->marks);
    str_clear(&p->query);
    str_add(&p->query, text);
    p->typing = p->prefix = !done;
    p->settled = done;
    p->cursor = p->top = 0;
    p->slip = (struct error){ 0 };
    if (done)
        say_unfinished(view);
    papers_ask(view, false);
}

static void papers_rested(struct view *view)
{
    struct papers *p = view->state;

    if (p->typing)
        papers_settle(view);
}

static const char *papers_shown(const struct view *view)
{
    const struct papers *p = view->state;

    return p->typing ? p->shown.ptr : NULL;
}

/* What is wrong with the query that is being typed. */
static void papers_slip(struct view *view, struct str *out)
{
    struct papers *p = view->state;

    if (p->typing && p->slip.code)
        str_add(out, p->slip.message);
    else if (p->typing)
        query_unfinished(out, p->query.ptr);
}

static size_t papers_selection(struct view *view, struct arena *arena, char ***keys)
{
    struct papers *p = view->state;
    const struct alert_row *alert = pane_row(&p->pane);
    struct search_hit *hit = papers_row(p, p->cursor);
    const char *key = alert ? (alert->work ? alert->key : NULL) : hit ? hit->row.key : NULL;

    *keys = arena_alloc(arena, sizeof **keys);
    if (!key)
        return 0;
    (*keys)[0] = arena_strdup(arena, key);
    return 1;
}

/* What a mark makes of a row is shown at once; what the library says follows. */
static void papers_show_mark(struct papers *p, int row, const char *mark)
{
    struct search_hit *hit = papers_row(p, row);

    if (hit && (strcmp(mark, "star") == 0 || strcmp(mark, "unstar") == 0))
        hit->row.starred = *mark == 's';
    else if (hit)
        read_state_from(&hit->row.state, mark);
}

/* A verdict on one paper leads on to the next one. */
/* The paper under the cursor is among those that are removed. */
static void papers_removing(struct papers *p, bool marked)
{
    const struct search_hit *hit = papers_row(p, p->cursor);

    if (!hit || (marked && !marks_has(&p->marks, hit->row.key)))
        return;
    free(p->removed.key);
    p->removed.key = mem_strdup(hit->row.key);
    p->removed.row = p->cursor;
}

static void papers_posted(struct view *view, int argc, char **argv, bool marked)
{
    struct papers *p = view->state;
    enum read_state state;
    bool verdict = argc > 1 && strcmp(argv[0], "mark") == 0 && !pane_row(&p->pane);
    int i, row;

    if (strcmp(argv[0], "rm") == 0)
        papers_removing(p, marked);
    if (!verdict)
        return;
    for (i = 0; i < p->chunk_count && marked; i++)
        for (row = (int)p->chunks[i]->offset;
             papers_row(p, row) && row < (int)(p->chunks[i]->offset + p->chunks[i]->len); row++)
            if (marks_has(&p->marks, papers_row(p, row)->row.key))
                papers_show_mark(p, row, argv[1]);
    if (marked)
        return;
    papers_show_mark(p, p->cursor, argv[1]);
    if (read_state_from(&state, argv[1]) && state != READ_UNREAD
        && config_bool(desk_app(view->desk)->config, "ui.advance") && p->cursor + 1 < p->rows)
        p->advanced = papers_move(view, "down", 1);
}

static const char *papers_under(struct view *view, struct arena *arena)
{
    struct papers *p = view->state;
    const struct alert_row *alert = pane_row(&p->pane);
    struct search_hit *hit = papers_row(p, p->cursor);

    if (alert)
        return alert->work ? arena_strdup(arena, alert->key) : NULL;
    return hit && !hit->passage ? arena_strdup(arena, hit->row.key) : NULL;
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
        if (hit->row.priority)
            jsonw_key_int(w, "priority", hit->row.priority);
        if (papers_tells_progress(view) && hit->percent >= 0)
            jsonw_key_int(w, "percent", hit->percent);
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

void papers_asked(const struct view *view, struct arena *arena, struct papers_asked *out)
{
    bool list = view && view->ops->open == papers_open;
    const struct papers *p = list ? view->state : NULL;

    if (!p) {
        *out = (struct papers_asked){
            .title = "Today", .query = "", .filter = TODAY_QUERY, .sort = SORT_DATE
        };
        return;
    }
    *out =
        (struct papers_asked){ .title = arena_strdup(arena, view->name     ? view->name
                                                            : p->query.len ? p->query.ptr
                                                                           : view->ops->title),
                               .query = arena_strdup(arena, p->query.ptr),
                               .filter = view->ops == &view_today && !p->fresh ? NULL : p->filter,
                               .sort = p->sort,
                               .recommended = p->recommended,
                               .order = order_copy(&p->order) };
}

#define PAPERS_OPS                                                                                 \
    .open = papers_open, .draw = papers_draw, .command = papers_command,                           \
    .changed = papers_changed, .result = papers_result, .selection = papers_selection,             \
    .under = papers_under, .marked = papers_marked, .acted = papers_acted,                         \
    .posted = papers_posted, .peel = papers_marking_stop, .status = papers_status,                 \
    .shown = papers_shown, .failure = papers_failure, .data = papers_data, .lines = papers_lines,  \
    .line = papers_line, .detail = papers_detail, .close = papers_close

#define PAPERS_HINT "/ search  Enter open  r read  s star  t tag  : command  ? help  Q quit"

const struct view_ops view_today = {
    .name = "today", .title = "Today", .hint = PAPERS_HINT, PAPERS_OPS
};
const struct view_ops view_library = {
    .name = "library", .title = "Library", .hint = PAPERS_HINT, PAPERS_OPS
};
const struct view_ops view_queue = {
    .name = "queue",
    .title = "Queue",
    .hint = "Enter open  T text  + - priority  r read  U back to unread  u undo  ? help  Q quit",
    PAPERS_OPS
};
const struct view_ops view_search = {
    .name = "search",
    .title = "Search",
    .hint = "/ search  Enter open  P passages  E why  r read  s star  ? help  Q quit",
    .typed = papers_typed,
    .rested = papers_rested,
    .slip = papers_slip,
    PAPERS_OPS
};
