/*
 * Keeping documents: see keep.h.
 *
 * A file is hashed; when the library does not have it as well as it can be had, the confined child
 * reads it, it is copied to a temporary name below files/ and moved to its place, and only then
 * comes the one transaction of keep_save.c. So a crash leaves at most a file that no row names,
 * which doctor removes.
 */
#include "hooks.h"
#include "keep_internal.h"
#include "ocr.h"

#include "carrel/bin.h"
#include "carrel/file.h"
#include "carrel/sha256.h"
#include "carrel/works.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEAR_LEAST 0.5 /* near-duplicates that are told */

int keeper_open(struct keeper **out, const struct app *app,
                const struct document_reader_options *options, struct error *err)
{
    struct keeper *keeper = mem_zalloc(sizeof *keeper);
    struct error why;
    int result = app_open_store(&keeper->store, app, true, err);

    keeper->app = app;
    if (result == ERR_OK)
        library_sweep_files(keeper->store);
    if (result == ERR_OK)
        hooks_expect(keeper->store, app);
    if (result == ERR_OK && scripts_read(&keeper->scripts, app, &why) != ERR_OK)
        keeper->scripts.count = 0; /* told by hooks_expect */
    if (result == ERR_OK)
        result = importer_new_by_pages(&keeper->importer, app->library, err);
    if (result == ERR_OK)
        result = document_reader_open(&keeper->reader, options, err);
    if (result != ERR_OK) {
        keeper_close(keeper);
        keeper = NULL;
    }
    *out = keeper;
    return result;
}

void keeper_close(struct keeper *keeper)
{
    if (!keeper)
        return;
    if (keeper->reader.processor)
        document_reader_close(&keeper->reader);
    importer_free(keeper->importer);
    fetcher_close(keeper->fetcher);
    scripts_free(&keeper->scripts);
    store_close(keeper->store);
    free(keeper);
}

void keeper_title(struct keeper *keeper, const char *title)
{
    keeper->title = title;
}

/* ---- the file ---- */

/* Reads `path` to its end: its hash, and its bytes into `to` unless that is -1. */
static int hash_file(const char *path, int to, char sha[65], int64_t *bytes, struct error *err)
{
    int from = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct error why = { 0 };
    struct stat facts;
    int result;

    if (from < 0)
        return error_errno(err, "%s", path);
    if (fstat(from, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        result = error_set(err, ERR_IO, "%s: not a file", path);
    } else {
        result = sha256_copy(sha, bytes, from, to, PROCESS_FILE_MAX, &why);
        if (result != ERR_OK)
            error_set(err, result, "%s: %s", path, why.message);
    }
    close(from);
    return result;
}

static int copy_to(const char *path, const char *copy, char sha[65], struct error *err)
{
    int to = open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), result;
    int64_t bytes;

    if (to < 0)
        return error_errno(err, "%s", copy);
    result = hash_file(path, to, sha, &bytes, err);
    if (result == ERR_OK && fsync(to) != 0)
        result = error_errno(err, "%s", copy);
    if (close(to) != 0 && result == ERR_OK)
        result = error_errno(err, "%s", copy);
    return result;
}

/* Into its place below files/, by way of a copy under a name of this process. */
static int file_in(const struct keeper *keeper, const char *path, struct kept *kept,
                   struct error *err)
{
    char *folder = path_join(keeper->app->library, "files"), sha[65];
    char *copy = mem_printf("%s/.%ld.%p.tmp", folder, (long)getpid(), (const void *)keeper);
    char *place = documents_path(keeper->store, kept->sha256);
    int result = file_exists(place) ? ERR_EXISTS : folder_make(folder, err);

    if (result == ERR_OK)
        result = copy_to(path, copy, sha, err);
    if (result == ERR_OK && strcmp(sha, kept->sha256) != 0) {
        kept->only_this = true;
        result = error_set(err, ERR_IO, "%s: changed while it was read", path);
    }
    if (result == ERR_OK)
        result = file_move(copy, place, err);
    if (result != ERR_OK && result != ERR_EXISTS)
        unlink(copy);
    free(copy);
    free(place);
    free(folder);
    return result == ERR_EXISTS ? ERR_OK : result;
}

/* ---- one file ---- */

/* Its text went where its paper is. */
static int tell_removed(struct keeper *keeper, struct kept *kept, struct arena *arena,
                        struct error *err)
{
    bool removed = false;
    int result = bin_removed(keeper->store, &removed, kept->name, err);

    if (result == ERR_OK && removed)
        kept->message = arena_printf(arena,
                                     "of a paper that was removed: 'carrel bin restore %s' brings "
                                     "it back",
                                     kept->name);
    return result;
}

static int tell_work(struct keeper *keeper, struct kept *kept, struct arena *arena, int64_t work,
                     struct error *err)
{
    struct work_row row = { 0 };
    int result = work ? works_rows(keeper->store, arena, &work, 1, &row, err)
                      : tell_removed(keeper, kept, arena, err);

    kept->work = arena_strdup(arena, row.key ? row.key : "");
    if (row.title)
        kept->title = row.title;
    return result;
}

/* Documents of nearly the same text: of other papers, and further copies of this one's. */
static int tell_near(struct keeper *keeper, struct kept *kept, struct arena *arena, int64_t id,
                     int64_t work, struct error *err)
{
    struct document_pair *pairs;
    size_t count, i;
    int result = documents_near(&pairs, &count, keeper->store, arena, id, NEAR_LEAST, err);

    kept->near = arena_alloc(arena, (count + 1) * sizeof *kept->near);
    for (i = 0; i < count && result == ERR_OK; i++) {
        struct document_near *near = &kept->near[kept->near_count++];
        struct stored_document other;
        struct work_row row = { 0 };

        result = documents_get(&other, keeper->store, arena,
                               pairs[i].a == id ? pairs[i].b : pairs[i].a, err);
        if (result == ERR_OK && other.work)
            result = works_rows(keeper->store, arena, &other.work, 1, &row, err);
        if (result == ERR_OK)
            *near = (struct document_near){ .work = row.key && other.work != work
                                                        ? row.key
                                                        : arena_strdup(arena, ""),
                                            .name = arena_printf(arena, "file:%s", other.name),
                                            .title = row.title ? row.title : other.title,
                                            .similarity = pairs[i].similarity };
    }
    return result;
}

/* What the library has of it, told. */
static int tell(struct keeper *keeper, struct kept *kept, struct arena *arena, struct error *err)
{
    struct stored_document row;
    int result = documents_find(&row, keeper->store, arena, kept->sha256, err);

    if (result != ERR_OK)
        return result;
    kept->state = row.state;
    kept->format = row.format;
    kept->message = row.message;
    kept->pages = row.pages;
    kept->chars = row.chars;
    kept->title = row.title;
    kept->text = stored_document_is_text(&row);
    result = tell_work(keeper, kept, arena, row.work, err);
    return result == ERR_OK ? tell_near(keeper, kept, arena, row.id, row.work, err) : result;
}

bool keep_may_do_better(const struct config *config, const struct stored_document *row,
                        bool passwords)
{
    if (row->reader < DOCUMENT_READER)
        return true;
    if (strcmp(row->state, "limit") == 0)
        return row->time_limit_ms < config_int(config, "process.time-limit")
               || row->memory_limit < config_int(config, "process.memory-limit");
    return (strcmp(row->state, "encrypted") == 0 && passwords)
           || ocr_would_help(config, row->message);
}

/* What the library has of a file before it is read. */
struct before {
    bool known; /* it is there, as good as this reader and these limits can have it */
    bool text;
};

/* Is it the document of the work that it was fetched for? */
static int is_of(bool *of, struct keeper *keeper, const struct stored_document *row,
                 const char *belongs, struct error *err)
{
    int64_t work = 0;
    int result;

    *of = true;
    if (!belongs || !*belongs)
        return ERR_OK;
    result = works_find(keeper->store, &work, belongs, err);
    *of = result == ERR_OK && work == row->work;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static int look_before(struct before *before, struct keeper *keeper, const char *sha,
                       const char *belongs, struct arena *arena, struct error *err)
{
    struct stored_document row;
    bool of = true, here;
    char *place;
    int result = documents_find(&row, keeper->store, arena, sha, err);

    *before = (struct before){ .known = false };
    if (result == ERR_NOTFOUND)
        return ERR_OK;
    if (result == ERR_OK)
        result = is_of(&of, keeper, &row, belongs, err);
    if (result != ERR_OK)
        return result;
    before->text = stored_document_is_text(&row);
    place = documents_path(keeper->store, sha);
    here = file_exists(place) || str_eq(row.state, "refused");
    free(place);
    before->known =
        here && (of || !before->text) && !keep_may_do_better(keeper->app->config, &row, true);
    return ERR_OK;
}

/* Read, into its place, into the library. */
static int take(struct keeper *keeper, const char *path, const char *origin, const char *belongs,
                const struct before *before, int64_t bytes, struct arena *arena, struct kept *kept,
                struct error *err)
{
    struct document *doc = NULL;
    int result = document_reader_read(&keeper->reader, path, &doc, err);

    if (result != ERR_OK)
        return result;
    kept->text = document_state_is_text(doc->state);
    if (keeper->title)
        doc->meta.title = arena_strdup(doc->arena, keeper->title);
    /* What is no document is not worth its room; the rest may be read one day. */
    if (doc->state != DOCUMENT_REFUSED)
        result = file_in(keeper, path, kept, err);
    /* A reading that fails does not take away what an earlier one has found. */
    if (result == ERR_OK && (kept->text || !before->text))
        result = keep_save(keeper, arena, doc, origin, belongs, kept, bytes, err);
    document_free(doc);
    return result;
}

int keeper_keep(struct keeper *keeper, const char *path, const char *origin, const char *belongs,
                bool again, struct arena *arena, struct kept *kept, struct error *err)
{
    struct before before;
    int64_t bytes = 0;
    int result = hash_file(path, -1, kept->sha256, &bytes, err);

    kept->only_this = result != ERR_OK;
    if (result != ERR_OK)
        return result;
    snprintf(kept->name, sizeof kept->name, "file:%.*s", DOCUMENT_NAME_LEN, kept->sha256);
    result = look_before(&before, keeper, kept->sha256, belongs, arena, err);
    kept->unchanged = before.known && !again;
    if (result == ERR_OK && !kept->unchanged)
        result = take(keeper, path, origin, belongs, &before, bytes, arena, kept, err);
    return result == ERR_OK ? tell(keeper, kept, arena, err) : result;
}

/* ---- out of the network ---- */

int keep_pdf_of(struct stored_document *out, struct store *store, struct arena *arena, int64_t work,
                struct error *err)
{
    struct stored_document *documents;
    size_t count = 0, i;
    int result = documents_of(&documents, &count, store, arena, work, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        if (strcmp(documents[i].format, "pdf") == 0 && strcmp(documents[i].state, "refused") != 0) {
            *out = documents[i];
            return ERR_OK;
        }
    return result == ERR_OK ? error_set(err, ERR_NOTFOUND, "no PDF of it is here") : result;
}

/* Its PDF as it lies here: looked at as any file is, or told when only its text is left. */
static int keep_here(struct keeper *keeper, const char *what, struct arena *arena,
                     struct kept *kept, struct error *err)
{
    struct stored_document row;
    int64_t work = 0;
    char *place;
    int result = works_find(keeper->store, &work, what, err);

    if (result == ERR_OK)
        result = keep_pdf_of(&row, keeper->store, arena, work, err);
    if (result != ERR_OK)
        return result;
    place = documents_path(keeper->store, row.sha256);
    if (file_exists(place)) {
        result = keeper_keep(keeper, place, row.origin, what, false, arena, kept, err);
    } else if (stored_document_is_text(&row)) {
        memcpy(kept->sha256, row.sha256, sizeof kept->sha256);
        snprintf(kept->name, sizeof kept->name, "file:%s", row.name);
        kept->unchanged = true;
        result = tell(keeper, kept, arena, err);
    } else {
        result = error_set(err, ERR_NOTFOUND, "its file is gone");
    }
    free(place);
    return result;
}

/* Faults of the address or of what it sent; all others would meet the next one as well. */
static bool is_of_address(int code)
{
    return code == ERR_NOTFOUND || code == ERR_BUSY || code == ERR_PARSE || code == ERR_NETWORK
           || code == ERR_USAGE || code == ERR_LIMIT || code == ERR_REFUSED;
}

/* What was removed is not fetched; whoever wants it brings the paper back. */
static int not_removed(struct keeper *keeper, const char *what, struct error *err)
{
    bool removed = false;
    int64_t work;
    int result = works_find(keeper->store, &work, what, err);

    if (result == ERR_NOTFOUND && bin_removed(keeper->store, &removed, what, NULL) == ERR_OK)
        result = removed ? ERR_NOTFOUND : ERR_OK;
    return result == ERR_USAGE ? ERR_OK : result;
}

int keeper_fetch(struct keeper *keeper, const char *what, const struct fetch_options *options,
                 bool again, struct arena *arena, struct kept *kept, struct error *err)
{
    struct fetched fetched;
    int result = again ? ERR_NOTFOUND : keep_here(keeper, what, arena, kept, err);

    if (result != ERR_NOTFOUND)
        return result;
    result = not_removed(keeper, what, err);
    kept->only_this = result != ERR_OK;
    if (result != ERR_OK)
        return result;
    result = keeper->fetcher ? ERR_OK : fetcher_open(&keeper->fetcher, keeper->app, options, err);
    if (result != ERR_OK)
        return result;
    result = fetch_document(&fetched, keeper->fetcher, arena, what, err);
    kept->only_this = is_of_address(result);
    if (result != ERR_OK)
        return result;
    result =
        keeper_keep(keeper, fetched.path, fetched.url, fetched.belongs, again, arena, kept, err);
    unlink(fetched.path);
    return result;
}

/* ---- reading what was kept ---- */

int keep_open_document(struct document **out, struct store *store, struct arena *arena,
                       const char *id, struct stored_document *which, struct error *err)
{
    struct stored_document *documents, found;
    struct str packed = STR_INIT;
    int64_t work = 0;
    size_t count = 0, i;
    int result = works_find(store, &work, id, err);

    *out = NULL;
    if (result == ERR_OK)
        result = documents_of(&documents, &count, store, arena, work, err);
    if (result != ERR_OK)
        return result;
    /* file:NAME means that one; another id the newest that can be read. */
    for (i = 0; i < count; i++)
        if (str_starts(id, "file:") ? str_starts(documents[i].name, id + 5)
                                    : stored_document_is_text(&documents[i]))
            break;
    if (i == count)
        return error_set(
            err, ERR_NOTFOUND,
            "there is no document of %s in the library: 'carrel process %s' fetches its PDF, "
            "'carrel process FILE' takes one",
            id, id);
    found = documents[i];
    result = documents_packed(&packed, store, found.id, err);
    if (result == ERR_OK)
        result = document_unpack(out, packed.ptr, packed.len, err);
    str_free(&packed);
    if (which)
        *which = found;
    return result;
}
