/*
 * The members of CSL-JSON and the fields of an entry that they are, for reader and writer. Where
 * several fields lead to one member the first that the entry has is written; which of them a member
 * is read into may depend on the type, and is the reader's to say.
 */
#include "carrel/citation.h"

#include <string.h>

static const struct csl_member members[] = {
    { "author", "author", CSL_NAMES, CSL_BOTH },
    { "editor", "editor", CSL_NAMES, CSL_BOTH },
    { "translator", "translator", CSL_NAMES, CSL_BOTH },
    { "container-author", "bookauthor", CSL_NAMES, CSL_BOTH },
    { "collection-editor", "serieseditor", CSL_NAMES, CSL_BOTH },
    { "title", "title", CSL_RICH, CSL_BOTH },
    { "title-short", "shorttitle", CSL_RICH, CSL_BOTH },
    { "shortTitle", "shorttitle", CSL_RICH, CSL_READ },
    { "container-title", "maintitle", CSL_RICH, CSL_WRITE },
    { "container-title", "booktitle", CSL_RICH, CSL_WRITE },
    { "container-title", "journaltitle", CSL_RICH, CSL_WRITE },
    { "container-title-short", "shortjournal", CSL_RICH, CSL_BOTH },
    { "journalAbbreviation", "shortjournal", CSL_RICH, CSL_READ },
    { "collection-title", "series", CSL_RICH, CSL_BOTH },
    { "volume-title", "volumetitle", CSL_RICH, CSL_BOTH },
    { "original-title", "origtitle", CSL_RICH, CSL_BOTH },
    { "event-title", "eventtitle", CSL_RICH, CSL_BOTH },
    { "event", "eventtitle", CSL_RICH, CSL_READ },
    { "event-place", "venue", CSL_TEXT, CSL_BOTH },
    { "publisher", "publisher", CSL_LIST, CSL_BOTH },
    { "publisher", "institution", CSL_LIST, CSL_WRITE },
    { "publisher", "organization", CSL_LIST, CSL_WRITE },
    { "publisher-place", "location", CSL_LIST, CSL_BOTH },
    { "original-publisher", "origpublisher", CSL_LIST, CSL_BOTH },
    { "original-publisher-place", "origlocation", CSL_LIST, CSL_BOTH },
    { "jurisdiction", "jurisdiction", CSL_LIST, CSL_BOTH },
    { "issued", "date", CSL_DATE, CSL_BOTH },
    { "issued", "year", CSL_DATE, CSL_WRITE },
    { "accessed", "urldate", CSL_DATE, CSL_BOTH },
    { "event-date", "eventdate", CSL_DATE, CSL_BOTH },
    { "original-date", "origdate", CSL_DATE, CSL_BOTH },
    { "volume", "volume", CSL_TEXT, CSL_BOTH },
    { "issue", "number", CSL_TEXT, CSL_READ },
    { "number", "number", CSL_TEXT, CSL_BOTH }, /* written as "issue" of an article */
    { "collection-number", "collectionnumber", CSL_TEXT, CSL_BOTH },
    { "chapter-number", "chapter", CSL_TEXT, CSL_BOTH },
    { "number-of-volumes", "volumes", CSL_TEXT, CSL_BOTH },
    { "number-of-pages", "pagetotal", CSL_TEXT, CSL_BOTH },
    { "page", "pages", CSL_PAGES, CSL_BOTH },
    { "edition", "edition", CSL_TEXT, CSL_BOTH },
    { "version", "version", CSL_TEXT, CSL_BOTH },
    { "genre", "type", CSL_TEXT, CSL_BOTH },
    { "status", "pubstate", CSL_TEXT, CSL_BOTH },
    { "language", "langid", CSL_TEXT, CSL_WRITE },
    { "language", "language", CSL_TEXT, CSL_BOTH },
    { "keyword", "keywords", CSL_TEXT, CSL_BOTH },
    { "DOI", "doi", CSL_TEXT, CSL_BOTH },
    { "URL", "url", CSL_TEXT, CSL_BOTH },
    { "ISBN", "isbn", CSL_TEXT, CSL_BOTH },
    { "ISSN", "issn", CSL_TEXT, CSL_BOTH },
    { "archive", "eprinttype", CSL_TEXT, CSL_BOTH },
    { "archive_location", "eprint", CSL_TEXT, CSL_BOTH },
    { "abstract", "abstract", CSL_TEXT, CSL_BOTH },
    { "note", "note", CSL_RICH, CSL_BOTH },
    { "annote", "annotation", CSL_RICH, CSL_BOTH },
};

const struct csl_member *citation_csl_member(size_t i)
{
    return i < ARRAY_LEN(members) ? &members[i] : NULL;
}

/* Words that biblatex has keys for, as they are printed; of English only. */
static const char *const words[][3] = {
    { "type", "phdthesis", "PhD thesis" },
    { "type", "mathesis", "Master’s thesis" },
    { "type", "candthesis", "Candidate thesis" },
    { "type", "resreport", "research report" },
    { "type", "techreport", "technical report" },
    { "type", "software", "computer software" },
    { "type", "patent", "patent" },
    { "type", "patenteu", "European patent" },
    { "type", "patentde", "German patent" },
    { "type", "patentfr", "French patent" },
    { "type", "patentuk", "British patent" },
    { "type", "patentus", "U.S. patent" },
    { "type", "patreq", "patent request" },
    { "type", "patreqeu", "European patent request" },
    { "type", "patreqde", "German patent request" },
    { "type", "patreqfr", "French patent request" },
    { "type", "patrequk", "British patent request" },
    { "type", "patrequs", "U.S. patent request" },
    { "jurisdiction", "countryde", "Germany" },
    { "jurisdiction", "countryep", "European Union" },
    { "jurisdiction", "countryeu", "European Union" },
    { "jurisdiction", "countryfr", "France" },
    { "jurisdiction", "countryuk", "United Kingdom" },
    { "jurisdiction", "countryus", "United States of America" },
    { "pubstate", "inpreparation", "in preparation" },
    { "pubstate", "submitted", "submitted" },
    { "pubstate", "forthcoming", "forthcoming" },
    { "pubstate", "inpress", "in press" },
    { "pubstate", "prepublished", "pre-published" },
    { "series", "newseries", "New series" },
    { "series", "oldseries", "Old series" },
    { "language", "german", "de-DE" },
    { "language", "ngerman", "de-DE" },
    { "language", "english", "en-US" },
    { "language", "american", "en-US" },
    { "language", "usenglish", "en-US" },
    { "language", "british", "en-GB" },
    { "language", "ukenglish", "en-GB" },
    { "language", "french", "fr-FR" },
    { "language", "italian", "it-IT" },
    { "language", "spanish", "es-ES" },
    { "language", "latin", "la" },
    { "language", "greek", "el-GR" },
    { "language", "dutch", "nl-NL" },
    { "language", "russian", "ru-RU" },
    { "language", "portuguese", "pt-PT" },
    { "language", "polish", "pl-PL" },
    { "language", "swedish", "sv-SE" },
    { "language", "danish", "da-DK" },
    { "language", "norwegian", "nb-NO" },
    { "language", "finnish", "fi-FI" },
    { "language", "czech", "cs-CZ" },
    { "language", "japanese", "ja-JP" },
    { "language", "chinese", "zh-CN" },
};

const char *citation_in_words(const char *field, const char *value)
{
    size_t i;

    if (strcmp(field, "langid") == 0)
        field = "language";
    for (i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(words[i][0], field) == 0 && strcasecmp(words[i][1], value) == 0)
            return words[i][2];
    return value;
}
