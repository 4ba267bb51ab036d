/*
 * The command `demo`: a library to try carrel on, in a temporary folder that is gone afterwards.
 *
 * The desk (or the command that is named) is this program once more, on that library and without
 * harvests, so that the folder is removed however it ended.
 */
#include "commands.h"
#include "demo.h"

#include "carrel/file.h"
#include "carrel/log.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    if (remove(path) != 0)
        log_write(LOG_WARN, "cannot remove %s: %s", path, strerror(errno));
    return 0;
}

/* The words of the child: this program, its library, what was said of the terminal, the command. */
static char **demo_argv(struct command_call *call, const char *library)
{
    const struct app *app = call->app;
    char **argv = arena_alloc(call->arena, ((size_t)call->argc + 12) * sizeof *argv);
    int count = 0, i;

    argv[count++] = arena_strdup(call->arena, "/proc/self/exe");
    argv[count++] = arena_strdup(call->arena, "-L");
    argv[count++] = arena_strdup(call->arena, library);
    argv[count++] = arena_strdup(call->arena, "-c");
    argv[count++] = arena_strdup(call->arena, "harvest.background=false");
    if (app->linear)
        argv[count++] = arena_strdup(call->arena, "--linear");
    if (app->ascii)
        argv[count++] = arena_strdup(call->arena, "--ascii");
    if (app->color == COLOR_NEVER)
        argv[count++] = arena_strdup(call->arena, "--color=never");
    if (app->quiet)
        argv[count++] = arena_strdup(call->arena, "-q");
    for (i = 0; i < call->argc; i++)
        argv[count++] = call->argv[i];
    argv[count] = NULL;
    return argv;
}

/* Ended with this code it has said why; so do we end, and say no more. */
static int demo_failed(int status, struct error *err)
{
    static const int codes[] = { ERR_USAGE, ERR_PARTIAL, ERR_NOTFOUND, ERR_CANCELLED };
    size_t i;

    for (i = 0; i < ARRAY_LEN(codes); i++)
        if (error_exit_code(codes[i]) == status)
            return error_set(err, codes[i], "%s", "");
    return error_set(err, ERR_FAILED, "%s", "");
}

/* What ends a process ends the demo, wherever it is, and then its folder goes: kept until the desk
 * is there, and passed on to it. */
static volatile sig_atomic_t demo_child, demo_ended;

static void demo_end(int number)
{
    demo_ended = number;
    if (demo_child > 0)
        kill((pid_t)demo_child, number);
}

static const int demo_signals[] = { SIGTERM, SIGHUP };

static void demo_catch(struct sigaction before[])
{
    struct sigaction action = { .sa_handler = demo_end };
    size_t i;

    demo_child = demo_ended = 0;
    for (i = 0; i < ARRAY_LEN(demo_signals); i++)
        sigaction(demo_signals[i], &action, &before[i]);
}

static void demo_uncatch(const struct sigaction before[])
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(demo_signals); i++)
        sigaction(demo_signals[i], &before[i], NULL);
}

static pid_t demo_start(char **argv, const struct sigaction *interrupt)
{
    pid_t child = fork();

    if (child == 0) {
        sigaction(SIGINT, interrupt, NULL);
        execv(argv[0], argv);
        _exit(127);
    }
    demo_child = (sig_atomic_t)child;
    if (child > 0 && demo_ended) /* before it was known whom to tell */
        kill(child, demo_ended);
    return child;
}

/* Keys that end a program are the child's while it has the terminal. */
static int demo_open(char **argv, struct error *err)
{
    struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
    int status = 0, result = ERR_OK;
    pid_t child;

    if (demo_ended)
        return error_set(err, ERR_CANCELLED, "stopped");
    sigaction(SIGINT, &ignore, &before);
    child = demo_start(argv, &before);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    demo_child = 0;
    sigaction(SIGINT, &before, NULL);
    if (child < 0)
        result = error_errno(err, "cannot start the desk");
    else if (WIFSIGNALED(status))
        result = error_set(err, ERR_FAILED, "the desk was ended by signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0) /* it has said why */
        result = demo_failed(WEXITSTATUS(status), err);
    return result;
}

/* What the desk looks for. */
static int demo_tutor(const char *folder, struct error *err)
{
    char *path = path_join(folder, "demo/tutor");
    int result = file_write(path, "", 0, err);

    free(path);
    return result;
}

int cmd_demo(struct command_call *call, struct error *err)
{
    char *folder = path_temporary("demo"), *library = call->app->library;
    struct sigaction before[ARRAY_LEN(demo_signals)];
    bool keep = call_has(call, "--keep");
    int result;

    if (!mkdtemp(folder)) {
        result = error_errno(err, "cannot make %s", folder);
        free(folder);
        return result;
    }
    demo_catch(before);
    call->app->library = folder;
    result = demo_make(call->app, call->cancel, err);
    if (result == ERR_OK && call_has(call, "--tutor"))
        result = demo_tutor(folder, err);
    call->app->library = library;
    if (result == ERR_OK) {
        if (!call->app->quiet)
            fprintf(stderr, "The demo's library is %s%s\n", folder,
                    keep ? "; it stays." : ", and gone when you leave (--keep keeps it).");
        result = demo_open(demo_argv(call, folder), err);
    }
    if (!keep)
        nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    demo_uncatch(before);
    free(folder);
    return result;
}
