/*
 * Errors: formatting into the fixed buffer, errno's translation, and the one way to die.
 *
 * Messages are cut at the buffer's end, never allocated, so that reporting works when memory or
 * disk is what ran out.
 */
#include "carrel/error.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void (*_Atomic die_hook)(void);

int error_vset(struct error *err, int code, const char *fmt, va_list ap)
{
    if (err) {
        err->code = code;
        vsnprintf(err->message, sizeof err->message, fmt, ap);
    }
    return code;
}

int error_set(struct error *err, int code, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    error_vset(err, code, fmt, ap);
    va_end(ap);
    return code;
}

static int error_code_of_errno(int number)
{
    switch (number) {
    case ENOSPC:
    case EDQUOT:
        return ERR_FULL;
    case EROFS:
    case EACCES:
    case EPERM:
        return ERR_READONLY;
    case EEXIST:
        return ERR_EXISTS;
    default:
        return ERR_IO;
    }
}

int error_errno(struct error *err, const char *fmt, ...)
{
    int number = errno;
    int code = error_code_of_errno(number);
    size_t used;
    va_list ap;

    va_start(ap, fmt);
    error_vset(err, code, fmt, ap);
    va_end(ap);
    if (err) {
        used = strlen(err->message);
        snprintf(err->message + used, sizeof err->message - used, ": %s", strerror(number));
    }
    return code;
}

int error_context(struct error *err, const char *fmt, ...)
{
    char old[sizeof err->message];
    size_t used;
    va_list ap;

    if (!err)
        return ERR_FAILED;
    memcpy(old, err->message, sizeof old);
    va_start(ap, fmt);
    vsnprintf(err->message, sizeof err->message, fmt, ap);
    va_end(ap);
    used = strlen(err->message);
    snprintf(err->message + used, sizeof err->message - used, ": %s", old);
    return err->code;
}

int error_exit_code(int code)
{
    switch (code) {
    case ERR_OK:
        return 0;
    case ERR_USAGE:
        return 2;
    case ERR_PARTIAL:
        return 3;
    case ERR_NOTFOUND:
        return 4;
    case ERR_CANCELLED:
        return 130;
    default:
        return 1;
    }
}

void die_set_hook(void (*hook)(void))
{
    atomic_store(&die_hook, hook);
}

void die(const char *fmt, ...)
{
    void (*hook)(void) = atomic_exchange(&die_hook, NULL);
    va_list ap;

    if (hook)
        hook();
    fputs("carrel: ", stderr);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    _exit(1);
}
