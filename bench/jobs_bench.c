/*
 * The queue of jobs: what a claim and a completion cost with few and with many jobs waiting. Prints
 * one line a size. Usage: jobs_bench FOLDER [JOBS]
 */
#include "carrel/clock.h"
#include "carrel/jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 2000

static void must(int result, const struct error *err)
{
    if (result != ERR_OK)
        die("%s", err->message);
}

static void fill(struct store *store, long count)
{
    struct job_request request = { .kind = "bench" };
    struct error err = { 0 };
    int64_t id;
    long i;

    must(store_begin(store, &err), &err);
    for (i = 0; i < count; i++) {
        request.priority = (int)(i % 10);
        request.delay_ms = i % 3 == 0 ? 3600000 : 0;
        must(jobs_add(store, &request, &id, NULL, &err), &err);
    }
    must(store_commit(store, &err), &err);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static void measure(struct store *store, long waiting)
{
    static const char *const kinds[] = { "a", "b", "c", "d", "bench" };
    struct job_claim claim = {
        .worker = "bench/1", .kinds = kinds, .kind_count = 5, .lease_ms = 60000
    };
    struct arena *arena = arena_new();
    struct error err = { 0 };
    int64_t *claims = mem_alloc(ROUNDS * sizeof *claims), begun = clock_ticks_us(), next;
    int i;

    for (i = 0; i < ROUNDS; i++) {
        int64_t at = clock_ticks_us();
        struct job job;

        arena_reset(arena);
        must(jobs_claim(store, arena, &claim, &job, &next, &err), &err);
        claims[i] = clock_ticks_us() - at;
        must(store_begin(store, &err), &err);
        must(jobs_complete(store, job.id, job.token, NULL, NULL, &err), &err);
        must(store_commit(store, &err), &err);
    }
    qsort(claims, ROUNDS, sizeof *claims, by_size);
    printf("jobs waiting %7ld: claim p50 %lld us, p99 %lld us; claim and complete %.0f a second\n",
           waiting, (long long)claims[ROUNDS / 2], (long long)claims[ROUNDS * 99 / 100],
           ROUNDS * 1e6 / (double)(clock_ticks_us() - begun));
    free(claims);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct store_options options = { .create = true };
    long most = argc > 2 ? strtol(argv[2], NULL, 10) : 100000;
    struct error err = { 0 };
    struct store *store;

    if (argc < 2)
        die("usage: jobs_bench FOLDER [JOBS]");
    must(store_open(&store, argv[1], &options, &err), &err);
    fill(store, 4 * ROUNDS);
    measure(store, 4 * ROUNDS);
    fill(store, most);
    measure(store, most);
    store_close(store);
    return 0;
}
