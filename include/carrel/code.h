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

/* Where one stands. As text: "ID [WORD [REVISION [PATH]]]", "-" for the tip of the default branch;
 * "file:12" for a line, "A..B" of a diff, and a path as vcs_shown_path has it. */
struct code_place {
    const char *id; /* of a repository; of a paper: the first clone it links to, on its day */
    enum code_what what;
    const char *from; /* of a diff: the commit it is held against; "" its first parent */
    const char *at;   /* a revision, a day, a paper's id, of a diff also two; "" the tip */
    const char *path; /* raw bytes; "" the top. Of a diff: the file that is looked at first */
    size_t line;      /* of a file and its blame, from 1; 0: not said */
};
/* ERR_USAGE: there is no such word. */
int code_place_parse(struct code_place *out, struct arena *arena, const char *text,
                     struct error *err);
char *code_place_print(struct arena *arena, const struct code_place *place);

enum code_style { CODE_PLAIN, CODE_FOLDER, CODE_HEAD, CODE_ADDED, CODE_REMOVED, CODE_QUIET };
enum code_stop { CODE_STOP_NONE, CODE_STOP_FILE, CODE_STOP_HUNK }; /* of a diff */
struct code_row {
    enum code_style style;
    enum code_stop stop;             /* what begins here */
    char *left, *text;               /* in a column of its own, "" none; one line without tabs */
    const char *again;               /* for left where the row above is not seen; NULL: the same */
    const struct code_place *leads;  /* NULL: nowhere */
    const struct code_place *origin; /* of blame: the line where it was written; NULL */
    const char *commit;              /* of a log, of branches and tags: a hash; NULL */
};
struct code_level {
    struct code_place place;  /* with the repository's id and the commit's hash */
    struct vcs_commit commit; /* that is looked at; of CODE_REFS the tip */
    const char *title;        /* one line: what is shown, of which repository */
    const char *as_of;        /* the commit's day and the beginning of its hash */
    struct code_row *rows;
    size_t count, start; /* start: the row that was meant, by line or path */
    bool more;           /* a log goes on; a folder or diff was cut */
};
/* How a log is to be read. */
struct code_wish {
    size_t most;        /* rows */
    const char *author; /* a part of the name or address; NULL: all */
    bool graph, ascii;  /* a graph, if it is a whole log */
    bool all;           /* a log of all branches */
};
/* Errors of the clone; ERR_NOTFOUND says how to get one. */
int code_read(struct code_level *out, struct store *store, struct arena *arena,
              const struct code_place *place, const struct code_wish *wish,
              const atomic_bool *cancel, struct error *err);
/* A place that was typed or is to be worked out, before it is gone to. CODE_LOOK: are commit and
 * path there? CODE_BEFORE: of a line's origin (code_row.origin) the line before that commit;
 * changes the place. ERR_NOTFOUND, ERR_USAGE. */
enum code_step { CODE_LOOK, CODE_BEFORE };
int code_step(struct code_place *place, enum code_step step, struct store *store,
              struct arena *arena, const atomic_bool *cancel, struct error *err);
/* A revision as vcs_resolve takes it, or the id of a paper of the library, whose day is meant. */
int code_resolve(struct vcs *vcs, struct store *store, struct arena *arena, const char *revision,
                 char id[VCS_ID], const atomic_bool *cancel, struct error *err);
/* The same, or two of them: "A..B", or "A...B" for what B has changed since both parted. An empty
 * one is the tip of the default branch. `from` is "" when there is one alone. */
int code_resolve_two(struct vcs *vcs, struct store *store, struct arena *arena,
                     const char *revision, char from[VCS_ID], char id[VCS_ID],
                     const atomic_bool *cancel, struct error *err);
/* Of a paper that is dated by year or month alone: "2020, taken as 2020-12-31"; else NULL. In the
 * arena. */
const char *code_day_said(struct store *store, struct arena *arena, const char *revision);

#endif
