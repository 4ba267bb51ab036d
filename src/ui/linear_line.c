/*
 * What a line means in linear mode: a word of its own, a key of the desk, or a command.
 *
 * An empty line goes on. A line that is a key here does what the key does ("j", "10j", "]u", "ma");
 * one that begins with : is a command, and so is all else. / looks for the words behind it. Where a
 * key or command asks for more, the next line is that.
 */
#include "linear.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 1000
#define WORDS_LOOKED_AT 16 /* of a command, whether it names papers */

/* ---- its own words ---- */

/* The cursor goes to the first line that is told. */
static void go_to(struct linear *l, int line)
{
    struct view *view = desk_view(l->desk);
    struct view_lines lines;
    char number[16];
    char *words[] = { "down", number, NULL };

    linear_look(l, &lines);
    if (line == lines.cursor || !view)
        return;
    words[0] = line > lines.cursor ? "down" : "up";
    snprintf(number, sizeof number, "%d", abs(line - lines.cursor));
    if (l->desk->in_sidebar)
        l->desk->feed_cursor = line;
    else if (view->ops->command)
        view->ops->command(view, 2, words);
    linear_settle(l);
}

static void do_more(struct linear *l, const char *word)
{
    struct view_lines lines;
    int from = l->next;

    (void)word;
    linear_look(l, &lines);
    if (from >= lines.count) {
        linear_say("That was the last line.");
        return;
    }
    go_to(l, from);
    linear_chunk(l, from);
}

/* The chunk before the one that was told last. */
static void do_before(struct linear *l, const char *word)
{
    struct view_lines lines;
    int from, step = l->rows > 0 ? l->rows : ROWS_MAX;

    (void)word;
    linear_look(l, &lines);
    if (lines.cursor == 0) {
        linear_say("This is the first line.");
        return;
    }
    from = lines.cursor > step ? lines.cursor - step : 0;
    go_to(l, from);
    linear_chunk(l, from);
}

static void do_here(struct linear *l, const char *word)
{
    (void)word;
    linear_here(l);
}

static void do_where(struct linear *l, const char *word)
{
    (void)word;
    linear_where(l);
}

static void do_rows(struct linear *l, const char *word)
{
    long rows;

    if (*word && !str_to_long(word, 0, ROWS_MAX, &rows)) {
        linear_say("error: rows takes 0 (all) to %d, not '%s'", ROWS_MAX, word);
        l->failed++;
        return;
    }
    l->rows = *word ? (int)rows : l->rows;
    if (l->rows)
        linear_say("%d lines are told at once.", l->rows);
    else
        linear_say("All lines are told at once.");
}

static void do_feeds(struct linear *l, const char *word)
{
    (void)word;
    linear_remember(l);
    l->desk->in_sidebar = true;
    linear_changes(l);
}

static void do_wait(struct linear *l, const char *word)
{
    (void)word;
    linear_wait(l);
}

static const struct {
    const char *name, *help;
    void (*run)(struct linear *, const char *word);
} own_words[] = {
    { "more", "the next lines; an empty line does the same", do_more },
    { "page-down", "the next lines", do_more },
    { "before", "the lines before these", do_before },
    { "page-up", "the lines before these", do_before },
    { "here", "the line at the cursor once more, and what stands beside it", do_here },
    { "where", "which room this is, and how much is in it", do_where },
    { "rows", "how many lines are told at once: rows 20; rows 0: all", do_rows },
    { "feeds", "the feeds; open goes into the one at the cursor, sidebar back", do_feeds },
    { "wait", "until the jobs in the background are done; Control C stops waiting", do_wait },
};

const char *linear_word(size_t i, const char **help)
{
    if (i >= ARRAY_LEN(own_words))
        return NULL;
    *help = own_words[i].help;
    return own_words[i].name;
}

static bool run_own(struct linear *l, const char *line)
{
    size_t len = strcspn(line, " "), i;

    for (i = 0; i < ARRAY_LEN(own_words); i++) {
        if (strlen(own_words[i].name) != len || strncmp(own_words[i].name, line, len) != 0)
            continue;
        own_words[i].run(l, line + len + strspn(line + len, " "));
        return true;
    }
    return false;
}

/* ---- prompts ---- */

static void say_prompt(struct linear *l)
{
    static const char *const asks[] = { [PROMPT_COMMAND] = "what",
                                        [PROMPT_SEARCH] = "search for what",
                                        [PROMPT_FIND] = "find what",
                                        [PROMPT_NOTE] = "note",
                                        [PROMPT_FEED] = ": what else of the feed's query",
                                        [PROMPT_PALETTE] = "find which command" };
    static_assert(ARRAY_LEN(asks) == PROMPT_COUNT, "each prompt asks for something");
    const struct desk *desk = l->desk;
    bool begun = desk->prompt == PROMPT_COMMAND || desk->prompt == PROMPT_FEED;
    const char *text = begun ? desk->edits[desk->prompt].text.ptr : "";
    int len = (int)strlen(text);

    if (desk->prompt == PROMPT_FEED && !*text)
        linear_say("which query has the feed? An empty line leaves it.");
    else if (desk->prompt == PROMPT_FEED)
        linear_say("%.*s%s? An empty line leaves it.", len - str_ends(text, " "), text,
                   asks[desk->prompt]);
    else
        linear_say("%s%s? An empty line leaves it.", text, asks[desk->prompt]);
}

/* What was asked for has come: it is typed at the end of what stands there. */
static void answer_prompt(struct linear *l, const char *text)
{
    struct desk *desk = l->desk;
    struct line_edit *edit = &desk->edits[desk->prompt];
    struct view *view = desk_view(desk);
    const char *before = edit->selected ? "" : edit->text.ptr;
    bool apart = desk->prompt == PROMPT_FEED && *before && !str_ends(before, " ");
    char *whole = mem_printf("%s%s%s", before, apart ? " " : "", text);

    if (!*text) {
        desk_key(desk, "<Esc>");
    } else {
        line_edit_start(edit, whole);
        if (desk->prompt == PROMPT_FIND && view && view->ops->finding)
            view->ops->finding(view, whole, false);
        desk_key(desk, "<CR>");
    }
    free(whole);
}

/* ---- a line ---- */

/* "library", "view today" */
static bool is_room(const char *command)
{
    const char *name = str_starts(command, "view ") ? command + 5 : command;
    char *word = mem_strndup(name, strcspn(name, " "));
    bool room = desk_view_ops(word) != NULL;

    free(word);
    return room;
}

/* The desk's own commands for the paper at hand, whose words are a text. */
static bool is_own_note(const char *name)
{
    return strcmp(name, "note") == 0 || strcmp(name, "jot") == 0 || strcmp(name, "remove") == 0;
}

/* A script begins with an empty room: what is for the papers at hand needs one that was told. */
static bool acts_unseen(struct linear *l, const char *command)
{
    char *copy = mem_strdup(command), *argv[WORDS_LOOKED_AT], *rest = NULL;
    bool unseen;
    int argc = 0;

    while (argc < WORDS_LOOKED_AT
           && (argv[argc] = strtok_r(argc ? NULL : copy, " ", &rest)) != NULL)
        argc++;
    unseen = !l->shown && argc > 0
             && (desk_acts_on_papers(argc, argv)
                 || (is_own_note(argv[0]) && (argc < 2 || !strchr(argv[1], ':'))));
    if (unseen) {
        linear_say("error: no paper was told yet: go to a room first (today, library, view paper "
                   "ID), or name it");
        l->failed++;
    }
    free(copy);
    return unseen;
}

static void run_command(struct linear *l, const char *command)
{
    if (run_own(l, command))
        return;
    if (linear_asks_in_vain(l, command) || acts_unseen(l, command))
        return;
    linear_remember(l);
    if (is_room(command) && !str_starts(command, "help ")) /* told anew, also where one is in it */
        l->seen.view = 0;
    desk_run_line(l->desk, command);
    if (l->desk->prompt != PROMPT_NONE)
        say_prompt(l);
    else if (l->desk->running)
        linear_changes(l);
}

/* "/words": as the key, then the words. */
static void run_find(struct linear *l, const char *words)
{
    const char *command = NULL;

    if (desk_lookup(l->desk, "/", &command) != KEY_COMMAND)
        command = "search";
    linear_remember(l);
    desk_run_line(l->desk, command);
    if (*words)
        answer_prompt(l, words);
    if (l->desk->prompt != PROMPT_NONE)
        say_prompt(l);
    else
        linear_changes(l);
}

static void run_prompt(struct linear *l, const char *line)
{
    answer_prompt(l, line);
    if (l->desk->prompt != PROMPT_NONE)
        say_prompt(l);
    else
        linear_changes(l);
}

/* ";t toread": the key asks, and the answer stands behind it. */
static bool run_marked(struct linear *l, const char *line)
{
    const char *rest = strchr(line, ' ');
    char *key = rest ? mem_strndup(line, (size_t)(rest - line)) : NULL;
    char *command = key ? linear_key(l, key) : NULL;
    bool runs = command && str_starts(command, "marked ");

    if (runs) {
        linear_remember(l);
        desk_run_line(l->desk, command);
        if (l->desk->prompt != PROMPT_NONE)
            answer_prompt(l, rest + 1);
        if (l->desk->prompt != PROMPT_NONE)
            say_prompt(l);
        else
            linear_changes(l);
    }
    free(command);
    free(key);
    return runs;
}

void linear_run(struct linear *l, const char *line)
{
    char *command = NULL;
    int failed = l->failed;

    l->done++;
    if (l->desk->prompt != PROMPT_NONE)
        run_prompt(l, line);
    else if (!*line)
        do_more(l, "");
    else if (*line == '/')
        run_find(l, line + 1);
    else if (*line == ':' && line[1])
        run_command(l, line + 1 + strspn(line + 1, " "));
    else if (!run_marked(l, line) && !linear_key_refused(l, line)) {
        command = linear_key(l, linear_key_name(line));
        if (!command)
            command = linear_key_words(l, line);
        run_command(l, command ? command : line);
    }
    if (l->failed > failed) /* once, though a message and a room may both say so */
        l->failed = failed + 1;
    free(command);
}
