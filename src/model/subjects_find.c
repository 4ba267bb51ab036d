/*
 * Fields of arXiv by what somebody types: code or name, a word of it, or letters of it in order.
 */
#include "carrel/subjects.h"

#include "carrel/str.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct found {
    const struct subject *subject;
    int score;  /* less is likelier, */
    int begins; /* then this: where the words typed begin the name */
};

bool subject_is_open(const struct subject *subject)
{
    static const char *const whole[] = { "gr-qc",   "hep-ex",  "hep-lat", "hep-ph",  "hep-th",
                                         "math-ph", "nucl-ex", "nucl-th", "quant-ph" };
    size_t i;

    for (i = 0; i < sizeof whole / sizeof *whole; i++)
        if (strcmp(whole[i], subject->category) == 0)
            return true;
    return strchr(subject->category, '.') != NULL;
}

/* Where a word of the text begins so. */
static bool word_begins(const char *text, const char *word, size_t len)
{
    const char *at;

    for (at = text; *at; at++)
        if (strncasecmp(at, word, len) == 0 && (at == text || !isalnum((unsigned char)at[-1])))
            return true;
    return false;
}

static bool has_part(const char *text, const char *word, size_t len)
{
    for (; *text; text++)
        if (strncasecmp(text, word, len) == 0)
            return true;
    return false;
}

/* Its letters in their order, with others between them; what has other signs is no such word. */
static bool has_letters(const char *text, const char *word, size_t len)
{
    size_t at;

    for (at = 0; at < len; at++)
        if (!isalnum((unsigned char)word[at]))
            return false;
    at = 0;
    for (; *text && at < len; text++)
        at += tolower((unsigned char)*text) == tolower((unsigned char)word[at]);
    return at == len;
}

/* What people call them who work there, where neither code nor name says so. */
static bool word_is_short(const struct subject *subject, const char *word, size_t len)
{
    static const char *const shorts[][2] = {
        { "nlp", "cs.CL" }, { "llm", "cs.CL" }, { "hci", "cs.HC" },
        { "rl", "cs.LG" },  { "ml", "cs.LG" },
    };
    size_t i;

    for (i = 0; i < sizeof shorts / sizeof *shorts; i++)
        if (strlen(shorts[i][0]) == len && strncasecmp(shorts[i][0], word, len) == 0
            && strcmp(shorts[i][1], subject->category) == 0)
            return true;
    return false;
}

#define SCORE_LOOSE 100 /* letters with others between them: a guess */

/* 0 the whole code ... SCORE_LOOSE letters of the name; -1: no match. */
static int word_score(const struct subject *subject, const char *word, size_t len)
{
    if (word_is_short(subject, word, len))
        return 0;
    if (strlen(subject->category) == len && strncasecmp(subject->category, word, len) == 0)
        return 0;
    if (strncasecmp(subject->category, word, len) == 0)
        return 1;
    if (word_begins(subject->category, word, len))
        return 2;
    if (word_begins(subject->name, word, len))
        return 3;
    if (has_part(subject->name, word, len) || has_part(subject->category, word, len))
        return 6;
    return len > 2 && has_letters(subject->name, word, len) ? SCORE_LOOSE : -1;
}

/* All words must be found; the worst of them counts most. */
static int score_of(const struct subject *subject, const char *typed)
{
    int score = 0, one;
    size_t len;

    for (typed += strspn(typed, " "); *typed; typed += len + strspn(typed + len, " ")) {
        len = strcspn(typed, " ");
        one = word_score(subject, typed, len);
        if (one < 0)
            return -1;
        score += one;
    }
    return score;
}

bool subject_is_meant(const struct subject *subject, const char *typed)
{
    int score = score_of(subject, typed);

    return score >= 0 && score < SCORE_LOOSE;
}

/* 0 "Quantum Physics" for "quantum", 1 "Condensed Matter - Quantum Gases", 2 neither. */
static int begins_name(const struct subject *subject, const char *typed)
{
    const char *dash = strstr(subject->name, " - ");
    size_t len = strlen(typed);

    if (strncasecmp(subject->name, typed, len) == 0)
        return 0;
    return dash && strncasecmp(dash + 3, typed, len) == 0 ? 1 : 2;
}

static int by_score(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    int at;

    if (x->score != y->score)
        return x->score < y->score ? -1 : 1;
    if (x->begins != y->begins)
        return x->begins - y->begins;
    at = strcmp(x->subject->category, y->subject->category);
    return at ? at : x->subject < y->subject ? -1 : 1;
}

/* One that has had another name before: the likelier one counts, else the first of the table. */
static bool is_listed(const struct subject **list, size_t count, const struct subject *subject)
{
    size_t i;

    for (i = 0; i < count && strcmp(list[i]->category, subject->category) != 0; i++)
        ;
    return i < count;
}

size_t subjects_find(const struct subject **out, const char *typed)
{
    struct found found[SUBJECTS_MAX];
    const struct subject *subject;
    size_t count = 0, len = 0, i;

    for (i = 0; (subject = subject_at(i)) && count < SUBJECTS_MAX; i++) {
        int score = subject_is_open(subject) ? score_of(subject, typed) : -1;

        if (score >= 0)
            found[count++] = (struct found){ subject, score, begins_name(subject, typed) };
    }
    qsort(found, count, sizeof *found, by_score);
    for (i = 0; i < count; i++)
        if (!is_listed(out, len, found[i].subject))
            out[len++] = found[i].subject;
    return len;
}
