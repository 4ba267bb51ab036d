/*
 * The child's side: confine itself, then serve one request after the other until the socket closes.
 * A request brings an open file along; it is mapped, read, and answered by one frame.
 *
 * Running out of memory ends the child through die(), whose hook sends a last frame that says so.
 */
#include "carrel/process.h"

#include "extract.h"
#include "frame.h"
#include "carrel/document.h"
#include "sandbox.h"

#include "carrel/child.h"
#include "carrel/clock.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHILD_WORD "--process-child"
#define PROGRESS_MS 100

static int send_all(const void *bytes, size_t len)
{
    const char *at = bytes;

    while (len > 0) {
        struct iovec part = { (void *)(uintptr_t)at, len };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
        ssize_t sent = sendmsg(CHILD_FD, &message, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return -1;
        at += sent;
        len -= (size_t)sent;
    }
    return 0;
}

static int send_frame(enum frame_type type, const void *payload, size_t len)
{
    unsigned char header[FRAME_HEADER];

    frame_put_header(header, type, (uint32_t)len);
    if (send_all(header, sizeof header) != 0)
        return -1;
    return len > 0 ? send_all(payload, len) : 0;
}

/* Reads exactly `len` bytes; a file that comes along goes to *fd. 0 done, 1 end, -1 failed. */
static int receive(void *bytes, size_t len, int *fd)
{
    char *at = bytes;

    while (len > 0) {
        union {
            struct cmsghdr align;
            char bytes[CMSG_SPACE(sizeof(int))];
        } control;
        struct iovec part = { at, len };
        struct msghdr message = { .msg_iov = &part,
                                  .msg_iovlen = 1,
                                  .msg_control = control.bytes,
                                  .msg_controllen = sizeof control.bytes };
        const struct cmsghdr *head;
        ssize_t got = recvmsg(CHILD_FD, &message, MSG_CMSG_CLOEXEC);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0 && at == (char *)bytes ? 1 : -1;
        head = CMSG_FIRSTHDR(&message);
        if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS
            && head->cmsg_len == CMSG_LEN(sizeof(int)) && *fd < 0)
            memcpy(fd, CMSG_DATA(head), sizeof *fd);
        at += got;
        len -= (size_t)got;
    }
    return 0;
}

static void out_of_memory(void)
{
    /* Nothing can be done about a failure here: the parent sees the end of the socket. */
    (void)send_frame(FRAME_MEMORY, NULL, 0);
}

/* ---- requests ---- */

struct serving {
    struct pdf_reader *reader;
    int64_t told; /* when progress was told last */
};

static int tell_progress(void *ctx, uint32_t done, uint32_t total)
{
    struct serving *serving = ctx;
    uint32_t numbers[2] = { done, total };
    int64_t now = clock_ticks_ms();

    if (now - serving->told < PROGRESS_MS)
        return 0;
    serving->told = now;
    return send_frame(FRAME_PROGRESS, numbers, sizeof numbers);
}

static int answer_document(struct serving *serving, const struct request *request,
                           const struct pdf_request *bytes)
{
    struct document *doc;
    struct str packed = STR_INIT;
    int sent;

    if (extract(&doc, serving->reader, request->format, bytes, NULL) != ERR_OK)
        return -1; /* progress could not be told: the parent is gone */
    document_pack(&packed, doc);
    if (packed.len > FRAME_ANSWER_MAX) {
        document_free(doc);
        doc = document_new();
        document_fail(doc, DOCUMENT_LIMIT, "its text is larger than %u MiB",
                      FRAME_ANSWER_MAX >> 20);
        str_clear(&packed);
        document_pack(&packed, doc);
    }
    sent = send_frame(FRAME_DOCUMENT, packed.ptr, packed.len);
    str_free(&packed);
    document_free(doc);
    return sent;
}

/* State, width, height, message of fixed length, pixels. */
static int answer_image(struct serving *serving, const struct request *request,
                        const struct pdf_request *bytes)
{
    struct str packed = STR_INIT;
    unsigned char *pixels = NULL;
    struct error err = { 0 };
    enum document_state state = DOCUMENT_DONE;
    char message[256] = "";
    uint32_t numbers[3] = { 0, request->width, 0 };
    int sent;

    pdf_render(serving->reader, bytes, request->page, request->width, &numbers[2], &pixels, &state,
               &err);
    numbers[0] = state;
    if (!pixels)
        numbers[1] = numbers[2] = 0;
    snprintf(message, sizeof message, "%.250s", err.message);
    str_add_mem(&packed, (const char *)numbers, sizeof numbers);
    str_add_mem(&packed, message, sizeof message);
    if (pixels)
        str_add_mem(&packed, (const char *)pixels, (size_t)numbers[1] * numbers[2] * 3);
    free(pixels);
    sent = send_frame(FRAME_IMAGE, packed.ptr, packed.len);
    str_free(&packed);
    return sent;
}

static int serve_file(struct serving *serving, uint32_t type, const struct request *request, int fd)
{
    size_t len = (size_t)request->size;
    void *map = len > 0 ? mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    struct pdf_request bytes = { .bytes = map ? map : "",
                                 .len = len,
                                 .password = request->has_password ? request->password : NULL,
                                 .progress = tell_progress,
                                 .ctx = serving };
    int result;

    if (map == MAP_FAILED)
        return send_frame(FRAME_MEMORY, NULL, 0);
    serving->told = clock_ticks_ms();
    result = type == FRAME_RENDER ? answer_image(serving, request, &bytes)
                                  : answer_document(serving, request, &bytes);
    if (map)
        munmap(map, len);
    return result;
}

/* 0: go on, 1: the parent has closed, -1: nothing sensible came. */
static int serve_one(struct serving *serving)
{
    unsigned char header[FRAME_HEADER];
    char payload[FRAME_REQUEST_MAX];
    struct frame frame;
    struct request request;
    int fd = -1, result = receive(header, sizeof header, &fd);

    if (result != 0)
        return result;
    if (frame_parse_header(&frame, header, NULL) != ERR_OK
        || (frame.type != FRAME_EXTRACT && frame.type != FRAME_RENDER)
        || receive(payload, frame.len, &fd) != 0
        || request_parse(&request, payload, frame.len, NULL) != ERR_OK || fd < 0)
        return -1;
    result = serve_file(serving, frame.type, &request, fd);
    close(fd);
    return result;
}

static int serve(size_t memory_limit)
{
    struct serving serving = { 0 };
    unsigned char confined_byte[4] = { 0 };
    bool confined;
    struct error err;
    int result;

    die_set_hook(out_of_memory);
    serving.reader = pdf_reader_new(memory_limit, &err);
    if (!serving.reader || sandbox_enter(&confined, &err) != ERR_OK) {
        fprintf(stderr, "carrel: %s\n", err.message);
        return 1;
    }
    confined_byte[0] = confined;
    result = send_frame(FRAME_READY, confined_byte, sizeof confined_byte);
    while (result == 0)
        result = serve_one(&serving);
    return result == 1 ? 0 : 1;
}

bool process_child(int argc, char **argv, int *status)
{
    long limit;

    if (argc != 3 || strcmp(argv[1], CHILD_WORD) != 0)
        return false;
    if (!str_to_long(argv[2], 1, LONG_MAX, &limit)) {
        *status = 2;
        return true;
    }
    *status = serve((size_t)limit);
    return true;
}
