/*
 * The middle one of a token's three parts: JSON in the Base64 of addresses.
 */
#include "token_claims.h"

#include "carrel/base64.h"
#include "carrel/file.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static json_t *claims_json(const char *token)
{
    const char *payload = strchr(token, '.'), *end = payload ? strchr(payload + 1, '.') : NULL;
    struct str text = STR_INIT, bytes = STR_INIT;
    json_t *claims = NULL;
    size_t i;

    if (!end)
        return NULL;
    str_add_mem(&text, payload + 1, (size_t)(end - payload - 1));
    for (i = 0; i < text.len; i++)
        text.ptr[i] = text.ptr[i] == '-' ? '+' : text.ptr[i] == '_' ? '/' : text.ptr[i];
    while (text.len % 4 != 0)
        str_add_char(&text, '=');
    if (base64_decode(&bytes, text.ptr, text.len))
        claims = json_loadb(bytes.ptr, bytes.len, 0, NULL);
    str_free(&text);
    str_free(&bytes);
    return claims;
}

bool token_claims_read(struct token_claims *out, const char *token)
{
    json_t *claims = claims_json(token);
    const char *scope = json_string_value(json_object_get(claims, "scope"));
    bool good = json_is_object(claims);

    *out = (struct token_claims){ .ends = 0 };
    snprintf(out->scope, sizeof out->scope, "%s", scope ? scope : "");
    if (good)
        out->ends = json_integer_value(json_object_get(claims, "exp")) * 1000;
    json_decref(claims);
    return good;
}

int64_t token_file_ends(const char *file)
{
    struct token_claims claims = { .ends = 0 };
    struct str token = STR_INIT;

    if (file && file_read_secret(&token, file, 1, NULL) == ERR_OK)
        token_claims_read(&claims, token.ptr);
    str_forget(&token);
    return claims.ends;
}
