/*
 * Entries of feeds that are not arXiv's: journals, blogs, preprint servers of others.
 *
 * Their texts are HTML; authors come one by one or as a list of "Family, I."; what names them best
 * is a DOI, wherever it stands. A feed that only says when an entry changed is taken to say when it
 * came out.
 */
#include "parser.h"

#include "carrel/utf8.h"

#include <ctype.h>
#include <string.h>

#define CONTENT_MAX 8192 /* of a whole article, when there is no summary */

static char *entry_plain(struct parser *p, const char *text, bool paragraphs)
{
    struct str plain = STR_INIT;
    char *kept;

    html_text(&plain, text);
    kept = paragraphs ? field_abstract(p, plain.ptr) : field_squeeze(p, plain.ptr);
    str_free(&plain);
    return kept;
}

/* The beginning of the article stands in for a summary. */
static void entry_content(struct parser *p)
{
    size_t len;

    if (p->record.abstract || !p->content)
        return;
    p->record.abstract = entry_plain(p, p->content, true);
    if (!p->record.abstract || strlen(p->record.abstract) <= CONTENT_MAX)
        return;
    for (len = CONTENT_MAX; len > 0 && p->record.abstract[len] != ' '; len--)
        continue;
    if (len == 0) /* no blank in all of it */
        len = utf8_fit(p->record.abstract, CONTENT_MAX);
    p->record.abstract = arena_printf(p->arena, "%.*s…", (int)len, p->record.abstract);
}

/* "J.", "J. R.", "JR": no given name is written out. */
static bool is_initials(const char *text, size_t len)
{
    size_t i, letters = 0;

    for (i = 0; i < len; i++) {
        if (islower((unsigned char)text[i]))
            return false;
        letters += isupper((unsigned char)text[i]) || (unsigned char)text[i] >= 0xC0;
    }
    return letters > 0 && letters <= 4;
}

static const char *entry_part(const char *at, size_t *len)
{
    at += strspn(at, " ");
    *len = strcspn(at, ",;");
    return at;
}

/* "Smith, J., Doe, A. B.": each second part is initials. */
static bool is_family_list(const char *text)
{
    size_t count = 0, len;

    while (*text) {
        text = entry_part(text, &len);
        if (len == 0 || (count % 2 == 1) != is_initials(text, len))
            return false;
        count++;
        text += len + (text[len] != '\0');
    }
    return count > 0 && count % 2 == 0;
}

static void entry_families(struct parser *p, const char *text)
{
    size_t family, given;

    while (*text) {
        const char *name = entry_part(text, &family), *first;

        first = entry_part(name + family + 1, &given);
        field_author(p, arena_printf(p->arena, "%.*s %.*s", (int)given, first, (int)family, name),
                     false);
        text = first + given + (first[given] != '\0');
    }
}

/* "a@b.example (Ann Lee)", RSS's own form: the name. An address alone says nobody's name. */
static char *entry_mail(struct parser *p, char *text)
{
    char *open = strchr(text, '('), *close = open ? strrchr(open, ')') : NULL;

    if (!strchr(text, '@'))
        return text;
    return close ? arena_strndup(p->arena, open + 1, (size_t)(close - open - 1)) : NULL;
}

static void entry_authors(struct parser *p)
{
    size_t i;

    for (i = 0; i < p->creators.len; i++) {
        char *text = entry_plain(p, p->creators.items[i], false);

        text = text ? entry_mail(p, text) : NULL;
        if (!text)
            continue;
        if (is_family_list(text))
            entry_families(p, text);
        else
            field_author_list(p, text, false);
    }
}

void field_creators(struct parser *p, bool feed)
{
    size_t i;

    if (feed) {
        entry_authors(p);
        return;
    }
    for (i = 0; i < p->creators.len; i++)
        field_author_list(p, p->creators.items[i], false);
}

void field_entry(struct parser *p)
{
    struct record *record = &p->record;
    size_t i;

    if (record->title)
        record->title = entry_plain(p, record->title, false);
    if (record->abstract)
        record->abstract = entry_plain(p, record->abstract, true);
    entry_content(p);
    if (record->venue)
        record->venue = entry_plain(p, record->venue, false);
    for (i = 0; i < record->categories.len; i++) {
        char *plain = entry_plain(p, record->categories.items[i], false);

        record->categories.items[i] = plain ? plain : record->categories.items[i];
    }
    if (!record->published && record->updated)
        record->published = arena_strndup(
            p->arena, record->updated, strlen(record->updated) < 10 ? strlen(record->updated) : 10);
}

/* dc:identifier holds many things; a DOI is the one that names a paper. */
void field_identifier(struct parser *p, const char *text)
{
    struct ident ident;

    if (ident_parse(&ident, text) && ident.scheme == ID_DOI && !p->record.doi)
        p->record.doi = arena_strdup(p->arena, ident.value);
}
