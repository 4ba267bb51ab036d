/*
 * The rules of lint, a function each. A rule that cannot be sure says what it has seen and proposes
 * nothing: a wrong edit is worse than none.
 */
#include "lint.h"
#include "bibliography.h"

#include "carrel/lint.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void lint_found(const struct linting *l, const char *text, const char *field, const char *value)
{
    const struct lint_finding finding = {
        .rule = l->rule, .text = text, .field = field, .value = value
    };

    l->each(l->ctx, &finding);
}

static const char *entry_get(const struct linting *l, const char *field)
{
    return l->paper->entry ? citation_get(l->paper->entry, field) : NULL;
}

/* ---- what is missing ---- */

static void rule_title(const struct linting *l)
{
    const char *title = l->paper->record->title;

    if (!title || !*title || str_starts(title, "Untitled ("))
        lint_found(l, "no title", NULL, NULL);
}

static void rule_authors(const struct linting *l)
{
    if (l->paper->record->authors.len == 0)
        lint_found(l, "no authors", NULL, NULL);
}

static void rule_date(const struct linting *l)
{
    if (!l->paper->record->published)
        lint_found(l, "no date", NULL, NULL);
}

/* A DOI somewhere in the text: behind "doi.org/" or "doi:". Its bytes in the arena, NULL: none. */
static char *doi_in(struct arena *arena, const char *text)
{
    const char *at = text ? strcasestr(text, "doi.org/") : NULL;
    struct ident ident;
    char *doi;
    size_t len;

    if (text && !at)
        at = strcasestr(text, "doi:");
    if (!at)
        return NULL;
    at += at[3] == ':' ? 4 : 8;
    at += strspn(at, " ");
    len = strcspn(at, " \t\n\"<>{}");
    while (len > 0 && strchr(".,;)]", at[len - 1]))
        len--;
    doi = arena_strndup(arena, at, len);
    return ident_parse(&ident, doi) && ident.scheme == ID_DOI ? arena_strdup(arena, ident.value)
                                                              : NULL;
}

static void rule_no_doi(const struct linting *l)
{
    const struct record *r = l->paper->record;
    const char *const places[] = { r->url,
                                   r->comment,
                                   entry_get(l, "note"),
                                   entry_get(l, "url"),
                                   entry_get(l, "howpublished"),
                                   entry_get(l, "ris:UR") };
    char *doi = NULL;
    size_t i;

    if (r->doi || (r->id && str_starts(r->id, "doi:")))
        return;
    for (i = 0; i < ARRAY_LEN(places) && !doi; i++)
        doi = doi_in(l->arena, places[i]);
    if (doi)
        lint_found(l, "no DOI, though one is named", "doi", doi);
    else if (r->venue && entry_get(l, "journaltitle"))
        lint_found(l, "in a journal, and no DOI", NULL, NULL);
}

/* ---- identifiers ---- */

static void rule_bad_doi(const struct linting *l)
{
    const char *doi = entry_get(l, "doi");
    struct ident ident;
    char *clean;
    size_t len;

    if (!doi || (ident_parse(&ident, doi) && ident.scheme == ID_DOI))
        return;
    clean = arena_strdup(l->arena, strstr(doi, "10.") ? strstr(doi, "10.") : doi);
    len = strlen(clean);
    while (len > 0 && strchr(".,; ", clean[len - 1]))
        clean[--len] = '\0';
    if (ident_parse(&ident, clean) && ident.scheme == ID_DOI && !l->paper->record->doi)
        lint_found(l, arena_printf(l->arena, "'%.100s' is no DOI", doi), "doi",
                   arena_strdup(l->arena, ident.value));
    else
        lint_found(l, arena_printf(l->arena, "'%.100s' is no DOI", doi), NULL, NULL);
}

/* Several may stand there, parted by blanks, commas or semicolons. */
static void check_numbers(const struct linting *l, const char *field, const char *what,
                          bool (*valid)(const char *text))
{
    const char *list = entry_get(l, field);

    while (list && *list) {
        size_t len = strcspn(list, ",; ");
        char *one = arena_strndup(l->arena, list, len);

        if (strpbrk(one, "0123456789") && !valid(one) && !strchr(one, '('))
            lint_found(
                l, arena_printf(l->arena, "'%.40s' is no %s: its digits do not add up", one, what),
                NULL, NULL);
        list += len;
        list += strspn(list, ",; ");
    }
}

static void rule_isbn(const struct linting *l)
{
    const char *isbn = entry_get(l, "isbn");

    /* "0 226 10403 6" is one */
    if (isbn && !isbn_valid(isbn))
        check_numbers(l, "isbn", "ISBN", isbn_valid);
}

static void rule_issn(const struct linting *l)
{
    check_numbers(l, "issn", "ISSN", issn_valid);
}

/* ---- years ---- */

/* The year that a DOI of the kind "10.18653/v1/2020.acl-main.1" or "10.1109/CVPR.2016.90" names; 0.
 */
static int doi_year(const char *doi)
{
    const char *at;

    for (at = strchr(doi, '/'); at && *at; at++) {
        int year = atoi(at + 1);

        if ((*at == '.' || *at == '/') && strspn(at + 1, "0123456789") == 4 && at[5] == '.'
            && year > 1950 && year < 2100)
            return year;
    }
    return 0;
}

static void rule_year(const struct linting *l)
{
    const struct record *r = l->paper->record;
    int year = r->published ? atoi(r->published) : 0, from, month, named;
    char *text;

    if (year == 0)
        return;
    named = r->doi ? doi_year(r->doi) : 0;
    if (year > l->paper->year_now + 1 || year < 1400) {
        lint_found(l, arena_printf(l->arena, "of the year %d", year), NULL, NULL);
    } else if (r->id && bibliography_arxiv_month(r->id, &from, &month) && year < from) {
        text =
            arena_printf(l->arena, "of %d, but its arXiv number is of %d-%02d", year, from, month);
        if (r->venue || r->doi) /* it may have been printed before */
            lint_found(l, text, NULL, NULL);
        else
            lint_found(l, text, "date", arena_printf(l->arena, "%d-%02d", from, month));
    } else if (named && abs(named - year) > 1) {
        lint_found(l, arena_printf(l->arena, "of %d, but its DOI says %d", year, named), NULL,
                   NULL);
    }
}

/* ---- texts ---- */

static void rule_capitals(const struct linting *l)
{
    const struct record *r = l->paper->record;
    size_t i, loud = 0;

    if (r->title && lint_all_capitals(r->title))
        lint_found(l, "a title in capitals", "title", lint_sentence(l->arena, r->title));
    for (i = 0; i < r->authors.len; i++) {
        const char *at = r->authors.items[i];
        size_t letters = 0;

        for (; *at && !islower((unsigned char)*at); at++)
            letters += isupper((unsigned char)*at) != 0;
        loud += !*at && letters > 5 && strchr(r->authors.items[i], ' ');
    }
    if (loud > 0)
        lint_found(l, "names in capitals", NULL, NULL);
}

static void rule_title_end(const struct linting *l)
{
    const char *title = l->paper->record->title;
    size_t len = title ? strlen(title) : 0;

    if (len > 12 && title[len - 1] == '.' && title[len - 2] != '.' && title[len - 3] != '.'
        && islower((unsigned char)title[len - 2]) && islower((unsigned char)title[len - 3]))
        lint_found(l, "a full stop behind the title", "title",
                   arena_strndup(l->arena, title, len - 1));
}

static char *joined(struct arena *arena, const struct text_list *list)
{
    struct str text = STR_INIT;
    char *kept;

    text_list_join(&text, list, "; ");
    kept = arena_strdup(arena, text.ptr);
    str_free(&text);
    return kept;
}

static void rule_encoding(const struct linting *l)
{
    const struct record *r = l->paper->record;
    const struct {
        const char *field, *text;
    } fields[] = { { "title", r->title },
                   { "authors", joined(l->arena, &r->authors) },
                   { "venue", r->venue },
                   { "abstract", r->abstract } };
    size_t i;

    for (i = 0; i < ARRAY_LEN(fields); i++) {
        struct str undone = STR_INIT;

        if (fields[i].text && mojibake_undo(&undone, fields[i].text))
            lint_found(l, arena_printf(l->arena, "%s in a wrong character set", fields[i].field),
                       fields[i].field, arena_strdup(l->arena, undone.ptr));
        else if (fields[i].text && strstr(fields[i].text, "\xEF\xBF\xBD"))
            lint_found(l, arena_printf(l->arena, "%s has letters that were lost", fields[i].field),
                       NULL, NULL);
        str_free(&undone);
    }
}

static void rule_braces(const struct linting *l)
{
    const struct record *r = l->paper->record;
    const struct citation *entry = l->paper->entry;
    size_t i;

    if (r->title && lint_unbalanced(r->title) && !strpbrk(r->title, "\\$"))
        lint_found(l, "braces in the title do not pair", "title",
                   lint_unbraced(l->arena, r->title));
    for (i = 0; entry && i < entry->len; i++)
        if (!citation_verbatim(entry->fields[i].name) && lint_unbalanced(entry->fields[i].value))
            lint_found(l,
                       arena_printf(l->arena, "braces in %.40s do not pair",
                                    lint_field(entry->fields[i].name)),
                       NULL, NULL);
}

static void rule_parent(const struct linting *l)
{
    static const char *const fields[] = { "crossref", "xdata" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(fields); i++)
        if (entry_get(l, fields[i]))
            lint_found(l,
                       arena_printf(l->arena, "%s to '%.80s', which its file has not", fields[i],
                                    entry_get(l, fields[i])),
                       NULL, NULL);
}

/* ---- how the entry is written ---- */

static void rule_entry(const struct linting *l,
                       const char *(*look)(struct arena *arena, const struct citation *entry))
{
    const char *wrong = l->paper->entry ? look(l->arena, l->paper->entry) : NULL;

    if (wrong)
        lint_found(l, wrong, NULL, NULL);
}

static void rule_entry_year(const struct linting *l)
{
    rule_entry(l, lint_entry_year);
}

static void rule_pages(const struct linting *l)
{
    rule_entry(l, lint_entry_pages);
}

static void rule_type(const struct linting *l)
{
    rule_entry(l, lint_entry_type);
}

static void rule_month(const struct linting *l)
{
    rule_entry(l, lint_entry_month);
}

static void rule_macro(const struct linting *l)
{
    struct lint_finding finding = { .rule = l->rule };

    if (l->paper->entry)
        finding.text = lint_entry_macro(&finding.subject, l->arena, l->paper->entry);
    if (finding.text)
        l->each(l->ctx, &finding);
}

static void rule_names(const struct linting *l)
{
    rule_entry(l, lint_entry_names);
}

/* ---- all of them ---- */

static const struct {
    const char *name, *help;
    void (*look)(const struct linting *l);
} rules[] = {
    { "no-title", "a paper without a title", rule_title },
    { "no-authors", "a paper without people", rule_authors },
    { "no-date", "a paper without a date", rule_date },
    { "no-doi", "in a journal without a DOI; one that an address or a note names is put in",
      rule_no_doi },
    { "bad-doi", "a DOI that is none; what stands around it is taken away", rule_bad_doi },
    { "bad-isbn", "an ISBN whose digits do not add up", rule_isbn },
    { "bad-issn", "an ISSN whose digits do not add up", rule_issn },
    { "wrong-year", "a year before its arXiv number, or another than its DOI's", rule_year },
    { "capitals", "titles and names in capitals; titles are written small", rule_capitals },
    { "title-end", "a full stop behind a title; it is taken away", rule_title_end },
    { "encoding", "text in a wrong character set (\"Ã©\"); it is put right", rule_encoding },
    { "braces", "braces that do not pair; those of the title are taken away", rule_braces },
    { "swallowed",
      "a field that goes on into the next ones; a title is cut there, where edits keep all of them",
      lint_rule_swallowed },
    { "bad-field", "a misspelt field; what the paper lacks is taken from it", lint_rule_fields },
    { "bad-year", "a year that is not of four digits", rule_entry_year },
    { "bad-month", "a month that there is none of", rule_month },
    { "bad-pages", "pages that run backwards", rule_pages },
    { "bad-type", "a type of entry that there is none of", rule_type },
    { "bad-names", "an \"and\" without a name behind or before it, or commas in its place",
      rule_names },
    { "macro", "what looks like a macro (@string) that the file has not", rule_macro },
    { "dangling", "a crossref or xdata that leads nowhere", rule_parent },
};

const char *lint_rule(size_t i, const char **help)
{
    if (i < ARRAY_LEN(rules) && help)
        *help = rules[i].help;
    return i < ARRAY_LEN(rules) ? rules[i].name : NULL;
}

void lint_paper(const struct lint_paper *paper, struct arena *arena,
                void (*each)(void *ctx, const struct lint_finding *finding), void *ctx)
{
    struct linting l = { .paper = paper, .arena = arena, .each = each, .ctx = ctx };
    size_t i;

    for (i = 0; i < ARRAY_LEN(rules); i++) {
        l.rule = rules[i].name;
        rules[i].look(&l);
    }
}
