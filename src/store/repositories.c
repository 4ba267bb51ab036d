/*
 * Repositories, written: what answers say of them, and their numbers day by day. What is no more
 * said of a repository that has gone stays as it was last known.
 */
#include "repositories_internal.h"

#include "carrel/ops.h"

#include <inttypes.h>
#include <string.h>

#define DAY_MS 86400000
#define ABSENT_DAYS 30 /* one that has gone is asked for again after so long */

int repositories_by_key(struct store *store, int64_t *id, const char *key, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT repository_id FROM repository_alias WHERE key = ?1", err);

    *id = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, key);
    step = stmt_step(stmt, err);
    *id = step == 1 ? stmt_int(stmt, 0) : 0;
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

/* The index has the texts by content: what it held must be given back to it word by word. A vector
 * of texts that change goes, too. */
int repositories_index(struct store *store, int64_t id, bool on, struct error *err)
{
    int result = on ? ERR_OK
                    : store_run(store, "DELETE FROM repository_vector WHERE repository_id = ?1", id,
                                0, NULL, err);

    if (result != ERR_OK)
        return result;
    return store_run(
        store,
        on ? "INSERT INTO repository_fts(rowid, name, description, topics, readme) "
             "SELECT id, name, description, topics, readme FROM repository_text WHERE id = ?1"
           : "INSERT INTO repository_fts(repository_fts, rowid, name, description, topics, readme) "
             "SELECT 'delete', id, name, description, topics, readme FROM repository_text "
             "WHERE id = ?1",
        id, 0, NULL, err);
}

/* ---- numbers ---- */

/* Of what its stars are samples, as other machines know it. */
static int star_series(char **item, char **field, struct store *store, struct arena *arena,
                       int64_t id, int64_t day, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT 'repo:' || key, 'github' || ifnull(':' || number, '') "
                                    "|| ' stars ' || ?2 FROM repository WHERE id = ?1",
                                    err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, day);
    step = stmt_step(stmt, err);
    if (step == 1) {
        *item = stmt_dup(stmt, 0, arena);
        *field = stmt_dup(stmt, 1, arena);
    }
    stmt_reset(stmt);
    return step < 0 ? step : step == 1 ? ERR_OK : ERR_NOTFOUND;
}

/* Said to the other machines, as those of papers are (samples.c). What they have said of it waits
 * until it is known. */
static int sample(struct store *store, int64_t id, int64_t stars, int64_t at, struct error *err)
{
    struct arena *arena = arena_new();
    char *item = NULL, *field = NULL;
    int result = star_series(&item, &field, store, arena, id, at / DAY_MS, err);

    if (result == ERR_OK && stars >= 0)
        result = ops_say_sample(store, item, field, arena_printf(arena, "%" PRId64, stars), err);
    if (result == ERR_OK)
        result = registers_stars(store, item + strlen("repo:"), NULL, err);
    arena_free(arena);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static int asked_on(struct store *store, int64_t id, int64_t at, int days, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "UPDATE repository SET asked = ?2, next_day = ?3 WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, at);
    stmt_bind_int(stmt, 3, at / DAY_MS + days);
    return stmt_run(stmt, err);
}

/* ---- what is said ---- */

static void bind_count(struct stmt *stmt, int at, int64_t count)
{
    if (count >= 0)
        stmt_bind_int(stmt, at, count);
    else
        stmt_bind_null(stmt, at);
}

static int write_facts(struct store *store, int64_t id, const struct repository *r, bool differ,
                       struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "UPDATE repository SET key = ?2, name = ?3, url = ?4, homepage = ?5, language = ?6, "
        "license = ?7, branch = ?8, parent = ?9, created = ?10, pushed = ?11, stars = ?12, "
        "forks = ?13, issues = ?14, archived = ?15, fork = ?16, state = 1, why = NULL, hash = ?17, "
        "changed = CASE WHEN ?18 THEN ?19 ELSE changed END, number = ifnull(?20, number) "
        "WHERE id = ?1",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text(stmt, 2, r->key);
    stmt_bind_text(stmt, 3, r->name);
    stmt_bind_text(stmt, 4, r->url);
    stmt_bind_text(stmt, 5, r->homepage);
    stmt_bind_text(stmt, 6, r->language);
    stmt_bind_text(stmt, 7, r->license);
    stmt_bind_text(stmt, 8, r->branch);
    stmt_bind_text(stmt, 9, r->parent);
    stmt_bind_text(stmt, 10, r->created);
    stmt_bind_text(stmt, 11, r->pushed);
    bind_count(stmt, 12, r->stars);
    bind_count(stmt, 13, r->forks);
    bind_count(stmt, 14, r->issues);
    stmt_bind_int(stmt, 15, r->archived);
    stmt_bind_int(stmt, 16, r->fork);
    stmt_bind_int(stmt, 17, (int64_t)repository_hash(r));
    stmt_bind_int(stmt, 18, differ);
    stmt_bind_int(stmt, 19, r->at);
    if (r->number > 0)
        stmt_bind_int(stmt, 20, r->number);
    else
        stmt_bind_null(stmt, 20);
    return stmt_run(stmt, err);
}

static int upsert_text(struct store *store, int64_t id, const struct repository *repository,
                       const char *topics, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "INSERT INTO repository_text(id, name, description, topics) "
                              "VALUES(?1, ?2, ?3, ?4) ON CONFLICT(id) DO UPDATE SET name = ?2, "
                              "description = ?3, topics = ?4",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text(stmt, 2, repository->name);
    stmt_bind_text(stmt, 3, repository->description ? repository->description : "");
    stmt_bind_text(stmt, 4, topics);
    return stmt_run(stmt, err);
}

/* The texts that are searched; the README's words are another answer's. */
static int write_text(struct store *store, int64_t id, const struct repository *repository,
                      const char *topics, struct error *err)
{
    int result = repositories_index(store, id, false, err);

    if (result == ERR_OK)
        result = upsert_text(store, id, repository, topics, err);
    return result == ERR_OK ? repositories_index(store, id, true, err) : result;
}

/* What of it is not as it was. A push is a fact and no more: its texts, and the links that have its
 * address, stay as they are. */
struct differences {
    bool facts, address, texts;
};

static int compare(struct store *store, int64_t id, const struct repository *repository,
                   const char *topics, struct differences *out, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT r.hash <> ?2 OR r.state <> 1, r.key IS NOT ?3 OR r.url IS NOT ?4, "
        "t.name IS NOT ?5 OR t.description IS NOT ?6 OR t.topics IS NOT ?7 FROM repository r "
        "LEFT JOIN repository_text t ON t.id = r.id WHERE r.id = ?1",
        err);

    *out = (struct differences){ true, true, true };
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, (int64_t)repository_hash(repository));
    stmt_bind_text(stmt, 3, repository->key);
    stmt_bind_text(stmt, 4, repository->url);
    stmt_bind_text(stmt, 5, repository->name);
    stmt_bind_text(stmt, 6, repository->description ? repository->description : "");
    stmt_bind_text(stmt, 7, topics);
    step = stmt_step(stmt, err);
    if (step == 1)
        *out = (struct differences){ stmt_int(stmt, 0), stmt_int(stmt, 1), stmt_int(stmt, 2) };
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

static int put_facts(struct store *store, struct arena *arena, int64_t id,
                     const struct repository *repository, bool *differ, struct work_ids *touched,
                     struct error *err)
{
    struct str topics = STR_INIT;
    struct differences differences;
    int result;

    text_list_join(&topics, &repository->topics, "\n");
    result = compare(store, id, repository, topics.ptr, &differences, err);
    *differ = differences.facts;
    if (result == ERR_OK)
        result = write_facts(store, id, repository, *differ, err);
    if (result == ERR_OK && differences.texts)
        result = write_text(store, id, repository, topics.ptr, err);
    if (result == ERR_OK && differences.address)
        result = repositories_touch(store, arena, id, touched, err);
    if (result == ERR_OK)
        result = sample(store, id, repository->stars, repository->at, err);
    str_free(&topics);
    return result == ERR_OK ? asked_on(store, id, repository->at, 1, err) : result;
}

/* One that had gone is back. */
static int put_there(struct store *store, int64_t id, int64_t at, bool *differ, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "UPDATE repository SET state = 1, why = NULL, changed = ?2 "
                                    "WHERE id = ?1 AND state <> 1 RETURNING 1",
                                    err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, at);
    step = stmt_step(stmt, err);
    *differ = step == 1;
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

/* As it was: it is there, and its numbers are those that are known, on one more day. */
static int put_same(struct store *store, int64_t id, const struct repository *repository,
                    bool *differ, struct error *err)
{
    struct repository was = { .at = repository->at, .stars = -1 };
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT ifnull(stars, -1) FROM repository "
                              "WHERE id = ?1 AND hash <> 0",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    step = stmt_step(stmt, err);
    if (step == 1)
        was.stars = stmt_int(stmt, 0);
    stmt_reset(stmt);
    if (step < 0)
        return step;
    result = put_there(store, id, repository->at, differ, err);
    if (result == ERR_OK)
        result = sample(store, id, was.stars, was.at, err);
    return result == ERR_OK ? asked_on(store, id, repository->at, 1, err) : result;
}

static int put_absent(struct store *store, int64_t id, const struct repository *repository,
                      bool *differ, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "UPDATE repository SET state = ?2, why = ?3, changed = ?4 "
                              "WHERE id = ?1 AND state <> ?2 RETURNING 1",
                              err);
    int step;

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, repository->state);
    stmt_bind_text(stmt, 3, repository->why);
    stmt_bind_int(stmt, 4, repository->at);
    step = stmt_step(stmt, err);
    *differ = step == 1;
    stmt_reset(stmt);
    return step < 0 ? step : asked_on(store, id, repository->at, ABSENT_DAYS, err);
}

/* Of what is not there nothing is kept, unless it was here or a paper links to it. */
static int worth_a_row(struct store *store, const struct repository *repository, bool *worth,
                       struct error *err)
{
    struct stmt *stmt;
    int step;
    int result;

    *worth = repository->says != REPOSITORY_ABSENT;
    if (*worth)
        return ERR_OK;
    result = stmt_prepare(&stmt, store,
                          "SELECT 1 WHERE EXISTS (SELECT 1 FROM repository_alias WHERE key = ?1) "
                          "OR EXISTS (SELECT 1 FROM link WHERE repo = ?1 AND repo <> '')",
                          err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, repository->key);
    step = stmt_step(stmt, err);
    stmt_reset(stmt);
    *worth = step == 1;
    return step < 0 ? step : ERR_OK;
}

int repository_put(struct store *store, struct arena *arena, const struct repository *repository,
                   enum repository_change *change, int64_t *id, struct work_ids *touched,
                   struct error *err)
{
    bool is_new = false, differ = false, worth;
    int result = worth_a_row(store, repository, &worth, err);

    *id = 0;
    *change = REPOSITORY_UNCHANGED;
    if (result != ERR_OK || !worth)
        return result;
    result = repositories_place(store, arena, repository, id, &is_new, touched, err);
    if (result == ERR_OK) {
        switch (repository->says) {
        case REPOSITORY_FACTS:
            result = put_facts(store, arena, *id, repository, &differ, touched, err);
            break;
        case REPOSITORY_SAME:
            result = put_same(store, *id, repository, &differ, err);
            break;
        case REPOSITORY_README_IS:
            result = repositories_put_readme(store, arena, *id, repository, &differ, touched, err);
            break;
        case REPOSITORY_ABSENT:
            result = put_absent(store, *id, repository, &differ, err);
            break;
        }
    }
    *change = is_new ? REPOSITORY_ADDED : differ ? REPOSITORY_UPDATED : REPOSITORY_UNCHANGED;
    return result == ERR_OK ? ERR_OK : error_context(err, "%s", repository->key);
}

int repositories_put_off(struct store *store, const char *key, int32_t day, struct error *err)
{
    int result = store_run(store, "DELETE FROM repository_later WHERE day < ?1", day, 0, NULL, err);

    return result == ERR_OK ? store_run(store,
                                        "INSERT OR REPLACE INTO repository_later(key, day) "
                                        "SELECT ?3, ?1 WHERE ?2",
                                        day, 1, key, err)
                            : result;
}

int repository_want(struct store *store, int64_t id, bool on, struct error *err)
{
    return store_run(store, "UPDATE repository SET wanted = ?2 WHERE id = ?1", id, on, NULL, err);
}
