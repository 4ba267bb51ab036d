/*
 * Completion from the command table: the `args` of a command ("STATE ID|-...", "add NAME QUERY |
 * rm NAME | list") say what stands where; a word in capitals names a kind of thing, one in small
 * letters is meant as it stands.
 */
#include "carrel/complete.h"

#include "carrel/kinds.h"
#include "carrel/names.h"
#include "carrel/search.h"

#include "carrel/peers.h"
#include "commands.h"
#include "complete_values.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define COMPLETE_MAX 200

struct offer {
    const struct complete *complete;
    const char *word; /* what is typed of it */
    const char *head; /* stands before each name: "tag:" */
    bool words;       /* such a name is found by its words */
    bool files;
};

static void offer_text(struct offer *offer, const char *text)
{
    if (strncmp(text, offer->word, strlen(offer->word)) == 0)
        offer->complete->each(offer->complete->ctx, text);
}

/* Names divided by '|'. */
static void offer_list(struct offer *offer, const char *list)
{
    while (*list) {
        size_t len = strcspn(list, "|");
        char *text = mem_printf("%s%.*s", offer->head, (int)len, list);

        offer_text(offer, text);
        free(text);
        list += len + (list[len] == '|');
    }
}

/* What is typed of a name: behind the field and the quote of one that has blanks. */
static const char *typed_name(const struct offer *offer)
{
    const char *typed = offer->word + strlen(offer->head);

    return typed + (*offer->head && *typed == '"');
}

/* A query has no sign for a quote within quotes. Words are found without it ... */
static void add_words(struct str *out, const char *name)
{
    size_t len;

    for (; *name; name += len) {
        bool apart = out->len == 0 || out->ptr[out->len - 1] == ' ';

        len = strspn(name, apart ? "\" " : "\"");
        if (len == 0) {
            len = strcspn(name, "\"");
            str_add_mem(out, name, len);
        } else if (!apart && name[len] && name[len] != ' ') {
            str_add_char(out, ' ');
        }
    }
}

/* ... and of a whole name what stands before it is the beginning. Empty: there is no way to say
 * it. */
static void add_beginning(struct str *out, const char *name)
{
    size_t len = strcspn(name, "\"");

    str_add_mem(out, name, len);
    if (len > 0 && name[len])
        str_add_char(out, '*');
}

static void offer_quoted(struct offer *offer, const char *name)
{
    struct str plain = STR_INIT;
    char *text;

    if (offer->words)
        add_words(&plain, name);
    else
        add_beginning(&plain, name);
    text = mem_printf("%s\"%s\"", offer->head, plain.ptr);
    if (plain.len > 0)
        offer->complete->each(offer->complete->ctx, text);
    free(text);
    str_free(&plain);
}

static void offer_name(void *ctx, const char *name)
{
    struct offer *offer = ctx;
    char *text;

    if (!str_starts(name, typed_name(offer)))
        return;
    if (*offer->head && strpbrk(name, " \t\"")) {
        offer_quoted(offer, name);
        return;
    }
    text = mem_printf("%s%s", offer->head, name);
    offer->complete->each(offer->complete->ctx, text);
    free(text);
}

static void offer_names(struct offer *offer, enum name_kind kind)
{
    struct error err;

    if (offer->complete->store)
        names_each(offer->complete->store, kind, typed_name(offer), COMPLETE_MAX, offer_name, offer,
                   &err);
}

/* ---- what the capitals mean ---- */

static void offer_source_section(void *ctx, const char *key, const char *value, const char *from)
{
    const char *name = str_starts(key, "source.") ? key + 7 : NULL;
    const char *end = name ? strrchr(name, '.') : NULL;

    (void)value;
    (void)from;
    if (end) {
        char *text = mem_strndup(name, (size_t)(end - name));

        offer_name(ctx, text);
        free(text);
    }
}

static void offer_sources(struct offer *offer)
{
    offer_name(offer, "arxiv");
    if (offer->complete->app->config)
        config_each(offer->complete->app->config, offer_source_section, offer);
    offer_names(offer, NAME_SOURCE);
}

static void offer_peers(struct offer *offer)
{
    struct arena *arena = arena_new();
    struct peer *peers;
    size_t count = 0, i;

    if (offer->complete->app->config
        && peers_configured(arena, offer->complete->app->config, &peers, &count, NULL) == ERR_OK)
        for (i = 0; i < count; i++)
            offer_name(offer, peers[i].name);
    arena_free(arena);
}

static void offer_commands(struct offer *offer)
{
    const struct app_faces *faces = offer->complete->app->faces;
    const struct command *command;
    const char *name;
    size_t i;

    for (i = 0; (command = command_at(i)); i++)
        if (command->flags & (offer->complete->desk ? CMD_DESK | CMD_CREATES : CMD_CLI))
            offer_text(offer, command->name);
    for (i = 0;
         offer->complete->desk && faces && faces->desk_command && (name = faces->desk_command(i));
         i++)
        offer_text(offer, name);
}

static void offer_views(struct offer *offer)
{
    const struct app_faces *faces = offer->complete->app->faces;
    const char *name;
    size_t i;

    for (i = 0; faces && (name = faces->view_name(i)); i++)
        offer_text(offer, name);
}

static void offer_scopes(struct offer *offer)
{
    const struct app_faces *faces = offer->complete->app->faces;
    const char *name;
    size_t i;

    for (i = 0; faces && faces->scope_name && (name = faces->scope_name(i)); i++)
        offer_text(offer, name);
}

static void offer_settings(struct offer *offer)
{
    size_t i;

    for (i = 0; i < app_options_len; i++)
        if (!strchr(app_options[i].key, '*'))
            offer_text(offer, app_options[i].key);
}

/* Fields whose values are names in the library. */
static const struct {
    const char *field;
    enum name_kind kind;
} field_names[] = { { "cat", NAME_CATEGORY },  { "tag", NAME_TAG },
                    { "source", NAME_SOURCE }, { "query", NAME_QUERY },
                    { "near", NAME_WORK },     { "id", NAME_WORK },
                    { "task", NAME_TASK },     { "collection", NAME_COLLECTION },
                    { "venue", NAME_VENUE },   { "key", NAME_CITED } };

static void offer_values(struct offer *offer, const char *field)
{
    const struct query_help *help = query_help_find(field);
    size_t i;

    if (help)
        offer_list(offer, help->offers);
    for (i = 0; i < ARRAY_LEN(field_names); i++)
        if (strcmp(field_names[i].field, field) == 0) {
            offer->words = field_names[i].kind == NAME_VENUE;
            offer_names(offer, field_names[i].kind);
        }
}

/* A word of a query: a field's name, or what may stand behind it. */
static void offer_query(struct offer *offer)
{
    const char *typed = offer->word, *minus = typed[0] == '-' ? "-" : "", *name, *field;
    size_t i;

    for (i = 0; (name = query_field_at(i, &field)); i++) {
        char *head = mem_printf("%s%s:", minus, name);

        if (!strchr(typed, ':') && strcmp(name, field) == 0) {
            offer_text(offer, head);
        } else if (str_starts(typed, head)) {
            offer->head = head;
            offer_values(offer, field);
            offer->head = "";
        }
        free(head);
    }
}

static void offer_tags(struct offer *offer)
{
    offer_names(offer, NAME_TAG);
}

static void offer_collections(struct offer *offer)
{
    offer_names(offer, NAME_COLLECTION);
}

static void offer_feeds(struct offer *offer)
{
    offer_names(offer, NAME_QUERY);
}

static void offer_works(struct offer *offer)
{
    offer_names(offer, NAME_WORK);
}

static void offer_jobs(struct offer *offer)
{
    offer_names(offer, NAME_JOB);
}

static void offer_tasks(struct offer *offer)
{
    offer_names(offer, NAME_TASK);
}

static void offer_datasets(struct offer *offer)
{
    offer_names(offer, NAME_DATASET);
}

static void offer_alerts(struct offer *offer)
{
    offer_names(offer, NAME_ALERT);
}

static void offer_files(struct offer *offer)
{
    offer->files = true;
}

static void offer_categories(struct offer *offer)
{
    offer_names(offer, NAME_CATEGORY);
}

/* Names in the library and the program. `command` NULL: wherever it stands; the first row that fits
 * counts. */
static const struct {
    const char *command, *placeholder;
    void (*offer)(struct offer *offer);
} kinds[] = {
    { NULL, "PEER", offer_peers },
    { "sync", "NAME", offer_sources },
    { "alert", "NAME", offer_alerts },
    { NULL, "NAME", offer_feeds },
    { "jobs", "ID", offer_jobs },
    { NULL, "ID", offer_works },
    { NULL, "TAG", offer_tags },
    { NULL, "VIEW", offer_views },
    { NULL, "KEY", offer_settings },
    { NULL, "FILE", offer_files },
    { NULL, "FOLDER", offer_files },
    { NULL, "DIR", offer_files },
    { NULL, "QUERY", offer_query },
    { NULL, "COMMAND", offer_commands },
    { NULL, "Q", offer_query },
    { NULL, "CATEGORY", offer_categories },
    { NULL, "TASK", offer_tasks },
    { NULL, "DATASET", offer_datasets },
    { NULL, "COLLECTION", offer_collections },
    { "token", "SCOPE", offer_scopes },
};

/* What is known of a word in capitals, if anything is. */
static void offer_kind(struct offer *offer, const char *command, const char *name)
{
    const char *value;
    size_t i;

    for (i = 0; i < ARRAY_LEN(kinds); i++)
        if (strcmp(kinds[i].placeholder, name) == 0
            && (!kinds[i].command || strcmp(kinds[i].command, command) == 0)) {
            kinds[i].offer(offer);
            return;
        }
    for (i = 0; (value = complete_value(command, name, i)); i++)
        offer_text(offer, value);
}

/* "ID|-..." or "bash|zsh|fish" or "hybrid|lexical". */
static void offer_placeholder(struct offer *offer, const char *command, const char *token,
                              size_t token_len)
{
    const char *end = token + token_len;

    while (token < end) {
        size_t len = strcspn(token, "|.");
        char *name;

        len = len < (size_t)(end - token) ? len : (size_t)(end - token);
        name = mem_strndup(token, len);
        if (islower((unsigned char)name[0]))
            offer_text(offer, name);
        else if (len > 0)
            offer_kind(offer, command, name);
        free(name);
        token += len + 1;
    }
}

/* ---- where a word stands ---- */

static size_t token_len(const char *token)
{
    return strcspn(token, " ");
}

/* One way to write the arguments ("show ID"), against those that stand already. */
static void offer_usage(struct offer *offer, const char *command, const char *usage, size_t len,
                        int given, char **words)
{
    const char *at = usage, *end = usage + len, *token = NULL;
    int i;

    for (i = 0; i <= given; i++) {
        while (at < end && *at == ' ')
            at++;
        if (at >= end)
            break;
        token = at;
        at += token_len(at) < (size_t)(end - at) ? token_len(at) : (size_t)(end - at);
        if (i < given && islower((unsigned char)*token) && !memchr(token, '|', (size_t)(at - token))
            && (strlen(words[i]) != (size_t)(at - token)
                || strncmp(words[i], token, (size_t)(at - token)) != 0))
            return;
    }
    if (token && (i > given || (at[-1] == '.' && at[-2] == '.') || strncmp(token, "QUERY", 5) == 0))
        offer_placeholder(offer, command, token, (size_t)(at - token));
}

static void offer_arguments(struct offer *offer, const struct command *command, int given,
                            char **words)
{
    char *args = mem_strdup(command->args), *at = args;
    size_t i;

    for (i = 0; args[i]; i++)
        if (args[i] == '[' || args[i] == ']' || (args[i] == '-' && args[i + 1] == '-'))
            args[i] = ' ';
        else if (args[i] == '-' && i > 0 && args[i - 1] == ' ' && args[i + 1] != ' ')
            args[i] = ' '; /* the second half of "--" */
    while (at) {
        char *bar = strstr(at, " | ");

        offer_usage(offer, command->name, at, bar ? (size_t)(bar - at) : strlen(at), given, words);
        at = bar ? bar + 3 : NULL;
    }
    free(args);
}

static const struct command_option *option_find(const struct command *command, const char *name)
{
    const struct command_option *option;

    for (option = command->options; option && option->name; option++)
        if (strcmp(option->name, name) == 0)
            return option;
    return NULL;
}

/* What views understand beside the command table, and what may stand behind it. */
static const struct {
    const char *name, *args;
} view_words[] = { { "sort", "TREND|relevance|date|added|read|LISTED" },
                   { "metric", "METRIC" },
                   { "window", "WINDOW" },
                   { "period", "week|month" },
                   { "weeks", "N" },
                   { "clusters", "" },
                   { "category", "CATEGORY|all" },
                   { "refresh", "" } };

/* Of `name`, what may stand behind it (false: it is none of them); NULL: all of them. */
static bool offer_view_words(struct offer *offer, const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(view_words); i++) {
        if (!name)
            offer_text(offer, view_words[i].name);
        else if (strcmp(view_words[i].name, name) == 0) {
            offer_placeholder(offer, "trends", view_words[i].args, strlen(view_words[i].args));
            return true;
        }
    }
    return false;
}

/* ---- global options ---- */

/* "-L, --library DIR": its names. */
static void offer_globals(struct offer *offer)
{
    const char *names, *help;
    size_t i;

    for (i = 0; (names = help_global(i, &help)); i++)
        while (*names == '-') {
            size_t len = strcspn(names, ", ");
            char *name = mem_strndup(names, len);

            offer_text(offer, name);
            free(name);
            names += len + strspn(names + len, ", ");
        }
}

bool complete_global(const struct complete *complete, const char *option, const char *word)
{
    struct offer offer = { .complete = complete, .word = word, .head = "" };
    size_t i;

    if (strcmp(option, "--color") == 0)
        offer_list(&offer, "auto|always|never");
    else if (strcmp(option, "-c") != 0)
        return true;
    for (i = 0; i < app_options_len && option[1] == 'c'; i++)
        if (!strchr(app_options[i].key, '*')) {
            char *key = mem_printf("%s=", app_options[i].key);

            offer_text(&offer, key);
            free(key);
        }
    return false;
}

bool complete_words(const struct complete *complete, int count, char **words)
{
    const struct command *command = count > 1 ? command_find(words[0]) : NULL;
    struct offer offer = { .complete = complete, .head = "" };
    const struct command_option *option = NULL;
    char **given;
    int given_count = 0, i;

    if (count < 1)
        return false;
    offer.word = words[count - 1];
    if (count == 1) {
        if (!complete->desk && offer.word[0] == '-')
            offer_globals(&offer);
        offer_commands(&offer);
        if (complete->desk) {
            offer_views(&offer);
            offer_view_words(&offer, NULL);
        }
        return false;
    }
    if (complete->desk && count == 2 && strcmp(words[0], "view") == 0) {
        offer_views(&offer);
        return false;
    }
    if (!command)
        return !(complete->desk && count == 2 && offer_view_words(&offer, words[0]));
    given = mem_zalloc((size_t)count * sizeof *given);
    for (i = 1; i < count - 1; i++) {
        option = words[i][0] == '-' ? option_find(command, words[i]) : NULL;
        if (option && i + 1 < count - 1 && option_wants(option, words[i + 1]))
            i++;
        else if (!option)
            given[given_count++] = words[i];
    }
    /* The loop's last option is the word before this one, if that is an option at all. */
    option = count > 2 ? option_find(command, words[count - 2]) : NULL;
    if (option && option->arg && option->arg[0] == '[') {
        offer_placeholder(&offer, command->name, option->arg + 1, strlen(option->arg) - 2);
        option = NULL; /* or something else */
    }
    if (option && option->arg) {
        offer_placeholder(&offer, command->name, option->arg, strlen(option->arg));
    } else {
        if (offer.word[0] == '-')
            for (option = command->options; option && option->name; option++)
                offer_text(&offer, option->name);
        offer_arguments(&offer, command, given_count, given);
    }
    free(given);
    return offer.files;
}
