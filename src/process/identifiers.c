/*
 * Identifiers inside running text. What they look like is ident_parse's knowledge (model); here
 * they are found among words, with the punctuation that sentences put around them taken off.
 */
#include "identifiers.h"

#include "carrel/record.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define IDENT_MAX 200

/* Bytes up to a blank, without the marks a sentence ends with. */
static size_t token(const char *text)
{
    size_t len = strcspn(text, " \n\t\"<>{}|\\^`");

    if (len > IDENT_MAX)
        len = IDENT_MAX;
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

static char *arxiv_at(struct arena *arena, const char *text, uint32_t *version)
{
    size_t len = arxiv_number(text);
    struct ident ident;
    char number[64];

    if (len == 0 || len >= sizeof number)
        return NULL;
    memcpy(number, text, len);
    number[len] = '\0';
    if (!ident_parse(&ident, number) || ident.scheme != ID_ARXIV)
        return NULL;
    if (version)
        *version = (uint32_t)ident.version;
    return arena_strdup(arena, ident.value);
}

char *find_arxiv(struct arena *arena, const char *text, uint32_t *version)
{
    static const char *const fillers[] = { ".org",      "/abs/",    "/pdf/",
                                           " preprint", " e-print", " arxiv" };
    const char *at = text;
    char *found;
    size_t i;

    while ((at = strcasestr(at, "arxiv"))) {
        at += 5;
        for (i = 0; i < ARRAY_LEN(fillers); i++)
            if (strncasecmp(at, fillers[i], strlen(fillers[i])) == 0)
                at += strlen(fillers[i]);
        found = arxiv_at(arena, at + strspn(at, ": [("), version);
        if (found)
            return found;
    }
    at = strstr(text, "abs/");
    return at ? arxiv_at(arena, at + 4, version) : NULL;
}

char *find_doi(struct arena *arena, const char *text)
{
    const char *at = text;
    struct ident ident;

    while ((at = strstr(at, "10."))) {
        size_t len = token(at), digits = strspn(at + 3, "0123456789.");
        char doi[IDENT_MAX + 1];

        if (digits >= 4 && at[3 + digits] == '/' && len > digits + 5
            && (at == text || !isalnum((unsigned char)at[-1]))) {
            memcpy(doi, at, len);
            doi[len] = '\0';
            if (ident_parse(&ident, doi) && ident.scheme == ID_DOI)
                return arena_strdup(arena, ident.value);
        }
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
