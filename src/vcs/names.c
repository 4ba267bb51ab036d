/*
 * Names of files, which may be any bytes: shown as they are where a person would read and type the
 * same, else as Git quotes them ("caf\351.txt", between double quotes), so that what is shown also
 * leads there.
 */
#include "internal.h"

#include "carrel/utf8.h"

#include <string.h>

/* The letters of one-letter escapes, and what they stand for. */
static const char escapes[] = "abtnvfr\"\\", meant[] = "\a\b\t\n\v\f\r\"\\";

static bool reads_as_typed(const char *path)
{
    size_t len = strlen(path);
    struct str clean = STR_INIT;
    bool same;

    utf8_clean(&clean, path, len);
    same = strcmp(clean.ptr, path) == 0 && !strpbrk(path, "\t\n\"\\") && path[0] != ' '
           && (len == 0 || path[len - 1] != ' ');
    str_free(&clean);
    return same;
}

/* A sequence of UTF-8 that is fit to be shown stays. */
static size_t plain_bytes(const char *at, size_t len)
{
    struct str clean = STR_INIT;
    unsigned rune;
    size_t took = utf8_decode(at, len, &rune);
    bool same;

    if ((unsigned char)at[0] < 0x80)
        return (unsigned char)at[0] >= 0x20 && at[0] != 0x7F && !strchr("\"\\", at[0]) ? 1 : 0;
    utf8_clean(&clean, at, took);
    same = clean.len == took && memcmp(clean.ptr, at, took) == 0;
    str_free(&clean);
    return same ? took : 0;
}

char *vcs_shown_path(struct arena *arena, const char *path)
{
    struct str out = STR_INIT;
    size_t len = strlen(path), at = 0, took;
    char *kept;

    if (reads_as_typed(path))
        return arena_strdup(arena, path);
    str_add_char(&out, '"');
    while (at < len) {
        const char *escape = strchr(meant, path[at]);

        took = plain_bytes(path + at, len - at);
        if (took > 0)
            str_add_mem(&out, path + at, took);
        else if (escape)
            str_printf(&out, "\\%c", escapes[escape - meant]);
        else
            str_printf(&out, "\\%03o", (unsigned char)path[at]);
        at += took ? took : 1;
    }
    str_add_char(&out, '"');
    kept = arena_strdup(arena, out.ptr);
    str_free(&out);
    return kept;
}

/* What an escape behind its backslash stands for; 0: it is none. *took: its bytes. */
static char escaped(const char *at, size_t *took)
{
    const char *letter = *at ? strchr(escapes, *at) : NULL;

    *took = letter ? 1 : 3;
    if (letter)
        return meant[letter - escapes];
    if (strspn(at, "01234567") < 3 || at[0] > '3')
        return 0;
    return (char)((at[0] - '0') << 6 | (at[1] - '0') << 3 | (at[2] - '0'));
}

char *vcs_typed_path(struct arena *arena, const char *typed)
{
    size_t len = strlen(typed), at = 1, took;
    struct str out = STR_INIT;
    char *kept, byte;

    while (typed[0] == '"' && len > 1 && at < len - 1 && typed[at] != '"') {
        byte = typed[at] == '\\' ? escaped(typed + at + 1, &took) : typed[at];
        if (byte == 0)
            break;
        at += typed[at] == '\\' ? took + 1 : 1;
        str_add_char(&out, byte);
    }
    kept = arena_strdup(arena, len > 1 && at == len - 1 && typed[at] == '"' ? out.ptr : typed);
    str_free(&out);
    return kept;
}
