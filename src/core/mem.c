/*
 * Allocation that cannot fail, and arenas made of a chain of blocks.
 *
 * An arena block is at least ARENA_BLOCK bytes; a larger request gets a block of its own. Reset
 * keeps the newest block, so that a screen redrawn again and again allocates nothing.
 */
#include "carrel/mem.h"
#include "carrel/error.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK 16384u

struct arena_block {
    struct arena_block *older;
    size_t size;
    size_t used;
    max_align_t data[];
};

struct arena {
    struct arena_block *newest;
    size_t given;
};

void *mem_alloc(size_t size)
{
    void *ptr = malloc(size ? size : 1);

    if (!ptr)
        die("out of memory (%zu bytes wanted)", size);
    return ptr;
}

void *mem_zalloc(size_t size)
{
    void *ptr = calloc(1, size ? size : 1);

    if (!ptr)
        die("out of memory (%zu bytes wanted)", size);
    return ptr;
}

void *mem_realloc(void *ptr, size_t size)
{
    void *grown = realloc(ptr, size ? size : 1);

    if (!grown)
        die("out of memory (%zu bytes wanted)", size);
    return grown;
}

void *mem_dup(const void *ptr, size_t size)
{
    void *copy = mem_alloc(size);

    if (size)
        memcpy(copy, ptr, size);
    return copy;
}

char *mem_strndup(const char *text, size_t len)
{
    char *copy = mem_alloc(len + 1);

    if (len)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *mem_strdup(const char *text)
{
    return text ? mem_strndup(text, strlen(text)) : NULL;
}

/* In the arena; NULL: by itself. */
__attribute__((format(printf, 2, 0))) static char *printed(struct arena *arena, const char *fmt,
                                                           va_list ap)
{
    va_list again;
    char *text;
    int len;

    va_copy(again, ap);
    len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (len < 0)
        die("a format could not be printed: %s", fmt);
    text = arena ? arena_alloc(arena, (size_t)len + 1) : mem_alloc((size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, fmt, ap);
    return text;
}

char *mem_printf(const char *fmt, ...)
{
    va_list ap;
    char *text;

    va_start(ap, fmt);
    text = printed(NULL, fmt, ap);
    va_end(ap);
    return text;
}

void *mem_grow(void *ptr, size_t *cap, size_t need, size_t size)
{
    size_t wanted = *cap ? *cap : 8;

    while (wanted < need)
        wanted *= 2;
    if (wanted > SIZE_MAX / size)
        die("out of memory (%zu elements wanted)", need);
    *cap = wanted;
    return mem_realloc(ptr, wanted * size);
}

struct arena *arena_new(void)
{
    return mem_zalloc(sizeof(struct arena));
}

void arena_reset(struct arena *arena)
{
    struct arena_block *block = arena->newest, *older;

    arena->given = 0;
    if (!block)
        return;
    older = block->older;
    block->older = NULL;
    block->used = 0;
    while (older) {
        struct arena_block *next = older->older;

        free(older);
        older = next;
    }
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    arena_reset(arena);
    free(arena->newest);
    free(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t unit = sizeof(max_align_t);
    size_t room = (size + unit - 1) / unit * unit;
    struct arena_block *block = arena->newest;
    void *ptr;

    if (room < size)
        die("out of memory (%zu bytes wanted)", size);
    if (!block || block->size - block->used < room) {
        size_t payload = room > ARENA_BLOCK ? room : ARENA_BLOCK;

        block = mem_alloc(sizeof *block + payload);
        block->size = payload;
        block->used = 0;
        block->older = arena->newest;
        arena->newest = block;
    }
    ptr = (char *)block->data + block->used;
    block->used += room;
    arena->given += size;
    memset(ptr, 0, room);
    return ptr;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);

    if (len)
        memcpy(copy, text, len);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
    va_list ap;
    char *text;

    va_start(ap, fmt);
    text = printed(arena, fmt, ap);
    va_end(ap);
    return text;
}

size_t arena_bytes(const struct arena *arena)
{
    return arena->given;
}
