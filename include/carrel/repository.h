/*
 * Repositories: where code lies, as a subject of its own. Plain data; every pointer lies in the
 * arena it was made in. A record that carries one (record.repository) is no paper; it passes
 * through parsers, pages and the importer like one.
 */
#ifndef CARREL_REPOSITORY_H
#define CARREL_REPOSITORY_H

#include "carrel/record.h"

#define REPOSITORY_README (64u << 10) /* bytes of a README that are kept */
#define REPOSITORY_MENTIONS 200       /* papers that one README names, at most */
#define REPOSITORY_TOPICS 50

/* What an answer says of it. */
enum repository_says {
    REPOSITORY_FACTS = 1, /* all fields but the README's */
    REPOSITORY_SAME,      /* nothing has changed since the last time; key and `at` */
    REPOSITORY_README_IS, /* readme, readme_name, papers: "" when it has none */
    REPOSITORY_ABSENT,    /* state and why; what was known of it stays */
};
enum repository_state {
    REPOSITORY_LINKED, /* papers link to it; never asked for */
    REPOSITORY_KNOWN,
    REPOSITORY_GONE,    /* deleted, or not public any more */
    REPOSITORY_BLOCKED, /* withheld for legal reasons */
};
const char *repository_state_name(enum repository_state state); /* "linked", "known", ... */

/* A paper that the README, or a citation file, names. */
struct repository_paper {
    char *id; /* canonical: "arxiv:1706.03762", "doi:10.…"; or "title:Its title", which may be any
                 paper's */
    bool own; /* where a README names the paper that its code belongs to */
    char *file;   /* the citation file; NULL: the README */
    char *people; /* of a title: names parted by semicolons, "" unknown; else NULL */
    int year;     /* of a title; 0 unknown */
};

struct repository {
    enum repository_says says;
    enum repository_state state;
    char *key;      /* "github.com/owner/name", lower case */
    char *asked;    /* the key it was asked for by, when it has moved since; NULL */
    int64_t number; /* the host's own, which outlives names; 0: not said */
    char *name;     /* "Owner/Name" */
    char *url, *description, *homepage, *language, *license, *branch;
    char *parent;           /* key of what it was forked from */
    char *created, *pushed; /* RFC 3339 */
    struct text_list topics;
    int64_t stars, forks, issues; /* open ones; -1 not said */
    bool archived, fork;
    int64_t at; /* when it was so, in ms since 1970 */
    char *readme, *readme_name;
    struct repository_paper *papers;
    size_t paper_count;
    bool cited; /* its citation files were read, too: papers of an earlier reading go */
    char *why;  /* of an absent one */
};
struct repository *repository_copy(const struct repository *from, struct arena *arena);
/* Of the facts but for the counts, which change by themselves. */
uint64_t repository_hash(const struct repository *repository);

/* "github.com/owner/name" of an address that is a repository's (of a page in it, too); false for
 * any other. */
bool repository_key(struct str *out, const char *url);

/*
 * A README as plain words: without tags, pictures, addresses and the marks of Markdown. Appended,
 * `most` bytes at most.
 */
void readme_words(struct str *out, const char *markdown, size_t most);
/* A README as text to read, block by block: a heading, a paragraph, an item of a list with its mark
 * before it, a row of a table, a quotation, a line of code. A text lives only during the call; none
 * has line breaks. */
enum readme_kind {
    README_TEXT,
    README_HEADING,
    README_ITEM,
    README_ROW,
    README_QUOTE,
    README_CODE
};
struct readme_block {
    enum readme_kind kind;
    int depth; /* of a heading 1..6, of an item 0.. */
    const char *text;
};
void readme_blocks(const char *markdown, void (*each)(void *ctx, const struct readme_block *block),
                   void *ctx);
/*
 * The papers it names, each once, in the arena. Its own are those at its top (but "after ...",
 * "based on ...") and those under a heading about citing; when there are more than five such, it is
 * a list of papers and has none. Behind them titles that may be its paper's.
 */
void readme_papers(struct repository *repository, struct arena *arena, const char *markdown);
/* Those that a citation file (CITATION.cff, *.bib) names, added as its own, for readme_papers has
 * made the list. A file that names more than some is a bibliography, and adds none. */
void citation_papers(struct repository *repository, struct arena *arena, const char *file,
                     const char *text);

#endif
