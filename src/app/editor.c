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

/* Is there something in the file that was not there when the editor was opened? */
static bool is_written(const struct edited *edited, const char *old, size_t max)
{
    size_t most = strlen(old) > max ? strlen(old) : max; /* it may be too long already */
    struct str text = STR_INIT;
    bool other =
        access(edited->path, F_OK) == 0
        && (file_read(&text, edited->path, most, NULL) != ERR_OK || !str_eq(text.ptr, old));

    str_free(&text);
    return other;
}

static void forget_file(struct edited *edited)
{
    if (edited->path)
        unlink(edited->path);
    free(edited->path);
    edited->path = NULL;
}

int edited_open(struct edited *edited, const struct edited_options *options, struct error *err)
{
    bool made;
    int fd, result;

    *edited = (struct edited){ .text = STR_INIT };
    result = store_check_write(options->store, err);
    if (result != ERR_OK)
        return result;
    edited->path = path_temporary("text");
    fd = mkstemp(edited->path);
    result = fd < 0 ? error_errno(err, "cannot make %s for the editor", edited->path)
                    : fd_write_all(fd, options->old, strlen(options->old), err);
    if (fd >= 0)
        close(fd);
    made = result == ERR_OK;
    if (made)
        result = run_editor(edited->path, options->instead, err);
    if (result == ERR_OK)
        result = file_read(&edited->text, edited->path, options->max, err);
    if (result == ERR_OK && strlen(edited->text.ptr) < edited->text.len)
        result = error_set(err, ERR_USAGE, "a NUL byte ends the text before its end");
    if (!made || (result != ERR_OK && !is_written(edited, options->old, options->max)))
        forget_file(edited);
    return result;
}

int edited_close(struct edited *edited, int result, struct error *err)
{
    if (result != ERR_OK && edited->path)
        error_context(err, "what you wrote is in %s", edited->path);
    else
        forget_file(edited);
    free(edited->path);
    edited->path = NULL;
    str_free(&edited->text);
    return result;
}
