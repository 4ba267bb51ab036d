/*
 * roff (man.h). Hyphens, quotes and their like stay what they are, so that a line can be copied out
 * of the page.
 */
#include "commands.h"

#include "carrel/man.h"

#include <stdlib.h>
#include <string.h>

#define LINE_MOST 72 /* columns of the source */

static const struct {
    char c;
    const char *roff;
} escapes[] = { { '\\', "\\e" },  { '-', "\\-" },   { '"', "\\(dq" }, { '\'', "\\(aq" },
                { '`', "\\(ga" }, { '^', "\\(ha" }, { '~', "\\(ti" } };

static void add_char(struct str *out, char c)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(escapes); i++)
        if (escapes[i].c == c) {
            str_add(out, escapes[i].roff);
            return;
        }
    str_add_char(out, c);
}

/* `at` a line's beginning: a dot there is no request. */
static void add_word(struct str *out, const char *word, size_t len, bool first)
{
    size_t i;

    if (first && len > 0 && word[0] == '.')
        str_add(out, "\\&");
    for (i = 0; i < len; i++)
        add_char(out, word[i]);
}

static void add_all(struct str *out, const char *text)
{
    add_word(out, text, strlen(text), false);
}

static void fill(struct str *out, const char *text, size_t len)
{
    const char *end = text + len;
    size_t begin = out->len; /* of the line */

    while (text < end) {
        size_t word, at;

        while (text < end && (*text == ' ' || *text == '\n' || *text == '\t'))
            text++;
        for (word = 0; text + word < end && !strchr(" \n\t", text[word]); word++)
            ;
        if (word == 0)
            break;
        at = out->len;
        add_word(out, text, word, at == begin || text[0] == '.');
        if (at > begin && out->len - begin > LINE_MOST) {
            str_insert(out, at, "\n", 1);
            begin = at + 1;
        } else if (at > begin) {
            str_insert(out, at, " ", 1);
        }
        text += word;
    }
    if (out->len > begin)
        str_add_char(out, '\n');
}

void man_text(struct str *out, const char *text)
{
    fill(out, text, strlen(text));
}

/* One line as it is; an empty one would be a paragraph to some and a fault to others. */
static void add_line(struct str *out, const char *line, size_t len)
{
    str_add(out, len == 0 || *line == ' ' ? "\\&" : "");
    add_word(out, line, len, true);
    str_add_char(out, '\n');
}

static size_t written_lines(const char *text)
{
    size_t len = 0;

    while (text[len] == ' ') {
        len += strcspn(text + len, "\n");
        len += text[len] == '\n';
    }
    return len;
}

/* A heading begins a paragraph by itself. */
static void begin_paragraph(struct str *out)
{
    size_t at = out->len > 0 ? out->len - 1 : 0;

    while (at > 0 && out->ptr[at - 1] != '\n')
        at--;
    if (!str_starts(out->ptr + at, ".SH ") && !str_starts(out->ptr + at, ".SS "))
        str_add(out, ".PP\n");
}

void man_lines(struct str *out, const char *text)
{
    begin_paragraph(out);
    str_add(out, ".nf\n");
    while (*text) {
        size_t len = strcspn(text, "\n");

        add_line(out, text, len);
        text += len + (text[len] == '\n');
    }
    str_add(out, ".fi\n");
}

static size_t paragraph(const char *text)
{
    size_t len = 0, line;

    do {
        line = strcspn(text + len, "\n");
        len += line + (text[len + line] == '\n');
    } while (text[len] && text[len] != ' ' && text[len] != '\n' && line >= PARAGRAPH_GOES_ON);
    return len;
}

void man_flow(struct str *out, const char *text)
{
    while (*text) {
        size_t len = written_lines(text);

        if (*text == '\n') {
            text++;
        } else if (len > 0) {
            char *lines = mem_strndup(text, len);

            man_lines(out, lines);
            free(lines);
            text += len;
        } else {
            len = paragraph(text);
            begin_paragraph(out);
            fill(out, text, len);
            text += len;
        }
    }
}

void man_page(struct str *out, const char *name, int section, const char *what)
{
    char *title = mem_strdup(name);
    size_t i;

    for (i = 0; title[i]; i++)
        if (title[i] >= 'a' && title[i] <= 'z')
            title[i] = (char)(title[i] - 'a' + 'A');
    str_printf(out, ".TH %s %d \"%s\" \"carrel %s\"\n", title, section, CARREL_DATE,
               CARREL_VERSION);
    str_add(out, ".nh\n.ad l\n"); /* no line is stretched, no name broken */
    man_section(out, "NAME");
    add_all(out, name);
    str_add(out, " \\- ");
    man_text(out, what);
    free(title);
}

void man_section(struct str *out, const char *title)
{
    str_printf(out, ".SH %s\n", title);
}

void man_heading(struct str *out, const char *title)
{
    str_add(out, ".SS ");
    add_all(out, title);
    str_add_char(out, '\n');
}

void man_item(struct str *out, const char *head, const char *arg, const char *text)
{
    str_add(out, ".TP\n\\fB");
    add_all(out, head);
    str_add(out, "\\fR");
    if (arg && *arg) {
        str_add(out, " \\fI");
        add_all(out, arg);
        str_add(out, "\\fR");
    }
    str_add_char(out, '\n');
    man_text(out, text);
}

void man_more(struct str *out, const char *text)
{
    str_add(out, ".br\n");
    man_text(out, text);
}

void man_see_also(struct str *out, const char *own)
{
    static const struct {
        const char *name;
        int section;
    } pages[] = {
        { "carrel", 1 }, { "carrel-config", 5 }, { "carrel-query", 7 }, { "carrel-api", 7 }
    };
    const char *between = "";
    size_t i;

    man_section(out, "SEE ALSO");
    for (i = 0; i < ARRAY_LEN(pages); i++) {
        if (strcmp(pages[i].name, own) == 0)
            continue;
        str_printf(out, "%s.BR ", between);
        add_all(out, pages[i].name);
        str_printf(out, " (%d)", pages[i].section);
        between = " ,\n";
    }
    str_add_char(out, '\n');
}
