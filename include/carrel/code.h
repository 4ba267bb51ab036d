/*
 * A clone in levels, as the desk shows it: a folder, a file, a log, what a commit changes, blame,
 * branches and tags. Each level is a list of rows, and a row may lead to another level. Plain data;
 * code_read runs on the thread that owns the connection, all else anywhere.
 */
#ifndef CARREL_CODE_H
#define CARREL_CODE_H

#include "carrel/clones.h"
#include "carrel/vcs.h"

enum code_what { CODE_TREE, CODE_FILE, CODE_LOG, CODE_DIFF, CODE_BLAME, CODE_REFS, CODE_WHATS };
const char *code_what_name(enum code_what what); /* "tree", "file" ... */

/* Where one stands. As text: "ID [WORD [REVISION [PATH]]]", "-" for the tip of the default branch. */
struct code_place {
    const char *id; /* of a repository; of a paper: the first clone it links to, on its day */
    enum code_what what;
    const char *at;   /* a revision, a day, a paper's id; "" the tip */
    const char *path; /* raw bytes; "" the top */
};
/* ERR_USAGE: there is no such word. */
int code_place_parse(struct code_place *out, struct arena *arena, const char *text,
                     struct error *err);
char *code_place_print(struct arena *arena, const struct code_place *place);

enum code_style { CODE_PLAIN, CODE_FOLDER, CODE_HEAD, CODE_ADDED, CODE_REMOVED, CODE_QUIET };
struct code_row {
    enum code_style style;
    char *left, *text; /* in a column of its own, "" none; one line without tabs */
    const struct code_place *leads; /* NULL: nowhere */
};
struct code_level {
    struct code_place place;  /* with the repository's id and the commit's hash */
    struct vcs_commit commit; /* that is looked at; of CODE_REFS the tip */
    const char *title;        /* one line: what is shown, of which repository */
    const char *as_of;        /* the commit's day and the beginning of its hash */
    struct code_row *rows;
    size_t count;
    bool more; /* a log goes on; a folder or diff was cut */
};
/* `most` rows of a log. Errors of the clone; ERR_NOTFOUND says how to get one. */
int code_read(struct code_level *out, struct store *store, struct arena *arena,
              const struct code_place *place, size_t most, const atomic_bool *cancel,
              struct error *err);
/* A revision as vcs_resolve takes it, or the id of a paper of the library, whose day is meant. */
int code_resolve(struct vcs *vcs, struct store *store, struct arena *arena, const char *revision,
                 char id[VCS_ID], const atomic_bool *cancel, struct error *err);

#endif
