/*
 * The two arms and what is made of them: the words of a query as an idea (idea.c), the nearest
 * vectors that the rest of the query allows (semantic.c), both lists as one (fuse.c).
 */
#ifndef CARREL_SEARCH_HYBRID_H
#define CARREL_SEARCH_HYBRID_H

#include "carrel/embed.h"
#include "carrel/vectors.h"
#include "internal.h"
#include "rerank.h"

#define NEAR_MAX 64

/* What a query asks for beyond its exact words. Lies in the plan's arena. */
struct idea {
    const struct embed_model *model; /* NULL: none, or it is a server's */
    size_t dim;                      /* 0: the library has no vectors */
    float vector[VECTORS_DIM_MAX];   /* unit length when has_vector */
    bool has_vector;
    struct rank_term
        *terms; /* owned: idea_free; distinct stems of all its words but negated ones and authors */
    size_t term_count, term_cap;
    int64_t near[NEAR_MAX]; /* papers it should be like; they are no hits */
    size_t near_count;
    size_t soft; /* bare words at the top level: those a hit may lack */
    bool exact;  /* no work may be added: OR, AND, NOT of words in brackets, near:, prefixes */
    struct node *hard; /* the query without its soft words; NULL: nothing else must hold */
};
int idea_read(struct idea *out, struct plan *plan, const struct query *query, struct error *err);
void idea_free(struct idea *idea); /* also after a failure */
/* Are there words at the top, two or more, of which a hit may lack one? */
bool idea_is_loose(const struct query *query);

/* The works nearest to the idea among those where `hard` holds; at most k, best first. `wanted`
 * are enough for the caller: more are not dug for when the condition is narrow. `begun` is the scan
 * of all for the same k, when it was begun before; freed in any case. */
int semantic_candidates(struct candidates *out, struct plan *plan, const struct idea *idea,
                        size_t k, size_t wanted, struct vectors_scan *begun, struct error *err);

/* One work of the fused list. */
struct fused {
    int64_t id;
    int lexical_rank, semantic_rank; /* from 1; 0: not in that list */
    double lexical, cosine;          /* 0 where not known */
    double first;                    /* the weighted sum of both arms */
    bool reranked;
    double parts[SEARCH_FEATURES]; /* weight x feature, when reranked */
    double title_prior, recency_prior;
    double score; /* what the order is by */
};
struct fused_list {
    struct fused *items; /* best first */
    size_t len;
};
/* Either list may be NULL. Takes the best of the union, re-ranks the first fifty by their texts.
 * `asked` is the query's text, folded (text_key), for papers that are called so. */
int fuse(struct fused_list *out, struct plan *plan, const struct idea *idea,
         const struct candidates *lexical, const struct candidates *semantic,
         const struct search_options *options, const char *asked, struct error *err);

/* Bare words that are categories of this library become filters. */
int understand_categories(struct query *query, struct store *store, struct error *err);
/* Are the words of the query, and nothing else, the name of an author? */
int understand_name(bool *name, const struct query *query, struct store *store, struct error *err);
/* understand_writing.c: a folded word as a title has it. */
int understand_writing(struct str *out, struct store *store, const char *term, struct error *err);
/* Better queries to offer, after an answer: corrected words, a category called like the words. */
int understand_hints(struct search_result *result, struct store *store, const struct query *query,
                     const char *text, struct error *err);

/* Compiles the plan anew: words at the top as alternatives, for those who want the whole tail. */
int arms_any_word(struct plan *plan, const struct query *query, struct error *err);

/* A worded query on its way through the arms. The first four are the caller's. */
struct arms {
    struct plan *plan; /* compiled; may be compiled anew for any of the words */
    const struct query *query;
    const struct search_options *options;
    const char *text; /* as typed */
    struct idea idea;
    bool name;            /* its words are an author's name */
    enum search_mode use; /* what arms_open found possible: lexical means "not here" */
};
int arms_open(struct arms *arms, struct error *err);
/* Hits, totals and explanations into the result; rows are read by the caller. */
int arms_run(struct arms *arms, size_t limit, size_t offset, struct search_result *result,
             struct error *err);

#endif
