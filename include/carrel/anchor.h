/*
 * Anchors: a stretch of a text, remembered so that it is found again when the text has been read
 * anew and its bytes lie elsewhere (as the text quote selector of the W3C's Web Annotation Data
 * Model does it). Pure functions over valid UTF-8; any thread.
 */
#ifndef CARREL_ANCHOR_H
#define CARREL_ANCHOR_H

#include "carrel/mem.h"

#include <stddef.h>
#include <stdint.h>

#define ANCHOR_CONTEXT 48      /* bytes that are kept of what stands before and behind */
#define ANCHOR_QUOTE_MAX 32768 /* bytes */

struct anchor {
    uint32_t start, end; /* bytes of the text it was made in */
    char *quote, *prefix, *suffix;
};

enum anchor_found {
    ANCHOR_SAME,  /* where it was */
    ANCHOR_MOVED, /* the same words, elsewhere */
    ANCHOR_NEAR,  /* nearly the same words */
    ANCHOR_LOST,
};
const char *anchor_found_name(enum anchor_found found); /* "same", "moved", "near", "lost" */

/* Of text[start..end), whose ends are ends of characters; its texts lie in the arena. */
void anchor_make(struct anchor *out, struct arena *arena, const char *text, size_t len,
                 uint32_t start, uint32_t end);

/* The text to look in, prepared when it is first needed. One thread. */
struct anchor_text;
struct anchor_text *anchor_text_new(const char *text, size_t len); /* borrows the text */
void anchor_text_free(struct anchor_text *text);                   /* NULL is fine */

/* Where it is now: the same quote (of several the one whose surroundings fit best, then the
 * nearest), else the stretch whose letters and digits differ least, at most in a fifth of them.
 * Lost leaves *start and *end alone. */
enum anchor_found anchor_find(uint32_t *start, uint32_t *end, const struct anchor *anchor,
                              struct anchor_text *text);

#endif
