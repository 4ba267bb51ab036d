/*
 * Do the user's keys do what the configuration says? A binding may be meant to take the place of
 * one of the program's own; what is told is what nobody can have meant.
 */
#include "desk.h"

#include "carrel/app.h"
#include "carrel/hash.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct key_check {
    const struct keymap *keymap;
    void (*each)(void *ctx, const char *line);
    void *ctx;
    struct hashmap *told; /* lines: settings that say the same twice are told once */
    size_t found;
};

static void tell(struct key_check *check, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void tell(struct key_check *check, const char *fmt, ...)
{
    struct str line = STR_INIT;
    bool added;
    va_list ap;

    va_start(ap, fmt);
    str_vprintf(&line, fmt, ap);
    va_end(ap);
    hashmap_put(check->told, line.ptr, line.len, &added);
    check->found += added;
    if (check->each && added)
        check->each(check->ctx, line.ptr);
    str_free(&line);
}

/* "mark skip (config:7)", or "goto-start (carrel's own)" */
static char *named(const struct binding *binding)
{
    return mem_printf("'%s' (%s)", binding->command,
                      binding->from ? binding->from : "carrel's own");
}

/* Two of the user's for one key, or a key behind which a longer one can never be typed. */
static void check_pair(struct key_check *check, const struct binding *one,
                       const struct binding *other, bool later)
{
    size_t len = strlen(one->keys);
    char *mine = named(one), *its = named(other);

    if (strcmp(one->keys, other->keys) == 0) {
        if (later && one->from && other->from && strcmp(one->command, other->command) != 0)
            tell(check, "%s in [%s] is bound twice: %s, and %s, which counts", one->keys,
                 one->context, its, mine);
    } else if (strncmp(one->keys, other->keys, len) == 0 && (one->from || other->from)
               && strcmp(other->keys + len, "<Char>") != 0) {
        tell(check, "%s in [%s], %s, leaves %s unreachable: %s", one->keys, one->context, mine,
             other->keys, its);
    }
    free(mine);
    free(its);
}

static bool is_command(const struct keymap *keymap, const char *line)
{
    char *name = mem_strndup(line, strcspn(line, " "));
    bool known = command_find(name) || desk_command_help(name) || desk_view_ops(name)
                 || keymap_binds(keymap, name) || desk_is_keyless(name) || desk_is_vim_word(name)
                 || strspn(name, "0123456789%") == strlen(name);

    free(name);
    return known;
}

/* Keys as other programs write them: "Ctrl-y", "F5", "Enter"; what carrel calls them. Malloc'd,
 * NULL: none of these. */
static char *key_meant(const char *keys)
{
    static const char *const controls[] = { "Ctrl-", "Ctrl+", "Control-", "Control+", "C-" };
    char *named = mem_printf("<%s>", keys), one[32];
    size_t i;

    for (i = 0; i < ARRAY_LEN(controls); i++) {
        size_t len = strlen(controls[i]);

        if (str_istarts(keys, controls[i]) && isalpha((unsigned char)keys[len]) && !keys[len + 1]) {
            free(named);
            return mem_printf("<C-%c>", tolower((unsigned char)keys[len]));
        }
    }
    if (strlen(keys) > 1 && strlen(named) < sizeof one && key_next(named, one) == strlen(named)
        && key_exists(one) && one[0] == '<') {
        free(named);
        return mem_strdup(one);
    }
    free(named);
    return NULL;
}

/* Keys that nobody can press. */
static void check_names(struct key_check *check, const struct binding *binding)
{
    struct str names = STR_INIT;
    const char *at = binding->keys;
    char key[32], *meant = key_meant(at);
    size_t i, took;

    if (meant)
        tell(check, "%s: %s is so many letters, typed one after the other: the key is written %s",
             binding->from, binding->keys, meant);
    for (; (took = key_next(at, key)) > 0; at += took) {
        if (took == 1 || key_exists(key))
            continue;
        for (i = 0; key_name_at(i); i++)
            if (!isdigit((unsigned char)key_name_at(i)[2])) /* those with a number are told below */
                str_printf(&names, "%s%s", i ? " " : "", key_name_at(i));
        tell(check,
             "%s: there is no key %s: there are %s, <F1> to <F12>, and <C-a> to <C-y> without h, "
             "i, j and m",
             binding->from, key, names.ptr);
        str_clear(&names);
    }
    str_free(&names);
    free(meant);
}

/* What stands behind a command, where a table knows what may. */
static void check_word(struct key_check *check, const struct binding *binding)
{
    struct arena *arena = arena_new();
    const char *space = strchr(binding->command, ' ');
    char *name = arena_strndup(arena, binding->command, strcspn(binding->command, " "));
    char *word = arena_strndup(arena, space ? space + 1 : "", space ? strcspn(space + 1, " ") : 0);
    struct str known = STR_INIT;

    if (*word && !command_takes(&known, name, word))
        tell(check, "%s: '%s' for %s: '%s' is none of %s", binding->from, binding->command,
             binding->keys, word, known.ptr);
    str_free(&known);
    arena_free(arena);
}

/* A key of all rooms that does something else in the lists of papers, where one mostly is. */
static void check_hidden(struct key_check *check, const struct binding *binding)
{
    const char *runs = NULL;

    if (keymap_lookup(check->keymap, NULL, view_library.name, binding->keys, &runs) == KEY_COMMAND
        && strcmp(runs, binding->command) != 0)
        tell(check,
             "%s: %s in [global], '%s', is not reached in lists of papers, where it is '%s': "
             "bind it in [library], [today] and [search], too",
             binding->from, binding->keys, binding->command, runs);
}

static bool is_overridden(const struct keymap *keymap, size_t at)
{
    size_t i;

    for (i = at + 1; i < keymap->len; i++)
        if (strcmp(keymap->items[i].context, keymap->items[at].context) == 0
            && strcmp(keymap->items[i].keys, keymap->items[at].keys) == 0)
            return true;
    return false;
}

static void check_one(struct key_check *check, size_t at)
{
    const struct keymap *keymap = check->keymap;
    const struct binding *binding = &keymap->items[at];
    bool gone = is_overridden(keymap, at);
    size_t i;

    for (i = 0; i < keymap->len; i++)
        if (i != at && strcmp(keymap->items[i].context, binding->context) == 0
            && !(gone && strcmp(keymap->items[i].keys, binding->keys) != 0)
            && !(is_overridden(keymap, i) && strcmp(keymap->items[i].keys, binding->keys) != 0))
            check_pair(check, binding, &keymap->items[i], i < at);
    if (!binding->from)
        return;
    if (!is_command(keymap, binding->command))
        tell(check, "%s: there is no command '%s' for %s", binding->from, binding->command,
             binding->keys);
    check_names(check, binding);
    check_word(check, binding);
    if (strcmp(binding->context, "global") == 0 && !gone)
        check_hidden(check, binding);
}

size_t keymap_check(const struct keymap *keymap, void (*each)(void *ctx, const char *line),
                    void *ctx)
{
    struct key_check check = { .keymap = keymap, .each = each, .ctx = ctx, .told = hashmap_new() };
    size_t i;

    for (i = 0; i < keymap->len && keymap->len > keymap->builtin; i++)
        check_one(&check, i);
    hashmap_free(check.told);
    return check.found;
}

const char *keymap_keys_of(const struct keymap *keymap, const char *context, const char *line)
{
    size_t i = keymap->len;

    while (i-- > 0) {
        const struct binding *binding = &keymap->items[i];
        const char *runs = NULL;

        if (strcmp(binding->command, line) == 0
            && (strcmp(binding->context, context) == 0 || strcmp(binding->context, "global") == 0)
            && keymap_lookup(keymap, NULL, context, binding->keys, &runs) == KEY_COMMAND
            && strcmp(runs, line) == 0)
            return binding->keys;
    }
    return NULL;
}
