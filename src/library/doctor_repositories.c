/*
 * The doctor on repositories: their index, their names, what is left of some that are not there,
 * the keys in links that lead to them, and their vectors.
 */
#include "doctor.h"
#include "embed_missing.h"

#include "carrel/repositories.h"
#include "carrel/vectors.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A full-text index of the table that it is about. */
struct text_index {
    const char *name, *table;
};

static int check_index(struct doctor *doctor, const struct text_index *index, struct error *err)
{
    char check[160], rebuild[160];
    struct error why = { 0 };
    int result;

    snprintf(check, sizeof check, "INSERT INTO %s(%s, rank) VALUES('integrity-check', 1)",
             index->table, index->table);
    snprintf(rebuild, sizeof rebuild, "INSERT INTO %s(%s) VALUES('rebuild')", index->table,
             index->table);
    if (store_read_only(doctor->store) || store_exec(doctor->store, check, &why) == ERR_OK)
        return ERR_OK;
    if (why.code != ERR_CORRUPT) /* busy, no room ...: nothing was found out */
        return error_set(err, why.code, "%s", why.message);
    if (!doctor->fix) {
        doctor_say(doctor, false,
                   "the index of %s does not agree with the texts; 'carrel doctor --fix' "
                   "rebuilds it",
                   index->name);
        return ERR_OK;
    }
    result = store_exec(doctor->store, rebuild, err);
    if (result == ERR_OK)
        doctor_say(doctor, true, "index of %s rebuilt", index->name);
    return result;
}

static int check_indexes(struct doctor *doctor, struct error *err)
{
    static const struct text_index indexes[] = { { "repositories", "repository_fts" },
                                                 { "files in clones", "repository_chunk_fts" } };
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(indexes) && result == ERR_OK; i++)
        result = check_index(doctor, &indexes[i], err);
    return result;
}

/* Every repository has its own key among its names, and names lead to one. */
static int check_names(struct doctor *doctor, struct error *err)
{
    int64_t nameless = 0, lost = 0;
    int result = store_query_int(doctor->store,
                                 "SELECT count(*) FROM repository r WHERE NOT EXISTS (SELECT 1 "
                                 "FROM repository_alias a WHERE a.key = r.key AND "
                                 "a.repository_id = r.id)",
                                 &nameless, err);

    if (result == ERR_OK)
        result = store_query_int(doctor->store,
                                 "SELECT count(*) FROM repository_alias WHERE repository_id NOT "
                                 "IN (SELECT id FROM repository)",
                                 &lost, err);
    if (result != ERR_OK || (nameless == 0 && lost == 0))
        return result;
    if (!doctor->fix) {
        doctor_say(doctor, false,
                   "%" PRId64 " repositories without their name, %" PRId64
                   " names that lead nowhere; 'carrel doctor --fix' mends it",
                   nameless, lost);
        return ERR_OK;
    }
    result = store_exec(doctor->store,
                        "DELETE FROM repository_alias WHERE repository_id NOT IN (SELECT id FROM "
                        "repository); INSERT OR REPLACE INTO repository_alias(key, repository_id) "
                        "SELECT key, id FROM repository",
                        err);
    if (result == ERR_OK)
        doctor_say(doctor, true, "names of %" PRId64 " repositories mended", nameless + lost);
    return result;
}

#define WITHOUT_CLONE "repository_id NOT IN (SELECT repository_id FROM repository_clone)"

/* Rows of repositories, or clones, that are not there. */
static int check_orphans(struct doctor *doctor, struct error *err)
{
    static const struct {
        const char *what, *count, *mend;
    } tables[] = {
#define ORPHANS(what, table, id, behind)                                                           \
    { what, "SELECT count(*) FROM " table " WHERE " id " NOT IN (SELECT id FROM repository)",      \
      "DELETE FROM " table " WHERE " id " NOT IN (SELECT id FROM repository)" behind }
        ORPHANS("READMEs", "repository_readme", "repository_id", ""),
        ORPHANS("samples", "repository_sample", "repository_id", ""),
        ORPHANS("papers", "repository_paper", "repository_id", ""),
        ORPHANS("vectors", "repository_vector", "repository_id", ""),
        ORPHANS("clones", "repository_clone", "repository_id", ""),
        ORPHANS("languages", "repository_language", "repository_id", ""),
        ORPHANS("citations", "repository_citation", "repository_id", ""),
        ORPHANS("texts", "repository_text", "id",
                "; INSERT INTO repository_fts(repository_fts) VALUES('rebuild')"),
#undef ORPHANS
        { "files", "SELECT count(*) FROM repository_file WHERE " WITHOUT_CLONE,
          "DELETE FROM repository_chunk WHERE file_id IN (SELECT id FROM repository_file "
          "WHERE " WITHOUT_CLONE "); DELETE FROM repository_file WHERE " WITHOUT_CLONE
          "; INSERT INTO repository_chunk_fts(repository_chunk_fts) VALUES('rebuild')" },
    };
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(tables) && result == ERR_OK; i++) {
        int64_t count = 0;

        result = store_query_int(doctor->store, tables[i].count, &count, err);
        if (result == ERR_OK && count > 0 && doctor->fix)
            result = store_exec(doctor->store, tables[i].mend, err);
        if (result == ERR_OK && count > 0)
            doctor_say(doctor, doctor->fix, "%" PRId64 " %s of repositories that are not there%s",
                       count, tables[i].what,
                       doctor->fix ? ": removed" : "; 'carrel doctor --fix' removes them");
    }
    return result;
}

static int check_links(struct doctor *doctor, struct error *err)
{
    int64_t wrong = 0;
    int result = repositories_mend_links(doctor->store, doctor->fix, &wrong, err);

    if (result == ERR_OK && wrong > 0)
        doctor_say(doctor, doctor->fix,
                   "%" PRId64 " links to another repository than their address%s", wrong,
                   doctor->fix ? ": mended" : "; 'carrel doctor --fix' mends them");
    return result;
}

static int check_vectors(struct doctor *doctor, struct error *err)
{
    struct vectors_model serving;
    bool missing;
    int result = embed_is_missing(&missing, &serving, &embed_repositories, doctor->store, err);

    if (result != ERR_OK || !missing)
        return result;
    doctor->embed |= doctor->fix;
    if (!doctor->fix)
        doctor_say(doctor, true,
                   "some repositories have no vector; 'carrel doctor --fix' makes them");
    return ERR_OK;
}

int doctor_repositories(struct doctor *doctor, struct error *err)
{
    int64_t count = 0;
    long before = doctor->problems;
    int result = store_query_int(doctor->store, "SELECT count(*) FROM repository", &count, err);

    if (result == ERR_OK)
        result = check_orphans(doctor, err);
    if (result == ERR_OK)
        result = check_links(doctor, err);
    if (result == ERR_OK)
        result = check_indexes(doctor, err);
    if (result == ERR_OK)
        result = check_names(doctor, err);
    if (result == ERR_OK)
        result = check_vectors(doctor, err);
    if (result == ERR_OK && count > 0 && doctor->problems == before)
        doctor_say(doctor, true, "%" PRId64 " repositories", count);
    return result;
}
