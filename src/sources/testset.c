/*
 * Reading a test collection: three files of one folder into arrays, judgements resolved to indexes.
 */
#include "carrel/testset.h"

#include "carrel/file.h"
#include "carrel/hash.h"
#include "carrel/utf8.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES ((size_t)1 << 30)
#define GRADE_MAX 20

struct testset_reader {
    struct testset *set;
    struct hashmap *docs, *queries; /* id -> index */
    const char *path;
    long line;
};

static int reader_fail(const struct testset_reader *r, struct error *err, const char *why)
{
    return error_set(err, ERR_PARSE, "%s:%ld: %s", r->path, r->line, why);
}

/* The first of two keys that holds a string, as clean text on one line; NULL when none does. */
static char *reader_text(struct testset_reader *r, const json_t *object, const char *key,
                         const char *other)
{
    const json_t *value = json_object_get(object, key);
    struct str clean = STR_INIT;
    char *kept;

    if (!json_is_string(value))
        value = json_object_get(object, other);
    if (!json_is_string(value))
        return NULL;
    utf8_squeeze(&clean, json_string_value(value), json_string_length(value));
    kept = arena_strndup(r->set->arena, clean.ptr, clean.len);
    str_free(&clean);
    return kept;
}

static int reader_index(struct testset_reader *r, struct hashmap *map, const char *id, size_t at,
                        struct error *err)
{
    bool added;
    uint64_t *place;

    if (!id || !*id)
        return reader_fail(r, err, "no id");
    place = hashmap_put(map, id, strlen(id), &added);
    if (!added)
        return reader_fail(r, err, "an earlier line has this id, too");
    *place = at;
    return ERR_OK;
}

static int reader_doc(struct testset_reader *r, const json_t *object, struct error *err)
{
    struct testset *set = r->set;
    struct test_doc doc = { .id = reader_text(r, object, "id", "_id"),
                            .title = reader_text(r, object, "title", "title"),
                            .text = reader_text(r, object, "text", "abstract") };

    if (!doc.title)
        doc.title = arena_strdup(set->arena, "");
    if (!doc.text)
        doc.text = arena_strdup(set->arena, "");
    VEC_PUSH(set->docs, set->doc_count, set->doc_cap, doc);
    return reader_index(r, r->docs, doc.id, set->doc_count - 1, err);
}

static int reader_query(struct testset_reader *r, const json_t *object, struct error *err)
{
    struct testset *set = r->set;
    struct test_query query = { .id = reader_text(r, object, "id", "_id"),
                                .text = reader_text(r, object, "text", "query") };

    if (!query.text)
        return reader_fail(r, err, "a query without \"text\"");
    VEC_PUSH(set->queries, set->query_count, set->query_cap, query);
    return reader_index(r, r->queries, query.id, set->query_count - 1, err);
}

static int reader_object(struct testset_reader *r, char *line,
                         int (*take)(struct testset_reader *, const json_t *, struct error *),
                         struct error *err)
{
    json_error_t why;
    json_t *object = json_loads(line, 0, &why);
    int result;

    if (!json_is_object(object)) {
        json_decref(object);
        return reader_fail(r, err, "not a JSON object");
    }
    result = take(r, object, err);
    json_decref(object);
    return result;
}

static int reader_doc_line(struct testset_reader *r, char *line, struct error *err)
{
    return reader_object(r, line, reader_doc, err);
}

static int reader_query_line(struct testset_reader *r, char *line, struct error *err)
{
    return reader_object(r, line, reader_query, err);
}

/* "query doc grade" or TREC's "query 0 doc grade". Judged queries that nobody asks are skipped. */
static int reader_judgement(struct testset_reader *r, char *line, struct error *err)
{
    char *fields[5], *rest = line;
    struct test_judgement judged = { .doc = TEST_DOC_MISSING };
    struct test_query *query;
    uint64_t *place;
    size_t count = 0;
    long grade;

    while (count < 5 && (fields[count] = strtok_r(rest, " \t", &rest)))
        count++;
    if (count != 3 && count != 4)
        return reader_fail(r, err, "three columns are expected: query, document, grade");
    if (!str_to_long(fields[count - 1], -GRADE_MAX, GRADE_MAX, &grade))
        return r->line == 1 ? ERR_OK /* the heading */
                            : reader_fail(r, err, "the grade is no whole number");
    place = hashmap_get(r->queries, fields[0], strlen(fields[0]));
    if (grade < 1 || !place)
        return ERR_OK;
    query = &r->set->queries[*place];
    place = hashmap_get(r->docs, fields[count - 2], strlen(fields[count - 2]));
    if (place)
        judged.doc = (size_t)*place;
    judged.grade = (int)grade;
    VEC_PUSH(query->judged, query->len, query->cap, judged);
    return ERR_OK;
}

static int reader_file(struct testset_reader *r, const char *folder, const char *name,
                       int (*take)(struct testset_reader *, char *, struct error *),
                       struct error *err)
{
    char *path = path_join(folder, name), *line, *next;
    struct str text = STR_INIT;
    int result = file_read(&text, path, FILE_MAX_BYTES, err);

    r->path = path;
    r->line = 0;
    for (line = text.ptr; result == ERR_OK && line && *line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        line[strcspn(line, "\r")] = '\0';
        r->line++;
        if (!str_blank(line))
            result = take(r, line, err);
    }
    str_free(&text);
    free(path);
    return result;
}

int testset_read(struct testset **out, const char *folder, struct error *err)
{
    struct testset *set = mem_zalloc(sizeof *set);
    struct testset_reader r = { .set = set, .docs = hashmap_new(), .queries = hashmap_new() };
    size_t len = strlen(folder);
    int result;

    *out = NULL;
    set->arena = arena_new();
    while (len > 1 && folder[len - 1] == '/')
        len--;
    set->name = arena_strdup(set->arena, path_base(arena_strndup(set->arena, folder, len)));
    result = reader_file(&r, folder, "docs.jsonl", reader_doc_line, err);
    if (result == ERR_OK)
        result = reader_file(&r, folder, "queries.jsonl", reader_query_line, err);
    if (result == ERR_OK)
        result = reader_file(&r, folder, "qrels.tsv", reader_judgement, err);
    hashmap_free(r.docs);
    hashmap_free(r.queries);
    if (result != ERR_OK) {
        testset_free(set);
        return result;
    }
    *out = set;
    return ERR_OK;
}

void testset_free(struct testset *set)
{
    size_t i;

    if (!set)
        return;
    for (i = 0; i < set->query_count; i++)
        free(set->queries[i].judged);
    free(set->queries);
    free(set->docs);
    arena_free(set->arena);
    free(set);
}
