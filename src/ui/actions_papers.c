/*
 * Commands of the desk about the papers at hand: the next one, marks, notes, copies.
 */
#include "actions.h"
#include "desk.h"
#include "marks.h"

#include "carrel/record.h"
#include "carrel/remote.h"

#include <stdlib.h>
#include <string.h>

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

/* Written on the paper of an id, or on the one at hand: `words` behind both. */
static void written(struct desk *desk, const char *command, char *id, int count, char **words)
{
    struct view *view = desk_view(desk);
    struct arena *arena = arena_new();
    char **keys = NULL, **all = arena_alloc(arena, ((size_t)count + 2) * sizeof *all);
    int len = 0, i;

    all[len++] = arena_strdup(arena, command);
    if (id)
        all[len++] = id;
    else if (view && view->ops->selection && view->ops->selection(view, arena, &keys) > 0)
        all[len++] = keys[0];
    for (i = 0; i < count; i++)
        all[len++] = words[i];
    desk_post_command(desk, command_find(command), len, all);
    arena_free(arena);
}

/* :edit opens the editor; words behind it are FIELD=VALUE, with an id in front the command line's.
 */
static void do_edit(struct desk *desk, int argc, char **argv)
{
    bool named =
        argc > 1 && strcspn(argv[1], ":/") < strcspn(argv[1], "=") && strpbrk(argv[1], ":/");

    if (argc == 1 || (argc == 2 && named) || strcmp(argv[argc - 1], "-") == 0)
        desk_edit(desk, "edit", named ? argv[1] : NULL);
    else
        written(desk, "edit", named ? argv[1] : NULL, argc - 1 - named, argv + 1 + named);
}

/* So does :note; what stands behind it is the note as it is, or an id and the note. */
static void do_note(struct desk *desk, int argc, char **argv)
{
    struct arena *arena = arena_new();
    char *text = argc > 1 ? argv[1] : NULL, *id = NULL;
    struct ident ident;

    if (text && *text) {
        size_t len = strcspn(text, " ");

        id = arena_strndup(arena, text, len);
        /* A bare number is a word of the note. */
        id = strpbrk(id, ":/") && ident_parse(&ident, id) ? id : NULL;
        text += id ? len + strspn(text + len, " ") : 0;
        if (id && str_starts(text, "-- "))
            text += strlen("-- ");
        if (id && strcmp(text, "\"\"") == 0)
            text += 2;
        else if (!*text || strcmp(text, "-") == 0)
            text = NULL;
    }
    if (text)
        written(desk, "note", id, 1, &text);
    else
        desk_edit(desk, "note", id);
    arena_free(arena);
}

/* ":jot a thought": one line more, in the notes of the marked papers or of this one. */
static void do_jot(struct desk *desk, int argc, char **argv)
{
    struct view *view = desk_view(desk);
    struct str text = STR_INIT;
    char *words[2] = { argv[0] };

    words_behind(&text, argc, argv, 1);
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
    struct str name = STR_INIT;
    int i;

    for (i = 1; i < argc; i++)
        str_printf(&name, "%s%s", i > 1 ? "-" : "", argv[i]);
    if (argc == 2)
        desk_feed_edit(desk, argv[1]);
    else if (argc > 2)
        desk_say(desk, STYLE_WARN, "a feed's name has no blanks: :feed %s", name.ptr);
    else
        desk_say(desk, STYLE_WARN, ":feed NAME, to write its query and see what it finds");
    str_free(&name);
}

static void do_edit_note(struct desk *desk, int argc, char **argv)
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

/* Asked inside a paper, these are for the list below it. */
static void do_list(struct desk *desk, int argc, char **argv)
{
    int i;

    for (i = desk->depth - 1; i >= 0; i--)
        if (desk->stack[i]->ops->command
            && desk->stack[i]->ops->command(desk->stack[i], argc, argv))
            return;
    desk_refuse(desk, "there is no list of papers behind this");
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

/* ":review 25 10m" of this list; alone it goes on with the one that was left, else begins one. */
static void do_review(struct desk *desk, int argc, char **argv)
{
    struct str words = STR_INIT;

    if (argc > 1)
        remote_line(&words, argc - 1, argv + 1);
    desk_open(desk, &view_review, argc > 1 ? words.ptr : NULL);
    str_free(&words);
}

/* What other programs call rm. */
static void do_remove(struct desk *desk, int argc, char **argv)
{
    struct arena *arena = arena_new();
    char **words = arena_alloc(arena, ((size_t)argc + 1) * sizeof *words);
    int i;

    words[0] = arena_strdup(arena, "rm");
    for (i = 1; i < argc; i++)
        words[i] = argv[i];
    desk_run_argv(desk, argc, words);
    arena_free(arena);
}

static void do_write(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    desk_say(desk, STYLE_NORMAL, "everything is saved as it happens");
}

const struct desk_command desk_papers_commands[] = {
    { "marked", "the next key acts on the marked papers alone", do_marked },
    { "review", "so many papers of this list in so much time: review 25 10m; alone: go on",
      do_review },
    { "next-unread", "to the next unread paper; 'anywhere': else of the next feed", do_list },
    { "prev-unread", "to the one before", do_list },
    { "next-paper", "to the next paper of the list", do_list },
    { "prev-paper", "to the one before", do_list },
    { "read-next", "mark read and go to the next unread paper", do_read_next },
    { "note", "a note: in $EDITOR, or the words given", do_note },
    { "edit-note", "write a note in $EDITOR", do_edit_note },
    { "jot", "a line more in its note, or in those of the marked papers: type it", do_jot },
    { "edit", "title, authors, date, DOI ...: in $EDITOR, or as FIELD=VALUE", do_edit },
    { "feed", "write a saved query and see what it finds: feed NAME", do_feed },
    { "copy", "copy the id (or 'copy url') to the clipboard", do_copy },
    { "cite", "forms of citing it to copy; :cite FORM copies, :cite FILE.bib adds it there",
      desk_cite },
    { "open-outside", "open the page in $BROWSER", do_outside },
    { "remove", "as rm: this paper, or the marked ones, into the bin", do_remove },
    { "repeat", "the last change once more", do_repeat },
    { "w", "nothing needs saving", do_write },
    { 0 },
};
