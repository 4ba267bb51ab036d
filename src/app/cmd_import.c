/*
 * Import as a command: files in, with progress on a terminal and counts at the end.
 */
#include "alerts.h"
#include "commands.h"
#include "hooks.h"
#include "import_keys.h"
#include "import_read.h"
#include "opml.h"
#include "scripts.h"
#include "settings.h"

#include "carrel/cited.h"
#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/jobs.h"
#include "carrel/jsonw.h"
#include "carrel/library.h"
#include "carrel/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRESS_MS 250

struct import_run {
    struct command_call *call;
    struct importer *importer;
    struct error *err;
    const char *file;
    int64_t rejected; /* by the parser */
    int64_t partly;   /* kept as far as they could be read */
    int64_t records;  /* of this file; feeds, too */
    struct opml opml;
    int64_t started, shown;
    int64_t began; /* ms, when the library was opened for it */
    int64_t last;  /* record that was there before */
    bool terminal;
};

static int import_record(void *ctx, const struct record *record)
{
    struct import_run *run = ctx;

    run->records++;
    return importer_add(run->importer, record, run->err);
}

static void import_say(struct import_run *run, long line, const char *why)
{
    char *text = line > 0 ? mem_printf("%s:%ld: %s\n", run->file, line, why)
                          : mem_printf("%s: %s\n", run->file, why);

    if (run->terminal)
        fputs("\r\033[K", stderr);
    log_talk(text);
    free(text);
}

static void import_reject(void *ctx, long line, const char *why)
{
    struct import_run *run = ctx;

    run->rejected++;
    import_say(run, line, why);
}

static void import_note(void *ctx, long line, const char *why, bool partly)
{
    struct import_run *run = ctx;

    run->partly += partly;
    import_say(run, line, why);
}

/* What the records of a file have and carrel does not read: once for each name. */
static void import_unknown(void *ctx, const char *name, long line, long more)
{
    char *why = more > 0 ? mem_printf("unknown field '%s' (line %ld, and %ld more); carrel help "
                                      "import lists the fields",
                                      name, line, more)
                         : mem_printf("unknown field '%s' (line %ld); carrel help import lists the "
                                      "fields",
                                      name, line);

    import_say(ctx, 0, why);
    free(why);
}

static void import_refuse(void *ctx, long line, const char *why)
{
    import_say(ctx, line, why); /* the importer counts these itself */
}

static int import_feed(void *ctx, const struct parse_feed *feed)
{
    struct import_run *run = ctx;
    const char *why = opml_take(&run->opml, feed);

    run->records++;
    if (why)
        import_say(run, feed->line, why);
    return ERR_OK;
}

static int import_progress(void *ctx, int64_t done, int64_t size)
{
    struct import_run *run = ctx;
    int64_t now = clock_ticks_ms();
    struct import_counts counts;
    double seconds;

    if (run->call->cancel && atomic_load(run->call->cancel))
        return 1;
    if (!run->terminal || !run->importer || now - run->shown < PROGRESS_MS
        || now - run->started < 1000)
        return 0;
    run->shown = now;
    importer_counts(run->importer, &counts);
    seconds = (double)(now - run->started) / 1000;
    fprintf(stderr, "\r\033[K%s: %" PRId64 " papers, %.0f/s", run->file, counts.seen,
            (double)counts.seen / seconds);
    if (size > 0 && done > 0)
        fprintf(stderr, ", %d%%, %.0f s left", (int)(done * 100 / size),
                seconds * (double)(size - done) / (double)done);
    return 0;
}

static int import_file(struct import_run *run, const char *file, enum parse_format format,
                       struct error *err)
{
    struct parse_sink sink = { .ctx = run,
                               .record = import_record,
                               .reject = import_reject,
                               .note = import_note,
                               .feed = import_feed,
                               .unknown = import_unknown };
    struct import_source source = { .path = file,
                                    .format = format,
                                    .tags = call_has(run->call, "--tags"),
                                    .sink = &sink,
                                    .progress = import_progress,
                                    .cancel = run->call->cancel };
    struct parse_info info;
    int result;

    run->file = strcmp(file, "-") == 0 ? "standard input" : file;
    run->records = 0;
    run->err = err;
    result = import_read(&source, &info, err);
    if (result == ERR_OK && *info.error_code && strcmp(info.error_code, "noRecordsMatch") != 0)
        result = error_set(
            err, ERR_PARSE, "%s: the server answered with an error, not with papers: %s%s%s",
            run->file, info.error_code, *info.error_text ? ": " : "", info.error_text);
    if (result == ERR_OK && run->records == 0 && run->rejected == 0 && !run->call->app->quiet)
        str_printf(&run->call->say, "%s: no papers in it\n", run->file);
    if (run->terminal)
        fputs("\r\033[K", stderr);
    return result;
}

static void report_feeds(struct jsonw *w, const struct opml *opml, bool written)
{
    size_t i;

    jsonw_key_bool(w, "written", written);
    jsonw_key(w, "feeds");
    jsonw_array(w);
    for (i = 0; i < opml->len; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "name", opml->feeds[i].name);
        jsonw_key_string(w, "title", opml->feeds[i].title);
        jsonw_key_string(w, "url", opml->feeds[i].url);
        jsonw_end(w);
    }
    jsonw_end(w);
}

/* How to take back what came; and how to take out what was added, whatever came since. */
static void say_taken_back(struct import_run *run, const struct import_counts *counts)
{
    int64_t added = counts->added - (int64_t)run->opml.len - counts->returned;
    struct str query = STR_INIT;

    if (counts->returned > 0)
        str_printf(&run->call->say,
                   "%" PRId64 " of them came back out of the bin, where 'undo import' had put "
                   "them\n",
                   counts->returned);
    if (added > 0 || counts->returned > 0 || counts->updated > 0)
        str_add(&run->call->say, "carrel undo import takes it back\n");
    if (added <= 0)
        return;
    query_of_added(&query, run->began, clock_now_ms());
    str_printf(&run->call->say, "what was added is taken out by: carrel rm --query '%s'\n",
               query.ptr);
    str_free(&query);
}

void report_counts(struct jsonw *w, const struct import_counts *counts)
{
    jsonw_key_int(w, "seen", counts->seen);
    jsonw_key_int(w, "added", counts->added);
    jsonw_key_int(w, "updated", counts->updated);
    jsonw_key_int(w, "unchanged", counts->unchanged);
    jsonw_key_int(w, "rejected", counts->rejected);
    jsonw_key_int(w, "merged", counts->merged);
    jsonw_key_int(w, "binned", counts->binned);
}

/* Where sections were printed, they alone are the data. */
static void import_report(struct import_run *run, const struct import_counts *counts, bool written)
{
    struct command_call *call = run->call;
    bool printed = run->opml.len > 0 && !written;
    struct jsonw w;

    if (!call_has(call, "--json")) {
        str_printf(printed ? &call->say : &call->out,
                   "%" PRId64 " seen: %" PRId64 " added, %" PRId64 " updated, %" PRId64
                   " unchanged, %" PRId64 " rejected\n",
                   counts->seen, counts->added, counts->updated, counts->unchanged,
                   counts->rejected);
        say_taken_back(run, counts);
        say_binned(&call->say, counts->binned);
        if (counts->merged > 0)
            str_printf(&call->say,
                       "%" PRId64 " of them merged with papers that are here already, by title and "
                       "authors: carrel duplicates --merged\n",
                       counts->merged);
        return;
    }
    jsonw_start(&w, &call->out);
    jsonw_object(&w);
    report_counts(&w, counts);
    if (run->opml.seen > 0)
        report_feeds(&w, &run->opml, written);
    jsonw_end(&w);
    str_add_char(&call->out, '\n');
}

/* Sections of new feeds: printed, or with --write in the settings. */
static int import_feeds(struct import_run *run, bool *written, struct error *err)
{
    struct command_call *call = run->call;
    const char *file = call->app->config_file;
    struct str text = STR_INIT;
    int result = ERR_OK;

    opml_sections(&text, &run->opml);
    if (run->opml.secured > 0)
        str_printf(&call->say, "%" PRId64 " of them by https, though the list says http\n",
                   run->opml.secured);
    if (run->opml.len > 0 && call_has(call, "--write")) {
        result = settings_add(call->app, text.ptr, err);
        *written = result == ERR_OK;
        if (*written)
            str_printf(&call->say, "%s has them now; carrel sync fetches what is new\n", file);
    } else if (run->opml.len > 0) {
        if (!call_has(call, "--json"))
            str_add(&call->out, text.ptr);
        str_printf(&call->say, "nothing is changed: --write adds these sections to %s\n", file);
    }
    str_free(&text);
    return result;
}

/* A file that cannot be read as a whole does not keep the others from being read. */
static int import_files(struct import_run *run, enum parse_format format, int *bad,
                        struct error *err)
{
    int i, result = ERR_OK;

    for (i = 0; i < run->call->argc; i++) {
        struct error why = { 0 };

        result = import_file(run, run->call->argv[i], format, &why);
        if (result == ERR_OK)
            continue;
        if (result == ERR_PARSE || result == ERR_LIMIT || result == ERR_NOTFOUND || result == ERR_IO
            || result == ERR_READONLY) {
            log_write(LOG_ERROR, "%s", why.message);
            (*bad)++;
            result = ERR_OK;
            continue;
        }
        return error_set(err, result, "%s", why.message);
    }
    return result;
}

/* One file as a job. The worker may stand in another folder: its path is made whole. */
static int import_hand_over(struct command_call *call, const char *file, const char *format,
                            struct error *err)
{
    char *expanded = path_expand(file), *whole = realpath(expanded, NULL);
    struct job_request request = { .kind = "import" };
    struct str payload = STR_INIT, key = STR_INIT;
    struct jsonw w;
    int result;

    if (!whole) {
        result = error_errno(err, "%s", expanded);
        goto out;
    }
    jsonw_start(&w, &payload);
    jsonw_object(&w);
    jsonw_key_string(&w, "file", whole);
    if (format)
        jsonw_key_string(&w, "format", format);
    if (call_has(call, "--tags"))
        jsonw_key_string(&w, "tags", "keywords");
    jsonw_end(&w);
    request.payload = payload.ptr;
    if (strlen(whole) < JOB_KEY_MAX - 10) {
        str_printf(&key, "import:%s", whole);
        request.key = key.ptr;
    }
    result = job_hand_over(call, &request, err);
out:
    str_free(&payload);
    str_free(&key);
    free(expanded);
    free(whole);
    return result;
}

static int import_background(struct command_call *call, const char *format, struct error *err)
{
    int i, result = ERR_OK;

    for (i = 0; i < call->argc && result == ERR_OK; i++)
        result = strcmp(call->argv[i], "-") == 0
                     ? error_set(err, ERR_USAGE, "standard input cannot be read in the background")
                     : import_hand_over(call, call->argv[i], format, err);
    return result;
}

/* Ends what was begun, whatever came of it: what was read is kept. */
static int import_finish(struct import_run *run, struct import_counts *counts, int result,
                         bool *written, struct error *err)
{
    struct import_keys keys = { 0 };
    struct error why = { 0 };
    int finished = ERR_OK;

    if (run->importer && (result == ERR_OK || result == ERR_CANCELLED))
        finished = importer_finish(run->importer, counts, &why);
    if (finished != ERR_OK)
        result = error_set(err, finished, "%s", why.message);
    if (run->importer)
        importer_counts(run->importer, counts);
    if (result == ERR_OK && run->importer)
        result = import_keys(&keys, &run->call->say, run->call->store, run->last, err);
    importer_free(run->importer);
    if (result == ERR_OK)
        result = import_feeds(run, written, err);
    counts->seen += run->rejected + run->opml.seen;
    counts->rejected += run->rejected + run->opml.rejected;
    counts->unchanged += run->opml.known;
    counts->added += result == ERR_OK ? (int64_t)run->opml.len : 0;
    return result;
}

static int import_verdict(const struct import_run *run, const struct import_counts *counts, int bad,
                          struct error *err)
{
    struct str what = STR_INIT;
    int result;

    if (bad == run->call->argc && counts->seen == 0)
        return error_set(err, ERR_FAILED, "nothing was imported");
    if (bad == 0 && counts->rejected == 0 && run->partly == 0)
        return ERR_OK;
    if (bad == 0 && counts->rejected == 0)
        return error_set(err, ERR_PARTIAL, "all are kept, %" PRId64 " of them as far as %s",
                         run->partly, run->partly == 1 ? "it could be read" : "they could be read");
    if (counts->rejected > 0)
        str_printf(&what, "%" PRId64 " record%s", counts->rejected,
                   counts->rejected == 1 ? "" : "s");
    if (bad > 0)
        str_printf(&what, "%s%d file%s", what.len ? " and " : "", bad, bad == 1 ? "" : "s");
    result = error_set(err, ERR_PARTIAL, "%s could not be read; the rest is kept%s", what.ptr,
                       run->partly ? ", some of it as far as it could be read" : "");
    str_free(&what);
    return result;
}

/* As undo and its list call it. */
static void import_name_step(struct importer *importer, const struct command_call *call)
{
    const char *file = call->argv[0];
    const char *base = strcmp(file, "-") == 0 ? "standard input" : path_base(file);
    char *name = call->argc > 1 ? mem_printf("%s and %d more file%s", base, call->argc - 1,
                                             call->argc > 2 ? "s" : "")
                                : mem_strdup(base);

    importer_step(importer, name);
    free(name);
}

/* A list of feeds alone needs no library. */
static int import_now(struct command_call *call, enum parse_format format, struct error *err)
{
    struct import_run run = { .call = call, .started = clock_ticks_ms(), .began = clock_now_ms() };
    struct import_counts counts = { 0 };
    bool written = false;
    int bad = 0, result = ERR_OK;

    run.terminal = isatty(STDERR_FILENO) && !call->app->quiet;
    run.opml = (struct opml){ .config = call->app->config, .arena = call->arena };
    if (format != PARSE_OPML)
        hooks_expect(NULL, call->app);
    if (format != PARSE_OPML)
        result = cited_last(&run.last, call->store, err);
    if (format != PARSE_OPML && result == ERR_OK)
        result = importer_new(&run.importer, call->app->library, err);
    if (result != ERR_OK)
        return result;
    if (run.importer) {
        importer_on_reject(run.importer, import_refuse, &run);
        import_name_step(run.importer, call);
    }
    result = import_files(&run, format, &bad, err);
    result = import_finish(&run, &counts, result, &written, err);
    import_report(&run, &counts, written);
    if (format != PARSE_OPML) {
        alerts_after(call);
        scripts_after(call, NULL);
    }
    if (result == ERR_CANCELLED)
        return error_set(
            err, result,
            "stopped; what is counted above is in the library, and importing again goes on");
    if (result != ERR_OK)
        return result;
    if (call_has(call, "--write") && run.opml.seen == 0 && bad == 0)
        return error_set(err, ERR_USAGE, "--write adds feeds to the settings, and there were none");
    return import_verdict(&run, &counts, bad, err);
}

int cmd_import(struct command_call *call, struct error *err)
{
    const char *name = call_option(call, "--format");
    enum parse_format format = PARSE_AUTO;
    bool feeds;

    if (name && !parse_format_from(name, &format))
        return error_set(
            err, ERR_USAGE,
            "--format %s: this carrel reads auto, jsonl, bibtex, ris, csl, "
            "zotero, papis, arxiv-mail, arxiv-atom, oai, rss, hf, pwc, crossref and opml",
            name);
    if (call->argc == 0)
        return error_set(err, ERR_USAGE, "which file? carrel import FILE... (- is standard input)");
    feeds = format == PARSE_OPML || call_has(call, "--write");
    if (feeds && (call->desk || call_has(call, "--background")))
        return error_set(err, ERR_USAGE,
                         "feeds are added to the settings in a shell: carrel import --write FILE");
    if (call->desk || call_has(call, "--background"))
        return import_background(call, name, err);
    return import_now(call, format, err);
}
