/*
 * Are cache/signs and cache/rows what the table says? Asked by the doctor; a file that is not goes.
 */
#include "signs_internal.h"

#include "carrel/file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
        result = signs_view_open(&view, store, &serving, err);
    if (result != ERR_OK || serving.slot < 0)
        return result;
    view.path = path_join(store_dir(store), SIGNS_PATH);
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
