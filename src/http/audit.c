/*
 * The audit of writes: each request by the holder of a token that changes something, or would have,
 * with the end it took. Events are data by the thousand, not changes: they are left out;
 * of leases the ledger has an entry each.
 */
#include "internal.h"

#include "carrel/audit.h"
#include "carrel/log.h"

#include <string.h>

static bool is_write(const struct exchange *x)
{
    return x->route && *x->caller.id && strcmp(x->route->method, "GET") != 0
           && x->route->scope != SCOPE_EVENTS && !(x->route->flags & ROUTE_UNAUDITED);
}

/* A row that cannot be written is told in the log: the request itself has had its effect. */
void audit_note(struct exchange *x)
{
    const struct audit_row row = { .request = x->request_id,
                                   .token = x->caller.id,
                                   .client = x->client,
                                   .method = x->method,
                                   .path = x->path,
                                   .status = x->status,
                                   .subject = x->subject };
    struct error err = { 0 };
    int result;

    if (!is_write(x))
        return;
    result = http_store_take(x->server, &x->store, &err);
    if (result == ERR_OK)
        result = audit_add(x->store, &row, &err);
    if (result != ERR_OK)
        log_write(LOG_ERROR, "%s: the audit has no row of it: %s", x->request_id, err.message);
}
