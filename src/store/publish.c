/*
 * Exports' reading side. Lists (authors are one text already; categories, code links, tags, notes)
 * come from one statement each, prepared once, so that a hundred thousand works cost a few hundred
 * thousand look-ups and no joins.
 */
#include "carrel/publish.h"
#include "carrel/clock.h"
#include "carrel/credit.h"
#include "carrel/hash.h"
#include "carrel/works.h"
#include "internal.h"

#include <string.h>

/* Tags of each work as one hash, in one pass over the table (most works have none). */
static int publish_tag_hashes(struct store *store, struct hashmap *hashes, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result =
        stmt_prepare(&stmt, store,
                     "SELECT wt.work_id, t.name FROM work_tag wt JOIN tag t ON t.id = wt.tag_id "
                     "ORDER BY wt.work_id, t.name",
                     err);

    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        int64_t id = stmt_int(stmt, 0);
        const char *name = stmt_text(stmt, 1);
        uint64_t *hash = hashmap_put(hashes, (const char *)&id, sizeof id, NULL);

        *hash = hash64(name, strlen(name), *hash);
    }
    stmt_reset(stmt);
    return step;
}

int publish_each(struct store *store, int (*each)(void *ctx, const struct publish_key *key),
                 void *ctx, struct error *err)
{
    struct hashmap *tags = hashmap_new();
    struct stmt *stmt;
    int step, result;

    result = publish_tag_hashes(store, tags, err);
    if (result == ERR_OK)
        result = stmt_prepare(
            &stmt, store, "SELECT id, key, day, changed, flags FROM work ORDER BY day DESC, key",
            err);
    if (result != ERR_OK)
        goto out;
    while ((step = stmt_step(stmt, err)) == 1) {
        struct publish_key key = { .id = stmt_int(stmt, 0),
                                   .key = stmt_text(stmt, 1),
                                   .day = (int32_t)stmt_int(stmt, 2),
                                   .changed = stmt_int(stmt, 3),
                                   .credits = (unsigned)stmt_int(stmt, 4) >> WORK_CREDIT_SHIFT };
        uint64_t *hash = hashmap_get(tags, (const char *)&key.id, sizeof key.id);

        key.state_hash = hash ? *hash : 0;
        step = each(ctx, &key);
        if (step != 0)
            break;
    }
    stmt_reset(stmt);
    result = step;
out:
    hashmap_free(tags);
    return result;
}

int publish_updated(struct store *store, int64_t id, int64_t *ms, struct error *err)
{
    return store_lookup(store, ms,
                        "SELECT max(ifnull((SELECT max(fetched) FROM record WHERE work_id = ?1 AND "
                        "current AND source != 'hand'), 0), ifnull((SELECT max(o.stamp) >> 16 FROM "
                        "alias a CROSS JOIN op o ON o.item = a.scheme || ':' || a.value WHERE "
                        "a.work_id = ?1 AND o.kind = 'edit'), 0))",
                        NULL, id, 0, err);
}

static char *publish_text(struct stmt *stmt, int column, struct arena *arena)
{
    const char *text = stmt_text(stmt, column);

    return *text ? arena_strdup(arena, text) : NULL;
}

/* Of a work that has more than one. */
static int publish_versions(struct store *store, struct arena *arena, int64_t id,
                            struct text_list *versions, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT known FROM work_version WHERE work_id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    step = stmt_step(stmt, err);
    if (step == 1)
        text_list_add_lines(versions, arena, stmt_text(stmt, 0));
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

static int publish_fields(struct store *store, struct arena *arena, int64_t id, struct record *out,
                          struct error *err)
{
    struct stmt *stmt;
    int step;
    int result =
        stmt_prepare(&stmt, store,
                     "SELECT w.key, t.title, t.abstract, t.authors, t.published, t.updated, t.doi, "
                     "t.venue, t.comment, t.url, t.pdf_url, t.license, w.flags, "
                     "r.state, r.starred FROM work w JOIN work_text t ON t.id = w.id "
                     "LEFT JOIN reading r ON r.work_id = w.id WHERE w.id = ?1",
                     err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    step = stmt_step(stmt, err);
    if (step == 1) {
        out->id = publish_text(stmt, 0, arena);
        out->title = publish_text(stmt, 1, arena);
        out->abstract = publish_text(stmt, 2, arena);
        text_list_add_lines(&out->authors, arena, stmt_text(stmt, 3));
        out->published = publish_text(stmt, 4, arena);
        out->updated = publish_text(stmt, 5, arena);
        out->doi = publish_text(stmt, 6, arena);
        out->venue = publish_text(stmt, 7, arena);
        out->comment = publish_text(stmt, 8, arena);
        out->url = publish_text(stmt, 9, arena);
        out->pdf_url = publish_text(stmt, 10, arena);
        out->license = publish_text(stmt, 11, arena);
        out->deleted = (stmt_int(stmt, 12) & WORK_WITHDRAWN) != 0;
        credits_from_bits(&out->credits, arena, (unsigned)stmt_int(stmt, 12) >> WORK_CREDIT_SHIFT);
        out->state = (enum read_state)stmt_int(stmt, 13);
        out->starred = stmt_int(stmt, 14) != 0;
    }
    stmt_reset(stmt);
    if (step == 0)
        return error_set(err, ERR_NOTFOUND, "work %lld is no longer in the library", (long long)id);
    return step < 0 ? step : ERR_OK;
}

int publish_record(struct store *store, struct arena *arena, int64_t id, struct record *out,
                   struct error *err)
{
    static const char categories[] =
        "SELECT c.code FROM work_category wc JOIN category c "
        "ON c.id = wc.category_id WHERE wc.work_id = ?1 ORDER BY wc.position";
    static const char code[] =
        "SELECT url FROM link WHERE work_id = ?1 AND kind = 'code' AND url NOT LIKE 'repo:%' "
        "ORDER BY url"; /* clones of folders are nobody else's */
    static const char tasks[] = "SELECT c.name FROM catalog_work cw JOIN catalog c ON c.id = "
                                "cw.entry_id WHERE cw.work_id = ?1 AND c.kind = 1 ORDER BY c.key";
    static const char methods[] = "SELECT c.name FROM catalog_work cw JOIN catalog c ON c.id = "
                                  "cw.entry_id WHERE cw.work_id = ?1 AND c.kind = 2 ORDER BY c.key";
    static const char tags[] = "SELECT t.name FROM work_tag wt JOIN tag t ON t.id = wt.tag_id "
                               "WHERE wt.work_id = ?1 ORDER BY t.name";
    static const char notes[] = "SELECT body FROM note WHERE work_id = ?1 ORDER BY created, id";
    int result;

    memset(out, 0, sizeof *out);
    result = publish_fields(store, arena, id, out, err);
    if (result == ERR_OK)
        result = texts_of(store, arena, categories, id, &out->categories, err);
    if (result == ERR_OK)
        result = texts_of(store, arena, code, id, &out->code_urls, err);
    if (result == ERR_OK)
        result = texts_of(store, arena, tasks, id, &out->tasks, err);
    if (result == ERR_OK)
        result = texts_of(store, arena, methods, id, &out->methods, err);
    if (result == ERR_OK)
        result = publish_versions(store, arena, id, &out->versions, err);
    if (result == ERR_OK)
        result = texts_of(store, arena, tags, id, &out->tags, err);
    if (result == ERR_OK)
        result = texts_of(store, arena, notes, id, &out->notes, err);
    return result;
}

int publish_shared(struct store *store, struct arena *arena, int64_t id, struct record *out,
                   struct error *err)
{
    static const char code[] =
        "SELECT url FROM link WHERE work_id = ?1 AND kind = 'code' AND url NOT LIKE 'repo:%' AND "
        "record_id IS NULL ORDER BY url";
    int result = publish_record(store, arena, id, out, err);

    out->code_urls = (struct text_list){ 0 };
    return result == ERR_OK ? texts_of(store, arena, code, id, &out->code_urls, err) : result;
}

int publish_counts(struct store *store, const char *what,
                   int (*each)(void *ctx, const struct publish_count *count), void *ctx,
                   struct error *err)
{
    static const struct {
        const char *what, *sql;
    } queries[] = {
        { "category", "SELECT c.code, count(*) AS n FROM work_category wc JOIN category c "
                      "ON c.id = wc.category_id GROUP BY wc.category_id ORDER BY n DESC, c.code" },
        { "tag", "SELECT t.name, count(*) AS n FROM work_tag wt JOIN tag t ON t.id = wt.tag_id "
                 "GROUP BY wt.tag_id ORDER BY n DESC, t.name" },
        { "source", "SELECT source, count(*) AS n FROM record WHERE current GROUP BY source "
                    "ORDER BY n DESC, source" },
        { "year", "SELECT strftime('%Y', day * 86400, 'unixepoch') AS y, count(*) FROM work "
                  "WHERE day != 0 GROUP BY y ORDER BY y" },
        { "month", "SELECT strftime('%Y-%m', day * 86400, 'unixepoch') AS m, count(*) FROM work "
                   "WHERE day != 0 GROUP BY m ORDER BY m" },
    };
    struct stmt *stmt;
    size_t i = 0;
    int step, result;

    while (i < ARRAY_LEN(queries) && strcmp(queries[i].what, what) != 0)
        i++;
    if (i == ARRAY_LEN(queries))
        return error_set(err, ERR_USAGE, "no statistic called '%s'", what);
    result = stmt_prepare(&stmt, store, queries[i].sql, err);
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        struct publish_count count = { .name = stmt_text(stmt, 0), .count = stmt_int(stmt, 1) };

        step = each(ctx, &count);
        if (step != 0)
            break;
    }
    stmt_reset(stmt);
    return step;
}

int publish_pairs(struct store *store, const char *what,
                  int (*each)(void *ctx, int64_t work, const char *name), void *ctx,
                  struct error *err)
{
    static const struct {
        const char *what, *sql;
    } queries[] = {
        { "category", "SELECT wc.work_id, c.code FROM work_category wc JOIN category c "
                      "ON c.id = wc.category_id" },
        { "source", "SELECT work_id, source FROM record WHERE current" },
        { "author", "SELECT wa.work_id, a.name FROM work_author wa JOIN author a "
                    "ON a.id = wa.author_id" },
        { "code", "SELECT id, '' FROM work WHERE flags & 1" },
    };
    struct stmt *stmt;
    size_t i = 0;
    int step, result;

    while (i < ARRAY_LEN(queries) && strcmp(queries[i].what, what) != 0)
        i++;
    if (i == ARRAY_LEN(queries))
        return error_set(err, ERR_USAGE, "no pairs of '%s'", what);
    result = stmt_prepare(&stmt, store, queries[i].sql, err);
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        step = each(ctx, stmt_int(stmt, 0), stmt_text(stmt, 1));
        if (step != 0)
            break;
    }
    stmt_reset(stmt);
    return step;
}

int publish_totals(struct store *store, struct publish_totals *totals, struct error *err)
{
    /* The order of the columns is the order of the fields below. */
    static const char sql[] =
        "SELECT (SELECT count(*) FROM work), (SELECT count(*) FROM record WHERE current), (SELECT "
        "count(*) FROM author a WHERE EXISTS (SELECT 1 FROM work_author x WHERE x.author_id = "
        "a.id)), (SELECT count(*) FROM category), (SELECT count(*) FROM work WHERE flags & 1), "
        "(SELECT count(*) FROM work WHERE flags & 4), (SELECT count(*) FROM reading WHERE state = "
        "1), (SELECT count(*) FROM reading WHERE state = 2), (SELECT count(*) FROM reading WHERE "
        "starred), (SELECT count(*) FROM tag), (SELECT count(*) FROM note), (SELECT count(*) FROM "
        "saved_query), (SELECT min(day) FROM work WHERE day != 0), (SELECT max(day) FROM work "
        "WHERE day != 0), (SELECT max(added) FROM work), (SELECT count(*) FROM reading WHERE state "
        "!= 0)";
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    step = stmt_step(stmt, err);
    if (step == 1) {
        totals->works = stmt_int(stmt, 0);
        totals->records = stmt_int(stmt, 1);
        totals->authors = stmt_int(stmt, 2);
        totals->categories = stmt_int(stmt, 3);
        totals->with_code = stmt_int(stmt, 4);
        totals->withdrawn = stmt_int(stmt, 5);
        totals->read = stmt_int(stmt, 6);
        totals->later = stmt_int(stmt, 7);
        totals->starred = stmt_int(stmt, 8);
        totals->tags = stmt_int(stmt, 9);
        totals->notes = stmt_int(stmt, 10);
        totals->queries = stmt_int(stmt, 11);
        totals->first_day = stmt_is_null(stmt, 12) ? DAY_NONE : (int32_t)stmt_int(stmt, 12);
        totals->last_day = stmt_is_null(stmt, 13) ? DAY_NONE : (int32_t)stmt_int(stmt, 13);
        totals->newest_added = stmt_int(stmt, 14);
        totals->unread = totals->works - stmt_int(stmt, 15);
    }
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}
