/*
 * The command that searches: what its options mean, and which form the answer takes.
 */
#include "commands.h"
#include "search_answer.h"
#include "search_words.h"

#include "carrel/clock.h"
#include "carrel/documents.h"
#include "carrel/trends.h"

#include <stdlib.h>

#define IDS_PAGE 1000

static void say_relaxed(struct command_call *call, const struct search_result *result)
{
    if (result->relaxed && result->len > 0)
        str_add(&call->say,
                "few papers have all of these words; those with most of them come first\n");
}

/* Nothing found in documents, and there are none. */
static int say_no_documents(struct command_call *call, struct error *err)
{
    int64_t documents = 0;
    int result = documents_count(&documents, call->store, err);

    if (result == ERR_OK && documents == 0)
        str_add(&call->say, "there are no documents in the library yet; 'carrel process FILE' or "
                            "'carrel process FOLDER' adds some\n");
    return result;
}

/* All of them unless a limit was asked for: what is piped into another command must be whole. */
static int print_ids(struct command_call *call, const char *query, struct search_options *options,
                     bool all, struct error *err)
{
    struct search_result *result;
    char *after = NULL;
    size_t i;
    int code;

    if (all)
        options->limit = IDS_PAGE;
    do {
        options->after = after ? after : options->after;
        code = search_run(&result, call->store, query, options, err);
        if (code != ERR_OK)
            break;
        for (i = 0; i < result->len; i++)
            str_printf(&call->out, "%s\n", result->hits[i].row.key);
        if (!after)
            say_relaxed(call, result);
        free(after);
        after = all ? mem_strdup(result->next) : NULL;
        search_result_free(result);
        options->offset = 0;
        code = call_out(call, err);
    } while (code == ERR_OK && after);
    free(after);
    return code;
}

/* Trending: what is sampled and moves, fastest first; the rest is left out, and that is said. */
static int search_trending(struct command_call *call, struct search_options *options,
                           struct error *err)
{
    struct trends_options trends = { .today = clock_today() };
    int64_t *works;
    int result;

    if (options->sort != SORT_GIVEN)
        return ERR_OK;
    if (options->in != SEARCH_IN_WORKS)
        return error_set(err, ERR_USAGE, "--sort trending orders works, not pages of documents");
    result = trends_order(&works, &options->order_count, call->store, call->arena, &trends, err);
    options->order = works;
    if (result == ERR_OK)
        str_printf(&call->say, "only the %zu papers with a velocity are looked through%s\n",
                   options->order_count,
                   options->order_count ? "" : ": carrel trends says what there is");
    return result;
}

static char *join_arguments(const struct command_call *call, int from)
{
    struct str text = STR_INIT;
    char *kept;
    int i;

    for (i = from; i < call->argc; i++)
        str_printf(&text, "%s%s", i > from ? " " : "", call->argv[i]);
    kept = arena_strdup(call->arena, text.ptr);
    str_free(&text);
    return kept;
}

int cmd_search(struct command_call *call, struct error *err)
{
    bool json = call_has(call, "--json"), ids = call_has(call, "--ids"),
         explain = call_has(call, "--explain");
    struct search_options options = { .explain = explain || json,
                                      .snippets = !ids,
                                      .after = call_option(call, "--after") };
    struct search_result *result;
    long limit = 20, offset = 0;
    const char *query;
    int code = search_words_in(call, &options.in, err);

    if (code == ERR_OK)
        code = search_words_ranking(call, &options, err);
    if (code == ERR_OK)
        code = search_words_sort(call, &options.sort, err);
    if (code == ERR_OK)
        code = search_trending(call, &options, err);
    if (code == ERR_OK)
        code = call_number(call, "--limit", 1, 10000, &limit, err);
    if (code == ERR_OK)
        code = call_number(call, "--offset", 0, 1000000, &offset, err);
    if (code != ERR_OK)
        return code;
    if (call_has(call, "--batch"))
        return search_batch(call, call_option(call, "--batch"), err);
    if (call_has(call, "--format"))
        return error_set(err, ERR_USAGE, "--format trec goes with --batch FILE");
    if (call->argc == 0)
        return error_set(err, ERR_USAGE, "no query: what should be searched? '' finds everything");
    query = join_arguments(call, 0);
    options.limit = (size_t)limit;
    options.offset = (size_t)offset;
    if (ids && !json) {
        if (options.mode == SEARCH_AUTO) /* what is piped on is what was said, no neighbours */
            options.mode = SEARCH_LEXICAL;
        code = print_ids(call, query, &options, !call_has(call, "--limit"), err);
    } else {
        code = search_run(&result, call->store, query, &options, err);
        if (code == ERR_OK && json)
            code = search_write_json(call, query, result, err);
        else if (code == ERR_OK)
            search_write_text(call, query, result, explain);
        if (code == ERR_OK)
            say_relaxed(call, result);
        if (code == ERR_OK && options.in == SEARCH_IN_TEXT && result->len == 0)
            code = say_no_documents(call, err);
        if (code == ERR_OK)
            search_result_free(result);
    }
    if (code == ERR_PARSE && err)
        err->code = code = ERR_USAGE;
    return code;
}
