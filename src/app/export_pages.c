/*
 * The pages of a website: three files that are built into carrel (data/site), with the site's name
 * and, where one is wished for, the script by which it tells a carrel how it is used.
 */
#include "export_internal.h"
#include "token_claims.h"

#include "carrel/app.h"
#include "carrel/file.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_MOST (1u << 20)
#define PAGE_MARK "<meta name=\"generator\" content=\"carrel\">"

int site_token(struct str *out, const struct config *config, struct error *err)
{
    const char *file = config_text(config, "site.tracker-token-file");
    struct token_claims claims;
    int result = file ? file_read_secret(out, file, 1, err) : ERR_OK;

    if (!file || result != ERR_OK)
        return result;
    if (!token_claims_read(&claims, out->ptr))
        return error_set(err, ERR_USAGE,
                         "site.tracker-token-file: %s holds no token; `carrel token new --scope "
                         "events` prints one",
                         file);
    if (strcmp(claims.scope, "events") != 0)
        return error_set(err, ERR_USAGE,
                         "site.tracker-token-file: %s holds a token of the scope '%s', and every "
                         "visitor can read it; only one of the scope events may be in a page",
                         file, claims.scope);
    return ERR_OK;
}

/* "https://carrel.example:8577" of an address; false: it is none that may stand in a page. */
static bool tracker_origin(struct str *origin, const char *address)
{
    const char *host = str_starts(address, "https://")  ? address + 8
                       : str_starts(address, "http://") ? address + 7
                                                        : NULL;
    size_t i, len = host ? strcspn(host, "/") : 0;

    if (len == 0)
        return false;
    for (i = 0; address[i]; i++)
        if (!isalnum((unsigned char)address[i]) && !strchr("-._~:/%[]?=&", address[i]))
            return false;
    str_add_mem(origin, address, (size_t)(host - address) + len);
    return true;
}

static bool token_plain(const char *token)
{
    return strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=")
           == strlen(token);
}

/* ORIGIN, CONNECT and TRACKER of the page. */
struct page_tracker {
    struct str origin, script;
};

static int page_tracker(struct page_tracker *out, const struct export_options *options,
                        struct error *err)
{
    const char *token = options->tracker_token ? options->tracker_token : "";

    if (!options->tracker)
        return ERR_OK;
    str_add_char(&out->origin, ' ');
    if (!tracker_origin(&out->origin, options->tracker))
        return error_set(err, ERR_USAGE,
                         "--tracker %.100s: the address of a carrel.js, "
                         "https://carrel.example/carrel.js",
                         options->tracker);
    if (!*token || !token_plain(token))
        return error_set(err, ERR_USAGE,
                         "a tracker needs site.tracker-token-file: a file with what `carrel token "
                         "new --scope events` has printed");
    str_add(&out->script, "\n<script defer src=\"");
    str_add_markup(&out->script, options->tracker);
    str_printf(&out->script, "\" data-token=\"%s\"></script>", token);
    return ERR_OK;
}

/* The template with @NAME@ replaced. */
static void page_fill(struct str *out, const char *text, const char *title,
                      const struct page_tracker *tracker)
{
    const char *connect = tracker->origin.len ? tracker->origin.ptr : " 'none'";
    struct str plain = STR_INIT;
    const char *at;
    size_t i;

    str_add_markup(&plain, title);
    {
        const struct {
            const char *name, *by;
        } holes[] = { { "@TITLE@", plain.ptr },
                      { "@ORIGIN@", tracker->origin.ptr },
                      { "@CONNECT@", connect },
                      { "@TRACKER@", tracker->script.ptr } };

        for (at = text; *at; at++) {
            for (i = 0; i < ARRAY_LEN(holes) && !str_starts(at, holes[i].name); i++) {
            }
            if (i == ARRAY_LEN(holes)) {
                str_add_char(out, *at);
                continue;
            }
            str_add(out, holes[i].by);
            at += strlen(holes[i].name) - 1;
        }
    }
    str_free(&plain);
}

/* Somebody's own page is not overwritten; ours is known by its mark when the state is lost. */
static int page_check(struct export_job *job, struct error *err)
{
    char *path = path_join(job->options->output, "index.html");
    struct str page = STR_INIT;
    int result = ERR_OK;

    if (!site_is_ours(job->site, "index.html")
        && (file_read(&page, path, PAGE_MOST, NULL) != ERR_OK || !strstr(page.ptr, PAGE_MARK)))
        result = error_set(err, ERR_EXISTS,
                           "%s is not of carrel's making: export into another folder, or take it "
                           "away (--format json writes no pages)",
                           path);
    str_free(&page);
    free(path);
    return result;
}

static int page_put(struct export_job *job, const char *path, enum site_asset asset,
                    struct error *err)
{
    struct str text = STR_INIT;
    int result;

    str_add(&text, asset_site(asset));
    result = site_put(job->site, path, &text, 1, 0, err);
    str_free(&text);
    return result;
}

int export_pages(struct export_job *job, struct error *err)
{
    const char *title = job->options->title ? job->options->title : "carrel";
    struct page_tracker tracker = { STR_INIT, STR_INIT };
    struct str page = STR_INIT;
    int result;

    if (!job->pages)
        return ERR_OK;
    result = page_check(job, err);
    if (result == ERR_OK)
        result = page_tracker(&tracker, job->options, err);
    if (result == ERR_OK) {
        page_fill(&page, asset_site(SITE_HTML), title, &tracker);
        result = site_put(job->site, "index.html", &page, 1, 0, err);
    }
    if (result == ERR_OK)
        result = page_put(job, "carrel-site.css", SITE_CSS, err);
    if (result == ERR_OK)
        result = page_put(job, "carrel-site.js", SITE_JS, err);
    str_free(&page);
    str_free(&tracker.origin);
    str_free(&tracker.script);
    return result;
}
