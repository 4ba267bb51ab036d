/*
 * The website's folder: which files belong to it, what they hash to, and what changed. What an
 * earlier export has left there, site_state.c knows. A file is removed only if that export made it,
 * so that whatever else lies in the folder is safe.
 */
#include "site_state.h"

#include "carrel/credit.h"
#include "carrel/exchange.h"
#include "carrel/file.h"
#include "carrel/hash.h"
#include "carrel/jsonw.h"
#include "carrel/sha256.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct site {
    char *dir;
    int lock; /* -1: on a disk without locks */
    struct site_files old, now;
    int64_t left; /* when the earlier export was done, as site_state_read says */
    struct hashmap *places, *new_places; /* path -> its place in `old`, in `now`, from 1 */
    unsigned credits;
    struct site_report report;
};

int site_open(struct site **out, const char *dir, struct error *err)
{
    struct site *site;
    size_t i;
    int lock = -1, result = folder_make(dir, err);

    *out = NULL;
    if (result == ERR_OK)
        result = site_state_lock(&lock, dir, err);
    if (result != ERR_OK)
        return result;
    site = mem_zalloc(sizeof *site);
    site->dir = mem_strdup(dir);
    site->lock = lock;
    site->places = hashmap_new();
    site->new_places = hashmap_new();
    result = site_state_read(&site->old, &site->left, dir, err);
    for (i = 0; i < site->old.len; i++)
        *hashmap_put(site->places, site->old.items[i].path, strlen(site->old.items[i].path), NULL) =
            i + 1;
    if (result == ERR_OK)
        *out = site;
    else
        site_free(site);
    return result;
}

static struct site_file *site_old(struct site *site, const char *path)
{
    const uint64_t *place = hashmap_get(site->places, path, strlen(path));

    return place ? &site->old.items[*place - 1] : NULL;
}

/* Takes the path's ownership. What was taken over and is written after all counts once. */
static void site_note(struct site *site, struct site_file file, bool changed)
{
    struct site_file *old = site_old(site, file.path);
    bool added;
    uint64_t *place = hashmap_put(site->new_places, file.path, strlen(file.path), &added);

    if (old)
        old->kept = true;
    file.changed = changed;
    if (added) {
        VEC_PUSH(site->now.items, site->now.len, site->now.cap, file);
        *place = site->now.len;
    } else {
        free(site->now.items[*place - 1].path);
        site->now.items[*place - 1] = file;
    }
}

/* What was written behind the export that the state tells of is of one that was broken off, or of
 * somebody else. */
static bool site_stands(const struct site *site, const struct site_file *old, uint64_t fingerprint)
{
    char *whole = path_join(site->dir, old->path);
    bool there = old->fingerprint == fingerprint && file_size(whole) == old->bytes
                 && site_state_time(whole) <= site->left;

    free(whole);
    return there;
}

static void site_take_over(struct site *site, const struct site_file *old)
{
    struct site_file file = *old;

    file.path = mem_strdup(old->path);
    file.kept = false;
    site_note(site, file, false);
}

bool site_reuse(struct site *site, const char *path, uint64_t fingerprint)
{
    const struct site_file *old = site_old(site, path);

    if (!old || !site_stands(site, old, fingerprint))
        return false;
    site_take_over(site, old);
    return true;
}

bool site_reuse_below(struct site *site, const char *folder, uint64_t fingerprint)
{
    size_t i, found = 0;

    for (i = 0; i < site->old.len; i++) {
        if (!str_starts(site->old.items[i].path, folder))
            continue;
        if (!site_stands(site, &site->old.items[i], fingerprint))
            return false;
        found++;
    }
    for (i = 0; found > 0 && i < site->old.len; i++)
        if (str_starts(site->old.items[i].path, folder))
            site_take_over(site, &site->old.items[i]);
    return found > 0;
}

bool site_is_ours(struct site *site, const char *path)
{
    char *whole = path_join(site->dir, path);
    bool ours = site_old(site, path) || !file_exists(whole);

    free(whole);
    return ours;
}

int site_put(struct site *site, const char *path, const struct str *bytes, int64_t count,
             uint64_t fingerprint, struct error *err)
{
    struct site_file file = { .fingerprint = fingerprint,
                              .bytes = (int64_t)bytes->len,
                              .count = count };
    char *whole = path_join(site->dir, path);
    char *slash = strrchr(whole, '/');
    bool changed = false;
    int result;

    *slash = '\0';
    result = folder_make(whole, err);
    *slash = '/';
    if (result == ERR_OK)
        result = file_update_unsynced(whole, bytes->ptr, bytes->len, &changed, err);
    if (result == ERR_OK) {
        sha256_hex(file.sha, bytes->ptr, bytes->len);
        file.path = mem_strdup(path);
        site_note(site, file, changed);
    }
    free(whole);
    return result;
}

int64_t site_count_of(const struct site *site, const char *path)
{
    const uint64_t *place = hashmap_get(site->new_places, path, strlen(path));

    return place ? site->now.items[*place - 1].count : 0;
}

void site_set_credits(struct site *site, unsigned credits)
{
    site->credits = credits;
}

static void site_attribution(struct jsonw *w, unsigned bits)
{
    struct arena *arena = arena_new();
    struct text_list names = { 0 };

    credits_from_bits(&names, arena, bits);
    credits_to_json(w, &names);
    arena_free(arena);
}

static int site_compare(const void *a, const void *b)
{
    return strcmp(((const struct site_file *)a)->path, ((const struct site_file *)b)->path);
}

static void site_count(struct site *site, bool changed)
{
    site->report.files++;
    site->report.written += changed;
    site->report.unchanged += !changed;
}

static int site_write_manifest(struct site *site, struct error *err)
{
    struct str out = STR_INIT;
    char *path = path_join(site->dir, "manifest.json");
    struct jsonw w;
    bool changed;
    size_t i;
    int result;

    jsonw_start(&w, &out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key_int(&w, "papers", site->report.papers);
    site_attribution(&w, site->credits);
    jsonw_key(&w, "files");
    jsonw_array(&w);
    for (i = 0; i < site->now.len; i++) {
        const struct site_file *file = &site->now.items[i];

        jsonw_object(&w);
        jsonw_key_string(&w, "path", file->path);
        jsonw_key_int(&w, "count", file->count);
        jsonw_key_int(&w, "bytes", file->bytes);
        jsonw_key_string(&w, "sha256", file->sha);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(&out, '\n');
    result = file_update(path, out.ptr, out.len, &changed, err);
    site_count(site, changed);
    free(path);
    str_free(&out);
    return result;
}

/* Folders that are empty without the file. */
static void site_remove_folders(const struct site *site, const char *path)
{
    char *below = mem_strdup(path), *slash;
    bool empty = true;

    while (empty && (slash = strrchr(below, '/'))) {
        char *folder;

        *slash = '\0';
        folder = path_join(site->dir, below);
        empty = rmdir(folder) == 0;
        free(folder);
    }
    free(below);
}

static int site_remove_old(struct site *site, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < site->old.len && result == ERR_OK; i++) {
        char *path;

        if (site->old.items[i].kept)
            continue;
        path = path_join(site->dir, site->old.items[i].path);
        if (unlink(path) == 0) {
            site->report.removed++;
            site_remove_folders(site, site->old.items[i].path);
        } else if (errno != ENOENT)
            result = error_errno(err, "cannot remove %s", path);
        free(path);
    }
    return result;
}

int site_finish(struct site *site, struct site_report *report, struct error *err)
{
    size_t i;
    int result;

    if (site->now.len > 1)
        qsort(site->now.items, site->now.len, sizeof *site->now.items, site_compare);
    for (i = 0; i < site->now.len; i++) {
        site_count(site, site->now.items[i].changed);
        if (str_starts(site->now.items[i].path, "papers/"))
            site->report.papers += site->now.items[i].count;
    }
    result = site->report.written > 0 ? folder_sync(site->dir, err) : ERR_OK;
    if (result == ERR_OK)
        result = site_write_manifest(site, err);
    if (result == ERR_OK)
        result = site_remove_old(site, err);
    if (result == ERR_OK)
        result = site_state_write(&site->now, site->dir, err);
    if (report)
        *report = site->report;
    return result;
}

void site_free(struct site *site)
{
    if (!site)
        return;
    site_files_free(&site->old);
    site_files_free(&site->now);
    hashmap_free(site->places);
    hashmap_free(site->new_places);
    if (site->lock >= 0)
        close(site->lock);
    free(site->dir);
    free(site);
}

void site_slug(struct str *out, const char *name)
{
    size_t start = out->len;
    bool lossy = false;
    const char *p;

    for (p = name; *p; p++) {
        bool letter = isalnum((unsigned char)*p), begun = out->len > start;

        if (letter || (begun && (*p == '-' || out->ptr[out->len - 1] != '-')))
            str_add_char(out, letter ? (char)tolower((unsigned char)*p) : '-');
        lossy |= !(letter && !isupper((unsigned char)*p)) && !(*p == '-' && begun);
    }
    if (out->len - start > 60) {
        str_cut(out, start + 60);
        lossy = true;
    }
    if (lossy || out->len == start)
        str_printf(out, "%s%08x", out->len > start ? "-" : "",
                   (unsigned)(hash64(name, strlen(name), 0) & 0xFFFFFFFFu));
}
