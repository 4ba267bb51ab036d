/*
 * Commands of the library at the desk: what they act on, and their run on the writer's thread (or a
 * reader's), with progress and an answer.
 */
#include "actions.h"
#include "desk.h"
#include "marks.h"

#include "carrel/clock.h"
#include "carrel/remote.h"
#include "carrel/state.h"

#include <stdlib.h>
#include <string.h>

#define DOING_AFTER_MS 500

struct command_task {
    struct task task;
    struct desk *desk;
    int64_t started, told; /* ticks; of the last progress */
    struct app *app;
    struct arena *arena;
    char **argv;
    int argc;
    struct str say, out;
    bool writes;
    const char *one;      /* the only paper it acts on, to be named in its answer; NULL: not so */
    uint64_t marks;       /* view whose marked rows are meant; 0: none */
    struct mark_set *set; /* those, where the view has them so */
    int remote;           /* who waits for it; 0: nobody */
};

/* The marked ones behind the words. */
static void command_expand(struct command_task *t)
{
    size_t count, i;
    char **keys, **argv;

    count = mark_set_keys(t->set, t->arena, &keys);
    argv = arena_alloc(t->arena, ((size_t)t->argc + count + 1) * sizeof *argv);
    for (i = 0; i < (size_t)t->argc; i++)
        argv[i] = t->argv[i];
    for (i = 0; i < count; i++)
        argv[t->argc++] = keys[i];
    t->argv = argv;
}

/* How far a command on many papers is. */
struct doing {
    uint64_t task;
    char *text;
};

static void doing_free(void *data)
{
    struct doing *doing = data;

    free(doing->text);
    free(doing);
}

static void doing_show(void *ctx, void *data)
{
    struct desk *desk = ctx;
    struct doing *doing = data;

    str_clear(&desk->doing);
    str_add(&desk->doing, doing->text);
    desk->bulk = doing->task;
    desk->repaint = true;
    doing_free(data);
}

/* Worker: what takes long tells it, and how long it will take. */
static void command_progress(struct command_call *call, size_t done, size_t total)
{
    struct command_task *t = call->face;
    int64_t now = clock_ticks_ms(), past = now - t->started;
    struct doing *doing;

    if (past < DOING_AFTER_MS || now - t->told < DOING_AFTER_MS || done == 0)
        return;
    t->told = now;
    doing = mem_zalloc(sizeof *doing);
    doing->task = t->task.id;
    doing->text = /* beside the hints on 80 columns */
        mem_printf("%s: %zu of %zu, %lld s left; Esc stops", t->task.name, done, total,
                   (long long)((double)past * (double)(total - done) / (double)done / 1000) + 1);
    pool_tell(t->desk->writer, doing_show, doing_free, doing);
}

/* "1 paper marked read: 'Lamps of moths'", for who hears and does not see which. */
static int command_name(struct str *say, struct store *store, struct arena *arena, const char *key,
                        struct error *err)
{
    const char *name = NULL;
    int result = state_named(&name, store, arena, "read", key, err);

    str_trim(say);
    if (result == ERR_OK && !strstr(say->ptr, name))
        str_printf(say, ": %s", name);
    return result;
}

static int command_run(struct task *task, void *worker, struct error *err)
{
    struct command_task *t = (struct command_task *)task;
    struct command_call call = {
        .app = t->app, .store = worker, .arena = t->arena, .desk = true, .cancel = &task->cancel
    };

    int result;

    str_init(&call.out);
    str_init(&call.say);
    t->started = clock_ticks_ms();
    call.face = t;
    call.progress = t->writes ? command_progress : NULL;
    if (t->set)
        command_expand(t);
    if (worker)
        state_name_whole(worker, t->desk->told);
    result = app_run(&call, t->argc, t->argv, err);
    if (result == ERR_OK && worker && call.say.len > 0)
        result = desk_name_papers(&call.say, worker, t->arena, err);
    if (result == ERR_OK && t->one && call.say.len > 0)
        result = command_name(&call.say, worker, t->arena, t->one, err);
    str_add(&t->say, call.say.ptr);
    str_add(&t->out, call.out.ptr);
    str_free(&call.out);
    str_free(&call.say);
    return result;
}

/* What was done to the marked rows is done; "gv" marks them again. */
static void command_unmark(struct desk *desk, const struct command_task *t)
{
    char *words[] = { "unselect" };
    int i;

    for (i = 0; i < desk->depth && t->marks; i++) {
        struct view *view = desk->stack[i];

        if (view->id == t->marks && t->set)
            view->ops->acted(view, t->set);
        else if (view->id == t->marks)
            view->ops->command(view, 1, words);
    }
}

/* One line goes to the status line, more into a text of its own. */
static void command_answer(struct desk *desk, struct command_task *t)
{
    char *end = strchr(t->out.ptr, '\n'), *both;

    if (!end || !end[1]) {
        desk_say(desk, STYLE_NORMAL, "%s", t->out.ptr);
        return;
    }
    remote_output(desk, t->out.ptr);
    both = mem_printf("%s\n%s", t->task.name, t->out.ptr);
    desk_open(desk, &view_answer, both);
    free(both);
}

/* The paper that was shown is no longer here. */
static void leave_removed(struct desk *desk, const struct command_task *t)
{
    const struct view *view = desk_view(desk);

    if (strcmp(t->task.name, "rm") == 0 && view && view->id == t->marks && view->ops == &view_paper)
        desk_pop(desk);
}

/* What a command has said line by line, on the one there is. */
static void command_say(struct desk *desk, struct str *say)
{
    struct str line = STR_INIT;
    const char *at;

    str_trim(say);
    for (at = say->ptr; *at; at++)
        if (*at == '\n')
            str_add(&line, "; ");
        else
            str_add_char(&line, *at);
    desk_say(desk, STYLE_NORMAL, "%s", line.ptr);
    str_free(&line);
}

static void command_done(void *ctx, struct task *task)
{
    struct desk *desk = ctx;
    struct command_task *t = (struct command_task *)task;

    desk->writing -= t->writes;
    remote_resume(desk, t->remote);
    remote_outcome(desk, task->status);
    if (desk->bulk == task->id) {
        desk->bulk = 0;
        str_clear(&desk->doing);
    }
    if (task->status == ERR_OK)
        command_unmark(desk, t);
    if (t->out.len > 0)
        command_answer(desk, t);
    if (task->status == ERR_CANCELLED)
        desk_say(desk, STYLE_NORMAL, "stopped: nothing of it was done");
    else if (task->status != ERR_OK)
        desk_say(desk, STYLE_ERROR, "%s", task->err.message);
    else if (t->say.len > 0)
        command_say(desk, &t->say);
    desk->hears = NULL;
    if (task->status == ERR_OK)
        tutor_done(desk, t->argc, t->argv);
    if (task->status == ERR_OK)
        leave_removed(desk, t);
    if (t->writes)
        desk_changed(desk);
    desk->repaint = true;
}

static void command_free(struct task *task)
{
    struct command_task *t = (struct command_task *)task;

    str_free(&t->say);
    str_free(&t->out);
    mark_set_free(t->set);
    arena_free(t->arena);
    free(t);
}

/* Where a command's ids begin among its words, by the table: 2 of "STATE ID...", 0: nowhere. */
int ids_at(const struct command *command)
{
    const char *word = command->args;
    int at = 1;

    if (!(command->flags & CMD_SELECTION))
        return 0;
    while (*word && strncmp(word, "ID", 2) != 0) {
        word += strcspn(word, " ");
        word += strspn(word, " ");
        at++;
    }
    return at;
}

/* No ids are given, though it takes some: it is for the papers at hand. */
static bool acts_on_papers(const struct command *command, int argc, char **argv)
{
    return ids_at(command) > 0 && command_words(command, argc, argv) == ids_at(command);
}

/* Without words of its own it is for the whole library, but where papers are marked, for these. */
static bool prefers_marked(const struct command *command, int argc, char **argv)
{
    int i = 1;

    while (i < argc && !str_starts(argv[i], "--query"))
        i++;
    return command->flags & CMD_MARKED && i == argc && command_words(command, argc, argv) == 1;
}

bool desk_acts_on_papers(int argc, char **argv)
{
    const struct command *command = command_find(argv[0]);

    return command && (acts_on_papers(command, argc, argv) || prefers_marked(command, argc, argv));
}

/* What a command of several papers acts on. */
static struct mark_set *command_marked(const struct command *command, struct view *view)
{
    bool several = strstr(command->args, "ID") && strstr(command->args, "...");

    return several && view && view->ops->marked ? view->ops->marked(view) : NULL;
}

size_t view_selected(struct view *view, struct arena *arena, char ***keys)
{
    struct mark_set *set = view && view->ops->marked ? view->ops->marked(view) : NULL;
    size_t count = 0;

    if (set)
        count = mark_set_keys(set, arena, keys);
    else if (view && view->ops->selection)
        count = view->ops->selection(view, arena, keys);
    mark_set_free(set);
    return count;
}

bool desk_waits_for_rows(struct desk *desk, const char *line)
{
    struct view *view = desk_view(desk);
    char *words[] = { "gather", mem_strdup(line) };
    bool waits = view && view->ops->command && view->ops->command(view, 2, words);

    free(words[1]);
    return waits;
}

void desk_post_command(struct desk *desk, const struct command *command, int argc, char **argv)
{
    struct command_task *t;
    struct view *view = desk_view(desk);
    char **keys = NULL;
    size_t count = 0, i;
    bool acts = acts_on_papers(command, argc, argv);

    if (desk->told && desk->in_sidebar && acts) { /* nobody sees the list */
        desk_refuse(desk, "these are feeds, not papers: sidebar goes back to the list");
        return;
    }
    t = mem_zalloc(sizeof *t);
    t->task.name = command->name;
    t->task.run = command_run;
    t->task.done = command_done;
    t->task.free = command_free;
    t->desk = desk;
    t->app = desk->app;
    t->arena = arena_new();
    t->writes = command->flags & CMD_WRITES;
    t->remote = remote_begin(desk);
    desk->writing += t->writes;
    str_init(&t->say);
    str_init(&t->out);
    /* "mark read" at the desk means the papers at hand. */
    if (acts || prefers_marked(command, argc, argv))
        t->set = command_marked(command, view);
    if (acts && !t->set && view && view->ops->selection)
        count = view->ops->selection(view, t->arena, &keys);
    t->marks = (count > 0 || t->set) && t->writes ? view->id : 0;
    t->argv = arena_alloc(t->arena, ((size_t)argc + count + 2) * sizeof *t->argv);
    for (i = 0; i < (size_t)argc; i++) {
        if (i > 0 && words_text_follows((int)i, argv))
            t->argv[t->argc++] = arena_strdup(t->arena, "--"); /* a text is no option */
        t->argv[t->argc++] = arena_strdup(t->arena, argv[i]);
    }
    for (i = 0; i < count; i++)
        t->argv[t->argc++] = keys[i];
    t->one = desk->told && t->writes && count == 1 ? keys[0] : NULL;
    /* What only reads (an export may take a while) does not hold up marks; but what was asked for
     * before it comes first. */
    pool_post(t->writes || pool_pending(desk->writer) > 0 ? desk->writer : desk->readers, &t->task);
    if (t->marks && view->ops->posted)
        view->ops->posted(view, argc, argv, t->set != NULL);
}
