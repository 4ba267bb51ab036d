/*
 * Fields of a record: text from outside becomes clean UTF-8 here, once, for every format.
 */
#include "parser.h"

#include "carrel/clock.h"
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

char *field_squeeze(struct parser *p, const char *text)
{
    struct str clean = STR_INIT;
    char *kept = NULL;

    utf8_squeeze(&clean, text, strlen(text));
    if (clean.len > 0)
        kept = arena_strndup(p->arena, clean.ptr, clean.len);
    str_free(&clean);
    return kept;
}

char *field_title(struct parser *p, const char *text)
{
    struct str plain = STR_INIT;
    char *title;

    html_text(&plain, text);
    title = field_squeeze(p, plain.ptr);
    str_free(&plain);
    return title;
}

void field_once(struct parser *p, char **field, const char *text)
{
    if (!*field)
        *field = field_squeeze(p, text);
}

/* Does an indented line begin a paragraph? Only where there are lines that are not indented, too.
 */
static bool abstract_indents(const char *text)
{
    const char *line;

    for (line = strchr(text, '\n'); line; line = strchr(line, '\n')) {
        line++;
        if (*line != ' ' && *line != '\t' && *line != '\n' && *line != '\0')
            return true;
    }
    return false;
}

static void abstract_break(struct str *out, bool paragraph)
{
    if (out->len > 0 && out->ptr[out->len - 1] != '\n')
        str_add(out, paragraph ? "\n\n" : " ");
}

/* Hard-wrapped lines are joined; a blank line, or one that starts with two blanks (arXiv's way),
 * begins a new paragraph, kept as an empty line between the two. */
char *field_abstract(struct parser *p, const char *text)
{
    struct str out = STR_INIT, clean = STR_INIT;
    char *line, *rest = NULL, *kept = NULL;
    bool indents;

    utf8_clean(&clean, text, strlen(text));
    str_trim(&clean);
    indents = abstract_indents(clean.ptr);
    for (line = clean.ptr; line; line = rest) {
        bool blank, indented;

        rest = strchr(line, '\n');
        if (rest)
            *rest++ = '\0';
        blank = str_blank(line);
        indented = indents && line > clean.ptr && str_starts(line, "  ");
        abstract_break(&out, blank || indented);
        if (!blank)
            utf8_squeeze(&out, line, strlen(line));
    }
    str_trim(&out);
    if (out.len > 0)
        kept = arena_strndup(p->arena, out.ptr, out.len);
    str_free(&out);
    str_free(&clean);
    return kept;
}

void field_category(struct parser *p, const char *text)
{
    char *category;
    size_t i;

    if (p->record.categories.len >= CATEGORIES_MAX || strlen(text) > 200)
        return;
    category = field_squeeze(p, text);
    if (!category)
        return;
    for (i = 0; i < p->record.categories.len; i++)
        if (strcmp(p->record.categories.items[i], category) == 0)
            return;
    text_list_add(&p->record.categories, p->arena, category, strlen(category));
}

static bool is_suffix(const char *name)
{
    static const char *const suffixes[] = { "Jr",  "Jr.", "Sr",  "Sr.",  "II",
                                            "III", "IV",  "PhD", "Ph.D." };
    size_t i;

    for (i = 0; i < ARRAY_LEN(suffixes); i++)
        if (strcmp(suffixes[i], name) == 0)
            return true;
    return false;
}

void field_author(struct parser *p, const char *text, bool turn)
{
    struct text_list *authors = &p->record.authors;
    char *name = authors->len < AUTHORS_MAX ? field_squeeze(p, text) : NULL;
    char *comma = name && turn ? strchr(name, ',') : NULL;

    if (!name)
        return;
    if (comma) {
        char *given = comma + 1, *more;

        *comma = '\0';
        while (*given == ' ')
            given++;
        more = strchr(given, ',');
        if (more) { /* "Smith, John, Jr." */
            *more++ = '\0';
            while (*more == ' ')
                more++;
        }
        name = arena_printf(p->arena, "%s%s%s%s%s", given, *given ? " " : "", name, more ? " " : "",
                            more ? more : "");
    }
    if (is_suffix(name) && authors->len > 0) {
        char **last = &authors->items[authors->len - 1];

        *last = arena_printf(p->arena, "%s %s", *last, name);
        return;
    }
    text_list_add(authors, p->arena, name, strlen(name));
}

/* Drops (affiliations), nested too. */
static void drop_parentheses(char *text)
{
    char *from, *to = text;
    int depth = 0;

    for (from = text; *from; from++) {
        if (*from == '(')
            depth++;
        else if (*from == ')' && depth > 0)
            depth--;
        else if (depth == 0)
            *to++ = *from;
    }
    *to = '\0';
}

void field_author_list(struct parser *p, const char *text, bool tex)
{
    struct str list = STR_INIT;
    char *name, *rest, *word;

    if (tex)
        text_from_latex(&list, text);
    else
        str_add(&list, text);
    str_reserve(&list, 0);
    if (tex) {
        drop_parentheses(list.ptr);
        for (word = list.ptr; *word; word++) /* " and " separates like a comma */
            if (isspace((unsigned char)*word) && strncmp(word + 1, "and", 3) == 0
                && isspace((unsigned char)word[4]))
                memcpy(word, ",    ", 5);
    }
    for (name = strtok_r(list.ptr, ",;", &rest); name; name = strtok_r(NULL, ",;", &rest))
        field_author(p, name, false);
    str_free(&list);
}

char *field_time(struct parser *p, const char *text)
{
    char *clean = field_squeeze(p, text);
    char formatted[32];
    int64_t ms;

    if (!clean)
        return NULL;
    if (date_parse(clean, NULL, NULL))
        return clean;
    if (!time_parse(clean, &ms))
        return NULL;
    time_format(formatted, ms);
    return arena_strdup(p->arena, formatted);
}

/* "arXiv:2604.22002v1 Announce Type: new \nAbstract: ..." */
static void listing_summary(struct parser *p)
{
    static const char type_label[] = "Announce Type:", abstract_label[] = "Abstract:";
    char *text = p->record.abstract, *type, *abstract;

    if (!text || !str_starts(text, "arXiv:"))
        return;
    abstract = strstr(text, abstract_label);
    type = strstr(text, type_label);
    if (!p->record.version) /* links leave it out */
        field_id(p, arena_strndup(p->arena, text, strcspn(text, " \n")));
    if (type && (!abstract || type < abstract) && !p->record.announce) {
        type += sizeof type_label - 1;
        type += strspn(type, " \n");
        p->record.announce =
            arena_strndup(p->arena, type, strspn(type, "abcdefghijklmnopqrstuvwxyz-"));
    }
    if (abstract) {
        abstract += sizeof abstract_label - 1;
        p->record.abstract = abstract + strspn(abstract, " \n");
    }
}

void field_listing(struct parser *p)
{
    const char *announce;

    listing_summary(p);
    announce = p->record.announce;
    if (!announce || !p->record.published)
        return;
    if (str_starts(announce, "replace"))
        p->record.updated = p->record.published;
    if (strcmp(announce, "new") != 0)
        p->record.published = NULL;
}

bool field_id(struct parser *p, const char *text)
{
    struct ident ident;
    struct str id = STR_INIT;

    if (!ident_parse(&ident, text))
        return false;
    ident_print(&id, &ident);
    p->record.id = arena_strndup(p->arena, id.ptr, id.len);
    if (ident.version)
        p->record.version = ident.version;
    str_free(&id);
    return true;
}

void field_alias(struct parser *p, const char *text)
{
    struct ident ident;
    struct str id = STR_INIT;

    size_t i;
    bool known;

    if (p->record.aliases.len >= ALIASES_MAX || !ident_parse(&ident, text))
        return;
    ident_print(&id, &ident);
    known = p->record.id && strcmp(p->record.id, id.ptr) == 0;
    for (i = 0; i < p->record.aliases.len && !known; i++)
        known = strcmp(p->record.aliases.items[i], id.ptr) == 0;
    if (!known)
        text_list_add(&p->record.aliases, p->arena, id.ptr, id.len);
    str_free(&id);
}
