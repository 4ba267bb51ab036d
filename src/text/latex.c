/*
 * TeX in titles and abstracts made readable: accents to letters, common math to Unicode.
 *
 * One pass that copies what it does not know. A command is replaced only when something better
 * stands in a table; a group's braces go when what they belonged to went; $...$ loses its dollars
 * when nothing that looks like TeX (a backslash, _{ or ^{) is left inside. Output is bounded by
 * four times the input.
 */
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define LATEX_DEPTH 24

struct latex_symbol {
    const char *name, *text;
};

/* Sorted by name (strcmp), for bsearch. */
static const struct latex_symbol latex_symbols[] = {
    { "AA", "Å" },
    { "AE", "Æ" },
    { "BibTeX", "BibTeX" },
    { "DH", "Ð" },
    { "DJ", "Đ" },
    { "Delta", "Δ" },
    { "Gamma", "Γ" },
    { "L", "Ł" },
    { "LaTeX", "LaTeX" },
    { "Lambda", "Λ" },
    { "Leftrightarrow", "⇔" },
    { "NG", "Ŋ" },
    { "O", "Ø" },
    { "OE", "Œ" },
    { "Omega", "Ω" },
    { "P", "¶" },
    { "Phi", "Φ" },
    { "Pi", "Π" },
    { "Psi", "Ψ" },
    { "Re", "Re" },
    { "Rightarrow", "⇒" },
    { "S", "§" },
    { "Sigma", "Σ" },
    { "TH", "Þ" },
    { "TeX", "TeX" },
    { "Theta", "Θ" },
    { "Upsilon", "Υ" },
    { "Xi", "Ξ" },
    { "aa", "å" },
    { "ae", "æ" },
    { "aleph", "ℵ" },
    { "alpha", "α" },
    { "angle", "∠" },
    { "approx", "≈" },
    { "ast", "∗" },
    { "asymp", "≍" },
    { "backslash", "\\" },
    { "beta", "β" },
    { "bigcap", "⋂" },
    { "bigcup", "⋃" },
    { "bigoplus", "⨁" },
    { "bigotimes", "⨂" },
    { "bot", "⊥" },
    { "bullet", "•" },
    { "cap", "∩" },
    { "cdot", "·" },
    { "cdots", "⋯" },
    { "chi", "χ" },
    { "circ", "∘" },
    { "colon", ":" },
    { "cong", "≅" },
    { "copyright", "©" },
    { "cos", "cos" },
    { "cup", "∪" },
    { "dagger", "†" },
    { "deg", "°" },
    { "degree", "°" },
    { "delta", "δ" },
    { "det", "det" },
    { "dh", "ð" },
    { "dj", "đ" },
    { "dots", "…" },
    { "ell", "ℓ" },
    { "emptyset", "∅" },
    { "epsilon", "ϵ" },
    { "equiv", "≡" },
    { "eta", "η" },
    { "euro", "€" },
    { "exists", "∃" },
    { "exp", "exp" },
    { "forall", "∀" },
    { "gamma", "γ" },
    { "ge", "≥" },
    { "geq", "≥" },
    { "geqslant", "≥" },
    { "gg", "≫" },
    { "gtrsim", "≳" },
    { "guillemotleft", "«" },
    { "guillemotright", "»" },
    { "hbar", "ℏ" },
    { "hyphen", "-" },
    { "i", "ı" },
    { "in", "∈" },
    { "inf", "inf" },
    { "infty", "∞" },
    { "int", "∫" },
    { "iota", "ι" },
    { "j", "ȷ" },
    { "kappa", "κ" },
    { "l", "ł" },
    { "lambda", "λ" },
    { "land", "∧" },
    { "langle", "⟨" },
    { "lbrace", "{" },
    { "lceil", "⌈" },
    { "ldots", "…" },
    { "le", "≤" },
    { "leftarrow", "←" },
    { "leftrightarrow", "↔" },
    { "leq", "≤" },
    { "leqslant", "≤" },
    { "lesssim", "≲" },
    { "lfloor", "⌊" },
    { "lim", "lim" },
    { "ll", "≪" },
    { "ln", "ln" },
    { "lnot", "¬" },
    { "log", "log" },
    { "lor", "∨" },
    { "mapsto", "↦" },
    { "max", "max" },
    { "mid", "|" },
    { "min", "min" },
    { "mod", "mod" },
    { "models", "⊨" },
    { "mp", "∓" },
    { "mu", "μ" },
    { "nabla", "∇" },
    { "ne", "≠" },
    { "neg", "¬" },
    { "neq", "≠" },
    { "ng", "ŋ" },
    { "notin", "∉" },
    { "nu", "ν" },
    { "o", "ø" },
    { "odot", "⊙" },
    { "oe", "œ" },
    { "omega", "ω" },
    { "oplus", "⊕" },
    { "otimes", "⊗" },
    { "parallel", "∥" },
    { "partial", "∂" },
    { "perp", "⊥" },
    { "phi", "φ" },
    { "pi", "π" },
    { "pm", "±" },
    { "pounds", "£" },
    { "prec", "≺" },
    { "prime", "′" },
    { "prod", "∏" },
    { "propto", "∝" },
    { "psi", "ψ" },
    { "rangle", "⟩" },
    { "rbrace", "}" },
    { "rceil", "⌉" },
    { "rfloor", "⌋" },
    { "rho", "ρ" },
    { "rightarrow", "→" },
    { "setminus", "∖" },
    { "sigma", "σ" },
    { "sim", "∼" },
    { "simeq", "≃" },
    { "sin", "sin" },
    { "slash", "/" },
    { "ss", "ß" },
    { "star", "⋆" },
    { "subset", "⊂" },
    { "subseteq", "⊆" },
    { "succ", "≻" },
    { "sum", "∑" },
    { "sup", "sup" },
    { "supset", "⊃" },
    { "supseteq", "⊇" },
    { "tan", "tan" },
    { "tau", "τ" },
    { "textasciicircum", "^" },
    { "textasciitilde", "~" },
    { "textbackslash", "\\" },
    { "textbar", "|" },
    { "textbraceleft", "{" },
    { "textbraceright", "}" },
    { "textbullet", "•" },
    { "textcopyright", "©" },
    { "textdagger", "†" },
    { "textdegree", "°" },
    { "textdollar", "$" },
    { "textellipsis", "…" },
    { "textemdash", "—" },
    { "textendash", "–" },
    { "texteuro", "€" },
    { "textexclamdown", "¡" },
    { "textgreater", ">" },
    { "textless", "<" },
    { "textmu", "µ" },
    { "textordfeminine", "ª" },
    { "textordmasculine", "º" },
    { "textperiodcentered", "·" },
    { "textpm", "±" },
    { "textquestiondown", "¿" },
    { "textquotedbl", "\"" },
    { "textquotedblleft", "“" },
    { "textquotedblright", "”" },
    { "textquoteleft", "‘" },
    { "textquoteright", "’" },
    { "textquotesingle", "'" },
    { "textregistered", "®" },
    { "textsection", "§" },
    { "textsterling", "£" },
    { "texttimes", "×" },
    { "texttrademark", "™" },
    { "textunderscore", "_" },
    { "th", "þ" },
    { "theta", "θ" },
    { "times", "×" },
    { "to", "→" },
    { "top", "⊤" },
    { "upsilon", "υ" },
    { "varepsilon", "ε" },
    { "varnothing", "∅" },
    { "varphi", "φ" },
    { "vartheta", "ϑ" },
    { "vee", "∨" },
    { "wedge", "∧" },
    { "xi", "ξ" },
    { "zeta", "ζ" },
};

/* Commands that dress a group, which stays. */
static const char *const latex_wrappers[] = {
    "boldsymbol",
    "bm",
    "emph",
    "ensuremath",
    "hbox",
    "mkbibemph",
    "mkbibitalic",
    "mkbibbold",
    "it",
    "bf",
    "em",
    "rm",
    "sc",
    "tt",
    "sf",
    "mathbb",
    "mathbf",
    "mathcal",
    "mathfrak",
    "mathit",
    "mathop",
    "mathrm",
    "mathscr",
    "mathsf",
    "mathtt",
    "mbox",
    "operatorname",
    "text",
    "textbf",
    "textit",
    "textmd",
    "textnormal",
    "textrm",
    "textsc",
    "textsf",
    "textsl",
    "texttt",
    "underline",
    "uline",
    "url",
    "textsuperscript",
    "textsubscript",
    "displaystyle",
    "textstyle",
    "left",
    "right",
    "big",
    "Big",
    "bigl",
    "bigr",
    "limits",
    "nolimits",
    "xspace",
    "protect",
    "!",
    "/",
};

struct latex {
    const char *at, *end;
    struct str *out;
    int depth;
};

static void latex_run(struct latex *x, const char *stop);

static int latex_symbol_compare(const void *key, const void *row)
{
    return strcmp(key, ((const struct latex_symbol *)row)->name);
}

/* Combining mark of an accent command, 0 when it is none. */
static unsigned latex_accent(char c)
{
    switch (c) {
    case '\'':
        return 0x301;
    case '`':
        return 0x300;
    case '^':
        return 0x302;
    case '"':
        return 0x308;
    case '~':
        return 0x303;
    case '=':
        return 0x304;
    case '.':
        return 0x307;
    case 'c':
        return 0x327;
    case 'v':
        return 0x30C;
    case 'u':
        return 0x306;
    case 'H':
        return 0x30B;
    case 'k':
        return 0x328;
    case 'r':
        return 0x30A;
    case 'd':
        return 0x323;
    case 'b':
        return 0x331;
    default:
        return 0;
    }
}

static bool latex_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Base and mark composed (NFC) when Unicode has the letter, else side by side. */
static void latex_add_accented(struct str *out, unsigned base, unsigned mark)
{
    utf8proc_int32_t pair[2] = { (utf8proc_int32_t)base, (utf8proc_int32_t)mark };
    utf8proc_ssize_t count = utf8proc_normalize_utf32(pair, 2, UTF8PROC_COMPOSE | UTF8PROC_STABLE);

    str_add_rune(out, (unsigned)pair[0]);
    if (count > 1)
        str_add_rune(out, (unsigned)pair[1]);
}

/* \'e \'{e} \'\i \c{c}; x->at stands on the backslash. False when no letter follows. */
static bool latex_try_accent(struct latex *x)
{
    const char *p = x->at + 1;
    unsigned mark = p < x->end ? latex_accent(*p) : 0;
    bool brace = false;
    unsigned rune;
    size_t took;

    if (!mark || (latex_alpha(*p) && (p + 1 >= x->end || (p[1] != '{' && p[1] != ' '))))
        return false;
    p++;
    while (p < x->end && *p == ' ')
        p++;
    if (p < x->end && *p == '{') {
        brace = true;
        p++;
    }
    if (p + 1 < x->end && *p == '\\' && (p[1] == 'i' || p[1] == 'j'))
        p++;
    if (p >= x->end)
        return false;
    took = utf8_decode(p, (size_t)(x->end - p), &rune);
    if (!latex_alpha(*p) && rune < 0x80)
        return false;
    p += took;
    if (brace) {
        if (p >= x->end || *p != '}')
            return false;
        p++;
    }
    latex_add_accented(x->out, rune, mark);
    x->at = p;
    return true;
}

static bool latex_is_wrapper(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof latex_wrappers / sizeof *latex_wrappers; i++)
        if (strcmp(latex_wrappers[i], name) == 0)
            return true;
    return false;
}

/* The matching brace of the one at p, or NULL. */
static const char *latex_group_end(const char *p, const char *end)
{
    int depth = 0;

    for (; p < end; p++) {
        if (*p == '\\' && p + 1 < end)
            p++;
        else if (*p == '{')
            depth++;
        else if (*p == '}' && --depth == 0)
            return p;
    }
    return NULL;
}

/* A {group}'s content, made readable, into `out`; moves past it. False when there is no group. */
static bool latex_take_group(struct latex *x, struct str *out)
{
    const char *close = x->at < x->end && *x->at == '{' ? latex_group_end(x->at, x->end) : NULL;
    struct latex inner = { .at = x->at + 1, .end = close, .out = out, .depth = x->depth + 1 };

    if (!close || inner.depth > LATEX_DEPTH)
        return false;
    latex_run(&inner, NULL);
    x->at = close + 1;
    return true;
}

static bool latex_frac(struct latex *x)
{
    const char *start = x->at;
    struct str over = STR_INIT, under = STR_INIT;
    bool ok = latex_take_group(x, &over) && latex_take_group(x, &under);

    if (ok) {
        bool wide_over = utf8_count(over.ptr) > 1 && strpbrk(over.ptr, "+- ");
        bool wide_under = utf8_count(under.ptr) > 1 && strpbrk(under.ptr, "+-/* ");

        str_printf(x->out, wide_over ? "(%s)/" : "%s/", over.ptr);
        str_printf(x->out, wide_under ? "(%s)" : "%s", under.ptr);
    } else {
        x->at = start;
    }
    str_free(&over);
    str_free(&under);
    return ok;
}

static bool latex_sqrt(struct latex *x)
{
    struct str inside = STR_INIT;
    bool ok = latex_take_group(x, &inside);

    if (ok)
        str_printf(x->out, utf8_count(inside.ptr) > 1 ? "√(%s)" : "√%s", inside.ptr);
    str_free(&inside);
    return ok;
}

static bool latex_quote(struct latex *x)
{
    struct str inside = STR_INIT;
    bool single = x->at < x->end && *x->at == '*', ok;

    x->at += single;
    ok = latex_take_group(x, &inside);
    if (ok)
        str_printf(x->out, single ? "‘%s’" : "“%s”", inside.ptr);
    str_free(&inside);
    return ok;
}

static bool latex_is_letter_command(const char *name)
{
    static const char letters[] =
        " AA AE DH DJ L NG O OE TH aa ae dh dj hyphen i j l ng o oe slash ss th ";
    char padded[40];

    snprintf(padded, sizeof padded, " %s ", name);
    return strstr(letters, padded) != NULL;
}

/* \name, with x->at behind the name. True when it was understood. */
static bool latex_command(struct latex *x, const char *name)
{
    const struct latex_symbol *symbol =
        bsearch(name, latex_symbols, sizeof latex_symbols / sizeof *latex_symbols,
                sizeof *latex_symbols, latex_symbol_compare);

    if (symbol) {
        /* TeX takes the blank behind a command; behind a letter it would tear a word. */
        if (x->at < x->end && *x->at == ' ' && x->at + 1 < x->end && latex_alpha(x->at[1])
            && latex_is_letter_command(name))
            x->at++;
        str_add(x->out, symbol->text);
        if (x->at + 1 < x->end && x->at[0] == '{' && x->at[1] == '}')
            x->at += 2;
        return true;
    }
    if (strcmp(name, "frac") == 0 || strcmp(name, "tfrac") == 0 || strcmp(name, "dfrac") == 0)
        return latex_frac(x);
    if (strcmp(name, "sqrt") == 0)
        return latex_sqrt(x);
    if (strcmp(name, "enquote") == 0 || strcmp(name, "mkbibquote") == 0)
        return latex_quote(x);
    if (strcmp(name, "quad") == 0 || strcmp(name, "qquad") == 0) {
        str_add_char(x->out, ' ');
        return true;
    }
    if (latex_is_wrapper(name)) {
        if (!latex_take_group(x, x->out)) {
            while (x->at < x->end && *x->at == ' ')
                x->at++;
        }
        return true;
    }
    return false;
}

static void latex_backslash(struct latex *x)
{
    char name[32];
    size_t len = 0;
    const char *start = x->at;

    if (latex_try_accent(x))
        return;
    x->at++;
    while (x->at + len < x->end && latex_alpha(x->at[len]) && len < sizeof name - 1) {
        name[len] = x->at[len];
        len++;
    }
    name[len] = '\0';
    if (len == 0) {
        if (x->at + 2 < x->end && (*x->at == '~' || *x->at == '^') && x->at[1] == '{'
            && x->at[2] == '}') { /* an accent of nothing is the character */
            str_add_char(x->out, *x->at);
            x->at += 3;
        } else if (x->at < x->end && strchr("%&_#$ {}", *x->at))
            str_add_char(x->out, *x->at++);
        else if (x->at < x->end && strchr(",;:>!/", *x->at)) {
            if (*x->at != '!' && *x->at != '/')
                str_add_char(x->out, ' ');
            x->at++;
        } else
            str_add_char(x->out, '\\');
        return;
    }
    x->at += len;
    if (!latex_command(x, name)) {
        if (x->at + 1 < x->end && x->at[0] == '{' && x->at[1] == '}') {
            /* \RE{}CuAs: a writer's own macro, of which the name says most */
            str_add(x->out, name);
            x->at += 2;
            return;
        }
        str_add_mem(x->out, start, (size_t)(x->at - start));
    }
}

static const char *latex_script_rune(unsigned rune, bool up)
{
    static const struct {
        unsigned rune;
        const char *up, *down;
    } table[] = {
        { '0', "⁰", "₀" },    { '1', "¹", "₁" },     { '2', "²", "₂" },     { '3', "³", "₃" },
        { '4', "⁴", "₄" },    { '5', "⁵", "₅" },     { '6', "⁶", "₆" },     { '7', "⁷", "₇" },
        { '8', "⁸", "₈" },    { '9', "⁹", "₉" },     { '+', "⁺", "₊" },     { '-', "⁻", "₋" },
        { 0x2212, "⁻", "₋" }, { '=', "⁼", "₌" },     { '(', "⁽", "₍" },     { ')', "⁾", "₎" },
        { 'a', "ᵃ", "ₐ" },    { 'b', "ᵇ", NULL },    { 'c', "ᶜ", NULL },    { 'd', "ᵈ", NULL },
        { 'e', "ᵉ", "ₑ" },    { 'f', "ᶠ", NULL },    { 'g', "ᵍ", NULL },    { 'h', "ʰ", "ₕ" },
        { 'i', "ⁱ", "ᵢ" },    { 'j', "ʲ", "ⱼ" },     { 'k', "ᵏ", "ₖ" },     { 'l', "ˡ", "ₗ" },
        { 'm', "ᵐ", "ₘ" },    { 'n', "ⁿ", "ₙ" },     { 'o', "ᵒ", "ₒ" },     { 'p', "ᵖ", "ₚ" },
        { 'r', "ʳ", "ᵣ" },    { 's', "ˢ", "ₛ" },     { 't', "ᵗ", "ₜ" },     { 'u', "ᵘ", "ᵤ" },
        { 'v', "ᵛ", "ᵥ" },    { 'w', "ʷ", NULL },    { 'x', "ˣ", "ₓ" },     { 'y', "ʸ", NULL },
        { 'z', "ᶻ", NULL },   { 'T', "ᵀ", NULL },    { 0x2032, "′", NULL }, { 0x2217, "*", NULL },
        { '*', "*", NULL },   { 0x2020, "†", NULL }, { 0x2218, "°", NULL }, { ' ', "", "" },
    };
    size_t i;

    for (i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].rune == rune)
            return up ? table[i].up : table[i].down;
    return NULL;
}

/* ^2, _{ij}: as small letters when all of them exist, else ^(..) kept readable. */
static void latex_script(struct latex *x)
{
    bool up = *x->at == '^';
    struct str inside = STR_INIT, small = STR_INIT;
    size_t at = 0;
    bool all = true;

    x->at++;
    if (x->at < x->end && *x->at == '{') {
        if (!latex_take_group(x, &inside)) {
            str_add_char(x->out, up ? '^' : '_');
            goto out;
        }
    } else if (x->at < x->end && *x->at == '\\') {
        struct latex one = *x;

        one.out = &inside;
        latex_backslash(&one);
        x->at = one.at;
    } else if (x->at < x->end) {
        unsigned rune;
        size_t took = utf8_decode(x->at, (size_t)(x->end - x->at), &rune);

        str_add_mem(&inside, x->at, took);
        x->at += took;
    }
    while (at < inside.len && all) {
        unsigned rune;
        const char *text;

        at += utf8_decode(inside.ptr + at, inside.len - at, &rune);
        text = latex_script_rune(rune, up);
        if (text)
            str_add(&small, text);
        else
            all = false;
    }
    if (all)
        str_add_mem(x->out, small.ptr, small.len);
    else if (utf8_count(inside.ptr) == 1)
        str_printf(x->out, "%c%s", up ? '^' : '_', inside.ptr);
    else
        str_printf(x->out, "%c{%s}", up ? '^' : '_', inside.ptr);
out:
    str_free(&inside);
    str_free(&small);
}

/* $...$ (and $$...$$): x->at on the first dollar. A lone dollar ("$5 and $6") stays: the closing
 * one must not follow a blank or be followed by a digit, as TeX writers put it. */
static bool latex_math(struct latex *x)
{
    size_t ticks = x->at + 1 < x->end && x->at[1] == '$' ? 2 : 1;
    const char *open = x->at + ticks, *p;
    struct latex inner;
    struct str text = STR_INIT;

    for (p = open; p < x->end && *p != '$'; p++)
        if (*p == '\\' && p + 1 < x->end)
            p++;
    if (p >= x->end || p == open || *open == ' '
        || (p[-1] == ' ' && p + 1 < x->end && latex_alpha(p[1])))
        return false;
    if (ticks == 1 && p + 1 < x->end && p[1] >= '0' && p[1] <= '9' && *open >= '0' && *open <= '9')
        return false;
    inner = (struct latex){ .at = open, .end = p, .out = &text, .depth = x->depth + 1 };
    if (inner.depth > LATEX_DEPTH) {
        str_free(&text);
        return false;
    }
    while (inner.at < inner.end) {
        if (*inner.at == '^' || *inner.at == '_')
            latex_script(&inner);
        else {
            const char *before = inner.at;

            latex_run(&inner, "^_");
            if (inner.at == before)
                str_add_char(&text, *inner.at++);
        }
    }
    if (strchr(text.ptr, '\\'))
        str_printf(x->out, "$%s$", text.ptr);
    else
        str_add_mem(x->out, text.ptr, text.len);
    x->at = p + (p + 1 < x->end && ticks == 2 && p[1] == '$' ? 2 : 1);
    str_free(&text);
    return true;
}

/* Quotes and dashes as TeX writes them. */
static bool latex_ligature(struct latex *x)
{
    static const struct latex_symbol table[] = {
        { "---", "—" }, { "--", "–" }, { "``", "“" }, { "''", "”" }
    };
    size_t i;

    /* "++--" and "-+--" are signs of a metric, not dashes. */
    if (*x->at == '-' && x->out->len > 0
        && (x->out->ptr[x->out->len - 1] == '+' || x->out->ptr[x->out->len - 1] == '-'))
        return false;
    for (i = 0; i < sizeof table / sizeof *table; i++) {
        size_t len = strlen(table[i].name);

        if (*x->at == '-' && (size_t)(x->end - x->at) > len && x->at[len] == '+')
            continue;
        if ((size_t)(x->end - x->at) >= len && memcmp(x->at, table[i].name, len) == 0) {
            str_add(x->out, table[i].text);
            x->at += len;
            return true;
        }
    }
    return false;
}

/* Runs to the end, or to a character of `stop` outside groups. */
static void latex_run(struct latex *x, const char *stop)
{
    while (x->at < x->end) {
        char c = *x->at;

        if (stop && strchr(stop, c))
            return;
        if (c == '\\') {
            latex_backslash(x);
        } else if (c == '$') {
            if (!latex_math(x))
                str_add_char(x->out, *x->at++);
        } else if (c == '{') {
            if (!latex_take_group(x, x->out))
                str_add_char(x->out, *x->at++);
        } else if ((c == '^' || c == '_') && x->depth > 0) {
            latex_script(x);
        } else if (c == '~') {
            str_add_char(x->out, ' ');
            x->at++;
        } else if ((c == '-' || c == '`' || c == '\'') && latex_ligature(x)) {
            continue;
        } else if (c == '-') { /* a run of signs stays as it is */
            while (x->at < x->end && *x->at == '-')
                str_add_char(x->out, *x->at++);
        } else {
            size_t plain = 1;

            while (x->at + plain < x->end && !strchr("\\${}^_~-`'", x->at[plain]))
                plain++;
            str_add_mem(x->out, x->at, plain);
            x->at += plain;
        }
    }
}

void text_from_latex(struct str *out, const char *text)
{
    struct latex x = { .at = text, .end = text + strlen(text), .out = out };

    if (!strpbrk(text, "\\${}~`'-")) {
        str_add(out, text);
        return;
    }
    latex_run(&x, NULL);
}
