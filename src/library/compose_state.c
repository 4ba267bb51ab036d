/*
 * The reader's own state that a record brings (of a library that was exported, or another program's
 * file): tags, notes and marks are added to what is here.
 */
#include "internal.h"

#include "carrel/log.h"
#include "carrel/ops.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A mark in a record counts where the reader has made none. */
static int compose_marks(struct writer *writer, int64_t work, const struct record *record,
                         const struct carried *now, struct error *err)
{
    char state[8];
    int result = ERR_OK;

    snprintf(state, sizeof state, "%d", (int)record->state);
    if (record->state != READ_UNREAD && now->state == READ_UNREAD)
        result = ops_say_work(writer->store, work, "read", "", state, err);
    if (result == ERR_OK && record->starred && !now->starred)
        result = ops_say_work(writer->store, work, "star", "", "1", err);
    return result;
}

static int compose_note(struct writer *writer, int64_t work, const struct record *record,
                        const char *now, struct error *err)
{
    struct str body = STR_INIT;
    size_t i;
    int result = ERR_OK;

    str_add(&body, now);
    for (i = 0; i < record->notes.len; i++)
        if (!strstr(body.ptr, record->notes.items[i]))
            str_printf(&body, "%s%s", body.len ? "\n\n" : "", record->notes.items[i]);
    if (body.len > OP_VALUE_MAX)
        log_write(LOG_WARN,
                  "work %" PRId64 ": with what a file brings its note would be larger "
                  "than 1 MiB; it stays as it is",
                  work);
    else if (strcmp(body.ptr, now) != 0)
        result = ops_say_work(writer->store, work, "note", "", body.ptr, err);
    str_free(&body);
    return result;
}

/* As one could have typed them: no other is understood by queries, nor taken by peers. */
static int compose_tags(struct writer *writer, int64_t work, const struct record *record,
                        const struct carried *now, struct error *err)
{
    struct str tag = STR_INIT;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < record->tags.len && result == ERR_OK; i++) {
        str_clear(&tag);
        if (!tag_fit(&tag, record->tags.items[i]))
            log_write(LOG_INFO, "%s: '%.40s' cannot be a tag", record->title,
                      record->tags.items[i]);
        else if (!carried_has_tag(now, tag.ptr))
            result = ops_say_work(writer->store, work, "tag", tag.ptr, "1", err);
    }
    str_free(&tag);
    return result;
}

/* Tags, notes and marks that a record brings are added to the reader's own, never taken away. */
int compose_state(struct writer *writer, int64_t work, const struct record *record,
                  struct error *err)
{
    struct carried now = { 0 };
    struct arena *arena;
    int result;

    if (record->tags.len == 0 && record->notes.len == 0 && record->state == READ_UNREAD
        && !record->starred)
        return ERR_OK;
    arena = arena_new();
    result = carried_read(&now, writer->store, arena, work, err);
    if (result == ERR_OK)
        result = compose_tags(writer, work, record, &now, err);
    if (result == ERR_OK)
        result = compose_note(writer, work, record, now.note, err);
    if (result == ERR_OK)
        result = compose_marks(writer, work, record, &now, err);
    arena_free(arena);
    return result;
}
