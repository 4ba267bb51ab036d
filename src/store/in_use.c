/*
 * Who has a library open: asked before its file is replaced under them.
 *
 * A connection in WAL mode holds a shared lock on library.db and one on library.db-shm from its
 * first read to its end, idle or not, and the kernel tells the process (fcntl(2), F_GETLK), also of
 * one in another container that has the same disk. Our own locks are not told, and closing a file
 * here drops them: this process must have no connection of its own.
 */
#include "carrel/file.h"
#include "carrel/holder.h"
#include "carrel/mem.h"
#include "carrel/store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COMMAND_MAX 80

/* The process that has a lock on it; 0: one that cannot be seen from here; -1: none. */
static long lock_holder(const char *path)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool locked;

    if (fd < 0)
        return -1;
    locked = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(fd);
    return !locked ? -1 : lock.l_pid > 0 ? (long)lock.l_pid : 0;
}

int store_check_unused(const char *dir, struct error *err)
{
    static const char *const names[] = { "library.db", "library.db-shm" };
    char command[COMMAND_MAX];
    long pid = -1;
    size_t i;

    for (i = 0; i < ARRAY_LEN(names) && pid < 0; i++) {
        char *path = path_join(dir, names[i]);

        pid = lock_holder(path);
        free(path);
    }
    if (pid < 0)
        return ERR_OK;
    if (pid == 0)
        return error_set(err, ERR_BUSY,
                         "%s is in use by a process of another container: stop it first", dir);
    if (!holder_command(pid, command, sizeof command))
        return error_set(err, ERR_BUSY, "%s is in use by process %ld: stop it first", dir, pid);
    return error_set(err, ERR_BUSY, "%s is in use by process %ld (%s): stop it first", dir, pid,
                     command);
}
