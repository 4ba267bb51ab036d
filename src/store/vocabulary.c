/*
 * The vocabulary on disk: document frequencies of words and stems, as sorted runs of blocks.
 *
 * A table with a row for each word makes every commit touch thousands of pages all over the file.
 * Here a transaction appends what it changes as one sorted run of signed differences, and the
 * frequency of a word is the sum over the runs. A new run swallows those before it that are not
 * more than four times its size, so that there are a handful of them, each much larger than the
 * next, and a word is copied a few times in its life (a log-structured merge: P. O'Neil et al.,
 * "The log-structured merge-tree", 1996). It is all inside the library's transactions.
 */
#include "carrel/fts.h"

#include "carrel/mem.h"
#include "carrel/text.h"

#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define SEPARATOR '\x1F'
#define BLOCK_BYTES 1500
#define MERGE_RATIO 4
#define WORD_MAX 255

/* ---- what a transaction changes ---- */

struct vocabulary {
    struct hashmap *words[2]; /* by kind -> change of the document frequency, as int64_t */
};

struct vocabulary *vocabulary_new(void)
{
    struct vocabulary *vocabulary = mem_zalloc(sizeof *vocabulary);

    vocabulary->words[VOCABULARY_TERMS] = hashmap_new();
    vocabulary->words[VOCABULARY_STEMS] = hashmap_new();
    return vocabulary;
}

void vocabulary_free(struct vocabulary *vocabulary)
{
    if (!vocabulary)
        return;
    hashmap_free(vocabulary->words[VOCABULARY_TERMS]);
    hashmap_free(vocabulary->words[VOCABULARY_STEMS]);
    free(vocabulary);
}

void vocabulary_clear(struct vocabulary *vocabulary)
{
    hashmap_clear(vocabulary->words[VOCABULARY_TERMS]);
    hashmap_clear(vocabulary->words[VOCABULARY_STEMS]);
}

static void vocabulary_count(struct hashmap *map, const struct str *list, int sign)
{
    const char *at = list->ptr, *end = list->ptr + list->len;

    while (at < end) {
        const char *stop = memchr(at, SEPARATOR, (size_t)(end - at));

        if (!stop)
            break;
        *hashmap_put(map, at, (size_t)(stop - at), NULL) += (uint64_t)(int64_t)sign;
        at = stop + 1;
    }
}

void vocabulary_add(struct vocabulary *vocabulary, const struct fts_document *doc, int sign)
{
    vocabulary_count(vocabulary->words[VOCABULARY_TERMS], &doc->terms, sign);
    vocabulary_count(vocabulary->words[VOCABULARY_STEMS], &doc->stems, sign);
}

struct word {
    const char *text;
    size_t len;
    int64_t change;
};

static int compare_text(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

    return order ? order : (a_len > b_len) - (a_len < b_len);
}

static int compare_words(const void *a, const void *b)
{
    const struct word *x = a, *y = b;

    return compare_text(x->text, x->len, y->text, y->len);
}

static struct word *sorted_words(const struct hashmap *map, size_t *count)
{
    struct word *words = mem_alloc((hashmap_count(map) + 1) * sizeof *words);
    size_t at = 0;
    uint64_t *value;

    *count = 0;
    while (hashmap_next(map, &at, &words[*count].text, &words[*count].len, &value)) {
        words[*count].change = (int64_t)*value;
        if (*value != 0 && words[*count].len <= WORD_MAX)
            (*count)++;
    }
    if (*count > 1)
        qsort(words, *count, sizeof *words, compare_words);
    return words;
}

/* ---- blocks ---- */

struct block_reader {
    const unsigned char *at, *end;
    char text[WORD_MAX + 1];
    size_t len;
    int64_t change;
};

/* 1: a word; 0: the end; ERR_CORRUPT. */
static int block_next(struct block_reader *reader, struct error *err)
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
    if (shared > reader->len || shared + more > WORD_MAX
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

struct run_writer {
    struct store *store;
    int64_t run, entries;
    int kind;
    struct str block;
    char first[WORD_MAX + 1], last[WORD_MAX + 1];
    size_t last_len;
};

static int writer_flush(struct run_writer *writer, struct error *err)
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

static int writer_put(struct run_writer *writer, const char *text, size_t len, int64_t change,
                      struct error *err)
{
    uint64_t value = ((uint64_t)change << 1) ^ (uint64_t)(change >> 63);
    size_t shared = 0;
    int result = writer->block.len > BLOCK_BYTES ? writer_flush(writer, err) : ERR_OK;

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

/* ---- reading runs ---- */

struct run {
    int64_t id, entries;
};

struct runs {
    struct run *items; /* oldest first */
    size_t len, cap;
};

static int runs_read(struct runs *runs, struct store *store, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result =
        stmt_prepare(&stmt, store, "SELECT id, entries FROM vocabulary_run ORDER BY id", err);

    memset(runs, 0, sizeof *runs);
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        struct run run = { stmt_int(stmt, 0), stmt_int(stmt, 1) };

        VEC_PUSH(runs->items, runs->len, runs->cap, run);
    }
    stmt_reset(stmt);
    return step;
}

/* A run's words in order, from the one given on. */
struct run_reader {
    struct stmt *stmt; /* NULL: it reads an array */
    const struct word *words;
    size_t word_count;
    struct block_reader block;
    bool more;
};

static int reader_next(struct run_reader *reader, struct error *err)
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

static int reader_open(struct run_reader *reader, struct store *store, int64_t run, int kind,
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
        result = reader_next(reader, err);
    while (result == ERR_OK && reader->more && strcmp(reader->block.text, from) < 0);
    return result;
}

/* The least word of all readers with the sum of its changes; *more is false at the end. */
static int merge_next(struct run_reader *readers, size_t count, char text[WORD_MAX + 1],
                      size_t *len, int64_t *sum, bool *more, struct error *err)
{
    const struct run_reader *least = NULL;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count; i++)
        if (readers[i].more
            && (!least
                || compare_text(readers[i].block.text, readers[i].block.len, least->block.text,
                                least->block.len)
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
        result = reader_next(&readers[i], err);
    }
    return result;
}

int vocabulary_each(struct store *store, enum vocabulary_kind kind, const char *from,
                    int (*each)(void *ctx, const char *word, size_t len, int64_t df), void *ctx,
                    struct error *err)
{
    struct run_reader *readers = NULL;
    struct runs runs;
    char text[WORD_MAX + 1];
    int64_t df;
    bool more = true;
    size_t len, i;
    int result = runs_read(&runs, store, err);

    readers = mem_zalloc((runs.len + 1) * sizeof *readers);
    for (i = 0; i < runs.len && result == ERR_OK; i++)
        result = reader_open(&readers[i], store, runs.items[i].id, (int)kind, from, err);
    while (result == ERR_OK) {
        result = merge_next(readers, runs.len, text, &len, &df, &more, err);
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
    struct block_reader reader = { 0 };
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
    struct runs runs;
    size_t i;
    int result = runs_read(&runs, store, err);

    *df = 0;
    for (i = 0; i < runs.len && result == ERR_OK; i++)
        result = run_df(store, runs.items[i].id, (int)kind, word, df, err);
    if (*df < 0)
        *df = 0;
    free(runs.items);
    return result;
}

/* ---- writing runs ---- */

static int run_delete(struct store *store, int64_t run, struct error *err)
{
    static const char *const sql[] = { "DELETE FROM vocabulary_block WHERE run = ?1",
                                       "DELETE FROM vocabulary_run WHERE id = ?1" };
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(sql) && result == ERR_OK; i++) {
        struct stmt *stmt;

        result = stmt_prepare(&stmt, store, sql[i], err);
        if (result != ERR_OK)
            break;
        stmt_bind_int(stmt, 1, run);
        result = stmt_run(stmt, err);
    }
    return result;
}

/* One kind of the new run: the transaction's words and those of the runs it swallows. A word whose
 * changes cancel out says nothing in any run. */
static int write_kind(struct run_writer *writer, const struct runs *runs, size_t from,
                      const struct word *words, size_t count, struct error *err)
{
    size_t readers_len = runs->len - from + 1, i, len;
    struct run_reader *readers = mem_zalloc(readers_len * sizeof *readers);
    char text[WORD_MAX + 1];
    int64_t sum;
    bool more = true;
    int result;

    readers[0].words = words;
    readers[0].word_count = count;
    result = reader_next(&readers[0], err);
    for (i = 1; i < readers_len && result == ERR_OK; i++)
        result = reader_open(&readers[i], writer->store, runs->items[from + i - 1].id, writer->kind,
                             "", err);
    while (result == ERR_OK) {
        result = merge_next(readers, readers_len, text, &len, &sum, &more, err);
        if (result != ERR_OK || !more)
            break;
        if (sum != 0)
            result = writer_put(writer, text, len, sum, err);
    }
    if (result == ERR_OK)
        result = writer_flush(writer, err);
    for (i = 0; i < readers_len; i++)
        stmt_free(readers[i].stmt);
    free(readers);
    return result;
}

static int write_run(struct store *store, struct word *const words[2], const size_t counts[2],
                     struct error *err)
{
    struct run_writer writer = { .store = store, .block = STR_INIT };
    int64_t size = (int64_t)(counts[0] + counts[1]);
    struct runs runs;
    struct stmt *stmt;
    size_t from, i;
    int result = runs_read(&runs, store, err);

    for (from = runs.len; from > 0 && runs.items[from - 1].entries <= size * MERGE_RATIO; from--)
        size += runs.items[from - 1].entries;
    if (result == ERR_OK)
        result = store_exec(store, "INSERT INTO vocabulary_run(entries) VALUES(0)", err);
    writer.run = store_last_id(store);
    for (writer.kind = 0; writer.kind < 2 && result == ERR_OK; writer.kind++)
        result = write_kind(&writer, &runs, from, words[writer.kind], counts[writer.kind], err);
    for (i = from; i < runs.len && result == ERR_OK; i++)
        result = run_delete(store, runs.items[i].id, err);
    if (result == ERR_OK && writer.entries == 0)
        result = run_delete(store, writer.run, err);
    if (result == ERR_OK)
        result =
            stmt_prepare(&stmt, store, "UPDATE vocabulary_run SET entries = ?2 WHERE id = ?1", err);
    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, writer.run);
        stmt_bind_int(stmt, 2, writer.entries);
        result = stmt_run(stmt, err);
    }
    str_free(&writer.block);
    free(runs.items);
    return result;
}

int vocabulary_flush(struct vocabulary *vocabulary, struct store *store, struct error *err)
{
    struct word *words[2];
    size_t counts[2];
    int result = ERR_OK, kind;

    for (kind = 0; kind < 2; kind++)
        words[kind] = sorted_words(vocabulary->words[kind], &counts[kind]);
    if (counts[0] + counts[1] > 0)
        result = write_run(store, words, counts, err);
    free(words[0]);
    free(words[1]);
    vocabulary_clear(vocabulary);
    return result;
}

int vocabulary_forget(struct store *store, struct error *err)
{
    return store_exec(store, "DELETE FROM vocabulary_block; DELETE FROM vocabulary_run", err);
}

/* What a library of an older version has in tables of rows. */
int vocabulary_convert(struct store *store, struct error *err)
{
    static const char *const tables[2] = { "SELECT term, df FROM term WHERE df > 0",
                                           "SELECT stem, df FROM stem WHERE df > 0" };
    struct vocabulary *vocabulary = vocabulary_new();
    int result = ERR_OK, kind;

    for (kind = 0; kind < 2 && result == ERR_OK; kind++) {
        struct stmt *stmt;

        result = stmt_prepare_once(&stmt, store, tables[kind], err);
        while (result == ERR_OK && (result = stmt_step(stmt, err)) == 1) {
            const char *word = stmt_text(stmt, 0);

            *hashmap_put(vocabulary->words[kind], word, strlen(word), NULL) =
                (uint64_t)stmt_int(stmt, 1);
            result = ERR_OK;
        }
        stmt_free(stmt);
    }
    if (result == ERR_OK)
        result = vocabulary_flush(vocabulary, store, err);
    vocabulary_free(vocabulary);
    if (result == ERR_OK)
        result = store_exec(store, "DROP TABLE term; DROP TABLE stem", err);
    return result;
}
