/* Sockets that connect to public addresses alone; for http and https (libssh2 wants its own). */
#ifndef CARREL_VCS_GUARD_H
#define CARREL_VCS_GUARD_H

#define GUARD_SAYS "has a private address"

/* From now on, in this process. Not 0: libgit2's error. */
int guard_sockets(void);

#endif
