/*
 * Any text: a document indexed from its prepared form must be the one that FTS5 makes of the
 * original, which its integrity check compares; and taking it out must leave nothing behind.
 */
#include "carrel/fts.h"
#include "carrel/mem.h"
#include "carrel/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct store *store;
static struct fts_preparer *preparer;
static struct vocabulary *vocabulary;
static char folder[] = "/tmp/carrel-fuzz-XXXXXX";

static void prepared_end(void)
{
    char *command = mem_printf("rm -rf %s", folder);

    store_close(store);
    fts_preparer_free(preparer);
    vocabulary_free(vocabulary);
    if (system(command) != 0)
        fprintf(stderr, "%s is left\n", folder);
    free(command);
}

static void must(int result, const struct error *err)
{
    if (result != ERR_OK)
        die("%s", err->message);
}

static void prepared_start(void)
{
    struct error err = { 0 };

    if (!mkdtemp(folder))
        die("no folder");
    must(store_open(&store, folder, &(struct store_options){ .create = true }, &err), &err);
    preparer = fts_preparer_new();
    vocabulary = vocabulary_new();
    atexit(prepared_end);
}

static void prepared_texts(const char *title, const char *abstract)
{
    struct error err = { 0 };
    struct stmt *stmt;

    must(store_exec(store,
                    "INSERT INTO work(id, key, added, changed, title_hash) VALUES(1, 'x', 0, 0, 0)",
                    &err),
         &err);
    must(stmt_prepare(&stmt, store,
                      "INSERT INTO work_text(id, title, abstract, authors) VALUES(1, ?1, ?2, ?1)",
                      &err),
         &err);
    stmt_bind_text(stmt, 1, title);
    stmt_bind_text(stmt, 2, abstract);
    must(stmt_run(stmt, &err), &err);
}

static void prepared_check(const char *title, const char *abstract)
{
    static const char check[] = "INSERT INTO fts(fts, rank) VALUES('integrity-check', 1)";
    struct fts_document doc = { 0 };
    struct error err = { 0 };
    int64_t left = 0;

    must(store_begin(store, &err), &err);
    prepared_texts(title, abstract);
    fts_document_prepare(preparer, &doc, title, abstract, title);
    must(fts_insert(store, 1, &doc, &err), &err);
    must(store_exec(store, check, &err), &err);
    vocabulary_add(vocabulary, &doc, 1);
    must(vocabulary_flush(vocabulary, store, &err), &err);
    must(fts_delete(store, 1, &doc, &err), &err);
    vocabulary_add(vocabulary, &doc, -1);
    must(vocabulary_flush(vocabulary, store, &err), &err);
    must(store_exec(store, "DELETE FROM work_text; DELETE FROM work", &err), &err);
    must(store_exec(store, check, &err), &err);
    must(store_query_int(store, "SELECT count(*) FROM vocabulary_run", &left, &err), &err);
    if (left != 0)
        die("%lld words are left in the vocabulary", (long long)left);
    store_rollback(store);
    fts_document_free(&doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str title = STR_INIT, abstract = STR_INIT;
    size_t half = len / 3;

    if (!store)
        prepared_start();
    if (len > 65536)
        return 0;
    utf8_clean(&title, (const char *)bytes, half);
    utf8_clean(&abstract, (const char *)bytes + half, len - half);
    prepared_check(title.ptr, abstract.ptr);
    str_free(&title);
    str_free(&abstract);
    return 0;
}
