/*
 * The salt that visitors are hashed with: 32 random bytes that live for one day (UTC). They lie in
 * a file of their own in the library's folder, not in the library, so that no backup has them; when
 * the day is over they are overwritten in their place, and then nobody can tell whose hash one was,
 * nor whether the hashes of two days are of the same visitor.
 */
#ifndef CARREL_SALT_H
#define CARREL_SALT_H

#include "carrel/error.h"

#include <stdint.h>

#define SALT_BYTES 32

struct salt {
    int64_t day; /* since 1970 */
    uint8_t bytes[SALT_BYTES];
};
/* That of the day, made anew if the one that is there is of another. Any number of processes. */
int salt_open(struct salt *out, const char *dir, int64_t day, struct error *err);
/* A visitor's hash: `what` tells kinds of texts apart. */
uint64_t salt_hash(const struct salt *salt, char what, const char *first, const char *second);

#endif
