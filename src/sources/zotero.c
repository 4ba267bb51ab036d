/*
 * Zotero's items as entries of a bibliography (carrel/zotero.h). Its fields have other names by the
 * type of the item; what no field of an entry is is kept in the comment, as Zotero shows it.
 */
#include "carrel/zotero.h"

#include "cited.h"

#include "carrel/text.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The first row of a type is what it becomes. */
static const char *const types[][2] = {
    { "journalArticle", "article" },
    { "magazineArticle", "article" },
    { "newspaperArticle", "article" },
    { "book", "book" },
    { "bookSection", "incollection" },
    { "conferencePaper", "inproceedings" },
    { "encyclopediaArticle", "inreference" },
    { "dictionaryEntry", "inreference" },
    { "report", "report" },
    { "manuscript", "unpublished" },
    { "webpage", "online" },
    { "blogPost", "online" },
    { "forumPost", "online" },
    { "presentation", "unpublished" },
    { "patent", "patent" },
    { "computerProgram", "software" },
    { "dataset", "dataset" },
    { "standard", "standard" },
    { "film", "movie" },
    { "videoRecording", "video" },
    { "tvBroadcast", "video" },
    { "audioRecording", "audio" },
    { "podcast", "audio" },
    { "radioBroadcast", "audio" },
    { "letter", "letter" },
    { "email", "letter" },
    { "artwork", "artwork" },
    { "case", "jurisdiction" },
    { "statute", "legislation" },
    { "bill", "legal" },
    { "thesis", "thesis" },
};

/* A field goes into the first of its rows whose place is free. */
static const char *const fields[][2] = {
    { "title", "title" },
    { "caseName", "title" },
    { "subject", "title" },
    { "nameOfAct", "title" },
    { "shortTitle", "shorttitle" },
    { "abstractNote", "abstract" },
    { "publicationTitle", "journaltitle" },
    { "journalAbbreviation", "shortjournal" },
    { "bookTitle", "booktitle" },
    { "proceedingsTitle", "booktitle" },
    { "encyclopediaTitle", "booktitle" },
    { "dictionaryTitle", "booktitle" },
    { "conferenceName", "eventtitle" },
    { "meetingName", "eventtitle" },
    { "websiteTitle", "organization" },
    { "blogTitle", "organization" },
    { "forumTitle", "organization" },
    { "volume", "volume" },
    { "issue", "number" },
    { "number", "number" },
    { "reportNumber", "number" },
    { "patentNumber", "number" },
    { "seriesNumber", "number" },
    { "billNumber", "number" },
    { "docketNumber", "number" },
    { "pages", "pages" },
    { "codePages", "pages" },
    { "series", "series" },
    { "seriesTitle", "series" },
    { "publisher", "publisher" },
    { "studio", "publisher" },
    { "label", "publisher" },
    { "network", "publisher" },
    { "company", "publisher" },
    { "university", "institution" },
    { "institution", "institution" },
    { "place", "location" },
    { "country", "location" },
    { "edition", "edition" },
    { "date", "date" },
    { "issueDate", "date" },
    { "dateDecided", "date" },
    { "dateEnacted", "date" },
    { "accessDate", "urldate" },
    { "DOI", "doi" },
    { "ISBN", "isbn" },
    { "ISSN", "issn" },
    { "url", "url" },
    { "language", "language" },
    { "numPages", "pagetotal" },
    { "numberOfVolumes", "volumes" },
    { "versionNumber", "version" },
    { "thesisType", "type" },
    { "reportType", "type" },
    { "genre", "type" },
    { "rights", "rights" },
    { "callNumber", "library" },
    { "archive", "archive" },
    { "archiveLocation", "archivelocation" },
    { "libraryCatalog", "catalog" },
    { "citationKey", "" }, /* taken by itself, like these: */
    { "extra", "" },
};

static const char *const roles[][2] = {
    { "author", "author" },
    { "editor", "editor" },
    { "seriesEditor", "serieseditor" },
    { "translator", "translator" },
    { "bookAuthor", "bookauthor" },
    { "contributor", "contributor" },
    { "reviewedAuthor", "reviewedauthor" },
    /* whoever made what is no text is its author */
    { "director", "author" },
    { "programmer", "author" },
    { "presenter", "author" },
    { "inventor", "author" },
    { "artist", "author" },
    { "performer", "author" },
    { "podcaster", "author" },
    { "sponsor", "author" },
    { "interviewee", "author" },
    { "cartographer", "author" },
    { "composer", "author" },
};

static const char *row_of(const char *const (*rows)[2], size_t count, const char *name)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (strcmp(rows[i][0], name) == 0)
            return rows[i][1];
    return NULL;
}

static const char *item_get(const struct zotero_item *item, const char *name)
{
    size_t i;

    for (i = 0; i < item->field_count; i++)
        if (strcmp(item->fields[i].name, name) == 0)
            return item->fields[i].value;
    return NULL;
}

/* "2017-06-00 June 2017": the first word is the day, whose zeros say nothing. */
static void add_date(struct citation *entry, struct arena *arena, const char *field,
                     const char *value)
{
    char day[16], given[16];

    snprintf(given, sizeof given, "%.10s", value);
    given[strcspn(given, " T")] = '\0';
    if (citation_day(day, given)) {
        citation_add(entry, arena, field, day);
        return;
    }
    value += strcspn(value, " ");
    value += strspn(value, " ");
    if (*value) /* "in press" */
        cited_add_plain(entry, arena, strcmp(field, "date") == 0 ? "year" : "urlyear", value);
}

/* What the lines of Extra say of the paper: "Citation Key: x", "DOI: ...". The others are a note.
 */
static void add_extra(struct citation *entry, struct arena *arena, const char *extra)
{
    static const char *const said[][2] = { { "Citation Key: ", NULL },
                                           { "bibtex: ", NULL },
                                           { "DOI: ", "doi" },
                                           { "PMID: ", "pmid" },
                                           { "PMCID: ", "pmcid" } };
    struct str rest = STR_INIT;

    while (*extra) {
        size_t len = strcspn(extra, "\n"), i;
        char *line = arena_strndup(arena, extra, len);

        for (i = 0; i < ARRAY_LEN(said) && !str_istarts(line, said[i][0]); i++)
            ;
        if (i < ARRAY_LEN(said) && !said[i][1])
            entry->key =
                cited_value(arena, line + strlen(said[i][0]), strlen(line + strlen(said[i][0])));
        else if (i < ARRAY_LEN(said) && !citation_get(entry, said[i][1]))
            cited_add_plain(entry, arena, said[i][1], line + strlen(said[i][0]));
        else
            str_printf(&rest, "%s\n", line);
        extra += len + (extra[len] == '\n');
    }
    str_trim(&rest);
    if (rest.len > 0)
        cited_add_plain(entry, arena, "note", rest.ptr);
    str_free(&rest);
    if (!entry->key)
        entry->key = "";
}

/* A name as BibTeX may have it: in small letters. */
static const char *own_name(struct arena *arena, const char *name)
{
    char *own = arena_strdup(arena, name), *at;

    for (at = own; *at; at++)
        *at = isalnum((unsigned char)*at) ? (char)tolower((unsigned char)*at) : '-';
    return own;
}

static void add_fields(struct citation *entry, struct arena *arena, const struct zotero_item *item)
{
    size_t i;

    for (i = 0; i < item->field_count; i++) {
        const char *name = item->fields[i].name, *value = item->fields[i].value;
        const char *field = row_of(fields, ARRAY_LEN(fields), name);

        if (!field) /* one of Zotero's own: under its own name */
            field = own_name(arena, name);
        if (!*field || !*value || citation_get(entry, field))
            continue;
        if (strcmp(field, "date") == 0 || strcmp(field, "urldate") == 0)
            add_date(entry, arena, field, value);
        else if (strcmp(field, "pages") == 0)
            cited_add_pages(entry, arena, value);
        else
            cited_add_text(entry, arena, field, value);
    }
    if (item_get(item, "citationKey"))
        entry->key = arena_strdup(arena, item_get(item, "citationKey"));
    if (item_get(item, "extra"))
        add_extra(entry, arena, item_get(item, "extra"));
}

/* "arXiv:1706.03762 [cs]" of a preprint is its number. */
static void add_preprint(struct citation *entry, struct arena *arena,
                         const struct zotero_item *item)
{
    const char *number = item_get(item, "archiveID");

    if (!number)
        number = item_get(item, "number");
    if (!number || !str_istarts(number, "arxiv:"))
        return;
    number += strlen("arxiv:");
    citation_set(entry, arena, "eprinttype", "arXiv");
    citation_set(entry, arena, "eprint", arena_strndup(arena, number, strcspn(number, " ")));
    citation_set(entry, arena, "number", NULL);
    citation_set(entry, arena, "archiveid", NULL);
}

static void add_people(struct citation *entry, struct arena *arena, const struct zotero_item *item)
{
    struct cited_lists lists = { .entry = entry, .arena = arena };
    size_t i;

    for (i = 0; i < item->creator_count && i < AUTHORS_MAX; i++) {
        const struct zotero_creator *one = &item->creators[i];
        const char *field = row_of(roles, ARRAY_LEN(roles), one->role);

        cited_list_name(&lists, field ? field : "contributor",
                        *one->first ? arena_printf(arena, "%s, %s", one->last, one->first)
                                    : one->last);
    }
    cited_lists_settle(&lists);
    cited_lists_free(&lists);
}

static void add_list(struct citation *entry, struct arena *arena, const char *field,
                     const struct text_list *list, const char *between)
{
    struct str text = STR_INIT;
    size_t i;

    for (i = 0; i < list->len; i++)
        str_printf(&text, "%s%s", i ? between : "", list->items[i]);
    if (text.len > 0)
        cited_add_plain(entry, arena, field, text.ptr);
    str_free(&text);
}

static void add_files(struct citation *entry, struct arena *arena, const struct zotero_item *item)
{
    struct text_list paths = { 0 };
    size_t i;

    for (i = 0; i < item->attachment_count; i++)
        text_list_add(&paths, arena, item->attachments[i].path, strlen(item->attachments[i].path));
    add_list(entry, arena, "file", &paths, ";");
}

/* ---- the reader's own ---- */

/* As a note has it: "> quote (p. 3)", the remark behind it. */
static void annotation_text(struct str *out, const struct zotero_annotation *one)
{
    if (*one->text)
        str_printf(out, "> %s", one->text);
    if (*one->page)
        str_printf(out, "%s(p. %s)", *one->text ? " " : "", one->page);
    if (*one->comment)
        str_printf(out, "%s%s", *one->text || *one->page ? "\n" : "", one->comment);
}

static void add_own(struct parser *p, const struct zotero_item *item)
{
    struct str text = STR_INIT, clean = STR_INIT;
    char *body;
    size_t i;

    cited_add_tags(&p->record.tags, p->arena, &item->tags);
    cited_add_tags(&p->record.tags, p->arena, &item->collections);
    for (i = 0; i < item->notes.len; i++) {
        str_clear(&text);
        html_text(&text, item->notes.items[i]);
        body = field_abstract(p, text.ptr);
        if (body)
            text_list_add(&p->record.notes, p->arena, body, strlen(body));
    }
    str_clear(&text);
    for (i = 0; i < item->annotation_count; i++) {
        str_add(&text, text.len ? "\n\n" : "");
        annotation_text(&text, &item->annotations[i]);
    }
    utf8_clean(&clean, text.ptr, text.len);
    if (clean.len > 0)
        text_list_add(&p->record.notes, p->arena, clean.ptr, clean.len);
    str_free(&clean);
    str_free(&text);
}

int zotero_emit(struct parser *p, const struct zotero_item *item)
{
    struct arena *arena = arena_new();
    const char *type = row_of(types, ARRAY_LEN(types), item->type);
    struct citation entry = { .type = type ? type : "misc", .key = "" };

    add_people(&entry, arena, item);
    add_fields(&entry, arena, item);
    add_preprint(&entry, arena, item);
    add_list(&entry, arena, "keywords", &item->keywords, ", ");
    add_files(&entry, arena, item);
    if (cited_begin(p, &entry, "zotero", 0)) {
        add_own(p, item);
        record_emit(p);
    }
    arena_free(arena);
    return p->stopped;
}
