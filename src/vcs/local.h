/* Copying the objects of a repository on this machine: see local.c. */
#ifndef CARREL_VCS_LOCAL_H
#define CARREL_VCS_LOCAL_H

#include <stdbool.h>
#include <stdint.h>

struct local_copy {
    int64_t limit, bytes;
    bool too_large;
    void (*progress)(void *ctx, int64_t bytes);
    void *ctx;
};
/* From the repository in the folder `url` to the bare one in `folder`. -1 with errno: it failed,
 * and what was copied is of no use. */
int local_copy_objects(const char *url, const char *folder, struct local_copy *copy);

#endif
