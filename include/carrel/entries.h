/*
 * Which records of a work are bibliography entries that speak for it, as a condition of SQL over
 * the table `record`.
 */
#ifndef CARREL_ENTRIES_H
#define CARREL_ENTRIES_H

/* Entries of files are said once and for all: one that took another's place adds to what that said.
 * Zotero and Papis keep theirs, and what they have is what they say now. `r` is the table's name in
 * the statement. */
#define ENTRIES(r) "(" #r ".current OR " #r ".source IN ('bibtex', 'ris', 'csl'))"

#endif
