/*
 * A clone of a folder on this machine begins with a copy of its objects, as they are packed: packing
 * them anew would take ten times as long as everything else. The fetch behind it then finds that
 * all is there. Where the copy would not be the whole (objects lie in a third place, or are not
 * packed) nothing is copied, and the fetch does all.
 */
#include "local.h"

#include "carrel/error.h"
#include "carrel/file.h"
#include "carrel/mem.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOSE_MAX 20000
#define STEP (1u << 20)

struct copying {
    char *from, *to; /* the two folders of objects */
    struct local_copy *copy;
    int loose;
};

static char *objects_of(const char *url)
{
    char *git = path_join(url, ".git/objects"), *bare = path_join(url, "objects");

    if (folder_exists(git)) {
        free(bare);
        return git;
    }
    free(git);
    return bare;
}

static int copy_bytes(struct copying *copying, int from, int to)
{
    char *buffer = mem_alloc(STEP);
    ssize_t got = 1;
    int result = 0;

    while (result == 0 && (got = read(from, buffer, STEP)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 || fd_write_all(to, buffer, (size_t)got, NULL) != ERR_OK) {
            result = -1;
            break;
        }
        copying->copy->bytes += got;
        copying->copy->too_large = copying->copy->bytes > copying->copy->limit;
        if (copying->copy->too_large)
            result = -1;
        copying->copy->progress(copying->copy->ctx, copying->copy->bytes);
    }
    free(buffer);
    return result == 0 && fsync(to) != 0 ? -1 : result;
}

/* A plain file; a link is none. One that has gone meanwhile is no fault: the fetch looks for it. */
static int copy_file(struct copying *copying, const char *name)
{
    char *path = path_join(copying->from, name), *copy = path_join(copying->to, name);
    int from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), to = -1, result = 0;
    struct stat facts;

    if (from >= 0 && fstat(from, &facts) == 0 && S_ISREG(facts.st_mode)) {
        to = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
        result = to >= 0 ? copy_bytes(copying, from, to) : -1;
    }
    if (to >= 0 && close(to) != 0)
        result = -1;
    if (from >= 0)
        close(from);
    free(path);
    free(copy);
    return result;
}

static bool is_hex(const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (!isxdigit((unsigned char)name[i]))
            return false;
    return name[len] == '\0';
}

static bool is_pack(const char *name)
{
    return str_starts(name, "pack-") && (str_ends(name, ".pack") || str_ends(name, ".idx"));
}

/* Of one folder those files that are wanted; *found counts them, and copies nothing without `copy`. */
static int each_file(struct copying *copying, const char *folder, bool (*wanted)(const char *),
                     bool copy, int *found)
{
    char *path = path_join(copying->from, folder), *made = path_join(copying->to, folder);
    DIR *dir = opendir(path);
    struct dirent *entry;
    int result = 0;

    if (dir && copy)
        result = folder_make(made, NULL) == ERR_OK ? 0 : -1;
    while (dir && result == 0 && (entry = readdir(dir))) {
        char *name;

        if (!wanted(entry->d_name))
            continue;
        ++*found;
        if (!copy)
            continue;
        name = path_join(folder, entry->d_name);
        result = copy_file(copying, name);
        free(name);
    }
    if (dir)
        closedir(dir);
    free(path);
    free(made);
    return result;
}

static bool is_loose(const char *name)
{
    return strlen(name) == 38 && is_hex(name, 38);
}

static int each_loose(struct copying *copying, bool copy)
{
    char folder[3];
    int i, result = 0;

    for (i = 0; i < 256 && result == 0; i++) {
        snprintf(folder, sizeof folder, "%02x", (unsigned)i);
        result = each_file(copying, folder, is_loose, copy, &copying->loose);
    }
    return result;
}

static bool is_worth_it(struct copying *copying)
{
    char *alternates = path_join(copying->from, "info/alternates");
    bool elsewhere = file_exists(alternates);
    int packs = 0;

    free(alternates);
    if (elsewhere)
        return false;
    each_file(copying, "pack", is_pack, false, &packs);
    each_loose(copying, false);
    return packs > 0 && copying->loose <= LOOSE_MAX;
}

int local_copy_objects(const char *url, const char *folder, struct local_copy *copy)
{
    struct copying copying = { .from = objects_of(url),
                               .to = path_join(folder, "objects"),
                               .copy = copy };
    int packs = 0, result = 0;

    if (is_worth_it(&copying)) {
        result = each_file(&copying, "pack", is_pack, true, &packs);
        if (result == 0)
            result = each_loose(&copying, true);
    }
    free(copying.from);
    free(copying.to);
    return result;
}
