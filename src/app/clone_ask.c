/*
 * Asking for a clone: the job that makes it, and how far it is, on a line of the terminal.
 */
#include "clone.h"

#include "carrel/clock.h"
#include "carrel/hash.h"
#include "carrel/jsonw.h"
#include "carrel/kinds.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void clone_request(struct job_request *request, struct str *payload, struct str *key,
                          const char *what, const char *as, bool outside)
{
    struct jsonw w;

    jsonw_start(&w, payload);
    jsonw_object(&w);
    jsonw_key_string(&w, "fetch", what);
    if (as)
        jsonw_key_string(&w, "as", as);
    if (outside)
        jsonw_key_bool(&w, "outside", true);
    jsonw_end(&w);
    str_printf(key, "clone:%016" PRIx64, hash64(what, strlen(what), outside));
    *request = (struct job_request){ .kind = "clone", .payload = payload->ptr, .key = key->ptr };
}

int app_clone_request(struct job_request *request, struct str *payload, struct str *key,
                      const char *address, struct error *err)
{
    struct arena *arena = arena_new();
    struct vcs_address parsed;
    int result = vcs_address(arena, address, &parsed, err);

    if (result == ERR_OK && (!parsed.host || !str_istarts(parsed.url, "http")))
        result = error_set(err, ERR_USAGE, "an https address of a repository");
    if (result == ERR_OK)
        clone_request(request, payload, key, address, NULL, true);
    arena_free(arena);
    return result;
}

int clone_ask(struct store *store, const char *what, const char *as, int64_t *job,
              struct error *err)
{
    struct str payload = STR_INIT, key = STR_INIT;
    struct job_request request;
    int result;

    clone_request(&request, &payload, &key, what, as, false);
    result = app_job_add(store, &request, job, NULL, err);
    str_free(&payload);
    str_free(&key);
    return result;
}

static void show_progress(void *ctx, const char *state, int64_t done, int64_t total,
                          const char *unit)
{
    struct clone_progress_line *line = ctx;
    struct str text = STR_INIT;
    int64_t now = clock_ticks_ms();

    if (now - line->shown < 200)
        return;
    line->shown = now;
    str_printf(&text, "\r\033[K%s", state);
    if (*unit) {
        str_add(&text, ": ");
        number_format(&text, done);
        if (total > 0) {
            str_add(&text, " of ");
            number_format(&text, total);
        }
        str_printf(&text, " %s", unit);
    }
    fputs(text.ptr, stderr);
    str_free(&text);
}

void clone_progress_begin(struct clone_progress_line *line, const struct command_call *call,
                          struct clone_options *options)
{
    *line = (struct clone_progress_line){ .terminal = isatty(STDERR_FILENO) && !call->app->quiet
                                                      && !call->desk };
    if (!line->terminal)
        return;
    options->progress = show_progress;
    options->ctx = line;
}

void clone_progress_end(struct clone_progress_line *line)
{
    if (line->terminal && line->shown)
        fputs("\r\033[K", stderr);
}
