/*
 * Frames: headers and requests as bytes. Pure: no descriptor is touched here, so that the parser
 * can be fuzzed as it is.
 */
#include "frame.h"

#include "carrel/document.h"
#include "carrel/process.h"

#include <string.h>

static const unsigned char magic[4] = { 'c', 'P', 'r', '1' };

static uint32_t get32(const unsigned char *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put32(unsigned char *at, uint32_t value)
{
    at[0] = (unsigned char)value;
    at[1] = (unsigned char)(value >> 8);
    at[2] = (unsigned char)(value >> 16);
    at[3] = (unsigned char)(value >> 24);
}

static uint32_t most_of(uint32_t type)
{
    switch (type) {
    case FRAME_EXTRACT:
    case FRAME_RENDER:
        return FRAME_REQUEST_MAX;
    case FRAME_READY:
        return 4;
    case FRAME_PROGRESS:
        return 8;
    case FRAME_DOCUMENT:
    case FRAME_IMAGE:
        return FRAME_ANSWER_MAX;
    default:
        return 0;
    }
}

int frame_parse_header(struct frame *frame, const unsigned char header[FRAME_HEADER],
                       struct error *err)
{
    frame->type = get32(header + 4);
    frame->len = get32(header + 8);
    if (memcmp(header, magic, sizeof magic) != 0)
        return error_set(err, ERR_PARSE, "the reader speaks another protocol");
    if (frame->type < FRAME_EXTRACT || frame->type > FRAME_MEMORY)
        return error_set(err, ERR_PARSE, "unknown frame %u", frame->type);
    if (frame->len > most_of(frame->type))
        return error_set(err, ERR_PARSE, "frame %u of %u bytes is too long", frame->type,
                         frame->len);
    return ERR_OK;
}

void frame_put_header(unsigned char header[FRAME_HEADER], uint32_t type, uint32_t len)
{
    memcpy(header, magic, sizeof magic);
    put32(header + 4, type);
    put32(header + 8, len);
}

/* Format, page, width, size (low, high), length of the password or all ones, password. */
#define REQUEST_FIXED 24

void request_put(struct str *out, const struct request *request)
{
    size_t len = request->has_password ? strlen(request->password) : 0;
    unsigned char fixed[REQUEST_FIXED];

    put32(fixed, request->format);
    put32(fixed + 4, request->page);
    put32(fixed + 8, request->width);
    put32(fixed + 12, (uint32_t)request->size);
    put32(fixed + 16, (uint32_t)(request->size >> 32));
    put32(fixed + 20, request->has_password ? (uint32_t)len : UINT32_MAX);
    str_add_mem(out, (const char *)fixed, sizeof fixed);
    str_add_mem(out, request->password, len);
}

int request_parse(struct request *request, const void *bytes, size_t len, struct error *err)
{
    const unsigned char *at = bytes;
    uint32_t password;

    memset(request, 0, sizeof *request);
    if (len < REQUEST_FIXED)
        return error_set(err, ERR_PARSE, "a request of %zu bytes is too short", len);
    request->format = get32(at);
    request->page = get32(at + 4);
    request->width = get32(at + 8);
    request->size = get32(at + 12) | (uint64_t)get32(at + 16) << 32;
    password = get32(at + 20);
    if (request->format > FORMAT_TEX || request->width > PROCESS_WIDTH_MAX
        || request->size > (uint64_t)PROCESS_FILE_MAX)
        return error_set(err, ERR_PARSE, "a request is out of range");
    if (password == UINT32_MAX)
        return len == REQUEST_FIXED ? ERR_OK : error_set(err, ERR_PARSE, "a request is too long");
    if (password >= sizeof request->password || len != REQUEST_FIXED + password)
        return error_set(err, ERR_PARSE, "a request's password has a wrong length");
    memcpy(request->password, at + REQUEST_FIXED, password);
    request->has_password = true;
    return memchr(request->password, '\0', password)
               ? error_set(err, ERR_PARSE, "a request's password holds a zero byte")
               : ERR_OK;
}
