/* Signed messages; see signature.h. */
#include "carrel/signature.h"

#include "carrel/error.h"
#include "carrel/mem.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAC_HEX 64
#define TIME_DIGITS 15 /* seconds: far beyond any year, and never an overflow */

static void mac_hex(char out[MAC_HEX + 1], const struct str *secret, int64_t at, const void *body,
                    size_t len)
{
    struct str message = STR_INIT;
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned size = 0, i;

    str_printf(&message, "%" PRId64 ".", at);
    str_add_mem(&message, body, len);
    if (!HMAC(EVP_sha256(), secret->ptr, (int)secret->len, (const unsigned char *)message.ptr,
              message.len, mac, &size)
        || size != MAC_HEX / 2)
        die("HMAC-SHA256 is not available in this OpenSSL");
    for (i = 0; i < size; i++)
        snprintf(out + 2 * i, 3, "%02x", mac[i]);
    str_free(&message);
}

static bool take_time(struct signature *out, const char *text, size_t len)
{
    if (out->at != 0 || len == 0 || len > TIME_DIGITS || strspn(text, "0123456789") < len)
        return false;
    out->at = strtoll(text, NULL, 10);
    return out->at > 0;
}

static bool take_mac(struct signature *out, const char *text, size_t len)
{
    if (out->count == SIGNATURE_MACS || len != MAC_HEX || strspn(text, "0123456789abcdef") < len)
        return false;
    memcpy(out->macs[out->count], text, len);
    out->macs[out->count++][len] = '\0';
    return true;
}

bool signature_parse(struct signature *out, const char *header)
{
    bool good = strlen(header) <= SIGNATURE_HEADER_MAX;

    memset(out, 0, sizeof *out);
    while (*header && good) {
        size_t len;

        header += strspn(header, " ");
        len = strcspn(header, ",");
        if (strncmp(header, "t=", 2) == 0)
            good = take_time(out, header + 2, len - 2);
        else if (strncmp(header, "v1=", 3) == 0)
            good = take_mac(out, header + 3, len - 3);
        header += len + (header[len] == ',');
    }
    return good && out->at > 0 && out->count > 0;
}

bool signature_is_timely(const struct signature *signature, int64_t now_s)
{
    int64_t apart = now_s > signature->at ? now_s - signature->at : signature->at - now_s;

    return apart <= SIGNATURE_SKEW_S;
}

bool signature_fits(const struct signature *signature, const struct str *secret, const void *body,
                    size_t len)
{
    char ours[MAC_HEX + 1];
    bool fits = false;
    size_t i;

    mac_hex(ours, secret, signature->at, body, len);
    for (i = 0; i < signature->count; i++)
        fits |= CRYPTO_memcmp(ours, signature->macs[i], MAC_HEX) == 0;
    return fits;
}

void signature_write(struct str *out, const struct str *secret, int64_t at, const void *body,
                     size_t len)
{
    char mac[MAC_HEX + 1];

    mac_hex(mac, secret, at, body, len);
    str_printf(out, "t=%" PRId64 ",v1=%s", at, mac);
}
