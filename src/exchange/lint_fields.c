/*
 * Fields whose names are misspelt: no bibliography reads them, and what they say is missing in the
 * paper. Only what is near a field that the entry lacks is told, and never a name that somebody
 * uses.
 */
#include "lint.h"

#include "carrel/nearest.h"
#include "carrel/text.h"

#include <string.h>

/* As people write them, and all fields of which one is enough. */
static const struct {
    const char *name;
    const char *fields[4];
} meant[] = {
    { "title", { "title" } },
    { "author", { "author", "editor" } },
    { "editor", { "editor" } },
    { "year", { "year", "date" } },
    { "month", { "month", "date" } },
    { "journal", { "journaltitle", "booktitle" } },
    { "booktitle", { "booktitle", "journaltitle" } },
    { "volume", { "volume" } },
    { "number", { "number" } },
    { "pages", { "pages" } },
    { "publisher", { "publisher" } },
    { "institution", { "institution" } },
    { "organization", { "organization" } },
    { "school", { "institution" } },
    { "address", { "location" } },
    { "location", { "location" } },
    { "edition", { "edition" } },
    { "series", { "series" } },
    { "chapter", { "chapter" } },
    { "howpublished", { "howpublished" } },
    { "abstract", { "abstract" } },
    { "keywords", { "keywords", "keyword" } },
    { "note", { "note" } },
    { "doi", { "doi" } },
    { "url", { "url" } },
    { "isbn", { "isbn" } },
    { "issn", { "issn" } },
    { "eprint", { "eprint" } },
};

/* Of BibTeX and its styles, biblatex, CSL, and of programs that keep bibliographies. */
static const char usual[] =
    " abstract abstractnote accessed acmid addendum address adsnote adsurl affil affiliation "
    "afterword alteditor alternative annotate annotation annotator annote arxiv arxivid "
    "articleid articleno articlenumber assignee audience author authors authortype bibsource "
    "biburl bookauthor bookpagination booksubtitle booktitle booktitleaddon cdate chair chapter "
    "citation citations cited citekey city code coden collectionnumber commentary comment comments "
    "competition composer conference contents contributor copyright country created creationdate "
    "crossref data dataset date day dimensions director doi edate edition editor editora editorb "
    "editorc editors editortype eid entryset entrysubtype eprint eprintclass eprinttype event "
    "eventdate eventtitle eventtitleaddon file folder foreword format gender genre gps groups "
    "guest hal halid handle holder howpublished html icon id ids image imprint indexsorttitle "
    "indextitle institution interhash interviewer intrahash introduction isan isbn ismn isrn issn "
    "issue issuedate issuetitle issuesubtitle iswc item items journal journalabbr "
    "journalabbreviation journaliso journalsubtitle journaltitle jurisdiction key keyword keywords "
    "keyterms label langid langidopts language lastchecked lccn library license link local "
    "location mainsubtitle maintitle maintitleaddon mdate media medium modificationdate month "
    "mrclass mrnumber mrreviewer name nameaddon nationality note notes notice numpages number "
    "origdate origlanguage origlocation origpublisher origtitle organization owner page pages "
    "pagetotal pagination paper part partnumber pdf place pmc pmcid pmid posted preprint presort "
    "price "
    "priority project publisher publication pubmed pubmedid pubstate qualityassured rank ranking "
    "rating read readstatus received related relatedstring relatedtype reportno "
    "researchareas reviewedauthor reviewedtitle review scale school scope section serieseditor "
    "series shelf shorthand shorthandintro shortauthor shorteditor shortjournal shortseries "
    "shorttitle size slaccitation sortkey sortname sortshorthand sorttitle sortyear source "
    "state status subject subtitle summary supervisor tag tags tertiarytitle themes thesis "
    "timestamp title titleaddon titletranslation topic topics translator tldr type uri url "
    "urlday urldate urlmonth urlyear urn usera userb userc userd usere userf username venue "
    "verba verbb verbc version volume volumes volumetitle volumetotal volumenumber website "
    "xdata xref year yearfiled zblnumber ";

static bool is_usual(struct arena *arena, const char *name)
{
    return strstr(usual, arena_printf(arena, " %s ", name)) != NULL;
}

static bool is_word(const char *name)
{
    return *name && name[strspn(name, "abcdefghijklmnopqrstuvwxyz")] == '\0';
}

static bool lacks(const struct citation *entry, const char *const fields[4])
{
    size_t i;

    for (i = 0; i < 4 && fields[i]; i++)
        if (citation_get(entry, fields[i]))
            return false;
    return true;
}

/* Have two neighbours changed places, and is that all? */
static bool is_swapped(const char *a, const char *b)
{
    size_t at = 0;

    while (a[at] && a[at] == b[at])
        at++;
    return a[at] && b[at] && a[at] == b[at + 1] && a[at + 1] == b[at]
           && strcmp(a + at + 2, b + at + 2) == 0;
}

#define FAR 3        /* letters that are other ones */
#define SHORT_WORD 6 /* letters: of so few a second other one makes another word ("names") */
#define SHORTEST 3   /* and of these the first: "dot" is no "doi" */

static size_t letters_changed(const char *typed, const char *name)
{
    struct nearest nearest = { .typed = typed };
    size_t len = strlen(typed), most = len > SHORT_WORD ? FAR - 1 : len > SHORTEST;

    if (is_swapped(typed, name))
        return 1;
    nearest_offer(&nearest, name);
    return nearest.best && nearest.least <= most ? nearest.least : FAR;
}

/* "dates" are several of "date". */
static bool is_plural(struct arena *arena, const char *typed, const char *name)
{
    size_t len = strlen(typed);
    const char *one = len > 0 ? arena_strndup(arena, typed, len - 1) : "";

    return len > 0 && typed[len - 1] == 's' && strcmp(one, name) != 0 && is_usual(arena, one);
}

/* "xeditor" is switched off. */
static bool is_slip(struct arena *arena, const char *typed, const char *name)
{
    return (typed[0] == name[0] || typed[strlen(typed) - 1] == name[strlen(name) - 1])
           && !(typed[0] == 'x' && strcmp(typed + 1, name) == 0) && !is_plural(arena, typed, name);
}

static const char *field_meant(struct arena *arena, const struct citation *entry, const char *typed)
{
    const char *best = NULL;
    size_t least = FAR, i;

    for (i = 0; i < ARRAY_LEN(meant); i++) {
        const char *name = meant[i].name;
        size_t changed = letters_changed(typed, name);

        if (changed < least && lacks(entry, meant[i].fields) && is_slip(arena, typed, name)) {
            least = changed;
            best = name;
        }
    }
    return best;
}

/* ---- as an edit ---- */

static const char *field_edit(const struct linting *l, const char *name, const char *value,
                              char **text)
{
    const struct citation_field field = { (char *)(uintptr_t)name, (char *)(uintptr_t)value };
    struct str plain = STR_INIT;
    bool words = strcmp(name, "title") == 0 || strcmp(name, "abstract") == 0;

    if (!words)
        return lint_tail_edit(l->arena, &field, text);
    text_from_latex(&plain, value);
    *text = arena_strdup(l->arena, plain.ptr);
    str_free(&plain);
    return **text ? name : NULL;
}

/* What the paper has of it; NULL: nothing, so that an edit takes nothing away. */
static const char *said(const struct linting *l, const char *edit)
{
    const struct record *r = l->paper->record;
    struct str names = STR_INIT;
    const char *text = strcmp(edit, "title") == 0      ? r->title
                       : strcmp(edit, "venue") == 0    ? r->venue
                       : strcmp(edit, "date") == 0     ? r->published
                       : strcmp(edit, "doi") == 0      ? r->doi
                       : strcmp(edit, "abstract") == 0 ? r->abstract
                                                       : NULL;

    if (strcmp(edit, "authors") == 0 && r->authors.len > 0) {
        text_list_join(&names, &r->authors, "; ");
        text = arena_strdup(l->arena, names.ptr);
    }
    str_free(&names);
    return !text || !*text || str_starts(text, "Untitled (") ? NULL : text;
}

void lint_rule_fields(const struct linting *l)
{
    const struct citation *entry = l->paper->entry;
    size_t i;

    for (i = 0; entry && i < entry->len; i++) {
        const char *name = entry->fields[i].name, *best, *edit, *now;
        char *value, *text;

        if (!is_word(name) || is_usual(l->arena, name)
            || !(best = field_meant(l->arena, entry, name)))
            continue;
        edit = field_edit(l, best, entry->fields[i].value, &value);
        now = edit ? said(l, edit) : NULL;
        if (now && strcmp(now, value) == 0) /* it has been taken over */
            continue;
        text = arena_printf(l->arena, "unknown field '%.40s': did you mean %s?", name, best);
        lint_found(l, text, edit && !now ? edit : NULL, edit && !now ? value : NULL);
    }
}
