/*
 * Entries of one file that are one paper: two with one DOI, say. Of what a source says the last
 * word stands, so each would take the other's place again whenever the file is imported, and
 * nothing be new. An entry whose words are known, and were followed by another's, is held back
 * therefore: its words stand again behind the import only when nothing that came later in the file
 * does. (The other entry is gone from the file, or came out of another one.)
 */
#include "writer.h"

#include "carrel/hash.h"

#include <stdlib.h>

struct held {
    int64_t work, record;
    uint64_t at; /* which of the import it was */
};

struct twice {
    struct hashmap *said; /* record -> which of the import it was, the last time */
    uint64_t count;
    struct held *held;
    size_t len, cap;
};

void writer_watch_twice(struct writer *writer)
{
    writer->twice = mem_zalloc(sizeof *writer->twice);
    writer->twice->said = hashmap_new();
}

void twice_free(struct twice *twice)
{
    if (!twice)
        return;
    hashmap_free(twice->said);
    free(twice->held);
    free(twice);
}

static uint64_t said_at(const struct twice *twice, int64_t record)
{
    const uint64_t *at = hashmap_get(twice->said, (const char *)&record, sizeof record);

    return at ? *at : 0;
}

void twice_said(struct writer *writer, const struct prepared *prepared, int64_t record)
{
    struct twice *twice = writer->twice;

    if (twice && prepared->record.cited.len > 0)
        *hashmap_put(twice->said, (const char *)&record, sizeof record, NULL) = ++twice->count;
}

bool twice_hold(struct writer *writer, int64_t work, const struct prepared *prepared,
                int64_t record, int64_t stands)
{
    struct twice *twice = writer->twice;

    if (!twice || prepared->record.cited.len == 0 || said_at(twice, stands) > 0)
        return false;
    VEC_PUSH(twice->held, twice->len, twice->cap, ((struct held){ work, record, ++twice->count }));
    return true;
}

bool twice_waits(const struct writer *writer)
{
    return writer->twice && writer->twice->len > 0;
}

/* What its source says now of the paper of this record. */
static int stands_now(struct writer *writer, int64_t record, struct present *present,
                      struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, writer->store,
                                    "SELECT c.id, c.fetched FROM record r JOIN record c ON "
                                    "c.source_key = r.source_key AND c.source = r.source AND "
                                    "c.current = 1 WHERE r.id = ?1",
                                    err);

    *present = (struct present){ 0 };
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, record);
    step = stmt_step(stmt, err);
    if (step == 1) {
        present->id = stmt_int(stmt, 0);
        present->fetched = stmt_int(stmt, 1);
    }
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

int twice_settle(struct writer *writer, void (*stood)(void *ctx), void *ctx, struct error *err)
{
    struct twice *twice = writer->twice;
    size_t i;
    int result = ERR_OK;

    for (i = 0; twice && i < twice->len && result == ERR_OK; i++) {
        const struct held *held = &twice->held[i];
        struct present present;

        result = stands_now(writer, held->record, &present, err);
        if (result != ERR_OK || !present.id || present.id == held->record
            || said_at(twice, present.id) > held->at)
            continue;
        result = stand_again(writer, &present, held->record, err);
        if (result == ERR_OK)
            result = compose_again(writer, held->work, err);
        *hashmap_put(twice->said, (const char *)&held->record, sizeof held->record, NULL) =
            held->at;
        if (result == ERR_OK)
            stood(ctx);
    }
    if (twice)
        twice->len = 0;
    return result;
}
