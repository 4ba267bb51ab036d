/*
 * Keys: notation, the table in data/keys with the config's bindings over it, and the line editor.
 */
#include "desk.h"

#include "carrel/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HISTORY_MAX 200

/* Keys that have a name, as they are told; beside them a letter with Control, "<C-b>". */
static const char *const key_names[] = {
    "<CR>",   "<Esc>",  "<Space>", "<Tab>",  "<S-Tab>", "<BS>",     "<Del>",      "<Up>",
    "<Down>", "<Left>", "<Right>", "<Home>", "<End>",   "<PageUp>", "<PageDown>", "<F1>",
    "<F2>",   "<F3>",   "<F4>",    "<F5>",   "<F6>",    "<F7>",     "<F8>",       "<F9>",
    "<F10>",  "<F11>",  "<F12>",   "<lt>",   "<Char>",
};
/* What terminals send for these with Control is another key; C-z leaves carrel for the shell. */
#define CONTROLS "abcdefgklnopqrstuvwxy"

const char *key_name_at(size_t i)
{
    return i < ARRAY_LEN(key_names) ? key_names[i] : NULL;
}

static bool is_control(const char *key)
{
    return strlen(key) == 5 && strncasecmp(key, "<C-", 3) == 0 && key[4] == '>'
           && strchr(CONTROLS, tolower((unsigned char)key[3]));
}

bool key_exists(const char *key)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(key_names) && strcmp(key, key_names[i]) != 0; i++)
        ;
    return key[0] != '<' || !key[1] || i < ARRAY_LEN(key_names) || is_control(key);
}

/* As keys are told, however it is written: "<enter>", "<c-B>". */
static void key_settle(char key[32])
{
    size_t i;

    if (strcasecmp(key, "<Enter>") == 0 || strcasecmp(key, "<Return>") == 0)
        strcpy(key, "<CR>");
    for (i = 0; i < ARRAY_LEN(key_names); i++)
        if (strcasecmp(key, key_names[i]) == 0)
            strcpy(key, key_names[i]);
    if (is_control(key)) {
        key[1] = 'C';
        key[3] = (char)tolower((unsigned char)key[3]);
    }
}

size_t key_next(const char *text, char key[32])
{
    const char *close = text[0] == '<' ? strchr(text, '>') : NULL;
    size_t len = strlen(text), took;
    unsigned rune;

    if (len == 0)
        return 0;
    if (close && close - text < 30 && close > text + 1) {
        took = (size_t)(close - text) + 1;
        snprintf(key, 32, "%.*s", (int)took, text);
        key_settle(key);
        if (strcmp(key, "<lt>") == 0)
            strcpy(key, "<");
        return took;
    }
    took = utf8_decode(text, len, &rune);
    if (rune == ' ')
        strcpy(key, "<Space>");
    else
        snprintf(key, 32, "%.*s", (int)took, text);
    return took;
}

static void keymap_add(struct keymap *keymap, const char *context, const char *keys,
                       const char *command, const char *from)
{
    struct binding binding = { mem_strdup(context), mem_strdup(keys), mem_strdup(command),
                               mem_strdup(from) };

    VEC_PUSH(keymap->items, keymap->len, keymap->cap, binding);
}

/* "KEY COMMAND" with any blanks between. */
static bool keymap_line(struct keymap *keymap, const char *context, const char *line,
                        const char *from)
{
    size_t key = strcspn(line, " \t");
    const char *command = line + key + strspn(line + key, " \t");
    struct str keys = STR_INIT;
    char *typed, one[32];
    size_t at = 0, took;

    if (from && *command == ':') /* as it is typed at the prompt */
        command += 1 + strspn(command + 1, " \t");
    if (key == 0 || !*command)
        return false;
    typed = mem_strndup(line, key);
    while (from && (took = key_next(typed + at, one)) > 0) {
        str_add(&keys, one);
        at += took;
    }
    keymap_add(keymap, context, from ? keys.ptr : typed, command, from);
    free(typed);
    str_free(&keys);
    return true;
}

void keymap_builtin(struct keymap *keymap)
{
    char *text = mem_strdup(asset_keys()), *line, *rest = NULL, context[32] = "global";

    for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (line[0] == '[' && strchr(line, ']')) /* "[u" is a key */
            snprintf(context, sizeof context, "%.*s", (int)strcspn(line + 1, "]"), line + 1);
        else if (line[0] != '#')
            keymap_line(keymap, context, line, NULL);
    }
    free(text);
}

struct keymap_config {
    struct keymap *keymap;
    const struct config *config;
    struct error *err;
    int result;
};

static bool keymap_knows(const char *context)
{
    return strcmp(context, "global") == 0 || strcmp(context, "sidebar") == 0
           || strcmp(context, "selecting") == 0 || strcmp(context, "hints") == 0
           || desk_view_ops(context);
}

static int keymap_bad_context(const char *context, const char *from, struct error *err)
{
    struct str names = STR_INIT;
    size_t i;
    int result;

    for (i = 0; desk_view_at(i); i++)
        str_printf(&names, ", %s", desk_view_at(i)->name);
    result = error_set(err, ERR_USAGE,
                       "%s: [keys \"%s\"]: there are global, sidebar, selecting, hints%s", from,
                       context, names.ptr);
    str_free(&names);
    return result;
}

static void keymap_setting(void *ctx, const char *key, const char *value, const char *from)
{
    struct keymap_config *load = ctx;
    char context[64], *place;
    size_t len = strlen(key);

    if (strncmp(key, "keys.", 5) != 0 || len < 11 || load->result != ERR_OK)
        return;
    snprintf(context, sizeof context, "%.*s", (int)(len - 10), key + 5);
    place = config_place(load->config, key, value, from);
    if (!keymap_knows(context))
        load->result = keymap_bad_context(context, place, load->err);
    else if (!keymap_line(load->keymap, context, value, place))
        load->result =
            error_set(load->err, ERR_USAGE, "%s: %s = %s: write KEY COMMAND", place, key, value);
    free(place);
}

int keymap_load(struct keymap *keymap, const struct config *config, struct error *err)
{
    struct keymap_config load = { .keymap = keymap, .config = config, .err = err };

    keymap_builtin(keymap);
    keymap->builtin = keymap->len;
    config_each(config, keymap_setting, &load);
    return load.result;
}

bool keymap_binds(const struct keymap *keymap, const char *name)
{
    size_t i, len = strlen(name);

    for (i = 0; i < keymap->builtin; i++)
        if (strncmp(keymap->items[i].command, name, len) == 0
            && strchr(" ", keymap->items[i].command[len]))
            return true;
    return false;
}

void keymap_free(struct keymap *keymap)
{
    size_t i;

    for (i = 0; i < keymap->len; i++) {
        free(keymap->items[i].context);
        free(keymap->items[i].keys);
        free(keymap->items[i].command);
        free(keymap->items[i].from);
    }
    free(keymap->items);
}

/* "m<Char>" takes "ma": a letter of its own, and no quote, which would begin a word. */
static bool takes_char(const char *binding, const char *keys)
{
    size_t len = strlen(binding), before = len > 6 ? len - 6 : 0;
    char key[32];

    return before > 0 && strcmp(binding + before, "<Char>") == 0
           && strncmp(binding, keys, before) == 0 && keys[before]
           && key_next(keys + before, key) == strlen(keys + before) && (key[0] != '<' || !key[1])
           && key[0] != '"';
}

static enum key_match keymap_in(const struct keymap *keymap, const char *context, const char *keys,
                                const char **command)
{
    enum key_match match = KEY_NONE;
    size_t i = keymap->len;

    while (i-- > 0) {
        const struct binding *binding = &keymap->items[i];

        if (strcmp(binding->context, context) != 0)
            continue;
        if (strcmp(binding->keys, keys) == 0) {
            *command = binding->command;
            return KEY_COMMAND;
        }
        if (takes_char(binding->keys, keys)) {
            *command = binding->command;
            return KEY_CHAR;
        }
        if (strncmp(binding->keys, keys, strlen(keys)) == 0)
            match = KEY_PREFIX;
    }
    return match;
}

enum key_match keymap_lookup(const struct keymap *keymap, const char *inner, const char *context,
                             const char *keys, const char **command)
{
    const char *contexts[] = { inner, context, "global" };
    enum key_match match = KEY_NONE;
    size_t i;

    for (i = 0; i < ARRAY_LEN(contexts) && match == KEY_NONE; i++)
        if (contexts[i])
            match = keymap_in(keymap, contexts[i], keys, command);
    return match;
}

/* ---- the line editor ---- */

static void edit_set(struct line_edit *edit, const char *text)
{
    if (!edit->text.ptr)
        str_init(&edit->text);
    str_clear(&edit->text);
    str_add(&edit->text, text);
    edit->at = edit->text.len;
    edit->selected = false;
}

void line_edit_start(struct line_edit *edit, const char *text)
{
    edit_set(edit, text);
    edit->history_at = edit->history_len;
}

void line_edit_select(struct line_edit *edit)
{
    edit->selected = edit->text.len > 0;
}

void line_edit_remember(struct line_edit *edit)
{
    if (edit->text.len == 0
        || (edit->history_len > 0
            && strcmp(edit->history[edit->history_len - 1], edit->text.ptr) == 0))
        return;
    if (edit->history_len == HISTORY_MAX) {
        free(edit->history[0]);
        memmove(edit->history, edit->history + 1, (HISTORY_MAX - 1) * sizeof *edit->history);
        edit->history_len--;
    }
    VEC_PUSH(edit->history, edit->history_len, edit->history_cap, mem_strdup(edit->text.ptr));
}

void line_edit_free(struct line_edit *edit)
{
    size_t i;

    for (i = 0; i < edit->history_len; i++)
        free(edit->history[i]);
    free(edit->history);
    if (edit->text.ptr)
        str_free(&edit->text);
}

static void edit_history(struct line_edit *edit, int direction)
{
    if (direction < 0 && edit->history_at > 0)
        edit->history_at--;
    else if (direction > 0 && edit->history_at < edit->history_len)
        edit->history_at++;
    else
        return;
    edit_set(edit, edit->history_at < edit->history_len ? edit->history[edit->history_at] : "");
}

static void edit_delete_word(struct line_edit *edit)
{
    size_t start = edit->at;

    while (start > 0 && edit->text.ptr[start - 1] == ' ')
        start--;
    while (start > 0 && edit->text.ptr[start - 1] != ' ')
        start--;
    str_remove(&edit->text, start, edit->at - start);
    edit->at = start;
}

static void edit_insert(struct line_edit *edit, const char *text)
{
    size_t len = strlen(text);

    if (edit->text.len + len > 4096)
        return;
    str_insert(&edit->text, edit->at, text, len);
    edit->at += len;
}

bool line_edit_paste(struct line_edit *edit, const char *text)
{
    size_t before = edit->text.len;

    if (edit->selected)
        edit_set(edit, "");
    edit->selected = false;
    edit_insert(edit, text);
    return edit->text.len > 0 && (edit->text.len != before || !*text);
}

bool line_edit_key(struct line_edit *edit, const char *key)
{
    struct str *text = &edit->text;

    if (edit->selected && (strcmp(key, "<Space>") == 0 || key[0] != '<' || !key[1]))
        edit_set(edit, "");
    edit->selected = false;
    if (strcmp(key, "<Space>") == 0)
        edit_insert(edit, " ");
    else if (strcmp(key, "<BS>") == 0) {
        size_t before = utf8_prev(text->ptr, edit->at);

        str_remove(text, before, edit->at - before);
        edit->at = before;
    } else if (strcmp(key, "<Del>") == 0) {
        size_t after = edit->at;

        while (after < text->len
               && (after == edit->at || ((unsigned char)text->ptr[after] & 0xC0) == 0x80))
            after++;
        str_remove(text, edit->at, after - edit->at);
    } else if (strcmp(key, "<Left>") == 0 || strcmp(key, "<C-b>") == 0)
        edit->at = utf8_prev(text->ptr, edit->at);
    else if (strcmp(key, "<Right>") == 0 || strcmp(key, "<C-f>") == 0) {
        if (edit->at < text->len)
            edit->at++;
        while (edit->at < text->len && ((unsigned char)text->ptr[edit->at] & 0xC0) == 0x80)
            edit->at++;
    } else if (strcmp(key, "<Home>") == 0 || strcmp(key, "<C-a>") == 0)
        edit->at = 0;
    else if (strcmp(key, "<End>") == 0 || strcmp(key, "<C-e>") == 0)
        edit->at = text->len;
    else if (strcmp(key, "<C-u>") == 0) {
        str_remove(text, 0, edit->at);
        edit->at = 0;
    } else if (strcmp(key, "<C-k>") == 0)
        str_cut(text, edit->at);
    else if (strcmp(key, "<C-w>") == 0)
        edit_delete_word(edit);
    else if (strcmp(key, "<Up>") == 0 || strcmp(key, "<C-p>") == 0)
        edit_history(edit, -1);
    else if (strcmp(key, "<Down>") == 0 || strcmp(key, "<C-n>") == 0)
        edit_history(edit, 1);
    else if (key[0] == '<' && key[1])
        return false;
    else
        edit_insert(edit, key);
    return true;
}
