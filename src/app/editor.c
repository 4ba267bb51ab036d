/*
 * Texts that a person writes: in $VISUAL or $EDITOR, or on standard input.
 */
#include "editor.h"

#include "carrel/app.h"
#include "carrel/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int stdin_text(struct str *out, const char *what, size_t max, struct error *err)
{
    char buffer[4096];
    ssize_t got;

    while ((got = read(STDIN_FILENO, buffer, sizeof buffer)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(err, "cannot read standard input");
        str_add_mem(out, buffer, (size_t)got);
        if (out->len > max)
            return error_set(err, ERR_LIMIT, "%s may have %zu bytes", what, max);
    }
    return ERR_OK;
}

/* $VISUAL or $EDITOR as an argument vector, on a file of our own. */
static int run_editor(const char *path, const char *instead, struct error *err)
{
    const char *editor = getenv("VISUAL");
    struct arena *arena = arena_new();
    char **words, **argv;
    int count, status = 0, result;
    pid_t child;

    if (!editor || !*editor)
        editor = getenv("EDITOR");
    if ((!editor || !*editor) && !isatty(STDIN_FILENO)) {
        arena_free(arena);
        return error_set(err, ERR_USAGE,
                         "no terminal for an editor here, and no $EDITOR; give %s, or - to "
                         "read it from standard input",
                         instead);
    }
    if (!editor || !*editor)
        editor = "vi";
    result = words_split(arena, editor, &words, &count, err);
    if (result == ERR_OK && count == 0)
        result = error_set(err, ERR_USAGE, "$EDITOR is empty");
    if (result != ERR_OK)
        goto out;
    argv = arena_alloc(arena, ((size_t)count + 2) * sizeof *argv);
    memcpy(argv, words, (size_t)count * sizeof *argv);
    argv[count] = arena_strdup(arena, path);
    child = fork();
    if (child == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0)
        result = error_errno(err, "cannot run %s", argv[0]);
    else if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        result = error_set(err, ERR_FAILED, "cannot run the editor '%s'; set $EDITOR", argv[0]);
    else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        result = error_set(err, ERR_FAILED, "the editor '%s' failed; nothing is changed", argv[0]);
out:
    arena_free(arena);
    return result;
}

int edit_text(struct str *text, const char *old, size_t max, const char *instead, struct error *err)
{
    char *path = path_temporary("text");
    int fd = mkstemp(path);
    int result = fd < 0 ? error_errno(err, "cannot make %s for the editor", path)
                        : fd_write_all(fd, old, strlen(old), err);

    if (fd >= 0)
        close(fd);
    if (result == ERR_OK)
        result = run_editor(path, instead, err);
    if (result == ERR_OK)
        result = file_read(text, path, max, err);
    if (fd >= 0)
        unlink(path);
    free(path);
    return result;
}
