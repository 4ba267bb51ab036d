/*
 * For each letter of a word and each place of the text, the best score with that letter there, and
 * the best with a gap behind it (as Gotoh aligns sequences); the way back gives the places.
 */
#include "fuzzy.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#define MATCH 16
#define GAP_OPENS 3
#define GAP_GOES_ON 1
#define WORD_BEGINS 8
#define CAPITAL 7 /* inside a word: camelCase */
#define FOLLOWS 6
#define NONE INT16_MIN / 2

struct alignment {
    const char *word, *text;
    size_t word_len, text_len;
    int16_t here[FUZZY_PATTERN][FUZZY_TEXT];  /* the letter is at this place */
    int16_t later[FUZZY_PATTERN][FUZZY_TEXT]; /* it is before this place, which is skipped */
};

static bool same(char pattern, char text)
{
    if (isupper((unsigned char)pattern))
        return pattern == text;
    return (unsigned char)pattern == tolower((unsigned char)text);
}

static int bonus(const char *text, size_t at)
{
    unsigned char before = at > 0 ? (unsigned char)text[at - 1] : ' ';
    unsigned char here = (unsigned char)text[at];

    if (before < 0x80 && !isalnum(before))
        return isalnum(here) || here >= 0x80 ? WORD_BEGINS : 0;
    return islower(before) && isupper(here) ? CAPITAL : 0;
}

static int16_t better(int a, int b)
{
    return (int16_t)(a > b ? a : b);
}

/* Are the letters there at all? Most texts are done with by this. */
static bool is_within(const struct alignment *it)
{
    size_t i = 0, k;

    for (k = 0; k < it->text_len && i < it->word_len; k++)
        i += same(it->word[i], it->text[k]);
    return i == it->word_len;
}

static void fill(struct alignment *it)
{
    size_t i, k;

    for (i = 0; i < it->word_len; i++) {
        for (k = 0; k < it->text_len; k++) {
            int before = i == 0 ? 0
                         : k == 0
                             ? NONE
                             : better(it->here[i - 1][k - 1] + FOLLOWS, it->later[i - 1][k - 1]);
            int worth = MATCH + bonus(it->text, k) * (i == 0 ? 2 : 1);

            it->here[i][k] =
                same(it->word[i], it->text[k]) && before > NONE ? (int16_t)(before + worth) : NONE;
            it->later[i][k] = k == 0 ? NONE
                                     : better(better(it->here[i][k - 1] - GAP_OPENS,
                                                     it->later[i][k - 1] - GAP_GOES_ON),
                                              NONE);
        }
    }
}

static void mark(const struct alignment *it, size_t at, bool *marks)
{
    size_t i = it->word_len;

    while (i-- > 0) {
        marks[at] = true;
        if (i == 0)
            return;
        at--;
        if (it->here[i - 1][at] + FOLLOWS >= it->later[i - 1][at])
            continue;
        while (it->later[i - 1][at] != it->here[i - 1][at - 1] - GAP_OPENS)
            at--;
        at--;
    }
}

static int score_word(struct alignment *it, bool *marks)
{
    size_t best = 0, k;

    if (!is_within(it))
        return 0;
    fill(it);
    for (k = 1; k < it->text_len; k++)
        if (it->here[it->word_len - 1][k] > it->here[it->word_len - 1][best])
            best = k;
    if (it->here[it->word_len - 1][best] <= 0)
        return 0;
    if (marks)
        mark(it, best, marks);
    return it->here[it->word_len - 1][best];
}

int fuzzy_score(const char *pattern, const char *text, bool *marks)
{
    struct alignment it;
    int sum = 1, score = 1;

    it.text = text;
    it.text_len = strnlen(text, FUZZY_TEXT);
    if (marks)
        memset(marks, 0, FUZZY_TEXT * sizeof *marks);
    for (pattern += strspn(pattern, " "); *pattern && score > 0; pattern += strspn(pattern, " ")) {
        size_t len = strcspn(pattern, " ");

        it.word = pattern;
        it.word_len = len < FUZZY_PATTERN ? len : FUZZY_PATTERN;
        score = score_word(&it, marks);
        sum += score;
        pattern += len;
    }
    return score > 0 ? sum : 0;
}
