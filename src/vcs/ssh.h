/* What a program that speaks SSH looks for in ~/.ssh: see ssh.c. */
#ifndef CARREL_VCS_SSH_H
#define CARREL_VCS_SSH_H

#include <stdbool.h>
#include <stddef.h>

/* Does ~/.ssh/known_hosts know a key of this host (as "host" or "[host]:port"), whichever? */
bool ssh_knows(const char *host, const char *port);

enum ssh_key { SSH_KEY_NONE, SSH_KEY_OPEN, SSH_KEY_LOCKED }; /* locked: by a passphrase */
enum ssh_key ssh_key_look(const char *file);
/* The i-th file where ssh itself would look for a key; NULL behind the last. Caller frees. */
char *ssh_key_usual(size_t i);

#endif
