/*
 * Headers of a request that decide before anything else does: how long it is, under which name the
 * service was asked, and for whom.
 *
 * libmicrohttpd takes what others may read in another way (two lengths, a blank before the colon);
 * behind a proxy one request would be two. Such requests are refused, and their connection ends.
 */
#include "internal.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct seen {
    int lengths, codings, hosts;
    bool chunked; /* the coding is that one alone */
    const char *wrong;
};

static bool is_name(const char *name, size_t len)
{
    static const char letters[] = "!#$%&'*+-.^_`|~0123456789"
                                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    return len > 0 && strspn(name, letters) >= len;
}

static bool is_value(const char *value, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (((unsigned char)value[i] < ' ' && value[i] != '\t') || value[i] == 0x7F)
            return false;
    return true;
}

static enum MHD_Result look_at(void *ctx, enum MHD_ValueKind kind, const char *name,
                               size_t name_len, const char *value, size_t value_len)
{
    struct seen *seen = ctx;

    (void)kind;
    if (!is_name(name, name_len))
        seen->wrong = "the name of a header has a character that is not for names";
    else if (!is_value(value, value_len))
        seen->wrong = "a header has a control character in it";
    else if (strcasecmp(name, "Content-Length") == 0)
        seen->lengths++;
    else if (strcasecmp(name, "Host") == 0)
        seen->hosts++;
    else if (strcasecmp(name, "Transfer-Encoding") == 0 && ++seen->codings > 0)
        seen->chunked = value && strcasecmp(value, "chunked") == 0;
    return seen->wrong ? MHD_NO : MHD_YES;
}

bool headers_check(struct exchange *x)
{
    struct seen seen = { 0 };
    bool old = strcmp(x->version, "HTTP/1.0") == 0;

    MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, look_at, &seen);
    if (!seen.wrong && seen.lengths + seen.codings > 1)
        seen.wrong = "one Content-Length or one Transfer-Encoding, not both, not twice";
    if (!seen.wrong && seen.codings > 0 && (!seen.chunked || old))
        seen.wrong = "the only Transfer-Encoding is chunked, of HTTP/1.1";
    if (!seen.wrong && (seen.hosts > 1 || (seen.hosts == 0 && !old)))
        seen.wrong = "HTTP/1.1 has one Host";
    if (!seen.wrong)
        return true;
    exchange_error(x, 400, "bad_request", NULL, "%s", seen.wrong);
    exchange_header(x, "Connection", "close");
    return false;
}

/* ---- under which name ---- */

/* "name:8577", "[::1]:8577" -> the name alone. */
static void host_of(struct str *out, const char *header)
{
    size_t len = *header == '[' ? strcspn(header, "]") : strcspn(header, ":");

    if (*header == '[' && len > 0)
        str_add_mem(out, header + 1, len - 1);
    else
        str_add_mem(out, header, len);
    while (out->len > 0 && out->ptr[out->len - 1] == '.')
        str_cut(out, out->len - 1);
}

static bool is_number(const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

static bool is_listed(const struct exchange *x, const char *host)
{
    const char *const *names;
    size_t count = config_values(x->server->app->config, "serve.host", &names), i;

    for (i = 0; i < count; i++)
        if (strcasecmp(names[i], host) == 0)
            return true;
    return false;
}

bool headers_host_is_ours(const struct exchange *x)
{
    const char *header = request_header(x, "Host");
    struct str host = STR_INIT;
    bool ours;

    if (!header) /* HTTP/1.0: no browser */
        return true;
    host_of(&host, header);
    ours = is_number(host.ptr) || strcasecmp(host.ptr, "localhost") == 0 || is_listed(x, host.ptr);
    str_free(&host);
    return ours;
}

/* ---- for whom ---- */

static enum MHD_Result take_last(void *ctx, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    (void)kind;
    if (strcasecmp(name, "X-Forwarded-For") == 0)
        *(const char **)ctx = value;
    return MHD_YES;
}

/* Behind a proxy, whom it says it speaks for: the last address of the last header is its own
 * word, what stands before came from outside. */
static void client_forwarded(struct exchange *x)
{
    const char *list = NULL, *last;
    unsigned char address[sizeof(struct in6_addr)];

    MHD_get_connection_values(x->connection, MHD_HEADER_KIND, take_last, &list);
    last = list ? strrchr(list, ',') : NULL;
    last = last ? last + 1 : list;
    last = last ? last + strspn(last, " ") : NULL;
    if (last && (inet_pton(AF_INET, last, address) == 1 || inet_pton(AF_INET6, last, address) == 1))
        snprintf(x->client, sizeof x->client, "%s", last);
}

void headers_client(struct exchange *x)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;

    snprintf(x->client, sizeof x->client, "-");
    if (address && address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr,
                  x->client, sizeof x->client);
    else if (address && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
                  x->client, sizeof x->client);
    if (config_bool(x->server->app->config, "serve.behind-proxy"))
        client_forwarded(x);
}
