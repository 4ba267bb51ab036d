/*
 * A website as a folder: its parts in turn, and how a file of it is written.
 */
#include "export_internal.h"

#include "carrel/clock.h"
#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

void export_month(char out[16], int32_t day)
{
    if (day == 0) {
        strcpy(out, "undated");
        return;
    }
    date_format(out, day);
    out[7] = '\0';
}

char *export_plain(struct arena *arena, char *text)
{
    struct str out = STR_INIT;

    if (!text || !strpbrk(text, "\\$^_{~`-"))
        return text;
    text_from_latex(&out, text);
    if (strcmp(out.ptr, text) != 0)
        text = arena_strdup(arena, out.ptr);
    str_free(&out);
    return text;
}

void export_open(struct jsonw *w, struct str *body)
{
    str_clear(body);
    jsonw_start(w, body);
    jsonw_object(w);
    jsonw_key_int(w, "version", 1);
}

/* "stats.json" -> "data/stats.js" */
static char *script_path(const char *path)
{
    return mem_printf("data/%.*s.js", (int)(strlen(path) - strlen(".json")), path);
}

int export_script(struct export_job *job, const char *path, const struct str *json, int64_t count,
                  uint64_t fingerprint, struct error *err)
{
    char *script = script_path(path);
    struct str body = STR_INIT;
    int result;

    str_printf(&body, "carrelData(\"%.*s\",", (int)(strlen(path) - strlen(".json")), path);
    str_add_mem(&body, json->ptr, json->len - 1); /* less its line's end */
    str_add(&body, ");\n");
    result = site_put(job->site, script, &body, count, fingerprint, err);
    str_free(&body);
    free(script);
    return result;
}

int export_put(struct export_job *job, struct jsonw *w, const char *path, int64_t count,
               uint64_t fingerprint, struct error *err)
{
    int result;

    jsonw_end(w);
    str_add_char(w->out, '\n');
    result = site_put(job->site, path, w->out, count, fingerprint, err);
    if (result == ERR_OK && job->pages)
        result = export_script(job, path, w->out, count, fingerprint, err);
    return result;
}

bool export_reuse(struct export_job *job, const char *path, uint64_t fingerprint)
{
    char *script = script_path(path);
    bool stands = !job->pages || site_reuse(job->site, script, fingerprint);

    free(script);
    return stands && site_reuse(job->site, path, fingerprint);
}

int export_site(struct export_job *job, struct site_report *report, struct error *err)
{
    static int (*const parts[])(struct export_job *, struct error *) = {
        export_pages,    export_tables, export_papers,       export_categories, export_stats,
        export_trending, export_topics, export_repositories, export_feeds,
    }; /* tables before papers: those tell whose data all of it is */
    const char *folder = job->options->output;
    size_t i;
    int result;

    if (!folder || strcmp(folder, "-") == 0)
        return error_set(err, ERR_USAGE, "a website needs a folder: -o FOLDER");
    job->pages = job->options->format == EXPORT_SITE;
    job->fingerprint = hash64(&job->len, sizeof job->len, job->fingerprint ^ EXPORT_SHAPE);
    result = site_open(&job->site, folder, err);
    for (i = 0; i < ARRAY_LEN(parts) && result == ERR_OK; i++)
        result = parts[i](job, err);
    if (result == ERR_OK) {
        site_set_credits(job->site, job->credits);
        result = site_finish(job->site, report, err);
    }
    site_free(job->site);
    return result;
}
