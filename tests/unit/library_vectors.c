/*
 * Vectors of a library: made by import, made again after a change of model, mended by the doctor.
 * The model is a tiny one that is trained here.
 */
#include "carrel/file.h"
#include "carrel/library.h"
#include "carrel/train.h"
#include "carrel/vectors.h"
#include "carrel/works.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "library_test.h"

#define SUBJECTS 8
#define TRAINED_ON 600

static char *dir;
static struct str model_bytes = STR_INIT;
static struct vectors_model model;

/* Words of a subject are made from its number, so that no two subjects share one. */
static void subject_words(struct str *out, int subject, int count, unsigned *random)
{
    int i;

    for (i = 0; i < count; i++) {
        *random = *random * 1103515245u + 12345u;
        str_printf(out, "%s%c%c%cad", i ? " " : "", 'b' + subject, 'k' + (int)(*random >> 16) % 6,
                   'o');
    }
}

static void paper(int number, char **title, char **abstract)
{
    struct str text = STR_INIT;
    unsigned random = (unsigned)number * 7919u + 1;

    subject_words(&text, number % SUBJECTS, 4, &random);
    str_printf(&text, " n%d", number);
    *title = str_take(&text);
    subject_words(&text, number % SUBJECTS, 20, &random);
    *abstract = str_take(&text);
}

static int library_vectors_setup(void **state)
{
    struct train_options options = { .dim = 64, .words = 200, .buckets = 50, .epochs = 6 };
    struct trainer *trainer = trainer_new(&options);
    struct embed_model *opened = NULL;
    struct error err = { 0 };
    int i;

    (void)state;
    for (i = 0; i < TRAINED_ON; i++) {
        char *title, *abstract;

        paper(i, &title, &abstract);
        trainer_add(trainer, title, abstract);
        free(title);
        free(abstract);
    }
    if (trainer_run(trainer, &err) != ERR_OK || trainer_model(trainer, &model_bytes, &err) != ERR_OK
        || embed_open_memory(&opened, model_bytes.ptr, model_bytes.len, &err) != ERR_OK)
        fail_msg("%s", err.message);
    model = (struct vectors_model){ .kind = VECTORS_FILE, .dim = 64 };
    model.content = embed_info(opened)->id;
    snprintf(model.name, sizeof model.name, "%s", embed_info(opened)->name);
    embed_close(opened);
    trainer_free(trainer);
    return 0;
}

static int library_vectors_teardown(void **state)
{
    (void)state;
    str_free(&model_bytes);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    dir = library_test_folder();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return library_test_gone(dir);
}

static void import(int from, int to)
{
    struct importer *importer;
    struct import_counts counts;
    struct error err = { 0 };

    assert_int_equal(importer_new(&importer, dir, &err), ERR_OK);
    for (; from < to; from++) {
        char id[40], *title, *abstract;
        struct record record = { .source = "jsonl", .id = id };

        snprintf(id, sizeof id, "arxiv:2401.%05d", from);
        paper(from, &title, &abstract);
        record.title = title;
        record.abstract = abstract;
        assert_int_equal(importer_add(importer, &record, &err), ERR_OK);
        free(title);
        free(abstract);
    }
    if (importer_finish(importer, &counts, &err) != ERR_OK)
        fail_msg("%s", err.message);
    importer_free(importer);
}

static struct store *open_library(void)
{
    struct store_options options = { .create = true };
    struct store *store;
    struct error err = { 0 };

    if (store_open(&store, dir, &options, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return store;
}

static char *model_path(void)
{
    return mem_printf("%s/models/%s.bin", dir, model.name);
}

/* The library is to be served by the tiny model, as `train` would leave it. */
static void install(struct store *store)
{
    char *path = model_path(), *folder = path_join(dir, "models");

    assert_int_equal(folder_make(folder, NULL), ERR_OK);
    assert_int_equal(file_write(path, model_bytes.ptr, model_bytes.len, NULL), ERR_OK);
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    assert_int_equal(vectors_prepare(store, &model, NULL), ERR_OK);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    free(path);
    free(folder);
}

static int64_t embed(struct store *store)
{
    struct library_embedding options = { 0 };
    struct error err = { 0 };
    int64_t added = -1;

    if (library_embed(store, &options, &added, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return added;
}

static int64_t vectors_of_model(struct store *store)
{
    struct vectors_model serving, next;
    struct vectors_stats stats;

    assert_int_equal(vectors_models(store, &serving, &next, NULL), ERR_OK);
    assert_true(serving.content == model.content);
    assert_int_equal(next.slot, -1);
    assert_int_equal(vectors_count(store, &stats, NULL), ERR_OK);
    return stats.vectors;
}

static void test_import(void **state)
{
    struct store *store = open_library();
    struct vector_hit hits[6];
    size_t count, i;
    int64_t id;

    (void)state;
    install(store);
    embed(store);
    import(1000, 1100);
    assert_int_equal(vectors_of_model(store), 100);
    assert_int_equal(works_find(store, &id, "arxiv:2401.01003", NULL), ERR_OK);
    assert_int_equal(vectors_nearest(store, id, 6, NULL, hits, &count, NULL), ERR_OK);
    assert_int_equal(count, 6);
    for (i = 0; i < count; i++)
        assert_int_equal((hits[i].id - id) % SUBJECTS, 0);
    assert_int_equal(embed(store), 0);
    store_close(store);
}

/* A paper that says something else than before has another vector. */
static void test_update(void **state)
{
    struct store *store = open_library();
    struct importer *importer;
    struct record record = { .source = "jsonl", .id = (char[]){ "arxiv:2401.01003" } };
    int8_t before[64], after[64];
    char *title, *abstract;
    size_t dim = 64;
    int64_t id;

    (void)state;
    install(store);
    embed(store);
    import(1000, 1010);
    assert_int_equal(works_find(store, &id, "arxiv:2401.01003", NULL), ERR_OK);
    assert_int_equal(vectors_get(store, id, before, &dim, NULL), ERR_OK);
    paper(1005, &title, &abstract);
    record.title = title;
    record.abstract = abstract;
    assert_int_equal(importer_new(&importer, dir, NULL), ERR_OK);
    assert_int_equal(importer_add(importer, &record, NULL), ERR_OK);
    assert_int_equal(importer_finish(importer, NULL, NULL), ERR_OK);
    importer_free(importer);
    assert_int_equal(vectors_get(store, id, after, &dim, NULL), ERR_OK);
    assert_true(embed_cosine(before, after, 64) < 0.9f);
    free(title);
    free(abstract);
    assert_int_equal(library_merge(store, "arxiv:2401.01001", "arxiv:2401.01003", NULL), ERR_OK);
    assert_int_equal(vectors_get(store, id, after, &dim, NULL), ERR_NOTFOUND);
    assert_int_equal(library_undo(store, &title, NULL), ERR_OK);
    free(title);
    assert_int_equal(vectors_of_model(store), 10);
    store_close(store);
}

static int stop_at_once(void *ctx, int64_t done, int64_t total)
{
    int *calls = ctx;

    assert_true(done > 0 && done <= total);
    ++*calls;
    return 1;
}

/* Stopped after the first batch, and taken up again. */
static void test_change_of_model(void **state)
{
    struct store *store;
    int calls = 0;
    struct library_embedding options = { .progress = stop_at_once, .ctx = &calls };
    struct vectors_model serving, next;
    struct error err = { 0 };
    int64_t added;

    (void)state;
    import(1000, 2300);
    store = open_library();
    install(store);
    import(2300, 2310); /* papers that come in meanwhile */
    assert_int_equal(library_embed(store, &options, &added, &err), ERR_CANCELLED);
    assert_int_equal(calls, 1);
    assert_int_equal(added, 500);
    assert_int_equal(vectors_models(store, &serving, &next, NULL), ERR_OK);
    if (embed_builtin()) /* it still serves */
        assert_true(next.content == model.content && serving.content != model.content);
    assert_int_equal(embed(store), 800);
    assert_int_equal(vectors_of_model(store), 1310);
    store_close(store);
}

static void doctor_line(void *ctx, bool ok, const char *what)
{
    struct str *said = ctx;

    str_printf(said, "%s %s\n", ok ? "ok" : "BAD", what);
}

static long doctor(struct store *store, bool fix, struct str *said)
{
    struct error err = { 0 };
    long problems = -1;

    str_clear(said);
    if (library_doctor(store, fix, doctor_line, said, &problems, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return problems;
}

static void test_doctor(void **state)
{
    struct store *store = open_library();
    struct str said = STR_INIT;
    struct vectors_model serving, next;
    char *path = model_path(), sql[200];

    (void)state;
    install(store);
    embed(store);
    import(1000, 1100);
    assert_int_equal(doctor(store, false, &said), 0);
    assert_non_null(strstr(said.ptr, "ok vectors of carrel-64-"));
    assert_int_equal(vectors_models(store, &serving, &next, NULL), ERR_OK);
    snprintf(sql, sizeof sql,
             "DELETE FROM embedding%d WHERE work_id %% 10 = 0; "
             "UPDATE embedding%d SET vector = x'0102' WHERE work_id %% 10 = 1",
             serving.slot, serving.slot);
    assert_int_equal(store_exec(store, sql, NULL), ERR_OK);
    assert_int_equal(doctor(store, false, &said), 1);
    assert_non_null(strstr(said.ptr, "BAD 20 works have no vector"));
    assert_int_equal(doctor(store, true, &said), 0);
    assert_non_null(strstr(said.ptr, "ok 20 vectors made"));
    assert_int_equal(doctor(store, false, &said), 0);
    assert_int_equal(vectors_of_model(store), 100);
    store_close(store);
    assert_int_equal(truncate(path, 5000), 0);
    store = open_library();
    assert_int_equal(doctor(store, false, &said), 1);
    assert_non_null(strstr(said.ptr, "BAD embedding model"));
    store_close(store);
    import(1100, 1110); /* which a broken model does not keep from coming in */
    str_free(&said);
    free(path);
}

int library_vectors_tests(void)
{
#define VECTORS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        VECTORS_TEST(test_import),
        VECTORS_TEST(test_update),
        VECTORS_TEST(test_change_of_model),
        VECTORS_TEST(test_doctor),
    };

    return cmocka_run_group_tests_name("vectors", tests, library_vectors_setup,
                                       library_vectors_teardown);
}
