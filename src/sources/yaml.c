/*
 * YAML by indentation: a block is the lines that are at least as deep as its first one. What a line
 * is, its first characters tell: "- " an element, "name:" a member, else a scalar.
 */
#include "yaml_internal.h"

#include "carrel/mem.h"
#include "carrel/str.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static json_t *node(struct yaml *y, int indent);

/* ---- lines ---- */

/* To the next line that says something; its indentation, or -1 at the end. */
static int next_indent(struct yaml *y)
{
    while (*y->at) {
        size_t blanks = strspn(y->at, " ");
        char c = y->at[blanks];

        if (c == '\n' || c == '#' || c == '\r' || (blanks == 0 && strncmp(y->at, "---", 3) == 0))
            yaml_next_line(y);
        else if (c == '\0' || (blanks == 0 && strncmp(y->at, "...", 3) == 0))
            break;
        else
            return (int)(blanks < 1000 ? blanks : 1000);
    }
    return -1;
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
        return yaml_quoted(y);
    len = yaml_plain_len(y->at, true);
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
        char *name = close == '}' && value
                         ? mem_strdup(json_string_value(value) ? json_string_value(value) : "")
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
            yaml_fault(y, "a bracket has no end");
        y->at += *y->at == ',';
    }
    if (*y->at == close)
        y->at++;
    else
        yaml_fault(y, "a bracket has no end");
    return out;
}

static json_t *flow(struct yaml *y)
{
    json_t *out;

    if (++y->depth > YAML_DEPTH)
        out = yaml_fault(y, "nested too deeply");
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
        return yaml_block(y, indent);
    if (*y->at == '"' || *y->at == '\'' || *y->at == '[' || *y->at == '{') {
        out = flow(y);
        if (!y->wrong && !yaml_line_done(y))
            yaml_fault(y, "something behind a value");
        return out;
    }
    if (*y->at && *y->at != '\n' && *y->at != '#' && *y->at != '\r')
        return yaml_plain(y, indent);
    yaml_next_line(y);
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
    len = yaml_plain_len(at, false);
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
            yaml_fault(y, "no name and colon");
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
        out = yaml_fault(y, "nested too deeply");
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
        yaml_fault(&y, "indented as nothing before it");
    if (!y.wrong && *out)
        return ERR_OK;
    json_decref(*out);
    *out = NULL;
    return error_set(err, ERR_PARSE, "line %ld: %s", y.wrong_line, y.wrong ? y.wrong : "no YAML");
}
