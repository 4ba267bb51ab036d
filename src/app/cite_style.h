/*
 * References in a style of CSL, by pandoc where it is installed. The style is a file; one that only
 * names another is followed to that beside it, and never into the network, which pandoc would do.
 * On the thread that asks; waits for pandoc.
 */
#ifndef CARREL_APP_CITE_STYLE_H
#define CARREL_APP_CITE_STYLE_H

#include "carrel/error.h"
#include "carrel/mem.h"
#include "carrel/str.h"

#include <stdatomic.h>

struct cite_style {
    char *path;   /* of the style that formats */
    char *locale; /* of the one that was named, where that is another; else NULL */
};

/* The file of this name: as it stands, or among pandoc's own (DATA/pandoc/csl), with or without
 * ".csl". Texts lie in the arena. ERR_NOTFOUND: there is none; ERR_USAGE: it is one that has no
 * references, or whose own style is not here. */
int cite_style_find(struct cite_style *out, struct arena *arena, const char *name,
                    struct error *err);
/* Appends the references to these items (CSL-JSON), one a line. ERR_NOTFOUND: no pandoc. */
int cite_style_write(struct str *out, const struct cite_style *style, struct arena *arena,
                     const struct str *items, const atomic_bool *cancel, struct error *err);

#endif
