/*
 * Git repositories: bare clones below the library, read; and the child that clones and fetches.
 *
 * A struct vcs is one open clone and belongs to one thread at a time; any number may be open of the
 * same clone. Texts lie in the given arena and are clean UTF-8, but for what is said to be raw.
 * Everything that a large or hostile repository could make long is bounded here and looks at
 * `cancel` (may be NULL) as it goes. Nothing is ever checked out, and no configuration but the
 * clone's own is read.
 */
#ifndef CARREL_VCS_H
#define CARREL_VCS_H

#include "carrel/error.h"
#include "carrel/mem.h"
#include "carrel/str.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VCS_ID 41            /* bytes of an object's name, with the terminator */
#define VCS_TREE_MAX 200000u /* entries of one folder, files of one walk */
#define VCS_DEPTH_MAX 64     /* folders inside of each other */
#define VCS_REFS_MAX 5000u
#define VCS_BLOB_MAX (16u << 20)
#define VCS_DIFF_FILES 300u
#define VCS_DIFF_BYTES (1u << 20)
#define VCS_BLAME_BYTES (2u << 20) /* of the file */
#define VCS_ACTIVITY_WEEKS 104
#define VCS_ACTIVITY_COMMITS 200000u

struct vcs;
/* ERR_NOTFOUND: no repository there. */
int vcs_open(struct vcs **out, const char *folder, struct error *err);
void vcs_close(struct vcs *vcs); /* NULL is fine */

/* Raw bytes as one line that is fit to be shown. */
char *vcs_clean_line(struct arena *arena, const char *bytes, size_t len);
/* A file's name as it is shown: as it is, or as Git quotes it ("caf\\351.txt" with the quotes) when
 * it is no UTF-8, has controls, quotes, backslashes, or blanks at its ends. vcs_typed_path takes it
 * back; what is not quoted stays as it is. */
char *vcs_shown_path(struct arena *arena, const char *path);
char *vcs_typed_path(struct arena *arena, const char *typed);

/* ---- commits and what leads to them ---- */

struct vcs_commit {
    char id[VCS_ID], parent[VCS_ID]; /* parent: the first one; "" */
    char *summary, *body;            /* the first line of the message, and what follows it */
    char *author, *email;
    int64_t at, authored; /* ms since 1970: committed, written */
    unsigned parents;
    char (*others)[VCS_ID]; /* the parents behind the first; NULL */
    char *graph;            /* in a log with one: this commit's row of it; NULL */
    char *was;              /* in the log of a file: the name that this commit took from it; NULL */
};
int vcs_commit(struct vcs *vcs, struct arena *arena, const char *id, struct vcs_commit *out,
               struct error *err);

enum vcs_ref_kind { VCS_BRANCH, VCS_TAG };
struct vcs_ref {
    enum vcs_ref_kind kind;
    char *name; /* "main", "v1.0" */
    char id[VCS_ID];
    char *summary;
    int64_t at;
    bool is_default;
};
/* Branches, the default one first, then tags; each newest first. *cut: there were more. */
int vcs_refs(struct vcs *vcs, struct arena *arena, struct vcs_ref **out, size_t *count, bool *cut,
             const atomic_bool *cancel, struct error *err);

/* A branch, a tag, a hash or the beginning of one, each also with ~N or ^; a day as "2021-03-04"
 * (the last commit that the default branch had on it, by its clock in UTC); NULL or "": the tip
 * of the default branch. ERR_NOTFOUND. */
int vcs_resolve(struct vcs *vcs, char id[VCS_ID], const char *revision, const atomic_bool *cancel,
                struct error *err);

/* The newest commit that leads to both. ERR_NOTFOUND: there is none. */
int vcs_merge_base(struct vcs *vcs, char id[VCS_ID], const char *one, const char *two,
                   struct error *err);

/* ---- trees and files, at a commit ---- */

enum vcs_kind { VCS_FOLDER, VCS_FILE, VCS_LINK, VCS_SUBMODULE };
struct vcs_entry {
    enum vcs_kind kind;
    char *name;  /* raw bytes: what leads to it */
    char *shown; /* the same, fit to be shown */
    char id[VCS_ID];
    bool executable;
    int64_t size; /* -1 until vcs_sizes */
};
/* Folders first, by name. path "" is the top. *cut: there were more than VCS_TREE_MAX. */
int vcs_tree(struct vcs *vcs, struct arena *arena, const char *commit, const char *path,
             struct vcs_entry **out, size_t *count, bool *cut, struct error *err);
/* Looks up the sizes of files; each costs a look into the pack. */
int vcs_sizes(struct vcs *vcs, struct vcs_entry *entries, size_t count, const atomic_bool *cancel,
              struct error *err);

struct vcs_blob {
    char id[VCS_ID];
    enum vcs_kind
        kind;    /* VCS_FILE; VCS_LINK: the bytes are where it leads to; VCS_SUBMODULE: none */
    char *bytes; /* raw, terminated */
    size_t len;
    int64_t size; /* of the whole */
    bool binary, cut;
};
/* At most `most` bytes of a file are given (0 = 1 MiB); one larger than VCS_BLOB_MAX gives none and
 * is cut. ERR_NOTFOUND: nothing of that name; ERR_USAGE: a folder. */
int vcs_blob(struct vcs *vcs, struct arena *arena, const char *commit, const char *path,
             size_t most, struct vcs_blob *out, struct error *err);
/* What lies at `path`: ERR_NOTFOUND. */
int vcs_kind_of(struct vcs *vcs, const char *commit, const char *path, enum vcs_kind *kind,
                struct error *err);

/* Every file below the top, folder by folder, at most VCS_TREE_MAX. The callback's path is raw; it
 * returns other than ERR_OK to end the walk. */
struct vcs_file {
    const char *path, *id;
    int64_t size;
};
typedef int vcs_file_fn(void *ctx, const struct vcs_file *file, struct error *err);
int vcs_files(struct vcs *vcs, const char *commit, vcs_file_fn *each, void *ctx, bool *cut,
              const atomic_bool *cancel, struct error *err);

/* The path of the README that people are shown; "" when there is none. */
int vcs_readme(struct vcs *vcs, struct arena *arena, const char *commit, char **path,
               struct error *err);

/* ---- history ---- */

/* Newest first, by the clock of the commits. A path leaves only commits that change what lies there
 * against all of their parents, and follows a file to the names that it had before; `scan` bounds
 * how many commits are looked at (0 = 100,000). */
enum vcs_graph_kind { VCS_GRAPH_NONE, VCS_GRAPH_LINES, VCS_GRAPH_ASCII };
struct vcs_log_options {
    const char *from;          /* a commit */
    bool all;                  /* and what all branches have */
    const char *path;          /* NULL: all */
    const char *author;        /* a part of "NAME <ADDRESS>", marks and case left out; NULL: all */
    enum vcs_graph_kind graph; /* of a whole log only: no path, no author */
    size_t skip, most, scan;
    const atomic_bool *cancel;
};
struct vcs_log {
    struct vcs_commit *commits;
    size_t count, scanned;
    bool more;
};
int vcs_log(struct vcs *vcs, struct arena *arena, const struct vcs_log_options *options,
            struct vcs_log *out, struct error *err);

/* The graph of a log that is told newest first; rows of at most VCS_GRAPH_LANES lanes of two
 * columns, and two more when it has been cut. */
#define VCS_GRAPH_LANES 8u
struct vcs_graph;
struct vcs_graph *vcs_graph_new(bool ascii);
void vcs_graph_free(struct vcs_graph *graph); /* NULL is fine */
/* Appends the next commit's row. */
void vcs_graph_row(struct vcs_graph *graph, struct str *out, const struct vcs_commit *commit);

/* What a commit changes against another (NULL or "": its first parent; a first commit: nothing). */
struct vcs_diff_file {
    char *path, *was; /* was: its former name; NULL */
    char *raw;        /* the path as it has to be asked for */
    char status;      /* 'A' 'M' 'D' 'R' 'T' */
    bool binary, cut; /* cut: its lines are not all there */
    size_t added, removed;
    size_t start, end; /* its lines in the text */
};
struct vcs_diff {
    struct vcs_diff_file *files;
    size_t count, total; /* total: files that it changes, of which `count` are here */
    char *text;          /* unified hunks: "@@ ...", ' ', '+', '-'; clean */
    size_t len;
    bool cut;
};
int vcs_diff(struct vcs *vcs, struct arena *arena, const char *before, const char *commit,
             struct vcs_diff *out, const atomic_bool *cancel, struct error *err);

/* Who wrote the lines of a file. It follows renames that leave the file alike. A blame that is
 * stopped by its bound of commits gives the rest to the commit where it stopped (`cut`). */
struct vcs_origin {   /* where a line stood in the commit that wrote it */
    const char *path; /* raw */
    uint32_t line;    /* from 1 */
};
struct vcs_blame {
    struct vcs_commit *commits; /* each once */
    size_t commit_count;
    uint32_t *who;              /* of each line: which commit */
    struct vcs_origin *origins; /* of each line */
    size_t lines;
    struct vcs_blob blob;
    bool cut;
};
int vcs_blame(struct vcs *vcs, struct arena *arena, const char *commit, const char *path,
              struct vcs_blame *out, const atomic_bool *cancel, struct error *err);

/* Where a line (from 1) of a file was before a commit: in the first parent that has the file. One
 * that the commit wrote: where those stood that it took the place of. ERR_NOTFOUND: no parent has
 * the file. */
struct vcs_line {
    char commit[VCS_ID];
    char *path; /* raw */
    uint32_t line;
};
int vcs_line_before(struct vcs *vcs, struct arena *arena, const char *commit, const char *path,
                    uint32_t line, struct vcs_line *out, struct error *err);

/* ---- what it is made of ---- */

struct vcs_language {
    const char *name;
    int64_t bytes;
    size_t files;
};
/* Static text; NULL for what is no source of a language we know. */
const char *vcs_language_of(const char *path);
/* In folders of other people's code (vendor/, node_modules/ ...). */
bool vcs_is_vendored(const char *path);
/* The identifier (SPDX) of a licence's text; NULL: it is none that we know. */
const char *vcs_licence_of(const char *text);

/* All that is shown of a clone without asking it again. */
struct vcs_summary {
    struct vcs_commit head;
    char *branch;                   /* the default one */
    struct vcs_language *languages; /* most bytes first */
    size_t language_count;
    const char *licence; /* NULL */
    char *licence_path;
    int64_t files, bytes;
    bool cut;                              /* it has more files than were looked at */
    uint32_t activity[VCS_ACTIVITY_WEEKS]; /* commits a week; the last one ends with `week_end` */
    int32_t week_end;                      /* a day */
    size_t commits, recent; /* all that the default branch leads to, as far as was counted; of
                               those, in the weeks of the activity */
    bool commits_cut;
    size_t branches, tags;
};
/* `today` ends the activity's last week. ERR_NOTFOUND: it has no commit. */
int vcs_summarize(struct vcs *vcs, struct arena *arena, int32_t today, struct vcs_summary *out,
                  const atomic_bool *cancel, struct error *err);

/* ---- where it comes from ---- */

/* An address of a repository: https://, ssh://, git@host:path, file:// or a folder. */
struct vcs_address {
    char *url;   /* as libgit2 takes it: a path is whole and without "file://" */
    char *key;   /* "github.com/owner/name", "local/folder/name": lower case */
    char *name;  /* "Owner/Name" */
    char *host;  /* NULL: it is a path */
    bool secure; /* https or ssh */
};
/* In the arena. ERR_USAGE: it is none, or one that is not served (http:, git:, a password in it).
 */
int vcs_address(struct arena *arena, const char *text, struct vcs_address *out, struct error *err);
/* Is it one by its looks? A folder: is there a repository in it? No disk is asked of for others. */
bool vcs_is_address(const char *text);

/* ---- cloning and fetching, in a child ---- */

struct vcs_progress {
    const char *state;   /* static: "connecting", "counting", "receiving", "resolving" */
    int64_t done, total; /* objects, of deltas when resolving; total 0: not known */
    int64_t bytes;
};
struct vcs_transfer {
    const char *url;    /* vcs_address.url */
    const char *folder; /* the clone's place. None there: it is cloned, beside it first, and moved
                           to its place when it is whole; else what is new is fetched into it */
    int64_t size_limit, time_limit_ms;
    bool public_only; /* somebody else wrote the address: private ones are refused */
    const char *user_agent;
    const char *ssh_key; /* a file; NULL: keys of the agent, then those in ~/.ssh */
    const char *ca_file; /* certificates; NULL: $SSL_CERT_FILE, or the system's */
    void (*progress)(void *ctx, const struct vcs_progress *progress); /* may be NULL */
    void *ctx;
    const atomic_bool *cancel;
};
struct vcs_transferred {
    bool cloned;   /* false: it was there */
    bool changed;  /* something was new */
    int64_t bytes; /* received */
    int64_t objects;
};
/*
 * Blocks; any thread. ERR_CANCELLED; ERR_NETWORK (no such host, no answer); ERR_REFUSED (it wants
 * a password or key that we do not have); ERR_NOTFOUND (no repository there); ERR_LIMIT (too large,
 * took too long); ERR_USAGE (an address that may not be asked); ERR_FULL; ERR_IO. A clone that
 * fails leaves nothing behind; a fetch that fails leaves the clone as it was.
 */
int vcs_transfer(const struct vcs_transfer *transfer, struct vcs_transferred *out,
                 struct error *err);
/* main's first look: true when this process is that child; *status is then its exit status. */
bool vcs_child(int argc, char **argv, int *status);
/* ---- the folder of clones: HOST/OWNER/NAME.git ---- */

/* Holds the folder, which must be there, while clones are made or removed (together with others
 * that do) or while all is looked at (`alone`). A descriptor for vcs_release; -1: others hold it
 * (alone), or stopped while it was waited for. */
int vcs_hold(const char *folder, bool alone, const atomic_bool *cancel);
void vcs_release(int held); /* -1 is fine */
/* Removes what was left beside the clones by processes that are no more. */
void vcs_sweep(const char *folder);
/* A clone and all that is in it. */
int vcs_remove(const char *folder, struct error *err);

enum vcs_place {
    VCS_PLACE_CLONE, /* by its name */
    VCS_PLACE_PART,  /* one that is being made, or was left over from that */
    VCS_PLACE_OTHER, /* not ours: a file, a link, another name */
};
/* `name` is the way from the folder. Links are not followed. No folder: nothing is in it. */
typedef int vcs_place_fn(void *ctx, enum vcs_place kind, const char *name, struct error *err);
int vcs_places(const char *folder, vcs_place_fn *each, void *ctx, struct error *err);

/* Are its files as Git has written them: packs and their indexes by their seals, objects outside of
 * packs by their names? ERR_CORRUPT: the first that is not. */
int vcs_verify(struct vcs *vcs, const atomic_bool *cancel, struct error *err);

#endif
