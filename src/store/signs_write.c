/*
 * What is in the table of vectors, written out: to cache/signs, which is new or brought forward, or
 * to memory of our own.
 *
 * cache/rows (rows.c) is written along: its entries and header before the header of cache/signs, so
 * that it is never behind when it says it is not. It may be missing; nothing but time is lost then.
 */
#include "signs_internal.h"

#include "carrel/file.h"
#include "carrel/log.h"
#include "carrel/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIGNS_CHUNK 8192  /* entries written at once when all are */
#define SIGNS_NONE (-2)   /* a descriptor: the bits are not wanted */
#define SIGNS_MEMORY (-1) /* another: they go to memory */
#define SIGNS_SLACK 16384 /* entries a growing file is ahead */

struct signs_out {
    int fd;      /* or SIGNS_MEMORY, SIGNS_NONE */
    char *bytes; /* behind the header; for memory */
    size_t words;
    int rows; /* cache/rows, written along; -1: not */
    size_t dim;
};

static struct signs_out out_to(const struct signs_view *view, int fd)
{
    return (struct signs_out){
        .fd = fd, .words = view->words, .rows = -1, .dim = (size_t)view->model->dim
    };
}

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

    if (out->fd == SIGNS_MEMORY) {
        memcpy(out->bytes + at, bits, len);
        return true;
    }
    return pwrite(out->fd, bits, len, place) == (ssize_t)len;
}

/* ---- the table ---- */

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

/* ---- all of it ---- */

int signs_in_memory(struct signs *signs, const struct signs_view *view, struct error *err)
{
    struct signs_out out = out_to(view, SIGNS_MEMORY);
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
    header = signs_header(view, last + 1);
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

int signs_new_file(const struct signs_view *view, bool *failed, struct error *err)
{
    char *folder = path_join(store_dir(view->store), "cache");
    char *fresh = mem_printf("%s.%ld.tmp", view->path, (long)getpid());
    struct signs_out out = out_to(view, -1);
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
        header = signs_header(view, last + 1);
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

int rows_make(const struct signs_view *view, struct error *err)
{
    struct signs_out out = out_to(view, SIGNS_NONE);
    int fd = open(view->path, O_RDWR | O_CLOEXEC), result = ERR_OK;
    struct signs_header header;
    bool failed = false;
    int64_t last = -1;

    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0
        && pread(fd, &header, sizeof header, 0) == sizeof header
        && signs_header_fits(&header, signs_header(view, 0)) && header.seq == view->seq
        && header.nonce == view->nonce) {
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

/* ---- what changed since ---- */

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

/* The works of one change, as runs of a first one and how many; `count` are there at all. */
static int follow_change(const struct signs_view *view, struct signs_out *out, const char *runs,
                         size_t len, int64_t count, bool *failed, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i + 16 <= len && result == ERR_OK && !*failed; i += 16) {
        int64_t run[2];

        memcpy(run, runs + i, sizeof run);
        if (run[0] < 0 || run[1] < 1 || run[0] >= count)
            continue; /* gone again, at the end */
        if (run[1] > count - run[0])
            run[1] = count - run[0];
        result = out_rows(view, out, run[0], run[0] + run[1] - 1, failed, err);
    }
    return result;
}

static int follow_changes(const struct signs_view *view, struct signs_out *out,
                          const struct signs_header *header, bool *failed, struct error *err)
{
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare_once(
        &stmt, view->store, "SELECT runs FROM vector_change WHERE seq > ?1 AND seq <= ?2", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, header->seq);
    stmt_bind_int(stmt, 2, view->seq);
    while (result == ERR_OK && !*failed && (step = stmt_step(stmt, err)) == 1) {
        size_t len;
        const char *runs = stmt_blob(stmt, 0, &len);

        result = follow_change(view, out, runs, len, header->count, failed, err);
    }
    stmt_free(stmt);
    return step < 0 ? step : result;
}

int signs_follow(const struct signs_view *view, int fd, struct signs_header *header, bool *failed,
                 struct error *err)
{
    struct signs_out out = out_to(view, fd);
    int64_t last = -1;
    int result = last_work(view, &last, err);

    out.rows = rows_to_follow(view, header);
    if (result == ERR_OK && last >= header->count) {
        *failed = ftruncate(fd, (off_t)signs_bytes(last + 1 + SIGNS_SLACK, view->words)) != 0;
        header->count = last + 1;
    }
    if (result == ERR_OK)
        result = follow_changes(view, &out, header, failed, err);
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
