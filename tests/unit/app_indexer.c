/*
 * The index that is made on a thread of its own is the one that would have been made without it.
 */
#include "../../src/app/export_indexer.h"

#include "carrel/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RECORDS 1000
#define BATCH 37 /* many more batches than the ring has, and a last one that is not full */

static struct record number(struct arena *arena, int i)
{
    return (struct record){ .id = arena_printf(arena, "local:%d", i),
                            .title = arena_printf(arena, "Lantern %d of %d", i, i % 7),
                            .abstract = arena_printf(arena, "It lights page %d.", i % 11) };
}

static int take(void *ctx, const struct site_shard *shard)
{
    str_printf(ctx, "%s %s", shard->name, shard->json->ptr);
    return 0;
}

static void test_the_thread_changes_nothing(void **state)
{
    struct site_index *index = site_index_new();
    struct indexer *indexer = indexer_new();
    struct arena *arena = arena_new(), *batch = NULL;
    struct str alone = STR_INIT, threaded = STR_INIT;
    int i;

    (void)state;
    for (i = 0; i < RECORDS; i++) {
        struct record record = number(arena, i);

        site_index_add(index, &record);
        if (i % BATCH == 0)
            batch = indexer_begin(indexer);
        record = number(batch, i);
        indexer_add(indexer, &record);
    }
    assert_int_equal(site_index_shards(index, take, &alone), 0);
    assert_int_equal(site_index_shards(indexer_end(indexer), take, &threaded), 0);
    assert_true(alone.len > 1000);
    assert_string_equal(alone.ptr, threaded.ptr);
    str_free(&alone);
    str_free(&threaded);
    indexer_free(indexer);
    site_index_free(index);
    arena_free(arena);
}

/* As when an export is stopped: nothing is begun, or a batch is half full. */
static void test_it_may_be_left_at_any_time(void **state)
{
    struct indexer *indexer = indexer_new();
    struct record record;

    (void)state;
    indexer_free(indexer);
    indexer = indexer_new();
    record = number(indexer_begin(indexer), 1);
    indexer_add(indexer, &record);
    indexer_begin(indexer);
    indexer_free(indexer);
    indexer_free(NULL);
}

int app_indexer_tests(void);
int app_indexer_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_thread_changes_nothing),
        cmocka_unit_test(test_it_may_be_left_at_any_time),
    };

    return cmocka_run_group_tests_name("a website's indexer", tests, NULL, NULL);
}
