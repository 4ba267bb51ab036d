/*
 * RSA keys in PEM (RFC 7468), read by OpenSSL.
 */
#include "internal.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#define BITS_LEAST 2048

/* Nobody is there to be asked for a passphrase. */
static int no_passphrase(char *out, int size, int writing, void *ctx)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)ctx;
    return -1;
}

static EVP_PKEY *key_parse(const struct str *pem, bool *is_private)
{
    BIO *bio = BIO_new_mem_buf(pem->ptr, (int)pem->len);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);

    *is_private = key != NULL;
    if (!key && BIO_reset(bio) == 1)
        key = PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
    BIO_free(bio);
    return key;
}

static void key_write(struct str *pem, EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    long len;

    explicit_bzero(pem->ptr, pem->len);
    str_clear(pem);
    if (PEM_write_bio_PUBKEY(bio, key) == 1 && (len = BIO_get_mem_data(bio, &text)) > 0)
        str_add_mem(pem, text, (size_t)len);
    BIO_free(bio);
}

int rsa_public(struct str *pem, bool signs, const char *file, struct error *err)
{
    bool is_private;
    EVP_PKEY *key = key_parse(pem, &is_private);
    int result = ERR_OK;

    if (!key || EVP_PKEY_base_id(key) != EVP_PKEY_RSA)
        result = error_set(err, ERR_USAGE,
                           "serve.key-file: %.200s is no RSA key in PEM without a "
                           "passphrase",
                           file);
    else if (EVP_PKEY_bits(key) < BITS_LEAST)
        result = error_set(err, ERR_USAGE, "serve.key-file: %.200s has %d bits; %d are the least",
                           file, EVP_PKEY_bits(key), BITS_LEAST);
    else if (signs && !is_private)
        result = error_set(err, ERR_USAGE,
                           "serve.key-file: %.200s is a public key; the first file "
                           "signs and must be a private one",
                           file);
    else
        key_write(pem, key);
    EVP_PKEY_free(key);
    return result;
}
