/*
 * The first bytes. UTF-16 (with a mark, or without one, where every other byte is 0) becomes UTF-8
 * before anybody reads it, but for XML, whose parser knows it. And text that begins with none of
 * JSON's and XML's characters may be a bibliography: it is kept until a line says which.
 */
#include "parser.h"

#include "carrel/utf8.h"

#include <ctype.h>
#include <string.h>

#define EARLY_MAX (64u << 10)

/* ---- UTF-16 ---- */

/* Of at least four bytes. XML's "<" is left to expat. */
static void utf16_see(struct parser *p, const unsigned char *at)
{
    bool le = at[0] == 0xFF && at[1] == 0xFE, be = at[0] == 0xFE && at[1] == 0xFF;

    if (le || (at[0] && !at[1] && at[2] && !at[3]))
        p->utf16 = UTF16_LE;
    else if (be || (!at[0] && at[1] && !at[2] && at[3]))
        p->utf16 = UTF16_BE;
    if (at[le || be ? 2 : 0] == '<' || at[le || be ? 3 : 1] == '<')
        p->utf16 = UTF16_NONE;
}

static unsigned utf16_unit(const struct parser *p, const unsigned char *at)
{
    return p->utf16 == UTF16_LE ? (unsigned)at[0] | (unsigned)at[1] << 8
                                : (unsigned)at[1] | (unsigned)at[0] << 8;
}

/* One more byte: a character when it is whole. */
static void utf16_byte(struct parser *p, unsigned char byte)
{
    unsigned first, second;

    p->carry[p->carry_len++] = byte;
    if (p->carry_len % 2 != 0)
        return;
    first = utf16_unit(p, p->carry);
    if (p->carry_len == 2 && first >= 0xD800 && first < 0xDC00)
        return;
    second = p->carry_len == 4 ? utf16_unit(p, p->carry + 2) : 0;
    p->carry_len = 0;
    if (second >= 0xDC00 && second < 0xE000) {
        first = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        second = 0;
    }
    if (first != 0xFEFF)
        str_add_rune(&p->narrow, first);
    if (second)
        str_add_rune(&p->narrow, second);
}

static void utf16_pass(struct parser *p, const char **bytes, size_t *len)
{
    size_t i;

    str_clear(&p->narrow);
    for (i = 0; i < *len; i++)
        utf16_byte(p, (unsigned char)(*bytes)[i]);
    *bytes = p->narrow.ptr;
    *len = p->narrow.len;
}

/* ---- bibliographies ---- */

/* "@word{" or "@word(" */
static bool bibtex_at(const char *at, size_t len)
{
    size_t word = 1;

    if (*at != '@')
        return false;
    while (word < len && isalpha((unsigned char)at[word]))
        word++;
    if (word == 1)
        return false;
    while (word < len && isspace((unsigned char)at[word]))
        word++;
    return word < len && (at[word] == '{' || at[word] == '(');
}

/* "TY  -" */
static bool ris_at(const char *at, size_t len)
{
    size_t blanks = 2;

    if (len < 4 || at[0] != 'T' || at[1] != 'Y')
        return false;
    while (blanks < len && blanks < 6 && at[blanks] == ' ')
        blanks++;
    return blanks < len && at[blanks] == '-';
}

/* A line of two backslashes, and a number of arXiv's. */
static bool mail_at(const char *at, size_t len)
{
    size_t i = 2;

    if (len < 4 || at[0] != '\\' || at[1] != '\\')
        return false;
    while (i < len && (at[i] == '\r' || at[i] == ' '))
        i++;
    return i < len && at[i] == '\n'
           && ((len - i > 6 && memcmp(at + i + 1, "arXiv:", 6) == 0)
               || (len - i > 7 && memcmp(at + i + 1, "Paper: ", 7) == 0));
}

static bool guess(struct parser *p, const char *bytes, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (bibtex_at(bytes + i, len - i))
            p->format = PARSE_BIBTEX;
        else if ((i == 0 || bytes[i - 1] == '\n') && ris_at(bytes + i, len - i))
            p->format = PARSE_RIS;
        else if ((i == 0 || bytes[i - 1] == '\n') && mail_at(bytes + i, len - i))
            p->format = PARSE_ARXIV_MAIL;
        if (p->format != PARSE_AUTO)
            return true;
    }
    return false;
}

/* Is it to be told what this is? */
static bool tells(struct parser *p)
{
    const char *at = p->early.ptr;
    size_t len = p->early.len;

    if (len < 4)
        return false;
    utf16_see(p, (const unsigned char *)at);
    if (p->utf16) {
        utf16_pass(p, &at, &len);
        p->carry_len = 0;
    }
    if (p->format != PARSE_AUTO)
        return true;
    while (len > 0 && *at && (isspace((unsigned char)*at) || strchr("\xEF\xBB\xBF", *at))) {
        at++;
        len--;
    }
    if (len > 0 && *at && strchr("{[<\xFF\xFE", *at))
        return true;
    if (p->early.len < EARLY_MAX
        && p->early.len < p->looked + p->looked / 2) /* not at each byte that comes alone */
        return false;
    p->looked = p->early.len;
    return guess(p, at, len < EARLY_MAX ? len : EARLY_MAX) || len >= EARLY_MAX;
}

bool early_feed(struct parser *p, const char **bytes, size_t *len, bool last)
{
    if (!p->decided) {
        str_add_mem(&p->early, *bytes ? *bytes : "", *len);
        p->looked = last ? 0 : p->looked;
        p->decided = tells(p) || last;
        if (!p->decided)
            return false;
        *bytes = p->early.ptr;
        *len = p->early.len;
    } else if (last) {
        return false;
    }
    if (p->utf16)
        utf16_pass(p, bytes, len);
    return true;
}
