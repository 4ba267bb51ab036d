/*
 * Beginning and end: curl's global state, the User-Agent, and clients.
 */
#include "internal.h"

#include "carrel/file.h"
#include "carrel/mem.h"
#include "carrel/utf8.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTACT_MAX 200
#define TOKEN_MAX 4096

static pthread_once_t net_once = PTHREAD_ONCE_INIT;

static void net_begin(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        die("libcurl does not start");
}

/* "carrel/0.1.0 (+mailto:me@example.org)": who asks, and where to complain. The contact comes from
 * a file: nothing in it may end the header. */
static char *net_agent(const char *version, const char *contact)
{
    struct str clean = STR_INIT;
    char *agent;

    if (contact)
        utf8_squeeze(&clean, contact, strnlen(contact, CONTACT_MAX));
    agent = clean.len ? mem_printf("carrel/%s (+%s)", version, clean.ptr)
                      : mem_printf("carrel/%s", version);
    str_free(&clean);
    return agent;
}

static int free_reserve(void *ctx, const struct net_origin *origin, const struct net_note *note,
                        int64_t *ticket, int64_t *wait_ms, struct error *err)
{
    (void)ctx;
    (void)origin;
    (void)note;
    (void)err;
    *ticket = 1;
    *wait_ms = 0;
    return ERR_OK;
}

static int free_settle(void *ctx, const struct net_origin *origin, int64_t ticket,
                       const struct net_outcome *outcome, struct error *err)
{
    (void)ctx;
    (void)origin;
    (void)ticket;
    (void)outcome;
    (void)err;
    return ERR_OK;
}

const struct net_ledger net_no_ledger = { .reserve = free_reserve, .settle = free_settle };

struct net *net_new(const struct net_options *options)
{
    struct net *net = mem_zalloc(sizeof *net);
    const char *ca_file = options->ca_file ? options->ca_file : getenv("SSL_CERT_FILE");

    pthread_once(&net_once, net_begin);
    net->agent = net_agent(options->version, options->contact);
    net->ca_file = ca_file && *ca_file ? mem_strdup(ca_file) : NULL;
    net->backoff_ms = options->backoff_ms > 0 ? options->backoff_ms : 1000;
    net->stall_ms = NET_STALL_MS;
    net->backoff_max_ms = options->backoff_max_ms > 0 ? options->backoff_max_ms : 120000;
    return net;
}

void net_free(struct net *net)
{
    if (!net)
        return;
    free(net->agent);
    free(net->ca_file);
    free(net);
}

const char *net_versions(void)
{
    static char text[60];

    snprintf(text, sizeof text, "libcurl %s", curl_version_info(CURLVERSION_NOW)->version);
    return text;
}

struct net_client *net_client_new(struct net *net, const struct net_ledger *ledger, void *ctx)
{
    struct net_client *client = mem_zalloc(sizeof *client);

    client->net = net;
    client->ledger = ledger;
    client->ctx = ctx;
    client->easy = curl_easy_init();
    client->multi = curl_multi_init();
    if (!client->easy || !client->multi)
        die("out of memory (libcurl)");
    return client;
}

void net_client_free(struct net_client *client)
{
    if (!client)
        return;
    curl_easy_cleanup(client->easy);
    curl_multi_cleanup(client->multi);
    free(client);
}

void net_escape(struct str *out, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (strchr(plain, c)) {
            str_add_char(out, (char)c);
        } else {
            str_add_char(out, '%');
            str_add_char(out, hex[c >> 4]);
            str_add_char(out, hex[c & 15]);
        }
    }
}

int net_bearer(char **header, const char *file, struct error *err)
{
    struct str token = STR_INIT;
    char *path;
    int result;

    *header = NULL;
    if (!file)
        return ERR_OK;
    path = path_expand(file);
    result = file_read(&token, path, TOKEN_MAX, err);
    str_trim(&token);
    if (result == ERR_OK && (token.len == 0 || strpbrk(token.ptr, "\r\n")))
        result = error_set(err, ERR_USAGE, "%s holds no token", path);
    if (result == ERR_OK)
        *header = mem_printf("Authorization: Bearer %s", token.ptr);
    str_free(&token);
    free(path);
    return result;
}
