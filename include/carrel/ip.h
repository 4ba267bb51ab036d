/* Numbers of hosts. Any thread. */
#ifndef CARREL_IP_H
#define CARREL_IP_H

#include <stdbool.h>
#include <sys/socket.h>

bool ip_is_loopback(const struct sockaddr *address);
/* False for everything that does not lie in the public internet (RFC 6890), also when it is
 * wrapped in an IPv6 address. */
bool ip_is_public(const struct sockaddr *address);

#endif
