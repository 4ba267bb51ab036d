/*
 * A set of visitors that can only be counted: up to 512 are kept as the hashes they are, exactly;
 * a larger set is 4,096 registers of a HyperLogLog (Flajolet and others 2007, small counts by the
 * empty registers), which is wrong by 1.6% in the mean and holds no hash any more. Two sets can be
 * joined. One thread at a time.
 */
#ifndef CARREL_VISITORS_H
#define CARREL_VISITORS_H

#include "carrel/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VISITORS_LISTED 512
#define VISITORS_BYTES 4096 /* of a packed set, at most */

struct visitors {
    bool sketched;
    size_t len; /* of `listed`, which is sorted */
    union {
        uint64_t listed[VISITORS_LISTED];
        uint8_t registers[VISITORS_BYTES];
    };
};
void visitors_clear(struct visitors *set);
/* A hash whose bits are all as good as random. False: it changed nothing. */
bool visitors_add(struct visitors *set, uint64_t visitor);
void visitors_join(struct visitors *set, const struct visitors *other);
int64_t visitors_count(const struct visitors *set);

/* As bytes that may be stored; they are part of the set. */
const void *visitors_bytes(const struct visitors *set, size_t *len);
/* ERR_CORRUPT: bytes that are no set. */
int visitors_from(struct visitors *set, const void *bytes, size_t len, struct error *err);

#endif
