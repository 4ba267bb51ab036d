/*
 * The end of the guided start: fields become sources and feeds, and the first papers come.
 */
#include "carrel/welcome.h"

#include "settings.h"

#include "carrel/file.h"
#include "carrel/library.h"
#include "carrel/log.h"
#include "carrel/sources.h"
#include "carrel/works.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_harvested(const struct config *config, const char *category)
{
    const char *const *values;
    size_t count = config_values(config, "source.arxiv.category", &values), i;

    for (i = 0; i < count; i++)
        if (strcmp(values[i], category) == 0)
            return true;
    return false;
}

static void note_source(void *ctx, const char *key, const char *value, const char *from)
{
    (void)value;
    (void)from;
    *(bool *)ctx |= str_starts(key, "source.");
}

/* Hugging Face's lists are of these fields; one who reads others did not ask for them. */
static bool is_of_learning(const char *category)
{
    return str_starts(category, "cs.") || strcmp(category, "stat.ML") == 0;
}

bool welcome_reads_huggingface(const struct app *app, const struct welcome_wish *wish)
{
    bool any = false, asked = wish->count == 0; /* no field: the usual ones */
    size_t i;

    config_each(app->config, note_source, &any);
    for (i = 0; i < wish->count; i++)
        asked |= is_of_learning(wish->categories[i]);
    return asked && !any;
}

/* Without any section in the settings Hugging Face is read, too; with one it has to be named. */
static int welcome_settings(struct welcome_done *done, const struct app *app,
                            const struct welcome_wish *wish, struct error *err)
{
    struct str text = STR_INIT;
    size_t i;
    int result = ERR_OK;

    str_add(&text, "[source \"arxiv\"]\n");
    for (i = 0; i < wish->count; i++) {
        if (is_harvested(app->config, wish->categories[i]))
            continue;
        str_printf(&text, "    category = %s\n", wish->categories[i]);
        done->categories++;
    }
    if (welcome_reads_huggingface(app, wish))
        str_add(&text, "[source \"huggingface\"]\n    enabled = true\n");
    if (done->categories > 0)
        result = settings_add(app, text.ptr, err);
    done->settings = result == ERR_OK && done->categories > 0;
    str_free(&text);
    return result;
}

static int welcome_feeds(struct welcome_done *done, struct store *store,
                         const struct welcome_wish *wish, struct error *err)
{
    struct arena *arena = arena_new();
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < wish->count && result == ERR_OK; i++) {
        char *query = arena_printf(arena, "cat:%s", wish->categories[i]), *there;

        result = queries_get(store, arena, wish->categories[i], &there, err);
        if (result != ERR_NOTFOUND)
            continue;
        result = queries_add(store, wish->categories[i], query, err);
        done->feeds += result == ERR_OK;
    }
    arena_free(arena);
    return result;
}

/* ---- the starter papers ---- */

struct starter {
    struct importer *importer;
    struct error *err;
};

static int starter_record(void *ctx, const struct record *record)
{
    struct starter *starter = ctx;

    return importer_add(starter->importer, record, starter->err);
}

static void starter_reject(void *ctx, long line, const char *why)
{
    (void)ctx;
    log_write(LOG_WARN, "starter papers:%ld: %s", line, why);
}

static int starter_import(struct welcome_done *done, const struct app *app, const char *path,
                          struct error *err)
{
    struct starter starter = { .err = err };
    struct parse_sink sink = { .ctx = &starter,
                               .record = starter_record,
                               .reject = starter_reject };
    struct import_counts counts = { 0 };
    struct parse_info info;
    int result = importer_new(&starter.importer, app->library, err);

    if (result == ERR_OK)
        result = parse_file(path, PARSE_JSONL, &sink, NULL, &info, err);
    if (result == ERR_OK)
        result = importer_finish(starter.importer, &counts, err);
    importer_free(starter.importer);
    done->papers = (long)counts.added;
    return result;
}

static int welcome_starter(struct welcome_done *done, const struct app *app, struct error *err)
{
    char *path = path_temporary("starter");
    size_t len;
    const char *text = asset_starter(&len);
    int fd = mkstemp(path);
    int result =
        fd < 0 ? error_errno(err, "cannot make %s", path) : fd_write_all(fd, text, len, err);

    if (result == ERR_OK)
        result = starter_import(done, app, path, err);
    if (fd >= 0) {
        close(fd);
        unlink(path);
    }
    free(path);
    return result;
}

size_t welcome_starter_count(const char *category)
{
    char *quoted = mem_printf("\"%s\"", category);
    size_t len, count = 0;
    const char *at = asset_starter(&len), *end = at + len;

    while ((at = memmem(at, (size_t)(end - at), quoted, strlen(quoted)))) {
        count++;
        at += strlen(quoted);
    }
    free(quoted);
    return count;
}

/* ---- all of it ---- */

int welcome_apply(struct welcome_done *done, struct app *app, const struct welcome_wish *wish,
                  const atomic_bool *cancel, struct error *err)
{
    struct store *store = NULL;
    int result = ERR_OK;

    *done = (struct welcome_done){ 0 };
    if (wish->count > 0)
        result = welcome_settings(done, app, wish, err);
    if (result == ERR_OK && (wish->count > 0 || wish->starter))
        result = app_open_store(&store, app, true, err);
    if (result == ERR_OK && store)
        result = welcome_feeds(done, store, wish, err);
    store_close(store);
    if (result == ERR_OK && wish->starter && !(cancel && atomic_load(cancel)))
        result = welcome_starter(done, app, err);
    return result;
}

bool welcome_is_due(const struct app *app)
{
    const char *when = config_text(app->config, "ui.first-run");
    struct store *store = NULL;
    char *library = path_join(app->library, "library.db");
    bool there = file_exists(library);
    int64_t works = 0;

    free(library);
    if (strcmp(when, "false") == 0 || file_exists(app->config_file))
        return false;
    if (!there || strcmp(when, "filled") == 0)
        return true;
    if (app_open_store(&store, app, false, NULL) != ERR_OK
        || works_count(store, &works, NULL) != ERR_OK)
        works = -1; /* what cannot be read is not new */
    store_close(store);
    return works == 0;
}
