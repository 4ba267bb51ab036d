/*
 * A program in a pseudo-terminal: see pty.h.
 */
#include "pty.h"

#include "carrel/error.h"
#include "carrel/mem.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void pty_child(const struct pty_options *options, char **program)
{
    FILE *group = options->nice ? fopen("/proc/self/autogroup", "w") : NULL;

    if (group) {
        fprintf(group, "%s\n", options->nice);
        fclose(group);
    }
    setenv("TERM", options->term, 1);
    unsetenv("COLORTERM");
    unsetenv("TMUX");
    execvp(program[0], program);
    _exit(127);
}

void pty_start(struct pty *pty, const struct pty_options *options, char **program)
{
    struct winsize size = { .ws_row = (unsigned short)options->rows,
                            .ws_col = (unsigned short)options->columns };

    str_init(&pty->raw);
    pty->pid = forkpty(&pty->fd, NULL, NULL, &size);
    if (pty->pid == 0)
        pty_child(options, program);
}

void pty_end(struct pty *pty, struct rusage *used)
{
    kill(pty->pid, SIGTERM);
    close(pty->fd);
    wait4(pty->pid, NULL, 0, used);
    str_free(&pty->raw);
}

char *pty_keys(const char *text)
{
    char *out = mem_strdup(text), *to = out;

    for (; *text; text++) {
        if (*text != '\\' || !text[1]) {
            *to++ = *text;
            continue;
        }
        text++;
        *to++ = *text == 'r' ? '\r' : *text == 'e' ? '\033' : *text;
    }
    *to = '\0';
    return out;
}

ssize_t pty_read(struct pty *pty, char *bytes, size_t size, int ms)
{
    struct pollfd wait = { .fd = pty->fd, .events = POLLIN };
    ssize_t got;

    if (poll(&wait, 1, ms) <= 0)
        return 0;
    got = read(pty->fd, bytes, size);
    return got > 0 ? got : -1;
}

void pty_take(struct pty *pty, const struct pty_terminal *terminal, void *ctx, const char *bytes,
              size_t len)
{
    size_t at = 0, used = 1;

    str_add_mem(&pty->raw, bytes, len);
    while (at < pty->raw.len && used > 0) {
        used = 1;
        if (pty->raw.ptr[at] == '\033')
            used = terminal->sequence(ctx, pty->raw.ptr + at, pty->raw.len - at);
        else
            terminal->letter(ctx, (unsigned char)pty->raw.ptr[at]);
        at += used;
    }
    str_remove(&pty->raw, 0, at);
}

size_t pty_sequence(const char *at, size_t len)
{
    size_t used = 2;

    if (len < 2)
        return 0;
    if (at[1] == '[')
        while (used < len && (at[used] < '@' || at[used] > '~'))
            used++;
    else if (at[1] == ']' || at[1] == 'P' || at[1] == '_')
        while (used < len && at[used] != '\a' && (at[used] != '\\' || at[used - 1] != '\033'))
            used++;
    else
        return used;
    return used < len ? used + 1 : 0;
}
