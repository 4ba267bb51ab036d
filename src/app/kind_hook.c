/*
 * The job that runs a hook: the program as the configuration names it now, an argument vector
 * without a shell, and what has happened as JSON on its standard input. What it says goes into the
 * log. One that ends with an error is run again after a pause, a few times; one that cannot be
 * started or takes too long would do so again, and has failed.
 */
#include "hooks.h"
#include "scripts.h"

#include "carrel/documents.h"
#include "carrel/jsonw.h"
#include "carrel/log.h"
#include "carrel/program.h"
#include "carrel/publish.h"
#include "carrel/utf8.h"
#include "carrel/works.h"

#include <stdlib.h>
#include <string.h>

#define SAID_MAX 65536 /* of what it says; more is thrown away */
#define SAID_KEPT 2000 /* with the job */

/* ---- what has happened ---- */

/* The record of a paper that has come, with the queries that find it; nothing when it is gone. */
static int paper_json(struct jsonw *w, struct job_run *run, const char *paper, struct error *err)
{
    struct str json = STR_INIT;
    struct record record;
    char *key = NULL, *queries = NULL;
    int64_t work;
    int result = job_member(run->store, run->arena, paper, "id", &key, err);

    if (result == ERR_OK)
        result = job_member(run->store, run->arena, paper, "queries", &queries, err);
    if (result == ERR_OK)
        result = works_find(run->store, &work, key ? key : "", err);
    if (result == ERR_OK)
        result = publish_record(run->store, run->arena, work, &record, err);
    if (result == ERR_OK) {
        record_to_json(&json, &record);
        jsonw_object(w);
        jsonw_key(w, "queries");
        jsonw_raw(w, queries ? queries : "[]");
        jsonw_key(w, "record");
        jsonw_raw(w, json.ptr);
        jsonw_end(w);
    }
    str_free(&json);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static int match_json(struct jsonw *w, struct job_run *run, struct error *err)
{
    struct text_list papers = { 0 };
    size_t i;
    int result = job_values(run->store, run->arena, run->job->payload, "papers", &papers, err);

    jsonw_key(w, "papers");
    jsonw_array(w);
    for (i = 0; i < papers.len && result == ERR_OK; i++)
        result = paper_json(w, run, papers.items[i], err);
    jsonw_end(w);
    return result;
}

static int processed_json(struct jsonw *w, struct job_run *run, struct error *err)
{
    char *sha256 = NULL;
    int result = job_member(run->store, run->arena, run->job->payload, "document", &sha256, err);

    return result == ERR_OK ? hook_document(w, run->store, run->arena, sha256 ? sha256 : "", err)
                            : result;
}

static int synced_json(struct jsonw *w, struct job_run *run, struct error *err)
{
    char *report = NULL;
    int result = job_member(run->store, run->arena, run->job->payload, "report", &report, err);

    jsonw_key(w, "report");
    jsonw_raw(w, report ? report : "");
    return result;
}

static int what_happened(struct str *out, struct job_run *run, const char *name,
                         enum script_event event, struct error *err)
{
    const struct app *app = run->ctx;
    struct jsonw w;
    int result;

    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key_string(&w, "event", script_event_name(event));
    jsonw_key_string(&w, "hook", name);
    jsonw_key_time(&w, "at", run->job->created);
    jsonw_key_string(&w, "library", app->library);
    result = event == SCRIPT_MATCH       ? match_json(&w, run, err)
             : event == SCRIPT_PROCESSED ? processed_json(&w, run, err)
                                         : synced_json(&w, run, err);
    jsonw_end(&w);
    str_add_char(out, '\n');
    return result;
}

/* ---- the program ---- */

static void into_log(const char *name, const struct str *said)
{
    struct str text = STR_INIT;
    char *line, *rest = NULL;

    utf8_clean(&text, said->ptr, said->len);
    for (line = strtok_r(text.ptr, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        log_write(LOG_INFO, "hook %s: %s", name, line);
    str_free(&text);
}

static void keep(struct job_run *run, const struct str *said)
{
    struct str text = STR_INIT;
    struct jsonw w;

    utf8_clean(&text, said->ptr, said->len < SAID_KEPT ? said->len : SAID_KEPT);
    jsonw_start(&w, &run->result);
    jsonw_object(&w);
    jsonw_key_string(&w, "said", text.ptr);
    jsonw_end(&w);
    str_free(&text);
}

/* A program that has said itself that it failed (what it talks to may be away) is tried again. */
static int verdict(int result, const char *name, struct error *err)
{
    if (result == ERR_OK || result == ERR_CANCELLED)
        return result;
    error_context(err, "hook %s", name);
    return err->code = result == ERR_FAILED ? ERR_FAILED : ERR_REFUSED;
}

static int run_program(struct job_run *run, const struct script *script, const struct str *input,
                       struct error *err)
{
    const struct app *app = run->ctx;
    struct program program = { .input = input->ptr,
                               .input_len = input->len,
                               .time_ms = config_int(app->config, "hook.time-limit"),
                               .out_max = SAID_MAX,
                               .both = true,
                               .cut = true,
                               .cancel = run->stop };
    struct str said = STR_INIT;
    char **words;
    int result = program_words(run->arena, script->run, &words, err);

    if (result != ERR_OK) {
        error_context(err, "run");
    } else {
        program.argv = words;
        result = program_run(&program, &said, err);
        into_log(script->name, &said);
        keep(run, &said);
    }
    str_free(&said);
    return verdict(result, script->name, err);
}

static int run_script(struct job_run *run, const struct script *script, enum script_event event,
                      struct error *err)
{
    struct str input = STR_INIT;
    int result = what_happened(&input, run, script->name, event, err);

    if (result == ERR_OK)
        result = run_program(run, script, &input, err);
    str_free(&input);
    return result;
}

int kind_hook(struct job_run *run, struct error *err)
{
    const struct app *app = run->ctx;
    const struct script *script = NULL;
    struct scripts scripts = { .count = 0 };
    enum script_event event = 0;
    char *name = NULL, *what = NULL;
    int result = job_member(run->store, run->arena, run->job->payload, "hook", &name, err);

    if (result == ERR_OK)
        result = job_member(run->store, run->arena, run->job->payload, "event", &what, err);
    if (result == ERR_OK && (!name || !what || !script_event_from(&event, what)))
        result = error_set(err, ERR_USAGE,
                           "a hook needs {\"hook\":NAME,\"event\":\"" SCRIPT_EVENTS "\"}");
    if (result == ERR_OK)
        result = scripts_read(&scripts, app, err);
    if (result == ERR_OK) {
        script = scripts_find(&scripts, name);
        result = script ? run_script(run, script, event, err)
                        : error_set(err, ERR_NOTFOUND,
                                    "hook %s is not in the configuration any more", name);
    }
    scripts_free(&scripts);
    return result;
}
