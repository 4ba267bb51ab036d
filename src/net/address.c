/*
 * Addresses: which may be asked at all.
 *
 * A URL is checked as text first; the socket's own address is checked again when it is opened
 * (transfer.c, carrel/ip.h), so that neither a redirect nor a name that resolves to somewhere else
 * gets round it.
 */
#include "internal.h"

#include "carrel/ip.h"
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
           && ip_is_loopback((const struct sockaddr *)&v4);
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

int net_check(const char *url, struct error *err)
{
    struct str clean = STR_INIT;
    bool loopback;
    int result = address_check(&clean, &loopback, url, err);

    str_free(&clean);
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

/* Numbers by which an address is known; curl has written odd spellings of IPv4 the usual way. */
static bool host_is_private(const char *host)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    size_t len = strlen(host), name = len;
    char inside[64];

    while (name > 0 && host[name - 1] == '.')
        name--; /* "localhost." is localhost */
    if (*host == '[' && len > 2 && len - 2 < sizeof inside) {
        memcpy(inside, host + 1, len - 2);
        inside[len - 2] = '\0';
        return inet_pton(AF_INET6, inside, &v6.sin6_addr) != 1
               || !ip_is_public((const struct sockaddr *)&v6);
    }
    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1)
        return !ip_is_public((const struct sockaddr *)&v4);
    return name == 0 || (name >= 9 && strncasecmp(host + name - 9, "localhost", 9) == 0)
           || (name >= 9 && strncasecmp(host + name - 9, ".internal", 9) == 0)
           || (name >= 6 && strncasecmp(host + name - 6, ".local", 6) == 0);
}

static int public_judge(CURLU *handle, const char *url, struct error *err)
{
    char *scheme = address_part(handle, CURLUPART_SCHEME);
    char *host = address_part(handle, CURLUPART_HOST);
    char *user = address_part(handle, CURLUPART_USER);
    char *password = address_part(handle, CURLUPART_PASSWORD);
    int result = ERR_OK;

    if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
        result = error_set(err, ERR_USAGE, "'%.200s' is no http or https address", url);
    else if (*user || *password)
        result = error_set(err, ERR_USAGE, "an address may hold no name and password");
    else if (host_is_private(host))
        result = error_set(err, ERR_USAGE, "%.100s lies inside a private network", host);
    free(scheme);
    free(host);
    free(user);
    free(password);
    return result;
}

int net_check_public(const char *url, struct error *err)
{
    CURLU *handle = curl_url();
    int result;

    if (!handle)
        die("out of memory (URL)");
    result = curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK
                 ? public_judge(handle, url, err)
                 : error_set(err, ERR_USAGE, "'%.200s' is no address", url);
    curl_url_cleanup(handle);
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
