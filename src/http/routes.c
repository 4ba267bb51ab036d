/*
 * Finding the route of a request among the groups' tables. A new route is one row of a group: its
 * parameters and its body are checked, its scope asked for, and its documentation written from it.
 */
#include "internal.h"

#include <string.h>

static const struct route *const groups[] = { http_routes_library, http_routes_jobs,
                                              http_routes_events,  http_routes_realtime,
                                              http_routes_service, http_routes_webhooks,
                                              http_routes_lease,   http_routes_sync };

const struct route *route_at(size_t i)
{
    size_t g;

    for (g = 0; g < ARRAY_LEN(groups); g++) {
        const struct route *row;

        for (row = groups[g]; row->method; row++)
            if (i-- == 0)
                return row;
    }
    return NULL;
}

/* Does the path fit? {id} takes what lies between, slashes too. */
static bool path_fits(const char *pattern, const char *path, struct str *id)
{
    const char *hole = strchr(pattern, '{');
    size_t before = hole ? (size_t)(hole - pattern) : 0, after, len = strlen(path);
    const char *rest;

    if (!hole)
        return strcmp(pattern, path) == 0;
    rest = strchr(hole, '}') + 1;
    after = strlen(rest);
    if (len <= before + after || strncmp(pattern, path, before) != 0
        || strcmp(path + len - after, rest) != 0)
        return false;
    str_clear(id);
    str_add_mem(id, path + before, len - before - after);
    return true;
}

const struct route *route_find(const char *method, const char *path, struct str *id,
                               struct str *allow)
{
    const struct route *found = NULL, *row;
    size_t i;

    str_clear(allow);
    for (i = 0; (row = route_at(i)); i++) {
        if (!path_fits(row->path, path, id) || (found && strcmp(found->path, row->path) != 0))
            continue; /* the first path that fits is meant */
        if (strcmp(row->method, method) == 0)
            return row;
        str_printf(allow, "%s%s", allow->len ? ", " : "", row->method);
        found = row;
    }
    return NULL;
}
