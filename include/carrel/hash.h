/*
 * A fast 64-bit hash for tables and change detection (not for security: content addresses use
 * SHA-256), and a hash table from byte strings to 64-bit values.
 */
#ifndef CARREL_HASH_H
#define CARREL_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* XXH64 as specified in xxHash's doc/xxhash_spec.md: the same value on every machine, so it may be
 * stored. */
uint64_t hash64(const void *bytes, size_t len, uint64_t seed);

/* String -> uint64_t. Keys are copied. One thread at a time. */
struct hashmap;

struct hashmap *hashmap_new(void);
void hashmap_free(struct hashmap *map); /* NULL is fine */
void hashmap_clear(struct hashmap *map);
size_t hashmap_count(const struct hashmap *map);
/* The value's place, or NULL. The pointer lives until the next put. */
uint64_t *hashmap_get(const struct hashmap *map, const char *key, size_t len);
/* The value's place, made (0) when it is new; *added says which (may be NULL). */
uint64_t *hashmap_put(struct hashmap *map, const char *key, size_t len, bool *added);
/* For who knows hash64(key, len, 0) already. */
uint64_t *hashmap_put_hashed(struct hashmap *map, const char *key, size_t len, uint64_t hash,
                             bool *added);

/* Adds to the values of many, faster than one by one: what a table of some size looks at lies far
 * away, so all of it is asked for before it is needed. */
struct hash_word {
    const char *key;
    size_t len;
};
void hashmap_add_all(struct hashmap *map, const struct hash_word *words, size_t count,
                     uint64_t add);

/* Walks all entries in the order they were added: start with *at = 0; false at the end. The key is
 * terminated and lives as long as the map. */
bool hashmap_next(const struct hashmap *map, size_t *at, const char **key, size_t *len,
                  uint64_t **value);

#endif
