/*
 * The reader's state of a work, as it is now: what a record that brings some adds to.
 */
#include "internal.h"

#include <string.h>

bool carried_has_tag(const struct carried *carried, const char *tag)
{
    const char *at = carried->tags;
    size_t len = strlen(tag);

    while (*at) { /* tags hold no blanks, so a list of them is one text */
        size_t word = strcspn(at, " ");

        if (word == len && memcmp(at, tag, len) == 0)
            return true;
        at += word + (at[word] == ' ');
    }
    return false;
}

int carried_read(struct carried *out, struct store *store, struct arena *arena, int64_t work,
                 struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT (SELECT state FROM reading WHERE work_id = ?1), "
        "(SELECT starred FROM reading WHERE work_id = ?1), "
        "(SELECT body FROM note WHERE work_id = ?1), "
        "(SELECT group_concat(t.name, ' ') FROM work_tag wt JOIN tag t ON t.id = wt.tag_id "
        "WHERE wt.work_id = ?1)",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    result = stmt_step(stmt, err);
    if (result == 1) {
        out->state = stmt_int(stmt, 0);
        out->starred = stmt_int(stmt, 1);
        out->note = stmt_dup(stmt, 2, arena);
        out->tags = stmt_dup(stmt, 3, arena);
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}
