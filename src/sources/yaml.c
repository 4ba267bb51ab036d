/*
 * YAML by indentation: a block is the lines that are at least as deep as its first one. What a line
 * is, its first characters tell: "- " an element, "name:" a member, else a scalar.
 */
#include "yaml.h"

#include "carrel/mem.h"
#include "carrel/str.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct yaml {
    const char *at; /* what is not read yet; at the beginning of a line between values */
    long line;
    int depth;
    const char *wrong; /* static; the first fault */
    long wrong_line;
};

static json_t *node(struct yaml *y, int indent);

static json_t *fault(struct yaml *y, const char *what)
{
    if (!y->wrong) {
        y->wrong = what;
        y->wrong_line = y->line;
    }
    return NULL;
}

/* ---- lines ---- */

static void next_line(struct yaml *y)
{
    y->at += strcspn(y->at, "\n");
    if (*y->at) {
        y->at++;
        y->line++;
    }
}

/* To the next line that says something; its indentation, or -1 at the end. */
static int next_indent(struct yaml *y)
{
    while (*y->at) {
        size_t blanks = strspn(y->at, " ");
        char c = y->at[blanks];

        if (c == '\n' || c == '#' || c == '\r' || (blanks == 0 && strncmp(y->at, "---", 3) == 0))
            next_line(y);
        else if (c == '\0' || (blanks == 0 && strncmp(y->at, "...", 3) == 0))
            break;
        else
            return (int)(blanks < 1000 ? blanks : 1000);
    }
    return -1;
}

/* Blanks and a comment behind a value; a line's end. */
static bool line_done(struct yaml *y)
{
    y->at += strspn(y->at, " \t\r");
    if (*y->at == '#' || *y->at == '\n' || !*y->at) {
        next_line(y);
        return true;
    }
    return false;
}

static json_t *text_node(const struct str *text)
{
    return json_stringn(text->ptr, text->len);
}

/* ---- scalars ---- */

/* A break in a quoted or plain text: one is a blank, each further one a line. */
static void fold_break(struct yaml *y, struct str *out)
{
    int breaks = 0;

    while (out->len > 0 && (out->ptr[out->len - 1] == ' ' || out->ptr[out->len - 1] == '\t'))
        str_cut(out, out->len - 1);
    while (*y->at == '\n' || *y->at == ' ' || *y->at == '\r' || *y->at == '\t') {
        breaks += *y->at == '\n';
        y->line += *y->at == '\n';
        y->at++;
    }
    if (breaks == 1)
        str_add_char(out, ' ');
    while (--breaks > 0)
        str_add_char(out, '\n');
}

static unsigned hex_digits(const char *at, int count)
{
    char text[9] = "";

    strncat(text, at, (size_t)count);
    return strspn(text, "0123456789abcdefABCDEF") == (size_t)count
               ? (unsigned)strtoul(text, NULL, 16)
               : 0xFFFD;
}

/* Behind a backslash. */
static void escape(struct yaml *y, struct str *out)
{
    static const char from[] = "0abtnvfre\"/\\N_ ", to[] = "\0\a\b\t\n\v\f\r\x1B\"/\\\n  ";
    const char *known = *y->at ? strchr(from, *y->at) : NULL;
    int digits = *y->at == 'x' ? 2 : *y->at == 'u' ? 4 : *y->at == 'U' ? 8 : 0;

    if (*y->at == '\n') { /* the line goes on */
        y->line++;
        y->at += 1 + strspn(y->at + 1, " \t");
    } else if (digits > 0 && strnlen(y->at + 1, (size_t)digits) == (size_t)digits) {
        str_add_rune(out, hex_digits(y->at + 1, digits));
        y->at += 1 + digits;
    } else if (known) {
        str_add_char(out, to[known - from] ? to[known - from] : ' ');
        y->at++;
    }
}

static json_t *quoted(struct yaml *y)
{
    char quote = *y->at++;
    struct str text = STR_INIT;
    json_t *out;

    while (*y->at && (*y->at != quote || (quote == '\'' && y->at[1] == '\''))) {
        if (*y->at == '\n')
            fold_break(y, &text);
        else if (*y->at == '\\' && quote == '"') {
            y->at++;
            escape(y, &text);
        } else {
            y->at += quote == '\'' && *y->at == '\'';
            str_add_char(&text, *y->at++);
        }
    }
    if (*y->at != quote) {
        str_free(&text);
        return fault(y, "a quote has no end");
    }
    y->at++;
    out = text_node(&text);
    str_free(&text);
    return out;
}

/* Where a plain text ends on its line: before " #", ": " and, in brackets, their signs. */
static size_t plain_len(const char *at, bool flow)
{
    size_t len = 0;

    while (at[len] && at[len] != '\n') {
        bool blank = at[len + 1] == ' ' || at[len + 1] == '\n' || at[len + 1] == '\0'
                     || at[len + 1] == '\r';

        if (at[len] == ':' && (blank || (flow && strchr(",]}", at[len + 1]))))
            break;
        if (at[len] == '#' && len > 0 && at[len - 1] == ' ')
            break;
        if (flow && strchr(",[]{}", at[len]))
            break;
        len++;
    }
    while (len > 0 && (at[len - 1] == ' ' || at[len - 1] == '\r' || at[len - 1] == '\t'))
        len--;
    return len;
}

/* Lines that are deeper than `indent` go on with it. */
static json_t *plain(struct yaml *y, int indent)
{
    struct str text = STR_INIT;
    json_t *out;

    for (;;) {
        size_t len = plain_len(y->at, false), blanks;

        str_add_mem(&text, y->at, len);
        y->at += len;
        if (!line_done(y)) {
            str_free(&text);
            return fault(y, "a colon in a text that is not quoted");
        }
        blanks = strspn(y->at, " ");
        if (y->at[blanks] == '\n' || !y->at[blanks] || (int)blanks <= indent
            || y->at[blanks] == '#')
            break;
        str_add_char(&text, ' ');
        y->at += blanks;
    }
    out = text_node(&text);
    str_free(&text);
    return out;
}

/* "|" keeps its lines, ">" joins them; what is deeper than `indent` belongs to it. */
static json_t *block(struct yaml *y, int indent)
{
    bool folded = *y->at == '>', strip = y->at[1] == '-';
    struct str text = STR_INIT;
    int own = -1;
    json_t *out;

    next_line(y);
    while (*y->at) {
        size_t blanks = strspn(y->at, " "), len = strcspn(y->at, "\n");

        if (blanks == len) { /* an empty line */
            str_add_char(&text, '\n');
        } else {
            if (own < 0)
                own = (int)blanks;
            if ((int)blanks <= indent || (int)blanks < own)
                break;
            if (folded && text.len > 0 && str_ends(text.ptr, "\n") && !str_ends(text.ptr, "\n\n"))
                text.ptr[text.len - 1] = ' ';
            str_add_mem(&text, y->at + own, len - (size_t)own);
            str_add_char(&text, '\n');
        }
        next_line(y);
    }
    while (text.len > 0 && text.ptr[text.len - 1] == '\n')
        str_cut(&text, text.len - 1);
    if (!strip && text.len > 0)
        str_add_char(&text, '\n');
    out = text_node(&text);
    str_free(&text);
    return out;
}

/* ---- brackets ---- */

static void flow_blanks(struct yaml *y)
{
    for (;;) {
        y->at += strspn(y->at, " \t\r");
        if (*y->at == '\n') {
            y->at++;
            y->line++;
        } else if (*y->at == '#') {
            y->at += strcspn(y->at, "\n");
        } else {
            return;
        }
    }
}

static json_t *flow(struct yaml *y);

static json_t *flow_scalar(struct yaml *y)
{
    size_t len;
    json_t *out;

    if (*y->at == '"' || *y->at == '\'')
        return quoted(y);
    len = plain_len(y->at, true);
    out = json_stringn(y->at, len);
    y->at += len;
    return out;
}

/* "[a, b]", "{a: b, c: d}" */
static json_t *flow_all(struct yaml *y, char close)
{
    json_t *out = close == ']' ? json_array() : json_object();

    for (y->at++, flow_blanks(y); *y->at && *y->at != close && !y->wrong; flow_blanks(y)) {
        json_t *value = flow(y);
        char *name = close == '}' && value ? mem_strdup(json_string_value(value)
                                                            ? json_string_value(value)
                                                            : "")
                                           : NULL;

        flow_blanks(y);
        if (name) {
            json_decref(value);
            value = NULL;
            y->at += *y->at == ':';
            flow_blanks(y);
            value = *y->at == ',' || *y->at == close ? json_string("") : flow(y);
            json_object_set_new(out, name, value);
        } else if (value) {
            json_array_append_new(out, value);
        }
        free(name);
        flow_blanks(y);
        if (*y->at != close && *y->at != ',')
            fault(y, "a bracket has no end");
        y->at += *y->at == ',';
    }
    if (*y->at == close)
        y->at++;
    else
        fault(y, "a bracket has no end");
    return out;
}

static json_t *flow(struct yaml *y)
{
    json_t *out;

    if (++y->depth > YAML_DEPTH)
        out = fault(y, "nested too deeply");
    else if (*y->at == '[' || *y->at == '{')
        out = flow_all(y, *y->at == '[' ? ']' : '}');
    else
        out = flow_scalar(y);
    y->depth--;
    return out;
}

/* ---- blocks ---- */

/* What stands behind "name:" or "- " of a line that is `indent` deep: on the line, or below it. */
static json_t *value(struct yaml *y, int indent, bool lists)
{
    json_t *out;
    int below;

    y->at += strspn(y->at, " \t");
    if (*y->at == '|' || *y->at == '>')
        return block(y, indent);
    if (*y->at == '"' || *y->at == '\'' || *y->at == '[' || *y->at == '{') {
        out = flow(y);
        if (!y->wrong && !line_done(y))
            fault(y, "something behind a value");
        return out;
    }
    if (*y->at && *y->at != '\n' && *y->at != '#' && *y->at != '\r')
        return plain(y, indent);
    next_line(y);
    below = next_indent(y);
    if (below > indent || (lists && below == indent && strncmp(y->at + below, "- ", 2) == 0))
        return node(y, below);
    return json_string("");
}

/* The name before a colon at the beginning of a line, or NULL; the text is moved behind it. */
static char *member(struct yaml *y)
{
    const char *at = y->at;
    size_t len;
    char *name;

    if (*at == '"' || *at == '\'') {
        size_t end = strcspn(at + 1, *at == '"' ? "\"\n" : "'\n") + 1;

        if (at[end] != *at || at[end + 1] != ':')
            return NULL;
        name = mem_strndup(at + 1, end - 1);
        y->at += end + 2;
        return name;
    }
    len = plain_len(at, false);
    if (len == 0 || at[len + strspn(at + len, " ")] != ':')
        return NULL;
    name = mem_strndup(at, len);
    y->at += len + strspn(at + len, " ") + 1;
    return name;
}

static json_t *mapping(struct yaml *y, int indent)
{
    json_t *out = json_object();

    do {
        char *name;
        json_t *one;

        y->at += strspn(y->at, " ");
        name = member(y);
        if (!name) {
            fault(y, "no name and colon");
            break;
        }
        one = value(y, indent, true);
        if (one && !json_object_get(out, name) && utf8_valid(name, strlen(name)))
            json_object_set_new(out, name, one);
        else
            json_decref(one);
        free(name);
    } while (!y->wrong && next_indent(y) == indent);
    return out;
}

/* "- name: a" begins a mapping whose members stand below its name. */
static json_t *element(struct yaml *y, int indent)
{
    int inner = indent + 2;
    const char *from, *colon;
    char *name;

    y->at += strspn(y->at, " ") + 1;
    inner = indent + 1 + (int)strspn(y->at, " ");
    y->at += strspn(y->at, " ");
    from = y->at;
    name = strchr("\"'|>[{\n", *y->at) && *y->at != '"' && *y->at != '\'' ? NULL : member(y);
    colon = y->at;
    y->at = from;
    if (!name || colon == from) {
        free(name);
        return value(y, indent, false);
    }
    free(name);
    return mapping(y, inner);
}

static json_t *sequence(struct yaml *y, int indent)
{
    json_t *out = json_array();

    do {
        json_t *one = element(y, indent);

        if (one)
            json_array_append_new(out, one);
    } while (!y->wrong && next_indent(y) == indent && y->at[indent] == '-');
    return out;
}

static json_t *node(struct yaml *y, int indent)
{
    const char *at = y->at + indent;
    json_t *out;

    if (++y->depth > YAML_DEPTH)
        out = fault(y, "nested too deeply");
    else if (*at == '-' && (at[1] == ' ' || at[1] == '\n'))
        out = sequence(y, indent);
    else if (*at == '[' || *at == '{' || *at == '|' || *at == '>')
        out = value(y, indent - 1, false);
    else
        out = mapping(y, indent);
    y->depth--;
    return out;
}

int yaml_read(json_t **out, const char *text, struct error *err)
{
    struct yaml y = { .at = text, .line = 1 };
    int indent;

    *out = NULL;
    if (str_starts(y.at, "\xEF\xBB\xBF"))
        y.at += 3;
    if (strlen(text) > YAML_MAX || !utf8_valid(text, strlen(text)))
        return error_set(err, ERR_PARSE, strlen(text) > YAML_MAX ? "more than 1 MiB" : "not UTF-8");
    indent = next_indent(&y);
    *out = indent < 0 ? json_object() : node(&y, indent);
    if (!y.wrong && next_indent(&y) >= 0)
        fault(&y, "indented as nothing before it");
    if (!y.wrong && *out)
        return ERR_OK;
    json_decref(*out);
    *out = NULL;
    return error_set(err, ERR_PARSE, "line %ld: %s", y.wrong_line, y.wrong ? y.wrong : "no YAML");
}
