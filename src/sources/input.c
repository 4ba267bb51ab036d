/*
 * Files into parsers: standard input, plain or gzip (by its magic bytes, also several members in a
 * row), in pieces of 64 KiB, so that a file of any size takes constant memory.
 */
#include "carrel/sources.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define INPUT_CHUNK 65536

struct input {
    const char *path;
    int fd;
    int64_t size, done;
    bool gzip;
    z_stream stream;
    unsigned char raw[INPUT_CHUNK], plain[INPUT_CHUNK * 2];
    struct parser *parser;
};

static int input_open(struct input *in, struct error *err)
{
    struct stat st;

    in->size = -1;
    if (strcmp(in->path, "-") == 0) {
        in->path = "standard input";
        in->fd = STDIN_FILENO;
        return ERR_OK;
    }
    in->fd = open(in->path, O_RDONLY | O_CLOEXEC);
    if (in->fd < 0)
        return error_errno(err, "cannot open %s", in->path);
    if (fstat(in->fd, &st) == 0 && S_ISDIR(st.st_mode))
        return error_set(err, ERR_IO, "%s is a folder; import takes files", in->path);
    if (fstat(in->fd, &st) == 0 && S_ISREG(st.st_mode))
        in->size = (int64_t)st.st_size;
    return ERR_OK;
}

/* Reads until the buffer has at least `least` bytes or the input ends. */
static ssize_t input_read(struct input *in, size_t least, struct error *err)
{
    size_t len = 0;

    do {
        ssize_t got = read(in->fd, in->raw + len, sizeof in->raw - len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(err, "cannot read %s", in->path);
        if (got == 0)
            break;
        len += (size_t)got;
    } while (len < least);
    in->done += (int64_t)len;
    return (ssize_t)len;
}

static int input_inflate(struct input *in, size_t len, struct error *err)
{
    in->stream.next_in = in->raw;
    in->stream.avail_in = (uInt)len;
    while (in->stream.avail_in > 0) {
        int status, result;
        size_t got;

        in->stream.next_out = in->plain;
        in->stream.avail_out = sizeof in->plain;
        status = inflate(&in->stream, Z_NO_FLUSH);
        got = sizeof in->plain - in->stream.avail_out;
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            return error_set(err, ERR_PARSE, "damaged gzip data (%s)",
                             in->stream.msg ? in->stream.msg : "cut short");
        result = parser_feed(in->parser, in->plain, got, err);
        if (result != ERR_OK)
            return result;
        if (status == Z_STREAM_END)
            inflateReset(&in->stream);
        else if (status == Z_BUF_ERROR && got == 0)
            break;
    }
    return ERR_OK;
}

static int input_pump(struct input *in, int (*progress)(void *, int64_t, int64_t), void *ctx,
                      struct error *err)
{
    ssize_t got = input_read(in, 2, err);
    int result = ERR_OK;

    in->gzip = got >= 2 && in->raw[0] == 0x1F && in->raw[1] == 0x8B;
    if (in->gzip && inflateInit2(&in->stream, 15 + 16) != Z_OK)
        return error_set(err, ERR_FAILED, "zlib does not start");
    while (got > 0) {
        result = in->gzip ? input_inflate(in, (size_t)got, err)
                          : parser_feed(in->parser, in->raw, (size_t)got, err);
        if (result != ERR_OK)
            return result;
        if (progress && progress(ctx, in->done, in->size))
            return error_set(err, ERR_CANCELLED, "stopped");
        got = input_read(in, 1, err);
    }
    if (got < 0)
        return (int)got;
    if (in->gzip && in->stream.total_in > 0)
        return error_set(err, ERR_PARSE, "the gzip data is cut short");
    return parser_finish(in->parser, err);
}

int parse_file(const char *path, enum parse_format format, const struct parse_sink *sink,
               int (*progress)(void *ctx, int64_t done, int64_t size), struct parse_info *info,
               struct error *err)
{
    struct input *in = mem_zalloc(sizeof *in);
    int result;

    in->path = path;
    in->fd = -1;
    result = parser_new(&in->parser, format, sink, err);
    if (result == ERR_OK)
        result = input_open(in, err);
    if (result == ERR_OK) {
        result = input_pump(in, progress, sink->ctx, err);
        if (result != ERR_OK && result != ERR_CANCELLED && err && result == err->code)
            error_context(err, "%s", in->path);
    }
    if (info)
        *info = *parser_info(in->parser);
    if (in->gzip)
        inflateEnd(&in->stream);
    if (in->fd > STDIN_FILENO)
        close(in->fd);
    parser_free(in->parser);
    free(in);
    return result;
}
