/*
 * Export as a command: papers, feeds or a website into a file, a folder or the standard output.
 */
#include "commands.h"
#include "opml.h"
#include "own_file.h"

#include "carrel/export.h"
#include "carrel/file.h"

#include <inttypes.h>
#include <string.h>

static int export_progress(void *ctx, int64_t done, int64_t total)
{
    struct command_call *call = ctx;

    (void)done;
    (void)total;
    return call->cancel && atomic_load(call->cancel);
}

static int export_write(void *ctx, const struct str *bytes, struct error *err)
{
    struct command_call *call = ctx;

    str_add_mem(&call->out, bytes->ptr, bytes->len);
    return call_out(call, err);
}

/* Feeds stand in the settings, so no library is asked. */
static int export_opml(struct command_call *call, struct error *err)
{
    const struct own_file own = call_own_file(call, "-o", "export");
    size_t feeds = opml_write(&call->out, call->app->config);
    int result;

    if (!own.path)
        return ERR_OK;
    result = feeds > 0 ? own_file_write(&own, call->out.ptr, call->out.len, err)
                       : error_set(err, ERR_NOTFOUND,
                                   "no feeds in the settings, so %s was not written", own.path);
    str_clear(&call->out);
    return result;
}

/* What the name of a file, or a folder, says of what shall be in it: *format, NULL where it has no
 * ending, or one that may be several things (.json, .xml). An ending of none is a mistake. */
static int export_format_by_name(const char **format, const char *output, struct error *err)
{
    static const struct {
        const char *ending, *format;
    } endings[] = { { "/", "json" },       { ".bib", "bibtex" }, { ".ris", "ris" },
                    { ".jsonl", "jsonl" }, { ".atom", "atom" },  { ".opml", "opml" },
                    { ".json", NULL },     { ".xml", NULL } };
    const char *name = strrchr(output, '/') ? strrchr(output, '/') + 1 : output;
    const char *dot = strrchr(name, '.');
    size_t len = strlen(output), i;

    *format = NULL;
    for (i = 0; i < ARRAY_LEN(endings); i++) {
        size_t tail = strlen(endings[i].ending);

        if (len >= tail && str_ieq(output + len - tail, endings[i].ending)) {
            *format = endings[i].format;
            return ERR_OK;
        }
    }
    if (!dot || dot == name || !dot[1])
        return ERR_OK;
    return error_set(
        err, ERR_USAGE,
        "%s: the endings .bib, .ris, .jsonl, .atom and .opml say what is written (.json "
        "and .xml: JSON Lines); for another --format says it",
        output);
}

/* The papers that are named; --query says which itself, so those that are marked at the desk are
 * not meant. */
static int export_ids(struct command_call *call, struct export_options *options, char ***ids,
                      struct error *err)
{
    if (call->argc == 0)
        return ERR_OK;
    if (options->query)
        return error_set(err, ERR_USAGE, "either papers or --query, not both");
    if (options->format == EXPORT_ATOM)
        return error_set(err, ERR_USAGE,
                         "a feed is of a query, not of papers: --format atom --query QUERY");
    return call_ids(call, 0, ids, &options->id_count, err);
}

static void say_exported(struct command_call *call, const struct export_options *options,
                         int64_t papers)
{
    const char *plural = papers == 1 ? "" : "s";

    str_printf(&call->say, "%s: ", options->output);
    if (options->id_count > 0 && call->desk)
        str_printf(&call->say, "the %" PRId64 " marked paper%s\n", papers, plural);
    else if (options->id_count > 0)
        str_printf(&call->say, "%" PRId64 " paper%s\n", papers, plural);
    else if (options->query && !str_blank(options->query))
        str_printf(&call->say, "%" PRId64 " paper%s of '%s'\n", papers, plural, options->query);
    else
        str_printf(&call->say, "the whole library: %" PRId64 " paper%s\n", papers, plural);
}

int cmd_export(struct command_call *call, struct error *err)
{
    const struct config *config = call->app->config;
    const char *name = call_option(call, "--format"), *tracker = call_option(call, "--tracker");
    struct str token = STR_INIT;
    struct export_options options = { .format = EXPORT_JSONL,
                                      .query = call_option(call, "--query"),
                                      .output = call_path(call, call_option(call, "-o")),
                                      .title = config_text(config, "site.title"),
                                      .tracker =
                                          tracker ? tracker : config_text(config, "site.tracker"),
                                      .cite_key = config_text(config, "cite.key"),
                                      .force = call_has(call, "--force"),
                                      .ascii = call_has(call, "--tex-accents"),
                                      .as_pandoc = config_bool(config, "cite.as-pandoc"),
                                      .progress = export_progress,
                                      .write = export_write,
                                      .ctx = call };
    struct site_report report = { 0 };
    char **ids = NULL;
    long limit = 0;
    int result = ERR_OK;

    if (!name && options.output)
        result = export_format_by_name(&name, options.output, err);
    if (result != ERR_OK)
        return result;
    if (name && strcmp(name, "opml") == 0)
        return export_opml(call, err);
    if (name && !export_format_from(name, &options.format))
        return error_set(err, ERR_USAGE,
                         "--format %s: this carrel writes site, json, jsonl, atom, bibtex, "
                         "biblatex, ris, csl and opml",
                         name);
    if (call->desk && (!options.output || strcmp(options.output, "-") == 0))
        return error_set(err, ERR_USAGE,
                         "export writes a file: say where with -o FILE (a website: --format site "
                         "-o FOLDER)");
    result = call_number(call, "--limit", 1, 100000, &limit, err);
    options.limit = (int)limit;
    if (result == ERR_OK)
        result = export_ids(call, &options, &ids, err);
    options.ids = ids;
    if (result == ERR_OK && options.format == EXPORT_SITE && options.tracker)
        result = site_token(&token, config, err);
    options.tracker_token = token.ptr;
    if (result == ERR_OK)
        result = export_run(call->store, &options, &report, err);
    str_free(&token);
    if (result == ERR_PARSE && err)
        err->code = result = ERR_USAGE;
    if (result == ERR_NOTFOUND && options.id_count > 0 && !call->desk)
        error_context(err, "export takes ids, and a query behind --query");
    if (result == ERR_OK && report.left_out > 0)
        str_printf(&call->say, "the newest %" PRId64 " of %" PRId64 "; --limit N writes more\n",
                   report.papers, report.papers + report.left_out);
    if (result != ERR_OK || !options.output || strcmp(options.output, "-") == 0)
        return result;
    if (call_has(call, "--json"))
        str_printf(&call->out,
                   "{\"papers\":%" PRId64 ",\"files\":%" PRId64 ",\"written\":%" PRId64
                   ",\"unchanged\":%" PRId64 ",\"removed\":%" PRId64 "}\n",
                   report.papers, report.files, report.written, report.unchanged, report.removed);
    else if (export_is_folder(options.format))
        str_printf(&call->say,
                   "%s: %" PRId64 " papers in %" PRId64 " files (%" PRId64 " written, %" PRId64
                   " unchanged, %" PRId64 " removed)\n",
                   options.output, report.papers, report.files, report.written, report.unchanged,
                   report.removed);
    else
        say_exported(call, &options, report.papers);
    return ERR_OK;
}
