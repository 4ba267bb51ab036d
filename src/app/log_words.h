/* What a log says of a commit besides its message. */
#ifndef CARREL_APP_LOG_WORDS_H
#define CARREL_APP_LOG_WORDS_H

#include "carrel/vcs.h"

struct log_names {
    struct vcs_ref *refs; /* by hash */
    size_t count;
};
/* Branches and tags, in the arena. */
int log_names_read(struct log_names *out, struct vcs *vcs, struct arena *arena,
                   const atomic_bool *cancel, struct error *err);
/* "(main, v1.0) Say hello (was old.py)": the summary with the names that stand at the commit, with
 * "merge" for one of several parents, and with a file's former name. In the arena. */
char *log_words(struct arena *arena, const struct log_names *names,
                const struct vcs_commit *commit);

#endif
