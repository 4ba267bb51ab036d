/*
 * What binds documents: which works their bibliographies name, and which of them are nearly the
 * same text. Both are looked up, not stored, so that nothing is stale.
 *
 * An entry is a work of the library when its arXiv number or DOI is an alias of it; else when the
 * titles are the same when folded, the first author is among the work's authors, the years are
 * at most one apart where both are known, and the work is not another number of arXiv. Who names a
 * work is answered by the same rule, asked of every entry that could mean it, so the two never
 * disagree.
 */
#include "carrel/documents.h"

#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define YEARS_APART 1

/* ---- from an entry to a work ---- */

static int alias_work(struct store *store, const char *scheme, const char *value, int64_t *work,
                      struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT work_id FROM alias WHERE scheme = ?1 AND value = ?2", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, scheme);
    stmt_bind_text(stmt, 2, value);
    result = stmt_step(stmt, err);
    if (result == 1)
        *work = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

/* Is the family name one of the words of these names? */
static bool has_author(const char *authors, const char *family)
{
    struct str names = STR_INIT, name = STR_INIT, wanted = STR_INIT;
    bool found;

    text_key(&names, authors);
    text_key(&name, family);
    str_printf(&wanted, " %s ", name.ptr);
    str_insert(&names, 0, " ", 1);
    str_add_char(&names, ' ');
    found = name.len > 1 && strstr(names.ptr, wanted.ptr) != NULL;
    str_free(&names);
    str_free(&name);
    str_free(&wanted);
    return found;
}

static bool years_agree(const char *published, uint32_t year)
{
    long other = strtol(published, NULL, 10);

    return year == 0 || other < 1000 || labs(other - (long)year) <= YEARS_APART;
}

static int title_work(struct store *store, const struct stored_entry *entry, int64_t hash,
                      int64_t *work, struct error *err)
{
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare(&stmt, store,
                              "SELECT w.id, t.authors, t.published FROM work w JOIN work_text t ON "
                              "t.id = w.id WHERE w.title_hash = ?1 AND (?2 = '' OR NOT EXISTS "
                              "(SELECT 1 FROM alias a WHERE a.work_id = w.id AND a.scheme = "
                              "'arxiv' AND a.value <> ?2)) ORDER BY w.id LIMIT 16",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, hash);
    stmt_bind_text(stmt, 2, entry->arxiv);
    while (*work == 0 && (step = stmt_step(stmt, err)) == 1)
        if (has_author(stmt_text(stmt, 1), entry->author)
            && years_agree(stmt_text(stmt, 2), entry->year))
            *work = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

static int entry_work(struct store *store, struct stored_entry *entry, int64_t hash,
                      struct error *err)
{
    int result = ERR_OK;

    if (*entry->arxiv)
        result = alias_work(store, "arxiv", entry->arxiv, &entry->work, err);
    if (result == ERR_OK && entry->work == 0 && *entry->doi)
        result = alias_work(store, "doi", entry->doi, &entry->work, err);
    if (result == ERR_OK && entry->work == 0 && hash != 0 && *entry->author)
        result = title_work(store, entry, hash, &entry->work, err);
    return result;
}

int documents_references(struct stored_entry **out, size_t *count, struct store *store,
                         struct arena *arena, int64_t document, struct error *err)
{
    struct stored_entry *items = NULL;
    int64_t *hashes = NULL;
    size_t len = 0, cap = 0, hash_len = 0, hash_cap = 0, i;
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare(&stmt, store,
                              "SELECT ordinal, marker, body, arxiv, doi, title, author, year, "
                              "ifnull(title_hash, 0) FROM document_reference WHERE document_id = "
                              "?1 ORDER BY ordinal",
                              err);

    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, document);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct stored_entry entry = { .ordinal = (uint32_t)stmt_int(stmt, 0),
                                      .year = (uint32_t)stmt_int(stmt, 7) };
        char **texts[] = { &entry.marker, &entry.body,  &entry.arxiv,
                           &entry.doi,    &entry.title, &entry.author };

        for (i = 0; i < ARRAY_LEN(texts); i++)
            *texts[i] = arena_strdup(arena, stmt_text(stmt, 1 + (int)i));
        VEC_PUSH(items, len, cap, entry);
        VEC_PUSH(hashes, hash_len, hash_cap, stmt_int(stmt, 8));
    }
    stmt_reset(stmt);
    result = step;
    for (i = 0; i < len && result == ERR_OK; i++)
        result = entry_work(store, &items[i], hashes[i], err);
    *out = arena_alloc(arena, (len + 1) * sizeof **out);
    if (len > 0)
        memcpy(*out, items, len * sizeof **out);
    *count = result == ERR_OK ? len : 0;
    free(items);
    free(hashes);
    return result;
}

/* ---- from a work to those that name it ---- */

struct citing {
    int64_t *works;
    size_t len, cap;
};

static bool citing_has(const struct citing *citing, int64_t work)
{
    size_t i;

    for (i = 0; i < citing->len; i++)
        if (citing->works[i] == work)
            return true;
    return false;
}

/* The row is an entry that may mean `work`: it does when looking it up ends there. */
static int citing_row(struct citing *citing, struct store *store, struct stmt *row, int64_t work,
                      struct error *err)
{
    struct arena *arena = arena_new();
    struct stored_entry entry = {
        .arxiv = arena_strdup(arena, stmt_text(row, 1)),
        .doi = arena_strdup(arena, stmt_text(row, 2)),
        .author = arena_strdup(arena, stmt_text(row, 4)),
        .year = (uint32_t)stmt_int(row, 5),
    };
    int64_t whose = stmt_int(row, 0);
    int result = ERR_OK;

    if (whose != work && !citing_has(citing, whose)) {
        result = entry_work(store, &entry, stmt_int(row, 3), err);
        if (result == ERR_OK && entry.work == work)
            VEC_PUSH(citing->works, citing->len, citing->cap, whose);
    }
    arena_free(arena);
    return result;
}

int documents_cited_by(int64_t **works, size_t *count, struct store *store, struct arena *arena,
                       int64_t work, struct error *err)
{
    /* Entries with a number or the title of this work, in one order for every run. */
    static const char sql[] =
        "SELECT a.work_id, ifnull(r.arxiv, ''), ifnull(r.doi, ''), ifnull(r.title_hash, 0), "
        "ifnull(r.author, ''), r.year FROM ("
        "SELECT r.document_id, r.ordinal FROM alias w JOIN document_reference r ON r.arxiv = "
        "w.value WHERE w.work_id = ?1 AND w.scheme = 'arxiv' "
        "UNION SELECT r.document_id, r.ordinal FROM alias w JOIN document_reference r ON r.doi = "
        "w.value WHERE w.work_id = ?1 AND w.scheme = 'doi' "
        "UNION SELECT r.document_id, r.ordinal FROM work w JOIN document_reference r ON "
        "r.title_hash = w.title_hash WHERE w.id = ?1 AND w.title_hash <> 0) c "
        "JOIN document_reference r ON r.document_id = c.document_id AND r.ordinal = c.ordinal "
        "JOIN document d ON d.id = c.document_id "
        "JOIN alias a ON a.scheme = 'file' AND a.value = d.name "
        "ORDER BY c.document_id, c.ordinal";
    struct citing citing = { 0 };
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare(&stmt, store, sql, err);

    *count = 0;
    *works = NULL;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1)
        result = citing_row(&citing, store, stmt, work, err);
    stmt_reset(stmt);
    if (step < 0)
        result = step;
    *works = arena_alloc(arena, (citing.len + 1) * sizeof **works);
    if (citing.len > 0)
        memcpy(*works, citing.works, citing.len * sizeof **works);
    *count = result == ERR_OK ? citing.len : 0;
    free(citing.works);
    return result;
}

/* ---- nearly the same ---- */

static int pair_order(const void *a, const void *b)
{
    const struct document_pair *x = a, *y = b;

    if (x->similarity != y->similarity)
        return x->similarity < y->similarity ? 1 : -1;
    return x->a != y->a ? (x->a > y->a) - (x->a < y->a) : (x->b > y->b) - (x->b < y->b);
}

int documents_near(struct document_pair **out, size_t *count, struct store *store,
                   struct arena *arena, int64_t id, double least, struct error *err)
{
    struct document_pair *items = NULL, pair;
    size_t len = 0, cap = 0, left_len, right_len, i;
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare(
        &stmt, store,
        "WITH pairs AS (SELECT DISTINCT min(x.document_id, y.document_id) AS a, "
        "max(x.document_id, y.document_id) AS b FROM document_band x JOIN document_band y ON "
        "y.band = x.band AND y.hash = x.hash AND y.document_id <> x.document_id "
        "WHERE ?1 = 0 OR x.document_id = ?1) "
        "SELECT p.a, p.b, da.minhash, db.minhash FROM pairs p JOIN document da ON da.id = p.a "
        "JOIN document db ON db.id = p.b",
        err);

    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    while ((step = stmt_step(stmt, err)) == 1) {
        const uint32_t *left = stmt_blob(stmt, 2, &left_len);
        const uint32_t *right = stmt_blob(stmt, 3, &right_len);
        size_t same = 0;

        if (left_len != DOCUMENT_MINHASH * sizeof *left || right_len != left_len)
            continue;
        for (i = 0; i < DOCUMENT_MINHASH; i++)
            same += left[i] == right[i];
        pair = (struct document_pair){ stmt_int(stmt, 0), stmt_int(stmt, 1),
                                       (double)same / DOCUMENT_MINHASH };
        if (pair.similarity >= least)
            VEC_PUSH(items, len, cap, pair);
    }
    stmt_reset(stmt);
    *out = arena_alloc(arena, (len + 1) * sizeof **out);
    if (len > 0) {
        qsort(items, len, sizeof *items, pair_order);
        memcpy(*out, items, len * sizeof **out);
    }
    *count = step == ERR_OK ? len : 0;
    free(items);
    return step;
}
