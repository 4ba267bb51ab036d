/*
 * Papers that a repository names by title: the preferred citation of a CITATION.cff, entries of
 * BibTeX, and what stands as a title at the top of a README (a heading, a link, quoted or set off).
 * Whether there is such a paper, and whether it is the one that is meant, its library knows.
 */
#include "carrel/repository.h"

#include "citing.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TITLE_WORDS 4 /* fewer may be called so by chance */
#define TITLE_BYTES 400
#define TITLES_MAX 12 /* of one repository */

static size_t words_of(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += !isspace((unsigned char)*text) && (isspace((unsigned char)text[1]) || text[1] == '\0');
    return n;
}

/* Without what marks it: braces, quotes, stars, and white space squeezed. */
static void clean_title(struct str *out, const char *text, size_t len)
{
    size_t i;

    str_clear(out);
    for (i = 0; i < len; i++) {
        char c = isspace((unsigned char)text[i]) ? ' ' : text[i];

        if (!strchr("{}\"*`|", c)
            && !(c == ' ' && (out->len == 0 || out->ptr[out->len - 1] == ' ')))
            str_add_char(out, c);
    }
    str_trim(out);
}

struct named {
    struct str title, people; /* names parted by semicolons, "" unknown */
    int year;
};

static void named_clear(struct named *named)
{
    str_clear(&named->title);
    str_clear(&named->people);
    named->year = 0;
}

static void named_free(struct named *named)
{
    str_free(&named->title);
    str_free(&named->people);
}

static void add_named(struct repository *repository, struct arena *arena, const struct named *named,
                      const char *file)
{
    char *id = arena_printf(arena, "title:%s", named->title.ptr);
    size_t titles = 0, i;

    if (words_of(named->title.ptr) < TITLE_WORDS || named->title.len > TITLE_BYTES)
        return;
    for (i = 0; i < repository->paper_count; i++) {
        titles += str_starts(repository->papers[i].id, "title:");
        if (str_ieq(repository->papers[i].id, id) && !repository->papers[i].file == !file)
            return;
    }
    if (titles < TITLES_MAX && repository->paper_count < REPOSITORY_MENTIONS)
        repository->papers[repository->paper_count++] =
            (struct repository_paper){ .id = id,
                                       .own = true,
                                       .file = file ? arena_strdup(arena, file) : NULL,
                                       .people = arena_strdup(arena, named->people.ptr),
                                       .year = named->year };
}

/* ---- CITATION.cff ---- */

/* "  title: \"A title\"": the value behind the key of this line, without quotes; NULL: another. */
static const char *cff_value(const char *line, size_t len, const char *key, size_t *value_len)
{
    size_t at = strspn(line, " -"), name = strlen(key);

    if (at >= len || strncmp(line + at, key, name) != 0 || line[at + name] != ':')
        return NULL;
    at += name + 1;
    while (at < len && strchr(" '\"", line[at]))
        at++;
    while (len > at && strchr(" \r'\"", line[len - 1]))
        len--;
    *value_len = len - at;
    return line + at;
}

static void cff_person(struct named *named, const char *family, size_t family_len,
                       const char *given, size_t given_len)
{
    if (family_len > 0)
        str_printf(&named->people, "%s%.*s%s%.*s", named->people.len ? "; " : "", (int)given_len,
                   given, given_len ? " " : "", (int)family_len, family);
}

/* A line of the preferred citation; titles may go on below. */
static void cff_line(struct named *named, const char *line, size_t len)
{
    const char *value, *next = line + len + (line[len] == '\n');
    size_t value_len, given_len = 0, indent = strspn(line, " ");

    if ((value = cff_value(line, len, "title", &value_len)) && named->title.len == 0) {
        struct str text = STR_INIT;

        if (value_len > 2 || !strchr(">|", *value))
            str_add_mem(&text, value, value_len);
        for (; *next && strspn(next, " ") > indent; next += strcspn(next, "\n") + 1) {
            str_add_char(&text, ' ');
            str_add_mem(&text, next, strcspn(next, "\n"));
            if (!next[strcspn(next, "\n")])
                break;
        }
        clean_title(&named->title, text.ptr, text.len);
        str_free(&text);
    } else if ((value = cff_value(line, len, "family-names", &value_len))) {
        const char *given = cff_value(next, strcspn(next, "\n"), "given-names", &given_len);

        cff_person(named, value, value_len, given ? given : "", given_len);
    } else if ((value = cff_value(line, len, "year", &value_len))) {
        named->year = atoi(value);
    }
}

void cff_titles(struct repository *repository, struct arena *arena, const char *file,
                const char *text)
{
    struct named named = { .title = STR_INIT, .people = STR_INIT };
    bool inside = false;

    while (*text) {
        size_t len = strcspn(text, "\n");

        if (*text != ' ' && *text != '-' && *text != '#' && len > 0)
            inside = str_starts(text, "preferred-citation:");
        else if (inside)
            cff_line(&named, text, len);
        text += len + (text[len] == '\n');
    }
    add_named(repository, arena, &named, file);
    named_free(&named);
}

/* ---- BibTeX ---- */

/* The value at `text` ("{...}", "\"...\"" or bare): where it ends. */
static size_t bib_value(const char *text)
{
    size_t depth = 0, i;

    if (*text == '{') {
        for (i = 0; text[i]; i++) {
            depth += text[i] == '{';
            if (text[i] == '}' && --depth == 0)
                return i + 1;
        }
        return i;
    }
    if (*text == '"')
        return 1 + strcspn(text + 1, "\"");
    return strcspn(text, ",}\n");
}

static void bib_field(struct named *named, const char *name, size_t name_len, const char *value,
                      size_t len)
{
    struct str text = STR_INIT;
    char *and;

    clean_title(&text, value, len);
    if (name_len == 5 && strncasecmp(name, "title", 5) == 0)
        str_add(&named->title, text.ptr);
    else if (name_len == 4 && strncasecmp(name, "year", 4) == 0)
        named->year = atoi(text.ptr);
    else if (name_len == 6 && strncasecmp(name, "author", 6) == 0)
        for (char *at = text.ptr; at; at = and? and+5 : NULL) {
            and = strstr(at, " and ");
            str_printf(&named->people, "%s%.*s", named->people.len ? "; " : "",
                       and? (int)(and-at) : (int)strlen(at), at);
        }
    str_free(&text);
}

/* The fields of the entry whose first brace is at `text`; where it ends. */
static const char *bib_entry(struct named *named, const char *text)
{
    const char *end = text + bib_value(text), *at;

    for (at = text + 1; at < end;) {
        size_t name = strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_");
        const char *equals = at + name + strspn(at + name, " \t");

        if (name > 0 && *equals == '=') {
            const char *value = equals + 1 + strspn(equals + 1, " \t\n");
            size_t len = bib_value(value);

            bib_field(named, at, name, value, len);
            at = value + len;
        } else {
            at += name ? name : 1;
        }
    }
    return end;
}

/* "@article{" and the like: its brace; NULL: no more. */
static const char *bib_next(const char *text)
{
    while ((text = strchr(text, '@'))) {
        size_t name = strspn(text + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

        if (name > 2 && text[1 + name] == '{')
            return text + 1 + name;
        text++;
    }
    return NULL;
}

void bib_titles(struct repository *repository, struct arena *arena, const char *file,
                const char *text)
{
    struct named named = { .title = STR_INIT, .people = STR_INIT };
    const char *at;
    size_t count = 0;

    for (at = text; (at = bib_next(at)); at++)
        count++;
    for (at = text; count <= OWN_MAX && (at = bib_next(at));) {
        named_clear(&named);
        at = bib_entry(&named, at);
        add_named(repository, arena, &named, file);
    }
    named_free(&named);
}

/* ---- the top of a README ---- */

/* What opens a title and what closes it, on one line. */
static const struct {
    const char *open, *close;
} marks[] = { { "**", "**" }, { "“", "”" }, { "\"", "\"" },    { "[", "](" },
              { "*", "*" },   { "_", "_" }, { "<b>", "</b>" }, { "<h1>", "</h1>" } };

static void line_titles(struct repository *repository, struct arena *arena, const char *line,
                        size_t len)
{
    struct named named = { .title = STR_INIT, .people = STR_INIT };
    size_t i, k;

    if (*line == '#') {
        size_t hashes = strspn(line, "# ");

        clean_title(&named.title, line + hashes, len > hashes ? len - hashes : 0);
        add_named(repository, arena, &named, NULL);
    }
    for (i = 0; i < len; i++)
        for (k = 0; k < ARRAY_LEN(marks); k++) {
            size_t open = strlen(marks[k].open);
            const char *close;

            if (len - i <= open || strncmp(line + i, marks[k].open, open) != 0)
                continue;
            close = strstr(line + i + open, marks[k].close);
            if (!close || close >= line + len)
                continue;
            clean_title(&named.title, line + i + open, (size_t)(close - line) - i - open);
            add_named(repository, arena, &named, NULL);
        }
    named_free(&named);
}

void readme_titles(struct repository *repository, struct arena *arena, const char *markdown)
{
    const char *line = markdown;

    bib_titles(repository, arena, NULL, markdown);
    while (*line && line - markdown < OWN_TOP) {
        size_t len = strcspn(line, "\n");

        line_titles(repository, arena, line, len);
        line += len + (line[len] == '\n');
    }
}
