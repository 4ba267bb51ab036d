/*
 * Keeping segments few: eight of a size become one of the next, up to a size that is left alone.
 *
 * So a work is copied a handful of times in its life, and no import waits for the whole library.
 * The new file is written without holding the write lock; works that died in the old ones meanwhile
 * are buried in the new one when it is listed. One process merges at a time (a lock file); who
 * comes second leaves it to the first.
 */
#include "carrel/file.h"
#include "carrel/lengths.h"
#include "carrel/log.h"
#include "carrel/mem.h"

#include "segments_internal.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define MERGE_WIDTH 8

/* Sizes in works: of eight in one class one of the next is made. */
static const int64_t merge_classes[] = { 4096, 32768, 131072 };

struct row {
    int64_t id, name, docs;
    int64_t *dead;
    size_t dead_count;
};

struct rows {
    struct row *items;
    size_t len, cap;
};

static void rows_free(struct rows *rows)
{
    size_t i;

    for (i = 0; i < rows->len; i++)
        free(rows->items[i].dead);
    free(rows->items);
    memset(rows, 0, sizeof *rows);
}

static int rows_read(struct rows *rows, struct store *store, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result =
        stmt_prepare(&stmt, store, "SELECT id, name, docs, dead FROM segment ORDER BY id", err);

    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        struct row row = { .id = stmt_int(stmt, 0),
                           .name = stmt_int(stmt, 1),
                           .docs = stmt_int(stmt, 2) };
        size_t len;
        const void *blob = stmt_blob(stmt, 3, &len);

        row.dead = segment_ids(blob, len, &row.dead_count);
        VEC_PUSH(rows->items, rows->len, rows->cap, row);
    }
    stmt_reset(stmt);
    return step;
}

static size_t class_of(int64_t docs)
{
    size_t class = 0;

    while (class < ARRAY_LEN(merge_classes) && docs >= merge_classes[class])
        class ++;
    return class;
}

/* Moves those to be merged to the front: *count of them, 0 for none. */
static void choose(struct rows *rows, size_t *count)
{
    size_t sizes[ARRAY_LEN(merge_classes) + 1] = { 0 }, class, i, kept = 0;

    *count = 0;
    for (i = 0; i < rows->len; i++)
        sizes[class_of(rows->items[i].docs)]++;
    for (class = 0; class < ARRAY_LEN(merge_classes) && sizes[class] < MERGE_WIDTH; class ++)
        ;
    if (class == ARRAY_LEN(merge_classes))
        return;
    for (i = 0; i < rows->len && kept < MERGE_WIDTH; i++) {
        struct row row = rows->items[i];

        if (class_of(row.docs) != class)
            continue;
        memmove(&rows->items[kept + 1], &rows->items[kept], (i - kept) * sizeof row);
        rows->items[kept++] = row;
    }
    *count = kept;
}

static bool same_dead(const struct row *old, const struct row *now)
{
    return old->dead_count == now->dead_count
           && memcmp(old->dead, now->dead, now->dead_count * sizeof *now->dead) == 0;
}

/* Ids that died in the sources while the merge ran. */
static int64_t *dead_since(const struct rows *old, size_t count, const struct rows *now,
                           bool *all_there, size_t *len)
{
    int64_t *dead = NULL;
    size_t cap = 0, i, k, m;

    *len = 0;
    *all_there = true;
    for (i = 0; i < count; i++) {
        for (k = 0; k < now->len && now->items[k].id != old->items[i].id; k++)
            ;
        if (k == now->len) {
            *all_there = false;
            continue;
        }
        if (same_dead(&old->items[i], &now->items[k]))
            continue;
        for (m = 0; m < now->items[k].dead_count; m++) {
            int64_t id = now->items[k].dead[m];
            size_t low = 0, high = old->items[i].dead_count;

            while (low < high) {
                size_t mid = (low + high) / 2;

                if (old->items[i].dead[mid] < id)
                    low = mid + 1;
                else
                    high = mid;
            }
            if (low == old->items[i].dead_count || old->items[i].dead[low] != id)
                VEC_PUSH(dead, *len, cap, id);
        }
    }
    return dead;
}

static int delete_rows(struct store *store, const struct rows *rows, size_t count,
                       struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++) {
        struct stmt *stmt;

        result = stmt_prepare(&stmt, store, "DELETE FROM segment WHERE id = ?1", err);
        if (result != ERR_OK)
            break;
        stmt_bind_int(stmt, 1, rows->items[i].id);
        result = stmt_run(stmt, err);
    }
    return result;
}

/* A work may die in two sources at once: an id above all, sorted and single. */
static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The new file in place of the old ones; *listed says whether they were still the old ones. */
static int replace(struct store *store, const struct rows *old, size_t count,
                   const struct postings_info *info, uint64_t hash, bool *listed, struct error *err)
{
    struct rows now = { 0 };
    int64_t *dead = NULL;
    size_t dead_count;
    int result = store_begin(store, err);

    *listed = false;
    if (result != ERR_OK)
        return result;
    result = rows_read(&now, store, err);
    if (result == ERR_OK) {
        dead = dead_since(old, count, &now, listed, &dead_count);
        if (dead_count > 1)
            qsort(dead, dead_count, sizeof *dead, compare_ids);
    }
    if (result == ERR_OK && *listed)
        result = delete_rows(store, old, count, err);
    if (result == ERR_OK && *listed)
        result = segment_list(store, info, hash, dead, dead_count, err);
    if (result == ERR_OK && *listed)
        result = segment_touch(store, err);
    free(dead);
    rows_free(&now);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}

static void remove_file(struct store *store, int64_t name)
{
    char *path = segment_path(store, name);

    unlink(path);
    free(path);
}

/* Writes the merged file; a damaged or missing source is found here. */
static int merge_files(struct store *store, const struct rows *rows, size_t count,
                       struct postings_info *info, bool (*stop)(void *ctx), void *ctx,
                       uint64_t *hash, struct error *err)
{
    struct postings_source *sources = mem_zalloc(count * sizeof *sources);
    struct postings **open = mem_zalloc(count * sizeof(struct postings *));
    const struct lengths *lengths = NULL;
    char *path = segment_path(store, info->name);
    size_t i;
    int result = lengths_get(&lengths, store, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        char *source = segment_path(store, rows->items[i].name);

        result = postings_open(&open[i], source, err);
        sources[i] =
            (struct postings_source){ open[i], rows->items[i].dead, rows->items[i].dead_count };
        free(source);
    }
    if (result == ERR_OK) {
        info->avg_title = lengths->avg_title;
        info->avg_abstract = lengths->avg_abstract;
        info->avg_authors = lengths->avg_authors;
        result = postings_merge(sources, count, path, info, lengths->entries,
                                (size_t)lengths->count, stop, ctx, hash, err);
    }
    for (i = 0; i < count; i++)
        postings_close(open[i]);
    free(path);
    free(open);
    free(sources);
    return result;
}

static int merge_once(struct store *store, bool *merged, bool (*stop)(void *ctx), void *ctx,
                      struct error *err)
{
    struct postings_info info = { 0 };
    struct rows rows = { 0 };
    struct error why = { 0 };
    size_t count = 0, i;
    uint64_t hash;
    bool listed = false;
    int result = rows_read(&rows, store, err);

    *merged = false;
    if (result == ERR_OK)
        choose(&rows, &count);
    if (count == 0)
        goto out;
    result = store_query_int(store, "SELECT value FROM meta WHERE key = 'library_id'",
                             &info.library_id, err);
    info.name = segment_new_name();
    if (result == ERR_OK
        && merge_files(store, &rows, count, &info, stop, ctx, &hash, &why) != ERR_OK) {
        log_write(LOG_DEBUG, "segments stay as they are: %s", why.message);
        goto out;
    }
    if (result == ERR_OK)
        result = replace(store, &rows, count, &info, hash, &listed, err);
    if (result == ERR_OK && listed) {
        for (i = 0; i < count; i++)
            remove_file(store, rows.items[i].name);
        *merged = true;
    } else {
        remove_file(store, info.name);
    }
out:
    rows_free(&rows);
    return result;
}

/* Files that nobody lists, left by a crash. Only under the merge lock and the write lock is a file
 * without a row nobody's. */
static int sweep(struct store *store, struct error *err)
{
    char *folder = path_join(store->dir, "cache");
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    struct rows rows = { 0 };
    int result = dir ? store_begin(store, err) : ERR_OK;

    if (!dir || result != ERR_OK)
        goto out;
    result = rows_read(&rows, store, err);
    while (result == ERR_OK && (entry = readdir(dir))) {
        uint64_t name;
        size_t i;

        if (sscanf(entry->d_name, "postings-%16" SCNx64, &name) != 1)
            continue;
        for (i = 0; i < rows.len && rows.items[i].name != (int64_t)name; i++)
            ;
        if (i == rows.len || str_ends(entry->d_name, ".tmp")) {
            char *path = path_join(folder, entry->d_name);

            unlink(path);
            free(path);
        }
    }
    store_rollback(store);
out:
    if (dir)
        closedir(dir);
    rows_free(&rows);
    free(folder);
    return result;
}

int segments_merge(struct store *store, bool (*stop)(void *ctx), void *ctx, struct error *err)
{
    char *path = path_join(store->dir, "cache/postings.lock");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    bool merged = true;
    int result = ERR_OK;

    free(path);
    if (fd < 0)
        return ERR_OK; /* no cache to keep in order */
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        while (result == ERR_OK && merged && !(stop && stop(ctx)))
            result = merge_once(store, &merged, stop, ctx, err);
        if (result == ERR_OK)
            result = sweep(store, err);
    }
    close(fd);
    return result;
}
