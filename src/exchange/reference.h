/* Styles of references: their tables (reference_styles.c), what writes by them (reference.c), and
 * values in the styles' words (reference_words.c). */
#ifndef CARREL_EXCHANGE_REFERENCE_H
#define CARREL_EXCHANGE_REFERENCE_H

#include "carrel/citation.h"

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
 *   chapter        the pages of what is in something else
 *   edition        "6th ed.", of what is in no journal;   medium  "Data set" and the like
 *   platform       where it came out that has no publisher ("bioRxiv")
 *   end            nothing: for what stands between two parts, whichever they are
 */
struct part {
    const char *before, *field, *behind;
    const char *unless, *only; /* left out where this field is there; where it is not */
};

#define PARTS 32

struct style {
    const char *name, *help;
    struct names_style names;
    const char *thesis[2];    /* a doctor's, a master's */
    bool publisher_first;     /* "Publisher, Place" */
    struct part parts[PARTS]; /* ends with one that has no field */
};

const struct style *style_at(size_t i); /* NULL behind the last */

/* The entry as references tell it: an address among other words is its url. */
void reference_settle(struct citation *out, struct arena *arena, const struct citation *entry);
/* "6", "Sixth" or "6th edition" as "6th ed."; of a first one nothing. */
void reference_edition(struct str *out, const char *tex);
/* With a dash between the two ends of a range. */
void reference_pages(struct str *out, const char *tex);
/* "5.0" of "v5.0" and "Version 5.0". */
void reference_version(struct str *out, const char *tex);
/* Borrowed from the entry; NULL: nothing to tell. */
const char *reference_platform(const struct citation *entry);
const char *reference_medium(const struct citation *entry);
/* Its bytes without a full stop at its end. */
size_t reference_title_len(const char *text);

#endif
