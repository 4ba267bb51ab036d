/*
 * Bytes kept in fewer: raw deflate, for what is large and seldom read.
 */
#include "internal.h"

#include "carrel/mem.h"
#include "carrel/str.h"

#include <zlib.h>

#define PACKED_MAX (512u << 20)

void bytes_pack(struct str *out, const void *bytes, size_t len)
{
    z_stream z = { 0 };

    if (deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        die("zlib does not start");
    str_reserve(out, deflateBound(&z, len) + 1);
    z.next_in = (Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)len;
    z.next_out = (Bytef *)out->ptr;
    z.avail_out = (uInt)(out->cap - 1);
    deflate(&z, Z_FINISH);
    out->len = z.total_out;
    deflateEnd(&z);
}

int bytes_unpack(struct str *out, const void *bytes, size_t len, struct error *err)
{
    z_stream z = { 0 };
    int status;

    if (inflateInit2(&z, -15) != Z_OK)
        return error_set(err, ERR_FAILED, "zlib does not start");
    z.next_in = (Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)len;
    do {
        str_reserve(out, len * 4 + 4096);
        z.next_out = (Bytef *)out->ptr + out->len;
        z.avail_out = (uInt)(out->cap - out->len - 1);
        status = inflate(&z, Z_NO_FLUSH);
        out->len = out->cap - 1 - z.avail_out;
    } while (status == Z_OK && out->len < PACKED_MAX);
    inflateEnd(&z);
    out->ptr[out->len] = '\0';
    return status == Z_STREAM_END ? ERR_OK
                                  : error_set(err, ERR_CORRUPT, "what is kept of it is damaged");
}

int stmt_unpack(struct str *out, struct stmt *stmt, struct error *err)
{
    int result = stmt_step(stmt, err);
    const void *bytes;
    size_t len;

    if (result == 1) {
        bytes = stmt_blob(stmt, 0, &len);
        result = bytes_unpack(out, bytes, len, err);
    } else if (result == 0) {
        result = ERR_NOTFOUND;
    }
    stmt_reset(stmt);
    return result;
}
