/*
 * Who holds something that must be given back: a process, by a name that tells it apart from every
 * other one, now and later, so that what a killed process held can be taken back at once.
 *
 * The name is made of the machine's boot, the process-id namespace, the process id and the time
 * the process started. It is compared on Linux through /proc; a name of another boot or namespace
 * cannot be judged, and its holder counts as alive: keep a deadline beside it.
 */
#ifndef CARREL_HOLDER_H
#define CARREL_HOLDER_H

#include <stdbool.h>
#include <stddef.h>

#define HOLDER_MAX 128

void holder_self(char out[HOLDER_MAX]); /* "" where /proc is missing; right after a fork, too */
bool holder_is_dead(const char *name);  /* only when that is certain */

/* For people: what a process of this machine was started as ("carrel serve"), cut to the room there
 * is; false where that cannot be seen. */
bool holder_command(long pid, char *out, size_t size);

#endif
