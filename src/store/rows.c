/*
 * cache/rows: the int8 vectors by work id, as a plain file.
 *
 * A search ranks some two thousand works by their rows, which lie all over the table: a descent and
 * a page of 4 KiB each. Here a row is one read of its own bytes, by whichever thread wants it. They
 * are read, not mapped: half a gigabyte at two million works would count as memory before long.
 *
 * The file is a copy that is as new as cache/signs or is not used. Rows of absent works are zeros,
 * which no vector is.
 */
#include "signs_internal.h"

#include "carrel/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROWS_MAGIC 0x31574F52524C4352ull /* "RCLRROW1" on a little-endian machine */

struct signs_header rows_header(const struct signs_view *view, int64_t count)
{
    struct signs_header header = signs_header(view, count);

    header.magic = ROWS_MAGIC;
    header.words = (uint64_t)view->model->dim;
    return header;
}

bool rows_is_of(int fd, const struct signs_view *view, int64_t seq, int64_t nonce)
{
    struct signs_header header;
    struct stat st;

    return fstat(fd, &st) == 0 && pread(fd, &header, sizeof header, 0) == sizeof header
           && signs_header_fits(&header, rows_header(view, 0)) && header.seq == seq
           && header.nonce == nonce
           && st.st_size >= (off_t)(sizeof header + (size_t)header.count * header.words);
}

void rows_close(struct signs *signs)
{
    if (signs->rows > 0)
        close(signs->rows);
    signs->rows = 0;
}

void rows_open(struct signs *signs, const struct signs_view *view)
{
    char *path;

    if (signs->rows > 0 && rows_is_of(signs->rows, view, view->seq, view->nonce))
        return;
    rows_close(signs);
    path = path_join(store_dir(view->store), ROWS_PATH);
    signs->rows = open(path, O_RDONLY | O_CLOEXEC);
    free(path);
    if (signs->rows <= 0 || !rows_is_of(signs->rows, view, view->seq, view->nonce))
        rows_close(signs);
}

int rows_read(int fd, int64_t id, size_t dim, int8_t *out)
{
    off_t place = (off_t)(sizeof(struct signs_header) + (size_t)id * dim);
    ssize_t got = pread(fd, out, dim, place);
    size_t i;

    if (got < 0)
        return ERR_IO;
    for (i = 0; got == (ssize_t)dim && i < dim; i++)
        if (out[i])
            return ERR_OK;
    return ERR_NOTFOUND;
}
