/*
 * cache/signs: the sign bits of every vector, mapped.
 *
 * Layout: a header of 64 bytes in the machine's byte order, then `words` 64-bit words for each work
 * id from 0; all zero means no vector. The file has the change `seq` of the library's history and
 * all before it. Whoever finds it behind takes a lock (flock), writes the rows of the works that
 * changed since, and the header last: dying in between leaves a file that is behind and is brought
 * forward by the same rows again. Readers that have it mapped meanwhile see some entries newer than
 * others, which costs nothing: what they find is ranked by the rows in the database.
 *
 * A file of another library, model or history (a restored copy) is replaced by a new one. Where
 * the folder cannot be written the bits are kept in memory.
 */
#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/log.h"
#include "carrel/mem.h"

#include "vectors_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIGNS_MAGIC 0x31474953524C4352ull /* "RCLRSIG1" on a little-endian machine */
#define SIGNS_ID_MAX (1 << 28)            /* ids above it are not found by vector */
#define SIGNS_WAIT_MS 200                 /* patience with another process that writes */
#define SIGNS_CHUNK 65536                 /* entries written at once when all are */
#define SIGNS_SLACK 16384                 /* entries a growing file is ahead */

struct signs_header {
    uint64_t magic;
    int64_t library_id;
    uint64_t content; /* of the model */
    int64_t seq, nonce, count;
    uint64_t words;
    uint64_t unused;
};
_Static_assert(sizeof(struct signs_header) == 64, "the header is 64 bytes");

/* What the library says now. */
struct signs_view {
    struct store *store;
    const struct vectors_model *model;
    char *path;
    int64_t library_id, seq, nonce;
    size_t words;
};

static int view_open(struct signs_view *view, struct store *store,
                     const struct vectors_model *model, struct error *err)
{
    struct stmt *stmt;
    int result = store_query_int(store, "SELECT value FROM meta WHERE key = 'library_id'",
                                 &view->library_id, err);

    view->store = store;
    view->model = model;
    view->words = ((size_t)model->dim + 63) / 64;
    view->seq = view->nonce = 0;
    if (result == ERR_OK)
        result = stmt_prepare(
            &stmt, store, "SELECT seq, nonce FROM vector_change ORDER BY seq DESC LIMIT 1", err);
    if (result != ERR_OK)
        return result;
    result = stmt_step(stmt, err);
    if (result == 1) {
        view->seq = stmt_int(stmt, 0);
        view->nonce = stmt_int(stmt, 1);
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

static bool header_fits(const struct signs_header *header, const struct signs_view *view)
{
    return header->magic == SIGNS_MAGIC && header->library_id == view->library_id
           && header->content == view->model->content && header->words == view->words
           && header->count >= 0 && header->count <= SIGNS_ID_MAX;
}

static size_t signs_bytes(int64_t count, size_t words)
{
    return sizeof(struct signs_header) + (size_t)count * words * sizeof(uint64_t);
}

void signs_close(struct signs *signs)
{
    if (signs->map)
        munmap(signs->map, signs->size);
    memset(signs, 0, sizeof *signs);
}

static void signs_face(struct signs *signs)
{
    const struct signs_header *header = signs->map;

    signs->bits = (const uint64_t *)(header + 1);
    signs->count = header->count;
    signs->words = (size_t)header->words;
    signs->seq = header->seq;
    signs->nonce = header->nonce;
    signs->content = header->content;
}

/* The file as it is, when it is of this library and model. */
static bool signs_map(struct signs *signs, const struct signs_view *view)
{
    int fd = open(view->path, O_RDONLY | O_CLOEXEC);
    struct stat st;

    signs_close(signs);
    if (fd < 0)
        return false;
    if (fstat(fd, &st) == 0 && st.st_size >= (off_t)sizeof(struct signs_header)) {
        signs->size = (size_t)st.st_size;
        signs->map = mmap(NULL, signs->size, PROT_READ, MAP_SHARED, fd, 0);
        if (signs->map == MAP_FAILED)
            signs->map = NULL;
    }
    close(fd);
    if (!signs->map)
        return false;
    signs_face(signs);
    if (!header_fits(signs->map, view) || signs_bytes(signs->count, signs->words) > signs->size) {
        signs_close(signs);
        return false;
    }
    return true;
}

/* ---- writing: to a file, or to memory ---- */

struct signs_out {
    int fd;      /* -1: memory */
    char *bytes; /* behind the header; for memory */
    size_t words;
};

static bool out_write(const struct signs_out *out, int64_t first, const uint64_t *bits,
                      size_t count)
{
    size_t at = (size_t)first * out->words * sizeof *bits, len = count * out->words * sizeof *bits;
    off_t place = (off_t)(sizeof(struct signs_header) + at);

    if (out->fd < 0) {
        memcpy(out->bytes + at, bits, len);
        return true;
    }
    return pwrite(out->fd, bits, len, place) == (ssize_t)len;
}

/* Works `first` .. `last` of the table, absent ones as zeros. *failed says that writing did. */
static int out_rows(const struct signs_view *view, const struct signs_out *out, int64_t first,
                    int64_t last, bool *failed, struct error *err)
{
    size_t words = view->words, dim = (size_t)view->model->dim, size;
    int64_t room = last - first + 1 < SIGNS_CHUNK ? last - first + 1 : SIGNS_CHUNK, from = first;
    uint64_t *chunk = mem_zalloc((size_t)room * words * sizeof *chunk);
    struct stmt *stmt;
    int step = 0, result;

    result = stmt_prepare_once(&stmt, view->store,
                               view->model->slot == 0
                                   ? "SELECT work_id, vector FROM embedding0 WHERE work_id "
                                     "BETWEEN ?1 AND ?2 ORDER BY work_id"
                                   : "SELECT work_id, vector FROM embedding1 WHERE work_id "
                                     "BETWEEN ?1 AND ?2 ORDER BY work_id",
                               err);
    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, first);
        stmt_bind_int(stmt, 2, last);
    }
    while (result == ERR_OK && !*failed && (step = stmt_step(stmt, err)) == 1) {
        int64_t id = stmt_int(stmt, 0);
        const int8_t *vector = stmt_blob(stmt, 1, &size);

        while (id >= from + room && !*failed) {
            *failed = !out_write(out, from, chunk, (size_t)room);
            from += room;
            if (last - from + 1 < room)
                room = last - from + 1;
            memset(chunk, 0, (size_t)room * words * sizeof *chunk);
        }
        if (size == dim && !*failed)
            embed_signs(chunk + (size_t)(id - from) * words, vector, dim);
    }
    while (result == ERR_OK && step == 0 && !*failed && from <= last) {
        *failed = !out_write(out, from, chunk, (size_t)room);
        from += room;
        if (last - from + 1 < room)
            room = last - from + 1;
        memset(chunk, 0, (size_t)(room > 0 ? room : 0) * words * sizeof *chunk);
    }
    if (result == ERR_OK)
        stmt_free(stmt);
    free(chunk);
    return result != ERR_OK ? result : step;
}

static int last_work(const struct signs_view *view, int64_t *last, struct error *err)
{
    int result =
        store_query_int(view->store,
                        view->model->slot == 0 ? "SELECT ifnull(max(work_id), -1) FROM embedding0"
                                               : "SELECT ifnull(max(work_id), -1) FROM embedding1",
                        last, err);

    if (*last > SIGNS_ID_MAX - 1)
        *last = SIGNS_ID_MAX - 1;
    return result;
}

static struct signs_header view_header(const struct signs_view *view, int64_t count)
{
    return (struct signs_header){ .magic = SIGNS_MAGIC,
                                  .library_id = view->library_id,
                                  .content = view->model->content,
                                  .seq = view->seq,
                                  .nonce = view->nonce,
                                  .count = count,
                                  .words = view->words };
}

/* All of it, in memory. */
static int signs_in_memory(struct signs *signs, const struct signs_view *view, struct error *err)
{
    struct signs_out out = { .fd = -1, .words = view->words };
    struct signs_header header;
    bool failed = false;
    int64_t last = -1;
    int result = last_work(view, &last, err);

    signs_close(signs);
    if (result != ERR_OK)
        return result;
    signs->size = signs_bytes(last + 1, view->words);
    signs->map =
        mmap(NULL, signs->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (signs->map == MAP_FAILED) {
        signs->map = NULL;
        return error_errno(err, "no memory for the vectors of %lld papers", (long long)last);
    }
    signs->own = true;
    header = view_header(view, last + 1);
    memcpy(signs->map, &header, sizeof header);
    out.bytes = (char *)signs->map + sizeof header;
    if (last >= 0)
        result = out_rows(view, &out, 0, last, &failed, err);
    signs_face(signs);
    if (result != ERR_OK)
        signs_close(signs);
    return result;
}

/* All of it, as a new file in the place of the old one. *failed: that folder cannot be written. */
static int signs_new_file(const struct signs_view *view, bool *failed, struct error *err)
{
    char *folder = path_join(store_dir(view->store), "cache");
    char *fresh = mem_printf("%s.%ld.tmp", view->path, (long)getpid());
    struct signs_out out = { .fd = -1, .words = view->words };
    struct signs_header header;
    int64_t last = -1;
    int result = last_work(view, &last, err);

    *failed = folder_make(folder, NULL) != ERR_OK;
    if (result == ERR_OK && !*failed) {
        out.fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        *failed = out.fd < 0;
    }
    if (result == ERR_OK && !*failed && last >= 0)
        result = out_rows(view, &out, 0, last, failed, err);
    if (result == ERR_OK && !*failed) {
        header = view_header(view, last + 1);
        *failed = pwrite(out.fd, &header, sizeof header, 0) != sizeof header
                  || rename(fresh, view->path) != 0;
    }
    if (*failed)
        log_write(LOG_DEBUG, "%s cannot be written: %s", view->path, strerror(errno));
    if (out.fd >= 0) {
        close(out.fd);
        unlink(fresh);
    }
    free(fresh);
    free(folder);
    return result;
}

/* ---- following the library ---- */

/* Does the file's last change belong to this library's history, and are all after it there? */
static int history_joins(const struct signs_view *view, const struct signs_header *header,
                         bool *joins, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, view->store,
                     "SELECT CASE WHEN ?1 = 0 THEN NOT EXISTS (SELECT 1 FROM vector_change) "
                     "OR EXISTS (SELECT 1 FROM vector_change WHERE seq = 1) "
                     "ELSE EXISTS (SELECT 1 FROM vector_change WHERE seq = ?1 AND nonce = ?2) END",
                     err);

    *joins = false;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, header->seq);
    stmt_bind_int(stmt, 2, header->nonce);
    result = stmt_step(stmt, err);
    if (result == 1)
        *joins = stmt_int(stmt, 0) != 0;
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

/* The works that changed since, written into the file. */
static int signs_follow(const struct signs_view *view, int fd, struct signs_header *header,
                        bool *failed, struct error *err)
{
    struct signs_out out = { .fd = fd, .words = view->words };
    struct stmt *stmt;
    int64_t last = -1;
    int step, result = last_work(view, &last, err);

    if (result == ERR_OK && last >= header->count) {
        *failed = ftruncate(fd, (off_t)signs_bytes(last + 1 + SIGNS_SLACK, view->words)) != 0;
        header->count = last + 1;
    }
    if (result == ERR_OK)
        result = stmt_prepare_once(
            &stmt, view->store, "SELECT runs FROM vector_change WHERE seq > ?1 AND seq <= ?2", err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, header->seq);
    stmt_bind_int(stmt, 2, view->seq);
    while (result == ERR_OK && !*failed && (step = stmt_step(stmt, err)) != 0) {
        size_t len, i;
        const char *runs;

        if (step < 0) {
            result = step;
            break;
        }
        runs = stmt_blob(stmt, 0, &len);
        for (i = 0; i + 16 <= len && result == ERR_OK && !*failed; i += 16) {
            int64_t run[2];

            memcpy(run, runs + i, sizeof run);
            if (run[0] < 0 || run[1] < 1 || run[0] >= header->count)
                continue; /* gone again, at the end */
            if (run[1] > header->count - run[0])
                run[1] = header->count - run[0];
            result = out_rows(view, &out, run[0], run[0] + run[1] - 1, failed, err);
        }
    }
    stmt_free(stmt);
    if (result == ERR_OK && !*failed) {
        header->seq = view->seq;
        header->nonce = view->nonce;
        *failed = pwrite(fd, header, sizeof *header, 0) != sizeof *header;
    }
    return result;
}

/* Under the file's lock: leaves a file that is up to date, or says that it cannot. */
static int signs_mend(struct signs_view *view, bool *failed, struct error *err)
{
    int64_t give_up = clock_ticks_ms() + SIGNS_WAIT_MS;
    int fd = open(view->path, O_RDWR | O_CLOEXEC), result;
    struct signs_header header;
    bool joins = false;

    *failed = false;
    if (fd < 0)
        return signs_new_file(view, failed, err);
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (clock_ticks_ms() > give_up) {
            close(fd);
            return ERR_OK; /* its holder is bringing it forward */
        }
        usleep(1000);
    }
    result = view_open(view, view->store, view->model, err); /* as of now, under the lock */
    if (result == ERR_OK && pread(fd, &header, sizeof header, 0) == sizeof header
        && header_fits(&header, view))
        result = history_joins(view, &header, &joins, err);
    if (result == ERR_OK && joins)
        result = signs_follow(view, fd, &header, failed, err);
    else if (result == ERR_OK)
        result = signs_new_file(view, failed, err);
    close(fd);
    return result;
}

static bool signs_current(const struct signs *signs, const struct signs_view *view)
{
    const struct signs_header *header = signs->map;

    return header && header_fits(header, view) && header->seq == view->seq
           && header->nonce == view->nonce && header->count <= signs->count;
}

int signs_get(const struct signs **out, struct store *store, const struct vectors_model *model,
              struct error *err)
{
    struct signs *signs = &vectors_handle(store)->signs;
    struct signs_view view = { 0 };
    bool failed = false, inside = store_in_transaction(store);
    int result = view_open(&view, store, model, err);

    *out = signs;
    if (result != ERR_OK || signs_current(signs, &view))
        return result;
    view.path = path_join(store_dir(store), "cache/signs");
    /* What a transaction sees may be rolled back, or old: it must not get into the file. */
    if (inside) {
        if (!signs_map(signs, &view))
            result = signs_in_memory(signs, &view, err);
    } else {
        if (!signs_map(signs, &view) || !signs_current(signs, &view))
            result = signs_mend(&view, &failed, err);
        if (result == ERR_OK && (failed || !signs_map(signs, &view)))
            result = signs_in_memory(signs, &view, err);
    }
    free(view.path);
    return result;
}

int vectors_check(struct store *store, int64_t *wrong, struct error *err)
{
    struct vectors_model serving, next;
    struct signs_view view = { 0 };
    struct signs signs = { 0 }, right = { 0 };
    int64_t id;
    int result = vectors_models(store, &serving, &next, err);

    *wrong = 0;
    if (result == ERR_OK && serving.slot >= 0)
        result = view_open(&view, store, &serving, err);
    if (result != ERR_OK || serving.slot < 0)
        return result;
    view.path = path_join(store_dir(store), "cache/signs");
    if (signs_map(&signs, &view) && signs_current(&signs, &view))
        result = signs_in_memory(&right, &view, err);
    for (id = 0; result == ERR_OK && id < right.count; id++)
        *wrong += id >= signs.count
                  || memcmp(signs.bits + (size_t)id * signs.words,
                            right.bits + (size_t)id * signs.words, signs.words * 8)
                         != 0;
    if (*wrong > 0)
        unlink(view.path);
    signs_close(&signs);
    signs_close(&right);
    free(view.path);
    return result;
}
