/* Texts that a person writes (for commands; they wait, so never on the loop thread). */
#ifndef CARREL_APP_EDITOR_H
#define CARREL_APP_EDITOR_H

#include "carrel/error.h"
#include "carrel/str.h"

/* Appends standard input to its end. ERR_LIMIT: `what` ("a note") is longer than `max` bytes. */
int stdin_text(struct str *out, const char *what, size_t max, struct error *err);
/* Appends what an editor makes of `old`. ERR_USAGE: there is neither editor nor terminal, and
 * `instead` ("the TEXT") may be given. */
int edit_text(struct str *text, const char *old, size_t max, const char *instead,
              struct error *err);

#endif
