/*
 * Addresses: which may be asked at all, and which lie in the public internet.
 *
 * A URL is checked as text first; the socket's own address is checked again when it is opened
 * (transfer.c), so that neither a redirect nor a name that resolves to somewhere else gets round
 * it.
 */
#include "internal.h"

#include "carrel/mem.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A part of a parsed URL (malloc'd, never NULL). */
static char *address_part(CURLU *handle, CURLUPart part)
{
    char *text = NULL, *copy;

    if (curl_url_get(handle, part, &text, 0) != CURLUE_OK)
        return mem_strdup("");
    copy = mem_strdup(text);
    curl_free(text);
    return copy;
}

static bool host_is_loopback(const char *host)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };

    if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &v4.sin_addr) == 1
           && address_is_loopback((const struct sockaddr *)&v4);
}

static int address_judge(CURLU *handle, const char *url, bool *loopback, struct error *err)
{
    char *scheme = address_part(handle, CURLUPART_SCHEME);
    char *host = address_part(handle, CURLUPART_HOST);
    char *user = address_part(handle, CURLUPART_USER);
    char *password = address_part(handle, CURLUPART_PASSWORD);
    int result = ERR_OK, shown = (int)strcspn(url, "?#"); /* what is behind may be a key */

    shown = shown < 200 ? shown : 200;
    *loopback = host_is_loopback(host);
    if (*user || *password)
        result =
            error_set(err, ERR_USAGE,
                      "the address for %s has a name or password in it; use a token-file", host);
    else if (strcmp(scheme, "http") == 0 && !*loopback)
        result = error_set(err, ERR_USAGE,
                           "%.*s is not encrypted; only https is asked, but for "
                           "servers on this machine",
                           shown, url);
    else if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
        result = error_set(err, ERR_USAGE, "%.*s is no https address", shown, url);
    free(scheme);
    free(host);
    free(user);
    free(password);
    return result;
}

int address_check(struct str *clean, bool *loopback, const char *url, struct error *err)
{
    CURLU *handle = curl_url();
    char *whole = NULL;
    int result;

    if (!handle)
        die("out of memory (URL)");
    if (curl_url_set(handle, CURLUPART_URL, url, 0) != CURLUE_OK) {
        curl_url_cleanup(handle);
        return error_set(err, ERR_USAGE, "'%.200s' is no address", url);
    }
    result = address_judge(handle, url, loopback, err);
    curl_url_set(handle, CURLUPART_FRAGMENT, NULL, 0);
    if (result == ERR_OK && curl_url_get(handle, CURLUPART_URL, &whole, 0) == CURLUE_OK) {
        str_clear(clean);
        str_add(clean, whole);
        curl_free(whole);
    }
    curl_url_cleanup(handle);
    return result;
}

int address_follow(struct str *clean, bool *loopback, const char *url, struct error *err)
{
    bool inside = *loopback;
    int result = address_check(clean, loopback, url, err);

    if (result == ERR_OK && *loopback && !inside)
        return error_set(err, ERR_USAGE, "to a server on this machine, where only one of it may");
    return result;
}

static bool parameter_is_secret(const char *name, size_t len)
{
    static const char *const names[] = { "access_token",    "token",
                                         "api_key",         "apikey",
                                         "api-key",         "key",
                                         "secret",          "client_secret",
                                         "password",        "passwd",
                                         "signature",       "sig",
                                         "x-amz-signature", "x-amz-security-token",
                                         "x-goog-signature" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(names); i++)
        if (strlen(names[i]) == len && strncasecmp(names[i], name, len) == 0)
            return true;
    return false;
}

void address_redact(struct str *out, const char *url)
{
    size_t part = strcspn(url, "?");

    str_add_mem(out, url, part);
    for (url += part; *url; url += part) {
        size_t name;

        str_add_char(out, *url++); /* '?' or '&' */
        part = strcspn(url, "&");
        name = strcspn(url, "=&");
        if (name < part && parameter_is_secret(url, name)) {
            str_add_mem(out, url, name + 1);
            str_add(out, "***");
        } else {
            str_add_mem(out, url, part);
        }
    }
}

bool address_same_host(const char *a, const char *b)
{
    CURLU *one = curl_url(), *other = curl_url();
    bool same = false;

    if (!one || !other)
        die("out of memory (URL)");
    if (curl_url_set(one, CURLUPART_URL, a, 0) == CURLUE_OK
        && curl_url_set(other, CURLUPART_URL, b, 0) == CURLUE_OK) {
        static const CURLUPart parts[] = { CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT };
        size_t i;

        same = true;
        for (i = 0; i < ARRAY_LEN(parts) && same; i++) {
            char *x = address_part(one, parts[i]), *y = address_part(other, parts[i]);

            same = strcasecmp(x, y) == 0;
            free(x);
            free(y);
        }
    }
    curl_url_cleanup(one);
    curl_url_cleanup(other);
    return same;
}

/* ---- numbers ---- */

static bool v4_in(uint32_t address, uint32_t net, int bits)
{
    return (address ^ net) >> (32 - bits) == 0;
}

static bool v4_is_public(uint32_t address)
{
    static const struct {
        uint32_t net;
        int bits;
    } special[] = {
        { 0x00000000, 8 },  /* this network */
        { 0x0A000000, 8 },  /* private */
        { 0x64400000, 10 }, /* carriers' translation */
        { 0x7F000000, 8 },  /* loopback */
        { 0xA9FE0000, 16 }, /* link-local, and the clouds' own data */
        { 0xAC100000, 12 }, /* private */
        { 0xC0000000, 24 }, /* protocols */
        { 0xC0000200, 24 }, /* documentation */
        { 0xC0586300, 24 }, /* 6to4 relays */
        { 0xC0A80000, 16 }, /* private */
        { 0xC6120000, 15 }, /* benchmarks */
        { 0xC6336400, 24 }, /* documentation */
        { 0xCB007100, 24 }, /* documentation */
        { 0xE0000000, 4 },  /* multicast */
        { 0xF0000000, 4 },  /* reserved, broadcast */
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(special); i++)
        if (v4_in(address, special[i].net, special[i].bits))
            return false;
    return true;
}

static uint32_t v4_of(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* An IPv4 address wrapped in this one, or false. */
static bool v6_unwrap(const uint8_t *bytes, uint32_t *inner)
{
    static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF };
    static const uint8_t translated[12] = { 0x00, 0x64, 0xFF, 0x9B };
    static const uint8_t compatible[12] = { 0 };

    if (memcmp(bytes, mapped, 12) == 0 || memcmp(bytes, translated, 12) == 0
        || memcmp(bytes, compatible, 12) == 0) {
        *inner = v4_of(bytes + 12);
        return true;
    }
    if (bytes[0] == 0x20 && bytes[1] == 0x02) { /* 6to4 */
        *inner = v4_of(bytes + 2);
        return true;
    }
    return false;
}

static bool v6_is_public(const uint8_t *bytes)
{
    uint32_t inner;

    if (v6_unwrap(bytes, &inner))
        return v4_is_public(inner);
    if ((bytes[0] & 0xE0) != 0x20) /* only 2000::/3 is given out */
        return false;
    if (bytes[0] == 0x20 && bytes[1] == 0x01 && (bytes[2] & 0xFE) == 0)
        return false; /* 2001::/23: Teredo, benchmarks, protocols */
    if (bytes[0] == 0x3F && bytes[1] == 0xFF && (bytes[2] & 0xF0) == 0)
        return false; /* 3fff::/20: documentation (RFC 9637) */
    return !(bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D && bytes[3] == 0xB8);
}

bool address_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return v4_is_public(
            ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
    if (address->sa_family == AF_INET6)
        return v6_is_public(
            ((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
    return false;
}

bool address_is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;

        return v4_in(ntohl(v4->sin_addr.s_addr), 0x7F000000, 8);
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;

        return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr)
               || (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) && v6->sin6_addr.s6_addr[12] == 127);
    }
    return false;
}
