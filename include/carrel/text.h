/*
 * Text for people and for the index: display width, folding, tokens, stems, and LaTeX made
 * readable. The only place that speaks utf8proc. All input is valid UTF-8 (utf8_clean ran). Any
 * thread.
 */
#ifndef CARREL_TEXT_H
#define CARREL_TEXT_H

#include "carrel/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- display ---- */

/* Terminal columns of one code point: 0 (combining, zero-width), 1 or 2. */
int text_rune_width(unsigned rune);
/* Next extended grapheme cluster (Unicode Annex 29) of text[0..len): returns its bytes, sets its
 * width in columns (0..2). */
size_t text_grapheme(const char *text, size_t len, int *width);
int text_width(const char *text); /* columns of a whole line */
/* How many bytes of `text` fit in `columns`; *used (may be NULL) says how many columns they take.
 */
size_t text_fit(const char *text, int columns, int *used);
/* Appends the text cut to `columns` with an ellipsis ("…", or "~" when ascii) where it was cut. */
void text_ellipsis(struct str *out, const char *text, int columns, bool ascii);
/* Length in bytes of the next line of at most `columns` (breaks at spaces, and inside words only
 * where a word is longer than a line, never inside a grapheme); *next says where the line after it
 * starts. */
size_t text_wrap(const char *text, int columns, size_t *next);

/* Appends a line of `count` columns, one a value, its lowest at the bottom and its highest at the
 * top; NAN is a gap and shows as "·" (a blank when ascii). The scale spans at least a twentieth of
 * the highest value, and 1, so that a number that hardly moves looks flat. */
void text_sparkline(struct str *out, const double *values, size_t count, bool ascii);

/* TeX accents, escapes and common math as Unicode ("\'Edgar" -> "Édgar", "$\alpha^2$" -> "α²",
 * "\textbf{x}" -> "x"); what it does not know it leaves as it is. Never longer than 4x its input.
 */
void text_from_latex(struct str *out, const char *text);

/* As ASCII: marks dropped, case kept, Greek letters spelled ("Gamma"), small digits as digits, "?"
 * for each character nothing is known for. Bytes below 0x80 stay. Never longer than 18x its input.
 */
void text_to_ascii(struct str *out, const char *text);

/* Appends the text with letters and the marks that follow them composed (Unicode NFC). */
void text_compose(struct str *out, const char *text, size_t len);

/* ---- index ---- */

#define TEXT_TOKEN_MAX 64 /* bytes of a folded token; longer words are cut there */

/* One word of the index: `term` is folded, `stem` is what the index holds (Porter). Offsets are
 * bytes in the text that was given, for highlights. Lives only during the call. */
struct text_token {
    const char *term;
    size_t term_len;
    const char *stem;
    size_t stem_len;
    size_t start, end;
};
/* Calls `each` for every token in order; a non-zero return stops and is returned. The same function
 * serves index and query: NFKD, combining marks dropped, the table for ł ø đ ı ß æ œ þ ð, lower
 * case, TeX accents and commands folded away, Greek letters as letters; CJK as single characters.
 */
int text_tokenize(const char *text, size_t len, int (*each)(void *ctx, const struct text_token *),
                  void *ctx);

/* Porter's stemmer (M.F. Porter, "An algorithm for suffix stripping", 1980) on a lower-case ASCII
 * word in place; words with digits or other letters are left alone. Returns the new length. */
size_t text_stem(char *word, size_t len);

/* Folded terms joined by one space: what two spellings of a title or a name have in common. */
void text_key(struct str *out, const char *text);
uint64_t text_key_hash(const char *text); /* 63 bits, so that SQLite's integers hold it */

const char *text_versions(void); /* "utf8proc 2.8.0" */

#endif
