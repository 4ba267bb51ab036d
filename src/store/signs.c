/*
 * cache/signs: the sign bits of every vector, mapped.
 *
 * Layout: a header of 64 bytes in the machine's byte order, then `words` 64-bit words for each work
 * id from 0; all zero means no vector. The file has the change `seq` of the library's history and
 * all before it. Whoever finds it behind takes a lock (flock), writes the rows of the works that
 * changed since, and the header last (signs_write.c): dying in between leaves a file that is behind
 * and is brought forward by the same rows again. Readers that have it mapped meanwhile see some
 * entries newer than others, which costs nothing: what they find is ranked by the rows in the
 * database.
 *
 * A file of another library, model or history (a restored copy) is replaced by a new one. Where
 * the folder cannot be written the bits are kept in memory.
 */
#include "signs_internal.h"

#include "carrel/clock.h"
#include "carrel/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIGNS_MAGIC 0x31474953524C4352ull /* "RCLRSIG1" on a little-endian machine */
#define SIGNS_WAIT_MS 200                 /* patience with another process that writes */

/* ---- what the library says, and what a file says it is ---- */

int signs_view_open(struct signs_view *view, struct store *store, const struct vectors_model *model,
                    struct error *err)
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

struct signs_header signs_header(const struct signs_view *view, int64_t count)
{
    return (struct signs_header){ .magic = SIGNS_MAGIC,
                                  .library_id = view->library_id,
                                  .content = view->model->content,
                                  .seq = view->seq,
                                  .nonce = view->nonce,
                                  .count = count,
                                  .words = view->words };
}

bool signs_header_fits(const struct signs_header *header, struct signs_header wanted)
{
    return header->magic == wanted.magic && header->library_id == wanted.library_id
           && header->content == wanted.content && header->words == wanted.words
           && header->count >= 0 && header->count <= VECTORS_ID_MAX;
}

size_t signs_bytes(int64_t count, size_t words)
{
    return sizeof(struct signs_header) + (size_t)count * words * sizeof(uint64_t);
}

/* ---- mapping ---- */

void signs_close(struct signs *signs)
{
    if (signs->map)
        munmap(signs->map, signs->size);
    rows_close(signs);
    memset(signs, 0, sizeof *signs);
}

void signs_face(struct signs *signs)
{
    const struct signs_header *header = signs->map;

    signs->bits = (const uint64_t *)(header + 1);
    signs->count = header->count;
    signs->words = (size_t)header->words;
    signs->seq = header->seq;
    signs->nonce = header->nonce;
    signs->content = header->content;
}

bool signs_map(struct signs *signs, const struct signs_view *view)
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
    if (!signs_header_fits(signs->map, signs_header(view, 0))
        || signs_bytes(signs->count, signs->words) > signs->size) {
        signs_close(signs);
        return false;
    }
    return true;
}

bool signs_current(const struct signs *signs, const struct signs_view *view)
{
    const struct signs_header *header = signs->map;

    return header && signs_header_fits(header, signs_header(view, 0)) && header->seq == view->seq
           && header->nonce == view->nonce && header->count <= signs->count;
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
    result = signs_view_open(view, view->store, view->model, err); /* as of now, under the lock */
    if (result == ERR_OK && pread(fd, &header, sizeof header, 0) == sizeof header
        && signs_header_fits(&header, signs_header(view, 0)))
        result = history_joins(view, &header, &joins, err);
    if (result == ERR_OK && joins)
        result = signs_follow(view, fd, &header, failed, err);
    else if (result == ERR_OK)
        result = signs_new_file(view, failed, err);
    close(fd);
    return result;
}

/* The rows for bits that are up to date; made once, when they are missing. */
static int rows_follow(struct signs *signs, struct signs_view *view, bool inside, struct error *err)
{
    int result = ERR_OK;

    rows_open(signs, view);
    if (signs->rows > 0 || signs->rows_tried || signs->own || inside)
        return ERR_OK;
    signs->rows_tried = true;
    view->path = path_join(store_dir(view->store), SIGNS_PATH);
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
    int result = signs_view_open(&view, store, model, err);

    *out = signs;
    if (result == ERR_OK && signs_current(signs, &view)) {
        if (signs->rows > 0 || !signs->rows_tried)
            result = rows_follow(signs, &view, inside, err);
        return result;
    }
    if (result != ERR_OK)
        return result;
    rows_close(signs);
    view.path = path_join(store_dir(store), SIGNS_PATH);
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
