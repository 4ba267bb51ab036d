/*
 * Names of people in BibTeX's way. A name is cut into words at blanks (and "~" and "-", which only
 * part words inside a token) outside braces; commas outside braces tell which of its three forms
 * it has. Of "First von Last" the words that begin with a small letter are the particle.
 */
#include "carrel/bibname.h"

#include "carrel/text.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <string.h>
#include <utf8proc.h>

#define WORDS_MAX 100
#define COMMAS_MAX 8

struct words {
    const char *at[WORDS_MAX];
    size_t len[WORDS_MAX], count;
};

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '~';
}

static void words_cut(struct words *out, const char *text, size_t len)
{
    size_t i = 0;

    out->count = 0;
    while (i < len && out->count < WORDS_MAX) {
        size_t from;
        int depth = 0;

        while (i < len && blank(text[i]))
            i++;
        from = i;
        while (i < len && (depth > 0 || !blank(text[i]))) {
            depth += (text[i] == '{') - (text[i] == '}');
            i++;
        }
        if (i > from) {
            if (out->count == WORDS_MAX - 1) /* the rest is one word */
                i = len;
            out->at[out->count] = text + from;
            out->len[out->count++] = i - from;
        }
    }
}

static char *words_join(struct arena *arena, const struct words *words, size_t from, size_t to)
{
    struct str out = STR_INIT;
    char *kept;

    for (; from < to; from++) {
        if (out.len)
            str_add_char(&out, ' ');
        str_add_mem(&out, words->at[from], words->len[from]);
    }
    kept = arena_strndup(arena, out.ptr, out.len);
    str_free(&out);
    return kept;
}

static bool rune_lower(const char *at, size_t len)
{
    unsigned rune;

    utf8_decode(at, len, &rune);
    return utf8proc_category((utf8proc_int32_t)rune) == UTF8PROC_CATEGORY_LL;
}

static bool rune_letter(const char *at, size_t len)
{
    unsigned rune;
    utf8proc_category_t category;

    utf8_decode(at, len, &rune);
    category = utf8proc_category((utf8proc_int32_t)rune);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

/* The letter that decides of a special character ("{\'e}cole", "{\OE}uvre"): the one behind the
 * command, or the command itself. */
static bool special_lower(const char *at, size_t len)
{
    size_t i = 2; /* behind "{\" */

    if (i < len && !isalpha((unsigned char)at[i]))
        i++;
    else
        while (i < len && isalpha((unsigned char)at[i]))
            i++;
    while (i < len && (at[i] == '{' || at[i] == ' ' || at[i] == '\\'))
        i++;
    if (i < len && rune_letter(at + i, len - i))
        return rune_lower(at + i, len - i);
    return len > 2 && rune_lower(at + 2, len - 2);
}

/* Is it a particle? Its first letter outside braces is small; without one it is none. */
static bool word_particle(const char *at, size_t len)
{
    size_t i = 0;
    int depth = 0;

    while (i < len) {
        if (at[i] == '{' && depth == 0 && i + 1 < len && at[i + 1] == '\\')
            return special_lower(at + i, len - i);
        if (at[i] == '\\' && depth == 0)
            return special_lower(at + i - (i > 0), len - i + (i > 0));
        depth += (at[i] == '{') - (at[i] == '}');
        if (depth == 0 && rune_letter(at + i, len - i))
            return rune_lower(at + i, len - i);
        i++;
        while (i < len && ((unsigned char)at[i] & 0xC0) == 0x80)
            i++;
    }
    return false;
}

/* "von Last": the particle ends before the last word that is one, and never takes the last word. */
static size_t particle_end(const struct words *words, size_t from, size_t to)
{
    size_t end = from, i;

    for (i = from; i + 1 < to; i++)
        if (word_particle(words->at[i], words->len[i]))
            end = i + 1;
    return end;
}

static void name_natural(struct bib_name *out, struct arena *arena, const struct words *words)
{
    size_t count = words->count, from, end;

    for (from = 0; from + 1 < count && !word_particle(words->at[from], words->len[from]); from++)
        ;
    end = from + 1 < count ? particle_end(words, from, count) : from;
    if (end == from && count > 0)
        from = end = count - 1;
    out->first = words_join(arena, words, 0, from);
    out->von = words_join(arena, words, from, end);
    out->last = words_join(arena, words, end, count);
}

static size_t name_commas(size_t commas[COMMAS_MAX], const char *text, size_t len)
{
    size_t count = 0, i;
    int depth = 0;

    for (i = 0; i < len && count < COMMAS_MAX; i++) {
        depth += (text[i] == '{') - (text[i] == '}');
        if (text[i] == ',' && depth == 0)
            commas[count++] = i;
    }
    return count;
}

static char *name_part(struct arena *arena, const char *text, size_t len)
{
    struct words words;

    words_cut(&words, text, len);
    return words_join(arena, &words, 0, words.count);
}

/* Is all of it in one pair of braces (that is no special character)? */
static bool name_braced(const char *text, size_t len)
{
    size_t i;
    int depth = 0;

    if (len < 2 || text[0] != '{' || text[len - 1] != '}' || text[1] == '\\')
        return false;
    for (i = 0; i < len; i++) {
        depth += (text[i] == '{') - (text[i] == '}');
        if (depth == 0 && i + 1 < len)
            return false;
    }
    return true;
}

/* biblatex's long form: "family=Geer, given=Ingrid, prefix=de". False: it is none. */
static bool name_long(struct bib_name *out, struct arena *arena, const char *text, size_t len)
{
    size_t commas[COMMAS_MAX], count, i, from = 0;
    bool found = false;

    if (!memmem(text, len, "family", 6) || !memchr(text, '=', len))
        return false;
    count = name_commas(commas, text, len);
    for (i = 0; i <= count; i++) {
        size_t end = i < count ? commas[i] : len;
        char *part = name_part(arena, text + from, end - from), *value = strchr(part, '=');

        from = end + 1;
        if (!value)
            continue;
        *value++ = '\0';
        if (str_ends(value, "\""))
            value[strlen(value) - 1] = 0;
        value += *value == '"';
        if (strcasecmp(part, "family") == 0)
            out->last = value;
        else if (strcasecmp(part, "given") == 0)
            out->first = value;
        else if (strcasecmp(part, "prefix") == 0)
            out->von = value;
        else if (strcasecmp(part, "suffix") == 0)
            out->jr = value;
        else if (strcasecmp(part, "useprefix") == 0)
            *(strcasecmp(value, "true") == 0 ? &out->sorts : &out->drops) = true;
        found |= out->last == value;
    }
    return found;
}

void bib_name_parse(struct bib_name *out, struct arena *arena, const char *text, size_t len)
{
    static char none[1];
    size_t commas[COMMAS_MAX], count, end;
    struct words words;

    *out = (struct bib_name){ .first = none, .von = none, .last = none, .jr = none };
    for (; len > 0 && blank(*text); text++, len--)
        ;
    while (len > 0 && (blank(text[len - 1]) || text[len - 1] == ','))
        len--;
    out->others = len == 6 && strncasecmp(text, "others", 6) == 0;
    if (name_long(out, arena, text, len))
        return;
    if (name_braced(text, len)) {
        out->body = true;
        out->last = name_part(arena, text + 1, len - 2);
        return;
    }
    count = name_commas(commas, text, len);
    words_cut(&words, text, count > 0 ? commas[0] : len);
    if (count == 0) {
        name_natural(out, arena, &words);
        return;
    }
    end = particle_end(&words, 0, words.count);
    out->von = words_join(arena, &words, 0, end);
    out->last = words_join(arena, &words, end, words.count);
    if (count > 1)
        out->jr = name_part(arena, text + commas[0] + 1, commas[1] - commas[0] - 1);
    out->first = name_part(arena, text + commas[count > 1] + 1, len - commas[count > 1] - 1);
}

bool bib_names_next(const char **at, const char **name, size_t *len)
{
    const char *p = *at;
    int depth = 0;

    while (blank(*p))
        p++;
    if (strncasecmp(p, "and", 3) == 0 && blank(p[3])) /* an empty name */
        p += 4;
    *name = p;
    for (; *p; p++) {
        depth += (*p == '{') - (*p == '}');
        if (depth <= 0 && blank(*p) && strncasecmp(p + 1, "and", 3) == 0
            && (blank(p[4]) || p[4] == '\0')) {
            *len = (size_t)(p - *name);
            *at = p[4] ? p + 5 : p + 4;
            return true;
        }
    }
    *len = (size_t)(p - *name);
    *at = p;
    return *len > 0;
}

void bib_name_plain(struct str *out, const struct bib_name *name)
{
    const char *const parts[] = { name->first, name->von, name->last, name->jr };
    struct str tex = STR_INIT;
    size_t i;

    for (i = 0; i < 4; i++)
        if (*parts[i])
            str_printf(&tex, "%s%s", tex.len ? " " : "", parts[i]);
    text_from_latex(out, tex.ptr);
    str_free(&tex);
}

void bib_name_add(struct str *out, const struct bib_name *name)
{
    if (out->len)
        str_add(out, " and ");
    if (name->others) {
        str_add(out, "others");
    } else if (name->body) {
        str_printf(out, "{%s}", name->last);
    } else {
        str_printf(out, "%s%s%s", name->von, *name->von ? " " : "", name->last);
        if (*name->jr)
            str_printf(out, ", %s", name->jr);
        if (*name->first || *name->jr)
            str_printf(out, ", %s", name->first);
    }
}

/* ---- plain names ---- */

static bool guess_body(const char *plain)
{
    static const char *const words[] = { "collaboration", "consortium", "team",     "group",
                                         "project",       "committee",  "working",  "network",
                                         "initiative",    "university", "institute" };
    size_t i;

    for (i = 0; i < sizeof words / sizeof *words; i++) {
        const char *found = strcasestr(plain, words[i]);

        if (found && (found == plain || found[-1] == ' ')
            && !isalpha((unsigned char)found[strlen(words[i])]))
            return true;
    }
    return !strchr(plain, ' ');
}

static bool guess_suffix(const char *word, size_t len)
{
    static const char *const suffixes[] = { "Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV" };
    size_t i;

    for (i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (strlen(suffixes[i]) == len && memcmp(suffixes[i], word, len) == 0)
            return true;
    return false;
}

static char *guess_tex(struct arena *arena, const char *plain)
{
    struct str tex = STR_INIT;
    char *kept;

    text_to_latex(&tex, plain);
    kept = arena_strndup(arena, tex.ptr, tex.len);
    str_free(&tex);
    return kept;
}

char *bib_list_guard(struct arena *arena, const char *tex)
{
    const char *found = *tex ? strstr(tex + 1, " and ") : NULL;

    return found && found[5] ? arena_printf(arena, "{%s}", tex) : arena_strdup(arena, tex);
}

char *bib_name_guard(struct arena *arena, const char *tex)
{
    size_t len = strlen(tex);

    if (strchr(tex, ',') || strcasestr(tex, " and ") || str_istarts(tex, "and ")
        || (len >= 4 && strcasecmp(tex + len - 4, " and") == 0) || strcasecmp(tex, "and") == 0
        || strcasecmp(tex, "others") == 0)
        return arena_printf(arena, "{%s}", tex);
    return arena_strdup(arena, tex);
}

void bib_name_guess(struct bib_name *out, struct arena *arena, const char *plain)
{
    static char none[1];
    struct words words;
    size_t count, from, end;
    bool suffix;

    *out = (struct bib_name){ .first = none, .von = none, .last = none, .jr = none };
    if (guess_body(plain)) {
        out->body = true;
        out->last = guess_tex(arena, plain);
        return;
    }
    plain = guess_tex(arena, plain);
    words_cut(&words, plain, strlen(plain));
    count = words.count;
    suffix = count > 2 && guess_suffix(words.at[count - 1], words.len[count - 1]);
    count -= suffix;
    for (from = 1; from + 1 < count && !word_particle(words.at[from], words.len[from]); from++)
        ;
    end = from + 1 < count ? particle_end(&words, from, count) : from;
    if (count == 0) /* no word at all: nothing but blanks that Unicode has besides */
        from = end = 0;
    out->first = bib_name_guard(arena, words_join(arena, &words, 0, from));
    out->von = bib_name_guard(arena, words_join(arena, &words, from, end));
    out->last = bib_name_guard(arena, words_join(arena, &words, end, count));
    if (suffix)
        out->jr = bib_name_guard(arena, words_join(arena, &words, count, words.count));
}
