/*
 * What a merge carries of the reader's state, and how splitting gives it back.
 *
 * Both sides are written down as they were before the merge. Splitting restores them, except where
 * the reader has changed the merged work since: what was written later is not lost.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* Tags hold no blanks, so a list of them is one text. */
static bool tag_listed(const char *tags, const char *tag, size_t len)
{
    const char *at = tags;

    while (*at) {
        size_t word = strcspn(at, " ");

        if (word == len && memcmp(at, tag, len) == 0)
            return true;
        at += word + (at[word] == ' ');
    }
    return false;
}

/* Those of `tags` that are (or are not) in `other`. */
static char *tags_filter(struct arena *arena, const char *tags, const char *other, bool listed)
{
    struct str out = STR_INIT;
    char *text;

    while (*tags) {
        size_t len = strcspn(tags, " ");

        if (len > 0 && tag_listed(other, tags, len) == listed)
            str_printf(&out, "%s%.*s", out.len ? " " : "", (int)len, tags);
        tags += len + (tags[len] == ' ');
    }
    text = arena_strdup(arena, out.ptr);
    str_free(&out);
    return text;
}

static char *tags_join(struct arena *arena, const char *a, const char *b)
{
    char *more = tags_filter(arena, b, a, false);

    return arena_printf(arena, "%s%s%s", a, *a && *more ? " " : "", more);
}

static void carried_from_row(struct carried *out, struct stmt *stmt, int column,
                             struct arena *arena)
{
    out->state = stmt_int(stmt, column);
    out->starred = stmt_int(stmt, column + 1);
    out->note = arena_strdup(arena, stmt_text(stmt, column + 2));
    out->tags = arena_strdup(arena, stmt_text(stmt, column + 3));
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
        "(SELECT group_concat(name, ' ') FROM (SELECT t.name FROM work_tag wt "
        "JOIN tag t ON t.id = wt.tag_id WHERE wt.work_id = ?1 ORDER BY wt.added, t.name))",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    result = stmt_step(stmt, err);
    if (result == 1)
        carried_from_row(out, stmt, 0, arena);
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

static int carried_text(struct writer *writer, const char *sql, int64_t work, const char *text,
                        struct error *err)
{
    return store_run(writer->store, sql, work, writer->now, text, err);
}

static int carried_set_tags(struct writer *writer, int64_t work, const char *tags,
                            struct error *err)
{
    char *copy = mem_strdup(tags), *rest, *tag;
    char *spaced = mem_printf(" %s ", tags);
    int result = carried_text(writer,
                              "DELETE FROM work_tag WHERE work_id = ?1 AND ?2 AND tag_id IN "
                              "(SELECT id FROM tag WHERE instr(?3, ' ' || name || ' ') = 0)",
                              work, spaced, err);

    for (tag = strtok_r(copy, " ", &rest); tag && result == ERR_OK;
         tag = strtok_r(NULL, " ", &rest)) {
        result = carried_text(writer, "INSERT OR IGNORE INTO tag(name) SELECT ?3 WHERE ?1 AND ?2",
                              work, tag, err);
        if (result == ERR_OK)
            result = carried_text(writer,
                                  "INSERT OR IGNORE INTO work_tag(tag_id, work_id, added) "
                                  "SELECT id, ?1, ?2 FROM tag WHERE name = ?3",
                                  work, tag, err);
    }
    free(copy);
    free(spaced);
    return result;
}

static int carried_set_marks(struct writer *writer, int64_t work, const struct carried *to,
                             struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, writer->store,
                              "INSERT INTO reading(work_id, state, starred, changed) "
                              "VALUES(?1, ?2, ?3, ?4) ON CONFLICT(work_id) DO UPDATE SET "
                              "state = ?2, starred = ?3, changed = ?4",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    stmt_bind_int(stmt, 2, to->state);
    stmt_bind_int(stmt, 3, to->starred);
    stmt_bind_int(stmt, 4, writer->now);
    return stmt_run(stmt, err);
}

/* Only what differs is written, so that times of unchanged marks and notes stay. */
static int carried_set(struct writer *writer, struct arena *arena, int64_t work,
                       const struct carried *to, struct error *err)
{
    struct carried now = { 0 };
    int result = carried_read(&now, writer->store, arena, work, err);

    if (result == ERR_OK && (now.state != to->state || now.starred != to->starred))
        result = carried_set_marks(writer, work, to, err);
    if (result == ERR_OK && !str_eq(now.note, to->note))
        result = *to->note ? carried_text(writer,
                                          "INSERT INTO note(work_id, body, created, changed) "
                                          "VALUES(?1, ?3, ?2, ?2) ON CONFLICT(work_id) DO UPDATE "
                                          "SET body = excluded.body, changed = ?2",
                                          work, to->note, err)
                           : carried_text(writer, "DELETE FROM note WHERE work_id = ?1 AND ?2",
                                          work, NULL, err);
    if (result == ERR_OK && !str_eq(now.tags, to->tags))
        result = carried_set_tags(writer, work, to->tags, err);
    return result;
}

/* Tags are joined, notes put below each other, and the more telling mark stays. */
static void carried_join(struct carried *out, struct arena *arena, const struct carried *keep,
                         const struct carried *gone)
{
    out->state = keep->state ? keep->state : gone->state;
    out->starred = keep->starred || gone->starred;
    out->note = arena_printf(arena, "%s%s%s", keep->note, *keep->note && *gone->note ? "\n\n" : "",
                             gone->note);
    out->tags = tags_join(arena, keep->tags, gone->tags);
}

static void carried_write(struct jsonw *w, const char *key, const struct carried *carried)
{
    jsonw_key(w, key);
    jsonw_object(w);
    jsonw_key_int(w, "state", carried->state);
    jsonw_key_int(w, "starred", carried->starred);
    jsonw_key_string(w, "note", carried->note);
    jsonw_key_string(w, "tags", carried->tags);
    jsonw_end(w);
}

int carried_merge(struct writer *writer, struct jsonw *w, int64_t keep, int64_t gone,
                  struct error *err)
{
    static const char *const gone_sql[] = { "DELETE FROM work_tag WHERE work_id = ?1",
                                            "DELETE FROM note WHERE work_id = ?1",
                                            "DELETE FROM reading WHERE work_id = ?1" };
    struct arena *arena = arena_new();
    struct carried a = { 0 }, b = { 0 }, joined = { 0 };
    size_t i;
    int result = carried_read(&a, writer->store, arena, keep, err);

    if (result == ERR_OK)
        result = carried_read(&b, writer->store, arena, gone, err);
    if (result == ERR_OK) {
        carried_write(w, "keep", &a);
        carried_write(w, "gone", &b);
        carried_join(&joined, arena, &a, &b);
        result = carried_set(writer, arena, keep, &joined, err);
    }
    for (i = 0; i < ARRAY_LEN(gone_sql) && result == ERR_OK; i++)
        result = store_run(writer->store, gone_sql[i], gone, 0, NULL, err);
    arena_free(arena);
    return result;
}

/* Both sides as the row of `merge` has them; false for a record that joined without being a work,
 * which had no state. */
static int carried_of_merge(struct carried *keep, struct carried *gone, bool *known,
                            struct store *store, struct arena *arena, int64_t merge,
                            struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT moved ->> '$.keep.state', moved ->> '$.keep.starred', moved ->> '$.keep.note', "
        "moved ->> '$.keep.tags', moved ->> '$.gone.state', moved ->> '$.gone.starred', "
        "moved ->> '$.gone.note', moved ->> '$.gone.tags', json_type(moved, '$.gone') "
        "FROM merge WHERE id = ?1",
        err);

    *known = false;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, merge);
    result = stmt_step(stmt, err);
    if (result == 1 && !stmt_is_null(stmt, 8)) {
        *known = true;
        carried_from_row(keep, stmt, 0, arena);
        carried_from_row(gone, stmt, 4, arena);
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

int carried_split(struct writer *writer, int64_t merge, int64_t work, int64_t fresh,
                  struct error *err)
{
    struct arena *arena = arena_new();
    struct carried keep = { 0 }, gone = { 0 }, joined = { 0 }, now = { 0 };
    bool known;
    int result = carried_of_merge(&keep, &gone, &known, writer->store, arena, merge, err);

    if (result == ERR_OK && known)
        result = carried_read(&now, writer->store, arena, work, err);
    if (result == ERR_OK && known) {
        char *came = tags_filter(arena, gone.tags, keep.tags, false);

        carried_join(&joined, arena, &keep, &gone);
        gone.tags = tags_filter(arena, gone.tags, now.tags, true);
        now.tags = tags_filter(arena, now.tags, came, false);
        if (now.state == joined.state)
            now.state = keep.state;
        if (now.starred == joined.starred)
            now.starred = keep.starred;
        if (str_eq(now.note, joined.note))
            now.note = keep.note;
        result = carried_set(writer, arena, work, &now, err);
        if (result == ERR_OK)
            result = carried_set(writer, arena, fresh, &gone, err);
    }
    arena_free(arena);
    return result;
}
