/*
 * Names of processes, from /proc (proc(5)): boot_id, the namespace's inode, pid, start time in
 * clock ticks since the boot.
 */
#include "carrel/holder.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PLACE_MAX 80

/* How many bytes; 0: none, or it cannot be read. */
static size_t holder_bytes(const char *path, char *out, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, out, size - 1);

    if (fd >= 0)
        close(fd);
    out[got > 0 ? got : 0] = '\0';
    return got > 0 ? (size_t)got : 0;
}

static bool holder_read(const char *path, char *out, size_t size)
{
    return holder_bytes(path, out, size) > 0;
}

/* Where process ids mean something: "BOOT/NAMESPACE/". */
static bool holder_place(char out[PLACE_MAX])
{
    char boot[48], space[32];
    ssize_t len = readlink("/proc/self/ns/pid", space, sizeof space - 1);

    if (len <= 0 || !holder_read("/proc/sys/kernel/random/boot_id", boot, sizeof boot))
        return false;
    space[len] = '\0';
    boot[strcspn(boot, "\n")] = '\0';
    snprintf(out, PLACE_MAX, "%.36s/%.31s/", boot, space);
    return true;
}

/* Fields 3 (state) and 22 (start time); field 2, in parentheses, may hold anything. */
static bool holder_stat(long pid, char *state, unsigned long long *started)
{
    char path[48], text[1024];
    const char *at;
    int field;

    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    if (!holder_read(path, text, sizeof text) || !(at = strrchr(text, ')')) || at[1] != ' ')
        return false;
    at += 2;
    *state = *at;
    for (field = 3; field < 22 && at; field++) {
        at = strchr(at, ' ');
        at = at ? at + 1 : NULL;
    }
    return at && sscanf(at, "%llu", started) == 1;
}

void holder_self(char out[HOLDER_MAX])
{
    char place[PLACE_MAX], state;
    unsigned long long started;

    out[0] = '\0';
    if (holder_place(place) && holder_stat((long)getpid(), &state, &started))
        snprintf(out, HOLDER_MAX, "%s%ld/%llu", place, (long)getpid(), started);
}

bool holder_is_dead(const char *name)
{
    char place[PLACE_MAX], state;
    unsigned long long wanted, started;
    long pid;
    size_t len;

    if (!holder_place(place))
        return false;
    len = strlen(place);
    if (strncmp(name, place, len) != 0 || sscanf(name + len, "%ld/%llu", &pid, &wanted) != 2)
        return false;
    if (pid <= 0 || (kill((pid_t)pid, 0) != 0 && errno == ESRCH))
        return true;
    if (!holder_stat(pid, &state, &started))
        return kill((pid_t)pid, 0) != 0 && errno == ESRCH; /* gone meanwhile */
    return started != wanted || state == 'Z' || state == 'X';
}

bool holder_command(long pid, char *out, size_t size)
{
    char path[48], *base;
    size_t len, i;

    snprintf(path, sizeof path, "/proc/%ld/cmdline", pid);
    len = pid > 0 ? holder_bytes(path, out, size) : 0;
    if (len == 0)
        return false;
    if (len < size - 1) /* its last word ends, too */
        len--;
    base = strrchr(out, '/'); /* of the first word, which ends with a nul */
    if (base) {
        len -= (size_t)(base + 1 - out);
        memmove(out, base + 1, len + 1);
    }
    for (i = 0; i < len; i++)
        if (iscntrl((unsigned char)out[i]))
            out[i] = ' ';
    out[len] = '\0';
    return len > 0;
}
