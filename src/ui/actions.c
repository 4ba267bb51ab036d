/*
 * Commands at the desk: its own table, then the view's, then the library's commands, which run on
 * the writer's thread.
 */
#include "desk.h"
#include "marks.h"

#include "carrel/clock.h"
#include "carrel/record.h"
#include "carrel/remote.h"

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
    doing->text =
        mem_printf("%s: %zu of %zu, %zu a second, %lld s left; Esc stops", t->task.name, done,
                   total, done * 1000 / (size_t)past,
                   (long long)((double)past * (double)(total - done) / (double)done / 1000) + 1);
    pool_tell(t->desk->writer, doing_show, doing_free, doing);
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
    result = app_run(&call, t->argc, t->argv, err);
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
        desk_say(desk, STYLE_NORMAL, "%s", t->say.ptr);
    desk->hears = NULL;
    if (task->status == ERR_OK)
        tutor_done(desk, t->argc, t->argv);
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
static int ids_at(const struct command *command)
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

bool desk_acts_on_papers(int argc, char **argv)
{
    const struct command *command = command_find(argv[0]);

    return command && argc == ids_at(command);
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
    t->desk = desk;
    t->app = desk->app;
    t->arena = arena_new();
    t->writes = command->flags & CMD_WRITES;
    t->remote = remote_begin(desk);
    desk->writing += t->writes;
    str_init(&t->say);
    str_init(&t->out);
    /* "mark read" at the desk means the papers at hand. */
    if (argc == ids_at(command))
        t->set = command_marked(command, view);
    if (argc == ids_at(command) && !t->set && view && view->ops->selection)
        count = view->ops->selection(view, t->arena, &keys);
    t->marks = (count > 0 || t->set) && t->writes ? view->id : 0;
    t->argv = arena_alloc(t->arena, ((size_t)argc + count + 2) * sizeof *t->argv);
    for (i = 0; i < (size_t)argc; i++) {
        if (i == 1 && strcmp(command->name, "jot") == 0)
            t->argv[t->argc++] = arena_strdup(t->arena, "--"); /* a thought is no option */
        t->argv[t->argc++] = arena_strdup(t->arena, argv[i]);
    }
    for (i = 0; i < count; i++)
        t->argv[t->argc++] = keys[i];
    /* What only reads (an export may take a while) does not hold up marks; but what was asked for
     * before it comes first. */
    pool_post(t->writes || pool_pending(desk->writer) > 0 ? desk->writer : desk->readers, &t->task);
    if (t->marks && view->ops->posted)
        view->ops->posted(view, argc, argv, t->set != NULL);
}

/* ":view code ID log v1": all words behind the name are the view's. */
static void do_view(struct desk *desk, int argc, char **argv)
{
    const struct view_ops *ops = argc > 1 ? desk_view_ops(argv[1]) : NULL;
    struct str views = STR_INIT, rest = STR_INIT;
    int i;

    for (i = 2; i < argc; i++)
        str_printf(&rest, "%s%s", i > 2 ? " " : "", argv[i]);
    if (ops)
        desk_room(desk, ops, argc > 2 ? rest.ptr : NULL);
    str_free(&rest);
    if (ops)
        return;
    desk_list_views(&views);
    remote_outcome(desk, ERR_NOTFOUND);
    desk_say(desk, STYLE_ERROR, "no view '%s': %s", argc > 1 ? argv[1] : "", views.ptr);
    str_free(&views);
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
    struct view *view = desk_view(desk);

    (void)argc;
    (void)argv;
    if (desk->in_sidebar)
        desk->in_sidebar = false;
    else if (desk->bulk)
        pool_cancel(desk->writer, desk->bulk);
    else if (view && view->ops->peel && view->ops->peel(view))
        return;
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

/* As vim closes a window, and ends with the last one. */
static void do_close(struct desk *desk, int argc, char **argv)
{
    if (desk->depth > 1)
        desk_pop(desk);
    else
        do_quit(desk, argc, argv);
}

/* ":help palette" finds it there. */
static void do_help(struct desk *desk, int argc, char **argv)
{
    struct view *view = desk_view(desk);
    char *words[] = { "find", argc > 1 ? argv[1] : NULL };

    desk_open(desk, &view_help, desk->in_sidebar ? "sidebar" : view ? view->ops->name : NULL);
    if (argc > 1 && desk_view(desk) != view) {
        desk_draw(desk); /* lines are known from drawing */
        desk_view(desk)->ops->command(desk_view(desk), 2, words);
    }
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

/* What is named: a paper or a repository. False, and said, when it is neither. */
static bool is_id(struct desk *desk, const char *word)
{
    struct ident ident;

    if (ident_parse(&ident, word))
        return true;
    desk_say(desk, STYLE_ERROR, "'%.60s' is no id that carrel knows; / searches by words", word);
    return false;
}

/* ":read ID PAGE"; with an option it is the command line's. */
static void do_read(struct desk *desk, int argc, char **argv)
{
    struct view *view = desk_view(desk);
    struct arena *arena = arena_new();
    char **keys = NULL, *what = NULL;

    if (argc > 1)
        what = arena_printf(arena, "%s%s%s", argv[1], argc > 2 ? " " : "", argc > 2 ? argv[2] : "");
    else if (view && view->ops->selection && view->ops->selection(view, arena, &keys) > 0)
        what = keys[0];
    if (argc == 1 || strcmp(argv[1], "last") == 0 || is_id(desk, argv[1]))
        desk_open(desk, &view_reader, what);
    arena_free(arena);
}

static void do_sidebar(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    desk->in_sidebar = !desk->in_sidebar && (desk->told || desk_sidebar_width(desk) > 0);
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

/* :note and :edit open the editor; words behind them are the note, or FIELD=VALUE; with an id in
 * front they are the command line's. */
static void do_written(struct desk *desk, int argc, char **argv)
{
    const struct command *command = command_find(argv[0]);
    struct view *view = desk_view(desk);
    struct arena *arena = arena_new();
    char **keys = NULL, **words = arena_alloc(arena, ((size_t)argc + 2) * sizeof *words);
    bool named =
        argc > 1 && strcspn(argv[1], ":/") < strcspn(argv[1], "=") && strpbrk(argv[1], ":/");
    int count = 0, i;

    if (argc == 1 || (argc == 2 && named) || strcmp(argv[argc - 1], "-") == 0) {
        desk_edit(desk, command->name, named ? argv[1] : NULL);
    } else {
        words[count++] = argv[0];
        if (!named && view && view->ops->selection && view->ops->selection(view, arena, &keys) > 0)
            words[count++] = keys[0];
        for (i = 1; i < argc; i++)
            words[count++] = argv[i];
        desk_post_command(desk, command, count, words);
    }
    arena_free(arena);
}

/* What is a person's own text behind the name is one word as it stands, quotes and all. */
static bool own_text(struct arena *arena, const char *line, char ***words, int *count)
{
    const char *text = str_starts(line, "jot ") ? line + 4 + strspn(line + 4, " ") : "";

    if (!*text)
        return false;
    *words = arena_alloc(arena, 2 * sizeof **words);
    (*words)[0] = arena_strdup(arena, "jot");
    (*words)[1] = arena_strdup(arena, text);
    *count = 2;
    return true;
}

/* ":jot a thought": one line more, in the notes of the marked papers or of this one. */
static void do_jot(struct desk *desk, int argc, char **argv)
{
    struct view *view = desk_view(desk);
    struct str text = STR_INIT;
    char *words[2] = { argv[0] };
    int i;

    for (i = 1; i < argc; i++)
        str_printf(&text, "%s%s", i > 1 ? " " : "", argv[i]);
    str_trim(&text);
    words[1] = text.ptr;
    if (argc < 2)
        desk_say(desk, STYLE_WARN, ":jot A THOUGHT, for the marked papers or this one");
    else if (!view || !view->ops->command || !view->ops->command(view, 2, words))
        desk_post_command(desk, command_find("jot"), 2, words);
    str_free(&text);
}

/* ":feed vision": its query, at the prompt; of a new one that of the search which is shown. */
static void do_feed(struct desk *desk, int argc, char **argv)
{
    if (argc == 2)
        desk_feed_edit(desk, argv[1]);
    else
        desk_say(desk, STYLE_WARN, ":feed NAME, to write its query and see what it finds");
}

static void do_note(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    desk_edit(desk, "note", NULL);
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

/* Asked inside a paper, these are for the list below it. */
static void do_list(struct desk *desk, int argc, char **argv)
{
    int i;

    for (i = desk->depth - 1; i >= 0; i--)
        if (desk->stack[i]->ops->command
            && desk->stack[i]->ops->command(desk->stack[i], argc, argv))
            return;
    desk_say(desk, STYLE_DIM, "there is no list of papers behind this");
}

/* Its repositories; of a repository itself. */
static void open_code(struct desk *desk, const char *id)
{
    desk_open(desk, str_starts(id, "repo:") ? &view_repository : &view_repositories, id);
}

static void open_code_then(struct desk *desk, const char *id)
{
    desk_open(desk, &view_code, id);
}

/* Of the paper that is named, else of the one at hand; a view may know better which. */
static void do_paper_by(struct desk *desk, int argc, char **argv,
                        void (*open)(struct desk *, const char *id), const char *none)
{
    struct view *view = desk_view(desk);
    struct arena *arena = arena_new();
    char **keys;

    if (argc > 1 && is_id(desk, argv[1]))
        open(desk, argv[1]);
    else if (argc > 1 || (view && view->ops->command && view->ops->command(view, argc, argv)))
        ; /* it did, or was told that there is no such thing */
    else if (view && view->ops->selection && view->ops->selection(view, arena, &keys) > 0)
        open(desk, keys[0]);
    else
        desk_say(desk, STYLE_DIM, "%s", none);
    arena_free(arena);
}

static void do_code(struct desk *desk, int argc, char **argv)
{
    do_paper_by(desk, argc, argv, open_code, "no paper here whose code could be shown");
}

static void do_code_then(struct desk *desk, int argc, char **argv)
{
    do_paper_by(desk, argc, argv, open_code_then, "no paper here whose code could be shown");
}

static void open_changes(struct desk *desk, const char *id)
{
    desk_open(desk, &view_changes, id);
}

static void do_changes(struct desk *desk, int argc, char **argv)
{
    do_paper_by(desk, argc, argv, open_changes, "no paper here; what has changed: /is:changed");
}

/* ":open ID"; what is under the cursor is the view's to open. */
static void do_open(struct desk *desk, int argc, char **argv)
{
    struct ident ident;

    (void)argc;
    if (!is_id(desk, argv[1]) || !ident_parse(&ident, argv[1]))
        return;
    desk_open(desk, ident.scheme == ID_REPO ? &view_repository : &view_paper, argv[1]);
    desk_view(desk)->named = desk_view(desk)->ops == &view_paper;
}

static void do_read_next(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    desk_run_line(desk, "mark read");
    desk_run_line(desk, "next-unread here");
}

/* ";r": the next key is for the marked ones, and for nothing where none are. */
static void do_marked(struct desk *desk, int argc, char **argv)
{
    struct view *view = desk_view(desk);
    struct mark_set *set = NULL;

    if (view && view->ops->command
        && view->ops->command(view, argc, argv)) /* a range becomes marks */
        return;
    set = view && view->ops->marked ? view->ops->marked(view) : NULL;
    if (!set)
        desk_say(desk, STYLE_WARN, "nothing is marked: Space marks a row, V a range, T by a query");
    else if (argc > 1)
        desk_key(desk, argv[1]);
    mark_set_free(set);
}

static void do_write(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    desk_say(desk, STYLE_NORMAL, "everything is saved as it happens");
}

/* ":review 25 10m" of this list; alone it goes on with the one that was left, else begins one. */
static void do_review(struct desk *desk, int argc, char **argv)
{
    struct str words = STR_INIT;

    if (argc > 1)
        remote_line(&words, argc - 1, argv + 1);
    desk_open(desk, &view_review, argc > 1 ? words.ptr : NULL);
    str_free(&words);
}

static void do_mouse(struct desk *desk, int argc, char **argv)
{
    bool on = argc > 1 && strcmp(argv[1], "on") == 0;

    if (argc < 2 || (!on && strcmp(argv[1], "off") != 0))
        desk_say(
            desk, STYLE_WARN,
            "mouse on, or mouse off: then the terminal selects text; with Shift most do anyhow");
    else {
        if (desk->mouse)
            desk->mouse(desk->face, on);
        desk_say(desk, STYLE_NORMAL, "the mouse is %s", on ? "carrel's" : "the terminal's");
    }
}

static void do_pictures(struct desk *desk, int argc, char **argv)
{
    desk_pictures_wish(desk, argc > 1 ? argv[1] : NULL);
}

static void do_palette(struct desk *desk, int argc, char **argv)
{
    struct str text = STR_INIT;
    int i;

    for (i = 1; i < argc; i++)
        str_printf(&text, "%s%s", i > 1 ? " " : "", argv[i]);
    desk_palette(desk, text.ptr);
    str_free(&text);
}

static void do_theme(struct desk *desk, int argc, char **argv)
{
    desk_theme(desk, argc > 1 ? argv[1] : NULL);
}

static void do_layout(struct desk *desk, int argc, char **argv)
{
    desk_layout(desk, argc > 1 ? argv[1] : NULL);
}

static void do_hints(struct desk *desk, int argc, char **argv)
{
    desk_hints(desk, argc > 1 ? argv[1] : NULL);
}

static void do_keys(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    desk_open(desk, &view_help, "keys");
}

/* A feed by its name, which may have blanks. */
static void do_open_feed(struct desk *desk, int argc, char **argv)
{
    struct str name = STR_INIT;
    int i;

    for (i = 1; i < argc; i++)
        str_printf(&name, "%s%s", i > 1 ? " " : "", argv[i]);
    for (i = 0; i < (int)desk->feed_len && strcmp(desk->feeds[i].name, name.ptr) != 0; i++)
        ;
    if (i < (int)desk->feed_len) {
        desk->feed_cursor = i;
        desk_open_feed(desk);
    } else {
        desk_say(desk, STYLE_WARN, "no feed '%s'; Tab goes to those there are", name.ptr);
    }
    str_free(&name);
}

/* The paper beside its list scrolls. */
static void do_beside(struct desk *desk, int argc, char **argv)
{
    char *words[] = { strcmp(argv[0], "beside-down") == 0 ? "half-down" : "half-up" };

    (void)argc;
    if (desk->beside)
        desk->beside->ops->command(desk->beside, 1, words);
    else
        desk_say(desk, STYLE_DIM, "nothing lies beside this; :layout three puts the paper there");
}

static void do_welcome(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    desk_room(desk, &view_welcome, NULL);
}

static void do_tutor(struct desk *desk, int argc, char **argv)
{
    desk_tutor(desk, argc > 1 ? argv[1] : NULL);
}

static const struct {
    const char *name, *help;
    void (*run)(struct desk *, int, char **);
} desk_commands[] = {
    { "quit", "leave carrel", do_quit },
    { "q", "close what was opened last; where nothing was, leave", do_close },
    { "w", "nothing needs saving", do_write },
    { "marked", "the next key acts on the marked papers alone", do_marked },
    { "review", "so many papers of this list in so much time: review 25 10m; alone: go on",
      do_review },
    { "mouse", "on or off (off: the terminal selects text)", do_mouse },
    { "palette", "find commands, rooms, feeds, tags and papers by some letters", do_palette },
    { "theme", "dark, light, high-contrast, terminal or one of your own", do_theme },
    { "layout", "one, two or three panes; alone: the next", do_layout },
    { "hints", "on or off: the keys on the last line", do_hints },
    { "keys", "your keys that do not do what they say, and all others", do_keys },
    { "open-feed", "the feed of a name", do_open_feed },
    { "beside-down", "scroll the paper beside the list", do_beside },
    { "beside-up", "scroll it back", do_beside },
    { "pictures", "auto, kitty, sixel, blocks or off; alone: the next way", do_pictures },
    { "next-unread", "to the next unread paper; 'anywhere': else of the next feed", do_list },
    { "prev-unread", "to the one before", do_list },
    { "next-paper", "to the next paper of the list", do_list },
    { "prev-paper", "to the one before", do_list },
    { "read-next", "mark read and go to the next unread paper", do_read_next },
    { "open", "what is under the cursor; the paper or repository of an ID", do_open },
    { "code", "the repositories of this paper, or of the ID", do_code },
    { "code-then", "a clone of its code, as of the paper's day", do_code_then },
    { "changes", "what changed in this paper since it was read, or in that of the ID", do_changes },
    { "note", "a note: in $EDITOR, or the words given", do_written },
    { "feed", "write a saved query and see what it finds: feed NAME", do_feed },
    { "jot", "a line more in its note, or in those of the marked papers: type it", do_jot },
    { "edit", "title, authors, date, DOI ...: in $EDITOR, or as FIELD=VALUE", do_written },
    { "help", "keys and commands", do_help },
    { "welcome", "the guided start: your fields, papers to begin with, keys", do_welcome },
    { "tutor", "ten short lessons, in carrel demo: next, end, or a number", do_tutor },
    { "view", "a room by its name; Tab offers them", do_view },
    { "prompt", "type a command", do_prompt },
    { "search", "search the library as you type", do_search },
    { "find", "search in this text", do_find },
    { "back", "close what was opened last", do_back },
    { "read", "the document of a paper, in the Reader", do_read },
    { "sidebar", "to the feeds and back", do_sidebar },
    { "redraw", "draw the screen anew", do_redraw },
    { "open-outside", "open the page in $BROWSER", do_outside },
    { "copy", "copy the id (or 'copy url') to the clipboard", do_copy },
    { "cite", "forms of citing it to copy; :cite FORM copies, :cite FILE.bib adds it there",
      desk_cite },
    { "edit-note", "write a note in $EDITOR", do_note },
    { "repeat", "the last change once more", do_repeat },
};

/* ":find WORDS" and ":open" alone are the view's, ":read --outline ID" the command line's. */
static bool desk_not_own(int argc, char **argv)
{
    int i;

    if (strcmp(argv[0], "open") == 0)
        return argc == 1;
    if (strcmp(argv[0], "find") == 0)
        return argc > 1;
    for (i = 1; i < argc && strcmp(argv[0], "read") == 0; i++)
        if (argv[i][0] == '-')
            return true;
    return false;
}

static bool desk_run_own(struct desk *desk, int argc, char **argv)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(desk_commands); i++) {
        if (strcmp(desk_commands[i].name, argv[0]) == 0 && !desk_not_own(argc, argv)) {
            desk_commands[i].run(desk, argc, argv);
            return true;
        }
    }
    return false;
}

bool desk_is_keyless(const char *name)
{
    static const char *const keyless[] = { "unselect",  "scroll-up", "scroll-down", "goto-row",
                                           "click-row", "category",  "page",        "reading-width",
                                           "annotate",  "at",        "diff",        "author" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(keyless); i++)
        if (strcmp(keyless[i], name) == 0)
            return true;
    return false;
}

/* Commands that only some views know: a hint, not an error. Nearly all of them have keys. */
static bool desk_elsewhere(struct desk *desk, const char *name)
{
    bool known = keymap_binds(&desk->keymap, name) || desk_is_keyless(name);

    if (known) {
        remote_outcome(desk, ERR_FAILED);
        desk_say(desk, STYLE_DIM, "nothing to %s here", name);
    }
    return known;
}

/* ":mark" alone: what may stand there, from the table. */
static bool desk_needs_words(struct desk *desk, const struct command *command, int argc)
{
    if (argc >= ids_at(command))
        return false;
    remote_outcome(desk, ERR_USAGE);
    desk_say(desk, STYLE_WARN, ":%s %.*s, for the marked rows or this one; %s", command->name,
             (int)strcspn(command->args, " "), command->args, command->summary);
    return true;
}

/* ":tables Question Answering": the words behind a view's name are its argument. */
static void desk_view_words(struct desk *desk, int argc, char **argv)
{
    struct arena *arena = arena_new();
    char **words = arena_alloc(arena, ((size_t)argc + 1) * sizeof *words);
    int i;

    words[0] = argv[0]; /* is not looked at */
    for (i = 0; i < argc; i++)
        words[i + 1] = argv[i];
    do_view(desk, argc + 1, words);
    arena_free(arena);
}

/* ":jobs" goes there, ":jobs retry 3" does it; ":topics cs.CL" goes there too, since the command
 * takes options only. */
static bool desk_means_view(const struct command *command, int argc, char **argv)
{
    return desk_view_ops(argv[0])
           && (argc == 1 || !command || (!*command->args && argv[1][0] != '-'));
}

/* ":42" and ":50%" */
static bool is_place(const char *word)
{
    size_t digits = strspn(word, "0123456789");

    return digits > 0 && (!word[digits] || strcmp(word + digits, "%") == 0);
}

/* These look at what is selected by themselves. */
static bool takes_selected(const char *name)
{
    return strcmp(name, "cite") == 0 || strcmp(name, "copy") == 0;
}

static void desk_run_words(struct desk *desk, int argc, char **argv, const char *line)
{
    struct view *view = desk_view(desk);
    const struct command *command;

    if (takes_selected(argv[0]) && desk_waits_for_rows(desk, line))
        return;
    if (desk_sidebar_command(desk, argv[0]) || desk_run_own(desk, argc, argv))
        return;
    if (view && view->ops->command && view->ops->command(view, argc, argv))
        return;
    command = command_find(argv[0]);
    if (is_place(argv[0])) {
        char *words[] = { "goto-row", argv[0] };

        if (view && view->ops->command)
            view->ops->command(view, 2, words);
    } else if (desk_means_view(command, argc, argv)) {
        desk_view_words(desk, argc, argv);
    } else if (command && (command->flags & CMD_DESK)) {
        if (desk_needs_words(desk, command, argc))
            return;
        if ((command->flags & CMD_WRITES) && strcmp(command->name, "undo") != 0
            && strcmp(command->name, "redo") != 0) {
            free(desk->last_command);
            desk->last_command = mem_strdup(line);
        }
        desk_post_command(desk, command, argc, argv);
    } else if (desk_view_ops(argv[0])) {
        desk_view_words(desk, argc, argv);
    } else if (command) {
        remote_outcome(desk, ERR_USAGE);
        desk_say(desk, STYLE_ERROR, "%s is for the command line: carrel %s", argv[0], argv[0]);
    } else if (!desk_elsewhere(desk, argv[0])) {
        remote_outcome(desk, ERR_USAGE);
        desk_say(desk, STYLE_WARN, "no command '%s'; ? lists all", argv[0]);
    }
}

void desk_run_argv(struct desk *desk, int argc, char **argv)
{
    struct str line = STR_INIT;

    remote_line(&line, argc, argv);
    desk_run_words(desk, argc, argv, line.ptr);
    str_free(&line);
}

int desk_run_line(struct desk *desk, const char *line)
{
    struct arena *arena = arena_new();
    struct error err = { 0 };
    char **words;
    int count = 0, result = ERR_OK;

    line += strspn(line, " ");
    line += *line == ':' && line[1]; /* typed out of habit, as in vim */
    if (!desk_run_whole(desk, line) && !own_text(arena, line, &words, &count))
        result = words_split(arena, line, &words, &count, &err);
    remote_outcome(desk, result);
    if (result != ERR_OK)
        desk_say(desk, STYLE_ERROR, "%s", err.message);
    else if (count > 0)
        desk_run_words(desk, count, words, line);
    tutor_look(desk);
    arena_free(arena);
    return result;
}

const char *desk_command_help(const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(desk_commands); i++)
        if (strcmp(desk_commands[i].name, name) == 0)
            return desk_commands[i].help;
    for (i = 0; line_commands[i].name; i++)
        if (strcmp(line_commands[i].name, name) == 0)
            return line_commands[i].help;
    return NULL;
}

const char *desk_command_name(size_t i)
{
    size_t own = ARRAY_LEN(desk_commands);

    return i < own ? desk_commands[i].name : line_commands[i - own].name;
}

/* ---- completion of what stands behind them ---- */

struct words_each {
    const char *typed;
    void (*each)(void *ctx, const char *text);
    void *ctx;
};

static void words_offer(void *ctx, const char *text)
{
    struct words_each *words = ctx;

    if (str_starts(text, words->typed))
        words->each(words->ctx, text);
}

bool desk_words_of(const char *name, const char *typed, void (*each)(void *ctx, const char *text),
                   void *ctx)
{
    static const struct {
        const char *name, *words[6];
    } known[] = { { "layout", { "one", "two", "three" } },
                  { "hints", { "on", "off" } },
                  { "mouse", { "on", "off" } },
                  { "theme", { "auto" } },
                  { "pictures", { "auto", "kitty", "sixel", "blocks", "off" } } };
    struct words_each words = { typed, each, ctx };
    size_t i, k;

    for (i = 0; i < ARRAY_LEN(known) && strcmp(known[i].name, name) != 0; i++)
        ;
    if (i == ARRAY_LEN(known))
        return false;
    for (k = 0; k < ARRAY_LEN(known[i].words) && known[i].words[k]; k++)
        words_offer(&words, known[i].words[k]);
    if (strcmp(name, "theme") == 0)
        theme_each(words_offer, &words);
    return true;
}
