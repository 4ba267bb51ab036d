/*
 * Files that arrive: see uploads.h. A part is called ".RANDOM.part" while it grows, and is fsynced
 * before it gets its name; so a name always is a whole file. Whoever writes a part has it locked,
 * so one that can be locked is left over. (Its process would tell nothing: in a container the next
 * one has the same number.)
 */
#include "carrel/uploads.h"

#include "carrel/file.h"
#include "carrel/jobs.h"
#include "carrel/sha256.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FOLDER "files/tmp"
#define PART ".part"
#define KEPT_S (7 * 86400)
#define QUIET_S 60
#define HASH_LEN 64

struct upload {
    const struct app *app;
    int fd;
    char *part, *ending, *name;
    char sha256[HASH_LEN + 1];
    int64_t bytes, most;
};

int upload_begin(struct upload **out, const struct app *app, const char *ending, int64_t most,
                 struct error *err)
{
    struct upload *upload = mem_zalloc(sizeof *upload);
    char *folder = path_join(app->library, FOLDER);
    int result = folder_make(folder, err);

    upload->app = app;
    upload->most = most;
    upload->ending = mem_strdup(ending);
    upload->part = mem_printf("%s/.XXXXXX" PART, folder);
    upload->fd = result == ERR_OK ? mkostemps(upload->part, (int)strlen(PART), O_CLOEXEC) : -1;
    if (result == ERR_OK && (upload->fd < 0 || flock(upload->fd, LOCK_EX | LOCK_NB) != 0))
        result = error_errno(err, "%s", upload->part);
    free(folder);
    if (result != ERR_OK) {
        upload_free(upload);
        upload = NULL;
    }
    *out = upload;
    return result;
}

int upload_add(struct upload *upload, const void *bytes, size_t len, struct error *err)
{
    int result;

    upload->bytes += (int64_t)len;
    if (upload->bytes > upload->most)
        return error_set(err, ERR_LIMIT, "a document of at most %lld bytes (serve.upload-limit)",
                         (long long)upload->most);
    result = fd_write_all(upload->fd, bytes, len, err);
    return result == ERR_OK || !err ? result : error_context(err, "%s", upload->part);
}

int upload_end(struct upload *upload, struct error *err)
{
    char *path = NULL;
    int64_t bytes;
    int result = fsync(upload->fd) != 0 || lseek(upload->fd, 0, SEEK_SET) != 0
                     ? error_errno(err, "%s", upload->part)
                     : sha256_copy(upload->sha256, &bytes, upload->fd, -1, upload->most, err);

    if (result != ERR_OK)
        return result;
    upload->name = mem_printf("%s%s", upload->sha256, upload->ending);
    path = upload_path(upload->app, upload->name);
    result = file_move(upload->part, path, err);
    free(path);
    return result;
}

const char *upload_name(const struct upload *upload)
{
    return upload->name;
}

const char *upload_sha256(const struct upload *upload)
{
    return upload->sha256;
}

void upload_free(struct upload *upload)
{
    if (!upload)
        return;
    if (upload->fd >= 0) {
        close(upload->fd);
        unlink(upload->part); /* gone already when it got its name */
    }
    free(upload->part);
    free(upload->ending);
    free(upload->name);
    free(upload);
}

/* A hash and an ending: nothing that leads out of the folder. */
static bool name_is_ours(const char *name)
{
    const char *ending = name + HASH_LEN;

    return strspn(name, "0123456789abcdef") == HASH_LEN && *ending == '.'
           && strspn(ending + 1, "abcdefghijklmnopqrstuvwxyz") == strlen(ending + 1);
}

char *upload_path(const struct app *app, const char *name)
{
    return name_is_ours(name) ? mem_printf("%s/" FOLDER "/%s", app->library, name) : NULL;
}

void upload_key(struct str *key, const char *name)
{
    str_printf(key, "upload:%s", name);
}

/* ---- sweeping ---- */

/* One that was made just now is perhaps not locked yet. */
static bool is_quiet(int fd)
{
    struct stat facts;

    return fstat(fd, &facts) == 0 && time(NULL) - facts.st_mtime > QUIET_S;
}

/* Nobody writes it any more. */
static bool is_left_over(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    bool left = fd >= 0 && is_quiet(fd) && flock(fd, LOCK_EX | LOCK_NB) == 0;

    if (fd >= 0)
        close(fd);
    return left;
}

static bool is_old(const char *path)
{
    struct stat facts;

    return lstat(path, &facts) == 0 && time(NULL) - facts.st_mtime > KEPT_S;
}

static bool is_waited_for(struct store *store, const char *name)
{
    struct str key = STR_INIT;
    int64_t id;
    int result;

    upload_key(&key, name);
    result = jobs_by_key(store, key.ptr, &id, NULL);
    str_free(&key);
    return result != ERR_NOTFOUND;
}

void uploads_sweep(const struct app *app, struct store *store)
{
    char *folder = path_join(app->library, FOLDER);
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        char *path = path_join(folder, entry->d_name);

        if (str_ends(entry->d_name, PART) ? is_left_over(path)
                                          : name_is_ours(entry->d_name) && is_old(path)
                                                && !is_waited_for(store, entry->d_name))
            unlink(path);
        free(path);
    }
    if (dir)
        closedir(dir);
    free(folder);
}
