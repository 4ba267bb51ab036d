/*
 * What may stand behind --sort, --mode and --in of a search: read here, and offered by completion.
 */
#include "search_words.h"

#include <string.h>

/* The words behind --sort, --mode and --in, each at its number. */
static const char *const sort_names[] = {
    [SORT_RELEVANCE] = "relevance", [SORT_DATE] = "date",   [SORT_ADDED] = "added",
    [SORT_READ] = "read",           [SORT_QUEUE] = "queue", [SORT_GIVEN] = "trending"
};
static const char *const mode_names[] = { [SEARCH_AUTO] = "auto",
                                          [SEARCH_LEXICAL] = "lexical",
                                          [SEARCH_SEMANTIC] = "semantic",
                                          [SEARCH_HYBRID] = "hybrid" };
static const char *const in_names[] = { [SEARCH_IN_WORKS] = "works",
                                        [SEARCH_IN_TEXT] = "text",
                                        [SEARCH_IN_REPOSITORIES] = "repositories",
                                        [SEARCH_IN_ALL] = "all" };

const char *search_sort_at(size_t i)
{
    return i < ARRAY_LEN(sort_names) ? sort_names[i] : NULL;
}

const char *search_mode_at(size_t i)
{
    return i + 1 < ARRAY_LEN(mode_names) ? mode_names[i + 1] : NULL; /* the first is no choice */
}

const char *search_in_at(size_t i)
{
    return i < ARRAY_LEN(in_names) ? in_names[i] : NULL;
}

/* The number of the word behind this option; 0 without one, -1 for another word. */
static int search_word(const struct command_call *call, const char *option,
                       const char *const *names, size_t len)
{
    const char *word = call_option(call, option);
    size_t i;

    for (i = 0; word && i < len; i++)
        if (strcmp(word, names[i]) == 0)
            return (int)i;
    return word ? -1 : 0;
}

int search_words_sort(const struct command_call *call, enum search_sort *sort, struct error *err)
{
    int word = search_word(call, "--sort", sort_names, ARRAY_LEN(sort_names));

    *sort = word > 0 ? (enum search_sort)word : SORT_RELEVANCE;
    return word >= 0 ? ERR_OK
                     : error_set(err, ERR_USAGE,
                                 "--sort is relevance, date, added, read, queue or trending, not "
                                 "'%s'",
                                 call_option(call, "--sort"));
}

int search_words_mode(const struct command_call *call, enum search_mode *mode, struct error *err)
{
    int word = search_word(call, "--mode", mode_names, ARRAY_LEN(mode_names));

    *mode = word > 0 ? (enum search_mode)word : SEARCH_AUTO;
    return word >= 0 ? ERR_OK
                     : error_set(err, ERR_USAGE, "--mode is hybrid, lexical or semantic, not '%s'",
                                 call_option(call, "--mode"));
}

int search_words_in(const struct command_call *call, enum search_in *out, struct error *err)
{
    int word = search_word(call, "--in", in_names, ARRAY_LEN(in_names));

    *out = word > 0 ? (enum search_in)word : SEARCH_IN_WORKS;
    return word >= 0
               ? ERR_OK
               : error_set(err, ERR_USAGE, "--in is works, text, repositories or all, not '%s'",
                           call_option(call, "--in"));
}

int search_words_ranking(const struct command_call *call, struct search_options *options,
                         struct error *err)
{
    if (call_has(call, "--no-priors"))
        options->off |= SEARCH_OFF_PRIORS;
    return search_words_mode(call, &options->mode, err);
}
