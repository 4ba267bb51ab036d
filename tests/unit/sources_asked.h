/*
 * What the tests of sources share: one that is asked step by step, as the driver does it.
 */
#ifndef TESTS_SOURCES_ASKED_H
#define TESTS_SOURCES_ASKED_H

#include "carrel/source.h"

struct asked {
    const struct source_ops *ops;
    const struct source_settings *settings; /* borrowed */
    const struct parse_sink *sink;          /* borrowed; of what is answered */
    struct source_turn turn;                /* the last answer's */
    struct source_request request;          /* the last one */
    struct str cursor;                      /* where it stands */
    struct error err;                       /* the last one */
};
extern struct asked asked;

/* From a set-up to its tear-down. */
void asked_start(const char *source, const struct source_settings *settings,
                 const struct parse_sink *sink);
void asked_end(void);

void asked_begin(const char *stream, const struct source_span *span); /* a round */
/* The same, of what was there since a day ("2026-02-01"; NULL: all). */
void asked_round(const char *stream, const char *old, bool finished, const char *since);
void asked_at(const char *cursor);
void asked_go_on(void);      /* where the last answer leads to */
const char *asked_url(void); /* of the request, which is made */
int asked_answer(const char *body);
int asked_answer_and_go_on(const char *body); /* where it was understood */
int asked_denied(int status, const char *body);

/* Settings of a source that nothing is said of. */
const char *asked_no_text(void *ctx, const char *key);
size_t asked_no_values(void *ctx, const char *key, const char *const **values);

#endif
