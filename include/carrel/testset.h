/*
 * Test collections for search, as published for information retrieval: a folder with docs.jsonl
 * ({"id","title","text"}), queries.jsonl ({"id","text"}) and qrels.tsv (query, document, grade).
 * "_id" for "id", "abstract" for "text", a heading line and TREC's four columns are understood,
 * too.
 */
#ifndef CARREL_TESTSET_H
#define CARREL_TESTSET_H

#include "carrel/error.h"
#include "carrel/mem.h"

#include <stddef.h>

#define TEST_DOC_MISSING ((size_t)-1)

struct test_doc {
    char *id, *title, *text; /* title and text may be "" */
};
struct test_judgement {
    size_t doc; /* index in docs; TEST_DOC_MISSING: judged, but not in the collection */
    int grade;  /* 1 and more: relevant (others are not kept) */
};
struct test_query {
    char *id, *text;
    struct test_judgement *judged;
    size_t len, cap;
};
struct testset {
    struct arena *arena; /* all texts */
    char *name;          /* the folder's last part */
    struct test_doc *docs;
    size_t doc_count, doc_cap;
    struct test_query *queries;
    size_t query_count, query_cap;
};
/* Any thread. ERR_PARSE names file and line; a doubled id is an error, for its judgements would
 * mean two documents. */
int testset_read(struct testset **out, const char *folder, struct error *err);
void testset_free(struct testset *set);

#endif
