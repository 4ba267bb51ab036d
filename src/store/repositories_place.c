/*
 * Which row an answer about a repository speaks of. A name is not enough: repositories are renamed,
 * and a name that one has left may be given to another. Where the host numbers them for good (as
 * GitHub does), the number decides.
 */
#include "repositories_internal.h"

#include "carrel/clones.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int name_add(struct store *store, int64_t id, const char *key, struct error *err)
{
    return store_run(store,
                     "INSERT OR IGNORE INTO repository_alias(key, repository_id) "
                     "SELECT ?3, ?1 WHERE ?2",
                     id, 1, key, err);
}

/* Two that were asked for by different names are one: the samples of both days are kept. */
static int absorb(struct store *store, int64_t keep, int64_t gone, struct error *err)
{
    static const char *const sql[] = {
        "UPDATE repository_alias SET repository_id = ?1 WHERE repository_id = ?2",
        "INSERT OR IGNORE INTO repository_sample SELECT ?1, metric, day, value "
        "FROM repository_sample WHERE repository_id = ?2",
        "UPDATE repository SET wanted = 1 WHERE id = ?1 AND EXISTS "
        "(SELECT 1 FROM repository WHERE id = ?2 AND wanted)",
        "UPDATE OR IGNORE repository_clone SET repository_id = ?1 WHERE repository_id = ?2",
        "UPDATE OR IGNORE repository_language SET repository_id = ?1 WHERE repository_id = ?2",
        "UPDATE OR IGNORE repository_citation SET repository_id = ?1 WHERE repository_id = ?2",
        "UPDATE OR IGNORE repository_file SET repository_id = ?1 WHERE repository_id = ?2",
    };
    static const char *const drop[] = { "DELETE FROM repository_sample WHERE repository_id = ?1",
                                        "DELETE FROM repository_paper WHERE repository_id = ?1",
                                        "DELETE FROM repository_readme WHERE repository_id = ?1",
                                        "DELETE FROM repository_text WHERE id = ?1",
                                        "DELETE FROM repository WHERE id = ?1" };
    size_t i;
    int result = repositories_index(store, gone, false, err);

    for (i = 0; i < ARRAY_LEN(sql) && result == ERR_OK; i++)
        result = store_run(store, sql[i], keep, gone, NULL, err);
    if (result == ERR_OK)
        result = clones_drop(store, gone, err);
    for (i = 0; i < ARRAY_LEN(drop) && result == ERR_OK; i++)
        result = store_run(store, drop[i], gone, 0, NULL, err);
    return result;
}

static int insert(struct store *store, const struct repository *repository, int64_t *id,
                  struct error *err)
{
    const char *slash = strchr(repository->key, '/');
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "INSERT INTO repository(key, host, name, state, added, changed, asked, next_day) "
        "VALUES(?1, ?2, ?3, 1, ?4, ?4, ?4, 0)",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, repository->key);
    stmt_bind_text_n(stmt, 2, repository->key, (size_t)(slash - repository->key));
    stmt_bind_text(stmt, 3, repository->name ? repository->name : slash + 1);
    stmt_bind_int(stmt, 4, repository->at);
    result = stmt_run(stmt, err);
    *id = store_last_id(store);
    return result == ERR_OK ? name_add(store, *id, repository->key, err) : result;
}

/* ---- numbers of the host ---- */

/* The first number of the first row; 0: there is none. */
static int look_up(struct store *store, int64_t *out, const char *sql, int64_t a, const char *text,
                   struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store, sql, err);

    *out = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, a);
    if (text)
        stmt_bind_text(stmt, 2, text);
    step = stmt_step(stmt, err);
    *out = step == 1 ? stmt_int(stmt, 0) : 0;
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

static int by_number(struct store *store, int64_t *id, const struct repository *repository,
                     struct error *err)
{
    char host[80];

    snprintf(host, sizeof host, "%.*s", (int)strcspn(repository->key, "/"), repository->key);
    return look_up(store, id, "SELECT id FROM repository WHERE number = ?1 AND host = ?2",
                   repository->number, host, err);
}

/* It is called otherwise now, or is no more: another has its name. What was known and sampled of it
 * stays, under the name with its number behind it. */
static int lose_name(struct store *store, struct arena *arena, int64_t id, const char *key,
                     int64_t number, struct work_ids *touched, struct error *err)
{
    char *was = arena_printf(arena, "%s.was-%" PRId64, key, number);
    int result = repositories_touch(store, arena, id, touched, err);

    if (result == ERR_OK)
        result =
            store_run(store, "DELETE FROM repository_alias WHERE repository_id = ?1 AND key = ?3",
                      id, 0, key, err);
    if (result == ERR_OK)
        result = store_run(store,
                           "UPDATE repository SET key = ?3, state = ?2, "
                           "why = 'its name belongs to another repository now' WHERE id = ?1",
                           id, REPOSITORY_GONE, was, err);
    return result == ERR_OK ? name_add(store, id, was, err) : result;
}

/* The row that has the name, unless its number says that it is another repository. */
static int by_name(struct store *store, struct arena *arena, int64_t *id, const char *key,
                   int64_t number, struct work_ids *touched, struct error *err)
{
    int64_t known = 0;
    int result = repositories_by_key(store, id, key, err);

    if (result == ERR_OK && *id && number > 0)
        result =
            look_up(store, &known, "SELECT number FROM repository WHERE id = ?1", *id, NULL, err);
    if (result != ERR_OK || known == 0 || known == number)
        return result;
    result = lose_name(store, arena, *id, key, known, touched, err);
    *id = 0;
    return result;
}

/* ---- the row ---- */

/* Two rows are one repository. */
static int join(struct store *store, struct arena *arena, int64_t keep, int64_t gone,
                struct work_ids *touched, struct error *err)
{
    int result = repositories_touch(store, arena, gone, touched, err); /* it claims no more */

    return result == ERR_OK ? absorb(store, keep, gone, err) : result;
}

int repositories_place(struct store *store, struct arena *arena,
                       const struct repository *repository, int64_t *id, bool *is_new,
                       struct work_ids *touched, struct error *err)
{
    int64_t found[3] = { 0 }; /* by its number, by its name, by the name it was asked for */
    size_t i;
    int result = repository->number > 0 ? by_number(store, &found[0], repository, err) : ERR_OK;

    *id = 0;
    *is_new = false;
    if (result == ERR_OK)
        result =
            by_name(store, arena, &found[1], repository->key, repository->number, touched, err);
    if (result == ERR_OK && repository->asked)
        result =
            by_name(store, arena, &found[2], repository->asked, repository->number, touched, err);
    for (i = 0; i < ARRAY_LEN(found) && result == ERR_OK; i++)
        if (*id == 0)
            *id = found[i];
        else if (found[i] && found[i] != *id)
            result = join(store, arena, *id, found[i], touched, err);
    if (result == ERR_OK && *id == 0) {
        *is_new = true;
        result = insert(store, repository, id, err);
    }
    if (result == ERR_OK && repository->asked)
        result = name_add(store, *id, repository->asked, err);
    return result == ERR_OK ? name_add(store, *id, repository->key, err) : result;
}
