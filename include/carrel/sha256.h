/* SHA-256 (FIPS 180-4) as 64 lower-case hex digits. Any thread. */
#ifndef CARREL_SHA256_H
#define CARREL_SHA256_H

#include "carrel/error.h"

#include <stddef.h>
#include <stdint.h>

void sha256_hex(char out[65], const void *bytes, size_t len);
/* Of a file from where it stands to its end, *bytes of them, copied to another one on the way (-1:
 * nowhere). ERR_LIMIT: it is larger than `limit`. */
int sha256_copy(char out[65], int64_t *bytes, int from, int to, int64_t limit, struct error *err);

const char *sha256_version(void); /* "3.0.15", of OpenSSL */

#endif
