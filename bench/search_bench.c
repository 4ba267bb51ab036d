/*
 * Search against SQLite's own ranking: search_bench LIBRARY [ROUNDS]
 *
 * 200 mixed queries made from the library's vocabulary (frequent, middling and rare words, pairs,
 * ORs) run through search_run with 20 hits, and as ORDER BY bm25() LIMIT 20 on a
 * default FTS5 table that holds the same texts in a temporary file of its own. Both are warm: the
 * first round is not counted. Phrases, filters and prefixes are left
 * out: the peer has no like of them.
 */
#include "shared/measure.h"

#include "carrel/clock.h"
#include "carrel/search.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUERIES 200

struct bench_words {
    char *items[3][200]; /* frequent, middling, rare */
    size_t len[3];
};

static void bench_read_words(struct bench_words *words, struct store *store)
{
    static const size_t offsets[3] = { 20, 800, 6000 };
    struct arena *arena = arena_new();
    struct name_count *terms;
    struct error err;
    size_t count, i, number = 0;
    int k;

    if (terms_with_prefix(store, arena, "", 12000, &terms, &count, &err) != ERR_OK)
        bench_die("words", err.message);
    for (i = 0; i < count; i++) {
        if (strlen(terms[i].name) <= 3 || terms[i].name[0] < 'a' || terms[i].name[0] > 'z')
            continue;
        for (k = 0; k < 3; k++)
            if (number >= offsets[k] && number < offsets[k] + 200)
                words->items[k][words->len[k]++] = mem_strdup(terms[i].name);
        number++;
    }
    arena_free(arena);
    if (words->len[2] == 0)
        bench_die("words", "the library is too small to measure");
}

/* The same text is a query of ours and of FTS5: words in quotes, AND by default in both. */
static char *bench_query(const struct bench_words *words, size_t n)
{
#define PICK(tier, k) words->items[tier][(n * 37 + (k)*61) % words->len[tier]]
    switch (n % 8) {
    case 0:
        return mem_printf("%s", PICK(0, 0));
    case 1:
        return mem_printf("%s %s", PICK(0, 0), PICK(0, 1));
    case 2:
        return mem_printf("%s %s", PICK(0, 0), PICK(1, 1));
    case 3:
        return mem_printf("%s", PICK(1, 0));
    case 4:
        return mem_printf("%s", PICK(2, 0));
    case 5:
        return mem_printf("%s OR %s", PICK(1, 0), PICK(2, 1));
    case 6:
        return mem_printf("%s OR %s OR %s", PICK(0, 0), PICK(1, 1), PICK(1, 2));
    default:
        return mem_printf("%s %s %s", PICK(0, 0), PICK(1, 1), PICK(0, 2));
    }
#undef PICK
}

static sqlite3 *bench_peer(const char *dir, const char *file)
{
    sqlite3 *db = NULL;
    char *attach = mem_printf("ATTACH 'file:%s/library.db?mode=ro' AS l", dir), *why = NULL;

    if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI,
                        NULL)
        != SQLITE_OK)
        bench_die(file, sqlite3_errmsg(db));
    sqlite3_exec(db, "PRAGMA mmap_size = 1073741824; PRAGMA cache_size = -8192", NULL, NULL, NULL);
    if (sqlite3_exec(db, attach, NULL, NULL, &why) != SQLITE_OK
        || sqlite3_exec(db,
                        "CREATE VIRTUAL TABLE peer USING fts5(title, abstract, authors); "
                        "INSERT INTO peer(rowid, title, abstract, authors) "
                        "SELECT id, title, abstract, authors FROM l.work_text; DETACH l",
                        NULL, NULL, &why)
               != SQLITE_OK)
        bench_die("peer", why);
    free(attach);
    return db;
}

static double bench_peer_run(sqlite3_stmt *stmt, const char *query)
{
    int64_t start = clock_ticks_us();

    sqlite3_reset(stmt);
    sqlite3_bind_text(stmt, 1, query, -1, SQLITE_TRANSIENT);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        ;
    sqlite3_reset(stmt);
    return (double)(clock_ticks_us() - start) / 1000.0;
}

static double bench_ours_run(struct store *store, const char *query, int64_t *total)
{
    struct search_result *result;
    struct error err;
    int64_t start = clock_ticks_us();
    double took;

    if (search_run(&result, store, query, NULL, &err) != ERR_OK)
        bench_die(query, err.message);
    took = (double)(clock_ticks_us() - start) / 1000.0;
    *total = result->total;
    search_result_free(result);
    return took;
}

static void bench_print(const char *name, double *times, size_t count)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < count; i++)
        sum += times[i];
    qsort(times, count, sizeof *times, bench_by_size);
    printf("%-14s p50 %8.2f ms   p95 %8.2f ms   max %8.2f ms   mean %8.2f ms\n", name,
           times[count / 2], times[count * 95 / 100], times[count - 1], sum / (double)count);
}

int main(int argc, char **argv)
{
    struct store_options options = { .read_only = true };
    struct bench_words words = { 0 };
    int rounds = argc > 2 ? atoi(argv[2]) : 3, round;
    double *ours, *peer;
    char file[] = "/tmp/carrel-bench-XXXXXX";
    struct store *store;
    struct error err;
    sqlite3_stmt *stmt = NULL;
    sqlite3 *db;
    int64_t docs = 0, total;
    size_t count = 0, i;

    if (argc < 2 || rounds < 1) {
        fprintf(stderr, "usage: search_bench LIBRARY [ROUNDS]\n");
        return 2;
    }
    if (store_open(&store, argv[1], &options, &err) != ERR_OK)
        bench_die(argv[1], err.message);
    bench_read_words(&words, store);
    works_count(store, &docs, &err);
    close(mkstemp(file));
    db = bench_peer(argv[1], file);
    if (sqlite3_prepare_v2(db,
                           "SELECT rowid, title FROM peer WHERE peer MATCH ?1 ORDER BY bm25(peer) "
                           "LIMIT 20",
                           -1, &stmt, NULL)
        != SQLITE_OK)
        bench_die("peer", sqlite3_errmsg(db));
    ours = mem_alloc(QUERIES * (size_t)rounds * sizeof *ours);
    peer = mem_alloc(QUERIES * (size_t)rounds * sizeof *peer);
    for (round = 0; round <= rounds; round++) {
        for (i = 0; i < QUERIES; i++) {
            char *query = bench_query(&words, i);
            double a = bench_ours_run(store, query, &total);
            double b = bench_peer_run(stmt, query);

            if (round == 1 && getenv("BENCH_VERBOSE"))
                printf("%8.2f %8.2f %8lld  %s\n", a, b, (long long)total, query);
            if (round > 0) {
                ours[count] = a;
                peer[count++] = b;
            }
            free(query);
        }
    }
    printf("%lld papers, %d queries, %d rounds, warm, 20 hits\n", (long long)docs, QUERIES, rounds);
    bench_print("search_run", ours, count);
    bench_print("fts5 bm25()", peer, count);
    printf("ratio          p50 %8.1f x    p95 %8.1f x\n", peer[count / 2] / ours[count / 2],
           peer[count * 95 / 100] / ours[count * 95 / 100]);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    unlink(file);
    store_close(store);
    return 0;
}
