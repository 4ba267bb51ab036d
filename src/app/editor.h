/* Texts that a person writes (for commands; they wait, so never on the loop thread). */
#ifndef CARREL_APP_EDITOR_H
#define CARREL_APP_EDITOR_H

#include "carrel/error.h"
#include "carrel/store.h"
#include "carrel/str.h"

/* Appends standard input to its end. ERR_LIMIT: `what` ("a note") is longer than `max` bytes. */
int stdin_text(struct str *out, const char *what, size_t max, struct error *err);

/* A text in an editor. Its file stays until it is closed: what a person has written is not lost
 * where it cannot be saved. */
struct edited {
    struct str text;
    char *path; /* NULL: no editor was opened */
};
struct edited_options {
    struct store *store; /* what it is for; nothing is opened where that may not be written */
    const char *old;     /* what the editor begins with */
    size_t max;
    const char
        *instead; /* "the TEXT": what may be given where there is neither editor nor terminal */
};
/* What an editor makes of it; edited_close in any case. ERR_USAGE: there is none. */
int edited_open(struct edited *edited, const struct edited_options *options, struct error *err);
/* `result` is what became of it. What could not be kept is left in its file, which the message
 * names; returns `result`. */
int edited_close(struct edited *edited, int result, struct error *err);

#endif
