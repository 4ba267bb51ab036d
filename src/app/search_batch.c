/*
 * Searches by the file, for evaluation: lines of qid and query in, a TREC run out. Ranked by texts
 * alone, without the priors, and with the whole tail of works that have any of the words.
 */
#include "search_answer.h"
#include "search_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_DEFAULT 1000
#define BATCH_LINE_MAX 8192

static int batch_line(struct command_call *call, char *line, long depth, struct error *err)
{
    struct search_options options = { .limit = (size_t)depth,
                                      .relax_below = (size_t)depth,
                                      .any_word = true,
                                      .off = SEARCH_OFF_PRIORS };
    char *query = strchr(line, '\t');
    struct search_result *result;
    struct error why = { 0 };
    size_t i;
    int code = search_words_ranking(call, &options, err);

    if (code != ERR_OK)
        return code;
    if (!query)
        return error_set(err, ERR_PARSE, "no tab between qid and query");
    *query++ = '\0';
    options.sentence = query_is_plain(query);
    code = search_run(&result, call->store, query, &options, &why);
    if (code != ERR_OK)
        return error_set(err, code, "%s", why.message);
    for (i = 0; i < result->len; i++)
        str_printf(&call->out, "%s Q0 %s %zu %.6f carrel\n", line, result->hits[i].row.key, i + 1,
                   result->hits[i].score);
    search_result_free(result);
    return call_out(call, err);
}

int search_batch(struct command_call *call, const char *file, struct error *err)
{
    FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "r");
    const char *format = call_option(call, "--format");
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    long depth = DEPTH_DEFAULT, number = 0;
    int result = ERR_OK;

    if (!format || strcmp(format, "trec") != 0)
        result = error_set(err, ERR_USAGE, "--batch prints TREC runs: add --format trec");
    else if (!in)
        result = error_errno(err, "cannot open %s", file);
    if (result == ERR_NOTFOUND)
        result = err ? (err->code = ERR_FAILED) : ERR_FAILED;
    if (result == ERR_OK)
        result = call_number(call, "--depth", 1, 10000, &depth, err);
    while (result == ERR_OK && (len = getline(&line, &size, in)) >= 0) {
        number++;
        while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
            line[--len] = '\0';
        if (len == 0)
            continue;
        result = len > BATCH_LINE_MAX
                     ? error_set(err, ERR_LIMIT, "longer than %d bytes", BATCH_LINE_MAX)
                     : batch_line(call, line, depth, err);
        if (result != ERR_OK && err)
            error_context(err, "%s:%ld", file, number);
    }
    free(line);
    if (in && in != stdin)
        fclose(in);
    return result;
}
