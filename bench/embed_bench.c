/*
 * Embeddings and the vector scan:
 *   embed_bench texts FILE.jsonl [MODEL]     abstracts embedded a second, on one core
 *   embed_bench sets FOLDER [MODEL]          test collections ranked by cosine alone
 *   embed_bench scan [MILLIONS]              Hamming scan of random patterns by every kernel
 *   embed_bench library FOLDER [MILLIONS]    vectors_search on a library of random vectors, made
 *                                            in FOLDER when it is not there; memory, small changes
 * Without MODEL the built-in one is measured.
 */
#include "shared/measure.h"

#include "carrel/clock.h"
#include "carrel/embed.h"
#include "carrel/file.h"
#include "carrel/kernels.h"
#include "carrel/mem.h"
#include "carrel/metrics.h"
#include "carrel/sources.h"
#include "carrel/testset.h"
#include "carrel/vectors.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUERIES 200

static uint64_t random_state = 88172645463325252ull;

static uint64_t bench_random(void) /* xorshift64 (Marsaglia, 2003) */
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    return random_state ^= random_state << 17;
}

static double seconds_since(int64_t start)
{
    return (double)(clock_ticks_us() - start) / 1e6;
}

static const struct embed_model *bench_model(const char *path)
{
    struct embed_model *model;
    struct error err;

    if (!path && !embed_builtin())
        bench_die("model", "this build has none; name a file");
    if (!path)
        return embed_builtin();
    if (embed_open(&model, path, &err) != ERR_OK)
        bench_die("model", err.message);
    return model;
}

/* ---- texts ---- */

struct texts {
    struct arena *arena;
    char **titles, **abstracts;
    size_t len, cap, cap2;
};

static int texts_record(void *ctx, const struct record *record)
{
    struct texts *texts = ctx;
    size_t len = texts->len;

    VEC_PUSH(texts->titles, texts->len, texts->cap, arena_strdup(texts->arena, record->title));
    VEC_PUSH(texts->abstracts, len, texts->cap2,
             arena_strdup(texts->arena, record->abstract ? record->abstract : ""));
    return 0;
}

static void texts_reject(void *ctx, long line, const char *why)
{
    (void)ctx;
    fprintf(stderr, "line %ld: %s\n", line, why);
}

static void bench_texts(const char *file, const struct embed_model *model)
{
    struct texts texts = { .arena = arena_new() };
    struct parse_sink sink = { .ctx = &texts, .record = texts_record, .reject = texts_reject };
    float vector[EMBED_DIM_MAX];
    struct error err;
    int64_t start;
    double seconds;
    size_t i, bytes = 0;

    if (parse_file(file, PARSE_AUTO, &sink, NULL, NULL, &err) != ERR_OK)
        bench_die("texts", err.message);
    start = clock_ticks_us();
    for (i = 0; i < texts.len; i++) {
        embed_text(model, texts.titles[i], texts.abstracts[i], vector);
        bytes += strlen(texts.titles[i]) + strlen(texts.abstracts[i]);
    }
    seconds = seconds_since(start);
    printf("%s: %zu titles and abstracts in %.2f s on one core: %.0f/s, %.1f MB/s\n",
           embed_info(model)->name, texts.len, seconds, (double)texts.len / seconds,
           (double)bytes / 1e6 / seconds);
    arena_free(texts.arena);
    free(texts.titles);
    free(texts.abstracts);
}

/* ---- test collections ---- */

struct ranked {
    float score;
    size_t doc;
};

static int ranked_compare(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    return x->score != y->score ? (x->score < y->score ? 1 : -1)
                                : (x->doc > y->doc) - (x->doc < y->doc);
}

/* False: the query has no relevant document here. */
static bool set_query(struct metrics *out, const struct testset *set,
                      const struct test_query *query, const struct embed_model *model,
                      const int8_t *vectors, struct ranked *order)
{
    size_t dim = (size_t)embed_info(model)->dim, i, k, depth;
    float vector[EMBED_DIM_MAX];
    int *grades = mem_zalloc((set->doc_count + 1) * sizeof *grades), ranked[1000];
    int *judged = mem_zalloc((query->len + 1) * sizeof *judged);
    size_t relevant = 0;

    for (i = 0; i < query->len; i++) {
        if (query->judged[i].doc != TEST_DOC_MISSING)
            grades[query->judged[i].doc] = query->judged[i].grade;
        judged[relevant++] = query->judged[i].grade;
    }
    embed_text(model, NULL, query->text, vector);
    for (i = 0; i < set->doc_count; i++)
        order[i] = (struct ranked){ embed_score(vector, vectors + i * dim, dim), i };
    qsort(order, set->doc_count, sizeof *order, ranked_compare);
    depth = set->doc_count < 1000 ? set->doc_count : 1000;
    for (k = 0; k < depth; k++)
        ranked[k] = grades[order[k].doc];
    if (relevant > 0)
        metrics_query(out, ranked, depth, judged, relevant);
    free(grades);
    free(judged);
    return relevant > 0;
}

static void bench_set(const char *folder, const struct embed_model *model, double *sum, int *sets)
{
    size_t dim = (size_t)embed_info(model)->dim, i, count = 0;
    struct metrics mean = { 0 }, one;
    struct testset *set;
    struct ranked *order;
    int8_t *vectors;
    float vector[EMBED_DIM_MAX];
    struct error err;

    if (testset_read(&set, folder, &err) != ERR_OK)
        bench_die("sets", err.message);
    vectors = mem_alloc((set->doc_count + 1) * dim);
    order = mem_alloc((set->doc_count + 1) * sizeof *order);
    for (i = 0; i < set->doc_count; i++) {
        embed_text(model, set->docs[i].title, set->docs[i].text, vector);
        embed_quantise(vectors + i * dim, vector, dim);
    }
    for (i = 0; i < set->query_count; i++) {
        if (!set_query(&one, set, &set->queries[i], model, vectors, order))
            continue;
        mean.ndcg10 += one.ndcg10;
        mean.map += one.map;
        mean.recall100 += one.recall100;
        count++;
    }
    if (count > 0) {
        printf("%-16s %6zu %6.4f %6.4f %6.4f\n", set->name, count, mean.ndcg10 / (double)count,
               mean.map / (double)count, mean.recall100 / (double)count);
        *sum += mean.ndcg10 / (double)count;
        (*sets)++;
    }
    free(vectors);
    free(order);
    testset_free(set);
}

static void bench_sets(const char *folder, const struct embed_model *model)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    double sum = 0;
    int sets = 0;

    if (!dir)
        bench_die("sets", folder);
    printf("%s\n%-16s %6s %6s %6s %6s\n", embed_info(model)->name, "set", "queries", "nDCG10",
           "MAP", "R100");
    while ((entry = readdir(dir))) {
        char *path = path_join(folder, entry->d_name), *docs = path_join(path, "docs.jsonl");

        if (entry->d_name[0] != '.' && file_exists(docs))
            bench_set(path, model, &sum, &sets);
        free(docs);
        free(path);
    }
    closedir(dir);
    if (sets > 0)
        printf("mean nDCG@10 %.4f\n", sum / sets);
}

/* ---- the scan ---- */

static void bench_scan(size_t count)
{
    uint64_t *patterns = mem_alloc(count * 32), query[4];
    uint16_t *out = mem_alloc(count * sizeof *out);
    const struct kernels *kernels;
    size_t i, k;

    for (i = 0; i < count * 4; i++)
        patterns[i] = bench_random();
    for (k = 0; (kernels = kernels_at(k)); k++) {
        double best = 1e9;
        int round;

        for (round = 0; round < 12; round++) {
            int64_t start;
            double seconds;

            for (i = 0; i < 4; i++)
                query[i] = bench_random();
            start = clock_ticks_us();
            for (i = 0; i < count; i += 2048) /* as a search does: the output stays in the cache */
                kernels->hamming(out, patterns + i * 4, count - i < 2048 ? count - i : 2048, query,
                                 4);
            seconds = seconds_since(start);
            best = seconds < best ? seconds : best;
        }
        printf("%-9s %.1f million patterns of 256 bits: %6.2f ms, %.1f GB/s\n", kernels->name,
               (double)count / 1e6, best * 1e3, (double)count * 32 / 1e9 / best);
    }
    free(patterns);
    free(out);
}

/* ---- a whole library ---- */

static void random_vector(int8_t *out)
{
    float vector[256];
    int i;

    for (i = 0; i < 256; i++)
        vector[i] = (float)(int64_t)(bench_random() >> 40) - (float)(1 << 23);
    embed_quantise(out, vector, 256);
}

static void library_add(struct store *store, const struct vectors_model *model, int64_t first,
                        int64_t count)
{
    struct vectors_writer *writer;
    struct error err;
    int8_t vector[256];

    if (store_begin_light(store, &err) != ERR_OK
        || vectors_writer_begin(&writer, store, &err) != ERR_OK)
        bench_die("library", err.message);
    for (; count > 0; count--, first++) {
        random_vector(vector);
        if (vectors_writer_put(writer, model, first, vector, &err) != ERR_OK)
            bench_die("library", err.message);
    }
    if (vectors_writer_commit(writer, &err) != ERR_OK || store_commit(store, &err) != ERR_OK)
        bench_die("library", err.message);
}

static void library_queries(struct store *store, size_t k, const char *what)
{
    static double times[QUERIES];
    static struct vector_hit hits[1000];
    int i, n;

    for (i = 0; i < QUERIES; i++) {
        float query[256];
        int64_t start;
        size_t count;
        struct error err;

        for (n = 0; n < 256; n++)
            query[n] = (float)(int64_t)(bench_random() >> 40) - (float)(1 << 23);
        start = clock_ticks_us();
        if (vectors_search(store, query, 256, k, NULL, hits, &count, &err) != ERR_OK)
            bench_die("search", err.message);
        times[i] = seconds_since(start) * 1e3;
    }
    qsort(times, QUERIES, sizeof *times, bench_by_size);
    printf("%s: p50 %.2f ms, p95 %.2f ms, max %.2f ms\n", what, times[QUERIES / 2],
           times[QUERIES * 95 / 100], times[QUERIES - 1]);
}

static void bench_library(const char *folder, int64_t count)
{
    struct store_options options = { .create = true };
    struct vectors_model model = {
        .kind = VECTORS_SERVER, .name = "random", .content = 1, .dim = 256
    };
    struct vectors_model serving, next;
    struct store *store;
    struct error err;
    int64_t start, at;

    if (store_open(&store, folder, &options, &err) != ERR_OK)
        bench_die("library", err.message);
    if (vectors_models(store, &serving, &next, &err) != ERR_OK)
        bench_die("library", err.message);
    if (serving.content != model.content) {
        start = clock_ticks_us();
        if (store_begin(store, &err) != ERR_OK || vectors_prepare(store, &model, &err) != ERR_OK
            || vectors_switch(store, &err) != ERR_OK || store_commit(store, &err) != ERR_OK
            || vectors_models(store, &serving, &next, &err) != ERR_OK)
            bench_die("library", err.message);
        for (at = 0; at < count; at += 8192)
            library_add(store, &serving, at + 1, count - at < 8192 ? count - at : 8192);
        printf("%.1f million vectors written in %.1f s\n", (double)count / 1e6,
               seconds_since(start));
    }
    start = clock_ticks_us();
    if (vectors_refresh(store, &err) != ERR_OK)
        bench_die("signs", err.message);
    printf("cache/signs brought up to date in %.1f ms\n", seconds_since(start) * 1e3);
    library_queries(store, 20, "20 nearest");
    library_queries(store, 200, "200 nearest");
    library_queries(store, 1000, "1000 nearest");
    library_add(store, &serving, count + 1, 1000);
    start = clock_ticks_us();
    if (vectors_refresh(store, &err) != ERR_OK)
        bench_die("signs", err.message);
    printf("1,000 more works: cache/signs followed in %.2f ms\n", seconds_since(start) * 1e3);
    bench_print_memory();
    store_close(store);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "", *first = argc > 2 ? argv[2] : NULL;
    const char *second = argc > 3 ? argv[3] : NULL;

    if (strcmp(what, "texts") == 0 && first)
        bench_texts(first, bench_model(second));
    else if (strcmp(what, "sets") == 0 && first)
        bench_sets(first, bench_model(second));
    else if (strcmp(what, "scan") == 0)
        bench_scan((size_t)((first ? atof(first) : 2) * 1e6));
    else if (strcmp(what, "library") == 0 && first)
        bench_library(first, (int64_t)((second ? atof(second) : 2) * 1e6));
    else
        bench_die("usage", "texts FILE [MODEL] | sets FOLDER [MODEL] | scan [MILLIONS] | "
                           "library FOLDER [MILLIONS]");
    return 0;
}
