/*
 * The mapped file of document lengths; see lengths.h for what keeps it honest.
 *
 * Layout: a header of 64 bytes in the machine's byte order (a file from another kind of machine has
 * a wrong magic and is rebuilt), then four bytes for each work id from 0.
 *
 * A writer keeps its changes in memory and puts them into the file in place, right before COMMIT,
 * under a lock (flock) that it holds until the transaction is over; before the first byte it makes
 * the file's generation invalid. So a reader that meets a file of another generation first waits a
 * moment for that lock, and rebuilds only when nobody is about to finish it. Only a reader outside
 * any transaction replaces the file: another one may be looking at an older library.
 */
#include "carrel/lengths.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/log.h"
#include "carrel/mem.h"

#include "internal.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LENGTHS_ID_MAX (1 << 28) /* ids above it have no length: 1 GiB of file is enough */
#define LENGTHS_WAIT_MS 100      /* patience with a writer that is about to commit */
#define LENGTHS_UNSURE (-1)      /* a generation that no library has */
#define LENGTHS_MAGIC 0x314E454C52524143ull /* "CARRLEN1" on a little-endian machine */

struct lengths_header {
    uint64_t magic;
    int64_t library_id, text_gen;
    int64_t count; /* entries */
    int64_t docs, sum_title, sum_authors, sum_abstract;
};
_Static_assert(sizeof(struct lengths_header) == 64, "the header is 64 bytes");
_Static_assert(sizeof(struct lengths_entry) == 4, "an entry is 4 bytes");

struct lengths_handle {
    struct lengths face;
    void *map; /* or malloc'd when `own` */
    size_t size;
    bool own;
    int64_t text_gen;
};

static char *lengths_path(struct store *store)
{
    return path_join(store->dir, "cache/lengths");
}

static int lengths_meta(struct store *store, int64_t *library_id, int64_t *text_gen,
                        struct error *err)
{
    int result =
        store_query_int(store, "SELECT value FROM meta WHERE key = 'library_id'", library_id, err);

    if (result == ERR_OK)
        result =
            store_query_int(store, "SELECT value FROM meta WHERE key = 'text_gen'", text_gen, err);
    return result;
}

static void lengths_unmap(struct lengths_handle *handle)
{
    if (handle->own)
        free(handle->map);
    else if (handle->map)
        munmap(handle->map, handle->size);
    memset(handle, 0, sizeof *handle);
}

void lengths_close(void *handle)
{
    if (handle)
        lengths_unmap(handle);
    free(handle);
}

static void lengths_face(struct lengths_handle *handle)
{
    const struct lengths_header *header = handle->map;
    double docs = header->docs > 0 ? (double)header->docs : 1;

    handle->face.entries = (const struct lengths_entry *)(header + 1);
    handle->face.count = header->count;
    handle->face.docs = header->docs;
    handle->face.avg_title = (double)header->sum_title / docs;
    handle->face.avg_authors = (double)header->sum_authors / docs;
    handle->face.avg_abstract = (double)header->sum_abstract / docs;
    if (handle->face.avg_title < 1)
        handle->face.avg_title = 1;
    if (handle->face.avg_authors < 1)
        handle->face.avg_authors = 1;
    if (handle->face.avg_abstract < 1)
        handle->face.avg_abstract = 1;
    handle->text_gen = header->text_gen;
}

static bool lengths_map(struct lengths_handle *handle, const char *path, int64_t library_id,
                        int64_t text_gen)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    const struct lengths_header *header;
    struct stat st;

    if (fd < 0)
        return false;
    if (fstat(fd, &st) != 0 || st.st_size < (off_t)sizeof *header) {
        close(fd);
        return false;
    }
    handle->size = (size_t)st.st_size;
    handle->map = mmap(NULL, handle->size, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (handle->map == MAP_FAILED) {
        handle->map = NULL;
        return false;
    }
    header = handle->map;
    if (header->magic != LENGTHS_MAGIC || header->library_id != library_id
        || header->text_gen != text_gen || header->count < 0
        || (uint64_t)header->count
               > (handle->size - sizeof *header) / sizeof(struct lengths_entry)) {
        lengths_unmap(handle);
        return false;
    }
    lengths_face(handle);
    return true;
}

struct lengths_entry lengths_saturate(int64_t title, int64_t authors, int64_t abstract)
{
    return (struct lengths_entry){ .title = (uint8_t)(title > 255 ? 255 : title),
                                   .authors = (uint8_t)(authors > 255 ? 255 : authors),
                                   .abstract = (uint16_t)(abstract > 65535 ? 65535 : abstract) };
}

static void lengths_sum(struct lengths_header *header, struct lengths_entry entry, int sign)
{
    header->docs += sign;
    header->sum_title += sign * entry.title;
    header->sum_authors += sign * entry.authors;
    header->sum_abstract += sign * entry.abstract;
}

static bool lengths_known(struct lengths_entry entry)
{
    return entry.title || entry.authors || entry.abstract;
}

/* The whole file in memory, from the table. */
static int lengths_build(struct store *store, struct lengths_handle *handle, int64_t library_id,
                         int64_t text_gen, struct error *err)
{
    struct lengths_header *header;
    struct lengths_entry *entries;
    int64_t last = 0;
    struct stmt *stmt;
    int result = store_query_int(store, "SELECT ifnull(max(id), 0) FROM work_length", &last, err);

    if (result == ERR_OK)
        result =
            stmt_prepare(&stmt, store,
                         "SELECT id, title, authors, abstract FROM work_length WHERE id >= 0", err);
    if (result != ERR_OK)
        return result;
    last = last < 0 ? 0 : last > LENGTHS_ID_MAX ? LENGTHS_ID_MAX : last;
    handle->size = sizeof *header + (size_t)(last + 1) * sizeof *entries;
    handle->map = mem_zalloc(handle->size);
    handle->own = true;
    header = handle->map;
    entries = (struct lengths_entry *)(header + 1);
    header->magic = LENGTHS_MAGIC;
    header->library_id = library_id;
    header->text_gen = text_gen;
    header->count = last + 1;
    while ((result = stmt_step(stmt, err)) == 1) {
        int64_t id = stmt_int(stmt, 0);

        if (id > last)
            continue;
        entries[id] = lengths_saturate(stmt_int(stmt, 1), stmt_int(stmt, 2), stmt_int(stmt, 3));
        if (lengths_known(entries[id]))
            lengths_sum(header, entries[id], 1);
    }
    stmt_reset(stmt);
    if (result == ERR_OK)
        lengths_face(handle);
    return result;
}

/* Kept for the next one when possible; a cache that cannot be written is no failure. */
static void lengths_keep(struct store *store, const struct lengths_handle *handle, const char *path)
{
    char *folder = path_join(store->dir, "cache");
    struct error why;

    if (folder_make(folder, &why) != ERR_OK
        || file_write(path, handle->map, handle->size, &why) != ERR_OK)
        log_write(LOG_DEBUG, "lengths are kept in memory only: %s", why.message);
    free(folder);
}

/* Nobody is between writing the file and committing. */
static bool lengths_settled(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool settled = fd < 0 || flock(fd, LOCK_SH | LOCK_NB) == 0;

    if (fd >= 0)
        close(fd);
    return settled;
}

static int lengths_refresh(struct store *store, struct lengths_handle *handle, struct error *err)
{
    char *path = lengths_path(store);
    int64_t library_id = 0, text_gen = 0, give_up = clock_ticks_ms() + LENGTHS_WAIT_MS;
    bool settled, mapped = false;
    int result;

    lengths_unmap(handle);
    for (;;) {
        settled = store_in_transaction(store) || lengths_settled(path);
        result = lengths_meta(store, &library_id, &text_gen, err);
        mapped = result == ERR_OK && lengths_map(handle, path, library_id, text_gen);
        if (result != ERR_OK || mapped || settled || clock_ticks_ms() > give_up)
            break;
        usleep(2000);
    }
    if (result == ERR_OK && !mapped) {
        result = lengths_build(store, handle, library_id, text_gen, err);
        if (store_in_transaction(store))
            handle->text_gen = LENGTHS_UNSURE; /* it may be rolled back: good for this call */
        else if (result == ERR_OK && settled)
            lengths_keep(store, handle, path);
    }
    free(path);
    return result;
}

/* The mapping shows what a writer does to the file. While it is about to commit, its new entries
 * among the old ones do no harm; if it is gone and the generation is not ours, it failed. */
static bool lengths_current(struct store *store, const struct lengths_handle *handle,
                            int64_t text_gen)
{
    const volatile struct lengths_header *header = handle->map;
    char *path;
    bool settled;

    if (!header || handle->text_gen != text_gen)
        return false;
    if (handle->own || header->text_gen == text_gen)
        return true;
    path = lengths_path(store);
    settled = lengths_settled(path);
    free(path);
    return !settled;
}

int lengths_get(const struct lengths **out, struct store *store, struct error *err)
{
    struct lengths_handle *handle = store->lengths;
    int64_t library_id = 0, text_gen = 0;
    int result = lengths_meta(store, &library_id, &text_gen, err);

    if (result != ERR_OK)
        return result;
    if (!handle)
        store->lengths = handle = mem_zalloc(sizeof *handle);
    if (!lengths_current(store, handle, text_gen))
        result = lengths_refresh(store, handle, err);
    *out = &handle->face;
    return result;
}

/* ---- the writer's side ---- */

struct lengths_change {
    int64_t id;
    struct lengths_entry entry;
};

struct lengths_writer {
    struct store *store;
    int fd; /* -1: there is no file to keep right; its readers will make it */
    struct lengths_header header;
    struct lengths_change *changes;
    size_t len, cap;
};

static int lengths_writer_open(const char *path, struct lengths_header *header, int64_t library_id,
                               int64_t text_gen)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);

    if (fd < 0)
        return -1;
    if (pread(fd, header, sizeof *header, 0) == sizeof *header && header->magic == LENGTHS_MAGIC
        && header->library_id == library_id && header->text_gen == text_gen)
        return fd;
    close(fd);
    return -1;
}

/* A stale file is made anew here, once, because from now on this writer keeps it right: else each
 * search during a long import would find it stale again. */
struct lengths_writer *lengths_writer_begin(struct store *store)
{
    struct lengths_writer *writer = mem_zalloc(sizeof *writer);
    struct lengths_handle built = { 0 };
    char *path = lengths_path(store);
    int64_t library_id = 0, text_gen = 0;

    writer->store = store;
    writer->fd = -1;
    if (lengths_meta(store, &library_id, &text_gen, NULL) != ERR_OK)
        goto out;
    writer->fd = lengths_writer_open(path, &writer->header, library_id, text_gen);
    if (writer->fd < 0 && lengths_build(store, &built, library_id, text_gen, NULL) == ERR_OK) {
        lengths_keep(store, &built, path);
        writer->fd = lengths_writer_open(path, &writer->header, library_id, text_gen);
    }
    lengths_unmap(&built);
out:
    free(path);
    return writer;
}

static void lengths_writer_note(struct lengths_writer *writer, int64_t id,
                                struct lengths_entry entry)
{
    struct lengths_change change = { id, entry };

    if (writer->fd >= 0 && id >= 0 && id <= LENGTHS_ID_MAX)
        VEC_PUSH(writer->changes, writer->len, writer->cap, change);
}

int lengths_writer_set(struct lengths_writer *writer, int64_t id, int title, int authors,
                       int abstract, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, writer->store,
                              "INSERT OR REPLACE INTO work_length(id, title, authors, abstract) "
                              "VALUES(?1, ?2, ?3, ?4)",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, title);
    stmt_bind_int(stmt, 3, authors);
    stmt_bind_int(stmt, 4, abstract);
    lengths_writer_note(writer, id, lengths_saturate(title, authors, abstract));
    return stmt_run(stmt, err);
}

int lengths_writer_remove(struct lengths_writer *writer, int64_t id, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, writer->store, "DELETE FROM work_length WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    lengths_writer_note(writer, id, lengths_saturate(0, 0, 0));
    return stmt_run(stmt, err);
}

static bool lengths_put(struct lengths_writer *writer, const struct lengths_change *change)
{
    struct lengths_entry old = { 0 };
    off_t at = (off_t)sizeof writer->header + (off_t)change->id * (off_t)sizeof old;

    if (change->id < writer->header.count && pread(writer->fd, &old, sizeof old, at) != sizeof old)
        return false;
    if (lengths_known(old))
        lengths_sum(&writer->header, old, -1);
    if (lengths_known(change->entry))
        lengths_sum(&writer->header, change->entry, 1);
    if (pwrite(writer->fd, &change->entry, sizeof old, at) != sizeof old)
        return false;
    if (change->id >= writer->header.count)
        writer->header.count = change->id + 1;
    return true;
}

/* The file is invalid first, right last. Readers hold the lock for microseconds only. */
static bool lengths_writer_file(struct lengths_writer *writer, int64_t text_gen)
{
    int64_t unsure = LENGTHS_UNSURE;
    int tries = 0;
    size_t i;

    while (flock(writer->fd, LOCK_EX | LOCK_NB) != 0)
        if (++tries > 100 || usleep(1000) != 0)
            return false;
    if (pwrite(writer->fd, &unsure, sizeof unsure, offsetof(struct lengths_header, text_gen))
        != sizeof unsure)
        return false;
    for (i = 0; i < writer->len; i++)
        if (!lengths_put(writer, &writer->changes[i]))
            return false;
    writer->header.text_gen = text_gen;
    return pwrite(writer->fd, &writer->header, sizeof writer->header, 0) == sizeof writer->header;
}

int lengths_writer_commit(struct lengths_writer *writer, struct error *err)
{
    int64_t text_gen = 0;
    int result = store_exec(
        writer->store,
        "UPDATE meta SET value = (random() & 9223372036854775807) WHERE key = 'text_gen'", err);

    if (result == ERR_OK)
        result = store_query_int(writer->store, "SELECT value FROM meta WHERE key = 'text_gen'",
                                 &text_gen, err);
    if (result == ERR_OK && writer->fd >= 0) {
        if (!lengths_writer_file(writer, text_gen))
            log_write(LOG_DEBUG, "lengths could not be written; they will be rebuilt");
        lengths_release(writer->store);
        writer->store->lengths_lock = writer->fd; /* until the transaction is over */
        writer->fd = -1;
    }
    lengths_writer_free(writer);
    return result;
}

void lengths_release(struct store *store)
{
    if (store->lengths_lock >= 0)
        close(store->lengths_lock);
    store->lengths_lock = -1;
}

void lengths_writer_free(struct lengths_writer *writer)
{
    if (!writer)
        return;
    if (writer->fd >= 0)
        close(writer->fd);
    free(writer->changes);
    free(writer);
}
