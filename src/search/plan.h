/*
 * Between the files that make a plan: words (plan_match.c), conditions (plan_where.c,
 * plan_filters.c, plan_dates.c) and near: (plan_near.c). Each writes into the plan's match or
 * where.
 */
#ifndef CARREL_SEARCH_PLAN_H
#define CARREL_SEARCH_PLAN_H

#include "internal.h"

#include "carrel/text.h"

#define PLAN_NOTHING "\"\x01\x02\"" /* a token that no text has */

/* ---- words, as FTS5 ---- */

/* For text_tokenize: the stems of a text, and its last word as it stands, for prefixes. */
struct plan_stems {
    struct arena *arena;
    struct text_list list;
    char *last_term;
};
int plan_stems_add(void *ctx, const struct text_token *token);

/* Can the subtree be said in FTS5 alone? NOT only beside something positive. */
bool plan_is_text(const struct node *node);
int plan_match(struct plan *plan, struct str *out, const struct node *node, struct error *err);
/* An AND; with `text_only` its other members are left out. */
int plan_match_and(struct plan *plan, struct str *out, const struct node *node, bool text_only,
                   struct error *err);
/* A phrase of prepared stems; quotes cannot occur in them. */
void plan_match_phrase(struct str *out, char *const *stems, size_t count);
/* Something to rank by: the alternatives of a word, or the words of a phrase. */
int plan_add_group(struct plan *plan, const struct node *node, const struct text_list *stems,
                   bool phrase, struct error *err);
/* Adds near:'s words as an OR to the ranked part; each is a group of its own. */
int plan_near(struct plan *plan, const struct node *node, struct error *err);

/* ---- conditions, as SQL ---- */

int plan_where(struct plan *plan, const struct node *node, struct error *err);
int plan_filter(struct plan *plan, const struct node *node, struct error *err);
void plan_date(struct plan *plan, const struct node *node);
/* "column = ?" or, with a star at the value's end, "begins with ?". */
void plan_like(struct plan *plan, const char *column, const char *value);

/* Works by their numbers, "1,2,3", that were looked up once for all that the condition is asked. */
void plan_in(struct plan *plan, const char *ids);

int plan_too_deep(struct error *err);

#endif
