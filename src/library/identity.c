/*
 * Identity: which work a record speaks of, and making two works one.
 *
 * In this order: an alias that is known; else the same folded title, half of the authors of the
 * shorter list, and years of the dates at most two apart. What must never be joined by itself: two
 * different arXiv numbers, two DOIs of one registrant, a record without authors, a title that any
 * volume has ("Editorial"), abstracts that have hardly a word in common, and pairs that a person
 * has split. How right that is, is measured on labelled pairs (tests/identity).
 * Every joining leaves a row in `merge` that says why and what moved, which is what split reads.
 */
#include "bin.h"

#include "carrel/alerts.h"
#include "carrel/citation.h"
#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/likeness.h"
#include "carrel/ops.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define YEARS_APART 2
#define TEXTS_APART 0.2 /* abstracts with less in common are of two works */
#define TEXTS_ALIKE 0.5

static void split_id(const char *id, char scheme[24], const char **value)
{
    size_t len = strcspn(id, ":");

    snprintf(scheme, 24, "%.*s", (int)(len < 23 ? len : 23), id);
    *value = id[len] ? id + len + 1 : id + len;
}

int alias_work(struct store *store, int64_t *work, const char *id, struct error *err)
{
    char scheme[24];
    const char *value;
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT work_id FROM alias WHERE scheme = ?1 AND value = ?2", err);

    if (result != ERR_OK)
        return result;
    split_id(id, scheme, &value);
    stmt_bind_text(stmt, 1, scheme);
    stmt_bind_text(stmt, 2, value);
    result = stmt_step(stmt, err);
    if (result == 1)
        *work = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return result < 0 ? result : result == 1 ? ERR_OK : ERR_NOTFOUND;
}

static int alias_run(struct store *store, const char *sql, const char *id, int64_t work,
                     int64_t record, struct error *err)
{
    char scheme[24];
    const char *value;
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    split_id(id, scheme, &value);
    stmt_bind_text(stmt, 1, scheme);
    stmt_bind_text(stmt, 2, value);
    stmt_bind_int(stmt, 3, work);
    if (record)
        stmt_bind_int(stmt, 4, record);
    return stmt_run(stmt, err);
}

int alias_move(struct store *store, const char *id, int64_t to, struct error *err)
{
    return alias_run(store, "UPDATE alias SET work_id = ?3 WHERE scheme = ?1 AND value = ?2", id,
                     to, 0, err);
}

/* Was anything decided about this name, or said of it, before it was here? */
static int alias_awaited(struct writer *writer, const char *id, struct error *err)
{
    int64_t one;
    int result = store_lookup(writer->store, &one,
                              "SELECT 1 FROM op WHERE item = ?1 AND kind != 'gone' UNION ALL "
                              "SELECT 1 FROM op WHERE field = ?1 AND kind = 'pair' LIMIT 1",
                              id, 0, 0, err);

    if (result == ERR_OK)
        writer->awaited = true;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

int alias_insert(struct writer *writer, int64_t work, int64_t record, const char *id,
                 struct error *err)
{
    int64_t owner = 0;
    int result = alias_work(writer->store, &owner, id, err);

    if (result == ERR_NOTFOUND) {
        result = alias_run(writer->store,
                           "INSERT INTO alias(scheme, value, work_id, record_id) "
                           "VALUES(?1, ?2, ?3, ?4)",
                           id, work, record, err);
        return result == ERR_OK ? alias_awaited(writer, id, err) : result;
    }
    if (result != ERR_OK || owner == work)
        return result;
    writer->doubtful = true;
    return store_run(writer->store,
                     "INSERT OR IGNORE INTO claim(name, record_id) SELECT ?3, ?1 WHERE ?2", record,
                     1, id, err);
}

/* What the paper is cited by, where the record is an entry of a bibliography. */
static int record_key(struct writer *writer, int64_t record, const struct text_list *cited,
                      struct error *err)
{
    struct arena *arena;
    struct str key = STR_INIT;
    int result = ERR_OK;

    if (cited->len == 0)
        return ERR_OK;
    arena = arena_new();
    if (citation_key(&key, arena, cited))
        result =
            store_run(writer->store, "INSERT INTO cited_key(record_id, key) SELECT ?1, ?3 WHERE ?2",
                      record, 1, key.ptr, err);
    str_free(&key);
    arena_free(arena);
    return result;
}

int number_take(int64_t *number, struct writer *writer, int64_t *own, int64_t *next,
                struct error *err)
{
    int64_t *from = *own ? own : next;
    int result = *own || writer->looked ? ERR_OK : bin_look(writer, err);

    *number = *from;
    *from = 0;
    return result;
}

int record_insert(struct writer *writer, int64_t work, const struct prepared *prepared,
                  bool current, int64_t *id, struct error *err)
{
    struct stmt *stmt;
    int64_t number;
    int result = number_take(&number, writer, &writer->record_id, &writer->record_next, err);

    if (result != ERR_OK)
        return result;
    result = stmt_prepare(
        &stmt, writer->store,
        "INSERT INTO record(id, work_id, source, source_key, version, fetched, hash, current, "
        "payload) VALUES(nullif(?9, 0), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    stmt_bind_text(stmt, 2, prepared->record.source ? prepared->record.source : "jsonl");
    stmt_bind_text(stmt, 3, prepared->record.id);
    stmt_bind_int(stmt, 4, prepared->record.version);
    stmt_bind_int(stmt, 5, prepared->fetched ? prepared->fetched : writer->now);
    stmt_bind_int(stmt, 6, (int64_t)prepared->hash);
    stmt_bind_int(stmt, 7, current);
    stmt_bind_blob(stmt, 8, prepared->payload, prepared->payload_len);
    stmt_bind_int(stmt, 9, number);
    result = stmt_run(stmt, err);
    *id = writer->record = store_last_id(writer->store);
    return result == ERR_OK ? record_key(writer, *id, &prepared->record.cited, err) : result;
}

int record_again(struct writer *writer, int64_t record, struct error *err)
{
    return store_run(writer->store,
                     "INSERT OR REPLACE INTO record_again(record_id) SELECT ?1 WHERE ?2", record, 1,
                     NULL, err);
}

/* ---- may these two be one? ---- */

/* Two lists of ids: do they hold two arXiv numbers, or two DOIs of one registrant, that differ? */
bool ids_conflict(const char *a, const char *b)
{
    size_t registrant;

    if (strncmp(a, "arxiv:", 6) == 0 && strncmp(b, "arxiv:", 6) == 0)
        return strcmp(a, b) != 0;
    if (strncmp(a, "doi:", 4) == 0 && strncmp(b, "doi:", 4) == 0) {
        registrant = strcspn(a, "/");
        return strncmp(a, b, registrant + 1) == 0 && strcmp(a, b) != 0;
    }
    return false;
}

int work_aliases(struct store *store, int64_t work, struct text_list *out, struct arena *arena,
                 struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT scheme || ':' || value FROM alias WHERE work_id = ?1 "
                              "ORDER BY scheme, value",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1)
        text_list_add(out, arena, stmt_text(stmt, 0), strlen(stmt_text(stmt, 0)));
    stmt_reset(stmt);
    return step;
}

static bool kept_apart(struct store *store, const char *a, const char *b)
{
    struct stmt *stmt;
    bool apart = false;

    if (stmt_prepare(&stmt, store,
                     "SELECT 1 FROM keep_apart WHERE a = min(?1, ?2) AND b = max(?1, ?2)", NULL)
        != ERR_OK)
        return true;
    stmt_bind_text(stmt, 1, a);
    stmt_bind_text(stmt, 2, b);
    apart = stmt_step(stmt, NULL) == 1;
    stmt_reset(stmt);
    return apart;
}

static bool lists_conflict(struct store *store, const struct text_list *a,
                           const struct text_list *b)
{
    size_t i, k;

    for (i = 0; i < a->len; i++)
        for (k = 0; k < b->len; k++)
            if (ids_conflict(a->items[i], b->items[k])
                || kept_apart(store, a->items[i], b->items[k]))
                return true;
    return false;
}

static int day_year(int32_t day)
{
    int year, month, mday;

    day_to_civil(day, &year, &month, &mday);
    return year;
}

/* What speaks for two records of one title being one work, and how much: 0 (nothing) to 1. */
struct match {
    struct people_shared people;
    int years;    /* between the dates, -1 unknown */
    double texts; /* of the abstracts, -1 unknown */
    double score; /* 0: two works, or not known to be one */
};

static struct match title_match(const struct prepared *prepared, const char *authors,
                                const char *abstract, int32_t day)
{
    const char *own = prepared->record.abstract;
    struct match match = { .years = prepared->day && day
                                        ? abs(day_year(prepared->day) - day_year(day))
                                        : -1,
                           .people = people_compare(prepared->authors, authors),
                           .texts = own ? texts_overlap(own, abstract) : -1 };

    if (match.years > YEARS_APART)
        return match;
    if (match.people.shared == 0 || 2 * match.people.shared < match.people.fewest
        || title_is_generic(prepared->record.title)
        || (match.years != 0 && title_is_serial(prepared->record.title))
        || (match.texts >= 0 && match.texts < TEXTS_APART))
        return match;
    match.score = 0.8 + 0.1 * (double)match.people.shared / (double)match.people.fewest
                  + (match.texts > TEXTS_ALIKE ? 0.05 : 0) + (match.years == 0 ? 0.05 : 0);
    return match;
}

static char *evidence_title(const struct prepared *prepared, const struct match *match,
                            const char *other_key)
{
    struct str out = STR_INIT;
    struct jsonw w;

    jsonw_start(&w, &out);
    jsonw_object(&w);
    jsonw_key_string(&w, "rule", "same title, overlapping authors, within two years");
    jsonw_key_string(&w, "title", prepared->record.title);
    jsonw_key_string(&w, "with", other_key);
    jsonw_key_int(&w, "authors_shared", (int64_t)match->people.shared);
    jsonw_key_int(&w, "authors_fewest", (int64_t)match->people.fewest);
    if (match->years >= 0)
        jsonw_key_int(&w, "years_apart", match->years);
    if (match->texts >= 0)
        jsonw_key_double(&w, "abstract_words_shared", match->texts);
    jsonw_end(&w);
    return str_take(&out);
}

/* The best of the works that have the title. */
static int find_by_title(struct writer *writer, const struct prepared *prepared,
                         struct identity *out, struct error *err)
{
    struct arena *arena;
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, writer->store,
        "SELECT w.id, w.day, t.authors, w.key, t.abstract FROM work w JOIN work_text t ON t.id = "
        "w.id WHERE w.title_hash = ?1 ORDER BY w.key LIMIT 16",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, (int64_t)prepared->title_hash);
    step = stmt_step(stmt, err);
    if (step != 1) { /* nearly always: no arena for nothing */
        stmt_reset(stmt);
        return step < 0 ? step : ERR_NOTFOUND;
    }
    arena = arena_new();
    for (; step == 1; step = stmt_step(stmt, err)) {
        struct text_list aliases = { 0 };
        int64_t id = stmt_int(stmt, 0);
        struct match match = title_match(prepared, stmt_text(stmt, 2), stmt_text(stmt, 4),
                                         (int32_t)stmt_int(stmt, 1));

        if (match.score <= out->score)
            continue;
        if (work_aliases(writer->store, id, &aliases, arena, err) != ERR_OK
            || lists_conflict(writer->store, &prepared->aliases, &aliases))
            continue;
        free(out->evidence);
        free(out->with);
        out->with = mem_strdup(stmt_text(stmt, 3));
        out->work = id;
        out->score = match.score;
        out->evidence = evidence_title(prepared, &match, stmt_text(stmt, 3));
    }
    stmt_reset(stmt);
    arena_free(arena);
    return step < 0 ? step : out->work ? ERR_OK : ERR_NOTFOUND;
}

/* Do its names and those of the work get along? */
static int names_agree(struct writer *writer, const struct prepared *prepared, int64_t work,
                       bool *agree, struct error *err)
{
    struct arena *arena = arena_new();
    struct text_list aliases = { 0 };
    int result = work_aliases(writer->store, work, &aliases, arena, err);

    *agree = result == ERR_OK && !lists_conflict(writer->store, &prepared->aliases, &aliases);
    arena_free(arena);
    return result;
}

/* The first of its names that leads to a work which nothing speaks against; names of further works
 * are for regroup to judge. */
int identity_find(struct writer *writer, const struct prepared *prepared, struct identity *out,
                  struct error *err)
{
    size_t i;
    int result;

    *out = (struct identity){ .work = 0 };
    for (i = 0; i < prepared->aliases.len; i++) {
        bool agree = true;
        int64_t id = 0;

        result = alias_work(writer->store, &id, prepared->aliases.items[i], err);
        if (result == ERR_NOTFOUND || (result == ERR_OK && id == out->work))
            continue;
        /* The DOI that a record mentions may lead to another preprint of its own: not the same. */
        if (result == ERR_OK)
            result = names_agree(writer, prepared, id, &agree, err);
        if (result != ERR_OK)
            return result;
        writer->doubtful |= out->work != 0 || !agree;
        if (out->work == 0 && (agree || i == 0))
            out->work = id;
    }
    return out->work ? ERR_OK : find_by_title(writer, prepared, out, err);
}

/* ---- making two one ---- */

int identity_note(struct writer *writer, int64_t work, const char *key, const char *evidence,
                  double score, const char *moved, bool by_hand, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, writer->store,
                     "INSERT INTO merge(at, work_id, gone_key, evidence, score, by_hand, moved) "
                     "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                     err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, writer->now);
    stmt_bind_int(stmt, 2, work);
    stmt_bind_text(stmt, 3, key);
    stmt_bind_text(stmt, 4, evidence);
    stmt_bind_double(stmt, 5, score);
    stmt_bind_int(stmt, 6, by_hand);
    stmt_bind_text(stmt, 7, moved);
    return stmt_run(stmt, err);
}

/* Space-separated numbers or ids of what will move, so that split can move them back. */
static int list_moved(struct store *store, struct str *out, const char *sql, int64_t work,
                      struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1)
        str_printf(out, "%s%s", out->len ? " " : "", stmt_text(stmt, 0));
    stmt_reset(stmt);
    return step;
}

int work_key(struct store *store, int64_t work, char **key, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, "SELECT key FROM work WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    result = stmt_step(stmt, err);
    *key = result == 1 ? mem_strdup(stmt_text(stmt, 0)) : NULL;
    stmt_reset(stmt);
    if (result == 0)
        return error_set(err, ERR_NOTFOUND, "work %" PRId64 " is no longer in the library", work);
    return result < 0 ? result : ERR_OK;
}

int identity_merge(struct writer *writer, int64_t keep, int64_t gone, const char *evidence,
                   double score, bool by_hand, struct error *err)
{
    struct str records = STR_INIT, aliases = STR_INIT, moved = STR_INIT;
    char *gone_key = NULL;
    struct jsonw w;
    int result = work_key(writer->store, gone, &gone_key, err);

    if (result == ERR_OK)
        result = list_moved(writer->store, &records, "SELECT id FROM record WHERE work_id = ?1",
                            gone, err);
    if (result == ERR_OK)
        result =
            list_moved(writer->store, &aliases,
                       "SELECT scheme || ':' || value FROM alias WHERE work_id = ?1", gone, err);
    if (result != ERR_OK)
        goto out;
    jsonw_start(&w, &moved);
    jsonw_object(&w);
    jsonw_key_string(&w, "records", records.ptr);
    jsonw_key_string(&w, "aliases", aliases.ptr);
    jsonw_end(&w);
    result = identity_note(writer, keep, gone_key, evidence, score, moved.ptr, by_hand, err);
    if (result == ERR_OK)
        result = store_run(writer->store, "UPDATE record SET work_id = ?1 WHERE work_id = ?2", keep,
                           gone, NULL, err);
    if (result == ERR_OK)
        result = store_run(writer->store, "UPDATE alias SET work_id = ?1 WHERE work_id = ?2", keep,
                           gone, NULL, err);
    if (result == ERR_OK)
        result = store_run(writer->store, "UPDATE merge SET work_id = ?1 WHERE work_id = ?2", keep,
                           gone, NULL, err);
    if (result == ERR_OK)
        result = samples_merge(writer->store, keep, gone, err);
    if (result == ERR_OK)
        result = alerts_merge(writer->store, keep, gone, err);
    if (result == ERR_OK)
        result = registers_work(writer->store, gone, err); /* it has no name any more: nothing */
    if (result == ERR_OK)
        result = compose_remove(writer, gone, err);
    if (result == ERR_OK)
        result = compose_again(writer, keep, err);
    if (result == ERR_OK)
        result = registers_work(writer->store, keep, err);
    if (result == ERR_OK)
        result = hand_refresh(writer, keep, err);
out:
    str_free(&records);
    str_free(&aliases);
    str_free(&moved);
    free(gone_key);
    return result;
}
