/*
 * SHA-256 of bytes at hand, and of a file while it is copied.
 */
#include "carrel/sha256.h"

#include "carrel/file.h"
#include "carrel/mem.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COPY_BYTES (256u << 10)

static void hex(char out[65], const unsigned char digest[32])
{
    unsigned i;

    for (i = 0; i < 32; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

void sha256_hex(char out[65], const void *bytes, size_t len)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (!EVP_Digest(bytes, len, digest, &size, EVP_sha256(), NULL) || size != 32)
        die("SHA-256 is not available in this OpenSSL");
    hex(out, digest);
}

int sha256_copy(char out[65], int64_t *bytes, int from, int to, int64_t limit, struct error *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE], *buffer = mem_alloc(COPY_BYTES);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    int result = ERR_OK;
    ssize_t got = 0;

    *bytes = 0;
    if (!md || !EVP_DigestInit_ex(md, EVP_sha256(), NULL))
        die("SHA-256 is not available in this OpenSSL");
    while (result == ERR_OK && (got = read(from, buffer, COPY_BYTES)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            result = error_errno(err, "cannot be read");
            break;
        }
        *bytes += got;
        if (*bytes > limit)
            result = error_set(err, ERR_LIMIT, "larger than %lld bytes", (long long)limit);
        else if (to >= 0)
            result = fd_write_all(to, buffer, (size_t)got, err);
        EVP_DigestUpdate(md, buffer, (size_t)got);
    }
    EVP_DigestFinal_ex(md, digest, NULL);
    EVP_MD_CTX_free(md);
    free(buffer);
    hex(out, digest);
    return result;
}

const char *sha256_version(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}
