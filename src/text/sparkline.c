/*
 * Sparklines (E. Tufte, Beautiful Evidence, 2006): numbers as a word of eighth-high blocks.
 */
#include "carrel/text.h"

#include <math.h>

#define LEVELS 8
#define LEAST_SHARE 0.05 /* of the highest value: what the whole height spans at least */

static const char *const blocks[LEVELS] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
static const char *const plain[LEVELS] = { "_", ".", ":", "-", "=", "+", "*", "#" };

void text_sparkline(struct str *out, const double *values, size_t count, bool ascii)
{
    double least = NAN, most = NAN, span;
    size_t i;

    for (i = 0; i < count; i++) {
        least = fmin(least, values[i]);
        most = fmax(most, values[i]);
    }
    span = fmax(fmax(most - least, LEAST_SHARE * fabs(most)), 1);
    for (i = 0; i < count; i++) {
        int level = isnan(values[i]) ? -1 : (int)((values[i] - least) / span * (LEVELS - 1) + 0.5);

        if (level < 0)
            str_add(out, ascii ? " " : "·");
        else
            str_add(out, (ascii ? plain : blocks)[level < LEVELS ? level : LEVELS - 1]);
    }
}
