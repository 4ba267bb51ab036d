/*
 * Which files are carrel's own (own_file.h). The library's folder has a list `written`: a line for
 * each place, the SHA-256 of what was written there last and its path, the newest at the end. To
 * be one's own a file needs only a hash that is in it, since a copy of what carrel wrote is
 * nobody's work either; the path tells which line a newer one replaces. Whoever may only read the
 * library has such a list among their own data.
 */
#include "own_file.h"

#include "carrel/app.h"
#include "carrel/file.h"
#include "carrel/log.h"
#include "carrel/mem.h"
#include "carrel/sha256.h"
#include "carrel/str.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define WRITTEN_PLACES 1000
#define WRITTEN_MAX (8u << 20) /* bytes */
#define HASH_LEN 64

static char *written_folder(const struct own_file *own)
{
    char *data, *folder;

    if (access(own->library, W_OK) == 0)
        return mem_strdup(own->library);
    data = path_data_home();
    folder = path_join(data, "carrel");
    free(data);
    return folder;
}

static void written_read(struct str *lines, const char *folder)
{
    char *path = path_join(folder, "written");

    if (file_read(lines, path, WRITTEN_MAX, NULL) != ERR_OK)
        str_clear(lines);
    free(path);
}

struct own_file call_own_file(struct command_call *call, const char *option, const char *command)
{
    const char *path = call_path(call, call_option(call, option));

    return (struct own_file){ .library = call->app->library,
                              .path = path && strcmp(path, "-") != 0 ? path : NULL,
                              .command = command,
                              .force = call_has(call, "--force") };
}

/* ---- whose is it? ---- */

static bool written_has(const char *lines, const char *sha)
{
    for (; *lines; lines += strcspn(lines, "\n"), lines += *lines == '\n')
        if (strncmp(lines, sha, HASH_LEN) == 0)
            return true;
    return false;
}

static bool begins_with(int fd, const char *mark)
{
    char first[64];
    size_t len = strlen(mark);

    return len <= sizeof first && pread(fd, first, len, 0) == (ssize_t)len
           && memcmp(first, mark, len) == 0;
}

static bool was_written(int fd, const struct own_file *own)
{
    struct str lines = STR_INIT;
    char *folder = written_folder(own), sha[HASH_LEN + 1];
    int64_t bytes;
    bool ours;

    written_read(&lines, folder);
    ours = lines.len > 0 && sha256_copy(sha, &bytes, fd, -1, INT64_MAX, NULL) == ERR_OK
           && written_has(lines.ptr, sha);
    str_free(&lines);
    free(folder);
    return ours;
}

int own_file_check(const struct own_file *own, struct error *err)
{
    struct stat st;
    bool ours;
    int fd;

    if (own->force || stat(own->path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
        return ERR_OK;
    fd = open(own->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, "cannot read %s", own->path);
    ours = (own->mark && begins_with(fd, own->mark)) || was_written(fd, own);
    close(fd);
    return ours ? ERR_OK
                : error_set(err, ERR_EXISTS,
                            "%s was not written by carrel, or has changed since, and stays as it "
                            "is: %s --force replaces it",
                            own->path, own->command);
}

/* ---- what was written ---- */

/* All lines but that of this path, and no more than there is room for behind them. */
static void written_without(struct str *out, const struct str *lines, const char *path)
{
    size_t count = 0;
    const char *at, *end;

    for (at = lines->ptr; (at = strchr(at, '\n')); at++)
        count++;
    for (at = lines->ptr; (end = strchr(at, '\n')); at = end + 1, count--) {
        size_t len = (size_t)(end - at);
        bool same = len == HASH_LEN + 1 + strlen(path)
                    && memcmp(at + HASH_LEN + 1, path, strlen(path)) == 0;

        if (!same && count < WRITTEN_PLACES)
            str_add_mem(out, at, len + 1);
    }
}

static int written_put(const char *folder, const char *path, const char *sha, struct error *err)
{
    struct str old = STR_INIT, lines = STR_INIT;
    char *list = path_join(folder, "written");
    int lock, result = folder_make(folder, err);

    lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock >= 0)
        flock(lock, LOCK_EX); /* two that write at the same time both have their lines */
    written_read(&old, folder);
    written_without(&lines, &old, path);
    str_printf(&lines, "%s %s\n", sha, path);
    if (result == ERR_OK)
        result = file_update(list, lines.ptr, lines.len, NULL, err);
    if (lock >= 0)
        close(lock);
    str_free(&old);
    str_free(&lines);
    free(list);
    return result;
}

void own_file_wrote(const struct own_file *own, const char *sha)
{
    char *path = realpath(own->path, NULL), *folder = written_folder(own);
    struct error why = { 0 };

    if (path && !file_is_device(path) && written_put(folder, path, sha, &why) != ERR_OK)
        log_write(LOG_WARN, "%s needs --force the next time: %s", own->path, why.message);
    free(folder);
    free(path);
}

int own_file_write(const struct own_file *own, const void *bytes, size_t len, struct error *err)
{
    char sha[HASH_LEN + 1];
    int result = own_file_check(own, err);

    if (result == ERR_OK)
        result = file_write(own->path, bytes, len, err);
    if (result == ERR_OK) {
        sha256_hex(sha, bytes, len);
        own_file_wrote(own, sha);
    }
    return result;
}
