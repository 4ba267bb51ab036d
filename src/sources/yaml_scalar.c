/*
 * Scalars of YAML: plain, quoted, and blocks of lines; what they share with the rest of the reader.
 */
#include "yaml_internal.h"

#include "carrel/mem.h"
#include "carrel/str.h"

#include <stdlib.h>
#include <string.h>

void yaml_next_line(struct yaml *y)
{
    y->at += strcspn(y->at, "\n");
    if (*y->at) {
        y->at++;
        y->line++;
    }
}

/* Blanks and a comment behind a value; a line's end. */
bool yaml_line_done(struct yaml *y)
{
    y->at += strspn(y->at, " \t\r");
    if (*y->at == '#' || *y->at == '\n' || !*y->at) {
        yaml_next_line(y);
        return true;
    }
    return false;
}

json_t *yaml_fault(struct yaml *y, const char *what)
{
    if (!y->wrong) {
        y->wrong = what;
        y->wrong_line = y->line;
    }
    return NULL;
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

json_t *yaml_quoted(struct yaml *y)
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
        return yaml_fault(y, "a quote has no end");
    }
    y->at++;
    out = text_node(&text);
    str_free(&text);
    return out;
}

/* Where a plain text ends on its line: before " #", ": " and, in brackets, their signs. */
size_t yaml_plain_len(const char *at, bool flow)
{
    size_t len = 0;

    while (at[len] && at[len] != '\n') {
        bool blank =
            at[len + 1] == ' ' || at[len + 1] == '\n' || at[len + 1] == '\0' || at[len + 1] == '\r';

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
json_t *yaml_plain(struct yaml *y, int indent)
{
    struct str text = STR_INIT;
    json_t *out;

    for (;;) {
        size_t len = yaml_plain_len(y->at, false), blanks;

        str_add_mem(&text, y->at, len);
        y->at += len;
        if (!yaml_line_done(y)) {
            str_free(&text);
            return yaml_fault(y, "a colon in a text that is not quoted");
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
json_t *yaml_block(struct yaml *y, int indent)
{
    bool folded = *y->at == '>', strip = y->at[1] == '-';
    struct str text = STR_INIT;
    int own = -1;
    json_t *out;

    yaml_next_line(y);
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
        yaml_next_line(y);
    }
    while (text.len > 0 && text.ptr[text.len - 1] == '\n')
        str_cut(&text, text.len - 1);
    if (!strip && text.len > 0)
        str_add_char(&text, '\n');
    out = text_node(&text);
    str_free(&text);
    return out;
}
