/*
 * Telling systemd where a service stands (its sd_notify protocol): a datagram to the socket that
 * $NOTIFY_SOCKET names. Without that variable nobody listens, and nothing is done.
 */
#ifndef CARREL_NOTIFY_H
#define CARREL_NOTIFY_H

#include <stdbool.h>

/* `state` is "READY=1", "STOPPING=1" ...; false: somebody listens but could not be told, which is
 * in the log. Any thread. */
bool notify_tell(const char *state);

#endif
