/*
 * Names of people as BibTeX has them ("von Last, Jr, First" or "First von Last", joined by " and
 * "), and text as TeX.
 *
 * The parts of a name are TeX still; braces hold together what else would be taken apart, and a
 * name wholly in braces is one of a body. Any thread.
 */
#ifndef CARREL_BIBNAME_H
#define CARREL_BIBNAME_H

#include "carrel/mem.h"
#include "carrel/str.h"

#include <stdbool.h>

struct bib_name {
    char *first, *von, *last, *jr; /* "" where there is none */
    bool body;                     /* a corporate author: last is its name, without the braces */
    bool sorts,
        drops;   /* it says itself (biblatex's long form) whether its particle counts in sorting */
    bool others; /* "and others", which stands for no name */
};

/* One name of text[0..len); the parts lie in the arena. */
void bib_name_parse(struct bib_name *out, struct arena *arena, const char *text, size_t len);
/* The names of a list one by one: gives the next one's bytes and moves *at behind it; false at the
 * end. */
bool bib_names_next(const char **at, const char **name, size_t *len);
/* "First von Last Jr", plain (TeX made readable). */
void bib_name_plain(struct str *out, const struct bib_name *name);
/* "von Last, Jr, First" as BibTeX; " and " is put in front when `out` holds names already. */
void bib_name_add(struct str *out, const struct bib_name *name);
/* A part as it may stand in a list of names: in braces when it holds a comma or an "and". */
char *bib_name_guard(struct arena *arena, const char *tex);
/* The same of a list of publishers or places, whose commas part nothing, nor an "and" at an end. */
char *bib_list_guard(struct arena *arena, const char *tex);
/* A plain name as sources write it ("Ludwig van Beethoven", "Smith Jr.", "ATLAS Collaboration")
 * taken apart, its parts as TeX. */
void bib_name_guess(struct bib_name *out, struct arena *arena, const char *plain);

/* Plain text as TeX: what TeX takes for something else is escaped, so that text_from_latex gives
 * the same text back. */
void text_to_latex(struct str *out, const char *plain);
/* TeX with letters beyond ASCII as TeX's accents and commands, where there are such. */
void latex_to_ascii(struct str *out, const char *latex);

#endif
