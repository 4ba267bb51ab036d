/* Styles of references: their tables (reference_styles.c), and what writes by them (reference.c).
 */
#ifndef CARREL_EXCHANGE_REFERENCE_H
#define CARREL_EXCHANGE_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>

struct names_style {
    bool turned; /* all: "Last, F."; else the first one only, when `turned_first` */
    bool turned_first;
    bool initials;
    bool stop;        /* a full stop behind all of them */
    const char *last; /* before the last of several, and before the second of two */
    const char *pair;
    const char *others; /* "et al.", and what stands before it */
    size_t most, kept;  /* of more than `most` the first `kept`, and the others */
    const char *editor,
        *editors;       /* behind editors in the place of authors; of a book: behind, or */
    const char *edited; /* before them, "" not so */
};

/*
 * A part of a reference: a field and what stands around it. Beside the fields of entries there are
 *   quoted, bare   the title of what is in something else, or of a whole work
 *   names          authors, else editors;   editors  those of the book, of what has authors, too
 *   year, date     "2001"; with the style's month, "Sept. 2001"
 *   imprint        "Place: Publisher", or as the style has it
 *   degree         of a thesis, in the style's words
 *   arxiv          the number of a preprint
 */
struct part {
    const char *before, *field, *behind;
    const char *unless, *only; /* left out where this field is there; where it is not */
};

#define PARTS 24

struct style {
    const char *name, *help;
    struct names_style names;
    const char *thesis[2];    /* a doctor's, a master's */
    bool publisher_first;     /* "Publisher, Place" */
    struct part parts[PARTS]; /* ends with one that has no field */
};

const struct style *style_at(size_t i); /* NULL behind the last */

#endif
