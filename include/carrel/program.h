/*
 * Another program, run once: an argument vector and never a shell, bytes on its standard input, and
 * bounds on its time, memory and words. It is the leader of a process group, which is killed as a
 * whole when it has to end. Any thread; waits for it.
 */
#ifndef CARREL_PROGRAM_H
#define CARREL_PROGRAM_H

#include "carrel/error.h"
#include "carrel/mem.h"
#include "carrel/str.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct program {
    char *const *argv; /* argv[0] without a slash is looked for in PATH */
    char *const *env;  /* NULL: our own */
    const void *input;
    size_t input_len;
    int64_t time_ms;
    uint64_t memory;           /* most address space, bytes; 0: as much as we may have */
    size_t out_max;            /* most bytes of what it says */
    bool both;                 /* what it says on standard error is part of that */
    bool cut;                  /* what is beyond out_max is thrown away, and no error */
    const atomic_bool *cancel; /* may be NULL */
};

/* ERR_OK when it ended with 0; *out (NULL: thrown away) is what it wrote. ERR_NOTFOUND when it
 * could not be started, ERR_LIMIT when it was too slow or said too much, ERR_CANCELLED, else
 * ERR_FAILED with how it ended and the first line of its standard error. */
int program_run(const struct program *program, struct str *out, struct error *err);
/* Our environment with this variable in place of its own; value NULL: without it. In the arena,
 * with what it points to. */
char **program_environ(struct arena *arena, const char *name, const char *value);

#endif
