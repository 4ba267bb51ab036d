/*
 * What a token (RFC 7519) says of itself. Its signature is not looked at: that is for who gave it
 * out, and whoever holds one may read it.
 */
#ifndef CARREL_APP_TOKEN_CLAIMS_H
#define CARREL_APP_TOKEN_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

struct token_claims {
    char scope[24]; /* "" it says none */
    int64_t ends;   /* ms since 1970; 0: it does not say */
};

bool token_claims_read(struct token_claims *out, const char *token); /* false: it is no token */
/* When the one in a file ends; 0: the file is not there (or NULL), or it does not say. */
int64_t token_file_ends(const char *file);

#endif
