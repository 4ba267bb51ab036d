/*
 * Inside the vocabulary: a run as those who write it (vocabulary.c) and read it (vocabulary_runs.c)
 * see it. ERR_CORRUPT says that the doctor rebuilds it.
 */
#ifndef CARREL_STORE_VOCABULARY_INTERNAL_H
#define CARREL_STORE_VOCABULARY_INTERNAL_H

#include "carrel/fts.h"

#include "internal.h"

#define VOCABULARY_WORD_MAX 255 /* bytes; longer ones are not counted */

struct vocabulary_word {
    const char *text;
    size_t len;
    int64_t change;
};

/* As runs are sorted: by bytes. */
int vocabulary_compare(const char *a, size_t a_len, const char *b, size_t b_len);

/* ---- writing ---- */

struct vocabulary_writer {
    struct store *store;
    int64_t run, entries;
    int kind;
    struct str block;
    char first[VOCABULARY_WORD_MAX + 1], last[VOCABULARY_WORD_MAX + 1];
    size_t last_len;
};

/* Words come in order. */
int vocabulary_write(struct vocabulary_writer *writer, const char *text, size_t len, int64_t change,
                     struct error *err);
int vocabulary_write_end(struct vocabulary_writer *writer,
                         struct error *err); /* behind the last of a kind */

/* ---- reading ---- */

struct vocabulary_run {
    int64_t id, entries;
};

struct vocabulary_runs {
    struct vocabulary_run *items; /* oldest first */
    size_t len, cap;
};

int vocabulary_runs_read(struct vocabulary_runs *runs, struct store *store,
                         struct error *err); /* free `items` */

/* A block, and the word of it that was read last. */
struct vocabulary_block {
    const unsigned char *at, *end;
    char text[VOCABULARY_WORD_MAX + 1];
    size_t len;
    int64_t change;
};

/* A run's words in order, from the one given on. */
struct vocabulary_reader {
    struct stmt *stmt; /* NULL: it reads an array */
    const struct vocabulary_word *words;
    size_t word_count;
    struct vocabulary_block block;
    bool more;
};

/* Opened by vocabulary_open, or of `words` alone; stmt_free ends it. */
int vocabulary_open(struct vocabulary_reader *reader, struct store *store, int64_t run, int kind,
                    const char *from, struct error *err);
int vocabulary_next(struct vocabulary_reader *reader, struct error *err);
/* The least word of all readers with the sum of its changes; *more is false at the end. */
int vocabulary_merge(struct vocabulary_reader *readers, size_t count,
                     char text[VOCABULARY_WORD_MAX + 1], size_t *len, int64_t *sum, bool *more,
                     struct error *err);

#endif
