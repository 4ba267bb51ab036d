/*
 * An entry in CSL's terms: what its fields are called there, and what CSL says in one member where
 * an entry has several. With pandoc's conventions a volume goes by the title of the whole work.
 */
#include "bibliography.h"

#include "carrel/bibname.h"
#include "carrel/text.h"

#include <string.h>

char *csl_whole_title(struct arena *arena, const struct citation *entry, const char *field,
                      const char *value)
{
    static const char *const parts[][3] = { { "title", "subtitle", "titleaddon" },
                                            { "booktitle", "booksubtitle", "booktitleaddon" },
                                            { "maintitle", "mainsubtitle", "maintitleaddon" },
                                            { "journaltitle", "journalsubtitle", "" } };
    const char *subtitle = NULL, *more = NULL;
    size_t i, len = strlen(value);

    for (i = 0; i < ARRAY_LEN(parts); i++)
        if (strcmp(parts[i][0], field) == 0) {
            subtitle = citation_get(entry, parts[i][1]);
            more = citation_get(entry, parts[i][2]);
        }
    return arena_printf(arena, "%s%s%s%s%s", value,
                        !subtitle                               ? ""
                        : len && strchr(".:?!", value[len - 1]) ? " "
                                                                : ": ",
                        subtitle ? subtitle : "", more ? ". " : "", more ? more : "");
}

/* From one field into another, which is taken away where the first has nothing. */
static void move(struct citation *entry, struct arena *arena, const char *from, const char *to)
{
    citation_set(entry, arena, to, citation_get(entry, from));
    citation_set(entry, arena, from, NULL);
}

static bool is_type(const struct citation *entry, const char *const *types)
{
    for (; *types && strcmp(*types, entry->type) != 0; types++)
        ;
    return *types != NULL;
}

/* A volume of a work has the work's title, and its own beside it. */
static void settle_titles(struct citation *e, struct arena *arena)
{
    static const char *const whole[] = { "collection", "proceedings", "book", "reference", NULL };
    const char *book = citation_get(e, "booktitle");
    bool inside = citation_inside(e->type);

    if (citation_get(e, "maintitle") && inside && !citation_get(e, "volumetitle"))
        citation_set(e, arena, "volumetitle",
                     book ? csl_whole_title(arena, e, "booktitle", book) : NULL);
    if (!inside)
        citation_set(e, arena, "maintitle", NULL);
    if (is_type(e, whole) && citation_get(e, "title"))
        citation_set(e, arena, "booktitle", NULL); /* what those that are in it call it */
}

/* The page of a preprint is its address; the number behind it is told only where there is another.
 */
static void settle_eprint(struct citation *e, struct arena *arena)
{
    static const char *const pages[][2] = { { "arxiv", "https://arxiv.org/abs/" },
                                            { "jstor", "https://www.jstor.org/stable/" },
                                            { "pubmed", "https://www.ncbi.nlm.nih.gov/pubmed/" },
                                            { "hdl", "https://hdl.handle.net/" },
                                            { "googlebooks", "https://books.google.com?id=" } };
    const char *number = citation_get(e, "eprint"), *kind = citation_get(e, "eprinttype");
    const char *url = citation_get(e, "url");
    size_t i;

    for (i = 0; kind && i < ARRAY_LEN(pages) && strcasecmp(kind, pages[i][0]) != 0; i++)
        ;
    if (number && kind && i < ARRAY_LEN(pages) && !url) {
        citation_set(e, arena, "url", arena_printf(arena, "%s%s", pages[i][1], number));
        url = citation_get(e, "url");
    }
    if (!kind || (number && i < ARRAY_LEN(pages) && strstr(url, number))) {
        citation_set(e, arena, "eprint", NULL);
        citation_set(e, arena, "eprinttype", NULL);
    }
}

static void settle_type(struct citation *e, struct arena *arena)
{
    if (strcmp(e->type, "phdthesis") == 0 && !citation_get(e, "type"))
        citation_set(e, arena, "type", "phdthesis");
    if (strcmp(e->type, "mastersthesis") == 0 && !citation_get(e, "type"))
        citation_set(e, arena, "type", "mathesis");
    if (strcmp(e->type, "patent") == 0 && !citation_get(e, "jurisdiction"))
        move(e, arena, "location", "jurisdiction");
}

/* "7" and "2": volume 7.2; of an article number and issue: "4, Spring"; a note and what is added.
 */
static void settle_numbers(struct citation *e, struct arena *arena)
{
    static const struct {
        const char *first, *second, *between, *type;
    } pairs[] = { { "volume", "part", ".", NULL },
                  { "number", "issue", ", ", "article" },
                  { "note", "addendum", ". ", NULL } };
    size_t i;

    for (i = 0; i < ARRAY_LEN(pairs); i++) {
        const char *first = citation_get(e, pairs[i].first);
        const char *second = citation_get(e, pairs[i].second);

        if (!second || (pairs[i].type && strcmp(e->type, pairs[i].type) != 0))
            continue;
        citation_set(e, arena, pairs[i].first,
                     first ? arena_printf(arena, "%s%s%s", first, pairs[i].between, second)
                           : arena_strdup(arena, second));
        citation_set(e, arena, pairs[i].second, NULL);
    }
}

/* "3" is the third series of a journal. */
static void settle_series(struct citation *e, struct arena *arena)
{
    static const char *const ends[] = { "th", "st", "nd", "rd" };
    const char *series = citation_get(e, "series");
    size_t len = series ? strlen(series) : 0;
    char last = len ? series[len - 1] : '0';
    bool teens = len > 1 && series[len - 2] == '1';

    if (len > 0 && len < 4 && strspn(series, "0123456789") == len
        && strcmp(e->type, "article") == 0)
        citation_set(e, arena, "series",
                     arena_printf(arena, "%s%s series", series,
                                  ends[last <= '3' && !teens ? last - '0' : 0]));
}

/* ---- as pandoc has it ---- */

/* Up to its first colon, if it has one. */
static void short_title(struct citation *e, struct arena *arena)
{
    const char *title = citation_get(e, "title");
    char *whole = title ? csl_whole_title(arena, e, "title", title) : NULL;
    int depth = 0;
    size_t i;

    for (i = 0; whole && whole[i]; i++) {
        depth += (whole[i] == '{') - (whole[i] == '}');
        if (depth == 0 && whole[i] == ':' && whole[i + 1] == ' ')
            break;
    }
    if (whole && whole[i] && !citation_get(e, "shorttitle"))
        citation_set(e, arena, "shorttitle", arena_strndup(arena, whole, i));
}

/* A volume goes by the title of the work, an issue by that of its journal. */
static void pandoc_titles(struct citation *e, struct arena *arena, const struct citation *given)
{
    const char *main = citation_get(given, "maintitle"), *title = citation_get(e, "title");
    const char *issue = citation_get(e, "issuetitle");

    if (strcmp(e->type, "periodical") == 0) {
        e->type = "article";
        if (issue) {
            move(e, arena, "title", "journaltitle");
            citation_set(e, arena, "title", issue);
        }
    }
    if (!main || citation_inside(e->type) || !title)
        return;
    citation_set(e, arena, "volumetitle", csl_whole_title(arena, e, "title", title));
    citation_set(e, arena, "title", csl_whole_title(arena, given, "maintitle", main));
    citation_set(e, arena, "subtitle", NULL);
    citation_set(e, arena, "titleaddon", NULL);
    citation_set(e, arena, "shorttitle", NULL);
}

void csl_settle(struct citation *out, struct arena *arena, const struct citation *entry,
                bool pandoc)
{
    citation_copy(out, entry, arena);
    settle_titles(out, arena);
    settle_eprint(out, arena);
    settle_type(out, arena);
    settle_numbers(out, arena);
    settle_series(out, arena);
    if (!pandoc)
        return;
    pandoc_titles(out, arena, entry);
    if (!citation_get(out, "volumetitle") || citation_inside(out->type))
        short_title(out, arena);
}
