/*
 * Help: keys, commands and the query language, made from the tables; / searches in it. The argument
 * is the context whose keys stand first, that of the view one comes from.
 */
#include "../linear.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct help_view {
    struct textview text;
    const char *first; /* the context one comes from; NULL: none */
    bool rest;         /* not that one, but all others */
    char context[32];
};

/* Keys of a selection and of hints are those of the Reader, too. */
static bool is_first(const struct help_view *help, const char *context)
{
    return help->first
           && (strcmp(context, help->first) == 0
               || (strcmp(help->first, "reader") == 0
                   && (strcmp(context, "selecting") == 0 || strcmp(context, "hints") == 0)));
}

static void help_binding(void *ctx, const char *context, const char *keys, const char *command)
{
    struct help_view *help = ctx;
    const char *words = desk_words(context, command);

    if (is_first(help, context) == help->rest
        || (strcmp(help->context, context) == 0 && str_starts(command, "hint ")))
        return; /* of the letters one speaks for all */
    if (strcmp(help->context, context) != 0) {
        strncat(strcpy(help->context, ""), context, sizeof help->context - 1);
        textview_blank(&help->text);
        textview_add(&help->text, STYLE_HEADING, 0, "Keys: %s",
                     strcmp(context, "global") == 0 ? "everywhere" : context);
    }
    if (words)
        textview_add(&help->text, STYLE_NORMAL, 16, "  %-12s  %s  [%s]", keys, words, command);
    else
        textview_add(&help->text, STYLE_NORMAL, 16, "  %-12s  %s", keys, command);
}

static void help_trouble(void *ctx, const char *line)
{
    textview_add(ctx, STYLE_WARN, 2, "  %s", line);
}

/* What of the user's keys does not do what it says. */
static void help_troubles(struct view *view)
{
    struct help_view *help = view->state;

    textview_blank(&help->text);
    textview_add(&help->text, STYLE_HEADING, 0, "Your keys");
    if (keymap_check(&view->desk->keymap, help_trouble, &help->text) == 0)
        textview_add(&help->text, STYLE_NORMAL, 0,
                     view->desk->keymap.len > view->desk->keymap.builtin
                         ? "  All of them do what the configuration says."
                         : "  There are none in the configuration: see [keys] in carrel help "
                           "config.");
}

static void help_linear(struct help_view *help)
{
    const char *name, *words;
    size_t i;

    textview_blank(&help->text);
    textview_add(&help->text, STYLE_HEADING, 0, "Linear mode");
    textview_add(
        &help->text, STYLE_NORMAL, 0,
        "A line is a key of those below, or a command with or without a colon; enter, esc, "
        "space and tab are keys, too. An empty line goes on with what is told.");
    for (i = 0; (name = linear_word(i, &words)); i++)
        textview_add(&help->text, STYLE_NORMAL, 16, "  %-12s  %s", name, words);
}

static const struct {
    const char *title, *text;
} chapters[] = {
    { "The desk itself",
      "  :palette (<C-p>) finds commands, rooms, feeds, tags and papers by some of their letters; "
      "Tab puts what it found into the prompt. :layout one|two|three  :theme NAME (Tab and Tab "
      "again show how they look)  :hints on|off  :keys (what of yours collides)  :mouse on|off. At "
      "the prompt and in / Tab completes and lists, further Tabs and S-Tab choose, Esc goes back "
      "to what was typed. The mouse opens, chooses, drags the edges of panes, follows links, "
      "presses the keys named on the last line, and goes back with its right button; with Shift "
      "most terminals select text all the same." },
    { "Topics (4, :topics, :view topics CATEGORY)",
      "  :period week|month  :category cs.CL|math.*|all  :clusters  :refresh  "
      ":cancel. Clusters are groups of the papers of the last four periods, by their "
      "vectors; growth is their share now against that of the periods before." },
    { "Analytics (0, :analytics, :analytics CATEGORY)",
      "  :weeks 26  :category cs.CL|math.*|all  :next-panel  :prev-panel  :refresh  "
      ":cancel. Enter searches for what a row counts. Shades mean what the line below "
      "them says." },
    { "Reader (T on a paper, :read ID PAGE)",
      "  :12 a page  50% a place  :next-section  :outline  :set-mark a  :goto-mark a  "
      ":jump-back  :jump-forward  :reading-width 60. / finds as you type, without "
      "regard to case unless there is a capital. Where you were and your marks are "
      "kept. f chooses what is mentioned on the screen, and shows letters that choose "
      "others, p shows it beside the text "
      "(a figure as a picture; also of the caption, table or equation that the cursor "
      "stands in), gp the page as it was printed, "
      "Enter goes there (a reference opens its paper, when it is here), o opens its "
      "address. v selects a sentence, V a line; then w b go on by words (from the "
      "sentence's first, or from what was found), ) ( by sentences, } { by "
      "paragraphs, j k by lines, 0 $ to the line's ends, o moves the other end; "
      "H highlights, a with a note, y copies. X removes a highlight, "
      "e edits its note, gn gN go to the next, gh lists them." },
    { "Trending (5, :trending, :trending CATEGORY)",
      "  :sort velocity|zscore|value|acceleration  :metric upvotes|comments|stars  "
      ":window 7d|30d  :category cs.CL|math.*|all  :refresh" },
    { "Repositories (gR, :repositories, :repositories PAPER, :repository URL)",
      "  :sort stars|pushed|name|added  :filter (known, or linked and never asked for)  "
      ":fetch asks GitHub about one  :refresh. gc on a paper goes to its code, Enter on "
      "a paper of a repository to the paper." },
    { "Configuration (:paths says where it is, :config what is set)",
      "  Keys of your own ([keys]), themes, sources, alerts, hooks and all other settings stand in "
      "it, in git's syntax. carrel help config lists them; carrel config --check looks at keys and "
      "themes." },
    { "Hooks ([hook \"NAME\"] in the configuration)",
      "  Programs that carrel runs when papers come that a query finds (on = new-match), when a "
      "document was read (processed) and when a harvest has ended (synced); run is the program, "
      "which gets what happened as JSON on its standard input. :jobs shows each run, with what it "
      "said." },
};

static void help_chapter(struct help_view *help, const char *title, const char *text)
{
    textview_blank(&help->text);
    textview_add(&help->text, STYLE_HEADING, 0, "%s", title);
    textview_add(&help->text, STYLE_NORMAL, 0, "%s", text);
}

static void help_vim(struct help_view *help)
{
    const char *names, *words;
    size_t i;

    textview_blank(&help->text);
    textview_add(&help->text, STYLE_HEADING, 0, "Words of vim's that are understood behind :");
    for (i = 0; (names = desk_vim_words(i, &words)); i++)
        textview_add(&help->text, STYLE_NORMAL, 16, "  %-12s  %s", names, words);
}

static int help_open(struct view *view, const char *argument, struct error *err)
{
    struct help_view *help = mem_zalloc(sizeof *help);
    struct str queries = STR_INIT;
    const struct command *command;
    size_t i;

    (void)err;
    view->state = help;
    help->first = argument && *argument ? view->argument : NULL;
    textview_add(&help->text, STYLE_TITLE, 0, "carrel: keys, commands, queries");
    textview_add(&help->text, STYLE_DIM, 0,
                 "/ searches here, n and N go on, Esc or q goes back. What a key runs stands "
                 "in [], for [keys] in the config.");
    textview_add(
        &help->text, STYLE_DIM, 0,
        "A number before a key that moves is a count (10j, 100G); alone, 0-9 are views, and so "
        "they are right before gg and G (2G: to the end of the Library), but for the "
        "Reader, pages and code. "
        "A new / replaces the old query as you type; arrows, Home, End and BS edit it, "
        "<C-u> empties it, Esc goes back to it. When typing rests, the list settles: Enter "
        "changes nothing of it.");
    textview_add(
        &help->text, STYLE_DIM, 0,
        "carrel demo --tutor has ten short lessons on a library of its own (:tutor there).");
    if (view->desk->key_troubles > 0 || str_eq(help->first, "keys"))
        help_troubles(view);
    if (view->desk->told)
        help_linear(help);
    if (help->first)
        desk_each_binding(view->desk, help_binding, help);
    help->rest = true;
    *help->context = '\0';
    desk_each_binding(view->desk, help_binding, help);
    textview_blank(&help->text);
    textview_add(&help->text, STYLE_HEADING, 0,
                 "Commands (behind : at the desk, or carrel COMMAND; more: carrel help)");
    for (i = 0; (command = command_at(i)); i++)
        if (command->flags & CMD_DESK)
            textview_add(&help->text, STYLE_NORMAL, 16, "  %-12s  %s%s%s", command->name,
                         command->summary, *command->args ? "; takes " : "", command->args);
    for (i = 0; i < ARRAY_LEN(chapters); i++)
        help_chapter(help, chapters[i].title, chapters[i].text);
    help_vim(help);
    help_flow(&queries, command_find("search")->help, INT_MAX);
    help_chapter(help, "Queries", queries.ptr);
    str_free(&queries);
    return ERR_OK;
}

static void help_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    struct help_view *help = view->state;

    textview_draw(&help->text, canvas, x, y, width > 100 ? 100 : width, height);
}

static bool help_do(struct view *view, int argc, char **argv)
{
    struct help_view *help = view->state;

    return textview_command(&help->text, argc, argv);
}

static void help_finding(struct view *view, const char *text, bool done)
{
    struct help_view *help = view->state;

    textview_finding(&help->text, done && text && !*text ? NULL : text);
}

static void help_data(struct view *view, struct jsonw *w)
{
    struct help_view *help = view->state;

    textview_data(&help->text, w);
}

static struct textview *help_text(const struct view *view)
{
    return &((struct help_view *)view->state)->text;
}

static void help_close(struct view *view)
{
    struct help_view *help = view->state;

    textview_clear(&help->text);
    str_free(&help->text.find);
    free(help);
}

const struct view_ops view_help = { .name = "help",
                                    .title = "Help",
                                    .hint = "/ find  n N next, before  j k Space scroll  Esc back",
                                    .open = help_open,
                                    .draw = help_draw,
                                    .command = help_do,
                                    .finding = help_finding,
                                    .data = help_data,
                                    .text = help_text,
                                    .close = help_close };
