/*
 * Ways of citing papers: their keys in the words of a markup, references in a style, entries; and
 * the .bib file of a document, to which papers are added that it lacks. On the thread that owns the
 * connection.
 */
#ifndef CARREL_CITE_FORMS_H
#define CARREL_CITE_FORMS_H

#include "carrel/config.h"
#include "carrel/store.h"
#include "carrel/str.h"

#include <stdatomic.h>

struct cite_source {
    struct store *store;
    const struct config *config;
    struct arena *arena;
    const int64_t *works;
    size_t count;
    const atomic_bool *cancel; /* may be NULL */
};

/* The ways in the order in which they are offered; NULL behind the last. */
const char *cite_form_at(size_t i, const char **help);
/*
 * Appends the papers in this form. A name that is none of them is a style of CSL, which pandoc
 * writes where it is installed. ERR_USAGE: there is no such form, or no pandoc.
 */
int cite_form_write(struct str *out, const struct cite_source *source, const char *form,
                    struct error *err);

struct cite_added {
    size_t added, there;
    long open_line; /* an entry of the file that has no closing bracket; 0: there is none */
    char open[80];  /* its first words, "@article{key" */
};
/*
 * Adds the papers to a file of BibTeX that lacks them, and makes it where there is none. A paper is
 * there when an entry has its DOI or arXiv number, else its title. *keys gets the keys that the
 * file has for them, one a line: of a key that is another paper's there a letter is put behind it.
 * What the file holds already stays byte for byte.
 *
 * Nothing is added behind an entry that is open to the end of the file (ERR_PARSE), of which it
 * would be a part, and to a file of export's (ERR_EXISTS), which the next export writes anew.
 */
int cite_file_add(struct str *keys, struct cite_added *added, const struct cite_source *source,
                  const char *path, bool biblatex, struct error *err);

#endif
