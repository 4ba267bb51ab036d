/*
 * Search: the query language and the ranked answer (DESIGN section 7).
 */
#ifndef CARREL_SEARCH_H
#define CARREL_SEARCH_H

#include "carrel/mem.h"
#include "carrel/store.h"
#include "carrel/works.h"

struct repository_row;

/* ---- the language ---- */
struct query; /* a parsed tree; immutable; any thread */
/* ERR_PARSE with a message that shows the column; *where (may be NULL) is the byte offset. An empty
 * query means all. */
int query_parse(struct query **out, const char *text, size_t *where, struct error *err);
/* Plain words, whatever they look like: no operator, field or id is seen, and each word counts on
 * its own. For test questions and for words that somebody else wrote. */
int query_from_words(struct query **out, const char *text, struct error *err);
/* Is it a question in plain words, as those of test collections are? False when it uses the
 * language: a field, an operator, an id, a star; quotes and dashes count in short ones only. */
bool query_is_plain(const char *text);
void query_free(struct query *query);
/* Canonical text: parsing it again gives the same tree. */
void query_print(struct str *out, const struct query *query);
/* One readable line of how it was understood, for --explain and the desk. */
void query_explain(struct str *out, const struct query *query);
/* Words to highlight and complete: the folded terms, in order. */
/* Appends what in the text may have been meant otherwise (a field that
 * does not exist or has no value); false when there is nothing to say. */
bool query_hint(struct str *out, const char *text);
/* Only of a field without a value, which finds everything. */
bool query_unfinished(struct str *out, const char *text);
/* For whoever writes down what it finds: what query_hint would say is an error (ERR_USAGE). */
int query_certain(const char *text, struct error *err);
/* Does this text use the saved query of that name (query:NAME)? One that does not parse does not.
 */
bool query_uses(const char *text, const char *name);
bool query_has_words(const struct query *query);

/* Which arms answer: words, vectors, or both. By default both where the query and the library
 * allow it. */
enum search_mode { SEARCH_AUTO, SEARCH_LEXICAL, SEARCH_SEMANTIC, SEARCH_HYBRID };
/* What a hit is ranked by, beside its place in the two arms (see `carrel help search`). */
enum search_feature {
    FEATURE_BM25,      /* the words */
    FEATURE_SOFT_BM25, /* the words, near ones counting half */
    FEATURE_COSINE,    /* the vectors of query and paper */
    FEATURE_TITLE,     /* of query and title */
    FEATURE_SENTENCE,  /* BM25 of the best sentence */
    FEATURE_PASSAGE,   /* cosine of the best fifty words */
    FEATURE_PAIRS,     /* nearness of the rarest words to each other */
    FEATURE_SOFT,      /* for each word the nearest other one */
    FEATURE_NEAR,      /* the same, nearly equal ones only */
    FEATURE_FEEDBACK,  /* the vectors of the paper, and of query and best papers together */
    SEARCH_FEATURES
};
const char *search_feature_name(enum search_feature feature);
/* Parts of the ranking that can be left out, to see what they are worth: bits of options.off. */
#define SEARCH_OFF_FEATURE(f) (1u << (f))
#define SEARCH_OFF_RERANK (1u << 16)
#define SEARCH_OFF_TITLE_PRIOR (1u << 17)   /* papers that are called like the query come first */
#define SEARCH_OFF_RECENCY_PRIOR (1u << 18) /* a little for new papers */
#define SEARCH_OFF_PRIORS (SEARCH_OFF_TITLE_PRIOR | SEARCH_OFF_RECENCY_PRIOR)
/* SORT_GIVEN: only works of `order` that the query finds, in that order. SORT_READ: works whose
 * documents were read in the Reader, the last one first; the others behind them by date.
 * SORT_QUEUE: only what is put off, as queue_order (carrel/shelves.h) has it. */
enum search_sort { SORT_RELEVANCE, SORT_DATE, SORT_ADDED, SORT_READ, SORT_QUEUE, SORT_GIVEN };
/* Where is looked: works by their records, the text of documents, repositories, or all of them in
 * one list. "kind:repository" in a query says the same as SEARCH_IN_REPOSITORIES. */
enum search_in { SEARCH_IN_WORKS, SEARCH_IN_TEXT, SEARCH_IN_REPOSITORIES, SEARCH_IN_ALL };
struct search_options {
    size_t limit; /* 0 = 20 */
    size_t offset;
    enum search_mode mode;
    enum search_in in;     /* passages come by relevance alone */
    enum search_sort sort; /* relevance of a query without words is date, newest first;
                              of is:reading what was read last comes first, of is:later it is
                              SORT_QUEUE, of one collection: that one's own */
    const int64_t *order;  /* works, for SORT_GIVEN; borrowed */
    size_t order_count;
    bool explain;
    bool snippets;
    bool sentence;      /* the text is plain words (query_from_words) */
    bool typing;        /* the last word is still being typed: it is a prefix */
    bool any_word;      /* papers with any of the words from the start */
    bool exact;         /* what it says and no more, as a saved query is counted: never any of the
                           words, nothing that is only near in meaning */
    unsigned off;       /* SEARCH_OFF_ bits */
    size_t relax_below; /* fewer hits with all words than this: any of three or more words; 0 = 5 */
    const char *after;  /* page key of an earlier answer, or NULL */
    const char *default_filter; /* further query that must hold, e.g. a feed; or NULL */
    bool progress;              /* how far each was read, too */
    bool keys;      /* of rows only id and key are read, and nothing is counted behind a cursor */
    int64_t around; /* in lists by date or arrival: this work in the middle, whatever `offset`; 0 */
};
struct search_why { /* one line of the explanation */
    char *term;     /* as typed */
    char *matched;  /* stems it stands for */
    double score;
    int64_t df;
    int in_title, in_abstract, in_authors;
};
/* Where a hit stands in each arm and what its place is made of; NULL in lexical answers. */
struct search_arms {
    int lexical_rank, semantic_rank; /* from 1; 0: this arm did not bring it */
    double lexical, cosine;          /* scores of the arms */
    double fused;                    /* both, weighted */
    bool reranked;
    double parts[SEARCH_FEATURES]; /* of the score, by feature, when reranked */
    double title_prior, recency_prior;
};
/* One line of it. */
void search_arms_print(struct str *out, const struct search_arms *arms);
struct search_passage { /* of a document */
    char *document;     /* its name: file:NAME */
    int64_t chunk;
    uint32_t page;        /* from 0 */
    int64_t pages;        /* of the document; 1 where it has none */
    uint32_t start, end;  /* bytes of its text */
    char *heading, *body; /* heading "" none */
};
struct search_place { /* in a clone's files: the best one of its repository */
    char *path;
    int64_t line; /* from 1 */
};
struct search_hit {
    struct search_place *place;     /* of a repository: where its files have it; NULL: they do not,
                                       or it is not cloned; the snippet is of that file then */
    struct search_passage *passage; /* NULL: the hit is the work itself */
    struct repository_row *repository; /* of one: `row` is no work's but has its key ("repo:..."),
                                          name as title, owner, and when something was pushed */
    struct work_row row;
    double score;
    int percent;        /* with options.progress: read in the Reader; -1: not opened */
    size_t snippet_at;  /* bytes into the text it is of: its first matched word */
    char *snippet;      /* matched words between \x02 and \x03; NULL unless asked */
    char *title_marked; /* title, marked likewise; NULL unless snippets were asked */
    struct search_why *why;
    size_t why_len;
    struct search_arms *arms;
};
/* Where the time of a search goes. Arms that run side by side overlap. */
enum search_stage {
    STAGE_UNDERSTAND, /* parsing, frequencies, names of authors, the query's vector */
    STAGE_WORDS,      /* the lexical arm */
    STAGE_VECTORS,    /* the semantic arm */
    STAGE_TEXTS,      /* reading the candidates that are re-ranked */
    STAGE_RERANK,     /* ordering them */
    STAGE_ROWS,       /* reading what is shown; corrections to offer */
    SEARCH_STAGES
};
struct search_hint { /* another query that may have been meant */
    char *query, *why;
};
struct search_result {
    struct arena *arena; /* everything lies in it */
    struct search_hit *hits;
    size_t len;
    int64_t total;
    bool total_is_exact;
    double took_ms;
    double stage_ms[SEARCH_STAGES];
    char *next;            /* page key behind the last hit, NULL at the end */
    char *understood;      /* query_explain, when asked */
    size_t offset;         /* how many come before the first hit */
    int64_t place;         /* how many come before `around`, -1 when it was not asked or has gone */
    bool relaxed;          /* too few papers have all the words: any of them count */
    enum search_mode mode; /* what was done: lexical, semantic or hybrid */
    int64_t added;         /* of `total`, brought by the vectors alone */
    struct search_hint *hints;
    size_t hint_count;
};
/* "12.3 ms: understanding 0.4, words 3.1, ..." */
void search_stages_print(struct str *out, const struct search_result *result);
/* Words the library does not know, empty answers: not errors. ERR_CANCELLED through
 * store_set_cancel. */
int search_run(struct search_result **out, struct store *store, const char *query_text,
               const struct search_options *options, struct error *err);
void search_result_free(struct search_result *result);
/* How many works match (exact); for feed counts. */
int search_count(int64_t *count, struct store *store, const char *query_text, struct error *err);
/* All matching work ids in date order, newest first, through a callback; for exports. Non-zero
 * stops. */
int search_each(struct store *store, const char *query_text, int (*each)(void *ctx, int64_t work),
                void *ctx, struct error *err);

/* ---- the language, for help ---- */

/* Names of fields, and of which field each is a name: its first one. NULL behind the last. */
const char *query_field_at(size_t i, const char **field);
struct query_help {
    const char *name;
    const char *values; /* in capitals: "DATE" */
    const char *offers; /* some to choose from: "today|7d"; "" none */
    const char *help;
};
const struct query_help *query_help_find(const char *name); /* NULL: not a field's first name */

#endif
