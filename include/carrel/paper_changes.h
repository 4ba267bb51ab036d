/*
 * What changed in a paper between the version that was read and the newest one: its versions, the
 * word differences of what its sources say of it, and of its text where the documents of both
 * versions are here. Used on the thread that owns the connection; texts lie in the given arena.
 */
#ifndef CARREL_PAPER_CHANGES_H
#define CARREL_PAPER_CHANGES_H

#include "carrel/app.h"
#include "carrel/editions.h"
#include "carrel/worddiff.h"
#include "carrel/works.h"

#define CHANGES_AROUND 12 /* words of a text shown on either side of a change */

/* Title, authors, comment, categories, venue, abstract; and the text, where both are here. */
struct changed_part {
    const char *name;
    struct worddiff diff;
    size_t around; /* words shown around a change; 0 all */
    /* Of the text: the heading of the section where each run of the diff begins; else NULL. */
    const char **headings;
};
struct paper_changes {
    struct work_row row;
    char *title;              /* readable */
    struct edition *editions; /* oldest first */
    size_t edition_count;
    const struct edition *from, *to; /* NULL: there is nothing to compare, and why */
    char *why;                       /* one line; NULL: there is something */
    char *note;                      /* about the text: why it is not compared, or only roughly */
    bool read_from;                  /* `from` is what was read; else just the version before */
    struct changed_part *parts;      /* only those that differ */
    size_t part_count;
};

/* `since`: NULL or "read" (the version that was read; of a paper that was not, the one before the
 * newest), "first", or a version (v2, 2024-03-05). `text`: with the documents' texts.
 * ERR_NOTFOUND: no such version. */
int paper_changes_read(struct paper_changes *out, struct store *store, struct arena *arena,
                       int64_t work, const char *since, bool text, struct error *err);

/* "v1 of 2024-01-02 (read) to v3 of 2024-05-06" and "abstract: 12 words added, 4 removed; ...". */
void paper_changes_span(struct str *out, const struct paper_changes *changes);
void paper_changes_summary(struct str *out, const struct paper_changes *changes);
/* "12 words added, 4 removed" */
void changed_part_counts(struct str *out, const struct changed_part *part);
/* Members of an open object; `whole`: with the differences, not only how many. */
void paper_changes_json(struct jsonw *w, const struct paper_changes *changes, bool whole);
/* One row for each version, oldest first: "v2  2024-03-05  401kb  12 pages". */
void edition_line(struct str *out, const struct edition *edition);

#endif
