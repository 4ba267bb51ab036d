/*
 * Routes of other machines with the same reader's library (docs/SYNC.md).
 */
#include "internal.h"

#include "carrel/sync.h"

static const struct param no_params[] = { { 0 } };
static const struct param changes_params[] = {
    { .name = "since",
      .type = PARAM_TEXT,
      .help = "the \"next\" of an earlier page; without it, from the beginning" },
    { .name = "limit",
      .type = PARAM_INT,
      .least = 1,
      .most = SYNC_LIMIT_MAX,
      .help = "records and operations of the page (2000)" },
    { 0 },
};

const struct route http_routes_sync[] = {
    { "GET", "/sync/changes", "sync", "changes", "What came behind a cursor: lines of JSON",
      SCOPE_SYNC, changes_params, .handle = handle_changes, .media = "application/x-ndjson" },
    { "POST", "/sync/changes", "sync", "takeChanges",
      "Take a page of another library, plain or packed with gzip", SCOPE_SYNC, no_params,
      .handle = handle_changes_post, .answer = "ChangesTaken", .body_max = SYNC_PACKED_MAX,
      .flags = ROUTE_CONFLICTS | ROUTE_PACKED },
    { 0 },
};
