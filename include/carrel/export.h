/*
 * Export: a library, or what a query finds in it, as files for others (DESIGN sections 1 and 3).
 * The same library gives the same bytes.
 */
#ifndef CARREL_EXPORT_H
#define CARREL_EXPORT_H

#include "carrel/exchange.h"
#include "carrel/store.h"

struct config;

/* Those that are folders come first, bibliographies last. */
enum export_format {
    EXPORT_JSON,
    EXPORT_SITE,
    EXPORT_JSONL,
    EXPORT_ATOM,
    EXPORT_BIBTEX,
    EXPORT_BIBLATEX,
    EXPORT_RIS,
    EXPORT_CSL,
};
bool export_is_folder(enum export_format format);
bool export_format_from(const char *name,
                        enum export_format *format); /* "json", "site", "bibtex" ... */
const char *export_format_at(size_t i);              /* NULL behind the last */

struct export_options {
    enum export_format format;
    const char *query; /* NULL: everything */
    char *const *ids;  /* instead: these papers, by any name (ERR_NOTFOUND: there is no such one) */
    size_t id_count;
    /* json, site: a folder; else a file. NULL or "-": standard output (not for folders) */
    const char *output;
    int limit;         /* atom: entries, 0 = 100 */
    const char *title; /* of the site; NULL: "carrel" */
    /* The site tells a carrel how it is used: address of its carrel.js, and a token of the scope
     * "events". NULL: it tells nobody. */
    const char *tracker, *tracker_token;
    bool as_pandoc;       /* CSL-JSON by pandoc's conventions */
    const char *cite_key; /* bibliographies: the template of keys (carrel/bibliography.h) */
    bool force; /* a file that carrel did not write is replaced, too; a website may be empty */
    bool ascii; /* bibtex, biblatex: letters beyond ASCII as TeX's accents */
    /* Called now and then with papers done and their number; non-zero cancels. May be NULL. */
    int (*progress)(void *ctx, int64_t done, int64_t total);
    /* Takes what goes to standard output, piece by piece; not needed where `output` is a name. */
    int (*write)(void *ctx, const struct str *bytes, struct error *err);
    void *ctx;
};

/* The token of site.tracker-token-file, appended; nothing where that is not set. Every visitor can
 * read it: one that may do more than bring events, or that cannot be read, is ERR_USAGE. */
int site_token(struct str *out, const struct config *config, struct error *err);

/* Runs on the thread that owns the connection. *report is filled for folders; for the others only
 * its `papers`. Output is complete or untouched: where nothing is found (ERR_NOTFOUND; a feed may
 * be empty, and the first website of a library), and where it is a file that carrel did not write
 * (ERR_EXISTS). */
int export_run(struct store *store, const struct export_options *options,
               struct site_report *report, struct error *err);

#endif
