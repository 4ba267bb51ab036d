/*
 * A set of visitors that can only be counted: up to 255 are kept as what they are, 32 bits of a
 * hash each, and counted exactly; a larger set is a HyperLogLog (Flajolet and others 2007, small
 * counts by the empty registers), which holds no hash any more. Sets of one precision can be
 * joined. One thread at a time.
 */
#ifndef CARREL_VISITORS_H
#define CARREL_VISITORS_H

#include "carrel/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VISITORS_LISTED 255
/* Registers of a sketch, and so its bytes; the count is off by so much in the mean. */
enum visitors_precision { VISITORS_COARSE = 1024 /* 3.3% */, VISITORS_FINE = 4096 /* 1.6% */ };

struct visitors {
    enum visitors_precision precision;
    bool sketched;
    size_t len; /* of `listed`, which is sorted */
    union {
        uint32_t listed[VISITORS_LISTED];
        uint8_t registers[VISITORS_FINE];
    };
};
void visitors_clear(struct visitors *set, enum visitors_precision precision);
/* A hash whose bits are all as good as random. False: it changed nothing. */
bool visitors_add(struct visitors *set, uint64_t visitor);
void visitors_join(struct visitors *set, const struct visitors *other);
int64_t visitors_count(const struct visitors *set);

/* As bytes that may be stored; they are part of the set. */
const void *visitors_bytes(const struct visitors *set, size_t *len);
/* ERR_CORRUPT: bytes that are no set of this precision. */
int visitors_from(struct visitors *set, enum visitors_precision precision, const void *bytes,
                  size_t len, struct error *err);

#endif
