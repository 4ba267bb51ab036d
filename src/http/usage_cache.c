/* Answers about usage that still hold; see usage.h. */
#include "usage.h"

#include "carrel/clock.h"

#include <stdlib.h>
#include <string.h>

#define ENTRIES 64
#define LIFE_MS 60000

struct entry {
    char *name, *json; /* NULL: free */
    struct usage_stamp stamp;
    int64_t made; /* ticks, ms */
};
struct usage_cache {
    pthread_mutex_t lock;
    struct entry entries[ENTRIES];
};

struct usage_cache *usage_cache_new(void)
{
    struct usage_cache *cache = mem_zalloc(sizeof *cache);

    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

void usage_cache_free(struct usage_cache *cache)
{
    size_t i;

    for (i = 0; cache && i < ENTRIES; i++) {
        free(cache->entries[i].name);
        free(cache->entries[i].json);
    }
    if (cache)
        pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static bool stamp_same(const struct usage_stamp *a, const struct usage_stamp *b)
{
    return a->version == b->version && a->range.span == b->range.span
           && a->range.first == b->range.first && a->range.last == b->range.last;
}

/* That of the name, else the oldest. */
static struct entry *entry_for(struct usage_cache *cache, const char *name, bool *found)
{
    struct entry *oldest = &cache->entries[0];
    size_t i;

    for (i = 0; i < ENTRIES; i++) {
        struct entry *entry = &cache->entries[i];

        *found = entry->name && strcmp(entry->name, name) == 0;
        if (*found)
            return entry;
        if (entry->made < oldest->made)
            oldest = entry;
    }
    return oldest;
}

bool usage_cache_get(struct usage_cache *cache, const char *name, const struct usage_stamp *stamp,
                     struct str *out)
{
    const struct entry *entry;
    bool found;

    pthread_mutex_lock(&cache->lock);
    entry = entry_for(cache, name, &found);
    found = found && stamp_same(&entry->stamp, stamp) && clock_ticks_ms() - entry->made < LIFE_MS;
    if (found)
        str_add(out, entry->json);
    pthread_mutex_unlock(&cache->lock);
    return found;
}

void usage_cache_put(struct usage_cache *cache, const char *name, const struct usage_stamp *stamp,
                     const char *json)
{
    struct entry *entry;
    bool found;

    pthread_mutex_lock(&cache->lock);
    entry = entry_for(cache, name, &found);
    free(entry->name);
    free(entry->json);
    *entry = (struct entry){ .name = mem_strdup(name),
                             .json = mem_strdup(json),
                             .stamp = *stamp,
                             .made = clock_ticks_ms() };
    pthread_mutex_unlock(&cache->lock);
}
