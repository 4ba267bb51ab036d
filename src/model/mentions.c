/*
 * Identifiers inside running text. What they look like is ident_parse's knowledge (model); here
 * they are found among words, with the punctuation that sentences put around them taken off.
 */
#include "carrel/mentions.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define IDENT_MAX 200

/* Bytes up to a blank, without the marks a sentence ends with. */
static size_t token(const char *text)
{
    size_t len = strcspn(text, " \n\t\"<>{}|\\^`");

    if (len > IDENT_MAX)
        for (len = IDENT_MAX; len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80; len--)
            ; /* no half of a letter */
    while (len > 0 && strchr(".,;:)]'", text[len - 1])) {
        /* A closing bracket that was opened inside belongs to it. */
        if (text[len - 1] == ')' && memchr(text, '(', len))
            break;
        len--;
    }
    return len;
}

/* "1706.03762v5", "hep-th/9901001": the length, 0 for other text. */
static size_t arxiv_number(const char *text)
{
    size_t i, k;

    for (i = 0; i < 4 && isdigit((unsigned char)text[i]); i++)
        ;
    if (i == 4 && text[4] == '.') {
        for (k = 5; isdigit((unsigned char)text[k]); k++)
            ;
        if (k < 9 || k > 10)
            return 0;
        i = k;
    } else {
        for (i = 0;
             islower((unsigned char)text[i])
             || (i > 0 && (text[i] == '-' || text[i] == '.' || isupper((unsigned char)text[i])));
             i++)
            ;
        if (i < 2 || text[i] != '/')
            return 0;
        for (k = i + 1; isdigit((unsigned char)text[k]); k++)
            ;
        if (k - i - 1 != 7)
            return 0;
        i = k;
    }
    if (text[i] == 'v' && isdigit((unsigned char)text[i + 1]))
        for (i++; isdigit((unsigned char)text[i]); i++)
            ;
    return i;
}

static bool arxiv_ident(struct ident *ident, const char *text, size_t len)
{
    char number[64];

    if (len == 0 || len >= sizeof number)
        return false;
    memcpy(number, text, len);
    number[len] = '\0';
    return ident_parse(ident, number) && ident->scheme == ID_ARXIV;
}

static char *arxiv_at(struct arena *arena, const char *text, uint32_t *version)
{
    struct ident ident;

    if (!arxiv_ident(&ident, text, arxiv_number(text)))
        return NULL;
    if (version)
        *version = (uint32_t)ident.version;
    return arena_strdup(arena, ident.value);
}

/* Over what may stand between "arXiv" and the number. */
static const char *arxiv_fillers(const char *at)
{
    static const char *const fillers[] = { ".org",      "/abs/",    "/pdf/",
                                           " preprint", " e-print", " arxiv" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(fillers); i++)
        if (strncasecmp(at, fillers[i], strlen(fillers[i])) == 0)
            at += strlen(fillers[i]);
    return at + strspn(at, ": [(");
}

char *find_arxiv(struct arena *arena, const char *text, uint32_t *version)
{
    const char *at = text;
    char *found;

    while ((at = strcasestr(at, "arxiv"))) {
        at += 5;
        found = arxiv_at(arena, arxiv_fillers(at), version);
        if (found)
            return found;
    }
    at = strstr(text, "abs/");
    return at ? arxiv_at(arena, at + 4, version) : NULL;
}

/* The length of the DOI that stands here; 0: none. Of arXiv's own DOIs *ident is the paper's number
 * there. */
static size_t doi_at(struct ident *ident, const char *text, const char *at)
{
    size_t len = token(at), digits = strspn(at + 3, "0123456789.");
    char doi[IDENT_MAX + 1];

    if (digits < 4 || at[3 + digits] != '/' || len <= digits + 5
        || (at > text && isalnum((unsigned char)at[-1])))
        return 0;
    memcpy(doi, at, len);
    doi[len] = '\0';
    return ident_parse(ident, doi) ? len : 0;
}

char *find_doi(struct arena *arena, const char *text)
{
    const char *at = text;
    struct ident ident;

    while ((at = strstr(at, "10."))) {
        if (doi_at(&ident, text, at) && ident.scheme == ID_DOI)
            return arena_strdup(arena, ident.value);
        at += 3;
    }
    return NULL;
}

char *find_url(struct arena *arena, const char *text)
{
    const char *at = strstr(text, "http");
    size_t len;

    if (!at || (strncmp(at, "http://", 7) != 0 && strncmp(at, "https://", 8) != 0))
        return NULL;
    len = token(at);
    return len > 10 ? arena_strndup(arena, at, len) : NULL;
}

/* Where an arXiv number may stand after a word that announces one; NULL: no such word here. */
static const char *announced(const char *at)
{
    static const char *const pages[] = { "huggingface.co/papers/", "alphaxiv.org/abs/" };
    size_t i;

    if (strncasecmp(at, "arxiv", 5) == 0) {
        at = arxiv_fillers(at + 5);
        return at + strspn(at, "-_/"); /* a badge's "arXiv-1706.03762-b31b1b.svg" */
    }
    if (strncasecmp(at, "eprint", 6) == 0)
        return at + 6 + strspn(at + 6, " \t=:{\"'");
    for (i = 0; i < ARRAY_LEN(pages); i++)
        if (strncasecmp(at, pages[i], strlen(pages[i])) == 0)
            return at + strlen(pages[i]);
    return NULL;
}

bool mention_next(struct ident *out, const char **where, const char **at)
{
    const char *begin = *at, *from;

    for (from = begin; *from; from++) {
        const char *number = NULL;
        size_t len = 0;

        if (strchr("aAeEhH", *from))
            number = announced(from);
        if (number)
            len = arxiv_number(number);
        if (len > 0 && arxiv_ident(out, number, len)) {
            *where = number;
            *at = number + len;
            return true;
        }
        len = 0;
        if (from[0] == '1' && from[1] == '0' && from[2] == '.')
            len = doi_at(out, begin, from);
        if (len > 0) {
            *where = from;
            *at = from + len;
            return true;
        }
    }
    *at = from;
    return false;
}
