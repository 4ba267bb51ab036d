/*
 * The links of a work: those of its records, of which the strongest evidence for an address stands,
 * and those of repositories whose READMEs call it theirs.
 */
#include "internal.h"

#include "carrel/repositories.h"
#include "carrel/works.h"

#include <string.h>

/* What several records say of one address: the strongest evidence stands. */
void compose_evidence(struct record_links *to, const struct record_links *from, struct arena *arena)
{
    size_t i, k;

    for (i = 0; i < from->len; i++) {
        const struct record_link *link = &from->items[i];

        if (record_link_add(to, arena, link))
            continue;
        for (k = 0; k < to->len; k++)
            if (strcmp(to->items[k].url, link->url) == 0
                && strcmp(to->items[k].kind, link->kind) == 0
                && link_evidence_rank(link->evidence) < link_evidence_rank(to->items[k].evidence))
                to->items[k] = *link;
    }
}

static void bind_link(struct stmt *stmt, int64_t work, const struct record_link *link)
{
    struct str repo = STR_INIT;

    if (strcmp(link->kind, "code") == 0)
        repository_key(&repo, link->url);
    stmt_bind_int(stmt, 1, work);
    stmt_bind_text(stmt, 2, link->kind);
    stmt_bind_text(stmt, 3, link->url);
    stmt_bind_text(stmt, 4, link->evidence);
    stmt_bind_text(stmt, 5, link->said);
    stmt_bind_text(stmt, 6, repo.ptr);
    str_free(&repo);
}

static int compose_link(struct writer *writer, int64_t work, const struct record_link *link,
                        struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, writer->store,
                     "INSERT INTO link(work_id, kind, url, evidence, said, repo) "
                     "VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(work_id, kind, url) DO UPDATE SET "
                     "record_id = NULL WHERE record_id IS NOT NULL",
                     err);

    if (result != ERR_OK)
        return result;
    bind_link(stmt, work, link);
    return stmt_run(stmt, err);
}

/* Those for which something speaks come first: the same address without is not added then. */
int compose_links(struct writer *writer, int64_t work, const struct record *record,
                  struct error *err)
{
    static char code[] = "code", nothing[] = "";
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < record->links.len && result == ERR_OK; i++)
        result = compose_link(writer, work, &record->links.items[i], err);
    for (i = 0; i < record->code_urls.len && result == ERR_OK; i++)
        result = compose_link(writer, work,
                              &(struct record_link){ .kind = code,
                                                     .url = record->code_urls.items[i],
                                                     .evidence = nothing,
                                                     .said = nothing },
                              err);
    return result;
}

/* Stronger evidence takes the place of weaker, as compose_evidence has it. record_id 0 is for what
 * no record says, but only a repository that is here: it is this library's alone. */
static int compose_better_link(struct writer *writer, int64_t work, const struct record_link *link,
                               bool recorded, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, writer->store,
        "INSERT INTO link(work_id, kind, url, evidence, said, repo, record_id) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, CASE WHEN ?8 THEN NULL ELSE 0 END) "
        "ON CONFLICT(work_id, kind, url) DO UPDATE SET evidence = ?4, said = ?5 "
        "WHERE ?7 < CASE evidence WHEN 'official' THEN 0 WHEN 'paper' THEN 1 WHEN 'readme' THEN 2 "
        "WHEN 'author' THEN 3 WHEN 'listed' THEN 4 ELSE 5 END",
        err);

    if (result != ERR_OK)
        return result;
    bind_link(stmt, work, link);
    stmt_bind_int(stmt, 7, link_evidence_rank(link->evidence));
    stmt_bind_int(stmt, 8, recorded);
    return stmt_run(stmt, err);
}

/* The address by which the work links to a repository already, whatever it looks like ("http://",
 * ".git", a former name): in the arena; NULL when it does not. */
static int claimed_address(struct writer *writer, struct arena *arena, int64_t work,
                           const char *url, char **out, struct error *err)
{
    struct str key = STR_INIT;
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, writer->store,
                              "SELECT url FROM link WHERE work_id = ?1 AND kind = 'code' AND "
                              "repo <> '' AND repo IN (SELECT key FROM repository_alias WHERE "
                              "repository_id = (SELECT repository_id FROM repository_alias WHERE "
                              "key = ?2)) ORDER BY url LIMIT 1",
                              err);

    *out = NULL;
    if (result != ERR_OK || !repository_key(&key, url)) {
        str_free(&key);
        return result;
    }
    stmt_bind_int(stmt, 1, work);
    stmt_bind_text(stmt, 2, key.ptr);
    step = stmt_step(stmt, err);
    if (step == 1)
        *out = stmt_dup(stmt, 0, arena);
    stmt_reset(stmt);
    str_free(&key);
    return step < 0 ? step : ERR_OK;
}

/* Repositories that call the work theirs; its aliases must be there. */
int compose_claims(struct writer *writer, int64_t work, struct error *err)
{
    struct record_links links = { 0 };
    struct arena *arena = arena_new();
    size_t i;
    int result = repositories_claiming(writer->store, arena, work, &links, err);

    for (i = 0; i < links.len && result == ERR_OK; i++) {
        char *there;

        result = claimed_address(writer, arena, work, links.items[i].url, &there, err);
        if (there)
            links.items[i].url = there; /* evidence for the link that is there, no second one */
        if (result == ERR_OK)
            result = compose_better_link(writer, work, &links.items[i], false, err);
    }
    if (result == ERR_OK && links.len > 0)
        result = store_run(writer->store, "UPDATE work SET flags = flags | ?2 WHERE id = ?1", work,
                           WORK_HAS_CODE, NULL, err);
    arena_free(arena);
    return result;
}

int compose_more_links(struct writer *writer, int64_t work, const struct record *more,
                       struct error *err)
{
    struct record rest = { .code_urls = more->code_urls };
    struct stmt *stmt;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < more->links.len && result == ERR_OK; i++)
        result = compose_better_link(writer, work, &more->links.items[i], true, err);
    if (result == ERR_OK) /* what a repository had claimed is a record's now */
        result = compose_links(
            writer, work, &(struct record){ .links = more->links, .code_urls = more->code_urls },
            err);
    if (result == ERR_OK)
        result =
            stmt_prepare(&stmt, writer->store,
                         "UPDATE work SET flags = flags | ?2, changed = ?3 WHERE id = ?1", err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    stmt_bind_int(stmt, 2, compose_flags(&rest));
    stmt_bind_int(stmt, 3, writer->now);
    return stmt_run(stmt, err);
}
