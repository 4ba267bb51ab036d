/*
 * Plain text and TeX. Text: paragraphs are parted by blank lines; a short line alone that has no
 * full stop is a heading when it is numbered or in capitals. TeX: sections, captions, abstract and
 * bibliography items by their commands; what is left is made readable by text_from_latex.
 */
#include "extract.h"
#include "plain.h"
#include "structure.h"

#include "carrel/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- text ---- */

static bool text_heading(const char *text, size_t len)
{
    size_t i, upper = 0, lower = 0, digits = 0;
    static const char *const names[] = { "abstract",    "introduction", "conclusion",
                                         "conclusions", "references",   "bibliography" };

    if (len < 3 || len > 80 || memchr(text, '\n', len))
        return false;
    if (heading_is(text, len, names, ARRAY_LEN(names)))
        return true;
    for (i = 0; i < len; i++) {
        upper += isupper((unsigned char)text[i]) != 0;
        lower += islower((unsigned char)text[i]) != 0;
    }
    while (digits < len && (isdigit((unsigned char)text[digits]) || text[digits] == '.'))
        digits++;
    if (strchr(".,;:", text[len - 1]))
        return false;
    return (upper >= 3 && lower == 0)
           || (digits > 0 && digits + 1 < len && text[digits] == ' '
               && isupper((unsigned char)text[digits + 1]));
}

void extract_text(struct document *doc, const char *text, size_t len)
{
    struct plain plain;
    size_t at = 0, end, stop;

    plain_start(&plain, doc);
    while (at < len) {
        while (at < len && isspace((unsigned char)text[at]))
            at++;
        for (end = at; end < len; end++)
            if (text[end] == '\n') {
                for (stop = end + 1; stop < len && (text[stop] == ' ' || text[stop] == '\t');
                     stop++)
                    ;
                if (stop >= len || text[stop] == '\n')
                    break;
            }
        if (end > at) {
            bool heading = text_heading(text + at, end - at);

            plain_open(&plain, heading ? BLOCK_HEADING : BLOCK_PARAGRAPH, heading);
            plain_add(&plain, text + at, end - at);
        }
        at = end;
    }
    plain_finish(&plain);
}

/* ---- TeX ---- */

/* Behind the group that opens at text[at] == '{'; the inside is [at + 1, result - 1). */
static size_t group_end(const char *text, size_t len, size_t at)
{
    int depth = 0;

    for (; at < len; at++) {
        if (text[at] == '\\' && at + 1 < len)
            at++;
        else if (text[at] == '{')
            depth++;
        else if (text[at] == '}' && --depth == 0)
            return at + 1;
    }
    return len;
}

static void add_readable(struct plain *plain, const char *text, size_t len)
{
    char *copy = mem_strndup(text, len);
    struct str readable = STR_INIT;

    text_from_latex(&readable, copy);
    plain_add(plain, readable.ptr, readable.len);
    str_free(&readable);
    free(copy);
}

struct tex {
    struct plain plain;
    const char *text;
    size_t len, at;
    struct str run; /* ordinary text since the last command of ours */
};

static void tex_flush(struct tex *tex)
{
    add_readable(&tex->plain, tex->run.ptr, tex->run.len);
    str_clear(&tex->run);
}

static void tex_open(struct tex *tex, enum block_kind kind, uint32_t level)
{
    tex_flush(tex);
    plain_open(&tex->plain, kind, level);
}

/* The group behind a command becomes a block of its own. */
static void tex_group(struct tex *tex, enum block_kind kind, uint32_t level)
{
    size_t end;

    while (tex->at < tex->len && strchr("* \n", tex->text[tex->at]))
        tex->at++;
    if (tex->at < tex->len && tex->text[tex->at] == '[')
        while (tex->at < tex->len && tex->text[tex->at++] != ']')
            ;
    if (tex->at >= tex->len || tex->text[tex->at] != '{')
        return;
    end = group_end(tex->text, tex->len, tex->at);
    tex_open(tex, kind, level);
    if (end > tex->at + 2)
        add_readable(&tex->plain, tex->text + tex->at + 1, end - tex->at - 2);
    plain_open(&tex->plain, BLOCK_PARAGRAPH, 0);
    tex->at = end;
}

/* An environment that is no prose is passed over, and its captions are kept. */
static void tex_begin(struct tex *tex)
{
    static const char *const formulas[] = { "equation", "align",    "eqnarray",
                                            "gather",   "multline", "displaymath" };
    size_t end = group_end(tex->text, tex->len, tex->at), i;
    const char *name = tex->text + tex->at + 1;

    if (end < tex->at + 2)
        return;
    for (i = 0; i < ARRAY_LEN(formulas); i++)
        if (strncmp(name, formulas[i], strlen(formulas[i])) == 0)
            break;
    tex->at = end;
    if (i < ARRAY_LEN(formulas)) {
        tex_open(tex, BLOCK_EQUATION, 0);
    } else if (strncmp(name, "abstract", 8) == 0) {
        tex_open(tex, BLOCK_HEADING, 1);
        plain_add(&tex->plain, "Abstract", 8);
        plain_open(&tex->plain, BLOCK_PARAGRAPH, 0);
    } else if (strncmp(name, "thebibliography", 15) == 0) {
        tex_open(tex, BLOCK_HEADING, 1);
        plain_add(&tex->plain, "References", 10);
        plain_open(&tex->plain, BLOCK_PARAGRAPH, 0);
        tex->at = group_end(tex->text, tex->len, tex->at);
    } else {
        tex_open(tex, BLOCK_PARAGRAPH, 0);
    }
}

/* A command of ours at text[at] == '\\'; false leaves it to text_from_latex. */
static bool tex_command(struct tex *tex)
{
    static const struct {
        const char *name;
        enum block_kind kind;
        uint32_t level;
    } groups[] = {
        { "title", BLOCK_TITLE, 0 },           { "author", BLOCK_AUTHORS, 0 },
        { "part", BLOCK_HEADING, 1 },          { "chapter", BLOCK_HEADING, 1 },
        { "section", BLOCK_HEADING, 1 },       { "subsection", BLOCK_HEADING, 2 },
        { "subsubsection", BLOCK_HEADING, 3 }, { "paragraph", BLOCK_HEADING, 4 },
        { "caption", BLOCK_CAPTION, 0 },
    };
    size_t from = tex->at + 1, to = from, i;

    while (to < tex->len && isalpha((unsigned char)tex->text[to]))
        to++;
    for (i = 0; i < ARRAY_LEN(groups); i++)
        if (strlen(groups[i].name) == to - from
            && strncmp(tex->text + from, groups[i].name, to - from) == 0) {
            tex->at = to;
            tex_group(tex, groups[i].kind, groups[i].level);
            return true;
        }
    if (to - from == 5 && strncmp(tex->text + from, "begin", 5) == 0) {
        tex->at = to;
        tex_begin(tex);
        return true;
    }
    if (to - from == 3 && strncmp(tex->text + from, "end", 3) == 0) {
        tex->at = group_end(tex->text, tex->len, to);
        tex_open(tex, BLOCK_PARAGRAPH, 0);
        return true;
    }
    if (to - from == 7 && strncmp(tex->text + from, "bibitem", 7) == 0) {
        tex->at = to;
        if (tex->at < tex->len && tex->text[tex->at] == '[')
            while (tex->at < tex->len && tex->text[tex->at++] != ']')
                ;
        tex->at = group_end(tex->text, tex->len, tex->at);
        tex_open(tex, BLOCK_PARAGRAPH, 0);
        return true;
    }
    return false;
}

void extract_tex(struct document *doc, const char *text, size_t len)
{
    struct tex tex = { .text = text, .len = len, .run = STR_INIT };
    const char *body = memmem(text, len, "\\begin{document}", 16);

    plain_start(&tex.plain, doc);
    /* The preamble holds definitions; of it only the title and the authors are read. */
    while (tex.at < len) {
        char c = text[tex.at];

        if (c == '%' && (tex.at == 0 || text[tex.at - 1] != '\\')) {
            while (tex.at < len && text[tex.at] != '\n')
                tex.at++;
            tex.at++;
            continue;
        }
        if (c == '\\' && tex_command(&tex))
            continue;
        if (c == '\n' && tex.at + 1 < len && text[tex.at + 1] == '\n')
            tex_open(&tex, BLOCK_PARAGRAPH, 0);
        if (!body || text + tex.at >= body)
            str_add_char(&tex.run, c);
        tex.at++;
    }
    tex_flush(&tex);
    plain_finish(&tex.plain);
    str_free(&tex.run);
}
