/*
 * Routes of websites: what they send, and how they are used.
 */
#include "internal.h"

#include "carrel/usage.h"

#define BATCH 1000
#define BODY_MOST (2u << 20)
#define NAME_MOST 2048

#define COMMON                                                                                     \
    { .name = "event_id",                                                                          \
      .type = FIELD_UUID,                                                                          \
      .required = true,                                                                            \
      .help = "the same event twice counts once" },                                                \
        { .name = "at",                                                                            \
          .type = FIELD_TIME,                                                                      \
          .required = true,                                                                        \
          .help = "when it happened: up to 7 days back, 5 minutes ahead" },                        \
        { .name = "paper", .type = FIELD_TEXT, .most = 512, .help = "any id of a paper" },         \
        { .name = "path",                                                                          \
          .type = FIELD_TEXT,                                                                      \
          .most = NAME_MOST,                                                                       \
          .help = "of the page; its query and fragment are not kept" },                            \
        { .name = "referrer",                                                                      \
          .type = FIELD_TEXT,                                                                      \
          .most = NAME_MOST,                                                                       \
          .help = "the page that led here; its host is kept" },                                    \
    {                                                                                              \
        .name = "visitor", .type = FIELD_TEXT, .most = 256,                                        \
        .help = "the same for all of one visitor's events of a day; kept as a salted hash"         \
    }

static const struct field pageview_fields[] = { COMMON, { 0 } };
static const struct field click_fields[] = {
    COMMON,
    { .name = "target",
      .type = FIELD_TEXT,
      .required = true,
      .least = 1,
      .most = NAME_MOST,
      .help = "where the click leads; its query and fragment are not kept" },
    { 0 },
};
static const struct field search_fields[] = {
    COMMON,
    { .name = "query",
      .type = FIELD_TEXT,
      .required = true,
      .least = 1,
      .most = 512,
      .help = "what was searched for" },
    { .name = "results",
      .type = FIELD_INT,
      .least = 0,
      .most = INT32_MAX,
      .help = "how many were found; 0: a search without results" },
    { 0 },
};
static const struct body pageview_body = { "Pageview", pageview_fields, .batch = BATCH,
                                           .plain = true };
static const struct body click_body = { "Click", click_fields, .batch = BATCH, .plain = true };
static const struct body search_body = { "Search", search_fields, .batch = BATCH, .plain = true };

static const struct param no_params[] = { { 0 } };
static const struct param window_params[] = {
    { .name = "window",
      .type = PARAM_CHOICE,
      .values = USAGE_WINDOWS,
      .help = "of which time, up to now (7d)" },
    { .name = "limit",
      .type = PARAM_INT,
      .least = 1,
      .most = USAGE_LIMIT_MAX,
      .help = "at most so many (20)" },
    { 0 },
};

#define TAKES(path, name, what, handler, takes)                                                    \
    {                                                                                              \
        "POST", path, "events", name, what, SCOPE_EVENTS, no_params,                               \
            .handle = (handler), .answer = "Accepted", .body_max = BODY_MOST, .body = (takes),     \
            .status = 202, .flags = ROUTE_VISITED                                                  \
    }

const struct route http_routes_events[] = {
    TAKES("/events/pageview", "pageview", "Pages that were seen", handle_pageview, &pageview_body),
    TAKES("/events/click", "click", "Links that were followed", handle_click, &click_body),
    TAKES("/events/search", "searchEvent", "Searches that were made", handle_search_event,
          &search_body),
    { "GET", "/metrics/popular", "events", "popular", "Papers with the most views", SCOPE_READ,
      window_params, .handle = handle_popular, .answer = "PopularPapers" },
    { "GET", "/metrics/trending", "events", "trending",
      "Papers with more views than in the window before, the least likely by chance first",
      SCOPE_READ, window_params, .handle = handle_trending, .answer = "PopularPapers" },
    { "GET", "/metrics/summary", "events", "summary",
      "Views, clicks, searches and visitors, by hour or day, and what leads them", SCOPE_READ,
      window_params, .handle = handle_summary, .answer = "UsageSummary" },
    { "GET", "/metrics/realtime", "events", "realtime", "The last 30 minutes, minute by minute",
      SCOPE_READ, no_params, .handle = handle_realtime, .answer = "UsageRealtime" },
    { "GET", "/metrics", "service", "metrics", "Figures of this service, for Prometheus",
      SCOPE_READ, no_params, .handle = handle_metrics,
      .media = "text/plain; version=0.0.4; charset=utf-8" },
    { "GET", "/carrel.js", "events", "tracker", "The script that sends a website's events",
      SCOPE_NONE, no_params, .handle = handle_tracker, .media = "text/javascript; charset=utf-8",
      .flags = ROUTE_VISITED },
    { 0 },
};
