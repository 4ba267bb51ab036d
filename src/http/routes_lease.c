/*
 * The route by which several machines keep one pace (carrel/leases.h).
 */
#include "internal.h"

#include "carrel/leases.h"

#define DAY_MS 86400000
#define BODY_MOST (16u << 10)

static const struct param no_params[] = { { 0 } };

static const struct field lease_fields[] = {
    { "do", FIELD_CHOICE, .required = true, .values = LEASE_VERBS,
      .help = "ask for leave to send one request; renew it while it lasts; return it with what "
              "came of it; "
              "drop it unused; lift: ask an origin again that was left alone",
      .example = "ask" },
    { "origin", FIELD_TEXT, .required = true, .least = 1, .most = 128,
      .help = "whose pace: \"arxiv\", or a host", .example = "arxiv" },
    { "machine", FIELD_TEXT, .required = true, .least = 1, .most = 40, .help = "a name for people",
      .example = "laptop" },
    { "holder", FIELD_TEXT, .required = true, .least = 1, .most = 40,
      .help = "one sender of it, which has one request at a time; unlike every other one's",
      .example = "7f3a-1" },
    { "lease", FIELD_INT, .least = 1, .most = INT64_MAX, .help = "renew, return, drop: which one" },
    { "hold_ms", FIELD_INT, .least = LEASE_HOLD_LEAST_MS, .most = LEASE_HOLD_MOST_MS,
      .help = "ask, renew: not heard of for so long, its holder has died (10000)" },
    { "interval_ms", FIELD_INT, .most = DAY_MS,
      .help = "least time from the end of one answer to the next request" },
    { "connections", FIELD_INT, .least = 1, .most = 100, .help = "at a time (1)" },
    { "window_requests", FIELD_INT, .most = 1000000, .help = "at most so many in each window_ms" },
    { "window_ms", FIELD_INT, .most = DAY_MS, .help = "how long such a window is" },
    { "source", FIELD_TEXT, .most = 128, .help = "ask: who wants it, for people" },
    { "purpose", FIELD_TEXT, .help = "ask: what for" },
    { "try", FIELD_INT, .least = 1, .most = 1000, .help = "ask: 1 for the first" },
    { "status", FIELD_INT, .most = 999, .help = "return: of HTTP; 0: there was no answer" },
    { "bytes", FIELD_INT, .most = INT64_MAX, .help = "return: received" },
    { "took_ms", FIELD_INT, .most = INT64_MAX, .help = "return: how long it took" },
    { "pause_ms", FIELD_INT, .most = 2 * DAY_MS,
      .help = "return: how long the origin wants to be left alone (Retry-After)" },
    { "remaining", FIELD_INT, .least = -1, .most = INT32_MAX,
      .help = "return: requests left in the origin's own window (-1: it does not say)" },
    { "refused", FIELD_BOOL,
      .help = "return: it answered 401 or 403; nobody asks it any more before lift" },
    { "error", FIELD_TEXT, .help = "return: what was wrong; none: it was fine" },
    { 0 },
};
static const struct body lease_body = { .name = "LeaseRequest", .fields = lease_fields };

/* All but a question and a lift are about a lease. */
static bool names_a_lease(const char *verb)
{
    return !value_listed("ask|lift", verb);
}

static void lease_read(struct lease_request *out, const json_t *json)
{
    *out = (struct lease_request){
        .verb = body_text(json, "do"),
        .origin = { .name = body_text(json, "origin"),
                    .interval_ms = body_int(json, "interval_ms", 0),
                    .connections = (int)body_int(json, "connections", 1),
                    .window_requests = (int)body_int(json, "window_requests", 0),
                    .window_ms = body_int(json, "window_ms", 0) },
        .machine = body_text(json, "machine"),
        .holder = body_text(json, "holder"),
        .hold_ms = body_int(json, "hold_ms", LEASE_HOLD_MS),
        .lease = body_int(json, "lease", 0),
        .note = { .source = body_text(json, "source"),
                  .purpose = body_text(json, "purpose"),
                  .try = (int)body_int(json, "try", 1) },
        .outcome = { .status = (int)body_int(json, "status", 0),
                     .bytes = body_int(json, "bytes", 0),
                     .took_ms = body_int(json, "took_ms", 0),
                     .not_before = body_int(json, "pause_ms", 0),
                     .remaining = (int)body_int(json, "remaining", -1),
                     .refused = json_is_true(json_object_get(json, "refused")),
                     .error = body_text(json, "error") },
    };
}

static int handle_lease(struct exchange *x, struct error *err)
{
    struct lease_request request;
    int result = body_read(x, err);

    if (result != ERR_OK)
        return result;
    lease_read(&request, x->json);
    if (request.lease == 0 && names_a_lease(request.verb)) {
        x->field = "lease";
        return error_set(err, ERR_PARSE, "it is missing");
    }
    result = http_store_take(x->server, &x->store, err);
    return result == ERR_OK ? lease_answer(&x->out, x->server->app, x->store, &request, err)
                            : result;
}

const struct route http_routes_lease[] = {
    { "POST", "/sync/lease", "sync", "lease",
      "One pace for several machines: leave to send a request to a source", SCOPE_SYNC, no_params,
      .handle = handle_lease, .answer = "Lease", .body_max = BODY_MOST, .body = &lease_body,
      .flags = ROUTE_UNAUDITED },
    { 0 },
};
