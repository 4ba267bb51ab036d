/*
 * Commands about documents: process (what became of each file), read (its text, its sections, one
 * page of it).
 */
#include "commands.h"
#include "documents.h"

#include "carrel/exchange.h"
#include "carrel/file.h"
#include "carrel/jsonw.h"
#include "carrel/log.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER_DEPTH 20
#define ID_DIGITS 16
#define HASHED_MAX ((size_t)PROCESS_FILE_MAX)

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

        if (folder_exists(path)) {
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
    struct document_reader reader;
    struct jsonw w;
    bool json;
    size_t bad;
};

/* "file:" and the beginning of the SHA-256 of what it holds; "" when it cannot be read. */
static void file_id(char out[32], const char *path)
{
    struct str bytes = STR_INIT;
    char hash[65];

    out[0] = '\0';
    if (file_read(&bytes, path, HASHED_MAX, NULL) == ERR_OK) {
        sha256_hex(hash, bytes.ptr, bytes.len);
        snprintf(out, 32, "file:%.*s", ID_DIGITS, hash);
    }
    str_free(&bytes);
}

static void report_json(struct process_run *run, const char *path, const char *state,
                        const struct document *doc, const char *why)
{
    struct jsonw *w = &run->w;
    char id[32];

    file_id(id, path);
    jsonw_object(w);
    jsonw_key_string(w, "id", id[0] ? id : NULL);
    jsonw_key_string(w, "source", path);
    jsonw_key_string(w, "state", state);
    jsonw_key_int(w, "pages", doc ? (int64_t)doc->page_count : 0);
    jsonw_key_int(w, "chars", doc ? (int64_t)doc->reading_len : 0);
    jsonw_key(w, "work");
    jsonw_null(w);
    jsonw_key_string(w, "error", why);
    if (doc) {
        jsonw_key_string(w, "format", document_format_name(doc->format));
        jsonw_key_string(w, "title", doc->meta.title);
        jsonw_key_string(w, "doi", doc->meta.doi);
        jsonw_key_string(w, "arxiv", doc->meta.arxiv);
        jsonw_key_int(w, "sections", (int64_t)doc->section_count);
        jsonw_key_int(w, "figures", (int64_t)doc->figure_count);
        jsonw_key_int(w, "references", (int64_t)doc->reference_count);
        jsonw_key_int(w, "citations", (int64_t)doc->citation_count);
    }
    jsonw_end(w);
}

static void report_text(struct process_run *run, const char *path, const char *state,
                        const struct document *doc, const char *why)
{
    struct str *out = &run->call->out;

    str_printf(out, "%-9s ", state);
    if (doc && doc->reading_len > 0)
        str_printf(out, "%4zu page%s %8u chars  ", doc->page_count,
                   doc->page_count == 1 ? " " : "s", doc->reading_len);
    str_add(out, path);
    if (doc && doc->meta.title)
        str_printf(out, "  %s", doc->meta.title);
    if (why)
        str_printf(out, "  (%s)", why);
    str_add_char(out, '\n');
}

static int process_one(struct process_run *run, const char *path, struct error *err)
{
    struct document *doc = NULL;
    struct error why = { 0 };
    int result = document_reader_read(&run->reader, path, &doc, &why);
    const char *state = doc ? document_state_name(doc->state) : "refused";
    const char *reason = doc ? doc->message : why.message;

    if (result == ERR_CANCELLED)
        return error_set(err, result, "%s", why.message);
    if (result != ERR_OK && !run->json)
        log_write(LOG_ERROR, "%s", why.message);
    if (run->json)
        report_json(run, path, state, doc, reason);
    else if (result == ERR_OK)
        report_text(run, path, state, doc, reason);
    if (!doc || !document_state_is_text(doc->state))
        run->bad++;
    document_free(doc);
    return call_out(run->call, err);
}

int cmd_process(struct command_call *call, struct error *err)
{
    struct process_run run = { .call = call, .json = call_has(call, "--json") };
    struct path_list paths = { 0 };
    size_t i;
    int result;

    if (call->argc == 0)
        return error_set(err, ERR_USAGE, "which file? carrel process FILE|FOLDER...");
    result = add_paths(&paths, call, err);
    if (result == ERR_OK)
        result = document_reader_open(&run.reader, call, err);
    if (result != ERR_OK)
        goto out;
    if (run.json) {
        jsonw_start(&run.w, &call->out);
        jsonw_object(&run.w);
        jsonw_key_int(&run.w, "version", 1);
        jsonw_key(&run.w, "documents");
        jsonw_array(&run.w);
    }
    for (i = 0; i < paths.len && result == ERR_OK; i++)
        result = process_one(&run, paths.items[i], err);
    if (run.json) {
        jsonw_end(&run.w);
        jsonw_end(&run.w);
        str_add_char(&call->out, '\n');
    }
    document_reader_close(&run.reader);
    if (result == ERR_OK && run.bad > 0)
        result =
            error_set(err, ERR_PARTIAL, "%zu of %zu documents gave no text", run.bad, paths.len);
out:
    paths_free(&paths);
    return result;
}

/* ---- read ---- */

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

int cmd_read(struct command_call *call, struct error *err)
{
    struct document_reader reader;
    struct document *doc = NULL;
    char *path;
    int result;

    if (call->argc != 1)
        return error_set(err, ERR_USAGE, "what? carrel read FILE [--text|--outline|--page N]");
    if (call_has(call, "--text") + call_has(call, "--outline")
            + (call_option(call, "--page") != NULL)
        > 1)
        return error_set(err, ERR_USAGE, "one of --text, --outline and --page");
    path = path_expand(call->argv[0]);
    result = document_reader_open(&reader, call, err);
    if (result == ERR_OK) {
        result = document_reader_read(&reader, path, &doc, err);
        document_reader_close(&reader);
    }
    if (result == ERR_OK && !document_state_is_text(doc->state) && doc->reading_len == 0) {
        result = error_set(err, ERR_FAILED, "%s: %s: %s", path, document_state_name(doc->state),
                           doc->message);
    } else if (result == ERR_OK) {
        if (doc->message)
            str_printf(&call->say, "%s: %s: %s\n", path, document_state_name(doc->state),
                       doc->message);
        if (call_option(call, "--page"))
            result = read_page(call, doc, err);
        else if (call_has(call, "--outline"))
            read_outline(call, doc);
        else
            document_print_text(&call->out, doc);
    }
    document_free(doc);
    free(path);
    return result;
}
