/*
 * Signed messages: a header "t=1772366400,v1=64 HEX DIGITS", where the digits are the HMAC-SHA256
 * (RFC 2104) of the time, a dot and the body. The time is signed with it, so an old message cannot
 * be sent again as a new one. Several v1 may stand in it, while a secret is being changed; members
 * of other names are passed over. Any thread.
 */
#ifndef CARREL_SIGNATURE_H
#define CARREL_SIGNATURE_H

#include "carrel/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIGNATURE_HEADER "X-Carrel-Signature"
#define SIGNATURE_SECRET_LEAST 32 /* bytes */
#define SIGNATURE_SKEW_S 300      /* how far apart two clocks may be, and how late a message */
#define SIGNATURE_MACS 4
#define SIGNATURE_HEADER_MAX 1024 /* bytes */

struct signature {
    int64_t at; /* seconds since 1970 */
    char macs[SIGNATURE_MACS][65];
    size_t count;
};
/* False: it is no such header. */
bool signature_parse(struct signature *out, const char *header);
/* Is its time near enough? */
bool signature_is_timely(const struct signature *signature, int64_t now_s);
/* Does one of its digests fit? Takes as long whether it does or not. */
bool signature_fits(const struct signature *signature, const struct str *secret, const void *body,
                    size_t len);
/* The header's value, appended. */
void signature_write(struct str *out, const struct str *secret, int64_t at, const void *body,
                     size_t len);

#endif
