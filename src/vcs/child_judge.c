/*
 * What libgit2 says, and what is meant by it.
 */
#include "child_parts.h"
#include "guard.h"
#include "ssh.h"

#include "carrel/file.h"

#include <errno.h>
#include <string.h>

#define NOT_PUBLIC "it is not public, or there is no such repository"

static int judge_host(const struct transfer *t, struct error *err)
{
    char host[256], port[8];

    transfer_host(host, sizeof host, port, sizeof port, t->url);
    if (t->host_known)
        return error_set(
            err, ERR_REFUSED,
            "the key of %s has changed: %s is not what ~/.ssh/known_hosts has; somebody "
            "may stand in between",
            host, t->host_key);
    return error_set(err, ERR_REFUSED,
                     "the key of %s is not known: if %s is right, connect once with 'ssh -p %s %s'",
                     host, t->host_key, port, host);
}

static int judge_key(const struct transfer *t, struct error *err)
{
    if (*t->ssh_key)
        switch (ssh_key_look(t->ssh_key)) {
        case SSH_KEY_NONE:
            return error_set(err, ERR_USAGE, "%s is no private key (repository.ssh-key)",
                             t->ssh_key);
        case SSH_KEY_LOCKED:
            return error_set(err, ERR_USAGE,
                             "%s has a passphrase (repository.ssh-key): 'ssh-add' gives it to your "
                             "agent, which is asked without that setting",
                             t->ssh_key);
        case SSH_KEY_OPEN:
            return error_set(err, ERR_REFUSED, "it does not take the key %s (repository.ssh-key)",
                             t->ssh_key);
        }
    if (t->locked)
        return error_set(err, ERR_REFUSED,
                         "it wants a key: %s has a passphrase; 'ssh-add' gives it to your agent",
                         t->locked);
    return error_set(err, ERR_REFUSED,
                     "it wants a key, and takes none of your agent's or of ~/.ssh");
}

int transfer_judge(const struct transfer *t, int code, struct error *err)
{
    static const struct {
        const char *says;
        int code;
        const char *means; /* NULL: what libgit2 says */
    } known[] = {
        { "status code: 404", ERR_NOTFOUND, "there is no such repository" },
        { "not found", ERR_NOTFOUND, "there is no such repository" },
        { "status code: 401", ERR_REFUSED, NOT_PUBLIC },
        { "status code: 403", ERR_REFUSED, "the server refuses to serve it" },
        { "too many redirects", ERR_NETWORK, "the server leads to another address: use that one" },
        { "redirect", ERR_NETWORK, "the server leads to another address: use that one" },
        { "no space left", ERR_FULL, "no room on the disk" },
        { "disk quota", ERR_FULL, "no room on the disk" },
        { "permission denied", ERR_IO, NULL },
        { "does not appear to be a git repository", ERR_NOTFOUND, "there is no such repository" },
        { "does not exist", ERR_NOTFOUND, "there is no such repository" },
        { "not owned by", ERR_REFUSED, "its folder belongs to another user" },
        { "invalid version", ERR_PARSE, "what answers there is no Git server" },
        { "invalid content-type", ERR_PARSE, "what answers there is no Git server" },
        { "unable to exchange encryption keys", ERR_REFUSED,
          "it has no kind of key in common with ~/.ssh/known_hosts and this program (ed25519, "
          "ECDSA)" },
        { "unsupported url protocol", ERR_USAGE, NULL },
        { SHALLOW_SAYS, ERR_USAGE,
          SHALLOW_SAYS " without its older commits: 'git fetch --unshallow' there gets them" },
        { GUARD_SAYS, ERR_USAGE, NULL },
        { "extensions.objectformat", ERR_USAGE,
          "its objects are named by SHA-256, which this program cannot read" },
    };
    const git_error *last = git_error_last();
    const char *said = last && last->message ? last->message : "it failed";
    size_t i;

    if (t->too_large || errno == EFBIG)
        return error_set(err, ERR_LIMIT, "it is larger than %lld MiB (repository.size-limit)",
                         (long long)(t->size_limit >> 20));
    if (errno == ENOSPC || errno == EDQUOT)
        return error_set(err, ERR_FULL, "no room on the disk");
    if (*t->host_key)
        return judge_host(t, err);
    if (code == GIT_EAUTH || strcasestr(said, "authenticat"))
        return str_istarts(t->url, "http") ? error_set(err, ERR_REFUSED, NOT_PUBLIC)
                                           : judge_key(t, err);
    if (*t->url == '/' && !folder_exists(t->url))
        return error_set(err, ERR_NOTFOUND, "there is no such folder");
    for (i = 0; i < ARRAY_LEN(known); i++)
        if (strcasestr(said, known[i].says))
            return error_set(err, known[i].code, "%.300s", known[i].means ? known[i].means : said);

    if (code == GIT_ECERTIFICATE)
        return error_set(err, ERR_REFUSED, "its certificate is not valid");
    if (*t->url != '/')
        return error_set(err, ERR_NETWORK, "%.300s", said);
    return error_set(err, code == GIT_ENOTFOUND ? ERR_NOTFOUND : ERR_FAILED, "%.300s", said);
}
