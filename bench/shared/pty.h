/*
 * A program in a pseudo-terminal: keys go in, and what it writes is read as some terminal would.
 */
#ifndef BENCH_SHARED_PTY_H
#define BENCH_SHARED_PTY_H

#include "carrel/str.h"

#include <stddef.h>
#include <sys/types.h>

struct pty {
    int fd;
    pid_t pid;
    struct str raw; /* not yet a whole sequence */
};
struct pty_options {
    int rows, columns;
    const char *term; /* TERM */
    const char *nice; /* of the program's session (autogroup); NULL: as it comes */
};
void pty_start(struct pty *pty, const struct pty_options *options, char **program);
/* Stops the program; what it has used is with the caller's children (wait4). NULL: not asked. */
struct rusage;
void pty_end(struct pty *pty, struct rusage *used);

/* KEYS with \r, \e and \\ as escapes; malloc'd. */
char *pty_keys(const char *text);
/* Bytes read; 0: none came within `ms`; -1: the program is gone. */
ssize_t pty_read(struct pty *pty, char *bytes, size_t size, int ms);

/* What a terminal makes of what is written. */
struct pty_terminal {
    /* From the escape on; how many bytes of it there are, 0: not all of it is here. */
    size_t (*sequence)(void *ctx, const char *at, size_t len);
    void (*letter)(void *ctx, unsigned char byte);
};
void pty_take(struct pty *pty, const struct pty_terminal *terminal, void *ctx, const char *bytes,
              size_t len);
/* How long a sequence is, by the rules that all but the oldest terminals keep; 0: not all here. */
size_t pty_sequence(const char *at, size_t len);

#endif
