/*
 * Lists of papers: Today, Library and Search are one list with different queries.
 *
 * The list holds pages of search results in the order they were asked for and asks for the next one
 * when the cursor comes near the end. The cursor is bound to a paper: when the library changes the
 * pages are asked for again and the cursor goes to where its paper is now.
 */
#include "carrel/view.h"

#include "carrel/clock.h"
#include "carrel/hash.h"
#include "carrel/search.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS 100
#define PAGES_MAX 200

struct papers {
    struct str query;   /* what the person asked */
    const char *filter; /* what the view adds, NULL nothing */
    enum search_sort sort;
    struct search_result **pages;
    size_t page_count, page_cap, rows;
    int64_t total;
    double took_ms;
    int cursor, top, height;
    uint64_t task;              /* under way, 0 none */
    bool loaded, typing, fresh; /* fresh: Today shows news, not the newest */
    struct error error;
    struct hashmap *marked; /* keys */
    int64_t keep;           /* paper under the cursor across a reload */
    bool explain;
};

struct papers_task {
    struct task task;
    struct search_options options;
    char *query, *filter, *after;
    struct search_result *result;
    bool append, today, fell_back;
};

static struct search_hit *papers_row(const struct papers *p, int at)
{
    size_t i, index = (size_t)at;

    for (i = 0; i < p->page_count; i++) {
        if (index < p->pages[i]->len)
            return &p->pages[i]->hits[index];
        index -= p->pages[i]->len;
    }
    return NULL;
}

static void papers_drop(struct papers *p)
{
    size_t i;

    for (i = 0; i < p->page_count; i++)
        search_result_free(p->pages[i]);
    p->page_count = p->rows = 0;
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
    t->options.after = t->after;
    result = search_run(&t->result, store, t->query, &t->options, err);
    if (result == ERR_OK && t->today && t->result->total == 0 && !t->after) {
        search_result_free(t->result); /* no news: the newest, then */
        t->result = NULL;
        t->options.default_filter = NULL;
        t->fell_back = true;
        result = search_run(&t->result, store, t->query, &t->options, err);
    }
    store_set_cancel(store, NULL);
    return result;
}

static void papers_task_free(struct task *task)
{
    struct papers_task *t = (struct papers_task *)task;

    search_result_free(t->result);
    free(t->query);
    free(t->filter);
    free(t->after);
    free(t);
}

static void papers_ask(struct view *view, bool append, size_t rows)
{
    struct papers *p = view->state;
    struct papers_task *t = mem_zalloc(sizeof *t);

    if (p->task)
        desk_cancel(view->desk, p->task);
    t->task.name = "search";
    t->task.run = papers_run;
    t->task.free = papers_task_free;
    t->query = mem_strdup(p->query.ptr);
    t->filter = mem_strdup(p->filter);
    t->append = append;
    t->today = view->ops == &view_today;
    t->options.limit = rows > PAGE_ROWS ? rows : PAGE_ROWS;
    t->options.sort = p->sort;
    t->options.snippets = view->ops == &view_search;
    t->options.explain = p->explain;
    t->options.typing = p->typing;
    if (append)
        t->after = mem_strdup(p->pages[p->page_count - 1]->next);
    if (append && t->today && !p->fresh) {
        free(t->filter);
        t->filter = NULL;
    }
    p->task = desk_post(view, &t->task);
}

static void papers_clamp(struct view *view)
{
    struct papers *p = view->state;

    if (p->cursor >= (int)p->rows)
        p->cursor = (int)p->rows - 1;
    if (p->cursor < 0)
        p->cursor = 0;
    if (p->rows > 0 && !p->task && p->page_count < PAGES_MAX
        && p->cursor + p->height + 20 > (int)p->rows && p->pages[p->page_count - 1]->next)
        papers_ask(view, true, 0);
}

static void papers_restore_cursor(struct papers *p)
{
    int i;

    for (i = 0; i < (int)p->rows; i++) {
        if (papers_row(p, i)->row.id == p->keep) {
            p->cursor = i;
            return;
        }
    }
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
    p->loaded = true;
    p->error = task->status == ERR_OK ? (struct error){ 0 } : task->err;
    if (task->status != ERR_OK) {
        if (!p->typing)
            papers_drop(p);
        return;
    }
    if (!t->append) {
        papers_drop(p);
        p->total = t->result->total;
        p->took_ms = t->result->took_ms;
        p->fresh = !t->fell_back;
    }
    VEC_PUSH(p->pages, p->page_count, p->page_cap, t->result);
    p->rows += t->result->len;
    t->result = NULL;
    if (!t->append && p->keep)
        papers_restore_cursor(p);
    papers_clamp(view);
}

/* ---- the contract ---- */

static struct papers *papers_new(struct view *view, const char *filter, enum search_sort sort)
{
    struct papers *p = mem_zalloc(sizeof *p);

    str_init(&p->query);
    p->filter = filter;
    p->sort = sort;
    p->marked = hashmap_new();
    view->state = p;
    return p;
}

static int papers_open(struct view *view, const char *argument, struct error *err)
{
    struct papers *p;

    (void)err;
    if (view->ops == &view_today)
        p = papers_new(view, "is:unread added:2d", SORT_DATE);
    else
        p = papers_new(view, NULL, view->ops == &view_search ? SORT_RELEVANCE : SORT_DATE);
    if (argument)
        str_add(&p->query, argument);
    papers_ask(view, false, 0);
    return ERR_OK;
}

static void papers_close(struct view *view)
{
    struct papers *p = view->state;

    if (p->task)
        desk_cancel(view->desk, p->task);
    papers_drop(p);
    free(p->pages);
    str_free(&p->query);
    hashmap_free(p->marked);
    free(p);
}

static bool papers_is_marked(const struct papers *p, const char *key)
{
    uint64_t *value = hashmap_get(p->marked, key, strlen(key));

    return value && *value;
}

/* "Vaswani +7"; a name that is too long is cut, not the number behind it. */
static void papers_authors(struct str *out, const char *lines, int columns)
{
    const char *at = lines, *space, *last;
    size_t len = strcspn(lines, "\n"), more = 0;
    char *raw = mem_strndup(lines, len), *first, count[24] = "";
    struct str readable = STR_INIT;
    int room;

    text_from_latex(&readable, raw);
    free(raw);
    first = str_take(&readable);
    for (at = lines + len; *at; at++)
        more += *at == '\n';
    space = strrchr(first, ' ');
    last = space ? space + 1 : first;
    if (more)
        snprintf(count, sizeof count, " +%zu", more);
    room = columns - (int)strlen(count);
    if (room > 1 && text_width(last) > room)
        str_printf(out, "%.*s…%s", (int)text_fit(last, room - 1, NULL), last, count);
    else
        str_printf(out, "%s%s", last, count);
    free(first);
}

/* What stands beside the title, in columns of their own so that the eye can run down them. */
struct row_columns {
    int authors, category, date; /* 0: left out */
};

static struct row_columns papers_columns(int width)
{
    if (width >= 100)
        return (struct row_columns){ .authors = 20, .category = 12, .date = 7 };
    if (width >= 70)
        return (struct row_columns){ .authors = 16, .category = 8, .date = 7 };
    if (width >= 50)
        return (struct row_columns){ .authors = 14, .date = 4 };
    return (struct row_columns){ .date = width >= 20 ? 4 : 0 };
}

static void papers_draw_row(struct papers *p, struct canvas *canvas, const struct search_hit *hit,
                            int x, int y, int width)
{
    static const char *const states[] = { "●", " ", "▸", "-" };
    const struct row_columns columns = papers_columns(width);
    struct str title = STR_INIT, authors = STR_INIT;
    enum style style = hit->row.state == READ_UNREAD ? STYLE_UNREAD : STYLE_NORMAL;
    char date[8];
    int at = x + width;

    text_from_latex(&title, hit->title_marked && p->query.len ? hit->title_marked : hit->row.title);
    papers_authors(&authors, hit->row.authors, columns.authors);
    snprintf(date, sizeof date, "%.*s", columns.date, hit->row.published);
    at -= columns.date;
    canvas_text(canvas, at, y, columns.date, STYLE_DIM, date);
    if (columns.category) {
        at -= columns.category + 1;
        canvas_text(canvas, at, y, columns.category, STYLE_DIM, hit->row.primary_category);
    }
    if (columns.authors) {
        at -= columns.authors + 1;
        canvas_text(canvas, at, y, columns.authors, STYLE_DIM, authors.ptr);
    }
    canvas_text(canvas, x, y, 1, STYLE_ACCENT,
                papers_is_marked(p, hit->row.key) ? "+" : states[hit->row.state]);
    canvas_text(canvas, x + 1, y, 1, STYLE_WARN, hit->row.starred ? "★" : " ");
    canvas_text(canvas, x + 3, y, at - 1 - (x + 3), style, title.ptr);
    str_free(&title);
    str_free(&authors);
}

/* Below the list, for Search: where the words were found in the paper under the cursor, and why it
 * ranks there. */
static int papers_preview_rows(const struct view *view, int height)
{
    return view->ops == &view_search && height >= 12 ? 4 : 0;
}

static void papers_draw_preview(struct papers *p, struct canvas *canvas, int x, int y, int width,
                                int rows)
{
    struct search_hit *hit = papers_row(p, p->cursor);
    struct str text = STR_INIT;
    size_t next, at = 0;
    int i;

    canvas_fill(canvas, x, y, width, STYLE_DIM, "─");
    if (hit && p->explain) {
        for (i = 0; i < (int)hit->why_len; i++)
            str_printf(&text, "%s%s %.2f (title %d, abstract %d, authors %d)", i ? "; " : "",
                       hit->why[i].term, hit->why[i].score, hit->why[i].in_title,
                       hit->why[i].in_abstract, hit->why[i].in_authors);
    } else if (hit && hit->snippet) {
        text_from_latex(&text, hit->snippet);
    }
    for (i = 1; i < rows && text.ptr[at]; i++) {
        size_t len = text_wrap(text.ptr + at, width, &next);
        char *line = mem_strndup(text.ptr + at, len);

        canvas_text(canvas, x, y + i, width, STYLE_NORMAL, line);
        free(line);
        at += next;
    }
    str_free(&text);
}

static void papers_draw_empty(struct view *view, struct canvas *canvas, int x, int y, int width)
{
    struct papers *p = view->state;

    if (p->error.code)
        canvas_text(canvas, x, y, width, STYLE_ERROR, p->error.message);
    else if (!p->loaded)
        canvas_text(canvas, x, y, width, STYLE_DIM, "Looking…");
    else if (p->query.len > 0)
        canvas_text(canvas, x, y, width, STYLE_DIM, "Nothing found. Fewer words, or prefix*?");
    else {
        canvas_text(canvas, x, y, width, STYLE_NORMAL, "The library is empty.");
        canvas_text(canvas, x, y + 1, width, STYLE_DIM,
                    "Import papers with :import FILE, or carrel import FILE.");
    }
}

static void papers_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                        int height)
{
    struct papers *p = view->state;
    int preview = papers_preview_rows(view, height), i;

    height -= preview;
    p->height = height;
    if (p->cursor < p->top)
        p->top = p->cursor;
    if (p->cursor >= p->top + height)
        p->top = p->cursor - height + 1;
    if (p->rows == 0)
        papers_draw_empty(view, canvas, x, y, width);
    for (i = 0; i < height && p->top + i < (int)p->rows; i++) {
        papers_draw_row(p, canvas, papers_row(p, p->top + i), x, y + i, width);
        if (p->top + i == p->cursor)
            canvas_cursor_row(canvas, x, y + i, width);
    }
    if (preview && p->rows > 0)
        papers_draw_preview(p, canvas, x, y + height, width, preview);
}

static void papers_status(struct view *view, struct str *out)
{
    struct papers *p = view->state;

    if (view->ops == &view_today && p->loaded && !p->fresh)
        str_add(out, "nothing new; the newest: ");
    if (p->error.code && p->rows > 0)
        str_printf(out, "%s  ", p->error.message);
    if (p->rows > 0)
        str_printf(out, "%d/%" PRId64, p->cursor + 1, p->total);
    if (view->ops == &view_search && p->loaded && !getenv("CARREL_CLOCK"))
        str_printf(out, "  %.1f ms", p->took_ms);
    if (p->task)
        str_add(out, " …");
}

static bool papers_move(struct view *view, const char *name)
{
    struct papers *p = view->state;
    int page = p->height > 1 ? p->height - 1 : 1, old = p->cursor;

    if (strcmp(name, "down") == 0)
        p->cursor++;
    else if (strcmp(name, "up") == 0)
        p->cursor--;
    else if (strcmp(name, "half-down") == 0)
        p->cursor += page / 2;
    else if (strcmp(name, "half-up") == 0)
        p->cursor -= page / 2;
    else if (strcmp(name, "page-down") == 0)
        p->cursor += page;
    else if (strcmp(name, "page-up") == 0)
        p->cursor -= page;
    else if (strcmp(name, "scroll-down") == 0)
        p->cursor += 3;
    else if (strcmp(name, "scroll-up") == 0)
        p->cursor -= 3;
    else if (strcmp(name, "goto-start") == 0)
        p->cursor = 0;
    else if (strcmp(name, "goto-end") == 0)
        p->cursor = (int)p->rows - 1;
    else
        return false;
    (void)old;
    papers_clamp(view);
    return true;
}

static bool papers_command(struct view *view, int argc, char **argv)
{
    struct papers *p = view->state;
    struct search_hit *hit = papers_row(p, p->cursor);

    if (papers_move(view, argv[0]))
        return true;
    if (strcmp(argv[0], "goto-row") == 0 && argc > 1) {
        p->cursor = p->top + atoi(argv[1]);
        papers_clamp(view);
        return true;
    }
    if (strcmp(argv[0], "open") == 0) {
        if (hit)
            desk_open(view->desk, &view_paper, hit->row.key);
        return true;
    }
    if (strcmp(argv[0], "select") == 0) {
        if (hit) {
            uint64_t *value = hashmap_put(p->marked, hit->row.key, strlen(hit->row.key), NULL);

            *value = !*value;
            p->cursor++;
            papers_clamp(view);
        }
        return true;
    }
    if (strcmp(argv[0], "explain") == 0) {
        p->explain = !p->explain;
        p->keep = hit ? hit->row.id : 0;
        papers_ask(view, false, p->rows);
        return true;
    }
    if (strcmp(argv[0], "sort") == 0) {
        p->sort = p->sort == SORT_RELEVANCE ? SORT_DATE
                  : p->sort == SORT_DATE    ? SORT_ADDED
                                            : SORT_RELEVANCE;
        desk_say(view->desk, STYLE_NORMAL, "sorted by %s",
                 p->sort == SORT_DATE    ? "date"
                 : p->sort == SORT_ADDED ? "arrival"
                                         : "relevance");
        p->cursor = 0;
        papers_ask(view, false, 0);
        return true;
    }
    return false;
}

static void papers_changed(struct view *view)
{
    struct papers *p = view->state;
    struct search_hit *hit = papers_row(p, p->cursor);

    p->keep = hit ? hit->row.id : 0;
    papers_ask(view, false, p->rows);
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
    p->keep = 0;
    papers_ask(view, false, 0);
}

static size_t papers_selection(struct view *view, struct arena *arena, char ***keys)
{
    struct papers *p = view->state;
    struct search_hit *hit = papers_row(p, p->cursor);
    const char *key;
    uint64_t *value;
    size_t at = 0, len, count = 0;

    *keys = arena_alloc(arena, (hashmap_count(p->marked) + 1) * sizeof **keys);
    while (hashmap_next(p->marked, &at, &key, &len, &value))
        if (*value)
            (*keys)[count++] = arena_strdup(arena, key);
    if (count == 0 && hit)
        (*keys)[count++] = arena_strdup(arena, hit->row.key);
    return count;
}

static void papers_data(struct view *view, struct jsonw *w)
{
    struct papers *p = view->state;
    int i;

    jsonw_key_string(w, "query", p->query.ptr);
    jsonw_key_int(w, "total", p->total);
    jsonw_key_int(w, "cursor", p->cursor);
    if (p->error.code)
        jsonw_key_string(w, "error", p->error.message);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < (int)p->rows; i++) {
        const struct search_hit *hit = papers_row(p, i);

        jsonw_object(w);
        jsonw_key_string(w, "id", hit->row.key);
        jsonw_key_string(w, "title", hit->row.title);
        jsonw_key_string(w, "published", hit->row.published);
        jsonw_key_string(w, "state", read_state_name(hit->row.state));
        jsonw_key_bool(w, "starred", hit->row.starred);
        jsonw_key_string(w, "tags", hit->row.tags);
        jsonw_end(w);
    }
    jsonw_end(w);
}

#define PAPERS_OPS                                                                                 \
    .open = papers_open, .draw = papers_draw, .command = papers_command,                           \
    .changed = papers_changed, .result = papers_result, .selection = papers_selection,             \
    .status = papers_status, .data = papers_data, .close = papers_close

const struct view_ops view_today = { .name = "today", .title = "Today", PAPERS_OPS };
const struct view_ops view_library = { .name = "library", .title = "Library", PAPERS_OPS };
const struct view_ops view_search = {
    .name = "search", .title = "Search", .typed = papers_typed, PAPERS_OPS
};
