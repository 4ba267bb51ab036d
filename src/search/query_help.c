/*
 * What the fields of the query language are for, in words: for the manual page and for completion.
 * Every field of query_fields.c has a row here (tests/cli/man.sh).
 */
#include "carrel/search.h"

#include "carrel/mem.h"

#include <string.h>

static const struct query_help rows[] = {
    { "title", "WORDS", "", "words of the title" },
    { "abstract", "WORDS", "", "words of the abstract" },
    { "author", "NAME", "", "an author: a family name, or \"given family\"" },
    { "cat", "CATEGORY", "", "an arXiv category; math.* is all that begin so" },
    { "date", "DATE", "today|yesterday|7d|30d",
      "published then: 2024, 2024-03, 2024-03-01, a range with .. whose ends may be open, 7d, 2w, "
      "3m, 1y, today, yesterday, week, month, year" },
    { "added", "DATE", "today|yesterday|7d|30d",
      "came into the library then; a time may follow the day: 2026-03-01T12:00 (that minute), a "
      "range of seconds 2026-03-01T12:00:05..2026-03-01T12:00:09" },
    { "is", "STATE", "unread|read|reading|later|skip|starred|tagged|withdrawn",
      "unread, read, reading (open in the Reader), later, skip, starred, tagged, withdrawn" },
    { "has", "WHAT", "code|pdf|text|doi|note|tag|abstract",
      "code, pdf, text (a document that was read), doi, note, tag, abstract" },
    { "tag", "NAME", "", "has this tag, or one below it (NAME/...)" },
    { "collection", "NAME", "", "is in this collection, in its order" },
    { "venue", "WORDS", "",
      "appeared in what has these words in its name, one behind the other: a journal, a "
      "conference, a publisher; neuro* is a word that begins so" },
    { "key", "KEY", "",
      "is cited by this key, as export and cite write it: one that an entry brought or that is "
      "made by the setting cite.key; lee* is all that begin so" },
    { "source", "NAME", "",
      "was told by this source: arxiv, hf, pwc, crossref, file, the name of a feed" },
    { "doi", "DOI", "", "has this DOI; 10.1145/* is all that begin so" },
    { "id", "ID", "", "that paper" },
    { "near", "ID", "", "near in meaning to that paper, nearest first" },
    { "query", "NAME", "", "what a saved query finds" },
    { "task", "NAME", "", "works on that task, as the archive of Papers with Code names it" },
    { "method", "NAME", "", "uses that method, likewise" },
    { "kind", "KIND", "paper|repository", "paper or repository: what is looked for" },
    { "stars", "NUMBER", ">10|>100|>1000", "has code with so many stars: >500, 100..2000, 1k.." },
    { "language", "NAME", "", "has code in that programming language" },
    { "topic", "NAME", "", "has code with that topic" },
    { "license", "NAME", "", "has code under that licence" },
};

const struct query_help *query_help_find(const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}
