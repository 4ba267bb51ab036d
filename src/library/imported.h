/*
 * What an import has done, as rows of the change log, so that undo takes it back: the records that
 * it has made or said again, and whose place those took.
 *
 * All rows are of the kind "import" and have the import's name as their item. The first has
 * "ADDED CHANGED" as its field, numbers of papers, and nothing in `new`. Each transaction of the
 * import adds one with its records there, a line a kind, each numbers and runs of numbers:
 *     added 12-340 345      records that made papers
 *     said 341              records that were joined to papers that were here
 *     words 342<17 343<20   records that took the place of older ones of the same source
 * So they tell what is there wherever the import ends.
 */
#ifndef CARREL_LIBRARY_IMPORTED_H
#define CARREL_LIBRARY_IMPORTED_H

#include "internal.h"

struct imported_record {
    int64_t id, before; /* the record whose place it took; 0: none */
};
struct imported_list {
    struct imported_record *items;
    size_t len, cap;
};
/* The writer thread's; zero is one without anything. */
struct imported {
    char *name; /* of the import, for a person; NULL: it is no step */
    int64_t step;
    int64_t papers, changed;                 /* that are in the log */
    struct imported_list added, said, words; /* that are not yet */
    char **binned;                           /* names of papers that were removed */
    size_t binned_len, binned_cap;
};

/* A record that the import has made or said again; `added`: it made a paper. */
void imported_note(struct imported *imported, bool added, int64_t record, int64_t before);
void imported_note_binned(struct imported *imported, const char *name);
/* Into the log, in the open transaction; nothing when nothing came since. When the step was undone
 * meanwhile, what follows is another one. */
int imported_save(struct imported *imported, struct store *store, struct error *err);
/* Behind the import: of the papers in the bin that it gave, those come back that lie there because
 * an import of them was undone, as papers that it has added. *count of them. */
int imported_return(struct imported *imported, struct store *store, int64_t *count,
                    struct error *err);
void imported_free(struct imported *imported);

/* Adds what a row's `new` says, in the arena; false: that is none. */
bool imported_parse(struct imported *out, const char *text, struct arena *arena);

/* ---- undo and redo (import_undo.c, import_redo.c) ---- */

struct binning;

/* The work of a record, with `current` if that stands for what its source says; 0: none. */
int imported_work(int64_t *work, struct store *store, int64_t record, bool current,
                  struct error *err);
/* As if the source were imported once more with the words of that record. *said: they stand again.
 */
int imported_say_again(bool *said, struct binning *b, int64_t record, struct error *err);

/* What became of a step that is taken back or done again. */
struct import_turned {
    size_t papers;  /* into the bin, or back */
    size_t words;   /* records: the words of before, or of the import, stand again */
    size_t others;  /* papers that stay, since others have spoken of them, too */
    size_t joined;  /* records that stay with the papers that they were joined to */
    size_t newer;   /* records that stay: no older version takes their place */
    size_t waiting; /* papers that are wanted back, and of which nothing is left */
};
/* Takes the step back, in the transaction that is open. Papers that nothing but the import has
 * spoken of go into the bin; words that it has replaced are said again. */
int import_undo(struct writer *writer, int64_t step, struct import_turned *turned,
                struct error *err);
/* The same step once more, as one of its own: what `undo` has logged is turned round. */
int import_redo(struct store *store, int64_t undo, int64_t step, struct import_turned *turned,
                struct error *err);
/* "import of mine.bib: 9 papers are in the bin"; malloc'd. */
char *import_describe(const char *name, const struct import_turned *turned, bool back);

#endif
