/*
 * A website's feeds: for each saved query the newest papers, as JSON and as Atom.
 */
#include "export_internal.h"

#include "carrel/clock.h"
#include "carrel/publish.h"
#include "carrel/search.h"
#include "carrel/works.h"

#include <stdlib.h>

#define FEED_IDS 200  /* newest papers listed in a feed's file */
#define FEED_ATOM 100 /* entries of its Atom feed */

struct export_feed {
    struct export_job *job;
    struct jsonw w;
    struct str body, entries;
    int64_t count, listed, updated;
    struct error *err;
};

static void feed_entry(struct export_feed *feed, const struct record *record, int64_t changed)
{
    char updated[32];

    if (changed > feed->updated)
        feed->updated = changed;
    time_format(updated, changed);
    atom_entry(&feed->entries, record, updated);
}

static int feed_paper(void *ctx, int64_t id)
{
    struct export_feed *feed = ctx;
    const struct export_item *item = export_item(feed->job, id);
    struct record record;
    int64_t updated = 0;
    int result;

    if (!item)
        return 0;
    feed->count++;
    if (feed->listed >= FEED_IDS)
        return 0;
    result = export_record(feed->job, id, &record, feed->err);
    if (result != ERR_OK)
        return result;
    if (feed->listed < FEED_ATOM)
        result = publish_updated(feed->job->store, id, &updated, feed->err);
    if (result != ERR_OK)
        return result;
    if (feed->listed < FEED_ATOM)
        feed_entry(feed, &record, updated);
    feed->listed++;
    jsonw_object(&feed->w);
    jsonw_key_string(&feed->w, "id", record.id);
    jsonw_key_string(&feed->w, "title", export_plain(feed->job->arena, record.title));
    jsonw_key_string(&feed->w, "published", record.published);
    jsonw_end(&feed->w);
    return 0;
}

static int feed_atom(struct export_feed *feed, const struct saved_query *query, const char *path,
                     struct error *err)
{
    struct export_atom atom = { .title = query->name,
                                .query = query->query,
                                .updated = feed->updated };
    struct str body = STR_INIT;
    int result;

    export_atom_begin(feed->job, &body, &atom);
    str_add_mem(&body, feed->entries.ptr, feed->entries.len);
    atom_end(&body);
    result = site_put(feed->job->site, path, &body, feed->listed, 0, err);
    str_free(&body);
    return result;
}

/* `path` is without its ending. */
static int export_feed(struct export_job *job, const struct saved_query *query, const char *path,
                       int64_t *count, struct error *err)
{
    struct export_feed feed = { .job = job, .body = STR_INIT, .entries = STR_INIT, .err = err };
    char *json = mem_printf("%s.json", path), *atom = mem_printf("%s.atom", path);
    int result;

    export_open(&feed.w, &feed.body);
    jsonw_key_string(&feed.w, "name", query->name);
    jsonw_key_string(&feed.w, "query", query->query);
    jsonw_key(&feed.w, "papers");
    jsonw_array(&feed.w);
    result = search_each(job->store, query->query, feed_paper, &feed, err);
    jsonw_end(&feed.w);
    jsonw_key_int(&feed.w, "count", feed.count);
    if (result == ERR_OK)
        result = export_put(job, &feed.w, json, feed.count, 0, err);
    if (result == ERR_OK)
        result = feed_atom(&feed, query, atom, err);
    *count = feed.count;
    str_free(&feed.body);
    str_free(&feed.entries);
    free(json);
    free(atom);
    return result;
}

static void feeds_row(struct jsonw *w, const struct saved_query *query, const char *path,
                      int64_t count)
{
    char *json = mem_printf("%s.json", path), *atom = mem_printf("%s.atom", path);

    jsonw_object(w);
    jsonw_key_string(w, "name", query->name);
    jsonw_key_string(w, "query", query->query);
    jsonw_key_string(w, "path", json);
    jsonw_key_string(w, "atom", atom);
    jsonw_key_int(w, "count", count);
    jsonw_end(w);
    free(json);
    free(atom);
}

int export_feeds(struct export_job *job, struct error *err)
{
    struct arena *arena = arena_new();
    struct saved_query *queries;
    struct str body = STR_INIT;
    struct jsonw w;
    size_t count = 0, i;
    int result = queries_list(job->store, arena, &queries, &count, err);

    export_open(&w, &body);
    jsonw_key(&w, "feeds");
    jsonw_array(&w);
    for (i = 0; i < count && result == ERR_OK; i++) {
        struct str path = STR_INIT;
        int64_t papers = 0;

        str_add(&path, "feeds/");
        site_slug(&path, queries[i].name);
        result = export_feed(job, &queries[i], path.ptr, &papers, err);
        feeds_row(&w, &queries[i], path.ptr, papers);
        str_free(&path);
    }
    jsonw_end(&w);
    if (result == ERR_OK)
        result = export_put(job, &w, "feeds.json", (int64_t)count, 0, err);
    str_free(&body);
    arena_free(arena);
    return result;
}
