/* add: what was asked for, and the parts of it that have files of their own. */
#ifndef CARREL_APP_ADD_H
#define CARREL_APP_ADD_H

#include "commands.h"

#include "carrel/record.h"

/* One id as it was given, and what became of it. */
struct add_item {
    const char *asked;
    struct ident ident; /* ID_NONE: not an identifier */
    int64_t work;       /* 0: not in the library */
    int64_t repository; /* of one: its number; 0: nothing is known of it */
    bool fetched;
    const char *why; /* it could not be had; NULL: it could */
    bool usage;      /* since it was no id at all */
    bool file;       /* it is one, and has been read; or it was cloned */
    bool job;        /* which a job does */
    int failed;      /* the other side could not be asked */
};

struct adding {
    struct add_item *items;
    size_t count;
    int failure; /* why none of those asked for came: the service could not be asked */
};

/* Clones those that are repositories to clone, or asks jobs for it (add_clones.c). */
int add_clones(struct command_call *call, struct adding *adding, struct error *err);
/* Fetches and reads the full texts of papers that are here (add_texts.c). */
int add_texts(struct command_call *call, struct adding *adding, struct error *err);

#endif
