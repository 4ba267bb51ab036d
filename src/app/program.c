/*
 * Runs another program (program.h). Its input is a file without a name, so that nobody waits for it
 * to be read; what it says is read while it runs, and its end is asked for in between.
 */
#include "carrel/program.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/mem.h"
#include "carrel/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMPLAINT_BYTES 4096 /* kept of its standard error */
#define COMPLAINT_SHOWN 200
#define WAIT_MS 50

struct running {
    const struct program *program;
    pid_t pid;
    struct pollfd said[2]; /* standard output and error; fd -1: closed */
    struct str *out;       /* NULL: thrown away */
    struct str complaint;
    size_t heard; /* bytes of standard output */
};

static int input_file(const struct program *program, struct error *err)
{
    int fd = memfd_create("carrel-input", MFD_CLOEXEC);

    if (fd < 0)
        return error_errno(err, "cannot prepare the input of %s", program->argv[0]);
    if (fd_write_all(fd, program->input, program->input_len, err) == ERR_OK
        && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    close(fd);
    return error_set(err, ERR_IO, "cannot prepare the input of %s", program->argv[0]);
}

/* Signals are as a fresh program expects them, whatever our threads do with theirs. */
static int spawn(pid_t *pid, const struct program *program, int input, const int to[2])
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    int result;

    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGINT);
    sigaddset(&usual, SIGTERM);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK
                                              | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, to[0], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, to[1], STDERR_FILENO);
    result = posix_spawnp(pid, program->argv[0], &actions, &attributes, program->argv,
                          program->env ? program->env : environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return result;
}

static int start(struct running *running, int input, struct error *err)
{
    const struct program *program = running->program;
    struct rlimit memory = { program->memory, program->memory };
    int out[2], complaint[2], result;

    if (pipe2(out, O_CLOEXEC) != 0)
        return error_errno(err, "cannot run %s", program->argv[0]);
    if (pipe2(complaint, O_CLOEXEC) != 0) {
        result = error_errno(err, "cannot run %s", program->argv[0]);
        close(out[0]);
        close(out[1]);
        return result;
    }
    result = spawn(&running->pid, program, input, (int[]){ out[1], complaint[1] });
    close(out[1]);
    close(complaint[1]);
    running->said[0] = (struct pollfd){ .fd = out[0], .events = POLLIN };
    running->said[1] = (struct pollfd){ .fd = complaint[0], .events = POLLIN };
    if (result != 0)
        return error_set(err, ERR_NOTFOUND, "cannot run %s: %s", program->argv[0],
                         strerror(result));
    if (program->memory)
        prlimit(running->pid, RLIMIT_AS, &memory, NULL);
    return ERR_OK;
}

static void keep(struct running *running, const char *bytes, size_t len)
{
    const struct program *program = running->program;
    size_t room = running->heard < program->out_max ? program->out_max - running->heard : 0;

    running->heard += len;
    if (running->out)
        str_add_mem(running->out, bytes, program->cut && len > room ? room : len);
}

static bool says_too_much(const struct running *running)
{
    return running->out && !running->program->cut && running->heard > running->program->out_max;
}

/* What there is of one of the two. */
static void hear(struct running *running, int which)
{
    struct pollfd *said = &running->said[which];
    char buffer[16384];
    ssize_t got = read(said->fd, buffer, sizeof buffer);

    if (got < 0 && errno == EINTR)
        return;
    if (got <= 0) {
        close(said->fd);
        said->fd = -1;
    } else {
        if (which == 0 || running->program->both)
            keep(running, buffer, (size_t)got);
        if (which == 1 && running->complaint.len < COMPLAINT_BYTES)
            str_add_mem(&running->complaint, buffer, (size_t)got);
    }
}

/* Waits for at most `ms`; true when something was heard. */
static bool listen_to(struct running *running, int ms)
{
    bool any = false;
    int i;

    if (poll(running->said, 2, ms) <= 0)
        return false;
    for (i = 0; i < 2; i++)
        if (running->said[i].fd >= 0 && running->said[i].revents) {
            hear(running, i);
            any = true;
        }
    return any;
}

static int refuse(const struct program *program, struct error *err)
{
    return error_set(err, ERR_LIMIT, "%s says more than %zu bytes", program->argv[0],
                     program->out_max);
}

static int too_much(const struct running *running, int64_t until, struct error *err)
{
    const struct program *program = running->program;

    if (program->cancel && atomic_load(program->cancel))
        return error_set(err, ERR_CANCELLED, "stopped");
    if (says_too_much(running))
        return refuse(program, err);
    if (clock_ticks_ms() >= until)
        return error_set(err, ERR_LIMIT, "%s took longer than %.1f s and was killed",
                         program->argv[0], (double)program->time_ms / 1000);
    return ERR_OK;
}

/* Its first line; nothing of it moves a terminal's cursor. */
static void complaint_line(const struct running *running, struct str *line)
{
    const char *text = running->complaint.ptr;
    size_t len = strcspn(text, "\r\n");

    utf8_squeeze(line, text, len < COMPLAINT_SHOWN ? len : COMPLAINT_SHOWN);
    if (line->len > 0)
        str_insert(line, 0, ": ", 2);
}

static int verdict(struct running *running, int status, struct error *err)
{
    const struct program *program = running->program;
    struct str line = STR_INIT;
    int result = ERR_OK;

    complaint_line(running, &line);
    if (says_too_much(running))
        result = refuse(program, err);
    else if (WIFSIGNALED(status))
        result = error_set(err, ERR_FAILED, "%s was ended by signal %d%s", program->argv[0],
                           WTERMSIG(status), line.ptr);
    else if (WEXITSTATUS(status) != 0)
        result = error_set(err, ERR_FAILED, "%s ended with %d%s", program->argv[0],
                           WEXITSTATUS(status), line.ptr);
    str_free(&line);
    return result;
}

static int await(struct running *running, struct error *err)
{
    int64_t until = clock_ticks_ms() + running->program->time_ms;
    int status = 0, result = ERR_OK;
    pid_t ended = 0;

    while (ended == 0 && result == ERR_OK) {
        bool silent = running->said[0].fd < 0 && running->said[1].fd < 0;

        listen_to(running, silent ? 2 : WAIT_MS);
        ended = waitpid(running->pid, &status, WNOHANG);
        if (ended < 0 && errno == EINTR)
            ended = 0;
        if (ended == 0)
            result = too_much(running, until, err);
    }
    if (ended == 0) {
        kill(-running->pid, SIGKILL);
        while (waitpid(running->pid, &status, 0) < 0 && errno == EINTR)
            ;
        return result;
    }
    /* What it said last; children of its own may keep the pipes open for ever. */
    while (clock_ticks_ms() < until && !says_too_much(running) && listen_to(running, 0))
        ;
    return ended < 0 ? error_errno(err, "cannot wait for %s", running->program->argv[0])
                     : verdict(running, status, err);
}

int program_run(const struct program *program, struct str *out, struct error *err)
{
    struct running running = { .program = program,
                               .said = { { .fd = -1 }, { .fd = -1 } },
                               .out = out,
                               .complaint = STR_INIT };
    int i, input = input_file(program, err), result;

    if (input < 0)
        return input;
    result = start(&running, input, err);
    close(input);
    if (result == ERR_OK)
        result = await(&running, err);
    for (i = 0; i < 2; i++)
        if (running.said[i].fd >= 0)
            close(running.said[i].fd);
    str_free(&running.complaint);
    return result;
}

char **program_environ(struct arena *arena, const char *name, const char *value)
{
    size_t name_len = strlen(name), count = 0, len = 0, i;
    char **env;

    while (environ[count])
        count++;
    env = arena_alloc(arena, (count + 2) * sizeof *env);
    for (i = 0; i < count; i++)
        if (strncmp(environ[i], name, name_len) != 0 || environ[i][name_len] != '=')
            env[len++] = environ[i];
    if (value)
        env[len++] = arena_printf(arena, "%s=%s", name, value);
    env[len] = NULL;
    return env;
}
