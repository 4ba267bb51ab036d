/*
 * The rules of lint, a function each. A rule that cannot be sure says what it has seen and proposes
 * nothing: a wrong edit is worse than none.
 */
#include "lint.h"
#include "bibliography.h"

#include "carrel/lint.h"
#include "carrel/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct linting {
    const struct lint_paper *paper;
    struct arena *arena;
    const char *rule;
    void (*each)(void *ctx, const struct lint_finding *finding);
    void *ctx;
};

static void found(const struct linting *l, const char *text, const char *field, const char *value)
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
        found(l, "no title", NULL, NULL);
}

static void rule_authors(const struct linting *l)
{
    if (l->paper->record->authors.len == 0)
        found(l, "no authors", NULL, NULL);
}

static void rule_date(const struct linting *l)
{
    if (!l->paper->record->published)
        found(l, "no date", NULL, NULL);
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
        found(l, "no DOI, though one is named", "doi", doi);
    else if (r->venue && entry_get(l, "journaltitle"))
        found(l, "in a journal, and no DOI", NULL, NULL);
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
        found(l, arena_printf(l->arena, "'%.100s' is no DOI", doi), "doi",
              arena_strdup(l->arena, ident.value));
    else
        found(l, arena_printf(l->arena, "'%.100s' is no DOI", doi), NULL, NULL);
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
            found(l,
                  arena_printf(l->arena, "'%.40s' is no %s: its digits do not add up", one, what),
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
        found(l, arena_printf(l->arena, "of the year %d", year), NULL, NULL);
    } else if (r->id && bibliography_arxiv_month(r->id, &from, &month) && year < from) {
        text =
            arena_printf(l->arena, "of %d, but its arXiv number is of %d-%02d", year, from, month);
        if (r->venue || r->doi) /* it may have been printed before */
            found(l, text, NULL, NULL);
        else
            found(l, text, "date", arena_printf(l->arena, "%d-%02d", from, month));
    } else if (named && abs(named - year) > 1) {
        found(l, arena_printf(l->arena, "of %d, but its DOI says %d", year, named), NULL, NULL);
    }
}

/* ---- texts ---- */

static void rule_capitals(const struct linting *l)
{
    const struct record *r = l->paper->record;
    size_t i, loud = 0;

    if (r->title && lint_all_capitals(r->title))
        found(l, "a title in capitals", "title", lint_sentence(l->arena, r->title));
    for (i = 0; i < r->authors.len; i++) {
        const char *at = r->authors.items[i];
        size_t letters = 0;

        for (; *at && !islower((unsigned char)*at); at++)
            letters += isupper((unsigned char)*at) != 0;
        loud += !*at && letters > 5 && strchr(r->authors.items[i], ' ');
    }
    if (loud > 0)
        found(l, "names in capitals", NULL, NULL);
}

static void rule_title_end(const struct linting *l)
{
    const char *title = l->paper->record->title;
    size_t len = title ? strlen(title) : 0;

    if (len > 12 && title[len - 1] == '.' && title[len - 2] != '.' && title[len - 3] != '.'
        && islower((unsigned char)title[len - 2]) && islower((unsigned char)title[len - 3]))
        found(l, "a full stop behind the title", "title", arena_strndup(l->arena, title, len - 1));
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
            found(l, arena_printf(l->arena, "%s in a wrong character set", fields[i].field),
                  fields[i].field, arena_strdup(l->arena, undone.ptr));
        else if (fields[i].text && strstr(fields[i].text, "\xEF\xBF\xBD"))
            found(l, arena_printf(l->arena, "%s has letters that were lost", fields[i].field), NULL,
                  NULL);
        str_free(&undone);
    }
}

static void rule_braces(const struct linting *l)
{
    const struct record *r = l->paper->record;
    const struct citation *entry = l->paper->entry;
    size_t i;

    if (r->title && lint_unbalanced(r->title) && !strpbrk(r->title, "\\$"))
        found(l, "braces in the title do not pair", "title", lint_unbraced(l->arena, r->title));
    for (i = 0; entry && i < entry->len; i++)
        if (!citation_verbatim(entry->fields[i].name) && lint_unbalanced(entry->fields[i].value))
            found(l,
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
            found(l,
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
        found(l, wrong, NULL, NULL);
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

/* The names of the fields in the tail: "journal, year". */
static char *tail_names(const struct linting *l, const struct citation *tail)
{
    char *names = arena_strdup(l->arena, "");
    size_t i;

    for (i = 0; i < tail->len; i++)
        names = arena_printf(l->arena, "%s%s%.40s", names, i ? ", " : "", tail->fields[i].name);
    return names;
}

/* What the paper has already needs no edit; of two values of one kind only one could be kept. */
static bool is_said(const struct linting *l, const char *edit)
{
    const struct record *r = l->paper->record;

    return strcmp(edit, "venue") == 0  ? r->venue != NULL
           : strcmp(edit, "date") == 0 ? r->published != NULL
           : strcmp(edit, "doi") == 0  ? r->doi != NULL
                                       : r->authors.len > 0;
}

/* Can edits say all of the tail, so that nothing of it is lost? */
static bool tail_is_kept(const struct linting *l, const struct citation *tail)
{
    const struct citation *entry = l->paper->entry;
    /* a journal is written where the entry has a place for it, and nothing in it */
    const char *place = citation_venue(entry) ? NULL : bibliography_place(entry->type), *edits[8];
    size_t i, k;
    char *value;

    if (tail->len > ARRAY_LEN(edits))
        return false;
    for (i = 0; i < tail->len; i++) {
        edits[i] = lint_tail_edit(l->arena, &tail->fields[i], &value);
        if (!edits[i]
            || (strcmp(edits[i], "venue") == 0 && !(place && place[0] == tail->fields[i].name[0])))
            return false;
        for (k = 0; k < i; k++)
            if (strcmp(edits[k], edits[i]) == 0)
                return false;
    }
    return true;
}

/* A title is cut there, unless it has been mended already, or more would be lost than edits say. */
static void swallowed_title(const struct linting *l, const char *value, const char *name,
                            size_t len)
{
    const char *title = l->paper->record->title ? l->paper->record->title : "", *edit;
    struct str plain = STR_INIT;
    struct citation tail;
    bool whole = lint_tail(&tail, l->arena, name);
    char *names, *kept;
    size_t i;

    text_from_latex(&plain, arena_strndup(l->arena, value, (size_t)(name - value)));
    while (plain.len > 0 && strchr(" ,", plain.ptr[plain.len - 1]))
        str_cut(&plain, plain.len - 1);
    if (plain.len == 0 || strlen(title) <= plain.len || !str_starts(title, plain.ptr))
        goto out;
    names = tail.len ? tail_names(l, &tail) : arena_strndup(l->arena, name, len);
    if (!whole || !tail_is_kept(l, &tail)) {
        found(l,
              arena_printf(l->arena,
                           "title has swallowed %s: the bracket that closes it is missing behind "
                           "'%.60s'; mend the file and import it again",
                           names, plain.ptr),
              NULL, NULL);
        goto out;
    }
    found(l,
          arena_printf(l->arena, "title has swallowed %s: its closing bracket is missing", names),
          "title", arena_strdup(l->arena, plain.ptr));
    for (i = 0; i < tail.len; i++) {
        edit = lint_tail_edit(l->arena, &tail.fields[i], &kept);
        if (!is_said(l, edit))
            found(l, arena_printf(l->arena, "its %.40s is in the title", tail.fields[i].name), edit,
                  kept);
    }
out:
    str_free(&plain);
}

static void rule_swallowed(const struct linting *l)
{
    const struct citation *entry = l->paper->entry;
    size_t i, len;

    for (i = 0; entry && i < entry->len; i++) {
        const struct citation_field *field = &entry->fields[i];
        const char *name = strchr(field->name, ':') ? NULL : lint_swallowed(field->value, &len);

        if (name && strcmp(field->name, "title") == 0)
            swallowed_title(l, field->value, name, len);
        else if (name)
            found(l,
                  arena_printf(l->arena, "%.40s has swallowed %.*s: its closing bracket is missing",
                               lint_field(field->name), (int)len, name),
                  NULL, NULL);
    }
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
      rule_swallowed },
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
