/*
 * Cloning and fetching: see clone.h.
 *
 * The transfer is one line of the ledger and waits for its host's budget like any request. Then one
 * transaction holds what the clone says of its repository: facts (where GitHub has not told them),
 * README, papers of citation files, summary. The index of its files follows in small transactions;
 * it compares what is there with what should be, so a run that was broken off is made good by the
 * next one.
 */
#include "clone.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/hash.h"
#include "carrel/jsonw.h"
#include "carrel/kinds.h"
#include "carrel/library.h"
#include "carrel/pace.h"
#include "carrel/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define ORIGIN_MS 1000
#define README_BYTES REPOSITORY_README
#define CITATION_BYTES 65536
#define CITATION_FILES 10

struct cloning {
    const struct app *app;
    struct arena *arena;
    const struct clone_options *options;
    struct store *store;
    struct paced *paced; /* the ledger, while it is asked */
    struct vcs_address address;
    char *key, *folder;  /* folder: below the library */
    int64_t repository;  /* 0: not in the library yet */
    bool known;          /* its facts are here from elsewhere */
    bool typed;          /* the user gave the address; else somebody's link did */
    struct clone before; /* head NULL: none */
    struct vcs_transferred moved;
    struct vcs_summary summary;
    bool empty;
};

bool clone_is_for(const char *what)
{
    return vcs_is_address(what);
}

/* ---- which one ---- */

static int read_known(struct cloning *c, struct error *err)
{
    struct repository_full full;
    int result = repositories_full(c->store, c->arena, c->repository, &full, err);

    if (result != ERR_OK)
        return result;
    c->key = full.repository.key;
    c->known = full.repository.stars >= 0; /* counts come from the host alone */
    if (!c->address.url && full.repository.url)
        c->address.url = full.repository.url;
    result = clones_get(c->store, c->arena, c->repository, &c->before, err);
    if (result == ERR_NOTFOUND)
        c->before.head = NULL;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static int find_known(struct cloning *c, const char *key, struct error *err)
{
    int result =
        repositories_find(c->store, &c->repository, arena_printf(c->arena, "repo:%s", key), err);

    if (result == ERR_NOTFOUND) {
        c->repository = 0;
        c->key = arena_strdup(c->arena, key);
        return ERR_OK;
    }
    return result == ERR_OK ? read_known(c, err) : result;
}

/* By an id: where it was cloned from, else where its page is. */
static int locate_id(struct cloning *c, const char *key, struct error *err)
{
    int result = find_known(c, key, err);

    if (result != ERR_OK)
        return result;
    if (c->before.head)
        return vcs_address(c->arena, c->before.url, &c->address, err);
    if (str_starts(key, "local/"))
        return error_set(err, ERR_NOTFOUND, "repo:%s is not in this library: give its folder", key);
    return vcs_address(c->arena,
                       c->address.url ? c->address.url : arena_printf(c->arena, "https://%s", key),
                       &c->address, err);
}

/* Two folders of one name are two repositories. */
static int locate_address(struct cloning *c, const char *what, struct error *err)
{
    struct str key = STR_INIT;
    char *other;
    int result = vcs_address(c->arena, what, &c->address, err);

    if (result != ERR_OK)
        return result;
    if (!c->address.host || !repository_key(&key, what)) {
        str_clear(&key);
        str_add(&key, c->address.key);
    }
    result = find_known(c, key.ptr, err);
    if (result == ERR_OK && !c->address.host && c->before.head
        && strcmp(c->before.url, c->address.url) != 0) {
        other = arena_printf(c->arena, "%s-%08x", key.ptr,
                             (unsigned)hash64(c->address.url, strlen(c->address.url), 0));
        c->before = (struct clone){ 0 };
        c->repository = 0;
        result = find_known(c, other, err);
    }
    str_free(&key);
    return result;
}

/* Under a name that is given: what lies in a folder is the clone of one that papers link to. */
static int locate_as(struct cloning *c, const char *what, const char *as, struct error *err)
{
    struct str key = STR_INIT;
    int result = vcs_address(c->arena, what, &c->address, err);

    if (result == ERR_OK && !repository_key(&key, as))
        result = error_set(err, ERR_USAGE,
                           "'%.200s' names no repository: write repo:github.com/OWNER/NAME", as);
    if (result == ERR_OK)
        result = find_known(c, key.ptr, err);
    if (result == ERR_OK && c->before.head && strcmp(c->before.url, c->address.url) != 0)
        result =
            error_set(err, ERR_USAGE,
                      "repo:%s is cloned from %.200s; 'carrel repo repo:%s remove' gives that up",
                      c->key, c->before.url, c->key);
    if (result == ERR_OK)
        c->address.name = strchr(c->key, '/') + 1; /* behind its host */
    str_free(&key);
    return result;
}

static int locate(struct cloning *c, const char *what, struct error *err)
{
    struct str key = STR_INIT;
    char *url;
    int result;

    c->typed = (vcs_is_address(what) || strstr(what, "://") || *what == '/')
               && (!c->options->outside || c->options->private);
    if (c->options->as)
        result = locate_as(c, what, c->options->as, err);
    else if (!vcs_is_address(what) && repository_key(&key, what))
        result = locate_id(c, key.ptr, err);
    else
        result = locate_address(c, what, err);
    str_free(&key);
    if (result != ERR_OK)
        return result;
    url = c->address.url;
    c->folder = c->before.head ? c->before.folder : arena_printf(c->arena, "repos/%s.git", c->key);
    c->address.url = c->before.head ? c->before.url : url;
    if (c->options->outside && !str_istarts(c->address.url, "http"))
        return error_set(err, ERR_REFUSED,
                         "repo:%s is a clone of %s: only who is at this machine may ask for it",
                         c->key, c->address.host ? "an ssh address" : "a folder");
    return ERR_OK;
}

/* ---- the transfer ---- */

static void on_transfer(void *ctx, const struct vcs_progress *progress)
{
    struct cloning *c = ctx;

    if (progress->total > 0)
        c->options->progress(c->options->ctx, progress->state, progress->done, progress->total,
                             strcmp(progress->state, "resolving") == 0 ? "deltas" : "objects");
    else
        c->options->progress(c->options->ctx, progress->state, progress->bytes >> 10, 0, "KiB");
}

static int wait_for_leave(struct cloning *c, const struct net_origin *origin,
                          const struct net_note *note, int64_t *ticket, struct error *err)
{
    int64_t wait_ms = 0, until;
    int result = paced_ledger()->reserve(c->paced, origin, note, ticket, &wait_ms, err);

    while (result == ERR_OK && *ticket == 0) {
        until = clock_ticks_ms() + (wait_ms < 20 ? 20 : wait_ms);
        while (clock_ticks_ms() < until) {
            if (c->options->cancel && atomic_load(c->options->cancel))
                return error_set(err, ERR_CANCELLED, "stopped");
            clock_sleep_ms(20);
        }
        result = paced_ledger()->reserve(c->paced, origin, note, ticket, &wait_ms, err);
    }
    return result;
}

static int settle(struct cloning *c, const struct net_origin *origin, int64_t ticket, int64_t began,
                  const struct error *why, struct error *err)
{
    const struct net_outcome outcome = {
        .bytes = c->moved.bytes,
        .took_ms = clock_ticks_ms() - began,
        .remaining = -1,
        .error = why->code == ERR_OK          ? NULL
                 : why->code == ERR_CANCELLED ? NET_STOPPED
                                              : why->message,
    };

    return paced_ledger()->settle(c->paced, origin, ticket, &outcome, err);
}

static int transfer(struct cloning *c, const char *place, struct error *err)
{
    const struct vcs_transfer request = {
        .url = c->address.url,
        .folder = place,
        .size_limit = config_int(c->app->config, "repository.size-limit"),
        .time_limit_ms = config_int(c->app->config, "repository.time-limit"),
        .public_only = !c->typed,
        .user_agent = "carrel/" CARREL_VERSION,
        .ssh_key = config_text(c->app->config, "repository.ssh-key"),
        .ca_file = config_text(c->app->config, "net.ca-file"),
        .progress = c->options->progress ? on_transfer : NULL,
        .ctx = c,
        .cancel = c->options->cancel,
    };

    return vcs_transfer(&request, &c->moved, err);
}

/* Written down before and settled after, whatever becomes of it. */
static int transfer_with_leave(struct cloning *c, const char *place, struct error *err)
{
    const struct net_origin origin = { .name = c->address.host,
                                       .interval_ms = ORIGIN_MS,
                                       .connections = 2 };
    const struct net_note note = {
        .source = "git",
        .purpose = arena_printf(c->arena, "%s of %s", c->before.head ? "fetch" : "clone", c->key),
        .url = c->address.url,
        .try = 1,
        .deadline_ms =
            clock_real_ms() + config_int(c->app->config, "repository.time-limit") + 60000,
    };
    struct error why = { 0 }, disk = { 0 };
    int64_t ticket = 0, began;
    int result = wait_for_leave(c, &origin, &note, &ticket, err);

    if (result != ERR_OK)
        return result;
    began = clock_ticks_ms();
    result = transfer(c, place, &why);
    if (settle(c, &origin, ticket, began, &why, &disk) != ERR_OK && result == ERR_OK)
        return error_set(err, disk.code, "%s", disk.message);
    return result == ERR_OK ? ERR_OK : error_set(err, result, "%s", why.message);
}

/* Of a host, which other machines may be asking, too. */
static int transfer_under_ledger(struct cloning *c, const char *place, struct error *err)
{
    struct pace *pace = pace_new(c->app->config, CARREL_VERSION, c->options->cancel);
    int result;

    c->paced = paced_new(pace, c->store);
    result = transfer_with_leave(c, place, err);
    paced_free(c->paced);
    pace_free(pace);
    return result;
}

/* ---- what it says ---- */

static char *time_text(struct arena *arena, int64_t ms)
{
    char text[32];

    time_format(text, ms);
    return arena_strdup(arena, text);
}

/* A repository on this disk has no address that a browser could open: its id stands for it. */
static struct repository *facts_of(struct cloning *c)
{
    struct repository *facts = arena_alloc(c->arena, sizeof *facts);
    const struct vcs_summary *s = &c->summary;

    *facts = (struct repository){
        .says = REPOSITORY_FACTS,
        .state = REPOSITORY_KNOWN,
        .key = c->key,
        .name = c->address.name ? c->address.name : c->key,
        .url = c->address.host && c->address.secure && *c->address.url == 'h'
                   ? c->address.url
                   : arena_printf(c->arena, str_starts(c->key, "local/") ? "repo:%s" : "https://%s",
                                  c->key),
        .branch = c->empty ? NULL : s->branch,
        .pushed = c->empty ? NULL : time_text(c->arena, s->head.at),
        .language = s->language_count ? arena_strdup(c->arena, s->languages[0].name) : NULL,
        .license = arena_strdup(c->arena, s->licence),
        .stars = -1,
        .forks = -1,
        .issues = -1,
        .at = clock_now_ms(),
    };
    return facts;
}

static bool is_citation(const char *name)
{
    return strcasecmp(name, "CITATION.cff") == 0 || strcasecmp(name, "CITATION") == 0
           || strcasecmp(name, "CITATION.md") == 0 || str_ends(name, ".bib");
}

static int add_citations(struct cloning *c, struct vcs *vcs, struct repository *readme,
                         struct error *err)
{
    struct vcs_entry *entries;
    struct vcs_blob blob;
    size_t count, i, files = 0;
    bool cut;
    int result = vcs_tree(vcs, c->arena, c->summary.head.id, "", &entries, &count, &cut, err);

    for (i = 0; i < count && result == ERR_OK && files < CITATION_FILES; i++) {
        if (entries[i].kind != VCS_FILE || !is_citation(entries[i].name))
            continue;
        files++;
        result = vcs_blob(vcs, c->arena, c->summary.head.id, entries[i].name, CITATION_BYTES, &blob,
                          err);
        if (result == ERR_OK && !blob.binary)
            citation_papers(readme, c->arena, entries[i].shown, blob.bytes);
    }
    return result;
}

static char *clean_text(struct arena *arena, const struct vcs_blob *blob)
{
    struct str text = STR_INIT;
    char *kept;

    if (!blob->binary)
        utf8_clean(&text, blob->bytes, blob->len);
    kept = arena_strndup(arena, text.ptr, text.len);
    str_free(&text);
    return kept;
}

static int readme_of(struct cloning *c, struct vcs *vcs, struct repository **out, char **path,
                     struct error *err)
{
    struct repository *readme = arena_alloc(c->arena, sizeof *readme);
    struct vcs_blob blob = { .bytes = arena_strdup(c->arena, "") };
    int result = vcs_readme(vcs, c->arena, c->summary.head.id, path, err);

    if (result == ERR_OK && **path)
        result = vcs_blob(vcs, c->arena, c->summary.head.id, *path, README_BYTES, &blob, err);
    if (result != ERR_OK)
        return result;
    *readme = (struct repository){ .says = REPOSITORY_README_IS,
                                   .state = REPOSITORY_KNOWN,
                                   .key = c->key,
                                   .readme_name = *path,
                                   .readme = clean_text(c->arena, &blob),
                                   .stars = -1,
                                   .forks = -1,
                                   .cited = true,
                                   .at = clock_now_ms() };
    readme_papers(readme, c->arena, readme->readme);
    *out = readme;
    return add_citations(c, vcs, readme, err);
}

/* ---- into the library ---- */

struct saving {
    struct cloning *c;
    struct clone clone;
};

static void clone_from_summary(struct saving *saving, char *readme)
{
    struct cloning *c = saving->c;
    const struct vcs_summary *s = &c->summary;
    size_t i;

    saving->clone = (struct clone){
        .url = c->address.url,
        .folder = c->folder,
        .head = arena_strdup(c->arena, c->empty ? "" : s->head.id),
        .branch = arena_strdup(c->arena, s->branch ? s->branch : ""),
        .summary = arena_strdup(c->arena, c->empty ? "" : s->head.summary),
        .author = arena_strdup(c->arena, c->empty ? "" : s->head.author),
        .at = s->head.at,
        .fetched = clock_now_ms(),
        .files = s->files,
        .bytes = s->bytes,
        .files_cut = s->cut,
        .commits = (int64_t)s->commits,
        .commits_cut = s->commits_cut,
        .branches = (int64_t)s->branches,
        .tags = (int64_t)s->tags,
        .license = arena_strdup(c->arena, s->licence),
        .license_path = s->licence_path,
        .readme_path = readme && *readme ? readme : NULL,
        .week_end = s->week_end,
        .activity = c->summary.activity,
        .weeks = VCS_ACTIVITY_WEEKS,
        .language_count = s->language_count,
    };
    saving->clone.languages =
        arena_alloc(c->arena, (s->language_count + 1) * sizeof *saving->clone.languages);
    for (i = 0; i < s->language_count; i++)
        saving->clone.languages[i] =
            (struct clone_language){ arena_strdup(c->arena, s->languages[i].name),
                                     s->languages[i].bytes, (int64_t)s->languages[i].files };
}

static int save_clone(void *ctx, struct store *store, const struct import_counts *page,
                      struct error *err)
{
    struct saving *saving = ctx;
    struct cloning *c = saving->c;
    int result =
        repositories_find(store, &c->repository, arena_printf(c->arena, "repo:%s", c->key), err);

    (void)page;
    saving->clone.repository = c->repository;
    if (result == ERR_OK)
        result = clones_put(store, &saving->clone, err);
    return result == ERR_OK ? repository_want(store, c->repository, true, err) : result;
}

static int save(struct cloning *c, struct vcs *vcs, struct error *err)
{
    struct saving saving = { .c = c };
    struct repository *readme = NULL;
    struct importer *importer = NULL;
    struct record record = { .source = (char[]){ "git" },
                             .id = arena_printf(c->arena, "repo:%s", c->key) };
    char *path = NULL;
    int result = c->empty ? ERR_OK : readme_of(c, vcs, &readme, &path, err);

    if (result == ERR_OK)
        result = importer_new_by_pages(&importer, c->app->library, err);
    if (result == ERR_OK && !c->known) {
        record.repository = facts_of(c);
        result = importer_add(importer, &record, err);
    }
    if (result == ERR_OK && readme) {
        record.repository = readme;
        result = importer_add(importer, &record, err);
    }
    clone_from_summary(&saving, path);
    if (result == ERR_OK)
        result = importer_checkpoint(importer, save_clone, &saving, NULL, err);
    importer_free(importer);
    return result;
}

static void tell(struct cloning *c, const char *state)
{
    if (c->options->progress)
        c->options->progress(c->options->ctx, state, 0, 0, "");
}

static int look_over(struct cloning *c, struct vcs *vcs, struct error *err)
{
    int result;

    tell(c, "looking it over");
    result = vcs_summarize(vcs, c->arena, clock_today(), &c->summary, c->options->cancel, err);
    c->empty = result == ERR_NOTFOUND;
    return c->empty ? ERR_OK : result;
}

/* What is known is still true: it is about the newest commit (a run may have been killed between
 * fetching and keeping), nothing was fetched, and the weeks have not moved on. */
static bool is_current(const struct cloning *c, struct vcs *vcs)
{
    char tip[VCS_ID] = "";

    return c->before.head && !c->moved.changed && c->before.week_end == clock_today()
           && (vcs_resolve(vcs, tip, NULL, NULL, NULL) == ERR_OK || !*c->before.head)
           && strcmp(tip, c->before.head) == 0;
}

static int keep(struct cloning *c, const char *place, struct cloned *out, struct error *err)
{
    struct vcs *vcs;
    int result = vcs_open(&vcs, place, err);

    if (result != ERR_OK)
        return result;
    if (!is_current(c, vcs)) {
        result = look_over(c, vcs, err);
        if (result == ERR_OK)
            result = save(c, vcs, err);
    } else {
        memcpy(c->summary.head.id, c->before.head, strnlen(c->before.head, VCS_ID - 1) + 1);
        c->empty = !*c->before.head;
    }
    if (result == ERR_OK && !c->empty)
        result = clone_index(c->store, vcs, c->repository, c->summary.head.id, c->options,
                             &out->indexed, err);
    vcs_close(vcs);
    return result;
}

static int run(struct cloning *c, const char *what, struct cloned *out, struct error *err)
{
    char *place;
    int result = locate(c, what, err);

    if (result != ERR_OK)
        return result;
    place = path_join(c->app->library, c->folder);
    result = c->address.host ? transfer_under_ledger(c, place, err) : transfer(c, place, err);
    if (result == ERR_OK)
        result = keep(c, place, out, err);
    free(place);
    out->repository = c->repository;
    out->key = c->key;
    out->cloned = c->moved.cloned;
    out->changed = c->moved.changed;
    out->bytes = c->moved.bytes;
    out->empty = c->empty;
    return result;
}

int clone_repository(const struct app *app, struct arena *arena, const char *what,
                     const struct clone_options *options, struct cloned *out, struct error *err)
{
    struct cloning c = { .app = app, .arena = arena, .options = options };
    char *repos = path_join(app->library, "repos");
    int held = -1, result = app_open_store(&c.store, app, true, err);

    *out = (struct cloned){ 0 };
    if (result == ERR_OK)
        result = folder_make(repos, err);
    if (result == ERR_OK) {
        vcs_sweep(repos);
        held = vcs_hold(repos, false, options->cancel);
        result = held < 0 ? error_set(err, ERR_CANCELLED, "stopped") : run(&c, what, out, err);
    }
    vcs_release(held);
    store_close(c.store);
    free(repos);
    return result;
}

int clone_forget(struct store *store, int64_t repository, struct error *err)
{
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    result = clones_drop(store, repository, err);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}

int clone_open(struct vcs **vcs, struct clone *clone, struct store *store, struct arena *arena,
               const char *any_id, struct error *err)
{
    int64_t repository;
    char *place;
    int result = repositories_find(store, &repository, any_id, err);

    if (result == ERR_OK)
        result = clones_get(store, arena, repository, clone, err);
    if (result == ERR_NOTFOUND)
        return error_set(err, ERR_NOTFOUND,
                         "%.200s is not cloned here: 'carrel add --clone %.200s'", any_id, any_id);
    if (result != ERR_OK)
        return result;
    place = path_join(store_dir(store), clone->folder);
    result = vcs_open(vcs, place, err);
    if (result == ERR_NOTFOUND)
        error_set(err, ERR_NOTFOUND,
                  "the clone of %.200s has gone from the library's folder: 'carrel add --clone' "
                  "fetches it again",
                  any_id);
    free(place);
    return result;
}

/* ---- asking for it ---- */

static void clone_request(struct job_request *request, struct str *payload, struct str *key,
                          const char *what, const char *as, bool outside)
{
    struct jsonw w;

    jsonw_start(&w, payload);
    jsonw_object(&w);
    jsonw_key_string(&w, "fetch", what);
    if (as)
        jsonw_key_string(&w, "as", as);
    if (outside)
        jsonw_key_bool(&w, "outside", true);
    jsonw_end(&w);
    str_printf(key, "clone:%016" PRIx64, hash64(what, strlen(what), outside));
    *request = (struct job_request){ .kind = "clone", .payload = payload->ptr, .key = key->ptr };
}

int app_clone_request(struct job_request *request, struct str *payload, struct str *key,
                      const char *address, struct error *err)
{
    struct arena *arena = arena_new();
    struct vcs_address parsed;
    int result = vcs_address(arena, address, &parsed, err);

    if (result == ERR_OK && (!parsed.host || !str_istarts(parsed.url, "http")))
        result = error_set(err, ERR_USAGE, "an https address of a repository");
    if (result == ERR_OK)
        clone_request(request, payload, key, address, NULL, true);
    arena_free(arena);
    return result;
}

int clone_ask(struct store *store, const char *what, const char *as, int64_t *job,
              struct error *err)
{
    struct str payload = STR_INIT, key = STR_INIT;
    struct job_request request;
    int result;

    clone_request(&request, &payload, &key, what, as, false);
    result = app_job_add(store, &request, job, NULL, err);
    str_free(&payload);
    str_free(&key);
    return result;
}

static void show_progress(void *ctx, const char *state, int64_t done, int64_t total,
                          const char *unit)
{
    struct clone_progress_line *line = ctx;
    struct str text = STR_INIT;
    int64_t now = clock_ticks_ms();

    if (now - line->shown < 200)
        return;
    line->shown = now;
    str_printf(&text, "\r\033[K%s", state);
    if (*unit) {
        str_add(&text, ": ");
        number_format(&text, done);
        if (total > 0) {
            str_add(&text, " of ");
            number_format(&text, total);
        }
        str_printf(&text, " %s", unit);
    }
    fputs(text.ptr, stderr);
    str_free(&text);
}

void clone_progress_begin(struct clone_progress_line *line, const struct command_call *call,
                          struct clone_options *options)
{
    *line = (struct clone_progress_line){ .terminal = isatty(STDERR_FILENO) && !call->app->quiet
                                                      && !call->desk };
    if (!line->terminal)
        return;
    options->progress = show_progress;
    options->ctx = line;
}

void clone_progress_end(struct clone_progress_line *line)
{
    if (line->terminal && line->shown)
        fputs("\r\033[K", stderr);
}
