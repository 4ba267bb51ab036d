/*
 * GitHub's REST interface: the repositories that papers link to, one by one; facts and numbers
 * once a day, the README when something was pushed since it was read.
 *
 * What is asked for is the library's business: the driver hands over names (subjects). Cursors:
 * facts?ids, total: "owner/name@PUSHED ..." still to be asked, the first of them now; PUSHED is
 * what it was when the README was read, "-" when there is none here, and "@" is missing when
 * nothing is known of the repository. readme?ids, total: the same, and the first one's README.
 *
 * A repository that has moved is answered by a redirect and then by its new name. One that has gone
 * (404) or is withheld (451) is an answer like any other.
 */
#include "github.h"
#include "internal.h"

#include "carrel/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND_MS 1000
/* GitHub serves 60 requests an hour to whoever does not say who it is, 5,000 to others; some are
 * left to other programs of this address or token. */
#define ANONYMOUS_WINDOW 50
#define TOKEN_WINDOW 4500
/* Of its secondary limits it does not always say how long they last: a minute, by its own advice.
 */
#define LIMITED_MS (60 * SECOND_MS)
#define ANONYMOUS_RUN 20 /* repositories; each is at most two requests */
#define TOKEN_RUN 1000

static const struct source_setting github_urls[] = { { "url", "https://api.github.com" },
                                                     { NULL, NULL } };
static const char *const github_headers[] = { "Accept: application/vnd.github+json",
                                              "X-GitHub-Api-Version: 2022-11-28" };

static bool github_has_token(const struct source_settings *settings)
{
    return settings->text(settings->ctx, "token-file") != NULL;
}

static int github_origin(const struct source_settings *settings, struct source_origin *origin,
                         struct error *err)
{
    const char *url = source_url(&source_github, settings, "url");
    bool token = github_has_token(settings);

    *origin = (struct source_origin){ .interval_ms = token ? SECOND_MS / 4 : SECOND_MS,
                                      .window_requests = token ? TOKEN_WINDOW : ANONYMOUS_WINDOW,
                                      .window_ms = SOURCE_HOUR_MS,
                                      .limited_ms = LIMITED_MS };
    if (!url_host(url, origin->name, sizeof origin->name))
        return error_set(err, ERR_USAGE, "url = %.200s: not an address (https://...)", url);
    return ERR_OK;
}

static int github_plan(const struct source_settings *settings, struct source_plan *plan,
                       struct error *err)
{
    static const char name[] = "repositories";

    (void)settings;
    (void)err;
    text_list_add(&plan->streams, plan->arena, name, sizeof name - 1);
    return ERR_OK;
}

static size_t github_run(const struct source_settings *settings)
{
    return github_has_token(settings) ? TOKEN_RUN : ANONYMOUS_RUN;
}

/* ---- places ---- */

/* The first item of a list. */
struct item {
    char name[210];  /* "owner/name" */
    char pushed[48]; /* "" none */
    bool known;      /* its facts are in the library */
};

static bool item_read(struct item *item, const char *ids)
{
    size_t len = strcspn(ids, " "), name = strcspn(ids, "@ ");
    const char *slash = memchr(ids, '/', name);

    if (!slash || slash == ids || slash == ids + name - 1 || name >= sizeof item->name
        || len - name > sizeof item->pushed
        || strspn(ids, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./") < name
        || memchr(slash + 1, '/', (size_t)(ids + name - slash - 1)))
        return false;
    item->known = ids[name] == '@';
    snprintf(item->name, sizeof item->name, "%.*s", (int)name, ids);
    snprintf(item->pushed, sizeof item->pushed, "%.*s", (int)(item->known ? len - name - 1 : 0),
             ids + name + item->known);
    if (strcmp(item->pushed, "-") == 0)
        item->pushed[0] = '\0';
    return true;
}

/* All of them, and the first in *item. */
static bool items_read(struct item *item, const char *ids)
{
    struct item other;
    const char *at = ids + strcspn(ids, " ");

    if (!item_read(item, ids))
        return false;
    while (*at) {
        if (!item_read(&other, ++at))
            return false;
        at += strcspn(at, " ");
    }
    return true;
}

static int github_cursor(struct cursor *cursor, struct item *item, const char *text,
                         struct error *err)
{
    int result = cursor_parse(cursor, text, err);

    if (result != ERR_OK)
        return result;
    if ((strcmp(cursor->kind, "facts") == 0 || strcmp(cursor->kind, "readme") == 0)
        && items_read(item, cursor_get(cursor, "ids")))
        return ERR_OK;
    cursor_free(cursor);
    return error_set(err, ERR_CORRUPT, "the saved place '%.60s' is not one of repositories", text);
}

static int github_begin(const struct source_settings *settings, const char *stream,
                        const struct source_span *span, struct str *out, struct error *err)
{
    struct cursor cursor;
    struct item item;
    struct str ids = STR_INIT;

    (void)settings;
    (void)stream;
    if (span->cursor && !span->finished && !span->subjects) {
        int result = github_cursor(&cursor, &item, span->cursor, err);

        if (result != ERR_OK)
            return result;
        cursor_print(&cursor, out);
        cursor_free(&cursor);
        return ERR_OK;
    }
    if (!span->subjects || span->subjects->len == 0)
        return error_set(err, ERR_NOTFOUND, "there is no repository to ask for");
    text_list_join(&ids, span->subjects, " ");
    cursor_init(&cursor, "facts");
    cursor_set(&cursor, "ids", ids.ptr);
    cursor_set_number(&cursor, "total", (int64_t)span->subjects->len);
    cursor_print(&cursor, out);
    cursor_free(&cursor);
    str_free(&ids);
    return ERR_OK;
}

static int github_lookup(const struct source_settings *settings, const struct ident *ids,
                         size_t count, struct str *out, struct error *err)
{
    static const char host[] = "github.com/";
    struct cursor cursor;

    (void)settings;
    if (count != 1 || !str_starts(ids->value, host))
        return error_set(err, ERR_USAGE, "repo:%.100s is not at GitHub", ids->value);
    cursor_init(&cursor, "facts");
    cursor_set(&cursor, "ids", ids->value + sizeof host - 1);
    cursor_set_number(&cursor, "total", 1);
    cursor_print(&cursor, out);
    cursor_free(&cursor);
    return ERR_OK;
}

static int github_request(const struct source_settings *settings, const char *text,
                          struct source_request *request, struct error *err)
{
    struct cursor cursor;
    struct item item;
    bool readme;
    int result = github_cursor(&cursor, &item, text, err);

    if (result != ERR_OK)
        return result;
    readme = strcmp(cursor.kind, "readme") == 0;
    source_request_clear(request);
    source_base(&request->url, &source_github, settings);
    str_printf(&request->url, "/repos/%s%s", item.name, readme ? "/readme" : "");
    str_printf(&request->purpose, readme ? "README of %s" : "repository %s", item.name);
    request->media = SOURCE_JSON;
    request->headers = github_headers;
    request->header_count = ARRAY_LEN(github_headers);
    request->authorized = true;
    /* Of what is not here no "as before" would be of use. */
    request->conditional = readme ? *item.pushed != '\0' : item.known;
    request->keep = !readme;
    cursor_free(&cursor);
    return ERR_OK;
}

/* ---- answers ---- */

/* On to the next one, or to the README of this one, by the name it has now. */
static void github_turn(struct cursor *cursor, const char *readme_of, struct source_turn *turn)
{
    const char *ids = cursor_get(cursor, "ids"), *rest = ids + strcspn(ids, " ");
    int64_t total = cursor_number(cursor, "total", 0), left = 0;
    struct str list = STR_INIT;
    const char *at;

    rest += *rest == ' ';
    for (at = ids; *at; at += strcspn(at, " "), at += *at == ' ')
        left++;
    if (readme_of)
        str_printf(&list, "%s@-%s%s", readme_of, *rest ? " " : "", rest);
    else
        str_add(&list, rest);
    turn->finished = list.len == 0;
    cursor_set(cursor, "ids", list.ptr); /* `ids` and `rest` end here */
    snprintf(cursor->kind, sizeof cursor->kind, "%s", readme_of ? "readme" : "facts");
    turn->count = 1;
    turn->total = total > left ? total : left;
    turn->got = turn->total - left + (readme_of ? 0 : 1);
    cursor_print(cursor, &turn->cursor);
    str_free(&list);
}

static int github_emit(const struct parse_sink *sink, struct repository *repository,
                       struct arena *arena)
{
    struct record record = { .repository = repository, .source = "github" };

    repository->at = clock_now_ms();
    if (repository->says != REPOSITORY_ABSENT)
        record.id = arena_printf(arena, "repo:%s", repository->key);
    if (record.id && repository->asked) {
        char *asked = arena_printf(arena, "repo:%s", repository->asked);

        text_list_add(&record.aliases, arena, asked, strlen(asked));
    }
    return sink->record(sink->ctx, &record);
}

/* What every answer begins and ends with: `read` makes a repository of it and says whose README is
 * to be asked next, if any. */
struct answering {
    struct cursor cursor;
    struct item item;
    struct arena *arena;
    char *key; /* as it was asked for */
    struct repository repository;
    const char *readme_of;
};

static int answer_open(struct answering *answering, const char *text, struct source_turn *turn,
                       struct error *err)
{
    int result;

    memset(answering, 0, sizeof *answering);
    source_turn_clear(turn);
    result = github_cursor(&answering->cursor, &answering->item, text, err);
    if (result != ERR_OK)
        return result;
    answering->arena = arena_new();
    answering->key = github_key(answering->item.name, answering->arena);
    if (answering->key)
        return ERR_OK;
    cursor_free(&answering->cursor);
    arena_free(answering->arena);
    return error_set(err, ERR_CORRUPT, "'%.80s' is no repository's name", text);
}

static int answer_close(struct answering *answering, int result, const struct parse_sink *sink,
                        struct source_turn *turn, struct error *err)
{
    if (result == ERR_OK && github_emit(sink, &answering->repository, answering->arena) != ERR_OK)
        result = error_set(err, ERR_LIMIT, "an answer with too many records");
    if (result == ERR_OK)
        github_turn(&answering->cursor, answering->readme_of, turn);
    cursor_free(&answering->cursor);
    arena_free(answering->arena);
    return result;
}

static bool is_readme(const struct answering *answering)
{
    return strcmp(answering->cursor.kind, "readme") == 0;
}

static int answer_facts(struct answering *answering, const void *bytes, size_t len,
                        struct error *err)
{
    struct repository *repository = &answering->repository;
    int result = github_facts(repository, answering->arena, bytes, len, err);

    if (result != ERR_OK)
        return result;
    if (strcmp(repository->key, answering->key) != 0)
        repository->asked = answering->key;
    if (!*answering->item.pushed || !repository->pushed
        || strcmp(repository->pushed, answering->item.pushed) != 0)
        answering->readme_of = repository->name;
    return ERR_OK;
}

static int github_answer(const struct source_settings *settings, const char *text,
                         const void *bytes, size_t len, const struct parse_sink *sink,
                         struct source_turn *turn, struct error *err)
{
    struct answering answering;
    int result = answer_open(&answering, text, turn, err);

    (void)settings;
    if (result != ERR_OK)
        return result;
    answering.repository.key = answering.key;
    result = is_readme(&answering)
                 ? github_readme(&answering.repository, answering.arena, bytes, len, err)
                 : answer_facts(&answering, bytes, len, err);
    return answer_close(&answering, result, sink, turn, err);
}

static int github_unchanged(const struct source_settings *settings, const char *text,
                            const struct parse_sink *sink, struct source_turn *turn,
                            struct error *err)
{
    struct answering answering;
    int result = answer_open(&answering, text, turn, err);

    (void)settings;
    if (result != ERR_OK)
        return result;
    answering.repository =
        (struct repository){ .says = REPOSITORY_SAME, .key = answering.key, .stars = -1 };
    if (!is_readme(&answering) && !*answering.item.pushed)
        answering.readme_of = answering.item.name;
    return answer_close(&answering, ERR_OK, sink, turn, err);
}

/* 404, 410 and 451 are answers, and a 403 that says of this one repository that it is blocked: it
 * has no README, or is not there. Others' error pages (a proxy's, a portal's) are none. */
static int github_denied(const struct source_settings *settings, const char *text, int status,
                         const void *bytes, size_t len, const struct parse_sink *sink,
                         struct source_turn *turn, struct error *err)
{
    static char nothing[] = "";
    struct answering answering;
    int result = answer_open(&answering, text, turn, err);
    struct repository *repository = &answering.repository;
    char *message;

    (void)settings;
    if (result != ERR_OK)
        return result;
    message = github_message(answering.arena, bytes, len);
    if (!message || (status == 403 && !strcasestr(message, "access blocked")))
        result = error_set(err, ERR_PARSE, "HTTP %d, and not in GitHub's words", status);
    repository->key = answering.key;
    if (is_readme(&answering)) {
        repository->says = REPOSITORY_README_IS;
        repository->readme = nothing;
    } else {
        repository->says = REPOSITORY_ABSENT;
        repository->state = status == 404 || status == 410 ? REPOSITORY_GONE : REPOSITORY_BLOCKED;
        repository->why = message;
    }
    return answer_close(&answering, result, sink, turn, err);
}

static int github_subject(const struct source_settings *settings, const char *text, struct str *out,
                          struct error *err)
{
    struct cursor cursor;
    struct item item;
    int result = github_cursor(&cursor, &item, text, err);

    (void)settings;
    if (result != ERR_OK)
        return result;
    str_add(out, item.name);
    cursor_free(&cursor);
    return ERR_OK;
}

static int github_pass_over(const struct source_settings *settings, const char *text,
                            struct source_turn *turn, struct error *err)
{
    struct cursor cursor, gap;
    struct item item;
    int result = github_cursor(&cursor, &item, text, err);

    (void)settings;
    source_turn_clear(turn);
    if (result != ERR_OK)
        return result;
    cursor_init(&gap, cursor.kind);
    cursor_set(&gap, "ids", item.name);
    cursor_set_number(&gap, "total", 1);
    cursor_print(&gap, &turn->gap_cursor);
    cursor_free(&gap);
    str_printf(&turn->gap_what,
               strcmp(cursor.kind, "readme") == 0 ? "README of %s" : "repository %s", item.name);
    github_turn(&cursor, NULL, turn);
    turn->count = 0;
    cursor_free(&cursor);
    return ERR_OK;
}

const struct source_ops source_github = {
    .kind = "github",
    .title = "GitHub",
    .dateless = true,
    .every_ms = 2 * SOURCE_HOUR_MS,
    .urls = github_urls,
    .subjects = SOURCE_REPOSITORIES,
    .run = github_run,
    .origin = github_origin,
    .plan = github_plan,
    .begin = github_begin,
    .lookup = github_lookup,
    .lookup_scheme = ID_REPO,
    .lookup_max = 1,
    .request = github_request,
    .answer = github_answer,
    .unchanged = github_unchanged,
    .denied = github_denied,
    .subject = github_subject,
    .pass_over = github_pass_over,
};
