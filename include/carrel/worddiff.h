/*
 * What differs between two texts, word by word. A word is what stands between blanks; punctuation
 * before and behind it counts by itself, and so does each character of scripts without blanks.
 * Blanks are not compared. The texts are valid UTF-8; any thread.
 */
#ifndef CARREL_WORDDIFF_H
#define CARREL_WORDDIFF_H

#include "carrel/mem.h"
#include "carrel/str.h"

#include <stdbool.h>

enum diff_kind { DIFF_SAME, DIFF_GONE, DIFF_CAME };

/* A stretch of words with the blanks behind each; of what is the same, in the newer text's bytes.
 */
struct diff_run {
    enum diff_kind kind;
    const char *text;  /* in one of the two texts */
    size_t len, words; /* bytes; words without punctuation */
};
/* Those that are the same and came, one behind the other, are the newer text; those that are the
 * same and gone are the words of the older one. What went stands before what came. */
struct worddiff {
    struct diff_run *runs; /* in the arena */
    size_t len;
    size_t gone, came; /* words */
    size_t changes;    /* places: runs that went, came, or one for the other */
    bool coarse;       /* the texts are too long and too different for the least difference: some
                          passages count as changed whole */
};

enum worddiff_aim {
    WORDDIFF_LEAST,    /* the fewest words changed */
    WORDDIFF_READABLE, /* a word or two that remain within a rewritten passage change with it */
};
/* Time is bounded: some hundredths of a second for texts of 2 MB, whatever is in them. */
void worddiff(struct worddiff *out, struct arena *arena, const char *older, const char *newer,
              enum worddiff_aim aim);

/* What a face wants before the marks and behind them: escapes of a terminal, bytes of a canvas. */
struct worddiff_marks {
    const char *gone, *came, *end;
};
/* "[-went-]{+came+}" as plain text; `marks` may be NULL. */
void worddiff_print(struct str *out, const struct worddiff *diff,
                    const struct worddiff_marks *marks);
/* Changes with so few same words between them that they belong together when `around` words are
 * shown on either side of a change: runs [*from, *to). Start with both 0; false behind the last. */
bool worddiff_passage(const struct worddiff *diff, size_t around, size_t *from, size_t *to);
/* It, with those words, and "…" where more is left out. */
void worddiff_print_passage(struct str *out, const struct worddiff *diff, size_t from, size_t to,
                            size_t around, const struct worddiff_marks *marks);

#endif
