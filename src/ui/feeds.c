/*
 * The feeds beside the view: fixed rooms, saved queries with the number of their unread papers, and
 * collections, which a reader has put together, with that of all of theirs. They are counted on a
 * worker whenever the library has changed.
 */
#include "desk.h"

#include "carrel/search.h"
#include "carrel/shelves.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct feeds_task {
    struct task task;
    struct feed *feeds;
    size_t len, cap;
    int64_t version;
};

static void feeds_add(struct feeds_task *t, struct store *store, const char *name,
                      const char *query, const struct view_ops *ops)
{
    struct feed feed = {
        .name = mem_strdup(name), .query = mem_strdup(query), .ops = ops, .number = -1
    };
    struct str text = STR_INIT;

    str_printf(&text, *query ? "(%s) is:unread" : "is:unread", query);
    if (store && search_count(&feed.number, store, text.ptr, NULL) != ERR_OK)
        feed.number = -2;
    feed.unread = feed.number > 0 ? feed.number : 0;
    VEC_PUSH(t->feeds, t->len, t->cap, feed);
    str_free(&text);
}

/* Collections stand in brackets, behind the saved queries. */
static int feeds_collections(struct feeds_task *t, struct store *store, struct arena *arena,
                             struct error *err)
{
    struct collection *items;
    size_t count, i;
    int result = collections_list(&items, &count, store, arena, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        struct feed feed = { .name = mem_printf("[%s]", items[i].name),
                             .query = mem_printf("collection:%s", items[i].name),
                             .ops = &view_search,
                             .number = items[i].count,
                             .unread = items[i].unread,
                             .collection = true };

        VEC_PUSH(t->feeds, t->len, t->cap, feed);
    }
    return result;
}

static int feeds_run(struct task *task, void *worker, struct error *err)
{
    struct feeds_task *t = (struct feeds_task *)task;
    struct store *store = worker;
    struct arena *arena = arena_new();
    struct saved_query *queries = NULL;
    size_t count = 0, i;
    int64_t reading = 0;
    int result = ERR_OK;

    if (store) /* counting a large library must not hold up a desk that leaves */
        store_set_cancel(store, &task->cancel);
    feeds_add(t, store, "Today", TODAY_QUERY, &view_today);
    feeds_add(t, store, "Library", "", &view_library);
    feeds_add(t, store, "Starred", "is:starred", &view_search);
    feeds_add(t, store, "Later", "is:later", &view_queue);
    if (store && search_count(&reading, store, "is:reading", NULL) == ERR_OK && reading > 0) {
        feeds_add(t, store, "Reading", "is:reading", &view_search);
        t->feeds[t->len - 1].number = reading;
    }
    if (store) {
        /* The library's size, and what is starred or put off, is rarely unread: all of it counts.
         */
        for (i = 1; i < t->len; i++)
            t->feeds[i].unread = 0;
        works_count(store, &t->feeds[1].number, NULL);
        search_count(&t->feeds[2].number, store, "is:starred", NULL);
        search_count(&t->feeds[3].number, store, "is:later", NULL);
        result = queries_list(store, arena, &queries, &count, err);
        t->version = store_data_version(store);
    }
    for (i = 0; i < count && !atomic_load(&task->cancel); i++) {
        feeds_add(t, store, queries[i].name, queries[i].query, &view_search);
        t->feeds[t->len - 1].saved = true;
    }
    if (store && result == ERR_OK)
        result = feeds_collections(t, store, arena, err);
    if (store)
        store_set_cancel(store, NULL);
    arena_free(arena);
    return result;
}

void desk_free_feeds(struct feed *feeds, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        free(feeds[i].name);
        free(feeds[i].query);
    }
    free(feeds);
}

static void feeds_done(void *ctx, struct task *task)
{
    struct desk *desk = ctx;
    struct feeds_task *t = (struct feeds_task *)task;

    if (task->id != desk->feeds_task || task->status != ERR_OK)
        return;
    desk_free_feeds(desk->feeds, desk->feed_len);
    desk->feeds = t->feeds;
    desk->feed_len = t->len;
    if (desk->feed_cursor >= (int)t->len) /* the last ones are gone */
        desk->feed_cursor = t->len ? (int)t->len - 1 : 0;
    t->feeds = NULL;
    t->len = 0;
    desk->repaint = true;
}

static void feeds_free(struct task *task)
{
    struct feeds_task *t = (struct feeds_task *)task;

    desk_free_feeds(t->feeds, t->len);
    free(t);
}

void desk_reload_feeds(struct desk *desk)
{
    struct feeds_task *t = mem_zalloc(sizeof *t);

    if (desk->feeds_task)
        desk_cancel(desk, desk->feeds_task);
    t->task.name = "feeds";
    t->task.run = feeds_run;
    t->task.done = feeds_done;
    t->task.free = feeds_free;
    desk->feeds_task = pool_post(desk->readers, &t->task);
}

void desk_open_feed(struct desk *desk)
{
    const struct feed *feed =
        desk->feed_cursor < (int)desk->feed_len ? &desk->feeds[desk->feed_cursor] : NULL;
    struct view *view;

    if (!feed)
        return;
    desk->in_sidebar = false;
    if (feed->ops != &view_search) {
        desk_room(desk, feed->ops, NULL);
        return;
    }
    /* Going back leads to where one came from; the name goes into the title. */
    desk_open(desk, &view_search, feed->query);
    view = desk_view(desk);
    if (view && view->ops == &view_search && !view->name)
        view->name = mem_strdup(feed->name);
}

/* Is this what the view shows? */
static bool feed_is(const struct feed *feed, const struct view *view)
{
    return view && view->ops == feed->ops
           && (feed->ops != &view_search
               || (view->argument && strcmp(view->argument, feed->query) == 0));
}

void desk_next_feed(struct desk *desk)
{
    struct view *view = desk_view(desk);
    int count = (int)desk->feed_len, from = -1, i, at = 0;

    for (i = 0; i < count; i++)
        if (feed_is(&desk->feeds[i], view))
            from = i;
    for (i = 1; i <= count; i++) {
        at = (from + i + count) % count;
        if (at != from && desk->feeds[at].unread > 0)
            break;
    }
    if (i > count) {
        desk_say(desk, STYLE_NORMAL, "nothing unread is left in any feed");
        return;
    }
    if (view && view->name && view->ops == &view_search)
        desk_pop(desk); /* one feed takes the place of the other */
    desk->feed_cursor = at;
    desk_open_feed(desk);
    view = desk_view(desk);
    if (view && !view->answered && view->asked > 0)
        str_add(&view->ahead, "next-unread first\n");
    else
        desk_run_line(desk, "next-unread first");
    desk_say(desk, STYLE_DIM, "%s", desk->feeds[at].name);
}

/* The saved query under the cursor changes places with its neighbour: at once here, and in the
 * library. */
static void feed_move(struct desk *desk, bool up)
{
    int at = desk->feed_cursor, to = at + (up ? -1 : 1);
    struct feed *feeds = desk->feeds, moved;
    char *line;

    if (to < 0 || to >= (int)desk->feed_len || !feeds[to].saved) {
        desk_say(desk, STYLE_DIM, "%s is the %s saved query", feeds[at].name,
                 up ? "first" : "last");
        return;
    }
    line = mem_printf("query move %s %s", feeds[at].name, up ? "-1" : "+1");
    moved = feeds[at];
    feeds[at] = feeds[to];
    feeds[to] = moved;
    desk->feed_cursor = to;
    desk_run_line(desk, line);
    free(line);
}

/* Commands for the saved query under the cursor. */
static bool feed_command(struct desk *desk, const char *name)
{
    const struct feed *feed =
        desk->feed_cursor < (int)desk->feed_len ? &desk->feeds[desk->feed_cursor] : NULL;
    bool edit = strcmp(name, "edit-feed") == 0, rename = strcmp(name, "rename-feed") == 0;
    bool up = strcmp(name, "raise") == 0, down = strcmp(name, "lower") == 0;
    char *line;

    if (!edit && !rename && !up && !down && strcmp(name, "remove-feed") != 0)
        return false;
    if (!feed || !feed->saved) {
        desk_refuse(desk, "only saved queries can be changed; a adds one");
        return true;
    }
    if (up || down) {
        feed_move(desk, up);
        return true;
    }
    line = edit ? mem_printf("feed %s", feed->name)
                : mem_printf(rename ? "prompt query rename %s" : "query rm %s", feed->name);
    desk_run_line(desk, line);
    free(line);
    return true;
}

bool desk_sidebar_command(struct desk *desk, int argc, char **argv)
{
    struct listview list = { .count = (int)desk->feed_len,
                             .cursor = desk->feed_cursor,
                             .height = desk->canvas.height - 2 };

    if (!desk->in_sidebar)
        return false;
    if (feed_command(desk, argv[0]))
        return true;
    if (strcmp(argv[0], "open") == 0)
        desk_open_feed(desk);
    else if (listview_command(&list, argc, argv))
        desk->feed_cursor = list.cursor;
    else
        return false;
    return true;
}

int desk_sidebar_width(const struct desk *desk)
{
    const struct view *view = desk->depth > 0 ? desk->stack[desk->depth - 1] : NULL;

    if ((view && view->ops->whole) || desk->remembered.layout == LAYOUT_ONE)
        return 0;
    return desk->sidebar && !desk->app->linear && desk->canvas.width >= SIDEBAR_FROM
               ? desk->remembered.side
               : 0;
}

void desk_draw_sidebar(struct desk *desk, int width)
{
    struct canvas *canvas = &desk->canvas;
    struct view *view = desk_view(desk);
    int i;

    for (i = 0; i < (int)desk->feed_len && i < canvas->height - 2; i++) {
        const struct feed *feed = &desk->feeds[i];
        bool here = feed_is(feed, view);
        char count[24] = "";

        if (feed->number >= 0)
            snprintf(count, sizeof count, "%" PRId64, feed->number);
        else if (feed->number == -2)
            snprintf(count, sizeof count, "?");
        canvas_text(canvas, 1, 1 + i, width - 4 - (int)strlen(count),
                    here ? STYLE_TITLE : STYLE_NORMAL, feed->name);
        canvas_text(canvas, width - 2 - (int)strlen(count), 1 + i, (int)strlen(count), STYLE_DIM,
                    count);
        if (desk->in_sidebar && i == desk->feed_cursor)
            canvas_cursor_row(canvas, 0, 1 + i, width - 1);
    }
    canvas_vline(canvas, width - 1, 1, canvas->height - 2);
}
