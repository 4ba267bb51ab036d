/*
 * Works as people see them: finding one by any of its names, list rows, and everything about one.
 */
#include "carrel/works.h"
#include "internal.h"

#include "carrel/bin.h"
#include "carrel/fts.h"

#include "carrel/clock.h"
#include "carrel/evidence.h"
#include "carrel/publish.h"
#include "carrel/samples.h"

#include <inttypes.h>
#include <string.h>

#define FILE_BEGIN 4 /* digits of a document's name that may stand for it */

static int works_find_sql(struct store *store, int64_t *id, const char *sql, const char *a,
                          const char *b, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, a);
    if (b)
        stmt_bind_text(stmt, 2, b);
    result = stmt_step(stmt, err);
    if (result == 1)
        *id = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return result < 0 ? result : result == 1 ? ERR_OK : ERR_NOTFOUND;
}

/* The beginning of a hash, as long as one document alone has it. */
static int works_find_file(struct store *store, int64_t *id, const char *begin, struct error *err)
{
    struct stmt *stmt;
    int64_t many;
    int result;

    if (strlen(begin) < FILE_BEGIN || strspn(begin, "0123456789abcdef") < strlen(begin))
        return ERR_NOTFOUND;
    result = stmt_prepare(&stmt, store,
                          "SELECT count(*), min(work_id) FROM alias WHERE scheme = 'file' AND "
                          "value >= ?1 AND value < ?1 || 'g'",
                          err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, begin);
    result = stmt_step(stmt, err);
    many = result == 1 ? stmt_int(stmt, 0) : 0;
    if (many == 1)
        *id = stmt_int(stmt, 1);
    stmt_reset(stmt);
    if (result == 1 && many > 1)
        return error_set(err, ERR_USAGE, "file:%s begins the names of %lld documents; write more",
                         begin, (long long)many);
    return result < 0 ? result : many == 1 ? ERR_OK : ERR_NOTFOUND;
}

/* What was removed is told as that, with the way back. */
static int works_missing(struct store *store, const char *any_id, struct error *err)
{
    bool removed = false;

    if (err)
        bin_removed(store, &removed, any_id, NULL);
    return error_set(err, ERR_NOTFOUND,
                     removed ? "%s was removed; 'carrel bin restore' brings it back"
                             : "%s is not in this library",
                     any_id);
}

/* A word that is no id may be the key of an entry, when one paper alone came by it. */
static int works_find_cited(struct store *store, int64_t *id, const char *key, struct error *err)
{
    struct str names = STR_INIT;
    struct stmt *stmt;
    int64_t many = 0;
    int step = ERR_OK;
    int result = stmt_prepare(&stmt, store,
                              "SELECT DISTINCT w.id, w.key FROM cited_key c JOIN record r ON r.id "
                              "= c.record_id JOIN work w ON w.id = r.work_id WHERE c.key = ?1 AND "
                              "c.key != '' ORDER BY w.id LIMIT 10",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, key);
    while ((step = stmt_step(stmt, err)) == 1) {
        *id = stmt_int(stmt, 0);
        str_printf(&names, "%s%s", many++ ? ", " : "", stmt_text(stmt, 1));
    }
    stmt_reset(stmt);
    if (step < 0)
        result = step;
    else if (many > 1)
        result =
            error_set(err, ERR_USAGE, "%.80s is the key of several papers; name one by its id: %s",
                      key, names.ptr);
    else if (many == 0)
        result = error_set(err, ERR_NOTFOUND,
                           "'%s' is no id that carrel knows (arxiv:1706.03762, doi:10.…, their "
                           "URLs, or the key of an entry); search finds papers by their words",
                           key);
    str_free(&names);
    return result;
}

int works_find(struct store *store, int64_t *id, const char *any_id, struct error *err)
{
    struct ident ident;
    int result = works_find_sql(store, id, "SELECT id FROM work WHERE key = ?1", any_id, NULL, err);

    if (result == ERR_NOTFOUND && ident_parse(&ident, any_id))
        result =
            works_find_sql(store, id, "SELECT work_id FROM alias WHERE scheme = ?1 AND value = ?2",
                           ident_scheme_name(ident.scheme), ident.value, err);
    if (result == ERR_NOTFOUND && !ident_parse(&ident, any_id))
        return works_find_cited(store, id, any_id, err);
    if (result == ERR_NOTFOUND && ident.scheme == ID_FILE)
        result = works_find_file(store, id, ident.value, err);
    if (result == ERR_NOTFOUND)
        return works_missing(store, any_id, err);
    return result;
}

int works_count(struct store *store, int64_t *count, struct error *err)
{
    return store_query_int(store, "SELECT value FROM meta WHERE key = 'works'", count, err);
}

static void works_row_read(struct stmt *stmt, struct arena *arena, struct work_row *row)
{
    row->id = stmt_int(stmt, 0);
    row->key = arena_strdup(arena, stmt_text(stmt, 1));
    row->day = (int32_t)stmt_int(stmt, 2);
    row->added = stmt_int(stmt, 3);
    row->flags = (int)stmt_int(stmt, 4);
    row->title = arena_strdup(arena, stmt_text(stmt, 5));
    row->authors = arena_strdup(arena, stmt_text(stmt, 6));
    row->published = arena_strdup(arena, stmt_text(stmt, 7));
    row->primary_category = arena_strdup(arena, stmt_text(stmt, 8));
    row->state = (enum read_state)stmt_int(stmt, 9);
    row->starred = stmt_int(stmt, 10) != 0;
    row->tags = arena_strdup(arena, stmt_text(stmt, 11));
    row->noted = stmt_int(stmt, 12) != 0;
    row->priority = (int)stmt_int(stmt, 13);
    row->changed = stmt_int(stmt, 14) != 0;
}

int works_keys(struct store *store, struct arena *arena, const int64_t *ids, size_t count,
               char **keys, struct error *err)
{
    struct stmt *stmt;
    size_t i;
    int step = 0;
    int result = stmt_prepare(&stmt, store, "SELECT key FROM work WHERE id = ?1", err);

    for (i = 0; i < count && result == ERR_OK && step >= 0; i++) {
        stmt_bind_int(stmt, 1, ids[i]);
        step = stmt_step(stmt, err);
        keys[i] = step == 1 ? stmt_dup(stmt, 0, arena) : NULL;
        stmt_reset(stmt);
    }
    return step < 0 ? step : result;
}

int works_rows(struct store *store, struct arena *arena, const int64_t *ids, size_t count,
               struct work_row *rows, struct error *err)
{
    static const char sql[] =
        "SELECT w.id, w.key, w.day, w.added, w.flags, t.title, t.authors, t.published, (SELECT "
        "code FROM category WHERE id = w.primary_category), r.state, r.starred, (SELECT "
        "group_concat(name, ' ') FROM (SELECT g.name FROM work_tag wt JOIN tag g ON g.id = "
        "wt.tag_id WHERE wt.work_id = w.id ORDER BY g.name)), EXISTS(SELECT 1 FROM note WHERE "
        "work_id = w.id AND body <> ''), r.priority, EXISTS(SELECT 1 FROM work_news n WHERE "
        "n.work_id = w.id) FROM work w JOIN work_text t ON t.id = w.id LEFT JOIN reading r ON "
        "r.work_id = w.id WHERE w.id = ?1";
    struct stmt *stmt;
    size_t i;
    int result = stmt_prepare(&stmt, store, sql, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        memset(&rows[i], 0, sizeof rows[i]);
        stmt_bind_int(stmt, 1, ids[i]);
        result = stmt_step(stmt, err);
        if (result == 1) {
            works_row_read(stmt, arena, &rows[i]);
            result = ERR_OK;
        }
        stmt_reset(stmt);
    }
    return result;
}

static int works_sources(struct store *store, struct arena *arena, struct work_full *out,
                         struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT source, source_key, version, fetched, current FROM record "
                              "WHERE work_id = ?1 ORDER BY current DESC, fetched, id",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, out->row.id);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct work_source source = { .source = arena_strdup(arena, stmt_text(stmt, 0)),
                                      .source_key = arena_strdup(arena, stmt_text(stmt, 1)),
                                      .version = (int)stmt_int(stmt, 2),
                                      .fetched = stmt_int(stmt, 3),
                                      .current = stmt_int(stmt, 4) != 0 };

        if (out->sources.len == out->sources.cap) {
            size_t cap = out->sources.cap ? out->sources.cap * 2 : 4;
            struct work_source *items = arena_alloc(arena, cap * sizeof *items);

            if (out->sources.len)
                memcpy(items, out->sources.items, out->sources.len * sizeof *items);
            out->sources.items = items;
            out->sources.cap = cap;
        }
        out->sources.items[out->sources.len++] = source;
    }
    stmt_reset(stmt);
    return step;
}

static int works_links(struct store *store, struct arena *arena, int64_t id,
                       struct record_links *out, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT kind, url, evidence, said FROM link "
                              "WHERE work_id = ?1 AND evidence != '' ORDER BY kind, url",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    while ((step = stmt_step(stmt, err)) == 1)
        record_link_add(out, arena,
                        &(struct record_link){ .kind = (char *)(uintptr_t)stmt_text(stmt, 0),
                                               .url = (char *)(uintptr_t)stmt_text(stmt, 1),
                                               .evidence = (char *)(uintptr_t)stmt_text(stmt, 2),
                                               .said = (char *)(uintptr_t)stmt_text(stmt, 3) });
    stmt_reset(stmt);
    return step;
}

#define MERGE_LINE                                                                                 \
    "strftime('%Y-%m-%d', at / 1000, 'unixepoch') || ' ' || gone_key || ' merged: ' || "           \
    "ifnull(json_extract(evidence, '$.rule'), evidence)"

int works_merged(struct store *store, struct arena *arena, size_t limit, struct work_merge **out,
                 size_t *count, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT work_id, gone_key, " MERGE_LINE " FROM merge "
                              "WHERE NOT by_hand AND undone IS NULL ORDER BY id DESC LIMIT ?1",
                              err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, (int64_t)limit);
    while ((step = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, *out, *count, cap,
                   ((struct work_merge){ .work = stmt_int(stmt, 0),
                                         .gone = arena_strdup(arena, stmt_text(stmt, 1)),
                                         .said = arena_strdup(arena, stmt_text(stmt, 2)) }));
    stmt_reset(stmt);
    return step;
}

int works_full(struct store *store, struct arena *arena, int64_t id, struct work_full *out,
               struct error *err)
{
    int result;

    memset(out, 0, sizeof *out);
    result = works_rows(store, arena, &id, 1, &out->row, err);
    if (result == ERR_OK && out->row.id == 0)
        return error_set(err, ERR_NOTFOUND, "work %" PRId64 " is no longer in the library", id);
    if (result == ERR_OK)
        result = publish_record(store, arena, id, &out->record, err);
    if (result == ERR_OK)
        result = works_links(store, arena, id, &out->record.links, err);
    if (result == ERR_OK)
        evidence_weigh(&out->record, arena);
    if (result == ERR_OK)
        result = samples_newest(store, arena, id, &out->record.metrics, err);
    if (result == ERR_OK)
        result = works_sources(store, arena, out, err);
    if (result == ERR_OK)
        result = texts_of(
            store, arena,
            "SELECT scheme || ':' || value FROM alias WHERE work_id = ?1 ORDER BY scheme, value",
            id, &out->aliases, err);
    if (result == ERR_OK)
        result = texts_of(store, arena,
                          "SELECT " MERGE_LINE " FROM merge "
                          "WHERE work_id = ?1 AND undone IS NULL ORDER BY id",
                          id, &out->merges, err);
    return result;
}

/* The most frequent so far, in order; a short list, so each is put in its place. */
struct prefix_terms {
    const char *prefix;
    size_t prefix_len;
    struct arena *arena;
    struct name_count *items;
    size_t len, cap;
};

static int prefix_term(void *ctx, const char *word, size_t len, int64_t df)
{
    struct prefix_terms *terms = ctx;
    size_t at = terms->len;

    if (len < terms->prefix_len || memcmp(word, terms->prefix, terms->prefix_len) != 0)
        return 1; /* behind them */
    while (at > 0 && terms->items[at - 1].count < df)
        at--;
    if (at == terms->cap)
        return 0;
    if (terms->len < terms->cap)
        terms->len++;
    memmove(&terms->items[at + 1], &terms->items[at], (terms->len - at - 1) * sizeof *terms->items);
    terms->items[at] =
        (struct name_count){ .name = arena_strndup(terms->arena, word, len), .count = df };
    return 0;
}

int terms_with_prefix(struct store *store, struct arena *arena, const char *prefix, size_t cap,
                      struct name_count **out, size_t *count, struct error *err)
{
    struct prefix_terms terms = { .prefix = prefix,
                                  .prefix_len = strlen(prefix),
                                  .arena = arena,
                                  .items = arena_alloc(arena, (cap + 1) * sizeof *terms.items),
                                  .cap = cap };
    int result = vocabulary_each(store, VOCABULARY_TERMS, prefix, prefix_term, &terms, err);

    *out = terms.items;
    *count = terms.len;
    return result;
}
