/*
 * READMEs as text: as words to search, and as blocks to read. Both know as much of Markdown and of
 * the HTML in it as READMEs use, never fail, and look ahead a bounded way only.
 */
#include "carrel/repository.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define AHEAD 1000 /* bytes to look for the end of a link or of a stretch of code */
#define NESTED 6   /* links in links */

/* "<div align=center>", "<!-- ... -->": its length; 0 when no tag begins here. */
static size_t markdown_tag(const char *at)
{
    const char *end;

    if (strncmp(at, "<!--", 4) == 0) {
        end = strstr(at, "-->");
        return end ? (size_t)(end + 3 - at) : strlen(at);
    }
    if (at[0] != '<' || !(isalpha((unsigned char)at[1]) || at[1] == '/'))
        return 0;
    end = strpbrk(at + 1, "<>");
    return end && *end == '>' ? (size_t)(end + 1 - at) : 0;
}

static bool word_begins(const struct str *out)
{
    return out->len == 0 || isspace((unsigned char)out->ptr[out->len - 1]);
}

/* ---- as words ---- */

/* "](target)" of a link or picture; "https://..." by itself. */
static size_t markdown_address(const struct str *out, const char *at)
{
    const char *end;

    if (at[0] == ']' && at[1] == '(') {
        end = strpbrk(at, ")\n");
        return end && *end == ')' ? (size_t)(end + 1 - at) : 0;
    }
    if (word_begins(out) && (strncmp(at, "https://", 8) == 0 || strncmp(at, "http://", 7) == 0))
        return strcspn(at, " \t\r\n)>]\"");
    return 0;
}

void readme_words(struct str *out, const char *markdown, size_t most)
{
    const char *at = markdown;
    size_t from = out->len;

    while (*at && out->len - from < most) {
        size_t skip = markdown_tag(at);

        if (skip == 0)
            skip = markdown_address(out, at);
        if (skip > 0) {
            at += skip;
            if (!word_begins(out))
                str_add_char(out, ' ');
        } else if (strchr("#*`|>[]!~=\r\t", *at)) { /* marks that are no words */
            if (!word_begins(out))
                str_add_char(out, ' ');
            at++;
        } else if (*at == '\n') {
            if (out->len > from && out->ptr[out->len - 1] == ' ')
                str_cut(out, out->len - 1);
            if (!word_begins(out))
                str_add_char(out, '\n');
            at++;
        } else if (*at == ' ') {
            if (!word_begins(out))
                str_add_char(out, ' ');
            at++;
        } else {
            str_add_char(out, *at++);
        }
    }
    if ((*at & 0xC0) != 0x80)
        return;
    while (out->len > from && (out->ptr[out->len - 1] & 0xC0) == 0x80) /* a letter that was cut */
        str_cut(out, out->len - 1);
    str_cut(out, out->len > from ? out->len - 1 : from);
}

/* ---- as blocks: what stands in a line ---- */

static void inline_text(struct str *out, const char *at, size_t len, int nested);

static void inline_blank(struct str *out)
{
    if (!word_begins(out))
        str_add_char(out, ' ');
}

/* The length up to and with what closes the bracket here; 0: nothing near does. */
static size_t bracket_len(const char *at, size_t len, char open, char close)
{
    size_t i;
    int depth = 0;

    for (i = 0; i < len && i < AHEAD; i++) {
        if (at[i] == '\\' && i + 1 < len)
            i++;
        else if (at[i] == open)
            depth++;
        else if (at[i] == close && --depth == 0)
            return i + 1;
    }
    return 0;
}

/* "[text](target)", "[text][name]"; a picture is nothing. How much it took; 0: no link. */
static size_t inline_link(struct str *out, const char *at, size_t len, int nested)
{
    bool picture = *at == '!';
    size_t text = len > picture ? bracket_len(at + picture, len - picture, '[', ']') : 0;
    size_t took = picture + text, target = 0;

    if (text == 0)
        return 0;
    if (took < len && at[took] == '(')
        target = bracket_len(at + took, len - took, '(', ')');
    else if (took < len && at[took] == '[')
        target = bracket_len(at + took, len - took, '[', ']');
    if (target == 0)
        return 0;
    if (!picture)
        inline_text(out, at + 1, text - 2, nested + 1);
    return took + target;
}

/* "`code`", with as many marks behind as before, as it stands. */
static size_t inline_code(struct str *out, const char *at, size_t len)
{
    size_t marks = strspn(at, "`"), i, run;

    if (marks > len)
        return 0;
    for (i = marks; i < len && i < AHEAD; i += run ? run : 1) {
        run = strspn(at + i, "`");
        if (run == marks && i + run <= len) {
            str_add_mem(out, at + marks, i - marks);
            return i + run;
        }
    }
    return 0;
}

static size_t inline_entity(struct str *out, const char *at)
{
    static const struct {
        const char *name, *text;
    } entities[] = { { "&amp;", "&" },  { "&lt;", "<" },   { "&gt;", ">" },   { "&quot;", "\"" },
                     { "&#39;", "'" },  { "&apos;", "'" }, { "&nbsp;", " " }, { "&middot;", "·" },
                     { "&bull;", "•" }, { "&copy;", "©" } };
    size_t i;

    for (i = 0; i < ARRAY_LEN(entities); i++) {
        if (str_starts(at, entities[i].name)) {
            str_add(out, entities[i].text);
            return strlen(entities[i].name);
        }
    }
    return 0;
}

/* "<https://...>" is read; a tag is not, but divides words where it divides lines or cells. */
static size_t inline_tag(struct str *out, const char *at, size_t len)
{
    static const char *const divide[] = { "<br", "<p", "</p", "<td", "<th", "<tr", "<li", "<div" };
    size_t took = str_starts(at, "<http") ? strcspn(at, "> \t") : 0, i;

    if (took > 0 && took < len && at[took] == '>') {
        str_add_mem(out, at + 1, took - 1);
        return took + 1;
    }
    took = markdown_tag(at);
    if (took == 0 || took > len)
        return 0;
    for (i = 0; i < ARRAY_LEN(divide); i++)
        if (str_istarts(at, divide[i]))
            inline_blank(out);
    return took;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || (c & 0x80);
}

/* Stars, underscores and tildes around words; one in a word or by itself is a letter. */
static size_t inline_emphasis(const struct str *out, const char *at, size_t len)
{
    size_t marks = 1;
    char before = out->len ? out->ptr[out->len - 1] : ' ', after;

    while (marks < len && at[marks] == *at)
        marks++;
    after = marks < len ? at[marks] : ' ';
    if (*at == '~' && marks < 2)
        return 0;
    if (*at == '_' && is_word(before) && is_word(after))
        return 0;
    return isspace((unsigned char)before) && isspace((unsigned char)after) ? 0 : marks;
}

static void inline_text(struct str *out, const char *at, size_t len, int nested)
{
    const char *end = at + len;

    while (at < end) {
        size_t left = (size_t)(end - at), took = 0;

        if (*at == '\\' && left > 1 && ispunct((unsigned char)at[1])) {
            str_add_char(out, at[1]);
            took = 2;
        } else if ((*at == '[' || (*at == '!' && left > 1 && at[1] == '[')) && nested < NESTED) {
            took = inline_link(out, at, left, nested);
        } else if (*at == '`') {
            took = inline_code(out, at, left);
        } else if (*at == '<') {
            took = inline_tag(out, at, left);
        } else if (*at == '&') {
            took = inline_entity(out, at);
        } else if (strchr("*_~", *at)) {
            took = inline_emphasis(out, at, left);
        } else if (isspace((unsigned char)*at)) {
            inline_blank(out);
            took = 1;
        }
        if (took == 0) {
            str_add_char(out, *at);
            took = 1;
        }
        at += took;
    }
}

/* ---- as blocks: lines ---- */

struct readme_reader {
    void (*each)(void *ctx, const struct readme_block *block);
    void *ctx;
    struct str raw; /* of the block that is being read */
    enum readme_kind kind;
    int depth;
    char mark[16]; /* before an item */
    char fence;    /* what closes code; 0: none is open */
    size_t fence_len;
    bool comment, in_list;
};

static void reader_give(struct readme_reader *reader, enum readme_kind kind, const char *text)
{
    struct readme_block block = { .kind = kind, .depth = reader->depth, .text = text };

    reader->each(reader->ctx, &block);
}

static void reader_flush(struct readme_reader *reader)
{
    struct str text = STR_INIT;

    inline_text(&text, reader->raw.ptr, reader->raw.len, 0);
    str_trim(&text);
    if (text.len > 0 && reader->kind == README_ITEM)
        str_insert(&text, 0, reader->mark, strlen(reader->mark));
    if (text.len > 0)
        reader_give(reader, reader->kind, text.ptr);
    str_clear(&reader->raw);
    reader->kind = README_TEXT;
    reader->depth = 0;
    str_free(&text);
}

static void reader_start(struct readme_reader *reader, enum readme_kind kind, int depth)
{
    reader_flush(reader);
    reader->kind = kind;
    reader->depth = depth;
}

static void reader_add(struct readme_reader *reader, const char *text)
{
    if (reader->raw.len > 0)
        str_add_char(&reader->raw, ' ');
    str_add(&reader->raw, text);
}

static bool only_of(const char *text, const char *set, size_t least)
{
    return strlen(text) >= least && text[strspn(text, set)] == '\0';
}

/* True: the line belongs to a stretch of code or to a comment. */
static bool line_inside(struct readme_reader *reader, const char *line, const char *text)
{
    size_t marks;

    if (reader->comment) {
        reader->comment = !strstr(line, "-->");
        return true;
    }
    if (!reader->fence)
        return false;
    for (marks = 0; text[marks] == reader->fence; marks++)
        ;
    if (marks >= reader->fence_len && str_blank(text + marks))
        reader->fence = '\0';
    else
        reader_give(reader, README_CODE, line);
    return true;
}

/* True: the line opens code or a comment. */
static bool line_opens(struct readme_reader *reader, const char *text)
{
    if (str_starts(text, "```") || str_starts(text, "~~~")) {
        reader_flush(reader);
        reader->fence = *text;
        for (reader->fence_len = 0; text[reader->fence_len] == *text; reader->fence_len++)
            ;
        return true;
    }
    if (str_starts(text, "<!--") && !strstr(text, "-->")) {
        reader_flush(reader);
        reader->comment = true;
        return true;
    }
    return false;
}

/* "## Heading ##", "<h2>Heading</h2>", or what is underlined by this line. */
static bool line_heading(struct readme_reader *reader, char *text)
{
    size_t marks = strspn(text, "#"), len = strlen(text);

    if (marks >= 1 && marks <= 6 && (text[marks] == ' ' || text[marks] == '\t')) {
        while (len > marks && (text[len - 1] == '#' || text[len - 1] == ' '))
            text[--len] = '\0';
        reader_start(reader, README_HEADING, (int)marks);
        reader_add(reader, text + marks);
        reader_flush(reader);
        return true;
    }
    if (str_istarts(text, "<h") && text[2] >= '1' && text[2] <= '6') {
        reader_start(reader, README_HEADING, text[2] - '0');
        reader_add(reader, text);
        if (strcasestr(text, "</h"))
            reader_flush(reader);
        return true;
    }
    if (reader->raw.len > 0 && reader->kind == README_TEXT
        && (only_of(text, "=", 3) || only_of(text, "-", 3))) {
        reader->kind = README_HEADING;
        reader->depth = *text == '=' ? 1 : 2;
        reader_flush(reader);
        return true;
    }
    return false;
}

/* A row of a table: its cells, with blanks between; the rule below the head is none. */
static bool line_row(struct readme_reader *reader, const char *text)
{
    const char *at = text + 1;

    if (*text != '|')
        return false;
    reader_start(reader, README_ROW, 0);
    if (!only_of(text, "|-: ", 1)) {
        for (; *at; at++)
            str_add(&reader->raw, *at == '|' ? at[1] ? " · " : "" : (char[]){ *at, '\0' });
    }
    reader_flush(reader);
    return true;
}

static bool line_item(struct readme_reader *reader, const char *text, size_t indent)
{
    size_t digits = strspn(text, "0123456789"), mark = 0;

    if (strchr("-*+", *text) && (text[1] == ' ' || text[1] == '\t'))
        mark = 1;
    else if (digits > 0 && digits < 6 && strchr(".)", text[digits]) && text[digits + 1] == ' ')
        mark = digits + 1;
    if (mark == 0)
        return false;
    reader_start(reader, README_ITEM, indent > 12 ? 6 : (int)indent / 2);
    memcpy(reader->mark, mark == 1 ? "-" : text, mark);
    memcpy(reader->mark + mark, " ", 2);
    reader->in_list = true;
    reader_add(reader, text + mark + 1);
    return true;
}

static bool line_quote(struct readme_reader *reader, const char *text)
{
    if (*text != '>')
        return false;
    if (reader->kind != README_QUOTE)
        reader_start(reader, README_QUOTE, 0);
    text += strspn(text, "> ");
    if (*text)
        reader_add(reader, text);
    else
        reader_flush(reader);
    return true;
}

static void reader_line(struct readme_reader *reader, char *line)
{
    char *text = line + strspn(line, " \t");
    size_t indent = (size_t)(text - line) + 3 * (size_t)(line[0] == '\t');

    if (line_inside(reader, line, text))
        return;
    if (!*text) {
        reader_flush(reader);
        return;
    }
    if (indent == 0 && reader->raw.len == 0)
        reader->in_list = false;
    if (line_opens(reader, text) || line_item(reader, text, indent))
        return;
    if (indent >= 4 && reader->raw.len == 0 && !reader->in_list) {
        reader_give(reader, README_CODE, line);
        return;
    }
    if (line_heading(reader, text) || line_row(reader, text) || line_quote(reader, text))
        return;
    if (only_of(text, "-* _", 3) || (*text == '[' && strstr(text, "]: "))) /* a rule; an address */
        reader_flush(reader);
    else if (reader->kind == README_HEADING && strcasestr(text, "</h")) {
        reader_add(reader, text);
        reader_flush(reader);
    } else {
        reader_add(reader, text);
    }
}

void readme_blocks(const char *markdown, void (*each)(void *ctx, const struct readme_block *block),
                   void *ctx)
{
    struct readme_reader reader = { .each = each, .ctx = ctx };
    struct str line = STR_INIT;

    str_init(&reader.raw);
    while (*markdown) {
        size_t len = strcspn(markdown, "\n");

        str_clear(&line);
        str_add_mem(&line, markdown, len);
        while (line.len > 0 && isspace((unsigned char)line.ptr[line.len - 1]))
            str_cut(&line, line.len - 1);
        reader_line(&reader, line.ptr);
        markdown += len + (markdown[len] == '\n');
    }
    reader_flush(&reader);
    str_free(&reader.raw);
    str_free(&line);
}
