/*
 * Which ids of events were there. They are random, and looking each up among all of the window
 * would read, and adding it would write, a page of the table anywhere. So they lie in buckets of so
 * many ids: what is added goes into the last one, some thousand ids at once (events_pending.c);
 * until then they are remembered here. Each bucket has a Bloom filter here (12 bits an id, six
 * probes: one id in 300 is looked up in vain), so that the old ones are read only for ids that very
 * likely are in them. The tables decide.
 */
#include "events_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define FILTER_BITS (EVENT_BUCKET * 12u)
#define FILTER_PROBES 6

struct bucket {
    int64_t id, count;
    uint64_t *filter;
};

struct events_seen {
    struct bucket *buckets; /* oldest first */
    size_t len, cap;
    struct hashmap *fresh; /* ids that are in no bucket yet */
    int64_t fresh_row;     /* the last of their rows that was read */
    uint64_t seed;         /* so that nobody can choose ids that are hard to tell apart */
};

struct events_seen *seen_new(void)
{
    struct events_seen *seen = mem_zalloc(sizeof *seen);

    if (getrandom(&seen->seed, sizeof seen->seed, 0) != (ssize_t)sizeof seen->seed)
        seen->seed = (uint64_t)(uintptr_t)seen;
    seen->fresh = hashmap_new();
    return seen;
}

static void fresh_forget(struct events_seen *seen)
{
    hashmap_clear(seen->fresh);
    seen->fresh_row = 0;
}

void seen_forget(struct events_seen *seen)
{
    fresh_forget(seen);
    while (seen->len > 0)
        free(seen->buckets[--seen->len].filter);
}

void seen_free(struct events_seen *seen)
{
    if (!seen)
        return;
    seen_forget(seen);
    hashmap_free(seen->fresh);
    free(seen->buckets);
    free(seen);
}

/* ---- filters ---- */

static uint32_t filter_bit(uint64_t hash, uint32_t probe)
{
    uint32_t a = (uint32_t)hash, b = (uint32_t)(hash >> 32) | 1;

    return (uint32_t)(((uint64_t)(a + probe * b) * FILTER_BITS) >> 32);
}

static void filter_add(uint64_t *filter, uint64_t hash)
{
    uint32_t i;

    for (i = 0; i < FILTER_PROBES; i++) {
        uint32_t bit = filter_bit(hash, i);

        filter[bit / 64] |= UINT64_C(1) << bit % 64;
    }
}

static bool filter_has(const uint64_t *filter, uint64_t hash)
{
    uint32_t i;

    for (i = 0; i < FILTER_PROBES; i++) {
        uint32_t bit = filter_bit(hash, i);

        if (!(filter[bit / 64] >> bit % 64 & 1))
            return false;
    }
    return true;
}

/* ---- buckets ---- */

static struct bucket *bucket_add(struct events_seen *seen, int64_t id)
{
    struct bucket bucket = { .id = id };

    bucket.filter = mem_zalloc((FILTER_BITS + 63) / 64 * sizeof *bucket.filter);
    VEC_PUSH(seen->buckets, seen->len, seen->cap, bucket);
    return &seen->buckets[seen->len - 1];
}

/* `count` is what the table says: of a bucket that is being pruned there are fewer. */
static int bucket_fill(struct events_seen *seen, struct store *store, int64_t id, int64_t count,
                       struct error *err)
{
    struct bucket *bucket = bucket_add(seen, id);
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store, "SELECT key FROM event_key WHERE bucket = ?1", err);

    if (result != ERR_OK)
        return result;
    bucket->count = count;
    stmt_bind_int(stmt, 1, id);
    while ((step = stmt_step(stmt, err)) == 1) {
        size_t len;
        const void *key = stmt_blob(stmt, 0, &len);

        filter_add(bucket->filter, hash64(key, len, seen->seed));
    }
    stmt_reset(stmt);
    return step;
}

/* It has taken all that was fresh and nothing else: its filter knows them already. */
static bool bucket_took_fresh(const struct events_seen *seen, const struct bucket *bucket,
                              int64_t count)
{
    return bucket == &seen->buckets[seen->len - 1]
           && count - bucket->count == (int64_t)hashmap_count(seen->fresh);
}

/* Buckets that are gone are forgotten, those that are new or have more ids than we know are read;
 * what was fresh is in them then. */
static int buckets_refresh(struct events_seen *seen, struct store *store, struct error *err)
{
    struct stmt *stmt;
    size_t known = 0;
    bool filed = false;
    int step;
    int result = stmt_prepare(&stmt, store, "SELECT id, count FROM event_bucket ORDER BY id", err);

    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        int64_t id = stmt_int(stmt, 0), count = stmt_int(stmt, 1);

        while (known < seen->len && seen->buckets[known].id < id) {
            free(seen->buckets[known].filter);
            memmove(&seen->buckets[known], &seen->buckets[known + 1],
                    (--seen->len - known) * sizeof *seen->buckets);
        }
        if (known < seen->len && seen->buckets[known].count == count) {
            known++;
            continue;
        }
        filed = true;
        if (known < seen->len && bucket_took_fresh(seen, &seen->buckets[known], count)) {
            seen->buckets[known++].count = count;
            continue;
        }
        while (seen->len > known) /* from here on anew */
            free(seen->buckets[--seen->len].filter);
        step = bucket_fill(seen, store, id, count, err);
        if (step < 0)
            break;
        known++;
    }
    stmt_reset(stmt);
    if (filed)
        fresh_forget(seen);
    return step;
}

static void fresh_add(struct events_seen *seen, const uint8_t *id)
{
    hashmap_put(seen->fresh, (const char *)id, EVENT_ID_BYTES, NULL);
    if (seen->len > 0)
        filter_add(seen->buckets[seen->len - 1].filter, hash64(id, EVENT_ID_BYTES, seen->seed));
}

static int fresh_refresh(struct events_seen *seen, struct store *store, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT id, keys FROM event_pending WHERE id > ?1 ORDER BY id", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, seen->fresh_row);
    while ((step = stmt_step(stmt, err)) == 1) {
        size_t len, at;
        const uint8_t *keys = stmt_blob(stmt, 1, &len);

        for (at = 0; at + EVENT_ID_BYTES <= len; at += EVENT_ID_BYTES)
            fresh_add(seen, keys + at);
        seen->fresh_row = stmt_int(stmt, 0);
    }
    stmt_reset(stmt);
    return step;
}

int seen_refresh(struct events_seen *seen, struct store *store, struct error *err)
{
    int result = buckets_refresh(seen, store, err);

    return result == ERR_OK ? fresh_refresh(seen, store, err) : result;
}

static int bucket_holds(const struct bucket *bucket, struct store *store, const uint8_t *id,
                        bool *holds, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result =
        stmt_prepare(&stmt, store, "SELECT 1 FROM event_key WHERE bucket = ?1 AND key = ?2", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, bucket->id);
    stmt_bind_blob(stmt, 2, id, EVENT_ID_BYTES);
    step = stmt_step(stmt, err);
    *holds = step == 1;
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

static int bucket_insert(const struct bucket *bucket, struct store *store, const uint8_t *id,
                         struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store, "INSERT INTO event_key(bucket, key) VALUES(?1, ?2)", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, bucket->id);
    stmt_bind_blob(stmt, 2, id, EVENT_ID_BYTES);
    return stmt_run(stmt, err);
}

static int bucket_save(const struct bucket *bucket, struct store *store, int64_t now,
                       struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store, "INSERT OR REPLACE INTO event_bucket(id, count, newest) VALUES(?1, ?2, ?3)",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, bucket->id);
    stmt_bind_int(stmt, 2, bucket->count);
    stmt_bind_int(stmt, 3, now);
    return stmt_run(stmt, err);
}

int seen_put(struct events_seen *seen, struct store *store, const uint8_t *id, bool *known,
             struct error *err)
{
    uint64_t hash = hash64(id, EVENT_ID_BYTES, seen->seed);
    size_t i;
    int result = ERR_OK;

    *known = hashmap_get(seen->fresh, (const char *)id, EVENT_ID_BYTES) != NULL;
    for (i = seen->len; i-- > 0 && !*known && result == ERR_OK;)
        if (filter_has(seen->buckets[i].filter, hash))
            result = bucket_holds(&seen->buckets[i], store, id, known, err);
    if (result == ERR_OK && !*known)
        fresh_add(seen, id);
    return result;
}

/* ---- into buckets ---- */

static int bucket_last(struct bucket *bucket, struct store *store, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT id, count FROM event_bucket ORDER BY id DESC LIMIT 1", err);

    if (result != ERR_OK)
        return result;
    step = stmt_step(stmt, err);
    *bucket = (struct bucket){ .id = step == 1 ? stmt_int(stmt, 0) : 1,
                               .count = step == 1 ? stmt_int(stmt, 1) : 0 };
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

int seen_file(struct store *store, const uint8_t (*ids)[EVENT_ID_BYTES], size_t count,
              int64_t newest, struct error *err)
{
    struct bucket bucket;
    size_t i;
    int result = bucket_last(&bucket, store, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        if (bucket.count >= EVENT_BUCKET) {
            result = bucket_save(&bucket, store, newest, err);
            bucket = (struct bucket){ .id = bucket.id + 1 };
        }
        if (result == ERR_OK)
            result = bucket_insert(&bucket, store, ids[i], err);
        bucket.count++;
    }
    return result == ERR_OK ? bucket_save(&bucket, store, newest, err) : result;
}
