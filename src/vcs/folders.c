/*
 * The folder of clones: HOST/OWNER/NAME.git, and beside a clone those that are being made, whose
 * names carry the process's number. Whoever makes, moves or removes one holds the folder (a lock of
 * the kernel's, which goes with its process); who holds it alone knows that all it sees is at rest.
 */
#include "folders.h"
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DEPTH 2 /* folders above a clone */
#define WAIT_MS 20
#define LEFT_OVER_S 3600 /* a pack that grows is written to more often */

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *ftw)
{
    (void)facts;
    (void)type;
    (void)ftw;
    return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

int vcs_remove(const char *folder, struct error *err)
{
    return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0 || errno == ENOENT
               ? ERR_OK
               : error_errno(err, "%s", folder);
}

/* ---- what is in it ---- */

/* A folder, and no link to one. */
static bool is_folder(const char *path)
{
    struct stat facts;

    return lstat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

/* "name.git.cloning-1234-1": the process; 0: it is not called so. */
static long maker_of(const char *name)
{
    const char *mark = strstr(name, CLONING_MARK);
    long pid = mark ? strtol(mark + strlen(CLONING_MARK), NULL, 10) : 0;

    return pid > 0 ? pid : 0;
}

static enum vcs_place place_of(const char *path, const char *name, int depth)
{
    if (depth == DEPTH && is_folder(path) && maker_of(name))
        return VCS_PLACE_PART;
    if (depth == DEPTH && is_folder(path) && str_ends(name, ".git"))
        return VCS_PLACE_CLONE;
    return VCS_PLACE_OTHER;
}

/* `below`: the way from the folder of clones to here, "" at first. */
static int each_place(const char *folder, const char *below, int depth, vcs_place_fn *each,
                      void *ctx, struct error *err)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int result = ERR_OK;

    if (!dir)
        return errno == ENOENT ? ERR_OK : error_errno(err, "%s", folder);
    while (result == ERR_OK && (entry = readdir(dir))) {
        char *path = path_join(folder, entry->d_name);
        char *name = mem_printf("%s%s%s", below, *below ? "/" : "", entry->d_name);

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            ;
        else if (depth < DEPTH && is_folder(path))
            result = each_place(path, name, depth + 1, each, ctx, err);
        else
            result = each(ctx, place_of(path, entry->d_name, depth), name, err);
        free(path);
        free(name);
    }
    closedir(dir);
    return result;
}

int vcs_places(const char *folder, vcs_place_fn *each, void *ctx, struct error *err)
{
    return each_place(folder, "", 0, each, ctx, err);
}

/* ---- holding it ---- */

int vcs_hold(const char *folder, bool alone, const atomic_bool *cancel)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int how = (alone ? LOCK_EX : LOCK_SH) | LOCK_NB;

    while (fd >= 0 && flock(fd, how) != 0) {
        if (!alone && errno == EWOULDBLOCK && !vcs_stopped(cancel)) {
            clock_sleep_ms(WAIT_MS);
            continue;
        }
        if (!alone && errno != EWOULDBLOCK)
            break; /* a disk without locks: nobody can hold it alone there */
        close(fd);
        fd = -1;
    }
    return fd;
}

void vcs_release(int held)
{
    if (held >= 0)
        close(held);
}

/* ---- sweeping ---- */

struct sweep {
    const char *folder;
    bool alone;
};

static int sweep_place(void *ctx, enum vcs_place kind, const char *name, struct error *err)
{
    const struct sweep *sweep = ctx;
    char *path;

    (void)err;
    if (kind != VCS_PLACE_PART
        || (!sweep->alone && (kill((pid_t)maker_of(name), 0) == 0 || errno != ESRCH)))
        return ERR_OK;
    path = path_join(sweep->folder, name);
    vcs_remove(path, NULL);
    free(path);
    return ERR_OK;
}

/* Nobody but us at work: all of them are left over. Else those whose process is no more. */
void vcs_sweep(const char *folder)
{
    int held = vcs_hold(folder, true, NULL);
    struct sweep sweep = { folder, held >= 0 };

    vcs_places(folder, sweep_place, &sweep, NULL);
    vcs_release(held);
}

/* What a fetch that was killed has left among the packs, unless it may be of one that runs. */
void vcs_sweep_packs(const char *clone)
{
    char *packs = path_join(clone, "objects/pack");
    DIR *dir = opendir(packs);
    struct dirent *entry;
    struct stat facts;

    while (dir && (entry = readdir(dir)))
        if (str_starts(entry->d_name, "pack_git2_")
            && fstatat(dirfd(dir), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) == 0
            && facts.st_mtime < time(NULL) - LEFT_OVER_S)
            unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
    free(packs);
}
