/*
 * The desk: a stack of views, the feeds beside them, prompt, messages, and the way from a key to a
 * command.
 *
 * Everything here runs on the loop thread and never waits: reading is posted to `readers`, writing
 * to `writer` (one thread, so that what is asked first is done first), and results come back
 * through desk_drain.
 */
#include "desk.h"

#include "carrel/clock.h"
#include "carrel/log.h"
#include "carrel/search.h"
#include "carrel/text.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIDEBAR_WIDTH 22
#define SIDEBAR_FROM 72 /* narrower screens have none */
#define READERS 2

static const struct view_ops *const all_views[] = { &view_today, &view_library, &view_search,
                                                    &view_paper, &view_log,     &view_help };

const struct view_ops *desk_view_ops(const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(all_views); i++)
        if (strcmp(all_views[i]->name, name) == 0)
            return all_views[i];
    return NULL;
}

struct app *desk_app(struct desk *desk)
{
    return desk->app;
}

struct view *desk_view(struct desk *desk)
{
    return desk->depth > 0 ? desk->stack[desk->depth - 1] : NULL;
}

void desk_say(struct desk *desk, enum style style, const char *fmt, ...)
{
    va_list ap;

    str_clear(&desk->message);
    va_start(ap, fmt);
    str_vprintf(&desk->message, fmt, ap);
    va_end(ap);
    while (desk->message.len > 0 && desk->message.ptr[desk->message.len - 1] == '\n')
        str_cut(&desk->message, desk->message.len - 1);
    desk->message_style = style;
    if (style == STYLE_ERROR)
        log_write(LOG_ERROR, "%s", desk->message.ptr);
}

/* ---- workers ---- */

/* A worker without a library is fine: views say that there is none. */
static void *desk_worker_open(void *ctx)
{
    struct app *app = ctx;
    struct store *store = NULL;
    struct error err;

    if (app_open_store(&store, app, false, &err) != ERR_OK)
        log_write(LOG_WARN, "%s", err.message);
    return store;
}

static void desk_worker_close(void *ctx, void *worker)
{
    (void)ctx;
    store_close(worker);
}

static void desk_view_done(void *ctx, struct task *task)
{
    struct desk *desk = ctx;
    int i;

    for (i = 0; i < desk->depth; i++)
        if (desk->stack[i]->id == task->owner)
            desk->stack[i]->ops->result(desk->stack[i], task);
    desk->repaint = true;
}

uint64_t desk_post(struct view *view, struct task *task)
{
    task->done = desk_view_done;
    task->owner = view->id;
    return pool_post(view->desk->readers, task);
}

void desk_cancel(struct desk *desk, uint64_t task)
{
    pool_cancel(desk->readers, task);
}

void desk_drain(struct desk *desk)
{
    pool_drain(desk->readers, desk);
    pool_drain(desk->writer, desk);
}

bool desk_idle(struct desk *desk)
{
    return pool_pending(desk->readers) == 0 && pool_pending(desk->writer) == 0;
}

/* ---- views ---- */

static void view_close(struct view *view)
{
    if (view->ops->close && view->state)
        view->ops->close(view);
    free(view->argument);
    free(view);
}

void desk_open(struct desk *desk, const struct view_ops *ops, const char *argument)
{
    struct view *view = mem_zalloc(sizeof *view);
    struct error err = { 0 };

    view->ops = ops;
    view->desk = desk;
    view->id = ++desk->next_id;
    view->argument = mem_strdup(argument);
    if (ops->open(view, argument, &err) != ERR_OK) {
        desk_say(desk, STYLE_ERROR, "%s", err.message);
        view_close(view);
        return;
    }
    if (desk->depth == VIEW_STACK) { /* the oldest but the first goes */
        view_close(desk->stack[1]);
        memmove(&desk->stack[1], &desk->stack[2], (VIEW_STACK - 2) * sizeof *desk->stack);
        desk->depth--;
    }
    desk->stack[desk->depth++] = view;
}

static void desk_pop(struct desk *desk)
{
    if (desk->depth > 1)
        view_close(desk->stack[--desk->depth]);
}

/* A room of its own: what was opened on the way is closed. */
static void desk_room(struct desk *desk, const struct view_ops *ops, const char *argument)
{
    while (desk->depth > 0)
        view_close(desk->stack[--desk->depth]);
    desk_open(desk, ops, argument);
}

static void desk_changed(struct desk *desk)
{
    int i;

    for (i = 0; i < desk->depth; i++)
        if (desk->stack[i]->ops->changed)
            desk->stack[i]->ops->changed(desk->stack[i]);
    desk_reload_feeds(desk);
}

/* ---- feeds ---- */

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
        .name = mem_strdup(name), .query = mem_strdup(query), .ops = ops, .unread = -1
    };
    struct str text = STR_INIT;

    str_printf(&text, *query ? "(%s) is:unread" : "is:unread", query);
    if (store && search_count(&feed.unread, store, text.ptr, NULL) != ERR_OK)
        feed.unread = -2;
    VEC_PUSH(t->feeds, t->len, t->cap, feed);
    str_free(&text);
}

static int feeds_run(struct task *task, void *worker, struct error *err)
{
    struct feeds_task *t = (struct feeds_task *)task;
    struct store *store = worker;
    struct arena *arena = arena_new();
    struct saved_query *queries = NULL;
    size_t count = 0, i;
    int result = ERR_OK;

    feeds_add(t, store, "Today", "added:2d", &view_today);
    feeds_add(t, store, "Library", "", &view_library);
    feeds_add(t, store, "Starred", "is:starred", &view_search);
    feeds_add(t, store, "Later", "is:later", &view_search);
    if (store) {
        /* What is starred or put off is rarely unread: all of it counts. */
        search_count(&t->feeds[2].unread, store, "is:starred", NULL);
        search_count(&t->feeds[3].unread, store, "is:later", NULL);
        result = queries_list(store, arena, &queries, &count, err);
        t->version = store_data_version(store);
    }
    for (i = 0; i < count && !atomic_load(&task->cancel); i++)
        feeds_add(t, store, queries[i].name, queries[i].query, &view_search);
    arena_free(arena);
    return result;
}

static void feeds_drop(struct feed *feeds, size_t len)
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
    feeds_drop(desk->feeds, desk->feed_len);
    desk->feeds = t->feeds;
    desk->feed_len = t->len;
    t->feeds = NULL;
    t->len = 0;
    desk->repaint = true;
}

static void feeds_free(struct task *task)
{
    struct feeds_task *t = (struct feeds_task *)task;

    feeds_drop(t->feeds, t->len);
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

static void desk_open_feed(struct desk *desk)
{
    const struct feed *feed =
        desk->feed_cursor < (int)desk->feed_len ? &desk->feeds[desk->feed_cursor] : NULL;

    if (!feed)
        return;
    desk->in_sidebar = false;
    desk_room(desk, feed->ops, feed->ops == &view_search ? feed->query : NULL);
}

/* ---- another process ---- */

struct watch_task {
    struct task task;
    int64_t version;
};

static int watch_run(struct task *task, void *worker, struct error *err)
{
    (void)err;
    if (worker)
        ((struct watch_task *)task)->version = store_data_version(worker);
    return ERR_OK;
}

static void watch_done(void *ctx, struct task *task)
{
    struct desk *desk = ctx;
    int64_t version = ((struct watch_task *)task)->version;

    if (desk->data_version && version != desk->data_version)
        desk_changed(desk);
    desk->data_version = version;
}

static void watch_free(struct task *task)
{
    free(task);
}

/* The writer's connection watches: PRAGMA data_version is per connection, and its own changes are
 * known. */
bool desk_refresh(struct desk *desk)
{
    struct watch_task *t;

    if (!desk_idle(desk))
        return false;
    t = mem_zalloc(sizeof *t);
    t->task.name = "watch";
    t->task.run = watch_run;
    t->task.done = watch_done;
    t->task.free = watch_free;
    pool_post(desk->writer, &t->task);
    return true;
}

/* ---- commands of the library ---- */

struct command_task {
    struct task task;
    struct app *app;
    struct arena *arena;
    char **argv;
    int argc;
    struct str say;
    bool writes;
};

static int command_run(struct task *task, void *worker, struct error *err)
{
    struct command_task *t = (struct command_task *)task;
    struct command_call call = {
        .app = t->app, .store = worker, .arena = t->arena, .desk = true, .cancel = &task->cancel
    };
    int result;

    str_init(&call.out);
    str_init(&call.say);
    result = app_run(&call, t->argc, t->argv, err);
    str_add(&t->say, call.say.len ? call.say.ptr : call.out.ptr);
    str_free(&call.out);
    str_free(&call.say);
    return result;
}

static void command_done(void *ctx, struct task *task)
{
    struct desk *desk = ctx;
    struct command_task *t = (struct command_task *)task;

    if (task->status != ERR_OK)
        desk_say(desk, STYLE_ERROR, "%s", task->err.message);
    else if (t->say.len > 0)
        desk_say(desk, STYLE_NORMAL, "%s", t->say.ptr);
    if (t->writes)
        desk_changed(desk);
    desk->repaint = true;
}

static void command_free(struct task *task)
{
    struct command_task *t = (struct command_task *)task;

    str_free(&t->say);
    arena_free(t->arena);
    free(t);
}

static void desk_post_command(struct desk *desk, const struct command *command, int argc,
                              char **argv)
{
    struct command_task *t = mem_zalloc(sizeof *t);
    struct view *view = desk_view(desk);
    char **keys = NULL;
    size_t count = 0, i;

    t->task.name = command->name;
    t->task.run = command_run;
    t->task.done = command_done;
    t->task.free = command_free;
    t->app = desk->app;
    t->arena = arena_new();
    t->writes = command->flags & CMD_WRITES;
    str_init(&t->say);
    /* "mark read" at the desk means the papers at hand. */
    if ((command->flags & CMD_SELECTION) && argc == 2 && view && view->ops->selection)
        count = view->ops->selection(view, t->arena, &keys);
    t->argv = arena_alloc(t->arena, ((size_t)argc + count + 1) * sizeof *t->argv);
    for (i = 0; i < (size_t)argc; i++)
        t->argv[t->argc++] = arena_strdup(t->arena, argv[i]);
    for (i = 0; i < count; i++)
        t->argv[t->argc++] = keys[i];
    pool_post(desk->writer, &t->task);
}

/* ---- other programs ---- */

static void desk_spawn(struct desk *desk, char *const *argv, bool wait)
{
    pid_t child;
    int status = 0;

    if (desk->headless) {
        desk_say(desk, STYLE_WARN, "not without a terminal");
        return;
    }
    if (wait && desk->suspend)
        desk->suspend(desk->face, true);
    child = fork();
    if (child == 0) {
        signal(SIGPIPE, SIG_DFL);
        if (!wait) {
            setsid();
            if (!freopen("/dev/null", "r", stdin) || !freopen("/dev/null", "w", stdout)
                || !freopen("/dev/null", "w", stderr))
                _exit(127);
        }
        execvp(argv[0], argv);
        _exit(127);
    }
    if (child < 0)
        desk_say(desk, STYLE_ERROR, "cannot start %s", argv[0]);
    if (wait && child > 0)
        waitpid(child, &status, 0);
    if (wait && desk->suspend)
        desk->suspend(desk->face, false);
    if (wait && WIFEXITED(status) && WEXITSTATUS(status) == 127)
        desk_say(desk, STYLE_ERROR, "cannot run %s", argv[0]);
}

static char *desk_current_key(struct desk *desk, struct arena *arena)
{
    struct view *view = desk_view(desk);
    char **keys;

    if (!view || !view->ops->selection || view->ops->selection(view, arena, &keys) == 0)
        return NULL;
    return keys[0];
}

/* The public page of a paper, by its id. */
static char *desk_url(struct arena *arena, const char *key)
{
    if (strncmp(key, "arxiv:", 6) == 0)
        return arena_printf(arena, "https://arxiv.org/abs/%s", key + 6);
    if (strncmp(key, "doi:", 4) == 0)
        return arena_printf(arena, "https://doi.org/%s", key + 4);
    if (strncmp(key, "url:", 4) == 0)
        return arena_strdup(arena, key + 4);
    return NULL;
}

static void desk_open_outside(struct desk *desk)
{
    struct arena *arena = arena_new();
    const char *browser = getenv("BROWSER");
    char *key = desk_current_key(desk, arena), *url = key ? desk_url(arena, key) : NULL;
    char **words;
    struct error err;
    int count;

    if (!url) {
        desk_say(desk, STYLE_WARN, "this has no page on the web that carrel knows");
    } else if (words_split(arena, browser && *browser ? browser : "xdg-open", &words, &count, &err)
                   == ERR_OK
               && count > 0) {
        char **argv = arena_alloc(arena, ((size_t)count + 2) * sizeof *argv);

        memcpy(argv, words, (size_t)count * sizeof *argv);
        argv[count] = url;
        desk_spawn(desk, argv, false);
        if (!desk->headless)
            desk_say(desk, STYLE_NORMAL, "opened %s", url);
    }
    arena_free(arena);
}

static void base64(struct str *out, const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)text;
    size_t len = strlen(text), i;

    for (i = 0; i < len; i += 3) {
        unsigned v = (unsigned)p[i] << 16 | (i + 1 < len ? (unsigned)p[i + 1] << 8 : 0)
                     | (i + 2 < len ? p[i + 2] : 0);

        str_add_char(out, digits[v >> 18]);
        str_add_char(out, digits[(v >> 12) & 63]);
        str_add_char(out, i + 1 < len ? digits[(v >> 6) & 63] : '=');
        str_add_char(out, i + 2 < len ? digits[v & 63] : '=');
    }
}

/* OSC 52: the terminal itself sets the clipboard, also over ssh. */
static void desk_copy(struct desk *desk, bool url)
{
    struct arena *arena = arena_new();
    struct str osc = STR_INIT;
    char *key = desk_current_key(desk, arena), *text = key && url ? desk_url(arena, key) : key;

    if (text) {
        str_add(&osc, "\033]52;c;");
        base64(&osc, text);
        str_add(&osc, "\a");
        if (desk->write_raw)
            desk->write_raw(desk->face, osc.ptr, osc.len);
        desk_say(desk, STYLE_NORMAL, "copied %s", text);
    }
    str_free(&osc);
    arena_free(arena);
}

/* The editor needs the terminal, and carrel's own command does the rest. */
static void desk_edit_note(struct desk *desk)
{
    struct arena *arena = arena_new();
    char *key = desk_current_key(desk, arena), program[4096];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);

    if (key && len > 0) {
        char *argv[] = { program, "-q", "-L", desk->app->library, "note", key, NULL };

        program[len] = '\0';
        desk_spawn(desk, argv, true);
        desk_changed(desk);
    }
    arena_free(arena);
}

/* ---- commands of the desk ---- */

static void desk_prompt(struct desk *desk, enum prompt prompt, const char *text)
{
    desk->prompt = prompt;
    line_edit_start(&desk->edits[prompt], text);
}

static void desk_search(struct desk *desk)
{
    struct view *view = desk_view(desk);

    if (!view || view->ops != &view_search) {
        desk_open(desk, &view_search, NULL);
        desk_prompt(desk, PROMPT_SEARCH, "");
        return;
    }
    desk_prompt(desk, PROMPT_SEARCH, view->argument ? view->argument : "");
}

static void do_view(struct desk *desk, int argc, char **argv)
{
    const struct view_ops *ops = argc > 1 ? desk_view_ops(argv[1]) : NULL;

    if (!ops)
        desk_say(desk, STYLE_ERROR, "no view '%s': today, library, search, paper, log, help",
                 argc > 1 ? argv[1] : "");
    else
        desk_room(desk, ops, argc > 2 ? argv[2] : NULL);
}

static void do_prompt(struct desk *desk, int argc, char **argv)
{
    struct str text = STR_INIT;
    int i;

    for (i = 1; i < argc; i++)
        str_printf(&text, "%s ", argv[i]);
    desk_prompt(desk, PROMPT_COMMAND, text.ptr);
    str_free(&text);
}

static void do_back(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    if (desk->in_sidebar)
        desk->in_sidebar = false;
    else if (desk->depth > 1)
        desk_pop(desk);
    else
        desk_say(desk, STYLE_NORMAL, "Q or :quit leaves carrel");
}

static void do_quit(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    desk->running = false;
}

static void do_help(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    desk_open(desk, &view_help, NULL);
}

static void do_search(struct desk *desk, int argc, char **argv)
{
    struct str query = STR_INIT;
    int i;

    for (i = 1; i < argc; i++)
        str_printf(&query, "%s%s", i > 1 ? " " : "", argv[i]);
    if (argc > 1)
        desk_open(desk, &view_search, query.ptr);
    else
        desk_search(desk);
    str_free(&query);
}

static void do_sidebar(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    desk->in_sidebar = !desk->in_sidebar && desk->sidebar && desk->canvas.width >= SIDEBAR_FROM;
}

static void do_redraw(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    if (desk->suspend) {
        desk->suspend(desk->face, true);
        desk->suspend(desk->face, false);
    }
}

static void do_outside(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    desk_open_outside(desk);
}

static void do_copy(struct desk *desk, int argc, char **argv)
{
    desk_copy(desk, argc > 1 && strcmp(argv[1], "url") == 0);
}

static void do_note(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    desk_edit_note(desk);
}

static void do_repeat(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    if (desk->last_command) {
        char *line = mem_strdup(desk->last_command);

        desk_run_line(desk, line);
        free(line);
    }
}

static void do_find(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    desk_prompt(desk, PROMPT_FIND, "");
}

static const struct {
    const char *name, *help;
    void (*run)(struct desk *, int, char **);
} desk_commands[] = {
    { "quit", "leave", do_quit },
    { "q", "leave", do_quit },
    { "help", "keys and commands", do_help },
    { "view", "a room: today, library, search, log, help", do_view },
    { "prompt", "type a command", do_prompt },
    { "search", "search the library as you type", do_search },
    { "find", "search in this text", do_find },
    { "back", "close what was opened last", do_back },
    { "sidebar", "to the feeds and back", do_sidebar },
    { "redraw", "draw the screen anew", do_redraw },
    { "open-outside", "open the page in $BROWSER", do_outside },
    { "copy", "copy the id (or 'copy url') to the clipboard", do_copy },
    { "edit-note", "write a note in $EDITOR", do_note },
    { "repeat", "the last change once more", do_repeat },
};

static bool desk_sidebar_command(struct desk *desk, const char *name)
{
    int last = (int)desk->feed_len - 1;

    if (!desk->in_sidebar)
        return false;
    if (strcmp(name, "down") == 0 && desk->feed_cursor < last)
        desk->feed_cursor++;
    else if (strcmp(name, "up") == 0 && desk->feed_cursor > 0)
        desk->feed_cursor--;
    else if (strcmp(name, "goto-start") == 0)
        desk->feed_cursor = 0;
    else if (strcmp(name, "goto-end") == 0)
        desk->feed_cursor = last < 0 ? 0 : last;
    else if (strcmp(name, "open") == 0)
        desk_open_feed(desk);
    else
        return false;
    return true;
}

static bool desk_run_own(struct desk *desk, int argc, char **argv)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(desk_commands); i++) {
        if (strcmp(desk_commands[i].name, argv[0]) == 0
            && !(strcmp(argv[0], "find") == 0 && argc > 1)) {
            desk_commands[i].run(desk, argc, argv);
            return true;
        }
    }
    return false;
}

static void desk_run_words(struct desk *desk, int argc, char **argv, const char *line)
{
    struct view *view = desk_view(desk);
    const struct command *command;

    if (desk_sidebar_command(desk, argv[0]) || desk_run_own(desk, argc, argv))
        return;
    if (view && view->ops->command && view->ops->command(view, argc, argv))
        return;
    command = command_find(argv[0]);
    if (command && (command->flags & CMD_DESK)) {
        if ((command->flags & CMD_WRITES) && strcmp(command->name, "undo") != 0) {
            free(desk->last_command);
            desk->last_command = mem_strdup(line);
        }
        desk_post_command(desk, command, argc, argv);
    } else if (command && strcmp(command->name, "import") == 0) {
        desk_post_command(desk, command, argc, argv);
        desk_say(desk, STYLE_NORMAL, "importing…");
    } else if (command) {
        desk_say(desk, STYLE_ERROR, "%s is for the command line: carrel %s", argv[0], argv[0]);
    } else if (desk_view_ops(argv[0])) {
        char *words[] = { "view", argv[0], argc > 1 ? argv[1] : NULL };

        do_view(desk, argc > 1 ? 3 : 2, words);
    } else {
        desk_say(desk, STYLE_ERROR, "no command '%s'; ? lists all", argv[0]);
    }
}

int desk_run_line(struct desk *desk, const char *line)
{
    struct arena *arena = arena_new();
    struct error err = { 0 };
    char **words;
    int count, result;

    result = words_split(arena, line, &words, &count, &err);
    if (result != ERR_OK)
        desk_say(desk, STYLE_ERROR, "%s", err.message);
    else if (count > 0)
        desk_run_words(desk, count, words, line);
    arena_free(arena);
    return result;
}

char *desk_complete(struct desk *desk, const char *line)
{
    size_t len = strlen(line), i, matches = 0, common = 0;
    const char *first = NULL;
    const struct command *command;
    const char *names[128];
    size_t count = 0;

    (void)desk;
    if (strchr(line, ' '))
        return NULL;
    for (i = 0; i < ARRAY_LEN(desk_commands); i++)
        names[count++] = desk_commands[i].name;
    for (i = 0; (command = command_at(i)) && count < ARRAY_LEN(names); i++)
        if (command->flags & (CMD_DESK | CMD_CREATES))
            names[count++] = command->name;
    for (i = 0; i < ARRAY_LEN(all_views) && count < ARRAY_LEN(names); i++)
        names[count++] = all_views[i]->name;
    for (i = 0; i < count; i++) {
        size_t same = 0;

        if (strncmp(names[i], line, len) != 0 || (first && strcmp(names[i], first) == 0))
            continue;
        if (matches++ == 0) {
            first = names[i];
            common = strlen(first);
        }
        while (same < common && names[i][same] == first[same])
            same++;
        common = same;
    }
    if (matches == 0 || (common == len && matches > 1))
        return NULL;
    return mem_printf("%.*s%s", (int)common, first, matches == 1 ? " " : "");
}

void desk_each_binding(struct desk *desk,
                       void (*each)(void *ctx, const char *context, const char *keys,
                                    const char *command),
                       void *ctx)
{
    size_t i;

    for (i = 0; i < desk->keymap.len; i++)
        each(ctx, desk->keymap.items[i].context, desk->keymap.items[i].keys,
             desk->keymap.items[i].command);
}

/* ---- keys ---- */

static void desk_prompt_done(struct desk *desk)
{
    enum prompt prompt = desk->prompt;
    struct line_edit *edit = &desk->edits[prompt];
    struct view *view = desk_view(desk);
    char *line = mem_strdup(edit->text.ptr);

    line_edit_remember(edit);
    desk->prompt = PROMPT_NONE;
    if (prompt == PROMPT_COMMAND) {
        desk_run_line(desk, line);
    } else if (prompt == PROMPT_SEARCH && view && view->ops->typed) {
        free(view->argument);
        view->argument = mem_strdup(line);
        view->ops->typed(view, line, true);
    } else if (prompt == PROMPT_FIND && view && *line) {
        char *words[] = { "find", line };

        view->ops->command(view, 2, words);
    }
    free(line);
}

static void desk_prompt_cancel(struct desk *desk)
{
    struct view *view = desk_view(desk);
    bool empty_search = desk->prompt == PROMPT_SEARCH && desk->edits[PROMPT_SEARCH].text.len == 0;

    if (desk->prompt == PROMPT_SEARCH && !empty_search && view && view->ops->typed) {
        free(view->argument);
        view->argument = mem_strdup(desk->edits[PROMPT_SEARCH].text.ptr);
        view->ops->typed(view, view->argument, true);
    }
    desk->prompt = PROMPT_NONE;
    if (empty_search)
        desk_pop(desk);
}

static void desk_prompt_key(struct desk *desk, const char *key)
{
    struct line_edit *edit = &desk->edits[desk->prompt];
    struct view *view = desk_view(desk);
    bool move =
        desk->prompt == PROMPT_SEARCH && (strcmp(key, "<Down>") == 0 || strcmp(key, "<Up>") == 0);

    if (strcmp(key, "<CR>") == 0) {
        desk_prompt_done(desk);
    } else if (strcmp(key, "<Esc>") == 0 || strcmp(key, "<C-c>") == 0
               || (strcmp(key, "<BS>") == 0 && edit->text.len == 0)) {
        desk_prompt_cancel(desk);
    } else if (strcmp(key, "<Tab>") == 0 && desk->prompt == PROMPT_COMMAND) {
        char *completed = desk_complete(desk, edit->text.ptr);

        if (completed)
            line_edit_start(edit, completed);
        free(completed);
    } else if (move && view && view->ops->command) {
        char *words[] = { strcmp(key, "<Down>") == 0 ? "down" : "up" };

        view->ops->command(view, 1, words);
    } else if (line_edit_key(edit, key) && desk->prompt == PROMPT_SEARCH && view
               && view->ops->typed) {
        view->ops->typed(view, edit->text.ptr, false);
    }
}

void desk_key(struct desk *desk, const char *key)
{
    struct view *view = desk_view(desk);
    const char *command = NULL;
    enum key_match match;

    desk->repaint = true;
    str_clear(&desk->message);
    if (desk->prompt != PROMPT_NONE) {
        desk_prompt_key(desk, key);
        return;
    }
    if (strlen(desk->pending) + strlen(key) >= sizeof desk->pending)
        desk->pending[0] = '\0';
    strcat(desk->pending, key);
    match = keymap_lookup(&desk->keymap,
                          desk->in_sidebar ? "sidebar"
                          : view           ? view->ops->name
                                           : "global",
                          desk->pending, &command);
    if (match == KEY_PREFIX)
        return;
    desk->pending[0] = '\0';
    if (match == KEY_COMMAND)
        desk_run_line(desk, command);
    else if (strcmp(key, "<C-c>") == 0)
        desk_say(desk, STYLE_NORMAL, "Q or :quit leaves carrel");
    else
        desk_say(desk, STYLE_DIM, "%s is not bound here; ? lists the keys", key);
}

static int desk_sidebar_width(const struct desk *desk)
{
    return desk->sidebar && !desk->app->linear && desk->canvas.width >= SIDEBAR_FROM ? SIDEBAR_WIDTH
                                                                                     : 0;
}

void desk_mouse(struct desk *desk, int x, int y, const char *what)
{
    int side = desk_sidebar_width(desk);
    char line[40];

    desk->repaint = true;
    if (strncmp(what, "scroll", 6) == 0) {
        desk_run_line(desk, what);
    } else if (x < side && y >= 1 && y - 1 < (int)desk->feed_len) {
        desk->feed_cursor = y - 1;
        desk_open_feed(desk);
    } else if (x >= side && y >= 1) {
        snprintf(line, sizeof line, "goto-row %d", y - 1);
        desk_run_line(desk, line);
        if (strcmp(what, "open") == 0)
            desk_run_line(desk, "open");
    }
}

/* ---- drawing ---- */

static void draw_bar(struct desk *desk)
{
    struct canvas *canvas = &desk->canvas;
    struct view *view = desk_view(desk);
    struct str status = STR_INIT;
    int width;

    if (!desk->app->linear)
        canvas_fill(canvas, 0, 0, canvas->width, STYLE_BAR, " ");
    canvas_text(canvas, 1, 0, canvas->width - 2, STYLE_BAR, "carrel");
    if (view) {
        char *title =
            mem_printf("%s%s%s", view->ops->title, view->argument && *view->argument ? ": " : "",
                       view->argument ? view->argument : "");

        if (view->ops->status)
            view->ops->status(view, &status);
        width = text_width(status.ptr);
        if (width > canvas->width - 12)
            width = canvas->width - 12;
        canvas_text(canvas, canvas->width - width - 1, 0, width, STYLE_BAR, status.ptr);
        canvas_text(canvas, 9, 0, canvas->width - width - 12, STYLE_BAR, title);
        free(title);
    }
    str_free(&status);
}

static void draw_sidebar(struct desk *desk, int width)
{
    struct canvas *canvas = &desk->canvas;
    struct view *view = desk_view(desk);
    int i;

    for (i = 0; i < (int)desk->feed_len && i < canvas->height - 2; i++) {
        const struct feed *feed = &desk->feeds[i];
        bool here = view && view->ops == feed->ops
                    && (feed->ops != &view_search
                        || (view->argument && strcmp(view->argument, feed->query) == 0));
        char count[24] = "";

        if (feed->unread >= 0)
            snprintf(count, sizeof count, "%" PRId64, feed->unread);
        else if (feed->unread == -2)
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

static void draw_bottom(struct desk *desk)
{
    static const char *const signs[] = { "", ":", "/", "/" };
    struct canvas *canvas = &desk->canvas;
    int y = canvas->height - 1;

    if (desk->prompt != PROMPT_NONE) {
        const struct line_edit *edit = &desk->edits[desk->prompt];
        char *before = mem_strndup(edit->text.ptr, edit->at);
        int at = text_width(before), room = canvas->width - 2;
        const char *shown = edit->text.ptr;

        if (at > room - 1) { /* the end that is typed at stays in sight */
            shown += text_fit(edit->text.ptr, at - room / 2, NULL);
            at = room / 2;
        }
        canvas_text(canvas, 0, y, 1, STYLE_ACCENT, signs[desk->prompt]);
        canvas_text(canvas, 1, y, room, STYLE_NORMAL, shown);
        canvas->cursor_x = 1 + at;
        canvas->cursor_y = y;
        free(before);
    } else if (desk->message.len > 0) {
        canvas_text(canvas, 0, y, canvas->width, desk->message_style, desk->message.ptr);
    } else if (desk->pending[0]) {
        canvas_text(canvas, 0, y, canvas->width, STYLE_DIM, desk->pending);
    } else {
        canvas_text(
            canvas, 0, y, canvas->width, STYLE_DIM,
            "/ search  Enter open  r read  s star  t tag  : command  ? help  Q quit");
    }
}

void desk_draw(struct desk *desk)
{
    struct canvas *canvas = &desk->canvas;
    struct view *view = desk_view(desk);
    int side = desk_sidebar_width(desk);

    canvas_clear(canvas);
    if (canvas->width < 20 || canvas->height < 5) {
        canvas_text(canvas, 0, 0, canvas->width, STYLE_ERROR, "carrel needs 20x5");
        return;
    }
    draw_bar(desk);
    if (side)
        draw_sidebar(desk, side);
    if (view)
        view->ops->draw(view, canvas, side, 1, canvas->width - side, canvas->height - 2);
    draw_bottom(desk);
}

/* ---- beginning and end ---- */

void desk_resize(struct desk *desk, int width, int height)
{
    bool ascii = desk->canvas.ascii;

    canvas_free(&desk->canvas);
    canvas_init(&desk->canvas, width, height, ascii);
    desk->repaint = true;
}

struct desk *desk_new(struct app *app, int width, int height, bool headless, struct error *err)
{
    struct desk *desk = mem_zalloc(sizeof *desk);
    struct pool_options options = { .threads = READERS,
                                    .worker_open = desk_worker_open,
                                    .worker_close = desk_worker_close,
                                    .ctx = app };

    desk->app = app;
    desk->headless = headless;
    desk->running = true;
    desk->sidebar = config_bool(app->config, "ui.sidebar");
    str_init(&desk->message);
    canvas_init(&desk->canvas, width, height, app->ascii);
    if (keymap_load(&desk->keymap, app->config, err) != ERR_OK) {
        desk_free(desk);
        return NULL;
    }
    desk->readers = pool_new(&options);
    options.threads = 1;
    desk->writer = pool_new(&options);
    desk_reload_feeds(desk);
    return desk;
}

void desk_free(struct desk *desk)
{
    size_t i;

    if (!desk)
        return;
    while (desk->depth > 0)
        view_close(desk->stack[--desk->depth]);
    pool_free(desk->readers, desk);
    pool_free(desk->writer, desk);
    feeds_drop(desk->feeds, desk->feed_len);
    keymap_free(&desk->keymap);
    for (i = 0; i < ARRAY_LEN(desk->edits); i++)
        line_edit_free(&desk->edits[i]);
    str_free(&desk->message);
    free(desk->last_command);
    canvas_free(&desk->canvas);
    free(desk);
}
