/*
 * Text as TeX, for bibliographies: the characters that TeX takes for something else, and letters
 * as accents for programs that know ASCII only.
 */
#include "carrel/bibname.h"

#include "carrel/utf8.h"

#include <string.h>
#include <utf8proc.h>

/* What text_from_latex would change is kept apart by an empty group. */
static void escape_run(struct str *out, const char *plain, size_t at)
{
    char c = plain[at];

    if (at > 0 && plain[at - 1] == c)
        str_add(out, "{}");
    str_add_char(out, c);
}

void text_to_latex(struct str *out, const char *plain)
{
    size_t i;

    for (i = 0; plain[i]; i++) {
        char c = plain[i];

        if (strchr("%&_#$", c))
            str_printf(out, "\\%c", c);
        else if (c == '{' || c == '}')
            str_add(out, c == '{' ? "\\textbraceleft{}" : "\\textbraceright{}");
        else if (c == '\\')
            str_add(out, "\\textbackslash{}");
        else if (c == '~')
            str_add(out, "\\textasciitilde{}");
        else if (c == '^')
            str_add(out, "\\textasciicircum{}");
        else if (c == '-' || c == '`' || c == '\'')
            escape_run(out, plain, i);
        else
            str_add_char(out, c);
    }
}

/* ---- ASCII ---- */

static const struct {
    unsigned rune;
    const char *tex;
} letters[] = {
    { 0xC5, "{\\AA}" },      { 0xC6, "{\\AE}" },
    { 0xD8, "{\\O}" },       { 0xDF, "{\\ss}" },
    { 0xE5, "{\\aa}" },      { 0xE6, "{\\ae}" },
    { 0xF8, "{\\o}" },       { 0x131, "{\\i}" },
    { 0x141, "{\\L}" },      { 0x142, "{\\l}" },
    { 0x152, "{\\OE}" },     { 0x153, "{\\oe}" },
    { 0xD0, "{\\DH}" },      { 0xF0, "{\\dh}" },
    { 0xDE, "{\\TH}" },      { 0xFE, "{\\th}" },
    { 0x110, "{\\DJ}" },     { 0x111, "{\\dj}" },
    { 0xA0, "~" },           { 0x2013, "--" },
    { 0x2014, "---" },       { 0x2018, "`" },
    { 0x2019, "'" },         { 0x201C, "``" },
    { 0x201D, "''" },        { 0x2026, "\\ldots{}" },
    { 0xA7, "\\S{}" },       { 0xA9, "\\copyright{}" },
    { 0xA3, "\\pounds{}" },  { 0xB0, "$^{\\circ}$" },
    { 0xB1, "$\\pm$" },      { 0xB5, "$\\mu$" },
    { 0xD7, "$\\times$" },   { 0x3B1, "$\\alpha$" },
    { 0x3B2, "$\\beta$" },   { 0x3B3, "$\\gamma$" },
    { 0x3B4, "$\\delta$" },  { 0x3B5, "$\\epsilon$" },
    { 0x3BB, "$\\lambda$" }, { 0x3BC, "$\\mu$" },
    { 0x3BD, "$\\nu$" },     { 0x3C0, "$\\pi$" },
    { 0x3C1, "$\\rho$" },    { 0x3C3, "$\\sigma$" },
    { 0x3C4, "$\\tau$" },    { 0x3C6, "$\\phi$" },
    { 0x3C7, "$\\chi$" },    { 0x3C8, "$\\psi$" },
    { 0x3C9, "$\\omega$" },  { 0x393, "$\\Gamma$" },
    { 0x394, "$\\Delta$" },  { 0x3A3, "$\\Sigma$" },
    { 0x3A9, "$\\Omega$" },  { 0x221E, "$\\infty$" },
    { 0x2264, "$\\leq$" },   { 0x2265, "$\\geq$" },
    { 0x2192, "$\\to$" },    { 0x221A, "$\\sqrt{}$" },
    { 0x2208, "$\\in$" },    { 0x2248, "$\\approx$" },
};

static const struct {
    int mark;
    const char *command;
} accents[] = { { 0x300, "`" }, { 0x301, "'" }, { 0x302, "^" },  { 0x303, "~" }, { 0x304, "=" },
                { 0x306, "u" }, { 0x307, "." }, { 0x308, "\"" }, { 0x30A, "r" }, { 0x30B, "H" },
                { 0x30C, "v" }, { 0x323, "d" }, { 0x327, "c" },  { 0x328, "k" }, { 0x331, "b" } };

static bool ascii_letter(struct str *out, unsigned rune)
{
    size_t i;

    for (i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].rune == rune) {
            str_add(out, letters[i].tex);
            return true;
        }
    return false;
}

/* A letter with one mark: "{\'e}". */
static bool ascii_accent(struct str *out, unsigned rune)
{
    utf8proc_int32_t parts[4];
    utf8proc_ssize_t count =
        utf8proc_decompose_char((utf8proc_int32_t)rune, parts, 4, UTF8PROC_DECOMPOSE, NULL);
    size_t i;

    if (count != 2 || parts[0] >= 0x80)
        return false;
    for (i = 0; i < sizeof accents / sizeof *accents; i++)
        if (accents[i].mark == parts[1]) {
            str_printf(out, "{\\%s{%s%c}}", accents[i].command,
                       parts[0] == 'i' || parts[0] == 'j' ? "\\" : "", (char)parts[0]);
            return true;
        }
    return false;
}

void latex_to_ascii(struct str *out, const char *latex)
{
    size_t at = 0, len = strlen(latex);

    while (at < len) {
        unsigned rune;
        size_t took = utf8_decode(latex + at, len - at, &rune);

        if (rune < 0x80 || (!ascii_letter(out, rune) && !ascii_accent(out, rune)))
            str_add_mem(out, latex + at, took);
        at += took;
    }
}
