/*
 * The job that imports a file. Batches are committed as they come and a record that is there
 * already changes nothing, so that a second run after a crash goes over what was read and adds the
 * rest.
 */
#include "alerts.h"
#include "commands.h"
#include "hooks.h"
#include "import_keys.h"
#include "import_read.h"
#include "scripts.h"

#include "carrel/kinds.h"

#include "carrel/cited.h"
#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/library.h"
#include "carrel/sources.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define REFUSALS 5 /* told one by one */

struct import_job {
    struct job_run *run;
    struct importer *importer;
    struct error *err;
    bool tags;
    int64_t began; /* clock_now_ms() */
    int64_t records;
    int64_t by_parser, by_importer; /* refused */
    int64_t partly;                 /* kept as far as they could be read */
    int64_t last;                   /* record that was there before */
    struct import_keys keys;
    struct str refusals;
    struct str keys_told; /* a line for each of `keys` */
};

static int import_record(void *ctx, const struct record *record)
{
    struct import_job *import = ctx;

    import->records++;
    return importer_add(import->importer, record, import->err);
}

static void import_refused(struct import_job *import, long line, const char *why)
{
    if (import->by_parser + import->by_importer + import->partly > REFUSALS)
        return;
    if (line > 0)
        str_printf(&import->refusals, "; line %ld: %s", line, why);
    else
        str_printf(&import->refusals, "; %s", why);
}

static void import_reject(void *ctx, long line, const char *why)
{
    struct import_job *import = ctx;

    import->by_parser++;
    import_refused(import, line, why);
}

static void import_note(void *ctx, long line, const char *why, bool partly)
{
    struct import_job *import = ctx;

    import->partly += partly;
    if (partly)
        import_refused(import, line, why);
}

static void import_refuse(void *ctx, long line, const char *why)
{
    struct import_job *import = ctx;

    import->by_importer++; /* which the importer counts itself */
    import_refused(import, line, why);
}

/* The total is guessed from how far into the file the papers so far have come. */
static int import_progress(void *ctx, int64_t done, int64_t size)
{
    struct import_job *import = ctx;
    int64_t total = 0;

    if (done > 0 && size >= done)
        total = (int64_t)((double)import->records * (double)size / (double)done);
    job_progress(import->run, import->records, total, "papers");
    return atomic_load(import->run->stop);
}

static int import_all(struct import_job *import, const char *file, enum parse_format format,
                      struct error *err)
{
    struct parse_sink sink = {
        .ctx = import, .record = import_record, .reject = import_reject, .note = import_note
    };
    struct import_source source = { .path = file,
                                    .format = format,
                                    .tags = import->tags,
                                    .sink = &sink,
                                    .progress = import_progress,
                                    .cancel = import->run->stop };
    struct parse_info info;
    int result = import_read(&source, &info, err);

    if (result == ERR_OK && *info.error_code && strcmp(info.error_code, "noRecordsMatch") != 0)
        result = error_set(err, ERR_PARSE, "%s holds a server's error, not papers: %s %s", file,
                           info.error_code, info.error_text);
    return result;
}

/* Nothing where there are none. */
static void report_told(struct jsonw *w, struct arena *arena, const char *lines)
{
    struct text_list told = { 0 };
    size_t i;

    text_list_add_lines(&told, arena, lines);
    if (told.len == 0)
        return;
    jsonw_key(w, "told");
    jsonw_array(w);
    for (i = 0; i < told.len; i++)
        jsonw_string(w, told.items[i]);
    jsonw_end(w);
}

static void import_result(struct import_job *import, struct import_counts *counts)
{
    struct str query = STR_INIT;
    struct jsonw w;

    query_of_added(&query, import->began, clock_now_ms());
    jsonw_start(&w, &import->run->result);
    jsonw_object(&w);
    report_counts(&w, counts);
    if (import->keys.second > 0)
        jsonw_key_int(&w, "two_keys", import->keys.second);
    if (import->keys.shared > 0)
        jsonw_key_int(&w, "same_key", import->keys.shared);
    report_told(&w, import->run->arena, import->keys_told.ptr);
    if (counts->added > counts->returned)
        jsonw_key_string(&w, "query", query.ptr);
    jsonw_end(&w);
    str_free(&query);
    job_progress(import->run, counts->seen, counts->seen, "papers");
}

/* What was read is kept, however it ended. */
static int import_run(struct import_job *import, const char *file, enum parse_format format,
                      struct error *err)
{
    struct import_counts counts = { 0 };
    struct error why = { 0 };
    int finished, result;

    hooks_expect(import->run->store, import->run->ctx);
    result = cited_last(&import->last, import->run->store, err);
    if (result == ERR_OK)
        result = importer_new(&import->importer, store_dir(import->run->store), err);
    if (result != ERR_OK)
        return result;
    importer_on_reject(import->importer, import_refuse, import);
    importer_step(import->importer, path_base(file));
    import->err = err;
    result = import_all(import, file, format, err);
    finished = importer_finish(import->importer, &counts, &why);
    importer_free(import->importer);
    if (finished != ERR_OK && (result == ERR_OK || result == ERR_CANCELLED))
        result = error_set(err, finished, "%s", why.message);
    if (result != ERR_OK)
        return result;
    result = import_keys(&import->keys, &import->keys_told, import->run->store, import->last, err);
    if (result != ERR_OK)
        return result;
    counts.seen += import->by_parser;
    counts.rejected += import->by_parser;
    import_result(import, &counts);
    alerts_after_job(import->run->store, import->run->ctx, import->run->stop);
    scripts_match(import->run->store, import->run->ctx);
    if (counts.rejected > 0)
        return error_set(err, ERR_PARTIAL, "%" PRId64 " record%s could not be read%s",
                         counts.rejected, counts.rejected == 1 ? "" : "s", import->refusals.ptr);
    if (import->partly > 0)
        return error_set(err, ERR_PARTIAL, "all are kept, %" PRId64 " of them in part%s",
                         import->partly, import->refusals.ptr);
    return ERR_OK;
}

int kind_import(struct job_run *run, struct error *err)
{
    struct import_job import = {
        .run = run, .began = clock_now_ms(), .refusals = STR_INIT, .keys_told = STR_INIT
    };
    enum parse_format format = PARSE_AUTO;
    char *file = NULL, *name = NULL, *tags = NULL;
    int result = job_member(run->store, run->arena, run->job->payload, "file", &file, err);

    if (result == ERR_OK)
        result = job_member(run->store, run->arena, run->job->payload, "format", &name, err);
    if (result == ERR_OK)
        result = job_member(run->store, run->arena, run->job->payload, "tags", &tags, err);
    import.tags = tags != NULL;
    if (result != ERR_OK)
        return result;
    if (!file || *file != '/')
        return error_set(err, ERR_USAGE, "an import needs {\"file\":PATH} with a whole path");
    if (name && !parse_format_from(name, &format))
        return error_set(err, ERR_USAGE, "there is no format '%.40s'", name);
    if (access(file, R_OK) != 0)
        return error_set(err, ERR_NOTFOUND, "%s is not there, or is no file to be read", file);
    result = import_run(&import, file, format, err);
    str_free(&import.refusals);
    str_free(&import.keys_told);
    return result;
}
