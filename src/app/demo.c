/*
 * The library of `carrel demo`. All of it is put in by the ways that are there for everybody:
 * commands (data/demo/commands), the importer for what only sources bring (numbers of days,
 * repositories), the Reader's own calls for a highlight and a place.
 *
 * Days count back from today, so that Today has news and Trending a trend whenever it is made.
 */
#include "demo.h"

#include "carrel/anchor.h"
#include "carrel/clock.h"
#include "carrel/document.h"
#include "carrel/documents.h"
#include "carrel/file.h"
#include "carrel/library.h"
#include "carrel/reading.h"
#include "carrel/repository.h"
#include "carrel/state.h"
#include "carrel/works.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS 86400000LL
#define SAMPLED_DAYS 30

struct demo {
    struct app *app;
    struct arena *arena;
    const atomic_bool *cancel;
    char *papers; /* the file that the commands call NEW */
};

/* ---- files ---- */

/* "DAY-12" is the day twelve days ago. */
static void demo_dates(struct str *out, const char *text)
{
    const char *at;

    for (; (at = strstr(text, "DAY-")); text = at) {
        char day[16];

        str_add_mem(out, text, (size_t)(at - text));
        date_format(day, clock_today() - (int32_t)strtol(at + 4, (char **)&at, 10));
        str_add(out, day);
    }
    str_add(out, text);
}

static int demo_file(struct demo *d, const char *name, const char *text, char **path,
                     struct error *err)
{
    struct str dated = STR_INIT;
    int result;

    *path = arena_printf(d->arena, "%s/demo/%s", d->app->library, name);
    demo_dates(&dated, text);
    result = file_write(*path, dated.ptr, dated.len, err);
    str_free(&dated);
    return result;
}

/* ---- commands ---- */

static int demo_words(struct demo *d, int argc, char **argv, struct error *err)
{
    struct command_call call = { .app = d->app, .arena = d->arena, .cancel = d->cancel };
    int result;

    str_init(&call.out);
    str_init(&call.say);
    result = app_run(&call, argc, argv, err);
    str_free(&call.out);
    str_free(&call.say);
    return result;
}

static int demo_line(struct demo *d, const char *line, struct error *err)
{
    char **words;
    int count, i;
    int result = words_split(d->arena, line, &words, &count, err);

    for (i = 0; i < count; i++)
        if (strcmp(words[i], "NEW") == 0)
            words[i] = d->papers;
    return result == ERR_OK ? demo_words(d, count, words, err) : result;
}

static int demo_commands(struct demo *d, struct error *err)
{
    char *lines = arena_strdup(d->arena, asset_demo(DEMO_COMMANDS)), *rest = NULL, *line;
    int result = ERR_OK;

    for (line = strtok_r(lines, "\n", &rest); line && result == ERR_OK;
         line = strtok_r(NULL, "\n", &rest))
        if (*line != '#')
            result = demo_line(d, line, err);
    return result == ERR_OK ? ERR_OK : error_context(err, "the demo's papers");
}

/* ---- what sources count ---- */

static const struct {
    const char *id;
    double first, a_day, faster; /* upvotes a month ago, a day since, and more of them each day */
} risen[] = { { "doi:10.5555/demo.1", 2, 1.5, 0.35 },   { "doi:10.5555/demo.5", 0, 0.8, 0.1 },
              { "doi:10.5555/demo.7", 5, 2.4, 0 },      { "doi:10.5555/demo.11", 1, 0.3, 0.02 },
              { "doi:10.5555/demo.14", 12, 0.1, 0 },    { "doi:10.5555/demo.20", 3, 1.1, 0.05 },
              { "arxiv:1706.03762", 5200, 9, 0 },       { "arxiv:1810.04805", 2100, 3, 0 },
              { "arxiv:2005.14165", 1800, 2.5, -0.05 }, { "doi:10.5555/demo.33", 8, 0.7, 0.04 } };

static int64_t noon(int days_ago)
{
    return (clock_today() - days_ago) * DAY_MS + DAY_MS / 2;
}

static double value_at(double first, double a_day, double faster, int day)
{
    return (double)(int64_t)(first + a_day * day + faster * day * day / 2);
}

static int demo_upvotes(struct demo *d, struct importer *importer, struct store *store, size_t at,
                        struct error *err)
{
    struct record record = { .id = arena_strdup(d->arena, risen[at].id), .source = "huggingface" };
    struct work_row row;
    int64_t work;
    int result = works_find(store, &work, risen[at].id, err), day;

    if (result == ERR_OK)
        result = works_rows(store, d->arena, &work, 1, &row, err);
    for (day = 0; day < SAMPLED_DAYS && result == ERR_OK; day++) {
        struct record_metric metric = { .source = "huggingface",
                                        .name = "upvotes",
                                        .value = value_at(risen[at].first, risen[at].a_day,
                                                          risen[at].faster, day),
                                        .at = noon(SAMPLED_DAYS - 1 - day) };

        record.title = row.title;
        record.metrics = (struct record_metrics){ 0 };
        record_metric_add(&record.metrics, d->arena, &metric);
        result = importer_add(importer, &record, err);
    }
    return result;
}

/* ---- repositories ---- */

static const struct {
    const char *name, *description, *language, *license, *readme;
    int stars, a_day;
} shelves[] = {
    { "carrel-demo/lanterns", "Steers the wick of a copper lantern", "Python", "MIT",
      "# Lanterns\n\nThe code of *Copper lanterns for quiet reading rooms* "
      "(doi:10.5555/demo.1).\n\n"
      "    pip install lanterns\n\n- `wick.py` turns the wick\n- `nights.csv` has the forty "
      "nights\n",
      180, 4 },
    { "carrel-demo/bookmarks", "Bookmarks that remember why", "Rust", "Apache-2.0",
      "# Bookmarks\n\nA bookmark with a reason.\n", 950, 2 },
    { "carrel-demo/moths", "Counts moths, burns none", "C", "GPL-3.0-only",
      "# Moths\n\nThey come to the light, and stay for the books.\n", 41, 1 },
};

static int demo_repository(struct demo *d, struct importer *importer, size_t at, struct error *err)
{
    struct repository repository = { .says = REPOSITORY_FACTS, .state = REPOSITORY_KNOWN };
    struct record record = { .repository = &repository, .source = "github" };
    char created[16];
    int result = ERR_OK, day;

    date_format(created, clock_today() - 700);
    repository.name = arena_strdup(d->arena, shelves[at].name);
    repository.key = arena_printf(d->arena, "github.com/%s", shelves[at].name);
    repository.url = arena_printf(d->arena, "https://github.com/%s", shelves[at].name);
    repository.description = arena_strdup(d->arena, shelves[at].description);
    repository.language = arena_strdup(d->arena, shelves[at].language);
    repository.license = arena_strdup(d->arena, shelves[at].license);
    repository.branch = arena_strdup(d->arena, "main");
    repository.created = repository.pushed = arena_printf(d->arena, "%sT12:00:00Z", created);
    repository.forks = shelves[at].stars / 9;
    repository.issues = 3;
    for (day = 0; day < SAMPLED_DAYS && result == ERR_OK; day++) {
        repository.stars = shelves[at].stars + (int64_t)day * shelves[at].a_day;
        repository.at = noon(SAMPLED_DAYS - 1 - day);
        result = importer_add(importer, &record, err);
    }
    repository.says = REPOSITORY_README_IS;
    repository.readme = arena_strdup(d->arena, shelves[at].readme);
    repository.readme_name = arena_strdup(d->arena, "README.md");
    return result == ERR_OK ? importer_add(importer, &record, err) : result;
}

static int demo_numbers(struct demo *d, struct store *store, struct error *err)
{
    struct importer *importer = NULL;
    struct import_counts counts;
    size_t i;
    int result = importer_new(&importer, d->app->library, err);

    for (i = 0; i < ARRAY_LEN(risen) && result == ERR_OK; i++)
        result = demo_upvotes(d, importer, store, i, err);
    for (i = 0; i < ARRAY_LEN(shelves) && result == ERR_OK; i++)
        result = demo_repository(d, importer, i, err);
    if (result == ERR_OK)
        result = importer_finish(importer, &counts, err);
    importer_free(importer);
    return result == ERR_OK ? ERR_OK : error_context(err, "the demo's numbers");
}

/* ---- what was read ---- */

static int demo_mark_text(struct demo *d, struct store *store, const struct stored_document *which,
                          const struct document *doc, struct error *err)
{
    static const char words[] = "Three fell asleep.";
    const char *found = strstr(doc->text, words);
    struct highlight highlight = { .document = which->name,
                                   .note = arena_strdup(d->arena, "Who?") };
    struct reading_place place = { 0 };
    uint32_t at;
    int result;

    if (!found)
        return error_set(err, ERR_FAILED, "the demo's document lacks '%s'", words);
    at = (uint32_t)(found - doc->text);
    anchor_make(&highlight.anchor, d->arena, doc->text, doc->reading_len, at,
                at + (uint32_t)strlen(words));
    result = highlight_add(store, d->arena, &highlight, err);
    anchor_make(&place.anchor, d->arena, doc->text, doc->reading_len, at,
                at + (uint32_t)strlen(words));
    return result == ERR_OK ? place_set(store, which->name, &place, err) : result;
}

static int demo_reading(struct demo *d, struct store *store, struct error *err)
{
    struct stored_document *which;
    struct document *doc = NULL;
    struct str packed = STR_INIT;
    size_t count = 0;
    int64_t work;
    int result = works_find(store, &work, "doi:10.5555/demo.1", err);

    if (result == ERR_OK)
        result = documents_of(&which, &count, store, d->arena, work, err);
    if (result == ERR_OK && count == 0)
        result = error_set(err, ERR_FAILED, "it has not joined its paper");
    if (result == ERR_OK)
        result = documents_packed(&packed, store, which[0].id, err);
    if (result == ERR_OK)
        result = document_unpack(&doc, packed.ptr, packed.len, err);
    if (result == ERR_OK)
        result = demo_mark_text(d, store, &which[0], doc, err);
    document_free(doc);
    str_free(&packed);
    return result == ERR_OK ? ERR_OK : error_context(err, "the demo's document");
}

/* ---- all of it ---- */

static int demo_import(struct demo *d, char *file, struct error *err)
{
    char *words[] = { (char *)(uintptr_t) "import", file };

    return demo_words(d, 2, words, err);
}

static int demo_process(struct demo *d, char *file, struct error *err)
{
    char *words[] = { (char *)(uintptr_t) "process", file };

    return demo_words(d, 2, words, err);
}

static int demo_fill(struct demo *d, struct error *err)
{
    struct store *store = NULL;
    char *starter = arena_printf(d->arena, "%s/demo/starter.jsonl", d->app->library), *document;
    char *folder = arena_printf(d->arena, "%s/demo", d->app->library);
    size_t len;
    const char *text = asset_starter(&len);
    int result = folder_make(folder, err);

    if (result == ERR_OK)
        result = file_write(starter, text, len, err);
    if (result == ERR_OK)
        result = demo_file(d, "papers.jsonl", asset_demo(DEMO_PAPERS), &d->papers, err);
    if (result == ERR_OK)
        result = demo_file(d, "lanterns.md", asset_demo(DEMO_DOCUMENT), &document, err);
    if (result == ERR_OK)
        result = demo_import(d, starter, err);
    if (result == ERR_OK)
        result = demo_commands(d, err);
    if (result == ERR_OK)
        result = demo_process(d, document, err);
    if (result == ERR_OK)
        result = app_open_store(&store, d->app, false, err);
    if (result == ERR_OK)
        result = demo_numbers(d, store, err);
    if (result == ERR_OK)
        result = demo_reading(d, store, err);
    if (result == ERR_OK) /* the reader has done nothing yet */
        result = state_begin_history(store, err);
    store_close(store);
    return result;
}

bool demo_is(const struct app *app)
{
    char *path = path_join(app->library, "demo/papers.jsonl");
    bool is = file_exists(path);

    free(path);
    return is;
}

int demo_make(struct app *app, const atomic_bool *cancel, struct error *err)
{
    struct demo d = { .app = app, .arena = arena_new(), .cancel = cancel };
    bool quiet = app->quiet;
    int result;

    app->quiet = true;
    result = demo_fill(&d, err);
    app->quiet = quiet;
    arena_free(d.arena);
    return result;
}
