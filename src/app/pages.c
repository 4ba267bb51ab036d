/*
 * Pages of a document as pixels (pages.h).
 */
#include "carrel/pages.h"

#include "documents.h"
#include "keep.h"

#include "carrel/documents.h"
#include "carrel/file.h"
#include "carrel/record.h"

#include <stdlib.h>
#include <string.h>

struct pages {
    struct document_reader reader;
    struct document *document;
    char *path;
};

static int open_kept(struct pages *pages, struct store *store, const char *id, struct error *err)
{
    struct arena *arena = arena_new();
    struct stored_document which = { 0 };
    int result = keep_open_document(&pages->document, store, arena, id, &which, err);

    if (result == ERR_OK) {
        pages->path = documents_path(store, which.sha256);
        if (!file_exists(pages->path))
            result =
                error_set(err, ERR_NOTFOUND, "the file of %s is not in the library any more", id);
    }
    arena_free(arena);
    return result;
}

static int open_id(struct pages *pages, const struct app *app, struct store *store, const char *id,
                   struct error *err)
{
    struct store *own = NULL;
    int result = store ? ERR_OK : app_open_store(&own, app, false, err);

    if (result == ERR_OK)
        result = open_kept(pages, store ? store : own, id, err);
    store_close(own);
    return result;
}

int pages_open(struct pages **out, const struct app *app, struct store *store, const char *what,
               const struct pages_options *wanted, struct error *err)
{
    struct document_reader_options options = { .config = app->config,
                                               .password_file = wanted->password_file,
                                               .cancel = wanted->cancel };
    struct pages *pages = mem_zalloc(sizeof *pages);
    struct ident ident;
    char *path = path_expand(what);
    int result = document_reader_open(&pages->reader, &options, err);

    *out = NULL;
    if (result == ERR_OK
        && (file_exists(path) || (strchr(what, '/') && !ident_parse(&ident, what))))
        pages->path = mem_strdup(path);
    else if (result == ERR_OK)
        result = open_id(pages, app, store, what, err);
    free(path);
    if (result == ERR_OK)
        *out = pages;
    else
        pages_close(pages);
    return result;
}

void pages_close(struct pages *pages)
{
    if (!pages)
        return;
    document_reader_close(&pages->reader);
    document_free(pages->document);
    free(pages->path);
    free(pages);
}

const struct document *pages_document(const struct pages *pages)
{
    return pages->document;
}

int pages_draw(struct pages *pages, uint32_t page, uint32_t width, struct page_image *out,
               struct error *err)
{
    const char *name = pages->document ? "the document" : path_base(pages->path);
    int result = document_reader_render(&pages->reader, pages->path, page, width, out, err);

    if (result == ERR_OK && !out->pixels)
        result = error_set(err, ERR_FAILED, "page %u of %s: %s: %s", page + 1, name,
                           document_state_name(out->state), out->message);
    return result;
}
