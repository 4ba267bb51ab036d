/*
 * Places and highlights in documents; see reading.h. The change log holds a highlight whole, as a
 * JSON object of its columns, so undoing is writing the old one.
 */
#include "carrel/reading.h"

#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/ops.h"
#include "carrel/state.h"
#include "carrel/str.h"
#include "carrel/utf8.h"
#include "carrel/works.h"

#include "ops_internal.h"

#include <stdlib.h>
#include <string.h>

/* Members of an open object, as registers hold a place. */
static void anchor_json(struct jsonw *w, const struct anchor *anchor)
{
    jsonw_key_int(w, "start", anchor->start);
    jsonw_key_int(w, "stop", anchor->end);
    jsonw_key_string(w, "quote", anchor->quote);
    jsonw_key_string(w, "prefix", anchor->prefix);
    jsonw_key_string(w, "suffix", anchor->suffix);
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
    char *item = mem_printf("file:%s", document);
    struct str value = STR_INIT;
    struct jsonw w;
    bool own = !store_in_transaction(store);
    int result = own ? store_begin(store, err) : ERR_OK;

    jsonw_start(&w, &value);
    jsonw_object(&w);
    anchor_json(&w, &place->anchor);
    jsonw_end(&w);
    if (result == ERR_OK)
        result = ops_say(store, "place", item, mark, value.ptr, err);
    if (result == ERR_OK)
        result = registers_settle(store, "place", item, mark, err);
    if (own && result == ERR_OK)
        result = store_commit(store, err);
    else if (own)
        store_rollback(store);
    str_free(&value);
    free(item);
    return result;
}

/* ---- what was read last ---- */

int reading_recent(int64_t **works, size_t *count, struct store *store, struct arena *arena,
                   size_t limit, struct error *err)
{
    struct stmt *stmt;
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
    return stmt_ints(works, count, stmt, arena, err);
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

int highlight_json(char **json, char **document, struct store *store, const char *uid,
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

/* The parts of a highlight that registers hold, in the arena. */
struct highlight_parts {
    char *item, *place, *note; /* place NULL: it is gone */
};

static int highlight_parts(struct highlight_parts *out, struct store *store, struct arena *arena,
                           const char *uid, const char *json, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        json ? "SELECT 'file:' || (?2 ->> '$.document'), json_remove(?2, '$.document', '$.note', "
               "'$.changed'), ?2 ->> '$.note' WHERE ?1 != ''"
             : "SELECT 'file:' || document FROM highlight WHERE uid = ?1",
        err);

    *out = (struct highlight_parts){ .item = NULL };
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, uid);
    if (json)
        stmt_bind_text(stmt, 2, json);
    result = stmt_step(stmt, err);
    if (result == 1) {
        out->item = stmt_dup(stmt, 0, arena);
        out->place = json ? stmt_dup(stmt, 1, arena) : NULL;
        out->note = json ? stmt_dup(stmt, 2, arena) : NULL;
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

static int highlight_note_now(char **out, struct store *store, struct arena *arena, const char *uid,
                              struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, "SELECT note FROM highlight WHERE uid = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, uid);
    result = stmt_step(stmt, err);
    *out = result == 1 ? stmt_dup(stmt, 0, arena) : NULL;
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

/* One that is taken away keeps its place, since a note that somebody else is writing to it brings
 * it back. */
static int highlight_gone(char **out, struct store *store, struct arena *arena, const char *place,
                          struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, "SELECT json_set(?1, '$.gone', 1)", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, place);
    result = stmt_step(stmt, err);
    *out = result == 1 ? stmt_dup(stmt, 0, arena) : NULL;
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

/* Only what differs is said: a note that somebody else is writing stands beside a new place. */
static int highlight_say(struct store *store, struct arena *arena, const char *uid,
                         const struct highlight_parts *parts, struct error *err)
{
    struct op there = { .value = NULL };
    char *place = parts->place, *note = NULL;
    const char *wanted = parts->place ? parts->note : "";
    int result = ops_register(&there, store, arena, "highlight", parts->item, uid, err);

    if (result == ERR_OK && !place && there.value)
        result = highlight_gone(&place, store, arena, there.value, err);
    if (result == ERR_NOTFOUND || (result == ERR_OK && !str_eq(there.value, place)))
        result = ops_say(store, "highlight", parts->item, uid, place, err);
    if (result == ERR_OK)
        result = highlight_note_now(&note, store, arena, uid, err);
    if (result == ERR_OK && strcmp(wanted, note ? note : "") != 0)
        result = ops_say(store, "hnote", parts->item, uid, *wanted ? wanted : NULL, err);
    return result == ERR_OK ? registers_settle(store, "highlight", parts->item, uid, err) : result;
}

int highlight_apply(struct store *store, const char *uid, const char *json, struct error *err)
{
    struct arena *arena = arena_new();
    struct highlight_parts parts;
    int result = highlight_parts(&parts, store, arena, uid, json, err);

    if (result == ERR_OK && parts.item)
        result = highlight_say(store, arena, uid, &parts, err);
    arena_free(arena);
    return result;
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
    result = own ? state_end(store, result, err) : result;
    free(old);
    free(new);
    free(document);
    free(same);
    return result;
}

static int write_new(struct store *store, const char *uid, const void *what, struct error *err)
{
    const struct highlight *highlight = what;
    struct str json = STR_INIT;
    struct jsonw w;
    int result;

    jsonw_start(&w, &json);
    jsonw_object(&w);
    jsonw_key_string(&w, "document", highlight->document);
    anchor_json(&w, &highlight->anchor);
    jsonw_key_int(&w, "page", highlight->page);
    jsonw_key_string(&w, "note", highlight->note ? highlight->note : "");
    jsonw_key_int(&w, "created", highlight->created);
    jsonw_end(&w);
    result = highlight_apply(store, uid, json.ptr, err);
    str_free(&json);
    return result;
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
    struct arena *arena = arena_new();
    char *json = NULL, *document = NULL;
    struct highlight_parts parts;
    int result = highlight_json(&json, &document, store, uid, err);

    if (result == ERR_OK)
        result = highlight_parts(&parts, store, arena, uid, json, err);
    if (result == ERR_OK && json) {
        parts.note = arena_strdup(arena, what);
        result = highlight_say(store, arena, uid, &parts, err);
    }
    free(json);
    free(document);
    arena_free(arena);
    return result;
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
    enum note_met met;

    return highlight_note_edit(store, uid, NULL, note, &met, err);
}

/* What is to be written, where somebody wrote since; inside a transaction. */
static int note_now_met(struct str *out, enum note_met *met, struct store *store, const char *uid,
                        const char *before, const char *text, struct error *err)
{
    struct arena *arena = arena_new();
    struct str clean = STR_INIT;
    char *now;
    int result = highlight_note_now(&now, store, arena, uid, err);

    utf8_clean(&clean, text, strlen(text));
    str_trim(&clean);
    if (result == ERR_OK)
        result = note_meet(out, met, store, before, now ? now : "", clean.ptr, err);
    if (result == ERR_OK && out->len > HIGHLIGHT_NOTE_MAX)
        result = error_set(err, ERR_LIMIT, "a highlight's note may have %d KiB",
                           HIGHLIGHT_NOTE_MAX / 1024);
    str_free(&clean);
    arena_free(arena);
    return result;
}

int highlight_note_edit(struct store *store, const char *uid, const char *before, const char *text,
                        enum note_met *met, struct error *err)
{
    struct str both = STR_INIT;
    bool own = store->step == 0;
    int result = own ? state_begin(store, err) : ERR_OK;

    *met = NOTE_YOURS;
    if (result != ERR_OK)
        return result;
    result = highlight_there(store, uid, err);
    if (result == ERR_OK)
        result = note_now_met(&both, met, store, uid, before, text, err);
    if (result == ERR_OK)
        result = highlight_step(store, uid, write_note, both.ptr, err);
    str_free(&both);
    return own ? state_end(store, result, err) : result;
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
