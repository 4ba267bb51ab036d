/*
 * Hyphens at line ends, decided by the document's own words: a hyphen stays when the document
 * writes the hyphenated word elsewhere within a line, or writes both halves but never the whole.
 */
#include "structure.h"

#include "carrel/hash.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 60

struct words {
    struct hashmap *seen; /* lower-case word, hyphens included -> times */
};

static bool word_byte(unsigned char c)
{
    return isalpha(c) || c >= 0x80 || c == '-';
}

static size_t fold_word(char out[WORD_MAX], const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < len && i < WORD_MAX; i++)
        out[i] = (char)tolower((unsigned char)text[i]);
    return i;
}

static void add_word(struct words *words, const char *text, size_t len)
{
    char word[WORD_MAX];

    if (len >= 2 && len < WORD_MAX)
        ++*hashmap_put(words->seen, word, fold_word(word, text, len), NULL);
}

struct words *words_new(const struct flow *flow)
{
    struct words *words = mem_zalloc(sizeof *words);
    size_t i;

    words->seen = hashmap_new();
    for (i = 0; i < flow->count; i++) {
        const char *text = flow->text.ptr + flow->lines[i].at;
        size_t len = flow->lines[i].len, from, to = 0;

        while (to < len) {
            for (from = to; from < len && !word_byte((unsigned char)text[from]); from++)
                ;
            for (to = from; to < len && word_byte((unsigned char)text[to]); to++)
                ;
            /* Halves of broken words are no words. */
            if (to > from && text[to - 1] != '-')
                add_word(words, text + from, to - from);
        }
    }
    return words;
}

void words_free(struct words *words)
{
    if (!words)
        return;
    hashmap_free(words->seen);
    free(words);
}

static uint64_t times(const struct words *words, const char *a, size_t na, const char *b, size_t nb)
{
    char word[2 * WORD_MAX];
    size_t n = fold_word(word, a, na);
    const uint64_t *count;

    n += fold_word(word + n, b, nb);
    count = hashmap_get(words->seen, word, n);
    return count ? *count : 0;
}

bool words_keep_hyphen(const struct words *words, const char *left, size_t left_len,
                       const char *right, size_t right_len)
{
    size_t from = left_len - 1, to = 0;
    const char *half;

    while (from > 0 && word_byte((unsigned char)left[from - 1]))
        from--;
    while (to < right_len && word_byte((unsigned char)right[to]))
        to++;
    half = left + from;
    left_len -= from + 1; /* without the hyphen */
    if (left_len == 0 || to == 0 || !islower((unsigned char)right[0])
        || isdigit((unsigned char)half[left_len - 1]))
        return true;
    if (left_len >= WORD_MAX || to >= WORD_MAX)
        return false;
    if (times(words, half, left_len, right, to) > 0)
        return false;
    if (times(words, half, left_len + 1, right, to) > 0)
        return true;
    /* "well-" + "known": two words of the document's own, long enough to be sure. */
    return left_len >= 4 && to >= 4 && times(words, half, left_len, "", 0) >= 2
           && times(words, right, to, "", 0) >= 2;
}
