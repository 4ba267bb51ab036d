/*
 * Inside the parsers: what the formats share. One parser holds one record being built, in an arena
 * that is reset after each; XML formats get element events with local names, JSONL gets lines.
 */
#ifndef CARREL_SOURCES_PARSER_H
#define CARREL_SOURCES_PARSER_H

#include "carrel/sources.h"

#include <expat.h>

#define FIELD_MAX (512u << 10) /* bytes of one element's text */
#define RECORD_MAX (32u << 20) /* bytes of one record while it is built */
#define TITLE_MAX (4u << 10)
#define ABSTRACT_MAX (256u << 10)
#define CATEGORIES_MAX 200
#define ALIASES_MAX 50
#define AUTHORS_MAX 20000
#define DEPTH_MAX 64
#define LINE_MAX_BYTES (16u << 20)

struct parser;

/* An XML format: called for each element with its local name (prefix cut off). */
struct xml_format {
    const char *source; /* for messages */
    void (*start)(struct parser *p, const char *name, const char **attributes);
    /* `text` is the character data directly in the element since its last child. */
    void (*end)(struct parser *p, const char *name, const char *text);
};
extern const struct xml_format format_atom, format_opml, format_rss, format_oai;

struct parser {
    enum parse_format format; /* PARSE_AUTO until it is known */
    bool asked_auto;
    struct parse_sink sink;
    struct parse_info info;
    struct arena *arena;
    struct record record;
    int stopped; /* the sink's non-zero answer */
    bool failed; /* a feed ended in an error: finish says it again */
    struct error failure;
    size_t bom; /* bytes of a byte order mark seen */
    bool begun; /* saw anything but white space */

    /* XML */
    XML_Parser xml;
    const struct xml_format *xml_format;
    struct str text;
    int depth;
    bool in_record;
    bool halted; /* no more handlers */
    bool broken; /* an over-long field: reject the record at its end */
    long record_line;
    struct str scratch;                    /* of the formats, cleared at each record */
    char *first_name, *last_name, *suffix; /* OAI author */
    bool in_author, in_header;
    bool aside; /* in an element that speaks of something else (Atom source, OAI about) */
    struct record_version version; /* arXivRaw: the version element we are in; number 0: none */
    char verb[24];                 /* OAI: the answer's element, "ListRecords" */
    char head[16];                 /* the first bytes, to tell a web page */
    size_t head_len;
    char *id_text, *guid;      /* as written */
    char *content;             /* of a feed's entry: the whole article, where it gives one */
    struct text_list creators; /* RSS: as written; what they are is known at the end of the item */
    char *primary;
    int descriptions;
    bool own_feed;        /* Atom: written by carrel, whose "updated" is when it wrote the entry */
    const char *metadata; /* static: "arXiv", "arXivRaw", "dc" */

    /* JSONL: a line; other JSON: all of it */
    struct str line;
    long line_number;
    bool skipping;  /* the rest of an over-long line */
    bool any_line;  /* saw one that is not empty */
    bool not_lines; /* the first line is a bare brace: a JSON document, not JSONL */
    struct unknown_field {
        char *name;
        long line, more;
    } * unknown; /* members that are not read */
    size_t unknown_len, unknown_cap;
    struct pwc *pwc; /* Papers with Code; NULL: none of it yet */

    /* Bibliographies */
    struct bibtex *bibtex; /* NULL: none of it yet */
    struct ris *ris;
    bool after_return; /* RIS: the last byte was a CR, which an LF may follow */
    struct csl *csl;
    struct mail *mail; /* arXiv's */
    bool decided;      /* what the bytes are, by early.c */
    struct str early;  /* those that do not tell yet */
    size_t looked;     /* how many of them were looked at */
    enum { UTF16_NONE, UTF16_LE, UTF16_BE } utf16;
    struct str narrow; /* UTF-16 as UTF-8 */
    unsigned char carry[4];
    size_t carry_len; /* of a character that has not come whole */
};

/* Starts a record, hands it to the sink, or rejects it. */
void record_begin(struct parser *p, const char *source, long line);
void record_emit(struct parser *p);
void record_reject(struct parser *p, long line, const char *why);
void record_note(struct parser *p, long line, const char *why, bool partly);

/* Texts into the record's arena; NULL when nothing is left. */
char *field_squeeze(struct parser *p, const char *text);
/* The same of a title, without the tags and entities of HTML that many sources leave in them. */
char *field_title(struct parser *p, const char *text);
/* Sets *field unless an earlier element did: foreign elements (media:title) come later. */
void field_once(struct parser *p, char **field, const char *text);
char *field_abstract(struct parser *p, const char *text);
void field_category(struct parser *p, const char *text);
/* One name; "Family, Given" is turned when `turn`. */
void field_author(struct parser *p, const char *text, bool turn);
/* A list of names: commas (and "and" when `tex`, whose accents are undone and parentheses dropped).
 */
void field_author_list(struct parser *p, const char *text, bool tex);
/* RFC 822 or 3339 to what a record holds; NULL when it is no time. */
char *field_time(struct parser *p, const char *text);
/* arXiv's listings: the prefix of a summary off, announce type and dates from it. */
void field_listing(struct parser *p);
/* Entries of feeds that are not arXiv's: HTML becomes plain text, and what is missing is filled in
 * from what there is. field_creators comes first; `feed` false: arXiv's lists of names. */
void field_entry(struct parser *p);
void field_creators(struct parser *p, bool feed);
/* A DOI, if it is one. */
void field_identifier(struct parser *p, const char *text);
/* HTML as plain text, paragraphs as empty lines; still to be cleaned. */
void html_text(struct str *out, const char *text);
/* What an entity of HTML stands for ("eacute"); NULL: there is none of this name. */
const char *html_entity(const char *name, size_t len);
/* Sets record.id and version from any identifier; false when it is none. */
bool field_id(struct parser *p, const char *text);
void field_alias(struct parser *p, const char *text);

int xml_feed(struct parser *p, const char *bytes, size_t len, struct error *err);
int xml_finish(struct parser *p, struct error *err);
int jsonl_feed(struct parser *p, const char *bytes, size_t len, struct error *err);
int jsonl_finish(struct parser *p, struct error *err);
int hf_finish(struct parser *p, struct error *err);
int crossref_finish(struct parser *p, struct error *err);
int pwc_feed(struct parser *p, const char *bytes, size_t len, struct error *err);
int pwc_finish(struct parser *p, struct error *err);
/* Before everything else: what the bytes are. False: not to be told yet, they are kept; else *bytes
 * and *len are what is to be read, as UTF-8 where they were UTF-16. `last`: no more will come. */
bool early_feed(struct parser *p, const char **bytes, size_t *len, bool last);
int bibtex_feed(struct parser *p, const char *bytes, size_t len, struct error *err);
int bibtex_finish(struct parser *p, struct error *err);
void bibtex_free(struct parser *p);
int ris_feed(struct parser *p, const char *bytes, size_t len, struct error *err);
int ris_finish(struct parser *p, struct error *err);
void ris_free(struct parser *p);
int csl_feed(struct parser *p, const char *bytes, size_t len, struct error *err);
int csl_finish(struct parser *p, struct error *err);
void csl_free(struct parser *p);
int arxiv_mail_feed(struct parser *p, const char *bytes, size_t len, struct error *err);
int arxiv_mail_finish(struct parser *p, struct error *err);
void arxiv_mail_free(struct parser *p);

#endif
