/* SHA-1, which Git seals its files with: it tells damage, not attacks. Any thread. */
#ifndef CARREL_SHA1_H
#define CARREL_SHA1_H

#include "carrel/error.h"

#include <stdatomic.h>
#include <stdbool.h>

/* Are the last 20 bytes of the file the hash of all before them? `cancel` may be NULL. */
int sha1_sealed(bool *sealed, const char *path, const atomic_bool *cancel, struct error *err);

#endif
