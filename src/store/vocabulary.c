/*
 * The vocabulary: document frequencies of words and stems, as sorted runs of blocks.
 *
 * A table with a row for each word makes every commit touch thousands of pages all over the file.
 * Here a transaction appends what it changes as one sorted run of signed differences, and the
 * frequency of a word is the sum over the runs (vocabulary_runs.c). A new run swallows those before
 * it that are not more than four times its size, so that there are a handful of them, each much
 * larger than the next, and a word is copied a few times in its life (a log-structured merge:
 * P. O'Neil et al., "The log-structured merge-tree", 1996). It is all inside the library's
 * transactions.
 */
#include "vocabulary_internal.h"

#include "carrel/mem.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_AT_ONCE 128
#define SEPARATOR '\x1F'
#define MERGE_RATIO 4

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
    const char *at = list->ptr, *end = list->ptr + list->len, *stop;
    struct hash_word words[WORDS_AT_ONCE];
    size_t count = 0;

    while (at < end && (stop = memchr(at, SEPARATOR, (size_t)(end - at)))) {
        words[count++] = (struct hash_word){ at, (size_t)(stop - at) };
        at = stop + 1;
        if (count < WORDS_AT_ONCE && at < end)
            continue;
        hashmap_add_all(map, words, count, (uint64_t)(int64_t)sign);
        count = 0;
    }
    hashmap_add_all(map, words, count, (uint64_t)(int64_t)sign);
}

void vocabulary_add(struct vocabulary *vocabulary, const struct fts_document *doc, int sign)
{
    vocabulary_count(vocabulary->words[VOCABULARY_TERMS], &doc->terms, sign);
    vocabulary_count(vocabulary->words[VOCABULARY_STEMS], &doc->stems, sign);
}

static int compare_words(const void *a, const void *b)
{
    const struct vocabulary_word *x = a, *y = b;

    return vocabulary_compare(x->text, x->len, y->text, y->len);
}

static struct vocabulary_word *sorted_words(const struct hashmap *map, size_t *count)
{
    struct vocabulary_word *words = mem_alloc((hashmap_count(map) + 1) * sizeof *words);
    size_t at = 0;
    uint64_t *value;

    *count = 0;
    while (hashmap_next(map, &at, &words[*count].text, &words[*count].len, &value)) {
        words[*count].change = (int64_t)*value;
        if (*value != 0 && words[*count].len <= VOCABULARY_WORD_MAX)
            (*count)++;
    }
    if (*count > 1)
        qsort(words, *count, sizeof *words, compare_words);
    return words;
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
static int write_kind(struct vocabulary_writer *writer, const struct vocabulary_runs *runs,
                      size_t from, const struct vocabulary_word *words, size_t count,
                      struct error *err)
{
    size_t readers_len = runs->len - from + 1, i, len;
    struct vocabulary_reader *readers = mem_zalloc(readers_len * sizeof *readers);
    char text[VOCABULARY_WORD_MAX + 1];
    int64_t sum;
    bool more = true;
    int result;

    readers[0].words = words;
    readers[0].word_count = count;
    result = vocabulary_next(&readers[0], err);
    for (i = 1; i < readers_len && result == ERR_OK; i++)
        result = vocabulary_open(&readers[i], writer->store, runs->items[from + i - 1].id,
                                 writer->kind, "", err);
    while (result == ERR_OK) {
        result = vocabulary_merge(readers, readers_len, text, &len, &sum, &more, err);
        if (result != ERR_OK || !more)
            break;
        if (sum != 0)
            result = vocabulary_write(writer, text, len, sum, err);
    }
    if (result == ERR_OK)
        result = vocabulary_write_end(writer, err);
    for (i = 0; i < readers_len; i++)
        stmt_free(readers[i].stmt);
    free(readers);
    return result;
}

static int write_run(struct store *store, struct vocabulary_word *const words[2],
                     const size_t counts[2], struct error *err)
{
    struct vocabulary_writer writer = { .store = store, .block = STR_INIT };
    int64_t size = (int64_t)(counts[0] + counts[1]);
    struct vocabulary_runs runs;
    struct stmt *stmt;
    size_t from, i;
    int result = vocabulary_runs_read(&runs, store, err);

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
    struct vocabulary_word *words[2];
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
