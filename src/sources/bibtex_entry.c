/*
 * One entry of BibTeX taken apart: its key and fields, values put together from their pieces,
 * names of fields and dates in biblatex's words. What cannot be read is left out with a word, and
 * the rest of the entry is taken.
 */
#include "bibtex.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct reading {
    struct parser *p;
    struct bibtex *b;
    const char *at, *end;
    long line;
    const char *key;
    bool entry; /* and no @string or @comment */
    bool open;  /* the value that was read last has no end */
    int complaints;
    char fault[300]; /* of an entry: told when it is known whether anything of it is kept */
};

static void complain(struct reading *r, const char *why, const char *what, size_t len)
{
    char text[300];

    if (r->complaints++ > 0) /* one is enough of an entry that is broken */
        return;
    snprintf(text, sizeof text, "%.80s%s%s %.*s", r->key, *r->key ? ": " : "", why,
             (int)(len < 60 ? len : 60), what);
    if (r->entry)
        snprintf(r->fault, sizeof r->fault, "%s", text);
    else
        record_reject(r->p, r->line, text);
}

/* White space, comments between fields (biber's way), and these characters. */
static void skip(struct reading *r, const char *also)
{
    while (r->at < r->end) {
        if (*r->at == '%')
            while (r->at < r->end && *r->at != '\n')
                r->at++;
        else if (isspace((unsigned char)*r->at) || (*r->at && strchr(also, *r->at)))
            r->at++;
        else
            break;
    }
}

static size_t word(const char *at, const char *end)
{
    size_t len = 0;

    while (at + len < end && !isspace((unsigned char)at[len]) && at[len]
           && !strchr("{}(),=\"#%", at[len]))
        len++;
    return len;
}

/* ---- values ---- */

/* Up to the bracket or quote that ends it; false when there is none. */
static bool piece(struct reading *r, struct str *out)
{
    char close = *r->at == '{' ? '}' : '"';
    const char *from = ++r->at;
    int depth = 0;

    for (; r->at < r->end; r->at++) {
        if (*r->at == close && depth == 0) {
            str_add_mem(out, from, (size_t)(r->at - from));
            r->at++;
            return true;
        }
        depth += (*r->at == '{') - (*r->at == '}');
    }
    return false;
}

static const char *macro(const struct bibtex *b, const char *name, size_t len)
{
    char folded[100];
    size_t i;
    uint64_t *place;

    if (len >= sizeof folded)
        return NULL;
    for (i = 0; i < len; i++)
        folded[i] = (char)tolower((unsigned char)name[i]);
    place = hashmap_get(b->macros, folded, len);
    return place ? b->macro_text.ptr + *place : NULL;
}

/* A number, or the name of a macro; one that nobody has defined stands for itself. */
static bool bare(struct reading *r, struct str *out)
{
    size_t len = word(r->at, r->end);
    const char *text = macro(r->b, r->at, len);

    if (text)
        str_add(out, text);
    else
        str_add_mem(out, r->at, len);
    r->at += len;
    return len > 0;
}

/* Behind what was not understood: the next line that looks like a field. */
static void entry_recover(struct reading *r)
{
    while (r->at < r->end) {
        const char *line = memchr(r->at, '\n', (size_t)(r->end - r->at)), *name;

        if (!line) {
            r->at = r->end;
            return;
        }
        r->at = line;
        skip(r, ",");
        name = r->at + word(r->at, r->end);
        while (name < r->end && isspace((unsigned char)*name))
            name++;
        if (name < r->end && *name == '=')
            return;
        if (r->at == line)
            r->at++;
    }
}

/* Braces without another one are left out. */
static void balance(struct str *text)
{
    size_t from, to = 0;
    int depth = 0;

    for (from = 0; from < text->len; from++) {
        char c = text->ptr[from];

        depth += (c == '{') - (c == '}');
        if (depth >= 0)
            text->ptr[to++] = c;
        else
            depth = 0;
    }
    str_cut(text, to);
    depth = 0;
    for (from = text->len; from > 0; from--) { /* the other way: of "{" those that stay open */
        char c = text->ptr[from - 1];

        depth += (c == '}') - (c == '{');
        if (depth >= 0)
            continue;
        memmove(text->ptr + from - 1, text->ptr + from, text->len - from);
        str_cut(text, text->len - 1);
        depth = 0;
    }
}

/* What is there of a value without its bracket or quote: up to the next line that looks like a
 * field, else all. */
static void piece_open(struct reading *r, struct str *out, const char *from)
{
    r->at = from;
    entry_recover(r);
    str_add_mem(out, from, (size_t)(r->at - from));
    balance(out);
    while (out->len > 0 && strchr(" \t\n,", out->ptr[out->len - 1]))
        str_cut(out, out->len - 1);
    r->open = true;
}

/* Pieces joined by "#". */
static bool value(struct reading *r, struct str *out)
{
    bool good;

    r->open = false;
    do {
        const char *from;

        skip(r, "#");
        if (r->at >= r->end)
            return false;
        from = r->at;
        good = *from == '{' || *from == '"' ? piece(r, out) : bare(r, out);
        if (!good && r->entry && r->at > from) {
            piece_open(r, out, from + 1);
            return true;
        }
        skip(r, "");
    } while (good && r->at < r->end && *r->at == '#' && out->len < BIBTEX_ENTRY_MAX);
    return good;
}

/* ---- names of fields ---- */

static const char *const renamed[][2] = {
    { "journal", "journaltitle" },
    { "address", "location" },
    { "school", "institution" },
    { "annote", "annotation" },
    { "archiveprefix", "eprinttype" },
    { "primaryclass", "eprintclass" },
    { "pdf", "file" },
    { "hyphenation", "langid" },
};

static const char *field_name(struct reading *r, const char *text, size_t len)
{
    char *name = arena_strndup(r->b->work, text, len);
    size_t i;

    for (i = 0; i < len; i++)
        name[i] = (char)tolower((unsigned char)name[i]);
    for (i = 0; i < ARRAY_LEN(renamed); i++)
        if (strcmp(name, renamed[i][0]) == 0)
            return renamed[i][1];
    return name;
}

/* Of an address: braces, "\url" and the backslashes that people put in front of its characters. */
static char *address(struct arena *arena, char *text)
{
    char *from = text, *to = text;
    size_t len;

    if (str_istarts(from, "\\url"))
        from += 4;
    for (; *from; from++) {
        if (*from == '\\' && from[1] && strchr("_%&#~{}$ ", from[1]))
            *to++ = *++from;
        else if (*from != '{' && *from != '}')
            *to++ = *from;
    }
    *to = '\0';
    len = strlen(text);
    if (len > 2 && *text == '<' && text[len - 1] == '>')
        return arena_strndup(arena, text + 1, len - 2);
    return text;
}

/* A colon, or an @ in front, which carrel keeps for itself, becomes a full stop. */
static void add_field(struct reading *r, struct citation *entry, const char *name,
                      const struct str *text)
{
    char *kept = cited_value(r->b->work, text->ptr, text->len);

    if (!kept || entry->len >= CITED_FIELDS || citation_get(entry, name))
        return;
    if (*name == '@' || strchr(name, ':')) {
        char *mine = arena_strdup(r->b->work, name), *at;

        for (at = mine; *at; at++)
            if (*at == ':' || (*at == '@' && at == mine))
                *at = '.';
        name = mine;
    }
    if (citation_verbatim(name) && strcmp(name, "file") != 0)
        kept = address(r->b->work, kept);
    if (*kept)
        citation_add(entry, r->b->work, name, kept);
}

/* ---- entries ---- */

/* "name = value", as long as there is one; false when what stands there is none. */
static bool entry_field(struct reading *r, struct citation *entry)
{
    size_t len = word(r->at, r->end);
    const char *name = r->at;
    struct str text = STR_INIT;
    bool good = false;

    r->at += len;
    skip(r, "");
    if (len == 0 || len > 100 || r->at >= r->end || *r->at != '=') {
        complain(r, len ? "no = behind" : "no field where one should begin, at", name,
                 len ? len : strnlen(name, 20));
    } else {
        r->at++;
        good = value(r, &text);
        if (good)
            add_field(r, entry, field_name(r, name, len), &text);
        if (!good)
            complain(r, "no value of", name, len);
        else if (r->open)
            complain(r, "no closing bracket or quote of", name, len);
    }
    str_free(&text);
    return good;
}

/* Where the key ends: at a comma; where that is forgotten, before the first field's name. */
static const char *key_end(const struct reading *r)
{
    const char *comma = memchr(r->at, ',', (size_t)(r->end - r->at));
    const char *at = memchr(r->at, '=', (size_t)(r->end - r->at));

    if (!at || (comma && comma < at))
        return comma ? comma : r->end;
    while (at > r->at && isspace((unsigned char)at[-1]))
        at--;
    while (at > r->at && !isspace((unsigned char)at[-1]))
        at--;
    return at;
}

static void entry_read(struct reading *r, struct citation *entry)
{
    const char *stop;
    char *key;

    skip(r, "");
    stop = key_end(r);
    key = cited_value(r->b->work, r->at, (size_t)(stop - r->at));
    entry->key = key ? key : "";
    r->at = stop;
    r->key = entry->key;
    for (skip(r, ","); r->at < r->end; skip(r, ","))
        if (!entry_field(r, entry))
            entry_recover(r);
    bibtex_date(r->b->work, entry);
}

static void macro_read(struct reading *r)
{
    struct bibtex *b = r->b;
    struct str text = STR_INIT;
    char *name;
    size_t len, i;

    skip(r, "");
    len = word(r->at, r->end);
    name = arena_strndup(b->work, r->at, len);
    r->at += len;
    skip(r, "");
    if (len == 0 || len >= 100 || r->at >= r->end || *r->at++ != '=' || !value(r, &text)) {
        complain(r, "@string has no name or no value:", name, len);
    } else if (b->macro_text.len + text.len < BIBTEX_MACROS_MAX) {
        for (i = 0; i < len; i++)
            name[i] = (char)tolower((unsigned char)name[i]);
        *hashmap_put(b->macros, name, len, NULL) = b->macro_text.len;
        str_add_mem(&b->macro_text, text.ptr, text.len + 1);
    } else {
        complain(r, "too many @string: left out is", name, len);
    }
    str_free(&text);
}

/* What has a fault is kept as far as it could be read; what has nothing else is not. */
static void entry_give(struct reading *r, const struct citation *entry)
{
    char text[sizeof r->fault + 40];

    if (*r->fault && entry->len == 0) {
        record_reject(r->p, r->line, r->fault);
        return;
    }
    if (*r->fault) {
        snprintf(text, sizeof text, "%s; it was read as far as it goes", r->fault);
        record_note(r->p, r->line, text, true);
    }
    bibtex_take(r->p, entry, r->line);
}

static void entry_dispatch(struct reading *r, const char *type, bool whole)
{
    struct citation entry = { .type = type };

    if (strcmp(type, "comment") == 0 || strcmp(type, "preamble") == 0) {
        if (!whole)
            complain(r, "no closing bracket of", type, strlen(type));
    } else if (strcmp(type, "string") == 0) {
        macro_read(r);
    } else {
        r->entry = true;
        entry_read(r, &entry);
        if (!whole)
            complain(r, "no closing bracket of this", type, strlen(type));
        entry_give(r, &entry);
    }
}

void bibtex_entry(struct parser *p, const char *text, size_t len, long line, bool whole)
{
    struct reading r = { .p = p, .b = p->bibtex, .line = line, .key = "" };
    struct str clean = STR_INIT;
    const char *open;
    char *type;
    size_t i;

    arena_reset(r.b->work);
    cited_decode(&clean, text, len, r.b->charset);
    for (i = 0; i < clean.len; i++)
        if (clean.ptr[i] == '\0')
            clean.ptr[i] = ' ';
        else if (clean.ptr[i] == '\r')
            clean.ptr[i] = '\n';
    open = clean.ptr + strcspn(clean.ptr, "{(");
    type = arena_strndup(r.b->work, clean.ptr + 1, strcspn(clean.ptr + 1, "{( "));
    for (i = 0; type[i]; i++)
        type[i] = (char)tolower((unsigned char)type[i]);
    r.at = open + 1;
    r.end = clean.ptr + clean.len - (whole ? 1 : 0);
    if (r.at <= r.end)
        entry_dispatch(&r, type, whole);
    str_free(&clean);
}
