/*
 * The datagram to systemd. A name that begins with @ is an abstract socket's.
 */
#include "carrel/notify.h"

#include "carrel/log.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static bool notify_send(const struct sockaddr_un *address, socklen_t len, const char *state)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool sent = fd >= 0
                && sendto(fd, state, strlen(state), MSG_NOSIGNAL,
                          (const struct sockaddr *)(const void *)address, len)
                       == (ssize_t)strlen(state);

    if (!sent)
        log_write(LOG_WARN, "systemd is not told %s: %s", state, strerror(errno));
    if (fd >= 0)
        close(fd);
    return sent;
}

bool notify_tell(const char *state)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const char *name = getenv("NOTIFY_SOCKET");
    size_t len = name ? strlen(name) : 0;

    if (len == 0)
        return true;
    if ((name[0] != '/' && name[0] != '@') || len >= sizeof address.sun_path) {
        log_write(LOG_WARN, "systemd is not told %s: NOTIFY_SOCKET is no address: %s", state, name);
        return false;
    }
    memcpy(address.sun_path, name, len);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    return notify_send(&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len), state);
}
