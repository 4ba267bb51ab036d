/*
 * Routes about the service itself: its health, its documentation and its page.
 */
#include "internal.h"

static const struct param no_params[] = { { 0 } };

static const struct param health_params[] = {
    { .name = "check",
      .type = PARAM_CHOICE,
      .values = "live|ready",
      .help = "what the status tells of: is it alive, or ready, too (ready)" },
    { 0 },
};

const struct route http_routes_service[] = {
    { "GET", "/health", "service", "health", "Is it alive, and ready to answer?", SCOPE_NONE,
      health_params, .handle = handle_health, .answer = "Health", .flags = ROUTE_PROBED },
    { "GET", "/openapi.json", "service", "openapi", "This interface, described (OpenAPI 3.1)",
      SCOPE_NONE, no_params, .handle = handle_openapi, .answer = "Any" },
    { "GET", "/docs", "service", "docs", "This interface, as a page to read", SCOPE_NONE, no_params,
      .handle = handle_docs, .media = "text/html; charset=utf-8" },
    { "GET", "/", "service", "page", "What happens, as it happens: a page for people", SCOPE_NONE,
      no_params, .handle = handle_page, .media = "text/html; charset=utf-8" },
    { "GET", "/live.css", "service", "pageStyle", "Its style", SCOPE_NONE, no_params,
      .handle = handle_page_css, .media = "text/css; charset=utf-8" },
    { "GET", "/live.js", "service", "pageScript", "Its script", SCOPE_NONE, no_params,
      .handle = handle_page_js, .media = "text/javascript; charset=utf-8" },
    { 0 },
};
