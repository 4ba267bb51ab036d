/*
 * The writer's other half: what another machine has had from a source, in whatever order it comes.
 */
#include "writer.h"

#include <string.h>

/* Of all that a source has said of a paper, which stands? What it would be if all had come here in
 * the order in which it was fetched: the last one, but that an older version takes no newer one's
 * place; a withdrawal until the archive delivers the paper again. */
static int settle_current(struct writer *writer, const char *key, const char *source, bool *changed,
                          struct error *err)
{
    struct stmt *stmt;
    int64_t stands = 0, version = 0, was = 0;
    int step,
        result = stmt_prepare(&stmt, writer->store,
                              "SELECT r.id, r.version, r.current, r.source = 'oai' AND EXISTS "
                              "(SELECT 1 FROM record l WHERE l.source_key = ?1 AND l.source LIKE "
                              "'oai-%' AND l.fetched > r.fetched) FROM record r WHERE r.source_key "
                              "= ?1 AND r.source = ?2 ORDER BY r.fetched, r.hash",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, key);
    stmt_bind_text(stmt, 2, source);
    while ((step = stmt_step(stmt, err)) == 1) {
        if (stmt_int(stmt, 2))
            was = stmt_int(stmt, 0);
        if (stands && stmt_int(stmt, 1) > 0 && stmt_int(stmt, 1) < version)
            continue;
        stands = stmt_int(stmt, 3) ? 0 : stmt_int(stmt, 0);
        version = stmt_int(stmt, 1);
    }
    stmt_reset(stmt);
    if (step < 0 || stands == was)
        return step;
    *changed = true;
    result =
        store_run(writer->store, "UPDATE record SET current = 0 WHERE id = ?1", was, 0, NULL, err);
    return result == ERR_OK ? store_run(
               writer->store, "UPDATE record SET current = 1 WHERE id = ?1", stands, 0, NULL, err)
                            : result;
}

/* The same words were had here, too. */
static int arrive_same(struct writer *writer, int64_t record, const struct prepared *prepared,
                       bool *changed, struct error *err)
{
    int64_t fetched = 0;
    int result = store_lookup(writer->store, &fetched, "SELECT fetched FROM record WHERE id = ?1",
                              NULL, record, 0, err);

    if (result != ERR_OK || fetched >= prepared->fetched)
        return result;
    *changed = true;
    return record_renew(writer, record, prepared->fetched, err);
}

int arrive_known(struct writer *writer, const struct identity *identity,
                 const struct prepared *prepared, enum applied *what, struct error *err)
{
    const char *source = prepared->record.source;
    struct present present;
    int64_t record = 0;
    bool changed = false;
    int result = find_present(writer, prepared, &present, err);

    if (result == ERR_OK && present.id && prepared->record.adds) {
        result = apply_more(writer, identity->work, present.id, prepared, what, err);
        return result == ERR_OK ? arrive_same(writer, present.id, prepared, &changed, err) : result;
    }
    if (result == ERR_OK)
        result = record_of(writer, prepared, &record, err);
    if (result == ERR_OK && record) {
        result = arrive_same(writer, record, prepared, &changed, err);
    } else if (result == ERR_OK) {
        changed = true;
        result = record_insert(writer, identity->work, prepared, !present.id, &record, err);
        if (result == ERR_OK)
            result = join_record(writer, identity, record, prepared, err);
    }
    if (result == ERR_OK && changed)
        result = settle_current(writer, prepared->record.id, source, &changed, err);
    if (result == ERR_OK && changed && strncmp(source, "oai-", 4) == 0)
        result = settle_current(writer, prepared->record.id, "oai", &changed, err);
    *what = changed ? APPLIED_UPDATED : APPLIED_UNCHANGED;
    return result == ERR_OK && changed ? compose_again(writer, identity->work, err) : result;
}
