/*
 * The child that clones and fetches. It lives for one transfer, tells how far it is, and may be
 * killed at any moment: a clone grows in a folder that the parent removes then, and a fetch writes
 * packs under temporary names and moves branches only when all their objects are there.
 *
 * No configuration but the clone's own is read, so neither hooks nor rewritten addresses; nobody is
 * asked for a password; a server may not lead to another host.
 */
#include "child.h"
#include "child_parts.h"
#include "internal.h"
#include "local.h"

#include "carrel/child.h"
#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/hash.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define PROGRESS_MS 100
#define VOUCHED "carrel.typed"
#define FILE_SPARE (64u << 20)

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

/* ---- the transfer ---- */

static void set_options(git_fetch_options *options, struct transfer *t)
{
    options->callbacks.sideband_progress = on_sideband;
    options->callbacks.transfer_progress = on_transfer;
    options->callbacks.pack_progress = on_pack;
    options->callbacks.credentials = transfer_credentials;
    options->callbacks.certificate_check = transfer_certificate;
    options->callbacks.payload = t;
    options->prune = GIT_FETCH_PRUNE;
    options->update_fetchhead = 0;
    options->download_tags = GIT_REMOTE_DOWNLOAD_TAGS_ALL;
    /* With a proxy the address is not ours to see, so those from outside go without it. */
    options->proxy_opts.type = t->public_only ? GIT_PROXY_NONE : GIT_PROXY_AUTO;
    options->follow_redirects = GIT_REMOTE_REDIRECT_NONE;
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

/* A folder with the newest commits only, whose parents are nowhere: libgit2 reads no such history,
 * and what was copied of it would be broken. */
static int refuse_shallow(const struct transfer *t)
{
    git_repository *source = NULL;
    int shallow;

    if (*t->url != '/' || git_repository_open(&source, t->url) != 0)
        return 0; /* what is wrong with it is told by the clone */
    shallow = git_repository_is_shallow(source);
    git_repository_free(source);
    if (shallow == 1)
        git_error_set_str(GIT_ERROR_REPOSITORY, SHALLOW_SAYS);
    return shallow == 1 ? -1 : 0;
}

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

/* Where all branches and tags point to, and which branch is shown, as a number. */
static uint64_t refs_state(git_repository *repo)
{
    git_reference *head = NULL;
    const char *shown = NULL;
    uint64_t sum = 0;

    git_reference_foreach(repo, refs_sum, &sum);
    if (git_reference_lookup(&head, repo, "HEAD") == 0)
        shown = git_reference_symbolic_target(head);
    sum += shown ? hash64(shown, strlen(shown), 0) : 0;
    git_reference_free(head);
    return sum;
}

/* A clone whose address somebody typed may be fetched from there whoever asks. */
static bool is_vouched(const struct transfer *t)
{
    char *path = path_join(t->folder, "config");
    git_config *config = NULL;
    int vouched = 0;

    if (git_config_open_ondisk(&config, path) != 0
        || git_config_get_bool(&vouched, config, VOUCHED) != 0)
        vouched = 0;
    git_config_free(config);
    free(path);
    return vouched;
}

static int vouch(git_repository *repo)
{
    git_config *config = NULL;
    int code = git_repository_config(&config, repo);

    if (code == 0)
        code = git_config_set_bool(config, VOUCHED, 1);
    git_config_free(config);
    return code;
}

static int transfer(struct transfer *t, bool *changed)
{
    git_remote_connect_options connecting;
    git_fetch_options options;
    git_repository *repo = NULL;
    git_remote *remote = NULL;
    uint64_t before = 0;
    int code = refuse_shallow(t);

    if (code == 0)
        code = open_clone(&repo, &remote, t);
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
        code = vcs_follow_head(repo, remote);
    if (code == 0 && !t->public_only && !is_vouched(t))
        code = vouch(repo);
    *changed = code == 0 && refs_state(repo) != before;
    git_remote_free(remote);
    git_repository_free(repo);
    return code;
}

/* ---- the child ---- */

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
    t->public_only = t->public_only && !is_vouched(t);
    result = transfer_check_host(t, &err);
    if (result == ERR_OK)
        result = transfer_trust(t, &err);
    if (result == ERR_OK) {
        errno = 0;
        code = transfer(t, &changed);
        result = code == 0 ? ERR_OK : transfer_judge(t, code, &err);
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
    t.ssh_key = argv[ARG_KEY];
    t.ca_file = *argv[ARG_CA] || !getenv("SSL_CERT_FILE") ? argv[ARG_CA] : getenv("SSL_CERT_FILE");
    vcs_start();
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    git_libgit2_opts(GIT_OPT_SET_USER_AGENT, argv[ARG_AGENT]);
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, *t.url == '/' ? 1 : 0);
    *status = serve(&t);
    free(t.locked);
    return true;
}
