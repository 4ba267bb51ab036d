/*
 * Works out of records: the merged fields, and everything that is derived from them (index, lists,
 * lengths).
 *
 * A field comes from the current record whose source stands first in the precedence table and has
 * the field; but where a work came out, and under which DOI, is the registry's to say, and what a
 * person has said of it (hand.c) goes before all. Lists of links are unions. Nothing is edited in
 * place: whenever the set of current records changes, the work is composed again, and only what
 * differs is written.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/credit.h"
#include "carrel/editions.h"
#include "carrel/log.h"
#include "carrel/ops.h"
#include "carrel/tables.h"
#include "carrel/text.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_MAX 300000 /* names kept in memory before the cache starts over */

/* Best first. Sources that are not listed come last, among themselves by the time they were
 * fetched. */
static const char *const precedence[] = {
    "arxiv-atom", "oai-arxiv", "oai-raw",     "crossref",
    "oai-dc",     "oai",       "huggingface", "huggingface-paper",
    "pwc",        "rss",       "arxiv-mail",  "feed",
    "jsonl",      "zotero",    "papis",       "bibtex",
    "csl",        "ris",       "pwc-links"
};

#define REGISTRY_LAST ARRAY_LEN(precedence) /* of a work of arXiv */
#define NOT_LISTED (ARRAY_LEN(precedence) + 1)

static size_t precedence_of(const char *source)
{
    size_t i;

    if (str_starts(source, "feed:")) /* and its name in the configuration */
        source = "feed";
    for (i = 0; i < ARRAY_LEN(precedence); i++)
        if (strcmp(precedence[i], source) == 0)
            return i;
    return NOT_LISTED;
}

/* ---- names to numbers ---- */

static int name_id(struct writer *writer, struct hashmap *cache, const char *find,
                   const char *insert, const char *name, int64_t *id, struct error *err)
{
    uint64_t *known = hashmap_get(cache, name, strlen(name));
    struct stmt *stmt;
    int result;

    if (known) {
        *id = (int64_t)*known;
        return ERR_OK;
    }
    result = store_lookup(writer->store, id, find, name, 0, 0, err);
    if (result == ERR_NOTFOUND) {
        result = stmt_prepare(&stmt, writer->store, insert, err);
        if (result == ERR_OK) {
            stmt_bind_text(stmt, 1, name);
            result = stmt_run(stmt, err);
        }
        *id = store_last_id(writer->store);
    }
    if (result != ERR_OK)
        return result;
    if (hashmap_count(cache) > CACHE_MAX)
        hashmap_clear(cache);
    *hashmap_put(cache, name, strlen(name), NULL) = (uint64_t)*id;
    return ERR_OK;
}

static int compose_authors(struct writer *writer, int64_t work, const struct text_list *authors,
                           struct error *err)
{
    struct stmt *stmt;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < authors->len && result == ERR_OK; i++) {
        int64_t id;

        result = name_id(writer, writer->authors, "SELECT id FROM author WHERE name = ?1",
                         "INSERT INTO author(name) VALUES(?1)", authors->items[i], &id, err);
        if (result == ERR_OK)
            result = stmt_prepare(
                &stmt, writer->store,
                "INSERT INTO work_author(work_id, position, author_id) VALUES(?1, ?2, ?3)", err);
        if (result != ERR_OK)
            return result;
        stmt_bind_int(stmt, 1, work);
        stmt_bind_int(stmt, 2, (int64_t)i);
        stmt_bind_int(stmt, 3, id);
        result = stmt_run(stmt, err);
    }
    return result;
}

static int compose_categories(struct writer *writer, int64_t work, int32_t day,
                              const struct text_list *categories, int64_t *primary,
                              struct error *err)
{
    struct stmt *stmt;
    size_t i;
    int result = ERR_OK;

    *primary = 0;
    for (i = 0; i < categories->len && result == ERR_OK; i++) {
        int64_t id;

        result = name_id(writer, writer->categories, "SELECT id FROM category WHERE code = ?1",
                         "INSERT INTO category(code) VALUES(?1)", categories->items[i], &id, err);
        if (result == ERR_OK)
            result = stmt_prepare(
                &stmt, writer->store,
                "INSERT OR IGNORE INTO work_category(category_id, day, work_id, position) "
                "VALUES(?1, ?2, ?3, ?4)",
                err);
        if (result != ERR_OK)
            return result;
        if (i == 0)
            *primary = id;
        stmt_bind_int(stmt, 1, id);
        stmt_bind_int(stmt, 2, day);
        stmt_bind_int(stmt, 3, work);
        stmt_bind_int(stmt, 4, (int64_t)i);
        result = stmt_run(stmt, err);
    }
    return result;
}

int compose_flags(const struct record *record)
{
    return (record->code_urls.len > 0 ? WORK_HAS_CODE : 0) | (record->doi ? WORK_HAS_DOI : 0)
           | (record_is_withdrawn(record) ? WORK_WITHDRAWN : 0)
           | (record->pdf_url ? WORK_HAS_PDF : 0)
           | (int)credits_bits(&record->credits) << WORK_CREDIT_SHIFT;
}

/* Tasks and methods are entries of the catalogue; names are kept in front of it as others are. */
static int compose_catalog(struct writer *writer, int64_t work, enum catalog_kind kind,
                           const struct record *record, struct error *err)
{
    const struct text_list *names = kind == CATALOG_TASK ? &record->tasks : &record->methods;
    const char *credit = record->credits.len > 0 ? record->credits.items[0] : NULL;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < names->len && result == ERR_OK; i++) {
        char *name = mem_printf("%d %s", (int)kind, names->items[i]);
        uint64_t *known = hashmap_get(writer->catalog, name, strlen(name));
        int64_t id = known ? (int64_t)*known : 0;

        if (!known)
            result = catalog_mention(writer->store, kind, names->items[i], credit, &id, err);
        if (!known && result == ERR_OK) {
            if (hashmap_count(writer->catalog) > CACHE_MAX)
                hashmap_clear(writer->catalog);
            *hashmap_put(writer->catalog, name, strlen(name), NULL) = (uint64_t)id;
        }
        if (result == ERR_OK)
            result = store_run(writer->store,
                               "INSERT OR IGNORE INTO catalog_work(entry_id, work_id) "
                               "VALUES(?1, ?2)",
                               id, work, NULL, err);
        free(name);
    }
    return result;
}

/* Everything of a work that lies in lists of its own. */
static int compose_lists(struct writer *writer, int64_t work, int32_t day,
                         const struct record *record, int64_t *primary, struct error *err)
{
    int result = compose_authors(writer, work, &record->authors, err);

    if (result == ERR_OK)
        result = compose_categories(writer, work, day, &record->categories, primary, err);
    if (result == ERR_OK)
        result = compose_catalog(writer, work, CATALOG_TASK, record, err);
    if (result == ERR_OK)
        result = compose_catalog(writer, work, CATALOG_METHOD, record, err);
    return result == ERR_OK ? compose_links(writer, work, record, err) : result;
}

static int compose_text_row(struct writer *writer, const char *sql, int64_t id,
                            const struct record *record, const char *authors, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, writer->store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text(stmt, 2, record->title);
    stmt_bind_text(stmt, 3, record->abstract ? record->abstract : "");
    stmt_bind_text(stmt, 4, authors);
    stmt_bind_text(stmt, 5, record->published);
    stmt_bind_text(stmt, 6, record->updated);
    stmt_bind_text(stmt, 7, record->doi);
    stmt_bind_text(stmt, 8, record->venue);
    stmt_bind_text(stmt, 9, record->comment);
    stmt_bind_text(stmt, 10, record->url);
    stmt_bind_text(stmt, 11, record->pdf_url);
    stmt_bind_text(stmt, 12, record->license);
    return stmt_run(stmt, err);
}

/* What preparing has embedded already. */
static int compose_vectors(struct writer *writer, int64_t id, const struct prepared *prepared,
                           struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(prepared->vectors) && result == ERR_OK; i++)
        if (prepared->vectors[i].of)
            result = vectors_writer_put(writer->vectors, prepared->vectors[i].of, id,
                                        prepared->vectors[i].numbers, err);
    return result;
}

static int compose_index(struct writer *writer, int64_t id, const struct fts_document *doc,
                         struct error *err)
{
    int result = fts_insert(writer->store, id, doc, err);

    if (result != ERR_OK)
        return result;
    vocabulary_add(writer->vocabulary, doc, 1);
    if (writer->segments)
        segment_writer_add(writer->segments, id, doc);
    return lengths_writer_set(writer->lengths, id, doc->title_len, doc->authors_len,
                              doc->abstract_len, err);
}

int compose_new(struct writer *writer, int64_t *id, const struct prepared *prepared,
                struct error *err)
{
    int64_t primary = 0;
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, writer->store,
                     "INSERT INTO work(key, day, day_last, added, changed, title_hash, flags) "
                     "VALUES(?1, ?2, ?3, ?4, ?4, ?5, ?6)",
                     err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, prepared->key);
    stmt_bind_int(stmt, 2, prepared->day);
    stmt_bind_int(stmt, 3, prepared->day_last);
    stmt_bind_int(stmt, 4, writer->now);
    stmt_bind_int(stmt, 5, (int64_t)prepared->title_hash);
    stmt_bind_int(stmt, 6, compose_flags(&prepared->record));
    result = stmt_run(stmt, err);
    if (result != ERR_OK)
        return result;
    *id = store_last_id(writer->store);
    result = compose_text_row(
        writer,
        "INSERT INTO work_text(id, title, abstract, authors, published, updated, doi, venue, "
        "comment, url, pdf_url, license) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        *id, &prepared->record, prepared->authors, err);
    if (result == ERR_OK)
        result = compose_index(writer, *id, &prepared->doc, err);
    if (result == ERR_OK)
        result = compose_vectors(writer, *id, prepared, err);
    if (result == ERR_OK)
        result = compose_lists(writer, *id, prepared->day, &prepared->record, &primary, err);
    if (result == ERR_OK && primary)
        result = store_run(writer->store, "UPDATE work SET primary_category = ?2 WHERE id = ?1",
                           *id, primary, NULL, err);
    writer->works_change++;
    return result;
}

int compose_empty(struct writer *writer, int64_t *id, struct error *err)
{
    char nothing[] = "", key[32];
    struct prepared prepared = { .key = key, .authors = nothing };
    int64_t last = 0;
    int result = store_query_int(writer->store, "SELECT ifnull(max(id), 0) FROM work", &last, err);

    if (result != ERR_OK)
        return result;
    snprintf(key, sizeof key, "split:new-%lld", (long long)last);
    prepared.record.title = nothing;
    fts_document_prepare(writer->preparer, &prepared.doc, "", "", "");
    result = compose_new(writer, id, &prepared, err);
    fts_document_free(&prepared.doc);
    return result;
}

/* ---- composing again ---- */

struct compose_source {
    struct record record;
    size_t rank;
    bool registry, hand;
    bool dated; /* of the paper of arXiv that the work is called by, and it says which version */
    struct edition edition;
};

static int compose_compare(const void *a, const void *b)
{
    size_t x = ((const struct compose_source *)a)->rank,
           y = ((const struct compose_source *)b)->rank;

    return (x > y) - (x < y);
}

static void compose_union(struct text_list *to, const struct text_list *from, struct arena *arena)
{
    size_t i, k;

    for (i = 0; i < from->len; i++) {
        for (k = 0; k < to->len; k++)
            if (strcmp(to->items[k], from->items[i]) == 0)
                break;
        if (k == to->len)
            text_list_add(to, arena, from->items[i], strlen(from->items[i]));
    }
}

/* More digits are more precise; of equally precise ones the earlier is the first publication. */
static bool date_better(const char *candidate, const char *present)
{
    size_t a = strlen(candidate) > 10 ? 10 : strlen(candidate);
    size_t b = strlen(present) > 10 ? 10 : strlen(present);

    return a != b ? a > b : strcmp(candidate, present) < 0;
}

static void compose_fold(struct record *out, const struct record *next, struct arena *arena)
{
#define TAKE(field)                                                                                \
    if (!out->field)                                                                               \
    out->field = next->field
    TAKE(title);
    TAKE(abstract);
    TAKE(doi);
    TAKE(venue);
    TAKE(comment);
    TAKE(url);
    TAKE(pdf_url);
    TAKE(license);
    TAKE(updated);
#undef TAKE
    if (out->authors.len == 0)
        out->authors = next->authors;
    if (out->categories.len == 0)
        out->categories = next->categories;
    if (out->versions.len == 0)
        out->versions = next->versions;
    if (next->published && (!out->published || date_better(next->published, out->published)))
        out->published = next->published;
    if (next->updated && out->updated && strcmp(next->updated, out->updated) > 0)
        out->updated = next->updated;
    compose_union(&out->code_urls, &next->code_urls, arena);
    compose_union(&out->tasks, &next->tasks, arena);
    compose_union(&out->methods, &next->methods, arena);
    compose_union(&out->credits, &next->credits, arena);
    compose_evidence(&out->links, &next->links, arena);
}

/*
 * What the publisher has registered of a work stands in front of what its authors have typed into a
 * preprint's form, which is often early. Both come from one record, so that they agree; one without
 * a venue is of a preprint. Its title and abstract stay behind those of an arXiv paper, whoever
 * brought them (REGISTRY_LAST): they have lost their formulas, and are what was printed later. And
 * its date stands only where it says more, since of two equally precise ones the first publication
 * counts.
 */
static void compose_registry(struct record *out, const struct compose_source *sources, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (!sources[i].registry || !sources[i].record.venue || sources[i].record.deleted)
            continue;
        out->venue = sources[i].record.venue;
        out->doi = sources[i].record.doi;
        return;
    }
}

/* What arXiv's sources say of an older version comes behind what others say of a newer one: a
 * listing is there days before the archive's own record has followed. */
static void compose_editions(struct compose_source *sources, size_t len)
{
    const struct edition *newest = NULL;
    bool stale = false;
    size_t i;

    for (i = 0; i < len; i++)
        if (sources[i].dated && (!newest || edition_before(newest, &sources[i].edition)))
            newest = &sources[i].edition;
    for (i = 0; i < len; i++)
        stale |= sources[i].dated && edition_before(&sources[i].edition, newest);
    for (i = 0; i < len && stale; i++) {
        size_t own = sources[i].rank, last = precedence_of("oai") * 1000;

        if (sources[i].dated && edition_before(&sources[i].edition, newest))
            sources[i].rank = last + 1 + i;
        else if (sources[i].dated && own >= last)
            sources[i].rank = last;
    }
}

/* Of two hands (works that were merged) the one whose work kept its name. */
static void compose_hand(struct record *out, const struct compose_source *sources, size_t len,
                         struct arena *arena)
{
    struct record hand = { 0 };
    size_t i;

    for (i = 0; i < len; i++)
        if (sources[i].hand)
            hand_fold(&hand, &sources[i].record, arena);
    hand_over(out, &hand, arena);
}

int compose_merge(struct store *store, struct arena *arena, int64_t work, struct record *out,
                  struct error *err)
{
    struct compose_source *sources = NULL;
    size_t len = 0, cap = 0, i;
    bool preprint = false; /* some record is of an arXiv paper */
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store,
        /* Of equal sources the one about the name that the work carries speaks first:
         * who merged another into it means to keep its words. */
        "SELECT r.source, r.payload, r.source_key LIKE 'arxiv:%', r.source_key = w.key FROM "
        "record r "
        "JOIN work w ON w.id = r.work_id WHERE r.work_id = ?1 AND r.current "
        "ORDER BY r.source_key != w.key, r.fetched DESC, r.source, r.source_key, r.hash",
        err);

    memset(out, 0, sizeof *out);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct compose_source source = { .rank = precedence_of(stmt_text(stmt, 0)) * 1000 + len,
                                         .registry = strcmp(stmt_text(stmt, 0), "crossref") == 0,
                                         .hand = strcmp(stmt_text(stmt, 0), HAND) == 0 };
        size_t size;
        const void *bytes = stmt_blob(stmt, 1, &size);

        preprint |= stmt_int(stmt, 2) != 0;
        step = payload_unpack(&source.record, arena, bytes, size, err);
        if (step != ERR_OK)
            break;
        source.dated = stmt_int(stmt, 2) && stmt_int(stmt, 3)
                       && edition_of_record(&source.edition, stmt_text(stmt, 0), &source.record);
        VEC_PUSH(sources, len, cap, source);
    }
    stmt_reset(stmt);
    result = step;
    if (result == ERR_OK && len == 0)
        result = error_set(err, ERR_CORRUPT, "work %lld has no record", (long long)work);
    for (i = 0; i < len && preprint; i++)
        if (sources[i].registry)
            sources[i].rank = REGISTRY_LAST * 1000 + i;
    if (result == ERR_OK)
        compose_editions(sources, len);
    if (result == ERR_OK && len > 1)
        qsort(sources, len, sizeof *sources, compose_compare);
    for (i = 0; i < len && result == ERR_OK; i++) {
        if (sources[i].hand)
            continue;
        if (sources[i].record.deleted) {
            out->deleted = true; /* says that it is withdrawn, and nothing else */
            if (len > 1)
                continue;
        }
        if (sources[i].record.title && !*sources[i].record.title)
            sources[i].record.title = NULL;
        compose_fold(out, &sources[i].record, arena);
    }
    compose_registry(out, sources, result == ERR_OK ? len : 0);
    compose_hand(out, sources, result == ERR_OK ? len : 0, arena);
    if (!out->title)
        out->title = arena_strdup(arena, "(withdrawn, title unknown)");
    free(sources);
    return result;
}

/* Takes the present texts of a work out of the index. */
static int compose_unindex(struct writer *writer, int64_t work, struct error *err)
{
    struct fts_document doc = { 0 };
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, writer->store,
                              "SELECT title, abstract, authors FROM work_text WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    result = stmt_step(stmt, err);
    if (result == 1) {
        fts_document_prepare(writer->preparer, &doc, stmt_text(stmt, 0), stmt_text(stmt, 1),
                             stmt_text(stmt, 2));
        stmt_reset(stmt);
        result = fts_delete(writer->store, work, &doc, err);
        vocabulary_add(writer->vocabulary, &doc, -1);
        if (writer->segments)
            segment_writer_drop(writer->segments, work);
    }
    stmt_reset(stmt);
    fts_document_free(&doc);
    return result;
}

static int compose_clear_lists(struct writer *writer, int64_t work, struct error *err)
{
    static const char *const sql[] = { "DELETE FROM work_author WHERE work_id = ?1",
                                       "DELETE FROM work_category WHERE work_id = ?1",
                                       "DELETE FROM link WHERE work_id = ?1",
                                       "DELETE FROM catalog_work WHERE work_id = ?1" };
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(sql) && result == ERR_OK; i++)
        result = store_run(writer->store, sql[i], work, 0, NULL, err);
    return result;
}

static bool compose_texts_differ(struct writer *writer, int64_t work, const struct record *record,
                                 const char *authors)
{
    struct stmt *stmt;
    bool differ = true;

    if (stmt_prepare(&stmt, writer->store,
                     "SELECT title, abstract, authors FROM work_text WHERE id = ?1", NULL)
        != ERR_OK)
        return true;
    stmt_bind_int(stmt, 1, work);
    if (stmt_step(stmt, NULL) == 1)
        differ = strcmp(stmt_text(stmt, 0), record->title) != 0
                 || strcmp(stmt_text(stmt, 1), record->abstract ? record->abstract : "") != 0
                 || strcmp(stmt_text(stmt, 2), authors) != 0;
    stmt_reset(stmt);
    return differ;
}

/* The name of a work: of its aliases the one whose scheme comes first. */
static int compose_key(struct writer *writer, int64_t work, struct error *err)
{
    return store_run(
        writer->store,
        "UPDATE OR IGNORE work SET key = (SELECT scheme || ':' || value FROM alias "
        "WHERE work_id = ?1 "
        "ORDER BY CASE scheme WHEN 'arxiv' THEN 1 WHEN 'doi' THEN 2 WHEN 'hf' THEN 3 "
        "WHEN 'repo' THEN 4 "
        "WHEN 'file' THEN 5 WHEN 'openreview' THEN 6 WHEN 'pwc' THEN 7 WHEN 'oai' THEN "
        "8 WHEN 'url' THEN 9 "
        "ELSE 10 END, value LIMIT 1) "
        "WHERE id = ?1 AND EXISTS (SELECT 1 FROM alias WHERE work_id = ?1)",
        work, 0, NULL, err);
}

static int compose_work_row(struct writer *writer, int64_t work, const struct record *record,
                            int64_t primary, int32_t day, int32_t day_last, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, writer->store,
        "UPDATE work SET day = ?2, day_last = ?3, changed = ?4, title_hash = ?5, flags = ?6, "
        "primary_category = ?7 WHERE id = ?1",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    stmt_bind_int(stmt, 2, day);
    stmt_bind_int(stmt, 3, day_last);
    stmt_bind_int(stmt, 4, writer->now);
    stmt_bind_int(stmt, 5, (int64_t)text_key_hash(record->title));
    stmt_bind_int(stmt, 6, compose_flags(record));
    stmt_bind_int(stmt, 7, primary);
    return stmt_run(stmt, err);
}

int compose_again(struct writer *writer, int64_t work, struct error *err)
{
    struct arena *arena = arena_new();
    struct record record;
    int32_t day = 0, day_last = 0;
    int64_t primary = 0;
    char *authors;
    int result = compose_key(writer, work, err); /* it decides whose words stand */

    if (result == ERR_OK)
        result = compose_merge(writer->store, arena, work, &record, err);
    if (result != ERR_OK)
        goto out;
    if (record.published && !published_days(record.published, &day, &day_last))
        day = day_last = 0;
    authors = authors_text(&record.authors, arena);
    if (compose_texts_differ(writer, work, &record, authors)) {
        struct fts_document doc = { 0 };

        result = compose_unindex(writer, work, err);
        fts_document_prepare(writer->preparer, &doc, record.title, record.abstract, authors);
        if (result == ERR_OK)
            result = compose_index(writer, work, &doc, err);
        if (result == ERR_OK)
            result = embedders_write(writer, work, &doc, err);
        fts_document_free(&doc);
    }
    if (result == ERR_OK)
        result = compose_text_row(
            writer,
            "UPDATE work_text SET title = ?2, abstract = ?3, authors = ?4, published = ?5, "
            "updated = ?6, doi = ?7, venue = ?8, comment = ?9, url = ?10, pdf_url = ?11, "
            "license = ?12 WHERE id = ?1",
            work, &record, authors, err);
    if (result == ERR_OK)
        result = compose_clear_lists(writer, work, err);
    if (result == ERR_OK)
        result = compose_lists(writer, work, day, &record, &primary, err);
    if (result == ERR_OK)
        result = compose_work_row(writer, work, &record, primary, day, day_last, err);
    if (result == ERR_OK)
        result = compose_claims(writer, work, err);
    if (result == ERR_OK)
        result = editions_keep(writer->store, work, err);
out:
    arena_free(arena);
    return result;
}

int compose_remove(struct writer *writer, int64_t work, struct error *err)
{
    int result = compose_unindex(writer, work, err);

    if (result == ERR_OK)
        result = lengths_writer_remove(writer->lengths, work, err);
    if (result == ERR_OK)
        result = vectors_writer_remove(writer->vectors, work, err);
    if (result == ERR_OK)
        result = compose_clear_lists(writer, work, err);
    if (result == ERR_OK)
        result = store_run(writer->store, "DELETE FROM work_version WHERE work_id = ?1", work, 0,
                           NULL, err);
    if (result == ERR_OK)
        result =
            store_run(writer->store, "DELETE FROM work_text WHERE id = ?1", work, 0, NULL, err);
    if (result == ERR_OK)
        result = store_run(writer->store, "DELETE FROM work WHERE id = ?1", work, 0, NULL, err);
    writer->works_change--;
    return result;
}

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
