/*
 * Porter's stemmer, from M.F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980,
 * with the two departures of his own later reference program (abli -> able became bli -> ble, and
 * logi -> log was added).
 *
 * Works in place on lower-case ASCII. A stem is never longer than its word but for the "e" that
 * steps 1b may put back, which stands where a longer suffix was.
 */
#include "carrel/text.h"

#include <string.h>

struct porter {
    char *b;
    size_t end;  /* length of the word so far */
    size_t stem; /* length in front of the suffix that matched */
};

static bool porter_consonant(const struct porter *p, size_t i)
{
    switch (p->b[i]) {
    case 'a':
    case 'e':
    case 'i':
    case 'o':
    case 'u':
        return false;
    case 'y':
        return i == 0 || !porter_consonant(p, i - 1);
    default:
        return true;
    }
}

/* m: how many vowel-consonant sequences stand in b[0..len). */
static int porter_measure(const struct porter *p, size_t len)
{
    size_t i = 0;
    int m = 0;

    while (i < len && porter_consonant(p, i))
        i++;
    while (i < len) {
        while (i < len && !porter_consonant(p, i))
            i++;
        if (i == len)
            break;
        m++;
        while (i < len && porter_consonant(p, i))
            i++;
    }
    return m;
}

static bool porter_has_vowel(const struct porter *p, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (!porter_consonant(p, i))
            return true;
    return false;
}

static bool porter_double(const struct porter *p, size_t len)
{
    return len >= 2 && p->b[len - 1] == p->b[len - 2] && porter_consonant(p, len - 1);
}

/* consonant-vowel-consonant at the end, the last not w, x or y: "hop", "fil". */
static bool porter_cvc(const struct porter *p, size_t len)
{
    char c;

    if (len < 3 || !porter_consonant(p, len - 1) || porter_consonant(p, len - 2)
        || !porter_consonant(p, len - 3))
        return false;
    c = p->b[len - 1];
    return c != 'w' && c != 'x' && c != 'y';
}

struct affix {
    const char *text;
    size_t len;
};
#define AFFIX(text)                                                                                \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

/* Most suffixes differ in their last letter already, and each word of a text is asked for dozens.
 */
static inline bool porter_ends_with(struct porter *p, const char *suffix, size_t len)
{
    if (len > p->end || p->b[p->end - 1] != suffix[len - 1]
        || memcmp(p->b + p->end - len, suffix, len) != 0)
        return false;
    p->stem = p->end - len;
    return true;
}
#define porter_ends(p, literal) porter_ends_with(p, literal, sizeof(literal) - 1)

static void porter_replace(struct porter *p, const char *suffix, size_t len)
{
    memcpy(p->b + p->stem, suffix, len);
    p->end = p->stem + len;
}
#define porter_set(p, literal) porter_replace(p, literal, sizeof(literal) - 1)

static void porter_step1ab(struct porter *p)
{
    if (p->b[p->end - 1] == 's') {
        if (porter_ends(p, "sses"))
            p->end -= 2;
        else if (porter_ends(p, "ies"))
            porter_set(p, "i");
        else if (p->end >= 2 && p->b[p->end - 2] != 's')
            p->end--;
    }
    if (porter_ends(p, "eed")) {
        if (porter_measure(p, p->stem) > 0)
            p->end--;
    } else if ((porter_ends(p, "ed") || porter_ends(p, "ing")) && porter_has_vowel(p, p->stem)) {
        p->end = p->stem;
        if (porter_ends(p, "at"))
            porter_set(p, "ate");
        else if (porter_ends(p, "bl"))
            porter_set(p, "ble");
        else if (porter_ends(p, "iz"))
            porter_set(p, "ize");
        else if (porter_double(p, p->end)) {
            char c = p->b[p->end - 1];

            if (c != 'l' && c != 's' && c != 'z')
                p->end--;
        } else if (porter_measure(p, p->end) == 1 && porter_cvc(p, p->end)) {
            p->stem = p->end;
            porter_set(p, "e");
        }
    }
}

static void porter_step1c(struct porter *p)
{
    if (porter_ends(p, "y") && porter_has_vowel(p, p->stem))
        p->b[p->end - 1] = 'i';
}

struct porter_rule {
    struct affix suffix, by;
};

/* The first rule whose suffix matches decides, whether or not its condition holds. */
static void porter_rules(struct porter *p, const struct porter_rule *rules)
{
    for (; rules->suffix.text; rules++) {
        if (porter_ends_with(p, rules->suffix.text, rules->suffix.len)) {
            if (porter_measure(p, p->stem) > 0)
                porter_replace(p, rules->by.text, rules->by.len);
            return;
        }
    }
}

static void porter_step2(struct porter *p)
{
    static const struct porter_rule rules[] = {
        { AFFIX("ational"), AFFIX("ate") }, { AFFIX("tional"), AFFIX("tion") },
        { AFFIX("enci"), AFFIX("ence") },   { AFFIX("anci"), AFFIX("ance") },
        { AFFIX("izer"), AFFIX("ize") },    { AFFIX("bli"), AFFIX("ble") },
        { AFFIX("alli"), AFFIX("al") },     { AFFIX("entli"), AFFIX("ent") },
        { AFFIX("eli"), AFFIX("e") },       { AFFIX("ousli"), AFFIX("ous") },
        { AFFIX("ization"), AFFIX("ize") }, { AFFIX("ation"), AFFIX("ate") },
        { AFFIX("ator"), AFFIX("ate") },    { AFFIX("alism"), AFFIX("al") },
        { AFFIX("iveness"), AFFIX("ive") }, { AFFIX("fulness"), AFFIX("ful") },
        { AFFIX("ousness"), AFFIX("ous") }, { AFFIX("aliti"), AFFIX("al") },
        { AFFIX("iviti"), AFFIX("ive") },   { AFFIX("biliti"), AFFIX("ble") },
        { AFFIX("logi"), AFFIX("log") },    { { NULL, 0 }, { NULL, 0 } },
    };

    porter_rules(p, rules);
}

static void porter_step3(struct porter *p)
{
    static const struct porter_rule rules[] = {
        { AFFIX("icate"), AFFIX("ic") }, { AFFIX("ative"), AFFIX("") },
        { AFFIX("alize"), AFFIX("al") }, { AFFIX("iciti"), AFFIX("ic") },
        { AFFIX("ical"), AFFIX("ic") },  { AFFIX("ful"), AFFIX("") },
        { AFFIX("ness"), AFFIX("") },    { { NULL, 0 }, { NULL, 0 } },
    };

    porter_rules(p, rules);
}

static void porter_step4(struct porter *p)
{
    static const struct affix suffixes[] = {
        AFFIX("al"),   AFFIX("ance"), AFFIX("ence"), AFFIX("er"),    AFFIX("ic"),
        AFFIX("able"), AFFIX("ible"), AFFIX("ant"),  AFFIX("ement"), AFFIX("ment"),
        AFFIX("ent"),  AFFIX("ion"),  AFFIX("ou"),   AFFIX("ism"),   AFFIX("ate"),
        AFFIX("iti"),  AFFIX("ous"),  AFFIX("ive"),  AFFIX("ize")
    };
    size_t i;

    for (i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        if (!porter_ends_with(p, suffixes[i].text, suffixes[i].len))
            continue;
        if (strcmp(suffixes[i].text, "ion") == 0
            && (p->stem == 0 || (p->b[p->stem - 1] != 's' && p->b[p->stem - 1] != 't')))
            continue;
        if (porter_measure(p, p->stem) > 1)
            p->end = p->stem;
        return;
    }
}

static void porter_step5(struct porter *p)
{
    if (p->b[p->end - 1] == 'e') {
        int m = porter_measure(p, p->end - 1);

        if (m > 1 || (m == 1 && !porter_cvc(p, p->end - 1)))
            p->end--;
    }
    if (p->b[p->end - 1] == 'l' && porter_double(p, p->end) && porter_measure(p, p->end) > 1)
        p->end--;
}

size_t text_stem(char *word, size_t len)
{
    struct porter p = { .b = word, .end = len };
    size_t i;

    if (len <= 2)
        return len;
    for (i = 0; i < len; i++)
        if (word[i] < 'a' || word[i] > 'z')
            return len;
    porter_step1ab(&p);
    porter_step1c(&p);
    porter_step2(&p);
    porter_step3(&p);
    porter_step4(&p);
    porter_step5(&p);
    return p.end;
}
