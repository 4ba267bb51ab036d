/*
 * Small numbers in few bits, and bounds in eight.
 *
 * Reading takes eight bytes at each number: what is read may lie up to seven bytes behind the last
 * one, which is why a segment ends with eight zero bytes.
 */
#include "carrel/hash.h"
#include "carrel/mem.h"

#include "internal.h"

#include <math.h>
#include <string.h>

#define BOUND_LEAST 0.02
#define BOUND_STEP 0.0325 /* 3.3% from one code to the next: 255 of them reach 77 */

uint8_t bound_pack(double sum)
{
    int code;

    if (sum <= BOUND_LEAST)
        return 0;
    code = (int)ceil(log(sum / BOUND_LEAST) / BOUND_STEP - 1e-9);
    while (code < 255 && BOUND_LEAST * exp(code * BOUND_STEP) < sum)
        code++;
    return (uint8_t)(code > 255 ? 255 : code);
}

double bound_unpack(uint8_t code)
{
    return code == 255 ? 1e9 : BOUND_LEAST * exp(code * BOUND_STEP);
}

unsigned pack_width(uint32_t max)
{
    return max == 0 ? 0 : 32 - (unsigned)__builtin_clz(max);
}

size_t pack_bits(uint8_t *out, const uint32_t *values, size_t count, unsigned bits)
{
    uint64_t held = 0;
    unsigned have = 0;
    uint8_t *at = out;
    size_t i;

    if (bits == 0)
        return 0;
    for (i = 0; i < count; i++) {
        held |= (uint64_t)values[i] << have;
        have += bits;
        while (have >= 8) {
            *at++ = (uint8_t)held;
            held >>= 8;
            have -= 8;
        }
    }
    if (have > 0)
        *at++ = (uint8_t)held;
    return (size_t)(at - out);
}

static inline uint64_t load64(const uint8_t *at)
{
    uint64_t value;

    memcpy(&value, at, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return value;
}

void unpack_bits(uint32_t *out, const uint8_t *in, size_t count, unsigned bits)
{
    uint64_t mask = (1ull << bits) - 1;
    size_t i, at = 0;

    if (bits == 0) {
        memset(out, 0, count * sizeof *out);
        return;
    }
    for (i = 0; i < count; i++, at += bits)
        out[i] = (uint32_t)((load64(in + (at >> 3)) >> (at & 7)) & mask);
}

void unpack_bits16(uint16_t *out, const uint8_t *in, size_t count, unsigned bits)
{
    uint64_t mask = (1ull << bits) - 1;
    size_t i, at = 0;

    if (bits == 0) {
        memset(out, 0, count * sizeof *out);
        return;
    }
    for (i = 0; i < count; i++, at += bits)
        out[i] = (uint16_t)((load64(in + (at >> 3)) >> (at & 7)) & mask);
}

uint64_t postings_hash(uint64_t hash, const uint8_t *bytes, size_t len)
{
    return hash64(bytes, len, hash);
}
