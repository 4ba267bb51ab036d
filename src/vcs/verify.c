/*
 * Are the files of a clone as they were written? Packs and their indexes end with a hash of
 * themselves; an object outside of packs is called by its hash. Reading is all it costs: no object
 * of a pack is unpacked.
 */
#include "internal.h"

#include "carrel/file.h"
#include "carrel/sha1.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct verifying {
    git_odb *odb;
    const atomic_bool *cancel;
};

static int verify_sealed(struct verifying *v, const char *folder, const char *name,
                         struct error *err)
{
    char *path = path_join(folder, name);
    struct error why = { 0 };
    bool sealed;
    int result = sha1_sealed(&sealed, path, v->cancel, &why);

    free(path);
    if (result == ERR_CANCELLED)
        return error_set(err, result, "%s", why.message);
    if (result != ERR_OK)
        return error_set(err, ERR_CORRUPT, "%s %s", name, why.message);
    return sealed ? ERR_OK : error_set(err, ERR_CORRUPT, "%s is damaged", name);
}

static int verify_pack(struct verifying *v, const char *folder, const char *name, struct error *err)
{
    char *index;
    int result;

    if (!str_starts(name, "pack-") || !str_ends(name, ".pack"))
        return ERR_OK;
    index = mem_printf("%.*s.idx", (int)(strlen(name) - 5), name);
    result = verify_sealed(v, folder, name, err);
    if (result == ERR_OK)
        result = verify_sealed(v, folder, index, err);
    free(index);
    return result;
}

/* objects/ab/cdef...: `folder` ends with the first two digits of the name. */
static int verify_loose(struct verifying *v, const char *folder, const char *name,
                        struct error *err)
{
    char *id = mem_printf("%s%s", path_base(folder), name);
    git_odb_object *object = NULL;
    git_oid oid, is;
    bool right = true;

    if (strlen(id) == VCS_ID - 1 && git_oid_fromstr(&oid, id) == 0)
        right = git_odb_read(&object, v->odb, &oid) == 0
                && git_odb_hash(&is, git_odb_object_data(object), git_odb_object_size(object),
                                git_odb_object_type(object))
                       == 0
                && git_oid_equal(&is, &oid);
    git_odb_object_free(object);
    if (!right)
        error_set(err, ERR_CORRUPT, "object %.12s is damaged", id);
    free(id);
    return right ? ERR_OK : ERR_CORRUPT;
}

static int verify_folder(struct verifying *v, const char *objects, const char *name,
                         int (*verify)(struct verifying *, const char *, const char *,
                                       struct error *),
                         struct error *err)
{
    char *folder = path_join(objects, name);
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int result = dir || errno == ENOENT ? ERR_OK : error_errno(err, "%s", folder);

    while (dir && result == ERR_OK && (entry = readdir(dir)))
        result =
            vcs_stopped(v->cancel) ? vcs_cancelled(err) : verify(v, folder, entry->d_name, err);
    if (dir)
        closedir(dir);
    free(folder);
    return result;
}

int vcs_verify(struct vcs *vcs, const atomic_bool *cancel, struct error *err)
{
    struct verifying v = { .cancel = cancel };
    char *objects = path_join(git_repository_path(vcs->repo), "objects"), digits[3];
    int code = git_repository_odb(&v.odb, vcs->repo);
    int result = code == 0 ? verify_folder(&v, objects, "pack", verify_pack, err)
                           : vcs_fail(err, code, "cannot read the clone");
    unsigned i;

    for (i = 0; i < 256 && result == ERR_OK; i++) {
        snprintf(digits, sizeof digits, "%02x", i);
        result = verify_folder(&v, objects, digits, verify_loose, err);
    }
    git_odb_free(v.odb);
    free(objects);
    return result;
}
