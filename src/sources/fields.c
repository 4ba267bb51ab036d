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

/* Hard-wrapped lines are joined; a blank line, or one that starts with two blanks (arXiv's way),
 * begins a new paragraph, kept as an empty line between the two. */
char *field_abstract(struct parser *p, const char *text)
{
    struct str out = STR_INIT, clean = STR_INIT;
    char *line, *rest = NULL, *kept = NULL;

    utf8_clean(&clean, text, strlen(text));
    str_trim(&clean);
    for (line = clean.ptr; line; line = rest) {
        bool paragraph;
        size_t before = out.len;

        rest = strchr(line, '\n');
        if (rest)
            *rest++ = '\0';
        paragraph = line > clean.ptr && (str_starts(line, "  ") || str_blank(line));
        if (str_blank(line)) {
            if (out.len > 1 && out.ptr[out.len - 1] != '\n')
                str_add(&out, "\n\n");
            continue;
        }
        if (out.len > 0 && out.ptr[out.len - 1] != '\n')
            str_add(&out, paragraph ? "\n\n" : " ");
        before = out.len;
        utf8_squeeze(&out, line, strlen(line));
        (void)before;
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
    size_t i, len = strlen(text);

    if (len == 0 || len > 100)
        return;
    for (i = 0; i < p->record.categories.len; i++)
        if (strcmp(p->record.categories.items[i], text) == 0)
            return;
    text_list_add(&p->record.categories, p->arena, text, len);
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
    char *name = field_squeeze(p, text);
    char *comma = name && turn ? strchr(name, ',') : NULL;

    if (!name || authors->len >= AUTHORS_MAX)
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

    if (!ident_parse(&ident, text))
        return;
    ident_print(&id, &ident);
    if (!p->record.id || strcmp(p->record.id, id.ptr) != 0)
        text_list_add(&p->record.aliases, p->arena, id.ptr, id.len);
    str_free(&id);
}
