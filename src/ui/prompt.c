/*
 * From a key or the mouse to a command: key sequences, and the prompts (command, search as you
 * type, find in a text, note of a highlight).
 */
#include "desk.h"

#include "carrel/clock.h"
#include "carrel/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD_BYTES 400 /* of keys that are typed before there is anything to see */

static void note_forget(struct desk *desk)
{
    free(desk->note_before);
    free(desk->note_of);
    desk->note_before = desk->note_of = NULL;
}

void desk_prompt(struct desk *desk, enum prompt prompt, const char *text)
{
    wildmenu_close(desk);
    note_forget(desk); /* another prompt takes the place of a note's, too */
    desk->prompt = prompt;
    line_edit_start(&desk->edits[prompt], text);
}

void desk_prompt_note(struct desk *desk, const char *uid, const char *text)
{
    desk_prompt(desk, PROMPT_NOTE, text);
    desk->note_before = mem_strdup(text);
    desk->note_of = uid ? mem_strdup(uid) : NULL;
}

/* The old query is there, selected: typing begins a new one, moving or deleting edits it. */
void desk_search(struct desk *desk)
{
    struct view *view = desk_view(desk);

    free(desk->search_before);
    desk->search_before = NULL;
    if (!view || view->ops != &view_search) {
        desk_open(desk, &view_search, NULL);
        desk_prompt(desk, PROMPT_SEARCH, "");
        return;
    }
    desk->search_before = mem_strdup(view->argument ? view->argument : "");
    desk_prompt(desk, PROMPT_SEARCH, desk->search_before);
    line_edit_select(&desk->edits[PROMPT_SEARCH]);
}

static void desk_prompt_done(struct desk *desk)
{
    enum prompt prompt = desk->prompt;
    struct line_edit *edit = &desk->edits[prompt];
    struct view *view = desk_view(desk);
    char *line = mem_strdup(edit->text.ptr);

    line_edit_remember(edit);
    desk->prompt = PROMPT_NONE;
    desk_theme_back(desk);
    if (prompt == PROMPT_COMMAND) {
        desk_run_line(desk, line);
        desk_teach(desk, line);
    } else if (prompt == PROMPT_FEED) {
        desk_feed_save(desk, line);
    } else if (prompt == PROMPT_PALETTE) {
        desk_palette_done(desk);
    } else if (prompt == PROMPT_SEARCH && view && view->ops->typed) {
        if (!str_eq(view->argument ? view->argument : "", line)) {
            free(view->name); /* no longer the feed that was opened */
            view->name = NULL;
        }
        free(view->argument);
        view->argument = mem_strdup(line);
        view->answered = false;
        view->ops->typed(view, line, true);
    } else if (prompt == PROMPT_NOTE && view) {
        char *words[] = { "annotate", line };

        view->ops->command(view, 2, words);
        note_forget(desk);
    } else if (prompt == PROMPT_FIND && view && view->ops->finding) {
        view->ops->finding(view, line, true);
    } else if (prompt == PROMPT_FIND && view && *line) {
        char *words[] = { "find", line };

        view->ops->command(view, 2, words);
    }
    free(line);
}

/* A hand that is used to vim presses Esc behind a text: what was typed can be had again. */
static void note_cancel(struct desk *desk)
{
    struct line_edit *edit = &desk->edits[PROMPT_NOTE];

    if (edit->text.len == 0 || str_eq(edit->text.ptr, desk->note_before))
        return;
    line_edit_remember(edit);
    desk_say(desk, STYLE_WARN,
             "the note is not written: Enter does that; e, then Up, brings back what you typed");
}

/* As if the prompt had never been opened. */
static void desk_prompt_cancel(struct desk *desk)
{
    struct view *view = desk_view(desk);
    bool search = desk->prompt == PROMPT_SEARCH, feed = desk->prompt == PROMPT_FEED,
         find = desk->prompt == PROMPT_FIND;

    if (desk->prompt == PROMPT_NOTE) {
        note_cancel(desk);
        note_forget(desk);
    }
    desk->prompt = PROMPT_NONE;
    desk_theme_back(desk);
    if (feed)
        desk_feed_leave(desk);
    if (find && view && view->ops->finding)
        view->ops->finding(view, NULL, true);
    if (search && !desk->search_before)
        desk_pop(desk);
    else if (search && view && view->ops->typed)
        view->ops->typed(view, desk->search_before, true);
}

/* What is in the prompt is another text now. */
void desk_prompt_changed(struct desk *desk)
{
    const struct line_edit *edit = &desk->edits[desk->prompt];
    struct view *view = desk_view(desk);

    if (desk->prompt == PROMPT_PALETTE)
        desk_palette_typed(desk);
    else if (desk->prompt == PROMPT_COMMAND)
        desk_theme_preview(desk, edit->text.ptr);
    else if ((desk->prompt == PROMPT_SEARCH || desk->prompt == PROMPT_FEED) && view
             && view->ops->typed)
        view->ops->typed(view, edit->text.ptr, false);
    else if (desk->prompt == PROMPT_FIND && view && view->ops->finding)
        view->ops->finding(view, edit->text.ptr, false);
}

/* Tab and S-Tab choose from what is listed, Esc leaves the list; every other key ends it. */
static bool desk_listed_key(struct desk *desk, const char *key)
{
    int step = strcmp(key, "<Tab>") == 0 ? 1 : strcmp(key, "<S-Tab>") == 0 ? -1 : 0;
    bool used = step != 0;

    if (desk->prompt != PROMPT_COMMAND && desk->prompt != PROMPT_SEARCH
        && desk->prompt != PROMPT_FEED)
        return false;
    if (used)
        desk_complete(desk, step);
    else if (strcmp(key, "<Esc>") == 0)
        used = wildmenu_leave(desk);
    if (!step)
        wildmenu_close(desk);
    return used;
}

/* Behind a feed's query a blank stands already, for the next word. */
static bool is_second_blank(const struct desk *desk, const char *key)
{
    const struct line_edit *edit = &desk->edits[desk->prompt];

    return desk->prompt == PROMPT_FEED && strcmp(key, "<Space>") == 0 && edit->at == edit->text.len
           && str_ends(edit->text.ptr, " ");
}

static void desk_prompt_key(struct desk *desk, const char *key)
{
    struct line_edit *edit = &desk->edits[desk->prompt];
    struct view *view = desk_view(desk);
    bool search = desk->prompt == PROMPT_SEARCH || desk->prompt == PROMPT_FEED;
    bool move = search && (strcmp(key, "<Down>") == 0 || strcmp(key, "<Up>") == 0);

    if (desk_listed_key(desk, key) || is_second_blank(desk, key))
        return;
    if (strcmp(key, "<CR>") == 0) {
        desk_prompt_done(desk);
    } else if (strcmp(key, "<Esc>") == 0 || strcmp(key, "<C-c>") == 0
               || (strcmp(key, "<BS>") == 0 && edit->text.len == 0)) {
        desk_prompt_cancel(desk);
    } else if (desk->prompt == PROMPT_PALETTE && desk_palette_key(desk, key)) {
        return;
    } else if (move && view && view->ops->command) {
        char *words[] = { strcmp(key, "<Down>") == 0 ? "down" : "up" };

        view->ops->command(view, 1, words);
    } else if (line_edit_key(edit, key) && view) {
        desk_prompt_changed(desk);
    }
}

/* ---- pasting ---- */

/* Line ends, as blanks: what is pasted runs nothing. */
void desk_paste(struct desk *desk, const char *text)
{
    struct line_edit *edit = &desk->edits[desk->prompt];
    struct str line = STR_INIT;

    desk->repaint = true;
    desk->key_at = clock_ticks_ms();
    utf8_squeeze(&line, text, strlen(text));
    str_clear(&desk->message);
    wildmenu_close(desk);
    if (desk->prompt == PROMPT_NONE)
        desk_say(desk, STYLE_WARN, "a paste is no command: begin with / or : and paste then");
    else if (line.len > 0 && line_edit_paste(edit, line.ptr))
        desk_prompt_changed(desk);
    else if (line.len > 0)
        desk_say(desk, STYLE_WARN, "too long to be pasted here (%zu bytes)", line.len);
    str_free(&line);
}

enum key_match desk_lookup(struct desk *desk, const char *keys, const char **command)
{
    struct view *view = desk_view(desk);

    return keymap_lookup(&desk->keymap,
                         view && !desk->in_sidebar && view->ops->context ? view->ops->context(view)
                                                                         : NULL,
                         desk->in_sidebar ? "sidebar"
                         : view           ? view->ops->name
                                          : "global",
                         keys, command);
}

/* Does this need no rows: does it leave the view, or begin to type? */
static bool needs_no_rows(const char *line)
{
    static const char names[] = " view back quit prompt search find help sidebar redraw ";
    char padded[40];

    snprintf(padded, sizeof padded, " %.*s ", (int)strcspn(line, " ") % 30, line);
    return strstr(names, padded) != NULL;
}

/* A key for rows that are still being read waits for them; it would be lost. */
static void desk_key_line(struct desk *desk, const char *line)
{
    struct view *view = desk_view(desk);

    if (!view || desk->in_sidebar || view->answered || view->asked == 0 || needs_no_rows(line))
        desk_run_line(desk, line);
    else if (view->ahead.len < AHEAD_BYTES)
        str_printf(&view->ahead, "%s\n", line);
}

void desk_key_ahead(struct desk *desk, struct view *view)
{
    char *lines = str_take(&view->ahead), *rest = NULL, *line = strtok_r(lines, "\n", &rest);

    view->answered = true;
    if (line && desk_view(desk) == view)
        desk_draw(desk); /* scrolling knows its height from drawing */
    else
        line = NULL; /* another view was opened over it */
    for (; line; line = strtok_r(NULL, "\n", &rest))
        desk_key_line(desk, line);
    free(lines);
}

/* The room that a digit opens by itself, as a command; NULL: none. */
static const char *digit_room(struct desk *desk, char digit)
{
    char key[2] = { digit, '\0' };
    const char *command = NULL;

    return desk_lookup(desk, key, &command) == KEY_COMMAND ? command : NULL;
}

/* "2gg" in a list is two keys, however fast they are typed: a row so near is not gone to by its
 * number, the Library's beginning is. Pages and lines of code are. */
static bool digit_is_room(struct desk *desk, const char *keys, const char *command)
{
    const struct view *view = desk_view(desk);

    return digit_room(desk, keys[0]) && view && !view->ops->pages
           && (strcmp(command, "goto-start") == 0 || strcmp(command, "goto-end") == 0);
}

/* A digit was the other thing that it can be; that is told, since it was not waited for. */
static void tell_digit(struct desk *desk, const char *keys, bool room)
{
    const char *command = digit_room(desk, keys[0]), *words;

    if (!command || desk->message.len > 0)
        return;
    words = desk_words("global", command);
    if (room)
        desk_say(desk, STYLE_DIM, "%c, then %s; :%c goes to row %c", keys[0], keys + 1, keys[0],
                 keys[0]);
    else
        desk_say(desk, STYLE_DIM, "%s: a count; %c, and a moment without a key, is %s", keys,
                 keys[0], words ? words : command);
}

static void desk_counted(struct desk *desk, const char *keys, size_t count, const char *command)
{
    struct view *view = desk_view(desk);
    int times = desk_repeats(command, keys);
    char line[96];

    snprintf(line, sizeof line, "%.60s %.*s", command, (int)count, keys);
    if (times == 0)
        desk_key_line(desk, line);
    for (; times > 0; times--)
        desk_key_line(desk, command);
    if (count == 1 && view && !view->ops->pages && desk_is_motion(command))
        tell_digit(desk, keys, false);
}

/* What the key would do in the room that the digit opens is not done either: nobody sees on what.
 */
static bool refused_there(struct desk *desk, const char *keys)
{
    const char *room = digit_room(desk, keys[0]), *command = NULL;

    return room && keys[1] && str_starts(room, "view ")
           && keymap_lookup(&desk->keymap, NULL, room + 5, keys + 1, &command) != KEY_NONE
           && command && desk_refuses_count(desk, keys, command);
}

/* The keys waited for are complete: `count` digits, then a sequence. */
static void desk_sequence(struct desk *desk, size_t count, const char *key)
{
    char keys[sizeof desk->pending], line[96];
    const char *command = NULL;
    enum key_match match;

    memcpy(keys, desk->pending, sizeof keys);
    match = desk_lookup(desk, keys + count, &command);
    if (match == KEY_PREFIX && keys[count])
        return;
    desk->pending[0] = '\0';
    if (match == KEY_COMMAND && count == 1 && digit_is_room(desk, keys, command)) {
        desk_key_line(desk, digit_room(desk, keys[0]));
        desk_key_line(desk, command);
        tell_digit(desk, keys, true);
        return;
    }
    if (match == KEY_COMMAND && count > 0
        && (desk_takes_count(command) || desk_repeats(command, keys) > 0)) {
        desk_counted(desk, keys, count, command);
        return;
    }
    if (command && count > 0 && keys[count] && desk_refuses_count(desk, keys, command))
        return;
    if (count == 1 && match != KEY_COMMAND && refused_there(desk, keys))
        return;
    if (count == 1) { /* no count after all: the digit was a key of its own */
        const char *alone = digit_room(desk, keys[0]);

        if (alone)
            desk_key_line(desk, alone);
        match = keys[1] ? desk_lookup(desk, keys + 1, &command) : KEY_COMMAND;
        command = keys[1] ? command : NULL;
    }
    if (match == KEY_CHAR) {
        snprintf(line, sizeof line, "%.60s %.30s", command, key);
        desk_key_line(desk, line);
    } else if (match == KEY_COMMAND && command)
        desk_key_line(desk, command);
    else if (strcmp(key, "<C-c>") == 0)
        desk_say(desk, STYLE_NORMAL, "Q or :quit leaves carrel");
    else if (match != KEY_COMMAND)
        desk_refuse(desk, "%s is not bound here; ? lists the keys", key);
}

/* A digit may begin a count ("10j") or be a view ("2"): what follows at once decides (which is
 * told), or that nothing does. */
void desk_key(struct desk *desk, const char *key)
{
    size_t count;

    desk->repaint = true;
    desk->paused = false;
    desk->key_at = clock_ticks_ms();
    str_clear(&desk->message);
    str_clear(&desk->teach);
    if (desk->prompt != PROMPT_NONE) {
        desk_prompt_key(desk, key);
        return;
    }
    if (strlen(desk->pending) + strlen(key) >= sizeof desk->pending)
        desk->pending[0] = '\0';
    if (strcmp(key, "<Esc>") == 0 && desk->pending[0]) {
        desk->pending[0] = '\0';
        return;
    }
    strcat(desk->pending, key);
    count = desk->pending[0] == '0' ? 0 : strspn(desk->pending, "0123456789");
    if (count > 8)
        desk->pending[0] = '\0';
    else if (count == 0 || desk->pending[count])
        desk_sequence(desk, count, key);
}

static void desk_prompt_rests(struct desk *desk)
{
    struct view *view = desk_view(desk);
    bool query = desk->prompt == PROMPT_SEARCH || desk->prompt == PROMPT_FEED;

    desk->repaint = true;
    if (query && view && view->ops->rested)
        view->ops->rested(view);
}

void desk_key_pause(struct desk *desk)
{
    size_t len = strlen(desk->pending);

    if (!desk->paused && desk->prompt != PROMPT_NONE)
        desk_prompt_rests(desk);
    desk->paused = true;
    if (desk->prompt == PROMPT_FEED)
        desk_feed_count(desk);
    if (len > 0 && strspn(desk->pending, "0123456789") == len) {
        desk->repaint = true;
        if (len == 1)
            desk_sequence(desk, 1, desk->pending);
        desk->pending[0] = '\0';
    }
}
