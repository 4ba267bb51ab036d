/*
 * One transfer: one request on the wire, by curl's multi interface so that a cancel is noticed at
 * once, also while a name is looked up or a connection made.
 *
 * Redirects are not followed here: each is a request of its own to the ledger (send.c). Every
 * address that is connected to is checked when its socket is opened.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/ip.h"
#include "carrel/mem.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct running {
    struct transfer *transfer;
    const struct net_request *request;
    size_t max_bytes;
    int64_t told; /* ticks */
    int64_t stall_ms;
    int64_t moved, received; /* when something last came, in ticks, and how much there was */
};

static size_t transfer_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct running *running = ctx;
    struct str *body = &running->transfer->answer->body;
    size_t len = size * count;

    if (len > running->max_bytes - body->len) {
        running->transfer->too_large = true;
        return CURL_WRITEFUNC_ERROR;
    }
    str_add_mem(body, bytes, len);
    return len;
}

static size_t transfer_header(char *bytes, size_t size, size_t count, void *ctx)
{
    struct running *running = ctx;

    answer_header_line(running->transfer->answer, bytes, size * count);
    return size * count;
}

/* A proxy of the environment is somebody the user trusts; with one the address is not ours to see,
 * so addresses from outside go without it. */
static curl_socket_t transfer_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct running *running = ctx;

    (void)purpose;
    if (running->request->public_only && !ip_is_public(&address->addr))
        running->transfer->rejected = "it is an address inside this network";
    else if (running->transfer->loopback && !ip_is_loopback(&address->addr))
        running->transfer->rejected = "it does not lead to this machine";
    if (running->transfer->rejected)
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static int transfer_progress(void *ctx, curl_off_t size, curl_off_t received, curl_off_t up_size,
                             curl_off_t up)
{
    struct running *running = ctx;
    int64_t now = clock_ticks_ms();

    (void)up_size;
    (void)up;
    if (net_cancelled(running->request))
        return 1;
    if (received != running->received) {
        running->received = received;
        running->moved = now;
    }
    /* Before its first byte an answer has all the deadline: arXiv can think for two minutes. */
    if (received > 0 && now - running->moved >= running->stall_ms) {
        running->transfer->stalled = true;
        return 1;
    }
    if (now - running->told >= 100 && received > 0) {
        running->told = now;
        net_tell(running->request, "receiving", 0, received, size > 0 ? size : -1);
    }
    return 0;
}

static bool header_is_credential(const char *header)
{
    static const char *const names[] = {
        "authorization:", "proxy-authorization:", "cookie:",       "x-api-key:",
        "api-key:",       "x-auth-token:",        "private-token:"
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(names); i++)
        if (str_istarts(header, names[i]))
            return true;
    return false;
}

/* Credentials do not follow a redirect to somebody else. */
static struct curl_slist *transfer_headers(const struct transfer *transfer)
{
    const struct net_request *request = transfer->request;
    struct curl_slist *list = NULL;
    char *line;
    size_t i;

    for (i = 0; i < request->header_count; i++) {
        const char *header = request->headers[i];

        if (transfer->foreign && header_is_credential(header))
            continue;
        list = curl_slist_append(list, header);
    }
    if (request->body && request->body_type && strcmp(transfer->method, "GET") != 0) {
        line = mem_printf("Content-Type: %s", request->body_type);
        list = curl_slist_append(list, line);
        free(line);
    }
    list = curl_slist_append(list, "Expect:");
    if (*transfer->etag) {
        line = mem_printf("If-None-Match: %s", transfer->etag);
        list = curl_slist_append(list, line);
        free(line);
    }
    if (*transfer->last_modified) {
        line = mem_printf("If-Modified-Since: %s", transfer->last_modified);
        list = curl_slist_append(list, line);
        free(line);
    }
    return list;
}

static void transfer_method(CURL *easy, const struct transfer *transfer)
{
    const struct net_request *request = transfer->request;

    if (strcmp(transfer->method, "GET") == 0)
        return;
    if (strcmp(transfer->method, "HEAD") == 0) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, transfer->method);
    if (request->body || strcmp(transfer->method, "POST") == 0) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body ? request->body : "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
    }
}

static void transfer_prepare(CURL *easy, struct running *running, const struct net *net)
{
    struct transfer *transfer = running->transfer;
    const struct net_request *request = running->request;
    int64_t deadline = request->deadline_ms > 0 ? request->deadline_ms : NET_DEADLINE_MS;

    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, transfer->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, net->agent);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* a name being looked up is not waited for */
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    /* On a connection that it has used before, and over HTTP/2, curl by itself sends a request once
     * more when the first one was dropped: one that is in no ledger and keeps no pace. */
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)deadline);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(deadline < NET_CONNECT_MS ? deadline : NET_CONNECT_MS));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, transfer_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, running);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, transfer_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, running);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, transfer_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, running);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, transfer_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, running);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->detail);
    if (net->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, net->ca_file);
    if (request->public_only || transfer->loopback)
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    transfer_method(easy, transfer);
}

/* Somebody else may be sending meanwhile. */
static bool transfer_has_expired(const struct net_client *client, const struct transfer *transfer)
{
    return client->ledger->holds && !client->ledger->holds(client->ctx, transfer->ticket);
}

static void transfer_drive(struct net_client *client, struct transfer *transfer)
{
    int running = 1, left;
    CURLMsg *message;

    while (running > 0) {
        if (net_cancelled(transfer->request)) {
            transfer->cancelled = true;
            return;
        }
        if (transfer_has_expired(client, transfer)) {
            transfer->expired = true;
            return;
        }
        if (curl_multi_perform(client->multi, &running) != CURLM_OK)
            break;
        if (running > 0)
            curl_multi_poll(client->multi, NULL, 0, NET_POLL_MS, NULL);
    }
    transfer->code = CURLE_RECV_ERROR;
    while ((message = curl_multi_info_read(client->multi, &left)))
        if (message->msg == CURLMSG_DONE)
            transfer->code = message->data.result;
    transfer->cancelled =
        net_cancelled(transfer->request) && transfer->code == CURLE_ABORTED_BY_CALLBACK;
}

static void transfer_results(CURL *easy, struct transfer *transfer)
{
    curl_off_t body = 0;
    char *redirect = NULL;
    long header = 0, status = 0;

    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &body);
    curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &header);
    curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &redirect);
    transfer->answer->status = (int)status;
    transfer->bytes = body + header;
    transfer->redirect = mem_strdup(redirect);
}

void transfer_run(struct net_client *client, struct transfer *transfer)
{
    const struct net_request *request = transfer->request;
    struct running running = { .transfer = transfer,
                               .request = request,
                               .stall_ms = client->net->stall_ms,
                               .max_bytes =
                                   request->max_bytes ? request->max_bytes : NET_MAX_BYTES };
    int64_t began = clock_ticks_ms();
    struct curl_slist *headers = transfer_headers(transfer);

    answer_reset(transfer->answer);
    transfer_prepare(client->easy, &running, client->net);
    curl_easy_setopt(client->easy, CURLOPT_HTTPHEADER, headers);
    if (curl_multi_add_handle(client->multi, client->easy) != CURLM_OK)
        die("cannot begin a transfer");
    transfer_drive(client, transfer);
    transfer_results(client->easy, transfer);
    curl_multi_remove_handle(client->multi, client->easy);
    curl_slist_free_all(headers);
    transfer->took_ms = clock_ticks_ms() - began;
}
