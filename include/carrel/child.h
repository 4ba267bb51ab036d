/*
 * This program once more, as a child of its own: with nothing open but one descriptor, so that what
 * is dangerous or slow happens where it can be killed.
 */
#ifndef CARREL_CHILD_H
#define CARREL_CHILD_H

#include "carrel/error.h"

#include <sys/types.h>

#define CHILD_FD 3 /* in the child: the descriptor that was given along */

/* Starts it; /dev/null are its standard streams, its signals are as a fresh program expects them,
 * and it is the head of a process group. `fd` stays open here. ERR_FAILED with errno set. Any
 * thread. */
int child_spawn(pid_t *pid, int fd, char *const argv[], char *const envp[]);
/* Waits for it to end; its status as waitpid tells it. */
int child_wait(pid_t pid);

#endif
