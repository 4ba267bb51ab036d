/*
 * Cutting a file of BibTeX into entries, byte by byte, so that only one is held at a time.
 *
 * Outside of entries everything is passed over, as BibTeX does, and lines that begin with "%" with
 * all that is in them. An entry ends where its brackets do. Where a bracket is missing everything
 * behind would be swallowed: so an "@word{key," at the beginning of a line begins a new entry
 * wherever it stands, and the one before is said to have no end.
 */
#include "bibtex.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct bibtex *bibtex_of(struct parser *p)
{
    struct bibtex *b = p->bibtex;

    if (b)
        return b;
    b = p->bibtex = mem_zalloc(sizeof *b);
    str_init(&b->raw);
    str_init(&b->heading);
    str_init(&b->macro_text);
    b->line = p->line_number + 1;
    b->line_start = true;
    b->before = '\n';
    b->work = arena_new();
    b->shelf = arena_new();
    b->macros = hashmap_new();
    b->keys = hashmap_new();
    b->read = hashmap_new();
    return b;
}

void bibtex_free(struct parser *p)
{
    struct bibtex *b = p->bibtex;

    if (!b)
        return;
    str_free(&b->raw);
    str_free(&b->heading);
    str_free(&b->macro_text);
    arena_free(b->work);
    arena_free(b->shelf);
    hashmap_free(b->macros);
    hashmap_free(b->keys);
    hashmap_free(b->read);
    free(b->kept);
    free(b);
}

/* ---- outside ---- */

/* "% Encoding: Cp1252", as JabRef writes it. */
static void heading_read(struct bibtex *b)
{
    const char *said = strcasestr(b->heading.ptr, "encoding:");

    if (said && !*b->charset) {
        said += strlen("encoding:");
        said += strspn(said, " \t");
        snprintf(b->charset, sizeof b->charset, "%.*s", (int)strcspn(said, " \t\r\n"), said);
    }
    str_clear(&b->heading);
}

static void outside(struct bibtex *b, char c)
{
    if (c == '\n' || c == '\r') {
        heading_read(b);
        b->comment = false;
    } else if (b->heading.len < 200) {
        str_add_char(&b->heading, c);
    }
    if (c == '%' && b->line_start)
        b->comment = true;
    if (c == '@' && !b->comment && !isalnum((unsigned char)b->before)) {
        str_clear(&b->raw);
        str_add_char(&b->raw, c);
        b->start = b->line;
        b->state = BIB_NAME;
    }
    b->before = c;
}

/* ---- an entry's word ---- */

static void body_begin(struct bibtex *b, char open)
{
    b->state = BIB_BODY;
    b->open = open;
    b->depth = open == '{';
    b->quoted = b->too_long = false;
    b->again = 0;
    b->comment = strncasecmp(b->raw.ptr, "@comment", 8) == 0;
}

static void name_byte(struct bibtex *b, char c)
{
    bool blank = isspace((unsigned char)c) != 0;
    char last = b->raw.ptr[b->raw.len - 1];

    if ((c == '{' || c == '(') && b->raw.len > 1) {
        str_add_char(&b->raw, c);
        body_begin(b, c);
    } else if ((isalnum((unsigned char)c) || strchr("_-+:.", c)) && c != '\0'
               && !isspace((unsigned char)last) && b->raw.len < 100) {
        str_add_char(&b->raw, c);
    } else if (blank && b->raw.len > 1 && b->raw.len < 100) {
        str_add_char(&b->raw, ' ');
    } else { /* no entry: an address, say */
        b->state = BIB_OUTSIDE;
        b->comment = false;
        b->before = ' ';
        if (c == '@')
            outside(b, c);
    }
}

/* ---- its body ---- */

static void body_open(struct parser *p)
{
    const struct bibtex *b = p->bibtex;
    char *head = mem_strndup(b->raw.ptr, strcspn(b->raw.ptr, ",\r\n"));

    p->sink.open(p->sink.ctx, b->start, head, b->ended);
    free(head);
}

static void body_end(struct parser *p, bool whole)
{
    struct bibtex *b = p->bibtex;

    if (!whole && p->sink.open)
        body_open(p);
    if (b->too_long)
        record_reject(p, b->start, "an entry of more than 4 MiB");
    else
        bibtex_entry(p, b->raw.ptr, b->raw.len, b->start, whole);
    b->state = BIB_OUTSIDE;
    b->comment = false;
    b->before = '}';
    str_clear(&b->raw);
}

/* "@word{key" between `again` and the end of raw, and nothing else. */
static bool again_entry(const struct bibtex *b)
{
    const char *at = b->raw.ptr + b->again + 1;
    size_t word = 0, key;

    while (isalpha((unsigned char)at[word]))
        word++;
    key = word + 1;
    if (word == 0 || (at[word] != '{' && at[word] != '('))
        return false;
    return strcspn(at + key, " \t\"={}()#%") == strlen(at + key);
}

/* The entry before ends here without its bracket; the new one is complete up to its first comma. */
static void again_begin(struct parser *p)
{
    struct bibtex *b = p->bibtex;
    char *next = mem_strndup(b->raw.ptr + b->again, b->raw.len - b->again);
    long line = b->again_line;

    str_cut(&b->raw, b->again);
    body_end(p, false);
    str_add(&b->raw, next);
    b->start = line;
    body_begin(b, next[strcspn(next, "{(")]);
    free(next);
}

/* Does this byte end it? In braces by their number; in parentheses by one that is in no value. */
static bool body_closes(struct bibtex *b, char c)
{
    if (c == '{')
        b->depth++;
    else if (c == '}' && b->depth > 0)
        b->depth--;
    if (b->open == '{')
        return b->depth == 0;
    if (c == '"' && b->depth == 0)
        b->quoted = !b->quoted;
    return c == ')' && b->depth == 0 && !b->quoted;
}

static void body_byte(struct parser *p, char c)
{
    struct bibtex *b = p->bibtex;

    if (b->raw.len >= BIBTEX_ENTRY_MAX && !b->too_long) {
        b->too_long = true;
        b->again = 0;
        str_cut(&b->raw, 1);
    }
    if (c == '@' && b->line_start && !b->comment) {
        if (b->too_long)
            str_cut(&b->raw, 1);
        b->again = b->raw.len;
        b->again_line = b->line;
    } else if (c == '\n') {
        b->again = 0;
    } else if (c == ',' && b->again && again_entry(b)) {
        again_begin(p);
    }
    if (!b->too_long || b->again)
        str_add_char(&b->raw, c);
    if (body_closes(b, c))
        body_end(p, true);
}

int bibtex_feed(struct parser *p, const char *bytes, size_t len, struct error *err)
{
    struct bibtex *b = bibtex_of(p);
    size_t i;

    (void)err;
    for (i = 0; i < len && !p->stopped; i++) {
        char c = bytes[i];

        if (b->state == BIB_BODY)
            body_byte(p, c);
        else if (b->state == BIB_NAME)
            name_byte(b, c);
        else
            outside(b, c);
        b->line += c == '\n';
        b->line_start = c == '\n' || c == '\r';
    }
    return ERR_OK;
}

/* A comment without its bracket has swallowed everything: said, and read again from its next line
 * on. */
static void comment_open(struct parser *p, struct error *err)
{
    struct bibtex *b = p->bibtex;
    const char *next = strchr(b->raw.ptr, '\n');
    char *text = mem_strdup(next && !b->too_long ? next + 1 : "");

    b->line = b->start + 1;
    body_end(p, false);
    bibtex_feed(p, text, strlen(text), err);
    free(text);
}

int bibtex_finish(struct parser *p, struct error *err)
{
    struct bibtex *b = bibtex_of(p);
    int tries;

    for (tries = 0; tries < 5 && b->state == BIB_BODY && b->comment && !p->stopped; tries++)
        comment_open(p, err);
    b->ended = true;
    if (b->state == BIB_BODY)
        body_end(p, false);
    bibtex_settle(p);
    return ERR_OK;
}
