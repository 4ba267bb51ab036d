/*
 * Bibliographies written: records as BibTeX, biblatex, RIS and CSL-JSON, and the keys by which they
 * are cited. Pure writers: no database, the same record gives the same bytes.
 *
 * A record that came from a bibliography has its entry with it (record.cited): its type, key and
 * fields are written as they were, but where the work says something else by now (its title, its
 * authors, its DOI ...) what the work says. Where and when it appeared the entry knows better than
 * other sources do, but not better than the reader.
 */
#ifndef CARREL_BIBLIOGRAPHY_H
#define CARREL_BIBLIOGRAPHY_H

#include "carrel/citation.h"

enum bibliography_form { BIB_BIBTEX, BIB_BIBLATEX, BIB_RIS, BIB_CSL };

struct bibliography_options {
    enum bibliography_form form;
    bool ascii;  /* BibTeX: letters beyond ASCII as TeX's accents */
    bool pandoc; /* CSL: by pandoc's conventions, so that references come out as its own would:
                    English titles as sentences, a work's title for that of its volume, short titles
                    up to the colon, particles of names that do not sort */
};

/* The entry of a record; it and what it points to lie in the arena or in the records'. `hand` (may
 * be NULL) is what a person has said of the work (hand_read of carrel/edit.h), which the record
 * says, too: it stands over all that the entry says. */
void bibliography_entry(struct citation *out, struct arena *arena, const struct record *record,
                        const struct record *hand);
/* One entry under this key. CSL-JSON: an object, without what stands between objects. */
void bibliography_add(struct str *out, const struct bibliography_options *options,
                      const struct citation *entry, const char *key);
/* What stands before, between and behind the entries of a file. */
const char *bibliography_before(enum bibliography_form form);
const char *bibliography_between(enum bibliography_form form);
const char *bibliography_behind(enum bibliography_form form);

/* One reference as a line of plain text. False: no such style. */
bool reference_write(struct str *out, const char *style, const struct citation *entry);
/* The part of what it appeared in: "volume 12 (3), pages 1–10"; nothing where none is said. */
void reference_part(struct str *out, const struct citation *entry);
/* The names of the styles; NULL behind the last. *help (may be NULL) says what it is. */
const char *reference_style(size_t i, const char **help);

/*
 * Keys. A template is text with words in brackets: [author] the first author's family name,
 * [authors] those of up to three, [year], [word] the first word of the title that is no article or
 * preposition, [title] its first three, [id] the work's identifier. [Author], [Word] ... keep
 * their capitals. All else stands for itself. Keys have only letters, digits and ":_-.+/".
 */
#define CITE_KEY_DEFAULT "[author][year][word]"
/* False: an unknown word in brackets, named in why. */
bool cite_template_check(const char *text, const char **why);
void cite_key(struct str *out, const char *form, const struct record *record);
/* The nth (0, 1, 2 ...) work of one key: the key itself, then with "a", "b" ... "z", "aa" ... */
void cite_key_nth(struct str *out, const char *key, int64_t nth);

#endif
