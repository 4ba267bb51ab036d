/*
 * Evaluation: a test collection imported into a scratch library and asked through search_run, side
 * by side with a plain FTS5 table of the same documents.
 */
#ifndef CARREL_APP_EVAL_H
#define CARREL_APP_EVAL_H

#include "carrel/metrics.h"
#include "carrel/search.h"
#include "carrel/testset.h"

/* One way to rank. */
struct eval_system {
    const char *name;
    bool peer;                     /* the FTS5 table, ORDER BY bm25() */
    struct search_options options; /* else: how search_run is asked */
};
/* What came of one system on one set; arrays by judged query. Owned: eval_result_free. */
struct eval_result {
    const struct eval_system *system;
    struct metrics *each;
    double *took_ms; /* of the first 20 hits, asked a second time: warm */
    size_t count;
    struct metrics mean;
    double median_ms, p95_ms;
};
/* One test collection, in a library of its own below $TMPDIR, gone with eval_library_free. */
struct eval_library;
int eval_library_new(struct eval_library **out, const struct testset *set, struct error *err);
void eval_library_free(struct eval_library *library);
/* ERR_CANCELLED when *cancel becomes true between two queries. */
int eval_run(struct eval_result *out, struct eval_library *library,
             const struct eval_system *system, const atomic_bool *cancel, struct error *err);
void eval_result_free(struct eval_result *result);

#endif
