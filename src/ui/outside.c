/*
 * Other programs: the browser, the editor, and the terminal's own clipboard.
 */
#include "desk.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void desk_spawn(struct desk *desk, char *const *argv, bool wait)
{
    pid_t child;
    int status = 0;

    if (desk->headless) {
        desk_say(desk, STYLE_WARN, "not without a terminal");
        return;
    }
    if (wait && desk->suspend)
        desk->suspend(desk->face, true);
    child = fork();
    if (child == 0) {
        signal(SIGPIPE, SIG_DFL);
        if (!wait) {
            setsid();
            if (!freopen("/dev/null", "r", stdin) || !freopen("/dev/null", "w", stdout)
                || !freopen("/dev/null", "w", stderr))
                _exit(127);
        }
        execvp(argv[0], argv);
        _exit(127);
    }
    if (child < 0)
        desk_say(desk, STYLE_ERROR, "cannot start %s", argv[0]);
    if (wait && child > 0)
        waitpid(child, &status, 0);
    if (wait && desk->suspend)
        desk->suspend(desk->face, false);
    if (wait && WIFEXITED(status) && WEXITSTATUS(status) == 127)
        desk_say(desk, STYLE_ERROR, "cannot run %s", argv[0]);
}

static char *desk_current_key(struct desk *desk, struct arena *arena)
{
    struct view *view = desk_view(desk);
    char **keys;

    if (!view || !view->ops->selection || view->ops->selection(view, arena, &keys) == 0)
        return NULL;
    return keys[0];
}

/* The public page of a paper, by its id. */
static char *desk_url(struct arena *arena, const char *key)
{
    if (strncmp(key, "arxiv:", 6) == 0)
        return arena_printf(arena, "https://arxiv.org/abs/%s", key + 6);
    if (strncmp(key, "doi:", 4) == 0)
        return arena_printf(arena, "https://doi.org/%s", key + 4);
    if (strncmp(key, "url:", 4) == 0)
        return arena_strdup(arena, key + 4);
    return NULL;
}

void desk_open_outside(struct desk *desk)
{
    struct arena *arena = arena_new();
    const char *browser = getenv("BROWSER");
    char *key = desk_current_key(desk, arena), *url = key ? desk_url(arena, key) : NULL;
    char **words;
    struct error err;
    int count;

    if (!url) {
        desk_say(desk, STYLE_WARN, "this has no page on the web that carrel knows");
    } else if (words_split(arena, browser && *browser ? browser : "xdg-open", &words, &count, &err)
                   == ERR_OK
               && count > 0) {
        char **argv = arena_alloc(arena, ((size_t)count + 2) * sizeof *argv);

        memcpy(argv, words, (size_t)count * sizeof *argv);
        argv[count] = url;
        desk_spawn(desk, argv, false);
        if (!desk->headless)
            desk_say(desk, STYLE_NORMAL, "opened %s", url);
    }
    arena_free(arena);
}

static void base64(struct str *out, const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)text;
    size_t len = strlen(text), i;

    for (i = 0; i < len; i += 3) {
        unsigned v = (unsigned)p[i] << 16 | (i + 1 < len ? (unsigned)p[i + 1] << 8 : 0)
                     | (i + 2 < len ? p[i + 2] : 0);

        str_add_char(out, digits[v >> 18]);
        str_add_char(out, digits[(v >> 12) & 63]);
        str_add_char(out, i + 1 < len ? digits[(v >> 6) & 63] : '=');
        str_add_char(out, i + 2 < len ? digits[v & 63] : '=');
    }
}

/* OSC 52: the terminal itself sets the clipboard, also over ssh. */
void desk_copy(struct desk *desk, bool url)
{
    struct arena *arena = arena_new();
    struct str osc = STR_INIT;
    char *key = desk_current_key(desk, arena), *text = key && url ? desk_url(arena, key) : key;

    if (text) {
        str_add(&osc, "\033]52;c;");
        base64(&osc, text);
        str_add(&osc, "\a");
        if (desk->write_raw)
            desk->write_raw(desk->face, osc.ptr, osc.len);
        desk_say(desk, STYLE_NORMAL, "copied %s", text);
    }
    str_free(&osc);
    arena_free(arena);
}

/* The editor needs the terminal, and carrel's own command does the rest. */
void desk_edit_note(struct desk *desk)
{
    struct arena *arena = arena_new();
    char *key = desk_current_key(desk, arena), program[4096];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);

    if (key && len > 0) {
        char *argv[] = { program, "-q", "-L", desk->app->library, "note", key, NULL };

        program[len] = '\0';
        desk_spawn(desk, argv, true);
        desk_changed(desk);
    }
    arena_free(arena);
}
