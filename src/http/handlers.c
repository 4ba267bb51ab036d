/*
 * Routes that are more than a command: papers as records and by pages, health.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/publish.h"
#include "carrel/search.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 50

/* ---- papers ---- */

static int paper_json(struct exchange *x, struct jsonw *w, int64_t id, struct error *err)
{
    struct str json = STR_INIT;
    struct record record;
    int result = publish_record(x->store, x->arena, id, &record, err);

    if (result == ERR_OK) {
        record_to_json(&json, &record);
        jsonw_raw(w, json.ptr);
    }
    str_free(&json);
    return result == ERR_NOTFOUND ? ERR_OK : result; /* merged away meanwhile */
}

static int papers_write(struct exchange *x, const struct search_result *found, struct error *err)
{
    struct jsonw w;
    size_t i;
    int result = ERR_OK;

    jsonw_start(&w, &x->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key_int(&w, "total", found->total);
    jsonw_key_bool(&w, "total_is_exact", found->total_is_exact);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < found->len && result == ERR_OK; i++)
        result = paper_json(x, &w, found->hits[i].row.id, err);
    jsonw_end(&w);
    jsonw_key_string(&w, "next", found->next);
    jsonw_end(&w);
    str_add_char(&x->out, '\n');
    return result;
}

int handle_papers(struct exchange *x, struct error *err)
{
    const char *query = params_value(x, "query"), *sort = params_value(x, "sort");
    const char *limit = params_value(x, "limit");
    struct search_options options = { .limit = limit ? strtoul(limit, NULL, 10) : PAGE,
                                      .after = params_value(x, "cursor") };
    struct search_result *found;
    int result;

    if (sort && strcmp(sort, "date") == 0)
        options.sort = SORT_DATE;
    else if (sort && strcmp(sort, "added") == 0)
        options.sort = SORT_ADDED;
    x->field = options.after ? "cursor" : "query";
    store_set_cancel(x->store, visit_cancel(x->visit));
    result = search_run(&found, x->store, query ? query : "", &options, err);
    store_set_cancel(x->store, NULL);
    if (result != ERR_OK)
        return result;
    result = papers_write(x, found, err);
    search_result_free(found);
    return result;
}

int handle_paper(struct exchange *x, struct error *err)
{
    struct record record;
    int64_t id;
    int result = works_find(x->store, &id, x->id.ptr, err);

    if (result == ERR_OK)
        result = publish_record(x->store, x->arena, id, &record, err);
    if (result != ERR_OK) {
        x->field = "id";
        return result;
    }
    record_to_json(&x->out, &record);
    str_add_char(&x->out, '\n');
    return ERR_OK;
}

/* ---- health ---- */

/* Alive is whoever answers; ready is who can read the library. The status tells of readiness, or of
 * life alone where that was asked for: whoever is alive and not ready is to be waited for, not
 * killed. */
int handle_health(struct exchange *x, struct error *err)
{
    struct http_server *server = x->server;
    const char *check = params_value(x, "check");
    struct error why = { 0 };
    int64_t works = 0;
    struct jsonw w;
    char at[32], problem[sizeof server->problem];
    int result = http_store_take(server, &x->store, &why);
    bool ready;

    (void)err;
    pthread_mutex_lock(&server->lock);
    memcpy(problem, server->problem, sizeof problem);
    pthread_mutex_unlock(&server->lock);
    if (result == ERR_OK)
        result = works_count(x->store, &works, &why);
    ready = result == ERR_OK && !atomic_load(&server->stopping);
    time_format(at, server->started);
    jsonw_start(&w, &x->out);
    jsonw_object(&w);
    jsonw_key_bool(&w, "live", true);
    jsonw_key_bool(&w, "ready", ready);
    jsonw_key_string(&w, "version", CARREL_VERSION);
    jsonw_key_string(&w, "started", at);
    jsonw_key_int(&w, "papers", works);
    jsonw_key_string(&w, "problem", result != ERR_OK ? why.message : *problem ? problem : NULL);
    jsonw_end(&w);
    str_add_char(&x->out, '\n');
    x->status = ready || (check && strcmp(check, "live") == 0) ? 200 : 503;
    return ERR_OK;
}
