/*
 * Cloning and fetching: see clone.h.
 *
 * What was transferred is looked over, and one transaction holds what the clone says of its
 * repository: facts, README, papers of citation files, summary. The index of its files follows in
 * small transactions; it compares what is there with what should be, so a run that was broken off
 * is made good by the next one.
 */
#include "cloning.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/library.h"

#include <stdlib.h>
#include <string.h>

bool clone_is_for(const char *what)
{
    return vcs_is_address(what);
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
    int result = c->empty ? ERR_OK : cloning_readme(c, vcs, &readme, &path, err);

    if (result == ERR_OK)
        result = importer_new_by_pages(&importer, c->app->library, err);
    if (result == ERR_OK && !c->known) {
        record.repository = cloning_facts(c);
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
    int result = cloning_locate(c, what, err);

    if (result != ERR_OK)
        return result;
    place = path_join(c->app->library, c->folder);
    result = cloning_transfer(c, place, err);
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

/* ---- what is here ---- */

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
