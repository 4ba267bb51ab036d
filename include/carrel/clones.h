/*
 * Clones of repositories in the library: where they lie, what they are made of, and the pieces of
 * their files that are searched. The clones themselves are read through vcs.h.
 *
 * All functions run on the thread that owns the connection; texts lie in the given arena.
 */
#ifndef CARREL_CLONES_H
#define CARREL_CLONES_H

#include "carrel/repositories.h"

struct clone_language {
    char *name;
    int64_t bytes, files;
};
struct clone {
    int64_t repository;
    char *url, *folder; /* folder: below the library */
    char *head;         /* the commit that the rest is about; "" it has none */
    char *branch, *summary, *author;
    int64_t at, fetched; /* ms */
    int64_t files, bytes, commits, branches, tags;
    bool files_cut, commits_cut;                /* these are least numbers */
    char *license, *license_path, *readme_path; /* NULL none */
    int32_t week_end;                           /* a day */
    uint32_t *activity;                         /* commits a week, the oldest first */
    size_t weeks;
    struct clone_language *languages; /* most bytes first */
    size_t language_count;
    int64_t indexed; /* files that are searched; read only */
};

/* ---- writing, inside a transaction ---- */

int clones_put(struct store *store, const struct clone *clone, struct error *err);
struct clone_chunk {
    int64_t line; /* from 1 */
    char *body;
};
/* One file's pieces, in the place of those that were there. */
int clones_put_file(struct store *store, int64_t repository, const char *path, const char *blob,
                    const struct clone_chunk *chunks, size_t count, struct error *err);
int clones_drop_file(struct store *store, int64_t file, struct error *err);
/* All that is known of a clone; not its folder. */
int clones_drop(struct store *store, int64_t repository, struct error *err);

/* ---- reading ---- */

/* ERR_NOTFOUND: it was not cloned. ERR_CORRUPT: its folder is none below repos/. */
int clones_get(struct store *store, struct arena *arena, int64_t repository, struct clone *out,
               struct error *err);
/* Repositories with a clone, by key. */
int clones_list(struct store *store, struct arena *arena, struct work_ids *out, struct error *err);
/* Whose clone lies in this folder; 0 none. */
int clones_by_folder(struct store *store, const char *folder, int64_t *repository,
                     struct error *err);
struct clone_file {
    int64_t id;
    char *path, *blob;
};
/* The pieces of a file, in its order. */
int clones_chunks(struct store *store, struct arena *arena, int64_t file, struct clone_chunk **out,
                  size_t *count, struct error *err);
int clones_files(struct store *store, struct arena *arena, int64_t repository,
                 struct clone_file **out, size_t *count, struct error *err);

/* A piece that was found. */
struct clone_place {
    char *path;
    int64_t line;
    char *body;
};
int clones_place(struct store *store, struct arena *arena, int64_t chunk, struct clone_place *out,
                 struct error *err);

#endif
