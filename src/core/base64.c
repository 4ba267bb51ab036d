/*
 * Base64, by libcrypto.
 */
#include "carrel/base64.h"

#include "carrel/error.h"

#include <limits.h>
#include <openssl/evp.h>

void base64_encode(struct str *out, const void *bytes, size_t len)
{
    size_t need = (len + 2) / 3 * 4;

    if (len > INT_MAX / 2)
        die("more bytes than Base64 takes at once");
    str_reserve(out, need);
    EVP_EncodeBlock((unsigned char *)out->ptr + out->len, bytes, (int)len);
    out->len += need;
}

bool base64_decode(struct str *out, const char *text, size_t len)
{
    EVP_ENCODE_CTX *context = EVP_ENCODE_CTX_new();
    unsigned char *to;
    int some = 0, rest = 0;
    bool good;

    if (!context || len > INT_MAX / 2) {
        EVP_ENCODE_CTX_free(context);
        return false;
    }
    str_reserve(out, len + 64);
    to = (unsigned char *)out->ptr + out->len;
    EVP_DecodeInit(context);
    good = EVP_DecodeUpdate(context, to, &some, (const unsigned char *)text, (int)len) >= 0
           && EVP_DecodeFinal(context, to + some, &rest) == 1;
    EVP_ENCODE_CTX_free(context);
    if (good)
        out->len += (size_t)(some + rest);
    out->ptr[out->len] = '\0';
    return good;
}
