/* The salt of the day; see salt.h. */
#include "carrel/salt.h"

#include "carrel/file.h"
#include "carrel/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

/* Written over the old one, never beside it. */
static int salt_renew(struct salt *salt, int fd, const char *path, int64_t day, struct error *err)
{
    salt->day = day;
    if (getrandom(salt->bytes, sizeof salt->bytes, 0) != (ssize_t)sizeof salt->bytes)
        return error_set(err, ERR_FAILED, "the system gives no random bytes");
    errno = 0;
    if (pwrite(fd, salt, sizeof *salt, 0) != (ssize_t)sizeof *salt || fdatasync(fd) != 0)
        return error_errno(err, "cannot write %s", path);
    return ERR_OK;
}

int salt_open(struct salt *out, const char *dir, int64_t day, struct error *err)
{
    char *path = path_join(dir, "visitors.salt");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), result = ERR_OK;

    if (fd < 0 || flock(fd, LOCK_EX) != 0)
        result = error_errno(err, "cannot open %s", path);
    else if (pread(fd, out, sizeof *out, 0) != (ssize_t)sizeof *out || out->day != day)
        result = salt_renew(out, fd, path, day, err);
    if (fd >= 0)
        close(fd);
    free(path);
    return result;
}

uint64_t salt_hash(const struct salt *salt, char what, const char *first, const char *second)
{
    struct str text = STR_INIT;
    uint64_t hash;
    char hex[65];

    str_add_mem(&text, (const char *)salt->bytes, sizeof salt->bytes);
    str_add_char(&text, what);
    str_add(&text, first);
    str_add_char(&text, '\0');
    str_add(&text, second);
    sha256_hex(hex, text.ptr, text.len);
    explicit_bzero(text.ptr, text.len);
    str_free(&text);
    hex[16] = '\0';
    hash = strtoull(hex, NULL, 16);
    return hash;
}
