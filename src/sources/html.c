/*
 * HTML as plain text, for feeds: their titles and descriptions come as HTML, escaped or not, and a
 * reader should see words. Only tags that HTML has are taken away, so that "p < q" and "<x, y>"
 * stay what they are. Nothing is run and nothing fetched; what is left is cleaned like any text.
 */
#include "parser.h"

#include "carrel/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TAG_MAX 8192 /* bytes of one tag with its attributes */

static const char *const html_blocks[] = {
    "address",    "article", "aside",  "blockquote", "dd",    "div",   "dl",  "dt",
    "figcaption", "figure",  "footer", "h1",         "h2",    "h3",    "h4",  "h5",
    "h6",         "header",  "hr",     "li",         "main",  "ol",    "p",   "pre",
    "ul",         "tr",      "table",  "tbody",      "thead", "title", "sec", "section",
    "list-item",
};
static const char *const html_inline[] = {
    "a",    "abbr",   "b",      "big", "br",     "button", "cite",   "code",   "del", "em",
    "font", "i",      "img",    "ins", "kbd",    "mark",   "q",      "s",      "sc",  "small",
    "span", "strike", "strong", "sub", "sup",    "td",     "th",     "time",   "tt",  "u",
    "var",  "video",  "audio",  "wbr", "italic", "bold",   "center", "iframe", "scp",
    "inline-formula", "disp-formula", "alternatives", "tex-math", "named-content", "ext-link",
    "math", "mi", "mn", "mo", "mtext", "mrow", "mfrac", "msub", "msup", "msubsup", "mstyle",
};
/* What stands in them is not for people. */
static const char *const html_hidden[] = { "script", "style", "noscript", "template", "svg" };

static const struct {
    const char *name, *text;
} html_entities[] = {
    { "amp", "&" },     { "lt", "<" },     { "gt", ">" },     { "quot", "\"" },  { "apos", "'" },
    { "nbsp", " " },    { "ensp", " " },   { "emsp", " " },   { "thinsp", " " }, { "shy", "" },
    { "ndash", "–" },   { "mdash", "—" },  { "lsquo", "‘" },  { "rsquo", "’" },  { "ldquo", "“" },
    { "rdquo", "”" },   { "laquo", "«" },  { "raquo", "»" },  { "hellip", "…" }, { "bull", "•" },
    { "middot", "·" },  { "copy", "©" },   { "reg", "®" },    { "trade", "™" },  { "deg", "°" },
    { "plusmn", "±" },  { "times", "×" },  { "divide", "÷" }, { "minus", "−" },  { "micro", "µ" },
    { "le", "≤" },      { "ge", "≥" },     { "ne", "≠" },     { "asymp", "≈" },  { "sim", "∼" },
    { "infin", "∞" },   { "rarr", "→" },   { "larr", "←" },   { "euro", "€" },   { "pound", "£" },
    { "sect", "§" },    { "para", "¶" },   { "frac12", "½" }, { "sup2", "²" },   { "sup3", "³" },
    { "alpha", "α" },   { "beta", "β" },   { "gamma", "γ" },  { "delta", "δ" },  { "Delta", "Δ" },
    { "epsilon", "ε" }, { "eta", "η" },    { "theta", "θ" },  { "kappa", "κ" },  { "lambda", "λ" },
    { "mu", "μ" },      { "nu", "ν" },     { "pi", "π" },     { "rho", "ρ" },    { "sigma", "σ" },
    { "Sigma", "Σ" },   { "tau", "τ" },    { "phi", "φ" },    { "chi", "χ" },    { "psi", "ψ" },
    { "omega", "ω" },   { "Omega", "Ω" },  { "aacute", "á" }, { "agrave", "à" }, { "acirc", "â" },
    { "atilde", "ã" },  { "auml", "ä" },   { "aring", "å" },  { "aelig", "æ" },  { "ccedil", "ç" },
    { "eacute", "é" },  { "egrave", "è" }, { "ecirc", "ê" },  { "euml", "ë" },   { "iacute", "í" },
    { "igrave", "ì" },  { "icirc", "î" },  { "iuml", "ï" },   { "ntilde", "ñ" }, { "oacute", "ó" },
    { "ograve", "ò" },  { "ocirc", "ô" },  { "otilde", "õ" }, { "ouml", "ö" },   { "oslash", "ø" },
    { "oelig", "œ" },   { "szlig", "ß" },  { "uacute", "ú" }, { "ugrave", "ù" }, { "ucirc", "û" },
    { "uuml", "ü" },    { "yacute", "ý" }, { "scaron", "š" }, { "Aacute", "Á" }, { "Auml", "Ä" },
    { "Aring", "Å" },   { "AElig", "Æ" },  { "Ccedil", "Ç" }, { "Eacute", "É" }, { "Ouml", "Ö" },
    { "Oslash", "Ø" },  { "Uuml", "Ü" },   { "Scaron", "Š" },
};

const char *html_entity(const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(html_entities); i++)
        if (strlen(html_entities[i].name) == len && strncmp(html_entities[i].name, name, len) == 0)
            return html_entities[i].text;
    return NULL;
}

static bool html_in(const char *const *list, size_t count, const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (strlen(list[i]) == len && strncasecmp(list[i], name, len) == 0)
            return true;
    return false;
}

/* A tag of HTML (or of JATS, whose names have a prefix) at '<': its name, and what is behind it. */
static const char *html_tag(const char *at, const char **name, size_t *len)
{
    const char *end;
    bool jats;

    at++;
    at += *at == '/';
    *name = at;
    *len = strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-");
    jats = *len > 5 && strncasecmp(at, "jats:", 5) == 0;
    if (jats) {
        *name += 5;
        *len -= 5;
    }
    if (*len > 4 && strncasecmp(at, "mml:", 4) == 0) { /* formulas: what stands in them stays */
        *name = "i";
        *len = 1;
        end = at + strcspn(at, "> \t\n/");
        end = memchr(end, '>', strnlen(end, TAG_MAX));
        return end ? end + 1 : NULL;
    }
    if (!jats && !html_in(html_blocks, ARRAY_LEN(html_blocks), *name, *len)
        && !html_in(html_inline, ARRAY_LEN(html_inline), *name, *len)
        && !html_in(html_hidden, ARRAY_LEN(html_hidden), *name, *len))
        return NULL;
    end = *name + *len;
    if (!isspace((unsigned char)*end) && *end != '>' && *end != '/')
        return NULL;
    end = memchr(end, '>', strnlen(end, TAG_MAX));
    return end ? end + 1 : NULL;
}

/* From behind <script> to behind </script>, or to the end. */
static const char *html_pass_hidden(const char *at, const char *name, size_t len)
{
    while ((at = strstr(at, "</"))) {
        if (strncasecmp(at + 2, name, len) == 0 && !isalnum((unsigned char)at[2 + len]))
            return at + strcspn(at, ">") + (at[strcspn(at, ">")] == '>');
        at += 2;
    }
    return NULL;
}

/* "<...": what comes behind the tag, NULL when it is none. */
static const char *html_pass_tag(struct str *out, const char *at)
{
    const char *name, *behind, *close;
    size_t len;

    if (strncmp(at, "<!--", 4) == 0) {
        close = strstr(at + 4, "-->");
        return close ? close + 3 : at + strlen(at);
    }
    behind = html_tag(at, &name, &len);
    if (!behind)
        return NULL;
    if (html_in(html_hidden, ARRAY_LEN(html_hidden), name, len)) {
        if (at[1] == '/' || behind[-2] == '/')
            return behind;
        close = html_pass_hidden(behind, name, len);
        return close ? close : behind + strlen(behind);
    }
    if (html_in(html_blocks, ARRAY_LEN(html_blocks), name, len))
        str_add(out, "\n\n");
    else if (strncasecmp(name, "br", len) == 0 || strncasecmp(name, "td", len) == 0)
        str_add_char(out, ' ');
    return behind;
}

/* "&...;": what comes behind it, NULL when it means nothing. */
static const char *html_pass_entity(struct str *out, const char *at)
{
    size_t len = strcspn(at + 1, "; &<"), digits;
    const char *text;
    unsigned long code;
    char bytes[4];

    if (at[1 + len] != ';' || len == 0 || len > 10)
        return NULL;
    if (at[1] != '#') {
        text = html_entity(at + 1, len);
        if (text)
            str_add(out, text);
        return text ? at + len + 2 : NULL;
    }
    digits = at[2] == 'x' || at[2] == 'X' ? 3 : 2;
    if (!isxdigit((unsigned char)at[digits]))
        return NULL;
    code = strtoul(at + digits, NULL, digits == 3 ? 16 : 10);
    if (code < 0x20 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        str_add_char(out, ' ');
    else
        str_add_mem(out, bytes, utf8_encode(bytes, (unsigned)code));
    return at + len + 2;
}

void html_text(struct str *out, const char *text)
{
    while (*text) {
        const char *behind = NULL;

        if (*text == '<')
            behind = html_pass_tag(out, text);
        else if (*text == '&')
            behind = html_pass_entity(out, text);
        if (!behind)
            str_add_char(out, *text++);
        else
            text = behind;
    }
}
