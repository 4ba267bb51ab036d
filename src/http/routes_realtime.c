/*
 * The route of what is told as it happens. What is said over it, docs/REALTIME.md tells.
 */
#include "internal.h"

static const struct param no_params[] = { { 0 } };

const struct route http_routes_realtime[] = {
    { "GET", "/ws/realtime", "service", "websocket",
      "What happens, as it happens: a WebSocket of events, jobs, scrapes and metrics", SCOPE_READ,
      no_params, .handle = handle_websocket, .status = 101, .flags = ROUTE_UPGRADES },
    { 0 },
};
