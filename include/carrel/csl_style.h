/*
 * What a style of CSL says of itself: whether it formats references, and whether it is only another
 * name of a style ("dependent": a thousand journals of one publisher are), which is not in the
 * file. Any thread; nothing is fetched.
 */
#ifndef CARREL_CSL_STYLE_H
#define CARREL_CSL_STYLE_H

#include "carrel/error.h"
#include "carrel/mem.h"

#include <stdbool.h>
#include <stddef.h>

#define CSL_STYLE_MAX (4u << 20) /* bytes; the longest that are published have some 200,000 */

struct csl_style {
    char *parent; /* the address of the style that it means; NULL: it is one itself */
    char *locale; /* "de-DE"; NULL: none said */
    bool references;
};

/* Texts lie in the arena. ERR_PARSE, with the line: it is no XML, or no style. */
int csl_style_read(struct csl_style *out, struct arena *arena, const char *text, size_t len,
                   struct error *err);

#endif
