/*
 * From a key or the mouse to a command: key sequences, and the three prompts (command, search as
 * you type, find in a text).
 */
#include "desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void desk_prompt(struct desk *desk, enum prompt prompt, const char *text)
{
    desk->prompt = prompt;
    line_edit_start(&desk->edits[prompt], text);
}

void desk_search(struct desk *desk)
{
    struct view *view = desk_view(desk);

    if (!view || view->ops != &view_search) {
        desk_open(desk, &view_search, NULL);
        desk_prompt(desk, PROMPT_SEARCH, "");
        return;
    }
    desk_prompt(desk, PROMPT_SEARCH, view->argument ? view->argument : "");
}

static void desk_prompt_done(struct desk *desk)
{
    enum prompt prompt = desk->prompt;
    struct line_edit *edit = &desk->edits[prompt];
    struct view *view = desk_view(desk);
    char *line = mem_strdup(edit->text.ptr);

    line_edit_remember(edit);
    desk->prompt = PROMPT_NONE;
    if (prompt == PROMPT_COMMAND) {
        desk_run_line(desk, line);
    } else if (prompt == PROMPT_SEARCH && view && view->ops->typed) {
        free(view->argument);
        view->argument = mem_strdup(line);
        view->ops->typed(view, line, true);
    } else if (prompt == PROMPT_FIND && view && *line) {
        char *words[] = { "find", line };

        view->ops->command(view, 2, words);
    }
    free(line);
}

static void desk_prompt_cancel(struct desk *desk)
{
    struct view *view = desk_view(desk);
    bool empty_search = desk->prompt == PROMPT_SEARCH && desk->edits[PROMPT_SEARCH].text.len == 0;

    if (desk->prompt == PROMPT_SEARCH && !empty_search && view && view->ops->typed) {
        free(view->argument);
        view->argument = mem_strdup(desk->edits[PROMPT_SEARCH].text.ptr);
        view->ops->typed(view, view->argument, true);
    }
    desk->prompt = PROMPT_NONE;
    if (empty_search)
        desk_pop(desk);
}

static void desk_prompt_key(struct desk *desk, const char *key)
{
    struct line_edit *edit = &desk->edits[desk->prompt];
    struct view *view = desk_view(desk);
    bool move =
        desk->prompt == PROMPT_SEARCH && (strcmp(key, "<Down>") == 0 || strcmp(key, "<Up>") == 0);

    if (strcmp(key, "<CR>") == 0) {
        desk_prompt_done(desk);
    } else if (strcmp(key, "<Esc>") == 0 || strcmp(key, "<C-c>") == 0
               || (strcmp(key, "<BS>") == 0 && edit->text.len == 0)) {
        desk_prompt_cancel(desk);
    } else if (strcmp(key, "<Tab>") == 0 && desk->prompt == PROMPT_COMMAND) {
        char *completed = desk_complete(desk, edit->text.ptr);

        if (completed)
            line_edit_start(edit, completed);
        free(completed);
    } else if (move && view && view->ops->command) {
        char *words[] = { strcmp(key, "<Down>") == 0 ? "down" : "up" };

        view->ops->command(view, 1, words);
    } else if (line_edit_key(edit, key) && desk->prompt == PROMPT_SEARCH && view
               && view->ops->typed) {
        view->ops->typed(view, edit->text.ptr, false);
    }
}

void desk_key(struct desk *desk, const char *key)
{
    struct view *view = desk_view(desk);
    const char *command = NULL;
    enum key_match match;

    desk->repaint = true;
    str_clear(&desk->message);
    if (desk->prompt != PROMPT_NONE) {
        desk_prompt_key(desk, key);
        return;
    }
    if (strlen(desk->pending) + strlen(key) >= sizeof desk->pending)
        desk->pending[0] = '\0';
    strcat(desk->pending, key);
    match = keymap_lookup(&desk->keymap,
                          desk->in_sidebar ? "sidebar"
                          : view           ? view->ops->name
                                           : "global",
                          desk->pending, &command);
    if (match == KEY_PREFIX)
        return;
    desk->pending[0] = '\0';
    if (match == KEY_COMMAND)
        desk_run_line(desk, command);
    else if (strcmp(key, "<C-c>") == 0)
        desk_say(desk, STYLE_NORMAL, "Q or :quit leaves carrel");
    else
        desk_say(desk, STYLE_DIM, "%s is not bound here; ? lists the keys", key);
}

void desk_mouse(struct desk *desk, int x, int y, const char *what)
{
    int side = desk_sidebar_width(desk);
    char line[40];

    desk->repaint = true;
    if (strncmp(what, "scroll", 6) == 0) {
        desk_run_line(desk, what);
    } else if (x < side && y >= 1 && y - 1 < (int)desk->feed_len) {
        desk->feed_cursor = y - 1;
        desk_open_feed(desk);
    } else if (x >= side && y >= 1) {
        snprintf(line, sizeof line, "goto-row %d", y - 1);
        desk_run_line(desk, line);
        if (strcmp(what, "open") == 0)
            desk_run_line(desk, "open");
    }
}
