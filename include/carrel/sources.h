/*
 * Parsers: bytes in, records out. Push-style and streaming, so that a file of any size and an
 * answer from the network go through the same code in constant memory. They know no database.
 */
#ifndef CARREL_SOURCES_H
#define CARREL_SOURCES_H

#include "carrel/record.h"

#include <stdatomic.h>

enum parse_format {
    PARSE_AUTO, /* looks at the first bytes (after gunzip) */
    PARSE_JSONL,
    PARSE_ARXIV_ATOM,
    PARSE_OAI,
    PARSE_RSS,      /* RSS 2.0 or the Atom listing */
    PARSE_HF,       /* Hugging Face papers: a list, or one paper; read whole, 32 MiB at most */
    PARSE_CROSSREF, /* Crossref's works: one, or a list of them; read whole like those */
    PARSE_PWC,  /* Papers with Code: a dump, its rows as JSONL, or a page of the data-set server */
    PARSE_OPML, /* a list of feeds, for sinks that take one: no records */
    /* Bibliographies. Records keep the whole entry (record.cited, carrel/citation.h). UTF-16 and
     * Windows-1252 are known when they are seen, whatever the file says of itself. */
    PARSE_BIBTEX, /* and biblatex */
    PARSE_RIS,
    PARSE_CSL,        /* CSL-JSON */
    PARSE_ARXIV_MAIL, /* arXiv's daily mails, one or many */
    /* Not bytes but folders, which parse_file does not read: */
    PARSE_ZOTERO, /* carrel/zotero.h */
    PARSE_PAPIS,  /* papis_read */
};
bool parse_format_from(const char *name,
                       enum parse_format *format); /* "auto", "jsonl", "arxiv-atom", ... */
const char *parse_format_name(enum parse_format format);
const char *parse_format_at(size_t i); /* what parse_format_from knows; NULL behind the last */

/* A feed of an OPML file: clean texts of one line; title may be "". */
struct parse_feed {
    long line;
    const char *title, *url;
};

struct parse_sink {
    void *ctx;
    /* One good record; it lives in `arena`, which the sink may keep by returning true from
     * `take`-style use: the parser resets its arena after the call, so copy or consume. Non-zero
     * stops the parse. */
    int (*record)(void *ctx, const struct record *record);
    /* One bad record (line 1-based, 0 unknown; `why` one line). The rest goes on. */
    void (*reject)(void *ctx, long line, const char *why);
    /* Something about a record that is kept, in the same words; `partly`: something of it could not
     * be read. May be NULL. */
    void (*note)(void *ctx, long line, const char *why, bool partly);
    /* BibTeX: an entry that begins in this line, with these words ("@article{key"), has no closing
     * bracket; `last`: nothing stands behind it. Its record is given as usual. May be NULL. */
    void (*open)(void *ctx, long line, const char *head, bool last);
    /* A feed; it lives during the call, and non-zero stops the parse. NULL: OPML is refused. */
    int (*feed)(void *ctx, const struct parse_feed *feed);
    /* JSONL: a member of records that is not read, at the end and once for each name: where it
     * first stood, and how many more records have it. May be NULL. */
    void (*unknown)(void *ctx, const char *name, long line, long more);
};

/* What the envelope said, beside the records. */
struct parse_info {
    long total;           /* opensearch:totalResults / completeListSize / length of a list of
                             Hugging Face or Crossref; -1 unknown, or no list */
    long start, per_page; /* -1 unknown */
    char token[2048];     /* OAI resumption token, "" when none */
    char error_code[64];  /* OAI error code or "api-error" for what an API says in its own words, ""
                             when none */
    char error_text[512];
    char response_date[40]; /* OAI responseDate; of a feed, when it was made */
    char token_expires[40]; /* OAI expirationDate of the token, "" when not said */
    char datestamp[24];     /* OAI: the largest day of change in a header, "YYYY-MM-DD", else "" */
    char first_datestamp[24]; /* OAI: that of the first header */
    /* A page of the data-set server: */
    long listed;    /* rows in it */
    long cut;       /* of them with cells that the server has cut, which are left out */
    bool partial;   /* the server has only the first part of the data set */
    bool unordered; /* OAI: some header's day was smaller than one before it */
};

struct parser;
int parser_new(struct parser **out, enum parse_format format, const struct parse_sink *sink,
               struct error *err);
int parser_feed(struct parser *parser, const void *bytes, size_t len, struct error *err);
int parser_finish(struct parser *parser, struct error *err); /* a cut document is ERR_PARSE */
const struct parse_info *parser_info(const struct parser *parser);
enum parse_format parser_format(const struct parser *parser); /* what AUTO turned out to be */
void parser_free(struct parser *parser);

/* Reads a file ("-" is standard input; gzip is seen by its magic and unpacked) into a parser of the
 * given format. `progress` (may be NULL) is called now and then with compressed bytes read and the
 * size (-1 unknown); non-zero cancels (ERR_CANCELLED). */
int parse_file(const char *path, enum parse_format format, const struct parse_sink *sink,
               int (*progress)(void *ctx, int64_t done, int64_t size), struct parse_info *info,
               struct error *err);

/* Hands every paper of a library of Papis (a folder of folders with info.yaml) to the parser's
 * sink; the parser is one of PARSE_CSL that is given nothing else. */
int papis_read(struct parser *parser, const char *folder, const atomic_bool *cancel,
               struct error *err);

/* The keywords of a record's entry (record.cited) one by one, as plain text in the arena. */
void cited_keywords(struct text_list *out, struct arena *arena, const struct text_list *cited);

/* Words as a tag ("deep nets" -> "deep-nets"); "" when nothing is left of them. */
void cited_tag(struct str *out, const char *text);
/* Such a tag of each of these. */
void cited_add_tags(struct text_list *out, struct arena *arena, const struct text_list *words);

const char *sources_versions(void); /* "expat 2.5.0, jansson 2.14" */

#endif
