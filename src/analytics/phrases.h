/*
 * Inside analytics: texts of papers as rows of word numbers, and the phrases in them. Words are
 * told apart by their stems and shown in the form that is seen most often. A phrase has one to
 * three words, neither begins nor ends with a stop word and does not cross punctuation; its key has
 * the last word's number lowest.
 */
#ifndef CARREL_ANALYTICS_PHRASES_H
#define CARREL_ANALYTICS_PHRASES_H

#include "carrel/mem.h"
#include "carrel/store.h"
#include "carrel/topics.h"

#define WORD_BITS 21 /* of a number; three make a key */

struct word {
    char *stem, *shown; /* the form that is most often seen, by majority vote */
    unsigned votes;
    bool stop;
};

/* Tables by key, 0 free. There are many candidates, so they are small. */
struct candidate {
    uint64_t key;
    uint32_t last_document, papers;
};

struct phrase {
    uint64_t key;
    uint32_t last_document;
    unsigned counts[TOPICS_PERIODS]; /* papers with it */
};

struct document {
    int64_t work;
    size_t start; /* in the text */
    unsigned period;
};

/* Set the first group, zero the rest; phrasebook_free in the end. */
struct phrasebook {
    struct store *store;
    struct arena *arena; /* of words */
    int32_t today;
    int period_days;
    size_t periods;
    size_t papers_max; /* newest that are read */
    void (*progress)(void *ctx, int percent);
    void *ctx;
    int from, to; /* percent that the next step stands for */

    struct word *words; /* from 1 */
    size_t word_len, word_cap;
    uint32_t *slots; /* of words, by hash of the stem */
    size_t slot_count;
    uint32_t *text; /* word numbers, 0 at breaks */
    size_t text_len, text_cap;
    struct document *documents; /* newest first */
    size_t document_len, document_cap;
    bool cut; /* there were more than papers_max */
    struct candidate *candidates;
    size_t candidate_count, candidate_slots;
    struct phrase *phrases; /* a table: those with a key */
    size_t phrase_count, phrase_slots;
    int32_t first_day;
    const char *source;
    size_t last_end;
};

/* Titles and abstracts from this day to today, of a category or (NULL) all. */
int phrasebook_read(struct phrasebook *book, int32_t first, const char *category,
                    struct error *err);
/* The phrases that enough papers of the newest `periods` have (TOPICS_SUPPORT)... */
int phrasebook_choose(struct phrasebook *book, size_t periods, struct error *err);
/* ... and in how many papers of each period they are. */
int phrasebook_count(struct phrasebook *book, struct error *err);
void phrasebook_free(struct phrasebook *book);
/* How much of the step is done. */
void phrasebook_tell(const struct phrasebook *book, size_t done, size_t of);

/* Each occurrence of each phrase of a document. */
void phrasebook_each(const struct phrasebook *book, size_t document,
                     void (*each)(void *ctx, uint64_t key), void *ctx);
/* A chosen phrase by its key; NULL: it was not chosen. */
struct phrase *phrasebook_find(const struct phrasebook *book, uint64_t key);
bool phrasebook_has(const struct phrasebook *book, size_t document, uint64_t key);
char *phrasebook_text(struct phrasebook *book, uint64_t key); /* in the arena */

/* A word of English or of abstracts that carries no subject, or a number. */
bool word_is_stop(const char *term);

/* Phrases that were found to say something. */
struct found {
    const struct phrase *phrase;
    double weight;
    size_t since;    /* of a burst: the period in which it began */
    unsigned papers; /* that count for it */
    bool folded;     /* another one is shown in its place */
};
int found_order(const void *a, const void *b); /* heaviest first, for qsort */
/* Of a phrase and a longer one that holds it, the longer stays if most papers have it; also when it
 * gives way to another one itself, which then has more papers than either. */
void found_fold(struct found *found, size_t count);

#endif
