/*
 * Of many names the one that was meant (nearest.h).
 */
#include "carrel/nearest.h"

#include <stdbool.h>
#include <string.h>

/* Levenshtein distance, for short names; two letters that have changed places are one slip. */
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][64], la = strlen(a), lb = strlen(b), i, k;

    if (la > 40 || lb > 40)
        return 99;
    for (k = 0; k <= lb; k++)
        rows[0][k] = k;
    for (i = 1; i <= la; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *over = rows[(i + 1) % 3];

        row[0] = i;
        for (k = 1; k <= lb; k++) {
            row[k] = above[k - 1] + (a[i - 1] != b[k - 1]);
            if (above[k] + 1 < row[k])
                row[k] = above[k] + 1;
            if (row[k - 1] + 1 < row[k])
                row[k] = row[k - 1] + 1;
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1]
                && over[k - 2] + 1 < row[k])
                row[k] = over[k - 2] + 1;
        }
    }
    return rows[la % 3][lb];
}

#define NEAR 3 /* letters that differ are fewer than these, and at most half of them */

void nearest_offer(struct nearest *nearest, const char *name)
{
    size_t len = strlen(nearest->typed), d = distance(nearest->typed, name);
    size_t least = nearest->best && nearest->least < NEAR ? nearest->least : NEAR;
    bool begins = len > 2 && strncmp(name, nearest->typed, len) == 0;

    if ((d < least && 2 * d <= len) || (begins && !nearest->best)) {
        nearest->least = d;
        nearest->best = name;
    }
}
