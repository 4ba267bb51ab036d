/*
 * What the words in capitals of the command table stand for, as far as the library, the settings
 * and the program know names of it (complete_kinds.h).
 */
#include "complete_kinds.h"

#include "carrel/kinds.h"
#include "carrel/names.h"
#include "carrel/peers.h"
#include "carrel/search.h"

#include "commands.h"
#include "complete_values.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define COMPLETE_MAX 200

void offer_text(struct offer *offer, const char *text)
{
    if (strncmp(text, offer->word, strlen(offer->word)) == 0)
        offer->complete->each(offer->complete->ctx, text);
}

void offer_list(struct offer *offer, const char *list)
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

void offer_commands(struct offer *offer)
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

void offer_views(struct offer *offer)
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

static void offer_files(struct offer *offer)
{
    offer->files = true;
}

/* Names in the library and the program. `command` NULL: wherever it stands; the first row that fits
 * counts. */
static const struct {
    const char *command, *placeholder;
    void (*offer)(struct offer *offer); /* NULL: names in the library */
    enum name_kind names;
} kinds[] = {
    { NULL, "PEER", offer_peers, 0 },
    { "sync", "NAME", offer_sources, 0 },
    { "alert", "NAME", NULL, NAME_ALERT },
    { NULL, "NAME", NULL, NAME_QUERY },
    { "jobs", "ID", NULL, NAME_JOB },
    { NULL, "ID", NULL, NAME_WORK },
    { NULL, "TAG", NULL, NAME_TAG },
    { NULL, "VIEW", offer_views, 0 },
    { NULL, "KEY", offer_settings, 0 },
    { NULL, "FILE", offer_files, 0 },
    { NULL, "FOLDER", offer_files, 0 },
    { NULL, "DIR", offer_files, 0 },
    { NULL, "QUERY", offer_query, 0 },
    { NULL, "COMMAND", offer_commands, 0 },
    { NULL, "Q", offer_query, 0 },
    { NULL, "CATEGORY", NULL, NAME_CATEGORY },
    { NULL, "TASK", NULL, NAME_TASK },
    { NULL, "DATASET", NULL, NAME_DATASET },
    { NULL, "COLLECTION", NULL, NAME_COLLECTION },
    { "token", "SCOPE", offer_scopes, 0 },
};

/* What is known of a word in capitals, if anything is. */
static void offer_kind(struct offer *offer, const char *command, const char *name)
{
    const char *value;
    size_t i;

    for (i = 0; i < ARRAY_LEN(kinds); i++)
        if (strcmp(kinds[i].placeholder, name) == 0
            && (!kinds[i].command || strcmp(kinds[i].command, command) == 0)) {
            if (kinds[i].offer)
                kinds[i].offer(offer);
            else
                offer_names(offer, kinds[i].names);
            return;
        }
    for (i = 0; (value = complete_value(command, name, i)); i++)
        offer_text(offer, value);
}

void offer_placeholder(struct offer *offer, const char *command, const char *token,
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
