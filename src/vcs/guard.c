/*
 * Connections of the child, when somebody else wrote the address: libgit2 gets its sockets from
 * here, so that what is looked at is the very address that is connected to. (A name that is looked
 * up twice may lead to two places.) TLS runs over these sockets as over its own.
 */
#include "guard.h"

#include "carrel/ip.h"
#include "carrel/mem.h"

#include <errno.h>
#include <git2.h>
#include <git2/sys/stream.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define SILENCE_S 120

struct guarded {
    git_stream parent;
    char *host, *port;
    int fd;
};

static int fail(const char *what, const char *host)
{
    char text[400];

    snprintf(text, sizeof text, "%.200s %s", host, what);
    git_error_set_str(GIT_ERROR_NET, text);
    return -1;
}

/* The first address that answers; none of them may be a private one. */
static int connect_one(struct guarded *stream, const struct addrinfo *found)
{
    const struct timeval silence = { .tv_sec = SILENCE_S };
    const struct addrinfo *at;

    for (at = found; at; at = at->ai_next)
        if (!ip_is_public(at->ai_addr))
            return fail(GUARD_SAYS, stream->host);
    for (at = found; at && stream->fd < 0; at = at->ai_next) {
        stream->fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
        if (stream->fd < 0)
            continue;
        setsockopt(stream->fd, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence);
        setsockopt(stream->fd, SOL_SOCKET, SO_SNDTIMEO, &silence, sizeof silence);
        if (connect(stream->fd, at->ai_addr, at->ai_addrlen) != 0) {
            close(stream->fd);
            stream->fd = -1;
        }
    }
    return stream->fd >= 0 ? 0 : fail("does not answer", stream->host);
}

static int guarded_connect(git_stream *parent)
{
    struct guarded *stream = (struct guarded *)parent;
    const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    int code = getaddrinfo(stream->host, stream->port, &hints, &found);

    if (code != 0)
        return fail(gai_strerror(code), stream->host);
    code = connect_one(stream, found);
    freeaddrinfo(found);
    return code;
}

static ssize_t guarded_read(git_stream *parent, void *bytes, size_t len)
{
    struct guarded *stream = (struct guarded *)parent;
    ssize_t got;

    do
        got = recv(stream->fd, bytes, len, 0);
    while (got < 0 && errno == EINTR);
    return got < 0 ? fail(strerror(errno), stream->host) : got;
}

static ssize_t guarded_write(git_stream *parent, const char *bytes, size_t len, int flags)
{
    struct guarded *stream = (struct guarded *)parent;
    ssize_t sent;

    (void)flags;
    do
        sent = send(stream->fd, bytes, len, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? fail(strerror(errno), stream->host) : sent;
}

static int guarded_close(git_stream *parent)
{
    struct guarded *stream = (struct guarded *)parent;

    if (stream->fd >= 0)
        close(stream->fd);
    stream->fd = -1;
    return 0;
}

static void guarded_free(git_stream *parent)
{
    struct guarded *stream = (struct guarded *)parent;

    guarded_close(parent);
    free(stream->host);
    free(stream->port);
    free(stream);
}

static int guarded_new(git_stream **out, const char *host, const char *port)
{
    struct guarded *stream = mem_zalloc(sizeof *stream);

    stream->parent = (git_stream){ .version = GIT_STREAM_VERSION,
                                   .connect = guarded_connect,
                                   .read = guarded_read,
                                   .write = guarded_write,
                                   .close = guarded_close,
                                   .free = guarded_free };
    stream->host = mem_strdup(host);
    stream->port = mem_strdup(port);
    stream->fd = -1;
    *out = &stream->parent;
    return 0;
}

int guard_sockets(void)
{
    git_stream_registration registration = { .version = GIT_STREAM_VERSION, .init = guarded_new };

    return git_stream_register(GIT_STREAM_STANDARD, &registration);
}
