/*
 * Inside the reader of Papers with Code: rows of its five kinds, wherever they were found.
 */
#ifndef CARREL_SOURCES_PWC_H
#define CARREL_SOURCES_PWC_H

#include "cutter.h"
#include "parser.h"

#include <jansson.h>

struct pwc {
    struct cutter cutter;
    bool cutting;       /* the cutter is in use */
    bool any;           /* a row was understood */
    struct error error; /* why reading ended */
};

/* Does the object look like a row of the archive? */
bool pwc_is_row(const json_t *row);
/* Takes one row; what it is, is told by its members. */
void pwc_row(struct parser *p, const json_t *row, long line);
void pwc_free(struct parser *p);

/* Members, tolerantly: NULL or false where there is nothing to be had. */
const char *pwc_string(const json_t *row, const char *key); /* not blank */
bool pwc_true(const json_t *row, const char *key);          /* true, 1, "true", "True" */

#endif
