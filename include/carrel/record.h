/*
 * A record: what one source says about one paper, in the interchange form. Plain data; every
 * pointer (texts, lists) lies in the arena it was made in and dies with it. Texts are clean UTF-8;
 * NULL or an empty list means "the source did not say".
 */
#ifndef CARREL_RECORD_H
#define CARREL_RECORD_H

#include "carrel/error.h"
#include "carrel/mem.h"
#include "carrel/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text_list {
    char **items;
    size_t len, cap; /* the array is arena memory too: grow with text_list_add */
};
void text_list_add(struct text_list *list, struct arena *arena, const char *text, size_t len);
void text_list_add_lines(struct text_list *list, struct arena *arena,
                         const char *lines); /* but empty ones */
/* Added to `out`, with `between` between them. */
void text_list_join(struct str *out, const struct text_list *list, const char *between);
/* Makes a list its own, in this arena. */
void text_list_copy(struct text_list *list, struct arena *arena);
/* For hashes of what consists of several: NULL differs from "". */
uint64_t text_hash(const char *text, uint64_t seed);
uint64_t text_list_hash(const struct text_list *list, uint64_t seed);

enum read_state { READ_UNREAD, READ_READ, READ_LATER, READ_SKIP };
const char *read_state_name(enum read_state state); /* "unread", "read", "later", "skip" */
bool read_state_from(enum read_state *state, const char *name);

#define RECORD_LINKS 10000 /* at most; a thousand people have written some papers' code anew */

/* Something on the net that belongs to the paper, and what speaks for it. */
struct record_link {
    char *kind; /* "code", "model", "dataset", "space", "project" */
    char *url;  /* http or https, without blanks */
    /* How it is known: "official" (its authors say so), "paper" (stated in the paper), "readme"
     * (the repository names the paper), "author" (of the same people), "listed" (the source shows
     * it). */
    char *evidence;
    char *said;        /* the same in words, for people: "Hugging Face, added by user" */
    double confidence; /* of code: that it is the paper's, 0..1 (carrel/evidence.h); 0 not weighed.
                          Computed when a work is read whole, neither packed nor copied */
};
struct record_links {
    struct record_link *items; /* arena memory, as a text_list's */
    size_t len, cap;
};
/* False, and nothing is added: not such a kind, evidence or address, or it is there already. */
bool record_link_add(struct record_links *links, struct arena *arena,
                     const struct record_link *link);
/* The same for lists that are known to name nothing twice: does not look whether it is there. */
bool record_link_append(struct record_links *links, struct arena *arena,
                        const struct record_link *link);
/* The better of two kinds of evidence: smaller is stronger. */
int link_evidence_rank(const char *evidence);

/* A number that changes by itself (upvotes, stars): a sample of it, not a part of what the source
 * said, so it is neither packed nor compared. */
struct record_metric {
    const char *source; /* of the series: "huggingface" */
    const char *name;   /* "upvotes" */
    double value;
    int64_t at; /* when it was so, in ms since 1970; 0: not known, and so no sample */
};
struct record_metrics {
    struct record_metric *items;
    size_t len, cap;
};
void record_metric_add(struct record_metrics *metrics, struct arena *arena,
                       const struct record_metric *metric);

struct catalog_entry;
struct repository;

struct record {
    char *id;       /* canonical: "arxiv:1706.03762", "doi:10.…", "file:…"; may be NULL */
    int version;    /* arXiv version, 0 unknown */
    char *title;    /* white space squeezed; LaTeX as the source wrote it */
    char *abstract; /* paragraphs kept as \n\n, other white space squeezed */
    struct text_list authors;    /* "Given Family", in order */
    struct text_list categories; /* primary first: "cs.CL" */
    char *published;             /* "YYYY", "YYYY-MM", "YYYY-MM-DD" or RFC 3339 */
    char *updated;
    struct text_list versions; /* that its source lists, oldest first: record_version_add */
    char *doi;                 /* bare: "10.1145/…" */
    char *venue;               /* journal-ref */
    char *comment;
    char *url, *pdf_url;
    char *license;
    char *announce; /* RSS: new | cross | replace | replace-cross */
    struct text_list code_urls;
    struct record_links links;       /* those of code are in code_urls, too */
    struct text_list tasks, methods; /* what it works on and with: "Question Answering", "BERT" */
    struct text_list credits; /* whose data this is and must be named (carrel/credit.h): "pwc" */
    bool adds; /* one saying of many: added to what the same source said of the paper before */
    struct catalog_entry *catalog; /* no paper but an entry of the catalogue (carrel/catalog.h) */
    struct repository *repository; /* no paper but what is said of one (carrel/repository.h) */
    struct record_metrics metrics;
    struct text_list tags;
    struct text_list notes;
    enum read_state state; /* the reader's own, like tags, notes and: */
    bool starred;
    struct text_list cited;   /* the entry of a bibliography as it was written, for writing it again
                                 (carrel/citation.h): what has no field of its own is kept here */
    struct text_list aliases; /* further canonical ids of the same work, e.g. "doi:…" */
    bool deleted;             /* OAI: the source has withdrawn it */
    char *asked; /* the id that it answers for, of a source that is asked for one paper after the
                    other; without a title: the source has nothing of it. Not packed */
    const char *source; /* static or in the arena: "arxiv-atom", "oai-arxiv", "oai-raw", "oai-dc",
                           "huggingface", "rss", "feed", "jsonl" ... */
    const char *file;   /* where it was read, for messages; may be NULL */
    long line;          /* 1-based line where it starts, 0 unknown */
};

/* One of record.versions. */
struct record_version {
    int number; /* 0: only its day is known */
    char *at;   /* a day or RFC 3339; "" unknown */
    char *size; /* of its source, "401kb"; "" unknown */
};
/* In order of the numbers. */
void record_version_add(struct text_list *list, struct arena *arena,
                        const struct record_version *version);
/* False: it is none. */
bool record_version_read(struct record_version *out, struct arena *arena, const char *text);
struct jsonw;
/* "versions":[{"version","at","size"}...], what is not known left out; in an open object. */
void record_versions_json(struct jsonw *w, const struct text_list *versions);
/* Has its source deleted it, do its comment or abstract begin by saying so, or is the newest
 * version one without a paper? */
bool record_is_withdrawn(const struct record *record);

/* The JSON interchange record of DESIGN section 3 (keys in that order, absent ones left out). */
void record_to_json(struct str *out, const struct record *record);

/* A deep copy in another arena. */
void record_copy(struct record *to, const struct record *from, struct arena *arena);
/* Every field as bytes, for keeping: a tag byte and a length before each text. Unpack checks all
 * bounds (ERR_CORRUPT) and ignores tags it does not know. */
void record_pack(struct str *out, const struct record *record);
int record_unpack(struct record *out, struct arena *arena, const void *bytes, size_t len,
                  struct error *err);

/* The arXiv category that a subject of oai_dc names; the subject itself when it is none of arXiv's;
 * NULL for MSC codes. */
const char *subject_category(const char *name);
/* The category that is called like these words ("computation and language" -> "cs.CL"), which are
 * lower-case and have one blank between them; NULL: none. */
const char *subject_called(const char *words);

/*
 * Identifiers that people and sources write: ids, old and new arXiv numbers with or without
 * version, DOIs, and the URLs of all of them.
 */
enum id_scheme {
    ID_NONE,
    ID_ARXIV,
    ID_DOI,
    ID_HF,
    ID_REPO,
    ID_FILE, /* in this order: what a work shows is the first it has */
    ID_OPENREVIEW,
    ID_PWC,
    ID_OAI,   /* another archive's OAI identifier */
    ID_URL,   /* an address, when a source gives nothing better */
    ID_LOCAL, /* made by us from title, first author and year */
};
struct ident {
    enum id_scheme scheme;
    int version;     /* arXiv "v2" -> 2, else 0 */
    char value[512]; /* canonical: arXiv "1706.03762" / "hep-th/9901001", DOI lower-cased, ... */
};
/* Understands "arxiv:…", bare ids, "doi:…", "10.…/…", arxiv.org/doi.org/huggingface.co/github.com
 * URLs (http or https), "oai:arXiv.org:…". False: not an identifier. Strict enough that ordinary
 * words never match. */
bool ident_parse(struct ident *out, const char *text);
const char *ident_scheme_name(enum id_scheme scheme); /* "arxiv", "doi", ... */
enum id_scheme ident_scheme_from(const char *name, size_t len);
void ident_print(struct str *out, const struct ident *ident); /* "arxiv:1706.03762" (no version) */

#endif
