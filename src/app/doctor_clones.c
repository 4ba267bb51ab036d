/*
 * The doctor on clones: a row has its folder, which opens, is undamaged and has the commit that the
 * row is about; the pieces of files that are searched are those of that commit; and no folder lies
 * there that no row knows.
 *
 * A clone can be fetched again, so --fix makes room and asks for that (a job). Only what lies below
 * repos/ and is called as carrel calls it is ever removed. While clones are being made or fetched
 * nothing can be said.
 */
#include "doctor.h"

#include "clone.h"

#include "carrel/file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define REPOS "repos"

struct clones_doctor {
    const struct app *app;
    struct store *store;
    const struct doctor_options *options;
    struct arena *arena; /* of one clone */
    char *repos;
    int64_t repository;
    struct clone clone;
    char *id; /* "repo:..." of that clone */
    long problems, sound;
};

static void say(struct clones_doctor *doctor, bool ok, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void say(struct clones_doctor *doctor, bool ok, const char *fmt, ...)
{
    struct str text = STR_INIT;
    va_list ap;

    va_start(ap, fmt);
    str_vprintf(&text, fmt, ap);
    va_end(ap);
    doctor->options->line(doctor->options->ctx, ok, text.ptr);
    doctor->problems += !ok;
    str_free(&text);
}

/* ---- a row and its folder ---- */

/* A clone that is of no use: with --fix it makes room, and a job fetches it again. */
static int fetch_again(struct clones_doctor *doctor, const char *place, const char *why,
                       struct error *err)
{
    int64_t job = 0;
    int result;

    if (!doctor->options->fix) {
        say(doctor, false,
            "clone of %s: %s; 'carrel doctor --fix' has it fetched again, 'carrel repo %s remove' "
            "forgets it",
            doctor->id, why, doctor->id);
        return ERR_OK;
    }
    result = vcs_remove(place, err);
    if (result == ERR_OK)
        result = clone_ask(doctor->store, doctor->id, NULL, &job, err);
    if (result == ERR_OK)
        say(doctor, true, "clone of %s: %s; job %" PRId64 " fetches it again", doctor->id, why,
            job);
    return result;
}

/* The branches moved, and what they bring was not looked over: killed in between. */
static int look_again(struct clones_doctor *doctor, struct error *err)
{
    int64_t job = 0;
    int result;

    if (!doctor->options->fix) {
        say(doctor, false,
            "clone of %s: what was fetched last was not looked over; 'carrel repo %s fetch' or "
            "'carrel doctor --fix' does it",
            doctor->id, doctor->id);
        return ERR_OK;
    }
    result = clone_ask(doctor->store, doctor->id, NULL, &job, err);
    if (result == ERR_OK)
        say(doctor, true, "clone of %s: job %" PRId64 " looks over what was fetched last",
            doctor->id, job);
    return result;
}

static int check_index(struct clones_doctor *doctor, struct vcs *vcs, struct error *err)
{
    const struct clone_options options = { .cancel = doctor->options->cancel };
    const char *head = doctor->clone.head;
    int64_t wrong = 0, files = 0;
    int result = clone_index_check(doctor->store, vcs, doctor->repository, head, &options,
                                   doctor->options->fix, &wrong, err);

    if (result != ERR_OK || wrong == 0) {
        doctor->sound += result == ERR_OK;
        return result;
    }
    if (!doctor->options->fix) {
        say(doctor, false,
            "clone of %s: what is searched of %" PRId64 " file%s is not what commit %.12s has; "
            "'carrel doctor --fix' reads %s again",
            doctor->id, wrong, wrong == 1 ? "" : "s", head, wrong == 1 ? "it" : "them");
        return ERR_OK;
    }
    result = clone_index(doctor->store, vcs, doctor->repository, head, &options, &files, err);
    if (result == ERR_OK)
        say(doctor, true, "clone of %s: %" PRId64 " file%s read again for the search", doctor->id,
            wrong, wrong == 1 ? "" : "s");
    return result;
}

/* Its files, and the commit that the library speaks of. ERR_CORRUPT, ERR_NOTFOUND: it is of no use.
 */
static int check_files(struct clones_doctor *doctor, struct vcs *vcs, struct error *err)
{
    struct vcs_commit commit;
    int result = vcs_verify(vcs, doctor->options->cancel, err);

    if (result != ERR_OK || !*doctor->clone.head)
        return result;
    if (vcs_commit(vcs, doctor->arena, doctor->clone.head, &commit, NULL) == ERR_OK)
        return ERR_OK;
    return error_set(err, ERR_NOTFOUND, "commit %.12s is missing", doctor->clone.head);
}

static int check_open(struct clones_doctor *doctor, struct vcs *vcs, struct error *err)
{
    char tip[VCS_ID] = "";
    int result = vcs_resolve(vcs, tip, NULL, doctor->options->cancel, err);

    if (result == ERR_NOTFOUND) /* no commit yet */
        result = ERR_OK;
    if (result != ERR_OK)
        return result;
    if (strcmp(tip, doctor->clone.head) != 0)
        return look_again(doctor, err);
    if (*tip)
        return check_index(doctor, vcs, err);
    doctor->sound++;
    return ERR_OK;
}

static int check_clone(struct clones_doctor *doctor, struct error *err)
{
    char *place = path_join(doctor->app->library, doctor->clone.folder);
    struct error why = { 0 };
    struct vcs *vcs = NULL;
    int result;

    if (!folder_exists(place))
        result = error_set(&why, ERR_NOTFOUND, "its folder is missing");
    else
        result = vcs_open(&vcs, place, &why);
    if (result == ERR_OK)
        result = check_files(doctor, vcs, &why);
    if (result == ERR_OK)
        result = check_open(doctor, vcs, err);
    else if (result == ERR_CANCELLED || result == ERR_IO)
        result = error_set(err, result, "%s", why.message);
    else
        result = fetch_again(doctor, place, why.message, err);
    vcs_close(vcs);
    free(place);
    return result;
}

/* A row that leads out of the folder of clones: nothing is asked of where it leads. */
static int forget(struct clones_doctor *doctor, const char *why, struct error *err)
{
    int result =
        doctor->options->fix ? clone_forget(doctor->store, doctor->repository, err) : ERR_OK;

    if (result == ERR_OK)
        say(doctor, doctor->options->fix, "clone of %s: %s%s", doctor->id, why,
            doctor->options->fix ? "; forgotten" : "; 'carrel doctor --fix' forgets it");
    return result;
}

static int check_row(struct clones_doctor *doctor, struct error *err)
{
    struct repository_full full;
    struct error why = { 0 };
    int result = repositories_full(doctor->store, doctor->arena, doctor->repository, &full, err);

    if (result != ERR_OK)
        return result;
    doctor->id = arena_printf(doctor->arena, "repo:%s", full.repository.key);
    result = clones_get(doctor->store, doctor->arena, doctor->repository, &doctor->clone, &why);
    if (result == ERR_CORRUPT)
        return forget(doctor, why.message, err);
    return result == ERR_OK ? check_clone(doctor, err) : error_set(err, result, "%s", why.message);
}

static int check_rows(struct clones_doctor *doctor, struct error *err)
{
    struct arena *arena = arena_new();
    struct work_ids ids = { 0 };
    size_t i;
    int result = clones_list(doctor->store, arena, &ids, err);

    for (i = 0; i < ids.len && result == ERR_OK; i++) {
        arena_reset(doctor->arena);
        doctor->repository = ids.items[i];
        result = check_row(doctor, err);
    }
    arena_free(arena);
    return result;
}

/* ---- a folder and its row ---- */

static int check_place(void *ctx, enum vcs_place kind, const char *name, struct error *err)
{
    struct clones_doctor *doctor = ctx;
    const char *what = kind == VCS_PLACE_PART ? "half a clone that was left over"
                                              : "a clone that nothing in the library speaks of";
    char *path;
    int64_t repository = 0;
    int result;

    if (kind == VCS_PLACE_OTHER) {
        say(doctor, true, REPOS "/%s is none of carrel's, and left alone", name);
        return ERR_OK;
    }
    arena_reset(doctor->arena);
    result = kind == VCS_PLACE_CLONE ? clones_by_folder(
                 doctor->store, arena_printf(doctor->arena, REPOS "/%s", name), &repository, err)
                                     : ERR_OK;
    if (result != ERR_OK || repository)
        return result;
    if (!doctor->options->fix) {
        say(doctor, false, REPOS "/%s: %s; 'carrel doctor --fix' removes it", name, what);
        return ERR_OK;
    }
    path = path_join(doctor->repos, name);
    result = vcs_remove(path, err);
    free(path);
    if (result == ERR_OK)
        say(doctor, true, REPOS "/%s: %s; removed", name, what);
    return result;
}

int doctor_clones(const struct app *app, struct store *store, const struct doctor_options *options,
                  long *problems, struct error *err)
{
    struct clones_doctor doctor = { .app = app,
                                    .store = store,
                                    .options = options,
                                    .arena = arena_new(),
                                    .repos = path_join(app->library, REPOS) };
    int held = -1, result = ERR_OK;

    if (folder_exists(doctor.repos)) {
        held = vcs_hold(doctor.repos, true, options->cancel);
        if (held < 0) {
            say(&doctor, true, "clones are being made or fetched, and were not looked at");
            goto out;
        }
    }
    result = check_rows(&doctor, err);
    if (result == ERR_OK)
        result = vcs_places(doctor.repos, check_place, &doctor, err);
    if (result == ERR_OK && doctor.sound > 0)
        say(&doctor, true, "%ld clone%s", doctor.sound, doctor.sound == 1 ? "" : "s");
    *problems += doctor.problems;
out:
    vcs_release(held);
    arena_free(doctor.arena);
    free(doctor.repos);
    return result;
}
