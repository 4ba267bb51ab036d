/* What the files of the child (child*.c) share: one transfer. */
#ifndef CARREL_VCS_CHILD_PARTS_H
#define CARREL_VCS_CHILD_PARTS_H

#include "internal.h"

#define SHALLOW_SAYS "it is a shallow clone" /* between the refusal and the line for people */

struct transfer {
    const char *url, *folder;
    int64_t size_limit;
    bool public_only, too_large, told_any;
    int64_t told;                  /* when progress was told last */
    const char *ssh_key, *ca_file; /* "": none is named */
    bool agent_tried, host_known;
    size_t keys_tried;
    char *locked;      /* a key's file with a passphrase */
    char host_key[64]; /* of a host whose key is not the known one: its fingerprint */
    int64_t bytes, objects;
    int64_t copied; /* bytes of a folder's objects */
};

/* child_trust.c: whom it may ask, whom it believes, and with which keys; libgit2's callbacks. */
bool transfer_host(char *host, size_t size, char *port, size_t port_size, const char *url);
int transfer_check_host(const struct transfer *t, struct error *err);
int transfer_trust(const struct transfer *t, struct error *err);
int transfer_credentials(git_credential **out, const char *url, const char *user, unsigned allowed,
                         void *ctx);
int transfer_certificate(git_cert *certificate, int valid, const char *host, void *ctx);

/* child_judge.c: what went wrong, in a line for people. */
int transfer_judge(const struct transfer *t, int code, struct error *err);

#endif
