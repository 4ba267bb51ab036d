/*
 * Allocation that cannot fail, and arenas.
 *
 * Running out of memory ends the program through die(), which restores the terminal first; so no
 * caller checks for NULL. Sizes that come from outside are bounded before they arrive here.
 */
#ifndef CARREL_MEM_H
#define CARREL_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull));  /* not zeroed */
void *mem_zalloc(size_t size) __attribute__((malloc, returns_nonnull)); /* zeroed */
void *mem_realloc(void *ptr, size_t size) __attribute__((returns_nonnull));
void *mem_dup(const void *ptr, size_t size) __attribute__((returns_nonnull));
char *mem_strdup(const char *text) __attribute__((malloc)); /* NULL gives NULL */
char *mem_strndup(const char *text, size_t len)
    __attribute__((malloc)); /* all `len` bytes are copied: no end is looked for */
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Doubles *cap until `need` elements of `size` bytes fit; works for any pointer/length/capacity. */
void *mem_grow(void *ptr, size_t *cap, size_t need, size_t size);

/* Appends one element to a growing array: VEC_PUSH(list->items, list->len, list->cap, item). */
#define VEC_PUSH(ptr, len, cap, item)                                                              \
    do {                                                                                           \
        if ((len) == (cap))                                                                        \
            (ptr) = mem_grow((ptr), &(cap), (len) + 1, sizeof *(ptr));                             \
        (ptr)[(len)++] = (item);                                                                   \
    } while (0)

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))

/*
 * An arena: many small allocations with one end. Made per request, parse, or screen of results.
 * Used by one thread at a time; it may be handed over. Memory is aligned for any type.
 */
struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);  /* NULL is fine */
void arena_reset(struct arena *arena); /* everything given out is gone; keeps one block */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull)); /* zeroed */
char *arena_strdup(struct arena *arena, const char *text); /* NULL gives NULL */
char *arena_strndup(struct arena *arena, const char *text, size_t len); /* likewise */
char *arena_printf(struct arena *arena, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
size_t arena_bytes(const struct arena *arena); /* given out since the last reset */

/* VEC_PUSH for arrays in an arena; outgrown ones stay in it until it dies. Needs string.h. */
#define ARENA_PUSH(arena, items, len, cap, item)                                                   \
    do {                                                                                           \
        if ((len) == (cap)) {                                                                      \
            size_t wider_ = (cap) ? (cap)*2 : 32;                                                  \
            void *moved_ = arena_alloc(arena, wider_ * sizeof *(items));                           \
            if (len)                                                                               \
                memcpy(moved_, items, (len) * sizeof *(items));                                    \
            (items) = moved_;                                                                      \
            (cap) = wider_;                                                                        \
        }                                                                                          \
        (items)[(len)++] = (item);                                                                 \
    } while (0)

#endif
