/*
 * Commands of the desk that go somewhere: rooms, papers by their ids, help, prompts and back.
 */
#include "actions.h"
#include "desk.h"

#include "carrel/record.h"
#include "carrel/remote.h"

#include <stdlib.h>
#include <string.h>

/* ":view code ID log v1": all words behind the name are the view's. */
void desk_view_named(struct desk *desk, int argc, char **argv)
{
    const struct view_ops *ops = argc > 1 ? desk_view_ops(argv[1]) : NULL;
    struct str views = STR_INIT, rest = STR_INIT;

    words_behind(&rest, argc, argv, 2);
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
    char *text = mem_printf(argc > 1 ? "%s " : "%s", argc > 1 ? argv[1] : "");

    desk_prompt(desk, PROMPT_COMMAND, text);
    free(text);
}

/* Help that was opened from the sidebar leads back there: what is pressed next is for a feed. */
static void leave(struct desk *desk, const struct view *view)
{
    bool sidebar = view->ops == &view_help && str_eq(view->argument, "sidebar");

    desk_pop(desk);
    desk->in_sidebar = sidebar && (desk->told || desk_sidebar_width(desk) > 0);
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
        leave(desk, view);
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

/* ":help hooks" finds the chapter, or the first line that has the word; where nothing has, one
 * stays where one is. */
static void do_help(struct desk *desk, int argc, char **argv)
{
    struct view *view = desk_view(desk), *help;
    const char *context = desk->in_sidebar ? "sidebar" : view ? view->ops->name : NULL;
    struct str words = STR_INIT;
    struct view_lines lines;
    bool known;

    words_behind(&words, argc, argv, 1);
    help = view_new(desk, &view_help, context);
    if (command_instead(words.ptr)) {
        desk_say(desk, STYLE_NORMAL, "%s", command_instead(words.ptr));
        view_close(help);
        str_free(&words);
        return;
    }
    known = help && (words.len == 0 || textview_has(view_help.text(help), words.ptr));
    view_close(help);
    if (known) {
        desk_open(desk, &view_help, context);
        help = desk_view(desk);
    } else {
        remote_outcome(desk, ERR_NOTFOUND);
        desk_say(desk, STYLE_WARN,
                 "no help on '%s'; :help alone has all of it, and / searches there", words.ptr);
    }
    if (known && words.len > 0) {
        if (desk->told)
            textview_lines(view_help.text(help), &lines);
        else
            desk_draw(desk); /* lines are known from drawing */
        textview_chapter(view_help.text(help), words.ptr);
    }
    str_free(&words);
}

static void do_keys(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    desk_open(desk, &view_help, "keys");
}

static void do_search(struct desk *desk, int argc, char **argv)
{
    struct str query = STR_INIT;

    words_behind(&query, argc, argv, 1);
    if (argc > 1)
        desk_open(desk, &view_search, query.ptr);
    else
        desk_search(desk);
    str_free(&query);
}

static void do_find(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    desk_prompt(desk, PROMPT_FIND, "");
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
        desk_refuse(desk, "%s", none);
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
    /* a word may be the key of an entry, which the library knows */
    desk_open(desk,
              ident_parse(&ident, argv[1]) && ident.scheme == ID_REPO ? &view_repository
                                                                      : &view_paper,
              argv[1]);
    desk_view(desk)->named = desk_view(desk)->ops == &view_paper;
}

/* A feed by its name, which may have blanks. */
static void do_open_feed(struct desk *desk, int argc, char **argv)
{
    struct str name = STR_INIT;
    int i;

    words_behind(&name, argc, argv, 1);
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

static void do_palette(struct desk *desk, int argc, char **argv)
{
    struct str text = STR_INIT;

    words_behind(&text, argc, argv, 1);
    desk_palette(desk, text.ptr);
    str_free(&text);
}

/* The paper beside its list scrolls, or what a view has below its own. */
static void do_beside(struct desk *desk, int argc, char **argv)
{
    struct view *view = desk_view(desk);
    char *words[] = { strcmp(argv[0], "beside-down") == 0 ? "half-down" : "half-up" };

    if (desk->beside)
        desk->beside->ops->command(desk->beside, 1, words);
    else if (!view || !view->ops->command || !view->ops->command(view, argc, argv))
        desk_refuse(desk, "nothing lies beside this; :layout three puts the paper there");
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

const struct desk_command desk_rooms_commands[] = {
    { "quit", "leave carrel", do_quit },
    { "q", "close what was opened last; where nothing was, leave", do_close },
    { "open-feed", "the feed of a name", do_open_feed },
    { "open", "what is under the cursor; the paper or repository of an ID", do_open },
    { "code", "the repositories of this paper, or of the ID", do_code },
    { "code-then", "a clone of its code, as of the paper's day", do_code_then },
    { "changes", "what changed in this paper since it was read, or in that of the ID", do_changes },
    { "help", "keys and commands", do_help },
    { "keys", "your keys that do not do what they say, and all others", do_keys },
    { "welcome", "the guided start: your fields, papers to begin with, keys, a theme", do_welcome },
    { "tutor", "ten short lessons, in carrel demo: next, end, or a number", do_tutor },
    { "view", "a room by its name; Tab offers them", desk_view_named },
    { "palette", "find commands, rooms, feeds, tags and papers by some letters", do_palette },
    { "prompt", "type a command", do_prompt },
    { "search", "search the library as you type", do_search },
    { "find", "search in this text", do_find },
    { "back", "close what was opened last", do_back },
    { "read", "the document of a paper, in the Reader", do_read },
    { "sidebar", "to the feeds and back", do_sidebar },
    { "beside-down", "scroll the paper beside the list", do_beside },
    { "beside-up", "scroll it back", do_beside },
    { 0 },
};
