/*
 * An entry of a bibliography: what BibTeX, RIS and CSL-JSON have in common and a record has no
 * field for. It has a type and a key (BibTeX's words), and named fields (those of biblatex, in
 * lower case) whose values are TeX as BibTeX has it; doi, url and their like (citation_verbatim)
 * are plain. What a format says that the others cannot is kept under a name with a colon:
 * "ris:C1", "csl:custom". A reader fills one in, the record keeps it (record.cited), and a writer
 * gives it out again, so that nothing is lost on the way through the library.
 *
 * Everything lies in the arena that it was made in. Any thread.
 */
#ifndef CARREL_CITATION_H
#define CARREL_CITATION_H

#include "carrel/record.h"

struct citation_field {
    const char *name, *value;
};
struct citation {
    const char *type, *key; /* "article"; "" when there is none */
    struct citation_field *fields;
    size_t len, cap;
};

/* The value of a field, NULL when it has none. */
const char *citation_get(const struct citation *entry, const char *name);
/* The first of these names that has a value (they end with NULL), else NULL. */
const char *citation_first(const struct citation *entry, const char *const *names);
/* Where it appeared, by the first of the fields that say so, and the name of that field; NULL: none
 * does. */
const char *citation_venue(const struct citation *entry);
const char *citation_venue_field(const struct citation *entry);
/* Sets or replaces; NULL takes the field away. The value is copied. */
void citation_set(struct citation *entry, struct arena *arena, const char *name, const char *value);
/* One more, even when there is one of this name. */
void citation_add(struct citation *entry, struct arena *arena, const char *name, const char *value);
void citation_copy(struct citation *to, const struct citation *from, struct arena *arena);

/* Two entries of one paper. Is the later one, which another hand wrote (it has another key), a
 * poorer one: does it lack where the paper appeared, or a part of that, and have no more of it? */
bool citation_poorer(const struct citation *later, const struct citation *earlier);
/* Adds what `to` says nothing of; a type that says nothing gives way, too. */
void citation_fill(struct citation *to, const struct citation *from, struct arena *arena);

/* What a paper is called whose entry has no title: "Untitled (key)", else by its people; NULL when
 * it has neither, or nothing else. */
char *citation_untitled(struct arena *arena, const struct citation *entry);

/* As the texts of a record ("@article key", then "name value"), and back. */
void citation_keep(struct text_list *out, struct arena *arena, const struct citation *entry);
/* False: there is none. */
bool citation_from(struct citation *out, struct arena *arena, const struct text_list *kept);

/* Fields that hold no TeX: addresses, identifiers, file names, and all with a colon in their name.
 */
bool citation_verbatim(const char *name);
/* Does it appear in something larger, whose name is its booktitle? */
bool citation_inside(const char *type);

/* Is its number the one in a series of books? */
bool citation_in_series(const struct citation *entry);

/* The key of a record's entry (record.cited), cleaned; "" where it has none. False: no entry. */
bool citation_key(struct str *out, struct arena *arena, const struct text_list *kept);
/* Takes out of a key what BibTeX takes for something else: what is left may be written and cited.
 */
void citation_key_clean(char *key);

/* The first day of a date of biblatex ("2001-09/2002", "2004-22", "1723~", "-0043"): what a record
 * holds, "YYYY", "YYYY-MM" or "YYYY-MM-DD". False: it says none. */
bool citation_day(char out[16], const char *date);
/* 1 to 12 of a month's name in English ("sep", "September", "9"), in any case; 0: none. */
int citation_month(const char *text);

/* Is it a type of BibTeX or biblatex? */
bool citation_type_known(const char *type);
/* How the formats call an entry of a type; "GEN" and "document" where they have no name. */
const char *citation_ris(const char *type);
const char *citation_csl(const char *type);
/* And back; "misc" for what is not known. */
const char *citation_of_ris(const char *type);
const char *citation_of_csl(const char *type);

/* The members of CSL-JSON in the order in which they are written; NULL behind the last. */
enum csl_way {
    CSL_TEXT,
    CSL_RICH,  /* with markup */
    CSL_NAMES, /* of people */
    CSL_DATE,
    CSL_PAGES,
    CSL_LIST, /* texts joined by " and " in an entry, by "; " in CSL */
};
struct csl_member {
    const char *member, *field;
    enum csl_way way;
    enum { CSL_BOTH, CSL_READ, CSL_WRITE } when;
};
const struct csl_member *citation_csl_member(size_t i);
/* What CSL has in full and biblatex has a key for ("inpress", "countryfr"); else the value itself.
 */
const char *citation_in_words(const char *field, const char *value);

#endif
