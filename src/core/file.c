/*
 * Files and folders. The temporary file of an atomic write lies in the target's own folder (rename
 * does not cross file systems) and carries the process id, so that two processes do not meet.
 */
#include "carrel/file.h"
#include "carrel/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET_MOST 16384

char *path_temporary(const char *what)
{
    const char *folder = getenv("TMPDIR");

    return mem_printf("%s/carrel-%s-XXXXXX", folder && *folder ? folder : "/tmp", what);
}

char *path_join(const char *folder, const char *name)
{
    size_t len = strlen(folder);

    if (len == 0 || name[0] == '/')
        return mem_strdup(name);
    return mem_printf("%s%s%s", folder, folder[len - 1] == '/' ? "" : "/", name);
}

char *path_expand(const char *path)
{
    static const struct {
        const char *prefix, *variable;
    } roots[] = { { "~", "HOME" }, { "$CREDENTIALS_DIRECTORY", "CREDENTIALS_DIRECTORY" } };
    size_t i;

    for (i = 0; i < ARRAY_LEN(roots); i++) {
        size_t len = strlen(roots[i].prefix);
        const char *root = getenv(roots[i].variable);

        if (root && strncmp(path, roots[i].prefix, len) == 0
            && (path[len] == '/' || path[len] == '\0'))
            return mem_printf("%s%s", root, path + len);
    }
    return mem_strdup(path);
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* The specification asks that relative values be ignored. */
static char *path_xdg(const char *variable, const char *fallback)
{
    const char *value = getenv(variable);

    return value && value[0] == '/' ? mem_strdup(value) : path_expand(fallback);
}

char *path_data_home(void)
{
    return path_xdg("XDG_DATA_HOME", "~/.local/share");
}

char *path_config_home(void)
{
    return path_xdg("XDG_CONFIG_HOME", "~/.config");
}

bool file_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool file_is_same(const char *one, const char *other)
{
    struct stat a, b;

    return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev
           && a.st_ino == b.st_ino;
}

bool folder_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int64_t file_size(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}

int folder_make(const char *path, struct error *err)
{
    char *copy = mem_strdup(path);
    char *slash;
    int result = ERR_OK, failed = 0;

    for (slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0'; /* what matters is whether the last one is there */
        if (mkdir(copy, 0777) != 0 && errno != EEXIST && errno != ENOENT)
            failed = errno;
        *slash = '/';
    }
    if (mkdir(copy, 0777) != 0 && !(errno == EEXIST && folder_exists(copy))) {
        if (errno == ENOENT && failed) /* why one above it is not there */
            errno = failed;
        result = error_errno(err, "cannot make the folder %s", path);
    }
    free(copy);
    return result;
}

int file_read(struct str *out, const char *path, size_t limit, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int result = ERR_OK;
    ssize_t got;

    if (fd < 0)
        return error_errno(err, "cannot open %s", path);
    str_clear(out);
    do {
        str_reserve(out, 65536);
        got = read(fd, out->ptr + out->len, 65536);
        if (got > 0)
            out->len += (size_t)got;
    } while ((got > 0 && out->len <= limit) || (got < 0 && errno == EINTR));
    out->ptr[out->len] = '\0';
    if (got < 0)
        result = error_errno(err, "cannot read %s", path);
    else if (out->len > limit)
        result = error_set(err, ERR_LIMIT, "%s is larger than the %zu bytes allowed", path, limit);
    close(fd);
    return result;
}

int file_read_secret(struct str *out, const char *path, size_t least, struct error *err)
{
    char *whole = path_expand(path);
    int result = file_read(out, whole, SECRET_MOST, err);

    if (result == ERR_OK && out->len > 0 && out->ptr[out->len - 1] == '\n')
        str_cut(out, out->len - 1);
    if (result == ERR_OK && out->len < least)
        result = error_set(err, ERR_USAGE, "%s: a secret has %zu bytes or more, this one %zu",
                           whole, least, out->len);
    free(whole);
    return result;
}

int fd_write_all(int fd, const void *bytes, size_t len, struct error *err)
{
    const char *at = bytes;

    while (len > 0) {
        ssize_t put = write(fd, at, len);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return error_errno(err, "cannot write");
        at += put;
        len -= (size_t)put;
    }
    return ERR_OK;
}

bool file_is_device(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static int device_put(const char *path, const void *bytes, size_t len, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    int result;

    if (fd < 0)
        return error_errno(err, "cannot write %s", path);
    result = fd_write_all(fd, bytes, len, err);
    if (result != ERR_OK)
        error_context(err, "%s", path);
    close(fd);
    return result;
}

static int file_put(const char *path, const void *bytes, size_t len, bool sync, struct error *err)
{
    static atomic_uint serial;
    char *temporary =
        mem_printf("%s.%ld.%u.tmp", path, (long)getpid(), atomic_fetch_add(&serial, 1));
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int result;

    if (fd < 0) {
        result = error_errno(err, "cannot write %s", path);
        free(temporary);
        return result;
    }
    result = fd_write_all(fd, bytes, len, err);
    if (result == ERR_OK && sync && fsync(fd) != 0)
        result = error_errno(err, "cannot write");
    if (close(fd) != 0 && result == ERR_OK)
        result = error_errno(err, "cannot write");
    if (result == ERR_OK && rename(temporary, path) != 0)
        result = error_errno(err, "cannot rename");
    if (result != ERR_OK) {
        unlink(temporary);
        result = error_context(err, "%s", path);
    }
    free(temporary);
    return result;
}

int file_write(const char *path, const void *bytes, size_t len, struct error *err)
{
    return file_is_device(path) ? device_put(path, bytes, len, err)
                                : file_put(path, bytes, len, true, err);
}

int folder_sync(const char *path, struct error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = ERR_OK;

    if (fd < 0 || syncfs(fd) != 0)
        result = error_errno(err, "cannot write %s", path);
    if (fd >= 0)
        close(fd);
    return result;
}

int file_move(const char *from, const char *to, struct error *err)
{
    const char *slash = strrchr(to, '/');
    char *folder = slash ? mem_strndup(to, (size_t)(slash - to)) : mem_strdup(".");
    int fd, result = folder_make(folder, err);

    if (result == ERR_OK && rename(from, to) != 0)
        result = error_errno(err, "%s", to);
    fd = result == ERR_OK ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
    return result;
}

static bool file_holds(const char *path, const void *bytes, size_t len)
{
    struct str old = STR_INIT;
    bool same = file_size(path) == (int64_t)len && file_read(&old, path, len, NULL) == ERR_OK
                && old.len == len && (len == 0 || memcmp(old.ptr, bytes, len) == 0);

    str_free(&old);
    return same;
}

int file_update(const char *path, const void *bytes, size_t len, bool *changed, struct error *err)
{
    bool same = file_holds(path, bytes, len);

    if (changed)
        *changed = !same;
    return same ? ERR_OK : file_put(path, bytes, len, true, err);
}

int file_update_unsynced(const char *path, const void *bytes, size_t len, bool *changed,
                         struct error *err)
{
    *changed = !file_holds(path, bytes, len);
    return *changed ? file_put(path, bytes, len, false, err) : ERR_OK;
}
