/*
 * Works and the reader's state in the store: what views, commands and exports read and write.
 * All functions run on the thread that owns the connection. Returned texts lie in the given arena.
 */
#ifndef CARREL_WORKS_H
#define CARREL_WORKS_H

#include "carrel/mem.h"
#include "carrel/record.h"
#include "carrel/store.h"

enum {
    WORK_HAS_CODE = 1,
    WORK_HAS_DOI = 2,
    WORK_WITHDRAWN = 4,
    WORK_HAS_PDF = 8,
    WORK_OF_BODY = 16 /* its first author is a body, as its entry says */
};
#define WORK_CREDIT_SHIFT 8 /* flags above it: credits_bits (carrel/credit.h) */

/* One line of a list. */
struct work_row {
    int64_t id;
    char *key, *title, *authors /* one per line */, *published, *primary_category;
    int32_t day;
    int64_t added;
    enum read_state state;
    bool starred, noted;
    int priority; /* see state_priority */
    bool changed; /* read, and replaced or withdrawn since */
    int flags;
    char *tags; /* space-separated, "" when none */
};

/* Everything about one work: the merged record plus state. */
struct work_full {
    struct work_row row;
    struct record record; /* merged fields, tags, notes, links with evidence, newest metrics */
    struct {
        struct work_source {
            char *source, *source_key;
            int version;
            int64_t fetched;
            bool current;
        } * items;
        size_t len, cap;
    } sources;                /* the records behind it */
    struct text_list aliases; /* all canonical ids */
    struct text_list merges;  /* one readable line each */
};

/* Key, alias, URL; a word that is none of these is looked for among the keys of entries (ERR_USAGE:
 * several papers have it). ERR_NOTFOUND. */
int works_find(struct store *store, int64_t *id, const char *any_id, struct error *err);
int works_rows(struct store *store, struct arena *arena, const int64_t *ids, size_t count,
               struct work_row *rows, struct error *err); /* a vanished id gives a row with id 0 */
/* What each is called, in the arena; NULL of one that is gone. */
int works_keys(struct store *store, struct arena *arena, const int64_t *ids, size_t count,
               char **keys, struct error *err);
int works_full(struct store *store, struct arena *arena, int64_t id, struct work_full *out,
               struct error *err);
/* What joined a work without being asked to and was not taken out again, newest first. */
struct work_merge {
    int64_t work;
    char *gone, *said; /* its name; one readable line */
};
int works_merged(struct store *store, struct arena *arena, size_t limit, struct work_merge **out,
                 size_t *count, struct error *err);
int works_count(struct store *store, int64_t *count, struct error *err);

/* Reader's state. Each call is one undo step unless inside state_begin/state_commit, and one
 * transaction. */
int state_begin(struct store *store, struct error *err);
int state_commit(struct store *store, struct error *err);
/* Commits where `result` is ERR_OK, else takes back what the step did; returns what it came to. */
int state_end(struct store *store, int result, struct error *err);
int state_mark(struct store *store, int64_t work, enum read_state state, struct error *err);
/* Which version of a paper the reader has seen: the newest one; or as in carrel/editions.h, NULL:
 * none. What was marked read is news again when there is a newer one. */
int state_seen(struct store *store, int64_t work, struct error *err);
int state_seen_version(struct store *store, int64_t work, const char *seen, struct error *err);
/* That version in the arena; NULL: none was noted. */
int seen_get(char **seen, struct store *store, struct arena *arena, int64_t work,
             struct error *err);
/* A document of that version of its paper is being read: which is seen then, unless a newer one
 * was. No step of undo. `document` is its name; version 0: not known, nothing happens. */
int seen_document(struct store *store, const char *document, int version, struct error *err);
/* Works that were read and have a newer version, or were withdrawn, since; the newest news first.
 */
int works_news(int64_t **works, size_t *count, struct store *store, struct arena *arena,
               size_t limit, struct error *err);
int state_star(struct store *store, int64_t work, bool on, struct error *err);
#define PRIORITY_MAX 9 /* of what is put off: 9 comes first, 0 is usual, -9 comes last */
int state_priority(struct store *store, int64_t work, int priority, struct error *err);
/* Puts a paper into the collection, or moves it there; NULL: takes it out. Places grow. */
int state_collect(struct store *store, int64_t work, const char *name, const double *position,
                  struct error *err);
int state_tag(struct store *store, int64_t work, const char *tag, bool on, struct error *err);
/* A tag out of words that a file brings ("machine learning" is "machine-learning"), appended.
 * False: nothing of them can be one. */
bool tag_fit(struct str *out, const char *text);
int state_note_set(struct store *store, int64_t work, const char *body,
                   struct error *err); /* "" deletes */
/* A line more, at its end. */
int state_note_add(struct store *store, int64_t work, const char *line, struct error *err);
int state_undo(struct store *store, char **what,
               struct error *err); /* ERR_NOTFOUND: nothing to undo; *what malloc'd */

struct saved_query {
    int64_t id;
    char *name, *query;
};
int queries_list(struct store *store, struct arena *arena, struct saved_query **out, size_t *count,
                 struct error *err);
int queries_get(struct store *store, struct arena *arena, const char *name, char **query,
                struct error *err);
/* Is this the text of a saved query, as it stands? */
int queries_has(bool *has, struct store *store, const char *query, struct error *err);
int queries_add(struct store *store, const char *name, const char *query,
                struct error *err); /* replaces */
int queries_remove(struct store *store, const char *name, struct error *err);
/* To that place among them, from 1, or so many further down; *place becomes where it stands. One
 * step of undo. ERR_NOTFOUND: there is none of this name. */
int queries_move(struct store *store, const char *name, bool relative, int64_t *place,
                 struct error *err);

struct name_count {
    char *name;
    int64_t count;
};
/* Terms of the vocabulary that start with `prefix` (folded), most frequent first, at most `cap`. */
int terms_with_prefix(struct store *store, struct arena *arena, const char *prefix, size_t cap,
                      struct name_count **out, size_t *count, struct error *err);

#endif
