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
const char *pwc_string(const json_t *row, const char *key);           /* not blank */
bool pwc_true(const json_t *row, const char *key);                    /* true, 1, "true", "True" */
char *pwc_text(struct parser *p, const json_t *row, const char *key); /* squeezed */
char *pwc_date(struct parser *p, const char *text);
/* The canonical id of a paper's address; NULL: it has none that carrel knows. */
char *pwc_paper_id(struct parser *p, const char *address);
/* A name into a list, once, unless it is too long to be one. */
void pwc_name(struct parser *p, struct text_list *list, const char *text);
/* The texts of a list, or a member of the objects in it. */
void pwc_names(struct parser *p, const json_t *row, const char *key, const char *member,
               struct text_list *list);

/* A record of the archive is begun in p->record. */
void pwc_begin(struct parser *p, const char *source, long line);
/* pwc_tables.c: a task, its tables and its subtasks, each a record that goes to the sink. */
bool pwc_is_task(const json_t *row);
void pwc_task(struct parser *p, const json_t *row, long line);
/* pwc_catalog.c: methods and data sets. Fills p->record; NULL, or what is wrong. */
bool pwc_is_method(const json_t *row), pwc_is_dataset(const json_t *row);
bool pwc_unfilled(const json_t *method); /* its description is the form's own */
const char *pwc_described(struct parser *p, const json_t *row);

#endif
