/*
 * Values of references that people write in many ways, in the one way of the styles: editions,
 * ranges of pages, versions, and where something came out that has no publisher.
 */
#include "reference.h"

#include "bibliography.h"

#include "carrel/mem.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- editions ---- */

static const char *const ordinals[] = { "first", "second",  "third",  "fourth", "fifth",
                                        "sixth", "seventh", "eighth", "ninth",  "tenth" };

/* 6 of "6", "6.", "6th" and "Sixth"; 0: it is another word. */
static long ordinal_of(const char *word, size_t len)
{
    static const char *const behind[] = { "", ".", "st", "nd", "rd", "th" };
    size_t digits = strspn(word, "0123456789"), i;

    for (i = 0; i < ARRAY_LEN(ordinals); i++)
        if (strlen(ordinals[i]) == len && strncasecmp(ordinals[i], word, len) == 0)
            return (long)i + 1;
    if (digits == 0 || digits > 4 || digits > len)
        return 0;
    for (i = 0; i < ARRAY_LEN(behind); i++)
        if (strlen(behind[i]) == len - digits
            && strncasecmp(behind[i], word + digits, len - digits) == 0)
            return atol(word);
    return 0;
}

static const char *ordinal_end(long number)
{
    if (number / 10 % 10 == 1)
        return "th";
    return number % 10 == 1 ? "st" : number % 10 == 2 ? "nd" : number % 10 == 3 ? "rd" : "th";
}

/* The bytes in front of the word for an edition that it ends with. */
static size_t edition_words(const char *text)
{
    static const char *const ends[] = { "edition", "edn.", "edn", "ed.", "ed" };
    size_t len = strlen(text), i;

    for (i = 0; i < ARRAY_LEN(ends); i++) {
        size_t end = strlen(ends[i]);

        if (len > end && text[len - end - 1] == ' ' && strcasecmp(text + len - end, ends[i]) == 0)
            return len - end - 1;
    }
    return len;
}

void reference_edition(struct str *out, const char *tex)
{
    struct str text = STR_INIT;
    size_t len;
    long number;

    plain_value(&text, tex);
    len = edition_words(text.ptr);
    number = ordinal_of(text.ptr, len);
    if (number > 1)
        str_printf(out, "%ld%s ed.", number, ordinal_end(number));
    else if (number == 0 && (len < text.len || !strpbrk(text.ptr, " .")))
        str_printf(out, "%.*s ed.", (int)len, text.ptr); /* "Revised" */
    else if (number == 0)                                /* "2. Auflage" */
        str_add(out, text.ptr);
    str_free(&text);
}

/* ---- pages ---- */

static bool page_byte(char c)
{
    return isalnum((unsigned char)c) || c == '.' || c == ':';
}

/* Is it a page: does it have a number, Arabic or Roman? */
static bool is_page(const char *text, size_t len)
{
    size_t i, roman = 0;

    for (i = 0; i < len; i++) {
        if (isdigit((unsigned char)text[i]))
            return true;
        roman += strchr("ivxlcdm", text[i]) != NULL;
    }
    return len > 0 && roman == len;
}

/* A hyphen between two pages is a dash; "S-12" is one page. */
void reference_pages(struct str *out, const char *tex)
{
    struct str text = STR_INIT;
    size_t at;

    plain_value(&text, tex); /* "1--9" comes out with a dash */
    for (at = 0; at < text.len; at++) {
        const char *hyphen = text.ptr + at;
        size_t before = 0, behind = 0;

        if (*hyphen != '-') {
            str_add_char(out, *hyphen);
            continue;
        }
        while (before < at && page_byte(hyphen[-1 - (long)before]))
            before++;
        while (page_byte(hyphen[1 + behind]))
            behind++;
        if (is_page(hyphen - before, before) && is_page(hyphen + 1, behind)
            && hyphen[1 + behind] != '-' && (before == at || hyphen[-1 - (long)before] != '-'))
            str_add(out, "–");
        else
            str_add_char(out, '-');
    }
    str_free(&text);
}

void reference_part(struct str *out, const struct citation *entry)
{
    const char *volume = citation_get(entry, "volume"), *number = citation_get(entry, "number");
    const char *pages = citation_get(entry, "pages");

    if (volume) {
        str_add(out, "volume ");
        plain_value(out, volume);
    }
    if (number) {
        str_add(out, volume ? " (" : "number ");
        plain_value(out, number);
        str_add(out, volume ? ")" : "");
    }
    if (pages) {
        str_printf(out, "%s%s ", out->len ? ", " : "",
                   strpbrk(pages, "-,") || strstr(pages, "–") ? "pages" : "page");
        reference_pages(out, pages);
    }
}

/* ---- versions, places ---- */

void reference_version(struct str *out, const char *tex)
{
    struct str text = STR_INIT;
    const char *at;

    plain_value(&text, tex);
    at = text.ptr;
    if (str_istarts(at, "version "))
        at += strlen("version ");
    else if ((*at == 'v' || *at == 'V') && isdigit((unsigned char)at[1]))
        at++;
    str_add(out, at);
    str_free(&text);
}

/* Nothing where a reference says it elsewhere: a publisher, its address, its number at arXiv. */
const char *reference_platform(const struct citation *entry)
{
    static const char *const others[] = { "journaltitle", "booktitle", "publisher", "institution",
                                          NULL };
    const char *place = citation_get(entry, "howpublished"), *kind, *url, *doi;

    if (!place || citation_first(entry, others))
        return NULL;
    kind = citation_get(entry, "eprinttype");
    url = citation_get(entry, "url");
    doi = citation_get(entry, "doi");
    if ((kind && strcasestr(place, kind)) || (url && strstr(place, url))
        || (doi && strcasestr(place, doi)))
        return NULL;
    return place;
}

/* "\\url{https://x}" in the words of how it was published is an address. */
void reference_settle(struct citation *out, struct arena *arena, const struct citation *entry)
{
    const char *how = citation_get(entry, "howpublished");
    struct str text = STR_INIT;

    citation_copy(out, entry, arena);
    if (how)
        plain_value(&text, how);
    if ((str_istarts(text.ptr, "http://") || str_istarts(text.ptr, "https://"))
        && !strchr(text.ptr, ' ')) {
        citation_set(out, arena, "howpublished", NULL);
        if (!citation_get(out, "url"))
            citation_set(out, arena, "url", text.ptr);
    }
    str_free(&text);
}

const char *reference_medium(const struct citation *entry)
{
    if (strcmp(entry->type, "dataset") == 0)
        return "Data set";
    return strcmp(entry->type, "software") == 0 ? "Computer software" : NULL;
}

/* ---- titles ---- */

/* A style sets its own stop. Of a short word, or one with more of them, it is a part: "et al.",
 * "U.S." */
size_t reference_title_len(const char *text)
{
    size_t len = strlen(text), word = 0;

    if (len == 0 || text[len - 1] != '.')
        return len;
    while (word + 1 < len && isalpha((unsigned char)text[len - 2 - word]))
        word++;
    if (word < 4 || (word + 1 < len && text[len - 2 - word] == '.'))
        return len;
    return len - 1;
}
