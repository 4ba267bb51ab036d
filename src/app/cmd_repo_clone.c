/*
 * What is known of a clone without looking into it, for `show` and `repo`, as text and as JSON.
 */
#include "cmd_repo.h"

#include "carrel/clock.h"
#include "carrel/kinds.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LANGUAGES_SHOWN 6

static void bytes_text(struct str *out, int64_t bytes)
{
    if (bytes < 10 << 10)
        str_printf(out, "%" PRId64 " bytes", bytes);
    else if (bytes < 10 << 20)
        str_printf(out, "%" PRId64 " KiB", bytes >> 10);
    else
        str_printf(out, "%" PRId64 " MiB", bytes >> 20);
}

static void show_languages(struct str *out, const struct clone *clone)
{
    int64_t all = 0;
    size_t i;

    for (i = 0; i < clone->language_count; i++)
        all += clone->languages[i].bytes;
    for (i = 0; i < clone->language_count && i < LANGUAGES_SHOWN; i++)
        str_printf(out, "%s%s %.0f%%", i ? ", " : "languages   ", clone->languages[i].name,
                   100 * (double)clone->languages[i].bytes / (double)all);
    if (clone->language_count > 0)
        str_add(out, i < clone->language_count ? ", ...\n" : "\n");
}

/* A week without a commit is the lowest step, not a gap. */
static void show_activity(struct str *out, const struct clone *clone, bool ascii)
{
    double *values = mem_alloc((clone->weeks + 1) * sizeof *values);
    int64_t recent = 0;
    size_t i, pairs = clone->weeks / 2;

    for (i = 0; i < clone->weeks; i++)
        recent += clone->activity[i];
    for (i = 0; i < pairs; i++) /* two weeks a column: two years fit a line */
        values[i] = clone->activity[2 * i] + clone->activity[2 * i + 1];
    str_printf(out, "%-11s %" PRId64 " commit%s in two years  ", "activity", recent,
               recent == 1 ? "" : "s");
    if (recent > 0)
        text_sparkline(out, values, pairs, ascii);
    str_add_char(out, '\n');
    free(values);
}

void clone_show(struct str *out, const struct clone *clone, bool ascii)
{
    char at[32];

    time_format(at, clone->fetched);
    str_printf(out, "%-11s %.10s", "fetched", at);
    if (!*clone->head) {
        str_add(out, "; it has no commit yet\n");
        return;
    }
    str_add(out, "; ");
    number_format(out, clone->commits);
    str_printf(out, "%s commit%s, ", clone->commits_cut ? " or more" : "",
               clone->commits == 1 ? "" : "s");
    number_format(out, clone->files);
    str_printf(out, "%s file%s, ", clone->files_cut ? " or more" : "",
               clone->files == 1 ? "" : "s");
    bytes_text(out, clone->bytes);
    str_printf(out, ", %" PRId64 " branch%s, %" PRId64 " tag%s\n", clone->branches,
               clone->branches == 1 ? "" : "es", clone->tags, clone->tags == 1 ? "" : "s");
    time_format(at, clone->at);
    str_printf(out, "%-11s %.10s  %.10s  %s, by %s\n", "last commit", at, clone->head,
               clone->summary, clone->author);
    show_languages(out, clone);
    show_activity(out, clone, ascii);
}

void clone_json(struct jsonw *w, const struct clone *clone)
{
    size_t i;

    jsonw_object(w);
    jsonw_key_string(w, "url", clone->url);
    repo_json_time(w, "fetched", clone->fetched);
    jsonw_key_string(w, "head", *clone->head ? clone->head : NULL);
    jsonw_key_string(w, "branch", clone->branch);
    jsonw_key_string(w, "summary", clone->summary);
    jsonw_key_string(w, "author", clone->author);
    repo_json_time(w, "at", clone->at);
    jsonw_key_int(w, "commits", clone->commits);
    jsonw_key_int(w, "files", clone->files);
    jsonw_key_int(w, "bytes", clone->bytes);
    jsonw_key_int(w, "branches", clone->branches);
    jsonw_key_int(w, "tags", clone->tags);
    jsonw_key_bool(w, "exact", !clone->files_cut && !clone->commits_cut);
    jsonw_key_string(w, "license", clone->license);
    jsonw_key_int(w, "indexed_files", clone->indexed);
    jsonw_key(w, "languages");
    jsonw_array(w);
    for (i = 0; i < clone->language_count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "name", clone->languages[i].name);
        jsonw_key_int(w, "bytes", clone->languages[i].bytes);
        jsonw_key_int(w, "files", clone->languages[i].files);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_key(w, "activity");
    jsonw_array(w);
    for (i = 0; i < clone->weeks; i++)
        jsonw_int(w, clone->activity[i]);
    jsonw_end(w);
    jsonw_end(w);
}

int repo_activity(struct repo_call *repo, struct error *err)
{
    const struct clone *clone = &repo->clone;
    struct jsonw w;
    char day[16];
    size_t i;

    (void)err;
    if (repo->json) {
        repo_json(repo, &w);
        jsonw_key(&w, "weeks");
        jsonw_array(&w);
        for (i = 0; i < clone->weeks; i++) {
            date_format(day, clone->week_end - 7 * (int32_t)(clone->weeks - 1 - i));
            jsonw_object(&w);
            jsonw_key_string(&w, "ends", day);
            jsonw_key_int(&w, "commits", clone->activity[i]);
            jsonw_end(&w);
        }
        jsonw_end(&w);
        repo_json_end(repo, &w);
        return ERR_OK;
    }
    show_activity(&repo->call->out, clone, repo->call->app->ascii);
    for (i = clone->weeks; i > 0; i--) {
        if (clone->activity[i - 1] == 0)
            continue;
        date_format(day, clone->week_end - 7 * (int32_t)(clone->weeks - i));
        str_printf(&repo->call->out, "%6" PRIu32 "  in the week to %s\n", clone->activity[i - 1],
                   day);
    }
    return ERR_OK;
}
