/*
 * Several segments into one: their dictionaries walked side by side, each term's postings decoded,
 * put together and encoded anew.
 */
#include "carrel/mem.h"

#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct source {
    const struct postings_source *given;
    struct postings_walk walk;
    struct postings_term term;
    bool more;
    int64_t shift;  /* from its doc numbers to those of the merged segment */
    uint64_t *dead; /* bits by its own doc numbers, or NULL */
};

struct merge {
    struct source *sources;
    size_t count;
    struct posting *items;
    size_t len, cap;
};

static uint64_t *dead_bits(const struct postings_source *given)
{
    const struct postings_info *info = postings_info(given->postings);
    size_t words = (size_t)(info->last_id - info->first_id) / 64 + 1, i;
    uint64_t *bits;

    if (given->dead_count == 0)
        return NULL;
    bits = mem_zalloc(words * sizeof *bits);
    for (i = 0; i < given->dead_count; i++) {
        int64_t doc = given->dead[i] - info->first_id;

        if (doc >= 0 && given->dead[i] <= info->last_id)
            bits[doc / 64] |= 1ull << (doc % 64);
    }
    return bits;
}

static void merge_start(struct merge *merge, const struct postings_source *given, size_t count,
                        struct postings_info *info)
{
    size_t i;

    merge->sources = mem_zalloc(count * sizeof *merge->sources);
    merge->count = count;
    info->first_id = INT64_MAX;
    info->last_id = INT64_MIN;
    info->docs = 0;
    for (i = 0; i < count; i++) {
        const struct postings_info *own = postings_info(given[i].postings);

        info->first_id = own->first_id < info->first_id ? own->first_id : info->first_id;
        info->last_id = own->last_id > info->last_id ? own->last_id : info->last_id;
        info->docs += own->docs - (int64_t)given[i].dead_count;
    }
    for (i = 0; i < count; i++) {
        struct source *source = &merge->sources[i];

        source->given = &given[i];
        source->shift = postings_info(given[i].postings)->first_id - info->first_id;
        source->dead = dead_bits(&given[i]);
        postings_walk_start(&source->walk, given[i].postings);
        source->more = postings_walk_next(&source->walk, &source->term);
    }
}

static void merge_free(struct merge *merge)
{
    size_t i;

    for (i = 0; i < merge->count; i++)
        free(merge->sources[i].dead);
    free(merge->sources);
    free(merge->items);
}

static int source_take(struct merge *merge, struct source *source, struct error *err)
{
    const struct postings_info *info = postings_info(source->given->postings);
    uint32_t span = (uint32_t)(info->last_id - info->first_id), b, i;
    struct postings_block block;

    for (b = 0; b < source->term.blocks; b++) {
        if (!postings_docs(&source->term, b, &block))
            return error_set(err, ERR_CORRUPT, "a segment is damaged at '%s'", source->walk.stem);
        postings_counts(&block);
        for (i = 0; i < block.count; i++) {
            uint32_t doc = block.docs[i];

            if (doc > span)
                return error_set(err, ERR_CORRUPT, "a segment is damaged at '%s'",
                                 source->walk.stem);
            if (source->dead && (source->dead[doc / 64] >> (doc % 64) & 1))
                continue;
            VEC_PUSH(merge->items, merge->len, merge->cap,
                     ((struct posting){ (uint32_t)(doc + source->shift), block.abstract[i],
                                        (uint8_t)block.title[i], (uint8_t)block.authors[i] }));
        }
    }
    return ERR_OK;
}

static int compare_postings(const void *a, const void *b)
{
    uint32_t x = ((const struct posting *)a)->doc, y = ((const struct posting *)b)->doc;

    return (x > y) - (x < y);
}

static int source_order(const struct source *a, const struct source *b)
{
    int order =
        memcmp(a->walk.stem, b->walk.stem, a->walk.len < b->walk.len ? a->walk.len : b->walk.len);

    return order ? order : (a->walk.len > b->walk.len) - (a->walk.len < b->walk.len);
}

/* Gathers the least stem's postings from all sources that have it, and moves those on. */
static int merge_term(struct merge *merge, char *stem, size_t *len, struct error *err)
{
    struct source *least = NULL;
    bool sorted = true;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < merge->count; i++)
        if (merge->sources[i].more && (!least || source_order(&merge->sources[i], least) < 0))
            least = &merge->sources[i];
    if (!least)
        return ERR_NOTFOUND;
    *len = least->walk.len;
    memcpy(stem, least->walk.stem, *len + 1);
    merge->len = 0;
    for (i = 0; i < merge->count && result == ERR_OK; i++) {
        struct source *source = &merge->sources[i];
        size_t before = merge->len;

        if (!source->more || source->walk.len != *len || memcmp(source->walk.stem, stem, *len) != 0)
            continue;
        result = source_take(merge, source, err);
        if (before > 0 && before < merge->len
            && merge->items[before].doc <= merge->items[before - 1].doc)
            sorted = false;
        source->more = postings_walk_next(&source->walk, &source->term);
    }
    if (!sorted && merge->len > 1)
        qsort(merge->items, merge->len, sizeof *merge->items, compare_postings);
    return result;
}

static int merge_all(struct merge *merge, struct postings_writer *writer,
                     const struct lengths_entry *lengths, size_t length_count,
                     bool (*stop)(void *ctx), void *stop_ctx, struct error *err)
{
    char stem[256];
    size_t len, terms = 0, written = 0;
    int result;

    while ((result = merge_term(merge, stem, &len, err)) == ERR_OK) {
        if (merge->len > 0) {
            result = postings_writer_term(writer, stem, len, merge->items, merge->len, lengths,
                                          length_count, err);
            written++;
        }
        if (result != ERR_OK)
            return result;
        if (++terms % 1024 == 0 && stop && stop(stop_ctx))
            return error_set(err, ERR_CANCELLED, "merging segments: stopped");
    }
    if (result == ERR_NOTFOUND)
        result = written > 0 ? ERR_OK : error_set(err, ERR_NOTFOUND, "nothing is left of it");
    return result;
}

int postings_merge(const struct postings_source *sources, size_t count, const char *path,
                   struct postings_info *info, const struct lengths_entry *lengths,
                   size_t length_count, bool (*stop)(void *ctx), void *stop_ctx, uint64_t *hash,
                   struct error *err)
{
    struct merge merge = { 0 };
    struct postings_writer *writer = NULL;
    size_t skip;
    int result;

    merge_start(&merge, sources, count, info);
    if (info->last_id - info->first_id >= (int64_t)UINT32_MAX - 1) {
        merge_free(&merge);
        return error_set(err, ERR_LIMIT, "segments whose ids lie too far apart");
    }
    skip = (size_t)info->first_id < length_count ? (size_t)info->first_id : length_count;
    result = postings_writer_new(&writer, path, info, err);
    if (result == ERR_OK)
        result =
            merge_all(&merge, writer, lengths + skip, length_count - skip, stop, stop_ctx, err);
    if (result == ERR_OK)
        result = postings_writer_finish(writer, hash, err);
    postings_writer_free(writer);
    merge_free(&merge);
    return result;
}
