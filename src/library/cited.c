/*
 * The entries of bibliographies among a work's records.
 */
#include "carrel/cited.h"

#include "carrel/bibname.h"
#include "carrel/citation.h"
#include "carrel/entries.h"
#include "carrel/utf8.h"

#include "internal.h"

#include <string.h>

/* A further entry of the paper: it leads, unless it is a poorer one. */
static void entry_join(struct citation *all, struct arena *arena, const struct text_list *kept)
{
    struct citation next;

    if (!citation_from(&next, arena, kept))
        return;
    if (all->len == 0) {
        *all = next;
    } else if (citation_poorer(&next, all)) {
        citation_fill(all, &next, arena);
    } else {
        citation_fill(&next, all, arena);
        *all = next;
    }
}

bool cited_of_body(const struct record *record)
{
    static const char *const fields[] = { "author", "editor", "translator", NULL };
    struct arena *arena;
    struct citation entry;
    struct bib_name name = { .body = false };
    struct str plain = STR_INIT, first = STR_INIT;
    const char *list, *one;
    size_t len;

    if (record->cited.len == 0 || record->authors.len == 0)
        return false;
    arena = arena_new();
    list = citation_from(&entry, arena, &record->cited) ? citation_first(&entry, fields) : NULL;
    if (list && bib_names_next(&list, &one, &len))
        bib_name_parse(&name, arena, one, len);
    if (name.body) { /* a person may have named others since */
        bib_name_plain(&plain, &name);
        utf8_squeeze(&first, plain.ptr, plain.len);
        name.body = strcmp(first.ptr, record->authors.items[0]) == 0;
    }
    str_free(&first);
    str_free(&plain);
    arena_free(arena);
    return name.body;
}

int cited_read(struct text_list *out, struct store *store, struct arena *arena, int64_t work,
               struct error *err)
{
    struct citation all = { .type = "", .key = "" };
    struct record record = { 0 };
    struct stmt *stmt;
    size_t count = 0;
    int step;
    int result =
        stmt_prepare(&stmt, store,
                     "SELECT r.payload FROM record r JOIN cited_key c ON c.record_id = "
                     "r.id WHERE r.work_id = ?1 AND " ENTRIES(r) " ORDER BY r.fetched, r.id",
                     err);

    memset(out, 0, sizeof *out);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1) {
        size_t len;
        const void *bytes = stmt_blob(stmt, 0, &len);

        step = payload_unpack(&record, arena, bytes, len, err);
        if (step != ERR_OK)
            break;
        entry_join(&all, arena, &record.cited);
        count++;
    }
    stmt_reset(stmt);
    if (step == ERR_OK && count == 1)
        *out = record.cited;
    else if (step == ERR_OK && count > 1)
        citation_keep(out, arena, &all);
    return step;
}

int cited_key(struct str *out, struct store *store, int64_t work, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT c.key FROM record r JOIN cited_key c ON c.record_id = r.id "
        "WHERE r.work_id = ?1 AND c.key != '' AND " ENTRIES(r) " ORDER BY r.id LIMIT 1",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    step = stmt_step(stmt, err);
    if (step == 1)
        str_add(out, stmt_text(stmt, 0));
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

/* Works of this key, as far as no earlier entry calls them otherwise. */
static int keys_of_one(struct store *store, const char *key,
                       int (*each)(void *ctx, int64_t work, const char *key), void *ctx,
                       struct error *err)
{
    struct str first = STR_INIT;
    struct stmt *stmt;
    int step = ERR_OK;
    int result = stmt_prepare(&stmt, store,
                              "SELECT DISTINCT r.work_id FROM cited_key c JOIN record r ON r.id = "
                              "c.record_id WHERE c.key = ?1 AND c.key != '' ORDER BY r.work_id",
                              err);

    if (result == ERR_OK)
        stmt_bind_text(stmt, 1, key);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        int64_t work = stmt_int(stmt, 0);

        str_clear(&first);
        result = cited_key(&first, store, work, err);
        if (result == ERR_OK && strcmp(first.ptr, key) == 0)
            result = each(ctx, work, key);
    }
    stmt_reset(stmt);
    str_free(&first);
    return result != ERR_OK ? result : step;
}

int cited_keys(struct store *store, const char *key,
               int (*each)(void *ctx, int64_t work, const char *key), void *ctx, struct error *err)
{
    int64_t last = 0;
    struct stmt *stmt;
    int step = ERR_OK, result;

    if (key)
        return keys_of_one(store, key, each, ctx, err);
    result = stmt_prepare(&stmt, store,
                          "SELECT r.work_id, c.key FROM cited_key c CROSS JOIN record r ON r.id = "
                          "c.record_id WHERE c.key != '' AND " ENTRIES(r) " ORDER BY "
                                                                          "r.work_id, r.id",
                          err);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        if (stmt_int(stmt, 0) == last) /* one that was imported later */
            continue;
        last = stmt_int(stmt, 0);
        result = each(ctx, last, stmt_text(stmt, 1));
    }
    stmt_reset(stmt);
    return result != ERR_OK ? result : step;
}

int cited_last(int64_t *last, struct store *store, struct error *err)
{
    return store_query_int(store, "SELECT coalesce(max(id), 0) FROM record", last, err);
}

int cited_others(struct store *store, int64_t behind,
                 int (*each)(void *ctx, int64_t work, const char *key, const char *first),
                 void *ctx, struct error *err)
{
    struct str first = STR_INIT;
    struct stmt *stmt;
    int step = ERR_OK;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT r.work_id, c.key FROM cited_key c CROSS JOIN record r ON r.id = "
        "c.record_id WHERE c.record_id > ?1 AND c.key != '' AND " ENTRIES(
            r) " AND NOT EXISTS (SELECT 1 FROM record o JOIN cited_key k ON k.record_id = "
               "o.id WHERE o.work_id = r.work_id AND o.id < r.id AND k.key = c.key) ORDER BY "
               "c.record_id",
        err);

    if (result == ERR_OK)
        stmt_bind_int(stmt, 1, behind);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        int64_t work = stmt_int(stmt, 0);

        str_clear(&first);
        result = cited_key(&first, store, work, err);
        if (result == ERR_OK && first.len > 0 && strcmp(first.ptr, stmt_text(stmt, 1)) != 0)
            result = each(ctx, work, stmt_text(stmt, 1), first.ptr);
    }
    stmt_reset(stmt);
    str_free(&first);
    return result != ERR_OK ? result : step;
}

/* Is it written by this key? */
static int has_first(bool *has, struct store *store, int64_t work, const char *key,
                     struct error *err)
{
    struct str first = STR_INIT;
    int result = cited_key(&first, store, work, err);

    *has = result == ERR_OK && strcmp(first.ptr, key) == 0;
    str_free(&first);
    return result;
}

int cited_shared(struct store *store, int64_t behind,
                 int (*each)(void *ctx, int64_t work, const char *key, int64_t other), void *ctx,
                 struct error *err)
{
    struct stmt *stmt;
    int step = ERR_OK;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT r.work_id, c.key, (SELECT o.work_id FROM cited_key k CROSS JOIN record o ON o.id = "
        "k.record_id WHERE k.key = c.key AND k.key != '' AND k.record_id < c.record_id AND "
        "o.work_id != r.work_id AND " ENTRIES(
            o) " ORDER BY k.record_id LIMIT 1) AS other FROM cited_key c CROSS JOIN record r ON "
               "r.id = c.record_id WHERE c.record_id > ?1 AND c.key != '' AND " ENTRIES(
                   r) " AND other IS NOT NULL AND NOT EXISTS (SELECT 1 FROM record o JOIN "
                      "cited_key k ON k.record_id = o.id WHERE o.work_id = r.work_id AND o.id < "
                      "r.id AND k.key = c.key) ORDER BY c.record_id",
        err);

    if (result == ERR_OK)
        stmt_bind_int(stmt, 1, behind);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        int64_t work = stmt_int(stmt, 0), other = stmt_int(stmt, 2);
        const char *key = stmt_text(stmt, 1);
        bool here, there = false;

        result = has_first(&here, store, work, key, err);
        if (result == ERR_OK && here)
            result = has_first(&there, store, other, key, err);
        if (result == ERR_OK && there)
            result = each(ctx, work, key, other);
    }
    stmt_reset(stmt);
    return result != ERR_OK ? result : step;
}

static void works_record(struct record *out, struct arena *arena, struct stmt *stmt)
{
    const char *names = stmt_text(stmt, 3);

    *out = (struct record){ .id = arena_strdup(arena, stmt_text(stmt, 1)),
                            .title = arena_strdup(arena, stmt_text(stmt, 2)),
                            .published = arena_strdup(arena, stmt_text(stmt, 4)) };
    while (*names) {
        size_t len = strcspn(names, "\n");

        text_list_add(&out->authors, arena, names, len);
        names += len + (names[len] == '\n');
    }
}

int cited_works(struct store *store, int32_t first, int32_t last,
                int (*each)(void *ctx, int64_t work, const struct record *), void *ctx,
                struct error *err)
{
    struct arena *arena = arena_new();
    struct stmt *stmt;
    int step = ERR_OK;
    int result = stmt_prepare(&stmt, store,
                              "SELECT w.id, w.key, t.title, t.authors, t.published FROM work w "
                              "JOIN work_text t ON t.id = w.id WHERE w.day BETWEEN ?1 AND ?2 "
                              "ORDER BY w.id",
                              err);

    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, first);
        stmt_bind_int(stmt, 2, last);
    }
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        struct record record;

        arena_reset(arena);
        works_record(&record, arena, stmt);
        result = each(ctx, stmt_int(stmt, 0), &record);
    }
    if (result == ERR_OK)
        result = step;
    stmt_reset(stmt);
    arena_free(arena);
    return result;
}
