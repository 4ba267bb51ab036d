/*
 * Running a test collection. Its documents go through the importer as any others do: the title and
 * text they have, and an identifier made of their place in the collection, which is what leads from
 * a hit back to the document. They carry neither authors nor dates, so identity never joins two of
 * them; a document that is missing afterwards is an error, not a worse figure.
 *
 * A document without a title lends its first words to one, because every work has a title; the peer
 * gets the document as it is.
 */
#include "eval.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/library.h"
#include "carrel/record.h"

#include <ctype.h>
#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EVAL_DEPTH 1000
#define EVAL_PAGE 20 /* hits asked for when the time is taken */
#define EVAL_PREFIX "local:test-"
#define TITLE_WORDS 12

struct eval_library {
    const struct testset *set;
    char *dir;
    struct store *store;
};

static int remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *walk)
{
    (void)stat;
    (void)kind;
    (void)walk;
    return remove(path);
}

void eval_library_free(struct eval_library *library)
{
    if (!library)
        return;
    store_close(library->store);
    if (library->dir)
        nftw(library->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(library->dir);
    free(library);
}

/* Bytes of the first words of a text. */
static size_t first_words(const char *text)
{
    size_t at = 0, words = 0;

    while (text[at] && words < TITLE_WORDS) {
        at += strcspn(text + at, " ");
        words++;
        if (text[at] && words < TITLE_WORDS)
            at++;
    }
    return at;
}

static int import_docs(struct importer *importer, const struct testset *set, struct error *err)
{
    struct arena *arena = arena_new();
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < set->doc_count && result == ERR_OK; i++) {
        const struct test_doc *doc = &set->docs[i];
        struct record record = { .source = "test", .abstract = doc->text };

        record.id = arena_printf(arena, EVAL_PREFIX "%zu", i);
        record.title = doc->title;
        if (!*doc->title) {
            size_t len = first_words(doc->text);

            record.title = len ? arena_strndup(arena, doc->text, len)
                               : arena_printf(arena, "(empty document %zu)", i);
            record.abstract = doc->text + len + (doc->text[len] == ' ');
        }
        result = importer_add(importer, &record, err);
        if (i % 1024 == 0)
            arena_reset(arena);
    }
    arena_free(arena);
    return result;
}

static int import_set(struct eval_library *library, struct error *err)
{
    struct import_counts counts = { 0 };
    struct importer *importer;
    int result = importer_new(&importer, library->dir, err);

    if (result != ERR_OK)
        return result;
    result = import_docs(importer, library->set, err);
    if (result == ERR_OK)
        result = importer_finish(importer, &counts, err);
    importer_free(importer);
    if (result == ERR_OK && counts.added != (int64_t)library->set->doc_count)
        result = error_set(err, ERR_FAILED, "%s: %zu documents became %" PRId64 " works",
                           library->set->name, library->set->doc_count, counts.added);
    return result;
}

/* The peer: what anyone gets from SQLite without further thought. */
static int fill_peer(struct eval_library *library, struct error *err)
{
    struct stmt *stmt;
    size_t i;
    int result = store_exec(library->store,
                            "CREATE VIRTUAL TABLE temp.peer USING fts5(title, body, "
                            "tokenize = 'porter unicode61')",
                            err);

    if (result == ERR_OK)
        result = stmt_prepare(&stmt, library->store,
                              "INSERT INTO temp.peer(rowid, title, body) VALUES(?1, ?2, ?3)", err);
    for (i = 0; i < library->set->doc_count && result == ERR_OK; i++) {
        stmt_bind_int(stmt, 1, (int64_t)i);
        stmt_bind_text(stmt, 2, library->set->docs[i].title);
        stmt_bind_text(stmt, 3, library->set->docs[i].text);
        result = stmt_run(stmt, err);
    }
    return result;
}

int eval_library_new(struct eval_library **out, const struct testset *set, struct error *err)
{
    struct eval_library *library = mem_zalloc(sizeof *library);
    struct store_options options = { .create = true };
    int result = ERR_OK;

    *out = NULL;
    library->set = set;
    library->dir = path_temporary("eval");
    if (!mkdtemp(library->dir)) {
        result = error_errno(err, "cannot make %s", library->dir);
        free(library->dir);
        library->dir = NULL;
    }
    if (result == ERR_OK)
        result = import_set(library, err);
    if (result == ERR_OK)
        result = store_open(&library->store, library->dir, &options, err);
    if (result == ERR_OK)
        result = fill_peer(library, err);
    if (result != ERR_OK) {
        eval_library_free(library);
        return result;
    }
    *out = library;
    return ERR_OK;
}

/* ---- asking ---- */

struct run_list {
    size_t docs[EVAL_DEPTH];
    size_t len;
};

/* Each word once, in quotes, joined by OR. */
static void peer_expression(struct str *out, const char *text)
{
    const char *at = text;

    while (*at) {
        size_t len = 0;

        while (at[len] && (isalnum((unsigned char)at[len]) || (unsigned char)at[len] >= 0x80))
            len++;
        if (len > 0)
            str_printf(out, "%s\"%.*s\"", out->len ? " OR " : "", (int)len, at);
        at += len + (at[len] != '\0');
    }
}

static int peer_ask(struct run_list *list, struct eval_library *library, const char *text,
                    size_t depth, struct error *err)
{
    struct str match = STR_INIT;
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare(&stmt, library->store,
                              "SELECT rowid FROM temp.peer WHERE peer MATCH ?1 "
                              "ORDER BY bm25(peer) LIMIT ?2",
                              err);

    peer_expression(&match, text);
    list->len = 0;
    if (result == ERR_OK && match.len > 0) {
        stmt_bind_text(stmt, 1, match.ptr);
        stmt_bind_int(stmt, 2, (int64_t)depth);
        while ((step = stmt_step(stmt, err)) == 1)
            list->docs[list->len++] = (size_t)stmt_int(stmt, 0);
        stmt_reset(stmt);
        result = step < 0 ? step : ERR_OK;
    }
    str_free(&match);
    return result;
}

static int search_ask(struct run_list *list, struct eval_library *library, const char *text,
                      size_t depth, const struct search_options *asked, struct error *err)
{
    struct search_options options = *asked;
    struct search_result *result;
    size_t i;
    int code;

    options.limit = depth;
    options.any_word = true;
    options.off |= SEARCH_OFF_PRIORS;
    options.sentence = true;
    code = search_run(&result, library->store, text, &options, err);
    list->len = 0;
    if (code != ERR_OK)
        return code;
    for (i = 0; i < result->len && i < depth; i++) {
        const char *key = result->hits[i].row.key;

        if (str_starts(key, EVAL_PREFIX))
            list->docs[list->len++] = (size_t)strtoull(key + strlen(EVAL_PREFIX), NULL, 10);
    }
    search_result_free(result);
    return ERR_OK;
}

static void judge(struct metrics *out, const struct run_list *list, const struct test_query *query)
{
    int ranked[EVAL_DEPTH], *judged = mem_alloc(query->len * sizeof *judged);
    size_t i, k;

    for (k = 0; k < query->len; k++)
        judged[k] = query->judged[k].grade;
    for (i = 0; i < list->len; i++) {
        ranked[i] = 0;
        for (k = 0; k < query->len; k++)
            if (query->judged[k].doc == list->docs[i])
                ranked[i] = query->judged[k].grade;
    }
    metrics_query(out, ranked, list->len, judged, query->len);
    free(judged);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void summarise(struct eval_result *out)
{
    double *sorted = mem_dup(out->took_ms, out->count * sizeof *sorted);
    size_t i;

    qsort(sorted, out->count, sizeof *sorted, compare_doubles);
    out->median_ms = sorted[out->count / 2];
    out->p95_ms = sorted[out->count * 95 / 100];
    free(sorted);
    for (i = 0; i < out->count; i++) {
        out->mean.ndcg10 += out->each[i].ndcg10 / (double)out->count;
        out->mean.map += out->each[i].map / (double)out->count;
        out->mean.recall100 += out->each[i].recall100 / (double)out->count;
    }
}

static int ask(struct run_list *list, struct eval_library *library, const char *text, size_t depth,
               const struct eval_system *system, struct error *err)
{
    return system->peer ? peer_ask(list, library, text, depth, err)
                        : search_ask(list, library, text, depth, &system->options, err);
}

int eval_run(struct eval_result *out, struct eval_library *library,
             const struct eval_system *system, const atomic_bool *cancel, struct error *err)
{
    const struct testset *set = library->set;
    struct run_list *list = mem_alloc(sizeof *list);
    size_t i;
    int result = ERR_OK;

    memset(out, 0, sizeof *out);
    out->system = system;
    out->each = mem_zalloc((set->query_count + 1) * sizeof *out->each);
    out->took_ms = mem_zalloc((set->query_count + 1) * sizeof *out->took_ms);
    for (i = 0; i < set->query_count && result == ERR_OK; i++) {
        const struct test_query *query = &set->queries[i];
        int64_t start;

        if (query->len == 0)
            continue;
        if (cancel && atomic_load(cancel)) {
            result = error_set(err, ERR_CANCELLED, "stopped");
            break;
        }
        result = ask(list, library, query->text, EVAL_DEPTH, system, err);
        judge(&out->each[out->count], list, query);
        start = clock_ticks_us();
        if (result == ERR_OK)
            result = ask(list, library, query->text, EVAL_PAGE, system, err);
        out->took_ms[out->count++] = (double)(clock_ticks_us() - start) / 1000;
        if (result != ERR_OK)
            error_context(err, "%s, query %s", set->name, query->id);
    }
    free(list);
    if (result == ERR_OK && out->count == 0)
        result = error_set(err, ERR_FAILED, "%s: no query has a judgement", set->name);
    if (result == ERR_OK)
        summarise(out);
    return result;
}

void eval_result_free(struct eval_result *result)
{
    free(result->each);
    free(result->took_ms);
    memset(result, 0, sizeof *result);
}
