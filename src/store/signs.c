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
 *
 * cache/rows (rows.c) is written along: its entries and header before the header here, so that it
 * is never behind when it says it is not. It may be missing; nothing but time is lost then.
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
#define SIGNS_WAIT_MS 200                 /* patience with another process that writes */
#define SIGNS_CHUNK 8192                  /* entries written at once when all are */
#define SIGNS_NONE (-2)                   /* a descriptor: the bits are not wanted */
#define SIGNS_SLACK 16384                 /* entries a growing file is ahead */

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
           && header->count >= 0 && header->count <= VECTORS_ID_MAX;
}

static size_t signs_bytes(int64_t count, size_t words)
{
    return sizeof(struct signs_header) + (size_t)count * words * sizeof(uint64_t);
}

void signs_close(struct signs *signs)
{
    if (signs->map)
        munmap(signs->map, signs->size);
    rows_close(signs);
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
    int rows; /* cache/rows, written along; -1: not */
    size_t dim;
};

/* What must not be read any more. */
static void out_spoil_rows(struct signs_out *out)
{
    struct signs_header nothing = { 0 };

    if (out->rows >= 0 && pwrite(out->rows, &nothing, sizeof nothing, 0) < 0)
        log_write(LOG_DEBUG, "cache/rows cannot be written: %s", strerror(errno));
    if (out->rows >= 0)
        close(out->rows);
    out->rows = -1;
}

/* A failure leaves the search to the table. */
static void out_write_rows(struct signs_out *out, int64_t first, const int8_t *rows, size_t count)
{
    off_t place = (off_t)(sizeof(struct signs_header) + (size_t)first * out->dim);
    size_t len = count * out->dim;

    if (out->rows >= 0 && len > 0 && pwrite(out->rows, rows, len, place) != (ssize_t)len)
        out_spoil_rows(out);
}

static bool out_write(const struct signs_out *out, int64_t first, const uint64_t *bits,
                      size_t count)
{
    size_t at = (size_t)first * out->words * sizeof *bits, len = count * out->words * sizeof *bits;
    off_t place = (off_t)(sizeof(struct signs_header) + at);

    if (out->fd == -1) {
        memcpy(out->bytes + at, bits, len);
        return true;
    }
    return pwrite(out->fd, bits, len, place) == (ssize_t)len;
}

/* Works of the table on their way out, absent ones as zeros. */
struct chunk {
    int64_t from, room, last;
    uint64_t *bits;
    int8_t *rows;
};

/* The next works begin empty. *failed says that writing did. */
static void chunk_out(struct chunk *chunk, struct signs_out *out, bool *failed)
{
    *failed =
        out->fd != SIGNS_NONE && !out_write(out, chunk->from, chunk->bits, (size_t)chunk->room);
    out_write_rows(out, chunk->from, chunk->rows, (size_t)chunk->room);
    chunk->from += chunk->room;
    if (chunk->last - chunk->from + 1 < chunk->room)
        chunk->room = chunk->last - chunk->from + 1;
    if (chunk->room < 0)
        chunk->room = 0;
    memset(chunk->bits, 0, (size_t)chunk->room * out->words * sizeof *chunk->bits);
    memset(chunk->rows, 0, (size_t)chunk->room * out->dim);
}

/* Works `first` .. `last` of the table. */
static int out_rows(const struct signs_view *view, struct signs_out *out, int64_t first,
                    int64_t last, bool *failed, struct error *err)
{
    size_t words = view->words, dim = (size_t)view->model->dim, size;
    struct chunk chunk = { .from = first, .last = last };
    struct stmt *stmt;
    int step = 0, result;

    chunk.room = last - first + 1 < SIGNS_CHUNK ? last - first + 1 : SIGNS_CHUNK;
    chunk.bits = mem_zalloc((size_t)chunk.room * words * sizeof *chunk.bits);
    chunk.rows = mem_zalloc((size_t)chunk.room * dim);
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

        while (id >= chunk.from + chunk.room && !*failed)
            chunk_out(&chunk, out, failed);
        if (size == dim && !*failed) {
            embed_signs(chunk.bits + (size_t)(id - chunk.from) * words, vector, dim);
            memcpy(chunk.rows + (size_t)(id - chunk.from) * dim, vector, dim);
        }
    }
    while (result == ERR_OK && step == 0 && !*failed && chunk.from <= last)
        chunk_out(&chunk, out, failed);
    if (result == ERR_OK)
        stmt_free(stmt);
    free(chunk.bits);
    free(chunk.rows);
    return result != ERR_OK ? result : step;
}

static int last_work(const struct signs_view *view, int64_t *last, struct error *err)
{
    int result =
        store_query_int(view->store,
                        view->model->slot == 0 ? "SELECT ifnull(max(work_id), -1) FROM embedding0"
                                               : "SELECT ifnull(max(work_id), -1) FROM embedding1",
                        last, err);

    if (*last > VECTORS_ID_MAX - 1)
        *last = VECTORS_ID_MAX - 1;
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
    struct signs_out out = {
        .fd = -1, .words = view->words, .rows = -1, .dim = (size_t)view->model->dim
    };
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

/* A new file of rows, beside the old one until it is whole. */
static char *rows_fresh(const struct signs_view *view)
{
    return mem_printf("%s/" ROWS_PATH ".%ld.tmp", store_dir(view->store), (long)getpid());
}

static void rows_begin(struct signs_out *out, const struct signs_view *view)
{
    char *fresh = rows_fresh(view);

    out->rows = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    free(fresh);
}

static void rows_end(struct signs_out *out, const struct signs_view *view, int64_t last, bool good)
{
    struct signs_header header = rows_header(view, last + 1);
    char *fresh = rows_fresh(view), *path = path_join(store_dir(view->store), ROWS_PATH);

    if (out->rows >= 0 && good && pwrite(out->rows, &header, sizeof header, 0) == sizeof header
        && rename(fresh, path) == 0)
        log_write(LOG_DEBUG, "%s is new", path);
    else
        unlink(fresh);
    if (out->rows >= 0)
        close(out->rows);
    out->rows = -1;
    free(path);
    free(fresh);
}

/* All of it, as a new file in the place of the old one. *failed: that folder cannot be written. */
static int signs_new_file(const struct signs_view *view, bool *failed, struct error *err)
{
    char *folder = path_join(store_dir(view->store), "cache");
    char *fresh = mem_printf("%s.%ld.tmp", view->path, (long)getpid());
    struct signs_out out = {
        .fd = -1, .words = view->words, .rows = -1, .dim = (size_t)view->model->dim
    };
    struct signs_header header;
    int64_t last = -1;
    int result = last_work(view, &last, err);

    *failed = folder_make(folder, NULL) != ERR_OK;
    if (result == ERR_OK && !*failed) {
        out.fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        *failed = out.fd < 0;
    }
    if (result == ERR_OK && !*failed)
        rows_begin(&out, view);
    if (result == ERR_OK && !*failed && last >= 0)
        result = out_rows(view, &out, 0, last, failed, err);
    rows_end(&out, view, last, result == ERR_OK && !*failed);
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

/* The rows beside a file that is brought forward, when they are as old; else -1. */
static int rows_to_follow(const struct signs_view *view, const struct signs_header *header)
{
    char *path = path_join(store_dir(view->store), ROWS_PATH);
    int fd = open(path, O_RDWR | O_CLOEXEC);

    free(path);
    if (fd >= 0 && !rows_is_of(fd, view, header->seq, header->nonce)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* The works that changed since, written into the file. */
static int signs_follow(const struct signs_view *view, int fd, struct signs_header *header,
                        bool *failed, struct error *err)
{
    struct signs_out out = { .fd = fd,
                             .words = view->words,
                             .rows = rows_to_follow(view, header),
                             .dim = (size_t)view->model->dim };
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
    if (result != ERR_OK) {
        if (out.rows >= 0)
            close(out.rows);
        return result;
    }
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
        struct signs_header rows = rows_header(view, header->count);

        header->seq = view->seq;
        header->nonce = view->nonce;
        if (out.rows >= 0 && pwrite(out.rows, &rows, sizeof rows, 0) != sizeof rows)
            out_spoil_rows(&out);
        *failed = pwrite(fd, header, sizeof *header, 0) != sizeof *header;
    }
    if (out.rows >= 0)
        close(out.rows);
    return result;
}

/* A new file of rows for bits that are up to date, under their lock. Whoever else makes it at the
 * same time is waited for by nobody: without it the table is asked. */
static int rows_make(const struct signs_view *view, struct error *err)
{
    struct signs_out out = {
        .fd = SIGNS_NONE, .words = view->words, .rows = -1, .dim = (size_t)view->model->dim
    };
    int fd = open(view->path, O_RDWR | O_CLOEXEC), result = ERR_OK;
    struct signs_header header;
    bool failed = false;
    int64_t last = -1;

    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0
        && pread(fd, &header, sizeof header, 0) == sizeof header && header_fits(&header, view)
        && header.seq == view->seq && header.nonce == view->nonce) {
        result = last_work(view, &last, err);
        if (result == ERR_OK)
            rows_begin(&out, view);
        if (result == ERR_OK && out.rows >= 0 && last >= 0)
            result = out_rows(view, &out, 0, last, &failed, err);
        rows_end(&out, view, last, result == ERR_OK && !failed);
    }
    if (fd >= 0)
        close(fd);
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

/* The rows for bits that are up to date; made once, when they are missing. */
static int rows_follow(struct signs *signs, struct signs_view *view, bool inside, struct error *err)
{
    int result = ERR_OK;

    rows_open(signs, view);
    if (signs->rows > 0 || signs->rows_tried || signs->own || inside)
        return ERR_OK;
    signs->rows_tried = true;
    view->path = path_join(store_dir(view->store), "cache/signs");
    result = rows_make(view, err);
    free(view->path);
    view->path = NULL;
    if (result == ERR_OK)
        rows_open(signs, view);
    return result;
}

int signs_get(const struct signs **out, struct store *store, const struct vectors_model *model,
              struct error *err)
{
    struct signs *signs = &vectors_handle(store)->signs;
    struct signs_view view = { 0 };
    bool failed = false, inside = store_in_transaction(store);
    int result = view_open(&view, store, model, err);

    *out = signs;
    if (result == ERR_OK && signs_current(signs, &view)) {
        if (signs->rows > 0 || !signs->rows_tried)
            result = rows_follow(signs, &view, inside, err);
        return result;
    }
    if (result != ERR_OK)
        return result;
    rows_close(signs);
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
    if (result == ERR_OK && signs_current(signs, &view))
        result = rows_follow(signs, &view, inside, err);
    return result;
}

/* Works whose row in the file is not the table's. */
static int check_rows(const struct signs_view *view, int fd, int64_t *wrong, struct error *err)
{
    size_t dim = (size_t)view->model->dim, size;
    int8_t row[VECTORS_DIM_MAX];
    struct stmt *stmt;
    int step = 0, result;

    result = stmt_prepare_once(&stmt, view->store,
                               view->model->slot == 0 ? "SELECT work_id, vector FROM embedding0"
                                                      : "SELECT work_id, vector FROM embedding1",
                               err);
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        const void *vector = stmt_blob(stmt, 1, &size);
        bool there = rows_read(fd, stmt_int(stmt, 0), dim, row) == ERR_OK;

        *wrong += there != (size == dim) || (there && memcmp(row, vector, dim) != 0);
    }
    stmt_free(stmt);
    return step;
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
    if (result == ERR_OK && signs.map && signs_current(&signs, &view))
        rows_open(&signs, &view);
    if (result == ERR_OK && signs.rows > 0)
        result = check_rows(&view, signs.rows, wrong, err);
    if (*wrong > 0)
        unlink(view.path); /* what replaces it brings new rows */
    signs_close(&signs);
    signs_close(&right);
    free(view.path);
    return result;
}
