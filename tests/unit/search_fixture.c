/*
 * The library the search tests run on; see search_fixture.h.
 */
#include "search_fixture.h"

#include "carrel/clock.h"
#include "carrel/fts.h"
#include "carrel/lengths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct paper shelf_papers[] = {
    { "arxiv:1706.03762", "Attention Is All You Need",
      "The dominant sequence transduction models use recurrent networks. We propose the "
      "Transformer, based solely on attention mechanisms.",
      "Ashish Vaswani\nNoam Shazeer", "cs.CL cs.LG", "2017-06-12", "https://github.com/a/b" },
    { "arxiv:1810.04805", "BERT: Pre-training of Deep Bidirectional Transformers",
      "We introduce a language representation model with long context and attention.",
      "Jacob Devlin", "cs.CL", "2018-10-11", NULL },
    { "arxiv:2001.00001", "Long Context Attention for Documents",
      "Attention over long documents. Generalization across context lengths is measured.",
      "Marta del Rio", "cs.CL", "2020-01-01", NULL },
    { "arxiv:2103.00002", "A Survey of Attention Methods",
      "This survey reviews attention and generalizations of attention in vision.", "Łukasz Kaiser",
      "cs.CV", "2021-03-02", NULL },
    { "arxiv:math/0309136", "Ricci Flow with Surgery on Three-Manifolds",
      "This is a technical paper about the context of the flow.", "Grisha Perelman", "math.DG",
      "2003-03-10", NULL },
    { "doi:10.1145/3292500.3330701", "Graph Neural Networks for Recommendation",
      "Graphs, networks and generalized message passing for recommender systems.", "Rio del Mar",
      "", "2019", NULL },
};
const size_t shelf_paper_count = ARRAY_LEN(shelf_papers);

static void ok(int result, const struct error *err)
{
    if (result < 0)
        fail_msg("%s", err->message);
}

void shelf_exec(struct shelf *shelf, const char *sql)
{
    struct error err;

    ok(store_exec(shelf->store, sql, &err), &err);
}

struct shelf *shelf_new(void)
{
    struct shelf *shelf = mem_zalloc(sizeof *shelf);
    struct store_options options = { .create = true };
    struct error err;

    snprintf(shelf->dir, sizeof shelf->dir, "/tmp/carrel-search-XXXXXX");
    assert_non_null(mkdtemp(shelf->dir));
    ok(store_open(&shelf->store, shelf->dir, &options, &err), &err);
    return shelf;
}

void shelf_free(struct shelf *shelf)
{
    char command[128];

    store_close(shelf->store);
    snprintf(command, sizeof command, "rm -rf '%s'", shelf->dir);
    if (system(command) != 0)
        fprintf(stderr, "%s stays\n", shelf->dir);
    free(shelf);
}

/* Runs `sql` with a number first and then texts (NULL binds NULL). */
static void put(struct shelf *shelf, const char *sql, int64_t number, int count, ...)
{
    struct stmt *stmt;
    struct error err;
    va_list texts;
    int i;

    ok(stmt_prepare(&stmt, shelf->store, sql, &err), &err);
    stmt_bind_int(stmt, 1, number);
    va_start(texts, count);
    for (i = 0; i < count; i++)
        stmt_bind_text(stmt, 2 + i, va_arg(texts, const char *));
    va_end(texts);
    ok(stmt_run(stmt, &err), &err);
}

static void put_categories(struct shelf *shelf, int64_t id, const char *list)
{
    char *copy = mem_strdup(list), *rest = copy, *code;

    while ((code = strtok_r(rest, " ", &rest))) {
        put(shelf, "INSERT OR IGNORE INTO category(code) SELECT ?2 WHERE ?1 > 0", id, 1, code);
        put(shelf,
            "INSERT INTO work_category(category_id, day, work_id, position) SELECT c.id, w.day, "
            "w.id, 0 FROM category c, work w WHERE w.id = ?1 AND c.code = ?2",
            id, 1, code);
    }
    free(copy);
}

static void put_work(struct shelf *shelf, int64_t id, const struct paper *paper)
{
    struct ident ident;
    int32_t first = 0, last = 0;
    char days[160];

    date_parse(paper->published, &first, &last);
    put(shelf,
        "INSERT INTO work(id, key, added, changed, title_hash, flags) VALUES(?1, ?2, ?1 * 1000, 0, "
        "0, 0)",
        id, 1, paper->key);
    snprintf(days, sizeof days, "UPDATE work SET day = %d, day_last = %d, flags = %d WHERE id = %d",
             first, last,
             (paper->code ? WORK_HAS_CODE : 0) | (paper->key[0] == 'd' ? WORK_HAS_DOI : 0),
             (int)id);
    shelf_exec(shelf, days);
    put(shelf,
        "INSERT INTO work_text(id, title, abstract, authors, published) VALUES(?1, ?2, ?3, ?4, ?5)",
        id, 4, paper->title, paper->abstract, paper->authors, paper->published);
    if (ident_parse(&ident, paper->key))
        put(shelf, "INSERT INTO alias(work_id, scheme, value) VALUES(?1, ?2, ?3)", id, 2,
            ident_scheme_name(ident.scheme), ident.value);
    put(shelf,
        "INSERT INTO record(work_id, source, source_key, fetched, hash, payload) "
        "VALUES(?1, 'jsonl', ?2, 0, 0, x'')",
        id, 1, paper->key);
    put_categories(shelf, id, paper->categories);
}

void shelf_fill(struct shelf *shelf, const struct paper *papers, size_t count)
{
    struct fts_preparer *preparer = fts_preparer_new();
    struct vocabulary *vocabulary = vocabulary_new();
    struct fts_document doc = { 0 };
    struct lengths_writer *lengths;
    struct error err;
    int64_t base = 0;
    size_t i;

    ok(store_begin(shelf->store, &err), &err);
    ok(store_query_int(shelf->store, "SELECT count(*) FROM work", &base, &err), &err);
    lengths = lengths_writer_begin(shelf->store);
    for (i = 0; i < count; i++) {
        int64_t id = base + (int64_t)i + 1;

        put_work(shelf, id, &papers[i]);
        fts_document_prepare(preparer, &doc, papers[i].title, papers[i].abstract,
                             papers[i].authors);
        ok(fts_insert(shelf->store, id, &doc, &err), &err);
        vocabulary_add(vocabulary, &doc, 1);
        ok(lengths_writer_set(lengths, id, doc.title_len, doc.authors_len, doc.abstract_len, &err),
           &err);
    }
    ok(vocabulary_flush(vocabulary, shelf->store, &err), &err);
    shelf_exec(shelf, "UPDATE meta SET value = (SELECT count(*) FROM work) WHERE key = 'works'");
    ok(lengths_writer_commit(lengths, &err), &err);
    ok(store_commit(shelf->store, &err), &err);
    fts_document_free(&doc);
    vocabulary_free(vocabulary);
    fts_preparer_free(preparer);
}

char *shelf_find(struct shelf *shelf, const char *query, const struct search_options *options)
{
    static char keys[4096];
    struct search_result *result = NULL;
    struct error err;
    size_t i;

    if (search_run(&result, shelf->store, query, options, &err) != ERR_OK)
        fail_msg("%s: %s", query, err.message);
    keys[0] = '\0';
    for (i = 0; i < result->len; i++)
        snprintf(keys + strlen(keys), sizeof keys - strlen(keys), "%s%s", i ? " " : "",
                 strchr(result->hits[i].row.key, ':') + 1);
    search_result_free(result);
    return keys;
}
