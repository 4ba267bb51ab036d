/*
 * The child that clones and fetches. It lives for one transfer, tells how far it is, and may be
 * killed at any moment: a clone grows in a folder that the parent removes then, and a fetch writes
 * packs under temporary names and moves branches only when all their objects are there.
 *
 * No configuration but the clone's own is read, so neither hooks nor rewritten addresses; nobody is
 * asked for a password; a server may not lead elsewhere.
 */
#include "child.h"
#include "internal.h"
#include "local.h"

#include "carrel/child.h"
#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/ip.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define PROGRESS_MS 100
#define FILE_SPARE (64u << 20)
#define NOT_PUBLIC "it is not public, or there is no such repository"
#define NO_KEY "it wants a key that your agent does not have"

struct transfer {
    const char *url, *folder;
    int64_t size_limit;
    bool public_only, too_large, told_any;
    int64_t told; /* when progress was told last */
    int keys_tried;
    int64_t bytes, objects;
    int64_t copied; /* bytes of a folder's objects */
};

static void tell(const char *line, size_t len)
{
    while (len > 0) {
        ssize_t sent = write(CHILD_FD, line, len);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            _exit(1); /* nobody listens any more */
        line += sent;
        len -= (size_t)sent;
    }
}

static void tell_state(struct transfer *t, enum vcs_state state, int64_t done, int64_t total)
{
    int64_t now = clock_ticks_ms();
    char line[128];

    if (t->told_any && now - t->told < PROGRESS_MS)
        return;
    t->told = now;
    t->told_any = true;
    tell(line,
         (size_t)snprintf(line, sizeof line, "p\t%d\t%lld\t%lld\t%lld\n", (int)state,
                          (long long)done, (long long)total, (long long)(t->bytes + t->copied)));
}

/* ---- what libgit2 asks while it works ---- */

static int on_transfer(const git_indexer_progress *stats, void *ctx)
{
    struct transfer *t = ctx;

    t->bytes = (int64_t)stats->received_bytes;
    t->objects = stats->total_objects;
    if (t->bytes > t->size_limit) {
        t->too_large = true;
        return GIT_EUSER;
    }
    if (stats->received_objects < stats->total_objects)
        tell_state(t, STATE_RECEIVING, stats->received_objects, stats->total_objects);
    else
        tell_state(t, STATE_RESOLVING, stats->indexed_deltas, stats->total_deltas);
    return 0;
}

/* The other side counts what it will send. */
static int on_sideband(const char *text, int len, void *ctx)
{
    (void)text;
    (void)len;
    tell_state(ctx, STATE_COUNTING, 0, 0);
    return 0;
}

static int on_pack(int stage, uint32_t current, uint32_t total, void *ctx)
{
    (void)stage;
    tell_state(ctx, STATE_COUNTING, current, total);
    return 0;
}

/* Keys of the agent, once; there is nobody to be asked for a password. */
static int on_credentials(git_credential **out, const char *url, const char *user, unsigned allowed,
                          void *ctx)
{
    struct transfer *t = ctx;

    (void)url;
    if ((allowed & GIT_CREDENTIAL_USERNAME) && !(allowed & GIT_CREDENTIAL_SSH_KEY))
        return git_credential_username_new(out, user ? user : "git");
    if ((allowed & GIT_CREDENTIAL_SSH_KEY) && t->keys_tried++ == 0)
        return git_credential_ssh_key_from_agent(out, user ? user : "git");
    git_error_set_str(GIT_ERROR_CALLBACK, "it wants a password or a key");
    return GIT_EAUTH;
}

/* ---- the host ---- */

/* The name's part of an address with a host, without user and port; false for a path. */
static bool host_of(char *host, size_t size, char *port, size_t port_size, const char *url)
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
    snprintf(port, port_size, "%s", str_istarts(url, "http://") ? "80" : "443");
    if (*at == ':' && strspn(at + 1, "0123456789") > 0)
        snprintf(port, port_size, "%.*s", (int)strspn(at + 1, "0123456789"), at + 1);
    return true;
}

static int check_host(const struct transfer *t, struct error *err)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL, *at;
    char host[256], port[8];
    int code, result = ERR_OK;

    if (!host_of(host, sizeof host, port, sizeof port, t->url) || getenv("https_proxy")
        || getenv("HTTPS_PROXY"))
        return ERR_OK; /* a proxy looks names up by itself */
    code = getaddrinfo(host, port, &hints, &found);
    if (code != 0)
        return error_set(err, ERR_NETWORK, "%s: %s", host, gai_strerror(code));
    for (at = found; at && t->public_only && result == ERR_OK; at = at->ai_next)
        if (!ip_is_public(at->ai_addr))
            result = error_set(err, ERR_USAGE, "%s has a private address", host);
    freeaddrinfo(found);
    return result;
}

/* ---- the transfer ---- */

static void set_options(git_fetch_options *options, struct transfer *t)
{
    options->callbacks.sideband_progress = on_sideband;
    options->callbacks.transfer_progress = on_transfer;
    options->callbacks.pack_progress = on_pack;
    options->callbacks.credentials = on_credentials;
    options->callbacks.payload = t;
    options->prune = GIT_FETCH_PRUNE;
    options->update_fetchhead = 0;
    options->download_tags = GIT_REMOTE_DOWNLOAD_TAGS_ALL;
    options->proxy_opts.type = GIT_PROXY_AUTO;
    options->follow_redirects = GIT_REMOTE_REDIRECT_NONE;
}

/* The branch that the other side shows first. */
static int follow_head(git_repository *repo, git_remote *remote)
{
    git_buf name = GIT_BUF_INIT;
    int code = git_remote_default_branch(&name, remote);

    if (code == 0)
        code = git_repository_set_head(repo, name.ptr);
    git_buf_dispose(&name);
    return code == GIT_ENOTFOUND ? 0 : code; /* an empty repository has none */
}

static void on_copy(void *ctx, int64_t bytes)
{
    struct transfer *t = ctx;

    t->copied = bytes;
    tell_state(t, STATE_RECEIVING, 0, 0);
}

/* An empty clone; of a folder with its objects already. */
static int make_clone(git_repository **repo, struct transfer *t)
{
    struct local_copy copy = { .limit = t->size_limit, .progress = on_copy, .ctx = t };
    int code = git_repository_init(repo, t->folder, 1);

    if (code == 0 && *t->url == '/' && local_copy_objects(t->url, t->folder, &copy) != 0) {
        t->too_large = copy.too_large;
        git_error_set_str(GIT_ERROR_OS, copy.too_large ? "too large" : strerror(errno));
        code = -1;
    }
    if (code == 0 && copy.bytes > 0) { /* it has looked for packs before they were there */
        git_repository_free(*repo);
        code = git_repository_open_bare(repo, t->folder);
    }
    return code;
}

static int add_origin(git_remote **remote, git_repository *repo, const struct transfer *t)
{
    return git_remote_create_with_fetchspec(remote, repo, "origin", t->url,
                                            "+refs/heads/*:refs/heads/*");
}

static int open_clone(git_repository **repo, git_remote **remote, struct transfer *t)
{
    bool fresh = !folder_exists(t->folder);
    int code = fresh ? make_clone(repo, t) : git_repository_open_bare(repo, t->folder);

    if (code == 0 && fresh)
        code = add_origin(remote, *repo, t);
    else if (code == 0)
        code = git_remote_lookup(remote, *repo, "origin");
    if (code == GIT_ENOTFOUND && !fresh) /* its configuration is damaged */
        code = add_origin(remote, *repo, t);
    return code;
}

/* Sums up where all branches and tags point to. */
static int refs_sum(git_reference *reference, void *ctx)
{
    uint64_t *sum = ctx, part = 0;
    const git_oid *oid = git_reference_target(reference);

    if (oid)
        memcpy(&part, oid->id, sizeof part);
    *sum += part ^ (uint64_t)strlen(git_reference_name(reference)) * 0x9E3779B97F4A7C15u;
    git_reference_free(reference);
    return 0;
}

static uint64_t refs_state(git_repository *repo)
{
    uint64_t sum = 0;

    git_reference_foreach(repo, refs_sum, &sum);
    return sum;
}

static int transfer(struct transfer *t, bool *changed)
{
    git_remote_connect_options connecting;
    git_fetch_options options;
    git_repository *repo = NULL;
    git_remote *remote = NULL;
    uint64_t before = 0;
    int code = open_clone(&repo, &remote, t);

    git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
    set_options(&options, t);
    if (code == 0)
        before = refs_state(repo);
    git_remote_connect_options_init(&connecting, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
    connecting.callbacks = options.callbacks;
    connecting.proxy_opts = options.proxy_opts;
    connecting.follow_redirects = options.follow_redirects;
    if (code == 0)
        code = git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, &connecting);
    if (code == 0)
        code = git_remote_fetch(remote, NULL, &options, NULL);
    if (code == 0)
        code = follow_head(repo, remote);
    *changed = code == 0 && refs_state(repo) != before;
    git_remote_free(remote);
    git_repository_free(repo);
    return code;
}

/* ---- what went wrong, in a line for people ---- */

static int judge(const struct transfer *t, int code, struct error *err)
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
        { "does not exist", ERR_NOTFOUND, "there is no such repository" },
        { "not owned by", ERR_REFUSED, "its folder belongs to another user" },
        { "invalid version", ERR_PARSE, "what answers there is no Git server" },
        { "invalid content-type", ERR_PARSE, "what answers there is no Git server" },
        { "unsupported url protocol", ERR_USAGE, NULL },
    };
    const git_error *last = git_error_last();
    const char *said = last && last->message ? last->message : "it failed";
    size_t i;

    if (t->too_large || errno == EFBIG)
        return error_set(err, ERR_LIMIT, "it is larger than %lld MiB (repository.size-limit)",
                         (long long)(t->size_limit >> 20));
    if (errno == ENOSPC || errno == EDQUOT)
        return error_set(err, ERR_FULL, "no room on the disk");
    if (code == GIT_EAUTH || strcasestr(said, "authentication"))
        return error_set(err, ERR_REFUSED, "%s", str_istarts(t->url, "http") ? NOT_PUBLIC : NO_KEY);
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

static void limit_ourselves(const struct transfer *t)
{
    const struct rlimit none = { 0, 0 };
    const rlim_t most = (rlim_t)t->size_limit * 2 + FILE_SPARE;
    const struct rlimit file = { most, most };

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    setrlimit(RLIMIT_CORE, &none);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &file);
}

static int serve(struct transfer *t)
{
    struct error err = { 0 };
    struct str line = STR_INIT;
    bool changed = false;
    int code, result;

    limit_ourselves(t);
    tell_state(t, STATE_CONNECTING, 0, 0);
    result = check_host(t, &err);
    if (result == ERR_OK) {
        errno = 0;
        code = transfer(t, &changed);
        result = code == 0 ? ERR_OK : judge(t, code, &err);
    }
    if (result == ERR_OK) {
        str_printf(&line, "d\t%d\t%lld\t%lld\n", changed, (long long)t->objects,
                   (long long)(t->bytes + t->copied));
    } else {
        str_printf(&line, "e\t%d\t", result);
        str_add(&line, err.message);
        str_add_char(&line, '\n');
    }
    tell(line.ptr, line.len);
    str_free(&line);
    return 0;
}

bool vcs_child(int argc, char **argv, int *status)
{
    struct transfer t = { 0 };

    if (argc != ARG_COUNT || strcmp(argv[1], VCS_CHILD_WORD) != 0)
        return false;
    t.url = argv[ARG_URL];
    t.folder = argv[ARG_FOLDER];
    t.size_limit = strtoll(argv[ARG_SIZE_LIMIT], NULL, 10);
    t.public_only = strcmp(argv[ARG_PUBLIC], "1") == 0;
    vcs_start();
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    git_libgit2_opts(GIT_OPT_SET_USER_AGENT, argv[ARG_AGENT]);
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, *t.url == '/' ? 1 : 0);
    *status = serve(&t);
    return true;
}
