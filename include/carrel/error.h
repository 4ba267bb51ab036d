/*
 * Errors: a short list of codes and one struct that carries the message.
 *
 * A function that can fail returns int: ERR_OK (0) or a negative code below, and takes a
 * `struct error *err` as its last parameter, which may be NULL. Whoever first meets the failure
 * writes the message (one line, no trailing dot, naming the thing); callers pass the code on or
 * put a piece of context before it. The struct is plain data: it is copied by value and so crosses
 * threads inside a task.
 */
#ifndef CARREL_ERROR_H
#define CARREL_ERROR_H

#include <stdarg.h>

enum error_code {
    ERR_OK = 0,
    ERR_FAILED = -1,    /* none of the others */
    ERR_NOTFOUND = -2,  /* no such id, view or key; the exit code is 4 */
    ERR_BUSY = -3,      /* somebody else holds it, and waiting did not help */
    ERR_PARSE = -4,     /* bytes or text that do not follow their format */
    ERR_NETWORK = -5,   /* the other side, or the way there */
    ERR_IO = -6,        /* disk, pipe, terminal */
    ERR_CANCELLED = -7, /* asked to stop */
    ERR_USAGE = -8,     /* wrong arguments; the exit code is 2 */
    ERR_LIMIT = -9,     /* larger, longer or deeper than allowed */
    ERR_CORRUPT = -10,  /* our own data is damaged */
    ERR_FULL = -11,     /* no room on the disk */
    ERR_READONLY = -12, /* not allowed to write there */
    ERR_VERSION = -13,  /* made by a newer carrel */
    ERR_EXISTS = -14,   /* already there */
    ERR_PARTIAL = -15,  /* some of it could not be done, the rest is saved; the exit code is 3 */
    ERR_REFUSED = -16,  /* the other side will not serve us */
};

struct error {
    int code;
    char message[504];
};

/* Fills *err (when not NULL) and returns `code`, so that a failure is one return statement. */
int error_set(struct error *err, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int error_vset(struct error *err, int code, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

/* As error_set, with ": " and the text of errno appended; ENOSPC, EROFS, EACCES and their like
 * choose the code; a file that is missing is ERR_IO, since ERR_NOTFOUND is for ids. */
int error_errno(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts "context: " before the message that is there; returns err->code (ERR_FAILED for NULL). */
int error_context(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The process exit code that DESIGN gives a result: 0, 1, 2, 3, 4 or 130. */
int error_exit_code(int code);

/* Ends the program for a broken promise of ours (out of memory, an impossible state) after running
 * the hook, which restores the terminal. Never returns. */
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
void die_set_hook(void (*hook)(void));

#endif
