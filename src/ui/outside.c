/*
 * Other programs: the browser and the editor.
 */
#include "desk.h"

#include "carrel/clock.h"
#include "carrel/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NONE_AT_HAND "no paper is at hand here: go to one"
#define CHILD_MS 10000 /* a browser that ends so soon and with an error has not worked */

/* As a program expects its signals: we ignore a broken pipe, and, while it has the terminal, an
 * interrupt that is meant for it. */
static int spawn_usual(pid_t *child, char *const *argv, char *const *env, const char *talk)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t usual;
    int failed;

    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGINT);
    sigaddset(&usual, SIGQUIT);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawn_file_actions_init(&actions);
    if (talk)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, talk, O_WRONLY | O_APPEND, 0);
    failed = posix_spawnp(child, argv[0], &actions, &attributes, argv, env ? env : environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

/* What it said can be read before the desk covers it. */
static void wait_for_enter(void)
{
    static const char ask[] = "\ncarrel: Enter goes back ";
    char byte = 0;

    if (write(STDOUT_FILENO, ask, sizeof ask - 1) < 0)
        return;
    while (byte != '\n' && read(STDIN_FILENO, &byte, 1) == 1)
        ;
}

int desk_run_program(struct desk *desk, char *const *argv, char *const *env, const char *talk,
                     bool enter)
{
    struct sigaction ignore = { .sa_handler = SIG_IGN }, before[2];
    pid_t child;
    int status = -1, failed;

    if (desk->suspend)
        desk->suspend(desk->face, true);
    sigaction(SIGINT, &ignore, &before[0]);
    sigaction(SIGQUIT, &ignore, &before[1]);
    failed = spawn_usual(&child, argv, env, talk);
    while (!failed && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (enter && !failed)
        wait_for_enter();
    sigaction(SIGINT, &before[0], NULL);
    sigaction(SIGQUIT, &before[1], NULL);
    if (desk->suspend)
        desk->suspend(desk->face, false);
    if (failed)
        desk_say(desk, STYLE_ERROR, "cannot run %s: %s", argv[0], strerror(failed));
    return failed ? -1 : status;
}

static int spawn_quiet(pid_t *child, char *const *argv)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int fd, failed;

    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    for (fd = 0; fd < 3; fd++)
        posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    failed = posix_spawnp(child, argv[0], &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

/* Beside us, without the terminal. How it ends is told by desk_reap. */
static void desk_start_program(struct desk *desk, char *const *argv, const char *url)
{
    size_t i;
    int failed;

    for (i = 0; i < ARRAY_LEN(desk->children) && desk->children[i].pid; i++)
        ;
    if (i == ARRAY_LEN(desk->children)) {
        desk_say(desk, STYLE_WARN, "%zu programs that were opened still run; not one more", i);
        return;
    }
    failed = spawn_quiet(&desk->children[i].pid, argv);
    if (failed) {
        desk->children[i].pid = 0;
        desk_say(desk, STYLE_ERROR, "cannot run %s: %s; set $BROWSER, or copy %s with :copy url",
                 argv[0], strerror(failed), url);
        return;
    }
    desk->children[i].name = mem_strdup(argv[0]);
    desk->children[i].started = clock_ticks_ms();
    desk_say(desk, STYLE_NORMAL, "opening %s with %s", url, argv[0]);
}

void desk_reap(struct desk *desk)
{
    size_t i;
    int status;

    for (i = 0; i < ARRAY_LEN(desk->children); i++) {
        bool soon = clock_ticks_ms() - desk->children[i].started < CHILD_MS;

        if (!desk->children[i].pid || waitpid(desk->children[i].pid, &status, WNOHANG) <= 0)
            continue;
        if (soon && WIFEXITED(status) && WEXITSTATUS(status) != 0)
            desk_say(desk, STYLE_ERROR, "%s failed (exit code %d): nothing was opened",
                     desk->children[i].name, WEXITSTATUS(status));
        else if (soon && WIFSIGNALED(status))
            desk_say(desk, STYLE_ERROR, "%s was killed by signal %d", desk->children[i].name,
                     WTERMSIG(status));
        desk->repaint = true;
        free(desk->children[i].name);
        desk->children[i].name = NULL;
        desk->children[i].pid = 0;
    }
}

static char *desk_current_key(struct desk *desk, struct arena *arena)
{
    struct view *view = desk_view(desk);
    char **keys;

    if (!view || !view->ops->selection || view->ops->selection(view, arena, &keys) == 0)
        return NULL;
    return keys[0];
}

/* The public page of a paper or a repository, by its id. */
static char *desk_url(struct arena *arena, const char *key)
{
    if (strncmp(key, "arxiv:", 6) == 0)
        return arena_printf(arena, "https://arxiv.org/abs/%s", key + 6);
    if (strncmp(key, "doi:", 4) == 0)
        return arena_printf(arena, "https://doi.org/%s", key + 4);
    if (strncmp(key, "repo:", 5) == 0)
        return arena_printf(arena, "https://%s", key + 5);
    if (strncmp(key, "url:", 4) == 0)
        return arena_strdup(arena, key + 4);
    return NULL;
}

/* The file of "file:1f2e...", by the beginning of its hash; NULL when it is gone. */
static char *own_file(struct desk *desk, struct arena *arena, const char *key)
{
    char *folder, *found = NULL;
    struct dirent *entry;
    DIR *dir;

    if (!str_starts(key, "file:") || strlen(key) < 8)
        return NULL;
    folder = arena_printf(arena, "%s/files/%.2s", desk->app->library, key + 5);
    dir = opendir(folder);
    while (dir && !found && (entry = readdir(dir)))
        if (str_starts(entry->d_name, key + 5))
            found = arena_printf(arena, "%s/%s", folder, entry->d_name);
    if (dir)
        closedir(dir);
    return found;
}

void desk_open_address(struct desk *desk, const char *address)
{
    struct arena *arena = arena_new();
    const char *browser = getenv("BROWSER");
    char *url = arena_strdup(arena, address), **words;
    struct error err;
    int count;

    if (words_split(arena, browser && *browser ? browser : "xdg-open", &words, &count, &err)
            == ERR_OK
        && count > 0) {
        char **argv = arena_alloc(arena, ((size_t)count + 2) * sizeof *argv);

        memcpy(argv, words, (size_t)count * sizeof *argv);
        argv[count] = url;
        if (desk->headless)
            desk_say(desk, STYLE_WARN, "not without a terminal: %s", url);
        else
            desk_start_program(desk, argv, url);
    }
    arena_free(arena);
}

void desk_open_outside(struct desk *desk)
{
    struct arena *arena = arena_new();
    char *key = desk_current_key(desk, arena), *url = key ? desk_url(arena, key) : NULL;

    if (!url && key)
        url = own_file(desk, arena, key);
    if (url)
        desk_open_address(desk, url);
    else if (!key)
        desk_say(desk, STYLE_WARN, NONE_AT_HAND);
    else
        desk_say(desk, STYLE_WARN,
                 "this has no page on the web that carrel knows, and no file here");
    arena_free(arena);
}

void desk_copy(struct desk *desk, bool url)
{
    struct arena *arena = arena_new();
    struct str text = STR_INIT;
    char **keys, *what;
    size_t count = view_selected(desk_view(desk), arena, &keys), copied = 0, i;

    for (i = 0; i < count; i++) {
        const char *one = url ? desk_url(arena, keys[i]) : keys[i];

        if (one)
            str_printf(&text, "%s%s", copied++ ? "\n" : "", one);
    }
    what = copied == 1 ? mem_strdup(text.ptr)
                       : mem_printf("%zu %s, one a line", copied, url ? "addresses" : "ids");
    if (copied > 0)
        desk_copy_text(desk, text.ptr, what);
    else if (count > 0)
        desk_say(desk, STYLE_WARN, "no page on the web that carrel knows to copy");
    else
        desk_say(desk, STYLE_WARN, NONE_AT_HAND);
    free(what);
    str_free(&text);
    arena_free(arena);
}

/* The last line of what a child has said, without our name in front. */
static const char *last_line(struct str *talk)
{
    const char *line;

    str_trim(talk);
    line = strrchr(talk->ptr, '\n');
    line = line ? line + 1 : talk->ptr;
    return str_starts(line, "carrel: ") ? line + 8 : line;
}

/* The editor needs the terminal, and carrel's own command does the rest, in a child; what it says
 * comes back through a file. The child is the program that runs here, whatever has become of its
 * file since: an upgrade replaces it. */
void desk_edit(struct desk *desk, const char *command, const char *id)
{
    struct arena *arena = arena_new();
    const char *key = id ? id : desk_current_key(desk, arena);
    char program[] = "/proc/self/exe", *path = path_temporary("talk");
    struct str talk = STR_INIT;
    int status, fd = key && !desk->headless && !desk->scripted ? mkstemp(path) : -1;

    if (!key) {
        desk_say(desk, STYLE_WARN, "no paper here to write about");
    } else if (desk->headless || desk->scripted) {
        desk_say(desk, STYLE_WARN,
                 "no editor without a terminal; :note TEXT writes, and "
                 ":edit FIELD=VALUE");
    } else if (fd < 0) {
        desk_say(desk, STYLE_ERROR, "cannot make %s: %s", path, strerror(errno));
    } else {
        char *argv[] = {
            program, "-L", desk->app->library, (char *)(uintptr_t)command, (char *)(uintptr_t)key,
            NULL
        };

        status = desk_run_program(desk, argv, NULL, path, false);
        file_read(&talk, path, 65536, NULL);
        if (status != -1)
            desk_say(desk,
                     WIFEXITED(status) && WEXITSTATUS(status) == 0 ? STYLE_NORMAL : STYLE_ERROR,
                     "%s", *last_line(&talk) ? last_line(&talk) : "nothing is changed");
        desk_changed(desk);
        unlink(path);
        close(fd);
    }
    str_free(&talk);
    free(path);
    arena_free(arena);
}
