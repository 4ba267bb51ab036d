/*
 * XXH64 and an open-addressing hash table.
 *
 * Entries lie in one array in the order they were added, with keys in an arena; the table proper
 * holds 32-bit positions into it, probed linearly and kept at most half full. There is no removal:
 * the uses (term counts of a batch, caches of ids) only fill and clear.
 */
#include "carrel/hash.h"
#include "carrel/mem.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#define P1 0x9E3779B185EBCA87ull
#define P2 0xC2B2AE3D27D4EB4Full
#define P3 0x165667B19E3779F9ull
#define P4 0x85EBCA77C2B2AE63ull
#define P5 0x27D4EB2F165667C5ull

static uint64_t hash_rotate(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

/* The least byte first, on every machine. */
static uint64_t hash_read8(const unsigned char *p)
{
    uint64_t value;

    memcpy(&value, p, sizeof value);
    return le64toh(value);
}

static uint64_t hash_read4(const unsigned char *p)
{
    uint32_t value;

    memcpy(&value, p, sizeof value);
    return le32toh(value);
}

static uint64_t hash_round(uint64_t acc, uint64_t lane)
{
    return hash_rotate(acc + lane * P2, 31) * P1;
}

static uint64_t hash_merge(uint64_t acc, uint64_t lane)
{
    return (acc ^ hash_round(0, lane)) * P1 + P4;
}

static uint64_t hash_stripes(const unsigned char **p, const unsigned char *end, uint64_t seed)
{
    uint64_t a = seed + P1 + P2, b = seed + P2, c = seed, d = seed - P1, acc;

    for (; end - *p >= 32; *p += 32) {
        a = hash_round(a, hash_read8(*p));
        b = hash_round(b, hash_read8(*p + 8));
        c = hash_round(c, hash_read8(*p + 16));
        d = hash_round(d, hash_read8(*p + 24));
    }
    acc = hash_rotate(a, 1) + hash_rotate(b, 7) + hash_rotate(c, 12) + hash_rotate(d, 18);
    acc = hash_merge(acc, a);
    acc = hash_merge(acc, b);
    acc = hash_merge(acc, c);
    return hash_merge(acc, d);
}

uint64_t hash64(const void *bytes, size_t len, uint64_t seed)
{
    const unsigned char *p = bytes;
    const unsigned char *end = len ? p + len : p;
    uint64_t acc = len >= 32 ? hash_stripes(&p, end, seed) : seed + P5;

    acc += len;
    for (; end - p >= 8; p += 8)
        acc = hash_rotate(acc ^ hash_round(0, hash_read8(p)), 27) * P1 + P4;
    if (end - p >= 4) {
        acc = hash_rotate(acc ^ (hash_read4(p) * P1), 23) * P2 + P3;
        p += 4;
    }
    for (; p < end; p++)
        acc = hash_rotate(acc ^ (*p * P5), 11) * P1;
    acc = (acc ^ (acc >> 33)) * P2;
    acc = (acc ^ (acc >> 29)) * P3;
    return acc ^ (acc >> 32);
}

struct hashmap_entry {
    const char *key;
    size_t len;
    uint64_t hash;
    uint64_t value;
};

struct hashmap {
    struct hashmap_entry *entries;
    size_t count;
    size_t cap;
    uint32_t *slots; /* position in entries + 1; 0 is free */
    size_t slot_count;
    struct arena *keys;
};

struct hashmap *hashmap_new(void)
{
    struct hashmap *map = mem_zalloc(sizeof *map);

    map->keys = arena_new();
    map->slot_count = 64;
    map->slots = mem_zalloc(map->slot_count * sizeof *map->slots);
    return map;
}

void hashmap_free(struct hashmap *map)
{
    if (!map)
        return;
    arena_free(map->keys);
    free(map->entries);
    free(map->slots);
    free(map);
}

void hashmap_clear(struct hashmap *map)
{
    map->count = 0;
    memset(map->slots, 0, map->slot_count * sizeof *map->slots);
    arena_reset(map->keys);
}

size_t hashmap_count(const struct hashmap *map)
{
    return map->count;
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t hashmap_slot(const struct hashmap *map, const char *key, size_t len, uint64_t hash)
{
    size_t mask = map->slot_count - 1;
    size_t slot = (size_t)hash & mask;

    for (; map->slots[slot]; slot = (slot + 1) & mask) {
        const struct hashmap_entry *entry = &map->entries[map->slots[slot] - 1];

        if (entry->hash == hash && entry->len == len && memcmp(entry->key, key, len) == 0)
            break;
    }
    return slot;
}

static void hashmap_widen(struct hashmap *map)
{
    size_t i;

    map->slot_count *= 2;
    free(map->slots);
    map->slots = mem_zalloc(map->slot_count * sizeof *map->slots);
    for (i = 0; i < map->count; i++) {
        size_t slot = (size_t)map->entries[i].hash & (map->slot_count - 1);

        while (map->slots[slot])
            slot = (slot + 1) & (map->slot_count - 1);
        map->slots[slot] = (uint32_t)(i + 1);
    }
}

uint64_t *hashmap_get(const struct hashmap *map, const char *key, size_t len)
{
    size_t slot = hashmap_slot(map, key, len, hash64(key, len, 0));

    return map->slots[slot] ? &map->entries[map->slots[slot] - 1].value : NULL;
}

uint64_t *hashmap_put(struct hashmap *map, const char *key, size_t len, bool *added)
{
    return hashmap_put_hashed(map, key, len, hash64(key, len, 0), added);
}

uint64_t *hashmap_put_hashed(struct hashmap *map, const char *key, size_t len, uint64_t hash,
                             bool *added)
{
    size_t slot = hashmap_slot(map, key, len, hash);
    struct hashmap_entry entry = { .len = len, .hash = hash };

    if (added)
        *added = map->slots[slot] == 0;
    if (map->slots[slot])
        return &map->entries[map->slots[slot] - 1].value;
    if ((map->count + 1) * 2 > map->slot_count) {
        hashmap_widen(map);
        slot = hashmap_slot(map, key, len, hash);
    }
    entry.key = arena_strndup(map->keys, key, len);
    VEC_PUSH(map->entries, map->count, map->cap, entry);
    map->slots[slot] = (uint32_t)map->count;
    return &map->entries[map->count - 1].value;
}

#define AT_ONCE 32 /* words: what is asked for must not push out what was */

/* The slot first, then the entry that it leads to, then that one's key. */
static void hashmap_near(const struct hashmap *map, const uint64_t *hashes, size_t count)
{
    size_t mask = map->slot_count - 1, i;

    for (i = 0; i < count; i++)
        __builtin_prefetch(&map->slots[(size_t)hashes[i] & mask]);
    for (i = 0; i < count; i++)
        if (map->slots[(size_t)hashes[i] & mask])
            __builtin_prefetch(&map->entries[map->slots[(size_t)hashes[i] & mask] - 1], 1);
    for (i = 0; i < count; i++)
        if (map->slots[(size_t)hashes[i] & mask])
            __builtin_prefetch(map->entries[map->slots[(size_t)hashes[i] & mask] - 1].key);
}

void hashmap_add_all(struct hashmap *map, const struct hash_word *words, size_t count, uint64_t add)
{
    uint64_t hashes[AT_ONCE];
    size_t at, i, len;

    for (at = 0; at < count; at += len) {
        len = count - at < AT_ONCE ? count - at : AT_ONCE;
        for (i = 0; i < len; i++)
            hashes[i] = hash64(words[at + i].key, words[at + i].len, 0);
        hashmap_near(map, hashes, len);
        for (i = 0; i < len; i++)
            *hashmap_put_hashed(map, words[at + i].key, words[at + i].len, hashes[i], NULL) += add;
    }
}

bool hashmap_next(const struct hashmap *map, size_t *at, const char **key, size_t *len,
                  uint64_t **value)
{
    struct hashmap_entry *entry;

    if (*at >= map->count)
        return false;
    entry = &map->entries[(*at)++];
    *key = entry->key;
    *len = entry->len;
    *value = &entry->value;
    return true;
}
