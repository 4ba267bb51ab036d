/*
 * What an import has done, as one row of the change log, so that undo takes it back: the records
 * that it has made or said again, and whose place those took.
 *
 * The row (kind "import") has the import's name as its item, "ADDED CHANGED" as its field, numbers
 * of papers, and the records in `new`, a line a kind, each numbers and runs of numbers:
 *     added 12-340 345      records that made papers
 *     said 341              records that were joined to papers that were here
 *     words 342<17 343<20   records that took the place of older ones of the same source
 * It is written with each transaction of the import, so it tells what is there wherever that ends.
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
    size_t saved; /* so many of them are in the log */
};
/* The writer thread's; zero is one without anything. */
struct imported {
    char *name; /* of the import, for a person; NULL: it is no step */
    int64_t step;
    struct imported_list added, said, words;
    char **binned; /* names of papers that were removed */
    size_t binned_len, binned_cap;
};

/* A record that the import has made or said again; `added`: it made a paper. */
void imported_note(struct imported *imported, bool added, int64_t record, int64_t before);
void imported_note_binned(struct imported *imported, const char *name);
/* Into the log, in the open transaction; nothing when nothing came since. When the step was undone
 * meanwhile, what follows is another one. */
int imported_save(struct imported *imported, struct store *store, struct error *err);
/* Behind the import: of the papers in the bin that it gave, those come back that lie there because
 * an import of them was undone. *count papers; a step of its own. */
int imported_return(struct imported *imported, struct store *store, int64_t *count,
                    struct error *err);
void imported_free(struct imported *imported);

/* What a row's `new` says, in the arena; false: it is none. */
bool imported_parse(struct imported *out, const char *text, struct arena *arena);

/* ---- undo and redo (import_undo.c) ---- */

/* What became of a step that is taken back or done again. */
struct import_turned {
    size_t papers; /* into the bin, or back */
    size_t words;  /* papers that have the words of before, or of the import, again */
    size_t stay;   /* papers that stay as they are */
};
/* Takes the step back, in the transaction that is open. Papers that nothing but the import has
 * spoken of go into the bin; words that it has replaced are said again. */
int import_undo(struct writer *writer, int64_t step, const char *records,
                struct import_turned *turned, struct error *err);
/* The same step once more, as one of its own: what `undo` has logged is turned round. */
int import_redo(struct store *store, int64_t undo, int64_t step, struct import_turned *turned,
                struct error *err);
/* "import of mine.bib: 9 papers are in the bin"; malloc'd. */
char *import_describe(const char *name, const struct import_turned *turned, bool back);

#endif
