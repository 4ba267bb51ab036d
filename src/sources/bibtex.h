/*
 * BibTeX and biblatex: a file is cut into entries as it comes (bibtex.c), an entry is taken apart
 * (bibtex_entry.c, bibtex_date.c), and what it inherits from others is added (bibtex_inherit.c).
 */
#ifndef CARREL_SOURCES_BIBTEX_H
#define CARREL_SOURCES_BIBTEX_H

#include "cited.h"

#include "carrel/hash.h"

#define BIBTEX_ENTRY_MAX (4u << 20)  /* bytes of one entry */
#define BIBTEX_SHELF_MAX (64u << 20) /* bytes of entries that wait, or that others may refer to */
#define BIBTEX_MACROS_MAX (4u << 20)

struct bibtex_kept {
    struct citation entry;
    long line;
    bool waiting; /* it is not given out yet */
};

struct bibtex {
    enum { BIB_OUTSIDE, BIB_NAME, BIB_BODY } state;
    struct str raw;     /* the entry as far as it has come, from its @ */
    struct str heading; /* the line outside entries, for what it says of the encoding */
    char charset[40];   /* "" not said */
    long line, start;   /* of the byte that comes, of the entry's first */
    char before;        /* the byte before an @ */
    char open;          /* { or ( */
    int depth;
    bool quoted;  /* inside "..." of an entry in () */
    bool comment; /* a line of a comment, or an entry @comment */
    bool too_long;
    bool ended;   /* no byte comes any more */
    size_t again; /* where in raw another entry may begin, 0 nowhere */
    long again_line;
    bool line_start;

    struct arena *work;  /* of one entry */
    struct arena *shelf; /* as long as the file */
    struct hashmap *macros, *keys;
    struct hashmap *read;  /* key and title of what was read -> its line */
    struct str macro_text; /* their values, each with its 0 */
    struct bibtex_kept *kept;
    size_t len, cap;
};

/* An entry from its @ to its last bracket; `whole` false: the bracket is missing. */
/* year, month and day make a date where they are one; else they stay as they are. */
void bibtex_date(struct arena *arena, struct citation *entry);
void bibtex_entry(struct parser *p, const char *text, size_t len, long line, bool whole);
/* Gives the entry out, or keeps it until what it refers to has come. */
void bibtex_take(struct parser *p, const struct citation *entry, long line);
/* At the end: all that wait. */
void bibtex_settle(struct parser *p);

#endif
