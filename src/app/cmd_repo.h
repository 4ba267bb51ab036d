/* Between the halves of the command `repo`: what is asked, and its answers as text and as JSON. */
#ifndef CARREL_APP_CMD_REPO_H
#define CARREL_APP_CMD_REPO_H

#include "clone.h"
#include "commands.h"

#include "carrel/jsonw.h"

struct repo_call {
    struct command_call *call;
    struct clone clone;
    struct vcs *vcs;
    const char *id;   /* as it was asked for */
    const char *path; /* the argument behind the word, "" none */
    char at[VCS_ID];  /* the commit that is looked at */
    struct vcs_commit commit;
    long limit, skip;
    bool json, plain;
};

int repo_log(struct repo_call *repo, struct error *err);
int repo_tree(struct repo_call *repo, struct error *err);
int repo_file(struct repo_call *repo, struct error *err);
int repo_diff(struct repo_call *repo, struct error *err);
int repo_blame(struct repo_call *repo, struct error *err);
int repo_refs(struct repo_call *repo, struct error *err);
int repo_readme(struct repo_call *repo, struct error *err);
int repo_activity(struct repo_call *repo, struct error *err);

/* The head of an answer as JSON: version, id, commit; repo_json_end closes it. */
void repo_json(struct repo_call *repo, struct jsonw *w);
void repo_json_end(struct repo_call *repo, struct jsonw *w);
void repo_json_time(struct jsonw *w, const char *key, int64_t ms);
/* The members of a commit, inside an object. */
void repo_json_commit(struct jsonw *w, const struct vcs_commit *commit);

void repo_day(char day[16], int64_t ms);
/* The line that begins at *at, clean and without its end, and *at behind that. */
void repo_next_line(struct str *line, const char **at, const char *end);

/* What is known of a clone, for `show` and for `repo` by itself. */
void clone_show(struct str *out, const struct clone *clone, bool ascii);
void clone_json(struct jsonw *w, const struct clone *clone);

#endif
