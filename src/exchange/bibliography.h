/* The writers behind bibliography_add, one a format. */
#ifndef CARREL_EXCHANGE_BIBLIOGRAPHY_H
#define CARREL_EXCHANGE_BIBLIOGRAPHY_H

#include "carrel/bibliography.h"

/* Year and month of "arxiv:1706.03762", "arxiv:hep-th/9901001"; false: no such number. */
bool bibliography_arxiv_month(const char *id, int *year, int *month);

/* The field in which an entry of such a type says where it appeared; NULL: there is none for all.
 */
const char *bibliography_place(const char *type);

/* Do they say the same? The text may be TeX, too. */
bool entry_same_text(const char *tex, const char *text);
/* A text as a value: TeX stays TeX, all else is escaped. */
char *entry_value(struct arena *arena, const char *text);
/* Puts where it appeared and its identifiers, as far as a person has said them, into an entry that
 * was written by another. */
void entry_by_hand(struct citation *entry, struct arena *arena, const struct record *hand);

/* A value as plain text: TeX made readable, its blanks squeezed, paragraphs apart. */
void plain_value(struct str *out, const char *tex);
void bibtex_write(struct str *out, const struct bibliography_options *options,
                  const struct citation *entry, const char *key);
void ris_write(struct str *out, const struct citation *entry, const char *key);
void csl_write(struct str *out, const struct bibliography_options *options,
               const struct citation *entry, const char *key);

/* TeX with the markup that CSL has, its blanks squeezed. */
void csl_rich(struct str *out, const char *tex);
/* Such a text, an English title, as a sentence. */
void csl_sentence(struct str *out, const char *markup);
/* The entry in CSL's terms; with `pandoc` as pandoc reads it. In the arena. */
void csl_settle(struct citation *out, struct arena *arena, const struct citation *entry,
                bool pandoc);
/* What is said of a title in other fields: "Title: Subtitle. Addition". */
char *csl_whole_title(struct arena *arena, const struct citation *entry, const char *field,
                      const char *value);

#endif
