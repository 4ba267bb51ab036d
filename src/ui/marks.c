/*
 * Marked rows, in layers: marks.h.
 */
#include "marks.h"

#include "carrel/hash.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct mark_set {
    atomic_int users;
    struct mark_set *below;
    struct hashmap *own; /* key -> 1, or 0: marked below, but no more */
    size_t count;        /* marked, with what lies below */
};

struct mark_set *mark_set_new(struct mark_set *below)
{
    struct mark_set *set = mem_zalloc(sizeof *set);

    atomic_init(&set->users, 1);
    set->own = hashmap_new();
    set->below = mark_set_keep(below);
    set->count = below ? below->count : 0;
    return set;
}

struct mark_set *mark_set_keep(struct mark_set *set)
{
    if (set)
        atomic_fetch_add(&set->users, 1);
    return set;
}

void mark_set_free(struct mark_set *set)
{
    while (set && atomic_fetch_sub(&set->users, 1) == 1) {
        struct mark_set *below = set->below;

        hashmap_free(set->own);
        free(set);
        set = below;
    }
}

bool mark_set_has(const struct mark_set *set, const char *key)
{
    size_t len = strlen(key);

    for (; set; set = set->below) {
        const uint64_t *value = hashmap_get(set->own, key, len);

        if (value)
            return *value;
    }
    return false;
}

void mark_set_put(struct mark_set *set, const char *key, bool on)
{
    bool was = mark_set_has(set, key);

    if (was == on)
        return;
    *hashmap_put(set->own, key, strlen(key), NULL) = on;
    if (on)
        set->count++;
    else
        set->count--;
}

size_t mark_set_count(const struct mark_set *set)
{
    return set ? set->count : 0;
}

/* Does a layer above this one say something of the key? One that is none of them is below all. */
static bool mark_said_above(const struct mark_set *top, const struct mark_set *set, const char *key,
                            size_t len)
{
    for (; top && top != set; top = top->below)
        if (hashmap_get(top->own, key, len))
            return true;
    return false;
}

/* Layers are as few as bulk commands between two clearings. */
static size_t mark_keys_of(const struct mark_set *top, const struct mark_set *set,
                           struct arena *arena, char **keys)
{
    size_t count = set->below ? mark_keys_of(top, set->below, arena, keys) : 0, at = 0, len;
    const char *key;
    uint64_t *value;

    while (hashmap_next(set->own, &at, &key, &len, &value))
        if (*value && !mark_said_above(top, set, key, len))
            keys[count++] = arena_strndup(arena, key, len);
    return count;
}

size_t mark_set_keys(const struct mark_set *set, struct arena *arena, char ***keys)
{
    *keys = arena_alloc(arena, (mark_set_count(set) + 1) * sizeof **keys);
    return set ? mark_keys_of(set, set, arena, *keys) : 0;
}

/* ---- of a list ---- */

void marks_init(struct marks *marks)
{
    *marks = (struct marks){ .top = mark_set_new(NULL) };
}

void marks_free(struct marks *marks)
{
    mark_set_free(marks->top);
    mark_set_free(marks->before);
    *marks = (struct marks){ .top = NULL };
}

size_t marks_count(const struct marks *marks)
{
    return marks->top->count;
}

bool marks_has(const struct marks *marks, const char *key)
{
    return marks->top->count > 0 && mark_set_has(marks->top, key);
}

void marks_put(struct marks *marks, const char *key, bool on)
{
    mark_set_put(marks->top, key, on);
}

/* What the layers from `top` down to `end` say is said on another set: of each key the newest. */
static void marks_put_all(struct mark_set *onto, const struct mark_set *top,
                          const struct mark_set *end)
{
    const struct mark_set *layer;
    const char *key;
    uint64_t *value;
    size_t at, len;

    for (layer = top; layer && layer != end; layer = layer->below)
        for (at = 0; hashmap_next(layer->own, &at, &key, &len, &value);)
            mark_set_put(onto, key, mark_set_has(top, key));
}

static bool marks_lies_on(const struct mark_set *top, const struct mark_set *set)
{
    while (top && top != set)
        top = top->below;
    return top == set;
}

void marks_clear(struct marks *marks)
{
    if (marks->top->count == 0)
        return;
    mark_set_free(marks->before);
    marks->before = marks->top;
    marks->top = mark_set_new(NULL);
}

void marks_again(struct marks *marks)
{
    struct mark_set *onto;

    if (!marks->before)
        return;
    onto = mark_set_new(marks->before);
    marks_put_all(onto, marks->top, NULL);
    mark_set_free(marks->top);
    marks->top = onto;
}

struct mark_set *marks_share(struct marks *marks)
{
    struct mark_set *now = marks->top;

    if (now->count == 0)
        return NULL;
    if (hashmap_count(now->own) == 0 && now->below) /* nothing since the last time */
        return mark_set_keep(now->below);
    marks->top = mark_set_new(now);
    return now; /* our own use of it goes to the caller, the new layer has one */
}

/* What a set says by itself on marks that are others by now; what was said since is newer. */
static void marks_add(struct marks *marks, const struct mark_set *set)
{
    struct mark_set *onto = mark_set_new(marks->top);
    const char *key;
    uint64_t *value;
    size_t at = 0, len;

    while (hashmap_next(set->own, &at, &key, &len, &value))
        if (!mark_said_above(marks->top, set->below, key, len))
            mark_set_put(onto, key, *value);
    mark_set_free(marks->top);
    marks->top = onto;
}

void marks_take(struct marks *marks, struct mark_set *set)
{
    struct mark_set *onto;

    if (marks->top->below == set->below) {
        onto = mark_set_new(set);
        marks_put_all(onto, marks->top, set->below);
        mark_set_free(marks->top);
        marks->top = onto;
    } else {
        marks_add(marks, set);
    }
    mark_set_free(set);
}

/* Of marks that do not lie on the set any more, which another one that was done before has taken
 * along: those that are not of it. */
static void marks_without(struct mark_set *since, const struct mark_set *top,
                          const struct mark_set *set)
{
    struct arena *arena = arena_new();
    char **keys;
    size_t count = mark_set_keys(top, arena, &keys), i;

    for (i = 0; i < count; i++)
        if (!mark_set_has(set, keys[i]))
            mark_set_put(since, keys[i], true);
    arena_free(arena);
}

void marks_done(struct marks *marks, struct mark_set *set)
{
    struct mark_set *since = mark_set_new(NULL);

    if (marks->before != set) {
        mark_set_free(marks->before);
        marks->before = mark_set_keep(set);
    }
    if (marks_lies_on(marks->top, set))
        marks_put_all(since, marks->top, set);
    else
        marks_without(since, marks->top, set);
    mark_set_free(marks->top);
    marks->top = since;
}
