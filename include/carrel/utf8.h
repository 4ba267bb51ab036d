/*
 * UTF-8: decode, encode, check, and make text from outside fit to be kept.
 * Display width and folding need Unicode tables and live in text.h.
 */
#ifndef CARREL_UTF8_H
#define CARREL_UTF8_H

#include <stdbool.h>
#include <stddef.h>

struct str;

#define RUNE_BAD 0xFFFDu

/* Decodes one code point of bytes[0..len); returns how many bytes it took (at least 1 when len >
 * 0). An ill-formed sequence (overlong, surrogate, beyond U+10FFFF, cut short) gives RUNE_BAD and
 * takes its maximal well-formed prefix, at least one byte (Unicode 15, section 3.9, U+FFFD
 * substitution). */
size_t utf8_decode(const char *bytes, size_t len, unsigned *rune);

/* Writes one to four bytes; returns how many. A bad code point is written as U+FFFD. */
size_t utf8_encode(char bytes[4], unsigned rune);

bool utf8_valid(const char *bytes, size_t len);
size_t utf8_count(const char *text);           /* code points in a terminated text */
size_t utf8_prev(const char *text, size_t at); /* start of the code point before byte `at` */
size_t utf8_fit(const char *text,
                size_t most); /* bytes of it, at most so many, no code point cut */

/* Appends the text made fit to be kept: ill-formed bytes become U+FFFD; C0 and C1 control
 * characters, DEL and the bidirectional overrides (U+202A..202E, U+2066..2069) are dropped, but for
 * tab and line feed, which stay; CR LF and CR become LF. */
void utf8_clean(struct str *out, const char *bytes, size_t len);

/* As utf8_clean, and every run of white space becomes one space, none at the ends. */
void utf8_squeeze(struct str *out, const char *bytes, size_t len);
/* The same into a buffer, cut between characters where it is full; `text` may lie in it. */
void utf8_fixed(char *buffer, size_t size, const char *text);

#endif
