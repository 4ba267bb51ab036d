/*
 * Completion: what may stand at the end of a command line that is being typed. The desk's prompt
 * and the shells ask the same function; what may stand where comes from the command table.
 */
#ifndef CARREL_COMPLETE_H
#define CARREL_COMPLETE_H

#include "carrel/app.h"

struct complete {
    const struct app *app;
    struct store *store; /* NULL: names in the library are not offered */
    bool desk;           /* the desk's commands, not the command line's */
    /* Candidates for the last word, whole, each once or twice, in no promised order. `text` lives
     * for the call only. */
    void (*each)(void *ctx, const char *text);
    void *ctx;
};

/* words[0] is the command's name; the last word, which may be empty, is the one to complete. True
 * when a file's name may stand there (the caller knows files better). Errors of the library offer
 * nothing. */
bool complete_words(const struct complete *complete, int count, char **words);
/* The same for the value of a global option. */
bool complete_global(const struct complete *complete, const char *option, const char *word);

#endif
