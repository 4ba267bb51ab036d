/*
 * Places and highlights in documents; see reading.h. The change log holds a highlight whole, as a
 * JSON object of its columns, so undoing is writing the old one.
 */
#include "carrel/reading.h"

#include "carrel/clock.h"
#include "carrel/state.h"
#include "carrel/str.h"
#include "carrel/utf8.h"
#include "carrel/works.h"

#include "internal.h"

#include <stdlib.h>
#include <string.h>

static void bind_anchor(struct stmt *stmt, int at, const struct anchor *anchor)
{
    stmt_bind_int(stmt, at, anchor->start);
    stmt_bind_int(stmt, at + 1, anchor->end);
    stmt_bind_text(stmt, at + 2, anchor->quote);
    stmt_bind_text(stmt, at + 3, anchor->prefix);
    stmt_bind_text(stmt, at + 4, anchor->suffix);
}

static void read_anchor(struct anchor *out, struct stmt *stmt, int at, struct arena *arena)
{
    out->start = (uint32_t)stmt_int(stmt, at);
    out->end = (uint32_t)stmt_int(stmt, at + 1);
    out->quote = stmt_dup(stmt, at + 2, arena);
    out->prefix = stmt_dup(stmt, at + 3, arena);
    out->suffix = stmt_dup(stmt, at + 4, arena);
}

/* ---- places ---- */

int places_of(struct reading_place **out, size_t *count, struct store *store, struct arena *arena,
              const char *document, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int result = stmt_prepare(&stmt, store,
                              "SELECT mark, start, stop, quote, prefix, suffix "
                              "FROM document_place WHERE document = ?1 ORDER BY mark",
                              err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, document);
    while ((result = stmt_step(stmt, err)) == 1) {
        struct reading_place place = { .mark = *stmt_text(stmt, 0) };

        read_anchor(&place.anchor, stmt, 1, arena);
        ARENA_PUSH(arena, *out, *count, cap, place);
    }
    stmt_reset(stmt);
    return result;
}

int place_set(struct store *store, const char *document, const struct reading_place *place,
              struct error *err)
{
    char mark[2] = { place->mark, '\0' };
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store,
                     "INSERT OR REPLACE INTO document_place(document, mark, start, stop, quote, "
                     "prefix, suffix, changed) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                     err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, document);
    stmt_bind_text(stmt, 2, mark);
    bind_anchor(stmt, 3, &place->anchor);
    stmt_bind_int(stmt, 8, clock_now_ms());
    return stmt_run(stmt, err);
}

/* ---- what was read last ---- */

int reading_recent(int64_t **works, size_t *count, struct store *store, struct arena *arena,
                   size_t limit, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int result = stmt_prepare(&stmt, store,
                              "SELECT a.work_id, max(p.changed) FROM document_place p JOIN alias a "
                              "ON a.scheme = 'file' AND a.value = p.document WHERE p.mark = '' "
                              "GROUP BY a.work_id ORDER BY 2 DESC, 1 DESC LIMIT ?1",
                              err);

    *works = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, (int64_t)limit);
    while ((result = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, *works, *count, cap, stmt_int(stmt, 0));
    stmt_reset(stmt);
    return result;
}

int reading_last(char **document, int64_t *work, int64_t *when, struct store *store,
                 struct arena *arena, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT 'file:' || p.document, a.work_id, p.changed FROM "
                              "document_place p JOIN alias a ON a.scheme = 'file' AND a.value = "
                              "p.document WHERE p.mark = '' ORDER BY p.changed DESC LIMIT 1",
                              err);

    if (result != ERR_OK)
        return result;
    result = stmt_step(stmt, err);
    if (result == 1) {
        *document = stmt_dup(stmt, 0, arena);
        *work = stmt_int(stmt, 1);
        *when = stmt_int(stmt, 2);
    }
    stmt_reset(stmt);
    if (result == 0)
        return error_set(err, ERR_NOTFOUND, "no document was read in the Reader yet");
    return result < 0 ? result : ERR_OK;
}

/* ---- highlights ---- */

#define HIGHLIGHT_COLUMNS                                                                          \
    "uid, document, start, stop, quote, prefix, suffix, page, note, created, changed"

static void read_highlight(struct highlight *out, struct stmt *stmt, struct arena *arena)
{
    out->uid = stmt_dup(stmt, 0, arena);
    out->document = stmt_dup(stmt, 1, arena);
    read_anchor(&out->anchor, stmt, 2, arena);
    out->page = (uint32_t)stmt_int(stmt, 7);
    out->note = stmt_dup(stmt, 8, arena);
    out->created = stmt_int(stmt, 9);
    out->changed = stmt_int(stmt, 10);
}

int highlights_of(struct highlight **out, size_t *count, struct store *store, struct arena *arena,
                  const char *document, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int result = stmt_prepare(&stmt, store,
                              "SELECT " HIGHLIGHT_COLUMNS " FROM highlight "
                              "WHERE ?1 IS NULL OR document = ?1 ORDER BY document, start, uid",
                              err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, document);
    while ((result = stmt_step(stmt, err)) == 1) {
        struct highlight highlight;

        read_highlight(&highlight, stmt, arena);
        ARENA_PUSH(arena, *out, *count, cap, highlight);
    }
    stmt_reset(stmt);
    return result;
}

int highlight_get(struct highlight *out, struct store *store, struct arena *arena, const char *uid,
                  struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT " HIGHLIGHT_COLUMNS " FROM highlight WHERE uid = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, uid);
    result = stmt_step(stmt, err);
    if (result == 1)
        read_highlight(out, stmt, arena);
    stmt_reset(stmt);
    if (result == 0)
        return error_set(err, ERR_NOTFOUND, "no highlight %s", uid);
    return result < 0 ? result : ERR_OK;
}

/* As the change log holds it; *json is NULL when there is none. Caller frees. */
static int highlight_json(char **json, char **document, struct store *store, const char *uid,
                          struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT json_object('document', document, 'start', start, 'stop', stop, 'quote', quote, "
        "'prefix', prefix, 'suffix', suffix, 'page', page, 'note', note, 'created', created, "
        "'changed', changed), document FROM highlight WHERE uid = ?1",
        err);

    *json = *document = NULL;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, uid);
    result = stmt_step(stmt, err);
    if (result == 1) {
        *json = mem_strdup(stmt_text(stmt, 0));
        *document = mem_strdup(stmt_text(stmt, 1));
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

int highlight_apply(struct store *store, const char *uid, const char *json, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        json ? "INSERT OR REPLACE INTO highlight(" HIGHLIGHT_COLUMNS ") "
               "SELECT ?1, ?2 ->> '$.document', ?2 ->> '$.start', ?2 ->> '$.stop', "
               "?2 ->> '$.quote', ?2 ->> '$.prefix', ?2 ->> '$.suffix', ?2 ->> '$.page', "
               "?2 ->> '$.note', ?2 ->> '$.created', ?2 ->> '$.changed'"
             : "DELETE FROM highlight WHERE uid = ?1",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, uid);
    if (json)
        stmt_bind_text(stmt, 2, json);
    return stmt_run(stmt, err);
}

/* One step: what `write` does to the highlight, with what it was and is now in the log. */
static int highlight_step(struct store *store, const char *uid,
                          int (*write)(struct store *, const char *uid, const void *,
                                       struct error *),
                          const void *what, struct error *err)
{
    char *old = NULL, *new = NULL, *document = NULL, *same = NULL, *item;
    bool own = store->step == 0;
    int result = own ? state_begin(store, err) : ERR_OK;

    if (result != ERR_OK)
        return result;
    result = highlight_json(&old, &document, store, uid, err);
    if (result == ERR_OK)
        result = write(store, uid, what, err);
    if (result == ERR_OK)
        result = highlight_json(&new, &same, store, uid, err);
    if (result == ERR_OK && !str_eq(old, new)) {
        item = mem_printf("file:%s", document ? document : same);
        result = state_log(store, "highlight", item, uid, old, new, err);
        free(item);
    }
    if (own && result == ERR_OK)
        result = state_commit(store, err);
    else if (own)
        state_rollback(store);
    free(old);
    free(new);
    free(document);
    free(same);
    return result;
}

static int write_new(struct store *store, const char *uid, const void *what, struct error *err)
{
    const struct highlight *highlight = what;
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "INSERT INTO highlight(" HIGHLIGHT_COLUMNS ") "
                              "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, uid);
    stmt_bind_text(stmt, 2, highlight->document);
    bind_anchor(stmt, 3, &highlight->anchor);
    stmt_bind_int(stmt, 8, highlight->page);
    stmt_bind_text(stmt, 9, highlight->note ? highlight->note : "");
    stmt_bind_int(stmt, 10, highlight->created);
    return stmt_run(stmt, err);
}

static int new_uid(char **uid, struct store *store, struct arena *arena, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, "SELECT lower(hex(randomblob(8)))", err);

    if (result != ERR_OK)
        return result;
    result = stmt_step(stmt, err);
    if (result == 1)
        *uid = stmt_dup(stmt, 0, arena);
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

int highlight_add(struct store *store, struct arena *arena, struct highlight *highlight,
                  struct error *err)
{
    int result;

    if (!*highlight->anchor.quote)
        return error_set(err, ERR_USAGE, "there is nothing to highlight");
    if (strlen(highlight->anchor.quote) > ANCHOR_QUOTE_MAX)
        return error_set(err, ERR_LIMIT, "a highlight may have %d KiB of text",
                         ANCHOR_QUOTE_MAX / 1024);
    highlight->created = highlight->changed = clock_now_ms();
    result = new_uid(&highlight->uid, store, arena, err);
    return result == ERR_OK ? highlight_step(store, highlight->uid, write_new, highlight, err)
                            : result;
}

static int write_note(struct store *store, const char *uid, const void *what, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "UPDATE highlight SET note = ?2, changed = ?3 WHERE uid = ?1 "
                              "AND note <> ?2 RETURNING 1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, uid);
    stmt_bind_text(stmt, 2, what);
    stmt_bind_int(stmt, 3, clock_now_ms());
    return stmt_run(stmt, err);
}

static int highlight_there(struct store *store, const char *uid, struct error *err)
{
    int64_t one;
    int result =
        store_lookup(store, &one, "SELECT 1 FROM highlight WHERE uid = ?1", uid, 0, 0, err);

    return result == ERR_NOTFOUND ? error_set(err, result, "no highlight %s", uid) : result;
}

int highlight_note(struct store *store, const char *uid, const char *note, struct error *err)
{
    struct str clean = STR_INIT;
    int result = highlight_there(store, uid, err);

    if (result == ERR_OK && strlen(note) > HIGHLIGHT_NOTE_MAX)
        result = error_set(err, ERR_LIMIT, "a highlight's note may have %d KiB",
                           HIGHLIGHT_NOTE_MAX / 1024);
    if (result == ERR_OK) {
        utf8_clean(&clean, note, strlen(note));
        str_trim(&clean);
        result = highlight_step(store, uid, write_note, clean.ptr, err);
    }
    str_free(&clean);
    return result;
}

static int write_gone(struct store *store, const char *uid, const void *what, struct error *err)
{
    return highlight_apply(store, uid, what, err);
}

int highlight_remove(struct store *store, const char *uid, struct error *err)
{
    int result = highlight_there(store, uid, err);

    return result == ERR_OK ? highlight_step(store, uid, write_gone, NULL, err) : result;
}
