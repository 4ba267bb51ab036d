/*
 * The parent's side of cloning and fetching: starts the child, listens to it, and kills it when it
 * is told to stop, takes too long or falls silent. A clone is made in a folder whose name carries
 * this process's number, beside its place, and is moved there when it is whole.
 */
#include "child.h"
#include "folders.h"
#include "internal.h"

#include "carrel/child.h"
#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLL_MS 100
#define SILENCE_MS 120000 /* without a word from the child it is taken for stuck */
#define SIZE_USUAL (4LL << 30)
#define TIME_USUAL 3600000

struct running {
    const struct vcs_transfer *transfer;
    pid_t pid;
    int fd;
    struct str heard; /* not yet a whole line */
    bool ended;       /* its last line has come */
    struct vcs_transferred *out;
    struct error failure;
};

/* ---- folders ---- */

static int make_parent(const char *path, struct error *err)
{
    char *parent = mem_strdup(path);
    int result;

    *strrchr(parent, '/') = '\0';
    result = folder_make(parent, err);
    free(parent);
    return result;
}

/* ---- the child's words ---- */

static void hear_progress(struct running *running, const char *line)
{
    static const char *const states[STATE_COUNT] = { "connecting", "counting", "receiving",
                                                     "resolving" };
    long long done, total, bytes;
    int state;

    if (sscanf(line, "p\t%d\t%lld\t%lld\t%lld", &state, &done, &total, &bytes) != 4 || state < 0
        || state >= STATE_COUNT || !running->transfer->progress)
        return;
    running->transfer->progress(
        running->transfer->ctx,
        &(struct vcs_progress){
            .state = states[state], .done = done, .total = total, .bytes = bytes });
}

static void hear_failure(struct running *running, const char *line)
{
    const char *message = strchr(line + 2, '\t');
    struct str clean = STR_INIT;
    long code = strtol(line + 2, NULL, 10);

    if (message)
        utf8_squeeze(&clean, message + 1, strlen(message + 1));
    error_set(&running->failure, code < 0 && code >= ERR_REFUSED ? (int)code : ERR_FAILED, "%.400s",
              clean.len ? clean.ptr : "it failed");
    running->ended = true;
    str_free(&clean);
}

static void hear_end(struct running *running, const char *line)
{
    long long objects, bytes;
    int changed;

    running->ended = sscanf(line, "d\t%d\t%lld\t%lld", &changed, &objects, &bytes) == 3;
    if (!running->ended)
        return;
    running->out->changed = changed;
    running->out->objects = objects;
    running->out->bytes = bytes;
}

static void hear_lines(struct running *running)
{
    char *end;

    while (!running->ended
           && (end = memchr(running->heard.ptr, '\n', running->heard.len)) != NULL) {
        *end = '\0';
        if (str_starts(running->heard.ptr, "p\t"))
            hear_progress(running, running->heard.ptr);
        else if (str_starts(running->heard.ptr, "e\t"))
            hear_failure(running, running->heard.ptr);
        else if (str_starts(running->heard.ptr, "d\t"))
            hear_end(running, running->heard.ptr);
        str_remove(&running->heard, 0, (size_t)(end + 1 - running->heard.ptr));
    }
}

/* True while there may be more to hear. */
static bool hear(struct running *running)
{
    char buffer[VCS_LINE_MAX];
    ssize_t got = read(running->fd, buffer, sizeof buffer);

    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return true;
    if (got <= 0 || running->heard.len + (size_t)got > (size_t)VCS_LINE_MAX * 4)
        return false;
    str_add_mem(&running->heard, buffer, (size_t)got);
    hear_lines(running);
    return !running->ended;
}

static int listen_to(struct running *running, struct error *err)
{
    int64_t limit =
        running->transfer->time_limit_ms > 0 ? running->transfer->time_limit_ms : TIME_USUAL;
    int64_t until = clock_ticks_ms() + limit, silent = clock_ticks_ms() + SILENCE_MS;
    bool more = true;

    while (more) {
        struct pollfd wait = { .fd = running->fd, .events = POLLIN };
        int64_t now = clock_ticks_ms();

        if (vcs_stopped(running->transfer->cancel))
            return vcs_cancelled(err);
        if (now >= until)
            return error_set(err, ERR_LIMIT, "it took more than %lld s (repository.time-limit)",
                             (long long)(limit / 1000));
        if (now >= silent)
            return error_set(err, ERR_NETWORK, "the other side has fallen silent");
        if (poll(&wait, 1, POLL_MS) > 0) {
            more = hear(running);
            silent = now + SILENCE_MS;
        }
    }
    return ERR_OK;
}

/* ---- one transfer ---- */

/* What libgit2 and libssh2 look for in it, and no more. */
static char **environment(struct arena *arena)
{
    static const char *const names[] = { "HOME",        "SSH_AUTH_SOCK", "http_proxy",
                                         "https_proxy", "HTTPS_PROXY",   "no_proxy",
                                         "NO_PROXY",    "SSL_CERT_FILE", "SSL_CERT_DIR" };
    char **env = arena_alloc(arena, (ARRAY_LEN(names) + 1) * sizeof *env);
    size_t i, count = 0;

    for (i = 0; i < ARRAY_LEN(names); i++)
        if (getenv(names[i]))
            env[count++] = arena_printf(arena, "%s=%s", names[i], getenv(names[i]));
    return env;
}

static int start(struct running *running, struct arena *arena, const char *folder,
                 struct error *err)
{
    const struct vcs_transfer *t = running->transfer;
    int64_t limit = t->size_limit > 0 ? t->size_limit : SIZE_USUAL;
    char *argv[ARG_COUNT + 1] = {
        (char[]){ "carrel" },
        (char[]){ VCS_CHILD_WORD },
        arena_strdup(arena, t->url),
        arena_strdup(arena, folder),
        arena_printf(arena, "%lld", (long long)limit),
        t->public_only ? (char[]){ "1" } : (char[]){ "0" },
        arena_strdup(arena, t->user_agent ? t->user_agent : "carrel"),
        arena_strdup(arena, t->ssh_key ? t->ssh_key : ""),
        arena_strdup(arena, t->ca_file ? t->ca_file : ""),
        NULL,
    };
    int ends[2], result;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_errno(err, "cannot start the clone");
    result = child_spawn(&running->pid, ends[1], argv, environment(arena));
    if (result != ERR_OK)
        error_errno(err, "cannot start the clone");
    close(ends[1]);
    running->fd = ends[0];
    return result;
}

static int run(struct running *running, const char *folder, struct error *err)
{
    struct arena *arena = arena_new();
    int status, result = start(running, arena, folder, err);

    if (result == ERR_OK) {
        result = listen_to(running, err);
        if (result != ERR_OK || !running->ended)
            kill(running->pid, SIGKILL);
        status = child_wait(running->pid);
        if (result == ERR_OK && !running->ended)
            result = error_set(err, ERR_FAILED, "it crashes the program that clones (signal %d)",
                               WIFSIGNALED(status) ? WTERMSIG(status) : 0);
        else if (result == ERR_OK && running->failure.code)
            result = error_set(err, running->failure.code, "%s", running->failure.message);
    }
    if (running->fd >= 0)
        close(running->fd);
    str_free(&running->heard);
    arena_free(arena);
    return result;
}

/* The folders above a clone that has not come about, when nothing else is in them. */
static void remove_parents(const char *place)
{
    char *path = mem_strdup(place);
    int i;

    for (i = 0; i < 2; i++) {
        *strrchr(path, '/') = '\0';
        if (rmdir(path) != 0)
            break;
    }
    free(path);
}

/* Into its place; where another clone of it has come there first, that one is as good. */
static int put_there(struct running *running, const char *beside, struct error *err)
{
    struct error why = { 0 };
    int result = file_move(beside, running->transfer->folder, &why);

    running->out->cloned = result == ERR_OK;
    if (result == ERR_OK || folder_exists(running->transfer->folder))
        return ERR_OK;
    return error_set(err, result, "%s", why.message);
}

static int clone_to(struct running *running, struct error *err)
{
    static atomic_uint counter;
    const char *place = running->transfer->folder;
    char *beside = mem_printf("%s" CLONING_MARK "%ld-%u", place, (long)getpid(),
                              atomic_fetch_add(&counter, 1u));
    int result = make_parent(place, err);

    if (result == ERR_OK)
        result = run(running, beside, err);
    if (result == ERR_OK)
        result = put_there(running, beside, err);
    if (!running->out->cloned)
        vcs_remove(beside, NULL);
    if (result != ERR_OK)
        remove_parents(place);
    free(beside);
    return result;
}

int vcs_transfer(const struct vcs_transfer *transfer, struct vcs_transferred *out,
                 struct error *err)
{
    struct running running = { .transfer = transfer, .fd = -1, .heard = STR_INIT, .out = out };

    *out = (struct vcs_transferred){ 0 };
    if (!folder_exists(transfer->folder))
        return clone_to(&running, err);
    vcs_sweep_packs(transfer->folder);
    return run(&running, transfer->folder, err);
}
