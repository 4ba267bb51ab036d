/*
 * Completion from the command table: the `args` of a command ("STATE ID|-...", "add NAME QUERY |
 * rm NAME | list") say what stands where; a word in capitals names a kind of thing, one in small
 * letters is meant as it stands.
 */
#include "complete_kinds.h"

#include "commands.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

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

/* The words between the command's name and the last one that are neither options nor their values.
 */
static int words_given(char **given, const struct command *command, int count, char **words)
{
    int len = 0, i;

    for (i = 1; i < count - 1; i++) {
        const struct command_option *option =
            words[i][0] == '-' ? option_find(command, words[i]) : NULL;

        if (option && i + 1 < count - 1 && option_wants(option, words[i + 1]))
            i++;
        else if (!option)
            given[len++] = words[i];
    }
    return len;
}

bool complete_words(const struct complete *complete, int count, char **words)
{
    const struct command *command = count > 1 ? command_find(words[0]) : NULL;
    struct offer offer = { .complete = complete, .head = "" };
    const struct command_option *option = NULL;
    char **given;
    int given_count;

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
    given_count = words_given(given, command, count, words);
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
