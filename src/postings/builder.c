/*
 * Works collected in memory: one flat list of (term, work, counts), sorted when it is written.
 *
 * Two stable counting sorts, by work and then by term, bring the list into the file's order; the
 * first is left out when works came in order, which is the usual case.
 */
#include "carrel/hash.h"
#include "carrel/mem.h"

#include "internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATOR '\x1F'

struct item {
    uint32_t term, slot; /* slot: number of the work in `docs` */
    struct posting_counts counts;
};

struct doc {
    int64_t id;
    struct lengths_entry length;
    bool dropped;
};

struct postings_builder {
    struct hashmap *terms; /* stem -> number + 1 */
    struct item *items;
    size_t len, cap;
    struct doc *docs;
    size_t doc_len, doc_cap, dropped;
    struct hashmap *slots; /* id -> slot + 1 */
};

struct postings_builder *postings_builder_new(void)
{
    struct postings_builder *builder = mem_zalloc(sizeof *builder);

    builder->terms = hashmap_new();
    builder->slots = hashmap_new();
    return builder;
}

void postings_builder_free(struct postings_builder *builder)
{
    if (!builder)
        return;
    hashmap_free(builder->terms);
    hashmap_free(builder->slots);
    free(builder->items);
    free(builder->docs);
    free(builder);
}

void postings_builder_clear(struct postings_builder *builder)
{
    hashmap_clear(builder->terms);
    hashmap_clear(builder->slots);
    builder->len = builder->doc_len = builder->dropped = 0;
}

size_t postings_builder_docs(const struct postings_builder *builder)
{
    return builder->doc_len - builder->dropped;
}

size_t postings_builder_size(const struct postings_builder *builder)
{
    return builder->len;
}

void postings_builder_drop(struct postings_builder *builder, int64_t id)
{
    uint64_t *slot = hashmap_get(builder->slots, (const char *)&id, sizeof id);

    if (!slot || *slot == 0)
        return;
    builder->docs[*slot - 1].dropped = true;
    builder->dropped++;
    *slot = 0;
}

bool postings_builder_has(const struct postings_builder *builder, int64_t id)
{
    const uint64_t *slot = hashmap_get(builder->slots, (const char *)&id, sizeof id);

    return slot && *slot != 0;
}

void postings_builder_add(struct postings_builder *builder, int64_t id,
                          const struct lengths_entry *length, const char *stems, size_t stems_len,
                          const struct posting_counts *counts)
{
    struct doc doc = { .id = id, .length = *length };
    const char *at = stems, *end = stems + stems_len, *stop;
    struct item item = { .slot = (uint32_t)builder->doc_len };

    postings_builder_drop(builder, id);
    for (; at < end && (stop = memchr(at, SEPARATOR, (size_t)(end - at))); at = stop + 1) {
        bool added;
        uint64_t *number = hashmap_put(builder->terms, at, (size_t)(stop - at), &added);

        if (added)
            *number = hashmap_count(builder->terms);
        item.term = (uint32_t)*number - 1;
        item.counts = *counts++;
        VEC_PUSH(builder->items, builder->len, builder->cap, item);
    }
    VEC_PUSH(builder->docs, builder->doc_len, builder->doc_cap, doc);
    *hashmap_put(builder->slots, (const char *)&id, sizeof id, NULL) = builder->doc_len;
}

void postings_builder_averages(const struct postings_builder *builder, double averages[3])
{
    double docs = builder->doc_len > 0 ? (double)builder->doc_len : 1;
    size_t i;

    averages[0] = averages[1] = averages[2] = 0;
    for (i = 0; i < builder->doc_len; i++) {
        averages[0] += builder->docs[i].length.title / docs;
        averages[1] += builder->docs[i].length.abstract / docs;
        averages[2] += builder->docs[i].length.authors / docs;
    }
    for (i = 0; i < 3; i++)
        if (averages[i] < 1)
            averages[i] = 1;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

int64_t *postings_builder_ids(const struct postings_builder *builder, size_t *count)
{
    int64_t *ids = mem_alloc((builder->doc_len + 1) * sizeof *ids);
    size_t i;

    *count = 0;
    for (i = 0; i < builder->doc_len; i++)
        if (!builder->docs[i].dropped)
            ids[(*count)++] = builder->docs[i].id;
    if (*count > 1)
        qsort(ids, *count, sizeof *ids, compare_ids);
    return ids;
}

/* ---- writing ---- */

struct ranked_doc {
    int64_t id;
    uint32_t slot;
};

static int compare_docs(const void *a, const void *b)
{
    return compare_ids(&((const struct ranked_doc *)a)->id, &((const struct ranked_doc *)b)->id);
}

/* Slots in order of id; *count of those that live. */
static struct ranked_doc *builder_order(const struct postings_builder *builder, size_t *count)
{
    struct ranked_doc *order = mem_alloc((builder->doc_len + 1) * sizeof *order);
    bool sorted = true;
    size_t i;

    *count = 0;
    for (i = 0; i < builder->doc_len; i++) {
        if (builder->docs[i].dropped)
            continue;
        sorted &= *count == 0 || order[*count - 1].id < builder->docs[i].id;
        order[*count] = (struct ranked_doc){ builder->docs[i].id, (uint32_t)i };
        (*count)++;
    }
    if (!sorted)
        qsort(order, *count, sizeof *order, compare_docs);
    return order;
}

struct sorted {
    struct posting *postings;      /* by term, then by doc */
    size_t *starts;                /* of each term; one more at the end */
    struct lengths_entry *lengths; /* by doc */
    size_t length_count;
};

/* Items of slots in order of id, spread to their terms: the stable sort by both. */
static void builder_sort(const struct postings_builder *builder, const struct ranked_doc *order,
                         size_t docs, struct sorted *out)
{
    size_t terms = hashmap_count(builder->terms), i, k, at = 0;
    size_t *from = mem_zalloc((builder->doc_len + 1) * sizeof *from), *next;

    out->starts = mem_zalloc((terms + 2) * sizeof *out->starts);
    out->postings = mem_alloc((builder->len + 1) * sizeof *out->postings);
    out->length_count = (size_t)(order[docs - 1].id - order[0].id) + 1;
    out->lengths = mem_zalloc(out->length_count * sizeof *out->lengths);
    for (i = 0; i < builder->len; i++) {
        const struct item *item = &builder->items[i];

        if (i == 0 || builder->items[i - 1].slot != item->slot)
            from[item->slot] = i;
        if (!builder->docs[item->slot].dropped)
            out->starts[item->term + 2]++;
    }
    for (i = 2; i < terms + 2; i++)
        out->starts[i] += out->starts[i - 1];
    next = out->starts + 1; /* shifted by one: it ends as the start of the next term */
    for (k = 0; k < docs; k++) {
        uint32_t slot = order[k].slot, doc = (uint32_t)(order[k].id - order[0].id);

        out->lengths[doc] = builder->docs[slot].length;
        for (at = from[slot]; at < builder->len && builder->items[at].slot == slot; at++) {
            const struct item *item = &builder->items[at];

            out->postings[next[item->term]++] =
                (struct posting){ doc, item->counts.abstract, item->counts.title,
                                  item->counts.authors };
        }
    }
    free(from);
}

struct named {
    const char *stem;
    size_t len, number;
};

static int compare_named(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->stem, ((const struct named *)b)->stem);
}

static struct named *builder_names(const struct postings_builder *builder)
{
    size_t count = hashmap_count(builder->terms), at = 0, i;
    struct named *names = mem_alloc((count + 1) * sizeof *names);
    uint64_t *number;

    for (i = 0; hashmap_next(builder->terms, &at, &names[i].stem, &names[i].len, &number); i++)
        names[i].number = i;
    if (count > 1)
        qsort(names, count, sizeof *names, compare_named);
    return names;
}

static int builder_put(const struct postings_builder *builder, const struct sorted *sorted,
                       const char *path, const struct postings_info *info, uint64_t *hash,
                       struct error *err)
{
    struct named *names = builder_names(builder);
    struct postings_writer *writer;
    size_t i;
    int result = postings_writer_new(&writer, path, info, err);

    for (i = 0; i < hashmap_count(builder->terms) && result == ERR_OK; i++) {
        size_t start = sorted->starts[names[i].number], end = sorted->starts[names[i].number + 1];

        if (end > start)
            result =
                postings_writer_term(writer, names[i].stem, names[i].len, sorted->postings + start,
                                     end - start, sorted->lengths, sorted->length_count, err);
    }
    if (result == ERR_OK)
        result = postings_writer_finish(writer, hash, err);
    postings_writer_free(writer);
    free(names);
    return result;
}

int postings_builder_write(struct postings_builder *builder, const char *path,
                           struct postings_info *info, uint64_t *hash, struct error *err)
{
    size_t docs;
    struct ranked_doc *order = builder_order(builder, &docs);
    struct sorted sorted = { 0 };
    int result;

    if (docs == 0 || order[docs - 1].id - order[0].id >= (int64_t)UINT32_MAX - 1) {
        free(order);
        return error_set(err, ERR_LIMIT, "no works to write, or ids too far apart");
    }
    info->first_id = order[0].id;
    info->last_id = order[docs - 1].id;
    info->docs = (int64_t)docs;
    builder_sort(builder, order, docs, &sorted);
    result = builder_put(builder, &sorted, path, info, hash, err);
    free(sorted.postings);
    free(sorted.starts);
    free(sorted.lengths);
    free(order);
    return result;
}
