/*
 * The vocabulary's runs on disk: words in order, in blocks of some 1,500 bytes, each word by what
 * it shares with the one before it, and the change of its frequency as a variable number of bytes.
 * Read one by one or merged, and summed up for those who ask.
 */
#include "vocabulary_internal.h"

#include "carrel/mem.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 1500

/* ---- blocks ---- */

int vocabulary_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

    return order ? order : (a_len > b_len) - (a_len < b_len);
}

/* 1: a word; 0: the end; ERR_CORRUPT. */
static int block_next(struct vocabulary_block *reader, struct error *err)
{
    uint64_t value = 0;
    unsigned shift = 0;
    size_t shared, more;

    if (reader->at == reader->end)
        return 0;
    if (reader->end - reader->at < 3)
        goto damaged;
    shared = reader->at[0];
    more = reader->at[1];
    reader->at += 2;
    if (shared > reader->len || shared + more > VOCABULARY_WORD_MAX
        || (size_t)(reader->end - reader->at) < more)
        goto damaged;
    memcpy(reader->text + shared, reader->at, more);
    reader->len = shared + more;
    reader->text[reader->len] = '\0';
    reader->at += more;
    for (;; shift += 7) {
        if (reader->at == reader->end || shift > 56)
            goto damaged;
        value |= (uint64_t)(*reader->at & 0x7F) << shift;
        if (*reader->at++ < 0x80)
            break;
    }
    reader->change = (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
    return 1;
damaged:
    return error_set(err, ERR_CORRUPT,
                     "the vocabulary is damaged; 'carrel doctor --fix' rebuilds it");
}

int vocabulary_write_end(struct vocabulary_writer *writer, struct error *err)
{
    struct stmt *stmt;
    int result;

    if (writer->block.len == 0)
        return ERR_OK;
    result = stmt_prepare(&stmt, writer->store,
                          "INSERT INTO vocabulary_block(run, kind, first, data) "
                          "VALUES(?1, ?2, ?3, ?4)",
                          err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, writer->run);
    stmt_bind_int(stmt, 2, writer->kind);
    stmt_bind_text(stmt, 3, writer->first);
    stmt_bind_blob(stmt, 4, writer->block.ptr, writer->block.len);
    str_clear(&writer->block);
    return stmt_run(stmt, err);
}

int vocabulary_write(struct vocabulary_writer *writer, const char *text, size_t len, int64_t change,
                     struct error *err)
{
    uint64_t value = ((uint64_t)change << 1) ^ (uint64_t)(change >> 63);
    size_t shared = 0;
    int result = writer->block.len > BLOCK_BYTES ? vocabulary_write_end(writer, err) : ERR_OK;

    if (writer->block.len == 0) {
        memcpy(writer->first, text, len);
        writer->first[len] = '\0';
    } else {
        while (shared < len && shared < writer->last_len && writer->last[shared] == text[shared])
            shared++;
    }
    str_add_char(&writer->block, (char)shared);
    str_add_char(&writer->block, (char)(len - shared));
    str_add_mem(&writer->block, text + shared, len - shared);
    for (; value >= 0x80; value >>= 7)
        str_add_char(&writer->block, (char)(value | 0x80));
    str_add_char(&writer->block, (char)value);
    memcpy(writer->last, text, len);
    writer->last_len = len;
    writer->entries++;
    return result;
}

/* ---- reading ---- */

int vocabulary_runs_read(struct vocabulary_runs *runs, struct store *store, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result =
        stmt_prepare(&stmt, store, "SELECT id, entries FROM vocabulary_run ORDER BY id", err);

    memset(runs, 0, sizeof *runs);
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        struct vocabulary_run run = { stmt_int(stmt, 0), stmt_int(stmt, 1) };

        VEC_PUSH(runs->items, runs->len, runs->cap, run);
    }
    stmt_reset(stmt);
    return step;
}

int vocabulary_next(struct vocabulary_reader *reader, struct error *err)
{
    int step;

    reader->more = false;
    if (!reader->stmt) {
        if (reader->word_count == 0)
            return ERR_OK;
        memcpy(reader->block.text, reader->words->text, reader->words->len);
        reader->block.len = reader->words->len;
        reader->block.text[reader->block.len] = '\0';
        reader->block.change = reader->words->change;
        reader->words++;
        reader->word_count--;
        reader->more = true;
        return ERR_OK;
    }
    while ((step = block_next(&reader->block, err)) == 0) {
        size_t len;

        step = stmt_step(reader->stmt, err);
        if (step != 1)
            return step;
        reader->block.at = stmt_blob(reader->stmt, 0, &len);
        reader->block.end = reader->block.at + len;
        reader->block.len = 0;
    }
    reader->more = step == 1;
    return step < 0 ? step : ERR_OK;
}

int vocabulary_open(struct vocabulary_reader *reader, struct store *store, int64_t run, int kind,
                    const char *from, struct error *err)
{
    int result;

    memset(reader, 0, sizeof *reader);
    result = stmt_prepare_once(
        &reader->stmt, store,
        "SELECT data FROM vocabulary_block WHERE run = ?1 AND kind = ?2 AND first >= "
        "ifnull((SELECT first FROM vocabulary_block WHERE run = ?1 AND kind = ?2 AND first <= ?3 "
        "ORDER BY first DESC LIMIT 1), '') ORDER BY first",
        err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(reader->stmt, 1, run);
    stmt_bind_int(reader->stmt, 2, kind);
    stmt_bind_text(reader->stmt, 3, from);
    do
        result = vocabulary_next(reader, err);
    while (result == ERR_OK && reader->more && strcmp(reader->block.text, from) < 0);
    return result;
}

int vocabulary_merge(struct vocabulary_reader *readers, size_t count,
                     char text[VOCABULARY_WORD_MAX + 1], size_t *len, int64_t *sum, bool *more,
                     struct error *err)
{
    const struct vocabulary_reader *least = NULL;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count; i++)
        if (readers[i].more
            && (!least
                || vocabulary_compare(readers[i].block.text, readers[i].block.len,
                                      least->block.text, least->block.len)
                       < 0))
            least = &readers[i];
    *more = least != NULL;
    if (!least)
        return ERR_OK;
    *len = least->block.len;
    memcpy(text, least->block.text, *len + 1);
    *sum = 0;
    for (i = 0; i < count && result == ERR_OK; i++) {
        if (!readers[i].more || readers[i].block.len != *len
            || memcmp(readers[i].block.text, text, *len) != 0)
            continue;
        *sum += readers[i].block.change;
        result = vocabulary_next(&readers[i], err);
    }
    return result;
}

/* ---- asking ---- */

int vocabulary_each(struct store *store, enum vocabulary_kind kind, const char *from,
                    int (*each)(void *ctx, const char *word, size_t len, int64_t df), void *ctx,
                    struct error *err)
{
    struct vocabulary_reader *readers = NULL;
    struct vocabulary_runs runs;
    char text[VOCABULARY_WORD_MAX + 1];
    int64_t df;
    bool more = true;
    size_t len, i;
    int result = vocabulary_runs_read(&runs, store, err);

    readers = mem_zalloc((runs.len + 1) * sizeof *readers);
    for (i = 0; i < runs.len && result == ERR_OK; i++)
        result = vocabulary_open(&readers[i], store, runs.items[i].id, (int)kind, from, err);
    while (result == ERR_OK) {
        result = vocabulary_merge(readers, runs.len, text, &len, &df, &more, err);
        if (result != ERR_OK || !more)
            break;
        if (df > 0 && each(ctx, text, len, df) != 0)
            break;
    }
    for (i = 0; i < runs.len; i++)
        stmt_free(readers[i].stmt);
    free(readers);
    free(runs.items);
    return result;
}

static int run_df(struct store *store, int64_t run, int kind, const char *word, int64_t *df,
                  struct error *err)
{
    struct vocabulary_block reader = { 0 };
    struct stmt *stmt;
    size_t len;
    int result = stmt_prepare(&stmt, store,
                              "SELECT data FROM vocabulary_block WHERE run = ?1 AND kind = ?2 AND "
                              "first <= ?3 ORDER BY first DESC LIMIT 1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, run);
    stmt_bind_int(stmt, 2, kind);
    stmt_bind_text(stmt, 3, word);
    result = stmt_step(stmt, err);
    if (result == 1) {
        reader.at = stmt_blob(stmt, 0, &len);
        reader.end = reader.at + len;
        while ((result = block_next(&reader, err)) == 1) {
            int order = strcmp(reader.text, word);

            if (order == 0)
                *df += reader.change;
            if (order >= 0)
                break;
        }
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

int vocabulary_df(int64_t *df, struct store *store, enum vocabulary_kind kind, const char *word,
                  struct error *err)
{
    struct vocabulary_runs runs;
    size_t i;
    int result = vocabulary_runs_read(&runs, store, err);

    *df = 0;
    for (i = 0; i < runs.len && result == ERR_OK; i++)
        result = run_df(store, runs.items[i].id, (int)kind, word, df, err);
    if (*df < 0)
        *df = 0;
    free(runs.items);
    return result;
}
