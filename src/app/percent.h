/* How far long counting is, on a terminal, once it has taken a second: "counting words: 40%, 2 s
 * left". */
#ifndef CARREL_APP_PERCENT_H
#define CARREL_APP_PERCENT_H

#include "carrel/app.h"

struct percent {
    const char *what;
    int64_t began, shown; /* ticks */
    bool terminal, any;
};
void percent_begin(struct percent *percent, const struct command_call *call, const char *what);
void percent_progress(void *percent, int done); /* of 100 */
void percent_end(struct percent *percent);      /* clears the line */

#endif
