/*
 * Doing the same to several papers as one step of undo, all or nothing. For the commands of the
 * reader's state (cmd_write.c, cmd_shelves.c).
 */
#ifndef CARREL_APP_EACH_PAPER_H
#define CARREL_APP_EACH_PAPER_H

#include "carrel/app.h"

struct each_paper {
    struct command_call *call;
    int (*apply)(struct each_paper *each, int64_t work, struct error *err);
    const char *word; /* state, tag, collection, line of a note */
    char **ids;       /* all of them, afterwards */
    bool on;
    int number;
    double end; /* of the collection */
};

/* The ids are the arguments from `from` on. An unknown one leaves everything as it was. *changed
 * counts the changes: papers that were not so already. */
int each_paper(struct each_paper *each, int from, size_t *count, int64_t *changed,
               struct error *err);
/* The first argument is the word that all of them get, or lose: a `what` ("tag"), called `name` in
 * the command's usage. ERR_USAGE: there is none, or it does not fit. */
int each_paper_word(struct each_paper *each, const char *command, const char *what,
                    const char *name, struct error *err);
/* " (2 were so already)" and the line's end: so that a bulk action tells what it really did. */
void each_paper_same(struct str *say, size_t count, int64_t changed);
/* Words that go to other machines, too: these take them only so. */
int words_fit(const char *what, const char *text, struct error *err);

const char *mark_word_at(size_t i); /* what `mark` takes; NULL behind the last */

#endif
