/*
 * Cutting a JSON document of any size into its elements: those of one top-level array, or objects
 * one behind the other (JSONL, or spread over lines). The bytes of one element at a time are kept,
 * and no more than `max` of them; nothing is interpreted beyond strings and brackets.
 */
#ifndef CARREL_SOURCES_CUTTER_H
#define CARREL_SOURCES_CUTTER_H

#include "carrel/error.h"
#include "carrel/str.h"

#define CUTTER_DEPTH 200 /* brackets inside one element */

struct cutter_sink {
    void *ctx;
    /* One whole element; bytes live until the call returns. Non-zero stops. */
    int (*element)(void *ctx, const char *bytes, size_t len, long line);
    /* What is not one, or is too large: `why` is one line. */
    void (*bad)(void *ctx, long line, const char *why);
};

struct cutter {
    enum { CUT_START, CUT_BETWEEN, CUT_INSIDE, CUT_END } state;
    bool array, comma, need_comma;
    bool string, escape;
    int depth;
    const char *skipping; /* why the present element is passed over */
    long line, element_line;
    size_t max;
    struct str element;
    struct cutter_sink sink;
};

void cutter_init(struct cutter *cutter, size_t max, const struct cutter_sink *sink);
void cutter_free(struct cutter *cutter);
/* ERR_PARSE: no JSON at all at this place; or the sink's own non-zero answer. */
int cutter_feed(struct cutter *cutter, const char *bytes, size_t len, struct error *err);
/* ERR_PARSE: the document is cut short. */
int cutter_finish(struct cutter *cutter, struct error *err);

#endif
