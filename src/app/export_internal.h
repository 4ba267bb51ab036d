/*
 * Inside export: the job, and what the writers of a website share.
 *
 * Every file of a website has a fingerprint of what decides its bytes. Where that is known without
 * reading papers (their keys, when their records changed, their tags), an unchanged file costs no
 * more than its share of the one list of works. Nothing looks at the clock: what is "now" for
 * trends and topics is the library's own last day.
 */
#ifndef CARREL_APP_EXPORT_INTERNAL_H
#define CARREL_APP_EXPORT_INTERNAL_H

#include "carrel/export.h"
#include "carrel/hash.h"
#include "carrel/jsonw.h"

#define EXPORT_SHAPE 3 /* raise when the bytes of a file change for the same records */

struct export_item {
    int64_t id;
    int32_t day;
    int64_t changed;
    uint64_t fingerprint;
};

struct export_job {
    struct store *store;
    const struct export_options *options;
    struct export_item *items; /* newest first, those without a date last */
    size_t len, cap;
    struct hashmap *wanted; /* ids the query found; NULL: all */
    struct hashmap *places; /* id -> its place in items, from 1; made when it is asked for */
    struct arena *arena;
    struct indexer *indexer; /* in whose batches records are read; NULL: in none */
    int64_t done;
    unsigned credits;     /* of all that is written */
    uint64_t fingerprint; /* of all items */
    struct site *site;    /* the folder */
    bool pages;           /* with the pages that show it */
    struct cites *cites;  /* a bibliography; NULL: another format */
};

bool export_wants(const struct export_job *job, int64_t id);
/* Of a work that is published; NULL: it is not. */
const struct export_item *export_item(struct export_job *job, int64_t id);
/* The library's own "today": the day of the newest paper that is not dated ahead of the last change
 * to a record (issues of journals are, and slips of the hand); 0: no paper has a date. */
int32_t export_today(const struct export_job *job);
/* Reads the next record; keeps the arena small (or the indexer busy) and the caller informed. The
 * record lives until one of the next calls. */
int export_record(struct export_job *job, int64_t id, struct record *record, struct error *err);

struct export_atom {
    const char *title, *query; /* the feed's id is made of its query */
    int64_t updated;           /* ms */
};
void export_atom_begin(struct export_job *job, struct str *body, const struct export_atom *atom);

/* ---- a website's files (export_site.c) ---- */

int export_site(struct export_job *job, struct site_report *report, struct error *err);

/* Begins an object with its version in an emptied text. */
void export_open(struct jsonw *w, struct str *body);
/* Ends it and writes it, for pages as a script, too. */
int export_put(struct export_job *job, struct jsonw *w, const char *path, int64_t count,
               uint64_t fingerprint, struct error *err);
/* Both stand already. */
bool export_reuse(struct export_job *job, const char *path, uint64_t fingerprint);
/* Scripts that hand data to a page, since pages that are files may fetch nothing: data/NAME.js for
 * NAME.json. */
int export_script(struct export_job *job, const char *path, const struct str *json, int64_t count,
                  uint64_t fingerprint, struct error *err);

/* A text without TeX, for whoever shows it as it is; the text itself where there is none. Lists
 * have titles so; papers keep what their source wrote. */
char *export_plain(struct arena *arena, char *text);

/* "2017-06", or "undated". */
void export_month(char out[16], int32_t day);

/* The parts; each writes its files. */
int export_papers(struct export_job *job, struct error *err);       /* export_papers.c */
int export_stats(struct export_job *job, struct error *err);        /* export_counts.c */
int export_categories(struct export_job *job, struct error *err);   /* export_counts.c */
int export_trending(struct export_job *job, struct error *err);     /* export_lists.c */
int export_topics(struct export_job *job, struct error *err);       /* export_lists.c */
int export_repositories(struct export_job *job, struct error *err); /* export_lists.c */
int export_tables(struct export_job *job, struct error *err);       /* export_tables.c */
int export_feeds(struct export_job *job, struct error *err);        /* export_feeds.c */
int export_pages(struct export_job *job, struct error *err);        /* export_pages.c */

#endif
