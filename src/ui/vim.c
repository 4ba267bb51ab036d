/*
 * Words that a hand used to vim types behind the colon: what they mean here, or where to look. They
 * are nobody's names, so neither Tab nor the palette offers them; Help and the manual list them.
 */
#include "actions.h"
#include "desk.h"

#include "carrel/remote.h"

#include <string.h>

static const struct vim_word {
    const char *names; /* one blank between; the first ones are shown in Help */
    const char *runs;  /* a line, behind which go the words typed; NULL: it is only answered */
    const char *words;
} vim_words[] = {
    { ":wq :x :q!", "q", "close what was opened last, as :q; where nothing was, leave" },
    { ":qa :wqa :xa", "quit", "leave carrel" },
    { ":e", "open", "the paper or repository of an ID, as :open" },
    { ":set", NULL,
      "settings stand in the configuration (:config shows them); here there are :theme, :layout, "
      ":hints, :mouse and :pictures" },
    { ":messages", "view log", "what carrel has said: the Log" },
    { ":colorscheme", "theme", "as :theme" },
    { ":map", NULL,
      "keys are bound in the configuration, under [keys]; :keys tells what yours do" },
    { ":h", "help", "as :help" },
    { ":bd", "q", "close what was opened last; the last room stays" },
    { ":u", "undo", "take back the last step, as :undo" },
    { ":red", "redo", "do again what was taken back, as :redo" },
};

static const struct {
    const char *name;
    size_t at; /* among the rows above */
} spellings[] = {
    { "wq", 0 },          { "wq!", 0 },     { "x", 0 },        { "x!", 0 },       { "q!", 0 },
    { "xit", 0 },         { "exit", 0 },    { "close", 0 },    { "bd", 8 },       { "qa", 1 },
    { "qa!", 1 },         { "wqa", 1 },     { "wqa!", 1 },     { "xa", 1 },       { "xa!", 1 },
    { "qall", 1 },        { "quitall", 1 }, { "cq", 1 },       { "e", 2 },        { "e!", 2 },
    { "set", 3 },         { "se", 3 },      { "setlocal", 3 }, { "messages", 4 }, { "mes", 4 },
    { "colorscheme", 5 }, { "colo", 5 },    { "map", 6 },      { "nmap", 6 },     { "noremap", 6 },
    { "nnoremap", 6 },    { "h", 7 },       { "bdelete", 8 },  { "bd!", 8 },      { "u", 9 },
    { "red", 10 },
};

static const struct vim_word *vim_find(const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(spellings); i++)
        if (strcmp(spellings[i].name, name) == 0)
            return &vim_words[spellings[i].at];
    return NULL;
}

bool desk_is_vim_word(const char *name)
{
    return vim_find(name) != NULL;
}

const char *desk_vim_words(size_t i, const char **words)
{
    if (i >= ARRAY_LEN(vim_words))
        return NULL;
    *words = vim_words[i].words;
    return vim_words[i].names;
}

/* ":e" alone names nothing. */
static void say_open(struct desk *desk)
{
    remote_outcome(desk, ERR_USAGE);
    desk_say(desk, STYLE_WARN,
             ":e ID opens a paper, as :open does; :edit changes this one, :note writes a note, "
             ":import FILE reads a file");
}

/* vim keeps its last buffer. */
static void say_last_room(struct desk *desk)
{
    remote_outcome(desk, ERR_USAGE);
    desk_say(desk, STYLE_WARN, "this is the last room, nothing lies below it; :q leaves carrel");
}

bool desk_vim(struct desk *desk, int argc, char **argv)
{
    const struct vim_word *word = vim_find(argv[0]);
    struct str line = STR_INIT;

    if (!word)
        return false;
    if (!word->runs) {
        remote_outcome(desk, ERR_USAGE);
        desk_say(desk, STYLE_WARN, "%s", word->words);
    } else if (argc == 1 && strcmp(word->runs, "open") == 0) {
        say_open(desk);
    } else if (desk->depth <= 1 && str_starts(argv[0], "bd")) {
        say_last_room(desk);
    } else {
        str_add(&line, word->runs);
        if (argc > 1)
            str_add_char(&line, ' ');
        remote_line(&line, argc - 1, argv + 1);
        desk_run_line(desk, line.ptr);
    }
    str_free(&line);
    return true;
}
