/*
 * How alike two records are, as far as their words tell: names of people, titles, abstracts. What
 * follows from it (joined, suggested, two works) is decided in library/identity.c and
 * search/duplicates.c. Pure functions over valid UTF-8; any thread.
 */
#ifndef CARREL_LIKENESS_H
#define CARREL_LIKENESS_H

#include <stdbool.h>
#include <stddef.h>

/* Can these be one person? "J. R. Hazel", "Hazel, John", "HAZEL JR", "John R. Hazel Jr." and, for
 * names of either order, "Hazel John" can. Given names that are written out must be the same or
 * one short for the other ("Tom", "Thomas"). */
bool person_same(const char *a, const char *b);

/* Two lists of names, one a line; of long ones the first PEOPLE_MAX. */
#define PEOPLE_MAX 64
struct people_shared {
    size_t shared; /* of one list that can be one of the other, each once */
    size_t fewest; /* names in the shorter list */
};
struct people_shared people_compare(const char *a, const char *b);

/* A heading that any volume may have ("Editorial", "Guest Editors' Introduction", "Reply"). */
bool title_is_generic(const char *title);
/* One that comes again each year ("Proceedings of ...", "Annual report of ..."). */
bool title_is_serial(const char *title);
/* How many words it has. */
size_t title_words(const char *title);
/* Do titles that are nearly the same differ in just what tells works of a series apart: a part,
 * volume, version, year or other number, or that one is an erratum, comment, reply, review or
 * supplement of the other? */
bool titles_tell_apart(const char *a, const char *b);

/* How alike two titles are, 0..1: of their runs of three letters, whatever the blanks and hyphens
 * between them, the share in common (Dice's coefficient); 1 when one is the beginning of the other,
 * up to a subtitle. */
double titles_likeness(const char *a, const char *b);

/* Share of the longer words of the shorter text that the other one has, 0..1; -1 when one of them
 * has too few words to tell. */
double texts_overlap(const char *a, const char *b);

#endif
