/*
 * Commands at the desk: its own table, then the view's, then the library's commands, which run on
 * the writer's thread.
 */
#include "desk.h"

#include <stdlib.h>
#include <string.h>

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

static void do_view(struct desk *desk, int argc, char **argv)
{
    const struct view_ops *ops = argc > 1 ? desk_view_ops(argv[1]) : NULL;

    if (!ops)
        desk_say(desk, STYLE_ERROR,
                 "no view '%s': today, library, search, paper, jobs, harvest, log, help",
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
    { "view", "a room: today, library, search, jobs, harvest, log, help", do_view },
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
    if (argc == 1 && desk_view_ops(argv[0])) { /* ":jobs" goes there; ":jobs retry 3" does it */
        char *words[] = { "view", argv[0] };

        do_view(desk, 2, words);
    } else if (command && (command->flags & CMD_DESK)) {
        if ((command->flags & CMD_WRITES) && strcmp(command->name, "undo") != 0) {
            free(desk->last_command);
            desk->last_command = mem_strdup(line);
        }
        desk_post_command(desk, command, argc, argv);
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
    for (i = 0; desk_view_at(i) && count < ARRAY_LEN(names); i++)
        names[count++] = desk_view_at(i)->name;
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
