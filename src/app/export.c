/*
 * Export: which works, in which order, into which writer.
 *
 * The list of works (newest first, then by key) is read once; a website's month is a run of that
 * list, and its fingerprint covers everything that decides its bytes: the works' keys, when their
 * records changed, and their tags. So an unchanged month costs no more than its share of that one
 * list.
 */
#include "carrel/export.h"
#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/hash.h"
#include "carrel/jsonw.h"
#include "carrel/publish.h"
#include "carrel/search.h"
#include "carrel/sha256.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT_SHAPE 1 /* raise when the bytes of a shard change for the same records */
#define FEED_IDS 200   /* newest papers listed in a feed's file */

struct export_item {
    int64_t id;
    int32_t day;
    int64_t changed;
    uint64_t fingerprint;
};

struct export_job {
    struct store *store;
    const struct export_options *options;
    struct export_item *items;
    size_t len, cap;
    struct hashmap *wanted; /* ids the query found; NULL: all */
    struct arena *arena;
    int64_t done;
    unsigned credits; /* of all that is written */
};

bool export_format_from(const char *name, enum export_format *format)
{
    static const struct {
        const char *name;
        enum export_format format;
    } names[] = { { "json", EXPORT_JSON },
                  { "site", EXPORT_JSON },
                  { "jsonl", EXPORT_JSONL },
                  { "atom", EXPORT_ATOM } };
    size_t i;

    for (i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(names[i].name, name) == 0) {
            *format = names[i].format;
            return true;
        }
    }
    return false;
}

static int export_want(void *ctx, int64_t id)
{
    struct export_job *job = ctx;

    hashmap_put(job->wanted, (const char *)&id, sizeof id, NULL);
    return 0;
}

static int export_take(void *ctx, const struct publish_key *key)
{
    struct export_job *job = ctx;
    struct export_item item = { .id = key->id, .day = key->day, .changed = key->changed };

    if (job->wanted && !hashmap_get(job->wanted, (const char *)&key->id, sizeof key->id))
        return 0;
    item.fingerprint = hash64(key->key, strlen(key->key), (uint64_t)key->changed ^ key->state_hash);
    VEC_PUSH(job->items, job->len, job->cap, item);
    job->credits |= key->credits;
    return 0;
}

static int export_list(struct export_job *job, struct error *err)
{
    int result = ERR_OK;

    if (job->options->query && !str_blank(job->options->query)) {
        job->wanted = hashmap_new();
        result = search_each(job->store, job->options->query, export_want, job, err);
    }
    if (result == ERR_OK)
        result = publish_each(job->store, export_take, job, err);
    return result;
}

/* Reads the next record; keeps the arena small and the caller informed. */
static int export_record(struct export_job *job, int64_t id, struct record *record,
                         struct error *err)
{
    if (job->done++ % 256 == 0) {
        arena_reset(job->arena);
        if (job->options->progress
            && job->options->progress(job->options->ctx, job->done, (int64_t)job->len))
            return error_set(err, ERR_CANCELLED,
                             "export stopped; nothing that stood there was changed for "
                             "the worse: run it again");
    }
    return publish_record(job->store, job->arena, id, record, err);
}

static void export_month(char out[16], int32_t day)
{
    if (day == 0) {
        strcpy(out, "undated");
        return;
    }
    date_format(out, day);
    out[7] = '\0';
}

static int export_shard(struct export_job *job, struct site *site, size_t from, size_t to,
                        const char *month, struct error *err)
{
    uint64_t fingerprint = EXPORT_SHAPE;
    struct str body = STR_INIT;
    char path[64];
    size_t i;
    int result = ERR_OK;

    for (i = from; i < to; i++)
        fingerprint = hash64(&job->items[i].fingerprint, sizeof fingerprint, fingerprint);
    snprintf(path, sizeof path, "papers/%s.json", month);
    if (site_reuse(site, path, fingerprint)) {
        job->done += (int64_t)(to - from);
        return ERR_OK;
    }
    shard_begin(&body, month);
    for (i = from; i < to && result == ERR_OK; i++) {
        struct record record;

        result = export_record(job, job->items[i].id, &record, err);
        if (result == ERR_OK)
            shard_add(&body, &record, i == from);
    }
    shard_end(&body);
    if (result == ERR_OK)
        result = site_put(site, path, &body, (int64_t)(to - from), fingerprint, err);
    str_free(&body);
    return result;
}

static int export_shards(struct export_job *job, struct site *site, struct error *err)
{
    size_t from = 0, to;
    int result = ERR_OK;

    while (from < job->len && result == ERR_OK) {
        char month[16], other[16];

        export_month(month, job->items[from].day);
        for (to = from + 1; to < job->len; to++) {
            export_month(other, job->items[to].day);
            if (strcmp(month, other) != 0)
                break;
        }
        result = export_shard(job, site, from, to, month, err);
        from = to;
    }
    return result;
}

/* ---- the small files of a website ---- */

struct export_counts {
    struct jsonw *w;
    const char *name_key;
    int64_t rows;
};

static int export_count(void *ctx, const struct publish_count *count)
{
    struct export_counts *counts = ctx;

    jsonw_object(counts->w);
    jsonw_key_string(counts->w, counts->name_key, count->name);
    jsonw_key_int(counts->w, "count", count->count);
    jsonw_end(counts->w);
    counts->rows++;
    return 0;
}

static int export_counts(struct export_job *job, struct jsonw *w, const char *list,
                         const char *what, const char *name_key, int64_t *rows, struct error *err)
{
    struct export_counts counts = { .w = w, .name_key = name_key };
    int result;

    jsonw_key(w, list);
    jsonw_array(w);
    result = publish_counts(job->store, what, export_count, &counts, err);
    jsonw_end(w);
    if (rows)
        *rows = counts.rows;
    return result;
}

static void export_open(struct jsonw *w, struct str *body)
{
    str_clear(body);
    jsonw_start(w, body);
    jsonw_object(w);
    jsonw_key_int(w, "version", 1);
}

static int export_put(struct site *site, struct jsonw *w, const char *path, int64_t count,
                      struct error *err)
{
    jsonw_end(w);
    str_add_char(w->out, '\n');
    return site_put(site, path, w->out, count, 0, err);
}

static int export_stats(struct export_job *job, struct site *site, struct str *body,
                        struct error *err)
{
    struct publish_totals totals;
    struct jsonw w;
    char day[16];
    int result = publish_totals(job->store, &totals, err);

    if (result != ERR_OK)
        return result;
    export_open(&w, body);
    jsonw_key_int(&w, "papers", (int64_t)job->len);
    jsonw_key_int(&w, "library_papers", totals.works);
    jsonw_key_int(&w, "with_code", totals.with_code);
    jsonw_key_int(&w, "authors", totals.authors);
    date_format(day, totals.first_day);
    jsonw_key_string(&w, "first_published", *day ? day : NULL);
    date_format(day, totals.last_day);
    jsonw_key_string(&w, "last_published", *day ? day : NULL);
    result = export_counts(job, &w, "years", "year", "year", NULL, err);
    if (result == ERR_OK)
        result = export_counts(job, &w, "months", "month", "month", NULL, err);
    if (result == ERR_OK)
        result = export_put(site, &w, "stats.json", 1, err);
    return result;
}

static int export_categories(struct export_job *job, struct site *site, struct str *body,
                             struct error *err)
{
    struct jsonw w;
    int64_t rows = 0;
    int result;

    export_open(&w, body);
    result = export_counts(job, &w, "categories", "category", "code", &rows, err);
    if (result == ERR_OK)
        result = export_put(site, &w, "categories.json", rows, err);
    return result;
}

struct export_feed {
    struct export_job *job;
    struct jsonw *w;
    int64_t count, listed;
    struct error *err;
};

static int export_feed_paper(void *ctx, int64_t id)
{
    struct export_feed *feed = ctx;
    struct record record;
    int result;

    if (feed->job->wanted && !hashmap_get(feed->job->wanted, (const char *)&id, sizeof id))
        return 0;
    feed->count++;
    if (feed->listed >= FEED_IDS)
        return 0;
    result = publish_record(feed->job->store, feed->job->arena, id, &record, feed->err);
    if (result != ERR_OK)
        return result;
    feed->listed++;
    jsonw_object(feed->w);
    jsonw_key_string(feed->w, "id", record.id);
    jsonw_key_string(feed->w, "title", record.title);
    jsonw_key_string(feed->w, "published", record.published);
    jsonw_end(feed->w);
    return 0;
}

static int export_feed(struct export_job *job, struct site *site, const struct saved_query *query,
                       const char *path, int64_t *count, struct error *err)
{
    struct str body = STR_INIT;
    struct jsonw w;
    struct export_feed feed = { .job = job, .w = &w, .err = err };
    int result;

    export_open(&w, &body);
    jsonw_key_string(&w, "name", query->name);
    jsonw_key_string(&w, "query", query->query);
    jsonw_key(&w, "papers");
    jsonw_array(&w);
    result = search_each(job->store, query->query, export_feed_paper, &feed, err);
    jsonw_end(&w);
    jsonw_key_int(&w, "count", feed.count);
    if (result == ERR_OK)
        result = export_put(site, &w, path, feed.count, err);
    *count = feed.count;
    str_free(&body);
    return result;
}

static int export_feeds(struct export_job *job, struct site *site, struct str *body,
                        struct error *err)
{
    struct arena *arena = arena_new();
    struct saved_query *queries;
    struct jsonw w;
    size_t count = 0, i;
    int result = queries_list(job->store, arena, &queries, &count, err);

    export_open(&w, body);
    jsonw_key(&w, "feeds");
    jsonw_array(&w);
    for (i = 0; i < count && result == ERR_OK; i++) {
        struct str path = STR_INIT;
        int64_t papers = 0;

        str_add(&path, "feeds/");
        site_slug(&path, queries[i].name);
        str_add(&path, ".json");
        result = export_feed(job, site, &queries[i], path.ptr, &papers, err);
        jsonw_object(&w);
        jsonw_key_string(&w, "name", queries[i].name);
        jsonw_key_string(&w, "query", queries[i].query);
        jsonw_key_string(&w, "path", path.ptr);
        jsonw_key_int(&w, "count", papers);
        jsonw_end(&w);
        str_free(&path);
    }
    jsonw_end(&w);
    if (result == ERR_OK)
        result = export_put(site, &w, "feeds.json", (int64_t)count, err);
    arena_free(arena);
    return result;
}

static int export_site(struct export_job *job, struct site_report *report, struct error *err)
{
    struct str body = STR_INIT;
    struct site *site = NULL;
    int result;

    if (!job->options->output || strcmp(job->options->output, "-") == 0)
        return error_set(err, ERR_USAGE, "a website is a folder: say where it goes with -o FOLDER");
    result = site_open(&site, job->options->output, err);
    if (result == ERR_OK)
        result = export_shards(job, site, err);
    if (result == ERR_OK)
        result = export_categories(job, site, &body, err);
    if (result == ERR_OK)
        result = export_stats(job, site, &body, err);
    if (result == ERR_OK)
        result = export_feeds(job, site, &body, err);
    if (result == ERR_OK)
        site_set_credits(site, job->credits);
    if (result == ERR_OK)
        result = site_finish(site, report, err);
    site_free(site);
    str_free(&body);
    return result;
}

/* ---- one file ---- */

/* Where bytes go: standard output as they come, or a temporary file that is renamed at the end. */
struct export_sink {
    int fd;
    char *path, *temporary;
};

static int export_sink_open(struct export_sink *sink, const char *output, struct error *err)
{
    sink->fd = STDOUT_FILENO;
    if (!output || strcmp(output, "-") == 0)
        return ERR_OK;
    sink->path = mem_strdup(output);
    sink->temporary = mem_printf("%s.%ld.tmp", output, (long)getpid());
    sink->fd = open(sink->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (sink->fd < 0)
        return error_errno(err, "cannot write %s", output);
    return ERR_OK;
}

static int export_sink_write(struct export_sink *sink, struct str *bytes, size_t at_least,
                             struct error *err)
{
    int result = ERR_OK;

    if (bytes->len >= at_least) {
        result = fd_write_all(sink->fd, bytes->ptr, bytes->len, err);
        str_clear(bytes);
    }
    return result;
}

static int export_sink_close(struct export_sink *sink, int result, struct error *err)
{
    if (!sink->path)
        return result;
    if (sink->fd >= 0) {
        if (result == ERR_OK && fsync(sink->fd) != 0)
            result = error_errno(err, "cannot write %s", sink->path);
        close(sink->fd);
        if (result == ERR_OK && rename(sink->temporary, sink->path) != 0)
            result = error_errno(err, "cannot write %s", sink->path);
        if (result != ERR_OK)
            unlink(sink->temporary);
    }
    free(sink->path);
    free(sink->temporary);
    return result;
}

static int export_lines(struct export_job *job, struct export_sink *sink, struct str *body,
                        struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < job->len && result == ERR_OK; i++) {
        struct record record;

        result = export_record(job, job->items[i].id, &record, err);
        if (result != ERR_OK)
            break;
        record_to_json(body, &record);
        str_add_char(body, '\n');
        result = export_sink_write(sink, body, 65536, err);
    }
    return result;
}

static int export_atom(struct export_job *job, struct str *body, struct error *err)
{
    const char *query = job->options->query ? job->options->query : "";
    size_t limit = job->options->limit > 0 ? (size_t)job->options->limit : 100;
    int64_t newest = 0;
    char updated[32], hash[65];
    struct str id = STR_INIT, title = STR_INIT;
    size_t i;
    int result = ERR_OK;

    if (limit > job->len)
        limit = job->len;
    for (i = 0; i < limit; i++)
        if (job->items[i].changed > newest)
            newest = job->items[i].changed;
    time_format(updated, newest);
    sha256_hex(hash, query, strlen(query));
    str_printf(&id, "urn:carrel:feed:%.16s", hash);
    str_add(&title, "carrel");
    if (*query)
        str_printf(&title, ": %s", query);
    atom_begin(body, title.ptr, id.ptr, updated);
    atom_credits(body, job->credits);
    for (i = 0; i < limit && result == ERR_OK; i++) {
        struct record record;

        result = export_record(job, job->items[i].id, &record, err);
        time_format(updated, job->items[i].changed);
        if (result == ERR_OK)
            atom_entry(body, &record, updated);
    }
    atom_end(body);
    str_free(&id);
    str_free(&title);
    return result;
}

static int export_file(struct export_job *job, struct site_report *report, struct error *err)
{
    struct export_sink sink = { .fd = -1 };
    struct str body = STR_INIT;
    int result = export_sink_open(&sink, job->options->output, err);

    if (result == ERR_OK)
        result = job->options->format == EXPORT_ATOM ? export_atom(job, &body, err)
                                                     : export_lines(job, &sink, &body, err);
    if (result == ERR_OK)
        result = export_sink_write(&sink, &body, 1, err);
    result = export_sink_close(&sink, result, err);
    if (report)
        *report = (struct site_report){ .files = 1,
                                        .papers = job->done,
                                        .left_out = (int64_t)job->len - job->done };
    str_free(&body);
    return result;
}

int export_run(struct store *store, const struct export_options *options,
               struct site_report *report, struct error *err)
{
    struct export_job job = { .store = store, .options = options, .arena = arena_new() };
    int result = export_list(&job, err);

    if (result == ERR_OK)
        result = options->format == EXPORT_JSON ? export_site(&job, report, err)
                                                : export_file(&job, report, err);
    hashmap_free(job.wanted);
    arena_free(job.arena);
    free(job.items);
    return result;
}
