/*
 * What text takes on a terminal: columns, grapheme clusters, cutting and wrapping. Widths are
 * utf8proc's (East Asian Width of Unicode Annex 11), with emoji presentation and combining marks as
 * terminals draw them.
 */
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

int text_rune_width(unsigned rune)
{
    if (rune < 0x20 || rune == 0x7F)
        return 0;
    if (rune < 0x300)
        return rune == 0xAD ? 0 : 1;
    if (rune > 0x10FFFF)
        return 1;
    return utf8proc_charwidth((utf8proc_int32_t)rune);
}

size_t text_grapheme(const char *text, size_t len, int *width)
{
    utf8proc_int32_t state = 0;
    unsigned rune, next;
    size_t took, more;

    *width = 0;
    if (len == 0)
        return 0;
    took = utf8_decode(text, len, &rune);
    *width = text_rune_width(rune);
    /* Printable ASCII followed by ASCII is a cluster of its own: no table needed. */
    if (rune < 0x7F && (took == len || (unsigned char)text[took] < 0x80))
        return took;
    while (took < len) {
        more = utf8_decode(text + took, len - took, &next);
        if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)rune, (utf8proc_int32_t)next,
                                             &state))
            break;
        if (next == 0xFE0F) /* emoji presentation */
            *width = 2;
        else if (text_rune_width(next) > *width)
            *width = text_rune_width(next);
        rune = next;
        took += more;
    }
    return took;
}

size_t text_fit(const char *text, int columns, int *used)
{
    size_t len = strlen(text), at = 0;
    int width, total = 0;

    while (at < len) {
        size_t took = text_grapheme(text + at, len - at, &width);

        if (total + width > columns)
            break;
        total += width;
        at += took;
    }
    if (used)
        *used = total;
    return at;
}

int text_width(const char *text)
{
    int used;

    text_fit(text, 1 << 30, &used);
    return used;
}

void text_ellipsis(struct str *out, const char *text, int columns, bool ascii)
{
    size_t fits = text_fit(text, columns, NULL);

    if (columns <= 0)
        return;
    if (text[fits] == '\0') {
        str_add_mem(out, text, fits);
        return;
    }
    str_add_mem(out, text, text_fit(text, columns - 1, NULL));
    str_add(out, ascii ? "~" : "\xE2\x80\xA6");
}

size_t text_wrap(const char *text, int columns, size_t *next)
{
    size_t len = strcspn(text, "\n"), at = 0, blank_end = 0, blank_start = 0;
    int width, total = 0;

    if (columns < 1)
        columns = 1;
    while (at < len) {
        size_t took = text_grapheme(text + at, len - at, &width);

        if (text[at] == ' ') {
            if (at == 0 || text[at - 1] != ' ')
                blank_start = at;
            blank_end = at + 1;
        }
        if (total + width > columns)
            break;
        total += width;
        at += took;
    }
    if (at == len) { /* the rest fits */
        *next = text[len] == '\n' ? len + 1 : len;
        return len;
    }
    if (blank_end > 0 && blank_start > 0) {
        while (text[blank_end] == ' ')
            blank_end++;
        *next = blank_end;
        return blank_start;
    }
    if (at == 0) /* one wide character in one column: it must go somewhere */
        at = text_grapheme(text, len, &width);
    *next = at;
    return at;
}

const char *text_versions(void)
{
    static char text[40];

    snprintf(text, sizeof text, "utf8proc %s", utf8proc_version());
    return text;
}
