/*
 * Searches over a library of any size, for the scale bench.
 *   scale_search queries LIBRARY               60 queries of each class from the library's own
 * words: CLASS<TAB>and|or<TAB>words, for scale_xapian, too scale_search run LIBRARY MODE <queries
 * lexical, semantic or hybrid: p50, p95, p99 by class, then resident memory after a thousand more
 * searches scale_search fill DB LIBRARY               a default FTS5 table with the same texts
 *   scale_search bm25 DB <queries              ORDER BY bm25() on it
 * Best 20 of each, titles read; the first of four rounds warms. Sentences are runs of an abstract.
 */
#include "shared/measure.h"

#include "carrel/clock.h"
#include "carrel/search.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUERIES 60
#define ROUNDS 4
#define CLASSES 8
#define LINE_BYTES 1024

static struct store *bench_open(const char *library)
{
    struct store_options options = { 0 };
    struct store *store;
    struct error err;

    if (store_open(&store, library, &options, &err) != ERR_OK)
        bench_die(library, err.message);
    return store;
}

/* ---- queries ---- */

struct words {
    char *items[400];
    size_t len;
};

static bool word_fits(const char *word)
{
    return strlen(word) > 3 && strspn(word, "abcdefghijklmnopqrstuvwxyz") == strlen(word);
}

/* Words by their frequency, from the one at `offset` on. */
static void words_read(struct words *words, struct store *store, size_t offset)
{
    struct arena *arena = arena_new();
    struct name_count *terms;
    struct error err;
    size_t count, i;

    if (terms_with_prefix(store, arena, "", offset * 2 + 4000, &terms, &count, &err) != ERR_OK)
        bench_die("words", err.message);
    for (i = 0; i < count && words->len < 400; i++) {
        if (!word_fits(terms[i].name))
            continue;
        if (offset > 0)
            offset--;
        else
            words->items[words->len++] = mem_strdup(terms[i].name);
    }
    arena_free(arena);
    if (words->len < 400)
        bench_die("words", "the library is too small");
}

/* Ten words in a row of some abstract: what a person types in plain words. */
static void print_sentences(struct store *store)
{
    struct stmt *stmt;
    struct error err;
    int i;

    for (i = 0; i < QUERIES; i++) {
        const char *at;
        int words = 0;

        if (stmt_prepare(&stmt, store,
                         "SELECT abstract FROM work_text WHERE id >= (SELECT max(id) FROM work) * "
                         "?1 / ?2 AND length(abstract) > 300 LIMIT 1",
                         &err)
            != ERR_OK)
            bench_die("sentences", err.message);
        stmt_bind_int(stmt, 1, i);
        stmt_bind_int(stmt, 2, QUERIES);
        if (stmt_step(stmt, &err) == 1) {
            printf("sentence\tor\t");
            for (at = stmt_text(stmt, 0); *at && words < 10; at++) {
                bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');

                words += *at == ' ';
                putchar(letter ? *at : ' ');
            }
            putchar('\n');
        }
        stmt_reset(stmt);
    }
}

static int print_queries(const char *library)
{
    struct store *store = bench_open(library);
    struct words frequent = { 0 }, middling = { 0 }, rare = { 0 };
    size_t i;

    words_read(&frequent, store, 20);
    words_read(&middling, store, 1500);
    words_read(&rare, store, 12000);
    for (i = 0; i < QUERIES; i++) {
#define PICK(list, k) list.items[(i * 37 + (k)*61) % 400]
        printf("rare\tand\t%s\n", PICK(rare, 0));
        printf("rare\tand\t%s %s\n", PICK(rare, 1), PICK(frequent, 1));
        printf("mixed\tand\t%s %s\n", PICK(middling, 0), PICK(frequent, 2));
        printf("mixed\tand\t%s %s %s\n", PICK(frequent, 3), PICK(middling, 1), PICK(frequent, 4));
        printf("frequent\tand\t%s\n", PICK(frequent, 5));
        printf("frequent\tand\t%s %s\n", PICK(frequent, 6), PICK(frequent, 7));
        printf("any\tor\t%s %s %s %s\n", PICK(frequent, 8), PICK(frequent, 9), PICK(middling, 2),
               PICK(frequent, 10));
#undef PICK
    }
    print_sentences(store);
    store_close(store);
    return 0;
}

/* ---- timing ---- */

struct timing {
    char class[CLASSES][16];
    double *times[CLASSES];
    size_t len[CLASSES], cap[CLASSES], count;
};

static void timing_add(struct timing *timing, const char *class, double ms)
{
    size_t i;

    for (i = 0; i < timing->count && strcmp(timing->class[i], class) != 0; i++)
        ;
    if (i == CLASSES)
        bench_die(class, "too many classes");
    if (i == timing->count)
        snprintf(timing->class[timing->count++], 16, "%s", class);
    VEC_PUSH(timing->times[i], timing->len[i], timing->cap[i], ms);
}

static void timing_print(struct timing *timing, const char *name)
{
    size_t i;

    for (i = 0; i < timing->count; i++) {
        size_t len = timing->len[i];
        double *times = timing->times[i];

        qsort(times, len, sizeof *times, bench_by_size);
        printf("%-9s %-9s p50 %8.2f  p95 %8.2f  p99 %8.2f ms\n", name, timing->class[i],
               times[len / 2], times[len * 95 / 100], times[len * 99 / 100]);
    }
}

/* Calls `run` with each line's words, all rounds; `or` says which join. */
static void each_query(struct timing *timing, const char *name,
                       double (*run)(void *ctx, const char *words, bool any), void *ctx)
{
    static char lines[1000][LINE_BYTES];
    size_t count = 0, i;
    int round;

    while (count < 1000 && fgets(lines[count], LINE_BYTES, stdin)) {
        lines[count][strcspn(lines[count], "\n")] = '\0';
        count++;
    }
    for (round = 0; round < ROUNDS; round++) {
        for (i = 0; i < count; i++) {
            char copy[LINE_BYTES], *rest = copy, *class, *op;
            double ms;

            memcpy(copy, lines[i], sizeof copy);
            class = strsep(&rest, "\t");
            op = strsep(&rest, "\t");
            if (!op || !rest)
                continue;
            ms = run(ctx, rest, strcmp(op, "or") == 0);
            if (round > 0) {
                timing_add(timing, class, ms);
                timing_add(timing, "all", ms);
            }
        }
    }
    timing_print(timing, name);
}

/* ---- carrel ---- */

struct ours {
    struct store *store;
    enum search_mode mode;
};

static double ours_run(void *ctx, const char *words, bool any)
{
    const struct ours *ours = ctx;
    struct search_options options = { .mode = ours->mode, .any_word = any, .sentence = true };
    struct search_result *result;
    struct error err;
    int64_t start = clock_ticks_us();

    options.relax_below = 1;
    if (search_run(&result, ours->store, words, &options, &err) != ERR_OK)
        bench_die(words, err.message);
    search_result_free(result);
    return (double)(clock_ticks_us() - start) / 1000.0;
}

static int run_ours(const char *library, const char *mode)
{
    struct ours ours = { .mode = strcmp(mode, "semantic") == 0 ? SEARCH_SEMANTIC
                                 : strcmp(mode, "hybrid") == 0 ? SEARCH_HYBRID
                                                               : SEARCH_LEXICAL };
    struct timing timing = { 0 };
    int64_t start = clock_ticks_us();

    ours.store = bench_open(library);
    printf("%-9s open      %.2f ms\n", mode, (double)(clock_ticks_us() - start) / 1000);
    each_query(&timing, mode, ours_run, &ours);
    bench_print_memory();
    store_close(ours.store);
    return 0;
}

/* ---- SQLite's own ranking ---- */

static void sql_run(sqlite3 *db, const char *sql)
{
    char *why;

    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        bench_die(sql, why);
}

static sqlite3 *peer_open(const char *path)
{
    sqlite3 *db;

    if (sqlite3_open(path, &db) != SQLITE_OK)
        bench_die(path, sqlite3_errmsg(db));
    sql_run(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -131072");
    return db;
}

static int fill_peer(const char *path, const char *library)
{
    sqlite3 *db = peer_open(path);
    char *attach = mem_printf("ATTACH 'file:%s/library.db?mode=ro' AS l", library);
    int64_t start = clock_ticks_ms();

    sql_run(db, "CREATE VIRTUAL TABLE t USING fts5(title, abstract, authors)");
    sqlite3_close(db);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI, NULL) != SQLITE_OK)
        bench_die(path, sqlite3_errmsg(db));
    sql_run(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -131072");
    sql_run(db, attach);
    sql_run(db, "BEGIN; INSERT INTO t(rowid, title, abstract, authors) SELECT id, title, abstract, "
                "authors FROM l.work_text; COMMIT");
    printf("bm25      filled in %.1f s\n", (double)(clock_ticks_ms() - start) / 1000);
    sqlite3_close(db);
    free(attach);
    return 0;
}

static double peer_run(void *ctx, const char *words, bool any)
{
    sqlite3_stmt *stmt = ctx;
    struct str match = STR_INIT;
    char *copy = mem_strdup(words), *rest = NULL, *word;
    int64_t start;
    double took;

    for (word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        str_printf(&match, "%s\"%s\"", match.len ? any ? " OR " : " " : "", word);
    start = clock_ticks_us();
    sqlite3_bind_text(stmt, 1, match.ptr, -1, SQLITE_TRANSIENT);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        ;
    sqlite3_reset(stmt);
    took = (double)(clock_ticks_us() - start) / 1000.0;
    str_free(&match);
    free(copy);
    return took;
}

static int run_peer(const char *path)
{
    sqlite3 *db = peer_open(path);
    struct timing timing = { 0 };
    sqlite3_stmt *stmt;

    if (sqlite3_prepare_v2(db, "SELECT title FROM t WHERE t MATCH ?1 ORDER BY bm25(t) LIMIT 20", -1,
                           &stmt, NULL)
        != SQLITE_OK)
        bench_die(path, sqlite3_errmsg(db));
    each_query(&timing, "bm25", peer_run, stmt);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "queries") == 0)
        return print_queries(argv[2]);
    if (argc == 4 && strcmp(argv[1], "run") == 0)
        return run_ours(argv[2], argv[3]);
    if (argc == 4 && strcmp(argv[1], "fill") == 0)
        return fill_peer(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "bm25") == 0)
        return run_peer(argv[2]);
    fprintf(stderr, "usage: scale_search queries LIBRARY | run LIBRARY MODE | fill DB LIBRARY | "
                    "bm25 DB\n");
    return 2;
}
