/*
 * READMEs in the library: their text, and the papers that they name. A README that calls a paper
 * its own is evidence for the link between the two; which work that is is looked up when it is
 * asked.
 */
#include "internal.h"
#include "repositories_internal.h"

#include <string.h>

void repositories_add_touched(struct work_ids *touched, struct arena *arena, int64_t work)
{
    size_t i;

    for (i = 0; i < touched->len; i++)
        if (touched->items[i] == work)
            return;
    ARENA_PUSH(arena, touched->items, touched->len, touched->cap, work);
}

int repositories_touch(struct store *store, struct arena *arena, int64_t id,
                       struct work_ids *touched, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT a.work_id FROM repository_paper p JOIN alias a "
                              "ON a.scheme = p.scheme AND a.value = p.value "
                              "WHERE p.repository_id = ?1 AND p.own",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    while ((step = stmt_step(stmt, err)) == 1)
        repositories_add_touched(touched, arena, stmt_int(stmt, 0));
    stmt_reset(stmt);
    return step == ERR_OK ? repositories_titled(store, arena, id, touched, err) : step;
}

/* Into a table by its statement, whose fourth value is the file that cites, or else `own`. */
static int write_paper(struct store *store, const char *sql, int64_t id,
                       const struct repository_paper *paper, size_t position, struct error *err)
{
    const char *colon = strchr(paper->id, ':');
    struct str title = STR_INIT;
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK || !colon)
        return result;
    if (paper->people)
        repositories_title_value(&title, colon + 1, paper->people, paper->year);
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text_n(stmt, 2, paper->id, (size_t)(colon - paper->id));
    stmt_bind_text(stmt, 3, paper->people ? title.ptr : colon + 1);
    if (paper->file)
        stmt_bind_text(stmt, 4, paper->file);
    else
        stmt_bind_int(stmt, 4, paper->own);
    stmt_bind_int(stmt, 5, (int64_t)position);
    result = stmt_run(stmt, err);
    str_free(&title);
    return result;
}

/* Papers of citation files outlive a README that was read without them. */
static int write_citations(struct store *store, int64_t id, const struct repository *repository,
                           struct error *err)
{
    size_t i;
    int result = ERR_OK;

    if (repository->cited)
        result = store_run(store, "DELETE FROM repository_citation WHERE repository_id = ?1", id, 0,
                           NULL, err);
    for (i = 0; i < repository->paper_count && result == ERR_OK; i++)
        if (repository->papers[i].file)
            result = write_paper(store,
                                 "INSERT OR IGNORE INTO repository_citation(repository_id, "
                                 "scheme, value, file, position) VALUES(?1, ?2, ?3, ?4, ?5)",
                                 id, &repository->papers[i], i, err);
    return result == ERR_OK
               ? store_run(store,
                           "INSERT INTO repository_paper(repository_id, scheme, value, own, "
                           "position) SELECT repository_id, scheme, value, 1, "
                           "1000 + position FROM repository_citation WHERE "
                           "repository_id = ?1 ON CONFLICT DO UPDATE SET own = 1",
                           id, 0, NULL, err)
               : result;
}

static int write_papers(struct store *store, int64_t id, const struct repository *repository,
                        struct error *err)
{
    size_t i;
    int result =
        store_run(store, "DELETE FROM repository_paper WHERE repository_id = ?1", id, 0, NULL, err);

    for (i = 0; i < repository->paper_count && result == ERR_OK; i++)
        if (!repository->papers[i].file)
            result = write_paper(store,
                                 "INSERT OR IGNORE INTO repository_paper(repository_id, scheme, "
                                 "value, own, position) VALUES(?1, ?2, ?3, ?4, ?5)",
                                 id, &repository->papers[i], i, err);
    return result == ERR_OK ? write_citations(store, id, repository, err) : result;
}

static int write_markdown(struct store *store, int64_t id, const struct repository *repository,
                          struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "INSERT INTO repository_readme(repository_id, name, markdown, pushed) "
        "SELECT ?1, ?2, ?3, ifnull(pushed, '') FROM repository WHERE id = ?1 ON CONFLICT DO "
        "UPDATE SET name = excluded.name, markdown = excluded.markdown, pushed = excluded.pushed",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text(stmt, 2, repository->readme_name);
    stmt_bind_text(stmt, 3, repository->readme);
    return stmt_run(stmt, err);
}

static int write_words(struct store *store, int64_t id, const char *markdown, struct error *err)
{
    struct str words = STR_INIT;
    int result = repositories_index(store, id, false, err);

    readme_words(&words, markdown, REPOSITORY_README);
    if (result == ERR_OK)
        result = store_run(store, "UPDATE repository_text SET readme = ?3 WHERE id = ?1 AND ?2", id,
                           1, words.ptr, err);
    if (result == ERR_OK)
        result = repositories_index(store, id, true, err);
    str_free(&words);
    return result;
}

/* Is it the text that is here? */
static int readme_differs(struct store *store, int64_t id, const char *markdown, bool *differ,
                          struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store, "SELECT markdown FROM repository_readme WHERE repository_id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    step = stmt_step(stmt, err);
    *differ = step != 1 || strcmp(stmt_text(stmt, 0), markdown) != 0;
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

/* The papers that it calls its own, as one text. */
static int own_papers(struct store *store, struct str *out, int64_t id, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT scheme, value FROM repository_paper WHERE repository_id = ?1 "
                              "AND own ORDER BY scheme, value",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    while ((step = stmt_step(stmt, err)) == 1)
        str_printf(out, "%s:%s\n", stmt_text(stmt, 0), stmt_text(stmt, 1));
    stmt_reset(stmt);
    return step;
}

/* Works that it called its own or does now; none when these are the same. */
static int put_papers(struct store *store, struct arena *arena, int64_t id,
                      const struct repository *repository, struct work_ids *touched,
                      struct error *err)
{
    struct str before = STR_INIT, after = STR_INIT;
    size_t others = touched->len;
    int result = own_papers(store, &before, id, err);

    if (result == ERR_OK)
        result = repositories_touch(store, arena, id, touched, err);
    if (result == ERR_OK)
        result = write_papers(store, id, repository, err);
    if (result == ERR_OK)
        result = own_papers(store, &after, id, err);
    if (result == ERR_OK && strcmp(before.ptr, after.ptr) == 0)
        touched->len = others;
    else if (result == ERR_OK)
        result = repositories_touch(store, arena, id, touched, err);
    str_free(&before);
    str_free(&after);
    return result;
}

int repositories_put_readme(struct store *store, struct arena *arena, int64_t id,
                            const struct repository *repository, bool *differ,
                            struct work_ids *touched, struct error *err)
{
    int result = readme_differs(store, id, repository->readme, differ, err);

    if (result == ERR_OK)
        result = write_markdown(store, id, repository, err);
    *differ |= repository->cited; /* its citation files may have changed without it */
    if (result != ERR_OK || !*differ)
        return result;
    result = put_papers(store, arena, id, repository, touched, err);
    return result == ERR_OK ? write_words(store, id, repository->readme, err) : result;
}

int repositories_claiming(struct store *store, struct arena *arena, int64_t work,
                          struct record_links *out, struct error *err)
{
    static char code[] = "code", readme[] = "readme";
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT ifnull(r.url, 'https://' || r.key), p.scheme || ':' || p.value, "
        "ifnull(c.file, 'README') FROM alias a "
        "JOIN repository_paper p ON p.value = a.value AND p.scheme = a.scheme "
        "JOIN repository r ON r.id = p.repository_id LEFT JOIN repository_citation c ON "
        "c.repository_id = p.repository_id AND c.scheme = p.scheme AND c.value = p.value WHERE "
        "a.work_id = ?1 AND p.own "
        "ORDER BY r.stars DESC, r.key",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1)
        record_link_add(
            out, arena,
            &(struct record_link){ .kind = code,
                                   .url = arena_strdup(arena, stmt_text(stmt, 0)),
                                   .evidence = readme,
                                   .said = arena_printf(arena, "its %s names %s as its paper",
                                                        stmt_text(stmt, 2), stmt_text(stmt, 1)) });
    stmt_reset(stmt);
    return step == ERR_OK ? repositories_titling(store, arena, work, out, err) : step;
}

/* ---- links of libraries before version 15 ---- */

/* Looks at the links that `sql` gives and counts those whose repository is not that of their
 * address; with `mend` it is set. */
static int set_links(struct store *store, const char *sql, bool mend, int64_t *wrong,
                     struct error *err)
{
    struct str key = STR_INIT;
    struct stmt *links, *update;
    int step = 0;
    int result = stmt_prepare_once(&links, store, sql, err);

    if (result != ERR_OK)
        return result;
    while (result == ERR_OK && (step = stmt_step(links, err)) == 1) {
        if (!repository_key(&key, stmt_text(links, 2)))
            str_clear(&key);
        if (strcmp(key.ptr, stmt_text(links, 3)) == 0)
            continue;
        ++*wrong;
        if (!mend)
            continue;
        result = stmt_prepare(&update, store,
                              "UPDATE link SET repo = ?4 WHERE work_id = ?1 AND kind = ?2 "
                              "AND url = ?3",
                              err);
        if (result != ERR_OK)
            break;
        stmt_bind_int(update, 1, stmt_int(links, 0));
        stmt_bind_text(update, 2, stmt_text(links, 1));
        stmt_bind_text(update, 3, stmt_text(links, 2));
        stmt_bind_text(update, 4, key.ptr);
        result = stmt_run(update, err);
    }
    stmt_free(links);
    str_free(&key);
    return result == ERR_OK ? step : result;
}

int repositories_convert(struct store *store, struct error *err)
{
    int64_t wrong = 0;

    return set_links(store,
                     "SELECT work_id, kind, url, repo FROM link WHERE kind = 'code' AND repo = ''",
                     true, &wrong, err);
}

int repositories_mend_links(struct store *store, bool mend, int64_t *wrong, struct error *err)
{
    *wrong = 0;
    return set_links(store, "SELECT work_id, kind, url, repo FROM link WHERE kind = 'code'", mend,
                     wrong, err);
}
