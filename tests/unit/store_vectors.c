/*
 * Vectors: found as a plain scan finds them, filtered, kept up by small steps, and right again
 * whatever happened to cache/signs.
 */
#include "store_test.h"

#include "carrel/vectors.h"

#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIM 256

static uint64_t state_of_random = 1;

static float random_part(void)
{
    state_of_random = state_of_random * 6364136223846793005ull + 1442695040888963407ull;
    return (float)(state_of_random >> 40) / (float)(1 << 23) - 1;
}

/* Around one of `centres` points, so that there are near and far ones. */
static void random_vector(int8_t *out, size_t dim, int centre)
{
    uint64_t before = state_of_random;
    float vector[VECTORS_DIM_MAX];
    size_t i;

    state_of_random = (uint64_t)centre * 977 + 5;
    for (i = 0; i < dim; i++)
        vector[i] = random_part();
    state_of_random = before;
    for (i = 0; i < dim; i++)
        vector[i] += random_part() * 1.2f;
    embed_quantise(out, vector, dim);
}

/* A server's model: the library has vectors, and nothing here needs a model file. */
static void use_model(struct store *store, int dim, uint64_t content)
{
    struct vectors_model model = {
        .kind = VECTORS_SERVER, .name = "test", .content = content, .dim = dim
    };
    struct vectors_model serving, next;
    struct error err = { 0 };

    assert_int_equal(store_begin(store, &err), ERR_OK);
    if (vectors_prepare(store, &model, &err) != ERR_OK)
        fail_msg("%s", err.message);
    assert_int_equal(vectors_models(store, &serving, &next, &err), ERR_OK);
    if (next.slot >= 0 && content < 100)
        assert_int_equal(vectors_switch(store, &err), ERR_OK);
    assert_int_equal(store_commit(store, &err), ERR_OK);
}

static struct vectors_model serving_model(struct store *store)
{
    struct vectors_model serving, next;

    assert_int_equal(vectors_models(store, &serving, &next, NULL), ERR_OK);
    return serving;
}

/* Works `first` .. `last` in one transaction; work id % 40 says around what their vectors lie. */
static void add_works(struct store *store, int64_t first, int64_t last, size_t dim)
{
    struct vectors_writer *writer;
    struct error err = { 0 };
    struct vectors_model model = serving_model(store);
    int64_t id;

    assert_int_equal(store_begin(store, &err), ERR_OK);
    assert_int_equal(vectors_writer_begin(&writer, store, &err), ERR_OK);
    for (id = first; id <= last; id++) {
        int8_t vector[VECTORS_DIM_MAX];
        char sql[160];

        snprintf(sql, sizeof sql,
                 "INSERT INTO work(id, key, added, changed, title_hash) VALUES(%lld, 'x:%lld', 0, "
                 "0, 0)",
                 (long long)id, (long long)id);
        library_run(store, sql);
        random_vector(vector, dim, (int)(id % 40));
        assert_int_equal(vectors_writer_put(writer, &model, id, vector, &err), ERR_OK);
    }
    assert_int_equal(vectors_writer_commit(writer, &err), ERR_OK);
    assert_int_equal(store_commit(store, &err), ERR_OK);
}

static void change_work(struct store *store, int64_t id, const int8_t *vector)
{
    struct vectors_model model = serving_model(store);
    struct vectors_writer *writer;

    assert_int_equal(store_begin(store, NULL), ERR_OK);
    assert_int_equal(vectors_writer_begin(&writer, store, NULL), ERR_OK);
    if (vector)
        assert_int_equal(vectors_writer_put(writer, &model, id, vector, NULL), ERR_OK);
    else
        assert_int_equal(vectors_writer_remove(writer, id, NULL), ERR_OK);
    assert_int_equal(vectors_writer_commit(writer, NULL), ERR_OK);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
}

static void query_of(float *out, size_t dim, int centre)
{
    int8_t vector[VECTORS_DIM_MAX];
    size_t i;

    random_vector(vector, dim, centre);
    for (i = 0; i < dim; i++)
        out[i] = vector[i];
    embed_normalise(out, dim);
}

static int compare(const void *a, const void *b)
{
    const struct vector_hit *x = a, *y = b;

    return x->score != y->score ? (x->score < y->score ? 1 : -1)
                                : (x->id < y->id) - (x->id > y->id);
}

/* Every row, in doubles. */
static size_t plain_scan(struct store *store, const float *query, size_t dim,
                         bool (*allow)(int64_t id), struct vector_hit *hits)
{
    struct stmt *stmt;
    size_t count = 0, len, i;

    assert_int_equal(stmt_prepare_once(&stmt, store,
                                       serving_model(store).slot == 0
                                           ? "SELECT work_id, vector FROM embedding0"
                                           : "SELECT work_id, vector FROM embedding1",
                                       NULL),
                     ERR_OK);
    while (stmt_step(stmt, NULL) == 1) {
        const int8_t *vector = stmt_blob(stmt, 1, &len);
        double dot = 0, square = 0;

        if (len != dim || (allow && !allow(stmt_int(stmt, 0))))
            continue;
        for (i = 0; i < dim; i++) {
            dot += (double)query[i] * vector[i];
            square += (double)vector[i] * vector[i];
        }
        hits[count].id = stmt_int(stmt, 0);
        hits[count++].score = (float)(dot / sqrt(square));
    }
    stmt_free(stmt);
    qsort(hits, count, sizeof *hits, compare);
    return count;
}

/* How many of the first k are among the plain scan's first k; scores must agree. */
static size_t agreement(struct store *store, const float *query, size_t dim, size_t k,
                        const struct vector_filter *filter, bool (*allow)(int64_t id))
{
    static struct vector_hit exact[20000], hits[1000];
    size_t all = plain_scan(store, query, dim, allow, exact), count, i, n, same = 0;
    struct error err = { 0 };

    if (vectors_search(store, query, dim, k, filter, hits, &count, &err) != ERR_OK)
        fail_msg("%s", err.message);
    assert_int_equal(count, all < k ? all : k);
    for (i = 0; i < count; i++) {
        assert_true(i == 0 || hits[i].score <= hits[i - 1].score);
        for (n = 0; n < count; n++)
            if (exact[n].id == hits[i].id) {
                assert_true(fabsf(exact[n].score - hits[i].score) < 1e-5f);
                same++;
            }
    }
    return same;
}

static void test_exact(void **state)
{
    static const size_t dims[] = { 256, 64, 100, 768 };
    size_t d, k;

    for (d = 0; d < ARRAY_LEN(dims); d++) {
        struct store *store = library_open(*state);
        float query[VECTORS_DIM_MAX];
        int centre;

        library_run(store, "DELETE FROM work");
        use_model(store, (int)dims[d], d + 1);
        add_works(store, 1, 900, dims[d]); /* fewer than the shortlist: nothing may be lost */
        for (centre = 0; centre < 45; centre += 9) {
            query_of(query, dims[d], centre);
            for (k = 1; k < 1000; k = k * 7 + 2)
                assert_int_equal(agreement(store, query, dims[d], k, NULL, NULL),
                                 k < 900 ? k : 900);
        }
        store_close(store);
    }
}

static void test_many(void **state)
{
    struct store *store = library_open(*state);
    float query[DIM];
    size_t same = 0;
    int centre;

    use_model(store, DIM, 1);
    add_works(store, 1, 12000, DIM);
    for (centre = 0; centre < 20; centre++) {
        query_of(query, DIM, centre);
        same += agreement(store, query, DIM, 10, NULL, NULL);
    }
    assert_true(same >= 196); /* of 200 */
    store_close(store);
}

static bool allow_third(int64_t id)
{
    return id % 3 == 0;
}

static bool allow_few(int64_t id)
{
    return id == 7 || id == 2999;
}

static void test_filter(void **state)
{
    struct store *store = library_open(*state);
    uint64_t bits[3001 / 64 + 1] = { 0 }, few[3001 / 64 + 1] = { 0 };
    struct vector_filter third = { bits, 3000 }, some = { few, 3000 }, none = { few, 0 };
    struct vector_hit hits[20];
    float query[DIM];
    size_t same = 0, count;
    int centre;
    int64_t id;

    use_model(store, DIM, 1);
    add_works(store, 1, 2999, DIM);
    for (id = 0; id < 3000; id++) {
        bits[id / 64] |= (uint64_t)allow_third(id) << (id % 64);
        few[id / 64] |= (uint64_t)allow_few(id) << (id % 64);
    }
    for (centre = 0; centre < 10; centre++) {
        query_of(query, DIM, centre);
        same += agreement(store, query, DIM, 20, &third, allow_third);
        assert_int_equal(agreement(store, query, DIM, 20, &some, allow_few), 2);
    }
    assert_int_equal(same, 200); /* a thousand are allowed: all of them are looked at */
    assert_int_equal(vectors_search(store, query, DIM, 20, &none, hits, &count, NULL), ERR_OK);
    assert_int_equal(count, 0);
    store_close(store);
}

/* In two halves, with a thread between them. */
static void test_two_halves(void **state)
{
    struct store *store = library_open(*state);
    struct vector_hit whole[100], halves[100];
    struct vectors_scan *scan;
    struct error err = { 0 };
    atomic_bool cancel = false;
    size_t count, both, i;
    float query[DIM];
    int centre;

    use_model(store, DIM, 1);
    add_works(store, 1, 21000, DIM);
    for (centre = 0; centre < 5; centre++) {
        query_of(query, DIM, centre);
        assert_int_equal(vectors_begin(&scan, store, query, DIM, 100, NULL, &err), ERR_OK);
        assert_int_equal(vectors_finish(scan, halves, &both, &err), ERR_OK);
        assert_int_equal(vectors_search(store, query, DIM, 100, NULL, whole, &count, &err), ERR_OK);
        assert_int_equal(both, count);
        for (i = 0; i < count; i++) {
            assert_int_equal(halves[i].id, whole[i].id);
            assert_true(halves[i].score == whole[i].score);
        }
    }
    assert_int_equal(vectors_begin(&scan, store, query, DIM, 100, NULL, &err), ERR_OK);
    assert_int_equal(vectors_finish(scan, NULL, &both, &err), ERR_OK); /* not wanted any more */
    store_set_cancel(store, &cancel);
    atomic_store(&cancel, true);
    assert_int_equal(vectors_begin(&scan, store, query, DIM, 100, NULL, &err), ERR_OK);
    assert_int_equal(vectors_finish(scan, halves, &both, &err), ERR_CANCELLED);
    store_set_cancel(store, NULL);
    assert_int_equal(vectors_begin(&scan, store, query, 64, 100, NULL, &err), ERR_USAGE);
    store_close(store);
}

/* ---- the cache files ---- */

static char *signs_path(const struct library *library)
{
    return path_join(library->dir, "cache/signs");
}

static ino_t signs_inode(const struct library *library)
{
    char *path = signs_path(library);
    struct stat st = { 0 };

    stat(path, &st);
    free(path);
    return st.st_ino;
}

static void check_nearest(struct store *store, int centre, int64_t id, bool found)
{
    struct vector_hit hits[3];
    float query[DIM];
    size_t count, i;
    bool seen = false;
    struct error err = { 0 };
    int8_t vector[DIM];

    random_vector(vector, DIM, 1000 + centre);
    for (i = 0; i < DIM; i++)
        query[i] = vector[i];
    if (vectors_search(store, query, DIM, 3, NULL, hits, &count, &err) != ERR_OK)
        fail_msg("%s", err.message);
    for (i = 0; i < count; i++)
        seen |= hits[i].id == id;
    assert_int_equal(seen, found);
}

static void put_near(struct store *store, int centre, int64_t id)
{
    int8_t vector[DIM];

    random_vector(vector, DIM, 1000 + centre);
    change_work(store, id, vector);
}

static void test_small_steps(void **state)
{
    struct store *store = library_open(*state), *other = library_open(*state);
    ino_t inode;

    use_model(store, DIM, 1);
    add_works(store, 1, 2000, DIM);
    assert_int_equal(vectors_refresh(store, NULL), ERR_OK);
    inode = signs_inode(*state);
    assert_true(inode != 0);
    check_nearest(other, 1, 55, false);
    put_near(store, 1, 55);
    check_nearest(other, 1, 55, true);
    check_nearest(store, 1, 55, true);
    add_works(store, 40000, 40010, DIM); /* far behind the end */
    put_near(other, 2, 40005);
    check_nearest(store, 2, 40005, true);
    change_work(store, 55, NULL);
    check_nearest(other, 1, 55, false);
    change_work(store, 40005, NULL);
    check_nearest(other, 2, 40005, false);
    assert_int_equal(signs_inode(*state), inode); /* never made anew */
    store_close(store);
    store_close(other);
}

/* A restored copy goes on from an older state under the same numbers. */
static void test_other_history(void **state)
{
    struct store *store = library_open(*state);
    ino_t inode;

    use_model(store, DIM, 1);
    add_works(store, 1, 1500, DIM);
    put_near(store, 1, 55);
    check_nearest(store, 1, 55, true);
    inode = signs_inode(*state);
    library_run(store, "UPDATE vector_change SET nonce = nonce + 1");
    put_near(store, 2, 66);
    check_nearest(store, 2, 66, true);
    check_nearest(store, 1, 55, true);
    assert_true(signs_inode(*state) != inode);
    inode = signs_inode(*state);
    library_run(store, "DELETE FROM vector_change WHERE seq > 1"); /* it is ahead of us */
    check_nearest(store, 2, 66, true);
    assert_true(signs_inode(*state) != inode);
    store_close(store);
}

static char *rows_path(const struct library *library)
{
    return path_join(library->dir, "cache/rows");
}

/* "rows short" and the like mean the other file. */
static void damage(const struct library *library, const char *how)
{
    bool rows = strncmp(how, "rows ", 5) == 0;
    char *path = rows ? rows_path(library) : signs_path(library);
    int64_t behind = 1;
    int fd = open(path, O_RDWR);

    assert_true(fd >= 0);
    how += rows ? 5 : 0;
    if (strcmp(how, "short") == 0)
        assert_int_equal(ftruncate(fd, 100), 0);
    else if (strcmp(how, "empty") == 0)
        assert_int_equal(ftruncate(fd, 0), 0);
    else if (strcmp(how, "gone") == 0)
        assert_int_equal(unlink(path), 0);
    else if (strcmp(how, "magic") == 0)
        assert_int_equal(pwrite(fd, "x", 1, 0), 1);
    else if (strcmp(how, "count") == 0)
        assert_int_equal(pwrite(fd, "\xFF\xFF\xFF", 3, 43), 3);
    else /* killed between entries and header */
        assert_int_equal(pwrite(fd, &behind, 8, 24), 8);
    close(fd);
    free(path);
}

static void test_damaged(void **state)
{
    static const char *const ways[] = { "short",     "empty",      "gone",       "magic",
                                        "count",     "behind",     "rows short", "rows empty",
                                        "rows gone", "rows magic", "rows behind" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(ways); i++) {
        struct store *store = library_open(*state);

        if (i == 0) {
            use_model(store, DIM, 1);
            add_works(store, 1, 700, DIM);
            put_near(store, 1, 55);
        }
        check_nearest(store, 1, 55, true);
        store_close(store);
        damage(*state, ways[i]);
        store = library_open(*state);
        check_nearest(store, 1, 55, true);
        store_close(store);
    }
}

static void test_no_cache_folder(void **state)
{
    const struct library *library = *state;
    struct store *store = library_open(library);
    char *cache = path_join(library->dir, "cache");

    use_model(store, DIM, 1);
    add_works(store, 1, 700, DIM);
    assert_int_equal(file_write(cache, "", 0, NULL), ERR_OK); /* a file stands in its place */
    check_nearest(store, 1, 55, false);
    put_near(store, 1, 55);
    check_nearest(store, 1, 55, true);
    free(cache);
    store_close(store);
}

static void test_transaction(void **state)
{
    struct store *store = library_open(*state), *other = library_open(*state);
    struct vectors_model model;
    struct vectors_writer *writer;
    int8_t vector[DIM];

    use_model(store, DIM, 1);
    add_works(store, 1, 700, DIM);
    model = serving_model(store);
    check_nearest(other, 3, 77, false);
    random_vector(vector, DIM, 1003);
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    assert_int_equal(vectors_writer_begin(&writer, store, NULL), ERR_OK);
    assert_int_equal(vectors_writer_put(writer, &model, 77, vector, NULL), ERR_OK);
    assert_int_equal(vectors_writer_commit(writer, NULL), ERR_OK);
    assert_int_equal(vectors_refresh(store, NULL), ERR_OK); /* must not reach the file */
    check_nearest(other, 3, 77, false);
    store_rollback(store);
    check_nearest(store, 3, 77, false);
    check_nearest(other, 3, 77, false);
    store_close(store);
    store_close(other);
}

/* A wrong bit under a right header: only the doctor's comparison finds it. */
static void test_check(void **state)
{
    struct store *store = library_open(*state);
    char *path = signs_path(*state);
    int64_t wrong = -1;
    int fd;

    use_model(store, DIM, 1);
    add_works(store, 1, 700, DIM);
    put_near(store, 1, 55);
    check_nearest(store, 1, 55, true);
    assert_int_equal(vectors_check(store, &wrong, NULL), ERR_OK);
    assert_int_equal(wrong, 0);
    fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "\0\0\0\0\0\0\0\0", 8, 64 + 55 * 32), 8);
    close(fd);
    assert_int_equal(vectors_check(store, &wrong, NULL), ERR_OK);
    assert_int_equal(wrong, 1);
    assert_false(file_exists(path));
    store_close(store);
    store = library_open(*state);
    check_nearest(store, 1, 55, true); /* anew */
    free(path);
    path = rows_path(*state);
    fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "\x01\x02\x03", 3, 64 + 55 * DIM), 3);
    close(fd);
    assert_int_equal(vectors_check(store, &wrong, NULL), ERR_OK);
    assert_int_equal(wrong, 1);
    store_close(store);
    store = library_open(*state);
    check_nearest(store, 1, 55, true);
    assert_int_equal(vectors_check(store, &wrong, NULL), ERR_OK);
    assert_int_equal(wrong, 0);
    store_close(store);
    free(path);
}

/* Ranked by the file and by the table: the same. */
static void test_rows_or_table(void **state)
{
    struct store *store = library_open(*state), *other;
    struct vector_hit by_file[50], by_table[50];
    char *path = rows_path(*state);
    size_t count, again, i;
    float query[DIM];

    use_model(store, DIM, 1);
    add_works(store, 1, 3000, DIM);
    query_of(query, DIM, 4);
    assert_int_equal(vectors_search(store, query, DIM, 50, NULL, by_file, &count, NULL), ERR_OK);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0777), 0); /* nobody can make it again */
    other = library_open(*state);
    assert_int_equal(vectors_search(other, query, DIM, 50, NULL, by_table, &again, NULL), ERR_OK);
    assert_int_equal(again, count);
    for (i = 0; i < count; i++) {
        assert_int_equal(by_file[i].id, by_table[i].id);
        assert_true(by_file[i].score == by_table[i].score);
    }
    assert_int_equal(rmdir(path), 0);
    store_close(other);
    store_close(store);
    free(path);
}

/* While one connection has the file open, another brings it forward. */
static void test_rows_follow(void **state)
{
    struct store *store = library_open(*state), *other = library_open(*state);
    char *path = rows_path(*state);
    struct stat before, after;

    use_model(store, DIM, 1);
    add_works(store, 1, 3000, DIM);
    check_nearest(store, 2, 66, false);
    check_nearest(other, 2, 66, false);
    assert_int_equal(stat(path, &before), 0);
    put_near(store, 2, 66);
    check_nearest(other, 2, 66, true);
    put_near(other, 3, 77);
    check_nearest(store, 3, 77, true);
    change_work(store, 66, NULL);
    check_nearest(other, 2, 66, false);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    store_close(store);
    store_close(other);
    free(path);
}

/* What was made by a model that is no longer wanted is not kept. */
static void test_late_vectors(void **state)
{
    struct store *store = library_open(*state);
    struct vectors_model old;
    struct vectors_writer *writer;
    int8_t vector[DIM];

    use_model(store, DIM, 1);
    add_works(store, 1, 10, DIM);
    old = serving_model(store);
    use_model(store, DIM, 2);
    random_vector(vector, DIM, 3);
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    assert_int_equal(vectors_writer_begin(&writer, store, NULL), ERR_OK);
    assert_int_equal(vectors_writer_put(writer, &old, 3, vector, NULL), ERR_OK);
    old.slot = 1 - old.slot;
    assert_int_equal(vectors_writer_fill(writer, &old, 4, vector, NULL), ERR_OK);
    assert_int_equal(vectors_writer_commit(writer, NULL), ERR_OK);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    assert_int_equal(library_int(store, "SELECT (SELECT count(*) FROM embedding0) + "
                                        "(SELECT count(*) FROM embedding1)"),
                     10);
    store_close(store);
}

/* ---- the rest of the interface ---- */

static void test_nearest_and_scores(void **state)
{
    struct store *store = library_open(*state);
    struct vector_hit hits[10];
    int64_t ids[] = { 5, 9999, 45, 6 };
    float scores[4], query[DIM];
    int8_t vector[DIM];
    size_t count, dim = DIM, i;
    struct error err = { 0 };

    assert_int_equal(vectors_nearest(store, 5, 10, NULL, hits, &count, &err), ERR_NOTFOUND);
    use_model(store, DIM, 1);
    add_works(store, 1, 800, DIM);
    assert_int_equal(vectors_nearest(store, 5, 10, NULL, hits, &count, &err), ERR_OK);
    assert_int_equal(count, 10);
    for (i = 0; i < count; i++) {
        assert_int_equal(hits[i].id % 40, 5);
        assert_true(hits[i].id != 5);
    }
    assert_int_equal(vectors_nearest(store, 9999, 10, NULL, hits, &count, &err), ERR_NOTFOUND);
    assert_int_equal(vectors_get(store, 5, vector, &dim, &err), ERR_OK);
    for (i = 0; i < DIM; i++)
        query[i] = vector[i];
    assert_int_equal(vectors_score(store, query, DIM, ids, 4, scores, &err), ERR_OK);
    assert_true(fabsf(scores[0] - 1) < 1e-4f);
    assert_true(isnan(scores[1]));
    assert_true(scores[2] > scores[3] + 0.1f);
    assert_int_equal(vectors_search(store, query, 64, 10, NULL, hits, &count, &err), ERR_USAGE);
    memset(query, 0, sizeof query);
    assert_int_equal(vectors_search(store, query, DIM, 10, NULL, hits, &count, &err), ERR_OK);
    assert_int_equal(count, 0);
    store_close(store);
}

static int embed_by_length(void *ctx, struct store *store, const atomic_bool *cancel,
                           const char *text, float *out, size_t dim, struct error *err)
{
    size_t i;

    assert_true(store && !cancel);

    if (*text == '!')
        return error_set(err, ERR_NETWORK, "the server is gone");
    for (i = 0; i < dim; i++)
        out[i] = (float)strlen(text) * (float)*(int *)ctx;
    return ERR_OK;
}

static void test_server_query(void **state)
{
    struct store *store = library_open(*state);
    float query[VECTORS_DIM_MAX];
    struct error err = { 0 };
    size_t dim;
    int sign = -1;

    use_model(store, 64, 1);
    assert_int_equal(vectors_embed(store, "abc", query, &dim, &err), ERR_NOTFOUND);
    check_says(&err, ERR_NOTFOUND, "server");
    vectors_set_embedder(store, embed_by_length, &sign);
    assert_int_equal(vectors_embed(store, "abc", query, &dim, &err), ERR_OK);
    assert_int_equal(dim, 64);
    assert_true(fabsf(query[63] + 0.125f) < 1e-6f); /* of unit length */
    assert_int_equal(vectors_embed(store, "!", query, &dim, &err), ERR_NETWORK);
    store_close(store);
}

static void test_cancelled(void **state)
{
    struct store *store = library_open(*state);
    struct vector_hit hits[10];
    float query[DIM];
    atomic_bool cancel = true;
    size_t count;
    struct error err = { 0 };

    use_model(store, DIM, 1);
    add_works(store, 1, 3000, DIM);
    assert_int_equal(vectors_refresh(store, NULL), ERR_OK);
    query_of(query, DIM, 1);
    store_set_cancel(store, &cancel);
    assert_int_equal(vectors_search(store, query, DIM, 10, NULL, hits, &count, &err),
                     ERR_CANCELLED);
    store_set_cancel(store, NULL);
    assert_int_equal(vectors_search(store, query, DIM, 10, NULL, hits, &count, &err), ERR_OK);
    store_close(store);
}

/* Another model: the old vectors serve until the switch, then the new ones, then the old go. */
static void test_switch(void **state)
{
    struct store *store = library_open(*state);
    struct vectors_writer *writer;
    struct vectors_stats stats;
    struct vector_hit hits[5];
    struct vectors_model serving, next;
    float query[DIM];
    int8_t vector[64];
    bool left = true;
    size_t count;
    int64_t id;
    int rounds = 0;

    use_model(store, DIM, 1);
    add_works(store, 1, 900, DIM);
    use_model(store, 64, 100); /* prepared, not switched */
    assert_int_equal(vectors_models(store, &serving, &next, NULL), ERR_OK);
    assert_int_equal(serving.dim, DIM);
    assert_int_equal(next.dim, 64);
    query_of(query, DIM, 4);
    for (id = 1; id <= 900; id += 300) {
        int64_t at;

        assert_int_equal(store_begin(store, NULL), ERR_OK);
        assert_int_equal(vectors_writer_begin(&writer, store, NULL), ERR_OK);
        for (at = id; at < id + 300; at++) {
            random_vector(vector, 64, (int)(at % 30));
            assert_int_equal(vectors_writer_fill(writer, &next, at, vector, NULL), ERR_OK);
        }
        assert_int_equal(vectors_writer_fill(writer, &next, 5555, vector, NULL), ERR_OK);
        assert_int_equal(vectors_writer_commit(writer, NULL), ERR_OK);
        assert_int_equal(store_commit(store, NULL), ERR_OK);
        assert_int_equal(agreement(store, query, DIM, 10, NULL, NULL), 10);
    }
    assert_int_equal(vectors_count(store, &stats, NULL), ERR_OK);
    assert_int_equal(stats.vectors, 900);
    assert_int_equal(stats.next, 900); /* 5555 is no work */
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    assert_int_equal(vectors_switch(store, NULL), ERR_OK);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    assert_int_equal(vectors_search(store, query, DIM, 5, NULL, hits, &count, NULL), ERR_USAGE);
    query_of(query, 64, 4);
    assert_int_equal(agreement(store, query, 64, 10, NULL, NULL), 10);
    for (; left; rounds++)
        assert_int_equal(vectors_sweep(store, 400, &left, NULL), ERR_OK);
    assert_int_equal(rounds, 4);
    assert_int_equal(library_int(store, serving.slot == 0 ? "SELECT count(*) FROM embedding0"
                                                          : "SELECT count(*) FROM embedding1"),
                     0);
    assert_int_equal(library_int(store, "SELECT count(*) FROM vector_model"), 1);
    assert_int_equal(agreement(store, query, 64, 10, NULL, NULL), 10);
    store_close(store);
}

int store_vectors_tests(void)
{
#define VECTORS_TEST(name) cmocka_unit_test_setup_teardown(name, library_setup, library_teardown)
    const struct CMUnitTest tests[] = {
        VECTORS_TEST(test_exact),           VECTORS_TEST(test_many),
        VECTORS_TEST(test_filter),          VECTORS_TEST(test_small_steps),
        VECTORS_TEST(test_other_history),   VECTORS_TEST(test_damaged),
        VECTORS_TEST(test_no_cache_folder), VECTORS_TEST(test_transaction),
        VECTORS_TEST(test_two_halves),      VECTORS_TEST(test_rows_or_table),
        VECTORS_TEST(test_rows_follow),     VECTORS_TEST(test_check),
        VECTORS_TEST(test_late_vectors),    VECTORS_TEST(test_nearest_and_scores),
        VECTORS_TEST(test_server_query),    VECTORS_TEST(test_cancelled),
        VECTORS_TEST(test_switch),
    };

    return cmocka_run_group_tests_name("vectors", tests, NULL, NULL);
}
