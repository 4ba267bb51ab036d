/*
 * Starting this program again (carrel/child.h): by posix_spawn, never a bare fork, since other
 * threads may hold locks.
 */
#include "carrel/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static int spawn(pid_t *pid, int fd, char *const argv[], char *const envp[])
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int result;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fd, CHILD_FD);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, CHILD_FD + 1);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF
                                              | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    result = posix_spawn(pid, "/proc/self/exe", &actions, &attributes, argv, envp);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return result;
}

int child_spawn(pid_t *pid, int fd, char *const argv[], char *const envp[])
{
    int own = -1, result;

    /* dup2 onto itself would leave close-on-exec set. */
    if (fd == CHILD_FD) {
        own = fcntl(fd, F_DUPFD_CLOEXEC, CHILD_FD + 1);
        if (own < 0)
            return ERR_FAILED;
        fd = own;
    }
    result = spawn(pid, fd, argv, envp);
    if (own >= 0)
        close(own);
    if (result == 0)
        return ERR_OK;
    *pid = 0;
    errno = result;
    return ERR_FAILED;
}

int child_wait(pid_t pid)
{
    int status = 0;
    pid_t got;

    do
        got = waitpid(pid, &status, 0);
    while (got < 0 && errno == EINTR);
    return got < 0 ? 0 : status;
}
