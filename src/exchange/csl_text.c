/*
 * TeX as what CSL's titles can say: italics, raised and lowered, capitals that stay. And English
 * titles as sentences, for whom CSL's own way is wanted: what stands in braces stays, all else has
 * a capital only where a sentence begins.
 */
#include "bibliography.h"

#include "carrel/text.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <string.h>

#define RICH_DEPTH 16
#define NOCASE "<span class=\"nocase\">"

static const struct {
    const char *tex, *open, *close;
} rich[] = {
    { "\\emph{", "<i>", "</i>" },
    { "\\textit{", "<i>", "</i>" },
    { "\\mkbibemph{", "<i>", "</i>" },
    { "\\mkbibitalic{", "<i>", "</i>" },
    { "\\mkbibbold{", "<b>", "</b>" },
    { "\\textbf{", "<b>", "</b>" },
    { "\\textsuperscript{", "<sup>", "</sup>" },
    { "\\textsubscript{", "<sub>", "</sub>" },
    { "\\textsc{", "<span style=\"font-variant:small-caps;\">", "</span>" },
    { "{", NOCASE, "</span>" },
};

/* Behind the brace that closes the one at `at`; the end of the text where none does. */
static const char *group_end(const char *at)
{
    int depth = 0;

    for (; *at; at++) {
        depth += (*at == '{') - (*at == '}');
        if (depth == 0)
            return at + 1;
    }
    return at;
}

/* Behind what belongs together: a formula, a command with its groups, a letter in braces. */
static const char *piece_end(const char *at)
{
    const char *end = at + 1;

    if (*at == '$') {
        end = strchr(at + 1, '$');
        return end ? end + 1 : at + 1;
    }
    if (*at == '{')
        return group_end(at);
    if (*at != '\\' || !at[1])
        return end;
    end++;
    while (isalpha((unsigned char)at[1]) && isalpha((unsigned char)*end))
        end++;
    end += *end == '*'; /* "\enquote*{x}" */
    while (*end == '{')
        end = group_end(end);
    return end;
}

static size_t rich_row(const char *at)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(rich) && !str_starts(at, rich[i].tex); i++)
        ;
    if (*at == '{' && (at[1] == '\\' || at[1] == '}'))
        return ARRAY_LEN(rich);
    return i;
}

/* In braces that stand in others nothing is said anew. */
static void rich_text(struct str *out, struct arena *arena, const char *tex, int depth, bool kept)
{
    struct str run = STR_INIT;

    while (*tex) {
        size_t row = depth < RICH_DEPTH ? rich_row(tex) : ARRAY_LEN(rich);
        const char *end = piece_end(tex), *open;

        if (row < ARRAY_LEN(rich) && end[-1] == '}') {
            bool braces = rich[row].tex[0] == '{';

            open = tex + strlen(rich[row].tex);
            text_from_latex(out, run.ptr);
            str_clear(&run);
            end = group_end(open - 1);
            str_add(out, braces && kept ? "" : rich[row].open);
            rich_text(out, arena, arena_strndup(arena, open, (size_t)(end - 1 - open)), depth + 1,
                      kept || braces);
            str_add(out, braces && kept ? "" : rich[row].close);
        } else {
            str_add_mem(&run, tex, (size_t)(end - tex));
        }
        tex = end;
    }
    text_from_latex(out, run.ptr);
    str_free(&run);
}

/* ---- sentences ---- */

/* Where a capital may stand: at the beginning, and behind what ends a sentence or a title's part.
 */
struct sentence {
    struct str *out;
    bool first; /* the next letter begins a sentence */
    bool
        raise; /* and has a capital where it was written small; not behind a full stop: "E. coli" */
    char before; /* the last byte that is no markup and no quote */
};

/* Behind the word (letters and what is no ASCII) at `at`. */
static const char *word_end(const char *at)
{
    while (isalpha((unsigned char)*at) || (unsigned char)*at >= 0x80)
        at++;
    return at;
}

/* One capital at its beginning and small letters behind it: a word that a title has raised. A
 * letter alone is a name ("Vitamin C"), but for the article. */
static bool word_raised(const char *at, const char *end)
{
    const char *rest = at + 1;

    if (!isupper((unsigned char)*at))
        return false;
    if (rest == end)
        return *at == 'A';
    while (rest < end && !isupper((unsigned char)*rest))
        rest++;
    return rest == end;
}

static void sentence_word(struct sentence *s, const char *at, const char *end)
{
    if (s->first && s->raise && islower((unsigned char)*at))
        str_add_char(s->out, (char)toupper((unsigned char)*at++));
    else if (!s->first && word_raised(at, end))
        str_add_char(s->out, (char)tolower((unsigned char)*at++));
    str_add_mem(s->out, at, (size_t)(end - at));
    s->first = false;
    s->before = 'a';
}

static void sentence_byte(struct sentence *s, char c)
{
    if (c == ' ' && strchr(".:?!", s->before)) {
        s->first = true;
        s->raise = s->before != '.';
    }
    if (isdigit((unsigned char)c))
        s->first = false;
    if (!strchr("\"')", c))
        s->before = c;
    str_add_char(s->out, c);
}

/* Is each of its words one with a capital? Then no style would change it, and nothing need be said.
 */
static bool words_capital(const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (islower((unsigned char)text[i])
            && (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\'' || text[i - 1] == '-'))
            return false;
    return memchr(text, '<', len) == NULL;
}

/* What stands between the tags of NOCASE at `at`; behind them is returned. */
static const char *sentence_kept(struct sentence *s, const char *at)
{
    const char *open = at + strlen(NOCASE), *close = strstr(open, "</span>");
    size_t len = close ? (size_t)(close - open) : strlen(open);
    bool bare = words_capital(open, len);

    str_add(s->out, bare ? "" : NOCASE);
    str_add_mem(s->out, open, len);
    str_add(s->out, bare || !close ? "" : "</span>");
    s->first = false;
    s->before = 'a';
    return close ? close + strlen("</span>") : open + len;
}

void csl_sentence(struct str *out, const char *markup)
{
    struct sentence s = { .out = out, .first = true, .raise = true, .before = ' ' };

    while (*markup) {
        const char *end = word_end(markup);

        if (str_starts(markup, NOCASE)) {
            markup = sentence_kept(&s, markup);
        } else if (*markup == '<' && strchr(markup, '>')) {
            end = strchr(markup, '>') + 1;
            str_add_mem(out, markup, (size_t)(end - markup));
            markup = end;
        } else if (end > markup) {
            sentence_word(&s, markup, end);
            markup = end;
        } else {
            sentence_byte(&s, *markup++);
        }
    }
}

void csl_rich(struct str *out, const char *tex)
{
    struct arena *arena = arena_new();
    struct str text = STR_INIT;

    rich_text(&text, arena, tex, 0, false);
    utf8_squeeze(out, text.ptr, text.len);
    str_free(&text);
    arena_free(arena);
}
