/* Completion, the half that knows names: what a placeholder of the command table may become. */
#ifndef CARREL_APP_COMPLETE_KINDS_H
#define CARREL_APP_COMPLETE_KINDS_H

#include "carrel/complete.h"

#include <stdbool.h>
#include <stddef.h>

struct offer {
    const struct complete *complete;
    const char *word; /* what is typed of it */
    const char *head; /* stands before each name: "tag:" */
    bool words;       /* such a name is found by its words */
    bool files;
};

/* Each tells the complete's `each` what begins like the word. */
void offer_text(struct offer *offer, const char *text);
void offer_list(struct offer *offer, const char *list); /* divided by '|' */
void offer_commands(struct offer *offer);
void offer_views(struct offer *offer);
/* A placeholder of the command's usage, of that length: "ID|-...", "bash|zsh|fish", "QUERY". */
void offer_placeholder(struct offer *offer, const char *command, const char *token,
                       size_t token_len);

#endif
