/*
 * Texts that went wrong on their way: wrong character sets, titles in capitals, brackets that do
 * not pair; and the check digits of books and serials.
 */
#include "lint.h"

#include "carrel/lint.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <string.h>

/* ---- check digits ---- */

/* The digits alone; "X" is 10, at the end only. More than `most`: most + 1. */
static size_t digits_of(const char *text, int *out, size_t most)
{
    size_t count = 0;

    for (; *text && count <= most; text++) {
        bool ten = (*text == 'X' || *text == 'x') && !text[1];

        if (!isdigit((unsigned char)*text) && !ten)
            continue;
        if (count < most)
            out[count] = ten ? 10 : *text - '0';
        count++;
    }
    return count;
}

bool isbn_valid(const char *text)
{
    int digit[13] = { 0 }, sum = 0;
    size_t count = digits_of(text, digit, 13), i;

    for (i = 0; i < count && i < 13; i++)
        sum += count == 10 ? digit[i] * (int)(10 - i) : digit[i] * (i % 2 ? 3 : 1);
    return count == 10 ? sum % 11 == 0 : count == 13 && digit[12] < 10 && sum % 10 == 0;
}

bool issn_valid(const char *text)
{
    int digit[8] = { 0 }, sum = 0;
    size_t count = digits_of(text, digit, 8), i;

    for (i = 0; i < count && i < 8; i++)
        sum += digit[i] * (int)(8 - i);
    return count == 8 && sum % 11 == 0;
}

/* ---- character sets ---- */

/* The byte that Windows-1252 has for a character; -1: none. */
static int byte_of(unsigned rune)
{
    static const unsigned high[32] = { 0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020,
                                       0x2021, 0x2C6,  0x2030, 0x160,  0x2039, 0x152,  0x8D,
                                       0x17D,  0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D,
                                       0x2022, 0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A,
                                       0x153,  0x9D,   0x17E,  0x178 };
    int i;

    if (rune < 0x80 || (rune >= 0xA0 && rune <= 0xFF))
        return (int)rune;
    for (i = 0; i < 32; i++)
        if (high[i] == rune)
            return 0x80 + i;
    return -1;
}

/* Each character must be one of Windows-1252, and its bytes together UTF-8 with letters beyond
 * ASCII: hardly any text that was meant so is both. */
bool mojibake_undo(struct str *out, const char *text)
{
    struct str bytes = STR_INIT;
    size_t len = strlen(text), at = 0;
    bool undone, beyond = false;

    while (at < len) {
        unsigned rune;
        int byte;

        at += utf8_decode(text + at, len - at, &rune);
        byte = byte_of(rune);
        if (byte < 0)
            break;
        beyond |= byte >= 0x80;
        str_add_char(&bytes, (char)byte);
    }
    undone = at == len && beyond && utf8_valid(bytes.ptr, bytes.len);
    if (undone)
        str_add_mem(out, bytes.ptr, bytes.len);
    str_free(&bytes);
    return undone;
}

/* ---- titles ---- */

bool lint_all_capitals(const char *text)
{
    size_t capitals = 0, small = 0, words = 1;

    for (; *text; text++) {
        capitals += isupper((unsigned char)*text) != 0;
        small += islower((unsigned char)*text) != 0;
        words += *text == ' ';
    }
    return words >= 3 && capitals >= 12 && small * 10 < capitals;
}

/* Small letters, but at the beginning of a sentence. */
char *lint_sentence(struct arena *arena, const char *text)
{
    char *out = arena_strdup(arena, text), *at;
    bool first = true;

    for (at = out; *at; at++) {
        if (isalpha((unsigned char)*at)) {
            *at = (char)(first ? toupper((unsigned char)*at) : tolower((unsigned char)*at));
            first = false;
        } else if (strchr(".:?!", *at)) {
            first = true;
        }
    }
    return out;
}

bool lint_unbalanced(const char *text)
{
    int depth = 0;

    for (; *text && depth >= 0; text++) {
        if (*text == '\\' && text[1])
            text++;
        else
            depth += (*text == '{') - (*text == '}');
    }
    return depth != 0;
}

/* Without its braces. */
char *lint_unbraced(struct arena *arena, const char *text)
{
    char *out = arena_strdup(arena, text), *from, *to = out;

    for (from = out; *from; from++)
        if (*from != '{' && *from != '}')
            *to++ = *from;
    *to = '\0';
    return out;
}
