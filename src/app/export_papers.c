/*
 * A website's papers: months for whoever reads the JSON, small blocks for pages, and the search
 * index of both.
 *
 * Months are gathered into *segments* of up to SEGMENT_PAPERS papers, oldest first, so that new
 * papers change the last segment alone. In a segment papers are numbered from the oldest on; a
 * posting of the index names a number, a page finds it in block NUMBER / BLOCK_PAPERS, and a reader
 * of the JSON in the month it belongs to (whose papers stand in the other order).
 *
 * Each paper is read once for all that is written of it.
 */
#include "export_indexer.h"
#include "export_internal.h"

#include "carrel/credit.h"
#include "carrel/site_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEGMENT_PAPERS 50000
#define BLOCK_PAPERS 16

struct month {
    size_t from, to; /* of the job's items */
    char name[16];
    uint64_t fingerprint;
};
struct segment {
    size_t number;     /* from 0, the oldest */
    size_t first, end; /* of the months, which are newest first: [first, end) */
    int64_t papers;
    uint64_t fingerprint;
};

struct papers {
    struct export_job *job;
    struct month *months;
    size_t month_count, month_cap;
    struct segment *segments;
    size_t segment_count, segment_cap;
    /* of the segment that is written */
    struct indexer *index; /* NULL: it stands already */
    const struct segment *segment;
    int64_t number;
    struct str block;
    struct jsonw shards; /* the segment's directory */
    /* of the month */
    struct str json;
    size_t *ends; /* of each record in `json` */
    size_t ends_len, ends_cap;
    struct error *err;
};

/* ---- what there is ---- */

static void papers_months(struct papers *p)
{
    const struct export_job *job = p->job;
    size_t i;

    for (i = 0; i < job->len; i++) {
        struct month month = { .from = i, .fingerprint = EXPORT_SHAPE };

        export_month(month.name, job->items[i].day);
        if (i == 0 || strcmp(month.name, p->months[p->month_count - 1].name) != 0)
            VEC_PUSH(p->months, p->month_count, p->month_cap, month);
        p->months[p->month_count - 1].to = i + 1;
        p->months[p->month_count - 1].fingerprint =
            hash64(&job->items[i].fingerprint, sizeof job->items[i].fingerprint,
                   p->months[p->month_count - 1].fingerprint);
    }
}

static int64_t month_papers(const struct month *month)
{
    return (int64_t)(month->to - month->from);
}

static void papers_segments(struct papers *p)
{
    struct segment *last = NULL;
    size_t i;

    for (i = p->month_count; i-- > 0;) {
        int64_t more = month_papers(&p->months[i]);

        if (!last || last->papers + more > SEGMENT_PAPERS) {
            struct segment segment = { .number = p->segment_count,
                                       .end = i + 1,
                                       .fingerprint = EXPORT_SHAPE };

            VEC_PUSH(p->segments, p->segment_count, p->segment_cap, segment);
            last = &p->segments[p->segment_count - 1];
        }
        last->first = i;
        last->papers += more;
        last->fingerprint =
            hash64(&p->months[i].fingerprint, sizeof p->months[i].fingerprint, last->fingerprint);
    }
}

/* ---- a segment ---- */

/* A file that pages get as a script and others as it is. */
static int papers_put(struct papers *p, const char *path, const struct str *json, int64_t count,
                      uint64_t fingerprint, struct error *err)
{
    return p->job->pages ? export_script(p->job, path, json, count, fingerprint, err)
                         : site_put(p->job->site, path, json, count, fingerprint, err);
}

static int block_close(struct papers *p, struct error *err)
{
    int64_t first = (p->number - 1) / BLOCK_PAPERS;
    char path[64];
    int result;

    if (p->block.len == 0)
        return ERR_OK;
    snprintf(path, sizeof path, "papers/%zu/%lld.json", p->segment->number, (long long)first);
    str_add(&p->block, "\n]}\n");
    result = export_script(p->job, path, &p->block, p->number - first * BLOCK_PAPERS,
                           p->segment->fingerprint, err);
    str_clear(&p->block);
    return result;
}

/* A text as it is shown, where that is another. */
static void shown_text(struct papers *p, struct jsonw *w, const char *key, char *text, bool *any)
{
    char *plain = export_plain(p->job->arena, text);

    if (plain != text)
        jsonw_key_string(w, key, plain);
    *any |= plain != text;
}

static bool block_shown(struct papers *p, struct str *out, const struct record *record)
{
    struct jsonw w;
    bool any = false, other = false;
    size_t i;

    jsonw_start(&w, out);
    jsonw_object(&w);
    shown_text(p, &w, "title", record->title, &any);
    shown_text(p, &w, "abstract", record->abstract, &any);
    for (i = 0; i < record->authors.len && !other; i++)
        other = export_plain(p->job->arena, record->authors.items[i]) != record->authors.items[i];
    if (other) {
        jsonw_key(&w, "authors");
        jsonw_array(&w);
        for (i = 0; i < record->authors.len; i++)
            jsonw_string(&w, export_plain(p->job->arena, record->authors.items[i]));
        jsonw_end(&w);
    }
    jsonw_end(&w);
    return any || other;
}

/* A paper as in its month, and as "shown" what of it is TeX, readable. */
static int block_add(struct papers *p, const struct record *record, const char *json, size_t len,
                     struct error *err)
{
    struct str shown = STR_INIT;
    bool begins = p->block.len == 0;

    if (begins)
        str_add(&p->block, "{\"version\":1,\"papers\":[");
    if (block_shown(p, &shown, record)) {
        shard_add(&p->block, json, len - 1, begins); /* less its brace */
        str_printf(&p->block, ",\"shown\":%s}", shown.ptr);
    } else {
        shard_add(&p->block, json, len, begins);
    }
    str_free(&shown);
    p->number++;
    return p->number % BLOCK_PAPERS == 0 ? block_close(p, err) : ERR_OK;
}

static int month_write(struct papers *p, const struct month *month, const char *path,
                       struct error *err)
{
    struct str body = STR_INIT;
    size_t i;
    int result;

    shard_begin(&body, month->name);
    for (i = p->ends_len; i-- > 0;) {
        size_t start = i > 0 ? p->ends[i - 1] : 0;

        shard_add(&body, p->json.ptr + start, p->ends[i] - start, i + 1 == p->ends_len);
    }
    shard_end(&body);
    result = site_put(p->job->site, path, &body, month_papers(month), month->fingerprint, err);
    str_free(&body);
    return result;
}

static int month_read(struct papers *p, const struct month *month, struct error *err)
{
    size_t i, start;
    int result = ERR_OK;

    str_clear(&p->json);
    p->ends_len = 0;
    for (i = month->to; i-- > month->from && result == ERR_OK;) {
        struct record record;

        result = export_record(p->job, p->job->items[i].id, &record, err);
        if (result != ERR_OK)
            break;
        start = p->json.len;
        record_publish(&p->json, &record);
        VEC_PUSH(p->ends, p->ends_len, p->ends_cap, p->json.len);
        if (p->index)
            indexer_add(p->index, &record);
        if (p->index && p->job->pages)
            result = block_add(p, &record, p->json.ptr + start, p->json.len - start, err);
    }
    return result;
}

static int papers_month(struct papers *p, const struct month *month, struct error *err)
{
    char path[64];
    bool stands;
    int result = ERR_OK;

    snprintf(path, sizeof path, "papers/%s.json", month->name);
    stands = site_reuse(p->job->site, path, month->fingerprint);
    if (!stands || p->index)
        result = month_read(p, month, err);
    else
        p->job->done += month_papers(month);
    if (!stands && result == ERR_OK)
        result = month_write(p, month, path, err);
    return result;
}

static int papers_shard(void *ctx, const struct site_shard *shard)
{
    struct papers *p = ctx;
    char path[80];

    snprintf(path, sizeof path, "search/%zu/%s.json", p->segment->number, shard->name);
    jsonw_array(&p->shards);
    jsonw_string(&p->shards, shard->first);
    jsonw_string(&p->shards, shard->name);
    jsonw_end(&p->shards);
    return papers_put(p, path, shard->json, (int64_t)shard->terms, p->segment->fingerprint, p->err);
}

static int segment_index(struct papers *p, struct error *err)
{
    struct str body = STR_INIT;
    char path[64];
    int result = block_close(p, err);

    snprintf(path, sizeof path, "search/%zu/shards.json", p->segment->number);
    export_open(&p->shards, &body);
    jsonw_key(&p->shards, "shards");
    jsonw_array(&p->shards);
    p->err = err;
    if (result == ERR_OK)
        result = site_index_shards(indexer_end(p->index), papers_shard, p);
    jsonw_end(&p->shards);
    jsonw_end(&p->shards);
    str_add_char(&body, '\n');
    if (result == ERR_OK)
        result = papers_put(p, path, &body, p->segment->papers, p->segment->fingerprint, err);
    str_free(&body);
    return result;
}

static bool segment_stands(struct papers *p, const struct segment *segment)
{
    char search[64], blocks[64];
    bool pages = p->job->pages;

    snprintf(search, sizeof search, "%ssearch/%zu/", pages ? "data/" : "", segment->number);
    snprintf(blocks, sizeof blocks, "data/papers/%zu/", segment->number);
    return site_reuse_below(p->job->site, search, segment->fingerprint)
           && (!pages || site_reuse_below(p->job->site, blocks, segment->fingerprint));
}

static int papers_segment(struct papers *p, const struct segment *segment, struct error *err)
{
    struct arena *arena = p->job->arena;
    size_t i;
    int result = ERR_OK;

    p->segment = segment;
    p->number = 0;
    p->index = segment_stands(p, segment) ? NULL : indexer_new();
    p->job->indexer = p->index;
    if (p->index)
        p->job->arena = indexer_begin(p->index);
    for (i = segment->end; i-- > segment->first && result == ERR_OK;)
        result = papers_month(p, &p->months[i], err);
    if (p->index && result == ERR_OK)
        result = segment_index(p, err);
    p->job->indexer = NULL;
    p->job->arena = arena;
    indexer_free(p->index);
    return result;
}

/* ---- the directory of segments ---- */

static void directory_segment(struct jsonw *w, const struct papers *p,
                              const struct segment *segment)
{
    size_t i;

    jsonw_object(w);
    jsonw_key_int(w, "papers", segment->papers);
    jsonw_key(w, "months");
    jsonw_array(w);
    for (i = segment->end; i-- > segment->first;) {
        jsonw_array(w);
        jsonw_string(w, p->months[i].name);
        jsonw_int(w, month_papers(&p->months[i]));
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_end(w);
}

static int papers_directory(struct papers *p, struct error *err)
{
    struct text_list credits = { 0 };
    struct str body = STR_INIT;
    struct jsonw w;
    size_t i;
    int result;

    export_open(&w, &body);
    jsonw_key_int(&w, "papers", (int64_t)p->job->len);
    jsonw_key_int(&w, "block", BLOCK_PAPERS);
    credits_from_bits(&credits, p->job->arena, p->job->credits);
    credits_to_json(&w, &credits);
    jsonw_key(&w, "stop");
    jsonw_array(&w);
    for (i = 0; site_stop_word(i); i++)
        jsonw_string(&w, site_stop_word(i));
    jsonw_end(&w);
    jsonw_key(&w, "segments");
    jsonw_array(&w);
    for (i = 0; i < p->segment_count; i++)
        directory_segment(&w, p, &p->segments[i]);
    jsonw_end(&w);
    result = export_put(p->job, &w, "search/index.json", (int64_t)p->segment_count, 0, err);
    str_free(&body);
    return result;
}

int export_papers(struct export_job *job, struct error *err)
{
    struct papers p = { .job = job, .block = STR_INIT, .json = STR_INIT };
    size_t i;
    int result = ERR_OK;

    papers_months(&p);
    papers_segments(&p);
    for (i = 0; i < p.segment_count && result == ERR_OK; i++)
        result = papers_segment(&p, &p.segments[i], err);
    if (result == ERR_OK)
        result = papers_directory(&p, err);
    free(p.months);
    free(p.segments);
    free(p.ends);
    str_free(&p.block);
    str_free(&p.json);
    return result;
}
