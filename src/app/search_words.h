/*
 * The words of a search's options. ERR_USAGE names those that there are.
 */
#ifndef CARREL_APP_SEARCH_WORDS_H
#define CARREL_APP_SEARCH_WORDS_H

#include "carrel/app.h"
#include "carrel/search.h"

int search_words_sort(const struct command_call *call, enum search_sort *sort, struct error *err);
int search_words_mode(const struct command_call *call, enum search_mode *mode, struct error *err);
/* Mode and priors. */
int search_words_ranking(const struct command_call *call, struct search_options *options,
                         struct error *err);
int search_words_in(const struct command_call *call, enum search_in *out, struct error *err);
/* NULL behind the last. */
const char *search_sort_at(size_t i);
const char *search_mode_at(size_t i);
const char *search_in_at(size_t i);

#endif
