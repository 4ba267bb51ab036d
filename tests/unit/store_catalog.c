/*
 * The catalogue: entries that are mentioned before they are described, tables that give way to
 * larger ones only, the order of their rows, and the works behind them.
 */
#include "store_test.h"

#include "carrel/tables.h"

static int with_works(void **state)
{
    struct store *store;

    library_setup(state);
    store = library_open(*state);
    library_add(store, "arxiv:1706.03762", "Attention Is All You Need", "We propose.", "A. V.");
    library_run(store, "INSERT INTO alias(scheme, value, work_id) VALUES"
                       "('arxiv', '1706.03762', 1), ('pwc', 'attention', 1)");
    store_close(store);
    return 0;
}

/* A table of "model value" pairs on WMT, all of the same paper when one is named. */
static struct catalog_entry *table(struct arena *arena, const char *metric, const char *const *rows,
                                   size_t count, const char *paper)
{
    struct catalog_entry *entry = arena_alloc(arena, sizeof *entry);
    size_t i;

    entry->kind = CATALOG_TABLE;
    entry->name = arena_strdup(arena, "Translation");
    entry->dataset = arena_strdup(arena, "WMT");
    text_list_add(&entry->metrics, arena, metric, strlen(metric));
    entry->rows = arena_alloc(arena, count * sizeof *entry->rows);
    for (i = 0; i < count; i++) {
        const char *value = strchr(rows[i], ' ') + 1;

        entry->rows[i].model = arena_strndup(arena, rows[i], (size_t)(value - 1 - rows[i]));
        entry->rows[i].paper = arena_strdup(arena, paper);
        text_list_add(&entry->rows[i].values, arena, value, strlen(value));
    }
    entry->row_count = count;
    return entry;
}

static enum catalog_change put(struct store *store, const struct catalog_entry *entry)
{
    enum catalog_change change;
    struct error err = { 0 };

    assert_int_equal(store_begin(store, &err), ERR_OK);
    if (catalog_put(store, entry, "pwc", &change, &err) != ERR_OK)
        fail_msg("%s", err.message);
    assert_int_equal(store_commit(store, &err), ERR_OK);
    return change;
}

static char *models(const struct table_full *full, struct arena *arena)
{
    struct str out = STR_INIT;
    char *text;
    size_t i;

    for (i = 0; i < full->row_count; i++)
        str_printf(&out, "%s%s", i ? " " : "", full->rows[i].row.model);
    text = arena_strdup(arena, out.ptr);
    str_free(&out);
    return text;
}

static void test_entries(void **state)
{
    struct store *store = library_open(*state);
    struct arena *arena = arena_new();
    struct catalog_entry entry = { .kind = CATALOG_TASK,
                                   .name = arena_strdup(arena, "Translation") };
    struct catalog_full full;
    struct catalog_line *lines;
    struct error err = { 0 };
    int64_t id;
    size_t count;

    assert_int_equal(store_begin(store, NULL), ERR_OK);
    assert_int_equal(catalog_mention(store, CATALOG_TASK, "TRANSLATION", NULL, &id, &err), ERR_OK);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    text_list_add(&entry.tasks, arena, "Language", 8);
    text_list_add(&entry.tasks, arena, "translation", 11); /* not part of itself */
    assert_int_equal(put(store, &entry), CATALOG_ADDED);   /* it was only mentioned */
    assert_int_equal(put(store, &entry), CATALOG_UNCHANGED);
    entry.description = arena_strdup(arena, "From one into another.");
    assert_int_equal(put(store, &entry), CATALOG_UPDATED);
    assert_int_equal(catalog_find(store, arena, CATALOG_TASK, "tranSlation", &full, &err), ERR_OK);
    assert_int_equal(full.line.id, id);
    assert_string_equal(full.line.name, "Translation");
    assert_string_equal(full.line.credit, "pwc");
    assert_int_equal(full.wider.len, 1);
    assert_int_equal(catalog_find(store, arena, CATALOG_METHOD, "Translation", &full, &err),
                     ERR_NOTFOUND);
    assert_int_equal(catalog_find(store, arena, CATALOG_TASK, "lang", &full, &err), ERR_NOTFOUND);
    check_says(&err, ERR_NOTFOUND, "there is Language");
    assert_int_equal(catalog_list(store, arena, CATALOG_TASK, NULL, &lines, &count, &err), ERR_OK);
    assert_int_equal(count, 2);
    assert_int_equal(catalog_list(store, arena, CATALOG_TASK, "SLAT", &lines, &count, &err),
                     ERR_OK);
    assert_int_equal(count, 1);
    arena_free(arena);
    store_close(store);
}

static void test_larger_tables_only(void **state)
{
    static const char *const rows[] = { "A 28.4", "B 30", "C 29%", "D -" };
    struct store *store = library_open(*state);
    struct arena *arena = arena_new();
    struct table_full full;
    struct error err = { 0 };

    assert_int_equal(put(store, table(arena, "BLEU", rows, 3, NULL)), CATALOG_ADDED);
    assert_int_equal(put(store, table(arena, "BLEU", rows, 2, NULL)), CATALOG_UNCHANGED);
    assert_int_equal(put(store, table(arena, "BLEU", rows, 3, NULL)), CATALOG_UNCHANGED);
    assert_int_equal(put(store, table(arena, "BLEU", rows, 4, NULL)), CATALOG_UPDATED);
    assert_int_equal(put(store, table(arena, "BLEU", rows, 3, NULL)), CATALOG_UNCHANGED);
    assert_int_equal(table_find(store, arena, "translation", "wmt", &full, &err), ERR_OK);
    assert_int_equal(full.row_count, 4);
    assert_int_equal(library_int(store, "SELECT count(*) FROM result_row"), 4);
    assert_int_equal(table_find(store, arena, "translation", "x", &full, &err), ERR_NOTFOUND);
    check_says(&err, ERR_NOTFOUND, "there is WMT");
    arena_free(arena);
    store_close(store);
}

static void test_order(void **state)
{
    static const char *const more[] = { "A 28.4", "B 30", "C n/a", "D 30" };
    static const char *const less[] = { "A 28.4", "B 30", "C 7" };
    static const char *const rising[] = { "A 1", "B 2", "C 3", "D 4", "E 5" };
    struct store *store = library_open(*state);
    struct arena *arena = arena_new();
    struct table_full full;
    struct error err = { 0 };

    put(store, table(arena, "BLEU", more, 4, NULL));
    assert_int_equal(table_find(store, arena, "Translation", "WMT", &full, &err), ERR_OK);
    assert_false(table_less_is_better(&full, 0));
    table_sort(&full, 0, false);
    assert_string_equal(models(&full, arena), "B D A C"); /* equal ones as they came */
    table_sort(&full, 0, true);
    assert_string_equal(models(&full, arena), "A B D C"); /* what is no number stays last */
    library_run(store, "DELETE FROM result_row; DELETE FROM result_table");
    put(store, table(arena, "Perplexity", less, 3, NULL));
    assert_int_equal(table_find(store, arena, "Translation", "WMT", &full, &err), ERR_OK);
    assert_true(table_less_is_better(&full, 0));
    library_run(store, "DELETE FROM result_row; DELETE FROM result_table");
    put(store, table(arena, "Sternness", rising, 5, NULL)); /* a name that says nothing */
    assert_int_equal(table_find(store, arena, "Translation", "WMT", &full, &err), ERR_OK);
    assert_true(table_less_is_better(&full, 0)); /* but sources have the best first */
    arena_free(arena);
    store_close(store);
}

static void test_works_behind(void **state)
{
    static const char *const rows[] = { "A 28.4", "B 30" };
    struct store *store = library_open(*state);
    struct arena *arena = arena_new();
    struct text_list credits = { 0 };
    struct catalog_entry *entry = table(arena, "BLEU", rows, 2, "pwc:attention");
    struct work_result *results;
    struct table_line *lines;
    struct catalog_full full;
    struct table_full one;
    struct error err = { 0 };
    size_t count;

    entry->rows[1].paper = arena_strdup(arena, "pwc:unknown");
    put(store, entry);
    assert_int_equal(table_find(store, arena, "Translation", "WMT", &one, &err), ERR_OK);
    assert_int_equal(one.rows[0].work, 1);
    assert_string_equal(one.rows[0].key, "arxiv:1706.03762");
    assert_int_equal(one.rows[1].work, 0);
    assert_int_equal(work_results(store, arena, 1, &results, &count, &credits, &err), ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(results[0].position, 2); /* by its value, not where the source had it */
    assert_string_equal(results[0].value, "28.4");
    assert_string_equal(credits.items[0], "pwc");
    assert_int_equal(catalog_find(store, arena, CATALOG_DATASET, "WMT", &full, &err), ERR_OK);
    assert_int_equal(tables_of(store, arena, full.line.id, &lines, &count, &err), ERR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(lines[0].best_model, "B");
    /* Two names of one paper have become one work: its rows follow. */
    library_run(store, "INSERT INTO alias(scheme, value, work_id) VALUES('pwc', 'unknown', 1)");
    assert_int_equal(work_results(store, arena, 1, &results, &count, &credits, &err), ERR_OK);
    assert_int_equal(count, 2);
    assert_int_equal(credits.len, 1);
    arena_free(arena);
    store_close(store);
}

int store_catalog_tests(void)
{
#define WITH(name) cmocka_unit_test_setup_teardown(name, with_works, library_teardown)
    const struct CMUnitTest tests[] = { WITH(test_entries), WITH(test_larger_tables_only),
                                        WITH(test_order), WITH(test_works_behind) };

    return cmocka_run_group_tests_name("store: catalogue", tests, NULL, NULL);
}
