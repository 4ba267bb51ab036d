/*
 * What the registers of all names of a work amount to: its mark, priority, star, tags, collections
 * and note. Saying something of a work is in ops_say_work.c, the other registers in registers.c.
 */
#include "ops_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tag_state {
    char *name;
    bool on;
    int64_t at; /* ms */
};

struct work_state {
    int state, starred, priority; /* -1: never said; of the priority 0 */
    int64_t changed, queued;      /* ms, of state and star, and of the state alone */
    struct tag_state *tags;
    size_t tag_len, tag_cap;
    struct op *collections; /* field and value */
    size_t collection_len, collection_cap;
    struct note_text note;
    struct str body;     /* of the note */
    char seen[SEEN_MAX]; /* "" nothing */
    int64_t seen_at;     /* ms */
};

/* The latest of each collection comes last, and stands. */
static void work_collect(struct work_state *work, const struct op *op)
{
    size_t last = work->collection_len;
    struct op row = { .field = arena_strdup(work->note.arena, op->field),
                      .value = arena_strdup(work->note.arena, op->value) };

    if (last > 0 && strcmp(work->collections[last - 1].field, op->field) == 0)
        work->collections[last - 1] = row;
    else
        VEC_PUSH(work->collections, work->collection_len, work->collection_cap, row);
}

/* They come by kind and field, the latest of each last. */
static void work_take(struct work_state *work, const struct op *op)
{
    struct tag_state *last = work->tag_len > 0 ? &work->tags[work->tag_len - 1] : NULL;
    struct tag_state tag = { .on = op->value != NULL, .at = op_stamp_ms(op->stamp) };

    if (strcmp(op->kind, "note") == 0) {
        note_add(&work->note, op);
    } else if (strcmp(op->kind, "tag") == 0) {
        tag.name = last && strcmp(last->name, op->field) == 0
                       ? last->name
                       : arena_strdup(work->note.arena, op->field);
        if (last && last->name == tag.name)
            *last = tag;
        else
            VEC_PUSH(work->tags, work->tag_len, work->tag_cap, tag);
    } else if (strcmp(op->kind, "collection") == 0) {
        work_collect(work, op);
    } else if (strcmp(op->kind, "priority") == 0) {
        work->priority = op->value ? atoi(op->value) : 0;
    } else if (strcmp(op->kind, "seen") == 0) {
        snprintf(work->seen, sizeof work->seen, "%s", op->value ? op->value : "");
        work->seen_at = tag.at;
    } else if (op->value) {
        if (strcmp(op->kind, "read") == 0)
            work->queued = tag.at;
        *(strcmp(op->kind, "star") == 0 ? &work->starred : &work->state) = atoi(op->value);
        if (tag.at > work->changed)
            work->changed = tag.at;
    }
}

#define WORK_READ(kinds)                                                                           \
    "SELECT o.kind, o.field, o.value, o.stamp, m.id FROM alias a CROSS JOIN op o ON o.item = "     \
    "a.scheme || ':' || a.value JOIN machine m ON m.n = o.machine WHERE a.work_id = ?1 AND "       \
    "o.kind IN (" kinds ") ORDER BY o.kind, o.field, o.stamp, m.id"

static int work_read(struct work_state *out, struct store *store, const char *sql, int64_t work,
                     struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1) {
        const struct op op = { .kind = stmt_text(stmt, 0),
                               .field = stmt_text(stmt, 1),
                               .value = stmt_is_null(stmt, 2) ? NULL : stmt_text(stmt, 2),
                               .stamp = stmt_int(stmt, 3),
                               .machine = stmt_text(stmt, 4) };

        work_take(out, &op);
    }
    stmt_reset(stmt);
    return step;
}

static int work_write_marks(struct store *store, int64_t work, const struct work_state *state,
                            struct error *err)
{
    bool none = state->state < 0 && state->starred < 0 && state->priority == 0;
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        none ? "DELETE FROM reading WHERE work_id = ?1"
             : "INSERT INTO reading(work_id, state, starred, changed, priority, queued) "
               "VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(work_id) DO UPDATE SET state = ?2, "
               "starred = ?3, changed = ?4, priority = ?5, queued = ?6 WHERE state != ?2 OR "
               "starred != ?3 OR changed != ?4 OR priority != ?5 OR queued != ?6",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    if (!none) {
        stmt_bind_int(stmt, 2, state->state > 0 ? state->state : 0);
        stmt_bind_int(stmt, 3, state->starred > 0);
        stmt_bind_int(stmt, 4, state->changed);
        stmt_bind_int(stmt, 5, state->priority);
        stmt_bind_int(stmt, 6, state->queued);
    }
    return stmt_run(stmt, err);
}

static int work_write_seen(struct store *store, int64_t work, const struct work_state *state,
                           struct error *err)
{
    struct seen_parts parts = { 0 };
    bool any = seen_parse(&parts, state->seen);
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        any ? "INSERT OR REPLACE INTO seen(work_id, value, number, day, withdrawn, at) VALUES(?1, "
              "?2, ?3, ?4, ?5, ?6)"
            : "DELETE FROM seen WHERE work_id = ?1",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    if (any) {
        stmt_bind_text(stmt, 2, state->seen);
        stmt_bind_int(stmt, 3, parts.number);
        stmt_bind_int(stmt, 4, parts.day);
        stmt_bind_int(stmt, 5, parts.withdrawn);
        stmt_bind_int(stmt, 6, state->seen_at);
    }
    return stmt_run(stmt, err);
}

static int work_write_note(struct store *store, int64_t work, const struct work_state *state,
                           struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        state->body.len == 0
            ? "DELETE FROM note WHERE work_id = ?1"
            : "INSERT INTO note(work_id, body, created, changed) VALUES(?1, ?2, ?3, ?3) "
              "ON CONFLICT(work_id) DO UPDATE SET body = ?2, changed = ?3 WHERE body != ?2",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    if (state->body.len > 0) {
        stmt_bind_text(stmt, 2, state->body.ptr);
        stmt_bind_int(stmt, 3, state->note.changed);
    }
    return stmt_run(stmt, err);
}

static int work_write_tag(struct store *store, int64_t work, const struct tag_state *tag,
                          struct error *err)
{
    int result = ERR_OK;

    if (tag->on)
        result = store_run(store, "INSERT OR IGNORE INTO tag(name) SELECT ?3 WHERE ?1", 1, 0,
                           tag->name, err);
    if (result != ERR_OK)
        return result;
    return store_run(store,
                     tag->on ? "INSERT INTO work_tag(tag_id, work_id, added) "
                               "SELECT id, ?1, ?2 FROM tag WHERE name = ?3 "
                               "ON CONFLICT DO UPDATE SET added = ?2 WHERE added != ?2"
                             : "DELETE FROM work_tag WHERE work_id = ?1 AND ?2 AND tag_id = "
                               "(SELECT id FROM tag WHERE name = ?3)",
                     work, tag->on ? tag->at : 1, tag->name, err);
}

/* Tags that no register of the work's names speaks of: they went with a part of it. */
static int work_drop_tags(struct store *store, int64_t work, const struct work_state *state,
                          struct error *err)
{
    struct str names = STR_INIT;
    size_t i;
    int result;

    str_add_char(&names, ' ');
    for (i = 0; i < state->tag_len; i++)
        str_printf(&names, "%s ", state->tags[i].name);
    result = store_run(store,
                       "DELETE FROM work_tag WHERE work_id = ?1 AND ?2 AND tag_id IN (SELECT "
                       "x.tag_id FROM work_tag x JOIN tag t ON t.id = x.tag_id WHERE x.work_id = "
                       "?1 AND instr(?3, ' ' || t.name || ' ') = 0)",
                       work, 1, names.ptr, err);
    str_free(&names);
    return result;
}

/* All rows of the work anew: few works are in any collection. */
static int work_write_collections(struct store *store, int64_t work, const struct work_state *state,
                                  struct error *err)
{
    struct stmt *stmt;
    size_t i;
    int result = store_run(store, "DELETE FROM collection_work WHERE work_id = ?1 AND ?2", work, 1,
                           NULL, err);

    for (i = 0; i < state->collection_len && result == ERR_OK; i++) {
        const struct op *op = &state->collections[i];

        if (!op->value)
            continue;
        result = store_run(store, "INSERT OR IGNORE INTO collection(name) SELECT ?3 WHERE ?1", 1, 0,
                           op->field, err);
        if (result == ERR_OK)
            result = stmt_prepare(&stmt, store,
                                  "INSERT INTO collection_work(collection_id, work_id, position) "
                                  "SELECT id, ?1, CAST(?2 AS REAL) FROM collection WHERE name = ?3",
                                  err);
        if (result != ERR_OK)
            break;
        stmt_bind_int(stmt, 1, work);
        stmt_bind_text(stmt, 2, op->value);
        stmt_bind_text(stmt, 3, op->field);
        result = stmt_run(stmt, err);
    }
    return result;
}

static int work_write_tags(struct store *store, int64_t work, const struct work_state *state,
                           struct error *err)
{
    size_t i;
    int result = work_drop_tags(store, work, state, err);

    for (i = 0; i < state->tag_len && result == ERR_OK; i++)
        result = work_write_tag(store, work, &state->tags[i], err);
    return result;
}

/* Kinds that are computed together; of one that has changed only its own rows are. */
static const struct work_part {
    const char *kinds, *read;
    int (*write)(struct store *, int64_t work, const struct work_state *, struct error *);
} parts[] = {
    { " read star priority ", WORK_READ("'priority', 'read', 'star'"), work_write_marks },
    { " note ", WORK_READ("'note'"), work_write_note },
    { " seen ", WORK_READ("'seen'"), work_write_seen },
    { " tag ", WORK_READ("'tag'"), work_write_tags },
    { " collection ", WORK_READ("'collection'"), work_write_collections },
};
#define ALL_KINDS "'collection', 'note', 'priority', 'read', 'seen', 'star', 'tag'"

static const struct work_part *part_of(const char *kind)
{
    char word[32];
    size_t i;

    snprintf(word, sizeof word, " %s ", kind);
    for (i = 0; i < ARRAY_LEN(parts); i++)
        if (strstr(parts[i].kinds, word))
            return &parts[i];
    return NULL;
}

/* `only` NULL: all parts. */
static int work_settle(struct store *store, int64_t work, const struct work_part *only,
                       struct error *err)
{
    struct work_state state = {
        .state = -1, .starred = -1, .note = { .arena = arena_new() }, .body = STR_INIT
    };
    size_t i;
    int result = work_read(&state, store, only ? only->read : WORK_READ(ALL_KINDS), work, err);

    note_compose(&state.body, &state.note);
    for (i = 0; i < ARRAY_LEN(parts) && result == ERR_OK; i++)
        if (!only || only == &parts[i])
            result = parts[i].write(store, work, &state, err);
    free(state.tags);
    free(state.collections);
    str_free(&state.body);
    arena_free(state.note.arena);
    return result;
}

int registers_work(struct store *store, int64_t work, struct error *err)
{
    return work_settle(store, work, NULL, err);
}

int registers_work_kind(struct store *store, int64_t work, const char *kind, struct error *err)
{
    return work_settle(store, work, part_of(kind), err);
}
