/*
 * arXiv: streams from categories and queries, read by OAI-PMH (the default), by the query API or
 * by its daily listings.
 *
 * The API, OAI-PMH and the listings share one budget: arXiv's terms of use allow one request every
 * three seconds over one connection, all of a user's machines together. Queries always go through
 * the API, whatever the mode, since nothing else can ask them.
 */
#include "arxiv.h"

#include "carrel/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define CATEGORIES_PLANNED 400

static const struct source_setting arxiv_urls[] = {
    { "oai-url", "https://oaipmh.arxiv.org/oai" },
    { "api-url", "https://export.arxiv.org/api/query" },
    { "rss-url", "https://rss.arxiv.org/atom" },
    { NULL, NULL },
};

/* Without a word in the configuration: machine learning and language, where most readers begin. */
static const char *const arxiv_default[] = { "cs.AI", "cs.CL", "cs.CV", "cs.LG", "stat.ML" };

static const struct arxiv_way *const arxiv_ways[] = { &arxiv_oai, &arxiv_oai_raw, &arxiv_api,
                                                      &arxiv_rss };

static const struct arxiv_way *arxiv_way(const char *kind)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(arxiv_ways); i++)
        if (strcmp(arxiv_ways[i]->kind, kind) == 0)
            return arxiv_ways[i];
    return NULL;
}

/* ---- categories ---- */

/* Archives outside the groups of their own name (arXiv's taxonomy; closed ones in the second row).
 */
static const char physics_archives[] =
    " astro-ph cond-mat gr-qc hep-ex hep-lat hep-ph hep-th math-ph nlin nucl-ex nucl-th physics "
    "quant-ph "
    " acc-phys adap-org ao-sci atom-ph bayes-an chao-dyn chem-ph comp-gas mtrl-th patt-sol "
    "plasm-ph solv-int supr-con ";
static const char own_archives[] = " cs econ eess math q-bio q-fin stat ";
static const char math_archives[] = " alg-geom dg-ga funct-an q-alg ";

static bool archive_in(const char *list, const char *archive)
{
    char word[32];

    snprintf(word, sizeof word, " %s ", archive);
    return strstr(list, word) != NULL;
}

/* The archive's group; NULL when arXiv has no such archive. */
static const char *archive_group(const char *archive)
{
    if (archive_in(physics_archives, archive))
        return "physics";
    if (archive_in(math_archives, archive))
        return "math";
    if (strcmp(archive, "cmp-lg") == 0)
        return "cs";
    return archive_in(own_archives, archive) ? archive : NULL;
}

bool arxiv_category_ok(const char *category)
{
    char archive[20];
    size_t len = strcspn(category, ".");
    const char *subject = category[len] == '.' ? category + len + 1 : "";

    if (len == 0 || len >= sizeof archive)
        return false;
    memcpy(archive, category, len);
    archive[len] = '\0';
    if (strspn(archive, "abcdefghijklmnopqrstuvwxyz-") != len || !archive_group(archive))
        return false;
    if (category[len] == '.' && !*subject)
        return false;
    return strcmp(subject, "*") == 0
           || (strlen(subject) < 20
               && strspn(subject, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-")
                      == strlen(subject));
}

/* group, group:archive or group:archive:SUBJECT, as `ListSets` has them; the group that is an
 * archive of the same name ("cs", "math") stands for all of it. */
int arxiv_set(const char *category, struct str *set, struct error *err)
{
    char archive[20];
    size_t len = strcspn(category, ".");
    const char *group, *subject = category[len] == '.' ? category + len + 1 : "";

    if (!arxiv_category_ok(category))
        return error_set(err, ERR_USAGE,
                         "category = %s: arXiv has none of this name; they read cs.CL, math.NA or "
                         "hep-th",
                         category);
    memcpy(archive, category, len);
    archive[len] = '\0';
    group = archive_group(archive);
    str_add(set, group);
    if (strcmp(group, archive) == 0 && strcmp(group, "physics") != 0
        && (!*subject || strcmp(subject, "*") == 0))
        return ERR_OK;
    if (strcmp(category, "physics") == 0) /* the whole group; physics.* is the archive alone */
        return ERR_OK;
    str_printf(set, ":%s", archive);
    if (*subject && strcmp(subject, "*") != 0)
        str_printf(set, ":%s", subject);
    return ERR_OK;
}

/* ---- streams ---- */

/* Each list once, however often it is asked for. */
static void plan_stream(struct source_plan *plan, const char *name)
{
    size_t i;

    for (i = 0; i < plan->streams.len; i++)
        if (strcmp(plan->streams.items[i], name) == 0)
            return;
    text_list_add(&plan->streams, plan->arena, name, strlen(name));
}

static int plan_category(struct source_plan *plan, const char *mode, const char *category,
                         struct error *err)
{
    struct str name = STR_INIT;
    int result;

    str_printf(&name, "%s/", mode);
    if (str_starts(mode, "oai")) {
        result = arxiv_set(category, &name, err);
    } else {
        result = arxiv_category_ok(category) ? ERR_OK : arxiv_set(category, &name, err);
        if (strcmp(mode, "api") == 0)
            str_printf(&name, "cat:%s", category);
        else /* a listing names a whole archive without the star */
            str_add_mem(&name, category, strcspn(category, "*") - str_ends(category, ".*"));
    }
    if (result == ERR_OK)
        plan_stream(plan, name.ptr);
    str_free(&name);
    return result;
}

static int plan_query(struct source_plan *plan, const char *query, const char *const *within,
                      size_t within_count, struct error *err)
{
    struct str name = STR_INIT;
    size_t i;
    int result = ERR_OK;

    if (str_blank(query) || strlen(query) > 1000)
        return error_set(err, ERR_USAGE, "query = %.60s: empty or longer than 1000 bytes", query);
    str_printf(&name, within_count ? "api/(%s) AND (" : "api/%s", query);
    for (i = 0; i < within_count && result == ERR_OK; i++) {
        struct str set = STR_INIT;

        result = arxiv_set(within[i], &set, err); /* is there one? */
        str_printf(&name, "%scat:%s%s", i ? " OR " : "", within[i],
                   i + 1 == within_count ? ")" : "");
        str_free(&set);
    }
    if (result == ERR_OK)
        plan_stream(plan, name.ptr);
    str_free(&name);
    return result;
}

static int arxiv_plan(const struct source_settings *settings, struct source_plan *plan,
                      struct error *err)
{
    const char *mode = settings->text(settings->ctx, "mode");
    const char *const *categories, *const *queries;
    size_t count = settings->values(settings->ctx, "category", &categories);
    size_t query_count = settings->values(settings->ctx, "query", &queries), i, within = 0;
    int result = ERR_OK;

    if (!mode)
        mode = "oai";
    if (settings->narrow && count > 0 && query_count > 0) {
        within = count;
        count = 0;
    }
    if (count == 0 && query_count == 0) {
        categories = arxiv_default;
        count = ARRAY_LEN(arxiv_default);
    }
    if (count + query_count > CATEGORIES_PLANNED)
        return error_set(err, ERR_USAGE, "more than %d categories and queries", CATEGORIES_PLANNED);
    for (i = 0; i < count && result == ERR_OK; i++)
        result = plan_category(plan, mode, categories[i], err);
    for (i = 0; i < query_count && result == ERR_OK; i++)
        result = plan_query(plan, queries[i], categories, within, err);
    return result;
}

static int arxiv_origin(const struct source_settings *settings, struct source_origin *origin,
                        struct error *err)
{
    (void)settings;
    (void)err;
    *origin = (struct source_origin){ .name = "arxiv", .floor_ms = 3000, .interval_ms = 3000 };
    return ERR_OK;
}

static int arxiv_begin(const struct source_settings *settings, const char *stream,
                       const struct source_span *span, struct str *cursor, struct error *err)
{
    size_t len = strcspn(stream, "/");
    char kind[CURSOR_KEY];
    const struct arxiv_way *way;
    struct cursor old = { 0 }, fresh;
    int result = ERR_OK;

    (void)settings;
    snprintf(kind, sizeof kind, "%.*s", (int)len, stream);
    way = arxiv_way(kind);
    if (!way || !stream[len])
        return error_set(err, ERR_CORRUPT, "'%.60s' is no stream of arXiv", stream);
    if (span->cursor && *span->cursor)
        result = cursor_parse(&old, span->cursor, err);
    if (result != ERR_OK)
        return result;
    if (old.len > 0 && span_covered(span, &old)) {
        cursor_set(&old, "again", NULL); /* a new run may try its luck anew */
        cursor_print(&old, cursor);
    } else {
        cursor_init(&fresh, kind);
        result = way->begin(stream + len + 1, span, &old, &fresh, err);
        cursor_print(&fresh, cursor);
        cursor_free(&fresh);
    }
    cursor_free(&old);
    return result;
}

/* ---- one request and its answer ---- */

static int arxiv_open(const char *text, struct cursor *cursor, const struct arxiv_way **way,
                      struct error *err)
{
    int result = cursor_parse(cursor, text, err);

    if (result != ERR_OK)
        return result;
    *way = arxiv_way(cursor->kind);
    if (*way)
        return ERR_OK;
    cursor_free(cursor);
    return error_set(err, ERR_CORRUPT, "the saved place '%.60s' is not one of arXiv's", text);
}

static int arxiv_request(const struct source_settings *settings, const char *text,
                         struct source_request *request, struct error *err)
{
    const struct arxiv_way *way;
    struct cursor cursor;
    int result = arxiv_open(text, &cursor, &way, err);

    if (result != ERR_OK)
        return result;
    source_request_clear(request);
    result = way->request(source_url(&source_arxiv, settings, way->url_key), &cursor, request, err);
    cursor_free(&cursor);
    return result;
}

static int arxiv_answer(const struct source_settings *settings, const char *text, const void *bytes,
                        size_t len, const struct parse_sink *sink, struct source_turn *turn,
                        struct error *err)
{
    const struct arxiv_way *way;
    struct cursor cursor;
    int result = arxiv_open(text, &cursor, &way, err);

    (void)settings;
    if (result != ERR_OK)
        return result;
    source_turn_clear(turn);
    result = way->answer(&cursor, bytes, len, sink, turn, err);
    if (result == ERR_OK)
        cursor_print(&cursor, &turn->cursor);
    cursor_free(&cursor);
    return result;
}

static int arxiv_skip(const struct source_settings *settings, const char *text,
                      struct source_turn *turn, struct error *err)
{
    const struct arxiv_way *way;
    struct cursor cursor;
    int result = arxiv_open(text, &cursor, &way, err);

    (void)settings;
    if (result != ERR_OK)
        return result;
    source_turn_clear(turn);
    result = way->skip ? way->skip(&cursor, turn, err)
                       : error_set(err, ERR_NOTFOUND, "there is no way around this page");
    if (result == ERR_OK)
        cursor_print(&cursor, &turn->cursor);
    cursor_free(&cursor);
    return result;
}

static int arxiv_lookup(const struct source_settings *settings, const struct ident *ids,
                        size_t count, struct str *cursor, struct error *err)
{
    (void)settings;
    return arxiv_api_lookup(ids, count, cursor, err);
}

const struct source_ops source_arxiv = {
    .kind = "arxiv",
    .title = "arXiv",
    .every_ms = 12 * SOURCE_HOUR_MS,
    .wishes = SOURCE_WISH_QUERY | SOURCE_WISH_CATEGORIES,
    .urls = arxiv_urls,
    .origin = arxiv_origin,
    .plan = arxiv_plan,
    .begin = arxiv_begin,
    .lookup = arxiv_lookup,
    .lookup_scheme = ID_ARXIV,
    .lookup_max = 100,
    .request = arxiv_request,
    .answer = arxiv_answer,
    .pass_over = arxiv_skip,
};
