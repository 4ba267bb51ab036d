/*
 * What the sources share: their table's rows, and where a round begins.
 */
#ifndef CARREL_SOURCES_INTERNAL_H
#define CARREL_SOURCES_INTERNAL_H

#include "cursor.h"

extern const struct source_ops source_arxiv, source_crossref, source_feed, source_github,
    source_huggingface, source_pwc;

bool url_host(const char *url, char *host, size_t size);

/* The address of the only interface that a source has ("url"), without slashes at its end. */
void source_base(struct str *out, const struct source_ops *ops,
                 const struct source_settings *settings);

#define FIRST_DAYS 30 /* a first harvest reaches so far back */

/* The first day of a round that does not go on from an earlier one. */
int32_t span_first(const struct source_span *span);
/* Is the old cursor inside a round that covers the span? Then it is kept. */
bool span_covered(const struct source_span *span, const struct cursor *old);

#endif
