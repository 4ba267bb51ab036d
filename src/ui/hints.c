/*
 * Hints that teach: the keys that matter in a room, as they are bound now; what may follow the
 * first key of a sequence; and the key of what was done by its name.
 */
#include "desk.h"

#include "carrel/text.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What can be done to a saved query is told on one. */
static const char *sidebar_hint(const struct desk *desk)
{
    bool saved = desk->feed_cursor < (int)desk->feed_len && desk->feeds[desk->feed_cursor].saved;

    return saved ? "Enter open  e edit  m name  x forget  + - move  a new  Tab back  ? help  Q quit"
                 : "Enter open the feed  j k move  a new query  Tab back  ? help  Q quit";
}

/* What carrel itself runs by these keys in the room; NULL: nothing. */
static const char *own_command(const struct keymap *keymap, const char *context, const char *keys)
{
    const char *everywhere = NULL;
    size_t i;

    for (i = 0; i < keymap->builtin; i++) {
        const struct binding *binding = &keymap->items[i];

        if (strcmp(binding->keys, keys) != 0)
            continue;
        if (strcmp(binding->context, context) == 0)
            return binding->command;
        if (strcmp(binding->context, "global") == 0)
            everywhere = binding->command;
    }
    return everywhere;
}

/* What a view shows is why it has nothing to show; of a document's pages others may be there. */
static bool is_failed(const struct view *view)
{
    return view->ops->failure && view->ops != &view_page && view->ops->failure(view);
}

/* Nothing can be done to what is not there. */
static const char *failed_hint(const struct desk *desk, const struct view *view)
{
    static const char *const hints[2][2] = { { ": command  ? help  Q quit",
                                               "/ search  : command  ? help  Q quit" },
                                             { ": command  ? help  Q quit  Esc back",
                                               "/ search  : command  ? help  Q quit  Esc back" } };
    bool searches = str_eq(own_command(&desk->keymap, view->ops->name, "/"), "search");

    return hints[desk->depth > 1][searches];
}

static const char *view_hint(const struct desk *desk, const struct view *view)
{
    if (desk->in_sidebar)
        return sidebar_hint(desk);
    if (view && is_failed(view))
        return failed_hint(desk, view);
    if (view && view->ops->hints)
        return view->ops->hints(view);
    if (view && view->ops->hint)
        return view->ops->hint;
    return "/ search  : command  ? help  Q quit";
}

/* ---- as they are bound now ---- */

/* Hints name some keys as people do. */
static const char *const named_keys[][2] = {
    { "Enter", "<CR>" }, { "Esc", "<Esc>" }, { "Space", "<Space>" }, { "Tab", "<Tab>" }
};

static const char *as_bound(const char *key)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(named_keys); i++)
        if (strcmp(named_keys[i][0], key) == 0)
            return named_keys[i][1];
    return key;
}

static const char *as_named(const char *key)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(named_keys); i++)
        if (strcmp(named_keys[i][1], key) == 0)
            return named_keys[i][0];
    return key;
}

/* Where a key is looked up first: what a view is in the midst of, where carrel binds it there. */
static const char *context_of(const struct desk *desk, const char *keys)
{
    const struct view *view = desk_view((struct desk *)desk);
    const char *inner = view && view->ops->context ? view->ops->context(view) : NULL;
    size_t i;

    if (desk->in_sidebar)
        return "sidebar";
    for (i = 0; inner && i < desk->keymap.builtin; i++)
        if (strcmp(desk->keymap.items[i].context, inner) == 0
            && strcmp(desk->keymap.items[i].keys, keys) == 0)
            return inner;
    return view ? view->ops->name : "global";
}

/* One hint, "r read": under the key that runs it now; nothing when none does. */
static void add_hint(struct str *out, const struct desk *desk, const char *hint, size_t len)
{
    const struct keymap *keymap = &desk->keymap;
    size_t word = strcspn(hint, " ");
    char *key = mem_strndup(hint, word < len ? word : len);
    const char *context = context_of(desk, as_bound(key));
    const char *command = own_command(keymap, context, as_bound(key));
    const char *now = command ? keymap_keys_of(keymap, context, command) : key;
    const char *runs = NULL;

    if (command && keymap_lookup(keymap, NULL, context, as_bound(key), &runs) == KEY_COMMAND
        && strcmp(runs, command) == 0)
        now = as_bound(key); /* one of several, as it was */
    if (now)
        str_printf(out, "%s%s%.*s", out->len ? "  " : "", as_named(now), (int)(len - strlen(key)),
                   hint + strlen(key));
    free(key);
}

/* Who knows these finds the others: they stand on the narrowest line, too. */
static bool is_lasting(const char *hint, size_t len)
{
    static const char *const lasting[] = { "? help", "Q quit", "Esc back" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(lasting); i++)
        if (strlen(lasting[i]) == len && strncmp(lasting[i], hint, len) == 0)
            return true;
    return false;
}

/* The view's hints, which two blanks part: `most` of them, and the lasting ones. Returns how many
 * there are of the others. */
static int add_hints(struct str *out, const struct desk *desk, int most)
{
    const char *at = view_hint(desk, desk_view((struct desk *)desk));
    int others = 0;

    while (*at) {
        const char *end = strstr(at, "  ");
        size_t len = end ? (size_t)(end - at) : strlen(at);

        if (is_lasting(at, len) || others++ < most)
            add_hint(out, desk, at, len);
        at += len;
        at += strspn(at, " ");
    }
    return others;
}

/* As many as there is room for; the caller frees. */
static char *fitting_hints(const struct desk *desk, int columns)
{
    struct str shown = STR_INIT;
    int most = add_hints(&shown, desk, INT_MAX);

    while (text_width(shown.ptr) > columns && most > 0) {
        str_clear(&shown);
        add_hints(&shown, desk, --most);
    }
    return str_take(&shown);
}

void desk_draw_hints(struct desk *desk, int y, int columns)
{
    char *shown;

    desk->hint_columns = columns;
    if (!desk->remembered.hints)
        return;
    shown = fitting_hints(desk, columns);
    canvas_text(&desk->canvas, 0, y, columns, STYLE_DIM, shown);
    free(shown);
}

bool desk_hint_at(struct desk *desk, int x, char key[32])
{
    char *shown = fitting_hints(desk, desk->hint_columns), *at = shown, *end;
    bool found = false;

    if (!desk->remembered.hints || desk->prompt != PROMPT_NONE || desk->message.len > 0
        || desk->pending[0])
        *at = '\0';
    for (; *at && !found; at = end + strspn(end, " ")) {
        end = strstr(at, "  ");
        end = end ? end : at + strlen(at);
        found = x >= (int)(at - shown) && x < (int)(end - shown);
        if (found) {
            end[0] = '\0';
            at[strcspn(at, " ")] = '\0';
            snprintf(key, 32, "%s", as_bound(at));
            break;
        }
    }
    free(shown);
    return found;
}

/* ---- the first key of a sequence ---- */

static void add_followers(struct str *out, const struct desk *desk, const char *context)
{
    const struct keymap *keymap = &desk->keymap;
    size_t i, len = strlen(desk->pending);

    for (i = keymap->len; i-- > 0;) {
        const struct binding *binding = &keymap->items[i];
        const char *runs = NULL;

        if (strcmp(binding->context, context) != 0
            || strncmp(binding->keys, desk->pending, len) != 0 || !binding->keys[len])
            continue;
        if (keymap_lookup(keymap, NULL, desk_view((struct desk *)desk)->ops->name, binding->keys,
                          &runs)
                == KEY_COMMAND
            && runs == binding->command)
            str_printf(out, "  %s %s", binding->keys + len, binding->command);
    }
}

void desk_draw_pending(struct desk *desk, int y, int columns)
{
    const struct view *view = desk_view(desk);
    const char *command = NULL, *words;
    struct str text = STR_INIT;

    str_add(&text, desk->pending);
    if (!desk->pending[1] && isdigit((unsigned char)desk->pending[0])
        && desk_lookup(desk, desk->pending, &command) == KEY_COMMAND) {
        words = desk_words("global", command);
        str_printf(&text, "  %s, or a count for what follows", words ? words : command);
    }
    if (view && desk->remembered.hints) {
        add_followers(&text, desk, view->ops->name);
        add_followers(&text, desk, "global");
    }
    canvas_text(&desk->canvas, 0, y, columns, STYLE_DIM, text.ptr);
    str_free(&text);
}

/* ---- on, off, and once by name ---- */

void desk_hints(struct desk *desk, const char *word)
{
    bool on = word ? strcmp(word, "on") == 0 : !desk->remembered.hints;

    if (word && !on && strcmp(word, "off") != 0) {
        desk_say(desk, STYLE_WARN, "hints on, or hints off");
        return;
    }
    desk->remembered.hints = on;
    desk_say(desk, STYLE_NORMAL, on ? "keys are told below" : "no keys are told; ? has them all");
    desk_remember(desk);
}

/* ":mark star" typed out: once, that there is a key for it. */
void desk_teach(struct desk *desk, const char *line)
{
    struct view *view = desk_view(desk);
    struct str plain = STR_INIT;
    const char *keys;

    str_add(&plain, line);
    str_trim(&plain);
    keys = plain.len && view ? keymap_keys_of(&desk->keymap, view->ops->name, plain.ptr) : NULL;
    if (keys && desk->remembered.hints && desk_remember_told(desk, plain.ptr)) {
        str_clear(&desk->teach);
        str_printf(&desk->teach, "the key for :%s is %s", plain.ptr, keys);
    }
    str_free(&plain);
}
