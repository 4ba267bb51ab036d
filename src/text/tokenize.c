/*
 * Tokens of the index: one function for documents and queries, so that both always agree.
 *
 * The text is read once, left to right. Letters and digits are folded into the token being built;
 * everything else ends it. ASCII goes by a table; other code points are decomposed by utf8proc
 * (NFKD), combining marks dropped, and the letters that have no decomposition (ł ø đ ...) replaced
 * by table. TeX is folded away: an accent command or its braces do not end a word (Schr\"odinger,
 * Erd{\H{o}}s), formatting commands vanish, other commands give their name (\alpha -> alpha).
 * Offsets are those of the original bytes.
 *
 * A small direct-mapped cache a call keeps stems of words seen before: most words of an abstract
 * are.
 */
#include "carrel/hash.h"
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <string.h>
#include <utf8proc.h>

#define STEM_CACHE 4096 /* entries, a power of two; thread-local, some 200 KiB where all are used  \
                         */

enum { C_SPLIT, C_LETTER, C_UPPER, C_TEX, C_HIGH };

struct stem_entry {
    unsigned char term_len, stem_len;
    char term[24], stem[24];
};

struct tokenizer {
    const char *text;
    size_t len, at;
    char term[TEXT_TOKEN_MAX + 8], stem[TEXT_TOKEN_MAX + 8];
    size_t term_len;
    size_t start, end; /* of the token being built */
    bool open;
    int (*each)(void *ctx, const struct text_token *token);
    void *ctx;
};

static _Thread_local struct stem_entry stem_cache[STEM_CACHE];

static const unsigned char token_class[128] = {
    ['0'] = C_LETTER, ['1'] = C_LETTER, ['2'] = C_LETTER, ['3'] = C_LETTER, ['4'] = C_LETTER,
    ['5'] = C_LETTER, ['6'] = C_LETTER, ['7'] = C_LETTER, ['8'] = C_LETTER, ['9'] = C_LETTER,
    ['a'] = C_LETTER, ['b'] = C_LETTER, ['c'] = C_LETTER, ['d'] = C_LETTER, ['e'] = C_LETTER,
    ['f'] = C_LETTER, ['g'] = C_LETTER, ['h'] = C_LETTER, ['i'] = C_LETTER, ['j'] = C_LETTER,
    ['k'] = C_LETTER, ['l'] = C_LETTER, ['m'] = C_LETTER, ['n'] = C_LETTER, ['o'] = C_LETTER,
    ['p'] = C_LETTER, ['q'] = C_LETTER, ['r'] = C_LETTER, ['s'] = C_LETTER, ['t'] = C_LETTER,
    ['u'] = C_LETTER, ['v'] = C_LETTER, ['w'] = C_LETTER, ['x'] = C_LETTER, ['y'] = C_LETTER,
    ['z'] = C_LETTER, ['A'] = C_UPPER,  ['B'] = C_UPPER,  ['C'] = C_UPPER,  ['D'] = C_UPPER,
    ['E'] = C_UPPER,  ['F'] = C_UPPER,  ['G'] = C_UPPER,  ['H'] = C_UPPER,  ['I'] = C_UPPER,
    ['J'] = C_UPPER,  ['K'] = C_UPPER,  ['L'] = C_UPPER,  ['M'] = C_UPPER,  ['N'] = C_UPPER,
    ['O'] = C_UPPER,  ['P'] = C_UPPER,  ['Q'] = C_UPPER,  ['R'] = C_UPPER,  ['S'] = C_UPPER,
    ['T'] = C_UPPER,  ['U'] = C_UPPER,  ['V'] = C_UPPER,  ['W'] = C_UPPER,  ['X'] = C_UPPER,
    ['Y'] = C_UPPER,  ['Z'] = C_UPPER,  ['\\'] = C_TEX,   ['{'] = C_TEX,    ['}'] = C_TEX,
    ['$'] = C_TEX,    ['^'] = C_TEX,    ['_'] = C_TEX,
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void token_stem(struct tokenizer *t, struct text_token *token)
{
    struct stem_entry *entry;
    size_t len = t->term_len;

    token->stem = t->stem;
    if (len >= sizeof entry->term) {
        memcpy(t->stem, t->term, len);
        token->stem_len = text_stem(t->stem, len);
        return;
    }
    entry = &stem_cache[hash64(t->term, len, 0) & (STEM_CACHE - 1)];
    if (entry->term_len != len || memcmp(entry->term, t->term, len) != 0) {
        memcpy(entry->term, t->term, len);
        memcpy(entry->stem, t->term, len);
        entry->term_len = (unsigned char)len;
        entry->stem_len = (unsigned char)text_stem(entry->stem, len);
    }
    memcpy(t->stem, entry->stem, entry->stem_len);
    token->stem_len = entry->stem_len;
}

/* Ends the token being built and hands it out. */
static int token_close(struct tokenizer *t)
{
    struct text_token token = { .term = t->term, .start = t->start, .end = t->end };

    if (!t->open)
        return 0;
    t->open = false;
    if (t->term_len == 0)
        return 0;
    /* "Newton's", "don't": a lone s or t behind an apostrophe is no word. */
    if (t->term_len == 1 && (t->term[0] == 's' || t->term[0] == 't') && t->start > 0
        && (t->text[t->start - 1] == '\''
            || (t->start >= 3 && memcmp(t->text + t->start - 3, "\xE2\x80\x99", 3) == 0)))
        return 0;
    token.term_len = t->term_len;
    token_stem(t, &token);
    t->term[t->term_len] = '\0';
    t->stem[token.stem_len] = '\0';
    return t->each(t->ctx, &token);
}

static void token_add(struct tokenizer *t, const char *bytes, size_t count, size_t from, size_t to)
{
    if (!t->open) {
        t->open = true;
        t->term_len = 0;
        t->start = from;
    }
    t->end = to;
    if (t->term_len + count <= TEXT_TOKEN_MAX) {
        memcpy(t->term + t->term_len, bytes, count);
        t->term_len += count;
    }
}

/* A run of ASCII letters and digits, which is most of any text. */
static void token_letters(struct tokenizer *t)
{
    const unsigned char *p = (const unsigned char *)t->text;
    size_t at = t->at;

    token_add(t, "", 0, at, at);
    for (; at < t->len && p[at] < 128; at++) {
        unsigned char kind = token_class[p[at]];

        if (kind != C_LETTER && kind != C_UPPER)
            break;
        if (t->term_len < TEXT_TOKEN_MAX)
            t->term[t->term_len++] = (char)(kind == C_UPPER ? p[at] | 0x20 : p[at]);
    }
    t->at = t->end = at;
}

/* Letters that NFKD leaves whole, and their plain spelling. */
static const char *token_special(unsigned rune)
{
    switch (rune) {
    case 0x142:
    case 0x141:
        return "l";
    case 0xF8:
    case 0xD8:
        return "o";
    case 0x111:
    case 0x110:
    case 0xF0:
    case 0xD0:
        return "d";
    case 0x131:
        return "i";
    case 0xDF:
    case 0x1E9E:
        return "ss";
    case 0xE6:
    case 0xC6:
        return "ae";
    case 0x153:
    case 0x152:
        return "oe";
    case 0xFE:
    case 0xDE:
        return "th";
    case 0x127:
    case 0x126:
        return "h";
    case 0x167:
    case 0x166:
        return "t";
    case 0x138:
        return "k";
    case 0x14B:
    case 0x14A:
        return "n";
    default:
        return NULL;
    }
}

/* Scripts written without spaces: each character is a token of its own. */
static bool token_ideograph(unsigned rune)
{
    return (rune >= 0x2E80 && rune <= 0x2FDF) || (rune >= 0x3040 && rune <= 0x30FF)
           || (rune >= 0x3400 && rune <= 0x9FFF) || (rune >= 0xF900 && rune <= 0xFAFF)
           || (rune >= 0x20000 && rune <= 0x3FFFF);
}

static bool token_wordy(utf8proc_int32_t rune)
{
    switch (utf8proc_category(rune)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;
    default:
        return false;
    }
}

static bool token_mark(utf8proc_int32_t rune)
{
    utf8proc_category_t category = utf8proc_category(rune);

    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
}

static void token_add_rune(struct tokenizer *t, utf8proc_int32_t rune, size_t from, size_t to)
{
    const char *special = token_special((unsigned)rune);
    char bytes[4];
    size_t count;

    if (special) {
        token_add(t, special, strlen(special), from, to);
        return;
    }
    rune = utf8proc_tolower(rune);
    count = utf8_encode(bytes, (unsigned)rune);
    token_add(t, bytes, count, from, to);
}

/* One code point beyond ASCII. */
static int token_high(struct tokenizer *t)
{
    utf8proc_int32_t parts[32];
    unsigned rune;
    size_t from = t->at;
    utf8proc_ssize_t count, i;
    int boundary, result = 0;

    t->at += utf8_decode(t->text + t->at, t->len - t->at, &rune);
    if (token_ideograph(rune)) {
        result = token_close(t);
        token_add_rune(t, (utf8proc_int32_t)rune, from, t->at);
        return result ? result : token_close(t);
    }
    if (rune == 0xAD || (rune >= 0x200B && rune <= 0x200D))
        return 0; /* soft hyphen, zero width: as if it were not there */
    boundary = 0;
    count = utf8proc_decompose_char((utf8proc_int32_t)rune, parts, 32,
                                    UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE, &boundary);
    for (i = 0; i < count && i < 32 && !result; i++) {
        if (token_mark(parts[i])) {
            if (t->open)
                t->end = t->at;
        } else if (token_wordy(parts[i])) {
            token_add_rune(t, parts[i], from, t->at);
        } else {
            result = token_close(t);
        }
    }
    return result;
}

/* Commands that only dress their argument; sorted. */
static bool token_formatting(const char *name, size_t len)
{
    static const char *const names[] = {
        "bar",        "begin",     "big",       "bigg",         "bigl",     "bigr",      "bm",
        "boldsymbol", "cal",       "cite",      "displaystyle", "dot",      "emph",      "end",
        "ensuremath", "frac",      "hat",       "hbox",         "it",       "label",     "left",
        "limits",     "mathbb",    "mathbf",    "mathbin",      "mathcal",  "mathfrak",  "mathit",
        "mathop",     "mathrel",   "mathrm",    "mathscr",      "mathsf",   "mathtt",    "mbox",
        "mit",        "mkern",     "nolimits",  "operatorname", "overline", "qquad",     "quad",
        "ref",        "right",     "rm",        "sc",           "sf",       "sl",        "text",
        "textbf",     "textit",    "textmd",    "textnormal",   "textrm",   "textsc",    "textsf",
        "textsl",     "textstyle", "texttt",    "tilde",        "tt",       "underline", "url",
        "vec",        "widehat",   "widetilde", "xspace",
    };
    size_t low = 0, high = sizeof names / sizeof *names;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strncmp(name, names[middle], len);

        if (order == 0 && names[middle][len] == '\0')
            return true;
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* \'e, \"{o}, \c{c}, \v s: an accent on the letter that follows. Returns the bytes of command and
 * opening brace or space, 0 when it is none. */
static size_t token_accent(const struct tokenizer *t)
{
    const char *p = t->text + t->at;
    size_t left = t->len - t->at;
    size_t took;

    if (left < 3)
        return 0;
    if (strchr("'`^\"~=.", p[1])) {
        took = 2;
    } else if (strchr("cvHuktbdr", p[1]) && (p[2] == '{' || p[2] == ' ')) {
        took = 2;
    } else {
        return 0;
    }
    while (took < left && (p[took] == '{' || p[took] == ' '))
        took++;
    if (took < left && p[took] == '\\' && took + 1 < left
        && (p[took + 1] == 'i' || p[took + 1] == 'j'))
        took++;
    return took < left && is_letter(p[took]) ? took : 0;
}

/* Letters that are commands: \o \ss \ae ...; their spelling, or NULL. */
static const char *token_letter_command(const char *name, size_t len)
{
    static const char *const pairs[] = {
        "o",  "o",  "O",  "o",  "l", "l",  "L", "l", "ss", "ss", "ae", "ae", "AE", "ae", "oe",
        "oe", "OE", "oe", "aa", "a", "AA", "a", "i", "i",  "j",  "j",  "dj", "d",  "th", "th"
    };
    size_t i;

    for (i = 0; i < sizeof pairs / sizeof *pairs; i += 2)
        if (strlen(pairs[i]) == len && memcmp(pairs[i], name, len) == 0)
            return pairs[i + 1];
    return NULL;
}

static int token_tex_command(struct tokenizer *t)
{
    const char *name = t->text + t->at + 1;
    size_t room = t->len - t->at - 1, len = 0, from = t->at, i;
    size_t accent = token_accent(t);
    const char *letter;
    int result;

    if (accent) { /* the word goes on with the accented letter */
        if (!t->open) {
            token_add(t, "", 0, from, from);
        }
        t->at += accent;
        return 0;
    }
    while (len < room && is_letter(name[len]))
        len++;
    t->at += 1 + len;
    if (len == 0) { /* \% \& \, and the like */
        t->at += t->at < t->len && (unsigned char)t->text[t->at] < 0x80;
        return token_close(t);
    }
    letter = token_letter_command(name, len);
    if (letter) {
        token_add(t, letter, strlen(letter), from, t->at);
        if (t->at < t->len && t->text[t->at] == ' ' && t->at + 1 < t->len
            && is_letter(t->text[t->at + 1]))
            t->at++; /* "\o rsted" is one word */
        return 0;
    }
    result = token_close(t);
    if (result || token_formatting(name, len))
        return result;
    for (i = 0; i < len && i < TEXT_TOKEN_MAX; i++) {
        char c = (char)(name[i] | 0x20);

        token_add(t, &c, 1, from, t->at);
    }
    return token_close(t);
}

static int token_tex(struct tokenizer *t)
{
    char c = t->text[t->at];

    if (c == '\\')
        return token_tex_command(t);
    t->at++;
    /* Braces, $ and ^ are dropped: "K{\"o}ln", "H$^2$"; so is _ in front of a digit or a group,
     * x_{1}. */
    if (c == '_'
        && !(t->at < t->len
             && (t->text[t->at] == '{' || (t->text[t->at] >= '0' && t->text[t->at] <= '9'))))
        return token_close(t);
    return 0;
}

int text_tokenize(const char *text, size_t len,
                  int (*each)(void *ctx, const struct text_token *token), void *ctx)
{
    struct tokenizer t = { .text = text, .len = len, .each = each, .ctx = ctx };
    int result = 0;

    while (t.at < len && result == 0) {
        unsigned char c = (unsigned char)text[t.at];

        switch (c < 128 ? token_class[c] : C_HIGH) {
        case C_UPPER:
        case C_LETTER:
            token_letters(&t);
            break;
        case C_TEX:
            result = token_tex(&t);
            break;
        case C_HIGH:
            result = token_high(&t);
            break;
        default:
            result = token_close(&t);
            t.at++;
        }
    }
    return result ? result : token_close(&t);
}

static int key_add(void *ctx, const struct text_token *token)
{
    struct str *out = ctx;

    if (out->len > 0)
        str_add_char(out, ' ');
    str_add_mem(out, token->term, token->term_len);
    return 0;
}

void text_key(struct str *out, const char *text)
{
    struct str key = STR_INIT;

    text_tokenize(text, strlen(text), key_add, &key);
    str_add_mem(out, key.ptr, key.len);
    str_free(&key);
}

uint64_t text_key_hash(const char *text)
{
    struct str key = STR_INIT;
    uint64_t hash;

    text_key(&key, text);
    hash = hash64(key.ptr, key.len, 0) >> 1;
    str_free(&key);
    return hash;
}
