/*
 * The state file .carrel-export: a line per file with fingerprint, SHA-256, bytes, count and path.
 *
 * It saves work: when it is lost or does not fit the folder, the files are computed again and still
 * left untouched where the bytes agree. And it says that the folder is carrel's: it is there from
 * the first file on, so that an export that was broken off may be begun again. Where it is not (the
 * copy of a website, which goes without it), the manifest speaks for the files that it lists.
 */
#include "site_state.h"

#include "carrel/file.h"
#include "carrel/mem.h"
#include "carrel/str.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE ".carrel-export"
#define MANIFEST "manifest.json"
#define MANIFEST_BEGINS "{\"version\":1,\"papers\":"
#define STATE_MAX (64u << 20)

/* What an export writes at the top of its folder, and others have files of the same name.
 * index.html is looked at where pages are written. */
static const char *const tops[] = {
    MANIFEST,      "categories.json", "feeds.json",    "repositories.json", "stats.json",
    "tables.json", "topics.json",     "trending.json", "carrel-site.css",   "carrel-site.js"
};

int site_state_lock(int *fd, const char *dir, struct error *err)
{
    int result = ERR_OK;

    *fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0)
        return error_errno(err, "cannot read the folder %s", dir);
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return ERR_OK;
    if (errno == EWOULDBLOCK)
        result = error_set(err, ERR_BUSY,
                           "another export is writing into %s; try again when it is done", dir);
    close(*fd);
    *fd = -1;
    return result;
}

int64_t site_state_time(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec : -1;
}

/* Only paths that we could have made: no "..", no absolute ones, so that a forged state file cannot
 * make us remove a file elsewhere. */
static bool state_path_ok(const char *path)
{
    size_t i;

    for (i = 0; path[i]; i++)
        if (!isalnum((unsigned char)path[i]) && !strchr("-_./", path[i]))
            return false;
    return i > 5 && path[0] != '/' && path[0] != '.' && !strstr(path, "..")
           && (str_ends(path, ".json") || str_ends(path, ".js") || str_ends(path, ".atom")
               || str_ends(path, ".css") || strcmp(path, "index.html") == 0);
}

static void state_add(struct site_files *files, struct site_file file, const char *path)
{
    if (strlen(file.sha) != 64 || !state_path_ok(path))
        return;
    file.path = mem_strdup(path);
    VEC_PUSH(files->items, files->len, files->cap, file);
}

static void state_lines(struct site_files *files, char *text)
{
    char *line, *rest;

    for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        struct site_file file = { 0 };
        int used = 0;

        if (sscanf(line, "%" SCNx64 " %64s %" SCNd64 " %" SCNd64 " %n", &file.fingerprint, file.sha,
                   &file.bytes, &file.count, &used)
                == 4
            && used > 0)
            state_add(files, file, line + used);
    }
}

/* The rows of a manifest of ours, which are always written alike. */
static void state_rows(struct site_files *files, const char *text)
{
    static const char row[] = "{\"path\":\"";
    const char *at = text;

    while ((at = strstr(at, row))) {
        struct site_file file = { 0 };
        char path[256];

        at += strlen(row);
        if (sscanf(at,
                   "%255[^\"]\",\"count\":%" SCNd64 ",\"bytes\":%" SCNd64
                   ",\"sha256\":\"%64[0-9a-f]\"",
                   path, &file.count, &file.bytes, file.sha)
            == 4)
            state_add(files, file, path);
    }
}

/* Nothing says that carrel has been here: then nothing may lie where it writes. */
static int state_begin(const char *dir, const char *path, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(tops) && result == ERR_OK; i++) {
        char *top = path_join(dir, tops[i]);

        if (file_exists(top))
            result = error_set(err, ERR_EXISTS,
                               "%s is not of carrel's making: export into another folder, or take "
                               "it away",
                               top);
        free(top);
    }
    return result == ERR_OK ? file_write(path, "", 0, err) : result;
}

int site_state_read(struct site_files *files, int64_t *done, const char *dir, struct error *err)
{
    char *path = path_join(dir, STATE), *manifest = path_join(dir, MANIFEST);
    struct str text = STR_INIT;
    int result = ERR_OK;

    *done = 0;
    if (file_exists(path)) {
        *done = site_state_time(path);
        if (file_read(&text, path, STATE_MAX, NULL) == ERR_OK)
            state_lines(files, text.ptr);
    } else if (file_read(&text, manifest, STATE_MAX, NULL) == ERR_OK
               && str_starts(text.ptr, MANIFEST_BEGINS)) {
        state_rows(files, text.ptr);
    } else {
        result = state_begin(dir, path, err);
    }
    str_free(&text);
    free(manifest);
    free(path);
    return result;
}

int site_state_write(const struct site_files *files, const char *dir, struct error *err)
{
    struct str out = STR_INIT;
    char *path = path_join(dir, STATE);
    size_t i;
    int result;

    for (i = 0; i < files->len; i++) {
        const struct site_file *file = &files->items[i];

        str_printf(&out, "%016" PRIx64 " %s %" PRId64 " %" PRId64 " %s\n", file->fingerprint,
                   file->sha, file->bytes, file->count, file->path);
    }
    result = file_update(path, out.ptr, out.len, NULL, err);
    /* Also where nothing has changed: what is older than the state is known to stand. */
    if (result == ERR_OK && utimensat(AT_FDCWD, path, NULL, 0) != 0)
        result = error_errno(err, "cannot write %s", path);
    free(path);
    str_free(&out);
    return result;
}

void site_files_free(struct site_files *files)
{
    size_t i;

    for (i = 0; i < files->len; i++)
        free(files->items[i].path);
    free(files->items);
}
