/*
 * What is selected at the desk, written for another program to read.
 */
#ifndef CARREL_SELECTION_H
#define CARREL_SELECTION_H

#include "carrel/app.h"

/* Papers and repositories by their ids, in that order, appended to `out`. `as` is "jsonl" (NULL,
 * too: the interchange form, one a line), "ids", "bibtex", "biblatex", "ris", "csl", or a template
 * with fields in braces ("{id}\t{title}"), of which each gives one line. ERR_USAGE: it is none of
 * these; ERR_NOTFOUND: one of them is gone. On the connection's thread. */
int selection_write(struct str *out, const struct app *app, struct store *store, char *const *keys,
                    size_t count, const char *as, struct error *err);
/* May a word stand behind --as? The same errors, without looking at papers. */
int selection_form_check(const char *as, struct error *err);
/* Names of forms, divided by '|'. */
#define SELECTION_FORMS "jsonl|ids|bibtex|biblatex|ris|csl"

#endif
