/*
 * What is told of the user's keys: both names, and the line of the configuration.
 */
#include "ui_test.h"

#include "ui/desk.h"

#include "carrel/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void add_line(void *ctx, const char *line)
{
    str_printf(ctx, "%s\n", line);
}

/* The lines for a configuration of these lines; "FILE" stands for its name. */
static void told(const char *text, const char *expected)
{
    char path[] = "/tmp/carrel-keys-XXXXXX";
    struct keymap keymap = { 0 };
    struct config *config = NULL;
    struct error err = { 0 };
    struct str lines = STR_INIT;
    char *at;
    int fd = mkstemp(path);
    size_t count;

    assert_int_equal(fd_write_all(fd, text, strlen(text), NULL), ERR_OK);
    close(fd);
    if (config_open(&config, path, true, NULL, 0, app_options, app_options_len, &err) != ERR_OK
        || keymap_load(&keymap, config, &err) != ERR_OK)
        fail_msg("%s", err.message);
    count = keymap_check(&keymap, add_line, &lines);
    assert_int_equal(count > 0, *expected != '\0');
    while ((at = strstr(lines.ptr, path))) {
        size_t where = (size_t)(at - lines.ptr);

        str_remove(&lines, where, strlen(path));
        str_insert(&lines, where, "FILE", 4);
    }
    assert_string_equal(lines.ptr, expected);
    keymap_free(&keymap);
    config_free(config);
    str_free(&lines);
    unlink(path);
}

static void test_fine(void **state)
{
    (void)state;
    told("", "");
    told("[keys \"global\"]\n bind = X mark skip\n bind = gX :palette\n", "");
    told("[keys \"global\"]\n bind = X mark skip\n bind = gX :pallete\n",
         "FILE:3: there is no command 'pallete' for gX\n");
    told("[keys \"library\"]\n bind = r mark skip\n", ""); /* takes the place of carrel's own */
}

static void test_conflicts(void **state)
{
    (void)state;
    told("[keys \"library\"]\n bind = X mark skip\n bind = X mark star\n",
         "X in [library] is bound twice: 'mark skip' (FILE:2), and 'mark star' (FILE:3), which "
         "counts\n");
    told("[keys \"global\"]\n bind = gx sort\n bind = gxx mark star\n",
         "gx in [global], 'sort' (FILE:2), leaves gxx unreachable: 'mark star' (FILE:3)\n");
    told("[keys \"global\"]\n bind = Z redraw\n",
         "Z in [global], 'redraw' (FILE:2), leaves ZZ unreachable: 'quit' (carrel's own)\n"
         "Z in [global], 'redraw' (FILE:2), leaves ZQ unreachable: 'quit' (carrel's own)\n");
    told("[keys \"global\"]\n bind = X nosuch thing\n",
         "FILE:2: there is no command 'nosuch thing' for X\n");
    told("[keys \"global\"]\n bind = r redraw\n",
         "FILE:2: r in [global], 'redraw', is not reached in lists of papers, where it is 'mark "
         "read': bind it in [library], [today] and [search], too\n");
    told("[keys \"global\"]\n bind = r redraw\n[keys \"library\"]\n bind = r redraw\n", "");
}

static void test_keys_of(void **state)
{
    struct keymap keymap = { 0 };
    struct config *config = NULL;

    (void)state;
    assert_int_equal(
        config_open(&config, "/nowhere/config", false, NULL, 0, app_options, app_options_len, NULL),
        ERR_OK);
    assert_int_equal(keymap_load(&keymap, config, NULL), ERR_OK);
    assert_string_equal(keymap_keys_of(&keymap, "library", "mark star"), "s");
    assert_string_equal(keymap_keys_of(&keymap, "library", "undo"), "u");
    assert_null(keymap_keys_of(&keymap, "jobs", "mark star"));
    assert_null(keymap_keys_of(&keymap, "code", "undo of nothing"));
    keymap_free(&keymap);
    config_free(config);
}

/* The keys in front of a hint's words: "S V T mark", "Enter open"; a line to type has none. */
static bool is_hinted_key(const char *word, bool first)
{
    return strlen(word) == 1 || strcmp(word, "Space") == 0 || (first && word[0] != ':');
}

static const char *key_of_hint(const char *word)
{
    static const char *const named[][2] = {
        { "Enter", "<CR>" }, { "Esc", "<Esc>" }, { "Space", "<Space>" }, { "Tab", "<Tab>" }
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(named); i++)
        if (strcmp(named[i][0], word) == 0)
            return named[i][1];
    return strcmp(word, "7G") == 0 ? "G" : word; /* a count and its motion */
}

/* Every key of the view's hints does something in that view; how many there are. */
static int check_hints(const struct keymap *keymap, const struct view_ops *ops)
{
    char *hints = mem_strdup(ops->hint), *at = hints, *rest = NULL, *word;
    const char *command;
    int count = 0;

    while (at) {
        char *next = strstr(at, "  ");
        bool first = true;

        if (next)
            *next = '\0';
        for (word = strtok_r(at, " ", &rest); word && is_hinted_key(word, first);
             word = strtok_r(NULL, " ", &rest)) {
            if (keymap_lookup(keymap, NULL, ops->name, key_of_hint(word), &command) == KEY_NONE)
                fail_msg("%s has the hint '%s', but no such key", ops->name, word);
            first = false;
            count++;
        }
        at = next ? next + 2 : NULL;
    }
    free(hints);
    return count;
}

static void test_hints(void **state)
{
    const struct view_ops *ops;
    struct keymap keymap = { 0 };
    int keys = 0;
    size_t i;

    (void)state;
    keymap_builtin(&keymap);
    for (i = 0; (ops = desk_view_at(i)); i++) {
        if (!ops->hint && !ops->hints)
            fail_msg("%s has no hints of its own", ops->name);
        if (ops->hint)
            keys += check_hints(&keymap, ops);
    }
    assert_true(keys > 100);
    keymap_free(&keymap);
}

int ui_test_keys(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_fine),
                                        cmocka_unit_test(test_conflicts),
                                        cmocka_unit_test(test_keys_of),
                                        cmocka_unit_test(test_hints) };

    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
