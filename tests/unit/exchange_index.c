/*
 * The search index of a website: postings that read back to what was added, shards in order and of
 * a bounded size, and boundaries that stay where they are when papers come.
 */
#include "exchange_test.h"

#include "carrel/base64.h"
#include "carrel/hash.h"
#include "carrel/mem.h"
#include "carrel/site_index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* All shards behind each other, and the names of their files. */
struct gathered {
    struct str json;
    struct hashmap *files; /* hash of name and bytes */
    size_t shards, terms, largest;
    char last[300];
};

static int gather(void *ctx, const struct site_shard *shard)
{
    struct gathered *g = ctx;
    uint64_t key =
        hash64(shard->json->ptr, shard->json->len, hash64(shard->name, strlen(shard->name), 0));

    assert_true(strcmp(g->last, shard->first) < 0);
    snprintf(g->last, sizeof g->last, "%s", shard->first);
    str_add_mem(&g->json, shard->json->ptr, shard->json->len);
    hashmap_put(g->files, (const char *)&key, sizeof key, NULL);
    g->shards++;
    g->terms += shard->terms;
    if (shard->json->len > g->largest)
        g->largest = shard->json->len;
    return 0;
}

static void gather_free(struct gathered *g)
{
    str_free(&g->json);
    hashmap_free(g->files);
}

/* Papers of made-up words: number i has the words that divide it, and one that is its own. */
static void made(struct gathered *g, unsigned papers)
{
    struct site_index *index = site_index_new();
    unsigned i, k;

    *g = (struct gathered){ .json = STR_INIT, .files = hashmap_new() };
    for (i = 0; i < papers; i++) {
        struct str title = STR_INIT;
        char id[32];
        struct record record = { .id = id };

        snprintf(id, sizeof id, "arxiv:%u", i);
        for (k = 1; k < 40; k++)
            if (i % k == 0)
                str_printf(&title, "%u divides ", k);
        record.title = title.ptr;
        site_index_add(index, &record);
        str_free(&title);
    }
    assert_int_equal(site_index_shards(index, gather, g), 0);
    site_index_free(index);
}

/* The numbers that a term has, "" when it has none. */
static void numbers(struct str *out, const struct gathered *g, const char *term)
{
    char *key = mem_printf("\"%s\":\"", term), *at = strstr(g->json.ptr, key);
    struct str bytes = STR_INIT;
    unsigned value = 0, shift = 0, next = 0;
    size_t i;

    str_clear(out);
    if (at)
        assert_true(base64_decode(&bytes, at + strlen(key), strcspn(at + strlen(key), "\"")));
    for (i = 0; i < bytes.len; i++) {
        value |= (unsigned)(bytes.ptr[i] & 0x7F) << shift;
        shift += 7;
        if (bytes.ptr[i] & 0x80)
            continue;
        next += value >> 4;
        str_printf(out, "%s%u%s", out->len ? " " : "", next++, value & 8 ? "t" : "");
        value = shift = 0;
    }
    str_free(&bytes);
    free(key);
}

static void test_postings_read_back(void **state)
{
    char *categories[] = { "cs.CL" }, *authors[] = { "Łukasz Kaiser" },
         *tags[] = { "To Read", "a/b/c" };
    char *code[] = { "https://github.com/a/b" };
    struct record first = { .id = "arxiv:1706.03762",
                            .title = "Attention is all you need",
                            .abstract = "The networks attend." };
    struct record second = { .id = "local:x",
                             .title = "Networks",
                             .doi = "10.1/X",
                             .authors = { .items = authors, .len = 1 },
                             .categories = { .items = categories, .len = 1 },
                             .tags = { .items = tags, .len = 2 },
                             .code_urls = { .items = code, .len = 1 } };
    static const struct {
        const char *term, *numbers;
    } want[] = {
        { "attent", "0t" },    { "network", "0 1t" },
        { "attend", "0" },     { "is", "" },
        { "the", "" },         { "id:arxiv:1706.03762", "0" },
        { "id:local:x", "1" }, { "id:doi:10.1/x", "1" },
        { "cat:cs.cl", "1" },  { "tag:to read", "1" },
        { "has:code", "1" },   { "au:kaiser", "1" },
        { "lukasz", "1" },     { "cs", "" },
        { "tag:a", "1" },      { "tag:a/b", "1" },
        { "tag:a/b/c", "1" },
    };
    struct site_index *index = site_index_new();
    struct gathered g = { .json = STR_INIT, .files = hashmap_new() };
    struct str got = STR_INIT;
    size_t i;

    (void)state;
    site_index_add(index, &first);
    site_index_add(index, &second);
    assert_int_equal(site_index_shards(index, gather, &g), 0);
    for (i = 0; i < ARRAY_LEN(want); i++) {
        numbers(&got, &g, want[i].term);
        assert_string_equal(got.ptr, want[i].numbers);
    }
    str_free(&got);
    gather_free(&g);
    site_index_free(index);
}

static void test_shards_are_bounded(void **state)
{
    struct gathered g;
    struct str got = STR_INIT;

    (void)state;
    made(&g, 6000);
    assert_true(g.shards > 3);
    assert_true(g.largest < 64u << 10);
    numbers(&got, &g, "39");
    assert_true(str_starts(got.ptr, "0t 39t 78t 117t "));
    str_free(&got);
    gather_free(&g);
}

/* One paper more changes the shards of its words, not the others. */
static void test_a_paper_more_changes_few_shards(void **state)
{
    struct gathered before, after;
    size_t at = 0, len, same = 0;
    const char *key;
    uint64_t *value;

    (void)state;
    made(&before, 20000);
    made(&after, 20001);
    while (hashmap_next(before.files, &at, &key, &len, &value))
        same += hashmap_get(after.files, key, len) != NULL;
    assert_true(same + 6 >= before.shards);
    assert_true(same < before.shards);
    gather_free(&before);
    gather_free(&after);
}

static void test_stop_words_are_stems_in_order(void **state)
{
    size_t i;

    (void)state;
    for (i = 1; site_stop_word(i); i++)
        assert_true(strcmp(site_stop_word(i - 1), site_stop_word(i)) < 0);
}

int exchange_index_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_postings_read_back),
        cmocka_unit_test(test_shards_are_bounded),
        cmocka_unit_test(test_a_paper_more_changes_few_shards),
        cmocka_unit_test(test_stop_words_are_stems_in_order),
    };

    return cmocka_run_group_tests_name("exchange: index", tests, NULL, NULL);
}
