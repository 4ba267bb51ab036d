/*
 * Inside the store: what the readers of the catalogue share.
 */
#ifndef CARREL_STORE_CATALOG_READ_H
#define CARREL_STORE_CATALOG_READ_H

#include "internal.h"

#include "carrel/tables.h"

#include <string.h>

#define NEAR_MAX 5 /* names in "there is" */

/* VEC_PUSH for lists that lie in an arena. */
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

char *catalog_text(struct stmt *stmt, int column, struct arena *arena); /* "" for NULL */

#endif
