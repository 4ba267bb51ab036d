/*
 * Inside search: the tree, the plan it compiles to, and the ranking context.
 */
#ifndef CARREL_SEARCH_INTERNAL_H
#define CARREL_SEARCH_INTERNAL_H

#include "carrel/hash.h"
#include "carrel/lengths.h"
#include "carrel/search.h"

#define QUERY_BYTES 4096
#define QUERY_DEPTH 64
#define QUERY_NODES 1024
#define PREFIX_TERMS 64
#define SAVED_QUERIES 64
/* SQLite and FTS5 parse with a stack of 100 symbols; a level takes up to four. */
#define PLAN_LEVELS 20

enum { COLUMN_TITLE = 1, COLUMN_ABSTRACT = 2, COLUMN_AUTHORS = 4, COLUMN_ANY = 7 };

enum node_kind { NODE_ALL, NODE_AND, NODE_OR, NODE_NOT, NODE_WORD, NODE_PHRASE, NODE_FILTER };

enum field {
    FIELD_NONE,
    FIELD_CAT,
    FIELD_DATE,
    FIELD_ADDED,
    FIELD_IS,
    FIELD_TAG,
    FIELD_COLLECTION,
    FIELD_HAS,
    FIELD_SOURCE,
    FIELD_DOI,
    FIELD_ID,
    FIELD_NEAR,
    FIELD_QUERY,
    FIELD_STARS,
    FIELD_KIND,
    FIELD_LANGUAGE,
    FIELD_TOPIC,
    FIELD_LICENSE,
    FIELD_TASK,
    FIELD_METHOD,
    FIELD_VENUE,
    FIELD_KEY,
    FIELD_TITLE, /* text fields: they choose columns */
    FIELD_ABSTRACT,
    FIELD_AUTHOR,
};

struct node {
    enum node_kind kind;
    enum field field; /* NODE_FILTER */
    int columns;      /* NODE_WORD, NODE_PHRASE */
    bool prefix;      /* NODE_WORD */
    bool hard;        /* NODE_AND: a feed's query, kept apart from what was typed */
    char *text;       /* words as typed, or the filter's value */
    size_t at;        /* byte offset in the query */
    struct node **kids;
    size_t len, cap;
};

struct query {
    struct arena *arena;
    struct node *root;
    bool exact; /* AND was written out */
};

const char *field_name(enum field field);
struct node *node_new(struct arena *arena, enum node_kind kind);
void node_add(struct node *node, struct arena *arena, struct node *kid);

/* ---- the plan ---- */

/* What one word or phrase of the query stands for in the index. */
struct term_group {
    char *typed; /* for the explanation */
    int columns;
    char **stems; /* alternatives of one word (prefix), or the words of a phrase */
    size_t stem_count;
    bool phrase;
    int64_t df;
    double idf;
};

struct sql_value {
    enum { SQL_INT, SQL_TEXT } type;
    int64_t number;
    char *text;
};

struct plan {
    struct arena *arena;
    struct store *store;
    struct str match;         /* FTS5 expression of the part that is ranked; empty: none */
    struct str where;         /* SQL over work w; empty: all */
    struct sql_value *values; /* of `where`, in order */
    size_t value_count, value_cap;
    struct term_group *groups;
    size_t group_count, group_cap;
    int *phrase_group; /* FTS5 phrase number -> group */
    size_t phrase_count, phrase_cap;
    bool negative; /* compiling below a NOT: no groups to rank by */
    bool nested;   /* compiling into a subquery of its own */
    int depth;     /* of saved queries, one inside the other */
    const char *names[16];
    bool typing;
    bool listed;             /* `where` has a long list of works, too long to look through for each */
    bool driving;            /* `where` is to list its works, not to be asked about one */
    const struct node *tree; /* what it was compiled from */
    const struct node *last_word;
    int level;      /* of groups, one inside the other, in the expression being written */
    int expansions; /* saved queries taken in, however deep */
    const struct lengths *lengths;
    const struct bm25f *bm; /* of these lengths; from compiling on */
    double *stage_ms;       /* of the result, by enum search_stage; NULL: nobody asks */
    int64_t passages; /* not 0: it is compiled for so many chunks of documents, not for works */
};

/* Adds what has passed since `start` (clock_ticks_us) to a stage, and returns the time it is. */
int64_t plan_stage(const struct plan *plan, enum search_stage stage, int64_t start);
/* The whole tree as a condition, nothing ranked. */
int plan_condition(struct plan *plan, const struct node *root, struct error *err);
int plan_stem_df(struct plan *plan, const char *stem, int64_t *df, struct error *err);
int plan_compile(struct plan *plan, const struct node *root, struct error *err);
/* The same words joined by OR, leaving out those nearly every document has. False when that makes
 * no sense. */
bool plan_can_relax(const struct node *root);
int plan_relax(struct plan *plan, const struct node *root, struct error *err);
void plan_init(struct plan *plan, struct store *store, struct arena *arena,
               const struct lengths *lengths);
void plan_free(struct plan *plan);
/* A value of the condition: a parameter in its text. */
void plan_add_int(struct plan *plan, int64_t number);
void plan_add_text(struct plan *plan, const char *text);
/* The days that a checked value of date: or added: means. */
void plan_dates(const char *value, int32_t *first, int32_t *last);
/* The condition's values into a statement, from parameter `from` on. */
void plan_bind(struct stmt *stmt, const struct plan *plan, int from);

/* ---- ranking ---- */

struct rank_context {
    const struct plan *plan;
};
/* The weights for the plan's lengths, in its arena. */
void plan_weigh(struct plan *plan);
/* Registers search's own functions of SQL on the connection, once. */
int rank_register(struct store *store, struct error *err);
/* One term's part: tf by column (title, abstract, authors), the document's lengths, and idf. */
double rank_term(const struct plan *plan, const unsigned tf[3], int64_t id, double idf);
double rank_idf(int64_t df, int64_t docs);
/* Of a word of the query (S. Robertson and K. Sparck Jones, 1976): a word that half of all papers
 * have says next to nothing, but not nothing, since there may be no other. */
double rank_word_idf(int64_t df, int64_t docs);

/* ---- the lexical arm ---- */

struct candidate {
    int64_t id; /* work */
    double score;
};
struct candidates {
    struct candidate *items; /* best first, equal scores newest first; in the plan's arena */
    size_t len;
    int64_t total; /* matches; a lower bound unless total_is_exact */
    bool total_is_exact;
    bool relaxed; /* too few had all the words: any of them */
};
/* The best `top` works for a compiled plan (`root` is the tree it was compiled from), scored by
 * rank_term. When fewer than `relax_below` match all words (0: never relax) and the query is one of
 * plain words, the plan is compiled anew for any of them, in place. A plan without words gives
 * nothing. For a list of words of which any may match, compile an OR: that is as fast. */
int lexical_candidates(struct candidates *out, struct plan *plan, const struct node *root,
                       size_t top, int64_t relax_below, struct error *err);

/* A bounded heap of the best. */
struct top {
    struct candidate *items; /* the worst on top until top_sort */
    size_t len, cap;
};
void top_init(struct top *top, size_t cap);
void top_free(struct top *top);
bool top_offer(struct top *top, int64_t id, double score); /* false: not among the best */
void top_sort(struct top *top);                            /* best first; no offers after it */

/* Does a stem tell papers apart, by its frequency in the language rather than in this library,
 * which may be small? Numbers never do. `model` may be NULL. */
struct embed_model;
bool stem_tells(const struct embed_model *model, const char *stem, size_t len);

/* ---- what is shown of a hit ---- */

void hit_snippets(struct search_hit *hit, const struct plan *plan, struct arena *arena,
                  const char *abstract);
void hit_explain(struct search_hit *hit, const struct plan *plan, struct arena *arena,
                 const char *abstract);

#endif
