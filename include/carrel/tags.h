/*
 * Tags as a tree: "methods/bayes" lies below "methods". On the thread that owns the connection;
 * texts lie in the given arena.
 */
#ifndef CARREL_TAGS_H
#define CARREL_TAGS_H

#include "carrel/jsonw.h"
#include "carrel/mem.h"
#include "carrel/store.h"

struct tag_row {
    char *name;            /* whole */
    int depth;             /* 0: at the root */
    int below;             /* rows of its branch that follow */
    int64_t count, unread; /* papers with it or with one below, each once */
};
/* In the order of the tree, also branches that are no tags themselves. */
int tags_list(struct tag_row **out, size_t *count, struct store *store, struct arena *arena,
              struct error *err);
void tag_row_json(struct jsonw *w, const struct tag_row *row); /* an object: name, depth, counts */
/* The tag and those below it are called so from now on, as one step of undo; papers that have both
 * have one then. NULL: they go. *changed: papers with any of them. ERR_NOTFOUND, ERR_USAGE. */
int tags_rename(struct store *store, const char *from, const char *to, int64_t *changed,
                struct error *err);

#endif
