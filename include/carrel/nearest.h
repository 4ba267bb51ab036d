/*
 * "Did you mean ...?": of many names the one that was meant. Any thread.
 */
#ifndef CARREL_NEAREST_H
#define CARREL_NEAREST_H

#include <stddef.h>

/* Of names that are offered one after the other the nearest to what was typed, for "did you mean":
 * a letter or two differ or have changed places, or it begins so. `best` is NULL while none is near, else borrowed. */
struct nearest {
    const char *typed, *best;
    size_t least;
};
void nearest_offer(struct nearest *nearest, const char *name);

#endif
