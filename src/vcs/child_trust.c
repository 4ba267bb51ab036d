/*
 * The child's doors: addresses that may be asked, certificates and hosts that are believed, keys
 * that are shown. Nobody is there to be asked for anything.
 */
#include "child_parts.h"
#include "guard.h"
#include "ssh.h"

#include "carrel/base64.h"
#include "carrel/ip.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the host ---- */

/* The name's part of an address with a host, without user and port; false for a path. */
bool transfer_host(char *host, size_t size, char *port, size_t port_size, const char *url)
{
    const char *at = strstr(url, "://"), *user;
    size_t len;

    if (*url == '/')
        return false;
    at = at ? at + 3 : url;
    user = strchr(at, '@');
    if (user && (size_t)(user - at) < strcspn(at, "/"))
        at = user + 1;
    if (*at == '[') {
        at++;
        len = strcspn(at, "]");
    } else {
        len = strcspn(at, ":/");
    }
    snprintf(host, size, "%.*s", (int)len, at);
    at += len + (at[len] == ']');
    snprintf(port, port_size, "%s",
             str_istarts(url, "http://")    ? "80"
             : str_istarts(url, "https://") ? "443"
                                            : "22");
    if (*at == ':' && strspn(at + 1, "0123456789") > 0)
        snprintf(port, port_size, "%.*s", (int)strspn(at + 1, "0123456789"), at + 1);
    return true;
}

/* ---- keys ---- */

/* Where the next key is looked for: the file that is named, and no other; else the agent, then the
 * usual files, as ssh itself does. */
static char *next_key(struct transfer *t)
{
    char *file;

    if (*t->ssh_key)
        return t->keys_tried++ == 0 ? mem_strdup(t->ssh_key) : NULL;
    while ((file = ssh_key_usual(t->keys_tried++))) {
        enum ssh_key key = ssh_key_look(file);

        if (key == SSH_KEY_OPEN)
            return file;
        if (key == SSH_KEY_LOCKED && !t->locked)
            t->locked = file;
        else
            free(file);
    }
    return NULL;
}

static int no_more_keys(void)
{
    git_error_set_str(GIT_ERROR_CALLBACK, "it wants a password or a key");
    return GIT_EAUTH;
}

/* There is nobody to be asked for a password. */
int transfer_credentials(git_credential **out, const char *url, const char *user, unsigned allowed,
                         void *ctx)
{
    struct transfer *t = ctx;
    char *file;
    int code;

    (void)url;
    user = user ? user : "git";
    if ((allowed & GIT_CREDENTIAL_USERNAME) && !(allowed & GIT_CREDENTIAL_SSH_KEY))
        return git_credential_username_new(out, user);
    if (!(allowed & GIT_CREDENTIAL_SSH_KEY))
        return no_more_keys();
    if (!*t->ssh_key && getenv("SSH_AUTH_SOCK") && !t->agent_tried) {
        t->agent_tried = true;
        return git_credential_ssh_key_from_agent(out, user);
    }
    file = next_key(t);
    if (!file)
        return no_more_keys();
    code = git_credential_ssh_key_new(out, user, NULL, file, NULL);
    free(file);
    return code;
}

/* libgit2's verdict stays; only it does not say why. */
int transfer_certificate(git_cert *certificate, int valid, const char *host, void *ctx)
{
    const git_cert_hostkey *key = (const git_cert_hostkey *)certificate;
    struct transfer *t = ctx;
    struct str text = STR_INIT;
    char name[256], port[8];

    (void)host;
    if (valid || certificate->cert_type != GIT_CERT_HOSTKEY_LIBSSH2
        || !transfer_host(name, sizeof name, port, sizeof port, t->url))
        return GIT_PASSTHROUGH;
    t->host_known = ssh_knows(name, port);
    if (key->type & GIT_CERT_SSH_SHA256)
        base64_encode(&text, key->hash_sha256, sizeof key->hash_sha256);
    while (text.len > 0 && text.ptr[text.len - 1] == '=')
        str_cut(&text, text.len - 1);
    snprintf(t->host_key, sizeof t->host_key, "SHA256:%s", text.ptr);
    str_free(&text);
    return GIT_PASSTHROUGH;
}

int transfer_check_host(const struct transfer *t, struct error *err)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL, *at;
    char host[256], port[8];
    int code, result = ERR_OK;

    if (!transfer_host(host, sizeof host, port, sizeof port, t->url)
        || (!t->public_only && (getenv("https_proxy") || getenv("HTTPS_PROXY"))))
        return ERR_OK; /* a proxy looks names up by itself */
    code = getaddrinfo(host, port, &hints, &found);
    if (code != 0)
        return error_set(err, ERR_NETWORK, "%s: %s", host, gai_strerror(code));
    for (at = found; at && t->public_only && result == ERR_OK; at = at->ai_next)
        if (!ip_is_public(at->ai_addr))
            result = error_set(err, ERR_USAGE, "%s " GUARD_SAYS, host);
    freeaddrinfo(found);
    if (result == ERR_OK && t->public_only && str_istarts(t->url, "http") && guard_sockets() != 0)
        result = error_set(err, ERR_FAILED, "libgit2 takes no sockets of ours");
    return result;
}

/* What TLS trusts: of a file, or what libgit2 was built with. */
int transfer_trust(const struct transfer *t, struct error *err)
{
    const char *folder = getenv("SSL_CERT_DIR");

    if (!str_istarts(t->url, "https://") || (!*t->ca_file && !folder)
        || git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, *t->ca_file ? t->ca_file : NULL, folder)
               == 0)
        return ERR_OK;
    return error_set(err, ERR_USAGE, "%.200s holds no certificates (net.ca-file)",
                     *t->ca_file ? t->ca_file : folder);
}
