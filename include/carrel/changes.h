/*
 * What sources have replaced or withdrawn, told from the records that are kept, without any rule: a
 * version number that grew beyond all that was said of the same id before, and a withdrawal of a
 * paper that was here. A work is told once for each of the two, however often it happened. Texts
 * lie in the given arena; on the connection's thread.
 */
#ifndef CARREL_CHANGES_H
#define CARREL_CHANGES_H

#include "carrel/mem.h"
#include "carrel/store.h"
#include "carrel/str.h"

struct change {
    int64_t work, at;      /* ms since 1970-01-01 UTC, the newest */
    int64_t from, version; /* of a replacement; 0: by its day alone, or of a withdrawal */
    int32_t day;           /* of the newest version, 0 not known */
    bool withdrawn;
};
/* "withdrawn", "v1 to v2", "version of 2024-03-05" */
void change_print(struct str *out, const struct change *change);

/* Of what came at `since` (ms) or later, newest first, at most `limit`; *total is how many there
 * are. A withdrawal that was taken back is not told. */
int changes_since(struct store *store, struct arena *arena, int64_t since, int64_t limit,
                  struct change **out, size_t *count, int64_t *total, struct error *err);

#endif
