/* SHA-1: Git seals its files with it (it tells damage, not attacks), SSH hides names of hosts,
 * WebSocket shakes hands. Any thread. */
#ifndef CARREL_SHA1_H
#define CARREL_SHA1_H

#include "carrel/error.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define SHA1_BYTES 20

/* Are the last 20 bytes of the file the hash of all before them? `cancel` may be NULL. */
int sha1_sealed(bool *sealed, const char *path, const atomic_bool *cancel, struct error *err);

void sha1(unsigned char out[SHA1_BYTES], const void *bytes, size_t len);
/* The hash with a key (HMAC). */
void sha1_hmac(unsigned char out[SHA1_BYTES], const void *key, size_t key_len, const void *bytes,
               size_t len);

#endif
