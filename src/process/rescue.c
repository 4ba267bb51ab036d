/*
 * Text out of a PDF that cannot be opened: every stream in the file, inflated where that works, is
 * searched for text objects (BT ... ET) and the strings they show. Fonts with encodings of their
 * own give nothing this way; plain ones give words, and that is more than nothing.
 */
#include "extract.h"

#include "carrel/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define INFLATED_MAX (4u << 20) /* of a stream */
#define TOTAL_MAX (32u << 20)   /* of all streams together */

/* A string in round brackets at bytes[at]; appends what it shows, returns behind its end. */
static size_t read_string(struct str *out, const char *bytes, size_t len, size_t at)
{
    int depth = 1;

    for (at++; at < len && depth > 0; at++) {
        char c = bytes[at];

        if (c == '\\' && at + 1 < len) {
            c = bytes[++at];
            if (strchr("()\\", c))
                str_add_char(out, c);
            else if (!isdigit((unsigned char)c))
                str_add_char(out, ' ');
        } else {
            depth += (c == '(') - (c == ')');
            if (depth > 0 && (unsigned char)c >= ' ' && (unsigned char)c < 0x7F)
                str_add_char(out, c);
        }
    }
    return at;
}

/* Inside an array of strings, a move of a fifth of an em or more is a blank. */
static size_t read_array(struct str *out, const char *bytes, size_t len, size_t at)
{
    for (at++; at < len && bytes[at] != ']';) {
        if (bytes[at] == '(') {
            at = read_string(out, bytes, len, at);
        } else if (bytes[at] == '-' && at + 3 < len && isdigit((unsigned char)bytes[at + 1])
                   && isdigit((unsigned char)bytes[at + 2])
                   && isdigit((unsigned char)bytes[at + 3])) {
            str_add_char(out, ' ');
            at += 4;
        } else {
            at++;
        }
    }
    return at;
}

static void read_objects(struct str *out, const char *bytes, size_t len)
{
    size_t at = 0;
    bool text = false;

    while (at + 1 < len) {
        if (!text && bytes[at] == 'B' && bytes[at + 1] == 'T') {
            text = true;
            at += 2;
        } else if (text && bytes[at] == 'E' && bytes[at + 1] == 'T') {
            str_add_char(out, '\n');
            text = false;
            at += 2;
        } else if (text && bytes[at] == '(') {
            at = read_string(out, bytes, len, at);
        } else if (text && bytes[at] == '[') {
            at = read_array(out, bytes, len, at);
        } else {
            /* Moves to a new line. */
            if (text && bytes[at] == 'T' && strchr("dDm*", bytes[at + 1]))
                str_add_char(out, ' ');
            at++;
        }
    }
}

/* What a stream inflates to, as far as it goes; false when it is not deflated. */
static bool inflate_some(struct str *out, const char *bytes, size_t len)
{
    z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)len };
    char part[16384];
    int result = Z_OK;

    if (inflateInit(&z) != Z_OK)
        return false;
    while (result == Z_OK && out->len < INFLATED_MAX) {
        z.next_out = (Bytef *)part;
        z.avail_out = sizeof part;
        result = inflate(&z, Z_NO_FLUSH);
        str_add_mem(out, part, sizeof part - z.avail_out);
        if (z.avail_in == 0 && z.avail_out == sizeof part)
            break;
    }
    inflateEnd(&z);
    return out->len > 0;
}

size_t rescue_text(struct str *out, const void *bytes, size_t len)
{
    const char *all = bytes, *at = all, *end = all + len;
    struct str found = STR_INIT, inflated = STR_INIT;
    size_t total = 0, i, letters = 0;

    while (at < end && total < TOTAL_MAX
           && (at = memmem(at, (size_t)(end - at), "stream", 6)) != NULL) {
        const char *stop;

        at += 6;
        while (at < end && (*at == '\r' || *at == '\n'))
            at++;
        stop = memmem(at, (size_t)(end - at), "endstream", 9);
        stop = stop ? stop : end;
        str_clear(&inflated);
        if ((size_t)(stop - at) < UINT32_MAX && inflate_some(&inflated, at, (size_t)(stop - at)))
            read_objects(&found, inflated.ptr, inflated.len);
        else
            read_objects(&found, at, (size_t)(stop - at));
        total += inflated.len + (size_t)(stop - at);
        at = stop < end ? stop + 9 : end;
    }
    for (i = 0; i < found.len; i++)
        letters += isalpha((unsigned char)found.ptr[i]) != 0;
    /* Glyph numbers look like noise: words are mostly letters. */
    if (letters * 10 < found.len * 6)
        letters = 0;
    else
        utf8_clean(out, found.ptr, found.len);
    str_free(&found);
    str_free(&inflated);
    return letters;
}
