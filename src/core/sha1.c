/*
 * Files that end with the SHA-1 of what stands before: Git's packs and their indexes. And the hash
 * with a key.
 */
#include "carrel/sha1.h"

#include "carrel/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEAL ((size_t)SHA1_BYTES)
#define STEP (256u << 10)

/* Reads until the buffer is full or the file ends; -1 with errno. */
static ssize_t read_full(int fd, unsigned char *buffer, size_t size)
{
    size_t len = 0;
    ssize_t got;

    while (len < size && (got = read(fd, buffer + len, size - len)) != 0) {
        if (got < 0 && errno != EINTR)
            return -1;
        len += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)len;
}

/* The buffer always keeps back the last SEAL bytes that were read: they may be the seal. */
static int hash_but_seal(EVP_MD_CTX *md, unsigned char seal[SEAL], bool *whole, int fd,
                         const atomic_bool *cancel, struct error *err)
{
    unsigned char *buffer = mem_alloc(SEAL + STEP);
    ssize_t kept = read_full(fd, buffer, SEAL), got = kept;
    int result = ERR_OK;

    *whole = kept == (ssize_t)SEAL;
    while (result == ERR_OK && *whole && (got = read_full(fd, buffer + SEAL, STEP)) > 0) {
        EVP_DigestUpdate(md, buffer, (size_t)got);
        memmove(buffer, buffer + got, SEAL);
        if (cancel && atomic_load(cancel))
            result = error_set(err, ERR_CANCELLED, "stopped");
    }
    memcpy(seal, buffer, *whole ? SEAL : 0);
    free(buffer);
    return result == ERR_OK && got < 0 ? error_errno(err, "cannot be read") : result;
}

int sha1_sealed(bool *sealed, const char *path, const atomic_bool *cancel, struct error *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE], seal[SEAL] = { 0 };
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), result;
    bool whole = false;

    *sealed = false;
    if (!md || !EVP_DigestInit_ex(md, EVP_sha1(), NULL))
        die("SHA-1 is not available in this OpenSSL");
    result = fd >= 0 ? hash_but_seal(md, seal, &whole, fd, cancel, err)
                     : error_errno(err, "cannot be opened");
    EVP_DigestFinal_ex(md, digest, NULL);
    EVP_MD_CTX_free(md);
    if (fd >= 0)
        close(fd);
    *sealed = result == ERR_OK && whole && memcmp(digest, seal, SEAL) == 0;
    return result;
}

void sha1(unsigned char out[SHA1_BYTES], const void *bytes, size_t len)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (!EVP_Digest(bytes, len, digest, &size, EVP_sha1(), NULL) || size != SHA1_BYTES)
        die("SHA-1 is not available in this OpenSSL");
    memcpy(out, digest, SHA1_BYTES);
}

void sha1_hmac(unsigned char out[SHA1_BYTES], const void *key, size_t key_len, const void *bytes,
               size_t len)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (!HMAC(EVP_sha1(), key, (int)key_len, bytes, len, digest, &size) || size != SHA1_BYTES)
        die("SHA-1 is not available in this OpenSSL");
    memcpy(out, digest, SHA1_BYTES);
}
