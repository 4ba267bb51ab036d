/* A paper's fields as a form of lines "field: value" that a person edits. */
#ifndef CARREL_APP_EDIT_FORM_H
#define CARREL_APP_EDIT_FORM_H

#include "carrel/edit.h"

/* `hints`: comment lines of "# ..." for its end. */
void edit_form_write(struct str *out, const struct record *record, const char *id,
                     const char *hints);
/* The fields in which the form differs from the record; changes in the arena. A field that the form
 * leaves out is as it was. ERR_USAGE names line and field. */
int edit_form_read(struct edit_change **changes, size_t *count, const char *text,
                   const struct record *record, struct arena *arena, struct error *err);
/* "title, authors, ...": for messages. */
void edit_form_names(struct str *out);

#endif
