/*
 * What carrel publishes: the website's JSON, JSONL and Atom. Pure writers: they are given records
 * and know no database. Same input, same bytes.
 */
#ifndef CARREL_EXCHANGE_H
#define CARREL_EXCHANGE_H

#include "carrel/record.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * A website: a folder of files and manifest.json, which lists them with counts and hashes. What is
 * in them, docs/WEBSITE.md tells.
 *
 * Files whose bytes are the same are left untouched (their times, too). A shard whose fingerprint
 * is the one of the last export is not even computed: that is kept in the folder's .carrel-export,
 * which is no part of the website. Files of an earlier export that are gone from this one are
 * removed; nothing else in the folder is touched. One thread.
 */
struct site;
struct site_report {
    int64_t files, written, unchanged, removed, papers;
    int64_t left_out; /* behind the limit of a feed */
};
int site_open(struct site **out, const char *dir, struct error *err);
/* True: the file `path` (below the folder) of this fingerprint stands already and is taken over. */
bool site_reuse(struct site *site, const char *path, uint64_t fingerprint);
/* True: there are files below `folder` ("search/0/"), all of this fingerprint, and all are taken
 * over. */
bool site_reuse_below(struct site *site, const char *folder, uint64_t fingerprint);
/* False: a file of this path lies there that no export has written. */
bool site_is_ours(struct site *site, const char *path);
/* Writes `path` with these bytes; `count` is the number of things in it, for the manifest. */
int site_put(struct site *site, const char *path, const struct str *bytes, int64_t count,
             uint64_t fingerprint, struct error *err);
/* What site_put was told of a file of this export, or of the one it is taken over from; 0: none. */
int64_t site_count_of(const struct site *site, const char *path);
/* Whose data is in it, for the manifest's "attribution" (credits_bits). */
void site_set_credits(struct site *site, unsigned credits);
/* Writes the manifest last, so that a reader who starts there sees a whole export. */
int site_finish(struct site *site, struct site_report *report, struct error *err);
void site_free(struct site *site); /* without finish: the old manifest stays */

/* A file name of [a-z0-9-] for a feed; two names never share one (a hash is added where letters
 * were lost). */
void site_slug(struct str *out, const char *name);

/* A record as it is published: without notes, marks and what was read. */
void record_publish(struct str *out, const struct record *record);
/* The body of papers/MONTH.json, in pieces; records as record_publish writes them. */
void shard_begin(struct str *out, const char *month);
void shard_add(struct str *out, const char *json, size_t len, bool first);
void shard_end(struct str *out);

/* Atom (RFC 4287). `updated` is RFC 3339; entries carry title, authors, abstract as summary, links,
 * categories. */
void atom_begin(struct str *out, const char *title, const char *id, const char *updated);
/* Behind atom_begin: whose data is in the feed (credits_bits), as its rights. */
void atom_credits(struct str *out, unsigned credits);
void atom_entry(struct str *out, const struct record *record, const char *updated);
void atom_end(struct str *out);

#endif
