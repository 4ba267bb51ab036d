/*
 * UTF-8 by the table of well-formed sequences (Unicode 15, table 3-7). Whatever enters carrel
 * passes utf8_clean or utf8_squeeze once; after that all code may rely on valid text without
 * controls.
 */
#include "carrel/utf8.h"
#include "carrel/str.h"

#include <string.h>

/* Length by lead byte and the allowed range of the second byte; later bytes are 80..BF. */
static size_t utf8_shape(unsigned char lead, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xBF;
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2)
        return 0;
    if (lead < 0xE0)
        return 2;
    if (lead < 0xF0) {
        if (lead == 0xE0)
            *low = 0xA0;
        if (lead == 0xED)
            *high = 0x9F;
        return 3;
    }
    if (lead > 0xF4)
        return 0;
    if (lead == 0xF0)
        *low = 0x90;
    if (lead == 0xF4)
        *high = 0x8F;
    return 4;
}

size_t utf8_decode(const char *bytes, size_t len, unsigned *rune)
{
    const unsigned char *b = (const unsigned char *)bytes;
    unsigned char low, high;
    size_t need, i;
    unsigned value;

    if (len == 0) {
        *rune = RUNE_BAD;
        return 0;
    }
    need = utf8_shape(b[0], &low, &high);
    if (need == 1) {
        *rune = b[0];
        return 1;
    }
    *rune = RUNE_BAD;
    if (need == 0)
        return 1;
    value = b[0] & (0x7Fu >> need);
    for (i = 1; i < need; i++) {
        if (i >= len || b[i] < low || b[i] > high)
            return i;
        value = (value << 6) | (b[i] & 0x3Fu);
        low = 0x80;
        high = 0xBF;
    }
    *rune = value;
    return need;
}

size_t utf8_encode(char bytes[4], unsigned rune)
{
    if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF))
        rune = RUNE_BAD;
    if (rune < 0x80) {
        bytes[0] = (char)rune;
        return 1;
    }
    if (rune < 0x800) {
        bytes[0] = (char)(0xC0 | (rune >> 6));
        bytes[1] = (char)(0x80 | (rune & 0x3F));
        return 2;
    }
    if (rune < 0x10000) {
        bytes[0] = (char)(0xE0 | (rune >> 12));
        bytes[1] = (char)(0x80 | ((rune >> 6) & 0x3F));
        bytes[2] = (char)(0x80 | (rune & 0x3F));
        return 3;
    }
    bytes[0] = (char)(0xF0 | (rune >> 18));
    bytes[1] = (char)(0x80 | ((rune >> 12) & 0x3F));
    bytes[2] = (char)(0x80 | ((rune >> 6) & 0x3F));
    bytes[3] = (char)(0x80 | (rune & 0x3F));
    return 4;
}

bool utf8_valid(const char *bytes, size_t len)
{
    size_t at = 0;

    while (at < len) {
        unsigned rune;
        size_t took = utf8_decode(bytes + at, len - at, &rune);

        if (rune == RUNE_BAD && !(took == 3 && memcmp(bytes + at, "\xEF\xBF\xBD", 3) == 0))
            return false;
        at += took;
    }
    return true;
}

size_t utf8_count(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

size_t utf8_prev(const char *text, size_t at)
{
    if (at == 0)
        return 0;
    do
        at--;
    while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80);
    return at;
}

size_t utf8_fit(const char *text, size_t most)
{
    size_t len = strlen(text);

    if (len <= most)
        return len;
    while (most > 0 && ((unsigned char)text[most] & 0xC0) == 0x80)
        most--;
    return most;
}

static bool utf8_unwanted(unsigned rune)
{
    return (rune < 0x20 && rune != '\t' && rune != '\n') || (rune >= 0x7F && rune < 0xA0)
           || (rune >= 0x202A && rune <= 0x202E) || (rune >= 0x2066 && rune <= 0x2069);
}

static bool utf8_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7F;
}

void utf8_clean(struct str *out, const char *bytes, size_t len)
{
    size_t at = 0;

    str_reserve(out, len);
    while (at < len) {
        size_t run = at;
        unsigned rune;

        while (run < len && utf8_plain((unsigned char)bytes[run]))
            run++;
        str_add_mem(out, bytes + at, run - at);
        at = run;
        if (at == len)
            break;
        at += utf8_decode(bytes + at, len - at, &rune);
        if (rune == '\r') {
            if (at == len || bytes[at] != '\n')
                str_add_char(out, '\n');
        } else if (!utf8_unwanted(rune)) {
            str_add_rune(out, rune);
        }
    }
}

void utf8_squeeze(struct str *out, const char *bytes, size_t len)
{
    size_t start = out->len;
    size_t read, write;
    bool space = true; /* nothing before: leading white space goes */

    utf8_clean(out, bytes, len);
    for (read = write = start; read < out->len; read++) {
        char c = out->ptr[read];

        if (c == ' ' || c == '\t' || c == '\n') {
            if (!space)
                out->ptr[write++] = ' ';
            space = true;
        } else {
            out->ptr[write++] = c;
            space = false;
        }
    }
    if (write > start && out->ptr[write - 1] == ' ')
        write--;
    str_cut(out, write);
}

void utf8_fixed(char *buffer, size_t size, const char *text)
{
    struct str clean = STR_INIT;
    size_t len;

    utf8_squeeze(&clean, text, strlen(text));
    len = utf8_fit(clean.ptr, size - 1);
    memcpy(buffer, clean.ptr, len);
    buffer[len] = '\0';
    str_free(&clean);
}
