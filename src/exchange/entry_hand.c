/*
 * What a person has said of a paper, put into the entry that a bibliography has of it: in the field
 * in which the entry says the same, so that it stands there and nowhere else. Title, authors and
 * date are put in with what the work says (entry.c).
 */
#include "bibliography.h"

#include <string.h>
#include <strings.h>

/* ---- where it appeared ---- */

/* The field for it in an entry that does not say. */
static const char *venue_place(const char *type)
{
    static const char *const books[] = { "book",         "mvbook",      "collection",
                                         "mvcollection", "proceedings", "mvproceedings",
                                         "reference",    "mvreference" };
    const char *place = bibliography_place(type);
    size_t i;

    for (i = 0; i < ARRAY_LEN(books) && !place; i++)
        if (strcmp(type, books[i]) == 0)
            place = "publisher";
    if (!place && (strstr(type, "thesis") || strstr(type, "report")))
        place = "institution";
    return place ? place : strcmp(type, "manual") == 0 ? "organization" : "howpublished";
}

/* What one format alone says of it, as it came, would still be the old name. */
static void drop_kept(struct citation *entry, struct arena *arena, const char *before)
{
    size_t i;

    citation_set(entry, arena, "csl:container-title", NULL);
    for (i = entry->len; i-- > 0;)
        if (str_starts(entry->fields[i].name, "ris:")
            && entry_same_text(before, entry->fields[i].value))
            citation_set(entry, arena, entry->fields[i].name, NULL);
}

/* What is behind a title's colon, and is in what the person has said. */
static void drop_parts(struct citation *entry, struct arena *arena, const char *field)
{
    static const char *const parts[][3] = {
        { "journaltitle", "journalsubtitle", "journaltitleaddon" },
        { "booktitle", "booksubtitle", "booktitleaddon" },
        { "eventtitle", "eventtitleaddon", "" },
        { "maintitle", "mainsubtitle", "maintitleaddon" },
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(parts); i++)
        if (strcmp(parts[i][0], field) == 0) {
            citation_set(entry, arena, parts[i][1], NULL);
            citation_set(entry, arena, parts[i][2], NULL);
        }
}

static void set_venue(struct citation *entry, struct arena *arena, const char *venue)
{
    const char *field = citation_venue_field(entry);
    const char *before = field ? citation_get(entry, field) : NULL;
    const char *book = citation_get(entry, "booktitle"), *value;

    if (before && entry_same_text(before, venue))
        return;
    value = entry_value(arena, venue);
    if (book && before && entry_same_text(book, before)) { /* beside a journal of that name */
        citation_set(entry, arena, "booktitle", value);
        drop_parts(entry, arena, "booktitle");
    }
    if (before) {
        drop_kept(entry, arena, before);
        drop_parts(entry, arena, field);
    }
    citation_set(entry, arena, field ? field : venue_place(entry->type), value);
}

/* ---- identifiers ---- */

static bool is_doi(const char *text, const char *doi)
{
    struct ident ident;

    return text && ident_parse(&ident, text) && ident.scheme == ID_DOI
           && (!doi || strcasecmp(ident.value, doi) == 0);
}

/* An address of the one that it had would lead to the wrong paper. */
static void set_doi(struct citation *entry, struct arena *arena, const char *doi)
{
    const char *before = citation_get(entry, "doi"), *url = citation_get(entry, "url");

    if (is_doi(url, NULL) && !is_doi(url, doi))
        citation_set(entry, arena, "url", arena_printf(arena, "https://doi.org/%s", doi));
    if (!before || strcasecmp(before, doi) != 0)
        citation_set(entry, arena, "doi", doi);
}

/* A number of another archive stays: arXiv's has no second field. */
static void set_arxiv(struct citation *entry, struct arena *arena, const char *number)
{
    const char *before = citation_get(entry, "eprint"), *kind = citation_get(entry, "eprinttype");

    if ((before && strcasestr(before, number)) || (kind && strcasecmp(kind, "arxiv") != 0))
        return;
    citation_set(entry, arena, "eprint", number);
    citation_set(entry, arena, "eprinttype", kind ? kind : "arXiv");
}

void entry_by_hand(struct citation *entry, struct arena *arena, const struct record *hand)
{
    size_t i;

    if (hand->venue)
        set_venue(entry, arena, hand->venue);
    if (hand->doi)
        set_doi(entry, arena, hand->doi);
    for (i = 0; i < hand->aliases.len; i++)
        if (str_starts(hand->aliases.items[i], "arxiv:"))
            set_arxiv(entry, arena, hand->aliases.items[i] + strlen("arxiv:"));
}
