/*
 * The editor of a saved feed: its query is typed above the list of what it finds, and once typing
 * rests a reader's thread counts all of it, and what of it is unread. Enter saves, Esc leaves
 * everything as it was.
 */
#include "desk.h"

#include "carrel/search.h"
#include "carrel/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct count_task {
    struct task task;
    char *text;
    int64_t all, unread;
};

static int count_run(struct task *task, void *worker, struct error *err)
{
    struct count_task *t = (struct count_task *)task;
    char *filter = mem_printf("(%s) is:unread", t->text);
    int result = worker ? ERR_OK : error_set(err, ERR_FAILED, "there is no library yet");

    if (worker)
        store_set_cancel(worker, &task->cancel);
    if (result == ERR_OK)
        result = search_count(&t->all, worker, t->text, err);
    if (result == ERR_OK)
        result = search_count(&t->unread, worker, filter, err);
    if (worker)
        store_set_cancel(worker, NULL);
    free(filter);
    return result;
}

static void count_done(void *ctx, struct task *task)
{
    struct desk *desk = ctx;
    struct count_task *t = (struct count_task *)task;

    if (task->id != desk->feed_edit.task)
        return; /* something else was typed since */
    desk->feed_edit.task = 0;
    str_clear(&desk->feed_edit.said);
    if (task->status != ERR_OK)
        str_add(&desk->feed_edit.said, task->err.message);
    else if (!query_unfinished(&desk->feed_edit.said, t->text))
        str_printf(&desk->feed_edit.said, "%" PRId64 " paper%s, %" PRId64 " unread", t->all,
                   t->all == 1 ? "" : "s", t->unread);
    desk->repaint = true;
}

static void count_free(struct task *task)
{
    free(((struct count_task *)task)->text);
    free(task);
}

void desk_feed_count(struct desk *desk)
{
    const char *text = desk->edits[PROMPT_FEED].text.ptr;
    struct count_task *t;

    if (str_blank(text) || str_eq(desk->feed_edit.counted, text))
        return;
    free(desk->feed_edit.counted);
    desk->feed_edit.counted = mem_strdup(text);
    t = mem_zalloc(sizeof *t);
    t->task.name = "count";
    t->task.run = count_run;
    t->task.done = count_done;
    t->task.free = count_free;
    t->text = mem_strdup(text);
    if (desk->feed_edit.task)
        desk_cancel(desk, desk->feed_edit.task);
    desk->feed_edit.task = pool_post(desk->readers, &t->task);
}

void desk_feed_say(const struct desk *desk, struct str *out)
{
    const char *text = desk->edits[PROMPT_FEED].text.ptr;

    str_printf(out, "%s: %s. Enter saves it, Esc leaves it as it was.", desk->feed_edit.name,
               str_blank(text) ? "type its query"
               : !str_eq(desk->feed_edit.counted, text) || desk->feed_edit.task
                   ? "…"
                   : desk->feed_edit.said.ptr);
}

/* The cursor stands behind a blank: what is typed is a further word. */
static void prompt_query(struct desk *desk, const char *text)
{
    bool apart = *text && !str_ends(text, " ");
    char *whole = mem_printf("%s%s", text, apart ? " " : "");

    desk_prompt(desk, PROMPT_FEED, whole);
    free(whole);
}

/* Over the search that is there, or over one of its own. */
void desk_feed_edit(struct desk *desk, const char *name)
{
    struct view *view = desk_view(desk);
    const char *text = NULL;
    size_t i;

    for (i = 0; i < desk->feed_len && !text; i++)
        if (desk->feeds[i].saved && strcmp(desk->feeds[i].name, name) == 0)
            text = desk->feeds[i].query;
    free(desk->feed_edit.name);
    free(desk->feed_edit.before);
    free(desk->feed_edit.counted);
    desk->feed_edit.name = mem_strdup(name);
    desk->feed_edit.before = NULL;
    desk->feed_edit.counted = NULL;
    desk->in_sidebar = false;
    if (view && view->ops == &view_search && (!text || str_eq(view->argument, text))) {
        desk->feed_edit.before = mem_strdup(view->argument ? view->argument : "");
        text = desk->feed_edit.before;
    } else {
        desk_open(desk, &view_search, text);
    }
    prompt_query(desk, text ? text : "");
    desk_feed_count(desk);
}

bool desk_edits_feed(const struct desk *desk)
{
    return desk->prompt == PROMPT_FEED || desk->feed_edit.saving;
}

static void save_query(struct desk *desk, char *text)
{
    char query[] = "query", add[] = "add";
    char *words[] = { query, add, desk->feed_edit.name, text };
    struct view *view = desk_view(desk);

    if (view && view->ops == &view_search) {
        free(view->argument);
        view->argument = mem_strdup(text);
        view->answered = false;
        desk->feed_edit.saving = true;
        view->ops->typed(view, text, true);
        desk->feed_edit.saving = false;
        free(view->name);
        view->name = mem_strdup(desk->feed_edit.name);
    }
    desk_run_argv(desk, (int)ARRAY_LEN(words), words);
}

void desk_feed_save(struct desk *desk, const char *text)
{
    struct str query = STR_INIT;

    utf8_squeeze(&query, text, strlen(text));
    if (query.len > 0) {
        save_query(desk, query.ptr);
    } else {
        desk_say(desk, STYLE_WARN, "a feed needs a query; :query rm %s forgets it",
                 desk->feed_edit.name);
        desk_feed_leave(desk);
    }
    str_free(&query);
}

void desk_feed_leave(struct desk *desk)
{
    struct view *view = desk_view(desk);

    if (!desk->feed_edit.before)
        desk_pop(desk);
    else if (view && view->ops->typed)
        view->ops->typed(view, desk->feed_edit.before, true);
}
