/*
 * Commands about documents: process (what became of each file), read (its text, its sections, one
 * page of it).
 */
#include "commands.h"
#include "fetch.h"
#include "keep.h"
#include "scripts.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/jsonw.h"
#include "carrel/kinds.h"
#include "carrel/log.h"
#include "carrel/works.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_DEPTH 20

/* ---- which files ---- */

struct path_list {
    char **items;
    size_t len, cap;
};

static void paths_free(struct path_list *paths)
{
    size_t i;

    for (i = 0; i < paths->len; i++)
        free(paths->items[i]);
    free(paths->items);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Documents below a folder, in the order of their names; links are not followed. */
static int add_folder(struct path_list *paths, const char *folder, int depth, struct error *err)
{
    struct path_list here = { 0 };
    struct dirent *entry;
    struct stat facts;
    DIR *dir = opendir(folder);
    int result = ERR_OK;
    size_t i;

    if (!dir)
        return error_errno(err, "%s", folder);
    while ((entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            VEC_PUSH(here.items, here.len, here.cap, path_join(folder, entry->d_name));
    closedir(dir);
    if (here.len > 0)
        qsort(here.items, here.len, sizeof *here.items, by_name);
    for (i = 0; i < here.len && result == ERR_OK; i++) {
        if (lstat(here.items[i], &facts) != 0)
            continue; /* gone since it was listed */
        if (S_ISDIR(facts.st_mode) && depth < FOLDER_DEPTH)
            result = add_folder(paths, here.items[i], depth + 1, err);
        else if (S_ISREG(facts.st_mode) && document_format_from(here.items[i]) != FORMAT_AUTO)
            VEC_PUSH(paths->items, paths->len, paths->cap, mem_strdup(here.items[i]));
    }
    paths_free(&here);
    return result;
}

static int add_paths(struct path_list *paths, struct command_call *call, struct error *err)
{
    int i, result = ERR_OK;

    for (i = 0; i < call->argc && result == ERR_OK; i++) {
        char *path = path_expand(call->argv[i]);

        if (!file_exists(path) && !folder_exists(path) && fetch_is_for(call->argv[i])) {
            VEC_PUSH(paths->items, paths->len, paths->cap, mem_strdup(call->argv[i]));
            free(path);
        } else if (folder_exists(path)) {
            size_t before = paths->len;

            result = add_folder(paths, path, 0, err);
            if (result == ERR_OK && paths->len == before)
                str_printf(&call->say, "%s: no documents in it\n", path);
            free(path);
        } else {
            VEC_PUSH(paths->items, paths->len, paths->cap, path);
        }
    }
    return result;
}

/* ---- process ---- */

struct process_run {
    struct command_call *call;
    struct keeper *keeper;
    struct arena *arena; /* of one file */
    struct jsonw w;
    size_t locked; /* for want of a password */
    bool json, terminal;
    size_t bad, done, count;
    int64_t began, shown;
};

static void report_near(struct jsonw *w, const struct kept *kept)
{
    size_t i;

    jsonw_key(w, "near");
    jsonw_array(w);
    for (i = 0; i < kept->near_count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "id", kept->near[i].name);
        jsonw_key_string(w, "work", *kept->near[i].work ? kept->near[i].work : NULL);
        jsonw_key_double(w, "similarity", kept->near[i].similarity);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void report_json(struct process_run *run, const char *path, const struct kept *kept,
                        const char *why)
{
    struct jsonw *w = &run->w;

    jsonw_object(w);
    jsonw_key_string(w, "id", *kept->name ? kept->name : NULL);
    jsonw_key_string(w, "source", path);
    jsonw_key_string(w, "state", kept->state);
    jsonw_key_int(w, "pages", kept->pages);
    jsonw_key_int(w, "chars", kept->chars);
    jsonw_key_string(w, "format", kept->format);
    jsonw_key_string(w, "work", kept->work && *kept->work ? kept->work : NULL);
    jsonw_key_string(w, "error", why && *why ? why : NULL);
    jsonw_key_string(w, "title", kept->title && *kept->title ? kept->title : NULL);
    jsonw_key_bool(w, "unchanged", kept->unchanged);
    report_near(w, kept);
    jsonw_end(w);
}

static void report_text(struct process_run *run, const char *path, const struct kept *kept)
{
    struct str *out = &run->call->out;
    size_t i;

    str_printf(out, "%-9s ", kept->state);
    if (kept->text)
        str_printf(out, "%4lld page%s %8lld chars  ", (long long)kept->pages,
                   kept->pages == 1 ? " " : "s", (long long)kept->chars);
    str_add(out, path);
    if (*kept->work)
        str_printf(out, "  %s", kept->work);
    if (*kept->title)
        str_printf(out, "  %s", kept->title);
    if (*kept->message)
        str_printf(out, "  (%s)", kept->message);
    str_add(out, kept->unchanged ? "  (there already)\n" : "\n");
    for (i = 0; i < kept->near_count; i++)
        str_printf(
            out, "          %.0f%% the same text as %s  %s\n", 100 * kept->near[i].similarity,
            *kept->near[i].work ? kept->near[i].work : kept->near[i].name, kept->near[i].title);
}

/* "12 of 340, 8.1/s, 40 s left" on a line of its own, over and over. */
static void report_progress(struct process_run *run)
{
    int64_t took = clock_ticks_ms() - run->began;
    struct str left = STR_INIT;
    double rate;

    run->done++;
    if (!run->terminal || run->count < 2 || took < 1000)
        return;
    rate = (double)run->done * 1000 / (double)took;
    span_format(&left, (int64_t)((double)(run->count - run->done) * 1000 / rate));
    fprintf(stderr, "\r\033[K%zu of %zu documents, %.1f/s, %s left", run->done, run->count, rate,
            left.ptr);
    str_free(&left);
}

static void fetch_progress(void *ctx, const struct net_progress *progress)
{
    struct process_run *run = ctx;
    int64_t now = clock_ticks_ms();

    if (!run->terminal || now - run->shown < 200)
        return;
    run->shown = now;
    fprintf(stderr, "\r\033[K%s", progress->state);
    if (progress->received > 0)
        fprintf(stderr, ": %lld KiB", (long long)(progress->received / 1024));
    if (progress->size > 0)
        fprintf(stderr, " of %lld", (long long)(progress->size / 1024));
}

/* What a file holds is no reason to stop, nor that one cannot be had; what meets them all is. */
static int process_one(struct process_run *run, const char *path, struct error *err)
{
    struct fetch_options options = { .cancel = run->call->cancel,
                                     .progress = fetch_progress,
                                     .ctx = run };
    bool again = call_has(run->call, "--again");
    struct kept kept = { .state = "refused" };
    struct error why = { 0 };
    char *origin = realpath(path, NULL);
    int result;

    arena_reset(run->arena);
    if (!origin && fetch_is_for(path))
        result = keeper_fetch(run->keeper, path, &options, again, run->arena, &kept, &why);
    else
        result = keeper_keep(run->keeper, path, origin ? origin : path, NULL, again, run->arena,
                             &kept, &why);
    free(origin);
    if (run->terminal)
        fputs("\r\033[K", stderr);
    if (result != ERR_OK && !kept.only_this)
        return error_set(err, result, "%s", why.message);
    if (result != ERR_OK) {
        kept.state = "refused";
        kept.text = false;
        if (!run->json)
            log_write(LOG_ERROR, "%s", why.message);
    }
    if (run->json)
        report_json(run, path, &kept, result == ERR_OK ? kept.message : why.message);
    else if (result == ERR_OK)
        report_text(run, path, &kept);
    run->bad += !kept.text;
    run->locked += str_eq(kept.state, "encrypted");
    report_progress(run);
    return call_out(run->call, err);
}

static int process_background(struct command_call *call, const struct path_list *paths,
                              struct error *err)
{
    struct error missing = { 0 };
    size_t i, bad = 0;
    int result = ERR_OK;

    for (i = 0; i < paths->len && result == ERR_OK; i++) {
        char *whole = realpath(paths->items[i], NULL);
        struct str payload = STR_INIT, key = STR_INIT;
        int64_t id;
        bool existing;

        if (!whole && !fetch_is_for(paths->items[i])) {
            if (bad++ == 0)
                error_errno(&missing, "%s", paths->items[i]);
            continue;
        }
        if (whole)
            process_request_payload(&payload, &key, whole, whole);
        else
            process_fetch_payload(&payload, &key, paths->items[i]);
        result = app_job_add(
            call->store,
            &(struct job_request){ .kind = "process", .payload = payload.ptr, .key = key.ptr }, &id,
            &existing, err);
        if (result == ERR_OK)
            str_printf(&call->out, "job %lld %s %s\n", (long long)id, whole ? "reads" : "fetches",
                       whole ? whole : paths->items[i]);
        str_free(&payload);
        str_free(&key);
        free(whole);
    }
    if (result == ERR_OK && bad == 1)
        result =
            error_set(err, bad < paths->len ? ERR_PARTIAL : missing.code, "%s", missing.message);
    else if (result == ERR_OK && bad > 1)
        result = error_set(err, bad < paths->len ? ERR_PARTIAL : missing.code,
                           "%zu of %zu documents are not there: %s, ...", bad, paths->len,
                           missing.message);
    return result;
}

static int process_all(struct process_run *run, const struct path_list *paths, struct error *err)
{
    struct command_call *call = run->call;
    struct document_reader_options options = {
        .config = call->app->config,
        .password_file = call_option(call, "--password-file"),
        .cancel = call->cancel,
        .terminal = run->terminal,
        .many = paths->len > 1,
    };
    int result = keeper_open(&run->keeper, call->app, &options, err);
    size_t i;

    if (result != ERR_OK)
        return result;
    run->arena = arena_new();
    run->count = paths->len;
    run->began = clock_ticks_ms();
    if (run->json) {
        jsonw_start(&run->w, &call->out);
        jsonw_object(&run->w);
        jsonw_key_int(&run->w, "version", 1);
        jsonw_key(&run->w, "documents");
        jsonw_array(&run->w);
    }
    for (i = 0; i < paths->len && result == ERR_OK; i++)
        result = process_one(run, paths->items[i], err);
    if (run->terminal)
        fputs("\r\033[K", stderr);
    if (run->json) {
        jsonw_end(&run->w);
        jsonw_end(&run->w);
        str_add_char(&call->out, '\n');
    }
    arena_free(run->arena);
    keeper_close(run->keeper);
    if (result == ERR_OK && run->locked > 0 && paths->len > 1 && run->terminal)
        str_printf(&call->say,
                   "%zu need%s a password: process such a file alone and it is asked for, or give "
                   "--password-file\n",
                   run->locked, run->locked == 1 ? "s" : "");
    if (result == ERR_OK && run->bad > 0)
        result =
            error_set(err, ERR_PARTIAL, "%zu of %zu documents gave no text", run->bad, paths->len);
    return result;
}

int cmd_process(struct command_call *call, struct error *err)
{
    struct process_run run = { .call = call,
                               .json = call_has(call, "--json"),
                               .terminal =
                                   isatty(STDERR_FILENO) && !call->app->quiet && !call->desk };
    struct path_list paths = { 0 };
    int result;

    if (call->argc == 0)
        return error_set(err, ERR_USAGE, "which document? carrel process ID|URL|FILE|FOLDER...");
    result = add_paths(&paths, call, err);
    if (result == ERR_OK)
        result = call->desk || call_has(call, "--background")
                     ? process_background(call, &paths, err)
                     : process_all(&run, &paths, err);
    paths_free(&paths);
    scripts_after(call, NULL);
    return result;
}

/* ---- what failed for a reason that has passed ---- */

struct requeue {
    struct store *store;
    const struct config *config;
    bool passwords;
    size_t count, cap;
    struct requeue_item {
        char *file, *origin;
    } * items;
};

static int requeue_row(void *ctx, const struct stored_document *row)
{
    struct requeue *requeue = ctx;
    struct requeue_item item;

    if (!keep_may_do_better(requeue->config, row, requeue->passwords))
        return 0;
    item.file = documents_path(requeue->store, row->sha256);
    item.origin = mem_strdup(row->origin);
    VEC_PUSH(requeue->items, requeue->count, requeue->cap, item);
    return 0;
}

int process_requeue(const struct app *app, struct store *store, int64_t *added, struct error *err)
{
    const char *const *files;
    struct requeue requeue = {
        .store = store,
        .config = app->config,
        .passwords = config_values(app->config, "process.password-file", &files) > 0
    };
    size_t i;
    int result = documents_each(store, requeue_row, &requeue, err);

    *added = 0;
    for (i = 0; i < requeue.count; i++) {
        struct requeue_item *item = &requeue.items[i];
        struct str payload = STR_INIT, key = STR_INIT;
        const char *file = file_exists(item->file) ? item->file : item->origin;
        bool existing = false;
        int64_t id;

        process_request_payload(&payload, &key, file, item->origin);
        if (result == ERR_OK && file_exists(file))
            result = app_job_add(
                store,
                &(struct job_request){ .kind = "process", .payload = payload.ptr, .key = key.ptr },
                &id, &existing, err);
        *added += result == ERR_OK && file_exists(file) && !existing;
        str_free(&payload);
        str_free(&key);
        free(item->file);
        free(item->origin);
    }
    free(requeue.items);
    return result;
}

/* ---- read ---- */

struct read_from {
    struct store *store; /* NULL: a file outside the library */
    struct stored_document which;
};

static int read_page(struct command_call *call, const struct document *doc, struct error *err)
{
    long page = 0;
    int result = call_number(call, "--page", 1, 1000000, &page, err);

    if (result != ERR_OK)
        return result;
    if ((size_t)page > doc->page_count)
        return error_set(err, ERR_NOTFOUND, "there is no page %ld: it has %zu", page,
                         doc->page_count);
    document_print_page(&call->out, doc, (uint32_t)page - 1);
    if (call->out.len == 0)
        str_add(&call->say, "there is no text on this page\n");
    return ERR_OK;
}

static void read_outline(struct command_call *call, const struct document *doc)
{
    document_print_outline(&call->out, doc);
    if (call->out.len == 0)
        str_add(&call->say, "no headings were found in it\n");
}

/* The entries as they stand there, and below each the paper of the library that it means. */
static int read_references(struct command_call *call, const struct document *doc,
                           const struct read_from *from, struct error *err)
{
    struct stored_entry *entries = NULL;
    size_t count = 0, i;
    int result = from->store ? documents_references(&entries, &count, from->store, call->arena,
                                                    from->which.id, err)
                             : ERR_OK;

    for (i = 0; i < doc->reference_count && result == ERR_OK; i++) {
        const struct document_reference *reference = &doc->references[i];
        struct work_row row = { 0 };

        str_printf(&call->out, "%.*s\n", (int)(reference->end - reference->start),
                   doc->text + reference->start);
        if (i < count && entries[i].work)
            result = works_rows(from->store, call->arena, &entries[i].work, 1, &row, err);
        if (row.id)
            str_printf(&call->out, "    -> %s  %s\n", row.key, row.title);
    }
    if (doc->reference_count == 0)
        str_add(&call->say, "no bibliography was found in it\n");
    return result;
}

/* "paper.pdf", whether it is there or not. */
static bool has_ending(const char *name)
{
    static const char *const endings[] = { ".pdf", ".txt", ".md", ".html", ".htm", ".tex", ".ps" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(endings); i++)
        if (str_ends(name, endings[i]))
            return true;
    return false;
}

/* A file that is there is read anew; everything else is an id. */
static int read_document(struct command_call *call, const char *what, struct document **doc,
                         struct read_from *from, struct error *err)
{
    struct document_reader reader;
    struct ident ident;
    char *path = path_expand(what);
    bool file = file_exists(path)
                || ((strchr(what, '/') || has_ending(what)) && !ident_parse(&ident, what));
    int result;

    if (file) {
        result = document_reader_open_call(&reader, call, err);
        if (result == ERR_OK) {
            result = document_reader_read(&reader, path, doc, err);
            document_reader_close(&reader);
        }
    } else {
        result = app_open_store(&from->store, call->app, false, err);
        if (result == ERR_OK)
            result = keep_open_document(doc, from->store, call->arena, what, &from->which, err);
    }
    free(path);
    return result;
}

int cmd_read(struct command_call *call, struct error *err)
{
    struct read_from from = { .store = NULL };
    struct document *doc = NULL;
    const char *what = call->argc == 1 ? call->argv[0] : "";
    int result;

    if (call->argc != 1)
        return error_set(err, ERR_USAGE,
                         "what? carrel read ID|FILE [--text|--outline|--references|--page N] "
                         "[--picture]");
    if (call_has(call, "--text") + call_has(call, "--outline") + call_has(call, "--references")
            + (call_option(call, "--page") != NULL)
        > 1)
        return error_set(err, ERR_USAGE, "one of --text, --outline, --references and --page");
    if (call_has(call, "--picture"))
        return read_picture(call, what, err);
    if (call_has(call, "--columns"))
        return error_set(err, ERR_USAGE, "--columns goes with --picture");
    result = read_document(call, what, &doc, &from, err);
    if (result == ERR_OK && !document_state_is_text(doc->state) && doc->reading_len == 0) {
        result = error_set(err, ERR_FAILED, "%s: %s: %s", what, document_state_name(doc->state),
                           doc->message);
    } else if (result == ERR_OK) {
        if (doc->message)
            str_printf(&call->say, "%s: %s: %s\n", what, document_state_name(doc->state),
                       doc->message);
        if (call_option(call, "--page"))
            result = read_page(call, doc, err);
        else if (call_has(call, "--outline"))
            read_outline(call, doc);
        else if (call_has(call, "--references"))
            result = read_references(call, doc, &from, err);
        else
            document_print_text(&call->out, doc);
    }
    document_free(doc);
    store_close(from.store);
    return result;
}
