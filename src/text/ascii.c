/*
 * Text for terminals that show ASCII only: letters lose their marks but keep their case, Greek
 * letters are spelled, small digits become digits, signs become what people type for them.
 */
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

struct ascii_name {
    unsigned rune;
    const char *text;
};

/* By code point, for bsearch. */
static const struct ascii_name ascii_names[] = {
    { 0xA9, "(c)" },        { 0xAE, "(R)" },      { 0xB0, " deg" },      { 0xB1, "+-" },
    { 0xB7, "." },          { 0xC6, "AE" },       { 0xD0, "D" },         { 0xD7, "x" },
    { 0xD8, "O" },          { 0xDE, "Th" },       { 0xDF, "ss" },        { 0xE6, "ae" },
    { 0xF0, "d" },          { 0xF7, "/" },        { 0xF8, "o" },         { 0xFE, "th" },
    { 0x110, "D" },         { 0x111, "d" },       { 0x126, "H" },        { 0x127, "h" },
    { 0x131, "i" },         { 0x138, "k" },       { 0x141, "L" },        { 0x142, "l" },
    { 0x14A, "N" },         { 0x14B, "n" },       { 0x152, "OE" },       { 0x153, "oe" },
    { 0x166, "T" },         { 0x167, "t" },       { 0x237, "j" },        { 0x391, "Alpha" },
    { 0x392, "Beta" },      { 0x393, "Gamma" },   { 0x394, "Delta" },    { 0x395, "Epsilon" },
    { 0x396, "Zeta" },      { 0x397, "Eta" },     { 0x398, "Theta" },    { 0x399, "Iota" },
    { 0x39A, "Kappa" },     { 0x39B, "Lambda" },  { 0x39C, "Mu" },       { 0x39D, "Nu" },
    { 0x39E, "Xi" },        { 0x39F, "Omicron" }, { 0x3A0, "Pi" },       { 0x3A1, "Rho" },
    { 0x3A3, "Sigma" },     { 0x3A4, "Tau" },     { 0x3A5, "Upsilon" },  { 0x3A6, "Phi" },
    { 0x3A7, "Chi" },       { 0x3A8, "Psi" },     { 0x3A9, "Omega" },    { 0x3B1, "alpha" },
    { 0x3B2, "beta" },      { 0x3B3, "gamma" },   { 0x3B4, "delta" },    { 0x3B5, "epsilon" },
    { 0x3B6, "zeta" },      { 0x3B7, "eta" },     { 0x3B8, "theta" },    { 0x3B9, "iota" },
    { 0x3BA, "kappa" },     { 0x3BB, "lambda" },  { 0x3BC, "mu" },       { 0x3BD, "nu" },
    { 0x3BE, "xi" },        { 0x3BF, "omicron" }, { 0x3C0, "pi" },       { 0x3C1, "rho" },
    { 0x3C2, "sigma" },     { 0x3C3, "sigma" },   { 0x3C4, "tau" },      { 0x3C5, "upsilon" },
    { 0x3C6, "phi" },       { 0x3C7, "chi" },     { 0x3C8, "psi" },      { 0x3C9, "omega" },
    { 0x3D1, "theta" },     { 0x3D5, "phi" },     { 0x3F5, "epsilon" },  { 0x2010, "-" },
    { 0x2011, "-" },        { 0x2012, "-" },      { 0x2013, "-" },       { 0x2014, "-" },
    { 0x2018, "'" },        { 0x2019, "'" },      { 0x201C, "\"" },      { 0x201D, "\"" },
    { 0x2020, "+" },        { 0x2022, "*" },      { 0x2026, "..." },     { 0x2032, "'" },
    { 0x210F, "hbar" },     { 0x2113, "l" },      { 0x2190, "<-" },      { 0x2192, "->" },
    { 0x2194, "<->" },      { 0x21D2, "=>" },     { 0x21D4, "<=>" },     { 0x21A6, "->" },
    { 0x2200, "for all " }, { 0x2202, "d" },      { 0x2203, "exists " }, { 0x2205, "{}" },
    { 0x2207, "nabla" },    { 0x2208, " in " },   { 0x220F, "prod" },    { 0x2211, "sum" },
    { 0x2212, "-" },        { 0x2213, "-+" },     { 0x2217, "*" },       { 0x2218, "o" },
    { 0x221A, "sqrt" },     { 0x221D, "~" },      { 0x221E, "inf" },     { 0x222B, "int" },
    { 0x223C, "~" },        { 0x2243, "~=" },     { 0x2248, "~" },       { 0x2260, "!=" },
    { 0x2261, "==" },       { 0x2264, "<=" },     { 0x2265, ">=" },      { 0x226A, "<<" },
    { 0x226B, ">>" },       { 0x2272, "<~" },     { 0x2273, ">~" },      { 0x2295, "(+)" },
    { 0x2297, "(x)" },      { 0x22A5, "_|_" },    { 0x2500, "-" },       { 0x2502, "|" },
    { 0x2588, "#" },        { 0x2591, "." },      { 0x25B8, ">" },       { 0x25CB, "o" },
    { 0x25CF, "*" },        { 0x2605, "*" },      { 0x270E, "n" },       { 0x2713, "v" },
    { 0x2717, "x" },        { 0x27E8, "<" },      { 0x27E9, ">" },
};

static int name_compare(const void *key, const void *row)
{
    unsigned rune = *(const unsigned *)key, other = ((const struct ascii_name *)row)->rune;

    return rune < other ? -1 : rune > other;
}

/* One code point; false when nothing is known for it. */
static bool ascii_rune(struct str *out, unsigned rune)
{
    const struct ascii_name *name =
        bsearch(&rune, ascii_names, sizeof ascii_names / sizeof *ascii_names, sizeof *ascii_names,
                name_compare);

    if (name)
        str_add(out, name->text);
    else if (rune < 0x80)
        str_add_char(out, (char)rune);
    else
        return false;
    return true;
}

void text_to_ascii(struct str *out, const char *text)
{
    size_t len = strlen(text), at = 0;

    while (at < len) {
        utf8proc_int32_t parts[32];
        utf8proc_ssize_t count, i;
        size_t before = out->len;
        unsigned rune;

        at += utf8_decode(text + at, len - at, &rune);
        if (ascii_rune(out, rune))
            continue;
        count = utf8proc_decompose_char((utf8proc_int32_t)rune, parts, 32,
                                        UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK,
                                        NULL);
        for (i = 0; i < count && i < 32; i++)
            ascii_rune(out, (unsigned)parts[i]);
        if (out->len == before && text_rune_width(rune) > 0)
            str_add_char(out, '?');
    }
}
