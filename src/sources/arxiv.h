/*
 * Inside arXiv's source: the ways to read it, told apart by the kind of a cursor ("oai",
 * "oai-raw", "api", "rss"), under one budget.
 */
#ifndef CARREL_SOURCES_ARXIV_H
#define CARREL_SOURCES_ARXIV_H

#include "internal.h"

/* The set of a category, "cs:cs:CL"; ERR_USAGE when arXiv has no such archive. */
int arxiv_set(const char *category, struct str *set, struct error *err);
bool arxiv_category_ok(const char *category);

/* What the three have in common with struct source_ops. `base` is the address of the interface. */
struct arxiv_way {
    const char *kind;
    const char *url_key;
    int (*begin)(const char *what, const struct source_span *span, const struct cursor *old,
                 struct cursor *fresh, struct error *err);
    int (*request)(const char *base, const struct cursor *cursor, struct source_request *request,
                   struct error *err);
    int (*answer)(struct cursor *cursor, const void *bytes, size_t len,
                  const struct parse_sink *sink, struct source_turn *turn, struct error *err);
    int (*skip)(struct cursor *cursor, struct source_turn *turn, struct error *err);
};
extern const struct arxiv_way arxiv_oai, arxiv_oai_raw, arxiv_api, arxiv_rss;

int arxiv_api_lookup(const struct ident *ids, size_t count, struct str *cursor, struct error *err);
/* A window of submission days of one category, for the query API: what a listing did not bring. */
void arxiv_api_window(struct str *cursor, const char *query, int32_t first, int32_t last);

#endif
