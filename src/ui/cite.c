/*
 * ":cite" at the desk, for the marked rows or this one: alone it offers the forms; with a form it
 * copies what the papers are in it; with a .bib file it adds them there. All of it is the command
 * line's `cite`, run on a reader's thread.
 */
#include "desk.h"

#include "carrel/cite_forms.h"
#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define SAID_COLUMNS 120 /* of what was copied */

struct cite_task {
    struct task task;
    struct app *app;
    struct arena *arena;
    char **argv;
    int argc;
    size_t papers;
    bool file; /* added to one, not copied */
    struct str out, say;
};

static int cite_run(struct task *task, void *worker, struct error *err)
{
    struct cite_task *t = (struct cite_task *)task;
    struct command_call call = {
        .app = t->app, .store = worker, .arena = t->arena, .desk = true, .cancel = &task->cancel
    };
    int result;

    str_init(&call.out);
    str_init(&call.say);
    result = app_run(&call, t->argc, t->argv, err);
    str_add(&t->out, call.out.ptr);
    str_add(&t->say, call.say.ptr);
    str_free(&call.out);
    str_free(&call.say);
    return result;
}

char *cite_said(const char *form, const char *text, size_t papers)
{
    char *line = mem_strndup(text, strcspn(text, "\n"));
    struct str what = STR_INIT;

    if (papers == 1)
        text_ellipsis(&what, line, SAID_COLUMNS, false);
    else
        str_printf(&what, "%s of %zu papers", form, papers);
    free(line);
    return str_take(&what);
}

static void cite_done(void *ctx, struct task *task)
{
    struct desk *desk = ctx;
    struct cite_task *t = (struct cite_task *)task;
    char *what;

    str_trim(&t->out);
    if (task->status != ERR_OK) {
        desk_say(desk, STYLE_ERROR, "%s", task->err.message);
    } else if (t->file) {
        desk_say(desk, STYLE_NORMAL, "%s", t->say.ptr);
    } else {
        what = cite_said(t->argv[2], t->out.ptr, t->papers);
        desk_copy_text(desk, t->out.ptr, what);
        free(what);
    }
    desk->repaint = true;
}

static void cite_free(struct task *task)
{
    struct cite_task *t = (struct cite_task *)task;

    str_free(&t->out);
    str_free(&t->say);
    arena_free(t->arena);
    free(t);
}

/* A form, a file or a style; else it is said what there is. */
static bool cite_knows(struct desk *desk, const char *word)
{
    struct str known = STR_INIT;
    const char *name, *help;
    size_t i;
    bool knows = str_ends(word, ".bib") || str_ends(word, ".csl");

    for (i = 0; !knows && (name = cite_form_at(i, &help)); i++) {
        knows = strcmp(name, word) == 0;
        str_printf(&known, "%s%s", i ? ", " : "", name);
    }
    if (!knows)
        desk_say(desk, STYLE_ERROR,
                 "no form '%.60s': there are %s; a file to add it to ends with .bib (%.*s.bib?)",
                 word, known.ptr, (int)strcspn(word, "."), word);
    str_free(&known);
    return knows;
}

/* `cite FILE ID...` or `cite --as FORM ID...`; a style of CSL behind --style. */
static void cite_post(struct desk *desk, const char *word, char **keys, size_t count,
                      struct arena *arena)
{
    struct cite_task *t = mem_zalloc(sizeof *t);
    size_t i;

    t->task.name = "cite";
    t->task.run = cite_run;
    t->task.done = cite_done;
    t->task.free = cite_free;
    t->app = desk->app;
    t->arena = arena;
    t->papers = count;
    t->file = str_ends(word, ".bib");
    t->argv = arena_alloc(arena, (count + 4) * sizeof *t->argv);
    t->argv[t->argc++] = "cite";
    if (!t->file)
        t->argv[t->argc++] = str_ends(word, ".csl") ? "--style" : "--as";
    t->argv[t->argc++] = arena_strdup(arena, word);
    for (i = 0; i < count; i++)
        t->argv[t->argc++] = keys[i];
    str_init(&t->out);
    str_init(&t->say);
    pool_post(desk->readers, &t->task);
}

static void cite_menu(struct desk *desk, char **keys, size_t count)
{
    struct str ids = STR_INIT;
    size_t i;

    for (i = 0; i < count; i++)
        str_printf(&ids, "%s%s", i ? " " : "", keys[i]);
    desk_open(desk, &view_cite, ids.ptr);
    str_free(&ids);
}

/* The option without which the word behind it means the same: --as FORM, --style, --to FILE.bib;
 * `*value`: what is behind "=", or NULL. */
static bool cite_option(const char *word, const char **value)
{
    static const char *const options[] = { "--as", "--style", "--to" };
    size_t len = strcspn(word, "="), i;

    *value = word[len] ? word + len + 1 : NULL;
    for (i = 0; i < ARRAY_LEN(options); i++)
        if (strlen(options[i]) == len && strncmp(options[i], word, len) == 0)
            return true;
    return false;
}

/* The one thing that is named behind ":cite"; NULL, and said: there is none, or there are more, as
 * those of a file's name with blanks are. */
static const char *cite_word(struct desk *desk, int argc, char **argv)
{
    struct str all = STR_INIT;
    const char *word = NULL, *value;
    int i, words = 0;

    for (i = 1; i < argc; i++) {
        bool option = cite_option(argv[i], &value);

        if (option && !value)
            continue;
        word = option ? value : argv[i];
        str_printf(&all, "%s%s", words++ ? " " : "", word);
    }
    if (!word)
        desk_say(desk, STYLE_ERROR, "%s of what? cite takes one form, or one .bib file", argv[1]);
    else if (words > 1 && str_ends(word, ".bib"))
        desk_say(desk, STYLE_ERROR,
                 "cite takes one form, or one .bib file; a name with blanks in quotes: \"%s\"",
                 all.ptr);
    else if (words > 1)
        desk_say(desk, STYLE_ERROR, "cite takes one form, or one .bib file, not '%s'", all.ptr);
    str_free(&all);
    return words == 1 ? word : NULL;
}

void desk_cite(struct desk *desk, int argc, char **argv)
{
    struct view *view = desk_view(desk);
    struct arena *arena = arena_new();
    char **keys = NULL;
    size_t count = view_selected(view, arena, &keys);
    const char *word;

    if (count == 0) {
        desk_say(desk, STYLE_WARN, "no paper here to cite");
    } else if (argc == 1) {
        cite_menu(desk, keys, count);
    } else if ((word = cite_word(desk, argc, argv)) && cite_knows(desk, word)) {
        cite_post(desk, word, keys, count, arena);
        return; /* the arena is the task's */
    }
    arena_free(arena);
}
