/*
 * What a search has found, as `carrel search` tells it: as JSON, for people, or as a run of TREC.
 */
#ifndef CARREL_APP_SEARCH_ANSWER_H
#define CARREL_APP_SEARCH_ANSWER_H

#include "carrel/app.h"
#include "carrel/search.h"

/* Into call->out. */
int search_write_json(struct command_call *call, const char *query,
                      const struct search_result *result, struct error *err);
/* Hits into call->out, what is said beside them into call->say. */
void search_write_text(struct command_call *call, const char *query,
                       const struct search_result *result, bool explain);
/* The marks around words that were found: bold, or left out. */
void search_strip_marks(struct str *out, const char *text, bool bold);

/* Runs the queries of a file, "-" standard input. ERR_USAGE: --format is not that of runs. */
int search_batch(struct command_call *call, const char *file, struct error *err);
#endif
